"""Bars: rows of them, groups of them, and the steps that learners reach."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.charts.frame import Figure, framed, row_label
from dashboard.charts.intervals import PERCENT, gap
from dashboard.charts.palette import ACCENT, MARK, NEUTRAL, RIM, SERIES
from dashboard.locales import _
from dashboard.locales.numbers import MISSING, is_missing, people, people_axis, share, whole
from dashboard.locales.plain import in_chart

# Pixels of a figure whose bars lie: what it has beside them, a line of its legend, and a bar.
ROOM_LYING, LEGEND_LINE, BAR_LYING = 40, 20, 21


def bars_figure(labels: Sequence[str], values: Sequence[float], texts: Sequence[str], strong: Sequence[bool]) -> Figure:
    """Bars to the right, each with its words; those that are not strong are grey."""
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [row_label(label) for label in labels],
        "x": list(values),
        "text": list(texts),
        "textposition": "outside",
        "cliponaxis": False,
        "showlegend": False,
        "marker": {"color": [ACCENT if is_strong else NEUTRAL for is_strong in strong]},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    most, longest = (
        max([*(value for value in values if not is_missing(value)), 0.0001]),
        max([len(text) for text in texts] + [0]),
    )
    return framed(
        [trace],
        70 + 30 * len(labels),
        xaxis={"range": [0, most * (1.1 + longest * 0.032)], "showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )


def grouped_figure(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    height: int = 320,
    words: Callable[[float | None], str] = people,
    lying: bool = False,
    of_nobody: Collection[str] = (),
) -> Figure:
    """Groups of bars: for each label one bar of each series, with its number in words (a count, or a share).

    `of_nobody` names the series that count no people: where they lack a number it was not stated, and is not hidden.

    On a phone they lie, so that their numbers have room; they are then as high as they need, whatever `height` is.
    """
    along, across = ("y", "x") if lying else ("x", "y")
    traces = [
        {
            "type": "bar",
            "orientation": "h" if lying else "v",
            "name": name,
            along: [in_chart(label) for label in labels],
            across: [None if is_missing(v) else v for v in values],
            "text": [MISSING if is_missing(v) and name in of_nobody else words(v) for v in values],
            "textposition": "outside",
            "textangle": 0,
            "constraintext": "none",
            "cliponaxis": False,
            "marker": {"color": SERIES[number % len(SERIES)]},
            "hovertemplate": f"%{{{along}}}: %{{text}}<extra>" + name + "</extra>",
        }
        for number, (name, values) in enumerate(series)
    ]
    most = max([v for _name, values in series for v in values if not is_missing(v) and v is not None] + [1])
    axis = {"rangemode": "tozero", **people_axis(most)} if words is people else {**PERCENT, "range": [0, 1.1]}
    if not lying:
        return framed(traces, height, barmode="group", yaxis=axis, xaxis={"type": "category"})
    return framed(
        traces,
        ROOM_LYING + len(series) * (LEGEND_LINE + len(labels) * BAR_LYING),
        barmode="group",
        xaxis={**axis, "range": [0, most * 1.3], "showticklabels": False, "showgrid": False},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )


def steps_figure(table: pd.DataFrame, words: Mapping[str, str], median: bool = False, height: int = 430) -> Figure:
    """Bars of learners at each step, from registration down; whiskers are 95 % intervals, diamonds the others' median.

    Args:
        table: step, learners, share_of_first; share_low and share_high for whiskers; median_share for diamonds.
        words: for each step.
        median: whether the others' median is drawn.
        height: in pixels.
    """
    steps = [
        f"<b>{words[step]}</b><br>{whole(n)}, {share(of_first)}"
        for step, n, of_first in zip(table["step"], table["learners"], table["share_of_first"], strict=True)
    ]
    shares = [0.0 if is_missing(value) else value for value in table["share_of_first"]]
    bar: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "name": _("Learners"),
        "y": steps,
        "x": shares,
        "marker": {"color": ACCENT},
        "hovertemplate": "%{y}<extra></extra>",
    }
    if "share_low" in table:
        known = [not is_missing(value) for value in table["share_of_first"]]
        # A share that is not shown has no bar, and no whisker over the whole width instead of one.
        bar["error_x"] = {
            "type": "data",
            "symmetric": False,
            "color": NEUTRAL,
            "thickness": 1.3,
            "width": 3,
            "array": [whisker * shown for whisker, shown in zip(gap(table["share_high"], shares), known, strict=True)],
            "arrayminus": [
                whisker * shown for whisker, shown in zip(gap(shares, table["share_low"]), known, strict=True)
            ],
        }
    traces = [bar]
    if median:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _("Median of the other partners"),
                "y": steps,
                "x": [None if is_missing(value) else value for value in table["median_share"]],
                "marker": {"symbol": "diamond", "size": 11, "color": MARK, "line": {"width": 1, "color": RIM}},
                "cliponaxis": False,
                "customdata": [share(value) for value in table["median_share"]],
                "hovertemplate": "%{y}: %{customdata}<extra>" + _("Median of the other partners") + "</extra>",
            }
        )
    return framed(
        traces,
        height,
        xaxis={**PERCENT, "range": [0, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        yaxis={"autorange": "reversed", "showgrid": False},
    )
