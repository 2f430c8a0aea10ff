"""The facts that the demonstration is calibrated to, read from data/reference."""

from dataclasses import dataclass

from dashboard.intake.report import DEMONSTRATION_MARK
from dashboard.reference import refugees
from dashboard.reference.carried import read_rows

SEED = 20200626
MARK = DEMONSTRATION_MARK
HOSTED_IN = 2023


@dataclass(frozen=True)
class Country:
    """A country of the reference with its learners and the refugees it hosts."""

    iso3: str
    name: str
    monitored: bool
    learners: int
    refugees: int


@dataclass(frozen=True)
class Facts:
    """What is known: countries with their learners and the refugees they host."""

    countries: dict[str, Country]


def facts() -> Facts:
    """Reads the reference tables."""
    learners = {
        row["iso3"]: sum(int(n) for key, n in row.items() if key != "iso3" and n)
        for row in read_rows("learners_by_country.csv")
    }
    hosted = refugees.hosted(HOSTED_IN)
    countries = {
        row["iso3"]: Country(
            row["iso3"],
            row["name_en"],
            row["unesco_monitored"] == "true",
            learners.get(row["iso3"], 0),
            hosted.get(row["iso3"], 0),
        )
        for row in read_rows("countries.csv")
    }
    return Facts(countries)
