"""The process that reads a file, forked from one that has imported all it needs: the same child without its start.

A child is a fork of its own for each file, with the limits, pipes, environment and end that the front door gives one.
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
from collections.abc import Mapping
from typing import IO, Self

# Read by libraries when they are imported: as in a child of the front door, which starts no threads.
AT_START = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
LARGEST_MESSAGE = 65_536


class Nest:
    """A process of which children are forked."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
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
        with self.lock:
            if not self.process:
                self._begin()
        return Child(self.line, environment)

    def _begin(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**self.environment, **AT_START},
            cwd="/",
        )
        theirs.close()


class Child:
    """A fork, as a process that was started with pipes for text."""

    def __init__(self, line: socket.socket, environment: Mapping[str, str]) -> None:
        stdin, self._stdin = os.pipe()
        self._stdout, stdout = os.pipe()
        self._stderr, stderr = os.pipe()
        self._end, end = socket.socketpair()
        socket.send_fds(line, [json.dumps({**environment}).encode()], [stdin, stdout, stderr, end.fileno()])
        for number in (stdin, stdout, stderr):
            os.close(number)
        end.close()
        self.stdin: IO[str] = os.fdopen(self._stdin, "w")
        self.stdout: IO[str] = os.fdopen(self._stdout, errors="replace")
        self.stderr: IO[str] = os.fdopen(self._stderr, errors="replace")
        self.pid = int(self._end.recv(32))
        self.returncode: int | None = None

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(self._end.recv(32))
        return self.returncode

    def kill(self) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        for pipe in (self.stdout, self.stderr, self.stdin):
            pipe.close()
        self.wait()
        self._end.close()


def serve(line: socket.socket) -> None:
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
                    end.send(str(os.waitstatus_to_exitcode(status)).encode())
                    end.close()
        if line in ready:
            message, pipes, _, _ = socket.recv_fds(line, LARGEST_MESSAGE, 4)
            if not message:
                return
            number = os.fork()
            if not number:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                be_child(json.loads(message), pipes[:3])
            ends[number] = socket.socket(fileno=pipes[3])
            ends[number].send(str(number).encode())
            for pipe in pipes[:3]:
                os.close(pipe)


def be_child(environment: dict[str, str], pipes: list[int]) -> None:
    """Does what `python -m dashboard.intake.child` does with these pipes and this environment, and ends."""
    from dashboard.intake import child

    code = 1
    try:
        for to, pipe in enumerate(pipes):
            os.dup2(pipe, to)
        os.closerange(3, 256)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        os.environ.clear()
        os.environ.update(environment)
        child.main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def get_ready() -> None:
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
    get_ready()
    serve(socket.socket(fileno=int(sys.argv[1])))
