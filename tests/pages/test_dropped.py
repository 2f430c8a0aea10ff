"""No page drops a value of its address without a word: each is obeyed, or named in a sentence."""

import re

import pytest

from dashboard.components import dropped
from dashboard.documents.reading import read_page
from dashboard.menu import pages
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release
from dashboard.warehouse.parameters import parameters
from tests.documents.test_documents import someone
from tests.pages.test_pages import app, demo  # noqa: F401 - the fixture serves

# Names that choices have in the address and no question has; a choice that is missing here fails the first test.
OTHERS = {
    *("as_of", "closures_on", "offers_on", "compared_date", "new_since", "active_from", "active_to", "cohorts"),
    *("definition", "flows", "like", "light", "lang", "p", "reported_by", "show", "place", "source", "view", "search"),
    *("release", "upload", "figure", "question", "claim", "no_choice_at_all"),
}
NAMES = sorted({*parameters(), *OTHERS})
# Views of a page, each of which reads other names.
VIEWS = [
    ("contributions", "view", ("where", "reach", "gaps")),
    ("needs_and_offers", "view", ("queue", "offer", "submit")),
    ("response_gaps", "view", ("day", "days")),
    ("methods", "view", ("search", "claims")),
    ("reach_map", "by", ("host", "refugees")),
    ("school_closures", "definition", ("weighted",)),
]
OPENED = [
    *((page.name, {}) for page in pages()),
    *((page, {name: value}) for page, name, values in VIEWS for value in values),
]
SECTION = re.compile(r"\), \"(\w+)\"\) as|^\s*\(_\(.*\), \"(\w+)\",", re.MULTILINE)


def sections_of(page):
    """The names of the sections of a page, as its files have them."""
    texts = (file.read_text(encoding="utf-8") for file in (PROJECT / "dashboard/pages" / page).glob("*.py"))
    return sorted({"".join(names) for text in texts for names in SECTION.findall(text)})


def notes(test):
    return " ".join(
        element.value.replace("\\", "") for kind in ("info", "warning") for element in test.get(kind)
    ).replace("\u00a0", " ")


@pytest.mark.parametrize(("page", "view"), OPENED, ids=[f"{page}-{'-'.join(view.values())}" for page, view in OPENED])
def test_every_value_that_a_page_does_not_take_is_named(page, view, monkeypatch):
    read_names, read = set(), dropped.read
    monkeypatch.setattr(dropped, "read", lambda key: (read_names.add(key), read(key)))
    link = {name: f"nowhere-{name}" for name in NAMES} | view
    test = app(page, **link, open=",".join([*sections_of(page), "nowhere-open"]))
    assert read_names - {"on_date"} <= set(NAMES), "add the choice to OTHERS"
    named = notes(test)
    # Words that are searched for are taken as they are; without any method that has them the page states that.
    silent = {name for name in (*link.keys() - view.keys(), "open") if f"nowhere-{name}" not in named}
    assert silent <= ({"upload"} if page == "upload" else set()), named
    assert page != "upload" or "no longer in memory" in named


def test_a_country_that_a_page_has_no_choice_of_is_named_and_all_are_shown():
    test = app("completion_funnel", country_iso3="GRL")
    assert notes(test).startswith(
        "The link also names “Country”: Greenland (GRL). No open part of this page uses this."
    )
    assert test.title[0].value == app("completion_funnel").title[0].value


def test_a_value_is_named_until_another_is_chosen_there():
    test = app("overview", programme_id="nobody")
    sentence = "“nobody” is not available under “Programme” here; “All programmes for refugees” is shown."
    assert notes(test) == sentence
    assert notes(test.run()) == sentence and "programme_id" not in test.query_params
    assert not notes(test.selectbox(key="programme_id").set_value("kiron_campus").run())


def test_what_was_chosen_on_another_page_and_is_not_available_here_is_named():
    test = app("overview", programme_id="kiron_campus")
    test.switch_page("pages/programmes/page.py").run()
    assert not notes(test)
    test = app("completion_funnel", partner_id="kiron")
    test.selectbox(key="programme_id").set_value("dlsei").run()
    assert "Kiron" in notes(test) and "reports no learners of this programme; “All partners” is shown." in notes(test)


def test_a_day_beyond_the_record_is_named_and_the_newest_is_shown():
    assert "1 January 2050 is outside the dates available here; 20 June 2019 is shown." in notes(
        app("overview", as_of="2050-01-01")
    )
    assert notes(app("overview", as_of="soon")) == (
        "“soon” is not available under “As of” here; “20 June 2019” is shown."
    )


def test_what_a_page_wrote_itself_is_not_said_to_be_of_a_link():
    test = app("data_health", open="details")
    test.selectbox(key="source").set_value("hubs").run()
    test.session_state["section-details"] = False
    test.run()
    assert test.query_params["source"] == "hubs" and not notes(test)


def test_marks_of_mail_programs_are_no_choice():
    assert not notes(app("overview", utm_source="newsletter", fbclid="x", lang="en", release="2"))


def test_a_link_writes_no_text_of_its_own_on_the_page():
    test = app("overview", partner="[here](https://example.org) " + "you must read this now " * 9)
    (note,) = (element.value for element in test.info)
    assert "example.org)" not in note.replace("\\", "") or "\\[here" in note
    assert "…" in note and len(note) < 250


def test_a_name_that_stands_twice_is_named():
    test = app("overview", programme_id=["kiron_campus", "for_refugees"])
    assert notes(test) == "The link names “Programme” more than once; the last value counts."


def test_a_document_names_what_its_address_did_not_choose(demo_store):
    read = read_page("overview", someone(), open_release(demo_store), "en", {"programme_id": "nobody", "tier": "x"})
    sentences = [block.words for block in read.blocks if isinstance(block, dropped.NotTaken)]
    assert len(sentences) == 2 and "nobody" in sentences[0] and "technology" in sentences[1]
