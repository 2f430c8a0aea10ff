"""What an upload seems to be: sources it answers to, its header, and which header may stand for a missing column.

Looks through the child process only; what is suggested counts when a person says so, in `Declared.columns`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from dashboard.intake import consent
from dashboard.intake.corrections import FILE, LINE, REASON
from dashboard.intake.front_door import Declared, run_child, there
from dashboard.intake.limits import BROWSER, Limits
from dashboard.intake.report import FileRefused, harmless
from dashboard.intake.tabular import header_names, positions
from dashboard.intake.words import fold, meaning
from dashboard.warehouse.catalog import SourceCard, SourceColumn

# Two names of which less than this is alike are not suggested for each other.
ALIKE = 0.62
LONGEST_HEADER = 80
WORD = re.compile(r"[^\W_]+")
# A header that holds the words of a column is more likely meant than one that is spelled alike.
MEANT = 0.75
OF_CONSEQUENCE = ("consent", "sex", "country_origin", "country_host", "age", "born_on", "education", "withdrawn_on")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Headers:
    """The header row of a file: its names as written, the line it stands on, and the sheet of a workbook."""

    names: tuple[str, ...]
    line: int
    sheet: str = ""


@dataclass(frozen=True)
class Look:
    """What a first look at a file tells: names of sources, best first, and the header (no names where none is)."""

    sources: tuple[str, ...]
    headers: Headers


def look(file: Path, encoding: str = "") -> Look:
    """The sources and the header of a file, by one start of the child; no value of any row.

    Raises:
        FileRefused: it cannot be read as CSV or XLSX.
    """
    seen = run_child({"recognise": True, "file": str(there(file)), "encoding": encoding})
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
    found = look(file, encoding).headers
    if not found.names:
        raise FileRefused(
            "No line reads like a header, only like values. Put the names of the columns on the first line and send "
            "the file again."
        )
    return found


def set_aside_rows(
    file: Path, source: str, reasons: Mapping[int, str], said: Declared, file_id: str, limits: Limits = BROWSER
) -> list[list[str]]:
    """The header and the rows on those lines as they were sent, with line, reason and file behind; formulas disarmed.

    A reader takes the disarming apostrophe off again, so that the file can be corrected and sent.

    Raises:
        FileRefused: it cannot be read as CSV or XLSX.
    """
    order = {
        "lines": sorted(reasons),
        "source": source,
        "file": str(there(file, limits)),
        "encoding": said.encoding,
        "columns": sorted(said.columns),
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


def suggest(headers: Sequence[str], card: SourceCard) -> dict[str, str]:
    """For each required column that none of the headers is a name of, the header most like it, if any is.

    A header is suggested once, and none that the card knows already. Nothing follows from it until a person confirms.
    """
    names = header_names(card)
    found = positions(headers, names)
    left = [header for at, header in enumerate(headers) if at not in found.values()][: card.max_columns]
    missing = card.lacking(found)
    likeness = [
        (score, column.name, header)
        for column in missing
        for header in left
        if (score := max(_alike(header, name) for name in (column.name, *column.headers))) >= ALIKE
    ]
    chosen: dict[str, str] = {}
    for _, column, header in sorted(likeness, key=lambda one: (-one[0], one[1], one[2])):
        if column not in chosen and header not in chosen.values():
            chosen[column] = header
    return {column.name: chosen[column.name] for column in missing if column.name in chosen}


def suggest_all(headers: Sequence[str], card: SourceCard) -> dict[str, str]:
    """For each column that none of the headers is a name of, required or not, the header most like it, if any is.

    Columns come in the order in which they matter: those that are required, consent, then those by which learners are
    compared. Nothing follows from it until a person confirms.
    """
    found = positions(headers, header_names(card))
    left = [header for at, header in enumerate(headers) if at not in found.values()][: card.max_columns]
    columns = [column for column in card.columns if column.name not in found]
    likeness = [
        (score, column.name, header)
        for column in columns
        for header in left
        if (score := _meant(header, column)) >= ALIKE
    ]
    chosen: dict[str, str] = {}
    for _, name, header in sorted(likeness, key=lambda one: (-one[0], one[1], one[2])):
        if name not in chosen and header not in chosen.values():
            chosen[name] = header
    first = [column.name for column in card.lacking(found)]
    order = [*first, *OF_CONSEQUENCE, *(column.name for column in columns)]
    return {name: chosen[name] for name in dict.fromkeys(order) if name in chosen}


def _meant(header: str, column: SourceColumn) -> float:
    """How likely a header stands for a column, 0 to 1: by what it means in any language, else by its letters."""
    if column.name == consent.COLUMN:
        return 1.0 if consent.reads_like_consent(header) else 0.0
    if consent.reads_like_consent(header):
        return 0.0
    folded = fold(header[:LONGEST_HEADER])
    held = [phrase for phrase, name in meaning("headers").items() if name == column.name and _holds(folded, phrase)]
    if held:
        return MEANT + (1 - MEANT) * max(map(len, held)) / len(folded)
    return MEANT * max(_alike(header, name) for name in (column.name, *column.headers))


def _holds(folded: str, phrase: str) -> bool:
    return f" {phrase} " in f" {folded} " if phrase.isascii() else phrase in folded


def _alike(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: by their letters, or by the words they share."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return 0.0
    shared = len(set(a) & set(b)) / max(len(set(a)), len(set(b)))
    letters = SequenceMatcher(None, " ".join(a), " ".join(b), autojunk=False)
    if max(shared, letters.real_quick_ratio(), letters.quick_ratio()) < ALIKE:
        return 0.0
    return max(shared, letters.ratio())


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", CAMEL.sub(" ", name[:LONGEST_HEADER])).casefold()
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
