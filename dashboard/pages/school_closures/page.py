"""School closures: which countries' schools are closed on a day, and how many learners that affects."""

from dashboard.components import closures
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.school_closures import moving_day, panels, real_record

scope = page(
    panels.answer,
    choices=(closures.captured, moving_day.choose, panels.definition, panels.country),
    needs=closures.needs,
    hides=False,
)
with section(_("Day by day"), "days") as opened:
    if opened:
        panels.days(scope)
with section(_("By level and sex"), "levels") as opened:
    if opened:
        panels.levels(scope)
with section(_("Weeks closed"), "weeks") as opened:
    if opened:
        panels.weeks(scope)
with section(_("Compare two days"), "compare") as opened:
    if opened:
        panels.two_days(scope)
with section(_("Compared with the Oxford tracker"), "oxford") as opened:
    if opened:
        panels.oxford(scope)
with section(_("Territories"), "territories") as opened:
    if opened:
        panels.territories(scope)
real_record.offer_real_record("unesco_closures")
