"""Which engine runs: DuckDB in this process, or a Spark Connect server."""

from dashboard.settings import ENGINE_VARIABLE, engine_address
from dashboard.warehouse.duckdb import DuckEngine
from dashboard.warehouse.engine import Engine


def open_engine(address: str | None = None) -> Engine:
    """DuckDB, or Spark Connect at an `sc://` address (that of `COALITION_ENGINE` when none is given).

    Raises:
        ValueError: the address is neither empty nor `sc://…`.
    """
    address = engine_address() if address is None else address
    if not address:
        return DuckEngine()
    if address.startswith("sc://"):
        from dashboard.warehouse.spark import SparkEngine

        return SparkEngine(address)
    raise ValueError(
        f"{ENGINE_VARIABLE}={address!r}: leave it empty for DuckDB, or give sc://host:port of a Spark Connect server."
    )
