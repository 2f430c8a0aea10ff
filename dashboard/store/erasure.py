"""People leave the store: their rows from every snapshot, the releases that counted them, and files to come.

What stays is a list of marks (`erased/<n>/marks.txt`), made of a person's keys under the secret: whoever has the store
alone can read from a mark neither person nor key. The list is what an erasure is: everything else follows from it and
can be done again, after a crash or after an older backup was restored.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.refusals import Refusal
from dashboard.store.audit_log import Link
from dashboard.store.erased import FOLDER, MARKS, lists, marks
from dashboard.store.mirrored import is_mirror
from dashboard.store.names import folders
from dashboard.store.protocol import StoreDamaged, locked, publish, read_manifest, staged, verify
from dashboard.store.releases import NothingPublished, current_number, manifest_of, publish_release, release_numbers
from dashboard.store.removal import bury, remove
from dashboard.store.snapshots import SNAPSHOT_FOLDERS, next_version, now, standing
from dashboard.store.workspace import ABOUT_NOBODY, STAGING, sweep
from dashboard.warehouse.catalog import sources

KEYS = ("id_key", "email_key")
WHY = "learners whom it counted were erased"

Mark = Callable[[str], str]


class NobodyFound(Refusal):
    """A learner to be erased is in no file of the store."""


class AddressShared(Refusal):
    """An address to be erased is that of several learners."""


class TracesLeft(Refusal):
    """Something of an erased learner is still in the store."""


@dataclass(frozen=True)
class Person:
    """The keys of one learner as the operator named her; either may be empty."""

    id_key: str
    email_key: str


@dataclass(frozen=True)
class Linked:
    """All keys of the learners named. `shared` counts addresses of theirs that other learners use too; those stay."""

    ids: frozenset[str]
    emails: frozenset[str]
    shared: int

    @property
    def keys(self) -> frozenset[str]:
        """Ids and addresses."""
        return self.ids | self.emails


@dataclass
class Erased:
    """What an erasure did: rows by snapshot, releases deleted, the release served since (None: it needed no new one).

    `removed` names withdrawn snapshots that were damaged and are deleted; `unread` those keyed under another secret, in
    which nobody could be looked for.
    """

    rows: dict[str, int] = field(default_factory=dict)
    buried: list[int] = field(default_factory=list)
    release: int | None = None
    removed: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def link(store: Path, people: Sequence[Person], mark: Mark) -> Linked:
    """The keys under which the learners stand anywhere: an address beside an id is hers, and an id beside her address.

    An address that stands beside several ids of one partner is nobody's alone, and links nothing.

    Raises:
        NobodyFound: one of them is in no file and was not erased before.
        AddressShared: an address that was named is not one learner's.
    """
    files = [path / "rows.parquet" for path in _of_people(store) if _is_sound(path)]
    ids, emails = {person.id_key for person in people} - {""}, {person.email_key for person in people} - {""}
    named = frozenset(emails)
    seen: set[tuple[str, str | None, str | None]] = set()
    while True:
        pairs = _keys_beside(files, ids, emails)
        seen |= pairs
        theirs = {email for _, id_key, email in pairs if email and id_key in ids}
        pairs |= _keys_beside(files, set(), theirs)
        beside: dict[str, dict[str, set[str]]] = {}
        for partner, id_key, email in pairs:
            if email and id_key:
                beside.setdefault(email, {}).setdefault(partner, set()).add(id_key)
        shared = {
            email
            for email, by_partner in beside.items()
            if any(len(their_ids) > 1 and not their_ids <= ids for their_ids in by_partner.values())
        }
        if refused := named & shared:
            raise AddressShared(
                f"{len(refused)} of the addresses stand beside the ids of several learners of one partner. Name the "
                "learners themselves (`--learner`). Nothing was erased."
            )
        more_emails = emails | (theirs - shared)
        more_ids = ids | {
            id_key for email in more_emails for their_ids in beside.get(email, {}).values() for id_key in their_ids
        }
        if (more_ids, more_emails) == (ids, emails):
            break
        ids, emails = more_ids, more_emails
    held = {key for _, *keys in seen for key in keys if key}
    before = marks(store)
    known = [any(key in held or mark(key) in before for key in (p.id_key, p.email_key) if key) for p in people]
    if not all(known):
        which = ", ".join(str(number) for number, is_known in enumerate(known, start=1) if not is_known)
        raise NobodyFound(
            f"Of {len(people)} given, number {which} is in no file of the store. Look at the spelling, or leave it "
            "out. Nothing was erased."
        )
    return Linked(frozenset(ids), frozenset(emails), len(shared & theirs))


def remember(store: Path, keys: Iterable[str], mark: Mark) -> None:
    """Puts the keys on the list of those who were erased: from now on the front door lets none of them in."""
    with locked(store):
        new = sorted({mark(key) for key in keys} - marks(store))
        if not new:
            return
        number = max((int(folder.name) for folder in lists(store)), default=0) + 1
        with staged(store) as fresh:
            (fresh / MARKS).write_text("".join(f"{line}\n" for line in new), encoding="ascii")
            publish(
                store, fresh, store / FOLDER / str(number), {"kind": "erasure", "erased_at": now(), "marks": len(new)}
            )


def carry_out(store: Path, mark: Mark, secret: str, put_on_record: Callable[[int], Link] | None = None) -> Erased:
    """Rewrites every snapshot that holds someone of the list, publishes, and deletes the releases that counted them.

    Does what is left to do: nothing when everything is done. `secret` is the fingerprint under which `mark` marks;
    `put_on_record` is as of `publish_release`.
    """
    done = Erased()
    with locked(store):
        is_listed = _Listed(marks(store), mark)
        for folder in _of_people(store):
            if not _is_sound(folder):
                remove(store, folder)  # nobody can look into it, and nothing is built from it
                done.removed.append(str(folder.relative_to(store)))
                continue
            manifest = read_manifest(folder)
            if manifest["input"].get("learner_secret", secret) not in ("", secret):
                done.unread.append(str(folder.relative_to(store)))
            elif rows := _rewrite(store, folder, manifest, is_listed):
                done.rows[str(folder.relative_to(store))] = rows
        _remove_superseded(store)
        affected = [number for number in release_numbers(store) if _counts_somebody_erased(store, number, is_listed)]
    try:
        needs_new = current_number(store) in affected
    except (NothingPublished, StoreDamaged):
        needs_new = bool(affected)
    if needs_new:
        done.release = publish_release(store, put_on_record).number
    with locked(store):
        for number in affected:
            bury(store, number, WHY, now())
            done.buried.append(number)
    return done


@dataclass(frozen=True)
class Traces:
    """Files that were searched, byte by byte and Parquet value by value, and those that hold one of the keys.

    `at_work` are files of previews, imports and comparisons that go on: they are half written and gone soon. What a
    server keeps for as long as it runs is about no learner, so it is none of them; the tables it copies were searched.
    """

    searched: int
    found: tuple[str, ...]
    at_work: tuple[str, ...]


def traces(store: Path, keys: frozenset[str]) -> Traces:
    """Looks for the keys in every file of the store, work that goes on included."""
    with nullcontext() if is_mirror(store) else locked(store):  # what was left by processes that ended goes
        sweep(store)
    searched, holding, working = 0, list[str](), list[str]()
    wanted = [key.encode() for key in keys]
    for path in sorted(store.rglob("*")):
        is_work = STAGING in path.relative_to(store).parts
        try:
            if path.is_symlink() or not path.is_file():
                continue
            raw = path.read_bytes()
            holds = any(key in raw for key in wanted)
            holds = holds or path.suffix == ".parquet" and _holds(path, keys.__contains__)
        except (FileNotFoundError, StoreDamaged):
            if not is_work and path.exists() and not _is_about_nobody(path.relative_to(store)):
                raise
            holds = False  # a file of work, not yet whole or gone already; or a damaged one of a source without people
        if is_work and not path.name.startswith(ABOUT_NOBODY):
            working.append(str(path.relative_to(store)))
            continue
        searched += 1
        if holds:
            holding.append(str(path.relative_to(store)))
    return Traces(searched, tuple(holding), tuple(name for name in working if (store / name).exists()))


def _is_about_nobody(relative: Path) -> bool:
    """Whether a file lies among those of a source that is not about people."""
    kind, source = (*relative.parts, "", "")[:2]
    return kind in SNAPSHOT_FOLDERS and source in sources() and not sources()[source].people


class _Listed:
    """Whether a key is of someone on the list; each key is marked once."""

    def __init__(self, listed: frozenset[str], mark: Mark) -> None:
        self._listed, self._mark = listed, mark
        self._known: dict[str, bool] = {}

    def __call__(self, key: str) -> bool:
        if key not in self._known:
            self._known[key] = self._mark(key) in self._listed
        return self._known[key]


def _of_people(store: Path) -> list[Path]:
    """Every snapshot about people, those withdrawn too."""
    return [
        folder
        for kind in SNAPSHOT_FOLDERS
        for source, card in sources().items()
        if card.people
        for folder in standing(store / kind / source)
    ]


def _is_sound(folder: Path) -> bool:
    """False for a withdrawn snapshot that is damaged; one that a release may be built from must be whole.

    Raises:
        StoreDamaged: it is not.
    """
    try:
        verify(folder)
    except StoreDamaged:
        if folder.parent.parent.name == "snapshots":
            raise
        return False
    return True


def _keys_beside(files: Iterable[Path], ids: set[str], emails: set[str]) -> set[tuple[str, str | None, str | None]]:
    """Partner, id and address of every row that has one of the ids or one of the addresses."""
    pairs: set[tuple[str, str | None, str | None]] = set()
    for file in files:
        for table in _row_groups(file, ("partner_id", *KEYS)):
            columns = {name: table[name] for name in table.column_names}
            mask = _any_of(
                [
                    pc.is_in(columns[name], pa.array(sorted(keys), pa.string()))
                    for name, keys in zip(KEYS, (ids, emails), strict=True)
                    if name in columns
                ]
            )
            for row in table.filter(mask).to_pylist():
                pairs.add((row.get("partner_id") or "", row.get("id_key"), row.get("email_key")))
    return pairs


def _rewrite(store: Path, folder: Path, original: dict[str, Any], is_listed: _Listed) -> int:
    """Publishes the snapshot anew without the rows of those on the list; returns how many went."""
    rows = folder / "rows.parquet"
    if not _holds(rows, is_listed, KEYS):
        return 0
    with staged(store) as fresh:
        erased = 0
        for path in folder.iterdir():
            if path.name not in ("rows.parquet", "manifest.json"):
                shutil.copyfile(path, fresh / path.name)
        with pq.ParquetWriter(fresh / "rows.parquet", pq.read_schema(rows), compression="zstd") as writer:
            for table in _row_groups(rows):
                kept = table.filter(
                    pc.invert(_any_of([_mask_of_listed(table[name], is_listed) for name in _keys_of(table)]))
                )
                erased += table.num_rows - kept.num_rows
                writer.write_table(kept)
        account = dict(original["input"])
        account["published"] -= erased
        account["collapsed"] += erased
        account["erased"] = account.get("erased", 0) + erased
        manifest = {key: value for key, value in original.items() if key not in ("files", "digest")}
        publish(store, fresh, next_version(folder), {**manifest, "input": account, "erased_at": now()})
    remove(store, folder)
    return erased


def _remove_superseded(store: Path) -> None:
    """Deletes what an erasure that was interrupted had rewritten already and not yet deleted."""
    for kind in SNAPSHOT_FOLDERS:
        for source in sources():
            folder = store / kind / source
            keep = set(standing(folder))
            for path in folders(folder):
                if path not in keep:
                    remove(store, path)


def _counts_somebody_erased(store: Path, number: int, is_listed: _Listed) -> bool:
    """Whether a release was built from a snapshot that was rewritten since, or holds someone, or cannot be read."""
    folder = store / "releases" / str(number)
    try:
        of_release = manifest_of(store, number)
    except StoreDamaged:
        return True
    erased = [manifest for manifest in map(read_manifest, _of_people(store)) if "erased_at" in manifest]
    rewritten: dict[tuple[str, str], dict[str, str]] = {}
    for manifest in erased:
        rewritten.setdefault((manifest["source"], manifest["input"]["sha256"]), {})[manifest["digest"]] = manifest[
            "erased_at"
        ]
    for source, chosen in of_release["snapshots"].items():
        for pin in chosen:
            versions = rewritten.get((source, pin["sha256"]), {})
            if not versions or pin.get("digest") in versions:
                continue
            # Releases of earlier versions do not name the version of a snapshot: there the clock has to do.
            if "digest" in pin or of_release["published_at"] < max(versions.values()):
                return True
    try:
        return any(_holds(path, is_listed) for path in sorted((folder / "marts").glob("*.parquet")))
    except StoreDamaged:
        return True


def _holds(path: Path, is_wanted: Callable[[str], bool], columns: Sequence[str] = ()) -> bool:
    """Whether some text of the Parquet file is wanted; of those columns only, when some are named."""
    with _refusing_unreadable(path):
        names = [field.name for field in pq.read_schema(path) if pa.types.is_string(field.type)]
    names = [name for name in names if name in columns or not columns]
    return any(
        is_wanted(value)
        for table in (_row_groups(path, names) if names else ())
        for name in names
        for value in pc.unique(table[name]).to_pylist()
        if value is not None
    )


def _row_groups(path: Path, columns: Sequence[str] = ()) -> Iterator[pa.Table]:
    """The file in pieces that fit into memory; of columns that it lacks, nothing."""
    with _refusing_unreadable(path), pq.ParquetFile(path) as file:
        names = [name for name in file.schema_arrow.names if name in columns or not columns]
        for at in range(file.num_row_groups):
            yield file.read_row_group(at, names)


@contextmanager
def _refusing_unreadable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as wrong:
        raise StoreDamaged(
            f"{path} cannot be read ({type(wrong).__name__}); nobody can be looked for in it."
        ) from wrong


def _keys_of(table: pa.Table) -> list[str]:
    return [name for name in KEYS if name in table.column_names]


def _mask_of_listed(column: pa.ChunkedArray, is_listed: _Listed) -> pa.ChunkedArray:
    hit = [key for key in pc.unique(column).to_pylist() if key is not None and is_listed(key)]
    return pc.is_in(column, pa.array(hit, pa.string()))


def _any_of(masks: list[Any]) -> Any:
    together = masks[0]
    for mask in masks[1:]:
        together = pc.or_(together, mask)
    return together
