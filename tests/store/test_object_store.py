"""A store in a bucket: what a folder promises, between machines that share nothing but a bucket.

In full with COALITION_FULL_TESTS=1, else a part of the same cases; `pytest -rP` shows the figures.
"""

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from dashboard import actions, session, settings
from dashboard.access.viewer import STEWARD, open_answers
from dashboard.commands.cli import main
from dashboard.refusals import Refusal
from dashboard.store import audit_log, bucket, releases, shared
from dashboard.store.audit_log import entries, record, verify
from dashboard.store.erasure import Person
from dashboard.store.fetches import FetchState, fetch_states
from dashboard.store.mirror import files_of
from dashboard.store.protocol import StoreDamaged
from dashboard.store.remote import PublishedMeanwhile, _opened_remote
from dashboard.store.removal import buried
from dashboard.store.snapshots import snapshots
from tests.conftest import CAPTURED, FIXTURES
from tests.store.bucket_worker import ACTS, DONE, HER, HIM, IDENTITY, PEOPLE, begin, ended, keep_people, start
from tests.store.object_server import BUCKET, object_server, prefix_of
from tests.store.tiny import FULL, SOURCE, bring_in, build_tiny_releases, intake, page

STRIDE, KILLS, READS, RACES = (2, 300, 100, 40) if FULL else (26, 8, 8, 2)


@pytest.fixture(scope="module")
def server():
    with object_server() as served:
        yield served


@pytest.fixture
def prefix(server, monkeypatch, request):
    """A prefix of its own, and an environment that names it."""
    name = prefix_of(request.node.name)
    for key, value in {
        "AWS_ENDPOINT_URL": server.address,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_REGION": "us-east-1",
        "COALITION_STORE": f"s3://{BUCKET}/{name}",
        "COALITION_STORE_SECONDS": "0",
    }.items():
        monkeypatch.setenv(key, value)
    server.requests.clear()
    return name


@pytest.fixture
def machine(prefix, tmp_path, monkeypatch):
    """`machine("b")` gives the store as another machine has it, and has commands be of that machine from then on."""

    def on(name: str) -> Path:
        monkeypatch.setenv("COALITION_CACHE", str(tmp_path / name))
        return settings.store_folder()

    on("a")
    return on


@pytest.fixture
def tiny(monkeypatch):
    build_tiny_releases(monkeypatch)


@pytest.fixture
def begun(machine, tiny, tmp_path):
    """A store with two learners, one other file and two releases, on machine a."""
    store = machine("a")
    with shared.shared(store) as place:
        keep_people(place, tmp_path / "people")
        actions.publish(place)
    with shared.shared(store) as place:
        bring_in(place, intake(tmp_path / "intake"), "2020-03-20")
        actions.publish(place)
    return store


def everything(store):
    """Every file of a store by its place, without locks and work."""
    return {place: path.read_bytes() for place, path in files_of(store)}


def looked(store):
    shared.look(store)
    return store


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key.startswith(("AWS_", "COALITION_"))}


# What a folder promises


def test_a_store_in_a_bucket_is_filled_served_rolled_back_archived_and_moved_to_a_folder_and_back(
    machine, server, prefix, tmp_path, capsys, monkeypatch
):
    store = machine("a")
    assert main(["import", "hubs", str(FIXTURES / "hubs.csv"), "--captured-on", "2013-10-31", "--confirm"]) == 0
    assert main(["import", "unhcr_population", str(FIXTURES / "unhcr_population.csv"), "--confirm"]) == 0
    assert releases.current_number(store) == 2
    again = actions.import_files(store, "hubs", [FIXTURES / "hubs.csv"], captured_on=CAPTURED["hubs"])
    assert again.release.number == 2 and again.files[0].snapshot.folder == snapshots(store, "hubs")[0].folder
    other = machine("b")
    assert main(["releases", "verify"]) == 0 and main(["releases", "list"]) == 0
    assert everything(other) == everything(store) and other != store
    assert main(["releases", "rollback", "1"]) == 0 and releases.current_number(other) == 1
    machine("a")
    assert releases.current_number(store) == 2, "nobody has looked yet"
    assert main(["audit", "verify"]) == 0 and releases.current_number(store) == 1
    assert main(["releases", "rollback", "2"]) == 0
    for path in (store / "releases" / "2").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o500 if path.is_dir() else 0o400), path
    assert store.stat().st_mode & 0o777 == 0o700 and (store / "CURRENT").stat().st_mode & 0o777 == 0o600

    file, folder = tmp_path / "store.tar.gz", tmp_path / "folder"
    assert main(["backup", str(file)]) == 0
    assert main(["restore", str(file), "--store", str(folder)]) == 0
    assert {**everything(folder), **dict.fromkeys(AUDIT)} == {**everything(store), **dict.fromkeys(AUDIT)}
    assert main(["--store", str(folder), "releases", "rollback", "1"]) == 0
    assert main(["--store", str(folder), "backup", str(tmp_path / "again.tar.gz")]) == 0
    back = f"s3://{BUCKET}/{prefix}/back"
    assert main(["restore", str(tmp_path / "again.tar.gz"), "--store", back]) == 0
    moved = settings.store_folder()
    assert main(["--store", back, "audit", "verify"]) == 0
    assert "release 1 is served" in capsys.readouterr().out
    answers = []
    for one in (folder, moved):
        asked = open_answers(STEWARD, releases.open_release(one))
        answers.append([asked.ask(f"reach_map/{name}", {}).to_pylist() for name in ("totals", "coverage")])
        asked.close()
    assert answers[0] == answers[1]
    assert main(["restore", str(file), "--store", back]) == 1 and "is not empty" in capsys.readouterr().err
    monkeypatch.setenv("COALITION_STORE", back)
    assert main(["releases", "rollback", "2"]) == 0
    assert session.begin()[0].number == 2 and session.begin()[1] == ""
    with server.refusing():
        shared.look(moved)
        release, notice = session.begin()
        assert release.number == 2 and "has been unreachable since" in notice and "Release 2 is shown" in notice
    shared.look(moved)
    assert session.begin()[1] == ""
    session.let_go()


AUDIT = ("audit/log.jsonl", "audit/HEAD")


def test_an_erasure_leaves_nothing_of_a_learner_in_the_bucket_or_on_any_machine_that_looks(
    begun, machine, server, prefix
):
    other = machine("b")
    shared.look(other)
    assert any(HER.encode() in body for body in everything(other).values())
    done = actions.erase(other, [Person(HER, "")], IDENTITY)
    assert done.done.release == 3 and sorted(buried(other)) == [1, 2]
    machine("a")
    shared.look(begun)
    for store in (begun, other):
        bodies = everything(store)
        assert not any(HER.encode() in body for body in bodies.values()) and len(snapshots(store, PEOPLE)) == 1
        assert any(HIM.encode() in body for body in bodies.values()), "nobody else is erased"
        assert not list((store.parent).glob("work/*")) and not list(store.parent.glob("objects/*"))
    keys = server.keys(prefix)
    bodies = [server.body(f"{prefix}/{key}") for key in keys]
    assert not any(HER.encode() in body for body in bodies)
    assert len(keys) - 2 == len(keys_named(server, prefix)), "every object is named by the tree"


def test_an_erasure_that_cannot_delete_states_it_and_the_next_one_deletes(begun, server, prefix, capsys):
    server.door = lambda method, key: "503 No" if method in ("POST", "DELETE") else None
    try:
        with pytest.raises(shared.NotDeleted, match="may still hold what was erased"):
            actions.erase(begun, [Person(HER, "")], IDENTITY)
    finally:
        server.door = lambda method, key: None
    assert "not done" not in "".join(line["what"] for line in entries(begun)), "it is done"
    assert is_done(begun, "erase", {})
    time.sleep(1.1)  # the store's clock has whole seconds
    actions.erase(begun, [], IDENTITY)
    assert len(server.keys(prefix)) - 2 == len(keys_named(server, prefix))


def test_what_a_killed_writer_left_on_a_machine_goes_when_it_looks_and_a_living_one_keeps_its_own(begun):
    left = begun.parent / "work" / "dead" / "store"
    left.mkdir(parents=True)
    (left / "rows.parquet").write_bytes(b"rows of people")
    shared.look(begun)
    assert not left.exists()
    with shared.shared(begun) as place:
        shared.look(begun)
        assert place.is_dir()


def test_a_publish_deletes_what_nobody_names_since(begun, server, prefix):
    actions.roll_back(begun, 1)
    actions.roll_back(begun, 2)
    assert len(server.keys(prefix)) - 2 == len(keys_named(server, prefix))


def test_tables_that_the_bucket_holds_already_are_not_sent_again(begun, machine, server, monkeypatch):
    def sent():
        server.requests.clear()
        actions.publish(begun)
        return sum(method == "PUT" and "/objects/" in key for method, key in server.requests)

    with_three_new_tables = sent()
    build_tiny_releases(monkeypatch)  # from here on the tables of the first release come again
    assert sent() == with_three_new_tables - 3
    other = looked(machine("b"))
    assert page(releases.open_release(other)) == 1 and releases.current_number(other) == 4


def keys_named(server, prefix):
    head = json.loads(server.body(f"{prefix}/HEAD"))
    tree = json.loads(server.body(f"{prefix}/objects/{head['tree']['object']}"))
    return {one["object"] for one in tree["files"].values()}


def test_what_an_interrupted_erasure_or_publish_left_in_the_bucket_is_gone_after_the_next_erasure(
    begun, server, prefix
):
    stray = server.bucket().put_object(Key=f"{prefix}/objects/{'ab' * 32}.left", Body=HER.encode())
    time.sleep(1.1)  # the store's clock has whole seconds
    actions.publish(begun)
    assert stray.key.removeprefix(f"{prefix}/") in server.keys(prefix), "it may be of a publish that goes on"
    actions.erase(begun, [], IDENTITY)
    assert stray.key.removeprefix(f"{prefix}/") not in server.keys(prefix)


def test_an_erasure_warns_where_the_bucket_keeps_versions(machine, server, tiny, capsys):
    actions.publish(machine("a"))
    assert not shared.keeps_versions(settings.store_folder())
    versioning = server.bucket().Versioning()
    versioning.enable()
    try:
        assert main(["erase"]) == 0
        assert "keeps earlier versions" in capsys.readouterr().err
    finally:
        versioning.suspend()


# Two at once


def test_of_two_publishers_at_once_one_wins_and_the_other_is_told_keeps_nothing_and_can_do_it_again(
    begun, machine, tmp_path
):
    other = machine("b")
    with pytest.raises(PublishedMeanwhile, match="Another publisher was first"), shared.shared(begun) as place:
        lost = actions.publish(place)
        assert actions.publish(other).number == 3, "a machine of its own"
        assert releases.current_number(begun) == 2, "nothing is seen before it is published"
        shared.look(begun)  # as a reader of this machine does, who sees the one that won
        assert releases.current_number(begun) == 3 and everything(begun) != everything(place)
    assert lost.number == 3 and not lost.folder.exists()
    shared.look(other)
    shared.look(begun)
    assert everything(begun) == everything(other)
    lines = [(line["event"], line["what"], line["release"]) for line in entries(begun)][-3:]
    assert lines == [("release", "publish", 3)] * 2 + [("release", "not done: publish", 3)]
    assert actions.publish(begun).number == 4
    assert verify(begun).anchored == (1, 2, 3, 4)


def test_who_only_reads_is_not_disturbed_by_a_publisher(begun, machine):
    other = machine("b")
    with shared.shared(begun) as place:
        before = everything(place)
        actions.publish(other)
        shared.look(begun)
        assert everything(place) == before
    assert releases.current_number(begun) == 3


def test_publishers_in_processes_of_their_own_never_both_win(begun, machine, tmp_path):
    for _ in range(RACES):
        at = releases.current_number(begun)
        running = []
        for name in ("b", "c", "a"):
            machine(name)
            running.append(begin("publish", environment()))
        told = [ended(*one)[0] for one in running]
        shared.look(begun)
        won = told.count(DONE)
        assert won >= 1 and releases.current_number(begun) == at + won, told
        assert all(one == DONE or "Another publisher was first" in one for one in told)
        assert verify(begun).anchored == tuple(range(1, at + won + 1))


def test_who_signs_in_during_a_publish_stands_in_nobodys_way(begun, machine):
    other = machine("b")
    with shared.shared(begun) as place:
        for number in range(5):
            record(other, "login", "somebody", f"{number}")
            record(begun, "export", "somebody", f"{number}")
        actions.publish(place)
    shared.look(other)
    assert verify(other).count == verify(begun).count == 13 and verify(other).anchored == (1, 2, 3)


def test_the_log_stays_one_when_many_machines_write_to_it_at_once(machine, tiny, server):
    stores = [looked(machine(name)) for name in "abcd"]
    threads = [
        threading.Thread(
            target=lambda store=store: [record(store, "login", store.parent.parent.name, "x") for _ in range(6)]
        )
        for store in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shared.look(stores[0])
    assert verify(stores[0]).count == 24
    assert sorted(line["who"] for line in entries(stores[0])) == sorted("abcd" * 6)


def test_a_small_act_is_done_again_where_somebody_else_was_first(begun, machine, monkeypatch):
    other, remember, once = machine("b"), actions.remember, [True]

    def late(store, state):
        remember(store, state)
        if once:
            once.pop()
            actions.fetched(other, FetchState("hubs", tried_at="2026-01-01"), "hubs: unchanged")

    monkeypatch.setattr(actions, "remember", late)
    actions.fetched(begun, FetchState("offers", tried_at="2026-01-01"), "offers: unchanged")
    assert set(fetch_states(begun)) == {"hubs", "offers"}


# Readers


def test_a_reader_during_publishes_never_mixes_two_releases(begun, machine):
    other, stop, seen, wrong = machine("b"), threading.Event(), set(), []

    def read():
        while not stop.is_set():
            try:
                shared.look(other)
                seen.add(page(releases.open_release(other)))
            except (Refusal, AssertionError, OSError) as trouble:
                wrong.append(repr(trouble))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(READS):
        actions.publish(begun)
    stop.set()
    reader.join()
    assert not wrong and len(seen) > READS / 4
    print(f"{READS} publishes, {len(seen)} releases read whole")


def test_a_machine_loads_a_release_once_and_looks_by_one_request(begun, machine, server):
    other = machine("b")
    server.requests.clear()
    shared.look(other)
    loaded = [key for method, key in server.requests if method == "GET" and "/objects/" in key]
    assert len(loaded) == len(set(loaded)) == len(set(map(str, everything(other)))) - len(AUDIT) + 1 - SAME
    server.requests.clear()
    context = multiprocessing.get_context("forkserver")
    second = context.Process(target=_look, args=(environment(), str(other)))
    start(second)
    second.join()
    assert second.exitcode == 0 and [method for method, _ in server.requests] == ["GET"]
    actions.publish(begun)
    server.requests.clear()
    shared.look(other)
    assert server.count("GET") == 1 + 1 + 5, "HEAD, its tree, four files of the release and CURRENT"


SAME = 1  # the two quarantines hold the same bytes


def _look(variables, store):
    os.environ.update(variables)
    shared.look(Path(store))
    assert page(releases.open_release(Path(store))) == 2


def test_looking_again_is_done_in_the_background_and_not_more_often_than_stated(begun, machine, server, monkeypatch):
    monkeypatch.setenv("COALITION_STORE_SECONDS", "3600")
    other = machine("b")
    server.requests.clear()
    for _ in range(20):
        shared.keep_looking(other)
    assert server.count("GET", "") == len(server.requests) and sum("HEAD" in key for _, key in server.requests) == 1
    actions.publish(begun)
    monkeypatch.setenv("COALITION_STORE_SECONDS", "0")
    shared.keep_looking(other)
    until = time.monotonic() + 10
    while releases.current_number(other) != 3 and time.monotonic() < until:
        time.sleep(0.02)
    assert releases.current_number(other) == 3


def test_what_was_damaged_on_a_machine_comes_again_from_the_bucket(begun):
    file = begun / "releases" / "2" / "marts" / "dim_a.parquet"
    file.chmod(0o600)
    file.write_bytes(b"damaged")
    file.chmod(0o400)
    (begun / "releases" / "2" / "marts" / "fct_b.parquet").parent.chmod(0o700)
    (begun / "releases" / "2" / "marts" / "fct_b.parquet").unlink()
    with pytest.raises(StoreDamaged):
        releases.open_release(begun)
    shared.look(begun)
    with pytest.raises(StoreDamaged):
        releases.open_release(begun)
    shared.look(begun, checked=True)
    assert page(releases.open_release(begun)) == 2


def test_what_somebody_put_into_or_took_out_of_a_mirror_by_hand_is_published_by_nobody(begun, machine):
    (begun / "releases" / "99").mkdir()
    (begun / "releases" / "99" / "manifest.json").write_text("{}")
    (begun / "notes.txt").write_text("mine")
    file = begun / "releases" / "1" / "marts" / "dim_a.parquet"
    file.parent.chmod(0o700)
    file.unlink()
    assert actions.publish(begun).number == 3
    other = machine("b")
    shared.look(other)
    assert everything(other) == everything(begun) and "notes.txt" not in everything(other)
    assert releases.release_numbers(other) == [1, 2, 3]


# Interruptions


def look_after(store, other, machine, act, told, before):
    """What is wrong after an act was cut short and done again, or nothing; `before` is what was served."""
    for one in (other, store):
        shared.look(one)
        number = releases.current_number(one)
        page(releases.open_release(one))
        verify(one)
        if told == DONE and not is_done(one, act, before):
            return f"acknowledged and lost: release {number} is served"
    if everything(store) != everything(other):
        return "the machines differ"
    try:
        machine("a")
        ACTS[act](store)
    except Refusal as refused:
        return f"doing it again is refused: {refused}"
    shared.look(other)
    verify(other)
    if not is_done(other, act, before) or everything(store) != everything(other):
        return "done again and not served"
    left = [*store.parent.glob("work/*"), *store.parent.glob("objects/*"), *store.glob(".staging/*")]
    return f"{left} is left behind" if left else ""


def is_done(store, act, before):
    number = releases.current_number(store)
    if act == "roll back":
        return number == 1
    if act == "sign in":
        return [line["event"] for line in entries(store)].count("login") > before["logins"]
    if act == "erase":
        return not any(HER.encode() in body for body in everything(store).values())
    if act == "bring":
        return any(
            pin["captured_on"] == "2020-03-27" for pin in releases.open_release(store).manifest["snapshots"][SOURCE]
        )
    return number > before["number"]


def state(store):
    logins = sum(line["event"] == "login" for line in entries(store))
    return {"number": releases.current_number(store), "logins": logins}


def reset(server, machine, prefix, tmp_path, at):
    """The store that was begun, in another prefix."""
    os.environ["COALITION_STORE"] = f"s3://{BUCKET}/{prefix}-{at}"
    store = machine("a")
    shutil.rmtree(tmp_path / "b", ignore_errors=True)
    bucket = server.bucket()
    for one in bucket.objects.filter(Prefix=f"{prefix}/"):
        bucket.copy({"Bucket": BUCKET, "Key": one.key}, f"{prefix}-{at}/{one.key.removeprefix(f'{prefix}/')}")
    shared.look(store)
    (store.parent / shared.PROVED).touch()
    return store


def test_killed_at_any_step_an_act_is_done_or_not_and_done_again_it_is(
    begun, machine, server, prefix, tmp_path, monkeypatch
):
    monkeypatch.setenv("COALITION_STORE", os.environ["COALITION_STORE"])
    count, wrong = 0, []
    for turn, act in enumerate(ACTS):
        store = reset(server, machine, prefix, tmp_path, f"{turn}-count")
        told, steps = ended(*begin(act, environment()))
        assert told == DONE, told
        for step in range(turn % STRIDE, len(steps), STRIDE):
            store = reset(server, machine, prefix, tmp_path, f"{turn}-{step}")
            before = state(store)
            told, _ = ended(*begin(act, environment(), step))
            count += told == ""
            other = machine("b")
            if found := look_after(store, other, machine, act, told, before):
                wrong.append(f"{act}, killed at {step}, {steps[step]}: {found}")
    print(f"{count} kills at a step, {len(wrong)} went wrong")
    assert count > 10 and not wrong, wrong[:10]


def test_killed_at_random_moments_an_act_is_done_or_not_and_nothing_acknowledged_is_lost(
    begun, machine, server, prefix, tmp_path
):
    chance, wrong, killed = random.Random(7), [], 0
    other = looked(machine("b"))
    machine("a")
    for _ in range(2):  # the first one waits for imports
        began = time.monotonic()
        assert ended(*begin("publish", environment()))[0] == DONE
        lasts = time.monotonic() - began
    for at in range(KILLS):
        before = releases.current_number(looked(begun))
        process, pipe = begin("publish", environment())
        if not pipe.poll(chance.uniform(0.1, 1.2) * lasts):
            os.kill(process.pid, signal.SIGKILL)
        told, _ = ended(process, pipe)
        killed += told == ""
        for store in (other, begun):
            page(releases.open_release(looked(store)))
            if releases.current_number(store) < before + (told == DONE):
                wrong.append(f"kill {at}: acknowledged and lost")
        if everything(begun) != everything(other):
            wrong.append(f"kill {at}: the machines differ")
    count = verify(other)
    print(
        f"{KILLS} acts, {killed} killed, {len(wrong)} went wrong; {count.count} lines, {len(count.anchored)} releases"
    )
    assert not wrong and killed > KILLS / 6
    assert len(count.anchored) == len(releases.release_numbers(other))


@pytest.mark.parametrize("lost", ["HEAD", "objects/"])
def test_an_answer_that_is_lost_has_nothing_done_twice(begun, machine, server, prefix, lost):
    once = {"HEAD": 3, "objects/": 2}[lost]

    def loses(method, key):
        nonlocal once
        if method == "PUT" and key.startswith(f"{prefix}/{lost}") and once:
            once -= 1
            return once == 0
        return False

    lines = verify(begun).count
    server.loses_answer = loses
    try:
        assert actions.publish(begun).number == 3
        record(begun, "login", "somebody", "came")
        assert actions.publish(begun).number == 4
    finally:
        server.loses_answer = lambda method, key: False
    assert once == 0 and verify(begun).count == lines + 3 and verify(begun).anchored == (1, 2, 3, 4)


@pytest.mark.parametrize("code", ["409 Conflict", "412 Precondition Failed"])
def test_an_object_is_not_taken_for_sent_because_a_busy_store_answers_that_somebody_writes(
    begun, machine, server, prefix, code
):
    refused = set()

    def door(method, key):
        if method != "PUT" or not key.startswith(f"{prefix}/objects/") or key in refused or len(refused) > 3:
            return None
        refused.add(key)
        return code

    server.door = door
    try:
        assert actions.publish(begun).number == 3
    finally:
        server.door = lambda method, key: None
    assert len(refused) > 3
    assert page(releases.open_release(looked(machine("b")))) == 3, "another machine finds every object"


def test_a_store_that_answers_always_that_somebody_writes_is_busy_and_nothing_is_published(begun, server, prefix):
    server.door = lambda method, key: (
        "409 Conflict" if method == "PUT" and key.startswith(f"{prefix}/objects/") else None
    )
    try:
        with pytest.raises(Refusal, match="another write goes on"):
            actions.publish(begun)
    finally:
        server.door = lambda method, key: None
    assert releases.current_number(begun) == 2 and actions.publish(begun).number == 3


def test_an_answer_that_takes_too_long_has_the_object_sent_again(begun, server, prefix, monkeypatch):
    slow = [True]

    def door(method, key):
        if method == "PUT" and key.startswith(f"{prefix}/objects/") and slow:
            slow.pop()
            time.sleep(2.5)
        return

    client, retries = bucket.TRANSFER
    monkeypatch.setattr(bucket, "TRANSFER", ({**client, "read_timeout": "1s"}, retries))
    _opened_remote.cache_clear()
    server.door = door
    try:
        assert actions.publish(begun).number == 3
    finally:
        server.door = lambda method, key: None
        _opened_remote.cache_clear()
    assert not slow and len(server.keys(prefix)) - 2 == len(keys_named(server, prefix))


@pytest.fixture
def in_pieces(prefix, tmp_path, monkeypatch):
    """A bucket that is sent files of more than a megabyte in pieces, and one of three pieces with its sha256."""
    monkeypatch.setattr(bucket, "LARGEST_AT_ONCE", 1024**2)
    monkeypatch.setattr(bucket, "_pause", lambda tries: None)
    monkeypatch.setattr(bucket, "TRANSFER", (bucket.TRANSFER[0], {"max_retries": 1, "retry_timeout": "5s"}))
    file = tmp_path / "large.parquet"
    file.write_bytes(body := random.Random(1).randbytes(11 * 1024**2))
    return bucket.Bucket(f"s3://{BUCKET}/{prefix}"), file, hashlib.sha256(body).hexdigest()


def unfinished(server, prefix):
    return [upload for upload in server.bucket().multipart_uploads.all() if upload.object_key.startswith(prefix)]


def is_nothing_left(server, prefix):
    return not server.keys(prefix) and not unfinished(server, prefix)


def test_a_large_file_is_sent_in_pieces_and_comes_back_as_it_was(in_pieces, server, prefix, tmp_path):
    large, file, sha256 = in_pieces
    stored = large.upload(file, sha256)
    # Pieces of 5 MB: 5 + 5 + 1 = 11; the first POST begins, the second ends.
    assert server.count("PUT", prefix) == 3 and server.count("POST", prefix) == 2
    large.download(stored, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == file.read_bytes()
    assert server.keys(prefix) == [f"objects/{stored.name}"]


def test_a_large_file_that_changed_while_it_was_sent_becomes_no_object(in_pieces, server, prefix):
    large, file, _ = in_pieces
    with pytest.raises(StoreDamaged, match=r"large\.parquet changed while it was sent"):
        large.upload(file, hashlib.sha256(b"as it was read before").hexdigest())
    assert is_nothing_left(server, prefix)


@pytest.mark.parametrize(
    ("method", "spared", "answer", "raised"),
    [
        ("PUT", 1, "503 Service Unavailable", "503 Service Unavailable"),
        ("PUT", 2, "403 Forbidden", "refuses the key"),
        ("PUT", 1, "507 Insufficient Storage", "is full"),
        ("POST", 0, "503 Service Unavailable", "503 Service Unavailable"),
        ("POST", 1, "503 Service Unavailable", "503 Service Unavailable"),
    ],
)
def test_a_large_file_that_fails_in_the_middle_is_a_sentence_and_leaves_nothing(
    in_pieces, server, prefix, method, spared, answer, raised
):
    large, file, sha256 = in_pieces
    left = spared

    def door(verb, key):
        nonlocal left
        if verb != method:
            return None
        left -= 1
        return answer if left < 0 else None

    server.door = door
    try:
        with pytest.raises(Refusal, match=raised):
            large.upload(file, sha256)
    finally:
        server.door = lambda verb, key: None
    assert is_nothing_left(server, prefix)


@pytest.mark.parametrize(("method", "once"), [("PUT", 2), ("POST", 1), ("POST", 2)])
def test_an_answer_about_a_large_file_that_is_lost_loses_nothing(in_pieces, server, prefix, method, once, tmp_path):
    large, file, sha256 = in_pieces
    left = once

    def loses(verb, key):
        nonlocal left
        left -= verb == method
        return verb == method and left == 0

    server.loses_answer = loses
    try:
        stored = large.upload(file, sha256)
    finally:
        server.loses_answer = lambda verb, key: False
    large.download(stored, tmp_path / "back")
    assert server.keys(prefix) == [f"objects/{stored.name}"] and left <= 0


@pytest.mark.parametrize("is_done", [True, False])
def test_a_last_answer_that_is_lost_of_a_store_that_forgets_the_upload_then_is_no_failure(
    in_pieces, server, prefix, is_done
):
    large, file, sha256 = in_pieces
    posts = 0

    def door(verb, key):
        nonlocal posts
        posts += verb == "POST"
        # Begun, ended, and the same again: of an upload that is over most stores know nothing.
        forgets = (3,) if is_done else (2,)
        return "404 Not Found<Error><Code>NoSuchUpload</Code></Error>" if verb == "POST" and posts in forgets else None

    server.door = door
    server.loses_answer = lambda verb, key: is_done and verb == "POST" and posts == 2
    try:
        stored = large.upload(file, sha256)
    finally:
        server.door, server.loses_answer = lambda verb, key: None, lambda verb, key: False
    assert server.keys(prefix) == [f"objects/{stored.name}"] and posts >= 3


def test_a_store_that_fails_for_a_while_has_a_large_file_sent_again(in_pieces, server, prefix):
    large, file, sha256 = in_pieces
    refusals = 5

    def door(verb, key):
        nonlocal refusals
        if verb != "PUT" or not refusals:
            return None
        refusals -= 1
        return "503 Service Unavailable"

    server.door = door
    try:
        stored = large.upload(file, sha256)
    finally:
        server.door = lambda verb, key: None
    assert server.keys(prefix) == [f"objects/{stored.name}"] and not unfinished(server, prefix)


def test_where_every_answer_breaks_off_the_sentence_states_what_to_look_at(begun, machine, server, capsys):
    machine("b")
    server.cuts_answer = lambda method, key: "/objects/" in key
    try:
        assert main(["releases", "list"]) == 1
    finally:
        server.cuts_answer = lambda method, key: False
    assert "the answer broke off" in (err := capsys.readouterr().err) and "a proxy's limits" in err


def test_no_sentence_of_a_command_shows_where_a_bucket_is_mirrored(begun, machine, server, prefix, tmp_path, capsys):
    mirrors, address = str(tmp_path / "a"), f"s3://{BUCKET}/{prefix}"
    file = str(tmp_path / "store.tar.gz")
    (snapshot,) = [kept.folder.name for kept in snapshots(begun, PEOPLE)]
    done = [
        ["backup", file],
        ["restore", file, "--store", f"{address}/moved"],
        ["--store", address, "withdraw", PEOPLE, snapshot],
        ["audit", "renew", "--reason", "a trial"],
        ["releases", "list"],
    ]
    refused = [
        ["restore", file, "--store", address],
        ["--store", f"{address}/empty", "backup", f"{file}.2"],
        ["--store", address, "withdraw", PEOPLE, "2020-01-01-00000000"],
        ["releases", "rollback", "77"],
    ]
    for status, arguments in [*((0, verb) for verb in done), *((1, verb) for verb in refused)]:
        assert main(arguments) == status, arguments
        shown_words = "".join(capsys.readouterr())
        assert mirrors not in shown_words, arguments
        if arguments[0] == "restore":
            assert address in shown_words


def test_an_answer_that_breaks_off_is_asked_for_again(begun, machine, server):
    cut = set()

    def cuts(method, key):
        is_first = method == "GET" and "/objects/" in key and key not in cut
        cut.add(key)
        return is_first

    server.cuts_answer = cuts
    try:
        assert page(releases.open_release(looked(machine("b")))) == 2
    finally:
        server.cuts_answer = lambda method, key: False
    assert len(cut) > 5


@pytest.mark.parametrize("damage", ["torn", "flipped", "gone"])
def test_an_object_that_is_not_what_was_put_there_is_served_to_nobody(begun, machine, server, prefix, capsys, damage):
    actions.publish(begun)
    wanted = releases.open_release(begun).manifest["files"]["marts/dim_a.parquet"]["sha256"]
    key = next(f"{prefix}/{key}" for key in server.keys(prefix) if wanted in key)
    body = bytearray(server.body(key))
    body[len(body) // 2] ^= 1
    if damage == "gone":
        server.bucket().Object(key).delete()
    else:
        server.bucket().put_object(Key=key, Body=bytes(body) if damage == "flipped" else bytes(body[:-100]))
    assert page(releases.open_release(begun)) == 3, "who has it serves it"
    other = machine("b")
    assert main(["releases", "list"]) == 1
    said = capsys.readouterr().err
    assert ("is gone" if damage == "gone" else "is not what was put there") in said and "backup" in said
    assert not everything(other).keys() - set(AUDIT)


# The bucket cannot be used


def test_while_the_store_cannot_be_reached_what_is_mirrored_is_served_and_writes_refuse(begun, machine, server, capsys):
    before = everything(begun)
    with server.refusing():
        shared.look(begun)
        assert "cannot be reached (found: 503" in shared.trouble(begun).why
        assert page(releases.open_release(begun)) == 2
        assert main(["publish"]) == 1
        said = capsys.readouterr().err
        assert "cannot be reached" in said and "what is served stays as it was" in said
        with pytest.raises(audit_log.NotRecorded, match="cannot be reached"):
            record(begun, "export", "somebody", "x")
        assert audit_log.note(begun, "login", "somebody", "x") is False
        machine("b")
        assert main(["releases", "list"]) == 1
    assert everything(begun) == before
    shared.look(begun)
    assert shared.trouble(begun) is None
    record(begun, "login", "somebody", "x")
    assert "1 logins or denials since" in list(entries(begun))[-1]["missed"]


def test_what_is_lost_half_way_is_said_not_to_be_done(begun, server, prefix):
    server.door = lambda method, key: "503 No" if method == "PUT" and "/objects/" in key else None
    try:
        with pytest.raises(Refusal, match="cannot be reached"):
            actions.publish(begun)
    finally:
        server.door = lambda method, key: None
    assert [line["what"] for line in entries(begun)][-2:] == ["publish", "not done: publish"]
    assert releases.current_number(begun) == 2 and actions.publish(begun).number == 3


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"COALITION_STORE": "s3://no-such-bucket/x"}, "There is no bucket 'no-such-bucket'"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "cannot be reached (found: connection refused)"),
        ({"AWS_ENDPOINT_URL": "https://no-such-host.invalid"}, "cannot be reached (found: no such host)"),
        ({"AWS_ENDPOINT_URL": "http://store.example.org"}, "is not reached by https"),
        ({"COALITION_STORE": "gs://bucket/x"}, "a store is a folder or s3://bucket/prefix"),
        ({"COALITION_STORE": "s3:///x"}, "a store is a folder or s3://bucket/prefix"),
        ({"COALITION_STORE": "s3:/bucket/x"}, "a store is a folder or s3://bucket/prefix"),
        ({"COALITION_STORE": "S3://bucket/x"}, "a store is a folder or s3://bucket/prefix"),
        ({"COALITION_STORE": "s3://bucket/a//b"}, "found after the bucket: an empty step"),
        ({"COALITION_STORE": "s3://bucket/../b"}, "found after the bucket: an empty step, . or .."),
        ({"COALITION_STORE": "s3://bucket/x\n"}, "a character that cannot be printed"),
        ({"COALITION_STORE": "s3://no bucket/x"}, "no key stands before it"),
        ({"COALITION_STORE": "s3://me:hidden@bucket/x"}, "no key stands before it"),
        ({"COALITION_STORE": "https://me:hidden@store.example.org/x"}, "names 'https:…'"),
        ({"AWS_ENDPOINT_URL": "127.0.0.1:9000"}, "AWS_ENDPOINT_URL is no address of an object store"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:99999"}, "AWS_ENDPOINT_URL is no address of an object store"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9000\n"}, "such as a line break"),
        ({"AWS_ENDPOINT_URL": "https://me:hidden@store.example.org"}, "without a key or a password"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1.example.org"}, "is not reached by https"),
        ({"AWS_ENDPOINT_URL_S3": "ftp://store.example.org"}, "AWS_ENDPOINT_URL_S3 is no address"),
        ({"AWS_ACCESS_KEY_ID": "hidden\n"}, "AWS_ACCESS_KEY_ID holds a space, a line break"),
        ({"AWS_SECRET_ACCESS_KEY": "hidden\n"}, "AWS_SECRET_ACCESS_KEY holds a space, a line break"),
        ({"AWS_SESSION_TOKEN": "hid\nden"}, "AWS_SESSION_TOKEN holds a space, a line break"),
        ({"AWS_REGION": "eu west"}, "AWS_REGION holds a space"),
        ({"AWS_SKIP_SIGNATURE": "hidden"}, "AWS_SKIP_SIGNATURE"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_refused_in_words(machine, monkeypatch, capsys, variables, says):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    began = time.monotonic()
    assert main(["releases", "list"]) == 1
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said and "\n" not in said.strip() and time.monotonic() - began < 10
    assert "hidden" not in said and not (settings.PROJECT / "s3:").exists()


def test_what_the_library_breaks_off_with_is_a_sentence(machine, monkeypatch, capsys):
    """Where something gets past what is looked at beforehand: a panic is no exception of the usual kind."""
    monkeypatch.setenv("AWS_REGION", "hid\nden")
    monkeypatch.setattr(bucket, "IN_HEADERS", ())
    assert main(["releases", "list"]) == 1
    said = capsys.readouterr().err
    assert "cannot be asked with what the environment holds" in said and "AWS_REGION" in said and "hid" not in said


def test_a_prefix_is_one_however_many_slashes_are_around_it_and_may_have_spaces_and_letters_of_all_kinds(
    machine, tiny, prefix, monkeypatch
):
    here = settings.store_folder()
    for address in (f"s3://{BUCKET}/{prefix}/", f"s3://{BUCKET}//{prefix}//"):
        monkeypatch.setenv("COALITION_STORE", address)
        assert settings.store_folder() == here
    monkeypatch.setenv("COALITION_STORE", f"s3://{BUCKET}/{prefix}/Élèves et écoles/学校")
    assert actions.publish(machine("a")).number == 1
    assert page(releases.open_release(looked(machine("b")))) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("403 Forbidden <Code>RequestTimeTooSkewed</Code>", "its clock is wrong"),
        ("403 Forbidden <Code>ExpiredToken</Code>", "refuses the token of the key"),
        ("400 Bad Request <Code>ExpiredToken</Code>", "refuses the token of the key"),
        ("400 Bad Request <Code>AuthorizationHeaderMalformed</Code>", "lies in another region"),
        ("301 Moved Permanently", "lies in another region"),
        ("507 Insufficient Storage <Code>XMinioStorageFull</Code>", "is full"),
        ("405 Method Not Allowed", "is answered by something that is no object store"),
        ("403 Forbidden", "refuses the key"),
        ("401 Unauthorized", "refuses the key"),
        ("501 Not Implemented", "cannot write on a condition"),
    ],
)
def test_a_store_that_refuses_is_told_in_words(machine, tiny, server, capsys, answer, says):
    server.door = lambda method, key: answer if method == "PUT" else None
    try:
        assert main(["publish"]) == 1
    finally:
        server.door = lambda method, key: None
    said = capsys.readouterr().err
    assert says in said and "tests" not in said.replace("/test", ""), "no key is told"


def test_a_reader_is_told_of_a_store_that_is_busy_or_none(machine, tiny, server, prefix, capsys):
    server.door = lambda method, key: "409 Conflict <Code>OperationAborted</Code>"
    try:
        assert main(["releases", "list"]) == 1
        assert "cannot be reached (found: it is busy)" in capsys.readouterr().err
        server.door = lambda method, key: "200 OK <html>sign in to this network</html>"
        assert main(["releases", "list"]) == 1
        assert "is answered by something that is no object store" in capsys.readouterr().err
    finally:
        server.door = lambda method, key: None


@pytest.mark.parametrize("header", ["HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"])
def test_a_store_that_ignores_conditions_is_found_out_before_anything_is_written(
    machine, tiny, server, prefix, capsys, header
):
    server.ignores = header
    try:
        assert main(["publish"]) == 1
    finally:
        server.ignores = ""
    assert "takes a write that must only be taken if nobody else wrote" in capsys.readouterr().err
    assert server.keys(prefix) == []


@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (lambda said: said.replace('"sequence": 4', '"sequence": 5'), "is not what was written"),
        (lambda said: said[:-40], "is not what was written"),
        (lambda said: "", "is not what was written"),
        (lambda said: said.replace('"format": 1', '"format": 2'), "was written by a newer version"),
        (lambda said: None, "was put back, or is another one (found: no HEAD"),
    ],
)
def test_a_pointer_that_is_damaged_newer_or_gone_is_refused_and_what_is_mirrored_stays(
    begun, machine, server, prefix, capsys, forge, says
):
    other = machine("b")
    shared.look(other)
    head = server.bucket().Object(f"{prefix}/HEAD")
    forged = forge(head.get()["Body"].read().decode())
    if forged is None:
        head.delete()
    else:
        head.put(Body=forged.encode())
    assert main(["publish"]) == 1
    said = capsys.readouterr().err
    assert says in said
    assert releases.current_number(other) == 2 and page(releases.open_release(other)) == 2


def test_a_bucket_that_was_put_back_to_an_earlier_state_is_refused(begun, machine, server, prefix, capsys):
    head = server.bucket().Object(f"{prefix}/HEAD")
    before = head.get()["Body"].read()
    record(begun, "login", "somebody", "came")
    head.put(Body=before)
    assert main(["publish"]) == 1
    assert "was put back, or is another one (found: change 4, where this machine has seen change 5" in (
        capsys.readouterr().err
    )


def test_an_archive_is_not_restored_over_another_log(begun, tmp_path, machine, prefix, capsys, monkeypatch):
    file = tmp_path / "store.tar.gz"
    assert main(["backup", str(file)]) == 0
    monkeypatch.setenv("COALITION_STORE", f"s3://{BUCKET}/{prefix}-other")
    record(machine("a"), "login", "somebody", "came")
    assert main(["restore", str(file)]) == 1
    assert "has an audit log already" in capsys.readouterr().err
    assert verify(settings.store_folder()).count == 1 and releases.release_numbers(settings.store_folder()) == []


def test_a_cache_that_is_no_folder_is_refused_in_words(machine, monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COALITION_CACHE", str(tmp_path / "file"))
    assert main(["releases", "list"]) == 1
    said = capsys.readouterr().err
    assert "cannot be where it belongs (found: Not a directory" in said and "COALITION_CACHE" in said


def test_a_bucket_without_a_release_is_named_by_its_address(machine, prefix, capsys):
    assert main(["releases", "list"]) == 1
    assert f"The store s3://{BUCKET}/{prefix} holds no release." in capsys.readouterr().err


def test_what_is_old_is_listed_and_deleted_in_a_bucket_as_in_a_folder(begun, machine, monkeypatch, capsys):
    from dashboard.commands import operations

    class NextYear(operations.datetime.datetime):
        @classmethod
        def now(cls, zone=None):
            return super().now(zone).replace(year=super().now(zone).year + 2)

    monkeypatch.setattr(operations.datetime, "datetime", NextYear)
    assert main(["releases", "prune", "--keep-months", "13"]) == 0
    assert "release 1\n" in capsys.readouterr().out and releases.release_numbers(begun) == [1, 2]
    assert main(["releases", "prune", "--keep-months", "13", "--yes"]) == 0
    assert releases.release_numbers(looked(machine("b"))) == [2]


def test_a_reading_copy_begins_no_log_anew(begun, monkeypatch, capsys):
    lines = verify(begun).count
    monkeypatch.setenv("COALITION_READ_ONLY", "1")
    assert main(["audit", "renew", "--reason", "x"]) == 1
    assert "for reading only" in capsys.readouterr().err and verify(begun).count == lines


# The log


def test_a_long_log_becomes_objects_and_every_machine_has_all_of_it(machine, tiny, server, prefix, monkeypatch):
    monkeypatch.setattr("dashboard.store.remote_log.LONGEST_TAIL", 1_000)
    store, other = looked(machine("a")), looked(machine("b"))
    for number in range(12):
        record(store if number % 3 else other, "login", "somebody", f"{number} " + "x" * 150)
    shared.look(store)
    shared.look(other)
    assert verify(store).count == verify(other).count == 12
    assert (store / "audit" / "log.jsonl").read_bytes() == (other / "audit" / "log.jsonl").read_bytes()
    head = json.loads(server.body(f"{prefix}/HEAD"))
    assert len(head["log"]["pieces"]) >= 3 and len(head["log"]["tail"]) <= 1_000
    fresh = machine("c")
    assert main(["audit", "verify"]) == 0
    assert everything(fresh) == everything(store)
    actions.erase(fresh, [], IDENTITY)
    assert verify(machine("d")).count == 0
    assert main(["audit", "verify"]) == 0, "an erasure leaves the objects of the log"


def test_a_log_that_is_put_aside_lies_in_the_bucket_for_every_machine(begun, machine, capsys):
    before = (begun / "audit" / "log.jsonl").read_bytes()
    assert main(["audit", "renew", "--reason", "looked into"]) == 0
    other = machine("b")
    assert main(["audit", "verify"]) == 0
    assert "began the log anew after release 2" in capsys.readouterr().out
    assert (other / "audit" / "former" / "1" / "log.jsonl").read_bytes() == before
    assert everything(other) == everything(begun)


def test_a_line_that_somebody_added_to_a_mirror_by_hand_is_gone_with_the_next(begun, machine):
    with (begun / "audit" / "log.jsonl").open("a") as log:
        log.write('{"n": 3, "what": "forged"}\n')
    record(begun, "login", "somebody", "came")
    assert verify(begun).count == 3 and "forged" not in (begun / "audit" / "log.jsonl").read_text()
