"""Data health: how fresh each source is, what is overdue, and what became of the rows of each file."""

from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.data_health import panels

page(panels.answer, hides=False)
with section(_("Details of one source"), "details") as opened:
    if opened:
        panels.details()
with section(_("How freshness is judged"), "rules") as opened:
    if opened:
        panels.rules()
