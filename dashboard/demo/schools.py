"""School closures that never happened so, whose world counts are the published ones.

On each day for which UNESCO published a count, as many countries are closed here, and they enrol about the share of
the world's learners published beside it. Which countries they are, and what lies between, is drawn from a seed.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Anchor, Facts, write

FIRST_DAY = datetime.date(2020, 2, 16)
CAPTURES = (datetime.date(2020, 5, 20), datetime.date(2020, 6, 26))
PLANNED_DAYS = 14
SWAPS = 40_000
WORDS = {"closed": "National", "partial": "Localized", "open": "Open"}


@dataclass(frozen=True)
class World:
    """Simulated statuses: by country, the days on which a new one begins."""

    turns: dict[str, list[tuple[datetime.date, str]]]
    captures: tuple[datetime.date, ...] = CAPTURES

    def status(self, iso3: str, day: datetime.date) -> str:
        """Status of a country on a day: closed, partial or open."""
        return next((status for since, status in reversed(self.turns[iso3]) if since <= day), "open")


def simulate(known: Facts) -> World:
    """Draws closures that meet every anchor: countries exactly, share of learners as near as swaps bring it."""
    rng = random.Random(SEED)
    monitored = sorted(iso3 for iso3, country in known.countries.items() if country.monitored)
    peak = max(known.anchors, key=lambda anchor: anchor.countries)
    closed_on = {peak.day: _choose(monitored, peak, known, rng)}
    after = [anchor for anchor in known.anchors if anchor.day > peak.day]
    before = [anchor for anchor in reversed(known.anchors) if anchor.day < peak.day]
    for anchors in (after, before):
        within = closed_on[peak.day]
        for anchor in anchors:
            within = closed_on[anchor.day] = _choose(within, anchor, known, rng)
    days = sorted(closed_on)
    turns: dict[str, list[tuple[datetime.date, str]]] = {}
    for iso3 in monitored:
        turns[iso3] = list(_turns(iso3, days, closed_on, rng))
    return World(turns)


def write_capture(world: World, known: Facts, captured_on: datetime.date, folder: Path) -> Path:
    """Writes the file as UNESCO's stood in mid-2020: sparse, day first, with two weeks of plans at the end.

    Plans assume that nothing changes after the capture, so a later capture revises them.
    """

    def rows() -> Iterator[list[str]]:
        yield ["Date", "ISO", "Country", "Scale", "Note"]
        listed: set[str] = set()
        for day in days_between(FIRST_DAY, captured_on + datetime.timedelta(PLANNED_DAYS)):
            for iso3 in world.turns:
                status = world.status(iso3, min(day, captured_on))
                if status != "open":
                    listed.add(iso3)
                if iso3 in listed:
                    yield [f"{day:%d/%m/%Y}", iso3, known.countries[iso3].name, WORDS[status], MARK]

    return write(folder / f"demonstration_closures_captured_{captured_on}.csv", rows())


def days_between(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Every day from first to last, both included."""
    return [first + datetime.timedelta(n) for n in range((last - first).days + 1)]


def _choose(pool: list[str], anchor: Anchor, known: Facts, rng: random.Random) -> list[str]:
    """As many countries of the pool as the anchor counts, by swaps towards its share of the world's learners."""
    inside = rng.sample(pool, anchor.countries)
    outside = [iso3 for iso3 in pool if iso3 not in set(inside)]
    target = anchor.share * known.learners
    learners = {iso3: known.countries[iso3].learners for iso3 in pool}
    off = sum(learners[iso3] for iso3 in inside) - target
    for _ in range(SWAPS if outside else 0):
        i, o = rng.randrange(len(inside)), rng.randrange(len(outside))
        change = learners[outside[o]] - learners[inside[i]]
        if abs(off + change) < abs(off):
            inside[i], outside[o] = outside[o], inside[i]
            off += change
    return sorted(inside)


def _turns(
    iso3: str, days: list[datetime.date], closed_on: dict[datetime.date, list[str]], rng: random.Random
) -> Iterator[tuple[datetime.date, str]]:
    closed = [day for day in days if iso3 in closed_on[day]]
    if not closed:
        if rng.random() < 0.7:
            begin = FIRST_DAY + datetime.timedelta(rng.randrange(25, 45))
            yield begin, "partial"
            yield begin + datetime.timedelta(rng.randrange(20, 80)), "open"
        return
    closing = _between(max([day for day in days if day < closed[0]], default=FIRST_DAY), closed[0], rng)
    if rng.random() < 0.3:
        yield max(FIRST_DAY, closing - datetime.timedelta(rng.randrange(1, 9))), "partial"
    yield closing, "closed"
    later = [day for day in days if day > closed[-1]]
    if later:
        opening = _between(closed[-1], later[0], rng)
        if rng.random() < 0.75:
            yield opening, "partial"
            opening += datetime.timedelta(rng.randrange(10, 50))
        yield opening, "open"


def _between(after: datetime.date, until: datetime.date, rng: random.Random) -> datetime.date:
    """A day later than `after` and no later than `until`."""
    return after + datetime.timedelta(rng.randint(1, max(1, (until - after).days)))
