"""The one way to ask a publisher: within a size and a time, only hosts that are allowed, whole or not at all.

Knows no publisher. Imports nothing: a file that came is a file, and goes through the front door like anyone's.
"""

import email.utils
import hashlib
import ipaddress
import json
import logging
import os
import random
import re
import socket
import ssl
import threading
import time
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import httpx

from dashboard.intake.limits import LARGEST_FILE, MEGABYTE
from dashboard.refusals import Refusal
from dashboard.settings import TOOL_VERSION
from dashboard.store.names import plain

MOST_REDIRECTS = 5
# Worth another try: the server is busy, or something between here and there is not well.
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_ALLOWED = frozenset({401, 403})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CHUNK = 64 * 1024
LONGEST_SHOWN = 300
# An answer in JSON takes up to thirty times its size in memory; the longest of a publisher known here has 15 MB.
LARGEST_ANSWER = 32 * MEGABYTE
# What a publisher calls a file by is sent back to it as it is.
MARK = re.compile(r"[\x20-\x7e]{0,200}")
# So many digits of a digest distinguish addresses.
MARK_DIGITS = 16
# What a file begins with that is no table, whatever its name and its content type state.
MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
MARKUP, STRUCTURE = re.compile(rb"\s*<"), re.compile(rb"\s*[\[{]")
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

Progress = Callable[[int, int | None], object]

# It would write each address with its query at the level INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)


class FetchFailed(Refusal):
    """A publisher did not give what was wanted; the message states why and what to do, and holds no secret.

    It is one line without control or bidirectional characters, however a publisher writes what stands in it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(single_line(message))


class FetchUnchanged(Exception):
    """The publisher has nothing newer than what was fetched before."""


ARCHIVE = "a zip archive"


@dataclass(frozen=True)
class Caps:
    """What one fetch may cost: bytes and seconds in all, seconds of silence, tries of one request, seconds between."""

    bytes: int
    seconds: float
    connect_seconds: float = 10
    silence_seconds: float = 20
    tries: int = 5
    first_pause: float = 1
    longest_pause: float = 30
    longest_requested_pause: float = 120


REFRESH = Caps(bytes=256 * MEGABYTE, seconds=900)
BY_HAND = Caps(bytes=LARGEST_FILE, seconds=300, tries=3)


@dataclass(frozen=True)
class Known:
    """What is known of the file fetched last, so that the same one is not sent again; empty where nothing is.

    `address_mark` is the digest of the address it came from: another address is asked as if nothing were known.
    """

    etag: str = ""
    modified: str = ""
    address_mark: str = ""


@dataclass(frozen=True)
class Got:
    """A file that came: where it lies, and the marks its publisher gave it."""

    file: Path
    etag: str = ""
    modified: str = ""
    address_mark: str = ""


@dataclass(frozen=True)
class Answer:
    """What a host answered: its status, its headers, and its body unless that went to a file."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass
class Client:
    """Asks publishers. `hosts` are those it may ask, None for any: an address that a person gave by hand.

    `secrets` are values that no message may hold. `sleep` and `chance` wait and draw; tests give their own.
    """

    hosts: Collection[str] | None
    caps: Caps = REFRESH
    secrets: Collection[str] = ()
    progress: Progress | None = None
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    _http: httpx.Client = field(init=False, repr=False)
    _began: float = field(init=False, default=0.0)
    _bytes: int = field(init=False, default=0)
    _sockets: list[socket.socket] = field(init=False, default_factory=list, repr=False)
    _watch: threading.Timer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        caps = self.caps
        timeout = httpx.Timeout(caps.silence_seconds, connect=caps.connect_seconds)
        # Certificates are always verified: there is no switch for it.
        self._http = httpx.Client(
            verify=_authorities(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            timeout=timeout,
            follow_redirects=False,
            headers={"User-Agent": f"coalition-dashboard/{TOOL_VERSION}", "Accept-Encoding": "gzip"},
        )
        self._began = time.monotonic()
        self._watch = threading.Timer(caps.seconds, self._cut_off)
        self._watch.daemon = True

    def __enter__(self) -> "Client":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._http.close()

    def file(
        self,
        address: str,
        folder: Path,
        known: Known | None = None,
        headers: Mapping[str, str] | None = None,
        takes_archive: bool = False,
    ) -> Got:
        """A table at an address, or an archive of tables, under the publisher's own name in the folder.

        Raises:
            FetchFailed: it did not come whole, or is no CSV and no workbook.
            FetchUnchanged: it is the one that is known.
        """
        self._allowed(address, address)
        sent, mark_of_address = dict(headers or {}), self.address_mark(address)
        if known and known.address_mark == mark_of_address:
            sent |= {"If-None-Match": known.etag} if known.etag else {}
            sent |= {"If-Modified-Since": known.modified} if known.modified else {}
        target = folder / _name(address)
        answer = self._request("GET", address, target, headers=sent)
        if answer.status == httpx.codes.NOT_MODIFIED:
            if known and known.address_mark == mark_of_address:
                raise FetchUnchanged
            raise FetchFailed(
                f"{self.shown(address)} states that a file has not changed of which nothing is known here (found: "
                "status 304). Try again later, or import a file you have."
            )
        with target.open("rb") as body:
            beginning = body.read(CHUNK)
        what = _is_no_table(beginning, answer.headers.get("Content-Type", ""))
        if what != ARCHIVE if takes_archive else what:
            target.unlink()
            raise FetchFailed(
                f"{self.shown(address)} should give {ARCHIVE if takes_archive else 'a CSV or a workbook'} (found: "
                f"{what or 'another file'}). Open it in a browser: it may have moved. Correct the address, or import a "
                "file you have."
            )
        marks = [answer.headers.get(name, "") for name in ("ETag", "Last-Modified")]
        etag, modified = (mark if MARK.fullmatch(mark) else "" for mark in marks)
        return Got(target, etag, modified, mark_of_address)

    @staticmethod
    def address_mark(address: str) -> str:
        """What distinguishes an address from others, and does not show it."""
        return hashlib.sha256(address.encode()).hexdigest()[:MARK_DIGITS]

    def json(
        self,
        address: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        body: object = None,
        basic: tuple[str, str] | None = None,
    ) -> Any:
        """What an interface answers; with a form or a body it is a POST.

        Raises:
            FetchFailed: it did not come whole, or is no JSON.
        """
        method = "POST" if form is not None or body is not None else "GET"
        named: dict[str, Any] = {"params": dict(params)} if params else {}
        named |= {"data": dict(form)} if form is not None else {"json": body} if body is not None else {}
        sent = {"Accept": "application/json", **(headers or {})}
        answer = self._request(method, address, None, headers=sent, auth=basic, **named)
        try:
            return json.loads(answer.content, parse_constant=_no_number)
        except (ValueError, RecursionError):
            what = _is_no_table(answer.content[:CHUNK], "") or "something else"
            raise FetchFailed(
                f"{self.shown(address)} should give JSON (found: {what}). Look whether the interface has moved or "
                "asks for a login, then correct the card of the source."
            ) from None

    def shown(self, address: object) -> str:
        """An address as a message may show it: without a user, a query or a secret."""
        pieces = urlsplit(str(address))
        host = pieces.netloc.rpartition("@")[2]
        return self.clean(urlunsplit((pieces.scheme, host, pieces.path, "", "")))[:LONGEST_SHOWN]

    def clean(self, text: str) -> str:
        """A text without the secrets, should a publisher have repeated one."""
        return without(self.secrets, text)

    def _request(self, method: str, address: str, target: Path | None, **named: Any) -> Answer:
        """The answer to a request, tried again where that may help."""
        last = ""
        for turn in range(self.caps.tries):
            try:
                answer = self._request_once(method, address, target, **named)
            except httpx.LocalProtocolError as wrong:  # its text repeats what could not be sent
                raise self._unreadable(address, wrong) from None
            except httpx.TransportError as trouble:
                self._refuse_too_slow(address)
                if certificate := _certificate(trouble):
                    raise FetchFailed(
                        f"{self.shown(address)} shows no certificate that can be trusted (found: "
                        f"{self.clean(certificate)}). Nothing was sent or read. Ask its publisher; if this machine is "
                        "behind a proxy with a certificate of its own, name that in SSL_CERT_FILE."
                    ) from None
                last, wait_seconds = self._trouble(trouble), None
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as wrong:
                raise self._unreadable(address, wrong) from None
            else:
                if answer.status not in AGAIN:
                    self._refuse_unless_done(address, answer)
                    return answer
                last = f"status {answer.status}"
                wait_seconds = _retry_after(answer.headers.get("Retry-After", ""))
            if wait_seconds is not None and wait_seconds > self.caps.longest_requested_pause:
                raise FetchFailed(
                    f"{self.shown(address)} asks to wait for {wait_seconds:,.0f} seconds (found: {last}), longer than "
                    f"the {self.caps.longest_requested_pause:,.0f} of one refresh. Do it again later, or less often."
                )
            if turn + 1 < self.caps.tries:
                self._pause(turn, wait_seconds, address)
        raise FetchFailed(
            f"{self.shown(address)} did not answer as it should in {self.caps.tries} tries (found at last: {last}). "
            "Try again later; if that lasts, ask its publisher, or import a file you have."
        )

    def _request_once(self, method: str, address: str, target: Path | None, **named: Any) -> Answer:
        """The answer of the last host that a request is led to, its body in the target or in memory."""
        begun_at, at = self._allowed(address, address), address
        extensions = {"trace": self._notice}
        for _ in range(MOST_REDIRECTS + 1):
            self._refuse_too_slow(at)
            with self._http.stream(method, at, extensions=extensions, **named) as answer:
                led_to = answer.headers.get("Location", "")
                if answer.status_code not in REDIRECTS or not led_to:
                    return self._read(at, answer, target)
            at = urljoin(at, led_to)
            if method != "GET":
                raise FetchFailed(
                    f"{self.shown(address)} leads to {self.shown(at)}, and what is sent there is not sent elsewhere. "
                    "Correct the address in the card of the source."
                )
            if self._allowed(at, address) != begun_at:
                named = _without_credentials(named)
            named.pop("params", None)  # they are in the address it leads to, or not wanted there
        raise FetchFailed(
            f"{self.shown(address)} leads from one address to the next without an end (found: more than "
            f"{MOST_REDIRECTS}, the last {self.shown(at)}). Correct the address."
        )

    def _allowed(self, address: str, first: str) -> tuple[str, str, int | None]:
        """Scheme, host and port of an address that may be asked.

        Raises:
            FetchFailed: it may not.
        """
        try:
            pieces = urlsplit(address)
            host, origin = pieces.hostname or "", (pieces.scheme, pieces.hostname or "", pieces.port)
        except ValueError as wrong:
            raise FetchFailed(f"{self.shown_wrong(address)} is not an address: {wrong}. Correct it.") from None
        if pieces.scheme not in ("http", "https") or not host:
            leads = f" ({self.shown(first)} leads there)" if address != first else ""
            raise FetchFailed(
                f"{self.shown_wrong(address)} is not an http or https address{leads}. Give one, or import a file."
            )
        of_first = urlsplit(first)
        host_of_first = of_first.hostname or ""
        by_hand = self.hosts is None and of_first.scheme == "http"
        if pieces.scheme == "http" and host not in LOOPBACK and not by_hand:
            raise FetchFailed(
                f"{self.shown(address)} is not encrypted, and only https is fetched. Correct the address."
            )
        if self.hosts is not None and host not in self.hosts:
            allowed = ", ".join(sorted(self.hosts)) or "none"
            led = f"{self.shown(first)} leads to {host}" if address != first else f"{self.shown(address)} is at {host}"
            raise FetchFailed(
                f"{led}, which is none of the hosts that the card of the source allows ({allowed}). If its publisher "
                "has moved, add the host to the card; nothing was fetched."
            )
        if self.hosts is None and address != first and _is_inside(host) and not _is_inside(host_of_first):
            raise FetchFailed(
                f"{self.shown(first)} leads to {host}, which is in your own network, and an address elsewhere may not "
                "lead there. Nothing was fetched. Give that address itself, if it is meant."
            )
        return origin

    def shown_wrong(self, address: str) -> str:
        """What is no address, as a message may show it."""
        return repr(self.clean(address.rpartition("@")[2].split("?")[0])[:LONGEST_SHOWN])

    def _read(self, at: str, answer: httpx.Response, target: Path | None) -> Answer:
        """Reads the body within the caps, to the target where one is named; that of an error is left."""
        reply = Answer(answer.status_code, answer.reason_phrase, answer.headers)
        if answer.status_code != httpx.codes.OK:
            return reply
        total = int(answer.headers.get("Content-Length", "") or 0) or None
        if total and self._bytes + total > self.caps.bytes:
            self._refuse_too_large(at, self.caps.bytes)
        ends_itself = "Transfer-Encoding" in answer.headers or "Content-Encoding" in answer.headers
        if target and total is None and not ends_itself and "Content-Length" not in answer.headers:
            raise FetchFailed(
                f"{self.shown(at)} does not state how long it is, so nobody can tell whether all of it came (found: no "
                "Content-Length). Import a file you have, or ask its publisher."
            )
        pieces, got = [], 0
        with _writing(target) as write:
            for piece in _unpacked(answer):  # as it comes: a slow one is seen at once
                got += len(piece)
                self._bytes += len(piece)
                if self._bytes > self.caps.bytes:
                    self._refuse_too_large(at, self.caps.bytes)
                self._refuse_too_slow(at)
                if write:
                    write(piece)
                else:
                    pieces.append(piece)
                    if got > LARGEST_ANSWER:
                        self._refuse_too_large(at, LARGEST_ANSWER)
                if self.progress:
                    self.progress(self._bytes, total)
        if total and answer.num_bytes_downloaded != total:
            raise httpx.RemoteProtocolError(f"{answer.num_bytes_downloaded:,} bytes of {total:,} came")
        if not got:
            raise FetchFailed(
                f"{self.shown(at)} gave an empty answer (found: 0 bytes). Try again later, or ask its publisher."
            )
        return replace(reply, content=b"".join(pieces))

    def _refuse_too_slow(self, at: str) -> None:
        if time.monotonic() - self._began >= self.caps.seconds:
            raise FetchFailed(
                f"{self.shown(at)} is too slow (found: {self._bytes:,} bytes, and {self.caps.seconds:,.0f} seconds "
                "are over). Try again later, or import a file you have."
            )

    def _notice(self, event: str, info: Mapping[str, Any]) -> None:
        """Notes each connection, so that it can be cut off."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets = [*self._sockets[-3:], info["return_value"].get_extra_info("socket")]
            if time.monotonic() - self._began >= self.caps.seconds:  # the watch has been here already
                self._cut_off()

    def _cut_off(self) -> None:
        """Ends what is read when the time is over: headers that drip in are not seen from here until they end."""
        for open_socket in list(self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)

    def _unreadable(self, address: str, wrong: Exception) -> FetchFailed:
        return FetchFailed(
            f"{self.shown(address)} could not be read (found: {type(wrong).__name__}). Correct the address, or "
            "import a file you have."
        )

    def _refuse_too_large(self, at: str, most: int) -> None:
        raise FetchFailed(
            f"{self.shown(at)} gives more than {most / MEGABYTE:,.0f} MB, the most that is fetched. Import "
            "it as a file, or narrow what the card asks for."
        )

    def _refuse_unless_done(self, address: str, answer: Answer) -> None:
        status = answer.status
        if status in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
            return
        if status in NOT_ALLOWED:
            raise FetchFailed(
                f"{self.shown(address)} refuses access (found: status {status}). Look whether the token or password in "
                "the environment is still valid, and whether its owner may read this."
            )
        raise FetchFailed(
            f"{self.shown(address)} has no such thing (found: status {status} "
            f"{self.clean(answer.reason)[:LONGEST_SHOWN]}). It may have moved: correct the "
            "address, or import a file you have."
        )

    def _trouble(self, trouble: httpx.TransportError) -> str:
        """What went wrong on the way, in words."""
        if isinstance(trouble, httpx.TimeoutException):
            return f"no answer in {self.caps.silence_seconds:,.0f} seconds"
        text = str(trouble)
        if "Name or service not known" in text or "getaddrinfo" in text or "name resolution" in text:
            return "the host cannot be found (no network, or another name)"
        return self.clean(" ".join(text.split()) or type(trouble).__name__)[:LONGEST_SHOWN]

    def _pause(self, turn: int, wait_seconds: float | None, address: str) -> None:
        """Waits before the next try: as long as was asked for, else twice as long each time, give or take a half."""
        pause = min(self.caps.longest_pause, self.caps.first_pause * 2**turn) * (0.5 + self.chance())
        pause = max(pause, wait_seconds or 0)
        if time.monotonic() - self._began + pause > self.caps.seconds:
            raise FetchFailed(
                f"{self.shown(address)} did not answer in time (found: {self.caps.seconds:,.0f} seconds would be over "
                "before the next try). Try again later."
            )
        self.sleep(pause)


def _without_credentials(named: dict[str, Any]) -> dict[str, Any]:
    """A request for another host than the first: what opens the door of one is not shown to the other."""
    kept = {name: value for name, value in (named.get("headers") or {}).items() if name.lower() != "authorization"}
    return {**named, "headers": kept, "auth": None}


def single_line(text: str) -> str:
    """A text in one line, without control, bidirectional and other characters that nobody sees."""
    return " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split())


def without(secrets: Collection[str], text: str) -> str:
    """A text without secrets, as they are or as an address writes them."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "…").replace(quote(secret, safe=""), "…")
    return text


def _unpacked(answer: httpx.Response) -> Iterator[bytes]:
    """The body as it comes, what was packed in pieces that take no memory, however small it was packed.

    Raises:
        FetchFailed: it is packed in a way that was not asked for.
        httpx.RemoteProtocolError, httpx.DecodingError: it was cut off, or is not packed so.
    """
    packing = answer.headers.get("Content-Encoding", "").strip().lower()
    if packing in ("", "identity"):
        yield from answer.iter_raw()
        return
    if packing != "gzip":
        raise FetchFailed(
            f"An answer is packed in a way that was not asked for (found: {packing[:40]!r}). Import a file you have, "
            "or ask its publisher."
        )
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    trouble = httpx.RemoteProtocolError("what is packed was cut off, or goes on after its end")
    try:
        for piece in answer.iter_raw():
            if unpack.eof:
                raise trouble
            while piece and not unpack.eof:
                yield unpack.decompress(piece, CHUNK)
                piece = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error as wrong:
        raise httpx.DecodingError(str(wrong)) from None
    if not unpack.eof or unpack.unused_data:
        raise trouble


def _is_inside(host: str) -> bool:
    """Whether a host is this machine, or one of a network that the internet does not reach."""
    try:
        addresses = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):  # it cannot be found, so that it cannot be asked
        return False
    return any(not ipaddress.ip_address(address).is_global for address in addresses)


def _no_number(text: str) -> float:
    raise ValueError(text)


@contextmanager
def _writing(target: Path | None) -> Iterator[Callable[[bytes], object] | None]:
    if target is None:
        yield None
        return
    with target.open("wb") as out:
        yield out.write


@cache
def _authorities(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Whose certificates are trusted, as these two variables state; read once for all clients."""
    return httpx.create_ssl_context()


def _certificate(trouble: httpx.TransportError) -> str:
    """What is wrong with a certificate, where that is the trouble; else empty."""
    cause: BaseException | None = trouble
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message or "a certificate that cannot be verified"
        cause = cause.__cause__ or cause.__context__
    return "a certificate that cannot be verified" if "CERTIFICATE_VERIFY_FAILED" in str(trouble) else ""


def _retry_after(text: str) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a moment; None where it states neither."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ArithmeticError, TypeError, ValueError):
        return None


def _name(address: str) -> str:
    """The publisher's own name of the file at an address."""
    return plain(Path(unquote(urlsplit(address).path)).name, "download")


def _is_no_table(beginning: bytes, kind: str) -> str:
    """What a file is that is neither CSV nor workbook, by how it begins; empty for one that may be a table."""
    for mark in BYTE_ORDER_MARKS:
        beginning = beginning.removeprefix(mark)
    if PAGE.match(beginning):
        return "a web page"
    if beginning.startswith(b"PK\x03\x04"):
        return (
            ""
            if any(piece in beginning for piece in (b"[Content_Types].xml", b"mimetype", b"xl/", b"_rels/"))
            else ARCHIVE
        )
    for magic, what in MAGIC:
        if beginning.startswith(magic):
            return what
    if MARKUP.match(beginning):
        return "XML"
    if STRUCTURE.match(beginning) and "csv" not in kind:
        return "JSON"
    return ""
