"""A store that serves a release already, and a desk at which sources are refreshed from publishers of this machine."""

import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dashboard import actions
from dashboard.commands import refreshing
from dashboard.commands.refreshing import Outcome, Refresh
from dashboard.intake import proposals
from dashboard.intake.fetch.client import Caps
from dashboard.store import cadence, releases
from dashboard.store.audit_log import entries, verify
from dashboard.store.fetches import FetchState, fetch_states
from dashboard.store.snapshots import snapshots
from dashboard.warehouse.catalog import Way, sources
from tests.conftest import CAPTURED, FIXTURES
from tests.intake.fetch.publishers import ENVIRONMENT, TOKEN, Asked, Kind, Publisher, Reply, kinds, publishing
from tests.store.tiny import build_tiny_releases

# Seconds are those that a busy machine may take; a test of time has less.
QUICK = Caps(bytes=2_000_000, seconds=120, connect_seconds=30, silence_seconds=30, tries=3)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A store that serves a release of another source than those that are fetched."""
    store = tmp_path_factory.mktemp("served") / "store"
    with pytest.MonkeyPatch.context() as patch:
        build_tiny_releases(patch)
        actions.import_files(store, "hubs", [FIXTURES / "hubs.csv"], captured_on=CAPTURED["hubs"], confirmed=True)
    return store


@dataclass
class Desk:
    """Refreshes a store from publishers that a test plays, and knows what stood before."""

    store: Path
    monkeypatch: pytest.MonkeyPatch
    open: ExitStack
    caps: Caps = QUICK
    slept: list[float] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    def play(self, name: str, certificate: str = "") -> tuple[Kind, Publisher]:
        """A publisher of this kind, to which the card of its source leads."""
        kind = kinds()[name]
        publisher = self.open.enter_context(publishing(lambda _request: Reply(), certificate))
        publisher.answer = lambda request: kind.answer(kind, request, publisher.address)
        self.lead(kind.source, kind.way(publisher.address))
        return kind, publisher

    def lead(self, source: str, *ways: Way) -> None:
        """Has the card of a source name these ways; those of all others, none, unless a test led them somewhere."""
        led = getattr(self, "_led", {})
        led[source] = ways
        self._led = led
        cards = {name: replace(card, fetch=led.get(name, ())) for name, card in sources().items()}
        self.monkeypatch.setattr(refreshing, "sources", lambda: cards)

    def refresh(self, *names: str, publish: bool = True, dry: bool = False, caps: Caps | None = None) -> list[Outcome]:
        outcomes = Refresh(self.store, publish, dry, caps or self.caps, self.slept.append).run(names)
        self.printed += [str(outcome) for outcome in outcomes]
        return outcomes

    def one(self, source: str, **named) -> Outcome:
        """What becomes of one source."""
        (outcome,) = self.refresh(source, **named)
        return outcome

    def state(self, source: str) -> FetchState:
        return fetch_states(self.store)[source]

    def lines(self, event: str = "fetch") -> list[dict]:
        return [line for line in entries(self.store) if line["event"] == event]

    def rows(self, source: str) -> list[dict]:
        """The rows of the newest snapshot."""
        return pq.read_table(snapshots(self.store, source)[-1].rows_file).to_pylist()

    def waiting(self) -> list[proposals.Proposal]:
        return proposals.waiting(self.store)

    @property
    def stands(self) -> tuple:
        """What no failure may change: the release that is served, snapshots, what waits, work that is left."""
        return (
            releases.open_release(self.store).manifest["digest"],
            sorted(str(path.relative_to(self.store)) for path in self.store.glob("snapshots/*/*")),
            sorted(str(path.relative_to(self.store)) for path in self.store.glob("proposals/*/*")),
            sorted(str(path) for path in self.store.glob(".staging/*")),
        )

    def fails(self, source: str, *, says: str, caps: Caps | None = None, failures: int = 1) -> Outcome:
        """Refreshes; it fails in these words, changes nothing, is counted, and is one line of the audit log."""
        before, lines = self.stands, len(list(entries(self.store)))
        known = fetch_states(self.store).get(source, FetchState(source))
        outcome = self.one(source, caps=caps)
        assert outcome.outcome == "failed" and says in outcome.reason, outcome
        assert self.stands == before
        state = self.state(source)
        assert (state.failures, state.outcome) == (failures, "failed") and state.reason
        assert (state.sha256, state.etag, state.changed_at) == (known.sha256, known.etag, known.changed_at)
        added = list(entries(self.store))[lines:]
        assert [line["event"] for line in added] == ["fetch"] and "failed" in added[0]["what"] and added[0]["reason"]
        self.keeps_secrets()
        return outcome

    def keeps_secrets(self) -> None:
        """No secret is in what was said, in the audit log or in what the store remembers; the log's chain holds."""
        output = "\n".join(self.printed) + (self.store / "audit" / "log.jsonl").read_text()
        output += json.dumps([vars(state) for state in fetch_states(self.store).values()])
        output += "".join(path.read_text() for path in self.store.glob("*/*/*/manifest.json"))
        for secret in (TOKEN, *ENVIRONMENT.values(), "Bearer", "user:pass"):
            assert secret not in output
        verify(self.store)


@pytest.fixture
def desk(served, tmp_path, monkeypatch):
    build_tiny_releases(monkeypatch)
    # Tables of a few bytes have no figures for audiences.
    monkeypatch.setattr(cadence, "count_real_learners", lambda pins: False)
    store = tmp_path / "store"
    shutil.copytree(served, store)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COALITION_STORE", str(store))
    with ExitStack() as stack:
        yield Desk(store, monkeypatch, stack)


def spoiled(kind: Kind, publisher: Publisher, how: Callable[[Asked, Reply], Reply], times: int = 1_000) -> None:
    """Has the publisher spoil so many of its answers to requests for rows."""
    left = [times]

    def fault(request: Asked, reply: Reply) -> Reply:
        if not kind.of_rows(request) or not left[0]:
            return reply
        left[0] -= 1
        return how(request, reply)

    publisher.fault = fault
