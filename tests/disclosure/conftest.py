"""Stores that several tests of disclosure read."""

import os

import pytest

from tests.access.conftest import tenants_store
from tests.disclosure.canaries import DAY, files, shell

__all__ = ["tenants_store"]


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A store made by the shell alone, with what each command said, and a folder for temporary files of its own."""
    folder = tmp_path_factory.mktemp("kept")
    temporary, store = folder / "temporary", folder / "store"
    temporary.mkdir()
    environment = {**os.environ, "COALITION_STORE": str(store), "TMPDIR": str(temporary), "COLUMNS": "200"}
    output = b""
    for source, file in files(folder).items():
        output += shell(environment, "import", source, str(file), "--captured-on", DAY.isoformat())
    output += shell(environment, "publish")
    return store, temporary, environment, output
