"""Intervals and cumulative incidence against published worked examples and a second library."""

import warnings

import numpy as np
import pytest

from dashboard.warehouse.statistics import incidence, incidence_error, wilson_high, wilson_low


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), pp. 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_newcombes_published_ones(successes, trials, low, high):
    assert wilson_low(successes, trials) == pytest.approx(low, abs=5e-5)
    assert wilson_high(successes, trials) == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("trials", [0, None])
def test_nobody_tried_is_no_interval(trials):
    assert wilson_low(0, trials) is None and wilson_high(0, trials) is None


def test_cumulative_incidence_is_that_of_satagopans_table():
    # Satagopan et al., British Journal of Cancer 91 (2004), pp. 1229-1235, table 2: 305 patients, months of follow-up.
    days = [7, 10, 14, 16, 18, 23, 24, 26, 27, 999]
    events = [0, 1, 0, 1, 0, 1, 0, 0, 1, 0]
    others = [0, 0, 0, 0, 1, 0, 0, 1, 0, 0]
    censored = [1, 0, 1, 0, 0, 0, 1, 0, 0, 305 - 9]
    by_day = dict(zip(days, incidence(days, events, others, censored), strict=True))
    steps = [by_day[day] - before for day, before in ((10, 0), (16, by_day[10]), (23, by_day[18]), (27, by_day[26]))]
    # The table rounds each step before it adds them up to 0.3, 0.6, 0.9, 1.2 percent.
    assert [round(100 * step, 1) for step in steps] == [0.3, 0.3, 0.3, 0.3]
    assert by_day[18] == by_day[16] and by_day[26] == by_day[23]  # a competing event adds nothing


def rows(seed, n=400):
    """Days and kinds (0 under way, 1 event, 2 other) with many ties, as day, kind of each one."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 25, n), rng.choice([0, 1, 2], n, p=[0.4, 0.35, 0.25])


def counted(days, kinds):
    distinct = sorted(set(days.tolist()))
    return distinct, *[[int(((days == day) & (kinds == kind)).sum()) for day in distinct] for kind in (1, 2, 0)]


@pytest.mark.parametrize("seed", range(5))
def test_share_and_error_are_statsmodels_on_single_rows(seed):
    from statsmodels.duration.survfunc import CumIncidenceRight

    days, kinds = rows(seed)
    kinds[days.argmax()] = 0  # somebody is still under way at the end, where statsmodels divides by zero
    fitted = CumIncidenceRight(days, kinds)
    at = {int(day): at for at, day in enumerate(fitted.times)}
    distinct, events, others, censored = counted(days, kinds)
    shares = incidence(distinct, events, others, censored)
    errors = incidence_error(distinct, events, others, censored)
    for day, share, error in list(zip(distinct, shares, errors, strict=True))[:-1]:
        assert share == pytest.approx(fitted.cinc[0][at[day]], abs=1e-12)
        assert error == pytest.approx(fitted.cinc_se[0][at[day]], abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_share_is_lifelines_on_the_same_rows(seed):
    days, kinds = rows(seed)
    distinct, events, others, censored = counted(days, kinds)
    theirs = of_lifelines(days, kinds)
    for day, share in zip(distinct, incidence(distinct, events, others, censored), strict=True):
        assert share == pytest.approx(theirs(day), abs=1e-9)


def of_lifelines(days, kinds):
    """lifelines' estimate by day.

    It cannot take events of two kinds at one time, and would move them at random. Within a day the events asked
    about come first here, which leaves the estimate what it is: the chance to be under way before the day, times their
    share of those at risk. Days begin at 1, since it leaves out what happens at time 0.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import AalenJohansenFitter

        fitted = AalenJohansenFitter(calculate_variance=False)
        fitted.fit(1 + days + np.array([0.75, 0.0, 0.5])[kinds], kinds, event_of_interest=1)
    return lambda day: float(fitted.cumulative_density_.loc[: 1 + day + 0.9].iloc[-1, 0])


def test_nobody_is_no_curve_and_nothing_happening_is_flat():
    assert incidence([], [], [], []) == [] and incidence(None, None, None, None) == []
    assert incidence([0, 5], [0, 0], [0, 1], [0, 1]) == [0, 0] and incidence_error([5], [0], [0], [3]) == [0]


def test_when_all_complete_the_share_is_one_and_certain():
    assert incidence([1, 2], [1, 1], [0, 0], [0, 0]) == pytest.approx([0.5, 1.0])
    assert incidence_error([1, 2], [1, 1], [0, 0], [0, 0])[-1] == pytest.approx(0.0, abs=1e-12)
