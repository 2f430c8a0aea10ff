"""Needs and offers: what waits, which offer fits a need and why, and the way in for an offer. A view for each task."""

from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.needs_and_offers import choices, fitting, panels, queue

scope = page(
    panels.answer, choices=(choices.view, choices.day_of_offers, choices.need), needs=panels.needs, hides=False
)
if scope.by == choices.QUEUE:
    with section(_("Matches by stage"), "stages") as opened:
        if opened:
            queue.stages(scope)
    with section(_("Free periods that ran out"), "expired") as opened:
        if opened:
            queue.expired(scope)
    with section(_("Focal points silent for more than 180 days"), "silent") as opened:
        if opened:
            queue.silent(scope)
elif scope.by == choices.OFFER:
    with section(_("The nearest offers, with their scores"), "nearest") as opened:
        if opened:
            fitting.nearest(scope)
    with section(_("Search all offers"), "search") as opened:
        if opened:
            fitting.search(scope)
    with section(_("Machine-readable"), "machine") as opened:
        if opened:
            fitting.machine_readable(scope)
