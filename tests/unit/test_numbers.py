"""Numbers as people read them."""

import datetime

from dashboard.locales.numbers import MISSING, day, people, people_axis, share, whole

NO_BREAK = "\u00a0"


def test_people_are_written_out_below_a_million_and_named_above():
    assert people(999_999) == "999,999"
    assert people(1_109_517_626) == f"1.11{NO_BREAK}billion"
    assert people(31_637_408) == f"31.6{NO_BREAK}million"


def test_a_share_is_percent_with_one_decimal():
    assert share(0.62299) == f"62.3{NO_BREAK}%"
    assert share(0) == f"0.0{NO_BREAK}%"


def test_missing_is_never_zero():
    assert [people(None), share(None), whole(float("nan")), day(None)] == [MISSING] * 4
    assert whole(0) == "0"


def test_a_day_has_its_month_in_words():
    assert day(datetime.date(2020, 6, 26)) == "26 June 2020"


def test_an_axis_has_few_ticks_in_words():
    ticks = people_axis(1_600_000_000)
    assert ticks["tickvals"] == [0, 500_000_000, 1_000_000_000, 1_500_000_000, 2_000_000_000]
    assert ticks["ticktext"][2] == f"1{NO_BREAK}billion"


def test_a_click_names_its_country_on_an_area_and_on_a_circle():
    from dashboard.charts.world import clicked_country

    assert clicked_country({"location": "BRA"}) == "BRA"
    assert clicked_country({"location": None, "customdata": ["PRY", "43"]}) == "PRY"
    assert clicked_country({"location": None}) is None
