"""Each page shows data, obeys a filter and a shared link, says what to do when empty, and draws valid charts."""

import datetime
import json

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.scope import Scope
from dashboard.session import answer as answers_of
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release
from dashboard.store.snapshots import pinned

LEARNERS = (
    *("overview", "reach_map", "my_programme", "completion_funnel", "cohorts", "credit_recognition"),
    "programmes",
)
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
    "my_programme": {"partner_id": "kiron", "open": "compared,progress,quiet,intakes,months,hubs"},
    "cohorts": {"like": "true", "open": "compare,left,retention,quiet"},
    "completion_funnel": {"partner_id": "kiron", "open": "compared,area,groups"},
    "credit_recognition": {"open": "reasons,agreements,universities"},
    "programmes": {"open": "hours,outcomes,domains"},
    "contributions": {"rows": "member", "place": "IND", "open": "matrix,whole"},
    "response_gaps": {"open": "countries,nearly,levels,tiers,languages"},
    "school_closures": {"open": "days,levels,weeks,compare,oxford,territories"},
}


def figures(test):
    """The plotly figures of a page, as their dictionaries."""
    return [json.loads(element.proto.spec) for element in test.get("plotly_chart")]


def words(test):
    return " ".join(
        element.value
        for element in (*test.title, *test.markdown, *test.caption, *test.info, *test.warning, *test.header)
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
    assert "Schools closed country-wide in 9 countries on 30 November 2021: 42.1 million learners" in words(
        test
    ).replace("\u00a0", " ")
    assert [tile.value.replace("\u00a0", " ") for tile in app(closures_on="2020-06-26").metric][:3] == [
        "114",
        "1.11 billion",
        "62.2 %",
    ]
    assert app(closures_on="2020-06-26").title[0].value.replace("\u00a0", " ") == (
        "Schools closed country-wide in 114 countries on 26 June 2020: 1.11 billion learners, 62.2 % of all enrolled"
    )


def test_closures_are_real_and_offer_a_newer_record():
    test = app(open="import")
    assert not test.info and "simulated" not in words(test)
    assert [button.label for button in test.button if "import" in button.label.lower()] == [
        "Import the file",
        "Download and import",
    ]


def test_the_published_headline_stands_beside_the_computed_one():
    said = words(app(open="days")).replace("\u00a0", " ")
    assert "For 26 June 2020 UNESCO published 1.09 billion learners, 62.3 % of all enrolled, and 123 countries" in said
    assert "1.75 billion learners in the world" in said
    assert "No capture of the record in this release gives 123 countries; for that day they give 114." in said


def test_moving_the_day_moves_tiles_and_map():
    test = app()
    test.slider(key="closures_on-slider").set_value(datetime.date(2020, 3, 27)).run()
    assert test.date_input(key="closures_on").value == datetime.date(2020, 3, 27)
    assert test.metric[0].value == "184"  # as captured on 15 July 2020, day by day; 165 were published
    names = [trace["name"] for trace in figures(test)[0]["data"] if trace["type"] == "choropleth"]
    assert "Closed country-wide (184)" in names


def test_a_shared_link_shows_the_same_view():
    test = app(closures_on="2020-04-04", definition="disrupted", as_captured_on="2020-06-08", country_iso3="KEN")
    assert test.metric[0].value == "195"
    assert test.metric[1].label == "Closed or partially open"
    assert test.metric[3].value == "8 Jun 2020"
    assert "**Kenya**" in words(test) and words(test).startswith("Kenya: closed country-wide on 4 April 2020")
    test.button(key="clear-country").click().run()
    assert "countries on 4 April 2020" in test.title[0].value and "country_iso3" not in test.query_params


def test_a_link_by_the_former_name_of_the_day_is_read():
    test = app(on_date="2020-03-27")
    assert test.metric[0].value == "184" and "on_date" not in test.query_params
    assert test.query_params["closures_on"] == "2020-03-27"
    assert app(on_date="2020-03-27", closures_on="2020-04-04").metric[0].value != "184"


def test_a_day_that_the_record_does_not_reach_is_named():
    test = app(closures_on="2023-01-01")
    assert test.metric[0].value == "9"
    assert "1 January 2023 is outside the dates available here; 30 November 2021 is shown." in words(test)


def test_the_sections_of_a_country_are_of_that_country():
    test = app(closures_on="2020-06-26", country_iso3="KEN", open="days,levels,weeks")
    (runs,) = [frame.value for frame in test.dataframe if "until_date" in frame.value]
    assert "Closed country-wide once, for 217 days in all" in words(test) and len(runs) == 10
    said = words(test).replace("\u00a0", " ")
    assert "Kenya: 31 weeks closed" in said and "11 weeks partially open" in said
    assert "8.29 million learners affected" in said


@pytest.mark.parametrize(
    "link",
    [
        {"closures_on": "yesterday"},
        {"on_date": "x"},
        {"definition": "x"},
        {"as_captured_on": "1999-01-01"},
        {"country_iso3": "'"},
    ],
)
def test_a_broken_link_falls_back_to_the_default(link):
    assert app(**link).metric[0].value == "9"


def test_the_weight_p_is_a_slider_and_is_printed():
    test = app(definition="weighted")
    test.slider(key="p").set_value(0.25).run()
    assert "p = 0.25" in words(test)
    assert test.metric[1].label == "Closed, plus a part of partially open"


def test_planned_days_are_named_and_drawn_apart():
    test = app(closures_on="2020-06-15", as_captured_on="2020-06-08", open="days")
    assert test.title[0].value.startswith("Planned for 15 June 2020")
    assert any("planned, not observed" in warning.value for warning in test.warning)
    lines = [
        trace for figure in figures(test) for trace in figure["data"] if trace.get("name") == "Planned when captured"
    ]
    assert lines and lines[0]["line"]["dash"] == "dot"


def test_published_figures_are_points_on_the_time_series():
    points = [
        trace
        for figure in figures(app(open="days"))
        for trace in figure["data"]
        if trace.get("name") == "Published at the time"
    ]
    assert "2020-06-26" in points[0]["x"] and 1_090_000_000 in points[0]["y"]


def test_play_starts_and_stops():
    test = app(closures_on="2020-03-01")
    test.button(key="play").click().run()
    assert test.button(key="play").label == "Stop"
    assert test.query_params["closures_on"] == "2020-03-01", "the address is left as it was while the days move"
    test.button(key="play").click().run()
    assert test.button(key="play").label == "Play"


def test_a_choice_by_hand_stops_the_days():
    test = app(closures_on="2020-03-01")
    test.button(key="play").click().run()
    test.slider(key="closures_on-slider").set_value(datetime.date(2020, 4, 4)).run()
    assert test.button(key="play").label == "Play" and test.query_params["closures_on"] == "2020-04-04"


def test_oxford_is_drawn_beside_and_names_both():
    traces = [trace for figure in figures(app(open="oxford")) for trace in figure["data"]]
    names = [trace.get("name", "").replace("<br>", " ") for trace in traces]
    assert "UNESCO: closed country-wide" in names and "Oxford: closing required at all levels" in names


def test_every_chart_is_one_plotly_knows():
    for page in PAGES:
        for spec in figures(app(page, **LINKS.get(page, {}))):
            go.Figure(spec)  # raises on an unknown property


def test_every_map_has_its_disclaimer_and_sends_codes_only():
    for page in ("school_closures", "reach_map", "overview", "credit_recognition", "contributions"):
        test = app(page, **LINKS.get(page, {}))
        assert "do not imply official endorsement" in words(test)
        assert "geojson" not in json.dumps(figures(test))


def marks_of(test):
    """The marks of the map of hubs, by the words of their status."""
    traces = [trace for trace in figures(test)[0]["data"] if trace["type"] == "scattergeo" and "customdata" in trace]
    return {trace["name"].split(" (")[0]: trace for trace in traces}


def test_hubs_obey_their_filters():
    test = app("learning_hubs", region="Africa")
    texts = [text for trace in marks_of(test).values() for text in trace["text"]]
    assert {text.split(", ")[1] for text in texts} == {"Egypt", "Kenya", "Mauritius", "South Sudan"}
    assert test.title[0].value == "3 of 4 named hubs are active; 1 is closed"
    assert "The four counts below are of all hubs." in words(test)
    assert any(
        "No hub matches" in info.value for info in app("learning_hubs", region="Africa", host_type="campus").info
    )


def seen_as(viewer, page, **link):
    test = app(page, **link)
    test.selectbox(key="see_as").set_value(viewer).run()
    assert not test.exception, test.exception
    return test


def test_hubs_are_announced_named_evidenced_and_active_and_marked_by_status():
    test = app("learning_hubs")
    shown = tiles(test)
    assert [shown[name] for name in ("Announced hubs", "Named hubs", "Evidenced hubs", "Active hubs")] == [
        "more than 30",
        "24",
        "24",
        "19",
    ]
    marks = marks_of(test)
    counted = {status: len(trace["lat"]) for status, trace in marks.items()}
    assert counted == {"Active": 19, "Dormant": 2, "Unknown": 1, "Closed": 2}
    assert [trace["name"] for trace in marks.values()] == ["Active (19)", "Dormant (2)", "Unknown (1)", "Closed (2)"]
    looks = [trace["marker"] for trace in marks.values()]
    assert len({(look["symbol"], look["size"]) for look in looks}) == 4, "colour is never the only sign"
    assert len({look["symbol"] for look in looks}) == 4 and len({look["color"] for look in looks}) == 4
    assert test.title[0].value == "19 of 24 named hubs are active; 2 are dormant, 1 has unknown status, 2 are closed"


def test_the_title_counts_the_hubs_that_the_answer_lists(demo_store):
    hubs = answers_of(STEWARD, open_release(demo_store), "learning_hubs/vitality", Scope(region="Asia"))
    title = app("learning_hubs", region="Asia").title[0].value
    active = (hubs["status"] == "active").sum()
    assert title.startswith(f"{active} of {len(hubs)} named hubs are active")
    for status in ("dormant", "closed"):
        count = (hubs["status"] == status).sum()
        assert f"{count} {'is' if count == 1 else 'are'} {status}" in title


def test_a_chosen_hub_has_a_ring_on_the_map_and_is_named():
    test = app("learning_hubs")
    assert "is selected" not in words(test)
    (quiet,) = [frame.value for frame in test.dataframe if "Last session" in frame.value.columns]
    assert sorted(quiet["Status"]) == ["Closed", "Closed", "Dormant", "Dormant", "Unknown"]
    chosen = app("learning_hubs", hub_id=marks_of(test)["Active"]["customdata"][0])
    assert "is selected" in words(chosen)
    rings = [trace for trace in figures(chosen)[0]["data"] if "customdata" not in trace]
    assert len(rings) == 1 and rings[0]["lat"] == [marks_of(test)["Active"]["lat"][0]]


def test_a_hubs_card_opens_from_a_link():
    test = app("learning_hubs", hub_id="glh-2013-port-louis")
    assert tiles(test)["Status"] == "Closed" and "stated on 11 June 2019 that it closed" in words(test)
    assert "is selected" in words(test)
    assert "Status" not in tiles(app("learning_hubs", hub_id="' OR 1=1"))


def test_attendance_and_the_effect_are_drawn_for_owners_only():
    owners, opened = {"Unadjusted", "Adjusted"}, "sessions,attendance,effect"
    test = app("learning_hubs", open=opened)
    assert owners <= tiles(test).keys() and "self-selected" in words(test) and " visits to " in words(test)
    for viewer in (EXECUTIVE, EVERYBODY, Viewer("partner", "kiron")):
        test = seen_as(viewer, "learning_hubs", hub_id="glh-2013-juba", open=opened)
        assert tiles(test)["Sessions held"] and " visits to " not in words(test), viewer
        assert not {expander.label for expander in test.expander} & {"Sessions and attendance"}
        if viewer.audience != "partner":
            assert not owners & tiles(test).keys()
    owner = seen_as(Viewer("partner", "us_department_of_state"), "learning_hubs", hub_id="glh-2013-juba", open=opened)
    assert " visits to " in words(owner) and "Sessions and attendance" in {one.label for one in owner.expander}


def test_claims_stand_beside_data_and_say_what_is_simulated():
    test = app("methods", view="claims", open="contradictions")
    (table,) = [frame.value for frame in test.dataframe if "Explanation" in frame.value.columns]
    rows = {(row["Stated on"], row["Statement"]): row for row in table.to_dict("records")}
    reached = rows[("20 Jun 2018", "Coursera for Refugees: refugees reached")]
    assert reached["Stated"] == "over 11,000 people"
    assert reached["Computed"] == "11,000, simulated data, until 20 June 2018"
    assert (
        rows[("31 Oct 2013", "Coursera and US Department of State: hubs announced")]["Computed"]
        == "no comparable figure"
    )
    assert "simulated" not in rows[("31 Oct 2013", "Coursera and US Department of State: hubs named")]["Computed"]
    assert rows[("20 Jun 2018", "Coursera for Refugees: organisations as partners \u2691")]["Contradicts"]
    said = words(test)
    for sentence in ("22 in 2018, 25 in 2019", "0.26 each", "233 and 232 in the same week", "No capture gives 123"):
        assert sentence in said
    public = seen_as(EVERYBODY, "methods", view="claims")
    (table,) = [frame.value for frame in public.dataframe if "Explanation" in frame.value.columns]
    computed = {row["Statement"]: row["Computed"] for row in table.to_dict("records")}
    assert computed["Kiron: students enrolled on Coursera courses"] == "\u2021"


def test_a_figure_shows_its_working_when_asked():
    test = app()
    assert not test.code, "nothing is worked out until the reader asks"
    test.session_state["working-figure-school_closures/status_by_country"] = True
    test.run()
    assert not test.exception and any("coalition ask school_closures/world_on_date" in c.value for c in test.code)


def test_an_empty_store_says_what_to_do(served_store, tmp_path):
    served_store(tmp_path / "empty")
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30).run()
    assert not test.exception and "coalition demo" in test.error[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_release_without_a_source_says_what_to_import(page, served_store, store_without_rows):
    assert not any(pinned(served_store(store_without_rows)).values())
    test = app(page)
    assert page in ("methods", "upload") or any("on the page Upload" in info.value for info in test.info)


def test_real_rows_end_the_demonstration(served_store, small_store):
    served_store(small_store)
    test = app()
    assert not any("Demonstration." in info.value for info in test.info)
    assert test.metric[0].value == "2"  # Kenya and China, worked by hand from the fixtures


def test_a_chart_of_two_records_names_the_sources_of_both():
    (line,) = [caption.value for caption in app(open="oxford").caption if caption.value.startswith("Sources:")]
    assert "Oxford" in line and "UNESCO, Global monitoring of school closures (" in line
    assert "captures, the newest of 30 Nov 2021" in line
    (alone,) = [caption.value for caption in app().caption if caption.value.startswith("Sources:")]
    assert "Oxford" not in alone, "what no open section draws is not named"


def tiles(test):
    return {tile.label: tile.value.replace("\u00a0", " ") for tile in test.metric}


def test_who_may_not_see_a_programme_is_told_why():
    for page in ("overview", "reach_map", "completion_funnel", "credit_recognition", "programmes"):
        said = seen_as(EVERYBODY, page, programme_id="kiron_campus").info
        assert any("so its figures are not public" in info.value for info in said), page


def test_the_first_step_is_all_of_those_who_registered_for_others_too():
    (bars,) = [t for t in figures(seen_as(EVERYBODY, "completion_funnel"))[0]["data"] if t["type"] == "bar"]
    assert bars["x"][0] == 1.0 and "100" in bars["y"][0]


def test_the_funnel_obeys_its_filters():
    whole, kiron = app("completion_funnel"), app("completion_funnel", partner_id="kiron", programme_id="kiron_campus")
    assert tiles(whole)["Registered"] != tiles(kiron)["Registered"] == "2,421"
    assert any(
        "No learner matches this choice" in i.value
        for i in app("completion_funnel", from_month="2019-06", country_host="LBY").info
    )
    compared = app("completion_funnel", partner_id="kiron", open="compared")
    assert any(header.value.startswith("Your partner and the coalition: ") for header in compared.header)


def test_cohorts_show_who_is_under_way_and_never_call_them_failed():
    test = app("cohorts", cohorts="kiron_campus...~for_refugees...", like="true", open="compare")
    standing = {row["Cohort"]: row for row in test.dataframe[0].value.to_dict("records")}
    under_way, quiet = (
        int(standing[name]["Kiron Campus"].replace(",", ""))
        for name in ("Under way: active in the last 180 days", "Quiet: not active for 180 days or more")
    )
    assert under_way + quiet == 3_215 and under_way and quiet
    assert standing["Ended: without passing"]["Kiron Campus"] == "0"
    assert "failed" not in words(test).lower()
    assert {"Unadjusted", "Adjusted for course, intake and sex"} <= {tile.label for tile in test.metric}


def test_cohorts_of_a_link_are_shown_and_nonsense_is_not():
    test = app("cohorts", cohorts="coursera_for_refugees.kiron.2018-03.female~'; DROP~kiron_campus...", open="compare")
    assert test.multiselect(key="cohorts").value == ["coursera_for_refugees.kiron.2018-03.female", "kiron_campus..."]
    assert app("cohorts", cohorts="nonsense", open="compare").multiselect(key="cohorts").value


def test_a_cohort_is_built_and_added():
    test = app("cohorts", open="compare")
    before = test.multiselect(key="cohorts").value
    test.session_state["build"] = True
    test.run()
    test.selectbox(key="new_programme").set_value("kiron_campus").run()
    next(button for button in test.button if button.label == "Add cohort").click().run()
    assert test.multiselect(key="cohorts").value == [*before, "kiron_campus..."]


def test_quiet_learners_grow_fewer_with_the_days():
    test = app("cohorts", quiet_days="14", open="quiet")
    many = int(next(t.value for t in test.metric if t.label == "Quiet learners").replace(",", ""))
    test.slider(key="quiet_days").set_value(120).run()
    assert 0 < int(next(t.value for t in test.metric if t.label == "Quiet learners").replace(",", "")) < many


def test_recognition_and_programmes_show_what_was_stated():
    assert tiles(app("credit_recognition"))["Agreements"] == "60"
    test = app("programmes", open="hours")
    assert any(header.value.startswith("Learning hours by basis: ") for header in test.header)
    phases = test.dataframe[0].value
    assert phases["learners"].tolist()[:2] == [3_400, 8_600] and phases["domains"].tolist()[-1] == 11


@pytest.mark.parametrize("page", LEARNERS)
def test_pages_of_learners_survive_odd_links(page):
    app(page, programme_id="nobody", partner_id="'", country_iso3="XXX", on_date="x", attribute="?", by="?")


def test_a_release_of_an_earlier_version_says_what_to_do(served_store, small_store, monkeypatch):
    from dashboard import session

    served_store(small_store)
    session._answers_of_all.cache_clear()
    monkeypatch.setattr("dashboard.warehouse.answers.queried_tables", lambda: frozenset({"cube_of_tomorrow"}))
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30).run()
    assert not test.exception and "coalition publish" in test.error[0].value


def test_a_release_whose_table_lacks_a_column_says_what_to_do(served_store, small_store, monkeypatch):
    from dashboard import session
    from dashboard.warehouse import answers

    served_store(small_store)
    session._answers_of_all.cache_clear()
    known = answers.queried_columns
    monkeypatch.setattr(answers, "queried_columns", lambda table: known(table) | {"column_of_tomorrow"})
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30).run()
    assert not test.exception and "lacks column_of_tomorrow" in test.error[0].value
    assert "coalition publish" in test.error[0].value
