"""Every visible string goes through gettext, and the list that translators work from is up to date."""

import ast
from pathlib import Path

import pytest

from dashboard.commands.strings import messages_in, template, written
from dashboard.locales import DOMAIN, FOLDER
from dashboard.settings import PROJECT

SHOWING = {
    *("title", "header", "subheader", "write", "markdown", "caption", "info", "warning", "error", "success", "button"),
    *("metric", "selectbox", "slider", "date_input", "segmented_control", "text_input", "file_uploader", "expander"),
    *("popover", "download_button", "spinner", "progress", "toggle", "checkbox", "radio", "tabs", "Page"),
}
FILES = [
    PROJECT / "dashboard" / "app.py",
    *sorted((PROJECT / "dashboard" / "pages").rglob("*.py")),
    *sorted((PROJECT / "dashboard" / "components").glob("*.py")),
]


def bare_words(tree):
    """Strings with letters handed to a Streamlit call without passing `_`; code, keys and markup have no blank."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SHOWING:
            shown = [*call.args[:1], *(k.value for k in call.keywords if k.arg in ("help", "alt", "label", "title"))]
            for value in shown:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and not value.value.endswith(".py"):
                    yield call.lineno, value.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_visible_string_bypasses_gettext(file):
    assert list(bare_words(ast.parse(file.read_text(encoding="utf-8")))) == []


def test_the_lint_sees_a_bare_string():
    assert list(bare_words(ast.parse('st.title("School closures")'))) == [(1, "School closures")]


def test_the_list_for_translators_is_up_to_date():
    assert Path(FOLDER / f"{DOMAIN}.pot").read_text(encoding="utf-8") == written(template(), is_template=True), (
        "run `make strings`"
    )


def test_messages_within_a_template_string_are_found_and_keys_are_none():
    code = (
        """f'<p>{escape(_("Open the full page"))}</p>' + plural("{n} hub", "{n} hubs", n) + _(row["metric"]) + _(x)"""
    )
    assert list(messages_in(code)) == [(("{n} hub", "{n} hubs"), 1), ("Open the full page", 1)]
