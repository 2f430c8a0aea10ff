"""DuckDB in this process: builds the marts, and answers questions on a sealed copy of a release in memory."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Timer
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
        for_building = {"memory_limit": BUILD_MEMORY, "temp_directory": str(builds_in)} if builds_in else {}
        if spills:
            for_building["max_temp_directory_size"] = spills
        self._connection = duckdb.connect(config={**HARDENED, **for_building})

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
        if not column:
            self._run(select)
            return
        with self._connection.cursor() as cursor:
            cursor.execute(f"{select} WHERE list_contains($values, {_name(column)})", {"values": list(values)})

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
        answer = self._select(sql, params, None if self._builds else QUERY_SECONDS)
        if answer.num_rows > MOST_ROWS:
            raise TooManyRows(f"The answer has {answer.num_rows:,} rows; at most {MOST_ROWS:,} are given. {NARROW}")
        return answer

    def seal(self, metrics: Iterable[Metric], audience: Iterable[str]) -> None:
        """Adds statistics, the audience's macros and those of metrics, then shuts off files and changes of settings."""
        for function, parameters, gives in FUNCTIONS:
            # The stub lacks the strings that the binding takes.
            self._connection.create_function(  # type: ignore[call-overload]
                function.__name__, function, parameters, gives, null_handling="special"
            )
        for macro in (*audience, *(metric.sql for metric in metrics)):
            self._run(macro)
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

    def _run(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def _select(self, sql: str, params: Params, seconds: float | None = None) -> pa.Table:
        with self._connection.cursor() as cursor:
            timer = Timer(seconds, cursor.interrupt) if seconds else None
            if timer:
                timer.daemon = True
                timer.start()
            try:
                return canonical(cursor.execute(_parsed(sql, cursor), checked_params(params)).to_arrow_table())
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
                    f"The question took longer than {seconds} seconds and was stopped. Try again in a minute. {NARROW}"
                ) from None
            finally:
                if timer:
                    timer.cancel()


def _parsed(sql: str, cursor: duckdb.DuckDBPyConnection) -> Any:
    """The statement that a text is, parsed once for all databases; it is planned anew each time, for its values."""
    if sql not in _statements:
        found = cursor.extract_statements(sql)
        if len(found) != 1 or len(_statements) >= MOST_STATEMENTS:
            return sql
        _statements[sql] = found[0]
    return _statements[sql]


def write_shared(to: Path, tables: Mapping[str, Path]) -> None:
    """Writes tables from their Parquet files into one database, for many others in this process to read."""
    with duckdb.connect(str(to), config=HARDENED) as database:
        for name, file in tables.items():
            database.execute(f"CREATE TABLE {_name(name)} AS FROM read_parquet({[str(file)]})")
    to.chmod(0o400)


def _text(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


def _name(table: str) -> str:
    if not table.isidentifier():
        raise ValueError(f"not a table name: {table!r}")
    return table
