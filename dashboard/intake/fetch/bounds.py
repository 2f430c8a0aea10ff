"""How far a fetched file is from what the store holds of its source: what is beyond the bounds of its card waits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.intake.front_door import Ready
from dashboard.store.snapshots import Snapshot
from dashboard.warehouse.catalog import SourceCard, Way

# Where a card states no bound of its own: a fifth more or fewer rows, a tenth of the countries, a quarter of the
# people, and one row of twenty set aside.
BOUNDS: Mapping[str, float] = {"rows": 0.2, "countries": 0.1, "total": 0.25, "set_aside": 0.05}
# How many a first capture has at least; without one of them it waits for a person.
FEWEST = {"fewest_rows": "rows", "fewest_countries": "countries"}
COUNTRIES = ("country_iso3", "host_iso3", "country_host")
WORDS = {"rows": "rows", "countries": "countries", "total": "people in all"}


@dataclass(frozen=True)
class Size:
    """How large a capture is by country, empty where a row names none: rows, and people by the total of the card."""

    rows: Mapping[str, int]
    people: Mapping[str, int]

    @property
    def countries(self) -> frozenset[str]:
        """The countries that rows name."""
        return frozenset(filter(None, self.rows))


def beyond(
    store_rows: Sequence[Snapshot], seen_rows: Sequence[Snapshot], ready: Ready, card: SourceCard, way: Way
) -> str:
    """Why a file has to wait for a person, as a sentence; empty where it is within the bounds of its card.

    It is compared with what the store serves, and with what a person saw last: small changes add up.

    Args:
        store_rows: what the store serves of the source now, real rows only.
        seen_rows: captures that a person brought in or published, then all others; the first of a stream counts.
        ready: the file, checked.
        card: of the source.
        way: by which it was fetched; its bounds are shares of change, its setting `total` names a column.
    """
    if unknown := sorted(set(way.bounds) - {*BOUNDS, *FEWEST}):
        return f"The card of the source has a bound that does not exist ({unknown[0]}). Correct it."
    bounds = {**BOUNDS, **way.bounds}
    report = ready.report
    aside = len(report.quarantined)
    if report.rows_in and not aside / report.rows_in <= bounds["set_aside"]:
        return (
            f"{aside:,} of {report.rows_in:,} rows are set aside, more than the {bounds['set_aside']:.0%} that may be "
            "without a person."
        )
    total = str(way.settings.get("total", ""))
    streams = frozenset(report.streams)
    now = size([ready.folder / "rows.parquet"], card, total, streams)
    # Of a source with streams, what came in one file with some of these streams is expected to come again.
    stood = [snapshot for snapshot in _newest_first(store_rows) if not card.stream or snapshot.streams & streams]
    expected = streams.union(*(snapshot.streams for snapshot in stood))
    before = size([snapshot.rows_file for snapshot in stood], card, total, expected) if stood else None
    if before is None or not before.rows:
        return _too_small(now, way.bounds)
    if change := _change(before, now, bounds):
        return change
    seen = [snapshot for snapshot in seen_rows if not card.stream or snapshot.streams & expected]
    change = _change(size([snapshot.rows_file for snapshot in seen], card, total, expected), now, bounds)
    day = max((snapshot.captured_on for snapshot in (seen if card.stream else seen[:1])), default="")
    return f"Small changes have added up since the capture that a person saw last ({day}): {change}" if change else ""


def _change(before: Size, now: Size, bounds: Mapping[str, float]) -> str:
    """What is beyond its bound, as a sentence: in all, or country by country where that evens out."""
    sizes: dict[str, tuple[Mapping[str, int], Mapping[str, int]]] = {
        "rows": (before.rows, now.rows),
        "countries": (dict.fromkeys(before.countries, 1), dict.fromkeys(now.countries, 1)),
        "total": (before.people, now.people),
    }
    for name, (old_sizes, new_sizes) in sizes.items():
        old, new = sum(old_sizes.values()), sum(new_sizes.values())
        moved = sum(abs(new_sizes.get(country, 0) - old_sizes.get(country, 0)) for country in {*old_sizes, *new_sizes})
        most = f"beyond the {bounds[name]:.0%} that may change without a person."
        if old and not abs(new - old) / old <= bounds[name]:
            change = f"{abs(new - old) / old:.0%} {'more' if new > old else 'fewer'}"
            return f"{old:,} {WORDS[name]} become {new:,}: {change}, {most}"
        if old and not moved / old <= bounds[name]:
            return (
                f"{old:,} {WORDS[name]} become {new:,}, but country by country {moved:,} differ: {moved / old:.0%}, "
                f"{most}"
            )
    return ""


def size(files: Sequence[Path], card: SourceCard, total: str, streams: frozenset[str]) -> Size:
    """The size of files, the first counts; of a source with streams each stream counts once, and only those named."""
    rows: Counter[str] = Counter()
    people: Counter[str] = Counter()
    open_streams = set(streams)
    for file in files if card.stream else files[:1]:
        if card.stream and not open_streams:
            break
        names = pq.read_schema(file).names
        wanted = [name for name in dict.fromkeys((*card.stream, *COUNTRIES, total)) if name in names]
        table: Any = pq.read_table(file, columns=wanted or names[:1])
        if card.stream:
            table, open_streams = _of_streams(table, card.stream, open_streams)
        country = next((name for name in COUNTRIES if name in table.column_names), "")
        codes = table[country] if country else pa.nulls(table.num_rows, pa.string())
        counted = table[total] if total in table.column_names else pa.nulls(table.num_rows, pa.int64())
        sums = pa.table({"country": codes, "people": counted}).group_by("country")
        for row in sums.aggregate([([], "count_all"), ("people", "sum")]).to_pylist():
            rows[row["country"] or ""] += row["count_all"]
            people[row["country"] or ""] += row["people_sum"] or 0
    return Size(rows, people)


def _of_streams(table: Any, stream: Sequence[str], wanted: set[str]) -> tuple[Any, set[str]]:
    """The rows of the streams that are wanted still, and those that are wanted after it."""
    keys = pc.binary_join_element_wise(*(pc.cast(table[name], pa.string()) for name in stream), "/")
    present = set(pc.unique(keys).to_pylist())
    return table.filter(pc.is_in(keys, pa.array(sorted(wanted), pa.string()))), wanted - present


def _newest_first(store_rows: Sequence[Snapshot]) -> list[Snapshot]:
    return sorted(store_rows, key=lambda snapshot: (snapshot.captured_on, snapshot.order), reverse=True)


def _too_small(now: Size, bounds: Mapping[str, float]) -> str:
    fewest = {name: bounds[name] for name in FEWEST if name in bounds}
    if not fewest:
        return "It is the first capture of this source, so that there is nothing to compare it with."
    for name, least in fewest.items():
        size = len(now.countries) if name == "fewest_countries" else sum(now.rows.values())
        if not size >= least:
            return (
                f"It is the first capture of this source and has {size:,} {FEWEST[name]}; at least {least:,.0f} were "
                "expected."
            )
    return ""
