"""Gathers every visible string into coalition.pot and the catalogues: those in code, SQL headers, cards and claims.

Run by `make strings`. A translator works in `<language>/LC_MESSAGES/coalition.po`; the tests state when it is out of
date.
"""

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from dashboard.locales import DOMAIN, ENGLISH, FOLDER, INCOMPLETE, LANGUAGES, REVIEWED, catalogue_file
from dashboard.menu import Page, pages
from dashboard.settings import PROJECT
from dashboard.vocabularies import regions, sets
from dashboard.warehouse.build import read_reference
from dashboard.warehouse.catalog import metrics, questions, sources
from dashboard.warehouse.columns import UNITS
from dashboard.warehouse.parameters import parameters

METHODS = "methods"  # the page that shows the words of all
HEADER = """# {language}: translations of the Coalition dashboard.
# DRAFT, not reviewed by a native speaker. Whoever has reviewed a message marks it with a line "#, reviewed"."""
INCOMPLETE_HEAD = (
    "# Written by `make strings`: pages that are shown in English, as messages of theirs are not translated."
)
LEFT_OUT = tuple(
    f'"{field}'
    for field in (
        *("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date"),
        *("Generated-By", "Last-Translator", "Language-Team"),
    )
)
FORMS = {"_": 1, "plural": 2}  # how many texts each call is given
# Columns of data/reference whose words are shown.
OF_REFERENCE = {"claims": ("metric", "qualifier", "unit", "explains"), "contradictions": ("subject", "sentence")}


def template() -> Catalog:
    """All visible strings with where they stand, in order."""
    catalog = Catalog(project="Coalition dashboard", charset="utf-8", fuzzy=False)
    for message, where, line in _of_code():
        catalog.add(message, None, [(where, line)])
    for message, where in _of_headers_and_cards():
        catalog.add(message, None, [(where, 0)])
    return catalog


def renewed(code: str, wanted: Catalog) -> Catalog:
    """The translations of a language for the strings that there are now; a string that changed is empty again."""
    before = Catalog(locale=code)
    if catalogue_file(code).exists():
        with catalogue_file(code).open("rb") as file:
            before = read_po(file, locale=code, domain=DOMAIN)
    catalog = Catalog(locale=code, project="Coalition dashboard", charset="utf-8", fuzzy=False)
    catalog.header_comment = HEADER.format(language=LANGUAGES[code])
    for message in wanted:
        if not message.id:
            continue
        known = before.get(message.id)
        if known is None or known.id != message.id:
            catalog.add(message.id, flags=message.flags)
        else:
            kept = known.flags & {REVIEWED} if _is_whole(known) else set()
            catalog.add(message.id, known.string, flags=message.flags | kept)
    return catalog


def written(catalog: Catalog, is_template: bool = False) -> str:
    """The text of a .pot or .po file, without dates, so that it changes only when a string does."""
    out = io.BytesIO()
    write_po(out, catalog, omit_header=is_template, sort_output=True, no_location=True, width=110)
    lines = out.getvalue().decode("utf-8").split("\n")
    return "\n".join(line for line in lines if not line.startswith(LEFT_OUT))


def incomplete(wanted: Catalog) -> dict[str, list[str]]:
    """The pages that a language cannot show yet, by language: a message that they may show is not translated."""
    lacking_on = {}
    for code in LANGUAGES:
        if code == ENGLISH:
            continue
        known = renewed(code, wanted)
        lacking = [message for message in wanted if message.id and not _is_whole(known.get(message.id))]
        lacking_on[code] = [page.name for page in pages() if any(_may_show(page, message) for message in lacking)]
    return {code: names for code, names in lacking_on.items() if names}


def _is_whole(message: Message | None) -> bool:
    texts = () if message is None else message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(texts) and all(texts)


def _may_show(page: Page, message: Message) -> bool:
    """Whether a message stands in the room of a page, in a question that it asks, or where all pages share it."""
    if page.name == METHODS:
        return True
    for where, _line in message.locations:
        room = re.match(r"dashboard/pages/([a-z_]+)/", where)
        match = re.match(r"queries/pages/([a-z_]+/[a-z0-9_]+)\.sql", where)
        if (room and room[1] == page.name) or (match and match[1] in page.questions()) or not (room or match):
            return True
    return False


def _of_code() -> Iterator[tuple[str | tuple[str, ...], str, int]]:
    """Each message that code states, with its file and line."""
    for file in sorted((PROJECT / "dashboard").rglob("*.py")):
        for message, line in messages_in(file.read_text(encoding="utf-8")):
            yield message, str(file.relative_to(PROJECT)), line


def messages_in(code: str) -> Iterator[tuple[str | tuple[str, ...], int]]:
    """What `_` and `plural` are given in code, with its line; within an f-string too, where Babel finds none."""
    for call in ast.walk(ast.parse(code)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FORMS):
            continue
        forms = FORMS[call.func.id]
        given = [node.value for node in call.args[:forms] if isinstance(node, ast.Constant)]
        texts = [text for text in given if isinstance(text, str)]
        if len(texts) == forms and all(texts):
            yield texts[0] if forms == 1 else tuple(texts), call.lineno


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
    for region in regions():
        yield region, "data/reference/countries.csv"
    for table, columns in OF_REFERENCE.items():
        for row in read_reference(table, {}).to_pylist():
            for text in filter(None, map(row.get, columns)):
                yield text, f"data/reference/{table}.csv"
    for card in sources().values():
        # Names of publishers and of their licences are the same in every language.
        stated = () if card.licence.startswith("CC BY") else (card.publisher, card.licence)
        for text in filter(None, (card.title, card.grain, card.comes, card.caveat, card.demonstration, *stated)):
            yield text, f"data/sources/{card.name}.toml"


def main() -> None:
    """Writes the template, the catalogue of each language, and the pages that each lacks."""
    wanted = template()
    Path(FOLDER / f"{DOMAIN}.pot").write_text(written(wanted, is_template=True), encoding="utf-8")
    for code in LANGUAGES:
        if code != ENGLISH:
            catalogue_file(code).parent.mkdir(parents=True, exist_ok=True)
            catalogue_file(code).write_text(written(renewed(code, wanted)), encoding="utf-8")
    INCOMPLETE.write_text(incomplete_text(wanted), encoding="utf-8")


def incomplete_text(wanted: Catalog) -> str:
    """The text of the file that names these pages."""
    lines = [f"{code} = {json.dumps(names)}" for code, names in incomplete(wanted).items()]
    return "\n".join([INCOMPLETE_HEAD, *lines, ""])


if __name__ == "__main__":
    main()
