"""The one door for what is written: each act is undone when it fails, asks for a second person where one is wanted, and
leaves a line in the audit log, which is written before the act. The command, the pages and the demonstration call it
and write nothing themselves.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.intake import proposals
from dashboard.intake.consequences import Consequence, consequence_of, holds_people
from dashboard.intake.front_door import (
    NOTHING,
    Declared,
    Imported,
    Progress,
    Ready,
    made_ready,
    made_ready_together,
)
from dashboard.intake.identity import Identity
from dashboard.intake.limits import BROWSER, Limits
from dashboard.intake.proposals import NotYours, Proposal
from dashboard.intake.report import FileRefused
from dashboard.refusals import Refusal
from dashboard.store import erasure, releases
from dashboard.store.audit_log import OPERATOR, Link, NotRecorded, record
from dashboard.store.cadence import are_due
from dashboard.store.fetches import FetchState, remember
from dashboard.store.joining import Arrival
from dashboard.store.mirrored import moved
from dashboard.store.protocol import StoreDamaged, in_words
from dashboard.store.releases import NoSuchRelease, NothingPublished, Release
from dashboard.store.shared import NOT_DONE, look, shared, shares, shares_again
from dashboard.store.snapshots import Snapshot, keep, named, pinned, undo
from dashboard.store.snapshots import withdraw as take_out

REFUSED = "its import was refused"
# So far behind the newest release a clock may be: time servers move it by less.
CLOCK_BEHIND = datetime.timedelta(hours=1)


class ClockSetBack(Refusal):
    """The clock of this machine is behind what it was, so that a file would be taken for an older one."""


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


@in_words()
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
    as_single_export: bool = False,
) -> Done:
    """Takes files in and serves a release with them: all of them or none. Several are parts of one export.

    Args:
        store: the store's folder, made if it is not there.
        source: name of a source card.
        files: CSV or workbooks, distinguished by content.
        actor: who brings them in.
        captured_on: day on which the sender's files stood so; else read from each file, its name, or today.
        declared: what the sender states beside the files.
        and_publish: False keeps them for a later release.
        confirmed: that people go and names are new is meant.
        progress: gives for each file a function that is called with the rows read so far.
        limits: how large a file may be, and what reading it may cost.
        as_single_export: reads several files, which have the same columns, in one pass into one snapshot.

    Raises:
        FileRefused, DaysOverlap, NothingToCorrect, SecretsDiffer, ChecksFailed, AuditFailed, StoreDamaged: it cannot be
            taken in, and nothing of it was.
        NotConfirmed: somebody has to confirm the consequence first.
        NotYours: another person has to publish what this one brings in.
    """
    if actor.needs_second:
        raise NotYours(
            "Whoever brings a file in does not publish it. Send it on the page Upload; another steward publishes it."
        )
    look(store)
    if captured_on is None:
        refuse_clock_set_back(store)
    done: list[Imported] = []
    with ExitStack() as open_files:
        ready = []
        if as_single_export and len(files) > 1:
            try:
                opening = made_ready_together(
                    *(store, source, files, captured_on, declared, progress(files[0]), limits),
                )
                ready.append(open_files.enter_context(opening))
            except FileRefused as refused:
                raise FileRefused(f"{refused} Nothing of this import was kept.", refused.asks) from None
        for file in files if not ready else ():
            try:
                opening = made_ready(store, source, file, captured_on, declared, progress(file), limits)
                ready.append(open_files.enter_context(opening))
            except FileRefused as refused:
                also = " Nothing of this import was kept." if len(files) > 1 else ""
                raise FileRefused(f"{file.name}: {refused}{also}", refused.asks) from None
        together = frozenset(ready_file.digest for ready_file in ready)
        arrivals = [ready_file.arrival.among(together, is_first=not at) for at, ready_file in enumerate(ready)]
        with shared(store) as working_copy, _undone_on_failure(working_copy, actor) as kept:
            follows = _confirmed_consequence(
                working_copy, arrivals, confirmed, asks_for_names=holds_people(pinned(working_copy))
            )
            for ready_file, arrival in zip(ready, arrivals, strict=True):
                done.append(_keep_on_record(working_copy, actor, ready_file, arrival, kept))
            release, is_new = None, False
            if and_publish:
                release, is_new = _serve(working_copy, actor, ["import"])
    return moved(Done(tuple(done), follows, release, is_new), working_copy, store)


@in_words()
@shares
def import_ready(store: Path, ready: Sequence[Ready], whats: Sequence[str], actor: Actor = THE_OPERATOR) -> Release:
    """Takes files in that were made ready, of one source or of several, and serves one release: with all or none.

    What the store holds already, and no release serves, is served with them.

    Args:
        store: the store's folder.
        ready: of `front_door.made_ready`; none, to serve what is kept.
        whats: the reasons of the release, for the audit log.
        actor: who acts.

    Raises:
        As `import_files`.
    """
    before = pinned(store)
    arrivals = [ready_file.arrival for ready_file in ready]
    with _undone_on_failure(store, actor) as kept:
        if arrivals:
            _confirmed_consequence(store, arrivals, False, asks_for_names=holds_people(before))
        for ready_file, arrival in zip(ready, arrivals, strict=True):
            _keep_on_record(store, actor, ready_file, arrival, kept)
        release, _ = _serve(store, actor, whats)
    return release


@in_words()
@shares
def propose_ready(store: Path, ready: Ready, reason: str, actor: Actor = THE_OPERATOR) -> Proposal:
    """Lets a file that was made ready wait for somebody to publish it, with the reason why it waits.

    Raises:
        NotYours, ErasedMeanwhile: nothing waits.
    """
    with _on_record(store, "proposal", actor, proposals.name_of(ready), reason=reason):
        return proposals.propose(store, ready, actor.who, reason=reason)


@in_words()
@shares_again
def fetched(store: Path, state: FetchState, what: str, release: int | None = None, actor: Actor = THE_OPERATOR) -> None:
    """Puts on record what became of fetching a source, and remembers it: after what it states was done."""
    record(store, "fetch", actor.who, what, release, state.reason)
    remember(store, state)


@in_words()
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
    look(store)
    if captured_on is None:
        refuse_clock_set_back(store)
    with made_ready(store, source, file, captured_on, declared, progress) as ready:
        with shared(store) as working_copy, _on_record(working_copy, "proposal", actor, proposals.name_of(ready)):
            proposal = proposals.propose(working_copy, ready, actor.who, partner)
        proposal = moved(proposal, working_copy, store)
        if also:
            also(file, proposal, ready.report.quarantined)
    return proposal


@in_words()
@shares
def accept(store: Path, waiting: Sequence[Proposal], actor: Actor, *, confirmed: bool = False) -> Release:
    """Publishes what waits as one release; when that cannot be built, all of it waits on and nothing changed.

    Raises:
        NotYours: whoever brought it in would publish it alone, where two people are wanted; or ids were taken since.
        NotConfirmed: somebody has to confirm the consequence first.
        DaysOverlap, SecretsDiffer, ChecksFailed, AuditFailed, NothingToCorrect: it cannot be published as it is.
    """
    if actor.needs_second and any(proposal.who == actor.who for proposal in waiting):
        raise NotYours("Whoever brings a file in does not publish it. Ask another steward to look at it.")
    for proposal in waiting:
        proposals.verify_waiting(store, proposal)
    arrivals = [proposal.arrival for proposal in waiting]
    _confirmed_consequence(store, arrivals, confirmed, asks_for_names=True)
    with _undone_on_failure(store, actor) as kept:
        for arrival in arrivals:
            snapshot, was_held = keep(store, arrival)
            if not was_held:
                kept.append(snapshot)
        release, _ = _serve(store, actor, [f"{proposal.name}, brought in by {proposal.who}" for proposal in waiting])
    with suppress(OSError):  # they are published; on a full disk their cards stay until somebody discards them
        for proposal in waiting:
            proposals.discard(store, proposal)
    return release


@in_words()
@shares_again
def discard(store: Path, proposal: Proposal, actor: Actor, reason: str = "discarded") -> None:
    """Takes away what waits."""
    with _on_record(store, "withdrawal", actor, f"proposal {proposal.name}", reason=reason):
        proposals.discard(store, proposal)


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


@in_words()
@shares
def publish(store: Path, actor: Actor = THE_OPERATOR, anew: bool = False) -> Release:
    """Builds a release from the snapshots in the store and serves it.

    With `anew` the figures that others than owners see are made anew before their time: for a mistake that must not
    stand.

    Raises:
        ChecksFailed, AuditFailed, SecretsDiffer, StoreDamaged: the release served before stays.
    """
    return _published(store, actor, ["publish, all figures anew" if anew else "publish"], anew)


@in_words()
@shares
def roll_back(store: Path, number: int, actor: Actor = THE_OPERATOR, reason: str = "") -> Release:
    """Serves an earlier release again.

    Raises:
        NoSuchRelease, StoreDamaged: it is not there or not whole; nothing changed.
    """
    releases.open_release(store, number)
    with _on_record(store, "rollback", actor, f"release {number} is served", number, reason):
        return releases.rollback(store, number)


@in_words()
@shares
def withdraw(store: Path, source: str, name: str, actor: Actor = THE_OPERATOR, reason: str = "") -> Path:
    """Takes a snapshot out of what the next release is built from; nothing is deleted.

    Raises:
        NoSuchSnapshot: the store holds none of that name.
    """
    named(store, source, name)
    with _on_record(store, "withdrawal", actor, f"{source} {name}", reason=reason):
        return take_out(store, source, name)


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: keys that were named and linked, what was rewritten, and files searched for traces."""

    linked: erasure.Linked | None
    done: erasure.Erased
    searched: int


@in_words()
def erase(
    store: Path, people: Sequence[erasure.Person], identity: Identity, actor: Actor = THE_OPERATOR, reason: str = ""
) -> Erasure:
    """Takes learners out of every file of the store, or finishes what an earlier erasure began.

    Raises:
        NobodyFound, AddressShared: nobody was erased.
        TracesLeft: something of them is left in a file that is no snapshot and no release, or may be in work that
            goes on.
    """
    with shared(store, erases=True) as working_copy:
        linked = erasure.link(working_copy, people, identity.mark) if people else None
        keys = linked.keys if linked else frozenset()
        record(working_copy, "erasure", actor.who, f"{len(people)} given, begun", reason=reason)
        if linked:
            erasure.remember(working_copy, keys, identity.mark)
        with _release_on_record(working_copy, actor, ["erasure"]) as put_on_record:
            done = erasure.carry_out(working_copy, identity.mark, identity.fingerprint, put_on_record)
        what = f"{len(people)} given, {sum(done.rows.values())} rows of {len(done.rows)} snapshots"
        record(working_copy, "erasure", actor.who, what, done.release, reason)
    left = erasure.traces(store, keys)
    if left.found:
        raise erasure.TracesLeft(f"Keys of the learners are still in {', '.join(left.found)}. Delete these files.")
    if left.at_work:
        raise erasure.TracesLeft(
            f"The learners are erased, but an import, a preview or a comparison that began before is still at work "
            f"(found: {left.at_work[0]}), and its files may hold them until it ends. Do the same again in a minute, "
            "with the same learners: then every file is searched."
        )
    return Erasure(linked, done, left.searched)


def handed_out(store: Path, what: str, actor: Actor = THE_OPERATOR, release: int | None = None) -> None:
    """Puts an export on record, before it is handed out."""
    record(store, "export", actor.who, what, release)


def _serve(store: Path, actor: Actor, whats: Sequence[str]) -> tuple[Release, bool]:
    """The release that serves what the store holds now, and whether it was made for that.

    Kept is not published: whatever interrupted an earlier act, one is made where what is pinned is not what is served.
    """
    try:
        served = releases.open_release(store)
        if releases.is_built_from(served, pinned(store)) and not are_due(served, releases.today()):
            return served, False
    except (NothingPublished, NoSuchRelease, StoreDamaged):  # none can be served, so that a new one is made
        pass
    return _published(store, actor, whats), True


def _published(store: Path, actor: Actor, whats: Sequence[str], anew: bool = False) -> Release:
    with _release_on_record(store, actor, whats) as put_on_record:
        return releases.publish_release(store, put_on_record, anew)


@contextmanager
def _release_on_record(store: Path, actor: Actor, whats: Sequence[str]) -> Iterator[Callable[[int], Link]]:
    """What puts a release on record, a line for each reason, before it is anywhere; another where it never was."""
    recorded: list[int] = []

    def put_on_record(number: int) -> Link:
        for what in whats:
            link = record(store, "release", actor.who, what, number)
        recorded.append(number)
        return link

    try:
        yield put_on_record
    except BaseException:
        for number in set(recorded) - set(releases.release_numbers(store)):
            _record_not_done(store, "release", actor, f"release {number}", number)
        raise


@contextmanager
def _on_record(
    store: Path, event: str, actor: Actor, what: str, release: int | None = None, reason: str = ""
) -> Iterator[None]:
    """Puts an act on record before it is done, and a second line where it was not done after all."""
    record(store, event, actor.who, what, release, reason)
    try:
        yield
    except BaseException:
        _record_not_done(store, event, actor, what, release)
        raise


def _record_not_done(store: Path, event: str, actor: Actor, what: str, release: int | None = None) -> None:
    with suppress(NotRecorded, StoreDamaged):  # why it was not done is what has to be reported
        record(store, event, actor.who, NOT_DONE + what, release)


def _keep_on_record(store: Path, actor: Actor, ready: Ready, arrival: Arrival, kept: list[Snapshot]) -> Imported:
    """Keeps a file as a snapshot and puts it on record; a snapshot that was not there is put on the list."""
    snapshot, was_held = keep(store, arrival)
    if not was_held:
        kept.append(snapshot)
    if not was_held or not was_served(store, snapshot):
        record(store, "upload", actor.who, f"{arrival.source} {snapshot.folder.name}, {ready.report.closing_line}")
    return Imported(ready.report, snapshot, was_held, arrival.file_id)


def was_served(store: Path, snapshot: Snapshot) -> bool:
    """Whether the release that is served was built from it: else its import was interrupted, or it was kept for later.

    An import that was interrupted may lack its line in the audit log.
    """
    pins = _served(store).get("snapshots", {}).get(snapshot.source, ())
    return any(Path(pin["folder"]).name == snapshot.folder.name for pin in pins)


def _served(store: Path) -> Mapping[str, Any]:
    """The manifest of the release that is served; empty where there is none that can be read."""
    try:
        return releases.manifest_of(store, releases.current_number(store))
    except (NothingPublished, StoreDamaged):
        return {}


def refuse_clock_set_back(store: Path) -> None:
    """Refuses to take today for the day of a file when today was before: it would count as older than what stands.

    Raises:
        ClockSetBack: the clock is behind the release that is served.
    """
    published_at, now = _served(store).get("published_at", ""), datetime.datetime.now(datetime.UTC)
    if published_at and now + CLOCK_BEHIND < datetime.datetime.fromisoformat(published_at):
        raise ClockSetBack(
            f"The clock of this machine reads {now:%Y-%m-%d %H:%M} UTC, and the release that is served was published "
            f"on {published_at[:10]}. Set the clock, or state the day on which the file stood so (`--captured-on`), "
            "then do the same again."
        )


@contextmanager
def _undone_on_failure(store: Path, actor: Actor) -> Iterator[list[Snapshot]]:
    """Withdraws the snapshots that are put on the list, whatever ends the act before its time.

    What cannot be undone, on a disk that is full, stays kept: the same command then publishes it.
    """
    kept: list[Snapshot] = []
    try:
        yield kept
    except BaseException:
        for snapshot in reversed(kept):
            with suppress(OSError, Refusal):
                undo(store, snapshot)
                record(store, "withdrawal", actor.who, f"{snapshot.source} {snapshot.folder.name}", reason=REFUSED)
        raise


def _confirmed_consequence(
    store: Path, arrivals: Sequence[Arrival], confirmed: bool, asks_for_names: bool
) -> Consequence:
    """What follows from files, before anything of them is kept.

    Raises:
        NotConfirmed: people would go, or partners or programmes are new, and nobody confirmed it.
    """
    follows = consequence_of(store, arrivals)
    if not confirmed:
        _refuse_unconfirmed(follows, asks_for_names)
    return follows


def _refuse_unconfirmed(follows: Consequence, asks_for_names: bool) -> None:
    if question := question_of(follows, asks_for_names):
        raise NotConfirmed(f"{question} Nothing was kept.", follows)


def question_of(follows: Consequence, asks_for_names: bool) -> str:
    """What somebody has to confirm before files are kept; empty where nothing is."""
    sentences = []
    if follows.losses:
        sentences.append(
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
        sentences.append(
            f"New would be: {', '.join(new)}. If these are right, confirm it (`--confirm`); else declare the partner "
            "and the programme (`--partner`, `--programme`)."
        )
    return " ".join(sentences)
