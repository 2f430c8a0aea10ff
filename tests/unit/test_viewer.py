"""Who is asking is part of every cached answer."""

import ast

from dashboard.settings import PROJECT

CACHES = {"lru_cache", "cache", "cache_data", "cache_resource"}
# Public: a release's own description, and what is read from files of the project.
WITHOUT_A_VIEWER = {"_before", "_release", "_template"}


def cached_functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if getattr(called, "attr", getattr(called, "id", "")) in CACHES:
                    yield node


def test_cached_answers_take_the_viewer_first():
    folder = PROJECT / "dashboard"
    files = [folder / "session.py", folder / "prefetch.py", *folder.glob("pages/*.py"), *folder.glob("components/*.py")]
    found = [function for file in files for function in cached_functions(ast.parse(file.read_text(encoding="utf-8")))]
    assert {"_answers", "_answer", "_row"} <= {function.name for function in found}
    for function in found:
        first = function.args.args[0] if function.args.args else None
        takes_viewer = first is not None and ast.unparse(first) == "viewer: Viewer"
        assert takes_viewer or function.name in WITHOUT_A_VIEWER, function.name
