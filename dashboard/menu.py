"""The one list of pages: the menu, the warm-up, the tests and the documentation read it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

from dashboard.locales import _, language

ROOMS = Path(__file__).parent / "pages"
QUESTION = re.compile(r"\"([a-z_]+/[a-z0-9_]+)\"")


# Pages that other sites may show in a frame, as the public sees them. The others act on the store, are about one
# reader, or state what stewards do: none of that belongs into somebody else's page.
EMBEDDABLE = frozenset(
    {
        *("overview", "board", "reach_map", "learning_hubs", "completion_funnel", "cohorts", "credit_recognition"),
        *("contributions", "programmes", "school_closures", "response_gaps", "needs_and_offers", "methods"),
    }
)


@dataclass(frozen=True)
class Page:
    """A page: its room in dashboard/pages, which is its address and its folder of questions too, and its title."""

    name: str
    title: str

    @property
    def script(self) -> Path:
        """The file that draws it."""
        return ROOMS / self.name / "page.py"

    def questions(self) -> frozenset[str]:
        """The questions that its room asks by name, of its own folder and of others."""
        return _names_on_page(self.name)


@cache
def _names_on_page(page: str) -> frozenset[str]:
    texts = (file.read_text(encoding="utf-8") for file in sorted((ROOMS / page).glob("*.py")))
    return frozenset(name for text in texts for name in QUESTION.findall(text))


def menu() -> Mapping[str, Sequence[Page]]:
    """The pages by section of the menu, in order, in the language of this run."""
    return _menu(language())


@cache
def _menu(_language: str) -> Mapping[str, Sequence[Page]]:
    return {
        _("Reach"): [
            Page("overview", _("Overview")),
            Page("board", _("Board")),
            Page("reach_map", _("Reach map")),
            Page("learning_hubs", _("Learning hubs")),
        ],
        _("Learners"): [
            Page("my_programme", _("My programme")),
            Page("completion_funnel", _("Completion funnel")),
            Page("cohorts", _("Cohorts")),
            Page("credit_recognition", _("Credit recognition")),
        ],
        _("Partners"): [
            Page("contributions", _("Contributions")),
            Page("programmes", _("Programmes")),
        ],
        _("School closures"): [
            Page("school_closures", _("School closures")),
            Page("response_gaps", _("Response gaps")),
            Page("needs_and_offers", _("Needs and offers")),
        ],
        _("Data"): [
            Page("data_health", _("Data health")),
            Page("what_changed", _("What changed")),
            Page("upload", _("Upload")),
            Page("methods", _("Methods")),
        ],
    }


def pages() -> Sequence[Page]:
    """All pages, in the order of the menu, in the language of this run."""
    return _pages(language())


@cache
def _pages(_language: str) -> Sequence[Page]:
    return tuple(page for of_section in menu().values() for page in of_section)


def first_page(is_partner: bool) -> Page:
    """The page that opens when an address names none: for a partner its own, for all others the overview."""
    name = "my_programme" if is_partner else "overview"
    return next((page for page in pages() if page.name == name), pages()[0])


def panels() -> list[str]:
    """The modules that the pages are made of, to be imported before the first reader comes."""
    return [
        f"dashboard.pages.{page.name}.{module.name}"
        for page in pages()
        for module in iter_modules([str(page.script.parent)])
        if module.name != "page"
    ]
