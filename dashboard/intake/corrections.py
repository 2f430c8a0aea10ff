"""Corrected rows: how the file of rows set aside names what it corrects, and how it is read back, line by line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.intake.report import LONGEST_TEXT, FileRefused, clean
from dashboard.intake.tabular import Row, Table, key

LINE, REASON, FILE = "line in the file sent", "why it was set aside", "corrected rows of"
COLUMNS = (LINE, REASON, FILE)


@dataclass
class Corrections:
    """The rows of a file of corrected rows, each on its line of the file that is corrected.

    `accepted_before` counts rows of lines that were corrected already and are left out; `lines` are the others, filled
    while `rows` are walked through. `columns` are the positions of those that identify the line of a row.
    """

    file: str
    rows: Iterator[Row]
    columns: frozenset[int]
    lines: list[int] = field(default_factory=list)
    accepted_before: int = 0


def corrections(
    table: Table, named: str, to_correct: Mapping[str, Sequence[int]], is_declared: bool
) -> Corrections | None:
    """What a table corrects, where it has the column of lines; None where it is no file of corrected rows.

    Args:
        table: as it was opened.
        named: the file that the name of this one states it corrects, empty if it states none.
        to_correct: lines that stand set aside, by file.
        is_declared: whether the sender stated that these are corrected rows.

    Raises:
        FileRefused: it does not state of which file, or of one that the store does not hold.
    """
    keys = [key(cell) for cell in table.header]
    positions = {name: keys.index(name) for name in COLUMNS if name in keys}
    if LINE not in positions:
        if is_declared:
            raise FileRefused(
                f"Corrected rows have the column {LINE!r}, which says what each row corrects; this file has none. Take "
                "the rows set aside again and correct that file, or send the whole export."
            )
        return None
    walked = Corrections("", iter(()), frozenset(positions.values()))
    rows = list(table.rows)
    files = {row.cells[positions[FILE]].strip().rpartition(".")[2] for row in rows} if FILE in positions else {named}
    if len(files) != 1 or not (file := files.pop() or named):
        raise FileRefused(
            "Corrected rows of several files stand in one, or none is named. Send those of each file by themselves, as "
            "they were downloaded."
        )
    if file not in to_correct:
        raise FileRefused(
            f"These are corrected rows of the file {clean(file)[:LONGEST_TEXT]}, which is not published, or not any "
            "more. Publish that file first, or send the whole export."
        )
    walked.file = file
    walked.rows = _on_their_lines(rows, positions[LINE], set(to_correct[file]), walked)
    return walked


def own_columns(table: Table) -> tuple[Callable[[Row], int], frozenset[int]]:
    """Which line a row is of, in the file that it was set aside of, and the places of the columns that state it."""
    keys = [key(cell) for cell in table.header]
    if LINE not in keys:
        return lambda row: row.line, frozenset()
    at = keys.index(LINE)
    return lambda row: _line(row, at), frozenset(column for column, name in enumerate(keys) if name in COLUMNS)


def _line(row: Row, at: int) -> int:
    """The line in a cell; 0 where it holds none."""
    written = row.cells[at].strip().removesuffix(".0") if at < len(row.cells) else ""
    return int(written) if written.isascii() and written.isdecimal() else 0


def _on_their_lines(rows: Sequence[Row], at: int, to_correct: set[int], walked: Corrections) -> Iterator[Row]:
    seen: set[int] = set()
    for row in rows:
        line = _line(row, at)
        if not line:
            raise FileRefused(
                f"Line {row.line} does not say which line of the file sent it corrects. Rows that are new belong into "
                "the next export; take it out, or send the whole export."
            )
        if line in seen:
            raise FileRefused(f"Line {line} of the file sent is corrected twice. Keep one of the two rows.")
        seen.add(line)
        if line in to_correct:
            walked.lines.append(line)
            yield Row(line, row.cells)
        else:
            walked.accepted_before += 1
