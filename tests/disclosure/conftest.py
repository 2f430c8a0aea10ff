"""Stores that several tests of disclosure read."""

import shutil

import pytest

from tests.access.conftest import tenants_store
from tests.disclosure import canaries
from tests.stores import filled_once

__all__ = ["tenants_store"]


@pytest.fixture(scope="session")
def kept(together, learner_secret, tmp_path_factory):
    """A store made by the shell alone, with what each command said, and a folder for temporary files of its own."""
    filled = filled_once(together / "canaries", canaries.fill).parent
    folder = shutil.copytree(filled, tmp_path_factory.mktemp("kept") / "of this process", symlinks=True)
    store = folder / "store"
    return store, folder / "temporary", canaries.environment_of(store), (folder / "output").read_bytes()
