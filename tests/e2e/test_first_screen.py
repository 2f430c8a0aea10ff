"""The answer of every page stands on its first screen, and no page is long before a reader opens something."""

import pytest

from dashboard.menu import pages

pytestmark = pytest.mark.browser

LONGEST = 3_000
# Pages whose answer is a sentence and a form or a list, not a chart.
WITHOUT_CHART = {"board", "upload", "methods", "data_health", "needs_and_offers"}
FIRST = """() => {
    const marks = [...document.querySelectorAll(
        "[data-testid=stPlotlyChart], [data-testid=stDeckGlJsonChart], [data-testid=stDataFrame], [data-testid=stTable]"
    )].filter((mark) => mark.getBoundingClientRect().height > 0);
    const title = document.querySelector("h1").getBoundingClientRect();
    const first = marks.length ? marks[0].getBoundingClientRect() : title;
    const main = document.querySelector("[data-testid=stMainBlockContainer]").getBoundingClientRect();
    return {title: title.bottom, top: first.top, bottom: first.bottom, height: main.height};
}"""


def measured(visit, name, **how):
    seen = visit(**how).open(f"/{name}")
    seen.page.wait_for_timeout(1_000)
    return seen.page.evaluate(FIRST)


@pytest.mark.parametrize("name", [page.name for page in pages()])
def test_the_answer_is_on_the_first_screen_of_a_laptop(visit, name):
    found = measured(visit, name, width=1280, height=800)
    assert found["height"] <= LONGEST, found
    assert found["title"] <= 400, found
    if name not in WITHOUT_CHART:
        assert found["bottom"] <= 860, found


@pytest.mark.parametrize("name", [page.name for page in pages()])
def test_the_answer_is_on_the_first_screen_of_a_phone(visit, name):
    found = measured(visit, name, width=390, height=1_100, phone=True)
    assert found["title"] <= 500, found
    if name not in WITHOUT_CHART:
        assert found["top"] <= 900, found


@pytest.mark.parametrize("name", ["overview", "school_closures", "completion_funnel"])
def test_at_two_hundred_percent_the_sentence_is_on_the_first_screen(visit, name):
    assert measured(visit, name, width=640, height=400)["title"] <= 400
