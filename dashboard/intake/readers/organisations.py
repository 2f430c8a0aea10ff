"""What readers of files about organisations share: ids, codes of the field, lists of codes, and focal points."""

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TypeVar

from dashboard.intake import countries
from dashboard.intake.programmes import RESERVED, identifier
from dashboard.intake.report import Ledger, RowRefused, clean, holds_address
from dashboard.intake.values import no_value, optional, whole_number
from dashboard.intake.words import fold, meaning, table_of_words, words
from dashboard.settings import REFERENCE
from dashboard.vocabularies import stated

EVERY = "all"
# A word of a list that is none of the source's.
NOT_STATED = "not stated"
LEVELS = stated("taught_level")
TIERS = stated("technology")
AUDIENCES = stated("audience")
MISSIONS = stated("mission")
STAGES = stated("activity_stage")
ACTIVITY_TYPES = stated("activity_type")
# One word that stands for several levels of ISCED, and other ways to write one.
LEVELS_WRITTEN: Mapping[str, tuple[str, ...]] = {
    **{level: (level,) for level in LEVELS},
    **{level.replace("_", " "): (level,) for level in LEVELS},
    **{level.replace("_", "-"): (level,) for level in LEVELS},
    "secondary": ("lower_secondary", "upper_secondary"),
    "isced 0": ("pre_primary",),
    "isced 1": ("primary",),
    "isced 2": ("lower_secondary",),
    "isced 3": ("upper_secondary",),
    "isced 5-8": ("tertiary",),
    "higher": ("tertiary",),
}
TIERS_WRITTEN: Mapping[str, str] = {
    **{tier: tier for tier in TIERS},
    **{tier.replace("-", ""): tier for tier in TIERS},
    **{tier.replace("-", " "): tier for tier in TIERS},
    "high-tech": "hi-tech",
    "high tech": "hi-tech",
}
# The code of Nauruan, and what many write for missing.
MISSING_IN_CAPITALS = "NA"
# A code of a language with its country, and what stands between the names of two languages or countries.
LOCALE = re.compile(r"([A-Za-z]{2,3})[-_](?:[A-Za-z]{4}[-_])?[A-Za-z]{2}")
BETWEEN_LANGUAGES = re.compile(r"[/+&;,|\n、，؛،；]|\s(?:and|et|y|e|и|und|و)\s|\sو(?=\w)|和|与|及")
MOST_IN_LIST = 260
# 77873.16; and 1.234.567, where one point alone could be either.
DECIMALS = re.compile(
    r"(\d{1,11}|[1-9]\d{0,2}(?:([ \u00a0\u202f\u2009,.'])\d{3})(?:\2\d{3})*)(?!\2)[.,](\d{1,17})", re.ASCII
)
GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,3}", re.ASCII)
# The first part of an address that belongs to a role and not to a person.
ROLES = frozenset(
    {
        *("admin", "coalition", "communications", "contact", "contracts", "education", "focal", "focalpoint", "gec"),
        *("global", "hello", "help", "helpdesk", "humanitarian", "info", "learning", "mail", "office", "outreach"),
        *("partners", "partnership", "partnerships", "policy", "programme", "programmes", "projects", "refugees"),
        *("secretariat", "support", "team", "training"),
    }
)
ADDRESS = re.compile(r"(?P<local>[^@\s]+)@(?P<domain>[a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.ASCII)


def need_id(text: str, column: str) -> str:
    """An id of a thing or an organisation as it is kept: letters and digits of any script joined by underscores.

    Raises:
        RowRefused: blank, an address, or a name that totals have.
    """
    if holds_address(text):
        raise RowRefused(column, "", "an address, not an id")
    code = identifier(clean(text))
    if not code:
        raise RowRefused(column, text, "blank")
    if code in RESERVED:
        raise RowRefused(column, text, "the name of a total; use another")
    return code


def code(text: str, column: str, allowed: tuple[str, ...], default: str = "") -> str:
    """One of the codes, however its case; the default where blank.

    Raises:
        RowRefused: none of them, or blank without a default.
    """
    written = clean(text).casefold()
    if not written and default:
        return default
    if written not in allowed:
        written = meaning("codes").get(fold(text), written)
    if written not in allowed:
        raise RowRefused(column, text, f"none of {', '.join(allowed)}" if written else "blank")
    return written


Other = TypeVar("Other", str, None)


def code_or(
    other: Other, text: str, column: str, allowed: tuple[str, ...], ledger: Ledger, blank: str | Other | None = None
) -> str | Other:
    """As `code`, for a cell that the row does not need: `other` where it is no code, which is remarked, or missing.

    `blank` is what a missing one stands for, where that is something else.
    """
    if no_value(text):
        return blank or other
    return optional(lambda text, column: code(text, column, allowed), text, column, ledger) or other


def tier(text: str, column: str) -> str:
    """A technology tier.

    Raises:
        RowRefused: none of them.
    """
    tier = TIERS_WRITTEN.get(clean(text).casefold()) or meaning("tiers").get(fold(text))
    if tier is None:
        raise RowRefused(column, text, f"none of {', '.join(TIERS)}" if text.strip() else "blank")
    return tier


def level(text: str, column: str) -> str:
    """One level.

    Raises:
        RowRefused: none of ISCED, or several.
    """
    levels = _level(text)
    if len(levels) > 1:
        raise RowRefused(column, text, f"stands for {' and '.join(levels)}; give each a row")
    if not levels:
        raise RowRefused(column, text, f"none of {', '.join(LEVELS)}" if text.strip() else "blank")
    return levels[0]


def country_code(text: str, column: str) -> str:
    """The alpha-3 code of a country written as code or name, in any of six languages.

    Raises:
        RowRefused: blank, or no country of the reference.
    """
    written = clean(text)
    code = countries.find(written)
    if code is None:
        raise RowRefused(column, text, "no country has this code or name" if written else "blank")
    return code


def language(text: str, column: str) -> str:
    """The ISO 639 code of a language written as code or name, in any of six languages or in its own.

    Raises:
        RowRefused: blank, several, or no language of the reference.
    """
    codes = _languages(text)
    if len(codes) > 1:
        raise RowRefused(column, text, "several languages in one cell; give each a row")
    if not codes:
        raise RowRefused(column, text, "no language has this code or name" if text.strip() else "blank")
    return codes[0]


def _languages(text: str) -> tuple[str, ...]:
    """The codes of the languages in a text, such as FR, Français, fr-FR, fra, or French and English; none if one is
    not known."""
    known = language_names()
    written = clean(text)
    if written == MISSING_IN_CAPITALS:
        return ()
    if code := known.get(fold(written)):
        return (code,)
    if tag := LOCALE.fullmatch(written):
        return (known[tag[1].casefold()],) if tag[1].casefold() in known else ()
    names = [fold(name) for name in BETWEEN_LANGUAGES.split(written) if name.strip()]
    codes = [known.get(name, "") for name in names]
    return tuple(dict.fromkeys(codes)) if len(names) > 1 and all(codes) else ()


def _each_language(text: str, column: str) -> tuple[str, ...]:
    codes = _languages(text)
    if not codes:
        raise RowRefused(column, text, "no language has this code or name" if text.strip() else "blank")
    return codes


def each(text: str, column: str, code_of: Callable[[str, str], str | tuple[str, ...]]) -> str:
    """A list of codes as it is kept: `all`, or each code between semicolons (`;KEN;UGA;`), sorted and once.

    Raises:
        RowRefused: blank, too long, or one of them is none.
    """
    written = [piece for piece in re.split(r"[;|,；，、،]", clean(text)) if piece.strip()]
    if not written:
        raise RowRefused(column, text, "blank")
    if len(written) > MOST_IN_LIST:
        raise RowRefused(column, "", f"more than {MOST_IN_LIST} in one cell")
    if len(written) == 1 and fold(written[0]) in words("every"):
        return EVERY
    codes: set[str] = set()
    for piece in written:
        code = code_of(piece, column)
        codes |= {code} if isinstance(code, str) else set(code)
    return f";{';'.join(sorted(codes))};"


def levels(text: str, column: str) -> str:
    """A list of levels, as `each`; a word for several counts as each of them."""
    return each(text, column, _levels)


def _each_country(text: str, column: str) -> tuple[str, ...]:
    """The codes of the countries in a piece of a list, such as Kenya and Uganda; of Trinidad and Tobago one."""
    names = [name for name in BETWEEN_LANGUAGES.split(text) if name.strip()]
    if len(names) < 2 or countries.find(clean(text)):
        return (country_code(text, column),)
    return tuple(country_code(name, column) for name in names)


country_codes = partial(each, code_of=_each_country)
language_codes = partial(each, code_of=_each_language)


def focal_point(text: str, column: str) -> str | None:
    """The address of a role, or the domain alone (`@example.org`) where the address may be a person's; None if blank.

    Raises:
        RowRefused: not an address; its words may name a person and are not kept.
    """
    written = clean(text).casefold()
    if not written:
        return None
    match = ADDRESS.fullmatch(written)
    if match is None:
        raise RowRefused(column, "", "not an e-mail address")
    return written if match["local"] in ROLES else f"@{match['domain']}"


def people(text: str, column: str) -> int | None:
    """A number of people, None where blank or `-`; spaces of any kind may separate groups of three.

    Raises:
        RowRefused: not a whole number.
    """
    return whole_number(text, column, ("", "-", "–", "—"))


def people_or_rounded(text: str, column: str) -> tuple[int | None, bool]:
    """As `people`, and whether a number with decimals, such as a share of a population, was rounded to it.

    Raises:
        RowRefused: not a number, or one of which nobody knows whether its sign distinguishes thousands or decimals.
    """
    written = clean(text if text.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in text))
    if GROUPED.fullmatch(written):
        return people(written.replace(".", ""), column), False
    decimal = DECIMALS.fullmatch(written)
    if decimal and not (len(decimal[1]) <= 3 and len(decimal[3]) == 3):
        rounded = int(re.sub(r"\D", "", decimal[1])) + (int(decimal[3][0]) >= 5)
        return people(str(rounded), column), int(decimal[3]) > 0
    try:
        return people(written, column), False
    except RowRefused as refused:
        raise RowRefused(column, text, "no whole number of people, and left out") from refused


@cache
def languages() -> Mapping[str, str]:
    """Codes and names of languages, folded, to the code."""
    with (REFERENCE / "languages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["language"]: row["language"] for row in rows}
    for row in rows:
        for column, name in row.items():
            if column != "language" and name:
                known.setdefault(name.casefold(), row["language"])
    return known


@cache
def language_names() -> Mapping[str, str]:
    """As `languages`, without accents, with the names that languages have in themselves, and codes of three letters."""
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global

    known = {fold(name): code for name, code in languages().items()}
    codes = set(languages().values())
    for code in sorted(codes):
        try:
            own = Locale.parse(code).get_language_name(code)
        except (UnknownLocaleError, ValueError):
            continue
        if own:
            known.setdefault(fold(own), code)
    for longer, code in get_global("language_aliases").items():
        if code in codes and len(longer) == 3:
            known.setdefault(longer, code)
    for code, names in table_of_words("languages").items():
        for name in names:
            known.setdefault(fold(name), code)
    known.pop("", None)
    return known


def _level(text: str) -> tuple[str, ...]:
    """The levels that a word stands for; none where it is not known."""
    levels = LEVELS_WRITTEN.get(clean(text).casefold(), ())
    return levels or LEVELS_WRITTEN.get(meaning("levels").get(fold(text), ""), ())


def _levels(text: str, column: str) -> tuple[str, ...]:
    levels = _level(text)
    if not levels:
        raise RowRefused(column, text, f"none of {', '.join(LEVELS)}")
    return levels
