"""The lines above the SQL of a file: what they are called, and where they end and the SQL begins."""

import re
from pathlib import Path

from dashboard.warehouse.columns import CatalogError

HEADER_LINE = re.compile(
    r"^-- (?P<key>[a-z_]+)"
    r"(?: (?P<subject>\$?[a-z0-9_]+) (?P<type>[A-Z]+)(?P<card> \"[^\"]+\"[a-z_() ]*)?)?"
    r": (?P<text>.+)$"
)
# A parameter that queries/parameters.toml describes.
NAMED_PARAM = re.compile(r"-- param \$(?P<name>[a-z0-9_]+)")
# A parameter in the SQL itself.
USED_PARAM = re.compile(r"\$([a-z][a-z0-9_]*)")


def header_lines(text: str) -> list[str]:
    """The comments with which a file begins."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line)
    return lines


def body(text: str) -> str:
    """The SQL below them."""
    return "\n".join(text.splitlines()[len(header_lines(text)) :]).strip().rstrip(";")


def parse_line(line: str, path: Path, known: set[str]) -> tuple[str, str, str, str]:
    """Key, subject, type and text of a header line.

    Raises:
        CatalogError: it is none, or its key is not among the known ones.
    """
    match = HEADER_LINE.match(line)
    if not match or match["key"] not in known:
        raise CatalogError(f"{path.name}: `{line}` is not a header line. Known keys: {', '.join(sorted(known))}.")
    return match["key"], match["subject"] or "", match["type"] or "", match["text"].strip()
