"""UIS enrolment in its publisher's layout, from the facts of data/reference: nothing in it is invented."""

from pathlib import Path

from dashboard.demo.files import Facts, write

LEVELS = ("Pre-primary", "Primary", "Secondary", "Tertiary")


def write_enrolment(known: Facts, folder: Path) -> Path:
    """Writes one row a country; 0 where a level is not available, as UIS does."""
    rows = [["Country", "ISO3", *(f"{level} ({who})" for who in ("both", "female", "male") for level in LEVELS)]]
    for row in known.enrolment:
        numbers = {
            who: [int(row[f"{level.lower().replace('-', '_')}_{who}"] or 0) for level in LEVELS]
            for who in ("female", "male")
        }
        both = [female + male for female, male in zip(numbers["female"], numbers["male"], strict=True)]
        cells = [*both, *numbers["female"], *numbers["male"]]
        rows.append([known.countries[row["iso3"]].name, row["iso3"], *map(str, cells)])
    return write(folder / "uis_enrolment_feb-22.csv", rows)
