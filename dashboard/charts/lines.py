"""Lines: the colours by which curves are told apart, and bands around them."""

from collections.abc import Sequence
from typing import Any

# Six curves a reader can tell apart on light and on dark, by dash as well as by hue.
CURVES = (
    ("#2f7fd1", "solid"),
    ("#e08a00", "solid"),
    ("#1f9e8f", "dash"),
    ("#c0504d", "dash"),
    ("#7b9e3f", "dot"),
    ("#9a7fd1", "dot"),
)


def band(at: Sequence[Any], low: Sequence[float], high: Sequence[float], color: str, **more: Any) -> dict[str, Any]:
    """The pale area between two lines, which says nothing on hovering."""
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
