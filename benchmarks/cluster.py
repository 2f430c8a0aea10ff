"""What a build on a cluster costs here: the most memory of the process that publishes, by course runs.

The cluster is Sail in a process of its own, or the Spark Connect server of `--engine`, which must see the folder.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learners import store_of

from dashboard.settings import ENGINE_VARIABLE, PROJECT, STORE_VARIABLE

SIZES = (100_000, 1_000_000)
START_SECONDS = 60
# Publishes as the command does, then says the most memory that the process had.
PUBLISH = """
import sys
from dashboard.commands.cli import main
code = main(["publish"])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(code)
"""


@contextmanager
def sail() -> Iterator[str]:
    """The address of a Sail server in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("sail")
    server = subprocess.Popen(
        [program, "spark", "server", "--ip", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends_at = time.monotonic() + START_SECONDS
        while time.monotonic() < ends_at:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.2)
        yield f"sc://localhost:{port}"
    finally:
        server.terminate()
        server.wait()


def publish(store: Path, engine: str) -> tuple[float, int]:
    """Seconds, and the most MB of the process that publishes."""
    program = store.with_suffix(".py")  # the client of Spark wants a process that was started from a file
    program.write_text(PUBLISH, encoding="utf-8")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", program],
        env={**os.environ, ENGINE_VARIABLE: engine, STORE_VARIABLE: str(store)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = re.search(r"(\d+)\s*$", done.stdout)
    assert found, done.stdout
    return time.monotonic() - began, int(found[1]) // 1024


def main() -> None:
    """Prints a line for each size and engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="", help="sc://host:port instead of Sail")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coalition-benchmark-") as name, sail() as address:
        os.environ["COALITION_LEARNER_SECRET"] = str(Path(name) / "secret")
        for runs in asked.sizes:
            store = store_of(Path(name), runs)
            for engine, at in (("DuckDB", ""), ("cluster", asked.engine or address)):
                copy = Path(name) / engine
                shutil.copytree(store, copy)
                seconds, megabytes = publish(copy, at)
                shutil.rmtree(copy, ignore_errors=True)
                print(f"{runs:9,} course runs, {engine:7}: {seconds:6.0f} s, {megabytes:4} MB here", flush=True)


if __name__ == "__main__":
    sys.exit(main())
