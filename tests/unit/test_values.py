"""Numbers and dates as senders write them: what each reads as, and what is not read."""

import datetime

import pytest

from dashboard.intake.months import month_of
from dashboard.intake.values import date_of, no_value, serial_date, whole

DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y")
APRIL = datetime.date(2020, 4, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("3.0", 3),
        ("3.00", 3),
        ("0.0", 0),
        ("-159.0", -159),
        ("-159", -159),
        ("\u2212159", -159),
        ("1,234", 1234),
        ("1,234,567", 1234567),
        ("80\u202f418", 80418),
        ("2'900'000", 2900000),
        ("1.234.567", 1234567),
        ("12345.000", 12345),
        ("0.000", 0),
        ("3.000000", 3),
        ("3,0", 3),
        ("1,234.0", 1234),
        ("1.234,0", 1234),
        ("80\u202f418.00", 80418),
        ("1,234,567.000", 1234567),
        ("-1,234", -1234),
        ("١٢٣", 123),
        ("۱۲", 12),
        (" 42 ", 42),
        ("1.234", None),  # a thousand or a decimal
        ("3.000", None),
        ("3.5", None),
        ("2.5E+05", None),  # rounded by the spreadsheet
        ("1,23", None),
        ("1,234,0", None),
        ("1.234.000,5", None),
        ("1,234.5", None),
        ("0,000", None),
        ("12,000.00.0", None),
        ("1,234 567", None),
        ("--3", None),
        ("", None),
        ("three", None),
    ],
)
def test_a_whole_number_is_one_however_it_is_written(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "2020-04-01",
        "2020-04-01 00:00:00",
        "2020-04-01T00:00:00",
        "2020-04-01T00:00:00Z",
        "2020-04-01T00:00:00.000Z",
        "2020-04-01 00:00:00.000000",
        "2020-04-01T00:00:00+03:00",
        "2020-04-01 00:00:00 UTC",
        "2020-04-01 0:00",
        "2020-04-01 UTC",
        "01/04/2020 00:00",
        "01/04/2020 12:00:00 AM",
        "01-04-2020",
        "2020/04/01",
        "2020/4/1",
        "2020.04.01",
        "20200401",
        "1 April 2020",
        "01-Apr-20",
        "1-avr-2020",
        "1 de abril de 2020",
        "April 1, 2020",
        "1 апреля 2020",
        "1 أبريل 2020",
        "٢٠٢٠-٠٤-٠١",
        "٠١/٠٤/٢٠٢٠",
    ],
)
def test_the_first_of_april_is_read_however_it_is_written(text):
    assert date_of(text, DAY_FIRST) == APRIL


@pytest.mark.parametrize(
    "text",
    [
        "2020-04-01 14:30:00",  # which day it is depends on the zone
        "04/31/2020",
        "2020-31-04",
        "31 June 2020",
        "1 Ju 2020",
        "April 2020",
        "43922",  # a number of days only where the column is one of dates
        "00:00:00",
        "",
    ],
)
def test_what_may_be_another_day_is_no_date(text):
    assert date_of(text, DAY_FIRST) is None


def test_two_digits_of_a_year_are_of_the_nearest_century():
    assert date_of("17-Mar-85", ()) == datetime.date(1985, 3, 17)
    assert date_of("17-Mar-23", ()) == datetime.date(2023, 3, 17)


def test_a_spreadsheets_number_of_days_is_the_day_it_shows():
    assert serial_date("43922") == APRIL  # 1 January 2020 is 43831; + 91 days of January to March
    assert serial_date("43922.0") == APRIL
    assert serial_date("43922.5") is None and serial_date("2020") is None and serial_date("100000") is None


@pytest.mark.parametrize(
    ("word", "month"),
    [("June", 6), ("juin", 6), ("junio", 6), ("июнь", 6), ("июня", 6), ("يونيو", 6), ("حزيران", 6), ("六月", 6)]
    + [("févr.", 2), ("août", 8), ("aout", 8), ("dic", 12), ("sept", 9), ("mar", 3), ("jui", None), ("ju", None)]
    + [("market", None), ("usage", None)],
)
def test_months_are_known_by_their_names(word, month):
    assert month_of(word) == month


@pytest.mark.parametrize(
    "text", ["", "-", "*", "<5", "< 5", "1-4", "N/A", "n.a.", "..", "TBC", "#N/A", "Unknown", "null"]
)
def test_signs_and_words_for_missing_hold_no_value(text):
    assert no_value(text)


@pytest.mark.parametrize("text", ["0", "5", "<500000", "many", "12-34"])
def test_other_words_and_numbers_are_values(text):
    assert not no_value(text)
