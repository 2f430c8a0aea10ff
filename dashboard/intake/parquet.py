"""Checked records as a Parquet file, typed as the source's card says."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.warehouse.catalog import SourceCard
from dashboard.warehouse.schema import snapshot_schema


def write_rows(
    card: SourceCard, rows: Sequence[tuple[Any, ...]], captured_on: str, provenance: str, path: Path
) -> None:
    """Writes the records, each in the order of the card's `kept`, sorted so that the file compresses well."""
    day = datetime.date.fromisoformat(captured_on)
    schema = snapshot_schema(card)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(card.kept)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=False)]
    arrays += [pa.array([day] * len(rows), pa.date32()), pa.array([provenance] * len(rows), pa.string())]
    pq.write_table(pa.table(arrays, schema=schema), path, compression="zstd")
