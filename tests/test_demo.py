"""The demonstration: files through the front door, whose world counts are the published ones."""

import pytest

from dashboard.demo import write_files
from dashboard.store.releases import open_release
from dashboard.warehouse.answers import Answers
from dashboard.warehouse.build import read_reference

ANCHORS = [
    ("2020-03-27", 165, 0.871),
    ("2020-04-04", 188, 0.913),
    ("2020-05-20", 153, 0.685),
    ("2020-06-26", 123, 0.623),
]


@pytest.fixture(scope="module")
def demo(demo_store):
    answers = Answers(open_release(demo_store).marts)
    yield lambda name, **params: answers.ask(name, params).to_pylist()
    answers.close()


@pytest.mark.parametrize(("day", "countries", "share"), ANCHORS)
def test_the_world_counts_are_those_unesco_published(demo, day, countries, share):
    row = demo("school_closures/world_on_date", on_date=day)[0]
    assert row["countries_closed"] == countries
    assert abs(row["share_affected"] - share) < 0.001  # within 0.1 points


def test_26_june_is_1_11_billion_learners_on_the_february_2022_enrolment(demo):
    row = demo("school_closures/world_on_date", on_date="2020-06-26")[0]
    assert round(row["learners_affected"] / 1e9, 2) == 1.11 and row["enrolment_vintage"] == "Feb 2022"


def test_the_anchors_are_in_the_reference_not_in_the_generator():
    figures = read_reference("published_figures", {"share": "DOUBLE", "countries_closed": "BIGINT"}).to_pylist()
    said = {
        row["on_date"]: (row["countries_closed"], row["share"])
        for row in figures
        if row["metric"] == "learners_affected"
    }
    assert all(said[day] == (countries, share) for day, countries, share in ANCHORS)


def test_hosts_and_origins_are_unhcrs_and_the_pairs_are_marked_as_simulated(demo, demo_store):
    assert demo("reach_map/totals")[0]["refugees"] == 31_637_408
    origins = {row["origin_iso3"]: row["refugees"] for row in demo("reach_map/origins")}
    known = {row["origin_iso3"]: int(row["refugees"]) for row in read_reference("refugees_by_origin", {}).to_pylist()}
    for code in ("AFG", "SYR", "UKR", "SSD"):
        assert abs(origins[code] / known[code] - 1) < 0.02, (
            "the totals of origins are UNHCR's too, to the rounding of pairs"
        )
    assert "unhcr_population" in open_release(demo_store).demonstrations
    assert "uis_enrolment" not in open_release(demo_store).demonstrations


def test_two_captures_disagree_about_the_days_the_first_one_planned(demo):
    day = "2020-06-03"
    planned = demo("school_closures/world_on_date", on_date=day, as_captured_on="2020-05-20")[0]
    observed = demo("school_closures/world_on_date", on_date=day, as_captured_on="2020-06-26")[0]
    assert planned["countries_closed"] != observed["countries_closed"]


def test_the_files_are_the_same_each_time_and_marked(tmp_path):
    first, second = (dict(write_files(tmp_path / name)) for name in ("a", "b"))
    for source, file in first.items():
        assert file.read_bytes() == second[source].read_bytes()
    names = {file.name for file in (tmp_path / "a").iterdir()}
    invented = {name for name in names if name.startswith("demonstration")}
    assert names - invented == {"uis_enrolment_feb-22.csv", "hubs_2013-10-31.csv"}
    assert "Demonstration: simulated" in first["unesco_closures"].read_text()
