"""Fixtures: a store of a few rows that a reader can add up in the head, and the real files where they are."""

import gc
import json
import os
import shutil
import sys
from collections import Counter
from contextvars import copy_context
from functools import cache
from pathlib import Path

import pytest

from dashboard.access.viewer import STEWARD, open_answers
from dashboard.intake import front_door
from tests import fills
from tests.dashboards import NEST
from tests.fills import CAPTURED, FIXTURES, NEWEST
from tests.stores import filled_once
from tests.warm import Nest

__all__ = ["CAPTURED", "FIXTURES", "NEWEST"]  # many tests have them from here

# Spark's client takes a process without a main file, as pytest-xdist starts, for its own doctests and ends it.
sys.modules["__main__"].__file__ = getattr(sys.modules["__main__"], "__file__", pytest.__file__)

# The first fills the demonstration's store; the next two do without it while that takes place.
LONGEST = (
    "tests/pages/test_every_page.py",
    "tests/store/test_interrupted.py",
    "tests/disclosure/test_over_time.py",
    "tests/e2e/test_browser.py",
    "tests/intake/fetch/test_kinds.py",
    "tests/disclosure/test_attack.py",
    "tests/intake/test_learners.py",
    "tests/e2e/test_history.py",
    "tests/e2e/test_looks.py",
    "tests/disclosure/test_ways_out.py",
    "tests/disclosure/test_figures_that_leave.py",
    "tests/e2e/test_languages.py",
    "tests/store/test_object_store.py",
    "tests/queries/test_engines.py",
    "tests/e2e/test_journey_of_a_desk_officer.py",
    "tests/e2e/test_journey_of_a_steward.py",
    "tests/consistency/test_same_number.py",
    "tests/documents/test_pack.py",
    "tests/e2e/test_questions.py",
    "tests/store/test_hostile_store.py",
    "tests/access/test_sign_in.py",
    "tests/disclosure/test_hostile_text.py",
    "tests/access/test_tenants.py",
    "tests/disclosure/test_interference.py",
    "tests/pages/test_pages.py",
    "tests/disclosure/test_payloads.py",
    "tests/store/test_protocol.py",
    "tests/intake/test_proposals.py",
    "tests/access/test_connections_attacked.py",
)
START_CHILD = front_door.start_child
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items):
    """Puts the files that take longest first, so that no process has one of them left at the end."""
    again = sorted(nodeid for nodeid, count in Counter(item.nodeid for item in items).items() if count > 1)
    if again:  # several processes are given tests by their names, and would run one of those with the same name
        raise pytest.UsageError(f"Several tests have the same name, of which only one would run: {', '.join(again)}")
    order = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


def pytest_collection_finish(session):
    """What was imported stays to the end and is not searched for garbage; what tests make is, but more seldom.

    Python searches all of it whenever some thousand objects are new: a tenth of the CPU of tests of pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """What a test sets for the run of a page (its language, its mark for no data) ends with the test."""
    names = pyfuncitem._fixtureinfo.argnames
    copy_context().run(pyfuncitem.obj, **{name: pyfuncitem.funcargs[name] for name in names})
    return True


@pytest.fixture(scope="session")
def together(tmp_path_factory):
    """A folder of this run, the same for all processes that it is spread over."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def learner_secret(together):
    """A secret of the tests' own, the same in every run as figures hang on it, and a store for what names none."""
    file = together / "learners"
    if not file.exists():
        file.write_text("5" * 64 + "\n", encoding="ascii")
        file.chmod(0o600)
    os.environ["COALITION_LEARNER_SECRET"] = str(file)
    os.environ.setdefault("COALITION_STORE", str(together / "unnamed"))
    return file


@pytest.fixture(scope="session", autouse=True)
def warm_children():
    """Files are read by forks of a process that has its imports behind it; `true_child` gives a test the real start."""
    with pytest.MonkeyPatch.context() as patch, Nest(front_door.MEMORY_KEPT) as nest:
        patch.setattr(front_door, "start_child", nest.start)
        yield


@pytest.fixture(scope="session", autouse=True)
def dashboards():
    """Dashboards are forks of a process that has their imports behind it, which ends with the tests."""
    with NEST:
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_is_flushed():
    """What flushing is good for shows when the power is cut: tests of that see which calls are made and in which order.

    A thousand of them are made by twenty tests, and each waits for the disk.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: os.fstat(handle) and None)
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_wait_without_polling():
    """Streamlit's test driver looks a thousand times a second whether a page is done, at the cost of the page."""
    if "streamlit" not in sys.modules:  # no test that was collected opens one
        yield
        return
    from streamlit.testing.v1 import local_script_runner

    def wait(runner, timeout=3):
        runner._script_thread.join(timeout)
        if not runner.script_stopped():
            runner.request_stop()
            runner.join()
            raise RuntimeError(f"a page was not done after {timeout} seconds")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(scope="session", autouse=True)
def components_once():
    """Streamlit's test driver looks for components in every library of the machine, for each page that is opened."""
    if "streamlit" not in sys.modules:  # no test that was collected opens one
        yield
        return
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def true_child(monkeypatch):
    """Files are read by a process that is started as the front door starts it."""
    monkeypatch.setattr(front_door, "start_child", START_CHILD)


@pytest.fixture(scope="session")
def small_store(together, learner_secret):
    """A published store made of tests/fixtures, one file a source; once for all processes."""
    return filled_once(together / "small", fills.small)


@pytest.fixture(scope="session")
def ask(small_store):
    """Asks the small store: ask("page/question", name=value) gives a list of rows."""
    from dashboard.store.releases import open_release

    answers = open_answers(STEWARD, open_release(small_store))
    yield lambda name, **params: answers.ask(name, params).to_pylist()
    answers.close()


@pytest.fixture(scope="session")
def demo_store(together, learner_secret):
    """A store filled with the demonstration, by the same call as `coalition demo`; once for all processes."""
    return filled_once(together / "demo", fills.demonstration)


@pytest.fixture(scope="session")
def demo_files(together):
    """The files of the demonstration as they are sent, those of the first release and of the second."""
    from tests import demo_files

    folder = filled_once(together / "sent", demo_files.write)
    sent = json.loads((folder.parent / "sent.json").read_text(encoding="utf-8"))
    return [[(source, folder / name) for source, name in release] for release in sent]


@pytest.fixture(scope="session")
def changed_store(together, learner_secret):
    """Three releases that differ by rows a reader can count."""
    from tests import changed

    return filled_once(together / "changed", changed.fill)


@pytest.fixture(scope="session")
def shared():
    """The folder of real files; skips with the reason where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the publishers' files are not here ({SHARED}): golden figures are checked where they are")
    return SHARED


@pytest.fixture(scope="session")
def golden_store(shared, together, learner_secret):
    """A published store of every real file; once for all processes."""
    return filled_once(together / "golden", fills.real, shared)


@pytest.fixture(scope="session")
def golden(golden_store):
    from dashboard.store.releases import open_release

    answers = open_answers(STEWARD, open_release(golden_store))
    yield lambda name, **params: answers.ask(name, params).to_pylist()
    answers.close()


@pytest.fixture
def as_served(monkeypatch):
    """Streamlit's test driver would run the file of a page alone, without menu and gate, as dashboard.serve forbids."""
    from streamlit.runtime.pages_manager import PagesManager

    begin = PagesManager.__init__

    def begin_as_served(self, *args, **named):
        begin(self, *args, **named)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_as_served)


@pytest.fixture
def served_store(monkeypatch):
    """Points the app at a store for one test."""

    def point(store):
        monkeypatch.setenv("COALITION_STORE", str(store))
        return store

    return point


@pytest.fixture(scope="session")
def chromium():
    """Path of Debian's chromium, without a desktop's parts where it can be; skips with the reason where it is not."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    browser = os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)
    if not browser:
        pytest.skip("no chromium on this machine: `make browser` installs Debian's where it can")
    return browser
