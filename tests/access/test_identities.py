"""What a login must say to be let in; everything else is refused."""

import json
import math
import os
import threading
import time

import pytest

from dashboard.access.roster import (
    CLOCKS_DIFFER,
    LONGEST_SESSION,
    SIGNED_OUT,
    Denied,
    RosterWrong,
    admit,
    read_roster,
    read_signed_out,
    sign_out,
)
from dashboard.access.viewer import EXECUTIVE, STEWARD, Viewer

NOW = 1_800_000_000.0
ISSUER = "https://login.example.org"
CLIENTS = frozenset({"dashboard"})
ROSTER = f"""
issuers = ["{ISSUER}"]
[[person]]
email = "steward@unesco.org"
role = "steward"
[[person]]
domain = "unesco.org"
role = "coalition"
[[person]]
email = "officer@alder.example.org"
role = "partner"
partner = "alder"
[[person]]
domain = "kiron.ngo"
role = "coalition"
[[person]]
issuer = "{ISSUER}"
sub = "S-1"
role = "coalition"
[[revoked]]
email = "left@unesco.org"
[[revoked]]
domain = "closed.unesco.org"
[[revoked]]
issuer = "{ISSUER}"
sub = "S-gone"
"""
GOOD = {
    "iss": ISSUER,
    "aud": "dashboard",
    "sub": "S-77",
    "iat": NOW - 60,
    "email": "exec@unesco.org",
    "email_verified": True,
}


@pytest.fixture
def roster(tmp_path):
    file = tmp_path / "roster.toml"
    file.write_text(ROSTER, encoding="utf-8")
    return file


def come(file, signed_out=None, **otherwise):
    claims = {key: value for key, value in {**GOOD, **otherwise}.items() if value is not ...}
    return admit(claims, read_roster(file), CLIENTS, NOW, signed_out or {})


# Each is what GOOD is, but for this; `...` takes a claim away.
REFUSED = {
    "an address that is not verified": {"email_verified": False},
    "an address verified in words": {"email_verified": "true"},
    "an address verified by a number": {"email_verified": 1},
    "an address of which nothing is said": {"email_verified": ...},
    "another issuer": {"iss": "https://login.evil.example"},
    "an issuer that begins like ours": {"iss": ISSUER + ".evil.example"},
    "an issuer with a slash more": {"iss": ISSUER + "/"},
    "an issuer in capitals": {"iss": ISSUER.upper()},
    "no issuer": {"iss": ...},
    "a list of issuers": {"iss": [ISSUER]},
    "another audience": {"aud": "wiki"},
    "no audience": {"aud": ...},
    "an empty audience": {"aud": []},
    "an audience that is no name": {"aud": [{"dashboard": 1}]},
    "no subject": {"sub": ...},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 1},
    "an unknown person": {"sub": "S-unknown", "email": "somebody@example.org"},
    "an unknown subject without an address": {"sub": "S-unknown", "email": ...},
    "a subject of another's kind": {"sub": "s-1", "email": ...},
    "a login of more than eight hours ago": {"iat": NOW - LONGEST_SESSION - 1},
    "a login in the future": {"iat": NOW + CLOCKS_DIFFER + 1},
    "a login without a time": {"iat": ...},
    "a login at no number": {"iat": math.nan},
    "a login at the end of time": {"iat": math.inf},
    "a login before all time": {"iat": -math.inf},
    "a time in words": {"iat": str(NOW)},
    "a time that is true": {"iat": True},
    "somebody taken off by address": {"email": "left@unesco.org"},
    "somebody taken off by address, in capitals": {"email": "LEFT@Unesco.Org"},
    "somebody taken off by address, with a dot": {"email": "left@unesco.org.", "sub": "S-1"},
    "somebody taken off by address, unverified": {"email": "left@unesco.org", "email_verified": False, "sub": "S-1"},
    "somebody taken off by domain": {"email": "any@closed.unesco.org", "sub": "S-1"},
    "somebody taken off by domain, oddly written": {"email": "x@y@closed.unesco.org", "sub": "S-1"},
    "somebody taken off by subject": {"sub": "S-gone"},
    "a domain that ends like ours": {"email": "exec@evil-unesco.org"},
    "a domain that begins like ours": {"email": "exec@unesco.org.evil"},
    "a domain below ours": {"email": "exec@mail.unesco.org"},
    "a domain above ours": {"email": "exec@org"},
    "two addresses in one": {"email": "exec@evil.example@unesco.org"},
    "our address behind a comma": {"email": "exec@evil.example,exec@unesco.org"},
    "our address in a name": {"email": '"exec@unesco.org"@evil.example'},
    "our address in brackets": {"email": "<exec@unesco.org>"},
    "a Cyrillic letter": {"email": "exec@un\u0435sco.org"},
    "a letter that becomes ours in lower case": {"email": "exec@\u212airon.ngo"},
    "a letter that becomes ours in NFKC": {"email": "exec@ｕｎｅｓｃｏ.org"},
    "a dotless letter": {"email": "exec@k\u0131ron.ngo"},
    "a long s": {"email": "exec@une\u017fco.org"},
    "a full stop of another script": {"email": "exec@unesco\u3002org"},
    "a trailing dot": {"email": "exec@unesco.org."},
    "a trailing space": {"email": "exec@unesco.org "},
    "a leading space": {"email": " exec@unesco.org"},
    "a line feed": {"email": "exec@unesco.org\n"},
    "a zero-width space": {"email": "exec@unesco.org\u200b"},
    "a NUL": {"email": "exec@unesco.org\x00"},
    "an at sign of another script": {"email": "exec＠unesco.org"},
    "a name without a domain": {"email": "exec@"},
    "a domain without a name": {"email": "@unesco.org"},
    "an address that is a list": {"email": ["exec@unesco.org"]},
    "an address that is true": {"email": True},
    "an empty address": {"email": ""},
}


def test_whoever_is_on_the_roster_is_let_in(roster):
    assert come(roster).viewer == EXECUTIVE
    assert come(roster, email="steward@unesco.org").viewer == STEWARD
    assert come(roster, email="Officer@Alder.example.org").viewer == Viewer("partner", "alder")
    assert come(roster, sub="S-1", email=...).viewer == EXECUTIVE
    assert come(roster, aud=["wiki", "dashboard"]).viewer == EXECUTIVE
    assert come(roster, iat=NOW + CLOCKS_DIFFER - 1).viewer == EXECUTIVE
    assert come(roster, iat=NOW - LONGEST_SESSION + 1).viewer == EXECUTIVE


@pytest.mark.parametrize("otherwise", REFUSED.values(), ids=REFUSED)
def test_nobody_else_is_let_in(roster, otherwise):
    with pytest.raises(Denied) as denied:
        come(roster, **otherwise)
    assert denied.value.reason and str(denied.value).endswith(".")


def test_signing_out_ends_every_login_made_before_in_any_browser(roster, tmp_path):
    sign_out(tmp_path, ISSUER, "S-77", NOW - 10, issued=NOW - 60)
    for iat in (NOW - 60, NOW - 3600, NOW - 10):
        with pytest.raises(Denied, match="signed out"):
            come(roster, read_signed_out(tmp_path), iat=iat)
    assert come(roster, read_signed_out(tmp_path), iat=NOW - 9).viewer == EXECUTIVE
    assert come(roster, read_signed_out(tmp_path), sub="S-78").viewer == EXECUTIVE


def test_signing_out_holds_where_the_clock_of_the_provider_is_ahead(roster, tmp_path):
    sign_out(tmp_path, ISSUER, "S-77", NOW - 10, issued=NOW + 120)
    with pytest.raises(Denied, match="signed out"):
        come(roster, read_signed_out(tmp_path), iat=NOW + 120)


def test_many_who_sign_out_at_once_are_all_remembered(tmp_path):
    threads = [threading.Thread(target=sign_out, args=(tmp_path, ISSUER, f"S-{n}", NOW)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_signed_out(tmp_path)) == 24


@pytest.mark.parametrize("said", ["", "{", "[]", '{"a": "b"}', "null", '{"a": null}', "\x00"])
def test_nobody_is_let_in_while_it_is_unknown_who_signed_out(tmp_path, said):
    (tmp_path / SIGNED_OUT).write_text(said, encoding="utf-8")
    with pytest.raises(RosterWrong, match="who signed out"):
        read_signed_out(tmp_path)


def test_the_names_of_those_who_signed_out_are_not_written_down(tmp_path):
    sign_out(tmp_path, ISSUER, "S-77", NOW)
    (name,) = json.loads((tmp_path / SIGNED_OUT).read_text(encoding="utf-8"))
    assert "S-77" not in name and len(name) == 64


def test_a_line_taken_out_counts_at_once(roster):
    assert come(roster, email="officer@alder.example.org").viewer == Viewer("partner", "alder")
    roster.write_text(ROSTER.replace('email = "officer@alder.example.org"', 'email = "another@alder.example.org"'))
    with pytest.raises(Denied, match="nobody has given you access"):
        come(roster, email="officer@alder.example.org")


@pytest.mark.parametrize(
    "line",
    [
        '[[revoked]]\nemail = "exec@unesco.org"',
        '[[revoked]]\ndomain = "unesco.org"',
        f'[[revoked]]\nissuer = "{ISSUER}"\nsub = "S-77"',
    ],
)
def test_a_line_of_the_revoked_counts_at_once(roster, line):
    assert come(roster)
    roster.write_text(ROSTER + line, encoding="utf-8")
    with pytest.raises(Denied, match="taken back"):
        come(roster)


def test_a_roster_of_the_same_size_and_second_is_read_anew(roster):
    """Its time is compared to the nanosecond; an editor that replaces the file is told by its number."""
    assert come(roster)
    other = roster.with_name("other.toml")
    other.write_text(ROSTER.replace('domain = "unesco.org"\nrole', 'domain = "unesca.org"\nrole'), encoding="utf-8")
    seen = roster.stat()
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.replace(roster)
    with pytest.raises(Denied):
        come(roster)


WRONG_LINES = {
    "a role nobody has": '[[person]]\nemail = "a@b.org"\nrole = "admin"',
    "no role": '[[person]]\nemail = "a@b.org"',
    "a partner without its id": '[[person]]\nemail = "a@b.org"\nrole = "partner"',
    "the partner that is all": '[[person]]\nemail = "a@b.org"\nrole = "partner"\npartner = "all"',
    "a steward of a partner": '[[person]]\nemail = "a@b.org"\nrole = "steward"\npartner = "alder"',
    "nobody": '[[person]]\nrole = "steward"',
    "two ways at once": '[[person]]\nemail = "a@b.org"\ndomain = "b.org"\nrole = "steward"',
    "a subject of no issuer": '[[person]]\nsub = "S-1"\nrole = "steward"',
    "an issuer without a subject": f'[[person]]\nissuer = "{ISSUER}"\nemail = "a@b.org"\nrole = "steward"',
    "a misspelt key": '[[person]]\nemial = "a@b.org"\nrole = "steward"',
    "an address that is none": '[[person]]\nemail = "b.org"\nrole = "steward"',
    "an address of two": '[[person]]\nemail = "a@b@c.org"\nrole = "steward"',
    "a domain with its at sign": '[[person]]\ndomain = "@b.org"\nrole = "steward"',
    "a domain with a star": '[[person]]\ndomain = "*.b.org"\nrole = "steward"',
    "a whole top level": '[[person]]\ndomain = "org"\nrole = "steward"',
    "a look-alike": '[[person]]\ndomain = "un\u0435sco.org"\nrole = "steward"',
    "a number": '[[person]]\nemail = 5\nrole = "steward"',
    "a list": '[[person]]\nemail = ["a@b.org"]\nrole = "steward"',
    "a domain of one letter taken back": '[[revoked]]\ndomain = "b"',
}


@pytest.mark.parametrize("line", WRONG_LINES.values(), ids=WRONG_LINES)
def test_a_roster_with_a_wrong_line_lets_nobody_in(roster, line):
    roster.write_text(f"{ROSTER}\n{line}\n", encoding="utf-8")
    with pytest.raises(RosterWrong, match="line of the roster"):
        read_roster(roster)


@pytest.mark.parametrize(
    "said", ["", "issuers = []", 'issuers = ["http://login.example.org"]', "issuers = [1]", "issuers"]
)
def test_a_roster_that_believes_nobody_is_refused(roster, said):
    roster.write_text(said, encoding="utf-8")
    with pytest.raises(RosterWrong):
        read_roster(roster)


def test_a_missing_roster_is_refused(tmp_path):
    with pytest.raises(RosterWrong, match="no roster"):
        read_roster(tmp_path / "roster.toml")


def test_a_long_address_is_read_in_no_time(roster):
    begun = time.perf_counter()
    for written in ("a" * 100_000, "a@" + "b." * 50_000, "a@" + "b" * 100_000 + "\n", "a@" + "-" * 50_000 + "@"):
        with pytest.raises(Denied):
            come(roster, email=written)
    assert time.perf_counter() - begun < 2
