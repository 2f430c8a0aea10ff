"""Releases: numbered, immutable builds of the marts from pinned snapshots; `CURRENT` names the one that is served."""

import datetime
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.disclosure.policy import policy
from dashboard.refusals import Refusal
from dashboard.settings import TOOL_VERSION
from dashboard.store.audit_log import Link, last
from dashboard.store.cadence import Figures, figures_of
from dashboard.store.mirrored import mirror_of, shown
from dashboard.store.names import folders, is_relative_path
from dashboard.store.protocol import (
    StoreDamaged,
    locked,
    make_durable,
    point,
    pointed,
    publish,
    read_manifest,
    staged,
    verify,
)
from dashboard.store.removal import buried
from dashboard.store.snapshots import Snapshot, now, pinned, refuse_new_secret
from dashboard.store.views import have_columns_of, write_views
from dashboard.warehouse.build import Table, build_marts, reference_digests
from dashboard.warehouse.engines import open_engine

CURRENT = "CURRENT"
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
LARGEST = 999_999_999
MEND_CURRENT = "`coalition releases rollback N` mends it; `coalition releases list` shows which are whole."


_numbers_served: dict[Path, int] = {}


class NothingPublished(Refusal):
    """The store holds no release yet."""


class NoSuchRelease(Refusal):
    """A release was named that the store does not hold."""


@dataclass(frozen=True, eq=False)
class Release:
    """One verified release: its number, where it lies and what its manifest states. Equal only to itself."""

    number: int
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def marts(self) -> dict[str, Path]:
        """Parquet file of each mart by its name: those the manifest names, which were verified."""
        return self._tables("marts")

    def views(self, audience: str) -> dict[str, Path]:
        """Parquet file of each table as an audience of the disclosure policy may have it; empty in old releases."""
        return self._tables(f"views/{audience}")

    @property
    def tables(self) -> dict[str, Table]:
        """Tables of which the manifest states what they are made of, by name: marts, and steps that were not kept.

        None in releases of earlier versions.
        """
        stated = {**self.manifest.get("tables", {}), **self.manifest.get("steps", {})}
        marts = self.marts
        return {
            name: Table(table["made_of"], table["rows"], marts.get(name))
            for name, table in stated.items()
            if "rows" in table
        }

    @property
    def taken_over(self) -> int:
        """How many of its marts are those of an earlier release."""
        return sum(made["since"] != self.number for made in self.manifest.get("tables", {}).values())

    def _tables(self, folder: str) -> dict[str, Path]:
        return {
            Path(name).stem: self.folder / name for name in self.manifest["files"] if name.rpartition("/")[0] == folder
        }

    @property
    def demonstrations(self) -> list[str]:
        """Sources of which this release holds invented rows."""
        pins = self.manifest["snapshots"]
        return [source for source, chosen in pins.items() if any(pin["provenance"] == "demo" for pin in chosen)]


def publish_release(store: Path, put_on_record: Callable[[int], Link] | None = None, anew: bool = False) -> Release:
    """Builds the marts from the snapshots of the store and serves them as the next release.

    Tables that would be made of the same as those of the release before are taken over from it. So are figures of
    others than owners while they stand (`store/cadence.py`), unless they are to be made `anew`.

    Args:
        store: the store's folder.
        put_on_record: called with the number when the release is built and before it is anywhere; returns the last
            line of the audit log, which the manifest then holds.
        anew: whether the figures of others are made anew whatever the day.

    Raises:
        ChecksFailed, AuditFailed: rows exist that must not, or people could be worked out of what others than their
            owners would see; the release that was served before stays.
        NotRecorded: it could not be put on record; the release that was served before stays.
    """
    with locked(store), staged(store) as fresh:
        refuse_new_secret(store)
        pins = pinned(store)
        try:
            parent = current_number(store)
        except (NothingPublished, StoreDamaged):
            parent = None
        number = _next_number(store, parent or 0)
        built = build(pins, fresh, number, _release_if_whole(store, parent), anew)
        link = put_on_record(number) if put_on_record else last(store)
        publish(
            store,
            fresh,
            store / "releases" / str(number),
            {
                "kind": "release",
                "number": number,
                "parent": parent,
                "published_at": now(),
                "audit": {"line": link.line, "sha256": link.sha256},
                "tool": TOOL_VERSION,
                **built,
                "reference": reference_digests(),
                "snapshots": {
                    source: [
                        {
                            "folder": str(snapshot.folder.relative_to(store)),
                            "captured_on": snapshot.captured_on.isoformat(),
                            "provenance": snapshot.provenance,
                            "sha256": snapshot.sha256,
                            "digest": snapshot.digest,
                            "streams": sorted(snapshot.streams),
                        }
                        for snapshot in chosen
                    ]
                    for source, chosen in pins.items()
                    if chosen
                },
            },
        )
        _serve(store, number)
    return open_release(store, number)


def _release_if_whole(store: Path, number: int | None) -> Release | None:
    """The release, None where it is not whole."""
    try:
        return open_release(store, number) if number else None
    except (NoSuchRelease, StoreDamaged):
        return None


def build(
    pins: Mapping[str, Sequence[Snapshot]],
    fresh: Path,
    number: int = 0,
    before: Release | None = None,
    anew: bool = False,
) -> dict[str, Any]:
    """Builds marts and what each audience may have of them into a folder; returns what the manifest states of it.

    Args:
        pins: the snapshots it is built from.
        fresh: the folder.
        number: of the release it becomes.
        before: the release that it follows, verified: tables made of the same are taken over, and the figures of
            others than owners while their time lasts, unless its version made other columns.
        anew: whether those figures are made anew whatever the day.

    Raises:
        ChecksFailed, AuditFailed, StoreDamaged: as `publish_release`.
    """
    exact = build_exact(pins, fresh, number, before)
    figures = {
        audience: figures_of_audience
        if not (views := figures_of_audience.folder) or have_columns_of(fresh / "marts", views, audience)
        else Figures(number, today(), figures_of_audience.are_real)
        for audience, figures_of_audience in figures_of(number, pins, before, today(), anew).items()
    }
    audited = write_views(fresh / "marts", fresh / "views", figures)
    # What was taken over was audited when it was made.
    taken_over = {
        audience: before.manifest["disclosure"][audience]
        for audience, figures_of_audience in figures.items()
        if before and figures_of_audience.folder
    }
    return {
        **exact,
        "figures": {audience: figures_of_audience.in_manifest for audience, figures_of_audience in figures.items()},
        "disclosure": {"policy": policy().version, **taken_over, **audited},
    }


def build_exact(
    pins: Mapping[str, Sequence[Snapshot]], fresh: Path, number: int = 0, before: Release | None = None
) -> dict[str, Any]:
    """As `build`, without what each audience may have, so that nothing is audited.

    Raises:
        ChecksFailed, StoreDamaged: as `publish_release`.
    """
    for chosen in pins.values():
        for snapshot in chosen:
            verify(snapshot.folder)
    marts = fresh / "marts"
    marts.mkdir()
    inputs = {source: [snapshot.rows_file for snapshot in chosen] for source, chosen in pins.items()}
    engine = open_engine(builds_in=fresh / "spill")
    try:
        built = build_marts(engine, inputs, marts, fresh / "scratch", before.tables if before else {})
    finally:
        engine.close()
    for folder in ("scratch", "spill"):
        if (fresh / folder).exists():
            shutil.rmtree(fresh / folder)  # what is left in there would be published
    since = {name: before.manifest["tables"][name]["since"] for name in built.taken} if before else {}
    tables, steps = dict[str, Any](), dict[str, Any]()
    for name, table in built.tables.items():
        stated = {"made_of": table.made_of, "rows": table.rows}
        if table.file:
            tables[name] = {**stated, "since": since.get(name, number)}
        else:
            steps[name] = stated
    return {"engine": engine.name, "checks": built.checks, "tables": tables, "steps": steps}


def today() -> datetime.date:
    """The day of publishing, UTC."""
    return datetime.date.fromisoformat(now()[:10])


def is_built_from(release: Release, pins: Mapping[str, Sequence[Snapshot]]) -> bool:
    """Whether a release holds what one made from these snapshots now would hold."""
    then = {
        source: {(pin["folder"], pin["sha256"]) for pin in pins_of_source}
        for source, pins_of_source in release.manifest["snapshots"].items()
    }
    store = release.folder.parent.parent
    return then == {
        source: {(str(snapshot.folder.relative_to(store)), snapshot.sha256) for snapshot in snapshots_of_source}
        for source, snapshots_of_source in pins.items()
        if snapshots_of_source
    }


def release_numbers(store: Path) -> list[int]:
    """The numbers of all releases, ascending; a folder in which nothing lies is none."""
    paths = (path for path in folders(store / "releases") if NUMBER.fullmatch(path.name))
    return sorted(int(path.name) for path in paths if _holds_something(path))


def _holds_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:  # deleted since it was listed
        return False


def _next_number(store: Path, parent: int) -> int:
    """A number that no release has or had, so that none is taken for another one.

    Raises:
        StoreDamaged: there is none left.
    """
    number = max([*release_numbers(store), *buried(store), parent]) + 1
    while os.path.lexists(store / "releases" / str(number)):
        number += 1  # something that is no release has taken the name
    if number > LARGEST:
        raise StoreDamaged(
            f"{store / 'releases'} holds something named {number - 1}, and the next release would have a higher number "
            f"than {LARGEST}. Move it away, then publish again."
        )
    return number


def current_number(store: Path) -> int:
    """The number that `CURRENT` names.

    Raises:
        NothingPublished: there is none yet.
        StoreDamaged: CURRENT does not hold a number.
    """
    try:
        text = pointed(store, CURRENT)
    except FileNotFoundError:
        if numbers := release_numbers(store):
            raise StoreDamaged(
                f"{store} holds release {numbers[-1]}, but no {CURRENT} that names it. `coalition publish` makes a new "
                f"release; `coalition releases rollback {numbers[-1]}` serves that one."
            ) from None
        raise NothingPublished(
            f"The store {shown(store)} holds no release. `coalition demo` fills it with the demonstration; "
            "`coalition import SOURCE FILE` brings in a file of yours."
        ) from None
    except StoreDamaged as damage:
        raise StoreDamaged(f"{damage} {MEND_CURRENT}") from damage
    if not NUMBER.fullmatch(text):
        raise StoreDamaged(f"{store / CURRENT} says {text[:20]!r}, not a number. {MEND_CURRENT}")
    return int(text)


def open_release(store: Path, number: int | None = None) -> Release:
    """A release after its files were verified; the current one without a number.

    Raises:
        NothingPublished, NoSuchRelease, StoreDamaged: it cannot be served; the message states why and what to do.
    """
    if number is None:
        number = current_number(store)
    if number not in release_numbers(store):
        known = ", ".join(map(str, release_numbers(store))) or "none"
        if why := buried(store).get(number):
            raise NoSuchRelease(f"Release {number} was deleted ({why}) and cannot be served. The store holds: {known}.")
        raise NoSuchRelease(f"There is no release {number}; the store holds: {known}.")
    folder = store / "releases" / str(number)
    manifest = verify(folder)
    _refuse_other(folder, number, manifest)
    return Release(number, folder, manifest)


def _refuse_other(folder: Path, number: int, manifest: Mapping[str, Any]) -> None:
    """Raises StoreDamaged where a manifest is sound and not that of the release in whose place it lies."""
    try:
        pins = [pin for chosen in manifest["snapshots"].values() for pin in chosen]
        is_release = manifest["kind"] == "release" and isinstance(manifest["published_at"], str)
        leads_elsewhere = not all(
            is_relative_path(pin["folder"]) and pin["captured_on"] and pin["provenance"] for pin in pins
        )
        number_found = manifest["number"]
    except (KeyError, TypeError, AttributeError):
        is_release, leads_elsewhere, number_found = False, True, 0
    if not is_release or leads_elsewhere or number_found != number:
        raise StoreDamaged(
            f"{folder} is not release {number} (found: "
            f"{f'release {number_found}' if number_found else 'another manifest'}). Move the folder away; "
            "`coalition releases list` shows which releases stand."
        )


def last_good_release(store: Path, wanted: int | None = None) -> tuple[Release, str]:
    """The release wanted, else the current one; where it is damaged the newest whole one before it, with a notice.

    One after it is the last resort: it was rolled back, or its writer died before anybody was informed of it.

    Raises:
        NothingPublished, StoreDamaged, NoSuchRelease: none can be served.
    """
    try:
        wanted = wanted or current_number(store)
        return open_release(store, wanted), ""
    except (StoreDamaged, NoSuchRelease) as damage:
        newest_first = release_numbers(store)[::-1]
        before = [number for number in newest_first if not wanted or number < wanted]
        for number in [*before, *(other for other in newest_first if other not in before)]:
            try:
                release = open_release(store, number)
            except StoreDamaged:
                continue
            return release, f"Release {number} is shown, the newest one that is whole. {damage}"
        raise


def rollback(store: Path, number: int) -> Release:
    """Serves an earlier release again, after verifying it.

    Raises:
        NoSuchRelease, StoreDamaged: it is not there or not whole; nothing changed.
    """
    with locked(store):
        release = open_release(store, number)
        make_durable(store, release.folder.parent)  # a writer that died after the rename has not seen to that
        _serve(store, number)
    return release


def number_served(store: Path) -> int | None:
    """The release that this process had served last; None where only others did."""
    return _numbers_served.get(mirror_of(store))


def _serve(store: Path, number: int) -> None:
    point(store, CURRENT, str(number))
    _numbers_served[mirror_of(store)] = number


def manifest_of(store: Path, number: int) -> dict[str, Any]:
    """The manifest of a release, whose files are not looked at; StoreDamaged where it cannot be read or is another."""
    folder = store / "releases" / str(number)
    manifest = read_manifest(folder)
    _refuse_other(folder, number, manifest)
    return manifest


def manifests(store: Path) -> list[dict[str, Any]]:
    """The manifests of all releases, ascending; one that cannot be read is given as its number and the reason."""
    all_manifests = []
    for number in release_numbers(store):
        try:
            all_manifests.append(manifest_of(store, number))
        except StoreDamaged as damage:
            all_manifests.append({"number": number, "damage": str(damage)})
    return all_manifests
