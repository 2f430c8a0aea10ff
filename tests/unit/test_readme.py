"""The numbers of README are those of the files and rules that it speaks of."""

import csv
import re
import tomllib

import pytest

from dashboard.disclosure.policy import policy
from dashboard.locales import LANGUAGES
from dashboard.settings import PROJECT, REFERENCE

README = " ".join((PROJECT / "README.md").read_text(encoding="utf-8").split())


def rows(name):
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def captures(source):
    record = tomllib.loads((REFERENCE / "record.toml").read_text(encoding="utf-8"))
    return sorted(entry["captured_on"] for entry in record["capture"] if entry["source"] == source)


def hubs():
    (launch,) = {row[-1] for row in rows("hubs.csv")[1:]}
    assert launch == "2013-10-31"
    return f"the {len(rows('hubs.csv')) - 1} hubs named on 31 October 2013"


def closures():
    days = [f"{day:%-d %B %Y}" for day in captures("unesco_closures")]
    return f"as captured on {', '.join(days[:-1])} and {days[-1]}"


def refugees():
    years = [column for column in rows("refugees_by_pair.csv")[0] if re.fullmatch(r"\d{4}", column)]
    return f"refugees by origin and host, {years[0]} to {years[-1]}"


def hidden():
    return f"fewer than {policy().hide_below} people are ‡"


def languages():
    return {6: "## Six languages"}[len(LANGUAGES)]


@pytest.mark.parametrize("number", [hubs, closures, refugees, hidden, languages], ids=lambda number: number.__name__)
def test_a_number_of_readme_is_that_of_its_source(number):
    assert number() in README
