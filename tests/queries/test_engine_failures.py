"""A cluster that is not there, does not answer, refuses or dies: a sentence in time, and nothing half published."""

import _thread
import shutil
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pyarrow.parquet as pq
import pytest
from pyspark.errors.exceptions.connect import SparkConnectGrpcException
from pyspark.sql.connect.session import SparkSession

from dashboard.actions import publish
from dashboard.store.releases import release_numbers
from dashboard.warehouse.engines import NoClient, open_engine
from dashboard.warehouse.spark import SparkEngine
from dashboard.warehouse.spark_connection import _understand
from dashboard.warehouse.spark_failures import EngineRefused, host_of, in_a_sentence
from tests.queries.guard import Guard, certificate

ONE = "SELECT 1 AS one"
TOKEN = "a-token-of-this-test"
IN_TIME = 15


@pytest.fixture
def guard(sail):
    standing = Guard(sail.removeprefix("sc://"))
    yield standing
    standing.die()


def test_no_answer_is_a_sentence_in_fifteen_seconds():
    with socket.socket() as closed, socket.socket() as silent:
        for one in (closed, silent):
            one.bind(("127.0.0.1", 0))
        silent.listen()  # it accepts, and never says anything
        with ThreadPoolExecutor(2) as both:
            for port, (seconds, said) in zip(
                (closed.getsockname()[1], silent.getsockname()[1]),
                both.map(_refused, [f"sc://localhost:{one.getsockname()[1]}" for one in (closed, silent)]),
                strict=True,
            ):
                assert seconds < IN_TIME, said
                assert f"No Spark Connect server answers at localhost:{port}" in said


def test_a_token_is_wanted_and_never_told(sail):
    guard = Guard(sail.removeprefix("sc://"), token=TOKEN)
    try:
        seconds, said = _refused(f"sc://localhost:{guard.port}/;token=of-somebody-else")
        assert "refused the token" in said and "of-somebody-else" not in said and seconds < IN_TIME
        assert "refused the token" in _refused(f"sc://localhost:{guard.port}")[1]
        assert _asked(f"sc://localhost:{guard.port}/;token={TOKEN}") == [{"one": 1}]
    finally:
        guard.die()


def test_a_token_goes_over_tls_to_a_server_whose_certificate_is_trusted(sail, tmp_path, monkeypatch):
    file, server = certificate(tmp_path)
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(file))
    monkeypatch.setenv("SPARK_CONNECT_AUTHENTICATE_TOKEN", TOKEN)
    guard = Guard(sail.removeprefix("sc://"), TOKEN, server)
    try:
        assert _asked(f"sc://localhost:{guard.port}/;use_ssl=true") == [{"one": 1}]
    finally:
        guard.die()


@pytest.mark.parametrize(
    ("server", "client", "understands"),
    [("4.2.0", "4.2.0", True), ("4.3.1", "4.2.0", True), ("4.1.1", "4.2.0", False), ("3.5.4", "4.2.0", False)],
)
def test_versions_that_understand_each_other(server, client, understands):
    assert _understand(server, client) is understands


def test_a_server_of_another_version_is_refused(guard, monkeypatch):
    monkeypatch.setattr(SparkSession, "version", "3.5.4")
    assert "is version 3.5.4, and the client here (pyspark-client) is 4." in _refused(f"sc://localhost:{guard.port}")[1]


def test_a_step_that_does_not_end_is_cancelled_on_the_server(guard, monkeypatch):
    monkeypatch.setenv("COALITION_ENGINE_MINUTES", "0.05")
    engine = SparkEngine(f"sc://localhost:{guard.port}", builds=True)
    try:
        assert engine.ask(ONE, {}).to_pylist() == [{"one": 1}]
        guard.silent.set()
        began = time.monotonic()
        with pytest.raises(EngineRefused, match="did not finish a step .* COALITION_ENGINE_MINUTES"):
            engine.ask(ONE, {})
        assert time.monotonic() - began < IN_TIME
        assert "Interrupt" in guard.calls
    finally:
        engine.close()


def test_ctrl_c_cancels_on_the_server(guard, monkeypatch):
    monkeypatch.setenv("COALITION_ENGINE_MINUTES", "0.5")
    # What is started in the background ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = SparkEngine(f"sc://localhost:{guard.port}", builds=True)
    try:
        engine.ask(ONE, {})
        guard.silent.set()
        threading.Timer(1, _thread.interrupt_main).start()  # as the signal does, which Sail in this process takes too
        with pytest.raises(KeyboardInterrupt):
            engine.ask(ONE, {})
        assert "Interrupt" in guard.calls
    finally:
        signal.signal(signal.SIGINT, before)
        engine.close()


def test_a_server_that_was_restarted_is_asked_once_more_with_every_table(guard, monkeypatch, tmp_path):
    engine = SparkEngine(f"sc://localhost:{guard.port}", builds=True)
    sql, lost = SparkSession.sql, [1]

    def once_lost(session, *arguments, **named):
        if lost.pop() if lost else 0:
            session.stop()
            raise SparkConnectGrpcException("[INVALID_HANDLE.SESSION_CHANGED] The handle is invalid.")
        return sql(session, *arguments, **named)

    try:
        engine.build("dim_one", f"{ONE} ORDER BY one", tmp_path / "dim_one.parquet")
        engine.view("two", "SELECT one + 1 AS two FROM dim_one")
        monkeypatch.setattr(SparkSession, "sql", once_lost)
        assert engine.build("dim_two", "SELECT two FROM two ORDER BY two", tmp_path / "dim_two.parquet") == 1
        assert pq.read_table(tmp_path / "dim_two.parquet").to_pylist() == [{"two": 2}]
        lost[:] = [1, 1]
        with pytest.raises(EngineRefused, match="was restarted meanwhile"):
            engine.ask(ONE, {})
    finally:
        engine.close()


def test_a_server_that_dies_mid_build_leaves_nothing(guard, small_store, tmp_path, monkeypatch):
    store = tmp_path / "store"
    shutil.copytree(small_store / "snapshots", store / "snapshots")
    monkeypatch.setenv("COALITION_ENGINE", f"sc://localhost:{guard.port}")
    build = SparkEngine.build

    def dies_at_the_third(self, name, sql, file):
        if len(list(file.parent.iterdir())) > 2:
            guard.die()
        return build(self, name, sql, file)

    monkeypatch.setattr(SparkEngine, "build", dies_at_the_third)
    began = time.monotonic()
    with pytest.raises(EngineRefused, match="stopped answering.*start it, then do the same again"):
        publish(store)
    assert time.monotonic() - began < 60
    assert not release_numbers(store) and not (store / "CURRENT").exists()
    assert not list((store / ".staging").iterdir())


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("Job aborted due to stage failure: ... java.lang.OutOfMemoryError: Java heap space", "ran out of memory"),
        ("ExecutorLostFailure (executor 1 exited ...) Reason: Command exited with code 137", "ran out of memory"),
        ("[UNABLE_TO_ACQUIRE_MEMORY] Unable to acquire 65536 bytes of memory", "ran out of memory"),
        ("ExecutorLostFailure (executor 3 ...) Reason: Remote RPC client disassociated.", "lost workers"),
        ("Job aborted ... All masters are unresponsive! ... SparkContext was shut down", "lost workers"),
        ("[INVALID_HANDLE.SESSION_CHANGED] The handle 1 is invalid.", "was restarted"),
        ("[PATH_NOT_FOUND] Path does not exist: file:/srv/store/snapshots/x", "cannot read or write the store"),
        ("java.io.IOException: Mkdirs failed to create file:/srv/store/.staging", "cannot read or write the store"),
        ("java.io.IOException: No space left on device", "disk of the cluster"),
        ("[OPERATION_CANCELED] Operation has been canceled.", "cancelled the work"),
        ("[SOMETHING_NEW] nobody knows this", "could not do its part"),
    ],
)
def test_what_spark_found_is_told_in_a_sentence(found, told):
    said = in_a_sentence(SparkConnectGrpcException(found, grpc_status_code=grpc.StatusCode.INTERNAL), "host:15002", 60)
    assert told in said and found[:40] in said and "What is served stays as it was." in said


def test_the_place_of_an_address_is_without_its_token():
    assert host_of("sc://spark.example.org/;use_ssl=true;token=hidden") == "spark.example.org:15002"


def test_without_the_client_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dashboard.warehouse.spark", None)
    with pytest.raises(NoClient, match=r"pip install -e .\[spark\]"):
        open_engine("sc://localhost")


def _refused(address):
    """After how many seconds, and with which words, an engine refuses."""
    engine = SparkEngine(address)
    began = time.monotonic()
    with pytest.raises(EngineRefused) as refused:
        engine.ask(ONE, {})
    seconds = time.monotonic() - began
    engine.close()
    return seconds, str(refused.value)


def _asked(address):
    engine = SparkEngine(address)
    try:
        return engine.ask(ONE, {}).to_pylist()
    finally:
        engine.close()
