"""What more than one page states: the reach and its range in a sentence, and the days of the newest records."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.components.filters import year_before
from dashboard.components.learners import FOR_REFUGEES
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, people
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, is_hidden_from_me

HEADLINE, REACHED = "overview/headline", "overview/reached"


def reached(scope: Scope) -> str:
    """How many people were reached by the day; and how many of them in the last year, where figures are exact."""
    head = ask_row(HEADLINE, scope)
    earlier = ask_row(REACHED, replace(scope, on_date=year_before(head["on_date"])))
    count, before = head["learners_reached"], earlier["learners_reached"]
    words = {"learners": people(count), "day": day(head["on_date"])}
    are_refugees = scope.programme_id == FOR_REFUGEES
    if is_missing(count) or is_missing(before):
        return (
            _("{learners} refugees reached by {day}") if are_refugees else _("{learners} learners reached by {day}")
        ).format(**words)
    if is_hidden_from_me(HEADLINE, scope):
        # A difference of two rounded figures is none that the reader could check. Of others' learners the end of a
        # month or quarter answers, which may be months before the day that was asked about.
        return (
            _("{learners} refugees reached by {day}, {before} by {earlier_day}")
            if are_refugees
            else _("{learners} learners reached by {day}, {before} by {earlier_day}")
        ).format(before=people(before), earlier_day=day(earlier["on_date"]), **words)
    return (
        _("{learners} refugees reached by {day}, {new} of them in the last year")
        if are_refugees
        else _("{learners} learners reached by {day}, {new} of them in the last year")
    ).format(new=people(count - before), **words)


def reached_range(head: Mapping[str, Any]) -> str:
    """Between which numbers of people the reach lies, and why."""
    return _("Between {lower} people if every possible duplicate is one person, and {upper} if none is.").format(
        lower=people(head["unique_lower"]), upper=people(head["unique_upper"])
    )


def closures_day() -> datetime.date | None:
    """The last observed day of the newest record of school closures; None where the release has no record."""
    records = ask("school_closures/captures").to_dict("records")
    return min(records[0]["captured_on"], records[0]["last_date"]) if records else None


def gap_day() -> datetime.date | None:
    """The newest day on which both closures and offers are known; None without a record or without offers."""
    closures = closures_day()
    if closures is None or ask("needs_and_offers/offers").empty:
        return None
    known_until = ask_row("response_gaps/known_until")["both_until"]
    return closures if is_missing(known_until) else min(closures, known_until)
