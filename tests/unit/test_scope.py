"""A scope is changed by `replace`, or cut by `only`: who copies fields one by one forgets the one that comes next."""

import ast
import datetime

import pytest

from dashboard.scope import Scope
from dashboard.settings import PROJECT

ROOMS = [PROJECT / "dashboard" / "pages", PROJECT / "dashboard" / "components"]
FILES = [file for room in ROOMS for file in sorted(room.rglob("*.py"))]


def copied_fields(tree):
    """Calls of Scope that take a field from another scope under the same name."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Scope":
            for keyword in call.keywords:
                if isinstance(keyword.value, ast.Attribute) and keyword.value.attr == keyword.arg:
                    yield call.lineno, keyword.arg


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_scope_is_changed_by_replace_or_only(file):
    assert list(copied_fields(ast.parse(file.read_text(encoding="utf-8")))) == []


def test_the_lint_sees_a_copied_field():
    assert list(copied_fields(ast.parse("Scope(year=scope.year, by='host')"))) == [(1, "year")]


def test_only_keeps_what_is_named():
    scope = Scope(programme_id="dlsei", partner_id="kiron", on_date=datetime.date(2020, 1, 1))
    assert scope.only("programme_id") == Scope(programme_id="dlsei")
