"""UIS enrolment in its publisher's layout, from learners_by_country.csv."""

from pathlib import Path

from dashboard.reference.carried import names, read_rows, write_rows

LEVELS = ("Pre-primary", "Primary", "Secondary", "Tertiary")


def write_out(folder: Path) -> Path:
    """Writes one row a country; 0 where a level is not available, as UIS does."""
    rows = [["Country", "ISO3", *(f"{level} ({who})" for who in ("both", "female", "male") for level in LEVELS)]]
    of_country = names()
    for row in read_rows("learners_by_country.csv"):
        numbers = {
            who: [int(row[f"{level.lower().replace('-', '_')}_{who}"] or 0) for level in LEVELS]
            for who in ("female", "male")
        }
        both = [female + male for female, male in zip(numbers["female"], numbers["male"], strict=True)]
        cells = [*both, *numbers["female"], *numbers["male"]]
        rows.append([of_country[row["iso3"]], row["iso3"], *map(str, cells)])
    return write_rows(folder / "uis_enrolment_feb-22.csv", rows)
