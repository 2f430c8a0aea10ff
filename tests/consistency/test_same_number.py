"""Two questions that carry one metric give one number for one context, whoever asks.

A header says where its answer has the figure of a metric (`Measured`). Every such question is asked over a grid of
contexts, and what its answers have is compared. A question without a parameter answers for the context in which that
parameter is not chosen. In the short form every viewer asks for contexts of one choice at most, and one viewer in turn
for each of the others, of fewer days; with COALITION_FULL_TESTS=1 every viewer asks for all.
"""

import datetime
import itertools
import os
import zlib
from collections import defaultdict
from contextlib import suppress

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer, answering_viewer, open_answers
from dashboard.store.releases import open_release
from dashboard.warehouse.catalog import questions

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
DAY = datetime.date
VIEWERS = {"steward": STEWARD, "coalition": EXECUTIVE, "public": EVERYBODY, "partner": Viewer("partner", "alpha")}
# Values of parameters that are what an answer without the parameter is of.
PLAIN = {"by": "host"}
CLOSED_DAYS = (DAY(2020, 3, 20), DAY(2020, 4, 6), DAY(2020, 6, 26))[:: 1 if FULL else 3]
MEASURED = [query for query in questions().values() if query.measured]

# These know days 30 apart only, and their page names the day that they answer: their figures are of that day.
KNOW_SOME_DAYS = {"my_programme/figures"}


def contexts(query, grid):
    """Each choice of the grid that a question has parameters for; None where one of those it needs has no value."""
    names = [param.name for param in query.params if param.name in grid or not param.is_optional]
    if any(name not in grid for name in names):
        return
    optional = {param.name for param in query.params if param.is_optional}
    choices = [[value for value in grid[name] if value is not None or name in optional] for name in names]
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


def context_of(params):
    """What a figure is of: the choices that are not the plain ones, in order."""
    return tuple(
        sorted((name, value) for name, value in params.items() if value is not None and PLAIN.get(name) != value)
    )


def is_asked(who, context):
    """Whether this viewer asks for a context; in the short form one of them asks for what has several choices."""
    turn = zlib.crc32(repr(context).encode()) % len(VIEWERS)
    return FULL or len(context) < 2 or list(VIEWERS)[turn] == who


def collected(store, grid):
    """Figures by viewer, metric and context: which question gives which value."""
    release = open_release(store)
    open_ones, found = {}, defaultdict(dict)
    grid = {**grid, "from_release": [release.number], "to_release": [release.number]}
    try:
        for (who, viewer), query in itertools.product(VIEWERS.items(), MEASURED):
            for params in contexts(query, grid):
                shown = {name: v for name, v in params.items() if not name.endswith("_release")}
                if not is_asked(who, context_of(shown)):
                    continue
                at = answering_viewer(viewer, release, query.name, params)
                answers = open_ones.setdefault(at, None) or open_answers(at, release)
                open_ones[at] = answers
                rows = answers.ask(query.name, params).to_pylist()
                if query.name in KNOW_SOME_DAYS and params.get("on_date") and rows:
                    shown["on_date"] = rows[0]["on_date"]
                for measured in query.measured:
                    with suppress(LookupError):
                        found[who, measured.metric, context_of(shown)][query.name] = measured.value(rows)
    finally:
        for answers in open_ones.values():
            answers.close()
    return found


def compared(found):
    """How many pairs of questions were compared, and those that gave two numbers."""
    pairs, different = 0, []
    for key, values in found.items():
        # Nothing is what a question has no row for, or hides: another one of the same context may not need that row.
        known = {name: value for name, value in values.items() if value is not None}
        for (one, first), (other, second) in itertools.combinations(sorted(known.items()), 2):
            pairs += 1
            if first != pytest.approx(second, rel=1e-9):
                different.append((key, one, first, other, second))
    return pairs, different


def grid_of(programmes, partners, days):
    return {
        "programme_id": [None, "for_refugees", *programmes],
        "partner_id": [None, *partners],
        "on_date": [None, *days, *CLOSED_DAYS],
        "by": ["host", "origin"],
    }


@pytest.fixture(scope="module", autouse=True)
def patient():
    """Numbers are compared, not how long they take on a machine that does other things too."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("dashboard.warehouse.duckdb.QUERY_SECONDS", 60)
        yield


@pytest.fixture(scope="module")
def of_fixtures(small_store):
    days = (DAY(2019, 3, 1), DAY(2019, 6, 30))
    return collected(
        small_store, grid_of(("coursera_for_refugees", "kiron_campus", "dlsei", "oulad"), ("alpha", "beta"), days)
    )


def test_one_metric_is_one_number_in_the_fixtures(of_fixtures):
    pairs, different = compared(of_fixtures)
    print(f"{pairs} pairs of questions compared")
    assert different == []
    assert pairs > 150


@pytest.mark.skipif(not FULL, reason="half a minute, with more rows of the same kind: only in the full form")
def test_one_metric_is_one_number_in_the_demonstration(demo_store):
    programmes = ("coursera_for_refugees", "kiron_campus", "dlsei")
    grid = grid_of(programmes, ("demonstration_partner_02",), (DAY(2019, 3, 31), DAY(2018, 12, 31)))
    pairs, different = compared(collected(demo_store, grid))
    print(f"{pairs} pairs of questions compared")
    assert different == []
    assert pairs > 150


def test_two_numbers_are_found(of_fixtures):
    """The guard itself: one learner more in one of the questions."""
    key = ("steward", "learners_reached", (("programme_id", "for_refugees"),))
    assert of_fixtures[key]["overview/headline"] == 6  # P1 P2 P3 P5 P6 K1
    changed = {key: {**of_fixtures[key], "overview/headline": 7}}
    assert compared(changed)[1]


def test_metrics_of_the_first_screen_are_carried_by_several_questions(of_fixtures):
    """A comparison of nothing is no comparison."""
    several = {metric for (_who, metric, _context), values in of_fixtures.items() if len(values) > 1}
    assert several >= {
        *("learners_reached", "learners_registered", "credentials", "hubs_named", "hubs_alive"),
        *("hubs_of_programme", "matured_verified_completion", "runs_under_way", "runs_quiet", "runs_ended"),
        *("countries_closed", "learners_affected", "offers_live", "learners_contributed_direct"),
    }
