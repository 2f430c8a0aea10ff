"""Charts that only the programmes page has: the catalogue by domain."""

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import ACCENT, SEQUENTIAL
from dashboard.locales import _
from dashboard.locales.numbers import whole
from dashboard.locales.plain import in_chart


def domains_figure(table: pd.DataFrame) -> Figure:
    """Bars of courses and of guided projects, a pair for each domain.

    Args:
        table: domain, courses, guided_projects.
    """
    rows = table[::-1]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": [in_chart(domain) for domain in rows["domain"]],
            "x": rows[column].tolist(),
            "marker": {"color": color},
            "text": [whole(v) for v in rows[column]],
            "textposition": "outside",
            "cliponaxis": False,
            "hovertemplate": "%{y}: %{text}<extra>" + name + "</extra>",
        }
        for column, name, color in (
            ("guided_projects", _("Guided projects"), SEQUENTIAL[1]),
            ("courses", _("Courses"), ACCENT),
        )
    ]
    return framed(
        traces,
        110 + 40 * len(rows),
        barmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "reversed"},
    )
