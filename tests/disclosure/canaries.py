"""Names, addresses and ids of invented people in files of several sources, and how they are found again."""

import csv
import datetime
import os
import subprocess
import sys

from dashboard.settings import PROJECT
from tests.fills import FIXTURES
from tests.intake.test_learners import HEADER, SOUND, written

DAY = datetime.date(2024, 6, 30)
CANARIES = [
    (f"Canaryname{number}", f"canarymail{number}@invented.example", f"CANARYID{number}") for number in range(200)
]
KINDS = ("canaryname", "canarymail", "canaryid")


def canaries_in(raw):
    """Which kinds of canaries stand in bytes, in UTF-8 and in either case."""
    return [kind for kind in KINDS if kind.encode() in raw.lower()]


def files(folder):
    """Files about two hundred people and a list of activities; canaries stand also where other things should."""
    rows = [
        {**SOUND, "Name": name, "Email": mail, "External Id": id_, "Job Title": f"Job of {name}",
         "Overall Progress": "x" if number % 20 == 0 else "100", "Completed": "Yes",
         "Location City": f"{name} town", "Canary column": mail,
         "Location Country": f"land of {name}" if number % 25 == 0 else "Kenya"}
        for number, (name, mail, id_) in enumerate(CANARIES)
    ]  # fmt: skip
    header = [*HEADER, "Job Title", "Location City", "Canary column"]
    paths = {"coursera_usage": written(folder / "usage.csv", rows, header)}
    tables = {
        "partner_learners": [
            ["partner_id", "programme_id", "learner_id", "email", "name", "registered_on", "consent", "sex"],
            *(["alpha", "coursera_for_refugees", i, m, n, "2024-01-01", "Yes", n] for n, m, i in CANARIES),
        ],
        "recognitions": [
            ["partner_id", "learner_id", "name", "university", "university_country", "requested_on", "decided_on",
             "decision", "reason"],
            *(["alpha", i, n, "U", "DEU", "2024-02-01", "2024-03-01", "refused", n] for n, _m, i in CANARIES),
        ],
    }  # fmt: skip
    with (FIXTURES / "contributions_5w.csv").open(encoding="utf-8", newline="") as listed:
        activities = [{**row, "partner_id": "alpha", "reported_by": "alpha"} for row in csv.DictReader(listed)]
    more = zip(activities, CANARIES, strict=False)
    tables["contributions_5w"] = [
        [*activities[0], "Contact name", "Contact email"],
        *([*row.values(), name, mail] for row, (name, mail, _id) in more),
        [*{**activities[0], "activity_id": "a999", "activity": CANARIES[0][1]}.values(), "", ""],
    ]
    for source, lines in tables.items():
        paths[source] = folder / f"{source}.csv"
        with paths[source].open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(lines)
    return paths


def shell(environment, *words):
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.commands.cli", *words],
        env=environment,
        capture_output=True,
        timeout=240,
        cwd=PROJECT,
    )
    assert done.returncode == 0 or b"rows in" in done.stdout + done.stderr, done.stderr
    return done.stdout + done.stderr


def environment_of(store):
    """In which the shell is called: nothing but the store, and a folder for temporary files of its own beside it."""
    temporary = str(store.parent / "temporary")
    return {**os.environ, "COALITION_STORE": str(store), "TMPDIR": temporary, "COLUMNS": "200"}


def fill(store):
    """A store made by the shell alone; beside it, what each command wrote on the screen."""
    environment = environment_of(store)
    (store.parent / "temporary").mkdir()
    output = b""
    for source, file in files(store.parent).items():
        output += shell(environment, "import", source, str(file), "--captured-on", DAY.isoformat())
    output += shell(environment, "publish")
    (store.parent / "output").write_bytes(output)
