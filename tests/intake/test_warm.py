"""The forked child that tests have files read by is the child of the front door in all but its start."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.intake import front_door
from dashboard.intake.front_door import check_file
from dashboard.intake.limits import BROWSER
from dashboard.intake.report import FileRefused
from tests.fills import CAPTURED, FIXTURES
from tests.warm import Child

DAY = datetime.date(2020, 3, 20)


def outcome(source, file, **how):
    """What becomes of a file, in words; of a child that died, by which code."""
    try:
        return check_file(source, file, DAY, **how).as_json()
    except FileRefused as refused:
        return str(refused), refused.asks


def both(request, source, file, **how):
    """What becomes of a file that a fork reads, and of the same one that a started process reads."""
    forked = outcome(source, file, **how)
    request.getfixturevalue("true_child")
    return forked, outcome(source, file, **how)


@pytest.mark.parametrize("name", ["hubs", "partner_learners", "uis_enrolment"])
def test_a_fork_reads_as_the_started_process_does(request, name, monkeypatch):
    assert CAPTURED[name]
    forked, started = both(request, name, FIXTURES / f"{name}.csv")
    assert forked == started and "rows_in" in started


def test_a_fork_refuses_as_the_started_process_does(request, tmp_path):
    file = tmp_path / "hubs.csv"
    file.write_text("<!DOCTYPE html>", encoding="utf-8")
    forked, started = both(request, "hubs", file)
    assert forked == started and "web page" in started[0]


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"memory": 1}, "cannot allocate memory"),
        ({"wall_seconds": 0.001}, "took longer than 0.001 seconds and was stopped (reason code -9)"),
        ({"written": 10}, "within the limits of memory and time"),
    ],
)
def test_a_fork_is_held_to_the_limits_of_the_order(limits, says):
    said = outcome("partner_learners", FIXTURES / "partner_learners.csv", limits=replace(BROWSER, **limits))
    assert says in said[0], said


def test_a_fork_has_the_environment_and_the_folder_that_it_is_given_and_no_other(monkeypatch):
    monkeypatch.setenv("COALITION_NOT_PASSED_ON", "x")
    with front_door.start_child({"PATH": "/nowhere", "TMPDIR": "/elsewhere"}) as child:
        assert isinstance(child, Child)
        assert Path(f"/proc/{child.pid}").is_dir()
        child.stdin.close()  # no order is an order that cannot be read
        assert "JSONDecodeError" in child.stderr.read()
        assert child.wait() == 1
