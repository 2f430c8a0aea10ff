"""Learning hubs: which of the hubs named are active, what happens there, and how learners at hubs complete."""

from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.learning_hubs import panels

scope = page(panels.answer, choices=(panels.region, panels.country, panels.host_type), needs=panels.needs, hides=False)
with section(_("Sessions"), "sessions") as opened:
    if opened:
        panels.sessions(scope)
with section(_("Attendance"), "attendance") as opened:
    if opened:
        panels.attendance(scope)
with section(_("Completion of learners at hubs and of others"), "effect") as opened:
    if opened:
        panels.effect()
with section(_("Register of hubs"), "register") as opened:
    if opened:
        panels.register(scope)
with section(_("Hubs from nearby"), "nearby") as opened:
    if opened:
        panels.nearby(scope)
