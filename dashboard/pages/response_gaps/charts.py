"""Charts of gaps in the response: who of those affected has no live free offer, by place, level, technology and day."""

from collections.abc import Sequence

import pandas as pd

from dashboard.charts.frame import Figure, framed, row_label
from dashboard.charts.lines import pale
from dashboard.charts.palette import CLOSED, NEUTRAL, NO_DATA, OPEN, PARTIAL
from dashboard.charts.world import MapClass, class_map
from dashboard.locales import _
from dashboard.locales.numbers import people, people_axis, share


def gaps_map(table: pd.DataFrame, points: pd.DataFrame, height: int) -> Figure:
    """Closed countries by how much of their learners no live free offer serves.

    Args:
        table: country_iso3, country, learners_affected, learners_unserved, live_offers.
        points: country_iso3, latitude, longitude of countries too small for the polygons.
        height: in pixels.
    """
    values = [
        _("{unserved} of {affected} learners without a live free offer; live offers: {offers}").format(
            unserved=people(row.learners_unserved), affected=people(row.learners_affected), offers=row.live_offers
        )
        for row in table.itertuples()
    ]
    rest = _("Not closed country-wide, or no data")
    return class_map(classed(table), "served", served_classes(), values, points, height, rest=rest)


def served_classes() -> list[MapClass]:
    """The classes of the map of gaps."""
    return [
        MapClass("none", _("No level served"), CLOSED),
        MapClass("some", _("Some levels served"), PARTIAL),
        MapClass("all", _("Every level served"), OPEN),
    ]


def classed(table: pd.DataFrame) -> pd.DataFrame:
    """The countries with their class, as `served`."""
    return table.assign(served=[_class(row.learners_unserved, row.learners_affected) for row in table.itertuples()])


def _class(unserved: int, affected: int) -> str:
    if not unserved:
        return "all"
    return "none" if unserved == affected else "some"


def unserved_figure(labels: Sequence[str], affected: Sequence[int], unserved: Sequence[int]) -> Figure:
    """Bars of learners affected, pale, with those that no live free offer serves before them and below their label."""
    texts = [f"{people(n)} ({share(n / of)})" if of else people(n) for n, of in zip(unserved, affected, strict=True)]
    shown = [row_label(label, text) for label, text in zip(labels, texts, strict=True)]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": shown,
            "x": list(values),
            "marker": {"color": color},
            "text": words,
            "textposition": "none",
            "hovertemplate": "%{text}<extra>" + name + "</extra>",
            "width": width,
        }
        for name, values, words, color, width in (
            (_("Learners affected"), affected, [people(n) for n in affected], NO_DATA, 0.78),
            (_("No live free offer"), unserved, texts, CLOSED, 0.5),
        )
    ]
    return framed(
        traces,
        90 + 54 * len(shown),
        barmode="overlay",
        xaxis={"rangemode": "tozero", "showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )


def by_day_figure(table: pd.DataFrame) -> Figure:
    """Learners affected and those with no live free offer from day to day.

    Args:
        table: on_date, learners_affected, learners_unserved.
    """
    days = [date.isoformat() for date in table["on_date"]]
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": days,
            "y": table[column].tolist(),
            "fill": fill,
            "fillcolor": under,
            "line": {"color": color, "width": 2.5, "dash": dash},
            "customdata": [people(n) for n in table[column]],
            "hovertemplate": "%{x|%-d %B %Y}: %{customdata}<extra>" + name + "</extra>",
        }
        for column, name, color, under, dash, fill in (
            ("learners_affected", _("Learners affected"), NEUTRAL, "rgba(0,0,0,0)", "dot", "none"),
            ("learners_unserved", _("No live free offer"), CLOSED, pale(CLOSED), "solid", "tozeroy"),
        )
    ]
    top = table["learners_affected"].max() if len(table) else 1
    return framed(traces, 320, yaxis={"rangemode": "tozero", **people_axis(top)})
