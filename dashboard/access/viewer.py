"""Who is asking, and what they may see of a release."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow.parquet as pq

from dashboard.disclosure.cells import ALL
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.disclosure.protect import BENCHMARK, PROTECTED
from dashboard.settings import is_read_only
from dashboard.store.protocol import in_words
from dashboard.store.releases import Release, open_release, release_numbers
from dashboard.store.views import BESIDE, HUB_DAYS, STREAMS
from dashboard.store.workspace import workspace
from dashboard.warehouse.answers import Answers, Held, ReleaseTooOld, Shared, queried_tables, sealed
from dashboard.warehouse.build import tables_of
from dashboard.warehouse.catalog import layer, question
from dashboard.warehouse.changes import Pin, Side, compare, compared_marts, compares
from dashboard.warehouse.duckdb import DuckEngine
from dashboard.warehouse.lineage import tables_behind

STEWARD_AUDIENCE, PARTNER_AUDIENCE = "steward", "partner"
AUDIENCES = (STEWARD_AUDIENCE, PARTNER_AUDIENCE, COALITION, PUBLIC)
_comparing = Lock()
# What changes of figures are about, where others than stewards may see them: see queries/changes.
ABOUT_NOBODY = "organisations"


@dataclass(frozen=True)
class Viewer:
    """An audience of SECURITY: steward, partner, coalition or public; a partner has its id."""

    audience: str
    partner_id: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown audience, or a partner without an id of its own."""
        is_partner = self.audience == PARTNER_AUDIENCE
        # Whoever were the partner `all` would own the totals of all.
        if self.audience not in AUDIENCES or is_partner != bool(self.partner_id) or self.partner_id == ALL:
            raise ValueError(f"not a viewer: {self.audience!r} {self.partner_id!r}. Audiences: {', '.join(AUDIENCES)}.")

    @property
    def is_steward(self) -> bool:
        """Publishes, and sees exact figures of all partners."""
        return self.audience == STEWARD_AUDIENCE

    @property
    def may_publish(self) -> bool:
        """Whether this process has them publish: stewards, but not on a copy for reading."""
        return self.is_steward and not is_read_only()

    @property
    def may_upload(self) -> bool:
        """Whether files may be brought in: stewards any, partners their own; to a copy for reading, nobody."""
        return self.audience in (STEWARD_AUDIENCE, PARTNER_AUDIENCE) and not is_read_only()


STEWARD = Viewer(STEWARD_AUDIENCE)
EXECUTIVE = Viewer(COALITION)
EVERYBODY = Viewer(PUBLIC)


def answering_viewer(viewer: Viewer, release: Release, name: str, params: Mapping[str, Any]) -> Viewer:
    """Whose tables answer a question of this viewer: its own, or those that everybody may have.

    Questions about nobody's learners are answered from one place for all. A partner's questions are answered from its
    own rows when they are about nothing else, and otherwise from what is public. A question about a programme that it
    alone reports is about its own rows.
    """
    if compares(question(name)):
        return viewer if viewer.is_steward else EVERYBODY
    if not _is_about_people(name):
        return EVERYBODY
    if viewer.audience != PARTNER_AUDIENCE:
        return viewer
    known = {field.name for field in question(name).params}
    own = {"partner_id", "other_partner_id"} & known
    mine = all(params.get(column) == viewer.partner_id for column in own) and bool(own)
    alone = not own and params.get("programme_id") in _programmes_of_single_partners(release).get(viewer.partner_id, ())
    return viewer if mine or alone else EVERYBODY


def is_protected(viewer: Viewer, release: Release, name: str, params: Mapping[str, Any]) -> bool:
    """Whether the answer that this viewer gets has hidden and rounded counts."""
    return _is_about_people(name) and answering_viewer(viewer, release, name, params).audience in (COALITION, PUBLIC)


def is_of_own(viewer: Viewer, release: Release, name: str, params: Mapping[str, Any]) -> bool:
    """Whether a question about people is answered to a partner from its own rows, exactly."""
    return _is_about_people(name) and answering_viewer(viewer, release, name, params).audience == PARTNER_AUDIENCE


def holdings(viewer: Viewer, release: Release) -> dict[str, Held]:
    """The tables that a viewer's database holds, and which rows of them: never more than the viewer may see.

    Raises:
        ReleaseTooOld: the release was made by a version that kept fewer tables, or did not state whose rows they hold.
    """
    if not is_of_today(release):
        raise ReleaseTooOld(
            f"Release {release.number} was built by an earlier version, in which figures of a partner depended on the "
            "files of others. `coalition publish` builds a new one from the same files."
        )
    tables = {name: Held(file) for name, file in release.marts.items() if name in queried_tables()}
    if viewer.is_steward:
        return {**tables, BENCHMARK: _view(release, BESIDE)[BENCHMARK]}
    if viewer.audience in (COALITION, PUBLIC):
        return {**tables, **_view(release, viewer.audience)}
    # Of the days of hubs partners have what everybody has: those of their learners stand among others'.
    tables[HUB_DAYS] = _view(release, PUBLIC)[HUB_DAYS]
    for name in tables.keys() & {*PROTECTED, STREAMS}:
        file = _view(release, BESIDE)[BENCHMARK].file if name == BENCHMARK else tables[name].file
        tables[name] = Held(file, "partner_id", (viewer.partner_id,))
    return tables


def is_of_today(release: Release) -> bool:
    """Whether every table about people states whose rows it holds; those of earlier versions did not."""
    return all(
        "partner_id" in pq.read_schema(release.marts[name]).names for name in release.marts.keys() & {*PROTECTED}
    )


def shared_tables(release: Release) -> dict[str, Path]:
    """The tables that every audience has in full, since they are about no learner: their files."""
    return {
        name: file
        for name, file in release.marts.items()
        if name in queried_tables() and name not in (*PROTECTED, STREAMS, HUB_DAYS)
    }


def open_answers(viewer: Viewer, release: Release, shared: Shared | None = None) -> Answers:
    """What the viewer may have of the release, in a database of its own; of two releases, in another one.

    Many databases of one process need the `shared` tables in memory only once.

    Raises:
        ReleaseTooOld: the release lacks tables that questions read.
    """
    store, number = release.folder.parent.parent, release.number
    return Answers(
        holdings(viewer, release),
        viewer.audience in (COALITION, PUBLIC),
        lambda old, new: _standing_between(viewer, store, old or number, new or number),
        viewer.partner_id or ALL,
        shared,
    )


def _standing_between(viewer: Viewer, store: Path, old: int, new: int) -> DuckEngine:
    """As `_between`, while both releases stand: one may be erased or pruned after it was compared."""
    for number in {old, new} - set(release_numbers(store)):
        open_release(store, number)  # states why it is gone
    # One at a time: what a comparison may put on disk is then all that comparisons may.
    with _comparing:
        return _between(viewer, store, old, new)


@lru_cache(maxsize=16)
def _between(viewer: Viewer, store: Path, old: int, new: int) -> DuckEngine:
    """What the viewer may know of the difference between two releases, in a database of its own.

    A difference of two figures, or a step of few people, would show single people however both were rounded: only
    stewards have those of learners.

    Raises:
        NoSuchRelease, StoreDamaged, ReleaseTooOld: one of them cannot be compared.
    """
    before, after = _side(open_release(store, old)), _side(open_release(store, new))
    with in_words(), workspace(store) as folder:
        files = compare(before, after, folder)
        only = () if viewer.is_steward else ("about", (ABOUT_NOBODY,))
        return sealed({name: Held(file, *only) for name, file in files.items()}, protected=False)


def _side(release: Release) -> Side:
    lacking = compared_marts() - release.marts.keys()
    columns = {query.name: {field.name for field in query.columns} for query in layer("marts")}
    for name in compared_marts() & release.marts.keys() & columns.keys():
        lacking |= columns[name] - set(pq.read_schema(release.marts[name]).names)
    if lacking:
        raise ReleaseTooOld(
            f"Release {release.number} was built by an earlier version, which did not keep figures row by row (it "
            f"lacks {min(lacking)}), so it cannot be compared. Compare with a newer one; `coalition releases list` "
            "shows them."
        )
    pins = release.manifest["snapshots"]
    return Side(
        release.number,
        release.marts,
        tuple(
            Pin(source, pin["captured_on"], pin["folder"], stream)
            for source, chosen in pins.items()
            for pin in chosen
            for stream in (pin.get("streams") or [None])
        ),
    )


def _view(release: Release, audience: str) -> dict[str, Held]:
    views = {name: Held(file) for name, file in release.views(audience).items()}
    if not views or (audience != BESIDE and HUB_DAYS not in views):
        raise ReleaseTooOld(
            f"Release {release.number} was built before there were audiences, so only the version that built it can "
            "show it. `coalition publish` builds a new one from the same files."
        )
    return {name: held for name, held in views.items() if name in queried_tables()}


@cache
def _is_about_people(name: str) -> bool:
    return bool(tables_of(question(name).sql) & {*PROTECTED, STREAMS, HUB_DAYS})


def counts_nobody(name: str, column: str) -> bool:
    """Whether a column of an answer is read from tables that hide nothing, so that an empty cell means no data."""
    behind = tables_behind(name, column)
    return bool(behind) and not behind & {*PROTECTED, STREAMS, HUB_DAYS}


@cache
def _programmes_of_single_partners(release: Release) -> dict[str, tuple[str, ...]]:
    """Programmes that one partner alone reports, by that partner."""
    rows = pq.read_table(release.marts[STREAMS], columns=["programme_id", "partner_id"]).to_pylist()
    partners: dict[str, set[str]] = {}
    for row in rows:
        partners.setdefault(row["programme_id"], set()).add(row["partner_id"])
    programmes_of: dict[str, list[str]] = {}
    for programme, reporting in sorted(partners.items()):
        if len(reporting) == 1:
            programmes_of.setdefault(next(iter(reporting)), []).append(programme)
    return {partner: tuple(programmes) for partner, programmes in programmes_of.items()}
