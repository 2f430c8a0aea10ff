"""The gate before every page: who has come, what they may see, signing in and out. Without a login: one steward."""

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime import Runtime

from dashboard.access.roster import (
    Admitted,
    Denied,
    LoginWrong,
    Roster,
    RosterWrong,
    admit,
    read_roster,
    read_signed_out,
    sign_out,
)
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, PARTNER_AUDIENCE, STEWARD, Viewer
from dashboard.access.visitor import VISITOR_KEY, Visitor, is_embedded, visitor
from dashboard.actions import Actor
from dashboard.locales import _
from dashboard.locales.numbers import MISSING, mark_missing
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, current_viewer
from dashboard.settings import PUBLIC_URL_VARIABLE, public_url, roster_file, secrets_file, store_folder
from dashboard.store.audit_log import note

OPERATOR = "operator"
SHORTEST_SECRET = 32
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SERVER = "dashboard.server.app"
SEE_AS = "see_as"
RECORDED = "_recorded"


def providers() -> dict[str, Mapping[str, Any]]:
    """Login providers of `.streamlit/secrets.toml` by name; none when no login is configured.

    Raises:
        LoginWrong: the file is there and cannot be read.
    """
    section = _auth()
    named = {
        name: settings
        for name, settings in section.items()
        if isinstance(settings, Mapping) and "client_id" in settings
    }
    return {"": section, **named} if "client_id" in section else named


def login_is_configured() -> bool:
    """Whether visitors sign in; else whoever reaches this machine's own address is the steward.

    Raises:
        LoginWrong: the file that would state it is there and cannot be read.
    """
    return bool(_auth())


def refuse_weak_login() -> None:
    """Raises LoginWrong, or RosterWrong, when a login could be forged, lets nobody in, or was meant and is not."""
    if not login_is_configured():
        if roster_file().exists():
            raise LoginWrong(
                f"There is a roster {roster_file()}, but no login is configured, so everybody would be the steward. "
                "Configure a login as in .streamlit/secrets.toml.example, or move the roster away."
            )
        return
    secret = str(_auth().get("cookie_secret", ""))
    steps = {ord(later) - ord(earlier) for earlier, later in zip(secret, secret[1:], strict=False)}
    is_repeated = secret in (secret + secret)[1:-1]
    few = SHORTEST_SECRET // 4
    if len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < few or len(steps) < few or is_repeated:
        raise LoginWrong(
            f"auth.cookie_secret in .streamlit/secrets.toml has {len(secret.encode())} bytes of {len(set(secret))} "
            f"kinds{', repeated or in a row' if is_repeated or len(steps) < few else ''}; whoever guesses it signs in "
            f"as anybody. Put {SHORTEST_SECRET} random bytes there: "
            'python -c "import secrets; print(secrets.token_hex(32))".'
        )
    if not providers():
        raise LoginWrong("The section auth of .streamlit/secrets.toml names no provider with a client_id.")
    read_roster(roster_file())


def gate() -> Visitor:
    """Lets the visitor in, or ends the script with a page that states why. Runs before every page, at every click."""
    mark_missing(MISSING)
    try:
        refuse_weak_login()
        if not login_is_configured():
            _refuse_open_door()
            if is_embedded():
                return _visitor_as_seen(Admitted("the public", EVERYBODY), lambda: True)
            return _visitor_as_seen(Admitted(OPERATOR, STEWARD), lambda: True)
        _refuse_unguarded_server()
        roster = read_roster(roster_file())
        if is_embedded():
            return _in_frame(roster)
        if not st.user.is_logged_in:
            if roster.is_public:
                _offer_login(in_sidebar=True)
                return _visitor_as_seen(Admitted("the public", EVERYBODY), lambda: read_roster(roster_file()).is_public)
            raise Denied("", _("Sign in to see figures of the coalition."))
        claims = st.user.to_dict()
        clients = frozenset(str(provider["client_id"]) for provider in providers().values())
        admitted = admit(claims, roster, clients, time.time(), read_signed_out(roster_file().parent))
    except (RosterWrong, LoginWrong) as wrong:
        st.session_state.pop(VISITOR_KEY, None)
        st.error(str(wrong))
        st.stop()
    except Denied as denied:
        st.session_state.pop(VISITOR_KEY, None)
        _turn_away(denied)
    _record_once("login", admitted.who, audience_words(admitted.viewer))
    return _visitor_as_seen(admitted, partial(_is_still, claims, clients, admitted.viewer))


def _in_frame(roster: Roster) -> Visitor:
    """What is shown inside another site is the public's, whoever has signed in with the same browser."""
    if not roster.is_public:
        st.session_state.pop(VISITOR_KEY, None)
        st.info(_("Only what is public can be shown inside other sites, and nothing here is public."))
        st.stop()
    return _visitor_as_seen(Admitted("the public", EVERYBODY), lambda: read_roster(roster_file()).is_public)


def acting() -> Actor:
    """Who acts on the store from this session: with a login, another person publishes what this one brings in."""
    return Actor(visitor().who, needs_second=login_is_configured())


def account() -> None:
    """Who is signed in, signing out, and for stewards the view of another audience, in the sidebar."""
    came = visitor()
    with st.sidebar:
        if came.own.is_steward:
            _choose_view()
        if login_is_configured() and came.who != "the public":
            st.caption(
                _("Signed in as {who}, {role}.").format(
                    who=in_markdown(came.who), role=in_markdown(audience_words(came.own))
                )
            )
            st.button(_("Sign out"), on_click=_sign_out, key="sign_out")


def _choose_view() -> None:
    table = ask("overview/partners", as_viewer=STEWARD)
    names = dict(zip(table["partner_id"], table["partner"], strict=True))
    partners = [Viewer(PARTNER_AUDIENCE, code) for code in names]
    st.selectbox(
        _("See as"),
        [STEWARD, EXECUTIVE, EVERYBODY, *partners],
        key=SEE_AS,
        format_func=lambda viewer: audience_words(viewer, names.get(viewer.partner_id, "")),
        help=_("Shows every page as that audience sees it: with its figures, and with what is hidden from it."),
    )


def _auth() -> Mapping[str, Any]:
    try:
        return st.secrets.get("auth") or {}
    except (StreamlitSecretNotFoundError, OSError, UnicodeDecodeError) as wrong:
        existing = [file for file in config.get_option("secrets.files") if Path(file).exists()]
        if secrets_file() and not existing:
            existing = [str(secrets_file())]
        if not existing:
            return {}
        # Never quoted: the line that is wrong may hold the secret.
        raise LoginWrong(
            f"The file {', '.join(existing)} configures the login and cannot be read ({type(wrong).__name__}): nobody "
            "is let in until it can. Write it as in .streamlit/secrets.toml.example."
        ) from None


def _refuse_open_door() -> None:
    """Without a login everybody is the steward: `streamlit run` too must not let others reach that."""
    address = config.get_option("server.address")
    if address not in LOOPBACK or public_url():
        raise LoginWrong(
            f"Without a login whoever reaches the dashboard is its steward, and it listens on "
            f"{public_url() or address or 'every address of this machine'}. Start it in the folder of the checkout, "
            f"with server.address 127.0.0.1 and without {PUBLIC_URL_VARIABLE}, or configure a login."
        )


def _refuse_unguarded_server() -> None:
    """With a login others reach the dashboard, so what `dashboard.server` guards must not stand open."""
    is_streamlits_own = type(Runtime._instance) is Runtime and SERVER not in sys.modules  # a mock, in tests of pages
    if is_streamlits_own:
        raise LoginWrong(
            "A login is configured, so others may reach the dashboard, but it was started with `streamlit run`, which "
            "accepts files from anybody and serves downloads to anybody. Start it with `coalition run`."
        )


def _is_still(claims: Mapping[str, Any], clients: frozenset[str], viewer: Viewer) -> bool:
    """Whether a login that was let in still is, and as the same."""
    try:
        roster, signed_out = read_roster(roster_file()), read_signed_out(roster_file().parent)
        return admit(claims, roster, clients, time.time(), signed_out).viewer == viewer
    except (Denied, RosterWrong):
        return False


def _visitor_as_seen(admitted: Admitted, is_still_admitted: Callable[[], bool]) -> Visitor:
    wanted = st.session_state.get(SEE_AS)
    viewer = wanted if admitted.viewer.is_steward and isinstance(wanted, Viewer) else admitted.viewer
    came = Visitor(admitted.who, admitted.viewer, viewer, is_still_admitted)
    st.session_state[VISITOR_KEY] = came
    return came


def _turn_away(denied: Denied) -> None:
    st.title(_("Coalition dashboard"))
    if denied.reason:
        _record_once("denial", str(st.user.get("email") or st.user.get("sub") or "unknown"), denied.reason)
        st.error(in_markdown(_(str(denied))))
        st.button(_("Sign out"), on_click=_sign_out, key="sign_out_denied")
    else:
        st.write(str(denied))
    _offer_login()
    st.stop()


def _offer_login(in_sidebar: bool = False) -> None:
    container = st.sidebar if in_sidebar else st
    for name in providers():
        label = _("Sign in with {provider}").format(provider=name.capitalize()) if name else _("Sign in")
        if container.button(label, key=f"login-{name}", type="secondary" if in_sidebar else "primary"):
            st.login(name or None)


def _sign_out() -> None:
    claims = st.user.to_dict()
    who = str(claims.get("email") or claims.get("sub") or "unknown")
    issued = claims.get("iat")
    sign_out(
        roster_file().parent,
        str(claims.get("iss", "")),
        str(claims.get("sub", "")),
        time.time(),
        float(issued) if isinstance(issued, int | float) else 0,
    )
    note(store_folder(), "logout", who, "signed out")
    st.session_state.clear()
    st.logout()


def _record_once(event: str, who: str, what: str) -> None:
    """Enters a login or denial in the audit log, once for a session."""
    if st.session_state.get(RECORDED) != (event, who, what):
        st.session_state[RECORDED] = (event, who, what)
        note(store_folder(), event, who, what)


def own_audience_words() -> str:
    """The audience of this viewer as people call it, a partner by its name where the release has it."""
    viewer = current_viewer()
    named = ask("overview/partners", Scope(partner_id=viewer.partner_id)) if viewer.partner_id else None
    return audience_words(viewer, "" if named is None or named.empty else str(named["partner"].iloc[0]))


def audience_words(viewer: Viewer, partner: str = "") -> str:
    """The audience of a viewer as people call it; of a partner whose name is not given, its id."""
    words = {
        "steward": _("steward"),
        "partner": _("partner {partner}").format(partner=partner or viewer.partner_id),
        "coalition": _("coalition member"),
        "public": _("the public"),
    }
    return words[viewer.audience]
