"""The pack: pages without server and script, with the figures of `ask`, and nothing that the public may not see."""

import csv
import hashlib
import io
import json
import os
import re
from contextlib import ExitStack, closing
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from dashboard.access.viewer import EVERYBODY, STEWARD, Viewer, answering_viewer, is_protected, open_answers
from dashboard.access.visitor import Visitor, acting_as
from dashboard.commands import cli
from dashboard.components.downloads import file_name_of
from dashboard.disclosure.policy import PUBLIC, policy
from dashboard.documents.model import PageRequest, cell_words, make_document, mark_as_protected
from dashboard.documents.pack import MOST_ROWS, NotPacked, make_pack, write_pack
from dashboard.intake.report import harmless
from dashboard.locales import LANGUAGES
from dashboard.locales.numbers import is_missing
from dashboard.session import on_release
from dashboard.store.audit_log import entries
from dashboard.store.releases import open_release
from dashboard.warehouse.catalog import question
from tests.browsing import launched

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
TESTED = tuple(LANGUAGES) if FULL else ("en", "ar")
PAGES = ("overview", "reach_map", "cohorts", "completion_funnel", "contributions", "school_closures", "response_gaps")
CURVES = ("cohorts/completion_curve", "cohorts/withdrawal_curve")
MB = 1_000_000
# Of elements that never have an end, and of those whose end HTML supplies.
ALONE = {"meta", "link", "br"}
ENDED_BY_NEXT = {"td": {"td", "tr"}, "tr": {"tr"}}
PUBLIC_VISITOR = Visitor("tester", EVERYBODY, EVERYBODY, lambda: True)


@pytest.fixture(scope="module")
def release(demo_store):
    before = os.environ["COALITION_STORE"]
    os.environ["COALITION_STORE"] = str(demo_store)
    yield open_release(demo_store)
    os.environ["COALITION_STORE"] = before


@pytest.fixture(scope="module")
def pack(release):
    return make_pack(EVERYBODY, release, TESTED)


@pytest.fixture(scope="module")
def documents(release):
    """The document of each page with its sections open, as the public has it."""
    return {
        name: make_document("x", "x", [PageRequest(name, {"open": "*"})], PUBLIC_VISITOR, release, "en")
        for name in PAGES
    }


@pytest.fixture(scope="module")
def pages(pack):
    return {name: Read(body.decode()) for name, body in pack.items() if name.endswith(".html")}


class Read(HTMLParser):
    """A page of the pack: its elements, links, ids and tables; what is not well-formed raises."""

    def __init__(self, text):
        super().__init__()
        self.text, self.open, self.links, self.ids, self.tables, self.tags = text, [], [], [], [], set()
        self.words = []
        self.feed(text)
        self.close()
        assert not self.open, f"never ended: {self.open}"

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        assert len(named) == len(attributes), f"an attribute twice in <{tag}>"
        self.tags.add(tag)
        while self.open and tag in ENDED_BY_NEXT.get(self.open[-1], ()):
            self.open.pop()
        if tag == "html":
            self.root = named
        if "id" in named:
            self.ids.append(named["id"])
        self.links += [named[key] for key in ("href", "src") if named.get(key)]
        assert not [name for name in named if name.startswith("on")], f"a script in <{tag}>"
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in ALONE:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open[-1] in ENDED_BY_NEXT and self.open[-1] != tag:
            self.open.pop()
        assert self.open and self.open[-1] == tag, f"</{tag}> ends {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.tables[-1][-1][-1] += data
        self.words.append(data)


def rows_of(body):
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_it_fits_a_small_stick_and_a_weak_line(pack):
    shared = sum(len(body) for name, body in pack.items() if name.split("/")[0] not in LANGUAGES)
    by_language = {
        code: sum(len(body) for name, body in pack.items() if name.startswith(f"{code}/")) for code in TESTED
    }
    assert shared + by_language["en"] <= 3 * MB, (shared, by_language)
    assert shared + sum(by_language.values()) / len(TESTED) * len(LANGUAGES) <= 12.5 * MB, (shared, by_language)
    if FULL:
        assert shared + sum(by_language.values()) <= 12 * MB, (shared, by_language)


def test_maps_are_small_enough_for_a_page(pages):
    drawn = [found for page in pages.values() for found in re.findall(r"<svg.*?</svg>", page.text, re.DOTALL)]
    assert len(drawn) > 30 * len(TESTED)
    assert max(map(len, drawn)) <= 60_000


def test_no_page_has_a_script_or_asks_another_host(pack, pages):
    for name, page in pages.items():
        assert not page.tags & {"script", "iframe", "object", "embed", "form", "img"}, name
        assert "default-src 'none'" in page.text, name
        for link in page.links:
            assert not re.match(r"[a-z]+:|//|/", link), (name, link)
    texts = [body.decode() for name, body in pack.items() if name.endswith((".html", ".css"))]
    assert not [text for text in texts if re.search(r"url\((?!#)|@import|javascript:|http-equiv=\"refresh", text)]


def test_links_lead_to_what_is_there(pack, pages):
    for name, page in pages.items():
        folder = name.rpartition("/")[0]
        for link in page.links:
            file, _hash, anchor = unquote(link).partition("#")
            steps = [*filter(None, folder.split("/")), *file.split("/")] if file else name.split("/")
            while ".." in steps:
                at = steps.index("..")
                del steps[at - 1 : at + 1]
            target = "/".join(steps)
            assert target in pack, (name, link)
            if anchor:
                assert anchor in pages[target].ids, (name, link)


def test_pages_are_well_formed_and_state_language_and_direction(pages):
    for name, page in pages.items():
        assert page.text.startswith("<!DOCTYPE html>\n"), name
        assert len(page.ids) == len(set(page.ids)), (name, "an id twice")
        code = name.split("/")[0] if "/" in name else TESTED[0]
        assert page.root == {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}, name


def test_every_page_of_the_menu_that_answers_is_there_in_each_language(pack):
    names = [{name.split("/")[1] for name in pack if name.startswith(f"{code}/")} for code in TESTED]
    assert all(found == names[0] for found in names)
    assert {f"{page}.html" for page in PAGES} <= names[0]
    assert {"school_closures-2020-03-31.html", "contributions-gaps.html", "find.html", "countries.html"} <= names[0]
    assert not {"data_health.html", "upload.html", "my_programme.html"} & names[0]


@pytest.fixture(scope="module")
def answers_of(release):
    """What a viewer is answered from, opened once for each."""
    with ExitStack() as opened:
        yield cache(lambda viewer: opened.enter_context(closing(open_answers(viewer, release))))


def test_every_table_has_the_rows_that_ask_gives(pack, pages, documents, release, answers_of):
    checked = 0
    for name, document in documents.items():
        shown = iter(pages[f"en/{name}.html"].tables)
        for table in (table for part in document.chapters[0].parts for table in part.tables):
            with acting_as(PUBLIC_VISITOR), on_release(release):
                if table.question:
                    mark_as_protected(table.question, table.context)
                words = [[cell_words(v, c) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
            assert next(shown)[1:] == words[:MOST_ROWS], table.question
            if not table.question:  # the page writes it itself, of several answers
                continue
            params = table.context.params(question(table.question))
            answers = answers_of(answering_viewer(EVERYBODY, release, table.question, params))
            asked = answers.ask(table.question, params).to_pylist()
            with acting_as(PUBLIC_VISITOR), on_release(release):
                stem = f"data/{file_name_of(table.question, table.context)}"
            files = [rows_of(pack[file]) for file in pack if re.fullmatch(re.escape(stem) + r"(_\d+)?\.csv", file)]
            expected = [[written(value) for value in row.values()] for row in asked]
            assert any([list(map(number, row)) for row in file[1:]] == expected for file in files), table.question
            checked += 1
    assert checked > 30


def written(value):
    if is_missing(value):
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(float(value), 9)
    return harmless(str(value))


def number(text):
    try:
        return round(float(text), 9)
    except ValueError:
        return text


def test_the_numbers_of_a_page_are_those_of_its_document(pages, documents):
    for name, document in documents.items():
        chapter, words = document.chapters[0], pages[f"en/{name}.html"].words
        for text in (chapter.takeaway, *(number.value for number in chapter.numbers)):
            assert text in words, (name, text)


def test_no_count_of_few_people_is_in_a_public_pack(pack, documents, release):
    fewest, base = policy().least_shown(PUBLIC), policy().rounding[PUBLIC]
    counted = 0
    for document in documents.values():
        for table in (table for part in document.chapters[0].parts for table in part.tables if table.question):
            asked, params = question(table.question), table.context.params(question(table.question))
            if not is_protected(EVERYBODY, release, table.question, params) or table.question in CURVES:
                continue  # curves begin at nobody, on the day of enrolment
            with acting_as(PUBLIC_VISITOR), on_release(release):
                file = f"data/{file_name_of(table.question, table.context)}.csv"
            header, *rows = rows_of(pack[file])
            of_people = [
                c.name for c in asked.columns if c.name in ("learners", "registered", "completed", "withdrawn")
            ]
            for column in of_people:
                for cell in (row[header.index(column)] for row in rows):
                    assert cell == "" or (int(cell) >= fewest and int(cell) % base == 0), (table.question, column, cell)
                    counted += 1
    assert counted > 100


def test_formulas_are_disarmed_and_text_is_utf_8_with_a_mark(pack):
    files = {name: body for name, body in pack.items() if name.startswith("data/") and not name.endswith("_hxl.csv")}
    assert len(files) > 40
    for name, body in files.items():
        assert body.startswith(b"\xef\xbb\xbf"), name
        for row in rows_of(body):
            for cell in row:
                assert not cell.startswith(("=", "@", "+")), (name, cell)


def test_lists_of_who_does_what_where_have_hxl_tags(pack):
    lists = [rows_of(body) for name, body in pack.items() if name.endswith("_hxl.csv")]
    assert lists
    for header, tags, *_rows in lists:
        assert "#activity+num" in tags or "#inneed" in tags or "#org+name" in tags, header


def test_the_manifest_has_the_sum_of_each_file(pack):
    stated = json.loads(pack["manifest.json"])
    assert stated["files"].keys() == pack.keys() - {"manifest.json"}
    for name, file in stated["files"].items():
        assert file == {"bytes": len(pack[name]), "sha256": hashlib.sha256(pack[name]).hexdigest()}, name
    assert stated["audience"] == "public"


def test_the_read_me_is_in_all_languages(pack):
    text = pack["README.txt"].decode("utf-8-sig")
    assert all(f"{name}: " in text for name in LANGUAGES.values())


def test_two_packs_of_one_release_are_the_same(small_store, monkeypatch):
    monkeypatch.setenv("COALITION_STORE", str(small_store))
    once, again = (make_pack(EVERYBODY, open_release(small_store), ["en"]) for _ in range(2))
    assert once == again


def test_a_partner_has_its_own_figures_and_is_warned(small_store, tmp_path, capsys):
    order = ["--store", str(small_store), "pack", str(tmp_path / "own"), "--lang", "en", "--audience", "partner"]
    assert cli.main(order) == 1
    assert "--reported-by" in capsys.readouterr().err
    assert cli.main([*order, "--reported-by", "alpha"]) == 0
    assert "exact" in capsys.readouterr().err
    page = (tmp_path / "own" / "en" / "my_programme.html").read_text(encoding="utf-8")
    assert "Give this pack to nobody outside of it." in page
    last = [entry for entry in entries(small_store) if entry["event"] == "export"][-1]
    assert last["what"].startswith("pack for partner alpha")


def test_there_is_no_pack_of_what_stewards_see(monkeypatch):
    """A pack is carried about on sticks, so no exact figure of all partners is ever in it."""
    asked_for = []
    monkeypatch.setattr("dashboard.documents.pack.Pack", lambda *all: asked_for.append(all))
    with pytest.raises(NotPacked, match="for the public or for a partner"):
        make_pack(STEWARD, None, ["en"])
    with pytest.raises(NotPacked, match="at least one language"):
        make_pack(EVERYBODY, None, [])
    assert asked_for == []


def test_a_partner_that_reports_nothing_has_no_pack(release):
    with pytest.raises(NotPacked, match="holds no learners of nobody"):
        make_pack(Viewer("partner", "nobody"), release, ["en"])


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    tmp_path.joinpath("mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NotPacked):
        write_pack({"index.html": b""}, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.browser
def test_a_phone_reads_it_from_a_stick_without_scripts(pack, tmp_path, chromium):
    write_pack(pack, tmp_path / "stick")
    with launched(chromium) as browser:
        context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index", "overview", "school_closures", "find"):
            page.goto((tmp_path / "stick" / "ar" / f"{name}.html").as_uri())
            page.screenshot(path=tmp_path / f"{name}.png")
            box = page.locator("main").bounding_box()
            assert box["x"] >= 0 and box["width"] <= 360, name
            background = page.locator(".bar").first.bounding_box()
            assert background["height"] < 200, name
        page.goto((tmp_path / "stick" / "ar" / "index.html").as_uri())
        page.get_by_role("main").get_by_role("link").first.click()
        assert page.url.endswith("/ar/overview.html")
        assert page.locator("svg.chart").count() > 3
        assert all(address.startswith("file:") for address in asked)
        context.close()
