"""The encoding that a person chooses for a file is the one in which it is read, until it is checked."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.gate import OPERATOR
from dashboard.intake import holding
from dashboard.intake.proposals import discard, waiting
from dashboard.settings import PROJECT
from tests.conftest import FIXTURES

LATIN = (FIXTURES / "faults" / "ngo_u03_cp1252.csv").read_bytes()


@pytest.fixture
def store(small_store, tmp_path, served_store, as_served):
    holding._held.clear()
    folder = tmp_path / "store"
    shutil.copytree(small_store, folder)
    yield served_store(folder)
    for one in waiting(folder):
        discard(folder, one)


def upload_page(word):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page("pages/upload/page.py")
    test.query_params["upload"] = word
    return test.run()


def select(test, label):
    return next(box for box in test.selectbox if box.label == label)


def button(test, label):
    return next((one for one in test.button if one.label == label), None)


def test_the_encoding_chosen_in_the_browser_is_kept_when_the_file_is_checked(store):
    test = upload_page(holding.hold("usage.csv", LATIN, OPERATOR))
    assert any("The text is not UTF" in error.value for error in test.error)
    select(test, "Encoding of the text").set_value("cp1252").run()
    assert not test.error
    select(test, "Partner, where the file does not state it; type the name of a new one").set_value("kiron").run()
    assert not test.error  # another choice on the page keeps it, too
    button(test, "Check the file").click().run()
    assert not test.error
    (proposal,) = waiting(store)
    assert proposal.snapshot.source == "coursera_usage"
