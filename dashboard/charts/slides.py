"""Turns a described chart into what office programs draw themselves: series of numbers along labels, days or values.

One value feeds slides and workbooks. Maps and matrices have no such form; slides show their picture.
"""

import datetime
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal
from unicodedata import bidirectional

from dashboard.charts.frame import Figure
from dashboard.charts.palette import ACCENT, NEUTRAL, ON_STRONG
from dashboard.charts.paper import categories_of, is_day
from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import cell_format, is_missing, is_whole_percent
from dashboard.locales.plain import JOINER

Kind = Literal["bar", "column", "line", "xy"]
Grouping = Literal["clustered", "stacked", "overlaid"]
Drawn = Literal["bar", "line", "points", "line and points", "hidden"]
Point = str | float | datetime.date
WHOLE, DECIMAL, PERCENT, WHOLE_PERCENT = "#,##0", "#,##0.0", "0.0%", "0%"
FROM_RIGHT = "\u200f"
DAY, MONTH, YEAR = "d/m/yyyy", "mm/yyyy", "yyyy"
UNSTEADY = re.compile(r"<br\s*/?>\s*(?=<b>)|(?<=</b>)\s*<br\s*/?>")
BREAK, TAG = re.compile(r"<br\s*/?>"), re.compile(r"<[^>]*>")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]")
RGB = re.compile(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*([0-9.]+)\s*)?\)")
HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
MOST_WITH_NUMBERS = 24  # bars: more have their numbers in the table only
DAYS_BY_DAY, DAYS_BY_YEARS = 75, 2700
MOST_TICKS = 7
EPOCH = datetime.date(1899, 12, 30)  # day 0 of workbooks


@dataclass(frozen=True)
class Series:
    """Numbers of one name.

    Attributes:
        name: as shown; without one it is not in the legend.
        at: where its values are, in a chart of kind "xy"; else it has a value for each category.
        values: None where there is none.
        color: as #rrggbb.
        colors: for each value, where they differ.
        drawn: as what.
        dash: the name of the dash in plotly's words.
        above: how far the interval of each value goes up; empty without intervals.
        below: and down.
        number_format: of its values.
        with_numbers: whether each value is written beside its mark.
    """

    name: str
    at: Sequence[float]
    values: Sequence[float | None]
    color: str
    colors: Sequence[str] = ()
    drawn: Drawn = "bar"
    dash: str = "solid"
    above: Sequence[float] = ()
    below: Sequence[float] = ()
    number_format: str = WHOLE
    with_numbers: bool = False
    in_legend: bool = True


@dataclass(frozen=True)
class NativeChart:
    """A chart as office programs know it.

    Attributes:
        kind: "bar" lies, "column" stands, "line" goes along labels, "xy" along days or numbers.
        grouping: of bars.
        categories: labels, or days; empty for "xy".
        series: in their order.
        number_format: of the axis of values.
        along_format: of the axis of days or numbers; empty where it has labels.
        category_title: what stands along the categories.
        value_title: what stands along the values.
        first_on_top: whether the first category of lying bars is the uppermost.
        from_right: whether the values of lying bars begin at the right.
        value_range: where the axis of values begins and ends; None where the program finds it.
        along_range: the same for an axis of days or numbers.
        is_by_day: whether it goes along days.
    """

    kind: Kind
    grouping: Grouping
    categories: Sequence[str | datetime.date]
    series: Sequence[Series]
    number_format: str
    along_format: str = ""
    category_title: str = ""
    value_title: str = ""
    first_on_top: bool = False
    from_right: bool = False
    value_range: tuple[float | None, float | None] = (None, None)
    along_range: tuple[float | None, float | None] = (None, None)
    is_by_day: bool = False

    @property
    def has_legend(self) -> bool:
        """Whether more than one of its series is named."""
        return sum(series.in_legend for series in self.series) > 1


def from_right(chart: NativeChart) -> NativeChart:
    """The chart with the direction of its words marked: programs lay them out from the left, signs after a number too.

    What begins with a Latin letter keeps its own direction.
    """
    return replace(
        chart,
        categories=[marked(label) if isinstance(label, str) else label for label in chart.categories],
        series=[replace(series, name=marked(series.name)) for series in chart.series],
        category_title=marked(chart.category_title),
        value_title=marked(chart.value_title),
    )


def marked(words: str) -> str:
    """Words that are written from the right between marks of that direction."""
    first = next((kind for kind in map(bidirectional, words) if kind in ("L", "R", "AL")), "L")
    return words if first == "L" else f"{FROM_RIGHT}{words}{FROM_RIGHT}"


def native(figure: Figure) -> NativeChart | None:
    """The chart in the form of office programs; None where they have none for it (maps, matrices, steps below zero)."""
    traces, layout = figure["data"], figure["layout"]
    if "geo" in layout or any(trace["type"] not in ("bar", "scatter", "waterfall") for trace in traces):
        return None
    if steps := [trace for trace in traces if trace["type"] == "waterfall"]:
        return _steps(steps[0], layout)
    bars = [trace for trace in traces if trace["type"] == "bar"]
    if bars:
        return _bars(traces, bars, layout)
    if categories_of(traces, "x"):
        return _lines(traces, layout)
    return _points_chart(traces, layout)


def legend(figure: Figure) -> list[tuple[str, str]]:
    """What a map or matrix has in its legend: a colour and its words."""
    shown: list[tuple[str, str]] = []
    for trace in figure["data"]:
        if not trace.get("name") or not trace.get("showlegend", True):
            continue
        face = trace["colorscale"][-1][1] if "colorscale" in trace else trace.get("marker", {}).get("color")
        color = face[0] if isinstance(face, list | tuple) and face else face or trace.get("line", {}).get("color")
        shown.append((_color(color), plain(trace["name"])))
    return shown


def plain(words: Any) -> str:
    """Words of a chart as an office program may show them: without tags, not a formula."""
    text = UNSTEADY.sub(": ", str(words))
    text = html.unescape(TAG.sub("", BREAK.sub(" ", text))).replace(JOINER, "")
    return harmless(CONTROL.sub("", " ".join(text.split())))


def _bars(traces: Sequence[Mapping[str, Any]], bars: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> Any:
    lying = any(trace.get("orientation") == "h" for trace in bars)
    along, across = ("y", "x") if lying else ("x", "y")
    values, labels = layout.get(f"{across}axis", {}), layout.get(f"{along}axis", {})
    keys = list(dict.fromkeys(key for trace in traces for key in trace.get(along, ())))
    by_day = bool(keys) and not lying and all(is_day(key) for key in keys)
    mode = layout.get("barmode", "group")
    has_base = any(trace.get("base") is not None for trace in bars)
    grouping: Grouping = "clustered"
    if mode in ("stack", "relative"):
        grouping = "stacked"
    elif mode == "overlay" and not has_base:
        grouping = "overlaid"
    with_numbers = grouping == "clustered" and len(keys) * len(traces) <= MOST_WITH_NUMBERS
    series = [_series(trace, _rows(trace[along]), keys, across, values, with_numbers) for trace in traces]
    lowest = min((value for line in series for value in line.values if value is not None), default=0)
    return NativeChart(
        kind="bar" if lying else "column",
        grouping=grouping,
        categories=tuple(_day(key) for key in sorted(keys)) if by_day else tuple(plain(key) for key in keys),
        series=_sorted(series, keys) if by_day else tuple(series),
        number_format=_axis_format(series, values),
        along_format=_day_format([_day(key) for key in keys]) if by_day else "",
        category_title=_title(labels),
        value_title=_title(values),
        first_on_top=lying and labels.get("autorange") == "reversed",
        from_right=_is_backwards(values) and lying,
        value_range=(0 if lowest >= 0 else None, _most(series, values)),
        is_by_day=by_day,
    )


def _sorted(series: Sequence[Series], keys: Sequence[str]) -> tuple[Series, ...]:
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return tuple(
        Series(
            **{**vars(line), "values": tuple(line.values[at] for at in order), "colors": _in_order(line.colors, order)}
        )
        for line in series
    )


def _rows(labels: Sequence[Any]) -> dict[Any, int]:
    """For each label of a trace the row of its value."""
    return {label: row for row, label in enumerate(labels)}


def _in_order(values: Sequence[str], order: Sequence[int]) -> tuple[str, ...]:
    return tuple(values[at] for at in order) if values else ()


def _lines(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> NativeChart:
    keys = list(dict.fromkeys(key for trace in traces for key in trace["x"]))
    values = layout.get("yaxis", {})
    series: list[Series] = []
    for trace in traces:
        series += [_series(stretch, _rows(stretch["x"]), keys, "y", values) for stretch in _without_bands(trace)]
    return NativeChart(
        kind="line",
        grouping="clustered",
        categories=tuple(map(plain, keys)),
        series=tuple(series),
        number_format=_axis_format(series, values),
        category_title=_title(layout.get("xaxis", {})),
        value_title=_title(values),
        value_range=(_least(series, values), _most(series, values)),
    )


def _points_chart(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> NativeChart:
    values, axis = layout.get("yaxis", {}), layout.get("xaxis", {})
    stretches = [stretch for trace in traces for stretch in _without_bands(trace)]
    by_day = any(is_day(x) for trace in traces for x in trace["x"] if isinstance(x, str))
    series = [_series(stretch, None, stretch["x"], "y", values) for stretch in stretches]
    at = [position for line in series for position in line.at]
    ends = (min(at, default=None), max(at, default=None))
    if axis.get("range") and not by_day:
        ends = tuple(sorted(_number(end) for end in axis["range"]))  # type: ignore[assignment]
    return NativeChart(
        kind="xy",
        grouping="clustered",
        categories=(),
        series=tuple(series),
        number_format=_axis_format(series, values),
        along_format=_day_format([_day_of(position) for position in at]) if by_day else WHOLE,
        category_title=_title(axis),
        value_title=_title(values),
        value_range=(_least(series, values), _most(series, values)),
        along_range=ends,
        is_by_day=by_day,
    )


def _steps(trace: Mapping[str, Any], layout: Mapping[str, Any]) -> NativeChart | None:
    """Steps from one level to another: bars on a hidden one that carries them; None where a level is below zero."""
    level = 0.0
    carrier: list[float | None] = []
    drawn: dict[str, list[float | None]] = {"totals": [], "increasing": [], "decreasing": []}
    for value, measure in zip(trace["x"], trace["measure"], strict=True):
        begins = 0.0 if measure == "absolute" else level
        kind = "totals" if measure == "absolute" else "increasing" if value >= 0 else "decreasing"
        level = begins + value
        carrier.append(min(begins, level))
        for name, values in drawn.items():
            values.append(abs(value) if name == kind else None)
    if min(value for value in carrier if value is not None) < 0:
        return None
    formats = {"totals": WHOLE, "increasing": "+#,##0;;0", "decreasing": "\u2212#,##0;;0"}
    names = {"totals": _("Total"), "increasing": _("Increase"), "decreasing": _("Decrease")}
    axis = layout.get("xaxis", {})
    begins_at = min((_number(end) for end in axis.get("range", ())), default=0)
    series = [Series("", (), carrier, ON_STRONG, drawn="hidden", in_legend=False)]
    series += [
        Series(
            name=names[kind],
            at=(),
            values=values,
            color=_color(trace[kind]["marker"]["color"]),
            number_format=formats[kind],
        )
        for kind, values in drawn.items()
        if any(value is not None for value in values)
    ]
    return NativeChart(
        kind="bar",
        grouping="stacked",
        categories=tuple(plain(f"{label}: {words}") for label, words in zip(trace["y"], trace["text"], strict=True)),
        series=tuple(series),
        number_format=WHOLE,
        first_on_top=layout.get("yaxis", {}).get("autorange") == "reversed",
        from_right=_is_backwards(axis),
        value_range=(begins_at, None),
    )


def _series(
    trace: Mapping[str, Any],
    rows: Mapping[Any, int] | None,
    keys: Sequence[Any],
    across: str,
    axis: Mapping[str, Any],
    with_numbers: bool = False,
) -> Series:
    numbers = trace[across]
    order = range(len(numbers)) if rows is None else [rows.get(key, -1) for key in keys]
    values = tuple(None if at < 0 or is_missing(numbers[at]) else float(numbers[at]) for at in order)
    marker, line, mode = trace.get("marker", {}), trace.get("line", {}), trace.get("mode", "lines")
    face = marker.get("color") if trace["type"] == "bar" or "lines" not in mode else line.get("color")
    if not isinstance(face, str | list | tuple):
        face = line.get("color") or marker.get("color") or trace.get("fillcolor") or ACCENT
    several = isinstance(face, list | tuple)
    colors = tuple(_color(face[at]) if at >= 0 else _color(NEUTRAL) for at in order) if several else ()
    error = trace.get(f"error_{across}") or {}
    high = error.get("array") or ()
    low = error.get("arrayminus", high) or ()
    drawn: Drawn = (
        "bar"
        if trace["type"] == "bar"
        else "points"
        if "lines" not in mode
        else "line and points"
        if "markers" in mode
        else "line"
    )
    name = plain(trace.get("name") or "")
    return Series(
        name=name,
        at=() if rows is not None else tuple(_number(key) for key in keys),
        values=values,
        color=_color(face[0]) if several and face else _color(face) if isinstance(face, str) else ACCENT,
        colors=colors if len(set(colors)) > 1 else (),
        drawn=drawn,
        dash=str(line.get("dash", "solid")),
        above=tuple(float(high[at]) if at >= 0 else 0.0 for at in order) if high else (),
        below=tuple(float(low[at]) if at >= 0 else 0.0 for at in order) if high else (),
        number_format=_value_format(values, trace, axis),
        with_numbers=with_numbers and not high,
        in_legend=bool(name) and trace.get("showlegend", True),
    )


def _without_bands(trace: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A band as its two ends, each a pale line with the name of the band; every other trace as it is."""
    if trace.get("fill") != "toself":
        return [trace]
    half = len(trace["x"]) // 2
    color = _color(trace.get("fillcolor", NEUTRAL))
    common = {"type": "scatter", "mode": "lines", "line": {"color": color, "dash": "dot"}, "name": trace.get("name")}
    return [
        {**common, "x": trace["x"][:half], "y": trace["y"][:half], "showlegend": trace.get("showlegend", True)},
        {**common, "x": trace["x"][half:][::-1], "y": trace["y"][half:][::-1], "showlegend": False},
    ]


# Values


def _title(axis: Mapping[str, Any]) -> str:
    return plain(axis.get("title", {}).get("text") or "")


def _is_share(axis: Mapping[str, Any]) -> bool:
    return str(axis.get("tickformat", "")).endswith("%")


def _value_format(values: Sequence[float | None], trace: Mapping[str, Any], axis: Mapping[str, Any]) -> str:
    known = [value for value in values if value is not None]
    texts = [str(text) for text in trace.get("text") or () if any(sign.isdigit() for sign in str(text))]
    are_shares = bool(texts) and all("%" in text or "٪" in text for text in texts) and max(known, default=2) <= 1
    if _is_share(axis) or are_shares:
        return cell_format(WHOLE_PERCENT if is_whole_percent() else PERCENT, known)
    if all(value == int(value) for value in known) or max(map(abs, known), default=0) >= 1000:
        return WHOLE
    return cell_format(DECIMAL, known)


def _axis_format(series: Sequence[Series], axis: Mapping[str, Any]) -> str:
    if _is_share(axis) or any(line.number_format.endswith("%") for line in series):
        return WHOLE_PERCENT
    most = max((abs(value) for line in series for value in line.values if value is not None), default=0)
    return WHOLE if most > MOST_TICKS else DECIMAL


def _most(series: Sequence[Series], axis: Mapping[str, Any]) -> float | None:
    """An axis of shares ends at the whole where the chart's own does; other ends are left to the program."""
    top = max((_number(end) for end in axis.get("range", ())), default=0)
    most = max((value for line in series for value in line.values if value is not None), default=0)
    return 1 if _is_share(axis) and 1 <= top < 1.2 and most <= 1 else None


def _least(series: Sequence[Series], axis: Mapping[str, Any]) -> float | None:
    least = min((value for line in series for value in line.values if value is not None), default=0)
    return 0 if least >= 0 and (axis.get("rangemode") == "tozero" or "range" in axis or least < 1) else None


def _is_backwards(axis: Mapping[str, Any]) -> bool:
    ends = [_number(end) for end in axis.get("range", ())]
    return axis.get("autorange") == "reversed" or any(a > b for a, b in pairwise(ends))


def _color(written: Any) -> str:
    """A colour as #rrggbb; one that lets the white below through is as pale as it looks."""
    if match := RGB.match(str(written)):
        alpha = max(0.45, float(match[4] or 1))  # a band becomes a line, which must be seen
        channels = (round(255 - (255 - int(channel)) * alpha) for channel in match.groups()[:3])
        return "#" + "".join(f"{channel:02x}" for channel in channels)
    return str(written) if HEX.match(str(written)) else NEUTRAL


def _number(value: Any) -> float:
    """A number; a day as workbooks count days."""
    if isinstance(value, str) and is_day(value):
        return float((_day(value) - EPOCH).days)
    return float(value)


def _day(value: Any) -> datetime.date:
    return datetime.date.fromisoformat(str(value)[:10])


def _day_of(number: float) -> datetime.date:
    return EPOCH + datetime.timedelta(number)


def _day_format(days: Sequence[datetime.date]) -> str:
    """How days along an axis are written; in digits, which every language reads alike."""
    span = (max(days) - min(days)).days if days else 0
    if span <= DAYS_BY_DAY:
        return DAY
    return MONTH if span <= DAYS_BY_YEARS else YEAR
