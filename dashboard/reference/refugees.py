"""UNHCR's refugees by origin and host at the end of each year, and the totals of hosts and origins they add up to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from dashboard.reference.carried import REFUGEES, Carried, carried, names, read_rows, write_rows

SOURCE = "unhcr_population"
# UNHCR's own codes of those who come from no country of the reference.
OF_NO_COUNTRY = {"UNK": "Unknown", "XXA": "Stateless", "TIB": "Tibetan"}
HEADER = ["Year", "Country of origin", "Country of origin (ISO)", "Country of asylum", "Country of asylum (ISO)"]
COUNTS = ["Refugees under UNHCR's mandate", "Asylum-seekers"]
NOT_CARRIED = "-"

Pair = tuple[str, str]


@cache
def pairs(year: int) -> Mapping[Pair, int]:
    """Refugees under UNHCR's mandate by origin and host at the end of a year; pairs without any are left out."""
    return {(row["origin_iso3"], row["host_iso3"]): int(row[str(year)]) for row in _rows() if row[str(year)]}


def years() -> list[int]:
    """The years carried, the earliest first."""
    return sorted(int(name) for name in _rows()[0] if name.isdecimal())


def hosted(year: int) -> Mapping[str, int]:
    """Refugees under UNHCR's mandate by host at the end of a year."""
    return _totals(((host, count) for (_origin, host), count in pairs(year).items()))


def by_origin(year: int) -> Mapping[str, int]:
    """Refugees under UNHCR's mandate by origin at the end of a year, unknown and stateless ones among them."""
    return _totals(((origin, count) for (origin, _host), count in pairs(year).items()))


def write_out(capture: Carried, folder: Path) -> Path:
    """Writes the pairs as UNHCR's own download has them; what is not carried is `-`, as UNHCR writes it."""
    of_country = {**names(), **OF_NO_COUNTRY}
    rows: list[list[object]] = [
        ["Extracted:", "United Nations High Commissioner for Refugees"],
        ["Date extracted:", f"{capture.captured_on:%d/%m/%Y}"],
        [*HEADER, *COUNTS],
    ]
    rows += [
        [year, of_country[origin], origin, of_country[host], host, count, NOT_CARRIED]
        for year in years()
        for (origin, host), count in pairs(year).items()
    ]
    return write_rows(folder / capture.published_as, rows)


def captures() -> tuple[Carried, ...]:
    """The one download carried."""
    return carried(SOURCE)


@cache
def _rows() -> list[dict[str, str]]:
    return read_rows(REFUGEES)


def _totals(counts: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    totals: Counter[str] = Counter()
    for code, count in counts:
        totals[code] += count
    return dict(sorted(totals.items()))
