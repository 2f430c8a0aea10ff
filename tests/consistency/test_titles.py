"""What the title of a page counts is what its tiles count, for every audience."""

import os
import re

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.access.visitor import Visitor
from dashboard.documents.model import PageRequest, make_document
from dashboard.menu import pages
from dashboard.store.releases import open_release

PARTNER = "demonstration_partner_02"
VIEWERS = {"steward": STEWARD, "coalition": EXECUTIVE, "public": EVERYBODY, "partner": Viewer("partner", PARTNER)}
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
CONTEXTS = {
    "all": {},
    "a partner": {"partner_id": PARTNER},
    "a programme": {"programme_id": "coursera_for_refugees"},
    "a day": {"on_date": "2018-12-31"},
    "by origin": {"by": "origin"},
}
COUNTED = re.compile(r"(?P<count>\d[\d,.]*(?: million| billion)?) (?P<noun>[a-z]+)")


def contradictions(title, tiles):
    """Counts of a title, each with its noun, that no tile has, where a tile counts the same noun."""
    found = []
    for count, noun in COUNTED.findall(title.replace("\u00a0", " ")):
        alike = [(label, f"{value} {note}") for label, value, note in tiles if label.casefold().split()[0] == noun]
        if alike and not any(count in re.findall(r"\d[\d,.]*(?: million| billion)?", words) for _, words in alike):
            found.append((count, noun, alike))
    return found


@pytest.mark.parametrize("who", VIEWERS)
def test_a_title_counts_what_the_tiles_of_its_page_count(who, demo_store, served_store):
    served_store(demo_store)
    release, viewer = open_release(demo_store), VIEWERS[who]
    visitor, compared, different = Visitor("test", viewer, viewer, lambda: True), 0, []
    for name, context in list(CONTEXTS.items())[:: 1 if FULL else 2]:
        requests = [PageRequest(page.name, context) for page in pages() if page.name not in ("upload", "methods")]
        document = make_document("titles", "Titles", requests, visitor, release, "en")
        for chapter in document.chapters:
            tiles = [(number.label, number.value.replace("\u00a0", " "), number.note) for number in chapter.numbers]
            compared += len(tiles)
            different += [(chapter.subject, name, *found) for found in contradictions(chapter.takeaway, tiles)]
    assert different == []
    assert compared > (200 if FULL else 120)


def test_two_numbers_of_one_noun_are_found():
    tiles = [("Countries with a figure", "118", "where their country is known"), ("Learners reached", "26,000", "")]
    assert contradictions("Learners live in 120 countries, most in Germany", tiles)[0][:2] == ("120", "countries")
    assert not contradictions("Learners live in 118 countries, 26,000 learners", tiles)
    assert not contradictions("19 of 24 named hubs are active", tiles)


DECIMAL = re.compile(r"\d\.\d+ ?%")
OF_LEARNERS = ("overview", "reach_map", "completion_funnel", "cohorts", "credit_recognition", "programmes")


@pytest.mark.parametrize("who", ["coalition", "public", "partner"])
def test_protected_shares_have_no_decimal(who, demo_store, served_store):
    """A partner that looks at all partners has rounded figures too; 40 % written as 40.0 % would be a false decimal."""
    served_store(demo_store)
    viewer = VIEWERS[who]
    visitor = Visitor("test", viewer, viewer, lambda: True)
    # Other pages open on the partner's own learners, who are exact.
    names = ("overview", "programmes") if who == "partner" else OF_LEARNERS
    requests = [PageRequest(name) for name in names]
    document = make_document("shares", "Shares", requests, visitor, open_release(demo_store), "en")
    for chapter in document.chapters:
        texts = [chapter.takeaway, *(f"{number.value} {number.note}" for number in chapter.numbers)]
        assert not DECIMAL.findall(" ".join(texts).replace("\u00a0", " ")), chapter.subject


@pytest.mark.parametrize("who", VIEWERS)
def test_a_share_about_nobody_is_the_same_on_every_page(who, demo_store, served_store):
    """42.1 million of 1.78 billion enrolled are 2.4 %, on the board as on the page of closures."""
    served_store(demo_store)
    viewer = VIEWERS[who]
    visitor = Visitor("test", viewer, viewer, lambda: True)
    requests = [PageRequest("school_closures"), PageRequest("board")]
    document = make_document("shares", "Shares", requests, visitor, open_release(demo_store), "en")
    closures, board = document.chapters
    (affected,) = (number.value for number in closures.numbers if number.label == "Share affected")
    (out_of_school,) = (number.note for number in board.numbers if "out of school" in number.label)
    assert out_of_school.startswith(f"{affected} of all enrolled"), (affected, out_of_school)


def test_a_partner_has_decimals_of_its_own_learners(demo_store, served_store):
    served_store(demo_store)
    visitor = Visitor("test", VIEWERS["partner"], VIEWERS["partner"], lambda: True)
    request = PageRequest("completion_funnel", {"partner_id": PARTNER})
    document = make_document("own", "Own", [request], visitor, open_release(demo_store), "en")
    notes = " ".join(number.note for number in document.chapters[0].numbers).replace("\u00a0", " ")
    assert DECIMAL.findall(notes)
