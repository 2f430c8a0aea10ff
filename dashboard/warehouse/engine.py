"""What an engine must do, whichever machine runs it, and the one shape its answers have."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

Params = Mapping[str, Any]


class Engine(Protocol):
    """Runs the project's SQL. DuckDB in this process is the default; a Spark Connect server the other."""

    name: str

    def built_by(self) -> str:
        """Name and version of what runs the SQL: rows of another one are not taken for its own."""

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Makes Parquet files readable as a table: the columns of the first, NULL in those that lack one."""

    def view(self, name: str, sql: str) -> None:
        """Names a SELECT, to be run when something reads it."""

    def build(self, name: str, sql: str, file: Path) -> int:
        """Runs a SELECT into a Parquet file, readable under its name from then on; returns the rows.

        One without an ORDER BY at its end may become a folder of files under another name.
        """

    def rows_digest(self, table: str) -> str | None:
        """A digest of the rows of a table in whatever order they are, None where that would cost as much as they do."""

    def ask(self, sql: str, params: Params) -> pa.Table:
        """Runs a SELECT with bound parameters; the answer is canonical."""

    def close(self) -> None:
        """Lets go of what the engine holds."""


def canonical(table: pa.Table) -> pa.Table:
    """The same Arrow types whichever engine ran: int64, float64, naive microseconds, plain strings and lists."""
    schema = canonical_schema(table.schema)
    columns = [column.cast(kind) for column, kind in zip(table.columns, schema.types, strict=True)]
    return pa.table(columns, schema=schema)


def canonical_schema(schema: pa.Schema) -> pa.Schema:
    """The columns with their canonical types."""
    return pa.schema([pa.field(field.name, _canonical_type(field.type)) for field in schema])


def checked_params(params: Params) -> dict[str, Any]:
    """The parameters, when each is of a kind that all engines bind alike.

    Raises:
        TypeError: a datetime (engines disagree on its zone), an empty list, or another kind of value.
    """
    for name, value in params.items():
        values = value if isinstance(value, list | tuple) else [value]
        if isinstance(value, list | tuple) and not value:
            raise TypeError(f"parameter {name}: an empty list cannot be bound")
        for item in values:
            if isinstance(item, datetime.datetime) or not isinstance(
                item, str | int | float | bool | datetime.date | None
            ):
                raise TypeError(
                    f"parameter {name}: {type(item).__name__} cannot be bound; give text, a number, a boolean or a date"
                )
    return dict(params)


def _canonical_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(pa.field("item", _canonical_type(kind.value_type)))
    return kind
