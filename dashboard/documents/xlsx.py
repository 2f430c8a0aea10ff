"""A document as a workbook: a summary, a sheet for each figure with its rows and native chart, and the notes.

Nothing in it is a formula or a link that a sender wrote.
"""

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from dashboard.briefs.answers import LONGEST_CELL, NUMBER_FORMATS, WHOLE_PERCENT
from dashboard.charts.slides import NativeChart, Series, from_right, native
from dashboard.components.readable import mark_of
from dashboard.documents.model import Document, Part, TableShown, as_of, notes, written_for
from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import cell_format, is_missing, is_whole_percent
from dashboard.locales.plain import letters_wide
from dashboard.warehouse.catalog import question
from dashboard.warehouse.columns import Column

LONGEST_NAME, LONGEST_LINK = 31, 2079
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
UNSEEN = re.compile(r"[\u2060\u2066-\u2069]")  # of direction and of joining, which a tab would show as boxes
IN_NUMBERS = "0123456789., "
PART_OF_NUMBER = re.compile(r"[., ]?\d")
SIGNED_NUMBER = re.compile(r"[+-]\d[\d.,\u00a0\u202f%]*\Z", re.ASCII)
WORDS = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+")
NARROWEST, WIDEST, LOOKED_AT = 9, 46, 200
TITLE_ROW, LEAD_ROW, STATE_ROW, HEAD_ROW = 0, 1, 2, 4
ACCENT, PALE, WARNING, INK, GRID = "#0b6cb8", "#dce9f5", "#a63d1e", "#243240", "#d5dae0"
QUIET = "#4b5763"
CHART_WIDE, CHART_HIGH, ROWS_A_CHART = 760, 430, 24
COLUMNS_A_CHART = 13  # of the usual width that lie below a chart
SIZE, LINE_HIGH, BOLD = 10, 1.32, 1.15  # points; a line, and bold letters, in parts of others
USUAL_WIDE, USUAL_HIGH = 8.43, 15.0  # of a column, in letters, and of a row, in points
LEAST_WIDE = 96  # letters of a printed sheet, so that a sentence above a narrow table has room
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
# By the numbers that Windows has of languages.
MONTHS = {"en": "[$-809]", "fr": "[$-40C]", "es": "[$-C0A]", "ru": "[$-419]", "zh": "[$-804]", "ar": "[$-C01]"}


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
        self.wides: dict[tuple[str, int], float] = {}  # of the columns of each sheet, in letters
        self.highs: dict[tuple[str, int], float] = {}  # of the rows that are higher than others, in points
        self.begin, self.end = ("right", "left") if document.right_to_left else ("left", "right")
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
        self.set_widths(sheet, (44, 24, 70))
        row = self.head(sheet, self.document.title, "", 2)
        links = iter(named)
        for chapter in self.document.chapters:
            heading = chapter.takeaway or chapter.subject or chapter.why_not
            self.across(sheet, row, 2, heading, bold=True, font_size=13)
            row += 1
            for line in dict.fromkeys(filter(None, (chapter.lead, chapter.why_not))):
                self.across(sheet, row, 2, line)
                row += 1
            for number in chapter.numbers:
                self.put(sheet, row, 0, number.label, **TOP)
                self.put(sheet, row, 1, number.value, bold=True, **TOP)
                self.put(sheet, row, 2, number.note, **TOP)
                row += 1
            for part in chapter.parts:
                name = next(links)
                words = _text(part.title or chapter.takeaway or name)
                sheet.write_url(row, 0, f"internal:'{name}'!A1", self.words(font_color=ACCENT, underline=1), words)
                row += 1
            row += 1
        sheet.set_landscape()

    def write_part(self, name: str, part: Part, otherwise: str, link: str) -> None:
        sheet = self.made_sheet(name)
        drawn = native(dict(part.chart.spec)) if part.chart else None
        if drawn and self.document.right_to_left:
            drawn = from_right(drawn)
        width = len(part.table.columns) if part.table else 0
        beside = width + 1 if width else 0
        self.set_widths(sheet, _widths(part.table) if part.table else ())
        last = beside + COLUMNS_A_CHART - 2 if drawn else max(width - 1, 0)
        while sum(self.column_width(sheet, at) for at in range(last + 1)) < LEAST_WIDE:
            last += 1
        self.head(sheet, part.title or otherwise, part.lead, last)
        if part.table:
            self.table(sheet, part.table)
        if drawn:
            self.chart(sheet, name, drawn, part, otherwise, beside)
        elif part.chart and part.table and len(part.table.rows) >= FEWEST_COLORED:
            self.colors(sheet, part.table)
        rows = len(part.table.rows) if part.table else 0
        below = HEAD_ROW + max(rows, ROWS_A_CHART + 1 if drawn else 0) + 2
        for at, words in enumerate(part.notes):
            self.across(sheet, below + at, last, words, font_color=QUIET)
        sheet.print_area(0, 0, below + len(part.notes) - 1, last)  # not the chart's own numbers
        sheet.freeze_panes(HEAD_ROW + 1 if part.table else HEAD_ROW, 0)
        sheet.set_landscape()
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer(f"&L{_foot(link)}&R&P / &N")

    def table(self, sheet: Any, table: TableShown) -> None:
        last = HEAD_ROW + len(table.rows)
        for at, column in enumerate(table.columns):
            # Numbers and their label stand at the end of the column, words and days at its beginning.
            side: dict[str, Any] = {"align": self.end if column.is_number else self.begin}
            if at and table.columns[at - 1].is_number and not column.is_number:
                side["indent"] = 1
            values = [cells[at] for cells in table.rows]
            self.put(sheet, HEAD_ROW, at, _(column.label), bold=True, bg_color=PALE, **side, **TOP)
            number_format = self.words(num_format=cell_format(self.number_format(column), values), valign="top", **side)
            words, hidden = self.words(valign="top", **side), self.words(align=self.end, valign="top")
            for row, cells in enumerate(table.rows, HEAD_ROW + 1):
                value = cells[at]
                if is_missing(value):
                    if self.document.disclosure and column.is_number:
                        sheet.write_string(row, at, mark_of(column), hidden)
                elif isinstance(value, str) and _width(value, column) > self.column_width(sheet, at):
                    self.put(sheet, row, at, value, **side, **TOP)
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
        sheet.set_landscape()
        self.set_widths(sheet, (34, 100))
        row = self.head(sheet, _("Definitions, sources and protection of people"), "", 1)
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
            if part.table and part.table.question
        )
        for at, title in enumerate(titles):
            self.put(sheet, row, 0, _("Question") if at == 0 else "", bold=True, **TOP)
            self.put(sheet, row, 1, title, **TOP)
            row += 1

    def head(self, sheet: Any, title: str, lead: str, last: int) -> int:
        """The title, the sentence below it, and what the figures are, as far as a column; gives the row below."""
        self.across(sheet, TITLE_ROW, last, title, bold=True, font_size=16)
        self.across(sheet, LEAD_ROW, last, lead)
        self.across(sheet, STATE_ROW, last, as_of(self.document), font_color=QUIET)
        if self.simulated:
            self.across(sheet, STATE_ROW + 1, last, self.simulated, bold=True, font_color=WARNING)
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
            "y_offset": 4,
        }
        sheet.insert_chart(HEAD_ROW + 1, column, chart, options)  # the row above is repeated on each printed page

    def series(
        self, sheet: Any, name: str, drawn: NativeChart, series: Series, number: int, first: int, title: str
    ) -> dict[str, Any]:
        """Writes the numbers of a series to the sheet from a column on, and gives how it is drawn."""
        bold, count = self.words(bold=True, bg_color=PALE, **TOP), len(series.values)
        days = self.format(num_format=self.tagged(NUMBER_FORMATS["date"]))
        along = first if drawn.kind == "xy" or number == 0 else self.along
        if along == first:
            self.along = first
            sheet.write_string(HEAD_ROW, first, _text(drawn.category_title), bold)
            positions: Sequence[Any] = series.at if drawn.kind == "xy" else drawn.categories
            # As wide as its words, which would run over the chart otherwise.
            longest = max((letters_wide(at) for at in positions if isinstance(at, str)), default=NARROWEST)
            self.set_width(sheet, first, min(WIDEST, max(NARROWEST, longest)) + 2)
            words = self.words()
            for row, at in enumerate(positions, HEAD_ROW + 1):
                if isinstance(at, str):
                    sheet.write_string(row, first, _text(at), words)
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
        plain = " ".join(FORBIDDEN.sub(" ", UNSEEN.sub("", ILLEGAL_CHARACTERS_RE.sub("", title))).split())
        name, at = _shortened(plain, LONGEST_NAME), 2
        while name.casefold() in self.names or not name:
            end = f" {at}"
            name, at = _shortened(plain, LONGEST_NAME - len(end)) + end, at + 1
        self.names.add(name.casefold())
        return name

    def set_widths(self, sheet: Any, widths: Sequence[float]) -> None:
        """Columns as wide as so many letters; the others keep the width that a workbook gives them."""
        for at, wide in enumerate(widths):
            self.set_width(sheet, at, wide)

    def set_width(self, sheet: Any, column: int, wide: float) -> None:
        sheet.set_column(column, column, wide)
        self.wides[sheet.name, column] = wide

    def column_width(self, sheet: Any, column: int) -> float:
        return self.wides.get((sheet.name, column), USUAL_WIDE)

    def put(self, sheet: Any, row: int, column: int, words: str, **form: Any) -> None:
        """Words in a cell; the row is as high as they need where they go on in the next line."""
        if not words:
            return
        sheet.write_string(row, column, _text(words), self.words(**form))
        if form.get("text_wrap"):
            self.raise_row(sheet, row, words, self.column_width(sheet, column), form)

    def across(self, sheet: Any, row: int, last: int, words: str, **form: Any) -> None:
        """Words from the first column to the last, in as many lines as they need."""
        if not words:
            return
        form |= TOP
        if last:
            sheet.merge_range(row, 0, row, last, "", self.words(**form))
        sheet.write_string(row, 0, _text(words), self.words(**form))
        self.raise_row(sheet, row, words, sum(self.column_width(sheet, at) for at in range(last + 1)), form)

    def raise_row(self, sheet: Any, row: int, words: str, wide: float, form: Mapping[str, Any]) -> None:
        size = form.get("font_size", SIZE)
        letters = max(1.0, wide * SIZE / size / (BOLD if form.get("bold") else 1.0))
        high = _lines(words, letters) * size * LINE_HIGH + 2
        if high > self.highs.get((sheet.name, row), USUAL_HIGH):
            self.highs[sheet.name, row] = high
            sheet.set_row(row, high)

    def number_format(self, column: Column) -> str:
        if column.card.format == "share" and is_whole_percent():
            return WHOLE_PERCENT
        return self.tagged(NUMBER_FORMATS.get(column.card.format, "General"))

    def tagged(self, number_format: str) -> str:
        """A format whose months are named in the language of the document, whatever the reader's program speaks."""
        return MONTHS[self.document.language] + number_format if "mmm" in number_format else number_format

    def words(self, **form: Any) -> Any:
        """The format of a cell with words, which begin at the right where the language is written so."""
        return self.format(**({"align": "right", "reading_order": 2} if self.document.right_to_left else {}) | form)

    def format(self, **form: Any) -> Any:
        key = tuple(sorted(form.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format({"font_name": FONT, "font_size": SIZE, **form})
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


def _value(value: Any, column: Column) -> float:
    number = float(value)
    return number * 100 if column.card.format == "points" else number


def _widths(table: TableShown) -> list[float]:
    """How wide each column of a table is, in letters: as its longest cell, and its label in two lines."""
    labels = [_text(_(column.label)) for column in table.columns]
    return [
        min(WIDEST, max(NARROWEST, len(label) * 0.6, *(_width(row[at], column) for row in table.rows[:LOOKED_AT])) + 2)
        for at, (label, column) in enumerate(zip(labels, table.columns, strict=True))
    ]


def _lines(words: str, letters: float) -> int:
    """How many lines words need in a column of so many letters."""
    lines, used = 1, 0
    for word in WORDS.findall(words):
        long = letters_wide(word.rstrip())
        if used and used + long > letters:
            lines, used = lines + 1, 0
        used += letters_wide(word)
        while used > letters + 1:  # a word, such as an address, that no line holds
            lines, used = lines + 1, used - int(letters)
    return lines


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
