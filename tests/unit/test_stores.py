"""Stores that are kept between runs: used while nothing changed that makes them, and never in part."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from dashboard.settings import DEMONSTRATION, PROJECT
from tests import fills, stores

MAKES = (
    "dashboard/disclosure/policy.toml",
    "dashboard/intake/child.py",
    "dashboard/intake/readers/hubs.py",
    "dashboard/store/views.py",
    "dashboard/warehouse/build.py",
    "data/reference/words.toml",
    "data/sources/hubs.toml",
    "queries/checks/fct_refugees__one_row.sql",
    "queries/cubes/cube_reach.sql",
    "queries/fragments/learner_cell.sql",
    "queries/marts/dim_country.sql",
    "queries/staging/stg_hubs__register.sql",
    "requirements.lock",
    "tests/fills.py",
    "tests/fixtures/hubs.csv",
)
SHOWS = (
    "dashboard/components/*.py",
    "dashboard/pages/*.py",
    "queries/columns.toml",
    "queries/metrics/*",
    "queries/pages/*/*",
    "queries/parameters.toml",
    "tests/pages/*.py",
)
# Fills as the tests do, and tells which files of the project it opened and which modules it imported.
TRACED = """
import json, os, sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, said: opened.add(said[0]) if event == "open" and isinstance(said[0], str) else None)
from dashboard.demo.files import facts
from dashboard.intake import child, front_door
from dashboard.reference.files import write_record
from tests import fills
import dashboard.demo
folder = Path(sys.argv[1])
front_door.run_child = lambda order, progress=None: json.loads(json.dumps(child.parse(order)))
fills.small(folder / "store")
write_record(folder)
facts()
modules = {module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
print("\\n" + json.dumps(sorted(map(os.path.abspath, opened | modules))))
"""


@pytest.mark.skipif(os.environ.get("COALITION_FULL_TESTS") != "1", reason="twenty seconds: only in the full form")
def test_every_file_that_is_read_to_fill_a_store_is_one_by_which_it_is_kept(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", TRACED, str(tmp_path)], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    read = {PROJECT / name for name in json.loads(done.stdout.splitlines()[-1])}
    known = stores.files_of(fills.small) | stores.files_of(fills.demonstration)
    ours = {path for path in read if path.is_relative_to(PROJECT) and path.suffix != ".pyc"}
    ours = {path for path in ours if not path.is_relative_to(sys.prefix) and not path.is_relative_to(DEMONSTRATION)}
    assert len(ours) > 200
    assert not ours - known, "such a file may change and the store would not"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of all that stores may be made of."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("dashboard", "queries", "data/reference", "data/sources", "tests"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "requirements.lock", copy)
    return copy


@pytest.mark.parametrize("name", MAKES)
def test_a_byte_more_in_what_makes_a_store_is_another_store(project, name):
    before = stores.digest(fills.small, project=project)
    assert before == stores.digest(fills.small, project=project)
    file = project / name
    whole = file.read_bytes()
    file.write_bytes(whole + b"\n")
    after = stores.digest(fills.small, project=project)
    file.write_bytes(whole)
    assert after != before


@pytest.mark.parametrize("name", SHOWS)
def test_what_only_shows_a_store_is_none_of_what_makes_it(project, name):
    before = stores.digest(fills.small, project=project)
    files = [file for file in project.glob(name) if file.is_file()]
    for file in files:
        file.write_bytes(file.read_bytes() + b"\n")
    assert files
    assert stores.digest(fills.small, project=project) == before


def test_another_day_another_secret_and_another_filling_are_another_store(tmp_path, monkeypatch):
    found = {stores.digest(fills.small), stores.digest(fills.demonstration)}
    folder = tmp_path / "files"
    folder.mkdir()
    for body in ("a", "b"):
        (folder / "file.csv").write_text(body, encoding="ascii")
        found.add(stores.digest(fills.small, folder))
    secret = tmp_path / "secret"
    secret.write_text("6" * 64, encoding="ascii")
    monkeypatch.setenv("COALITION_LEARNER_SECRET", str(secret))
    found.add(stores.digest(fills.small))
    monkeypatch.setattr(stores, "today", lambda: "2020-01-01")
    found.add(stores.digest(fills.small))
    assert len(found) == 6


class Filling:
    """A filling of two files, that knows how often it was asked for, and dies of the second where it should."""

    def __init__(self):
        self.times, self.dies = 0, False

    def fill(self, store):
        self.times += 1
        store.mkdir()
        (store / "CURRENT").write_text("1", encoding="ascii")
        (store.parent / "beside.csv").write_text("a", encoding="ascii")
        if self.dies:
            raise RuntimeError
        (store / "rows").write_bytes(b"rows")


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Another run of the tests each time it is called: the files that it is given, and the fillings so far."""
    monkeypatch.setattr(stores, "CACHE", tmp_path / "cache")
    monkeypatch.delenv(stores.FRESH, raising=False)
    filling = Filling()
    number = iter(range(99))

    def run():
        folder = tmp_path / f"run-{next(number)}"
        folder.mkdir()
        store = stores.filled_once(folder / "small", filling.fill)
        assert stores.filled_once(folder / "small", filling.fill) == store
        assert (store / "rows").read_bytes() == b"rows" and (store.parent / "beside.csv").exists()
        assert sorted(path.name for path in store.parent.iterdir()) == ["beside.csv", "store"]
        return store, filling.times

    run.filling, run.cache = filling, tmp_path / "cache"
    return run


def kept(runs):
    """The one folder that is kept."""
    (folder,) = (path for path in runs.cache.iterdir() if path.is_dir())
    return folder


def test_a_store_is_filled_once_and_what_tests_write_into_it_is_of_their_run(runs):
    store, times = runs()
    assert times == 1
    (store / "rows").write_bytes(b"spoiled by a test")
    assert runs()[1] == 1


@pytest.mark.parametrize("what", ["a byte", "a file less", "a file more", "no sums", "half of the sums"])
def test_a_kept_store_that_is_not_as_it_was_is_filled_anew(runs, what):
    runs()
    folder = kept(runs)
    if what == "a byte":
        (folder / "store" / "rows").write_bytes(b"rowz")
    elif what == "a file less":
        (folder / "beside.csv").unlink()
    elif what == "a file more":
        (folder / "store" / "more").touch()
    elif what == "no sums":
        (folder / stores.SUMS).unlink()
    else:
        (folder / stores.SUMS).write_text("{", encoding="ascii")
    assert runs()[1] == 2
    assert runs()[1] == 2, "and kept"


def test_a_store_that_was_filled_in_part_is_used_by_nobody(runs, tmp_path):
    runs.filling.dies = True
    with pytest.raises(RuntimeError):
        runs()
    assert not runs.cache.exists()
    runs.filling.dies = False
    assert stores.filled_once(tmp_path / "run-0" / "small", runs.filling.fill).joinpath("rows").is_file()
    assert runs()[1] == 2
    kept(runs).rename(runs.cache / "small-part")  # as a run that was killed while it copied leaves it
    assert runs()[1] == 3 and kept(runs).name != "small-part"


def test_a_store_of_other_code_is_swept_and_those_of_other_names_are_not(runs, monkeypatch):
    runs()
    other = runs.cache / f"smaller-{'0' * 16}"
    other.mkdir()
    old = kept_names(runs)
    monkeypatch.setattr(stores, "today", lambda: "2020-01-01")
    assert runs()[1] == 2
    assert len(kept_names(runs)) == 2 and kept_names(runs) & old == {other.name}


def kept_names(runs):
    return {path.name for path in runs.cache.iterdir() if path.is_dir()}


def test_nothing_is_kept_where_that_is_not_wished_or_cannot_be(runs, monkeypatch, tmp_path):
    monkeypatch.setenv(stores.FRESH, "1")
    assert [runs()[1], runs()[1]] == [1, 2] and not runs.cache.exists()
    monkeypatch.delenv(stores.FRESH)
    (tmp_path / "cache").touch()
    assert [runs()[1], runs()[1]] == [3, 4]
