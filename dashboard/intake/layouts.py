"""Layouts of Coursera's reports that are not the usual ones: what is missing in one is added, totals are refused.

A report of learning paths lists each course of each learner below its badge, without ids of courses and without their
progress. A report of totals, by place or by job, has no row a learner: nothing can be counted from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dashboard.intake.report import FileRefused, Ledger, clean
from dashboard.intake.tabular import Row, Table

# Columns of totals; a report that has so many of them and none about one person is one.
TOTALS = frozenset(
    ("current members", "current learners", "deleted members", "total enrollments", "total completed courses")
    + ("average progress", "average estimated learning hours", "total learners", "total members")
)
FEWEST_TOTALS = 3
OF_A_PERSON = frozenset(("name", "email", "email*", "external id", "full name*", "user name"))
DONE, NOT_DONE = "100%", "0%"
YES = frozenset(("yes", "true", "1", "y"))


def refuse_totals(lines: Iterable[Sequence[str]]) -> None:
    """Says of a report of totals which report to export instead.

    Raises:
        FileRefused: one of the lines is the header of such a report.
    """
    for line in lines:
        headers = {clean(cell).casefold() for cell in line}
        if len(headers & TOTALS) >= FEWEST_TOTALS and not headers & OF_A_PERSON:
            raise FileRefused(
                f"This report of Coursera holds totals by {clean(line[0])}, and no row for each learner, so nobody can "
                "be counted by programme or month. Export the usage report (course activity) and send that."
            )


def with_progress(table: Table, ledger: Ledger) -> Table:
    """The table; one of learning paths with a column of progress, which it does not report: all or nothing."""
    if "progress" in table.positions or "badge" not in table.positions:
        return table
    ledger.notes.append(
        "A report of learning paths: courses have no ids there, so their names stand for them; progress is not "
        "reported, so only completed courses have it."
    )
    width, completed = len(table.header), table.positions["completed"]
    return replace(
        table,
        header=[*table.header, "Overall Progress"],
        positions={**table.positions, "progress": width},
        rows=_with_progress(table.rows, width, completed),
        text=None,
    )


def _with_progress(rows: Iterator[Row], width: int, completed: int) -> Iterator[Row]:
    for row in rows:
        if len(row.cells) == width:
            share = DONE if clean(row.cells[completed]).casefold() in YES else NOT_DONE
            yield Row(row.line, [*row.cells, share])
        else:
            yield row
