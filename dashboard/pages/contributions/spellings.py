"""Names of organisations that may be one: proposed to stewards, who confirm them once."""

import datetime
from collections.abc import Sequence

import streamlit as st

from dashboard import actions
from dashboard.access.gate import acting
from dashboard.access.visitor import visitor
from dashboard.components.page import section
from dashboard.components.refused import for_readers
from dashboard.intake.proposals import Proposal as Waiting
from dashboard.intake.spellings import Organisation, Proposal, as_file, proposals
from dashboard.intake.workplace import workplace
from dashboard.locales import _, plural
from dashboard.locales.numbers import with_semicolons
from dashboard.locales.plain import in_markdown
from dashboard.refusals import Refusal
from dashboard.session import ask
from dashboard.settings import store_folder

SOURCE = "organisation_names"
ORGANISATIONS = "contributions/organisations"
# More than a steward looks through at once; the next ones follow when these are confirmed.
MOST_SHOWN = 20
CONFIRMED = "spellings-confirmed"


def spellings() -> None:
    """Proposals with a box for each, for stewards only; nothing where there are none."""
    if not visitor().viewer.may_publish:
        return
    if done := st.session_state.pop(CONFIRMED, 0):
        st.success(
            plural(
                "{count} organisation is now shown under one name.",
                "{count} organisations are now shown under one name each.",
                done,
            ).format(count=done)
        )
    groups = proposals(
        Organisation(row.partner_id, row.member, bool(row.is_member), int(row.activities))
        for row in ask(ORGANISATIONS).itertuples()
    )
    if not groups:
        return
    with section(_("Names of organisations"), "names") as opened:
        if opened:
            _proposals(groups)


def _proposals(groups: Sequence[Proposal]) -> None:
    st.write(
        _(
            "These names may be one organisation. Tick those that are; the choice is kept and applies to every later "
            "list."
        )
    )
    with st.form("spellings"):
        ticked = [
            group
            for group in groups[:MOST_SHOWN]
            if st.checkbox(_label(group), key=f"spelling-{group.shown.partner_id}")
        ]
        if st.form_submit_button(_("Confirm")) and ticked:
            _confirm(ticked)


def _label(group: Proposal) -> str:
    return _("{name}: also written {others}").format(
        name=in_markdown(group.shown.name),
        others=in_markdown(with_semicolons(spelling.name for spelling in group.others)),
    )


def _confirm(ticked: Sequence[Proposal]) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    try:
        with workplace() as folder:
            file = folder / f"{SOURCE}.csv"
            file.write_text(as_file(ticked), encoding="utf-8")
            kept_or_waiting = actions.take_and_serve(store_folder(), SOURCE, file, acting(), today)
    except Refusal as refused:
        st.error(for_readers(refused))
        return
    if isinstance(kept_or_waiting, Waiting):
        st.success(_("The names wait on the page Upload for another steward to publish them."))
        return
    st.session_state[CONFIRMED] = len(ticked)
    st.rerun()
