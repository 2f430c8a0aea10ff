"""Learning hubs on a pydeck map without tiles: the project's polygons below, a circle a hub."""

import pandas as pd
import pydeck as pdk

from dashboard.locales.plain import in_deck

POLYGONS = "/app/static/boundaries/countries_110m.geojson"
LAND, LINE, HUB, RIM = [200, 209, 218, 255], [255, 255, 255, 255], [11, 108, 184, 220], [255, 255, 255, 255]


def hubs_deck(hubs: pd.DataFrame, zoom: float = 0.75) -> pdk.Deck:
    """A deck with one circle a hub.

    Args:
        hubs: hub, country, host_words, latitude, longitude.
        zoom: at which the whole world fits.
    """
    columns = ["hub_id", "hub", "country", "host_words", "latitude", "longitude"]
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
                hubs[columns].map(in_deck).to_dict("records"),
                id="hubs",
                get_position="[longitude, latitude]",
                get_radius=6,
                radius_units=pdk.types.String("pixels"),
                stroked=True,
                get_fill_color=HUB,
                get_line_color=RIM,
                line_width_min_pixels=1.5,
                pickable=True,
                auto_highlight=True,
            ),
        ],
        initial_view_state=pdk.ViewState(latitude=18, longitude=10, zoom=zoom, min_zoom=-1, max_zoom=6),
        tooltip={"text": "{hub}, {country}\n{host_words}"},
    )
