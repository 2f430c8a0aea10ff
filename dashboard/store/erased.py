"""The list of those who were erased: marks that reveal neither person nor key to whoever has the store alone."""

from pathlib import Path

from dashboard.store.names import folders
from dashboard.store.protocol import verify

FOLDER, MARKS = "erased", "marks.txt"


def lists(store: Path) -> list[Path]:
    """The folder of each erasure, the first one first."""
    paths = (path for path in folders(store / FOLDER) if path.name.isdecimal())
    return sorted(paths, key=lambda path: int(path.name))


def marks(store: Path) -> frozenset[str]:
    """The marks of everyone who was erased.

    Raises:
        StoreDamaged: a list is not the one that was written, so that somebody might come back.
    """
    listed: set[str] = set()
    for folder in lists(store):
        verify(folder)
        listed.update((folder / MARKS).read_text(encoding="ascii").split())
    return frozenset(listed)
