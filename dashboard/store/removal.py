"""How anything leaves the store: a folder at once, and a release with a tombstone that says why. Needs the lock."""

import shutil
import uuid
from pathlib import Path

from dashboard.store.protocol import StoreDamaged, publish, read_manifest, staged

TOMBSTONE = ".gone"


def remove(store: Path, folder: Path) -> None:
    """Deletes a published folder: it is gone from its place at once, whatever happens while its files go."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    away = store / ".staging" / uuid.uuid4().hex
    away.parent.mkdir(exist_ok=True)
    folder.rename(away)
    shutil.rmtree(away)


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
    found = {}
    for folder in sorted((store / "releases").glob(f"*{TOMBSTONE}")):
        try:
            said = read_manifest(folder)
            found[int(said["number"])] = f"{said['deleted_at'][:10]}, {said['reason']}"
        except StoreDamaged:
            continue
    return found
