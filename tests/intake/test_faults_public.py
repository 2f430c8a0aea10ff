"""Files of the public record as people sent them, with the outcome worked by hand."""

import datetime
from contextlib import ExitStack
from pathlib import Path

import pytest

from dashboard.intake.front_door import import_file
from tests.exact import exact_answers

FAULTS = Path(__file__).parents[1] / "fixtures" / "faults"
DAY = datetime.date(2025, 1, 31)


@pytest.fixture
def published(tmp_path):
    """Imports one of the files; gives the report and a function that asks what was made of it."""
    with ExitStack() as opened:

        def bring(source, name):
            done = import_file(tmp_path / "store", source, FAULTS / name, DAY)
            answers = opened.enter_context(exact_answers(tmp_path / "store"))
            return done.report, lambda question, **params: answers.ask(question, params).to_pylist()

        yield bring


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


def test_refugees_in_an_unknown_country_are_in_every_total(published):
    report, ask = published("unhcr_population", "host_unknown.csv")
    total = ask("reach_map/totals", year=1992)[0]
    assert (total["refugees"], total["refugees_in_unknown_country"]) == (300_694, 15_075)  # 285,619 + 15,075
    assert total["hosts"] == 1  # Kenya: an unknown country is none
    hosts = [(row["country"], row["refugees"]) for row in ask("reach_map/refugees_by_host", year=1992)]
    assert hosts == [("Kenya", 285_619), ("Unknown", 15_075)]
    flows = ask("reach_map/flows", origin_iso3="SOM", year=1992)
    assert [(row["country"], row["refugees"], row["is_drawn"]) for row in flows] == [
        ("Kenya", 285_619, True),
        ("Unknown", 15_075, False),
    ]
    assert report.quarantined == ()


def test_the_publishers_own_codes_of_origins_count(published):
    _, ask = published("unhcr_population", "origin_own_codes.csv")
    total = ask("reach_map/totals")[0]
    assert total["refugees"] == 703_200  # 700,000 + 2,500 + 700
    assert total["refugees_of_unknown_origin"] == 3_200
    origins = {row["origin_iso3"]: (row["origin"], row["refugees"]) for row in ask("reach_map/origins")}
    assert origins["XXA"] == ("Stateless", 2_500) and origins["UNK"] == ("Unknown", 700)


def test_a_count_that_is_not_shown_leaves_the_main_figure(published, tmp_path):
    report, ask = published("unhcr_population", "optional_unhcr_star.csv")
    assert [(row["country"], row["refugees"]) for row in ask("reach_map/refugees_by_host")] == [("Türkiye", 2_900_150)]
    found = {row["origin_iso3"]: row["asylum_seekers"] for row in rows_of(tmp_path / "store", "unhcr_population")}
    assert found == {"SYR": None, "IRQ": 5}
    assert report.quarantined == ()
