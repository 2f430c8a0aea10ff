"""How every page looks: on a laptop, a dark phone, at 200 %, on paper, without a mouse, and by the rules of axe.

In full with COALITION_FULL_TESTS=1 (every page by axe in both themes, on both screens, in English and Arabic, light or
not), else each page in some of these looks.
"""

import os
from itertools import product

import pytest

from dashboard.menu import pages

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
LOOKS["dark desk"] = {**LOOKS["desk"], "color_scheme": "dark"}
LOOKS["light phone"] = {**LOOKS["dark phone"], "color_scheme": "light"}
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
# Beside the two looks in which each page is read below: language and light page, as a link has them.
ADDRESSES = ("?lang=en", "?lang=ar", "?lang=en&light=1", "?lang=ar&light=1")
READ_BELOW = {("desk", "?lang=en"), ("dark phone", "?lang=en")}
MATRIX = [case for case in product(LOOKS, ADDRESSES) if case not in READ_BELOW]
# By turns: every second of the looks has a page.
IN_TURN = [(NAMES[(5 * at) % len(NAMES)], *case) for at, case in enumerate(MATRIX)][::2]
ZOOMED = {"width": 640, "height": 400}  # a laptop's screen at 200 %
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

# At rest: connected, no script running, and the same words in three looks, a tenth of a second apart.
AT_REST = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    const rests = app && document.querySelector("h1") && app.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector("[data-testid=stSkeleton], [data-stale=true]")
        && [...document.querySelectorAll("[data-testid=stPlotlyChart]")].every((e) => e.querySelector(".main-svg"));
    const words = document.body.innerText;
    const times = rests && window.lastSeen && window.lastSeen.words === words ? window.lastSeen.times + 1 : 0;
    window.lastSeen = {words, times};
    return times >= 3;
}"""

# Serious and critical violations, each with its rule, the nearest named part of the screen, and its element.
VIOLATIONS = """async () => {
    const found = await axe.run({resultTypes: ["violations"]});
    const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    return grave.flatMap((one) => one.nodes.map((node) => {
        const element = document.querySelector(node.target[0]);
        const part = element && element.closest("[data-testid]");
        return {rule: one.id, part: part ? part.dataset.testid : "", html: node.html.slice(0, 160),
            why: node.failureSummary};
    }));
}"""

# The contrast of words with the ground below them, as WCAG computes it, with how transparent either is.
CONTRAST = """() => {
    const parts = (color) => {
        const found = color.match(/[\\d.]+/g).map(Number);
        return {rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1};
    };
    const over = (front, alpha, back) => front.map((value, at) => value * alpha + back[at] * (1 - alpha));
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const chain = (element) => element ? [...chain(element.parentElement), element] : [];
    const ground = (element) => chain(element).map((one) => parts(getComputedStyle(one).backgroundColor))
        .reduce((below, {rgb, alpha}) => over(rgb, alpha, below), [255, 255, 255]);
    const opacity = (element) => chain(element).reduce((all, one) => all * getComputedStyle(one).opacity, 1);
    const measured = (kind, element, color, more) => {
        const below = ground(element), {rgb, alpha} = parts(color);
        const words = over(rgb, alpha * more * opacity(element), below);
        const [dark, pale] = [luminance(words), luminance(below)].sort((one, other) => one - other);
        return {kind, words: element.textContent.trim(), color, ratio: (pale + 0.05) / (dark + 0.05)};
    };
    const drawn = (element) => element.textContent.trim() && element.getBoundingClientRect().width > 0;
    const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart] svg text")]
        .filter((text) => drawn(text) && !text.closest(".bartext-inside"))
        .map((text) => [text, getComputedStyle(text)])
        .map(([text, style]) => measured("chart", text, style.fill, Number(style.fillOpacity)));
    const kinds = {
        caption: "[data-testid=stCaptionContainer] p",
        label: "[data-testid=stMetricLabel] p",
        badge: "[data-testid=stMetricDelta] div, .st-key-context [data-testid=stPopover] p",
    };
    const words = Object.entries(kinds).flatMap(([kind, where]) => [...document.querySelectorAll(where)].filter(drawn)
        .map((element) => measured(kind, element, getComputedStyle(element).color, 1)));
    return [...charts, ...words];
}"""

# Numbers that their box cuts, and legends that scroll.
CUT = """() => {
    const wider = (one) => one.scrollWidth > one.clientWidth + 1;
    const numbers = [...document.querySelectorAll("[data-testid=stMetricValue], [data-testid=stMetricValue] *")];
    const bars = [...document.querySelectorAll("[data-testid=stPlotlyChart] .legend .scrollbar")];
    return [...numbers.filter(wider).map((one) => one.textContent),
        ...bars.filter((one) => one.getBoundingClientRect().height > 0).map(() => "a legend")];
}"""

# Where the sentence of the page and its first figure end: a number, a row of a table, or a chart.
FIRST_FIGURE = """() => {
    const kinds = ["stMetricValue", "stDataFrame", "stTable", "stPlotlyChart"];
    const figures = [...document.querySelectorAll(kinds.map((kind) => `[data-testid=${kind}]`).join(", "))];
    const row = 80;  // the header of a table with its first row
    const ends = figures.map((one) => one.getBoundingClientRect()).filter((box) => box.height > 0)
        .map((box) => Math.min(box.bottom, box.top + row));
    return {sentence: document.querySelector("h1").getBoundingClientRect().bottom, figure: Math.min(...ends)};
}"""

# Has the rules for paper hold on the screen, as wide as a sheet of A4 less its margins, and measures before anything is
# drawn anew: a browser prints charts as they were drawn for the screen.
PAPER = """() => {
    const sheets = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const lies = sheets.some((rule) => rule instanceof CSSPageRule && /landscape/.test(rule.style.size));
    const width = lies ? 1047 : 718;
    for (const rule of sheets)
        if (rule instanceof CSSMediaRule && rule.media.mediaText === "print") rule.media.mediaText = "all";
    document.documentElement.style.width = document.body.style.width = `${width}px`;
    const app = document.querySelector("[data-testid=stApp]");
    app.style.position = "static";
    app.style.width = `${width}px`;
    const main = document.querySelector("[data-testid=stMainBlockContainer]");
    // A table scrolls within its box; the box is what has to fit.
    const seen = [...main.querySelectorAll("*")]
        .filter((one) => !one.parentElement.closest("[data-testid=stDataFrame]"));
    const wider = seen.filter((one) => one.getBoundingClientRect().right > width + 1)
        .map((one) => `${one.tagName} ${one.dataset.testid || one.classList} ${one.getBoundingClientRect().right}`);
    // Streamlit narrows the frame of a chart, which cuts what was drawn in it.
    const cut = [...main.querySelectorAll(".main-svg")]
        .filter((one) => one.getAttribute("width") * one.currentCSSZoom > width + 1)
        .map((one) => `a chart ${one.getAttribute("width")} wide`);
    const hidden = (part) => [...document.querySelectorAll(`[data-testid=${part}]`)]
        .every((one) => one.getBoundingClientRect().height === 0);
    return {wider: [...wider, ...cut], words: main.innerText.length, sidebar: hidden("stSidebar"),
        header: hidden("stHeader"), menus: hidden("stPopover")};
}"""


class Walk:
    """One tab that goes from page to page, so that scripts are loaded once."""

    def __init__(self, context, base):
        self.page, self.base = context.new_page(), base

    def open(self, path):
        self.page.goto(self.base + path)
        return self.settle()

    def settle(self):
        self.page.wait_for_function(AT_REST, polling=100, timeout=60_000)
        return self.page


@pytest.fixture(scope="module")
def walk(browser, served):
    """Makes a walk for a look; the second one for the same look goes on in its tab."""
    contexts, walks = [], {}

    def make(look):
        if look not in walks:
            contexts.append(browser.new_context(**LOOKS[look]))
            walks[look] = Walk(contexts[-1], served)
        return walks[look]

    yield make
    for context in contexts:
        context.close()


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


@pytest.mark.parametrize("name", NAMES)
def test_a_page_on_a_desk_keeps_the_rules_fits_at_two_hundred_percent_and_on_paper(walk, axe, name):
    page = walk("desk").open(f"/{name}")
    assert ours(page, axe) == [] and page.evaluate(CUT) == []
    if name in MEASURED:
        assert too_pale(page) == []
    page.set_viewport_size(ZOOMED)
    zoomed = page.evaluate(FIRST_FIGURE)
    page.set_viewport_size(LOOKS["desk"]["viewport"])
    assert zoomed["sentence"] <= ZOOMED["height"], zoomed
    if name in FIGURE_IN_SENTENCE:
        assert any(letter.isdigit() for letter in page.locator("h1").inner_text())
    elif name not in WITHOUT_FIGURE:
        assert zoomed["figure"] <= ZOOMED["height"], zoomed
    walk("desk").settle()
    paper = page.evaluate(PAPER)
    assert paper["wider"] == [] and paper["words"] > 100
    assert paper["sidebar"] and paper["header"] and paper["menus"], paper


def test_a_wide_screen_draws_no_chart_that_paper_would_cut(walk):
    page = walk("desk").page
    page.set_viewport_size({"width": 1920, "height": 1000})
    walk("desk").open("/cohorts")
    paper = page.evaluate(PAPER)
    page.set_viewport_size(LOOKS["desk"]["viewport"])
    assert paper["wider"] == []


@pytest.mark.parametrize("name", NAMES if FULL else NAMES[1::2])
def test_a_page_on_a_dark_phone_keeps_the_rules(walk, axe, name):
    page = walk("dark phone").open(f"/{name}")
    assert ours(page, axe) == [] and page.evaluate(CUT) == []
    if name in MEASURED:
        assert too_pale(page) == []


CASES = [(name, *case) for case in MATRIX for name in NAMES] if FULL else IN_TURN


@pytest.mark.parametrize(("name", "look", "address"), CASES)
def test_a_page_keeps_the_rules_in_each_theme_and_in_arabic(walk, axe, name, look, address):
    page = walk(look).open(f"/{name}{address}")
    assert ours(page, axe) == []


@pytest.mark.parametrize("look", ("desk", "dark phone"))
def test_a_page_with_all_its_sections_open_keeps_the_rules(walk, axe, look):
    page = walk(look).open(f"/{ALL_OPEN}?partner_id=kiron")
    sections = page.locator("[data-testid=stExpander] summary")
    for number in range(sections.count()):
        sections.nth(number).click()
        walk(look).settle()
    assert page.locator("[data-testid=stExpander] details[open]").count() == sections.count() > 2
    assert ours(page, axe) == []
    assert too_pale(page) == []


# The marks of focus on the focused element and on the boxes around it: a field wears them on its box.
MARKS = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    window.focusedBefore = focused;
    return {name: (focused.getAttribute("aria-label") || focused.innerText || focused.tagName).slice(0, 60),
        marks: window.marksOf(focused)};
}"""
MARKS_OF = """() => {
    window.marksOf = (element) => {
        const around = [element, element.parentElement, element.parentElement?.parentElement].filter(Boolean);
        return around.map((one) => getComputedStyle(one))
            .map((style) => [style.outlineStyle === "none" ? "" : `${style.outlineWidth} ${style.outlineColor}`,
                style.boxShadow, style.borderColor].join(" | "));
    };
}"""


def test_focus_is_seen_wherever_the_tab_key_leads(walk):
    page = walk("desk").open("/overview")
    page.evaluate(MARKS_OF)
    page.add_style_tag(content="*, *::before, *::after { transition: none !important; }")
    unseen, reached = [], []
    for _press in range(60):
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
