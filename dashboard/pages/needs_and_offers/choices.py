"""What a reader chooses of needs and offers: the view, the day on which offers must be live, and a need."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.components.filters import choose, date_in_link, views
from dashboard.components.vocabulary import language_names, taught_level_words
from dashboard.locales import _
from dashboard.locales.numbers import day, people
from dashboard.scope import Scope
from dashboard.session import ask, ask_row

TOTALS, NEEDS = "needs_and_offers/totals", "needs_and_offers/needs"
QUEUE, OFFER, SUBMIT = "queue", "offer", "submit"


def view(context: Scope) -> Scope:
    """The task: what waits, find an offer, or submit one."""
    chosen = views({QUEUE: _("What waits"), OFFER: _("Find an offer"), SUBMIT: _("Submit an offer")}, QUEUE)
    return replace(context, by=chosen)


def day_of_offers(context: Scope) -> Scope:
    """The day on which offers must be live; that of the newest list where none is chosen. An offer is submitted now."""
    if context.by == SUBMIT:
        return context
    return replace(context, on_date=date_in_link(_("Date"), "offers_on", ask_row(TOTALS)["on_date"]))


def need(context: Scope) -> Scope:
    """An open need, by its country, level, language and day; only where an offer is looked for."""
    open_needs = ask(NEEDS, context)
    if context.by != OFFER or open_needs.empty:
        return context
    words = {row["need_id"]: need_words(row) for row in open_needs.to_dict("records")}
    return replace(context, need_id=choose(_("Need"), list(words), "need_id", words.__getitem__, always_in_link=True))


def need_words(row: Mapping[str, Any]) -> str:
    """A need as people name it."""
    return _("{country}, {level}, {language}, {people} people, {day}").format(
        country=row["country"],
        level=level_name(row["level"]).lower(),
        language=language_name(row["language"]),
        people=people(row["people"]),
        day=day(row["raised_on"]),
    )


def level_name(level: str) -> str:
    """The words of a level."""
    return taught_level_words().get(level, level)


def language_name(code: str) -> str:
    """The English name of a language; its code where no name is known."""
    return language_names().get(code, code)
