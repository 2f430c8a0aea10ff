"""The verb `refresh`: fetches sources from their publishers, and publishes, proposes or leaves what came.

What was fetched goes through the front door; what is written goes through actions. For each source and run the audit
log has one line of the event `fetch`, written after what it states was done, and then the store remembers it.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb
from tqdm import tqdm

from dashboard import actions
from dashboard.actions import NotConfirmed
from dashboard.disclosure.protect import AuditFailed
from dashboard.intake import proposals
from dashboard.intake.fetch import Order, fetch
from dashboard.intake.fetch.bounds import beyond
from dashboard.intake.fetch.client import (
    REFRESH,
    Caps,
    Client,
    FetchUnchanged,
    Known,
    Progress,
    single_line,
    without,
)
from dashboard.intake.fetch.ways import Fetched, refuse_unusable, secrets_of, wanted_variables, way_of
from dashboard.intake.front_door import Ready, made_ready
from dashboard.intake.limits import SHELL
from dashboard.intake.proposals import Proposal
from dashboard.intake.workplace import workplace
from dashboard.refusals import Refusal
from dashboard.settings import store_folder
from dashboard.store.audit_log import cleaned
from dashboard.store.fetches import FetchState, fetch_states
from dashboard.store.mirrored import shown
from dashboard.store.protocol import held, read_manifest, sha256
from dashboard.store.snapshots import DaysOverlap, SecretsDiffer, Snapshot, now, pinned, snapshots
from dashboard.warehouse.build import ChecksFailed
from dashboard.warehouse.catalog import SourceCard, Way, sources

LOCK = ".refreshing"
LONGEST_REASON = 1000
# In the manifest of a capture that was published without a person.
ALONE = "published_alone"
PUBLISHED, UNCHANGED, WAITING, FAILED, SKIPPED = "published", "unchanged", "waiting", "failed", "skipped"
NOT_REQUESTED = "It is new, and publishing was not asked for (`--publish`)."
# What keeps a release from being built with a file, and is for a person to look at; all else is a failure.
FOR_A_PERSON = (NotConfirmed, ChecksFailed, AuditFailed, DaysOverlap, SecretsDiffer)


class NothingToRefresh(Refusal):
    """A source was named that there is not, or that no way leads to."""


class RefreshGoesOn(Refusal):
    """Another refresh of the same store is at work."""


@dataclass(frozen=True)
class Outcome:
    """What became of one source: one of the words above, the reason where there is one, the release it is in."""

    source: str
    kind: str
    outcome: str
    reason: str = ""
    release: int = 0
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line of the shell."""
        where = f", release {self.release}" if self.release else ""
        return f"{self.source}: {self.outcome}{where}{f'. {self.reason}' if self.reason else ''}"


@dataclass
class _Arrived:
    """A file that came and may be published: what is to be remembered of it when it is."""

    card: SourceCard
    way: Way
    state: FetchState
    ready: Ready | None
    notes: tuple[str, ...] = ()


@dataclass
class Refresh:
    """One run over a store. `caps`, `sleep` and `progress` are for the client of each source; tests give their own."""

    store: Path
    and_publish: bool = False
    dry: bool = False
    caps: Caps = REFRESH
    sleep: Callable[[float], None] = time.sleep
    progress: Callable[[str], Progress | None] = lambda _: None
    outcomes: list[Outcome] = field(default_factory=list)
    _states: dict[str, FetchState] = field(default_factory=dict)
    _to_publish: list[_Arrived] = field(default_factory=list)
    _secrets: set[str] = field(default_factory=set, repr=False)

    def run(self, names: Sequence[str] = ()) -> list[Outcome]:
        """Refreshes the sources of these names, or all that some way leads to.

        Raises:
            NothingToRefresh: a name is that of no source, or of one that cannot be fetched.
            RefreshGoesOn: another run is at work in the store.
            NotRecorded, NoRoom, StoreDamaged: the store takes no writes; nothing of what came is served.
        """
        cards = _cards(names)
        with ExitStack() as open_files:
            if not self.dry:
                open_files.enter_context(_single_refresh(self.store))
            self._states = dict(fetch_states(self.store))
            for card in cards:
                way = way_of(card)
                if way is None:
                    reason = f"Set the variables of one way to fetch it: {wanted_variables(card)}."
                    self.outcomes.append(Outcome(card.name, "", FAILED if names else SKIPPED, reason))
                    continue
                try:
                    self._source(card, way, open_files)
                except (Refusal, OSError, duckdb.Error) as refused:
                    self._failed(card, way, refused)
            self._publish_all()
        return self.outcomes

    def _source(self, card: SourceCard, way: Way, open_files: ExitStack) -> None:
        """Fetches one source and decides what becomes of it; what is to be published waits for the others."""
        before = self._states.get(card.name, FetchState(card.name))
        tried = replace(before, kind=way.kind, tried_at=now())
        is_settled = before.kind == way.kind and before.outcome in (PUBLISHED, UNCHANGED)
        known = Known(before.etag, before.modified, before.place) if is_settled else Known()
        folder = open_files.enter_context(workplace(self.store))
        try:
            came = self._fetched(card, way, folder, known)
        except FetchUnchanged:
            self._finish(replace(tried, **_answered(), outcome=UNCHANGED, reason="", failures=0))
            return
        state = replace(
            tried,
            **_answered(),
            failures=0,
            reason="",
            etag=came.etag,
            modified=came.modified,
            place=came.address_mark,
            sha256=sha256(came.file),
        )
        is_same = state.sha256 == before.sha256
        if is_settled and is_same:
            self._finish(replace(state, outcome=UNCHANGED), came.notes)
            return
        actions.refuse_clock_set_back(self.store)
        ready = open_files.enter_context(made_ready(self.store, card.name, came.file, limits=SHELL))
        arrived = _Arrived(card, way, state, ready, came.notes)
        current = _current(self.store, card)
        if kept := next((known_snapshot for known_snapshot in current if _is_in(ready, known_snapshot)), None):
            if self.and_publish and not actions.was_served(self.store, kept):
                self._to_publish.append(replace(arrived, ready=None))
            else:
                changed_at = before.changed_at if is_same else kept.imported_at
                self._discard_older(card.name, keep="")
                self._finish(replace(state, outcome=UNCHANGED, changed_at=changed_at), came.notes)
            return
        waits = [
            proposal
            for proposal in _fetched_proposals(self.store, card.name)
            if proposal.snapshot.sha256 == ready.digest
        ]
        if not waits and before.outcome == WAITING and is_same:
            reason = "The same file was discarded by a person."
            self._finish(replace(state, outcome=UNCHANGED, reason=reason), came.notes)
            return
        reason = beyond(current, _seen_first(self.store, card), ready, card, way) or (
            "" if self.and_publish else NOT_REQUESTED
        )
        if reason:
            self._wait(arrived, reason)
        else:
            self._to_publish.append(arrived)

    def _fetched(self, card: SourceCard, way: Way, folder: Path, known: Known) -> Fetched:
        unfilled = _way_unfilled(card, way)
        secrets = secrets_of(unfilled)
        self._secrets.update(secrets)
        refuse_unusable(unfilled)
        with Client(way.hosts, self.caps, secrets, self.progress(card.name), self.sleep) as client:
            try:
                return fetch(Order(way, card, folder, known), client)
            finally:
                self._secrets.update(client.secrets)

    def _words(self, text: str) -> str:
        """A reason as it may be printed and kept: publishers may repeat a secret anywhere in what they send."""
        return single_line(without(self._secrets, text))[:LONGEST_REASON]

    def _publish_all(self) -> None:
        """Serves one release with all that is to be published; where that fails, one for each that can be."""
        if self.dry:
            for arrived in self._to_publish:
                self._note(arrived.card.name, arrived.way.kind, PUBLISHED, "", 0, arrived.notes)
            return
        together = [self._to_publish] if self._to_publish else []
        while together:
            group = together.pop(0)
            try:
                release = actions.import_ready(
                    self.store,
                    [
                        replace(arrived.ready, account={**arrived.ready.account, ALONE: True})
                        for arrived in group
                        if arrived.ready
                    ],
                    [f"fetched {arrived.card.name}" for arrived in group],
                )
            except (Refusal, OSError, duckdb.Error) as refused:
                if len(group) > 1:
                    together = [[arrived] for arrived in group]
                elif isinstance(refused, FOR_A_PERSON) and group[0].ready:
                    self._wait(group[0], str(refused))
                else:
                    self._failed(group[0].card, group[0].way, refused)
                continue
            for arrived in group:
                state = replace(arrived.state, outcome=PUBLISHED, changed_at=now())
                self._discard_older(arrived.card.name, keep="")
                self._finish(state, arrived.notes, release.number)

    def _wait(self, arrived: _Arrived, reason: str) -> None:
        """Has a file wait for a person; the same one waits once, and an older one that was fetched no longer."""
        assert arrived.ready
        name, digest, reason = arrived.card.name, arrived.ready.digest, self._words(reason)
        waits = [proposal for proposal in _fetched_proposals(self.store, name) if proposal.snapshot.sha256 == digest]
        if not self.dry:
            proposal = waits[0] if waits else actions.propose_ready(self.store, arrived.ready, reason)
            self._discard_older(name, keep=proposal.name)
        changed_at = arrived.state.changed_at if waits else now()
        state = replace(arrived.state, outcome=WAITING, reason=cleaned(reason), changed_at=changed_at)
        self._finish(state, arrived.notes)

    def _discard_older(self, source: str, keep: str) -> None:
        """Takes away fetched files that wait still, since a newer capture is here."""
        if self.dry:
            return
        for proposal in _fetched_proposals(self.store, source):
            if proposal.name != keep:
                actions.discard(self.store, proposal, actions.THE_OPERATOR, "a capture that came later stands instead")

    def _failed(self, card: SourceCard, way: Way, refused: Exception) -> None:
        """Counts a failure; what was got before, and what is served, stays."""
        before = self._states.get(card.name, FetchState(card.name))
        reason = self._words(str(refused) if isinstance(refused, Refusal) else f"{type(refused).__name__}: {refused}")
        self._finish(
            replace(
                before,
                kind=way.kind,
                tried_at=now(),
                outcome=FAILED,
                reason=cleaned(reason),
                failures=before.failures + 1,
            ),
            reason=reason,
        )

    def _finish(self, state: FetchState, notes: tuple[str, ...] = (), release: int = 0, reason: str = "") -> None:
        """Puts one source's outcome on record and remembers it; a dry run only prints it."""
        self._note(state.source, state.kind, state.outcome, reason or state.reason, release, notes)
        if not self.dry:
            what = f"{state.source} ({state.kind}): {state.outcome}"
            actions.fetched(self.store, state, what, release or None)
            self._states[state.source] = state

    def _note(
        self, source: str, kind: str, outcome: str, reason: str, release: int, notes: tuple[str, ...] = ()
    ) -> None:
        self.outcomes.append(Outcome(source, kind, outcome, reason, release, notes))


def refresh(arguments: argparse.Namespace) -> int:
    """Refreshes the sources that were asked for, and prints a line for each; 1 where one of them failed."""
    with ExitStack() as bars:

        def progress(source: str) -> Progress:
            bar = bars.enter_context(
                tqdm(unit="B", unit_scale=True, desc=source, delay=1, leave=False, file=sys.stderr)
            )
            return partial(_move, bar)

        run = Refresh(store_folder(), arguments.publish, arguments.dry_run, progress=progress)
        outcomes = run.run(arguments.sources)
    for outcome in outcomes:
        print(f"would be {outcome}" if arguments.dry_run and outcome.outcome in (PUBLISHED, WAITING) else outcome)
        for note in outcome.notes:
            print(f"  {note}")
    return int(any(outcome.outcome == FAILED for outcome in outcomes))


def _move(bar: tqdm, got: int, _: int | None) -> None:
    bar.update(got - bar.n)


def _cards(names: Sequence[str]) -> list[SourceCard]:
    known = {name: card for name, card in sources().items() if card.fetch}
    if unknown := [name for name in names if name not in known]:
        why = "cannot be fetched" if unknown[0] in sources() else "is no source"
        raise NothingToRefresh(f"{unknown[0][:80]!r} {why}. A way is known to: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def _way_unfilled(card: SourceCard, way: Way) -> Way:
    """The way as the card has it: its settings name the variables whose values are secret."""
    return next(way_read for way_read in card.fetch if (way_read.kind, way_read.variables) == (way.kind, way.variables))


@contextmanager
def _single_refresh(store: Path) -> Iterator[None]:
    """Holds the store for this refresh; imports, releases and readers go on beside it.

    Raises:
        RefreshGoesOn: another one holds it.
        StoreDamaged: a link stands where the lock belongs.
    """
    goes_on = RefreshGoesOn(
        f"Another refresh of {shown(store)} is at work. Nothing was done; wait until it ends, or look for the timer "
        "that began it."
    )
    with held(store, LOCK, goes_on):
        yield


def _answered() -> dict[str, str]:
    return {"answered_at": now()}


def _current(store: Path, card: SourceCard) -> list[Snapshot]:
    """The real snapshots to which a new capture is compared: the newest, or of a source with streams all that count."""
    real = [snapshot for snapshot in pinned(store).get(card.name, ()) if snapshot.provenance != "demo"]
    return real if card.stream else real[-1:]


def _seen_first(store: Path, card: SourceCard) -> list[Snapshot]:
    """Real captures: those that a person brought in or published, the newest first, then the others, oldest first."""
    real = sorted(
        (snapshot for snapshot in snapshots(store, card.name) if snapshot.provenance != "demo"),
        key=lambda snapshot: (snapshot.captured_on, snapshot.order),
    )
    alone = [snapshot for snapshot in real if read_manifest(snapshot.folder)["input"].get(ALONE)]
    return [*(snapshot for snapshot in reversed(real) if snapshot not in alone), *alone]


def _is_in(ready: Ready, snapshot: Snapshot) -> bool:
    """Whether a snapshot holds the file, or another one of which the same rows were kept and as many set aside."""
    if ready.digest in (snapshot.sha256, *snapshot.parts):
        return True
    account = read_manifest(snapshot.folder)["input"]
    same = (account.get("content"), account.get("quarantined"))
    return bool(ready.report.content) and same == (ready.report.content, len(ready.report.quarantined))


def _fetched_proposals(store: Path, source: str) -> list[Proposal]:
    return [proposal for proposal in proposals.waiting(store) if proposal.snapshot.source == source and proposal.reason]
