"""The level of education that a word, a year of school or a degree stands for, by data/reference/words.toml.

Years are read as ISCED 2011 counts them in most countries: six of primary, then secondary. What was begun and not
completed counts as the level below it. What may be two levels is none.
"""

import re
from functools import cache, lru_cache

from dashboard.intake.terms import BETWEEN
from dashboard.intake.words import fold, meaning, table_of_words

LAST_OF_PRIMARY, LAST_OF_SECONDARY = 6, 13
# Schools that name their years by their own level count at most so many.
MOST_YEARS = 8
PRIMARY, SECONDARY = "primary", "secondary"
# What was attained by whoever did not complete a level.
BELOW = {
    PRIMARY: "none",
    SECONDARY: PRIMARY,
    "vocational": SECONDARY,
    "bachelor": SECONDARY,
    "master or above": "bachelor",
}
DIGIT_BESIDE_LETTER = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
DISTINCT = 2**14


@lru_cache(DISTINCT)
def level_of(text: str) -> str | None:
    """The level of education, one of the card's, or None where it is not known."""
    if known := _level(fold(text)):
        return known
    pieces = [folded for piece in BETWEEN.split(text) if (folded := fold(piece))]
    levels = {_level(piece) for piece in pieces}
    return next(iter(levels)) if len(pieces) > 1 and len(levels) == 1 else None


def _level(folded: str) -> str | None:
    if known := meaning("education").get(folded):
        return known
    rest, is_complete = _without_incomplete(folded)
    known = _as_completed(rest)
    return known if is_complete or known is None else BELOW.get(known)


def _without_incomplete(folded: str) -> tuple[str, bool]:
    """The text without words for not completed, and whether there were none."""
    padded = f" {folded} "
    for phrase in sorted(_words("incomplete"), key=len, reverse=True):
        padded = padded.replace(f" {phrase} ", " ")
    rest = " ".join(padded.split())
    for ending in _words("incomplete_endings"):
        rest = rest.removesuffix(ending)
    return rest, rest == folded


def _as_completed(folded: str) -> str | None:
    known = meaning("education")
    for ending in ("", *_words("endings")):
        if ending and folded.endswith(ending) and (level := known.get(folded.removesuffix(ending))):
            return level
    kept = " ".join(word for word in folded.split() if word not in _words("beside"))
    return known.get(folded) or known.get(kept) or _of_a_year(folded) or _of_a_degree(folded)


def _of_a_year(folded: str) -> str | None:
    """The level of Grade 9, 12ème, Form 4, P7, 9 класс, الصف 9; None where a low number may count down."""
    words = DIGIT_BESIDE_LETTER.sub(" ", folded).split()
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= 2]
    beside = {word for word in words if not word.isdigit()} - _words("between")
    if len(numbers) != 1 or not beside or numbers[0] > LAST_OF_SECONDARY:
        return None
    year = numbers[0]
    counted = _words("grade") | _words("year")
    for level in (PRIMARY, SECONDARY):
        own = _words(level)
        if beside & own and beside <= own | counted and 1 <= year <= MOST_YEARS:
            return level
    if beside <= counted and year > LAST_OF_PRIMARY:
        return SECONDARY
    return PRIMARY if beside <= counted and beside & _words("grade") and year >= 1 else None


def _of_a_degree(folded: str) -> str | None:
    """The level of a degree with its subject: Bachelor of Science, Licence en droit."""
    words = folded.split()
    for at, word in enumerate(words[1:], start=1):
        head = " ".join(words[:at])
        if word in _words("behind") and head in _words("degrees") and at + 1 < len(words):
            return meaning("education").get(head)
    return None


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(map(fold, table_of_words("schooling")[name]))
