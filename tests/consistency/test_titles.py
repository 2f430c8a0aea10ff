"""What the title of a page counts is what its tiles count, for every audience."""

import re

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.access.visitor import Visitor
from dashboard.documents.model import PageRequest, make_document
from dashboard.menu import pages
from dashboard.store.releases import open_release

PARTNER = "demonstration_partner_02"
VIEWERS = {"steward": STEWARD, "coalition": EXECUTIVE, "public": EVERYBODY, "partner": Viewer("partner", PARTNER)}
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
    for name, context in CONTEXTS.items():
        requests = [PageRequest(page.name, context) for page in pages() if page.name not in ("upload", "methods")]
        document = make_document("titles", "Titles", requests, visitor, release, "en")
        for chapter in document.chapters:
            tiles = [(number.label, number.value.replace("\u00a0", " "), number.note) for number in chapter.numbers]
            compared += len(tiles)
            different += [(chapter.subject, name, *found) for found in contradictions(chapter.takeaway, tiles)]
    assert different == []
    assert compared > 200


def test_two_numbers_of_one_noun_are_found():
    tiles = [("Countries with a figure", "118", "where their country is known"), ("Learners reached", "26,000", "")]
    assert contradictions("Learners live in 120 countries, most in Germany", tiles)[0][:2] == ("120", "countries")
    assert not contradictions("Learners live in 118 countries, 26,000 learners", tiles)
    assert not contradictions("19 of 24 named hubs are active", tiles)
