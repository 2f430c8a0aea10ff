"""Processes forked from one that has imported all they need, which are the same without their start.

A child that reads a file is a fork of its own for each file, with the limits, pipes, environment and end that the front
door gives one. A dashboard is a fork of its own for each that is served, with the environment that it is given.
Run as a program, this waits for what to fork.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, NoReturn, Self

# Read by libraries when they are imported: as in a child of the front door, which starts no threads.
AT_START = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
LARGEST_MESSAGE = 65_536


class Nest:
    """A process of which others are forked: to read files, or to serve a dashboard."""

    def __init__(self, environment: Mapping[str, str], kind: str = "reader") -> None:
        self.environment, self.kind = environment, kind
        self.process: subprocess.Popen[bytes] | None = None
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        if self.process:
            self.line.close()
            self.process.wait()

    def start(self, environment: Mapping[str, str]) -> "Child":
        """A child with this environment; what `subprocess.Popen` is to the front door."""
        return Child(self._begun(), environment)

    def serve(self, environment: Mapping[str, str], code: str) -> "Fork":
        """A process with this environment that runs a text of Python; what `subprocess.Popen` is to other tests."""
        return Fork(self._begun(), {"environment": {**environment}, "code": code}, [])

    def _begun(self) -> socket.socket:
        with self.lock:
            if not self.process:
                self._begin()
        return self.line

    def _begin(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", __file__, str(theirs.fileno()), self.kind],
            pass_fds=[theirs.fileno()],
            env={**self.environment, **AT_START},
            cwd="/",
        )
        theirs.close()


class Fork:
    """A fork, as a process that was started."""

    def __init__(self, line: socket.socket, message: object, pipes: list[int]) -> None:
        self._end, end = socket.socketpair()
        socket.send_fds(line, [json.dumps(message).encode()], [*pipes, end.fileno()])
        for number in pipes:
            os.close(number)
        end.close()
        self.pid = int(self._end.recv(32))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"fork {self.pid}", timeout or 0)
            self.returncode = int(self._end.recv(32))
            self._end.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Child(Fork):
    """A fork, as a process that was started with pipes for text."""

    def __init__(self, line: socket.socket, environment: Mapping[str, str]) -> None:
        stdin, self._stdin = os.pipe()
        self._stdout, stdout = os.pipe()
        self._stderr, stderr = os.pipe()
        super().__init__(line, {**environment}, [stdin, stdout, stderr])
        self.stdin: IO[str] = os.fdopen(self._stdin, "w")
        self.stdout: IO[str] = os.fdopen(self._stdout, errors="replace")
        self.stderr: IO[str] = os.fdopen(self._stderr, errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        for pipe in (self.stdout, self.stderr, self.stdin):
            pipe.close()
        self.wait()


def serve(line: socket.socket, be: Callable[[Any, list[int]], None]) -> None:
    """Forks a child for each message, and tells of each its number and how it ended."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    ends: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([line, woken], [], [])
        if woken in ready:
            os.read(woken, 512)
            for number in list(ends):
                ended, status = os.waitpid(number, os.WNOHANG)
                if ended:
                    end = ends.pop(number)
                    with suppress(OSError):  # nobody waits for it
                        end.send(str(os.waitstatus_to_exitcode(status)).encode())
                    end.close()
        if line in ready:
            message, handles, _, _ = socket.recv_fds(line, LARGEST_MESSAGE, 4)
            if not message:
                return
            *pipes, end_of_it = handles
            number = os.fork()
            if not number:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                be(json.loads(message), pipes)
            ends[number] = socket.socket(fileno=end_of_it)
            ends[number].send(str(number).encode())
            for pipe in pipes:
                os.close(pipe)


def be_child(environment: dict[str, str], pipes: list[int]) -> None:
    """Does what `python -m dashboard.intake.child` does with these pipes and this environment, and ends."""
    from dashboard.intake import child

    def read() -> None:
        for to, pipe in enumerate(pipes):
            os.dup2(pipe, to)
        os.closerange(3, 256)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        os.environ.clear()
        os.environ.update(environment)
        child.main()

    end_with(read)


def be_dashboard(message: dict[str, Any], _pipes: list[int]) -> None:
    """Does what `python -c` does with this text and this environment, and ends; what it prints is for nobody."""

    def serve_it() -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for to in (0, 1):
            os.dup2(nothing, to)
        os.closerange(3, 256)
        os.environ.clear()
        os.environ.update(message["environment"])
        exec(message["code"], {"__name__": "__main__"})

    end_with(serve_it)


def end_with(run: Callable[[], None]) -> NoReturn:
    """Ends a fork as Python ends a program, without what its parent would do at its end."""
    code = 1
    try:
        run()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def get_ready_to_serve() -> None:
    """Loads what a dashboard loads at its start and has it pack quickly instead of well."""
    import dashboard.commands.cli  # noqa: F401
    from dashboard.server import ahead, app, packed

    app.load()
    packed.BROTLI_QUALITY = packed.BEST_BROTLI_QUALITY = 0
    packed._best |= {file: packed.packed(file, "br")[0] for file in ahead.sent_first()}


def get_ready_to_read() -> None:
    """Imports what reading a file needs, without what the child leaves out, and reads the cards and lists of words."""
    from dashboard.intake.child import Omitting

    sys.meta_path.insert(0, Omitting())
    import numpy.ma  # noqa: F401
    import pyarrow.dataset  # noqa: F401

    from dashboard.intake import consent, corrections, countries, layouts, likeness, parquet, readers, words  # noqa: F401
    from dashboard.store import joining  # noqa: F401
    from dashboard.warehouse.catalog import sources

    sources()
    words.yes_or_no("yes")
    consent.reads_like_consent("consent")
    countries.find("Kenya")


if __name__ == "__main__":
    get_ready, be = {"reader": (get_ready_to_read, be_child), "dashboard": (get_ready_to_serve, be_dashboard)}[
        sys.argv[2]
    ]
    get_ready()
    serve(socket.socket(fileno=int(sys.argv[1])), be)
