"""The figures of a page are those of its PDF, slides, workbook, HTML file, of the API and of the pack.

Each brief is in the short form for two of the audiences, and in one of three languages, in turn; for each audience in
every language with COALITION_FULL_TESTS=1.
"""

import ast
import html
import io
import itertools
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from functools import cache

import pikepdf
import pypdfium2
import pytest
from lxml import etree
from openpyxl import load_workbook

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer
from dashboard.access.visitor import Visitor, acting_as
from dashboard.charts.slides import native
from dashboard.components.downloads import file_name_of
from dashboard.documents.briefs import BRIEFS, NoSuchBrief, make_brief
from dashboard.documents.model import cell_words, written_for
from dashboard.documents.pack import make_pack
from dashboard.documents.writers import write
from dashboard.intake.report import harmless
from dashboard.locales.numbers import is_missing
from dashboard.session import begin, on_release
from dashboard.settings import PROJECT
from dashboard.warehouse.catalog import question
from tests.access.test_api import served_copy
from tests.documents.test_pack import number, rows_of, written

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
CHOICES = {
    "board": {},
    "partner": {"partner_id": "alpha"},
    "closures": {"closures_on": "2020-05-19"},
    "country": {"country_iso3": "KEN"},
    "hub": {},
}
AUDIENCES = {"public": EVERYBODY, "coalition": EXECUTIVE, "alpha": Viewer("partner", "alpha")}
LANGUAGES = ("en", "fr", "ar")
ALL = list(itertools.product(CHOICES, LANGUAGES, AUDIENCES))
PLACES = {name: at for names in (CHOICES, LANGUAGES, AUDIENCES) for at, name in enumerate(names)}
ASKED = [
    case for case in ALL
    if FULL or sum(map(PLACES.get, case)) % 3 == 0 and (PLACES[case[0]] + 2 * PLACES[case[2]]) % 3 != 1
]  # fmt: skip
REFUSED = [case for case in ASKED if case[0] == "partner" and case[2] != "alpha"]
ANSWERED = [case for case in ASKED if case not in REFUSED]
WORD = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
VALUE = "{http://schemas.openxmlformats.org/drawingml/2006/chart}v"
# Words that pages draw by components, which keep them for documents. What asks or answers whoever has the page before
# them, and is no figure, is drawn by itself: forms, uploads, cards of methods, what moves.
DRAWN_BY_COMPONENTS = {"caption", "write", "markdown", "header", "subheader", "metric", "warning", "dataframe", "table"}
OF_THE_PAGE_ONLY = (
    "upload/",
    "methods/",
    "board/panels.py",
    "contributions/spellings.py",
    "contributions/export.py",
    "contributions/where.py",
    "needs_and_offers/offer_form.py",
    "reach_map/moving_month.py",
    "school_closures/moving_day.py",
    "school_closures/real_record.py",
    "data_health/panels.py",
)


def bare(words):
    """Words without blanks, marks of direction and vowels, which a reader of the text may set anywhere."""
    plain = unicodedata.normalize("NFKD", words)  # a hamza is a sign of its own in a PDF
    return "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Mn", "Zs", "Cc", "Pd"))


def has(text, words, by_word):
    """Whether a file says this. A workbook has a sign before what begins as a formula.

    A paragraph of a PDF may go on after the foot of a page, and from the right its signs stand elsewhere: it is
    found by its words and numbers there.
    """
    if by_word:
        signs = (
            sign for sign in unicodedata.normalize("NFKD", words) if unicodedata.category(sign) not in ("Mn", "Cf")
        )
        return all(word in text for word in WORD.findall("".join(signs)))
    return bare(words) in text or bare(harmless(words)) in text


class Files:
    """A brief, and what a reader finds in each of its files."""

    def __init__(self, name, code, audience, release):
        viewer = AUDIENCES[audience]
        self.viewer, self.release = viewer, release
        self.visitor = Visitor("a test", viewer, viewer, lambda: True)
        self.document = make_brief(name, self.visitor, release, code, CHOICES[name])
        self.parts = [part for chapter in self.document.chapters for part in chapter.parts]
        self.bodies = {kind: write(self.document, kind) for kind in ("pdf", "pptx", "xlsx", "html")}
        self.html = self.bodies["html"].decode()
        self.book = load_workbook(io.BytesIO(self.bodies["xlsx"]))
        rows = itertools.chain.from_iterable(sheet.iter_rows(values_only=True) for sheet in self.book.worksheets)
        self.cells = list(itertools.chain.from_iterable(rows))
        with zipfile.ZipFile(io.BytesIO(self.bodies["pptx"])) as file:
            self.slides = {name: etree.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")}

    @property
    def texts(self):
        """The words of each file, bare."""
        slides = [found.text or "" for tree in self.slides.values() for found in tree.iter(DRAWING)]
        without_tags = html.unescape(re.sub(r"<[^>]*>", "", self.html))
        return {
            "pdf": text_of_pdf(self.bodies["pdf"]),
            "pptx": bare("".join(slides)),
            "xlsx": bare("".join(str(cell) for cell in self.cells if cell is not None)),
            "html": bare(without_tags),
        }


def text_of_pdf(body):
    """As `pdftotext` finds it; where the machine has none, as the browser Chromium does."""
    if shutil.which("pdftotext"):
        run = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
        return bare(run.stdout.decode())
    pages = pypdfium2.PdfDocument(body)
    return bare("".join(page.get_textpage().get_text_range() for page in pages))


@pytest.fixture(scope="module")
def served(tmp_path_factory, small_store):
    yield from served_copy(tmp_path_factory.mktemp("figures"), small_store)


@pytest.fixture(scope="module")
def files(served):
    """The files of a brief, made once, of the store that the API serves."""

    @cache
    def make(name, code, audience):
        with pytest.MonkeyPatch.context() as patch:
            served.point(patch)
            return Files(name, code, audience, begin()[0])

    return make


@pytest.fixture(scope="module")
def pack(served):
    with pytest.MonkeyPatch.context() as patch:
        served.point(patch)
        return make_pack(EVERYBODY, begin()[0], ("en",))


def test_each_brief_language_and_audience_is_asked_for():
    for at, names in enumerate((BRIEFS, LANGUAGES, AUDIENCES)):
        assert {case[at] for case in ASKED} == set(names)


@pytest.mark.parametrize(("name", "code", "audience"), REFUSED)
def test_who_may_not_have_a_brief_is_refused(files, name, code, audience):
    with pytest.raises(NoSuchBrief, match="only that partner and stewards"):
        files(name, code, audience)


@pytest.mark.parametrize(("name", "code", "audience"), ANSWERED)
def test_what_a_page_says_is_in_every_file(files, name, code, audience):
    made = files(name, code, audience)
    if code == "ar" and not shutil.which("pdftotext"):
        pytest.skip("the words of a PDF in Arabic are found by pdftotext: install Debian's poppler-utils")
    texts = made.texts
    checked = 0
    for chapter in made.document.chapters:
        whole = [chapter.takeaway, *(number.value for number in chapter.numbers)]
        said = [*whole, chapter.lead]
        said += [words for part in chapter.parts for words in (part.title, part.lead, *part.notes)]
        for words, (kind, text) in itertools.product(filter(None, said), texts.items()):
            assert has(text, words, by_word=kind == "pdf" and (code == "ar" or words not in whole)), (kind, words)
            checked += 1
    assert checked > 20


@pytest.mark.parametrize(("name", "code", "audience"), ANSWERED)
def test_what_a_chart_draws_is_in_slides_and_workbook_and_said_in_every_file(files, name, code, audience):
    made = files(name, code, audience)
    charted = {value.text for tree in made.slides.values() for value in tree.iter(VALUE)}
    charted = {round(float(text), 9) for text in charted if re.fullmatch(r"-?[0-9.]+([eE][-+]?\d+)?", text or "")}
    numbers = {round(float(cell), 9) for cell in made.cells if isinstance(cell, int | float)}
    described = {node.get("descr") for tree in made.slides.values() for node in tree.iter() if node.get("descr")}
    with pikepdf.open(io.BytesIO(made.bodies["pdf"])) as pdf:
        elements = [found for found in pdf.objects if isinstance(found, pikepdf.Dictionary)]
        alts = {bare(str(found.Alt)) for found in elements if "/Alt" in found}
    for part in made.parts:
        if not part.chart:
            continue
        assert part.chart.alt in described
        assert bare(part.chart.alt) in alts
        assert f'aria-label="{html.escape(part.chart.alt)}"' in made.html
        drawn = native(dict(part.chart.spec))
        for series in drawn.series if drawn else ():
            values = {round(float(value), 9) for value in series.values if value is not None}
            assert values <= charted and values <= numbers, part.title


@pytest.mark.parametrize(("name", "code", "audience"), ANSWERED)
def test_the_rows_of_a_table_are_in_html_and_workbook_and_the_api_has_the_same(files, served, name, code, audience):
    made = files(name, code, audience)
    page = bare(html.unescape(re.sub(r"<[^>]*>", "", made.html)))
    numbers = {round(float(cell), 9) for cell in made.cells if isinstance(cell, int | float)}
    with pytest.MonkeyPatch.context() as patch, written_for(made.document):
        served.point(patch)
        for table in (part.table for part in made.parts if part.table):
            for row in table.rows[:50]:
                for value, column in zip(row, table.columns, strict=True):
                    assert bare(cell_words(value, column)) in page, column.name
            if not table.question:  # the page writes it itself, of several answers
                continue
            params = {key: str(value) for key, value in table.context.params(question(table.question)).items()}
            sent = {key: value for key, value in params.items() if value != "None"}
            answer = served.get(f"ask/{table.question}.json", served.token(wanted(audience)), **sent)
            assert answer.status_code == 200, answer.text
            rows = answer.json()["rows"]
            assert len(rows) == len(table.rows)
            for at, column in enumerate(table.columns):
                if not column.is_number:
                    continue
                shown = [None if is_missing(row[at]) else round(float(row[at]), 9) for row in table.rows]
                asked = [None if row[column.name] is None else round(float(row[column.name]), 9) for row in rows]
                assert shown == asked, (table.question, column.name)
                if column.card.format != "points":
                    assert {value for value in shown if value is not None} <= numbers, (table.question, column.name)


def wanted(audience):
    return "partner:alpha" if audience == "alpha" else audience


def test_the_pack_has_the_rows_of_what_the_public_holds_in_hand(files, served, pack):
    found = 0
    for name, code, audience in ANSWERED:
        if audience != "public":
            continue
        made = files(name, code, audience)
        for table in (part.table for part in made.parts if part.table and part.table.question):
            params = table.context.params(question(table.question))
            with pytest.MonkeyPatch.context() as patch, acting_as(made.visitor), on_release(made.release):
                served.point(patch)
                stem = f"data/{file_name_of(table.question, table.context)}"
            csvs = [rows_of(pack[file]) for file in pack if re.fullmatch(re.escape(stem) + r"(_\d+)?\.csv", file)]
            if not csvs:
                continue
            sent = {key: str(value) for key, value in params.items() if value is not None}
            with pytest.MonkeyPatch.context() as patch:
                served.point(patch)
                rows = served.get(f"ask/{table.question}.json", **sent).json()["rows"]
            expected = [[written(value) for value in row.values()] for row in rows]
            assert any([list(map(number, row)) for row in csv[1:]] == expected for csv in csvs), table.question
            found += 1
    assert found >= 5


def test_pages_draw_words_by_components_that_keep_them_for_documents():
    folder = PROJECT / "dashboard" / "pages"
    direct = [
        f"{path.relative_to(folder)}:{call.lineno}: st.{call.func.attr}"
        for path in sorted(folder.rglob("*.py"))
        if not path.relative_to(folder).as_posix().startswith(OF_THE_PAGE_ONLY)
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr in DRAWN_BY_COMPONENTS) == ("st", True)
    ]
    assert direct == []
