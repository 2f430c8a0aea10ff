"""Where work is done before anything is kept: the only code that makes temporary files, all in the store's `.staging`.

Files in it may hold people's rows. Each folder is held by its process; the system lets go of it when the process ends,
however it does, and whoever works there next removes it.
"""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from dashboard.refusals import Refusal

STAGING = ".staging"
# What a server keeps in `.staging` for as long as it runs: copies of tables of a release that are about no learner.
ABOUT_NOBODY = "about_nobody.duckdb"
FOLDER_MODE, FILE_MODE = 0o700, 0o600


class NoWorkspace(Refusal):
    """Something stands where the store does its work."""


@contextmanager
def workspace(store: Path) -> Iterator[Path]:
    """A new folder for work, on the store's own file system and for its owner only; gone afterwards.

    What processes that ended left there is removed first. A store that was not there is not there afterwards either,
    unless something was kept in it.
    """
    sweep(store)
    existed = store.is_dir()
    with ExitStack() as holding:
        folder = _new(store, holding)
        try:
            yield folder
        finally:
            delete(folder)
            if not existed:
                with suppress(OSError):
                    (store / STAGING).rmdir()
                    store.rmdir()


@contextmanager
def libraries_work_in(store: Path) -> Iterator[None]:
    """Has libraries, and processes that are started meanwhile, make their temporary files in a workspace too."""
    with workspace(store) as folder:
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        variable, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
            if variable is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = variable


def sweep(store: Path) -> None:
    """Removes what processes that ended left behind, as far as that goes: the next one tries again."""
    for left in _left_over(store):
        with suppress(OSError), ExitStack() as holding:
            if left.is_symlink() or not left.is_dir():
                left.unlink()
                continue
            holding.enter_context(_held_folder(left))  # what a living process holds stays
            delete(left)


def at_work(store: Path) -> list[Path]:
    """Files that living processes work on: after `sweep`, all that is there."""
    return sorted(path for left in _left_over(store) for path in (left, *left.rglob("*")) if path.is_file())


def make_folder(folder: Path) -> None:
    """Makes a folder, and those above it that are not there, for their owner only whatever the umask."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)


def for_its_owner(path: Path, handle: int) -> None:
    """Shuts an open file of the store to others, whatever the umask it was made under."""
    if os.fstat(handle).st_mode & 0o077:
        path.chmod(FILE_MODE)


def flush(path: Path) -> None:
    """Has a file, or the names in a folder, on the disk before it returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def delete(folder: Path) -> None:
    """Deletes a folder of work, as far as that goes: what is left is swept later."""
    with suppress(OSError):
        for path, _folders, _files in os.walk(folder):
            Path(path).chmod(FOLDER_MODE)  # else what lies in one made unwritable stays for ever
    shutil.rmtree(folder, ignore_errors=True)


def _left_over(store: Path) -> list[Path]:
    staging = store / STAGING
    return sorted(staging.iterdir()) if staging.is_dir() and not staging.is_symlink() else []


def _new(store: Path, holding: ExitStack) -> Path:
    staging = store / STAGING
    if staging.is_symlink() or staging.is_file():
        raise NoWorkspace(f"{staging} is a file or a link, and the store works in a folder of that name. Move it away.")
    while True:
        folder = staging / uuid.uuid4().hex
        with suppress(BlockingIOError, FileNotFoundError):  # before it was held somebody took it for left behind
            make_folder(staging)
            folder.mkdir(mode=FOLDER_MODE)
            holding.enter_context(_held_folder(folder))
            return folder


@contextmanager
def _held_folder(folder: Path) -> Iterator[None]:
    """Holds a folder for this process.

    Raises:
        BlockingIOError: another one holds it.
        FileNotFoundError: it is gone.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.stat()
        yield
    finally:
        os.close(handle)
