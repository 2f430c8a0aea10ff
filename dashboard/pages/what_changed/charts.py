"""Chart of what changed between two releases: a waterfall from the old figure to the new one."""

from collections.abc import Sequence

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import ACCENT, NEUTRAL, SEQUENTIAL
from dashboard.locales.plain import in_chart

# Below this share of the larger figure, steps would be hairlines on an axis that begins at zero.
SMALL = 0.15
MARGIN = 0.25
# Pixels right of the axis, into which words of the longest bar may go where the page is narrow.
RIGHT = 40


def waterfall_figure(labels: Sequence[str], values: Sequence[int], texts: Sequence[str]) -> Figure:
    """Bars from the first value over signed steps to the last value, each with its words.

    Where the steps are small the axis begins close to the figures instead of at zero; `begins_at` states where.
    """
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "y": [in_chart(label) for label in labels],
        "x": list(values),
        "measure": ["absolute", *["relative"] * (len(values) - 2), "absolute"],
        "text": [in_chart(text) for text in texts],
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"size": 14},
        "cliponaxis": False,
        "showlegend": False,
        "increasing": {"marker": {"color": ACCENT}},
        "decreasing": {"marker": {"color": SEQUENTIAL[1]}},
        "totals": {"marker": {"color": NEUTRAL}},
        "connector": {"mode": "between", "line": {"color": NEUTRAL, "width": 1, "dash": "dot"}},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    low, high = begins_at(values), max(_levels(values))
    room = max((high - low) * (0.06 + 0.025 * max(map(len, texts))), 1)
    return framed(
        [trace],
        40 + 36 * len(labels),
        margin={"l": 8, "r": RIGHT, "t": 8, "b": 8},
        xaxis={"range": [low, high + room], "showgrid": False, "showticklabels": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )


def begins_at(values: Sequence[int]) -> int:
    """Where the axis begins: at zero, or where steps can be seen when they are small beside the figures."""
    levels = _levels(values)
    low, high = min(levels), max(levels)
    if low <= 0:
        return low
    return max(0, int(low - (high - low) * MARGIN)) if 0 < high - low < SMALL * high else 0


def _levels(values: Sequence[int]) -> list[int]:
    """The heights between which bars go."""
    levels = [values[0]]
    for value in values[1:-1]:
        levels.append(levels[-1] + value)
    return [*levels, values[-1]]
