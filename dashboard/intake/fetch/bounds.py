"""How far a fetched file is from what the store holds of its source: what is beyond the bounds of its card waits."""

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
    """How large a capture is: rows, countries, and the sum of the column that the card names as its total."""

    rows: int
    countries: int
    total: int


def beyond(store_rows: Sequence[Snapshot], ready: Ready, card: SourceCard, way: Way) -> str:
    """Why a file has to wait for a person, as a sentence; empty where it is within the bounds of its card.

    Args:
        store_rows: what the store serves of the source now, real rows only.
        ready: the file, checked.
        card: of the source.
        way: by which it was fetched; its bounds are shares of change, its setting `total` names a column.
    """
    bounds = {**BOUNDS, **way.bounds}
    report = ready.report
    aside = len(report.quarantined)
    if report.rows_in and aside / report.rows_in > bounds["set_aside"]:
        return (
            f"{aside:,} of {report.rows_in:,} rows are set aside, more than the {bounds['set_aside']:.0%} that may be "
            "without a person."
        )
    total = str(way.settings.get("total", ""))
    streams = frozenset(report.streams)
    now = size([ready.folder / "rows.parquet"], card, total, streams)
    # Of a source with streams, what came in one file with some of these streams is expected to come again.
    stood = [one for one in _newest_first(store_rows) if not card.stream or one.streams & streams]
    expected = streams.union(*(one.streams for one in stood))
    before = size([one.rows_file for one in stood], card, total, expected) if stood else None
    if before is None or not before.rows:
        return _too_small(now, way.bounds)
    for name, words in WORDS.items():
        old, new = getattr(before, name), getattr(now, name)
        if old and abs(new - old) / old > bounds[name]:
            change = f"{abs(new - old) / old:.0%} {'more' if new > old else 'fewer'}"
            return (
                f"{old:,} {words} become {new:,}: {change}, beyond the {bounds[name]:.0%} that may change without a "
                "person."
            )
    return ""


def size(files: Sequence[Path], card: SourceCard, total: str, streams: frozenset[str]) -> Size:
    """The size of files, the newest first; of a source with streams each stream counts once, and only those named."""
    rows, people = 0, 0
    countries: set[str] = set()
    open_streams = set(streams)
    for file in files if card.stream else files[:1]:
        names = pq.read_schema(file).names
        wanted = [name for name in dict.fromkeys((*card.stream, *COUNTRIES, total)) if name in names]
        table: Any = pq.read_table(file, columns=wanted or names[:1])
        if card.stream:
            table, open_streams = _of_streams(table, card.stream, open_streams)
        rows += table.num_rows
        for name in COUNTRIES:
            if name in table.column_names:
                countries |= {code for code in pc.unique(table[name]).to_pylist() if code}
                break
        if total in table.column_names:
            people += int(pc.sum(table[total]).as_py() or 0)
    return Size(rows, len(countries), people)


def _of_streams(table: Any, stream: Sequence[str], wanted: set[str]) -> tuple[Any, set[str]]:
    """The rows of the streams that are wanted still, and those that are wanted after it."""
    keys = pc.binary_join_element_wise(*(pc.cast(table[name], pa.string()) for name in stream), "/")
    found = set(pc.unique(keys).to_pylist())
    return table.filter(pc.is_in(keys, pa.array(sorted(wanted), pa.string()))), wanted - found


def _newest_first(store_rows: Sequence[Snapshot]) -> list[Snapshot]:
    return sorted(store_rows, key=lambda one: (one.captured_on, one.order), reverse=True)


def _too_small(now: Size, bounds: Mapping[str, float]) -> str:
    fewest = {name: bounds[name] for name in FEWEST if name in bounds}
    if not fewest:
        return "It is the first capture of this source, so that there is nothing to compare it with."
    for name, least in fewest.items():
        if (found := getattr(now, FEWEST[name])) < least:
            return (
                f"It is the first capture of this source and has {found:,} {FEWEST[name]}; at least {least:,.0f} were "
                "expected."
            )
    return ""
