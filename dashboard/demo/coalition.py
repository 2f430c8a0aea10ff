"""A coalition that never was: members without names, as many of each type as UNESCO states, and what they contribute.

One list of members stands behind every file; each file has a function of its own and a seed of its own.
"""

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Country, Facts
from dashboard.demo.learners import Sent
from dashboard.reference.carried import write_rows

DAY = datetime.timedelta(1)
# UNESCO, "What you need to know", 2023: see data/reference/published_figures.csv.
MEMBERS = (("private sector", 58), ("multilateral", 32), ("civil society", 78), ("network", 33), ("media", 7))
# The coalition's page of 9 October 2022: so many projects in so many countries; the same file of figures.
PROJECTS, COUNTRIES = 233, 112
OFFERED, IN_NEED_WITH_AN_OFFER_ONLY, WITHOUT_STAGE = 40, 12, 6
FOUNDED, REGISTER_OF, LIST_OF = datetime.date(2020, 3, 26), datetime.date(2023, 6, 30), datetime.date(2022, 12, 31)
REPORTER = "gec_secretariat"


@dataclass(frozen=True)
class Member:
    """A member on the register."""

    partner_id: str
    name: str
    kind: str
    seat: str
    joined: datetime.date
    focal_point: str
    confirmed: datetime.date | None


@dataclass(frozen=True)
class Kind:
    """A kind of activity: what is done, for which mission, how often, and how far it carries."""

    activity_type: str
    mission: str
    audience: str
    words: str
    weight: int
    reach: float  # part of a country's learners that one such activity is meant for, at most
    indirect: float  # people reached through others for each one reached directly


KINDS = (
    Kind("learning platform", "learning", "learners", "Learning platform for schools", 16, 0.03, 1.5),
    Kind("radio and television", "learning", "learners", "Lessons on radio and television", 14, 0.12, 3.0),
    Kind("content", "learning", "learners", "Open lessons for the curriculum", 12, 0.03, 2.0),
    Kind("print", "learning", "learners", "Printed exercises sent home", 6, 0.02, 0.5),
    Kind("connectivity", "connectivity", "learners", "Data free of charge for school pages", 12, 0.05, 1.0),
    Kind("devices", "connectivity", "learners", "Devices lent to learners", 8, 0.004, 0.5),
    Kind("teacher training", "teachers", "teachers", "Teaching at a distance", 18, 0.001, 0.0),
    Kind("content", "teachers", "teachers", "Lesson plans for teachers", 6, 0.001, 0.0),
    Kind("psychosocial support", "gender", "learners", "Back to school for girls", 9, 0.01, 1.0),
    Kind("content", "gender", "parents", "Words to parents of girls", 4, 0.004, 0.5),
    Kind("courses", "skills", "learners", "Courses in digital skills", 12, 0.006, 0.0),
    Kind("assessment", "learning", "institutions", "Learning assessed after schools opened", 3, 0.0, 0.0),
)
STAGES = {"confirmed": 20, "delivering": 45, "delivered": 35}
# Many support one activity, and a few all.
SUPPORTERS = (34, 30, 20, 11, 5)


def write_coalition(known: Facts, folder: Path) -> list[Sent]:
    """Writes every file of the coalition."""
    everybody = members(random.Random(SEED + 20))
    return [_register(everybody, folder), _contributions(everybody, known, folder)]


def members(rng: random.Random) -> list[Member]:
    """The members, the same for every file: numbered, of the types and in the numbers that UNESCO states."""
    kinds = [kind for kind, count in MEMBERS for _ in range(count)]
    rng.shuffle(kinds)
    seats = ("FRA", "USA", "CHE", "GBR", "KEN", "IND", "BRA", "SEN", "CHN", "DEU", "ZAF", "MEX", "JPN", "EGY", "NOR")
    members = []
    for number, kind in enumerate(kinds, 1):
        joined = FOUNDED + DAY * int(min(rng.expovariate(1 / 200), (LIST_OF - FOUNDED).days))
        has_focal_point, answers = rng.random() < 0.93, rng.random() < 0.95
        # Most focal points answered in the last half year; about a quarter did not.
        ago = rng.randrange(5, 175) if rng.random() < 0.75 else rng.randrange(185, 700)
        members.append(
            Member(
                f"member_{number:03}",
                f"Member {number:03}",
                kind,
                rng.choice(seats),
                joined,
                f"education@member{number:03}.example" if has_focal_point else "",
                max(joined, REGISTER_OF - DAY * ago) if has_focal_point and answers else None,
            )
        )
    return members


def _register(everybody: Sequence[Member], folder: Path) -> Sent:
    header = ["partner_id", "partner", "member_type", "country_iso3", "joined_on", "left_on", "focal_point"]
    rows: list[Sequence[object]] = [[MARK + " members"], [*header, "focal_point_confirmed_on"]]
    rows += [
        [
            member.partner_id,
            member.name,
            member.kind,
            member.seat,
            member.joined,
            "",
            member.focal_point,
            member.confirmed or "",
        ]
        for member in everybody
    ]
    return Sent("partners", write_rows(folder / f"demonstration_partners_{REGISTER_OF}.csv", rows))


def _contributions(everybody: Sequence[Member], known: Facts, folder: Path) -> Sent:
    """Projects in as many countries as stated, offers beside them, and a few of which only presence is stated."""
    rng = random.Random(SEED + 21)
    header = [
        *("activity_id", "organisation", "partner_id", "organisation_type", "role", "country_iso3", "sector"),
        *("activity", "activity_type", "mission", "audience", "stage", "began_on", "ended_on", "people_in_need"),
        *("people_targeted", "people_direct", "people_indirect", "people_claimed", "reported_by"),
    ]
    in_need = _countries_in_need(known, rng)
    served, others = in_need[:COUNTRIES], in_need[COUNTRIES : COUNTRIES + IN_NEED_WITH_AN_OFFER_ONLY]
    where = served + rng.choices(served, [_pull(country) for country in served], k=PROJECTS - COUNTRIES)
    stages = rng.choices(list(STAGES), list(STAGES.values()), k=PROJECTS - WITHOUT_STAGE) + [""] * WITHOUT_STAGE
    offers = others + rng.choices(served, k=OFFERED - len(others))
    rows: list[Sequence[object]] = [[MARK + " contributions"], header]
    # Some members do much: the weight of the n-th is 1 / n, in an order that has nothing to do with their numbers.
    able = rng.sample(everybody, len(everybody))
    draw = partial(_draw, able, rng)
    todo = [*zip(where, stages, strict=True), *zip(offers, ["offered"] * len(offers), strict=True)]
    for number, (country, stage) in enumerate(todo, 1):
        rows += _activity(f"project-{number:03}", country, stage, draw(rng.choices(range(5), SUPPORTERS)[0] + 1), rng)
    return Sent("contributions_5w", write_rows(folder / f"demonstration_contributions_5w_{LIST_OF}.csv", rows))


def _countries_in_need(known: Facts, rng: random.Random) -> list[Country]:
    """Countries with learners, those with more of them and with refugees sooner."""
    todo = [country for country in known.countries.values() if country.monitored and country.learners]
    return sorted(todo, key=lambda country: rng.expovariate(_pull(country)))


def _pull(country: Country) -> float:
    return (country.learners + 20 * country.refugees) ** 0.5


def _draw(able: Sequence[Member], rng: random.Random, count: int) -> list[Member]:
    """Some members, each once; the first leads."""
    chosen: list[Member] = []
    while len(chosen) < count:
        member = rng.choices(able, [1 / (rank + 4) for rank in range(len(able))])[0]
        if member not in chosen:
            chosen.append(member)
    return chosen


def _activity(
    name: str, country: Country, stage: str, who: Sequence[Member], rng: random.Random
) -> list[Sequence[object]]:
    """One row for the lead and one for each supporter; without a stage, presence alone is stated."""
    kind = rng.choices(KINDS, [known.weight for known in KINDS])[0]
    # Two of three began while schools were shut, in 2020.
    longest = (LIST_OF - FOUNDED).days - 30
    began = FOUNDED + DAY * min(int(rng.expovariate(1 / 260)), longest)
    ended: datetime.date | None = began + DAY * rng.randrange(60, 420)
    if stage != "delivered":
        ended = None
    elif ended and ended > LIST_OF:
        ended = LIST_OF - DAY
    targeted = max(100, round(country.learners * kind.reach * rng.uniform(0.1, 1.0), -2))
    reached = int(targeted * min(1.6, rng.lognormvariate(-0.25, 0.4))) if stage in ("delivering", "delivered") else None
    if stage == "delivering" and reached:
        reached = int(reached * 0.8)
    if kind.audience == "institutions":
        targeted, reached = rng.randrange(20, 200), reached and rng.randrange(10, 120)
    indirect = int(reached * kind.indirect * rng.uniform(0.5, 1.5)) if reached and kind.indirect else None
    in_need = int(round(targeted * rng.uniform(2, 8), -2))
    about = [country.iso3, "Education", kind.words, kind.activity_type, kind.mission, kind.audience, stage]
    numbers: list[object] = [began, ended or "", in_need, int(targeted)]
    if not stage:
        about[-2:], numbers = ["", ""], ["", "", "", ""]
    rows: list[Sequence[object]] = []
    for number, member in enumerate(who):
        claimed: object = ""
        if reached and rng.random() < 0.8:
            claimed = reached if not number else int(reached * rng.uniform(0.3, 1.0))
        people = [*numbers, "" if reached is None else reached, "" if indirect is None else indirect, claimed]
        role = "supporter" if number else "lead"
        rows.append([name, member.name, member.partner_id, member.kind, role, *about, *people, REPORTER])
    return rows
