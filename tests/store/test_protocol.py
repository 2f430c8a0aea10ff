"""The publish protocol: all or nothing, verified at load, the past can be served again."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.intake.front_door import import_file
from dashboard.store import protocol, releases
from dashboard.store.protocol import StoreDamaged
from dashboard.store.snapshots import NoSuchSnapshot, pinned, withdraw
from dashboard.warehouse.build import ChecksFailed
from tests.store.simulated_disk import copy_of

FIXTURES = Path(__file__).parents[1] / "fixtures"
DAY = datetime.date(2020, 3, 20)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A store of two snapshots and one release, that tests copy."""
    store = tmp_path_factory.mktemp("published") / "store"
    import_file(store, "unesco_closures", FIXTURES / "unesco_closures.csv", DAY)
    import_file(store, "uis_enrolment", FIXTURES / "uis_enrolment.csv", datetime.date(2022, 2, 28))
    releases.publish_release(store)
    return store


@pytest.fixture
def store(published, tmp_path):
    return copy_of(published, tmp_path / "store")


def test_a_release_says_what_it_is_made_of(store):
    said = releases.open_release(store).manifest
    assert said["number"] == 1 and said["parent"] is None
    assert said["snapshots"]["unesco_closures"][0]["captured_on"] == "2020-03-20"
    assert all({"bytes", "sha256", "rows", "schema"} <= file.keys() for file in said["files"].values())
    assert "fct_school_status__one_row_a_day" in said["checks"] and "countries" in said["reference"]


def test_what_is_published_cannot_be_written(store):
    for path in (store / "releases" / "1").rglob("*"):
        assert path.stat().st_mode & 0o222 == 0, path


def test_a_flipped_bit_is_noticed_and_the_last_good_release_is_served(store):
    releases.publish_release(store)
    damaged = store / "releases" / "2" / "marts" / "fct_school_day.parquet"
    damaged.chmod(0o644)
    body = bytearray(damaged.read_bytes())
    body[len(body) // 2] ^= 1
    damaged.write_bytes(bytes(body))
    with pytest.raises(StoreDamaged, match="fct_school_day.parquet"):
        releases.open_release(store, 2)
    release, notice = releases.last_good_release(store)
    assert release.number == 1 and "Release 1 is shown" in notice and "fct_school_day.parquet" in notice


@pytest.mark.parametrize("wreck", ["missing mart", "missing manifest", "garbage manifest"])
def test_a_wrecked_release_is_refused_with_what_to_do(store, wreck):
    folder = store / "releases" / "1"
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    if wreck == "missing mart":
        (folder / "marts" / "dim_country.parquet").unlink()
    elif wreck == "missing manifest":
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text("{")
    with pytest.raises(StoreDamaged, match="rollback|roll back"):
        releases.open_release(store)


def test_rollback_serves_an_earlier_release_and_the_next_number_goes_on(store):
    releases.publish_release(store)
    assert releases.rollback(store, 1).number == 1
    assert releases.current_number(store) == 1
    assert releases.publish_release(store).number == 3
    assert releases.open_release(store).manifest["parent"] == 1
    with pytest.raises(releases.NoSuchRelease, match="1, 2, 3"):
        releases.rollback(store, 9)
    assert releases.current_number(store) == 3


def test_a_store_without_a_release_says_what_to_do(tmp_path):
    with pytest.raises(releases.NothingPublished, match="coalition demo"):
        releases.open_release(tmp_path / "nothing")


def test_a_garbage_current_is_refused(store):
    (store / "CURRENT").write_text("latest\n")
    with pytest.raises(StoreDamaged, match="not a number"):
        releases.current_number(store)


def test_a_failing_check_publishes_nothing(store, monkeypatch):
    from dashboard.warehouse import build, catalog

    bad = catalog.layer("checks")[0]
    broken = type(bad)(**{**bad.__dict__, "sql": "SELECT 1 AS never ORDER BY never"})
    monkeypatch.setattr(build, "layer", lambda kind: (broken,) if kind == "checks" else catalog.layer(kind))
    with pytest.raises(ChecksFailed, match="Nothing was published"):
        releases.publish_release(store)
    assert releases.release_numbers(store) == [1] and releases.current_number(store) == 1
    assert not list((store / ".staging").glob("*"))


def test_a_damaged_snapshot_is_not_built_upon(store):
    rows = next((store / "snapshots" / "unesco_closures").glob("*/rows.parquet"))
    rows.chmod(0o644)
    rows.write_bytes(rows.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreDamaged, match="rows.parquet"):
        releases.publish_release(store)
    assert releases.release_numbers(store) == [1]


def test_real_rows_put_the_demonstration_aside(store, tmp_path):
    demo = tmp_path / "demonstration.csv"
    demo.write_text("Date,ISO,Status\n16/03/2023,KEN,Fully open\n")
    import_file(store, "unesco_closures", demo, datetime.date(2023, 3, 20))
    assert [snapshot.provenance for snapshot in pinned(store)["unesco_closures"]] == ["published"]


def test_of_two_files_for_one_day_the_last_one_in_counts(store, tmp_path):
    corrected = tmp_path / "corrected.csv"
    corrected.write_text("Date,ISO,Status\n16/03/2020,KEN,Fully open\n")
    import_file(store, "unesco_closures", corrected, DAY)
    (only,) = pinned(store)["unesco_closures"]
    assert json.loads((only.folder / "manifest.json").read_text())["input"]["file"] == "corrected.csv"


def test_a_writer_killed_at_any_moment_leaves_the_last_release(store):
    script = (
        "from pathlib import Path; from dashboard.store.releases import publish_release\n"
        f"while True: publish_release(Path({str(store)!r}))"
    )
    for seconds in (0.9, 1.2, 1.5):
        writer = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        number = releases.current_number(store)
        assert releases.open_release(store, number).marts, "CURRENT names a whole release"
    assert releases.publish_release(store).number > 1
    assert not list((store / ".staging").glob("*")), "what the killed writer left is cleared"


def test_every_file_is_synced_before_the_rename(store, monkeypatch):
    events = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(
        protocol.os,
        "fsync",
        lambda handle: (events.append(str(Path(f"/proc/self/fd/{handle}").readlink())), sync(handle)),
    )
    monkeypatch.setattr(
        Path, "rename", lambda self, target: (events.append(f"RENAME {target}"), rename(self, target))[1]
    )
    releases.publish_release(store)
    at = next(number for number, event in enumerate(events) if event.startswith("RENAME"))
    synced = [Path(event).name for event in events[:at]]
    assert {"fct_school_day.parquet", "manifest.json"} <= set(synced)
    assert synced.index("manifest.json") > synced.index("fct_school_day.parquet")
    after = events[at + 1 :]
    assert after[0].endswith("/releases"), "the folder that holds the new name"
    assert after[-1] == str(store), "the folder that holds CURRENT"


def test_a_letter_changed_in_a_manifest_is_noticed(store):
    manifest = store / "releases" / "1" / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(manifest.read_text().replace('"published"', '"publisheD"', 1))
    with pytest.raises(StoreDamaged, match="digest"):
        releases.open_release(store)


def test_a_file_nobody_published_is_not_loaded(store):
    marts = store / "releases" / "1" / "marts"
    marts.chmod(0o755)
    (marts / "zzz.parquet").write_bytes(b"x")
    assert "zzz" not in releases.open_release(store).marts


def test_a_store_killed_before_its_first_current_publishes_again(store):
    (store / "CURRENT").unlink()
    with pytest.raises(StoreDamaged, match="rollback 1"):
        releases.current_number(store)
    assert releases.last_good_release(store)[0].number == 1
    assert releases.publish_release(store).number == 2


def test_a_damaged_snapshot_is_mended_by_importing_its_file_again(store):
    rows = next((store / "snapshots" / "unesco_closures").glob("*/rows.parquet"))
    rows.parent.chmod(0o755)
    rows.unlink()
    again = import_file(store, "unesco_closures", FIXTURES / "unesco_closures.csv", DAY)
    assert not again.was_held
    assert releases.publish_release(store).number == 2


def test_a_first_file_imported_again_takes_its_place_back(store, tmp_path):
    corrected = tmp_path / "corrected.csv"
    corrected.write_text("Date,ISO,Status\n16/03/2020,KEN,Fully open\n")
    import_file(store, "unesco_closures", corrected, DAY)
    assert not import_file(store, "unesco_closures", FIXTURES / "unesco_closures.csv", DAY).was_held
    (only,) = pinned(store)["unesco_closures"]
    assert json.loads((only.folder / "manifest.json").read_text())["input"]["file"] == "unesco_closures.csv"


def test_a_withdrawn_snapshot_is_out_of_the_next_release_and_not_deleted(store):
    (only,) = pinned(store)["unesco_closures"]
    aside = withdraw(store, "unesco_closures", only.folder.name)
    assert (aside / "rows.parquet").is_file()
    assert "unesco_closures" not in releases.publish_release(store).manifest["snapshots"]
    with pytest.raises(NoSuchSnapshot, match="none"):
        withdraw(store, "unesco_closures", "../uis_enrolment")


def test_stray_files_in_the_store_stop_nobody(store):
    (store / "snapshots" / "unesco_closures" / ".DS_Store").write_bytes(b"x")
    (store / "releases" / "7").write_bytes(b"x")
    (store / "releases" / "²").mkdir()
    assert releases.publish_release(store).number == 2
