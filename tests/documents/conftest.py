"""Documents of every page of the demonstration, for two readers in two languages, made once."""

import io
import zipfile
from functools import cache, cached_property

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from dashboard.access.viewer import EVERYBODY, STEWARD
from dashboard.access.visitor import Visitor
from dashboard.documents.model import PageRequest, make_document
from dashboard.documents.pptx import write_pptx
from dashboard.documents.xlsx import write_xlsx
from dashboard.menu import pages
from dashboard.session import begin

TITLE = "The coalition in six figures"
READERS = {"steward": STEWARD, "public": EVERYBODY}


# All pages for who sees most, some for the others.
WHOLE = {("en", "steward")}
SOME = ("overview", "cohorts", "school_closures")


class Made:
    """A document of pages with every section open, and what is written of it."""

    def __init__(self, code, reader):
        viewer = READERS[reader]
        release, _notice = begin()
        self.document = make_document(
            "everything",
            TITLE,
            [PageRequest(page.name, {"open": "*"}) for page in pages() if (code, reader) in WHOLE or page.name in SOME],
            Visitor("test", viewer, viewer, lambda: True),
            release,
            code,
        )
        self.pptx, self.xlsx = write_pptx(self.document), write_xlsx(self.document)

    @cached_property
    def slides(self):
        return Presentation(io.BytesIO(self.pptx)).slides

    @cached_property
    def book(self):
        return load_workbook(io.BytesIO(self.xlsx))

    @property
    def parts(self):
        return [chapter_part for chapter in self.document.chapters for chapter_part in chapter.parts]

    def xml(self, kind, like):
        """The XML of the parts of a file whose names begin like this."""
        with zipfile.ZipFile(io.BytesIO(getattr(self, kind))) as file:
            return {
                name: file.read(name).decode()
                for name in file.namelist()
                if name.startswith(like) and name.endswith(".xml")
            }


@pytest.fixture(scope="session")
def made(demo_store):
    """A document by language and reader; the settings of the store are in force while it is made only."""

    @cache
    def make(code, reader):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COALITION_STORE", str(demo_store))
            patch.setenv("COALITION_PUBLIC_URL", "https://coalition.example")
            return Made(code, reader)

    return make
