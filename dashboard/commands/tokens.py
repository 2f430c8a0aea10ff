"""The verb `token`: makes, lists and revokes what other programs ask the API with."""

import argparse
import datetime
import sys
from collections.abc import Callable

from dashboard.access import tokens
from dashboard.settings import roster_file, store_folder


def add_verbs(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the verb to the command; `verb(name, function, help)` gives its parser."""
    sub = verb("token", token, "make, list or revoke a token, with which another program asks the API")
    of_tokens = sub.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = of_tokens.add_parser("create", help="make one; it is shown once and kept as a hash only")
    create.add_argument(
        "--for",
        dest="wanted",
        required=True,
        metavar="AUDIENCE",
        help="coalition, public, steward, or the id of a partner, as the roster has them",
    )
    create.add_argument(
        "--days", type=int, metavar="N", help=f"it is valid for (else {tokens.DAYS}; at most {tokens.MOST_DAYS}, "
        f"{tokens.MOST_DAYS_OF_STEWARD} for a steward)",
    )  # fmt: skip
    create.add_argument(
        "--purpose", default="", metavar="TEXT", help="for the list and the audit log; name nobody in it"
    )
    of_tokens.add_parser("list", help="every token: for whom, until when, the last day of its use; never itself")
    ended = of_tokens.add_parser("revoke", help="end one at once")
    ended.add_argument("name", metavar="ID", help="as the list has it, such as 1a2b3c4d")


def token(arguments: argparse.Namespace) -> None:
    """Makes, lists or revokes tokens; of a new one the secret alone goes to standard output."""
    now, store, roster = datetime.datetime.now(datetime.UTC), store_folder(), roster_file()
    if arguments.action == "create":
        steward = tokens.viewer_of(arguments.wanted, roster).is_steward
        days = arguments.days if arguments.days is not None else tokens.MOST_DAYS_OF_STEWARD if steward else tokens.DAYS
        secret, created = tokens.create(store, roster, arguments.wanted, days, arguments.purpose, now)
        print(secret)
        print(
            f"Token {created.name} for {created.audience_words} is valid until "
            f"{created.expires_at[:16].replace('T', ' ')} UTC. It is shown this once: keep it as a password. "
            f"`coalition token revoke {created.name}` ends it.",
            file=sys.stderr,
        )
    elif arguments.action == "revoke":
        ended = tokens.revoke(store, roster, arguments.name, now)
        print(f"token {ended.name} for {ended.audience_words} is revoked")
    else:
        for known in tokens.tokens(roster):
            print(
                f"{known.name}  {known.state(now):8}  {known.audience_words:24}  made {known.made_at[:10]}  "
                f"until {known.expires_at[:10]}  used {known.used_on or 'never':10}  {known.purpose}".rstrip()
            )
