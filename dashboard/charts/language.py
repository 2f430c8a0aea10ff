"""A described chart in the language of its reader: dates and separators by CLDR, mirrored where writing is.

plotly's own month names are English ones; other languages get theirs as words.
"""

import datetime
import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from babel.dates import format_skeleton

from dashboard.charts.frame import Figure
from dashboard.locales import ENGLISH, is_right_to_left, language
from dashboard.locales.numbers import day, month, separators

# A hover that has plotly write the date of a point; here it becomes the point's own words.
DATE_IN_HOVER = re.compile(r"%\{x\|[^}]*\}")
MOST_TICKS = 7
DAYS_BY_DAY, DAYS_BY_MONTH = 75, 900
STEPS_OF_MONTHS = (1, 2, 3, 4, 6, 12)
MARGIN, PIXELS_A_LETTER = 16, 7
TAG = re.compile(r"<[^>]*>")
AXES = ("xaxis", "xaxis2", "xaxis3", "xaxis4")


def in_language(figure: Figure) -> Figure:
    """The same chart in the language of this run; in English it is as it was. The chart given is not changed."""
    if language() == ENGLISH:
        return figure
    layout = {**figure["layout"], "separators": separators(language())}
    traces = [_in_words(trace) for trace in figure["data"]]
    for axis in AXES:
        if axis in layout and "ticktext" not in layout[axis]:
            dates = [date for trace in traces if _axis_of(trace) == axis for date in _dates(trace)]
            if dates:
                layout[axis] = {**layout[axis], **date_ticks(min(dates), max(dates))}
    changed = {"data": traces, "layout": layout}
    return mirrored(changed) if is_right_to_left() else changed


def date_ticks(first: datetime.date, last: datetime.date) -> dict[str, list[str]]:
    """Ticks of an axis of dates, at most seven: days within two months, months within two years, years beyond."""
    span = (last - first).days
    if span <= DAYS_BY_DAY:
        step = max(1, -(-span // (MOST_TICKS - 1)))
        at = [first + datetime.timedelta(step * n) for n in range(span // step + 1)]
        words = [str(format_skeleton("MMMd", date, locale=language())) for date in at]
    elif span <= DAYS_BY_MONTH:
        months = list(_months(first, last))
        step = next(step for step in STEPS_OF_MONTHS if len(months) <= step * MOST_TICKS or step == STEPS_OF_MONTHS[-1])
        at = [date for date in months if (date.month - 1) % step == 0]
        words = [month(date) for date in at]
    else:
        years = range(first.year + 1, last.year + 1)
        step = -(-len(years) // MOST_TICKS)
        at = [datetime.date(year, 1, 1) for year in years if (year - years[0]) % step == 0]
        words = [str(date.year) for date in at]
    return {"tickvals": [date.isoformat() for date in at], "ticktext": words}


def mirrored(figure: Figure) -> Figure:
    """The same chart for a reader who begins at the right: rows of bars grow to the left; time still runs to the right.

    The legend begins at the right too.
    """
    layout = dict(figure["layout"])
    if "legend" in layout:
        layout["legend"] = {**layout["legend"], "x": 1, "xanchor": "right"}
    traces = figure["data"]
    if any(trace.get("orientation") == "h" for trace in traces):
        layout["xaxis"] = _backwards(layout.get("xaxis", {}))
        layout["yaxis"] = {**layout.get("yaxis", {}), "side": "right", "automargin": False}
        margin = layout.get("margin", {})
        room = {"l": margin["r"]} if "r" in margin else {}  # for words beyond the end of a bar
        layout["margin"] = {**margin, **room, "r": MARGIN + PIXELS_A_LETTER * _longest(traces)}
    return {"data": traces, "layout": layout}


def _longest(traces: Sequence[dict[str, Any]]) -> int:
    """Letters in the longest line of a label of a row; plotly keeps no room for labels at the right."""
    lines = (line for trace in traces for label in trace.get("y", ()) for line in str(label).split("<br>"))
    return max((len(html.unescape(TAG.sub("", line))) for line in lines), default=0)


def _backwards(axis: dict[str, Any]) -> dict[str, Any]:
    return {**axis, "range": axis["range"][::-1]} if "range" in axis else {**axis, "autorange": "reversed"}


def _in_words(trace: dict[str, Any]) -> dict[str, Any]:
    hover = trace.get("hovertemplate")
    if not isinstance(hover, str) or not DATE_IN_HOVER.search(hover):
        return trace
    words = [day(date) for date in _dates(trace)]
    return {**trace, "hovertext": words, "hovertemplate": DATE_IN_HOVER.sub("%{hovertext}", hover)}


def _axis_of(trace: dict[str, Any]) -> str:
    return "xaxis" + str(trace.get("xaxis", "x"))[1:]


def _dates(trace: dict[str, Any]) -> Sequence[datetime.date]:
    """The days along a trace; none where its points are no days."""
    try:
        return [datetime.date.fromisoformat(x) for x in trace.get("x", ())]
    except (TypeError, ValueError):
        return []


def _months(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    at = first.replace(day=1)
    while at <= last:
        if at >= first:
            yield at
        at = (at + datetime.timedelta(32)).replace(day=1)
