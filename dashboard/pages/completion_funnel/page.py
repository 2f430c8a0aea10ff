"""Completion funnel: where learners stop between registration and a credential that a university recognises."""

from dashboard.components import context, learners
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.completion_funnel import panels

scope = page(
    panels.answer,
    choices=(context.programme, context.partner, panels.country, panels.registered_from, panels.registered_until),
    needs=learners.needs,
)
with section(_("Compared with the median partner"), "compared") as opened:
    if opened:
        panels.compared(scope)
with section(_("Compared with other partners in the same area"), "area") as opened:
    if opened:
        panels.same_area(scope)
with section(_("By sex, age, education or country"), "groups") as opened:
    if opened:
        panels.groups(scope)
with section(_("Gender parity"), "parity") as opened:
    if opened:
        panels.parity(scope)
