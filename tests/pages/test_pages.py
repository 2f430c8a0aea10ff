"""Each page shows data, obeys a filter and a shared link, says what to do when empty, and draws valid charts."""

import json

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer
from dashboard.settings import PROJECT
from dashboard.store.snapshots import pinned
from dashboard.warehouse.catalog import metrics, questions, sources

LEARNERS = ("overview", "reach_map", "completion_funnel", "cohorts", "credit_recognition", "programmes")
COALITION = ("contributions", "response_gaps", "needs_and_offers")
PAGES = (*LEARNERS, *COALITION, "learning_hubs", "school_closures", "data_health", "what_changed", "upload", "methods")


def app(page="school_closures", **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30)
    if page != "overview":
        test.switch_page(f"pages/{page}/page.py")
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


# Views of a page that draw all they can.
LINKS = {
    "reach_map": {"flows": "true", "country_iso3": "KEN"},
    "cohorts": {"like": "true"},
    "completion_funnel": {"partner_id": "kiron"},
    "contributions": {"rows": "member", "place": "IND"},
}


def figures(test):
    """The plotly figures of a page, as their dictionaries."""
    return [json.loads(element.proto.spec) for element in test.get("plotly_chart")]


def words(test):
    return " ".join(
        element.value for element in (*test.markdown, *test.caption, *test.info, *test.warning, *test.header)
    )


@pytest.fixture(autouse=True)
def demo(served_store, demo_store, as_served):
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
        "9",
        "42.1 million",
        "2.4 %",
        "30 Nov 2021",
    ]
    assert "On 30 November 2021, schools were closed country-wide in 9 countries" in words(test)


def test_closures_are_real_and_offer_a_newer_record():
    test = app()
    assert not test.info and "simulated" not in words(test)
    assert [button.label for button in test.button if "import" in button.label.lower()] == [
        "Import the file",
        "Download and import",
    ]


def test_the_published_headline_stands_beside_the_computed_one():
    said = words(app()).replace("\u00a0", " ")
    assert "For 26 June 2020 UNESCO published 1.09 billion learners, 62.3 % and 123 countries" in said
    assert "1.75 billion learners in the world" in said
    assert "No capture of the record in this release gives 123 countries; for that day they give 114." in said


def test_moving_the_day_moves_tiles_and_map():
    test = app()
    test.slider(key="on_date").set_value(__import__("datetime").date(2020, 3, 27)).run()
    assert test.metric[0].value == "184"  # as captured on 15 July 2020, day by day; 165 were published
    names = [trace["name"] for trace in figures(test)[0]["data"] if trace["type"] == "choropleth"]
    assert "Closed country-wide (184)" in names


def test_a_shared_link_shows_the_same_view():
    test = app(on_date="2020-04-04", definition="disrupted", as_captured_on="2020-06-08", country_iso3="KEN")
    assert test.metric[0].value == "195"
    assert test.metric[1].label == "Closed or partially open"
    assert test.metric[3].value == "8 Jun 2020"
    assert "**Kenya**" in words(test)


@pytest.mark.parametrize(
    "link", [{"on_date": "yesterday"}, {"definition": "x"}, {"as_captured_on": "1999-01-01"}, {"country_iso3": "'"}]
)
def test_a_broken_link_falls_back_to_the_default(link):
    assert app(**link).metric[0].value == "9"


def test_the_weight_p_is_a_slider_and_is_printed():
    test = app(definition="weighted")
    test.slider(key="p").set_value(0.25).run()
    assert "p = 0.25" in words(test)
    assert test.metric[1].label == "Closed, plus a part of partially open"


def test_planned_days_are_named_and_drawn_apart():
    test = app(on_date="2020-06-15", as_captured_on="2020-06-08")
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
        for spec in figures(app(page, **LINKS.get(page, {}))):
            go.Figure(spec)  # raises on an unknown property


def test_every_map_has_its_disclaimer_and_sends_codes_only():
    for page in ("school_closures", "reach_map", "overview", "credit_recognition", "contributions"):
        test = app(page)
        assert "do not imply official endorsement" in words(test)
        assert "geojson" not in json.dumps(figures(test))


def test_a_map_has_a_legend_entry_for_each_class_even_when_none_has_it():
    names = [trace.get("name", "") for trace in figures(app("reach_map", by="refugees"))[0]["data"]]
    for kind in ("Zero (0)", "Hidden, 1 to 4 people (0)", "No data (86)"):
        assert kind in names


def test_reach_map_draws_hubs_flows_and_the_card_of_a_country():
    test = app("reach_map", by="refugees", origin_iso3="SDN", country_iso3="KEN")
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


def seen_as(viewer, page, **link):
    test = app(page, **link)
    test.selectbox(key="see_as").set_value(viewer).run()
    assert not test.exception, test.exception
    return test


def test_hubs_are_announced_named_evidenced_and_alive_and_marked_by_status():
    test = app("learning_hubs")
    shown = tiles(test)
    assert [shown[name] for name in ("Hubs announced", "Hubs named", "Hubs evidenced", "Active hubs")] == [
        "more than 30",
        "24",
        "24",
        "19",
    ]
    (deck,) = test.get("deck_gl_json_chart")
    layers = {layer["id"]: layer["data"] for layer in json.loads(deck.proto.json)["layers"]}
    statuses = [hub["status"] for hub in layers["hubs"]]
    counted = {status: statuses.count(status) for status in ("active", "dormant", "unknown", "closed")}
    assert counted == {"active": 19, "dormant": 2, "unknown": 1, "closed": 2}
    looks = {hub["status"]: (hub["radius"], tuple(hub["fill"]), hub["sign"]) for hub in layers["hubs"]}
    assert len(set(looks.values())) == 4, "no two statuses look alike"
    assert len({(radius, sign) for radius, _, sign in looks.values()}) == 4, "and colour is never the only sign"
    said = words(test)
    for legend in ("Active (19)", "Dormant (2)", "Unknown (1)", "Closed (2)"):
        assert legend in said


def test_a_hubs_card_opens_from_a_link():
    test = app("learning_hubs", hub_id="glh-2013-port-louis")
    assert tiles(test)["Status"] == "Closed" and "stated on 11 June 2019 that it closed" in words(test)
    assert "Status" not in tiles(app("learning_hubs", hub_id="' OR 1=1"))


def test_attendance_and_the_effect_are_drawn_for_owners_only():
    owners = {"As they are", "Like for like"}
    test = app("learning_hubs")
    assert owners <= tiles(test).keys() and "self-selected" in words(test) and " heads at " in words(test)
    for viewer in (EXECUTIVE, EVERYBODY, Viewer("partner", "kiron")):
        test = seen_as(viewer, "learning_hubs", hub_id="glh-2013-juba")
        assert tiles(test)["Sessions held"] and " heads at " not in words(test), viewer
        assert not {expander.label for expander in test.expander} & {"Its sessions and who came"}
        if viewer.audience != "partner":
            assert not owners & tiles(test).keys()
    owner = seen_as(Viewer("partner", "us_department_of_state"), "learning_hubs", hub_id="glh-2013-juba")
    assert " heads at " in words(owner) and "Its sessions and who came" in {one.label for one in owner.expander}


def test_claims_stand_beside_data_and_say_what_is_simulated():
    test = app("methods")
    (table,) = [frame.value for frame in test.dataframe if "What explains it" in frame.value.columns]
    rows = {(row["Stated on"], row["What"]): row for row in table.to_dict("records")}
    reached = rows[("2018-06-20", "Coursera for Refugees: refugees reached")]
    assert reached["Stated"] == "over 11,000 people"
    assert reached["Computed here"] == "11,000, from simulated rows, until 20 June 2018"
    assert (
        rows[("2013-10-31", "Coursera and US Department of State: hubs announced")]["Computed here"]
        == "no figure of the same thing"
    )
    assert "simulated" not in rows[("2013-10-31", "Coursera and US Department of State: hubs named")]["Computed here"]
    assert rows[("2018-06-20", "Coursera for Refugees: organisations as partners \u2691")]["Contradicts"]
    said = words(test)
    for sentence in ("22 in 2018, 25 in 2019", "0.26 each", "233 and 232 in the same week", "No capture gives 123"):
        assert sentence in said
    public = seen_as(EVERYBODY, "methods")
    (table,) = [frame.value for frame in public.dataframe if "What explains it" in frame.value.columns]
    computed = {row["What"]: row["Computed here"] for row in table.to_dict("records")}
    assert computed["Kiron: students enrolled on Coursera courses"] == "\u2021"


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
    assert page in ("methods", "upload") or any("on the page Upload" in info.value for info in test.info)


def test_real_rows_end_the_demonstration(served_store, small_store):
    served_store(small_store)
    test = app()
    assert not any("Demonstration." in info.value for info in test.info)
    assert test.metric[0].value == "2"  # Kenya and China, worked by hand from the fixtures


def test_a_chart_of_two_records_names_the_sources_of_both(served_store, small_store):
    captions = [caption.value for caption in app().caption]
    at = next(n for n, said in enumerate(captions) if "Source: Oxford" in said)
    assert "UNESCO, Global monitoring of school closures (captured 2020-07-15" in captions[at + 1]
    assert "captured 2021-11-30" in captions[at + 1]


def tiles(test):
    return {tile.label: tile.value.replace("\u00a0", " ") for tile in test.metric}


def test_the_overview_answers_the_executive_without_a_click():
    test = app("overview")
    shown = tiles(test)
    assert shown["Learners reached"] == "26,000" and shown["Countries"] == "119" and shown["Partners"] == "25"
    low, high = shown["How sure"].split("\u2013")
    assert int(low.replace(",", "")) <= 26_000 <= int(high.replace(",", ""))
    said = words(test)
    for answer in ("by 20 June 2019", "the largest three:", "awards on top", "still under way", "it is not reported"):
        assert answer in said, answer
    titles = {header.value for header in test.header}
    assert titles >= {
        "Growth of reach",
        "Change since the previous release",
        "Where learners live",
        "Credentials by kind",
        "Is verified completion rising?",
        "Women's share by step",
        "Partners' shares",
        "DLSEI by phase",
        "Out of school",
    }
    assert "had no live free offer; Response gaps shows where." in said


def test_the_overview_tells_new_from_restated():
    table = app("overview").dataframe[0].value
    rows = {row["Figure"]: row for row in table.to_dict("records")}
    assert rows["Learners reached"]["Before"] == "10,988"  # twelve were reported late
    assert rows["Learners reached"]["Restated"] == "+12" and rows["Learners reached"]["New"] == "+15,000"
    assert rows["Countries"]["New"] == "+4" and rows["Partners"]["New"] == "+3"


def test_others_are_told_the_day_that_answers_and_nothing_of_what_was_restated():
    """The public has the ends of quarters: by 20 June 2018 that is March, which is no fall since the release before."""
    test = seen_as(EVERYBODY, "overview", on_date="2018-06-20")
    assert tiles(test)["Learners reached"] == "8,590" and "by 31 March 2018" in words(test)
    rows = {row["Figure"]: row for row in test.dataframe[0].value.to_dict("records")}
    # 10,988 as the release before had it: plus its shift it is rounded down, by at most nine.
    assert rows["Learners reached"] == {
        "Figure": "Learners reached",
        "Before": "10,980",
        "Change": "+15,020",
        "Now": "26,000",
    }


def test_a_day_that_nobody_chose_moves_with_the_programme():
    test = app("overview")
    test.selectbox(key="programme_id").set_value("dlsei").run()
    assert tiles(test)["Learners reached"] == "19,300" and "by 30 June 2023" in words(test)
    chosen = app("overview", on_date="2018-12-31")
    chosen.selectbox(key="programme_id").set_value("kiron_campus").run()
    assert chosen.date_input(key="on_date").value.isoformat() == "2018-12-31", "a day that was chosen stays"


def test_who_may_not_see_a_programme_is_told_why():
    for page in ("overview", "reach_map", "completion_funnel", "credit_recognition", "programmes"):
        said = seen_as(EVERYBODY, page, programme_id="kiron_campus").info
        assert any("so its figures are not public" in info.value for info in said), page


def test_the_first_step_is_all_of_those_who_registered_for_others_too():
    (bars,) = [t for t in figures(seen_as(EVERYBODY, "completion_funnel"))[0]["data"] if t["type"] == "bar"]
    assert bars["x"][0] == 1.0 and "100" in bars["y"][0]


def test_the_overview_counts_until_the_day_of_a_link():
    shown = tiles(app("overview", programme_id="coursera_for_refugees", on_date="2018-06-20"))
    assert shown["Learners reached"] == "11,000" and shown["Credentials"] == "8,913" and shown["Countries"] == "115"


@pytest.mark.parametrize("on_date", ["tomorrow", "2999-01-01", "0001-01-01"])
def test_a_broken_day_in_a_link_is_mended(on_date):
    assert tiles(app("overview", on_date=on_date))["Learners reached"] in ("26,000", "0")


def test_statements_are_points_on_the_growth_of_reach():
    (points,) = [t for f in figures(app("overview")) for t in f["data"] if t.get("name") == "Stated publicly"]
    assert points["y"] == [5_000, 11_000, 26_000] and points["x"][1] == "2018-06-20"


def test_the_funnel_obeys_its_filters():
    whole, kiron = app("completion_funnel"), app("completion_funnel", partner_id="kiron", programme_id="kiron_campus")
    assert tiles(whole)["Learners registered"] != tiles(kiron)["Learners registered"] == "2,421"
    assert any(
        "No learner matches this choice" in i.value
        for i in app("completion_funnel", from_month="2019-06", country_host="LBY").info
    )
    assert "Mine against the coalition" in {h.value for h in app("completion_funnel", partner_id="kiron").header}


def test_cohorts_show_who_is_under_way_and_never_call_them_failed():
    test = app("cohorts", cohorts="kiron_campus...~for_refugees...", like="true")
    standing = {row[""]: row for row in test.dataframe[0].value.to_dict("records")}
    assert standing["Still under way"]["Kiron Campus"] == "3,215"
    assert standing["Ended without passing"]["Kiron Campus"] == "0"
    said = words(test).lower()
    assert "failed" not in said.replace("is not failed", "")
    assert "like for like" in {tile.label.lower() for tile in test.metric}


def test_cohorts_of_a_link_are_shown_and_nonsense_is_not():
    test = app("cohorts", cohorts="coursera_for_refugees.kiron.2018-03.female~'; DROP~kiron_campus...")
    assert test.multiselect(key="cohorts").value == ["coursera_for_refugees.kiron.2018-03.female", "kiron_campus..."]
    assert app("cohorts", cohorts="nonsense").multiselect(key="cohorts").value


def test_a_cohort_is_built_and_added():
    test = app("cohorts")
    before = test.multiselect(key="cohorts").value
    test.session_state["build"] = True
    test.run()
    test.selectbox(key="new_programme").set_value("kiron_campus").run()
    next(button for button in test.button if button.label == "Add it").click().run()
    assert test.multiselect(key="cohorts").value == [*before, "kiron_campus..."]


def test_quiet_learners_grow_fewer_with_the_days():
    test = app("cohorts", quiet_days="14")
    many = int(next(t.value for t in test.metric if t.label == "Quiet learners").replace(",", ""))
    test.slider(key="quiet_days").set_value(120).run()
    assert 0 < int(next(t.value for t in test.metric if t.label == "Quiet learners").replace(",", "")) < many


def test_the_reach_map_shows_learners_and_the_card_of_a_country():
    test = app("reach_map", country_iso3="KEN")
    assert tiles(test)["Learners reached"] == "26,000" and tiles(test)["Country unknown"] != "0"
    assert "Kenya" in {header.value for header in test.header} and "Learners who live here" in tiles(test)
    names = [trace.get("name", "") for trace in figures(test)[0]["data"]]
    assert any("Learners, by the area" in name for name in names) and any("No learner known" in name for name in names)
    origins = app("reach_map", by="origin")
    assert any("Learners come from this country" in t.get("name", "") for t in figures(origins)[0]["data"])


def test_recognition_and_programmes_show_what_was_stated():
    assert tiles(app("credit_recognition"))["Agreements"] == "60"
    test = app("programmes")
    assert "Hours by phase and basis" in {header.value for header in test.header}
    phases = test.dataframe[0].value
    assert phases["learners"].tolist()[:2] == [3_400, 8_600] and phases["domains"].tolist()[-1] == 11


@pytest.mark.parametrize("page", LEARNERS)
def test_pages_of_learners_survive_odd_links(page):
    app(page, programme_id="nobody", partner_id="'", country_iso3="XXX", on_date="x", attribute="?", by="?")


def test_a_release_of_an_earlier_version_says_what_to_do(served_store, small_store, monkeypatch):
    from dashboard import session

    served_store(small_store)
    session._answers.cache_clear()
    monkeypatch.setattr("dashboard.warehouse.answers.asked_tables", lambda: frozenset({"cube_of_tomorrow"}))
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30).run()
    assert not test.exception and "coalition publish" in test.error[0].value
