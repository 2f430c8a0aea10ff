"""UNESCO Institute for Statistics: learners enrolled by country, level and sex, newest year of each.

Written from the documentation of the UIS Data API. Indicators are found by their names, which outlive their codes; each
is asked for by itself, since one answer holds at most 100,000 records. The list of indicators states how many it has.
Settings: `address`, `first_year`, before which no figure is taken.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.pages import AGAIN, answered_field, whole_number
from dashboard.intake.fetch.tables import write
from dashboard.intake.fetch.ways import Client, Fetched, Order, server

LEVELS = {
    "Pre-primary": "pre-primary education",
    "Primary": "primary education",
    "Secondary": "secondary education",
    "Tertiary": "tertiary education, all programmes",
}
SEXES = {"both": "both sexes", "female": "female", "male": "male"}
# The name that UIS gives the figures of each column.
NAMES = {
    f"{level} ({sex})": f"Enrolment in {words}, {sexes} (number)"
    for level, words in LEVELS.items()
    for sex, sexes in SEXES.items()
}
# The file that people download has these columns in this order.
HEADER = ["ISO3", *(f"{level} ({sex})" for sex in SEXES for level in LEVELS)]
MOST_RECORDS = 100_000
# Stands for a figure that is not known: both sexes are, and one of them is not.
NOT_SHOWN = ".."
# Regions are in the same answers, under longer names.
COUNTRY = re.compile(r"[A-Z]{3}")

Figures = dict[tuple[str, int], int]


def fetch(order: Order, client: Client) -> Fetched:
    """One row a country; of each level the newest year in which both sexes are known, as in the publisher's table."""
    address = server(order.setting("address"))
    figures = {name: _figures(client, address, indicator) for name, indicator in _indicators(client, address).items()}
    return Fetched(write_figures(order, figures))


def write_figures(order: Order, figures: Mapping[str, Figures]) -> Path:
    """The publisher's table of what each column of `NAMES` holds: of each level the newest year of both sexes."""
    first_year = int(order.setting("first_year"))
    cells: dict[str, dict[str, object]] = defaultdict(dict)
    for level in LEVELS:
        for country, year in sorted(figures[f"{level} (both)"]):  # later years replace earlier ones
            if year >= first_year and COUNTRY.fullmatch(country):
                for sex in SEXES:
                    name = f"{level} ({sex})"
                    cells[country][name] = figures[name].get((country, year), NOT_SHOWN)
    rows = [[country, *(cells[country].get(name, 0) for name in HEADER[1:])] for country in sorted(cells)]
    return write(order.folder, "uis_enrolment", HEADER, rows)


def _indicators(client: Client, address: str) -> dict[str, dict[str, Any]]:
    """The indicator of each figure."""
    answer = client.json(f"{address}/definitions/indicators")
    listed = answered_field(
        {"indicators": answer}, "indicators", list, client.shown(f"{address}/definitions/indicators")
    )
    by_name = {
        str(indicator.get("name", "")).casefold(): indicator for indicator in listed if indicator.get("indicatorCode")
    }
    if missing := [name for name in NAMES.values() if name.casefold() not in by_name]:
        raise FetchFailed(
            f"{client.shown(address)} has no indicator named {missing[0]!r} (found: {len(by_name):,} others). It may "
            "have a new name: import a file, and tell whoever looks after the dashboard."
        )
    return {figure: by_name[name.casefold()] for figure, name in NAMES.items()}


def _figures(client: Client, address: str, indicator: dict[str, Any]) -> Figures:
    """The figures of an indicator by country or region and year.

    Raises:
        FetchFailed: records are missing, or may be, or a place has two figures of one year.
    """
    code = str(indicator["indicatorCode"])
    what = client.shown(f"{address}/data/indicators")
    answer = client.json(f"{address}/data/indicators", {"indicator": code})
    records = answered_field(answer, "records", list, what)
    total = (indicator.get("dataAvailability") or {}).get("totalRecordCount")
    if total is not None and len(records) != whole_number(total, what):
        raise FetchFailed(f"{what} should have {total:,} records of {code} (found: {len(records):,}). {AGAIN}")
    if len(records) >= MOST_RECORDS:
        raise FetchFailed(
            f"{what} gives at most {MOST_RECORDS:,} records at once, and as many came for {code}: some may be missing. "
            "Import a file, and tell whoever looks after the dashboard."
        )
    figures: Figures = {}
    for record in records:
        value = record.get("value")
        if isinstance(value, int | float):
            take(figures, (str(record.get("geoUnit", "")), int(record.get("year", 0))), value, f"{what}: {code}")
    return figures


def take(figures: Figures, key: tuple[str, int], value: float, what: str) -> None:
    """Adds the figure of a country or region and year.

    Raises:
        FetchFailed: another one is there.
    """
    if figures.setdefault(key, round(value)) != round(value):
        raise FetchFailed(f"{what} has two figures for {key[0]} in {key[1]} (found: {figures[key]}, {value}). {AGAIN}")
