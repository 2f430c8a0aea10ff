"""Prints what each page costs its reader: height, elements, bytes and browser CPU, beside an empty Streamlit page.

A dashboard is served as `coalition run` serves it, from the demonstration (or from COALITION_STORE). Each page is
opened in a new browser at 1280 x 800, several times in turn with the empty page, and once more from the menu of a
page that is open. Times are ratios to the empty page of the same round. Where Dash is installed (`pip install dash`)
the map of the overview is served by it too, from the same answer.

With addresses as arguments it measures what is served there instead, page by page, without ratios.
"""

import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from serving import CHROMIUM_FLAGS, EMPTY_PAGE, SERVE_EMPTY, server

from dashboard.menu import pages

ROUNDS = 3
SIZE = {"width": 1280, "height": 800}
AT_REST = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    return app && app.dataset.testScriptState === "notRunning" && document.querySelector("h1")
        && !document.querySelector("[data-testid=stSkeleton], [data-stale=true]")
        && [...document.querySelectorAll("[data-testid=stPlotlyChart]")].every((one) => one.querySelector(".main-svg"));
}"""
DASH_AT_REST = "() => document.querySelector('h1') && document.querySelector('.main-svg')"
OPEN_OURS = "[data-testid=stSelectbox]:has-text('Programme') input"
OPEN_DASH = "#programme"
SERVE_DASH = """
import os
from dash import Dash, Input, Output, dcc, html
from dashboard.access.viewer import STEWARD
from dashboard.charts.learners import learners_map, rate_classes
from dashboard.components.learners import rate_words
from dashboard.scope import Scope
from dashboard.session import answer, begin
from dashboard.warehouse.catalog import question
release, _notice = begin()
def ask(name, scope):
    return answer(STEWARD, release, name, scope)
CLASSES = {"from_20": "20 or more", "from_5": "5 to 20", "from_1": "1 to 5", "below_1": "Fewer than 1",
           "few_refugees": "Too few", "no_data": "Not known", "none": "None"}
app = Dash(__name__, serve_locally=True)
app.layout = html.Div([
    dcc.Dropdown(["for_refugees", "kiron_campus", "dlsei"], "for_refugees", id="programme"),
    html.H1(id="headline"), dcc.Graph(id="map"),
])
@app.callback(Output("headline", "children"), Output("map", "figure"), Input("programme", "value"))
def draw(programme):
    head = ask("overview/headline", Scope(programme_id=programme)).to_dict("records")[0]
    table = ask("reach_map/learners_on_map", Scope(by="host", programme_id=programme))
    figure = learners_map(table, rate_classes(CLASSES), table.head(0), 450)
    return f"{head['learners_reached']} learners reached by {head['on_date']}", figure
@app.server.route("/_stcore/health")
def health():
    return "ok"
app.run(host="127.0.0.1", port=int(os.environ["PORT"]), debug=False)
"""


@dataclass
class Cost:
    """What one opening of a page cost."""

    height: int
    elements: int
    kilobytes: float
    cpu_s: float
    painted_s: float
    settled_s: float


class Meter:
    """Bytes over the wire and CPU of one tab, since it was made."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0.0
        self._session = page.context.new_cdp_session(page)
        for domain in ("Network", "Performance"):
            self._session.send(f"{domain}.enable")
        self._session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        self._session.on(
            "Network.webSocketFrameReceived", lambda event: self._add(len(event["response"]["payloadData"]) * 3 / 4)
        )

    def _add(self, count: float) -> None:
        self.bytes += count

    def cpu(self) -> float:
        """Seconds of the tab's main thread."""
        metrics = {entry["name"]: entry["value"] for entry in self._session.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"]


def opened(browser: Browser, address: str, at_rest: str = AT_REST) -> Cost:
    """A page opened in a browser that has nothing yet."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    meter, began = Meter(page), time.perf_counter()
    page.goto(address)
    page.wait_for_selector("h1", timeout=60_000)
    painted = time.perf_counter() - began
    page.wait_for_function(at_rest, polling=50, timeout=60_000)
    settled = time.perf_counter() - began
    page.wait_for_timeout(1_500)
    cost = Cost(*_size(page), meter.bytes / 1000, meter.cpu(), painted, settled)
    context.close()
    return cost


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
    found = page.evaluate(
        "[(document.querySelector('[data-testid=stMainBlockContainer]') || document.body).getBoundingClientRect()"
        ".height, document.querySelectorAll('*').length]"
    )
    return int(found[0]), int(found[1])


def changed(browser: Browser, address: str, at_rest: str, opener: str) -> float:
    """Seconds from the choice of Kiron Campus in an open page until its sentence and its figure are there."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(at_rest, polling=50, timeout=60_000)
    page.wait_for_timeout(1_500)
    before = page.locator("h1").first.inner_text()
    page.locator(opener).first.click()
    option = page.get_by_text(re.compile("kiron[ _]campus", re.IGNORECASE)).last
    option.wait_for()
    began = time.perf_counter()
    option.click()
    page.wait_for_function("before => document.querySelector('h1').innerText !== before", arg=before, polling=20)
    page.wait_for_function(at_rest, polling=20, timeout=60_000)
    took = time.perf_counter() - began
    context.close()
    return took


def measure(browser: Browser, base: str, names: list[str], empty: str | None) -> None:
    """A line a page: medians of several rounds, in turn with the empty page where one is served."""
    head = f"{'page':20}{'height':>8}{'elements':>10}{'kB first':>10}{'kB later':>10}{'CPU s':>8}"
    print(head + (f"{'painted ÷':>11}{'settled ÷':>11}" if empty else ""))
    for name in names:
        costs, floors = [], []
        for _round in range(ROUNDS):
            costs.append(opened(browser, f"{base}/{name}"))
            if empty:
                floors.append(opened(browser, empty))
        middle = {
            field: statistics.median(getattr(cost, field) for cost in costs) for field in Cost.__dataclass_fields__
        }
        later = from_the_menu(browser, base, name) if name != names[0] else 0
        line = f"{name:20}{middle['height']:8.0f}{middle['elements']:10.0f}{middle['kilobytes']:10.0f}{later:10.0f}"
        line += f"{middle['cpu_s']:8.2f}"
        if empty:
            for field in ("painted_s", "settled_s"):
                ratio = statistics.median(
                    getattr(cost, field) / getattr(floor, field) for cost, floor in zip(costs, floors, strict=True)
                )
                line += f"{ratio:11.2f}"
        print(line, flush=True)


def main() -> None:
    """Serves, opens and prints."""
    names = os.environ.get("NAMES", "").split() or [page.name for page in pages()]
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        if len(sys.argv) > 1:
            for base in sys.argv[1:]:
                print(base)
                measure(browser, base, names, None)
            return
        store = os.environ.get("COALITION_STORE") or str(Path(folder) / "store")
        script, dash = Path(folder) / "empty.py", Path(folder) / "with_dash.py"
        script.write_text(EMPTY_PAGE)
        dash.write_text(SERVE_DASH)
        empty_port, _ = stack.enter_context(server([sys.executable, "-c", SERVE_EMPTY], EMPTY=str(script)))
        ours = [sys.executable, "-m", "dashboard.commands.cli", "run"]
        port, _ = stack.enter_context(server(ours, COALITION_STORE=store))
        empty = f"http://127.0.0.1:{empty_port}/"
        measure(browser, f"http://127.0.0.1:{port}", names, empty)
        with contextlib.suppress(ImportError):
            import dash as _installed  # noqa: F401

            dash_port, _ = stack.enter_context(server([sys.executable, str(dash)], COALITION_STORE=store))
            beside = f"http://127.0.0.1:{dash_port}/"
            overview, opens, filters = f"http://127.0.0.1:{port}/overview", [], []
            for _round in range(ROUNDS):
                there, here = opened(browser, beside, DASH_AT_REST), opened(browser, overview)
                opens.append(here.settled_s / there.settled_s)
                there_s = changed(browser, beside, DASH_AT_REST, OPEN_DASH)
                filters.append(changed(browser, overview, AT_REST, OPEN_OURS) / there_s)
            print(f"overview ÷ its map in Dash, open until settled: {statistics.median(opens):.2f}")
            print(f"overview ÷ its map in Dash, another programme until settled: {statistics.median(filters):.2f}")


if __name__ == "__main__":
    main()
