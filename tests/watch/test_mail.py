"""Mail goes to people of the roster who may see it, over TLS, and every failure is a sentence without the password."""

import ssl

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.documents import mail
from dashboard.documents.mail import Attachment, MailFailed, MailRefused, may_see, send
from dashboard.settings import roster_file, store_folder
from dashboard.store.audit_log import entries
from tests.watch.conftest import PASSWORD, free_port

KIRON, BETA = Viewer("partner", "kiron"), Viewer("partner", "beta")
PDF = Attachment("brief.pdf", b"%PDF-1.7 figures", "application/pdf")


def lines():
    return [(said["event"], said["what"], said["release"]) for said in entries(store_folder())]


def test_each_recipient_has_a_mail_of_its_own_with_the_file_and_a_line_on_record(post):
    box = post()
    sent = send(["coalition", "steward"], "Brief\r\nBcc: x@example.org", "Text é", [PDF], audience=EXECUTIVE, release=7)
    assert sent == ("exec@unesco.example.org", "steward@unesco.example.org")  # the second one is revoked
    assert [to for to, *_ in box.mails] == [(one,) for one in sent]
    _, first, _, host = box.mails[0]
    assert first["To"] == "exec@unesco.example.org" and first["Subject"] == "Brief Bcc: x@example.org"
    assert first["Bcc"] is None and first["Auto-Submitted"] == "auto-generated"
    assert first.get_body().get_content().strip() == "Text é"
    assert [part.get_content() for part in first.iter_attachments()] == [PDF.body]
    assert host == "example.org" and first["Message-ID"].endswith("@example.org>"), "this machine's name stays here"
    assert [event for event, *_ in lines()] == ["mail", "mail"]
    assert "exec@unesco.example.org" in lines()[0][1] and "brief.pdf sha256" in lines()[0][1] and lines()[0][2] == 7


@pytest.mark.parametrize(
    ("audience", "recipients", "barred"),
    [
        (EXECUTIVE, ["public"], "press@example.org (the public)"),
        (KIRON, ["public"], "press@example.org (the public)"),
        (KIRON, ["exec@unesco.example.org"], "exec@unesco.example.org (the coalition)"),
        (STEWARD, ["steward", "partner:kiron"], "officer@kiron.example.org (partner kiron)"),
        (EXECUTIVE, ["partner:kiron"], "officer@kiron.example.org (partner kiron)"),
        (BETA, ["partner:kiron"], "officer@kiron.example.org (partner kiron)"),
    ],
)
def test_nobody_is_sent_what_is_not_for_them(post, audience, recipients, barred):
    box = post()
    with pytest.raises(MailRefused) as refused:
        send(recipients, "Brief", "Text", [PDF], audience=audience)
    assert barred in str(refused.value) and "Nothing was sent" in str(refused.value)
    assert box.mails == [] and lines() == []


def test_what_each_may_see():
    seen = {
        viewer: [may_see(viewer, of) for of in (EVERYBODY, EXECUTIVE, KIRON, STEWARD)] for viewer in (KIRON, EXECUTIVE)
    }
    assert seen == {KIRON: [True, False, True, False], EXECUTIVE: [True, True, False, False]}
    assert all(may_see(STEWARD, of) for of in (EVERYBODY, EXECUTIVE, KIRON, STEWARD))
    assert [may_see(EVERYBODY, of) for of in (EVERYBODY, EXECUTIVE, KIRON, STEWARD)] == [True, False, False, False]


BY_SUBJECT = 'issuer = "https://login.example.org", sub = "7"'
BY_ADDRESS = 'email = "seven@unesco.example.org"'


@pytest.mark.parametrize(
    ("person", "revoked"),
    [
        (f"{BY_SUBJECT}, {BY_ADDRESS}", BY_SUBJECT),  # the line of the person has both
        (BY_ADDRESS, f"{BY_SUBJECT}, {BY_ADDRESS}"),  # the line that takes back has both
        (f"{BY_SUBJECT}, {BY_ADDRESS}", BY_ADDRESS),
        (BY_ADDRESS, 'domain = "unesco.example.org"'),
    ],
)
def test_whoever_is_revoked_in_any_form_is_sent_nothing(post, person, revoked):
    def written(taken_back):
        roster_file().write_text(
            'issuers = ["https://login.example.org"]\nperson = ['
            f'{{ {person}, role = "coalition" }}, {{ email = "exec@kept.example.org", role = "coalition" }}]\n'
            f"revoked = [{taken_back}]\n"
        )
        return send(["coalition"], "Brief", "Text", audience=EVERYBODY)

    box = post()
    assert written("") == ("seven@unesco.example.org", "exec@kept.example.org")
    assert written(f"{{ {revoked} }}") == ("exec@kept.example.org",)
    with pytest.raises(MailRefused, match="not in the roster"):
        send(["seven@unesco.example.org"], "Brief", "Text", audience=EVERYBODY)
    assert len(box.mails) == 3


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("stranger@example.org", "not in the roster"),
        ("second@unesco.example.org", "not in the roster"),  # revoked, though the domain stands
        ("everybody", "is no role"),
        ("partner", "named by its id"),
        ("partner:beta", "names nobody"),
        ("x@example.org, y@example.org", "is no role"),
        ("x@example.org\nBcc: y@example.org", "is no role"),
    ],
)
def test_only_the_roster_is_sent_to(post, name, why):
    box = post()
    with pytest.raises(MailRefused, match=why):
        send([name], "Brief", "Text", audience=EVERYBODY)
    assert box.mails == []


def test_who_is_listed_twice_is_sent_what_the_gate_would_show(post):
    box = post()
    line = '{ email = "press@example.org", role = "public" },'
    twice = roster_file().read_text(encoding="utf-8").replace(line, f"{line}{line.replace('public', 'steward')}")
    roster_file().write_text(twice, encoding="utf-8")
    assert send(["steward"], "Brief", "Text", audience=STEWARD) == ("steward@unesco.example.org",)
    with pytest.raises(MailRefused, match="press@example.org .the public."):
        send(["press@example.org"], "Brief", "Text", audience=STEWARD)
    assert len(box.mails) == 1


def test_an_address_of_a_domain_of_the_roster_is_in_it(post):
    box = post()
    assert send(["Colleague@UNESCO.example.org"], "Brief", "Text", audience=EXECUTIVE) == (
        "colleague@unesco.example.org",
    )
    assert len(box.mails) == 1


def test_without_a_roster_nobody_is_sent_to(post, monkeypatch, tmp_path):
    monkeypatch.setenv("COALITION_ROSTER", str(tmp_path / "none.toml"))
    with pytest.raises(MailRefused, match="there is no roster"):
        send(["steward"], "Brief", "Text", audience=EVERYBODY)


def password_file(folder, monkeypatch, mode=0o600, text=PASSWORD):
    file = folder / "password"
    file.write_text(text + "\n", encoding="utf-8")
    file.chmod(mode)
    monkeypatch.setenv("COALITION_SMTP_USER", "dashboard")
    monkeypatch.setenv("COALITION_SMTP_PASSWORD_FILE", str(file))


def test_starttls_and_login_with_a_certificate_that_is_trusted(post, certificate, monkeypatch, tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    box = post(login=True, tls_context=context, require_starttls=True)
    monkeypatch.setenv("COALITION_SMTP_SECURITY", "starttls")
    password_file(tmp_path, monkeypatch)
    with pytest.raises(MailFailed, match=r"certificate of 127.0.0.1:\d+ is not one that this machine trusts"):
        send(["steward"], "Brief", "Text", audience=STEWARD)
    assert box.mails == [] and box.logins == [] and lines() == [], "nothing is on record that was never tried"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    send(["steward"], "Brief", "Text", audience=STEWARD)
    assert box.logins == ["dashboard"] and box.mails[0][2], "over TLS"


def test_a_wrong_password_is_a_sentence_without_it(post, monkeypatch, tmp_path):
    box = post(login=True)
    password_file(tmp_path, monkeypatch, text="wrong-secret")
    with pytest.raises(MailFailed, match="does not accept COALITION_SMTP_USER") as failed:
        send(["steward"], "Brief", "Text", audience=STEWARD)
    assert "wrong-secret" not in repr(failed.value) + repr(failed.value.__cause__) and box.mails == []


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"HOST": ""}, "Mail is not set up"),
        ({"FROM": "nobody"}, "Mail is not set up"),
        ({"SECURITY": "tsl"}, "is one of starttls, tls, none"),
        ({"HOST": "mail.example.org"}, "unencrypted"),
        ({"PORT": "smtp"}, "is a number such as 25"),
        ({"USER": "dashboard"}, "belong together"),
        ({"USER": "dashboard", "PASSWORD_FILE": "/nowhere/password"}, "cannot be read"),
    ],
)
def test_settings_that_are_not_whole_say_what_is_wanted(post, monkeypatch, settings, why):
    box = post()
    for name, value in settings.items():
        monkeypatch.setenv(f"COALITION_SMTP_{name}", value)
    with pytest.raises(MailRefused, match=why):
        send(["steward"], "Brief", "Text", audience=STEWARD)
    assert box.mails == []


def test_a_password_that_others_can_read_is_not_used(post, monkeypatch, tmp_path):
    post(login=True)
    password_file(tmp_path, monkeypatch, mode=0o640)
    with pytest.raises(MailRefused, match=r"open to others \(0640\)"):
        send(["steward"], "Brief", "Text", audience=STEWARD)


def test_a_server_that_is_not_there_silent_or_speaks_no_tls_is_a_sentence(post, monkeypatch):
    import socket

    monkeypatch.setenv("COALITION_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("COALITION_SMTP_PORT", str(free_port()))
    with pytest.raises(MailFailed, match="cannot be reached"):
        send(["steward"], "Brief", "Text", audience=STEWARD)
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("COALITION_SMTP_PORT", str(silent.getsockname()[1]))
        with pytest.raises(MailFailed, match="did not answer within"):
            send(["steward"], "Brief", "Text", audience=STEWARD)
    monkeypatch.setattr(mail, "TIMEOUT", 5)
    post()
    monkeypatch.setenv("COALITION_SMTP_SECURITY", "starttls")
    with pytest.raises(MailFailed, match="does not offer"):
        send(["steward"], "Brief", "Text", audience=STEWARD)


def test_one_who_is_refused_is_named_with_those_who_have_it(post):
    box = post()
    box.refuse = {"steward@unesco.example.org": "550 no such user, password swordfish"}
    with pytest.raises(MailFailed) as failed:
        send(["coalition", "steward"], "Brief", "Text", audience=EXECUTIVE)
    assert "answer 550" in str(failed.value) and "swordfish" not in str(failed.value)
    assert "It went to exec@unesco.example.org; it did not go to steward@unesco.example.org" in str(failed.value)
    assert [what.startswith("not done: ") for _, what, _ in lines()] == [False, False, True]


def test_what_is_too_large_is_not_sent(post, monkeypatch):
    box = post()
    monkeypatch.setattr(mail, "LARGEST", 10)
    with pytest.raises(MailRefused, match="Send a link instead"):
        send(["steward"], "Brief", "Text", [PDF], audience=STEWARD)
    assert box.mails == []
