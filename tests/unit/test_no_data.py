"""No data, hidden and zero are three: a column that counts nobody is never marked as hidden.

With COALITION_FULL_TESTS=1 the origin of each question's first two columns is asked, else of one of them, by turns.
"""

import os

import pandas as pd
import pytest

from dashboard.access.viewer import counts_nobody
from dashboard.charts.bars import grouped_figure
from dashboard.components.readable import cell_words, columns_for_people
from dashboard.components.tables import _has_other_mark, _written
from dashboard.locales.numbers import HIDDEN, MISSING, mark_missing
from dashboard.warehouse.catalog import questions
from dashboard.warehouse.lineage import tables_behind

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"


@pytest.fixture
def hiding():
    mark_missing(HIDDEN, whole_percent=True)
    yield
    mark_missing(MISSING)


def written(question, values):
    return {column.name: cell_words(values, column) for column in columns_for_people(question)}


def test_seats_that_were_never_sent_are_no_data_and_learners_are_hidden(hiding):
    cells = written("programmes/targets", None)
    assert {cells[name] for name in ("seats", "target_learners", "target_completions")} == {"–"}
    # Made of learners, also where divided by seats.
    assert {cells[name] for name in ("learners", "completions", "share_seats_taken")} == {"‡"}


def test_refugees_of_unhcr_are_no_learners(hiding):
    cells = written("reach_map/learners_by_country", None)
    assert (cells["refugees_hosted"], cells["learners"], cells["learners_per_1000_refugees"]) == ("–", "‡", "‡")


def test_bars_of_seats_have_the_mark_of_no_data(hiding):
    seats, learners = "Seats offered", "Learners"
    figure = grouped_figure(["I"], [(learners, [None]), (seats, [None])], of_nobody=(seats,))
    assert [trace["text"] for trace in figure["data"]] == [["‡"], ["–"]]


def test_a_column_of_unknown_origin_is_taken_for_one_that_may_be_hidden():
    assert tables_behind("completion_funnel/steps_compared", "other_partners") == frozenset()
    assert not counts_nobody("completion_funnel/steps_compared", "other_partners")


def test_the_origin_of_every_number_can_be_asked():
    for turn, query in enumerate(questions().values()):
        for column in query.columns[:2] if FULL else query.columns[turn % 2 :][:1] or query.columns[:1]:
            tables_behind(query.name, column.name)


def test_a_grid_writes_no_data_in_words_that_sort(hiding):
    table = pd.DataFrame({"seats": [7300.0, None, 20000.0], "learners": [None, 5.0, 10.0]})
    columns = {column.name: column for column in columns_for_people("programmes/targets", ["seats", "learners"])}
    assert _has_other_mark(table, columns["seats"])
    assert not _has_other_mark(table, columns["learners"])
    assert _written(table, columns["seats"]) == [" 7,300", "     –", "20,000"]
