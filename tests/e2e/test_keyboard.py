"""The guard of the journeys by keyboard: a focus that nobody can see is noted, one that is drawn late is not."""

import pytest

from tests.e2e.keyboard import MARKS_OF, Keyboard

pytestmark = pytest.mark.browser

BUTTONS = """
    <style>button:focus { outline: 3px solid blue } .never:focus { outline: none }
    .late:focus { outline-color: white; animation: late 0s 0.2s forwards }
    @keyframes late { to { outline-color: blue } }
    .late { outline: 3px solid white }</style>
    <button>First</button><button class="never">Never</button><button>Third</button>
    <button class="late">Late</button><button>Last</button>
"""


def test_a_focus_that_cannot_be_seen_is_noted_and_one_drawn_late_is_not(browser):
    page = browser.new_page()
    keys = Keyboard(page)
    page.set_content(BUTTONS)
    page.add_script_tag(content=MARKS_OF)
    keys.tab_to("Last")
    assert keys.unseen == ["button Never"]
    page.close()
