"""Each class of a map has its colour in the style of the pages, for the inset of small states; light and dark."""

import pytest

from dashboard.charts.palette import HIDDEN, NO_DATA, NO_RATE, RATE_UNKNOWN, SEQUENTIAL, STATUS, ZERO, for_dark
from dashboard.components.page import STYLE
from dashboard.pages.contributions.charts import CLASS_COLORS

CLASSES = {*STATUS.values(), *SEQUENTIAL, NO_RATE, RATE_UNKNOWN, NO_DATA, HIDDEN, ZERO, *CLASS_COLORS.values()}


@pytest.mark.parametrize("color", sorted(CLASSES | {for_dark(color) for color in CLASSES}))
def test_each_colour_of_a_map_marks_its_small_states(color):
    rule = f'[class*="st-key-mark-{color.removeprefix("#")}"]::before {{\n  background: {color};\n}}'
    assert rule in STYLE.read_text(encoding="utf-8")
