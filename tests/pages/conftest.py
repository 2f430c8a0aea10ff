"""Stores of more than one file of these tests."""

import pytest

from dashboard.store.releases import publish_release
from tests.stores import filled_once


@pytest.fixture(scope="session")
def store_without_rows(together, learner_secret):
    """A release without a row: once for all processes."""
    return filled_once(together / "without_rows", publish_release)
