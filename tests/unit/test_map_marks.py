"""Legends of maps: the colour of each class is in the style of the pages, light and dark; each entry has room."""

import pytest

from dashboard.charts.frame import LEGEND_LINE, with_names_in_lines
from dashboard.charts.palette import HIDDEN, NO_DATA, NO_RATE, RATE_UNKNOWN, SEQUENTIAL, STATUS, ZERO, for_dark
from dashboard.components.page import STYLE
from dashboard.locales.plain import letters_wide
from dashboard.pages.contributions.charts import CLASS_COLORS

CLASSES = {*STATUS.values(), *SEQUENTIAL, NO_RATE, RATE_UNKNOWN, NO_DATA, HIDDEN, ZERO, *CLASS_COLORS.values()}


@pytest.mark.parametrize("color", sorted(CLASSES | {for_dark(color) for color in CLASSES}))
def test_each_colour_of_a_map_marks_its_small_states(color):
    rule = f'[class*="st-key-mark-{color.removeprefix("#")}"]::before {{\n  background: {color};\n}}'
    assert rule in STYLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "Менее 500 беженцев: показатель не рассчитан (0)",
        "Non fermées dans tout le pays, ou pas de données",
        "非全国停课的国家和没有任何数据的国家以及其他所有国家和地区",
    ],
)
def test_no_entry_of_a_legend_is_wider_than_a_phone(name):
    figure = {"data": [{"name": name}, {"name": "(0)"}, {"y": [1]}], "layout": {"geo": {}, "height": 400}}
    drawn = with_names_in_lines(figure)
    lines = drawn["data"][0]["name"].split("<br>")
    assert len(lines) > 1 and "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert max(map(letters_wide, lines)) <= LEGEND_LINE
    assert drawn["data"][1:] == figure["data"][1:] and figure["data"][0]["name"] == name
    assert drawn["layout"]["height"] > 400 and figure["layout"]["height"] == 400, "a map keeps its own room"
