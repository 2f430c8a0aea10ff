"""Files that wait for somebody to publish them: what they would change is worked out before anything does.

A proposal is a snapshot beside the others, in `proposals/`: checked and pseudonymised, so that a reload, a restart or
another day loses nothing, and the sender's file itself is nowhere. Publishing moves its rows to the snapshots.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dashboard.disclosure.cells import ALL, CUBES, KEY, long
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.intake.consequences import of_partner, people_by_partner, would_stand
from dashboard.intake.front_door import Ready
from dashboard.intake.report import Report
from dashboard.intake.workplace import workplace
from dashboard.refusals import Refusal
from dashboard.store.erased import marks
from dashboard.store.joining import PART, Arrival, FileId
from dashboard.store.protocol import locked, publish, read_manifest, staged, verify
from dashboard.store.releases import NothingPublished, Release, build, build_exact, current_number, open_release
from dashboard.store.removal import remove
from dashboard.store.shared import shares_again
from dashboard.store.snapshots import (
    ErasedMeanwhile,
    Snapshot,
    now,
    pinned,
    read_snapshot,
    snapshot_name,
    snapshots,
    standing,
)
from dashboard.warehouse.catalog import SourceCard, sources

PLACE, PREVIEWS, PREVIEW, OWN = "proposals", "previews", "preview.json", ".own"
FIGURES = ("learners_registered", "learners_reached", "learners_with_credential", "credentials", "countries")
# Lists about organisations of which a member may bring in its own rows, by the column that says whose they are.
BY_MEMBERS = {"offers": "partner_id", "contributions_5w": "reported_by"}
TAKEN = ("offers",)
# Files of one partner that may wait for a steward at once.
MOST_WAITING = 20


class NotYours(Refusal):
    """Somebody may not do this; the message says who may."""


@dataclass(frozen=True)
class Proposal:
    """A file that waits: its snapshot, who brought it in and when, and the account of its rows.

    `partners` are those whose rows it holds; empty for a source that is nobody's. `reason` is why a file that was
    fetched waits for a person; empty for one that somebody sent.
    """

    snapshot: Snapshot
    who: str
    account: dict[str, Any]
    shared: dict[str, int]
    partners: frozenset[str] = frozenset()
    reason: str = ""

    @property
    def name(self) -> str:
        """Names it in addresses, previews and the audit log."""
        return f"{self.snapshot.source}.{self.snapshot.folder.name}"

    @property
    def arrival(self) -> Arrival:
        """What the store keeps of it when it is published."""
        one = self.snapshot
        return Arrival(
            source=one.source,
            captured_on=one.captured_on.isoformat(),
            provenance=one.provenance,
            digest=one.sha256,
            folder=one.folder,
            account=self.account,
            kind=self.account.get("kind", ""),
            corrects=self.account.get("corrects", ""),
            lines=tuple(self.account.get("lines", ())),
        )


def propose(store: Path, ready: Ready, who: str, partner: str = "", reason: str = "") -> Proposal:
    """Keeps a file that was made ready as a proposal; the same file again is the same proposal.

    Args:
        store: the store's folder.
        ready: of `front_door.made_ready`.
        who: brings it in.
        partner: whose rows they must be; empty for a steward, who may bring in anybody's.
        reason: why it waits, of a file that was fetched.

    Raises:
        NotYours: some rows are another partner's, or are told by ids that another partner has, or too many files wait.
        ErasedMeanwhile: the list of those who were erased has grown since the file was read.
    """
    report = ready.report
    partners = _partners(report.source, report.streams, ready.folder / "rows.parquet")
    if partner:
        if _owners_of_corrected(store, report) - {partner}:
            raise NotYours("These rows correct a file that is not yours alone. Ask a steward to correct it.")
        foreign = sorted(partners - {partner})
        if foreign or not partners:
            whose = ", ".join(foreign) or "nobody's"
            raise NotYours(
                f"The file has rows of {whose}, and you may bring in rows of {partner} only. Take the others out, or "
                "map the column of the programme."
            )
        if sum(partner in one.partners for one in waiting(store)) >= MOST_WAITING:
            raise NotYours(f"{MOST_WAITING} files of yours wait for a steward. Ask one to look at them first.")
    _refuse_taken(store, report.source, ready.folder / "rows.parquet")
    target = store / PLACE / report.source / _folder_of(ready)
    shared = _shared(store, report, ready.folder / "rows.parquet")
    with locked(store), staged(store) as fresh:
        if ready.erased is not None and ready.erased != marks(store):
            raise ErasedMeanwhile("Learners were erased while the file was read. Send it again; nothing was kept.")
        for path in ready.folder.iterdir():
            shutil.copyfile(path, fresh / path.name)
        publish(
            store,
            fresh,
            target,
            {
                "kind": "proposal",
                "source": report.source,
                "captured_on": report.captured_on,
                "provenance": report.provenance,
                "imported_at": now(),
                "proposed_by": who,
                "shared": shared,
                "partners": sorted(partners),
                "reason": reason,
                "input": {**ready.arrival.account, "sha256": ready.digest},
            },
        )
    return read_proposal(target)


def name_of(ready: Ready) -> str:
    """The name of the proposal that a file becomes."""
    return f"{ready.report.source}.{_folder_of(ready)}"


def _folder_of(ready: Ready) -> str:
    return snapshot_name(ready.report.captured_on, ready.digest, ready.report.provenance)


def is_a_members(card: SourceCard) -> bool:
    """Whether a partner may bring in files of a source: those with rows of its own, people's or its lists."""
    return card.name in BY_MEMBERS or (card.people and card.stream[:1] == ("partner_id",))


def sent_together(proposal: Proposal, others: Iterable[Proposal]) -> list[Proposal]:
    """Parts of the same export that wait, the proposal among them; of a file that is no part, itself alone."""
    mine = proposal.arrival
    if mine.kind != PART:
        return [proposal]
    return [
        one
        for one in others
        if (one.arrival.kind, one.arrival.source, one.arrival.captured_on) == (PART, mine.source, mine.captured_on)
        and (one.arrival.streams & mine.streams or not mine.streams)
    ]


def waiting(store: Path) -> list[Proposal]:
    """All proposals, the newest first."""
    found = [read_proposal(folder) for source in sources() for folder in standing(store / PLACE / source)]
    return sorted(found, key=lambda proposal: proposal.snapshot.imported_at, reverse=True)


def discard(store: Path, proposal: Proposal) -> None:
    """Takes a proposal away; what it held stays where it was published, and else is gone."""
    with locked(store):
        previews = (store / PREVIEWS / f"{proposal.name}{whose}" for whose in ("", OWN))
        for folder in (proposal.snapshot.folder, *previews):
            if folder.is_dir():
                remove(store, folder)


def verify_waiting(store: Path, proposal: Proposal) -> None:
    """Raises StoreDamaged where its files changed, NotYours where another member has taken its ids since."""
    verify(proposal.snapshot.folder)
    _refuse_taken(store, proposal.snapshot.source, proposal.snapshot.rows_file)


def preview(store: Path, proposal: Proposal, partner: str = "") -> dict[str, Any]:
    """What would change if it were published: figures before and after, cells that others see or no longer see.

    A release is built as it would be and thrown away; the answer is kept beside the proposal until either changes. A
    partner is shown its own figures, worked out of its own files alone; the privacy check, whose result depends on
    others' files, is not made for it.

    Args:
        store: the store's folder.
        proposal: the file.
        partner: who is to see it; empty for stewards.

    Raises:
        DaysOverlap, SecretsDiffer, ChecksFailed, AuditFailed: it cannot be published as it is.
    """
    try:
        before: Release | None = open_release(store)
    except NothingPublished:
        before = None
    with workplace(store) as scratch:
        fresh = scratch / "release"
        fresh.mkdir()
        kept = scratch / "kept"
        pins = pinned(store, would_stand(store, [proposal.arrival], kept))
        old = before.folder if before else None
        found: dict[str, Any] = {"release": before.number if before else 0}
        if partner:
            build_exact(of_partner(pins, partner), fresh)
            found["figures"] = [one for one in _figures(old, fresh) if one["partner"] == partner]
        else:
            built = build(pins, fresh, before=before, anew=True)
            found["figures"] = _figures(old, fresh)
            found["audit"] = {audience: built["disclosure"][audience] for audience in (COALITION, PUBLIC)}
            found |= {audience: _cells(old, fresh, audience) for audience in (COALITION, PUBLIC)}
    _keep_preview(store, f"{proposal.name}{OWN if partner else ''}", found)
    return found


@shares_again
def _keep_preview(store: Path, name: str, found: dict[str, Any]) -> None:
    target = store / PREVIEWS / name
    with locked(store), staged(store) as folder:
        (folder / PREVIEW).write_text(json.dumps(found), encoding="utf-8")
        if target.is_dir():
            remove(store, target)
        publish(store, folder, target, {"kind": "preview", "release": found["release"]})


def previewed(store: Path, proposal: Proposal, partner: str = "") -> dict[str, Any] | None:
    """The preview for stewards, or for the partner, against the release that is served; None where there is none."""
    folder = store / PREVIEWS / f"{proposal.name}{OWN if partner else ''}"
    if not folder.is_dir():
        return None
    verify(folder)
    found = json.loads((folder / PREVIEW).read_text(encoding="utf-8"))
    try:
        return found if found["release"] == current_number(store) else None
    except NothingPublished:
        return found if not found["release"] else None


def read_proposal(folder: Path) -> Proposal:
    """The proposal in a folder; StoreDamaged when it is not whole."""
    said = read_manifest(folder)
    account = {key: value for key, value in said["input"].items() if key != "sha256"}
    partners = frozenset(said.get("partners", ()))
    shared, reason = said.get("shared", {}), said.get("reason", "")
    return Proposal(read_snapshot(folder), said.get("proposed_by", ""), account, shared, partners, reason)


def _partners(source: str, streams: Iterable[str], rows: Path) -> frozenset[str]:
    """Whose rows a file holds; empty for a source that is nobody's."""
    if sources()[source].people:
        return frozenset(stream.partition("/")[0] for stream in streams)
    if source not in BY_MEMBERS:
        return frozenset()
    column = BY_MEMBERS[source]
    return frozenset(pq.read_table(rows, columns=[column])[column].to_pylist())


def _owners_of_corrected(store: Path, report: Report) -> frozenset[str]:
    """Whose rows stand in the files that a file of corrected rows would join; empty for any other file."""
    if not report.corrects:
        return frozenset()
    digest = FileId.read(report.corrects).digest
    found = [one for one in snapshots(store, report.source) if any(part.startswith(digest) for part in one.parts)]
    return frozenset().union(*(_partners(one.source, one.streams, one.rows_file) for one in found))


def _refuse_taken(store: Path, source: str, rows: Path) -> None:
    """Raises NotYours where a row has the id of another member's record, which it would replace."""
    if source not in TAKEN:
        return
    owners = {
        one: owner
        for snapshot in sorted(pinned(store).get(source, ()), key=lambda one: one.captured_on)
        for one, owner in _owners(snapshot.rows_file)
    }
    taken = sorted({one for one, owner in _owners(rows) if owners.get(one, owner) != owner})
    if taken:
        raise NotYours(
            f"{', '.join(taken[:5])} {'is' if len(taken) == 1 else 'are'} held by another member already, whose record "
            "such rows would replace. Give yours ids of their own."
        )


def _owners(rows: Path) -> list[tuple[str, str]]:
    table = pq.read_table(rows, columns=["offer_id", "partner_id"])
    return list(zip(table["offer_id"].to_pylist(), table["partner_id"].to_pylist(), strict=True))


def _shared(store: Path, report: Report, rows: Path) -> dict[str, int]:
    """How many learners of the file each other partner reports already; they count once together."""
    if not sources()[report.source].people:
        return {}
    mine = set().union(*people_by_partner(rows).values(), set())
    own = {stream.partition("/")[0] for stream in report.streams}
    found: dict[str, set[str]] = {}
    for name, chosen in pinned(store).items():
        if sources()[name].people:
            for snapshot in chosen:
                for partner, keys in people_by_partner(snapshot.rows_file).items():
                    if partner not in own:
                        found.setdefault(partner, set()).update(mine & keys)
    return {partner: len(keys) for partner, keys in sorted(found.items()) if keys}


def _figures(old: Path | None, fresh: Path) -> list[dict[str, Any]]:
    """Figures that would change, by programme (or total) and partner (or all)."""
    before, after = (_newest(folder) for folder in (old, fresh))
    changed = []
    for place in sorted(before.keys() | after.keys()):
        for name in FIGURES:
            then, now_ = before.get(place, {}).get(name, 0), after.get(place, {}).get(name, 0)
            if then != now_:
                changed.append(
                    {"programme": place[0], "partner": place[1], "figure": name, "before": then, "after": now_}
                )
    return changed


def _newest(folder: Path | None) -> dict[tuple[str, str], dict[str, int]]:
    if folder is None:
        return {}
    table = pq.read_table(folder / "marts" / "cube_reach.parquet").to_pandas()
    last = table.sort_values("on_date").groupby(["programme_id", "partner_id"], sort=True).last()
    return {place: {name: int(row[name]) for name in FIGURES} for place, row in last.iterrows()}


def _cells(old: Path | None, fresh: Path, audience: str) -> dict[str, Any]:
    """Cells that an audience would see and does not yet, and the other way round; some of each by name."""
    before, after = (_shown(folder, audience) for folder in (old, fresh))
    return {
        "visible": len(after - before),
        "hidden": len(before - after),
        "examples_visible": _examples(after - before),
        "examples_hidden": _examples(before - after),
    }


def _shown(folder: Path | None, audience: str) -> set[tuple[str, ...]]:
    if folder is None or not (folder / "views" / audience).is_dir():
        return set()
    found: set[tuple[str, ...]] = set()
    for name in ("cube_funnel", "cube_country"):
        table = pq.read_table(folder / "views" / audience / f"{name}.parquet").to_pandas()
        if table.empty:
            continue
        columns = list(CUBES[name].measures(table))
        for column in columns:
            there = table[table[column].notna()]
            if len(there):
                rows = long(there.assign(**{c: there[c].fillna(0) for c in columns}), CUBES[name])
                rows = rows[rows["column"] == column]
                found |= set(rows[KEY].astype(str).itertuples(index=False, name=None))
    return found


def _examples(cells: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [list(cell) for cell in sorted(cells, key=lambda cell: (cell[2] != ALL, cell))[:20]]
