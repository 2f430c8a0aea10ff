"""Country codes and names as senders write them, against data/reference/countries.csv and the short names of CLDR."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from dashboard.intake.words import fold, is_missing, meaning
from dashboard.settings import REFERENCE

# The Oxford tracker writes RKS for Kosovo, which the reference keeps as XKX.
CODE_ALIASES = {"RKS": "XKX"}
# CLDR's codes that are not those of the reference.
CLDR_CODES = {"XK": "XKX"}
LANGUAGES = ("en", "fr", "es", "pt", "ru", "uk", "zh", "zh_Hant", "ar")
# Words that make a name formal and name no other country: Iran (Islamic Republic of), Palestine, State of.
FORMAL = """
    the republic rep of islamic state arab federal plurinational bolivarian kingdom federated states union commonwealth
    un s res unscr 1244 1999 republique de d du des la le republica del do da estado etat islamique islamica республика
    جمهورية الجمهورية العربية الإسلامية
"""
FORMAL_FOLDED = frozenset(fold(FORMAL).split())
WHOLE_WORDS = {
    **dict.fromkeys(("rep", "republique", "republica"), "republic"),
    **dict.fromkeys(("dem", "democratique", "democratica"), "democratic"),
    **dict.fromkeys(("st", "sta", "ste", "sainte"), "saint"),
}
# What refers to a note below a table, behind a name or a code.
FOOTNOTE = re.compile(r"(?<=\w)\s*[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ†‡§*]+$")
# Names that begin or end those of other countries: a word beside them that is not understood may make one of these.
SHARED_NAMES = frozenset(
    ("congo", "korea", "sudan", "guinea", "samoa", "ireland", "cyprus", "china", "timor", "guinee")
)
# What Chinese writes behind the name of a country for its people.
OF_A_PERSON = ("国籍", "人", "籍")
PARTS = re.compile(r"[,،/;|()（）\[\]]| - ")
IN_BRACKETS = re.compile(r"\s*[(（\[](.*)[)）\]]\s*$")
DISTINCT_NAMES = 2**14


@cache
def codes() -> frozenset[str]:
    """Every ISO 3166 alpha-3 code (and XKX, ANT) of the reference."""
    return frozenset(row["iso3"] for row in _rows())


@cache
def alpha2() -> Mapping[str, str]:
    """ISO 3166 alpha-2 codes, to the alpha-3 code of the same country."""
    return {row["iso2"]: row["iso3"] for row in _rows() if row["iso2"]}


@cache
def names() -> Mapping[str, str]:
    """English names, folded, to the code they belong to."""
    known: dict[str, str] = {}
    for row in _rows():
        for name in (row["name_en"], *row["also_known_as"].split("|")):
            known.setdefault(name.casefold(), row["iso3"])
    known.pop("", None)
    return known


@cache
def names_of_all_languages() -> Mapping[str, str]:
    """Names in the six languages of the United Nations, folded, to the code they belong to."""
    known: dict[str, str] = {}
    for row in _rows():
        for language in ("fr", "es", "ru", "zh", "ar"):
            known.setdefault(row[f"name_{language}"].casefold(), row["iso3"])
    known.pop("", None)
    return known


@lru_cache(DISTINCT_NAMES)
def find(written: str) -> str | None:
    """The code of a country written as a code or as a name, short, formal or old, in any of eight languages."""
    written = without_footnote(written)
    if code := code_of(written) or alpha2().get(written.upper()):
        return code
    if code := _reference_names().get(_key(written)):
        return code
    known = _known_names()
    whole = next((code for name in _readings(written) if (code := known.get(_key(name)))), None)
    whole = whole or _names_in_one_word().get(_key(written).replace(" ", ""))
    return whole or _of_a_part(known, [key for alternative in PARTS.split(written) if (key := _key(alternative))])


def of_alpha2(written: str, name: str = "") -> str | None:
    """The code of an alpha-2 code in capital letters; of NA, which many write for missing, only beside the name."""
    code = alpha2().get(written) if len(written) == 2 else None
    return None if code and is_missing(written) and find(name) != code else code


def of_name(written: str) -> str | None:
    """The code of a name as the reference has it, unless other countries share a part of it."""
    if fold(written) in SHARED_NAMES:
        return None
    return names().get(written.casefold()) or names_of_all_languages().get(written.casefold())


@lru_cache(DISTINCT_NAMES)
def of_nationality(written: str) -> str | None:
    """The code of the country whose people are called so, in any of the languages: Syrian, syrienne, سوري, 叙利亚人."""
    folded = fold(written)
    if code := meaning("nationality").get(folded):
        return code
    for ending in OF_A_PERSON:
        if folded.endswith(ending) and (code := _known_names().get(_key(folded.removesuffix(ending)))):
            return code
    codes = {
        meaning("nationality").get(_key(alternative)) for alternative in PARTS.split(written) if alternative.strip()
    }
    return codes.pop() if len(codes) == 1 else None


def without_footnote(written: str) -> str:
    """A name or code without what refers to a note below the table: Türkiye¹, Kosovo*."""
    return FOOTNOTE.sub("", written)


def code_of(written: str) -> str | None:
    """The reference code for a code as written, or None when there is no such country."""
    code = CODE_ALIASES.get(written.upper(), written.upper())
    return code if code in codes() else None


def _readings(written: str) -> Iterator[str]:
    """A name and what it is without its formal part: `Iran (Islamic Republic of)`, `Moldova, Republic of`."""
    yield written
    brackets = IN_BRACKETS.search(written)
    short, _, rest = (
        (written[: brackets.start()], "", brackets[1])
        if brackets
        else written.partition("," if "," in written else "،")
    )
    if rest:
        yield f"{rest} {short}"
        if set(fold(rest).split()) <= FORMAL_FOLDED:
            yield short
        return
    words = fold(written).split()
    while words and words[0] in FORMAL_FOLDED:
        words = words[1:]
        yield " ".join(words)
        yield " ".join(word for word in words if word not in FORMAL_FOLDED)


def _of_a_part(known: Mapping[str, str], alternatives: list[str]) -> str | None:
    """The one country that the parts of a cell name, as `Turkey / Türkiye` or `Kenya, Kakuma` do."""
    code_of_alternative = {alternative: known[alternative] for alternative in alternatives if alternative in known}
    if len(set(code_of_alternative.values())) != 1 or (
        len(code_of_alternative) < len(alternatives) and SHARED_NAMES & code_of_alternative.keys()
    ):
        return None
    return next(iter(code_of_alternative.values()))


def _key(name: str) -> str:
    """The name folded, with words cut short made whole; of initials the letters alone: U.S.A. is usa."""
    words = [WHOLE_WORDS.get(word, word) for word in fold(name).split()]
    return ("" if all(len(word) == 1 for word in words) else " ").join(words)


@cache
def _known_names() -> Mapping[str, str]:
    """Names of all languages as `_key` writes them; those of the reference go before those of CLDR."""
    from babel import Locale

    cldr: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if iso3 := alpha2().get(code) or CLDR_CODES.get(code):
                cldr.setdefault(_key(name), set()).add(iso3)
    known = {name: next(iter(iso3)) for name, iso3 in cldr.items() if len(iso3) == 1} | dict(_reference_names())
    known.pop("", None)
    return known


@cache
def _names_in_one_word() -> Mapping[str, str]:
    """Names of several words without what parts them, for Cote dIvoire and SouthSudan, where one country has it."""
    codes_of: dict[str, set[str]] = {}
    for name, code in _known_names().items():
        codes_of.setdefault(name.replace(" ", ""), set()).add(code)
    several = (name.replace(" ", "") for name in _known_names() if " " in name)
    return {name: next(iter(codes_of[name])) for name in several if len(codes_of[name]) == 1}


@cache
def _reference_names() -> Mapping[str, str]:
    reference: dict[str, str] = {}
    for row in _rows():
        languages = (row[f"name_{language}"] for language in ("en", "fr", "es", "ru", "zh", "ar"))
        for name in (*languages, *row["also_known_as"].split("|")):
            reference.setdefault(_key(name), row["iso3"])
    reference.pop("", None)
    return reference


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (REFERENCE / "countries.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
