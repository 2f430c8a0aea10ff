"""Prints what matching 10,000 needs with 2,000 offers costs, in SQL, on a release that came in by the front door."""

import csv
import datetime
import os
import random
import tempfile
import time
from pathlib import Path

from dashboard.access.viewer import EVERYBODY, open_answers
from dashboard.intake.front_door import import_file
from dashboard.intake.readers.organisations import LEVELS, TIERS
from dashboard.store.releases import open_release, publish_release

NEEDS, OFFERS = 10_000, 2_000
DAY = datetime.date(2020, 6, 1)
COUNTRIES = (
    *("KEN", "UGA", "TZA", "RWA", "SSD", "ETH", "SOM", "COD", "NGA", "GHA", "SEN", "MLI", "COL", "PER"),
    *("ECU", "VEN", "FRA", "DEU", "ITA", "GRC", "TUR", "LBN", "JOR", "IRQ", "IND", "PAK"),
)
LANGUAGES = ("en", "sw", "fr", "es", "ar", "am", "so", "pt", "de", "it", "el", "tr", "hi", "ur")
KINDS = ("content", "print", "radio and television", "learning platform")


def main() -> None:
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["COALITION_LEARNER_SECRET"] = str(folder / "secret")
        for source, rows in (("needs", _needs(rng)), ("offers", _offers(rng))):
            file = folder / f"{source}.csv"
            with file.open("w", newline="", encoding="utf-8") as out:
                writer = csv.DictWriter(out, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            begun = time.process_time() + os.times().children_user
            import_file(folder / "store", source, file, DAY)
            print(f"{source}: {len(rows):,} rows in by the front door, {_since(begun):.1f} CPU s")
        begun = time.process_time() + os.times().children_user
        publish_release(folder / "store")
        print(f"release: {_since(begun):.1f} CPU s")
        answers = open_answers(EVERYBODY, open_release(folder / "store"))
        begun, clock = time.process_time(), time.monotonic()
        waiting = answers.ask("needs_and_offers/unmatched", {"on_date": DAY}).to_pylist()
        spent, elapsed = time.process_time() - begun, time.monotonic() - clock
        fit = sum(row["offers_that_fit"] for row in waiting)
        print(
            f"{len(waiting):,} needs x {OFFERS:,} offers = {len(waiting) * OFFERS:,} pairs: {spent:.2f} CPU s, "
            f"{elapsed:.2f} s by the clock; {fit:,} pairs pass every gate"
        )
        begun = time.process_time()
        answers.ask("needs_and_offers/matches_for_need", {"need_id": "n1", "on_date": DAY})
        print(f"one need explained against {OFFERS:,} offers: {1000 * (time.process_time() - begun):.0f} ms CPU")
        answers.close()


def _since(begun: float) -> float:
    return time.process_time() + os.times().children_user - begun


def _needs(rng: random.Random) -> list[dict[str, str]]:
    return [
        {
            "need_id": f"n{number}",
            "country_iso3": rng.choice(COUNTRIES),
            "level": rng.choice(LEVELS),
            "language": rng.choice(LANGUAGES),
            "highest_tier": rng.choice(TIERS),
            "activity_type": rng.choice(("", *KINDS)),
            "people": str(rng.randrange(100, 100_000)),
            "raised_on": "2020-04-01",
        }
        for number in range(NEEDS)
    ]


def _offers(rng: random.Random) -> list[dict[str, str]]:
    return [
        {
            "offer_id": f"o{number}",
            "partner_id": f"m{number % 200}",
            "offer": "Lessons",
            "activity_type": rng.choice(KINDS),
            "countries": "all" if rng.random() < 0.1 else ";".join(rng.sample(COUNTRIES, rng.randint(1, 12))),
            "languages": "all" if rng.random() < 0.1 else ";".join(rng.sample(LANGUAGES, rng.randint(1, 4))),
            "levels": "all" if rng.random() < 0.2 else ";".join(rng.sample(LEVELS, rng.randint(1, 3))),
            "tier": rng.choice(TIERS),
            "is_free": "Yes" if rng.random() < 0.95 else "No",
            "valid_from": "2020-03-01",
            "focal_point": "info@member.example" if rng.random() < 0.9 else "",
            "capacity": str(rng.randrange(100, 100_000)) if rng.random() < 0.5 else "",
        }
        for number in range(OFFERS)
    ]


if __name__ == "__main__":
    main()
