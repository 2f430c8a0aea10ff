"""On a weak line: the light page loads no library, and a page that lost its line says so and comes back as it was."""

import re

import pytest

pytestmark = pytest.mark.browser
KEEP_SOCKETS = """
    window.sockets = new Set();
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (message) { window.sockets.add(this); return send.call(this, message); };
"""
LIBRARIES = re.compile(r"[Pp]lotly|DataFrame|DeckGl")


def test_a_browser_that_wants_less_is_offered_the_light_page_and_it_loads_no_library(visit):
    less = visit(390, 844, reader="less")
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


def test_a_page_that_lost_its_line_says_so_and_keeps_its_view(visit):
    cut = visit(390, 844, reader="cut")
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
