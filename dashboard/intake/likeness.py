"""Which header of a file may stand for which column of a card, and how a file can be mapped. Decides nothing."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

from dashboard.intake import consent, countries, words
from dashboard.intake.headers import Names, header_names, is_tag, key, positions, tag_of
from dashboard.intake.report import PLAIN, clean, holds_address
from dashboard.warehouse.catalog import SourceCard, SourceColumn, sources

# Two names of which less than this is alike are not suggested for each other.
ALIKE = 0.62
LONGEST_HEADER = 80
# So many headers of a file are named in a refusal.
MOST_SHOWN = 12
FEW_HEADERS = 2
# Nor for a column that a file may lack, where less than this is alike.
VERY_ALIKE = 0.83
# A header that holds the words of a column is more likely meant than one that is spelled alike.
MEANT = 2.0
OF_CONSEQUENCE = ("consent", "sex", "country_origin", "country_host", "age", "born_on", "education", "withdrawn_on")
WORD = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# A year, a number of an id or of a telephone: no header that may be shown has one.
DIGITS = re.compile(r"\d{4}|\d[\d .-]{4}")


def suggest(headers: Sequence[str], card: SourceCard) -> dict[str, str]:
    """For each required column that none of the headers is a name of, the header most like it, if any is."""
    lacking = {column.name for column in card.lacking(positions(headers, header_names(card)))}
    return {name: header for name, header in suggest_all(headers, card).items() if name in lacking}


def suggest_all(headers: Sequence[str], card: SourceCard) -> dict[str, str]:
    """For each column that none of the headers is a name of, required or not, the header most like it, if any is.

    A header is suggested once, and none that the card knows already or that is more like another of its columns.
    Columns come in the order in which they matter: those that are required, consent, then those by which learners are
    compared. Nothing follows from it until a person confirms.
    """
    positions_found = positions(headers, header_names(card))
    left = [header for at, header in enumerate(headers) if at not in positions_found.values()][: card.max_columns]
    lacking = [column.name for column in card.lacking(positions_found)]
    likeness = []
    for header in left:
        scores = {column.name: _meant(header, column, card.people) for column in card.columns}
        most = max(scores.values())
        likeness += [
            (-most, name, header)
            for name, score in scores.items()
            if score == most and name not in positions_found and score >= (ALIKE if name in lacking else VERY_ALIKE)
        ]
    chosen: dict[str, str] = {}
    for _, name, header in sorted(likeness):
        if name not in chosen and header not in chosen.values():
            chosen[name] = header
    order = [*lacking, *OF_CONSEQUENCE, *(column.name for column in card.columns)]
    return {name: chosen[name] for name in dict.fromkeys(order) if name in chosen}


def _meant(header: str, column: SourceColumn, of_people: bool) -> float:
    """How likely a header stands for a column: over 1 by what it means in any language, else to 1 by its letters."""
    if column.name == consent.COLUMN:
        return MEANT if consent.is_plainly_consent(header) else 0.0
    if consent.reads_like_consent(header):
        return 0.0
    if _is_about(header, column, of_people):
        return 0.0
    folded = words.fold(header[:LONGEST_HEADER])
    held = [phrase for phrase in _phrases(column.name, of_people) if _holds(folded, phrase)]
    return 1 + max(map(len, held)) / len(folded) if held else _likeness(header, column, of_people)


@cache
def _phrases(column: str, of_people: bool) -> Sequence[str]:
    """The words by which headers of registers, or of lists about no person, are known to mean a column."""
    table = words.table_of_words("headers" if of_people else "list_headers")
    return [words.fold(phrase) for phrase in table.get(column, ())]


def _holds(folded: str, phrase: str) -> bool:
    return f" {phrase} " in f" {folded} " if phrase.isascii() else phrase in folded


def how_to_go_on(rows: Sequence[Sequence[str]], card: SourceCard, names: Names) -> str:
    """What a file has instead of the header that is wanted, which of it comes nearest, and how to map it."""
    known = [len(positions(row, names)) for row in rows]
    likely = (n for n, row in enumerate(rows) if reads_like_header(row, rows[n + 1 :]))
    at = known.index(max(known)) if any(known) else next(likely, 0)
    written = [clean(cell)[:LONGEST_HEADER] for cell in rows[at] if clean(cell)] if rows else []
    # A line of which the card knows nothing may be about a person.
    if card.people and not (any(known) and reads_like_header(rows[at], rows[at + 1 :])):
        written = []
    # Nor may one that holds an address, in whatever file.
    written = [] if any(map(holds_address, written)) else written
    nearest = suggest(written, card)
    has = f"this one has: {', '.join(written[:MOST_SHOWN])}." if written else "no line of this one has them all."
    pairs = "; ".join(f"{header} for {column}" for column, header in nearest.items())
    example = next((f"{name}={_quoted(header)}" for name, header in nearest.items()), "NAME=HEADER")
    return (
        f"{has} {f'The nearest are {pairs}. ' if pairs else ''}Map each column that is missing to the header that "
        f"stands for it (`--column {example}`)."
    )


def reads_like_header(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row names columns, so that it may be shown: nothing in it reads like a value, or comes again below."""
    written = [key(cell) for cell in cells if key(cell)]
    vocabulary = {word for card in sources().values() if card.people for word in card.vocabulary}
    vocabulary |= words.words("yes") | words.words("no") | words.meaning("sex").keys()
    vocabulary |= set(words.meaning("education").values())
    values = vocabulary | countries.names().keys() | countries.names_of_all_languages().keys()
    if len(written) < FEW_HEADERS or len(set(written)) < len(written):
        return False
    for at, cell in enumerate(cells):
        text = key(cell)
        a_code = len(text) == 3 and cell.isupper() and countries.code_of(cell) is not None
        if "@" in text or DIGITS.search(text) or PLAIN.fullmatch(text) or text in values or a_code:
            return False
        if text and any(at < len(row) and key(row[at]) == text for row in below):
            return False
    return True


def _likeness(header: str, column: SourceColumn, of_people: bool) -> float:
    """How like the header is to a name of the column; not at all where it states what is about such a thing."""
    if _is_about(header, column, of_people):
        return 0.0
    # A tag is like another tag: of a person's words `Need` is none of `#inneed`, a number of people.
    names = [column.name, *(name for name in map(tag_of, column.headers) if is_tag(name) == is_tag(header))]
    return max(_alike(header, name) for name in names)


def _is_about(header: str, column: SourceColumn, of_people: bool) -> bool:
    """Whether a header states what is about a thing of the column: `Partner phone`, `Cluster lead`.

    A word that the column's own names have states nothing, unless it comes last and ends none of them.
    """
    phrases = _phrases(column.name, of_people)
    names = [of for name in (column.name, *map(tag_of, column.headers), *phrases) if (of := _words(name))]
    own, written = {word for of in names for word in of}, _words(header)
    about = words.words("about_a_thing")
    if (about - own) & set(written):
        return True
    return bool(written) and written[-1] in about and all(of[-1] != written[-1] for of in names)


def _quoted(header: str) -> str:
    return f'"{header}"' if " " in header else header


def _alike(header: str, other: str) -> float:
    """How alike two names are, 0 to 1: by their letters, or by the words they share."""
    a, b = _words(header), _words(other)
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
