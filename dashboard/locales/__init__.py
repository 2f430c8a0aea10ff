"""Every visible string passes `_`; the catalogues of the languages lie beside this file. English needs none."""

import gettext
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
DOMAIN = "coalition"
LANGUAGE = "en"


def _(message: str) -> str:
    """The message in the reader's language, or in English where it is not translated."""
    return _catalogue(LANGUAGE).gettext(message)


def plural(singular: str, many: str, count: int) -> str:
    """The form of a message that goes with a count, in the reader's language."""
    return _catalogue(LANGUAGE).ngettext(singular, many, count)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)
