"""Each page shows data, obeys a filter and a shared link, says what to do when empty, and draws valid charts."""

import json

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.settings import PROJECT
from dashboard.store.snapshots import pinned
from dashboard.warehouse.catalog import metrics, questions, sources

PAGES = ("reach_map", "learning_hubs", "school_closures", "methods")


def app(page="school_closures", **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30)
    if page != "school_closures":
        test.switch_page(f"pages/{page}.py")
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def figures(test):
    """The plotly figures of a page, as their dictionaries."""
    return [json.loads(element.proto.spec) for element in test.get("plotly_chart")]


def words(test):
    return " ".join(
        element.value for element in (*test.markdown, *test.caption, *test.info, *test.warning, *test.header)
    )


@pytest.fixture(autouse=True)
def demo(served_store, demo_store):
    return served_store(demo_store)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_and_has_one_title(page):
    assert len(app(page).title) == 1


def test_closures_open_on_the_last_observed_day_with_four_tiles():
    test = app()
    assert [tile.label for tile in test.metric] == [
        "Countries closed",
        "Learners affected",
        "Share affected",
        "As captured on",
    ]
    assert [tile.value.replace("\u00a0", " ") for tile in test.metric] == [
        "123",
        "1.11 billion",
        "62.3 %",
        "26 Jun 2020",
    ]
    assert "On 26 June 2020, schools were closed country-wide in 123 countries" in words(test)


def test_closures_say_that_they_are_a_demonstration_and_offer_the_real_record():
    test = app()
    assert any("Demonstration." in info.value for info in test.info)
    assert [button.label for button in test.button if "import" in button.label.lower()] == [
        "Import the file",
        "Download and import",
    ]


def test_the_published_headline_stands_beside_the_computed_one():
    said = words(app()).replace("\u00a0", " ")
    assert "For 26 June 2020 UNESCO published 1.09 billion learners, 62.3 % and 123 countries" in said
    assert "1.75 billion learners in the world" in said


def test_moving_the_day_moves_tiles_and_map():
    test = app()
    test.slider(key="on_date").set_value(__import__("datetime").date(2020, 3, 27)).run()
    assert test.metric[0].value == "165"
    names = [trace["name"] for trace in figures(test)[0]["data"] if trace["type"] == "choropleth"]
    assert "Closed country-wide (165)" in names


def test_a_shared_link_shows_the_same_view():
    test = app(on_date="2020-04-04", definition="disrupted", as_captured_on="2020-05-20", country_iso3="KEN")
    assert test.metric[0].value == "188"
    assert test.metric[1].label == "Closed or partial"
    assert test.metric[3].value == "20 May 2020"
    assert "**Kenya**" in words(test)


@pytest.mark.parametrize(
    "link", [{"on_date": "yesterday"}, {"definition": "x"}, {"as_captured_on": "1999-01-01"}, {"country_iso3": "'"}]
)
def test_a_broken_link_falls_back_to_the_default(link):
    assert app(**link).metric[0].value == "123"


def test_the_weight_p_is_a_slider_and_is_printed():
    test = app(definition="weighted")
    test.slider(key="p").set_value(0.25).run()
    assert "p = 0.25" in words(test)
    assert test.metric[1].label == "Closed + p × partial"


def test_planned_days_are_named_and_drawn_apart():
    test = app(on_date="2020-07-03")
    assert any("planned, not observed" in warning.value for warning in test.warning)
    lines = [
        trace for figure in figures(test) for trace in figure["data"] if trace.get("name") == "Planned when captured"
    ]
    assert lines and lines[0]["line"]["dash"] == "dot"


def test_published_figures_are_points_on_the_time_series():
    points = [
        trace for figure in figures(app()) for trace in figure["data"] if trace.get("name") == "Published at the time"
    ]
    assert "2020-06-26" in points[0]["x"] and 1_090_000_000 in points[0]["y"]


def test_play_starts_and_stops():
    test = app(on_date="2020-03-01")
    test.button(key="play").click().run()
    assert test.button(key="play").label == "Stop"
    test.button(key="play").click().run()
    assert test.button(key="play").label == "Play"


def test_oxford_is_drawn_beside_and_names_both():
    names = [trace.get("name") for figure in figures(app()) for trace in figure["data"]]
    assert "UNESCO: closed country-wide" in names and "Oxford: closing required at all levels" in names


def test_every_chart_is_one_plotly_knows():
    for page in PAGES:
        for spec in figures(app(page, origin_iso3="SDN") if page == "reach_map" else app(page)):
            go.Figure(spec)  # raises on an unknown property


def test_every_map_has_its_disclaimer_and_sends_codes_only():
    for page in ("school_closures", "reach_map"):
        test = app(page)
        assert "do not imply official endorsement" in words(test)
        assert "geojson" not in json.dumps(figures(test)[0]["data"])


def test_a_map_has_a_legend_entry_for_each_class_even_when_none_has_it():
    names = [trace.get("name", "") for trace in figures(app("reach_map"))[0]["data"]]
    for kind in ("Zero (0)", "Hidden, 1 to 4 people (0)", "No data (86)"):
        assert kind in names


def test_reach_map_draws_hubs_flows_and_the_card_of_a_country():
    test = app("reach_map", origin_iso3="SDN", country_iso3="KEN")
    names = [trace.get("name", "") for trace in figures(test)[0]["data"]]
    assert "Learning hubs (24)" in names and any("low" in name for name in names)
    assert test.metric[0].value.replace("\u00a0", " ") == "31.6 million"
    assert "1 learning hub is named here: Kakamega." in words(test)


def test_hubs_obey_their_filters():
    test = app("learning_hubs", region="Africa")
    (deck,) = test.get("deck_gl_json_chart")
    hubs = next(layer for layer in json.loads(deck.proto.json)["layers"] if layer["id"] == "hubs")
    assert {hub["country"] for hub in hubs["data"]} == {"Egypt", "Kenya", "Mauritius", "South Sudan"}
    assert any("No hub fits" in info.value for info in app("learning_hubs", region="Africa", host_type="campus").info)


def test_methods_lists_every_metric_source_and_question():
    test = app("methods")
    said = words(test)
    for metric in metrics().values():
        assert metric.definition in said
    for card in sources().values():
        assert card.licence in said and card.citation in said
    labels = {expander.label for expander in test.expander}
    assert {question.title for question in questions().values()} <= labels


def test_a_figure_shows_its_working_when_asked():
    test = app()
    assert not test.code, "nothing is worked out until the reader asks"
    key = "working-tile-countries_closed-school_closures/world_on_date"
    test.session_state[key] = True
    test.run()
    assert not test.exception


def test_an_empty_store_says_what_to_do(served_store, tmp_path):
    served_store(tmp_path / "empty")
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30).run()
    assert not test.exception and "coalition demo" in test.error[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_release_without_a_source_says_what_to_import(page, served_store, tmp_path):
    from dashboard.store.releases import publish_release

    store = served_store(tmp_path / "bare")
    assert not any(pinned(store).values())
    publish_release(store)
    test = app(page)
    assert page == "methods" or any("coalition import" in info.value for info in test.info)


def test_real_rows_end_the_demonstration(served_store, small_store):
    served_store(small_store)
    test = app()
    assert not any("Demonstration." in info.value for info in test.info)
    assert test.metric[0].value == "2"  # Kenya and China, worked by hand from the fixtures


def test_a_chart_of_two_records_names_the_sources_of_both(served_store, small_store):
    captions = [caption.value for caption in app().caption]
    at = next(n for n, said in enumerate(captions) if "not data of Oxford" in said)
    assert "not data of UNESCO" in captions[at + 1]
