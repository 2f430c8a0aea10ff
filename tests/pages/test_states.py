"""What a page shows where its release is damaged, or a question fails: each reader what is for that reader."""

import shutil

import pytest
import streamlit as st

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, STEWARD
from tests.pages.test_pages import app

SHOWN_INSTEAD = "Release 1 is shown, as the one published last cannot be read. A steward can see why."


@pytest.fixture
def store(demo_store, tmp_path, served_store, as_served):
    """A copy of the demonstration that may be damaged: two releases, the second published last."""
    st.cache_data.clear()
    return served_store(shutil.copytree(demo_store, tmp_path / "store"))


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
def test_a_question_that_fails_leaves_its_sentence_and_the_end_of_the_page(store, viewer, monkeypatch):
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
