"""A document as a workbook: a summary, a sheet for each figure with its rows and native chart, and the notes.

Nothing in it is a formula or a link that a sender wrote.
"""

import datetime
import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from dashboard.briefs.answers import LONGEST_CELL, NUMBER_FORMATS, WHOLE_PERCENT
from dashboard.charts.slides import NativeChart, Series, native
from dashboard.documents.model import Document, Part, TableShown, as_of, notes, written_for
from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import is_missing, is_whole_percent, missing
from dashboard.warehouse.catalog import question
from dashboard.warehouse.columns import Column

LONGEST_NAME, LONGEST_LINK = 31, 2079
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
IN_NUMBERS = "0123456789., "
PART_OF_NUMBER = re.compile(r"[., ]?\d")
SIGNED_NUMBER = re.compile(r"[+-]\d[\d.,\u00a0\u202f%]*\Z", re.ASCII)
NARROWEST, WIDEST, LOOKED_AT = 9, 46, 200
TITLE_ROW, LEAD_ROW, STATE_ROW, HEAD_ROW = 0, 1, 2, 4
ACCENT, PALE, WARNING, INK, GRID = "#0b6cb8", "#dce9f5", "#a63d1e", "#243240", "#d5dae0"
QUIET = "#4b5763"
CHART_WIDE, CHART_HIGH, ROWS_A_CHART = 760, 430, 24
COLUMNS_A_CHART = 13  # of the usual width that lie below a chart
FONT = "Arial"  # with Latin, Cyrillic and Arabic letters on every machine
FEWEST_COLORED = 6  # rows, below which colour states nothing that the numbers do not
COLORED = ("count", "people", "share", "usd", "decimal", "days", "weeks", "hours")
PALEST, DARKEST = "#ffffff", "#4f94cd"
KINDS = {
    ("bar", "clustered"): ("bar", ""),
    ("bar", "overlaid"): ("bar", ""),
    ("bar", "stacked"): ("bar", "stacked"),
    ("column", "clustered"): ("column", ""),
    ("column", "overlaid"): ("column", ""),
    ("column", "stacked"): ("column", "stacked"),
    ("line", "clustered"): ("line", ""),
    ("xy", "clustered"): ("scatter", "straight"),
}
DASHES = {"dot": "round_dot", "dash": "dash", "dashdot": "dash_dot", "longdash": "long_dash"}
MARKS = ("circle", "square", "diamond", "triangle", "x", "plus")
MANY_BARS = 30


def write_xlsx(document: Document) -> bytes:
    """The file."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with written_for(document):
        book = _Book(document, Workbook(out, options))
        book.write()
    return out.getvalue()


class _Book:
    def __init__(self, document: Document, file: Workbook) -> None:
        self.document, self.file = document, file
        self.names: set[str] = set()
        self.along = 0  # the column of labels of the chart in hand
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.simulated = _("SIMULATED DATA: these figures are not real.") if document.is_simulated else ""
        file.set_properties(
            {
                "title": _text(document.title),
                "subject": _text(as_of(document)),
                "author": _("Coalition dashboard"),
                "comments": self.simulated,
                "created": datetime.datetime.combine(document.published, datetime.time()),
            }
        )

    def write(self) -> None:
        """The sheets in their order: the summary first, as it links to those that come after it."""
        parts = [(chapter, part) for chapter in self.document.chapters for part in chapter.parts]
        summary = self.sheet(_("Summary"))
        named = [self.name(f"{at}. {_title(part, chapter.takeaway)}") for at, (chapter, part) in enumerate(parts, 1)]
        self.summary(summary, named)
        for name, (chapter, part) in zip(named, parts, strict=True):
            self.write_part(name, part, chapter.takeaway or chapter.subject, chapter.link)
        self.notes()
        self.file.close()

    # Sheets

    def summary(self, sheet: Any, named: Sequence[str]) -> None:
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, 2, 70)
        row = self.head(sheet, self.document.title, "")
        links = iter(named)
        for chapter in self.document.chapters:
            self.put(sheet, row, 0, chapter.takeaway or chapter.subject or chapter.why_not, bold=True, font_size=13)
            row += 1
            for line in dict.fromkeys(filter(None, (chapter.lead, chapter.why_not))):
                self.put(sheet, row, 0, line)
                row += 1
            for number in chapter.numbers:
                self.put(sheet, row, 0, number.label, **TOP)
                self.put(sheet, row, 1, number.value, bold=True, **TOP)
                self.put(sheet, row, 2, number.note, **TOP)
                row += 1
            for part in chapter.parts:
                name = next(links)
                words = _text(part.title or chapter.takeaway or name)
                sheet.write_url(row, 0, f"internal:'{name}'!A1", self.format(font_color=ACCENT, underline=1), words)
                row += 1
            row += 1
        sheet.set_landscape()

    def write_part(self, name: str, write_part: Part, otherwise: str, link: str) -> None:
        sheet = self.made_sheet(name)
        self.head(sheet, write_part.title or otherwise, write_part.lead)
        width = 0
        if write_part.table:
            self.table(sheet, write_part.table)
            width = len(write_part.table.columns)
        drawn = native(dict(write_part.chart.spec)) if write_part.chart else None
        if drawn:
            self.chart(sheet, name, drawn, write_part, otherwise, width + 1 if width else 0)
        elif write_part.chart and write_part.table and len(write_part.table.rows) >= FEWEST_COLORED:
            self.colors(sheet, write_part.table)
        rows = len(write_part.table.rows) if write_part.table else 0
        last = (width + 1 if width else 0) + COLUMNS_A_CHART - 2 if drawn else max(width - 1, 0)
        below = HEAD_ROW + max(rows, ROWS_A_CHART if drawn else 0) + 2
        for at, words in enumerate(write_part.notes):
            self.put(sheet, below + at, 0, words, font_color=QUIET)
        sheet.print_area(0, 0, below + len(write_part.notes) - 1, last)  # not the chart's own numbers
        sheet.freeze_panes(HEAD_ROW + 1 if write_part.table else HEAD_ROW, 0)
        sheet.set_landscape()
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer(f"&L{_foot(link)}&R&P / &N")

    def table(self, sheet: Any, table: TableShown) -> None:
        last = HEAD_ROW + len(table.rows)
        for at, column in enumerate(table.columns):
            label = _text(_(column.label))
            shown = [_width(row[at], column) for row in table.rows[:LOOKED_AT]]
            wide = min(WIDEST, max(NARROWEST, len(label) * 0.6, *shown) + 2)
            sheet.set_column(at, at, wide)
            sheet.write_string(HEAD_ROW, at, label, self.format(bold=True, bg_color=PALE, text_wrap=True, valign="top"))
            number_format = self.format(num_format=_number_format(column), valign="top")
            words, hidden = self.format(valign="top"), self.format(align="right", valign="top")
            for row, cells in enumerate(table.rows, HEAD_ROW + 1):
                value = cells[at]
                if is_missing(value):
                    if self.document.disclosure and column.is_number:
                        sheet.write_string(row, at, missing(), hidden)
                elif isinstance(value, str):
                    sheet.write_string(row, at, _text(value), words)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(row, at, value, number_format)
                else:
                    sheet.write_number(row, at, _value(value, column), number_format)
        sheet.autofilter(HEAD_ROW, 0, last, len(table.columns) - 1)

    def colors(self, sheet: Any, table: TableShown) -> None:
        """What a map or matrix shows as colour, the columns of numbers show too."""
        for at, column in enumerate(table.columns):
            if column.card.format in COLORED:
                scale = {"type": "2_color_scale", "min_color": PALEST, "max_color": DARKEST}
                sheet.conditional_format(HEAD_ROW + 1, at, HEAD_ROW + len(table.rows), at, scale)

    def notes(self) -> None:
        sheet = self.sheet(_("Notes"))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        row = self.head(sheet, _("Definitions, sources and protection of people"), "")
        stated = [*notes(self.document), (_("Link"), self.document.link)]
        for label, words in stated:
            self.put(sheet, row, 0, label, bold=True, **TOP)
            if words == self.document.link and _is_address(words):
                sheet.write_url(row, 1, words, self.format(font_color=ACCENT, underline=1, **TOP))
            else:
                self.put(sheet, row, 1, words, **TOP)
            row += 1
        titles = dict.fromkeys(
            _(question(part.table.question).title)
            for chapter in self.document.chapters
            for part in chapter.parts
            if part.table
        )
        for at, title in enumerate(titles):
            self.put(sheet, row, 0, _("Question") if at == 0 else "", bold=True, **TOP)
            self.put(sheet, row, 1, title, **TOP)
            row += 1

    def head(self, sheet: Any, title: str, lead: str) -> int:
        """The title, the sentence below it, and what the figures are; gives the row below."""
        self.put(sheet, TITLE_ROW, 0, title, bold=True, font_size=16)
        self.put(sheet, LEAD_ROW, 0, lead)
        self.put(sheet, STATE_ROW, 0, as_of(self.document), font_color=QUIET)
        if self.simulated:
            self.put(sheet, STATE_ROW + 1, 0, self.simulated, bold=True, font_color=WARNING)
        return HEAD_ROW + 1

    # Charts

    def chart(self, sheet: Any, name: str, drawn: NativeChart, part: Part, otherwise: str, column: int) -> None:
        """The chart beside the table; the numbers it is drawn from stand to its right."""
        title = part.title or otherwise
        kind, subtype = KINDS[drawn.kind, drawn.grouping]
        chart = self.file.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
        first = column + COLUMNS_A_CHART
        for number, series in enumerate(drawn.series):
            chart.add_series(self.series(sheet, name, drawn, series, number, first, title))
            first += 1 + (drawn.kind == "xy" or number == 0) + 2 * bool(series.above)
        value = {"num_format": drawn.number_format, "name": drawn.value_title, **_axis_bounds(drawn.value_range)}
        along = {"name": drawn.category_title, **_axis_bounds(drawn.along_range)}
        if drawn.along_format:
            along["num_format"] = drawn.along_format
        if drawn.is_by_day and drawn.kind == "column":
            along["date_axis"] = True
        value |= {"major_gridlines": {"visible": True, "line": {"color": GRID}}, "reverse": drawn.from_right}
        along |= {"major_gridlines": {"visible": False}, "reverse": drawn.first_on_top}
        if drawn.first_on_top:
            along["crossing"] = "max"  # numbers stay below
        for axis in (value, along):
            axis |= {"name_font": {"bold": False, "size": 10}, "num_font": {"size": 9}, "line": {"color": GRID}}
        chart.set_x_axis(value if drawn.kind == "bar" else along)
        chart.set_y_axis(along if drawn.kind == "bar" else value)
        chart.set_title({"none": True})
        unnamed = [number for number, series in enumerate(drawn.series) if not series.in_legend]
        chart.set_legend(
            {"position": "top", **({"delete_series": unnamed} if unnamed else {})}
            if drawn.has_legend
            else {"none": True}
        )
        chart.show_blanks_as("gap")
        chart.set_size({"width": CHART_WIDE, "height": CHART_HIGH})
        options = {
            "description": _text(part.chart.alt if part.chart and part.chart.alt else title),
            "object_position": 2,
        }
        sheet.insert_chart(HEAD_ROW, column, chart, options)

    def series(
        self, sheet: Any, name: str, drawn: NativeChart, series: Series, number: int, first: int, title: str
    ) -> dict[str, Any]:
        """Writes the numbers of a series to the sheet from a column on, and gives how it is drawn."""
        bold, count = self.format(bold=True, bg_color=PALE, text_wrap=True, valign="top"), len(series.values)
        days = self.format(num_format=NUMBER_FORMATS["date"])
        along = first if drawn.kind == "xy" or number == 0 else self.along
        if along == first:
            self.along = first
            sheet.write_string(HEAD_ROW, first, _text(drawn.category_title), bold)
            positions: Sequence[Any] = series.at if drawn.kind == "xy" else drawn.categories
            for row, at in enumerate(positions, HEAD_ROW + 1):
                if isinstance(at, str):
                    sheet.write_string(row, first, _text(at))
                elif isinstance(at, datetime.date):
                    sheet.write_datetime(row, first, at, days)
                else:
                    sheet.write_number(row, first, at, days if drawn.is_by_day else None)
            first += 1
        sheet.write_string(HEAD_ROW, first, _text(series.name or title), bold)
        number_format = self.format(num_format=series.number_format)
        for row, value in enumerate(series.values, HEAD_ROW + 1):
            if value is not None:
                sheet.write_number(row, first, value, number_format)
        written: dict[str, Any] = {
            "name": [name, HEAD_ROW, first],
            "categories": [name, HEAD_ROW + 1, along, HEAD_ROW + count, along],
            "values": [name, HEAD_ROW + 1, first, HEAD_ROW + count, first],
            **_marks(drawn, series, number),
        }
        if series.above:
            ranges = []
            for words, lengths in (
                (_("Distance to the upper end of the interval"), series.above),
                (_("Distance to the lower end of the interval"), series.below),
            ):
                first += 1
                sheet.write_string(HEAD_ROW, first, _text(words), bold)
                for row, length in enumerate(lengths, HEAD_ROW + 1):
                    sheet.write_number(row, first, length, number_format)
                ends = [xl_rowcol_to_cell(row, first, True, True) for row in (HEAD_ROW + 1, HEAD_ROW + count)]
                ranges.append(f"='{name}'!{ends[0]}:{ends[1]}")
            written["x_error_bars" if drawn.kind == "bar" else "y_error_bars"] = {
                "type": "custom",
                "plus_values": ranges[0],
                "minus_values": ranges[1],
                "line": {"color": "#7b8794"},
            }
        return written

    # Cells

    def sheet(self, title: str) -> Any:
        return self.made_sheet(self.name(title))

    def made_sheet(self, name: str) -> Any:
        sheet = self.file.add_worksheet(name)
        if self.document.right_to_left:
            sheet.right_to_left()
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def name(self, title: str) -> str:
        """A name that a sheet may have: short, without forbidden signs, and only once."""
        plain = " ".join(FORBIDDEN.sub(" ", ILLEGAL_CHARACTERS_RE.sub("", title)).split())
        name, at = _shortened(plain, LONGEST_NAME), 2
        while name.casefold() in self.names or not name:
            end = f" {at}"
            name, at = _shortened(plain, LONGEST_NAME - len(end)) + end, at + 1
        self.names.add(name.casefold())
        return name

    def put(self, sheet: Any, row: int, column: int, words: str, **form: Any) -> None:
        if words:
            sheet.write_string(row, column, _text(words), self.format(**form))

    def format(self, **form: Any) -> Any:
        key = tuple(sorted(form.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format({"font_name": FONT, "font_size": 10, **form})
        return self.formats[key]


TOP = {"text_wrap": True, "valign": "top"}


def _is_address(link: str) -> bool:
    return link.startswith(("https://", "http://")) and len(link) <= LONGEST_LINK


def _title(part: Part, otherwise: str) -> str:
    return part.title or otherwise


def _text(words: str) -> str:
    """As a workbook may have it, and a table of text that is made of it: no formula, but a number with its sign."""
    if SIGNED_NUMBER.match(words):
        return words
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", words))[:LONGEST_CELL]


def _shortened(name: str, length: int) -> str:
    """The beginning of a name; a number that does not fit is left out, as a part of it is another number."""
    kept = name[:length]
    if PART_OF_NUMBER.match(name[length:]) and PART_OF_NUMBER.match(kept[::-1]):
        kept = kept.rstrip(IN_NUMBERS)
    return kept.strip()


def _foot(link: str) -> str:
    """A link in the foot of a printed sheet, where an ampersand begins a command; too long for it, none."""
    written = ILLEGAL_CHARACTERS_RE.sub("", link).replace("&", "&&")
    return written if len(written) < 200 else ""


def _number_format(column: Column) -> str:
    if column.card.format == "share" and is_whole_percent():
        return WHOLE_PERCENT
    return NUMBER_FORMATS.get(column.card.format, "General")


def _value(value: Any, column: Column) -> float:
    number = float(value)
    return number * 100 if column.card.format == "points" else number


def _width(value: Any, column: Column) -> float:
    """How wide a cell is, in letters."""
    if is_missing(value):
        return 1
    if isinstance(value, str):
        return sum(2 if ord(sign) >= 0x2E80 else 1 for sign in value)
    if isinstance(value, datetime.date):
        return 11
    return len(f"{value:,.0f}") + 2 if not isinstance(value, bool) else 5


def _axis_bounds(ends: tuple[float | None, float | None]) -> dict[str, float]:
    return {name: end for name, end in zip(("min", "max"), ends, strict=True) if end is not None}


def _marks(drawn: NativeChart, series: Series, number: int) -> dict[str, Any]:
    if drawn.kind in ("bar", "column"):
        if series.drawn == "hidden":
            return {"fill": {"none": True}, "border": {"none": True}, "gap": 45, "overlap": 100}
        marks: dict[str, Any] = {
            "fill": {"color": series.color},
            "gap": 12 if len(drawn.categories) > MANY_BARS else 45,
            "overlap": -5 if drawn.grouping == "clustered" else 100,
        }
        if series.colors:
            marks["points"] = [{"fill": {"color": color}} for color in series.colors]
        if series.with_numbers and drawn.grouping != "stacked":
            marks["data_labels"] = {"value": True, "position": "outside_end", "num_format": series.number_format}
        return marks
    line: dict[str, Any] = {"color": series.color, "width": 2}
    if dash := DASHES.get(series.dash):
        line["dash_type"] = dash
    mark = {
        "type": MARKS[number % len(MARKS)],
        "size": 7,
        "fill": {"color": series.color},
        "border": {"color": series.color},
    }
    return {
        "line": {"none": True} if series.drawn == "points" else line,
        "marker": {"type": "none"} if series.drawn == "line" else mark,
    }
