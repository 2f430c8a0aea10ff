"""What benchmarks share: CPU and memory spent, and invented course runs as a snapshot, with the lists beside them."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from threading import Event, Thread

import duckdb

from dashboard import actions
from dashboard.demo.coalition import write_coalition
from dashboard.demo.files import facts
from dashboard.demo.matching import write_matching
from dashboard.reference.files import write_record
from dashboard.store.joining import Arrival
from dashboard.store.snapshots import keep
from dashboard.warehouse.catalog import sources
from dashboard.warehouse.schema import snapshot_schema

PROCESSES = Path("/proc")
# The most that a process held so far: a look at it loses what it took in its last moment only.
HIGH_WATER = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
LOOK_SECONDS = 0.02
CAPTURED = datetime.date(2019, 12, 31)
# Two of three runs are of another learner; 5 partners, 300 courses, three years: as many cells at every size.
RUNS = """
    WITH drawn AS (
        SELECT
            i,
            i * 7919 % greatest(2 * {runs} // 3, 1) AS who,
            hash(i * 3) % 5 AS partner,
            hash(i * 11) % 300 AS course,
            DATE '2016-06-20' + (hash(i * 13) % 1100)::int AS enrolled_on,
            least(
                DATE '2019-12-31', DATE '2016-06-20' + (hash(i * 13) % 1100 + hash(i * 17) % 300)::int
            ) AS last_on,
            hash(i * 19) % 12 AS fate
        FROM range({runs}) AS numbers(i)
    )

    SELECT
        md5(who::varchar) AS id_key,
        NULL::varchar AS email_key,
        'partner_' || partner AS partner_id,
        CASE WHEN hash(i * 5) % 9 = 0 THEN 'kiron_campus' ELSE 'coursera_for_refugees' END AS programme_id,
        'course_' || course AS course_id,
        NULL::varchar AS course,
        NULL::varchar AS university,
        'course' AS course_type,
        enrolled_on,
        NULL::date AS class_start_on,
        last_on AS last_activity_on,
        CASE WHEN fate < 4 THEN 1.0::double ELSE 0.4::double END AS progress,
        5.0::double AS hours_estimated,
        NULL::double AS hours_measured,
        fate < 4 AS is_completed,
        fate = 5 AS is_removed,
        TRUE AS is_verified_track,
        CASE WHEN fate < 4 THEN last_on END AS completed_on,
        fate < 4 AS has_certificate,
        ['KEN', 'DEU', 'JOR', 'TUR', 'UGA', 'PAK', 'LBN', 'unknown'][1 + (hash(who) % 8)::int] AS country_host,
        DATE '2019-12-31' AS captured_on,
        '{provenance}' AS provenance
    FROM drawn
"""


def cpu() -> float:
    """CPU seconds of this process and of its children so far."""
    own, children = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@dataclass
class Memory:
    """The most bytes that this process held meanwhile, and the largest of those that it started."""

    own: int = 0
    started: int = 0

    @property
    def most(self) -> int:
        """Of either."""
        return max(self.own, self.started)


@contextmanager
def memory_watched() -> Iterator[Memory]:
    """Notes the most memory of what is done within, read from /proc.

    `ru_maxrss` would not do: through fork and exec a process keeps the peak of the one that started it, so that a small
    child of a large process counts as large.
    """
    memory, high, done = Memory(), dict[int, int](), Event()
    (PROCESSES / "self" / "clear_refs").write_text("5", encoding="ascii")  # has the peak of this process begin anew
    watching = Thread(target=_watch, args=(high, done), daemon=True)
    watching.start()
    try:
        yield memory
    finally:
        done.set()
        watching.join()
        memory.own, memory.started = _high_water("self"), max(high.values(), default=0)


def _watch(high: dict[int, int], done: Event) -> None:
    own_program = (PROCESSES / "self" / "cmdline").read_bytes()
    while not done.wait(LOOK_SECONDS):
        for listed in (PROCESSES / "self" / "task").glob("*/children"):
            with suppress(OSError):
                for child in map(int, listed.read_text(encoding="ascii").split()):
                    # Until it has a program of its own, a child shares the memory of this process.
                    if (PROCESSES / str(child) / "cmdline").read_bytes() != own_program:
                        high[child] = max(high.get(child, 0), _high_water(str(child)))


def _high_water(process: str) -> int:
    """The most bytes that a process held; 0 of one that has ended."""
    found = HIGH_WATER.search((PROCESSES / process / "status").read_text(encoding="ascii", errors="replace"))
    return int(found[1]) * 1024 if found else 0


def store_of(folder: Path, runs: int, provenance: str = "demo") -> Path:
    """A store with a snapshot of so many course runs and the country facts, not published yet."""
    store, rows = folder / f"store_{runs}", folder / "rows"
    rows.mkdir()
    card = sources()["coursera_usage"]
    drawn = duckdb.sql(RUNS.format(runs=runs, provenance=provenance)).select(*snapshot_schema(card).names)
    drawn.write_parquet(str(rows / "rows.parquet"), compression="zstd")
    (rows / "quarantine.csv").write_text("line,column,value,reason\n", encoding="utf-8")
    account = {"rows_in": runs, "published": runs, "collapsed": 0, "quarantined": 0, "notes": []}
    account |= {"streams": [f"benchmark/{runs}"], "learner_secret": ""}
    keep(store, Arrival("coursera_usage", CAPTURED.isoformat(), provenance, "0" * 64, rows, account))
    for path in rows.iterdir():
        path.unlink()
    rows.rmdir()
    return store


def bring_in(store: Path, source: str, file: Path, captured_on: datetime.date | None = None) -> None:
    """Brings in a file that is not published yet."""
    actions.import_files(store, source, [file], captured_on=captured_on, and_publish=False, confirmed=True)


def lists(store: Path, folder: Path) -> None:
    """Brings in the public record, members, contributions, needs and offers, beside which the runs stand."""
    known = facts()
    folder.mkdir()
    for source, file in write_record(folder):
        bring_in(store, source, file)
    for sent in (*write_coalition(known, folder), *write_matching(known, folder)[0]):
        bring_in(store, sent.source, sent.file)
