"""The form by which a member submits an offer: a draft that a reload keeps, then a record that waits for a steward."""

import csv
import datetime
import io
import json
import secrets
from functools import partial
from typing import Any

import streamlit as st

from dashboard import actions
from dashboard.access.gate import acting
from dashboard.access.visitor import visitor
from dashboard.components.figures import Number, strip
from dashboard.components.page import headline
from dashboard.components.vocabulary import (
    audience_words,
    kind_words,
    language_names,
    mission_words,
    taught_level_words,
    tier_words,
)
from dashboard.intake.holding import TooMuchHeld, held, hold, let_go
from dashboard.intake.proposals import Proposal, waiting
from dashboard.intake.readers.organisations import (
    ACTIVITY_TYPES,
    AUDIENCES,
    EVERY,
    MISSIONS,
    focal_point,
)
from dashboard.intake.report import DEMONSTRATION_MARK, RowRefused
from dashboard.intake.workplace import workplace
from dashboard.locales import _, plural
from dashboard.locales.numbers import moment, whole, with_commas
from dashboard.locales.plain import in_markdown
from dashboard.pages.needs_and_offers.choices import TOTALS
from dashboard.refusals import Refusal
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, current_release, fragment
from dashboard.settings import is_read_only, store_folder

SOURCE = "offers"
TEXTS = ("offer", "partner_id", "focal_point")
CHOICES = ("activity_type", "mission", "audience", "tier")
LISTS = ("countries", "languages", "levels")
DAYS = ("valid_from", "valid_to", "free_until")
FIELDS = (*TEXTS, *CHOICES, *LISTS, *DAYS, "is_free", "capacity")


def answer() -> None:
    """How many offers wait, the form, and the reasons for which it is not yet complete."""
    came = visitor()
    _confirm_sent()
    if not came.viewer.may_upload:
        headline(
            _("Members of the coalition submit offers with an account"),
            _("Stewards record offers that arrive in other ways."),
        )
        if is_read_only():
            st.info(_("This copy is for reading only. Bring files in where releases are published."))
            return
        st.info(_("An offer must be free of charge, with a focal point who answers. Ask a steward for an account."))
        return
    waiting_now = _waiting_for_me()
    headline(
        plural("{count} offer waits for a steward", "{count} offers wait for a steward", len(waiting_now)).format(
            count=len(waiting_now)
        )
        if waiting_now
        else _("No offer waits for a steward: submit one below"),
        _("An offer is listed when a steward has accepted it. The coalition lists only what is free of charge."),
    )
    totals = ask_row(TOTALS)
    strip(
        [
            Number("", whole(len(waiting_now)), TOTALS, Scope(), note=_("for a steward"), label=_("Offers waiting")),
            Number(
                "offers_live",
                totals["offers_live"],
                TOTALS,
                Scope(),
                note=_("of {count} recorded").format(count=whole(totals["offers_recorded"])),
            ),
            Number(
                "needs_waiting",
                totals["needs_waiting"],
                TOTALS,
                Scope(),
                note=_("of {open} open needs").format(open=whole(totals["needs_open"])),
            ),
        ],
        key="submit",
    )
    _list(waiting_now)
    _recall()
    fragment(_form)()


def _waiting_for_me() -> list[Proposal]:
    """Offers that wait for a steward: all of them to a steward, its own to a member."""
    viewer = visitor().viewer
    return [
        proposal
        for proposal in waiting(store_folder())
        if proposal.snapshot.source == SOURCE and (viewer.is_steward or proposal.partners == {viewer.partner_id})
    ]


def _list(proposals: list[Proposal]) -> None:
    for proposal in proposals:
        st.write(
            "- "
            + _("{name}, submitted by {who} at {moment} UTC").format(
                name=in_markdown(with_commas(sorted(proposal.snapshot.streams))),
                who=in_markdown(proposal.who),
                moment=moment(proposal.snapshot.imported_at),
            )
        )
    if proposals:
        st.page_link("pages/upload/page.py", label=_("Look at them on the page Upload"))


def _form() -> None:
    came = visitor()
    keep = partial(_keep, came.who)
    names = {row.country_iso3: row.country for row in ask("needs_and_offers/countries").itertuples()}
    languages_offered, levels = language_names(), taught_level_words()
    st.text_input(_("What you offer, in a few words"), key=_key("offer"), on_change=keep, max_chars=200)
    left, right = st.columns(2)
    with left:
        if came.viewer.is_steward:
            st.text_input(_("Member (its code on the register)"), key=_key("partner_id"), on_change=keep, max_chars=60)
        else:
            st.text_input(_("Member (its code on the register)"), value=came.viewer.partner_id, disabled=True)
        st.selectbox(
            _("Kind"),
            ACTIVITY_TYPES,
            index=None,
            key=_key("activity_type"),
            on_change=keep,
            format_func=lambda code: kind_words()[code],
        )
        st.selectbox(
            _("For whom"),
            AUDIENCES,
            key=_key("audience"),
            on_change=keep,
            format_func=lambda code: audience_words()[code],
        )
        st.selectbox(
            _("Mission"),
            MISSIONS,
            index=None,
            key=_key("mission"),
            on_change=keep,
            format_func=lambda code: mission_words()[code],
        )
        st.selectbox(
            _("Technology that the learner needs"),
            list(tier_words()),
            index=None,
            key=_key("tier"),
            on_change=keep,
            format_func=lambda code: tier_words()[code],
        )
        st.text_input(
            _("Focal point: address of a role"),
            key=_key("focal_point"),
            on_change=keep,
            placeholder="education@example.org",
            help=_("Of an address that may be a person's, only the domain is kept."),
        )
    with right:
        st.multiselect(
            _("Countries"),
            [EVERY, *sorted(names, key=lambda code: names[code])],
            key=_key("countries"),
            on_change=keep,
            format_func=lambda code: names.get(code, _("All")),
        )
        st.multiselect(
            _("Languages"),
            [EVERY, *sorted(languages_offered, key=lambda code: languages_offered[code])],
            key=_key("languages"),
            on_change=keep,
            format_func=lambda code: languages_offered.get(code, _("All")),
        )
        st.multiselect(
            _("Levels"),
            [EVERY, *levels],
            key=_key("levels"),
            on_change=keep,
            format_func=lambda code: levels.get(code, _("All")),
        )
        st.number_input(
            _("Capacity: people you can serve; blank for no limit"),
            min_value=1,
            value=None,
            step=1000,
            key=_key("capacity"),
            on_change=keep,
        )
        begin, end = st.columns(2)
        begin.date_input(_("First day"), value=None, key=_key("valid_from"), on_change=keep, format="YYYY-MM-DD")
        end.date_input(
            _("Last day; blank if open"), value=None, key=_key("valid_to"), on_change=keep, format="YYYY-MM-DD"
        )
        st.date_input(
            _("Free of charge until; blank if always"),
            value=None,
            key=_key("free_until"),
            on_change=keep,
            format="YYYY-MM-DD",
        )
    st.checkbox(_("It is free of charge for countries and learners"), key=_key("is_free"), on_change=keep)
    st.caption(_("Your entries are kept for an hour, also after a reload. Once sent, the offer waits for a steward."))
    if st.button(_("Submit the offer"), type="primary", key="offer-send"):
        _send()


def _send() -> None:
    came, draft = visitor(), _draft()
    if missing := _missing(draft):
        st.error(_("Still missing: {fields}.").format(fields=with_commas(missing)))
        return
    try:
        focal_point(draft["focal_point"], "focal_point")  # a file is taken without one; nobody sends an offer so
    except RowRefused:
        st.error(_("The focal point is not a mail address. Write one such as education@example.org."))
        return
    partner = "" if came.viewer.is_steward else came.viewer.partner_id
    try:
        with workplace() as folder:
            file = folder / "offer.csv"
            file.write_text(_as_csv(draft, partner), encoding="utf-8")
            today = datetime.datetime.now(datetime.UTC).date()
            proposal = actions.bring_in(store_folder(), SOURCE, file, acting(), today, partner=partner)
    except Refusal as refused:
        st.error(in_markdown(str(refused)))
        return
    let_go(_word(came.who))
    for name in FIELDS:
        st.session_state.pop(_key(name), None)
    st.session_state["offer-sent"] = ", ".join(sorted(proposal.snapshot.streams))
    st.rerun()


def _confirm_sent() -> None:
    """States once that an offer was recorded."""
    if sent := st.session_state.pop("offer-sent", ""):
        st.success(_("Your offer {name} is recorded and waits for a steward.").format(name=in_markdown(sent)))


def _missing(draft: dict[str, Any]) -> list[str]:
    wanted = {
        "offer": _("what you offer"),
        "activity_type": _("its kind"),
        "tier": _("what the learner needs"),
        "countries": _("countries"),
        "languages": _("languages"),
        "levels": _("levels"),
        "valid_from": _("the first day"),
        "focal_point": _("a focal point"),
        "is_free": _("that it is free of charge: the coalition lists nothing else"),
    }
    if visitor().viewer.is_steward:
        wanted["partner_id"] = _("the member")
    return [words for name, words in wanted.items() if not draft.get(name)]


def _as_csv(draft: dict[str, Any], partner: str) -> str:
    """The offer as one row of the template; marked as a demonstration where the list it joins is one."""
    row = {
        **{name: draft.get(name) or "" for name in FIELDS},
        **{name: ";".join(draft[name]) for name in LISTS},
        "is_free": "Yes",
        "partner_id": partner or draft["partner_id"],
        "offer_id": f"offer-{secrets.token_hex(4)}",
        "focal_point_confirmed_on": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
        "recorded_on": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
        "note": DEMONSTRATION_MARK if SOURCE in current_release().demonstrations else "",
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue()


def _draft() -> dict[str, Any]:
    values: dict[str, Any] = {name: st.session_state.get(_key(name)) for name in FIELDS}
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in values.items()
        if value not in (None, "", [])
    }


def _keep(who: str) -> None:
    try:
        hold("offer", json.dumps(_draft()).encode(), who, _word(who))
    except TooMuchHeld as full:
        st.error(in_markdown(full))


def _recall() -> None:
    """Puts the draft of before a reload back into the fields."""
    if any(_key(name) in st.session_state for name in FIELDS):
        return
    before = held(_word(visitor().who), visitor().who)
    for name, value in (json.loads(before.body) if before else {}).items():
        st.session_state[_key(name)] = datetime.date.fromisoformat(value) if name in DAYS else value


def _word(who: str) -> str:
    return f"offer of {who}"


def _key(name: str) -> str:
    return f"offer-{name}"
