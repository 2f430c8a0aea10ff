"""A Spark Connect server: the same SQL files, translated by sqlglot, with the same answers.

The cluster reads the store's files and writes its own; what comes here are schemas, counts and the rows of questions.
"""

import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TypeVar

import grpc
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import functions
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from sqlglot import exp
from sqlglot.errors import ErrorLevel

from dashboard.settings import engine_minutes
from dashboard.warehouse.engine import Params, canonical, canonical_schema, checked_params
from dashboard.warehouse.spark_connection import Deadline, connected, let_go, tried_once
from dashboard.warehouse.spark_failures import EngineRefused, host_of, in_a_sentence

QUESTION_SECONDS = 60
SECONDS_A_MINUTE = 60
# Dates and times without a zone, errors instead of NULL: what DuckDB does. Few tasks where the rows are few.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    # Rows take many times the bytes of their file, and what seems small goes whole through the memory of the server.
    "spark.sql.sources.fileCompressionFactor": "20",
}
SESSION_LOST = re.compile("NO_ACTIVE_SESSION|SESSION_(CLOSED|NOT_FOUND|CHANGED)|INVALID_HANDLE")
# Of a row group before it is compressed: what a writer holds, so that small workers can write.
ROW_GROUP_BYTES = 32 * 2**20
PARTS = "*.parquet"
CASTS = {pa.int64(): "bigint", pa.float64(): "double", pa.timestamp("us"): "timestamp_ntz"}

Done = TypeVar("Done")


@cache
def to_spark(sql: str) -> str:
    """The SQL in Spark's dialect.

    Raises:
        sqlglot.errors.UnsupportedError: something in it has no equal there; keep to the portable subset.
    """
    return sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)[0]


class SparkEngine:
    """One Spark Connect session. Server and workers must see the store under the path that it has here."""

    def __init__(self, address: str, builds: bool = False) -> None:
        """Connects when it is first needed. One that builds gives each step the minutes of a build."""
        self.name = "spark connect"
        self._address = address
        self._host = host_of(address)
        self._seconds = engine_minutes() * SECONDS_A_MINUTE if builds else QUESTION_SECONDS
        self._deadline = Deadline()
        self._lock = Lock()
        self._files: dict[str, tuple[list[str], pa.Schema]] = {}
        self._views: dict[str, str] = {}
        self._session: SparkSession | None = None

    def built_by(self) -> str:
        """Name and version of the server."""
        return f"{self.name} {self._do(lambda session: session.version)}"

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Makes Parquet files readable as a temporary view, with the columns of the first."""
        self._read(table, files, pq.read_schema(files[0]))

    def view(self, name: str, sql: str) -> None:
        """Names a SELECT."""
        self._views[name] = sql
        self._do(lambda session: session.sql(to_spark(sql)).createOrReplaceTempView(name))

    def build(self, name: str, sql: str, file: Path) -> int:
        """Has the cluster write the rows as one sorted Parquet file, or as a folder of files where they have no order.

        Raises:
            EngineRefused: it could not, or what it wrote is not seen here.
        """
        order = _order(sql)
        folder = file.with_name(f"{file.stem}-{uuid.uuid4().hex[:8]}")

        def write(session: SparkSession) -> None:
            shutil.rmtree(folder, ignore_errors=True)  # of a session that was lost
            rows = session.sql(to_spark(_without_order(sql) if order else sql))
            schema = to_arrow_schema(rows.schema)
            rows = rows.selectExpr(*_as_canonical(schema))
            if order:
                rows = rows.repartition(1).orderBy(*(functions.expr(key).asc_nulls_last() for key in order))
            rows.write.option("compression", "zstd").option("parquet.block.size", ROW_GROUP_BYTES).parquet(str(folder))
            if not any(folder.glob(PARTS)) and not rows.limit(1).count():
                folder.mkdir(exist_ok=True)  # some servers write no file where there is no row
                pq.write_table(canonical_schema(schema).empty_table(), folder / "part.parquet")

        self._do(write)
        files = self._files_written(folder)
        if order and len(files) > 1:
            raise EngineRefused(
                f"The cluster behind {self._host} wrote {name} as {len(files)} files, and a table of a release is one "
                "sorted file. What is served stays as it was. Spark writes one; other servers of its protocol may not."
            )
        if order:
            files[0].rename(file)
            shutil.rmtree(folder)
            files = [file]
        self._read(name, files, pq.read_schema(files[0]))
        return sum(pq.read_metadata(path).num_rows for path in files)

    def rows_digest(self, table: str) -> None:
        """None: a cluster plans for seconds what reads a table once more."""

    def ask(self, sql: str, params: Params) -> pa.Table:
        """Runs a SELECT with bound parameters; a server that was restarted is asked once more.

        Raises:
            EngineRefused: it gave no answer.
        """
        bound = {
            name: functions.array(*map(functions.lit, value)) if isinstance(value, list | tuple) else value
            for name, value in checked_params(params).items()
        }
        return canonical(self._do(lambda session: session.sql(to_spark(sql), args=bound).toArrow()))

    def close(self) -> None:
        """Ends the session; the next question opens a new one."""
        with self._lock:
            if self._session is not None:
                let_go(self._session)
            self._session = None

    def _read(self, table: str, files: Sequence[Path], schema: pa.Schema) -> None:
        self._files[table] = ([str(file) for file in files], schema)
        self._do(lambda session: _register(session, table, *self._files[table]))

    def _do(self, work: Callable[[SparkSession], Done]) -> Done:
        """Does something on the server; where that was restarted, once more in a new session."""
        try:
            session, is_fresh = self._open()
            try:
                with self._cancelled_unless_done(session), self._deadline.within(self._seconds):
                    return work(session)
            except PySparkException as error:
                if is_fresh or not SESSION_LOST.search(str(error)):
                    raise
            self.close()
            session, _ = self._open()
            with self._cancelled_unless_done(session), self._deadline.within(self._seconds):
                return work(session)
        except (PySparkException, grpc.RpcError) as error:
            raise EngineRefused(in_a_sentence(error, self._host, self._seconds)) from error

    @contextmanager
    def _cancelled_unless_done(self, session: SparkSession) -> Iterator[None]:
        """Cancels on the server what this thread began there and does not wait for any more."""
        tag = uuid.uuid4().hex
        session.addTag(tag)
        try:
            yield
        except BaseException:
            with suppress(PySparkException, grpc.RpcError), tried_once(session):
                session.interruptTag(tag)
            raise
        finally:
            session.removeTag(tag)

    def _open(self) -> tuple[SparkSession, bool]:
        """The session, and whether it was opened just now (then with every table and view again)."""
        with self._lock:
            if self._session is not None:
                return self._session, False
            session = connected(self._address, SESSION, self._deadline)
            try:
                with self._deadline.within(self._seconds):
                    for table, (files, schema) in self._files.items():
                        _register(session, table, files, schema)
                    for name, sql in self._views.items():
                        session.sql(to_spark(sql)).createOrReplaceTempView(name)
            except BaseException:
                let_go(session)
                raise
            self._session = session
            return session, True

    def _files_written(self, folder: Path) -> list[Path]:
        """The files that the cluster wrote, in their order.

        Raises:
            EngineRefused: they are not seen here, or belong to another user.
        """
        files = sorted(folder.glob(PARTS))
        if not files:
            raise EngineRefused(
                f"The cluster behind {self._host} wrote {folder.name}, and no file of it is seen here (wanted in "
                f"{folder.parent}). What is served stays as it was. Mount the store on the server and on every worker "
                "under the path that it has here: one file system, not a copy on each."
            )
        if others := {path.stat().st_uid for path in files} - {os.geteuid()}:
            raise EngineRefused(
                f"The cluster behind {self._host} writes as another user (found: user {min(others)}; this process is "
                f"user {os.geteuid()}), and the files of the store are for their owner only. What is served stays as "
                "it was. Run the workers as the user that owns the store."
            )
        schema = pq.read_schema(files[0])
        if [field.type for field in schema] != [field.type for field in canonical_schema(schema)]:
            raise EngineRefused(
                f"The cluster behind {self._host} wrote {folder.name} with types that a release does not have (found: "
                f"{', '.join(str(field.type) for field in schema)}). What is served stays as it was."
            )
        return files


def _register(session: SparkSession, table: str, files: Sequence[str], schema: pa.Schema) -> None:
    session.read.schema(from_arrow_schema(schema.remove_metadata())).parquet(*files).createOrReplaceTempView(table)


def _as_canonical(schema: pa.Schema) -> list[str]:
    """Each column, as the type that it has on every engine."""
    wanted = canonical_schema(schema)
    return [
        f"cast(`{name}` AS {CASTS[kind]}) AS `{name}`" if kind != schema.field(name).type else f"`{name}`"
        for name, kind in zip(wanted.names, wanted.types, strict=True)
    ]


def _order(sql: str) -> list[str]:
    """What the rows are sorted by, ascending, in terms of the answer's columns; empty where they have no order."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    if not isinstance(tree, exp.Query) or not tree.args.get("order"):
        return []
    aliases = {column.unalias().sql(): column.alias_or_name for column in tree.selects}
    keys = []
    for key in tree.args["order"].expressions:
        if key.args.get("desc") or key.args.get("nulls_first"):
            raise ValueError(f"a table is sorted by {key.sql('duckdb')}: ascending only, NULL at the end")
        for column in list(key.find_all(exp.Column)):
            column.replace(exp.column(aliases.get(column.sql(), column.name)))
        keys.append(key.this.sql("spark"))
    return keys


def _without_order(sql: str) -> str:
    tree = sqlglot.parse_one(sql, read="duckdb")
    tree.set("order", None)
    return tree.sql("duckdb")
