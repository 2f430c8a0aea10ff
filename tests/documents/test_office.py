"""Slides and workbooks: the figures of the document, charts that can be edited, nothing that runs, every script.

In the short form the steward's document is in English only, and the public's in English and Arabic.
"""

import dataclasses
import datetime
import io
import itertools
import os
import re
import zipfile

import pytest
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from dashboard.access.viewer import EVERYBODY, STEWARD, counts_nobody
from dashboard.access.visitor import Visitor
from dashboard.charts.alt import figures_in_words
from dashboard.charts.slides import native
from dashboard.documents import pptx as slides_of
from dashboard.documents.model import ChartShown, PageRequest, TableShown, as_of, cell_words, make_document, written_for
from dashboard.documents.pptx import CELL_LINES, HEAD_LINES, MOST_ROWS, write_pptx
from dashboard.documents.xlsx import HEAD_ROW, USUAL_WIDE, WIDEST, write_xlsx
from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import HIDDEN, MISSING, decimal, is_missing, is_whole_percent, missing, people, share
from dashboard.session import begin
from dashboard.settings import PROJECT

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
READERS = [("en", "steward"), ("ar", "public"), ("en", "public"), *([("ar", "steward")] if FULL else [])]
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
HOSTILE = '=HYPERLINK("https://evil.example","x")'
STARTS = ("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", HOSTILE, "＝1")
# Office refuses a file whose chart has its parts in another order than the schema's.
ORDER = {
    "chart": "autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs showDLblsOverMax",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap axId",
    "barChart/ser": "idx order tx spPr invertIfNegative dPt dLbls errBars cat val",
    "lineChart/ser": "idx order tx spPr marker dPt dLbls errBars cat val smooth",
    "scatterChart/ser": "idx order tx spPr marker dPt dLbls errBars xVal yVal smooth",
    "errBars": "errDir errBarType errValType noEndCap plus minus spPr",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
    "scaling": "orientation max min",
    "valAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
    "crossAx crosses crossBetween majorUnit",
    "catAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
    "crossAx crosses auto lblAlgn lblOffset noMultiLvlLbl",
}

SIGNED = re.compile(r"[+-]\d[\d.,%]*")  # a number with its sign is no formula


def texts(slide):
    """All words of a slide but those of its charts, in one line each."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        elif shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def values_of(chart):
    """The values of each series in the XML of a chart, None where there is a gap."""
    for series in chart.iter(f"{CHART}ser"):
        cache = series.find(f"{CHART}val//{CHART}numCache")
        cache = cache if cache is not None else series.find(f"{CHART}yVal//{CHART}numCache")
        known = {int(point.get("idx")): float(point.findtext(f"{CHART}v")) for point in cache.iter(f"{CHART}pt")}
        yield [known.get(at) for at in range(int(cache.find(f"{CHART}ptCount").get("val")))]


@pytest.mark.parametrize(("code", "reader"), READERS)
def test_slides_have_the_figures_of_the_document(made, code, reader):
    one = made(code, reader)
    words = {words for slide in one.slides for words in texts(slide)}
    for chapter in one.document.chapters:
        assert {slides_of._clean(number.value) for number in chapter.numbers} <= words
        if chapter.takeaway:
            assert slides_of._clean(chapter.takeaway) in words
    described = [drawn for part in one.parts if part.chart and (drawn := native(dict(part.chart.spec)))]
    drawn = [shape.chart for slide in one.slides for shape in slide.shapes if shape.has_chart]
    assert len(drawn) == len(described) > 3
    for chart, asked in zip(drawn, described, strict=True):
        assert list(values_of(chart._chartSpace)) == [list(series.values) for series in asked.series]


@pytest.mark.parametrize(("code", "reader"), READERS)
def test_sheets_have_the_rows_of_the_document(made, code, reader):
    one = made(code, reader)
    sheets = one.book.worksheets
    assert len(sheets) == len(one.parts) + 2
    hidden = 0
    for sheet, part in zip(sheets[1:-1], one.parts, strict=True):
        if not part.table:
            continue
        rows = list(
            sheet.iter_rows(
                min_row=HEAD_ROW + 2,
                max_row=HEAD_ROW + 1 + len(part.table.rows),
                max_col=len(part.table.columns),
                values_only=True,
            )
        )
        for shown, asked in zip(rows, part.table.rows, strict=True):
            for cell, value, column in zip(shown, asked, part.table.columns, strict=True):
                if is_missing(value):
                    nobody = column.question and counts_nobody(column.question, column.name)
                    mark = MISSING if nobody else one.document.missing
                    assert cell == (mark if reader == "public" and column.is_number else None)
                    hidden += cell == HIDDEN
                elif isinstance(value, str):
                    assert cell == (value if SIGNED.fullmatch(value) else harmless(value))
                elif isinstance(value, datetime.date):
                    assert cell.date() == datetime.date(value.year, value.month, value.day)
                else:
                    assert cell == pytest.approx(value * 100 if column.card.format == "points" else value, rel=1e-12)
    assert (hidden > 0) == (reader == "public")
    summary = [cell for row in sheets[0].iter_rows(values_only=True) for cell in row if cell]
    for chapter in one.document.chapters:
        assert {number.value for number in chapter.numbers} <= set(summary)


@pytest.mark.parametrize(
    ("code", "begin", "end", "months"), [("en", "left", "right", "809"), ("ar", "right", "left", "C01")]
)
def test_cells_stand_below_their_labels_and_days_have_months_of_the_language(made, code, begin, end, months):
    one = made(code, "steward" if code == "en" else "public")
    days = wrapped = beside = 0
    for sheet, part in zip(one.book.worksheets[1:-1], one.parts, strict=True):
        for at, column in enumerate(part.table.columns if part.table else (), 1):
            head, *cells = (sheet.cell(HEAD_ROW + 1 + row, at) for row in range(1 + min(30, len(part.table.rows))))
            known = [cell for cell in cells if cell.value is not None]
            side = end if column.is_number else begin
            assert {cell.alignment.horizontal for cell in (head, *known)} == {side}, (sheet.title, column.name)
            after_number = at > 1 and part.table.columns[at - 2].is_number and not column.is_number
            assert {cell.alignment.indent for cell in (head, *known)} == {float(after_number)}
            beside += after_number
            for cell in known:
                if "mmm" in cell.number_format:
                    days += 1
                    assert cell.number_format.startswith(f"[$-{months}]")
                    assert cell.alignment.readingOrder == (2 if code == "ar" else 0)
                if isinstance(cell.value, str) and len(cell.value) > width_of(sheet, cell.column):
                    wrapped += 1
                    assert cell.alignment.wrap_text, "which would run over the cell beside it"
    assert days > 20 and beside and (wrapped or code == "ar")


def width_of(sheet, column):
    """Of a column, in letters, where columns of one width stand together in the file."""
    known = [size.width for size in sheet.column_dimensions.values() if size.min <= column <= size.max]
    return known[0] if known else USUAL_WIDE


def test_a_chart_and_its_numbers_leave_the_rows_that_each_printed_page_repeats(made):
    for code, reader in READERS[:2]:
        charts = 0
        for sheet in made(code, reader).book.worksheets[1:-1]:
            for chart in sheet._charts:
                charts += 1
                assert chart.anchor._from.row > HEAD_ROW
                named = [cell for cell in sheet[HEAD_ROW + 2] if cell.column > chart.anchor.to.col and cell.value]
                for cell in named:
                    if isinstance(cell.value, str):
                        assert width_of(sheet, cell.column) >= min(len(cell.value), WIDEST), (sheet.title, cell.value)
        assert charts
    assert made("en", "steward").book.worksheets[-1].page_setup.orientation == "landscape"


def test_tables_that_a_page_writes_itself_are_in_slides_and_workbook(made):
    one = made("en", "steward")
    own = [(part, part.table) for part in one.parts if part.table and not part.table.question]
    assert {table.columns[0].label for _part, table in own} >= {"Figure", "Cohort"}
    words = {text for slide in one.slides for shape in slide.shapes if shape.has_table for text in cells_of(shape)}
    cells = {cell for sheet in one.book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    for part, table in own:
        assert part.title and {table.columns[0].label, table.rows[0][0]} <= words & cells, part.title
        assert table.rows[-1][0] in cells, "the workbook has them to the last row"


def cells_of(shape):
    return [cell.text for row in shape.table.rows for cell in row.cells]


@pytest.mark.parametrize(("code", "reader"), READERS[:2])
def test_every_chart_is_native_or_a_picture_and_both_have_words_for_who_cannot_see_them(made, code, reader):
    one = made(code, reader)
    pictures = natives = 0
    for slide in one.slides:
        for shape in slide.shapes:
            properties = shape._element.xpath(".//p:cNvPr")[0]
            if shape.has_chart or shape.has_table or shape.shape_type == 13:
                assert properties.get("descr")
            pictures += shape.shape_type == 13
            natives += shape.has_chart
    assert pictures + natives == sum(part.chart is not None for part in one.parts)
    assert pictures == sum(part.chart is not None and native(dict(part.chart.spec)) is None for part in one.parts)
    sheets = one.book.worksheets[1:-1]
    assert sum(len(sheet._charts) for sheet in sheets) == natives
    for sheet, part in zip(sheets, one.parts, strict=True):
        if part.chart and not sheet._charts and part.table and len(part.table.rows) >= 6:
            assert sheet.conditional_formatting


@pytest.mark.parametrize("kind", ["pptx", "xlsx"])
@pytest.mark.parametrize(("code", "reader"), READERS[:2])
def test_charts_have_their_parts_in_the_order_of_the_schema(made, code, reader, kind):
    found = 0
    for name, written in made(code, reader).xml(kind, "ppt/charts/" if kind == "pptx" else "xl/charts/").items():
        for element in etree.fromstring(written.encode()).iter(f"{CHART}*"):
            tag = etree.QName(element).localname
            of = f"{etree.QName(element.getparent()).localname}/ser" if tag == "ser" else tag
            if of in ORDER:
                order = ORDER[of].split()
                places = [order.index(etree.QName(child).localname) for child in element.iterchildren(f"{CHART}*")]
                assert places == sorted(places), (name, of)
                found += 1
    assert found > 100


def test_whiskers_are_the_intervals_of_the_description(made):
    one = made("en", "steward")
    described = [drawn for part in one.parts if part.chart and (drawn := native(dict(part.chart.spec)))]
    charts = [shape.chart for slide in one.slides for shape in slide.shapes if shape.has_chart]
    with_whiskers = 0
    for chart, asked in zip(charts, described, strict=True):
        for element, series in zip(chart._chartSpace.iter(f"{CHART}ser"), asked.series, strict=True):
            ends = {
                end: [float(point.text) for point in element.iterfind(f"{CHART}errBars/{CHART}{end}//{CHART}v")]
                for end in ("plus", "minus")
            }
            assert ends == {"plus": list(series.above), "minus": list(series.below)}
            with_whiskers += bool(series.above)
    assert with_whiskers >= 4


@pytest.mark.parametrize("kind", ["pptx", "xlsx"])
def test_arabic_runs_from_right_to_left(made, kind):
    one = made("ar", "public")
    if kind == "xlsx":
        assert all(sheet.sheet_view.rightToLeft for sheet in one.book.worksheets)
        assert not any(sheet.sheet_view.rightToLeft for sheet in made("en", "public").book.worksheets)
        return
    for slide in one.slides:
        assert slide.shapes.title.text
        for shape in slide.shapes:
            if shape.has_table:
                assert shape._element.xpath(".//a:tblPr")[0].get("rtl") == "1"
            for paragraph in shape._element.xpath(".//p:txBody/a:p"):
                if words := "".join(text.text for text in paragraph.xpath(".//a:t")):
                    # An address is read from the left, in every language.
                    assert paragraph.pPr.get("rtl") == ("0" if words == one.document.link else "1"), shape.name
                    assert paragraph.pPr.get("algn") == "r"
            for run in shape._element.xpath(".//p:txBody//a:rPr"):
                assert run.get("lang") == "ar-SA"
    lying = [xml for xml in one.xml("pptx", "ppt/charts/").values() if '<c:barDir val="bar"/>' in xml]
    assert lying
    for xml in lying:
        values = xml[xml.index("<c:valAx>") :]
        assert '<c:orientation val="maxMin"/>' in values
    assert 'rtl="1"' not in "".join(made("en", "public").xml("pptx", "ppt/slides/").values())


@pytest.mark.parametrize(("code", "reader"), READERS[:2])
def test_nothing_of_the_template_is_left(made, code, reader):
    one = made(code, reader)
    file = Presentation(io.BytesIO(one.pptx))
    assert (file.slide_width / file.slide_height) == pytest.approx(16 / 9, rel=1e-3)
    for slide in file.slides:
        assert all(shape.text_frame.text for shape in slide.placeholders)
        assert slide.notes_slide.notes_text_frame.text
    everything = one.xml("pptx", "ppt/") | one.xml("pptx", "docProps/")
    for name, written in everything.items():
        assert not re.search(r"Click to|Second level|Steve Canny|generated using python-pptx", written), name
    about = file.core_properties
    with written_for(one.document):
        assert (about.title, about.author) == (one.document.title, _("Coalition dashboard"))
    assert file.slide_master.placeholders
    kinds = {shape.placeholder_format.type for layout in file.slide_layouts for shape in layout.placeholders}
    assert kinds <= {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.SUBTITLE}
    fonts = everything["ppt/theme/theme1.xml"]
    assert '<a:latin typeface="Noto Sans"' in fonts
    assert '<a:font script="Arab" typeface="Arial"/>' in fonts


@pytest.mark.parametrize(("code", "reader"), READERS)
def test_no_box_has_more_words_than_it_holds(made, code, reader):
    one = made(code, reader)
    for slide in one.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= 12_192_000 + 9_144
            assert shape.top + shape.height <= 6_858_000
            if shape.has_text_frame:
                needed = 0.0
                for paragraph in shape.text_frame.paragraphs:
                    if paragraph.runs:
                        size = max(run.font.size.pt for run in paragraph.runs)
                        wide, bold = shape.width / 914_400, all(run.font.bold for run in paragraph.runs)
                        needed += slides_of._height(paragraph.text, wide, size, bold) - 2 * slides_of.INSET
                        needed += (paragraph.space_after.pt if paragraph.space_after else 0) / 72
                assert needed <= shape.height / 914_400, (shape.name, shape.text_frame.text[:80])
            elif shape.has_table:
                assert len(shape.table.rows) <= MOST_ROWS + 1
                assert_cells_hold_their_words(shape.table)
                assert sum(row.height for row in shape.table.rows) <= shape.height + 9_144
                for other in slide.shapes:
                    if other.top > shape.top and other.left < shape.left + shape.width:
                        beside = other.left + other.width <= shape.left or other.left >= shape.left + shape.width
                        assert beside or other.top >= shape.top + shape.height, "nothing stands over the last rows"


def assert_cells_hold_their_words(table):
    """No word is broken, and no row grows in a program that has the wide letters of DejaVu Sans only."""
    widths = [column.width / 914_400 - 2 * (slides_of.CELL_INSET - slides_of.INSET) for column in table.columns]
    for at, row in enumerate(table.rows):
        for cell, wide in zip(row.cells, widths, strict=True):
            (run,) = cell.text_frame.paragraphs[0].runs
            size = run.font.size.pt
            lines = slides_of._lines(cell.text, wide, size, bold=at == 0)
            assert lines <= (HEAD_LINES if at == 0 else CELL_LINES)
            assert cell.text_frame.paragraphs[0].line_spacing.pt == pytest.approx(size * slides_of.LINE, abs=0.06)
            assert lines * size * slides_of.LINE / 72 + 2 * slides_of.CELL_ABOVE <= row.height / 914_400
            if size > min(slides_of.SMALL_TABLE_SIZES):
                assert slides_of._is_unbroken(cell.text, wide, size, bold=at == 0), cell.text


def test_words_are_measured_by_the_widest_letters_of_replaced_fonts():
    # Of DejaVu Sans, in 2,048 parts of an em: a 1,255 i 569 W 2,025; bold, a 1,382.
    assert slides_of._wide("aiW") == pytest.approx((1255 + 569 + 2025) / 2048)
    assert slides_of._wide("a", bold=True) == pytest.approx(1382 / 2048)
    assert slides_of._wide("\u96be") == 1.0


def test_a_long_table_states_that_all_rows_are_in_the_workbook(made):
    one = made("en", "public")
    long = [part for part in one.parts if part.table and not part.chart and len(part.table.rows) > MOST_ROWS]
    words = [line for slide in one.slides for line in texts(slide)]
    assert long
    for part in long:
        assert any(line.startswith("The first ") and f" of {len(part.table.rows)} rows." in line for line in words)
        first = part.table.rows[0]
        with written_for(one.document):
            shown = [
                slides_of._clean(cell_words(value, column))
                for value, column in zip(first, part.table.columns, strict=True)
            ]
        assert shown[0] in words


def test_speakers_have_questions_definitions_sources_and_the_link(made):
    one = made("en", "public")
    noted = "\n".join(slide.notes_slide.notes_text_frame.text for slide in one.slides)
    for chapter in one.document.chapters:
        assert chapter.link in noted
    assert one.document.sources in noted
    assert one.document.disclosure in noted
    label, definition = one.document.definitions[0]
    assert f"{label}: {definition}" in noted
    last = "\n".join(line for slide in list(one.slides)[-6:] for line in texts(slide))
    notes = [cell for row in one.book.worksheets[-1].iter_rows(values_only=True) for cell in row if cell]
    for label, definition in one.document.definitions:
        assert slides_of._clean(label) in last or label in last
        assert {harmless(label), harmless(definition)} <= set(notes)
    assert one.document.link in notes


def test_simulated_figures_are_marked_on_every_slide_and_sheet(made):
    one = made("en", "public")
    assert one.document.is_simulated
    badge = "SIMULATED DATA: these figures are not real."
    assert all(badge in texts(slide) for slide in one.slides)
    for sheet in one.book.worksheets:
        assert sheet.cell(HEAD_ROW, 1).value == badge
        assert as_of(one.document) == sheet.cell(HEAD_ROW - 1, 1).value


def test_names_that_look_like_formulas_or_links_are_text_everywhere(made):
    one = made("en", "public")
    chapter = next(
        chapter
        for chapter in one.document.chapters
        if any(part.table and part.chart and native(dict(part.chart.spec)) for part in chapter.parts)
    )
    part = next(part for part in chapter.parts if part.table and part.chart and native(dict(part.chart.spec)))
    names = [*STARTS, "https://evil.example/", "a\x0bb"]
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": HOSTILE,
        "y": names,
        "x": list(range(len(names))),
        "marker": {"color": "#0b6cb8"},
    }
    column = next(column for column in part.table.columns if not column.is_number)
    hostile = dataclasses.replace(
        part,
        title=HOSTILE,
        lead=HOSTILE,
        chart=ChartShown({"data": [bars, {**bars, "name": "@x"}], "layout": {"barmode": "group"}}, HOSTILE),
        table=TableShown((column,), tuple((name,) for name in names), part.table.question),
    )
    document = dataclasses.replace(
        one.document, title=HOSTILE, chapters=(dataclasses.replace(chapter, takeaway=HOSTILE, parts=(hostile,)),)
    )
    slides = write_pptx(document)
    books = [("the workbook", write_xlsx(document))]
    with zipfile.ZipFile(io.BytesIO(slides)) as file:
        books += [(name, file.read(name)) for name in file.namelist() if name.startswith("ppt/embeddings/")]
        links = [file.read(name).decode() for name in file.namelist() if name.endswith(".rels")]
    assert len(books) == 2
    assert not any('Target="https://evil' in link for link in links)
    for name, book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as file:
            sheets = [file.read(sheet).decode() for sheet in file.namelist() if "worksheets" in sheet]
        assert not any("<f>" in sheet for sheet in sheets), name
        cells = [cell for sheet in load_workbook(io.BytesIO(book)) for row in sheet.iter_rows() for cell in row]
        found = [cell.value for cell in cells if isinstance(cell.value, str)]
        assert not any(cell.data_type == "f" for cell in cells), name
        begun = [value for value in found if value.lstrip().startswith(tuple("=+-@＝"))]
        assert all(re.fullmatch(r"[+-]\d+", value) for value in begun), (name, begun)  # a number is what it is
        assert "'=1+1" in found
        assert all(not cell.hyperlink or "evil" not in (cell.hyperlink.target or "") for cell in cells), name


def test_every_workbook_takes_text_for_text_whatever_it_begins_with():
    """A second guard: cells that begin like a formula have an apostrophe before it anyway."""
    opened = 0
    for file in sorted((PROJECT / "dashboard").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "from xlsxwriter import Workbook" in text:
            opened += 1
            for option in ("strings_to_formulas", "strings_to_urls"):
                assert text.count(f'"{option}": False') == len(re.findall(r"(?<!\w)Workbook\(", text)) > 0, file
    assert opened == 2


def test_names_of_sheets_are_short_allowed_and_once(made):
    names = made("ar", "public").book.sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")


def test_who_made_a_document_before_changes_nothing_of_the_next(made, small_store, served_store):
    """A night's mail makes documents for several readers in one process."""
    served_store(small_store)
    pages = [PageRequest("completion_funnel", {})]
    marks = {}
    for name, viewer in (("public", EVERYBODY), ("steward", STEWARD), ("public again", EVERYBODY)):
        document = make_document("x", "X", pages, Visitor("x", viewer, viewer, lambda: True), begin()[0], "en")
        marks[name] = document.missing, document.whole_percent
        assert (missing(), is_whole_percent()) == (MISSING, False), name
    assert marks == {"public": (HIDDEN, True), "steward": (MISSING, False), "public again": (HIDDEN, True)}


def test_a_document_is_written_as_its_reader_has_it_whoever_was_last(made):
    public = made("en", "public")
    assert missing() != "x"
    with written_for(public.document):
        assert (missing(), public.document.whole_percent) == ("‡", True)
    assert write_pptx(public.document)[:2] == b"PK"
    shares = [
        cell.number_format
        for sheet in public.book.worksheets[1:-1]
        for row in sheet.iter_rows(min_row=HEAD_ROW + 2)
        for cell in row
        if "%" in cell.number_format
    ]
    assert set(shares) == {"0%"}


def test_the_alternative_text_of_every_chart_has_a_figure_of_it(made):
    charts = [part.chart for part in made("en", "steward").parts if part.chart]
    assert len(charts) > 20
    for chart in charts:
        said = figures_in_words(dict(chart.spec))
        assert said and said in chart.alt
        assert any(words in said for words in figures_of(chart.spec)), chart.alt


def figures_of(spec):
    """The numbers of a chart as a reader may have them written."""
    for trace in spec["data"]:
        cells = () if "locations" in trace else itertools.chain.from_iterable(trace.get("z", ()))
        values = [*trace.get("x", ()), *trace.get("y", ()), *cells]
        for value in values:
            if isinstance(value, int | float) and not is_missing(value):
                yield from (people(value), share(value), decimal(value))
        yield from re.findall(r"\((\d+)\)", str(trace.get("name", "")))
        yield from (str(text) for text in trace.get("text") or () if re.search(r"\d", str(text)))
