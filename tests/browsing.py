"""A browser of tests: how it is started, and how a test knows that a page of the dashboard is at rest."""

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.warm import Fork

FLAGS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader
""".split()  # noqa: SIM905
# Notes in each page when it asked its server something that nothing has come back for yet.
NOTE_QUESTIONS = """
    window.askedAt = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...named) {
            super(...named);
            this.addEventListener("message", () => { window.askedAt = 0; });
        }
        send(message) {
            window.askedAt = performance.now();
            super.send(message);
        }
    };
"""
# Looks in a row that find a connected app at rest, the same page, and no question without an answer.
# A busy machine delays the looks as it delays the page, and the sign of a running script comes with the first answer.
AT_REST = """(looks) => {
    const app = document.querySelector("[data-testid=stApp]");
    const seen = document.body.textContent + document.getElementsByTagName("*").length;
    const waits = window.askedAt && performance.now() - window.askedAt < 10_000;
    const rests = app && app.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED"
        && !waits && !document.querySelector("[data-testid=stSkeleton], [data-stale=true]")
        && [...document.querySelectorAll("[data-testid=stPlotlyChart]")].every((e) => e.querySelector(".main-svg"));
    const times = rests && window.lastSeen && window.lastSeen.seen === seen ? window.lastSeen.times + 1 : 0;
    window.lastSeen = {seen, times};
    return times >= looks;
}"""
LOOKS, BETWEEN = 6, 100  # milliseconds: longer together than a slider or a text box holds back what was typed
PRESSES, PATIENCE = 3, 8_000  # of a button that the page draws anew, and milliseconds until what it does is seen
OPENED = 3  # looks at a page that was opened or resized, in which nobody typed


LONGEST_START = 300  # seconds, of a server on a machine that does other things too


def wait_for(server: subprocess.Popen | Fork, address: str) -> None:
    """Waits until a server that was started answers."""
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address + "/healthz", timeout=2).read()
            return
        except OSError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer in {LONGEST_START} seconds")


@contextmanager
def launched(chromium: str) -> Iterator:
    """A browser that talks to nobody by itself."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def go_on(page, address: str) -> None:
    """Goes to another address of the dashboard that is open, as the browser's own Back and Forward do.

    It costs a third of opening the address: the scripts of the app are not read again.
    """
    page.evaluate("(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }", address)
    page.wait_for_timeout(BETWEEN)


def stop_playing(page) -> None:
    """Presses *Stop* until the days stand: a press meets no button while the page is drawn anew with the next day."""
    from playwright.sync_api import TimeoutError as TookTooLong

    for left in reversed(range(PRESSES)):
        page.get_by_role("button", name="Stop").press("Enter")
        try:
            page.get_by_role("button", name="Play").wait_for(timeout=PATIENCE)
        except TookTooLong:
            if not left:
                raise
        else:
            return


def settle(page, looks: int = LOOKS) -> None:
    """Waits until the app is connected, its script has stopped and the page has stayed as it is for a moment.

    The page, or its context, needs NOTE_QUESTIONS from the start.
    """
    page.evaluate("window.lastSeen = undefined")
    page.wait_for_function(AT_REST, arg=looks, polling=BETWEEN, timeout=60_000)
