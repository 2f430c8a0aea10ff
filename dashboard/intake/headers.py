"""Which columns of a file stand for those of a card: by header, by letters, by HXL tag pattern, or by a mapping.

Knows rows of cells only; files are opened in `tabular`.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dashboard.intake.legends import without_legend
from dashboard.intake.report import FileRefused, clean
from dashboard.warehouse.catalog import SourceCard

# A row of HXL tags stands below at most so many lines of headers. It is one when half of its cells are tags, which is
# the rule of libhxl; a single tag is no row of them.
TAGS_BELOW = 2
FEWEST_TAGS = 2
TAG_SHARE = 0.5
# A second line of a header parts a group into two at least; three columns are numbered, or more.
FEWEST_PARTS, FEWEST_NUMBERS = 2, 3
# Columns are lettered from a, in Latin or in Cyrillic.
FIRST_LETTERS = ("a", "\u0430")
TAG = re.compile(r"#\s*([a-z][a-z0-9_]*)((?:\s*\+\s*[a-z][a-z0-9_]*)*)", re.ASCII)
# A tag that somebody spoilt, as `#org +name (en)` and `#reached*` are; errors of a spreadsheet are none.
SPOILT_TAG = re.compile(
    r"[#\uff03]\s*(?:org|sector|subsector|cluster|adm[0-5]|country|loc|region|geo|activity|status|date|reached|targeted|"
    r"target|inneed|affected|population|beneficiary|meta|contact|indicator|value|service|output|capacity|crisis|modality)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)
# Letters and marks of a tag as keyboards of East Asia write them, as wide as their own.
WIDE_HASH = "\uff03"
FULL_WIDTH = {at + 0xFEE0: at for at in range(0x21, 0x7F)}
# Attributes that state which vocabulary a code is of, and not what it is: +v_pcode, +v_iso3.
VOCABULARY = "v_"
# Attributes that state in which language a text is: +i_fr, and of old +fr.
LANGUAGE = re.compile(r"i_[a-z]{2,3}|ar|en|es|fr|pt|ru|zh", re.ASCII)
ENGLISH = {"en", "i_en", "i_eng"}
# Columns whose values may be codes that the heading explains; of consent a code is none that can be relied upon.
WITH_LEGEND = ("sex", "education")
# A heading with a sign of shares names no number of people: People reached (%).
SHARE_SIGNS = frozenset("%\uff05\u066a\u2030")
IN_PERCENT = ("progress",)
# Ends the tag of a pattern: attributes that must not be there, or none beside those named.
EXCEPT = re.compile(r"[-!]")

# Of each column of a card, the headers that stand for it, as `key` writes them; an HXL tag may be a tag pattern.
Names = Mapping[str, tuple[str, ...]]


def header_names(card: SourceCard, columns: Sequence[tuple[str, str]] = ()) -> Names:
    """Which headers stand for each column of the card: a mapped one alone, else those of the card.

    Raises:
        FileRefused: a mapping names a column that the card has not, or is not one header for one column.
    """
    known = {column.name for column in card.columns}
    for column, header in columns:
        if column not in known or not key(header):
            raise FileRefused(
                f"{clean(column)!r} with the header {clean(header)!r} is no mapping for {card.name}. Give a header of "
                f"the file to one of: {', '.join(sorted(known))}."
            )
    mapped = {column: key(header) for column, header in columns}
    mapped_names = set(mapped.values())
    if len(mapped) < len(columns) or len(mapped_names) < len(mapped):
        raise FileRefused(
            "The mapping gives a column twice, or one header to two columns. Give each column a header of its own."
        )
    return {
        column.name: (_exactly(mapped[column.name]),)
        if column.name in mapped
        else tuple(name for name in map(key, column.headers) if name not in mapped_names)
        for column in card.columns
    }


def positions(cells: Sequence[str], names: Names) -> dict[str, int]:
    """Where in a row the header of each column stands; a column of which none does is left out.

    A header with the same letters and digits stands for one as it is written, unless it is another column's; an HXL
    tag of exactly the attributes goes before one that a pattern matches.
    """
    positions_found = _by_name(cells, names)
    _by_pattern(cells, names, positions_found)
    _without_legends(cells, names, positions_found)
    return {
        name: at
        for name, at in positions_found.items()
        if name in IN_PERCENT or not SHARE_SIGNS & set(cells[at]) or key(cells[at]) in names[name]
    }


@lru_cache(maxsize=16_384)
def key(header: str) -> str:
    """A header as it is compared: spaces, case and marks that cannot be seen make no other one.

    Of an HXL tag, the order of its attributes does not either: `#adm1 +pcode +v_x` is `#adm1+pcode`.
    """
    seen = "".join(c for c in header if c.isascii() or unicodedata.category(c) != "Cf")
    plain = clean(seen.translate(FULL_WIDTH) if seen.strip().startswith(WIDE_HASH) else seen).casefold()
    tag = TAG.fullmatch(plain) if plain.startswith("#") else None
    if tag is None:
        return plain
    attributes = {attribute.strip() for attribute in tag[2].split("+")} - {""}
    return "+".join((f"#{tag[1]}", *sorted(a for a in attributes if not a.startswith(VOCABULARY))))


@lru_cache(maxsize=16_384)
def letters(header: str) -> str:
    """The letters and digits of a header, without accents: `Admin 1 P-Code` and `admin1_pcode` are one."""
    written = key(header)
    if TAG.fullmatch(tag_of(written)):
        return ""
    return "".join(c for c in unicodedata.normalize("NFKD", written) if c.isalnum())


def is_tag(cell: str) -> bool:
    """Whether a cell can be read as an HXL tag."""
    return ("#" in cell or WIDE_HASH in cell) and TAG.fullmatch(key(cell)) is not None


def is_spoilt_tag(cell: str) -> bool:
    """Whether a cell begins like an HXL tag that is known, whatever stands behind it."""
    return SPOILT_TAG.match(cell.lstrip("\ufeff \t\"'")) is not None


def is_tags(cells: Sequence[str]) -> bool:
    """Whether a row is one of HXL tags: half of what is written in it are, whatever comments stand beside."""
    written = [cell for cell in cells if cell.strip()]
    tags = sum(is_tag(cell) or is_spoilt_tag(cell) for cell in written)
    return tags >= max(FEWEST_TAGS, len(written) * TAG_SHARE)


def header_positions(
    cells: Sequence[str],
    above: Sequence[Sequence[str]],
    card: SourceCard,
    names: Names,
    mapped: Collection[str] = (),
) -> dict[str, int]:
    """Where each column stands if this row is the header; a row of tags is one together with the lines above it.

    A tag goes before a human header, and that of a column without a tag before one whose tag states something else,
    which counts only where the file would not answer without it.
    """
    if not is_tags(cells):
        return positions(cells, names)
    tags = _tags_of(cells)
    tagged = {at for at, cell in enumerate(tags) if cell}
    positions_found = positions(tags, names)
    lines = [*reversed(above[-TAGS_BELOW:]), _blanked(cells, tagged)]
    for line in lines:
        positions_found = {**positions(_blanked(line, tagged), names), **positions_found}
    for line in lines:
        lacking = ({column.name for column in card.lacking(positions_found)} | set(mapped)) - positions_found.keys()
        positions_found = {
            **positions(_blanked(line, positions_found.values()), {name: names[name] for name in lacking}),
            **positions_found,
        }
    return positions_found


def joined(top: Sequence[str], below: Sequence[str], card: SourceCard, names: Names) -> list[str] | None:
    """The header that two lines make, where the second parts groups of the first; None where it does not.

    A group is a cell of the first line with blank ones behind it, below which the second has a cell each, and none
    elsewhere: Beneficiaries over Targeted and Reached. What the two make is a column that is known (Beneficiaries
    Targeted), else the second where it is no number of people, or the first names one.
    """
    width = max(len(top), len(below))
    upper, lower = ([clean(cell) for cell in line] + [""] * (width - len(line)) for line in (top, below))
    parted = {at for at, cell in enumerate(lower) if cell}
    if len(parted) < FEWEST_PARTS or any(lower[at][0].isdigit() for at in parted):
        return None
    begins = [at for at, cell in enumerate(upper) if cell]
    groups: dict[int, int] = {}
    for begin, end in zip(begins, [*begins[1:], max(parted) + 1], strict=True):
        group = set(range(begin, end))
        if parted & group:
            if len(group) < FEWEST_PARTS or not group <= parted:
                return None
            groups |= dict.fromkeys(group, begin)
    if groups.keys() != parted:
        return None
    column_of = {letters(tag_of(name)): column for column, wanted in names.items() for name in wanted}
    numbers = {column.name for column in card.columns if column.several}

    def whole(at: int) -> str:
        first, second = upper[groups[at]], lower[at]
        both = (f"{first} {second}", f"{second} {first}")
        if known := next((name for name in both if letters(name) in column_of), ""):
            return known
        column = column_of.get(letters(second))
        is_plain = column is not None and (column not in numbers or column_of.get(letters(first)) in numbers)
        return second if is_plain else both[0]

    return [whole(at) if at in groups else cell for at, cell in enumerate(top if len(top) == width else upper)]


def numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a line below a header does nothing but number its columns: 1, 2, 3; or А, Б, 1, 2, 3."""
    written = [clean(cell).strip("().[]") for cell in cells]
    numbers = [cell for cell in written if cell.isdecimal()]
    others = written[: len(written) - len(numbers)]
    counted = numbers == [str(n) for n in range(1, len(numbers) + 1)]
    begin = others[0].casefold() if others else ""
    lettered = begin in FIRST_LETTERS and [o.casefold() for o in others] == [
        chr(ord(begin) + at) for at in range(len(others))
    ]
    fewest = FEWEST_PARTS if len(others) > 1 else FEWEST_NUMBERS
    return counted and len(numbers) >= fewest and written == others + numbers and (not others or lettered)


def headings(
    header: Sequence[str], above: Sequence[Sequence[str]], card: SourceCard, positions_found: Mapping[str, int]
) -> Mapping[int, frozenset[str]]:
    """Of each column the letters of its headings: in the header, in the lines above it, and by the card."""
    lines = [header, *above[-TAGS_BELOW:]]
    of_column = {at: {letters(line[at]) for line in lines if at < len(line)} for at in range(len(header))}
    for column in card.columns:
        if column.name in positions_found:
            of_column[positions_found[column.name]] |= {letters(tag_of(key(name))) for name in column.headers}
    return {at: frozenset(of - {""}) for at, of in of_column.items()}


def is_header_again(cells: Sequence[str], of_column: Mapping[int, Collection[str]]) -> bool:
    """Whether a row is the header once more: half of what it holds are headings of the columns that it stands in."""
    written = [(at, letters(cell)) for at, cell in enumerate(cells) if cell.strip()]
    again = sum(cell in of_column.get(at, ()) for at, cell in written)
    return again >= max(FEWEST_TAGS, len(written) * TAG_SHARE)


def merged(cells: Sequence[str], above: Sequence[Sequence[str]]) -> list[str]:
    """A header of tags, with the nearest human header above where a column has none."""
    lines = [_tags_of(cells), *reversed(above[-TAGS_BELOW:]), cells] if is_tags(cells) else [cells]
    width = max(map(len, lines))
    return [next((line[at] for line in lines if at < len(line) and line[at].strip()), "") for at in range(width)]


def tag_of(header: str) -> str:
    """The tag of a tag pattern: `#org+name` of `#org+name-funder`."""
    tag = EXCEPT.split(header)[0]
    return tag if TAG.fullmatch(tag) else header


def _exactly(mapped: str) -> str:
    """A tag that a person named stands for itself, and for none that has attributes beside."""
    return f"{mapped}!" if TAG.fullmatch(mapped) else mapped


def _by_name(cells: Sequence[str], names: Names) -> dict[str, int]:
    known = {tag_of(name) for wanted in names.values() for name in wanted}
    exact: dict[str, int] = {}
    alike: dict[str, int] = {}
    for position, cell in enumerate(cells):
        written = key(cell)
        exact.setdefault(written, position)
        if written not in known:
            alike.setdefault(letters(cell), position)
    alike.pop("", None)
    positions_found: dict[str, int] = {}
    for column, wanted in names.items():
        candidates = (exact.get(tag_of(name), alike.get(letters(name))) for name in wanted)
        known_at = next((known_at for known_at in candidates if known_at is not None), None)
        if known_at is not None:
            positions_found[column] = known_at
    return positions_found


def _by_pattern(cells: Sequence[str], names: Names, positions_found: dict[str, int]) -> None:
    """Adds the columns whose tag pattern matches a tag that is left; patterns of more attributes choose first."""
    if not any(map(is_tag, cells)):
        return
    left = {at: tag for at, cell in enumerate(cells) if at not in positions_found.values() and (tag := _tag(key(cell)))}
    wanted = [
        (-len(pattern.include_attributes), order, rank, column, pattern)
        for order, (column, of_column) in enumerate(names.items())
        for rank, name in enumerate(of_column)
        if column not in positions_found and (pattern := _pattern(name))
    ]
    for *_, column, pattern in sorted(wanted, key=lambda candidate: candidate[:3]):
        matching = [at for at, tag in left.items() if pattern.match(tag)]
        if column not in positions_found and matching:
            positions_found[column] = min(matching, key=lambda at: (*_strangeness(left[at], pattern), at))
            del left[positions_found[column]]


def _without_legends(cells: Sequence[str], names: Names, positions_found: dict[str, int]) -> None:
    """Adds columns whose heading states what its codes mean behind its name: Sex (1=Male, 2=Female)."""
    wanted = {name: names[name] for name in WITH_LEGEND if name in names and name not in positions_found}
    if wanted and any("(" in cell or "[" in cell or "（" in cell for cell in cells):
        used = positions_found.values()
        bare = [
            "" if at in used else name if (name := without_legend(cell)) != cell else ""
            for at, cell in enumerate(cells)
        ]
        positions_found.update(_by_name(bare, wanted))


def _strangeness(tag: Any, pattern: Any) -> tuple[int, int]:
    """How far a tag is from the pattern that it matches: in which language it is, and what else it states."""
    languages = {attribute for attribute in tag.attributes if LANGUAGE.fullmatch(attribute)}
    in_which = 1 if not languages else 0 if languages & ENGLISH else 2
    return in_which, len(tag.attributes - languages - pattern.include_attributes)


@lru_cache(maxsize=16_384)
def _tag(written: str) -> Any:
    if not TAG.fullmatch(written):
        return None
    from hxl.model import Column  # a third of a second that files without tags need not wait

    return Column.parse(written)


@lru_cache(maxsize=16_384)
def _pattern(written: str) -> Any:
    if not TAG.fullmatch(tag_of(written)):
        return None
    from hxl.model import TagPattern

    return TagPattern.parse(written)


def _tags_of(cells: Sequence[str]) -> list[str]:
    return [cell if is_tag(cell) else "" for cell in cells]


def _blanked(cells: Sequence[str], columns: Collection[int]) -> list[str]:
    return ["" if at in columns else cell for at, cell in enumerate(cells)]
