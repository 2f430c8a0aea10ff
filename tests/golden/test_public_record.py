"""The public record that the project carries is the publishers': its command finds the same bytes in their files."""

import collections
import csv
import datetime

import pyarrow.parquet as pq
import pytest

from dashboard.intake.front_door import made_ready
from dashboard.reference import closures, oxford, refugees
from dashboard.reference.__main__ import HELD_IN, condense
from dashboard.reference.carried import RECORD, read_rows
from dashboard.settings import REFERENCE

FOLDERS = {closures.SOURCE: "unesco_closures", refugees.SOURCE: "unhcr", oxford.SOURCE: "oxcgrt"}
MODULES = (closures, refugees, oxford)


def published(shared, of):
    """The publisher's files of a source, in the order of their captures."""
    return [shared / FOLDERS[of.SOURCE] / capture.published_as for capture in of.captures()]


def rows(source, file, tmp_path, kept=None):
    """What the front door publishes of a file, as a set of rows."""
    with made_ready(tmp_path / "store", source, file) as ready:
        assert not ready.report.quarantined or kept is None
        table = pq.read_table(ready.folder / "rows.parquet")
        return ready.report, table.to_pylist()


@pytest.mark.parametrize("of", MODULES, ids=lambda of: of.SOURCE)
def test_the_command_finds_the_carried_bytes_in_the_publishers_files(shared, of, tmp_path):
    made = condense(of.SOURCE, published(shared, of), tmp_path)
    assert made.read_bytes() == (REFERENCE / HELD_IN[of.SOURCE]).read_bytes()
    assert (tmp_path / RECORD.name).read_bytes() == RECORD.read_bytes()


@pytest.mark.parametrize("capture", closures.captures(), ids=lambda one: one.captured_on.isoformat())
def test_closures_written_out_are_the_rows_of_the_publishers_file(shared, capture, tmp_path):
    theirs, real = rows(closures.SOURCE, shared / FOLDERS[closures.SOURCE] / capture.published_as, tmp_path)
    ours, carried = rows(closures.SOURCE, closures.write_out(capture, tmp_path), tmp_path, kept=True)
    assert theirs.captured_on == ours.captured_on
    key = ("country_iso3", "on_date", "status")
    assert {tuple(row[name] for name in key) for row in real} == {tuple(row[name] for name in key) for row in carried}
    assert len(real) == len(carried)


def test_the_capture_of_november_2021_has_2339_spells():
    assert sum(row["captured_on"] == "2021-11-30" for row in read_rows("school_closures.csv")) == 2_339


def test_oxford_written_out_is_the_trackers_file(shared, tmp_path):
    [capture] = oxford.captures()
    _report, real = rows(oxford.SOURCE, shared / FOLDERS[oxford.SOURCE] / capture.published_as, tmp_path)
    ours, carried = rows(oxford.SOURCE, oxford.write_out(capture, tmp_path), tmp_path, kept=True)
    assert ours.captured_on == "2022-05-16"
    key = ("country_iso3", "on_date", "c1")
    assert {tuple(row[name] for name in key) for row in real} == {tuple(row[name] for name in key) for row in carried}
    # 187 countries and 867 days; the cells left are blank or NA.
    with (shared / FOLDERS[oxford.SOURCE] / capture.published_as).open(newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row[3:]]
    assert len(cells) == 187 * 867 and len(carried) == sum(cell in ("0", "1", "2", "3") for cell in cells)


def test_refugees_written_out_add_up_pair_by_pair_to_unhcrs_file(shared, tmp_path):
    [capture] = refugees.captures()
    _report, real = rows(refugees.SOURCE, shared / FOLDERS[refugees.SOURCE] / capture.published_as, tmp_path)
    ours, carried = rows(refugees.SOURCE, refugees.write_out(capture, tmp_path), tmp_path, kept=True)
    assert ours.captured_on == "2024-07-21"

    def sums(found):
        totals = collections.Counter()
        for row in found:
            if row["refugees"]:
                totals[row["year"], row["origin_iso3"], row["host_iso3"]] += row["refugees"]
        return totals

    assert sums(real) == sums(carried) and len(sums(carried)) == 38_114
    assert sum(refugees.pairs(2023).values()) == 31_637_408


def test_every_capture_says_where_it_is_from_and_when():
    for of in MODULES:
        for capture in of.captures():
            assert capture.citation and capture.licence.startswith("CC BY") and len(capture.sha256) == 64
            assert capture.captured_on < datetime.date(2025, 1, 1) and capture.command.endswith("FILES")


def test_what_is_carried_is_small():
    assert sum((REFERENCE / name).stat().st_size for name in (*HELD_IN.values(), RECORD.name)) < 400_000
