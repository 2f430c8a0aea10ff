"""Panels of My programme: where a partner's learners stand, 30 days before, beside others, by course and by intake."""

import streamlit as st

from dashboard.components.figures import metric_tile, show_table
from dashboard.components.learners import choose_partner, choose_programme, own_partner
from dashboard.locales import _
from dashboard.locales.numbers import day, decimal, whole
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

FIGURES = "my_programme/figures"
PEOPLE = (
    *("learners_registered", "learners_active", "learners_completed", "learners_silent"),
    *("learners_at_hub", "learners_with_credential"),
)


def choose_view() -> Scope:
    """Lets the reader choose programme and partner; ends the page where no partner's own rows can be shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        scope = Scope(programme_id=choose_programme(), partner_id=choose_partner() or own_partner())
    if not scope.partner_id:
        st.info(_("Choose a partner to see its own learners."))
        st.stop()
    if not ask_one(FIGURES, scope):
        st.info(
            _("The partner has no learners of this programme, or its own figures are for the partner and stewards.")
        )
        st.stop()
    return scope


def figures(scope: Scope) -> None:
    """Each figure with its value 30 days before."""
    row = ask_one(FIGURES, scope)
    st.caption(_("As of {day}, beside {before}.").format(day=day(row["on_date"]), before=day(row["before_on"])))
    columns = st.columns(4)
    for number, name in enumerate((*PEOPLE, "ects_recognised")):
        before = row[f"{name}_before"]
        words = decimal(before) if name == "ects_recognised" else whole(before)
        with columns[number % len(columns)]:
            metric_tile(name, row[name], FIGURES, scope, _("{count} 30 days before").format(count=words))


def compared(scope: Scope) -> None:
    """The partner's shares beside those of all other partners, with what chance could give."""
    st.header(_("Compared with the other partners"), anchor=False)
    if ask("my_programme/compared", scope).empty:
        st.write(_("There are not enough other partners to compare with."))
        return
    show_table("my_programme/compared", scope, key="compared")


def months(scope: Scope) -> None:
    """The last year, every 30 days."""
    st.header(_("The last year"), anchor=False)
    show_table("my_programme/months", scope, key="months")


def progress(scope: Scope) -> None:
    """How far learners came in courses that they did not complete."""
    st.header(_("How far learners come"), anchor=False)
    show_table("my_programme/progress", scope, key="progress")


def intakes(scope: Scope) -> None:
    """Each intake of the partner."""
    st.header(_("Intakes"), anchor=False)
    show_table("my_programme/intakes", scope, key="intakes")
