"""The SQL that gives the same rows on DuckDB and on Spark; `complaints` names what is outside of it.

An allow-list: a construct that nobody has shown to agree on both engines is refused until somebody has.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlglot
from sqlglot import exp

DATE_FORMATS = {"%Y", "%Y-%m", "%Y-%m-%d", "%d/%m/%Y", "%b %Y"}
WHOLE_TYPES = ("int", "bigint", "smallint", "tinyint")

_CLAUSES = """
    Select From Where Group Having Order Ordered Limit Join With CTE Subquery Table TableAlias Column Identifier Alias
    Distinct Union Except Intersect Exists In Tuple Paren Literal Boolean Null Parameter Placeholder Var Cast DataType
    Case If Filter Window WindowSpec IgnoreNulls Qualify GroupingSets Rollup Cube Values Grouping Star
"""
_OPERATORS = """
    And Or Not EQ NEQ GT GTE LT LTE Between Is NullSafeEQ NullSafeNEQ Like ILike Add Sub Mul Div Mod Neg DPipe Dot
"""
_FUNCTIONS = """
    Count Sum Avg Min Max Median LogicalAnd LogicalOr GroupConcat RowNumber Rank DenseRank Ntile Lag Lead FirstValue
    LastValue Coalesce Nullif Greatest Least Abs Sqrt Exp Ln Pow Floor Ceil Lower Upper Length Substring Left Right
    Trim Replace Concat ConcatWs StartsWith EndsWith Contains SplitPart DateTrunc TimestampTrunc DateDiff TimeToStr
    TsOrDsToTimestamp Year Month Day Quarter LastDay ArrayContains ArraySize ArraySort ArrayAgg GenerateSeries Unnest
    Explode
"""
ALLOWED = tuple(getattr(exp, name) for name in f"{_CLAUSES} {_OPERATORS} {_FUNCTIONS}".split())
NEEDS_ORDER = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue)

Rule = Callable[[exp.Expression], str | None]


def complaints(sql: str) -> list[str]:
    """Why the SQL may give other rows, or none, on another engine; empty when it keeps to the subset."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except sqlglot.errors.ParseError as wrong:
        return [f"it cannot be read: {str(wrong).splitlines()[0]}"]
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.Union):
        return ["one SELECT a file"]
    tree = trees[0]
    reasons = [] if tree.args.get("order") else ["an ORDER BY at the end: without it the rows have no order to compare"]
    for node in tree.walk():
        reasons += [f"{why}: {node.sql('duckdb')[:80]}" for why in _of_node(node)]
    return reasons


def _of_node(node: Any) -> Iterator[str]:
    if not isinstance(node, ALLOWED):
        yield f"{type(node).__name__} is not in the subset"
    for kinds, rule in RULES:
        if isinstance(node, kinds) and (why := rule(node)):
            yield why


def _star(node: exp.Expression) -> str | None:
    return None if isinstance(node.parent, exp.Count) else "name the columns instead of *"


def _division(node: exp.Expression) -> str | None:
    divisor = node.expression.unnest()
    safe = isinstance(divisor, exp.Nullif) or (isinstance(divisor, exp.Literal) and float(divisor.this) != 0)
    return None if safe else "divide by nullif(x, 0) or by a literal"


def _literal(node: exp.Expression) -> str | None:
    in_arithmetic = isinstance(node.parent, exp.Add | exp.Sub | exp.Mul | exp.Div)
    is_decimal = not node.is_string and "." in str(node.this)
    return "a decimal literal in arithmetic: cast(x AS double)" if is_decimal and in_arithmetic else None


def _date_trunc(node: exp.Expression) -> str | None:
    cast_to_date = isinstance(node.parent, exp.Cast) and node.parent.to.is_type("date")
    return None if cast_to_date else "cast(date_trunc(...) AS date)"


def _date_diff(node: exp.Expression) -> str | None:
    in_days = str(node.args.get("unit") or "").strip("'").upper() == "DAY"
    of_dates = all(isinstance(side, exp.Cast) and side.to.is_type("date") for side in (node.this, node.expression))
    return None if in_days and of_dates else "date_diff('day', cast(a AS date), cast(b AS date)) only"


def _format(node: exp.Expression) -> str | None:
    return None if node.args["format"].name in DATE_FORMATS else f"strftime with one of {sorted(DATE_FORMATS)}"


def _cast(node: exp.Expression) -> str | None:
    assert isinstance(node, exp.Cast)
    if node.to.is_type("decimal"):
        return "DOUBLE instead of DECIMAL"
    if node.to.is_type("timestamp", "timestamptz"):
        return "dates only: engines disagree on the zone of a timestamp"
    rounds = isinstance(node.this.unnest(), exp.Mul | exp.Div | exp.Avg | exp.Pow | exp.Exp | exp.Sqrt)
    return "a fraction to a whole number: floor() first" if node.to.is_type(*WHOLE_TYPES) and rounds else None


def _join(node: exp.Expression) -> str | None:
    if node.args.get("using"):
        return "ON instead of USING"
    return f"no {node.args['method']} JOIN" if node.args.get("method") else None


def _group(node: exp.Expression) -> str | None:
    return "name the keys instead of GROUP BY ALL" if node.args.get("all") else None


def _ordered(node: exp.Expression) -> str | None:
    return "name the columns instead of ORDER BY ALL" if isinstance(node.this, exp.Var) else None


def _window(node: exp.Expression) -> str | None:
    if isinstance(node.this, exp.Filter) or node.find(exp.Distinct):
        return "no FILTER or DISTINCT in a window"
    return "a window needs ORDER BY" if isinstance(node.this, NEEDS_ORDER) and not node.args.get("order") else None


def _frame(node: exp.Expression) -> str | None:
    return None if (node.args.get("kind") or "").upper() == "ROWS" else "ROWS frames only"


def _string_agg(node: exp.Expression) -> str | None:
    return None if node.find(exp.Order) else "string_agg with ORDER BY inside"


def _list(node: exp.Expression) -> str | None:
    return None if isinstance(node.parent, exp.ArraySort) and not node.find(exp.Order) else "list_sort(list(x)) only"


def _distinct(node: exp.Expression) -> str | None:
    return "no DISTINCT ON" if node.args.get("on") else None


def _union(node: exp.Expression) -> str | None:
    return "no UNION BY NAME" if node.args.get("by_name") else None


def _with_clause(node: exp.Expression) -> str | None:
    return "no recursive CTE" if node.args.get("recursive") else None


def _in_list(node: exp.Expression) -> str | None:
    return "list_contains(list, x) instead of IN over a list" if node.args.get("field") else None


def _unnest(node: exp.Expression) -> str | None:
    return None if isinstance(node.parent, exp.Alias | exp.Select) else "unnest only as a column of a SELECT"


def _qualify(node: exp.Expression) -> str | None:
    return "QUALIFY in a CTE of its own" if node.parent and node.parent.args.get("order") else None


def _alias_in_its_own_select(node: exp.Expression) -> str | None:
    assert isinstance(node, exp.Select)
    aliases = {
        column.alias.lower()
        for column in node.expressions
        if isinstance(column, exp.Alias)
        and column.alias.lower() not in {c.name.lower() for c in column.find_all(exp.Column)}
    }
    for clause in [*node.expressions, node.args.get("where")]:
        for column in clause.find_all(exp.Column) if clause else ():
            if column.name.lower() in aliases and not column.table and column.find_ancestor(exp.Select) is node:
                return f"the alias {column.name} is used in its own SELECT"
    return None


def _alias_hides(node: exp.Expression) -> str | None:
    hides = node.find(exp.AggFunc) and any(
        c.name.lower() == node.alias.lower() and not c.table for c in node.find_all(exp.Column)
    )
    inside_window_or_sum_of_itself = isinstance(node.this, exp.Column)
    return "the alias hides the column it aggregates" if hides and not inside_window_or_sum_of_itself else None


RULES: tuple[tuple[type[exp.Expression], Rule], ...] = (
    (exp.Star, _star),
    (exp.Div, _division),
    (exp.Mod, _division),
    (exp.Literal, _literal),
    (exp.DateTrunc, _date_trunc),
    (exp.TimestampTrunc, _date_trunc),
    (exp.DateDiff, _date_diff),
    (exp.TimeToStr, _format),
    (exp.Cast, _cast),
    (exp.Join, _join),
    (exp.Group, _group),
    (exp.Ordered, _ordered),
    (exp.Window, _window),
    (exp.WindowSpec, _frame),
    (exp.GroupConcat, _string_agg),
    (exp.ArrayAgg, _list),
    (exp.Distinct, _distinct),
    (exp.Union, _union),
    (exp.With, _with_clause),
    (exp.In, _in_list),
    (exp.Unnest, _unnest),
    (exp.Qualify, _qualify),
    (exp.Select, _alias_in_its_own_select),
    (exp.Alias, _alias_hides),
)
