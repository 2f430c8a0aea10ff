"""Writes the files a sender would send, from facts and a seed, and brings them in by the front door."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dashboard import actions
from dashboard.demo.coalition import write_coalition
from dashboard.demo.files import facts
from dashboard.demo.hub_sessions import write_hub_sessions
from dashboard.demo.learners import Sent, write_learners
from dashboard.demo.matching import write_matching
from dashboard.intake.workplace import workplace
from dashboard.reference.files import write_record
from dashboard.settings import DEMONSTRATION
from dashboard.store.releases import Release


def fill(store: Path, report_line: Callable[[str], object]) -> Release:
    """Imports the public record that the project carries, and invented people beside it.

    Two releases are published: one of an earlier export, and the newest.
    """
    with workplace() as folder:
        record = [Sent(source, file) for source, file in write_record(folder)]
        earlier, newest = write_files(_folder_to_keep() or folder / "demonstration")
        for exports in ([*record, *earlier], newest):
            for sent in exports:
                done = actions.import_files(store, sent.source, [sent.file], and_publish=False, confirmed=True)
                report_line(f"{sent.source:24} {sent.file.name}: {done.files[0].report.closing_line}")
            release = actions.publish(store)
            report_line(f"published release {release.number}")
    return release


def _folder_to_keep() -> Path | None:
    """The folder of the checkout where its files are kept to be looked at; None where that takes no writes."""
    with suppress(OSError):
        DEMONSTRATION.mkdir(parents=True, exist_ok=True)
        if os.access(DEMONSTRATION, os.W_OK):
            return DEMONSTRATION
    return None


def write_files(folder: Path) -> tuple[list[Sent], list[Sent]]:
    """Writes every demonstration file into the folder: those of the first release, then what came in for the second.

    All of them are about invented people, members, offers or sessions, and their names begin with `demonstration`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = facts()
    earlier, newest = write_learners(known, folder)
    offered_then, offered_now = write_matching(known, folder)
    first = [Sent("hub_sessions", write_hub_sessions(folder)), *write_coalition(known, folder)]
    return [*first, *earlier, *offered_then], [*newest, *offered_now]
