"""How every page looks: on a laptop, a dark phone, in Arabic, at 200 and 400 %, on paper, and by the rules of axe.

All is measured in what is open. By turns, each page is looked at either on a desk, on a dark phone or in Arabic, and a
tab goes on from page to page. In full with COALITION_FULL_TESTS=1 every page is opened by its address in each of these
looks, at each narrow width, and by axe in both themes, on both screens, in English and Arabic, light or not.
"""

import os
import re
from dataclasses import dataclass
from itertools import product

import pytest

from dashboard.menu import pages
from tests.browsing import NOTE_QUESTIONS, OPENED, go_on, settle
from tests.e2e.measures import (
    CONTRAST,
    CUT,
    FIRST_FIGURE,
    FIRST_SCREEN,
    LOST,
    MARKS,
    MARKS_OF,
    MOTIONS,
    PAPER,
    SHOWN,
    UNDER_TOOLS,
    VIOLATIONS,
    WATCH_MOTION,
)

pytestmark = pytest.mark.browser

NAMES = [page.name for page in pages()]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
LOOKS = {
    "desk": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark phone": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "user_agent": PHONE,
        "is_mobile": True,
        "has_touch": True,
    },
}
LOOKS["Arabic desk"] = LOOKS["desk"]
LOOKS["dark desk"] = {**LOOKS["desk"], "color_scheme": "dark"}
LOOKS["light phone"] = {**LOOKS["dark phone"], "color_scheme": "light"}
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
# By turns: each page on a desk, on a dark phone or in Arabic.
ON_A_DESK, ON_A_PHONE, IN_ARABIC = (NAMES, NAMES, NAMES) if FULL else (NAMES[::3], NAMES[1::3], NAMES[2::3])
# What a page opens with beside its name, so that it draws all it can on its first screen.
LINKS = {
    "reach_map": "?country_iso3=KEN&flows=true",
    "my_programme": "?partner_id=kiron",
}
LONGEST = 3_000  # pixels of a page before a reader opens something
# Pages whose answer is a sentence with a list or a form, not a chart.
WITHOUT_CHART = {"board", "upload", "methods", "data_health", "needs_and_offers"}
# Beside the looks in which each page is read below: language and light page, as a link has them.
ADDRESSES = ("?lang=en", "?lang=ar", "?lang=en&light=1", "?lang=ar&light=1")
READ_BELOW = {("desk", "?lang=en"), ("dark phone", "?lang=en"), ("desk", "?lang=ar")}
MATRIX = [
    case for case in product(("desk", "dark phone", "dark desk", "light phone"), ADDRESSES) if case not in READ_BELOW
]
# By turns: every fifth of the looks has a page.
IN_TURN = [(NAMES[(5 * at) % len(NAMES)], *case) for at, case in enumerate(MATRIX)][::5]
CASES = [(name, *case) for case in MATRIX for name in NAMES] if FULL else IN_TURN
ZOOMED = {"width": 640, "height": 400}  # a laptop's screen at 200 %
NARROW = (320, 360)  # a laptop at 400 %, and a small phone
# Pages without a figure of their own: a form, and a search.
WITHOUT_FIGURE = {"upload", "methods"}
# Five choices and a long lead: at 200 % the figure is the one in the sentence itself.
FIGURE_IN_SENTENCE = {"response_gaps"}
# Read for their contrast: strips, changes in badges, axes, numbers beside bars, and a long legend.
MEASURED = ("overview", "my_programme", "cohorts", "programmes", "what_changed")
ALL_OPEN = "completion_funnel"

# What Streamlit draws itself and a page cannot mend: rule, part of the screen, reason.
OF_STREAMLIT = {
    ("list", "stSidebarNavItems"): "the menu's sections are <div>s between its <ul> and their <li>s",
    ("listitem", "stSidebarNavItems"): "the same, seen from each item",
}

LATIN = re.compile(r"[A-Za-z][A-Za-z'’]{2,}(?: [A-Za-z'’]{2,})*")
# What is a name, a kind of file or a sign in every language, what senders wrote, and what Streamlit itself writes.
NO_ENGLISH = re.compile(
    r"""
    UNESCO|UNHCR|OCHA|UIS|ISCED|ECTS|GPIA|HXL|HDX|via\ HDX|CSV|XLSX|XLS|ODS|XLSB|TSV|TXT|NUMBERS|PDF|PPTX|HTML|UTC|SQL
    |DLSEI|Kiron|Coursera|Geodata|GeoNames|COVID|Oxford|III|SIMULATED
    |Digital\ Learning\ and\ Skills\ Enrichment\ Initiative|Higher\ Education\ Commission\ of\ Pakistan
    |UNHCR\ Refugee\ Data\ Finder|UNESCO\ Institute\ for\ Statistics|Blavatnik\ School\ of\ Government
    |Oxford\ COVID|Government\ Response\ Tracker|Coursera\ with\ the\ US\ Department\ of\ State
    |reported\ by\ The\ Next\ Web|Facts|coordinates\ of\ cities\ from\ GeoNames
    |demonstration\ partner|simulated|operator|coalition(\ [a-z]+)*|Member|offer|Teacher\ training|Learning\ platform
    |Courses|Content|Print|Radio\ and\ television|Devices|Assessment
    |Stop|Loading|yyyy
    |OULAD|The\ Open\ University|Kuzilek|Hlosta|Zdrahal|The\ Next\ Web
    |Global\ monitoring\ of\ school\ closures\ caused\ by\ COVID
    |Coalition\ dashboard|[a-z]+_[a-z_]+
    """,
    re.VERBOSE,
)

# Of the methods: every list, and a card of each kind.
METHODS = (
    "methods?lang=ar&open=metrics,sources,questions",
    "methods?lang=ar&metric=learners_reached",
    "methods?lang=ar&question=overview/headline",
    "methods?lang=ar&source=unesco_closures",
    "methods?lang=ar&view=sources",
)


class Walk:
    """One tab that goes from page to page, so that scripts are loaded once; it notes what went wrong on the page."""

    def __init__(self, context, base):
        self.page, self.base = context.new_page(), base
        self.size = self.page.viewport_size
        ours = (base, base.replace("http:", "ws:"), "data:", "blob:", "about:")
        self.outside, self.failed, self.complaints = [], [], []
        for event in ("request", "websocket"):
            self.page.on(event, lambda asked: None if asked.url.startswith(ours) else self.outside.append(asked.url))
        self.page.on("response", self._note_answer)
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_answer(self, response):
        # Streamlit looks for its health below the page's own path first; that answer is not there, and is not needed.
        if response.status >= 400 and "/_stcore/" not in response.url:
            self.failed.append(f"{response.status} {response.url}")

    def _note_message(self, message):
        if message.type == "error" and "404" not in message.text:
            self.complaints.append(message.text)

    def open(self, path, size=None):
        for noted in (self.outside, self.failed, self.complaints):
            noted.clear()
        self.page.set_viewport_size(size or self.size)
        if FULL or self.page.url == "about:blank":
            self.page.goto(self.base + path)
            self.page.wait_for_selector("h1", timeout=60_000)
        else:
            self.page.evaluate("window.motions = []")
            go_on(self.page, path)
        return self.settle()

    def settle(self):
        settle(self.page, looks=OPENED)
        return self.page

    def at(self, width, height=700):
        """The page in another size."""
        self.page.set_viewport_size({"width": width, "height": height})
        return self.settle()


@dataclass(frozen=True)
class Opened:
    """A page that is open, for all tests of its look."""

    name: str
    walk: Walk

    @property
    def page(self):
        return self.walk.page


@pytest.fixture(scope="module")
def walk(browser, served):
    """Makes a walk for a look; the second one for the same look goes on in its tab."""
    contexts, walks = [], {}

    def make(look):
        if look not in walks:
            contexts.append(browser.new_context(**LOOKS[look], reduced_motion="reduce"))
            contexts[-1].add_init_script(NOTE_QUESTIONS + WATCH_MOTION)
            walks[look] = Walk(contexts[-1], served)
        return walks[look]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module", params=ON_A_DESK)
def on_a_desk(request, walk):
    walk("desk").open(f"/{request.param}{LINKS.get(request.param, '')}")
    return Opened(request.param, walk("desk"))


@pytest.fixture(scope="module", params=ON_A_PHONE)
def on_a_dark_phone(request, walk):
    walk("dark phone").open(f"/{request.param}{LINKS.get(request.param, '')}")
    return Opened(request.param, walk("dark phone"))


@pytest.fixture(scope="module", params=IN_ARABIC)
def in_arabic(request, walk):
    walk("Arabic desk").open(f"/{request.param}?lang=ar")
    return Opened(request.param, walk("Arabic desk"))


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT


def ours(page, axe):
    """The grave violations of a page that are not Streamlit's own."""
    page.evaluate(axe)
    return [one for one in page.evaluate(VIOLATIONS) if (one["rule"], one["part"]) not in OF_STREAMLIT]


def too_pale(page):
    found = page.evaluate(CONTRAST)
    assert {one["kind"] for one in found} >= {"chart", "caption", "label", "badge"}
    return [one for one in found if one["ratio"] < 4.5]


def english(page):
    """Words of English that are left, but names."""
    words = {found.group() for found in LATIN.finditer(page.evaluate(SHOWN))}
    return sorted(found for found in words if not NO_ENGLISH.fullmatch(found))


def nothing_is_lost(opened):
    for width in NARROW if FULL else [NARROW[NAMES.index(opened.name) % 2]]:
        lost = opened.walk.at(width).evaluate(LOST)
        assert lost == {"scrolls": 0, "wider": [], "cut": [], "drawn": [], "legends": 0}, width


def asks_no_other_host(opened):
    walk = opened.walk
    assert (walk.outside, walk.failed, walk.complaints) == ([], [], [])
    assert opened.page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1


def test_a_desk_has_the_answer_on_its_first_screen_and_asks_no_other_host(on_a_desk):
    asks_no_other_host(on_a_desk)
    found = on_a_desk.page.evaluate(FIRST_SCREEN)
    assert found["title"] <= 400 and found["height"] <= LONGEST, found
    assert on_a_desk.name in WITHOUT_CHART or found["bottom"] <= 860, found


def test_the_tab_and_the_menu_name_the_page_that_is_open(on_a_desk):
    title = next(page.title for page in pages() if page.name == on_a_desk.name)
    assert on_a_desk.page.title() == f"{title} · Coalition dashboard"
    assert on_a_desk.page.locator("[data-testid=stSidebarNav] [aria-current=page]").all_text_contents() == [title]


def test_a_desk_keeps_the_rules_of_axe_and_cuts_no_number(on_a_desk, axe):
    assert ours(on_a_desk.page, axe) == [] and on_a_desk.page.evaluate(CUT) == []
    if on_a_desk.name in MEASURED:
        assert too_pale(on_a_desk.page) == []


def test_at_two_hundred_percent_the_sentence_and_a_figure_are_on_the_first_screen(on_a_desk):
    zoomed = on_a_desk.walk.at(**ZOOMED).evaluate(FIRST_FIGURE)
    on_a_desk.page.set_viewport_size(on_a_desk.walk.size)
    assert zoomed["sentence"] <= ZOOMED["height"], zoomed
    if on_a_desk.name in FIGURE_IN_SENTENCE:
        assert any(letter.isdigit() for letter in on_a_desk.page.locator("h1").inner_text())
    elif on_a_desk.name not in WITHOUT_FIGURE:
        assert zoomed["figure"] <= ZOOMED["height"], zoomed


def test_nothing_moves_for_a_reader_who_asks_for_less_motion(on_a_desk):
    sections = on_a_desk.page.locator("[data-testid=stExpander] summary")
    if sections.count():
        sections.first.click()
        on_a_desk.walk.settle()
    assert on_a_desk.page.evaluate(MOTIONS) == []


def test_paper_cuts_nothing(on_a_desk):
    paper = on_a_desk.page.evaluate(PAPER)
    assert paper["wider"] == [] and paper["words"] > 100
    assert paper["sidebar"] and paper["header"] and paper["menus"], paper


def test_a_wide_screen_draws_no_chart_that_paper_would_cut(walk):
    page = walk("desk").open("/cohorts", {"width": 1920, "height": 1000})
    assert page.evaluate(PAPER)["wider"] == []


def test_a_phone_has_the_answer_on_its_first_screen_and_asks_no_other_host(on_a_dark_phone):
    asks_no_other_host(on_a_dark_phone)
    found = on_a_dark_phone.page.evaluate(FIRST_SCREEN)
    assert found["title"] <= 500, found
    assert on_a_dark_phone.name in WITHOUT_CHART or found["top"] <= 900, found


def test_a_dark_phone_keeps_the_rules_of_axe_and_cuts_no_number(on_a_dark_phone, axe):
    assert ours(on_a_dark_phone.page, axe) == [] and on_a_dark_phone.page.evaluate(CUT) == []
    if on_a_dark_phone.name in MEASURED:
        assert too_pale(on_a_dark_phone.page) == []


def test_a_narrow_page_scrolls_down_only_and_loses_nothing(on_a_dark_phone):
    nothing_is_lost(on_a_dark_phone)


def test_a_window_as_narrow_as_a_phone_has_the_choices_behind_a_button_and_a_wide_one_has_them_in_sight(visit):
    narrow = visit(390, 844, reader="another")
    narrow.open("/completion_funnel")
    button, choice = narrow.page.get_by_role("button", name="Change what is shown"), "[data-testid=stSelectbox]"
    assert button.is_visible() and not narrow.page.locator(f"{choice}:visible").count()
    narrow.page.set_viewport_size(LOOKS["desk"]["viewport"])
    narrow.open("/completion_funnel")
    assert not button.count() and narrow.page.locator(f"[data-testid=stMain] {choice}:visible").count() == 5


def test_no_english_is_left_in_arabic_but_names(in_arabic):
    assert english(in_arabic.page) == []


def test_arabic_keeps_the_rules_of_axe(in_arabic, axe):
    assert ours(in_arabic.page, axe) == []


def test_a_narrow_page_in_arabic_scrolls_down_only_and_loses_nothing(in_arabic):
    nothing_is_lost(in_arabic)


@pytest.mark.parametrize("code", ["en", "ar"])
def test_tools_of_a_table_lie_over_no_words_on_a_phone(walk, code):
    page = walk("light phone").open(f"/data_health?lang={code}")
    page.wait_for_selector("[data-testid=stElementToolbar]")
    found = page.evaluate(UNDER_TOOLS)
    assert found["tools"] and found["words"] == []


@pytest.mark.parametrize("address", METHODS if FULL else METHODS[::2])
def test_no_english_is_left_in_the_methods_but_names(walk, address):
    assert english(walk("Arabic desk").open(f"/{address}")) == []


@pytest.mark.parametrize(("name", "look", "address"), CASES)
def test_a_page_keeps_the_rules_in_each_theme_and_language(walk, axe, name, look, address):
    assert ours(walk(look).open(f"/{name}{address}"), axe) == []


@pytest.mark.parametrize("look", ("desk", "dark phone") if FULL else ("dark phone",))
def test_a_page_with_all_its_sections_open_keeps_the_rules(walk, axe, look):
    page = walk(look).open(f"/{ALL_OPEN}?partner_id=kiron")
    sections = page.locator("[data-testid=stExpander] summary")
    for number in range(sections.count()):
        sections.nth(number).click()
        walk(look).settle()
    assert page.locator("[data-testid=stExpander] details[open]").count() == sections.count() > 2
    assert ours(page, axe) == []
    assert too_pale(page) == []


def test_focus_is_seen_wherever_the_tab_key_leads(walk):
    page = walk("desk").open("/overview")
    page.evaluate(MARKS_OF)
    page.add_style_tag(content="*, *::before, *::after { transition: none !important; }")
    unseen, reached = [], []
    for _press in range(60 if FULL else 30):
        page.keyboard.press("Tab")
        page.wait_for_timeout(50)
        now = page.evaluate(MARKS)
        if now is None:
            break
        reached.append(now["name"])
        page.evaluate("window.focusedBefore.blur()")
        page.wait_for_timeout(50)
        after = page.evaluate("window.marksOf(window.focusedBefore)")
        page.evaluate("window.focusedBefore.focus()")
        if after == now["marks"]:
            unseen.append(now["name"])
    assert unseen == []
    assert len(reached) > 25, reached
