"""Credit recognition: from a credential to credits at a university, with what is still pending."""

from dashboard.components import context, learners
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.credit_recognition import panels

scope = page(panels.answer, choices=(context.programme, context.partner), needs=learners.needs)
with section(_("Reasons of refusal"), "reasons") as opened:
    if opened:
        panels.reasons(scope)
with section(_("Agreements on the map"), "agreements") as opened:
    if opened:
        panels.agreements(scope)
with section(_("Universities"), "universities") as opened:
    if opened:
        panels.universities(scope)
