"""What is old goes: releases past their months, and snapshots that no release left needs. What is served stays."""

import calendar
import datetime
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from dashboard.store.mirrored import is_mirror
from dashboard.store.protocol import StoreDamaged, locked, read_manifest
from dashboard.store.releases import NothingPublished, current_number, manifest_of, release_numbers
from dashboard.store.removal import bury, remove
from dashboard.store.snapshots import SNAPSHOT_FOLDERS, now, pinned, standing
from dashboard.warehouse.catalog import sources


@dataclass(frozen=True)
class Old:
    """What would go or went: numbers of releases, folders of snapshots as the store names them."""

    releases: tuple[int, ...]
    snapshots: tuple[str, ...]


def prune(store: Path, keep_months: int, today: datetime.date, do: bool = False) -> Old:
    """Finds, and with `do` deletes, what is older than so many months.

    A release goes by the day it was published, unless it is the one that is served. A snapshot, withdrawn or not, goes
    by the day it came in, unless a release that is kept was built from it or the next one would be.

    Raises:
        StoreDamaged: what is served, or a release that is kept, cannot be read, so that nothing is known to be old.
    """
    before = months_before(today, keep_months).isoformat()
    with nullcontext() if is_mirror(store) and not do else locked(store):  # what is looked at in a mirror stays whole
        try:
            current = current_number(store)
        except NothingPublished:
            current = 0
        all_manifests = {number: manifest_of(store, number) for number in release_numbers(store)}
        if current and current not in all_manifests:
            raise StoreDamaged(f"CURRENT names release {current}, which is not there. `coalition publish` mends it.")
        old = [
            number
            for number, manifest in all_manifests.items()
            if manifest["published_at"][:10] < before and number != current
        ]
        needed = {
            pin["folder"]
            for number, manifest in all_manifests.items()
            if number not in old
            for chosen in manifest["snapshots"].values()
            for pin in chosen
        }
        needed |= {
            str(snapshot.folder.relative_to(store)) for snapshots in pinned(store).values() for snapshot in snapshots
        }
        aged = [
            folder
            for kind in SNAPSHOT_FOLDERS
            for source in sources()
            for folder in standing(store / kind / source)
            if str(folder.relative_to(store)) not in needed and _came_in(folder) < before
        ]
        if do:
            for number in old:
                bury(store, number, f"it was older than {keep_months} months", now())
            for folder in aged:
                remove(store, folder)
    return Old(tuple(old), tuple(str(folder.relative_to(store)) for folder in aged))


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _came_in(folder: Path) -> str:
    """The day, as text; of a withdrawn snapshot that is damaged, that of its folder."""
    try:
        return read_manifest(folder)["imported_at"][:10]
    except StoreDamaged:
        changed = datetime.datetime.fromtimestamp(folder.stat().st_mtime, datetime.UTC)
        return changed.date().isoformat()
