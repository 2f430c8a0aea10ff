"""Figures that leave the dashboard are those of `ask`, of this viewer alone, and files ask nobody for anything.

In the short form audiences take pages and kinds of files by turns; what several tests look at is made once.
"""

import re
from functools import cache
from itertools import combinations

import pytest
from lxml import etree
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard import menu, session
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer, answering_viewer
from dashboard.documents.briefs import NoSuchBrief, make_brief
from dashboard.documents.pack import make_pack
from dashboard.documents.writers import WRITERS, write
from dashboard.server import api
from dashboard.store.releases import open_release
from tests.access import tenants
from tests.access.tenants import PARTNERS, foreign
from tests.disclosure.ways_out import FULL, document, embedded, numbers_of_office, parts_of, somebody

NAMES = tuple(page.name for page in menu.pages())
SOME = (
    "school_closures",
    "overview",
    "completion_funnel",
    "cohorts",
    "credit_recognition",
    "my_programme",
    "programmes",
    "reach_map",
)
# Whose slides and workbooks are traced to their answers: every page for every audience in full, else each for one.
TRACED = {
    EVERYBODY: ("school_closures", "overview", "cohorts", "credit_recognition"),
    EXECUTIVE: ("completion_funnel", "programmes", "reach_map"),
    Viewer("partner", "kiron"): ("my_programme", "response_gaps"),
}
OFFICE = ("xlsx", "pptx")
# In which kinds documents are searched for others' own figures.
KINDS = {EVERYBODY: tuple(WRITERS) if FULL else OFFICE[:1], PARTNERS["alder"]: tuple(WRITERS)}
# Others than those in which test_ways_out.py looks for canaries.
EMBEDDED = sorted(menu.EMBEDDABLE)[0 if FULL else 1 :: 1 if FULL else 3]
DAYS = range(30_000, 60_000)  # of workbooks: 1982 to 2064
DIGITS = 9
STEPS = "ask/completion_funnel/learners_per_step"
# Words, and values that are no number of a word in a list of words.
SHOWN = "//*[local-name()='t']/text() | //*[local-name()='v'][not(parent::*[@t='s'])]/text()"
ASKING = {"href", "src", "srcset", "data", "action", "poster"}
FROM_ELSEWHERE = re.compile(r"""(?:src|data-src)\s*[=:]\s*\\?["']?https?:|url\(\s*\\?["']?(?:https?:)?//""")
# What an address may hold that is no choice of a page, or is somebody else's.
TAMPERED = (
    {"partner_id": "birch"},
    {"partner_id": "all"},
    {"partner_id": "birch' OR 1=1 --"},
    {"audience": "steward", "as_audience": "steward", "see_as": "steward", "own": "steward"},
    {"partner_id": "birch", "programme_id": "birch_school", "other_partner_id": "cedar"},
    {"partner_id": "alder,birch", "embed": "false"},
)


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
        held = [float(v) for v in row if isinstance(v, int | float) and not isinstance(v, bool)]
        self.numbers |= {round(number, DIGITS) for value in held for number in (value, -value, value * 100)}
        largest = 1 if is_about_learners else float("inf")  # counts of learners are never subtracted
        shown = [value for value in held if abs(value) <= largest]
        self.numbers |= {round(abs(a - b), DIGITS) for a, b in combinations(shown, 2)}

    def has(self, number):
        """Whether it is a number of an answer, a day, or how far the end of an interval is from its middle."""
        return round(number, DIGITS) in self.numbers or (number == int(number) and int(number) in DAYS)


class Listening:
    def __init__(self, heard, viewer, answers):
        self.heard, self.viewer, self.answers = heard, viewer, answers

    def ask(self, name, params):
        table = self.answers.ask(name, params)
        self.heard.viewers.add(self.viewer)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            self.heard.keep(row, answering_viewer(EXECUTIVE, None, name, {}) == EXECUTIVE)
        return table


@pytest.fixture
def release(demo_store, served_store, monkeypatch):
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://coalition.example")
    return open_release(served_store(demo_store))


@pytest.fixture
def five(tenants_store, served_store):
    return open_release(served_store(tenants_store))


@pytest.fixture(scope="module")
def known(tenants_store):
    return tenants.tags(open_release(tenants_store))


def listened(viewer, store, only, **choices):
    """A document of a store, and what was asked and answered for it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COALITION_STORE", str(store))
        patched.setenv("COALITION_PUBLIC_URL", "https://coalition.example")
        heard = Heard(patched)
        made = document(viewer, open_release(store), only=only, **choices)
    session.let_go()
    return made, heard


@pytest.fixture(scope="module")
def traced(demo_store):
    """What is heard of the demonstration for a viewer, and its document in office files."""

    @cache
    def make(viewer):
        made, heard = listened(viewer, demo_store, NAMES if FULL else TRACED[viewer])
        return heard, {kind: write(made, kind) for kind in OFFICE}

    return make


@pytest.fixture(scope="module")
def searched(tenants_store):
    """Who was answered for a viewer's document of the five tenants, and the document in its kinds of files."""

    @cache
    def make(viewer):
        made, heard = listened(viewer, tenants_store, SOME)
        return heard, {f"x.{kind}": write(made, kind) for kind in KINDS[viewer]}

    return make


@pytest.fixture(scope="module")
def pack(tenants_store):
    """The pack of a viewer of the five tenants."""

    @cache
    def make(viewer):
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("COALITION_STORE", str(tenants_store))
            return make_pack(viewer, open_release(tenants_store), ("en",))

    return make


@pytest.mark.parametrize("viewer", TRACED, ids=lambda one: one.audience)
def test_slides_and_workbooks_hold_no_number_that_ask_did_not_give(traced, viewer):
    heard, files = traced(viewer)
    assert heard.viewers <= {viewer, EVERYBODY} and viewer in heard.viewers
    for kind, fewest in (("xlsx", 1_000), ("pptx", 100)):
        found = list(numbers_of_office(files[kind]))
        assert len(found) > fewest
        assert [(name, number) for name, number in found if not heard.has(number)] == [], kind


@pytest.fixture(scope="module")
def of_steps(demo_store):
    return listened(EVERYBODY, demo_store, ("completion_funnel",))


@pytest.mark.parametrize("kind", OFFICE)
def test_a_number_that_ask_did_not_give_would_be_found(of_steps, kind):
    made, heard = of_steps
    chart = next(part.chart for part in made.chapters[0].parts if part.chart)
    trace = chart.spec["data"][0]
    axis = "x" if trace.get("orientation") == "h" else "y"
    trace[axis] = [0.123456, *trace[axis][1:]]
    found = [name for name, number in numbers_of_office(write(made, kind)) if not heard.has(number)]
    assert [name for name in found if "chart" in name], "in the chart itself"
    assert [name for name in found if "sheet" in name], "and in the cells that it is drawn from"


def seen(name, body):
    """The words and numbers of a file that a program shows or keeps, without places, sizes and colours."""
    for part, text in parts_of(name, body):
        if part.endswith(("!text", ".csv")):
            yield part, text
        elif part.endswith(".xml") and text.startswith("<"):
            words = etree.fromstring(text.encode()).xpath(SHOWN)
            yield part, " | ".join(words)
        elif part.endswith(".html"):
            yield part, re.sub(r"<[^>]*>", " | ", re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL))


def foreign_in(viewer, known, files):
    return [
        (part, *found)
        for name, body in files.items()
        for part, text in seen(name, body)
        for found in foreign(viewer, known, [{"text": re.sub(r"(?<=\d)[\u00a0\u202f ](?=\d{3})", "", text)}])
    ]


@pytest.mark.parametrize("viewer", KINDS, ids=lambda one: one.audience)
def test_no_document_has_anothers_own_figures(searched, known, viewer):
    heard, files = searched(viewer)
    assert heard.viewers <= {viewer, EVERYBODY}
    assert foreign_in(viewer, known, files) == []


@pytest.mark.parametrize("choices", TAMPERED if FULL else TAMPERED[:1], ids="-".join)
@pytest.mark.parametrize("viewer", KINDS, ids=lambda one: one.audience)
def test_no_document_has_anothers_own_figures_whatever_the_address(tenants_store, known, viewer, choices):
    some = SOME if FULL else ("completion_funnel", "my_programme", "programmes")
    made, heard = listened(viewer, tenants_store, some, **choices)
    assert heard.viewers <= {viewer, EVERYBODY}
    assert foreign_in(viewer, known, {"x.xlsx": write(made, "xlsx")}) == []


@pytest.mark.parametrize("viewer", [EVERYBODY, EXECUTIVE, PARTNERS["alder"]], ids=lambda one: one.audience)
def test_no_pack_has_anothers_own_figures(pack, known, viewer):
    assert foreign_in(viewer, known, pack(viewer)) == []


def test_anothers_figures_would_be_found(searched, pack, known):
    """With the eyes of another partner: each kind of file has what is alder's own."""
    _, files = searched(PARTNERS["alder"])
    found = {name: foreign_in(PARTNERS["birch"], known, {name: body}) for name, body in files.items()}
    assert len(found) == len(WRITERS)
    assert all(found.values()), {kind: len(some) for kind, some in found.items()}
    assert foreign_in(PARTNERS["birch"], known, pack(PARTNERS["alder"]))


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


# Nobody is asked


def asks(body):
    """What a file of HTML or CSS has a browser ask for by itself: all but links that a reader may follow."""
    text = body.decode()
    found = re.findall(r"""(?:url\(\s*|@import\s+(?:url\()?)["']?(?!#|data:)([^"')\s]+)""", text)
    if not text.lstrip().startswith("<"):
        return found
    for element in etree.HTML(text.split("?>", 1)[-1]).iter(etree.Element):
        for key, value in element.attrib.items():
            is_address = key.rpartition("}")[2].rpartition(":")[2] in ASKING
            if is_address and element.tag != "a" and not value.startswith(("#", "data:")):
                found.append(value)
            if key == "http-equiv" and value.lower() == "refresh":
                found.append("refresh")
    return found


def test_documents_packs_and_frames_ask_no_other_host(release, pack, monkeypatch):
    html = write(document(EVERYBODY, release, only=() if FULL else ("overview", "school_closures")), "html")
    assert asks(html) == []
    files = make_pack(EVERYBODY, release, ("en",)) if FULL else pack(EVERYBODY)
    asked = {one for name, body in files.items() if name.endswith((".html", ".css")) for one in asks(body)}
    assert asked == {"../style.css", "style.css"}
    monkeypatch.delenv("COALITION_PUBLIC_URL")
    frames = embedded(EMBEDDED)
    assert len(frames) > 2
    for name, body in frames.items():
        text = body.decode()
        assert not FROM_ELSEWHERE.search(text), name
        scripts = re.findall(r"<script\s*([^>]*)>", text)
        assert all(re.match(r'src=\\?"/app/static/\w+\.js\?', script) for script in scripts), (name, scripts)
        assert "<iframe" not in text, name


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://evil.example/x.png">',
        '<link rel="stylesheet" href="//evil.example/x.css">',
        '<svg><image xlink:href="https://evil.example/x.png"/></svg>',
        '<p style="background: url(https://evil.example/x.png)">',
        '<style>@import "https://evil.example/x.css";</style>',
        '<meta http-equiv="refresh" content="0; url=https://evil.example">',
    ],
)
def test_what_asks_another_host_would_be_found(text):
    assert asks(f"<!doctype html><html><body>{text}</body></html>".encode())


def test_office_files_have_no_formula_and_no_other_address_than_the_page(traced):
    _, files = traced(EVERYBODY)
    cells = links = 0
    for kind, body in files.items():
        for name, text in parts_of(f"x.{kind}", body):
            if re.search(r"/worksheets/[^/]*\.xml$", name):
                assert "<f>" not in text and "<f " not in text, name
                cells += text.count("<c ")
            if name.endswith(".rels"):
                for target in re.findall(r'<Relationship [^>]*TargetMode="External"[^>]*>', text):
                    assert 'Target="https://coalition.example/' in target, (name, target)
                    links += 1
    assert cells > 1_000 and links
