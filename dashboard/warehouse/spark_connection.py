"""The line to a Spark Connect server: no call waits longer than it was given, however silent the other side is."""

import time
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import local
from typing import Any

import grpc
import pyspark
from pyspark.sql.connect.client import DefaultChannelBuilder
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from dashboard.warehouse.spark_failures import EngineRefused, host_of, unreachable, wrong_version

# Until a server answers at all, and for calls that only steer: to cancel, to let go.
CONNECT_SECONDS = 10
# The work itself: it may take as long as the engine gives it.
WORKING = ("ExecutePlan", "ReattachExecute", "AnalyzePlan", "Config")
MILLISECONDS = 1000
CHANNEL = [
    # A network that drops everything is noticed after six minutes; servers take more frequent pings for an attack.
    ("grpc.keepalive_time_ms", 6 * 60 * MILLISECONDS),
    ("grpc.keepalive_timeout_ms", CONNECT_SECONDS * MILLISECONDS),
    ("grpc.max_reconnect_backoff_ms", 2 * MILLISECONDS),
]


class Deadline:
    """How long the calls of this thread may take, all together."""

    def __init__(self) -> None:
        self._of_thread = local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Gives the calls made meanwhile so many seconds."""
        self._of_thread.ends_at = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._of_thread.ends_at

    def left(self) -> float:
        """Seconds that are left; those of a call that only steers where none were given."""
        ends_at = getattr(self._of_thread, "ends_at", None)
        return CONNECT_SECONDS if ends_at is None else max(0.001, ends_at - time.monotonic())


def connected(address: str, conf: Mapping[str, str], deadline: Deadline) -> SparkSession:
    """A session on the server, with these settings.

    Raises:
        EngineRefused: nothing answers there within ten seconds, or a server of another version.
    """
    session = SparkSession.builder.channelBuilder(_Builder(address, deadline)).create()
    session.client.set_retry_policies([_briefly()])
    try:
        with deadline.within(CONNECT_SECONDS):
            if not _understand(session.version, pyspark.__version__):
                raise EngineRefused(wrong_version(host_of(address), session.version, pyspark.__version__))
            session.conf._set_all(dict(conf), silent=False)
    except BaseException:
        let_go(session)
        raise
    return session


def let_go(session: SparkSession) -> None:
    """Ends a session here, and on the server where that still answers; else the server forgets it by itself."""
    with tried_once(session):
        session.stop()


@contextmanager
def tried_once(session: SparkSession) -> Iterator[None]:
    """Has the calls made meanwhile fail at once: what is not there to be cancelled need not be waited for."""
    policies = session.client.get_retry_policies()
    session.client.set_retry_policies([])
    try:
        yield
    finally:
        session.client.set_retry_policies(policies)


def _understand(server: str, client: str) -> bool:
    """Whether a server speaks the client's protocol: one of the same great version that is not older."""
    (server_major, server_minor), (major, minor) = (
        (int(number) for number in version.split(".")[:2]) for version in (server, client)
    )
    return server_major == major and server_minor >= minor


def _briefly() -> DefaultPolicy:
    """Retries what a network loses: five times in six seconds, where the library takes ten minutes."""
    return DefaultPolicy(
        max_retries=5, initial_backoff=200, backoff_multiplier=2, max_backoff=3000, max_server_retry_delay=3000
    )


class _Builder(DefaultChannelBuilder):
    def __init__(self, address: str, deadline: Deadline) -> None:
        super().__init__(address, CHANNEL)
        self._server = host_of(address)
        self.add_interceptor(_Bounded(deadline))

    def toChannel(self) -> grpc.Channel:  # noqa: N802
        channel = super().toChannel()
        try:
            grpc.channel_ready_future(channel).result(timeout=CONNECT_SECONDS)
        except grpc.FutureTimeoutError:
            channel.close()
            raise EngineRefused(unreachable(self._server, CONNECT_SECONDS)) from None
        return channel


class _Details(
    namedtuple("_Details", ("method", "timeout", "metadata", "credentials", "wait_for_ready", "compression")),
    grpc.ClientCallDetails,
):
    pass


class _Bounded(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor):
    """Gives every call its time-out: the library gives none."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        return continuation(self._bounded(details), request)

    intercept_unary_stream = intercept_stream_unary = intercept_unary_unary

    def _bounded(self, details: Any) -> _Details:
        works = details.method.rpartition("/")[2] in WORKING
        seconds = self._deadline.left() if works else CONNECT_SECONDS
        return _Details(
            details.method,
            seconds,
            details.metadata,
            details.credentials,
            details.wait_for_ready,
            details.compression,
        )
