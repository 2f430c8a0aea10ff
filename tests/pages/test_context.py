"""The context of a page lives in its address: choices travel, dates keep to their family, a link may pin a release."""

import shutil

import pytest

from dashboard.store.releases import rollback
from tests.pages.test_pages import app, demo, words  # noqa: F401 - the fixture serves
from tests.pages.test_reach_pages import title


def labels(test):
    return [block.proto.popover.label for block in test.get("popover")]


def test_a_link_that_names_a_release_shows_it_and_says_so():
    test = app("overview", release="1")
    assert title(test).startswith("10,988 refugees reached by 20 June 2018")
    assert any("Release 1, pinned" in label for label in labels(test))
    test.button(key="unpin").click().run()
    assert title(test).startswith("26,000") and "release" not in test.query_params


def test_the_newest_release_is_pinned_only_where_the_link_says_so():
    assert not any("pinned" in label for label in labels(app("overview")))
    assert any("Release 2, pinned" in label for label in labels(app("overview", release="2")))


@pytest.mark.parametrize("number", ["99", "0", "-1", "x", "1e0", "٢"])
def test_a_release_that_is_not_there_is_named_and_the_newest_is_shown(number):
    test = app("overview", release=number)
    assert title(test).startswith("26,000")
    assert any("is not served any more; release 2 is shown" in warning.value for warning in test.warning)


def test_a_release_that_was_rolled_back_is_not_called_up_by_a_link(served_store, changed_store, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(changed_store, store)
    rollback(store, 2)
    served_store(store)
    test = app("overview", release="3")
    assert any("release 2 is shown" in warning.value for warning in test.warning)
    assert not app("overview", release="1").warning


def test_programme_and_partner_travel_and_the_day_stays_in_its_family():
    test = app("overview", programme_id="kiron_campus", as_of="2018-12-31", partner_id="kiron")
    test.switch_page("pages/completion_funnel/page.py").run()
    assert test.session_state["programme_id"] == "kiron_campus"
    test.switch_page("pages/school_closures/page.py").run()
    assert "31 December 2018" not in title(test), "a learners' day is none of the closures"
    test.switch_page("pages/overview/page.py").run()
    assert "31 December 2018" in title(test), "and is kept for the pages that have it"


def test_a_partner_of_another_programme_is_named_and_all_are_shown():
    test = app("reach_map", programme_id="dlsei", partner_id="kiron")
    assert "reports no learners of this programme" in words(test)
    assert "Learners live in" in title(test)
