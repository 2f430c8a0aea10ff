"""Forty pairs of a need and an offer, each failing the one gate that is named beside it, and the same pair passing."""

import csv
import datetime

import pytest

from dashboard.intake.front_door import import_file
from tests.exact import exact_answers

DAY = datetime.date(2020, 5, 4)
OFFER = {
    "partner_id": "m1",
    "offer": "Lessons",
    "activity_type": "content",
    "audience": "learners",
    "countries": "KEN;UGA",
    "languages": "en;sw",
    "levels": "primary;lower_secondary",
    "tier": "low-tech",
    "is_free": "Yes",
    "free_until": "2020-12-31",
    "valid_from": "2020-04-01",
    "valid_to": "2020-12-31",
    "focal_point": "info@m1.example",
    "withdrawn_on": "",
}
NEED = {
    "country_iso3": "KEN",
    "level": "primary",
    "language": "sw",
    "highest_tier": "low-tech",
    "audience": "learners",
    "people": "100",
    "raised_on": "2020-04-10",
}
# What is changed in the offer, what in the need, and the gate that fails by it.
TABLE = [
    ({"countries": "UGA"}, {}, "country"),
    ({"countries": "TZA"}, {}, "country"),
    ({"countries": "UGA;TZA;RWA"}, {}, "country"),
    ({}, {"country_iso3": "RWA"}, "country"),
    ({}, {"country_iso3": "SSD"}, "country"),
    ({"levels": "lower_secondary"}, {}, "level"),
    ({"levels": "secondary"}, {}, "level"),
    ({"levels": "pre_primary"}, {}, "level"),
    ({}, {"level": "upper_secondary"}, "level"),
    ({}, {"level": "tertiary"}, "level"),
    ({"languages": "en"}, {}, "language"),
    ({"languages": "French"}, {}, "language"),
    ({"languages": "ar;so"}, {}, "language"),
    ({}, {"language": "so"}, "language"),
    ({}, {"language": "Arabic"}, "language"),
    ({"tier": "hi-tech"}, {}, "tier"),
    ({"tier": "hi-tech"}, {"level": "ISCED 2"}, "tier"),
    ({}, {"highest_tier": "no-tech"}, "tier"),
    ({"tier": "high-tech"}, {"highest_tier": "low tech"}, "tier"),
    ({"tier": "hi-tech"}, {"highest_tier": "no-tech"}, "tier"),
    ({"audience": "teachers"}, {}, "audience"),
    ({"audience": "parents"}, {}, "audience"),
    ({"audience": "institutions"}, {}, "audience"),
    ({}, {"audience": "teachers"}, "audience"),
    ({}, {"audience": "parents"}, "audience"),
    ({"is_free": "No"}, {}, "free"),
    ({"is_free": "no", "free_until": ""}, {}, "free"),
    ({"free_until": "2020-05-03"}, {}, "free"),
    ({"free_until": "2020-04-01"}, {}, "free"),
    ({"free_until": "2020-05-03"}, {}, "free"),
    ({"valid_from": "2020-05-05"}, {}, "live"),
    ({"valid_to": "2020-05-03"}, {}, "live"),
    ({"valid_from": "2020-06-01"}, {}, "live"),
    ({"withdrawn_on": "2020-05-04"}, {}, "live"),
    ({"withdrawn_on": "2020-04-20"}, {}, "live"),
    ({"focal_point": ""}, {}, "focal_point"),
    ({"focal_point": "", "partner_id": "m2"}, {}, "focal_point"),
    ({"focal_point": "", "countries": "all"}, {}, "focal_point"),
    ({"focal_point": "  "}, {"level": "lower_secondary"}, "focal_point"),
    ({"focal_point": "", "languages": "all"}, {"language": "so"}, "focal_point"),
]


@pytest.fixture(scope="module")
def matches(tmp_path_factory):
    """What `matches_for_need` answers for each need of the table: by offer id, passes and failed gates."""
    folder = tmp_path_factory.mktemp("gates")
    pairs = [(offer | {"offer_id": f"o{n}"}, need | {"need_id": f"n{n}"}) for n, (offer, need, _) in enumerate(TABLE)]
    rows = {
        "partners": [
            {
                "partner_id": "m9",
                "partner": "Member nine",
                "member_type": "network",
                "focal_point": "office@m9.example",
            }
        ],
        "offers": [
            {"offer_id": "base", **OFFER},
            {"offer_id": "by-member", **OFFER, "partner_id": "m9", "focal_point": ""},
            *[OFFER | offer for offer, _ in pairs],
        ],
        "needs": [{"need_id": "base", **NEED}, *[NEED | need for _, need in pairs]],
    }
    store = folder / "store"
    for source, records in rows.items():
        with (folder / f"{source}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(records[-1]))
            writer.writeheader()
            writer.writerows(records)
        import_file(store, source, folder / f"{source}.csv", DAY)
    with exact_answers(store) as answers:

        def asked(need):
            found = answers.ask("needs_and_offers/matches_for_need", {"need_id": need, "on_date": DAY}).to_pylist()
            return {row["offer_id"]: row for row in found}

        yield asked


def test_the_table_has_forty_pairs_and_every_gate_five_times():
    assert len(TABLE) == 40
    assert {gate: [g for _, _, g in TABLE].count(gate) for _, _, gate in TABLE} == dict.fromkeys(
        ("country", "level", "language", "tier", "audience", "free", "live", "focal_point"), 5
    )


@pytest.mark.parametrize("number", range(len(TABLE)), ids=lambda n: f"{n}-{TABLE[n][2]}")
def test_a_pair_fails_the_one_gate_and_no_other(matches, number):
    row = matches(f"n{number}")[f"o{number}"]
    assert (row["passes"], row["failed_gates"]) == (False, TABLE[number][2])


def test_without_a_change_every_gate_passes(matches):
    row = matches("base")["base"]
    assert row["passes"] and row["failed_gates"] == ""


def test_the_focal_point_of_the_member_stands_where_the_offer_names_none(matches):
    assert matches("base")["by_member"]["passes"]


def test_offers_that_pass_come_first_and_of_them_the_best_score(matches):
    rows = list(matches("base").values())
    assert [row["passes"] for row in rows] == sorted((row["passes"] for row in rows), reverse=True)
    scores = [row["score"] for row in rows if row["passes"]]
    assert scores == sorted(scores, reverse=True)


def test_a_need_nobody_knows_has_no_matches(matches):
    assert matches("nobody") == {}
