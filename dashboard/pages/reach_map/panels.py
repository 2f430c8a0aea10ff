"""The reach map: what is counted, the map with the card of a country beside it, and the tables below."""

from dataclasses import replace

from dashboard.components import context, learners
from dashboard.components.filters import choose
from dashboard.components.texts import hint
from dashboard.locales import _
from dashboard.pages.reach_map import country, learners_view, moving_month, refugees_view
from dashboard.scope import Scope
from dashboard.session import ask

REFUGEES = "refugees"


def counted(scope: Scope) -> Scope:
    """What the map counts: learners by host, learners by origin, or refugees by host."""
    words = {
        "host": _("Learners by host"),
        "origin": _("Learners by origin"),
        REFUGEES: _("Refugees by host"),
    }
    return replace(scope, by=choose(_("Show"), list(words), "by", lambda code: words[code], "host"))


def counts_learners(scope: Scope) -> bool:
    """Whether the map is about learners, not about refugees as UNHCR counts them."""
    return scope.by != REFUGEES


def programme(scope: Scope) -> Scope:
    """The programme of the learners."""
    return context.programme(scope) if counts_learners(scope) and not learners.needs() else scope


def partner(scope: Scope) -> Scope:
    """The partner of the learners."""
    return context.partner(scope) if counts_learners(scope) and not learners.needs() else scope


def as_of(scope: Scope) -> Scope:
    """The end of the month by which learners are counted; the newest file where none is chosen."""
    return moving_month.choose(scope) if counts_learners(scope) and not learners.needs() else scope


def year(scope: Scope) -> Scope:
    """The year at whose end refugees were counted."""
    return scope if counts_learners(scope) else refugees_view.choose_year(scope)


def origin(scope: Scope) -> Scope:
    """The origin whose flows are drawn."""
    return scope if counts_learners(scope) else refugees_view.choose_origin(scope)


def answer(scope: Scope) -> None:
    """The headline, the map and the card."""
    (learners_view if counts_learners(scope) else refugees_view).answer(scope)


def largest(scope: Scope) -> None:
    """The ten countries with the most."""
    (learners_view if counts_learners(scope) else refugees_view).largest(scope)


def new_countries(scope: Scope) -> None:
    """Countries first reached since a day."""
    learners_view.new_countries(scope)


def flows(scope: Scope) -> None:
    """The largest flows of learners from origin to host, of the chosen country where there is one."""
    learners_view.flows(scope)


def all_countries(scope: Scope) -> None:
    """Every country in a table."""
    (learners_view if counts_learners(scope) else refugees_view).all_countries(scope)


def country_details(scope: Scope) -> None:
    """More about the chosen country than its card holds."""
    code = context.chosen_country()
    if not code:
        hint(_("Click a country on the map, or choose one in the list of countries above."))
        return
    if counts_learners(scope):
        learners_view.country_details(scope, code)
    refugees_view.notes(Scope(country_iso3=code))
    if not ask("reach_map/years").empty:
        refugees_view.years_of(code)
    country.unserved(code)
    country.activities(code)
    country.needs(code)
