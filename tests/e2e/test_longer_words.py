"""Every page in words 40 % longer, as another language may need: none is cut off, and no page scrolls sideways.

In full with COALITION_FULL_TESTS=1 (each page on a desk and on a phone), else every second page at one of them.
"""

import os

import pytest

from dashboard.menu import pages
from tests.browsing import NOTE_QUESTIONS, settle
from tests.dashboards import RUN, serving
from tests.pseudo import pseudo, write_pseudo

pytestmark = pytest.mark.browser

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
NAMES = [page.name for page in pages()]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
LOOKS = {
    1280: {"viewport": {"width": 1280, "height": 900}},
    390: {"viewport": {"width": 390, "height": 844}, "user_agent": PHONE, "is_mobile": True, "has_touch": True},
}
# Which pages are looked at, by the width.
SEEN = {width: NAMES if FULL else NAMES[at :: 3 * len(LOOKS)] for at, width in enumerate(LOOKS)}
# The dashboard with French catalogues of another folder.
PSEUDO = """
import os
from pathlib import Path

from dashboard import locales
from dashboard.server import prefetch

prefetch.MOST_DAYS = 0
locales.FOLDER, locales.INCOMPLETE = Path(os.environ["PSEUDO"]), Path(os.environ["PSEUDO"]) / "none"
"""
# Words whose box hides a part of them, without a sign that there is more: dots, a tooltip, or a bar to scroll.
CUT = """() => {
    const hides = (style) => style.overflowX === "hidden" || style.overflowX === "clip";
    const words = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const told = (one) => one.closest("[title], [role=gridcell], [data-testid=stDataFrame], .js-plotly-plot");
    const drawn = (one) => one.getClientRects().length && getComputedStyle(one).visibility !== "hidden";
    const cut = [];
    for (const one of document.querySelectorAll("body *")) {
        if (!words(one) || !drawn(one) || told(one)) continue;
        const range = document.createRange();
        range.selectNodeContents(one);
        const written = range.getBoundingClientRect();
        for (let box = one; box && box !== document.body; box = box.parentElement) {
            const style = getComputedStyle(box);
            if (style.overflowX === "auto" || style.overflowX === "scroll") break;
            if (!hides(style)) continue;
            const seen = box.getBoundingClientRect();
            if (seen.width <= 2) break;  // for readers of screens only
            if (style.textOverflow === "ellipsis") break;
            if (written.right > seen.right + 2 || written.left < seen.left - 2) {
                cut.push(`${box.dataset.testid || box.className}: ${one.textContent.trim().slice(0, 80)}`);
                break;
            }
        }
    }
    return [...new Set(cut)];
}"""
# How far the page itself scrolls sideways; the part of Streamlit that scrolls is the main one.
SIDEWAYS = """() => Math.max(...[document.documentElement, document.querySelector("[data-testid=stMain]")]
    .map((one) => one.scrollWidth - one.clientWidth))"""


@pytest.fixture(scope="module")
def longer(demo_store, chromium, tmp_path_factory):
    """Address of a dashboard whose French is English, accented and longer."""
    folder = tmp_path_factory.mktemp("pseudo")
    write_pseudo(folder, "fr")
    with serving(demo_store, PSEUDO + RUN, PSEUDO=str(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return tmp_path_factory.mktemp("pictures")


@pytest.mark.parametrize("width", LOOKS)
def test_words_that_are_longer_are_not_cut_and_no_page_scrolls_sideways(browser, longer, pictures, width):
    context, found = browser.new_context(**LOOKS[width]), {}
    context.add_init_script(NOTE_QUESTIONS)
    page = context.new_page()
    for name in SEEN[width]:
        page.goto(f"{longer}/{name}?lang=fr")
        page.wait_for_selector("h1", timeout=60_000)
        settle(page)
        page.screenshot(path=pictures / f"{name}-{width}.png")
        cut, sideways = page.evaluate(CUT), page.evaluate(SIDEWAYS)
        if cut or sideways > 0:
            found[name] = [*cut, *([f"scrolls {sideways} pixels sideways"] if sideways > 0 else [])]
    assert "~" in page.inner_text("body")
    context.close()
    assert found == {}


def test_the_look_at_a_page_sees_words_that_are_cut_and_a_page_that_is_too_wide(browser):
    page = browser.new_page(viewport={"width": 390, "height": 400})
    words = pseudo("Learners by country of origin")
    page.set_content(f"""
        <main data-testid=stMain style="overflow: auto">
        <p style="overflow: hidden; white-space: nowrap; width: 100px">{words}</p>
        <p style="overflow: hidden; white-space: nowrap; text-overflow: ellipsis; width: 100px">Learners by country</p>
        <p>Learners</p><div style="width: 500px">&nbsp;</div></main>""")
    assert len(page.evaluate(CUT)) == 1 and page.evaluate(SIDEWAYS) > 50
    page.close()
