"""The light page: the same answers without chart library, map library and data grid, and few bytes of them."""

import base64
import re
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, STEWARD
from dashboard.components import light
from dashboard.menu import pages
from dashboard.server.ahead import CHART, elements_of
from dashboard.settings import PROJECT

MOST_OF_A_PAGE, MOST_OF_A_FILTER = 60_000, 20_000
# A steward chooses rows of these grids, which plain tables cannot offer.
WITH_GRID = ("upload",)
LIBRARIES = ("plotly_chart", "deck_gl_json_chart", "arrow_data_frame")


@pytest.fixture
def open_page(demo_store, served_store, as_served, monkeypatch):
    """Opens a page with a link; its `sent` are the messages of the last run."""
    served_store(demo_store)
    sent = []
    run = LocalScriptRunner.run

    def noted(self, *args, **named):
        tree = run(self, *args, **named)
        sent[:] = self.forward_msgs()
        return tree

    monkeypatch.setattr(LocalScriptRunner, "run", noted)

    def open_(page, viewer=EVERYBODY, **link):
        monkeypatch.setattr(gate, "STEWARD", viewer)
        test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
        if page != "overview":
            test.switch_page(f"pages/{page}/page.py")
        for name, value in link.items():
            test.query_params[name] = value
        test.run()
        assert not test.exception
        return test

    open_.sent = sent
    return open_


def kinds(messages):
    found = {}
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            kind = message.delta.new_element.WhichOneof("type")
            found[kind] = found.get(kind, 0) + 1
    return found


def without_shell(messages):
    """The bytes of what the page itself sends: not the menu, nor the settings of a session."""
    return sum(message.ByteSize() for message in messages if message.WhichOneof("type") == "delta")


@pytest.mark.parametrize("page", [page.name for page in pages() if page.name not in WITH_GRID])
def test_a_light_page_has_no_library_and_few_bytes(open_page, page):
    open_page(page, light="1")
    assert not {*kinds(open_page.sent)} & {*LIBRARIES}
    assert without_shell(open_page.sent) <= MOST_OF_A_PAGE


@pytest.mark.parametrize("page", ["overview", "school_closures", "cohorts", "contributions"])
def test_the_same_page_has_them_otherwise(open_page, page):
    open_page(page)
    assert {*kinds(open_page.sent)} & {*LIBRARIES}


def test_it_states_the_same_sentence_and_numbers(open_page):
    dear, cheap = open_page("overview"), open_page("overview", light="1")
    assert cheap.title[0].value == dear.title[0].value
    assert [(m.label, m.value) for m in cheap.metric] == [(m.label, m.value) for m in dear.metric]


def test_a_filter_sends_little(open_page):
    test = open_page("cohorts", light="1")
    before = {message.SerializeToString() for message in open_page.sent}
    next(box for box in test.selectbox if box.label == "Programme").select_index(1).run()
    # What the browser has already, the server does not send again.
    new = [message for message in open_page.sent if message.SerializeToString() not in before]
    assert without_shell(new) <= MOST_OF_A_FILTER


def test_it_is_chosen_in_the_bar_and_left_there(open_page):
    test = open_page("overview")
    test.button(key="light-on").click().run()
    assert test.query_params["light"] in ("1", ["1"])
    assert not {*kinds(open_page.sent)} & {*LIBRARIES}
    test.button(key="light-off").click().run()
    assert "light" not in test.query_params
    assert "plotly_chart" in kinds(open_page.sent)


def test_it_travels_to_the_next_page(open_page):
    test = open_page("overview", light="1")
    test.switch_page("pages/cohorts/page.py")
    test.query_params.clear()
    test.run()
    assert not {*kinds(open_page.sent)} & {*LIBRARIES}


def test_every_section_is_light_too(open_page):
    for page, sections in (
        ("school_closures", "days,levels,weeks"),
        ("contributions", "matrix"),
        ("cohorts", "compare"),
    ):
        open_page(page, light="1", open=sections)
        assert not {*kinds(open_page.sent)} & {*LIBRARIES}, page


def test_the_browser_is_not_told_to_load_the_chart_library():
    assert CHART in elements_of("/overview")
    assert CHART not in elements_of("/overview", is_light=True)


def test_text_of_files_is_no_markup_in_a_light_table(monkeypatch):
    drawn = []
    monkeypatch.setattr(light.st, "html", drawn.append)
    hostile = '<img src=x onerror="alert(1)">'
    light.table([hostile], [[hostile]], [False], hostile, light.MOST_ROWS)
    assert re.findall(r"<(\w+)", drawn[0]) == ["div", "table", "thead", "tr", "th", "tbody", "tr", "td"]


def test_text_of_files_is_no_markup_in_a_light_chart(monkeypatch):
    drawn = []
    monkeypatch.setattr(light.st, "html", drawn.append)
    hostile = "&lt;img src=x onerror=alert(1)&gt;"  # as `in_chart` gives it
    bars = {"type": "bar", "orientation": "h", "x": [1.0], "y": [hostile], "name": hostile}
    light.chart({"data": [bars], "layout": {"height": 200}}, '"><script>')
    assert re.findall(r"<(\w+)", drawn[0]) == ["div", "img"]
    picture = base64.b64decode(re.search(r'base64,([^"]*)"', drawn[0])[1]).decode()
    assert not {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture).iter()} & {
        "img",
        "script",
    }
    assert "onerror" in picture  # as words


def test_a_steward_has_exact_figures_there(open_page):
    test = open_page("overview", STEWARD, light="1")
    assert test.title


def test_in_place_of_a_map_of_closures_stand_the_countries_that_are_closed(open_page):
    open_page("school_closures", light="1", closures_on="2020-05-19")
    tables = [
        message.delta.new_element.html.body
        for message in open_page.sent
        if message.WhichOneof("type") == "delta" and "<table" in message.delta.new_element.html.body
    ]
    cells = re.findall(r"<td[^>]*>([^<]*)", tables[0])
    assert cells[1::3] == ["Closed country-wide"] * light.FIRST_ROWS
    affected = [int(cell.replace(",", "")) for cell in cells[2::3]]
    assert affected == sorted(affected, reverse=True)
