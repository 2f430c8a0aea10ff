"""Names that lead to a place of the store, checked here and nowhere else: none of them leads out of its folder."""

import re
from pathlib import Path

from dashboard.refusals import Refusal

# One step of a path: nothing that leads elsewhere or hides.
NAME = re.compile(r"[^\x00-\x1f\x7f/\\.][^\x00-\x1f\x7f/\\]*")
LONGEST = 200


class NoSuchPlace(Refusal):
    """A name leads nowhere in the store, or out of it."""


def is_name(text: str) -> bool:
    """Whether a text may be the name of one file or folder: not hidden, without a path or a control character in it."""
    return len(text) <= LONGEST and NAME.fullmatch(text) is not None


def is_relative_path(text: str) -> bool:
    """Whether a text is one or more names with strokes between them."""
    return all(map(is_name, text.split("/")))


def below(folder: Path, relative: str) -> Path:
    """The path below a folder that a relative path leads to.

    Raises:
        NoSuchPlace: the name leads elsewhere, or a link stands on the way.
    """
    if not is_relative_path(relative):
        raise NoSuchPlace(f"{relative[:80]!r} is no name of a file or folder in {folder}. Check its spelling.")
    path = folder
    for step in relative.split("/"):
        path /= step
        if path.is_symlink():
            raise NoSuchPlace(f"{path} is a link, and the store holds none. Remove the link.")
    return path


def plain(name: str, otherwise: str) -> str:
    """A name that somebody else chose, as the name of one file; the other one where it cannot be one."""
    return name if is_name(name) else otherwise


def folders(folder: Path) -> list[Path]:
    """The folders in a folder, by name: links, files and hidden names are none of the store's and are left out."""
    children = folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ()
    return sorted(path for path in children if is_name(path.name) and path.is_dir() and not path.is_symlink())
