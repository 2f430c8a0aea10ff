"""The mirror of a store in a bucket: brought to what HEAD names, copied for a transaction, and read back after it.

Whoever reads the mirror sees whole folders always: what is new is complete in its place before `CURRENT` changes, and
what is gone goes last. Bytes come from where they are: the mirror, the working copy of this machine, else the bucket.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dashboard.store.bucket import ObjectGone, Stored
from dashboard.store.protocol import MANIFEST, PUBLISHED_FILE, PUBLISHED_FOLDER, StoreDamaged, sha256
from dashboard.store.releases import CURRENT
from dashboard.store.remote import (
    MIRROR_LOCK,
    TREE,
    Entry,
    Head,
    Remote,
    read_tree,
    replace_durably,
    write_tree,
)
from dashboard.store.remote_log import FOLDER as AUDIT
from dashboard.store.remote_log import is_hidden
from dashboard.store.removal import remove
from dashboard.store.workspace import FILE_MODE, FOLDER_MODE, flush, make_folder, workspace

FETCHED = "objects"
AT_ONCE = 8
# So often a pull begins again since HEAD changed under it.
RESTARTS = 8
Node = tuple[int, int, int]


@dataclass(frozen=True)
class Mirrored:
    """What the mirror holds: the object of its tree (None before the first), and each file by its place."""

    tree: Stored | None
    entries: Mapping[str, Entry]


@dataclass(frozen=True)
class Sent:
    """What a working copy holds: each file by its place, and the files that are new by sha256."""

    entries: Mapping[str, Entry]
    new: Mapping[str, Path]


def mirrored(remote: Remote) -> Mirrored:
    """What was put into the mirror last; nothing where that cannot be told, so that all of it is looked at."""
    try:
        said = json.loads((remote.room / TREE).read_text(encoding="utf-8"))
        tree = Stored(str(said["object"]), int(said["bytes"])) if said["object"] else None
        return Mirrored(tree, read_tree(said["body"].encode(), str(remote.room)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StoreDamaged):
        return Mirrored(None, {})


def pull(remote: Remote, head: Head | None = None, mine: Sent | None = None, checked: bool = False) -> Head:
    """Brings the mirror to what HEAD names, and returns that.

    Args:
        remote: the store.
        head: as it was just read; else it is read now.
        mine: what this machine has just sent, if it is that.
        checked: whether every file of the mirror is read and one that is damaged exchanged.

    Raises:
        StoreUnreachable, BucketRefused, StoreDamaged: the mirror stays on a release that it had.
    """
    with remote.held(MIRROR_LOCK):
        for _ in range(RESTARTS):
            head = head or remote.latest()
            try:
                _bring(remote, head, mine, checked)
            except ObjectGone as gone:
                before, head, mine = head, remote.latest(), None
                if head.tree == before.tree:
                    raise StoreDamaged(
                        f"An object that HEAD of {remote.address} names is gone. Put it back from a copy of the "
                        "bucket, or restore a backup into another prefix."
                    ) from gone
                continue
            return head
    raise StoreDamaged(f"{remote.address} changes faster than it can be read. Do the same again.")


def _bring(remote: Remote, head: Head, mine: Sent | None, checked: bool) -> None:
    there, store = mirrored(remote), remote.mirror
    if there.tree == head.tree and store.is_dir() and not checked:
        return
    wanted = mine.entries if mine else remote.tree(head)
    here = {
        place: entry.stored.sha256
        for place, entry in there.entries.items()
        if (store / place).is_file() and (not checked or sha256(store / place) == entry.stored.sha256)
    }
    units = _units(wanted)
    missing = {
        place: entry
        for unit, places in units.items()
        if not _stands(store, unit, places, here, there.entries)
        for place, entry in places.items()
        if unit or here.get(place) != entry.stored.sha256
    }
    sources = {digest: store / place for place, digest in here.items()} | dict(mine.new if mine else {})
    fetched = remote.room / FETCHED
    make_folder(fetched)
    make_folder(store)
    _download(remote, [one.stored for one in missing.values() if one.stored.sha256 not in sources], fetched)
    find = partial(_source, sources, fetched)
    for unit in sorted({_unit(place, units) for place in missing} - {""}):
        _put_folder(store, unit, units[unit], find)
    plain = [place for place in missing if place in units.get("", {})]
    for place in sorted(plain, key=lambda place: place == CURRENT):
        _put_file(store, place, find(wanted[place].stored))
    _drop(store, wanted, units)
    said = {"object": head.tree.name if head.tree else "", "bytes": head.tree.bytes if head.tree else 0}
    replace_durably(remote.room / TREE, json.dumps({**said, "body": write_tree(wanted).decode()}))
    shutil.rmtree(fetched)


def copied(remote: Remote, work: Path) -> tuple[Mirrored, dict[Node, Entry]]:
    """Copies the mirror, by links where nobody writes; returns what it held, and what each file of the copy is.

    Raises:
        FileNotFoundError: somebody took a file out of the mirror.
    """
    found = {}
    with remote.held(MIRROR_LOCK):
        base = mirrored(remote)
        make_folder(work)
        for place, entry in base.entries.items():
            source, target = remote.mirror / place, work / place
            make_folder(target.parent)
            if entry.is_published:
                os.link(source, target)
            else:
                shutil.copyfile(source, target)
                target.chmod(FILE_MODE)
            found[_node(target)] = entry
    for manifest in work.rglob(MANIFEST):
        for path in (manifest.parent, *manifest.parent.rglob("*")):
            if path.is_dir():
                path.chmod(PUBLISHED_FOLDER)
    return base, found


def send(remote: Remote, work: Path, known: Mapping[Node, Entry]) -> Sent:
    """Sends what is new in a working copy; bytes that the bucket holds already, under whatever name, are not sent."""
    entries, new = dict[str, Entry](), dict[str, list[str]]()
    held = {entry.stored.sha256: entry.stored for entry in known.values()}
    for place, path in files_of(work):
        if place.partition("/")[0] == AUDIT:
            continue
        if (entry := known.get(_node(path))) and entry.is_published:
            entries[place] = entry
            continue
        digest = sha256(path)
        if entry and entry.stored.sha256 == digest:
            entries[place] = entry
        else:
            new.setdefault(digest, []).append(place)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        uploads = {
            digest: pool.submit(remote.bucket.upload, work / places[0], digest)
            for digest, places in new.items()
            if digest not in held
        }
        for digest, places in new.items():
            stored = held[digest] if digest in held else uploads[digest].result()
            for place in places:
                entries[place] = Entry(stored, is_published=not (work / place).stat().st_mode & 0o200)
    return Sent(entries, {digest: work / places[0] for digest, places in new.items()})


def files_of(store: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a store that says something, by its place: no lock, no link, no work that goes on."""
    for path in sorted(store.rglob("*")):
        place = str(path.relative_to(store))
        if path.is_file() and not path.is_symlink() and not is_hidden(place):
            yield place, path


def _node(path: Path) -> Node:
    """By which a file is known that was not written since, wherever it was moved."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _units(entries: Mapping[str, Entry]) -> dict[str, dict[str, Entry]]:
    """The files of each published folder, which is exchanged as a whole, and under "" those of none."""
    folders = {place.removesuffix(f"/{MANIFEST}") for place in entries if place.endswith(f"/{MANIFEST}")}
    found: dict[str, dict[str, Entry]] = {folder: {} for folder in folders}
    for place, entry in entries.items():
        found.setdefault(_unit(place, found), {})[place] = entry
    return found


def _unit(place: str, units: Mapping[str, object]) -> str:
    steps = place.split("/")
    above = ("/".join(steps[:length]) for length in range(1, len(steps)))
    return next((folder for folder in above if folder and folder in units), "")


def _stands(
    store: Path, unit: str, places: Mapping[str, Entry], here: Mapping[str, str], before: Mapping[str, Entry]
) -> bool:
    """Whether a published folder is in its place: as it was put there, or by a pull that ended before it said so."""
    if not unit or not (store / unit).is_dir():
        return False
    wanted = {place: entry.stored.sha256 for place, entry in places.items()}
    if any(_is_in(place, unit) for place in before):
        return {place: digest for place, digest in here.items() if _is_in(place, unit)} == wanted
    found = {f"{unit}/{place}": path for place, path in files_of(store / unit)}
    return found.keys() == wanted.keys() and all(sha256(path) == wanted[place] for place, path in found.items())


def _is_in(place: str, unit: str) -> bool:
    return place.startswith(f"{unit}/")


def _download(remote: Remote, objects: list[Stored], fetched: Path) -> None:
    wanted = {one.sha256: one for one in objects}
    missing = [one for one in wanted.values() if not _is_whole(fetched / one.sha256, one.sha256)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(remote.bucket.download, one, fetched / one.sha256) for one in missing]
        for one in begun:
            one.result()


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _source(sources: Mapping[str, Path], fetched: Path, stored: Stored) -> Path:
    return sources.get(stored.sha256) or fetched / stored.sha256


def _put_folder(store: Path, unit: str, places: Mapping[str, Entry], find: partial[Path]) -> None:
    target = store / unit
    with workspace(store) as folder:
        fresh = folder / "fresh"
        for place, entry in places.items():
            file = fresh / Path(place).relative_to(unit)
            make_folder(file.parent)
            source = find(entry.stored)
            if entry.is_published:
                os.link(source, file)
            else:
                shutil.copyfile(source, file)
            file.chmod(PUBLISHED_FILE if entry.is_published else FILE_MODE)
        for path in fresh.rglob("*"):
            if path.is_dir():
                path.chmod(PUBLISHED_FOLDER)
                flush(path)
        flush(fresh)
        make_folder(target.parent)
        if os.path.lexists(target):
            _writable(target)
            target.rename(folder / "before")
        fresh.rename(target)
        target.chmod(PUBLISHED_FOLDER)
        flush(target.parent)


def _put_file(store: Path, place: str, source: Path) -> None:
    with workspace(store) as folder:
        fresh = folder / "fresh"
        shutil.copyfile(source, fresh)
        fresh.chmod(FILE_MODE)
        flush(fresh)
        make_folder((store / place).parent)
        fresh.replace(store / place)
        flush((store / place).parent)


def _drop(store: Path, wanted: Mapping[str, Entry], units: Mapping[str, object]) -> None:
    """Removes what no tree names: published folders at once, then what else is there."""
    for manifest in sorted(store.rglob(MANIFEST)):
        unit = str(manifest.parent.relative_to(store))
        if unit not in units and not is_hidden(unit) and unit.partition("/")[0] != AUDIT and manifest.is_file():
            remove(store, manifest.parent)
    for place, path in files_of(store):
        if place not in wanted and place.partition("/")[0] != AUDIT:
            path.parent.chmod(FOLDER_MODE)
            path.unlink()


def _writable(path: Path) -> None:
    with suppress(OSError):
        path.chmod(FOLDER_MODE)
