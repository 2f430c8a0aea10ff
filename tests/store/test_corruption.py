"""Flipped bits and cut-off files: noticed every time, never served, and the last good release is shown with a notice.

In full with COALITION_FULL_TESTS=1, else a part of the same cases.
"""

import errno
import os
import random
from pathlib import Path

import pytest

from dashboard.store import protocol, releases
from dashboard.store.protocol import StoreDamaged
from tests.store.simulated_disk import SimulatedDisk, copy_of
from tests.store.tiny import FULL, build_tiny_releases, page

FLIPS, TRUNCATIONS = (500, 100) if FULL else (45, 15)


@pytest.fixture
def store(small_store, tmp_path):
    """Two releases of every real mart; the second is served."""
    store = copy_of(small_store, tmp_path / "store")
    releases.publish_release(store)
    return store


@pytest.fixture
def tiny_store(tmp_path, monkeypatch):
    build_tiny_releases(monkeypatch)
    (tmp_path / "root").mkdir()
    with SimulatedDisk(tmp_path / "root").watching():
        for _ in range(3):
            releases.publish_release(tmp_path / "root" / "store")
    return tmp_path / "root" / "store"


def test_a_flipped_bit_or_a_cut_off_file_is_never_served(store):
    chance = random.Random(5)
    folder = store / "releases" / "2"
    marts = sorted((folder / "marts").iterdir())
    kinds = [[store / "CURRENT"], [folder / "manifest.json"], marts, marts]
    detected, served_whole, undetected = 0, 0, list[str]()
    for number in range(FLIPS + TRUNCATIONS):
        file = chance.choice(kinds[number % len(kinds)])
        body = file.read_bytes()
        if number < FLIPS:
            at, bit = chance.randrange(len(body)), chance.randrange(8)
            damaged = body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1 :]
            what = f"bit {bit} of byte {at} of {file.name}"
        else:
            damaged = body[: chance.choice([0, len(body) - 1, chance.randrange(len(body))])]
            what = f"{file.name} cut to {len(damaged)} of {len(body)} bytes"
        file.chmod(0o644)
        file.write_bytes(damaged)
        try:
            releases.open_release(store)
            undetected.append(what)
        except (StoreDamaged, releases.NoSuchRelease):
            detected += 1
        release, notice = releases.last_good_release(store)
        # With CURRENT damaged both releases are whole, and the newest of them is shown.
        whole = release.number == (2 if file.name == "CURRENT" else 1)
        served_whole += whole and f"Release {release.number} is shown" in notice
        file.write_bytes(body)
    assert not releases.last_good_release(store)[1], "all is mended again"
    counts = (
        f"of {FLIPS} flips and {TRUNCATIONS} truncations {detected} were detected; {served_whole} times the last good"
    )
    print(f"{counts} release was shown with a notice")
    assert (detected, served_whole) == (FLIPS + TRUNCATIONS,) * 2, f"{counts} one was shown; not noticed: {undetected}"


def test_every_bit_and_every_length_of_current_is_checked(tiny_store):
    releases.rollback(tiny_store, 2)
    current = tiny_store / "CURRENT"
    body = current.read_bytes()
    broken = [body[:at] for at in range(len(body))]
    broken += [body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1 :] for at in range(len(body)) for bit in range(8)]
    noticed = 0
    for damaged in broken:
        current.write_bytes(damaged)
        with pytest.raises(StoreDamaged, match="rollback"):
            releases.current_number(tiny_store)
        noticed += 1
    assert noticed == len(body) * 9


def test_a_manifest_that_reads_the_same_but_is_not_the_same_is_noticed(tiny_store):
    manifest = tiny_store / "releases" / "3" / "manifest.json"
    manifest.chmod(0o644)
    for same in (manifest.read_text().rstrip("\n"), manifest.read_text() + "\n"):
        manifest.write_text(same)
        with pytest.raises(StoreDamaged, match="not the one that was published"):
            releases.open_release(tiny_store)


def test_a_file_that_the_disk_cannot_read_is_damage_and_not_an_outage(tiny_store, monkeypatch):
    sha256 = protocol.sha256

    def bad_sector(path: Path) -> str:
        if "releases/3/" in str(path):
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return sha256(path)

    monkeypatch.setattr(protocol, "sha256", bad_sector)
    release, notice = releases.last_good_release(tiny_store)
    assert release.number == 2 and "cannot be read" in notice


def test_a_release_that_was_rolled_back_is_the_last_to_stand_in_for_a_damaged_one(tiny_store):
    releases.rollback(tiny_store, 2)
    for number, shown in ((2, 1), (1, 3)):
        mart = next((tiny_store / "releases" / str(number) / "marts").iterdir())
        mart.chmod(0o644)
        mart.write_bytes(b"x")
        release, notice = releases.last_good_release(tiny_store)
        assert release.number == shown and f"Release {shown} is shown" in notice
        page(release)
