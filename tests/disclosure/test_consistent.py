"""Nothing is hidden from one audience that a lower one, a neighbouring column or another page prints.

All releases of the demonstration and 30 generated worlds (two in the short form), every count that both audiences have.
"""

import datetime
import os

import pandas as pd
import pyarrow.parquet as pq
import pytest

from dashboard.disclosure.policy import policy
from dashboard.disclosure.protect import _on_each_day, _without_covered
from dashboard.store.releases import open_release
from tests.disclosure import attacker, worlds

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
ALL = "all"
FIGURES = [
    *("learners_registered", "learners_reached", "unique_lower", "unique_upper", "countries", "located"),
    *("credentials", "stacked_awards", "learners_with_credential"),
]
# Columns that tell what the reach of a row is where it is hidden.
TELLING = ("unique_lower", "unique_upper", "located")
DAY = datetime.date


@pytest.mark.parametrize("number", [1, 2])
def test_no_release_of_the_demonstration_contradicts_itself(number, demo_store):
    release = open_release(demo_store, number)
    views = {
        audience: {name: pq.read_table(file).to_pandas(date_as_object=True) for name, file in files.items()}
        for audience in ("coalition", "public")
        if (files := release.views(audience))
    }
    assert contradictions(views) == []
    assert len(shown_counts(views["public"])) > 3_000


@pytest.mark.parametrize("seed", range(30) if FULL else (1, 7))
def test_no_world_contradicts_itself(seed):
    world = worlds.served(seed)
    views = {audience: protected.tables for audience, protected in world.protected.items()}
    assert contradictions(views) == [], world.kind


def test_the_reach_of_all_programmes_is_shown_to_the_coalition(demo_store):
    """Most partners' series end in June 2019, that of all programmes ends with the newest file, in June 2023."""
    series = pq.read_table(open_release(demo_store).views("coalition")["cube_reach"]).to_pandas(date_as_object=True)
    of_all = series[(series["programme_id"] == ALL) & (series["partner_id"] == ALL)].sort_values("on_date")
    last = of_all.to_dict("records")[-1]
    assert last["on_date"] == DAY(2023, 6, 30)
    # 51,109 and 46,508 in truth: a shift of at most four, and down to a multiple of five.
    assert all(
        abs(shown - exact) <= 4 and shown % 5 == 0
        for shown, exact in ((last["learners_registered"], 51_109), (last["learners_reached"], 46_508))
    )
    assert of_all["learners_reached"].notna().mean() > 0.97


def test_a_series_rests_where_it_ends():
    """One partner reports until March and one until May: in May both are part of the whole, in February the first."""
    series = pd.DataFrame(
        [
            ("p", "all", DAY(2024, 2, 29), 20), ("p", "all", DAY(2024, 3, 31), 30), ("p", "all", DAY(2024, 5, 31), 70),
            ("p", "one", DAY(2024, 2, 29), 20), ("p", "one", DAY(2024, 3, 31), 30), ("p", "two", DAY(2024, 5, 31), 40),
        ],
        columns=["programme_id", "partner_id", "on_date", "learners_reached"],
    )  # fmt: skip
    assert [(whole, parts.tolist()) for whole, parts in _on_each_day(series)] == [(0, [3]), (1, [4]), (2, [4, 5])]
    whole = {"learners_registered": series["learners_reached"], "learners_with_credential": series["learners_reached"]}
    series = series.assign(**whole)
    raised = {column: series[column].to_numpy(float) + 2 for column in series.columns[3:]}
    days = _on_each_day(series)
    shown = series.astype(dict.fromkeys(series.columns[3:], "Int64"))
    kept = _without_covered(shown, series, raised, days, policy())
    assert kept["learners_reached"].tolist() == [20, 30, 70, 20, 30, 40]


def test_what_contradicts_is_found():
    """The guard itself finds bounds without their figure, a public figure above which is none, pages that differ."""
    world = worlds.served(7)
    views = {audience: dict(protected.tables) for audience, protected in world.protected.items()}
    blank = views["coalition"]["cube_reach"].copy()
    blank.loc[blank["partner_id"] == ALL, "learners_reached"] = pd.NA
    found = contradictions({**views, "coalition": {**views["coalition"], "cube_reach": blank}})
    assert {kind for kind, *_ in found} == {
        "told by its neighbour",
        "shown to the public only",
        "shown on another page",
    }
    funnel = views["coalition"]["cube_funnel"].copy()
    funnel["registered"] = pd.NA
    found = contradictions({**views, "coalition": {**views["coalition"], "cube_funnel": funnel}})
    assert "shown to the public only" in {kind for kind, *_ in found}


def test_the_public_is_shown_no_more_when_the_coalition_is_asked_alone():
    both = worlds.served(6 if FULL else 7).protected
    lacking = shown_counts(both["public"].tables).keys() - shown_counts(both["coalition"].tables).keys()
    assert lacking == set() and both["public"].account["passed"]


def contradictions(views):
    """Every figure that is hidden from somebody although a lower audience, a neighbour or another page prints it."""
    counts = {audience: shown_counts(tables) for audience, tables in views.items()}
    found = [("shown to the public only", key) for key in counts["public"].keys() - counts["coalition"].keys()]
    place = ["programme_id", "partner_id", "on_date"]
    both = views["public"]["cube_reach"].merge(
        views["coalition"]["cube_reach"], on=place, how="left", suffixes=("", "_above")
    )
    for row in both.to_dict("records"):
        for column in FIGURES:
            if not pd.isna(row[column]) and pd.isna(row[f"{column}_above"]):
                found.append(("shown to the public only", column, *(row[key] for key in place)))
    for audience, tables in views.items():
        series = tables["cube_reach"]
        for row in series[series["learners_reached"].isna()].to_dict("records"):
            for column in TELLING:
                if not pd.isna(row[column]):
                    found.append(("told by its neighbour", audience, column, *(row[key] for key in place)))
        last = series.sort_values("on_date").groupby(place[:2]).tail(1)
        for row in last.to_dict("records"):
            for column, measure in (("learners_registered", "registered"), ("learners_reached", "reached")):
                elsewhere = counts[audience].get((measure, *(row[key] for key in place[:2]), ALL, ALL))
                figure = None if pd.isna(row[column]) else row[column]
                if figure != elsewhere:
                    found.append(("shown on another page", audience, column, figure, elsewhere))
    return found


def shown_counts(tables):
    """Every count that the protected cubes show, by measure, programme, partner, dimension and value."""
    counts = attacker.counts(tables)
    counts = counts[counts["n"].notna()].drop_duplicates(attacker.KEY)
    return dict(zip(map(tuple, counts[attacker.KEY].itertuples(index=False)), counts["n"], strict=True))
