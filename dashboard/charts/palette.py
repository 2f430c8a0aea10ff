"""Colours with a meaning, the same on every page. Pages and charts take them from here, by name.

- Blue, ACCENT: what the chart counts. SEQUENTIAL, pale to deep, is from few to many; the pale one of a pair is the
  weaker kind.
- Red, CLOSED: missing, ended or late. Schools or a hub closed, a need without an offer, a source overdue, rows refused.
- Amber, PARTIAL: in between. Partially open, some levels, due, dormant, confirmed and not begun.
- Green, SPARE: done or in order. Delivered, on time.
- Violet, ON_BREAK: closed as planned, for an academic break.
- Amber with a dark rim, MARK: a second measure over areas or bars. Circles by size, diamonds to compare with.
- Grey, NEUTRAL: what something is compared with, or not stated. NO_DATA is not known, and the quietest of all.
- HIDDEN: kept back to protect people. ZERO: none, and that is known. NO_RATE: something, but not what colours count.
- CATEGORIES: kinds that are neither good nor bad. None of them is red, amber or green.

Colour is never the only sign: a legend, a word, a shape, a dash or a pattern says the same. Each pair differs in
lightness as well as in hue.
"""

from typing import Any

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
PALE_NEUTRAL = "#c4cbd2"
SERIES = (ACCENT, "#93bfe3", NEUTRAL, PALE_NEUTRAL)
STATUS = {"closed": CLOSED, "partial": PARTIAL, "on_break": ON_BREAK, "open": OPEN}
FEMALE, MALE = "#0d4f92", "#84b6e0"
NO_RATE, RATE_UNKNOWN = "#dfe8d8", "#d9d2e4"  # counted, but too few to divide by; or the divisor is not known
# Curves and kinds side by side, readable on light and on dark.
CATEGORIES = ("#2f7fd1", "#c2569b", "#1f9e8f", "#7a5cc4", "#7b8794", "#3b94b5")
MARK, RIM, POINT_RIM = PARTIAL, "#5c3d00", "#5c6873"
INK = "#10202e"  # text on pale marks, and lines over a map
ON_STRONG = "#ffffff"  # text and patterns on strong marks
PAPER_INK, PAPER_GRID = "#243240", "#d5dae0"
WORDS = "#4b5763"  # text on the page: axes, and numbers beside marks

# On a dark page a figure wears these instead. What is large stays what stands out: light on dark. Land without data is
# the quietest of all, next to the ground.
ON_DARK = {
    CLOSED: "#e0714c",
    PARTIAL: "#f0b44d",
    ON_BREAK: "#a59ddb",
    OPEN: "#2f5d7c",
    NO_DATA: "#2a3843",
    HIDDEN: "#5b4d70",
    ZERO: "#6a634b",
    ACCENT: ACCENT_ON_DARK,
    SPARE: "#7fb596",
    NEUTRAL: "#93a0ad",
    BORDER: "#101820",
    FEMALE: "#84b6e0",
    MALE: "#2f6da8",
    NO_RATE: "#3d4f42",
    RATE_UNKNOWN: "#4a4160",
    PALE_NEUTRAL: "#586673",
    INK: "#f4f8fb",
    WORDS: "#cdd6de",
    **dict(zip(SEQUENTIAL, ("#1f3f5e", "#2c659a", "#4f94cd", "#93bfe3", "#dcebf8"), strict=True)),
}


def for_dark(spec: Any) -> Any:
    """A figure, or a part of one, in the colours for a dark page."""
    if isinstance(spec, str):
        return ON_DARK.get(spec, spec)
    if isinstance(spec, dict):
        return {key: for_dark(value) for key, value in spec.items()}
    if isinstance(spec, list | tuple):
        return [for_dark(value) for value in spec]
    return spec
