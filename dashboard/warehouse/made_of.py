"""What a table of a release is made of, as one digest: two tables of the same digest hold the same rows."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dashboard.warehouse.catalog import Query

LIBRARIES = ("duckdb", "pyarrow", "sqlglot")


def made_of(
    queries: Sequence[Query], reads: Mapping[str, frozenset[str]], files: Mapping[str, Sequence[Path]], engine: str
) -> dict[str, str]:
    """The digest of each query by its name: of its SQL, of all that it reads, and of what runs it.

    Args:
        queries: each after those that it reads.
        reads: the tables that each query reads, by its name.
        files: the files behind each table that no query makes, in the order in which the engine is given them.
        engine: name and version of what runs the SQL.

    Raises:
        KeyError: a query reads a table that is neither.
    """
    found = {table: _digest([engine, code(), *map(_sha256, given)]) for table, given in files.items()}
    for query in queries:
        below = {table: found[table] for table in sorted(reads[query.name])}
        found[query.name] = _digest([engine, code(), query.name, query.sql, below])
    return {query.name: found[query.name] for query in queries}


@cache
def code() -> str:
    """The digest of the code and of the libraries that make tables: whatever of them changes, all are made anew."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    return _digest([*([name, version(name)] for name in LIBRARIES), *([path.name, _sha256(path)] for path in modules)])


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
