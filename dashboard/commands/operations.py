"""Verbs of the `coalition` command that keep a store for years: audit log, erasure, archives, what is old."""

import argparse
import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard import actions
from dashboard.access.viewer import EVERYBODY, PARTNER_AUDIENCE, Viewer
from dashboard.commands.counted import counted
from dashboard.disclosure.policy import PUBLIC
from dashboard.intake.identity import open_identity
from dashboard.intake.programmes import identifier
from dashboard.learner_secret import SecretMissing
from dashboard.locales import LANGUAGES
from dashboard.refusals import Refusal
from dashboard.settings import learner_secret_file, store_folder
from dashboard.store import archive, releases, retention
from dashboard.store.audit_log import OPERATOR, entries, record, renew, verify
from dashboard.store.erasure import Person
from dashboard.store.health import (
    AHEAD,
    OVERDUE,
    Account,
    Capture,
    Health,
    StreamHealth,
    health,
    set_aside_by_reason,
)
from dashboard.store.mirrored import in_address, shown
from dashboard.store.protocol import StoreDamaged, in_words
from dashboard.store.shared import keeps_versions, refuse_reading_copy, shared, shares
from dashboard.warehouse.catalog import sources


class NotUnderstood(Refusal):
    """An order that does not name whom it is about."""


SHOWN = 50


def add_verbs(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the verbs of this module to the command; `verb(name, function, help)` gives the parser of one."""
    sub = verb("audit", audit, "verify, list or renew the audit log")
    of_audit = sub.add_subparsers(dest="action", required=True, metavar="ACTION")
    of_audit.add_parser("verify", help="walk the chain; name the line where it breaks")
    listed = of_audit.add_parser("list", help="what was recorded, newest last")
    renewed = of_audit.add_parser("renew", help="put a broken log aside and begin a new one, which says so")
    renewed.add_argument("--reason", required=True, metavar="TEXT", help="for the first line of the new log")
    listed.add_argument("--last", type=int, default=SHOWN, metavar="N", help=f"so many lines (else {SHOWN})")
    sub = verb(
        "erase",
        erase,
        "take learners out of every file of the store and keep them out",
        "Takes learners out of every snapshot, deletes the releases that counted them and serves a new one. Without a "
        "learner it does what an erasure that was interrupted, or a restored backup, has left to do.",
    )
    sub.add_argument("--learner", action="append", default=[], metavar="ID", help="as the partner gave it; repeatable")
    sub.add_argument("--email", action="append", default=[], metavar="ADDRESS", help="of a learner; repeatable")
    sub.add_argument("--learners-file", type=Path, metavar="FILE", help="one id a line")
    sub.add_argument("--reason", default="", metavar="TEXT", help="for the audit log; name nobody in it")
    sub = verb("backup", backup, "write the whole store into one archive, without the learners' secret")
    sub.add_argument("file", type=Path, metavar="FILE", help="such as store.tar.gz; never overwritten")
    sub.add_argument("--with-secret", action="store_true", help="put the learners' secret into the archive too")
    sub = verb(
        "pack",
        pack,
        "write the pages as a folder of files that needs no server and no script",
        "Writes the pages as a folder of files that needs no server and no script: for a stick, or any web server. "
        "Figures are those of the audience.",
    )
    sub.add_argument("folder", type=Path, metavar="DIR", help="an empty folder, or one to be made")
    sub.add_argument(
        "--lang",
        type=_languages,
        default=tuple(LANGUAGES),
        metavar="en,fr",
        help=f"of {', '.join(LANGUAGES)} (else all)",
    )
    sub.add_argument("--audience", choices=[PUBLIC, PARTNER_AUDIENCE], default=PUBLIC)
    sub.add_argument("--reported-by", default="", metavar="PARTNER", help="whose figures are exact in a partner's pack")
    sub.add_argument("--release", type=int, metavar="N", help="of an earlier release")
    sub = verb("restore", restore, "fill an empty store from an archive")
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--store", metavar="DIR", default=argparse.SUPPRESS, help="an empty folder, or one to be made")


def add_prune(of_releases: Any) -> None:
    """Adds `releases prune`."""
    sub = of_releases.add_parser("prune", help="delete what is older than so many months; without --yes only say what")
    sub.add_argument("--keep-months", type=_months, required=True, metavar="N", help="such as 13")
    sub.add_argument("--yes", action="store_true", help="delete it")


@in_words()
def backup(arguments: argparse.Namespace) -> None:
    """Writes the archive and states what is in it."""
    store = store_folder()
    with shared(store) as working_copy:
        done = archive.back_up(working_copy, arguments.file, learner_secret_file() if arguments.with_secret else None)
    secret = "with the learners' secret" if done.holds_secret else "without the learners' secret"
    record(store, "backup", OPERATOR, f"{done.files} files, {secret}, sha256 {done.sha256}")
    print(f"{arguments.file}: {done.files} files, {done.bytes / 1e6:.1f} MB, {secret}")
    print(f"sha256 {done.sha256}")
    if done.holds_secret:
        print("Whoever has this archive can test whether a person is in it: keep it as you keep the secret.")


def pack(arguments: argparse.Namespace) -> None:
    """Writes the folder, once it is on record that it leaves, and states what is in it."""
    from dashboard.documents.pack import make_pack, write_pack

    is_own = arguments.audience == PARTNER_AUDIENCE
    if is_own != bool(arguments.reported_by):
        raise NotUnderstood("A partner's pack names the partner, with --reported-by PARTNER; that of the public none.")
    viewer = Viewer(PARTNER_AUDIENCE, identifier(arguments.reported_by)) if is_own else EVERYBODY
    store = store_folder()
    release = releases.open_release(store, arguments.release)
    files = make_pack(viewer, release, arguments.lang)
    whose = f"{arguments.audience} {viewer.partner_id}".strip()
    actions.handed_out(
        store, f"pack for {whose}, {counted(len(files), 'file')}, {' '.join(arguments.lang)}", release=release.number
    )
    write_pack(files, arguments.folder)
    print(
        f"{arguments.folder}: {counted(len(files), 'file')}, {sum(map(len, files.values())) / 1e6:.1f} MB, "
        f"release {release.number}"
    )
    if is_own:
        print(
            f"coalition: the figures of {viewer.partner_id} are exact in this pack: give it to nobody outside of it",
            file=sys.stderr,
        )


def _languages(text: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(text.split(",")))
    if unknown := [code for code in codes if code not in LANGUAGES]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is no language of the dashboard: {', '.join(LANGUAGES)}")
    return codes


@in_words()
def restore(arguments: argparse.Namespace) -> None:
    """Restores the archive and verifies the release that is served."""
    store, secret = store_folder(), learner_secret_file()
    with shared(store) as working_copy:
        done = archive.restore(arguments.file, working_copy, secret)
    record(store, "restore", OPERATOR, f"{done.files} files, sha256 {done.sha256}")
    print(f"{shown(store)}: {done.files} files as they were backed up, {done.bytes / 1e6:.1f} MB")
    try:
        print(f"release {releases.open_release(store).number} is served")
    except releases.NothingPublished:
        print("no release is in it")
    if not done.holds_secret and not secret.is_file():
        print(f"The learners' secret is not in the archive: put yours at {secret} before files about learners come in.")


@in_words()
def prune(arguments: argparse.Namespace) -> None:
    """Says what is old, and with --yes deletes it, after it is on record."""
    store = store_folder()
    today = datetime.datetime.now(datetime.UTC).date()
    old = retention.prune(store, arguments.keep_months, today)
    for number in old.releases:
        print(f"release {number}")
    for name in old.snapshots:
        print(name)
    what = (
        f"{counted(len(old.releases), 'release')} and {counted(len(old.snapshots), 'snapshot')} older than "
        f"{counted(arguments.keep_months, 'month')}"
    )
    if arguments.yes and (old.releases or old.snapshots):
        _delete_old(store, arguments.keep_months, today, f"{what} deleted")
    print(f"{what} {'are deleted' if arguments.yes else 'would be deleted; --yes does it'}")


@shares
def _delete_old(store: Path, keep_months: int, today: datetime.date, what: str) -> None:
    record(store, "withdrawal", OPERATOR, what, reason="retention")
    retention.prune(store, keep_months, today, do=True)


def health_report(store: Path, today: datetime.date) -> dict[str, Any]:
    """How fresh each source is, as `coalition health --format json` prints it: docs/operations.md names the keys."""
    state, streams = health(store, today), []
    troubles: list[dict[str, str]] = []
    for stream in state.streams:
        entry = _stream(stream)
        entry["captures"] = [_capture(capture, stream.source, troubles) for capture in stream.captures]
        streams.append(entry)
    unread = [{"source": trouble.source, "words": trouble.words} for trouble in state.troubles]
    unread += [trouble for at, trouble in enumerate(troubles) if trouble not in troubles[:at]]
    return {
        "day": today.isoformat(),
        "needs_attention": state.needs_attention or bool(unread),
        "overdue": _names_of_streams(state, lambda stream: stream.freshness == OVERDUE),
        "ahead": _names_of_streams(state, lambda stream: stream.freshness == AHEAD),
        "failing": sorted({stream.source for stream in state.streams if stream.is_failing}),
        "troubles": unread,
        "streams": streams,
    }


def _names_of_streams(state: Health, choose: Callable[[StreamHealth], bool]) -> list[str]:
    return [f"{stream.source}:{stream.stream}".rstrip(":") for stream in state.streams if choose(stream)]


def _stream(stream: StreamHealth) -> dict[str, Any]:
    newest, fetch = stream.newest, stream.fetch
    return {
        "source": stream.source,
        "title": sources()[stream.source].title,
        "partner": stream.partner,
        "programme": stream.programme,
        "freshness": stream.freshness,
        "captured_on": newest.captured_on.isoformat() if newest else None,
        "imported_at": newest.imported_at if newest else None,
        "provenance": newest.provenance if newest else None,
        "sent_by": list(newest.sent_by) if newest else [],
        "age_days": stream.age_days,
        "every_days": stream.every_days,
        "next_expected": stream.next_expected.isoformat() if stream.next_expected else None,
        "overdue_since": stream.overdue_since.isoformat() if stream.overdue_since else None,
        "rows": stream.rows,
        "waiting": len(stream.waiting),
        "fetch": None
        if fetch is None
        else {
            "tried_at": fetch.tried_at,
            "answered_at": fetch.answered_at,
            "changed_at": fetch.changed_at,
            "outcome": fetch.outcome,
            "reason": fetch.reason,
            "failures": fetch.failures,
            "is_failing": fetch.is_failing,
        },
    }


def _capture(capture: Capture, source: str, troubles: list[dict[str, str]]) -> dict[str, Any]:
    account = capture.account
    return {
        "name": capture.name,
        "captured_on": capture.captured_on.isoformat(),
        "imported_at": capture.imported_at,
        "provenance": capture.provenance,
        "sent_by": list(capture.sent_by),
        "streams": len(capture.streams),
        "rows_in": account.rows_in if account else None,
        "rows_published": account.published if account else None,
        "rows_collapsed": account.collapsed if account else None,
        "rows_set_aside": account.set_aside if account else None,
        "set_aside_by_reason": _by_reason(account, source, troubles) if account else None,
    }


def _by_reason(account: Account, source: str, troubles: list[dict[str, str]]) -> list[dict[str, Any]] | None:
    """Reasons with the rows of each; None where the list cannot be read, which is then among the troubles."""
    try:
        return [vars(reason) for reason in set_aside_by_reason(account)]
    except StoreDamaged as damaged:
        troubles.append({"source": source, "words": str(damaged)})
        return None


def _months(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 1200:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of months such as 13")
    return int(text)


def erase(arguments: argparse.Namespace) -> None:
    """Erases learners, or finishes what an earlier erasure began; prints counts, never who.

    Raises:
        NotUnderstood, NobodyFound, AddressShared, SecretMissing: nothing was erased.
        TracesLeft: something is left in a file that is no snapshot and no release.
    """
    store, file = store_folder(), learner_secret_file()
    if not file.is_file():
        raise SecretMissing(f"There is no secret at {file}, so nobody can be found. Put it back from your backup.")
    identity = open_identity(file)
    ids = [*arguments.learner]
    if arguments.learners_file:
        try:
            lines = arguments.learners_file.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise NotUnderstood(f"{arguments.learners_file.name} is not UTF-8 text with one id a line.") from None
        ids += [line for line in lines if line.strip()]
    people = [Person(identity.id_key(id_) or "", "") for id_ in ids]
    people += [Person("", identity.email_key(address) or "") for address in arguments.email]
    if blank := [
        str(number) for number, person in enumerate(people, start=1) if not (person.id_key or person.email_key)
    ]:
        raise NotUnderstood(
            f"Of {len(people)} given, number {', '.join(blank)} is no id or no address. Nothing was erased."
        )
    # Snapshots that were kept before ids were evened out hold the keys of those forms.
    former = [Person(key, "") for id_ in ids for key in identity.former_keys(id_, "") - {identity.id_key(id_)}]
    former += [Person("", key) for address in arguments.email for key in identity.former_keys("", address)]
    named = [*people, *(person for person in former if person not in people)]
    erased = actions.erase(store, named, identity, reason=arguments.reason)
    if linked := erased.linked:
        of_theirs, addresses = counted(len(linked.ids), "id"), counted(len(linked.emails), "address", "addresses")
        print(f"{len(people)} given: {of_theirs} and {addresses} of theirs")
        if linked.shared:
            print(
                "Addresses of theirs that stand beside ids of other learners of the same partner, and stay: "
                f"{linked.shared}. Name those ids too if they are the same person."
            )
    done = erased.done
    print(f"erased {counted(sum(done.rows.values()), 'row')} of {counted(len(done.rows), 'snapshot')}")
    if done.buried:
        print(f"deleted release {', '.join(map(str, done.buried))}, which counted them")
    if done.release:
        print(f"published release {done.release}")
    for name in done.removed:
        print(f"deleted {name}, which was withdrawn and damaged, so that nobody could be looked for in it")
    for name in done.unread:
        print(f"not searched, since it was keyed under another secret: {name}. Erase with that secret too")
    if erased.linked:
        print(f"no trace in {counted(erased.searched, 'file')}")
    if keeps_versions(store):
        print(
            "coalition: the bucket keeps earlier versions of objects, so what was deleted is still in it. Switch "
            "versioning off, or add a lifecycle rule that deletes versions, and delete those that are there",
            file=sys.stderr,
        )


def audit(arguments: argparse.Namespace) -> None:
    """Verifies the audit log, prints its last lines, or begins a new one."""
    store = store_folder()
    if arguments.action == "verify":
        verified = verify(store)
        if not verified.count:
            print(f"nothing is recorded yet in {shown(store)}")
            for sentence in verified.notices:
                print(f"note: {sentence}")
            return
        print(f"{verified.count} lines hold, from {verified.first_at} to {verified.last_at}, head {verified.head}")
        for sentence in verified.mended:
            print(f"mended {sentence}")
        if verified.anchored:
            print(f"{len(verified.anchored)} releases name the line at which they were published, and the log has it")
        for sentence in verified.notices:
            print(f"note: {sentence}")
        return
    if arguments.action == "renew":
        refuse_reading_copy()
        former = in_address(str(renew(store, OPERATOR, arguments.reason)), store)
        print(f"the log before lies in {former}; a new one is begun")
        return
    lines = list(entries(store))[-max(arguments.last, 1) :]
    if not lines:
        print(f"nothing is recorded yet in {shown(store)}")
    for entry in lines:
        release = f"release {entry['release']}" if entry.get("release") else ""
        fields = (
            entry.get("at"),
            entry.get("event"),
            entry.get("who"),
            entry.get("what"),
            release,
            entry.get("reason"),
        )
        print("  ".join(str(field) for field in fields if field))
