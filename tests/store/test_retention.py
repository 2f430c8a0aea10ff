"""What is old goes, after somebody said yes; what is served, and what the next release needs, stays."""

import datetime
import json
import shutil

import pytest

from dashboard.commands.cli import main
from dashboard.intake.front_door import import_file
from dashboard.store import protocol, releases, snapshots
from dashboard.store.audit_log import entries
from dashboard.store.retention import months_before, prune
from tests.conftest import FIXTURES
from tests.intake.test_learners import HEADER, SOUND, written

TODAY = datetime.datetime.now(datetime.UTC).date()


def aged(folder, key, months):
    """Lets a published folder have come in so many months ago."""
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_text())
    said[key] = months_before(TODAY, months).isoformat() + said[key][10:]
    said["digest"] = protocol._digest(said)
    manifest.chmod(0o644)
    manifest.write_text(protocol._manifest_text(said))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three exports, 40, 30 and 20 months old, and a release of each, 10 months younger; one more was withdrawn."""
    tmp_path = tmp_path_factory.mktemp("old")
    store = tmp_path / "store"
    import_file(store, "hubs", FIXTURES / "hubs.csv", datetime.date(2013, 10, 31))
    import_file(
        store, "coursera_usage", written(tmp_path / "w.csv", [{**SOUND, "Course": "W"}]), datetime.date(2020, 1, 1)
    )
    withdrawn = snapshots.snapshots(store, "coursera_usage")[0]
    aged(withdrawn.folder, "imported_at", 30)
    snapshots.withdraw(store, "coursera_usage", withdrawn.folder.name)
    for number, months in enumerate((40, 30, 20), start=1):
        file = written(tmp_path / f"{number}.csv", [{**SOUND, "Course": f"C{number}"}], HEADER)
        day = datetime.date(2021, number, 1)
        done = import_file(store, "coursera_usage", file, day)
        aged(done.snapshot.folder, "imported_at", months)
        releases.publish_release(store)
        aged(store / "releases" / str(number), "published_at", months - 10)
    aged(next((store / "snapshots" / "hubs").iterdir()), "imported_at", 40)
    return store


@pytest.fixture
def store(made, tmp_path):
    return shutil.copytree(made, tmp_path / "store")


def names(store):
    return sorted(path.name[:10] for path in (store / "snapshots" / "coursera_usage").iterdir())


def test_without_yes_it_is_only_said(store, capsys):
    before = sorted(store.rglob("[!.]*"))
    assert main(["--store", str(store), "releases", "prune", "--keep-months", "13"]) == 0
    out = capsys.readouterr().out
    assert "release 1\nrelease 2\n" in out and "2 releases and 3 snapshots older than 13 months would be deleted" in out
    assert sorted(store.rglob("[!.]*")) == before


def test_what_came_in_of_late_stays_though_nothing_needs_it(store, tmp_path):
    late = written(tmp_path / "late.csv", [{**SOUND, "Course": "L"}])
    done = import_file(store, "coursera_usage", late, datetime.date(2020, 2, 1))
    aside = snapshots.withdraw(store, "coursera_usage", done.snapshot.folder.name)
    prune(store, 9, TODAY, do=True)
    assert list((store / "withdrawn" / "coursera_usage").iterdir()) == [aside]


def test_what_only_the_next_release_needs_stays(store, tmp_path):
    waiting = written(tmp_path / "waiting.csv", [{**SOUND, "Program Slug": "kiron-campus"}])
    done = import_file(store, "coursera_usage", waiting, datetime.date(2020, 2, 1))
    aged(done.snapshot.folder, "imported_at", 30)
    prune(store, 9, TODAY, do=True)
    assert done.snapshot.folder.is_dir() and names(store) == ["2020-02-01", "2021-03-01"]


def test_old_releases_go_with_the_snapshots_that_only_they_pinned(store, capsys):
    assert main(["--store", str(store), "releases", "prune", "--keep-months", "13", "--yes"]) == 0
    assert "2 releases and 3 snapshots older than 13 months are deleted" in capsys.readouterr().out
    assert releases.release_numbers(store) == [3] and names(store) == ["2021-03-01"]
    assert not list((store / "withdrawn" / "coursera_usage").iterdir())
    assert len(list((store / "snapshots" / "hubs").iterdir())) == 1, "old, and the release that is served needs it"
    assert releases.open_release(store).number == 3
    with pytest.raises(releases.NoSuchRelease, match="Release 1 was deleted .*older than 13 months"):
        releases.rollback(store, 1)
    assert list(entries(store))[-1]["event"] == "withdrawal"
    assert releases.publish_release(store).number == 4


def test_a_kept_release_keeps_what_it_was_built_from(store):
    found = prune(store, 25, TODAY, do=True)
    assert found.releases == (1,), "the second one is 20 months old, its export 30"
    assert names(store) == ["2021-02-01", "2021-03-01"]
    assert releases.rollback(store, 2).number == 2


def test_the_release_that_is_served_stays_however_old_it_is(store):
    releases.rollback(store, 1)
    found = prune(store, 13, TODAY, do=True)
    assert found.releases == (2,) and releases.open_release(store).number == 1
    assert names(store) == ["2021-01-01", "2021-03-01"], "the newest is what the next release is built from"


def test_nothing_is_old_in_a_new_store(store):
    assert prune(store, 40, TODAY) == prune(store, 41, TODAY, do=True)
    assert prune(store.parent / "nothing", 13, TODAY).releases == ()


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2026-03-31", 1, "2026-02-28"), ("2026-01-15", 13, "2024-12-15"), ("2024-03-31", 13, "2023-02-28")],
)
def test_months_end_where_the_month_ends(day, months, before):
    assert months_before(datetime.date.fromisoformat(day), months).isoformat() == before


@pytest.mark.parametrize("months", ["0", "-1", "1.5", "many"])
def test_a_wrong_number_of_months_is_wrong_usage(store, months):
    with pytest.raises(SystemExit):
        main(["--store", str(store), "releases", "prune", "--keep-months", months])
