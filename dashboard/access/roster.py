"""Who may come in: the roster file, and the check of what a login states against it. Knows no page."""

import fcntl
import hashlib
import json
import math
import os
import re
import tomllib
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboard.access.viewer import AUDIENCES, EVERYBODY, PARTNER_AUDIENCE, Viewer
from dashboard.refusals import Refusal

LONGEST_SESSION = 8 * 3600
CLOCKS_DIFFER = 300
SIGNED_OUT = "signed_out.json"
# Letters of other scripts that look like these, or become these in lower case (the Kelvin sign), let nobody in.
ADDRESS = re.compile(r"[!-?A-~]+@(?:[a-z0-9-]+\.)+[a-z0-9-]*[a-z0-9]", re.IGNORECASE | re.ASCII)


class RosterWrong(Refusal):
    """The roster cannot be used; the message states what is wrong and where."""


class LoginWrong(Refusal):
    """The login is configured in a way that would let others in; the app does not start."""


class Denied(Exception):
    """Somebody is not let in; the message is for them, `reason` a word for the audit log."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Person:
    """A line of the roster: by e-mail address, by domain of one, or by issuer and subject.

    The address of a line by subject lets nobody in: mail goes there, and does not when the subject is taken back.
    """

    viewer: Viewer
    email: str = ""
    domain: str = ""
    issuer: str = ""
    sub: str = ""

    def is_meant(self, issuer: str, sub: str, email: str) -> bool:
        """Whether the line is about this login; `email` is empty unless it may count."""
        if self.sub:
            return (self.issuer, self.sub) == (issuer, sub)
        if self.email:
            return bool(email) and self.email == email
        return bool(email) and self.domain == email.rpartition("@")[2]


@dataclass(frozen=True)
class Roster:
    """Issuers that are believed, people and roles, those no longer let in, and whether others see what is public."""

    issuers: tuple[str, ...]
    people: tuple[Person, ...]
    revoked: tuple[Person, ...]
    is_public: bool


@dataclass(frozen=True)
class Admitted:
    """Somebody who was let in: who, for the audit log, and what they may see."""

    who: str
    viewer: Viewer


def read_roster(file: Path) -> Roster:
    """The roster of the file as it is now, so that a line taken out counts at the next click.

    Raises:
        RosterWrong: it is not there, or a line cannot be understood.
    """
    try:
        stat = file.stat()
    except OSError:
        raise RosterWrong(
            f"A login is configured, but there is no roster {file}. Write one as in .streamlit/roster.toml.example."
        ) from None
    return _read_roster(file, stat.st_mtime_ns, stat.st_size, stat.st_ino)


def admit(
    claims: Mapping[str, Any], roster: Roster, clients: frozenset[str], now: float, signed_out: Mapping[str, float]
) -> Admitted:
    """Who has come, by the claims of their login.

    Args:
        claims: of the identity token, as the provider signed them.
        roster: of `read_roster`.
        clients: our own names with the providers.
        now: seconds since 1970.
        signed_out: of `read_signed_out`.

    Raises:
        Denied: they are not let in.
    """
    issuer, sub, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    audience = claims.get("aud")
    meant_for = {
        client for client in (audience if isinstance(audience, list) else [audience]) if isinstance(client, str)
    }
    if not isinstance(issuer, str) or issuer not in roster.issuers:
        raise Denied("wrong issuer", "The service that says who you are is not one that this dashboard believes.")
    if not meant_for & clients:
        raise Denied("wrong audience", "This login was made for another application. Sign in here.")
    if not isinstance(sub, str) or not sub:
        raise Denied("no subject", "The login does not say who you are. Sign in again.")
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not math.isfinite(issued):
        raise Denied("no time of login", "The login does not say when it was made. Sign in again.")
    if issued > now + CLOCKS_DIFFER:
        raise Denied("no time of login", "The login does not say when it was made. Sign in again.")
    if now - issued > LONGEST_SESSION:
        raise Denied("expired", "You signed in more than eight hours ago. Sign in again.")
    if issued <= signed_out.get(_name(issuer, sub), 0):
        raise Denied("signed out", "You signed out. Sign in again.")
    written = claims.get("email")
    is_address = isinstance(written, str) and ADDRESS.fullmatch(written) is not None
    email = _plain(str(written)) if is_address and claims.get("email_verified") is True else ""
    # An address that is only stated, or oddly written, cannot let in, but does keep out.
    stated = _plain(str(written or "")).rstrip(".")
    if any(line.is_meant(issuer, sub, stated) for line in roster.revoked):
        raise Denied("revoked", "Your access was taken back. Ask the steward of the dashboard.")
    lines = [line for line in roster.people if line.is_meant(issuer, sub, email)]
    lines.sort(key=lambda line: (not line.sub, not line.email))
    if not lines:
        if is_address and not email:
            raise Denied("address not verified", "Your e-mail address is not verified. Verify it, then sign in again.")
        raise Denied("not on the roster", "You are signed in, but nobody has given you access. Ask the steward.")
    return Admitted(email or f"{issuer} {sub}", lines[0].viewer)


def read_signed_out(folder: Path) -> dict[str, float]:
    """When each signed out last, by a digest of who; a login made before that counts no more.

    Raises:
        RosterWrong: what is written there cannot be read, so that nobody can be let in.
    """
    try:
        times = json.loads((folder / SIGNED_OUT).read_text(encoding="utf-8"))
        return {str(name): float(at) for name, at in times.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise RosterWrong(
            f"{folder / SIGNED_OUT} cannot be read, so it is not known who signed out. Delete it; all who signed out "
            f"in the last {LONGEST_SESSION // 3600} hours should then be asked to sign in and out once more."
        ) from None


def sign_out(folder: Path, issuer: str, sub: str, now: float, issued: float = 0) -> None:
    """Ends every login of this person so far, in all browsers: the provider's cookie alone would live on.

    `issued` is when the login was made by the provider's clock, which may be ahead of ours.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f".{SIGNED_OUT}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once: neither is forgotten
        known = {name: at for name, at in read_signed_out(folder).items() if now - at < LONGEST_SESSION}
        temporary = folder / f".{SIGNED_OUT}.{uuid.uuid4().hex}"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({**known, _name(issuer, sub): max(now, issued)}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / SIGNED_OUT)


@lru_cache(maxsize=8)
def _read_roster(file: Path, _changed: int, _size: int, _node: int) -> Roster:
    try:
        toml = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise RosterWrong(f"The roster {file} cannot be read: {wrong}.") from wrong
    issuers = toml.get("issuers", [])
    if not issuers or not all(
        isinstance(issuer, str) and issuer.startswith(("https://", "http://127.0.0.1:")) for issuer in issuers
    ):
        raise RosterWrong(
            f'The roster {file} names no issuers. Write issuers = ["https://…"] as your provider states it.'
        )
    people = tuple(_person(line, file, with_role=True) for line in toml.get("person", []))
    revoked = [_person(line, file, with_role=False) for line in toml.get("revoked", [])]
    # The address beside a subject keeps out by itself, as the subject does.
    revoked += [Person(EVERYBODY, email=line.email) for line in revoked if line.sub and line.email]
    return Roster(tuple(issuers), people, tuple(revoked), toml.get("public") is True)


def _person(line: Mapping[str, Any], file: Path, with_role: bool) -> Person:
    words = {key: line.get(key, "") for key in ("email", "domain", "issuer", "sub", "role", "partner")}
    ways = [bool(words["email"]) and not words["sub"], bool(words["domain"]), bool(words["sub"])]
    unknown = set(line) - set(words)
    if unknown or sum(ways) != 1 or bool(words["issuer"]) != bool(words["sub"]):
        raise RosterWrong(
            f"A line of the roster {file} wants one of email, domain, or issuer with sub (and the email of the same "
            f"person, for mail); it has "
            f"{', '.join(line) or 'nothing'}."
        )
    if not all(isinstance(word, str) for word in words.values()):
        raise RosterWrong(f"A line of the roster {file} holds something that is no text: {', '.join(line)}.")
    email, domain = _plain(words["email"]), _plain(words["domain"])
    if not ADDRESS.fullmatch(email or f"x@{domain or 'example.org'}"):
        raise RosterWrong(
            f"A line of the roster {file} has {email or domain!r}: wanted is an address such as name@example.org, or a "
            "domain such as example.org, in plain letters (of other scripts as xn--…)."
        )
    try:
        viewer = Viewer(words["role"], words["partner"]) if with_role else EVERYBODY
    except ValueError:
        raise RosterWrong(
            f"A line of the roster {file} has the role {words['role']!r}: wanted one of {', '.join(AUDIENCES)}, and a "
            f"partner id with {PARTNER_AUDIENCE}."
        ) from None
    return Person(viewer, email, domain, words["issuer"], words["sub"])


def _plain(address: str) -> str:
    return unicodedata.normalize("NFC", address).strip().lower()


def _name(issuer: str, sub: str) -> str:
    return hashlib.sha256(f"{issuer}\0{sub}".encode()).hexdigest()
