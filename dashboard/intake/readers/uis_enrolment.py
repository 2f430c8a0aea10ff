"""UIS enrolment: one row a country with twelve counts, kept as one record for each level and sex."""

from collections import defaultdict

from dashboard.intake.places import TOTAL, is_total
from dashboard.intake.readers.rows import Cells, PartsOfCountries, accepted, settled
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import left_out, need_country, no_value, whole_number

Records = list[tuple[str, str, str, int | None]]

LEVELS = ("pre_primary", "primary", "secondary", "tertiary")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes eight records a country; a level with 0 for both sexes is not available, hence missing, never 0."""
    answers: dict[str, list[tuple[Row, Records]]] = defaultdict(list)
    parts = PartsOfCountries(table)
    for row, records in accepted(table, ledger, lambda _, cell: _records(cell, ledger)):
        answers[records[0][0]].append((row, records))
        parts.enter(row, records[0][0])
    for country, rows_of_country in answers.items():
        rows = parts.wholes(rows_of_country, country, ledger)
        if not rows:
            continue
        for records in settled(rows, ledger, "country_iso3", "the country has another row that says something else"):
            ledger.publish(records)


def _records(cell: Cells, ledger: Ledger) -> Records:
    if is_total(cell("country")):
        ledger.parts += 1
        raise RowRefused("country", cell("country"), TOTAL)
    code = need_country(cell("country_iso3"), "country_iso3", cell("country"))
    return [record for level in LEVELS for record in _level(cell, code, level, ledger)]


def _level(cell: Cells, code: str, level: str, ledger: Ledger) -> Records:
    """Both sexes of a level; one of which a count is not shown is not known, and the other levels stay."""
    columns = [f"{level}_{sex}" for sex in ("both", "female", "male")]
    both, female, male = (None if no_value(cell(column)) else whole_number(cell(column), column) for column in columns)
    missing: Records = [(code, level, "female", None), (code, level, "male", None)]
    hidden = [column for column in columns if clean(cell(column)) and no_value(cell(column))]
    if hidden and (not both or both != (female or 0) + (male or 0)):
        if both or female or male:
            left_out(cell(hidden[0]), hidden[0], "not shown", ledger)
        return missing
    if not both:
        if female or male:
            raise RowRefused(columns[0], str(both), "0 or blank although a sex has learners")
        return missing
    if both != (female or 0) + (male or 0):
        raise RowRefused(columns[0], str(both), "not the sum of female and male")
    return [(code, level, "female", female), (code, level, "male", male)]
