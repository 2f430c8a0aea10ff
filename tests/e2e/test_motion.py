"""For a reader who asks for less motion nothing moves by itself, and nothing slides where it is put.

In full with COALITION_FULL_TESTS=1 (every page), else pages that have a map, a slider, tabs, a grid and a form.
"""

import os
import re

import pytest

from dashboard.menu import pages

pytestmark = pytest.mark.browser

MOVING = ("overview", "school_closures", "methods", "data_health", "needs_and_offers")
NAMES = [page.name for page in pages()] if os.environ.get("COALITION_FULL_TESTS") == "1" else MOVING
# Each motion that takes longer than an eye sees, as it goes on: its kind, and what moves.
WATCH = """
    window.motions = [];
    const watch = () => {
        const app = document.querySelector("h1");
        for (const motion of app ? document.getAnimations() : [])
            if (motion.effect.getTiming().duration > 20 && motion.playState === "running") {
                const what = motion.animationName || motion.transitionProperty;
                // Streamlit's sign of work may fade already when the style of the page comes.
                if (!motion.effect.target.closest("[data-testid=stStatusWidget]"))
                    window.motions.push(`${what} ${motion.effect.target.className}`);
            }
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
"""


def still(visit):
    seen = visit(reader="still", reduced_motion="reduce")
    seen.page.add_init_script(WATCH)
    return seen


def moved(seen):
    return sorted(set(seen.page.evaluate("window.motions")))


def test_nothing_moves_on_any_page(visit):
    seen, found = still(visit), {}
    for name in NAMES:
        seen.open(f"/{name}")
        sections = seen.page.locator("[data-testid=stExpander] summary")
        if sections.count():
            sections.first.click()
            seen.settle()
        if motions := moved(seen):
            found[name] = motions
        drawn = seen.page.evaluate("""() => [...document.querySelectorAll(".js-plotly-plot")]
            .map((chart) => chart.layout.transition?.duration || 0)""")
        assert not any(drawn), name
    assert found == {}


def test_days_move_only_when_they_are_played_and_do_not_slide(visit):
    seen = still(visit).open("/school_closures?closures_on=2020-03-01")
    handle = seen.page.get_by_role("slider").first
    seen.page.wait_for_timeout(2_000)
    assert handle.get_attribute("aria-valuetext") == "1 March 2020"
    seen.page.get_by_role("button", name="Play").press("Enter")
    seen.page.wait_for_function(
        "(shown) => !shown.getAttribute('aria-valuetext').startsWith('1 March')",
        arg=handle.element_handle(),
        timeout=60_000,
    )
    seen.page.get_by_role("button", name="Stop").press("Enter")
    seen.page.get_by_role("button", name="Play").wait_for()
    seen.settle()
    assert re.search(r"closures_on=2020-03-\d\d", seen.page.url)
    assert moved(seen) == []
