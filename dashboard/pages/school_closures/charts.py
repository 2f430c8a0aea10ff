"""Charts of school closures: levels, the course of time, weeks, the Oxford tracker."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import (
    ACCENT,
    CLOSED,
    FEMALE,
    INK,
    MALE,
    MARK,
    NEUTRAL,
    NO_DATA,
    ON_STRONG,
    PARTIAL,
    RIM,
)
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, people, people_axis


def levels_figure(table: pd.DataFrame, both_sexes: pd.DataFrame, labels: Mapping[str, str]) -> Figure:
    """Bars of affected learners for each level, by sex; a pale bar behind shows all who are enrolled.

    Args:
        table: level, sex, learners_affected.
        both_sexes: level, learners_total.
        labels: words for each level, in the order of the chart.
    """
    order = [level for level in list(labels)[::-1] if level in set(table["level"])]
    cells = {
        (level, sex): 0 if is_missing(affected) else int(affected)
        for level, sex, affected in zip(table["level"], table["sex"], table["learners_affected"], strict=True)
    }
    enrolled_of = dict(zip(both_sexes["level"], both_sexes["learners_total"], strict=True))
    totals = [int(enrolled_of[level]) for level in order]
    enrolled = {
        "type": "bar",
        "orientation": "h",
        "name": _("All learners enrolled"),
        "y": [labels[level] for level in order],
        "x": totals,
        "marker": {"color": NO_DATA},
        "hovertemplate": "%{customdata}<extra></extra>",
        "customdata": [people(total) for total in totals],
        "width": 0.78,
        "offset": -0.39,
    }
    traces = [enrolled]
    base = [0] * len(order)
    for sex, name, color, ink in (
        ("female", _("Girls and women"), FEMALE, ON_STRONG),
        ("male", _("Boys and men"), MALE, INK),
    ):
        values = [cells.get((level, sex), 0) for level in order]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": [labels[level] for level in order],
                "x": values,
                "base": list(base),
                "marker": {"color": color},
                "text": [people(value) if value else "" for value in values],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": ink},
                "hovertemplate": "%{text}<extra>" + name + "</extra>",
                "width": 0.5,
                "offset": -0.25,
            }
        )
        base = [before + value for before, value in zip(base, values, strict=True)]
    return framed(
        traces,
        300,
        barmode="overlay",
        uniformtext={"mode": "hide", "minsize": 11},
        xaxis={"rangemode": "tozero", **people_axis(max(totals, default=None))},
    )


def time_figure(table: pd.DataFrame, column: str, points: pd.DataFrame, name: str) -> Figure:
    """Affected learners from day to day; planned days are dashed, published figures are marked points.

    Args:
        table: on_date, is_planned and the column drawn.
        column: closed, weighted or disrupted.
        points: on_date, publisher, learners_affected, share_affected, as_stated.
        name: words for the line.
    """
    observed, planned = table[~table["is_planned"]], table[table["is_planned"]]
    traces = [_line(observed, column, name, "solid")]
    if len(planned):
        traces.append(_line(pd.concat([observed.tail(1), planned]), column, _("Planned when captured"), "dot"))
    within = points[(points["on_date"] >= table["on_date"].min()) & (points["on_date"] <= table["on_date"].max())]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": _("Published at the time"),
            "x": [date.isoformat() for date in within["on_date"]],
            "y": within["learners_affected"].tolist(),
            "text": [f"{row.publisher}, {day(row.on_date)}<br>{row.as_stated}" for row in within.itertuples()],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"symbol": "diamond", "size": 10, "color": MARK, "line": {"width": 1, "color": RIM}},
        }
    )
    return framed(traces, 360, yaxis={"rangemode": "tozero", **people_axis(table[column].max())})


def _line(table: pd.DataFrame, column: str, name: str, dash: str) -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [date.isoformat() for date in table["on_date"]],
        "y": table[column].tolist(),
        "line": {"color": CLOSED, "width": 2.5, "dash": dash},
        "customdata": [people(value) for value in table[column]],
        "hovertemplate": "%{x|%-d %B %Y}<br>%{customdata}<extra></extra>",
    }


def weeks_figure(table: pd.DataFrame) -> Figure:
    """Bars of the mean weeks a learner's school was closed and partially open, for each sub-region.

    Args:
        table: sub_region, countries, weeks_closed_per_learner, weeks_partial_per_learner.
    """
    rows = table[table["weeks_closed_per_learner"].notna()][::-1]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": rows["sub_region"].tolist(),
            "x": rows[column].tolist(),
            "marker": {"color": color},
            "hovertemplate": _("{place}: {weeks} weeks").format(place="%{y}", weeks="%{x:.1f}")
            + "<extra>"
            + name
            + "</extra>",
        }
        for column, name, color in (
            ("weeks_closed_per_learner", _("Closed country-wide"), CLOSED),
            ("weeks_partial_per_learner", _("Partially open"), PARTIAL),
        )
    ]
    height = 120 + 26 * len(rows)
    return framed(
        traces,
        height,
        barmode="stack",
        xaxis={"title": {"text": _("Weeks, weighted by learners")}},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    )


def oxford_figure(table: pd.DataFrame, unesco: pd.DataFrame) -> Figure:
    """Countries by the Oxford tracker's scale by day, with UNESCO's country-wide closures as a line of its own.

    Args:
        table: on_date, countries_required_all, countries_required_some.
        unesco: on_date, is_planned, countries_closed.
    """
    seen = unesco[~unesco["is_planned"]]
    lines: Sequence[tuple[pd.DataFrame, str, str, str, str]] = (
        (table, "countries_required_all", _("Oxford: closing required at all levels"), ACCENT, "solid"),
        (table, "countries_required_some", _("Oxford: required at some levels"), PARTIAL, "dash"),
        (seen, "countries_closed", _("UNESCO: closed country-wide"), CLOSED, "solid"),
    )
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [date.isoformat() for date in rows["on_date"]],
            "y": rows[column].tolist(),
            "line": {"color": color, "width": 2, "dash": dash},
            "hovertemplate": "%{x|%-d %B %Y}: %{y}<extra>" + name + "</extra>",
        }
        for rows, column, name, color, dash in lines
    ]
    return framed(traces, 320, yaxis={"title": {"text": _("Countries")}, "rangemode": "tozero"})


def compare_figure(table: pd.DataFrame, labels: Mapping[str, str], before: str, after: str) -> Figure:
    """Two bars for each status: countries on one day and on the other.

    Args:
        table: status, countries_on_other_date, countries_on_date.
        labels: words for each status.
        before: words for the other day.
        after: words for the day.
    """
    statuses = [labels[status] for status in table["status"]]
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": statuses,
            "y": table[column].tolist(),
            "text": table[column].tolist(),
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": color},
            "hovertemplate": "%{x}: %{y}<extra>" + name + "</extra>",
        }
        for column, name, color in (("countries_on_other_date", before, NEUTRAL), ("countries_on_date", after, ACCENT))
    ]
    return framed(traces, 300, barmode="group", yaxis={"title": {"text": _("Countries")}, "rangemode": "tozero"})
