"""A bucket of an object store, by obstore: objects in and out, and the one that only changes if nobody else changed it.

Knows nothing of what the objects hold. Whatever goes wrong is a refusal in words; no key or secret is in one.
"""

import datetime
import hashlib
import os
import random
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dashboard.refusals import Refusal
from dashboard.settings import BUCKET, endpoint, is_on_this_machine
from dashboard.store.protocol import StoreDamaged
from dashboard.store.workspace import FILE_MODE

OBJECTS = "objects"
# One that is larger is sent in pieces, which no store can make conditional; its name is its own all the same.
LARGEST_AT_ONCE = 64 * 1024**2
PIECE = 1024**2
TRIES = 3
BROKE_OFF = "the answer broke off"
# What a request carries: a line break in one, as at the end of a file of secrets, is more than the library bears.
IN_HEADERS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION")
SIGNS = re.compile(r"[!-~]+")
# Of the pointer, which a reader waits for, and of objects, which may be large on a poor line.
POINTER = {"connect_timeout": "4s", "timeout": "10s"}, {"max_retries": 1, "retry_timeout": "12s"}
TRANSFER = {"connect_timeout": "8s", "read_timeout": "30s", "timeout": "6h"}, {"max_retries": 3, "retry_timeout": "60s"}


class StoreUnreachable(Refusal):
    """The bucket does not answer, so nothing can be written; what was mirrored goes on being served."""


class BucketRefused(Refusal):
    """The bucket answers, and cannot be used: none is there, the key is refused, or it lacks what a store needs."""


class ObjectGone(Exception):
    """An object is not in the bucket."""


class Overtaken(Exception):
    """An object is not as it was when it was read: somebody else wrote it."""


@dataclass(frozen=True)
class Stored:
    """An object: its name, which begins with its sha256, and its size."""

    name: str
    bytes: int

    @property
    def sha256(self) -> str:
        """The digest of what it holds."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Pointer:
    """What the pointer held when it was read: its bytes, the tag of this version, and when the store took it.

    `is_kept` states that the bucket keeps earlier versions of objects.
    """

    body: bytes
    e_tag: str
    at: datetime.datetime
    is_kept: bool


class Bucket:
    """Objects below a prefix of a bucket."""

    def __init__(self, address: str) -> None:
        self.address = address

    def read_pointer(self, name: str, known: str = "") -> Pointer | None:
        """The pointer; None where it is still the version of that tag.

        Raises:
            ObjectGone: there is none.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, NotModifiedError, PreconditionError

        try:
            with self._in_words():
                got = obstore.get(self._pointer, name, options={"if_none_match": known} if known else None)
                body = bytes(got.bytes())
        except NotModifiedError:
            return None
        except (AlreadyExistsError, PreconditionError) as busy:
            raise self._unreachable("it is busy") from busy
        meta = got.meta
        if not meta["e_tag"]:
            raise BucketRefused(
                f"{self.address} is answered by something that is no object store (found: an answer without a tag). "
                "Check AWS_ENDPOINT_URL, and whether a proxy answers in its place."
            )
        return Pointer(body, meta["e_tag"] or "", meta["last_modified"], meta["version"] is not None)

    def write_pointer(self, name: str, body: bytes, before: str) -> tuple[str, bool]:
        """Writes the pointer if it is still the version of that tag, or if there is none where the tag is empty.

        Returns the new tag, and whether the bucket keeps the version before.

        Raises:
            Overtaken: it is another one; or an earlier try, whose answer was lost, was this one.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            with self._in_words():
                done = obstore.put(self._pointer, name, body, mode={"e_tag": before} if before else "create")
        except (AlreadyExistsError, PreconditionError) as other:
            raise Overtaken from other
        return done["e_tag"] or "", done["version"] is not None

    def upload(self, file: Path, sha256: str) -> Stored:
        """Puts a file under a name that nobody else uses; it is whole or not there.

        Raises:
            StoreDamaged: the file is not what was read before.
        """
        size = file.stat().st_size
        if size <= LARGEST_AT_ONCE:
            return self.send(b"".join(_pieces(file, sha256)))
        return self._send_in_pieces(file, Stored(_name(sha256), size))

    def _send_in_pieces(self, file: Path, stored: Stored) -> Stored:
        """As `send`, of a file too large for one request; what was sent of a try that failed is deleted by the library.

        The digest is made of the bytes that are sent, and the last request, which makes an object of them, is left out
        where it differs.
        """
        import obstore

        key = f"{OBJECTS}/{stored.name}"
        for left in reversed(range(TRIES)):
            try:
                with self._in_words():
                    obstore.put(self._transfer, key, _pieces(file, stored.sha256), use_multipart=True)
                return stored
            except StoreUnreachable:
                if not left:
                    raise
            except ObjectGone:
                # The upload is over: an own last request was done and its answer was lost, or the store dropped it.
                if self._is_there(key, stored.bytes):
                    return stored
            _pause(TRIES - left)
        raise self._unreachable("it forgets again and again what was sent in pieces")

    def send(self, body: bytes) -> Stored:
        """As `upload`, of bytes."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        stored = Stored(_name(hashlib.sha256(body).hexdigest()), len(body))
        key = f"{OBJECTS}/{stored.name}"
        for left in reversed(range(TRIES)):
            try:
                with self._in_words():
                    obstore.put(self._transfer, key, body, mode="create", use_multipart=False)
                return stored
            except StoreUnreachable:
                if not left:
                    raise
            except (AlreadyExistsError, PreconditionError):
                # An own try was done and its answer was lost. A store that is busy answers the same, and has nothing.
                if self._is_there(key, stored.bytes):
                    return stored
                _pause(TRIES - left)
        raise self._unreachable("it answers again and again that another write goes on")

    def _is_there(self, key: str, size: int) -> bool:
        import obstore

        try:
            with self._in_words():
                return bool(obstore.head(self._transfer, key)["size"] == size)
        except ObjectGone:
            return False

    def fetch(self, stored: Stored) -> bytes:
        """A small object, after its digest was found right.

        Raises:
            ObjectGone: it is not there.
            StoreDamaged: it is not what was put there.
        """
        import obstore

        with self._in_words():
            body = bytes(obstore.get(self._transfer, f"{OBJECTS}/{stored.name}").bytes())
        if hashlib.sha256(body).hexdigest() != stored.sha256:
            raise self._damaged(stored)
        return body

    def download(self, stored: Stored, file: Path) -> None:
        """An object into a file that is for its owner only, after its digest was found right; else there is no file.

        Raises:
            As `fetch`.
        """
        import obstore

        digest, fresh = hashlib.sha256(), file.with_name(f".{file.name}.{uuid.uuid4().hex}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as out:
                with self._in_words():
                    for piece in obstore.get(self._transfer, f"{OBJECTS}/{stored.name}").stream(min_chunk_size=PIECE):
                        digest.update(piece)
                        out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            if digest.hexdigest() != stored.sha256:
                raise self._damaged(stored)
            fresh.rename(file)
        finally:
            fresh.unlink(missing_ok=True)

    def delete(self, names: Iterable[str]) -> None:
        """Deletes objects; one that is gone already is no matter."""
        import obstore

        if keys := [f"{OBJECTS}/{name}" for name in names]:
            with suppress(ObjectGone), self._in_words():
                obstore.delete(self._transfer, keys)

    def objects(self) -> Iterator[tuple[str, datetime.datetime]]:
        """The name of every object, and when the store took it."""
        import obstore

        with self._in_words():
            for page in obstore.list(self._transfer, OBJECTS):
                for entry in page:
                    yield str(entry["path"]).rpartition("/")[2], entry["last_modified"]

    def prove(self) -> None:
        """Tries whether the store refuses a write that must not be done.

        Raises:
            BucketRefused: it does not, so that two publishers would overwrite each other.
        """
        name = f"probe-{uuid.uuid4().hex}"
        tag, _ = self.write_pointer(name, b"first", "")
        try:
            for before in ("", f'"{hashlib.md5(b"none", usedforsecurity=False).hexdigest()}"'):
                try:
                    self.write_pointer(name, b"second", before)
                except Overtaken:
                    continue
                raise BucketRefused(
                    f"{self.address} takes a write that must only be taken if nobody else wrote (found: an object that "
                    "was there was replaced), so two publishers would overwrite each other. Take a store with "
                    "conditional writes (If-None-Match and If-Match), or a folder. Nothing was written."
                )
            if not tag:
                raise BucketRefused(f"{self.address} gives no tag (ETag) of objects. Take another store, or a folder.")
        finally:
            import obstore

            with self._in_words():
                obstore.delete(self._pointer, name)

    def _damaged(self, stored: Stored) -> StoreDamaged:
        return StoreDamaged(
            f"{OBJECTS}/{stored.name} in {self.address} is not what was put there (its sha256 differs). Restore a "
            "backup into another prefix, or put the object back from a copy of the bucket."
        )

    @cached_property
    def _pointer(self) -> Any:
        return self._open(*POINTER)

    @cached_property
    def _transfer(self) -> Any:
        return self._open(*TRANSFER)

    def _open(self, client: dict[str, str], retries: dict[str, Any]) -> Any:
        return opened(self.address, client, retries)

    def _unreachable(self, found: str) -> StoreUnreachable:
        return unreachable(self.address, found)

    def _in_words(self) -> AbstractContextManager[None]:
        return in_words(self.address)


def opened(address: str, client: Mapping[str, str], retries: Mapping[str, Any]) -> Any:
    """What the library reads and writes below an address with, as the environment has key, region and server.

    Raises:
        BucketRefused: something in the environment cannot be used; it is not shown.
    """
    from obstore.store import S3Store

    for name in IN_HEADERS:
        if (value := os.environ.get(name)) and not SIGNS.fullmatch(value):
            raise BucketRefused(
                f"{name} holds a space, a line break or a letter that no key has (it is not shown), as at the end of a "
                "file of secrets. Set it without."
            )
    name, _, prefix = address.removeprefix(BUCKET).partition("/")
    seconds = int(retries["retry_timeout"].removesuffix("s"))
    retry = {**retries, "retry_timeout": datetime.timedelta(seconds=seconds)}
    options: dict[str, Any] = dict(client)
    if is_on_this_machine(endpoint()):
        options["allow_http"] = True
    with in_words(address):
        try:
            return S3Store(
                name,
                prefix=prefix or None,
                client_options=options,  # type: ignore[arg-type]
                retry_config=retry,  # type: ignore[arg-type]
                checksum_algorithm="SHA256",
            )
        except ValueError as wrong:
            raise BucketRefused(f"{address} has a prefix that no object can have. Name another one.") from wrong


def unreachable(address: str, found: str) -> StoreUnreachable:
    """That a store gave no answer, or none that lasts."""
    look_at = (
        "Look at what stands between here and the store (a proxy's limits of time and size, a poor line) and at the "
        "store's own log"
        if found == BROKE_OFF
        else "Check the network and AWS_ENDPOINT_URL"
    )
    return StoreUnreachable(
        f"The store {address} cannot be reached (found: {found}). Nothing was written, and what is served stays as it "
        f"was. {look_at}, then do the same again."
    )


@contextmanager
def in_words(address: str) -> Iterator[None]:
    """Raises what went wrong in words.

    Raises:
        ObjectGone, StoreUnreachable, BucketRefused.
    """
    from obstore.exceptions import (
        AlreadyExistsError,
        BaseError,
        InvalidPathError,
        NotModifiedError,
        PermissionDeniedError,
        PreconditionError,
        UnauthenticatedError,
    )

    try:
        yield
    except (AlreadyExistsError, PreconditionError, NotModifiedError):
        raise
    except FileNotFoundError as missing:
        if "NoSuchBucket" in str(missing):
            raise BucketRefused(_no_bucket(address)) from missing
        raise ObjectGone from missing
    except (PermissionDeniedError, UnauthenticatedError) as refused:
        raise BucketRefused(_why_refused(address, _answer(str(refused)))) from refused
    except BaseError as trouble:
        text = str(trouble)
        if "ConditionalRequestConflict" in text:
            raise PreconditionError("two wrote at once") from trouble
        if isinstance(trouble, InvalidPathError):
            raise BucketRefused(
                f"{address} holds an object whose key has an empty step, . or .., which cannot be read. Name a folder "
                "without it, or give it another key."
            ) from trouble
        if why := _why_unusable(address, text):
            raise BucketRefused(why) from trouble
        raise unreachable(address, _answer(text)) from trouble
    except BaseException as broken:
        if type(broken).__name__ != "PanicException":
            raise
        raise BucketRefused(
            f"{address} cannot be asked with what the environment holds (it is not shown). Look at COALITION_STORE and "
            f"at {_settings_there_are()}."
        ) from None


def _why_refused(address: str, code: str) -> str:
    if code == "RequestTimeTooSkewed":
        return (
            f"{address} refuses what comes from this machine, since its clock is wrong (found: {code}). Set the clock, "
            "and have it kept right (NTP)."
        )
    if code in ("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException"):
        return (
            f"{address} refuses the token of the key (found: {code}). Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
            "AWS_SESSION_TOKEN anew, or unset AWS_SESSION_TOKEN for a key that needs none."
        )
    return (
        f"{address} refuses the key (found: {code}). Give it the right to read, write, "
        "list and delete below the prefix, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to one that has."
    )


def _no_bucket(address: str) -> str:
    name = address.removeprefix(BUCKET).partition("/")[0]
    return (
        f"There is no bucket {name!r} (found: {endpoint() or 'Amazon S3'} knows none of that name). "
        "Check the name, AWS_REGION and AWS_ENDPOINT_URL, or make the bucket."
    )


def _why_unusable(address: str, text: str) -> str:
    """Why a store cannot be used until somebody changes something; empty where it may be there in a minute."""
    answer = _answer(text)
    if "NotImplemented" in text or "501" in answer:
        return (
            f"{address} cannot write on a condition (found: {answer}). Take a store with "
            "conditional writes (If-None-Match and If-Match), or a folder."
        )
    if "builder error" in text:
        return (
            f"{address} is not reached by https (found: {endpoint()[:80]}), so rows could be read on the "
            "way. Set AWS_ENDPOINT_URL to an https address; in a network that you trust, set "
            "AWS_ALLOW_HTTP=true."
        )
    if "169.254." in text:
        return f"There is no key for {address}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    if "Config error" in text:
        return f"A setting for {address} cannot be understood. Look at {_settings_there_are()}."
    if answer in ("RequestTimeTooSkewed", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"):
        return _why_refused(address, answer)
    if (
        answer in ("AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect")
        or "without LOCATION" in text
    ):
        return (
            f"{address} lies in another region or at another address (found: {answer}). Set AWS_REGION to the "
            "bucket's region, and AWS_ENDPOINT_URL to the address of its server."
        )
    if "StorageFull" in answer or "QuotaExceeded" in answer or answer.startswith("507"):
        return (
            f"The object store of {address} is full (found: {answer}). Nothing was written, and what is served stays "
            "as it was. Free space there, then do the same again."
        )
    if answer in ("InvalidBucketName", "NoSuchBucket"):
        return _no_bucket(address)
    if re.match(r"40[05]|MethodNotAllowed", answer):
        return (
            f"{address} is answered by something that is no object store (found: {answer}). Check AWS_ENDPOINT_URL, "
            "and whether a proxy answers in its place."
        )
    return ""


def _settings_there_are() -> str:
    """Names of the variables that the library reads, never what they hold."""
    return ", ".join(sorted(name for name in os.environ if name.startswith("AWS_"))) or "the variables AWS_…"


def _pieces(file: Path, sha256: str) -> Iterator[bytes]:
    """A file piece by piece.

    Raises:
        StoreDamaged: at its end, where it is not what was read before.
    """
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha256:
        raise StoreDamaged(f"{file.name} changed while it was sent. Look at the disk, then do it again.")


def _pause(tries: int) -> None:
    time.sleep(random.uniform(0.05, 0.2) * 2**tries)


def _name(sha256: str) -> str:
    """A name that no object has or had: one that somebody is deleting is never taken for one that is there."""
    return f"{sha256}.{uuid.uuid4().hex[:12]}"


def _answer(text: str) -> str:
    """What the store answered, or why it did not, in a few words."""
    if code := re.search(r"<Code>(\w{1,40})</Code>", text):
        return code[1]
    if status := re.search(r"status code: (\d{3}(?: [A-Za-z ]{1,40})?)", text):
        return status[1]
    for phrase, words in (
        ("dns error", "no such host"),
        ("failed to lookup", "no such host"),
        ("refused", "connection refused"),
        ("kind: Timeout", "no answer in time"),
        ("timed out", "no answer in time"),
        ("certificate", "a certificate that is not trusted"),
        ("without LOCATION", "a redirect"),
        ("InvalidContentType", "no TLS is spoken there"),
        ("IncompleteMessage", BROKE_OFF),
        ("UnexpectedEof", BROKE_OFF),
        ("error decoding response body", BROKE_OFF),
    ):
        if phrase in text:
            return words
    return "no connection"
