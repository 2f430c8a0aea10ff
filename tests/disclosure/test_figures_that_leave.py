"""Figures that leave the dashboard are those of `ask`, and an address raises nobody."""

from itertools import combinations

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard import session
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, place
from dashboard.documents.briefs import NoSuchBrief, make_brief
from dashboard.documents.writers import write
from dashboard.server import api
from dashboard.store.releases import open_release
from tests.access.tenants import PARTNERS
from tests.disclosure.ways_out import document, numbers_of_office, somebody

SOME = ("overview", "completion_funnel", "cohorts", "credit_recognition", "my_programme", "programmes", "reach_map")
DAYS = range(30_000, 60_000)  # of workbooks: 1982 to 2064
DIGITS = 9
STEPS = "ask/completion_funnel/learners_per_step"


class Heard:
    """Asks as the session does, and keeps who asked what and which numbers came."""

    def __init__(self, patched):
        self.viewers, self.numbers = set(), set()
        real = session._answers

        def answers(viewer, release):
            return Listening(self, viewer, real(viewer, release))

        session.let_go()
        patched.setattr(session, "_answers", answers)

    def keep(self, row, is_about_learners):
        held = [round(float(v), DIGITS) for v in row if isinstance(v, int | float) and not isinstance(v, bool)]
        self.numbers |= {number for value in held for number in (value, -value, round(value * 100, DIGITS))}
        largest = 1 if is_about_learners else float("inf")  # counts of learners are never subtracted
        shown = [value for value in held if abs(value) <= largest]
        self.numbers |= {round(abs(a - b), DIGITS) for a, b in combinations(shown, 2)}

    def has(self, number):
        """Whether it is a number of an answer, a day, or how far the end of an interval is from its middle."""
        return round(number, DIGITS) in self.numbers or (number in DAYS and number == int(number))


class Listening:
    def __init__(self, heard, viewer, answers):
        self.heard, self.viewer, self.answers = heard, viewer, answers

    def ask(self, name, params):
        table = self.answers.ask(name, params)
        self.heard.viewers.add(self.viewer)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            self.heard.keep(row, place(EXECUTIVE, None, name, {}) == EXECUTIVE)
        return table


@pytest.fixture
def release(demo_store, served_store, monkeypatch):
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://coalition.example")
    return open_release(served_store(demo_store))


@pytest.fixture
def five(tenants_store, served_store):
    return open_release(served_store(tenants_store))


@pytest.mark.parametrize("viewer", [EVERYBODY], ids=lambda one: one.audience)
def test_slides_and_workbooks_hold_no_number_that_ask_did_not_give(release, viewer, monkeypatch):
    with monkeypatch.context() as patched:
        heard = Heard(patched)
        made = document(viewer, release, only=SOME)
    session.let_go()
    assert heard.viewers <= {viewer, EVERYBODY} and viewer in heard.viewers
    for kind, fewest in (("xlsx", 1_000), ("pptx", 300)):
        found = list(numbers_of_office(write(made, kind)))
        assert len(found) > fewest
        assert [(name, number) for name, number in found if not heard.has(number)] == [], kind


@pytest.mark.parametrize("kind", ["xlsx", "pptx"])
def test_a_number_that_ask_did_not_give_would_be_found(release, kind, monkeypatch):
    with monkeypatch.context() as patched:
        heard = Heard(patched)
        made = document(EVERYBODY, release, only=("completion_funnel",))
    session.let_go()
    chart = next(part.chart for part in made.chapters[0].parts if part.chart)
    trace = chart.spec["data"][0]
    axis = "x" if trace.get("orientation") == "h" else "y"
    trace[axis] = [0.123456, *trace[axis][1:]]
    found = [name for name, number in numbers_of_office(write(made, kind)) if not heard.has(number)]
    assert [name for name in found if "chart" in name], "in the chart itself"
    assert [name for name in found if "sheet" in name], "and in the cells that it is drawn from"


def test_a_partners_brief_is_for_nobody_else_whatever_the_address(five):
    for viewer in (EVERYBODY, EXECUTIVE):
        for choices in ({"partner_id": "alder"}, {"partner_id": "alder", "audience": "steward"}):
            with pytest.raises(NoSuchBrief, match="only that partner and stewards"):
                make_brief("partner", somebody(viewer), five, "en", choices)
    made = make_brief("partner", somebody(PARTNERS["alder"]), five, "en", {"partner_id": "birch"})
    assert "partner_id=alder" in made.link and "birch" not in made.link


@pytest.mark.parametrize("name", ["audience", "as_audience", "as", "viewer", "token", "see_as"])
def test_an_address_raises_no_audience_of_the_api(five, name):
    with TestClient(Starlette(routes=[Route("/api/{path:path}", api.Api())])) as client:
        for value in ("steward", "partner:birch"):
            for path in (f"{STEPS}.json", f"{STEPS}/metadata.json", ""):
                answer = client.get(f"/api/v1/{path}", params={name: value})
                assert answer.status_code == 400 and "rows" not in answer.json(), answer.text
