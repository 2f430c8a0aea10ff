"""The page Methods: the search, a card for each metric, question, source and public statement, and links to them.

By turns: every fifth question and every third metric has its card read; in full, with COALITION_FULL_TESTS=1, all.
"""

from urllib.parse import parse_qs

import pytest

from dashboard.access.viewer import EVERYBODY, STEWARD
from dashboard.menu import pages
from dashboard.pages.methods import catalogue
from dashboard.scope import Scope
from dashboard.session import answer
from dashboard.store.releases import open_release
from dashboard.warehouse.catalog import metrics, questions, sources
from tests.pages.test_every_page import FULL
from tests.pages.test_pages import app, seen_as, words


@pytest.fixture(autouse=True)
def demo(served_store, demo_store, as_served):
    return served_store(demo_store)


def links(test):
    """The cards that a page links to: kind and code."""
    found = [
        (kind, values[0])
        for link in test.get("page_link")
        for kind, values in parse_qs(link.proto.query_string).items()
        if kind in catalogue.KINDS
    ]
    return list(dict.fromkeys(found))


def plain(text):
    return text.replace("\\", "").replace("\u2060", "")


def test_it_opens_on_a_search_and_counts_what_there_is():
    test = app("methods")
    assert test.title[0].value == (
        f"{len(metrics())} metrics, {len(questions())} questions and {len(sources())} sources define every figure"
    )
    assert ("metric", "learners_reached") in links(test) and len(links(test)) == 8


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("Distinct people learning event", ("metric", "learners_reached")),  # words of its definition
        ("reached", ("metric", "learners_reached")),
        ("UIS", ("source", "uis_enrolment")),
        ("unesco institute for statistics", ("source", "uis_enrolment")),  # its publisher
        ("Which learning hubs", ("question", "learning_hubs/vitality")),
        ("last_learning_month", None),  # a name with a line below it is no word of people
        ("last learning month", ("question", "learning_hubs/vitality")),
        ("The PIE News embassies", ("claim", "hubs-2013-embassies")),
    ],
)
def test_the_search_finds_by_words_of_definition_publisher_and_column(search, found):
    test = app("methods", search=search)
    if found is None:
        assert not links(test) and "Nothing has all the words" in words(test)
    else:
        test.session_state["more-results"] = True
        assert found in links(test.run())


def test_words_of_a_title_come_before_words_of_a_definition():
    for word in ("credential", "hub", "refugee"):
        test = app("methods", search=word)
        titles = [link.proto.label for link in test.get("page_link")]
        has_word = [word in title.casefold() for title in titles]
        assert has_word == sorted(has_word, reverse=True) and has_word[0], word


def test_a_search_stays_in_the_address_and_says_when_nothing_fits():
    test = app("methods")
    test.text_input(key="search").set_value("zebra").run()
    assert test.query_params["search"] in ("zebra", ["zebra"])
    assert "Nothing has all the words of “zebra”" in words(test) and not links(test)


@pytest.mark.parametrize("name", list(metrics())[:: 1 if FULL else 3])
def test_every_metric_has_its_page(name):
    card, test = metrics()[name], app("methods", metric=name)
    assert plain(test.title[0].value).startswith(card.label)
    text = plain(words(test))
    assert all(part in text for part in (card.definition, card.caveat, card.unit, card.additive_over))
    assert card.sql in [code.value for code in test.code]


def test_every_question_has_its_page():
    for name, query in list(questions().items())[:: 1 if FULL else 5]:
        test = app("methods", question=name)
        assert plain(test.title[0].value) == query.title
        text = plain(words(test))
        assert query.grain in text and all(caveat in text for caveat in query.caveats), name
        (columns, *params) = [frame.value["Meaning"].tolist() for frame in test.dataframe]
        assert columns == [field.meaning for field in query.columns], name
        assert params == ([[field.meaning for field in query.params]] if query.params else []), name


@pytest.mark.parametrize("name", list(sources()))
def test_every_source_has_its_page(name):
    card, test = sources()[name], app("methods", source=name)
    text = plain(words(test))
    assert plain(test.title[0].value) == card.title
    assert all(part in text for part in (card.publisher, card.citation, card.licence, card.caveat, card.address))
    test.session_state["source-columns"] = True
    (columns,) = [frame.value for frame in test.run().dataframe]
    assert columns["Meaning"].tolist() == [column.meaning for column in card.columns]


def test_a_question_has_its_sql_when_it_is_opened():
    test = app("methods", question="learning_hubs/vitality")
    assert not test.code
    test.session_state["question-sql"] = True
    assert questions()["learning_hubs/vitality"].sql in [code.value for code in test.run().code]


def test_the_lists_name_every_metric_source_question_and_statement(demo_store):
    test = app("methods", open="metrics,sources,questions,statements")
    claims = answer(STEWARD, open_release(demo_store), "methods/claims", Scope())["claim_id"]
    assert set(links(test)) == {
        *(("metric", name) for name in metrics()),
        *(("source", name) for name in sources()),
        *(("question", name) for name in questions()),
        *(("claim", claim_id) for claim_id in claims),
    }


def test_a_metric_leads_to_its_questions_and_to_the_pages_that_show_it():
    test = app("methods", metric="hubs_alive")
    test.session_state["uses"] = True
    test.run()
    assert ("question", "learning_hubs/evidence") in links(test)
    shown_on = {link.proto.label for link in test.get("page_link")}
    assert {"Overview", "Learning hubs"} <= shown_on and "Upload" not in shown_on


def test_the_value_of_a_metric_is_that_of_the_page_that_opens_first(demo_store):
    release = open_release(demo_store)
    head = answer(STEWARD, release, "overview/headline", Scope(programme_id="for_refugees"))
    (reached,) = head["learners_reached"]
    title = app("methods", metric="learners_reached").title[0].value
    assert title == f"Learners reached: {reached:,} in release {release.number}"
    assert app("overview").title[0].value.startswith(f"{reached:,} refugees reached")


def test_the_public_reads_its_own_value_of_a_metric(demo_store):
    release = open_release(demo_store)
    head = answer(EVERYBODY, release, "overview/headline", Scope(programme_id="for_refugees"))
    (reached,) = head["learners_reached"]
    test = seen_as(EVERYBODY, "methods", metric="learners_reached")
    assert test.title[0].value == f"Learners reached: {int(reached):,} in release {release.number}"


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_a_link_to_what_is_not_there_says_so_and_offers_the_search(kind):
    test = app("methods", **{kind: "' OR 1=1"})
    assert "is not in this version" in words(test) and test.text_input(key="search").value == ""


def test_the_working_of_a_figure_leads_to_the_page_of_each_metric():
    test = app("overview")
    assert not links(test), "nothing is worked out until the reader asks"
    test.session_state["working-figure-reach_map/learners_on_map"] = True
    found = links(test.run())
    assert {"countries_reached", "active_partners", "credentials", "share_women", "hubs_alive"} <= {
        code for _kind, code in found
    }
    for kind, code in found:
        linked = app("methods", **{kind: code})
        assert kind == "metric" and plain(linked.title[0].value).startswith(metrics()[code].label)


def test_the_release_and_the_sources_have_views_of_their_own(demo_store):
    manifest = open_release(demo_store).manifest
    test = app("methods", view="release")
    assert f"passed {len(manifest['checks'])} checks" in test.title[0].value
    (files,) = [frame.value for frame in test.dataframe]
    assert len(files) == sum(map(len, manifest["snapshots"].values()))
    test = app("methods", view="sources")
    assert {code for _kind, code in links(test)} == set(sources())
    held = sum(bool(manifest["snapshots"].get(name)) for name in sources())
    assert test.title[0].value.startswith(f"{held} of {len(sources())} sources are in this release")


def test_a_public_statement_has_its_page_beside_the_ledger(demo_store):
    rows = answer(STEWARD, open_release(demo_store), "methods/claims", Scope())
    test = app("methods", view="claims")
    compared, disputed = rows["difference"].notna().sum(), rows["contradiction"].notna().sum()
    assert test.title[0].value == (
        f"{compared} of {len(rows)} public statements can be compared with this release; {disputed} contradict another"
    )
    text = words(app("methods", claim="hubs-2013-named"))
    assert "24, until 31 October 2013" in plain(text) and "The Next Web" in plain(text)


def test_every_page_that_shows_a_metric_is_a_page():
    names = {page.name for page in pages()}
    for metric in metrics():
        assert set(catalogue.pages_of(metric)) <= names
    assert "overview" in catalogue.pages_of("active_partners"), "named by a panel only"
