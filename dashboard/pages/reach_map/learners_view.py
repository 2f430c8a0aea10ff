"""The reach map of learners: by host as a rate per 1,000 refugees, by origin as presence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.bars import bars_figure
from dashboard.charts.learners import learners_map, rate_classes
from dashboard.components import context, learners
from dashboard.components.answers import REACHED
from dashboard.components.figures import Figure, Number, Words, figure, map_height, table_figure
from dashboard.components.filters import date_in_link, switch, year_before
from dashboard.components.notices import map_disclaimer, owners_only
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import show_table
from dashboard.components.texts import fact, heading, lines, note, paragraph
from dashboard.locales import _, plural
from dashboard.locales.numbers import between, day, decimal, is_missing, listed, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.reach_map import moving_month
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, is_hidden_from_me

LEARNERS, TOTALS = "reach_map/learners_on_map", "reach_map/learner_totals"
FLOWS, NEW, CARD = "reach_map/learner_flows", "reach_map/newcomers", "reach_map/country_card"
MOST_NAMED = 3


def answer(scope: Scope) -> None:
    """Where most learners are in a sentence, the strip, the map and the card of a country beside it."""
    if why := learners.needs():
        raise NoAnswer(why)
    learners.stop_unless_shown(scope)
    table, totals = ask(LEARNERS, scope), ask_row(TOTALS, scope)
    country = _chosen_row(table)
    in_strip = country is not None and _counts_newest(scope)
    if country:
        title, lead = _of_country(scope, country), _what_is_of_all(in_strip)
    else:
        title, lead = _takeaway(scope, table, _countries(scope, totals).value), ""
    headline(title, " ".join(filter(None, [lead, _lead(scope)])))
    left, right = context.map_and_card()
    with left:
        _map(scope, table, _numbers_of(scope, country) if country and in_strip else _numbers(scope))
    with right:
        _card(scope, table, in_strip)
        classes = rate_classes(learners.rate_words(scope.by or "host"))
        context.small_states(context.without_area(table, "learners"), "learners", "rate_class", classes)


def _chosen_row(table: pd.DataFrame) -> Mapping[str, Any] | None:
    """The row of the chosen country; None where none is chosen."""
    rows = table[table["country_iso3"] == context.chosen_country()].to_dict("records")
    return rows[0] if rows else None


def _counts_newest(scope: Scope) -> bool:
    """Whether what is known of one country is what the page counts: learners by host, until the newest file, of all."""
    return scope.by == "host" and not scope.on_date and not scope.partner_id


def _what_is_of_all(in_strip: bool) -> str:
    return _("The map shows all countries.") if in_strip else _("Numbers and map show all countries.")


def _of_country(scope: Scope, row: Mapping[str, Any]) -> str:
    words = {
        "country": in_markdown(row["country"]),
        "learners": people(row["learners"]),
        "rate": decimal(row["learners_per_1000_refugees"]),
    }
    if is_missing(row["learners"]):
        return (
            _("{country}: too few learners to be shown")
            if row["rate_class"] == "hidden"
            else _("{country}: no learner is known")
        ).format(**words)
    if scope.by == "origin":
        return plural(
            "{country}: {learners} learner comes from there",
            "{country}: {learners} learners come from there",
            int(row["learners"]),
        ).format(**words)
    if is_missing(row["learners_per_1000_refugees"]):
        return plural(
            "{country}: {learners} learner lives there",
            "{country}: {learners} learners live there",
            int(row["learners"]),
        ).format(**words)
    return plural(
        "{country}: {learners} learner lives there, {rate} per 1,000 refugees hosted",
        "{country}: {learners} learners live there, {rate} per 1,000 refugees hosted",
        int(row["learners"]),
    ).format(**words)


def _takeaway(scope: Scope, table: pd.DataFrame, countries: int | None) -> str:
    names = [country for country, _count in context.largest(table, "learners", MOST_NAMED)]
    words = {"countries": whole(countries), "most": listed(map(in_markdown, names)), "day": day(scope.on_date)}
    if scope.on_date and not names:
        return _("By {day}, no country had enough learners to be shown").format(**words)
    if not names:
        return _("Learners are in {countries} countries").format(**words)
    if scope.on_date and scope.by == "origin":
        return plural(
            "By {day}, learners came from {countries} country: {most}",
            "By {day}, learners came from {countries} countries, most from {most}",
            int(countries or 0),
        ).format(**words)
    if scope.on_date:
        return plural(
            "By {day}, learners lived in {countries} country: {most}",
            "By {day}, learners lived in {countries} countries, most in {most}",
            int(countries or 0),
        ).format(**words)
    if scope.by == "origin":
        return _("Learners come from {countries} countries, most from {most}").format(**words)
    return _("Learners live in {countries} countries, most in {most}").format(**words)


def _countries(scope: Scope, totals: Mapping[str, Any]) -> Number:
    """The countries that the headline and the strip state: those where learners live, hidden ones included.

    By origin and of one partner it is known only of how many a figure is shown.
    """
    if scope.by == "origin" or scope.partner_id:
        return Number("countries_shown", totals["countries"], TOTALS, scope, note=_("where their country is known"))
    of_all = scope.only("programme_id", "on_date")
    countries, shown = ask_row(REACHED, of_all)["countries"], totals["countries"]
    words = _("where learners live")
    if not is_missing(countries) and not is_missing(shown) and shown < countries:
        words = plural(
            "where learners live; {count} has enough learners to be shown",
            "where learners live; {count} have enough learners to be shown",
            int(shown),
        ).format(count=whole(shown))
    return Number("countries_reached", countries, REACHED, of_all, note=words)


def _lead(scope: Scope) -> str:
    words = [
        _("Colour shows where learners come from; circles are the largest counts.")
        if scope.by == "origin"
        else _("Colour is learners per 1,000 refugees hosted, circles are the largest counts.")
    ]
    if scope.on_date and scope.by != "origin":
        words.append(_("Refugees are those of UNHCR's newest year in all months."))
    words.append(learners.newcomer())
    return " ".join(filter(None, words))


def _numbers(scope: Scope) -> list[Number]:
    totals = ask_row(TOTALS, scope)
    numbers = [
        Number("learners_reached", totals["learners"], TOTALS, scope, note=_("people, counted once where ids match")),
        _countries(scope, totals),
        Number(
            "",
            whole(totals["learners_unknown"]),
            TOTALS,
            scope,
            note=_("{share} of learners, not mapped").format(share=share(totals["share_unknown"])),
            label=_("Country not known"),
        ),
    ]
    if scope.by != "origin":
        rate = totals["learners_per_1000_refugees"]
        numbers.append(
            Number(
                "learners_per_1000_refugees",
                rate,
                TOTALS,
                scope,
                note=_("learners, in the world as a whole"),
                label=_("Per 1,000 refugees"),
            )
        )
    return numbers


def _numbers_of(scope: Scope, row: Mapping[str, Any]) -> list[Number]:
    query_scope = replace(scope.only("programme_id"), country_iso3=row["country_iso3"])
    card = ask_row(CARD, query_scope)
    return [
        Number("learners_reached", card["learners"], CARD, query_scope, note=_("who live in the country")),
        Number(
            "learners_per_1000_refugees",
            card["learners_per_1000_refugees"],
            CARD,
            query_scope,
            note=_("{count} refugees hosted").format(count=people(card["refugees_hosted"])),
            label=_("Per 1,000 refugees"),
        ),
        Number(
            "",
            share(card["share_completed"]),
            CARD,
            query_scope,
            note=_("{interval}, of {registered} registered").format(
                interval=between(card["share_low"], card["share_high"]), registered=whole(card["learners_registered"])
            ),
            label=_("Completed a course"),
        ),
        Number(
            "",
            whole(card["learners_from_there"]),
            CARD,
            query_scope,
            note=_("wherever they live"),
            label=_("Learners from there"),
        ),
    ]


def _map(scope: Scope, table: pd.DataFrame, numbers: list[Number]) -> None:
    routes = ask(FLOWS, replace(scope, country_iso3=context.chosen_country()))
    above = st.container()
    drawn = switch(_("Draw the largest flows from origin to host"), "flows")
    with above:
        _draw(scope, table, routes, drawn, numbers)
        moving_month.slider(scope)
    if drawn and (newest := context.newest_only(scope)):
        note(_("Flows: {as_of}").format(as_of=newest))
    if drawn and scope.partner_id:
        note(_("Flows are of all partners, not only of the one chosen above."))
    map_disclaimer()


def _draw(scope: Scope, table: pd.DataFrame, routes: pd.DataFrame, drawn: bool, numbers: list[Number]) -> None:
    figure(
        Figure(
            LEARNERS,
            scope,
            learners_map(
                table,
                rate_classes(learners.rate_words(scope.by or "host")),
                routes if drawn else routes.head(0),
                map_height(long_legend=True, beside_card=True),
            ),
            Words(
                "",
                alt=_("World map: colour shows learners per 1,000 refugees hosted, circles the number of learners."),
            ),
            columns=["country", "region", "learners", "refugees_hosted", "learners_per_1000_refugees", "first_on"],
            beside=(FLOWS,) if drawn else (),
        ),
        on_click=context.take_clicked(LEARNERS),
        numbers=numbers,
    )


def _card(scope: Scope, table: pd.DataFrame, in_strip: bool) -> None:
    """A choice of a country, and what is known of it; of that the strip may have most."""
    country = context.choose_country(table)
    if not country:
        paragraph(_("**Most learners**"))
        most = context.largest(table, "learners", 5)
        lines(f"{in_markdown(country)}: {whole(learners)}" for country, learners in most)
        return
    question = replace(scope.only("programme_id"), country_iso3=country)
    row = ask_row(CARD, question)
    facts = []
    if not in_strip:
        facts = [
            _("Learners who live in the country: {count}").format(count=whole(row["learners"])),
            _("Learners who come from it: {count}").format(count=whole(row["learners_from_there"])),
            _("Refugees hosted: {count}").format(count=people(row["refugees_hosted"])),
            _("Learners per 1,000 refugees: {rate}").format(rate=decimal(row["learners_per_1000_refugees"])),
            _("Completed a course: {share} ({interval}) of {registered} registered").format(
                share=share(row["share_completed"]),
                interval=between(row["share_low"], row["share_high"]),
                registered=whole(row["learners_registered"]),
            ),
        ]
    if scope.on_date:
        by_host = replace(question, country_iso3=None, by="host", on_date=scope.on_date)
        then = ask_row(LEARNERS, by_host, country_iso3=country)
        fact(_("Learners by {day}").format(day=day(scope.on_date)), people(then["learners"]))
        note(context.newest_only(scope))
    facts.append(
        _("Partners: {partners}; programmes: {programmes}; named hubs: {hubs}").format(
            partners=whole(row["partners"]), programmes=whole(row["programmes"]), hubs=whole(row["hubs"])
        )
    )
    if not is_missing(row["first_on"]):
        facts.append(_("First learner reached on {day}").format(day=day(row["first_on"])))
    if scope.partner_id:
        facts.append(_("All partners together: a country by partner is in the details below."))
    lines(facts)


def largest(scope: Scope) -> None:
    """The ten countries with the most learners."""
    top = ask(LEARNERS, scope)
    top = top[top["learners"] > 0].nlargest(10, "learners")
    labels = [whole(count) for count in top["learners"]]
    figure(
        Figure(
            LEARNERS,
            scope,
            bars_figure(top["country"], top["learners"], labels, [True] * len(top)),
            Words(
                plural("The country with most learners", "The {count} countries with most learners", len(top)).format(
                    count=len(top)
                ),
                lead=_("By {day}.").format(day=day(scope.on_date)) if scope.on_date else "",
                alt=_("Bars of the countries with the most learners."),
            ),
            columns=["country", "learners", "refugees_hosted", "learners_per_1000_refugees"],
        ),
        name="largest",
    )


def new_countries(scope: Scope) -> None:
    """Countries first reached since a day that the reader chooses."""
    newest = ask_row(REACHED, scope.only("programme_id"))["on_date"]
    since = date_in_link(_("First reached since"), "new_since", newest, year_before(newest))
    question = replace(scope, from_date=since, on_date=None)
    if is_hidden_from_me(NEW, question):
        owners_only()
        return
    count = ask_row(TOTALS, question)["newcomers"]
    table_figure(
        Figure(
            NEW,
            question,
            lambda: show_table(NEW, question, ["country", "first_on", "learners"], key="new", height=300),
            Words(
                plural(
                    "{count} country first reached since {day}",
                    "{count} countries first reached since {day}",
                    count or 0,
                ).format(count=whole(count), day=day(since)),
                alt=_("Table of countries with the day of their first learner."),
            ),
        )
    )


def flows(scope: Scope) -> None:
    """The largest flows from origin to host; those of the chosen country where there is one."""
    country = context.chosen_country()
    question = replace(scope, country_iso3=country)
    largest_flow = next(iter(ask(FLOWS, question).to_dict("records")), None)
    table_figure(
        Figure(
            FLOWS,
            question,
            lambda: show_table(FLOWS, question, ["origin", "country", "learners"], key="flows-table", height=360),
            Words(
                _("Most learners on one route: from {origin} to {host}").format(
                    origin=in_markdown(largest_flow["origin"]), host=in_markdown(largest_flow["country"])
                )
                if largest_flow
                else _("No route has enough learners to be shown"),
                lead=" ".join(
                    filter(
                        None,
                        [
                            _("Routes of the chosen country only.") if country else "",
                            _("Flows are of all partners, not only of the one chosen above.")
                            if scope.partner_id
                            else "",
                            context.newest_only(scope),
                        ],
                    )
                ),
                alt=_("Table of routes from country of origin to host country, with learners."),
            ),
        )
    )


def all_countries(scope: Scope) -> None:
    """Every country of the programmes for refugees."""
    question = "reach_map/learners_by_country"
    table_figure(
        Figure(
            question,
            scope.only("by"),
            lambda: show_table(question, scope.only("by"), key="all-countries"),
            Words(
                "",
                lead=" ".join(
                    filter(
                        None,
                        [
                            _("All programmes for refugees and all partners, not only those chosen above."),
                            context.newest_only(scope),
                        ],
                    )
                ),
                alt=_("Table of learners of programmes for refugees by country."),
            ),
        )
    )


def country_details(scope: Scope, country: str) -> None:
    """Learners in the country by programme and partner."""
    question = replace(scope.only("programme_id"), country_iso3=country)
    heading(_("Learners by programme and partner"))
    show_table("reach_map/country_partners", question, key="card-partners", height=260)
