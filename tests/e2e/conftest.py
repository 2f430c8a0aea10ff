"""A served dashboard and a browser that may talk to nobody else."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field

import pytest

pytestmark = pytest.mark.browser

FLAGS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader
""".split()  # noqa: SIM905

# Four looks in a row, a quarter of a second apart, that find a connected app at rest and the same words on the page.
AT_REST = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    const words = document.body.innerText;
    const rests = app && app.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector("[data-testid=stSkeleton], [data-stale=true]");
    const times = rests && window.lastSeen && window.lastSeen.words === words ? window.lastSeen.times + 1 : 0;
    window.lastSeen = {words, times};
    return times >= 4;
}"""


@dataclass
class Visit:
    """A page of the browser with what it asked for and what it complained about."""

    page: object
    base: str
    outside: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    complaints: list = field(default_factory=list)

    def open(self, path, ready="h1"):
        self.page.goto(self.base + path)
        self.page.wait_for_selector(ready, timeout=60_000)
        self.settle()
        return self

    def settle(self):
        """Waits until the app is connected, its script has stopped and the page has kept its words for a second.

        The sign of a running script comes late on a busy machine, so its absence alone proves nothing.
        """
        self.page.wait_for_timeout(500)
        self.page.evaluate("window.lastSeen = undefined")
        self.page.wait_for_function(AT_REST, polling=250, timeout=60_000)


@pytest.fixture(scope="module")
def served(demo_store, chromium):
    """Address of a dashboard served as `coalition run` serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "COALITION_STORE": str(demo_store), "PORT": str(port)}
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboard.commands.cli", "run"], env=environment, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(address + "/healthz", timeout=2).read()
            break
        except OSError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.5)
    yield address
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, served):
    """Makes a visit: visit(width=390, dark=True) gives a fresh page that logs every request."""
    contexts = []

    def make(width=1280, height=900, dark=False, **more):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **more
        )
        contexts.append(context)
        made = Visit(context.new_page(), served)
        host = served.split("//")[1]
        ours = (f"http://{host}", f"ws://{host}", "data:", "blob:", "about:")
        made.page.on("request", lambda r: None if r.url.startswith(ours) else made.outside.append(r.url))
        made.page.on("websocket", lambda w: None if w.url.startswith(ours) else made.outside.append(w.url))
        made.page.on("response", lambda r: made.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        made.page.on("console", lambda m: made.complaints.append(m.text) if m.type == "error" else None)
        made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
        return made

    yield make
    for context in contexts:
        context.close()
