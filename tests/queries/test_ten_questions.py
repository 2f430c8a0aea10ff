"""Ten questions that UNESCO staff ask, each with its answer on the fixtures, added up in the head.

The one about what changed since Friday wants several releases and is asked in tests/pages/test_what_changed.py.
"""

import datetime

DAY = datetime.date
THE_20TH = DAY(2020, 3, 20)


def test_on_a_day_which_countries_are_closed_partial_on_break_open_and_how_many_learners_by_level_and_sex(ask):
    status = {r["country_iso3"]: r["status"] for r in ask("school_closures/status_by_country", on_date=THE_20TH)}
    assert (status["KEN"], status["CHN"], status["ITA"]) == ("closed", "closed", "open")
    assert {r["status"] for r in ask("school_closures/status_by_country", on_date=DAY(2020, 3, 12))} >= {
        "closed",  # Italy from 1 to 17 March
        "partial",  # Kenya from 10 to 14 March
        "open",
    }
    levels = {
        (r["level"], r["sex"]): r["learners_affected"]
        for r in ask("school_closures/affected_by_level", on_date=THE_20TH)
    }
    assert levels["pre_primary", "female"] == 5 + 4 and levels["pre_primary", "male"] == 5 + 6  # Kenya + China
    assert levels["tertiary", "female"] == 19 and levels["tertiary", "male"] == 21  # China; Kenya's is not available


def test_who_is_most_affected_with_no_free_offer(ask):
    first = ask("response_gaps/unserved", on_date=THE_20TH)[0]
    assert (first["country"], first["live_offers"], first["learners_unserved"]) == ("China", 0, 100)


def test_how_many_weeks_by_region_with_academic_break_left_out(ask):
    rows = {
        r["country_iso3"]: r
        for r in ask("school_closures/weeks_by_country", from_date=DAY(2020, 3, 1), to_date=THE_20TH)
    }
    # Italy: closed 1 to 17 March, 17 days; Kenya 15 to 20, 6 days; China 18 to 20, 3 days
    assert [rows[code]["weeks_closed"] for code in ("ITA", "KEN", "CHN")] == [2, 1, 0]
    assert all(row["weeks_on_break"] == 0 for row in rows.values())
    regions = ask("school_closures/weeks_by_region", from_date=DAY(2020, 3, 1), to_date=THE_20TH)
    assert {r["sub_region"] for r in regions} >= {"Southern Europe", "Eastern Africa", "Eastern Asia"}


def test_which_needs_are_unmatched_after_14_days_and_what_is_missing(ask):
    rows = ask("needs_and_offers/unmatched", on_date=THE_20TH)
    assert {r["need_id"]: r["missing"] for r in rows} == {"n2": "tier", "n5": ""}


def test_which_no_or_low_tech_offers_in_a_language_are_there_for_lower_secondary(ask):
    rows = ask("needs_and_offers/offers", on_date=THE_20TH, language="sw", level="lower_secondary", tier="low-tech")
    # o2 in Swahili on the radio; o9 in all languages was withdrawn; o8 needs the internet
    assert [(r["offer_id"], r["state"]) for r in rows] == [("o2", "live"), ("o9", "ended")]


def test_whose_focal_points_are_stale_and_which_free_periods_have_expired(ask):
    stale = {r["partner_id"] for r in ask("needs_and_offers/stale_focal_points", on_date=DAY(2020, 12, 1))}
    assert {"k1", "k2", "k3"} <= stale  # all last answered in March
    assert "k3" not in {r["partner_id"] for r in ask("needs_and_offers/stale_focal_points", on_date=THE_20TH)}
    expired = ask("needs_and_offers/expired_free_periods", on_date=THE_20TH)
    assert [(r["offer_id"], r["days_expired"]) for r in expired] == [("o3", 1)]


def test_5w_for_teachers_in_western_africa_gaps_and_overlaps(ask):
    asked = {"audience": "teachers", "region": "Western Africa"}
    who = ask("contributions/activities", **asked)
    assert [(row["lead"], row["activity"], row["country"], row["began_on"].month, row["audience"]) for row in who] == [
        ("Member two", "Teaching at a distance", "Nigeria", 3, "teachers"),
        ("Member three", "Teachers' circles", "Nigeria", 6, "teachers"),
    ]
    (overlap,) = ask("contributions/overlaps", **asked)
    assert (overlap["country"], overlap["activities"]) == ("Nigeria", 2)  # both in June
    assert [row["country"] for row in ask("contributions/unserved", **asked)] == ["Mali"]  # 400 in need, an offer only
    (total,) = ask("contributions/coverage_totals", **asked)
    assert (total["people_targeted"], total["people_reached"], total["gap"]) == (80, 30, 50)


def test_offered_confirmed_delivering_delivered_by_member(ask):
    rungs = ("offered", "confirmed", "delivering", "delivered", "not_stated")
    rows = {row["member"]: tuple(row[rung] for rung in rungs) for row in ask("contributions/ladder")}
    assert rows == {
        "Member one": (1, 0, 1, 0, 0),
        "Member two": (0, 1, 1, 1, 0),
        "Member three": (0, 0, 2, 1, 0),
        "Member four": (0, 1, 1, 0, 0),
        "Member five": (1, 0, 0, 0, 0),
        "Not a member": (0, 0, 0, 0, 1),
    }
    # Each activity once: a5 and a8; a2 and a10; a1, a3 and a9; a4; a6
    assert [row["activities"] for row in ask("contributions/stages")] == [2, 2, 3, 1, 1]


def test_reach_per_mission_direct_against_indirect_deduplicated(ask):
    rows = {row["mission"]: row for row in ask("contributions/missions")}
    told = {name: (row["learners_direct"], row["learners_indirect"]) for name, row in rows.items()}
    # learning: 90 + 50 and 300 + 1,000, though three members report the 90; teachers are no learners
    assert told == {
        "learning": (140, 1300),
        "connectivity": (60, None),
        "teachers": (None, None),
        "not stated": (None, None),
    }
    assert rows["learning"]["overlap_factor"] == (90 + 60 + 90 + 50) / 140
    assert rows["teachers"]["teachers_direct"] == 30
