"""Briefs by mail: to people of a role of the roster who may see them, without a figure in subject and text."""

import shutil
import stat
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from dashboard.commands.cli import main
from dashboard.settings import roster_file, store_folder
from dashboard.store.audit_log import entries

ROSTER = """
issuers = ["https://login.example.org"]
public = true
person = [
    { email = "steward@unesco.example.org", role = "steward" },
    { email = "exec@unesco.example.org", role = "coalition" },
    { email = "officer@alpha.example.org", role = "partner", partner = "alpha" },
    { email = "officer@beta.example.org", role = "partner", partner = "beta" },
    { email = "press@example.org", role = "public" },
    { domain = "gamma.example.org", role = "partner", partner = "gamma" },
]
"""
EVERYONE = ("public", "coalition", "partner:alpha", "partner:beta", "steward")
ADDRESSES = {
    "public": "press@example.org",
    "coalition": "exec@unesco.example.org",
    "partner:alpha": "officer@alpha.example.org",
    "partner:beta": "officer@beta.example.org",
    "steward": "steward@unesco.example.org",
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory, small_store):
    """A copy of the store, to whose audit log tests may write."""
    made = tmp_path_factory.mktemp("mailed") / "store"
    shutil.copytree(small_store, made)
    return made


@pytest.fixture
def brief(post, copied, tmp_path, monkeypatch, capsys):
    """Runs `coalition brief` in an empty folder; gives exit status, what was printed, and the files in the folder."""
    roster_file().write_text(ROSTER, encoding="utf-8")
    monkeypatch.setenv("COALITION_STORE", str(copied))
    monkeypatch.setattr("dashboard.session.let_go", lambda: None)  # the next test asks the same release
    (copied / "audit" / "log.jsonl").unlink(missing_ok=True)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*words):
        status = main(["brief", *words])
        said = capsys.readouterr()
        return status, said.out + said.err, sorted(file.name for file in here.iterdir())

    return run


def on_record():
    return [(said["event"], said["what"]) for said in entries(store_folder())]


@pytest.mark.parametrize("kind", ["pdf", "pptx", "xlsx", "html"])
def test_a_brief_is_mailed_to_each_person_of_a_role_and_kept_nowhere(brief, post, kind):
    box = post()
    status, said, files = brief("board", "--as", kind, "--as-audience", "coalition", "--mail-to", "coalition")
    assert (status, files) == (0, []), said
    ((to, mail, _, _),) = box.mails
    assert to == ("exec@unesco.example.org",)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename().startswith("board_en_release-1_") and attached.get_filename().endswith(f".{kind}")
    assert attached.get_content()[:4] in (b"%PDF", b"PK\x03\x04") or kind == "html"
    events = on_record()
    assert [event for event, _ in events] == ["export", "mail"]
    assert "to exec@unesco.example.org" in events[1][1] and f".{kind} sha256" in events[1][1]


def test_subject_and_text_have_no_figure_of_learners(brief, post):
    box = post()
    assert brief("board", "--lang", "fr", "--mail-to", "steward")[0] == 0
    ((_, mail, _, _),) = box.mails
    subject, text = str(make_header(decode_header(mail["Subject"]))), mail.get_body().get_content()
    assert "Édition 1" in text and "lang=fr" not in text, "without a public address there is no link"
    assert subject.split(": ")[-1] in text
    assert not [word for word in text.split() if word.isdigit() and int(word) > 31 and not word.startswith("20")], text


def test_a_file_that_is_named_is_kept_too(brief, post):
    post()
    assert brief("board", "board.html", "--as", "html", "--mail-to", "steward")[2] == ["board.html"]
    assert stat.S_IMODE(Path("board.html").stat().st_mode) == 0o600, "exact figures are for whoever ran the command"


@pytest.mark.parametrize("role", EVERYONE)
def test_what_is_public_may_go_to_every_role(brief, post, role):
    box = post()
    assert brief("closures", "--as", "html", "--as-audience", "public", "--mail-to", role)[0] == 0
    assert [to for to, *_ in box.mails] == [(ADDRESSES[role],)]


@pytest.mark.parametrize(
    ("audience", "may"),
    [
        ("steward", {"steward"}),
        ("coalition", {"steward", "coalition"}),
        ("partner:alpha", {"steward", "partner:alpha"}),
    ],
)
def test_what_is_not_public_goes_to_those_who_may_see_it(brief, post, audience, may):
    box = post()
    for role in EVERYONE:
        status, said, files = brief("board", "--as", "html", "--as-audience", audience, "--mail-to", role)
        assert (status == 0) == (role in may), (role, said)
        assert files == []
        if role not in may:
            assert "Nothing was sent" in said and ADDRESSES[role] in said
    assert {to[0] for to, *_ in box.mails} == {ADDRESSES[role] for role in may}


def test_one_who_may_not_have_it_stops_the_mail_to_all(brief, post):
    box = post()
    status, said, files = brief(
        "partner", "--as", "html", "--as-audience", "partner:alpha", "--mail-to", "steward", "--mail-to", "partner:beta"
    )
    assert (status, files, box.mails, on_record()) == (1, [], [], [])
    assert "what partner alpha may see" in said and "officer@beta.example.org (partner beta)" in said


def test_a_partners_brief_is_never_made_for_the_public(brief, post):
    box = post()
    words = ("partner", "--param", "partner_id=alpha", "--as-audience", "public", "--mail-to", "public")
    status, said, _ = brief(*words)
    assert status == 1 and "only that partner and stewards" in said and box.mails == []


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("officer@alpha.example.org", "not a viewer: 'officer@alpha.example.org'"),
        ("Steward <steward@unesco.example.org>", "not a viewer"),
        ("ministers", "not a viewer: 'ministers' ''. Audiences: steward, partner, coalition, public"),
        ("partner", "not a viewer"),
        ("partner:all", "not a viewer"),
        ("coalition\nBcc: x@example.org", "not a viewer"),
    ],
)
def test_no_address_and_no_unknown_role_is_mailed_to(brief, post, capsys, word, why):
    box = post()
    with pytest.raises(SystemExit):
        brief("board", "--as-audience", "public", "--mail-to", word)
    assert why in capsys.readouterr().err and box.mails == [] and on_record() == []


@pytest.mark.parametrize(
    ("settings", "roles", "why"),
    [
        ({"COALITION_SMTP_HOST": ""}, ["public"], "Mail is not set up: set COALITION_SMTP_HOST"),
        ({}, ["partner:gamma"], "The roster names nobody by an address of their own as partner gamma"),
        ({}, ["partner:delta"], "The roster names nobody by an address of their own as partner delta"),
        ({"COALITION_ROSTER": "/nowhere/roster.toml"}, ["public"], "there is no roster"),
        ({"COALITION_SMTP_PORT": "1"}, ["public"], "127.0.0.1:1 cannot be reached"),
    ],
)
def test_what_keeps_a_mail_from_going_is_a_sentence(brief, post, monkeypatch, settings, roles, why):
    box = post()
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    status, said, files = brief("board", "--as", "html", "--as-audience", "public", "--mail-to", *roles)
    assert (status, files, box.mails) == (1, [], []) and why in said, said
    assert "Traceback" not in said and said.count("coalition: ") == 1


def test_a_server_that_refuses_is_a_sentence_and_on_record(brief, post):
    box = post()
    box.refuse = {ADDRESSES["public"]: "550 mailbox unknown"}
    status, said, _ = brief("board", "--as", "html", "--as-audience", "public", "--mail-to", "public")
    assert status == 1 and "did not take the mail to press@example.org (answer 550)" in said
    assert [what.startswith("not done: ") for event, what in on_record() if event == "mail"] == [False, True]


def test_what_cannot_be_put_on_record_is_not_mailed(brief, post, monkeypatch):
    box = post()
    (store_folder() / "audit" / "log.jsonl").mkdir(parents=True)
    try:
        status, said, _ = brief("board", "--as", "html", "--as-audience", "public", "--mail-to", "public")
    finally:
        (store_folder() / "audit" / "log.jsonl").rmdir()
    assert status == 1 and box.mails == [], said
