"""The frame all charts with axes share."""

import textwrap
from collections.abc import Iterator
from typing import Any

from dashboard.charts.palette import WORDS
from dashboard.locales.numbers import is_missing
from dashboard.locales.plain import in_chart, letters_wide

Figure = dict[str, Any]
GRID = "rgba(123,135,148,0.25)"
LINE = 26
LEGEND_LINE = 36  # letters beside the sign of an entry, on a page of 320 pixels
LEGEND_LINE_HIGH = 19  # pixels


def framed(traces: list[dict[str, Any]], height: int, **more: Any) -> Figure:
    """A figure of the traces: quiet grid, direct legend on top, no background of its own."""
    axis = {"gridcolor": GRID, "zeroline": False, "fixedrange": True, "tickfont": {"color": WORDS}}
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": WORDS},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
        "xaxis": {**axis, "automargin": True, **more.pop("xaxis", {})},
        "yaxis": {**axis, "automargin": True, **more.pop("yaxis", {})},
        "hovermode": "closest",
        **more,
    }
    return {"data": traces, "layout": layout}


def in_lines(name: str) -> str:
    """The name of an entry of a legend in lines that a phone has room for: plotly breaks none. It is escaped before."""
    letters = max(1, LEGEND_LINE * len(name) // max(1, letters_wide(name)))  # those of Chinese take the room of two
    return "<br>".join(textwrap.wrap(name, letters) or [name])


def with_names_in_lines(figure: Figure) -> Figure:
    """The same chart, no entry of its legend wider than a phone; a map is higher by the lines that are more.

    The chart given is not changed.
    """
    names = [trace.get("name") or "" for trace in figure["data"]]
    names = [in_lines(name) if letters_wide(name) > LEGEND_LINE and "<br>" not in name else name for name in names]
    more = sum(name.count("<br>") for name in names)
    if not more:
        return figure
    traces = [{**trace, "name": name} if name else trace for trace, name in zip(figure["data"], names, strict=True)]
    layout = figure["layout"]
    if "geo" in layout:
        layout = {**layout, "height": layout["height"] + more * LEGEND_LINE_HIGH}
    return {**figure, "data": traces, "layout": layout}


def row_label(label: str, words: str = "") -> str:
    """The label of a row in short lines, so that bars have room on a phone; its words, if given, stand below it."""
    lines = textwrap.wrap(label, LINE) or [label]
    return "<br>".join([*map(in_chart, lines), *([f"<b>{in_chart(words)}</b>"] if words else [])])


def has_marks(figure: Figure) -> bool:
    """Whether anything is drawn: a point or bar of which both ends are known, a cell with a number, a country."""
    return any(_marks(trace) for trace in figure["data"])


def _marks(trace: dict[str, Any]) -> bool:
    if trace.get("locations"):
        return True
    if "z" in trace:
        return any(not is_missing(number) for row in trace["z"] for number in row)
    ends: Iterator[tuple[Any, Any]] = zip(
        trace.get("x", trace.get("lon", ())), trace.get("y", trace.get("lat", ())), strict=False
    )
    return any(not is_missing(x) and not is_missing(y) for x, y in ends)
