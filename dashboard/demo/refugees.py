"""A file in UNHCR's layout: the totals of hosts and of origins are facts, who lives where between them is simulated."""

import math
from pathlib import Path

import numpy as np

from dashboard.demo.files import MARK, Country, Facts, read, write

YEAR = 2023
EXTRACTED = "21/07/2024 14:54 UTC"
HEADER = ["Year", "Country of origin", "Country of origin (ISO)", "Country of asylum", "Country of asylum (ISO)"]
COUNTS = ["Refugees under UNHCR's mandate", "Asylum-seekers"]
# Few live far away: the weight of a pair falls with the cube of the distance beyond this.
NEAR_KM = 300.0
ROUNDS = 200
STEP = 5


def write_refugees(known: Facts, folder: Path) -> Path:
    """Writes one row for each origin and host; the origins of a host sum to its total to the last person."""
    codes, hosts, cells = pairs(known)
    rows: list[list[object]] = [["Extracted:", f"{MARK} pairs"], ["Date extracted:", EXTRACTED], [*HEADER, *COUNTS]]
    for code, row in zip(codes, cells, strict=True):
        name = known.countries[code].name if code in known.countries else ""
        rows += [
            [YEAR, name, code, host.name, host.iso3, int(refugees), "-"]
            for host, refugees in zip(hosts, row, strict=True)
            if refugees
        ]
    return write(folder / "demonstration_unhcr_population.csv", rows)


def pairs(known: Facts) -> tuple[list[str], list[Country], np.ndarray]:
    """Codes of origin, hosts, and refugees by origin (rows) and host (columns), fitted to the totals of both."""
    hosts = [country for country in known.countries.values() if country.refugees]
    origins = [(row["origin_iso3"], int(row["refugees"])) for row in read("refugees_by_origin")]
    return [code for code, _total in origins], hosts, _fitted(hosts, origins, known)


def _fitted(hosts: list[Country], origins: list[tuple[str, int]], known: Facts) -> np.ndarray:
    """By iterative proportional fitting."""
    by_host = np.array([host.refugees for host in hosts], dtype=float)
    by_origin = np.array([total for _code, total in origins], dtype=float)
    cells = np.array([[_weight(known.countries.get(code), host) for host in hosts] for code, _total in origins])
    for _ in range(ROUNDS):
        cells *= (by_origin / cells.sum(axis=1))[:, None]
        cells *= by_host / cells.sum(axis=0)
    whole = np.floor(cells / STEP) * STEP
    whole[cells.argmax(axis=0), range(len(hosts))] += by_host - whole.sum(axis=0)
    return whole


def _weight(origin: Country | None, host: Country) -> float:
    """How likely refugees of an origin live in a host, by distance; nobody is a refugee at home."""
    if origin is None:
        return (NEAR_KM + 5000) ** -3.0  # unknown, stateless: anywhere alike
    return 0.0 if origin is host else (NEAR_KM + _kilometres(host, origin)) ** -3.0


def _kilometres(one: Country, other: Country) -> float:
    """Great-circle distance between the two points of reference."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(one.longitude - other.longitude)
    return 6371 * math.acos(min(1.0, math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)))
