"""The order of day and month is one rule for lists and public records too; each day is worked by hand."""

import datetime

import pytest

from tests.intake.making import Read, as_csv

ACTIVITIES = ["Organisation", "Sector", "Country", "Start date"]
CLOSURES = ["Date", "ISO", "Status"]
HUBS = ["hub_id", "hub", "country_iso3", "latitude", "longitude", "announced_on"]


def activities(*days):
    rows = [[f"Member {n}", "Education", "KEN", day] for n, day in enumerate(days)]
    return as_csv([ACTIVITIES, *rows])


def closures(*days, status="Fully open"):
    return as_csv([CLOSURES, *([day, "KEN", status] for day in days)])


def hubs(*days):
    return as_csv([HUBS, *([f"h{n}", f"Hub {n}", "KEN", "1.0", "36.0", day] for n, day in enumerate(days))])


def days_of(read, column):
    assert read.rows is not None, read.refused
    return sorted(day.isoformat() for day in read.column(column) if day)


@pytest.mark.parametrize(
    ("source", "body", "dates"),
    [
        ("contributions_5w", activities("3/1/2024", "9/1/2024", "1/5/2024"), 3),
        ("contributions_5w", activities("9/1/2024", "2024-03-05", "2/2/2024"), 1),
        ("hubs", hubs("3/4/2022", "5/6/2022", "6/6/2022"), 2),  # 6/6 is one day in both orders
    ],
)
def test_a_list_whose_dates_all_read_in_two_ways_is_asked_about(tmp_path, source, body, dates):
    found = Read(tmp_path, source, body, partner="a_cluster")
    assert found.asks == "date_order" and found.refused.startswith(f"{dates} dates can be read in two ways")


def test_the_declared_order_holds_in_lists(tmp_path):
    body = activities("3/17/2024", "9/1/2024")
    assert Read(tmp_path, "contributions_5w", body, partner="a_cluster").asks == "date_order"
    read = Read(tmp_path, "contributions_5w", body, partner="a_cluster", date_order="month_first")
    assert days_of(read, "began_on") == ["2024-03-17", "2024-09-01"]
    body = hubs("3/4/2022", "5/6/2022")
    assert days_of(Read(tmp_path, "hubs", body, date_order="day_first"), "announced_on") == ["2022-04-03", "2022-06-05"]
    assert days_of(Read(tmp_path, "hubs", body, date_order="month_first"), "announced_on") == [
        "2022-03-04",
        "2022-05-06",
    ]


def test_a_day_above_twelve_tells_the_order_of_a_list(tmp_path):
    read = Read(tmp_path, "contributions_5w", activities("17/3/2024", "9/1/2024", "04.05.2024"), partner="a_cluster")
    assert days_of(read, "began_on") == ["2024-01-09", "2024-03-17", "2024-05-04"]


def test_a_publisher_who_puts_the_day_first_is_read_without_a_question(tmp_path):
    body = closures("4/1/2020", "5/1/2020", "6/1/2020")
    assert days_of(Read(tmp_path, "unesco_closures", body), "on_date") == ["2020-01-04", "2020-01-05", "2020-01-06"]
    read = Read(tmp_path, "unesco_closures", body, date_order="month_first")
    assert days_of(read, "on_date") == ["2020-04-01", "2020-05-01", "2020-06-01"]


def test_the_first_date_with_the_month_first_makes_others_of_its_file_a_question(tmp_path):
    found = Read(tmp_path, "unesco_closures", closures("4/1/2020", "4/13/2020"))
    assert found.asks == "date_order"
    assert found.refused.startswith("1 dates can only be read with the month first, such as 12/31/2022, and 1 in both")
    found = Read(tmp_path, "unesco_closures", closures("16/03/2020", "4/1/2020", "4/13/2020"))
    assert found.asks == "date_order" and "no order reads them all" in found.refused
    read = Read(tmp_path, "unesco_closures", closures("4/1/2020", "4/13/2020", "4/14/2020"), date_order="month_first")
    assert days_of(read, "on_date") == ["2020-04-01", "2020-04-13", "2020-04-14"]


def test_one_date_that_cannot_be_is_set_aside_where_no_other_is_in_doubt(tmp_path):
    read = Read(tmp_path, "unesco_closures", closures("16/03/2020", "17/03/2020", "4/13/2020"))
    assert days_of(read, "on_date") == ["2020-03-16", "2020-03-17"]
    assert read.reasons == {"on_date: not a date with the day first": 1}


def test_columns_named_like_days_have_an_order_too(tmp_path):
    body = as_csv([["CountryCode", "1/2/2020", "1/13/2020"], ["KEN", "1", "2"]])
    assert Read(tmp_path, "oxcgrt_c1", body).asks == "date_order"
    read = Read(tmp_path, "oxcgrt_c1", body, date_order="month_first")
    assert {row["on_date"]: row["c1"] for row in read.rows} == {
        datetime.date(2020, 1, 2): 1,
        datetime.date(2020, 1, 13): 2,
    }


def test_a_year_is_told_by_a_day_of_either_order(tmp_path):
    header = ["Year", "Country of origin (ISO)", "Country of asylum (ISO)", "Refugees under UNHCR's mandate"]
    body = as_csv([header, ["12/31/2021", "SOM", "KEN", "5"], ["31/12/2022", "SOM", "KEN", "7"]])
    assert {row["year"]: row["refugees"] for row in Read(tmp_path, "unhcr_population", body).rows} == {2021: 5, 2022: 7}
