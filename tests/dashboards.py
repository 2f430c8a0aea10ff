"""Dashboards that tests serve as `coalition run` does: each is a fork of one process that has its imports behind it."""

import fcntl
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browsing import wait_for
from tests.warm import Fork, Nest

RUN = """
from dashboard.commands import cli
raise SystemExit(cli.main(["run"]))
"""
NEST = Nest(os.environ, "dashboard")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(store: Path, port: int, code: str = RUN, **environment: str) -> Fork:
    """A dashboard that serves a store at a port by a text of Python; it answers a moment later."""
    own = {"COALITION_STORE": str(store), "PORT": str(port)}
    return NEST.serve({**os.environ, **own, **environment}, code)


@contextmanager
def serving(store: Path, code: str = RUN, **environment: str) -> Iterator[str]:
    """Address of a dashboard that serves a store."""
    port = free_port()
    server = start(store, port, code, **environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@contextmanager
def shared(file: Path, store: Path, **environment: str) -> Iterator[str]:
    """The same, one for all processes that name the same file: who comes first starts it, who leaves last ends it."""
    with alone(file) as noted:
        if not noted:
            port = free_port()
            server = start(store, port, **environment)
            noted |= {"address": f"http://127.0.0.1:{port}", "pid": server.pid, "users": 0}
            wait_for(server, noted["address"])
        noted["users"] += 1
        address = noted["address"]
    try:
        yield address
    finally:
        with alone(file) as noted:
            noted["users"] -= 1
            if not noted["users"]:
                os.kill(noted["pid"], signal.SIGTERM)
                noted.clear()


@contextmanager
def alone(file: Path) -> Iterator[dict]:
    """What is noted in a file, while no other process reads or changes it."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        noted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        yield noted
        file.write_text(json.dumps(noted), encoding="utf-8")
