"""The secret outside the store that learners' keys, and the shifts of rounded figures, are made with."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from dashboard.refusals import Refusal

SECRET_BYTES = 32


class SecretMissing(Refusal):
    """The secret that learners' keys are made with cannot be read."""


def learner_secret(file: Path) -> bytes:
    """The secret in the file; the file is made, for its owner only, when it is not there.

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
    return secret


def shift_key(file: Path) -> bytes:
    """The key of the shifts of rounded figures: made of the secret, so that it changes with it only.

    Raises:
        SecretMissing: as `learner_secret`.
    """
    return hmac.new(learner_secret(file), b"shifts of rounded figures", hashlib.sha256).digest()
