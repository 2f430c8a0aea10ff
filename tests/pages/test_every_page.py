"""Every page opens for every audience, programme and state of the store, and says what it cannot show.

`pytest tests/pages/test_every_page.py --collect-only -q` prints the combinations. COALITION_FULL_TESTS=1 adds each
partner of the demonstration, a release of each source alone and every link for every viewer, and opens all that is
folded in each combination instead of every second one of the default ones.
"""

import ast
import csv
import datetime
import json
import math
import os
import random
import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.intake.front_door import import_file
from dashboard.menu import first_page, pages
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release, publish_release
from tests.conftest import CAPTURED, FIXTURES
from tests.stores import filled_once

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
PAGES = sorted(page.name for page in pages())
ABOUT_LEARNERS = ("cohorts", "completion_funnel", "credit_recognition", "overview", "programmes", "reach_map")
# A partner that is known, and whose first file has not come.
WAITING = Viewer("partner", "invented_newcomer")
# Whose rows each store holds, and the programmes that may be chosen on it; the first choice is that of the page.
STATES = {
    "full demonstration": (
        "kiron",
        ("", "all", "for_refugees", "coursera_for_refugees", "kiron_campus", "dlsei", "global_learning_hubs", "nobody"),
    ),
    "one real partner": ("alpha", ("", "all", "for_refugees", "coursera_for_refugees")),
    "release without rows": ("", ("",)),
    "no release": ("", ("",)),
}
# Views of a page that show more, or less, than it does at first.
VIEWS = {
    "cohorts": (
        {"like": "true", "open": "compare"}, {"cohorts": "kiron_campus..2018-03.", "open": "compare,left"},
        {"cohorts": "for_refugees...female", "open": "compare,left"},
        {"partner_id": "kiron", "open": "retention,quiet"},
    ),
    "completion_funnel": (
        {"partner_id": "kiron", "open": "compared,area"}, {"attribute": "country_host", "open": "groups"},
        {"country_host": "LBY", "open": "compared,area"}, {"from_month": "2019-06"},
    ),
    "contributions": (
        {"rows": "member", "place": "IND", "open": "matrix"}, {"stage": "offered"}, {"region": "Oceania"},
        {"view": "reach"}, {"view": "gaps"}, {"view": "gaps", "stage": "offered", "active_to": "2020-06"},
    ),
    "credit_recognition": ({"partner_id": "kiron"}, {"partner_id": "demonstration_partner_02"}),
    "data_health": ({"open": "details,rules", "source": "hubs"},),
    "learning_hubs": (
        {"hub_id": "glh-2013-juba"}, {"region": "Africa", "host_type": "campus"},
        {"open": "sessions,attendance,effect,register"},
    ),
    "methods": (
        {"view": "claims", "open": "contradictions"}, {"view": "sources"}, {"view": "release"}, {"search": "hub"},
        {"metric": "learners_reached"}, {"question": "overview/headline"}, {"source": "hubs"},
        {"claim": "hubs-2013-named"}, {"metric": "nothing"},
    ),
    "my_programme": (
        {"partner_id": "kiron"}, {"partner_id": "us_department_of_state", "open": "hubs"},
        {"partner_id": "demonstration_partner_25", "open": "compared,progress"},
    ),
    "needs_and_offers": (
        {"offers_on": "2020-01-01"}, {"view": "offer", "open": "search", "language": "fr"}, {"view": "submit"},
        {"view": "offer", "offers_on": "2020-01-01"},
    ),
    "overview": ({"as_of": "2017-01-01"}, {"as_of": "2010-01-01"}),
    "reach_map": (
        {"by": "origin"}, {"by": "refugees", "origin_iso3": "SDN"}, {"flows": "true", "country_iso3": "KEN"},
        {"country_iso3": "TCD"}, {"partner_id": "demonstration_partner_02"},
    ),
    "response_gaps": ({"view": "days"}, {"closures_on": "2020-02-16"}, {"level": "tertiary", "tier": "no-tech"}),
    "school_closures": ({"definition": "weighted", "country_iso3": "KEN"}, {"on_date": "2020-07-03"}),
    "upload": ({"open": "templates,set_aside,releases"},),
    "what_changed": ({"metric": "countries_closed"}, {"open": "rows,kinds"}),
}  # fmt: skip
# What stands in a text where a value was missing and nobody thought of it. Min Nan is a language.
MISSING = re.compile(r"\b(nan|NaN|NaT|None|null)\b(?! chinese)|<NA>")


def links(page, state):
    programmes = STATES[state][1]
    if page in (*ABOUT_LEARNERS, "learning_hubs", "my_programme"):
        found = [{"programme_id": programme} if programme else {} for programme in programmes]
    else:
        found = [{}]  # no programme can be chosen there
    return found + (list(VIEWS.get(page, ())) if state == "full demonstration" else [])


def viewers(state):
    own = STATES[state][0]
    return [STEWARD, EXECUTIVE, EVERYBODY, *([Viewer("partner", own)] if own else []), WAITING]


def asked(state, at, page):
    """The links that one of the viewers opens; in the short form the first of each page, and the others by turns.

    Of the states that are not the whole demonstration every other page is opened then.
    """
    each = links(page, state)
    if not FULL and state != "full demonstration" and (PAGES.index(page) + at) % 2:
        return []
    return each if FULL else [link for n, link in enumerate(each) if n in (0, at) or n % len(viewers(state)) == at]


COMBINATIONS = [
    pytest.param(state, viewer, page, link, id="-".join([state, viewer.partner_id or viewer.audience, page, *(
        f"{name}={value}" for name, value in link.items())]))
    for state in STATES for at, viewer in enumerate(viewers(state)) for page in PAGES
    for link in asked(state, at, page)
]  # fmt: skip


@pytest.fixture(scope="session")
def stores(together, demo_store, store_without_rows):
    """A store in each state, filled once."""

    def one_partner(store):
        file = store.parent / "coursera_usage.csv"
        write_export(file)
        report = import_file(store, "coursera_usage", file, datetime.date(2024, 3, 31)).report
        assert report.published == 120
        publish_release(store)

    return {
        "full demonstration": demo_store,
        "one real partner": filled_once(together / "one_partner", one_partner),
        "release without rows": store_without_rows,
        "no release": together / "nowhere",
    }


@pytest.fixture(autouse=True)
def served(as_served):
    """As the app is served."""


@pytest.mark.parametrize(("state", "viewer", "page", "link"), COMBINATIONS)
def test_every_page_opens_and_says_what_it_cannot_show(state, viewer, page, link, stores, served_store, monkeypatch):
    served_store(stores[state])
    folded = record_what_is_folded(monkeypatch)
    test = seen_by(viewer, page, link, monkeypatch)
    check(test, state, viewer, page)
    if FULL or (not link and state != "no release" and (PAGES.index(page) + viewers(state).index(viewer)) % 2):
        for key in folded:
            test.session_state[key] = True
        check(test.run(), state, viewer, page)


@pytest.mark.skipif(not FULL, reason="the long form: each partner of the demonstration")
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_every_partner(page, stores, served_store, monkeypatch):
    state = "full demonstration"
    store = served_store(stores[state])
    streams = open_release(store).manifest["snapshots"]["coursera_usage"]
    partners = sorted({stream.split("/")[0] for pin in streams for stream in pin["streams"]})
    assert len(partners) > 20
    for partner in partners:
        viewer = Viewer("partner", partner)
        check(seen_by(viewer, page, {}, monkeypatch), state, viewer, page)


@pytest.mark.skipif(not FULL, reason="the long form: a release of each source alone")
@pytest.mark.parametrize("sent", [name for name in CAPTURED if not name.startswith("oulad")])
def test_every_page_opens_on_a_release_of_one_source(sent, tmp_path, served_store, monkeypatch):
    store = served_store(tmp_path / "store")
    import_file(store, sent, FIXTURES / f"{sent}.csv", CAPTURED[sent])
    publish_release(store)
    for viewer in (STEWARD, EVERYBODY, WAITING):
        for page in PAGES:
            check(seen_by(viewer, page, {}, monkeypatch), sent, viewer, page)


def test_the_menu_leads_to_every_page_there_is(monkeypatch, served_store, stores):
    menu = []
    navigation = st.navigation

    def record(pages, **how):
        menu.extend(page._page.parent.name for section in pages.values() for page in section)
        return navigation(pages, **how)

    served_store(stores["no release"])
    monkeypatch.setattr(st, "navigation", record)
    AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30).run()
    assert sorted(set(menu)) == PAGES


@pytest.mark.parametrize("folder", ["components", "pages"])
def test_no_panel_takes_a_first_row_that_need_not_be_there(folder):
    """`ask_row` gives the first row or `NoRow`, and `figure` and `grid` say so where there is none."""
    for file in sorted((PROJECT / "dashboard" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("iloc", "iat"), f"{file.name}:{node.lineno}"
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "next":
                assert len(node.args) == 2, f"{file.name}:{node.lineno}"


def seen_by(viewer, page, link, monkeypatch):
    """The page as it opens for whom the gate lets in as this viewer."""
    monkeypatch.setattr(gate, "STEWARD", viewer)
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    if page != first_page(bool(viewer.partner_id)).name:
        test.switch_page(f"pages/{page}/page.py")
    for name, value in link.items():
        test.query_params[name] = value
    return test.run()


def record_what_is_folded(monkeypatch):
    """The keys of the popovers and expanders that a page draws, from now on."""
    keys = []
    for name in ("popover", "expander"):
        draw = getattr(st, name)

        def recorded(*words, draw=draw, **how):
            keys.extend([how["key"]] if how.get("on_change") == "rerun" else [])
            return draw(*words, **how)

        monkeypatch.setattr(st, name, recorded)
    return keys


def check(test, state, viewer, page):
    assert not test.exception, [error.message for error in test.exception]
    if state == "no release":
        assert "coalition demo" in test.error[0].value
        return
    assert len(test.title) == 1
    said = [element.value for kind in ("info", "caption", "warning", "error") for element in test.get(kind)]
    shown = [*test.metric, *test.dataframe, *test.get("plotly_chart")]
    assert said and (shown or test.info or test.error or page in ("methods", "upload"))
    for text in texts(test):
        assert not (found := MISSING.search(text)), text[max(0, found.start() - 80) : found.end() + 80]
    for frame in test.dataframe:
        assert len(frame.value), f"an empty grid of {list(frame.value.columns)}"
        assert frame.proto.placeholder or not frame.value.isna().any().any(), list(frame.value.columns)
    for chart in test.get("plotly_chart"):
        assert any(has_a_mark(trace) for trace in json.loads(chart.proto.spec)["data"]), "an empty chart"
    of_refugees = test.query_params.get("by") == "refugees"  # where no learner is counted
    if viewer == WAITING and page in ABOUT_LEARNERS and test.metric and not of_refugees:
        assert any("No file of invented_newcomer has been published yet" in text for text in texts(test))


def texts(test):
    """All that a reader can read."""
    for kind in ("markdown", "caption", "info", "warning", "error", "success", "header", "subheader", "title"):
        yield from (str(element.value) for element in test.get(kind))
    for tile in test.metric:
        yield from (tile.label, tile.value, tile.delta, tile.help)
    for kind in ("selectbox", "multiselect", "button_group", "date_input", "slider", "toggle", "button"):
        for widget in test.get(kind):
            yield from (widget.label, *map(str, getattr(widget, "options", ())))
    for frame in test.dataframe:
        table = frame.value
        yield from map(str, table.columns)
        for column in table.columns:
            yield from (value for value in table[column] if isinstance(value, str))
    for chart in test.get("plotly_chart"):
        spec = json.loads(chart.proto.spec)
        spec["layout"].pop("template", None)
        yield from words_of(spec)


def words_of(value):
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from words_of(part)


def has_a_mark(trace):
    if "z" in trace and trace["type"] == "heatmap":
        return any(number is not None for row in trace["z"] for number in row)
    ends = zip(trace.get("x", trace.get("lon", ())), trace.get("y", trace.get("lat", ())), strict=False)
    return bool(trace.get("locations")) or any(
        not {None} & {one, other} and not any(isinstance(end, float) and math.isnan(end) for end in (one, other))
        for one, other in ends
    )


def write_export(file):
    """An export of one partner and no register: 120 learners, a quarter of whom completed their one course."""
    header = (
        "External Id,Email,Course,Course ID,Enrollment Time,Class Start Time,Last Course Activity Time,"
        "Overall Progress,Completed,Removed From Program,Program Slug,Completion Time,Course Type,Location Country"
    )
    drawn = random.Random(1)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header.split(","))
        for number in range(120):
            begun = datetime.date(2023, 1, 1) + datetime.timedelta(drawn.randrange(300))
            ended, done = begun + datetime.timedelta(30), number % 4 == 0
            writer.writerow([
                f"REAL-{number}", f"learner{number}@example.org", "Course", "c1", f"{begun}T00:00:00Z",
                f"{begun}T00:00:00Z", f"{ended}T00:00:00Z", "100" if done else "30", "Yes" if done else "No", "No",
                "coursera-for-refugees-alpha", f"{ended}T00:00:00Z" if done else "", "Course",
                ("Kenya", "Uganda", "Jordan")[number % 3],
            ])  # fmt: skip
