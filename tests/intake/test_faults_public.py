"""Files of the public record as people sent them, with the outcome worked by hand."""

import datetime
from pathlib import Path

import pytest

from dashboard.intake.front_door import import_file
from dashboard.store.releases import open_release, publish_release
from dashboard.viewer import STEWARD, open_answers

FAULTS = Path(__file__).parents[1] / "fixtures" / "faults"
DAY = datetime.date(2025, 1, 31)


@pytest.fixture
def published(tmp_path):
    """Imports one of the files and publishes it; gives the report and a function that asks the release."""
    opened = []

    def bring(source, name):
        done = import_file(tmp_path / "store", source, FAULTS / name, DAY)
        publish_release(tmp_path / "store")
        answers = open_answers(STEWARD, open_release(tmp_path / "store"))
        opened.append(answers)
        return done.report, lambda question, **params: answers.ask(question, params).to_pylist()

    yield bring
    for answers in opened:
        answers.close()


def rows_of(store, source):
    import pyarrow.parquet as pq

    (file,) = (store / "snapshots" / source).glob("*/rows.parquet")
    return pq.read_table(file).to_pylist()


def test_levels_written_as_decimals_are_levels(tmp_path):
    report = import_file(tmp_path, "oxcgrt_c1", FAULTS / "float_c1.csv", DAY).report
    found = [(row["country_iso3"], row["on_date"].day, row["c1"]) for row in rows_of(tmp_path, "oxcgrt_c1")]
    assert found == [("KEN", 1, 0), ("KEN", 2, 3), ("XKX", 1, 0)]
    assert report.closing_line == "rows in 2 = published 2 + collapsed 0 + quarantined 0"


def test_days_written_as_decimals_are_days(tmp_path):
    report = import_file(tmp_path, "oulad", FAULTS / "float_oulad.csv", DAY).report
    found = [(row["registered_day"], row["unregistered_day"]) for row in rows_of(tmp_path, "oulad")]
    assert sorted(found, key=str) == [(-159, None), (-53, 12)]
    assert report.published == 2


def test_the_nations_own_row_stands_for_the_nation(tmp_path):
    report = import_file(tmp_path, "oxcgrt_c1", FAULTS / "oxford_regions.csv", DAY).report
    found = [(row["country_iso3"], row["on_date"].day, row["c1"]) for row in rows_of(tmp_path, "oxcgrt_c1")]
    assert found == [("GBR", 1, 1), ("GBR", 2, 1)]
    assert [(row.line, row.column) for row in report.quarantined] == [(2, "jurisdiction")]


def test_a_midnight_behind_a_date_is_no_other_day(tmp_path):
    report = import_file(tmp_path, "unesco_closures", FAULTS / "midnight_dates.csv", DAY).report
    assert report.published == 3
    assert {row["on_date"] for row in rows_of(tmp_path, "unesco_closures")} == {datetime.date(2020, 4, 1)}
