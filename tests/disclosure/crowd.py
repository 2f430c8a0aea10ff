"""A published store of invented learners, with releases that a few people more or less tell apart.

Partners have a prime number of learners, so that exact counts are not rounded ones. Beside the programme that all of
them report stands one of seven people, and among its countries one of five, so that neighbouring filters differ by few.
"""

import csv
import datetime
import random

from dashboard.intake.front_door import import_file
from dashboard.store.releases import publish_release

PROGRAMME, SMALL_PROGRAMME = "coursera_for_refugees", "invented_programme"
SIZES = {"invented_a": 307, "invented_b": 401, "invented_c": 503, "invented_d": 601}
SMALL_PARTNER = "invented_e"
HOSTS = {"Kenya": 50, "Uganda": 30, "Jordan": 20}
DAY = datetime.date(2024, 12, 31)
HEADERS = {
    "partner_learners": (
        "partner_id,programme_id,learner_id,country_origin,country_host,sex,age_band,education,registered_on,hours,"
        "hours_basis,consent"
    ),
    "coursera_usage": (
        "External Id,Email,Course,Course ID,Enrollment Time,Class Start Time,Last Course Activity Time,"
        "Overall Progress,Completed,Removed From Program,Program Slug,Completion Time,Course Type,Location Country"
    ),
    "recognitions": (
        "partner_id,programme_id,learner_id,credential,university,university_country,requested_on,decided_on,decision,"
        "ects_requested"
    ),
}


def publish(store, folder, latecomers):
    """Publishes a release for each number of latecomers, who went all the way to a credit and are all of one kind."""
    rng = random.Random(20)
    crowd = list(_crowd(rng))
    late = [_story(f"LATE-{number}", "invented_b", "Uganda", rng, is_late=True) for number in range(max(latecomers))]
    for number, count in enumerate(latecomers):
        for source, header in HEADERS.items():
            file = folder / f"{source}_{number}.csv"
            with file.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(header.split(","))
                writer.writerows(row for story in [*crowd, *late[:count]] for row in story[source])
            report = import_file(store, source, file, DAY + datetime.timedelta(number)).report
            assert report.published == report.rows_in, (source, report.closing_line)
        yield publish_release(store, anew=True)  # as if months lay between them


def _crowd(rng):
    before = []
    for partner, size in SIZES.items():
        shared = rng.sample(before, 40) if before else []
        own = [f"INVENTED-{partner}-{number}" for number in range(size - len(shared))]
        before += own
        for person in (*shared, *own):
            yield _story(person, partner, rng.choices(list(HOSTS), list(HOSTS.values()))[0], rng)
    for number in range(6):
        yield _story(f"INVENTED-few-{number}", SMALL_PARTNER, "Kenya", rng)
    for number in range(5):
        yield _story(f"INVENTED-far-{number}", "invented_c", "Chad", rng)
    for number in range(7):
        story = _story(f"INVENTED-other-{number}", "invented_d", "Kenya", rng)
        (row,) = story["partner_learners"]
        yield {"partner_learners": [[row[0], SMALL_PROGRAMME, *row[2:]]], "coursera_usage": [], "recognitions": []}


def _story(person, partner, host, rng, is_late=False):
    """The rows of one learner at one partner, by source."""
    day = datetime.date(2024, 1, 1) + datetime.timedelta(rng.randrange(80))
    sex, age = ("female", "18-24") if is_late else (rng.choice(["female", "male"]), "18-24")
    registered = [partner, PROGRAMME, person, "SDN", host, sex, age, "secondary", day.isoformat(),
                  rng.randrange(1, 60), "attested", "Yes"]  # fmt: skip
    rows = {"partner_learners": [registered], "coursera_usage": [], "recognitions": []}
    for course in range(1 if is_late else rng.choice((0, 1, 1, 2))):
        begun, ended = day + datetime.timedelta(course), day + datetime.timedelta(20 + rng.randrange(150))
        done = is_late or rng.random() < 0.5
        rows["coursera_usage"].append(
            [person, f"{person}@invented.example", "Course", f"c{course}", f"{begun}T00:00:00Z", f"{begun}T00:00:00Z",
             f"{ended}T00:00:00Z", "100" if done else "30", "Yes" if done else "No", "No",
             f"coursera-for-refugees-{partner.replace('_', '-')}", f"{ended}T00:00:00Z" if done else "", "Course", host]
        )  # fmt: skip
        if done and (is_late or rng.random() < 0.6):
            decision = "recognised" if is_late else rng.choice(["recognised", "refused", "pending"])
            requested = ended + datetime.timedelta(5)
            decided = "" if decision == "pending" else requested + datetime.timedelta(30)
            rows["recognitions"].append(
                [
                    partner,
                    PROGRAMME,
                    person,
                    "Course",
                    "An invented university",
                    "DEU",
                    requested,
                    decided,
                    decision,
                    "5",
                ]
            )
    return rows
