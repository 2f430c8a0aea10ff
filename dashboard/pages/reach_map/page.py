"""Reach map: where learners live and come from, per 1,000 refugees; where refugees live, and where hubs are."""

from dashboard.components import context
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.reach_map import panels

scope = page(
    panels.answer,
    choices=(panels.counted, panels.programme, panels.partner, panels.as_of, panels.year, panels.origin),
)
with section(_("Largest countries"), "top") as opened:
    if opened:
        panels.largest(scope)
if panels.counts_learners(scope):
    with section(_("New countries"), "new") as opened:
        if opened:
            panels.new_countries(scope)
    with section(_("From origin to host"), "flows_table") as opened:
        if opened:
            panels.flows(scope)
with section(_("All countries"), "countries") as opened:
    if opened:
        panels.all_countries(scope)
with section(context.chosen_country_words(scope), "country") as opened:
    if opened:
        panels.country_details(scope)
