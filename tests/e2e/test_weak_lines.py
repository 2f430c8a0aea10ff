"""On a weak line: the light page loads no library, and a page that lost its line says so and comes back as it was."""

import os
import re

import pytest

pytestmark = pytest.mark.browser
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
KEEP_SOCKETS = """
    window.sockets = new Set();
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (message) { window.sockets.add(this); return send.call(this, message); };
"""
LIBRARIES = re.compile(r"[Pp]lotly|DataFrame|DeckGl")


def test_a_browser_that_wants_less_is_offered_the_light_page_and_it_loads_no_library(visit):
    less = visit(390, 844, reader="another")
    less.page.set_extra_http_headers({"Save-Data": "on"})
    less.open("/completion_funnel")
    less.page.get_by_role("button", name="Your browser asks for less data").wait_for()
    light = visit(390, 844, reader="light")
    loaded = []
    light.page.on("response", lambda answer: loaded.append(answer.url))
    light.open("/completion_funnel?light=1")
    picture = light.page.locator("img.chart").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 0 && image.clientWidth > 300")
    assert picture.get_attribute("alt")
    assert not [url for url in loaded if LIBRARIES.search(url)]
    assert not light.outside
    light.page.get_by_role("button", name="Light page").click()
    light.page.locator(".js-plotly-plot").first.wait_for()
    light.settle()
    assert "light=" not in light.page.url


def line(judged):
    """Has the browser judge its line so; as browsers that do not, where nothing is given."""
    value = f"{{ effectiveType: {judged!r} }}" if judged else "undefined"
    return f"Object.defineProperty(Navigator.prototype, 'connection', {{ get: () => ({value}) }});"


# What came from the browser's own store has no size; two that came together took the time of the longer.
CAME_UNTIL = """performance.getEntriesByType = () => [
    { transferSize: 300, responseStart: 0, responseEnd: 50 },
    { transferSize: 0, responseStart: 0, responseEnd: 9000 },
    { transferSize: 100000, responseStart: 100, responseEnd: %d },
    { transferSize: 50000, responseStart: 200, responseEnd: 2000 },
];"""


SLOW = {"150 kB in 3.1 s": line("") + CAME_UNTIL % 3_200, **({"judged": line("3g")} if FULL else {})}
FAST = {"150 kB in 2.8 s": line("") + CAME_UNTIL % 2_900, **({"judged": line("4g")} if FULL else {})}


@pytest.mark.parametrize("begin", SLOW.values(), ids=SLOW)
def test_a_slow_line_is_offered_the_light_page(visit, begin):
    slow = visit(390, 844, reader="another")
    slow.page.add_init_script(begin)
    slow.open("/upload")
    offer = slow.page.get_by_role("button", name="Your connection seems slow: show the light page")
    offer.wait_for()
    assert not slow.page.locator(".st-key-slow-line").count(), "it is offered once"
    slow.open("/methods")
    offer.click()
    slow.page.get_by_role("button", name="Light page: show interactive charts").wait_for()
    assert "light=1" in slow.page.url


@pytest.mark.parametrize("begin", FAST.values(), ids=FAST)
def test_a_line_that_is_fast_enough_is_offered_nothing(visit, begin):
    fast = visit(390, 844, reader="another")
    fast.page.context.add_cookies([{"name": "slow_line", "value": "on", "url": fast.base}])
    fast.page.add_init_script(begin)
    fast.open("/upload")
    fast.page.wait_for_function("!document.cookie.includes('slow_line')")
    fast.open("/upload")
    fast.page.get_by_role("button", name="Light page", exact=True).wait_for()
    assert not fast.page.get_by_role("button", name="Your connection seems slow").count()


def test_a_page_that_lost_its_line_says_so_and_keeps_its_view(visit):
    cut = visit(390, 844, reader="another")
    cut.page.add_init_script(KEEP_SOCKETS)
    cut.open("/completion_funnel?light=1&open=groups")
    sentence = cut.page.locator("h1").inner_text()
    notice = cut.page.get_by_role("status").filter(has_text="connection")
    assert not notice.count()
    cut.page.context.set_offline(True)
    cut.page.evaluate("window.sockets.forEach((socket) => socket.close())")
    notice.wait_for(timeout=20_000)
    assert cut.page.locator("h1").inner_text() == sentence
    cut.page.context.set_offline(False)
    notice.wait_for(state="detached", timeout=60_000)
    cut.settle()
    assert cut.page.locator("h1").inner_text() == sentence
    assert "open=groups" in cut.page.url and "light=1" in cut.page.url
    cut.page.get_by_text("Gender parity", exact=True).click()
    cut.settle()
    assert "groups" in cut.page.url and "parity" in cut.page.url, "it goes on from there"
