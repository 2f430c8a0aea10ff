"""Statistics that SQL asks for by name: Wilson intervals and cumulative incidence, from statsmodels and scipy."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

LEVEL = 0.95


class Incidence(NamedTuple):
    """Cumulative incidence by day, and its standard error."""

    share: np.ndarray
    error: np.ndarray


def wilson_low(successes: int | None, trials: int | None) -> float | None:
    """Lower end of the 95 % Wilson score interval of a share, None without trials."""
    return _wilson(successes, trials)[0] if trials and successes is not None else None


def wilson_high(successes: int | None, trials: int | None) -> float | None:
    """Upper end of the 95 % Wilson score interval of a share, None without trials."""
    return _wilson(successes, trials)[1] if trials and successes is not None else None


def incidence(
    days: list[int] | None, events: list[int] | None, others: list[int] | None, censored: list[int] | None
) -> list[float]:
    """Aalen-Johansen cumulative incidence of the events by the end of each day, others being a competing risk."""
    if not (days and events and others and censored):
        return []
    return _incidence(tuple(days), tuple(events), tuple(others), tuple(censored)).share.tolist()


def incidence_error(
    days: list[int] | None, events: list[int] | None, others: list[int] | None, censored: list[int] | None
) -> list[float]:
    """Standard error of `incidence` at the same days."""
    if not (days and events and others and censored):
        return []
    return _incidence(tuple(days), tuple(events), tuple(others), tuple(censored)).error.tolist()


# Name in SQL: the function, its parameter types, its type.
FUNCTIONS: tuple[tuple[Callable, list[str], str], ...] = (
    (wilson_low, ["BIGINT", "BIGINT"], "DOUBLE"),
    (wilson_high, ["BIGINT", "BIGINT"], "DOUBLE"),
    (incidence, ["BIGINT[]", "BIGINT[]", "BIGINT[]", "BIGINT[]"], "DOUBLE[]"),
    (incidence_error, ["BIGINT[]", "BIGINT[]", "BIGINT[]", "BIGINT[]"], "DOUBLE[]"),
)


@lru_cache(maxsize=20_000)
def _wilson(successes: int, trials: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, trials, alpha=1 - LEVEL, method="wilson")
    return float(low), float(high)


@lru_cache(maxsize=500)
def _incidence(days: Sequence[int], events: Sequence[int], others: Sequence[int], censored: Sequence[int]) -> Incidence:
    """The share is statsmodels'; it gives no error for counts, so that is the delta-method one of the same estimator.

    With F the incidence, S the chance to be still under way, n at risk, d all ends and e the events of each day j up
    to t, the variance is the sum over j of (F(t) - F(j))^2 d / (n (n - d)) + S(j-)^2 e (n - e) / n^3
    - 2 (F(t) - F(j)) S(j-) e / n^2. Source: Marubini and Valsecchi, Analysing Survival Data, 1995, section 10.2.2.
    Tests compare it with statsmodels' error on single rows.
    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    e, o, c = (np.asarray(counts, dtype=float) for counts in (events, others, censored))
    counts = np.concatenate([e, o, c])
    kinds = np.repeat([1, 2, 0], len(days))
    if not e.sum():
        return Incidence(np.zeros(len(days)), np.zeros(len(days)))
    held = counts > 0
    fitted = CumIncidenceRight(np.tile(days, 3)[held], kinds[held], freq_weights=counts[held])
    share = np.interp(days, fitted.times, fitted.cinc[0], left=0.0)
    ended = e + o
    at_risk = (ended + c)[::-1].cumsum()[::-1]
    under_way = np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        # On the day on which the last one ends the factor before it is zero.
        hazard = np.where(at_risk > ended, ended / (at_risk * (at_risk - ended)), 0.0)
    own = under_way**2 * e * (at_risk - e) / at_risk**3
    mixed = under_way * e / at_risk**2
    total, first, second = hazard.cumsum(), (share * hazard).cumsum(), (share**2 * hazard).cumsum()
    variance = share**2 * total - 2 * share * first + second
    variance += own.cumsum() - 2 * share * mixed.cumsum() + 2 * (share * mixed).cumsum()
    return Incidence(share, np.sqrt(np.maximum(variance, 0.0)))
