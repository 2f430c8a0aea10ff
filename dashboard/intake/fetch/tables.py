"""What was fetched as records, written as the file that its publisher, or a sender, would have sent."""

import csv
import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.file_names import captured_on_in_name
from dashboard.warehouse.catalog import SourceCard, SourceColumn

LETTERS = re.compile(r"[^a-z0-9]")


def write(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A CSV of that name with the day of today, which is the day of its capture."""
    file = folder / dated(f"{name}.csv")
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return file


def dated(name: str, theirs: str = "") -> str:
    """The name of a file with the day of its capture: that which its publisher's own name states, else today.

    Nothing else of the publisher's name is taken: names mark demonstrations, parts and corrections.
    """
    day = captured_on_in_name(theirs) or datetime.date.today()
    path = Path(name)
    return f"{path.stem}_{day.isoformat()}{path.suffix}"


def column_of(card: SourceCard, question: str) -> SourceColumn | None:
    """The column of the template that a question is named like; None where there is none."""
    named = (column for column in card.columns if _key(question) in (_key(column.headers[0]), _key(column.name)))
    return next(named, None)


def by_template(card: SourceCard, questions: Iterable[str]) -> dict[str, str]:
    """Which question of a form stands for which column of the source's template, by letters and digits of its name.

    Raises:
        FetchFailed: a column that the source needs has none, or one has two.
    """
    question_of: dict[str, str] = {}
    for question in questions:
        column = column_of(card, question)
        if column is None:
            continue
        if column.name in question_of:
            raise FetchFailed(
                f"Two questions of the form stand for {column.name} of {card.name} (found: {question_of[column.name]} "
                f"and {question}). Rename one of them."
            )
        question_of[column.name] = question
    if lacking := card.lacking(question_of):
        names = ", ".join(column.name for column in lacking)
        raise FetchFailed(
            f"The form has no question for {names} of {card.name} (found: {', '.join(question_of) or 'none'}). Name "
            "the questions like the columns of `coalition template`."
        )
    return question_of


def write_by_template(
    folder: Path, card: SourceCard, kind: str, question_of: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
) -> Path:
    """A file of the source's template, its rows by the questions that stand for the columns."""
    headers = {column.name: column.headers[0] for column in card.columns}
    columns = [name for name in headers if name in question_of]
    cells = ([_text(row.get(question_of[name])) for name in columns] for row in rows)
    return write(folder, f"{card.name}_{kind}", [headers[name] for name in columns], cells)


def _text(value: Any) -> object:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _key(text: str) -> str:
    return LETTERS.sub("", text.casefold())
