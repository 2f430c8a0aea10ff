"""Panels of the learning hubs page: filters and the map."""

import streamlit as st

from dashboard.charts.hubs import hubs_deck
from dashboard.components.figures import on_phone, text_tile
from dashboard.components.filters import choose, choose_country
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, whole
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

# Zoom at which the whole world fits.
WORLD, WORLD_ON_PHONE = 0.75, -0.75


def choose_hubs() -> Scope:
    """Lets the reader choose region, country and host type among those that have a hub."""
    register = ask("learning_hubs/register")
    with st.container(horizontal=True):
        region = _any(_("Region"), sorted(register["region"].dropna().unique()), "region")
        country = choose_country(_("Country"), register, _("All"))
        host_type = _any(_("Host type"), sorted(register["host_type"].dropna().unique()), "host_type")
    return Scope(region=region, country_iso3=country, host_type=host_type)


def evidence_tile() -> None:
    """Hubs with a learning event, ever and lately; not known where no file about learners tells of hubs."""
    row = ask_one("learning_hubs/evidence")
    if is_missing(row["as_of_on"]):
        value, note = _("not known"), _("no file about learners in this release tells of hubs")
    else:
        value = whole(row["hubs_evidenced"])
        note = _("with a learning event; {alive} in the 60 days before {day}").format(
            alive=whole(row["hubs_alive"]), day=day(row["as_of_on"])
        )
    text_tile(_("Hubs with evidence of life"), value, note, "learning_hubs/evidence", Scope())


def hubs_map(scope: Scope) -> None:
    """The hubs that the filters leave, on the world map."""
    hubs = ask("learning_hubs/register", scope)
    hubs = hubs.assign(host_words=hubs["host"].fillna(_("Host not stated for this city")))
    st.pydeck_chart(
        hubs_deck(hubs, WORLD_ON_PHONE if on_phone() else WORLD),
        height=430,
        key="hubs-map",
        alt=_("World map with a circle for each learning hub. The table holds the same."),
    )


def _any(label: str, options: list[str], key: str) -> str | None:
    return choose(label, [None, *options], key, lambda option: _(option) if option else _("All"), None)
