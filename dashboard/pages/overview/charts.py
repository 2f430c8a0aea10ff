"""Charts that only the overview has: the growth of reach."""

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.lines import band
from dashboard.charts.palette import ACCENT, MARK, RIM
from dashboard.locales import _
from dashboard.locales.numbers import day, people, people_axis


def growth_figure(table: pd.DataFrame, points: pd.DataFrame) -> Figure:
    """Learners reached from month to month with their bounds, and public statements as marked points.

    Args:
        table: month, learners_reached, unique_lower, unique_upper.
        points: on_date, people, as_stated, source.
    """
    table = table.dropna(subset=["unique_upper", "unique_lower", "learners_reached"])
    days = [date.isoformat() for date in table["month"]]
    upper, lower = table["unique_upper"].tolist(), table["unique_lower"].tolist()
    reached = table["learners_reached"].tolist()
    between = band(days, lower, upper, ACCENT, name=_("Between the bounds"))
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": _("Learners reached, linked across partners"),
        "x": days,
        "y": reached,
        "line": {"color": ACCENT, "width": 2.5},
        "customdata": [people(value) for value in reached],
        "hovertemplate": "%{x|%-d %B %Y}<br>%{customdata}<extra></extra>",
    }
    stated = {
        "type": "scatter",
        "mode": "markers",
        "name": _("Stated publicly"),
        "x": [date.isoformat() for date in points["on_date"]],
        "y": points["people"].tolist(),
        "text": [f"{day(row.on_date)}<br>{row.as_stated}<br>{row.source}" for row in points.itertuples()],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"symbol": "diamond", "size": 11, "color": MARK, "line": {"width": 1, "color": RIM}},
    }
    most = max([*upper, *points["people"].tolist(), 1])
    return framed([between, line, stated], 330, yaxis={"rangemode": "tozero", **people_axis(most)})
