"""A file in UNHCR's layout: hosts and their totals are facts, the origins are drawn from a seed."""

import math
import random
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Country, Facts, write

YEAR = 2023
EXTRACTED = "21/07/2024 14:54 UTC"
MOST_ORIGINS = 12
PEOPLE_AN_ORIGIN = 50
HEADER = ["Year", "Country of origin", "Country of origin (ISO)", "Country of asylum", "Country of asylum (ISO)"]
COUNTS = ["Refugees under UNHCR's mandate", "Asylum-seekers"]
# People flee from poor countries more often, and mostly to one nearby.
DRAWN_BY_INCOME = {"Low": 6.0, "Lower middle": 2.0, "Upper middle": 0.4}
NEAR_KM = 400.0


def write_refugees(known: Facts, folder: Path) -> Path:
    """Writes one row for each origin and host; the origins of a host sum to its total."""
    rng = random.Random(SEED)
    origins = {
        c: DRAWN_BY_INCOME[c.income] * rng.paretovariate(0.9)
        for c in known.countries.values()
        if c.income in DRAWN_BY_INCOME
    }
    rows: list[list[object]] = [["Extracted:", f"{MARK} origins"], ["Date extracted:", EXTRACTED], [*HEADER, *COUNTS]]
    for host in known.countries.values():
        if host.refugees:
            for origin, refugees in _split(host, origins, rng):
                rows.append([YEAR, origin.name, origin.iso3, host.name, host.iso3, refugees, "-"])
    return write(folder / "demonstration_unhcr_population.csv", rows)


def _split(host: Country, origins: dict[Country, float], rng: random.Random) -> list[tuple[Country, int]]:
    """The host's total over the likeliest origins, in steps of five; the rest goes to the largest."""
    likely = {
        origin: weight * rng.uniform(0.3, 1.0) / (NEAR_KM + _kilometres(host, origin)) ** 2
        for origin, weight in origins.items()
        if origin is not host
    }
    count = max(1, min(MOST_ORIGINS, host.refugees // PEOPLE_AN_ORIGIN))
    chosen = sorted(likely, key=lambda origin: likely[origin], reverse=True)[:count]
    total = sum(likely[origin] for origin in chosen)
    parts = {origin: int(host.refugees * likely[origin] / total) // 5 * 5 for origin in chosen}
    parts[chosen[0]] += host.refugees - sum(parts.values())
    return [(origin, part) for origin, part in parts.items() if part]


def _kilometres(one: Country, other: Country) -> float:
    """Great-circle distance between the two points of reference."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(one.longitude - other.longitude)
    return 6371 * math.acos(min(1.0, math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)))
