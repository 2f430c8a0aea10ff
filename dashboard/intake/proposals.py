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

FOLDER, PREVIEWS, PREVIEW, OWN = "proposals", "previews", "preview.json", ".own"
FIGURES = ("learners_registered", "learners_reached", "learners_with_credential", "credentials", "countries")
# Lists about organisations of which a member may bring in its own rows, by the column that states whose they are.
BY_MEMBERS = {"offers": "partner_id", "contributions_5w": "reported_by"}
SOURCES_WITH_OWNED_IDS = ("offers",)
# Files of one partner that may wait for a steward at once.
MOST_WAITING = 20


class NotYours(Refusal):
    """Somebody may not do this; the message states who may."""


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
        snapshot = self.snapshot
        return Arrival(
            source=snapshot.source,
            captured_on=snapshot.captured_on.isoformat(),
            provenance=snapshot.provenance,
            digest=snapshot.sha256,
            folder=snapshot.folder,
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
        NotYours: some rows are another partner's, or have ids that another partner has, or too many files wait.
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
        if sum(partner in other.partners for other in waiting(store)) >= MOST_WAITING:
            raise NotYours(f"{MOST_WAITING} files of yours wait for a steward. Ask one to look at them first.")
    _refuse_ids_of_others(store, report.source, ready.folder / "rows.parquet")
    target = store / FOLDER / report.source / _folder_of(ready)
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
        other
        for other in others
        if (other.arrival.kind, other.arrival.source, other.arrival.captured_on)
        == (PART, mine.source, mine.captured_on)
        and (other.arrival.streams & mine.streams or not mine.streams)
    ]


def waiting(store: Path) -> list[Proposal]:
    """All proposals, the newest first."""
    proposals = [read_proposal(folder) for source in sources() for folder in standing(store / FOLDER / source)]
    return sorted(proposals, key=lambda proposal: proposal.snapshot.imported_at, reverse=True)


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
    _refuse_ids_of_others(store, proposal.snapshot.source, proposal.snapshot.rows_file)


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
        before_and_after: dict[str, Any] = {"release": before.number if before else 0}
        if partner:
            build_exact(of_partner(pins, partner), fresh)
            before_and_after["figures"] = [figure for figure in _figures(old, fresh) if figure["partner"] == partner]
        else:
            built = build(pins, fresh, before=before, anew=True)
            before_and_after["figures"] = _figures(old, fresh)
            before_and_after["audit"] = {audience: built["disclosure"][audience] for audience in (COALITION, PUBLIC)}
            before_and_after |= {audience: _cells(old, fresh, audience) for audience in (COALITION, PUBLIC)}
    _keep_preview(store, f"{proposal.name}{OWN if partner else ''}", before_and_after)
    return before_and_after


@shares_again
def _keep_preview(store: Path, name: str, before_and_after: dict[str, Any]) -> None:
    target = store / PREVIEWS / name
    with locked(store), staged(store) as folder:
        (folder / PREVIEW).write_text(json.dumps(before_and_after), encoding="utf-8")
        if target.is_dir():
            remove(store, target)
        publish(store, folder, target, {"kind": "preview", "release": before_and_after["release"]})


def previewed(store: Path, proposal: Proposal, partner: str = "") -> dict[str, Any] | None:
    """The preview for stewards, or for the partner, against the release that is served; None where there is none."""
    folder = store / PREVIEWS / f"{proposal.name}{OWN if partner else ''}"
    if not folder.is_dir():
        return None
    verify(folder)
    before_and_after = json.loads((folder / PREVIEW).read_text(encoding="utf-8"))
    try:
        return before_and_after if before_and_after["release"] == current_number(store) else None
    except NothingPublished:
        return before_and_after if not before_and_after["release"] else None


def read_proposal(folder: Path) -> Proposal:
    """The proposal in a folder; StoreDamaged when it is not whole."""
    manifest = read_manifest(folder)
    account = {key: value for key, value in manifest["input"].items() if key != "sha256"}
    partners = frozenset(manifest.get("partners", ()))
    shared, reason = manifest.get("shared", {}), manifest.get("reason", "")
    return Proposal(read_snapshot(folder), manifest.get("proposed_by", ""), account, shared, partners, reason)


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
    corrected = [
        snapshot
        for snapshot in snapshots(store, report.source)
        if any(file_digest.startswith(digest) for file_digest in snapshot.parts)
    ]
    return frozenset().union(
        *(_partners(snapshot.source, snapshot.streams, snapshot.rows_file) for snapshot in corrected)
    )


def _refuse_ids_of_others(store: Path, source: str, rows: Path) -> None:
    """Raises NotYours where a row has the id of another member's record, which it would replace."""
    if source not in SOURCES_WITH_OWNED_IDS:
        return
    owners = {
        offer: owner
        for snapshot in sorted(pinned(store).get(source, ()), key=lambda pinned_snapshot: pinned_snapshot.captured_on)
        for offer, owner in _owners(snapshot.rows_file)
    }
    of_others = sorted({offer for offer, owner in _owners(rows) if owners.get(offer, owner) != owner})
    if of_others:
        raise NotYours(
            f"{', '.join(of_others[:5])} {'is' if len(of_others) == 1 else 'are'} held by another member already, "
            "whose record such rows would replace. Give yours ids of their own."
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
    keys_of: dict[str, set[str]] = {}
    for name, chosen in pinned(store).items():
        if sources()[name].people:
            for snapshot in chosen:
                for partner, keys in people_by_partner(snapshot.rows_file).items():
                    if partner not in own:
                        keys_of.setdefault(partner, set()).update(mine & keys)
    return {partner: len(keys) for partner, keys in sorted(keys_of.items()) if keys}


def _figures(old: Path | None, fresh: Path) -> list[dict[str, Any]]:
    """Figures that would change, by programme (or total) and partner (or all)."""
    before, after = (_newest(folder) for folder in (old, fresh))
    changed = []
    for programme_and_partner in sorted(before.keys() | after.keys()):
        for name in FIGURES:
            then, now_ = (
                before.get(programme_and_partner, {}).get(name, 0),
                after.get(programme_and_partner, {}).get(name, 0),
            )
            if then != now_:
                changed.append(
                    {
                        "programme": programme_and_partner[0],
                        "partner": programme_and_partner[1],
                        "figure": name,
                        "before": then,
                        "after": now_,
                    }
                )
    return changed


def _newest(folder: Path | None) -> dict[tuple[str, str], dict[str, int]]:
    if folder is None:
        return {}
    table = pq.read_table(folder / "marts" / "cube_reach.parquet").to_pandas()
    last = table.sort_values("on_date").groupby(["programme_id", "partner_id"], sort=True).last()
    return {
        programme_and_partner: {name: int(row[name]) for name in FIGURES}
        for programme_and_partner, row in last.iterrows()
    }


def _cells(old: Path | None, fresh: Path, audience: str) -> dict[str, Any]:
    """Cells that an audience would see and does not yet, and the other way round; some of each by name."""
    before, after = (_cells_shown(folder, audience) for folder in (old, fresh))
    return {
        "visible": len(after - before),
        "hidden": len(before - after),
        "examples_visible": _examples(after - before),
        "examples_hidden": _examples(before - after),
    }


def _cells_shown(folder: Path | None, audience: str) -> set[tuple[str, ...]]:
    if folder is None or not (folder / "views" / audience).is_dir():
        return set()
    cells: set[tuple[str, ...]] = set()
    for name in ("cube_funnel", "cube_country"):
        table = pq.read_table(folder / "views" / audience / f"{name}.parquet").to_pandas()
        if table.empty:
            continue
        columns = list(CUBES[name].measures(table))
        for column in columns:
            stated = table[table[column].notna()]
            if len(stated):
                rows = long(stated.assign(**{c: stated[c].fillna(0) for c in columns}), CUBES[name])
                rows = rows[rows["column"] == column]
                cells |= set(rows[KEY].astype(str).itertuples(index=False, name=None))
    return cells


def _examples(cells: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [list(cell) for cell in sorted(cells, key=lambda cell: (cell[2] != ALL, cell))[:20]]
