"""The facts the demonstration is calibrated to, read from data/reference, and how its files are written."""

import csv
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.intake.report import DEMONSTRATION_MARK
from dashboard.settings import REFERENCE

SEED = 20200626
MARK = DEMONSTRATION_MARK


@dataclass(frozen=True)
class Country:
    """A country of the reference with its learners and the refugees it hosts."""

    iso3: str
    name: str
    latitude: float
    longitude: float
    monitored: bool
    learners: int
    refugees: int


@dataclass(frozen=True)
class Anchor:
    """A day for which UNESCO published how many countries were closed, and how many learners that affected."""

    day: datetime.date
    countries: int
    share: float


@dataclass(frozen=True)
class Facts:
    """What is known: countries, enrolment by country (as in the UIS file), anchors of the closures."""

    countries: dict[str, Country]
    enrolment: list[dict[str, str]]
    anchors: list[Anchor]

    @property
    def learners(self) -> int:
        """Learners enrolled in the world."""
        return sum(country.learners for country in self.countries.values())


def facts() -> Facts:
    """Reads the reference tables."""
    enrolment = read("learners_by_country")
    learners = {row["iso3"]: sum(int(n) for key, n in row.items() if key != "iso3" and n) for row in enrolment}
    refugees = {row["iso3"]: int(row["refugees"]) for row in read("refugees_hosted")}
    countries = {
        row["iso3"]: Country(
            row["iso3"],
            row["name_en"],
            float(row["latitude"] or 0),
            float(row["longitude"] or 0),
            row["unesco_monitored"] == "true",
            learners.get(row["iso3"], 0),
            refugees.get(row["iso3"], 0),
        )
        for row in read("countries")
    }
    stated = [row for row in read("published_figures") if row["metric"] == "learners_affected" and row["on_date"]]
    # Where no share was stated, the figure is set against the enrolment that the others stood on.
    with_share = [int(row["value"]) / float(row["share"]) for row in stated if row["share"]]
    world = sum(with_share) / len(with_share)
    anchors = [
        Anchor(
            datetime.date.fromisoformat(row["on_date"]),
            int(row["countries_closed"]),
            float(row["share"] or int(row["value"]) / world),
        )
        for row in stated
        if row["countries_closed"]
    ]
    return Facts(countries, enrolment, sorted(anchors, key=lambda anchor: anchor.day))


def read(table: str) -> list[dict[str, str]]:
    """The rows of a reference table as text."""
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """Writes a CSV as publishers do: UTF-8, quoted where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path
