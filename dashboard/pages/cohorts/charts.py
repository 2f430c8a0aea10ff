"""Charts that only the cohorts page has: incidence from day to day, and retention from week to week."""

from collections.abc import Sequence

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.intervals import PERCENT
from dashboard.charts.lines import CURVES, band
from dashboard.charts.palette import SEQUENTIAL
from dashboard.locales import _
from dashboard.locales.numbers import between, month, share, whole
from dashboard.locales.plain import in_chart


def incidence_figure(curves: Sequence[tuple[str, pd.DataFrame]], column: str, horizon: int) -> Figure:
    """Cumulative incidence from day to day with 95 % bands, one curve a cohort.

    Args:
        curves: words and table of each cohort: day, at_risk, ci_low, ci_high and the column.
        column: shares of 0 to 1.
        horizon: last day drawn.
    """
    traces = []
    for number, (words, table) in enumerate(curves):
        name = in_chart(words)
        color, dash = CURVES[number % len(CURVES)]
        rows = table[table["day"] <= horizon]
        days = rows["day"].tolist()
        traces.append(
            band(
                _step_ends(days[1:], days[:-1]),
                _step_values(rows["ci_low"].tolist()),
                _step_values(rows["ci_high"].tolist()),
                color,
                showlegend=False,
                legendgroup=name,
            )
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "legendgroup": name,
                "x": days,
                "y": rows[column].tolist(),
                "line": {"color": color, "dash": dash, "width": 2.3, "shape": "hv"},
                "customdata": [
                    _("{share} of course runs ({interval}), {count} observed").format(
                        share=share(s), interval=between(low, high), count=whole(n)
                    )
                    for s, low, high, n in zip(
                        rows[column], rows["ci_low"], rows["ci_high"], rows["at_risk"], strict=True
                    )
                ],
                "hovertemplate": "".join(
                    [_("Day {day}: {words}").format(day="%{x}", words="%{customdata}"), f"<extra>{name}</extra>"]
                ),
            }
        )
    return framed(
        traces, 400, yaxis={**PERCENT}, xaxis={"title": {"text": _("Days since enrolment")}, "range": [0, horizon]}
    )


def retention_figure(table: pd.DataFrame) -> Figure:
    """A grid: month of the start down, weeks since to the right, colour the share still learning.

    Args:
        table: cohort_month, week, learners, learning_later, share_retained.
    """
    months = sorted(table["cohort_month"].unique())
    weeks = list(range(int(table["week"].max()) + 1))
    cell = {(row.cohort_month, int(row.week)): row for row in table.itertuples()}
    grid = [[cell[m, w].share_retained if (m, w) in cell else None for w in weeks] for m in months]
    notes = [
        [f"{whole(cell[m, w].learning_later)} / {whole(cell[m, w].learners)}" if (m, w) in cell else "" for w in weeks]
        for m in months
    ]
    trace = {
        "type": "heatmap",
        "x": weeks,
        "y": [month(m) for m in months],
        "z": grid,
        "customdata": notes,
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[n / 4, color] for n, color in enumerate(SEQUENTIAL)],
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "colorbar": {"tickformat": ".0%", "thickness": 12, "len": 0.9},
        "hovertemplate": _("{month}, week {week}: {share} ({counts})").format(
            month="%{y}", week="%{x}", share="%{z:.0%}", counts="%{customdata}"
        )
        + "<extra></extra>",
    }
    return framed(
        [trace],
        110 + 19 * len(months),
        xaxis={"title": {"text": _("Weeks since the start")}, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )


def _step_ends(ends: Sequence[float], begins: Sequence[float]) -> list[float]:
    """Both ends of each step, from left to right."""
    return [day for pair in zip(begins, ends, strict=True) for day in pair]


def _step_values(values: Sequence[float]) -> list[float]:
    """The value that holds from each day to the next, at both ends of the step."""
    return [value for value in values[:-1] for _end in range(2)]
