"""The map of learners as a usual developer draws it, with plotly.express, for the peers that draw by plotly."""

from typing import Any

import pandas as pd
import plotly.express as px

MOST_CIRCLES = 20
# plotly asks for the outlines of countries here, and else of another host.
CONFIG = {"topojsonURL": "/app/static/boundaries/", "displaylogo": False}
COLOURS = {
    "20 or more per 1,000 refugees": "#0b3f7d",
    "5 to 20": "#1f66ab",
    "1 to 5": "#4f94cd",
    "Fewer than 1": "#93bfe3",
    "Fewer than 500 refugees: no rate": "#dfe8d8",
    "Refugees not known": "#d9d2e4",
    "No learner known": "#c3cad1",
}


def learners_map(rows: pd.DataFrame) -> Any:
    """Areas by the class of their rate, and circles for the countries with most learners."""
    figure = px.choropleth(
        rows,
        locations="country_iso3",
        color="rate",
        color_discrete_map=COLOURS,
        category_orders={"rate": list(COLOURS)},
        hover_name="country",
        hover_data=["learners", "learners_per_1000_refugees"],
        projection="natural earth",
    )
    most = rows[rows["learners"] > 0].nlargest(MOST_CIRCLES, "learners")
    circles = px.scatter_geo(most, lat="latitude", lon="longitude", size="learners", hover_name="country", size_max=26)
    figure.add_traces(circles.data)
    figure.update_geos(fitbounds=False, lataxis_range=[-57, 84])
    figure.update_layout(height=450, margin={"l": 0, "r": 0, "t": 0, "b": 0}, legend={"orientation": "h"})
    return figure
