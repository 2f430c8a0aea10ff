"""Sends mail by the SMTP server that the operator names, to people of the roster and to nobody else.

`send` is the only way out. What it sends has an audience, and each recipient must be allowed to see it: a steward sees
everything, a partner what is public and its own, a member of the coalition what is for the coalition and the public.
"""

import hashlib
import os
import re
import smtplib
import ssl
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from dashboard.access.roster import ADDRESS, Roster, RosterWrong, read_roster
from dashboard.access.viewer import AUDIENCES, EVERYBODY, STEWARD_AUDIENCE, Viewer
from dashboard.refusals import Refusal
from dashboard.settings import roster_file, store_folder
from dashboard.store.audit_log import OPERATOR, cleaned, note, record

HOST_VARIABLE = "COALITION_SMTP_HOST"
PORT_VARIABLE = "COALITION_SMTP_PORT"
SECURITY_VARIABLE = "COALITION_SMTP_SECURITY"
FROM_VARIABLE = "COALITION_SMTP_FROM"
USER_VARIABLE = "COALITION_SMTP_USER"
PASSWORD_VARIABLE = "COALITION_SMTP_PASSWORD_FILE"
STARTTLS, TLS, NONE = "starttls", "tls", "none"
PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
LOOPBACK = ("127.0.0.1", "::1", "localhost")
TIMEOUT = 20.0  # seconds for each answer of the server
LARGEST = 20 * 1024 * 1024  # of all attachments: what common mailboxes take, once encoded
MOST_RECIPIENTS = 200
KIND = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


class MailRefused(Refusal):
    """Nothing was sent: a recipient may not have it, or the settings are not whole; the message states what to do."""


class MailFailed(Refusal):
    """The server did not take it; the message states who has it already and who has not."""


@dataclass(frozen=True)
class Attachment:
    """A file of a mail: its name, its bytes, and its kind such as application/pdf."""

    name: str
    body: bytes
    kind: str


@dataclass(frozen=True)
class Recipient:
    """Somebody of the roster who has an address, and what they may see."""

    address: str
    viewer: Viewer


@dataclass(frozen=True)
class Settings:
    """How the server is reached; the password is in no message, log or repr."""

    host: str
    port: int
    security: str
    sender: str
    user: str
    password_file: Path | None


def send(
    recipients: Sequence[str],
    subject: str,
    text: str,
    attachments: Sequence[Attachment] = (),
    *,
    audience: Viewer,
    who: str = OPERATOR,
    release: int | None = None,
) -> tuple[str, ...]:
    """Sends one mail to each recipient, who sees no other recipient; returns the addresses.

    Args:
        recipients: roles (steward, coalition, public, partner:ID) for all whom the roster names by address in that
            role, or single addresses that stand in the roster, by themselves or by their domain.
        subject, text: in words; the subject in one line.
        attachments: files.
        audience: whose view the text and the files are. Each recipient must be allowed to see it.
        who: sends it, for the audit log.
        release: that the figures are of, for the audit log.

    Raises:
        MailRefused: nothing was sent.
        MailFailed: the server did not take it, or not for all.
        NotRecorded: it cannot be put on record, so nothing was sent.
    """
    meant = allowed_recipients(recipients, audience)
    settings = read_settings()
    if (size := sum(len(attachment.body) for attachment in attachments)) > LARGEST:
        raise MailRefused(
            f"The attachments have {size / 1e6:.0f} MB, and mail takes {LARGEST // 1024**2} MB. Send a link instead."
        )
    line = cleaned(subject)
    what = f"{line[:80]}; {_attachment_words(attachments)}; as {_viewer_words(audience)}"
    store, done = store_folder(), list[str]()
    with _connection(settings) as server:
        for recipient in meant:
            record(store, "mail", who, f"to {recipient.address}: {what}", release)
            try:
                server.send_message(_message(settings, recipient.address, line, text, attachments))
            except (smtplib.SMTPException, OSError) as wrong:
                note(store, "mail", who, f"not done: to {recipient.address}: {line[:80]}")
                left = [other.address for other in meant if other.address not in done]
                raise MailFailed(
                    f"{settings.host} did not take the mail to {recipient.address} ({_server_words(wrong)}). It went "
                    f"to {', '.join(done) or 'nobody'}; it did not go to {', '.join(left)}. Correct the address or the "
                    "settings, then send it again."
                ) from wrong
            done.append(recipient.address)
    return tuple(done)


def allowed_recipients(recipients: Sequence[str], audience: Viewer) -> tuple[Recipient, ...]:
    """Whom the roster names by these roles and addresses, each once; all may see what is for that audience.

    Raises:
        MailRefused: a name is no role and not in the roster, or somebody may not see it.
    """
    if not recipients:
        raise MailRefused("Nobody is named to send to. Name a role of the roster, or an address that stands in it.")
    try:
        roster = read_roster(roster_file())
    except RosterWrong as wrong:
        if roster_file().exists():
            raise MailRefused(f"Mail goes to people of the roster only. {wrong}") from wrong
        raise MailRefused(
            f"Mail goes to people of the roster only, and there is no roster {roster_file()}. Write one as in "
            ".streamlit/roster.toml.example, or name yours by COALITION_ROSTER."
        ) from None
    by_address: dict[str, Recipient] = {}
    for name in recipients:
        for recipient in _people(name.strip(), roster):
            by_address.setdefault(recipient.address, recipient)
    barred = [
        f"{recipient.address} ({_viewer_words(recipient.viewer)})"
        for recipient in by_address.values()
        if not may_see(recipient.viewer, audience)
    ]
    if barred:
        raise MailRefused(
            f"This is what {_viewer_words(audience)} may see, and it was to go to {', '.join(barred)}. Nothing was "
            "sent. Take them out, or send what is made for their audience."
        )
    if len(by_address) > MOST_RECIPIENTS:
        raise MailRefused(
            f"{len(by_address)} recipients are more than {MOST_RECIPIENTS}. Send to a mailing list's address."
        )
    return tuple(by_address.values())


def may_see(viewer: Viewer, audience: Viewer) -> bool:
    """Whether somebody may have what was made for an audience."""
    return viewer.is_steward or audience in (EVERYBODY, viewer)


def role_of(viewer: Viewer) -> str:
    """The role of the roster that sees as somebody, as `send` takes it."""
    return f"{viewer.audience}:{viewer.partner_id}" if viewer.partner_id else viewer.audience


def _people(name: str, roster: Roster) -> list[Recipient]:
    role, _, partner = name.partition(":")
    if role in AUDIENCES and "@" not in name:
        try:
            viewer = Viewer(role, partner)
        except ValueError:
            raise MailRefused(f"{name!r} is no role: a partner is named by its id, as partner:kiron.") from None
        meant = [
            Recipient(line.email, viewer)
            for line in roster.people
            if line.email and line.viewer == viewer and _viewer_of(line.email, roster) == viewer
        ]
        if not meant:
            raise MailRefused(
                f"The roster names nobody by an address of their own as {_viewer_words(viewer)} (a line by domain, or "
                "by issuer and subject, has none). Add [[person]] lines with an e-mail address."
            )
        return meant
    address = name.lower()
    if not ADDRESS.fullmatch(address):
        raise MailRefused(
            f"{name[:80]!r} is no role ({', '.join(AUDIENCES[:1] + AUDIENCES[2:])}, partner:ID) and no address."
        )
    seen_as = _viewer_of(address, roster)
    if seen_as is None:
        raise MailRefused(
            f"{address} is not in the roster, so nothing was sent. Add the person there, with what they may see."
        )
    return [Recipient(address, seen_as)]


def _viewer_of(address: str, roster: Roster) -> Viewer | None:
    """As whom the gate lets in somebody with this address, by the first of several lines; None where it does not.

    A line by subject may state the address of its person: with the subject taken back, the address gets nothing.
    """
    if any(line.is_meant("", "", address) for line in roster.revoked if not line.sub):
        return None
    lines = [
        line for line in roster.people if line.email == address or (not line.sub and line.is_meant("", "", address))
    ]
    taken_back = {(line.issuer, line.sub) for line in roster.revoked if line.sub}
    if any(line.sub and (line.issuer, line.sub) in taken_back for line in lines):
        return None
    lines.sort(key=lambda line: (not line.sub, not line.email))
    return lines[0].viewer if lines else None


def _viewer_words(viewer: Viewer) -> str:
    names = {STEWARD_AUDIENCE: "a steward", "coalition": "the coalition", "public": "the public"}
    return names.get(viewer.audience, f"partner {viewer.partner_id}")


def read_settings() -> Settings:
    """The server as the environment names it.

    Raises:
        MailRefused: a setting is missing or cannot be used; the password's file is open to others.
    """
    host, sender = os.environ.get(HOST_VARIABLE, "").strip(), os.environ.get(FROM_VARIABLE, "").strip()
    if not host or not ADDRESS.fullmatch(sender):
        raise MailRefused(
            f"Mail is not set up: set {HOST_VARIABLE} to your mail server, and {FROM_VARIABLE} to the address it sends "
            "from, such as dashboard@example.org."
        )
    security = os.environ.get(SECURITY_VARIABLE, "") or STARTTLS
    if security not in PORTS:
        raise MailRefused(f"{SECURITY_VARIABLE} is one of {', '.join(PORTS)} (found: {security[:40]!r}).")
    if security == NONE and host not in LOOPBACK:
        raise MailRefused(
            f"{SECURITY_VARIABLE}={NONE} would send figures to {host} unencrypted. Use {STARTTLS} or {TLS}; without "
            "either only a server on this machine is spoken to."
        )
    named = os.environ.get(PORT_VARIABLE, "") or str(PORTS[security])
    if not named.isascii() or not named.isdecimal() or not 0 < int(named) < 65_536:
        raise MailRefused(f"{PORT_VARIABLE} is a number such as {PORTS[security]} (found: {named[:40]!r}).")
    user, file = os.environ.get(USER_VARIABLE, "").strip(), os.environ.get(PASSWORD_VARIABLE, "").strip()
    if bool(user) != bool(file):
        raise MailRefused(f"{USER_VARIABLE} and {PASSWORD_VARIABLE} belong together: set both, or none.")
    return Settings(host, int(named), security, sender, user, Path(file).expanduser() if file else None)


def _password(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & 0o077:
                raise MailRefused(f"{file} holds the password and is open to others ({mode:04o}). `chmod 600` it.")
            secret = opened.read(4096).strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise MailRefused(
            f"{file}, which {PASSWORD_VARIABLE} names, cannot be read ({type(wrong).__name__})."
        ) from None
    if not secret:
        raise MailRefused(f"{file}, which {PASSWORD_VARIABLE} names, is empty. Write the password there, in one line.")
    return secret


@contextmanager
def _connection(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A server that is ready to take mail."""
    password = _password(settings.password_file) if settings.password_file else ""
    where, name = f"{settings.host}:{settings.port}", settings.sender.rpartition("@")[2]
    server: smtplib.SMTP | None = None
    try:
        # Named by its domain: the name of this machine is nobody's business.
        if settings.security == TLS:
            trusted = ssl.create_default_context()
            server = smtplib.SMTP_SSL(settings.host, settings.port, name, timeout=TIMEOUT, context=trusted)
        else:
            server = smtplib.SMTP(settings.host, settings.port, name, timeout=TIMEOUT)
        if settings.security == STARTTLS:
            server.starttls(context=ssl.create_default_context())
        if password:
            server.login(settings.user, password)
    except (smtplib.SMTPException, OSError) as wrong:
        if server:
            server.close()
        # Without its cause: what the server answered to a login may repeat what was sent to it.
        raise MailFailed(f"Nothing was sent. {_why(wrong, where, settings)}") from None
    try:
        yield server
    finally:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def _why(wrong: Exception, where: str, settings: Settings) -> str:
    if isinstance(wrong, smtplib.SMTPAuthenticationError):
        return (
            f"{where} does not accept {USER_VARIABLE} with the password in {PASSWORD_VARIABLE} "
            f"({_server_words(wrong)})."
        )
    if isinstance(wrong, smtplib.SMTPNotSupportedError):
        return (
            f"{where} does not offer what {SECURITY_VARIABLE}={settings.security} or a login wants. Ask its operator."
        )
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not one that this machine trusts for {settings.host}. Ask its operator."
    if isinstance(wrong, ssl.SSLError):
        return f"{where} does not speak TLS as {SECURITY_VARIABLE}={settings.security} wants. Try another port."
    if isinstance(wrong, TimeoutError) or isinstance(wrong.__context__, TimeoutError):
        return f"{where} did not answer within {TIMEOUT:.0f} seconds. Check host, port and firewall."
    if isinstance(wrong, OSError) and not isinstance(wrong, smtplib.SMTPException):
        return f"{where} cannot be reached ({wrong.strerror or type(wrong).__name__}). Check host and port."
    return f"{where} broke off ({_server_words(wrong)}). Check host, port and {SECURITY_VARIABLE}."


def _server_words(wrong: Exception) -> str:
    """The number of a server's answer, never its words."""
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        return ", ".join(f"answer {code}" for code, _ in wrong.recipients.values())
    if isinstance(wrong, smtplib.SMTPResponseException):
        return f"answer {wrong.smtp_code}"
    return type(wrong).__name__


def _message(
    settings: Settings, address: str, subject: str, text: str, attachments: Sequence[Attachment]
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, address, subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    for attachment in attachments:
        if not KIND.fullmatch(attachment.kind):
            raise ValueError(f"{attachment.kind!r} is no kind of file such as application/pdf")
        main, _, sub = attachment.kind.partition("/")
        message.add_attachment(
            attachment.body, maintype=main, subtype=sub, filename=cleaned(attachment.name).replace("/", "_")
        )
    return message


def _attachment_words(attachments: Sequence[Attachment]) -> str:
    if not attachments:
        return "no attachment"
    return ", ".join(
        f"{attachment.name[:40]} sha256 {hashlib.sha256(attachment.body).hexdigest()[:12]}"
        for attachment in attachments
    )
