"""School closures, worked by hand from tests/fixtures. Learners: China 100, Italy 10, Kenya 50, France none."""

import datetime

import pytest

from dashboard.intake.front_door import import_file
from tests.exact import exact_answers

DAY = datetime.date


def world(ask, day, **more):
    return ask("school_closures/world_on_date", on_date=day, **more)[0]


def test_only_country_wide_closures_affect_learners(ask):
    row = world(ask, "2020-03-01")  # Italy closed (10), China partially open (100)
    assert (row["countries_closed"], row["countries_partial"], row["learners_affected"]) == (1, 1, 10)
    assert row["learners_total"] == 160  # 100 + 10 + 50
    assert row["share_affected"] == pytest.approx(10 / 160)


def test_a_status_holds_until_the_next_row_and_up_to_the_capture(ask):
    assert world(ask, "2020-03-17")["learners_affected"] == 60  # Italy since 1 March, Kenya since 15 March
    assert world(ask, "2020-03-20")["learners_affected"] == 150  # Kenya 50 and China 100; the capture is of this day
    assert world(ask, "2020-03-21")["learners_affected"] is None  # nothing is known of it


def test_a_country_without_a_row_yet_is_open_in_a_sparse_capture(ask):
    row = world(ask, "2020-02-20")
    assert row["countries_open"] == 209  # 210 are followed, China is partially open
    assert row["countries_closed"] == 0 and row["learners_affected"] == 0


def test_a_day_before_the_record_is_unknown_not_zero(ask):
    row = world(ask, "2020-01-01")
    assert row["countries_closed"] is None and row["share_affected"] is None
    assert row["learners_total"] == 160


def test_a_territory_is_kept_and_not_counted(ask):
    assert world(ask, "2020-03-18")["countries_partial"] == 0  # Hong Kong is partially open
    assert ask("school_closures/territories_on_date", on_date="2020-03-18") == [
        {"territory": "China, Hong Kong Special Administrative Region", "status": "partial"}
    ]
    codes = [row["country_iso3"] for row in ask("school_closures/status_by_country", on_date="2020-03-18")]
    assert "HKG" not in codes and "CHN" in codes


def test_countries_without_enrolment_are_counted(ask):
    assert world(ask, "2020-03-18")["countries_without_enrolment"] == 207  # of 210 all but China, Italy, Kenya


def test_three_definitions_stand_apart(ask):
    rows = ask("school_closures/affected_on_date", on_date="2020-03-01", partial_weight=0.25)
    assert [(row["definition"], row["learners_affected"]) for row in rows] == [
        ("closed", 10),
        ("weighted", 35),  # 10 + 100 × 0.25
        ("disrupted", 110),  # 10 + 100
    ]


def test_levels_and_sexes_sum_to_the_whole(ask):
    rows = ask("school_closures/affected_by_level", on_date="2020-03-18")
    assert sum(row["learners_affected"] for row in rows) == 150
    assert sum(row["learners_total"] for row in rows) == 160
    by_cell = {(row["level"], row["sex"]): row["learners_affected"] for row in rows}
    both = {row["level"]: row for row in ask("school_closures/totals_by_level", on_date="2020-03-18")}
    assert sum(row["learners_affected"] for row in both.values()) == 150
    assert sum(row["learners_total"] for row in both.values()) == 160
    assert both["pre_primary"]["learners_affected"] == 20  # girls 5 + 4, boys 5 + 6
    assert both["tertiary"]["learners_affected"] == 40  # girls 19, boys 21
    assert by_cell["primary", "female"] == 19  # China 9, Kenya 10
    assert by_cell["tertiary", "male"] == 21  # China only: Kenya's tertiary is not available


def test_planned_days_are_marked_and_not_counted_as_weeks(ask):
    planned = [row["on_date"] for row in ask("school_closures/affected_by_day") if row["is_planned"]]
    assert planned == [DAY(2020, 3, 25)]
    weeks = {
        row["country_iso3"]: row
        for row in ask("school_closures/weeks_by_country", from_date="2020-02-16", to_date="2020-03-31")
    }
    assert weeks["ITA"]["weeks_closed"] == 2  # 1 to 17 March: 17 days; the closure planned for the 25th would make it 3
    assert weeks["KEN"]["weeks_closed"] == 1  # 15 to 20 March: 6 days; the plan of the 25th is not a week
    assert weeks["KEN"]["weeks_partial"] == 1  # 10 to 14 March: 5 days
    assert weeks["CHN"]["weeks_partial"] == 4  # 16 February to 17 March: 31 days


def test_the_days_of_the_time_series_are_those_of_the_world_question(ask):
    for row in ask("school_closures/affected_by_day", partial_weight=0.5):
        day = world(ask, row["on_date"])
        assert (row["closed"], row["countries_closed"]) == (day["learners_affected"], day["countries_closed"])


def test_an_earlier_capture_is_asked_by_any_day_before_the_next(ask):
    assert world(ask, "2020-03-01", as_captured_on="2020-03-25")["captured_on"] == DAY(2020, 3, 20)
    assert world(ask, "2020-03-01", as_captured_on="2020-03-19")["captured_on"] is None


def test_a_country_card_tells_since_when(ask):
    card = ask("school_closures/country_on_date", country_iso3="KEN", on_date="2020-03-19")[0]
    assert (card["status"], card["since"], card["learners"]) == ("closed", DAY(2020, 3, 15), 50)


def test_weeks_of_a_region_weigh_learners(ask):
    rows = ask("school_closures/weeks_by_region", from_date="2020-03-01", to_date="2020-03-14")
    east = next(row for row in rows if row["sub_region"] == "Eastern Africa")
    assert east["learners"] == 50 and east["weeks_partial_per_learner"] == pytest.approx(5 / 7)  # Kenya, 10 to 14 March


def test_two_days_compared_list_the_countries_that_changed(ask):
    rows = ask("school_closures/changed_between", other_date="2020-03-01", on_date="2020-03-18")
    assert {row["country_iso3"]: (row["status_on_other_date"], row["status_on_date"]) for row in rows} == {
        "CHN": ("partial", "closed"),
        "ITA": ("closed", "open"),
        "KEN": ("open", "closed"),
    }
    by_status = {
        row["status"]: row
        for row in ask("school_closures/compare_dates", other_date="2020-03-01", on_date="2020-03-18")
    }
    assert (by_status["closed"]["countries_on_other_date"], by_status["closed"]["countries_on_date"]) == (1, 2)


def test_oxford_stands_beside_with_its_own_scale(ask):
    first, _, third = ask("school_closures/oxcgrt_by_day")
    assert (first["countries_required_some"], first["countries_recommended"], first["countries_no_measure"]) == (
        1,
        2,  # Kosovo, and France, of whose row only the second day is no level
        1,
    )
    assert third["countries_required_all"] == 2  # Italy and Kosovo; Kenya has no data


@pytest.fixture(scope="module")
def two_cadences(tmp_path_factory):
    """One capture that lists every day of 1 to 5 March, and a later one that lists 1 March and 1 April only."""
    folder = tmp_path_factory.mktemp("cadences")
    daily, monthly = folder / "daily.csv", folder / "monthly.csv"
    days = "".join(f"{day:02}/03/2020,KEN,Kenya,{'Open' if day < 3 else 'National'}\n" for day in range(1, 6))
    daily.write_text(f"Date,ISO,Country,Scale\n{days}")
    monthly.write_text("Date,ISO,Country,Scale\n01/03/2020,KEN,Kenya,Open\n01/04/2020,KEN,Kenya,Localized\n")
    import_file(folder / "store", "unesco_closures", daily, datetime.date(2020, 3, 5))
    import_file(folder / "store", "unesco_closures", monthly, datetime.date(2020, 4, 1))
    with exact_answers(folder / "store") as answers:
        yield lambda name, **params: answers.ask(name, params).to_pylist()


@pytest.mark.parametrize(
    ("day", "as_captured_on", "captured_on", "listed_on", "status"),
    [
        # Daily rows answer for 4 March, though the later capture's row of the 1st would hold until April.
        ("2020-03-04", None, "2020-03-05", "2020-03-04", "closed"),
        ("2020-03-04", "2020-04-01", "2020-04-01", "2020-03-01", "open"),
        # Nobody lists the 20th: the row of 1 March holds, and the answer says so.
        ("2020-03-20", None, "2020-04-01", "2020-03-01", "open"),
        ("2020-04-01", None, "2020-04-01", "2020-04-01", "partial"),
        # What was known on 10 March is what the capture of the 5th says.
        ("2020-03-04", "2020-03-10", "2020-03-05", "2020-03-04", "closed"),
    ],
)
def test_the_capture_with_most_rows_around_a_day_answers(
    two_cadences, day, as_captured_on, captured_on, listed_on, status
):
    answer = two_cadences("school_closures/answered_by", on_date=day, as_captured_on=as_captured_on)
    assert [(str(row["captured_on"]), str(row["listed_on"])) for row in answer] == [(captured_on, listed_on)]
    rows = two_cadences("school_closures/status_by_country", on_date=day, as_captured_on=as_captured_on)
    assert {row["country_iso3"]: row["status"] for row in rows}["KEN"] == status


def test_before_the_first_capture_nothing_was_known(two_cadences):
    assert two_cadences("school_closures/answered_by", on_date="2020-03-04", as_captured_on="2020-03-04") == []
    row = two_cadences("school_closures/world_on_date", on_date="2020-03-04", as_captured_on="2020-03-04")[0]
    assert row["captured_on"] is None and row["countries_closed"] is None


def test_the_statuses_of_a_country_follow_each_other(ask):
    runs = ask("school_closures/country_by_day", country_iso3="KEN")
    assert [
        (run["status"], run["from_date"], run["until_date"], run["days"]) for run in runs if not run["is_planned"]
    ] == [
        ("open", DAY(2020, 2, 16), DAY(2020, 3, 9), 23),  # 14 days of February and 9 of March
        ("partial", DAY(2020, 3, 10), DAY(2020, 3, 14), 5),
        ("closed", DAY(2020, 3, 15), DAY(2020, 3, 20), 6),
    ]
    assert {(run["status"], run["from_date"]) for run in runs if run["is_planned"]} == {("open", DAY(2020, 3, 25))}
    assert ask("school_closures/country_by_day", country_iso3="XXX") == []


def test_levels_of_a_country_are_affected_where_it_is_closed(ask):
    def levels(day):
        rows = ask("school_closures/country_by_level", country_iso3="KEN", on_date=day)
        return {(row["level"], row["sex"]): (row["learners_affected"], row["learners_total"]) for row in rows}

    closed = levels("2020-03-15")
    assert closed["primary", "female"] == (10, 10) and closed["secondary", "male"] == (12, 12)
    assert sum(affected for affected, _total in closed.values()) == 50

    def both_sexes(day):
        rows = ask("school_closures/totals_by_level", country_iso3="KEN", on_date=day)
        return {row["level"]: (row["learners_affected"], row["learners_total"]) for row in rows}

    assert sum(affected for affected, _total in both_sexes("2020-03-15").values()) == 50
    for day in ("2020-03-15", "2020-03-12", "2020-01-01"):
        cells = levels(day)
        assert {level for level, _sex in cells} == set(both_sexes(day)), "no level without a learner of the country"
    assert set(both_sexes("2020-03-12").values()) >= {
        (0, total) for _affected, total in both_sexes("2020-03-15").values()
    }
    assert {affected for affected, _total in both_sexes("2020-01-01").values()} == {None}
    assert levels("2020-03-12")["primary", "female"] == (0, 10)  # partially open
    assert levels("2020-01-01")["primary", "female"] == (None, 10)  # before the record
