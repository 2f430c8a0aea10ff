"""Every visible string passes `_`; the catalogues of the languages lie beside this file. English needs none.

The language is that of the run: a page, a fragment or a file that is written later sets it before its first word.
"""

import gettext
import io
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from dashboard.refusals import Refusal

FOLDER = Path(__file__).parent
DOMAIN = "coalition"
INCOMPLETE = FOLDER / "incomplete.toml"
REVIEWED = "reviewed"
ENGLISH = "en"
# The six languages of the United Nations, each by its own name.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "fr": "Français",
    "es": "Español",
    "ru": "Русский",
    "zh": "中文",
    "ar": "العربية",
}
RIGHT_TO_LEFT = frozenset({"ar"})
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


class UnknownLanguage(Refusal, ValueError):
    """A language that the dashboard does not have."""


def language() -> str:
    """The language of this run, as a code of LANGUAGES."""
    return _language.get()


def speak(code: str) -> None:
    """Has all words of this run, from here on, in a language.

    Raises:
        UnknownLanguage: it is none of LANGUAGES.
    """
    _language.set(_known_language(code))


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Has the words within in a language, and those after it in the language before.

    Raises:
        UnknownLanguage: it is none of LANGUAGES.
    """
    before = _language.set(_known_language(code))
    try:
        yield
    finally:
        _language.reset(before)


def is_right_to_left() -> bool:
    """Whether the language of this run is written from right to left."""
    return _language.get() in RIGHT_TO_LEFT


def best_of(wanted: str | None) -> str:
    """The language of the dashboard for a tag of BCP 47, such as `fr-CA`; English where there is none."""
    code = (wanted or "").replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def _(message: str) -> str:
    """The message in the language of this run, or in English where it is not translated."""
    code = _language.get()
    return message if code == ENGLISH or not message else catalogue(code).gettext(message)


def plural(singular: str, many: str, count: int) -> str:
    """The form of a message that goes with a count, in the language of this run."""
    return catalogue(_language.get()).ngettext(singular, many, count)


def catalogue(code: str) -> gettext.NullTranslations:
    """The translations of a language, read from its .po file; none for English.

    Raises:
        UnknownLanguage: it is none of LANGUAGES.
    """
    return _read(code)[0]


def reviewed(code: str) -> float:
    """The share of the messages of a language that a native speaker has reviewed, those marked `#, reviewed`."""
    return _read(code)[1]


def is_offered(page: str, code: str) -> bool:
    """Whether all messages of a page are translated into a language, as `make strings` last found."""
    return code == ENGLISH or page not in _incomplete().get(_known_language(code), [])


@cache
def _incomplete() -> Mapping[str, list[str]]:
    """The pages of which a message is not translated, by language."""
    return tomllib.loads(INCOMPLETE.read_text(encoding="utf-8")) if INCOMPLETE.exists() else {}


@cache
def _read(code: str) -> tuple[gettext.NullTranslations, float]:
    file = catalogue_file(_known_language(code))
    if code == ENGLISH or not file.exists():
        return gettext.NullTranslations(), 1.0 if code == ENGLISH else 0.0
    # Babel's reader is loaded here, not by whoever only needs English.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with file.open("rb") as lines:
        messages = read_po(lines, locale=code, domain=DOMAIN)
    write_mo(compiled, messages)
    compiled.seek(0)
    seen = sum(REVIEWED in message.flags for message in messages if message.id)
    return gettext.GNUTranslations(compiled), seen / max(1, len(messages))


def catalogue_file(code: str) -> Path:
    """Where the translations of a language are kept."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def _known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise UnknownLanguage(f"The dashboard has no language {code!r}. It has: {', '.join(LANGUAGES)}.")
    return code
