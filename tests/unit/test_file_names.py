"""The day of capture in the name of a file: which names state one, and which may mean another."""

import datetime
import unicodedata

import pytest

from dashboard.intake import file_names
from dashboard.intake.file_names import captured_on_in_name

END_OF_JUNE = datetime.date(2024, 6, 30)


@pytest.mark.parametrize(
    "name",
    [
        "usage_2024-06-30.csv",
        "usage 2024_06_30.csv",
        "usage.2024.06.30.csv",
        "usage20240630.csv",
        "usage_20240630T120000.csv",
        "usage_20240630120000.xlsx",
        "usage-30-06-2024.csv",
        "usage 30.06.2024.csv",
        "30_06_2024_usage.csv",
        "Usage 30 06 2024.csv",
        "usage 06-30-2024.csv",  # 30 is no month
        "usage 30 June 2024.csv",
        "usage_30-jun-24.csv",
        "usage June 30, 2024.csv",
        "usage June 30th 2024.csv",
        "rapport du 30 juin 2024.xlsx",
        "informe 30 de junio de 2024.xlsx",
        "отчет 30 июня 2024.csv",
        "تقرير 30 يونيو 2024.csv",
        "usage June 2024.csv",
        "usage_jun-2024.csv",
        "2024 June usage.csv",
        "usage-june-24.csv",
        "rapport juin 2024.csv",
        "informe_junio_2024.xlsx",
        "informe de junio de 2024.xlsx",
        "отчет июнь 2024.csv",
        "报告 2024-06.csv",
        "usage 2024-06.csv",
        "usage_06-2024.csv",
        "usage 06.2024.csv",
        "usage 2024-06 (1).csv",
        "usage Q2 2024.csv",
        "usage_2024-Q2.csv",
        "usage 2024Q2 final.csv",
        "usage H1 2024.csv",
        "报告2024年6月30日.csv",
        "报告2024年6月.csv",
        "usage 2024-01-01 to 2024-06-30.csv",  # a span: taken on its last day at the earliest
        "usage Jan-Jun 2024.csv",
        "usage 2024-06-30 sent again 2099-01-01.csv",
    ],
)
def test_the_end_of_june_is_read_from_a_name(name):
    assert captured_on_in_name(name) == END_OF_JUNE


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("closures_captured_2020-05-28.csv", datetime.date(2020, 5, 28)),
        ("closures_2021-02_daily_to_2021-02-15.csv", datetime.date(2021, 2, 15)),
        ("enrollment-data-uis-feb-22.xlsx", datetime.date(2022, 2, 28)),
        ("duration-31-march-22.xlsx", datetime.date(2022, 3, 31)),
        ("closures_20200528.csv", datetime.date(2020, 5, 28)),
        ("closures_28-05-2020.csv", datetime.date(2020, 5, 28)),
        ("report 04-05-2024.csv", datetime.date(2024, 5, 4)),  # day first, as everywhere
        ("report 4.5.2024.csv", datetime.date(2024, 5, 4)),
        ("report février 2024.csv", datetime.date(2024, 2, 29)),
        ("closures_captured_2021-11_mixed-cadence.csv", datetime.date(2021, 11, 30)),
    ],
)
def test_other_days_are_read_as_they_are_written(name, day):
    assert captured_on_in_name(name) == day


@pytest.mark.parametrize(
    "name",
    [
        "march-of-the-penguins.csv",
        "v2020-13-45.csv",
        "usage 2024-06-31.csv",
        "closures_2099-12-31.csv",
        "closures_may-99.csv",
        "plain.csv",
        "usage 2024.csv",
        "usage v1.02.2024.csv",
        "enrolment 2009-10.csv",  # a school year
        "enrolment 2011-12.csv",
        "part 1 of 20.csv",
        "usage 30-06-24.csv",  # day, month and year in which order?
        "id 2024063012345678.csv",
        "top 10 2024.csv",
        "users 12 2024-25.csv",
        "Q5 2024.csv",
        "T2 2024.csv",  # a quarter in French, a term in English
    ],
)
def test_a_name_that_may_mean_another_day_states_none(name):
    assert captured_on_in_name(name) is None


def test_a_day_to_come_is_never_read(monkeypatch):
    class June(datetime.date):
        @classmethod
        def today(cls):
            return cls(2024, 6, 15)

    monkeypatch.setattr(file_names.datetime, "date", June)
    assert captured_on_in_name("usage June 2024.csv") is None
    assert captured_on_in_name("usage 2024-06-16.csv") is None
    assert captured_on_in_name("usage 2024-06-15.csv") == datetime.date(2024, 6, 15)
    assert captured_on_in_name("usage 2024-05 2024-06.csv") == datetime.date(2024, 5, 31)


@pytest.mark.parametrize("name", ["30 juin 2024.csv", "février 2024.csv", "март 2024.csv", "май 2024.csv"])
def test_letters_with_accents_in_two_signs_as_macs_write_them_are_the_same(name):
    assert captured_on_in_name(unicodedata.normalize("NFD", name)) == captured_on_in_name(name) is not None


def test_digits_of_any_script_are_digits():
    assert captured_on_in_name("٣٠-٠٦-٢٠٢٤.csv") == captured_on_in_name("２０２４-０６-３０.csv") == END_OF_JUNE
