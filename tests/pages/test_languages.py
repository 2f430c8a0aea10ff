"""The reader's language: chosen in the address or the bar, kept between pages, and no word of English left in it.

By turns: the headings of every second page are read; in full, with COALITION_FULL_TESTS=1, of all.
"""

import re

import pytest

from dashboard import locales, menu
from dashboard.menu import pages
from tests.pages.test_every_page import FULL
from tests.pages.test_pages import app, demo, words  # noqa: F401 - the fixture serves
from tests.pages.test_reach_pages import title
from tests.pseudo import ACCENTS, pseudo, write_pseudo

# Letters that the pseudo language writes with an accent: a word that has one of them bare was not translated.
BARE = re.compile(rf"[{''.join(map(chr, ACCENTS))}]")


@pytest.fixture
def pseudo_french(tmp_path, monkeypatch):
    """French, whose words are the English ones with accents."""
    write_pseudo(tmp_path, "fr")
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    monkeypatch.setattr(locales, "INCOMPLETE", tmp_path / "none")
    _forget()
    # The driver words the options of a choice once more, outside of the run.
    with locales.speaking("fr"):
        yield
    _forget()


def _forget():
    for kept in (locales._read, locales._incomplete, menu._menu, menu._pages):
        kept.cache_clear()


def test_a_link_in_a_language_is_in_it(pseudo_french):
    test = app("overview", lang="fr")
    assert "26\u202f000" in title(test)
    assert "20 juin 2019" in title(test)
    assert test.query_params["lang"] == "fr"


def test_a_language_that_is_none_is_english():
    test = app("overview", lang="tlh")
    assert title(test).startswith("26,000 refugees reached by 20 June 2019")


def test_the_language_is_kept_from_page_to_page_and_its_keys_stay(pseudo_french):
    test = app("overview", lang="fr", programme_id="kiron_campus")
    test.switch_page("pages/completion_funnel/page.py").run()
    assert pseudo("Completion funnel") in words(test)
    assert test.session_state["programme_id"] == "kiron_campus"
    assert test.query_params["lang"] == "fr"


def test_the_bar_offers_six_languages_by_their_own_names():
    test = app("overview")
    popover = next(block for block in test.get("popover") if block.proto.popover.label == "English")
    assert popover is not None


def test_countries_are_named_in_the_language(pseudo_french):
    assert "Allemagne" in title(app("reach_map", lang="fr"))
    assert "Germany" in title(app("reach_map"))


def test_a_page_that_is_not_whole_in_a_language_is_in_english(pseudo_french, tmp_path, monkeypatch):
    monkeypatch.setattr(locales, "INCOMPLETE", tmp_path / "incomplete.toml")
    (tmp_path / "incomplete.toml").write_text('fr = ["overview"]\n', encoding="utf-8")
    _forget()
    assert "20 June 2019" in title(app("overview", lang="fr"))
    assert pseudo("Completion funnel") in words(app("completion_funnel", lang="fr"))


@pytest.mark.parametrize("page", [page.name for page in pages()][:: 1 if FULL else 2])
def test_no_heading_of_a_page_is_left_in_english(pseudo_french, page):
    test = app(page, lang="fr")
    assert not test.exception
    shown = [block.value for kind in (test.title, test.header, test.subheader) for block in kind]
    shown += [block.label for block in test.expander]
    assert shown
    left = [text for text in shown if "~" not in text]
    assert left == [], "sentences without a translated message"


def test_the_lint_sees_a_message_that_bypasses_the_catalogue():
    assert BARE.search("Completion funnel")
    assert "~" in pseudo("Completion funnel")
