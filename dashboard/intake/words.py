"""Words that senders write in their files, in seven languages, against data/reference/words.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from dashboard.settings import REFERENCE

# Errors that a spreadsheet shows in place of a value, in any language: #REF!, #N/A, #¡VALOR!, ####.
SPREADSHEET_ERROR = re.compile(r"#+[^\d\s]*[!?]?|#DIV/0!", re.IGNORECASE)
CROSSED_OUT = re.compile(r"x{2,}")
TICKED, UNTICKED = frozenset("✓✔☑√✅🗸🗹"), frozenset("✗✘☒✕☐❌✖")
FLAG, BESIDE_FLAG = re.compile(r"[01](?:[.,\u066b]0*)?"), " '\"()[]\u2018\u2019\u201c\u201d\u00a0\u200b\ufeff"
# Whether a sign is shown as a picture: ✔️ is ✔.
AS_PICTURE = str.maketrans(dict.fromkeys("\ufe0e\ufe0f", ""))
DISTINCT_WORDS = 2**16
ASCII = str.maketrans({chr(at): chr(at).lower() if chr(at).isalnum() else " " for at in range(128)})


def fold(text: str) -> str:
    """The text as words are compared: no case, accents, punctuation or unseen marks, digits as 0 to 9."""
    if text.isascii():
        kept = text.translate(ASCII)
    else:
        # The sign of a footnote or a fraction is no digit beside others: 2¹ is no 21.
        whole = "".join(" " if unicodedata.category(c) == "No" else c for c in text)
        plain = unicodedata.normalize("NFKD", whole).casefold()
        kept = "".join(_folded(c) for c in unicodedata.normalize("NFKD", plain))
    return " ".join(kept.split())


@lru_cache(DISTINCT_WORDS)
def is_missing(text: str) -> bool:
    """Whether a cell holds nothing: blank, marks only, a word for missing, a spreadsheet's error, a bare formula."""
    written = text.strip()
    if not written or written.startswith("=") or SPREADSHEET_ERROR.fullmatch(written):
        return True
    if TICKED & set(written) or UNTICKED & set(written):
        return False
    folded = fold(written)
    return not folded or folded in words("missing") or CROSSED_OUT.fullmatch(folded) is not None


@lru_cache(DISTINCT_WORDS)
def yes_or_no(text: str) -> bool | None:
    """A flag in any of the languages, or a tick; None for anything else.

    Of numbers only 1 and 0 are flags: -1 is yes to some and missing to others, and $0 is a price.
    """
    written = set(text.translate(AS_PICTURE).strip())
    if written and written <= TICKED | UNTICKED:
        return written <= TICKED
    folded = fold(text)
    if folded[:1].isdigit():
        number = "".join(str(unicodedata.decimal(c, c)) for c in text.strip(BESIDE_FLAG))
        return number.startswith("1") if FLAG.fullmatch(number) else None
    return True if folded in words("yes") else False if folded in words("no") else None


@cache
def words(name: str) -> frozenset[str]:
    """The words of a list, folded."""
    return frozenset(map(fold, _read()[name]))


@cache
def meaning(name: str) -> Mapping[str, str]:
    """The words of a table, folded, to the value that each stands for."""
    return {fold(word): value for value, of_value in _read()[name].items() for word in of_value}


def table_of_words(name: str) -> Mapping[str, Sequence[str]]:
    """The words of a table as they are written, by what they stand for."""
    table: Mapping[str, Sequence[str]] = _read()[name]
    return table


def _folded(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in ("Mn", "Cf") or character == "ـ":
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    return character if character.isalnum() else " "


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads((REFERENCE / "words.toml").read_text(encoding="utf-8"))
