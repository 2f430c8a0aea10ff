"""Releases and snapshots of a few bytes, made by the real writers: all but the tables is real. No test itself."""

import hashlib
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.store import releases
from dashboard.store.joining import Arrival
from dashboard.store.releases import Release
from dashboard.store.snapshots import Snapshot, keep
from dashboard.warehouse.build import Built

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
TABLES = ("dim_a", "fct_b", "cube_c")
SOURCE = "unesco_closures"


def build_tiny_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has `publish_release` write three tables that all hold one stamp, another for each release."""
    stamps = itertools.count(1)

    def build(engine: object, inputs: object, marts: Path, scratch: Path, before: object) -> Built:
        scratch.mkdir(parents=True)
        (scratch / "int_step.parquet").write_bytes(b"a step on the way")
        stamp = next(stamps)
        for table in TABLES:
            (marts / f"{table}.parquet").write_bytes(parquet(table, stamp))
        return Built(["a_check"], {}, frozenset())

    engine = SimpleNamespace(name="tiny", close=lambda: None)
    monkeypatch.setattr(releases, "build_marts", build)
    monkeypatch.setattr(releases, "open_engine", lambda builds_in: engine)
    monkeypatch.setattr(releases, "reference_digests", dict)
    # What audiences may have of it has its own tests.
    monkeypatch.setattr(releases, "write_views", lambda marts, folder, figures: {})


def parquet(table: str, stamp: int) -> bytes:
    """A Parquet file of one row."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"name": [table], "stamp": [stamp]}), sink)
    return sink.getvalue().to_pybytes()


def page(release: Release) -> int:
    """Reads every table of a release, as a page with several questions does; the stamp they agree on."""
    tables = [pq.read_table(file, use_threads=False).to_pylist() for file in release.marts.values()]
    assert sorted(row["name"] for (row,) in tables) == sorted(TABLES), "a page reads whole tables"
    stamps = {row["stamp"] for (row,) in tables}
    assert len(stamps) == 1, f"a page of release {release.number} mixes releases {sorted(stamps)}"
    return stamps.pop()


def intake(folder: Path) -> Path:
    """What the parsing of a file leaves behind."""
    folder.mkdir(parents=True)
    (folder / "rows.parquet").write_bytes(parquet("rows", 1))
    (folder / "quarantine.csv").write_text("line,column,value,reason\n", encoding="utf-8")
    return folder


def bring_in(store: Path, folder: Path, day: str = "2020-03-20", kind: str = "", source: str = SOURCE) -> Snapshot:
    """Keeps an intake as a snapshot of that day; a part is another file than the whole of its day."""
    account = {"rows_in": 1, "published": 1, "collapsed": 0, "quarantined": 0, "streams": ["one"], "notes": []}
    digest = _digest(day + kind)
    return keep(store, Arrival(source, day, "published", digest, folder, account, kind))[0]


def name_of(day: str) -> str:
    """The name of the snapshot of that day."""
    return f"{day}-{_digest(day)[:8]}"


def _digest(day: str) -> str:
    return hashlib.sha256(day.encode()).hexdigest()


def in_a_process(run: Callable[[], None]) -> int:
    """Runs it in a fork of this process; returns its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        run()
        code = 0
    finally:
        os._exit(code)
