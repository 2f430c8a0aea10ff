"""A folder for one file on its way in, which holds what people sent: gone afterwards, even if the import is killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

PREFIX = "coalition-intake-"


@contextmanager
def workplace() -> Iterator[Path]:
    """A new folder outside the store; what imports left there that were killed is removed first."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), _held(left):  # one that another import holds, or another user's, stays
            shutil.rmtree(left)
    with ExitStack() as holding:
        folder = _new(holding)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _new(holding: ExitStack) -> Path:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        with suppress(BlockingIOError, FileNotFoundError):  # before it was held another import took it for left behind
            holding.enter_context(_held(folder))
            return folder


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Holds a folder for this process; the system lets go of it when the process ends, however it does.

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
