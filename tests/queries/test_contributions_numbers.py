"""Numbers of contributions, worked by hand from tests/fixtures/contributions_5w.csv and partners.csv.

Counted are a1 (Senegal, three members), a2 and a3 (Nigeria, teachers), a4 (Kenya, two members, told by two lists),
a6 (Ghana, presence only), a9 and, ended before it, a10 (Tunisia). a5 and a8 are merely offered, a7 is of the health
sector.
"""

import datetime

import pytest

from dashboard.intake.front_door import Declared, import_file
from tests.exact import exact_answers

DAY = datetime.date
STAGES = ("offered", "confirmed", "delivering", "delivered", "not stated")


def cells(rows, *columns):
    return [tuple(row[column] for column in columns) for row in rows]


def test_the_matrix_tells_members_countries_and_what_they_contributed_to(ask):
    rows = ask("contributions/matrix", rows="member")
    assert cells(rows, "row", "country_iso3", "activities", "learners_direct", "learners_indirect") == [
        ("Member four", "TUN", 2, 50, 1000),
        ("Member one", "SEN", 1, 90, 300),  # not its activity in the health sector, not what it offers
        ("Member three", "KEN", 1, 60, None),
        ("Member three", "NGA", 1, None, None),  # teachers are no learners
        ("Member three", "SEN", 1, 90, 300),
        ("Member two", "KEN", 1, 60, None),
        ("Member two", "NGA", 1, None, None),
        ("Member two", "SEN", 1, 90, 300),  # listed twice alike
        ("Not a member", "GHA", 1, None, None),  # presence without people is not zero people
    ]


def test_an_activity_of_three_members_counts_once_by_kind_and_by_mission(ask):
    kinds = ask("contributions/matrix", rows="activity")
    assert cells(kinds, "row", "country_iso3", "activities", "learners_direct", "learners_indirect") == [
        ("connectivity", "KEN", 1, 60, None),
        ("content", "SEN", 1, 90, 300),
        ("not stated", "GHA", 1, None, None),
        ("radio and television", "TUN", 2, 50, 1000),
        ("teacher training", "NGA", 2, None, None),
    ]
    missions = ask("contributions/matrix", rows="mission")
    assert sum(row["learners_direct"] or 0 for row in missions) == 200  # 90 + 60 + 50


def test_what_is_offered_is_recorded_and_nobody_is_counted_as_reached(ask):
    rows = ask("contributions/matrix", rows="member", stage="offered")
    assert cells(rows, "row", "country_iso3", "activities", "learners_direct") == [
        ("Member five", "MLI", 1, None),
        ("Member one", "KEN", 1, None),  # says 900
    ]


@pytest.mark.parametrize("rows", ["member", "activity", "mission"])
def test_stages_add_up_to_what_is_counted(ask, rows):
    counted = sum(row["activities"] for row in ask("contributions/matrix", rows=rows))
    by_stage = [sum(r["activities"] for r in ask("contributions/matrix", rows=rows, stage=stage)) for stage in STAGES]
    assert sum(by_stage[1:]) == counted and by_stage[0] == 2


def test_claims_overlap_and_equal_parts_add_up(ask):
    row = ask("contributions/totals")[0]
    assert (row["activities"], row["countries"]) == (7, 5)
    assert (row["members_active"], row["members"], row["others_active"]) == (4, 5, 1)
    assert (row["learners_direct"], row["learners_indirect"], row["teachers_direct"]) == (200, 1300, 30)
    # a1: 90 + 60 + 90 where nothing is said; a4: 60 + 30; a9: 50
    assert row["learners_claimed"] == 380 and row["overlap_factor"] == 380 / 200
    # a1 / 3 = 30, a4 / 2 = 30: one 30, two 60, three 60, four 50
    assert row["top_three_members"] == pytest.approx(170 / 200)
    assert row["top_three"] == "Member two; Member three; Member four"
    assert (row["activities_without_stage"], row["activities_offered"], row["activities_other_sectors"]) == (1, 2, 1)


def test_contributed_to_does_not_add_up_and_equal_parts_do(ask):
    rows = {row["member"]: row for row in ask("contributions/ladder")}
    assert {name: row["learners_contributed_to"] for name, row in rows.items()} == {
        "Member one": 90,
        "Member two": 150,
        "Member three": 150,
        "Member four": 50,
        "Member five": None,
        "Not a member": None,
    }
    parts = [row["fractional_learners"] for row in rows.values() if row["fractional_learners"] is not None]
    assert sum(parts) == pytest.approx(200)
    assert (rows["Member two"]["leads"], rows["Member two"]["supports"]) == (2, 1)
    assert not rows["Not a member"]["is_member"] and rows["Not a member"]["not_stated"] == 1


def test_an_activity_told_by_two_lists_has_one_lead_and_counts_once(ask):
    (row,) = ask("contributions/activities", country_iso3="KEN")
    assert (row["lead"], row["supported_by"], row["people_direct"]) == ("Member two", "Member three", 60)


def test_a_lead_and_two_supporters_are_named(ask):
    (row,) = ask("contributions/activities", rows="member", row="Member three", country_iso3="SEN")
    assert (row["lead"], row["supported_by"]) == ("Member one", "Member three; Member two")
    assert (row["began_on"], row["ended_on"], row["audience"]) == (DAY(2019, 1, 1), None, "learners")


def test_gap_floors_per_cell_before_summing_a_surplus_cannot_hide_a_gap(ask):
    learners, teachers = ask("contributions/coverage_totals")
    # Senegal 90 of 60: surplus 30; Kenya 60 of 100: gap 40; Tunisia 50 of 50. Targeted less reached would be 10.
    assert (learners["people_targeted"], learners["people_reached"]) == (210, 200)
    assert (learners["gap"], learners["surplus"], learners["cells_over"]) == (40, 30, 1)
    assert (teachers["audience"], teachers["gap"]) == ("teachers", 50)  # 50 + 30 - 20 - 10, in one cell
    assert learners["people_in_need"] == 500  # stated by two members of one activity


def test_more_than_all_is_shown_with_its_cause(ask):
    over = [row for row in ask("contributions/coverage") if row["share_covered"] > 1]
    assert cells(over, "country", "share_covered", "gap", "surplus", "cause") == [
        ("Senegal", 1.5, 0, 30, "more_than_planned")
    ]


def test_like_activities_overlap_only_while_both_run(ask):
    # a9 and a10 are alike, and one ended the day before the other began
    (row,) = ask("contributions/overlaps")
    assert (row["country"], row["activity_type"], row["audience"]) == ("Nigeria", "teacher training", "teachers")
    assert (row["activities"], row["organisations"], row["leads"]) == (2, 2, "Member three; Member two")
    assert (row["from_date"], row["until_date"]) == (DAY(2019, 6, 1), DAY(2019, 6, 30))
    assert ask("contributions/overlaps", stage="delivering") == []


def test_countries_in_need_with_none_are_found_by_each_sign_of_need(ask):
    rows = ask("contributions/unserved")
    assert cells(rows, "country_iso3", "people_in_need", "refugees", "needs_open", "offered", "delivered") == [
        ("MLI", 400, None, 0, 1, 0),  # a list says so, and there is an offer only
        ("CHN", None, None, 1, 0, 0),  # schools closed, more learners than in Kenya; n3
        ("KEN", None, 160, 3, 1, 1),  # schools closed; what was delivered has ended; n1, n2, n5
        ("ITA", None, 40, 0, 0, 0),  # hosts refugees
    ]
    assert "SEN" not in {row["country_iso3"] for row in rows}  # 500 in need, an activity delivers
    teachers = {row["country_iso3"] for row in ask("contributions/unserved", audience="teachers")}
    assert "NGA" not in teachers
    (kenya,) = [row for row in ask("contributions/unserved", audience="teachers") if row["country_iso3"] == "KEN"]
    assert kenya["needs_open"] == 1  # n5


def test_need_is_that_of_the_end_of_the_period_asked_for(ask):
    rows = {row["country_iso3"]: row for row in ask("contributions/unserved", to_month=DAY(2019, 6, 1))}
    assert all(row["schools_closed_on"] is None and row["needs_open"] == 0 for row in rows.values())  # both of 2020
    assert "MLI" in rows and rows["MLI"]["people_in_need"] == 400  # a list states no day of its need


def test_months_hold_what_was_under_way_and_open_ends_run_until_the_list(ask):
    rows = cells(ask("contributions/months"), "month", "stage", "activities")
    # a10 begins alone; a1, a3 and a9 are left in the last month
    assert rows[0] == (DAY(2018, 12, 1), "confirmed", 1) and rows[-1] == (DAY(2019, 12, 1), "delivering", 3)
    assert (
        (DAY(2019, 3, 1), "confirmed", 2) in rows
        and (DAY(2019, 6, 1), "confirmed", 1) in rows
        and (DAY(2019, 7, 1), "confirmed", 1) not in rows
    )


def test_a_period_keeps_what_ran_in_it(ask):
    ran = ask("contributions/activities", from_month=DAY(2019, 2, 1), to_month=DAY(2019, 2, 1))
    assert {row["activity_id"] for row in ran} == {"a1", "a4", "a10"}


def test_missions_by_sub_region_and_filters(ask):
    rows = ask("contributions/cells", rows="mission")
    assert cells(rows, "row", "place", "activities", "organisations", "learners_direct", "teachers_direct") == [
        ("connectivity", "Eastern Africa", 1, 2, 60, None),
        ("learning", "Northern Africa", 2, 1, 50, None),
        ("learning", "Western Africa", 1, 3, 90, None),
        ("not stated", "Western Africa", 1, 1, None, None),
        ("teachers", "Western Africa", 2, 2, None, 30),
    ]
    assert [row["row"] for row in ask("contributions/cells", rows="member", member_type="media")] == ["Member four"]


def test_cells_without_filters_are_the_matrix(ask):
    for rows in ("member", "activity"):
        matrix = cells(ask("contributions/matrix", rows=rows), "row", "country_iso3", "activities", "learners_direct")
        assert cells(ask("contributions/cells", rows=rows), "row", "place", "activities", "learners_direct") == matrix


def test_the_map_tells_offers_and_unmet_need_from_activities(ask):
    kinds = {row["country_iso3"]: row["class"] for row in ask("contributions/countries")}
    assert kinds == {
        "NGA": "from_2",
        "GHA": "one",
        "KEN": "one",
        "SEN": "one",
        "TUN": "from_2",
        "MLI": "in_need_none",
    }


def test_nothing_tells_of_places_below_a_country_or_of_a_person(ask):
    row, _ended = ask("contributions/activities", country_iso3="TUN")
    assert not {name for name in row if "admin" in name or "focal" in name or "@" in str(row[name])}


def test_of_each_reporter_the_newest_list_alone_is_heard_and_in_it_the_lead(tmp_path):
    """A newer list replaces its own reporter's older one, not another's; of two on one activity the newer is heard."""
    header = "activity_id,organisation,role,country_iso3,sector,stage,people_direct,reported_by\n"
    lists = [
        (
            DAY(2020, 1, 1),
            "x,One,lead,KEN,Education,confirmed,10,gec\ny,One,lead,UGA,Education,delivering,5,gec\n"
            "w,Three,lead,FRA,Education,,1,third\n",  # heard by nobody since, so that the file still counts
        ),
        (DAY(2020, 2, 1), "x,One,lead,KEN,Education,delivering,40,gec\n"),
        (
            DAY(2020, 1, 15),
            "x,One,lead,KEN,Education,delivered,30,field\nz,Two,lead,ITA,Education,,7,field\n"
            "z,Able,supporter,ITA,Education,,9,field\n",  # says more, and does not lead
        ),
    ]
    for day, rows in lists:
        file = tmp_path / f"{day}.csv"
        file.write_text(header + rows, encoding="utf-8")
        import_file(tmp_path / "store", "contributions_5w", file, day)
    with exact_answers(tmp_path / "store") as answers:
        rows = answers.ask("contributions/activities", {}).to_pylist()
    assert cells(rows, "activity_id", "lead", "stage", "people_direct", "told_on") == [
        ("x", "One", "delivering", 40, DAY(2020, 2, 1)),  # 30 in the older list of another; 10 in its own older one
        ("z", "Two", "not stated", 7, DAY(2020, 1, 15)),
        ("w", "Three", "not stated", 1, DAY(2020, 1, 1)),
    ]


def test_kinds_in_one_place_members_that_left_and_plans_after_the_list_count_as_they_should(tmp_path):
    store, listed = tmp_path / "store", tmp_path / "list.csv"
    head = (
        "activity_id,organisation,partner_id,country_iso3,admin1,sector,activity_type,audience,stage,began_on,ended_on,"
    )
    rows = [
        # One activity in one place under two kinds, and in another place: the same people, and others.
        "y,One,m1,SEN,Dakar,Education,content,learners,delivering,2019-11-01,2021-12-31,300,100,100",
        "y,One,m1,SEN,Dakar,Education,devices,learners,delivering,2019-11-01,2021-12-31,300,100,100",
        "y,One,m1,SEN,Thies,Education,content,learners,delivering,2019-11-01,2021-12-31,50,20,10",
        "z,Two,m2,KEN,,Education,content,learners,delivered,2019-11-05,2019-11-30,,,5",
    ]
    listed.write_text("\n".join([head + "people_in_need,people_targeted,people_direct", *rows]) + "\n")
    members = tmp_path / "members.csv"
    members.write_text(
        "partner_id,partner,member_type,joined_on,left_on\n"
        "m1,One,media,2018-01-01,2020-06-30\nm2,Two,media,2018-01-01,2019-12-01\nm3,Three,media,2018-01-01,\n"
    )
    import_file(store, "partners", members, DAY(2020, 1, 1))
    import_file(store, "contributions_5w", listed, DAY(2020, 1, 1), Declared(partner="gec"))
    with exact_answers(store) as answers:
        (totals,) = answers.ask("contributions/totals", {}).to_pylist()
        (senegal,) = [r for r in answers.ask("contributions/coverage", {}).to_pylist() if r["country"] == "Senegal"]
        months = cells(answers.ask("contributions/months", {"stage": "delivering"}).to_pylist(), "month", "activities")
    assert totals["learners_direct"] == 100 + 10 + 5 and senegal["people_targeted"] == 120
    # One leaves later than the list, Two left before it: one of two, and one that is on it no longer.
    assert (totals["members_active"], totals["members"], totals["others_active"]) == (1, 2, 1)
    assert months == [(DAY(2019, 11, 1), 1), (DAY(2019, 12, 1), 1), (DAY(2020, 1, 1), 1)]


def test_need_target_and_reach_are_compared_for_like_periods_only(tmp_path):
    head = "activity_id,organisation,partner_id,country_iso3,sector,activity_type,audience,stage,began_on,ended_on,"
    rows = [
        # The target of 2019 was missed by 60; people reached there in 2021, without a target, close nothing.
        "t,One,m1,SEN,Education,content,learners,delivered,2019-01-01,2019-12-31,500,100,40",
        "r,Two,m2,SEN,Education,content,learners,delivering,2021-01-01,2021-12-31,,,60",
        # Kenya's need is of 2019, the target of 2021.
        "n,One,m1,KEN,Education,devices,learners,delivered,2019-01-01,2019-12-31,200,,10",
        "k,Two,m2,KEN,Education,content,learners,delivering,2021-01-01,2021-12-31,,80,50",
        # Ghana's activity has no date: what is reached in its place counts.
        "g,One,m1,GHA,Education,content,learners,delivered,,,30,20,",
        "h,Two,m2,GHA,Education,content,learners,delivered,2021-01-01,2021-12-31,,,20",
    ]
    listed = tmp_path / "list.csv"
    listed.write_text("\n".join([head + "people_in_need,people_targeted,people_direct", *rows]) + "\n")
    import_file(tmp_path / "store", "contributions_5w", listed, DAY(2022, 1, 1), Declared(partner="gec"))
    with exact_answers(tmp_path / "store") as answers:
        found = {row["country"]: row for row in answers.ask("contributions/coverage", {}).to_pylist()}
        (total,) = answers.ask("contributions/coverage_totals", {}).to_pylist()
        without = answers.ask("contributions/unserved", {}).to_pylist()
    unserved = {row["country_iso3"]: row["need_year"] for row in without}
    assert {name: (row["people_reached"], row["gap"], row["periods"]) for name, row in found.items()} == {
        "Senegal": (40, 60, "same"),
        "Kenya": (50, 30, "different"),
        "Ghana": (20, 0, "not stated"),
    }
    assert found["Senegal"]["share_of_need"] == pytest.approx(40 / 500) and found["Kenya"]["share_of_need"] is None
    assert (found["Kenya"]["need_to_year"], found["Kenya"]["from_year"]) == (2019, 2021)
    assert (total["gap"], total["people_reached"], total["people_targeted"]) == (90, 110, 200)
    assert (total["need_from_year"], total["need_to_year"]) == (2019, 2022)  # Ghana's by its list
    assert unserved["GHA"] == 2022
