"""Row filters and CTEs that several SQL files share: queries/fragments, put in their place when a file is read.

A file includes one on a line of its own, as rows or as a condition on rows it has:

    WITH asked AS (
        SELECT * FROM fragment.capture_asked
    )
    …
    WHERE
        a.is_education
        AND fragment.activity_asked(a)

No engine knows a schema `fragment`, so an include that stayed in the SQL could not run. A table macro would be shorter,
but hides its tables from whoever reads the SQL to decide whose rows a question needs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboard.settings import QUERIES
from dashboard.warehouse.columns import CatalogError
from dashboard.warehouse.headers import NAMED_PARAM, USED_PARAM, body, header_lines, parse_line

FOLDER = "fragments"
INCLUDING = ("staging", "marts", "cubes", "checks", "changes", "pages")
KEYS = {"title", "param", "row", "column"}
CONDITION = re.compile(
    r"SELECT \*\nFROM given AS [a-z]+(?:\nCROSS JOIN given AS [a-z]+)*\nWHERE\n(?P<condition>.+)", re.DOTALL
)
MENTION = re.compile(r"\bfragment\.(?P<name>\w*)")
INCLUDE = re.compile(
    r"(?P<indent> *)"
    r"(?:SELECT \* FROM fragment\.(?P<rows>[a-z_0-9]+)"
    r"|(?P<lead>WHERE |ON |AND |)fragment\.(?P<condition>[a-z_0-9]+)\((?P<aliases>[a-z]*(?:, [a-z]+)*)\))"
)
# A column with its alias; text in quotes is passed over.
QUALIFIED = re.compile(r"'[^']*'|(?<![\w$.])(?P<alias>[a-z]+)\.(?P<column>[a-z_0-9]+)")


@dataclass(frozen=True)
class Fragment:
    """SQL that several files share: a SELECT, or with `aliases` a condition on rows that are called so in it."""

    name: str
    title: str
    lines: tuple[str, ...]
    aliases: tuple[str, ...]

    @property
    def inner(self) -> frozenset[str]:
        """Aliases of its own, which rows of an including file may not have: a column would be one of the wrong rows."""
        match = {match["alias"] for line in self.lines for match in QUALIFIED.finditer(line)}
        return frozenset(match.difference((*self.aliases, None)))

    def named(self, aliases: tuple[str, ...]) -> list[str]:
        """The lines, with the aliases that an including file has for the rows; none, and columns stand alone."""
        others = dict(zip(self.aliases, aliases or ("",) * len(self.aliases), strict=True))

        def renamed(match: re.Match[str]) -> str:
            if not match["alias"]:
                return match[0]
            alias = others.get(match["alias"], match["alias"])
            return f"{alias}.{match['column']}" if alias else match["column"]

        return [QUALIFIED.sub(renamed, line) for line in self.lines]


def read_fragment(path: Path, known: Mapping[str, Fragment] | None = None) -> Fragment:
    """The fragment of one file. A SELECT may include others, `known` by name, which include none.

    Raises:
        CatalogError: the header is wrong or does not name what the SQL uses, or the SQL is no fragment.
    """
    text = path.read_text(encoding="utf-8")
    titles, params, columns = list[str](), set[str](), list[str]()
    for line in header_lines(text):
        if param := NAMED_PARAM.fullmatch(line):
            params.add(param["name"])
            continue
        key, _, _, value = parse_line(line, path, KEYS)
        if key == "title":
            titles.append(value)
        if key == "row":
            columns += value.split(", ")
    sql = body(text)
    if len(titles) != 1:
        raise CatalogError(f"{path.name}: a fragment has one `-- title:` line (found {len(titles)}).")
    if MENTION.search(sql):
        if columns or known is None:
            raise CatalogError(
                f"{path.name}: a condition, and a fragment that is included in another, includes no other."
            )
        sql = "\n".join(_expanded(sql, path, known))
    if params != set(USED_PARAM.findall(sql)):
        raise CatalogError(
            f"{path.name}: the header names the parameters {sorted(params)}, the SQL uses "
            f"{sorted(set(USED_PARAM.findall(sql)))}."
        )
    if not columns:
        return Fragment(path.stem, titles[0], tuple(sql.splitlines()), ())
    return Fragment(path.stem, titles[0], _condition(sql, columns, path), _aliases(columns))


def _aliases(columns: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.partition(".")[0] for column in columns))


def _condition(sql: str, columns: list[str], path: Path) -> tuple[str, ...]:
    """The lines of a condition on rows with these columns, each `alias.column`."""
    whole = CONDITION.fullmatch(sql)
    if not whole:
        raise CatalogError(f"{path.name}: a fragment with a `-- row:` line is `SELECT *`, `FROM given AS …`, `WHERE`.")
    lines = tuple(line.removeprefix("    ") for line in whole["condition"].splitlines())
    if any(line.startswith("OR ") for line in lines):
        raise CatalogError(f"{path.name}: put brackets around its OR, for files add more with AND.")
    used = {match[0] for match in QUALIFIED.finditer("\n".join(lines)) if match["alias"] in _aliases(columns)}
    if used != set(columns):
        raise CatalogError(f"{path.name}: `-- row:` names {sorted(columns)}, the SQL uses {sorted(used)}.")
    return lines


def read_fragments(folder: Path) -> Mapping[str, Fragment]:
    """Every fragment below a folder of SQL by its name.

    Raises:
        CatalogError: one is wrong, or no file includes it.
    """
    paths = sorted((folder / FOLDER).glob("*.sql"))
    including = [path for path in paths if MENTION.search(body(path.read_text(encoding="utf-8")))]
    plain = {path.stem: read_fragment(path) for path in paths if path not in including}
    fragments = plain | {path.stem: read_fragment(path, plain) for path in including}
    files = (path for layer in (*INCLUDING, FOLDER) for path in (folder / layer).rglob("*.sql"))
    included = {name for path in files for name in MENTION.findall(path.read_text(encoding="utf-8"))}
    if unused := sorted(fragments.keys() - included):
        raise CatalogError(f"No file includes {', '.join(unused)} of queries/{FOLDER}. Remove it.")
    return fragments


@cache
def fragments() -> Mapping[str, Fragment]:
    """Every fragment of the project by its name."""
    return read_fragments(QUERIES)


def expanded(sql: str, path: Path) -> str:
    """The SQL of a file with what it includes in place.

    Raises:
        CatalogError: a fragment is unknown, is included as what it is not, or shares its line with something else.
    """
    return "\n".join(_expanded(sql, path, fragments())) if MENTION.search(sql) else sql


def _expanded(sql: str, path: Path, known: Mapping[str, Fragment]) -> Iterator[str]:
    for line in sql.splitlines():
        if not MENTION.search(line):
            yield line
            continue
        include = INCLUDE.fullmatch(line)
        if not include:
            raise CatalogError(
                f"{path.name}: `{line.strip()}` is no include. One has a line of its own, as the whole of a CTE or as "
                "`AND fragment.name(alias)`."
            )
        yield from _included(include, path, known)


def _included(include: re.Match[str], path: Path, known: Mapping[str, Fragment]) -> Iterator[str]:
    name = include["rows"] or include["condition"]
    fragment = known.get(name)
    if not fragment:
        names = ", ".join(sorted(known))
        raise CatalogError(f"{path.name} includes {name}, which is not in queries/{FOLDER}. There are: {names}.")
    if bool(include["rows"]) == bool(fragment.aliases):
        kind = "a condition on rows" if fragment.aliases else "a SELECT"
        raise CatalogError(f"{path.name}: the fragment {name} is {kind}, and is included as what it is not.")
    aliases = tuple(include["aliases"].split(", ")) if include["aliases"] else ()
    if aliases and len(aliases) != len(fragment.aliases):
        raise CatalogError(f"{path.name}: the fragment {name} wants aliases for {', '.join(fragment.aliases)}.")
    if fragment.inner.intersection(aliases) or (fragment.inner and fragment.aliases and not aliases):
        inner = ", ".join(sorted(fragment.inner))
        raise CatalogError(f"{path.name}: the fragment {name} wants aliases other than its own {inner}.")
    indent, lead = include["indent"], include["lead"] or ""
    lines = fragment.named(aliases)
    if lead in ("WHERE ", "ON ") and len(lines) > 1:
        yield f"{indent}{lead.strip()}"
        indent, lead = f"{indent}    ", ""
    yield f"{indent}{lead}{lines[0]}"
    yield from (f"{indent}{line}" if line else "" for line in lines[1:])
