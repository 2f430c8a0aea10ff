"""Reach map: where refugees live, where learning hubs are, and how the two meet."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.figures import figure, metric_tile, show_table, stop_if_empty, text_tile
from dashboard.components.reach import choose_origin, choose_year, host_map
from dashboard.locales import _
from dashboard.locales.numbers import whole
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

st.title(_("Reach map"))
st.write(
    _(
        "Where refugees live, by country of asylum, and where learning hubs were named. "
        "Choose an origin to see where people went."
    )
)
notices.demonstration("unhcr_population", "hubs")
stop_if_empty(
    ask("reach_map/years"),
    _("No refugee figures are in this release. Import them: `coalition import unhcr_population FILE`."),
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    year = choose_year()
    origin = choose_origin(year)
scope = Scope(year=year, origin_iso3=origin)

totals = ask_one("reach_map/totals", scope)
hubs = ask_one("learning_hubs/counts")
one, two, three, four = st.columns(4)
with one:
    metric_tile("refugees_hosted", totals["refugees"], "reach_map/totals", scope, whole(totals["refugees"]))
with two:
    text_tile(
        _("Countries of asylum"), whole(totals["hosts"]), _("that host at least one refugee"), "reach_map/totals", scope
    )
with three:
    text_tile(
        _("Origins"),
        whole(totals["origins"]),
        _("unknown or stateless: {people} people").format(people=whole(totals["refugees_of_unknown_origin"])),
        "reach_map/totals",
        scope,
    )
with four:
    metric_tile(
        "hubs_named",
        hubs["hubs_named"],
        "learning_hubs/counts",
        scope,
        _("more than {announced} were announced").format(announced=whole(hubs["hubs_announced"])),
    )

host_map(scope)

figure(
    _("All countries of asylum"),
    lambda: show_table("reach_map/refugees_by_host", scope, key="hosts"),
    "reach_map/refugees_by_host",
    scope,
    alt=_("Table of refugees hosted by each country, most first."),
    table_twin=False,
)
