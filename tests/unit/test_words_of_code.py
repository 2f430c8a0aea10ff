"""Names in code have the type and role of a thing: no verb of speech and no pronoun, which name nothing.

`REFUSED` has the words with what to write in their place; `ALLOWED` has the few files where a word names a thing.
"""

import ast

import pytest

from dashboard.settings import PROJECT

REFUSED = {
    "said": "manifest, entry, sentence, refusal",
    "told": "numbers, words, printed",
    "tells": "has, identifies",
    "asked": "query, question_name, arguments, requested",
    "one": "the thing: snapshot, row, file",
    "there": "existing, stored, folder",
    "place": "path, folder, position, key, area",
    "part": "file, piece, column, word",
}
# By file or folder, each with the reason.
ALLOWED = {
    "disclosure": ({"part"}, "what adds up to a whole"),
    "documents": ({"part"}, "`Part` of a chapter: a figure with its words"),
    "pages/contributions/where.py": (
        {"place"},
        "a country or region: the column of the answer and the key of the link",
    ),
    "store/fetches.py": ({"place"}, "a key of the file that holds the states of fetching"),
}
FOLDER = PROJECT / "dashboard"


def bound_names(tree):
    """Line and name of each function, parameter, variable and field that code gives a name."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.ExceptHandler(name=str()) | ast.MatchAs(name=str()) | ast.MatchStar(name=str()):
                yield node.lineno, node.name


def faults(tree, allowed=frozenset()):
    for line, name in bound_names(tree):
        if (word := name.strip("_")) in REFUSED.keys() - allowed:
            yield f"line {line}: {name} names nothing; write {REFUSED[word]}"


def allowed_in(file):
    inside = [words for of, (words, _reason) in ALLOWED.items() if file.is_relative_to(of)]
    return frozenset().union(*inside)


def test_names_in_code_are_those_of_things():
    found = {}
    for path in sorted(FOLDER.rglob("*.py")):
        file = path.relative_to(FOLDER)
        if of_file := list(faults(ast.parse(path.read_text(encoding="utf-8")), allowed_in(file))):
            found[str(file)] = of_file
    assert found == {}


@pytest.mark.parametrize(("of", "word"), [(of, word) for of, (words, _reason) in ALLOWED.items() for word in words])
def test_every_exception_is_still_needed(of, word):
    paths = [FOLDER / of] if of.endswith(".py") else (FOLDER / of).rglob("*.py")
    assert any(
        name.strip("_") == word for path in paths for _line, name in bound_names(ast.parse(path.read_text("utf-8")))
    )


@pytest.mark.parametrize(
    "code",
    [
        "said = 1",
        "def _told(): pass",
        "def f(asked): pass",
        "rows = [one for one in rows]",
        "f = lambda place: place",
        "self.there = 1",
        "for _part in parts: pass",
        "with open(path) as part: pass",
        "if (one := f()): pass",
        "try: f()\nexcept OSError as said: pass",
        "match x:\n    case {'a': one}: pass",
        "class A:\n    said: int = 0",
    ],
)
def test_the_lint_sees_each_fault(code):
    assert list(faults(ast.parse(code)))


@pytest.mark.parametrize("code", ["ask_row()", "f(one=1)", "x = row.said", "above_one = parts = places = 1"])
def test_the_lint_lets_good_names_pass(code):
    assert not list(faults(ast.parse(code)))
