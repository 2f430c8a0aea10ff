"""Charts of contributions: the matrix as a heat table, the map, months by stage, the ladder."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from dashboard.charts.frame import Figure, framed
from dashboard.charts.learners import circles_trace
from dashboard.charts.palette import (
    ACCENT,
    CLOSED,
    INK,
    NEUTRAL,
    NO_RATE,
    ON_STRONG,
    PARTIAL,
    SEQUENTIAL,
    SPARE,
)
from dashboard.charts.world import MapClass, class_map
from dashboard.locales import _, is_right_to_left
from dashboard.locales.numbers import is_missing, month, people, whole
from dashboard.locales.plain import in_chart

STAGE_COLORS = {
    "offered": SEQUENTIAL[1],
    "confirmed": PARTIAL,
    "delivering": ACCENT,
    "delivered": SPARE,
    "not stated": NEUTRAL,
}
# From which number a cell has which of the five colours, pale to deep.
FEW, MANY = (1, 2, 3, 5, 10), (1, 1_000, 10_000, 100_000, 1_000_000)
INKS = (INK, INK, ON_STRONG, ON_STRONG, ON_STRONG)
REACHED = ("learners_direct", "learners_indirect")
CLASS_COLORS = {
    "from_10": SEQUENTIAL[4],
    "from_5": SEQUENTIAL[3],
    "from_2": SEQUENTIAL[2],
    "one": SEQUENTIAL[1],
    "offered_only": NO_RATE,
    "in_need_none": CLOSED,
}


def heat_table(
    table: pd.DataFrame, measure: str, labels: Mapping[str, str], rows: int, words: Callable[[float | None], str]
) -> Styler:
    """The matrix as a table whose cells are the deeper the more there is; rows and places with most cells come first.

    Args:
        table: row, place_name and the measure.
        measure: the column shown.
        labels: words for each row.
        rows: how many are drawn at most.
        words: a number as it is written.
    """
    order = _fullest(table["row"])[:rows]
    drawn = table[table["row"].isin(order)]
    wide = drawn.pivot(index="row", columns="place_name", values=measure).loc[order, _fullest(drawn["place_name"])]
    wide = wide.rename(index=dict(labels)).rename_axis(index=None, columns=None).astype("Float64")
    if is_right_to_left():  # a grid runs from the left; a page has it begin at its right end
        wide = wide[wide.columns[::-1]]
    steps = FEW if measure in ("activities", "organisations") else MANY
    return wide.style.apply(lambda column: [_shade(value, steps) for value in column]).format(
        lambda value: "" if is_missing(value) else words(value)
    )


def _fullest(column: pd.Series) -> list[str]:
    """Each value once, the most frequent first, then by name."""
    counts = column.value_counts()
    return sorted(counts.index, key=lambda value: (-counts[value], value))


def _shade(value: float, steps: Sequence[int]) -> str:
    if is_missing(value) or value < steps[0]:
        return ""
    at = max(number for number, least in enumerate(steps) if value >= least)
    return f"background-color: {SEQUENTIAL[at]}; color: {INKS[at]}"


def country_classes(words: Mapping[str, str]) -> list[MapClass]:
    """The classes of the map of countries, with the words of each."""
    return [MapClass(key, label, CLASS_COLORS[key]) for key, label in words.items()]


def countries_map(table: pd.DataFrame, words: Mapping[str, str], height: int) -> Figure:
    """Countries by how many activities they have, as areas; learners reached directly as circles.

    Args:
        table: country_iso3, country, class, counts of activities, offered, learners_direct, the point and has_polygon.
        words: for each class, in the order of the legend.
        height: of the map with its legend, in pixels.
    """
    notes = [
        _("{activities} activities of {organisations} organisations, {offered} offered").format(
            activities=whole(row.activities), organisations=whole(row.organisations), offered=whole(row.offered)
        )
        for row in table.itertuples()
    ]
    points = table[~table["has_polygon"]]
    figure = class_map(table, "class", country_classes(words), notes, points, height, rest=_("No activity recorded"))
    reached = table[table["learners_direct"] > 0]
    if len(reached):
        figure["data"].append(
            circles_trace(reached, "learners_direct", _("Learners reached directly, by the area of the circle"), height)
        )
    return figure


def months_figure(table: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Activities under way in each month, one colour a stage; an activity has one stage, so that they add up.

    Args:
        table: month, stage, activities.
        words: for each stage, in the order of the ladder.
    """
    traces = []
    for stage, name in words.items():
        rows = table[table["stage"] == stage]
        if rows.empty:
            continue
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": [date.isoformat() for date in rows["month"]],
                "y": rows["activities"].tolist(),
                "customdata": [month(date) for date in rows["month"]],
                "marker": {"color": STAGE_COLORS[stage]},
                "hovertemplate": "%{customdata}: %{y}<extra>" + name + "</extra>",
            }
        )
    return framed(
        traces,
        340,
        barmode="stack",
        bargap=0.15,
        yaxis={"title": {"text": _("Activities under way")}, "rangemode": "tozero"},
        xaxis={"type": "date", "tickformat": "%b %Y"},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    )


def ladder_figure(table: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Activities of each member by stage, side by side in one bar; what is merely offered is the pale part.

    Args:
        table: member, offered, confirmed, delivering, delivered, not_stated.
        words: for each stage, in the order of the ladder.
    """
    names = [in_chart(name) for name in table["member"]]
    traces = []
    for stage, label in words.items():
        values = table[stage.replace(" ", "_")].tolist()
        if not any(values):
            continue
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": label,
                "y": names,
                "x": values,
                "text": [str(value) if value else "" for value in values],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "marker": {"color": STAGE_COLORS[stage]},
                "hovertemplate": "%{y}: %{x}<extra>" + label + "</extra>",
            }
        )
    return framed(
        traces,
        90 + 26 * len(names),
        barmode="stack",
        xaxis={"rangemode": "tozero", "dtick": None, "tickformat": "d"},
        yaxis={"autorange": "reversed", "showgrid": False},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    )


def reach_figure(table: pd.DataFrame, labels: Sequence[str]) -> Figure:
    """Two bars for each mission, learners reached directly and indirectly, with their numbers; never stacked.

    Args:
        table: learners_direct, learners_indirect.
        labels: words for each row.
    """
    most = max([value for name in REACHED for value in table[name] if not is_missing(value)] + [1])
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": list(labels),
            "x": [None if is_missing(value) else value for value in table[column]],
            "text": [people(value) for value in table[column]],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": color},
            "hovertemplate": "%{y}: %{text}<extra>" + name + "</extra>",
        }
        for column, name, color in zip(
            REACHED, (_("Reached directly"), _("Reached indirectly")), (ACCENT, SEQUENTIAL[1]), strict=True
        )
    ]
    return framed(
        traces,
        90 + 52 * len(labels),
        barmode="group",
        xaxis={"range": [0, most * 1.45], "showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    )
