"""Submissions of a KoboToolbox form whose questions are named like the columns of a source's template.

Written from the documentation of KoboToolbox's API, version 2: `assets/{form}/data/`, a page at a time, in the order in
which they came. Only questions of the template are written down. Settings: `server`, `form`, `token`, `page`.
"""

from functools import cache
from typing import Any

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.pages import Page, all_rows, answered_field, whole_number
from dashboard.intake.fetch.tables import by_template, column_of, write_by_template
from dashboard.intake.fetch.ways import Client, Fetched, Order, server

LONGEST_PAGE = 1000
ORDER = '{"_id":1}'


def fetch(order: Order, client: Client) -> Fetched:
    """All submissions as a file of the template."""
    address = f"{server(order.setting('server'))}/api/v2/assets/{order.setting('form')}/data/"
    headers = {"Authorization": f"Token {order.setting('token')}"}
    what = client.shown(address)
    length = int(order.way.settings.get("page", LONGEST_PAGE))

    def ask(_: int, before: int) -> Page:
        params: dict[str, str | int] = {"format": "json", "sort": ORDER, "start": before, "limit": length}
        answer = client.json(address, params, headers)
        total = whole_number(answer.get("count") if isinstance(answer, dict) else None, what)
        return Page(answered_field(answer, "results", list, what), total)

    # A question within a group is named group/question; answers that were left blank are not there at all.
    @cache
    def is_of_template(name: str) -> bool:
        return column_of(order.card, name) is not None

    def keep(submission: dict[str, Any]) -> dict[str, Any]:
        named = {_question(name): value for name, value in submission.items()}
        return {name: value for name, value in named.items() if is_of_template(name)}

    rows = all_rows(what, ask, keep)
    if not rows:
        raise FetchFailed("The form has no submission yet (found: 0). There is nothing to take.")
    names = dict.fromkeys(name for row in rows for name in row)
    question_of = by_template(order.card, names)
    return Fetched(write_by_template(order.folder, order.card, order.way.kind, question_of, rows))


def _question(name: str) -> str:
    return name.rpartition("/")[2]
