"""Which engine runs: DuckDB in this process, or a Spark Connect server."""

from pathlib import Path
from urllib.parse import urlsplit

from dashboard.refusals import Refusal
from dashboard.settings import ENGINE_VARIABLE, SettingWrong, engine_address
from dashboard.warehouse.duckdb import DuckEngine
from dashboard.warehouse.engine import Engine


class NoClient(Refusal):
    """The libraries that speak to a cluster are not installed."""


def open_engine(address: str | None = None, builds_in: Path | None = None) -> Engine:
    """DuckDB, which may use the folder when memory is full, or Spark Connect at an `sc://` address.

    Without an address that of `COALITION_ENGINE` is taken.

    Raises:
        NoClient: the client of Spark is not installed.
        SettingWrong: the address is neither empty nor `sc://host:port`.
    """
    address = engine_address() if address is None else address
    if not address:
        return DuckEngine(builds_in)
    if not _is_of_spark(address):
        raise SettingWrong(
            f"{ENGINE_VARIABLE} is {address.partition(';')[0][:80]!r}. Leave it empty for DuckDB, or give "
            "sc://host:port of a Spark Connect server."
        )
    try:
        from dashboard.warehouse.spark import SparkEngine
    except ModuleNotFoundError as missing:
        raise NoClient(
            f"{ENGINE_VARIABLE} names a Spark Connect server, and its client is not installed (found no "
            f"{missing.name}). Install it with `pip install -e .[spark]`, or leave {ENGINE_VARIABLE} empty."
        ) from missing
    return SparkEngine(address, builds=builds_in is not None)


def _is_of_spark(address: str) -> bool:
    """Whether an address names a host and, if any, a port that can be one."""
    try:
        url = urlsplit(address)
        return url.scheme == "sc" and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
