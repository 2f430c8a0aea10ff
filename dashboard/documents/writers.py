"""The kinds of file that a document is written as."""

from collections.abc import Callable, Mapping

from dashboard.briefs.answers import XLSX
from dashboard.documents.html import HTML, write_html
from dashboard.documents.model import Document
from dashboard.documents.pdf import PDF, write_pdf
from dashboard.documents.pptx import PPTX, write_pptx
from dashboard.documents.xlsx import write_xlsx

# For each kind, by the ending of its file: what writes it, and its media type.
WRITERS: Mapping[str, tuple[Callable[[Document], bytes], str]] = {
    "pdf": (write_pdf, PDF),
    "pptx": (write_pptx, PPTX),
    "xlsx": (write_xlsx, XLSX),
    "html": (write_html, HTML),
}


def write(document: Document, kind: str) -> bytes:
    """The file of a document."""
    return WRITERS[kind][0](document)
