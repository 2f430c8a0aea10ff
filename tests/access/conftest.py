"""A store of five invented partners, and what is known of it."""

import pytest

from tests.access import tenants


@pytest.fixture(scope="session")
def tenants_store(tmp_path_factory):
    """A published store in which each partner's exact counts are told apart."""
    folder = tmp_path_factory.mktemp("tenants")
    tenants.fill(folder / "store", folder / "files")
    return folder / "store"


@pytest.fixture(scope="session")
def release(tenants_store):
    from dashboard.store.releases import open_release

    return open_release(tenants_store)


@pytest.fixture(scope="session")
def known(release):
    """Exact counts by whose they are."""
    return tenants.tags(release)
