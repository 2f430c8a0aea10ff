"""Only so many pages are drawn at once; the others wait in line, and no longer than is of use."""

import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import turns
from dashboard.settings import PROJECT
from dashboard.turns import Turns


class Reader(threading.Thread):
    """Draws a page in its turn, until it may end."""

    def __init__(self, shared, drawn, name):
        super().__init__(daemon=True)
        self.shared, self.drawn, self.name = shared, drawn, name
        self.begun, self.may_end = threading.Event(), threading.Event()

    def run(self):
        with self.shared.turn():
            self.drawn.append(self.name)
            self.begun.set()
            assert self.may_end.wait(20)


def in_line(shared, count):
    while len(shared._line) < count:
        time.sleep(0.002)


def test_who_came_first_is_drawn_first():
    shared, drawn = Turns(at_once=2), []
    readers = [Reader(shared, drawn, name) for name in "abcd"]
    for number, reader in enumerate(readers):
        reader.start()
        assert number > 1 or reader.begun.wait(20)
        in_line(shared, number - 1)
    assert drawn == ["a", "b"]
    readers[1].may_end.set()
    assert readers[2].begun.wait(20) and not readers[3].begun.is_set()
    for reader in readers:
        reader.may_end.set()
        reader.join(20)
    assert drawn == ["a", "b", "c", "d"]
    with shared.turn(), shared.turn():
        assert not shared._free


def test_a_page_that_fails_gives_its_turn_to_the_next():
    shared = Turns(at_once=1)
    with pytest.raises(ZeroDivisionError), shared.turn():
        1 / 0  # noqa: B018
    with shared.turn():
        assert not shared._free


def test_a_turn_that_does_not_come_is_not_waited_for():
    shared = Turns(at_once=1, longest_wait=0.01)
    with shared.turn():
        with shared.turn():
            assert not shared._line
        assert shared._free == 0, "who had no turn has none to give"
    assert shared._free == 1


def test_who_waits_for_a_file_to_be_read_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(turns, "_turns", Turns(at_once=0))
    with turns.in_turn("upload"):
        pass


def test_a_page_of_the_app_is_drawn_in_its_turn(small_store, served_store, as_served, monkeypatch):
    served_store(small_store)
    shared, free = Turns(at_once=1), []
    monkeypatch.setattr(turns, "_turns", shared)
    monkeypatch.setattr("dashboard.components.page.begin_page", lambda: free.append(shared._free))
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert free == [0] and shared._free == 1
