"""The gate, run by Streamlit's own test driver: who sees which page, and what a page does without it."""

import json
import sys
import time

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.access.roster import SIGNED_OUT, LoginWrong
from dashboard.access.viewer import STEWARD, Viewer
from dashboard.access.visitor import VISITOR_KEY, Visitor
from dashboard.menu import pages
from dashboard.settings import PROJECT
from dashboard.store.audit_log import entries
from tests.access.tenants import ALONE, REGISTERED, foreign

ISSUER, CLIENT = "https://login.example.org", "dashboard"
SECRET = "9f2c41d7a8b35e60f1947c28d0ab63e57b8f10c4"
SECRETS = f"""
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "{CLIENT}"
client_secret = "secret of the client"
server_metadata_url = "{ISSUER}/.well-known/openid-configuration"
"""
ROSTER = f"""
issuers = ["{ISSUER}"]
person = [
  {{ email = "steward@unesco.org", role = "steward" }},
  {{ domain = "unesco.org", role = "coalition" }},
  {{ email = "officer@alder.example.org", role = "partner", partner = "alder" }},
]
"""
ALDER = REGISTERED["alder"] + ALONE["alder"][1]
pytestmark = pytest.mark.usefixtures("as_served")
PAGES = sorted(page.name for page in pages())


@pytest.fixture
def login(tmp_path, monkeypatch, served_store, tenants_store):
    """A configured login; login.who(email) signs in as that address, login.roster(text) writes the roster."""

    class Login:
        claims: dict = {}
        roster_file = tmp_path / "roster.toml"
        secrets_file = tmp_path / "secrets.toml"

        def who(self, email, **more):
            now = time.time() - 5
            self.claims = {"iss": ISSUER, "aud": CLIENT, "sub": email, "iat": now, "email": email}
            self.claims |= {"email_verified": True, **more}

        def roster(self, text):
            self.roster_file.write_text(text, encoding="utf-8")

        def secrets(self, text):
            self.secrets_file.write_text(text, encoding="utf-8")
            st.secrets._reset()

    class User(dict):
        @property
        def is_logged_in(self):
            return bool(made.claims)

        def to_dict(self):
            return dict(made.claims)

        def get(self, name, otherwise=None):
            return made.claims.get(name, otherwise)

    made = Login()
    made.roster(ROSTER)
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(made.secrets_file)])
    made.secrets(SECRETS)
    monkeypatch.setenv("COALITION_ROSTER", str(made.roster_file))
    monkeypatch.setattr(st, "user", User())
    served_store(tenants_store)
    yield made
    config.set_option("secrets.files", before)
    st.secrets._reset()


def visit(page="completion_funnel", **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page(f"pages/{page}/page.py")
    for name, value in link.items():
        test.query_params[name] = value
    return test.run()


def shown(test):
    """All that a page says, and its tables and charts."""
    said = [
        str(element.value) for kind in ("markdown", "caption", "error", "info", "title") for element in test.get(kind)
    ]
    said += [tile.value for tile in test.metric] + [chart.proto.spec for chart in test.get("plotly_chart")]
    said += [table.value.to_csv() for table in test.dataframe]
    return " ".join(said)


def is_refused(test):
    return bool(test.error) and not test.metric and not test.get("plotly_chart") and not test.dataframe


def test_each_sees_what_is_theirs(login, known):
    login.who("officer@alder.example.org")
    own = visit(partner_id="alder")
    assert own.metric[0].value == f"{ALDER:,}"
    assert not foreign(Viewer("partner", "alder"), known, [{"page": shown(own)}])
    login.who("exec@unesco.org")
    executive = visit(partner_id="alder")
    assert executive.metric and executive.metric[0].value != f"{ALDER:,}"
    assert not foreign(Viewer("coalition"), known, [{"page": shown(executive)}])
    login.who("steward@unesco.org")
    assert visit(partner_id="alder").metric[0].value == f"{ALDER:,}"


@pytest.mark.parametrize("page", ["completion_funnel", "overview", "school_closures"])
def test_a_stranger_gets_a_refusal_and_no_figure(login, page):
    login.who("stranger@example.org")
    test = visit(page)
    assert is_refused(test) and "nobody has given you access" in test.error[0].value


def test_whoever_has_not_signed_in_is_asked_to(login):
    test = visit()
    assert not test.metric and not test.get("plotly_chart") and [b.label for b in test.button] == ["Sign in"]


def test_with_a_login_streamlits_own_server_shows_nothing(login, monkeypatch):
    """It would take files from strangers, and give downloads to whoever knows the address."""
    from streamlit.runtime import Runtime

    from dashboard.access import gate

    def is_refused_by_the_gate():
        try:
            gate._refuse_unguarded_server()
        except LoginWrong as refusal:
            return "Start it with `coalition run`" in str(refusal)
        return False

    monkeypatch.setitem(sys.modules, gate.SERVER, None)
    del sys.modules[gate.SERVER]
    assert not is_refused_by_the_gate(), "no server at all, as in this test"
    monkeypatch.setattr(Runtime, "_instance", Runtime.__new__(Runtime))
    assert is_refused_by_the_gate()
    monkeypatch.setitem(sys.modules, gate.SERVER, gate)
    assert not is_refused_by_the_gate()
    monkeypatch.setattr(Runtime, "_instance", None)
    login.who("officer@alder.example.org")
    monkeypatch.setattr(gate, "_refuse_unguarded_server", lambda: (_ for _ in ()).throw(LoginWrong("not here")))
    assert is_refused(visit(partner_id="alder"))


def test_the_next_click_after_a_line_was_taken_out_is_refused(login):
    login.who("officer@alder.example.org")
    test = visit(partner_id="alder")
    assert test.metric
    login.roster(ROSTER.replace("officer@", "another@"))
    assert is_refused(test.run())
    with pytest.raises(KeyError):
        test.session_state[VISITOR_KEY]


def test_a_part_that_reruns_alone_asks_whether_the_visitor_may_still_be_here(login, monkeypatch):
    """Its clock and its widgets rerun it without the gate."""
    login.who("officer@alder.example.org")
    state, drawn = {}, []
    came = visit().session_state[VISITOR_KEY]
    monkeypatch.setattr(session.st, "session_state", state)
    monkeypatch.setattr(session.st, "fragment", lambda function, run_every=None: function)
    monkeypatch.setattr(session.st, "rerun", lambda: (_ for _ in ()).throw(InterruptedError))
    state[VISITOR_KEY] = came
    part = session.fragment(drawn.append)
    part("figures")
    assert drawn == ["figures"]
    login.roster(ROSTER.replace("officer@", "another@"))
    with pytest.raises(InterruptedError):
        part("figures")
    login.roster(ROSTER.replace('role = "partner", partner = "alder"', 'role = "coalition"'))
    with pytest.raises(InterruptedError):
        part("as what one was before")
    assert drawn == ["figures"]


def test_no_page_reruns_a_part_past_that():
    files = [path for path in (PROJECT / "dashboard").rglob("*.py") if path.name != "session.py"]
    assert not [path.name for path in files if "st.fragment" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("wanted", [STEWARD, Viewer("partner", "birch"), "steward", {"audience": "steward"}])
def test_only_a_steward_chooses_as_whom_to_see(login, known, wanted):
    login.who("officer@alder.example.org")
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page("pages/completion_funnel/page.py")
    test.session_state["see_as"] = wanted
    test.query_params |= {"see_as": "steward", "partner_id": "birch", "_visitor": "steward", "role": "steward"}
    test.run()
    assert not foreign(Viewer("partner", "alder"), known, [{"page": shown(test)}])
    came = test.session_state[VISITOR_KEY]
    assert came.viewer == came.own == Viewer("partner", "alder")


def test_a_visitor_put_into_the_session_is_not_believed(login, known):
    login.who("stranger@example.org")
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.session_state[VISITOR_KEY] = Visitor("operator", STEWARD, STEWARD, lambda: True)
    assert is_refused(test.run())


def test_a_steward_sees_as_another(login, known):
    login.who("steward@unesco.org")
    test = visit(partner_id="birch")
    test.selectbox(key="see_as").set_value(Viewer("partner", "alder")).run()
    assert test.session_state[VISITOR_KEY].viewer == Viewer("partner", "alder")
    assert not foreign(Viewer("partner", "alder"), known, [{"page": shown(test)}])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_run_without_the_gate_shows_no_figure(page, served_store, tenants_store):
    served_store(tenants_store)
    test = AppTest.from_file(str(PROJECT / "dashboard" / "pages" / page / "page.py"), default_timeout=60).run()
    assert test.exception
    assert (
        not test.metric and not test.get("plotly_chart") and not test.dataframe and not test.get("deck_gl_json_chart")
    )


@pytest.mark.parametrize(
    "said",
    ["[auth", "[auth]\ncookie_secret = 'x", "\x00", SECRETS + "\n[auth]\n"],
    ids=["half a header", "an open string", "a NUL", "a section twice"],
)
def test_a_login_that_cannot_be_read_makes_nobody_the_steward(login, said):
    login.secrets(said)
    login.roster_file.unlink()
    test = visit()
    assert is_refused(test) and "cannot be read" in test.error[0].value
    assert "cookie_secret" not in test.error[0].value


def test_a_login_that_went_away_makes_nobody_the_steward(login):
    login.who("officer@alder.example.org")
    test = visit()
    assert test.metric
    login.secrets_file.unlink()
    st.secrets._reset()
    assert is_refused(test.run())
    login.secrets("[other]\na = 1\n")
    assert is_refused(test.run())


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", None, ""])
def test_streamlit_run_without_a_login_refuses_other_addresses(
    served_store, tenants_store, monkeypatch, tmp_path, address
):
    served_store(tenants_store)
    monkeypatch.setenv("COALITION_ROSTER", str(tmp_path / "none"))
    before = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        test = visit()
    finally:
        config.set_option("server.address", before)
    assert is_refused(test) and "is its steward" in test.error[0].value


def test_a_file_that_does_not_say_who_signed_out_lets_nobody_in(login):
    login.who("officer@alder.example.org")
    (login.roster_file.parent / SIGNED_OUT).write_text("{", encoding="utf-8")
    assert is_refused(visit())


def test_signing_out_ends_the_session_that_another_browser_has_open(login):
    login.who("officer@alder.example.org")
    here, there = visit(), visit()
    from dashboard.access.roster import sign_out

    sign_out(login.roster_file.parent, ISSUER, "officer@alder.example.org", time.time())
    for test in (here, there):
        assert is_refused(test.run()) and "You signed out" in test.error[0].value


def test_logins_and_denials_are_in_the_audit_log_once_a_session(login, tmp_path):
    store = session.store_folder()
    before = len(list(entries(store)))
    login.who("stranger@example.org")
    visit().run()
    login.who("exec@unesco.org")
    visit().run()
    events = [(said["event"], said["who"]) for said in list(entries(store))[before:]]
    assert events == [("denial", "stranger@example.org"), ("login", "exec@unesco.org")]
    assert json.dumps(events).count("@") == 2


def test_the_login_of_the_tests_is_not_weak(login):
    from dashboard.access.gate import refuse_weak_login

    refuse_weak_login()
    login.secrets(SECRETS.replace(SECRET, SECRET[:31]))
    with pytest.raises(LoginWrong, match="31 bytes"):
        refuse_weak_login()
