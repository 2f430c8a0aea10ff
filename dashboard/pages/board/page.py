"""Board: one screen for a meeting, six answers, each with a link to the page behind it."""

from dashboard.components.page import page
from dashboard.pages.board import panels

page(panels.answer)
