"""A Spark Connect server: the same SQL files, translated by sqlglot, with the same answers."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot.errors import ErrorLevel

from dashboard.warehouse.engine import Params, canonical, checked_params

# Dates and times without a zone, errors instead of NULL: what DuckDB does.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
}
SESSION_LOST = re.compile("NO_ACTIVE_SESSION|SESSION_(CLOSED|NOT_FOUND|CHANGED)|INVALID_HANDLE")


@cache
def to_spark(sql: str) -> str:
    """The SQL in Spark's dialect.

    Raises:
        sqlglot.errors.UnsupportedError: something in it has no equal there; keep to the portable subset.
    """
    return sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)[0]


class SparkEngine:
    """One Spark Connect session. The server must see the store's files under the same paths."""

    def __init__(self, address: str) -> None:
        self.name = "spark connect"
        self._address = address
        self._lock = Lock()
        self._files: dict[str, list[str]] = {}
        self._views: dict[str, str] = {}
        self._session: Any = None

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Makes Parquet files readable as a temporary view."""
        self._files[table] = [str(file) for file in files]
        self._open()[0].read.parquet(*self._files[table]).createOrReplaceTempView(table)

    def view(self, name: str, sql: str) -> None:
        """Names a SELECT."""
        self._views[name] = sql
        self._open()[0].sql(to_spark(sql)).createOrReplaceTempView(name)

    def build(self, name: str, sql: str, file: Path) -> int:
        """Runs a SELECT on the server, writes its rows as Parquet here, and reads them from there."""
        table = self.ask(sql, {})
        pq.write_table(table, file, compression="zstd")
        self.read(name, [file])
        return table.num_rows

    def ask(self, sql: str, params: Params) -> pa.Table:
        """Runs a SELECT with bound parameters; a server that was restarted is asked once more."""
        from pyspark.errors import PySparkException
        from pyspark.sql import functions

        bound = {
            name: functions.array(*map(functions.lit, value)) if isinstance(value, list | tuple) else value
            for name, value in checked_params(params).items()
        }
        session, fresh = self._open()
        try:
            return canonical(session.sql(to_spark(sql), args=bound).toArrow())
        except PySparkException as error:
            if fresh or not SESSION_LOST.search(str(error)):
                raise
            self.close()
            return canonical(self._open()[0].sql(to_spark(sql), args=bound).toArrow())

    def close(self) -> None:
        """Ends the session; the next question opens a new one."""
        with self._lock:
            if self._session is not None and not self._session.is_stopped:
                self._session.stop()
            self._session = None

    def _open(self) -> tuple[Any, bool]:
        """The session, and whether it was opened just now (then with every table and view again)."""
        with self._lock:
            if self._session is not None:
                return self._session, False
            from pyspark.sql import SparkSession

            self._session = SparkSession.builder.remote(self._address).create()
            for key, value in SESSION.items():
                self._session.conf.set(key, value)
            for table, files in self._files.items():
                self._session.read.parquet(*files).createOrReplaceTempView(table)
            for name, sql in self._views.items():
                self._session.sql(to_spark(sql)).createOrReplaceTempView(name)
            return self._session, True
