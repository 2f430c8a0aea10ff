"""Files that a browser was handed: their words, and what a reader of screens needs of them."""

import io
import re
import unicodedata

import pikepdf
import pypdfium2
from pptx import Presentation


def squeezed(words):
    """Words without blanks, which a reader of a file may set anywhere, and letters by themselves."""
    return re.sub(r"[\s\u200e\u200f\u061c]+", "", unicodedata.normalize("NFKC", words))


def words_of_pdf(body, code):
    """All words of a PDF, once it is known to be in a language and to have its structure marked."""
    with pikepdf.open(io.BytesIO(body)) as pdf:
        assert str(pdf.Root.Lang) == code
        assert pdf.Root.MarkInfo.Marked and pdf.Root.StructTreeRoot.K is not None
    pages = pypdfium2.PdfDocument(body)
    return squeezed("".join(page.get_textpage().get_text_range() for page in pages))


def words_of_pptx(body):
    """All words on the slides, those of tables included."""
    shapes = [shape for slide in Presentation(io.BytesIO(body)).slides for shape in slide.shapes]
    texts = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    cells = [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return squeezed("".join([*texts, *cells]))
