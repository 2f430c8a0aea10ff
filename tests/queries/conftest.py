"""Sail, which speaks Spark's protocol, in this process."""

import pytest


@pytest.fixture(scope="module")
def sail():
    server = pytest.importorskip("pysail.spark").SparkConnectServer("127.0.0.1", 0)
    server.start()
    yield f"sc://localhost:{server.listening_address[1]}"
    server.stop()
