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
    """What the mirror holds: the object of its tree (None before the first), and each file by its relative path."""

    tree: Stored | None
    entries: Mapping[str, Entry]


@dataclass(frozen=True)
class Sent:
    """What a working copy holds: each file by its relative path, and the files that are new by sha256."""

    entries: Mapping[str, Entry]
    new: Mapping[str, Path]


def mirrored(remote: Remote) -> Mirrored:
    """What was put into the mirror last; nothing where that cannot be known, so that all of it is looked at."""
    try:
        state = json.loads((remote.room / TREE).read_text(encoding="utf-8"))
        tree = Stored(str(state["object"]), int(state["bytes"])) if state["object"] else None
        return Mirrored(tree, read_tree(state["body"].encode(), str(remote.room)))
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
    mirrored_now, store = mirrored(remote), remote.mirror
    if mirrored_now.tree == head.tree and store.is_dir() and not checked:
        return
    wanted = mine.entries if mine else remote.tree(head)
    digests = {
        relative: entry.stored.sha256
        for relative, entry in mirrored_now.entries.items()
        if (store / relative).is_file() and (not checked or sha256(store / relative) == entry.stored.sha256)
    }
    units = _units(wanted)
    missing = {
        relative: entry
        for unit, entries in units.items()
        if not _is_in_place(store, unit, entries, digests, mirrored_now.entries)
        for relative, entry in entries.items()
        if unit or digests.get(relative) != entry.stored.sha256
    }
    sources = {digest: store / relative for relative, digest in digests.items()} | dict(mine.new if mine else {})
    fetched = remote.room / FETCHED
    make_folder(fetched)
    make_folder(store)
    _download(remote, [entry.stored for entry in missing.values() if entry.stored.sha256 not in sources], fetched)
    source_of = partial(_source, sources, fetched)
    for unit in sorted({_unit(relative, units) for relative in missing} - {""}):
        _put_folder(store, unit, units[unit], source_of)
    plain = [relative for relative in missing if relative in units.get("", {})]
    for relative in sorted(plain, key=lambda relative: relative == CURRENT):
        _put_file(store, relative, source_of(wanted[relative].stored))
    _drop(store, wanted, units)
    state = {"object": head.tree.name if head.tree else "", "bytes": head.tree.bytes if head.tree else 0}
    replace_durably(remote.room / TREE, json.dumps({**state, "body": write_tree(wanted).decode()}))
    shutil.rmtree(fetched)


def copied(remote: Remote, work: Path) -> tuple[Mirrored, dict[Node, Entry]]:
    """Copies the mirror, by links where nobody writes; returns what it held, and what each file of the copy is.

    Raises:
        FileNotFoundError: somebody took a file out of the mirror.
    """
    node_entries = {}
    with remote.held(MIRROR_LOCK):
        base = mirrored(remote)
        make_folder(work)
        for relative, entry in base.entries.items():
            source, target = remote.mirror / relative, work / relative
            make_folder(target.parent)
            if entry.is_published:
                os.link(source, target)
            else:
                shutil.copyfile(source, target)
                target.chmod(FILE_MODE)
            node_entries[_node(target)] = entry
    for manifest in work.rglob(MANIFEST):
        for path in (manifest.parent, *manifest.parent.rglob("*")):
            if path.is_dir():
                path.chmod(PUBLISHED_FOLDER)
    return base, node_entries


def send(remote: Remote, work: Path, known: Mapping[Node, Entry]) -> Sent:
    """Sends what is new in a working copy; bytes that the bucket holds already, under whatever name, are not sent."""
    entries, new = dict[str, Entry](), dict[str, list[str]]()
    held = {entry.stored.sha256: entry.stored for entry in known.values()}
    for relative, path in files_of(work):
        if relative.partition("/")[0] == AUDIT:
            continue
        if (entry := known.get(_node(path))) and entry.is_published:
            entries[relative] = entry
            continue
        digest = sha256(path)
        if entry and entry.stored.sha256 == digest:
            entries[relative] = entry
        else:
            new.setdefault(digest, []).append(relative)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        uploads = {
            digest: pool.submit(remote.bucket.upload, work / relatives[0], digest)
            for digest, relatives in new.items()
            if digest not in held
        }
        for digest, relatives in new.items():
            stored = held[digest] if digest in held else uploads[digest].result()
            for relative in relatives:
                entries[relative] = Entry(stored, is_published=not (work / relative).stat().st_mode & 0o200)
    return Sent(entries, {digest: work / relatives[0] for digest, relatives in new.items()})


def files_of(store: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a store that states something, by its relative path: no lock, no link, no work that goes on."""
    for path in sorted(store.rglob("*")):
        relative = str(path.relative_to(store))
        if path.is_file() and not path.is_symlink() and not is_hidden(relative):
            yield relative, path


def _node(path: Path) -> Node:
    """By which a file is known that was not written since, wherever it was moved."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _units(entries: Mapping[str, Entry]) -> dict[str, dict[str, Entry]]:
    """The files of each published folder, which is exchanged as a whole, and under "" those of none."""
    folders = {relative.removesuffix(f"/{MANIFEST}") for relative in entries if relative.endswith(f"/{MANIFEST}")}
    by_folder: dict[str, dict[str, Entry]] = {folder: {} for folder in folders}
    for relative, entry in entries.items():
        by_folder.setdefault(_unit(relative, by_folder), {})[relative] = entry
    return by_folder


def _unit(relative: str, units: Mapping[str, object]) -> str:
    steps = relative.split("/")
    above = ("/".join(steps[:length]) for length in range(1, len(steps)))
    return next((folder for folder in above if folder and folder in units), "")


def _is_in_place(
    store: Path, unit: str, entries: Mapping[str, Entry], digests: Mapping[str, str], before: Mapping[str, Entry]
) -> bool:
    """Whether a published folder is in its place: as it was put there, or by a pull that ended before it stated it."""
    if not unit or not (store / unit).is_dir():
        return False
    wanted = {relative: entry.stored.sha256 for relative, entry in entries.items()}
    if any(_is_in(relative, unit) for relative in before):
        return {relative: digest for relative, digest in digests.items() if _is_in(relative, unit)} == wanted
    paths = {f"{unit}/{relative}": path for relative, path in files_of(store / unit)}
    return paths.keys() == wanted.keys() and all(sha256(path) == wanted[relative] for relative, path in paths.items())


def _is_in(relative: str, unit: str) -> bool:
    return relative.startswith(f"{unit}/")


def _download(remote: Remote, objects: list[Stored], fetched: Path) -> None:
    wanted = {stored.sha256: stored for stored in objects}
    missing = [stored for stored in wanted.values() if not _is_whole(fetched / stored.sha256, stored.sha256)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(remote.bucket.download, stored, fetched / stored.sha256) for stored in missing]
        for download in begun:
            download.result()


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _source(sources: Mapping[str, Path], fetched: Path, stored: Stored) -> Path:
    return sources.get(stored.sha256) or fetched / stored.sha256


def _put_folder(store: Path, unit: str, entries: Mapping[str, Entry], source_of: partial[Path]) -> None:
    target = store / unit
    with workspace(store) as folder:
        fresh = folder / "fresh"
        for relative, entry in entries.items():
            file = fresh / Path(relative).relative_to(unit)
            make_folder(file.parent)
            source = source_of(entry.stored)
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


def _put_file(store: Path, relative: str, source: Path) -> None:
    with workspace(store) as folder:
        fresh = folder / "fresh"
        shutil.copyfile(source, fresh)
        fresh.chmod(FILE_MODE)
        flush(fresh)
        make_folder((store / relative).parent)
        fresh.replace(store / relative)
        flush((store / relative).parent)


def _drop(store: Path, wanted: Mapping[str, Entry], units: Mapping[str, object]) -> None:
    """Removes what no tree names: published folders at once, then what else is there."""
    for manifest in sorted(store.rglob(MANIFEST)):
        unit = str(manifest.parent.relative_to(store))
        if unit not in units and not is_hidden(unit) and unit.partition("/")[0] != AUDIT and manifest.is_file():
            remove(store, manifest.parent)
    for relative, path in files_of(store):
        if relative not in wanted and relative.partition("/")[0] != AUDIT:
            path.parent.chmod(FOLDER_MODE)
            path.unlink()


def _writable(path: Path) -> None:
    with suppress(OSError):
        path.chmod(FOLDER_MODE)
