"""Whatever secret a new store draws, its figures can be shown: hiding more ends soon, and helps where it is done."""

import hashlib
import os

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dashboard.disclosure.audit import Finding, Sums
from dashboard.disclosure.cells import KEY
from dashboard.disclosure.policy import AUDIENCES
from dashboard.disclosure.protect import PROTECTED, _also_hide, protect_both
from dashboard.store.releases import open_release

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
# A release is refused after 40 rounds; one that needs so many hides nearly everything on the way.
FEW_ROUNDS = 10


def test_a_host_that_its_flows_give_away_has_a_flow_hidden_not_other_hosts():
    # 31 learners in one host, 29 of them from one origin: whoever reads 29 beside 31 knows the 2 others.
    cells = pd.DataFrame(
        [
            ("reached", "p", "all", "country_host", "TTO", 31),
            ("reached", "p", "all", "flow", "VEN>TTO", 29),
            ("reached", "p", "all", "flow", "COL>TTO", 2),
            ("reached", "p", "all", "country_host", "KEN", 12),
        ],
        columns=[*KEY, "n"],
    )
    sums = Sums(flows=[(0, np.array([1, 2]))], blocks=[np.arange(4)])
    hidden = np.array([True, False, True, False])
    assert _also_hide(Finding(0, None, 30, 31), cells, sums, hidden) == [1]


def test_the_demonstration_is_safe_after_a_few_rounds(demo_store):
    audits = open_release(demo_store).manifest["disclosure"]
    assert all(audits[audience]["passed"] and audits[audience]["rounds"] <= FEW_ROUNDS for audience in AUDIENCES)


@pytest.mark.skipif(not FULL, reason="three minutes: only in the full form")
def test_the_demonstration_is_safe_after_a_few_rounds_under_ten_secrets(demo_store):
    marts = open_release(demo_store).folder / "marts"
    tables = {
        name: pq.read_table(marts / f"{name}.parquet").to_pandas(date_as_object=True)
        for name in (*PROTECTED, "dim_stream")
    }
    streams = tables.pop("dim_stream")
    lands = pq.read_table(marts / "dim_country.parquet", columns=["country_iso3", "region"]).to_pydict()
    regions = dict(zip(lands["country_iso3"], lands["region"], strict=True))
    for number in range(10):
        key = hashlib.sha256(f"secret {number}".encode()).digest()
        made = protect_both(tables, streams, regions=regions, key=key)
        assert all(one.account["rounds"] <= FEW_ROUNDS for one in made.values()), number
