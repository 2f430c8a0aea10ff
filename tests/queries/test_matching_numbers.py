"""Offers, needs, matches and gaps in the response, worked by hand on the fixtures: Kenya and China closed on 20 March.

Kenya: 10 pre-primary, 20 primary, 20 secondary learners, taught in English and Swahili; China 10, 20, 30, and 40
tertiary.
"""

import datetime
import shutil

from dashboard.intake.front_door import import_file
from tests.changed import enrolment, written
from tests.conftest import FIXTURES
from tests.exact import exact_answers

DAY = datetime.date
THE_20TH = DAY(2020, 3, 20)


def by_country(rows, *columns):
    return {row["country_iso3"]: tuple(row[column] for column in columns) for row in rows}


def test_a_level_is_unserved_where_no_live_free_offer_passes_every_gate(ask):
    rows = ask("response_gaps/unserved", on_date=THE_20TH)
    # KEN: primary served by o1; pre-primary 10 by none; secondary 20, as o2 is for lower secondary only.
    # CHN: o3 was free until the day before, o4 costs, o5 has no focal point, o6 speaks English, o8 is for teachers.
    assert by_country(rows, "learners_affected", "live_offers", "learners_unserved") == {
        "CHN": (100, 0, 100),
        "KEN": (50, 2, 30),
    }
    assert [row["country_iso3"] for row in rows] == ["CHN", "KEN"]


def test_without_a_day_the_last_observed_one_is_asked(ask):
    assert ask("response_gaps/unserved") == ask("response_gaps/unserved", on_date=THE_20TH)


def test_an_offer_counts_on_the_last_day_on_which_it_is_free(ask):
    rows = ask("response_gaps/unserved", on_date=DAY(2020, 3, 19))
    assert by_country(rows, "live_offers", "learners_unserved") == {"CHN": (1, 80), "KEN": (3, 30)}  # o3, primary


def test_a_level_a_tier_and_a_language_narrow_the_gap(ask):
    primary = by_country(ask("response_gaps/unserved", on_date=THE_20TH, level="primary"), "learners_unserved")
    assert primary == {"CHN": (20,), "KEN": (0,)}
    low = by_country(
        ask("response_gaps/unserved", on_date=THE_20TH, tier="low-tech"), "live_offers", "learners_unserved"
    )
    assert low == {"CHN": (0, 100), "KEN": (1, 50)}  # o1 needs the internet; o2 is left, for half of secondary
    swahili = by_country(ask("response_gaps/unserved", on_date=THE_20TH, language="sw"), "learners_unserved")
    assert swahili == {"KEN": (50,)}  # China's learners are no gap in Swahili


def test_a_surplus_of_offers_in_one_cell_hides_no_gap_in_another(ask):
    # Primary of Kenya has offers to spare on the 18th (o1, o3, o7); pre-primary beside it has none all the same.
    rows = by_country(ask("response_gaps/unserved", on_date=DAY(2020, 3, 18)), "live_offers", "learners_unserved")
    assert rows["KEN"] == (4, 30)
    (one,) = ask("response_gaps/world", on_date=DAY(2020, 3, 18))
    assert (one["learners_affected"], one["learners_unserved"]) == (150, 110)  # 30 + 80


def test_the_breakdowns_add_up_to_the_world(ask):
    (world,) = ask("response_gaps/world", on_date=THE_20TH)
    assert (world["countries_closed"], world["countries_without_offer"]) == (2, 2)
    assert (world["countries_served"], world["countries_without_enrolment"], world["without_enrolment"]) == (0, 0, None)
    assert (world["learners_affected"], world["learners_unserved"]) == (150, 130)
    assert world["live_offers"] == 2  # o1, o2; o6 is in no official language of China, o8 for teachers
    levels = ask("response_gaps/by_level", on_date=THE_20TH)
    assert [(r["level"], r["learners_affected"], r["learners_unserved"]) for r in levels] == [
        ("pre_primary", 20, 20),
        ("primary", 40, 20),
        ("secondary", 50, 50),
        ("tertiary", 40, 40),
    ]
    tiers = ask("response_gaps/by_tier", on_date=THE_20TH)
    assert [(r["tier"], r["learners_unserved"]) for r in tiers] == [
        ("no-tech", 150),
        ("low-tech", 150),
        ("hi-tech", 130),
    ]
    languages = ask("response_gaps/by_language", on_date=THE_20TH)
    found = {r["language"]: (r["learners_affected"], r["live_offers"], r["learners_unserved"]) for r in languages}
    assert found == {"zh": (100, 0, 100), "en": (50, 1, 30), "sw": (50, 1, 50)}


def test_unserved_learner_days_add_days_of_closure_without_an_offer(ask):
    rows = ask("response_gaps/learner_days", from_date=DAY(2020, 3, 18), to_date=DAY(2020, 3, 31))
    # 18, 19 and 20 March; later days are plans. KEN 30 + 30 + 30; CHN 80 + 80 + 100.
    assert by_country(rows, "days_closed", "learner_days_affected", "learner_days_unserved") == {
        "CHN": (3, 300, 260),
        "KEN": (3, 150, 90),
    }
    days = ask("response_gaps/by_day", from_date=DAY(2020, 3, 18), to_date=DAY(2020, 3, 31))
    assert [(r["on_date"].day, r["learners_unserved"]) for r in days] == [(18, 110), (19, 110), (20, 130)]


def test_offers_that_fail_one_gate_only_say_which_and_for_how_many(ask):
    rows = ask("response_gaps/nearly", on_date=THE_20TH)
    found = {(r["offer_id"], r["gate"]): (r["countries"], r["learners_unserved"]) for r in rows}
    assert found[("o4", "free")] == (1, 100)  # China at every level
    assert found[("o5", "focal_point")] == (1, 40)
    assert "language" not in {gate for _offer, gate in found}  # o6 would have to be made anew in Chinese
    assert found[("o3", "free")] == (1, 20)  # primary of China; Kenya's primary is served
    assert found[("o9", "live")] == (2, 130)  # withdrawn, for all
    assert ("o6", "country") in found and found[("o6", "country")] == (
        1,
        30,
    )  # in Kenya it would pass but for the country
    assert not [gate for offer, gate in found if offer == "o8"]  # for teachers


def test_needs_are_matched_with_reasons(ask):
    rows = {r["offer_id"]: r for r in ask("needs_and_offers/matches_for_need", need_id="n1", on_date=THE_20TH)}
    assert rows["o1"]["passes"] and rows["o1"]["failed_gates"] == ""
    # kind 40, capacity 10 of 20 people 15, focal point 19 days ago 20, the country is named 10
    assert rows["o1"]["score"] == 85
    assert rows["o2"]["failed_gates"] == "level,language"
    assert rows["o3"]["failed_gates"] == "free"
    assert rows["o4"]["failed_gates"] == "country,language,free"
    assert rows["o7"]["failed_gates"] == "live"
    assert rows["o8"]["failed_gates"] == "audience"
    assert rows["o5"]["failed_gates"] == "country,level,language,focal_point"
    gates = {r["offer_id"]: r for r in ask("needs_and_offers/gates_for_need", need_id="n1", on_date=THE_20TH)}
    one = gates["o1"]
    assert [one[p] for p in ("kind_points", "capacity_points", "focal_points", "country_points")] == [40, 15, 20, 10]
    assert (one["stage"], gates["o2"]["stage"], gates["o4"]["gates_failed"]) == ("delivering", None, 3)


def test_only_an_offer_that_names_the_country_of_the_need_has_points_for_it(ask):
    def points(need):
        rows = ask("needs_and_offers/gates_for_need", need_id=need, on_date=THE_20TH)
        return {r["offer_id"]: r["country_points"] for r in rows}

    # Kenya: o1 o2 o7 name it; o3 o8 o9 are for all countries; o4 o5 o6 name China only.
    assert points("n1") == {"o1": 10, "o2": 10, "o7": 10, **dict.fromkeys(("o3", "o4", "o5", "o6", "o8", "o9"), 0)}
    assert points("n3") == {"o4": 10, "o5": 10, "o6": 10, **dict.fromkeys(("o1", "o2", "o3", "o7", "o8", "o9"), 0)}


def test_every_gate_column_says_what_the_list_of_failed_gates_says(ask):
    for need in ("n1", "n2", "n3", "n5"):
        lists = {r["offer_id"]: r for r in ask("needs_and_offers/matches_for_need", need_id=need)}
        for row in ask("needs_and_offers/gates_for_need", need_id=need):
            failed = [name.removesuffix("_passes") for name, value in row.items() if value is False]
            assert ",".join(failed) == lists[row["offer_id"]]["failed_gates"]
            assert row["score"] == lists[row["offer_id"]]["score"] and row["gates_failed"] == len(failed)


def test_a_need_without_a_match_that_stands_waits_after_fourteen_days(ask):
    rows = ask("needs_and_offers/unmatched", on_date=THE_20TH)
    # n2: given up on the 6th, o2 is radio where nothing works; n5: o8 fits, nobody proposed it. n3 is 10 days old.
    found = {r["need_id"]: (r["days_open"], r["offers_that_fit"], r["nearest_offer_id"], r["missing"]) for r in rows}
    assert found == {"n2": (18, 0, "o2", "tier"), "n5": (16, 1, "o8", "")}
    assert [
        r["need_id"] for r in ask("needs_and_offers/unmatched", on_date=DAY(2020, 3, 16))
    ] == []  # day 14 is not after


def test_stages_follow_the_days(ask):
    stages = {r["match_id"]: (r["stage"], r["days_in_stage"]) for r in ask("needs_and_offers/board", on_date=THE_20TH)}
    assert stages == {"x1": ("delivering", 3), "x2": ("dropped", 14), "x3": ("proposed", 8)}
    before = {r["match_id"]: r["stage"] for r in ask("needs_and_offers/board", on_date=DAY(2020, 3, 10))}
    assert before == {"x1": "brokered", "x2": "dropped"}
    needs = {r["need_id"]: r["stage"] for r in ask("needs_and_offers/needs", on_date=THE_20TH)}
    assert needs == {"n1": "delivering", "n2": "unmatched", "n3": "proposed", "n5": "unmatched"}  # n4 has ended


def test_offers_are_live_or_say_what_is_missing(ask):
    states = {r["offer_id"]: r["state"] for r in ask("needs_and_offers/offers", on_date=THE_20TH)}
    assert states == {
        "o1": "live",
        "o2": "live",
        "o3": "free period expired",
        "o4": "not free",
        "o5": "no focal point",
        "o6": "live",
        "o7": "ended",
        "o8": "live",
        "o9": "ended",
    }
    (totals,) = ask("needs_and_offers/totals", on_date=THE_20TH)
    assert (totals["needs_open"], totals["needs_waiting"]) == (4, 2)
    assert (totals["offers_recorded"], totals["offers_live"], totals["free_periods_expired"]) == (9, 4, 1)
    assert totals["matches_delivering"] == 1


def test_the_address_of_a_person_is_not_kept(ask):
    found = {r["offer_id"]: r["focal_point"] for r in ask("needs_and_offers/offers", on_date=THE_20TH)}
    assert found["o6"] == "@m2.example" and found["o1"] == "education@m1.example"


def test_the_language_that_is_chosen_counts_for_every_figure_of_the_page(ask):
    gap = ask("response_gaps/unserved", on_date=THE_20TH, language="sw")
    assert by_country(gap, "live_offers", "learners_unserved") == {"KEN": (1, 50)}  # o2 is for half of secondary only
    (world,) = ask("response_gaps/world", on_date=THE_20TH, language="sw")
    assert (world["live_offers"], world["learners_unserved"]) == (1, 50)
    (tertiary,) = ask("response_gaps/world", on_date=THE_20TH, language="sw", level="tertiary", tier="no-tech")
    assert tertiary["live_offers"] == 0
    nearly = ask("response_gaps/nearly", on_date=THE_20TH, language="sw")
    assert nearly and max(row["learners_unserved"] for row in nearly) <= 50  # none of China's hundred


def test_the_stage_of_a_pair_is_its_furthest_and_given_up_only_without_another(small_store, tmp_path):
    store = shutil.copytree(small_store, tmp_path / "store")
    again = tmp_path / "matches.csv"
    header = "match_id,need_id,offer_id,proposed_on,brokered_on,delivering_on"
    again.write_text(f"{header}\nx4,n2,o2,2020-03-07,2020-03-18,2020-03-18\n", encoding="utf-8")
    import_file(store, "matches", again, THE_20TH)
    stages = dict.fromkeys((DAY(2020, 3, 5), DAY(2020, 3, 6), DAY(2020, 3, 7), DAY(2020, 3, 18)))
    with exact_answers(store) as answers:
        for day in stages:
            rows = answers.ask("needs_and_offers/gates_for_need", {"need_id": "n2", "on_date": day}).to_pylist()
            (stages[day],) = [row["stage"] for row in rows if row["offer_id"] == "o2"]
        told = answers.table("fct_stream_report").to_pylist()
    assert list(stages.values()) == ["proposed", "dropped", "proposed", "delivering"]
    # A list of needs, matches or members says nothing about until when offers are told of.
    assert {row["source"]: row["told_until"] is None for row in told if row["stream"] == "offers"} == {
        "offers": False,
        "partners": True,
        "needs": True,
        "matches": True,
    }


def test_an_offer_that_was_not_recorded_yet_is_in_no_list_of_the_day(ask):
    early = DAY(2020, 2, 20)
    assert ask("needs_and_offers/gates_for_need", need_id="n1", on_date=early) == []
    assert ask("needs_and_offers/matches_for_need", need_id="n1", on_date=early) == []
    assert ask("needs_and_offers/expired_free_periods", on_date=early) == []


def test_every_closed_country_counts_also_one_without_enrolment_data(small_store, tmp_path):
    listed = [f"18/03/2020,{iso3},{name},National," for iso3, name in (("KEN", "Kenya"), ("HTI", "Haiti"))]
    closures = written(tmp_path, "closures.csv", "Date,ISO,Country,Scale,Note", *listed)
    import_file(tmp_path / "store", "unesco_closures", closures, THE_20TH)
    import_file(tmp_path / "store", "uis_enrolment", enrolment(tmp_path, "uis.csv", KEN=50), DAY(2022, 2, 28))
    for name in ("offers", "needs", "matches"):
        import_file(tmp_path / "store", name, FIXTURES / f"{name}.csv", THE_20TH)
    with exact_answers(tmp_path / "store") as answers:
        (gap,) = answers.ask("response_gaps/world", {"on_date": THE_20TH}).to_pylist()
        (closed,) = answers.ask("school_closures/world_on_date", {"on_date": THE_20TH}).to_pylist()
        (swahili,) = answers.ask("response_gaps/world", {"on_date": THE_20TH, "language": "sw"}).to_pylist()
    # Kenya's primary, 50 learners, has o1; of Haiti no enrolment is known.
    assert gap["countries_closed"] == closed["countries_closed"] == 2
    assert (gap["countries_without_enrolment"], gap["without_enrolment"]) == (1, "HTI")
    assert (gap["countries_served"], gap["countries_without_offer"], gap["learners_affected"]) == (1, 0, 50)
    assert gap["captured_on"] == closed["captured_on"] == THE_20TH
    assert (swahili["countries_closed"], swahili["countries_without_enrolment"]) == (1, 0)  # Haiti has French
