"""A file at an address: that of a card, or one that a person gave by hand. Settings: `address`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.intake.fetch.client import BY_HAND, FetchFailed, Progress
from dashboard.intake.fetch.tables import dated
from dashboard.intake.fetch.ways import Client, Fetched, Order
from dashboard.intake.workplace import workplace


def fetch(order: Order, client: Client) -> Fetched:
    """The file, under the name of its source with the day of its capture."""
    got = client.file(order.setting("address"), order.folder, order.known)
    file = got.file.rename(order.folder / dated(order.card.name, got.file.name))
    return Fetched(file, got.etag, got.modified, got.address_mark)


@contextmanager
def download(address: str, progress: Progress | None = None) -> Iterator[Path]:
    """The file at an address that a person gave, of any host, under its own name; gone afterwards.

    Raises:
        FetchFailed: no such address, no answer in 20 seconds, longer than 5 minutes, more than 25 MB, or no table.
    """
    if not address:
        raise FetchFailed("No address is known for this source. Give one, or import a file you have.")
    with workplace() as folder, Client(None, BY_HAND, progress=progress) as client:
        yield client.file(address, folder).file
