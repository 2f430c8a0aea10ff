"""Snapshots that were kept before their source had a column are read as if it were blank."""

import pyarrow.parquet as pq

from dashboard.intake.front_door import import_file
from tests.conftest import CAPTURED, FIXTURES
from tests.exact import exact

SOURCE = "contributions_5w"


def test_a_snapshot_without_a_later_column_gives_the_same_activities_alone_or_beside_a_newer_one(tmp_path):
    kept = import_file(tmp_path / "store", SOURCE, FIXTURES / f"{SOURCE}.csv", CAPTURED[SOURCE]).snapshot.rows_file
    older = tmp_path / "older.parquet"
    pq.write_table(pq.read_table(kept).drop_columns(["admin3", "admin3_code"]), older)
    found = []
    for files in ([kept], [older], [older, kept]):
        with exact({SOURCE: files}) as made:
            found.append(made.table("fct_activity_5w").to_pylist())
    assert found[0] == found[1] == found[2] and len(found[0]) == 10  # a1 to a10
