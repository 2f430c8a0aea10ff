"""World maps drawn by plotly from the project's own polygons: classes as areas, small states as points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts.palette import ACCENT, BORDER, NEUTRAL, NO_DATA, POINT_RIM
from dashboard.locales.plain import in_chart

Figure = dict[str, Any]

# Where the browser finds the polygons: plotly asks for <this>/world_110m.json, whatever the figure.
CONFIG: Mapping[str, Any] = {
    "topojsonURL": "/app/static/boundaries/",
    "displayModeBar": False,
    "scrollZoom": False,
    "plotlyServerURL": "",
}
# A map's own buttons, in sight: closer, farther, back. Neither wheel nor touch zooms, so that a page can be scrolled.
MAP_CONFIG: Mapping[str, Any] = {
    **CONFIG,
    "displayModeBar": True,
    "displaylogo": False,
    "modeBarButtons": [["zoomInGeo", "zoomOutGeo", "resetGeo"]],
}
POINT_SIZE = 7
# Classes of countries of which there is nothing to state: their small states are no dots in the ocean.
QUIET = frozenset({"none", "no_data", "zero", "open"})
HEIGHT, HEIGHT_BESIDE_CARD, HEIGHT_ON_PHONE, HEIGHT_ON_PHONE_LONG_LEGEND = 450, 410, 270, 400


@dataclass(frozen=True)
class MapClass:
    """One legend entry: which rows belong to it, its words and its colour."""

    key: str
    label: str
    color: str


def class_map(
    table: pd.DataFrame,
    class_column: str,
    classes: Sequence[MapClass],
    values: Sequence[str],
    points: pd.DataFrame,
    height: int = HEIGHT,
    rest: str = "",
) -> Figure:
    """A map on which every country has the colour of its class; the legend counts the countries of each.

    Args:
        table: one row a country, with country_iso3, country and the class column.
        class_column: names the class of each row.
        classes: in the order of the legend; a class without rows keeps its entry with 0.
        values: what is shown at each country beside its name and class, in the order of the table; may be empty words.
        points: country_iso3, latitude, longitude of the countries too small for the polygons; of the classes about
            which there is nothing to state they are not drawn.
        height: of the map with its legend, in pixels.
        rest: words for the countries that are in no row; they are drawn as land without data.
    """
    # Lists, since a column of words makes each of them anew when it is walked.
    columns = (points[name].tolist() for name in ("country_iso3", "latitude", "longitude"))
    positions = {code: at for code, *at in zip(*columns, strict=True)}
    members: dict[str, list[tuple[str, str, str]]] = {entry.key: [] for entry in classes}
    columns = (table[name].tolist() for name in (class_column, "country_iso3", "country"))
    for key, code, country, value in zip(*columns, values, strict=True):
        members[key].append((code, country, value))
    traces: list[dict[str, Any]] = []
    for entry in classes:
        rows = members[entry.key]
        traces.append(_area(rows, f"{entry.label} ({len(rows)})", entry))
        if small := [row for row in rows if row[0] in positions and entry.key not in QUIET]:
            traces.append(_points(small, [positions[code] for code, _, _ in small], entry))
    if rest:
        traces.append(_area([], rest, MapClass("rest", rest, NO_DATA)))
    return {"data": traces, "layout": layout(height)}


def clicked_country(point: Mapping[str, Any]) -> str | None:
    """The code of the country a reader clicked: an area names it as its location, a point as its first datum."""
    if point.get("location"):  # a point states that it has none
        return point["location"]
    datum = point.get("customdata")
    return datum[0] if isinstance(datum, list | tuple) and datum and isinstance(datum[0], str) else None


def layout(height: int) -> dict[str, Any]:
    """The frame all world maps share: natural earth, no crop to the data, the legend below."""
    return {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -0.01,
            "yanchor": "top",
            "itemsizing": "trace",
            "maxheight": 0.7,  # on a narrow page each entry has its own line, and none of them may need scrolling
            "font": {"size": 14},
        },
        "geo": {
            "projection": {"type": "natural earth"},
            "fitbounds": False,
            "resolution": 110,
            "lataxis": {"range": [-57, 84]},
            "showframe": False,
            "showcoastlines": False,
            "showland": True,
            "landcolor": NO_DATA,
            "showcountries": False,
            "showlakes": False,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": NEUTRAL, "activecolor": ACCENT, "orientation": "v"},
        "dragmode": False,
        "hoverlabel": {"align": "left"},
        "hoverdistance": 6,  # pixels: a circle must not take the click that was meant for its neighbour
        "uirevision": "world",
    }


def _hover(entry: MapClass, value: str) -> str:
    return f"<b>%{{text}}</b><br>{entry.label}<br>{value}<extra></extra>"


def _area(rows: list[tuple[str, str, str]], name: str, entry: MapClass) -> dict[str, Any]:
    # A class without countries still needs one location for its legend entry; no polygon has the code.
    rows = rows or [("ZZZ", "", "")]
    return {
        "type": "choropleth",
        "locations": [code for code, _, _ in rows],
        "z": [1] * len(rows),
        "text": [in_chart(country) for _, country, _ in rows],
        "customdata": [value for _, _, value in rows],
        "hovertemplate": _hover(entry, "%{customdata}"),
        "colorscale": [[0, entry.color], [1, entry.color]],
        "showscale": False,
        "showlegend": True,
        "name": name,
        "legendgroup": entry.key,
        "marker": {"line": {"color": BORDER, "width": 0.4}},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def _points(rows: list[tuple[str, str, str]], positions: list[list[float]], entry: MapClass) -> dict[str, Any]:
    return {
        "type": "scattergeo",
        "lat": [latitude for latitude, _ in positions],
        "lon": [longitude for _, longitude in positions],
        "text": [in_chart(country) for _, country, _ in rows],
        "customdata": [[code, value] for code, _, value in rows],
        "hovertemplate": _hover(entry, "%{customdata[1]}"),
        "legendgroup": entry.key,
        "showlegend": False,
        "marker": {"size": POINT_SIZE, "color": entry.color, "line": {"width": 1, "color": POINT_RIM}},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
