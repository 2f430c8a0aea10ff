"""Points with their 95 % intervals."""

from collections.abc import Sequence

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import ACCENT
from dashboard.locales.numbers import is_missing

PERCENT = {"tickformat": ".0%", "rangemode": "tozero"}


def interval_figure(
    table: pd.DataFrame, at: Sequence[str], column: str, low: str, high: str, words: str, notes: Sequence[str]
) -> Figure:
    """Points with their 95 % intervals along a line of labels.

    Args:
        table: the columns named.
        at: a label for each row.
        column: shares of 0 to 1.
        low: lower ends.
        high: upper ends.
        words: name of what is shown.
        notes: words on hovering, for each row.
    """
    values = [None if is_missing(value) else value for value in table[column]]
    known = [0.0 if value is None else value for value in values]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": words,
        "x": list(at),
        "y": values,
        "customdata": list(notes),
        "line": {"color": ACCENT, "width": 1.5},
        "marker": {"size": 9, "color": ACCENT},
        "showlegend": False,
        "hovertemplate": "%{x}: %{customdata}<extra></extra>",
        "error_y": {
            "type": "data",
            "symmetric": False,
            "color": ACCENT,
            "thickness": 1.3,
            "width": 4,
            "array": gap(table[high], known),
            "arrayminus": gap(known, table[low]),
        },
    }
    return framed([trace], 300, yaxis={**PERCENT}, xaxis={"type": "category"})


def gap(high: Sequence[float], low: Sequence[float]) -> list[float]:
    """How far each value of the first lies above the second; none where one is missing."""
    return [0.0 if is_missing(a) or is_missing(b) else max(0.0, a - b) for a, b in zip(high, low, strict=True)]
