"""The catalogues of the languages are whole: every message, every plural form, every placeholder, nothing in doubt."""

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po

from dashboard.commands.strings import incomplete, incomplete_text, renewed, template, written
from dashboard.locales import ENGLISH, INCOMPLETE, LANGUAGES, catalogue_file, reviewed
from dashboard.menu import pages

PLACEHOLDER = re.compile(r"\{[a-z_0-9]*\}")
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
# Gettext's own number of plural forms of each language, by CLDR.
PLURAL_FORMS = {"fr": 2, "es": 2, "ru": 3, "zh": 1, "ar": 6}
# Arabic says none, one and two by the word, so these forms may leave the number out.
BY_THE_WORD = {"ar": 3}


@cache
def catalog(code):
    with catalogue_file(code).open("rb") as file:
        return read_po(file, locale=code)


def messages(code):
    return [message for message in catalog(code) if message.id]


def forms(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


@cache
def wanted():
    return template()


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated_and_none_is_in_doubt(code):
    assert [message.id for message in messages(code) if not all(forms(message))] == []
    assert [message.id for message in messages(code) if message.fuzzy] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_plural_has_the_forms_of_the_language(code):
    assert catalog(code).num_plurals == PLURAL_FORMS[code]
    plurals = [message for message in messages(code) if isinstance(message.id, tuple)]
    assert len(plurals) > 50
    assert [message.id for message in plurals if len(forms(message)) != PLURAL_FORMS[code]] == []


def wrong_placeholders(code, message):
    """Forms whose placeholders are not those of the message."""
    texts = message.id if isinstance(message.id, tuple) else (message.id,)
    needed = set(PLACEHOLDER.findall(texts[-1]))
    of_one = set(PLACEHOLDER.findall(texts[0]))
    for number, form in enumerate(forms(message)):
        found = set(PLACEHOLDER.findall(form))
        may_lack = needed - of_one if number == 0 else set()
        if len(texts) > 1 and number < BY_THE_WORD.get(code, 0):
            may_lack = needed
        if not needed - may_lack <= found <= needed:
            yield form


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_has_the_placeholders_of_its_message(code):
    assert [(message.id, wrong) for message in messages(code) for wrong in wrong_placeholders(code, message)] == []


def test_the_check_of_placeholders_sees_one_that_is_lost():
    from babel.messages.catalog import Message

    assert list(wrong_placeholders("fr", Message("{count} of {all}", "{count} sur"))) == ["{count} sur"]
    assert list(wrong_placeholders("fr", Message("{count}", "{nombre}"))) == ["{nombre}"]


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_is_of_todays_messages(code):
    assert catalogue_file(code).read_text(encoding="utf-8") == written(renewed(code, wanted())), "run `make strings`"


@pytest.mark.parametrize("code", OTHERS)
def test_a_draft_says_that_it_is_one(code):
    assert "DRAFT, not reviewed by a native speaker" in catalogue_file(code).read_text(encoding="utf-8")[:300]
    assert reviewed(code) == 0.0


def test_every_page_is_offered_in_every_language():
    assert INCOMPLETE.read_text(encoding="utf-8") == incomplete_text(wanted()), "run `make strings`"
    assert incomplete(wanted()) == {}


def test_a_page_is_not_offered_while_a_message_of_it_is_missing(monkeypatch, tmp_path):
    from dashboard.commands import strings

    text = catalogue_file("fr").read_text(encoding="utf-8")
    cut = re.sub(r'(msgid "Completion funnel"\nmsgstr ")[^"]+', r"\1", text)
    assert cut != text
    file = tmp_path / "coalition.po"
    file.write_text(cut, encoding="utf-8")
    monkeypatch.setattr(strings, "catalogue_file", lambda code: file if code == "fr" else catalogue_file(code))
    assert incomplete(wanted()) == {"fr": [page.name for page in pages()]}, "the menu is on every page"
