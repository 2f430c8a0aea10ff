"""Programmes: phases with seats, learners, hours by how they are known, completions and catalogue."""

from dashboard.components import learners
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.programmes import panels

scope = page(panels.answer, choices=(panels.programme,), needs=learners.needs)
with section(_("Hours by phase and basis"), "hours") as opened:
    if opened:
        panels.hours(scope)
if panels.phases_of(scope):  # without phases the outcomes are the answer above
    with section(_("How course runs ended"), "outcomes") as opened:
        if opened:
            panels.outcomes(scope)
with section(_("Courses and guided projects by domain"), "domains") as opened:
    if opened:
        panels.domains(scope)
