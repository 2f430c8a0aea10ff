"""UIS enrolment: one row a country with twelve counts, kept as one record for each level and sex."""

from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import need_country, whole_number

LEVELS = ("pre_primary", "primary", "secondary", "tertiary")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes eight records a country; a level with 0 for both sexes is not available, hence missing, never 0."""
    seen: set[str] = set()

    def parse(row: Row, cell: Cells) -> list[tuple[str, str, str, int | None]]:
        code = need_country(cell("country_iso3"), "country_iso3", cell("country"))
        if code in seen:
            raise RowRefused("country_iso3", code, "the country has a row already")
        records = [record for level in LEVELS for record in _level(cell, code, level)]
        seen.add(code)
        return records

    for _, records in accepted(table, ledger, parse):
        ledger.publish(records)


def _level(cell: Cells, code: str, level: str) -> list[tuple[str, str, str, int | None]]:
    both = whole_number(cell(f"{level}_both"), f"{level}_both")
    female = whole_number(cell(f"{level}_female"), f"{level}_female")
    male = whole_number(cell(f"{level}_male"), f"{level}_male")
    if not both:
        if female or male:
            raise RowRefused(f"{level}_both", str(both), "0 or blank although a sex has learners")
        return [(code, level, "female", None), (code, level, "male", None)]
    if both != (female or 0) + (male or 0):
        raise RowRefused(f"{level}_both", str(both), "not the sum of female and male")
    return [(code, level, "female", female), (code, level, "male", male)]
