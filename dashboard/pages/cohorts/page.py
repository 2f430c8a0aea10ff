"""Cohorts: verified completion and its trend; cohorts compared with intervals; retention; quiet learners."""

from dashboard.components import context, learners
from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.cohorts import panels

scope = page(panels.answer, choices=(context.programme, context.partner), needs=learners.needs)
with section(_("Compare cohorts"), "compare") as opened:
    if opened:
        panels.compare(scope)
with section(_("Learners who left"), "left") as opened:
    if opened:
        panels.withdrawal(scope)
with section(_("Learning from week to week"), "retention") as opened:
    if opened:
        panels.retention(scope)
with section(_("Quiet learners"), "quiet") as opened:
    if opened:
        panels.quiet(scope)
