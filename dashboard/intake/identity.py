"""People become keys while a file is parsed: a keyed hash of the partner's id, under a secret outside the store."""

import hashlib
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from dashboard.refusals import Refusal

SECRET_BYTES = 32
# What senders write where there is nothing: nobody's id, and not the same nobody's.
NOTHING = {"", "-", "--", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "unknown", "0", "?", "."}
KEY_HEX = 32


class SecretMissing(Refusal):
    """The secret that learners' keys are made with cannot be read."""


@dataclass(frozen=True)
class Identity:
    """Makes keys of ids and of e-mail addresses; neither can be turned back without the secret."""

    secret: bytes

    def id_key(self, written: str) -> str | None:
        """The key of an id as a partner gave it, None when blank. Case, width, spaces and unseen marks make no other
        person."""
        text = _normal(written)
        return None if text in NOTHING else self._key("id", text)

    def email_key(self, written: str) -> str | None:
        """The key of an e-mail address, None for what is none."""
        text = _normal(written)
        return self._key("email", text) if "@" in text else None

    def mark(self, key: str) -> str:
        """What stays of a key after its person was erased: it tells neither person nor key without the secret."""
        return hmac.digest(self.secret, f"erased\0{key}".encode(), "sha256").hex()[:KEY_HEX]

    @property
    def fingerprint(self) -> str:
        """Names the secret without giving it away: rows made under two secrets do not link."""
        return hmac.new(self.secret, b"fingerprint", hashlib.sha256).hexdigest()[:8]

    def _key(self, kind: str, text: str) -> str:
        return hmac.new(self.secret, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()[:KEY_HEX]


def open_identity(file: Path) -> Identity:
    """The identity whose secret lies in the file; the file is made, for its owner only, when it is not there.

    Raises:
        SecretMissing: the file cannot be read or written, or does not hold a secret.
    """
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as new:
                new.write(secrets.token_hex(SECRET_BYTES) + "\n")
                new.flush()
                os.fsync(new.fileno())
        secret = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as wrong:
        raise SecretMissing(
            f"The secret for learners' keys cannot be read from {file} ({type(wrong).__name__}). Put it back from your "
            "backup; a new secret would not link with what was imported before."
        ) from wrong
    if len(secret) < SECRET_BYTES:
        raise SecretMissing(f"{file} holds {len(secret)} bytes; a secret has {SECRET_BYTES}. Put the right file back.")
    return Identity(secret)


def _normal(written: str) -> str:
    seen = (c for c in unicodedata.normalize("NFKC", written) if c.isascii() or unicodedata.category(c) != "Cf")
    return "".join("".join(seen).casefold().split())
