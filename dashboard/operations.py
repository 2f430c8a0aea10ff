"""Verbs of the `coalition` command that keep a store for years: audit log, erasure. Their parser lines are here too."""

import argparse
from collections.abc import Callable
from pathlib import Path

from dashboard.intake.identity import SecretMissing, open_identity
from dashboard.settings import learner_secret_file, store_folder
from dashboard.store.audit_log import OPERATOR, AuditBroken, entries, record, verify
from dashboard.store.erasure import AddressShared, NobodyFound, Person, TracesLeft, carry_out, link, remember, traces
from dashboard.store.snapshots import ErasedMeanwhile


class NotUnderstood(Exception):
    """An order to erase that names nobody."""


REFUSALS = (AuditBroken, AddressShared, NobodyFound, TracesLeft, ErasedMeanwhile, NotUnderstood)
SHOWN = 50


def add_verbs(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the verbs of this module to the command; `verb(name, function, help)` gives the parser of one."""
    sub = verb("audit", audit, "verify or list the audit log")
    actions = sub.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("verify", help="walk the chain; name the line where it breaks")
    listed = actions.add_parser("list", help="what was recorded, newest last")
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


def erase(asked: argparse.Namespace) -> None:
    """Erases learners, or finishes what an earlier erasure began; prints counts, never who.

    Raises:
        NotUnderstood, NobodyFound, AddressShared, SecretMissing: nothing was erased.
        TracesLeft: something is left in a file that is no snapshot and no release.
    """
    store, file = store_folder(), learner_secret_file()
    if not file.is_file():
        raise SecretMissing(f"There is no secret at {file}, so nobody can be found. Put it back from your backup.")
    identity = open_identity(file)
    ids = [*asked.learner]
    if asked.learners_file:
        try:
            lines = asked.learners_file.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise NotUnderstood(f"{asked.learners_file.name} is not UTF-8 text with one id a line.") from None
        ids += [line for line in lines if line.strip()]
    people = [Person(identity.id_key(one) or "", "") for one in ids]
    people += [Person("", identity.email_key(one) or "") for one in asked.email]
    if blank := [str(number) for number, one in enumerate(people, start=1) if not (one.id_key or one.email_key)]:
        raise NotUnderstood(
            f"Of {len(people)} given, number {', '.join(blank)} is no id or no address. Nothing was erased."
        )
    keys: frozenset[str] = frozenset()
    if people:
        linked = link(store, people, identity.mark)
        keys = linked.keys
        remember(store, keys, identity.mark)
        print(f"{len(people)} given: {len(linked.ids)} ids and {len(linked.emails)} addresses of theirs")
        if linked.shared:
            print(
                f"{linked.shared} addresses of theirs stand beside ids of other learners of the same partner and stay. "
                "Name those ids too if they are the same person."
            )
    done = carry_out(store, identity.mark, identity.fingerprint)
    what = f"{len(people)} given, {sum(done.rows.values())} rows of {len(done.rows)} snapshots"
    record(store, "erasure", OPERATOR, what, done.release, asked.reason)
    print(f"erased {sum(done.rows.values())} rows of {len(done.rows)} snapshots")
    if done.buried:
        print(f"deleted release {', '.join(map(str, done.buried))}, which counted them")
    if done.release:
        print(f"published release {done.release}")
    for name in done.removed:
        print(f"deleted {name}, which was withdrawn and damaged, so that nobody could be looked for in it")
    for name in done.unread:
        print(f"not searched, since it was keyed under another secret: {name}. Erase with that secret too")
    searched, found = traces(store, keys)
    if found:
        raise TracesLeft(f"Keys of the learners are still in {', '.join(found)}. Delete these files.")
    if keys:
        print(f"no trace in {searched} files")


def audit(asked: argparse.Namespace) -> None:
    """Verifies the audit log or prints its last lines."""
    store = store_folder()
    if asked.action == "verify":
        found = verify(store)
        if not found.count:
            print(f"nothing is recorded yet in {store}")
            return
        print(f"{found.count} lines hold, from {found.first_at} to {found.last_at}, head {found.head}")
        for sentence in found.mended:
            print(f"mended {sentence}")
        return
    for said in list(entries(store))[-max(asked.last, 1) :]:
        release = f"release {said['release']}" if said.get("release") else ""
        parts = (said.get("at"), said.get("event"), said.get("who"), said.get("what"), release, said.get("reason"))
        print("  ".join(str(part) for part in parts if part))
