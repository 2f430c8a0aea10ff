"""The reach map: refugees by host as classes, hubs as circles, flows of one origin as great circles."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.palette import HIDDEN, INK, MARK, NO_DATA, RIM, SEQUENTIAL, ZERO
from dashboard.charts.world import Figure, MapClass, class_map
from dashboard.locales import _
from dashboard.locales.numbers import people
from dashboard.locales.plain import in_chart

# Width of a flow by its share of the origin's refugees: a quarter, a twentieth, the rest.
FLOW_WIDTHS: Sequence[tuple[float, float]] = ((0.25, 6.0), (0.05, 3.5), (0.0, 1.4))  # least share, pixels


def reach_classes(words: Mapping[str, str]) -> list[MapClass]:
    """The classes of the legend: five sizes, then zero, hidden and no data, which are three different things."""
    colors = dict(zip(("below_1k", "from_1k", "from_10k", "from_100k", "from_1m"), SEQUENTIAL, strict=True))
    colors |= {"zero": ZERO, "hidden": HIDDEN, "no_data": NO_DATA}
    return [MapClass(key, label, colors[key]) for key, label in words.items()]


def reach_figure(
    coverage: pd.DataFrame,
    classes: Sequence[MapClass],
    values: Sequence[str],
    hubs: pd.DataFrame,
    flows: pd.DataFrame,
    height: int,
) -> Figure:
    """Refugees hosted as colour, learning hubs as circles, flows of the chosen origin as lines.

    Args:
        coverage: country_iso3, country, size_class, latitude, longitude, has_polygon; one row a country.
        classes: the legend.
        values: words for each row of coverage, empty where there is no number.
        hubs: hub, country, latitude, longitude.
        flows: country, refugees, share_of_origin, is_drawn and the four coordinates; may be empty.
        height: of the map with its legend, in pixels.
    """
    points = coverage[~coverage["has_polygon"] & coverage["latitude"].notna()]
    figure = class_map(coverage, "size_class", classes, values, points, height)
    flows = flows[flows["is_drawn"] & flows["origin_latitude"].notna()]
    words = {
        0.25: _("Flow: a quarter or more"),
        0.05: _("Flow: 5 to 25 %"),
        0.0: _("Smaller flow, up to the 30 largest"),
    }
    more_than = float("inf")
    for least, width in FLOW_WIDTHS:
        rows = flows[(flows["share_of_origin"] >= least) & (flows["share_of_origin"] < more_than)]
        more_than = least
        if len(rows):
            figure["data"].append(
                {
                    "type": "scattergeo",
                    "mode": "lines",
                    "lat": [
                        at
                        for a, b in zip(rows["origin_latitude"], rows["latitude"], strict=True)
                        for at in (a, b, None)
                    ],
                    "lon": [
                        at
                        for a, b in zip(rows["origin_longitude"], rows["longitude"], strict=True)
                        for at in (a, b, None)
                    ],
                    "line": {"color": INK, "width": width},
                    "opacity": 0.75,
                    "hoverinfo": "skip",
                    "name": words[least],
                }
            )
    if len(flows):
        figure["data"].append(
            {
                "type": "scattergeo",
                "mode": "markers",
                "lat": flows["latitude"].tolist(),
                "lon": flows["longitude"].tolist(),
                "text": [f"{in_chart(row.country)}: {people(row.refugees)}" for row in flows.itertuples()],
                "hovertemplate": "%{text}<extra></extra>",
                "unselected": {"marker": {"opacity": 1}},
                "marker": {"size": 5, "color": INK},
                "showlegend": False,
            }
        )
    figure["data"].append(
        {
            "type": "scattergeo",
            "mode": "markers",
            "lat": hubs["latitude"].tolist(),
            "lon": hubs["longitude"].tolist(),
            "text": [
                f"<b>{in_chart(row.hub)}</b><br>{_('Learning hub')}, {in_chart(row.country)}"
                for row in hubs.itertuples()
            ],
            "hovertemplate": "%{text}<extra></extra>",
            "name": _("Learning hubs ({count})").format(count=len(hubs)),
            "customdata": [[code] for code in hubs["country_iso3"]],
            "unselected": {"marker": {"opacity": 1}},
            "marker": {"size": 9, "color": MARK, "line": {"width": 1.2, "color": RIM}},
        }
    )
    return figure
