"""The viewer's questions: `ask()` is the only way from a page to a number."""

import atexit
import datetime
import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from threading import Lock, Thread
from typing import Any, ParamSpec

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard.access.viewer import (
    EVERYBODY,
    Viewer,
    answering_viewer,
    is_of_today,
    is_protected,
    open_answers,
    shared_tables,
)
from dashboard.access.visitor import visitor
from dashboard.locales import ENGLISH, _, language, speak
from dashboard.locales.numbers import day, moment
from dashboard.locales.plain import in_markdown
from dashboard.measures import RELEASE_SECONDS
from dashboard.refusals import Refusal
from dashboard.scope import Scope
from dashboard.settings import store_folder
from dashboard.store.audit_log import entries
from dashboard.store.protocol import MANIFEST, StoreDamaged
from dashboard.store.releases import (
    CURRENT,
    NoSuchRelease,
    Release,
    current_number,
    last_good_release,
    number_served,
    open_release,
    release_numbers,
)
from dashboard.store.shared import keep_looking, look, trouble
from dashboard.store.workspace import ABOUT_NOBODY, workspace
from dashboard.vocabularies import in_language
from dashboard.warehouse.answers import Answers, Shared, queried_tables
from dashboard.warehouse.catalog import question
from dashboard.warehouse.changes import compares
from dashboard.warehouse.duckdb import write_shared

# Each takes some 15 MB.
PARTNERS_IN_MEMORY = 5
# Each has a file of some 10 MB in the store's work.
RELEASES_SHARED = 8
RELEASE_KEY = "_release"
PINNED = "release"  # in the address
LANGUAGE = "_language"
Args = ParamSpec("Args")

_of_document: ContextVar[Release | None] = ContextVar("release of a document", default=None)


@dataclass(frozen=True)
class Served:
    """The release that is served, the number that CURRENT had then (None where it was damaged), and the notice."""

    current: int | None
    release: Release
    notice: str


_warmers: list[Callable[[Release, bool], object]] = []
_served: dict[Path, Served] = {}
_warming: set[tuple[Path, int]] = set()
_single_warming = Lock()
_seen: set[Release] = set()
_mended: set[str] = set()
_opening: dict[tuple[Viewer, Release], Lock] = {}
_one_shares = Lock()
# By release, that which was asked for last at the end: what is shared of it, and what holds its file.
_shared: OrderedDict[Release, tuple[Shared | None, ExitStack]] = OrderedDict()


class NoRow(dict[str, None]):
    """What a question without a row answers with: each of its columns is missing, and the whole is false."""

    def __bool__(self) -> bool:
        return False


def fragment(function: Callable[Args, None], run_every: float | None = None) -> Callable[Args, None]:
    """A part of a page that reruns alone: without the gate, so it asks whether the visitor may still be here."""

    @wraps(function)
    def checked(*args: Args.args, **named: Args.kwargs) -> None:
        if not visitor().is_still_admitted():
            st.rerun()  # the whole page: the gate states why
        speak(st.session_state.get(LANGUAGE, ENGLISH))  # a thread of its own, which has not seen the page begin
        function(*args, **named)

    return st.fragment(checked, run_every=run_every)


def current_viewer() -> Viewer:
    """As whom this session sees."""
    return visitor().viewer


@contextmanager
def on_release(release: Release) -> Iterator[None]:
    """Has questions within answered by a release, whatever is served: for what is written outside of a session."""
    before = _of_document.set(release)
    try:
        yield
    finally:
        _of_document.reset(before)


def take_release() -> Release:
    """Takes CURRENT for this rerun; the pages of the session stay on that release until the next one.

    Raises:
        NothingPublished, StoreDamaged: no release can be served.
    """
    release, notice = begin()
    if notice and not current_viewer().is_steward:
        words = _("Release {number} is shown, as the one published last cannot be read. A steward can see why.")
        notice = words.format(number=release.number)
    if (number := st.query_params.get(PINNED)) and number != str(release.number):
        pinned = _earlier(release, number)
        if pinned is None:
            words = _("The link names release {number}, which is not served any more; release {newest} is shown.")
            notice = words.format(number=in_markdown(number), newest=release.number)
        release = pinned or release
    elif not notice:
        notice = _restored_words(release)
    st.session_state[RELEASE_KEY] = release
    st.session_state[RELEASE_KEY + "_notice"] = notice
    return release


def _restored_words(release: Release) -> str:
    """That a steward had an earlier release served again, and since when; empty where the newest one is served."""
    store = store_folder()
    newest = max(release_numbers(store), default=0)
    if newest <= release.number or _served[store].current != release.number:
        return ""
    number = release.number
    pointer = store / CURRENT
    restored_at = _restored_at(store, number, newest, pointer.stat().st_mtime_ns if pointer.is_file() else 0)
    if restored_at is None:
        return ""  # the newest is being published, or could not be
    words = _(
        "Since {moment} UTC release {number} is shown instead of the newest, release {newest}: a steward restored it. "
        "Figures are as published on {day}."
    )
    return words.format(
        moment=moment(restored_at),
        number=number,
        newest=newest,
        day=day(datetime.date.fromisoformat(release.manifest["published_at"][:10])),
    )


@lru_cache(maxsize=8)
def _restored_at(store: Path, number: int, newest: int, _pointed_at: int) -> str | None:
    """When a steward had this release served again since the newest was published; None where nobody did."""
    moment = None
    for entry in entries(store):
        if entry["event"] == "release" and entry["release"] == newest:
            moment = None
        elif entry["event"] == "rollback":
            moment = str(entry["at"]) if entry["release"] == number else None
    return moment


def is_pinned() -> bool:
    """Whether the address names the release that is shown."""
    return st.query_params.get(PINNED) == str(current_release().number)


def pin() -> None:
    """Has the address name the release that is shown, so that a link to it keeps its figures."""
    st.query_params[PINNED] = str(current_release().number)


def unpin() -> None:
    """Has the newest release shown again."""
    st.query_params.pop(PINNED, None)


def begin() -> tuple[Release, str]:
    """The release to serve now and, if it is not the one published last, a notice why.

    Where a server warms releases, one that another process published is served when it is warm, and until then the one
    before it: no reader waits for it.

    Raises:
        NothingPublished, StoreDamaged, ReleaseTooOld: no release can be served.
    """
    store = store_folder()
    keep_looking(store)
    served = _to_serve(store)
    if out := trouble(store):
        words = _(
            "The store has been unreachable since {moment} UTC. Release {number} is shown; a newer one may exist."
        ).format(moment=moment(out.since), number=served.release.number)
        return served.release, f"{words} {served.notice}".strip()
    return served.release, served.notice


def _to_serve(store: Path) -> Served:
    try:
        number: int | None = current_number(store)
        before = _served.get(store)
        if number and before and _warmers and number not in (before.current, number_served(store)):
            _warm_in_background(store, number)
            return before
        release, notice = _release(str(store), number or 0)
    except (StoreDamaged, NoSuchRelease) as damage:
        if str(damage) not in _mended:  # what was damaged on this machine may be whole in the bucket
            _mended.add(str(damage))
            look(store, checked=True)
        number = None
        release, notice = last_good_release(store)
    _answers(EVERYBODY, release)  # refuses one that is too old before a page is drawn
    _served[store] = served = Served(number, release, notice)
    if _warmers and release not in _seen:
        _seen.add(release)
        Thread(target=_warm, args=(release, False), daemon=True, name="warming").start()
    return served


def _warm_in_background(store: Path, number: int) -> None:
    with _single_warming:
        if (store, number) in _warming:
            return
        _warming.add((store, number))
    Thread(target=_warm_next, args=(store, number), daemon=True, name="warming").start()


def _warm_next(store: Path, number: int) -> None:
    """Loads a release and answers what will be asked first; then it is served. One that cannot be is met by `begin`."""
    try:
        release, _notice = _release(str(store), number)
        _seen.add(release)
        _warm(release, True)
    except Refusal:
        pass
    finally:
        _served.pop(store, None)
        _warming.discard((store, number))


def _warm(release: Release, can_wait: bool) -> None:
    for warm in _warmers:
        warm(release, can_wait)


def served(number: int) -> Release | None:
    """A release that is served now, or that the one served now was made after; None for any other.

    Raises:
        NothingPublished, StoreDamaged, ReleaseTooOld: no release can be served.
    """
    newest, _notice = begin()
    return newest if number == newest.number else _earlier(newest, str(number))


def warm_with(warm: Callable[[Release, bool], object]) -> None:
    """Has a function called for each release in a thread of its own; with True where it is served afterwards only."""
    _warmers.append(warm)


def release_notice() -> str:
    """Why an earlier release is shown than the one published last; empty when it is the last."""
    return st.session_state.get(RELEASE_KEY + "_notice", "")


def current_release() -> Release:
    """The release this session is on.

    Raises:
        NotAdmitted: nobody passed the gate in this session.
    """
    if (release := _of_document.get()) is not None:
        return release
    visitor()
    try:
        return st.session_state[RELEASE_KEY]
    except KeyError:
        return take_release()


def ask(name: str, scope: Scope | None = None, as_viewer: Viewer | None = None) -> pd.DataFrame:
    """The answer to the question `page/question` for this viewer, as a table that must not be changed.

    `as_viewer` is for a steward who chooses as whom to see.

    Raises:
        UnknownQuestion, BadParameter, QueryStopped: as the warehouse states.
    """
    came = visitor()
    viewer = as_viewer if as_viewer and came.own.is_steward else came.viewer
    return answer_in_words(viewer, current_release(), name, scope or Scope())


def is_hidden_from_me(name: str, scope: Scope | None = None) -> bool:
    """Whether counts in this viewer's answer are hidden where small, and rounded."""
    return is_protected(current_viewer(), current_release(), name, (scope or Scope()).params(question(name)))


def ask_row(name: str, scope: Scope | None = None, **where: str) -> Mapping[str, Any]:
    """The first row a question answers with, by column; `NoRow` when it has none. Missing is None or NaN.

    `where` names columns and their values: then it is the first row that has them.
    """
    params = tuple((scope or Scope()).params(question(name)).items())
    release = current_release()
    viewer = answering_viewer(current_viewer(), release, name, dict(params))
    return _row(viewer, release, name, params, tuple(where.items()), language())


def ask_row_before(name: str, scope: Scope) -> Mapping[str, Any] | None:
    """The one row that the release before this one answers with; None where there is none that can be read."""
    before = release_before(current_release())
    params = tuple(scope.params(question(name)).items())
    if not before:
        return None
    return _row(answering_viewer(current_viewer(), before, name, dict(params)), before, name, params, (), language())


def release_before(release: Release) -> Release | None:
    """The release that this one was made after; None where there is none that can be read."""
    before = _before(str(store_folder()), release)
    return before if before and _stands(before) else None


def answer(viewer: Viewer, release: Release, name: str, scope: Scope) -> pd.DataFrame:
    """The answer to a question for a viewer on a release, whichever session asks."""
    params = tuple(scope.params(question(name)).items())
    # A release that is compared may be erased while others stay, so whether it is there is looked up each time.
    answered = _answer.__wrapped__ if compares(question(name)) else _answer
    return answered(answering_viewer(viewer, release, name, dict(params)), release, name, params)


def answer_apart(viewer: Viewer, release: Release, name: str, params: Mapping[str, Any]) -> pa.Table:
    """As `answer`, in its own types and kept nowhere: other programs ask for more than a page's readers ever do."""
    return _answers(answering_viewer(viewer, release, name, params), release).ask(name, params)


def answer_in_words(viewer: Viewer, release: Release, name: str, scope: Scope) -> pd.DataFrame:
    """The answer to a question with countries, regions and languages named in the language of this run."""
    if language() == ENGLISH or compares(question(name)):
        return in_language(answer(viewer, release, name, scope), language())
    params = tuple(scope.params(question(name)).items())
    return _in_words(answering_viewer(viewer, release, name, dict(params)), release, name, params, language())


@lru_cache(maxsize=8)
def _release(store: str, number: int) -> tuple[Release, str]:
    """The current release, verified once per process."""
    return last_good_release(Path(store), number)


def _earlier(current: Release, number: str) -> Release | None:
    """An earlier release that the current one was made after, as long as it stands."""
    earlier = _pinned(str(store_folder()), current, number)
    return earlier if earlier and _stands(earlier) else None


def _stands(release: Release) -> bool:
    """Whether a release is there still: it may be erased or pruned while this process has it in memory."""
    return (release.folder / MANIFEST).is_file()


@lru_cache(maxsize=32)
def _pinned(store: str, current: Release, number: str) -> Release | None:
    """An earlier release that the current one was made after; never one that was rolled back."""
    before: Release | None = current
    while before and str(before.number) != number:
        before = _before(store, before)
    return before


@lru_cache(maxsize=8)
def _before(store: str, release: Release) -> Release | None:
    """The release that this one was made after, when it stands and has every table that questions read."""
    number = release.manifest["parent"]
    try:
        before = open_release(Path(store), number) if number else None
    except (StoreDamaged, NoSuchRelease):
        return None
    if not before or not before.views("public") or not queried_tables() <= before.marts.keys():
        return None
    return before if is_of_today(before) else None


def keep_in_memory() -> None:
    """Freezes what was just loaded and stays, so that no collection of garbage walks it again."""
    gc.collect()
    gc.freeze()


def caches() -> dict[str, Any]:
    """How often what is kept was used, by what it is: hits, misses, entries."""
    kept = {"answers": _answer, "answers in words": _in_words, "rows": _row, "partners": _answers_of_partner}
    return {name: cached.cache_info() for name, cached in kept.items()}


def let_go() -> None:
    """Closes every database that was opened: a command that ends with one open has DuckDB complain on the terminal."""
    for cached in (_answer, _in_words, _row, _answers_of_all, _answers_of_partner):
        cached.cache_clear()
    _served.clear()
    _opening.clear()
    _let_go_of_shared()
    gc.unfreeze()
    gc.collect()


def _answers(viewer: Viewer, release: Release) -> Answers:
    """What the viewer may have of the release, in a database of its own.

    Who comes while it is being opened waits for that one: of many readers each would open another, of tens of megabytes
    and several threads.
    """
    with _opening.setdefault((viewer, release), Lock()):
        return (_answers_of_partner if viewer.partner_id else _answers_of_all)(viewer, release)


# Of partners only those that asked last: one that comes back waits for a fraction of a second.
@lru_cache(maxsize=PARTNERS_IN_MEMORY)
def _answers_of_partner(viewer: Viewer, release: Release) -> Answers:
    return open_answers(viewer, release, _shared_once(release))


@lru_cache(maxsize=16)
def _answers_of_all(viewer: Viewer, release: Release) -> Answers:
    with RELEASE_SECONDS.time():
        answers = open_answers(viewer, release, _shared_once(release))
    keep_in_memory()
    return answers


def _shared_once(release: Release) -> Shared | None:
    """What every audience has in full, in one file for this process; None where the store takes no writes.

    The files of releases that were asked for longest ago go: a database that has one open reads on all the same.
    """
    with _one_shares:
        if release not in _shared:
            while len(_shared) >= RELEASES_SHARED:
                _shared.popitem(last=False)[1][1].close()
            working = ExitStack()
            _shared[release] = _written_shared(release, working), working
        _shared.move_to_end(release)
        return _shared[release][0]


def _written_shared(release: Release, working: ExitStack) -> Shared | None:
    tables = shared_tables(release)
    try:
        file = working.enter_context(workspace(release.folder.parent.parent)) / ABOUT_NOBODY
        write_shared(file, tables)
    except OSError:
        return None
    return Shared(file, tables)


def _let_go_of_shared() -> None:
    with _one_shares:
        while _shared:
            _shared.popitem()[1][1].close()


atexit.register(_let_go_of_shared)


# The key is compared, not hashed byte by byte as st.cache_data would: 0.2 ms less for each of a page's questions.
@lru_cache(maxsize=4_000)
def _answer(viewer: Viewer, release: Release, name: str, params: tuple[tuple[str, Any], ...]) -> pd.DataFrame:
    return _answers(viewer, release).ask(name, dict(params)).to_pandas(date_as_object=True)


@lru_cache(maxsize=4_000)
def _in_words(
    viewer: Viewer, release: Release, name: str, params: tuple[tuple[str, Any], ...], locale: str
) -> pd.DataFrame:
    return in_language(_answer(viewer, release, name, params), locale)


@lru_cache(maxsize=4_000)
def _row(
    viewer: Viewer,
    release: Release,
    name: str,
    params: tuple[tuple[str, Any], ...],
    where: tuple[tuple[str, str], ...],
    locale: str,
) -> Mapping[str, Any]:
    table = _in_words(viewer, release, name, params, locale)
    # As `to_dict("records")` gives them, in a third of its time.
    rows = (
        dict(zip(table.columns, values, strict=True))
        for values in zip(*(table[column].tolist() for column in table.columns), strict=True)
    )
    matching = (row for row in rows if all(row[column] == value for column, value in where))
    return next(matching, NoRow.fromkeys(field.name for field in question(name).columns))
