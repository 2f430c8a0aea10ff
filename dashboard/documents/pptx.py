"""A document as slides: a takeaway each, charts and tables that can be edited, the working in the speaker's notes."""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from dashboard.charts.paper import can_picture, font_folders, png
from dashboard.charts.slides import CONTROL, legend, native
from dashboard.documents.model import (
    Chapter,
    ChartShown,
    Document,
    NumberShown,
    Part,
    TableShown,
    as_of,
    cell_words,
    notes,
    written_for,
)
from dashboard.documents.pptx_charts import INK, add_chart
from dashboard.locales import _
from dashboard.warehouse.catalog import question

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WIDE, HIGH, MARGIN = 13.333, 7.5, 0.55  # inches
INNER = WIDE - 2 * MARGIN
TITLE_SIZES, LEAD_SIZES, NOTE_SIZES = (28, 26, 24, 22, 20, 18), (16, 15, 14, 13, 12), (14, 13, 12, 11)
VALUE_SIZES, LABEL_SIZES, UNDER_SIZES = (28, 24, 20, 18), (13, 12, 11), (12, 11, 10)
# Of numbers that have a slide for themselves.
LARGE_VALUE_SIZES, LARGE_LABEL_SIZES = (40, 36, 32, *VALUE_SIZES), (18, 16, 14, *LABEL_SIZES)
LARGE_UNDER_SIZES = (16, 14, *UNDER_SIZES)
NOTES_SIZES, NOTES_APART = (12, 11), 5
FIRST_TITLE_SIZES = (40, 36, 32, 28, 24)
LINE = 1.22  # height of a line in parts of the size
WIDE_LETTER, NOT_DRAWN = 0x2E80, 0.9  # from here on letters are as wide as high; width of one that the font lacks
# Whose letters are the widest of those by which programs replace a font that they do not have.
WIDEST_FONT = "DejaVu Sans"
INSET, ROUNDED = 0.05, 0.005  # inches; places in a file are rounded
MOST_ROWS, MOST_COLUMNS, CELL_LINES, HEAD_LINES, MOST_WIDE = 12, 8, 2, 3, 20.0
TABLE_SIZES, SMALL_TABLE_SIZES = (14, 13, 12, 11), (11, 10, 9)
MOST_LEAD, MOST_NOTED = 1.15, 0.8  # inches
APART = " \u00b7 "
MOST_IN_A_ROW, LONG_NOTE, COLUMNS_OF_NUMBERS = 6, 45, 3
PICTURE_WIDE = 7.2
LEGEND_SIZES, CELL_INSET, CELL_ABOVE = (11, 10, 9), 0.09, 0.02
ACCENT, PALE, WARNING = RGBColor(0x0B, 0x6C, 0xB8), RGBColor(0xE8, 0xF1, 0xF8), RGBColor(0xA6, 0x3D, 0x1E)
WHITE, QUIET = RGBColor(0xFF, 0xFF, 0xFF), RGBColor(0x4B, 0x57, 0x63)
TAGS = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "ru": "ru-RU", "zh": "zh-CN", "ar": "ar-SA"}
LATIN, SCRIPTS = "Noto Sans", {"Arab": "Arial", "Hans": "Microsoft YaHei", "Hant": "Microsoft JhengHei"}
PANOSE = "020B0502040504020204"  # by which a program without the font finds one like it
TITLE_SLIDE, TITLE_ONLY = 0, 5  # layouts of python-pptx's own template
FEET = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
THUMBNAIL, PRINTER = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/printerSettings",
)


def write_pptx(document: Document) -> bytes:
    """The file."""
    with written_for(document):
        return _Deck(document).bytes()


@dataclass(frozen=True)
class _Box:
    """Where something stands, in inches from the side at which reading begins and from the top."""

    left: float
    top: float
    width: float
    height: float


class _Deck:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.tag = TAGS[document.language]
        self.file = Presentation()
        _widen(self.file, self.tag)
        self.title_layout = self.file.slide_layouts[0]
        self.layout = self.file.slide_layouts[1]
        self._describe()
        self._first()
        for chapter in document.chapters:
            self._chapter(chapter)
        self._last()
        for words in self.file.notes_master._element.iter(qn("a:t")):
            if words.getparent().tag != qn("a:fld"):
                words.text = ""

    def bytes(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    def _describe(self) -> None:
        about, document = self.file.core_properties, self.document
        day = datetime.datetime.combine(document.published, datetime.time())
        about.title, about.subject, about.language = _clean(document.title), _clean(as_of(document)), self.tag
        about.author = about.last_modified_by = _("Coalition dashboard")
        about.created = about.modified = day
        about.comments = _clean(self._simulated())
        about.keywords = about.category = ""
        about.revision = 1

    def _simulated(self) -> str:
        return _("SIMULATED DATA: these figures are not real.") if self.document.is_simulated else ""

    # Slides

    def _first(self) -> None:
        slide = self.file.slides.add_slide(self.title_layout)
        title, under = slide.shapes.title, slide.placeholders[1]
        self._place_shape(title, _Box(1.0, 1.7, WIDE - 2, 2.0))
        self._write(title, self.document.title, FIRST_TITLE_SIZES, bold=True, anchor=MSO_ANCHOR.BOTTOM)
        self._place_shape(under, _Box(1.0, 3.85, WIDE - 2, 1.1))
        self._write(under, as_of(self.document), LEAD_SIZES, color=QUIET, anchor=MSO_ANCHOR.TOP)
        if self.document.is_simulated:
            badge = self._text(slide, _Box(1.0, 5.1, WIDE - 2, 0.5), self._simulated(), LEAD_SIZES, bold=True)
            self._fill(badge, WARNING, WHITE)
        if link := self.document.link:
            box = self._text(slide, _Box(1.0, 5.8, WIDE - 2, 0.7), link, NOTE_SIZES, color=ACCENT)
            box.text_frame.paragraphs[0]._p.get_or_add_pPr().set("rtl", "0")  # at the side of reading, from the left
            if link.startswith(("https://", "http://")):
                box.text_frame.paragraphs[0].runs[0].hyperlink.address = link
        self._speak(slide, [as_of(self.document), self._simulated(), self.document.disclosure, link])

    def _chapter(self, chapter: Chapter) -> None:
        """The first slide has the takeaway, the numbers and, where there is room for it, the first figure."""
        parts = list(chapter.parts)
        title = chapter.takeaway or chapter.subject or chapter.why_not
        lead = chapter.lead if title == chapter.why_not else chapter.why_not or chapter.lead
        numbers = chapter.numbers
        is_row = len(numbers) <= MOST_IN_A_ROW and all(len(number.note) <= LONG_NOTE for number in numbers)
        has_figure = bool(parts and (parts[0].chart or parts[0].table))
        first = parts.pop(0) if has_figure and (is_row or not numbers) else None
        slide, top = self._slide(title, lead)
        if numbers:
            top = self._numbers(slide, numbers, top, MOST_IN_A_ROW if is_row else COLUMNS_OF_NUMBERS)
        if first:
            if first.title and first.title != title:
                self._text(slide, _Box(MARGIN, top, INNER, 0.36), first.title, LABEL_SIZES, bold=True)
                top += 0.36
            self._figure(slide, first, title, top)
        self._speak(slide, self._working(chapter, first))
        if first:
            self._rest(first, title)
        for part in parts:
            is_figure = part.chart or part.table
            slide, top = self._slide(part.title or title, part.lead if is_figure else "")
            if is_figure:
                self._figure(slide, part, title, top)
            else:
                self._text(slide, _Box(MARGIN, top, INNER, HIGH - 0.6 - top), part.lead, LEAD_SIZES)
            self._speak(slide, self._working(chapter, part))
            if is_figure:
                self._rest(part, title)

    def _rest(self, part: Part, title: str) -> None:
        """What a page says below a figure and has no room on its slide, on the next one."""
        if rest := APART.join(part.notes[len(_below(part)) :]):
            slide, top = self._slide(part.title or title, "")
            self._text(slide, _Box(MARGIN, top, INNER, HIGH - 0.6 - top), rest, LEAD_SIZES)
            self._speak(slide, [rest, self.document.link])

    def _last(self) -> None:
        """Definitions, sources and protection, on as many slides as they need."""
        heading = _("Definitions, sources and protection of people")
        # The smallest number of slides, and of the sizes with as many the largest.
        size, pages = min(
            ((size, _on_slides(notes(self.document), HIGH - 2.0, size)) for size in NOTES_SIZES),
            key=lambda sized: len(sized[1]),
        )
        for page in pages:
            if not page:
                continue
            slide, top = self._slide(heading, "")
            box = slide.shapes.add_textbox(*self._emu(_Box(MARGIN, top, INNER, HIGH - top - 0.6)))
            frame = box.text_frame
            self._frame(frame)
            for at, (label, words) in enumerate(page):
                paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
                paragraph.space_after = Pt(NOTES_APART)
                if label:
                    self._words(paragraph, f"{label}: ", size, INK, bold=True)
                self._words(paragraph, words, size, INK)
                self._direct(paragraph)
            self._speak(slide, [self.document.link])

    def _slide(self, title: str, lead: str) -> tuple[Any, float]:
        """A slide with its title and the sentence below it; and where the rest may begin."""
        slide = self.file.slides.add_slide(self.layout)
        self._place_shape(slide.shapes.title, _Box(MARGIN, 0.3, INNER, 0.95))
        self._write(slide.shapes.title, title, TITLE_SIZES, bold=True, anchor=MSO_ANCHOR.MIDDLE)
        top = 1.3
        if lead:
            high = min(MOST_LEAD, max(0.6, _height(lead, INNER, LEAD_SIZES[-1])))
            self._text(slide, _Box(MARGIN, top, INNER, high), lead, LEAD_SIZES, color=QUIET)
            top += high + 0.05
        self._foot(slide)
        return slide, top

    def _foot(self, slide: Any) -> None:
        words = as_of(self.document)
        if simulated := self._simulated():
            badge = self._text(slide, _Box(MARGIN, HIGH - 0.45, 4.6, 0.3), simulated, (10, 9, 8), bold=True)
            self._fill(badge, WARNING, WHITE)
        self._text(slide, _Box(MARGIN + 4.8, HIGH - 0.45, INNER - 5.6, 0.3), words, (10, 9, 8), color=QUIET)
        box = self._text(slide, _Box(WIDE - MARGIN - 0.7, HIGH - 0.45, 0.7, 0.3), "", (10,), color=QUIET)
        field = (
            f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr lang="{self.tag}" sz="1000"/><a:t>{len(self.file.slides)}</a:t></a:fld>'
        )
        box.text_frame.paragraphs[0]._p.append(parse_xml(field))

    def _numbers(self, slide: Any, numbers: Sequence[NumberShown], top: float, in_a_row: int) -> float:
        columns = min(in_a_row, len(numbers))
        rows = -(-len(numbers) // columns)
        high = 1.4 if rows == 1 and in_a_row == MOST_IN_A_ROW else min(2.3, (HIGH - 0.65 - top) / rows - 0.1)
        wide = (INNER - 0.12 * (columns - 1)) / columns
        values: Sequence[int]
        labels: Sequence[int]
        unders: Sequence[int]
        values, labels, unders = VALUE_SIZES, LABEL_SIZES, UNDER_SIZES
        if in_a_row == COLUMNS_OF_NUMBERS:
            values, labels, unders = LARGE_VALUE_SIZES, LARGE_LABEL_SIZES, LARGE_UNDER_SIZES
        for at, number in enumerate(numbers):
            row, column = divmod(at, columns)
            left, above = MARGIN + column * (wide + 0.12), top + row * (high + 0.1)
            ground = slide.shapes.add_textbox(*self._emu(_Box(left, above, wide, high)))
            self._fill(ground, PALE, INK)
            stacked = (
                (number.label, labels, 0.3, False, QUIET),
                (number.value, values, 0.36, True, INK),
                (number.note, unders, 0.34, False, QUIET),
            )
            self._stack(ground, wide, high, stacked)
        return top + rows * (high + 0.1) + 0.05

    def _stack(
        self, box: Any, wide: float, high: float, stacked: Sequence[tuple[str, Sequence[int], float, bool, Any]]
    ) -> None:
        """Label, value and note, one below the other, each in its share of the height."""
        frame = box.text_frame
        self._frame(frame)
        begun = False
        for words, sizes, share, bold, color in stacked:
            if not words:
                continue
            paragraph = frame.add_paragraph() if begun else frame.paragraphs[0]
            begun = True
            size, fitted = _fitted(words, wide, high * share + 2 * INSET, sizes, bold)
            self._words(paragraph, fitted, size, color, bold)
            self._direct(paragraph)

    # Figures

    def _figure(self, slide: Any, part: Part, fallback: str, top: float) -> None:
        room = _Box(MARGIN, top, INNER, HIGH - 0.6 - top)
        if noted := APART.join(_below(part)):
            high = _height(noted, INNER, UNDER_SIZES[-1])
            room = _Box(MARGIN, top, INNER, room.height - high)
            self._text(slide, _Box(MARGIN, HIGH - 0.6 - high, INNER, high), noted, UNDER_SIZES, color=QUIET)
        title = part.title or fallback
        drawn = native(dict(part.chart.spec)) if part.chart else None
        if part.table and not drawn and not (part.chart and can_picture(dict(part.chart.spec))):
            self._table(slide, part.table, title, room)
            return
        if part.chart is None:
            return
        if drawn:
            from_right = self.document.right_to_left
            frame = add_chart(slide.shapes, drawn, _clean(title), self.tag, self._emu(room), from_right)
            _explain(frame._element.nvGraphicFramePr.cNvPr, title, part.chart.alt or title)
            return
        self._picture(slide, part.chart, title, room, wide=PICTURE_WIDE if part.table else INNER)
        if part.table:
            left = room.left + PICTURE_WIDE + 0.2
            beside = _Box(left, room.top, WIDE - MARGIN - left, room.height)
            self._table(slide, part.table, title, beside, most_columns=3)

    def _picture(self, slide: Any, chart: ChartShown, title: str, room: _Box, wide: float) -> None:
        """The chart as a picture, and its legend as text below it."""
        entries = legend(dict(chart.spec))
        per_row = 2 if wide < INNER else 3
        cell = wide / per_row
        # A name that a cell has no room for has the next cell, or the next row, too.
        cells = [1 if _lines(words, cell - 0.25, LEGEND_SIZES[-1]) == 1 else per_row for _color, words in entries]
        places: list[tuple[int, int]] = []
        row = column = 0
        for taken in cells:
            if column + taken > per_row:
                row, column = row + 1, 0
            places.append((row, column))
            column += taken
        below = 0.27 * (row + 1) if entries else 0.0
        high = room.height - below - 0.05
        spec = {**chart.spec, "layout": {**chart.spec["layout"], "height": round(high * 96)}}
        left, top, width, height = self._emu(_Box(room.left, room.top, wide, high))
        picture = slide.shapes.add_picture(io.BytesIO(png(spec, round(wide * 96))), left, top, width, height)
        _explain(picture._element.nvPicPr.cNvPr, title, chart.alt or title)
        for (color, words), (row, column), taken in zip(entries, places, cells, strict=True):
            x, y = room.left + column * cell, room.top + high + 0.05 + row * 0.27
            mark = slide.shapes.add_textbox(*self._emu(_Box(x, y + 0.05, 0.18, 0.17)))
            self._fill(mark, RGBColor.from_string(color[1:]), INK)
            self._text(slide, _Box(x + 0.22, y, cell * taken - 0.25, 0.27), words, LEGEND_SIZES)

    def _table(self, slide: Any, table: TableShown, title: str, room: _Box, most_columns: int = MOST_COLUMNS) -> None:
        """The first rows, as many as there is room for; below them that all are in the workbook."""
        shown = _columns_shown(table, most_columns)
        labels = [_clean(_(table.columns[at].label)) for at in shown]
        rows = [
            [_clean(cell_words(row[at], table.columns[at])) for at in shown] for row in list(table.rows)[:MOST_ROWS]
        ]
        for at, size in enumerate((*TABLE_SIZES, *SMALL_TABLE_SIZES)):
            wide_cells = _widths(labels, rows, room.width, size)
            widths = [wide - 2 * (CELL_INSET - INSET) for wide in wide_cells]
            head, *cut = (
                [_shortened(words, wide, size, lines, row is labels) for words, wide in zip(row, widths, strict=True)]
                for row, lines in ((labels, HEAD_LINES), *((row, CELL_LINES) for row in rows))
            )
            heights = [_row_height(head, widths, size, bold=True), *(_row_height(row, widths, size) for row in cut)]
            # All rows in a size that is read from afar; else as many as there is room for, each of them whole.
            is_whole = [head, *cut] == [labels, *rows] and all(
                _is_unbroken(words, wide, size, bold=row is head)
                for row in (head, *cut)
                for words, wide in zip(row, widths, strict=True)
            )
            if is_whole and (at >= len(TABLE_SIZES) or sum(heights) <= room.height - 0.65):
                break
        kept = 1
        while kept < len(heights) and sum(heights[: kept + 1]) <= room.height - 0.65:
            kept += 1
        cut, heights = cut[: kept - 1], heights[:kept]
        position = self._emu(_Box(room.left, room.top, room.width, sum(heights)))
        frame = slide.shapes.add_table(kept, len(shown), *position)
        _explain(frame._element.nvGraphicFramePr.cNvPr, title, title)
        drawn = frame.table
        if self.document.right_to_left:
            drawn._tbl.tblPr.set("rtl", "1")
        for at, wide in enumerate(wide_cells):
            drawn.columns[at].width = Inches(wide)
        for at, (row, height) in enumerate(zip([head, *cut], heights, strict=True)):
            drawn.rows[at].height = Inches(height)
            for column, words in enumerate(row):
                is_number = table.columns[shown[column]].is_number
                self._cell(drawn.cell(at, column), words, size, at, is_number)
        more = []
        if len(table.rows) > len(cut):
            first = _("The first {shown} of {all} rows. All are in the workbook.")
            more.append(first.format(shown=len(cut), all=len(table.rows)))
        if len(shown) < len(table.columns):
            more.append(_("More columns are in the workbook."))
        if more:
            box = _Box(room.left, room.top + sum(heights) + 0.03, room.width, 0.5)
            self._text(slide, box, " ".join(more), (11, 10, 9), color=QUIET)

    def _cell(self, cell: Any, words: str, size: int, row: int, is_number: bool) -> None:
        cell.margin_left = cell.margin_right = Inches(CELL_INSET)
        cell.margin_top = cell.margin_bottom = Inches(CELL_ABOVE)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.fill.solid()
        cell.fill.fore_color.rgb = ACCENT if row == 0 else WHITE if row % 2 else PALE
        paragraph = cell.text_frame.paragraphs[0]
        self._words(paragraph, words, size, WHITE if row == 0 else INK, bold=row == 0)
        self._direct(paragraph, at_end=is_number)

    # Text

    def _text(
        self, slide: Any, box: _Box, words: str, sizes: Sequence[int], color: Any = INK, bold: bool = False
    ) -> Any:
        shape = slide.shapes.add_textbox(*self._emu(box))
        self._write(shape, words, sizes, color, bold, MSO_ANCHOR.TOP)
        return shape

    def _write(
        self,
        shape: Any,
        words: str,
        sizes: Sequence[int],
        color: Any = INK,
        bold: bool = False,
        anchor: Any = MSO_ANCHOR.TOP,
    ) -> None:
        """The words in the largest size in which the shape holds them."""
        self._frame(shape.text_frame, anchor)
        size, fitted = _fitted(words, shape.width / 914_400, shape.height / 914_400, sizes, bold)
        paragraph = shape.text_frame.paragraphs[0]
        if fitted:
            self._words(paragraph, fitted, size, color, bold)
        self._direct(paragraph)

    def _frame(self, frame: Any, anchor: Any = MSO_ANCHOR.TOP) -> None:
        frame.word_wrap, frame.vertical_anchor, frame.auto_size = True, anchor, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Inches(INSET)

    def _words(self, paragraph: Any, words: str, size: int, color: Any, bold: bool = False) -> None:
        run = paragraph.add_run()
        run.text = _clean(words)
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, color
        run.font._rPr.set("lang", self.tag)
        paragraph.line_spacing = Pt(round(size * LINE, 1))  # of every font alike

    def _direct(self, paragraph: Any, at_end: bool = False) -> None:
        """From the right where the language is written so; numbers of a table stand at the end of their column."""
        properties = paragraph._p.get_or_add_pPr()
        if self.document.right_to_left:
            properties.set("rtl", "1")
            properties.set("algn", "l" if at_end else "r")
        else:
            properties.set("algn", "r" if at_end else "l")

    def _fill(self, shape: Any, ground: Any, ink: Any) -> None:
        shape.fill.solid()
        shape.fill.fore_color.rgb = ground
        for paragraph in shape.text_frame.paragraphs:
            for run in paragraph.runs:
                run.font.color.rgb = ink

    def _emu(self, box: _Box) -> tuple[int, int, int, int]:
        """The place in the file's units, mirrored where reading begins at the right."""
        left = WIDE - box.left - box.width if self.document.right_to_left else box.left
        return Inches(left), Inches(box.top), Inches(box.width), Inches(box.height)

    def _place_shape(self, shape: Any, box: _Box) -> None:
        shape.left, shape.top, shape.width, shape.height = self._emu(box)

    # Working

    def _working(self, chapter: Chapter, part: Part | None) -> list[str]:
        titles = [_(question(part.table.question).title)] if part and part.table and part.table.question else []
        texts = [chapter.lead, *([part.lead, *part.notes] if part else [])]
        labels = {number.label for number in chapter.numbers}
        defined = [f"{label}: {words}" for label, words in self.document.definitions if label in labels]
        return [
            chapter.takeaway,
            *texts,
            *titles,
            *([part.chart.alt] if part and part.chart else []),
            *(defined if part is None or part in chapter.parts[:1] else []),
            self.document.sources,
            self.document.disclosure,
            chapter.link,
            self._simulated(),
        ]

    def _speak(self, slide: Any, lines: Sequence[str]) -> None:
        """What whoever presents may be asked for: in the notes of the slide, a paragraph each."""
        frame = slide.notes_slide.notes_text_frame
        for at, line in enumerate(dict.fromkeys(filter(None, lines))):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = _clean(line)
            run.font._rPr.set("lang", self.tag)
            self._direct(paragraph)


def _below(part: Part) -> list[str]:
    """The notes of a figure that have room below it, each whole."""
    kept: list[str] = []
    for words in part.notes:
        if _height(APART.join([*kept, words]), INNER, UNDER_SIZES[-1]) > MOST_NOTED:
            break
        kept.append(words)
    return kept


def _explain(properties: Any, title: str, alt: str) -> None:
    """What a picture, chart or table shows, for whoever cannot see it."""
    properties.set("title", _clean(title))
    properties.set("descr", _clean(alt))


# What fits


def _clean(words: str) -> str:
    """Without the signs that a file of XML cannot hold."""
    return CONTROL.sub(" ", words)


@cache
def _widest_letters(bold: bool) -> Any:
    font_folders()
    return get_font(findfont(FontProperties(family=WIDEST_FONT, weight="bold" if bold else "normal")))


@cache
def _letter(sign: str, bold: bool) -> float:
    """The width of a sign in parts of the size of its font."""
    if ord(sign) >= WIDE_LETTER:
        return 1.0
    font = _widest_letters(bold)
    if not (number := font.get_char_index(ord(sign))):
        return NOT_DRAWN
    return float(font.load_glyph(number, LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM)


def _wide(words: str, bold: bool = False) -> float:
    """The width of words in parts of the size of their font, whichever of the usual ones a program has."""
    return sum(_letter(sign, bold) for sign in words)


def _room(width: float, size: float) -> float:
    return max(1.0, (width - 2 * INSET) * 72 / size)


def _lines(words: str, width: float, size: float, bold: bool = False) -> int:
    """How many lines words need, broken between words."""
    room, lines, used = _room(width, size), 1, 0.0
    space = _letter(" ", bold)
    for word in words.split():
        long = _wide(word, bold)
        if used and used + space + long > room:
            lines, used = lines + 1, 0.0
        if long > room:
            more = int(long // room)
            lines, used = lines + more, long - more * room
        else:
            used += long + (space if used else 0)
    return lines


def _height(words: str, width: float, size: float, bold: bool = False) -> float:
    return _lines(words, width, size, bold) * size * LINE / 72 + 2 * INSET


def _fitted(words: str, width: float, height: float, sizes: Sequence[int], bold: bool = False) -> tuple[int, str]:
    """The largest size in which the words fit, and the words; cut at the smallest where they do not fit in any."""
    fitting = [size for size in sizes if _height(words, width, size, bold) <= height + ROUNDED]
    if fitting:
        return next((size for size in fitting if _is_unbroken(words, width, size, bold)), fitting[0]), words
    least = sizes[-1]
    lines = max(1, int((height + ROUNDED - 2 * INSET) * 72 / (least * LINE)))
    return least, _shortened(words, width, least, lines, bold)


def _is_unbroken(words: str, width: float, size: float, bold: bool = False) -> bool:
    """Whether no word is longer than a line; signs of Chinese may part anywhere."""
    room = _room(width, size)
    return all(_wide(word, bold) <= room or max(map(ord, word)) >= WIDE_LETTER for word in words.split())


def _shortened(words: str, width: float, size: float, lines: int, bold: bool = False) -> str:
    if _lines(words, width, size, bold) <= lines:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if _lines(words[:middle].rstrip() + "…", width, size, bold) <= lines:
            low = middle
        else:
            high = middle - 1
    shorter = words[:low]
    at_word = shorter.rpartition(" ")[0]
    return (at_word if len(at_word) > low / 2 else shorter).rstrip(" ,;:") + "…"


def _pieces(words: str, width: float, height: float, size: float) -> list[str]:
    """Words that are higher than a slide in pieces that are not, cut between words."""
    pieces, piece = [], ""
    for word in words.split(" "):
        longer = f"{piece} {word}".strip()
        if piece and _height(longer, width, size) + 0.3 > height:
            pieces.append(piece)
            longer = word
        piece = longer
    return [*pieces, piece]


def _on_slides(noted: Sequence[tuple[str, str]], room: float, size: float) -> list[list[tuple[str, str]]]:
    """Labels and their words on as many slides as they need in a size; what is longer than one goes on unlabelled."""
    pages: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for label, words in noted:
        for at, piece in enumerate(_pieces(words, INNER, room, size)):
            name = label if at == 0 else ""
            high = _height(f"{name}: {piece}", INNER, size) - 2 * INSET + NOTES_APART / 72
            if pages[-1] and used + high > room:
                pages.append([])
                used = 0.0
            pages[-1].append((name, piece))
            used += high
    return pages


def _columns_shown(table: TableShown, most: int) -> list[int]:
    """Which columns a slide shows: the first of words, then those of numbers, in their order."""
    columns = range(len(table.columns))
    if len(columns) <= most:
        return list(columns)
    names = [at for at in columns if not table.columns[at].is_number]
    numbers = [at for at in columns if table.columns[at].is_number]
    kept = names[: max(1, most - len(numbers[: most - 1]))]
    return sorted([*kept, *numbers[: most - len(kept)]])


def _widths(labels: Sequence[str], rows: Sequence[Sequence[str]], width: float, size: float) -> list[float]:
    """The width of each column: its longest word, and of the rest by its cells; a label may take three lines."""
    least, wanted = [], []
    for label, *column in zip(labels, *rows, strict=True):
        heads, words = label.split(), [word for cell in column for word in cell.split()]
        longest = max(0.0, *(_wide(word, bold=True) for word in heads), *(_wide(word) for word in words))
        least.append(min(MOST_WIDE, longest) * size / 72 + 2 * CELL_INSET + ROUNDED)
        wanted.append(min(MOST_WIDE, max(_wide(label, bold=True) / 2.5, *map(_wide, column), longest)) * size / 72)
    more = [max(0.0, wish + 2 * CELL_INSET - short) for short, wish in zip(least, wanted, strict=True)]
    rest = width - sum(least)
    if rest < 0:
        return [width * short / sum(least) for short in least]
    if sum(more) > rest:
        return [short + rest * part / sum(more) for short, part in zip(least, more, strict=True)]
    whole = [short + part for short, part in zip(least, more, strict=True)]
    return [width * wide / sum(whole) for wide in whole]


def _row_height(row: Sequence[str], widths: Sequence[float], size: int, bold: bool = False) -> float:
    lines = max(_lines(words, wide, size, bold) for words, wide in zip(row, widths, strict=True))
    return lines * size * LINE / 72 + 2 * CELL_ABOVE + ROUNDED


# Template


def _widen(file: Any, tag: str) -> None:
    """python-pptx's template as 16:9, with two of its layouts, our fonts, and the language of the document."""
    ratio = Inches(WIDE) / file.slide_width
    file.slide_width, file.slide_height = Inches(WIDE), Inches(HIGH)
    file.element.find(qn("p:sldSz")).attrib.pop("type", None)
    layouts = file.slide_layouts
    kept = [layouts[TITLE_SLIDE], layouts[TITLE_ONLY]]
    for layout in list(layouts):
        if layout not in kept:
            layouts.remove(layout)
    for owner in (*kept, file.slide_master):
        for shape in list(owner.placeholders):
            if shape.placeholder_format.type in FEET:
                shape._element.getparent().remove(shape._element)
                continue
            if shape._element.find(".//" + qn("a:xfrm")) is not None:
                shape.left, shape.width = int(shape.left * ratio), int(shape.width * ratio)
            for words in shape._element.iter(qn("a:t")):
                words.text = ""  # nobody is asked to click
    theme = file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _with_fonts(theme.blob)
    for properties in file.element.iter(qn("a:defRPr")):
        properties.set("lang", tag)
    for package_part, kind in ((file.part.package, THUMBNAIL), (file.part, PRINTER)):
        for name in [name for name, link in package_part._rels.items() if link.reltype == kind]:
            package_part._rels.pop(name)


def _with_fonts(theme: bytes) -> bytes:
    tree = etree.fromstring(theme)
    for font in tree.iter(qn("a:latin")):
        font.set("typeface", LATIN)
        font.set("panose", PANOSE)
    for font in tree.iter(qn("a:font")):
        if font.get("script") in SCRIPTS:
            font.set("typeface", SCRIPTS[font.get("script")])
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
