"""Fixtures: a store of a few rows that a reader can add up in the head, and the real files where they are."""

import datetime
import fcntl
import os
import shutil
from pathlib import Path

import pytest

from dashboard.access.viewer import STEWARD, open_answers
from dashboard.intake.front_door import import_file
from dashboard.store.releases import publish_release
from dashboard.warehouse.catalog import sources

FIXTURES = Path(__file__).parent / "fixtures"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NEWEST = datetime.date(2019, 12, 31)
# Which source each fixture is a file of, and the day on which it stood so.
CAPTURED = {
    "unesco_closures": datetime.date(2020, 3, 20),
    "uis_enrolment": datetime.date(2022, 2, 28),
    "oxcgrt_c1": datetime.date(2020, 3, 20),
    "unhcr_population": datetime.date(2024, 7, 21),
    "unhcr_footnotes": datetime.date(2024, 7, 21),
    "hubs": datetime.date(2013, 10, 31),
    "offers": datetime.date(2020, 3, 20),
    "needs": datetime.date(2020, 3, 20),
    "matches": datetime.date(2020, 3, 20),
    "hub_sessions": NEWEST,
    "coursera_usage": NEWEST,
    "coursera_membership": NEWEST,
    "coursera_specializations": NEWEST,
    "partner_learners": NEWEST,
    "recognitions": NEWEST,
    "partners": NEWEST,
    "contributions_5w": NEWEST,
    "organisation_names": NEWEST,
    "programme_phases": NEWEST,
    "oulad_registration": datetime.date(2017, 11, 28),
    "oulad_outcome": datetime.date(2017, 11, 28),
    "oulad_presentation": datetime.date(2017, 11, 28),
}


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


@pytest.fixture(scope="session")
def small_store(together, learner_secret):
    """A published store made of tests/fixtures, one file a source; once for all processes."""

    def fill(store):
        for name, day in CAPTURED.items():
            import_file(store, name if name in sources() else "oulad", FIXTURES / f"{name}.csv", day)
        publish_release(store)

    return _filled_once(together / "small", fill)


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
    from dashboard.demo import fill

    return Path("/tmp/s/teststore")


@pytest.fixture(scope="session")
def changed_store(tmp_path_factory):
    """Three releases that differ by rows a reader can count."""
    from tests import changed

    folder = tmp_path_factory.mktemp("changed")
    changed.fill(folder / "store", folder / "files")
    return folder / "store"


@pytest.fixture(scope="session")
def shared():
    """The folder of real files; skips with the reason where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the publishers' files are not here ({SHARED}): golden figures are checked where they are")
    return SHARED


@pytest.fixture(scope="session")
def golden_store(shared, tmp_path_factory):
    """A published store of every real file: six captures of closures, enrolment, Oxford, UNHCR."""
    store = tmp_path_factory.mktemp("golden") / "store"
    for file in sorted((shared / "unesco_closures").glob("*.csv")):
        import_file(store, "unesco_closures", file)
    import_file(store, "uis_enrolment", next((shared / "unesco_enrolment").glob("*.xlsx")))
    import_file(store, "oxcgrt_c1", next((shared / "oxcgrt").glob("*.csv")))
    import_file(store, "unhcr_population", shared / "unhcr" / "population.csv")
    import_file(store, "unhcr_footnotes", shared / "unhcr" / "footnotes.csv", datetime.date(2024, 7, 21))
    for file in sorted((shared / "oulad").glob("*.csv")):
        import_file(store, "oulad", file)
    publish_release(store)
    return store


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
    """Path of Debian's chromium; skips with the reason where it cannot be had."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("no chromium on this machine: `make browser` installs Debian's where it can")
    return found


def _filled_once(folder, fill):
    """The store below the folder, filled by whichever process comes first."""
    store = folder / "store"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (store / "CURRENT").exists():
            folder.mkdir(exist_ok=True)
            fill(store)
    return store
