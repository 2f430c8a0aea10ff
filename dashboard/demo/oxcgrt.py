"""A tracker file in the Oxford layout, loosely following the simulated closures."""

import datetime
import random
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Facts, write
from dashboard.demo.schools import World, days_between

FIRST_DAY = datetime.date(2020, 1, 1)
LEVEL = {"closed": "3", "partial": "2"}


def write_oxcgrt(world: World, known: Facts, folder: Path) -> Path:
    """Writes one row a country and one column a day, up to the last capture; a few cells have no data."""
    rng = random.Random(SEED)
    last = world.captures[-1]
    days = days_between(FIRST_DAY, last)
    rows: list[list[str]] = [[MARK, "country_code", "country_name", *(f"{day:%d%b%Y}" for day in days)]]
    for number, iso3 in enumerate(world.turns, start=1):
        cells = []
        lag, some_levels = datetime.timedelta(rng.randrange(-4, 9)), rng.random() < 0.12
        for day in days:
            status = world.status(iso3, day - lag)
            level = (
                "2"
                if some_levels and status == "closed"
                else LEVEL.get(status) or ("1" if world.status(iso3, day + datetime.timedelta(7)) != "open" else "0")
            )
            cells.append("NA" if rng.random() < 0.01 else level)
        rows.append([str(number), iso3, known.countries[iso3].name, *cells])
    return write(folder / f"demonstration_oxcgrt_c1_wide_to_{last}.csv", rows)
