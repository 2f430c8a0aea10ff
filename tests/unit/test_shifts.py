"""The shift of a figure hangs on its name and on the secret, and on nothing else."""

from collections import Counter

import pytest

from dashboard.disclosure.policy import policy
from dashboard.disclosure.shifts import shifts

KEY = bytes(range(32))
NAMES = [("registered", "p", "all", "country_host", f"place-{number}") for number in range(2_000)]


def test_a_figure_has_the_same_shift_whatever_stands_beside_it():
    of = policy().shift
    whole = shifts(NAMES, of, KEY)
    assert shifts(NAMES[::-1], of, KEY)[::-1].tolist() == whole.tolist()
    assert [float(shifts([name], of, KEY)[0]) for name in NAMES[:50]] == whole[:50].tolist()


def test_another_secret_gives_other_shifts():
    of = policy().shift
    alike = (shifts(NAMES, of, KEY) == shifts(NAMES, of, bytes(32))).mean()
    assert alike < 0.4  # two of the ten numbers are alike in 26 of 100 cases: 1 + 4 + 16 + 4 + 1


def test_shifts_are_as_often_up_as_down_and_most_often_none():
    """Of ten numbers four are in the middle: there a figure is rounded to the nearest."""
    found = Counter(shifts(NAMES, policy().shift, KEY).tolist())
    assert set(found) == {0, 1, 2, 3, 4}
    assert 0.36 < found[2] / len(NAMES) < 0.44
    assert abs(found[0] + found[1] - found[3] - found[4]) < 150


def test_a_key_that_is_no_secret_is_refused():
    with pytest.raises(ValueError, match="0 bytes"):
        shifts(NAMES, policy().shift, b"")


def test_the_span_of_the_shifts_leaves_more_numbers_than_the_policy_wants():
    rules = policy()
    assert rules.span + 1 >= rules.narrowest and set(rules.shift) == set(range(rules.rounding["coalition"]))
    assert rules.least_shown("coalition") - rules.span == rules.hide_below
    assert rules.least_shown("public") == 20  # 10 people, 4 and 5 on top, up to a multiple of ten
