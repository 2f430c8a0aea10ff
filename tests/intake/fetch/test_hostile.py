"""Publishers that do harm: by the way they answer, by what stands in it, and by how long they take."""

import gzip
import time
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from dashboard import actions
from dashboard.actions import Actor
from dashboard.intake.fetch.client import Client, FetchFailed, FetchUnchanged, Known, _is_inside
from dashboard.store import releases
from dashboard.store.health import health
from dashboard.store.protocol import StoreDamaged, read_manifest
from dashboard.store.snapshots import snapshots
from dashboard.warehouse.catalog import _way
from tests.intake.fetch.conftest import QUICK
from tests.intake.fetch.hostile import FOUND, answering, whole
from tests.intake.fetch.publishers import TOKEN, as_table, publishing

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
        got = Known('"v1"', "", client.address_mark(f"{address}/a.csv"))
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


def rows_of(*people: int) -> list[dict]:
    """So many refugees from Somalia in Kenya, Chad and Italy."""
    return [
        {"year": 2023, "coo_iso": "SOM", "coa_iso": code, "refugees": count, "asylum_seekers": 0}
        for code, count in zip(("KEN", "TCD", "ITA"), people, strict=True)
    ]


def test_steps_within_bounds_wait_when_they_are_far_from_what_a_person_saw(desk):
    kind, _ = desk.play("unhcr")  # a total may change by 0.6
    people, outcomes = 100, []
    for _ in range(4):
        kind.rows[:] = rows_of(people, 50, 50)
        outcomes.append(desk.one(kind.source))
        people += 40
    # 200, 240, 280, 320: the last is 60% more than 200, the first, of which the card let 60% pass; 360 is 80% more.
    assert [one.outcome for one in outcomes] == ["published"] * 4
    kind.rows[:] = rows_of(people, 50, 50)
    outcome = desk.one(kind.source)
    assert outcome.outcome == "waiting" and "200 people in all become 360: 80% more" in outcome.reason
    assert outcome.reason.startswith("Small changes have added up since the capture that a person saw last (20")
    actions.accept(desk.store, desk.waiting(), Actor("a steward"), confirmed=True)
    kind.rows[:] = rows_of(people + 40, 50, 50)  # from here on 360 is what a person saw
    assert desk.one(kind.source).outcome == "published"


def test_figures_that_change_places_wait_though_their_sum_is_the_same(desk):
    kind, _ = desk.play("unhcr")
    kind.rows[:] = rows_of(100, 10, 10)
    desk.one(kind.source)
    kind.rows[:] = rows_of(10, 10, 100)
    assert desk.one(kind.source).reason == (
        "120 people in all become 120, but country by country 180 differ: 150%, beyond the 60% that may change "
        "without a person."
    )


def test_countries_that_others_take_the_place_of_wait(desk):
    kind, publisher = desk.play("file")
    desk.one(kind.source)
    kind.rows[:] = [row.replace("KEN,Kenya", "ESP,Spain") for row in kind.rows]
    bounds = {"rows": 9, "countries": 0.6, "set_aside": 1}
    desk.lead(kind.source, replace(kind.way(publisher.address), bounds=bounds))
    outcome = desk.one(kind.source)
    assert outcome.outcome == "waiting" and "3 countries become 3, but country by country 2 differ" in outcome.reason


@pytest.mark.parametrize("bounds", [{"rowz": 9}, {"rows": float("nan")}])
def test_a_bound_that_bounds_nothing_lets_nothing_pass(desk, bounds):
    kind, publisher = desk.play("file")
    desk.one(kind.source)
    kind.rows += kind.more
    desk.lead(kind.source, replace(kind.way(publisher.address), bounds=bounds))
    assert desk.one(kind.source).outcome == "waiting"


def test_an_address_elsewhere_does_not_lead_a_person_into_the_own_network(tmp_path, monkeypatch):
    monkeypatch.setattr("dashboard.intake.fetch.client._is_inside", lambda host: host == "127.0.0.1")
    with (
        publishing(lambda asked: as_table("a,b\n")) as inside,
        answering(f"HTTP/1.1 302 Found\r\nLocation: {inside.address}/x.csv\r\n\r\n".encode()) as address,
        Client(None, QUICK, sleep=lambda _: None) as client,
    ):
        with pytest.raises(FetchFailed, match="leads to 127.0.0.1, which is in your own network"):
            client.file(f"{address.replace('127.0.0.1', 'localhost')}/a.csv", tmp_path)
        assert not inside.requests
        assert client.file(f"{address}/a.csv", tmp_path).file.read_bytes() == b"a,b\n"


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("::ffff:10.0.0.1", True),
        ("10.0.0.1", True),
        ("169.254.169.254", True),
        ("0", True),
        ("2130706433", True),
        ("8.8.8.8", False),
        ("nowhere.invalid", False),
    ],
)
def test_hosts_of_the_own_network_are_known_however_they_are_written(host, inside):
    assert _is_inside(host) == inside


@pytest.mark.parametrize(
    "to",
    [
        "https://127.0.0.1.example.org/",
        "https://user@example.org/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://EXAMPLE.org/",
        "file:///etc/hostname",
        "https://example.org\\@127.0.0.1.example.org/",
        "javascript:1",
        "//example.org/x",
        "http://127.0.0.1:9\\@example.org/",
    ],
)
def test_a_host_that_only_looks_like_an_allowed_one_is_not_asked(client, tmp_path, to):
    """Whatever it says: the only request is the first one."""
    assert "tries" not in refused(client, f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n".encode(), tmp_path)


def test_a_secret_that_is_posted_is_not_sent_where_the_answer_leads(client):
    with publishing(lambda asked: as_table("a,b\n")) as other:
        lead = f"HTTP/1.1 307 Moved\r\nLocation: {other.address}/x\r\n\r\n".encode()
        assert "is not sent elsewhere" in refused(client, lead, form={"a": "b"}, basic=("id", TOKEN))
        assert "web page" in refused(client, whole(b"<html>" + TOKEN.encode()), form={"a": "b"}, basic=("id", TOKEN))
        assert not other.requests


@pytest.mark.parametrize(
    "wrong",
    [
        {"hosts": "data.example.org"},
        {"variables": "COALITION_TEST_TOKEN"},
        {"bounds": {"rows": "0.2"}},
        {"bounds": {"rows": float("nan")}},
        {"bounds": {"rows": -1}},
    ],
)
def test_a_way_of_a_card_that_cannot_be_meant_is_refused_when_the_card_is_read(wrong):
    with pytest.raises(TypeError, match="should be a"):
        _way({"kind": "file", "hosts": ["data.example.org"], **wrong})
