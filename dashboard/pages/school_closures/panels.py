"""Panels of the school closures page: the world or a country on a day, day by day, weeks, two days, other records."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.kept import kept, names_by_code
from dashboard.charts.palette import STATUS
from dashboard.charts.world import MapClass, class_map
from dashboard.components import context
from dashboard.components.figures import Figure, Number, Words, figure, map_height, table_figure
from dashboard.components.filters import choose, day_within, slide_number
from dashboard.components.notices import map_disclaimer
from dashboard.components.page import NoAnswer, headline
from dashboard.components.periods import choose_period
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import heading, hint, lines, paragraph, warn
from dashboard.components.vocabulary import level_words, status_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, decimal, is_missing, month, people, share, short_day, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.school_closures import moving_day
from dashboard.pages.school_closures.charts import (
    compare_figure,
    levels_figure,
    oxford_figure,
    time_figure,
    weeks_figure,
)
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

WORLD, AFFECTED, BY_DAY = (
    "school_closures/world_on_date",
    "school_closures/affected_on_date",
    "school_closures/affected_by_day",
)
COUNTRIES, COUNTRY = "school_closures/status_by_country", "school_closures/country_on_date"
RUNS, COUNTRY_LEVELS = "school_closures/country_by_day", "school_closures/country_by_level"
TOTALS_BY_LEVEL = "school_closures/totals_by_level"
POINTS, COMPARED, CHANGED = (
    "school_closures/published_points",
    "school_closures/compare_dates",
    "school_closures/changed_between",
)
WEEKS = "school_closures/weeks_by_country"
OXFORD, TERRITORIES = "school_closures/oxcgrt_by_day", "school_closures/territories_on_date"
# The metric of each definition of who is affected: how it is named in a link, and in the questions.
DEFINITIONS = {
    "closed": "learners_affected",
    "weighted": "learners_affected_weighted",
    "disrupted": "learners_disrupted",
}


def definition_words() -> dict[str, str]:
    """The three definitions of affected."""
    return words("affected_definition")


def series_words() -> dict[str, str]:
    """What the line of each definition counts."""
    return {
        "closed": _("Learners of countries closed country-wide"),
        "weighted": _("The same, plus p times those partially open"),
        "disrupted": _("Learners of countries closed or partially open"),
    }


def planned_words() -> dict[Any, str]:
    """Whether a day was observed when the record was captured."""
    return {True: _("Planned"), False: _("Observed")}


def definition(scope: Scope) -> Scope:
    """What counts as affected; p is asked for only where it counts."""
    words = definition_words()
    chosen = choose(
        _("Who counts as affected"),
        list(words),
        "definition",
        words.__getitem__,
        "closed",
        help=_("UNESCO's own figures count country-wide closures only."),
    )
    weight = None
    if chosen == "weighted":
        weight = slide_number(_("Weight p of a learner in a partially open country"), 0.0, 1.0, 0.5, 0.05, "p")
    return replace(scope, metric=DEFINITIONS[chosen], partial_weight=weight)


def country(scope: Scope) -> Scope:
    """The country chosen in the card beside the map or on another page, where it has a status on the day."""
    code = context.chosen_country()
    names = names_by_code(ask(COUNTRIES, scope), "country_iso3", "country")
    return replace(scope, country_iso3=code if code in names else None)


def answer(scope: Scope) -> None:
    """Countries closed and learners affected in a sentence, the strip, and the map with its slider."""
    world = ask_row(WORLD, scope)
    if is_missing(world["countries_closed"]):
        raise NoAnswer(
            _("This capture has no data for {day}. Choose another date or another capture.").format(
                day=day(scope.on_date)
            )
        )
    affected = _affected(world, scope)
    card = ask_row(COUNTRY, scope) if scope.country_iso3 else None
    if card:
        headline(_of_country(card, scope), _("Numbers and map show the world on that day."))
    else:
        headline(_of_world(world, affected, scope), _lead(world))
    if _is_planned(scope):
        warn(_("This day is later than the capture: its statuses were planned, not observed."))
    left, right = context.map_and_card()
    with left:
        _map(scope, _numbers(world, affected, scope))
        moving_day.slider(scope)
        map_disclaimer()
    with right:
        _card(card, scope)
        _small_states(scope)


def _is_planned(scope: Scope) -> bool:
    observed = ask_row(moving_day.CAPTURE, scope)["last_observed_date"]
    return scope.on_date is not None and scope.on_date > observed


def _definition(scope: Scope) -> str:
    return next((name for name, metric in DEFINITIONS.items() if metric == scope.metric), "closed")


def _affected(world: Mapping[str, Any], scope: Scope) -> Mapping[str, Any]:
    """Learners and share by the chosen definition; the default one is the world's row itself."""
    chosen = _definition(scope)
    return world if chosen == "closed" else ask_row(AFFECTED, scope, definition=chosen)


def _of_world(world: Mapping[str, Any], affected: Mapping[str, Any], scope: Scope) -> str:
    closed, chosen = int(world["countries_closed"]), _definition(scope)
    countries = closed if chosen == "closed" else closed + int(world["countries_partial"])
    words = {
        "count": whole(countries),
        "day": day(scope.on_date),
        "learners": people(affected["learners_affected"]),
        "share": share(affected["share_affected"]),
        "p": scope.partial_weight,
    }
    if is_missing(affected["learners_affected"]):
        return plural(
            "Schools closed country-wide in {count} country on {day}",
            "Schools closed country-wide in {count} countries on {day}",
            closed,
        ).format(count=whole(closed), day=day(scope.on_date))
    if _is_planned(scope):
        return plural(
            "Planned for {day}: schools closed in {count} country, {learners} learners, {share} of all enrolled",
            "Planned for {day}: schools closed in {count} countries, {learners} learners, {share} of all enrolled",
            countries,
        ).format(**words)
    if chosen == "weighted":
        return plural(
            "Schools closed or partially open in {count} country on {day}: {learners} learners with p = {p}, {share} "
            "of all enrolled",
            "Schools closed or partially open in {count} countries on {day}: {learners} learners with p = {p}, {share} "
            "of all enrolled",
            countries,
        ).format(**words)
    if chosen == "disrupted":
        return plural(
            "Schools closed or partially open in {count} country on {day}: {learners} learners, {share} of all "
            "enrolled",
            "Schools closed or partially open in {count} countries on {day}: {learners} learners, {share} of all "
            "enrolled",
            countries,
        ).format(**words)
    return plural(
        "Schools closed country-wide in {count} country on {day}: {learners} learners, {share} of all enrolled",
        "Schools closed country-wide in {count} countries on {day}: {learners} learners, {share} of all enrolled",
        countries,
    ).format(**words)


def _of_country(card: Mapping[str, Any], scope: Scope) -> str:
    words = {
        "country": in_markdown(card["country"]),
        "status": status_words()[card["status"]].lower(),
        "day": day(scope.on_date),
        "since": day(card["since"]),
        "weeks": whole(card["weeks_closed"]),
    }
    if card["is_planned"]:
        return _("{country}: {status} planned for {day}, after {weeks} weeks of closure").format(**words)
    return _("{country}: {status} on {day}, since {since}; {weeks} weeks of closure so far").format(**words)


def _lead(world: Mapping[str, Any]) -> str:
    others = _("{partial} countries partially open, {on_break} on academic break, {open} open.").format(
        partial=whole(world["countries_partial"]),
        on_break=whole(world["countries_on_break"]),
        open=whole(world["countries_open"]),
    )
    without = int(world["countries_without_enrolment"])
    if not without:
        return others
    uncounted = plural(
        "{count} country has no enrolment data and adds no learners.",
        "{count} countries have no enrolment data and add no learners.",
        without,
    )
    return " ".join([others, uncounted.format(count=whole(without))])


def _vintage(written: str | None) -> datetime.date | None:
    """The month of the enrolment file: scripts of others have it from the answer as `Feb 2022`."""
    return None if is_missing(written) else datetime.datetime.strptime(str(written), "%b %Y").date()


def _numbers(world: Mapping[str, Any], affected: Mapping[str, Any], scope: Scope) -> list[Number]:
    question_name = WORLD if _definition(scope) == "closed" else AFFECTED
    vintage = month(_vintage(world["enrolment_vintage"]))
    return [
        Number(
            "countries_closed",
            world["countries_closed"],
            WORLD,
            scope,
            note=_("of {all} with a status").format(
                all=whole(
                    sum(int(world[f"countries_{status}"]) for status in ("closed", "partial", "on_break", "open"))
                )
            ),
        ),
        Number(
            scope.metric or "learners_affected",
            affected["learners_affected"],
            question_name,
            scope,
            note=whole(affected["learners_affected"]),
        ),
        Number(
            "share_affected",
            affected["share_affected"],
            question_name,
            scope,
            note=_("of {total} ({vintage})").format(total=people(world["learners_total"]), vintage=vintage),
        ),
        Number(
            "",
            short_day(world["captured_on"]),
            "school_closures/captures",
            scope,
            note=_record_words(scope),
            label=_("As captured on"),
        ),
    ]


def _record_words(scope: Scope) -> str:
    """What a reader must know of the capture that answers: it was revised, or lists no status of the very day."""
    answered = ask("school_closures/answered_by", scope)
    if len(answered) and answered["listed_on"].max() < scope.on_date:
        return _("latest status: {day}").format(day=short_day(answered["listed_on"].max()))
    return _("the past was revised later")


def _map(scope: Scope, numbers: list[Number]) -> None:
    table = ask(COUNTRIES, scope)
    words = status_words()
    figure(
        Figure(
            COUNTRIES,
            scope,
            _world_map(table, ask("reach_map/points"), map_height(beside_card=True)),
            Words(
                "",
                alt=_(
                    "World map of school closures: each country in the colour of its status. The table holds the same."
                ),
            ),
            columns=["country", "status", "learners"],
            codes={"status": words},
        ),
        on_click=context.take_clicked(COUNTRIES),
        numbers=numbers,
    )


@kept
def _world_map(table: pd.DataFrame, points: pd.DataFrame, height: int) -> dict[str, Any]:
    in_words = _("{people} learners")
    values = [in_words.format(people=people(learners)) for learners in table["learners"]]
    return class_map(table, "status", _classes(), values, points, height, rest=_("Not in the record that day"))


def _classes() -> list[MapClass]:
    return [MapClass(status, label, STATUS[status]) for status, label in status_words().items()]


def _small_states(scope: Scope) -> None:
    closed = _closed_without_area(ask(COUNTRIES, scope), ask("reach_map/points"))
    context.small_states(closed, "learners", "status", _classes())


@kept
def _closed_without_area(table: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    small = set(points["country_iso3"])
    return table[(table["status"] == "closed") & (table["learners"] > 0) & table["country_iso3"].isin(small)]


def _card(card: Mapping[str, Any] | None, scope: Scope) -> None:
    """The country that the page is filtered to, and the way back to all; the largest closed ones where none is."""
    table = ask(COUNTRIES, scope)
    context.choose_country(table)
    if not card:
        closed = table[(table["status"] == "closed") & (table["learners"] > 0)].nlargest(5, "learners")
        if len(closed):
            paragraph(_("**Most learners, schools closed**"))
            lines(f"{in_markdown(row.country)}: {people(row.learners)}" for row in closed.itertuples())
        return
    paragraph(f"**{in_markdown(card['country'])}**")
    lines(
        [
            _("{status} since {since}").format(status=status_words()[card["status"]], since=day(card["since"])),
            _("{learners} learners enrolled").format(learners=people(card["learners"])),
            _("{closed} weeks closed and {partial} weeks partially open up to this day").format(
                closed=whole(card["weeks_closed"]), partial=whole(card["weeks_partial"])
            ),
        ]
    )
    hint(_("The sections below show this country where the record allows."))


def days(scope: Scope) -> None:
    """Learners affected from day to day with what was published at the time; of a country, its statuses in turn."""
    chosen, scope = _definition(scope), _of_all_days(scope)
    if scope.country_iso3:
        _runs(scope)
        return
    by_day = ask(BY_DAY, scope)
    most = by_day[~by_day["is_planned"]].dropna(subset=[chosen]).nlargest(1, chosen).to_dict("records")
    figure(
        Figure(
            BY_DAY,
            scope,
            time_figure(by_day, chosen, ask(POINTS), series_words()[chosen]),
            Words(
                _("Most learners were affected on {day}: {learners}").format(
                    day=day(most[0]["on_date"]), learners=people(most[0][chosen])
                )
                if most
                else "",
                lead=published_in_words(),
                alt=_("Line of affected learners from day to day, with the figures published at the time as diamonds."),
            ),
            columns=["on_date", "is_planned", "countries_closed", "closed", "weighted", "disrupted"],
            codes={"is_planned": planned_words()},
        )
    )
    heading(_("Published at the time, each with its source"), is_small=True)
    show_table(
        POINTS,
        scope,
        ["on_date", "publisher", "learners_affected", "share_affected", "countries_closed", "source"],
        key="published",
        height=300,
    )


def _of_all_days(scope: Scope) -> Scope:
    """For what shows the whole record: all captures that answer for one of its days are its sources."""
    return replace(scope, on_date=None)


def _runs(scope: Scope) -> None:
    runs = ask(RUNS, scope)
    closed = runs[(runs["status"] == "closed") & ~runs["is_planned"]]
    columns = ["status", "from_date", "until_date", "days"]
    if runs["is_planned"].any():
        columns.append("is_planned")
    codes = {"status": status_words(), "is_planned": planned_words()}
    table_figure(
        Figure(
            RUNS,
            scope,
            lambda: show_table(RUNS, scope, columns, key="runs", codes=codes),
            Words(
                plural(
                    "Closed country-wide once, for {days} days in all",
                    "Closed country-wide {count} times, for {days} days in all",
                    len(closed),
                ).format(count=len(closed), days=whole(closed["days"].sum())),
                alt=_("Table of the statuses of the country's schools, one after the other."),
            ),
        )
    )


def published_in_words() -> str:
    """What the diamonds are, why they lie apart from the line, the last of them that states learners and share, and
    what the captures of the record give for its day."""
    stated = [row for row in ask(POINTS).to_dict("records") if row["share_affected"] > 0]
    if not stated:
        return ""
    last = stated[-1]
    stated_words = _(
        "Diamonds are figures published at the time, on UNESCO's enrolment of that year: {total} learners in the "
        "world. The line uses the enrolment and the record named above, in which the past was revised. "
        "For {day} UNESCO published {people} learners, {share} of all enrolled, and {count} countries."
    ).format(
        total=people(last["learners_total_implied"]),
        day=day(last["on_date"]),
        people=people(last["learners_affected"]),
        share=share(last["share_affected"]),
        count=whole(last["countries_closed"]),
    )
    counts = ask("school_closures/captures_on_date", Scope(on_date=last["on_date"]))["countries_closed"].tolist()
    if not counts or min(counts) <= last["countries_closed"] <= max(counts):
        return stated_words
    range_words = whole(min(counts)) if min(counts) == max(counts) else f"{whole(min(counts))}–{whole(max(counts))}"
    computed = _("No capture of the record in this release gives {count} countries; for that day they give {given}.")
    return " ".join([stated_words, computed.format(count=whole(last["countries_closed"]), given=range_words)])


def levels(scope: Scope) -> None:
    """Learners affected by level and sex, of the world or of the country chosen."""
    question_name = COUNTRY_LEVELS if scope.country_iso3 else "school_closures/affected_by_level"
    table, both_sexes = ask(question_name, scope), ask(TOTALS_BY_LEVEL, scope)
    affected = both_sexes.set_index("level")["learners_affected"].dropna()
    most = affected.idxmax() if len(affected) and affected.max() > 0 else None
    lead = _("Learners of countries closed country-wide. The pale bar is everyone enrolled.")
    if _definition(scope) != "closed" and not scope.country_iso3:
        lead = _(
            "By level the record counts country-wide closures only, not those partially open. The pale bar is "
            "everyone enrolled."
        )
    figure(
        Figure(
            question_name,
            scope,
            levels_figure(table, both_sexes, level_words()),
            Words(
                _("{level}: {learners} learners affected on {day}, more than at any other level").format(
                    level=level_words()[most], learners=people(affected[most]), day=day(scope.on_date)
                )
                if most
                else _("No learners affected on {day}").format(day=day(scope.on_date)),
                lead=lead,
                alt=_("Bars of affected learners at four levels, girls and boys apart, before all learners enrolled."),
            ),
            codes={"level": level_words(), "sex": {"female": _("Girls and women"), "male": _("Boys and men")}},
        )
    )


def weeks(scope: Scope) -> None:
    """Weeks closed within a period, by region and by country."""
    scope = _of_all_days(scope)
    period = choose_period(ask(BY_DAY, scope), scope)
    regions = ask("school_closures/weeks_by_region", period)
    longest = regions.dropna(subset=["weeks_closed_per_learner"]).nlargest(1, "weeks_closed_per_learner")
    figure(
        Figure(
            "school_closures/weeks_by_region",
            period,
            weeks_figure(regions),
            Words(
                " ".join(
                    _("Longest in {region}: {weeks} weeks closed for the average learner").format(
                        region=_(row.sub_region), weeks=decimal(row.weeks_closed_per_learner)
                    )
                    for row in longest.itertuples()
                ),
                lead=_("All regions; the choice of a country does not change them.") if scope.country_iso3 else "",
                alt=_("Bars of weeks closed and weeks partially open in each sub-region."),
            ),
            columns=["sub_region", "countries", "learners", "weeks_closed_per_learner", "weeks_partial_per_learner"],
        )
    )
    _weeks_by_country(period)


def _weeks_by_country(period: Scope) -> None:
    table = ask(WEEKS, period)
    if period.country_iso3:
        for row in table[table["country_iso3"] == period.country_iso3].itertuples():
            heading(
                _("{country}: {weeks} weeks closed").format(
                    country=in_markdown(row.country), weeks=whole(row.weeks_closed)
                ),
            )
            paragraph(
                _("{partial} weeks partially open, {on_break} weeks on academic break.").format(
                    partial=whole(row.weeks_partial), on_break=whole(row.weeks_on_break)
                )
            )
    first = ask_row(WEEKS, period)
    table_figure(
        Figure(
            WEEKS,
            period,
            lambda: show_table(
                WEEKS, period, ["country", "weeks_closed", "weeks_partial", "weeks_on_break"], key="weeks"
            ),
            Words(
                _("Longest in {country}: {weeks} weeks closed country-wide").format(
                    country=in_markdown(first["country"]), weeks=whole(first["weeks_closed"])
                )
                if first
                else "",
                alt=_("Table of weeks closed, partially open and on academic break in each country."),
            ),
        )
    )


def two_days(scope: Scope) -> None:
    """Two days of one capture beside each other, and the countries whose status differs."""
    capture = ask_row(moving_day.CAPTURE, scope)
    first, last = capture["first_date"], capture["last_date"]
    span = capture["last_observed_date"] - capture["first_date"]
    left, right = st.columns(2)
    with left:
        other = day_within(_("From"), first, last, first + span // 2, "other_date")
    with right:
        this = day_within(_("To"), first, last, capture["last_observed_date"], "compared_date")
    both = replace(scope.only("as_captured_on"), on_date=this, other_date=other)
    changed, words = len(ask(CHANGED, both)), status_words()
    figure(
        Figure(
            COMPARED,
            both,
            compare_figure(ask(COMPARED, both), words, day(other), day(this)),
            Words(
                plural(
                    "{count} country changed its status between {other} and {this}",
                    "{count} countries changed their status between {other} and {this}",
                    changed,
                ).format(count=whole(changed), other=day(other), this=day(this)),
                lead=_("All countries; the choice of a country does not change this section.")
                if scope.country_iso3
                else "",
                alt=_("Bars of the number of countries by status on two days."),
            ),
            codes={"status": words},
        )
    )
    if changed and other != this:
        grid(
            [
                {
                    _("Country"): row.country,
                    day(other): words[row.status_on_other_date],
                    day(this): words[row.status_on_date],
                    _("Learners enrolled"): whole(row.learners),
                }
                for row in ask(CHANGED, both).itertuples()
            ],
            alt=_("Table of countries with their status on both days."),
            nothing=_("No country changed its status."),
            height=300,
        )


def oxford(scope: Scope) -> None:
    """The Oxford tracker beside UNESCO's record."""
    scope = _of_all_days(scope)
    table, by_day = ask(OXFORD), ask(BY_DAY, scope)
    seen = by_day[~by_day["is_planned"]]
    takeaway = ""
    if len(table) and len(seen):
        takeaway = _("Closing required at all levels in up to {oxford} countries; up to {unesco} closed country-wide")
    figure(
        Figure(
            OXFORD,
            scope,
            oxford_figure(table, by_day),
            Words(
                takeaway.format(
                    oxford=whole(table["countries_required_all"].max()), unesco=whole(seen["countries_closed"].max())
                ),
                lead=_(
                    "The Oxford tracker (C1) records the strictest rule in any part of a country and knows no academic "
                    "break. The two records answer different questions and are never merged."
                ),
                alt=_("Lines of countries by the Oxford tracker's scale and by UNESCO's status."),
            ),
            beside=(BY_DAY,),
        )
    )


def territories(scope: Scope) -> None:
    """Territories with a row of their own, which are not counted as countries."""
    table = ask(TERRITORIES, scope)
    if table.empty:
        paragraph(
            _("The record shown lists no territory apart from its country for {day}.").format(day=day(scope.on_date))
        )
        return
    paragraph(_("Territories with a row of their own are not counted as countries."))
    show_table(TERRITORIES, scope, key="territories", codes={"status": status_words()})
