"""Which sources a question's answer comes from, read from the SQL itself."""

from functools import cache

from sqlglot import exp
from sqlglot.lineage import lineage

from dashboard.warehouse.build import tables_of
from dashboard.warehouse.catalog import layer, question, questions, sources
from dashboard.warehouse.changes import mart_of


@cache
def sources_of(name: str) -> tuple[str, ...]:
    """The sources behind the question `page/question`, by the tables its SQL and theirs read; enrolment last."""
    files = {query.name: query.sql for kind in ("staging", "marts", "cubes", "changes") for query in layer(kind)}
    todo, seen = [question(name).sql], set[str]()
    while todo:
        for table in set(map(mart_of, tables_of(todo.pop()))) - seen:
            seen.add(table)
            if table in files:
                todo.append(files[table])
    names = [source for source in sources() if f"raw_{source}" in seen]
    return tuple(sorted(names, key=lambda source: (source == "uis_enrolment", source)))


def tables_behind(name: str, column: str) -> frozenset[str]:
    """The tables that one column of an answer is read from; empty where the SQL does not show it."""
    return _tables_behind_each(name)[column]


@cache
def _tables_behind_each(name: str) -> dict[str, frozenset[str]]:
    """The same for every column of an answer: its SQL is read once for all of them."""
    found = {}
    for column, node in lineage(None, question(name).sql, _schema(), dialect="duckdb").items():
        tables = [leaf.source for leaf in node.walk() if not leaf.downstream]
        known = [table.name for table in tables if isinstance(table, exp.Table)]
        found[column] = frozenset(known) if all(known) and len(known) == len(tables) else frozenset[str]()
    return found


@cache
def _schema() -> dict[str, dict[str, str]]:
    """The columns of each table that questions read, with their types."""
    return {
        query.name: {column.name: column.type for column in query.columns}
        for kind in ("marts", "cubes")
        for query in layer(kind)
    }


@cache
def sources_of_page(page: str) -> tuple[str, ...]:
    """The sources behind all questions of a page, in the order of their names; none for a page that asks nothing."""
    names = (name for name in questions() if name.startswith(f"{page}/"))
    return tuple(sorted({source for name in names for source in sources_of(name)}))
