"""Gathers every visible string into coalition.pot: those in code, in SQL headers, source cards and claims.

Run by `make strings`. A translator works from that file; the tests say when it is out of date.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from dashboard.locales import DOMAIN, FOLDER
from dashboard.settings import PROJECT
from dashboard.vocabularies import sets
from dashboard.warehouse.build import read_reference
from dashboard.warehouse.catalog import metrics, questions, sources
from dashboard.warehouse.columns import UNITS
from dashboard.warehouse.parameters import parameters

KEYWORDS = {"_": None, "plural": (1, 2)}
# Columns of data/reference whose words are shown.
OF_REFERENCE = {"claims": ("metric", "qualifier", "unit", "explains"), "contradictions": ("subject", "sentence")}


def template() -> str:
    """The text of the .pot file, without dates, so that it changes only when a string does."""
    catalog = Catalog(project="Coalition dashboard", charset="utf-8", fuzzy=False)
    for file, line, message, comments, _context in extract_from_dir(str(PROJECT / "dashboard"), keywords=KEYWORDS):
        catalog.add(message, None, [(f"dashboard/{file}", line)], auto_comments=comments)
    for message, where in _of_headers_and_cards():
        catalog.add(message, None, [(where, 0)])
    out = io.BytesIO()
    write_po(out, catalog, omit_header=True, sort_output=True, no_location=True, width=110)
    return out.getvalue().decode("utf-8")


def _of_headers_and_cards() -> Iterator[tuple[str, str]]:
    for metric in metrics().values():
        for text in (metric.label, metric.unit, metric.definition, metric.caveat, metric.additive_over):
            yield text, str(metric.path.relative_to(PROJECT))
    for query in questions().values():
        meanings = [*(param.meaning for param in query.params), *(column.meaning for column in query.columns)]
        for text in (query.title, query.grain, *query.caveats, *meanings, *(column.label for column in query.columns)):
            yield text, str(query.path.relative_to(PROJECT))
    for unit in UNITS.values():
        yield unit, "dashboard/warehouse/columns.py"
    for parameter in parameters().values():
        yield parameter.label, "queries/parameters.toml"
    for name, known in sets().items():
        for code in known:
            yield code.label, f"data/reference/vocabularies.csv, {name}"
    for table, columns in OF_REFERENCE.items():
        for row in read_reference(table, {}).to_pylist():
            for text in filter(None, map(row.get, columns)):
                yield text, f"data/reference/{table}.csv"
    for card in sources().values():
        for text in filter(None, (card.title, card.grain, card.comes, card.caveat, card.demonstration)):
            yield text, f"data/sources/{card.name}.toml"


def main() -> None:
    """Writes the file."""
    Path(FOLDER / f"{DOMAIN}.pot").write_text(template(), encoding="utf-8")


if __name__ == "__main__":
    main()
