"""Upload: a file is checked, what it would change is computed, and another person publishes it."""

from dashboard.components.page import page, section
from dashboard.pages.upload import panels

page(panels.answer, hides=False)
for title, name, draw in panels.sections():
    with section(title, name) as opened:
        if opened:
            draw()
