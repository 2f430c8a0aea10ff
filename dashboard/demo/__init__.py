"""Writes the files a sender would send, from facts and a seed, and brings them in by the front door."""

from collections.abc import Callable
from pathlib import Path

from dashboard.demo.enrolment import write_enrolment
from dashboard.demo.files import facts
from dashboard.demo.oxcgrt import write_oxcgrt
from dashboard.demo.refugees import write_refugees
from dashboard.demo.schools import simulate, write_capture
from dashboard.intake.front_door import import_file
from dashboard.settings import DEMONSTRATION, REFERENCE
from dashboard.store.releases import Release, publish_release


def fill(store: Path, say: Callable[[str], object]) -> Release:
    """Writes the demonstration files, imports them and publishes a release; `say` is told each step."""
    for source, file in write_files(DEMONSTRATION):
        done = import_file(store, source, file)
        say(f"{source:18} {file.name}: {done.report.closing_line}")
    release = publish_release(store)
    say(f"published release {release.number}")
    return release


def write_files(folder: Path) -> list[tuple[str, Path]]:
    """Writes every demonstration file into the folder; returns source and file of each.

    Names that begin with `demonstration` mark invented rows. The others hold facts of data/reference.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = facts()
    world = simulate(known)
    files = [("uis_enrolment", write_enrolment(known, folder)), ("hubs", _copy_hubs(folder))]
    files += [("unesco_closures", write_capture(world, known, day, folder)) for day in world.captures]
    files += [("oxcgrt_c1", write_oxcgrt(world, known, folder)), ("unhcr_population", write_refugees(known, folder))]
    return files


def _copy_hubs(folder: Path) -> Path:
    file = folder / "hubs_2013-10-31.csv"
    file.write_bytes((REFERENCE / "hubs.csv").read_bytes())
    return file
