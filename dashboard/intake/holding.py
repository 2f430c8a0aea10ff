"""Uploads between the browser and the check: in memory only, for an hour, so that a reload loses nothing."""

import secrets
import time
from dataclasses import dataclass
from threading import Lock

from dashboard.refusals import Refusal

LONGEST = 3_600
MOST_BYTES = 200 * 1024 * 1024
MOST_OF_ONE = 60 * 1024 * 1024


class TooMuchHeld(Refusal):
    """So many uploads wait at once that another has no room."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: the sender's name of it, its bytes, and whose it is."""

    name: str
    body: bytes
    who: str
    at: float


_held: dict[str, Upload] = {}
_lock = Lock()


def hold(name: str, body: bytes, who: str, word: str = "") -> str:
    """Keeps an upload, or rows of one to be corrected, and returns the word by which its owner finds it again.

    Raises:
        TooMuchHeld: this person has too much waiting, or others wait, and there is no room.
    """
    with _lock:
        _forget_old()
        others = [upload for at, upload in _held.items() if at != word]
        if sum(len(upload.body) for upload in others if upload.who == who) + len(body) > MOST_OF_ONE:
            raise TooMuchHeld("Several large files of yours wait to be checked. Finish or discard one of them.")
        if sum(len(upload.body) for upload in others) + len(body) > MOST_BYTES:
            raise TooMuchHeld("Too many files wait to be checked just now. Try again in some minutes.")
        word = word or secrets.token_urlsafe(16)
        _held[word] = Upload(name, body, who, time.time())
        return word


def held(word: str, who: str) -> Upload | None:
    """The upload of that word, if it is there still and this person's."""
    with _lock:
        _forget_old()
        upload = _held.get(word)
        return upload if upload and upload.who == who else None


def let_go(word: str) -> None:
    """Forgets an upload."""
    with _lock:
        _held.pop(word, None)


def _forget_old() -> None:
    for word in [word for word, upload in _held.items() if time.time() - upload.at > LONGEST]:
        del _held[word]
