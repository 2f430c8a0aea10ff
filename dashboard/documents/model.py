"""A document as values: its pages with their sentences, numbers, charts and tables, and what it must state."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from numbers import Integral, Real
from typing import Any
from urllib.parse import urlencode

from dashboard.access.gate import own_audience_words
from dashboard.access.visitor import Visitor, acting_as
from dashboard.charts.frame import has_marks
from dashboard.charts.language import in_language
from dashboard.components import notices
from dashboard.components.figures import Figure, Number, alt_of, in_words_of_metric
from dashboard.components.notes import is_simulated
from dashboard.components.provenance import in_words, pins_of
from dashboard.components.readable import Codes, cell_words, columns_for_people, in_words_for_people
from dashboard.components.record import Grid, Heading, Headline, Note, Rows, Section
from dashboard.documents.reading import read_page
from dashboard.locales import _, is_right_to_left, language, speaking
from dashboard.locales.numbers import (
    HIDDEN,
    MISSING,
    day,
    is_missing,
    is_whole_percent,
    mark_missing,
    missing,
    own_marks,
)
from dashboard.locales.plain import without_markup
from dashboard.menu import pages
from dashboard.scope import Scope
from dashboard.session import ask, current_release, current_viewer, is_hidden_from_me, on_release
from dashboard.settings import public_url
from dashboard.store.releases import Release
from dashboard.warehouse.catalog import metrics, question
from dashboard.warehouse.columns import Column, ColumnCard

__all__ = ["cell_words"]  # writers of documents have it from here


@dataclass(frozen=True)
class PageRequest:
    """A page of a document: its name and its choices as a link has them."""

    page: str
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NumberShown:
    """A number in words, under its label, with one line below it."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class ChartShown:
    """A chart: its described form in the language of the document, and what it shows in words."""

    spec: Mapping[str, Any]
    alt: str


@dataclass(frozen=True)
class TableShown:
    """Rows as people read them, under the cards of their columns; `rows` are all that the answer has.

    `question` is empty where a page writes the rows itself, of several answers. `label` distinguishes the tables of a
    figure where it draws the answers of several contexts.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    question: str
    context: Scope = Scope()
    label: str = ""


@dataclass(frozen=True)
class Part:
    """A figure of a page under its takeaway; `tables` has that of each context, and `table` is the first.

    `notes` are what the page states below it. A part with neither chart nor table is what a page states in its place.
    """

    title: str
    lead: str
    chart: ChartShown | None
    table: TableShown | None
    tables: Sequence[TableShown] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Chapter:
    """What a page states: its sentence, its numbers, its figures. Without an answer, why not."""

    subject: str
    takeaway: str
    lead: str
    numbers: Sequence[NumberShown]
    parts: Sequence[Part]
    why_not: str = ""
    link: str = ""


@dataclass(frozen=True)
class Document:
    """What a reader holds in hand, whatever kind of file it is written as.

    `most_sheets` is how many sheets of paper it may have, 0 for any number.
    """

    name: str
    title: str
    language: str
    right_to_left: bool
    chapters: Sequence[Chapter]
    audience: str
    release: int
    published: datetime.date
    is_simulated: bool
    definitions: Sequence[tuple[str, str]]
    sources: str
    disclosure: str
    link: str
    missing: str = MISSING
    whole_percent: bool = False
    most_sheets: int = 0

    @property
    def file_name(self) -> str:
        """Of the file without an ending: what, in which language, of which release; whether it is simulated."""
        name = f"{self.name}_{self.language}_release-{self.release}_{self.published.isoformat()}"
        return f"SIMULATED_{name}" if self.is_simulated else name


def make_document(
    name: str, title: str, page_requests: Sequence[PageRequest], visitor: Visitor, release: Release, code: str
) -> Document:
    """The document of these pages for a visitor, answered by a release, in a language.

    Raises:
        NoSuchPage, UnknownLanguage: as documented there.
    """
    with acting_as(visitor), on_release(release), speaking(code), own_marks():
        notices.mark_hidden()
        mark, whole_percent = missing(), is_whole_percent()
        chapters: list[Chapter] = []
        used: dict[tuple[str, Scope], None] = {}
        cards: dict[str, None] = {}
        for page in page_requests:
            read = read_page(page.page, visitor, release, code, page.address)
            chapters.append(_chapter(read.blocks, read.why_not, read.page, page.address, used, cards))
        pins = [pin for shown in used for pin in pins_of(*shown)]
        return Document(
            name=name,
            title=title or chapters[0].subject,
            language=language(),
            right_to_left=is_right_to_left(),
            chapters=tuple(chapters),
            audience=own_audience_words(),
            release=current_release().number,
            published=datetime.date.fromisoformat(current_release().manifest["published_at"][:10]),
            is_simulated=any(is_simulated(*shown) for shown in used),
            definitions=tuple((_(metrics()[card].label), _defined(card)) for card in cards),
            sources=without_markup(in_words(pins)),
            disclosure="" if current_viewer().is_steward else notices.hidden_words(),
            link=link_to(page_requests[0].page, page_requests[0].address, code),
            missing=mark,
            whole_percent=whole_percent,
        )


@contextmanager
def written_for(document: Document) -> Iterator[None]:
    """Has words, shares and what is missing written as the document's reader has them, while a file is made of it."""
    with speaking(document.language), own_marks():
        mark_missing(document.missing, document.whole_percent)
        yield


def link_to(page: str, address: Mapping[str, str], code: str) -> str:
    """The address of a page with its choices, its language and the release that answered."""
    choices = {**address, "lang": code, "release": str(current_release().number)}
    return f"{public_url().rstrip('/')}/{page}?{urlencode(choices)}"


def _chapter(
    blocks: Sequence[Any],
    why_not: str,
    page: str,
    address: Mapping[str, str],
    used: dict[tuple[str, Scope], None],
    cards: dict[str, None],
) -> Chapter:
    head = next((block for block in blocks if isinstance(block, Headline)), Headline("", "", ""))
    numbers: list[NumberShown] = []
    section = _OpenSection("")
    in_order = [section]
    for block in blocks:
        if isinstance(block, Section):
            section = _OpenSection(without_markup(block.title))
            in_order.append(section)
        elif isinstance(block, Heading):
            section.begin(without_markup(block.words))
        elif isinstance(block, Note):
            section.note(without_markup(block.words))
        elif isinstance(block, Rows):
            used[block.question, block.context] = None
            cards |= dict.fromkeys(question(block.question).metrics)
            if table := _table(block.question, block.context, block.columns, block.codes):
                section.add(Part(section.title, "", None, table, (table,)))
        elif isinstance(block, Grid):
            table = _table_of_page(block)
            title = block.alt.removesuffix(".") if section.is_begun or not section.title else section.title
            section.add(Part(title, "", None, table, (table,)))
        elif isinstance(block, tuple):
            for number in block:
                used[number.question, number.context] = None
                numbers.append(_number(number))
                if number.metric:
                    cards[number.metric] = None
        elif isinstance(block, Figure):
            for context in (block.others or {"": block.context}).values():
                used[block.question, context] = None
            cards |= dict.fromkeys(question(block.question).metrics)
            if part := _part_of_figure(block, section.title):
                section.add(part)
    before, *sections = (collected.ended() for collected in in_order)
    # What the answer states where it has no figure stands with its sentence.
    alone = [part for part in before if not part.title and part.chart is None and part.table is None]
    return Chapter(
        subject=head.subject or next(known.title for known in pages() if known.name == page),
        takeaway=without_markup(head.takeaway),
        lead=" ".join(filter(None, [without_markup(head.lead), *(part.lead for part in alone)])),
        numbers=tuple(numbers),
        parts=tuple(part for part in (*before, *chain.from_iterable(sections)) if part not in alone),
        why_not=without_markup(why_not),
        link=link_to(page, address, language()),
    )


@dataclass
class _OpenSection:
    """The answer or a section of a page while it is read: its parts, and the words since."""

    title: str
    parts: list[Part] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    is_begun: bool = False

    def begin(self, title: str) -> None:
        """What follows has another title."""
        self.end()
        self.title = title

    def note(self, words: str) -> None:
        """Words of the figure above them; of the next one where none is above."""
        if not words:
            return
        if self.is_begun:
            last = self.parts[-1]
            self.parts[-1] = replace(last, notes=(*last.notes, words))
        else:
            self.leads.append(words)

    def add(self, part: Part) -> None:
        """A figure, with the words before it under the same title."""
        if part.title != self.title:
            self.end()
        self.parts.append(replace(part, lead=" ".join([*self.leads, *filter(None, [part.lead])])))
        self.leads, self.is_begun = [], True

    def end(self) -> None:
        """Words without a figure are a part of their own."""
        if self.leads:
            self.parts.append(Part(self.title, " ".join(self.leads), None, None))
        self.leads, self.is_begun = [], False

    def ended(self) -> list[Part]:
        """Its parts, when all is read."""
        self.end()
        return self.parts


def mark_as_protected(question_name: str, context: Scope) -> None:
    """Has what is missing marked, and shares written, as on a page with the answer to a question."""
    is_hidden = is_hidden_from_me(question_name, context)
    mark_missing(HIDDEN if is_hidden else MISSING, whole_percent=is_hidden)


def _number(number: Number) -> NumberShown:
    mark_as_protected(number.question, number.context)
    card = metrics().get(number.metric)
    label = number.label or (_(card.label) if card else "")
    return NumberShown(label, without_markup(in_words_of_metric(number)), without_markup(number.note))


def _part_of_figure(figure: Figure, section: str) -> Part | None:
    chart = None
    if isinstance(figure.chart, dict) and has_marks(figure.chart):
        chart = ChartShown(in_language(figure.chart), alt_of(figure.chart, without_markup(figure.words.alt)))
    contexts = figure.others or {"": figure.context}
    tables = tuple(
        table
        for label, context in contexts.items()
        if (table := _table(figure.question, context, figure.columns, figure.codes, label))
    )
    if chart is None and not tables:
        return None
    title = without_markup(figure.words.title or section)
    return Part(title, without_markup(figure.words.lead), chart, tables[0] if tables else None, tables)


def _table(
    question_name: str, context: Scope, columns: Sequence[str] | None, codes: Codes, label: str = ""
) -> TableShown | None:
    answer = ask(question_name, context)
    shown = columns_for_people(question_name, columns, codes)
    if answer.empty or not shown:
        return None
    rows = in_words_for_people(answer, shown, codes)
    return TableShown(shown, tuple(rows.itertuples(index=False, name=None)), question_name, context, label)


def _table_of_page(grid: Grid) -> TableShown:
    """Rows that a page writes itself, as a table that no question has."""
    names = list(grid.rows[0])
    cells = [[_cell(row.get(name)) for name in names] for row in grid.rows]
    columns = [
        Column(name, "", "", ColumnCard(name, _format_of(values)))
        for name, values in zip(names, zip(*cells, strict=True), strict=True)
    ]
    return TableShown(columns, [tuple(row) for row in cells], "")


def _cell(value: Any) -> Any:
    """A cell that a page writes itself; what is missing in words of people is missing."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return None if is_missing(value) or value == missing() else value


def _format_of(values: Sequence[Any]) -> str:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, Real) for value in known):
        return "count" if all(isinstance(value, Integral) for value in known) else "decimal"
    return "date" if known and all(isinstance(value, datetime.date) for value in known) else "text"


def _defined(card: str) -> str:
    metric = metrics()[card]
    return f"{_(metric.definition)} {_(metric.caveat)}".strip()


def as_of(document: Document) -> str:
    """The line below a title: the release, its day, and who may see the figures."""
    return _("Release {number}, published {day}. Seen as {audience}.").format(
        number=document.release, day=day(document.published), audience=document.audience
    )


def notes(document: Document) -> list[tuple[str, str]]:
    """What a document must state at its end: protection, sources, and the definition of each measure."""
    stated = [(_("Who sees these figures"), document.disclosure)] if document.disclosure else []
    if document.sources:
        label = _("Sources")
        stated.append((label, document.sources.removeprefix(label).lstrip(" :\u00a0\u202f\uff1a")))
    return [*stated, *((label, words) for label, words in document.definitions)]
