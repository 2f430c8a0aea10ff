"""Sail, which speaks Spark's protocol, in this process."""

import sys

import pytest


@pytest.fixture(scope="module")
def sail():
    # pyspark takes a process without a main file, as pytest-xdist starts, for its own doctests and ends it.
    main = sys.modules["__main__"]
    main.__file__ = getattr(main, "__file__", pytest.__file__)
    server = pytest.importorskip("pysail.spark").SparkConnectServer("127.0.0.1", 0)
    server.start()
    yield f"sc://localhost:{server.listening_address[1]}"
    server.stop()
