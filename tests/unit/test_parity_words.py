"""The sentence on parity states what the band of the index states, and what the intervals allow."""

import pytest

from dashboard.components.verdicts import Verdict
from dashboard.pages.completion_funnel.panels import parity_words

CHANCE = "could be chance"


@pytest.mark.parametrize(
    ("gpia", "is_parity", "difference", "states", "states_not"),
    [
        (0.94, False, Verdict.UNCLEAR, "less often than men, but the difference could be chance", "alike"),
        (1.06, False, Verdict.UNCLEAR, "more often than men, but the difference could be chance", "alike"),
        (0.94, False, Verdict.UNKNOWN, CHANCE, "alike"),
        (0.94, False, Verdict.LOWER, "less often than men: parity index 0.94", CHANCE),
        (1.06, False, Verdict.HIGHER, "more often than men: parity index 1.06", CHANCE),
        (0.98, True, Verdict.UNCLEAR, "complete alike: parity index 0.98", CHANCE),
        # Many learners make a small difference clear: it is within the band, and it is no chance.
        (0.98, True, Verdict.LOWER, "slightly less often than men, within parity", "alike"),
        (1.02, True, Verdict.HIGHER, "slightly more often than men, within parity", "alike"),
    ],
)
def test_parity_and_chance_are_both_stated(gpia, is_parity, difference, states, states_not):
    sentence = parity_words({"gpia": gpia, "is_parity": is_parity}, difference)
    assert states in sentence and states_not not in sentence


def test_without_an_index_nothing_is_stated_of_chance():
    assert parity_words({"gpia": None, "is_parity": None}, Verdict.UNCLEAR).startswith("No parity index")
