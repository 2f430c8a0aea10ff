"""Lines over time, the colours by which curves differ, and bands around them."""

import datetime
from collections.abc import Sequence
from typing import Any

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import CATEGORIES
from dashboard.locales.numbers import is_missing, people, people_axis

# Six curves a reader can distinguish, by dash as well as by hue.
CURVES = tuple(zip(CATEGORIES, ("solid", "solid", "dash", "dash", "dot", "dot"), strict=True))


def lines_figure(
    days: Sequence[datetime.date], series: Sequence[tuple[str, Sequence[float | None]]], height: int = 330
) -> Figure:
    """Counts of people from day to day, a line for each series."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [day.isoformat() for day in days],
            "y": [None if is_missing(value) else value for value in values],
            "line": {"color": CURVES[number % len(CURVES)][0], "dash": CURVES[number % len(CURVES)][1], "width": 2},
            "marker": {"size": 6, "symbol": number},
            "customdata": [people(value) for value in values],
            "hovertemplate": "%{x|%-d %B %Y}<br>%{customdata}<extra>%{fullData.name}</extra>",
        }
        for number, (name, values) in enumerate(series)
    ]
    most = max([value for _name, values in series for value in values if value is not None and value == value] + [1])
    return framed(traces, height, yaxis={"rangemode": "tozero", **people_axis(most)})


def band(at: Sequence[Any], low: Sequence[float], high: Sequence[float], color: str, **more: Any) -> dict[str, Any]:
    """The pale area between two lines, which states nothing on hovering."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*at, *reversed(at)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": pale(color),
        "line": {"width": 0},
        "hoverinfo": "skip",
        **more,
    }


def pale(color: str) -> str:
    """A colour of #rrggbb, nearly transparent."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"
