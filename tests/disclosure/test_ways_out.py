"""What leaves the dashboard, in every kind of file: no name of a person, no figure that the page does not give.

In the short form audiences take pages and questions by turns.
"""

import io
import shutil
import zipfile
from dataclasses import replace
from email.message import EmailMessage

import pikepdf
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.access.viewer import EVERYBODY
from dashboard.documents.writers import write
from dashboard.store.releases import open_release
from tests.disclosure.canaries import CANARIES, KINDS, canaries_in
from tests.disclosure.ways_out import FULL, VIEWERS, document, everything, parts_of

NAME, MAIL, ID = CANARIES[7]


@pytest.fixture(scope="module")
def copied(kept, tmp_path_factory):
    """A copy of the store of canaries, to whose audit log may be written."""
    made = tmp_path_factory.mktemp("leaving") / "store"
    shutil.copytree(kept[0], made)
    return made


@pytest.mark.parametrize("audience", [name for name in VIEWERS if FULL or name != "coalition"])
def test_no_canary_leaves_by_any_way(copied, tmp_path, audience, caplog):
    viewer = VIEWERS[audience]
    left = everything(viewer, copied, tmp_path)
    looked_at = 0
    for name, text in left.parts():
        assert canaries_in(text.encode()) == [], name
        looked_at += 1
    kinds = {name.rpartition(".")[2] for name in left.files}
    assert {"pdf", "pptx", "xlsx", "html", "json", "headers", "eml", "out"} <= kinds
    assert ("pack/index.html" in left.files) == (audience != "steward")
    assert looked_at > (1_500 if FULL else 700) and left.denied == 0
    assert canaries_in(caplog.text.encode()) == []
    if viewer.partner_id:
        assert "pack/data/contributions_5w_alpha.csv" in left.files
    if viewer == EVERYBODY:
        assert sum(name.startswith("embed/") and len(body) > 5_000 for name, body in left.files.items()) > (
            10 if FULL else 3
        )


def office_with_canaries(kind, release):
    made = document(VIEWERS["steward"], release, only=("completion_funnel",))
    (chapter,) = made.chapters
    part = next(part for part in chapter.parts if part.chart and part.table)
    chart = replace(part.chart, alt=f"of {NAME}")
    table = replace(part.table, rows=[tuple(ID if isinstance(cell, str) else cell for cell in part.table.rows[0])])
    part = replace(part, chart=chart, table=table, tables=(table,))
    chapter = replace(chapter, parts=(part, replace(part, chart=None)), link=f"https://x.example/{MAIL}")
    return write(replace(made, chapters=(chapter,), link=f"https://x.example/?q={MAIL}"), kind)


@pytest.mark.parametrize("kind", ["pdf", "pptx", "xlsx", "html"])
def test_a_canary_in_words_of_a_document_would_be_found(kept, kind, monkeypatch):
    monkeypatch.setenv("COALITION_STORE", str(kept[0]))
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://x.example")
    body = office_with_canaries(kind, open_release(kept[0]))
    found = {canary for name, text in parts_of(f"x.{kind}", body) for canary in canaries_in(text.encode())}
    assert found == set(KINDS)


def test_a_canary_in_what_is_hidden_in_a_file_would_be_found():
    with pikepdf.new() as file:
        file.add_blank_page()
        file.docinfo["/Subject"] = NAME
        file.attachments["x.txt"] = pikepdf.AttachedFileSpec(file, MAIL.encode(), filename="x.txt")
        file.pages[0].Contents = file.make_stream(f"% {ID}".encode())
        out = io.BytesIO()
        file.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    pdf = out.getvalue()
    assert canaries_in(pdf) == []
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", f"<c><v>{NAME * 9}</v></c>")
    slides = io.BytesIO()
    with zipfile.ZipFile(slides, "w", zipfile.ZIP_DEFLATED) as deck:
        deck.writestr("ppt/embeddings/book.xlsx", within.getvalue())
        deck.writestr("docProps/core.xml", f"<dc:creator>{MAIL}</dc:creator>" * 9)
        deck.writestr("ppt/charts/chart1.xml", f"<c:v>{''.join(f'&#{ord(sign)};' for sign in ID)}</c:v>")
    table = io.BytesIO()
    pq.write_table(pa.table({"x": [NAME] * 20}).replace_schema_metadata({"by": MAIL + ID}), table, compression="zstd")
    mail = EmailMessage()
    mail["Subject"], mail["To"] = f"é {NAME}", "x@example.org"
    mail.set_content(f"é{ID}", cte="base64")
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="brief.pdf")
    for name, body, wanted in (
        ("x.pdf", pdf, KINDS),
        ("x.pptx", slides.getvalue(), KINDS),
        ("x.parquet", table.getvalue(), KINDS),
        ("x.eml", mail.as_bytes(), KINDS),
        ("x.html", f"<b title='{MAIL}'>Canary<i>name7</i> CANARY%49D7".encode(), KINDS),
    ):
        found = {canary for _, text in parts_of(name, body) for canary in canaries_in(text.encode())}
        assert found == set(wanted), name
