"""SQL types as Arrow, and the columns of a snapshot."""

import pyarrow as pa

from dashboard.warehouse.catalog import SourceCard

ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}


def snapshot_schema(card: SourceCard) -> pa.Schema:
    """The columns of a snapshot: those the card keeps, the day of capture and the provenance."""
    fields = [pa.field(name, ARROW[kind]) for name, kind in card.kept.items()]
    return pa.schema([*fields, pa.field("captured_on", ARROW["DATE"]), pa.field("provenance", ARROW["VARCHAR"])])
