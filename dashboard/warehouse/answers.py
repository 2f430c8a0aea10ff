"""Answers page questions from releases held in memory; parameters are typed by the question's header."""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.refusals import Refusal
from dashboard.warehouse.build import tables_of
from dashboard.warehouse.catalog import ALL_PARTNERS, Query, audience_macros, layer, metrics, question, questions
from dashboard.warehouse.changes import compares
from dashboard.warehouse.duckdb import DuckEngine

WORD = re.compile(r"[a-z][a-z0-9_]*")


class BadParameter(Refusal):
    """A parameter is unknown, or its value is not of the declared type."""


class ReleaseTooOld(Refusal):
    """A release lacks tables, or columns of them, that today's questions read."""


@dataclass(frozen=True)
class Held:
    """A table of a viewer: its file and, where only some rows are theirs, the column and values that identify which."""

    file: Path
    column: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """Tables that every audience may have in full, in one database file that each of theirs reads."""

    file: Path
    tables: Mapping[str, Path]


# The database for questions about two releases, by their numbers; without any, of a release and itself.
Between = Callable[[int | None, int | None], DuckEngine]


class Answers:
    """What one audience may see of one release, ready to be asked. Safe to share between threads."""

    def __init__(
        self,
        tables: Mapping[str, Held],
        protected: bool,
        between: Between,
        own: str = ALL_PARTNERS,
        shared: Shared | None = None,
    ) -> None:
        """Loads the tables that questions read.

        Args:
            tables: by name; the rows are those that the audience may have.
            protected: whether counts among them are hidden and rounded.
            between: where questions about two releases are answered, for the same audience.
            own: the partner whose rows alone these are; all where they are everybody's.
            shared: where those of the tables that all audiences have in full need not be loaded once more.

        Raises:
            ReleaseTooOld: the release lacks some of them, or a column that questions read.
        """
        if lacking := queried_tables() - tables.keys():
            raise ReleaseTooOld(
                f"The release was built by an earlier version and lacks {len(lacking)} tables that pages read, such as "
                f"{min(lacking)}. `coalition publish` builds a new one from the same files."
            )
        for name in sorted(queried_tables()):
            if lost := queried_columns(name) - set(pq.read_schema(tables[name].file).names):
                raise ReleaseTooOld(
                    f"The release was built by an earlier version: its table {name} lacks {', '.join(sorted(lost))}, "
                    "which pages read. `coalition publish` builds a new one from the same files."
                )
        self._between = between
        # Rows about people that no question reads never come into memory, however many there are.
        self._engine = sealed({name: tables[name] for name in sorted(queried_tables())}, protected, own, shared)

    def ask(self, name: str, params: Mapping[str, Any]) -> pa.Table:
        """The answer to the question `page/question`.

        Raises:
            UnknownQuestion, BadParameter: the call is wrong; the message states how.
            QueryStopped: too long or too large.
        """
        query = question(name)
        bound = bind(query, params)
        engine = self._between(bound["from_release"], bound["to_release"]) if compares(query) else self._engine
        return engine.ask(query.sql, bound)

    def describe(self, query: Query) -> list[tuple[str, str]]:
        """Name and type of each column the question really gives."""
        return (self._between(None, None) if compares(query) else self._engine).describe(query.sql)

    def close(self) -> None:
        """Lets go of the release."""
        self._engine.close()


def sealed(
    tables: Mapping[str, Held], protected: bool, own: str = ALL_PARTNERS, shared: Shared | None = None
) -> DuckEngine:
    """A database that holds the tables and nothing else, with metrics and the macros of an audience."""
    engine = DuckEngine()
    elsewhere = [name for name, held in tables.items() if shared and held == Held(shared.tables.get(name, Path()))]
    if shared:
        engine.read_shared(shared.file, elsewhere)
    for name in tables.keys() - elsewhere:
        engine.load(name, tables[name].file, tables[name].column, tables[name].values)
    engine.seal(metrics().values(), audience_macros(protected, own))
    return engine


@cache
def queried_tables() -> frozenset[str]:
    """The tables of a release that some question about one release reads."""
    return frozenset(table for query in questions().values() if not compares(query) for table in tables_of(query.sql))


@cache
def queried_columns(table: str) -> frozenset[str]:
    """The columns of a mart or cube, as its header has them, whose names stand in a question that reads the table."""
    header = next((query for kind in ("marts", "cubes") for query in layer(kind) if query.name == table), None)
    if header is None:
        return frozenset()
    texts = [query.sql for query in questions().values() if not compares(query) and table in tables_of(query.sql)]
    words = {word for text in texts for word in WORD.findall(text)}
    return frozenset(column.name for column in header.columns if column.name in words)


def bind(query: Query, params: Mapping[str, Any]) -> dict[str, Any]:
    """Every declared parameter with its value; one left out is NULL, text is read as the declared type.

    Raises:
        BadParameter: an unknown name, or a value that is not of the type.
    """
    declared = {field.name: field for field in query.params}
    for name in params:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise BadParameter(f"{query.name} has no parameter {name!r}. It has: {known}.")
    for name, field in declared.items():
        if not field.is_optional and params.get(name, "") == "":
            raise BadParameter(f"{query.name} wants {name}: {field.meaning}. Give --param {name}=...")
    return {name: _typed(params.get(name), field.type, name) for name, field in declared.items()}


def _typed(value: Any, kind: str, name: str) -> Any:
    if value is None or value == "":
        return None
    try:
        if kind == "DATE":
            return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
        if kind == "BIGINT":
            if not -(2**63) <= int(value) < 2**63:
                raise OverflowError(value)
            return int(value)
        if kind == "DOUBLE":
            number = float(value)
            if not math.isfinite(number):
                raise ValueError(value)
            return number
        if kind == "BOOLEAN":
            return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
    except (ValueError, KeyError, OverflowError):
        example = {"DATE": "a date such as 2020-05-19", "BOOLEAN": "true or false"}.get(kind, "a number")
        raise BadParameter(f"The parameter {name} wants {example}, and got {value!r}.") from None
    text = str(value)
    if not text.isprintable():
        raise BadParameter(f"The parameter {name} holds characters that cannot be printed.")
    return text
