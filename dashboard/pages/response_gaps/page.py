"""Response gaps: where schools are closed and no live free offer has arrived."""

from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.response_gaps import panels, period

scope = page(
    panels.answer, choices=(panels.level, panels.language, panels.tier, panels.when), needs=panels.needs, hides=False
)
if scope.from_date:
    with section(_("By country, over the period"), "learner_days") as opened:
        if opened:
            period.by_country(scope)
else:
    with section(_("By country"), "countries") as opened:
        if opened:
            panels.by_country(scope)
    with section(_("What would close the gap soonest"), "nearly") as opened:
        if opened:
            panels.nearly(scope)
    with section(_("By level"), "levels") as opened:
        if opened:
            panels.by_level(scope)
    with section(_("By technology"), "tiers") as opened:
        if opened:
            panels.by_tier(scope)
    with section(_("By official language"), "languages") as opened:
        if opened:
            panels.by_language(scope)
