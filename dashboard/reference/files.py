"""Every file of the public record, written out from data/reference in its publisher's own layout."""

from pathlib import Path

from dashboard.reference import closures, enrolment, oxford, refugees
from dashboard.settings import REFERENCE

HUBS = "hubs_2013-10-31.csv"


def write_record(folder: Path) -> list[tuple[str, Path]]:
    """Writes them into the folder; the source of each beside it, in an order in which they can be imported."""
    hubs = folder / HUBS
    hubs.write_bytes((REFERENCE / "hubs.csv").read_bytes())
    files = [("uis_enrolment", enrolment.write_out(folder)), ("hubs", hubs)]
    for of in (closures, oxford, refugees):
        files += [(of.SOURCE, of.write_out(capture, folder)) for capture in of.captures()]
    return files
