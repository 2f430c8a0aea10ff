"""Learners leave the store: no key of theirs stays, nobody else's row goes, and their files do not bring them back.

Everybody here is invented. In the short form an erasure is interrupted once in each place; in full with
COALITION_FULL_TESTS=1, also before and after.
"""

import datetime
import json
import shutil

import pyarrow.parquet as pq
import pytest

from dashboard import session
from dashboard.access.viewer import STEWARD
from dashboard.commands.cli import STOPPED, main
from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.identity import open_identity
from dashboard.learner_secret import SecretMissing
from dashboard.settings import learner_secret_file
from dashboard.store import erasure, releases, snapshots
from dashboard.store.audit_log import entries
from dashboard.store.erased import marks
from dashboard.store.protocol import StoreDamaged
from dashboard.store.removal import buried
from dashboard.store.workspace import ABOUT_NOBODY, at_work, workspace
from tests.intake.test_learners import SOUND, written
from tests.store.tiny import FULL

DAYS = [datetime.date(2024, month, 28) for month in (1, 2, 3)]
PEOPLE = range(1, 31)
GONE = ("A-3", "A-7", "A-11")
MEMBERS = ["Email", "External Id", "Program Slug", "Member State", "Join Date"]


def person(number, **more):
    return {**SOUND, "External Id": f"A-{number}", "Email": f"a{number}@example.org", **more}


def send(store, folder, without=frozenset(), days=DAYS):
    """Three exports of usage, members (every second one without an id), a register and recognitions."""
    people = [n for n in PEOPLE if f"A-{n}" not in without]
    folder.mkdir()
    for day in days:
        rows = [person(n, **{"Course ID": course}) for n in people for course in ("c1", "c2")]
        import_file(store, "coursera_usage", written(folder / f"usage_{day}.csv", rows), day)
    joined = {"Member State": "MEMBER", "Join Date": "2024-01-01T00:00:00Z"}
    rows = [person(n, **joined, **({"External Id": ""} if n % 2 else {})) for n in people]
    import_file(store, "coursera_membership", written(folder / "members.csv", rows, MEMBERS), days[-1])
    register = folder / "register.csv"
    register.write_text(
        "partner_id,programme_id,learner_id,email,registered_on,sex,consent\n"
        + "".join(f"alpha,coursera_for_refugees,A-{n},,2024-01-01,female,Yes\n" for n in people),
        encoding="utf-8",
    )
    import_file(store, "partner_learners", register, days[-1])
    asked_for = folder / "recognitions.csv"
    asked_for.write_text(
        "partner_id,programme_id,learner_id,credential,university,university_country,requested_on\n"
        + "".join(f"alpha,coursera_for_refugees,A-{n},c1,U,DEU,2024-02-01\n" for n in people),
        encoding="utf-8",
    )
    import_file(store, "recognitions", asked_for, days[-1])
    return store


def keys_of(*ids):
    identity = open_identity(learner_secret_file())
    numbers = [one.removeprefix("A-") for one in ids]
    return {identity.id_key(one) for one in ids} | {identity.email_key(f"a{n}@example.org") for n in numbers}


def values(path):
    """Every value of a Parquet file as text."""
    return {str(value) for column in pq.read_table(path).columns for value in column.to_pylist()}


def found_in(store, keys):
    """Files that hold one of the keys: in their bytes, or in a value of a Parquet file."""
    return [
        str(path.relative_to(store))
        for path in store.rglob("*")
        if path.is_file()
        and (
            any(key.encode() in path.read_bytes() for key in keys) or path.suffix == ".parquet" and keys & values(path)
        )
    ]


def marts_of(store):
    return {name: pq.read_table(path) for name, path in releases.open_release(store).marts.items()}


def erase(store, *arguments):
    return main(["--store", str(store), "erase", *arguments])


@pytest.fixture(scope="module")
def erased(tmp_path_factory):
    """A store of which three of thirty were erased, what it held before, and where its files are."""
    root = tmp_path_factory.mktemp("erased")
    store = send(root / "store", root / "files")
    releases.publish_release(store)
    withdrawn = next(path for path in (store / "snapshots" / "coursera_usage").iterdir() if "02-28" in path.name)
    snapshots.withdraw(store, "coursera_usage", withdrawn.name)
    releases.publish_release(store)
    before = {name: table.num_rows for name, table in marts_of(store).items()}
    held = found_in(store, keys_of(*GONE))
    pins = {source: [one.folder.name for one in found] for source, found in snapshots.pinned(store).items()}
    arguments = [part for one in GONE for part in ("--learner", one)]
    assert erase(store, *arguments, "--reason", "asked on 1 July") == 0
    return store, root / "files", {"marts": before, "held": held, "pins": pins}


@pytest.fixture(scope="module")
def of_three(tmp_path_factory):
    """A published store of one export of three learners."""
    folder = tmp_path_factory.mktemp("of_three")
    file = written(folder / "first_2024-01-28.csv", [person(n) for n in (1, 2, 3)])
    import_file(folder / "store", "coursera_usage", file, DAYS[0])
    releases.publish_release(folder / "store")
    return folder / "store"


@pytest.fixture
def small(of_three, tmp_path):
    """A copy of the store of three learners, and a way to write another file."""
    store = shutil.copytree(of_three, tmp_path / "store")

    def add(name, rows, day=DAYS[0], **said):
        return import_file(store, "coursera_usage", written(tmp_path / name, rows), day, Declared(**said))

    return store, add


def test_no_key_of_an_erased_learner_is_left_in_any_file(erased):
    store, _, before = erased
    assert len(before["held"]) > 8, "snapshots, the withdrawn one, marts of two releases"
    assert any(name.startswith("withdrawn") for name in before["held"])
    assert found_in(store, keys_of(*GONE)) == []
    assert found_in(store, keys_of("A-4")), "the search finds who is there"


def test_the_marts_are_those_of_a_store_that_never_had_them(erased, tmp_path):
    store, _, _ = erased
    never = send(tmp_path / "store", tmp_path / "files", without=frozenset(GONE))
    (tmp_path / "release").mkdir()
    releases.build_exact(snapshots.pinned(never), tmp_path / "release")
    mine = marts_of(store)
    theirs = {file.stem: pq.read_table(file) for file in (tmp_path / "release" / "marts").iterdir()}
    assert mine.keys() == theirs.keys()
    for name, table in mine.items():
        assert table.equals(theirs[name]), name


def test_the_counts_go_down_by_exactly_these_people(erased):
    store, _, before = erased
    now = {name: table.num_rows for name, table in marts_of(store).items()}
    assert before["marts"]["fct_course_run"] - now["fct_course_run"] == 3 * 2
    assert before["marts"]["fct_journey"] - now["fct_journey"] == 3
    assert before["marts"]["fct_recognition"] - now["fct_recognition"] == 3


def test_the_same_snapshots_are_pinned_and_say_what_went(erased):
    store, _, before = erased
    pins = {source: [one.folder.name for one in found] for source, found in snapshots.pinned(store).items()}
    people = {"coursera_usage", "coursera_membership", "partner_learners", "recognitions"}
    assert pins == {
        source: [f"{name}.e1" if source in people else name for name in names]
        for source, names in before["pins"].items()
    }
    said = json.loads((snapshots.pinned(store)["coursera_usage"][0].folder / "manifest.json").read_text())
    account = said["input"]
    assert (account["rows_in"], account["published"], account["collapsed"], account["erased"]) == (60, 54, 6, 6)
    assert said["erased_at"] > said["imported_at"] and account["streams"] == ["alpha/coursera_for_refugees"]


def test_releases_that_counted_them_are_deleted_and_say_why(erased, capsys):
    store, _, _ = erased
    assert releases.release_numbers(store) == [3] and releases.current_number(store) == 3
    assert set(buried(store)) == {1, 2}
    with pytest.raises(releases.NoSuchRelease, match="Release 1 was deleted .*learners whom it counted were erased"):
        releases.rollback(store, 1)
    assert main(["--store", str(store), "releases", "verify"]) == 0
    assert main(["--store", str(store), "releases", "list"]) == 0
    assert "2  deleted: " in capsys.readouterr().out


def test_a_release_that_only_counts_somebody_is_deleted_too(tmp_path):
    store = tmp_path / "store"
    rows = [person(n, **{"Member State": "INVITED", "Join Date": ""}) for n in (1, 2)]
    import_file(store, "coursera_membership", written(tmp_path / "members.csv", rows, MEMBERS), DAYS[0])
    releases.publish_release(store)
    told = {name.rpartition("/")[2] for name in found_in(store, keys_of("A-1")) if "releases" in name}
    assert told <= {"fct_learner_link.parquet"}, "invited only: in no mart of journeys or figures by key"
    assert erase(store, "--learner", "A-1") == 0
    assert releases.release_numbers(store) == [2] and set(buried(store)) == {1}


def test_the_original_file_does_not_bring_them_back(erased):
    store, files, _ = erased
    day = DAYS[-1]
    assert import_file(store, "coursera_usage", files / f"usage_{day}.csv", day).was_held
    again = import_file(store, "coursera_usage", files / f"usage_{day}.csv", day, Declared(zone="Asia/Karachi"))
    report = again.report
    assert (report.rows_in, report.published, report.collapsed, report.erased) == (60, 54, 6, 6)
    assert any("6 rows: of learners who were erased" in note for note in report.notes)
    members = import_file(store, "coursera_membership", files / "members.csv", day, Declared(zone="Asia/Karachi"))
    assert members.report.erased == 3, "those without an id are known by their address"
    assert found_in(store, keys_of(*GONE)) == []
    assert check_file("coursera_usage", files / f"usage_{day}.csv", day, store=store).erased == 6


def test_a_damaged_snapshot_kept_anew_is_kept_without_them(erased):
    store, files, _ = erased
    day = DAYS[0]
    (folder,) = (store / "snapshots" / "coursera_usage").glob(f"{day}-*")
    rows = folder / "rows.parquet"
    rows.chmod(0o644)
    rows.write_bytes(b"PAR1 damaged")
    again = import_file(store, "coursera_usage", files / f"usage_{day}.csv", day)
    assert not again.was_held and again.report.erased == 6
    assert [one.folder.name for one in snapshots.snapshots(store, "coursera_usage")].count(again.snapshot.folder.name)


def test_the_audit_log_and_the_list_name_nobody(erased):
    store, _, _ = erased
    begun, line = [line for line in entries(store) if line["event"] == "erasure"]
    assert begun["what"].endswith("given, begun") and begun["reason"] == "asked on 1 July"
    assert (line["who"], line["release"], line["reason"]) == ("operator", 3, "asked on 1 July")
    assert line["what"].startswith("3 given, ")
    assert len(marks(store)) == 6, "an id and an address of each"
    assert not marks(store) & keys_of(*GONE)


def test_a_file_with_nobody_else_in_it_still_speaks_for_its_programme(small):
    store, add = small
    assert erase(store, "--learner", "a-1 ") == 0
    done = add("only_2024-02-28.csv", [person(1)], DAYS[1])
    assert done.snapshot.streams == {"alpha/coursera_for_refugees"} and done.report.erased == 1
    assert [one.folder.name for one in snapshots.pinned(store)["coursera_usage"]] == [done.snapshot.folder.name]


def test_an_address_links_to_the_ids_of_its_learner(small, capsys):
    store, add = small
    beta = {"Program Slug": "coursera-for-refugees-beta", "External Id": "B-9"}
    add("beta_2024-01-28.csv", [person(1, **beta), person(5, **{**beta, "External Id": "B-5"})])
    assert erase(store, "--email", "A1@example.org") == 0
    assert "1 given: 2 ids and 1 address" in capsys.readouterr().out
    identity = open_identity(learner_secret_file())
    assert found_in(store, {identity.id_key("B-9"), *keys_of("A-1")}) == []
    assert found_in(store, {identity.id_key("B-5")})


def test_an_address_that_several_learners_share_takes_nobody_else_along(small, capsys):
    store, add = small
    hub = {"Email": "hub@example.org"}
    add("hub_2024-02-28.csv", [person(n, **hub) for n in (1, 2, 4)], DAYS[1])
    assert erase(store, "--email", "hub@example.org") == 1
    assert "several learners" in capsys.readouterr().err and marks(store) == frozenset()
    assert erase(store, "--learner", "A-1") == 0
    assert "beside ids of other learners of the same partner, and stay: 1." in capsys.readouterr().out
    assert found_in(store, keys_of("A-1")) == [] and found_in(store, keys_of("A-2"))
    left = pq.read_table(snapshots.pinned(store)["coursera_usage"][0].rows_file)
    assert left.num_rows == 2
    assert add("hub2_2024-03-28.csv", [person(n, **hub) for n in (1, 2, 4)], DAYS[2]).report.erased == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--learner", "A-1", "--learner", "A-99"], "number 2 is in no file"),
        (["--learner", "n/a"], "number 1 is no id"),
        (["--email", "nobody"], "number 1 is no id or no address"),
    ],
)
def test_who_cannot_be_found_is_named_by_number_and_nothing_happens(small, arguments, says, capsys):
    store, _ = small
    assert erase(store, *arguments) == 1
    err = capsys.readouterr().err
    assert says in err and "Nothing was erased" in err and "A-99" not in err
    assert marks(store) == frozenset() and releases.release_numbers(store) == [1]


def test_without_the_secret_nobody_is_erased_and_none_is_made(small, monkeypatch, tmp_path, capsys):
    store, _ = small
    monkeypatch.setenv("COALITION_LEARNER_SECRET", str(tmp_path / "nowhere"))
    assert erase(store, "--learner", "A-1") == 1
    assert "no secret" in capsys.readouterr().err and not (tmp_path / "nowhere").exists()


def test_a_store_whose_learners_have_keys_gets_no_new_secret(small, monkeypatch, tmp_path):
    store, add = small
    lost = tmp_path / "nowhere" / "learners"
    monkeypatch.setenv("COALITION_LEARNER_SECRET", str(lost))
    with pytest.raises(SecretMissing, match="would not link with them, nor keep out who was erased"):
        add("later_2024-02-28.csv", [person(4)], DAYS[1])
    with pytest.raises(SecretMissing, match="coursera_usage 2024-01-28"):
        releases.publish_release(store)
    assert not lost.exists() and releases.release_numbers(store) == [1]
    (snapshot,) = snapshots.snapshots(store, "coursera_usage")
    snapshots.withdraw(store, "coursera_usage", snapshot.folder.name)
    erasure.remember(store, {"an invented key"}, lambda key: key)
    with pytest.raises(SecretMissing, match="the list of erased learners"):
        add("later_2024-02-28.csv", [person(4)], DAYS[1])
    empty = tmp_path / "empty"
    assert import_file(empty, "coursera_usage", written(tmp_path / "first.csv", [person(1)]), DAYS[0])
    assert lost.exists(), "the first file about learners makes it"


def test_a_file_of_ids_erases_each_line(small, tmp_path):
    store, _ = small
    ids = tmp_path / "ids.txt"
    ids.write_text("A-1\n\nA-2\n", encoding="utf-8")
    assert erase(store, "--learners-file", str(ids)) == 0
    assert pq.read_table(snapshots.pinned(store)["coursera_usage"][0].rows_file).num_rows == 1


@pytest.mark.parametrize(
    ("where", "spared"),
    # The list is published first, and then each snapshot.
    [
        *([("publish", 1), ("remove", 0)] if FULL else []),
        *[("publish", 2), ("remove", 1), ("publish_release", 0), ("bury", 0)],
    ],
)
def test_an_erasure_that_is_interrupted_loses_nobody_else_and_is_finished_later(small, monkeypatch, where, spared):
    store, add = small
    add("second_2024-02-28.csv", [person(n) for n in (1, 2, 3)], DAYS[1])

    def power_cut(*_):
        raise KeyboardInterrupt

    real = getattr(erasure, where)
    with monkeypatch.context() as cut:
        calls = []
        cut.setattr(erasure, where, lambda *a: power_cut() if len(calls) >= spared else calls.append(real(*a)))
        assert erase(store, "--learner", "A-1") == STOPPED
    for one in snapshots.snapshots(store, "coursera_usage"):
        left = pq.read_table(one.rows_file)
        assert left.num_rows in (2, 3), "each snapshot stands once, before or after"
    assert releases.last_good_release(store)[0].marts
    assert erase(store) == 0
    assert found_in(store, keys_of("A-1")) == [] and found_in(store, keys_of("A-2"))
    assert releases.open_release(store).number == releases.release_numbers(store)[-1]
    assert [path.name[-3:] for path in (store / "snapshots" / "coursera_usage").iterdir()] == [".e1", ".e1"]


def test_whoever_is_erased_twice_is_erased_once(small, capsys):
    store, _ = small
    assert erase(store, "--learner", "A-1") == erase(store, "--learner", "A-1") == 0
    assert "erased 0 rows" in capsys.readouterr().out and releases.release_numbers(store) == [2]
    assert erase(store, "--learner", "A-2") == 0
    (only,) = snapshots.pinned(store)["coursera_usage"]
    assert only.folder.name.endswith(".e2") and pq.read_table(only.rows_file).num_rows == 1


def test_a_list_that_was_changed_lets_nobody_in(small):
    store, add = small
    assert erase(store, "--learner", "A-1") == 0
    listed = store / "erased" / "1" / "marks.txt"
    listed.chmod(0o644)
    listed.write_text("", encoding="ascii")
    with pytest.raises(StoreDamaged, match="marks.txt"):
        add("again_2024-02-28.csv", [person(1)], DAYS[1])


def test_an_erasure_while_a_file_is_read_keeps_the_file_out_and_says_that_it_goes_on(small, monkeypatch, capsys):
    store, add = small
    monkeypatch.setattr("dashboard.intake.front_door.run_child", _erasing(store))
    with pytest.raises(snapshots.ErasedMeanwhile, match="Import it again"):
        add("meanwhile_2024-02-28.csv", [person(n) for n in (1, 2)], DAYS[1])
    assert "is still at work" in capsys.readouterr().err
    monkeypatch.undo()
    assert erase(store, "--learner", "A-1") == 0 and "no trace in" in capsys.readouterr().out


def test_an_erasure_beside_a_running_server_ends_and_of_other_work_reports_that_it_goes_on(small, capsys):
    store, _ = small
    release = releases.open_release(store)
    assert session._answers(STEWARD, release).ask("school_closures/captures", {}).num_rows == 0
    try:
        kept = [path.name for path in at_work(store)]
        assert kept == [ABOUT_NOBODY], "the server keeps nothing else for as long as it runs"
        assert erase(store, "--learner", "A-1") == 0
        assert "no trace in" in capsys.readouterr().out
        with workspace(store) as folder:
            (folder / "shared.duckdb").write_bytes(b"half written")
            assert erase(store, "--learner", "A-2") == 1
        assert "is still at work" in capsys.readouterr().err
    finally:
        session.let_go()


def _erasing(store):
    from dashboard.intake.front_door import run_child

    def run(order, progress):
        report = run_child(order, progress)
        assert erase(store, "--learner", "A-1") == 1
        assert marks(store), "erased, but the file that is being read may hold her"
        return report

    return run


def test_a_snapshot_under_another_secret_is_named_and_left(small, monkeypatch, tmp_path, capsys):
    store, add = small
    (another := tmp_path / "another").write_text("6" * 64, encoding="ascii")
    with monkeypatch.context() as other:
        other.setenv("COALITION_LEARNER_SECRET", str(another))
        add("other_2024-02-28.csv", [person(1)], DAYS[1])
    snapshots.withdraw(store, "coursera_usage", snapshots.snapshots(store, "coursera_usage")[-1].folder.name)
    assert erase(store, "--learner", "A-1") == 0
    assert "keyed under another secret: withdrawn/coursera_usage/2024-02-28" in capsys.readouterr().out
