"""The audit log: appended to by many, torn by a power cut, changed by hand. Everybody in it is invented."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.store import audit_log
from dashboard.store.audit_log import BEGINNING, EVENTS, AuditBroken, entries, record, verify
from tests.store.tiny import in_a_process


@pytest.fixture
def store(tmp_path):
    for number in range(1, 6):
        record(tmp_path, "release", "operator", f"publish {number}", number, "monthly")
    return tmp_path


def lines_of(store):
    return (store / "audit" / "log.jsonl").read_bytes().splitlines(keepends=True)


def written(store, lines):
    (store / "audit" / "log.jsonl").write_bytes(b"".join(lines))


def test_a_line_says_who_did_what_when_and_follows_the_one_before(store):
    found = list(entries(store))
    assert [line["n"] for line in found] == [1, 2, 3, 4, 5]
    assert {key: found[1][key] for key in ("event", "who", "what", "release", "reason")} == {
        "event": "release",
        "who": "operator",
        "what": "publish 2",
        "release": 2,
        "reason": "monthly",
    }
    assert found[0]["prev"] == BEGINNING and found[0]["at"].endswith("+00:00")
    said = verify(store)
    assert (said.count, said.first_at, said.last_at) == (5, found[0]["at"], found[4]["at"]) and not said.mended
    assert verify(store / "another").count == 0


def test_every_event_is_taken_and_no_other(tmp_path):
    for event in EVENTS:
        record(tmp_path, event, "operator", "x")
    assert verify(tmp_path).count == len(EVENTS) == 16
    with pytest.raises(ValueError, match="no event"):
        record(tmp_path, "party", "operator", "x")


def test_text_is_one_line_without_controls_and_at_most_200_characters(tmp_path):
    record(tmp_path, "export", "a\u202eb\x1b[31m\nc", "x" * 500, reason='{"n": 1}\r\n\u2028زيد')
    (line,) = entries(tmp_path)
    assert (line["who"], len(line["what"]), line["reason"]) == ("a b [31m c", 200, '{"n": 1} زيد')
    assert len(lines_of(tmp_path)) == 1 and verify(tmp_path).count == 1


def test_the_log_is_for_its_owner_only(store):
    assert (store / "audit").stat().st_mode & 0o777 == 0o700


def test_eight_processes_lose_none_of_four_hundred_records(tmp_path):
    script = (
        "import sys; from pathlib import Path; from dashboard.store.audit_log import record\n"
        "for n in range(50): record(Path(sys.argv[1]), 'login', sys.argv[2], f'time {n}')"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), f"w{n}"]) for n in range(8)]
    assert [writer.wait() for writer in writers] == [0] * 8
    assert verify(tmp_path).count == 400
    for writer in range(8):
        mine = [line["what"] for line in entries(tmp_path) if line["who"] == f"w{writer}"]
        assert mine == [f"time {n}" for n in range(50)]


def test_a_changed_letter_is_named_by_its_line(store):
    lines = lines_of(store)
    lines[2] = lines[2].replace(b"publish 3", b"publish 9")
    written(store, lines)
    with pytest.raises(AuditBroken, match="Line 3 of .* was changed"):
        verify(store)


def test_a_changed_last_line_is_noticed_though_nothing_follows_it(store):
    lines = lines_of(store)
    lines[4] = lines[4].replace(b"monthly", b"nightly")
    written(store, lines)
    with pytest.raises(AuditBroken, match="Line 5 of .* was changed"):
        verify(store)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda lines: lines[:1] + lines[2:], "Where line 2 .* line 3 stands"),
        (lambda lines: lines[1:], "Where line 1 .* line 2 stands"),
        (lambda lines: [*lines[:3], lines[1], *lines[3:]], "Where line 4 .* line 2 stands"),
        (lambda lines: [*lines[:3], b"not a line\n", *lines[3:]], "Where line 4 .* no line of it"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "Where line 2 .* line 3 stands"),
        (lambda lines: lines[:4], "ends after line 4, and HEAD names 5 lines: the end was cut off"),
        (lambda lines: [*lines[:4], lines[4][:-10]], "ends after line 4"),
        (lambda lines: [], "ends after line 0"),
    ],
    ids=["removed", "first removed", "repeated", "inserted", "reordered", "end cut off", "half a line", "emptied"],
)
def test_tampering_is_named_by_its_line(store, tamper, says):
    written(store, tamper(lines_of(store)))
    with pytest.raises(AuditBroken, match=says):
        verify(store)


@pytest.mark.parametrize("cut", [4, 2])
def test_recording_after_a_cut_does_not_hide_it(store, cut):
    written(store, [*lines_of(store)[:cut], b'{"n": '])
    record(store, "login", "operator", "still recorded")
    assert list(entries(store))[-1]["what"] == "still recorded"
    with pytest.raises(AuditBroken, match=f"Where line {cut + 1} "):
        verify(store)


def test_lines_renumbered_and_chained_anew_do_not_end_in_the_same_head(store):
    before, forged = BEGINNING, []
    for number, body in enumerate(lines_of(store)[1:], start=1):
        line = {**json.loads(body), "n": number, "prev": before}
        forged.append(json.dumps(line).encode() + b"\n")
        before = audit_log._sha256(forged[-1][:-1])
    written(store, forged)
    with pytest.raises(AuditBroken, match="HEAD names 5 lines"):
        verify(store)


@pytest.mark.parametrize("record_after", [False, True])
@pytest.mark.parametrize("head", ["gone", "garbage"])
def test_a_head_that_is_gone_or_garbage_is_noticed_and_stays_noticed(store, head, record_after):
    written(store, lines_of(store)[:3])
    if head == "gone":
        (store / "audit" / "HEAD").unlink()
    else:
        (store / "audit" / "HEAD").write_text("3\n")
    if record_after:
        record(store, "login", "operator", "later")
    with pytest.raises(AuditBroken, match="was changed" if record_after else "HEAD (is missing|cannot be read)"):
        verify(store)


def test_a_log_that_is_gone_is_noticed_by_its_head(store):
    (store / "audit" / "log.jsonl").unlink()
    with pytest.raises(AuditBroken, match="is gone"):
        verify(store)


def test_lines_added_by_hand_are_noticed(store):
    more = [lines_of(store)[-1]]
    for number in (6, 7):
        line = {**json.loads(more[-1]), "n": number, "prev": audit_log._sha256(more[-1][:-1])}
        more.append(json.dumps(line).encode() + b"\n")
    written(store, [*lines_of(store), *more[1:]])
    with pytest.raises(AuditBroken, match="Line 6 .* added by hand"):
        verify(store)


@pytest.mark.parametrize("torn", [b'{"n": 6, "at": "20', b"\0" * 150, b'{"n": 6, "at"' + b"\0" * 40 + b"}\n"])
def test_a_line_torn_by_a_power_cut_is_mended_openly_and_blocks_nobody(store, torn):
    with (store / "audit" / "log.jsonl").open("ab") as log:
        log.write(torn)
    assert "never acknowledged" in verify(store).mended[0]
    record(store, "login", "operator", "after the cut")
    said = verify(store)
    assert said.count == 6 and f"before line 6: {len(torn)} bytes" in said.mended[0]
    record(store, "login", "operator", "and on")
    assert verify(store).count == 7


@pytest.mark.parametrize("first", [False, True])
def test_a_line_that_was_whole_when_the_head_was_not_yet_written_is_kept(store, tmp_path_factory, monkeypatch, first):
    if first:
        store = tmp_path_factory.mktemp("empty")
    count = verify(store).count

    with monkeypatch.context() as cut:
        cut.setattr(audit_log, "_write_head", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        child = in_a_process(lambda: record(store, "login", "operator", "written, not acknowledged") and None)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert verify(store).count == count + 1
    record(store, "login", "operator", "next")
    said = verify(store)
    assert said.count == count + 2 and not said.mended


def test_a_record_is_on_the_disk_before_it_returns(tmp_path, monkeypatch):
    synced, sync = [], os.fsync
    monkeypatch.setattr(
        audit_log.os,
        "fsync",
        lambda handle: (synced.append(Path(f"/proc/self/fd/{handle}").readlink().name), sync(handle)),
    )
    record(tmp_path, "login", "operator", "x")
    assert synced[:2] == [tmp_path.name, "log.jsonl"], "the folder, then the line"
    assert synced[2] == "HEAD" and synced[3] == "audit", "then the head and the name of it"
