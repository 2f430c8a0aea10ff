"""What a page shows where its release is damaged, or a question fails: each reader what is for that reader."""

import shutil

import pytest
import streamlit as st

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, STEWARD
from dashboard.actions import roll_back
from dashboard.store import audit_log
from dashboard.warehouse.duckdb import QueryStopped, TookTooLong, TooManyRows
from tests.pages.test_pages import app

SHOWN_INSTEAD = "Release 1 is shown, as the one published last cannot be read. A steward can see why."


@pytest.fixture
def store(demo_store, tmp_path, served_store, as_served):
    """A copy of the demonstration that may be damaged: two releases, the second published last."""
    st.cache_data.clear()
    return served_store(shutil.copytree(demo_store, tmp_path / "store"))


@pytest.fixture
def demonstration(demo_store, served_store, as_served):
    st.cache_data.clear()
    return served_store(demo_store)


def damage(store, number):
    file = store / "releases" / str(number) / "manifest.json"
    file.chmod(0o600)
    file.write_text("{")
    return file


def test_an_older_release_is_shown_with_a_notice_and_only_a_steward_reads_which_file_is_damaged(store, monkeypatch):
    damage(store, 2)
    (notice,) = (element.value for element in app("school_closures").warning)
    assert "Release 1 is shown" in notice and "manifest" in notice
    monkeypatch.setattr(gate, "STEWARD", EVERYBODY)
    test = app("school_closures")
    assert [element.value for element in test.warning] == [SHOWN_INSTEAD]
    assert len(test.title) == 1 and test.metric and "Release 1," in test.caption[-1].value


def test_no_release_can_be_read_and_only_a_steward_reads_which_file_is_damaged(store, monkeypatch):
    for number in (1, 2):
        damage(store, number)
    (error,) = (element.value for element in app("school_closures").error)
    assert "manifest" in error
    monkeypatch.setattr(gate, "STEWARD", EVERYBODY)
    test = app("school_closures")
    assert [element.value for element in test.error] == [
        "A file of the store is damaged, so this page cannot answer. A steward can see which one."
    ]
    assert not test.title and not test.metric


@pytest.mark.parametrize("viewer", [STEWARD, EVERYBODY], ids=["steward", "public"])
def test_a_question_that_fails_leaves_its_sentence_and_the_end_of_the_page(demonstration, viewer, monkeypatch):
    from dashboard.pages.school_closures import panels
    from dashboard.refusals import Refusal

    def fails(*_asked, **_named):
        raise Refusal("The question was stopped after 30 seconds. Choose less.")

    monkeypatch.setattr(gate, "STEWARD", viewer)
    monkeypatch.setattr(panels, "ask_row", fails)
    monkeypatch.setattr(panels, "ask", fails)
    test = app("school_closures")
    assert ["The question was stopped after 30 seconds" in element.value for element in test.error] == [True]
    assert "Release 2, published" in test.caption[-1].value


@pytest.mark.parametrize("viewer", [STEWARD, EVERYBODY], ids=["steward", "public"])
def test_a_question_that_takes_too_long_says_what_a_reader_can_do_and_is_asked_again(
    demonstration, viewer, monkeypatch
):
    from dashboard.pages.school_closures import panels

    asked, answered = [], panels.ask_row

    def stops(*_asked, **_named):
        asked.append(1)
        raise TookTooLong("The question took longer than 5 seconds and was stopped. Narrow it by $programme_id.")

    monkeypatch.setattr(gate, "STEWARD", viewer)
    monkeypatch.setattr(panels, "ask_row", stops)
    test = app("school_closures")
    assert [element.value for element in test.error] == [
        "These figures took too long to compute, so they are not shown. Try again in a minute. Where this page offers "
        "the choice, choose one programme, partner or country, or a shorter period. If that does not help, send the "
        "address of this page to the steward of the dashboard."
    ]
    assert len(asked) == 1
    monkeypatch.setattr(panels, "ask_row", answered)
    test.button(key="try-again").click().run()
    assert not test.error and test.title[0].value.startswith("Schools closed")


@pytest.mark.parametrize(
    ("refusal", "begins"),
    [
        (TooManyRows("The answer has 10,001 rows."), "These figures have too many rows to show."),
        (QueryStopped("No such day."), "These figures cannot be computed for what is chosen."),
    ],
)
def test_an_answer_that_cannot_be_shown_says_why_in_words_for_readers(demonstration, refusal, begins, monkeypatch):
    from dashboard.pages.school_closures import panels

    def stops(*_asked, **_named):
        raise refusal

    monkeypatch.setattr(panels, "ask_row", stops)
    (error,) = (element.value for element in app("school_closures").error)
    assert error.startswith(f"{begins} Where this page offers the choice, choose one programme")


@pytest.mark.parametrize("viewer", [STEWARD, EVERYBODY], ids=["steward", "public"])
def test_a_release_that_was_restored_is_named_with_the_newest_and_since_when(store, viewer, monkeypatch):
    monkeypatch.setattr(gate, "STEWARD", viewer)
    assert not app("school_closures").warning
    for moment, written in (
        ("2026-11-29T09:15:30.500+00:00", "29 November 2026, 09:15"),
        ("2026-12-01T10:00:00.000+00:00", "1 December 2026, 10:00"),
    ):
        monkeypatch.setattr(audit_log, "_now", lambda moment=moment: moment)
        roll_back(store, 1)
        (notice,) = (element.value for element in app("school_closures").warning)
        shown = notice.replace("\u2068", "").replace("\u2069", "")
        assert shown.startswith(
            f"Since {written} UTC release 1 is shown instead of the newest, release 2: a steward "
            "restored it. Figures are as published on "
        )
        roll_back(store, 2)
        assert not app("school_closures").warning
