"""Keeps what was made of an answer: all readers of an answer have the same table, and most see the same map of it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from dashboard.locales import language
from dashboard.locales.numbers import is_whole_percent, missing

Args = ParamSpec("Args")
Made = TypeVar("Made")
# Of each function; a map is some 100 kB.
MOST_KEPT = 100


@dataclass(frozen=True)
class _Call:
    """What a function was called with; the tables are held, so that no other takes the place of one in memory."""

    key: Hashable
    args: tuple[Any, ...] = field(compare=False)
    named: Mapping[str, Any] = field(compare=False)


def kept(function: Callable[Args, Made]) -> Callable[Args, Made]:
    """Has a function called once for the same tables, values and language. What it returns must not be changed.

    Tables are distinguished by being the same object, since those that a question answers with are never changed.
    """

    @lru_cache(maxsize=MOST_KEPT)
    def result_of(call: _Call) -> Made:
        return function(*call.args, **call.named)

    @wraps(function)
    def called(*args: Args.args, **named: Args.kwargs) -> Made:
        settings = (language(), missing(), is_whole_percent())
        key = (settings, *map(_key, args), *((name, _key(value)) for name, value in sorted(named.items())))
        return result_of(_Call(key, args, named))

    return called


@kept
def names_by_code(table: pd.DataFrame, codes: str, names: str) -> Mapping[Any, str]:
    """What one column of a table calls the codes of another, in the order of the table."""
    return dict(zip(table[codes], table[names], strict=True))


@kept
def codes_by_name(table: pd.DataFrame, codes: str, names: str) -> Sequence[Any]:
    """The codes of a table in the order of their names."""
    named = names_by_code(table, codes, names)
    return sorted(named, key=lambda code: named[code])


def _key(value: Any) -> Hashable:
    if isinstance(value, pd.DataFrame):
        return ("table", id(value)) if len(value) else ("no rows", tuple(value.columns))
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Mapping):
        return tuple(value.items())
    return value
