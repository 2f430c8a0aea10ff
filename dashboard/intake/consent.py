"""Consent in a file about people: which column holds it, and what is a clear yes. One rule for every such source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from dashboard.intake.report import LONGEST_TEXT, FileRefused, clean
from dashboard.intake.words import fold, is_missing, words, yes_or_no
from dashboard.warehouse.catalog import SourceCard

COLUMN = "consent"
REFUSED = "the learner did not consent, so nothing of the row is kept"
BLANK = "consent is blank, so nothing of the row is kept"
PENDING = "consent is pending, so nothing of the row is kept"
UNKNOWN = "consent is not known, so nothing of the row is kept"
UNCLEAR = "consent is not a clear yes, so nothing of the row is kept"
TAKEN_BACK = "the learner took the consent back, so nothing of the row is kept"
# What a learner said, unlike a blank or a doubt: a file in which all say so is a register of nobody.
STATED = (REFUSED, TAKEN_BACK)
REFUSED_ELSEWHERE = "the learner did not consent in another row of the programme, so nothing of this one is kept"
LONGEST_YES = 6


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


def find(header: Sequence[str], positions: Mapping[str, int], card: SourceCard, states_none: bool) -> Consent:
    """Where a file states consent: in the column that is mapped or named so, else in the one that reads like it.

    Raises:
        FileRefused: several columns read like consent, or none does, the source knows consent, and the sender did
            not state that there is none.
    """
    others = {at for name, at in positions.items() if name != COLUMN}
    alike = [at for at, name in enumerate(header) if at not in others and reads_like_consent(name)]
    back = tuple(at for at in alike if _holds(header[at], "consent_taken_back") and at != positions.get(COLUMN))
    if COLUMN in positions:
        return Consent(positions[COLUMN], back)
    stated = [at for at in alike if at not in back]
    plain = [at for at in stated if not _holds(header[at], "consent_details")] or stated
    if len(plain) > 1:
        raise FileRefused(
            f"Several columns read like consent: {_named(header, plain)}. Choose the one that says whether the learner "
            f"agreed that the data are shared (`--column {COLUMN}=HEADER`).",
            asks="columns",
        )
    if not plain and card.needs_consent and not states_none:
        found = f" These read like consent taken back: {_named(header, back)}." if back else ""
        raise FileRefused(
            "No column of the file reads like consent, and learners are counted only where they agreed."
            f"{found} Choose the column that holds it (`--column {COLUMN}=HEADER`), or state that the file has none "
            "because every learner in it agreed (`--no-consent-column`).",
            asks="no_consent_column",
        )
    return Consent(plain[0] if plain else None, back)


@lru_cache(2**14)
def reason(text: str) -> str:
    """Why a cell is no consent, empty where it is a clear yes: a blank, a refusal or a doubt is none."""
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
    said = folded.split()
    if any(f" {word} " in f" {folded} " for word in words("refused")):
        return REFUSED
    doubts = words("no") | words("but") | words("pending") | words("missing")
    clear = said[0] in words("yes") and len(said) <= LONGEST_YES
    clear = clear and not any(f" {word} " in f" {folded} " for word in doubts)
    return "" if clear or all(word in words("agreed") | words("yes") for word in said) else UNCLEAR


@cache
def reads_like_consent(header: str) -> bool:
    """Whether a header asks for consent, in any of the languages."""
    return _holds(header, "consent_headers")


def _holds(header: str, name: str) -> bool:
    """Whether a header has one of the words; of one in Latin letters, at the beginning of a word."""
    folded = f" {fold(header)}"
    return any(f" {part}" in folded if part.isascii() else part in folded for part in words(name))


def _named(header: Sequence[str], at: Sequence[int]) -> str:
    return ", ".join(f"“{clean(header[one])[:LONGEST_TEXT]}”" for one in at)
