"""Acts on a store in a bucket, in a process that may be killed at any step. No test itself.

Run in processes of `forkserver`: what asks a bucket has threads, which no fork of the tests' own process would have.
"""

import multiprocessing
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard import actions, settings
from dashboard.intake.identity import Identity
from dashboard.refusals import Refusal
from dashboard.store import audit_log, mirror, remote, remote_log
from dashboard.store.bucket import Bucket
from dashboard.store.erasure import Person
from dashboard.store.joining import Arrival
from dashboard.store.shared import shared
from dashboard.store.snapshots import keep
from tests.store.tiny import SOURCE, bring_in, build_tiny_releases, intake

PEOPLE = "recognitions"
IDENTITY = Identity(b"s" * 32)
HER, HIM = IDENTITY.id_key("A-1") or "", IDENTITY.id_key("A-2") or ""
CALLS = ("read_pointer", "write_pointer", "upload", "send", "fetch", "download", "delete", "objects")
DONE = "done"


def publish(store: Path) -> None:
    actions.publish(store)


def roll_back(store: Path) -> None:
    actions.roll_back(store, 1)


def bring(store: Path) -> None:
    """A file comes in and is published, as one act."""
    folder = store.parent / f"file-{time.time_ns()}"
    intake(folder)
    with shared(store) as working_copy:
        bring_in(working_copy, folder, "2020-03-27")
        actions.publish(working_copy)


def erase(store: Path) -> None:
    actions.erase(store, [Person(HER, "")], IDENTITY)


def sign_in(store: Path) -> None:
    audit_log.record(store, "login", "somebody", "came")


ACTS: dict[str, Callable[[Path], None]] = {
    "publish": publish,
    "bring": bring,
    "roll back": roll_back,
    "erase": erase,
    "sign in": sign_in,
}


def keep_people(store: Path, folder: Path) -> None:
    """Two learners, one of whom may be erased."""
    folder.mkdir(parents=True)
    (folder / "quarantine.csv").write_text("line,column,value,reason\n", encoding="utf-8")
    rows = {"partner_id": ["alpha"] * 2, "programme_id": ["p"] * 2, "id_key": [HER, HIM]}
    pq.write_table(pa.table({**rows, "email_key": pa.nulls(2, pa.string())}), folder / "rows.parquet")
    account = {"rows_in": 2, "published": 2, "collapsed": 0, "quarantined": 0, "streams": ["alpha"], "notes": []}
    keep(store, Arrival(PEOPLE, "2020-03-19", "published", "ab" * 32, folder, account, ""))


def begin(act: str, environment: Mapping[str, str], kill_at: int = -1) -> tuple[BaseProcess, Connection]:
    """Begins an act in a process of its own, which dies before that step; at its end it sends what became of it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(act, dict(environment), kill_at, sending))
    start(process)
    sending.close()
    return process, receiving


def start(process: BaseProcess) -> None:
    """Starts a process that does not run the main module: Streamlit's test driver leaves a script there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
        process.start()


def ended(process: BaseProcess, pipe: Connection) -> tuple[str, list[str]]:
    """What became of an act, "" where it was killed, and the steps that it took."""
    try:
        words, steps = pipe.recv()
    except EOFError:
        words, steps = "", list[str]()
    process.join()
    return words, steps


def _run(act: str, environment: dict[str, str], kill_at: int, pipe: Connection) -> None:
    os.environ.update(environment)
    with pytest.MonkeyPatch.context() as patch:
        build_tiny_releases(patch)
        steps = _watched(patch, kill_at)
        try:
            ACTS[act](settings.store_folder())
            words = DONE
        except Refusal as refused:
            words = str(refused)
        pipe.send((words, steps))


def _watched(patch: pytest.MonkeyPatch, kill_at: int) -> list[str]:
    """Lists each step of what is sent, read and put in place, and dies before that one."""
    steps = list[str]()

    def step(name: str) -> None:
        steps.append(name)
        if len(steps) - 1 == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def seen(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            step(f"before {name}")
            done = real(*args, **named)
            step(f"after {name}")
            return done

        return call

    for name in CALLS:
        patch.setattr(Bucket, name, seen(name, getattr(Bucket, name)))
    for module, name in (
        (mirror, "_put_folder"),
        (mirror, "_put_file"),
        (mirror, "_drop"),
        (mirror, "replace_durably"),
        (remote, "replace_durably"),
        (remote_log, "_put_lines"),
        (audit_log, "_write_head"),
    ):
        patch.setattr(module, name, seen(name, getattr(module, name)))
    return steps


__all__ = ["ACTS", "DONE", "HER", "HIM", "IDENTITY", "PEOPLE", "SOURCE", "begin", "ended", "keep_people"]
