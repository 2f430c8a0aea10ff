"""The Open University's dataset: the publisher's own counts, and withdrawal as a second library finds it."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from dashboard.store.releases import open_release
from tests.unit.test_statistics import of_lifelines


def test_registrations_students_and_outcomes_are_the_publishers(golden, golden_store):
    outcomes = {row["outcome"]: row["runs"] for row in golden("programmes/outcomes", programme_id="oulad")}
    assert outcomes == {"completed": 12_361, "distinction": 3_024, "failed": 7_052, "withdrawn": 10_156}
    (totals,) = golden("programmes/totals", programme_id="oulad")
    assert (totals["enrolments"], totals["learners"]) == (32_593, 28_785)


def test_cumulative_withdrawal_is_lifelines_on_the_same_rows(golden, golden_store):
    table = pq.read_table(open_release(golden_store).marts["fct_course_run"]).to_pylist()
    runs = [row for row in table if row["programme_id"] == "oulad" and row["is_timed"]]
    # 45 have no day of registration, of which some no day of withdrawal; 93 withdrawals have no day.
    assert len(runs) == 32_455
    ends = [row["withdrawn_on"] or row["completed_on"] or row["failed_on"] for row in runs]
    days = np.array([(end - row["enrolled_on"]).days for end, row in zip(ends, runs, strict=True)])
    kinds = np.array([1 if row["withdrawn_on"] else 2 for row in runs])
    theirs = of_lifelines(days, kinds)
    curve = golden("cohorts/withdrawal_curve", programme_id="oulad")
    assert len(curve) > 400
    for row in curve:
        assert row["withdrawal_share"] == pytest.approx(theirs(row["day"]), abs=1e-9)


def test_the_rehearsal_is_in_no_total_of_the_coalition(golden):
    assert golden("overview/headline")[0]["learners_reached"] == 0
