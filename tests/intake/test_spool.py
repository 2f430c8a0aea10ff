"""Numbers of rows are read again as they were put aside, few from memory and many from files; none is lost or left."""

import subprocess
import sys

import numpy as np
import pytest

from dashboard.intake import spool
from dashboard.intake.spool import Spool

KINDS = {"key": np.uint64, "other": np.uint64, "flag": np.bool_}


@pytest.fixture(params=[10**6, 1], ids=["in memory", "in files"])
def filled(request, tmp_path, monkeypatch):
    """A spool of a thousand rows in blocks, a tenth of them without a key; the rows as (key, other, flag)."""
    monkeypatch.setattr(spool, "MOST_ROWS", request.param)
    monkeypatch.setattr(spool, "BLOCK_ROWS", 70)
    rows = [
        ((number * 0x9E3779B97F4A7C15) % 2**64 * bool(number % 10), number, number % 2) for number in range(1, 1001)
    ]
    made = Spool(tmp_path / "rows", KINDS)
    for first in range(0, 1000, 90):
        keys, others, flags = zip(*rows[first : first + 90], strict=True)
        made.add(key=np.array(keys, np.uint64), other=np.array(others, np.uint64), flag=np.array(flags, np.bool_))
    return made, rows, tmp_path


def test_rows_are_read_again_by_a_key_however_often_and_nothing_is_left(filled):
    made, rows, folder = filled
    wanted = sorted(row for row in rows if row[0])
    for _ in range(2):
        parts = list(made.by("key"))
        assert sorted(row for part in parts for row in part.tolist()) == wanted
        ranges = [(part["key"].min(), part["key"].max()) for part in parts]
        assert all(high < low for (_, high), (low, _) in zip(ranges, ranges[1:], strict=False))
        some = [
            row
            for part in made.by("key", "other")
            for row in zip(part["key"].tolist(), part["other"].tolist(), strict=True)
        ]
        assert sorted(some) == [row[:2] for row in wanted]
    assert [row for block in made.blocks() for row in block.tolist()] == rows
    made.close()
    assert list(folder.iterdir()) == []


def test_what_reads_a_file_waits_for_no_library_of_tables():
    """pandas takes longer to import than a small file to read."""
    asked = "import sys, dashboard.intake.child, dashboard.intake.readers; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
