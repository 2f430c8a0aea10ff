"""A served dashboard and a browser that may talk to nobody else."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.browsing import NOTE_QUESTIONS, OPENED, launched, settle, wait_for
from tests.e2e.keyboard import Keyboard

pytestmark = pytest.mark.browser


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
        settle(self.page, looks=OPENED)
        return self

    def settle(self):
        settle(self.page)


def environment_of(store):
    """What a process is started with that has a store."""
    return {**os.environ, "COALITION_STORE": str(store)}


AS_COALITION_RUN = (sys.executable, "-m", "dashboard.commands.cli", "run")


@contextmanager
def serving(store, command=AS_COALITION_RUN):
    """Address of a dashboard that serves a store by a command, by default as `coalition run` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**environment_of(store), "PORT": str(port)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="package")
def served(demo_store, chromium):
    """Address of a dashboard served as `coalition run` serves it."""
    with serving(demo_store) as address:
        yield address


@pytest.fixture(scope="package")
def browser(chromium):
    with launched(chromium) as browser:
        yield browser


@pytest.fixture(scope="package")
def context(browser, served):
    """Gives a context of the browser for each reader and look, with what it fetched before."""
    contexts = {}

    def give(reader, **look):
        key = (reader, *sorted(look.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**look)
            contexts[key].add_init_script(NOTE_QUESTIONS)
        return contexts[key]

    yield give
    for browser_context in contexts.values():
        browser_context.close()


@pytest.fixture
def visit(context, served):
    """Makes a visit: visit(width=390, dark=True) gives a page of its own that logs every request.

    Readers of one look share what a browser keeps; another `reader` has nothing of it.
    """
    opened = []

    def make(width=1280, height=900, dark=False, reader="", **more):
        page = context(reader, color_scheme="dark" if dark else "light", **more).new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": height})
        new_visit = Visit(page, served)
        host = served.split("//")[1]
        ours = (f"http://{host}", f"ws://{host}", "data:", "blob:", "about:")
        page.on("request", lambda r: None if r.url.startswith(ours) else new_visit.outside.append(r.url))
        page.on("websocket", lambda w: None if w.url.startswith(ours) else new_visit.outside.append(w.url))
        page.on("response", lambda r: new_visit.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("console", lambda m: new_visit.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: new_visit.complaints.append(str(e)))
        return new_visit

    yield make
    for page in opened:
        page.close()


@pytest.fixture
def typist(visit, request):
    """A visit of a reader who has no mouse, and wants no motion: the visit and its keyboard. Each test has its own."""

    def make(**look):
        seen = visit(reader=request.node.nodeid, reduced_motion="reduce", **look)
        return seen, Keyboard(seen.page)

    return make
