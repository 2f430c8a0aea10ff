"""Records of an ActivityInfo form whose fields have the columns of a source's template as codes or labels.

Written from the documentation of ActivityInfo's API: the form's schema, then a query of its columns, whose answer
states how many rows it has. Only fields of the template are asked for. Settings: `server`, `form`, `token`.
"""

from typing import Any

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.pages import AGAIN, answered_field, whole_number
from dashboard.intake.fetch.tables import by_template, column_of, write_by_template
from dashboard.intake.fetch.ways import Client, Fetched, Order, server


def fetch(order: Order, client: Client) -> Fetched:
    """All records as a file of the template."""
    address = f"{server(order.setting('server'))}/resources"
    headers = {"Authorization": f"Bearer {order.setting('token')}"}
    form = order.setting("form")
    schema = client.json(f"{address}/form/{form}/schema", headers=headers)
    fields: dict[str, str] = {}
    for element in answered_field(schema, "elements", list, client.shown(f"{address}/form")):
        names = [str(element[key]) for key in ("code", "label") if element.get(key)]
        if name := next((name for name in names if column_of(order.card, name)), ""):
            if name in fields:
                raise FetchFailed(f"Two fields of the form are named {name}. Rename one of them.")
            fields[name] = str(element.get("id", ""))
    question_of = by_template(order.card, fields)
    query = {
        "rowSources": [{"rootFormId": form}],
        "columns": [{"id": column, "expression": fields[field]} for column, field in question_of.items()],
        "truncateStrings": False,
    }
    what = client.shown(f"{address}/query/columns")
    answer = client.json(f"{address}/query/columns", headers=headers, body=query)
    total = whole_number(answer.get("rows") if isinstance(answer, dict) else None, what)
    columns = answered_field(answer, "columns", dict, what)
    values = {column: _values(columns.get(column), total, column, what) for column in question_of}
    rows = ({column: values[column][at] for column in question_of} for at in range(total))
    return Fetched(
        write_by_template(order.folder, order.card, order.way.kind, {column: column for column in question_of}, rows)
    )


def _values(column: Any, total: int, name: str, what: str) -> list[Any]:
    """The values of a column, which is sent as a list, as one value for all rows, or as nothing.

    Raises:
        FetchFailed: it has more or fewer values than there are rows.
    """
    storage = column.get("storage") if isinstance(column, dict) else None
    if storage == "array":
        values = answered_field(column, "values", list, what)
    elif storage == "constant":
        values = [column.get("value")] * total
    elif storage == "empty":
        values = [None] * total
    else:
        raise FetchFailed(f"{what} should answer with the column {name} (found: none of it). {AGAIN}")
    if len(values) != total:
        raise FetchFailed(f"{what} should have {total:,} rows (found: {len(values):,} of {name}). {AGAIN}")
    return values
