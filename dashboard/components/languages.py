"""The language of a reader: chosen and kept in the address, remembered by the browser, or the browser's own."""

import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import streamlit as st

from dashboard.components import dropped
from dashboard.components.filters import remember, went_back_or_forward
from dashboard.components.record import is_recording
from dashboard.locales import ENGLISH, LANGUAGES, _, best_of, is_offered, is_right_to_left, language, reviewed, speak
from dashboard.locales.numbers import percent, whole
from dashboard.session import LANGUAGE

SCRIPT = Path(__file__).parents[1] / "static" / "language.js"
# States that the page lost its connection, in the language of the page.
CONNECTION = SCRIPT.with_name("connection.js")
# Has what Streamlit writes of its own in the language of the page.
OWN_WORDS = SCRIPT.with_name("words.js")
# Has nothing move for a reader who asks for that.
MOTION = SCRIPT.with_name("motion.js")
# Has charts drawn anew when the page turns dark or light.
THEME = SCRIPT.with_name("theme.js")
# Has the light page offered where the line is slow.
SLOW_LINE = SCRIPT.with_name("slow_line.js")
# Has the Tab key lead into a popover that a key opened.
POPOVER = SCRIPT.with_name("popover.js")
# The name of the choice in the address, in the session and among the cookies.
KEY = "lang"
CHOSEN = "_language_chosen"
# The language of an address without one: in which the visit began there, else the browser's own. Once the reader went
# back to it, no cookie says otherwise.
BEGUN_IN, RETURNED_TO = "_language_begun_in", "_language_returned_to"
# The browser need not remember a language that is its own.
FORGOTTEN = "none"


def begin() -> None:
    """Has this run in the language of the reader: that of the address, of this visit, of an earlier one, or of the
    browser.
    """
    wanted = st.query_params.get(KEY)
    if wanted not in LANGUAGES and went_back_or_forward():
        if st.session_state.get(CHOSEN):
            st.session_state[RETURNED_TO] = st.session_state.get(BEGUN_IN)
        st.session_state[CHOSEN] = None
    elif wanted not in LANGUAGES and not st.session_state.get(RETURNED_TO):
        wanted = st.session_state.get(CHOSEN) or st.context.cookies.get(KEY)
    if wanted in LANGUAGES:
        st.session_state[CHOSEN] = wanted
    code = st.session_state.get(CHOSEN) or st.session_state.get(BEGUN_IN) or best_of(st.context.locale)
    has_own = st.query_params.get(KEY) in LANGUAGES
    st.session_state.setdefault(BEGUN_IN, best_of(st.context.locale) if has_own else code)
    st.session_state[LANGUAGE] = code
    speak(code)


def on_page(name: str) -> None:
    """Has a page whose messages are not all translated in English."""
    if not is_offered(name, language()):
        speak(ENGLISH)
        st.session_state[LANGUAGE] = ENGLISH


def choice() -> None:
    """The languages in the bar of a page, each by its own name; the page states which is spoken."""
    with st.popover(LANGUAGES[language()], type="tertiary", on_change="rerun", key="languages") as shown:
        if shown.open:
            for code, name in LANGUAGES.items():
                st.button(name, key=f"language-{code}", on_click=_choose, args=(code,), disabled=code == language())
            st.caption(draft() or _("The original language of this dashboard."))
    wanted = st.query_params.get(KEY)
    refused = None if wanted is None or wanted in LANGUAGES else wanted
    dropped.settle(KEY, refused, language(), _("Language"), LANGUAGES[language()])
    remember(KEY, st.session_state.get(CHOSEN), None)
    set_browser_language()


def set_browser_language() -> None:
    """Tells the page which language it is in, and in which direction it is written."""
    returned = st.session_state.get(RETURNED_TO) or ""
    kept = st.session_state.get(CHOSEN) or (FORGOTTEN if returned == best_of(st.context.locale) else returned)
    lost = _("No connection. The figures are those last loaded; the page goes on when the connection is back.")
    st.html(
        f'<div hidden data-language="{language()}" data-direction="{"rtl" if is_right_to_left() else "ltr"}" '
        f'data-remember="{kept}" data-lost="{html.escape(lost)}" '
        f'data-words="{html.escape(json.dumps(words_of_streamlit(), ensure_ascii=False))}"></div>'
        f'<script src="/app/static/{SCRIPT.name}?v={_version(SCRIPT)}&l={language()}"></script>'
        f'<script src="/app/static/{OWN_WORDS.name}?v={_version(OWN_WORDS)}&l={language()}"></script>'
        f'<script src="/app/static/{CONNECTION.name}?v={_version(CONNECTION)}"></script>'
        f'<script src="/app/static/{MOTION.name}?v={_version(MOTION)}"></script>'
        f'<script src="/app/static/{THEME.name}?v={_version(THEME)}"></script>'
        f'<script src="/app/static/{SLOW_LINE.name}?v={_version(SLOW_LINE)}"></script>'
        f'<script src="/app/static/{POPOVER.name}?v={_version(POPOVER)}"></script>',
        unsafe_allow_javascript=True,
    )
    if not is_recording():
        st.button(_("Draw the charts again"), key="draw-anew")


def words_of_streamlit() -> Mapping[str, str]:
    """What Streamlit writes of its own, in English, and the same in the language of the run; empty in English."""
    if language() == ENGLISH:
        return {}
    limit = int(st.get_option("server.maxUploadSize"))
    return {
        "Upload": _("Choose a file"),
        "file upload": _("Choose a file"),
        f"{limit}MB per file": _("{size} MB per file").format(size=whole(limit)),
        "{name} per file": _("{name} per file"),
        "Drag and drop a file here": _("Drop a file here"),
        "Press Enter to apply": _("Press Enter to apply"),
        "Press Enter to submit form": _("Press Enter to send the form"),
        "Press Ctrl+Enter to apply": _("Press Ctrl+Enter to apply"),
        "Press ⌘+Enter to apply": _("Press ⌘+Enter to apply"),
        "Connecting": _("Connecting…"),
        "Connecting to Streamlit server": _("Connecting to the dashboard…"),
        "Unable to connect to Streamlit server": _("The dashboard cannot be reached"),
        "Error": _("Error"),
        "Choose date": _("Choose a date"),
        "Choose date, {name}": _("Choose a date: {name}"),
        "Use arrow keys to navigate dates. Enter to select. Escape to close.": _(
            "Go through the days with the arrow keys, choose one with Enter, close with Escape."
        ),
        "Previous month": _("Previous month"),
        "Next month": _("Next month"),
        "Next": _("Next month"),
        "month": _("month"),
        "year": _("year"),
        "month, {name}": _("{name}: month"),
        "year, {name}": _("{name}: year"),
        "day, {name}": _("{name}: day"),
        "Choose an option": _("Choose an option"),
        "Choose options": _("Choose options"),
        "No results": _("No results"),
        "No options to select": _("No options to select"),
        "Select all": _("Select all"),
        "Clear all": _("Clear all"),
        "Stop": _("Stop"),
        "Open": _("Show the options"),
        "App pages": _("Menu of pages"),
        "Remove {name}": _("Remove {name}"),
        "Help for {name}": _("Help for {name}"),
        "Search": _("Search"),
        "Search: {name}": _("Search: {name}"),
        "Show/hide columns": _("Show or hide columns"),
        "Show/hide columns: {name}": _("Show or hide columns: {name}"),
        "Fullscreen": _("Full screen"),
        "Fullscreen: {name}": _("Full screen: {name}"),
        "Close fullscreen": _("Close full screen"),
        "Sidebar": _("Menu of pages"),
        "Expand sidebar": _("Open the menu of pages"),
        "Collapse sidebar": _("Close the menu of pages"),
        "Main menu": _("Settings"),
        "Skip to main content": _("Skip to the content"),
        "Navigate to home page": _("First page"),
    }


def draft() -> str:
    """How far native speakers have read the translation; empty for English."""
    if language() == ENGLISH:
        return ""
    return _("Draft translation. A native speaker has reviewed {share} of it.").format(
        share=percent(reviewed(language()))
    )


def _choose(code: str) -> None:
    st.session_state[CHOSEN] = code
    st.query_params[KEY] = code


@cache
def _version(script: Path) -> str:
    """Changes with the script, which browsers keep for a week."""
    return hashlib.sha256(script.read_bytes()).hexdigest()[:12]
