"""A file in UNHCR's layout: hosts and their totals are facts, the origins are drawn from a seed."""

import random
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Country, Facts, write

YEAR = 2023
EXTRACTED = "21/07/2024 14:54 UTC"
ORIGINS_PER_HOST = (1, 12)
HEADER = ["Year", "Country of origin", "Country of origin (ISO)", "Country of asylum", "Country of asylum (ISO)"]
COUNTS = ["Refugees under UNHCR's mandate", "Asylum-seekers"]


def write_refugees(known: Facts, folder: Path) -> Path:
    """Writes one row for each origin and host; the origins of a host sum to its total."""
    rng = random.Random(SEED)
    origins = [country for country in known.countries.values() if country.monitored and country.region in ("Africa", "Asia", "Americas")]
    rows: list[list[object]] = [["Extracted:", f"{MARK} origins"], ["Date extracted:", EXTRACTED], [*HEADER, *COUNTS]]
    for host in sorted(known.countries.values(), key=lambda country: country.iso3):
        if host.refugees:
            for origin, refugees in _split(host, origins, rng):
                rows.append([YEAR, origin.name, origin.iso3, host.name, host.iso3, refugees, "-"])
    return write(folder / "demonstration_unhcr_population.csv", rows)


def _split(host: Country, origins: list[Country], rng: random.Random) -> list[tuple[Country, int]]:
    """The host's total over a few origins, those of its own region more often; no part from 1 to 4."""
    most = max(1, min(rng.randint(*ORIGINS_PER_HOST), host.refugees // 50))
    near = [origin for origin in origins if origin.region == host.region] or origins
    chosen = {rng.choice(near if rng.random() < 0.7 else origins).iso3 for _ in range(most * 2)} - {host.iso3}
    parts = [origin for origin in origins if origin.iso3 in chosen][:most] or [o for o in origins if o.iso3 != host.iso3][:1]
    weights = [rng.paretovariate(0.8) for _ in parts]
    counts = [int(host.refugees * weight / sum(weights)) // 5 * 5 for weight in weights]
    counts[0] += host.refugees - sum(counts)
    return [(origin, count) for origin, count in zip(parts, counts, strict=True) if count]
