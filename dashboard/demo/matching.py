"""Offers, needs and matches that were never made, over the months of the school closures of 2020.

Needs follow the closures; offers come in by activity and language; a few free periods run out, a few focal points fall
silent, and many needs wait: so that every list of the page has something in it.
"""

import datetime
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Facts
from dashboard.demo.learners import Sent
from dashboard.intake.readers.organisations import LEVELS, TIERS
from dashboard.reference import closures
from dashboard.reference.carried import read_rows, write_rows
from dashboard.vocabularies import stated

OFFERS, NEEDS, MEMBERS = 260, 170, 208
FIRST_DAY = datetime.date(2020, 3, 20)
# The lists as they stood on these days, and the capture of the closures that they follow.
LISTS_OF = (datetime.date(2020, 5, 20), datetime.date(2020, 6, 26))
CLOSURES_OF = datetime.date(2020, 7, 15)
SILENT_FOR = 180
# What is offered, how many learners such a thing serves at most (0: no limit), its technology and its mission.
KINDS = {
    "learning platform": (0, "hi-tech", "learning"),
    "courses": (0, "hi-tech", "skills"),
    "content": (0, "low-tech", "learning"),
    "radio and television": (4_000_000, "low-tech", "learning"),
    "print": (250_000, "no-tech", "learning"),
    "connectivity": (600_000, "hi-tech", "connectivity"),
    "devices": (40_000, "hi-tech", "connectivity"),
    "teacher training": (30_000, "low-tech", "teachers"),
    "psychosocial support": (60_000, "no-tech", "gender"),
    "assessment": (200_000, "hi-tech", "learning"),
}
FOR_OTHERS = {"teacher training": "teachers", "psychosocial support": "parents"}
WEIGHTS = (22, 12, 16, 14, 9, 6, 5, 9, 4, 3)
# Members speak the languages of the United Nations and a few more; most languages of schools are not among them.
SPOKEN = ("en", "fr", "es", "ar", "pt", "ru", "zh", "sw", "hi", "id")
SPOKEN_WEIGHTS = (46, 22, 20, 14, 8, 6, 4, 4, 2, 2)
OFFER_COLUMNS = [
    *("offer_id", "partner_id", "offer", "activity_type", "mission", "audience", "countries", "languages", "levels"),
    *("tier", "is_free", "free_until", "capacity", "valid_from", "valid_to", "focal_point"),
    *("focal_point_confirmed_on", "recorded_on", "withdrawn_on", "note"),
]
NEED_COLUMNS = [
    *("need_id", "country_iso3", "level", "language", "highest_tier", "activity_type", "audience", "people"),
    *("raised_on", "closed_on", "requested_by", "note"),
]
MATCH_COLUMNS = [
    *("match_id", "need_id", "offer_id", "proposed_on", "brokered_on", "delivering_on", "completed_on", "dropped_on"),
    *("dropped_reason", "people_reached", "note"),
]
REASONS = tuple(reason for reason in stated("dropped_reason") if reason != "other")
Record = dict[str, str]
Turns = Mapping[str, list[tuple[datetime.date, str]]]


def write_matching(known: Facts, folder: Path) -> tuple[list[Sent], list[Sent]]:
    """Writes the lists as they stood on two days."""
    turns = closures.turns(CLOSURES_OF)
    rng = random.Random(SEED + 5)
    offers = [_offer(number, turns, rng) for number in range(1, OFFERS + 1)]
    needs = [need for number in range(1, NEEDS + 1) if (need := _need(number, turns, known, rng))]
    matches = list(_matches(needs, offers, LISTS_OF[-1], rng))
    exports = []
    for day in LISTS_OF:
        exports.append(
            [
                Sent("offers", _file(folder, "offers", day, OFFER_COLUMNS, offers, "recorded_on")),
                Sent("needs", _file(folder, "needs", day, NEED_COLUMNS, needs, "raised_on")),
                Sent("matches", _file(folder, "matches", day, MATCH_COLUMNS, matches, "proposed_on")),
            ]
        )
    return exports[0], exports[1]


def _file(folder: Path, name: str, day: datetime.date, columns: list[str], records: list[Record], begins: str) -> Path:
    """What was known on a day: records that had begun, and of later days only those that were stated ahead."""
    ahead = {"valid_from", "valid_to", "free_until"}
    known = [
        {
            column: "" if column.endswith("_on") and column not in ahead and value > day.isoformat() else value
            for column, value in record.items()
        }
        for record in records
        if record[begins] <= day.isoformat()
    ]
    rows = [[record.get(column, "") for column in columns[:-1]] + [MARK] for record in known]
    return write_rows(folder / f"demonstration_{name}_{day}.csv", [columns, *rows])


def _offer(number: int, turns: Turns, rng: random.Random) -> Record:
    kind = rng.choices(list(KINDS), WEIGHTS)[0]
    capacity, tier, mission = KINDS[kind]
    member = rng.randint(1, MEMBERS)
    recorded = FIRST_DAY + datetime.timedelta(min(rng.randrange(0, 100), rng.randrange(0, 100)))
    languages = sorted(set(rng.choices(SPOKEN, SPOKEN_WEIGHTS, k=rng.choice((1, 1, 1, 2, 3)))))
    levels = rng.choices(
        (
            "all",
            "primary",
            "primary;lower_secondary",
            "secondary",
            "lower_secondary",
            "tertiary",
            "pre_primary;primary",
        ),
        (12, 14, 26, 22, 6, 16, 9),
    )[0]
    countries = sorted(iso3 for iso3 in _speaking(languages) if iso3 in turns)
    some = sorted(rng.sample(countries, min(len(countries), rng.choice((1, 2, 4, 8, 15)))))
    until = recorded + datetime.timedelta(rng.choice((30, 60, 90, 180)))
    silent = rng.random()
    confirmed = recorded - datetime.timedelta(SILENT_FOR + rng.randrange(5, 90)) if silent < 0.15 else recorded
    return {
        "offer_id": f"offer-{number:03d}",
        "partner_id": f"member_{member:03d}",
        "offer": f"{kind[0].upper()}{kind[1:]}, offer {number:03d}",
        "activity_type": kind,
        "mission": mission,
        "audience": FOR_OTHERS.get(kind, "learners"),
        "countries": "all" if rng.random() < 0.07 else ";".join(some),
        "languages": ";".join(languages),
        "levels": levels,
        "tier": tier,
        "is_free": "No" if rng.random() < 0.03 else "Yes",
        "free_until": until.isoformat() if rng.random() < 0.35 else "",
        "capacity": str(round(capacity * rng.uniform(0.1, 1), -3))[:-2] if capacity else "",
        "valid_from": (recorded + datetime.timedelta(rng.choice((0, 0, 3, 10)))).isoformat(),
        "valid_to": "2020-12-31" if rng.random() < 0.3 else "",
        "focal_point": "" if silent > 0.94 else f"education@member{member:03d}.example",
        "focal_point_confirmed_on": confirmed.isoformat() if silent <= 0.94 else "",
        "recorded_on": recorded.isoformat(),
        "withdrawn_on": (recorded + datetime.timedelta(40)).isoformat() if rng.random() < 0.03 else "",
    }


def _need(number: int, turns: Turns, known: Facts, rng: random.Random) -> Record | None:
    """A need of a country some days after it closed; none where the country drawn never did."""
    iso3 = rng.choice(sorted(turns))
    closed = [since for since, status in turns[iso3] if status == "closed"]
    if not closed or not known.countries[iso3].learners:
        return None
    last = LISTS_OF[-1]
    raised = closed[0] + datetime.timedelta(rng.randrange(3, 70))
    if raised > last:
        return None
    opened = next((since for since, status in turns[iso3] if raised <= since <= last and status == "open"), None)
    learners = known.countries[iso3].learners
    return {
        "need_id": f"need-{number:03d}",
        "country_iso3": iso3,
        "level": rng.choices(LEVELS, (6, 30, 28, 24, 12))[0],
        "language": rng.choice(_languages().get(iso3) or ["en"]),
        "highest_tier": rng.choices(TIERS, (30, 45, 25))[0],
        "activity_type": rng.choice(list(KINDS)[:6]) if rng.random() < 0.5 else "",
        "audience": "teachers" if rng.random() < 0.12 else "learners",
        "people": str(int(max(500, round(learners * rng.uniform(0.01, 0.2), -2)))),
        "raised_on": raised.isoformat(),
        "closed_on": opened.isoformat() if opened else "",
        "requested_by": "Ministry of Education",
    }


def _matches(needs: list[Record], offers: list[Record], last: datetime.date, rng: random.Random) -> Iterator[Record]:
    """Some needs with an offer in their language and country, each as far as the days until the last capture let it."""
    number = 0
    for need in needs:
        fitting = [
            offer
            for offer in offers
            if need["language"] in offer["languages"].split(";")
            and (offer["countries"] == "all" or need["country_iso3"] in offer["countries"].split(";"))
            and offer["audience"] == need["audience"]
            and TIERS.index(offer["tier"]) <= TIERS.index(need["highest_tier"])
            and (offer["levels"] == "all" or need["level"].rpartition("_")[2] in offer["levels"])
        ]
        for offer in rng.sample(fitting, min(len(fitting), rng.choice((0, 1, 1, 2)))):
            number += 1
            begin = max(need["raised_on"], offer["recorded_on"])
            days = [datetime.date.fromisoformat(begin) + datetime.timedelta(rng.randrange(1, 18))]
            for shortest, longest in ((3, 20), (4, 25), (20, 80)):
                days.append(days[-1] + datetime.timedelta(rng.randrange(shortest, longest)))
            if days[0] > last:
                continue
            dropped = rng.random() < 0.22
            shown = [day.isoformat() if day <= last else "" for day in (days[:1] if dropped else days)]
            proposed, brokered, delivering, completed = [*shown, "", "", ""][:4]
            reached = int(int(need["people"]) * rng.uniform(0.02, 0.5)) if delivering else 0
            yield {
                "match_id": f"match-{number:03d}",
                "need_id": need["need_id"],
                "offer_id": offer["offer_id"],
                "proposed_on": proposed,
                "brokered_on": brokered,
                "delivering_on": delivering,
                "completed_on": completed,
                "dropped_on": days[1].isoformat() if dropped and days[1] <= last else "",
                "dropped_reason": rng.choice(("no capacity", "no answer", "not suitable", "need ended"))
                if dropped
                else "",
                "people_reached": str(reached) if reached else "",
            }


def _speaking(languages: list[str]) -> list[str]:
    return [iso3 for iso3, spoken in _languages().items() if set(spoken) & set(languages)]


def _languages() -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for row in read_rows("languages_by_country.csv"):
        languages.setdefault(row["iso3"], []).append(row["language"])
    return languages
