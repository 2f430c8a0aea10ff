"""The answer of the page of contributions: that of the view chosen."""

from dashboard.components.page import NoAnswer
from dashboard.locales import _
from dashboard.pages.contributions import choices, gaps, reach, where
from dashboard.scope import Scope
from dashboard.session import ask, ask_one


def needs() -> str:
    """Why the page cannot answer; empty where a list of activities is in the release."""
    if ask(choices.CHOICES).empty:
        return _("No activities of members are in this release. A list can be brought in on the page Upload.")
    return ""


def answer(scope: Scope) -> None:
    """Who and where, reach and overlap, or gaps."""
    if scope.by == choices.GAPS:
        gaps.answer(scope)
        return
    if not ask_one(where.TOTALS, scope)["activities"] and ask(where.COUNTRIES, scope).empty:
        raise NoAnswer(
            _(
                "No activity fits this choice. Widen the region or the period, or choose all missions, stages and "
                "types of members."
            )
        )
    if scope.by == choices.REACH:
        reach.answer(scope)
    else:
        where.answer(scope)
