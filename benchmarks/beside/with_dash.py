"""The overview's map, number and filter in Dash, as its documentation has them; gunicorn serves `server`."""

import os
from pathlib import Path

import pandas as pd
from dash import Dash, Input, Output, dcc, html
from flask import Response, send_from_directory
from world_map import CONFIG, learners_map

CONTENT = Path(os.environ["PEER_CONTENT"])
LEARNERS, REACH = pd.read_parquet(CONTENT / "learners.parquet"), pd.read_parquet(CONTENT / "reach.parquet")
PROGRAMMES = REACH["programme"].tolist()

app = Dash(__name__, serve_locally=True)
server = app.server
app.layout = html.Div(
    [
        dcc.Dropdown(PROGRAMMES, PROGRAMMES[0], id="programme", clearable=False),
        html.H1(id="headline"),
        dcc.Graph(id="map", config=CONFIG),
    ]
)


@app.callback(Output("headline", "children"), Output("map", "figure"), Input("programme", "value"))
def draw(programme: str) -> tuple[str, object]:
    """The sentence and the map of a programme."""
    reach = REACH[REACH["programme"] == programme].iloc[0]
    sentence = f"{reach['learners_reached']:,} learners reached by {reach['on_date']}"
    return sentence, learners_map(LEARNERS[LEARNERS["programme"] == programme])


@server.route("/app/static/boundaries/<name>")
def boundaries(name: str) -> Response:
    """The outlines of countries."""
    return send_from_directory(CONTENT / "boundaries", name)
