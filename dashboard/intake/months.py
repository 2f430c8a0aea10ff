"""Names of months in the languages of the United Nations, Portuguese and Ukrainian; no order of day and month."""

import unicodedata
from collections.abc import Mapping
from functools import cache

# Arabic has two sets of names: that of Egypt and the Gulf, and that of the Levant.
LANGUAGES = ("en", "fr", "es", "pt", "ru", "uk", "zh", "ar", "ar_SY")
# Russian and Ukrainian have another form for a month without a day: июнь 2024.
WITHOUT_DAY = ("ru", "uk")
SHORTEST = 3
MONTHS_A_YEAR = 12


def month_of(word: str) -> int | None:
    """The month of which the word is the name, or three and more letters that begin the name of no other; else None."""
    wanted = folded(word).rstrip(".")
    if wanted in _names():
        return _names()[wanted]
    if len(wanted) < SHORTEST:
        return None
    begun = {month for name, month in _names().items() if name.startswith(wanted)}
    return begun.pop() if len(begun) == 1 else None


def folded(text: str) -> str:
    """The text without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def _names() -> Mapping[str, int]:
    from babel.dates import get_month_names  # only where a month is a word: it takes longer than many a file

    named = [get_month_names("wide", locale=language) for language in LANGUAGES]
    named += [get_month_names("abbreviated", locale=language) for language in LANGUAGES]
    named += [get_month_names("wide", "stand-alone", locale=language) for language in WITHOUT_DAY]
    known = {folded(names[month]).rstrip("."): month for names in named for month in range(1, MONTHS_A_YEAR + 1)}
    return {name: month for name, month in known.items() if not name.isdigit()}
