"""My programme: a partner's own learners against 30 days before and against other partners."""

from dashboard.components import learners
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.my_programme import panels

scope = page(panels.answer, choices=(panels.partner, panels.programme), needs=learners.needs)
with section(_("Compared with other partners"), "compared") as opened:
    if opened:
        panels.compared(scope)
with section(_("Where in a course learners stop"), "progress") as opened:
    if opened:
        panels.progress(scope)
with section(_("Quiet learners"), "quiet") as opened:
    if opened:
        panels.quiet(scope)
with section(_("Intakes"), "intakes") as opened:
    if opened:
        panels.intakes(scope)
with section(_("The last year"), "months") as opened:
    if opened:
        panels.months(scope)
with section(_("Learning hubs"), "hubs") as opened:
    if opened:
        panels.hubs(scope)
