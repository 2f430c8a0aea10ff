"""One reader a source: each goes through the rows of a table and enters them in the ledger.

A module of this folder whose name is that of a source card is its reader, `read(table, ledger)`; the others help them.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from dashboard.intake.report import Ledger
from dashboard.intake.tabular import Table
from dashboard.warehouse.catalog import CatalogError, sources

Reader = Callable[[Table, Ledger], None]


def _readers() -> Mapping[str, Reader]:
    """The reader of every source.

    Raises:
        CatalogError: a card has none; stated when the app starts, not when the first file comes.
    """
    modules = {module.name for module in iter_modules(__path__)}
    if lacking := sources().keys() - modules:
        name = min(lacking)
        raise CatalogError(
            f"data/sources/{name}.toml has no reader. Write dashboard/intake/readers/{name}.py with its read()."
        )
    return {name: import_module(f"{__name__}.{name}").read for name in sorted(sources())}


READERS = _readers()
