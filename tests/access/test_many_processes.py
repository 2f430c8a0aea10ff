"""Three processes behind one proxy, with deploy/nginx.conf: one is killed, and its readers go on where they were."""

import asyncio
import contextlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from http.cookies import SimpleCookie

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.settings import PROJECT
from tests.access.tenants import FULL
from tests.dashboards import start

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed (make browser installs it)")

VIEWERS = 60 if FULL else 9
READERS = ("reader-a", "reader-b", "reader-c")
DAYS = ("2020-03-27", "2020-04-04", "2020-06-15")
SERVE = """
from dashboard.commands import cli
from dashboard.server import prefetch
prefetch.MOST_DAYS = 0
raise SystemExit(cli.main(["run", "--read-only"]))
"""


def answers(port, path="/healthz"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status
    except (OSError, urllib.error.URLError):
        return 0


def wait_for(port, path="/healthz"):
    for _ in range(600):
        if answers(port, path) == 200:
            return
        time.sleep(0.2)
    raise TimeoutError(f"nothing answers on {port}")


def free_ports(count):
    with contextlib.ExitStack() as open_now:
        probes = [open_now.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@pytest.fixture(scope="module")
def house(tmp_path_factory, demo_store):
    """The readers by name, and the port of the proxy in front of them."""
    folder = tmp_path_factory.mktemp("house")
    proxy, *ports = free_ports(4)
    processes = {}
    for name, port in zip(READERS, ports, strict=True):
        processes[name] = start(demo_store, port, SERVE)
    site = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for name, port in zip(READERS, ports, strict=True):
        site = site.replace(f"{name}:8501", f"127.0.0.1:{port}")
    site = site.replace("publisher:8501", f"127.0.0.1:{ports[0]}").replace("8080", f"127.0.0.1:{proxy}")
    (folder / "site.conf").write_text(site.replace("; Secure", ""), encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{ worker_connections 1024; }}\n"
        f"http {{\naccess_log off;\n{folders}include {folder}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    front = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
    try:
        for port in ports:
            wait_for(port)
        wait_for(proxy)
        yield processes, proxy
    finally:
        for process in (front, *processes.values()):
            process.terminate()
        for process in (front, *processes.values()):
            process.wait(30)


class Reader:
    """A browser as far as the server sees one: its cookies, its page, and how often it lost its line."""

    def __init__(self, port, day):
        self.port, self.day = port, day
        self.cookies, self.lost, self.drawn = {}, 0, 0

    def come(self, path="/"):
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": self._line()})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}

    @property
    def process(self):
        return self.cookies["coalition_reader"].replace("_", "-")

    async def read(self, until):
        """Keeps the page open and draws it every second; comes again when its line is lost."""
        while not until.is_set():
            try:
                await asyncio.to_thread(self.come, "/_stcore/health")
                async with websockets.connect(
                    f"ws://127.0.0.1:{self.port}/_stcore/stream",
                    subprotocols=["streamlit", self.cookies.get("_streamlit_xsrf", "none")],
                    additional_headers={"Cookie": self._line()},
                    origin=f"http://127.0.0.1:{self.port}",
                    max_size=None,
                    open_timeout=30,
                ) as line:
                    while not until.is_set():
                        words = await self._draw(line)
                        assert self.day in words, "the page lost its view"
                        self.drawn += 1
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(until.wait(), 1)
            except (OSError, websockets.WebSocketException, urllib.error.URLError):
                self.lost += 1
                await asyncio.sleep(0.5)

    async def _draw(self, line):
        asked = BackMsg()
        asked.rerun_script.query_string = f"closures_on={self.day}"
        asked.rerun_script.page_name = "school_closures"
        await line.send(asked.SerializeToString())
        words = b""
        while True:
            raw = await asyncio.wait_for(line.recv(), 60)
            words += raw
            message = ForwardMsg()
            message.ParseFromString(raw)
            if message.WhichOneof("type") == "script_finished" and (
                message.script_finished != message.FINISHED_EARLY_FOR_RERUN
            ):
                return words.decode("utf-8", "replace")

    def _line(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def test_a_killed_process_loses_no_reader_and_disturbs_no_other(house):
    processes, proxy = house
    readers = [Reader(proxy, DAYS[number % len(DAYS)]) for number in range(VIEWERS)]
    for reader in readers:
        reader.come()
        while len({one.process for one in readers[:3] if one.cookies}) < min(3, readers.index(reader) + 1):
            reader.cookies.clear()
            reader.come()

    async def meanwhile():
        until = asyncio.Event()
        reading = [asyncio.create_task(reader.read(until)) for reader in readers]
        while not all(reader.drawn >= 2 for reader in readers):
            await asyncio.sleep(0.2)
            assert not any(task.done() for task in reading)
        processes["reader-b"].send_signal(signal.SIGKILL)
        drawn = {reader: reader.drawn for reader in readers}
        while not all(reader.drawn >= drawn[reader] + 2 for reader in readers):
            await asyncio.sleep(0.2)
            assert not any(task.done() and task.exception() for task in reading)
        until.set()
        await asyncio.gather(*reading)

    asyncio.run(asyncio.wait_for(meanwhile(), 120))

    theirs = [reader for reader in readers if reader.process == "reader-b"]
    assert theirs and all(reader.lost >= 1 for reader in theirs)
    assert {reader.lost for reader in readers if reader.process != "reader-b"} == {0}


def test_whoever_comes_now_is_sent_to_a_process_that_lives(house):
    _processes, proxy = house

    assert {answers(proxy) for _ in range(12)} == {200}


def test_the_proxy_shows_nobody_what_is_for_operators(house):
    _processes, proxy = house

    assert answers(proxy, "/metrics") == 0  # 404, which is no answer for a reader


def test_a_cookie_of_somebody_else_is_no_address():
    site = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")

    assert re.search(r"map \$cookie_coalition_reader \$reader \{\s+default +\$first_reader;", site)
