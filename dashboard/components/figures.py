"""The one way a number or a chart comes on a page: with its table, its downloads and its working."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import plotly.io
import streamlit as st
from plotly.basedatatypes import BaseFigure

from dashboard.charts.alt import figures_in_words
from dashboard.charts.frame import has_marks, with_names_in_lines
from dashboard.charts.language import in_language
from dashboard.charts.palette import for_dark
from dashboard.charts.world import (
    CONFIG,
    HEIGHT,
    HEIGHT_BESIDE_CARD,
    HEIGHT_ON_PHONE,
    HEIGHT_ON_PHONE_LONG_LEGEND,
    MAP_CONFIG,
)
from dashboard.components import light
from dashboard.components.chart_files import chart_files
from dashboard.components.downloads import download, file_name_of
from dashboard.components.notes import command
from dashboard.components.notices import written_as_known
from dashboard.components.provenance import drawn_from, in_words, pins_of
from dashboard.components.readable import Codes, columns_for_people
from dashboard.components.record import Rows, is_recording, keep, recording
from dashboard.components.tables import light_table, nothing_to_draw, nothing_to_show, show_table
from dashboard.locales import _
from dashboard.locales.numbers import day, decimal, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, current_release
from dashboard.warehouse.catalog import metrics, question, sources

METHODS = "pages/methods/page.py"
BEFORE_WORD = re.compile(r"\u00a0(?=[^\W\d_])")
IN_WORDS: dict[str, Callable[[Any], str]] = {
    "share": share,
    "people": people,
    "learners": people,
    "learner-days": people,
    "times": decimal,
    "rate": decimal,
    "per learner": decimal,
}


@dataclass(frozen=True)
class Words:
    """What a reader reads of a figure: the takeaway, a sentence below it, and what it shows for who cannot see it."""

    title: str
    lead: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart with what it answers.

    Attributes:
        question: its answer is the table and the download.
        context: what was asked.
        chart: a plotly figure as a dictionary, or a function that draws something else.
        words: title, lead and alternative text.
        columns: those of the table shown; all without it.
        codes: for a column that holds codes, the words shown for each.
        beside: other questions that the chart draws too.
        others: where the chart draws the answers of several contexts, each by its words; `context` is the first.
    """

    question: str
    context: Scope
    chart: dict[str, Any] | Callable[[], Any]
    words: Words
    columns: Sequence[str] | None = None
    codes: Codes = field(default_factory=dict)
    beside: Sequence[str] = ()
    others: Mapping[str, Scope] = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """A number of a strip: a metric of queries/metrics, or a fact that is none under a label of its own.

    Attributes:
        metric: the metric's name; empty where it is none.
        value: the number, or words where `metric` is empty.
        question, context: where it was read.
        note: one line below it.
        change: the difference to the time before, in words with its sign; empty where there is none.
        label: instead of the metric's own.
    """

    metric: str
    value: Any
    question: str
    context: Scope
    note: str = ""
    change: str = ""
    label: str = ""


class Drawn(BaseFigure):
    """A figure that is a dictionary already. plotly would check it for each reader, at 4 ms; our tests do instead."""

    def __init__(self, spec: dict[str, Any], is_dark: bool) -> None:
        spoken = in_language(with_names_in_lines(spec))
        coloured = for_dark(spoken) if is_dark else spoken
        self._spec = {**coloured, "layout": {**coloured["layout"], "template": _template()}}

    def to_dict(self) -> dict[str, Any]:
        """The dictionary, with Streamlit's template so that its theme colours the axes."""
        return self._spec


@cache
def _template() -> dict[str, Any]:
    return plotly.io.templates["streamlit"].to_plotly_json()


def strip(numbers: Sequence[Number], key: str = "strip") -> None:
    """Numbers side by side, two in a row on a phone, with the working of all behind one button."""
    _numbers(numbers, key)
    if is_recording():
        return
    _working([(n.question, n.context) for n in numbers], [n.metric for n in numbers if n.metric], key)


def in_words_of_metric(number: Number) -> str:
    """The value of a number as its metric's card has it written; words of its own where it has no metric."""
    card = metrics().get(number.metric)
    return IN_WORDS.get(card.unit, whole)(number.value) if card else str(number.value)


def breakable(number: str) -> str:
    """A number whose word, such as that of a million in Russian, may go on in the next line of a narrow page."""
    return BEFORE_WORD.sub(" ", number)


def _numbers(numbers: Sequence[Number], key: str) -> None:
    if keep(tuple(numbers)):
        return
    with st.container(horizontal=True, key=f"strip-{key}", vertical_alignment="top"):
        for number_index, number in enumerate(numbers):
            drawn_from(number.question, number.context)
            card = metrics().get(number.metric)
            with written_as_known(number.question, number.context):
                words = breakable(in_words_of_metric(number))
            with st.container(key=f"number-{key}-{number_index}", gap=None):
                st.metric(
                    number.label or (_(card.label) if card else ""),
                    words,
                    delta=number.change or None,
                    delta_color="off",
                    delta_arrow="off",
                    help=_(card.definition) if card else None,
                )
                if number.note:
                    st.caption(number.note)


def figure(
    drawn: Figure,
    on_click: Callable[[], None] | None = None,
    numbers: Sequence[Number] = (),
    key: str = "answer",
    name: str = "",
) -> bool:
    """A chart under its title, with table twin, download and working; whether there was a row to show.

    Without a row, or a number to draw, a sentence states that instead.

    Args:
        drawn: the chart and what it answers.
        on_click: called when a mark was chosen; the choice is in the session state under `chart_key(question)`.
        numbers: a strip between title and chart, whose working is behind the same button.
        key: distinguishes strips of a page.
        name: distinguishes several figures of one question on a page.
    """
    question_name, contexts = drawn.question, drawn.others or {"": drawn.context}
    has_rows = _begin(drawn, contexts)
    if numbers:
        _numbers(numbers, key)
    if not has_rows:
        nothing_to_show(question_name, drawn.context)
        return False
    if is_recording():
        kept = keep(drawn)
        if not callable(drawn.chart) and not has_marks(drawn.chart):
            nothing_to_draw(question_name, drawn.context)
        return kept
    if callable(drawn.chart):
        drawn.chart()
    elif not has_marks(drawn.chart):
        nothing_to_draw(question_name, drawn.context)
    elif light.is_light():
        _light(drawn)
    else:
        st.plotly_chart(
            Drawn(drawn.chart, is_dark()),
            key=chart_key(question_name + name),
            config=_config(drawn.chart),
            alt=alt_of(drawn.chart, drawn.words.alt),
            on_select=on_click or "ignore",
            selection_mode="points",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        twin = st.popover(_("Table and download"), on_change="rerun", key=f"table-{question_name}{name}")
        if twin.open:
            with twin:
                for number, (label, context) in enumerate(contexts.items()):
                    if label:
                        st.write(f"**{in_markdown(label)}**")
                    show_table(
                        question_name,
                        context,
                        drawn.columns,
                        key=f"twin-{question_name}{name}-{number}",
                        codes=drawn.codes,
                    )
                    download(question_name, context, f"{name}{number}", drawn.words.title, drawn.codes)
                if not callable(drawn.chart) and has_marks(drawn.chart) and not light.is_light():
                    file_name, title = file_name_of(question_name, drawn.context), drawn.words.title
                    chart_files(
                        drawn.chart, chart_key(question_name + name), question_name, drawn.context, title, file_name
                    )
        _working(
            [
                *((number.question, number.context) for number in numbers),
                *((question_name, context) for context in contexts.values()),
            ],
            [number.metric for number in numbers if number.metric],
            f"figure-{question_name}{name}",
        )
    return True


def _light(drawn: Figure) -> None:
    """A chart on the light page; of a map its largest rows, since outlines of all countries weigh more than a page."""
    assert not callable(drawn.chart)
    if "geo" in drawn.chart["layout"]:
        shown = columns_for_people(drawn.question, drawn.columns, drawn.codes)
        light_table(drawn.question, drawn.context, shown, drawn.codes, largest_first=True)
    else:
        light.chart(drawn.chart, alt_of(drawn.chart, drawn.words.alt))


def table_figure(drawn: Figure) -> bool:
    """A table under its title, with download and working, where the table is what there is to see.

    `chart` draws it; whether there was a row to show.
    """
    if not _begin(drawn, {"": drawn.context}):
        nothing_to_show(drawn.question, drawn.context)
        return False
    if is_recording():
        return keep(_as_shown(drawn))
    assert callable(drawn.chart)
    drawn.chart()
    with st.container(horizontal=True, vertical_alignment="center"):
        download(drawn.question, drawn.context, "", drawn.words.title, drawn.codes)
        _working([(drawn.question, drawn.context)], [], f"figure-{drawn.question}")
    return True


def _as_shown(drawn: Figure) -> Figure:
    """With the columns, and the words for codes, of the table that the page shows, so that documents have the same."""
    assert callable(drawn.chart)
    with recording() as shown:
        drawn.chart()
    rows = [block for block in shown if isinstance(block, Rows) and block.question == drawn.question]
    return replace(drawn, columns=rows[0].columns, codes={**drawn.codes, **rows[0].codes}) if rows else drawn


def _begin(drawn: Figure, contexts: Mapping[str, Scope]) -> bool:
    """The title and the lead; whether there is a row in any of the contexts."""
    if drawn.words.title and not is_recording():
        st.header(drawn.words.title, anchor=False)
    if all(ask(drawn.question, context).empty for context in contexts.values()):
        return False
    if drawn.words.lead and not is_recording():
        st.write(drawn.words.lead)
    for context in contexts.values():
        for question_name in (drawn.question, *drawn.beside):
            drawn_from(question_name, context)
    return True


def plain_chart(chart: dict[str, Any], key: str, alt: str) -> None:
    """A chart that repeats what a figure of the page holds with table and working."""
    if not has_marks(chart) or is_recording():
        return
    if light.is_light() and "geo" not in chart["layout"]:
        light.chart(chart, alt_of(chart, alt))
        return
    st.plotly_chart(Drawn(chart, is_dark()), key=key, config=_config(chart), alt=alt_of(chart, alt))


def alt_of(chart: dict[str, Any], alt: str) -> str:
    """What a chart is, and its figures, for whoever cannot see it."""
    return f"{alt} {figures_in_words(chart)}".strip()


def is_dark() -> bool:
    """Whether the reader's page is dark."""
    return not is_recording() and st.context.theme.type == "dark"


def map_height(long_legend: bool = False, beside_card: bool = False) -> int:
    """The height of a world map with its legend: a phone is narrow, and an empty band above the map helps nobody."""
    if not light.is_narrow():
        return HEIGHT_BESIDE_CARD if beside_card else HEIGHT
    return HEIGHT_ON_PHONE_LONG_LEGEND if long_legend else HEIGHT_ON_PHONE


def _config(chart: dict[str, Any]) -> dict[str, Any]:
    return dict(MAP_CONFIG if "geo" in chart["layout"] else CONFIG)


def chart_key(question_name: str) -> str:
    """Where the session keeps what was clicked on the chart of a question."""
    return f"chart-{question_name}"


def _working(questions: Sequence[tuple[str, Scope]], cards: Iterable[str], key: str) -> None:
    """Behind one sign: what each number means, where it comes from, and how to ask the same again."""
    shown = st.popover(_("About these figures"), type="tertiary", on_change="rerun", key=f"working-{key}")
    if not shown.open:
        return
    with shown:
        st.write("**" + _("How this was worked out") + "**")
        of_questions = (metric for name, _context in questions for metric in question(name).metrics)
        for name in dict.fromkeys([*cards, *of_questions]):
            card = metrics()[name]
            st.write(f"**{_(card.label)}**: {_(card.definition)} {_(card.caveat)}")
            st.page_link(
                METHODS, label=_("Methods: {metric}").format(metric=_(card.label)), query_params={"metric": name}
            )
        for name, scope in dict.fromkeys(questions):
            query, rows = question(name), len(ask(name, scope))
            st.write(f"**{_(query.title)}**")
            for caveat in query.caveats:
                st.caption(_(caveat))
            pins = pins_of(name, scope)
            st.caption(in_words(pins))
            for source, pin in pins:
                st.caption(
                    f"{sources()[source].citation} {day(datetime.date.fromisoformat(pin['captured_on']))}, "
                    f"{pin['provenance']}, "
                    f"sha256 {pin['sha256'][:12]}…"
                )
            st.caption(
                _("Release {number}, {rows} rows in the answer. The same from the shell:").format(
                    number=current_release().number, rows=rows
                )
            )
            st.code(command(name, scope), language="bash", wrap_lines=True)
            st.code(query.sql, language="sql")
