"""What a reader chooses in the bar of a page about learners: a programme, a partner, the day until which is counted.

Programme and partner travel from page to page; the day does so among pages about learners only.
"""

from dataclasses import replace

import streamlit as st

from dashboard.components.filters import choose, date_in_link, was_chosen
from dashboard.components.learners import ALL, FOR_REFUGEES, own_partner, partner_words, programme_words
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing
from dashboard.scope import Scope
from dashboard.session import ask_one

HEADLINE = "overview/headline"


def programme(context: Scope) -> Scope:
    """A programme, or a total over several."""
    words = programme_words()
    chosen = choose(_("Programme"), list(words), "programme_id", lambda code: words[code], FOR_REFUGEES)
    return replace(context, programme_id=None if chosen == ALL else chosen)


def one_programme(context: Scope) -> Scope:
    """A programme, without totals; all of them where none is chosen."""
    words = programme_words(with_totals=False)
    chosen = choose(
        _("Programme"), [None, *words], "programme_id", lambda code: words[code] if code else _("All programmes"), None
    )
    return replace(context, programme_id=chosen)


def partner(context: Scope) -> Scope:
    """A partner that reports learners of the programme, first the reader's own; all partners where none is chosen.

    A partner that was chosen elsewhere and has no learners here is named, so that nobody wonders.
    """
    words, own = partner_words(context.programme_id), own_partner()
    before = was_chosen("partner_id")
    chosen = choose(
        _("Partner"),
        [None, *words],
        "partner_id",
        lambda code: words[code] if code else _("All partners"),
        own if own in words else None,
    )
    if before and before not in words:
        known = partner_words()
        if before in known:
            st.caption(_("{partner} reports no learners of this programme.").format(partner=known[before]))
    return replace(context, partner_id=chosen)


def as_of(context: Scope) -> Scope:
    """The day until which learners are counted; the newest of the programme where none is chosen."""
    newest = ask_one(HEADLINE, Scope(programme_id=context.programme_id))["on_date"]
    return replace(context, on_date=date_in_link(_("As of"), "as_of", newest))


def newest_only(context: Scope) -> str:
    """Words for a figure that counts until the newest file, where the context names an earlier day; else empty."""
    newest = ask_one(HEADLINE, Scope(programme_id=context.programme_id))["on_date"]
    if context.on_date is None or is_missing(newest) or context.on_date >= newest:
        return ""
    return _("as of the newest file, {day}").format(day=day(newest))
