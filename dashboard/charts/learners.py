"""Charts of learners: growth, steps, shares with intervals, incidence over time, retention, phases."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from dashboard.charts.frame import Figure, framed, row_label
from dashboard.charts.palette import ACCENT, CLOSED, HIDDEN, NEUTRAL, NO_DATA, PARTIAL, SEQUENTIAL, SPARE
from dashboard.charts.world import HEIGHT, MapClass, class_map
from dashboard.locales import _
from dashboard.locales.numbers import between, day, decimal, is_missing, month, people, people_axis, share, whole
from dashboard.locales.plain import in_chart

# Six curves a reader can tell apart on light and on dark, by dash as well as by hue.
CURVES = (
    ("#2f7fd1", "solid"),
    ("#e08a00", "solid"),
    ("#1f9e8f", "dash"),
    ("#c0504d", "dash"),
    ("#7b9e3f", "dot"),
    ("#9a7fd1", "dot"),
)
PERCENT = {"tickformat": ".0%", "rangemode": "tozero"}
LARGEST_CIRCLE = 26


def growth_figure(table: pd.DataFrame, points: pd.DataFrame) -> Figure:
    """Learners reached from month to month with their bounds, and public statements as marked points.

    Args:
        table: month, learners_reached, unique_lower, unique_upper.
        points: on_date, people, as_stated, source.
    """
    table = table.dropna(subset=["unique_upper", "unique_lower", "learners_reached"])
    days = [date.isoformat() for date in table["month"]]
    upper, lower = table["unique_upper"].tolist(), table["unique_lower"].tolist()
    reached = table["learners_reached"].tolist()
    band = {
        "type": "scatter",
        "mode": "lines",
        "name": _("Between the bounds"),
        "x": days + days[::-1],
        "y": upper + lower[::-1],
        "fill": "toself",
        "fillcolor": "rgba(11,108,184,0.16)",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": _("Learners reached, linked across partners"),
        "x": days,
        "y": reached,
        "line": {"color": ACCENT, "width": 2.5},
        "customdata": [people(value) for value in reached],
        "hovertemplate": "%{x|%-d %B %Y}<br>%{customdata}<extra></extra>",
    }
    stated = {
        "type": "scatter",
        "mode": "markers",
        "name": _("Stated publicly"),
        "x": [date.isoformat() for date in points["on_date"]],
        "y": points["people"].tolist(),
        "text": [f"{day(row.on_date)}<br>{row.as_stated}<br>{row.source}" for row in points.itertuples()],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"symbol": "diamond", "size": 11, "color": PARTIAL, "line": {"width": 1, "color": "#5c3d00"}},
    }
    most = max([*upper, *points["people"].tolist(), 1])
    return framed([band, line, stated], 330, yaxis={"rangemode": "tozero", **people_axis(most)})


def steps_figure(table: pd.DataFrame, words: Mapping[str, str], median: bool = False) -> Figure:
    """Bars of learners at each step, from registration down; whiskers are 95 % intervals, diamonds the others' median.

    Args:
        table: step, learners, share_of_first, share_low, share_high, median_share.
        words: for each step.
        median: whether the others' median is drawn.
    """
    steps = [
        f"<b>{words[step]}</b><br>{whole(n)}, {share(part)}"
        for step, n, part in zip(table["step"], table["learners"], table["share_of_first"], strict=True)
    ]
    shares = [0.0 if is_missing(value) else value for value in table["share_of_first"]]
    bar = {
        "type": "bar",
        "orientation": "h",
        "name": _("Learners"),
        "y": steps,
        "x": shares,
        "marker": {"color": ACCENT},
        "hovertemplate": "%{y}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "color": NEUTRAL,
            "thickness": 1.3,
            "width": 3,
            "array": _gap(table["share_high"], shares),
            "arrayminus": _gap(shares, table["share_low"]),
        },
    }
    traces = [bar]
    if median:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _("Median of the other partners"),
                "y": steps,
                "x": [None if is_missing(value) else value for value in table["median_share"]],
                "marker": {"symbol": "diamond", "size": 11, "color": PARTIAL, "line": {"width": 1, "color": "#5c3d00"}},
                "hovertemplate": "%{y}: %{x:.1%}<extra>" + _("Median of the other partners") + "</extra>",
            }
        )
    return framed(
        traces,
        430,
        xaxis={**PERCENT, "range": [0, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        yaxis={"autorange": "reversed", "showgrid": False},
    )


def split_figure(table: pd.DataFrame, words: Mapping[str, str], values: Mapping[str, str]) -> Figure:
    """The share reaching each step as a line for each value of an attribute; values with few learners are pale.

    Args:
        table: attribute_value, step, share_of_first, share_low, share_high, is_small.
        words: for each step.
        values: for each value of the attribute, in the order of the legend.
    """
    traces = []
    for number, value in enumerate(values):
        rows = table[table["attribute_value"] == value]
        if rows.empty:
            continue
        color, dash = CURVES[number % len(CURVES)]
        small = bool(rows["is_small"].any())
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": in_chart(values[value]) + (" " + _("(fewer than 30)") if small else ""),
                "x": [words[step] for step in rows["step"]],
                "y": rows["share_of_first"].tolist(),
                "opacity": 0.35 if small else 1,
                "line": {"color": color, "dash": dash, "width": 2},
                "marker": {"size": 7, "symbol": number},
                "customdata": [
                    f"{whole(n)}, {share(s)} ({between(low, high)})"
                    for n, s, low, high in zip(
                        rows["learners"], rows["share_of_first"], rows["share_low"], rows["share_high"], strict=True
                    )
                ],
                "hovertemplate": "%{x}: %{customdata}<extra>%{fullData.name}</extra>",
            }
        )
    return framed(traces, 400, yaxis={**PERCENT, "range": [0, 1.03]})


def interval_figure(
    table: pd.DataFrame, at: Sequence[str], column: str, low: str, high: str, words: str, notes: Sequence[str]
) -> Figure:
    """Points with their 95 % intervals along a line of labels.

    Args:
        table: the columns named.
        at: a label for each row.
        column: shares of 0 to 1.
        low: lower ends.
        high: upper ends.
        words: name of what is shown.
        notes: words on hovering, for each row.
    """
    values = [None if is_missing(value) else value for value in table[column]]
    known = [0.0 if value is None else value for value in values]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": words,
        "x": list(at),
        "y": values,
        "customdata": list(notes),
        "line": {"color": ACCENT, "width": 1.5},
        "marker": {"size": 9, "color": ACCENT},
        "showlegend": False,
        "hovertemplate": "%{x}: %{customdata}<extra></extra>",
        "error_y": {
            "type": "data",
            "symmetric": False,
            "color": ACCENT,
            "thickness": 1.3,
            "width": 4,
            "array": _gap(table[high], known),
            "arrayminus": _gap(known, table[low]),
        },
    }
    return framed([trace], 300, yaxis={**PERCENT}, xaxis={"type": "category"})


def bars_figure(labels: Sequence[str], values: Sequence[float], texts: Sequence[str], strong: Sequence[bool]) -> Figure:
    """Bars to the right, each with its words; those that are not strong are grey."""
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [row_label(label) for label in labels],
        "x": list(values),
        "text": list(texts),
        "textposition": "outside",
        "cliponaxis": False,
        "showlegend": False,
        "marker": {"color": [ACCENT if one else NEUTRAL for one in strong]},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    most, longest = (
        max([*(value for value in values if not is_missing(value)), 0.0001]),
        max([len(text) for text in texts] + [0]),
    )
    return framed(
        [trace],
        70 + 30 * len(labels),
        xaxis={"range": [0, most * (1.1 + longest * 0.032)], "showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )


def incidence_figure(curves: Sequence[tuple[str, pd.DataFrame]], column: str, horizon: int) -> Figure:
    """Cumulative incidence from day to day with 95 % bands, one curve a cohort.

    Args:
        curves: words and table of each cohort: day, at_risk, ci_low, ci_high and the column.
        column: shares of 0 to 1.
        horizon: last day drawn.
    """
    traces = []
    for number, (said, table) in enumerate(curves):
        name = in_chart(said)
        color, dash = CURVES[number % len(CURVES)]
        rows = table[table["day"] <= horizon]
        days = rows["day"].tolist()
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": _steps(days[1:], days[:-1]) + _steps(days[1:], days[:-1])[::-1],
                "y": _held(rows["ci_high"].tolist()) + _held(rows["ci_low"].tolist())[::-1],
                "fill": "toself",
                "fillcolor": _pale(color),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "showlegend": False,
                "legendgroup": name,
            }
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "legendgroup": name,
                "x": days,
                "y": rows[column].tolist(),
                "line": {"color": color, "dash": dash, "width": 2.3, "shape": "hv"},
                "customdata": [
                    f"{share(s)} ({between(low, high)}), {_('at risk')} {whole(n)}"
                    for s, low, high, n in zip(
                        rows[column], rows["ci_low"], rows["ci_high"], rows["at_risk"], strict=True
                    )
                ],
                "hovertemplate": _("Day") + " %{x}: %{customdata}<extra>" + name + "</extra>",
            }
        )
    return framed(
        traces, 400, yaxis={**PERCENT}, xaxis={"title": {"text": _("Days since enrolment")}, "range": [0, horizon]}
    )


def retention_figure(table: pd.DataFrame) -> Figure:
    """A grid: month of the start down, weeks since to the right, colour the share still learning.

    Args:
        table: cohort_month, week, learners, learning_later, share_retained.
    """
    months = sorted(table["cohort_month"].unique())
    weeks = list(range(int(table["week"].max()) + 1))
    cell = {(row.cohort_month, int(row.week)): row for row in table.itertuples()}
    grid = [[cell[m, w].share_retained if (m, w) in cell else None for w in weeks] for m in months]
    notes = [
        [f"{whole(cell[m, w].learning_later)} / {whole(cell[m, w].learners)}" if (m, w) in cell else "" for w in weeks]
        for m in months
    ]
    trace = {
        "type": "heatmap",
        "x": weeks,
        "y": [month(m) for m in months],
        "z": grid,
        "customdata": notes,
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[n / 4, color] for n, color in enumerate(SEQUENTIAL)],
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "colorbar": {"tickformat": ".0%", "thickness": 12, "len": 0.9},
        "hovertemplate": "%{y}, " + _("week") + " %{x}: %{z:.0%} (%{customdata})<extra></extra>",
    }
    return framed(
        [trace],
        110 + 19 * len(months),
        xaxis={"title": {"text": _("Weeks since the start")}, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )


def grouped_figure(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    height: int = 320,
    words: Callable[[float | None], str] = people,
) -> Figure:
    """Groups of bars: for each label one bar of each series, with its number in words (a count, or a share)."""
    colors = (ACCENT, PARTIAL, SPARE, CLOSED)
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": [in_chart(label) for label in labels],
            "y": [None if is_missing(v) else v for v in values],
            "text": [words(v) for v in values],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": colors[number % len(colors)]},
            "hovertemplate": "%{x}: %{text}<extra>" + name + "</extra>",
        }
        for number, (name, values) in enumerate(series)
    ]
    most = max([v for _name, values in series for v in values if not is_missing(v) and v is not None] + [1])
    axis = {"rangemode": "tozero", **people_axis(most)} if words is people else {**PERCENT, "range": [0, 1.1]}
    return framed(traces, height, barmode="group", yaxis=axis, xaxis={"type": "category"})


def domains_figure(table: pd.DataFrame) -> Figure:
    """Bars of courses and of guided projects, a pair for each domain.

    Args:
        table: domain, courses, guided_projects.
    """
    rows = table.iloc[::-1]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": [in_chart(domain) for domain in rows["domain"]],
            "x": rows[column].tolist(),
            "marker": {"color": color},
            "text": [whole(v) for v in rows[column]],
            "textposition": "outside",
            "cliponaxis": False,
            "hovertemplate": "%{y}: %{text}<extra>" + name + "</extra>",
        }
        for column, name, color in (
            ("guided_projects", _("Guided projects"), PARTIAL),
            ("courses", _("Courses"), ACCENT),
        )
    ]
    return framed(
        traces,
        110 + 40 * len(rows),
        barmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "reversed"},
    )


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
    points = table[~table["has_polygon"] & table["latitude"].notna()]
    notes = [
        _("{learners} learners").format(learners=whole(n))
        + ("" if is_missing(rate) else "<br>" + _("{rate} for 1,000 refugees").format(rate=decimal(rate)))
        for n, rate in zip(table["learners"], table["learners_per_1000_refugees"], strict=True)
    ]
    figure = class_map(table, "rate_class", classes, notes, points, height)
    rows = table[(table[size] > 0) & table["latitude"].notna()]
    figure["data"].append(circles_trace(rows, size, circles or _("Learners, by the area of the circle"), height))
    if len(flows):
        most = flows["learners"].max()
        figure["data"] += [
            {
                "type": "scattergeo",
                "mode": "lines",
                "lat": [row.origin_latitude, row.latitude],
                "lon": [row.origin_longitude, row.longitude],
                "line": {"color": CLOSED, "width": 0.8 + 5 * row.learners / most},
                "opacity": 0.9,
                "hoverinfo": "skip",
                "showlegend": bool(at == 0),
                "name": _("Largest flows of learners"),
                "legendgroup": "flows",
            }
            for at, row in enumerate(flows.itertuples())
        ]
    return figure


def circles_trace(rows: pd.DataFrame, size: str, words: str, height: int) -> Figure:
    """Circles on a map whose area is the number in a column; the legend shows what they are."""
    most, largest = max([*rows[size].dropna().tolist(), 1]), LARGEST_CIRCLE if height >= HEIGHT else LARGEST_CIRCLE / 2
    return {
        "type": "scattergeo",
        "mode": "markers",
        "lat": rows["latitude"].tolist(),
        "lon": rows["longitude"].tolist(),
        "text": [in_chart(country) for country in rows["country"]],
        "customdata": [[code, whole(n)] for code, n in zip(rows["country_iso3"], rows[size], strict=True)],
        "hovertemplate": "<b>%{text}</b><br>%{customdata[1]}<extra></extra>",
        "name": words,
        "selected": {"marker": {"opacity": 0.75}},
        "unselected": {"marker": {"opacity": 0.75}},
        "marker": {
            "size": [max(3.0, largest * (n / most) ** 0.5) for n in rows[size]],
            "sizemode": "diameter",
            "opacity": 0.75,
            "color": PARTIAL,
            "line": {"width": 1, "color": "#5c3d00"},
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
        "few_refugees": "#dfe8d8",
        "no_data": "#d9d2e4",
        "none": NO_DATA,
        "hidden": HIDDEN,
    }
    return [MapClass(key, label, colors[key]) for key, label in words.items()]


def _steps(ends: Sequence[float], begins: Sequence[float]) -> list[float]:
    """Both ends of each step, from left to right."""
    return [day for pair in zip(begins, ends, strict=True) for day in pair]


def _held(values: Sequence[float]) -> list[float]:
    """The value that holds from each day to the next, at both ends of the step."""
    return [value for value in values[:-1] for _end in range(2)]


def _gap(high: Sequence[float], low: Sequence[float]) -> list[float]:
    return [0.0 if is_missing(a) or is_missing(b) else max(0.0, a - b) for a, b in zip(high, low, strict=True)]


def _pale(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"


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
    figure["data"].append(circles_trace(rows, "universities", _("Universities, by the area of the circle"), height))
    return figure
