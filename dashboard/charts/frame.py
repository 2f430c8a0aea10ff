"""The frame all charts with axes share."""

from typing import Any

Figure = dict[str, Any]
GRID = "rgba(123,135,148,0.25)"


def framed(traces: list[dict[str, Any]], height: int, **more: Any) -> Figure:
    """A figure of the traces: quiet grid, direct legend on top, no background of its own."""
    axis = {"gridcolor": GRID, "zeroline": False, "fixedrange": True}
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
        "xaxis": {**axis, "automargin": True, **more.pop("xaxis", {})},
        "yaxis": {**axis, "automargin": True, **more.pop("yaxis", {})},
        "hovermode": "closest",
        **more,
    }
    return {"data": traces, "layout": layout}
