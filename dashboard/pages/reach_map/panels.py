"""Panels of the reach map: the map of hosts with hubs and flows, and the card of a country."""

import pandas as pd
import streamlit as st

from dashboard.charts.bars import bars_figure
from dashboard.charts.learners import learners_map, rate_classes
from dashboard.charts.world import clicked_country
from dashboard.components import context, learners, notices
from dashboard.components.figures import (
    Figure,
    Number,
    Words,
    chart_key,
    figure,
    map_height,
    plain_chart,
    strip,
    table_figure,
)
from dashboard.components.filters import choose, choose_country, date_in_link, switch, year_before
from dashboard.components.notices import map_disclaimer, owners_only
from dashboard.components.tables import lazy_table, show_table, stop_if_empty
from dashboard.locales import _, plural
from dashboard.locales.numbers import between, day, decimal, is_missing, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.reach_map.charts import reach_classes, reach_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, is_hidden_from_me

ASKED = "reach_map/coverage"
LEARNERS = "reach_map/learners_on_map"
LEARNER_TOTALS = "reach_map/learner_totals"
LEARNER_FLOWS = "reach_map/learner_flows"
CARD = "reach_map/country_card"


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


def learner_view(by: str) -> None:
    """Learners by host or origin: tiles, map, top ten, newcomers."""
    learners.begin("unhcr_population")
    scope = choose_learners(by)
    learners.stop_unless_shown(scope)
    learner_tiles(scope)
    learners_on_map(scope)
    leading_and_new(scope)


def refugee_view() -> None:
    """Refugees by host: tiles, map with hubs and flows, table."""
    notices.demonstration("unhcr_population", "hubs")
    stop_if_empty(
        ask("reach_map/years"),
        _("No refugee figures are in this release. A steward can bring them in on the page Upload."),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        year = choose_year()
        origin = choose_origin(year)
    scope = Scope(year=year, origin_iso3=origin)

    totals = ask_one("reach_map/totals", scope)
    hubs = ask_one("learning_hubs/counts")
    one, two, three, four = st.columns(4)
    strip(
        [
            Number("refugees_hosted", totals["refugees"], "reach_map/totals", scope, note=whole(totals["refugees"])),
            Number(
                "",
                whole(totals["hosts"]),
                "reach_map/totals",
                scope,
                note=_("{people} refugees in an unknown country").format(
                    people=whole(totals["refugees_in_unknown_country"])
                )
                if totals["refugees_in_unknown_country"]
                else _("that host at least one refugee"),
                label=_("Countries of asylum"),
            ),
            Number(
                "",
                whole(totals["origins"]),
                "reach_map/totals",
                scope,
                note=_("unknown or stateless: {people} people").format(
                    people=whole(totals["refugees_of_unknown_origin"])
                ),
                label=_("Origins"),
            ),
            Number(
                "hubs_named",
                hubs["hubs_named"],
                "learning_hubs/counts",
                scope,
                note=_("more than {announced} were announced").format(announced=whole(hubs["hubs_announced"])),
            ),
        ],
        key="refugee_view",
    )

    host_map(scope, totals["refugees_in_unknown_country"])

    table_figure(
        Figure(
            "reach_map/refugees_by_host",
            scope,
            lambda: show_table("reach_map/refugees_by_host", scope, key="hosts"),
            Words(_("All countries of asylum"), alt=_("Table of refugees hosted by each country, most first.")),
        )
    )


def choose_counting() -> str:
    """Lets the reader choose what the map counts: learners by host, learners by origin, or refugees."""
    words = {
        "host": _("Learners where they live"),
        "origin": _("Learners where they come from"),
        "refugees": _("Refugees hosted"),
    }
    return choose(_("Show"), list(words), "by", lambda code: words[code], "host", buttons=True)


def choose_learners(by: str) -> Scope:
    """Lets the reader choose programme, partner and the day since which a country is a newcomer."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        programme = context.programme(Scope()).programme_id
        partner = context.partner(Scope()).partner_id
        newest = ask_one("overview/headline", Scope(programme_id=programme))["on_date"]
        since = date_in_link(_("Newcomers since"), "from_date", newest, year_before(newest))
    return Scope(by=by, programme_id=programme, partner_id=partner, from_date=since)


def learner_tiles(scope: Scope) -> None:
    """Learners, countries, unknown location, rate in the world, newcomers."""
    row = ask_one(LEARNER_TOTALS, scope)
    strip(
        [
            Number("learners_reached", row["learners"], LEARNER_TOTALS, scope, note=whole(row["learners"])),
            Number("countries_shown", row["countries"], LEARNER_TOTALS, scope),
            Number(
                "",
                whole(row["learners_unknown"]),
                LEARNER_TOTALS,
                scope,
                note=_("{share} of learners; they are in no circle").format(share=share(row["share_unknown"])),
                label=_("Country unknown"),
            ),
            Number(
                "",
                whole(row["newcomers"]),
                LEARNER_TOTALS,
                scope,
                note=_("countries first reached since {day}").format(day=day(scope.from_date)),
                label=_("Newcomers"),
            ),
        ],
        key="learner_tiles",
    )


def learners_on_map(scope: Scope) -> None:
    """The world map of learners with flows on demand, and the card of the country that was clicked."""
    flows = ask(LEARNER_FLOWS, scope)
    drawn = switch(_("Draw the largest flows from origin to host"), "flows")
    figure(
        Figure(
            LEARNERS,
            scope,
            learners_map(
                ask(LEARNERS, scope),
                rate_classes(learners.rate_words(scope.by or "host")),
                flows if drawn else flows.head(0),
                map_height(long_legend=True),
            ),
            Words(
                _("Learners and their number for 1,000 refugees")
                if scope.by == "host"
                else _("Where learners come from"),
                lead=_("Colour: the rate. Circle: the number of learners. Click a country for its card."),
                alt=_("World map: colour shows learners for 1,000 refugees hosted, circles the number of learners."),
            ),
            columns=["country", "region", "learners", "refugees_hosted", "learners_per_1000_refugees", "first_on"],
            beside=(LEARNER_FLOWS,) if drawn else (),
        ),
        on_click=_learners_clicked,
    )
    map_disclaimer()
    _learner_card(scope)


def leading_and_new(scope: Scope) -> None:
    """The ten countries with the most learners, the newcomers, and the largest flows."""
    left, right = st.columns(2, gap="large")
    top = ask(LEARNERS, scope).head(10)
    with left:
        st.header(_("Top ten"), anchor=False)
        plain_chart(
            bars_figure(top["country"], top["learners"], [whole(n) for n in top["learners"]], [True] * len(top)),
            "top-ten",
            alt=_("Bars of the ten countries with the most learners."),
        )
        st.caption(_("The first ten of the table below the map, where the download and the working are."))
    with right:
        st.header(_("Newcomers"), anchor=False)
        if is_hidden_from_me("reach_map/newcomers", scope):
            owners_only()
        elif ask("reach_map/newcomers", scope).empty:
            st.write(_("No country was first reached since {day}.").format(day=day(scope.from_date)))
        else:
            show_table("reach_map/newcomers", scope, ["country", "first_on", "learners"], key="newcomers", height=300)
        lazy_table(_("Largest flows from origin to host"), LEARNER_FLOWS, scope, ["origin", "country", "learners"])
    table_figure(
        Figure(
            "reach_map/learners_by_country",
            Scope(by=scope.by),
            lambda: show_table("reach_map/learners_by_country", Scope(by=scope.by), key="all-countries"),
            Words(
                _("All countries"),
                lead=_("Of all programmes for refugees and all partners, whatever is chosen above."),
                alt=_("Table of learners of programmes for refugees by country."),
            ),
        )
    )


def _learner_card(scope: Scope) -> None:
    country = choose_country(_("One country (or click it on the map)"), ask(LEARNERS, scope), _("No country chosen"))
    if not country:
        return
    asked = Scope(country_iso3=country, programme_id=scope.programme_id)
    row = ask_one(CARD, asked)
    with st.container(border=True):
        st.header(in_markdown(row["country"]), anchor=False)
        strip(
            [
                Number(
                    "",
                    people(row["learners"]),
                    CARD,
                    asked,
                    note=_("{from_there} come from here").format(from_there=whole(row["learners_from_there"])),
                    label=_("Learners who live here"),
                ),
                Number(
                    "",
                    decimal(row["learners_per_1000_refugees"]),
                    CARD,
                    asked,
                    note=_("{refugees} refugees hosted").format(refugees=people(row["refugees_hosted"])),
                    label=_("For 1,000 refugees"),
                ),
                Number(
                    "",
                    share(row["share_completed"]),
                    CARD,
                    asked,
                    note=_("{interval}; {completed} of {registered} registered").format(
                        interval=between(row["share_low"], row["share_high"]),
                        completed=whole(row["learners_completed"]),
                        registered=whole(row["learners_registered"]),
                    ),
                    label=_("Completed a course"),
                ),
                Number(
                    "",
                    whole(row["partners"]),
                    CARD,
                    asked,
                    note=_("{programmes} programmes, {hubs} learning hubs").format(
                        programmes=whole(row["programmes"]), hubs=whole(row["hubs"])
                    ),
                    label=_("Partners"),
                ),
            ],
            key="learner_card",
        )
        if row["learners"]:
            if not is_missing(row["first_on"]):
                st.write(_("First learner reached on {day}.").format(day=day(row["first_on"])))
            show_table("reach_map/country_partners", asked, key="card-partners", height=260)
        _notes(Scope(country_iso3=country))


def _learners_clicked() -> None:
    for point in st.session_state[chart_key(LEARNERS)].selection.points:
        if code := clicked_country(point):
            st.session_state["country_iso3"] = code


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


def host_map(scope: Scope, not_mapped: int) -> None:
    """The world map of hosts, with hubs and the flows of a chosen origin; below it the country that was clicked.

    `not_mapped` are refugees whose country of asylum is unknown.
    """
    coverage = ask(ASKED, scope)
    flows = ask("reach_map/flows", scope)
    words = class_words()
    values = [
        _("{people} refugees").format(people=people(refugees)) if kind == "known" else ""
        for kind, refugees in zip(coverage["coverage"], coverage["refugees"], strict=True)
    ]
    figure(
        Figure(
            ASKED,
            scope,
            reach_figure(
                coverage,
                reach_classes(words),
                values,
                ask("learning_hubs/register"),
                flows,
                map_height(long_legend=True),
            ),
            Words(
                _("Refugees hosted, learning hubs and flows"),
                alt=_(
                    "World map: colour shows refugees hosted by each country, circles are learning hubs. "
                    "The table holds the same."
                ),
            ),
            columns=["country_iso3", "country", "region", "coverage", "refugees"],
        ),
        on_click=_country_clicked,
    )
    if not_mapped:
        st.caption(
            _("{people} refugees are not on the map: their country of asylum is unknown.").format(
                people=whole(not_mapped)
            )
        )
    map_disclaimer()
    if scope.origin_iso3:
        _flows(scope, flows)
        _notes(Scope(year=scope.year, origin_iso3=scope.origin_iso3))
    _country_card(scope, coverage)


def _flows(scope: Scope, flows: pd.DataFrame) -> None:
    st.header(_("Where they live"), anchor=False)
    if flows["origin_latitude"].isna().all():
        st.caption(_("This origin has no place on the map, so no lines are drawn."))
    show_table("reach_map/flows", scope, ["country", "refugees", "share_of_origin"], height=260)


def _country_card(scope: Scope, coverage: pd.DataFrame) -> None:
    country = choose_country(_("One country (or click it on the map)"), coverage, _("No country chosen"))
    if not country:
        return
    asked = Scope(year=scope.year, country_iso3=country)
    row = coverage.set_index("country_iso3").loc[country]
    years = ask("reach_map/country_years", Scope(country_iso3=country))
    years = years[years["year"] == scope.year]
    origins, hubs = ask("reach_map/origins_of_host", asked), ask("learning_hubs/register", Scope(country_iso3=country))
    with st.container(border=True):
        st.header(in_markdown(row["country"]), anchor=False)
        if row["coverage"] in ("known", "zero"):
            st.write(_("Hosts **{whole}** refugees.").format(whole=whole(row["refugees"])))
        else:
            st.write(_("Refugees hosted: {why}.").format(why=class_words()[row["coverage"]].lower()))
        waiting = years["asylum_seekers"].max()
        if not is_missing(waiting):
            st.write(_("Asylum-seekers here: **{whole}**.").format(whole=whole(waiting)))
        if len(origins):
            first = "; ".join(f"{in_markdown(o.origin)} {share(o.share_of_host)}" for o in origins.head(5).itertuples())
            st.write(_("They come from: {origins}.").format(origins=first))
        st.write(
            plural(
                "{count} learning hub is named here: {hubs}.",
                "{count} learning hubs are named here: {hubs}.",
                len(hubs),
            ).format(count=len(hubs), hubs=", ".join(in_markdown(row.hub) for row in hubs.itertuples()))
            if len(hubs)
            else _("No learning hub is named here.")
        )
        st.caption(_("Learners of the coalition here: choose Learners where they live."))
        _notes(asked)
        lazy_table(
            _("Refugees and asylum-seekers here, year by year"),
            "reach_map/country_years",
            Scope(country_iso3=country),
            ["year", "refugees", "asylum_seekers", "notes"],
        )


def _notes(asked: Scope) -> None:
    """What UNHCR notes on the figures of a country or an origin and a year, in its own words."""
    notes = ask("reach_map/notes", asked)
    if notes.empty:
        return
    st.caption(_("Notes by UNHCR on the figures of {year}:").format(year=notes["year"].max()))
    for note in notes.itertuples():
        st.caption(f"{in_markdown(note.about)}: {in_markdown(note.note)}")


def _country_clicked() -> None:
    for point in st.session_state[chart_key(ASKED)].selection.points:
        if code := clicked_country(point):
            st.session_state["country_iso3"] = code
