"""The files of the demonstration, written once for the tests that read them."""

import json
from pathlib import Path

from dashboard.demo import write_files


def write(folder: Path) -> None:
    """The files, and beside their folder what is sent when."""
    sent = [[(one.source, one.file.name) for one in release] for release in write_files(folder)]
    (folder.parent / "sent.json").write_text(json.dumps(sent), encoding="utf-8")
