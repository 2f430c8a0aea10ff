"""Native charts of a slide: what `charts.slides` describes, as python-pptx writes it, and what that cannot state."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt
from xlsxwriter import Workbook

from dashboard.charts.slides import WHOLE, NativeChart, Series, from_right, marked

INK, GRID = RGBColor(0x24, 0x32, 0x40), RGBColor(0xD5, 0xDA, 0xE0)
SMALL = 11  # points
KINDS = {
    ("bar", "clustered"): XL_CHART_TYPE.BAR_CLUSTERED,
    ("bar", "overlaid"): XL_CHART_TYPE.BAR_CLUSTERED,
    ("bar", "stacked"): XL_CHART_TYPE.BAR_STACKED,
    ("column", "clustered"): XL_CHART_TYPE.COLUMN_CLUSTERED,
    ("column", "overlaid"): XL_CHART_TYPE.COLUMN_CLUSTERED,
    ("column", "stacked"): XL_CHART_TYPE.COLUMN_STACKED,
    ("line", "clustered"): XL_CHART_TYPE.LINE_MARKERS,
    ("xy", "clustered"): XL_CHART_TYPE.XY_SCATTER_LINES,
}
DASHES = {
    "dot": MSO_LINE_DASH_STYLE.ROUND_DOT,
    "dash": MSO_LINE_DASH_STYLE.DASH,
    "dashdot": MSO_LINE_DASH_STYLE.DASH_DOT,
    "longdash": MSO_LINE_DASH_STYLE.LONG_DASH,
}
MARKS = (
    XL_MARKER_STYLE.CIRCLE,
    XL_MARKER_STYLE.SQUARE,
    XL_MARKER_STYLE.DIAMOND,
    XL_MARKER_STYLE.TRIANGLE,
    XL_MARKER_STYLE.X,
    XL_MARKER_STYLE.PLUS,
)
BARS_APART, BARS_CLOSE = 45, 12  # percent of a bar between two
MANY_BARS, MANY_LABELS = 30, 14


def add_chart(
    shapes: Any, chart: NativeChart, title: str, tag: str, position: Sequence[int], right_to_left: bool = False
) -> Any:
    """Adds the chart to a slide and gives its frame.

    Args:
        shapes: of the slide.
        chart: what it shows.
        title: for a series without a name of its own.
        tag: of the language of its words.
        position: left, top, width and height.
        right_to_left: whether its words are written so.
    """
    if right_to_left:
        chart, title = from_right(chart), marked(title)
    frame = shapes.add_chart(KINDS[chart.kind, chart.grouping], *position, _data(chart, title))
    drawn = frame.chart
    drawn.has_title = False
    drawn.font.size, drawn.font.color.rgb = Pt(SMALL), INK
    for properties in drawn._chartSpace.iter(qn("a:defRPr")):
        properties.set("lang", tag)
    _set_legend(drawn, chart)
    _set_axes(drawn, chart)
    plot = drawn.plots[0]
    if chart.kind in ("bar", "column"):
        plot.gap_width = BARS_CLOSE if len(chart.categories) > MANY_BARS else BARS_APART
        plot.overlap = -5 if chart.grouping == "clustered" else 100
    for number, (drawn_series, series) in enumerate(zip(plot.series, chart.series, strict=True)):
        for code in drawn_series._element.iter(qn("c:formatCode")):
            is_along = any(parent.tag in (qn("c:xVal"), qn("c:cat")) for parent in code.iterancestors())
            code.text = (chart.along_format or WHOLE) if is_along else series.number_format
        _set_marks(drawn_series, series, number)
        if series.above:
            _set_intervals(drawn_series, series)
        if series.with_numbers and chart.kind in ("bar", "column") and chart.grouping != "stacked":
            labels = drawn_series.data_labels
            labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
            labels.number_format, labels.number_format_is_linked = series.number_format, False
            labels.font.size, labels.font.color.rgb = Pt(SMALL), INK
    return frame


def _data(chart: NativeChart, title: str) -> Any:
    if chart.kind == "xy":
        points = _Points(number_format=chart.along_format or WHOLE)
        for series in chart.series:
            added = points.add_series(series.name or title, number_format=_unconditional(series.number_format))
            for at, value in zip(series.at, series.values, strict=True):
                added.add_data_point(at, value)
        return points
    data = _Categories(number_format=chart.number_format)
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.name or title, series.values, number_format=_unconditional(series.number_format))
    return data


def _unconditional(number_format: str) -> str:
    """What a format writes where none of its conditions holds: the library puts formats into XML as they are."""
    return number_format.rpartition(";")[2]


class _NoFormulas:
    """The workbook within a chart: no text of it is a formula or a link."""

    @contextmanager
    def _open_worksheet(self, file: BinaryIO) -> Iterator[tuple[Any, Any]]:
        book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        yield book, book.add_worksheet()
        book.close()


class _CategoryBook(_NoFormulas, CategoryWorkbookWriter):
    pass


class _PointBook(_NoFormulas, XyWorkbookWriter):
    pass


class _Categories(CategoryChartData):
    @property
    def _workbook_writer(self) -> Any:
        return _CategoryBook(self)


class _Points(XyChartData):
    @property
    def _workbook_writer(self) -> Any:
        return _PointBook(self)


def _set_legend(drawn: Chart, chart: NativeChart) -> None:
    drawn.has_legend = chart.has_legend
    if not chart.has_legend:
        return
    drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    position = drawn.legend._element.find(qn("c:legendPos"))
    for number, series in reversed(list(enumerate(chart.series))):
        if not series.in_legend:
            entry = f'<c:legendEntry {nsdecls("c")}><c:idx val="{number}"/><c:delete val="1"/></c:legendEntry>'
            position.addnext(parse_xml(entry))


def _set_axes(drawn: Chart, chart: NativeChart) -> None:
    along, values = drawn.category_axis, drawn.value_axis
    for axis, title in ((along, chart.category_title), (values, chart.value_title)):
        axis.has_title = bool(title)
        if title:
            axis.axis_title.text_frame.text = title
            run = axis.axis_title.text_frame.paragraphs[0].runs[0]
            run.font.size, run.font.bold, run.font.color.rgb = Pt(SMALL), False, INK
        axis.format.line.color.rgb = GRID
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.tick_labels.font.size = Pt(SMALL if len(chart.categories) <= MANY_LABELS else SMALL - 2)
    along.has_major_gridlines, values.has_major_gridlines = False, True
    values.major_gridlines.format.line.color.rgb = GRID
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = chart.number_format, False
    if chart.along_format:
        along.tick_labels.number_format, along.tick_labels.number_format_is_linked = chart.along_format, False
        for unit in list(along._element.iter(qn("c:baseTimeUnit"))):
            unit.getparent().remove(unit)  # the program finds whether a bar is a day or a month wide
    for axis, (least, most) in ((values, chart.value_range), (along, chart.along_range)):
        if least is not None:
            axis.minimum_scale = least
        if most is not None:
            axis.maximum_scale = most
    if chart.first_on_top:
        along.reverse_order = True
        values._element.find(qn("c:crosses")).set("val", "max")  # numbers stay below
    if chart.from_right:
        values.reverse_order = True


def _set_marks(drawn: Any, series: Series, number: int) -> None:
    color = RGBColor.from_string(series.color[1:])
    if hasattr(drawn, "invert_if_negative"):
        drawn.invert_if_negative = False
        if series.drawn == "hidden":
            drawn.format.fill.background()
            return
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = color
        for at, own in enumerate(series.colors):
            fill = drawn.points[at].format.fill
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(own[1:])
        return
    drawn.smooth = False
    if series.drawn == "points":
        drawn.format.line.fill.background()
    else:
        drawn.format.line.color.rgb, drawn.format.line.width = color, Pt(2)
        if dash := DASHES.get(series.dash):
            drawn.format.line.dash_style = dash
    if series.drawn == "line":
        drawn.marker.style = XL_MARKER_STYLE.NONE
    else:
        drawn.marker.style, drawn.marker.size = MARKS[number % len(MARKS)], 8
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = color
        drawn.marker.format.line.color.rgb = color


def _set_intervals(drawn: Any, series: Series) -> None:
    """Whiskers of own length at each value, which python-pptx has no word for."""
    direction = "" if hasattr(drawn, "invert_if_negative") else '<c:errDir val="y"/>'  # bars know one only
    written = (
        f"<c:errBars {nsdecls('c', 'a')}>{direction}<c:errBarType val='both'/><c:errValType val='cust'/>"
        f"<c:noEndCap val='0'/><c:plus>{_literal(series.above)}</c:plus><c:minus>{_literal(series.below)}</c:minus>"
        "<c:spPr><a:ln w='12700'><a:solidFill><a:srgbClr val='7B8794'/></a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    elements = (drawn._element.find(qn(tag)) for tag in ("c:cat", "c:xVal"))
    next(element for element in elements if element is not None).addprevious(parse_xml(written))


def _literal(lengths: Sequence[float]) -> str:
    points = "".join(f"<c:pt idx='{at}'><c:v>{length!r}</c:v></c:pt>" for at, length in enumerate(lengths))
    return f"<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val='{len(lengths)}'/>{points}</c:numLit>"
