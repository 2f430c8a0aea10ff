"""A partner's register of learning hubs: places down to the city, never an address."""

from typing import Any

from dashboard.intake.readers.people import need_plain
from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import degrees, known_word, left_out, need_country, no_value, optional, optional_date


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a hub; a hub_id that comes again with other contents is quarantined."""
    seen: dict[str, tuple[Any, ...]] = {}

    def parse(row: Row, cell: Cells) -> tuple[Any, ...]:
        record = _record(cell, ledger)
        if seen.get(record[0], record) != record:
            raise RowRefused("hub_id", record[0], "this hub_id has another row that says something else")
        return record

    for _, record in accepted(table, ledger, parse):
        if record[0] in seen:
            ledger.collapsed += 1
        else:
            seen[record[0]] = record
            ledger.publish([record])


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    written = "" if no_value(cell("host_type")) else clean(cell("host_type"))
    host_type = known_word(written, ledger)
    if host_type is None:
        left_out(written, "host_type", "not a type of host that is known", ledger)
        host_type = ledger.card.vocabulary[""]
    latitude, longitude = degrees(cell("latitude"), "latitude", 90), degrees(cell("longitude"), "longitude", 180)
    if latitude == longitude == 0:
        raise RowRefused("latitude", cell("latitude"), "0, 0 lies in the sea and stands for a place that is not known")
    return (
        need_plain(cell("hub_id"), "hub_id"),
        need_plain(cell("hub"), "hub"),
        need_country(cell("country_iso3"), "country_iso3", cell("country")),
        latitude,
        longitude,
        optional(need_plain, cell("host"), "host", ledger),
        host_type,
        optional(need_plain, cell("programme"), "programme", ledger),
        optional_date(cell("announced_on"), ledger, "announced_on"),
    )
