"""Contributions: who does what, where; how far it reaches and overlaps; where it lacks. A view for each task."""

from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.contributions import choices, export, gaps, panels, reach, spellings, where

scope = page(
    panels.answer,
    choices=(choices.view, choices.mission, choices.audience, choices.region, choices.more),
    needs=panels.needs,
    hides=False,
)
if scope.by == choices.WHERE:
    with section(_("Who does what, where"), "matrix") as opened:
        if opened:
            where.matrix(scope)
    with section(_("The whole matrix, without the choices above"), "whole") as opened:
        if opened:
            where.whole_matrix()
elif scope.by == choices.REACH:
    with section(_("Timeline and progress"), "timeline") as opened:
        if opened:
            reach.timeline(scope)
            reach.stages(scope)
    with section(_("By member"), "members") as opened:
        if opened:
            reach.ladder(scope)
    with section(_("By mission"), "missions") as opened:
        if opened:
            reach.missions(scope)
    with section(_("Overlapping activities"), "overlaps") as opened:
        if opened:
            reach.overlaps(scope)
else:
    with section(_("In need, nothing under way"), "unserved") as opened:
        if opened:
            gaps.unserved(scope)
    with section(_("By audience"), "audiences") as opened:
        if opened:
            gaps.by_audience(scope)
    with section(_("By country and kind of activity"), "places") as opened:
        if opened:
            gaps.by_place(scope)
spellings.spellings()
export.export_hxl()
