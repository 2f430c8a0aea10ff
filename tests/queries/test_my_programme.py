"""A partner's own figures, worked by hand from tests/fixtures: alpha's part of Coursera for Refugees.

Alpha has P1 P2 P3 P6 with course runs, P7 on its register only, and asked a university to recognise credentials of P1,
P5 and P6. Its newest files are of 31 December 2019; days before it are 1 December, 1 November, ... 4 February.
"""

import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer, answering_viewer, open_answers
from dashboard.store.releases import open_release
from dashboard.warehouse.answers import Held, bind, sealed
from dashboard.warehouse.catalog import question

DAY = datetime.date
ALPHA = {"partner_id": "alpha", "programme_id": "coursera_for_refugees"}
FIGURES = "my_programme/figures"


def figures(ask, **params):
    (row,) = ask(FIGURES, **ALPHA, **params)
    return row


def test_a_partner_sees_where_its_learners_stand(ask):
    row = figures(ask)
    assert (row["on_date"], row["before_on"]) == (DAY(2019, 12, 31), DAY(2019, 12, 1))
    assert row["learners_registered"] == 6  # P1 P2 P3 P6; P7 on the register; P5 asked for recognition
    assert row["learners_reached"] == 4  # P1 P2 P3 P6
    assert row["learners_active"] == row["learners_active_before"] == 1  # P3, from 1 November to 20 December
    assert (row["learners_completed"], row["learners_left"]) == (2, 1)  # P1 P6; P2 was taken out
    assert (row["learners_under_way"], row["learners_silent"]) == (1, 0)  # P3
    assert row["learners_at_hub"] == 2  # P1 at a, P6 at h-1
    assert (row["learners_with_credential"], row["learners_recognised"], row["ects_recognised"]) == (2, 1, 4)


def test_an_earlier_day_is_answered_by_the_last_one_before_it(ask):
    row = figures(ask, on_date="2019-02-20")
    assert (row["on_date"], row["before_on"]) == (DAY(2019, 2, 4), DAY(2019, 1, 5))
    assert (row["learners_registered"], row["learners_registered_before"]) == (4, 2)  # P1 P2, and P6 P7 since
    assert (row["learners_active"], row["learners_active_before"]) == (2, 0)  # P1 from 10 January, P2 15 to 18 January
    assert (row["learners_completed"], row["learners_under_way"], row["learners_left"]) == (0, 1, 1)  # P1; P2
    assert row["ects_recognised"] == 0
    assert ask(FIGURES, **ALPHA, on_date="2018-01-01") == []


def test_the_days_of_the_year_are_those_of_the_figures(ask):
    rows = {row["on_date"]: row for row in ask("my_programme/months", **ALPHA)}
    assert len(rows) == 13 and max(rows) == DAY(2019, 12, 31)
    assert rows[DAY(2019, 2, 4)]["learners_active"] == 2 and rows[DAY(2019, 10, 2)]["learners_active"] == 0


def test_who_is_quiet_had_no_event_for_180_days(ask):
    # Beta's P4 never started, so is neither under way nor quiet. Of DLSEI: D1 of hec completed c1.
    (beta,) = ask(FIGURES, partner_id="beta", programme_id="coursera_for_refugees")
    assert (beta["learners_registered"], beta["learners_under_way"], beta["learners_silent"]) == (3, 0, 0)
    # On 6 March P2 had left; P6 began on 1 March and is under way.
    assert figures(ask, on_date="2019-03-06")["learners_under_way"] == 1


def test_learners_stop_at_a_fifth_of_the_course(ask):
    rows = ask("my_programme/progress", **ALPHA)
    # P3 at 20 %, under way; P2 at 40 %, taken out.
    assert [(r["fifth"], r["runs"], r["runs_under_way"], r["runs_quiet"], r["runs_ended"]) for r in rows] == [
        (1, 1, 1, 0, 0),
        (2, 1, 0, 0, 1),
    ]
    assert [row["share_of_runs"] for row in rows] == [0.5, 0.5]


def test_intakes_of_a_partner_are_its_own_and_young_ones_have_no_rate(ask):
    rows = {row["cohort"]: row for row in ask("my_programme/intakes", **ALPHA)}
    assert [(name, row["runs"]) for name, row in rows.items()] == [("2019-11", 1), ("2019-03", 1), ("2019-01", 2)]
    assert (rows["2019-11"]["share_verified"], rows["2019-11"]["under_way_so_far"]) == (None, 1)  # P3
    assert (rows["2019-01"]["share_verified"], rows["2019-01"]["ended_so_far"]) == (pytest.approx(1 / 2), 1)  # P1; P2


@pytest.mark.parametrize("name", [FIGURES, "my_programme/months", "my_programme/progress"])
def test_only_the_partner_and_stewards_have_its_rows(small_store, name):
    release = open_release(small_store)

    def seen(viewer):
        answers = open_answers(answering_viewer(viewer, release, name, ALPHA), release)
        rows = answers.ask(name, ALPHA).to_pylist()
        answers.close()
        return rows

    assert seen(Viewer("partner", "alpha")) == seen(STEWARD) != []
    for viewer in (EVERYBODY, EXECUTIVE, Viewer("partner", "beta")):
        assert seen(viewer) == []


def test_a_difference_is_clear_or_could_be_chance(tmp_path):
    country = {
        **{"programme_id": "all", "partner_id": "alpha", "counted_by": "host", "country_iso3": "all"},
        **{"learners_registered": 100, "learners": 80, "learners_completed": 50, "first_on": None},
    }
    others = {
        **{"programme_id": "all", "partner_id": "alpha", "area_level": "world", "area": "world"},
        **{"others_registered": 1000, "others_reached": 700, "others_completed": 480},
        **{"other_partners": 5, "others_reports": 1000, "two_largest": 500},
    }
    asked = question("my_programme/compared")
    for name, row in (("cube_country", country), ("cube_benchmark", others)):
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / f"{name}.parquet")
    engine = sealed({name: Held(tmp_path / f"{name}.parquet") for name in ("cube_country", "cube_benchmark")}, False)
    reached, completed = engine.ask(asked.sql, bind(asked, {"partner_id": "alpha"})).to_pylist()
    engine.close()
    # 0.8 - 0.7; 1.96 x root of (0.8 x 0.2 / 100 + 0.7 x 0.3 / 1000) = 1.96 x root of 0.00181 = 0.0834
    assert (reached["difference_low"], reached["verdict"]) == (pytest.approx(0.0166, abs=1e-4), "higher")
    # 0.5 - 0.48; 1.96 x root of (0.25 / 100 + 0.48 x 0.52 / 1000) = 1.96 x root of 0.0027496 = 0.1028
    assert (completed["difference_low"], completed["verdict"]) == (pytest.approx(-0.0828, abs=1e-4), "could be chance")
    assert (reached["registered"], reached["others_registered"], reached["other_partners"]) == (100, 1000, 5)
