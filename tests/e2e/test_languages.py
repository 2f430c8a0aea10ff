"""Languages in a browser: the reader's own, one that was chosen and is remembered, and Arabic from the right."""

import pytest

from tests.browsing import NOTE_QUESTIONS, go_on, settle

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(browser, served):
    """A reader with a browser of a language that has seen nothing yet."""
    contexts = []

    def make(locale="en-US", **look):
        context = browser.new_context(locale=locale, **{"viewport": {"width": 1280, "height": 900}, **look})
        context.add_init_script(NOTE_QUESTIONS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def opened(context, address):
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("h1", timeout=60_000)
    settle(page)
    return page


@pytest.fixture(scope="module")
def tab(browser, served):
    """tab("/methods?lang=ar") goes on in one tab of a desk, in which every address names its language."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    context.add_init_script(NOTE_QUESTIONS)
    page = context.new_page()

    def at(path):
        assert "lang=" in path
        if page.url == "about:blank":
            page.goto(served + path)
            page.wait_for_selector("h1", timeout=60_000)
        else:
            page.set_viewport_size({"width": 1280, "height": 900})
            go_on(page, path)
        settle(page)
        return page

    yield at
    context.close()


def test_a_browser_of_a_language_is_answered_in_it(reader, served):
    page = opened(reader("fr-CA"), served + "/overview")
    assert "réfugiés" in page.inner_text("h1")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert "lang=" not in page.url, "nobody chose it"


def test_a_language_is_chosen_in_the_bar_and_remembered(reader, served):
    context = reader()
    page = opened(context, served + "/completion_funnel?programme_id=kiron_campus")
    page.locator(".st-key-languages button").first.click()
    page.locator(".st-key-language-es button").click()
    page.wait_for_function("document.documentElement.lang === 'es'")
    settle(page)
    assert "lang=es" in page.url and "programme_id=kiron_campus" in page.url
    later = opened(context, served + "/overview")
    assert "refugiados" in later.inner_text("h1")
    assert opened(context, served + "/overview?lang=en").inner_text("h1").startswith("26,000 refugees")


def test_arabic_mirrors_the_page_and_its_bars_and_not_time(tab):
    page = tab("/completion_funnel?lang=ar")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.lang") == "ar"
    sidebar = page.locator("[data-testid=stSidebar]").bounding_box()
    main = page.locator("[data-testid=stMain]").bounding_box()
    assert sidebar["x"] > main["x"] + main["width"] / 2
    page.wait_for_selector(".js-plotly-plot .bars path")
    label = page.locator(".js-plotly-plot .ytick text").first.bounding_box()
    bar = page.locator(".js-plotly-plot .bars path").first.bounding_box()
    assert label["x"] > bar["x"] + bar["width"] - 2, "labels stand at the right, bars grow to the left"
    time = tab("/overview?lang=ar&open=growth")
    time.wait_for_selector(".js-plotly-plot .xtick text")
    years = time.locator(".js-plotly-plot .xtick text").all()
    at = {year.inner_html(): year.bounding_box()["x"] for year in years}
    assert at["2017"] < at["2019"]
    chart = time.locator(".js-plotly-plot:has(.xtick) .main-svg").first.bounding_box()
    thousands = [tick for tick in time.locator(".js-plotly-plot .ytick text").all() if "20,000" in tick.inner_html()]
    assert thousands and thousands[0].bounding_box()["x"] >= chart["x"], "the numbers of an axis are whole"


WORDS_BEGIN = """(which) => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(which));
    return Math.max(...[...range.getClientRects()].map((line) => line.right));
}"""


def test_words_in_arabic_begin_at_the_right(tab):
    page = tab("/reach_map?lang=ar")
    block = page.locator("[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock]").bounding_box()
    right = block["x"] + block["width"]
    assert abs(page.evaluate(WORDS_BEGIN, "h1") - right) < 3
    menu = page.locator("[data-testid=stMainMenu]").bounding_box()
    assert menu["x"] < block["x"] + 20, "the menu is at the end of the line"


# For each two neighbours in a row of choices: whether their borders lie on each other and one of them is seen.
LINES_BETWEEN = """() => [...document.querySelectorAll("[data-testid=stButtonGroup] [role=radiogroup]")].map((row) => {
    const seen = (colour) => !/, 0\\)$|transparent/.test(colour);
    const isRightToLeft = getComputedStyle(row).direction === "rtl";
    const buttons = [...row.querySelectorAll("button")];
    return buttons.slice(1).map((button, n) => {
        const before = getComputedStyle(buttons[n]), after = getComputedStyle(button);
        const [end, start] = [buttons[n].getBoundingClientRect(), button.getBoundingClientRect()];
        const covered = isRightToLeft ? start.right - end.left : end.right - start.left;
        return Math.abs(covered - 1) < 0.1 && (seen(before.borderInlineEndColor) || seen(after.borderInlineStartColor));
    });
})"""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_line_stands_between_all_choices_in_a_row(tab, language):
    page = tab(f"/methods?lang={language}")
    for chosen in range(2):
        page.locator("[data-testid=stButtonGroup] button").nth(chosen).click()
        page.mouse.move(0, 0)
        settle(page)
        rows = page.evaluate(LINES_BETWEEN)
        assert [len(row) for row in rows] == [3]
        assert all(all(row) for row in rows), rows


def test_a_phone_in_arabic_has_no_closed_sidebar_over_the_page(reader, served):
    page = opened(reader(viewport={"width": 390, "height": 844}), served + "/completion_funnel?lang=ar")
    sidebar = page.locator("[data-testid=stSidebar]")
    assert sidebar.get_attribute("data-collapsed") == "true"
    sidebar.locator("[data-testid=stSidebarContent]").wait_for(state="hidden")
    page.locator("[data-testid=stExpandSidebarButton]").click()
    sidebar.locator("a").first.wait_for(state="visible")


def test_a_wide_table_in_arabic_begins_with_its_first_column(tab):
    page = tab("/response_gaps?lang=ar&open=countries")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("""() => [...document.getElementsByClassName("dvn-scroller")].some((table) =>
        table.scrollWidth > table.clientWidth && table.scrollLeft + table.clientWidth >= table.scrollWidth - 1)""")


def test_another_language_keeps_the_figures_and_writes_them_its_way(tab):
    page = tab("/school_closures?lang=ru&closures_on=2020-05-19")
    title = page.inner_text("h1").replace("\u00a0", " ").replace("\u202f", " ")
    assert "149" in title and "1,24 миллиарда" in title and "69,8 %" in title and "19 мая 2020 года" in title


def test_a_page_is_taken_away_as_a_file_in_its_language(tab, tmp_path):
    page = tab("/completion_funnel?lang=fr")
    page.locator(".st-key-document button").first.click()
    with page.expect_download(timeout=60_000) as handed:
        page.locator(".st-key-document-pdf button").click()
    handed.value.save_as(tmp_path / "page.pdf")
    assert handed.value.suggested_filename == "SIMULATED_completion_funnel_fr_release-2.pdf"
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


LABELS = "(part) => [...part.querySelectorAll('[aria-label]')].map((of) => of.getAttribute('aria-label')).join('; ')"
IN_OCTOBER = """() =>
    document.querySelector("[data-testid=stDateInputCalendar] [aria-haspopup=listbox]").innerText === "أكتوبر"
"""


def test_a_calendar_is_in_the_language_of_the_page_whatever_the_browser_speaks(tab):
    page = tab("/school_closures?lang=ar&closures_on=2021-11-30")
    page.locator("[data-testid=stDateInputCalendarButton]").first.click()
    calendar = page.get_by_test_id("stDateInputCalendar")
    month, year = calendar.locator("button[aria-haspopup=listbox]").all()
    assert (month.inner_text(), year.inner_text()) == ("نوفمبر", "2021")
    # Sunday, Monday, Tuesday …: two days of the week with one letter in English have two in Arabic.
    assert calendar.locator("th").all_inner_texts() == ["ح", "ن", "ث", "ر", "خ", "ج", "س"]
    calendar.locator("header button").first.click()
    page.wait_for_function(IN_OCTOBER)
    assert calendar.locator("th").all_inner_texts() == ["ح", "ن", "ث", "ر", "خ", "ج", "س"]
    labels = calendar.evaluate(LABELS)
    assert "الجمعة" in labels and not set("abcdefghijklmnopqrstuvwxyz") & set(labels.lower()), labels
    month.click()
    listed = page.get_by_role("listbox").first.inner_text().split()
    assert (listed[0], listed[-1], len(listed)) == ("يناير", "ديسمبر", 12)


def test_hints_of_streamlit_are_in_the_language_of_the_page(tab):
    page = tab("/upload?lang=fr")
    uploader = page.get_by_test_id("stFileUploader").first.inner_text()
    assert "25 Mo par fichier" in uploader and "25MB" not in uploader
    page = tab("/methods?lang=fr")
    box = page.locator("[data-testid=stTextInput] input").first
    box.press_sequentially("abc")
    assert "Entrée pour appliquer" in page.locator("[data-testid=InputInstructions]").first.inner_text()
