"""Signing in with a browser, as each audience: what they see, and that nobody sees it without or after that."""

import json
import re
import secrets
import time
import urllib.error
import urllib.request

import pytest

from tests.access.tenants import REGISTERED
from tests.browsing import launched, wait_for
from tests.dashboards import free_port, start

pytestmark = pytest.mark.browser

EXACT = f"{REGISTERED['cedar']:,}"
ROUNDED = f"{round(REGISTERED['cedar'] / 5) * 5:,}"
LINK = "/completion_funnel?partner_id=cedar"
PEOPLE = {
    "the steward": ("steward@unesco.org", True),
    "an executive": ("exec@unesco.org", True),
    "an officer": ("officer@cedar.example.org", True),
    "another officer": ("second@cedar.example.org", True),
    "a stranger": ("stranger@example.org", True),
    "an unverified steward": ("steward@unesco.org", False),
}
OFFICER = '{ email = "officer@cedar.example.org", role = "partner", partner = "cedar" },'


class Served:
    """A dashboard with a login of its own, and the provider of that login."""

    def __init__(self, folder, store, issuer):
        self.port, self.store = free_port(), store
        self.address = f"http://127.0.0.1:{self.port}"
        self.secret = secrets.token_hex(32)
        self.roster_file = folder / "roster.toml"
        self.lines = [
            '{ email = "steward@unesco.org", role = "steward" },',
            '{ domain = "unesco.org", role = "coalition" },',
            OFFICER,
            OFFICER.replace("officer@", "second@"),
        ]
        self.issuer = issuer
        self.roster(self.lines)
        secrets_file = folder / "login.toml"
        secrets_file.write_text(
            f'[auth]\nredirect_uri = "{self.address}/oauth2callback"\ncookie_secret = "{self.secret}"\n'
            f'client_id = "dashboard"\nclient_secret = "{secrets.token_hex(16)}"\n'
            f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
            'client_kwargs = { scope = "openid email", prompt = "login" }\n',
            encoding="utf-8",
        )
        self.environment = {
            "COALITION_SECRETS": str(secrets_file),
            "COALITION_ROSTER": str(self.roster_file),
            "COALITION_PUBLIC_URL": "https://dashboard.example.org",
        }

    def roster(self, lines):
        text = "\n".join([f'issuers = ["{self.issuer}"]', "person = [", *lines, "]"])
        self.roster_file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def served(tenants_store, tmp_path_factory, chromium):
    import oidc_provider_mock

    users = [
        oidc_provider_mock.User(sub=who, claims={"email": email, "email_verified": is_verified})
        for who, (email, is_verified) in PEOPLE.items()
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as provider:
        made = Served(tmp_path_factory.mktemp("login"), tenants_store, f"http://127.0.0.1:{provider.server_port}")
        server = start(made.store, made.port, **made.environment)
        wait_for(server, made.address)
        yield made
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(chromium):
    with launched(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def context(browser):
    """Keeps the scripts that a browser fetched, and nobody's cookies from one coming to the next."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def come(context, served):
    """come("an officer") signs in and gives the page after it; come() only opens the address."""

    def make(who="", cookies=(), path=LINK):
        context.clear_cookies()
        context.add_cookies(list(cookies))
        page = context.new_page()
        page.goto(served.address + path)
        if who:
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name=who, exact=True).click()
        return page

    yield make
    for page in context.pages:
        page.close()


def figures(page):
    page.locator("[data-testid=stMetricValue]").first.wait_for()
    page.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    page.locator("[data-testid=stPlotlyChart] svg text").first.wait_for()  # drawn after the page is done
    return page.locator("[data-testid=stMain]").inner_text()


def refusal(page):
    page.locator("[data-testid=stAlert]").first.wait_for()
    page.wait_for_selector("[data-testid=stMetricValue]", state="detached")
    assert page.locator("[data-testid=stPlotlyChart]").count() == 0
    return page.locator("[data-testid=stAlert]").first.inner_text()


def user_cookie(context):
    return next(cookie for cookie in context.cookies() if cookie["name"] == "_streamlit_user")


def is_asked_to_sign_in(page):
    page.get_by_role("button", name="Sign in").wait_for()
    return page.locator("[data-testid=stMetricValue]").count() == 0


def test_a_partner_sees_its_own_exactly_until_it_signs_out_everywhere(come, served):
    page = come("an officer")
    said = figures(page)
    assert EXACT in said
    cookies = page.context.cookies(served.address)
    assert {"_streamlit_user", "coalition_visit"} <= {cookie["name"] for cookie in cookies}
    assert all(cookie["secure"] for cookie in cookies), [c["name"] for c in cookies if not c["secure"]]
    assert all(c["httpOnly"] for c in cookies if c["name"] in ("_streamlit_user", "coalition_visit"))

    page.get_by_role("button", name="Table and download").first.click()
    with page.expect_download() as waiting:
        page.locator("[data-testid=stPopoverBody]").get_by_role("button", name="Download CSV").click()
    address = waiting.value.url
    assert page.context.request.get(address).status == 200
    with pytest.raises(urllib.error.HTTPError) as shut:
        urllib.request.urlopen(address)
    assert shut.value.code == 404
    for cookie in ("coalition_visit=x", "coalition_visit=" + "0" * 32 + "." + "0" * 64):
        with pytest.raises(urllib.error.HTTPError) as shut:
            urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookie}))
        assert shut.value.code == 404

    assert EXACT in figures(come(cookies=cookies)), "another tab, or a stolen cookie, works as long as the login"
    time.sleep(1)  # a login within the second of signing out counts as before it
    page_address = page.url.split("?")[0]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: url.split("?")[0] != page_address)
    assert "You signed out" in refusal(come(cookies=cookies)), "the old cookie is worthless"


def test_an_executive_sees_rounded_figures_and_a_stolen_cookie_cannot_be_changed(come, served):
    page = come("an executive")
    said = figures(page)
    assert ROUNDED in said and EXACT not in said
    assert page.url == served.address + LINK, "the page and filters asked for survive the login"
    good = user_cookie(page.context)
    cookies = page.context.cookies(served.address)

    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

    said = json.loads(decode_signed_value(served.secret, "_streamlit_user", good["value"].strip('"')))
    forged = json.dumps({**said, "email": "steward@unesco.org", "sub": "the steward"})
    bad = [create_signed_value(guess, "_streamlit_user", forged).decode() for guess in ("changeme",)]
    bad.append(re.sub(r"^.", lambda first: "A" if first[0] != "A" else "B", good["value"]))
    bad.append(create_signed_value(served.secret, "_streamlit_xsrf", forged).decode())
    for value in bad:
        for cookie in cookies:
            if cookie["name"] == "_streamlit_user":
                cookie["value"] = value
        assert is_asked_to_sign_in(come(cookies=cookies)), value[:20]


def test_a_stranger_gets_a_refusal_and_no_figure(come):
    assert "nobody has given you access" in refusal(come("a stranger"))


def test_an_address_that_is_not_verified_lets_nobody_in(come):
    assert "not verified" in refusal(come("an unverified steward"))


def test_a_line_taken_out_locks_out_at_the_next_click(come, served):
    page = come("another officer")
    assert EXACT in figures(page)
    served.roster([line for line in served.lines if "second@" not in line])
    try:
        page.get_by_text("Table and download").first.click()
        assert "nobody has given you access" in refusal(page)
    finally:
        served.roster(served.lines)


def test_a_steward_sees_exact_figures_of_all(come):
    assert EXACT in figures(come("the steward"))
