"""Terms of lists as they are compared: a cell of several, each without its number or share. Knows no source."""

import re
import unicodedata
from functools import lru_cache

from dashboard.intake.report import clean

QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "ـ": ""})


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The text without case, accents, marks of vowels, kinds of quotes, and marks that cannot be seen."""
    seen = "".join(c for c in clean(text) if c.isascii() or unicodedata.category(c) != "Cf").translate(QUOTES)
    plain = unicodedata.normalize("NFKD", seen).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


# What separates two words of a cell, such as Education / التعليم.
BETWEEN = re.compile(r"[/|;,()\[\]\n]|\s[-–—]\s")


def terms(text: str) -> list[str]:
    """The whole cell, then each of its parts, without the number of a list before it or a share behind it; folded."""
    folded = fold(text.replace("\n", " / "))
    texts = [folded, *BETWEEN.split(SHARE.sub("", folded))]
    return list(dict.fromkeys(term for text in texts if (term := NUMBERED.sub("", text).strip(" .:-"))))


SHARE = re.compile(r"\(?\d{1,3}(?:[.,]\d+)?\s?%\)?")
NUMBERED = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3})*|[a-z])\s*[.):\-–]\s*")
