"""A page or one figure inside another site: what the public sees, with its source and no way to act."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.viewer import EVERYBODY, STEWARD
from dashboard.menu import EMBEDDABLE, pages
from dashboard.scope import Scope
from dashboard.session import answer as answers_of
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release

NEVER = {"upload", "what_changed", "data_health", "my_programme"}
CLOSURES, FUNNEL = "school_closures/status_by_country", "completion_funnel/learners_per_step"


@pytest.fixture(autouse=True)
def demo(served_store, demo_store, as_served):
    return served_store(demo_store)


def framed(page, **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30)
    if page != "overview":
        test.switch_page(f"pages/{page}/page.py")
    test.context = {"is_embedded": True}
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def words(test):
    return " ".join(one.value for one in (*test.title, *test.markdown, *test.caption, *test.info, *test.header))


def test_every_page_is_for_other_sites_or_never():
    assert {page.name for page in pages()} == EMBEDDABLE | NEVER and not EMBEDDABLE & NEVER


def buttons(test):
    """Those that a reader sees: the styles of a frame hide what theme.js presses."""
    hidden = (PROJECT / "dashboard/documents/embedded.css").read_text(encoding="utf-8")
    return [button for button in test.button if f".st-key-{button.key}," not in hidden]


def test_one_figure_stands_alone_with_its_title_source_day_and_link():
    test = framed("school_closures", figure=CLOSURES, closures_on="2020-05-19")
    assert [one.value.replace("\u00a0", " ") for one in test.title] == [
        "Schools closed country-wide in 149 countries on 19 May 2020: 1.24 billion learners, 69.8 % of all enrolled"
    ]
    assert len(test.get("plotly_chart")) == 1
    said = words(test)
    assert "As of 19 May 2020" in said and "Sources: UNESCO" in said and "Release " in said
    assert "do not imply official endorsement" in said, "the United Nations' line stands with every map"
    assert "[Open the full page](/school_closures?closures_on=2020-05-19)" in said
    assert "Simulated data" not in said
    assert not buttons(test) and not test.selectbox and not test.get("download_button") and not test.sidebar.children


def test_a_figure_of_a_section_is_found_and_says_that_it_is_simulated():
    test = framed("overview", figure="overview/growth")
    assert len(test.get("plotly_chart")) == 1 and "Simulated data" in words(test)


def test_a_figure_has_the_publics_counts_though_a_steward_is_at_the_keyboard(demo):
    test = framed("completion_funnel", figure=FUNNEL)
    drawn = test.get("plotly_chart")[0].proto.spec
    release, scope = open_release(demo), Scope(programme_id="for_refugees")
    exact, public = (answers_of(who, release, FUNNEL, scope)["learners"].tolist() for who in (STEWARD, EVERYBODY))
    assert any(count % 10 for count in exact)
    assert [f"{count:,}" in drawn for count in exact if count % 10] == [False for count in exact if count % 10]
    assert f"{public[0]:,}" in drawn and "‡ few people, or withheld" in words(test)


def test_a_figure_that_is_not_there_is_answered_with_those_that_are():
    test = framed("school_closures", figure="x](https://evil.example.org)")
    assert not test.get("plotly_chart")
    assert "This page has no figure" in test.info[0].value and "status\\_by\\_country" in test.info[0].value
    assert "](https://evil" not in test.info[0].value


@pytest.mark.parametrize("page", sorted(NEVER))
def test_pages_that_act_or_are_about_one_reader_are_never_framed(page):
    test = framed(page)
    assert [one.value for one in test.info] == ["This page is not shown inside other sites. Open it on the dashboard."]
    assert not test.get("file_uploader") and not test.get("plotly_chart") and not test.button


def test_a_session_that_began_in_a_frame_stays_the_publics():
    test = framed("overview")
    assert test.session_state["_visitor"].viewer.audience == "public"
    test.context = {}
    test.switch_page("pages/upload/page.py").run()
    assert "not shown inside other sites" in test.info[0].value
    assert test.session_state["_visitor"].own.audience == "public"


def test_a_table_in_a_frame_has_no_download_that_would_not_come():
    link = {"open": "countries,nearly"}
    own = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=30)
    own.switch_page("pages/response_gaps/page.py")
    own.query_params["open"] = link["open"]
    assert own.run().get("download_button")
    test = framed("response_gaps", **link)
    assert test.dataframe and not test.get("download_button")


def test_a_whole_page_has_no_menu_and_says_what_is_simulated():
    test = framed("overview")
    assert len(test.title) == 1 and not test.sidebar.children
    assert "Simulated data" in " ".join(one.value for one in test.caption) and "Open the full page" in words(test)


@pytest.mark.parametrize("is_public", [True, False])
def test_with_a_login_only_what_is_public_is_framed(monkeypatch, tmp_path, is_public):
    from dashboard.access import gate

    roster = tmp_path / "roster.toml"
    roster.write_text(
        f'issuers = ["https://login.example.org"]\npublic = {str(is_public).lower()}\n'
        'person = [{ email = "steward@example.org", role = "steward" }]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("COALITION_ROSTER", str(roster))
    monkeypatch.setattr(gate, "login_is_configured", lambda: True)
    monkeypatch.setattr(gate, "refuse_weak_login", lambda: None)
    test = framed("overview", figure="overview/growth")
    if is_public:
        assert test.session_state["_visitor"].own.audience == "public" and test.get("plotly_chart")
    else:
        assert "_visitor" not in test.session_state and not test.get("plotly_chart")
        assert [one.value for one in test.info] == [
            "Only what is public can be shown inside other sites, and nothing here is public."
        ]
    assert not buttons(test), "nobody signs in inside a frame"
