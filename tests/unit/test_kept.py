"""What is made of an answer is made once for all its readers, and never for another answer, language or mark."""

import pandas as pd

from dashboard.charts.kept import kept
from dashboard.locales import speaking
from dashboard.locales.numbers import MISSING, mark_missing, points, whole

TABLE = pd.DataFrame({"learners": [3, 4]})


def counted():
    calls: list[int] = []

    @kept
    def total(table: pd.DataFrame, classes: list[str], more: int = 0) -> int:
        calls.append(1)
        return int(table["learners"].sum()) + more

    return total, calls


def test_the_same_answer_is_worked_out_once():
    total, calls = counted()
    assert [total(TABLE, ["a"]), total(TABLE, ["a"])] == [7, 7]
    assert len(calls) == 1


def test_another_table_value_language_or_mark_is_worked_out_anew():
    total, calls = counted()
    assert total(TABLE, ["a"]) == 7
    assert total(TABLE.assign(learners=1), ["a"]) == 2
    assert total(TABLE, ["b"]) == 7
    assert total(TABLE, ["a"], more=1) == 8
    with speaking("ar"):
        total(TABLE, ["a"])
    mark_missing("‡")
    try:
        total(TABLE, ["a"])
    finally:
        mark_missing(MISSING)
    assert len(calls) == 6


def test_tables_without_rows_are_alike_where_their_columns_are():
    total, calls = counted()
    assert [total(TABLE.head(0), []), total(TABLE.head(0), [])] == [0, 0]
    assert len(calls) == 1


def test_a_number_keeps_its_sign_and_its_language_when_written_again():
    # In both orders: a cache that took -0.0 for 0.0 would write the one as the other.
    assert points(0.00001) == "+0.0" and points(-0.00001) == "−0.0" and points(0.00001) == "+0.0"
    with speaking("fr"):
        french = whole(1234)
    assert whole(1234) == "1,234" != french
