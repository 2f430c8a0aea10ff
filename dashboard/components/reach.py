"""Panels of the reach map: the map of hosts with hubs and flows, and the card of a country."""

import pandas as pd
import streamlit as st

from dashboard.charts.reach import reach_classes, reach_figure
from dashboard.charts.world import clicked_country
from dashboard.components.figures import chart_key, figure, map_height, show_table
from dashboard.components.filters import choose, choose_country
from dashboard.components.notices import map_disclaimer
from dashboard.locales import _, plural
from dashboard.locales.numbers import people, share, whole
from dashboard.scope import Scope
from dashboard.session import ask

ASKED = "reach_map/coverage"


def class_words() -> dict[str, str]:
    """The legend: sizes first, then the three ways of having no number."""
    return {
        "from_1m": _("1 million and more"),
        "from_100k": _("100,000 to 1 million"),
        "from_10k": _("10,000 to 100,000"),
        "from_1k": _("1,000 to 10,000"),
        "below_1k": _("Fewer than 1,000"),
        "zero": _("Zero"),
        "hidden": _("Hidden, 1 to 4 people"),
        "no_data": _("No data"),
    }


def choose_year() -> int:
    """Lets the reader choose the year at whose end people were counted."""
    years = ask("reach_map/years")["year"].tolist()
    return choose(_("End of year"), years, "year", str, years[0], always_in_link=True)


def choose_origin(year: int) -> str | None:
    """Lets the reader choose an origin whose flows are drawn."""
    origins = ask("reach_map/origins", Scope(year=year))
    words = {row.origin_iso3: f"{row.origin} ({people(row.refugees)})" for row in origins.itertuples()}
    return choose(
        _("Show where refugees from one origin live"),
        [None, *words],
        "origin_iso3",
        lambda code: words[code] if code else _("No flows"),
        None,
    )


def host_map(scope: Scope) -> None:
    """The world map of hosts, with hubs and the flows of a chosen origin; below it the country that was clicked."""
    coverage = ask(ASKED, scope)
    flows = ask("reach_map/flows", scope)
    words = class_words()
    values = [
        _("{people} refugees").format(people=people(refugees)) if kind == "known" else ""
        for kind, refugees in zip(coverage["coverage"], coverage["refugees"], strict=True)
    ]
    figure(
        _("Refugees hosted, learning hubs and flows"),
        reach_figure(
            coverage, reach_classes(words), values, ask("learning_hubs/register"), flows, map_height(long_legend=True)
        ),
        ASKED,
        scope,
        alt=_(
            "World map: colour shows refugees hosted by each country, circles are learning hubs. "
            "The table holds the same."
        ),
        on_click=_country_clicked,
        columns=["country_iso3", "country", "region", "coverage", "refugees"],
    )
    map_disclaimer()
    if scope.origin_iso3:
        _flows(scope, flows)
    _country_card(scope, coverage)


def _flows(scope: Scope, flows: pd.DataFrame) -> None:
    st.header(_("Where they live"), anchor=False)
    if flows["origin_latitude"].isna().all():
        st.caption(_("This origin has no place on the map, so no lines are drawn."))
    show_table("reach_map/flows", scope, ["country", "refugees", "share_of_origin"], height=260)


def _country_card(scope: Scope, coverage: pd.DataFrame) -> None:
    country = choose_country(_("One country (or click it on the map)"), coverage, _("None chosen"))
    if not country:
        return
    asked = Scope(year=scope.year, country_iso3=country)
    row = coverage.set_index("country_iso3").loc[country]
    origins, hubs = ask("reach_map/origins_of_host", asked), ask("learning_hubs/register", Scope(country_iso3=country))
    with st.container(border=True):
        st.header(row["country"], anchor=False)
        if row["coverage"] in ("known", "zero"):
            st.write(_("Hosts **{whole}** refugees.").format(whole=whole(row["refugees"])))
        else:
            st.write(_("Refugees hosted: {why}.").format(why=class_words()[row["coverage"]].lower()))
        if len(origins):
            first = "; ".join(f"{o.origin} {share(o.share_of_host)}" for o in origins.head(5).itertuples())
            st.write(_("They come from: {origins}.").format(origins=first))
        st.write(
            plural(
                "{count} learning hub is named here: {hubs}.",
                "{count} learning hubs are named here: {hubs}.",
                len(hubs),
            ).format(count=len(hubs), hubs=", ".join(hubs["hub"]))
            if len(hubs)
            else _("No learning hub is named here.")
        )
        st.caption(_("Learners of the coalition by country come with the partners' reports; none are in this release."))


def _country_clicked() -> None:
    for point in st.session_state[chart_key(ASKED)].selection.points:
        if code := clicked_country(point):
            st.session_state["country_iso3"] = code
