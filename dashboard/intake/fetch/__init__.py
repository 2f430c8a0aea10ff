"""Fetches what a publisher gives to programs: one module for each kind of publisher, all asking by one client.

What comes out is a file in the publisher's own layout; the front door checks it like anyone's.
"""

import csv
import re
from collections.abc import Callable, Mapping

from dashboard.intake.fetch import activityinfo, ckan, coursera, file, kobo, uis, uis_bulk, unhcr
from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.ways import Client, Fetched, Order

# What comes of an answer, or of a setting of a card, that is not what was documented.
WRONG = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
    csv.Error,
    re.error,
)
# The kinds that a card may name.
KINDS: Mapping[str, Callable[[Order, Client], Fetched]] = {
    "file": file.fetch,
    "ckan": ckan.fetch,
    "unhcr": unhcr.fetch,
    "uis": uis.fetch,
    "uis_bulk": uis_bulk.fetch,
    "coursera": coursera.fetch,
    "kobo": kobo.fetch,
    "activityinfo": activityinfo.fetch,
}


def fetch(order: Order, client: Client) -> Fetched:
    """Fetches what an order asks for.

    Raises:
        FetchFailed: it did not come whole, or not in the documented shape.
        FetchUnchanged: the publisher has nothing newer.
    """
    kind = order.way.kind
    if kind not in KINDS:
        raise FetchFailed(
            f"There is no way {kind!r} to fetch {order.card.name}. The card may name: {', '.join(KINDS)}."
        )
    try:
        return KINDS[kind](order, client)
    except WRONG as wrong:
        raise FetchFailed(
            f"The publisher of {order.card.name} answered in another shape than is documented (found: "
            f"{type(wrong).__name__}). Import a file, and tell whoever looks after the dashboard."
        ) from wrong
