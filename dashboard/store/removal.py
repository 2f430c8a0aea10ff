"""How anything leaves the store: a folder at once, and a release with a tombstone that states why. Needs the lock."""

from pathlib import Path

from dashboard.store.names import folders
from dashboard.store.protocol import StoreDamaged, publish, read_manifest, staged
from dashboard.store.workspace import FOLDER_MODE, workspace

TOMBSTONE = ".gone"


def remove(store: Path, folder: Path) -> None:
    """Deletes a published folder: it is gone from its place at once, whatever happens while its files go."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(FOLDER_MODE)
    with workspace(store) as away:
        folder.rename(away / folder.name)


def bury(store: Path, number: int, why: str, when: str) -> None:
    """Deletes a release and leaves a tombstone: number, day and reason, nothing of what it held."""
    folder = store / "releases" / str(number)
    tombstone = folder.with_name(f"{number}{TOMBSTONE}")
    if not tombstone.is_dir():
        with staged(store) as fresh:
            publish(store, fresh, tombstone, {"kind": "tombstone", "number": number, "deleted_at": when, "reason": why})
    if folder.is_dir():
        remove(store, folder)


def buried(store: Path) -> dict[int, str]:
    """Day and reason of each release that was deleted, by its number."""
    reasons = {}
    for folder in folders(store / "releases"):
        number = folder.name.removesuffix(TOMBSTONE)
        if number == folder.name or not number.isdecimal():
            continue
        try:
            manifest = read_manifest(folder)
            reasons[int(number)] = f"{manifest['deleted_at'][:10]}, {manifest['reason']}"
        except (StoreDamaged, KeyError, TypeError):
            reasons[int(number)] = "nobody knows when and why: its tombstone is damaged"
    return reasons
