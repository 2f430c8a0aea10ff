"""A refresh in a process of its own that is killed at one of many points. No test itself: `python -m … POINT wait`."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dashboard import actions
from dashboard.commands import refreshing
from dashboard.intake import proposals
from dashboard.intake.fetch import client
from dashboard.store import releases
from tests.store.tiny import build_tiny_releases

# Where it is killed: an attribute that is called, and whether before the call or after it.
POINTS: dict[str, tuple[Any, str, bool]] = {
    "before anything is asked": (client.Client, "file", True),
    "when the file has come": (client.Client, "file", False),
    "before the file is checked": (refreshing, "made_ready", True),
    "when it is decided": (refreshing, "beyond", False),
    "before a snapshot is kept": (actions, "keep", True),
    "when a snapshot is kept": (actions, "keep", False),
    "before a release is built": (releases, "build", True),
    "before a release is pointed to": (releases, "point", True),
    "when a release is served": (refreshing.actions, "import_ready", False),
    "before it is on record": (refreshing.actions, "fetched", True),
    "before it is remembered": (actions, "remember", True),
    "before it waits": (proposals, "propose", True),
    "when it waits": (proposals, "propose", False),
}


def dying(call: Callable[..., Any], before: bool) -> Callable[..., Any]:
    def die(*args: Any, **named: Any) -> Any:
        if not before:
            call(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return die


def main(point: str, publish: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        build_tiny_releases(patch)
        module, name, before = POINTS[point]
        patch.setattr(module, name, dying(getattr(module, name), before))
        sys.exit(refreshing.Refresh(refreshing.store_folder(), publish == "publish").run(["unesco_closures"]) and 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
