"""People become keys while a file is parsed: a keyed hash of the partner's id, under a secret outside the store."""

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECRET_BYTES = 32
# What senders write where there is nothing: nobody's id, and not the same nobody's.
NOTHING = {"", "-", "--", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "unknown", "0", "?", "."}
KEY_HEX = 32
# RFC 2104.
HASH_BLOCK, INNER_PAD, OUTER_PAD = 64, 0x36, 0x5C


class SecretMissing(Exception):
    """The secret that learners' keys are made with cannot be read."""


@dataclass(frozen=True)
class Identity:
    """Makes keys of ids and of e-mail addresses; neither can be turned back without the secret."""

    secret: bytes
    _prepared: dict[str, tuple[Any, Any]] = field(default_factory=dict, repr=False, compare=False)

    def id_key(self, written: str) -> str | None:
        """The key of an id as a partner gave it, None when blank. Case, width, spaces and unseen marks make no other
        person."""
        return self.id_keys([written])[0]

    def id_keys(self, written: Sequence[str]) -> list[str | None]:
        """As `id_key`, for many at a time."""
        return self._keys("id", (None if text in NOTHING else text for text in map(_normal, written)))

    def email_key(self, written: str) -> str | None:
        """The key of an e-mail address, None for what is none."""
        return self.email_keys([written])[0]

    def email_keys(self, written: Sequence[str]) -> list[str | None]:
        """As `email_key`, for many at a time."""
        return self._keys("email", (text if "@" in text else None for text in map(_normal, written)))

    def mark(self, key: str) -> str:
        """What stays of a key after its person was erased: it tells neither person nor key without the secret."""
        return hmac.digest(self.secret, f"erased\0{key}".encode(), "sha256").hex()[:KEY_HEX]

    @property
    def fingerprint(self) -> str:
        """Names the secret without giving it away: rows made under two secrets do not link."""
        return hmac.new(self.secret, b"fingerprint", hashlib.sha256).hexdigest()[:8]

    def _keys(self, kind: str, texts: Iterable[str | None]) -> list[str | None]:
        inner, outer = self._begun(kind)
        keys: list[str | None] = []
        for text in texts:
            if text is None:
                keys.append(None)
                continue
            first, second = inner.copy(), outer.copy()
            first.update(text.encode())
            second.update(first.digest())
            keys.append(second.hexdigest()[:KEY_HEX])
        return keys

    def _begun(self, kind: str) -> tuple[Any, Any]:
        """The two hashes of an HMAC-SHA256, into which the secret and the kind of text are read already."""
        if kind not in self._prepared:
            inner, outer = (
                hashlib.sha256(bytes(octet ^ pad for octet in self._block)) for pad in (INNER_PAD, OUTER_PAD)
            )
            inner.update(f"{kind}\0".encode())
            self._prepared[kind] = (inner, outer)
        return self._prepared[kind]

    @property
    def _block(self) -> bytes:
        """The secret as HMAC takes it: one block of the hash."""
        short = hashlib.sha256(self.secret).digest() if len(self.secret) > HASH_BLOCK else self.secret
        return short.ljust(HASH_BLOCK, b"\0")


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
    if written.isascii():
        return "".join(written.casefold().split())
    seen = (c for c in unicodedata.normalize("NFKC", written) if c.isascii() or unicodedata.category(c) != "Cf")
    return "".join("".join(seen).casefold().split())
