"""Whether one share differs from another by more than chance, in plain words; computed from 95 % intervals."""

from enum import StrEnum

from dashboard.locales import _
from dashboard.locales.numbers import is_missing

FEWEST = 30


class Verdict(StrEnum):
    """What two intervals allow to state; the values are those of answers that give a verdict."""

    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "could be chance"
    TOO_FEW = "too few"
    UNKNOWN = "unknown"


def verdict(
    low: float | None, high: float | None, other_low: float | None, other_high: float | None, count: float | None
) -> Verdict:
    """Clearly higher or lower only where the intervals do not overlap.

    Args:
        low: lower end of the 95 % interval of the share.
        high: its upper end.
        other_low: lower end of what it is compared with; for a number without an interval, the number itself.
        other_high: its upper end.
        count: of how many the share is; fewer than 30 are never compared.
    """
    if count is None or is_missing(count):
        return Verdict.UNKNOWN
    if count < FEWEST:
        return Verdict.TOO_FEW
    if low is None or high is None or other_low is None or other_high is None:
        return Verdict.UNKNOWN
    if any(map(is_missing, (low, high, other_low, other_high))):
        return Verdict.UNKNOWN
    if low > other_high:
        return Verdict.HIGHER
    if high < other_low:
        return Verdict.LOWER
    return Verdict.UNCLEAR


def verdict_words(verdict: Verdict) -> str:
    """A verdict for a table or after a number."""
    return {
        Verdict.HIGHER: _("clearly higher"),
        Verdict.LOWER: _("clearly lower"),
        Verdict.UNCLEAR: _("no clear difference, could be chance"),
        Verdict.TOO_FEW: _("fewer than 30, so not compared"),
        Verdict.UNKNOWN: _("not known"),
    }[verdict]
