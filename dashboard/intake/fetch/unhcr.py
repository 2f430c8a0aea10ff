"""UNHCR's population statistics: refugees and asylum-seekers by origin, host and year.

Written from the documentation of its interface, version 1. A page does not state how many rows there are, but how many
pages of the length that was asked for; of pages of one row there are as many as rows. Settings: `address`,
`first_year`, `page`, the rows of a page.
"""

import datetime
from typing import Any

from dashboard.intake.fetch.pages import Page, all_rows, answered_field, whole_number
from dashboard.intake.fetch.tables import write
from dashboard.intake.fetch.ways import Client, Fetched, Order

# As the site writes them in the file that it gives to people, with the field of the interface.
COLUMNS = {
    "Year": "year",
    "Country of origin": "coo_name",
    "Country of origin (ISO)": "coo_iso",
    "Country of asylum": "coa_name",
    "Country of asylum (ISO)": "coa_iso",
    "Refugees under UNHCR's mandate": "refugees",
    "Asylum-seekers": "asylum_seekers",
}
LONGEST_PAGE = 1000


def fetch(order: Order, client: Client) -> Fetched:
    """All rows of all years as one file in the layout of the site's own download."""
    address = order.setting("address")
    what = client.shown(address)
    length = int(order.way.settings.get("page", LONGEST_PAGE))
    params: dict[str, str | int] = {
        "yearFrom": order.setting("first_year"),
        "yearTo": datetime.date.today().year,
        "coo_all": "true",
        "coa_all": "true",
        "cf_type": "ISO",
    }
    total = _pages(client.json(address, {**params, "limit": 1, "page": 1}), what)

    def ask(number: int, _: int) -> Page:
        answer = client.json(address, {**params, "limit": length, "page": number + 1})
        pages = _pages(answer, what)
        rows = answered_field(answer, "items", list, what)
        # Where the number of pages is another one, so is the number of rows.
        return Page(rows, total if pages == -(-total // length) else pages * length)

    table = all_rows(what, ask, lambda row: [row.get(field) for field in COLUMNS.values()])
    # The interface states no order; the same rows make the same file.
    table.sort(key=lambda cells: [str(cell) for cell in cells])
    return Fetched(write(order.folder, "population", list(COLUMNS), table))


def _pages(answer: Any, what: str) -> int:
    return whole_number(answer.get("maxPages") if isinstance(answer, dict) else None, what)
