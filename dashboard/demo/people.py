"""Learners who never lived, and what they did: drawn from a seed so that their totals are those stated publicly.

The totals are facts of MISSION's documents and of data/reference/published_figures; everything between is invented.
"""

import datetime
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dashboard.demo.files import HOSTED_IN, SEED, Country, Facts
from dashboard.reference import refugees
from dashboard.reference.carried import read_rows

DAY = datetime.timedelta(1)
BEGAN = datetime.date(2016, 6, 20)


@dataclass(frozen=True)
class Statement:
    """What was stated publicly of Coursera for Refugees on a day; None where it was not."""

    on: datetime.date
    learners: int
    countries: int | None = None
    partners: int | None = None
    credentials: int | None = None


# Coursera blog 2017 and 2018 (World Refugee Day), Kiron 2019: see data/reference/published_figures.csv.
STATED = (
    Statement(datetime.date(2017, 6, 20), 5_000, credentials=1_300),
    Statement(datetime.date(2018, 6, 20), 11_000, 115, 22, 8_913),
    Statement(datetime.date(2019, 6, 20), 26_000, 119, 25),
)
KIRON_STUDENTS, KIRON_COMPLETIONS = 2_421, 3_375
DLSEI_LEARNERS, DLSEI_HOURS = 12_000, 250_000
REPORTED_TWICE = 850
NEVER_STARTED = 4_600
BACK_DATED = 12
SEXES = (("female", 38), ("male", 54), ("other", 1), ("", 7))
AGES = (("18-24", 34), ("25-34", 37), ("35-44", 16), ("45-59", 7), ("17", 2), ("", 4))
LEVELS = (("secondary", 36), ("bachelor", 27), ("vocational", 12), ("primary", 8), ("master or above", 7), ("", 10))


@dataclass
class Run:
    """One enrolment of one learner in one course."""

    course: int
    enrolled: datetime.date
    opened: datetime.date
    last: datetime.date | None
    done: datetime.date | None = None
    has_left: bool = False
    is_audit: bool = False
    is_reported_late: bool = False
    progress: int = 0
    hours: float = 0.0


@dataclass
class Person:
    """A learner who never lived."""

    number: int
    partner: str
    host: str
    origin: str
    sex: str
    age: str
    education: str
    reached: datetime.date
    is_on_register: bool = True
    hub: str = ""
    intent: str = ""
    other_partner: str = ""
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Course:
    """A course or guided project of the invented catalogue; `pace` is the middle of the days it takes."""

    number: int
    name: str
    kind: str
    ease: float
    pace: int
    hours: int


SUBJECTS = ("English", "German", "Data science", "Programming", "Business", "Leadership", "Teaching", "Health")


def catalogue(rng: random.Random) -> list[Course]:
    """160 courses and guided projects, a few of which many take."""
    courses = []
    for number in range(160):
        is_project = number % 8 == 7
        subject = SUBJECTS[number % len(SUBJECTS)]
        kind = "Guided Project" if is_project else "Course"
        pace = rng.randrange(1, 4) if is_project else rng.randrange(18, 85)
        name = f"{subject} {number:03} (simulated)"
        courses.append(Course(number, name, kind, rng.uniform(-0.9, 0.9), pace, 2 if is_project else pace // 3 + 2))
    return courses


def refugees_learning(known: Facts, courses: Sequence[Course]) -> list[Person]:
    """The learners of Coursera for Refugees, those of Kiron among them."""
    rng = random.Random(SEED)
    days = _days_of_reach(rng)
    hosts = sorted((c for c in known.countries.values() if c.refugees), key=lambda c: -c.refugees)[
        : STATED[2].countries
    ]
    early = hosts[: STATED[1].countries]
    partners = [f"demonstration-partner-{number:02}" for number in range(2, (STATED[2].partners or 0) + 1)]
    early_partners = ["kiron", *partners[: (STATED[1].partners or 0) - 1]]
    of_host = _origins(known)
    hub_of = {hub["country_iso3"]: hub["hub_id"] for hub in read_rows("hubs.csv")}
    people = []
    kiron = set(rng.sample(range(len(days)), KIRON_STUDENTS))
    for number, reached in enumerate(days):
        is_early = reached <= STATED[1].on
        partner = "kiron" if number in kiron else _partner(early_partners[1:] if is_early else partners, rng)
        host = _host(early if is_early else hosts, partner, rng)
        person = _person(number, partner, host.iso3, of_host, reached, rng)
        if host.iso3 in hub_of and rng.random() < 0.12:
            person.hub = hub_of[host.iso3]
        people.append(person)
    _cover(people, early, hosts, early_partners, partners)
    for person in people:
        person.runs = _runs(person, courses, STATED[2].on, rng)
    _settle(people, rng)
    for person in rng.sample([candidate for candidate in people if candidate.partner != "kiron"], REPORTED_TWICE):
        others = early_partners if person.reached <= STATED[1].on else partners
        person.other_partner = rng.choice([other for other in others if other not in (person.partner, "kiron")])
    late = [person for person in people if person.reached <= STATED[1].on and not person.other_partner]
    for person in rng.sample([candidate for candidate in late if candidate.partner != "kiron"], BACK_DATED):
        for run in person.runs:
            run.is_reported_late = True
    return people


def pakistan_learning(
    courses: Sequence[Course], phases: Sequence[tuple[datetime.date, datetime.date, int]]
) -> list[Person]:
    """The learners of DLSEI, so many in each phase; hours of the first two phases are those stated."""
    rng = random.Random(SEED + 1)
    people: list[Person] = []
    for first, last, learners in phases:
        for _ in range(learners):
            # Registered up to eleven days and enrolled up to nine before the class opens, all within the phase.
            reached = first + DAY * rng.randrange(12, (last - first).days - 20)
            person = Person(len(people), "hec-pakistan", "PAK", "", *_attributes(rng), reached)
            person.runs = _runs(person, courses, phases[-1][1], rng, until=last)
            people.append(person)
    early = [run for person in people[: sum(p[2] for p in phases[:2])] for run in person.runs]
    _share_hours(early, DLSEI_HOURS, rng)
    return people


def hub_learning(
    hubs: Sequence[dict[str, str]], courses: Sequence[Course], began: datetime.date, as_of: datetime.date
) -> list[Person]:
    """Learners at the hubs named in 2013: some hubs are busy, some went quiet, two never had a learner."""
    rng = random.Random(SEED + 2)
    people: list[Person] = []
    for at, hub in enumerate(hubs[:-2]):
        quiet_since = as_of - DAY * rng.choice([0, 0, 0, 120, 700]) if at % 2 else as_of
        for _ in range(rng.randrange(25, 95)):
            reached = began + DAY * rng.randrange((quiet_since - began).days - 30)
            person = Person(
                len(people),
                "us-department-of-state",
                hub["country_iso3"],
                "",
                *_attributes(rng),
                reached,
                hub=hub["hub_id"],
            )
            person.runs = _runs(person, courses, quiet_since, rng)
            people.append(person)
    return people


def _days_of_reach(rng: random.Random) -> list[datetime.date]:
    """The day on which each learner was first reached: as many by each day as were stated, more towards its end."""
    days: list[datetime.date] = []
    since = BEGAN
    for stated in STATED:
        width = (stated.on - since).days
        fresh = stated.learners - len(days)
        days += [since + DAY * min(width, 1 + int(width * math.sqrt(rng.random()))) for _ in range(fresh)]
        since = stated.on
    return days


def _partner(partners: Sequence[str], rng: random.Random) -> str:
    weights = [1 / (rank + 2) for rank in range(len(partners))]
    return rng.choices(partners, weights)[0]


def _host(hosts: Sequence[Country], partner: str, rng: random.Random) -> Country:
    weights = [c.refugees**0.5 * (6 if partner == "kiron" and c.iso3 == "DEU" else 1) for c in hosts]
    return rng.choices(hosts, weights)[0]


def _origins(known: Facts) -> dict[str, tuple[list[str], list[float]]]:
    """For each host the origins of its refugees with their weights; unknown and stateless among them."""
    by_host: dict[str, tuple[list[str], list[float]]] = {}
    for (origin, host), count in refugees.pairs(HOSTED_IN).items():
        codes, weights = by_host.setdefault(host, ([], []))
        codes.append(origin if origin in known.countries else "")
        weights.append(float(count))
    return by_host


def _person(
    number: int,
    partner: str,
    host: str,
    of_host: dict[str, tuple[list[str], list[float]]],
    reached: datetime.date,
    rng: random.Random,
) -> Person:
    codes, weights = of_host[host]
    origin = rng.choices(codes, weights)[0] if sum(weights) else ""
    person = Person(number, partner, host, origin, *_attributes(rng), reached)
    person.is_on_register = rng.random() < 0.9
    if rng.random() < 0.05:
        person.host = ""
    if rng.random() < 0.45:
        person.intent = "Yes" if rng.random() < 0.7 else "No"
    return person


def _attributes(rng: random.Random) -> tuple[str, str, str]:
    sex, age, level = (
        rng.choices([word for word, _ in words], [weight for _, weight in words])[0] for words in (SEXES, AGES, LEVELS)
    )
    return sex, age, level


def _cover(
    people: Sequence[Person],
    early: Sequence[Country],
    hosts: Sequence[Country],
    early_partners: Sequence[str],
    partners: Sequence[str],
) -> None:
    """Gives every country and every partner a learner in time, so that their counts are those stated."""
    first = [person for person in people if person.reached <= STATED[1].on and person.partner != "kiron"]
    later = [person for person in people if person.reached > STATED[1].on and person.partner != "kiron"]
    for person, host in zip(first, early, strict=False):
        person.host, person.is_on_register = host.iso3, True
    for person, host in zip(later, hosts[len(early) :], strict=False):
        person.host, person.is_on_register = host.iso3, True
    for person, partner in zip(reversed(first), early_partners[1:], strict=False):
        person.partner = partner
    for person, partner in zip(reversed(later), partners[len(early_partners) - 1 :], strict=False):
        person.partner = partner


def _runs(
    person: Person,
    courses: Sequence[Course],
    as_of: datetime.date,
    rng: random.Random,
    until: datetime.date | None = None,
) -> list[Run]:
    """One to six course runs, the first of which began on the day the learner was reached."""
    runs: list[Run] = []
    day, last_day = person.reached, until or as_of
    wanted = min(7, 1 + int(rng.expovariate(0.75))) + 2 * (person.partner == "kiron")
    bent = (person.number * 7919 % 100) / 100 - 0.5  # some finish what they begin, some do not
    for course in rng.sample(courses[:60] if rng.random() < 0.8 else courses, wanted):
        if day > last_day:
            break
        waited = rng.choice([0, 0, 0, 2, 5, 9]) if not runs else 0
        enrolled = day - DAY * waited
        if any(enrolled <= stated.on < day for stated in STATED):
            enrolled = day  # a report without class starts would count the learner as reached before the day stated
        run = Run(course.number, enrolled, day, day)
        trend = min(1.0, (day - BEGAN).days / 1100) if day > BEGAN else 0.0
        drive = 1 / (
            1 + math.exp(-(course.ease * 0.7 + bent * 2.2 + trend * 0.6 - 0.35 + (person.sex == "female") * 0.2))
        )
        took = max(1, int(rng.lognormvariate(math.log(course.pace), 0.5)))
        run.is_audit = person.partner != "kiron" and rng.random() < 0.06
        if rng.random() < drive and not (run.is_audit and rng.random() < 0.5):
            run.done = day + DAY * took
            run.last = run.done
            run.progress = 100
        else:
            run.progress = rng.randrange(3, 88)
            run.last = day + DAY * int(took * run.progress / 60 * rng.random())
            run.has_left = rng.random() < 0.16
        run.hours = round(course.hours * run.progress / 100 * rng.uniform(0.7, 1.3) * 4) / 4
        if run.last and run.last > as_of:  # still under way when the file was written
            run.progress = max(2, int(run.progress * (as_of - day).days / max(1, (run.last - day).days)))
            run.done, run.last, run.has_left = None, as_of - DAY * min(rng.randrange(4), (as_of - day).days), False
        runs.append(run)
        day = (run.last or day) + DAY * rng.randrange(1, 60)
    return runs


def _settle(people: Sequence[Person], rng: random.Random) -> None:
    """Completes or undoes course runs until certificates are as many as were stated."""
    of_kiron = [run for person in people if person.partner == "kiron" for run in person.runs]
    _bring_to(of_kiron, KIRON_COMPLETIONS, BEGAN, STATED[2].on, rng)
    others = [run for person in people if person.partner != "kiron" for run in person.runs]
    since, settled = BEGAN, 0
    for stated in STATED[:2]:
        of_kiron_by_then = sum(_is_certified(run, stated.on) for run in of_kiron)
        wanted = (stated.credentials or 0) - of_kiron_by_then
        _bring_to([run for run in others if not _is_certified(run, since)], wanted - settled, since, stated.on, rng)
        since, settled = stated.on, wanted


def _is_certified(run: Run, by: datetime.date) -> bool:
    return run.done is not None and run.done <= by and not run.is_audit


def _bring_to(runs: Sequence[Run], wanted: int, since: datetime.date, by: datetime.date, rng: random.Random) -> None:
    """Completes or undoes runs until as many as wanted are certified after `since` and by `by`."""
    certified = [run for run in runs if _is_certified(run, by)]
    surplus = len(certified) - wanted
    if surplus > 0:
        for run in rng.sample(certified, surplus):
            run.done, run.progress = None, rng.randrange(40, 95)
        return
    open_ = [run for run in runs if not run.is_audit and run.done is None and run.opened + 3 * DAY <= by]
    for run in rng.sample(open_, -surplus):
        after = max(run.opened, since)
        run.done = after + DAY * rng.randrange(1, (by - after).days + 1)
        run.last, run.progress, run.has_left = run.done, 100, False


def _share_hours(runs: Sequence[Run], hours: int, rng: random.Random) -> None:
    """Sets the hours of the runs so that they sum to the hours, in quarters of an hour."""
    weights = np.array([max(run.progress, 1) * rng.uniform(0.6, 1.4) for run in runs])
    quarters = np.floor(weights / weights.sum() * hours * 4).astype(int)
    short = hours * 4 - int(quarters.sum())
    quarters[:short] += 1
    for run, quarter in zip(runs, quarters, strict=True):
        run.hours = int(quarter) / 4
