"""The page of contributions: tiles, matrix with its activities, filters, links, emptiness, every audience alike."""

import json

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.gate import SEE_AS
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, open_answers
from dashboard.demo.coalition import write_coalition
from dashboard.demo.files import facts
from dashboard.intake.front_door import Declared, import_file
from dashboard.locales.numbers import people, whole
from dashboard.pages.contributions.charts import heat_table
from dashboard.pages.contributions.where import _cell_chosen
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release, publish_release
from tests.conftest import FIXTURES, NEWEST


@pytest.fixture(scope="module")
def coalition_store(tmp_path_factory):
    """The demonstration of the coalition, and nothing else."""
    folder = tmp_path_factory.mktemp("coalition")
    for sent in write_coalition(facts(), folder):
        import_file(folder / "store", sent.source, sent.file)
    publish_release(folder / "store")
    return folder / "store"


@pytest.fixture(autouse=True)
def store(served_store, coalition_store, as_served):
    return served_store(coalition_store)


def page(viewer=STEWARD, **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30)
    test.switch_page("pages/contributions/page.py")
    test.session_state[SEE_AS] = viewer
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def tiles(test):
    return {tile.label: tile.value.replace("\u00a0", " ") for tile in test.metric}


def words(test):
    return " ".join(element.value for element in (*test.title, *test.markdown, *test.caption, *test.info, *test.header))


def title(test):
    (sentence,) = test.title
    return sentence.value.replace("\u00a0", " ")


def sections(test):
    return [expander.label for expander in test.expander]


def figures(test):
    return [json.loads(element.proto.spec) for element in test.get("plotly_chart")]


def test_the_page_counts_members_countries_and_learners_apart():
    members, reached = page(), page(view="reach")
    assert tiles(members)["Countries with an activity"] == "112" and tiles(reached)["Overlap factor"] == "1.9"
    assert title(members) == "159 members are active in 112 countries, with 233 activities"
    assert title(reached).startswith("99.5 million learners reached directly; members claim 1.9 times as many")
    assert tiles(reached)["Learners reached directly"] == "99.5 million"
    assert tiles(reached)["Learners reached indirectly"] == "198.6 million"
    assert "of 208 on the register" in words(members) and "and not among learners" in words(reached)
    assert "298.1" not in words(reached)  # the sum of the two


def test_a_single_member_or_country_is_no_plural():
    chosen = page(region="Oceania", stage="offered", mission="gender")
    assert title(chosen) == "Active members: 1; countries: 1; activities: 1"


def test_the_sentence_of_each_view_states_the_figures_of_its_question(coalition_store):
    answers = open_answers(STEWARD, open_release(coalition_store))
    (totals,) = answers.ask("contributions/totals", {}).to_pylist()
    first = answers.ask("contributions/coverage_totals", {}).to_pylist()[0]
    answers.close()
    assert title(page()).startswith(f"{totals['members_active']} members are active in {totals['countries']} countries")
    assert people(totals["learners_direct"]).replace("\u00a0", " ") in title(page(view="reach"))
    gaps = page(view="gaps")
    assert title(gaps) == (
        f"{people(first['gap'])} of {people(first['people_targeted'])} learners targeted were not reached"
    ).replace("\u00a0", " ")
    assert f"of {people(first['people_targeted'])} targeted" in words(gaps), "a share states its base"


def test_everybody_sees_organisational_data_in_full():
    for view in ("where", "reach", "gaps"):
        assert tiles(page(EXECUTIVE, view=view)) == tiles(page(EVERYBODY, view=view)) == tiles(page(view=view)), view


@pytest.mark.parametrize(
    ("view", "opened", "titles"),
    [
        ("where", "matrix,whole", 1),
        ("reach", "timeline,members,missions,overlaps", 5),
        ("gaps", "unserved,audiences,places", 2),
    ],
)
def test_the_sections_of_each_view_open_from_a_link(view, opened, titles):
    test = page(view=view, open=opened)
    assert len(test.header) == titles and len(test.dataframe) >= 2


def test_the_gap_list_names_the_day_of_each_sign_of_need(served_store, small_store):
    served_store(small_store)
    said = words(page(view="gaps", open="unserved"))
    assert "as reported by 31 December 2019" in said
    assert "schools were closed country-wide on 20 March 2020" in said
    earlier = page(view="gaps", open="unserved", active_to="2019-06")
    assert "until Jun 2019" in words(earlier) and "20 March 2020" not in words(earlier)


def test_a_row_and_a_place_of_a_link_list_their_activities():
    test = page(open="matrix", rows="activity", row="teacher training", place="IND")
    assert "Teacher training, India: " in words(test)
    (listed,) = [frame.value for frame in test.dataframe if "supported_by" in frame.value]
    assert set(listed["country"]) == {"India"} and set(listed["activity_type"]) == {"Teacher training"}
    regions = page(open="matrix", rows="mission", place="Western Africa")
    (listed,) = [frame.value for frame in regions.dataframe if "supported_by" in frame.value]
    assert "Senegal" in set(listed["country"]) and "India" not in set(listed["country"])


def test_a_cell_that_is_chosen_sets_row_and_place(monkeypatch):
    from types import SimpleNamespace

    from dashboard.pages.contributions import where

    chosen = SimpleNamespace(selection=SimpleNamespace(cells=[(1, "Kenya")]))
    state = {"matrix": chosen}
    monkeypatch.setattr(where.st, "session_state", state)
    _cell_chosen("matrix", ["Member 001", "Member 002"], {"Kenya": "KEN"})
    assert (state["row"], state["place"]) == ("Member 002", "KEN")


def test_cells_are_deeper_where_there_is_more():
    import pandas as pd

    table = pd.DataFrame({"row": ["a", "a", "b"], "place_name": ["X", "Y", "Y"], "activities": [12, 1, None]})
    drawn = heat_table(table, "activities", {"a": "A", "b": "B"}, 40, whole)
    assert drawn.index.tolist() == ["A", "B"] and drawn.columns.tolist() == ["Y", "X"]  # the fullest first
    html = drawn.to_html()
    assert "#0b3f7d" in html and "#cfe2f3" in html


def test_the_page_obeys_its_filters():
    whole_page, teachers = tiles(page()), tiles(page(audience="teachers", region="Western Africa"))
    assert int(teachers["Countries with an activity"]) < int(whole_page["Countries with an activity"])
    reached = tiles(page(view="reach", audience="teachers", region="Western Africa"))
    assert reached["Learners reached directly"] == "–"
    assert tiles(page(view="reach", stage="offered"))["Learners reached directly"] == "–"
    assert "states how many people it targets" in words(page(view="gaps", stage="offered"))
    later = tiles(page(active_from="2022-06"))
    assert int(later["Countries with an activity"]) < int(whole_page["Countries with an activity"])


def test_what_nothing_fits_says_what_to_change():
    assert "No activity fits this choice" in words(page(region="Micronesia", mission="gender", member_type="media"))


@pytest.mark.parametrize(
    "link",
    [
        {"rows": "x", "row": "'", "place": "?", "view": "x"},
        {"stage": "done", "active_from": "x", "region": "'; DROP"},
    ],
)
def test_a_broken_link_falls_back_to_the_default(link):
    assert tiles(page(**link)) == tiles(page())


@pytest.mark.parametrize("rows", ["mission", "activity", "member"])
def test_every_chart_is_one_plotly_knows_and_the_map_has_its_disclaimer(rows):
    test = page(open="matrix", rows=rows, show="learners_direct")
    for spec in figures(test):
        go.Figure(spec)
    names = [trace.get("name", "") for trace in figures(test)[0]["data"]]
    assert "Need stated, offers only (12)" in names and "No activity recorded" in names
    assert "do not imply official endorsement" in words(test)


def test_a_list_without_a_register_is_shown(served_store, tmp_path):
    store = served_store(tmp_path / "store")
    import_file(store, "contributions_5w", FIXTURES / "contributions_5w.csv", NEWEST)
    publish_release(store)
    test = page()
    assert tiles(test)["Members active"] == "0" and "of 0 on the register" in words(test)
    assert tiles(test)["Other organisations"] == "5"
    assert tiles(page(view="reach"))["Learners reached directly"] == "200"


def test_a_list_without_sectors_is_named_and_not_counted_as_education(served_store, tmp_path):
    store = served_store(tmp_path / "store")
    said = Declared(partner="a_cluster", country="MLI")
    import_file(store, "contributions_5w", FIXTURES / "faults" / "no_sector_presence.csv", NEWEST, said)
    publish_release(store)
    test = page()
    assert tiles(test)["Countries with an activity"] == "0" and "Sector not stated: 30 activities" in words(test)


def test_a_table_of_needs_opens_the_page_and_shows_needs_without_activities(served_store, tmp_path):
    store = served_store(tmp_path / "store")
    said = Declared(partner="a_cluster")
    import_file(store, "contributions_5w", FIXTURES / "faults" / "need_not_activity.csv", NEWEST, said)
    publish_release(store)
    test = page()
    shown = tiles(test)
    assert shown["Countries with an activity"] == "0" and "Sector not stated" not in words(test)
    gaps = page(view="gaps", open="audiences")
    assert "–" not in title(gaps) + words(gaps)
    frames = gaps.dataframe
    assert [frame.value["people_in_need"].tolist() for frame in frames if "surplus" in frame.value] == [[4779000]]


def test_a_steward_confirms_names_that_are_one_organisation_and_nobody_else_is_asked(served_store, tmp_path):
    store, listed, names = served_store(tmp_path / "store"), tmp_path / "list.csv", "Names of organisations"
    listed.write_text(
        "organisation,sector,iso3\nRelief Body,Education,KEN\nRelief Body Inc.,Education,UGA\nOther,Education,KEN\n",
        encoding="utf-8",
    )
    import_file(store, "contributions_5w", listed, NEWEST, Declared(partner="a_cluster"))
    publish_release(store)
    assert names not in sections(page(EXECUTIVE))
    test = page(open="names")
    assert names in sections(test) and tiles(test)["Other organisations"] == "3"
    (box,) = [box for box in test.checkbox if box.label.startswith("Relief Body")]
    assert "also written Relief Body Inc" in box.label
    box.check()
    next(button for button in test.button if button.label == "Confirm").click()
    test.run()
    assert not test.exception
    assert any("1 organisation is now shown under one name" in done.value for done in test.success)
    assert tiles(page())["Other organisations"] == "2"
    assert names not in sections(page())


def test_without_a_list_the_page_says_what_to_import(served_store, store_without_rows):
    served_store(store_without_rows)
    assert any("on the page Upload" in info.value for info in page().info)


def test_stewards_export_the_list_with_its_tags_and_others_do_not(coalition_store):
    from dashboard.access.visitor import Visitor
    from dashboard.pages.contributions.export import _hxl
    from dashboard.store.audit_log import entries

    def labels(viewer):
        buttons = page(viewer, open="export").get("download_button")
        return [button.proto.label for button in buttons if "HXL" in button.proto.label]

    assert labels(STEWARD) == ["HXL as CSV", "HXL as XLSX"] and labels(EXECUTIVE) == labels(EVERYBODY) == []
    came = Visitor("a steward", STEWARD, STEWARD, lambda: True)
    lines = _hxl(came, open_release(coalition_store), "gec_secretariat", "csv").decode("utf-8-sig").splitlines()
    assert "#org+name" in lines[1] and len(lines) == 2 + 605
    assert any("contributions_5w of gec_secretariat, 605 rows, HXL" in str(entry) for entry in entries(coalition_store))
