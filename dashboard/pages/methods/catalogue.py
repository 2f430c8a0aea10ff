"""What can be looked up on the page Methods: metrics, questions, sources and claims, and where each is used."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dashboard.components.learners import FOR_REFUGEES
from dashboard.locales import _
from dashboard.menu import pages
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.warehouse.catalog import Query, metrics, questions, sources
from dashboard.warehouse.lineage import sources_of

METRIC, QUESTION, SOURCE, CLAIM = "metric", "question", "source", "claim"
# In this order where two entries fit a search equally well.
KINDS = (METRIC, SOURCE, QUESTION, CLAIM)
CLAIMS = "methods/claims"


@dataclass(frozen=True)
class Entry:
    """One thing that can be looked up.

    Attributes:
        kind: metric, question, source or claim; also the name under which the address holds `code`.
        code: its name in the project.
        title: its name for people.
        text: what it is, in a sentence.
        rest: everything else of it that is searched.
    """

    kind: str
    code: str
    title: str
    text: str
    rest: str


def entries() -> list[Entry]:
    """Everything that can be looked up, in the order of the kinds."""
    return [*_metrics(), *_sources(), *_questions(), *_claims()]


def search(wanted: str) -> list[Entry]:
    """The entries that hold every word, those with the words in their title first, then in their text."""
    words = wanted.casefold().split()
    ranked_entries = []
    for entry in entries():
        title, text = entry.title.casefold(), entry.text.casefold()
        everything = " ".join((title, text, entry.code.casefold(), entry.rest.casefold()))
        if all(word in everything for word in words):
            ranks = [0 if word in title else 1 if word in text else 2 for word in words]
            ranked_entries.append((max(ranks), sum(ranks), KINDS.index(entry.kind), entry.title, entry))
    return [entry for *_ranks, entry in sorted(ranked_entries, key=lambda ranked: ranked[:4])]


def most_shown(count: int) -> list[Entry]:
    """The metrics that most questions name as theirs."""
    named = Counter(metric for query in questions().values() for metric in query.metrics)
    return sorted(_metrics(), key=lambda entry: -named[entry.code])[:count]


def kind_words(kind: str) -> str:
    """The word for a kind of entry."""
    return {METRIC: _("Metric"), QUESTION: _("Question"), SOURCE: _("Source"), CLAIM: _("Public statement")}[kind]


@cache
def questions_of(metric: str) -> tuple[str, ...]:
    """The questions that use a metric: their header names it, or their SQL calls it."""
    called = re.compile(rf"\b{metric}\(")
    return tuple(query.name for query in questions().values() if metric in query.metrics or called.search(query.sql))


def metrics_of(query: Query) -> list[str]:
    """The metrics that a question uses."""
    return [name for name in metrics() if query.name in questions_of(name)]


def pages_of(metric: str) -> list[str]:
    """The pages that show a metric: one of the questions that they ask uses it, or a panel names it."""
    using = set(questions_of(metric))
    rooms = {name.split("/")[0] for name in using}
    return [
        page.name
        for page in pages()
        if page.name in rooms or page.questions() & using or metric in _names_in(page.name)
    ]


def questions_from(source: str) -> list[str]:
    """The questions whose answers come from a source."""
    return [name for name in questions() if source in sources_of(name)]


def current_value(metric: str) -> tuple[Any, Scope] | None:
    """A metric as one number in the context in which pages open, and that context; None where no question gives one."""
    for name in questions_of(metric):
        query = questions()[name]
        has_single_row = query.grain == "one row" and all(field.is_optional for field in query.params)
        if has_single_row and metric in {field.name for field in query.columns}:
            is_by_programme = "programme_id" in {field.name for field in query.params}
            scope = Scope(programme_id=FOR_REFUGEES) if is_by_programme else Scope()
            return ask_row(name, scope)[metric], scope
    return None


@cache
def _names_in(page: str) -> frozenset[str]:
    """The metrics that the panels of a page name."""
    folder = next((known.script.parent for known in pages() if known.name == page), None)
    assert folder
    texts = {
        node.value
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset(texts & metrics().keys())


def _metrics() -> Iterable[Entry]:
    for name, metric in metrics().items():
        rest = " ".join((name.replace("_", " "), _(metric.caveat), _(metric.unit)))
        yield Entry(METRIC, name, _(metric.label), _(metric.definition), rest)


def _sources() -> Iterable[Entry]:
    for name, card in sources().items():
        columns = (f"{column.label} {_(column.meaning)}" for column in card.columns)
        rest = " ".join((card.citation, card.licence, _(card.grain), _(card.comes), _(card.caveat), *columns))
        yield Entry(SOURCE, name, _(card.title), _(card.publisher), rest)


def _questions() -> Iterable[Entry]:
    titles = {page.name: page.title for page in pages()}
    for name, query in questions().items():
        room = name.split("/")[0]
        columns = (f"{_(column.label)} {_(column.meaning)}" for column in query.columns)
        params = (f"{param.name.replace('_', ' ')} {_(param.meaning)}" for param in query.params)
        rest = " ".join((titles.get(room, room), *map(_, query.caveats), *columns, *params))
        yield Entry(QUESTION, name, _(query.title), _single_line(_(query.grain)), rest)


def _claims() -> Iterable[Entry]:
    for row in ask(CLAIMS).to_dict("records"):
        title = f"{row['publisher']}, {row['period']}: {_(row['metric'])}"
        yield Entry(CLAIM, row["claim_id"], title, _single_line(_(row["explains"] or "")), str(row["source"]))


def _single_line(text: str) -> str:
    return text[:1].upper() + text[1:]


def by_page(names: Sequence[str]) -> dict[str, list[str]]:
    """Questions by the title of their page, in the order of the menu."""
    by_title = {page.title: [name for name in names if name.split("/")[0] == page.name] for page in pages()}
    return {title: listed for title, listed in by_title.items() if listed}
