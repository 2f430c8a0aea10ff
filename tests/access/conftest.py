"""A store of five invented partners, and what is known of it."""

import pytest

from tests.access import tenants
from tests.stores import filled_once


@pytest.fixture(scope="session")
def tenants_store(together, learner_secret):
    """A published store in which each partner's exact counts are told apart; once for all processes."""
    return filled_once(together / "tenants", tenants.fill)


@pytest.fixture(scope="session")
def release(tenants_store):
    from dashboard.store.releases import open_release

    return open_release(tenants_store)


@pytest.fixture(scope="session")
def known(release):
    """Exact counts by whose they are."""
    return tenants.tags(release)
