"""Maps of learners: rates as colour, counts as circles, flows as lines, agreements of universities."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.frame import Figure, in_lines
from dashboard.charts.kept import kept
from dashboard.charts.palette import HIDDEN, INK, MARK, NO_DATA, NO_RATE, RATE_UNKNOWN, RIM, SEQUENTIAL
from dashboard.charts.world import HEIGHT, MapClass, class_map
from dashboard.locales import _, plural
from dashboard.locales.numbers import decimal, is_missing, whole
from dashboard.locales.plain import in_chart

LARGEST_CIRCLE = 26
MOST_CIRCLES = 20  # more would hide the colours below them and state nothing that the table does not


@kept
def learners_map(
    table: pd.DataFrame,
    classes: Sequence[MapClass],
    flows: pd.DataFrame,
    height: int,
    size: str = "learners",
    circles: str = "",
) -> Figure:
    """Rates as colour, counts as circles whose area is the count, flows as lines between two points.

    Args:
        table: country_iso3, country, rate_class, learners, learners_per_1000_refugees, latitude, longitude and
            has_polygon.
        classes: the legend.
        flows: origin_latitude, origin_longitude, latitude, longitude, learners, origin, country; may be empty.
        height: of the map with its legend, in pixels.
        size: column of the circles.
        circles: words for the circles.
    """
    # Columns that no point needs are not copied with its row.
    needed = table[["country_iso3", "country", "has_polygon", "latitude", "longitude", size]]
    points = needed[~needed["has_polygon"] & needed["latitude"].notna()]
    notes = [
        "<br>".join(
            [
                _("{learners} learners").format(learners=whole(n)),
                *([] if is_missing(rate) else [_("{rate} per 1,000 refugees").format(rate=decimal(rate))]),
            ]
        )
        for n, rate in zip(table["learners"].tolist(), table["learners_per_1000_refugees"].tolist(), strict=True)
    ]
    figure = class_map(table, "rate_class", classes, notes, points, height)
    rows = needed[(needed[size] > 0) & needed["latitude"].notna()].nlargest(MOST_CIRCLES, size)
    words = circles or plural(
        "Most learners, by the area of the circle",
        "The {count} with most learners, by the area of the circle",
        len(rows),
    ).format(count=len(rows))
    figure["data"].append(circles_trace(rows, size, words, height))
    if len(flows):
        most = flows["learners"].max()
        figure["data"] += [
            {
                "type": "scattergeo",
                "mode": "lines",
                "lat": [row.origin_latitude, row.latitude],
                "lon": [row.origin_longitude, row.longitude],
                "line": {"color": INK, "width": 0.8 + 5 * row.learners / most},
                "opacity": 0.9,
                "hoverinfo": "skip",
                "showlegend": bool(at == 0),
                "name": _("Largest flows of learners"),
                "legendgroup": "flows",
            }
            for at, row in enumerate(flows.itertuples())
        ]
    return figure


def circles_trace(rows: pd.DataFrame, size: str, words: str, height: int, unit: str = "") -> Figure:
    """Circles on a map whose area is the number in a column; the legend shows what they are, a hover the count.

    `unit` is a message with the count in it; without it they are learners.
    """
    most, largest = max([*rows[size].dropna().tolist(), 1]), LARGEST_CIRCLE if height >= HEIGHT else LARGEST_CIRCLE / 2
    return {
        "type": "scattergeo",
        "mode": "markers",
        "lat": rows["latitude"].tolist(),
        "lon": rows["longitude"].tolist(),
        "text": [in_chart(country) for country in rows["country"]],
        "customdata": [
            [code, unit.format(count=whole(n))] for code, n in zip(rows["country_iso3"], rows[size], strict=True)
        ],
        "hovertemplate": "<b>%{text}</b><br>%{customdata[1]}<extra></extra>",
        "name": in_lines(in_chart(words)),
        "selected": {"marker": {"opacity": 0.75}},
        "unselected": {"marker": {"opacity": 0.75}},
        "marker": {
            "size": [max(3.0, largest * (n / most) ** 0.5) for n in rows[size]],
            "sizemode": "diameter",
            "opacity": 0.75,
            "color": MARK,
            "line": {"width": 1, "color": RIM},
        },
    }


def rate_classes(words: Mapping[str, str]) -> list[MapClass]:
    """The classes of the map of rates, in the order of the words."""
    colors = {
        "from_20": SEQUENTIAL[4],
        "from_5": SEQUENTIAL[3],
        "from_1": SEQUENTIAL[2],
        "below_1": SEQUENTIAL[1],
        "some": SEQUENTIAL[1],
        "few_refugees": NO_RATE,
        "no_data": RATE_UNKNOWN,
        "none": NO_DATA,
        "hidden": HIDDEN,
    }
    return [MapClass(key, label, colors[key]) for key, label in words.items()]


def agreements_map(table: pd.DataFrame, height: int) -> Figure:
    """Countries with agreements as areas, the number of universities as circles.

    Args:
        table: country_iso3, country, universities, recognised, latitude, longitude.
        height: of the map with its legend, in pixels.
    """
    rows = table.assign(kind="signed")
    notes = [
        _("{universities} universities, {recognised} requests recognised").format(
            universities=whole(row.universities), recognised=whole(row.recognised)
        )
        for row in rows.itertuples()
    ]
    classes = [MapClass("signed", _("Countries with an agreement"), SEQUENTIAL[1])]
    figure = class_map(rows, "kind", classes, notes, rows.head(0), height, rest=_("No agreement"))
    figure["data"].append(
        circles_trace(
            rows, "universities", _("Universities, by the area of the circle"), height, _("{count} universities")
        )
    )
    return figure
