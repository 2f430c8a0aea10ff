"""Colours are named where they mean something, and what is not known is the quietest of them."""

import re
from itertools import combinations, pairwise

import pytest

from dashboard.charts import palette
from dashboard.charts.palette import (
    CATEGORIES,
    CLOSED,
    HIDDEN,
    NO_DATA,
    ON_BREAK,
    OPEN,
    PARTIAL,
    SEQUENTIAL,
    SPARE,
    ZERO,
    for_dark,
)
from dashboard.settings import PROJECT

LITERAL = re.compile(r"[\"'](#[0-9a-fA-F]{3,8}|rgba?\([1-9][^)]*\))[\"']")
GROUNDS = {"light": "#ffffff", "dark": "#101820"}


def lightness(color: str) -> float:
    """Relative luminance, as WCAG has it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((lightness(one), lightness(other)))
    return (light + 0.05) / (dark + 0.05)


def test_pages_and_charts_take_their_colours_by_name():
    files = [*(PROJECT / "dashboard" / "pages").rglob("*.py"), *(PROJECT / "dashboard" / "charts").rglob("*.py")]
    written = {
        f"{file.name}: {found}"
        for file in files
        if file.name != "palette.py"
        for found in LITERAL.findall(file.read_text(encoding="utf-8"))
        if found not in ("rgba(123,135,148,0.25)",)
    }
    assert not written, "name it in charts/palette.py, with what it means"


@pytest.mark.parametrize("ground", GROUNDS)
def test_what_is_not_known_is_the_quietest_colour(ground):
    def drawn(color):
        return for_dark(color) if ground == "dark" else color

    others = {CLOSED, PARTIAL, ON_BREAK, OPEN, SPARE, *SEQUENTIAL}
    assert {HIDDEN, ZERO, NO_DATA} & others == set()
    loudest_of_none = contrast(drawn(NO_DATA), GROUNDS[ground])
    if ground == "dark":
        assert all(contrast(drawn(color), GROUNDS[ground]) > loudest_of_none for color in others)
    apart = [contrast(drawn(one), drawn(other)) for one, other in combinations((NO_DATA, HIDDEN, ZERO), 2)]
    assert min(apart) > 1.25, "not known, hidden and none are three things"


@pytest.mark.parametrize("ground", GROUNDS.values())
def test_kinds_side_by_side_are_seen_on_the_page_and_have_no_colour_with_a_meaning(ground):
    assert all(contrast(color, ground) >= 3 for color in CATEGORIES)
    assert not {*CATEGORIES} & {CLOSED, PARTIAL, SPARE, ON_BREAK}


def test_few_to_many_is_pale_to_deep_and_on_dark_dark_to_light():
    assert all(lightness(few) > lightness(many) for few, many in pairwise(SEQUENTIAL))
    assert all(lightness(for_dark(few)) < lightness(for_dark(many)) for few, many in pairwise(SEQUENTIAL))


def test_the_rule_names_the_colours_that_there_are():
    named = re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b", palette.__doc__ or "")
    assert {name for name in named if len(name) > 1} <= set(vars(palette))
