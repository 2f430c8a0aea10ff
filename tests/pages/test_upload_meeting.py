"""What a card on Upload states of files that do not meet: counts, and what to do."""

import pytest

from dashboard.intake.meeting import Match, Unlisted
from dashboard.pages.upload import waiting


@pytest.fixture
def shown(monkeypatch):
    """Sentences as they are shown, with how."""
    sentences = []
    for how in ("warning", "caption"):
        monkeypatch.setattr(waiting.st, how, lambda text, how=how: sentences.append((how, text)))
    monkeypatch.setattr(waiting, "partner_words", lambda: {"kiron": "Kiron"})
    return sentences


@pytest.mark.parametrize(
    ("match", "how", "words"),
    [
        (
            Match("coursera_usage", 60, 60, 60),
            "caption",
            "60 of 60 learners of this file are in the partner's files of",
        ),
        (Match("coursera_usage", 60, 3, 60), "warning", "Compare the ids in both files"),
        (Match("coursera_usage", 60, 0, 60, "kiron"), "warning", "0 of 60 learners of Kiron in this file"),
        (Match("coursera_usage", 60, 0, 60, apart=True), "warning", "Send it with the column that both have"),
        (Match("", 60, 0, partner="kiron"), "warning", "Kiron has no other file about learners, so 60 learners"),
    ],
)
def test_learners_in_the_other_files_are_counted_and_few_are_a_warning(shown, match, how, words):
    waiting._match(match)
    ((shown_as, text),) = shown
    assert shown_as == how and words in text


def test_ids_that_no_list_has_are_named_with_their_rows():
    lost = Unlisted("hub_sessions", "hub_id", "hubs", 3, 2, 6, True, (("hub77", 4), ("HUB1", 2)), (("HUB1", "hub1"),))
    assert waiting._unlisted(lost) == (
        "2 of 3 ids in the column “Hub id” of “Sessions of learning hubs” are not in “Register of learning hubs”. "
        "Correct them, or send “Register of learning hubs” with them. The commonest ids, with their rows: "
        "hub77 (4), HUB1 (2). HUB1 is written hub1 there."
    )


def test_a_list_that_never_came_is_named():
    lost = Unlisted("hub_sessions", "hub_id", "hubs", 3, 3, 6, has_list=False)
    assert waiting._unlisted(lost).startswith("No file of “Register of learning hubs” has come in, so the ids in")
