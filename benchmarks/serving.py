"""Prints what *School closures* costs its server and its reader: CPU, bytes over the wire, twenty viewers at once.

A dashboard is served as `coalition run` serves it, from the demonstration; beside it an empty Streamlit page is
measured in the same way, as the floor. CPU is the server's own, user and system, summed over many runs.

`--pages` prints instead what each page costs: opened, changed by a choice of its bar for the first time and again, and
in Arabic beside English. `--viewers 200` has so many readers at the four heaviest pages, each with a change every ten
seconds. `--store FOLDER` serves a store that is there already.
"""

import argparse
import asyncio
import contextlib
import datetime
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

PROJECT = Path(__file__).resolve().parents[1]
CLOSURES = "school_closures"
OPENS, MOVES = 20, 200
VIEWERS, VIEWER_MOVES, THINK_SECONDS = 20, 10, 2.0
HEAVIEST = ("overview", "completion_funnel", "reach_map", CLOSURES)
PAGES = (
    "overview", "board", "reach_map", "learning_hubs", "my_programme", "completion_funnel", "cohorts",
    "credit_recognition", "contributions", "programmes", CLOSURES, "response_gaps", "needs_and_offers", "data_health",
    "what_changed", "upload", "methods",
)  # fmt: skip
WAIT_SECONDS = 60  # gunicorn waits thirty for browsers that keep a connection
CHOICES = ("selectbox", "date_input", "button_group")
SEE_AS = "see_as"  # a choice of the steward's, not of the page's
CHANGES, EVERY_SECONDS, CHANGES_PER_VIEWER, START_WITHIN_SECONDS = 12, 10.0, 6, 20.0
TELL_SECONDS = 10.0
FIRST_DAY, DAYS = datetime.date(2020, 2, 20), 125
EPOCH = datetime.date(1970, 1, 1)
EMPTY_PAGE = """
import datetime
import streamlit as st
st.title("Empty")
"""
SERVE_EMPTY = """
import contextlib, gc, os, sys
import streamlit as st, uvicorn, pandas, pyarrow, plotly.graph_objects
sys.argv = ["streamlit", "run"]
@contextlib.asynccontextmanager
async def lifespan(app):
    gc.collect(); gc.freeze(); yield
from starlette.middleware import Middleware
from dashboard.server.packed import Packed
app = st.App(os.environ["EMPTY"], lifespan=lifespan, middleware=[Middleware(Packed)])
uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error", access_log=False)
"""
CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(command: list[str], health: str = "/_stcore/health", **environment: str):
    """A server on a free port, `{port}` in its command, once it answers; one that ends first states why."""
    port = free_port()
    with tempfile.TemporaryFile() as written:
        process = subprocess.Popen(
            [word.replace("{port}", str(port)) for word in command],
            env={**os.environ, **environment, "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=written,
            cwd=PROJECT,
        )
        try:
            for _ in range(1_200):  # a new store is filled first
                if process.poll() is not None:
                    written.seek(0)
                    last = b"\n".join(written.read().splitlines()[-10:]).decode(errors="replace")
                    raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{last}")
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{health}", timeout=2).read()
                    break
                time.sleep(0.5)
            else:
                raise SystemExit(f"{command[0]} did not answer {health} within ten minutes")
            yield port, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(timeout=WAIT_SECONDS)


def cpu_ms(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return 1000 * (spent.user + spent.system)


def connect(port: int):
    return websockets.connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None)


async def run(ws, prepare) -> list[ForwardMsg]:
    """Sends one rerun and gathers what comes back until the script is done."""
    request = BackMsg()
    prepare(request.rerun_script)
    await ws.send(request.SerializeToString())
    messages = []
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(ws.recv(), 60))
        messages.append(message)
        if message.WhichOneof("type") == "script_finished":
            for message_read in messages:
                if (
                    message_read.WhichOneof("type") == "delta"
                    and message_read.delta.new_element.WhichOneof("type") == "exception"
                ):
                    raise RuntimeError(message_read.delta.new_element.exception.message)
            return messages


def slider_of(messages: list[ForwardMsg]) -> tuple[str, str]:
    """The day slider's widget and the fragment it belongs to."""
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == "slider":
            return message.delta.new_element.slider.id, message.delta.fragment_id
    raise RuntimeError("the page has no slider")


def moved_to(day: datetime.date, widget: str, fragment: str):
    def prepare(rerun) -> None:
        rerun.fragment_id = fragment
        state = rerun.widget_states.widgets.add()
        state.id = widget
        state.double_array_value.data.append((day - EPOCH).days * 86_400 * 10**6)

    return prepare


def any_day() -> datetime.date:
    return FIRST_DAY + datetime.timedelta(random.randrange(DAYS))


def opened(page: str):
    """Asks for a page by its name in the address; the first page without."""
    return lambda rerun: setattr(rerun, "page_name", page)


async def cost_of_opening(port: int, process: psutil.Process, page: str = "") -> float:
    before = cpu_ms(process)
    for _ in range(OPENS):
        async with connect(port) as ws:
            await run(ws, opened(page))
    return (cpu_ms(process) - before) / OPENS


async def cost_of_moving(port: int, process: psutil.Process) -> float:
    async with connect(port) as ws:
        widget, fragment = slider_of(await run(ws, opened(CLOSURES)))
        before = cpu_ms(process)
        for _ in range(MOVES):
            await run(ws, moved_to(any_day(), widget, fragment))
        return (cpu_ms(process) - before) / MOVES


async def many_viewers(port: int) -> tuple[list[float], list[str]]:
    """Seconds of each move and the errors, of viewers who move the day every two seconds."""
    seconds: list[float] = []
    errors: list[str] = []

    async def viewer() -> None:
        try:
            async with connect(port) as ws:
                widget, fragment = slider_of(await run(ws, opened(CLOSURES)))
                for _ in range(VIEWER_MOVES):
                    await asyncio.sleep(random.uniform(0.5, 1.5) * THINK_SECONDS)
                    begun = time.perf_counter()
                    await run(ws, moved_to(any_day(), widget, fragment))
                    seconds.append(time.perf_counter() - begun)
        except Exception as error:  # noqa: BLE001 - counted and printed
            errors.append(f"{type(error).__name__}: {error}"[:120])

    await asyncio.gather(*(viewer() for _ in range(VIEWERS)))
    return seconds, errors


@dataclass(frozen=True)
class Choice:
    """A widget by which a page is changed, with the values it takes."""

    widget: str
    kind: str
    values: list[str]


class Reader:
    """A browser at one page: what was chosen in it, and what it may choose."""

    def __init__(self, ws, page: str, query: str = "") -> None:
        self.ws, self.page, self.query = ws, page, query
        self.script = ""
        self.choices: dict[str, Choice] = {}
        self.states: dict[str, WidgetState] = {}

    async def open(self) -> None:
        """Opens the page."""
        await self._run(lambda rerun: setattr(rerun, "page_name", self.page))

    async def change(self, key: str, value: str) -> None:
        """Chooses a value of a choice, as a browser states it: with the address and all that was chosen before."""
        choice = self.choices[key]
        state = WidgetState(id=choice.widget)
        if choice.kind == "selectbox":
            state.string_value = value
        else:
            state.string_array_value.data.append(value)
        self.states[choice.widget] = state
        await self._run(lambda rerun: setattr(rerun, "page_script_hash", self.script))

    async def _run(self, prepare) -> None:
        def prepared(rerun) -> None:
            rerun.query_string = self.query
            rerun.widget_states.widgets.extend(self.states.values())
            prepare(rerun)

        self.choices = {}
        for message in await run(self.ws, prepared):
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.script = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta":
                self._note(message.delta.new_element)

    def _note(self, element) -> None:
        kind = element.WhichOneof("type")
        if kind not in CHOICES:
            return
        widget = getattr(element, kind)
        key = widget.id.split("-", 2)[2]
        values = {
            "selectbox": lambda: list(widget.options),
            "date_input": lambda: _days_of(widget.max),
            "button_group": lambda: [option.content for option in widget.options],
        }[kind]()
        if key != SEE_AS and len(values) > 1:
            self.choices[key] = Choice(widget.id, kind, values)


def _days_of(last: str) -> list[str]:
    """Days of the two years before the newest, as a date input has them."""
    newest = datetime.date.fromisoformat(last)
    return [f"{newest - datetime.timedelta(days)}" for days in range(0, 730, 7)]


async def changes_of(port: int, process: psutil.Process, page: str, plan: list[tuple[str, str]]) -> float:
    """CPU of one change, while a reader makes those planned; an empty plan is filled first."""
    async with connect(port) as ws:
        reader = Reader(ws, page)
        await reader.open()
        if not reader.choices:
            return float("nan")
        if not plan:
            for turn in range(CHANGES):
                key = sorted(reader.choices)[turn % len(reader.choices)]
                plan.append((key, random.choice(reader.choices[key].values)))
        before, changes = cpu_ms(process), 0
        for key, value in plan:
            if key in reader.choices and value in reader.choices[key].values:
                await reader.change(key, value)
                changes += 1
        return (cpu_ms(process) - before) / changes


async def opens_of(port: int, process: psutil.Process, page: str, query: str = "", times: int = OPENS) -> float:
    before = cpu_ms(process)
    for _ in range(times):
        async with connect(port) as ws:
            await Reader(ws, page, query).open()
    return (cpu_ms(process) - before) / times


async def settled(process: psutil.Process) -> None:
    """Waits until what is answered ahead is."""
    begun = time.perf_counter()
    while True:
        before = cpu_ms(process)
        await asyncio.sleep(5)
        if cpu_ms(process) - before < 250:
            break
    say(f"the server has answered ahead what it does, after {time.perf_counter() - begun:.0f} s")


async def print_pages(port: int, process: psutil.Process, pages: list[str]) -> None:
    await settled(process)
    print("| page | open first, CPU ms | open | change first | change again | open in Arabic | Arabic / English |")
    print("|---|---|---|---|---|---|---|")
    for page in pages:
        first = await opens_of(port, process, page, times=1)
        await opens_of(port, process, page, "lang=ar", times=2)
        plan: list[tuple[str, str]] = []
        new = await changes_of(port, process, page, plan)
        known = await changes_of(port, process, page, plan)
        # In turn, so that whatever else the machine does meets both.
        spent = {"": 0.0, "lang=ar": 0.0}
        for _ in range(OPENS):
            for query in spent:
                spent[query] += await opens_of(port, process, page, query, times=1) / OPENS
        english, arabic = spent.values()
        print(
            f"| {page} | {first:.0f} | {english:.1f} | {new:.1f} | {known:.1f} | {arabic:.1f} | "
            f"{arabic / english:.2f} |",
            flush=True,
        )


class Crowd:
    """Readers of the four heaviest pages, each with a change every ten seconds, and what they waited for."""

    def __init__(self, port: int, viewers: int) -> None:
        self.port, self.viewers = port, viewers
        self.opening: list[float] = []
        self.changing: list[float] = []
        self.dropped: list[str] = []

    async def come(self) -> None:
        """Has all of them come within twenty seconds, make their changes, and leave."""
        await asyncio.gather(*(self._viewer(HEAVIEST[number % len(HEAVIEST)]) for number in range(self.viewers)))

    async def _viewer(self, page: str) -> None:
        try:
            await asyncio.sleep(random.uniform(0, START_WITHIN_SECONDS))
            begun = time.perf_counter()
            async with connect(self.port) as ws:
                reader = Reader(ws, page)
                await reader.open()
                self.opening.append(time.perf_counter() - begun)
                for _ in range(CHANGES_PER_VIEWER):
                    await asyncio.sleep(random.uniform(0.5, 1.5) * EVERY_SECONDS)
                    key = random.choice(sorted(reader.choices))
                    begun = time.perf_counter()
                    await reader.change(key, random.choice(reader.choices[key].values))
                    self.changing.append(time.perf_counter() - begun)
        except Exception as error:  # noqa: BLE001 - counted and printed
            self.dropped.append(f"{type(error).__name__}: {error}"[:120])

    def words(self) -> str:
        """What they have waited for until now."""
        return (
            f"{len(self.opening)} opened (p95 {_p95(self.opening)}), {len(self.changing)} changes "
            f"(p50 {_ms(statistics.median(self.changing or [float('nan')]))}, p95 {_p95(self.changing)}), "
            f"{len(self.dropped)} dropped"
        )


def _p95(seconds: list[float]) -> str:
    return _ms(sorted(seconds)[int(len(seconds) * 0.95)] if seconds else float("nan"))


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


async def print_viewers(port: int, process: psutil.Process, viewers: int) -> None:
    """What readers of the four heaviest pages wait for, each with a change every ten seconds.

    They are played by this process, which takes CPU of the same machine: its share is printed beside the server's.
    """
    await settled(process)
    crowd, myself = Crowd(port, viewers), psutil.Process()
    before, mine, begun = cpu_ms(process), cpu_ms(myself), time.perf_counter()

    async def tell() -> None:
        while True:
            spent, played, since = cpu_ms(process), cpu_ms(myself), time.perf_counter()
            await asyncio.sleep(TELL_SECONDS)
            took = 10 * (time.perf_counter() - since)
            say(
                f"{time.perf_counter() - begun:4.0f} s: {crowd.words()}; server {(cpu_ms(process) - spent) / took:.0f} "
                f"% of a core, viewers {(cpu_ms(myself) - played) / took:.0f} %, load {os.getloadavg()[0]:.1f}"
            )

    telling = asyncio.create_task(tell())
    await crowd.come()
    telling.cancel()
    spent, played, took = cpu_ms(process) - before, cpu_ms(myself) - mine, time.perf_counter() - begun
    acts = max(1, len(crowd.changing) + len(crowd.opening))
    print(
        f"{viewers} viewers of {', '.join(HEAVIEST)}, a change every {EVERY_SECONDS:.0f} s: {crowd.words()}; "
        f"server {spent / acts:.1f} CPU ms an open or change, {spent / took / 10:.0f} % of a core, "
        f"{process.memory_info().rss / 1e6:.0f} MB; viewers {played / acts:.1f} CPU ms, {played / took / 10:.0f} % of "
        f"a core; load of the machine {os.getloadavg()[0]:.1f}"
    )
    for error, times in Counter(crowd.dropped).most_common():
        print(f"  {times} x {error}")


def say(words: str) -> None:
    """Prints how far a long measurement is, apart from what it found."""
    print(f"  {words}", file=sys.stderr, flush=True)


def first_load(port: int, ready: str, path: str = "") -> tuple[float, int]:
    """Megabytes over the wire (headers, bodies as sent, websocket frames) and requests of a first visit."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        size = [0.0, 0]
        session.on("Network.loadingFinished", lambda e: size.__setitem__(0, size[0] + e["encodedDataLength"]))
        session.on("Network.requestWillBeSent", lambda e: size.__setitem__(1, size[1] + 1))
        session.on(
            "Network.webSocketFrameReceived",
            lambda e: size.__setitem__(0, size[0] + len(e["response"]["payloadData"]) * 3 / 4),
        )
        page.goto(f"http://127.0.0.1:{port}/{path}")
        page.wait_for_selector(ready, timeout=60_000)
        page.wait_for_timeout(5_000)
        browser.close()
    return size[0] / 1e6, size[1]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pages", nargs="*", metavar="PAGE", help="what each page costs; all without names")
    options.add_argument("--viewers", type=int, metavar="N", help="so many readers of the heaviest pages at once")
    options.add_argument("--store", help="a store that is there; the demonstration without")
    arguments = options.parse_args()
    if arguments.pages is None and not arguments.viewers:
        closures()
        return
    with tempfile.TemporaryDirectory() as folder:
        store = arguments.store or str(Path(folder) / "store")
        with server([sys.executable, "-m", "dashboard.commands.cli", "run"], COALITION_STORE=store) as (port, process):
            if arguments.pages is not None:
                asyncio.run(print_pages(port, process, arguments.pages or list(PAGES)))
            if arguments.viewers:
                asyncio.run(print_viewers(port, process, arguments.viewers))


def closures() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, empty = Path(folder) / "store", Path(folder) / "empty.py"
        empty.write_text(EMPTY_PAGE)
        with server([sys.executable, "-c", SERVE_EMPTY], EMPTY=str(empty)) as (port, process):
            asyncio.run(cost_of_opening(port, process))
            floor = asyncio.run(cost_of_opening(port, process))
            floor_bytes, floor_requests = first_load(port, "h1")
        with server([sys.executable, "-m", "dashboard.commands.cli", "run"], COALITION_STORE=str(store)) as (
            port,
            process,
        ):
            asyncio.run(cost_of_opening(port, process, CLOSURES))
            time.sleep(10)  # the days of the record are answered ahead meanwhile
            opening = asyncio.run(cost_of_opening(port, process, CLOSURES))
            asyncio.run(cost_of_opening(port, process))
            overview = asyncio.run(cost_of_opening(port, process))
            moving = asyncio.run(cost_of_moving(port, process))
            seconds, errors = asyncio.run(many_viewers(port))
            size, requests = first_load(port, "[data-testid=stPlotlyChart] .geo", CLOSURES)
            memory = process.memory_info().rss / 1e6
    slow = sorted(seconds)[int(len(seconds) * 0.95)] if seconds else float("nan")
    print(
        f"empty page         open {floor:5.1f} ms CPU   first load {floor_bytes:4.2f} MB in {floor_requests} requests"
    )
    print(f"Overview           open {overview:5.1f} ms CPU, its answers known")
    print(f"School closures    open {opening:5.1f} ms CPU   first load {size:4.2f} MB in {requests} requests")
    print(f"                   move {moving:5.1f} ms CPU   (targets: open 60, move 25, first load 3.5 MB)")
    print(
        f"{VIEWERS} viewers, a move every {THINK_SECONDS:.0f} s: {len(seconds)} moves, {len(errors)} errors, "
        f"median {1000 * statistics.median(seconds):.0f} ms, 95 % under {1000 * slow:.0f} ms; server {memory:.0f} MB"
    )
    for error in sorted(set(errors)):
        print(f"  {error}")


if __name__ == "__main__":
    main()
