"""Prints what the overview costs beside the same content served by others, all in one run and by turns.

The dashboard writes its answers (the map of learners by country and the number reached, for each programme) to files.
An empty Streamlit page, Dash, Streamlit with DuckDB and Superset serve them with a map, a number and a choice of the
programme. In each round each of them is opened in a new browser, then another programme is chosen (one that nobody
chose before), then the first one again and then the other again. Ratios are between measurements of one round, and
medians of the rounds; what else the machine does meets all alike. Browsers resolve no name: nobody asks another host.

`make bench-peers` makes the environments of the others, `.cache/peers` and `.cache/superset`, and starts this.
"""

import argparse
import asyncio
import contextlib
import importlib.metadata
import os
import platform
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import psutil
from beside.superset import NAME, PASSWORD, make_dashboard, session
from playwright.sync_api import sync_playwright
from reading import AT_REST, CHROMIUM, HEAD, Tab, loaded
from serving import CHROMIUM_FLAGS, EMPTY_PAGE, PROJECT, SERVE_EMPTY, say, server, settled

from dashboard.access.viewer import STEWARD
from dashboard.scope import Scope
from dashboard.server.packed import MAPS
from dashboard.session import answer, begin
from dashboard.vocabularies import words

ROUNDS = 3
PEERS, SUPERSET = PROJECT / ".cache" / "peers" / "bin", PROJECT / ".cache" / "superset"
BESIDE = Path(__file__).parent / "beside"
AT_START = "All programmes for refugees"
WITH_MAP = f"() => ({AT_REST})() && document.querySelector('.choroplethlayer path')"
PROGRAMME = """[...document.querySelectorAll("[data-testid=stSelectbox]")]
    .find((one) => one.innerText.includes("Programme")).querySelector("input")"""
CHOICE = """[...document.querySelectorAll("*")].filter((one) => !one.children.length && one.getClientRects().length
    && one.textContent.trim() === "CHOICE").pop()"""
# From the click to the other number and the areas of the map drawn again, in place or anew.
CHANGING = """(() => {
    window.seen = {};
    const before = HEAD.innerText;
    let drawn = false, clicked = 0;
    const isArea = (one) => one.nodeType === 1 && (one.closest("AREAS") || one.querySelector("AREAS"));
    const watching = new MutationObserver((changes) => {
        drawn = drawn || changes.some((one) => (one.target.nodeType === 1 && one.target.closest("AREAS"))
            || [...one.addedNodes].some(isArea));
    });
    document.addEventListener("pointerdown", () => {
        clicked = performance.now();
        watching.observe(document.body, {subtree: true, childList: true, attributes: true});
    }, true);
    const looking = setInterval(() => {
        if (!drawn || !HEAD || HEAD.innerText === before || !(AT_REST)()) return;
        seen.settled = performance.now() - clicked;
        clearInterval(looking);
    }, 20);
})()"""
EMPTY, OURS, DASH = "empty Streamlit page", "this dashboard", "Dash"


@dataclass
class Peer:
    """A server of the content, where its number and its choice are on the page, and what was measured of it."""

    name: str
    address: str
    process: psutil.Process
    at_rest: str = WITH_MAP
    head: str = HEAD
    areas: str = ".choroplethlayer"
    choice: str = PROGRAMME  # the field that opens the list; empty where there is none
    apply: str = ""  # the button by which a choice takes effect, where there is one
    session: str = ""  # the cookie of a reader who logged in
    kilobytes: float = 0.0
    round: int = 0
    measured: dict[str, dict[int, float]] = field(default_factory=dict)  # by round

    def note(self, name: str, value: float) -> None:
        """Keeps this round's value of a measure."""
        self.measured.setdefault(name, {})[self.round] = value

    def cpu_s(self) -> float:
        """CPU of the server and of the processes it started."""
        spent = self.process.cpu_times()
        total = spent.user + spent.system + spent.children_user + spent.children_system
        for child in self.process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = child.cpu_times()
                total += times.user + times.system
        return total

    def megabytes(self) -> float:
        """Memory of the server and of the processes it started; what they share counts once."""
        processes = [self.process, *self.process.children(recursive=True)]
        return sum(process.memory_full_info().pss for process in processes) / 1e6


def write_content(folder: Path) -> list[str]:
    """Writes the dashboard's own answers as Parquet and, for Superset, as SQLite.

    Returns the programmes with another number than that at the start.
    """
    release, _notice = begin()
    listed = answer(STEWARD, release, "overview/programmes", Scope())
    programmes = {"for_refugees": AT_START, **dict(zip(listed["programme_id"], listed["programme"], strict=True))}
    rates = words("learner_rate")
    tables, reach = [], []
    for code, name in programmes.items():
        head = answer(STEWARD, release, "overview/headline", Scope(programme_id=code)).iloc[0]
        reach.append({"programme": name, "on_date": f"{head['on_date']}", "learners_reached": head["learners_reached"]})
        rows = answer(STEWARD, release, "reach_map/learners_on_map", Scope(by="host", programme_id=code))
        tables.append(rows.drop(columns="first_on").assign(programme=name, rate=rows["rate_class"].map(rates)))
    learners, reached = pd.concat(tables), pd.DataFrame(reach)
    learners.to_parquet(folder / "learners.parquet")
    reached.to_parquet(folder / "reach.parquet")
    with contextlib.closing(sqlite3.connect(folder / "content.sqlite")) as database:
        learners.merge(reached, on="programme").to_sql("learners", database, index=False)
    shutil.copytree(MAPS / "boundaries", folder / "boundaries")
    return reached.loc[reached["learners_reached"] != reach[0]["learners_reached"], "programme"].tolist()


@contextlib.contextmanager
def empty_page(folder: Path) -> Iterator[Peer]:
    """The floor: Streamlit with a title."""
    script = folder / "empty.py"
    script.write_text(EMPTY_PAGE)
    with server([sys.executable, "-c", SERVE_EMPTY], EMPTY=str(script)) as (port, process):
        yield Peer(EMPTY, f"http://127.0.0.1:{port}/", process, at_rest=AT_REST, choice="")


@contextlib.contextmanager
def dash(folder: Path) -> Iterator[Peer]:
    """Dash behind gunicorn, a process with four threads."""
    command = [f"{PEERS}/gunicorn", "--threads", "4", "--bind", "127.0.0.1:{port}", "--chdir", f"{BESIDE}"]
    with server([*command, "with_dash:server"], "/_dash-layout", PEER_CONTENT=str(folder)) as (port, process):
        at_rest = "() => document.querySelector('h1')?.innerText && document.querySelector('.choroplethlayer path')"
        choice = "document.querySelector('#programme')"
        yield Peer(DASH, f"http://127.0.0.1:{port}/", process, at_rest=at_rest, choice=choice)


@contextlib.contextmanager
def plain_streamlit(folder: Path) -> Iterator[Peer]:
    """Streamlit with DuckDB, started by `streamlit run`."""
    page = folder / "page"
    page.mkdir()
    for name in ("with_streamlit.py", "world_map.py"):
        shutil.copy(BESIDE / name, page)
    shutil.copytree(folder / "boundaries", page / "static" / "boundaries")
    command = [f"{PEERS}/streamlit", "run", f"{page / 'with_streamlit.py'}", "--server.port={port}"]
    options = ["address=127.0.0.1", "headless=true", "enableStaticServing=true", "fileWatcherType=none"]
    command += ["--browser.gatherUsageStats=false", *(f"--server.{option}" for option in options)]
    with server(command, PEER_CONTENT=str(folder)) as (port, process):
        yield Peer("Streamlit and DuckDB", f"http://127.0.0.1:{port}/", process)


@contextlib.contextmanager
def superset(folder: Path) -> Iterator[Peer]:
    """Superset behind gunicorn, a process with twenty threads, with the database of its own that is made once."""
    made = SUPERSET / "metadata.db"
    settings = {
        "PEER_METADATA": str(made),
        "SUPERSET_CONFIG_PATH": str(BESIDE / "superset_config.py"),
        "FLASK_APP": "superset",
        "SUPERSET_HOME": str(SUPERSET),
        "SCARF_ANALYTICS": "false",  # else each page reports its opening to another host
    }
    if not made.exists():
        say("Superset makes its database, which takes a minute or more")
        settings["PEER_METADATA"] = f"{made}.new"
        Path(settings["PEER_METADATA"]).unlink(missing_ok=True)
        person = ["--username", NAME, "--password", PASSWORD, "--firstname", "A", "--lastname", "Reader"]
        admin = ["fab", "create-admin", *person, "--email", "reader@example.org"]
        for words_of_command in (["db", "upgrade"], admin, ["init"]):
            command = [f"{SUPERSET}/bin/superset", *words_of_command]
            done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(f"superset {words_of_command[0]} ended with {done.returncode}:\n{done.stderr[-1000:]}")
        Path(settings["PEER_METADATA"]).rename(made)
    settings["PEER_METADATA"] = str(folder / "metadata.db")
    shutil.copy(made, folder / "metadata.db")
    command = [
        f"{SUPERSET}/bin/gunicorn",
        "--worker-class",
        "gthread",
        "--threads",
        "20",
        "--timeout",
        "120",
        "--no-control-socket",
    ]
    command += ["--bind", "127.0.0.1:{port}", "superset.app:create_app()"]
    with server(command, "/health", **settings) as (port, process):
        base = f"http://127.0.0.1:{port}"
        head = "document.querySelector('.superset-legacy-chart-big-number .header-line')"
        drawn = "document.querySelector('.datamaps-subunit') && !document.querySelector('.loading')"
        yield Peer(
            "Superset",
            make_dashboard(base, folder / "content.sqlite", AT_START),
            process,
            at_rest=f"() => {head} && {drawn}",
            head=head,
            areas=".datamaps-subunits",
            choice="document.querySelector('[data-test=form-item-value] .ant-select')",
            apply="document.querySelector('[data-test=filter-bar__apply-button]')",
            session=session(base),
        )


def play(peer: Peer, other: str) -> None:
    """One round of a peer: opened in a new browser, and its programme changed three times."""
    before = peer.cpu_s()
    with Tab() as tab:
        if peer.session:
            tab.call("Network.setCookie", name="session", value=peer.session, url=peer.address)
        seen = tab.open(peer.address, peer.at_rest, peer.head)
        time.sleep(1.5)
        for name, value in seen.items():
            peer.note(f"open {name}", value)
        peer.note("browser open", tab.cpu())
        peer.note("server open", peer.cpu_s() - before)
        if not peer.choice:
            return
        choose(peer, tab, other, "first")
        choose(peer, tab, AT_START, "")
        choose(peer, tab, other, "again")


def choose(peer: Peer, tab: Tab, programme: str, turn: str) -> None:
    """Chooses a programme, and keeps what that took where the turn has a name."""
    tab.click(peer.choice)
    time.sleep(1.5)  # on a busy machine the list moves until then, and a click misses
    option = CHOICE.replace("CHOICE", programme)
    if peer.apply:
        tab.click(option)
        time.sleep(0.5)
    spent, before = tab.cpu(), peer.cpu_s()
    changing = CHANGING.replace("AT_REST", peer.at_rest).replace("HEAD", peer.head).replace("AREAS", peer.areas)
    tab.value(changing)
    tab.click(peer.apply or option)
    took = tab.seen(f"{programme} in {peer.name}")["settled"]
    time.sleep(1.5)
    if turn:
        peer.note(f"change {turn}", took)
        peer.note(f"browser change {turn}", tab.cpu() - spent)
        peer.note(f"server change {turn}", peer.cpu_s() - before)


def print_table(peers: list[Peer]) -> None:
    """A line a peer: ratios to the empty page and to Dash in the same round, and CPU, bytes and memory."""
    named = {peer.name: peer for peer in peers}

    def ratio(peer: Peer, measure: str, base: str) -> str:
        if base not in named or measure not in peer.measured or measure not in named[base].measured:
            return "–"
        own, others = peer.measured[measure], named[base].measured[measure]
        ratios = [own[number] / others[number] for number in own.keys() & others.keys()]
        return f"{statistics.median(ratios):.2f}" if ratios else "–"

    def median(peer: Peer, measure: str, unit: float, digits: int) -> str:
        found = peer.measured.get(measure)
        return f"{statistics.median(found.values()) * unit:.{digits}f}" if found else "–"

    columns: dict[str, Callable[[Peer], str]] = {
        "painted ÷ empty": lambda peer: ratio(peer, "open painted", EMPTY),
        "settled ÷ empty": lambda peer: ratio(peer, "open settled", EMPTY),
        "painted ÷ Dash": lambda peer: ratio(peer, "open painted", DASH),
        "settled ÷ Dash": lambda peer: ratio(peer, "open settled", DASH),
        "filter first ÷ Dash": lambda peer: ratio(peer, "change first", DASH),
        "filter again ÷ Dash": lambda peer: ratio(peer, "change again", DASH),
        "first load, kB": lambda peer: f"{peer.kilobytes:,.0f}",
        "browser CPU s: open": lambda peer: median(peer, "browser open", 1, 2),
        "filter first": lambda peer: median(peer, "browser change first", 1, 2),
        "filter again": lambda peer: median(peer, "browser change again", 1, 2),
        "server CPU ms: open": lambda peer: median(peer, "server open", 1000, 0),
        "first": lambda peer: median(peer, "server change first", 1000, 0),
        "again": lambda peer: median(peer, "server change again", 1000, 0),
        "server, MB": lambda peer: f"{peer.megabytes():.0f}",
    }
    print(f"| | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    for peer in peers:
        print(f"| {peer.name} | {' | '.join(cell(peer) for cell in columns.values())} |")


def versions() -> str:
    """The machine, what is measured and by what."""
    locked = (PROJECT / "benchmarks" / "peers.txt").read_text() + (
        PROJECT / "benchmarks" / "peers-superset.txt"
    ).read_text()
    peers = re.findall(r"^((?:dash|streamlit|duckdb|plotly|apache-superset)==\S+)", locked, re.MULTILINE)
    browser = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True).stdout.strip()
    memory = psutil.virtual_memory().total / 2**30
    own = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("streamlit", "duckdb", "plotly"))
    return (
        f"{psutil.cpu_count()} cores, {platform.machine()}, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {own}; the others: {' '.join(peers)}; {browser}"
    )


def measure(peers: list[Peer], programmes: list[str], rounds: int) -> None:
    """Rounds in turn, each begun by another peer, with a programme that nobody chose before where one is left."""
    for peer in peers:
        asyncio.run(settled(peer.process))
    for number in range(rounds):
        for at in range(len(peers)):
            peer = peers[(at + number) % len(peers)]
            peer.round = number
            try:
                play(peer, programmes[number % len(programmes)])
                done = peer.name
            except SystemExit as late:  # one that was too late loses the rest of its round, and no other
                done = f"{peer.name} was left: {late}"
            say(f"round {number + 1} of {rounds}: {done}, load {os.getloadavg()[0]:.1f}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for peer in peers:
            *_size, peer.kilobytes = loaded(browser, peer.address, peer.at_rest, peer.session)


def main() -> None:
    """Serves, plays and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--without-superset", action="store_true", help="it takes a minute to start")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        os.environ.setdefault("COALITION_STORE", str(folder / "store"))
        ours = [sys.executable, "-m", "dashboard.commands.cli", "run"]
        port, process = stack.enter_context(server(ours))
        programmes = write_content(folder)
        others = [empty_page, dash, plain_streamlit] + ([] if arguments.without_superset else [superset])
        peers = [stack.enter_context(other(folder)) for other in others]
        peers.insert(1, Peer(OURS, f"http://127.0.0.1:{port}/overview", process))
        print(versions(), flush=True)
        measure(peers, programmes, arguments.rounds)
        print(f"{arguments.rounds} rounds, load at the end {os.getloadavg()[0]:.1f}\n")
        print_table(peers)


if __name__ == "__main__":
    main()
