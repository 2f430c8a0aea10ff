"""Prints what each page costs its reader: height, elements, bytes and browser CPU, beside an empty Streamlit page.

A dashboard is served as `coalition run` serves it, from the demonstration (or from COALITION_STORE). Each page is
opened in a new browser at 1280 x 800, several times in turn with the empty page, and once more from the menu of a
page that is open. Times are ratios to the empty page of the same round. `peers.py` serves the overview's map by others.

`--pages overview board` measures these only, `--rounds 5` oftener. With addresses as arguments it measures what is
served there instead, page by page, without ratios.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from serving import CHROMIUM_FLAGS, EMPTY_PAGE, SERVE_EMPTY, server
from websockets.sync.client import connect

from dashboard.menu import pages

# As `make browser` installs it, or a whole one.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium"))), "chromium")
ROUNDS = 3
LONGEST_SECONDS = 180
SIZE = {"width": 1280, "height": 800}
AT_REST = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    return app && app.dataset.testScriptState === "notRunning" && document.querySelector("h1")
        && !document.querySelector("[data-testid=stSkeleton], [data-stale=true]")
        && [...document.querySelectorAll("[data-testid=stPlotlyChart]")].every((one) => one.querySelector(".main-svg"));
}"""
HEAD = "document.querySelector('h1:not(:empty)')"
# When the sentence is there and when all is: looked at by the page itself, every 20 milliseconds.
OPENING = """window.seen = {};
const looking = setInterval(() => {
    if (!seen.painted && HEAD) seen.painted = performance.now();
    if (seen.painted && (AT_REST)()) { seen.settled = performance.now(); clearInterval(looking); }
}, 20);"""


@dataclass
class Cost:
    """What one opening of a page cost."""

    cpu_s: float
    painted_s: float
    settled_s: float


class Meter:
    """Bytes over the wire of one tab, since it was made."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        session.on(
            "Network.webSocketFrameReceived", lambda event: self._add(len(event["response"]["payloadData"]) * 3 / 4)
        )

    def _add(self, count: float) -> None:
        self.bytes += count


class Tab:
    """A new browser with one tab, timed as a reader has it.

    Nobody listens to its network. Whoever does, as developers' tools and Playwright do, has V8 note the source line of
    every request; for the one of plotly's map it then parses the whole library again, 0.6 seconds of CPU.
    """

    def __init__(self) -> None:
        self._profile, self._calls = tempfile.mkdtemp(), 0
        flags = [*CHROMIUM_FLAGS, f"--window-size={SIZE['width']},{SIZE['height']}", "--remote-debugging-port=0"]
        # A group of its own: Debian's command is a script, which would end alone and leave its browser running.
        self._process = subprocess.Popen(
            [CHROMIUM, *flags, f"--user-data-dir={self._profile}", "about:blank"],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        named = Path(self._profile) / "DevToolsActivePort"
        until(lambda: named.is_file() and named.read_text().count("\n"), "the browser")
        port = named.read_text().splitlines()[0]

        def tabs() -> list[dict[str, Any]]:
            listed = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
            return [target for target in listed if target["type"] == "page"]

        until(tabs, "the tab")
        self._socket = connect(tabs()[0]["webSocketDebuggerUrl"], max_size=None)
        self.call("Page.enable")
        self.call("Performance.enable", timeDomain="threadTicks")

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(timeout=20)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        """What the browser answers to a command of its protocol."""
        self._calls += 1
        self._socket.send(json.dumps({"id": self._calls, "method": method, "params": arguments}))
        while True:
            answer = json.loads(self._socket.recv(timeout=LONGEST_SECONDS))
            if answer.get("id") == self._calls:
                return answer["result"]

    def value(self, expression: str) -> Any:
        """What an expression gives in the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def open(self, address: str, at_rest: str, head: str = HEAD) -> dict[str, float]:
        """Seconds until the sentence and until all is there."""
        opening = OPENING.replace("AT_REST", at_rest).replace("HEAD", head)
        self.call("Page.addScriptToEvaluateOnNewDocument", source=opening)
        self.call("Page.navigate", url=address)
        return self.seen(address)

    def seen(self, what: str) -> dict[str, float]:
        """Seconds that the page noted, when it is settled."""
        until(lambda: self.value("window.seen && seen.settled"), what)
        return {name: milliseconds / 1000 for name, milliseconds in self.value("seen").items()}

    def click(self, element: str) -> None:
        """Clicks in the middle of an element, once it is there."""
        until(lambda: self.value(f"Boolean({element})"), element)
        x, y = self.value(
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])(({element}).getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def cpu(self) -> float:
        """Seconds of the tab's main thread."""
        metrics = self.call("Performance.getMetrics")["metrics"]
        return next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration")


def until(is_so: Callable[[], object], what: str) -> None:
    """Waits, on a machine with other work too, until something is so."""
    last = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < last:
        if is_so():
            return
        time.sleep(0.1)
    raise SystemExit(f"{LONGEST_SECONDS} seconds are over without {what}")


def opened(address: str, at_rest: str = AT_REST) -> Cost:
    """A page opened in a browser that has nothing yet."""
    with Tab() as tab:
        seen = tab.open(address, at_rest)
        time.sleep(1.5)
        return Cost(tab.cpu(), seen["painted"], seen["settled"])


def loaded(browser: Browser, address: str, at_rest: str = AT_REST, session: str = "") -> tuple[int, int, float]:
    """Height, elements and kilobytes of a page in a browser that has nothing yet, except the cookie of a session."""
    context = browser.new_context(viewport=SIZE)
    if session:
        context.add_cookies([{"name": "session", "value": session, "url": address}])
    page = context.new_page()
    meter = Meter(page)
    page.goto(address)
    page.wait_for_function(at_rest, polling=50, timeout=120_000)
    page.wait_for_timeout(1_500)
    size = _size(page)
    context.close()
    return *size, meter.bytes / 1000


def from_the_menu(browser: Browser, base: str, name: str) -> float:
    """Kilobytes that a page sends when it is opened from the menu of *Methods*, whose chart libraries are none."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.goto(f"{base}/overview")
    page.wait_for_function(AT_REST, polling=50, timeout=60_000)
    page.wait_for_timeout(1_000)
    meter = Meter(page)
    page.locator(f'[data-testid=stSidebarNavLink][href$="/{name}"]').first.click()
    page.wait_for_timeout(500)
    page.wait_for_function(AT_REST, polling=50, timeout=60_000)
    page.wait_for_timeout(1_500)
    context.close()
    return meter.bytes / 1000


def _size(page: Page) -> tuple[int, int]:
    size = page.evaluate(
        "[(document.querySelector('[data-testid=stMainBlockContainer]') || document.body).getBoundingClientRect()"
        ".height, document.querySelectorAll('*').length]"
    )
    return int(size[0]), int(size[1])


def measure(browser: Browser, base: str, names: list[str], empty: str | None, rounds: int) -> None:
    """A line a page: medians of several rounds, in turn with the empty page where one is served."""
    head = f"{'page':20}{'height':>8}{'elements':>10}{'kB first':>10}{'kB later':>10}{'CPU s':>8}"
    print(head + (f"{'painted ÷':>11}{'settled ÷':>11}" if empty else ""))
    for name in names:
        height, elements, kilobytes = loaded(browser, f"{base}/{name}")
        costs, floors = [], []
        for _round in range(rounds):
            costs.append(opened(f"{base}/{name}"))
            if empty:
                floors.append(opened(empty))
        later = from_the_menu(browser, base, name) if name != "overview" else 0
        line = f"{name:20}{height:8}{elements:10}{kilobytes:10.0f}{later:10.0f}"
        line += f"{statistics.median(cost.cpu_s for cost in costs):8.2f}"
        if empty:
            for field in ("painted_s", "settled_s"):
                ratio = statistics.median(
                    getattr(cost, field) / getattr(floor, field) for cost, floor in zip(costs, floors, strict=True)
                )
                line += f"{ratio:11.2f}"
        print(line, flush=True)


def main() -> None:
    """Serves, opens and prints."""
    known = [page.name for page in pages()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("addresses", nargs="*", help="of dashboards that are served already")
    parser.add_argument("--pages", nargs="+", choices=known, default=known, metavar="PAGE")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for base in arguments.addresses:
            print(base)
            measure(browser, base, arguments.pages, None, arguments.rounds)
        if arguments.addresses:
            return
        store = os.environ.get("COALITION_STORE") or str(Path(folder) / "store")
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY_PAGE)
        empty_port, _ = stack.enter_context(server([sys.executable, "-c", SERVE_EMPTY], EMPTY=str(script)))
        ours = [sys.executable, "-m", "dashboard.commands.cli", "run"]
        port, _ = stack.enter_context(server(ours, COALITION_STORE=store))
        base = f"http://127.0.0.1:{port}"
        measure(browser, base, arguments.pages, f"http://127.0.0.1:{empty_port}/", arguments.rounds)


if __name__ == "__main__":
    main()
