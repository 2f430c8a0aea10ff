"""What the title of a page counts is what its tiles count, for every audience.

In the short form each audience has all pages without a choice, and those of learners with one that is its turn.
"""

import os
import re
from functools import cache

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.access.visitor import Visitor
from dashboard.documents.model import PageRequest, make_document
from dashboard.menu import pages
from dashboard.store.releases import open_release

PARTNER = "demonstration_partner_02"
VIEWERS = {"partner": Viewer("partner", PARTNER), "steward": STEWARD, "coalition": EXECUTIVE, "public": EVERYBODY}
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
CONTEXTS = {
    "all": {},
    "a partner": {"partner_id": PARTNER},
    "a programme": {"programme_id": "coursera_for_refugees"},
    "a day": {"on_date": "2018-12-31"},
    "by origin": {"by": "origin"},
}
NAMES = [page.name for page in pages() if page.name not in ("upload", "methods")]
OF_LEARNERS = ("overview", "reach_map", "completion_funnel", "cohorts", "credit_recognition", "programmes")
COUNTED = re.compile(r"(?P<count>\d[\d,.]*(?: million| billion)?) (?P<noun>[a-z]+)")


def contradictions(title, tiles):
    """Counts of a title, each with its noun, that no tile has, where a tile counts the same noun."""
    found = []
    for count, noun in COUNTED.findall(title.replace("\u00a0", " ")):
        alike = [(label, f"{value} {note}") for label, value, note in tiles if label.casefold().split()[0] == noun]
        if alike and not any(count in re.findall(r"\d[\d,.]*(?: million| billion)?", words) for _, words in alike):
            found.append((count, noun, alike))
    return found


@pytest.fixture(scope="module")
def chapters(demo_store):
    """The chapters of all pages by their name, for an audience and a context; made once."""

    @cache
    def make(who, context):
        viewer = VIEWERS[who]
        visitor = Visitor("test", viewer, viewer, lambda: True)
        names = NAMES if FULL or not CONTEXTS[context] else OF_LEARNERS
        requests = [PageRequest(name, CONTEXTS[context]) for name in names]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COALITION_STORE", str(demo_store))
            document = make_document("titles", "Titles", requests, visitor, open_release(demo_store), "en")
        return dict(zip(names, document.chapters, strict=True))

    return make


@pytest.mark.parametrize("who", VIEWERS)
def test_a_title_counts_what_the_tiles_of_its_page_count(who, chapters):
    compared, different = 0, []
    for name in contexts_of(who):
        for chapter in chapters(who, name).values():
            tiles = [(number.label, number.value.replace("\u00a0", " "), number.note) for number in chapter.numbers]
            compared += len(tiles)
            different += [(chapter.subject, name, *found) for found in contradictions(chapter.takeaway, tiles)]
    assert different == []
    print(f"{compared} tiles compared")
    assert compared > (200 if FULL else 80)


def contexts_of(who):
    """The contexts in which an audience has the pages."""
    (first, *others), at = CONTEXTS, list(VIEWERS).index(who)
    return CONTEXTS if FULL else (first, others[at])


def test_two_numbers_of_one_noun_are_found():
    tiles = [("Countries with a figure", "118", "where their country is known"), ("Learners reached", "26,000", "")]
    assert contradictions("Learners live in 120 countries, most in Germany", tiles)[0][:2] == ("120", "countries")
    assert not contradictions("Learners live in 118 countries, 26,000 learners", tiles)
    assert not contradictions("19 of 24 named hubs are active", tiles)


DECIMAL = re.compile(r"\d\.\d+ ?%")


@pytest.mark.parametrize("who", ["coalition", "public", "partner"])
def test_protected_shares_have_no_decimal(who, chapters):
    """A partner that looks at all partners has rounded figures too; 40 % written as 40.0 % would be a false decimal."""
    # Other pages open on the partner's own learners, who are exact.
    for name in ("overview", "programmes") if who == "partner" else OF_LEARNERS:
        chapter = chapters(who, "all")[name]
        texts = [chapter.takeaway, *(f"{number.value} {number.note}" for number in chapter.numbers)]
        assert not DECIMAL.findall(" ".join(texts).replace("\u00a0", " ")), chapter.subject


@pytest.mark.parametrize("who", VIEWERS)
def test_a_share_about_nobody_is_the_same_on_every_page(who, chapters):
    """42.1 million of 1.78 billion enrolled are 2.4 %, on the board as on the page of closures."""
    closures, board = (chapters(who, "all")[name] for name in ("school_closures", "board"))
    (affected,) = (number.value for number in closures.numbers if number.label == "Share affected")
    (out_of_school,) = (number.note for number in board.numbers if "out of school" in number.label)
    assert out_of_school.startswith(f"{affected} of all enrolled"), (affected, out_of_school)


def test_a_partner_has_decimals_of_its_own_learners(chapters):
    own = chapters("partner", "a partner")["completion_funnel"]
    assert DECIMAL.findall(" ".join(number.note for number in own.numbers).replace("\u00a0", " "))
