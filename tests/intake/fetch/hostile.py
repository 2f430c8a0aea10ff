"""A server that answers with the very bytes it is given, whatever they are. No test itself."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

FOUND = b"HTTP/1.1 200 OK\r\n"


def whole(body: bytes, *headers: str) -> bytes:
    """An answer that states its length."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return FOUND + f"Content-Length: {len(body)}\r\n{lines}\r\n".encode() + body


@contextmanager
def answering(answer: bytes | Callable[[socket.socket], object]) -> Iterator[str]:
    """The address of a server that sends these bytes, or does as it is told, whatever it is asked for."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.recv(65536)
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
