"""The day of the map of learners: chosen in the bar, moved from month to month under the map, or by itself."""

import datetime
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.components import context, dropped
from dashboard.components.answers import REACHED
from dashboard.components.filters import out_of_range
from dashboard.components.moving import moving_day
from dashboard.locales import _
from dashboard.locales.numbers import day
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, is_hidden_from_me

MONTHS = "reach_map/months"
AS_OF = "as_of"


def choose(scope: Scope) -> Scope:
    """The date in the bar; without one the newest file counts."""
    ends = _month_ends(scope)
    if not ends:
        return scope
    chosen = context.as_of(scope).on_date
    if chosen is None or chosen >= _newest(scope):
        return scope
    if chosen < ends[0]:
        wanted = chosen.isoformat()
        dropped.settle(AS_OF, wanted, ends[0], _("As of"), day(ends[0]), out_of_range(wanted))
    return replace(scope, on_date=max(chosen, ends[0]))


def slider(scope: Scope) -> None:
    """The same choice on a slider from month to month, with a button that lets it move to the newest day."""
    ends = _month_ends(scope)
    if not ends:
        if is_hidden_from_me(MONTHS, scope):
            st.caption(
                _(
                    "Only stewards, and partners for their own learners, can see the map by month. This map is as of "
                    "the newest file."
                )
            )
        return
    newest = _newest(scope)
    days = sorted({*ends, newest, scope.on_date or newest})

    def draw(key: str, moved: Callable[[], None]) -> None:
        st.select_slider(
            _("Month on the map"), days, key=key, format_func=day, on_change=moved, label_visibility="collapsed"
        )

    def following(at: datetime.date) -> datetime.date:
        return days[min(bisect_right(days, at), len(days) - 1)]

    moving_day(AS_OF, scope.on_date or newest, days[0], newest, following, draw)


def _month_ends(scope: Scope) -> list[datetime.date]:
    return ask(MONTHS, scope)["on_date"].tolist()


def _newest(scope: Scope) -> datetime.date:
    return ask_row(REACHED, scope.only("programme_id"))["on_date"]
