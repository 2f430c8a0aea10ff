"""From snapshots and reference tables to marts and cubes, on any engine: staging, tables in their order, checks."""

import csv
import datetime
import hashlib
import shutil
from collections.abc import Mapping, Sequence, Set
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
from dashboard.warehouse.made_of import made_of
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
    """A table of a release that was made: the digest of all that it is made of, and its file."""

    made_of: str
    file: Path


@dataclass(frozen=True)
class Built:
    """What came of building: the checks that held, what each table is made of, and those that were taken over."""

    checks: list[str]
    made_of: Mapping[str, str]
    taken: frozenset[str]


def build_marts(
    engine: Engine,
    inputs: Mapping[str, Sequence[Path]],
    folder: Path,
    scratch: Path,
    before: Mapping[str, Table] | None = None,
) -> Built:
    """Builds every mart and cube into `folder` as Parquet and runs the checks.

    A table that was made before of the same SQL, files, engine and code is taken over, and what only such tables read
    is not built. The checks run on all tables.

    Args:
        engine: where it runs.
        inputs: Parquet files of each source's pinned snapshots; a source without any gives empty marts.
        folder: where the marts go, one file each.
        scratch: a folder for what is needed while the engine is asked; the caller removes it.
        before: tables by name that may be taken over, verified.

    Raises:
        ChecksFailed: a check found rows.
    """
    scratch.mkdir(parents=True)
    files = files_behind(inputs, scratch)
    for table, given in files.items():
        engine.read(table, given)
    for staging in layer("staging"):
        engine.view(staging.name, staging.sql)
    digests = digests_of_tables(files, engine.built_by())
    taken = {name: table for name, table in (before or {}).items() if digests.get(name) == table.made_of}
    steps, checks = in_order((*layer("marts"), *layer("cubes"))), layer("checks")
    kept = {step.name for step in steps if not step.name.startswith(BETWEEN)}
    wanted = _needed([*(step for step in steps if step.name in kept - taken.keys()), *checks], steps, taken.keys())
    for step in steps:
        file = folder / f"{step.name}.parquet"
        if step.name in taken:
            # No second name of the same file: a disk that damages one release is to leave the one before whole.
            shutil.copyfile(taken[step.name].file, file)
            engine.read(step.name, [file])
        elif step.name in kept:
            engine.build(step.name, step.sql, file)
        elif step.name in wanted:
            # Nobody reads its rows in order, and of many millions that costs more than all the rest.
            engine.build(step.name, without_order(step.sql), scratch / file.name)
    held = _checked(engine, checks)
    return Built(held, {name: digests[name] for name in kept}, frozenset(taken))


def digests_of_tables(files: Mapping[str, Sequence[Path]], engine: str) -> dict[str, str]:
    """What each staging view, mart and cube is made of, by its name: of these files, by that version of an engine."""
    queries = [*layer("staging"), *in_order((*layer("marts"), *layer("cubes")))]
    return made_of(queries, {query.name: tables_of(query.sql) for query in queries}, files, engine)


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


def _needed(wanted: Sequence[Query], steps: Sequence[Query], taken: Set[str]) -> frozenset[str]:
    """The names of all that the wanted queries read, one through another, as far as it is not taken over."""
    by_name = {step.name: step for step in steps if step.name not in taken}
    todo, found = list(wanted), set[str]()
    while todo:
        below = (tables_of(todo.pop().sql) & by_name.keys()) - found
        found |= below
        todo += [by_name[name] for name in below]
    return frozenset(found)


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
