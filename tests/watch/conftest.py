"""A mail server of the tests' own on this machine, and a roster to send to."""

import shutil
import socket
import subprocess
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

ROSTER = """
issuers = ["https://login.example.org"]
public = true
person = [
    { email = "steward@unesco.example.org", role = "steward" },
    { email = "exec@unesco.example.org", role = "coalition" },
    { email = "second@unesco.example.org", role = "coalition" },
    { email = "officer@kiron.example.org", role = "partner", partner = "kiron" },
    { email = "press@example.org", role = "public" },
    { domain = "unesco.example.org", role = "coalition" },
    { issuer = "https://login.example.org", sub = "1", role = "steward" },
]
revoked = [{ email = "second@unesco.example.org" }]
"""
PASSWORD = "correct horse battery staple"


class Box:
    """Takes mail in, or refuses it as a test wants."""

    def __init__(self):
        self.mails, self.refuse, self.logins = [], {}, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - its name in the library
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - its name in the library
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((tuple(envelope.rcpt_tos), mail, session.ssl is not None, session.host_name))
        return "250 OK"

    def login(self, server, session, envelope, mechanism, data):
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A key and a certificate for 127.0.0.1 that nobody trusts by himself."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine, which makes the certificate")
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


@pytest.fixture
def post(tmp_path, monkeypatch):
    """Starts a mail server and names it; `post(**how)` gives its box."""
    started = []

    def start(**how):
        box = Box()
        if how.pop("login", False):
            how |= {"authenticator": box.login, "auth_required": True, "auth_require_tls": False}
        server = Controller(box, hostname="127.0.0.1", port=free_port(), **how)
        server.start()
        started.append(server)
        monkeypatch.setenv("COALITION_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("COALITION_SMTP_PORT", str(server.port))
        return box

    monkeypatch.setenv("COALITION_SMTP_FROM", "dashboard@example.org")
    monkeypatch.setenv("COALITION_SMTP_SECURITY", "none")
    for name in ("USER", "PASSWORD_FILE", "HOST", "PORT"):
        monkeypatch.delenv(f"COALITION_SMTP_{name}", raising=False)
    roster = tmp_path / "roster.toml"
    roster.write_text(ROSTER, encoding="utf-8")
    monkeypatch.setenv("COALITION_ROSTER", str(roster))
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    yield start
    for server in started:
        server.stop()
