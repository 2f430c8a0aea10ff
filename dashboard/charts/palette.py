"""Colours with a meaning, the same on every chart; each pair differs in lightness as well as in hue."""

CLOSED, PARTIAL, ON_BREAK, OPEN = "#a63d1e", "#e5a02f", "#7f76b5", "#a9d3ec"
NO_DATA = "#c3cad1"
HIDDEN = "#b9a9c9"
ZERO = "#f4f1e8"
ACCENT = "#0b6cb8"
ACCENT_ON_DARK = "#62b3f0"
SPARE = "#4d7c5f"
NEUTRAL = "#7b8794"
BORDER = "#ffffff"
SEQUENTIAL = ("#cfe2f3", "#93bfe3", "#4f94cd", "#1f66ab", "#0b3f7d")
# Bars side by side: two pairs, each strong and pale.
SERIES = (ACCENT, "#93bfe3", NEUTRAL, NO_DATA)
STATUS = {"closed": CLOSED, "partial": PARTIAL, "on_break": ON_BREAK, "open": OPEN}
FEMALE, MALE = "#0d4f92", "#84b6e0"
