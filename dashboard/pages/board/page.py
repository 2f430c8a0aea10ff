"""Board: one screen for a meeting, six answers and nothing to click."""

from dashboard.components.page import page
from dashboard.pages.board import panels

page(panels.answer)
