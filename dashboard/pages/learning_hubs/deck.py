"""The map of hubs that zooms to a city's surroundings: a pydeck map without tiles, drawn when a reader opens it."""

from dataclasses import dataclass

import pandas as pd
import pydeck as pdk

from dashboard.locales.plain import in_deck

POLYGONS = "/app/static/boundaries/countries_110m.geojson"
LAND, LINE = [200, 209, 218, 255], [255, 255, 255, 255]


@dataclass(frozen=True)
class Mark:
    """How a status is drawn: distinguished by size, rim and sign as well as by colour. Pixels and RGBA."""

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
