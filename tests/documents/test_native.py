"""A described chart in the form of office programs: its numbers unchanged, its order and its directions kept."""

import datetime
import io

import pytest
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches

from dashboard.charts.frame import framed
from dashboard.charts.lines import band, lines_figure
from dashboard.charts.paper import can_picture, png, svg
from dashboard.charts.slides import legend, native, plain
from dashboard.documents.pptx_charts import add_chart
from dashboard.locales import speaking
from dashboard.locales.numbers import mark_missing
from dashboard.pages.what_changed.charts import waterfall_figure

BAR = {
    "type": "bar",
    "orientation": "h",
    "y": ["a", "b"],
    "x": [0.25, None],
    "marker": {"color": ["#111111", "#222222"]},
}


def test_steps_stand_on_what_came_before_them():
    drawn = native(waterfall_figure(["old", "new", "removed", "now"], [10, 5, -3, 12], ["10", "+5", "-3", "12"]))
    assert [(series.drawn, list(series.values)) for series in drawn.series] == [
        ("hidden", [0, 10, 12, 0]),  # 10 + 5 = 15; 15 - 3 = 12
        ("bar", [10, None, None, 12]),
        ("bar", [None, 5, None, None]),
        ("bar", [None, None, 3, None]),
    ]
    assert drawn.categories[1] == "new: +5"
    assert drawn.first_on_top
    assert not drawn.series[0].in_legend


def test_steps_below_zero_have_no_native_form():
    assert native(waterfall_figure(["old", "less", "now"], [2, -5, -3], ["2", "-5", "-3"])) is None


def test_a_band_is_its_two_ends():
    figure = framed([band([0, 1, 2], [1, 2, 3], [4, 5, 6], "#0b6cb8", name="Range")], 300)
    low_and_high = native(figure).series
    assert [(list(series.at), list(series.values)) for series in low_and_high] == [
        ([0, 1, 2], [4, 5, 6]),
        ([0, 1, 2], [1, 2, 3]),
    ]
    assert [series.in_legend for series in low_and_high] == [True, False]


def test_a_day_that_is_not_known_is_a_gap_and_days_are_those_of_workbooks():
    days = [datetime.date(2024, 1, 1), datetime.date(2024, 2, 1), datetime.date(2024, 3, 1)]
    drawn = native(lines_figure(days, [("Learners", [1, None, 3])]))
    assert drawn.series[0].at == (45292.0, 45323.0, 45352.0)  # 1 January 2024 is day 45,292 of a workbook
    assert drawn.series[0].values == (1, None, 3)
    assert (drawn.kind, drawn.is_by_day) == ("xy", True)


def test_bars_of_days_come_in_the_order_of_days_with_their_numbers():
    bars = {"type": "bar", "x": ["2024-03-01", "2024-01-01"], "y": [3, 1], "marker": {"color": ["#333333", "#111111"]}}
    drawn = native(framed([bars], 300))
    assert drawn.categories == (datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))
    assert drawn.series[0].values == (1, 3)
    assert drawn.series[0].colors == ("#111111", "#333333")


def test_series_that_lack_a_label_have_a_gap_there():
    more = {"type": "bar", "orientation": "h", "y": ["b", "c"], "x": [2, 3], "name": "More"}
    drawn = native(framed([BAR, more], 300, barmode="group"))
    assert drawn.categories == ("a", "b", "c")
    assert [series.values for series in drawn.series] == [(0.25, None, None), (None, 2, 3)]


def test_shares_are_percent_as_the_reader_has_them():
    figure = framed([{**BAR, "text": ["25 %", "\u2013"]}], 300)
    assert native(figure).series[0].number_format == "0.0%"
    mark_missing("\u2021", whole_percent=True)
    try:
        assert native(figure).series[0].number_format == "0%"
    finally:
        mark_missing("\u2013")


def test_maps_and_matrices_have_a_legend_instead():
    areas = {
        "type": "choropleth",
        "locations": ["KEN"],
        "z": [1],
        "colorscale": [[0, "#ff0000"], [1, "#ff0000"]],
        "name": "Closed (1)",
        "showlegend": True,
    }
    assert native({"data": [areas], "layout": {"geo": {}}}) is None
    assert legend({"data": [areas], "layout": {"geo": {}}}) == [("#ff0000", "Closed (1)")]
    assert native(framed([{"type": "heatmap", "z": [[1]], "x": ["a"], "y": ["b"]}], 300)) is None


def test_words_of_a_chart_are_plain():
    assert plain("<b>Registered</b><br>19,300, 64 %") == "Registered: 19,300, 64 %"
    assert plain("Quiet: not active for<br>180 days") == "Quiet: not active for 180 days"
    assert plain("Courses &lt;b&gt;") == "Courses <b>"
    assert plain("<b>=1+1</b>") == "'=1+1"


def test_lying_bars_begin_at_the_right_where_reading_does():
    from dashboard.charts.language import in_language

    figure = framed([BAR], 300, xaxis={"range": [0, 1]}, yaxis={"autorange": "reversed"})
    with speaking("ar"):
        assert native(in_language(figure)).from_right
    assert not native(figure).from_right


def test_a_matrix_whose_signs_no_font_has_is_not_pictured():
    cells = {"type": "heatmap", "z": [[0.5]], "x": [0], "y": ["Jul 2016"]}
    assert can_picture(framed([cells], 300))
    assert not can_picture(framed([{**cells, "y": ["\U0001f9ff \ue000"]}], 300))  # a sign of private use
    assert can_picture({"data": [{"type": "choropleth", "name": "\ue000"}], "layout": {"geo": {}}})


@pytest.mark.parametrize(("code", "thousands"), [("en", "20,000"), ("es", "20.000"), ("fr", "20\u202f000")])
def test_numbers_of_a_chart_keep_their_digits_on_paper(code, thousands):
    bars = {"type": "bar", "x": ['a 12.345 d="M 1.2345 6"'], "y": [90_000], "marker": {"color": "#111111"}}
    with speaking(code):
        drawn = svg(framed([bars], 300))
    words = ["".join(element.itertext()) for element in etree.fromstring(drawn.encode()).iter("{*}text")]
    assert thousands in words
    assert 'a 12.345 d="M 1.2345 6"' in words


def test_a_long_entry_of_a_legend_leaves_room_for_one_beside_it():
    areas = [
        {"type": "choropleth", "locations": ["KEN"], "z": [1], "colorscale": [[0, "#ff0000"], [1, "#ff0000"]],
         "name": name, "showlegend": True}
        for name in ("Fewer than 500 refugees: no rate is computed (0)", "No learner known (0)")
    ]  # fmt: skip
    drawn = etree.fromstring(svg({"data": areas, "layout": {"geo": {}, "height": 300}}).encode())
    words = {"".join(element.itertext()) for element in drawn.iter("{*}text")}
    assert words == {"Fewer than 500 refugees: no rate is", "computed (0)", "No learner known (0)"}


def test_pictures_have_the_size_asked_for():
    areas = {"type": "choropleth", "locations": ["KEN"], "z": [1], "colorscale": [[0, "#ff0000"], [1, "#ff0000"]]}
    drawn = png({"data": [areas], "layout": {"geo": {}, "height": 200}}, 400)
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])) == (800, 400)  # twice as fine


@pytest.mark.parametrize("figure", ["bars", "points"])
def test_a_share_too_small_for_its_decimals_is_less_than_the_least_on_a_slide_too(figure):
    """Its format has a comparison, which the XML of a chart must have in its own way of writing."""
    shares = [0.0002, 0.25]
    drawn = native(
        framed(
            [{**BAR, "x": shares}]
            if figure == "bars"
            else [{"type": "scatter", "mode": "lines", "name": "Share", "x": [1, 2], "y": shares}],
            300,
            **({"xaxis": {"tickformat": ".0%"}} if figure == "bars" else {"yaxis": {"tickformat": ".0%"}}),
        )
    )
    deck = Presentation()
    shapes = deck.slides.add_slide(deck.slide_layouts[6]).shapes
    frame = add_chart(shapes, drawn, "Share", "en-GB", (0, 0, Inches(5), Inches(4)))
    codes = {code.text for code in frame.chart._chartSpace.iter(qn("c:formatCode")) if "%" in code.text}
    assert codes == {'[=0]0.0%;[<0.0005]"less than 0.1\xa0%";0.0%'}
    book = load_workbook(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob)).active
    formats = {cell.number_format for row in book.iter_rows() for cell in row if isinstance(cell.value, int | float)}
    assert formats == ({"0.0%"} if figure == "bars" else {"0.0%", "#,##0"})  # along the points are 1 and 2, no shares


BY_DAY = {
    "points": lines_figure([datetime.date(2024, 1, 1), datetime.date(2024, 2, 1)], [("Learners", [1, 3])]),
    "columns": framed([{"type": "bar", "name": "Learners", "x": ["2024-01-01", "2024-02-01"], "y": [1, 3]}], 300),
}


@pytest.mark.parametrize(("marks", "axis"), [("points", "c:xVal"), ("columns", "c:cat")])
def test_days_along_a_chart_are_days_in_it_and_in_its_workbook(marks, axis):
    drawn = native(BY_DAY[marks])
    deck = Presentation()
    shapes = deck.slides.add_slide(deck.slide_layouts[6]).shapes
    chart = add_chart(shapes, drawn, "Learners", "en-GB", (0, 0, Inches(5), Inches(4))).chart
    along = [code.text for at in chart._chartSpace.iter(qn(axis)) for code in at.iter(qn("c:formatCode"))]
    assert along == ["d/m/yyyy"]
    book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [row[0].value for row in book.iter_rows(min_row=2)] == [
        datetime.datetime(2024, 1, 1),
        datetime.datetime(2024, 2, 1),
    ]
