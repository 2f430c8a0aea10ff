"""Whether two tables are the same, whichever engine made them. No test itself."""

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.warehouse.engine import canonical_schema


def difference(ours: pa.Table, theirs: pa.Table) -> str:
    """The first difference of columns, types, order or values, fractions to the ninth digit; empty where none is."""
    mine, other = (canonical_schema(table.schema) for table in (ours, theirs))
    if not mine.equals(other) or ours.schema.types != mine.types or theirs.schema.types != other.types:
        return f"{ours.schema} is not {theirs.schema}"
    if ours.num_rows != theirs.num_rows:
        return f"{ours.num_rows} rows are not {theirs.num_rows}"
    for name in ours.column_names:
        if ours[name].equals(theirs[name]):
            continue
        for number, (a, b) in enumerate(zip(ours[name].to_pylist(), theirs[name].to_pylist(), strict=True)):
            same = math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b
            if not same:
                return f"{name}, row {number}: {a!r} is not {b!r}"
    return ""


def differences(ours: dict[str, Path], theirs: dict[str, Path]) -> dict[str, str]:
    """The first difference of each table of two releases; empty where they are the same."""
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    reasons = {name: difference(pq.read_table(ours[name]), pq.read_table(theirs[name])) for name in ours}
    return {name: why for name, why in reasons.items() if why}
