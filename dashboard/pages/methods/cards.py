"""The card of one metric, question, source or claim: all that the project states of it, and where it is used."""

import datetime
from collections.abc import Sequence

import streamlit as st

from dashboard.components.figures import IN_WORDS
from dashboard.components.page import headline
from dashboard.components.tables import grid
from dashboard.locales import _, plural
from dashboard.locales.numbers import is_missing, short_day, whole, with_commas
from dashboard.locales.plain import in_markdown
from dashboard.menu import pages
from dashboard.pages.methods import claims
from dashboard.pages.methods.catalogue import (
    METRIC,
    QUESTION,
    SOURCE,
    by_page,
    current_value,
    entries,
    metrics_of,
    pages_of,
    questions_from,
    questions_of,
)
from dashboard.pages.methods.links import PAGE, SEARCH_VIEW, VIEW, to_entry
from dashboard.scope import Scope
from dashboard.session import current_release
from dashboard.warehouse.catalog import Field, metrics, question, sources
from dashboard.warehouse.columns import Column
from dashboard.warehouse.lineage import sources_of


def show(kind: str, code: str) -> None:
    """The card of an entry, and the way back to the search."""
    if kind == METRIC:
        _metric(code)
    elif kind == QUESTION:
        _question(code)
    elif kind == SOURCE:
        _source(code)
    else:
        claims.claim_card(code)
    st.page_link(PAGE, label=_("Search all methods"), icon=":material/search:", query_params={VIEW: SEARCH_VIEW})


def date(text: str) -> datetime.date:
    """The day of a manifest."""
    return datetime.date.fromisoformat(text)


def _metric(name: str) -> None:
    card = metrics()[name]
    value, scope = current_value(name) or (None, Scope())
    words = "" if is_missing(value) else IN_WORDS.get(card.unit, whole)(value)
    headline(
        _("{metric}: {value} in release {number}").format(
            metric=in_markdown(_(card.label)), value=words, number=current_release().number
        )
        if words
        else in_markdown(_(card.label)),
        in_markdown(_(card.definition)),
    )
    if words:
        st.caption(
            _("The value is of all programmes for refugees, up to the newest file.")
            if scope.programme_id
            else _("The value is up to the newest file, without any choice on a page.")
        )
    _facts(
        {
            _("Caveat"): _(card.caveat),
            _("Unit"): _(card.unit),
            _("May be added over"): _(card.additive_over),
        }
    )
    shown_on = pages_of(name)
    if shown_on:
        st.write("**" + _("Shown on") + "**")
        with st.container(horizontal=True):
            for page in pages():
                if page.name in shown_on:
                    st.page_link(f"pages/{page.name}/page.py", label=page.title)
    _question_links(questions_of(name))
    st.write("**" + _("Formula") + "**")
    st.code(card.sql, language="sql", wrap_lines=True)


def _question(name: str) -> None:
    query, room = question(name), name.split("/")[0]
    page = next((candidate for candidate in pages() if candidate.name == room), None)
    headline(
        in_markdown(_(query.title)),
        _("One of the questions that the pages ask. Its answer has {grain}.").format(grain=in_markdown(_(query.grain))),
    )
    for caveat in query.caveats:
        st.caption(in_markdown(_(caveat)))
    if page:
        st.page_link(f"pages/{page.name}/page.py", label=_("Open the page {page}").format(page=page.title))
    known = {entry.code: entry for entry in entries() if entry.kind in (METRIC, SOURCE)}
    for words, codes in (
        (_("Metrics it uses"), metrics_of(query)),
        (_("Sources it reads"), sources_of(name)),
    ):
        if codes:
            st.write(f"**{words}**")
            with st.container(horizontal=True):
                for code in codes:
                    to_entry(known[code], short=True)
    if not sources_of(name):
        st.caption(_("It reads reference tables of the project only."))
    grid(_fields(query.columns), alt=_("Columns of the answer with their meaning."), nothing="", height="content")
    if query.params:
        st.write("**" + _("What can be chosen") + "**")
        grid(_fields(query.params), alt=_("Parameters with their meaning."), nothing="", height="content")
    working = st.expander(_("SQL and command"), on_change="rerun", key="question-sql")
    if working.open:
        with working:
            st.code(f"coalition ask {name}", language="bash")
            st.code(query.sql, language="sql")


def _fields(fields: Sequence[Field | Column]) -> list[dict[str, str]]:
    return [
        {_("Name"): _label(field), _("Meaning"): _(field.meaning), _("Type"): _type_words(field.type)}
        for field in fields
    ]


def _label(field: Field | Column) -> str:
    """The label of a column; of a parameter its name in words."""
    return _(field.label) if isinstance(field, Column) else field.name.replace("_", " ")


def _type_words(code: str) -> str:
    return {
        "VARCHAR": _("text"),
        "BIGINT": _("whole number"),
        "DOUBLE": _("number"),
        "BOOLEAN": _("yes or no"),
        "DATE": _("date"),
    }[code]


def _source(name: str) -> None:
    card, pins = sources()[name], current_release().manifest["snapshots"].get(name, [])
    is_simulated = name in current_release().demonstrations
    headline(
        in_markdown(_(card.title)),
        _("Published by {publisher}. {citation}").format(
            publisher=in_markdown(_(card.publisher)), citation=in_markdown(card.citation)
        ),
    )
    captures = with_commas(short_day(date(pin["captured_on"])) for pin in pins[-6:])
    _facts(
        {
            _("Licence"): _(card.licence),
            _("Rows"): _(card.grain),
            _("How it comes"): _(card.comes),
            _("Caveat"): _(card.caveat),
            _("In this release"): plural(
                "{count} capture, of {days}", "{count} captures, the newest of {days}", len(pins)
            ).format(count=whole(len(pins)), days=captures)
            if pins
            else _("nothing yet"),
            **({_("Simulated data"): _(card.demonstration)} if is_simulated else {}),
        }
    )
    address = f"<{card.address}>" if card.address.startswith("https://") else in_markdown(card.address)
    st.markdown(_("**Address**: {address}").format(address=address))
    st.page_link(
        "pages/data_health/page.py",
        label=_("Its freshness, on the page Data health"),
        query_params={"source": name, "open": "details"},
    )
    _question_links(questions_from(name))
    columns = st.expander(
        plural("{count} column", "{count} columns", len(card.columns)).format(count=whole(len(card.columns))),
        on_change="rerun",
        key="source-columns",
    )
    if columns.open:
        with columns:
            grid(
                [
                    {
                        _("Column"): column.label,
                        _("Meaning"): _(column.meaning),
                        _("Required"): _("yes") if column.required else _("no"),
                        _("Kept"): _("never; read at most to make a key") if column.personal else _("yes"),
                    }
                    for column in card.columns
                ],
                alt=_("Columns of the file with their meaning."),
                nothing="",
                height="content",
            )


def _question_links(names: Sequence[str]) -> None:
    """The questions, by page, behind one line."""
    if not names:
        return
    known = {entry.code: entry for entry in entries() if entry.kind == QUESTION}
    listed = st.expander(
        plural("{count} question uses it", "{count} questions use it", len(names)).format(count=whole(len(names))),
        on_change="rerun",
        key="uses",
    )
    if listed.open:
        with listed:
            for title, of_page in by_page(names).items():
                st.write(f"**{title}**")
                for name in of_page:
                    to_entry(known[name], short=True)


def _facts(facts: dict[str, str]) -> None:
    st.markdown("  \n".join(f"**{name}**: {in_markdown(text)}" for name, text in facts.items() if text))
