"""While an answer is slow its place is drawn, and what comes takes that place without a jump."""

import re

import pytest

pytestmark = pytest.mark.browser
DRAWN = "Loading…".encode()


def test_the_place_of_a_slow_answer_is_drawn_and_the_answer_takes_it(visit):
    seen = visit()
    held, sockets, slow = [], [], [True]

    def between(socket):
        server = socket.connect_to_server()

        def come(message):
            if sockets and slow[0]:
                held.append(message)
                return
            socket.send(message)
            if DRAWN in (message if isinstance(message, bytes) else message.encode()):
                sockets.append(socket)

        server.on_message(come)

    seen.page.route_web_socket(re.compile("/_stcore/stream"), between)
    seen.page.goto(seen.base + "/reach_map")
    place = seen.page.locator(".st-key-loading-answer")
    place.wait_for(state="attached", timeout=60_000)
    seen.page.wait_for_timeout(1_500)
    assert place.evaluate("place => getComputedStyle(place).opacity") == "1"
    top = place.bounding_box()["y"]
    slow[0] = False
    for message in held:
        sockets[0].send(message)
    seen.page.wait_for_selector("h1", timeout=60_000)
    seen.settle()
    assert not place.is_visible()
    assert abs(seen.page.locator("h1").bounding_box()["y"] - top) < 2
