"""Where a file is read: a folder of its own that never outlasts the import, finished or killed."""

import datetime
import os
import signal
from pathlib import Path

import pytest

from dashboard.intake import front_door
from dashboard.intake.front_door import check_file, import_file
from dashboard.intake.workplace import workplace
from tests.store.tiny import in_a_process

pytestmark = pytest.mark.usefixtures("true_child")

FILE = Path(__file__).parents[1] / "fixtures" / "unesco_closures.csv"
DAY = datetime.date(2020, 3, 20)


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """The folder of work in the store, of this test alone."""
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    places = tmp_path / "store" / ".staging"
    places.mkdir(parents=True)
    return places


def test_what_a_killed_import_left_is_removed_by_the_next(places, tmp_path, monkeypatch):
    def killed(*_args: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(front_door, "keep", killed)
        child = in_a_process(lambda: import_file(tmp_path / "store", "unesco_closures", FILE, DAY) and None)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert [path.name for path in places.glob("*/rows.parquet")] == ["rows.parquet"], "rows lie there"
    check_file("unesco_closures", FILE, DAY)
    assert not list(places.iterdir())


def test_an_import_at_work_keeps_its_folder_while_others_come_and_go(places):
    with workplace() as first:
        (first / "rows.parquet").write_bytes(b"x")
        with workplace() as second:
            (second / "rows.parquet").write_bytes(b"y")
            assert (first / "rows.parquet").read_bytes() == b"x" and first != second
        assert (first / "rows.parquet").is_file() and not second.exists()
    assert not list(places.iterdir())


def test_a_link_among_temporary_files_leads_nowhere(places, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_bytes(b"x")
    (places / "link").symlink_to(elsewhere)
    with workplace():
        pass
    assert (elsewhere / "kept").is_file()
