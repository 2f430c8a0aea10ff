"""Which engine runs: DuckDB in this process, or a Spark Connect server."""

from pathlib import Path

from dashboard.settings import ENGINE_VARIABLE, engine_address
from dashboard.warehouse.duckdb import DuckEngine
from dashboard.warehouse.engine import Engine


def open_engine(address: str | None = None, builds_in: Path | None = None) -> Engine:
    """DuckDB, which may use the folder when memory is full, or Spark Connect at an `sc://` address.

    Without an address that of `COALITION_ENGINE` is taken.

    Raises:
        ValueError: the address is neither empty nor `sc://…`.
    """
    address = engine_address() if address is None else address
    if not address:
        return DuckEngine(builds_in)
    if address.startswith("sc://"):
        from dashboard.warehouse.spark import SparkEngine

        return SparkEngine(address)
    raise ValueError(
        f"{ENGINE_VARIABLE}={address!r}: leave it empty for DuckDB, or give sc://host:port of a Spark Connect server."
    )
