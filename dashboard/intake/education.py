"""Whether the words for a sector or cluster mean education, whatever their language, order, label, number or code."""

import re
from functools import lru_cache

from dashboard.intake.terms import fold

# Words for education begin so (English, French, Spanish, Portuguese, Russian, Turkish, Ukrainian, Indonesian, Somali,
# Polish, German, Italian, Dutch).
STEMS = (
    *("educat", "educac", "enseign", "ensenan", "ensino", "образован", "просвещен", "egitim", "освіт", "освит"),
    *("schooling", "scolaris", "escolariz", "literac", "alphabetis", "alfabetiz", "грамотност"),
    *("pendidikan", "waxbarash", "elimu", "tahsil", "edukac", "bildung", "istruzion", "onderwijs"),
)
# Words and codes that are education whole: of clusters, of plans (EDU), of education in emergencies in three languages.
WHOLE = frozenset(
    ("edu", "educ", "eie", "esu", "eee", "edd", "tvet", "eftp", "ecce", "ece")
    + ("التربيه", "تربيه", "المعارف", "معارف", "اموزش", "ትምህርት")
)
# Codes that are too short to mean it beside other words.
ALONE = frozenset({"ed"})
# Scripts in which words are written together, or begin with an article.
WITHIN = ("تعليم", "تعلیم", "教育", "ትምህርት")
# Words of several parts, or with signs of vowels that are no letters: Hindi, Bengali, Thai, Vietnamese.
WITH_SIGNS = tuple(map(fold, ("शिक्षा", "শিক্ষা", "การศึกษา", "giáo dục")))
# Education about these is the work of another sector: health, mine action, protection, elections, safety, livelihoods.
OTHERS = (
    *("health", "hygien", "sanitar", "sanitat", "sanitair", "sanitari", "nutrition", "nutric", "sante", "salud"),
    *("saude", "therapeut", "terapeut", "reproducti", "reproduct", "sexual", "sexuel", "sexualid", "vih", "sida"),
    *("hiv", "aids", "patient", "drug", "wash", "mine", "landmin", "minas", "antiperson", "antimin", "ordnance"),
    *("explosi", "munition", "munic", "artefact", "engins", "uxo", "eore", "mre", "ere", "risk", "risque", "riesgo"),
    *("risco", "civic", "civiq", "civil", "elector", "eleitor", "voter", "peace", "paix", "paz", "rights"),
    *("droits", "derechos", "direitos", "gbv", "gender-based", "parent", "safety", "securit", "seguridad"),
    *("road", "traffic", "routier", "vial", "financ", "consumer", "legal", "jurid", "environment", "environnement"),
    *("ambient", "climat", "agricult", "agropec", "farmer", "disaster", "catastroph", "desastre", "drr", "livestock"),
    *("протимін", "мінн", "противомин", "zdrowot", "gesundheit", "sanita"),
    *("здоров", "санитар", "гигиен", "минн", "опасн", "риск", "граждан", "правов", "дорожн", "полов", "питани"),
    *("صح", "الصح", "الغام", "الالغام", "مخاطر", "متفجر", "المتفجر", "المدني", "مدني", "تغذي", "التغذي", "السلام"),
    *("السلامه", "الجنسي", "حيوان", "الحيوان", "مواشي", "المواشي", "نحل", "اسماك"),
)
OTHERS_WITHIN = (
    *("健康", "卫生", "地雷", "风险", "公民", "营养", "安全", "和平", "性教育"),
    *map(fold, ("स्वास्थ्य", "স্বাস্থ্য", "สุขภาพ", "sức khỏe")),
)
# Words that take education away: not, without, except; and of a compound such as re-education.
NOT = frozenset(
    {
        *("non", "no", "not", "re", "anti", "without", "except", "excluding", "excl", "excepte", "hors", "sauf"),
        *("sans", "sin", "excepto", "sem", "exceto", "без", "кроме", "не", "غير", "ما عدا", "بدون", "非", "除"),
    }
)
# Other sectors: what follows one of them and a colon is part of it.
SECTORS = (
    *("protect", "proteg", "защит", "الحمايه", "حمايه", "food", "aliment", "shelter", "abri", "alojamient", "abrig"),
    *("nfi", "cccm", "logist", "livelihood", "agua", "water", "eau", "coordinat", "coordinac", "telecom", "recovery"),
)
SEGMENTS = re.compile(r"[;|/\n]")
CLAUSES = re.compile(r"[,()\[\]&+،؛、，；]|\s[-–—]\s|\b(?:and|et|und|with|avec|con|com)\b|\s(?:y|e|و|и)\s|和|与|及")
DOTTED = re.compile(r"\b((?:[a-z]\.){2,}[a-z]?)")
TOKENS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
ARABIC_LETTERS = str.maketrans({"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك"})


@lru_cache(maxsize=16_384)
def is_education(text: str) -> bool:
    """Whether education is among the words of a sector, in whatever language and beside whatever other.

    Education about the subject of another sector, such as health or the risk of mines, is that sector's.
    """
    folded = fold(text.replace("\n", " ; ")).translate(ARABIC_LETTERS)
    folded = DOTTED.sub(lambda dotted: dotted[1].replace(".", ""), folded)
    return any(_of_segment(segment) for segment in SEGMENTS.split(folded))


def _of_segment(segment: str) -> bool:
    """Whether one of several sectors in a cell is education; a label before a colon may name another."""
    label, colon, rest = segment.partition(":")
    if not colon:
        return any(map(_of_clause, CLAUSES.split(segment)))
    if _of_segment_words(label, (*OTHERS, *SECTORS)):
        return False
    return any(map(_of_clause, CLAUSES.split(label))) or _of_segment(rest)


def _of_segment_words(text: str, stems: tuple[str, ...]) -> bool:
    return any(token.startswith(stems) for token in _tokens(text))


def _of_clause(clause: str) -> bool:
    compounds = TOKENS.findall(clause)
    tokens = _tokens(clause)
    is_named = any(map(_is_word, tokens)) or any(word in clause for word in WITH_SIGNS)
    if not (is_named or (len(tokens) == 1 and tokens[0] in ALONE)):
        return False
    if any(token.startswith(OTHERS) for token in tokens) or any(word in clause for word in OTHERS_WITHIN):
        return False
    return not _is_denied(compounds)


def _is_word(token: str) -> bool:
    return token.startswith(STEMS) or token in WHOLE or any(word in token for word in WITHIN)


def _is_denied(compounds: list[str]) -> bool:
    """Whether the word for education is denied: `non-education`, `other than education`, and not `non-formal`."""
    before = ""
    for compound in compounds:
        words = compound.split("-")
        if any(map(_is_word, words)) and (NOT & set(words) or before in NOT | {"than"}):
            return True
        before = compound
    return False


def _tokens(text: str) -> list[str]:
    return [token for compound in TOKENS.findall(text) for token in compound.split("-")]
