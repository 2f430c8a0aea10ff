"""`/metrics` for operators, in the text format of Prometheus. It counts; it knows no person, partner or address."""

import re
from collections.abc import Iterator

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import session
from dashboard.access.gate import LOOPBACK
from dashboard.measures import REGISTRY
from dashboard.refusals import Refusal
from dashboard.server.crowd import room
from dashboard.server.headers import has_metrics_token
from dashboard.settings import metrics_token, public_url
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import NothingPublished
from dashboard.warehouse.answers import ReleaseTooOld

SHORTEST_TOKEN = 16
SENT = re.compile(r"[!-~]+")


class TokenTooShort(Refusal):
    """A token for `/metrics` could be guessed, or could be sent by nobody."""


class OfThisProcess(Collector):
    """What is read when it is asked for: pages open, caches, the release."""

    def collect(self) -> Iterator[Metric]:
        """The figures of now."""
        yield GaugeMetricFamily("coalition_pages_open", "Pages open in browsers.", room.sockets.total())
        yield GaugeMetricFamily("coalition_requests_open", "Requests being answered.", room.requests.total())
        hits = CounterMetricFamily("coalition_cache_hits", "Answers that were kept.", labels=["cache"])
        misses = CounterMetricFamily("coalition_cache_misses", "Answers that were computed.", labels=["cache"])
        entries = GaugeMetricFamily("coalition_cache_entries", "Answers that are kept.", labels=["cache"])
        for name, kept in session.caches().items():
            hits.add_metric([name], kept.hits)
            misses.add_metric([name], kept.misses)
            entries.add_metric([name], kept.currsize)
        yield from (hits, misses, entries)
        try:
            release, notice = session.begin()
        except (NothingPublished, ReleaseTooOld, StoreDamaged):
            yield GaugeMetricFamily("coalition_release_served", "Whether a release can be served.", 0)
            return
        yield GaugeMetricFamily("coalition_release_served", "Whether a release can be served.", 1)
        yield GaugeMetricFamily("coalition_release_number", "The release that is served.", release.number)
        yield GaugeMetricFamily("coalition_release_is_newest", "Whether it is the one published last.", not notice)


REGISTRY.register(OfThisProcess())
ProcessCollector(registry=REGISTRY)


async def metrics(request: Request) -> Response:
    """The figures, for whoever has the token; without a public address, for whoever asks on this machine."""
    if not _may_read(request):
        return JSONResponse({"error": "not here"}, status_code=404)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def refuse_short_token() -> None:
    """Stops a start with a token that could be guessed.

    Raises:
        TokenTooShort: it has fewer than 16 characters, or some that nobody could send.
    """
    if metrics_token() and len(metrics_token()) < SHORTEST_TOKEN:
        raise TokenTooShort(
            f"COALITION_METRICS_TOKEN wants {SHORTEST_TOKEN} characters or more, and has {len(metrics_token())}. "
            "Make one with `openssl rand -hex 24`."
        )
    if metrics_token() and not SENT.fullmatch(metrics_token()):
        raise TokenTooShort(
            "COALITION_METRICS_TOKEN holds a space, a line break or a letter that no request can send (it is not "
            "shown), as at the end of a file of secrets. Set it without."
        )


def _may_read(request: Request) -> bool:
    if metrics_token():
        return has_metrics_token(request.scope)
    # Behind a proxy everybody may seem to be on this machine.
    return not public_url() and request.client is not None and request.client.host in LOOPBACK
