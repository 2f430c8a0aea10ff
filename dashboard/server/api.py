"""The read-only HTTP API: questions answered for other programs, as the pages answer them to the same audience.

A request names its audience by a token, or is the public's; nobody is a steward for coming from this machine, and no
cookie of a browser counts. Nothing is changed by a request.
"""

import asyncio
import datetime
import hashlib
import logging
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

import pyarrow as pa
from starlette.responses import Response

from dashboard.access.gate import login_is_configured
from dashboard.access.roster import read_roster
from dashboard.access.tokens import Token, TokenDenied, admit_token, used
from dashboard.access.viewer import EVERYBODY, Viewer, answering_viewer, is_protected
from dashboard.access.visitor import Visitor, acting_as
from dashboard.components.downloads import file_name_of
from dashboard.components.notes import is_simulated
from dashboard.components.notices import hidden_words
from dashboard.components.provenance import pins_of
from dashboard.refusals import Refusal
from dashboard.scope import Scope
from dashboard.server import api_files, limits
from dashboard.server.asgi import Receive, Send, header
from dashboard.server.asgi import Scope as Request
from dashboard.server.openapi import (
    MEDIA_TYPES,
    METHODS,
    RELEASE,
    ROOT,
    NotAnswered,
    description,
    read_parameters,
    read_release,
)
from dashboard.server.rates import Rate
from dashboard.session import answer_apart, begin, on_release, served
from dashboard.settings import roster_file, store_folder
from dashboard.store.audit_log import cleaned, note, record
from dashboard.store.releases import NoSuchRelease, Release
from dashboard.warehouse.answers import BadParameter
from dashboard.warehouse.catalog import Query, UnknownQuestion, question, questions
from dashboard.warehouse.changes import compares
from dashboard.warehouse.duckdb import NARROW, QueryStopped

ANSWER_PATH = re.compile(rf"{ROOT}/ask/(?P<name>[a-z0-9_]+/[a-z0-9_]+)\.(?P<format>[A-Za-z0-9_]+)")
METADATA_PATH = re.compile(rf"{ROOT}/ask/(?P<name>[a-z0-9_]+/[a-z0-9_]+)/metadata\.json")
BEARER = re.compile(r"bearer +(?P<token>\S+) *", re.IGNORECASE)
MOST_PARAMETERS = 60
LONGEST_FOUND = 100
# Of a public answer, which erasure and a closed roster end; one with a token is asked for anew each time.
PUBLIC_SECONDS = 300
UNREADABLE = "a request that cannot be read"

log = logging.getLogger("coalition")


@dataclass(frozen=True)
class Caller:
    """Who asks: for the audit log, and what they may see; without a token the public."""

    who: str
    viewer: Viewer
    token: Token | None = None


class Once:
    """What is written to the audit log once for a period, so that no program fills it. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._period = ""
        self._done: set[tuple[Any, ...]] = set()

    def do(self, period: str, key: tuple[Any, ...], write: Callable[[], object]) -> None:
        """Writes, unless that was done in this period; what could not be written is tried again."""
        with self._lock:
            if period != self._period:
                self._period, self._done = period, set()
            if key not in self._done:
                write()
                self._done.add(key)


class Api:
    """Everything below `/api` as one ASGI app, so that also what it does not have is answered in its own words."""

    def __init__(self) -> None:
        self._by_address = Rate(limits.API_PER_MINUTE_PER_ADDRESS)
        self._by_token = Rate(limits.API_PER_MINUTE_PER_TOKEN)
        self._threads = ThreadPoolExecutor(limits.API_AT_ONCE, thread_name_prefix="api")
        self._under_way = 0
        self._comparing = Lock()
        self._exports, self._denials = Once(), Once()

    async def __call__(self, scope: Request, receive: Receive, send: Send) -> None:
        """Answers a request. Reading the store and asking take place in a thread of the API's own."""
        try:
            response = await self._response(scope)
        except NotAnswered as wrong:
            response = _refusal(wrong)
        if scope["method"] == "HEAD":
            response = Response(status_code=response.status_code, headers=dict(response.headers))
        await response(scope, receive, send)

    async def _response(self, scope: Request) -> Response:
        if seconds := self._by_address.wait(limits.address_of((scope.get("client") or ("",))[0])):
            raise _too_many(seconds, f"{limits.API_PER_MINUTE_PER_ADDRESS} requests a minute from one address")
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers={"Allow": METHODS, "Cache-Control": "no-store"})
        if scope["method"] not in ("GET", "HEAD"):
            method = cleaned(str(scope["method"]))[:20]
            raise NotAnswered(405, METHODS, method, "Nothing can be changed here: use GET.", (("Allow", METHODS),))
        if self._under_way >= limits.API_AT_ONCE + limits.API_WAITING:
            raise NotAnswered(503, "room for one more question", "too many at once", "Try again later.", (_after(5),))
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, scope)
        finally:
            self._under_way -= 1

    def _answer(self, scope: Request) -> Response:
        try:
            return self._answer_to(self._caller(scope), scope)
        except BadParameter as refusal:
            raise NotAnswered(
                400, "parameters as the description has them", str(refusal), "Correct the value."
            ) from refusal
        except NoSuchRelease as refusal:
            raise NotAnswered(404, "a release that is served", str(refusal), "Ask for another one.") from refusal
        except QueryStopped as refusal:
            raise NotAnswered(422, "values that have an answer in time", str(refusal), NARROW) from refusal
        except Refusal as refusal:
            # Of the store, the roster or the tokens: its message names files of this machine, and is the operator's.
            reference = os.urandom(4).hex()
            log.error('{"event": "api_error", "class": "%s", "reference": "%s"}', type(refusal).__name__, reference)
            do = f"Try again in a minute, or give the operator the reference {reference}."
            raise NotAnswered(503, "an answer", "the dashboard cannot answer just now", do, (_after(60),)) from refusal

    def _caller(self, scope: Request) -> Caller:
        """Who asks, by the token that was sent.

        Raises:
            NotAnswered: the token is not valid, or there is none where the public is not let in.
        """
        sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
        if not sent:
            if login_is_configured() and not read_roster(roster_file()).is_public:
                raise _unauthorized("no token", "Ask the steward of the dashboard for a token.", "")
            return Caller("the public", EVERYBODY)
        bearer, now = BEARER.fullmatch(sent[0]) if len(sent) == 1 else None, _now()
        if not bearer:
            raise _unauthorized("another header", "Send the header Authorization: Bearer, and the token.", "")
        try:
            token = admit_token(bearer["token"], roster_file(), now)
        except TokenDenied as denied:
            who, what = denied.who, f"API: {denied.reason}"
            self._denials.do(f"{now:%Y-%m-%d %H}", (who, what), lambda: note(store_folder(), "denial", who, what))
            do = "Ask the steward of the dashboard for another token."
            raise _unauthorized(f"a token that is {denied.reason}", do, "invalid_token") from None
        if seconds := self._by_token.wait(token.name):
            raise _too_many(seconds, f"{limits.API_PER_MINUTE_PER_TOKEN} requests a minute with one token")
        try:
            used(roster_file(), token, now)
        except OSError:  # a folder that cannot be written keeps nobody out: the day is for the list of tokens only
            log.error('{"event": "token_use_not_noted", "token": "%s"}', token.name)
        return Caller(token.who, token.viewer, token)

    def _answer_to(self, caller: Caller, scope: Request) -> Response:
        path, parameters = str(scope["path"]), _parameters_of(scope)
        if path in (ROOT, f"{ROOT}/", f"{ROOT}/openapi.json"):
            if parameters:
                raise NotAnswered(400, "no parameters", _names(parameters), "Leave them out.")
            if path.endswith("openapi.json"):
                return _response_of(scope, caller, description())
            release, _notice = begin()
            return _response_of(
                scope, caller, api_files.as_json(api_files.index(questions().values(), release, caller.viewer))
            )
        if match := METADATA_PATH.fullmatch(path):
            query = _question(match["name"])
            number = next((read_release(text) for name, text in parameters if name == RELEASE), None)
            if unknown := [(name, text) for name, text in parameters if name != RELEASE]:
                raise NotAnswered(400, f"the parameter {RELEASE}", _names(unknown), "Leave the others out.")
            return _response_of(scope, caller, self._metadata(caller, query, _release(number)))
        if (match := ANSWER_PATH.fullmatch(path)) and match["format"] in MEDIA_TYPES:
            return self._data(caller, scope, _question(match["name"]), match["format"], parameters)
        if match:
            raise NotAnswered(
                404, f"a format: {', '.join(MEDIA_TYPES)}", match["format"], "End the address with one of them."
            )
        do = f"See {ROOT}/ for all questions and their addresses."
        raise NotAnswered(404, f"{ROOT}/ask/<page>/<question>.json, .csv or .parquet", path, do)

    def _data(
        self, caller: Caller, scope: Request, query: Query, format_: str, parameters: list[tuple[str, str]]
    ) -> Response:
        params, number = read_parameters(query, parameters)
        release = _release(number)
        if compares(query):
            for name in ("from_release", "to_release"):
                _release(params[name])  # pages too compare none that was taken back
        tag = _tag_of(caller.viewer, release, query, params, format_)
        if _is_known(scope, tag):
            return Response(status_code=304, headers=_headers(caller, tag))
        table, names = self._table(caller, release, query, params), Scope(**params)
        with acting_as(_visitor(caller)), on_release(release):
            answered = api_files.Answered(
                query,
                release,
                caller.viewer,
                params,
                api_files.rows_of(table),
                is_simulated(query.name, names),
                is_protected(caller.viewer, release, query.name, params),
            )
            file = f"{file_name_of(query.name, names)}.{format_}"
        body = api_files.write(answered, format_)
        if caller.token:
            self._record(caller, query, format_, release)
        headers = {
            **_headers(caller, tag),
            "Content-Type": MEDIA_TYPES[format_],
            "Content-Disposition": f'{"inline" if format_ == "json" else "attachment"}; filename="{_ascii(file)}"',
            "Link": f'<{api_files.links_of(query.name)["metadata"]}?{RELEASE}={release.number}>; rel="describedby"',
        }
        return Response(body, headers=headers)

    def _table(self, caller: Caller, release: Release, query: Query, params: dict[str, Any]) -> pa.Table:
        """The rows. Of comparisons of releases, which take seconds, one at a time: others leave the threads free."""
        if not compares(query):
            return answer_apart(caller.viewer, release, query.name, params)
        if not self._comparing.acquire(blocking=False):
            raise NotAnswered(503, "one comparison at a time", "another one", "Try again in 5 seconds.", (_after(5),))
        try:
            return answer_apart(caller.viewer, release, query.name, params)
        finally:
            self._comparing.release()

    def _record(self, caller: Caller, query: Query, format_: str, release: Release) -> None:
        """Has the audit log state what a token was given: a line a day for each question, format and release.

        Raises:
            NotRecorded: it could not be stated, so that nothing is given.
        """
        what = f"{query.name} ({format_.upper()} by the API)"
        key = (caller.who, query.name, format_, release.number)
        self._exports.do(
            _now().date().isoformat(),
            key,
            lambda: record(store_folder(), "export", caller.who, what, release.number, "first of the day"),
        )

    def _metadata(self, caller: Caller, query: Query, release: Release) -> bytes:
        with acting_as(_visitor(caller)), on_release(release):
            pins = pins_of(query.name, Scope())
            hidden = hidden_words()
        answered = api_files.Answered(
            query,
            release,
            caller.viewer,
            {},
            (),
            any(pin["provenance"] == "demo" for _name, pin in pins),
            is_protected(caller.viewer, release, query.name, {}),
        )
        return api_files.as_json(api_files.metadata(answered, pins, hidden))


def _question(name: str) -> Query:
    try:
        return question(name)
    except UnknownQuestion as unknown:
        do = f"See {ROOT}/ for all questions."
        raise NotAnswered(404, "a question of a page", name, do) from unknown


def _release(number: int | None) -> Release:
    """The release that was asked for, if it is served; the newest without a number.

    Raises:
        NotAnswered: it is not served, or not any more.
    """
    if number is None:
        return begin()[0]
    if (release := served(number)) is None:
        do = f"Leave {RELEASE} out for the newest, which is {begin()[0].number}."
        raise NotAnswered(404, "a release that is served", str(number), do)
    return release


def _parameters_of(scope: Request) -> list[tuple[str, str]]:
    """Names and values of the address.

    Raises:
        NotAnswered: they are no UTF-8, or too many.
    """
    try:
        text = bytes(scope.get("query_string") or b"").decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as wrong:
        do = f"Give at most {MOST_PARAMETERS} parameters, as name=value, in UTF-8 and percent-encoded."
        raise NotAnswered(400, "parameters in UTF-8", UNREADABLE, do) from wrong


def _names(parameters: list[tuple[str, str]]) -> str:
    return ", ".join(dict.fromkeys(name for name, _text in parameters))


def _visitor(caller: Caller) -> Visitor:
    return Visitor(caller.who, caller.viewer, caller.viewer, lambda: True)


def _tag_of(viewer: Viewer, release: Release, query: Query, params: dict[str, Any], format_: str) -> str:
    """Of all that an answer hangs on: it changes with the release, the question, its values and who asks."""
    by = answering_viewer(viewer, release, query.name, params)
    hangs_on = [release.number, release.manifest["published_at"], query.sql, sorted(params.items()), format_]
    return _tag(repr([*hangs_on, by, viewer]).encode())


def _tag(content: bytes) -> str:
    return f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'  # weak: the same is sent packed and unpacked


def _is_known(scope: Request, tag: str) -> bool:
    sent = header(scope, b"if-none-match")
    return sent.strip() == "*" or tag.removeprefix("W/") in {
        etag.strip().removeprefix("W/") for etag in sent.split(",")
    }


def _response_of(scope: Request, caller: Caller, body: bytes) -> Response:
    tag = _tag(body)
    if _is_known(scope, tag):
        return Response(status_code=304, headers=_headers(caller, tag))
    return Response(body, headers={**_headers(caller, tag), "Content-Type": MEDIA_TYPES["json"]})


def _headers(caller: Caller, tag: str) -> dict[str, str]:
    kept = "private, no-cache" if caller.token else f"public, max-age={PUBLIC_SECONDS}"
    return {"ETag": tag, "Cache-Control": kept, "Vary": "Authorization"}


def _refusal(wrong: NotAnswered) -> Response:
    """What was wanted, found, and what to do; what was sent is shown in one short line."""
    error = {"wanted": wrong.wanted, "found": cleaned(wrong.found)[:LONGEST_FOUND], "do": wrong.do}
    headers = {"Cache-Control": "no-store", "Vary": "Authorization", "Content-Type": MEDIA_TYPES["json"]}
    return Response(api_files.as_json({"error": error}), wrong.status, {**headers, **dict(wrong.headers)})


def _unauthorized(problem: str, do: str, error: str) -> NotAnswered:
    challenge = 'Bearer realm="coalition"' + (f', error="{error}"' if error else "")
    return NotAnswered(401, "a valid token", problem, do, (("WWW-Authenticate", challenge),))


def _too_many(seconds: int, wanted: str) -> NotAnswered:
    return NotAnswered(429, f"at most {wanted}", "more", f"Wait {seconds} seconds.", (_after(seconds),))


def _after(seconds: int) -> tuple[str, str]:
    return "Retry-After", str(seconds)


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode("ascii").replace("?", "-").replace('"', "-")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
