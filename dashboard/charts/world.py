"""World maps drawn by plotly from the project's own polygons: classes as areas, small states as points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts.palette import BORDER, NO_DATA

Figure = dict[str, Any]

# Where the browser finds the polygons: plotly asks for <this>/world_110m.json, whatever the figure.
CONFIG: Mapping[str, Any] = {
    "topojsonURL": "/app/static/boundaries/",
    "displayModeBar": False,
    "scrollZoom": False,
    "plotlyServerURL": "",
}
POINT_SIZE = 7
HEIGHT = 470


@dataclass(frozen=True)
class MapClass:
    """One legend entry: which rows belong to it, its words and its colour."""

    key: str
    label: str
    color: str


def class_map(
    table: pd.DataFrame, class_column: str, classes: Sequence[MapClass], hover: Sequence[str], points: pd.DataFrame
) -> Figure:
    """A map on which every country has the colour of its class; the legend counts the countries of each.

    Args:
        table: one row a country, with country_iso3 and the class column.
        class_column: names the class of each row.
        classes: in the order of the legend; a class without rows keeps its entry with 0.
        hover: the words shown at each row, in the order of the table.
        points: country_iso3, latitude, longitude of the countries too small for the polygons.
    """
    places = points.set_index("country_iso3")
    words = pd.Series(list(hover), index=table.index)
    traces: list[dict[str, Any]] = []
    for entry in classes:
        rows = table[table[class_column] == entry.key]
        name = f"{entry.label} ({len(rows)})"
        traces.append(_area(rows["country_iso3"].tolist(), words[rows.index].tolist(), name, entry))
        small = rows[rows["country_iso3"].isin(places.index)]
        if len(small):
            at = places.loc[small["country_iso3"]]
            traces.append(
                {
                    "type": "scattergeo",
                    "lat": at["latitude"].tolist(),
                    "lon": at["longitude"].tolist(),
                    "text": words[small.index].tolist(),
                    "customdata": small["country_iso3"].tolist(),
                    "hovertemplate": "%{text}<extra></extra>",
                    "legendgroup": entry.key,
                    "showlegend": False,
                    "marker": {"size": POINT_SIZE, "color": entry.color, "line": {"width": 1, "color": "#5c6873"}},
                }
            )
    return {"data": traces, "layout": layout()}


def layout(height: int = HEIGHT) -> dict[str, Any]:
    """The frame all world maps share: natural earth, no crop to the data, the legend below."""
    return {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "x": 0, "y": -0.01, "yanchor": "top", "itemsizing": "constant", "font": {"size": 14}},
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
        "hoverlabel": {"align": "left"},
        "uirevision": "world",
    }


def _area(codes: list[str], words: list[str], name: str, entry: MapClass) -> dict[str, Any]:
    # A class without countries still needs one location for its legend entry; no polygon has the code.
    return {
        "type": "choropleth",
        "locations": codes or ["ZZZ"],
        "z": [1] * (len(codes) or 1),
        "text": words or [""],
        "hovertemplate": "%{text}<extra></extra>",
        "colorscale": [[0, entry.color], [1, entry.color]],
        "showscale": False,
        "showlegend": True,
        "name": name,
        "legendgroup": entry.key,
        "marker": {"line": {"color": BORDER, "width": 0.4}},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
