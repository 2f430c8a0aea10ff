"""How often something is done within a minute, by a name: of an address or a token."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from dashboard.server import limits

MINUTE = 60.0


class Rate:
    """Lets a name do something so many times at once, and again at that rate per minute. Safe between threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str) -> int:
        """Counts one more and returns 0; or counts nothing and returns the seconds until one more is let through."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(name, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - since) * self.per_minute / MINUTE)
            seconds = 0 if left >= 1 else max(1, math.ceil((1 - left) * MINUTE / self.per_minute))
            self._left[name] = (left if seconds else left - 1, now)
            while len(self._left) > limits.RATES_KEPT:
                self._left.popitem(last=False)
        return seconds
