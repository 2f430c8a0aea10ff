"""Learning hubs: which places were named, where they are and who gives the space."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.figures import figure, metric_tile, show_table, stop_if_empty, text_tile
from dashboard.components.hubs import choose_hubs, evidence_tile, hubs_map
from dashboard.locales import _
from dashboard.locales.numbers import whole
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

st.title(_("Learning hubs"))
st.write(
    _(
        "Places with internet where people take courses together, free of charge, with a local facilitator. "
        "Coursera and the US Department of State launched the first in October 2013. "
        "Partners add theirs by importing a register."
    )
)
notices.demonstration("hubs", "partner_learners")
stop_if_empty(
    ask("learning_hubs/register"),
    _("No register of hubs is in this release. Import one: `coalition import hubs FILE`."),
)

counts = ask_one("learning_hubs/counts")
one, two, three = st.columns(3)
with one:
    metric_tile(
        "hubs_named",
        counts["hubs_named"],
        "learning_hubs/counts",
        Scope(),
        _("in {count} countries").format(count=whole(counts["countries"])),
    )
with two:
    text_tile(
        _("Hubs announced"),
        _("more than {count}").format(count=whole(counts["hubs_announced"])),
        _("as the launch stated"),
        "learning_hubs/counts",
        Scope(),
    )
with three:
    evidence_tile()

scope = choose_hubs()
stop_if_empty(ask("learning_hubs/register", scope), _("No hub fits these filters. Choose All in one of them."))
figure(
    _("Hubs on the map"),
    lambda: hubs_map(scope),
    "learning_hubs/register",
    scope,
    alt=_("Map of hubs"),
    table_twin=False,
)
notices.map_disclaimer()
st.header(_("The register"), anchor=False)
show_table(
    "learning_hubs/register",
    scope,
    ["hub", "country", "region", "host", "host_type", "programme", "announced_on"],
    key="register",
)
