"""The answer of the page of contributions: that of the view chosen."""

from dashboard.locales import _
from dashboard.pages.contributions import choices, gaps, reach, where
from dashboard.scope import Scope
from dashboard.session import ask


def needs() -> str:
    """Why the page cannot answer; empty where a list of activities is in the release."""
    if ask(choices.CHOICES).empty:
        return _("No activities of members are in this release. A list can be brought in on the page Upload.")
    return ""


def answer(scope: Scope) -> None:
    """Who and where, reach and overlap, or gaps."""
    if scope.by == choices.GAPS:
        gaps.answer(scope)
    elif scope.by == choices.REACH:
        reach.answer(scope)
    else:
        where.answer(scope)
