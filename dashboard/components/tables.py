"""Answers as tables to read, sort and search."""

import datetime
import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from babel.numbers import format_decimal

from dashboard.components import light
from dashboard.components.downloads import download
from dashboard.components.notices import written_as_known
from dashboard.components.provenance import drawn_from
from dashboard.components.readable import (
    Codes,
    cell_words,
    columns_for_people,
    explained,
    in_words_for_people,
    mark_of,
)
from dashboard.components.record import Grid, Rows, keep
from dashboard.components.texts import note, paragraph
from dashboard.disclosure.policy import policy
from dashboard.locales import ENGLISH, _, is_right_to_left, language
from dashboard.locales.numbers import (
    HIDDEN,
    MISSING,
    MONTH,
    SHORT,
    decimal,
    is_missing,
    is_tiny,
    is_whole_percent,
    missing,
    percent_sign,
    short_day,
    whole,
    widget_day,
)
from dashboard.locales.plain import letters_wide
from dashboard.scope import Scope
from dashboard.session import ask, is_hidden_from_me
from dashboard.vocabularies import words
from dashboard.warehouse.catalog import question
from dashboard.warehouse.columns import Column

# Pixels; a phone scrolls the table of a popover.
POPOVER_TABLE, NARROWEST, WIDEST, PIXELS_A_LETTER, HEADING_MARGIN = 640, 90, 240, 6, 32
# Formats whose numbers may have decimals that nobody reads.
WORDS_OR_DATES = ("text", "words", "flag", "code", "date", "month")
# A number as the languages write it, or an interval, with the sign of percent, before it that of a difference.
_NUMBER = r"[\u200e\u200f+\u2212-]*\d[\d.,\u066b\u066c\u00a0\u202f]*[%\u066a]?[\u200e\u200f]*"
NUMBER_IN_WORDS = re.compile(f"{_NUMBER}(\u2013{_NUMBER})?")
FEW_ROWS = 40
LOCALIZED = {"people", "days", "weeks", "hours", "usd"}


def show_table(
    question_name: str,
    scope: Scope,
    columns: Sequence[str] | None = None,
    key: str | None = None,
    height: int = 420,
    codes: Codes | None = None,
) -> None:
    """The answer as a table for people, its columns named, written and explained by their cards; without a row, a
    sentence.

    `codes` are, for a column that holds codes, the words shown for each; without words such a column is in the CSV
    only.
    """
    table = ask(question_name, scope)
    if table.empty:
        nothing_to_show(question_name, scope)
        return
    drawn_from(question_name, scope)
    if not keep(Rows(question_name, scope, columns, codes or {})):
        with written_as_known(question_name, scope):
            _draw(question_name, scope, table, columns, key, height, codes)


def _draw(
    question_name: str,
    scope: Scope,
    table: pd.DataFrame,
    columns: Sequence[str] | None,
    key: str | None,
    height: int,
    codes: Codes | None,
) -> None:
    shown = columns_for_people(question_name, columns, codes)
    if light.is_light():
        light_table(question_name, scope, shown, codes)
        return
    # The grid has one mark for what is missing; a column of another mark is written in words.
    other = {column.name for column in shown if _has_other_mark(table, column)}
    numbers = [column for column in shown if column.name not in other]
    st.dataframe(
        _in_language(
            _in_percent(in_words_for_people(table, shown, codes), numbers).assign(
                **{column.name: _written(table, column) for column in shown if column.name in other}
            ),
            numbers,
        ),
        hide_index=True,
        column_order=[column.name for column in (reversed(shown) if is_right_to_left() else shown)],
        column_config={column.name: _config(column, column.name in other) for column in shown},
        height=min(height, 40 + 36 * max(1, len(table))),
        key=key,
        placeholder=missing(),
        alt=_(question(question_name).title),
        width=POPOVER_TABLE if key and key.startswith("twin-") else "stretch",
    )


def _has_other_mark(table: pd.DataFrame, column: Column) -> bool:
    """Whether a column of numbers has an empty cell that is no data where the page marks what is hidden."""
    return column.is_number and bool(table[column.name].isna().any()) and mark_of(column) != missing()


def _written(table: pd.DataFrame, column: Column) -> list[str]:
    """The cells of a column in words, filled up from the left so that they sort as their numbers do."""
    cells = [cell_words(value, column) for value in table[column.name]]
    return [cell.rjust(max(map(len, cells))) for cell in cells]


def light_table(
    question_name: str, scope: Scope, shown: Sequence[Column], codes: Codes | None, largest_first: bool = False
) -> None:
    """The answer as an HTML table; `largest_first` has the few rows that stand for a map, by their first number."""
    answer = ask(question_name, scope)
    rows = in_words_for_people(answer, shown, codes)
    if largest_first:
        rows = rows.loc[_largest_first(answer, shown)]
    light.table(
        [_(column.label) for column in shown],
        [
            [cell_words(value, column) for value, column in zip(row, shown, strict=True)]
            for row in rows.itertuples(index=False, name=None)
        ],
        [column.is_number for column in shown],
        _(question(question_name).title),
        light.FIRST_ROWS if largest_first else light.MOST_ROWS,
    )


def _largest_first(answer: pd.DataFrame, shown: Sequence[Column]) -> pd.Index:
    """The rows by status, in the order of its words, such as closed before open, and then by their first number."""
    numbers = [column.name for column in shown if column.is_number]
    status = next((column for column in shown if column.name == "status" and column.card.words), None)
    ranks = {code: at for at, code in enumerate(words(status.card.words))} if status else {}
    rank = answer[status.name].map(ranks) if status else pd.Series(0, index=answer.index)
    ordered = answer.assign(rank_=rank).sort_values(
        ["rank_", *numbers[:1]], ascending=[True, *[False] * len(numbers[:1])], na_position="last", kind="stable"
    )
    return ordered.index


def _in_percent(table: pd.DataFrame, shown: Sequence[Column]) -> pd.DataFrame:
    """Shares and their differences in percent, since the grid writes numbers as they are."""
    percent = [column.name for column in shown if column.card.format in ("share", "points")]
    rounded = {column.name: 1 for column in shown if column.card.format in LOCALIZED}
    return table.assign(**{name: table[name] * 100 for name in percent}).round(rounded)


def _in_language(table: pd.DataFrame, shown: Sequence[Column]) -> Any:
    """The table with its numbers written in the language of the run: the grid would follow the browser's.

    English is what the grid writes by itself, but for numbers that would read zero and are not.
    """
    written = {
        column.name: partial(_number_words, format_=column.card.format)
        for column in shown
        if column.card.format not in WORDS_OR_DATES
        and (language() != ENGLISH or any(is_tiny(value, _digits(column.card.format)) for value in table[column.name]))
    }
    return table.style.format(written, na_rep=missing()) if written else table


def _number_words(value: float, format_: str) -> str:
    """A number of the grid in words; a share is in percent already: a sign in the pattern would multiply again."""
    if is_missing(value):
        return missing()
    sign = percent_sign(language()) if format_ == "share" else ""
    if is_tiny(value, digits := _digits(format_)):
        least = format_decimal(10**-digits, _pattern(format_), language()) + sign
        return _("less than {number}").format(number=least)
    return format_decimal(value, _pattern(format_), language()) + sign


def _digits(format_: str) -> int:
    """How many decimals a number of the grid has; a share is in percent."""
    if format_ == "share":
        return 0 if is_whole_percent() else 1
    return 2 if format_ == "index" else 1


def _pattern(format_: str) -> str:
    if format_ == "share":
        return "#,##0" if is_whole_percent() else "#,##0.0"
    return {"points": "+#,##0.0;\u2212#,##0.0", "year": "0", "decimal": "#,##0.0", "index": "0.00"}.get(
        format_, "#,##0.#"
    )


def grid(rows: list[dict[str, Any]], alt: str, nothing: str, **how: Any) -> None:
    """Rows written in words as a table; what is missing has its mark. Without a row it states `nothing` instead."""
    if not rows:
        if nothing:
            paragraph(nothing)
        return
    if keep(Grid(tuple(rows), alt)):
        return
    columns = {name: [row.get(name) for row in rows] for name in rows[0]}
    # A phone has no room for columns side by side unless their words go on in the next line.
    if light.is_light() or (light.is_narrow() and len(rows) <= FEW_ROWS):
        light.table(
            list(columns),
            [[_plain(row.get(name)) for name in columns] for row in rows],
            [are_numbers(values) for values in columns.values()],
            alt,
            light.MOST_ROWS,
        )
        return
    how.setdefault("column_order", reading_order(columns))
    configs = {name: _config_of(values) for name, values in columns.items()}
    how["column_config"] = {
        **{name: config for name, config in configs.items() if config},
        **how.get("column_config", {}),
    }
    st.dataframe(rows, hide_index=True, placeholder=missing(), alt=alt, **how)


def _config_of(values: Sequence[Any]) -> Any:
    """How the grid writes a column of a page's own rows: days as the language does, numbers at the right."""
    known = [value for value in values if not is_missing(value)]
    if known and all(isinstance(value, datetime.date) for value in known):
        return st.column_config.DateColumn(format=widget_day(SHORT))
    return st.column_config.Column(alignment="right") if are_numbers(values) else None


def are_numbers(values: Iterable[Any]) -> bool:
    """Whether all known cells of a column are numbers, also where they are written in words, with their signs."""
    known = [value for value in values if not is_missing(value) and value not in (MISSING, HIDDEN, "")]
    return bool(known) and all(
        isinstance(value, int | float) or bool(NUMBER_IN_WORDS.fullmatch(str(value))) for value in known
    )


def reading_order(names: Iterable[str]) -> list[str] | None:
    """The order of columns for a grid, which runs from the left; None where that is how the language is read."""
    return list(names)[::-1] if is_right_to_left() else None


def _plain(value: Any) -> str:
    """A cell of a grid in words."""
    if is_missing(value):
        return missing()
    if isinstance(value, datetime.date):
        return short_day(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return whole(value) if float(value).is_integer() else decimal(value)


def lazy_table(
    label: str, question_name: str, scope: Scope, columns: Sequence[str] | None = None, codes: Codes | None = None
) -> None:
    """An expander whose table and download are drawn only when it is opened."""
    shown = st.expander(label, on_change="rerun", key=f"lazy-{question_name}")
    if shown.open:
        with shown:
            show_table(question_name, scope, columns, key=f"lazy-table-{question_name}", codes=codes)
            download(question_name, scope, title=label, codes=codes)


def nothing_to_show(question_name: str, scope: Scope) -> None:
    """Stands where a question has no row for this reader."""
    if is_hidden_from_me(question_name, scope):
        note(_("Nothing to show: {why}.").format(why=_hidden_words()))
    else:
        note(_("Nothing to show yet: no data in this release matches this choice."))


def nothing_to_draw(question_name: str, scope: Scope) -> None:
    """Stands where a chart would be without a mark, as every number of it is hidden or not known."""
    if is_hidden_from_me(question_name, scope):
        note(_("Nothing to draw: {why}.").format(why=_hidden_words()))
    else:
        note(_("Nothing to draw yet: the data in this release does not state these figures."))


def stop_if_empty(table: pd.DataFrame, hint: str) -> None:
    """Ends the page with what to do when there is nothing to show."""
    if table.head(1).isna().all(axis=None):
        st.info(hint)
        st.stop()


def _hidden_words() -> str:
    return _("each figure is of fewer than {below} people, or only those who own the rows may see it").format(
        below=policy().hide_below
    )


def _config(column: Column, is_written: bool = False) -> Any:
    """How the grid writes a column: as its card states, wide enough for its heading."""
    format_, label, meaning = column.card.format, _(column.label), explained(column)
    if is_written:
        return st.column_config.Column(label, help=meaning, alignment="right")
    if format_ in ("text", "words", "flag", "code"):
        return st.column_config.Column(label, help=meaning, alignment="right" if is_right_to_left() else None)
    wide = min(WIDEST, max(NARROWEST, PIXELS_A_LETTER * letters_wide(label) + HEADING_MARGIN))
    if format_ in ("date", "month"):
        return st.column_config.DateColumn(
            label, help=meaning, format=widget_day(SHORT if format_ == "date" else MONTH), width=wide
        )
    # In other languages each number has its own words from `_in_language`.
    written = _number_format(format_) if language() == ENGLISH else None
    return st.column_config.NumberColumn(label, help=meaning, format=written, width=wide)


def _number_format(format_: str) -> str:
    if format_ == "share":
        return "%.0f %%" if is_whole_percent() else "%.1f %%"
    return {"points": "%+.1f", "year": "%d", "decimal": "%.1f", "index": "%.2f"}.get(format_, "localized")
