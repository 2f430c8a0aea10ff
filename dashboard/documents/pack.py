"""The pages as a folder of files that needs no server and no script: from a stick, or from any web server.

Its figures are read from the pages themselves, for the audience that is named.
"""

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from dashboard.access.gate import audience_words
from dashboard.access.viewer import Viewer
from dashboard.access.visitor import Visitor, acting_as
from dashboard.briefs.hxl import SOURCE, NotOneList, newest_rows, tag_answer, write_hxl
from dashboard.charts.paper import inline_svg
from dashboard.components.downloads import as_csv, file_name_of
from dashboard.components.readable import explained
from dashboard.documents.model import (
    Chapter,
    Document,
    NumberShown,
    PageRequest,
    Part,
    TableShown,
    as_of,
    cell_words,
    make_document,
    mark_as_protected,
)
from dashboard.locales import LANGUAGES, _, is_right_to_left, language, speaking
from dashboard.locales.numbers import day, short_day, whole, with_semicolons
from dashboard.menu import menu
from dashboard.refusals import Refusal
from dashboard.scope import Scope
from dashboard.session import answer, ask, ask_row, on_release
from dashboard.settings import store_folder
from dashboard.store.releases import Release
from dashboard.vocabularies import words
from dashboard.warehouse.catalog import metrics, sources
from dashboard.warehouse.columns import Column

STYLE = Path(__file__).with_name("pack.css")
MANIFEST, README = "manifest.json", "README.txt"
MOST_ROWS = 250  # of a table on a page; all are in the file beside it
CHART_WIDTH = 700  # pixels
CLOSURES = "school_closures"
# What states how things are on the day on which it is opened, or takes something in, is no page of a pack.
NOT_PACKED = ("data_health", "upload", "methods")
# The views of pages that are split by task, beside the first.
VIEWS: Mapping[str, Sequence[str]] = {"contributions": ("reach", "gaps"), "needs_and_offers": ("offer",)}
POLICY = "default-src 'none'; style-src 'self' file: 'unsafe-inline'"


class NotPacked(Refusal):
    """A pack that cannot be made; the message states why."""


@dataclass(frozen=True)
class Sheet:
    """A page of a pack: the file's name without its ending, the document it is written from, and the day it is of."""

    name: str
    document: Document
    title: str
    on_day: datetime.date | None = None

    @property
    def chapter(self) -> Chapter:
        """What the page states."""
        return self.document.chapters[0]


@dataclass
class Pack:
    """What is being written: whose figures, of which release, in which languages, and the files by their names."""

    viewer: Viewer
    release: Release
    languages: Sequence[str]
    files: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, body: bytes) -> str:
        """Keeps a file; of two with one name and other contents the second is numbered. Gives its name."""
        stem, ending = name.rsplit(".", 1)
        number = 1
        while self.files.get(name, body) != body:
            number += 1
            name = f"{stem}_{number}.{ending}"
        self.files[name] = body
        return name


@dataclass
class Index:
    """What a reader may look for in a language: words with the place where they are, and the rows of each country."""

    entries: list[tuple[str, str]] = field(default_factory=list)
    countries: dict[str, list[tuple[str, str, TableShown, Sequence[Any]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    noted: set[str] = field(default_factory=set)


def make_pack(viewer: Viewer, release: Release, languages: Sequence[str]) -> dict[str, bytes]:
    """The files of a pack by their names, the same for the same release.

    Raises:
        NotPacked: the audience is one for which there is no pack, or the release has nothing for it.
        UnknownLanguage: as documented there.
    """
    if viewer.is_steward or not languages:
        raise NotPacked("A pack is for the public or for a partner, in at least one language.")
    pack = Pack(viewer, release, languages)
    with acting_as(Visitor("pack", viewer, viewer, lambda: True)), on_release(release):
        if viewer.partner_id and ask("my_programme/figures", Scope(partner_id=viewer.partner_id)).empty:
            raise NotPacked(f"Release {release.number} holds no learners of {viewer.partner_id}.")
        if viewer.partner_id:
            _keep_own_list(pack)
        for code in languages:
            with speaking(code):
                _write_language(pack, code)
        pack.keep("index.html", _front(pack))
        pack.keep("style.css", STYLE.read_bytes())
        pack.keep(README, _read_me(pack))
    pack.files[MANIFEST] = _manifest(pack)
    return dict(sorted(pack.files.items()))


def write_pack(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes the files into a folder that is empty or is made.

    Raises:
        NotPacked: something is in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotPacked(f"{folder} is not an empty folder. Name one that is empty, or that does not exist yet.")
    for name, body in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


# Reading


def _write_language(pack: Pack, code: str) -> None:
    sheets = list(_sheets(pack, code))
    answered = [sheet for sheet in sheets if not sheet.chapter.why_not]
    index = Index()
    for sheet in answered:
        pack.keep(f"{code}/{sheet.name}.html", _page(pack, sheet, answered, index))
    pack.keep(f"{code}/countries.html", _countries(pack, answered, index))
    pack.keep(f"{code}/methods.html", _methods(pack, answered, index))
    pack.keep(f"{code}/find.html", _find(pack, answered, index))
    pack.keep(f"{code}/index.html", _index(pack, answered, [sheet for sheet in sheets if sheet.chapter.why_not]))


def _sheets(pack: Pack, code: str) -> Iterator[Sheet]:
    for section in menu().values():
        for page in section:
            if page.name in NOT_PACKED:
                continue
            yield _sheet(pack, code, page.name, page.title, {"open": "*"})
            for view in VIEWS.get(page.name, ()):
                yield _sheet(pack, code, f"{page.name}-{view}", page.title, {"open": "*", "view": view})
            if page.name == CLOSURES:
                for on_day in _days():
                    address = {"closures_on": on_day.isoformat()}
                    yield _sheet(pack, code, f"{page.name}-{on_day.isoformat()}", page.title, address, on_day)


def _sheet(
    pack: Pack, code: str, name: str, title: str, address: Mapping[str, str], on_day: datetime.date | None = None
) -> Sheet:
    visitor = Visitor("pack", pack.viewer, pack.viewer, lambda: True)
    request = PageRequest(name.partition("-")[0], address)
    return Sheet(name, make_document(name, title, [request], visitor, pack.release, code), title, on_day)


def _days() -> list[datetime.date]:
    """The last day of each month of the record of closures, newest first, without the last observed day."""
    if ask("school_closures/captures").empty:
        return []
    capture = ask_row("school_closures/capture")
    first, last = capture["first_date"], capture["last_observed_date"]
    months = [(at // 12, at % 12 + 1) for at in range(first.year * 12 + first.month, last.year * 12 + last.month + 1)]
    ends = [datetime.date(year, month, 1) - datetime.timedelta(1) for year, month in months]
    return [end for end in reversed(ends) if first <= end < last]


# Pages


def _page(pack: Pack, sheet: Sheet, sheets: Sequence[Sheet], index: Index) -> bytes:
    chapter = sheet.chapter
    body = [_heading(chapter, sheet), _dates(sheet, sheets), _numbers(chapter.numbers)]
    index.entries.append((f"{sheet.title}: {chapter.takeaway}", f"{sheet.name}.html"))
    for number, part in enumerate(chapter.parts):
        anchor = f"figure-{number + 1}"
        body.append(_html_of_part(pack, sheet, part, anchor, index))
    body.append(_notes(sheet.document))
    return _html(pack, sheet.name, chapter.takeaway or sheet.title, "".join(body), sheets, sheet.document.is_simulated)


def _heading(chapter: Chapter, sheet: Sheet) -> str:
    lead = f"<p>{escape(chapter.lead)}</p>" if chapter.lead else ""
    stand = f'<p class="quiet">{escape(as_of(sheet.document))}</p>'
    return f'<p class="quiet">{escape(sheet.title)}</p><h1>{escape(chapter.takeaway or sheet.title)}</h1>{lead}{stand}'


def _dates(sheet: Sheet, sheets: Sequence[Sheet]) -> str:
    """Links to the other days that a page is there for."""
    if not sheet.name.startswith(CLOSURES):
        return ""
    links = [
        (other.name, short_day(other.on_day) if other.on_day else _("Latest day, with every figure"))
        for other in sheets
        if other.name.startswith(CLOSURES)
    ]
    items = "".join(
        f'<li><a href="{name}.html"{_current_mark(name == sheet.name)}>{escape(label)}</a></li>'
        for name, label in links
    )
    return f'<nav aria-label="{escape(_("Date"))}"><h2>{escape(_("Date"))}</h2><ul class="inline">{items}</ul></nav>'


def _current_mark(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""


def _numbers(numbers: Sequence[NumberShown]) -> str:
    if not numbers:
        return ""
    written = (
        f"<div><dt>{escape(number.label)}</dt><dd>{escape(number.value)}</dd>"
        + (f"<dd>{escape(number.note)}</dd>" if number.note else "")
        + "</div>"
        for number in numbers
    )
    return f'<dl class="numbers">{"".join(written)}</dl>'


def _html_of_part(pack: Pack, sheet: Sheet, part: Part, anchor: str, index: Index) -> str:
    title = part.title or sheet.chapter.takeaway
    body = [f'<section id="{anchor}" aria-label="{escape(title)}">']
    if title != sheet.chapter.takeaway:
        index.entries.append((title, f"{sheet.name}.html#{anchor}"))
        body.append(f"<h2>{escape(title)}</h2>")
    if part.lead:
        body.append(f"<p>{escape(part.lead)}</p>")
    # Of a day among many the table is enough, and a folder of maps would not fit a small stick.
    if part.chart and sheet.on_day is None:
        spec = dict(part.chart.spec)
        drawn = inline_svg(spec, CHART_WIDTH, part.chart.alt or title, f"{anchor}-chart")
        body.append(f"<figure>{drawn}</figure>")
    body += [f'<p class="quiet">{escape(words)}</p>' for words in part.notes]
    for table in part.tables:
        body.append(_table(pack, table))
        _keep_rows_of_countries(sheet, table, anchor, index)
    return "".join([*body, "</section>"])


def _table(pack: Pack, table: TableShown) -> str:
    if table.question:
        mark_as_protected(table.question, table.context)
    rows = table.rows[:MOST_ROWS]
    lines = "".join(f"<tr>{_cells(row, table.columns)}" for row in rows)  # HTML ends rows and cells by itself
    caption = f"<caption>{escape(table.label)}</caption>" if table.label else ""
    shown = ""
    if len(table.rows) > MOST_ROWS:
        words_ = _("The first {shown} of {all} rows. All are in the CSV.")
        shown = f'<p class="quiet">{escape(words_.format(shown=whole(MOST_ROWS), all=whole(len(table.rows))))}</p>'
    files = _files(pack, table) if table.question else []
    links = "".join(f'<a href="../{escape(name)}" download>{escape(label)}</a> ' for label, name in files)
    head = "".join(
        f'<th scope="col"{_kind(column)} title="{escape(explained(column))}">{escape(_(column.label))}</th>'
        for column in table.columns
    )
    written = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    below = f'<p class="files">{links}</p>' if links else ""
    return f'<div class="wide" tabindex="0">{written}</div>{shown}{below}'


def _cells(row: Sequence[Any], columns: Sequence[Column]) -> str:
    return "".join(
        f"<td{_kind(column)}>{escape(cell_words(value, column))}" for value, column in zip(row, columns, strict=True)
    )


def _kind(column: Column) -> str:
    return " class=n" if column.is_number else ""


def _files(pack: Pack, table: TableShown) -> list[tuple[str, str]]:
    """The answer behind a table for machines, which is the same in each language: CSV, and HXL where it has tags."""
    rows = answer(pack.viewer, pack.release, table.question, table.context)
    stem = f"data/{file_name_of(table.question, table.context)}"
    files = [(_("Download CSV"), pack.keep(f"{stem}.csv", as_csv(table.question, rows)))]
    if table.question.startswith("contributions/"):
        whole_rows = (
            [None if value is None or value != value else value for value in row]
            for row in rows.astype(object).itertuples(index=False, name=None)
        )
        body = tag_answer(list(rows.columns), whole_rows)
        files.append((_("HXL as {kind}").format(kind="CSV"), pack.keep(f"{stem}_hxl.csv", body)))
    return files


def _keep_own_list(pack: Pack) -> None:
    """The list of who does what where that the partner itself sent."""
    try:
        rows = newest_rows(store_folder(), pack.release, pack.viewer.partner_id)
    except NotOneList:  # this partner sent none
        return
    pack.keep(f"data/{SOURCE}_{pack.viewer.partner_id}.csv", write_hxl(rows, "csv"))


def _keep_rows_of_countries(sheet: Sheet, table: TableShown, anchor: str, index: Index) -> None:
    """Notes the rows of a table that has one for each country, for the page with all there is on a country."""
    if not table.question or table.question in index.noted:
        return
    rows = ask(table.question, table.context)
    if sheet.on_day is not None or "country_iso3" not in rows or not rows["country_iso3"].is_unique:
        return
    for code, row in zip(rows["country_iso3"], table.rows, strict=True):
        index.countries[code].append((sheet.title, f"{sheet.name}.html#{anchor}", table, row))
    index.noted.add(table.question)


def _notes(document: Document) -> str:
    body = []
    if document.definitions:
        items = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in document.definitions)
        body.append(f"<details open><summary>{escape(_('Definition'))}</summary><dl>{items}</dl></details>")
    for label, text in ((_("Who sees these figures"), document.disclosure), (_("Sources"), document.sources)):
        if text:
            body.append(f"<h3>{escape(label)}</h3><p>{escape(text)}</p>")
    return f"<footer>{''.join(body)}</footer>"


# What leads to them


def _index(pack: Pack, sheets: Sequence[Sheet], unanswered: Sequence[Sheet]) -> bytes:
    by_name = {sheet.name: sheet for sheet in sheets}
    body = [f"<h1>{escape(_title())}</h1>"]
    if sheets:
        body.append(f'<p class="quiet">{escape(as_of(sheets[0].document))}</p>')
    for section, pages in menu().items():
        sheets_of_page = [
            sheet
            for page in pages
            for sheet in by_name.values()
            if sheet.on_day is None and (sheet.name == page.name or sheet.name.startswith(f"{page.name}-"))
        ]
        if sheets_of_page:
            items = "".join(
                f'<li><a href="{sheet.name}.html">{escape(sheet.title)}</a>: {escape(sheet.chapter.takeaway)}</li>'
                for sheet in sheets_of_page
            )
            body.append(f"<h2>{escape(section)}</h2><ul>{items}</ul>")
    more = [("countries", _("Countries")), ("find", _("Find")), ("methods", _("Methods"))]
    body.append(f"<h2>{escape(_('Find'))}</h2><ul>{_links(more)}</ul>")
    if unanswered:
        items = "".join(
            f"<dt>{escape(sheet.title)}</dt><dd>{escape(sheet.chapter.why_not)}</dd>" for sheet in unanswered
        )
        body.append(f"<h2>{escape(_('Pages without an answer in this pack'))}</h2><dl>{items}</dl>")
    return _html(pack, "index", _title(), "".join(body), sheets, any(s.document.is_simulated for s in sheets))


def _links(pages: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<li><a href="{name}.html">{escape(label)}</a></li>' for name, label in pages)


def _title() -> str:
    return _("Coalition dashboard")


def _countries(pack: Pack, sheets: Sequence[Sheet], index: Index) -> bytes:
    names = {code: words("country").get(code) or code for code in index.countries}
    codes = sorted(names, key=lambda code: names[code].casefold())
    body = [f"<h1>{escape(_('Countries'))}</h1>"]
    items = "".join(f'<li><a href="#{code}">{escape(names[code])}</a></li>' for code in codes)
    body.append(f'<nav><ul class="inline">{items}</ul></nav>')
    for code in codes:
        name = names[code]
        index.entries.append((name, f"countries.html#{code}"))
        body.append(f'<section id="{code}"><h2>{escape(name)}</h2>')
        for title, address, table, row in index.countries[code]:
            mark_as_protected(table.question, table.context)
            pairs = with_semicolons(
                f"{_(column.label)}: {cell_words(value, column)}"
                for value, column in zip(row, table.columns, strict=True)
                if column.name not in ("country", "region") and value is not None and value == value
            )
            body.append(f'<p><a href="{address}">{escape(title)}</a><br>{escape(pairs)}</p>')
        body.append("</section>")
    return _html(pack, "countries", _("Countries"), "".join(body), sheets, any(s.document.is_simulated for s in sheets))


def _methods(pack: Pack, sheets: Sequence[Sheet], index: Index) -> bytes:
    body = [f"<h1>{escape(_('Methods'))}</h1><h2>{escape(_('All metrics'))}</h2><dl>"]
    for name, card in sorted(metrics().items(), key=lambda item: _(item[1].label).casefold()):
        index.entries.append((_(card.label), f"methods.html#metric-{name}"))
        text = f"{_(card.definition)} {_(card.caveat)}".strip()
        body.append(f'<dt id="metric-{name}">{escape(_(card.label))}</dt><dd>{escape(text)}</dd>')
    body.append(f"</dl><h2>{escape(_('All sources'))}</h2><dl>")
    for name, pins in pack.release.manifest["snapshots"].items():
        source = sources()[name]
        index.entries.append((_(source.title), f"methods.html#source-{name}"))
        newest = datetime.date.fromisoformat(max(pin["captured_on"] for pin in pins))
        text = f"{_(source.publisher)}; {_(source.licence)}; {day(newest)}"
        body.append(f'<dt id="source-{name}">{escape(_(source.title))}</dt><dd>{escape(text)}</dd>')
    body.append("</dl>")
    return _html(pack, "methods", _("Methods"), "".join(body), sheets, False)


def _find(pack: Pack, sheets: Sequence[Sheet], index: Index) -> bytes:
    """Pages, figures, countries, metrics and sources from A to Z, for the browser's own search."""
    in_order = sorted(dict.fromkeys(index.entries), key=lambda entry: (entry[0].casefold(), entry[1]))
    letters: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for label, address in in_order:
        first = label.lstrip("“«\u2068\u2067 ")[:1].upper()
        letters[first if first.isalpha() else "0–9"].append((label, address))
    help_ = _("Press Ctrl+F, or choose “Find in page” in the menu of your browser, and type a word.")
    body = [f"<h1>{escape(_('Find'))}</h1><p>{escape(help_)}</p>"]
    for letter, entries in letters.items():
        items = "".join(f'<li><a href="{address}">{escape(label)}</a></li>' for label, address in entries)
        body.append(f"<h2>{escape(letter)}</h2><ul>{items}</ul>")
    return _html(pack, "find", _("Find"), "".join(body), sheets, False)


def _html(
    pack: Pack, name: str, title: str, body: str, sheets: Sequence[Sheet], is_simulated: bool, up: str = "../"
) -> bytes:
    """A page around its body: the way to the others, to the same in other languages, and what must be stated."""
    badges = [_("SIMULATED DATA: these figures are not real.")] if is_simulated else []
    if pack.viewer.partner_id:
        badges.append(_own_rows(pack.viewer.partner_id))
    pages = [(sheet.name, sheet.title) for sheet in sheets if sheet.name.isidentifier()]
    pages += [("countries", _("Countries")), ("find", _("Find")), ("methods", _("Methods"))]
    around = "".join(
        f'<a href="../{code}/{name}.html" lang="{code}" hreflang="{code}"{_current_mark(code == language())}>'
        f"{own_name}</a>"
        for code, own_name in LANGUAGES.items()
        if code in pack.languages
    )
    bar = (
        f'<div class="bar"><a href="index.html"><b>{escape(_title())}</b></a>'
        f"<span>{escape(audience_words(pack.viewer))}</span>{around if len(pack.languages) > 1 else ''}</div>"
        f"<nav><details><summary>{escape(_('All pages'))}</summary><ul>{_links(pages)}</ul></details></nav>"
    )
    marks = "".join(f'<p class="badge">{escape(badge)}</p>' for badge in badges)
    return _framed(language(), title, f"{bar}{marks}<main>{body}</main>", up)


def _own_rows(partner: str) -> str:
    return _("The figures of {partner} are exact here. Give this pack to nobody outside of it.").format(partner=partner)


def _framed(code: str, title: str, body: str, up: str) -> bytes:
    direction = "rtl" if is_right_to_left() else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{up}style.css"></head>'
        f"<body>{body}</body></html>\n"
    ).encode()


def _front(pack: Pack) -> bytes:
    """The first page: the languages."""
    items = []
    for code in pack.languages:
        with speaking(code):
            items.append(
                f'<li lang="{code}"><a href="{code}/index.html">{LANGUAGES[code]}: {escape(_title())}</a></li>'
            )
    with speaking(pack.languages[0]):
        return _framed(pack.languages[0], _title(), f"<h1>{escape(_title())}</h1><ul>{''.join(items)}</ul>", "")


def _read_me(pack: Pack) -> bytes:
    """How the pack is opened and what it is, in all languages."""
    paragraphs = []
    published = datetime.date.fromisoformat(pack.release.manifest["published_at"][:10])
    for code, name in LANGUAGES.items():
        with speaking(code):
            lines = [
                f"{name}: {_title()}",
                _("Open the file index.html in a browser. Nothing needs to be installed, and no network is needed."),
                _("Release {number}, published {day}. Seen as {audience}.").format(
                    number=pack.release.number, day=day(published), audience=audience_words(pack.viewer)
                ),
                _("The file manifest.json lists every file with its SHA-256 sum."),
            ]
            if pack.viewer.partner_id:
                lines.append(_own_rows(pack.viewer.partner_id))
            if pack.release.demonstrations:
                lines.append(_("SIMULATED DATA: these figures are not real."))
            paragraphs.append("\r\n".join(lines))
    return ("\r\n\r\n".join(paragraphs) + "\r\n").encode("utf-8-sig")


def _manifest(pack: Pack) -> bytes:
    files = {
        name: {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in sorted(pack.files.items())
    }
    stated = {
        "release": pack.release.number,
        "published_at": pack.release.manifest["published_at"],
        "audience": pack.viewer.audience,
        "partner": pack.viewer.partner_id,
        "languages": list(pack.languages),
        "simulated_sources": sorted(pack.release.demonstrations),
        "files": files,
    }
    return (json.dumps(stated, ensure_ascii=False, indent=1) + "\n").encode()
