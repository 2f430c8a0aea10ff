"""Methods: what each figure means and where it comes from, searched; and public statements beside the data."""

from dashboard.components.page import page, section
from dashboard.pages.methods import panels

page(panels.answer)
for title, name, draw in panels.sections():
    with section(title, name) as opened:
        if opened:
            draw()
