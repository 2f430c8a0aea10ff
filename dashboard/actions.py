"""The one door for what is written: each act is undone when it fails, asks for a second person where one is wanted, and
leaves a line in the audit log. The command, the pages and the demonstration call it and write nothing themselves.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.intake import proposals
from dashboard.intake.consequences import Consequence, consequence_of, holds_people
from dashboard.intake.front_door import NOTHING, Declared, Imported, Progress, made_ready
from dashboard.intake.identity import Identity
from dashboard.intake.limits import BROWSER, Limits
from dashboard.intake.proposals import NotYours, Proposal
from dashboard.intake.report import FileRefused
from dashboard.refusals import Refusal
from dashboard.store import erasure, releases
from dashboard.store.audit_log import OPERATOR, record
from dashboard.store.cadence import are_due
from dashboard.store.joining import Arrival
from dashboard.store.releases import NothingPublished, Release
from dashboard.store.snapshots import Snapshot, keep, pinned
from dashboard.store.snapshots import withdraw as take_out

REFUSED = "its import was refused"


class NotConfirmed(Refusal):
    """Something follows that somebody has to confirm: people who would go, or names that are new."""

    def __init__(self, message: str, consequence: Consequence) -> None:
        super().__init__(message)
        self.consequence = consequence


@dataclass(frozen=True)
class Actor:
    """Who acts: the name for the audit log, and whether what she brings in needs another person to publish it."""

    who: str
    needs_second: bool = False


THE_OPERATOR = Actor(OPERATOR)


@dataclass(frozen=True)
class Done:
    """What an import left behind: what became of each file, what follows, and the release served since.

    `is_new` is False where the release was served before: nothing in the store is newer.
    """

    files: tuple[Imported, ...]
    consequence: Consequence
    release: Release | None
    is_new: bool


def import_files(
    store: Path,
    source: str,
    files: Sequence[Path],
    actor: Actor = THE_OPERATOR,
    captured_on: datetime.date | None = None,
    declared: Declared = NOTHING,
    *,
    and_publish: bool = True,
    confirmed: bool = False,
    progress: Callable[[Path], Progress | None] = lambda _: None,
    limits: Limits = BROWSER,
) -> Done:
    """Takes files in and serves a release with them: all of them or none. Several are parts of one export.

    Args:
        store: the store's folder, made if it is not there.
        source: name of a source card.
        files: CSV or workbooks, told apart by content.
        actor: who brings them in.
        captured_on: day on which the sender's files stood so; else read from each file, its name, or today.
        declared: what the sender states beside the files.
        and_publish: False keeps them for a later release.
        confirmed: that people go and names are new is meant.
        progress: gives for each file a function that is called with the rows read so far.
        limits: how large a file may be, and what reading it may cost.

    Raises:
        FileRefused, DaysOverlap, NothingToCorrect, SecretsDiffer, ChecksFailed, AuditFailed, StoreDamaged: it cannot be
            taken in, and nothing of it was.
        NotConfirmed: somebody has to say first that the consequence is meant.
        NotYours: another person has to publish what this one brings in.
    """
    if actor.needs_second:
        raise NotYours(
            "Whoever brings a file in does not publish it. Send it on the page Upload; another steward publishes it."
        )
    before = pinned(store)
    done: list[Imported] = []
    with _undone_on_failure(store, actor) as kept, ExitStack() as open_files:
        ready = []
        for file in files:
            try:
                opening = made_ready(store, source, file, captured_on, declared, progress(file), limits)
                ready.append(open_files.enter_context(opening))
            except FileRefused as refused:
                also = " Nothing of this import was kept." if len(files) > 1 else ""
                raise FileRefused(f"{file.name}: {refused}{also}", refused.asks) from None
        together = frozenset(one.digest for one in ready)
        arrivals = [one.arrival.among(together, is_first=not at) for at, one in enumerate(ready)]
        follows = _confirmed_consequence(store, arrivals, confirmed, asks_for_names=holds_people(before))
        for one, arrival in zip(ready, arrivals, strict=True):
            snapshot, was_there = keep(store, arrival)
            done.append(Imported(one.report, snapshot, was_there, arrival.file_id))
            if not was_there:
                kept.append(snapshot)
                what = f"{source} {snapshot.folder.name}, {one.report.closing_line}"
                record(store, "upload", actor.who, what)
        release, is_new = None, False
        if and_publish:
            release, is_new = _serve(store, actor, "import")
    return Done(tuple(done), follows, release, is_new)


def bring_in(
    store: Path,
    source: str,
    file: Path,
    actor: Actor,
    captured_on: datetime.date | None = None,
    declared: Declared = NOTHING,
    *,
    partner: str = "",
    progress: Progress | None = None,
    also: Callable[[Path, Proposal, Sequence[object]], None] | None = None,
) -> Proposal:
    """Checks a file and lets it wait for somebody to publish it; `partner` is whose rows they must be, if anybody's.

    `also` is called with the file, the proposal and the rows set aside while the file is still there.

    Raises:
        FileRefused, NotYours: nothing waits.
    """
    with made_ready(store, source, file, captured_on, declared, progress) as ready:
        proposal = proposals.propose(store, ready, actor.who, partner)
        if also:
            also(file, proposal, ready.report.quarantined)
    record(store, "proposal", actor.who, proposal.name)
    return proposal


def accept(store: Path, waiting: Sequence[Proposal], actor: Actor, *, confirmed: bool = False) -> Release:
    """Publishes what waits as one release; when that cannot be built, all of it waits on and nothing changed.

    Raises:
        NotYours: whoever brought it in would publish it alone, where two people are wanted; or ids were taken since.
        NotConfirmed: somebody has to say first that the consequence is meant.
        DaysOverlap, SecretsDiffer, ChecksFailed, AuditFailed, NothingToCorrect: it cannot be published as it is.
    """
    if actor.needs_second and any(one.who == actor.who for one in waiting):
        raise NotYours("Whoever brings a file in does not publish it. Ask another steward to look at it.")
    for proposal in waiting:
        proposals.verify_waiting(store, proposal)
    arrivals = [proposal.arrival for proposal in waiting]
    _confirmed_consequence(store, arrivals, confirmed, asks_for_names=True)
    with _undone_on_failure(store, actor) as kept:
        for arrival in arrivals:
            snapshot, was_there = keep(store, arrival)
            if not was_there:
                kept.append(snapshot)
        release = releases.publish_release(store)
    for proposal in waiting:
        proposals.discard(store, proposal)
        record(store, "release", actor.who, f"{proposal.name}, brought in by {proposal.who}", release.number)
    return release


def discard(store: Path, proposal: Proposal, actor: Actor, reason: str = "discarded") -> None:
    """Takes away what waits."""
    proposals.discard(store, proposal)
    record(store, "withdrawal", actor.who, f"proposal {proposal.name}", reason=reason)


def take_and_serve(
    store: Path, source: str, file: Path, actor: Actor, captured_on: datetime.date | None = None
) -> tuple[Imported, Release] | Proposal:
    """Takes a file in and serves it at once; where two people are wanted, it waits for the other one.

    Raises:
        As `import_files` and `bring_in`.
    """
    if actor.needs_second:
        return bring_in(store, source, file, actor, captured_on)
    done = import_files(store, source, [file], actor, captured_on, confirmed=True)
    assert done.release
    return done.files[0], done.release


def publish(store: Path, actor: Actor = THE_OPERATOR, anew: bool = False) -> Release:
    """Builds a release from the snapshots in the store and serves it.

    With `anew` the figures that others than owners see are made anew before their time: for a mistake that must not
    stand.

    Raises:
        ChecksFailed, AuditFailed, SecretsDiffer, StoreDamaged: the release served before stays.
    """
    release = releases.publish_release(store, anew)
    record(store, "release", actor.who, "publish, all figures anew" if anew else "publish", release.number)
    return release


def roll_back(store: Path, number: int, actor: Actor = THE_OPERATOR, reason: str = "") -> Release:
    """Serves an earlier release again.

    Raises:
        NoSuchRelease, StoreDamaged: it is not there or not whole; nothing changed.
    """
    release = releases.rollback(store, number)
    record(store, "rollback", actor.who, f"release {number} is served", number, reason)
    return release


def withdraw(store: Path, source: str, name: str, actor: Actor = THE_OPERATOR, reason: str = "") -> Path:
    """Takes a snapshot out of what the next release is built from; nothing is deleted.

    Raises:
        NoSuchSnapshot: the store holds none of that name.
    """
    aside = take_out(store, source, name)
    record(store, "withdrawal", actor.who, f"{source} {name}", reason=reason)
    return aside


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: keys that were named and linked, what was rewritten, and files searched for traces."""

    linked: erasure.Linked | None
    done: erasure.Erased
    searched: int


def erase(
    store: Path, people: Sequence[erasure.Person], identity: Identity, actor: Actor = THE_OPERATOR, reason: str = ""
) -> Erasure:
    """Takes learners out of every file of the store, or finishes what an earlier erasure began.

    Raises:
        NobodyFound, AddressShared: nobody was erased.
        TracesLeft: something of them is left in a file that is no snapshot and no release.
    """
    linked = erasure.link(store, people, identity.mark) if people else None
    keys = linked.keys if linked else frozenset()
    if linked:
        erasure.remember(store, keys, identity.mark)
    done = erasure.carry_out(store, identity.mark, identity.fingerprint)
    what = f"{len(people)} given, {sum(done.rows.values())} rows of {len(done.rows)} snapshots"
    record(store, "erasure", actor.who, what, done.release, reason)
    searched, found = erasure.traces(store, keys)
    if found:
        raise erasure.TracesLeft(f"Keys of the learners are still in {', '.join(found)}. Delete these files.")
    return Erasure(linked, done, searched)


def handed_out(store: Path, what: str, actor: Actor = THE_OPERATOR, release: int | None = None) -> None:
    """Puts an export on record, before it is handed out."""
    record(store, "export", actor.who, what, release)


def _serve(store: Path, actor: Actor, what: str) -> tuple[Release, bool]:
    """The release that serves what the store holds now, and whether it was made for that."""
    try:
        served = releases.open_release(store)
        if releases.is_built_from(served, pinned(store)) and not are_due(served, releases.today()):
            return served, False
    except NothingPublished:
        pass
    release = releases.publish_release(store)
    record(store, "release", actor.who, what, release.number)
    return release, True


@contextmanager
def _undone_on_failure(store: Path, actor: Actor) -> Iterator[list[Snapshot]]:
    """Withdraws the snapshots that are put on the list, whatever ends the act before its time."""
    kept: list[Snapshot] = []
    try:
        yield kept
    except BaseException:
        for snapshot in reversed(kept):
            take_out(store, snapshot.source, snapshot.folder.name)
            record(store, "withdrawal", actor.who, f"{snapshot.source} {snapshot.folder.name}", reason=REFUSED)
        raise


def _confirmed_consequence(
    store: Path, arrivals: Sequence[Arrival], confirmed: bool, asks_for_names: bool
) -> Consequence:
    """What follows from files, before anything of them is kept.

    Raises:
        NotConfirmed: people would go, or partners or programmes are new, and nobody said that it is meant.
    """
    follows = consequence_of(store, arrivals)
    if not confirmed:
        _refuse_unconfirmed(follows, asks_for_names)
    return follows


def _refuse_unconfirmed(follows: Consequence, asks_for_names: bool) -> None:
    said = []
    if follows.losses:
        said.append(
            f"{'; '.join(map(str, follows.losses))}. If the file is a part of an export, declare it as one (`--part`); "
            "if it holds corrected rows, send it as it was downloaded, with its last columns; if it is the whole "
            "export and that is meant, confirm it (`--confirm`)."
        )
    new = [
        f"{kind} {name}{f' (or is it {follows.alike[name]}?)' if name in follows.alike else ''}"
        for kind in ("partner", "programme")
        for name in (follows.new or {}).get(kind, ())
    ]
    if new and asks_for_names:
        said.append(
            f"New would be: {', '.join(new)}. If these are right, confirm it (`--confirm`); else declare the partner "
            "and the programme (`--partner`, `--programme`)."
        )
    if said:
        raise NotConfirmed(" ".join(said) + " Nothing was kept.", follows)
