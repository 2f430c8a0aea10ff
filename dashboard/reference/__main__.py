"""`python -m dashboard.reference FILE…`: computes from the publishers' files what data/reference carries of them.

Files are distinguished by their source, which comes first: `unesco_closures`, `unhcr_population` or `oxcgrt_c1`. All
captures of a source are named at once, and stand instead of those carried before. Their rows are those that the
importer accepts.
"""

import datetime
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from dashboard.intake.front_door import made_ready
from dashboard.intake.workplace import workplace
from dashboard.reference import closures, oxford, refugees
from dashboard.reference.carried import (
    CLOSURES,
    OXFORD,
    RECORD,
    REFUGEES,
    Carried,
    carried,
    runs,
    write_record,
    write_rows,
)
from dashboard.settings import REFERENCE
from dashboard.warehouse.catalog import sources

HELD_IN = {closures.SOURCE: CLOSURES, refugees.SOURCE: REFUGEES, oxford.SOURCE: OXFORD}
Rows = list[dict]


def condense(source: str, files: Sequence[Path], folder: Path = REFERENCE) -> Path:
    """Writes the facts of a source into the folder, and in `record.toml` what they were computed from.

    Raises:
        FileRefused: one of them is not a file of that source.
    """
    captures = sorted((_read(source, file) for file in files), key=lambda capture: capture[0].captured_on)
    if source == closures.SOURCE:
        table, days = _closures(captures)
    elif source == oxford.SOURCE:
        table, days = _oxford(captures)
    else:
        table, days = _refugees(captures), [()] * len(captures)
    others = [capture for other in HELD_IN if other != source for capture in carried(other)]
    ours = (replace(capture, days=runs(on)) for (capture, _rows), on in zip(captures, days, strict=True))
    write_record([*others, *ours], folder / RECORD.name)
    return write_rows(folder / HELD_IN[source], table)


def _closures(captures: Sequence[tuple[Carried, Rows]]) -> tuple[list[Sequence[object]], list[Sequence[datetime.date]]]:
    table: list[Sequence[object]] = [("captured_on", "country_iso3", "from_date", "status")]
    days = [sorted({row["on_date"] for row in rows}) for _capture, rows in captures]
    for (capture, rows), on in zip(captures, days, strict=True):
        statuses = {(row["country_iso3"], row["on_date"]): row["status"] for row in rows}
        table += [(capture.captured_on, *spell) for spell in closures.spells(on, statuses)]
    return table, list(days)


def _oxford(captures: Sequence[tuple[Carried, Rows]]) -> tuple[list[Sequence[object]], list[Sequence[datetime.date]]]:
    [(_capture, rows)] = captures
    levels = {(row["country_iso3"], row["on_date"]): row["c1"] for row in rows}
    last = max(day for _country, day in levels)
    first = min(day for _country, day in levels)
    days = [first + datetime.timedelta(step) for step in range((last - first).days + 1)]
    return [("country_iso3", "from_date", "level"), *oxford.changes(days, levels)], [days]


def _refugees(captures: Sequence[tuple[Carried, Rows]]) -> list[Sequence[object]]:
    [(_capture, rows)] = captures
    years = sorted({row["year"] for row in rows})
    counts = {(row["origin_iso3"], row["host_iso3"], row["year"]): row["refugees"] for row in rows if row["refugees"]}
    pairs = sorted({key[:2] for key in counts})
    body = [(*pair, *(counts.get((*pair, year), "") for year in years)) for pair in pairs]
    return [("origin_iso3", "host_iso3", *years), *body]


def _read(source: str, file: Path) -> tuple[Carried, Rows]:
    card = sources()[source]
    with workplace() as empty, made_ready(empty, source, file) as ready:
        rows = pq.read_table(ready.folder / "rows.parquet").to_pylist()
        return (
            Carried(
                source=source,
                captured_on=datetime.date.fromisoformat(ready.report.captured_on),
                file=HELD_IN[source],
                published_as=file.name,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
                citation=card.citation,
                licence=card.licence,
                address=card.address,
                command=f"python -m dashboard.reference {source} FILES",
            ),
            rows,
        )


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in HELD_IN:
        sys.exit(f"{__doc__}\nUsage: python -m dashboard.reference {{{','.join(HELD_IN)}}} FILE…")
    print(condense(sys.argv[1], [Path(name) for name in sys.argv[2:]]))
