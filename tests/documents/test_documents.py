"""Documents have the figures of the page, for each audience and language, and can be read by everybody.

In the short form briefs take audiences by turns, and languages are those of the longest words and of other scripts.
"""

import io
import os
import re
from dataclasses import replace
from html import escape

import pikepdf
import pypdfium2
import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.access.visitor import Visitor
from dashboard.commands.documents import BRIEFS as NAMED
from dashboard.commands.documents import KINDS
from dashboard.documents import pdf as pdf_of
from dashboard.documents.briefs import BRIEFS, NoSuchBrief, make_brief
from dashboard.documents.model import as_of, cell_words, notes
from dashboard.documents.pdf import sheets_of
from dashboard.documents.reading import NoSuchPage, read_page
from dashboard.documents.writers import WRITERS, write
from dashboard.locales import LANGUAGES, _, speaking
from dashboard.session import ask, begin, on_release
from dashboard.store.releases import Release
from tests.browsing import launched

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
CHOICES = {
    "board": {},
    "partner": {"partner_id": "alpha"},
    "closures": {"closures_on": "2020-05-19"},
    "country": {"country_iso3": "KEN"},
    "hub": {},
}
AUDIENCES = {"steward": STEWARD, "coalition": EXECUTIVE, "public": EVERYBODY}


def someone(viewer=STEWARD):
    return Visitor("a test", viewer, viewer, lambda: True)


@pytest.fixture
def release(served_store, small_store) -> Release:
    served_store(small_store)
    return begin()[0]


def asked(name, viewer=STEWARD, code="en", release=None, **more):
    return make_brief(name, someone(viewer), release, code, {**CHOICES.get(name, {}), **more})


def text_of_pdf(body):
    """All words of a PDF without blanks, which a reader of the text may set anywhere."""
    pages = pypdfium2.PdfDocument(body)
    return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in pages))


def squeezed(words):
    return re.sub(r"\s+", "", words)


def test_the_command_offers_the_briefs_and_kinds_there_are():
    assert tuple(BRIEFS) == NAMED
    assert set(WRITERS) <= set(KINDS)


@pytest.mark.parametrize(
    ("name", "code", "audience"),
    [
        (name, code, audience)
        for at, (name, code) in enumerate(
            [("board", "en"), ("board", "fr"), ("closures", "en"), ("closures", "ru"), ("country", "en")]
        )
        for audience in (AUDIENCES if FULL else list(AUDIENCES)[at % 3 : at % 3 + 1])
    ],
)
def test_a_brief_has_the_figures_of_its_pages_in_every_kind_of_file(release, name, code, audience):
    document = asked(name, AUDIENCES[audience], code, release)
    numbers = [n.value for chapter in document.chapters for n in chapter.numbers]
    takeaways = [chapter.takeaway for chapter in document.chapters if chapter.takeaway]
    assert takeaways
    pdf, html = text_of_pdf(write(document, "pdf")), write(document, "html").decode("utf-8")
    for words in [*numbers, *takeaways]:
        assert squeezed(words) in pdf, f"{words!r} is not in the PDF"
    for words in numbers:
        assert words in html, f"{words!r} is not in the HTML file"


def test_a_country_brief_is_about_its_country(release):
    document = asked("country", release=release)
    assert document.title == "Country brief: Kenya"
    assert all(chapter.takeaway.startswith("Kenya: ") for chapter in document.chapters)
    titles = [part.title for chapter in document.chapters for part in chapter.parts]
    # a4; a5 is offered only, and a7 is of health. n1, n2 and n5; n4 ended on 10 March.
    assert "Kenya: 1 activity of members" in titles and "Kenya: 3 open needs" in titles, titles
    assert asked("country", release=release, code="fr").title == "Note de pays\u202f: Kenya"


def test_a_brief_on_a_country_that_is_none_is_refused(release):
    with pytest.raises(NoSuchBrief, match="No country has the code 'XXX'"):
        asked("country", release=release, country_iso3="XXX")


def test_a_partner_brief_names_its_partner(release):
    assert asked("partner", release=release).title == "Partner brief: alpha"


@pytest.mark.parametrize("name", BRIEFS)
def test_every_page_of_a_brief_takes_the_choices_of_the_brief(release, name):
    viewer = Viewer("partner", "alpha") if name == "partner" else STEWARD
    day = {"closures_on": "2020-03-19"} if name == "closures" else {}  # needs are known until the day after
    for chapter in asked(name, viewer, release=release, **day).chapters:
        words = " ".join(note for part in chapter.parts for note in part.notes)
        assert "The link also names" not in words and "is not available" not in words, chapter.subject


def test_the_needs_of_a_brief_on_closures_are_those_of_its_day(release):
    needs = asked("closures", release=release, closures_on="2020-03-19").chapters[-1]
    assert needs.takeaway.endswith(" on 19 March 2020")


def test_the_rows_of_a_table_are_those_of_the_answer(release):
    document = asked("closures", release=release)
    html = write(document, "html").decode("utf-8")
    tables = [part.table for chapter in document.chapters for part in chapter.parts if part.table]
    assert tables
    for table in tables:
        for row in table.rows[:50]:
            for value, column in zip(row, table.columns, strict=True):
                assert escape(cell_words(value, column)) in html


def test_a_table_has_the_columns_and_words_that_the_page_shows(release):
    parts = [part for chapter in asked("partner", release=release).chapters for part in chapter.parts]
    intakes = next(part.table for part in parts if part.table and part.table.question == "my_programme/intakes")
    assert "verified_matured" not in [column.name for column in intakes.columns], "which the page leaves out"
    months = [row[0] for row in intakes.rows]
    assert all(re.fullmatch(r"[A-Z][a-z]{2} \d{4}", words) for words in months), f"months by name: {months}"


def test_a_page_is_read_as_its_link_has_it(release):
    chosen = {"closures_on": "2020-03-19"}
    day = read_page("school_closures", someone(), release, "en", chosen)
    assert "on 19 March 2020" in day.headline.takeaway
    assert day.address == chosen
    french = read_page("school_closures", someone(), release, "fr", chosen)
    assert "19 mars 2020" in french.headline.takeaway


def test_a_page_without_an_answer_says_why(release):
    read = read_page("upload", someone(EVERYBODY), release, "en")
    assert read.headline is None
    assert "Ask the steward" in read.why_not


def test_a_page_that_is_none_is_refused_with_those_there_are(release):
    with pytest.raises(NoSuchPage, match="There is no page 'nothing'. There are: overview"):
        read_page("nothing", someone(), release, "en")


def test_a_brief_that_lacks_a_choice_says_which(release):
    with pytest.raises(NoSuchBrief, match="--param partner_id="):
        make_brief("partner", someone(), release, "en", {})
    with pytest.raises(NoSuchBrief, match="There is no brief 'all'"):
        make_brief("all", someone(), release, "en", {})


@pytest.mark.parametrize("viewer", [EVERYBODY, EXECUTIVE], ids=["public", "coalition"])
def test_a_partners_brief_is_for_that_partner_and_stewards(release, viewer):
    with pytest.raises(NoSuchBrief, match="only that partner and stewards"):
        make_brief("partner", someone(viewer), release, "en", {"partner_id": "alpha"})


def test_a_partner_that_names_another_gets_its_own(release):
    own = make_brief("partner", someone(Viewer("partner", "beta")), release, "en", {"partner_id": "alpha"})
    assert "partner_id=beta" in own.link
    assert "alpha" not in own.link


def test_what_the_public_holds_in_hand_is_protected(release):
    exact, public = asked("board", STEWARD, release=release), asked("board", EVERYBODY, release=release)
    assert public.disclosure and not exact.disclosure
    assert public.disclosure in write(public, "html").decode("utf-8")
    with on_release(release):
        assert exact.audience != public.audience


def test_reading_for_one_visitor_leaves_nothing_for_the_next(release):
    read_page("overview", someone(STEWARD), release, "ar", {"programme_id": "kiron_campus"})
    later = read_page("overview", someone(EVERYBODY), release, "en")
    assert "programme_id" not in later.address
    with pytest.raises(Exception, match="without the gate"):
        ask("overview/headline")


@pytest.mark.parametrize("code", ["en", "ar", *(["zh"] if FULL else [])])
def test_a_pdf_can_be_read_aloud(release, code):
    document = asked("closures", release=release, code=code)
    with pikepdf.open(io.BytesIO(write(document, "pdf"))) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked and root.StructTreeRoot
        assert str(root.Lang) == code
        assert root.ViewerPreferences.DisplayDocTitle
        assert pdf.docinfo.Title == document.title
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
        assert fonts and all(_is_within(font) for font in fonts)
        alts = [str(element.Alt) for element in _elements(root.StructTreeRoot) if "/Alt" in element]
    charts = [part.chart for chapter in document.chapters for part in chapter.parts if part.chart]
    assert len(alts) >= len(charts) and all(alts)


def _is_within(font):
    below = font.get("/DescendantFonts")
    descriptor = (below[0] if below is not None else font).get("/FontDescriptor")
    return descriptor is not None and any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _elements(node):
    for child in node.get("/K", []) if isinstance(node.get("/K"), pikepdf.Array) else [node.get("/K")]:
        if isinstance(child, pikepdf.Dictionary):
            yield child
            yield from _elements(child)


@pytest.fixture
def demonstration(served_store, demo_store, monkeypatch) -> Release:
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://coalition.example")
    served_store(demo_store)
    return begin()[0]


@pytest.mark.parametrize(
    ("code", "viewer"), [("ru", STEWARD), *((code, EVERYBODY) for code in (LANGUAGES if FULL else ("fr", "ar")))]
)
def test_the_board_brief_is_two_sheets_with_all_it_must_state(demonstration, code, viewer):
    document = asked("board", viewer, code, demonstration)
    pdf = write(document, "pdf")
    assert sheets_of(pdf) == 2
    words = text_of_pdf(pdf)
    charts = [part for chapter in document.chapters for part in chapter.parts if part.chart]
    assert len(charts) == 2, "the map and the growth"
    with speaking(code):
        stated = [as_of(document), *(words for note in notes(document) for words in note), *(p.title for p in charts)]
    if code not in ("ar", "zh"):  # whose signs a reader of the text orders and spaces in its own way
        assert [sentence for sentence in stated if squeezed(sentence) not in words.replace("\ufffe", "-")] == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        alts = [str(element.Alt) for element in _elements(opened.Root.StructTreeRoot) if "/Alt" in element]
        sizes = {tuple(map(round, page.MediaBox[2:])) for page in opened.pages}
    assert sizes == {(595, 842)}, "A4"
    assert any(document.link in alt for alt in alts), "the code that leads to the page"


def test_a_brief_without_a_number_of_sheets_is_written_in_the_usual_size(release, monkeypatch):
    document = asked("hub", release=release)
    assert document.most_sheets == 0
    sizes = []
    written = pdf_of._written
    monkeypatch.setattr(pdf_of, "_written", lambda *all: sizes.append(all[2:]) or written(*all))
    write(document, "pdf")
    assert sizes == [(10, 1.0)]
    sizes.clear()
    write(replace(document, most_sheets=1), "pdf")
    assert sizes == list(pdf_of.SIZES), "all are tried where none keeps to it"


@pytest.mark.parametrize("name", BRIEFS)
def test_no_document_states_that_a_section_it_shows_is_not_shown(release, name):
    parts = [part for chapter in asked(name, release=release).chapters for part in chapter.parts]
    stated = [words for part in parts for words in (part.lead, *part.notes)]
    assert stated and not [words for words in stated if "not part of what is shown" in words]


def words_of(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in pages)


def test_a_pdf_in_chinese_has_chinese_letters(release):
    document = asked("board", release=release, code="zh")
    pdf = write(document, "pdf")
    words = "".join(words_of(pdf).split())
    assert "".join(document.title.split()) in words and "联盟仪表板" in words
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = {str(font.BaseFont) for page in opened.pages for font in page.Resources.Font.values()}
    assert any("NotoSansSC-Regular" in font for font in fonts) and any("NotoSansSC-Bold" in font for font in fonts)


@pytest.mark.parametrize("code", ["en", "zh"] if FULL else ["zh"])
def test_a_sign_that_no_font_has_is_printed_as_its_code_and_noted(release, code):
    document = asked("board", release=release, code=code)
    plain = words_of(write(document, "pdf"))
    rare = words_of(write(replace(document, title="A \u9fff\u9ffe \U0001f393\ufe0f name"), "pdf"))
    assert "A [U+9FFF U+9FFE] [U+1F393] name" in rare
    with speaking(code):
        heading = _("Characters that cannot be printed")
    assert heading in rare and heading not in plain


def test_an_html_file_asks_nobody_and_runs_nothing(release):
    html = write(asked("country", release=release), "html").decode("utf-8")
    assert "<script" not in html
    assert not re.findall(r'(?:src|href)="(?!#|data:)', html)
    assert "default-src 'none'" in html


def test_arabic_runs_from_the_right_in_every_kind(release):
    document = asked("board", release=release, code="ar")
    assert document.right_to_left
    assert '<html lang="ar" dir="rtl">' in write(document, "html").decode("utf-8")
    with speaking("ar"):
        assert write(document, "pdf").startswith(b"%PDF")


@pytest.mark.browser
def test_a_phone_shows_charts_and_tables_in_arabic_within_its_width(release, tmp_path, chromium):
    file = tmp_path / "brief.html"
    file.write_bytes(write(asked("partner", code="ar", release=release), "html"))
    with launched(chromium) as browser:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        directions = page.locator(".chart text").evaluate_all(
            "texts => texts.map((text) => getComputedStyle(text).direction)"
        )
        assert directions and set(directions) == {"ltr"}, "words stand where the chart has room for them"


def test_words_of_senders_are_words_in_a_file(release):
    document = asked("closures", release=release)
    hostile = '<script>alert(1)</script> #import "x" $x$ *a*'
    document = replace(document, chapters=(replace(document.chapters[0], lead=hostile),))
    html = write(document, "html").decode("utf-8")
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert squeezed('#import"x"$x$*a*') in text_of_pdf(write(document, "pdf"))
