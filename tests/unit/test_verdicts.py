"""Whether two shares differ by more than chance: verdicts on intervals that a reader can compare in the head."""

import pytest

from dashboard.components.verdicts import Verdict, verdict, verdict_words


@pytest.mark.parametrize(
    ("low", "high", "other_low", "other_high", "count", "found"),
    [
        (0.50, 0.60, 0.40, 0.49, 100, Verdict.HIGHER),
        (0.30, 0.39, 0.40, 0.49, 100, Verdict.LOWER),
        (0.35, 0.45, 0.40, 0.49, 100, Verdict.UNCLEAR),
        (0.40, 0.50, 0.50, 0.60, 100, Verdict.UNCLEAR),  # they touch
        (0.50, 0.60, 0.45, 0.45, 100, Verdict.HIGHER),  # a number without an interval, as a median is
        (0.40, 0.50, 0.45, 0.45, 100, Verdict.UNCLEAR),
        (0.50, 0.60, 0.40, 0.49, 29, Verdict.TOO_FEW),
        (0.50, 0.60, 0.40, 0.49, 30, Verdict.HIGHER),
        (0.50, 0.60, None, None, 100, Verdict.UNKNOWN),
        (float("nan"), float("nan"), 0.40, 0.49, 100, Verdict.UNKNOWN),
        (0.50, 0.60, 0.40, 0.49, None, Verdict.UNKNOWN),
    ],
)
def test_higher_or_lower_is_stated_only_where_intervals_do_not_overlap(low, high, other_low, other_high, count, found):
    assert verdict(low, high, other_low, other_high, count) is found


def test_each_verdict_has_words_of_its_own():
    words = {found: verdict_words(found) for found in Verdict}
    assert len(set(words.values())) == len(Verdict)
    assert words[Verdict.HIGHER] == "clearly higher" and words[Verdict.LOWER] == "clearly lower"
    assert words[Verdict.UNCLEAR] == "no clear difference, could be chance"
