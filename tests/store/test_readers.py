"""Readers while releases are published and rolled back: a page is of one release from its first table to its last.

In full with COALITION_FULL_TESTS=1, else a part of the same cases.
"""

import json
import os
from pathlib import Path

import pytest

from dashboard.store import releases
from tests.store.tiny import FULL, build_tiny_releases, in_a_process, page

READERS, PUBLISHES = (8, 200) if FULL else (3, 15)
WRITERS, EACH = (4, 25) if FULL else (3, 5)


@pytest.fixture
def store(tmp_path, monkeypatch):
    build_tiny_releases(monkeypatch)
    releases.publish_release(tmp_path / "store")
    return tmp_path / "store"


def read_pages(store: Path, until: Path, said: Path) -> None:
    """Takes CURRENT once for a page and reads its tables twice, until told to stop; notes what each page was of."""
    pages, notices = list[tuple[int, int]](), list[str]()
    stop = False
    while not stop:
        stop = until.exists()
        release, notice = releases.last_good_release(store)
        pages.append((release.number, page(release)))
        assert page(release) == pages[-1][1], "the same page, read once more"
        if notice:
            notices.append(notice)
    said.write_text(json.dumps({"pages": pages, "notices": notices}))


def test_readers_see_one_whole_release_a_page_while_others_are_published(store, tmp_path):
    until = tmp_path / "stop"
    said = [tmp_path / f"reader-{number}" for number in range(READERS)]
    children = [in_a_process(lambda file=file: read_pages(store, until, file)) for file in said]
    stamps = {1: page(releases.open_release(store))}
    try:
        for number in range(PUBLISHES):
            release = releases.publish_release(store)
            stamps[release.number] = page(release)
            if number % 5 == 0:
                releases.rollback(store, 1 + number // 2)
    finally:
        until.touch()
        codes = [os.waitpid(child, 0)[1] for child in children]
    assert codes == [0] * READERS, f"of {READERS} readers {sum(code != 0 for code in codes)} failed"
    heard = [json.loads(file.read_text()) for file in said]
    pages = [tuple(one) for reader in heard for one in reader["pages"]]
    torn = [one for one in pages if stamps.get(one[0]) != one[1]]
    notices = [notice for reader in heard for notice in reader["notices"]]
    counts = f"{READERS} readers, {PUBLISHES} publishes, {len(pages)} pages of {len(set(pages))} releases"
    print(f"{counts}: {len(torn)} torn, {len(notices)} notices")
    assert not torn and not notices, f"{counts}: {len(torn)} torn {torn[:5]}, {len(notices)} notices {notices[:3]}"
    assert len(pages) >= READERS and {reader["pages"][-1][0] for reader in heard} == {release.number}, counts


def test_writers_wait_for_each_other(store):
    def write() -> None:
        for number in range(EACH):
            release = releases.publish_release(store)
            if number % 2:
                releases.rollback(store, release.number)

    children = [in_a_process(write) for _ in range(WRITERS)]
    codes = [os.waitpid(child, 0)[1] for child in children]
    wanted = list(range(1, WRITERS * EACH + 2))
    assert codes == [0] * WRITERS, f"of {WRITERS} writers {sum(code != 0 for code in codes)} failed"
    assert releases.release_numbers(store) == wanted, f"{WRITERS} writers of {EACH} releases each lost some"
    for number in wanted:
        assert releases.open_release(store, number).manifest["number"] == number
        page(releases.open_release(store, number))


def test_a_reader_is_given_the_release_it_asks_for_whatever_current_says_by_then(store):
    releases.publish_release(store)
    asked = releases.current_number(store)
    releases.publish_release(store)
    release, notice = releases.last_good_release(store, asked)
    assert (release.number, notice) == (2, "")


def test_a_release_that_is_deleted_while_releases_are_listed_is_none(tmp_path, monkeypatch):
    """Another process prunes between the listing and the look into the folder."""
    kept, gone = tmp_path / "releases" / "2", tmp_path / "releases" / "1"
    kept.mkdir(parents=True)
    (kept / "manifest.json").touch()
    monkeypatch.setattr(releases, "folders", lambda _folder: [gone, kept])
    assert releases.release_numbers(tmp_path) == [2]
