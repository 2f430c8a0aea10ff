"""The figures of a described chart in a sentence, for whoever cannot see it: largest, smallest, first and last."""

import datetime
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.charts.frame import Figure
from dashboard.locales import _
from dashboard.locales.numbers import day, decimal, is_missing, people, share
from dashboard.locales.plain import JOINER

TAG = re.compile(r"<[^>]*>")
BELOW = re.compile(r"<br><b>.*?</b>|(?<=</b>)<br>.*")
MOST_SERIES = 4
Point = tuple[Any, float, str]  # its label, its value, and that in words


def figures_in_words(figure: Figure) -> str:
    """What the chart shows, from its own numbers; of a map the classes of its legend with their counts."""
    traces, layout = figure["data"], figure["layout"]
    if "geo" in layout:
        classes = [_plain(trace["name"]) for trace in traces if trace.get("name") and trace.get("showlegend", True)]
        return f"{'; '.join(dict.fromkeys(classes))}." if classes else ""
    marks = [trace for trace in traces if not trace.get("fill")]  # a band is the interval of what is within it
    named = [trace for trace in marks if trace.get("name")]
    described = [(trace, words) for trace in named or marks if (words := _trace(trace, layout))]
    if len(described) == 1:
        return described[0][1]
    return " ".join(
        f"{_plain(trace.get('name') or '')}: {words}".lstrip(": ") for trace, words in described[:MOST_SERIES]
    )


def _trace(trace: Mapping[str, Any], layout: Mapping[str, Any]) -> str:
    points = list(_cells(trace) if "z" in trace else _points(trace, layout))
    if not points:
        return ""
    highest, lowest = max(points, key=_value), min(points, key=_value)
    if highest[1] == lowest[1]:
        return f"{_position_words(points[-1])}."
    if _is_day(points[0][0]):
        words = _("First: {first}; last: {last}; highest: {highest}.")
        return words.format(
            first=_position_words(points[0]), last=_position_words(points[-1]), highest=_position_words(highest)
        )
    return _("Highest: {highest}; lowest: {lowest}.").format(
        highest=_position_words(highest), lowest=_position_words(lowest)
    )


def _value(point: Point) -> float:
    return point[1]


def _points(trace: Mapping[str, Any], layout: Mapping[str, Any]) -> Iterator[Point]:
    """The points of a trace along its axis of labels or days."""
    along, across = ("y", "x") if trace.get("orientation") == "h" else ("x", "y")
    labels, values = list(trace.get(along, ())), list(trace.get(across, ()))
    if along == "x" and values and all(isinstance(value, str) for value in values):  # marks in rows of labels
        along, across, labels, values = "y", "x", values, labels
    label_axis, value_axis = (layout.get(_axis(trace, name), {}) for name in (along, across))
    named = dict(zip(label_axis.get("tickvals", ()), label_axis.get("ticktext", ()), strict=False))
    is_share = "%" in str(value_axis.get("tickformat", "")) or str(value_axis.get("ticksuffix", "")).strip() == "%"
    written = _texts_beside_marks(trace, len(values))
    for label, value, words in zip(labels, values, written, strict=False):
        if not is_missing(value) and not isinstance(value, str | datetime.date):
            yield named.get(label, label), float(value), words or _number(value, is_share)


def _cells(trace: Mapping[str, Any]) -> Iterator[Point]:
    """The cells of a matrix, each under the labels of its row and column."""
    known = [float(value) for row in trace["z"] for value in row if not is_missing(value)]
    is_share = max(known, default=0.0) <= 1
    for row, values in zip(trace.get("y", ()), trace["z"], strict=False):
        for column, value in zip(trace.get("x", ()), values, strict=False):
            if not is_missing(value):
                yield f"{_label(row)}, {_label(column)}", float(value), _number(value, is_share)


def _axis(trace: Mapping[str, Any], name: str) -> str:
    return f"{name}axis{str(trace.get(f'{name}axis', name))[1:]}"


def _texts_beside_marks(trace: Mapping[str, Any], count: int) -> list[str]:
    """The words that stand beside each mark; empty where there are none, or where they are shown to a pointer only."""
    texts = trace.get("text")
    is_list = isinstance(texts, Sequence) and not isinstance(texts, str) and len(texts) == count
    if texts is None or not is_list or trace.get("textposition", "none") == "none":
        return [""] * count
    return [_plain(str(text or "")) for text in texts]


def _number(value: float, is_share: bool) -> str:
    if is_share:
        return share(value)
    return people(value) if float(value).is_integer() or abs(value) >= 100 else decimal(value)


def _position_words(point: Point) -> str:
    return f"{_label(point[0])}, {point[2]}"


def _label(label: Any) -> str:
    """A label without the words below it, which are of one series and not of all."""
    return day(_day(label)) if _is_day(label) else _plain(BELOW.sub("", str(label)))


def _is_day(label: Any) -> bool:
    return _day(label) is not None


def _day(label: Any) -> datetime.date | None:
    if isinstance(label, datetime.datetime):
        return label.date()
    if isinstance(label, datetime.date):
        return label
    try:
        return datetime.date.fromisoformat(label)
    except (TypeError, ValueError):
        return None


def _plain(words: str) -> str:
    """The words of a label on one line, without the tags that plotly knows."""
    return html.unescape(TAG.sub("", words.replace("<br>", " "))).replace(JOINER, "").strip()
