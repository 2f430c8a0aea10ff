"""How many pages are drawn at the same time. Streamlit draws all that are asked for, and then none of them is done.

A hundred scripts that run at once take turns a few milliseconds long with each other and with the loop that sends what
they have drawn, and each holds its tables meanwhile: nobody sees anything for a minute. In a line, most wait less.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

# Python runs one at a time; others wait for DuckDB meanwhile.
AT_ONCE = 4
# A turn that does not come, as those before wait for something themselves, is not waited for any longer.
LONGEST_WAIT_SECONDS = 30.0
# Here somebody waits for a file to be read or a release to be built, in processes of their own.
WITHOUT = frozenset({"upload"})


class Turns:
    """So many at once; who comes later waits in line."""

    def __init__(self, at_once: int, longest_wait: float = LONGEST_WAIT_SECONDS) -> None:
        self._free = at_once
        self._longest_wait = longest_wait
        self._line: deque[Event] = deque()
        self._lock = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for a turn, and gives it to the next at the end."""
        has_turn = self._wait()
        try:
            yield
        finally:
            if has_turn:
                self._give()

    def _wait(self) -> bool:
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            mine = Event()
            self._line.append(mine)
        if mine.wait(self._longest_wait):
            return True
        with self._lock:
            if mine in self._line:
                self._line.remove(mine)
                return False
            return True  # it came at the last moment

    def _give(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


_turns = Turns(AT_ONCE)


@contextmanager
def in_turn(page: str) -> Iterator[None]:
    """Draws a page within when its turn has come."""
    if page in WITHOUT:
        yield
        return
    with _turns.turn():
        yield
