"""Publishes a store as `coalition publish` does, and prints what it took of time and memory. No test itself."""

import json
import re
import sys
import time
from pathlib import Path

from dashboard.refusals import Refusal
from dashboard.store.releases import publish_release


def main(store: Path) -> None:
    """Prints the release or the reason of a refusal, the seconds, those of CPU, and the peak of this process in MB."""
    began = time.monotonic()
    try:
        outcome = {"release": publish_release(store).number}
    except Refusal as refusal:
        outcome = {"refused": str(refusal), "kind": type(refusal).__name__}
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert peak
    took = {"seconds": round(time.monotonic() - began), "cpu": round(time.process_time())}
    print(json.dumps({**outcome, **took, "peak_mb": int(peak[1]) // 1024}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
