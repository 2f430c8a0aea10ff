"""A page that turns dark or light while it is open has its charts in the colours of that page."""

import pytest

from dashboard.charts.palette import ACCENT, ACCENT_ON_DARK

pytestmark = pytest.mark.browser
# The colour of the first bar is the one that is given.
BAR = """(wanted) => { const bar = document.querySelector(".js-plotly-plot .point path");
    const given = Object.assign(document.createElement("i").style, { color: wanted }).color;
    return bar && getComputedStyle(bar).fill === given; }"""


def test_charts_follow_a_browser_that_turns_dark_and_light_again(visit):
    seen = visit(reader="another")
    seen.open("/completion_funnel")
    for scheme, color in (("light", ACCENT), ("dark", ACCENT_ON_DARK), ("light", ACCENT)):
        seen.page.emulate_media(color_scheme=scheme)
        seen.page.wait_for_function(BAR, arg=color, timeout=30_000)
    assert not seen.page.locator(".st-key-draw-anew").is_visible()
    assert (seen.outside, seen.failed, seen.complaints) == ([], [], [])
