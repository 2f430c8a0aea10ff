"""Who is asking is part of every cached answer, and no value ever becomes SQL."""

import ast
from functools import cache

import pytest

from dashboard.settings import PROJECT

CACHES = {"lru_cache", "cache", "cache_data", "cache_resource", "cached_property"}
# What is cached of answers, releases or files of a store without a viewer: a release's own description, and which
# programmes have one partner (names, no count).
WITHOUT_A_VIEWER = {"_before", "_pinned", "_release", "_programmes_of_single_partners"}
# What runs a statement.
RUNS = {"execute", "executemany", "sql", "query", "_run", "ask", "view", "build", "from_query", "execute_async"}
# Where a name of ours, checked to be an identifier, is written into a statement, since names cannot be bound.
FORMATTED = {"read", "load", "view", "read_shared", "write_shared"}


@cache
def modules():
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in (PROJECT / "dashboard").rglob("*.py")}


def cached_functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if getattr(called, "attr", getattr(called, "id", "")) in CACHES:
                    yield node


def is_about_answers(function):
    """Whether a function has to do with a release, its answers or whoever asks: by the types it takes and gives."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    # A type may be written as text.
    names |= {
        node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return bool(
        names & {"Release", "Answers", "Viewer", "Visitor", "ask", "answer", "ask_row", "open_answers", "visitor"}
    )


def unkeyed(tree):
    """Cached functions over answers whose first parameter is not the viewer."""
    for function in cached_functions(tree):
        arguments = [*function.args.posonlyargs, *function.args.args]
        takes_viewer = bool(arguments) and ast.unparse(arguments[0]) == "viewer: Viewer"
        if is_about_answers(function) and not takes_viewer and function.name not in WITHOUT_A_VIEWER:
            yield function.name


def formatted(node):
    """Whether an expression makes text of parts: an f-string with values, format, +, % or join."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("format", "format_map", "join", "replace")
    return False


def made_statements(tree):
    """Functions in which text made of parts reaches what runs a statement, there or by a name assigned in them."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        made = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and (formatted(node.value) or isinstance(node, ast.AugAssign))
        }
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if getattr(node.func, "attr", getattr(node.func, "id", "")) not in RUNS:
                continue
            first = [*node.args[:2], *(keyword.value for keyword in node.keywords if keyword.arg in ("sql", "query"))]
            if any(formatted(part) or (isinstance(part, ast.Name) and part.id in made) for part in first):
                yield function.name


def test_cached_answers_take_the_viewer_first():
    found = [function.name for tree in modules().values() for function in cached_functions(tree)]
    assert {"_answers_of_all", "_answers_of_partner", "_answer", "_row", *WITHOUT_A_VIEWER} <= set(found)
    assert {path.name: list(unkeyed(tree)) for path, tree in modules().items() if list(unkeyed(tree))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "@st.cache_data(ttl=9)\ndef shares(name: str):\n    return ask(name)",
        "@lru_cache\ndef row(release: Release, viewer: Viewer):\n    return 1",
        "@functools.cache\ndef answers(release: 'Release'):\n    return 1",
        "@st.cache_resource\ndef open(viewer):\n    return open_answers(viewer, current_release())",
        "@cache\nasync def row(viewer: str):\n    return session.answer(viewer)",
    ],
)
def test_the_lint_sees_a_cache_without_a_viewer(code):
    assert list(unkeyed(ast.parse(code)))


def test_no_statement_is_made_of_values():
    found = {
        (path.relative_to(PROJECT).as_posix(), name)
        for path, tree in modules().items()
        for name in made_statements(tree)
    }
    assert found == {("dashboard/warehouse/duckdb.py", name) for name in FORMATTED}
    # These write names that are checked, and paths of ours: nothing else.
    tree = ast.parse((PROJECT / "dashboard" / "warehouse" / "duckdb.py").read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in FORMATTED:
            values = {ast.unparse(part.value) for part in ast.walk(function) if isinstance(part, ast.FormattedValue)}
            paths = {"[str(file) for file in files]", "[str(file)]", "_text(file)", "_text(to)"}
            assert values <= {"_name(table)", "_name(column)", "_name(name)", "select", "sql", "by_name", *paths}, (
                function.name
            )


@pytest.mark.parametrize(
    "code",
    [
        "def f(c, x):\n    c.execute(f'SELECT {x}')",
        "def f(c, x):\n    c.execute('SELECT ' + x)",
        "def f(c, x):\n    c.sql('SELECT %s' % x)",
        "def f(c, x):\n    c.sql('SELECT {}'.format(x))",
        "def f(c, x):\n    sql = 'SELECT ' + x\n    return c.ask(sql, {})",
        "def f(c, x):\n    sql = 'SELECT 1'\n    sql += x\n    c.execute(sql)",
        "def f(c, x):\n    c.execute(query=f'SELECT {x}') if x else c.execute(' '.join(['SELECT', x]))",
        "def f(c, x):\n    c.view('name', f'SELECT {x}')",
        "async def f(c, x):\n    c.execute('SELECT a'.replace('a', x))",
    ],
)
def test_the_lint_sees_a_statement_made_of_values(code):
    assert list(made_statements(ast.parse(code)))
