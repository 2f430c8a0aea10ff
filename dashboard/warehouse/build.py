"""From snapshots and reference tables to marts and cubes, on any engine: staging, tables in their order, checks."""

import csv
import datetime
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.refusals import Refusal
from dashboard.settings import REFERENCE
from dashboard.warehouse.catalog import Query, layer, sources
from dashboard.warehouse.engine import Engine
from dashboard.warehouse.made_of import made_of, rows_of
from dashboard.warehouse.schema import ARROW, snapshot_schema

if TYPE_CHECKING:
    from sqlglot import exp

# Reference tables that marts read: columns that are not text. The rest of data/reference is read by its own users.
REFERENCE_TABLES: Mapping[str, Mapping[str, str]] = {
    "claims": {"on_date": "DATE", "compared_on": "DATE", "value": "DOUBLE"},
    "contradictions": {},
    "countries": {
        "latitude": "DOUBLE",
        "longitude": "DOUBLE",
        "unesco_monitored": "BOOLEAN",
        "has_polygon_110m": "BOOLEAN",
    },
    "languages": {},
    "languages_by_country": {},
    "partners": {},
    "programmes": {},
    "published_figures": {"on_date": "DATE", "value": "BIGINT", "share": "DOUBLE", "countries_closed": "BIGINT"},
}

# Marts whose names begin so are steps on the way to others, and are not kept.
BETWEEN = "int_"


class ChecksFailed(Refusal):
    """Rows exist that must not; the message names the check and the first of them."""


@dataclass(frozen=True)
class Table:
    """A table that was made: the digests of what it is made of and of its rows, and its file, where that is kept."""

    made_of: str
    rows: str
    file: Path | None = None


@dataclass(frozen=True)
class Built:
    """What came of building: the checks that held, all tables, and the names of the kept ones that were taken over."""

    checks: list[str]
    tables: Mapping[str, Table]
    taken: frozenset[str]


def build_marts(
    engine: Engine,
    inputs: Mapping[str, Sequence[Path]],
    folder: Path,
    scratch: Path,
    before: Mapping[str, Table] | None = None,
) -> Built:
    """Builds every mart and cube into `folder` as Parquet and runs the checks.

    A table that was made before by the same SQL from the same rows, by the same engine and code, is taken over. A
    step on the way that would be the same as before is built only where something that is not the same reads it. The
    checks run on all tables.

    Args:
        engine: where it runs.
        inputs: Parquet files of each source's pinned snapshots; a source without any gives empty marts.
        folder: where the marts go, one file each.
        scratch: a folder for what is needed while the engine is asked; the caller removes it.
        before: tables by name that may be taken over, their files verified.

    Raises:
        ChecksFailed: a check found rows.
    """
    scratch.mkdir(parents=True)
    files = files_behind(inputs, scratch)
    for table, given in files.items():
        engine.read(table, given)
    for staging in layer("staging"):
        engine.view(staging.name, staging.sql)
    building = _Building(engine, folder, scratch, files, before or {})
    for step in in_order((*layer("marts"), *layer("cubes"))):
        building.make(step)
    return Built(_checked(engine, layer("checks")), building.tables, frozenset(building.taken))


class _Building:
    """The tables of a release on their way: what is made, taken over, or a step that nothing needed so far."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        scratch: Path,
        files: Mapping[str, Sequence[Path]],
        before: Mapping[str, Table],
    ) -> None:
        self.tables = dict[str, Table]()
        self.taken = set[str]()
        self._engine, self._folder, self._scratch, self._before = engine, folder, scratch, before
        self._built_by = engine.built_by()
        self._waiting = dict[str, Query]()
        self._rows = {table: rows_of(given) for table, given in files.items()}
        for staging in layer("staging"):
            self._rows[staging.name] = self._made_of(staging)

    def make(self, step: Query) -> None:
        """Takes a table over or builds it; those that it reads come before it."""
        made, earlier = self._made_of(step), self._before.get(step.name)
        is_kept = not step.name.startswith(BETWEEN)
        if earlier and earlier.made_of == made and bool(earlier.file) == is_kept:
            table = self._taken_over(step, earlier)
        else:
            table = Table(made, self._build(step) or made, self._file(step) if is_kept else None)
        self.tables[step.name] = table
        self._rows[step.name] = table.rows

    def _taken_over(self, step: Query, earlier: Table) -> Table:
        if not earlier.file:
            self._waiting[step.name] = step
            return earlier
        file = self._file(step)
        # No second name of the same file: a disk that damages one release is to leave the one before whole.
        shutil.copyfile(earlier.file, file)
        self._engine.read(step.name, [file])
        self.taken.add(step.name)
        return Table(earlier.made_of, earlier.rows, file)

    def _build(self, step: Query) -> str | None:
        """Builds a table, after the steps that it reads and that nothing needed so far; returns the digest of its rows,
        None where the engine does not tell one.
        """
        while below := sorted(tables_of(step.sql) & self._waiting.keys()):
            self._build(self._waiting.pop(below[0]))
        if not step.name.startswith(BETWEEN):
            self._engine.build(step.name, step.sql, self._file(step))
            return rows_of([self._file(step)])
        # Nobody reads its rows in order, and of many millions that costs more than all the rest.
        self._engine.build(step.name, without_order(step.sql), self._scratch / f"{step.name}.parquet")
        return self._engine.rows_digest(step.name)

    def _file(self, step: Query) -> Path:
        return self._folder / f"{step.name}.parquet"

    def _made_of(self, query: Query) -> str:
        return made_of(query, {table: self._rows[table] for table in tables_of(query.sql)}, self._built_by)


def files_behind(inputs: Mapping[str, Sequence[Path]], scratch: Path) -> dict[str, list[Path]]:
    """The files behind the tables that staging and marts begin with; those of no snapshot are written to `scratch`."""
    files = dict[str, list[Path]]()
    for name, card in sources().items():
        # No row and every column: for a source without any file, and for files kept before a column came.
        columns = scratch / f"{name}.parquet"
        pq.write_table(snapshot_schema(card).empty_table(), columns)
        files[f"raw_{name}"] = [columns, *inputs.get(name, ())]
    for table, kinds in REFERENCE_TABLES.items():
        file = scratch / f"ref_{table}.parquet"
        pq.write_table(read_reference(table, kinds), file)
        files[f"ref_{table}"] = [file]
    return files


def _checked(engine: Engine, checks: Sequence[Query]) -> list[str]:
    """Runs the checks in one question, and asks for a row of one that found any; returns their names."""
    counts = engine.ask(_counts_of(checks), {}).to_pylist()
    found = {row["check_name"]: row["rows_found"] for row in counts}
    for check in checks:
        if found[check.name]:
            first = engine.ask(_first_of(check), {}).to_pylist()[0]
            raise ChecksFailed(
                f"{check.title} The check {check.name} found {found[check.name]} rows, the first: {first}. "
                "Nothing was published."
            )
    return [check.name for check in checks]


def _counts_of(checks: Sequence[Query]) -> str:
    from sqlglot import exp

    counts = [
        exp.select(exp.Literal.string(check.name).as_("check_name"), "count(*) AS rows_found").from_(
            _parsed(check.sql).subquery("found")
        )
        for check in checks
    ]
    return (exp.union(*counts, distinct=False) if len(counts) > 1 else counts[0]).sql("duckdb")


def _first_of(check: Query) -> str:
    return _parsed(check.sql).limit(1).sql("duckdb")


def _parsed(sql: str) -> "exp.Query":
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


def in_order(queries: Sequence[Query]) -> list[Query]:
    """The queries, each after those it reads."""
    by_name = {query.name: query for query in queries}
    order = TopologicalSorter({name: tables_of(query.sql) & by_name.keys() for name, query in by_name.items()})
    return [by_name[name] for name in order.static_order()]


def without_order(sql: str) -> str:
    """The SELECT without the ORDER BY at its end."""
    return sql[: sql.rindex("\nORDER BY")]


@cache
def tables_of(sql: str) -> frozenset[str]:
    """The tables a SELECT reads, without its own CTEs; parsed once, for every question asks it."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table)) - own


def read_reference(table: str, kinds: Mapping[str, str]) -> pa.Table:
    """A table of data/reference; columns are text unless `kinds` states otherwise, blank is missing."""
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    columns = [[_typed(row[name], kinds.get(name, "VARCHAR")) for row in rows] for name in names]
    return pa.table(
        [pa.array(values, ARROW[kinds.get(name, "VARCHAR")]) for name, values in zip(names, columns, strict=True)],
        names=names,
    )


def reference_digests() -> dict[str, str]:
    """The sha256 of each reference table a release is built from."""
    return {table: hashlib.sha256((REFERENCE / f"{table}.csv").read_bytes()).hexdigest() for table in REFERENCE_TABLES}


def _typed(text: str, kind: str) -> Any:
    if text == "":
        return None
    if kind == "BIGINT":
        return int(text)
    if kind == "DOUBLE":
        return float(text)
    if kind == "BOOLEAN":
        return text == "true"
    if kind == "DATE":
        return datetime.date.fromisoformat(text)
    return text
