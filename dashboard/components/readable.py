"""Answers as people read them, on a page and in a workbook: which columns, and words in place of codes."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.access.viewer import counts_nobody
from dashboard.locales import _
from dashboard.locales.numbers import (
    HIDDEN,
    MISSING,
    days,
    decimal,
    is_missing,
    missing,
    month,
    points,
    quotient,
    share,
    short_day,
    whole,
)
from dashboard.locales.plain import without_markup
from dashboard.vocabularies import in_words, words
from dashboard.warehouse.catalog import question
from dashboard.warehouse.columns import Column

Codes = Mapping[str, Mapping[Any, str]]
NULL = re.compile(r"\bNULL\b")
# How a cell of each format is written; what is not named is a count.
WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "share": share,
    "points": points,
    "decimal": decimal,
    "index": quotient,
    "days": days,
    "weeks": days,
    "hours": decimal,
    "year": str,
    "date": short_day,
    "month": month,
    "text": str,
    "words": str,
    "flag": str,
    "code": str,
}


def columns_for_people(
    question_name: str, columns: Sequence[str] | None = None, codes: Codes | None = None
) -> tuple[Column, ...]:
    """The columns of an answer that people read, of `columns` where they are given; of codes those with words."""
    return tuple(
        column
        for column in question(question_name).columns
        if (columns is None or column.name in columns) and (column.is_for_people or column.name in (codes or {}))
    )


def in_words_for_people(table: pd.DataFrame, shown: Sequence[Column], codes: Codes | None = None) -> pd.DataFrame:
    """The columns shown, codes by their words and flags as Yes and No; what has no words stands as it is."""
    labels: dict[str, Mapping[Any, str]] = {
        column.name: words(column.card.words) for column in shown if column.card.words
    }
    labels |= {column.name: {True: _("Yes"), False: _("No")} for column in shown if column.card.format == "flag"}
    labels |= {name: by_code for name, by_code in (codes or {}).items() if any(name == column.name for column in shown)}
    read = {name: [_in_words(value, by_code) for value in table[name]] for name, by_code in labels.items()}
    return table[[column.name for column in shown]].assign(
        **{name: pd.Series(values, index=table.index, dtype=object) for name, values in read.items()}
    )


def explained(column: Column) -> str:
    """What a column means in a sentence for people, to whom a missing cell is empty."""
    meaning = NULL.sub(_("empty"), _(column.meaning))
    return meaning[:1].upper() + meaning[1:]


def _in_words(value: Any, labels: Mapping[Any, str]) -> Any:
    if is_missing(value):
        return None
    if value in labels:
        return labels[value]
    return in_words(value, labels) if isinstance(value, str) else value


def mark_of(column: Column) -> str:
    """What stands in an empty cell: no data where the column counts nobody, even on a page that hides counts."""
    if missing() == HIDDEN and column.question and counts_nobody(column.question, column.name):
        return MISSING
    return missing()


def cell_words(value: Any, column: Column) -> str:
    """A cell of a table in words, as the card of its column has it written."""
    if is_missing(value):
        return mark_of(column)
    return without_markup(WRITTEN.get(column.card.format, whole)(value))
