"""A laptop at 400 % (320 pixels wide) and a small phone: nothing is wider than the page, and no words are cut.

In full with COALITION_FULL_TESTS=1 (both widths, three languages), else every second page at one.
"""

import os
from itertools import cycle

import pytest

from dashboard.menu import pages

pytestmark = pytest.mark.browser

NAMES = [page.name for page in pages()]
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
EVERY = [(width, code) for width in (320, 360) for code in ("en", "ar", "ru")]
# Two turns of three in the narrower one: whatever fits it nearly always fits the other. Russian has the longest words.
TURNS = cycle([(320, "en"), (320, "ar"), (360, "ru")])
CASES = [(name, *case) for name in (NAMES if FULL else NAMES[::2]) for case in (EVERY if FULL else [next(TURNS)])]

# What is wider than the screen, and words that their box cuts: a table, and a drawing of the light page, scroll in
# their own box, and a choice shows the beginning of a long name.
LOST = """() => {
    const main = document.querySelector("[data-testid=stMain]"), width = document.documentElement.clientWidth;
    const own = "[data-testid=stDataFrame], [data-testid=stSlider], .light, .js-plotly-plot, input";
    const shown = [...main.querySelectorAll("*")].filter((one) => !one.closest(own))
        .map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 1 && box.height > 1);
    const named = (one) => `${one.dataset?.testid || one.tagName} ${one.textContent.trim().slice(0, 40)}`;
    const wider = shown.filter(([, box]) => box.right > width + 1 || box.left < -1).map(([one]) => named(one));
    const words = "p, label, button, summary, h1, h2, h3, li, [data-testid=stMetric] *";
    const boxed = [...main.querySelectorAll(words)].filter((one) => !one.closest("[data-testid=stSelectbox]")
        && one.clientWidth > 0 && getComputedStyle(one).overflowX !== "visible");
    const cut = boxed.filter((one) => one.scrollWidth > one.clientWidth + 1);
    const drawn = [...main.querySelectorAll(".js-plotly-plot")].flatMap((chart) => {
        const box = chart.getBoundingClientRect();
        return [...chart.querySelectorAll("svg text")].map((one) => [one, one.getBoundingClientRect()])
            .filter(([one, of]) => one.textContent.trim() && of.width)
            .filter(([, of]) => of.left < box.left - 2 || of.right > box.right + 2)
            .map(([one]) => one.textContent);
    });
    const bars = [...main.querySelectorAll(".legend .scrollbar")].filter((one) => one.getBoundingClientRect().height);
    return {scrolls: Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - width),
        wider, cut: cut.map(named), drawn, legends: bars.length};
}"""


@pytest.mark.parametrize(("name", "width", "code"), CASES)
def test_a_narrow_page_scrolls_down_only_and_loses_nothing(visit, tmp_path, name, width, code):
    seen = visit(width=width, height=700, reader="narrow").open(f"/{name}?lang={code}")
    seen.page.screenshot(path=tmp_path / f"{name}.png")
    lost = seen.page.evaluate(LOST)
    assert lost == {"scrolls": 0, "wider": [], "cut": [], "drawn": [], "legends": 0}
