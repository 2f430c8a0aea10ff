"""DuckDB in this process: builds the marts, and answers questions on a sealed copy of a release in memory."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.refusals import Refusal
from dashboard.warehouse.catalog import Metric
from dashboard.warehouse.engine import Params, canonical, checked_params
from dashboard.warehouse.statistics import FUNCTIONS

QUERY_SECONDS = 5
MOST_ROWS = 10_000
BUILD_MEMORY = "2GB"
BATCH = 100_000
# More than there are questions. Parsing is a fifth to a third of what a question without many rows costs.
MOST_STATEMENTS = 1_000
# Rows that are fetched as values: of more, a copy that DuckDB makes costs less than the values.
FEW_ROWS = 500
HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "temp_directory": "",
}

# DuckDB plans a question each time that it is asked, a prepared one too (its pull request 20885, February 2026), and
# that is most of what one costs. These steps of planning cost more than they save on some hundred thousand rows.
NOT_WORTH_IT = (
    "aggregate_reuse",
    "column_lifetime",
    "common_aggregate",
    "common_subexpressions",
    "common_subplan",
    "compressed_materialization",
    "cte_filter_pusher",
    "duplicate_groups",
    "join_elimination",
    "join_order",
    "outer_join_simplification",
    "projection_placement",
    "projection_pullup",
)
# Types of which a value that was fetched is the same as one that was copied.
PLAIN = {
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int64(),
    "VARCHAR": pa.string(),
}

# The driver would rather have a relation, which spares a copy but plans the query twice: 6 ms against 4.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")


_statements: dict[str, duckdb.Statement] = {}


NARROW = "Narrow the question by its parameters: one programme, partner or country, or a shorter period."


class QueryStopped(Refusal):
    """A question has no answer that a page can use; by itself, since it took too much memory or the values
    asked with have no answer.
    """


class TookTooLong(QueryStopped):
    """A question took longer than the time given to one."""


class TooManyRows(QueryStopped):
    """A question answered with more rows than a page can use."""


class DuckEngine:
    """One in-memory database; every query runs on a cursor of its own."""

    name = "duckdb " + duckdb.__version__

    def __init__(self, builds_in: Path | None = None, spills: str = "") -> None:
        """Opens a database to ask, or one to build with: it may take more memory, and the folder when that is full.

        `spills` is the most that it may write there, such as 4GB; without it, as much as the disk has.
        """
        self._builds = builds_in is not None
        special: dict[str, str | bool | int | float | list[str]] = {
            "disabled_optimizers": ",".join(NOT_WORTH_IT),
            "max_execution_time": round(1000 * QUERY_SECONDS),
        }
        if builds_in:
            special = {"memory_limit": BUILD_MEMORY, "temp_directory": str(builds_in)}
        if spills:
            special["max_temp_directory_size"] = spills
        self._connection = duckdb.connect(config={**HARDENED, **special})

    def built_by(self) -> str:
        """Name and version of DuckDB."""
        return self.name

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Makes Parquet files readable as a view, with the columns of the first, NULL in those that lack one."""
        by_name = ", union_by_name = true" if len(files) > 1 else ""
        self._run(
            f"CREATE OR REPLACE VIEW {_name(table)} AS FROM read_parquet({[str(file) for file in files]}{by_name})"
        )

    def load(self, table: str, file: Path, column: str = "", values: Sequence[str] = ()) -> None:
        """Reads a Parquet file into memory; of the rows only those where the column is one of the values, if named."""
        select = f"CREATE TABLE {_name(table)} AS FROM read_parquet({[str(file)]})"
        if column:
            select += f" WHERE list_contains($values, {_name(column)})"
        self._run(select, {"values": list(values)} if column else None)

    def read_shared(self, file: Path, tables: Iterable[str]) -> None:
        """Reads tables from a database that `write_shared` made, page by page as they are needed, under their names."""
        self._run(f"ATTACH {_text(file)} AS shared (READ_ONLY)")
        for table in tables:
            self._run(f"CREATE VIEW {_name(table)} AS FROM shared.{_name(table)}")

    def view(self, name: str, sql: str) -> None:
        """Names a SELECT."""
        self._run(f"CREATE OR REPLACE VIEW {_name(name)} AS {sql}")

    def build(self, name: str, sql: str, file: Path) -> int:
        """Runs a SELECT into a Parquet file, batch by batch, and reads it from there under its name."""
        rows = 0
        with self._connection.cursor() as cursor:
            # Of a relation rows come as they are made; of what was executed all of them would be in memory first.
            reader: Any = cursor.sql(sql).to_arrow_reader(BATCH)
            waiting = canonical(reader.schema.empty_table())
            with pq.ParquetWriter(file, waiting.schema, compression="zstd") as writer:
                for batch in reader:
                    rows += batch.num_rows
                    waiting = pa.concat_tables([waiting, canonical(pa.Table.from_batches([batch]))])
                    # Row groups of the same rows whatever the batches, so that the same rows are the same bytes.
                    while waiting.num_rows >= BATCH:
                        writer.write_table(waiting.slice(0, BATCH).combine_chunks())
                        waiting = waiting.slice(BATCH)
                if waiting.num_rows:
                    writer.write_table(waiting.combine_chunks())
        self.read(name, [file])
        return rows

    def rows_digest(self, table: str) -> str:
        """How many rows a table has and the sum of their hashes."""
        # Hashed twice: that of a row joins those of its columns by XOR, and their sum would often hide an exchange.
        sql = f"FROM {_name(table)} AS r SELECT count(*), coalesce(sum(hash(hash(r))), 0)::varchar"
        counted = self._select(sql, {})
        return " ".join(str(column[0]) for column in counted.columns)

    def ask(self, sql: str, params: Params) -> pa.Table:
        """Runs a SELECT with bound parameters.

        Raises:
            TookTooLong: it took longer than 5 seconds.
            TooManyRows: it has more than 10,000 rows.
            QueryStopped: it took too much memory, or the values asked with have no answer.
        """
        answer = self._select(sql, params)
        if answer.num_rows > MOST_ROWS:
            raise TooManyRows(f"The answer has {answer.num_rows:,} rows; at most {MOST_ROWS:,} are given. {NARROW}")
        return answer

    def seal(self, metrics: Iterable[Metric], audience: Iterable[str]) -> None:
        """Adds statistics, the audience's macros and those of metrics, then shuts off files and changes of settings.

        Tables are packed by a checkpoint, in memory too: a tenth of the bytes, which are read faster. From then on a
        question has one thread: two wake each other for tables this small, and add fractions in an order that is
        another one each time.
        """
        for function, parameters, gives in FUNCTIONS:
            # The stub lacks the strings that the binding takes.
            self._connection.create_function(  # type: ignore[call-overload]
                function.__name__, function, parameters, gives, null_handling="special"
            )
        for macro in (*audience, *(metric.sql for metric in metrics)):
            self._run(macro)
        self._run("CHECKPOINT")
        self._run("SET threads = 1")
        self._run("SET enable_external_access = false")
        self._run("SET lock_configuration = true")

    def describe(self, sql: str) -> list[tuple[str, str]]:
        """Name and DuckDB type of each column a SELECT gives, with every parameter NULL."""
        names = {str(name): None for name in duckdb.extract_statements(sql)[0].named_parameters}
        with self._connection.cursor() as cursor:
            relation = cursor.sql(sql, params=names) if names else cursor.sql(sql)
            return list(zip(relation.columns, map(str, relation.types), strict=True))

    def close(self) -> None:
        """Closes the database."""
        self._connection.close()

    def _run(self, sql: str, params: Params | None = None) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute("SET SESSION max_execution_time = 0")  # no question
            cursor.execute(sql, params)

    def _select(self, sql: str, params: Params) -> pa.Table:
        with self._connection.cursor() as cursor:
            try:
                statement, values = _parsed(sql, cursor), checked_params(params)
                answer = _fetched(cursor.execute(statement, values))
                return canonical(cursor.execute(statement, values).to_arrow_table()) if answer is None else answer
            except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as wrong:
                raise QueryStopped(f"The values asked with have no answer: {str(wrong).splitlines()[0]}") from wrong
            except duckdb.OutOfMemoryException:
                if self._builds:
                    raise
                raise QueryStopped(
                    f"The question needed more memory than a question may take ({HARDENED['memory_limit']}) and was "
                    f"stopped. {NARROW}"
                ) from None
            except duckdb.InterruptException:
                raise TookTooLong(
                    f"The question took longer than {QUERY_SECONDS} seconds and was stopped. Try again in a minute. "
                    f"{NARROW}"
                ) from None


def _fetched(cursor: duckdb.DuckDBPyConnection) -> pa.Table | None:
    """The answer of a cursor that has asked, or None where values would not be what a copy has: days after 9999.

    DuckDB makes a table by planning and running a second statement over the rows: of few, their values cost less.
    """
    kinds = [PLAIN.get(str(column[1])) for column in cursor.description]
    if None in kinds:
        return canonical(cursor.to_arrow_table())
    schema = pa.schema([pa.field(column[0], kind) for column, kind in zip(cursor.description, kinds, strict=True)])
    rows = cursor.fetchmany(FEW_ROWS)
    columns = zip(*rows, strict=True) if rows else [()] * len(kinds)
    try:
        first = pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], schema=schema)
    except pa.ArrowTypeError:
        return None
    if len(rows) < FEW_ROWS:
        return first
    return pa.concat_tables([first, canonical(cursor.to_arrow_table())])


def _parsed(sql: str, cursor: duckdb.DuckDBPyConnection) -> Any:
    """The statement that a text is, parsed once for all databases; it is planned anew each time, for its values."""
    if sql not in _statements:
        found = cursor.extract_statements(sql)
        if len(found) != 1 or len(_statements) >= MOST_STATEMENTS:
            return sql
        _statements[sql] = found[0]
    return _statements[sql]


def write_shared(to: Path, tables: Mapping[str, Path]) -> None:
    """Writes tables from their Parquet files into one database, for many others in this process to read.

    Its rows are passed over in parts, by the least and greatest value of each column in them: small parts, since a
    question is about few of the rows.
    """
    with duckdb.connect(config=HARDENED) as database:
        database.execute(f"ATTACH {_text(to)} AS shared (ROW_GROUP_SIZE 8192)")
        for name, file in tables.items():
            database.execute(f"CREATE TABLE shared.{_name(name)} AS FROM read_parquet({[str(file)]})")
    to.chmod(0o400)


def _text(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


def _name(table: str) -> str:
    if not table.isidentifier():
        raise ValueError(f"not a table name: {table!r}")
    return table
