"""A served dashboard and a browser that may talk to nobody else."""

import os
from dataclasses import dataclass, field

import pytest

from tests.browsing import NOTE_QUESTIONS, OPENED, launched, settle
from tests.dashboards import alone, free_port, shared
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


@pytest.fixture(scope="session")
def friend(together):
    """The port of another site that the served dashboard may be shown in, the same for all processes."""
    with alone(together / "friend.json") as noted:
        return noted.setdefault("port", free_port())


@pytest.fixture(scope="package")
def served(demo_store, chromium, together, friend):
    """Address of a dashboard with the demonstration; one for all processes."""
    with shared(together / "dashboard.json", demo_store, COALITION_EMBED_HOSTS=f"http://localhost:{friend}") as address:
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

    Readers of one look share what a browser keeps; a `reader` who is named comes without cookies.
    """
    opened = []

    def make(width=1280, height=900, dark=False, reader="", **more):
        page = context(reader, color_scheme="dark" if dark else "light", **more).new_page()
        opened.append(page)
        if reader:
            page.context.clear_cookies()
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
def typist(visit):
    """A visit of a reader who has no mouse, and wants no motion, and has no cookies: the visit and its keyboard."""

    def make(**look):
        seen = visit(reader="another", reduced_motion="reduce", **look)
        return seen, Keyboard(seen.page)

    return make
