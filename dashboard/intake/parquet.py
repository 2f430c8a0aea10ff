"""Checked records as a Parquet file, typed as the source's card says."""

import datetime
import hashlib
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


def content_digest(rows: Sequence[tuple[Any, ...]], captured_on: str, provenance: str) -> str:
    """Names what a snapshot says, whatever the order, encoding and layout of the file that said it."""
    whole = hashlib.sha256(f"{captured_on}\0{provenance}\0".encode())
    for row in sorted(hashlib.sha256(repr(row).encode("utf-8", "replace")).digest() for row in rows):
        whole.update(row)
    return whole.hexdigest()
