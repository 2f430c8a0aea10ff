"""The client by itself: marks of files, redirects, certificates, what is no table, and addresses that people give."""

import datetime
import email.utils
import subprocess
import time
from dataclasses import replace

import pytest

from dashboard.intake.fetch.client import Client, FetchFailed, FetchUnchanged, Known
from dashboard.intake.fetch.file import download
from tests.intake.fetch.conftest import QUICK
from tests.intake.fetch.publishers import TOKEN, Reply, as_json, as_table, closures, publishing, redirected

BODY = closures(["16/03/2020,KEN,Kenya,National"]).encode()


@pytest.fixture
def publisher():
    with publishing(lambda asked: as_table(BODY.decode())) as one:
        yield one


@pytest.fixture
def client():
    slept: list[float] = []
    with Client(("127.0.0.1",), QUICK, (TOKEN,), sleep=slept.append, chance=lambda: 0.5) as one:
        one.slept = slept
        yield one


def test_a_file_comes_whole_under_its_own_name(client, publisher, tmp_path):
    got = client.file(f"{publisher.address}/data/closures%20of%20May.csv?key={TOKEN}", tmp_path)
    assert got.file.name == "closures of May.csv" and got.file.read_bytes() == BODY
    assert publisher.requests[0].headers["user-agent"].startswith("coalition-dashboard/")


def test_the_etag_and_the_moment_of_a_file_spare_sending_it_again(client, publisher, tmp_path):
    marks = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2020 08:00:00 GMT"}
    publisher.fault = lambda asked, reply: (
        Reply(status=304) if asked.headers.get("if-none-match") == '"v1"' else replace(reply, headers=marks)
    )
    got = client.file(f"{publisher.address}/a.csv", tmp_path)
    known = Known(got.etag, got.modified, got.address_mark)
    assert (got.etag, got.modified) == ('"v1"', "Mon, 01 Jun 2020 08:00:00 GMT")
    with pytest.raises(FetchUnchanged):
        client.file(f"{publisher.address}/a.csv", tmp_path, known)
    assert publisher.requests[-1].headers["if-modified-since"] == "Mon, 01 Jun 2020 08:00:00 GMT"
    # Another address is asked as if nothing were known of it.
    assert client.file(f"{publisher.address}/b.csv", tmp_path, known).file.read_bytes() == BODY
    assert "if-none-match" not in publisher.requests[-1].headers


def test_an_address_that_leads_to_an_allowed_host_is_followed_and_one_to_another_is_not(client, publisher, tmp_path):
    publisher.fault = lambda asked, reply: redirected(reply, "/new/place.csv") if asked.path == "/a.csv" else reply
    assert client.file(f"{publisher.address}/a.csv", tmp_path).file.read_bytes() == BODY
    elsewhere = publisher.address.replace("127.0.0.1", "localhost")
    publisher.fault = lambda asked, reply: redirected(reply, f"{elsewhere}/b.csv?t={TOKEN}")
    with pytest.raises(FetchFailed, match=r"leads to localhost, which is none of the hosts .*\(127.0.0.1\)") as failed:
        client.file(f"{publisher.address}/a.csv", tmp_path)
    assert TOKEN not in str(failed.value)


def test_a_token_is_not_shown_to_the_host_that_an_address_leads_to(publisher):
    with (
        publishing(lambda asked: as_json({"n": 1})) as other,
        Client(("127.0.0.1", "localhost"), QUICK) as client,
    ):
        there = other.address.replace("127.0.0.1", "localhost")
        publisher.fault = lambda asked, reply: redirected(reply, f"{there}/x")
        assert client.json(f"{publisher.address}/x", headers={"Authorization": f"Token {TOKEN}"}) == {"n": 1}
        assert publisher.requests[0].headers["authorization"] == f"Token {TOKEN}"
        assert "authorization" not in other.requests[0].headers


def test_five_redirects_are_followed_and_six_are_not(client, publisher, tmp_path):
    def lead(asked, reply):
        step = int(asked.path.strip("/").removesuffix(".csv"))
        return redirected(reply, f"/{step - 1}.csv") if step else reply

    publisher.fault = lead
    assert client.file(f"{publisher.address}/5.csv", tmp_path).file.read_bytes() == BODY
    with pytest.raises(FetchFailed, match="without an end"):
        client.file(f"{publisher.address}/6.csv", tmp_path)


def test_pauses_double_with_chance_and_are_at_least_what_is_asked_for(client, publisher, tmp_path):
    publisher.fault = lambda asked, reply: Reply(b"", 503)
    with pytest.raises(FetchFailed, match="found at last: status 503"):
        client.file(f"{publisher.address}/a.csv", tmp_path)
    assert client.slept == [1.0, 2.0]  # 1 and 2 seconds, times 0.5 and the chance of 0.5
    in_a_minute = email.utils.format_datetime(
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60), usegmt=True
    )
    publisher.fault = lambda asked, reply: Reply(b"", 429, {"Retry-After": in_a_minute})
    client.caps = replace(QUICK, seconds=600)
    with pytest.raises(FetchFailed):
        client.file(f"{publisher.address}/a.csv", tmp_path)
    assert all(57 < pause <= 60 for pause in client.slept[2:])


def test_silence_is_not_waited_for(publisher, tmp_path):
    publisher.fault = lambda asked, reply: replace(reply, pause=1)
    with Client(("127.0.0.1",), replace(QUICK, silence_seconds=0.2, tries=2), sleep=lambda _: None) as client:
        began = time.monotonic()
        with pytest.raises(FetchFailed, match="no answer in 0 seconds"):
            client.file(f"{publisher.address}/a.csv", tmp_path)
    assert time.monotonic() - began < 3


def test_nobody_at_an_address_is_a_failure_in_words(client, tmp_path):
    with pytest.raises(FetchFailed, match=r"in 3 tries \(found at last: .*refused"):
        client.file("http://127.0.0.1:9/a.csv", tmp_path)
    with (
        Client(("nowhere.invalid",), QUICK, sleep=lambda _: None) as other,
        pytest.raises(FetchFailed, match="the host cannot be found"),
    ):
        other.file("https://nowhere.invalid/a.csv", tmp_path)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08\x00....", "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00 data.csv", "a zip archive"),
        (b"\xef\xbb\xbf  <!doctype HTML><title>x", "a web page"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (b'{"error": "not found"}', "JSON"),
    ],
)
def test_what_is_no_table_is_refused_by_its_first_bytes(client, publisher, tmp_path, body, what):
    publisher.fault = lambda asked, reply: Reply(body, headers={"Content-Type": "application/octet-stream"})
    with pytest.raises(FetchFailed, match=f"found: {what}"):
        client.file(f"{publisher.address}/a.csv", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_workbook_is_a_table(client, publisher, tmp_path):
    body = b"PK\x03\x04\x14\x00\x00\x00\x08\x00 [Content_Types].xml"
    publisher.fault = lambda asked, reply: Reply(body)
    assert client.file(f"{publisher.address}/a.xlsx", tmp_path).file.read_bytes() == body


def test_what_grows_when_it_is_unpacked_is_stopped_too(client, publisher, tmp_path):
    import gzip

    packed = gzip.compress(b"0" * 3_000_000)
    publisher.fault = lambda asked, reply: Reply(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchFailed, match="the most that is fetched"):
        client.file(f"{publisher.address}/a.csv", tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody vouches for, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(made, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(desk, certificate):
    kind, publisher = desk.play("kobo", str(certificate))
    desk.fails(kind.source, says="no certificate that can be trusted")
    assert not publisher.requests and not desk.slept, "nothing was sent, and it is not tried again"


def test_a_certificate_that_is_vouched_for_is_taken(certificate, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    with (
        publishing(lambda asked: as_table(BODY.decode()), str(certificate)) as publisher,
        Client(("127.0.0.1",), QUICK) as client,
    ):
        assert client.file(f"{publisher.address}/a.csv", tmp_path).file.read_bytes() == BODY


def test_a_scheduled_address_is_of_an_allowed_host_and_encrypted(client, tmp_path):
    with pytest.raises(FetchFailed, match="is at example.org, which is none of the hosts"):
        client.file("https://example.org/a.csv", tmp_path)
    with (
        Client(("example.org",), QUICK) as other,
        pytest.raises(FetchFailed, match="not encrypted"),
    ):
        other.file("http://example.org/a.csv", tmp_path)


def test_no_secret_stands_in_a_message(client, publisher, tmp_path):
    publisher.fault = lambda asked, reply: Reply(b"", 404)
    address = publisher.address.replace("http://", "http://user:pass@") + f"/{TOKEN}/a.csv?key=another-secret"
    with pytest.raises(FetchFailed) as failed:
        client.file(address, tmp_path)
    for secret in (TOKEN, "user", "pass", "another-secret"):
        assert secret not in str(failed.value)


def test_an_address_given_by_hand_may_be_of_any_host_within_a_size(publisher, monkeypatch, tmp_path):
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    told = []
    elsewhere = publisher.address.replace("127.0.0.1", "localhost")
    with download(f"{elsewhere}/closures_2020-05-28.csv", lambda got, total: told.append((got, total))) as file:
        assert file.read_bytes() == BODY and file.name == "closures_2020-05-28.csv"
    assert not file.exists() and told[-1] == (len(BODY), len(BODY))
    publisher.fault = lambda asked, reply: replace(reply, headers={"Content-Length": str(26 * 1024**2)})
    with pytest.raises(FetchFailed, match="more than 25 MB"), download(f"{elsewhere}/a.csv"):
        pass


@pytest.mark.parametrize(
    "address", ["", "x", "ftp://h/x", "http://[::1", "http://h:abc/x", "file:///etc/hostname", "http://"]
)
def test_what_is_no_address_is_refused(address, tmp_path, monkeypatch):
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    with pytest.raises(FetchFailed), download(address):
        pass
