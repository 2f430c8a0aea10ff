"""The page What changed: since Friday, between any two releases, for whom, and with one release only."""

import datetime

import plotly.graph_objects as go
import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer
from dashboard.pages.what_changed import panels as changes
from dashboard.pages.what_changed.charts import begins_at, waterfall_figure
from dashboard.store.releases import manifests
from tests.pages.test_pages import app, figures, tiles, words

SUNDAY = datetime.date(2026, 11, 22)
# Thursday, Saturday and Sunday.
PUBLISHED = {1: "2026-11-19T10:00:00+00:00", 2: "2026-11-21T10:00:00+00:00", 3: "2026-11-22T08:00:00+00:00"}


@pytest.fixture(autouse=True)
def three_releases(served_store, changed_store, as_served, monkeypatch):
    served_store(changed_store)
    dated = [{**said, "published_at": PUBLISHED[said["number"]]} for said in manifests(changed_store)]
    monkeypatch.setattr(changes, "manifests", lambda store: dated)
    monkeypatch.setattr(changes, "today", lambda: SUNDAY)
    return dated


def bars(test):
    (trace,) = figures(test)[0]["data"]
    return dict(zip(trace["y"], trace["text"], strict=True))


def test_what_changed_since_friday():
    test = app("what_changed", from_release="friday", metric="learners_registered")
    assert test.selectbox(key="from_release").value == "friday"
    assert "Since Friday, 20 Nov 2026: release 1" in test.selectbox(key="from_release").options
    # Worked by hand in tests/queries/test_what_changed.py.
    assert bars(test) == {
        "Release 1": "7",
        "New": "▲ +1",
        "Back-dated": "▲ +1",
        "Corrected": "0",
        "Merged": "▼ \u22121",
        "Removed": "▼ \u22121",
        "Redefined": "▼ \u22122",
        "Release 3": "5",
    }
    assert tiles(test)["Change"] == "\u22122" and test.metric[0].value == "7" and test.metric[2].value == "5"


def test_it_opens_on_the_release_before_and_follows_the_address():
    test = app("what_changed")
    assert test.selectbox(key="from_release").value == 2 and test.selectbox(key="to_release").value == 3
    test = app("what_changed", from_release="1", to_release="2", metric="learners_affected", step="corrected")
    assert bars(test)["New"] == "▼ \u221290" and bars(test)["Corrected"] == "▲ +10"
    table = test.dataframe[-1].value
    assert table[["country", "value"]].values.tolist() == [["Kenya", 10]]
    assert table["told_by"].tolist() == ["Global monitoring of school closures"]


def test_a_step_without_rows_says_so():
    assert "No row is behind this step." in words(app("what_changed", step="corrected", metric="learners_registered"))


def test_a_figure_that_did_not_change_is_said_to_be_the_same():
    assert "Nothing changed this figure" in words(app("what_changed", metric="learners_affected"))


@pytest.mark.parametrize(
    "link", [{"from_release": "9"}, {"to_release": "0"}, {"metric": "'"}, {"step": "x"}, {"from_release": "3"}]
)
def test_a_broken_link_falls_back(link):
    assert app("what_changed", **link).selectbox(key="to_release").value == 3


@pytest.mark.parametrize("viewer", [EXECUTIVE, EVERYBODY, Viewer("partner", "alpha")], ids=str)
def test_nobody_but_stewards_chooses_figures_of_learners(viewer):
    test = app("what_changed", metric="learners_registered")
    assert test.selectbox(key="metric").options == ["Learners affected", "Learners registered"]
    assert "Only those who own" not in words(test)
    test.selectbox(key="see_as").set_value(viewer).run()
    assert test.selectbox(key="metric").value == "learners_affected"
    assert test.selectbox(key="metric").options == ["Learners affected"]
    assert "Only those who own the rows see this view" in words(test) and not test.exception


def test_one_release_has_nothing_to_compare(monkeypatch, three_releases):
    monkeypatch.setattr(changes, "manifests", lambda store: three_releases[-1:])
    test = app("what_changed")
    assert any("one release only" in info.value for info in test.info) and not test.get("plotly_chart")


def test_releases_of_earlier_versions_are_not_offered(three_releases):
    old = {**three_releases[0], "files": {"marts/dim_country.parquet": {}}}
    damaged = {"number": 7, "damage": "gone"}
    assert [one["number"] for one in changes.comparable([old, *three_releases[1:], damaged])] == [2, 3]


@pytest.mark.parametrize(
    ("day", "friday"),
    # Saturday to Thursday look back to the Friday before; a Friday is not over yet.
    [("2026-11-21", "2026-11-20"), ("2026-11-22", "2026-11-20"), ("2026-11-26", "2026-11-20")]
    + [("2026-11-27", "2026-11-20"), ("2026-11-28", "2026-11-27")],
)
def test_friday_is_the_last_one_that_is_over(day, friday):
    assert changes.last_friday(datetime.date.fromisoformat(day)).isoformat() == friday


def test_what_stood_on_friday_was_published_before_it_ended(three_releases):
    served = {day: changes.served_on(three_releases, datetime.date(2026, 11, day)) for day in (18, 19, 20, 21, 22)}
    assert served == {18: None, 19: 1, 20: 1, 21: 2, 22: 3}


def test_nothing_stood_on_friday_is_said(monkeypatch):
    monkeypatch.setattr(changes, "today", lambda: datetime.date(2026, 11, 15))
    test = app("what_changed", from_release="friday")
    assert "Nothing stood on Friday, 13 November 2026" in words(test)
    assert test.selectbox(key="from_release").value == 2


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ([10, 5, 0, 0, 0, 0, 0, 15], 0),
        ([1000, 10, 0, 0, 0, 0, 0, 1010], 997),  # 1000 - 10 / 4
        ([0, 5, 0, 0, 0, 0, 0, 5], 0),
        ([5, 0, 0, 0, 0, 0, 0, 5], 0),
        ([5, 0, 0, 0, 0, -9, 9, 5], -4),
    ],
)
def test_the_axis_begins_where_steps_can_be_seen(values, begins):
    assert begins_at(values) == begins
    go.Figure(waterfall_figure(list("abcdefgh"), values, [str(value) for value in values]))
