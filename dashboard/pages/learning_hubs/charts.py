"""Learning hubs: a pydeck map without tiles whose marks tell the status, sessions by month, what sessions go with."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pydeck as pdk

from dashboard.charts.frame import Figure, framed
from dashboard.charts.palette import ACCENT, NEUTRAL, PARTIAL, SPARE
from dashboard.locales.numbers import decimal, month, whole
from dashboard.locales.plain import in_chart, in_deck

POLYGONS = "/app/static/boundaries/countries_110m.geojson"
LAND, LINE = [200, 209, 218, 255], [255, 255, 255, 255]
MOST_COURSES = 12


@dataclass(frozen=True)
class Mark:
    """How a status is drawn: told apart by size, rim and sign as well as by colour. Pixels and RGBA."""

    fill: list[int]
    rim: list[int]
    radius: int
    rim_width: float
    sign: str


# The first is drawn last, above the others.
MARKS = {
    "active": Mark([11, 108, 184, 235], [255, 255, 255, 255], 8, 1.5, ""),
    "dormant": Mark([229, 160, 47, 255], [92, 61, 0, 255], 6, 2, ""),
    "unknown": Mark([255, 255, 255, 255], [70, 80, 90, 255], 5, 2, ""),
    "closed": Mark([255, 255, 255, 255], [166, 61, 30, 255], 7, 2, "x"),
}
# Shades and patterns in the order of the legend.
FILLS = ((ACCENT, ""), (PARTIAL, "/"), (SPARE, "x"), (NEUTRAL, "."), ("#9a7fd1", "-"))


def hubs_deck(hubs: pd.DataFrame, zoom: float = 0.75) -> pdk.Deck:
    """A deck with one mark a hub.

    Args:
        hubs: hub_id, hub, country, status, status_words, host_words, latitude, longitude.
        zoom: at which the whole world fits.
    """
    columns = ["hub_id", "hub", "country", "status", "status_words", "host_words", "latitude", "longitude"]
    rows = [
        {
            **row,
            "fill": MARKS[row["status"]].fill,
            "rim": MARKS[row["status"]].rim,
            "radius": MARKS[row["status"]].radius,
            "rim_width": MARKS[row["status"]].rim_width,
            "sign": MARKS[row["status"]].sign,
        }
        for status in reversed(list(MARKS))
        for row in hubs[hubs["status"] == status][columns].map(in_deck).to_dict("records")
    ]
    # Without `map_provider=None`, and with any `map_style`, a style would be fetched from another host.
    return pdk.Deck(
        map_provider=None,
        layers=[
            pdk.Layer(
                "GeoJsonLayer", POLYGONS, id="land", stroked=False, filled=True, get_fill_color=LAND, pickable=False
            ),
            pdk.Layer(
                "GeoJsonLayer",
                POLYGONS,
                id="borders",
                stroked=True,
                filled=False,
                get_line_color=LINE,
                line_width_min_pixels=0.6,
            ),
            pdk.Layer(
                "ScatterplotLayer",
                rows,
                id="hubs",
                get_position="[longitude, latitude]",
                get_radius="radius",
                radius_units=pdk.types.String("pixels"),
                stroked=True,
                get_fill_color="fill",
                get_line_color="rim",
                get_line_width="rim_width",
                line_width_units=pdk.types.String("pixels"),
                pickable=True,
                auto_highlight=True,
            ),
            pdk.Layer(
                "TextLayer",
                [row for row in rows if row["sign"]],
                id="signs",
                get_position="[longitude, latitude]",
                get_text="sign",
                get_size=15,
                font_family=pdk.types.String("sans-serif"),
                get_color="rim",
                font_weight=700,
                pickable=False,
            ),
        ],
        initial_view_state=pdk.ViewState(latitude=18, longitude=10, zoom=zoom, min_zoom=-1, max_zoom=6),
        tooltip={"text": "{hub}, {country}\n{status_words}\n{host_words}"},
    )


def sessions_figure(table: pd.DataFrame, words: str, height: int = 280) -> Figure:
    """Bars of sessions by month.

    Args:
        table: month, sessions, hubs, facilitators_per_session.
        words: of a month: {sessions}, {hubs} and {facilitators} are filled in.
        height: in pixels.
    """
    said = [
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
        "customdata": said,
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
                        "fgcolor": "#ffffff",
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
