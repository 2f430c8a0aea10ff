"""Words from files as plain words: where they go into Markdown or into a chart, nothing in them is markup.

Whatever a file brings in (names of hubs, partners, phases, domains, universities) passes here before a page shows it
in a sentence. Tables and the options of a choice show text as it is, and need none of this.
"""

import re
from typing import Any
from unicodedata import east_asian_width

from dashboard.locales import is_right_to_left
from dashboard.locales.numbers import is_missing, missing

# After these a word joiner, which nobody sees: links, icons and emojis are made of text that was escaped, too.
JOINER = "\u2060"
ISOLATE, ISOLATED = "\u2068", "\u2069"
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$^=\"'/&])")
ESCAPED, BOLD = re.compile(r"\\(\W)"), re.compile(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*")
LINKS = re.compile(r"(:|@|\bwww(?=\.))", re.IGNORECASE)


def in_markdown(text: Any) -> str:
    """The text for a sentence that is shown as Markdown: every sign of it escaped, no link, icon or formula made.

    What is missing has its mark. In a sentence that runs from the right a name in Latin letters is isolated, so that
    a number after it is not drawn before it.
    """
    if is_missing(text):
        return missing()
    escaped = MARKUP.sub(r"\\\1", LINKS.sub(rf"\1{JOINER}", " ".join(str(text).split())))
    return isolated(escaped) if LATIN.search(escaped) else escaped


def isolated(text: str) -> str:
    """Words or a moment in figures that keep their own order in a sentence from the right; elsewhere as they are."""
    return f"{ISOLATE}{text}{ISOLATED}" if is_right_to_left() else text


def without_markup(markdown: str) -> str:
    """A sentence of the page for a file: without the escapes of `in_markdown`, and not bold."""
    return ESCAPED.sub(r"\1", BOLD.sub(r"\1", markdown)).replace(JOINER, "")


def in_chart(text: Any) -> str:
    """The text for a label, a name or a hover of plotly, which knows a few tags and templates; a mark where missing."""
    if is_missing(text):
        return missing()
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "%&#123;")


def in_deck(text: Any) -> Any:
    """The text for a row of a map layer, where what begins with two at signs would be taken for an expression."""
    return JOINER + text if isinstance(text, str) and text.startswith("@@") else text


def letters_wide(words: str) -> int:
    """How wide words are, in letters of Latin: those of Chinese are two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in words)
