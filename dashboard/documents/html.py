"""A document as one HTML file that opens without a server, without a script and without asking anybody for anything."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from dashboard.charts.paper import svg
from dashboard.documents.model import Chapter, Document, Part, TableShown, as_of, cell_words, notes, written_for
from dashboard.locales import _
from dashboard.warehouse.columns import Column

HTML = "text/html"
STYLE = Path(__file__).with_name("brief.css")
MOST_ROWS = 300
NUMBER, DAY = ' class="number"', ' class="day"'
# Nothing may be loaded or run, whatever a sender wrote.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def write_html(document: Document) -> bytes:
    """The file."""
    with written_for(document):
        return "\n".join(_page(document)).encode("utf-8")


def _page(document: Document) -> Iterator[str]:
    direction = "rtl" if document.right_to_left else "ltr"
    yield f'<!doctype html>\n<html lang="{document.language}" dir="{direction}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(document.title)}</title>\n<style>{STYLE.read_text(encoding='utf-8')}</style>\n</head>"
    yield f'<body>\n<header><span class="brand">{escape(_("Coalition dashboard"))}</span>'
    yield f'<h1>{escape(document.title)}</h1>\n<p class="quiet">{escape(as_of(document))}</p>'
    if document.is_simulated:
        yield f'<p class="simulated">{escape(_("SIMULATED DATA: these figures are not real."))}</p>'
    yield "</header>\n<main>"
    for chapter in document.chapters:
        yield from _chapter(chapter)
    yield f"<h2>{escape(_('Definitions, sources and protection of people'))}</h2>\n<dl>"
    for term, words in notes(document):
        yield f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>"
    yield f'</dl>\n<p class="quiet">{escape(document.link)}</p>\n</main>\n</body>\n</html>'


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"<h2>{escape(chapter.takeaway or chapter.subject)}</h2>"
    if words := chapter.why_not or chapter.lead:
        yield f"<p>{escape(words)}</p>"
    if chapter.numbers:
        yield '<ul class="numbers">'
        for number in chapter.numbers:
            yield (
                f"<li><small>{escape(number.label)}</small><b>{escape(number.value)}</b>"
                f"<small>{escape(number.note)}</small></li>"
            )
        yield "</ul>"
    for part in chapter.parts:
        yield from _html_of_part(part)


def _html_of_part(part: Part) -> Iterator[str]:
    if part.title:
        yield f"<h3>{escape(part.title)}</h3>"
    if part.lead:
        yield f"<p>{escape(part.lead)}</p>"
    if part.chart:
        yield f'<figure class="chart" role="img" aria-label="{escape(part.chart.alt or part.title)}">'
        yield f"{svg(dict(part.chart.spec), title=part.chart.alt)}</figure>"
        if part.table:
            yield f"<details><summary>{escape(_('The same as a table'))}</summary>"
            yield from _table(part.table)
            yield "</details>"
    elif part.table:
        yield from _table(part.table)
    for words in part.notes:
        yield f'<p class="quiet">{escape(words)}</p>'


def _table(table: TableShown) -> Iterator[str]:
    yield '<div class="table" tabindex="0">\n<table>\n<thead><tr>'
    yield "".join(f'<th scope="col"{_kind(column)}>{escape(_(column.label))}</th>' for column in table.columns)
    yield "</tr></thead>\n<tbody>"
    for row in table.rows[:MOST_ROWS]:
        cells = (
            f"<td{_kind(column)}>{escape(cell_words(value, column))}</td>"
            for value, column in zip(row, table.columns, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table>\n</div>"
    if len(table.rows) > MOST_ROWS:
        words = _("The first {shown} of {all} rows. All are in the workbook.")
        yield f"<p><small>{escape(words.format(shown=MOST_ROWS, all=len(table.rows)))}</small></p>"


def _kind(column: Column) -> str:
    """How the cells of a column and its heading are set: numbers below each other, days without a break."""
    return NUMBER if column.is_number else DAY if column.card.format in ("date", "month") else ""
