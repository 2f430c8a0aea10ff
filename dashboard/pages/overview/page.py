"""Overview: how many learners the coalition reaches, how sure that is, as of when, and what changed."""

from dashboard.components import context, learners
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.overview import panels

scope = page(panels.answer, choices=(context.programme, context.as_of), needs=learners.needs)
with section(_("Growth of reach"), "growth") as opened:
    if opened:
        panels.growth(scope)
with section(_("Change since the previous release"), "changes") as opened:
    if opened:
        panels.changes(scope)
with section(_("Credentials by kind"), "credentials") as opened:
    if opened:
        panels.credentials(scope)
with section(_("Verified completion by intake"), "completion") as opened:
    if opened:
        panels.rising(scope)
with section(_("Women at each step"), "women") as opened:
    if opened:
        panels.women(scope)
with section(_("Partners"), "partners") as opened:
    if opened:
        panels.partners(scope)
with section(_("Pakistan's initiative (DLSEI) by phase"), "dlsei") as opened:
    if opened:
        panels.dlsei()
with section(_("Learners out of school"), "out_of_school") as opened:
    if opened:
        panels.out_of_school()
