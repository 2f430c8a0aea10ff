"""Answers as tables to read, sort and search."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.downloads import download
from dashboard.components.provenance import drawn_from
from dashboard.disclosure.policy import policy
from dashboard.locales import _
from dashboard.locales.numbers import missing
from dashboard.scope import Scope
from dashboard.session import ask, is_hidden_from_me
from dashboard.warehouse.catalog import Field, question

POPOVER_TABLE = 640  # pixels; a phone scrolls it
Codes = Mapping[str, Mapping[Any, str]]


def show_table(
    asked: str,
    scope: Scope,
    columns: Sequence[str] | None = None,
    key: str | None = None,
    height: int = 420,
    codes: Codes | None = None,
) -> None:
    """The answer as a table, its columns named and explained by the question's header; without a row it says so.

    `codes` are, for a column that holds codes, the words shown for each.
    """
    table = ask(asked, scope)
    if table.empty:
        nothing_to_show(asked, scope)
        return
    drawn_from(asked, scope)
    if codes:
        table = table.assign(**{column: table[column].map(words) for column, words in codes.items()})
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


def lazy_table(
    label: str, asked: str, scope: Scope, columns: Sequence[str] | None = None, codes: Codes | None = None
) -> None:
    """An expander whose table and download are drawn only when it is opened."""
    shown = st.expander(label, on_change="rerun", key=f"lazy-{asked}")
    if shown.open:
        with shown:
            show_table(asked, scope, columns, key=f"lazy-table-{asked}", codes=codes)
            download(asked, scope)


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


def stop_if_empty(table: pd.DataFrame, hint: str) -> None:
    """Ends the page with what to do when there is nothing to show."""
    if table.head(1).isna().all(axis=None):
        st.info(hint)
        st.stop()


def _hidden_words() -> str:
    return _("each figure is of fewer than {below} people, or only those who own the rows may see it").format(
        below=policy().hide_below
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
