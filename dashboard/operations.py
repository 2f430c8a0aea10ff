"""Verbs of the `coalition` command that keep a store for years: the audit log. The parser lines are here too."""

import argparse
from collections.abc import Callable

from dashboard.settings import store_folder
from dashboard.store.audit_log import AuditBroken, entries, verify

REFUSALS = (AuditBroken,)
SHOWN = 50


def add_verbs(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the verbs of this module to the command; `verb(name, function, help)` gives the parser of one."""
    sub = verb("audit", audit, "verify or list the audit log")
    actions = sub.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("verify", help="walk the chain; name the line where it breaks")
    listed = actions.add_parser("list", help="what was recorded, newest last")
    listed.add_argument("--last", type=int, default=SHOWN, metavar="N", help=f"so many lines (else {SHOWN})")


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
