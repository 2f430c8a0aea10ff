"""The table of docs/questions.md holds: each answer stands where its row names it, within two steps.

A tab goes on from link to link, in the short form to every second question; with COALITION_FULL_TESTS=1 each link is
opened by its address.
"""

import os
import re

import pytest

from dashboard.settings import PROJECT
from tests.browsing import NOTE_QUESTIONS, OPENED, go_on, settle

pytestmark = pytest.mark.browser
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"

SCREEN = 800
ROW = re.compile(
    r"^\| (?P<question>.+\?) \| `(?P<link>[^`]+)` \| (?P<steps>\d) \| (?P<screen>\d) \| (?P<answer>.+) \|$"
)
# How far down the page the words are seen first; null where they are not.
WHERE = """(words) => {
    const blank = (text) => text.replace(/[\\u00a0\\s]+/g, " ");
    const main = document.querySelector("[data-testid=stMain]");
    const found = [...main.querySelectorAll("h1, h2, p, li")].filter((one) => blank(one.textContent).includes(words));
    const boxes = found.map((one) => one.getBoundingClientRect()).filter((box) => box.height > 0);
    return boxes.length ? Math.min(...boxes.map((box) => box.bottom)) : null;
}"""


def rows():
    lines = (PROJECT / "docs" / "questions.md").read_text(encoding="utf-8").splitlines()
    return [found.groupdict() for line in lines if (found := ROW.match(line))]


def test_the_table_has_twenty_questions_and_ten_of_a_partner_each_within_two_steps():
    found = rows()
    assert len(found) == 30 and sum("kiron" in row["link"] for row in found) == 10
    assert all(int(row["steps"]) <= 2 and int(row["screen"]) <= 2 for row in found)


@pytest.fixture(scope="module")
def looked(browser, served):
    """One tab that goes on from link to link; it stays where a link answers the next question too."""
    context = browser.new_context(viewport={"width": 1280, "height": SCREEN})
    context.add_init_script(NOTE_QUESTIONS)
    page, at = context.new_page(), []

    def look(link):
        if not at or FULL:
            page.goto(served + link)
            page.wait_for_selector("h1", timeout=60_000)
        elif at[-1] != link:
            go_on(page, link)
            settle(page, looks=OPENED)
        at.append(link)
        return page

    yield look
    context.close()


ASKED = sorted(rows(), key=lambda row: row["link"])[:: 1 if FULL else 2]


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row["question"])
def test_the_answer_stands_where_the_table_says(row, looked):
    page = looked(row["link"])
    answer = row["answer"].replace("\u00a0", " ")
    page.wait_for_function(f"(words) => ({WHERE})(words) !== null", arg=answer, timeout=30_000)
    assert page.evaluate(WHERE, answer) <= SCREEN * int(row["screen"])
