"""Charts that only the completion funnel has: its steps for each value of an attribute."""

from collections.abc import Mapping

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.intervals import PERCENT
from dashboard.charts.lines import CURVES
from dashboard.locales import _
from dashboard.locales.numbers import between, share, whole
from dashboard.locales.plain import in_chart


def split_figure(table: pd.DataFrame, words: Mapping[str, str], values: Mapping[str, str]) -> Figure:
    """The share reaching each step as a line for each value of an attribute; values with few learners are pale.

    Args:
        table: attribute_value, step, share_of_first, share_low, share_high, is_small.
        words: for each step.
        values: for each value of the attribute, in the order of the legend.
    """
    traces = []
    for number, value in enumerate(values):
        rows = table[table["attribute_value"] == value]
        if rows.empty:
            continue
        color, dash = CURVES[number % len(CURVES)]
        small, name = bool(rows["is_small"].any()), in_chart(values[value])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": _("{value} (fewer than 30)").format(value=name) if small else name,
                "x": [words[step] for step in rows["step"]],
                "y": rows["share_of_first"].tolist(),
                "opacity": 0.35 if small else 1,
                "line": {"color": color, "dash": dash, "width": 2},
                "marker": {"size": 7, "symbol": number},
                "customdata": [
                    f"{whole(n)}, {share(s)} ({between(low, high)})"
                    for n, s, low, high in zip(
                        rows["learners"], rows["share_of_first"], rows["share_low"], rows["share_high"], strict=True
                    )
                ],
                "hovertemplate": "%{x}: %{customdata}<extra>%{fullData.name}</extra>",
            }
        )
    return framed(traces, 400, yaxis={**PERCENT, "range": [0, 1.03]})
