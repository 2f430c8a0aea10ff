"""Tokens by which other programs ask the API: made, listed and revoked by the operator, and kept as hashes only.

They lie beside the roster and never in the store, so that no backup of the store holds them. Who holds a token has one
audience of the roster, as long as the roster has it too.
"""

import datetime
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboard.access.roster import read_roster
from dashboard.access.viewer import AUDIENCES, EVERYBODY, PARTNER_AUDIENCE, Viewer
from dashboard.refusals import Refusal
from dashboard.store.audit_log import OPERATOR, cleaned, record

FILE = "tokens.json"
# coalition_<its name>_<256 random bits>: what looks for secrets that were published by mistake can find it.
TOKEN = re.compile(r"coalition_(?P<name>[0-9a-f]{8})_[0-9a-f]{64}")
DAYS, MOST_DAYS = 90, 366
# Exact figures of all partners: renewed every month, or asked for from the shell.
MOST_DAYS_OF_STEWARD = 30
PARTNER_ID = re.compile(r"[a-z0-9][a-z0-9_]*")


class TokenRefused(Refusal):
    """No token is made or revoked as it was asked for."""


class TokensUnreadable(Refusal):
    """The file of tokens cannot be read, so that nobody can be let in by one."""


class TokenDenied(Exception):
    """A token lets nobody in; `who` names it for the audit log, `reason` states why."""

    def __init__(self, who: str, reason: str) -> None:
        super().__init__(reason)
        self.who = who
        self.reason = reason


@dataclass(frozen=True)
class Token:
    """What is kept of a token, never itself. Times are UTC; `used_on` is the last day of its use, empty before that."""

    name: str
    sha256: str
    audience: str
    partner_id: str
    purpose: str
    made_by: str
    made_at: str
    expires_at: str
    revoked_at: str = ""
    used_on: str = ""

    @property
    def viewer(self) -> Viewer:
        """As whom its holder asks."""
        return Viewer(self.audience, self.partner_id)

    @property
    def audience_words(self) -> str:
        """The audience as the command takes it: `coalition`, or `partner:kiron`."""
        return f"{self.audience}:{self.partner_id}" if self.partner_id else self.audience

    @property
    def who(self) -> str:
        """The token in the audit log."""
        return f"token {self.name} ({self.audience_words})"

    def state(self, now: datetime.datetime) -> str:
        """`valid`, `revoked` or `expired`."""
        if self.revoked_at:
            return "revoked"
        return "expired" if now >= datetime.datetime.fromisoformat(self.expires_at) else "valid"


def create(
    store: Path, roster: Path, wanted: str, days: int, purpose: str, now: datetime.datetime
) -> tuple[str, Token]:
    """A new token, which is known from here on only to whoever is given it, and what is kept of it.

    Args:
        store: whose audit log has a line of it.
        roster: the file of the roster, whether it is there or not.
        wanted: `steward`, `coalition`, `public`, `partner:ID`, or the id of a partner.
        days: it is valid for.
        purpose: what it is for, in the list of tokens.
        now: the time.

    Raises:
        TokenRefused: the roster knows no such audience, or the days are too many.
        RosterWrong, TokensUnreadable, NotRecorded: it could not be made.
    """
    viewer = viewer_of(wanted, roster)
    most = MOST_DAYS_OF_STEWARD if viewer.is_steward else MOST_DAYS
    if not 1 <= days <= most:
        raise TokenRefused(
            f"A token for {wanted} is valid for 1 to {most} days; {days} were asked for. Give --days a number of these."
        )
    name = secrets.token_hex(4)
    secret = f"coalition_{name}_{secrets.token_hex(32)}"
    token = Token(
        name,
        _hash(secret),
        viewer.audience,
        viewer.partner_id,
        cleaned(purpose),
        OPERATOR,
        now.isoformat(timespec="seconds"),
        (now + datetime.timedelta(days=days)).isoformat(timespec="seconds"),
    )
    with _tokens_to_change(roster.parent) as known:
        what = f"token {name} made for {token.audience_words}, valid until {token.expires_at[:10]}"
        record(store, "token", OPERATOR, what, reason=token.purpose)
        known[name] = token
    return secret, token


def revoke(store: Path, roster: Path, name: str, now: datetime.datetime) -> Token:
    """Ends a token at once.

    Raises:
        TokenRefused: there is none of this name, or it is revoked already.
        TokensUnreadable, NotRecorded: it could not be revoked.
    """
    with _tokens_to_change(roster.parent) as known:
        token = known.get(name)
        if token is None or token.revoked_at:
            state = "is revoked already" if token else "does not exist"
            raise TokenRefused(f"The token {cleaned(name)[:20]!r} {state}. `coalition token list` shows all tokens.")
        record(store, "token", OPERATOR, f"token {name} for {token.audience_words} revoked")
        known[name] = replace(token, revoked_at=now.isoformat(timespec="seconds"))
        return known[name]


def tokens(roster: Path) -> list[Token]:
    """All tokens that were made, the oldest first.

    Raises:
        TokensUnreadable: the file cannot be read.
    """
    return sorted(_read(roster.parent).values(), key=lambda token: (token.made_at, token.name))


def admit_token(sent: str, roster: Path, now: datetime.datetime) -> Token:
    """The token that was sent, when it is valid now and the roster still has its audience.

    Raises:
        TokenDenied: it lets nobody in.
        RosterWrong, TokensUnreadable: that cannot be known.
    """
    shape = TOKEN.fullmatch(sent)
    token = _read(roster.parent).get(shape["name"]) if shape else None
    if token is None or not hmac.compare_digest(token.sha256, _hash(sent)):
        raise TokenDenied("unknown token", "unknown")
    if (state := token.state(now)) != "valid":
        raise TokenDenied(token.who, state)
    if token.viewer not in (known_viewers(roster) or {token.viewer}):
        raise TokenDenied(token.who, "not on the roster")
    return token


def used(roster: Path, token: Token, now: datetime.datetime) -> bool:
    """Notes the day on which a token was used, once a day; returns whether it was written."""
    day = now.date().isoformat()
    if token.used_on == day:
        return False
    with _tokens_to_change(roster.parent) as known:
        if token.name in known:  # else it was taken out of the file meanwhile
            known[token.name] = replace(known[token.name], used_on=day)
    return True


def viewer_of(wanted: str, roster: Path) -> Viewer:
    """The viewer that a role or a partner's id names.

    Raises:
        TokenRefused: there is no such role, or the roster has nobody of it.
        RosterWrong: the roster cannot be read.
    """
    audience, colon, partner = wanted.partition(":")
    roles = [name for name in AUDIENCES if name != PARTNER_AUDIENCE]
    if wanted in roles:
        viewer = Viewer(wanted)
    elif PARTNER_ID.fullmatch(partner if colon else wanted) and (not colon or audience == PARTNER_AUDIENCE):
        try:
            viewer = Viewer(PARTNER_AUDIENCE, partner if colon else wanted)
        except ValueError:
            raise TokenRefused(f"{wanted!r} is the id of no partner. Name a partner, or one of {roles}.") from None
    else:
        raise TokenRefused(
            f"A token is for {', '.join(roles)}, partner:ID or the id of a partner; {cleaned(wanted)[:40]!r} is none."
        )
    known = known_viewers(roster)
    if known is not None and viewer not in known:
        names = sorted(
            f"{viewer.audience}:{viewer.partner_id}" if viewer.partner_id else viewer.audience for viewer in known
        )
        raise TokenRefused(
            f"The roster has nobody of {cleaned(wanted)[:40]}; it has {', '.join(names) or 'nobody'}. Put somebody of "
            "that role or partner on the roster first."
        )
    return viewer


def known_viewers(roster: Path) -> frozenset[Viewer] | None:
    """The audiences that the roster lets in; None where there is no roster, and no login."""
    if not roster.exists():
        return None
    roster_read = read_roster(roster)
    return frozenset(
        {person.viewer for person in roster_read.people} | ({EVERYBODY} if roster_read.is_public else set())
    )


@contextmanager
def _tokens_to_change(folder: Path) -> Iterator[dict[str, Token]]:
    """The tokens by name, to be changed and written; without anybody else changing them, and for their owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / f".{FILE}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = dict(_read(folder))
        yield known
        temporary = folder / f".{FILE}.{uuid.uuid4().hex}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump([asdict(token) for token in known.values()], file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / FILE)


def _read(folder: Path) -> Mapping[str, Token]:
    try:
        stat = (folder / FILE).stat()
    except FileNotFoundError:
        return {}
    except OSError as wrong:
        raise _unreadable(folder) from wrong
    return _read_file(folder, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=8)
def _read_file(folder: Path, _changed: int, _size: int, _node: int) -> Mapping[str, Token]:
    try:
        entries: list[dict[str, Any]] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        known = [Token(**entry) for entry in entries]
        for token in known:
            _refuse_malformed(token)
    except (OSError, ValueError, TypeError) as wrong:
        raise _unreadable(folder) from wrong
    return {token.name: token for token in known}


def _refuse_malformed(token: Token) -> None:
    """Raises ValueError or TypeError where a line is none that `create` wrote: such as a time without its zone."""
    _ = token.viewer, bytes.fromhex(token.sha256)
    if datetime.datetime.fromisoformat(token.expires_at).tzinfo is None:
        raise ValueError("a time without a zone")


def _unreadable(folder: Path) -> TokensUnreadable:
    return TokensUnreadable(
        f"{folder / FILE} cannot be read, so no token lets anybody in. Move it away and make the tokens anew."
    )


def _hash(secret: str) -> str:
    """Of 256 random bits: nobody can guess what was hashed, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
