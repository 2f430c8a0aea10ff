"""An object store of the tests' own: moto behind a door that counts, refuses, holds back or loses. No test itself."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

BUCKET = "coalition-store"
REFUSED = "503 Service Unavailable"


@dataclass
class ObjectServer:
    """A server; `requests` are method and key of what was asked, `door` may answer or raise in its place.

    What the door answers is a status, and after it the body where there is one, which begins with `<`.
    """

    address: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    door: Callable[[str, str], str | None] = lambda method, key: None
    loses_answer: Callable[[str, str], bool] = lambda method, key: False
    cuts_answer: Callable[[str, str], bool] = lambda method, key: False
    ignores: str = ""

    def count(self, method: str, key: str = "") -> int:
        """How often something whose key begins so was asked for."""
        return sum(verb == method and path.startswith(key) for verb, path in self.requests)

    def bucket(self) -> Any:
        """The bucket, by another client than ours."""
        import boto3

        client = boto3.resource(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
        )
        return client.Bucket(BUCKET)

    def keys(self, prefix: str) -> list[str]:
        """Every key below a prefix, without it."""
        return sorted(
            stored.key.removeprefix(f"{prefix}/") for stored in self.bucket().objects.filter(Prefix=f"{prefix}/")
        )

    def body(self, key: str) -> bytes:
        """What an object holds."""
        return self.bucket().Object(key).get()["Body"].read()

    @contextmanager
    def refusing(self, *methods: str) -> Iterator[None]:
        """Answers nothing but 503 meanwhile, to these methods or to all."""
        self.door = lambda method, key: REFUSED if not methods or method in methods else None
        try:
            yield
        finally:
            self.door = lambda method, key: None


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """A server on this machine with an empty bucket."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *args: Any) -> None:
            """Says nothing."""

    behind = DomainDispatcherApplication(create_backend_app)
    writing = threading.Lock()  # as a real store, which takes one conditional write after the other

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        key = path.removeprefix(f"/{BUCKET}/")
        served.requests.append((method, key))
        if answer := served.door(method, key):
            status, opens, body = answer.partition("<")
            start(status.strip(), [("Content-Length", str(len(opens + body)))])
            return [(opens + body).encode()]
        environ.pop(served.ignores, None)
        if method == "GET" and served.cuts_answer(method, key):
            return _half(environ, behind, start)
        if method == "GET":
            return behind(environ, start)
        with writing:
            done = list(behind(environ, start))
        if served.loses_answer(method, key):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return done

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    served = ObjectServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.bucket().create()
    served.requests.clear()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()


def _half(environ: dict[str, Any], behind: Callable[..., Any], start: Callable[..., Any]) -> Iterator[bytes]:
    """Half of what was asked for; then the line is cut."""
    body = b"".join(behind(environ, start))
    yield body[: len(body) // 2]
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def prefix_of(test: str) -> str:
    """A name as a prefix of keys."""
    return re.sub(r"\W+", "-", test).strip("-")[-60:] + f"-{time.time_ns()}"
