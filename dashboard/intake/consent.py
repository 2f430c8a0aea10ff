"""Consent in a file about people: which column holds it, and what is a clear yes. One rule for every such source."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from dashboard.intake.report import LONGEST_TEXT, FileRefused, clean
from dashboard.intake.words import fold, is_missing, meaning, words, yes_or_no
from dashboard.warehouse.catalog import SourceCard

COLUMN = "consent"
REFUSED = "the learner did not consent, so nothing of the row is kept"
BLANK = "consent is blank, so nothing of the row is kept"
PENDING = "consent is pending, so nothing of the row is kept"
UNKNOWN = "consent is not known, so nothing of the row is kept"
UNCLEAR = "consent is not a clear yes, so nothing of the row is kept"
TAKEN_BACK = "the learner took the consent back, so nothing of the row is kept"
# What a learner stated, unlike a blank or a doubt: a file in which all state it is a register of nobody.
STATED = (REFUSED, TAKEN_BACK)
REFUSED_ELSEWHERE = "the learner did not consent in another row of the programme, so nothing of this one is kept"
LONGEST_YES, LONGEST_ENDING = 6, 8
# A header that states which answers there are: Yes/No. It denies nothing.
CHOICE = re.compile(r"(\w+)\s*(?:[/|,;\\]|\bor\b|\bou\b|\bo\b|\bили\b)\s*(\w+)")
# A header that states what an answer stands for: 0=yes, 1 no.
CODING = re.compile(r"(\w+)\s*=\s*(\w+)|\b(\d)\s*[:–-]?\s*([^\W\d_]+)")
QUESTION_MARKS = frozenset("?？؟")
# A number of a question: 12, Q12.
NUMBERED = re.compile(r"[a-z]?\d+")
IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
# And, with, to and for, which Arabic writes as the beginning of the next word.
ARABIC_PREFIXES = frozenset("وبلف")


@dataclass(frozen=True)
class Consent:
    """Where a file states consent, and where it states that it was taken back."""

    at: int | None
    taken_back_at: tuple[int, ...] = ()

    def against(self, cells: Sequence[str]) -> str:
        """Why a row may not be kept; empty where consent is a clear yes, or where the file knows none."""
        for at in self.taken_back_at:
            if at < len(cells) and yes_or_no(cells[at]) is not False and not is_missing(cells[at]):
                return TAKEN_BACK
        return "" if self.at is None else reason(cells[self.at] if self.at < len(cells) else "")


def find(
    header: Sequence[str],
    positions: Mapping[str, int],
    card: SourceCard,
    states_none: bool,
    answers: Callable[[], Sequence[int]] = tuple,
) -> Consent:
    """Where a file states consent: in the column that is mapped or named so, else in the one that reads like it.

    `answers` finds the columns that hold nothing but yes and no and are not read; they are named in the question.

    Raises:
        FileRefused: several columns read like consent, or none does by its heading alone, the source knows consent,
            and the sender did not state that there is none; or a column would be read against what it states.
    """
    others = {at for name, at in positions.items() if name != COLUMN}
    alike = [at for at, name in enumerate(header) if at not in others and reads_like_consent(name)]
    mapped = positions.get(COLUMN)
    if mapped is not None and is_turned_round(header[mapped]):
        raise _refused_as_turned_round(header, [mapped])
    back = tuple(at for at in alike if at != mapped and _means_the_opposite(header[at]))
    if mapped is not None:
        return Consent(mapped, back)
    stated = [at for at in alike if at not in back]
    if coded := [at for at in stated if is_turned_round(header[at])]:
        raise _refused_as_turned_round(header, coded)
    plain = [at for at in stated if not (_is_detail(header[at]) or _may_be_another(header[at]))]
    if len(plain) > 1:
        raise FileRefused(
            f"Several columns read like consent: {_quoted_headers(header, plain)}. Choose the one that says whether "
            f"the learner agreed that the data are shared (`--column {COLUMN}=HEADER`).",
            asks="columns",
        )
    if not plain and (card.needs_consent or stated) and not states_none:
        about_columns = f" These read like the opposite of it: {_quoted_headers(header, back)}." if back else ""
        about_columns += (
            f" These are about consent, but may not be it: {_quoted_headers(header, stated)}." if stated else ""
        )
        likely = answers()
        about_columns += f" These hold yes and no: {_quoted_headers(header, likely)}." if likely else ""
        raise FileRefused(
            "No column of the file reads like consent, and learners are counted only where they agreed."
            f"{about_columns} Choose the column that holds it (`--column {COLUMN}=HEADER`), or state that the file has "
            "none because every learner in it agreed (`--no-consent-column`).",
            asks="no_consent_column",
        )
    return Consent(plain[0] if plain else None, back)


class Answers:
    """Columns that are not read, entered row by row: those that hold nothing but yes, no and blanks may be consent."""

    def __init__(self, columns: Iterable[int]) -> None:
        self._left = set(columns)
        self._answered: set[int] = set()
        self._not_yes: set[int] = set()

    def enter(self, cells: Sequence[str]) -> None:
        """Takes note of a row."""
        for at in tuple(self._left):
            text = cells[at] if at < len(cells) else ""
            flag = yes_or_no(text)
            if flag is None and not is_missing(text):
                self._left.discard(at)
            elif flag is not None:
                self._answered.add(at)
            if flag is not True:
                self._not_yes.add(at)

    @property
    def columns(self) -> list[int]:
        """The columns in which somebody may have refused: not all of their cells are yes."""
        return sorted(self._left & self._answered & self._not_yes)

    def refuse(self, header: Sequence[str]) -> None:
        """Takes no word for it that a file has no consent while one of the columns may hold it.

        Raises:
            FileRefused: there is such a column.
        """
        if self.columns:
            raise FileRefused(
                "The file is said to have no column of consent, but of the columns that are not read these hold both "
                f"yes and no, or yes and blanks: {_quoted_headers(header, self.columns)}. If one of them is consent, "
                f"choose it (`--column {COLUMN}=HEADER`); leave one that is about something else out of the file.",
                asks="columns",
            )


def is_unread(header: str) -> bool:
    """Whether a header that the card does not know is not known as that of another of its columns either."""
    return meaning("headers").get(fold(header), COLUMN) == COLUMN


@lru_cache(2**14)
def reason(text: str) -> str:
    """Why a cell is no consent, empty where it is a clear yes: a blank, a refusal or a doubt is none."""
    doubt = _reason(text)
    return UNCLEAR if not doubt and QUESTION_MARKS & set(text) else doubt


def _reason(text: str) -> str:
    flag, folded = yes_or_no(text), fold(text)
    if flag is not None:
        return "" if flag else REFUSED
    if folded in words("pending"):
        return PENDING
    if folded in words("refused"):
        return REFUSED
    if is_missing(text):
        return UNKNOWN if folded else BLANK
    if folded in words("agreed"):
        return ""
    answer_words = folded.split()
    if all(word.isdigit() for word in answer_words):  # neither a word nor 1 or 0: -1, $1
        return UNCLEAR
    if any(f" {word} " in f" {folded} " for word in words("refused")):
        return REFUSED
    doubts = words("no") | words("but") | words("pending") | words("missing")
    clear = answer_words[0] in words("yes") and len(answer_words) <= LONGEST_YES
    clear = clear and all(map(_leaves_a_yes, answer_words)) and not any(f" {word} " in f" {folded} " for word in doubts)
    is_agreement = all(word in words("agreed") | words("yes") for word in answer_words)
    return "" if clear or is_agreement else UNCLEAR


def _leaves_a_yes(word: str) -> bool:
    """Whether a word behind a yes takes nothing of it back: how, when or by whom it was given, and not for what."""
    return word.isdigit() or word in words("yes") | words("agreed") | words("beside_yes")


@cache
def reads_like_consent(header: str) -> bool:
    """Whether a header is about consent, in any of the languages, whatever it states of it."""
    return _holds(header, "consent_headers") or fold(header) in words("consent_alone")


@cache
def is_plainly_consent(header: str) -> bool:
    """Whether a Yes below a header is consent: it is about no detail, denies nothing, and every word of it is known."""
    return reads_like_consent(header) and not (is_turned_round(header) or _is_detail(header) or _may_be_another(header))


@cache
def is_turned_round(header: str) -> bool:
    """Whether a Yes below a header may be a refusal: it denies consent, or has a coding of its own."""
    return _means_the_opposite(header) or _has_own_coding(header)


def _means_the_opposite(header: str) -> bool:
    plain = fold(CHOICE.sub(_unless_choice, CODING.sub(" ", header)))
    denied = any(f" {word} " in f" {plain} " for word in words("consent_denied"))
    return denied or _holds(header, "consent_taken_back") or _holds(header, "consent_denied_within")


def _has_own_coding(header: str) -> bool:
    for code, meant, digit, word in CODING.findall(header):
        flags = yes_or_no(code or digit), yes_or_no(meant or word)
        if (code and None in flags) or (flags[1] is not None and flags[0] is not flags[1]):
            return True
    return False


def _is_detail(header: str) -> bool:
    """Whether a header states how, when or to what else consent was given; a form that was signed is consent."""
    plain = fold(header)
    for phrase in words("consent_signed"):
        plain = plain.replace(phrase, "")
    return _holds(plain, "consent_details")


@cache
def _may_be_another(header: str) -> bool:
    """Whether a header about consent has a word that may make it consent to something else, or none at all: `Work
    authorization`, `Consent required`, `Privacy complaint`."""
    rest = f" {fold(CHOICE.sub(_unless_choice, CODING.sub(' ', header)))} "
    for phrase in words("consent_signed"):
        rest = rest.replace(f" {phrase} ", " ")
    return not all(map(_may_stand_beside, rest.split()))


def _may_stand_beside(word: str) -> bool:
    """Whether a word of a header makes it consent, or leaves it that."""
    if NUMBERED.fullmatch(word) or word in words("consent_beside"):
        return True
    # A longer word is a compound, whose end may turn its meaning: Einwilligungsverweigerung.
    if any(word.startswith(stem) and len(word) <= len(stem) + LONGEST_ENDING for stem in words("consent_stems")):
        return True
    if not IDEOGRAPH.match(word):
        return word[0] in ARABIC_PREFIXES and len(word) > 1 and _may_stand_beside(word[1:])
    for piece in sorted(words("consent_beside") | words("consent_headers"), key=len, reverse=True):
        word = word.replace(piece, "")
    return not word


def _unless_choice(match: re.Match[str]) -> str:
    """Nothing for Yes/No and No/Yes, and what is written for anything else."""
    return " " if {yes_or_no(match[1]), yes_or_no(match[2])} == {True, False} else match[0]


def _refused_as_turned_round(header: Sequence[str], at: Sequence[int]) -> FileRefused:
    return FileRefused(
        f"A Yes in this column may say that the learner refused: {_quoted_headers(header, at)}. Learners are counted "
        "only where they agreed. Give the file a column in which Yes says that the learner agreed that the data are "
        f"shared, and choose that (`--column {COLUMN}=HEADER`).",
        asks="columns",
    )


def _holds(header: str, name: str) -> bool:
    """Whether a header has one of the words; of one in Latin letters, at the beginning of a word."""
    folded = f" {fold(header)}"
    return any(f" {word}" in folded if word.isascii() else word in folded for word in words(name))


def _quoted_headers(header: Sequence[str], at: Sequence[int]) -> str:
    return ", ".join(f"“{clean(header[column])[:LONGEST_TEXT]}”" for column in at)
