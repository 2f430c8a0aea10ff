"""Publishers that do harm: by the way they answer, by what stands in it, and by how long they take."""

import gzip
import time
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from dashboard.intake.fetch.client import Client, FetchFailed, FetchUnchanged, Known
from dashboard.store import releases
from dashboard.store.health import health
from dashboard.store.protocol import StoreDamaged, read_manifest
from dashboard.store.snapshots import snapshots
from tests.intake.fetch.conftest import QUICK
from tests.intake.fetch.hostile import FOUND, answering, whole
from tests.intake.fetch.publishers import TOKEN, as_table

TABLE = b"Date,ISO,Country,Scale\n"


@pytest.fixture
def client():
    with Client(("127.0.0.1",), QUICK, (TOKEN,), sleep=lambda _: None) as one:
        yield one


def refused(client, answer, folder=None, **named) -> str:
    """Why an answer is refused: of a file where a folder is named, else of JSON."""
    with answering(answer) as address, pytest.raises(FetchFailed) as failed:
        client.file(f"{address}/a.csv", folder, **named) if folder else client.json(f"{address}/x", **named)
    assert TOKEN not in str(failed.value)
    return str(failed.value)


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_packed_small_takes_no_memory_when_it_is_unpacked(client, tmp_path, times):
    body = b"0" * 20_000_000
    for _ in range(times):
        body = gzip.compress(body)
    tracemalloc.start()
    refused(client, whole(body, f"Content-Encoding: {', '.join(['gzip'] * times)}"), tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.parametrize("packing", ["br", "zstd", "deflate", "compress"])
def test_only_what_was_asked_for_is_unpacked(client, tmp_path, packing):
    assert "packed" in refused(client, whole(zlib.compress(TABLE), f"Content-Encoding: {packing}"), tmp_path)


def test_what_is_packed_comes_whole_or_not_at_all(client, tmp_path):
    packed = gzip.compress(TABLE * 100_000)
    with answering(whole(packed, "Content-Encoding: gzip")) as address:
        client.caps = replace(QUICK, bytes=100_000_000)
        assert client.file(f"{address}/a.csv", tmp_path).file.read_bytes() == TABLE * 100_000
    assert "cut off" in refused(client, whole(packed[:-20], "Content-Encoding: gzip"), tmp_path)
    assert "cut off" in refused(client, whole(packed + packed, "Content-Encoding: gzip"), tmp_path)
    assert "could not be read" in refused(client, whole(TABLE, "Content-Encoding: gzip"), tmp_path)


def test_a_file_whose_length_nobody_states_may_be_cut_off_and_is_refused(client, tmp_path):
    assert "how long it is" in refused(client, FOUND + b"\r\n" + TABLE, tmp_path)


def drip_headers(one):
    one.sendall(FOUND + b"X-Long: ")
    while True:
        one.sendall(b"a")
        time.sleep(0.05)


def hint_for_ever(one):
    while True:
        one.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50)


def drip_lengths(one):
    one.sendall(FOUND + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        one.sendall(b"1\r\na\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("how", [drip_headers, hint_for_ever, drip_lengths])
def test_an_answer_that_never_ends_is_cut_off_when_the_time_is_over(how, tmp_path):
    began = time.monotonic()
    with Client(("127.0.0.1",), replace(QUICK, seconds=0.5), sleep=lambda _: None) as client:
        assert "is too slow" in refused(client, how, tmp_path)
    assert time.monotonic() - began < 5


def test_a_variable_with_a_line_break_is_named_and_its_value_is_not(desk):
    kind, publisher = desk.play("kobo")
    desk.monkeypatch.setenv("COALITION_TEST_TOKEN", TOKEN + "\n")
    outcome = desk.fails(kind.source, says="COALITION_TEST_TOKEN has a line break or a space")
    assert TOKEN not in outcome.reason and not publisher.requests


def test_a_header_that_cannot_be_sent_is_in_no_message(client):
    assert "could not be read" in refused(client, b"", headers={"Authorization": f"Token {TOKEN}\n"})


@pytest.mark.parametrize(
    "answer",
    [
        f"HTTP/1.1 404 No {TOKEN}\r\nContent-Length: 0\r\n\r\n".encode(),
        f"HTTP/1.1 302 Found\r\nLocation: /\u202e{TOKEN}\u202e\r\nContent-Length: 0\r\n\r\n".encode(),
        b"HTTP/1.1 404 " + b"x" * 50_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: Mon, 01 Jan 99999999999 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: " + b"9" * 5_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: Mon, 01 Jan 0001 00:00:00 -0000\r\nContent-Length: 0\r\n\r\n",
        whole(b"[" * 200_000),
        whole(b"1" * 10_000),
        whole(b"NaN"),
        whole(b'{"a": Infinity}'),
    ],
)
def test_whatever_it_answers_the_message_is_one_short_line_that_a_terminal_can_show(client, answer):
    message = refused(client, answer)
    assert message.isprintable() and len(message) < 1_000 and "\u202e" not in message


def test_text_of_a_publisher_is_harmless_in_a_message():
    assert str(FetchFailed("a\x1b[2Jb\r\nc\u202ed\udc80e\u200bf")) == "a [2Jb c d e f"


def test_an_answer_in_json_takes_no_more_memory_than_one_of_a_publisher(client, monkeypatch):
    monkeypatch.setattr("dashboard.intake.fetch.client.LARGEST_ANSWER", 1_000_000)
    assert "more than 1 MB" in refused(client, whole(b"[" + b"[]," * 400_000 + b"[]]"))


def test_the_body_of_an_error_is_not_read(client):
    assert "status 404" in refused(client, b"HTTP/1.1 404 No\r\nContent-Length: 999999999\r\n\r\nx")


def test_a_file_that_has_not_changed_may_state_how_long_it_is(client, tmp_path):
    with answering(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3000000\r\n\r\n") as address:
        got = Known('"v1"', "", client.place(f"{address}/a.csv"))
        with pytest.raises(FetchUnchanged):
            client.file(f"{address}/a.csv", tmp_path, got)
        with pytest.raises(FetchFailed, match="of which nothing is known"):
            client.file(f"{address}/a.csv", tmp_path)


@pytest.mark.parametrize("etag", ["é", "\x1b[2J", "x" * 5_000, "a\tb"])
def test_a_mark_that_cannot_be_sent_back_is_not_kept(client, tmp_path, etag):
    with answering(whole(TABLE, f"ETag: {etag}", f"Last-Modified: {etag}")) as address:
        got = client.file(f"{address}/a.csv", tmp_path)
    assert (got.etag, got.modified) == ("", "")


def answered(desk, kind, answer):
    """The outcome where the source's publisher answers with these bytes, whatever is asked; another source is done."""
    other, _ = desk.play("file")
    with answering(answer) as address:
        way = kind.way(address)
        desk.lead(kind.source, replace(way, hosts=("127.0.0.1",)))
        outcomes = {one.source: one for one in desk.refresh()}
    assert outcomes[other.source].outcome == "published"
    desk.keeps_secrets()
    assert all(one.reason.isprintable() for one in outcomes.values())
    return outcomes[kind.source]


@pytest.mark.parametrize(
    "answer",
    [
        whole(b"[" * 200_000),
        whole(b'{"maxPages": 1, "items": [' + b"[" * 900 + b"]" * 900 + b"]}"),
        whole(b'{"\\ud800\\u001b[2J\\u202e' + TOKEN.encode() + b'": 1, "x": "' + b"y" * 99_999 + b'"}'),
        whole(b'{"maxPages": 99999999999999999999999999, "items": []}'),
        whole(b'{"maxPages": ' + b"9" * 4_000 + b', "items": []}'),
        whole(b'{"maxPages": -1, "items": []}'),
        whole(b'{"maxPages": 1, "items": [{"year": "\\udcff"}]}'),
        whole(b'{"maxPages": 1, "items": [{"year": 1e999}]}'),
    ],
)
def test_an_answer_that_breaks_its_reader_fails_its_source_and_no_other(desk, answer):
    kind, _ = desk.play("unhcr")
    assert answered(desk, kind, answer).outcome == "failed"


@pytest.mark.parametrize("value", ["1e999", "-1e999", "1e300"])
def test_a_number_that_is_none_fails_its_source_and_no_other(desk, value):
    kind, publisher = desk.play("uis")
    desk.play("file")
    give = publisher.answer
    publisher.answer = lambda asked: (
        replace(reply, body=reply.body.replace(b'"value": ', b'"value": ' + value.encode() + b', "x": '))
        if (reply := give(asked)).body
        else reply
    )
    outcomes = {one.source: one.outcome for one in desk.refresh()}
    assert outcomes.pop(kind.source) == "failed" and set(outcomes.values()) == {"published"}


def test_a_pattern_of_a_card_that_is_none_fails_its_source_and_no_other(desk):
    kind, publisher = desk.play("ckan")
    way = kind.way(publisher.address)
    desk.lead(kind.source, replace(way, settings={**way.settings, "resource": "("}))
    desk.fails(kind.source, says="another shape than is documented")


@pytest.mark.parametrize(
    "name",
    [
        "demonstration_x.csv",
        "x_part_2.csv",
        "to_correct_unesco_closures.2020-05-31-b706663c.csv",
        "..%2F..%2Fx.csv",
        "%1b[2J.csv",
        "x.part_2",
        "",
    ],
)
def test_the_name_that_a_publisher_gives_a_file_marks_it_as_nothing(desk, name):
    kind, publisher = desk.play("file")
    way = kind.way(publisher.address)
    desk.lead(kind.source, replace(way, settings={**way.settings, "address": f"{publisher.address}/{name}"}))
    assert desk.one(kind.source).outcome == "published"
    (kept,) = snapshots(desk.store, kind.source)
    account = read_manifest(kept.folder)["input"]
    assert kept.provenance == "published" and account["file"].startswith(f"{kind.source}_20")
    assert not account.get("kind") and not account.get("corrects")


def test_a_table_that_repeats_a_secret_is_refused_without_it(desk):
    kind, publisher = desk.play("kobo")
    desk.lead(
        kind.source,
        replace(
            kind.way(publisher.address),
            kind="file",
            settings={"address": f"{publisher.address}/x.csv", "token": "{COALITION_TEST_TOKEN}"},
        ),
    )
    publisher.answer = lambda asked: as_table(f"\x1b[2J{TOKEN},b\n1,2\n")
    assert "…" in desk.fails(kind.source, says="").reason


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"unesco_closures": {"source": "unesco_closures", "failures": "many"}}',
        '{"unesco_closures": {"source": "unesco_closures", "etag": 1}}',
        '{"unesco_closures": {"source": "other"}}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_state_that_is_none_is_refused_before_anybody_is_asked(desk, text):
    kind, publisher = desk.play("file")
    (desk.store / "fetches.json").write_text(text)
    with pytest.raises(StoreDamaged, match="Remove it"):
        desk.refresh()
    assert not publisher.requests
    assert any("Remove it" in one.words for one in health(desk.store, releases.today()).troubles)
