"""A whole release on a real Spark cluster, and what happens when parts of it die. `make test-cluster` runs it."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from benchmarks.runs import lists, store_of
from benchmarks.standalone import SHORT_LIVED, Cluster, spark_home
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release, release_numbers
from dashboard.warehouse.spark import SparkEngine
from dashboard.warehouse.spark_failures import EngineRefused
from tests.same_rows import differences

ASKED_FOR = "COALITION_CLUSTER_TESTS"
MOST_MB = 300
BUILD_SECONDS = 3600
COURSE_RUNS = 1_000_000

pytestmark = pytest.mark.skipif(
    os.environ.get(ASKED_FOR) != "1" or not spark_home(), reason="`make test-cluster` runs a Spark cluster, this not"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("spark"), spark_home(), java=SHORT_LIVED)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_a_token_that_is_wrong_or_missing_is_refused_at_once(cluster, monkeypatch):
    for token in ("wrong-token", None):
        address = cluster.address + (f"/;token={token}" if token else "")
        monkeypatch.delenv("SPARK_CONNECT_AUTHENTICATE_TOKEN", raising=False)
        began = time.monotonic()
        with pytest.raises(EngineRefused, match="refused the token") as refused:
            SparkEngine(address).ask("SELECT 1 AS one", {})
        assert time.monotonic() - began < 15
        assert "wrong-token" not in str(refused.value)


def test_the_demonstration_is_the_same_though_a_worker_dies(cluster, demo_store, tmp_path):
    store = _unpublished(demo_store, tmp_path)
    publishing = _publish(cluster, store)
    _when_marts(store, 15)
    cluster.kill("worker2")
    told = _outcome(publishing)
    cluster.start_worker("worker2")
    print(f"\nthe demonstration, one of two workers killed: {told['seconds']} s, client's peak {told['peak_mb']} MB")
    ours, theirs = open_release(demo_store), open_release(store, told["release"])
    assert theirs.manifest["engine"] == "spark connect"
    assert not differences(ours.marts, theirs.marts)
    assert told["peak_mb"] <= MOST_MB


def test_a_connect_server_that_dies_publishes_nothing_and_the_next_try_works(cluster, small_store, tmp_path):
    store = _unpublished(small_store, tmp_path)
    publishing = _publish(cluster, store)
    _when_marts(store, 3)
    cluster.kill("connect")
    began = time.monotonic()
    told = _outcome(publishing)
    noticed = time.monotonic() - began
    assert told["kind"] == "EngineRefused" and "stopped answering" in told["refused"], told
    print(f"\na Connect server killed during a build: refused after {noticed:.0f} s", flush=True)
    assert noticed < 45, "retries, and letting go, take no longer"
    assert not release_numbers(store) and not (store / "CURRENT").exists()
    cluster.start_connect()
    told = _outcome(_publish(cluster, store))
    print(f"\nthe small store, on the next try: {told['seconds']} s, client's peak {told['peak_mb']} MB", flush=True)
    assert not differences(open_release(small_store).marts, open_release(store, told["release"]).marts)
    assert not list((store / ".staging").iterdir()), "nothing of the build that died is left"


def test_a_million_course_runs_are_the_same(cluster, tmp_path):
    """Beside what else is reported, every table of the release and what each audience may have of them."""
    store = store_of(tmp_path, COURSE_RUNS, "reported")
    lists(store, tmp_path / "files")
    copy = _unpublished(store, tmp_path / "copy")
    duck = _outcome(_publish(None, store))
    before = cluster.cpu()
    spark = _outcome(_publish(cluster, copy))
    spent = cluster.cpu() - before + spark["cpu"]
    ours, theirs = open_release(store, duck["release"]), open_release(copy, spark["release"])
    assert theirs.manifest["engine"] == "spark connect"
    rows = sum(file["rows"] for file in ours.manifest["files"].values())
    print(
        f"\n{COURSE_RUNS:,} course runs, {len(ours.marts)} tables, {rows:,} rows with what each audience may have: "
        f"DuckDB {duck['seconds']} s, {duck['cpu']} CPU s, {duck['peak_mb']} MB; two workers {spark['seconds']} s, "
        f"{spent:.0f} CPU s, {spent / duck['cpu']:.1f} x, client's peak {spark['peak_mb']} MB",
        flush=True,
    )
    assert not differences(ours.marts, theirs.marts)
    for audience in ("coalition", "public"):
        assert not differences(ours.views(audience), theirs.views(audience))
    assert spark["peak_mb"] <= MOST_MB


def _unpublished(store, folder):
    """A copy of a store's snapshots, with no release."""
    shutil.copytree(store / "snapshots", folder / "store" / "snapshots")
    return folder / "store"


def _publish(cluster, store):
    """Publishes in a process of its own; without a cluster, DuckDB builds."""
    variables = {"COALITION_ENGINE": ""}
    if cluster:
        variables = {"COALITION_ENGINE": cluster.address, "SPARK_CONNECT_AUTHENTICATE_TOKEN": cluster.token}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.cluster.publishing", str(store)],
        env={**os.environ, **variables},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
    )


def _outcome(publishing):
    told, _ = publishing.communicate(timeout=BUILD_SECONDS)
    return json.loads(told)


def _when_marts(store, wanted):
    """Waits until the cluster has written so many of them."""
    ends_at = time.monotonic() + BUILD_SECONDS
    while time.monotonic() < ends_at:
        if len(list(store.glob(".staging/*/marts/*.parquet"))) >= wanted:
            return
        time.sleep(0.2)
    raise TimeoutError(f"fewer than {wanted} marts after {BUILD_SECONDS} seconds")
