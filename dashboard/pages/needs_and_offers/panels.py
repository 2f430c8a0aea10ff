"""The answer of the page of needs and offers: that of the view chosen."""

from dashboard.locales import _
from dashboard.pages.needs_and_offers import choices, fitting, offer_form, queue
from dashboard.scope import Scope
from dashboard.session import ask


def needs() -> str:
    """Why the page cannot answer; empty where offers or needs are in the release."""
    if ask(choices.TOTALS).empty:
        return _("No offers or needs are in this release. They can be brought in on the page Upload.")
    return ""


def answer(scope: Scope) -> None:
    """What waits, which offers fit a need, or the form."""
    if scope.by == choices.SUBMIT:
        offer_form.answer()
    elif scope.by == choices.OFFER:
        fitting.answer(scope)
    else:
        queue.answer(scope)
