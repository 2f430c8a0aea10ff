"""A popover that a key opens is where the next key leads, on a page of any length."""

import pytest

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.innerText"


def test_the_tab_key_leads_into_a_popover_and_escape_back_to_what_opened_it(visit):
    seen = visit(reader="another").open("/contributions?open=ladder")
    seen.page.get_by_role("button", name="English", exact=True).focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("document.activeElement.dataset.testid === 'stPopoverBody'")
    seen.settle()
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate(FOCUSED) == "Français", "English is chosen, and cannot be chosen again"
    assert seen.page.evaluate("document.activeElement.getBoundingClientRect().top > 0")
    seen.page.keyboard.press("Escape")
    seen.page.wait_for_function(f"{FOCUSED}.startsWith('English')")
    assert not seen.page.locator("[data-testid=stPopoverBody]").count()
