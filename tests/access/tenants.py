"""Five invented partners whose exact counts are told apart, and a detector of counts that a viewer must not see."""

import csv
import datetime
import itertools
import os
import re
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer
from dashboard.disclosure.protect import PROTECTED, TOTALS
from dashboard.intake.front_door import import_file
from dashboard.intake.report import DEMONSTRATION_MARK
from dashboard.store.releases import Release, publish_release
from dashboard.store.views import STREAMS
from dashboard.warehouse.answers import queried_tables

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
SHARED = "coursera_for_refugees"
# Registered learners: primes, so that no exact count is a rounded one.
REGISTERED = {"alder": 1009, "birch": 1213, "cedar": 1427, "dogwood": 1613, "elder": 1811}
# Programmes that one partner alone reports.
ALONE = {"alder": ("alder_academy", 557), "birch": ("birch_school", 683)}
HOSTS, SEXES, AGES = ("KEN", "DEU", "FRA", "BRA"), ("female", "male", "female"), ("18-24", "25-34")
PARTNERS = {name: Viewer("partner", name) for name in REGISTERED}
OTHERS = (EXECUTIVE, EVERYBODY, *PARTNERS.values())
NEWEST = datetime.date(2019, 12, 31)
SMALLEST_TAG = 100
HEADERS = {
    "partner_learners": (
        "partner_id,programme_id,learner_id,country_origin,country_host,sex,age_band,registered_on,consent"
    ),
    "coursera_usage": (
        "Name,Email,External Id,Course,Course ID,University,Enrollment Time,Class Start Time,"
        "Last Course Activity Time,Overall Progress,Estimated Learning Hours,Learning Hours,Completed,"
        "Removed From Program,Program Slug,Program Name,Enrollment Source,Completion Time,"
        "Course Certificate URL,For Credit,Course Type,Job Title,Location Country"
    ),
    "recognitions": (
        "partner_id,programme_id,learner_id,credential,university,university_country,requested_on,decided_on,"
        "decision,reason,ects_requested,ects_awarded"
    ),
}


def fill(store: Path) -> Release:
    """Publishes a store of the five partners, through the front door."""
    folder = store.parent / "files"
    folder.mkdir()
    register, usage, requests = [], [], []
    streams = [(name, SHARED, count) for name, count in REGISTERED.items()]
    streams += [(name, programme, count) for name, (programme, count) in ALONE.items()]
    for tag, (partner, programme, count) in enumerate(streams):
        for number in range(count):
            learner = f"DEMO-{partner}-{programme}-{number}"
            host, sex, age = HOSTS[number % (3 + tag % 2)], SEXES[number % 3], AGES[number % 7 < 3]
            register.append((partner, programme, learner, "SOM", host, sex, age, f"2019-0{1 + number % 3}-02", "Yes"))
            if number % 11 < 9:
                # Where a programme is not of the reference, its name alone is who reports, so these have no reports.
                usage.append((learner, f"coursera-for-refugees-{partner}", number % 13 < 6))
            if number % 17 < 3 and programme == SHARED:
                requests.append((partner, programme, learner, "c1", f"University {tag}", "DEU", number % 2))
    usage = [row for row in usage if SHARED in row[0]]
    tables = {
        "partner_learners": [
            HEADERS["partner_learners"].split(","),
            *register,
        ],
        "coursera_usage": [
            HEADERS["coursera_usage"].split(","),
            *(_report(*row) for row in usage),
        ],
        "recognitions": [
            HEADERS["recognitions"].split(","),
            *(
                (
                    *row[:6],
                    "2019-06-01",
                    "2019-07-01",
                    *(("recognised", "", 5, 5) if row[6] else ("refused", "level", 5, "")),
                )
                for row in requests
            ),
        ],
    }
    for source, rows in tables.items():
        file = folder / f"demonstration_{source}_2019-12-31.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        done = import_file(store, source, file, NEWEST)
        assert done.snapshot is not None and not done.report.quarantined, done.report.quarantined[:3]
        assert done.snapshot.provenance == "demo", DEMONSTRATION_MARK
    return publish_release(store)


def _report(learner, slug, is_completed):
    end = "2019-05-10T08:00:00Z"
    done = ("100", "10", "10", "Yes") if is_completed else ("40", "4", "4", "No")
    return (
        *("", "", learner, "Course one", "c1", "U", "2019-04-01T08:00:00Z", "2019-04-01T08:00:00Z", end),
        *done,
        *("No", slug, "", "PROGRAM", end if is_completed else "", "", "No", "Course", "", ""),
    )


def tags(release: Release) -> dict[str, set[int]]:
    """Exact counts that stand in one owner's rows only, by partner; those of totals under `all`.

    Numbers of tables about nobody, such as codes of countries, say nothing and are left out.
    """
    owners, others = defaultdict(set), set()
    for name in queried_tables() - {*PROTECTED, STREAMS}:
        for row in pq.read_table(release.marts[name]).to_pylist():
            others |= {number for value in row.values() for number in numbers(value)}
    for name in PROTECTED:
        rows = pq.read_table(release.marts[name]).to_pylist()
        for row in [*rows, *_sums_of_months(rows)]:
            for value in row.values():
                for number in numbers(value):
                    if number >= SMALLEST_TAG and number % 5:
                        owners[number].add(row.get("partner_id", "all"))
    numbers_of = {partner: set() for partner in (*REGISTERED, "all")}
    for number, names in owners.items():
        if number in others:
            continue
        partners = names - {"all"}
        if len(partners) == 1:
            numbers_of[partners.pop()].add(number)
        elif not partners:
            numbers_of["all"].add(number)
    return numbers_of


def _sums_of_months(rows):
    """What an owner gets of its own rows who asks for some months."""
    groups = defaultdict(list)
    for row in rows:
        if row.get("month"):
            groups[tuple(value for value in row.values() if isinstance(value, str))].append(row)
    for months in groups.values():
        months.sort(key=lambda row: row["month"])
        for first, last in itertools.combinations(range(len(months) + 1), 2):
            span = months[first:last]
            sums = {key: sum(row[key] for row in span) for key, value in span[0].items() if isinstance(value, int)}
            yield {"partner_id": span[0]["partner_id"], **sums}


def numbers(value) -> list[int]:
    """Whole numbers in a cell, also those within its text."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [int(value)] if value == value and abs(value) < 2**62 and value == int(value) else []
    if isinstance(value, str):
        return [int(digits) for digits in re.findall(r"(?<![\d.-])\d{1,15}(?![\d.-])", value.replace(",", ""))]
    return []


# Credits and hours: a mean of two digits times a rounded count, so that any number may come of it.
SUMS = {column for columns in TOTALS.values() for column in columns}


def foreign(viewer: Viewer, known: dict[str, set[int]], rows) -> list[tuple[str, int]]:
    """Counts in the rows (dictionaries) that are another's, with whose they are; the viewer's own ids excepted."""
    seen = {number for row in rows for name, value in row.items() if name not in SUMS for number in numbers(value)}
    return sorted(
        (owner, number)
        for owner, theirs in known.items()
        for number in seen & theirs
        if not viewer.is_steward and owner != viewer.partner_id
    )
