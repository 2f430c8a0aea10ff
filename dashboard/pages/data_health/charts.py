"""Charts of what became of the rows of each file: accepted, duplicates and set aside; and set aside by reason."""

from collections.abc import Mapping, Sequence

from dashboard.charts.frame import Figure, framed, in_lines
from dashboard.charts.palette import ACCENT, CLOSED, NEUTRAL, SEQUENTIAL
from dashboard.locales.plain import in_chart

HEIGHT = 260
OF_ROWS = (ACCENT, NEUTRAL, CLOSED)
OF_REASONS = (*reversed(SEQUENTIAL), NEUTRAL)
BAR = 0.35
LEGEND_LINE = 22


def stacked_figure(files: Sequence[str], counts: Mapping[str, Sequence[int]], colours: Sequence[str]) -> Figure:
    """A bar for each file, oldest first, of the counts that are in it.

    Args:
        files: names of the files, each another.
        counts: what is counted, in words, with a count for each file.
        colours: one for each of `counts`.
    """
    names = [in_lines(in_chart(name)) for name in counts]
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": [in_chart(file) for file in files],
            "y": list(values),
            "width": BAR,
            "marker": {"color": colour},
            "hovertemplate": f"%{{x}}<br>{name}: %{{y:,}}<extra></extra>",
        }
        for name, values, colour in zip(names, counts.values(), colours, strict=False)
    ]
    return framed(
        traces,
        HEIGHT + LEGEND_LINE * sum(name.count("<br>") + 1 for name in names),
        barmode="stack",
        showlegend=True,
        xaxis={"type": "category", "showgrid": False},
        yaxis={"rangemode": "tozero", "tickformat": ",d"},
    )
