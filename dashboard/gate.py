"""The gate before every page: who has come, what they may see, signing in and out. Without a login: one steward."""

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard.locales import _
from dashboard.locales.numbers import MISSING, mark_missing
from dashboard.roster import Admitted, Denied, LoginWrong, RosterWrong, admit, read_roster, read_signed_out, sign_out
from dashboard.session import VISITOR_KEY, Visitor, ask, visitor
from dashboard.settings import roster_file, store_folder
from dashboard.store.audit_log import record
from dashboard.viewer import EVERYBODY, EXECUTIVE, PARTNER_AUDIENCE, STEWARD, Viewer

OPERATOR = "operator"
SHORTEST_SECRET = 32
SEE_AS = "see_as"
TOLD = "_told"


def providers() -> dict[str, Mapping[str, Any]]:
    """Login providers of `.streamlit/secrets.toml` by name; none when no login is configured."""
    try:
        section = st.secrets.get("auth")
    except StreamlitSecretNotFoundError:
        return {}
    if not section:
        return {}
    named = {name: part for name, part in section.items() if isinstance(part, Mapping) and "client_id" in part}
    return {"": section, **named} if "client_id" in section else named


def login_is_configured() -> bool:
    """Whether visitors sign in; else whoever reaches this machine's own address is the steward."""
    try:
        return bool(st.secrets.get("auth"))
    except StreamlitSecretNotFoundError:
        return False


def refuse_weak_login() -> None:
    """Raises LoginWrong, or RosterWrong, when a configured login could be forged or has nobody to let in."""
    if not login_is_configured():
        return
    secret = str(st.secrets["auth"].get("cookie_secret", ""))
    if len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4:
        raise LoginWrong(
            f"auth.cookie_secret in .streamlit/secrets.toml has {len(secret.encode())} bytes of {len(set(secret))} "
            f"kinds; whoever guesses it signs in as anybody. Put {SHORTEST_SECRET} random bytes there: "
            'python -c "import secrets; print(secrets.token_hex(32))".'
        )
    if not providers():
        raise LoginWrong("The section auth of .streamlit/secrets.toml names no provider with a client_id.")
    read_roster(roster_file())


def gate() -> Visitor:
    """Lets the visitor in, or ends the script with a page that says why not. Runs before every page, at every click."""
    mark_missing(MISSING)
    if not login_is_configured():
        return _seen(Admitted(OPERATOR, STEWARD))
    try:
        refuse_weak_login()
        roster = read_roster(roster_file())
        if not st.user.is_logged_in:
            if roster.is_public:
                _offer_login(in_sidebar=True)
                return _seen(Admitted("the public", EVERYBODY))
            raise Denied("", _("Sign in to see figures of the coalition."))
        claims = st.user.to_dict()
        clients = frozenset(str(one["client_id"]) for one in providers().values())
        admitted = admit(claims, roster, clients, time.time(), read_signed_out(roster_file().parent))
    except (RosterWrong, LoginWrong) as wrong:
        st.session_state.pop(VISITOR_KEY, None)
        st.error(str(wrong))
        st.stop()
    except Denied as denied:
        st.session_state.pop(VISITOR_KEY, None)
        _turn_away(denied)
    _tell_once("login", admitted.who, _name(admitted.viewer))
    return _seen(admitted)


def account() -> None:
    """Who is signed in, signing out, and for stewards the view of another audience, in the sidebar."""
    came = visitor()
    with st.sidebar:
        if came.own.is_steward:
            _choose_view(came)
        if login_is_configured() and came.who != "the public":
            st.caption(_("Signed in as {who}, {role}.").format(who=came.who, role=_name(came.own)))
            st.button(_("Sign out"), on_click=_sign_out, key="sign_out")


def _choose_view(came: Visitor) -> None:
    partners = [
        Viewer(PARTNER_AUDIENCE, row.partner_id) for row in ask("overview/partners", as_viewer=STEWARD).itertuples()
    ]
    st.selectbox(
        _("See as"),
        [STEWARD, EXECUTIVE, EVERYBODY, *partners],
        key=SEE_AS,
        format_func=_name,
        help=_("Shows every page as that audience sees it: with its figures, and with what is hidden from it."),
    )


def _seen(admitted: Admitted) -> Visitor:
    wanted = st.session_state.get(SEE_AS)
    viewer = wanted if admitted.viewer.is_steward and isinstance(wanted, Viewer) else admitted.viewer
    came = Visitor(admitted.who, admitted.viewer, viewer)
    st.session_state[VISITOR_KEY] = came
    return came


def _turn_away(denied: Denied) -> None:
    st.title(_("Coalition dashboard"))
    if denied.reason:
        _tell_once("denial", str(st.user.get("email") or st.user.get("sub") or "unknown"), denied.reason)
        st.error(_(str(denied)))
        st.button(_("Sign out"), on_click=_sign_out, key="sign_out_denied")
    else:
        st.write(str(denied))
    _offer_login()
    st.stop()


def _offer_login(in_sidebar: bool = False) -> None:
    place = st.sidebar if in_sidebar else st
    for name in providers():
        label = _("Sign in with {provider}").format(provider=name.capitalize()) if name else _("Sign in")
        if place.button(label, key=f"login-{name}", type="secondary" if in_sidebar else "primary"):
            st.login(name or None)


def _sign_out() -> None:
    claims = st.user.to_dict()
    who = str(claims.get("email") or claims.get("sub") or "unknown")
    sign_out(roster_file().parent, str(claims.get("iss", "")), str(claims.get("sub", "")), time.time())
    record(store_folder(), "logout", who, "signed out")
    st.session_state.clear()
    st.logout()


def _tell_once(event: str, who: str, what: str) -> None:
    """Enters a login or denial in the audit log, once for a session."""
    if st.session_state.get(TOLD) != (event, who, what):
        st.session_state[TOLD] = (event, who, what)
        record(store_folder(), event, who, what)


def _name(viewer: Viewer) -> str:
    words = {
        "steward": _("steward"),
        "partner": _("partner {partner}").format(partner=viewer.partner_id),
        "coalition": _("coalition"),
        "public": _("public"),
    }
    return words[viewer.audience]
