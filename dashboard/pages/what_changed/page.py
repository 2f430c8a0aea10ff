"""What changed: what moved a figure between any two releases, and whose rows are behind it."""

from dashboard.components.page import page, section
from dashboard.locales import _
from dashboard.pages.what_changed import panels

scope = page(
    panels.answer,
    choices=(panels.programme, panels.from_release, panels.to_release, panels.metric),
    needs=panels.needs,
)
with section(_("Rows behind a kind of change"), "rows") as opened:
    if opened:
        panels.rows_behind(scope)
with section(_("What the kinds of change mean"), "kinds") as opened:
    if opened:
        panels.kinds()
