"""The one way a number or a chart comes on a page: with its table, its download, its source and its working."""

import csv
import io
import shlex
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import pandas as pd
import plotly.io
import streamlit as st
from plotly.basedatatypes import BaseFigure

from dashboard.access.visitor import NotAdmitted, Visitor, visitor
from dashboard.charts.frame import has_marks
from dashboard.charts.world import CONFIG, HEIGHT, HEIGHT_ON_PHONE, HEIGHT_ON_PHONE_LONG_LEGEND
from dashboard.disclosure.policy import policy
from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import decimal, is_missing, missing, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import answer, ask, current_release, is_hidden_from_me
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.releases import Release
from dashboard.warehouse.catalog import Field, Metric, metrics, question, sources
from dashboard.warehouse.lineage import sources_of

POPOVER_TABLE = 640  # pixels; a phone scrolls it
IN_WORDS: dict[str, Callable[[Any], str]] = {
    "share": share,
    "people": people,
    "learners": people,
    "learner-days": people,
    "times": decimal,
    "rate": decimal,
    "per learner": decimal,
}
CLOSURES, ANSWERED_BY = "unesco_closures", "school_closures/answered_by"


class Drawn(BaseFigure):
    """A figure that is a dictionary already. plotly would check it for each reader, at 4 ms; our tests do instead."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = {**spec, "layout": {**spec["layout"], "template": _template()}}

    def to_dict(self) -> dict[str, Any]:
        """The dictionary, with Streamlit's template so that its theme colours the axes."""
        return self._spec


@cache
def _template() -> dict[str, Any]:
    return plotly.io.templates["streamlit"].to_plotly_json()


def metric_tile(name: str, value: float | None, asked: str, scope: Scope, note: str = "", key: str = "") -> None:
    """A number with its name, definition and working.

    Args:
        name: a metric of queries/metrics.
        value: the number, None where there is none.
        asked: the question it was read from.
        scope: what was asked.
        note: words below the number.
        key: tells tiles of the same metric on one page apart.
    """
    card = metrics()[name]
    with st.container(border=True, height="stretch"):
        st.metric(_(card.label), IN_WORDS.get(card.unit, whole)(value), help=_(card.definition))
        if note:
            st.caption(note)
        _working(asked, scope, f"tile-{name}{key}", [card])


def text_tile(label: str, value: str, note: str, asked: str, scope: Scope) -> None:
    """A fact that is no metric, such as a date, with its working."""
    with st.container(border=True, height="stretch"):
        st.metric(label, value)
        st.caption(note)
        _working(asked, scope, f"tile-{label}", [])


def figure(
    title: str,
    chart: dict[str, Any] | Callable[[], Any],
    asked: str,
    scope: Scope,
    alt: str,
    lead: str = "",
    on_click: Callable[[], None] | None = None,
    columns: list[str] | None = None,
    table_twin: bool = True,
    beside: str | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    others: Mapping[str, Scope] | None = None,
) -> bool:
    """A chart under its title, with table twin, download, working and source line; whether there was a row to show.

    Without a row, or a number to draw, it says so instead.

    Args:
        title: the one takeaway or subject.
        chart: a plotly figure as a dictionary, or a function that draws something else.
        asked: the question the chart shows; its answer is the table and the download.
        scope: what was asked.
        alt: what a reader who does not see the chart needs to know.
        lead: a sentence below the title.
        on_click: called when a mark was chosen; the choice is in the session state under `chart_key(asked)`.
        columns: those of the table shown; all without it.
        beside: another question that the chart draws too, whose sources are named as well.
        words: for a column that holds codes, the words shown for each.
        table_twin: False where the chart is a table already.
        others: where the chart draws the answers of several scopes, each with its words; `scope` is the first of them.
    """
    st.header(title, anchor=False)
    if all(ask(asked, one).empty for one in (others or {"": scope}).values()):
        nothing_to_show(asked, scope)
        return False
    if lead:
        st.write(lead)
    if callable(chart):
        chart()
    elif not has_marks(chart):
        nothing_to_draw(asked, scope)
    else:
        st.plotly_chart(
            Drawn(chart),
            key=chart_key(asked),
            config=dict(CONFIG),
            alt=alt,
            on_select=on_click or "ignore",
            selection_mode="points",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if table_twin:
            twin = st.popover(_("Table and download"), on_change="rerun", key=f"table-{asked}")
            if twin.open:
                with twin:
                    for number, (label, one) in enumerate((others or {"": scope}).items()):
                        if label:
                            st.write(f"**{in_markdown(label)}**")
                        show_table(asked, one, columns, key=f"twin-{asked}-{number}", words=words)
                        download(asked, one, number)
        else:
            download(asked, scope)
        _working(asked, scope, f"figure-{asked}", [metrics()[name] for name in question(asked).metrics])
    source_line(asked, scope)
    if beside:
        source_line(beside, scope)
    return True


def plain_chart(chart: dict[str, Any], key: str, alt: str) -> None:
    """A chart that repeats what a figure of the page holds with table and working."""
    if not has_marks(chart):
        return
    st.plotly_chart(Drawn(chart), key=key, config=dict(CONFIG), alt=alt)


def on_phone() -> bool:
    """Whether the reader's browser says that it is a phone's: the server cannot see how wide the page is."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def map_height(long_legend: bool = False) -> int:
    """The height of a world map with its legend: a phone is narrow, and an empty band above the map helps nobody."""
    if not on_phone():
        return HEIGHT
    return HEIGHT_ON_PHONE_LONG_LEGEND if long_legend else HEIGHT_ON_PHONE


def chart_key(asked: str) -> str:
    """Where the session keeps what was clicked on the chart of a question."""
    return f"chart-{asked}"


def show_table(
    asked: str,
    scope: Scope,
    columns: list[str] | None = None,
    key: str | None = None,
    height: int = 420,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """The answer as a table to sort and search, its columns named and explained by the question's header.

    Without a row it says so instead.
    """
    table = ask(asked, scope)
    if table.empty:
        nothing_to_show(asked, scope)
        return
    if words:
        table = table.assign(**{column: table[column].map(said) for column, said in words.items()})
    fields = [field for field in question(asked).columns if columns is None or field.name in columns]
    st.dataframe(
        table,
        hide_index=True,
        column_order=[field.name for field in fields],
        column_config={field.name: _column(field) for field in fields},
        height=min(height, 40 + 36 * max(1, len(table))),
        key=key,
        placeholder=missing(),
        alt=_(question(asked).title),
        width=POPOVER_TABLE if key and key.startswith("twin-") else "stretch",
    )


def grid(rows: list[dict[str, Any]], alt: str, nothing: str, **how: Any) -> None:
    """Rows written in words as a table; what is missing has its mark. Without a row it says `nothing` instead."""
    if not rows:
        st.write(nothing)
        return
    st.dataframe(rows, hide_index=True, placeholder=missing(), alt=alt, **how)


def nothing_to_show(asked: str, scope: Scope) -> None:
    """Stands where a question has no row for this reader."""
    if is_hidden_from_me(asked, scope):
        st.caption(_("Nothing to show: {why}.").format(why=_hidden_words()))
    else:
        st.caption(_("Nothing to show yet: no data in this release matches this choice."))


def nothing_to_draw(asked: str, scope: Scope) -> None:
    """Stands where a chart would be without a mark, as every number of it is hidden or not known."""
    if is_hidden_from_me(asked, scope):
        st.caption(_("Nothing to draw: {why}.").format(why=_hidden_words()))
    else:
        st.caption(_("Nothing to draw yet: the data in this release does not state these figures."))


def _hidden_words() -> str:
    return _("each figure is of fewer than {below} people, or only those who own the rows may see it").format(
        below=policy().hide_below
    )


def lazy_table(
    label: str,
    asked: str,
    scope: Scope,
    columns: list[str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """An expander whose table, download and source are drawn only when it is opened."""
    shown = st.expander(label, on_change="rerun", key=f"lazy-{asked}")
    if shown.open:
        with shown:
            show_table(asked, scope, columns, key=f"lazy-table-{asked}", words=words)
            download(asked, scope)
            source_line(asked, scope)


def download(asked: str, scope: Scope, number: int = 0) -> None:
    """A button that gives the answer as CSV, written only when it is pressed.

    `number` tells several of one question apart on a page.
    """
    st.download_button(
        _("Download CSV"),
        # Written later, outside of this session: so for this visitor and this release, whatever is served by then.
        data=partial(_csv, visitor(), current_release(), asked, scope),
        file_name=_file_name(asked, scope),
        mime="text/csv",
        key=f"download-{asked}-{number}",
        on_click="ignore",
    )


def source_line(asked: str, scope: Scope) -> None:
    """Publisher, licence and day of capture of every source behind the answer; a simulated one is named as that."""
    said: list[str] = []
    for name, pin in _pins(asked, scope):
        card = sources()[name]
        if pin["provenance"] == "demo":
            line = _("**simulated rows, not data of {publisher}**").format(publisher=card.publisher)
        else:
            line = f"{card.publisher}, {_(card.title)} ({_('captured')} {pin['captured_on']}; {card.licence})"
        if line not in said:
            said.append(line)
    if said:
        st.caption(_("Source:") + " " + "; ".join(said) + ".")


def _file_name(asked: str, scope: Scope) -> str:
    """A name that says what was asked, of which release, and whether rows are simulated."""
    simulated = "SIMULATED_" if any(pin["provenance"] == "demo" for _name, pin in _pins(asked, scope)) else ""
    given = [str(value) for value in scope.params(question(asked)).values() if value is not None]
    return f"{simulated}{'_'.join([asked.replace('/', '_'), *given])}_release_{current_release().number}.csv"


def _pins(asked: str, scope: Scope) -> list[tuple[str, dict[str, Any]]]:
    """The snapshots that answer: the newest of each source, of school closures the captures that the day asks for.

    Of a source that partners report in streams, every one is in the answer.
    """
    pins = current_release().manifest["snapshots"]
    found = []
    for name in sources_of(asked):
        known = [(name, pin) for pin in pins.get(name, [])]
        if name == CLOSURES:
            days = ask(ANSWERED_BY, scope)["captured_on"].astype(str).tolist()
            found += [(name, pin) for name, pin in known if pin["captured_on"] in days]
        else:
            found += known if sources()[name].stream else known[-1:]
    return found


def stop_if_empty(table: pd.DataFrame, hint: str) -> None:
    """Ends the page with what to do when there is nothing to show."""
    if table.head(1).isna().all(axis=None):
        st.info(hint)
        st.stop()


def _working(asked: str, scope: Scope, key: str, cards: list[Metric]) -> None:
    shown = st.popover(_("How this was worked out"), type="tertiary", on_change="rerun", key=f"working-{key}-{asked}")
    if not shown.open:
        return
    query, release = question(asked), current_release()
    with shown:
        st.write(f"**{_(query.title)}**")
        for card in cards:
            st.write(f"{_(card.label)}: {_(card.definition)} {_(card.caveat)}")
        for caveat in query.caveats:
            st.caption(_(caveat))
        for name, pin in _pins(asked, scope):
            st.caption(
                f"{sources()[name].citation} {pin['captured_on']}, {pin['provenance']}, sha256 {pin['sha256'][:12]}…"
            )
        rows = len(ask(asked, scope))
        st.caption(
            _("Release {number}, {rows} rows in the answer. The same from the shell:").format(
                number=release.number, rows=rows
            )
        )
        st.code(_command(asked, scope), language="bash", wrap_lines=True)
        st.code(query.sql, language="sql")


def _command(asked: str, scope: Scope) -> str:
    given = {name: value for name, value in scope.params(question(asked)).items() if value is not None}
    return " ".join(
        ["coalition", "ask", asked, *(f"--param {name}={shlex.quote(str(value))}" for name, value in given.items())]
    )


def _column(field: Field) -> Any:
    label = _(field.name.replace("_", " ").capitalize()).replace("iso3", "ISO3").replace("Ects", "ECTS")
    if field.type == "DOUBLE" and field.name.startswith(("share", "ci_", "rate_")) or field.name.endswith("_share"):
        return st.column_config.NumberColumn(label, help=_(field.meaning), format="percent")
    if field.type == "DOUBLE" and field.name.startswith(("hours", "fractional")):
        return st.column_config.NumberColumn(label, help=_(field.meaning), format="localized")
    if field.type == "DOUBLE":
        return st.column_config.NumberColumn(label, help=_(field.meaning), format="%.1f")
    if field.type == "BIGINT" and field.name != "year":
        return st.column_config.NumberColumn(label, help=_(field.meaning), format="localized")
    if field.type == "DATE":
        return st.column_config.DateColumn(label, help=_(field.meaning), format="D MMM YYYY")
    return st.column_config.Column(label, help=_(field.meaning))


def _csv(came: Visitor, release: Release, asked: str, scope: Scope) -> bytes:
    """The answer as a spreadsheet opens it: whole numbers whole, formulas disarmed.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    table = answer(came.viewer, release, asked, scope)
    record(store_folder(), "export", came.who, asked, release.number)
    whole_numbers = {field.name for field in question(asked).columns if field.type == "BIGINT"}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value, name in whole_numbers) for name, value in zip(table.columns, row, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any, is_whole: bool) -> Any:
    if is_missing(value):
        return ""
    if isinstance(value, str):
        return harmless(value)
    return int(value) if is_whole else value
