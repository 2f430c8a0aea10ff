"""One kind of refusal, whose sentence holds in browser and shell alike."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import dashboard
from dashboard.components.refused import COMMAND, FLAGS
from dashboard.refusals import Refusal

ROOT = Path(dashboard.__file__).parent
# What is raised and is no refusal: a defect, a row of a file, what the gate or a page catches itself, or nothing newer.
FLAG = re.compile(r"(?<![\w-])--[a-z]")
OTHERS = {
    "RowRefused",
    "CatalogError",
    "VocabularyError",
    "NoAnswer",
    "Contradiction",
    "Denied",
    "NotAnswered",
    "TokenDenied",
    "NotShared",
    "ObjectGone",
    "Overtaken",
    "NotAdmitted",
    "FetchUnchanged",
}
SHOWN_ON_PAGES = ("actions.py", "intake", "store", "disclosure")


def modules():
    for found in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not found.name.startswith(("dashboard.pages.", "dashboard.app")):
            yield importlib.import_module(found.name)


def test_every_exception_of_ours_is_a_refusal_or_said_not_to_be():
    ours = {
        value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Exception) and value.__module__.startswith("dashboard")
    }
    assert {one.__name__ for one in ours if not issubclass(one, Refusal)} == OTHERS
    assert len(ours) > 25


def sentences(path):
    """Every text of a module as one string, names in it as x."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    inner = {
        id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node) if part is not node
    }
    for node in nodes:
        if id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(p.value if isinstance(p, ast.Constant) else "x" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def files():
    for name in SHOWN_ON_PAGES:
        yield from [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_for_the_shell_can_be_left_out_on_a_page(path):
    for line, text in sentences(path):
        shown = COMMAND.sub("", FLAGS.sub("", text))
        assert not FLAG.search(shown), f"{path.name}:{line}: put the flag in brackets of its own: {text}"


def test_a_sentence_without_its_flags_and_commands_still_stands():
    said = "5 become 2. If it is a part, declare it (`--part`). `coalition sources` lists them: a, b. Nothing was kept."
    assert COMMAND.sub("", FLAGS.sub("", said)) == "5 become 2. If it is a part, declare it. Nothing was kept."
