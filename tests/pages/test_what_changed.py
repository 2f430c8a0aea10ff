"""The page What changed: since Friday, between any two releases, for whom, and with one release only."""

import datetime
import re

import plotly.graph_objects as go
import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.pages.what_changed import panels as changes
from dashboard.pages.what_changed.charts import begins_at, waterfall_figure
from dashboard.scope import Scope
from dashboard.session import answer
from dashboard.store.releases import manifests, open_release
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


@pytest.fixture
def ask_as_steward(changed_store):
    """The steps of a waterfall by name, straight from the release."""

    def answers(name, **scope):
        table = answer(STEWARD, open_release(changed_store), name, Scope(**scope))
        return dict(zip(table["step"], table["value"], strict=True))

    return answers


def bars(test):
    (trace,) = figures(test)[0]["data"]
    return dict(zip(trace["y"], trace["text"], strict=True))


def test_what_changed_since_friday():
    test = app("what_changed", from_release="friday", metric="learners_registered", programme_id="all")
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
    assert test.title[0].value == (
        "Learners registered went from 7 to 5 between releases 1 and 3: 1 new, 1 back-dated, \u22121 merged, "
        "\u22121 removed, \u22122 redefined"
    )
    assert tiles(test)["Change"] == "\u22122" and test.metric[0].value == "7" and test.metric[2].value == "5"


def test_it_opens_on_the_release_before_and_follows_the_address():
    test = app("what_changed")
    assert test.selectbox(key="from_release").value == 2 and test.selectbox(key="to_release").value == 3
    test = app(
        "what_changed", from_release="1", to_release="2", metric="learners_affected", step="corrected", open="rows"
    )
    assert bars(test)["New"] == "▼ \u221290" and bars(test)["Corrected"] == "▲ +10"
    table = test.dataframe[-1].value
    assert table[["Country", "Change"]].values.tolist() == [["Kenya", 10]]
    assert table["Reported by"].tolist() == ["Global monitoring of school closures"]


def test_a_step_without_rows_says_so():
    test = app("what_changed", step="corrected", metric="learners_registered", open="rows")
    assert "This figure did not change between the two releases." in words(test)


def test_a_figure_that_did_not_change_is_said_to_be_the_same():
    title = app("what_changed", metric="learners_affected").title[0].value
    assert re.fullmatch(r"Learners affected stayed at \S+ between releases 2 and 3: nothing changed", title)


@pytest.mark.parametrize(
    "link", [{"from_release": "9"}, {"to_release": "0"}, {"metric": "'"}, {"step": "x"}, {"from_release": "3"}]
)
def test_a_broken_link_falls_back(link):
    assert app("what_changed", **link).selectbox(key="to_release").value == 3


@pytest.mark.parametrize("viewer", [EXECUTIVE, EVERYBODY, Viewer("partner", "alpha")], ids=str)
def test_nobody_but_stewards_chooses_figures_of_learners(viewer):
    test = app("what_changed", metric="learners_registered")
    assert test.selectbox(key="metric").options == ["Learners affected", "Learners registered"]
    assert "for stewards only" not in words(test)
    test.selectbox(key="see_as").set_value(viewer).run()
    assert test.selectbox(key="metric").value == "learners_affected"
    assert test.selectbox(key="metric").options == ["Learners affected"]
    assert "Figures of learners are compared for stewards only." in words(test) and not test.exception


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


def test_what_was_served_on_friday_was_published_before_it_ended(three_releases):
    served = {day: changes.served_on(three_releases, datetime.date(2026, 11, day)) for day in (18, 19, 20, 21, 22)}
    assert served == {18: None, 19: 1, 20: 1, 21: 2, 22: 3}


def test_a_friday_without_a_release_is_named(monkeypatch):
    monkeypatch.setattr(changes, "today", lambda: datetime.date(2026, 11, 15))
    test = app("what_changed", from_release="friday")
    assert "No release existed on Friday, 13 November 2026" in words(test)
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


def test_the_title_has_the_figures_of_the_answer(ask_as_steward):
    test = app("what_changed", metric="learners_registered", from_release="1", to_release="3", programme_id="all")
    steps = ask_as_steward("what_changed/waterfall", metric="learners_registered", from_release=1, to_release=3)
    assert f"from {steps['old figure']} to {steps['new figure']} between releases 1 and 3" in test.title[0].value
    named = {name: value for name, value in steps.items() if name not in ("old figure", "new figure") and value}
    assert named
    for name, value in named.items():
        assert f"{value} {name}".replace("-", "\u2212", 1 if value < 0 else 0) in test.title[0].value


def test_it_says_which_programmes_are_counted():
    learners = app("what_changed", metric="learners_registered", programme_id="all")
    assert "All programmes, all countries, up to the latest reported day of each release." in words(learners)
    closures = app("what_changed", metric="learners_affected", programme_id="all")
    assert "This figure counts no learners, so no programme applies to it." in words(closures)


def test_each_kind_of_change_is_explained():
    text = words(app("what_changed", open="kinds"))
    for kind in ("New", "Back-dated", "Corrected", "Merged", "Removed", "Redefined"):
        assert f"**{kind}**" in text
