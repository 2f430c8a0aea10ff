"""What the server counts for its operator: pages drawn, how long each took, errors. Nothing about people."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
# From what nobody notices to what nobody waits for.
SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)

PAGE_SECONDS = Histogram(
    "coalition_page_seconds",
    "Time the script of a page took, its wait for a turn included.",
    ["page"],
    buckets=SECONDS,
    registry=REGISTRY,
)
PAGES_RUNNING = Gauge(
    "coalition_pages_running", "Scripts of pages that run now, or wait for their turn.", registry=REGISTRY
)
PAGE_ERRORS = Counter("coalition_page_errors", "Scripts of pages that ended with an error.", registry=REGISTRY)
VISITS = Counter("coalition_visits", "Pages opened in a browser, reloads included.", registry=REGISTRY)
RELEASE_SECONDS = Gauge(
    "coalition_release_load_seconds", "Time it took to verify and load the release that is served.", registry=REGISTRY
)


@contextmanager
def page_timed(name: str) -> Iterator[None]:
    """Measures the script of a page, by the page's name; one that was stopped for a newer choice counts too."""
    with PAGES_RUNNING.track_inprogress(), PAGE_SECONDS.labels(name).time():
        yield
