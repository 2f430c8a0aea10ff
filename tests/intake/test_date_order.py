"""The order of day and month is one rule for lists and public records too; each day is worked by hand."""

import datetime

import pytest

from tests.intake.making import Read, as_csv, as_xlsx

ACTIVITIES = ["Organisation", "Sector", "Country", "Start date"]
CLOSURES = ["Date", "ISO", "Status"]
REGISTER = ["partner_id", "programme_id", "learner_id", "consent", "registered_on", "withdrawn_on", "date_of_birth"]
USAGE = ["External Id", "Course", "Course ID", "Overall Progress", "Completed", "Program Slug"]
USAGE += ["Enrollment Time", "Last Course Activity Time"]
HUBS = ["hub_id", "hub", "country_iso3", "latitude", "longitude", "announced_on"]


def activities(*days):
    rows = [[f"Member {n}", "Education", "KEN", day] for n, day in enumerate(days)]
    return as_csv([ACTIVITIES, *rows])


def closures(*days, status="Fully open"):
    return as_csv([CLOSURES, *([day, "KEN", status] for day in days)])


def hubs(*days):
    return as_csv([HUBS, *([f"h{n}", f"Hub {n}", "KEN", "1.0", "36.0", day] for n, day in enumerate(days))])


def register(write, *days):
    """Invented learners with the days on which each registered, left and was born."""
    rows = [["reliefworks", "coursera_for_refugees", f"RW-{n}", "Yes", *of_one] for n, of_one in enumerate(days)]
    return write([REGISTER, *rows])


def usage(*days):
    rows = [[f"RW-{n}", "Databases", "db1", "35", "No", "a-programme", *of_one] for n, of_one in enumerate(days)]
    return as_csv([USAGE, *rows])


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


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
@pytest.mark.parametrize("at", [0, 1])
def test_a_column_of_a_register_is_not_read_by_the_order_of_another(tmp_path, write, at):
    """Days of birth come from papers, with the day first; the other two from a program that puts the month first."""
    days = [["2021-05-16", "2023-05-16", "25/12/1990"] for _ in range(8)]
    for n, of_one in enumerate(days):
        of_one[at] = f"0{n + 1}/04/202{1 if at == 0 else 3}"
    found = Read(tmp_path, "partner_learners", register(write, *days))
    assert found.asks == "date_order" and found.refused.startswith("7 dates can be read in two ways")
    days[0][at] = f"17/04/202{1 if at == 0 else 3}"
    read = Read(tmp_path, "partner_learners", register(write, *days))
    assert read.report.published == 8
    assert [day[5:] for day in days_of(read, REGISTER[4 + at])][-2:] == ["04-08", "04-17"]


def test_a_few_days_in_doubt_are_set_aside_in_the_column_that_proves_nothing(tmp_path):
    days = [["17/04/2021", "", ""] for _ in range(30)]
    days[0][1], days[1][0] = "03/04/2023", "03/04/2021"
    read = Read(tmp_path, "partner_learners", register(as_csv, *days))
    assert read.reasons == {"withdrawn_on: day and month can be read in two orders; write YYYY-MM-DD": 1}
    assert "2021-04-03" in days_of(read, "registered_on")


@pytest.mark.parametrize(
    ("proven", "aside"), [("17/04/2021", "last_activity_on"), ("2021-04-17T08:00:00Z", "enrolled_on")]
)
def test_exports_read_by_columns_are_asked_and_set_aside_column_by_column(tmp_path, proven, aside):
    days = [[proven, "2022-01-05T08:00:00Z"] for _ in range(40)]
    days[0] = ["03/04/2021", "05/06/2022"]
    read = Read(tmp_path, "coursera_usage", usage(*days))
    assert read.reasons == {f"{aside}: day and month can be read in two orders; write YYYY-MM-DD": 1}
    assert (read.report.rows_in, read.report.published) == (40, 39)
    found = Read(tmp_path, "coursera_usage", usage(*([["17/04/2021", "05/06/2022"]] * 5)))
    assert found.asks == "date_order" and found.refused.startswith("5 dates can be read in two ways")


def test_a_column_of_both_orders_is_asked_about_and_never_read_as_one(tmp_path):
    days = [["17/04/2021", "", ""]] * 5 + [["04/17/2021", "", ""]] * 5 + [["03/04/2021", "", ""]]
    found = Read(tmp_path, "partner_learners", register(as_csv, *days))
    assert found.asks == "date_order" and "no order reads them all" in found.refused
    found = Read(tmp_path, "partner_learners", register(as_csv, *days), date_order="day_first")
    assert "5 of 11 dates of the column “Registered on” cannot be read with the day first" in found.refused


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_days_that_a_spreadsheet_exchanged_are_asked_about(tmp_path, write):
    """It put the month first: 03/04 became 4 March, and 17/04, which it could not read, stayed text."""
    days = [[f"2021-{month:02}-0{month - 1}", "", ""] for month in range(2, 9)]
    days += [["17/04/2021", "", ""], ["18/04/2021", "", ""], ["30/05/2021", "", ""]]
    found = Read(tmp_path, "partner_learners", register(write, *days))
    assert found.asks == "date_order" and "seem to have been changed by a spreadsheet: 7 that" in found.refused
    assert Read(tmp_path, "partner_learners", register(write, *days), date_order="day_first").report.published == 10
    days.append(["2021-04-19", "", ""])
    assert Read(tmp_path, "partner_learners", register(write, *days)).report.published == 11


RECOGNITIONS = ["partner_id", "learner_id", "university", "university_country", "requested_on"]
NEEDS = ["need_id", "country_iso3", "level", "language", "highest_tier", "people", "raised_on"]
SESSIONS = ["hub_id", "session_id", "held_on", "kind", "attendance"]
TEXT_CELLS = {
    "partner_learners": (REGISTER[:5], ["reliefworks", "coursera_for_refugees", "RW-{n}", "Yes"], "registered_on"),
    "coursera_usage": (USAGE[:7], ["RW-{n}", "Databases", "db1", "35", "No", "a-programme"], "enrolled_on"),
    "recognitions": (RECOGNITIONS, ["kiron", "RW-{n}", "A university", "DEU"], "requested_on"),
    "contributions_5w": (ACTIVITIES, ["Member {n}", "Education", "KEN"], "began_on"),
    "hubs": (HUBS, ["h{n}", "Hub {n}", "KEN", "1.0", "36.0"], "announced_on"),
    "needs": (NEEDS, ["n{n}", "KEN", "primary", "sw", "no-tech", "100"], "raised_on"),
}


@pytest.mark.parametrize("source", TEXT_CELLS)
@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_text_cells_of_every_kind_of_source_are_asked_about_and_read_as_declared(tmp_path, source, write):
    header, sound, kept = TEXT_CELLS[source]
    rows = [[*(cell.format(n=n) for cell in sound), f"0{n}/04/2021"] for n in (1, 2, 3, 5, 6)]
    body, said = write([header, *rows]), {"partner": "reliefworks"}
    assert Read(tmp_path, source, body, **said).asks == "date_order"
    for order, days in (("day_first", ["04-01", "04-02", "04-03", "04-05", "04-06"]),
                        ("month_first", ["01-04", "02-04", "03-04", "05-04", "06-04"])):  # fmt: skip
        read = Read(tmp_path, source, body, date_order=order, **said)
        assert [day[5:] for day in days_of(read, kept)] == days


SHORT_YEAR_FIRST = "2 of 5 dates of the column “Registered on” have a year of two digits that seems to stand first"


def test_a_year_of_two_digits_that_stands_first_is_never_read_as_a_day(tmp_path):
    # 29 March 2024 and 31 December 2023, of which nobody registered in 1929 and 1931; the others could be of 2017 and
    # 2005.
    days = ["24-03-17", "23-11-05", "24-03-29", "23-12-31", "22-01-02"]
    found = Read(tmp_path, "partner_learners", register(as_csv, *((day, "", "") for day in days)))
    assert SHORT_YEAR_FIRST in found.refused and "YYYY-MM-DD" in found.refused and not found.asks
    moments = [(f"{day} 08:00", "") for day in days]
    assert "2 of 5 dates" in Read(tmp_path, "coursera_usage", usage(*moments)).refused
    # 95 is no day, so that 05-03-01 is the first of March 2005 beside it.
    born = register(as_csv, *(("2023-01-05", "", day) for day in ("95-05-28", "05-03-13")))
    assert "Date of birth" in Read(tmp_path, "partner_learners", born).refused


def test_a_year_of_two_digits_that_stands_last_is_read(tmp_path):
    days = ["17-03-24", "29-11-23", "05-06-22"]  # no year is 29
    found = Read(tmp_path, "partner_learners", register(as_csv, *((day, "", "") for day in days)))
    assert days_of(found, "registered_on") == ["2022-06-05", "2023-11-29", "2024-03-17"]


def test_a_date_with_a_short_year_that_puts_no_other_in_doubt_is_set_aside(tmp_path):
    found = Read(tmp_path, "partner_learners", register(as_csv, ("2024-03-17", "", ""), ("24-03-29", "", "")))
    assert days_of(found, "registered_on") == ["2024-03-17"]
    assert found.report.quarantined[0].line == 3


@pytest.mark.parametrize("day", ["1970-01-01", "1900-01-01", "17/03/66", "17/03/2566", "1402/01/26"])
def test_nobody_registered_before_2000_or_in_another_calendar(tmp_path, day):
    found = Read(tmp_path, "partner_learners", register(as_csv, ("2024-03-17", "", ""), (day, "", "")))
    assert days_of(found, "registered_on") == ["2024-03-17"] and found.report.quarantined[0].line == 3


def test_a_week_is_no_day_of_an_enrolment(tmp_path):
    found = Read(tmp_path, "coursera_usage", usage(("2023-W02-2", ""), ("2023-W02", ""), ("2023W02", "")))
    assert days_of(found, "enrolled_on") == ["2023-01-10"]  # Tuesday of the second week
    assert found.reasons == {"enrolled_on: a week, and no day of it": 2}


@pytest.mark.parametrize("day", ["05.04.2020", "5. 4. 2020", "2020年4月5日", "٠٥.٠٤.٢٠٢٠"])
def test_dots_and_chinese_signs_have_one_order_in_every_source(tmp_path, day):
    assert days_of(Read(tmp_path, "unesco_closures", closures(day)), "on_date") == ["2020-04-05"]
    assert days_of(Read(tmp_path, "contributions_5w", activities(day), partner="x"), "began_on") == ["2020-04-05"]


@pytest.mark.parametrize(
    "day", ["1er avril 2020", "1st April 2020", "1 апреля 2020 г.", "April 1st 2020", "1 de abril del 2020"]
)
def test_a_day_in_words_is_the_same_in_lists_and_in_registers(tmp_path, day):
    assert days_of(Read(tmp_path, "unesco_closures", closures(day)), "on_date") == ["2020-04-01"]
    found = Read(tmp_path, "partner_learners", register(as_csv, (day, "", "")))
    assert days_of(found, "registered_on") == ["2020-04-01"]


@pytest.mark.parametrize("day", ["1/4/20 2020", "2020-04-01 09:30", "43922.5", "1402/01/13", "April 2020"])
def test_what_is_no_day_of_a_list_stays_none(tmp_path, day):
    assert Read(tmp_path, "unesco_closures", closures(day, "2020-04-02", "2020-04-03")).report.published == 2
