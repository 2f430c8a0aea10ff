"""Rows that a publisher gives page by page: all of them, each once, or none."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.intake.fetch.client import FetchFailed

# A publisher that never ends is stopped by the caps on bytes and time before this.
MOST_PAGES = 100_000
# More than any source has that is known here; they are in memory together.
MOST_ROWS = 2_000_000
AGAIN = "Nothing of it was taken. Do the same again; if that lasts, ask the publisher."


@dataclass(frozen=True)
class Page:
    """The rows of one page, and how many its publisher counts on all of them."""

    rows: list[Any]
    total: int


def all_rows(what: str, ask: Callable[[int, int], Page], keep: Callable[[Any], Any] = lambda row: row) -> list[Any]:
    """All rows of what is asked for; `ask` is given the number of the page, from 0, and of the rows before it.

    `keep` is what is kept of a row, so that what is not needed of a million rows takes no memory.

    Raises:
        FetchFailed: rows are missing or too many, a page came twice, or the total changed meanwhile.
    """
    rows: list[Any] = []
    seen: set[str] = set()
    total: int | None = None
    for number in range(MOST_PAGES):
        page = ask(number, len(rows))
        if total is None:
            total = page.total
            if total > MOST_ROWS:
                raise FetchFailed(
                    f"{what} states that it has {total:,} rows, and {MOST_ROWS:,} are read at most. Import a file, or "
                    "narrow what the card asks for."
                )
        elif page.total != total:
            raise FetchFailed(
                f"{what} changed while it was read (found: {page.total:,} rows on page {number + 1}, {total:,} on the "
                f"first). {AGAIN}"
            )
        if page.rows:
            mark = hashlib.sha256(json.dumps(page.rows, sort_keys=True).encode()).hexdigest()
            if mark in seen:
                raise FetchFailed(f"{what} gave the same page twice (found: page {number + 1} again). {AGAIN}")
            seen.add(mark)
            rows += map(keep, page.rows)
        if len(rows) >= total or not page.rows:
            break
    if len(rows) != total:
        raise FetchFailed(f"{what} should have {total or 0:,} rows (found: {len(rows):,}). {AGAIN}")
    return rows


def whole_number(value: object, what: str) -> int:
    """A number of rows or pages as an interface states it.

    Raises:
        FetchFailed: it is none.
    """
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()):
        raise FetchFailed(f"{what} does not state how many rows it has (found: {text[:40]!r}). {AGAIN}")
    return int(text)


def answered_field(answer: Any, name: str, kind: type, what: str) -> Any:
    """A part of an answer in JSON.

    Raises:
        FetchFailed: it is not there, or is something else: the interface is another one than was documented.
    """
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, kind):
        names = ", ".join(sorted(map(str, answer))[:10]) if isinstance(answer, dict) else type(answer).__name__
        raise FetchFailed(
            f"{what} should answer with {name!r} (found: {names or 'nothing'}). The interface may have changed: import "
            "a file, and tell whoever looks after the dashboard."
        )
    return value
