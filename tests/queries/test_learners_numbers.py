"""Learners, worked by hand from tests/fixtures.

Coursera for Refugees: alpha reports P1 P2 P3 P6 and, on its register only, P7; beta reports P1 again, P4 and P5.
P4 never started; P5 audited; P6 has no id in the report, only an address that the register gives beside the id;
P8 did not consent. Kiron Campus: K1. DLSEI: D1 in both phases, D2 in the second. Newest files: 31 December 2019.
"""

import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.warehouse.answers import Held, bind, sealed
from dashboard.warehouse.catalog import question

DAY = datetime.date


def headline(ask, **params):
    (row,) = ask("overview/headline", **params)
    return row


@pytest.mark.parametrize("day", [None, DAY(2019, 3, 1), DAY(2019, 6, 30), DAY(1990, 1, 1), DAY(2030, 1, 1)])
@pytest.mark.parametrize("programme", [None, "for_refugees", "coursera_for_refugees", "nobody"])
def test_reach_is_that_of_the_headline_whichever_question_has_it(ask, day, programme):
    (row,) = ask("overview/reached", programme_id=programme, on_date=day)
    head = headline(ask, programme_id=programme, on_date=day)
    assert row == {name: head[name] for name in ("on_date", "learners_reached", "countries")}


def test_reach_links_across_partners_and_lies_between_its_bounds(ask):
    row = headline(ask, programme_id="coursera_for_refugees")
    assert row["learners_reached"] == 5  # P1 P2 P3 P5 P6
    # Kenya, women of 18-24: alpha P1 P6, beta P1, so 2; Kenya, men of 25-34: P2; Italy: P3 or P5, so 1.
    assert row["unique_lower"] == 4
    assert row["unique_upper"] == 6  # alpha P1 P2 P3 P6, beta P1 P5
    assert (row["countries"], row["partners"]) == (2, 2)  # Kenya and Italy


def test_a_certificate_reported_twice_is_one_and_a_specialisation_is_not_added(ask):
    row = headline(ask, programme_id="coursera_for_refugees")
    assert (row["credentials"], row["learners_with_credential"]) == (2, 2)  # P1 c1, P6 g1; P5 audited
    kinds = {r["credential_type"]: r for r in ask("overview/credentials_by_type", programme_id="coursera_for_refugees")}
    assert {kind: (r["credentials"], r["is_stacked"]) for kind, r in kinds.items()} == {
        "course": (1, False),
        "guided project": (1, False),
        "specialisation": (1, True),
    }


def test_reach_is_counted_by_the_day_asked(ask):
    assert headline(ask, programme_id="coursera_for_refugees", on_date="2019-01-09")["learners_reached"] == 0
    assert headline(ask, programme_id="coursera_for_refugees", on_date="2019-01-15")["learners_reached"] == 2  # P1 P2
    assert (
        headline(ask, programme_id="coursera_for_refugees", on_date="2019-03-01")["learners_reached"] == 4
    )  # and P5 P6
    assert headline(ask, on_date="2030-01-01")["on_date"] == DAY(2019, 12, 31)


def test_totals_over_programmes_leave_out_the_rehearsal(ask):
    assert headline(ask, programme_id="for_refugees")["learners_reached"] == 6  # and K1
    assert headline(ask)["learners_reached"] == 8  # and D1 D2
    assert headline(ask, programme_id="oulad")["learners_reached"] == 3  # students 1 2 3; 4 left before it began


def test_a_hub_is_alive_for_sixty_days_after_an_event(ask):
    alive = {
        day: headline(ask, programme_id="coursera_for_refugees", on_date=day)["hubs"]
        for day in ("2019-01-10", "2019-04-11", "2019-04-12")
    }
    assert list(alive.values()) == [1, 1, 0]  # P1 at a: last seen on 10 February, 60 and 61 days before


def test_a_programme_without_files_is_zero_not_an_error(ask):
    rows = ask("overview/headline", programme_id="global_education_coalition")
    assert rows[0]["on_date"] is None and rows[0]["learners_reached"] == 0


def test_the_newest_file_is_that_of_the_choice(ask):
    refugees, dlsei = "coursera_for_refugees", "dlsei"
    assert ask("overview/newest_file", programme_id=refugees, partner_id="alpha") == [{"on_date": DAY(2019, 12, 31)}]
    assert ask("overview/newest_file", programme_id=dlsei, partner_id="alpha") == [{"on_date": None}], "no learner"


def test_steps_count_people_once_across_partners(ask):
    rows = ask("completion_funnel/learners_per_step", programme_id="coursera_for_refugees")
    # P1 to P7; without P7; without P4; without P2, last seen after 3 days; P1 P5 P6; P1 P6; P1.
    assert [row["learners"] for row in rows] == [7, 6, 5, 4, 3, 2, 1]
    assert rows[2]["share_of_previous"] == pytest.approx(5 / 6) and rows[2]["share_of_first"] == pytest.approx(5 / 7)
    assert rows[0]["share_of_previous"] is None


def test_steps_obey_partner_country_and_months(ask):
    def steps(**params):
        return [
            row["learners"]
            for row in ask("completion_funnel/learners_per_step", programme_id="coursera_for_refugees", **params)
        ]

    # Of beta P1 P4 P5. Recognition is alpha's list, so beta knows none.
    assert steps(partner_id="beta") == [3, 3, 2, 2, 2, 1, 0]
    assert steps(country_host="KEN") == [3, 3, 3, 2, 2, 2, 1]  # P1 P2 P6
    assert steps(country_host="unknown") == [1, 1, 0, 0, 0, 0, 0]  # P4
    # January: P1 (2nd), P2 (5th). February: P5, P6 (register, 1st), P7. March: P4. November: P3.
    assert steps(from_month="2019-02-01", to_month="2019-03-01")[0] == 4
    assert steps(to_month="2019-01-31")[0] == 2
    assert steps(from_month="2019-02-15")[0] == 5  # the whole month of the day is in


def test_steps_split_by_sex_keep_those_not_reported(ask):
    rows = ask("completion_funnel/steps_split", attribute="sex", programme_id="coursera_for_refugees")
    registered = {row["attribute_value"]: row["learners"] for row in rows if row["step"] == "Registered"}
    assert registered == {"female": 2, "male": 2, "not reported": 3}  # P1 P6; P2 P7; P3 P4 P5


def test_women_are_a_share_of_those_reported(ask):
    started = ask("overview/women_by_step", programme_id="coursera_for_refugees")[2]
    assert (started["women"], started["men"], started["not_reported"]) == (2, 1, 2)
    assert started["share_women"] == pytest.approx(2 / 3)
    assert started["share_not_reported"] == pytest.approx(2 / 5)


def test_countries_by_host_and_origin(ask):
    by_host = {row["country_iso3"]: row["learners"] for row in ask("reach_map/learners_by_country", by="host")}
    assert by_host == {"KEN": 3, "ITA": 2, "DEU": 1}  # programmes for refugees: P1 P2 P6; P3 P5; K1
    by_origin = {row["country_iso3"]: row["learners"] for row in ask("reach_map/learners_by_country", by="origin")}
    assert by_origin == {"SOM": 2, "SSD": 1}  # P1 P6; P2
    kenya = next(row for row in ask("reach_map/learners_by_country", by="host") if row["country_iso3"] == "KEN")
    assert kenya["refugees_hosted"] == 160  # 100 + 50 + 10 in the fixture of 2023
    assert kenya["learners_per_1000_refugees"] == pytest.approx(1000 * 3 / 160)
    (totals,) = ask("reach_map/learner_totals", by="origin", programme_id="for_refugees")
    assert (totals["learners"], totals["learners_unknown"]) == (6, 3)  # P3 P5 K1


def test_newcomers_are_countries_first_reached_since_the_day(ask):
    rows = ask("reach_map/newcomers", by="host", from_date="2019-01-18", programme_id="for_refugees")
    assert {row["country_iso3"]: row["first_on"] for row in rows} == {
        "ITA": DAY(2019, 2, 1),
        "DEU": DAY(2019, 1, 20),
    }


def test_a_country_card_counts_people_and_partners(ask):
    (card,) = ask("reach_map/country_card", country_iso3="KEN", programme_id="coursera_for_refugees")
    assert (card["learners"], card["learners_completed"], card["learners_registered"]) == (
        3,
        2,
        3,
    )  # P1 and P6 completed
    assert card["partners"] == 2


def test_flows_join_origin_and_host(ask):
    rows = ask("reach_map/learner_flows", programme_id="for_refugees")
    assert [(r["origin_iso3"], r["country_iso3"], r["learners"]) for r in rows] == [
        ("SOM", "KEN", 2),
        ("SSD", "KEN", 1),
    ]


def test_completion_is_of_matured_verified_runs_and_nobody_under_way_has_failed(ask):
    (row,) = ask("overview/matured_completion", programme_id="coursera_for_refugees")
    # Enrolled 180 days before 31 December: P1 P2 P4 P5 P6, of whom P5 audits; completed within 180 days: P1 P6.
    assert (row["verified_matured"], row["verified_completed"]) == (4, 2)
    assert row["share_of_enrolled"] == pytest.approx(3 / 5)
    assert row["share_of_started"] == pytest.approx(3 / 4)  # without P4
    assert row["share_of_intended"] == pytest.approx(2 / 2)  # P1 and P6 said so
    assert (row["runs"], row["completed_so_far"]) == (6, 3)


def test_course_runs_without_completion_are_under_way_quiet_or_ended_and_add_up(ask):
    # P2 was taken out of the programme. P3 was last seen 11 days before the file of 31 December; P4 enrolled on
    # 1 March, 305 days before, and never had a learning event.
    (row,) = ask("overview/matured_completion", programme_id="coursera_for_refugees")
    assert (row["ended_so_far"], row["withdrawn_so_far"], row["failed_so_far"]) == (1, 1, 0)
    assert (row["under_way_so_far"], row["quiet_so_far"]) == (1, 1)
    # DLSEI: D1 completed c1 and was last seen in c2 on 5 August, 148 days before; D2 on 30 December.
    assert [(r["outcome"], r["runs"]) for r in ask("programmes/outcomes", programme_id="dlsei")] == [
        ("under way", 2),
        ("completed", 1),
    ]
    for programme in ("coursera_for_refugees", "kiron_campus", "dlsei", "oulad", "for_refugees", None):
        (row,) = ask("cohorts/standing", programme_id=programme)
        parts = ("completed_so_far", "ended_so_far", "under_way_so_far", "quiet_so_far")
        assert row["runs"] == sum(row[part] for part in parts), programme


def test_a_curve_counts_those_under_way_as_long_as_observed(ask):
    rows = ask("cohorts/completion_curve", programme_id="coursera_for_refugees")
    # P2 left on day 3; P1 and P6 completed on day 31, P5 on day 90; P3 last observed on day 60, P4 on day 305.
    assert [(r["day"], r["at_risk"], r["completed"], r["withdrawn"]) for r in rows] == [
        (0, 6, 0, 0),
        (3, 6, 0, 1),
        (31, 5, 2, 0),
        (60, 3, 0, 0),
        (90, 2, 1, 0),
        (305, 1, 0, 0),
    ]
    # 0; 5/6 x 2/5 = 1/3; then survival 5/6 x 3/5 = 1/2, x 1/2 = 1/4 more.
    assert [r["completion_share"] for r in rows] == pytest.approx([0, 0, 1 / 3, 1 / 3, 7 / 12, 7 / 12])
    assert all(r["ci_low"] <= r["completion_share"] <= r["ci_high"] for r in rows)


def test_a_curve_of_an_intake_and_of_women(ask):
    rows = ask("cohorts/completion_curve", programme_id="coursera_for_refugees", cohort_month="2019-01-01")
    assert rows[0]["at_risk"] == 2 and rows[-1]["completion_share"] == pytest.approx(1 / 2)  # P1, P2
    women = ask(
        "cohorts/completion_curve", programme_id="coursera_for_refugees", attribute="sex", attribute_value="female"
    )
    assert women[0]["at_risk"] == 2 and women[-1]["completion_share"] == pytest.approx(1)  # P1 P6
    assert ask("cohorts/completion_curve", programme_id="coursera_for_refugees", cohort_month="2015-01-01") == []


def test_withdrawal_and_completion_never_sum_to_more_than_all(ask):
    done = ask("cohorts/completion_curve", programme_id="coursera_for_refugees")[-1]["completion_share"]
    left = ask("cohorts/withdrawal_curve", programme_id="coursera_for_refugees")[-1]["withdrawal_share"]
    assert left == pytest.approx(1 / 6) and done + left <= 1


def test_two_cohorts_differ_by_day_with_an_interval(ask):
    (row,) = ask(
        "cohorts/difference",
        programme_id="coursera_for_refugees",
        partner_id="alpha",
        other_programme_id="coursera_for_refugees",
        other_partner_id="beta",
        by_day=60,
    )
    assert (row["runs"], row["other_runs"]) == (4, 3)  # P1 P2 P3 P6; P1 P4 P5
    # alpha by day 60: 3/4 x 2/3 = 1/2 of which P1 P6; beta: P1, 1/3.
    assert (row["share"], row["other_share"]) == (pytest.approx(1 / 2), pytest.approx(1 / 3))
    assert row["difference"] == pytest.approx(1 / 6) and row["difference_low"] < 0 < row["difference_high"]
    assert not row["is_clear"] and row["is_small"]


def test_like_for_like_weighs_only_what_both_have(ask):
    (row,) = ask(
        "cohorts/like_for_like",
        programme_id="coursera_for_refugees",
        partner_id="alpha",
        other_programme_id="coursera_for_refugees",
        other_partner_id="beta",
    )
    # Matured: alpha P1 P2 P6 (2 of 3), beta P1 P4 P5 (2 of 3). Both have c1, women, first quarter: P1 against P1.
    assert (row["runs"], row["crude_share"]) == (3, pytest.approx(2 / 3))
    assert (row["strata"], row["runs_used"], row["other_runs_used"]) == (1, 1, 1)
    assert row["standard_difference"] == pytest.approx(0) and row["is_small"]


def test_quiet_learners_are_those_under_way_and_not_seen(ask):
    def quiet(days):
        (row,) = ask("cohorts/quiet_learners", programme_id="coursera_for_refugees", quiet_days=days)
        return row["learners_quiet"], row["learners_unfinished"]

    # P3, last seen 11 days before the file. P2 was taken out of the programme, so is not under way; P4 never began.
    assert quiet(11) == (1, 1)
    assert quiet(12) == (0, 1)


def test_recognition_keeps_pending_beside_the_rate(ask):
    (row,) = ask("credit_recognition/pathway")
    assert (row["requested"], row["decided"], row["recognised"], row["refused"], row["pending"]) == (3, 2, 1, 1, 1)
    assert row["recognition_rate"] == pytest.approx(1 / 2)
    assert (row["ects_requested"], row["ects_awarded"], row["transferred"]) == (12, 4, 1)
    assert row["median_wait_days"] == 30  # 40 and 20
    assert row["median_pending_days"] == 30  # 1 to 31 December
    assert (row["agreements"], row["agreement_countries"]) == (2, 2)
    assert ask("credit_recognition/reasons") == [{"reason": "level", "refused": 1, "share_of_refused": 1.0}]
    france = ask("credit_recognition/agreements_by_country")[1]
    assert (france["country_iso3"], france["universities"], france["recognised"]) == ("FRA", 1, 0)


def test_phases_count_people_and_hours_by_basis(ask):
    rows = {row["phase"]: row for row in ask("programmes/phases", programme_id="dlsei")}
    assert (rows["I"]["learners"], rows["II"]["learners"]) == (1, 2)  # D1; D1 D2
    assert (rows["I"]["hours_estimated"], rows["II"]["hours_estimated"]) == (10, 11)  # 10; 5 + 6
    assert (rows["II"]["hours_attested"], rows["II"]["hours_measured"]) == (5, None)
    assert (rows["II"]["courses"], rows["II"]["guided_projects"], rows["II"]["domains"]) == (40, 25, 2)
    assert rows["I"]["seats"] == 4 and rows["I"]["domains"] is None
    kiron = ask("programmes/phases", programme_id="kiron_campus")
    assert [(r["phase"], r["learners"], r["hours_measured"], r["hours_estimated"]) for r in kiron] == [("all", 1, 7, 9)]
    targets = ask("programmes/targets", programme_id="dlsei")
    assert targets[0]["share_of_completion_target"] == pytest.approx(1 / 2)  # one of two planned


def test_outcomes_of_the_rehearsal_are_its_own(ask):
    outcomes = {row["outcome"]: row["runs"] for row in ask("programmes/outcomes", programme_id="oulad")}
    assert outcomes == {"completed": 1, "distinction": 1, "failed": 1, "withdrawn": 2}
    curve = ask("cohorts/withdrawal_curve", programme_id="oulad")
    # Timed: student 2 left after 30 days, 3 failed after 105, 1 passed after 110 and 120; 4 has no day of registration.
    assert curve[0]["at_risk"] == 4 and curve[-1]["withdrawal_share"] == pytest.approx(1 / 4)


def test_partners_are_ranked_by_what_they_report(ask):
    rows = ask("overview/partner_shares", programme_id="coursera_for_refugees")
    assert [(row["partner_id"], row["learners_reached"]) for row in rows] == [("alpha", 4), ("beta", 2)]
    assert rows[0]["share_of_reports"] == pytest.approx(4 / 6) and rows[0]["share_top_three"] == 1


def test_retention_leaves_small_months_out(ask):
    assert ask("cohorts/retention", programme_id="coursera_for_refugees") == []


def test_shares_of_partners_have_their_base_in_the_answer(ask):
    row = ask("overview/partner_shares", programme_id="coursera_for_refugees")[0]
    assert (row["learners_of_three"], row["learners_reported"]) == (6, 6)  # alpha 4 and beta 2, who are all


def test_credentials_are_per_learner_and_per_holder(ask):
    (row,) = ask("overview/credentials_each", programme_id="coursera_for_refugees")
    assert (row["credentials"], row["learners_reached"], row["learners_with_credential"]) == (2, 5, 2)  # P1 c1, P6 g1
    assert row["credentials_per_learner"] == pytest.approx(2 / 5) and row["credentials_per_holder"] == 1
    assert ask("overview/credentials_each", on_date="2019-01-15")[0]["credentials_per_holder"] is None  # nobody holds


def test_completions_are_counted_for_each_partner(ask):
    rows = ask("overview/partner_results", programme_id="coursera_for_refugees")
    names = ("partner_id", "learners_registered", "learners_completed", "runs", "completions", "credentials")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("alpha", 6, 2, 4, 2, 2),  # P1 c1 and P6 g1 of P1 P2 P3 P6; P5 and P7 without a course run
        ("beta", 3, 2, 3, 2, 1),  # P1 c1 and P5 c2, who audits, of P1 P4 P5
    ]
    assert all(row["is_small"] for row in rows) and rows[1]["share_completed"] == pytest.approx(2 / 3)
    assert len(ask("overview/partner_results", programme_id="coursera_for_refugees", partner_id="beta")) == 1


def test_hours_stand_by_basis_and_for_each_learner_reached(ask):
    rows = ask("programmes/hours", programme_id="dlsei")
    assert [(r["phase"], r["hours_basis"], r["hours"], r["learners_reached"]) for r in rows] == [
        ("I", "estimated", 10, 1),  # D1
        ("II", "attested", 5, 2),  # D2, as the register has it
        ("II", "estimated", 11, 2),  # D1 5, D2 6
        ("all", "attested", 5, 2),
        ("all", "estimated", 21, 2),
    ]
    assert rows[2]["hours_per_learner"] == 5.5


def parity(folder, women, men, not_reported):
    """The index by step for (registered, enrolled, completed) of each sex; other steps as completed."""
    steps = ("registered", "enrolled", "started", "active", "completed", "credential", "recognised")
    rows = [
        {
            **{"programme_id": "all", "partner_id": "all", "attribute": "sex", "attribute_value": sex, "month": None},
            **dict(zip(steps, (counts[0], counts[1], *[counts[2]] * 5), strict=True)),
        }
        for sex, counts in (("female", women), ("male", men), ("not reported", not_reported))
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "cube_funnel.parquet")
    engine = sealed({"cube_funnel": Held(folder / "cube_funnel.parquet")}, False)
    asked = question("completion_funnel/parity")
    found = engine.ask(asked.sql, bind(asked, {})).to_pylist()
    engine.close()
    return {row["step"]: row for row in found}


def test_the_parity_index_is_of_rates_and_the_same_both_ways(tmp_path):
    # Enrolled: women 98 of 100, men 50 of 50: 0.98. Completed: women 50 of 100, men 20 of 50: 2 - 0.4 / 0.5 = 1.2.
    found = parity(tmp_path, (100, 98, 50), (50, 50, 20), (20, 20, 5))
    assert (found["Enrolled"]["gpia"], found["Enrolled"]["is_parity"]) == (pytest.approx(0.98), True)
    assert (found["Completed"]["gpia"], found["Completed"]["is_parity"]) == (pytest.approx(1.2), False)
    assert found["Completed"]["share_not_reported"] == pytest.approx(20 / 170)
    turned = parity(tmp_path, (50, 50, 20), (100, 98, 50), (20, 20, 5))["Completed"]
    assert turned["gpia"] == pytest.approx(0.8)  # 0.4 / 0.5


def test_parity_is_judged_by_the_index_as_it_is_shown(tmp_path):
    # Women 0.58, men 0.56: 2 - 0.56 / 0.58 = 1.0345, shown as 1.03. Women 0.6, men 0.57: 1.05. Women 30 and men 31
    # of 100: 0.9677, shown as 0.97.
    for women, men, index, is_parity in ((58, 56, 1.0345, True), (60, 57, 1.05, False), (30, 31, 0.9677, True)):
        found = parity(tmp_path, (100, 100, women), (100, 100, men), (0, 0, 0))["Completed"]
        assert (found["gpia"], found["is_parity"]) == (pytest.approx(index, abs=1e-4), is_parity)


def test_there_is_no_parity_index_without_a_base(tmp_path):
    few = parity(tmp_path, (29, 29, 10), (50, 50, 20), (5, 5, 5))["Completed"]
    assert (few["gpia"], few["is_parity"], few["why_none"]) == (None, None, "too_few")
    # 40 of 190 are 21 %.
    unknown = parity(tmp_path, (100, 98, 50), (50, 50, 20), (40, 40, 5))["Completed"]
    assert (unknown["gpia"], unknown["why_none"]) == (None, "not_reported")
    assert unknown["share_not_reported"] == pytest.approx(40 / 190)
