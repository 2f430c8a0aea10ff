"""Parts of UNHCR's figures and origins that are no country today; totals worked by hand."""

import pytest

from tests.intake.making import Read, as_csv

HEADER = ["Year", "Country of origin (ISO)", "Country of asylum (ISO)", "Refugees under UNHCR's mandate"]


def figures(tmp_path, column, *rows):
    """What is read of rows of a year, a part and a count."""
    body = as_csv([[*HEADER, column], *([year, "SOM", "KEN", count, part] for year, part, count in rows)])
    return Read(tmp_path, "unhcr_population", body)


def by_year(read):
    assert read.rows is not None, read.refused
    return {row["year"]: row["refugees"] for row in read.rows}


@pytest.mark.parametrize(("column", "one", "other"), [("Sex", "F", "M"), ("Location", "Dadaab", "Nairobi")])
def test_parts_are_added_up_where_there_is_no_whole(tmp_path, column, one, other):
    read = figures(
        tmp_path, column, ("2020", "Total", "90"), ("2020", one, "50"), ("2021", one, "40"), ("2021", other, "60")
    )
    assert by_year(read) == {2020: 90, 2021: 100}
    assert [(row.line, row.value) for row in read.report.quarantined] == [(3, one)]


def test_a_part_that_says_two_things_is_not_left_out_of_a_sum(tmp_path):
    rows = [("2020", "", "90"), ("2021", "F", "40"), ("2021", "F", "45"), ("2021", "M", "60")]
    read = figures(tmp_path, "Sex", *rows)
    assert by_year(read) == {2020: 90} and [row.line for row in read.report.quarantined] == [3, 4, 5]


def test_origins_that_are_no_country_today_count_as_unknown(tmp_path):
    rows = [["2004", "SCG", "DEU", "30"], ["2004", "YUG", "DEU", "12"], ["2004", "QQQ", "DEU", "5"]]
    read = Read(tmp_path, "unhcr_population", as_csv([HEADER, *rows, ["2004", "IRQ", "DEU", "7"]]))
    assert {row["origin_iso3"]: row["refugees"] for row in read.rows} == {"UNK": 47, "IRQ": 7}  # 30 + 12 + 5
    notes = " ".join(read.report.notes)
    assert all(f"1 rows: of origin {code}, which is the code of no country" in notes for code in ("SCG", "YUG", "QQQ"))
