"""The rows of a Parquet file as the text of a CSV, so that the same checks hold: one line a row below its header."""

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from dashboard.intake.report import LONGEST_TEXT, FileRefused, clean

ROWS_OF_A_BLOCK = 16_384
# So many are the first block for who looks for the header, and needs no more.
FIRST_ROWS = 64
# Ends of lines in a cell would end its row.
LINE_ENDS = b"\r\n"
READABLE = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_null,
)


def parquet_blocks(path: Path, first: int = ROWS_OF_A_BLOCK) -> Iterator[bytes]:
    """The header and the rows as CSV in UTF-8 with commas; times that have a zone are in UTC.

    `first` is how many rows the first block has at most.

    Raises:
        FileRefused: the file is damaged, or a column holds what no cell does.
    """
    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            names = file.schema_arrow.names
            _refuse_unreadable(file.schema_arrow)
            yield _as_csv([pa.array([name], pa.string()) for name in names])
            for batch in file.iter_batches(ROWS_OF_A_BLOCK, use_threads=False):
                for some in (batch.slice(0, first), batch.slice(first)):
                    if some.num_rows:
                        yield _as_csv([_as_text(column) for column in some.columns])
                first = 0
    except (pa.ArrowException, OSError) as wrong:
        if isinstance(wrong, OSError) and wrong.errno:
            raise
        raise FileRefused(
            f"The Parquet file cannot be read to its end ({type(wrong).__name__}). Write it again and send that."
        ) from wrong


def _refuse_unreadable(schema: pa.Schema) -> None:
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if not any(is_readable(kind) for is_readable in READABLE):
            raise FileRefused(
                f"The column {clean(field.name)[:LONGEST_TEXT]} holds values of the type {str(kind)[:LONGEST_TEXT]}, "
                "which no cell of a table does. Leave it out, or write it as text."
            )


def _as_text(column: pa.Array) -> pa.Array:
    """The cells as somebody would write them; what is missing, or no number, is blank."""
    if pa.types.is_dictionary(column.type):
        return _as_text(column.dictionary).take(column.indices)
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    elif pa.types.is_floating(kind):
        column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
    elif pa.types.is_boolean(kind):
        return pc.if_else(column, pa.scalar("true"), pa.scalar("false"))
    text = column.cast(pa.string())
    # In all cells at once: cell by cell takes as long as reading them from the file.
    octets = text.buffers()[2].to_pybytes() if text.buffers()[2] else b""
    if any(sign in octets for sign in LINE_ENDS):
        text = pc.replace_substring_regex(text, f"[{LINE_ENDS.decode()}]+", " ")
    return text


def _as_csv(columns: list[pa.Array]) -> bytes:
    out = io.BytesIO()
    table = pa.Table.from_arrays(columns, [str(at) for at in range(len(columns))])
    pa_csv.write_csv(table, out, pa_csv.WriteOptions(include_header=False, batch_size=ROWS_OF_A_BLOCK))
    return out.getvalue()
