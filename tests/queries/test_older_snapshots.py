"""Snapshots that were kept before their source had a column are read as if it were blank."""

import pyarrow.parquet as pq

from dashboard.intake.front_door import import_file
from dashboard.warehouse.build import build_marts
from dashboard.warehouse.engines import open_engine
from tests.conftest import CAPTURED, FIXTURES

SOURCE = "contributions_5w"


def test_a_snapshot_without_a_later_column_gives_the_same_activities_alone_or_beside_a_newer_one(tmp_path):
    kept = import_file(tmp_path / "store", SOURCE, FIXTURES / f"{SOURCE}.csv", CAPTURED[SOURCE]).snapshot.rows_file
    older = tmp_path / "older.parquet"
    pq.write_table(pq.read_table(kept).drop_columns(["admin3", "admin3_code"]), older)
    found = []
    for number, files in enumerate(([kept], [older], [older, kept])):
        folder = tmp_path / str(number)
        (folder / "marts").mkdir(parents=True)
        engine = open_engine("")
        build_marts(engine, {SOURCE: files}, folder / "marts", folder / "scratch")
        engine.close()
        found.append(pq.read_table(folder / "marts" / "fct_activity_5w.parquet").to_pylist())
    assert found[0] == found[1] == found[2] and len(found[0]) == 10  # a1 to a10
