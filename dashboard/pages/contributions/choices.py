"""What a reader chooses of contributions: the view, mission, audience, region, type of member, stage and period."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.filters import choose, views, was_chosen
from dashboard.components.light import is_narrow
from dashboard.components.vocabulary import audience_words, mission_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import is_missing, month
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

CHOICES = "contributions/choices"
WHERE, REACH, GAPS = "where", "reach", "gaps"
# Those behind one button, so that the bar stays short; it states how many of them are chosen.
MORE = ("member_type", "stage", "active_from", "active_to")


def stage_words() -> dict[str, str]:
    """The stages of an activity in their order, and last those whose stage nobody states."""
    return words("activity_stage")


def member_type_words() -> dict[str, str]:
    """Types of members."""
    return words("member_type")


def view(context: Scope) -> Scope:
    """The task: who and where, reach and overlap, or gaps."""
    chosen = views({WHERE: _("Who and where"), REACH: _("Reach and overlap"), GAPS: _("Gaps")}, WHERE)
    return replace(context, by=chosen)


def mission(context: Scope) -> Scope:
    """A mission; all of them where none is chosen."""
    return replace(context, mission=_any(_("Mission"), mission_words(), "mission"))


def audience(context: Scope) -> Scope:
    """For whom an activity is; for everybody where none is chosen."""
    return replace(context, audience=_any(_("For whom"), audience_words(), "audience"))


def region(context: Scope) -> Scope:
    """A region or sub-region with an activity; the world where none is chosen."""
    known = ask(CHOICES)
    regions = [*sorted(known["region"].dropna().unique()), *sorted(known["sub_region"].dropna().unique())]
    return replace(context, region=_any(_("Region"), {name: _(name) for name in dict.fromkeys(regions)}, "region"))


def more(context: Scope) -> Scope:
    """Type of member, stage, and the first and last month in which an activity is under way."""
    if is_narrow():  # the frame has all choices behind a button already
        return _more(context)
    chosen = sum(was_chosen(key) is not None for key in MORE)
    label = (
        plural("More choices ({count} chosen)", "More choices ({count} chosen)", chosen).format(count=chosen)
        if chosen
        else _("More choices")
    )
    with st.popover(label, key="more-choices"):
        return _more(context)


def _more(context: Scope) -> Scope:
    ends = ask_row(CHOICES)
    months = _months(ends["from_month"], ends["to_month"])
    words = stage_words()
    kind = _any(_("Type of member"), member_type_words(), "member_type")
    stage = choose(
        _("Stage"), [None, *words], "stage", lambda code: words[code] if code else _("Confirmed or later"), None
    )
    first = _month(_("Active from"), months, "active_from", _("Earliest"))
    last = _month(_("Active until"), months, "active_to", _("Latest"))
    return replace(context, member_type=kind, stage=stage, from_month=first, to_month=last)


def _any(label: str, words: Mapping[str, str], key: str) -> str | None:
    return choose(label, [None, *words], key, lambda code: words[code] if code else _("All"), None)


def _month(label: str, months: Sequence[str], key: str, none: str) -> datetime.date | None:
    chosen = choose(label, [None, *months], key, lambda code: month(_first(code)) if code else none, None)
    return _first(chosen) if chosen else None


def _first(code: str) -> datetime.date:
    return datetime.date.fromisoformat(code + "-01")


def _months(first: datetime.date | None, last: datetime.date | None) -> list[str]:
    """Every month between two, as in an address."""
    if is_missing(first) or is_missing(last):
        return []
    return [str(period) for period in pd.period_range(first, last, freq="M")]
