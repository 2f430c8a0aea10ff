"""Renders a described chart as SVG with real text, or as a picture: for print, for slides, for slow lines.

The same description that plotly draws on the screen: bars, lines with bands and intervals, points, and world maps.
"""

import datetime
import html
import io
import json
import re
import textwrap
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure as Sheet
from matplotlib.font_manager import findfont, fontManager, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dashboard.charts.frame import Figure
from dashboard.charts.language import date_ticks
from dashboard.charts.palette import BORDER, NO_DATA
from dashboard.charts.palette import PAPER_GRID as GRID
from dashboard.charts.palette import PAPER_INK as INK
from dashboard.locales import is_right_to_left
from dashboard.locales.numbers import is_missing, people, percent, share
from dashboard.locales.plain import letters_wide
from dashboard.settings import REFERENCE

POLYGONS = REFERENCE / "boundaries" / "countries_110m.geojson"
PIXELS_AN_INCH = 96
WIDTH = 760  # pixels
CHINESE, CHINESE_FONT = "Noto Sans SC", Path(__file__).with_name("fonts")  # made by `make chinese-font`
FAMILIES = ("Noto Sans", "Noto Sans Arabic", CHINESE, "DejaVu Sans")
FONTS = ", ".join([*FAMILIES, "sans-serif"])
FONT_PACKAGES = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
TAG, BREAK = re.compile(r"<[^>]*>"), re.compile(r"<br\s*/?>")
COLOR = re.compile(r"rgba?\(([^)]*)\)")
FAMILY = re.compile(r"(font-family: |font: (?:bold )?[0-9.]+px )[^;\"]*")
LONG_NUMBER = re.compile(r"(-?\d+\.\d)\d+")
ELEMENT = re.compile(r"<[^>]*>")
PATH = re.compile(r' d="([^"]*)"')
STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
WITHOUT_SPACE = re.compile(r">\s+<")
NOT_INLINE = re.compile(
    r"<metadata>.*?</metadata>|<title ?/>|<title>.*?</title>|<style.*?</style>|<defs>\s*</defs>|"
    r' transform="rotate\(-?0 [^"]*"| font-family: [^;"]*;',
    re.DOTALL,
)
MARK = re.compile(r'<path id="([^"]*)" (d="[^"]*")([^/]*)/>')
USED = re.compile(r'<use xlink:href="#([^"]*)"(?: x="([^"]*)" y="([^"]*)")?([^/]*)/>')
STYLED, FONT = re.compile(r'style="([^"]*)"'), re.compile(r"font: (bold )?([0-9.]+px)[^;]*")
NAMED, NAMES = re.compile(r' id="([^"]*)"'), re.compile(r'(?:url\(#|href="#)([^")]*)')
# Of an outline, on the plane of the projection, where the world is 5.5 wide: half a pixel, and two by two pixels.
FINEST, SMALLEST = 0.0065, 0.0003
DASHES = {"solid": "-", "dot": ":", "dash": "--", "longdash": (0, (8, 4)), "dashdot": "-."}
MARKERS: Sequence[str] = ("o", "s", "D", "^", "v", "P")
SYMBOLS = {"diamond": "D", "circle": "o", "square": "s", "triangle-up": "^", "cross": "P", "x": "X"}
BAR = 0.8
STACKED = ("stack", "relative")
DARK_CELL = 0.55  # from this share on, words on a cell are white
DARK_BAR = 0.45  # up to this brightness, words on a bar are white
LEGEND_LETTERS = 95  # in a row of the legend
ENTRY_LETTERS = 40  # in a line of an entry of it
USUAL_HEIGHT = 330  # pixels of a chart that states none
MOST_COLUMNS_WITH_WORDS = 16
PLOT_ACROSS, LETTER_ACROSS = 0.8, 7.5  # of the width, what labels leave to bars; pixels of a letter within one
# matplotlib's settings are of the whole process.
_single_drawing = threading.Lock()


def svg(figure: Figure, width: int = WIDTH, title: str = "") -> str:
    """The chart as an SVG document whose words are text.

    Args:
        figure: as described, in the language of this run.
        width: in pixels; the height is the chart's own.
        title: what it shows, for whoever cannot see it.
    """
    out = io.StringIO()
    with _sheet(figure, width, {"svg.fonttype": "none", "svg.hashsalt": "coalition"}) as sheet:
        FigureCanvasSVG(sheet).print_svg(out, metadata={"Date": None, "Creator": None, "Title": title})
    return _small(out.getvalue())


def png(figure: Figure, width: int = WIDTH, scale: float = 2) -> bytes:
    """The same drawing as a picture without its legend, for programs that draw no SVG and set the legend themselves.

    Args:
        figure: as described, in the language of this run.
        width: in pixels of the page, each of which is `scale` pixels of the picture.
        scale: how fine it is.
    """
    out = io.BytesIO()
    with _sheet(figure, width, {}) as sheet:
        for axes in sheet.axes:
            if shown := axes.get_legend():
                shown.remove()
        sheet.set_facecolor("white")
        FigureCanvasAgg(sheet).print_figure(out, dpi=PIXELS_AN_INCH * scale, format="png", metadata={"Software": None})
    return out.getvalue()


def can_picture(figure: Figure) -> bool:
    """Whether the fonts have each sign of the picture's labels; maps have none without their legend."""
    if _is_map(figure):
        return True
    values = [value for trace in figure["data"] for axis in ("x", "y", "text") for value in trace.get(axis) or ()]
    titles = [figure["layout"].get(axis, {}).get("title", {}).get("text", "") for axis in ("xaxis", "yaxis")]
    signs = {sign for words in (*values, *titles) if isinstance(words, str) for sign in _text(words)}
    return all(sign.isspace() or ord(sign) in drawable() for sign in signs)


@cache
def drawable() -> frozenset[int]:
    """The code points of all signs that FAMILIES have."""
    font_folders()
    return frozenset(code for name in FAMILIES for code in get_font(findfont(name)).get_charmap())


@contextmanager
def _sheet(figure: Figure, width: int, settings: dict[Any, Any]) -> Iterator[Sheet]:
    height = int(figure["layout"].get("height", USUAL_HEIGHT))
    common: dict[Any, Any] = {"font.size": 9.5, "font.family": list(FAMILIES), "axes.unicode_minus": True}
    font_folders()
    with _single_drawing, mpl.rc_context(common | settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that only the reader's font has
        sheet = Sheet(
            figsize=(width / PIXELS_AN_INCH, height / PIXELS_AN_INCH), dpi=PIXELS_AN_INCH, layout="constrained"
        )
        axes = sheet.subplots()
        (_draw_map if _is_map(figure) else _draw_axes)(axes, figure)
        yield sheet


@cache
def font_folders() -> tuple[Path, ...]:
    """Where FAMILIES lie, which come with the project and its libraries; they are made known to the drawing, too."""
    specs = (find_spec(name) for name in FONT_PACKAGES)
    libraries = tuple(Path(spec.origin).parent / "files" for spec in specs if spec and spec.origin)
    for file in (file for folder in (*libraries, CHINESE_FONT) for file in sorted(folder.glob("*.ttf"))):
        fontManager.addfont(str(file))
    return (*libraries, CHINESE_FONT, Path(findfont("DejaVu Sans")).parent)


def inline_svg(figure: Figure, width: int = WIDTH, title: str = "", key: str = "") -> str:
    """The chart to stand within a page: no address, no style of its own, and names that no other chart has.

    Marks are drawn where they stand and not by reference, which pages that clean HTML take out.

    Args:
        figure: as described, in the language of this run.
        width: in pixels at most; it shrinks with the page.
        title: what it shows, for whoever cannot see it.
        key: distinguishes the charts of a page.
    """
    drawn = NOT_INLINE.sub("", NOT_INLINE.sub("", svg(figure, width)))
    marks = {name: (path, style) for name, path, style in MARK.findall(drawn)}
    drawn = USED.sub(lambda match: _mark(match, marks), drawn)
    drawn = MARK.sub(lambda match: "" if match[1] in marks else match[0], drawn)
    drawn = NOT_INLINE.sub("", drawn)
    drawn = STYLED.sub(lambda match: f'style="{_of_page(match[1])}"', drawn)
    named = {name: f"{key}-{number}" for number, name in enumerate(dict.fromkeys(NAMES.findall(drawn)))}
    drawn = NAMED.sub(lambda match: f' id="{named[match[1]]}"' if match[1] in named else "", drawn)
    drawn = NAMES.sub(lambda match: match[0].replace(match[1], named[match[1]]), drawn)
    opened, rest = drawn.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', opened)
    assert box
    label = html.escape(title, quote=True)
    return f'<svg {box[0]} role="img" aria-label="{label}" class="chart">{WITHOUT_SPACE.sub("><", rest).strip()}'


def _mark(used: re.Match[str], marks: Mapping[str, tuple[str, str]]) -> str:
    path, style = marks[used[1]]
    return f'<path {path} transform="translate({used[2] or 0} {used[3] or 0})"{used[4].rstrip() or style}/>'


def _of_page(style: str) -> str:
    """A style of a chart in the font of the page around it."""
    sized = FONT.sub(lambda match: f"font-size: {match[2]}" + ("; font-weight: bold" if match[1] else ""), style)
    return sized.replace("; ", ";").replace(": ", ":")


def _small(document: str) -> str:
    """The document with a tenth of a pixel as its finest step, and fonts that have all our scripts.

    Words stay as they are: in Spanish 30.000 is thirty thousand.
    """
    return ELEMENT.sub(lambda match: _small_element(match[0]), document[document.index("<svg") :])


def _small_element(element: str) -> str:
    element = PATH.sub(lambda match: f' d="{_relative(match[1])}"', element)
    return FAMILY.sub(rf"\1{FONTS}", LONG_NUMBER.sub(r"\1", element))


def _relative(path: str) -> str:
    """A path by its steps, in tenths of a pixel: half as long as by its places, and no further from them."""
    steps: list[str] = []
    x = y = x_begun = y_begun = 0  # in tenths
    for command, numbers in STEP.findall(path):
        numbers_x10 = [round(float(number) * 10) for number in numbers.split()]
        if command == "z":
            steps.append("z")
            x, y = x_begun, y_begun
            continue
        moved = [number_x10 - (y if at % 2 else x) for at, number_x10 in enumerate(numbers_x10)]
        if command == "L" and not any(moved):
            continue
        # The first move counts from the corner, as one to a place would.
        steps.append(command.lower() + "".join(_tenths(number, at == 0) for at, number in enumerate(moved)))
        x, y = numbers_x10[-2:]
        if command == "M":
            x_begun, y_begun = x, y
    return "".join(steps)


def _tenths(number: int, is_first: bool) -> str:
    whole, rest = divmod(abs(number), 10)
    written = f"{whole or ''}.{rest}" if rest else str(whole)
    sign = "-" if number < 0 else "" if is_first else " "
    return sign + written


def _is_map(figure: Figure) -> bool:
    return "geo" in figure["layout"]


# Maps


def _draw_map(axes: Axes, figure: Figure) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal")
    colored: dict[str, str] = {}
    handles: list[Any] = []
    for trace in figure["data"]:
        if trace["type"] == "choropleth":
            color = _color(trace["colorscale"][-1][1])
            colored |= dict.fromkeys(trace["locations"], color)
            if trace.get("showlegend"):
                handles.append(Patch(facecolor=color, edgecolor=GRID, label=_text(trace.get("name", ""))))
    for color in dict.fromkeys([NO_DATA, *colored.values()]):
        codes = [code for code in _polygons() if colored.get(code, NO_DATA) == color]
        if outlines := [_polygons()[code] for code in codes]:
            axes.add_artist(  # limits are set below, and to find them costs a second
                PathPatch(Outline.make_compound_path(*outlines), facecolor=color, edgecolor=BORDER, linewidth=0.4)
            )
    for trace in figure["data"]:
        if trace["type"] == "scattergeo":
            _draw_places(axes, trace, handles)
    x, y = _projected(np.array([[-180, 0], [180, 0], [0, -57], [0, 84]], dtype=float)).T
    axes.set_xlim(x.min(), x.max())
    axes.set_ylim(y.min(), y.max())
    _legend(axes, handles, below=True)


def _draw_places(axes: Axes, trace: Mapping[str, Any], handles: list[Any]) -> None:
    at = _projected(np.column_stack([trace["lon"], trace["lat"]]).astype(float)) if trace["lon"] else np.empty((0, 2))
    if trace.get("mode") == "lines":
        line = trace["line"]
        axes.plot(at[:, 0], at[:, 1], color=_color(line["color"]), linewidth=line.get("width", 1), alpha=0.9)
        return
    marker = trace.get("marker", {})
    sizes = marker.get("size", 6)
    areas = [(pixels * 0.75) ** 2 for pixels in (sizes if isinstance(sizes, list) else [sizes] * len(at))]
    color = marker.get("color", INK)
    colors = [_color(c) for c in color] if isinstance(color, list) else _color(color)
    axes.scatter(
        at[:, 0], at[:, 1], s=areas, c=colors, edgecolors=_color(marker.get("line", {}).get("color", INK)),
        linewidths=0.6, alpha=marker.get("opacity", 1), zorder=3,
    )  # fmt: skip
    if trace.get("name") and trace.get("showlegend", True):
        face = colors[0] if isinstance(colors, list) and colors else colors
        handles.append(
            Line2D(
                [], [], marker="o", linestyle="", markerfacecolor=face, markeredgecolor=INK, label=_text(trace["name"])
            )
        )


@cache
def _polygons() -> Mapping[str, Outline]:
    """The outline of each country by its code, projected."""
    features = json.loads(POLYGONS.read_text(encoding="utf-8"))["features"]
    drawn = {_code(feature): list(_rings(feature["geometry"])) for feature in features}
    return {code: Outline.make_compound_path(*rings) for code, rings in drawn.items() if rings}


def _code(feature: Mapping[str, Any]) -> str:
    return str(feature.get("id") or feature["properties"].get("iso3"))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Outline]:
    """The rings of a country as a page can show them: its smallest islands only where it has no larger one."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [_projected(np.array(ring, dtype=float)) for polygon in polygons for ring in polygon]
    largest = max(map(_area, rings))
    for ring in rings:
        if _area(ring) >= min(SMALLEST, largest):
            yield Outline(_simplified(ring), closed=True)


def _area(ring: Any) -> float:
    x, y = ring.T
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2


def _simplified(ring: Any) -> Any:
    """The ring with the fewest of its places that stay within `FINEST` of it (Douglas and Peucker, 1973).

    The place farthest from the first one halves it.
    """
    middle = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    kept = {0, middle, len(ring) - 1}
    spans = [(0, middle), (middle, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        along, between = ring[last] - ring[first], ring[first + 1 : last] - ring[first]
        length = float(np.hypot(*along))
        off = np.abs(along[0] * between[:, 1] - along[1] * between[:, 0]) / length if length else np.hypot(*between.T)
        if off.max() > FINEST:
            cut = first + 1 + int(np.argmax(off))
            kept.add(cut)
            spans += [(first, cut), (cut, last)]
    return ring[sorted(kept)]


def _projected(degrees: Any) -> Any:
    """Longitude and latitude on the plane of the Natural Earth projection (Patterson; polynomial by Šavrič, 2011)."""
    longitude, latitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    square = latitude**2
    fourth = square**2
    x = longitude * (
        0.8707 - 0.131979 * square + fourth * (-0.013791 + fourth * (0.003971 * square - 0.001529 * fourth))
    )
    y = latitude * (1.007226 + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth)))
    return np.column_stack([x, y])


# Axes


def _draw_axes(axes: Axes, figure: Figure) -> None:
    layout, traces = figure["layout"], [_as_bars(trace) for trace in figure["data"]]
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=INK, length=0)
    axes.set_axisbelow(True)
    bars = [trace for trace in traces if trace["type"] == "bar"]
    flat = any(trace.get("orientation") == "h" for trace in bars)
    if cells := [trace for trace in traces if trace["type"] == "heatmap"]:
        _draw_cells(axes, cells[0], layout)
        return
    labels = categories_of(traces, "y" if flat else "x")
    index_of = {label: at for at, label in enumerate(labels)}
    _draw_bars(axes, bars, index_of, flat, layout.get("barmode", "group"))
    for number, trace in enumerate(trace for trace in traces if trace["type"] == "scatter"):
        _draw_scatter(axes, trace, index_of, flat, number)
    _scale(axes, layout, "x", traces, labels if not flat else [])
    _scale(axes, layout, "y", traces, labels if flat else [])
    axes.grid(axis="x" if flat else "y", color=GRID, linewidth=0.6)
    if is_right_to_left() and flat:
        axes.yaxis.tick_right()
    handles = [
        _handle(trace, number)
        for number, trace in enumerate(traces)
        if trace.get("name") and trace.get("showlegend", len(traces) > 1)
    ]
    _legend(axes, handles, below=False)


def categories_of(traces: Sequence[Mapping[str, Any]], axis: str) -> list[Any]:
    """Labels of an axis of words, in the order in which they come; none where it is one of numbers or days."""
    values = [value for trace in traces for value in trace.get(axis, ())]
    if not values or any(not isinstance(value, str) for value in values) or all(map(is_day, values)):
        return []
    return list(dict.fromkeys(values))


def _draw_bars(
    axes: Axes, bars: Sequence[Mapping[str, Any]], index_of: Mapping[Any, int], flat: bool, mode: str
) -> None:
    thickness = BAR / max(1, len(bars)) if mode == "group" else BAR
    stacked: dict[Any, float] = {}
    most = _longest(bars, flat, mode)
    for number, trace in enumerate(bars):
        at, lengths = (trace["y"], trace["x"]) if flat else (trace["x"], trace["y"])
        base, words = trace.get("base"), trace.get("text")
        for row, (label, length) in enumerate(zip(at, lengths, strict=False)):
            if is_missing(length):
                continue
            position = index_of[label] if index_of else _number(label)
            shift = (number - (len(bars) - 1) / 2) * thickness if mode == "group" else 0
            start = _value_of_row(base, row, 0.0) if base is not None else stacked.get(label, 0.0)
            stacked[label] = start + length if mode in STACKED else 0.0
            draw = axes.barh if flat else axes.bar
            wide = thickness if index_of else _days_wide(at)
            color = _color(_value_of_row(trace.get("marker", {}).get("color", INK), row))
            draw(position + shift, length, wide, start, color=color)
            inside = trace.get("textposition") in ("inside", "auto")
            room = length / most * axes.bbox.width * PLOT_ACROSS
            has_room = not inside or not flat or room > letters_wide(_text(_value_of_row(words, row))) * LETTER_ACROSS
            if words is not None and trace.get("textposition") != "none" and _value_of_row(words, row) and has_room:
                end = start + length
                x, y = (end, position + shift) if flat else (position + shift, end)
                onward = (is_right_to_left() and flat) == inside  # whether words run on from the end to the right
                axes.annotate(
                    _text(_value_of_row(words, row)), (x, y), textcoords="offset points",
                    xytext=(4 if onward else -4, 0) if flat else (0, -12 if inside else 3),
                    ha=("left" if onward else "right") if flat else "center", va="center" if flat else "bottom",
                    fontsize=9, color=_ink_on(color) if inside else INK, annotation_clip=False,
                )  # fmt: skip
        for axis in ("error_x", "error_y"):
            _draw_error(axes, trace, axis, [index_of.get(label, label) for label in at], lengths)


def _longest(bars: Sequence[Mapping[str, Any]], flat: bool, mode: str) -> float:
    """Where the longest bar ends, or the longest row of stacked ones."""
    ends: dict[Any, float] = {}
    for trace in bars:
        at, lengths = (trace["y"], trace["x"]) if flat else (trace["x"], trace["y"])
        for row, (label, length) in enumerate(zip(at, lengths, strict=False)):
            if not is_missing(length):
                before = ends.get(label, 0.0) if mode in STACKED else 0.0
                base = _value_of_row(trace["base"], row, 0.0) if trace.get("base") is not None else before
                ends[label] = max(ends.get(label, 0.0), base + length)
    return max(ends.values(), default=0.0) or 1.0


def _as_bars(trace: dict[str, Any]) -> dict[str, Any]:
    """A waterfall as bars that begin where the one before ended; every other trace as it is."""
    if trace["type"] != "waterfall":
        return trace
    level = 0.0
    base, lengths, colors = [], [], []
    for value, measure in zip(trace["x"], trace["measure"], strict=True):
        begins = 0.0 if measure == "absolute" else level
        kind = "totals" if measure == "absolute" else "increasing" if value >= 0 else "decreasing"
        level = begins + value
        base.append(min(begins, level))
        lengths.append(abs(value))
        colors.append(trace[kind]["marker"]["color"])
    return {**trace, "type": "bar", "base": base, "x": lengths, "marker": {"color": colors}}


def _draw_cells(axes: Axes, trace: Mapping[str, Any], layout: Mapping[str, Any]) -> None:
    """A matrix of shares as coloured cells; where there is room each has its share in words."""
    shares = np.array([[np.nan if is_missing(cell) else cell for cell in row] for row in trace["z"]], dtype=float)
    colors = LinearSegmentedColormap.from_list("shares", [color for _at, color in trace["colorscale"]])
    axes.pcolormesh(shares, cmap=colors, vmin=trace["zmin"], vmax=trace["zmax"], edgecolors="white", linewidth=0.6)
    rows, columns = shares.shape
    if columns <= MOST_COLUMNS_WITH_WORDS:
        for (row, column), value in np.ndenumerate(shares):
            if not np.isnan(value):
                ink = "white" if value >= DARK_CELL else INK
                axes.text(column + 0.5, row + 0.5, percent(value), ha="center", va="center", fontsize=7, color=ink)
    every = max(1, columns // 12)
    axes.xaxis.set_ticks([at + 0.5 for at in range(0, columns, every)], [str(x) for x in trace["x"][::every]])
    axes.yaxis.set_ticks([at + 0.5 for at in range(rows)], [_text(label) for label in trace["y"]])
    axes.yaxis.set_inverted(layout.get("yaxis", {}).get("autorange") == "reversed")
    if words := layout.get("xaxis", {}).get("title", {}).get("text"):
        axes.set_xlabel(_text(words), color=INK)


def _draw_error(axes: Axes, trace: Mapping[str, Any], axis: str, at: Sequence[Any], values: Sequence[Any]) -> None:
    error = trace.get(axis)
    if not error or error.get("array") is None:
        return
    known = [row for row, value in enumerate(values) if not is_missing(value)]
    low = [error.get("arrayminus", error["array"])[row] for row in known]
    high = [error["array"][row] for row in known]
    middle, along = [values[row] for row in known], [at[row] for row in known]
    x, y = (middle, along) if axis == "error_x" else (along, middle)
    ends = [low, high]
    axes.errorbar(
        x, y, xerr=ends if axis == "error_x" else None, yerr=ends if axis == "error_y" else None,
        fmt="none", ecolor=_color(error.get("color", INK)), elinewidth=1.1, capsize=2.5,
    )  # fmt: skip


def _draw_scatter(axes: Axes, trace: Mapping[str, Any], index_of: Mapping[Any, int], flat: bool, number: int) -> None:
    x = [_position(value, {} if flat else index_of) for value in trace.get("x", ())]
    y = [_position(value, index_of if flat else {}) for value in trace.get("y", ())]
    line, marker = trace.get("line", {}), trace.get("marker", {})
    mode = trace.get("mode", "lines")
    color = line.get("color") or marker.get("color") or INK
    if trace.get("fill") == "toself":
        axes.fill(x, y, color=_color(trace.get("fillcolor", color)), linewidth=0)
        return
    if trace.get("fill") == "tozeroy":
        axes.fill_between(x, y, color=_color(trace.get("fillcolor", color)), linewidth=0)
    if "lines" in mode and line.get("width", 2):
        axes.plot(x, y, color=_color(color), linewidth=line.get("width", 2) * 0.75, linestyle=_dash(line))
    if "markers" in mode:
        sizes = marker.get("size", 6)
        areas = [(size * 0.7) ** 2 for size in sizes] if isinstance(sizes, list) else (sizes * 0.7) ** 2
        face = marker.get("color", color)
        colors = [_color(c) for c in face] if isinstance(face, list) else _color(face)
        axes.scatter(x, y, s=areas, c=colors, marker=_marker(marker, number), zorder=3)
    if "text" in mode:
        for a, b, words in zip(x, y, trace.get("text", ()), strict=False):
            axes.annotate(_text(words), (a, b), textcoords="offset points", xytext=(5, 0), va="center", color=INK)
    for axis in ("error_x", "error_y"):
        _draw_error(axes, trace, axis, y if axis == "error_x" else x, x if axis == "error_x" else y)


def _scale(
    axes: Axes, layout: Mapping[str, Any], name: str, traces: Sequence[Mapping[str, Any]], labels: Sequence[Any]
) -> None:
    settings = layout.get(f"{name}axis", {})
    axis = axes.xaxis if name == "x" else axes.yaxis
    limits = axes.set_xlim if name == "x" else axes.set_ylim
    if labels:
        axis.set_ticks(range(len(labels)), [_text(label) for label in labels])
        limits(-0.6, len(labels) - 0.4)
    elif settings.get("tickvals") is not None:
        ticks = settings["tickvals"]
        words = settings.get("ticktext") or [_axis_words(value, settings) for value in ticks]
        axis.set_ticks([_number(value) for value in ticks], [_text(word) for word in words])
    elif days := [_number(v) for trace in traces for v in trace.get(name, ()) if isinstance(v, str) and is_day(v)]:
        first, last = (datetime.date.fromordinal(int(end)) for end in (min(days), max(days)))
        ticks = date_ticks(first, last)
        axis.set_ticks([_number(value) for value in ticks["tickvals"]], ticks["ticktext"])
    else:
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _at: _axis_words(value, settings)))
    if settings.get("showticklabels") is False:
        axis.set_ticklabels([])
    if settings.get("range") and not labels:
        limits(*(_number(end) for end in settings["range"]))
    elif settings.get("rangemode") == "tozero" and not labels:
        low, high = (axes.get_xlim if name == "x" else axes.get_ylim)()
        limits(min(0, low), high)
    if settings.get("autorange") == "reversed":
        axis.set_inverted(True)
    if words := settings.get("title", {}).get("text"):
        axis.set_label_text(_text(words), color=INK)


def _axis_words(value: Any, settings: Mapping[str, Any]) -> str:
    return share(value) if str(settings.get("tickformat", "")).endswith("%") else people(value)


def _handle(trace: Mapping[str, Any], number: int) -> Any:
    words, line, marker = _text(trace["name"]), trace.get("line", {}), trace.get("marker", {})
    color = marker.get("color") or trace.get("fillcolor") or line.get("color") or INK
    first = _color(_value_of_row(color, 0) if isinstance(color, list) else color)
    if trace["type"] == "bar" or trace.get("fill") == "toself":
        return Patch(facecolor=first, label=words)
    mode = trace.get("mode", "lines")
    return Line2D(
        [], [], color=_color(line.get("color", first)), label=words, linewidth=1.5,
        linestyle=_dash(line) if "lines" in mode else "", marker=_marker(marker, number) if "markers" in mode else "",
    )  # fmt: skip


def _legend(axes: Axes, handles: Sequence[Any], below: bool) -> None:
    if not handles:
        return
    for handle in handles:
        handle.set_label(_in_lines(str(handle.get_label())))
    letters = max(letters_wide(line) for handle in handles for line in str(handle.get_label()).split("\n")) + 6
    columns = max(1, min(len(handles), LEGEND_LETTERS // letters))
    axes.legend(
        handles=handles, ncols=columns, frameon=False, fontsize=9, labelcolor=INK, borderaxespad=0.2,
        loc="upper center" if below else "lower left", bbox_to_anchor=(0.5, 0) if below else (0, 1.01),
    )  # fmt: skip


def _in_lines(words: str) -> str:
    """Words of an entry in lines of a length that leaves room for a second entry beside it."""
    return "\n".join(piece for line in words.split("\n") for piece in textwrap.wrap(line, ENTRY_LETTERS) or [line])


# Values


def _text(words: Any) -> str:
    """Words of plotly's few tags in plain lines."""
    return html.unescape(TAG.sub("", BREAK.sub("\n", str(words)))).replace("$", r"\$")


def _color(written: Any) -> Any:
    """A colour of the description as matplotlib wants it: plotly's rgba() has parts of 255."""
    match = COLOR.match(str(written))
    if not match:
        return written
    red, green, blue, *alpha = (float(channel) for channel in match[1].split(","))
    return (red / 255, green / 255, blue / 255, *(alpha or [1.0]))


def _ink_on(color: Any) -> str:
    """The colour of words on a bar: white where it is dark."""
    red, green, blue = to_rgb(color)
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK_BAR else INK


def _dash(line: Mapping[str, Any]) -> Any:
    return DASHES.get(str(line.get("dash", "solid")), "-")


def _marker(marker: Mapping[str, Any], number: int) -> str:
    symbol = marker.get("symbol", "circle")
    if isinstance(symbol, list):
        symbol = symbol[0] if symbol else "circle"
    return MARKERS[symbol % len(MARKERS)] if isinstance(symbol, int) else SYMBOLS.get(str(symbol), "o")


def _value_of_row(values: Any, row: int, otherwise: Any = "") -> Any:
    """The value of a row where there is one each, else the one for all."""
    if isinstance(values, list | tuple):
        return values[row] if row < len(values) else otherwise
    return values


def _position(value: Any, index_of: Mapping[Any, int]) -> float:
    return index_of[value] if value in index_of else _number(value)


def _number(value: Any) -> float:
    """A number, a day as its ordinal, and nothing as nan."""
    if is_missing(value):
        return float("nan")
    if isinstance(value, str):
        return float(datetime.date.fromisoformat(value[:10]).toordinal()) if is_day(value) else float(value)
    return float(value)


def is_day(value: Any) -> bool:
    """Whether a value of an axis is a day as text."""
    try:
        datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        return False
    return True


def _days_wide(at: Sequence[Any]) -> float:
    """How wide bars along days are: nearly the distance between two."""
    days = sorted({_number(day) for day in at})
    return min((b - a for a, b in zip(days, days[1:], strict=False)), default=20.0) * 0.85
