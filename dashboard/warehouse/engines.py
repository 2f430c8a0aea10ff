"""Which engine runs: DuckDB in this process, or a Spark Connect server."""

import os
import re
import warnings
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.refusals import Refusal
from dashboard.settings import ENGINE_VARIABLE, HOST, SettingWrong, engine_address
from dashboard.warehouse.duckdb import DuckEngine
from dashboard.warehouse.engine import Engine

# Spark's own name for it.
TOKEN_VARIABLE = "SPARK_CONNECT_AUTHENTICATE_TOKEN"
OPTIONS = ("token", "use_ssl", "user_id", "user_agent", "session_id")
# What a proxy on the way may want to be told.
HEADER = "x-"
SIGNS = re.compile(r"[!-~]+")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


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
    if fault := _fault(address):
        raise SettingWrong(
            f"{ENGINE_VARIABLE} is no address of an engine (found: {fault}; it is not shown, since a token may stand "
            "in it). Leave it empty for DuckDB, or give sc://host:port of a Spark Connect server, with "
            "/;use_ssl=true behind it where that speaks TLS."
        )
    if (token := os.environ.get(TOKEN_VARIABLE)) and not SIGNS.fullmatch(token):
        raise SettingWrong(
            f"{TOKEN_VARIABLE} holds a space, a line break or a letter that no token has (it is not shown), as at the "
            "end of a file of secrets. Set it without."
        )
    # What a library reports of itself is nothing for an operator, who reads one sentence.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            from dashboard.warehouse.spark import SparkEngine
    except ModuleNotFoundError as missing:
        raise NoClient(
            f"{ENGINE_VARIABLE} names a Spark Connect server, and its client is not installed (found no "
            f"{missing.name}). Install it with `pip install -e .[spark]`, or leave {ENGINE_VARIABLE} empty."
        ) from missing
    return SparkEngine(address, builds=builds_in is not None)


def _fault(address: str) -> str:
    """What is wrong with an address of Spark Connect, in words that show nothing of it; empty where nothing is.

    The client takes what it does not know for headers of its own: a token or TLS that is misspelt would not be used.
    """
    server, *options = address.split(";")
    try:
        url = urlsplit(server)
        is_host = bool(HOST.fullmatch(url.hostname or "")) and url.port != 0
    except ValueError:  # such as a port that is none
        return "a host or port that is none"
    if not address.isprintable() or address.strip() != address:
        return "a space or a line break around or within it"
    if not server.startswith("sc://"):
        return "another beginning than sc://"
    if "@" in server or url.query or url.fragment:
        return "an @, ? or # before its options"
    if not is_host:
        return "a host or port that is none"
    if url.path not in ("", "/") or (options and url.path != "/"):
        return "something else than /; between its port and its options"
    for option in options:
        name, _, value = option.partition("=")
        if name not in OPTIONS and not name.startswith(HEADER):
            return f"an option that is none of {', '.join(OPTIONS)}"
        if not SIGNS.fullmatch(value) or "=" in value:
            return f"{name} without a value, or with a sign that is to be written as % and its number, such as %3D"
        if name == "session_id" and not UUID.fullmatch(value):
            return "a session_id that is no UUID"
        if name == "use_ssl" and value not in ("true", "false"):
            return "use_ssl that is neither true nor false"
    return ""
