"""Prints what a process holds in memory after one partner, and after 200, asked all their questions of a release.

The partners are invented, thirty learners each, brought in through the front door.
"""

import csv
import datetime
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

PARTNERS, LEARNERS = 200, 30
HEADER = [
    "partner_id",
    "programme_id",
    "learner_id",
    "country_origin",
    "country_host",
    "sex",
    "age_band",
    "registered_on",
    "consent",
]
HOSTS = ("KEN", "UGA", "JOR", "LBN", "PAK")


def fill(store: Path) -> None:
    """A release with the rows of all partners."""
    from dashboard.intake.front_door import import_file
    from dashboard.store.releases import publish_release

    file = store.parent / "register.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(PARTNERS * LEARNERS):
            who, partner = divmod(number, PARTNERS)
            day = datetime.date(2019, 1 + who % 12, 1 + number % 28)
            writer.writerow(
                [f"invented_{partner:03}", "coursera_for_refugees", f"DEMO-{number}", "SOM", HOSTS[number % 5]]
                + [("female", "male")[number % 2], "18-24", day.isoformat(), "Yes"]
            )
    import_file(store, "partner_learners", file, datetime.date(2019, 12, 31))
    publish_release(store)


def measure(partners: int) -> None:
    """Asks each question for as many partners, and prints megabytes."""
    from dashboard import session
    from dashboard.access.viewer import Viewer
    from dashboard.refusals import Refusal
    from dashboard.scope import Scope
    from dashboard.warehouse.catalog import questions
    from dashboard.warehouse.changes import compares

    release, _notice = session.begin()
    for number in range(partners):
        viewer = Viewer("partner", f"invented_{number:03}")
        scope = Scope(partner_id=viewer.partner_id, programme_id="coursera_for_refugees")
        for name, question in questions().items():
            if not compares(question):
                try:
                    session.answer(viewer, release, name, scope)
                except Refusal:  # a question that wants more than these choices
                    continue
    print(f"{psutil.Process().memory_info().rss / 2**20:.0f}")
    session.let_go()


def main() -> None:
    """Fills a store, and measures in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        os.environ["COALITION_STORE"] = str(store)
        os.environ["COALITION_LEARNER_SECRET"] = str(Path(folder) / "secret")
        fill(store)
        held = {}
        for partners in (1, PARTNERS):
            command = [sys.executable, __file__, str(partners)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            held[partners] = int(done.stdout.split()[0])
            print(f"{partners:3} partners asked all their questions: {held[partners]} MB")
        print(f"{held[PARTNERS] / held[1]:.2f} x (aim 1.3)")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        main()
