"""The reach map of refugees, as UNHCR counts them: hosts, flows of one origin, and learning hubs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.charts.bars import bars_figure
from dashboard.components import context
from dashboard.components.figures import Figure, Number, Words, figure, map_height, table_figure
from dashboard.components.filters import choose
from dashboard.components.notices import map_disclaimer
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import show_table
from dashboard.components.texts import fact, lines, note, paragraph
from dashboard.locales import _, plural
from dashboard.locales.numbers import is_missing, listed, people, share, whole, with_commas, with_semicolons
from dashboard.locales.plain import in_markdown
from dashboard.pages.reach_map.charts import reach_classes, reach_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

COVERAGE, TOTALS, FLOWS = "reach_map/coverage", "reach_map/totals", "reach_map/flows"
BY_HOST, YEARS = "reach_map/refugees_by_host", "reach_map/years"
REGISTER, HUBS = "learning_hubs/register", "learning_hubs/counts"
MOST_NAMED = 3


def class_words() -> dict[str, str]:
    """The legend: sizes first, then the three ways of having no number."""
    return words("refugee_size")


def choose_year(scope: Scope) -> Scope:
    """The year at whose end people were counted."""
    years = ask(YEARS)["year"].tolist()
    return (
        replace(scope, year=choose(_("End of year"), years, "year", str, years[0], always_in_link=True))
        if years
        else scope
    )


def choose_origin(scope: Scope) -> Scope:
    """An origin whose flows are drawn."""
    origins = ask("reach_map/origins", scope.only("year"))
    words = {row.origin_iso3: f"{row.origin} ({people(row.refugees)})" for row in origins.itertuples()}
    chosen = choose(
        _("Flows from"), [None, *words], "origin_iso3", lambda code: words[code] if code else _("No flows"), None
    )
    return replace(scope, origin_iso3=chosen)


def answer(scope: Scope) -> None:
    """Who hosts most in a sentence, the strip, the map with hubs and flows, and the card of a country beside it."""
    if ask(YEARS).empty:
        raise NoAnswer(_("No refugee figures are in this release. A steward can bring them in on the page Upload."))
    totals, coverage = ask_row(TOTALS, scope), ask(COVERAGE, scope)
    names = coverage.nlargest(MOST_NAMED, "refugees")["country"].tolist()
    headline(
        _("{refugees} refugees hosted in {hosts} countries at the end of {year}, most in {most}").format(
            refugees=people(totals["refugees"]),
            hosts=whole(totals["hosts"]),
            year=totals["year"],
            most=listed(map(in_markdown, names)),
        ),
        _("Refugees under UNHCR's mandate by host country, and the learning hubs that were named."),
    )
    left, right = context.map_and_card()
    with left:
        _map(scope, coverage, totals)
    with right:
        _card(scope, coverage)


def _numbers(scope: Scope, totals: Mapping[str, Any]) -> list[Number]:
    hubs = ask_row(HUBS)
    return [
        Number("refugees_hosted", totals["refugees"], TOTALS, scope, note=whole(totals["refugees"])),
        Number(
            "",
            whole(totals["hosts"]),
            TOTALS,
            scope,
            note=_("host at least one refugee"),
            label=_("Countries of asylum"),
        ),
        Number(
            "",
            whole(totals["origins"]),
            TOTALS,
            scope,
            note=_("unknown or stateless: {people}").format(people=people(totals["refugees_of_unknown_origin"])),
            label=_("Countries of origin"),
        ),
        Number(
            "hubs_named",
            hubs["hubs_named"],
            HUBS,
            scope,
            note=_("more than {announced} announced").format(announced=whole(hubs["hubs_announced"])),
        ),
    ]


def _map(scope: Scope, coverage: pd.DataFrame, totals: Mapping[str, Any]) -> None:
    flows = ask(FLOWS, scope)
    values = [
        _("{people} refugees").format(people=people(refugees)) if kind == "known" else ""
        for kind, refugees in zip(coverage["coverage"], coverage["refugees"], strict=True)
    ]
    figure(
        Figure(
            COVERAGE,
            scope,
            reach_figure(
                coverage,
                reach_classes(class_words()),
                values,
                ask(REGISTER),
                flows,
                map_height(long_legend=True, beside_card=True),
            ),
            Words(
                "",
                alt=_(
                    "World map: colour shows refugees hosted by each country, circles are learning hubs. The table "
                    "holds the same."
                ),
            ),
            columns=["country", "region", "refugees"],
            beside=(REGISTER,),
        ),
        on_click=context.take_clicked(COVERAGE),
        numbers=_numbers(scope, totals),
    )
    context.small_states(
        context.without_area(coverage, "refugees"), "refugees", "size_class", reach_classes(class_words())
    )
    words = []
    if totals["refugees_in_unknown_country"]:
        words.append(
            _("{people} refugees are not on the map: their country of asylum is not known.").format(
                people=whole(totals["refugees_in_unknown_country"])
            )
        )
    if scope.origin_iso3 and flows["origin_latitude"].isna().all():
        words.append(_("This origin has no place on the map, so no lines are drawn."))
    if words:
        note(" ".join(words))
    map_disclaimer()


def _card(scope: Scope, coverage: pd.DataFrame) -> None:
    country = context.choose_country(coverage)
    if not country:
        if scope.origin_iso3:
            paragraph(_("**Hosts of the chosen origin**, with their share of its refugees"))
            lines(
                f"{in_markdown(row.country)}: {people(row.refugees)} ({share(row.share_of_origin)})"
                for row in ask(FLOWS, scope).head(5).itertuples()
            )
            return
        paragraph(_("**Largest hosts**"))
        top = coverage.nlargest(5, "refugees")
        lines(f"{in_markdown(row.country)}: {people(row.refugees)}" for row in top.itertuples())
        return
    question = replace(scope.only("year"), country_iso3=country)
    row = coverage.set_index("country_iso3").loc[country]
    known = row["coverage"] in ("known", "zero")
    fact(_("Refugees hosted"), whole(row["refugees"]) if known else class_words()[row["coverage"]])
    years = ask("reach_map/country_years", Scope(country_iso3=country))
    waiting = years[years["year"] == scope.year]["asylum_seekers"].max()
    if not is_missing(waiting):
        paragraph(_("Asylum-seekers: {count}").format(count=whole(waiting)))
    origins, hubs = ask("reach_map/origins_of_host", question), ask(REGISTER, Scope(country_iso3=country))
    if len(origins):
        first = with_semicolons(
            f"{in_markdown(o.origin)} {share(o.share_of_host)}" for o in origins.head(5).itertuples()
        )
        paragraph(_("Main origins, with their share of the refugees hosted: {origins}").format(origins=first))
    paragraph(
        plural("{count} named learning hub: {hubs}", "{count} named learning hubs: {hubs}", len(hubs)).format(
            count=len(hubs), hubs=with_commas(in_markdown(row.hub) for row in hubs.itertuples())
        )
        if len(hubs)
        else _("No learning hub was named in this country.")
    )


def largest(scope: Scope) -> None:
    """The ten countries that host the most refugees."""
    top = ask(COVERAGE, scope).nlargest(10, "refugees")
    figure(
        Figure(
            COVERAGE,
            scope,
            bars_figure(top["country"], top["refugees"], [people(n) for n in top["refugees"]], [True] * len(top)),
            Words(
                _("Ten countries host {share} of all refugees").format(
                    share=share(top["refugees"].sum() / ask_row(TOTALS, scope)["refugees"])
                ),
                alt=_("Bars of the ten countries that host the most refugees."),
            ),
            columns=["country", "refugees"],
        ),
        name="largest",
    )


def all_countries(scope: Scope) -> None:
    """Every country of asylum, or the hosts of the chosen origin."""
    if scope.origin_iso3:
        table_figure(
            Figure(
                FLOWS,
                scope,
                lambda: show_table(FLOWS, scope, ["country", "refugees", "share_of_origin"], height=360),
                Words("", lead=_("Where refugees of the chosen origin live."), alt=_("Table of hosts of one origin.")),
            )
        )
        notes(scope.only("year", "origin_iso3"))
        return
    table_figure(
        Figure(
            BY_HOST,
            scope,
            lambda: show_table(BY_HOST, scope, ["country", "refugees"], key="hosts"),
            Words("", alt=_("Table of refugees hosted by each country, most first.")),
        )
    )


def notes(question: Scope) -> None:
    """What UNHCR notes on the figures of a country or an origin, in its own words."""
    notes_of_year = ask("reach_map/notes", question)
    if notes_of_year.empty:
        return
    note(_("Notes by UNHCR on the figures of {year}:").format(year=notes_of_year["year"].max()))
    for row in notes_of_year.itertuples():
        note(f"{in_markdown(row.about)}: {in_markdown(row.note)}")


def years_of(country: str) -> None:
    """Refugees and asylum-seekers in a country, year by year."""
    question = "reach_map/country_years"
    table_figure(
        Figure(
            question,
            Scope(country_iso3=country),
            lambda: show_table(question, Scope(country_iso3=country), ["year", "refugees", "asylum_seekers", "notes"]),
            Words(_("Refugees and asylum-seekers year by year"), alt=_("Table of refugees by year.")),
        )
    )
