"""Hundreds of parts given in one call are one export: one pass, one snapshot, every row accounted for."""

import csv
import datetime
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.actions import import_files
from dashboard.commands.named_files import named_files
from dashboard.intake import child, front_door, spool
from dashboard.intake.front_door import Declared, refuse_small_disk
from dashboard.intake.limits import SHELL, Limits
from dashboard.intake.readers import roll_by_column
from dashboard.intake.report import FileRefused
from dashboard.store import cadence
from dashboard.store.joining import PART, WHOLE
from dashboard.store.protocol import read_manifest
from dashboard.store.snapshots import snapshots
from tests.intake.test_parts_and_corrections import HEADER, SOURCE, row, rows_of, written
from tests.store.tiny import build_tiny_releases

DAY = datetime.date(2024, 6, 30)
KEPT = ("rows.parquet", "quarantine.csv")
AS_PARTS, AS_WHOLE = Declared(kind=PART), Declared(kind=WHOLE)


@pytest.fixture(autouse=True)
def releases_without_figures(monkeypatch):
    build_tiny_releases(monkeypatch)
    monkeypatch.setattr(cadence, "count_real_learners", lambda pins: False)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def taken_in(store, files, said=AS_PARTS, source=SOURCE):
    return import_files(
        store, source, files, captured_on=DAY, declared=said, limits=SHELL, confirmed=True, as_single_export=True
    )


def parts(folder, rows, of=5):
    return [written(folder, f"part-{at // of:04}.csv", rows[at : at + of]) for at in range(0, len(rows), of)]


def test_two_hundred_parts_are_one_snapshot_with_the_rows_of_one_file(tmp_path, store, monkeypatch):
    """1000 rows, of which 10 are odd and 40 stand in two parts: one process reads all of them."""
    started = []
    start = front_door.start_child
    monkeypatch.setattr(front_door, "start_child", lambda *given: started.append(1) or start(*given))
    learners = [*range(960), *reversed(range(40))]
    rows = [row(n, progress="x" if n % 96 == 5 and at < 960 else "40") for at, n in enumerate(learners)]
    done = taken_in(store, parts(tmp_path, rows))
    (one,) = snapshots(store, SOURCE)
    (file,) = done.files
    report = file.report
    assert len(started) == 1 and len(one.parts) == 200
    # Learner 5 is odd at first and right when it comes again: 10 rows set aside, 39 of the last 40 say the same again.
    assert (report.rows_in, report.published, report.collapsed, len(report.quarantined)) == (1000, 951, 39, 10)
    whole = written(tmp_path, "whole.csv", rows)
    import_files(tmp_path / "other", SOURCE, [whole], captured_on=DAY, confirmed=True)
    assert rows_of(store) == rows_of(tmp_path / "other")
    assert file.report.content == read_manifest(snapshots(tmp_path / "other", SOURCE)[0].folder)["input"]["content"]


def test_rows_set_aside_are_named_with_their_part_and_its_line(tmp_path, store):
    files = parts(tmp_path, [row(n, progress="x" if n in (2, 13) else "40") for n in range(20)])
    done = taken_in(store, files)
    assert [(one.file, one.line) for one in done.files[0].report.quarantined] == [
        ("part-0000.csv", 4),
        ("part-0002.csv", 5),
    ]
    (one,) = snapshots(store, SOURCE)
    with one.quarantine_file.open(encoding="utf-8") as file:
        written_down = [(line["file"], line["line"]) for line in csv.DictReader(file)]
    assert [line for _, line in written_down] == ["4", "5"]
    assert {name for name, _ in written_down} < {part[:8] for part in one.parts}
    # A name such as report_of_somebody.csv is kept of no file about people.
    assert "part-0002" not in (one.folder / "manifest.json").read_text(encoding="utf-8")


def test_a_part_sent_twice_is_named_and_counted_once(tmp_path, store):
    files = parts(tmp_path, [row(n) for n in range(20)])
    copy = tmp_path / "copy.csv"
    copy.write_bytes(files[1].read_bytes())
    report = taken_in(store, [*files, copy]).files[0].report
    assert report.rows_in == report.published == 20
    assert "copy.csv is the same file as part-0001.csv, and is counted once" in report.notes
    again = taken_in(store, files)
    assert again.files[0].was_held and len(snapshots(store, SOURCE)) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('"not closed,a,b\n', r"part-0003.csv: .*(columns|quote)"),
        (",".join(HEADER) + '\nA-1,"open,Course,c1,2024-01-05,40,No,x\n', "part-0003.csv: Line 2 cannot be read"),
        (",".join(reversed(HEADER)) + "\n" + ",".join(reversed(row(1))) + "\n", "part-0003.csv: Its columns"),
        ("", "part-0003.csv: The file is empty"),
    ],
)
def test_a_broken_part_refuses_the_whole_call_by_its_name(tmp_path, store, body, said):
    files = parts(tmp_path, [row(n) for n in range(40)])
    files[3].write_text(body, encoding="utf-8")
    with pytest.raises(FileRefused, match=said) as refused:
        taken_in(store, files)
    assert "Nothing of this import was kept." in str(refused.value)
    assert not snapshots(store, SOURCE)


def test_parts_of_several_days_are_no_export(tmp_path, store):
    files = [written(tmp_path, f"usage_2024-06-{day}.csv", [row(day)]) for day in (29, 30)]
    with pytest.raises(FileRefused, match="usage_2024-06-29.csv is of 2024-06-29"):
        import_files(store, SOURCE, files, declared=AS_PARTS, limits=SHELL, as_single_export=True)


def test_an_id_of_many_people_is_nobodys_over_all_parts(tmp_path, store):
    """No single part tells that one id stands beside five addresses."""
    rows = [["A-1", f"p{n}@example.org", *row(n)[2:]] for n in range(5)]
    rows += [[f"B-{n}", f"q{n}@example.org", *row(n)[2:]] for n in range(5)]
    report = taken_in(store, parts(tmp_path, rows, of=1)).files[0].report
    assert report.people_in == report.people_published == 10


def test_further_parts_join_what_the_store_holds(tmp_path, store):
    files = parts(tmp_path, [row(n) for n in range(30)])
    taken_in(store, files[:4])
    taken_in(store, files[4:])
    newest = snapshots(store, SOURCE)[-1]
    assert len(newest.parts) == 6 and pq.read_metadata(newest.rows_file).num_rows == 30
    taken_in(store, files[:2], AS_WHOLE)
    assert pq.read_metadata(snapshots(store, SOURCE)[-1].rows_file).num_rows == 10


def test_lists_of_other_than_people_come_in_parts_too(tmp_path, store):
    files = []
    for at, code in enumerate(("KEN", "UGA", "TZA")):
        file = tmp_path / f"closures-{at}.csv"
        file.write_text(f"Date,ISO,Country,Status\n16/02/2020,{code},X,Fully open\n17/02/2020,{code},X,what\n")
        files.append(file)
    report = taken_in(store, files, source="unesco_closures").files[0].report
    assert [(one.file, one.line) for one in report.quarantined] == [(file.name, 3) for file in files]
    said = read_manifest(snapshots(store, "unesco_closures")[0].folder)["input"]["part_names"]
    assert sorted(said.values()) == [file.name for file in files]


def as_parquet(file, rows):
    cells = dict(zip(HEADER, zip(*rows, strict=True), strict=True))
    began = datetime.datetime(2024, 1, 5, 8, tzinfo=datetime.UTC)
    typed = {
        **{name: pa.array(values, pa.large_string()) for name, values in cells.items()},
        "Program Slug": pa.array(cells["Program Slug"]).dictionary_encode(),
        "Enrollment Time": pa.array([began] * len(rows), pa.timestamp("ns", "UTC")),
        "Overall Progress": pa.array([float(value) if value != "x" else None for value in cells["Overall Progress"]]),
        "Completed": pa.array([False] * len(rows)),
    }
    pq.write_table(pa.table(typed), file)
    return file


def test_parquet_with_types_gives_the_rows_of_the_same_csv(tmp_path, store):
    rows = [row(n) for n in range(50)]
    halves = [as_parquet(tmp_path / "a.parquet", rows[:25]), written(tmp_path, "b.csv", rows[25:])]
    taken_in(store, halves)
    taken_in(tmp_path / "other", [written(tmp_path, "whole.csv", rows)])
    assert rows_of(store) == rows_of(tmp_path / "other") and len(rows_of(store)) == 50


def test_parquet_is_judged_like_a_csv(tmp_path, store):
    rows = [row(n, progress="x" if n == 7 else "40") for n in range(50)]
    file = as_parquet(tmp_path / "a.parquet", rows)
    report = taken_in(store, [file]).files[0].report
    assert [(one.line, one.column) for one in report.quarantined] == [(9, "progress")]
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(FileRefused, match="Parquet file cannot be read"):
        taken_in(store, [file])
    pq.write_table(pa.table({**{name: ["x"] for name in HEADER}, "Email": [[1]]}), file)
    with pytest.raises(FileRefused, match="The column Email holds values of the type list"):
        taken_in(store, [file])
    with pytest.raises(FileRefused, match="`coalition import` reads it"):
        import_files(store, SOURCE, [file])


def test_folders_and_patterns_name_their_files_in_order(tmp_path):
    files = parts(tmp_path, [row(n) for n in range(15)])
    (tmp_path / "notes.md").write_text("x")
    for named in ([str(tmp_path)], [str(tmp_path / "part-*.csv")], list(map(str, files))):
        with named_files(named, tmp_path / "store") as found:
            assert found == files
    with pytest.raises(FileRefused, match="There is no file"), named_files([str(tmp_path / "*.tsv")], tmp_path):
        pass


def test_a_disk_that_would_not_hold_it_is_said_before_anything_is_read(tmp_path, monkeypatch):
    file = written(tmp_path, "a.csv", [row(n) for n in range(100)])
    monkeypatch.setattr(front_door.shutil, "disk_usage", lambda _: front_door.shutil._ntuple_diskusage(1, 1, 1000))
    with pytest.raises(FileRefused, match="2 times the size as CSV; 0.0 GB are free"):
        refuse_small_disk(tmp_path / "store" / "not yet", [file])


SMALL = Limits(2**40, 2**32, cpu_seconds=20, wall_seconds=60, written=2**40, parquet=True)


def test_rows_that_are_put_on_disk_give_what_rows_in_memory_give(tmp_path, monkeypatch):
    """Ids of several people, rows twice, learners without an id or an address: 600 rows, 50 of them in memory."""
    rows = [row(n % 500, progress="x" if n % 96 == 5 else "40") for n in range(600)]
    rows += [["A-7", f"p{n}@example.org", *row(n)[2:]] for n in range(5)]
    rows += [["", f"p{n % 3}@example.org", *row(n, course="c2")[2:]] for n in range(6)]
    file = written(tmp_path, "usage.csv", rows)
    monkeypatch.setattr(front_door, "run_child", lambda order, progress=None: child.parse(order))
    reports = []
    for most, block in ((10_000, 10_000), (50, 70)):
        monkeypatch.setattr(spool, "MOST_ROWS", most)
        monkeypatch.setattr(spool, "BLOCK_ROWS", block)
        monkeypatch.setattr(roll_by_column, "BLOCK_ROWS", block)
        with front_door.made_ready(tmp_path / "store", SOURCE, file, DAY, limits=SMALL) as ready:
            reports.append((ready.report, sorted(map(repr, pq.read_table(ready.folder / "rows.parquet").to_pylist()))))
            assert not [one.name for one in ready.folder.iterdir() if one.name not in KEPT]
    assert reports[0] == reports[1] and reports[0][0].collapsed and reports[0][0].quarantined


@pytest.mark.skipif(os.environ.get("COALITION_FULL_TESTS") != "1", reason="half a minute; with COALITION_FULL_TESTS=1")
def test_memory_does_not_grow_with_rows(tmp_path):
    """Ten times the rows take at most 1.2 times the memory, once the blocks of a file are full."""
    peaks = []
    for rows, most in ((100_000, 50_000), (1_000_000, 50_000)):
        file = tmp_path / f"{rows}.csv"
        with file.open("w", encoding="utf-8") as out:
            out.write(",".join(HEADER) + "\n")
            out.writelines(",".join(row(n % (rows // 3), f"c{n % 500}")) + "\n" for n in range(rows))
        order = (
            "import sys; from dashboard.intake import spool, front_door; from dashboard.intake.limits import SHELL\n"
            "import datetime, pathlib, resource; from dashboard.intake import child\n"
            f"spool.MOST_ROWS = {most}\n"
            "front_door.run_child = lambda order, progress=None: child.parse(order)\n"
            f"front_door.check_file({SOURCE!r}, pathlib.Path({str(file)!r}), datetime.date(2024, 6, 30), "
            f"store=pathlib.Path({str(tmp_path / 'store')!r}), limits=SHELL)\n"
            "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        said = subprocess.run([sys.executable, "-c", order], capture_output=True, text=True, check=True).stdout
        peaks.append(int(said.rpartition("peak ")[2]))
    assert peaks[1] < 1.2 * peaks[0], peaks
