"""Learning hubs: a map whose marks show the status of each, sessions by month, and sessions by course."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import ACCENT, BORDER, CATEGORIES, CLOSED, INK, ON_STRONG, PARTIAL
from dashboard.charts.world import layout as map_layout
from dashboard.locales.numbers import decimal, month, whole
from dashboard.locales.plain import in_chart

MOST_COURSES = 12


@dataclass(frozen=True)
class Mark:
    """How a status is drawn: distinguished by symbol and size as well as by colour. Size in pixels."""

    symbol: str
    size: int
    color: str
    rim: str


# In the order of the legend; those drawn later lie above the others.
MARKS = {
    "active": Mark("circle", 13, ACCENT, BORDER),
    "dormant": Mark("square", 10, PARTIAL, INK),
    "unknown": Mark("circle-open", 9, INK, INK),
    "closed": Mark("x", 11, CLOSED, BORDER),
}
RING = 24
# Shades and patterns in the order of the legend.
FILLS = tuple(zip(CATEGORIES, ("", "/", "x", "-", "."), strict=False))


def hubs_map(hubs: pd.DataFrame, words: Mapping[str, str], chosen: str | None, height: int) -> Figure:
    """A map with one mark a hub; the legend counts the hubs of each status.

    Args:
        hubs: hub_id, hub, country, status, host, latitude, longitude.
        words: for each status.
        chosen: the hub with a ring around its mark.
        height: in pixels.
    """
    traces = [
        _marks_of(hubs[hubs["status"] == status], status, words[status])
        for status in MARKS
        if (hubs["status"] == status).any()
    ]
    ring = hubs[hubs["hub_id"] == chosen]
    if len(ring):
        traces.append(
            {
                "type": "scattergeo",
                "mode": "markers",
                "lat": ring["latitude"].tolist(),
                "lon": ring["longitude"].tolist(),
                "hoverinfo": "skip",
                "showlegend": False,
                "marker": {"size": RING, "symbol": "circle-open", "color": ACCENT, "line": {"width": 3}},
                "unselected": {"marker": {"opacity": 1}},
            }
        )
    layout = map_layout(height)
    geo = {**layout["geo"], "showcountries": True, "countrycolor": BORDER, "countrywidth": 0.5}
    return {"data": traces, "layout": {**layout, "geo": geo}}


def _marks_of(rows: pd.DataFrame, status: str, words: str) -> Figure:
    mark = MARKS[status]
    return {
        "type": "scattergeo",
        "mode": "markers",
        "lat": rows["latitude"].tolist(),
        "lon": rows["longitude"].tolist(),
        "text": [f"<b>{in_chart(row.hub)}</b>, {in_chart(row.country)}" for row in rows.itertuples()],
        "customdata": rows["hub_id"].tolist(),
        "name": f"{words} ({whole(len(rows))})",
        "hovertemplate": "%{text}<br>" + words + "<extra></extra>",
        "marker": {
            "symbol": mark.symbol,
            "size": mark.size,
            "color": mark.color,
            "line": {"width": 1.5, "color": mark.rim},
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def sessions_figure(table: pd.DataFrame, words: str, height: int = 280) -> Figure:
    """Bars of sessions by month.

    Args:
        table: month, sessions, hubs, facilitators_per_session.
        words: of a month: {sessions}, {hubs} and {facilitators} are filled in.
        height: in pixels.
    """
    hovers = [
        words.format(
            sessions=whole(row.sessions), hubs=whole(row.hubs), facilitators=decimal(row.facilitators_per_session)
        )
        for row in table.itertuples()
    ]
    bars = {
        "type": "bar",
        "x": [date.isoformat() for date in table["month"]],
        "y": table["sessions"].tolist(),
        "text": [month(date) for date in table["month"]],
        "textposition": "none",
        "customdata": hovers,
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
        "marker": {"color": ACCENT},
    }
    return framed([bars], height, showlegend=False, yaxis={"rangemode": "tozero"}, bargap=0.15)


def mix_figure(table: pd.DataFrame, kinds: Mapping[str, str], not_stated: str) -> Figure:
    """Bars of sessions by course, in parts by kind; the courses with most sessions, the first on top.

    Args:
        table: course, kind, sessions, sessions_of_course; the largest course first.
        kinds: words for each kind, in the order of the legend.
        not_stated: words where a session goes with no course.
    """
    courses = list(dict.fromkeys(table["course"]))[:MOST_COURSES]
    labels = {course: in_chart(not_stated if course == "not stated" else course) for course in courses}
    traces = []
    for (kind, words), (color, pattern) in zip(kinds.items(), FILLS, strict=True):
        rows = table[(table["kind"] == kind) & table["course"].isin(courses)]
        if rows.empty:
            continue
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": words,
                "y": [labels[course] for course in rows["course"]],
                "x": rows["sessions"].tolist(),
                "marker": {
                    "color": color,
                    "pattern": {
                        "shape": pattern,
                        "fillmode": "overlay",
                        "size": 7,
                        "solidity": 0.2,
                        "fgcolor": ON_STRONG,
                    },
                },
                "hovertemplate": "%{y}<br>%{x}<extra>" + words + "</extra>",
            }
        )
    return framed(
        traces,
        120 + 26 * len(courses),
        barmode="stack",
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 14},
            "traceorder": "normal",
        },
        xaxis={"rangemode": "tozero"},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "categoryorder": "array",
            "categoryarray": [labels[course] for course in courses],
        },
    )
