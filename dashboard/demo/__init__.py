"""Writes the files a sender would send, from facts and a seed, and brings them in by the front door."""

from collections.abc import Callable
from pathlib import Path

from dashboard import actions
from dashboard.demo.coalition import write_coalition
from dashboard.demo.enrolment import write_enrolment
from dashboard.demo.files import facts
from dashboard.demo.hub_sessions import write_hub_sessions
from dashboard.demo.learners import Sent, write_learners
from dashboard.demo.matching import write_matching
from dashboard.demo.oxcgrt import write_oxcgrt
from dashboard.demo.refugees import write_refugees
from dashboard.demo.schools import simulate, write_capture
from dashboard.settings import DEMONSTRATION, REFERENCE
from dashboard.store.releases import Release


def fill(store: Path, say: Callable[[str], object]) -> Release:
    """Writes the demonstration files, imports them and publishes two releases: an earlier export and the newest."""
    for exports in write_files(DEMONSTRATION):
        for sent in exports:
            done = actions.import_files(store, sent.source, [sent.file], and_publish=False, confirmed=True)
            say(f"{sent.source:24} {sent.file.name}: {done.files[0].report.closing_line}")
        release = actions.publish(store)
        say(f"published release {release.number}")
    return release


def write_files(folder: Path) -> list[list[Sent]]:
    """Writes every demonstration file into the folder: those of the first release, then what came in for the second.

    Names that begin with `demonstration` mark invented rows. The others hold facts of data/reference.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = facts()
    world = simulate(known)
    earlier, newest = write_learners(known, folder)
    first = [Sent("uis_enrolment", write_enrolment(known, folder)), Sent("hubs", _copy_hubs(folder))]
    first += [Sent("hub_sessions", write_hub_sessions(folder))]
    first += [Sent("unesco_closures", write_capture(world, known, day, folder)) for day in world.captures]
    first += [Sent("oxcgrt_c1", write_oxcgrt(world, known, folder))]
    first += [Sent("unhcr_population", write_refugees(known, folder)), *write_coalition(known, folder)]
    offered_then, offered_now = write_matching(known, world, folder)
    return [[*first, *earlier, *offered_then], [*newest, *offered_now]]


def _copy_hubs(folder: Path) -> Path:
    file = folder / "hubs_2013-10-31.csv"
    file.write_bytes((REFERENCE / "hubs.csv").read_bytes())
    return file
