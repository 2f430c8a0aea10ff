"""Words of cells as they are compared, and those that stand for nothing. Knows no source."""

import re
import unicodedata
from functools import lru_cache

from dashboard.intake.report import clean

# What people write where they know nothing, folded; also what a spreadsheet shows for an error.
PLACEHOLDERS = frozenset(
    {
        *("", "-", "--", "–", "—", "_", ".", "..", "...", "*", "**", "?", "??", "/", "//"),
        *("n/a", "na", "n.a", "n.a.", "n / a", "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!"),
        *("nan", "null", "none", "nil", "nothing", "blank", "(blank)", "(vide)", "(en blanco)", "empty", "tbd", "tbc"),
        *("to be determined", "to be confirmed", "to be decided", "to be advised", "tba", "pending", "unknown"),
        *("not known", "not stated", "not specified", "not reported", "not available", "not applicable", "no data"),
        *("unspecified", "missing", "other/unknown", "nd", "n/d", "n.d", "n.d.", "ns", "n/s", "sans objet", "neant"),
        *("inconnu", "inconnue", "non precise", "non specifie", "non disponible", "non applicable", "non renseigne"),
        *("a confirmer", "a determiner", "a definir", "vide", "desconocido", "desconocida", "no disponible"),
        *("no aplica", "sin dato", "sin datos", "sin informacion", "no especificado", "por definir", "por confirmar"),
        *("ninguno", "ninguna", "desconhecido", "nao disponivel", "nao aplicavel", "sem dados", "a confirmar"),
        *("nao especificado", "غير محدد", "غير معروف", "غير متوفر", "لا يوجد", "لا ينطبق", "لا شيء"),
        *("неизвестно", "не указано", "нет данных", "не применимо", "未知", "无", "不适用", "待定"),
    }
)
QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "ـ": ""})


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The text without case, accents, marks of vowels, kinds of quotes, and marks that cannot be seen."""
    seen = "".join(c for c in clean(text) if c.isascii() or unicodedata.category(c) != "Cf").translate(QUOTES)
    plain = unicodedata.normalize("NFKD", seen).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def is_placeholder(text: str) -> bool:
    """Whether a cell is blank, or says in some word that nothing is known."""
    return not text or fold(text) in PLACEHOLDERS


# What tells two words of a cell apart, such as Education / التعليم.
BETWEEN = re.compile(r"[/|;,()\[\]\n]|\s[-–—]\s")


def parts(text: str) -> list[str]:
    """The whole cell, then each of its parts, without the number of a list before it or a share behind it; folded."""
    folded = fold(text.replace("\n", " / "))
    found = [folded, *BETWEEN.split(SHARE.sub("", folded))]
    return list(dict.fromkeys(one for part in found if (one := NUMBERED.sub("", part).strip(" .:-"))))


SHARE = re.compile(r"\(?\d{1,3}(?:[.,]\d+)?\s?%\)?")
NUMBERED = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3})*|[a-z])\s*[.):\-–]\s*")
