"""The one list of pages: the menu, the warm-up, the tests and the documentation read it."""

from dataclasses import dataclass
from pathlib import Path
from pkgutil import iter_modules

from dashboard.locales import _


@dataclass(frozen=True)
class Page:
    """A page: its room below this folder, which is its address and its folder of questions too, and its title."""

    name: str
    title: str

    @property
    def script(self) -> Path:
        """The file that draws it."""
        return Path(__file__).parent / self.name / "page.py"


def menu() -> dict[str, list[Page]]:
    """The pages by section of the menu, in order; the first one opens when an address names none."""
    return {
        _("Reach"): [
            Page("overview", _("Overview")),
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


def pages() -> list[Page]:
    """All pages, in the order of the menu."""
    return [page for of_section in menu().values() for page in of_section]


def panels() -> list[str]:
    """The modules that the pages are made of, to be imported before the first reader comes."""
    return [
        f"{__package__}.{page.name}.{module.name}"
        for page in pages()
        for module in iter_modules([str(page.script.parent)])
        if module.name != "page"
    ]
