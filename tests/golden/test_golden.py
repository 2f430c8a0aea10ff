"""The publishers' own figures from the publishers' own files, where those are at hand."""

import csv
import datetime
import re

import openpyxl
import pytest

from dashboard.intake.front_door import check_file
from dashboard.reference import refugees
from dashboard.store.releases import open_release
from dashboard.warehouse.build import read_reference

CAPTURES = {
    "closures_captured_2020-03-28.csv": 2198,
    "closures_captured_2020-05-28.csv": 17773,
    "closures_captured_2020-06-08.csv": 20604,
    "closures_captured_2020-07-15.csv": 25546,
    "closures_captured_2020-10-19.csv": 54390,
    "closures_captured_2021-02_daily_to_2021-02-15.csv": 76860,
    "closures_captured_2021-11_mixed-cadence.csv": 17640,
}
# Rows each day: the weeks that UNESCO counted can be counted again.
DAILY = "2021-02-15"


def closed(golden, day, capture):
    return golden("school_closures/world_on_date", on_date=day, as_captured_on=capture)[0]


@pytest.mark.parametrize(
    ("day", "capture", "countries", "share"),
    [
        ("2020-03-25", "2020-03-28", 165, None),  # UNESCO published 165 on 27 March
        ("2020-05-19", "2020-05-28", 152, 70.0),
        ("2020-06-15", "2020-07-15", 116, 62.9),
        ("2020-06-15", "2020-06-08", 128, 63.8),
        ("2020-06-21", "2020-06-08", 128, 63.8),  # planned: later than the capture
    ],
)
def test_countries_closed_and_share_are_the_golden_ones(golden, day, capture, countries, share):
    row = closed(golden, day, capture)
    assert row["countries_closed"] == countries
    assert row["captured_on"] == datetime.date.fromisoformat(capture)
    assert row["learners_total"] == 1_780_926_808
    assert row["enrolment_vintage"] == "Feb 2022"
    assert share is None or round(100 * row["share_affected"], 1) == share


def test_the_day_unesco_published_165_gives_165(golden):
    assert closed(golden, "2020-03-27", "2020-03-28")["countries_closed"] == 165


def test_weeks_equal_unescos_workbook_in_201_of_210_countries(golden, shared):
    book = openpyxl.load_workbook(shared / "unesco_closures" / "duration-of-school-closures-31-march-22.xlsx")
    header, *rows = book.active.iter_rows(values_only=True)
    full = header.index("Duration of FULL closures from Mar-Aug 20 (in weeks)")
    partial = header.index("Duration of PARTIAL closures from Mar-Aug 20 (in weeks)")
    published = {row[1]: (row[full], row[partial]) for row in rows}
    ours = {
        row["country_iso3"]: (row["weeks_closed"], row["weeks_partial"])
        for row in golden(
            "school_closures/weeks_by_country", from_date="2020-02-16", to_date="2020-08-31", as_captured_on=DAILY
        )
    }
    assert ours.keys() == published.keys() and len(ours) == 210
    differ = {code for code in ours if ours[code][0] != published[code][0]}
    assert differ == {"ETH", "IND", "CYM", "SXM", "TUV", "BRA", "SJM", "DOM", "LBN"}
    assert sum(ours[code][1] == published[code][1] for code in ours) == 201


def test_refugees_under_mandate_at_the_end_of_2023(golden):
    rows = golden("reach_map/refugees_by_host", year=2023)
    assert sum(row["refugees"] for row in rows) == 31_637_408


@pytest.mark.parametrize("name", CAPTURES)
def test_every_row_of_a_capture_is_accounted_for(shared, name):
    file = shared / "unesco_closures" / name
    report = check_file("unesco_closures", file)
    lines = file.read_bytes().count(b"\n") - 1  # no quoted newline in these files: lines are rows
    assert report.rows_in == lines == CAPTURES[name]
    assert report.published + report.collapsed + len(report.quarantined) == lines
    wrong = [(row.column, row.value) for row in report.quarantined]
    assert wrong == ([("country_iso3", "UZB")] if name < "closures_captured_2020-08" else [])


def test_seven_captures_live_side_by_side(golden):
    captures = [row["captured_on"].isoformat() for row in golden("school_closures/captures")]
    in_names = [re.findall(r"\d{4}-\d\d-\d\d", name) for name in reversed(CAPTURES)]
    assert captures == ["2021-11-30", *(days[-1] for days in in_names if days)]  # a month is read as its last day


def test_the_totals_of_each_year_are_those_of_unhcrs_file(golden, shared):
    """Whatever the countries are, unknown and stateless among them: nobody is left out of a year."""
    with (shared / "unhcr" / "population.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row and row[0].isdigit()]
    years = sorted({row[0] for row in rows})
    assert len(years) == 9
    for year in years:
        counts = [row[5] for row in rows if row[0] == year]
        (total,) = golden("reach_map/totals", year=int(year))
        assert total["refugees"] == sum(int(count) for count in counts if count.isdigit())


def test_unhcrs_notes_stand_beside_the_figures_of_their_country_and_year(golden):
    notes = golden("reach_map/notes", country_iso3="ZAF", year=2018)
    assert [row["note"] for row in notes] == ["All figures refer to mid-2018.", "All figures refer to the mid of 2018."]
    assert {row["about"] for row in notes} == {"Asylum-seekers"}
    (egypt,) = golden("reach_map/notes", country_iso3="EGY", year=2023)
    assert egypt["about"] == "Asylum-seekers, from Sudan" and "152,800 Sudanese" in egypt["note"]
    noted = {row["year"] for row in golden("reach_map/country_years", country_iso3="JPN") if row["notes"]}
    assert noted == {2015, 2016, 2018, 2019}  # "2015 - 2016, 2018 - 2019"


def test_hong_kong_and_macao_are_kept_as_territories(golden):
    rows = golden("school_closures/territories_on_date", on_date="2020-03-25", as_captured_on="2020-03-28")
    assert [row["status"] for row in rows] == ["closed", "closed"]


def test_enrolment_sums_are_the_publishers(golden):
    totals = {}
    for row in golden("school_closures/affected_by_level", on_date="2020-03-25"):
        totals[row["level"]] = totals.get(row["level"], 0) + row["learners_total"]
    assert totals == {
        "pre_primary": 210_843_737,
        "primary": 737_691_380,
        "secondary": 598_237_490,
        "tertiary": 234_154_201,
    }


def test_oxford_has_every_cell_with_data(golden_store, shared):
    import pyarrow.parquet as pq

    with next((shared / "oxcgrt").glob("*.csv")).open(newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row[3:]]
    with_data = sum(cell not in ("", "NA") for cell in cells)
    assert len(cells) == 187 * 867
    assert pq.read_metadata(open_release(golden_store).marts["fct_oxcgrt_c1"]).num_rows == with_data


def test_the_reference_carries_the_publishers_facts(shared):
    """data/reference holds facts, not copies: they must equal the files they were taken from."""
    learners = read_reference("learners_by_country", {})
    sums = sum(int(value) for name in learners.column_names[1:] for value in learners[name].to_pylist() if value)
    assert sums == 1_780_926_808
    assert sum(refugees.hosted(2023).values()) == 31_637_408
    with (shared / "reference" / "hub_cities_24.csv").open() as file:
        cities = {row["hub_name_in_source"]: float(row["latitude"]) for row in csv.DictReader(file)}
    hubs = read_reference("hubs", {"latitude": "DOUBLE"})
    ours = dict(zip(hubs["hub"].to_pylist(), hubs["latitude"].to_pylist(), strict=True))
    assert ours.keys() == cities.keys() and all(abs(ours[name] - cities[name]) < 0.001 for name in ours)
    with (shared / "reference" / "ocha_countries_taxonomy.csv").open(encoding="utf-8-sig") as file:
        listed = {row["ISO 3166-1 Alpha 3-Codes"]: row for row in csv.DictReader(file)}
    codes = {code: row["m49 numerical code"] for code, row in listed.items()}
    countries = read_reference("countries", {})
    english = dict(zip(countries["iso3"].to_pylist(), countries["name_en"].to_pylist(), strict=True))
    # UNTERM's name where it has the country, else that of M49. ANT and XKX have no ISO code any more, or not yet.
    assert {code for code, name in english.items() if listed.get(code, {}).get("Preferred Term") != name} == {
        "ANT",
        "XKX",
    }
    for code, m49 in zip(countries["iso3"].to_pylist(), countries["m49"].to_pylist(), strict=True):
        assert code in ("XKX", "ANT") or codes[code] == m49
