"""What a release costs by course runs, and what one costs after a single new file.

For each size a release is built from nothing, each in a process of its own: seconds, CPU, the most memory, bytes, and
how much more than linear that is. Then a file of hub sessions comes in and a release is published, then a register of
a small partner whose learners take no course, then a report of course runs; after each a release is published again.
At the end all tables are built from nothing once more, and compared byte for byte with those of the last release.
`--only-full` leaves all that out, for sizes of which one build takes long.

`COALITION_ENGINE=sc://…` has a cluster build; memory is then that of the process that publishes. `--cluster 1 2` starts
clusters of one and of two workers on this machine, one after the other, and has each build the release from nothing;
it needs Java 17 and Spark, as `make test-cluster` installs it.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from importing import usage_report
from runs import CAPTURED, Memory, bring_in, cpu, lists, memory_watched, store_of
from standalone import Cluster, spark_home

from dashboard.demo.hub_sessions import write_hub_sessions
from dashboard.settings import ENGINE_VARIABLE, engine_address
from dashboard.store.protocol import sha256
from dashboard.store.releases import build_exact, open_release, publish_release
from dashboard.store.snapshots import pinned

SIZES = (100_000, 1_000_000)
SMALL_PARTNER = 1_000
# Of a full build is what a release after one new file may cost; of linear is what a size may cost more.
AIM_AFTER_A_FILE, AIM_OF_LINEAR = 0.15, 1.2
MEASURED = ("seconds", "cpu", "memory", "bytes")


def machine() -> str:
    """The machine and the versions that were measured."""
    memory = psutil.virtual_memory().total / 2**30
    libraries = " ".join(f"{name} {version(name)}" for name in ("duckdb", "pyarrow"))
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}; Python "
        f"{platform.python_version()}, {libraries}"
    )


def publish(store: Path) -> dict[str, Any]:
    """Publishes a release: what it took, how large it is, and how many tables were taken over."""
    began, began_cpu = time.monotonic(), cpu()
    with memory_watched() as memory:
        release = publish_release(store)
    return {
        **_taken_since(began, began_cpu, memory),
        "bytes": sum(file["bytes"] for file in release.manifest["files"].values()),
        "tables": len(release.marts),
        "taken_over": release.taken_over,
    }


def compare(store: Path) -> dict[str, Any]:
    """Builds all tables from nothing: what it took, and which differ from those that are served."""
    served = open_release(store)
    with tempfile.TemporaryDirectory(dir=store.parent) as folder:
        began, began_cpu = time.monotonic(), cpu()
        with memory_watched() as memory:
            build_exact(pinned(store), Path(folder))
        taken = _taken_since(began, began_cpu, memory)
        differ = [
            name for name, file in served.marts.items() if sha256(file) != sha256(Path(folder) / "marts" / file.name)
        ]
    return {**taken, "differ": differ}


def _taken_since(began: float, began_cpu: float, memory: Memory) -> dict[str, float]:
    """Seconds, CPU and memory; of the processes that it started the one that protects cubes is the largest."""
    return {
        "seconds": time.monotonic() - began,
        "cpu": cpu() - began_cpu,
        "memory": memory.most,
        "own": memory.own,
        "protects": memory.started,
    }


def in_a_process(act: str, store: Path) -> dict[str, Any]:
    """What an act took in a process that did nothing before."""
    done = subprocess.run([sys.executable, __file__, act, str(store)], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def register(file: Path) -> Path:
    """The register of a partner that nobody else knows learners of."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["partner_id", "programme_id", "learner_id", "country_host", "sex", "registered_on", "consent"])
        for number in range(SMALL_PARTNER):
            day = f"2019-{1 + number % 12:02}-{1 + number % 28:02}"
            writer.writerow(
                ["small", "coursera_for_refugees", f"S-{number}", "KEN", ("female", "male")[number % 2], day, "Yes"]
            )
    return file


def measure(
    runs: int, folder: Path, before: tuple[int, dict[str, Any]] | None, only_full: bool = False
) -> dict[str, Any]:
    """Prints what a size costs; returns what building it from nothing took."""
    store = store_of(folder, runs, "reported")
    lists(store, folder / "files")
    full = in_a_process("publish", store)
    print(
        f"\n{runs:,} course runs: {full['seconds']:.0f} s, {full['cpu']:.1f} CPU s, {full['memory'] / 2**20:,.0f} MB, "
        f"{full['bytes'] / 2**20:,.1f} MB written",
        flush=True,
    )
    if before:
        than, small = before
        times = {name: full[name] / small[name] / (runs / than) for name in MEASURED}
        ratios = ", ".join(f"{name} {value:.2f} x" for name, value in times.items())
        print(f"  of linear, from {than:,}: {ratios}  (aim {AIM_OF_LINEAR} x)", flush=True)
    if only_full:
        return full
    bring_in(store, "hub_sessions", write_hub_sessions(folder / "files"))
    _print_after("hub sessions", in_a_process("publish", store), full)
    bring_in(store, "partner_learners", register(folder / "files" / "register.csv"), CAPTURED)
    _print_after(f"a register of {SMALL_PARTNER:,} learners of one partner", in_a_process("publish", store), full)
    bring_in(store, "coursera_usage", usage_report(folder / "files", SMALL_PARTNER, 0), CAPTURED)
    _print_after(f"a report of {SMALL_PARTNER:,} course runs", in_a_process("publish", store), full)
    whole = in_a_process("compare", store)
    same = "yes" if not whole["differ"] else f"no: {', '.join(whole['differ'])}"
    print(f"  all tables from nothing, {whole['cpu']:.1f} CPU s; byte for byte the same: {same}", flush=True)
    return full


def measure_clusters(runs: int, folder: Path, workers: list[int]) -> None:
    """Prints what a size costs on a cluster of each number of workers: of the process that publishes, and of all."""
    store, home = store_of(folder, runs, "reported"), spark_home()
    lists(store, folder / "files")
    assert home, "no Spark: `make test-cluster` installs it, or SPARK_HOME names its folder"
    for number in workers:
        fresh = folder / f"of_{number}"
        shutil.copytree(store / "snapshots", fresh / "store" / "snapshots")
        cluster = Cluster(fresh / "spark", home, number)
        try:
            cluster.start()
            os.environ |= {ENGINE_VARIABLE: cluster.address, "SPARK_CONNECT_AUTHENTICATE_TOKEN": cluster.token}
            before = cluster.cpu()
            full = in_a_process("publish", fresh / "store")
            spent = cluster.cpu() - before
        finally:
            cluster.stop()
        print(
            f"{runs:,} course runs, workers of one core: {number}: {full['seconds']:.0f} s, {spent:.1f} CPU s of the "
            f"cluster and {full['cpu']:.1f} of the client, {full['own'] / 2**20:,.0f} MB of the client and "
            f"{full['protects'] / 2**20:,.0f} MB of its process that protects cubes, {full['bytes'] / 2**20:,.1f} MB "
            "written",
            flush=True,
        )


def _print_after(what: str, found: dict[str, Any], full: dict[str, Any]) -> None:
    share = found["cpu"] / full["cpu"]
    print(
        f"  after {what}: {found['seconds']:.0f} s, {found['cpu']:.1f} CPU s, {share:.1%} of a full build (aim "
        f"{AIM_AFTER_A_FILE:.0%}); {found['taken_over']} of {found['tables']} tables taken over",
        flush=True,
    )


def main() -> None:
    """Prints what each size costs, or does what one process of it is for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="course runs, such as 1_000_000 10_000_000")
    parser.add_argument("--only-full", action="store_true", help="nothing after the release from nothing")
    parser.add_argument(
        "--folder", type=Path, help="where the stores are made and removed again; a cluster must see it"
    )
    parser.add_argument("--cluster", type=int, nargs="+", metavar="WORKERS", help="clusters started here, such as 1 2")
    arguments = parser.parse_args()
    builder = "clusters started here" if arguments.cluster else engine_address() or "DuckDB in this process"
    print(f"{machine()}; built by {builder}", flush=True)
    before = None
    for runs in arguments.sizes:
        with tempfile.TemporaryDirectory(prefix="coalition-benchmark-", dir=arguments.folder) as name:
            os.environ["COALITION_LEARNER_SECRET"] = str(Path(name) / "secret")
            if arguments.cluster:
                measure_clusters(runs, Path(name), arguments.cluster)
            else:
                before = (runs, measure(runs, Path(name), before, arguments.only_full))


ACTS = {"publish": publish, "compare": compare}

if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in ACTS:
        print(json.dumps(ACTS[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main()
