"""For a reader who asks for less motion days move only when they are played, and nothing slides where it is put."""

import re

import pytest

from tests.browsing import stop_playing
from tests.e2e.measures import MOTIONS, WATCH_MOTION

pytestmark = pytest.mark.browser


def test_days_move_only_when_they_are_played_and_do_not_slide(visit):
    seen = visit(reader="another", reduced_motion="reduce")
    seen.page.add_init_script(WATCH_MOTION)
    seen.open("/school_closures?closures_on=2020-03-01")
    handle = seen.page.get_by_role("slider").first
    seen.page.wait_for_timeout(2_000)
    assert handle.get_attribute("aria-valuetext") == "1 March 2020"
    seen.page.get_by_role("button", name="Play").press("Enter")
    seen.page.wait_for_function(
        "(shown) => !shown.getAttribute('aria-valuetext').startsWith('1 March')",
        arg=handle.element_handle(),
        timeout=60_000,
    )
    stop_playing(seen.page)
    seen.settle()
    assert re.search(r"closures_on=2020-03-\d\d", seen.page.url)
    assert seen.page.evaluate(MOTIONS) == []
