"""The briefs: which pages each is made of, with which sections open, and the kinds of file it is written as."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.access.viewer import PARTNER_AUDIENCE, Viewer
from dashboard.access.visitor import Visitor, acting_as
from dashboard.components import context
from dashboard.components.learners import partner_words
from dashboard.documents.model import Document, PageRequest, make_document
from dashboard.locales import _, speaking
from dashboard.refusals import Refusal
from dashboard.session import on_release
from dashboard.store.releases import Release


class NoSuchBrief(Refusal):
    """A brief that the dashboard does not have, or one that lacks a choice or may not be seen."""


@dataclass(frozen=True)
class Brief:
    """A brief: its pages with their sections, and the choices that it cannot do without.

    Attributes:
        name: in the command and in names of files.
        title: in the language of the run.
        pages: each page with the sections that are opened, behind commas.
        needs: choices of the address without which it states nothing.
        is_of_partner: whether it is about one partner's own learners.
        most_sheets: how many sheets of paper it may have, 0 for any number.
    """

    name: str
    title: Callable[[], str]
    pages: Sequence[tuple[str, str]]
    needs: Sequence[str] = ()
    is_of_partner: bool = False
    most_sheets: int = 0


BRIEFS: Mapping[str, Brief] = {
    brief.name: brief
    for brief in (
        Brief("board", lambda: _("Board brief"), (("board", ""), ("overview", "growth")), most_sheets=2),
        Brief(
            "partner",
            lambda: _("Partner brief"),
            (("my_programme", "compared,progress,intakes,months,hubs"), ("completion_funnel", "compared")),
            ("partner_id",),
            is_of_partner=True,
        ),
        Brief(
            "closures",
            lambda: _("School closures brief"),
            (
                ("school_closures", "days,levels"),
                ("response_gaps", "countries,nearly,levels"),
                ("needs_and_offers", ""),
            ),
        ),
        Brief(
            "country",
            lambda: _("Country brief"),
            (
                ("reach_map", "country"),
                ("school_closures", "levels"),
            ),
            ("country_iso3",),
        ),
        Brief("hub", lambda: _("Learning hubs brief"), (("learning_hubs", "sessions,attendance,effect,register"),)),
    )
}


def make_brief(
    name: str, visitor: Visitor, release: Release, language: str, address: Mapping[str, str] | None = None
) -> Document:
    """The document of a brief for a visitor.

    Args:
        name: one of BRIEFS, or `page:<page>` for a page as it stands in its link.
        visitor: who asks; every figure is what they may see.
        release: that answers.
        language: of its words.
        address: the choices, as a link has them.

    Raises:
        NoSuchBrief: there is none of this name, a choice is missing, or a partner's brief is asked by somebody else.
        NoSuchPage, UnknownLanguage: as documented there.
    """
    chosen = {key: value for key, value in (address or {}).items() if value}
    if name.startswith(OF_PAGE):
        page = name.removeprefix(OF_PAGE)
        return make_document(page, "", [PageRequest(page, chosen)], visitor, release, language)
    brief = BRIEFS.get(name)
    if brief is None:
        raise NoSuchBrief(f"There is no brief {name!r}. There are: {', '.join(BRIEFS)}.")
    if brief.is_of_partner and visitor.viewer.audience == PARTNER_AUDIENCE:
        chosen = {**chosen, "partner_id": visitor.viewer.partner_id}
    if lacking := [key for key in brief.needs if key not in chosen]:
        example = " ".join(f"--param {key}=…" for key in lacking)
        raise NoSuchBrief(f"The {name} brief is about one of many. Name which: {example}.")
    if brief.is_of_partner and not _may_see(visitor.viewer, chosen["partner_id"]):
        raise NoSuchBrief("A partner's brief has its own rows: only that partner and stewards can have it made.")
    pages = [
        PageRequest(page, {**_choices_of(page, chosen), **({"open": sections} if sections else {})})
        for page, sections in brief.pages
    ]
    with acting_as(visitor), on_release(release), speaking(language):
        title = brief.title()
        if subject := _subject(brief, chosen):
            title = _("{kind}: {names}").format(kind=title, names=subject)
    document = make_document(brief.name, title, pages, visitor, release, language)
    return replace(document, most_sheets=brief.most_sheets)


def briefs_on(page: str, viewer: Viewer, address: Mapping[str, str]) -> list[Brief]:
    """The briefs that begin with a page, as far as the choices on it suffice and the viewer may have them."""
    briefs = []
    for brief in BRIEFS.values():
        known = {**address, "partner_id": viewer.partner_id} if viewer.partner_id else address
        suffices = all(known.get(key) for key in brief.needs)
        may = suffices and (not brief.is_of_partner or _may_see(viewer, known["partner_id"]))
        if brief.pages[0][0] == page and may:
            briefs.append(brief)
    return briefs


def _choices_of(page: str, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """The choices as a page of a brief names them: needs and offers have the day of a brief about closures."""
    if page != "needs_and_offers" or CLOSURES_ON not in chosen:
        return chosen
    rest = {key: value for key, value in chosen.items() if key != CLOSURES_ON}
    return {"offers_on": chosen[CLOSURES_ON], **rest}


def _subject(brief: Brief, chosen: Mapping[str, str]) -> str:
    """The name of the one that a brief is about; empty where it is about many."""
    names = {COUNTRY: context.country_names, "partner_id": partner_words}
    for key in brief.needs:
        known, code = names[key](), chosen[key]
        if key == COUNTRY and code not in known:
            raise NoSuchBrief(
                f"No country has the code {code!r}. Name one by its ISO 3166 code: --param {COUNTRY}=KEN."
            )
        return known.get(code, code)
    return ""


def _may_see(viewer: Viewer, partner: str) -> bool:
    return viewer.is_steward or viewer.partner_id == partner


OF_PAGE, CLOSURES_ON, COUNTRY = "page:", "closures_on", "country_iso3"
