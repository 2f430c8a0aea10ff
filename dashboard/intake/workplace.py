"""A folder for one file on its way in, which holds what people sent: gone afterwards, even if the import is killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.settings import store_folder
from dashboard.store.protocol import in_words
from dashboard.store.workspace import workspace


@contextmanager
def workplace(store: Path | None = None) -> Iterator[Path]:
    """A new folder where the store keeps its work; what imports left there that were killed is removed first.

    Raises:
        NoRoom: the disk of the store is full, or takes no writes.
    """
    with in_words(), workspace(store or store_folder()) as folder:
        yield folder
