"""What a table of a release is made of, and what its rows are, as digests: of the same digest are the same rows."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dashboard.warehouse.catalog import Query

LIBRARIES = ("duckdb", "pyarrow", "sqlglot")


def made_of(query: Query, reads: Mapping[str, str], engine: str) -> str:
    """The digest of what makes a table: its SQL, the rows of all that it reads, and what runs it.

    Args:
        query: what makes it.
        reads: the digest of the rows of each table that it reads, by the table's name.
        engine: name and version of what runs the SQL.
    """
    return _digest([engine, code(), query.name, query.sql, sorted(reads.items())])


def rows_of(files: Sequence[Path]) -> str:
    """The digest of the rows in files: the same only where their bytes are, in the order in which they are given."""
    return _digest(list(map(_sha256, files)))


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
