"""What data/reference carries of each publisher's file: where from, under which licence, and on which days it has rows.

`record.toml` holds it; `python -m dashboard.reference` writes it. Nothing is computed or imported here.
"""

import csv
import datetime
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from dashboard.settings import REFERENCE

RECORD = REFERENCE / "record.toml"
CLOSURES, REFUGEES, OXFORD = "school_closures.csv", "refugees_by_pair.csv", "oxcgrt_c1.csv"


@dataclass(frozen=True)
class Carried:
    """One capture of a source: `file` of data/reference holds its facts, `published_as` names the publisher's file and
    `sha256` is that file's. `days` are runs of days on which it has rows: first, last, and how many days apart."""

    source: str
    captured_on: datetime.date
    file: str
    published_as: str
    sha256: str
    citation: str
    licence: str
    address: str
    command: str
    days: tuple[tuple[datetime.date, datetime.date, int], ...] = ()

    def each_day(self) -> Iterator[datetime.date]:
        """Every day on which the publisher's file has rows, the first one first."""
        for first, last, apart in self.days:
            for step in range(0, (last - first).days + 1, apart):
                yield first + datetime.timedelta(step)


@cache
def carried(source: str) -> tuple[Carried, ...]:
    """What is carried of a source, the earliest capture first."""
    captures_read = tomllib.loads(RECORD.read_text(encoding="utf-8"))["capture"]
    captures = [
        Carried(**{**entry, "days": tuple(tuple(run) for run in entry.get("days", ()))})
        for entry in captures_read
        if entry["source"] == source
    ]
    return tuple(sorted(captures, key=lambda capture: capture.captured_on))


def runs(days: Sequence[datetime.date]) -> tuple[tuple[datetime.date, datetime.date, int], ...]:
    """Sorted days as runs of days equally far apart."""
    runs_so_far: list[tuple[datetime.date, datetime.date, int]] = []
    for at, day in enumerate(days):
        if runs_so_far:
            first, last, apart = runs_so_far[-1]
            step = (day - last).days
            if first == last or step == apart:
                runs_so_far[-1] = (first, day, step)
                continue
        runs_so_far.append((day, day, (days[at + 1] - day).days if at + 1 < len(days) else 1))
    return tuple(runs_so_far)


def write_record(captures: Iterable[Carried], path: Path = RECORD) -> None:
    """Writes `record.toml`, captures in the order of their source and day."""
    lines = [
        "# What data/reference carries of the public record, and what it was computed from.",
        "# Written by `python -m dashboard.reference`; not by hand.",
    ]
    for capture in sorted(captures, key=lambda capture: (capture.source, capture.captured_on)):
        lines += ["", "[[capture]]"]
        lines += [f"{key} = {_toml(value)}" for key, value in asdict(capture).items() if value]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_rows(file: str) -> list[dict[str, str]]:
    """The rows of a table of data/reference as text."""
    with (REFERENCE / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write_rows(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """Writes a CSV as publishers do: UTF-8, quoted where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def names() -> dict[str, str]:
    """The English name of each country of the reference by its code."""
    return {row["iso3"]: row["name_en"] for row in read_rows("countries.csv")}


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, datetime.date | int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
