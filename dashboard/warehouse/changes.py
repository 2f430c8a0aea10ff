"""What differs between two releases: their marts side by side, made into the `changed_*` tables that questions read.

Files of `queries/changes` read a mart of the older release as `old_<mart>`, of the newer one as `new_<mart>`. They run
in a database that goes away with the rows of people in it; what is left are counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.warehouse.build import BETWEEN, in_order, tables_of, without_order
from dashboard.warehouse.catalog import Query, layer
from dashboard.warehouse.duckdb import DuckEngine

OLD, NEW = "old_", "new_"
# Tables of a release that are no marts: what its manifest states.
RELEASE, PIN = "release", "pin"
MOST_ON_DISK = "4GB"  # while it is worked out; a reader asked for it, and must not be able to fill the disk


@dataclass(frozen=True)
class Pin:
    """A snapshot that a release stands on, and a stream in it; None where its source has no streams."""

    source: str
    captured_on: str
    snapshot: str
    stream: str | None


@dataclass(frozen=True)
class Side:
    """One of the two releases: its number, its marts, its snapshots."""

    number: int
    marts: Mapping[str, Path]
    pins: tuple[Pin, ...]


@cache
def changed_tables() -> frozenset[str]:
    """The tables that a comparison of two releases leaves."""
    return frozenset(query.name for query in layer("changes") if not query.name.startswith(BETWEEN))


def compares(query: Query) -> bool:
    """Whether a question is about two releases instead of one."""
    return bool(tables_of(query.sql) & changed_tables())


def mart_of(table: str) -> str:
    """The mart that a table of a comparison is, whichever release it is of; any other table is itself."""
    return table.removeprefix(OLD).removeprefix(NEW)


@cache
def compared_marts() -> frozenset[str]:
    """The marts of a release that a comparison reads."""
    read = {table for query in layer("changes") for table in tables_of(query.sql)}
    return frozenset(mart_of(table) for table in read if table != mart_of(table)) - {RELEASE, PIN}


def compare(old: Side, new: Side, folder: Path) -> dict[str, Path]:
    """Writes the tables of `changed_tables` as Parquet into an empty folder and returns their files.

    What lies beside them are rows of people: the caller removes the folder.
    """
    (folder / "spill").mkdir()
    engine = DuckEngine(builds_in=folder / "spill", spills=MOST_ON_DISK)
    try:
        for prefix, side in ((OLD, old), (NEW, new)):
            for name in compared_marts():
                engine.read(prefix + name, [side.marts[name]])
            for name, table in _of_manifest(side).items():
                file = folder / f"{prefix}{name}.parquet"
                pq.write_table(table, file)
                engine.read(prefix + name, [file])
        for step in in_order(layer("changes")):
            sql = step.sql if step.name in changed_tables() else without_order(step.sql)
            engine.build(step.name, sql, folder / f"{step.name}.parquet")
    finally:
        engine.close()
    return {name: folder / f"{name}.parquet" for name in changed_tables()}


def _of_manifest(side: Side) -> dict[str, pa.Table]:
    pins = side.pins
    return {
        RELEASE: pa.table({"number": pa.array([side.number], pa.int64())}),
        PIN: pa.table(
            {
                "source": pa.array([pin.source for pin in pins], pa.string()),
                "captured_on": pa.array([pin.captured_on for pin in pins], pa.string()).cast(pa.date32()),
                "snapshot": pa.array([pin.snapshot for pin in pins], pa.string()),
                "stream": pa.array([pin.stream for pin in pins], pa.string()),
            }
        ),
    }
