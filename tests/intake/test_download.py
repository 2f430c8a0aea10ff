"""A download: within a size and a time, whole or not at all."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dashboard.intake import download as module
from dashboard.intake.download import DownloadFailed, download

BODY = b"Date,ISO,Status\n16/03/2020,KEN,Fully open\n"


class Publisher(BaseHTTPRequestHandler):
    """Answers as publishers do, well and badly."""

    def do_GET(self):
        if self.path == "/gone.csv":
            self.send_error(404)
            return
        if self.path == "/elsewhere.csv":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY) + (100 if self.path == "/cut.csv" else 0)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *said):
        """Silent."""


@pytest.fixture(scope="module")
def publisher():
    server = HTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_file_comes_whole_under_its_own_name_with_progress(publisher):
    told = []
    with download(publisher + "/closures_2020-05-28.csv", lambda got, total: told.append((got, total))) as file:
        assert file.read_bytes() == BODY and file.name == "closures_2020-05-28.csv"
    assert not file.exists() and told[-1] == (len(BODY), len(BODY))


@pytest.mark.parametrize(
    ("path", "says"), [("/gone.csv", "Not Found"), ("/cut.csv", "bytes of"), ("/elsewhere.csv", "could not be fetched")]
)
def test_what_is_not_the_whole_file_is_refused(publisher, path, says):
    with pytest.raises(DownloadFailed, match=says), download(publisher + path):
        pass


@pytest.mark.parametrize(
    "address", ["", "x", "ftp://h/x", "http://[::1", "http://h:abc/x", "file:///etc/hostname", "http://"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(DownloadFailed), download(address):
        pass


def test_a_file_over_the_limit_is_stopped(publisher, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_FILE", 10)
    with pytest.raises(DownloadFailed, match="more than 25 MB"), download(publisher + "/x.csv"):
        pass
