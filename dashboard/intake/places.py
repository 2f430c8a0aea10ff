"""Countries as publishers of world tables write them, with the places that are no country: unknown, stateless, Tibet.

A row of an unknown country stays in every total; a row that is the total of others is none of a country.
"""

import re
from collections.abc import Mapping
from functools import cache

from dashboard.intake import countries
from dashboard.intake.months import folded
from dashboard.intake.report import Ledger, RowRefused, clean

UNKNOWN, STATELESS, TIBETAN = "UNK", "XXA", "TIB"
# Codes of publishers beside the ISO ones, and user-assigned ones of passports, to the one that is kept.
BEYOND_ISO: Mapping[str, str] = {
    **dict.fromkeys(("UNK", "UKN", "VAR", "XXX", "ZZZ"), UNKNOWN),
    **dict.fromkeys(("XXA", "STA"), STATELESS),
    "TIB": TIBETAN,
}
# Codes that publishers kept after the country had another one; the country is the same.
RENAMED: Mapping[str, str] = {"ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "BUR": "MMR", "KSV": "XKX", "XKK": "XKX"}
# UNHCR counts Serbia and Kosovo (S/RES/1244 (1999)) together, under one code.
UNDER_ONE_CODE = {("SRB", "XKX")}
UNKNOWN_WORDS = frozenset(
    ("various", "unknown", "unspecified", "undetermined", "unclassified", "stated", "specified", "reported", "known")
    + ("classified", "other", "others", "inconnu", "inconnue", "inconnus", "divers", "desconocido", "desconocida")
    + ("varios", "неизвестно", "неизвестна", "معروف", "未知")
)
# Words beside them: "not stated", "country of origin unknown".
BESIDE_UNKNOWN = frozenset(
    ("not", "non", "and", "et", "y", "or", "country", "countries", "origin", "nationality", "of", "asylum", "غير")
    + ("pays", "pais", "de", "d", "origine", "origen", "nationalite", "nacionalidad", "страна")
)
STATELESS_WORDS = re.compile(
    r"stateless(?: persons?| people)?|apatrides?|apatridas?|sin nacionalidad|"
    r"лица без гражданства|عديمو الجنسية|无国籍.*"
)
TIBETAN_WORDS = re.compile(r"tibet(?:ans?)?|tibetains?|tibetanos?")
TOTAL_WORDS = re.compile(
    r"(?:grand|sub)?[\s-]?totals?\b.*|.*\b(?:grand|sub)?[\s-]?total|totaux|totales|world(?:wide)?|global(?:ly)?|monde|"
    r"mundo|all(?: .+)?|tous.*|todos.*|toutes.*|sum|overall|somme|suma|всего|итого|мир|المجموع|العالم|总计|合计|世界"
)
NO_SUCH_CODE = "no country has this code"
ISO_LIKE = re.compile(r"[A-Z]{3}", re.ASCII)
TOTAL = "a total of other rows: it would count them twice"
TOTAL_CODES = ("ALL", "WLD", "TOT", "TOTAL", "OWID_WRL", "001")
# Words that publishers shorten, in names of countries.
SHORTENED = {"rep.": "republic", "dem.": "democratic", "st.": "saint", "isl.": "islands", "fed.": "federated"}
NOT_IN_NAMES = re.compile(r"[^\w]+")
# Names of publishers that no rule makes a name of the reference.
OTHER_NAMES: Mapping[str, str] = {
    "palestinian": "PSE",
    "palestinians": "PSE",
    "occupied palestinian territories": "PSE",
    "gaza strip": "PSE",
    "china hong kong sar": "HKG",
    "hong kong sar china": "HKG",
    "china macao sar": "MAC",
    "macao sar china": "MAC",
    "the former yugoslav republic of macedonia": "MKD",
    "former yugoslav republic of macedonia": "MKD",
    "serbia and kosovo": "SRB",
    "kosovo": "XKX",
    "united states": "USA",
    "great britain": "GBR",
}


def is_total(text: str) -> bool:
    """Whether a name is that of a total of the other rows, such as World or Sub-total."""
    return TOTAL_WORDS.fullmatch(folded(clean(text))) is not None


def place_of(code: str, name: str, column: str, ledger: Ledger) -> str:
    """The code of a country, or UNK, XXA, TIB; by the name where the publisher gives no code or one of its own.

    Raises:
        RowRefused: a total of other rows, neither code nor name, no such country, or the two are of two countries.
    """
    code_kept, reason = _code_or_reason(code, name)
    if code_kept is None:
        ledger.parts += reason == TOTAL
        raise RowRefused(column, clean(code) or clean(name), reason)
    return code_kept


def origin_of(code: str, name: str, column: str, ledger: Ledger) -> str:
    """As `place_of`, but a code of no country today, such as SCG, is an unknown origin, which is remarked.

    Raises:
        RowRefused: as `place_of`, for anything but a code of three letters.
    """
    try:
        return place_of(code, name, column, ledger)
    except RowRefused as refused:
        if refused.reason != NO_SUCH_CODE or not ISO_LIKE.fullmatch(refused.value.upper()):
            raise
        ledger.remarks[f"of origin {refused.value.upper()}, which is the code of no country: counted as unknown"] += 1
        return UNKNOWN


@cache
def _code_or_reason(code: str, name: str) -> tuple[str | None, str]:
    """The place of a code and a name, or None and the reason why there is none."""
    code, name = (countries.without_footnote(clean(text)) for text in (code.upper(), name))
    if code in TOTAL_CODES or is_total(name) or (code == "-" and name in ("", "-")):
        return None, TOTAL
    by_name = _code_by_name(name)
    by_code = BEYOND_ISO.get(code) or countries.code_of(RENAMED.get(code, code)) or countries.of_alpha2(code, name)
    if by_code and by_name and by_code != by_name and (by_code, by_name) not in UNDER_ONE_CODE:
        return None, f"the code belongs to another country than {name}"
    if found := by_code or by_name or (None if code else countries.find(name)):
        return found, ""
    return None, NO_SUCH_CODE if code else "no country has this name" if name else "blank"


def _code_by_name(name: str) -> str | None:
    """What a name stands for, or None where it is not known: then only the code counts."""
    plain = folded(name)
    if not plain:
        return None
    words_of_name = set(NOT_IN_NAMES.split(plain)) - {""}
    if words_of_name & UNKNOWN_WORDS and words_of_name <= UNKNOWN_WORDS | BESIDE_UNKNOWN:
        return UNKNOWN
    if STATELESS_WORDS.fullmatch(plain):
        return STATELESS
    if TIBETAN_WORDS.fullmatch(plain):
        return TIBETAN
    words = _words(name)
    return _names().get(words) or _names().get(re.sub(r" s res 1244.*| unscr.*", "", words))


def _words(name: str) -> str:
    """A name without accents, marks and shortened words, as names are compared."""
    words_of_name = " ".join(SHORTENED.get(word, word) for word in folded(name).replace("(", " ").split())
    return NOT_IN_NAMES.sub(" ", words_of_name).strip()


@cache
def _names() -> Mapping[str, str]:
    known = {_words(name): code for name, code in countries.names_of_all_languages().items()}
    known |= {_words(name): code for name, code in countries.names().items()}
    known.update(OTHER_NAMES)
    return known
