"""What an upload seems to be: the sources it answers to, its header, and rows of it. Looks through the child only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.intake.corrections import FILE, LINE, REASON
from dashboard.intake.front_door import Declared, existing_file, run_child
from dashboard.intake.limits import BROWSER, Limits
from dashboard.intake.report import FileRefused, harmless


@dataclass(frozen=True)
class Headers:
    """The header row of a file: its names as written, the line it stands on, and the sheet of a workbook."""

    names: tuple[str, ...]
    line: int
    sheet: str = ""


@dataclass(frozen=True)
class Look:
    """What a first look at a file shows: names of sources, best first, and the header (no names where none is)."""

    sources: tuple[str, ...]
    headers: Headers


def look(file: Path, encoding: str = "") -> Look:
    """The sources and the header of a file, by one start of the child; no value of any row.

    Raises:
        FileRefused: it cannot be read as CSV or XLSX.
    """
    seen = run_child({"recognise": True, "file": str(existing_file(file)), "encoding": encoding})
    return Look(tuple(seen["sources"]), Headers(tuple(seen["headers"]), seen["line"], seen["sheet"]))


def recognise(file: Path, encoding: str = "") -> list[str]:
    """Names of the sources whose required headers the file has, best first; empty where it answers to none.

    Raises:
        FileRefused: it cannot be read as CSV or XLSX.
    """
    return list(look(file, encoding).sources)


def headers(file: Path, encoding: str = "") -> Headers:
    """The header row of a file. Values below it are never given: they may be about a person.

    Raises:
        FileRefused: it cannot be read as CSV or XLSX, or no line reads like a header.
    """
    headers = look(file, encoding).headers
    if not headers.names:
        raise FileRefused(
            "No line reads like a header, only like values. Put the names of the columns on the first line and send "
            "the file again."
        )
    return headers


def set_aside_rows(
    file: Path, source: str, reasons: Mapping[int, str], declared: Declared, file_id: str, limits: Limits = BROWSER
) -> list[list[str]]:
    """The header and the rows on those lines as they were sent, with line, reason and file behind; formulas disarmed.

    A reader takes the disarming apostrophe off again, so that the file can be corrected and sent.

    Raises:
        FileRefused: it cannot be read as CSV or XLSX.
    """
    order = {
        "lines": sorted(reasons),
        "source": source,
        "file": str(existing_file(file, limits)),
        "encoding": declared.encoding,
        "columns": sorted(declared.columns),
        "limits": limits.as_json(),
    }
    seen = run_child(order)
    header = [*map(harmless, seen["header"]), LINE, REASON, FILE]
    named = f"{source}.{file_id}"
    width = len(seen["header"])
    return [
        header,
        *(
            [*(harmless(cell) for cell in [*cells, *[""] * width][:width]), str(line), reasons[line], named]
            for line, cells in seen["rows"]
        ),
    ]
