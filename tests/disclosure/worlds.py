"""Small invented worlds of learners: who reports whom, as rows of partners' files, and the exact cubes made of them.

Every learner is invented. The cubes are made by the project's own SQL, so that they hang together as served ones do.
"""

import datetime
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import duckdb
import pyarrow as pa

from dashboard.disclosure.protect import PROTECTED, in_plain_strings, protect_both
from dashboard.warehouse.build import REFERENCE_TABLES, in_order, read_reference, tables_of, without_order
from dashboard.warehouse.catalog import layer, sources
from dashboard.warehouse.schema import snapshot_schema

NEWEST = datetime.date(2024, 12, 31)
EXACT = (*PROTECTED, "dim_stream", "dim_country")
KINDS = ("overlap", "small countries", "dominated", "few", "zeros", "one partner", "single places", "crowded")
PROGRAMMES = ("coursera_for_refugees", "kiron_campus", "dlsei", "invented_programme")
COUNTRIES = ("KEN", "UGA", "ETH", "DEU", "JOR", "LBN", "COL", "BGD", "TCD", "unknown")
ORIGINS = ("SDN", "SSD", "SYR", "AFG", "MMR", "VEN", "unknown")
SEXES = ("female", "male", "other", "not reported")
AGES = ("18-24", "25-34", "35-44", "not reported")
EDUCATION = ("secondary", "bachelor", "not reported")
REASONS = ("content", "level", "documents")
SHIFT_KEY = bytes(range(32))  # invented
# Two lines of one month are of one export, so that the newest file holds them all.
EXPORTED = {"captured_on": NEWEST, "provenance": "demo"}


def rows_of(seed):
    """Rows of the four sources about people of one world, as a dictionary of lists."""
    rng = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    most = {"crowded": 5, "overlap": 4, "small countries": 5, "one partner": 3}.get(kind, rng.randint(1, 5))
    partners = [f"invented_{letter}" for letter in "abcdef"[:most]]
    programmes = list(PROGRAMMES[: 3 if kind == "one partner" else rng.randint(1, 2)])
    size = {"few": 14, "crowded": 320}.get(kind, rng.choice((60, 120, 240)))
    reports = {
        programme: [partners[0]] if kind == "one partner" else rng.sample(partners, rng.randint(min(4, most), most))
        for programme in programmes
    }
    weights = {partner: 20.0 if kind == "dominated" and partner == partners[0] else 1.0 for partner in partners}
    hosts = COUNTRIES if kind in ("small countries", "crowded") else COUNTRIES[: rng.randint(1, 4)]
    rows = {"partner_learners": [], "coursera_usage": [], "recognitions": [], "programme_phases": []}
    for number in range(size):
        person = f"{seed:04}-{number:05}"
        host = (
            hosts[min(int(rng.expovariate(0.7)), len(hosts) - 1)]
            if kind != "single places"
            else hosts[number % len(hosts[:2])]
        )
        traits = {
            "id_key": person,
            "email_key": None,
            "country_host": host,
            "country_origin": rng.choices(ORIGINS, (8, 5, 3, 1, 1, 1, 2))[0],
            "sex": "female" if kind == "zeros" else rng.choices(SEXES, (10, 12, 0.3, 3))[0],
            "age_band": rng.choices(AGES, (6, 5, 1, 2))[0],
            "education": rng.choices(EDUCATION, (5, 3, 4))[0],
        }
        again = 0.45 if kind == "overlap" else 0.08
        streams = [
            (programme, partner)
            for programme in rng.sample(programmes, 1 if rng.random() > again else min(2, len(programmes)))
            for partner in _some(reports[programme], weights, 1 if rng.random() > again else 2, rng)
        ]
        for programme, partner in streams:
            _report(rows, traits, programme, partner, rng)
    if "dlsei" in programmes:
        rows["programme_phases"] = [
            {
                "programme_id": "dlsei", "phase": phase, "began_on": began, "ended_on": None, "seats": 50,
                "target_learners": 40, "target_completions": 20, "target_hours": 500, "domain": "Data", "courses": 3,
                "guided_projects": 1, **EXPORTED,
            }
            for phase, began in (("I", datetime.date(2023, 1, 1)), ("II", datetime.date(2024, 3, 1)))
        ]  # fmt: skip
    return rows


def exact_cubes(seed, rows=None):
    """The exact cubes of a world (or of the rows `rows`) and who reports what, as frames by name."""
    return dict(_exact_cubes(seed)) if rows is None else _cubes_of(rows)


@lru_cache(8)
def _exact_cubes(seed):
    return _cubes_of(rows_of(seed))


@in_plain_strings
def _cubes_of(rows):
    database = duckdb.connect(config={"threads": 1})
    try:
        for name, card in sources().items():
            database.register(f"raw_{name}", pa.Table.from_pylist(rows.get(name, []), snapshot_schema(card)))
        for table, kinds in REFERENCE_TABLES.items():
            database.register(f"ref_{table}", _reference(table, tuple(kinds.items())))
        for name, sql in _needed():
            database.execute(f"CREATE TABLE {name} AS {sql}")
        return {name: database.table(name).to_arrow_table().to_pandas(date_as_object=True) for name in EXACT}
    finally:
        database.close()


@dataclass(frozen=True)
class World:
    """The exact cubes of a world, and what the coalition, the public and each partner beside the public may have."""

    seed: int
    kind: str
    exact: Mapping
    protected: Mapping
    regions: Mapping


def served(seed, rules=None, rows=None):
    """A world (or one of the rows `rows`) with what is served of it; a world by itself is made once and not changed."""
    return _served(seed) if rules is None and rows is None else _protected(seed, rules, exact_cubes(seed, rows))


@lru_cache(8)
def _served(seed):
    return _protected(seed, None, exact_cubes(seed))


def _protected(seed, rules, exact):
    regions = dict(zip(exact["dim_country"]["country_iso3"], exact["dim_country"]["region"], strict=True))
    cubes = {name: exact[name] for name in PROTECTED}
    protected = protect_both(cubes, exact["dim_stream"], rules, regions, key=SHIFT_KEY)
    return World(seed, KINDS[seed % len(KINDS)], exact, protected, regions)


def with_copies(rows, person, partner, copies):
    """The rows, and so many people whom the partner alone reports, alike in everything to one whom it reports."""
    return {
        source: [
            *of_source,
            *(
                {**row, "id_key": f"{person}-copy-{copy}"}
                for copy in range(copies)
                for row in of_source
                if row.get("id_key") == person and row["partner_id"] == partner
            ),
        ]
        for source, of_source in rows.items()
    }


def _report(rows, traits, programme, partner, rng):
    registered = datetime.date(2022, 12, 1) + datetime.timedelta(rng.randrange(500))
    has_hours = rng.random() < 0.3
    rows["partner_learners"].append(
        {
            **traits, "partner_id": partner, "programme_id": programme, "registered_on": registered,
            "withdrawn_on": registered + datetime.timedelta(90) if rng.random() < 0.1 else None, "hub_id": None,
            "intends_to_finish": rng.random() < 0.6, "hours": rng.choice((2.0, 10.0, 80.0)) if has_hours else None,
            "hours_basis": "attested" if has_hours else None, **EXPORTED,
        }
    )  # fmt: skip
    done = False
    for course in range(rng.choices((0, 1, 2, 3), (3, 5, 2, 1))[0]):
        enrolled = registered + datetime.timedelta(rng.randrange(60))
        completed = rng.random() < 0.35
        ended = min(enrolled + datetime.timedelta(rng.randrange(5, 200)), NEWEST)
        done = done or completed
        rows["coursera_usage"].append(
            {
                "id_key": traits["id_key"], "email_key": None, "partner_id": partner, "programme_id": programme,
                "course_id": f"course-{course}", "course": f"Course {course}", "university": "An invented university",
                "course_type": rng.choice(("course", "course", "guided project")), "enrolled_on": enrolled,
                "class_start_on": enrolled, "last_activity_on": ended if completed or rng.random() < 0.8 else None,
                "progress": 100.0 if completed else 40.0, "hours_estimated": 4.0, "hours_measured": None,
                "is_completed": completed, "is_removed": not completed and rng.random() < 0.15,
                "is_verified_track": rng.random() < 0.8, "completed_on": ended if completed else None,
                "has_certificate": completed and rng.random() < 0.8, "country_host": traits["country_host"], **EXPORTED,
            }
        )  # fmt: skip
    if done and rng.random() < 0.5:
        decision = rng.choice(("recognised", "recognised", "refused", "pending"))
        requested = datetime.date(2024, 10, 1) + datetime.timedelta(rng.randrange(30))
        rows["recognitions"].append(
            {
                "id_key": traits["id_key"], "email_key": None, "partner_id": partner, "programme_id": programme,
                "record": "request", "credential": "course-0",
                "university": rng.choice(("University One", "University Two", "University Three")),
                "country_iso3": "DEU", "agreed_on": None, "requested_on": requested,
                "decided_on": requested + datetime.timedelta(20) if decision != "pending" else None,
                "decision": decision,
                "reason": rng.choice(REASONS) if decision == "refused" else None, "ects_requested": 5.0,
                "ects_awarded": 5.0 if decision == "recognised" else None, "transferred_on": None, **EXPORTED,
            }
        )  # fmt: skip


def _some(partners, weights, count, rng):
    chosen = []
    for _ in range(min(count, len(partners))):
        left = [partner for partner in partners if partner not in chosen]
        chosen += rng.choices(left, [weights[partner] for partner in left])
    return chosen


@cache
def _reference(table, kinds):
    return read_reference(table, dict(kinds))


@cache
def _needed():
    """Name and SQL of everything that the cubes are made of, in order."""
    steps = {query.name: query for query in (*layer("staging"), *layer("marts"), *layer("cubes"))}
    wanted, seen = list(EXACT), set()
    while wanted:
        name = wanted.pop()
        if name in steps and name not in seen:
            seen.add(name)
            wanted += tables_of(steps[name].sql)
    return [
        (
            query.name,
            without_order(query.sql) if "\nORDER BY" in query.sql and query.name.startswith("int_") else query.sql,
        )
        for query in in_order([steps[name] for name in sorted(seen)])
    ]
