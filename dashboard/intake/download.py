"""Fetches a publisher's file to a temporary place, within a size and a time. Imports nothing."""

import http.client
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dashboard.intake.limits import LARGEST_FILE
from dashboard.intake.workplace import workplace
from dashboard.refusals import Refusal
from dashboard.store.names import plain

SILENCE_SECONDS = 20
WALL_SECONDS = 300
CHUNK = 64 * 1024


class DownloadFailed(Refusal):
    """The file could not be fetched; the message says why and what else to do."""


@contextmanager
def download(address: str, progress: Callable[[int, int | None], object] | None = None) -> Iterator[Path]:
    """The file at an http(s) address, under its own name in a folder that is removed afterwards.

    Raises:
        DownloadFailed: no such address, no answer in 20 seconds, longer than 5 minutes, or more than 25 MB.
    """
    otherwise = "Try again, give another address, or import a file you have."
    if not address:
        raise DownloadFailed("No address is known for this source. Give one, or import a file you have.")
    try:
        parts = urlsplit(address)
        _ = parts.port  # read now: it raises on an address that is none
    except ValueError as wrong:
        raise DownloadFailed(f"{address!r} is not an address: {wrong}. {otherwise}") from wrong
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise DownloadFailed(f"{address!r} is not an http or https address. Give one, or import a file you have.")
    name = plain(Path(unquote(parts.path)).name, "download")
    with workplace() as folder:
        file = folder / name
        try:
            with urllib.request.urlopen(address, timeout=SILENCE_SECONDS) as answer, file.open("wb") as out:
                if urlsplit(answer.url).scheme not in ("http", "https"):
                    raise DownloadFailed(f"{address} leads to {answer.url}. {otherwise}")
                total = int(answer.headers.get("Content-Length") or 0) or None
                got, begun = 0, time.monotonic()
                while chunk := answer.read(CHUNK):
                    got += len(chunk)
                    if got > LARGEST_FILE:
                        raise DownloadFailed(f"{address} gives more than 25 MB. {otherwise}")
                    if time.monotonic() - begun > WALL_SECONDS:
                        raise DownloadFailed(f"{address} took longer than {WALL_SECONDS} seconds. {otherwise}")
                    out.write(chunk)
                    if progress:
                        progress(got, total)
                if total and got != total:
                    raise DownloadFailed(f"{address} gave {got} bytes of {total} and ended. {otherwise}")
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, OSError, ValueError) as wrong:
            no_host = isinstance(getattr(wrong, "reason", wrong), socket.gaierror)
            reason = (
                "the host cannot be found (no network, or another name)"
                if no_host
                else " ".join(str(getattr(wrong, "reason", wrong) or type(wrong).__name__).split())
            )
            raise DownloadFailed(f"{address} could not be fetched: {reason}. {otherwise}") from wrong
        yield file
