"""Overview, board and reach map: the sentence at the top is the figure of the question, and obeys the context."""

import datetime
import re

import pytest

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer
from tests.pages.test_pages import app, demo, figures, seen_as, tiles, words  # noqa: F401 - the fixture serves


def title(test):
    (one,) = test.title
    return one.value.replace("\u00a0", " ")


def test_the_overview_answers_the_executive_in_one_sentence_with_its_range():
    test = app("overview")
    assert title(test) == "26,000 refugees reached by 20 June 2019, 15,000 of them in the last year"
    # 8,545 to 26,850: see tests/queries, where the bounds are worked by hand.
    assert "**Overview** \u00b7 Between 8,545 people if every possible duplicate is one person, and 26,850" in words(
        test
    )
    shown = tiles(test)
    assert shown["Countries"] == "119" and shown["Partners"] == "25" and shown["Credentials"] == "20,573"
    said = words(test)
    for answer in (
        "largest three: 35.4 % of reported learners",
        "held by 14,601",
        "of learners with sex reported; not reported for 16.3 % of all",
    ):
        assert answer in said.replace("\u00a0", " "), answer
    assert not test.header, "what is below the answer is drawn when it is opened"


def test_the_sections_of_the_overview_state_what_they_show():
    test = app("overview", open="growth,changes,credentials,completion,women,partners,dlsei,out_of_school")
    assert [header.value.replace("\u00a0", " ") for header in test.header] == [
        "26,000 learners reached by Jun 2019, 11,009 by Jun 2018",
        "20,573 credentials, held by 14,601 learners",
        "Verified completion rose from 22.4 % to 52.4 %",
        "Women are 40.5 % of those who start and 41.9 % of those who complete a course",
        "The three largest partners report 35.4 % of all reported learners",
        "Completions by partner",
        "DLSEI phase III: 7,300 learners, 20,000 seats offered",
        "42.1 million learners affected by country-wide closures on 30 November 2021",
    ]
    assert "had no live free offer; the page Response gaps shows where." in words(test)


def test_a_section_of_a_link_is_open_and_an_opened_one_is_in_the_link():
    test = app("overview", open="women")
    assert len(test.header) == 1
    test.session_state["section-growth"] = True
    test.run()
    assert test.query_params["open"] == "growth,women"
    test.session_state["section-women"] = False
    test.run()
    assert test.query_params["open"] == "growth"


def test_the_overview_tells_new_from_restated():
    table = app("overview", open="changes").dataframe[0].value
    rows = {row["Figure"]: row for row in table.to_dict("records")}
    assert rows["Learners reached"]["Before"] == "10,988"  # twelve were reported late
    assert rows["Learners reached"]["Restated"] == "+12" and rows["Learners reached"]["New"] == "+15,000"
    assert rows["Countries"]["New"] == "+4" and rows["Partners"]["New"] == "+3"


def test_others_read_the_day_that_answers_and_nothing_of_what_was_restated():
    """The public has the ends of quarters: by 20 June 2018 that is March, which is no fall since the release before."""
    test = seen_as(EVERYBODY, "overview", as_of="2018-06-20", open="changes")
    assert title(test).startswith("8,590 refugees reached by 31 March 2018")
    assert "by 31 March 2017" in title(test), "the day that answers; a difference of rounded figures is not stated"
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
    assert title(test).startswith("19,300 learners reached by 30 June 2023")
    chosen = app("overview", as_of="2018-12-31")
    chosen.selectbox(key="programme_id").set_value("kiron_campus").run()
    assert chosen.date_input(key="as_of").value.isoformat() == "2018-12-31", "a day that was chosen stays"


def test_a_day_that_the_new_programme_does_not_reach_moves():
    test = app("overview", programme_id="dlsei", as_of="2023-06-30")
    test.selectbox(key="programme_id").set_value("kiron_campus").run()
    assert test.date_input(key="as_of").value == datetime.date(2019, 6, 20)
    assert "20 June 2019" in title(test)


def test_the_overview_counts_until_the_day_of_a_link():
    test = app("overview", programme_id="coursera_for_refugees", as_of="2018-06-20")
    assert title(test).startswith("11,000 learners reached by 20 June 2018")
    assert tiles(test)["Credentials"] == "8,913" and tiles(test)["Countries"] == "115"
    assert "As of the newest file, 20 June 2019." in words(test), "what ignores the day says so"


@pytest.mark.parametrize("as_of", ["tomorrow", "2999-01-01", "0001-01-01"])
def test_a_broken_day_in_a_link_is_mended(as_of):
    test = app("overview", as_of=as_of)
    assert title(test).startswith(("26,000", "0 refugees"))


def test_the_closures_day_of_a_link_is_not_the_learners_day():
    assert "20 June 2019" in title(app("overview", on_date="2018-06-20", closures_on="2018-06-20"))


def test_statements_are_points_on_the_growth_of_reach():
    test = app("overview", open="growth")
    (points,) = [t for f in figures(test) for t in f["data"] if t.get("name") == "Stated publicly"]
    assert points["y"] == [5_000, 11_000, 26_000] and points["x"][1] == "2018-06-20"


def test_the_board_gives_six_answers_and_offers_no_choice():
    test = app("board")
    # 42.1 million and 9 countries: UNESCO's capture of 30 November 2021.
    assert [one.value.replace("\u00a0", " ") for one in test.metric] == [
        "26,000",
        "119",
        "49.6 %",
        "20,573",
        "42.1 million",
        "215.7 million",
    ]
    assert not test.selectbox or [one.key for one in test.selectbox] == ["see_as"]
    assert "in 9 countries whose schools were closed country-wide on 30 November 2021" in words(test)


def test_the_board_has_the_numbers_of_the_overview_for_each_audience():
    for viewer in (EXECUTIVE, EVERYBODY):
        board, overview = seen_as(viewer, "board"), seen_as(viewer, "overview")
        assert title(overview) in words(board).replace("\u00a0", " ")
        assert tiles(overview)["Verified completion"] in tiles(board).values()


def test_a_map_has_a_legend_entry_for_each_class_even_when_none_has_it():
    names = [trace.get("name", "") for trace in figures(app("reach_map", by="refugees"))[0]["data"]]
    for kind in ("Zero (0)", "Hidden: 1 to 4 people (0)", "No data (86)"):
        assert kind in names


def test_the_map_of_refugees_draws_hubs_flows_and_the_card_of_a_country():
    test = app("reach_map", by="refugees", origin_iso3="SDN", country_iso3="KEN")
    names = [trace.get("name", "") for trace in figures(test)[0]["data"]]
    assert "Learning hubs (24)" in names and any("low" in name for name in names)
    assert title(test).startswith("31.6 million refugees hosted in 164 countries at the end of 2023, most in")
    assert tiles(test)["Refugees hosted"] in ("31.6 million", "538,899")
    assert "1 named learning hub: Kakamega" in words(test)


def test_the_reach_map_shows_learners_by_country():
    test = app("reach_map")
    assert title(test).startswith("Learners live in 119 countries, most in Germany")
    shown = tiles(test)
    assert shown["Learners reached"] == "26,000" and shown["Country not known"] == "3,303"
    names = [trace.get("name", "") for trace in figures(test)[0]["data"]]
    assert any("with most learners" in name for name in names) or any("by the area of the circle" in n for n in names)
    assert any("No learner known" in name for name in names)
    origins = app("reach_map", by="origin")
    assert title(origins).startswith("Learners come from")
    assert any("Learners come from this country" in t.get("name", "") for t in figures(origins)[0]["data"])


def test_no_dot_in_the_ocean_says_that_there_is_nothing():
    traces = figures(app("reach_map"))[0]["data"]
    dotted = {trace.get("legendgroup") for trace in traces if trace["type"] == "scattergeo" and "legendgroup" in trace}
    assert not dotted & {"none", "no_data", "zero"}
    inset = words(app("reach_map"))
    assert "**Small states**, points on the map" in inset and "Malta" in inset


def test_a_country_that_is_chosen_has_sentence_strip_and_section():
    test = app("reach_map", country_iso3="KEN", open="country")
    assert title(test) == "Kenya: 352 learners live there, 0.7 per 1,000 refugees hosted"  # 352 of 538,899
    shown = tiles(test)
    assert (shown["Learners reached"], shown["Per 1,000 refugees"]) == ("352", "0.7")
    assert "538,899 refugees hosted" in words(test) and "The map shows all countries." in words(test)
    (activities,) = [title.value for title in test.header if "members" in title.value]
    assert test.dataframe and re.fullmatch(r"Kenya: \d+ activit(y|ies) of members", activities)


def test_of_a_country_on_an_earlier_day_the_strip_stays_that_of_all():
    test = app("reach_map", country_iso3="KEN", as_of="2018-06-30")
    assert title(test).startswith("Kenya: ") and "Numbers and map show all countries." in words(test)
    assert tiles(test)["Learners reached"] == tiles(app("reach_map", as_of="2018-06-30"))["Learners reached"]
    assert "Learners by 30 June 2018" in tiles(test)


def test_the_country_is_cleared_again():
    test = app("reach_map", country_iso3="KEN")
    test.button(key="clear-country").click().run()
    assert title(test).startswith("Learners live in 119 countries") and "country_iso3" not in test.query_params


def test_a_dark_page_has_large_rates_light_and_no_data_quiet():
    from dashboard.charts.palette import NO_DATA, ON_DARK, SEQUENTIAL, for_dark

    def luminance(color):
        return sum(int(color[at : at + 2], 16) for at in (1, 3, 5))

    light = [luminance(color) for color in SEQUENTIAL]
    dark = [luminance(ON_DARK[color]) for color in SEQUENTIAL]
    assert light == sorted(light, reverse=True) and dark == sorted(dark), "dark for large; light for large on dark"
    assert luminance(ON_DARK[NO_DATA]) < min(dark)
    assert for_dark({"data": [{"colors": [SEQUENTIAL[4], "x"]}]}) == {
        "data": [{"colors": [ON_DARK[SEQUENTIAL[4]], "x"]}]
    }


def test_flows_of_all_partners_are_named_as_such_where_a_partner_is_chosen():
    named = "Flows are of all partners, not only of the one chosen above."
    assert named in words(app("reach_map", partner_id="kiron", open="flows_table"))
    assert named in words(app("reach_map", partner_id="kiron", flows="true"))
    assert named not in words(app("reach_map", open="flows_table", flows="true"))


def test_who_may_not_see_the_first_programme_begins_with_one_that_has_figures(monkeypatch):
    """The phases of DLSEI are of one partner, so that others than it and the coalition see none of its learners."""
    for viewer, programme in ((Viewer("partner", "kiron"), "coursera_for_refugees"), (EXECUTIVE, "dlsei")):
        monkeypatch.setattr(gate, "STEWARD", viewer)
        test = app("programmes")
        assert test.session_state["programme_id"] == programme and tiles(test)


def test_kinds_of_hosts_are_in_words():
    assert "Campus" in app("learning_hubs").selectbox(key="host_type").options


def test_requests_that_are_hidden_make_no_title_of_no_agreements():
    hidden = seen_as(EXECUTIVE, "credit_recognition", partner_id="demonstration_partner_02")
    assert title(hidden) == "Credit recognition" and "Fewer than 10 learners match this choice" in words(hidden)


def test_others_read_of_how_many_hubs_a_programme_is_known_at_least():
    assert "14 of these programmes" in words(app("overview"))
    assert "at least 4 of these programmes" in words(seen_as(EVERYBODY, "overview"))
