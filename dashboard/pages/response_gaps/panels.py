"""Panels of the response gaps page: filters, one day, a range of days, and what would close a gap."""

import datetime
from dataclasses import replace

import streamlit as st

from dashboard.components.figures import Figure, Number, Words, figure, map_height, strip, table_figure
from dashboard.components.filters import choose, slide_day
from dashboard.components.notices import map_disclaimer
from dashboard.components.periods import choose_period
from dashboard.components.tables import lazy_table, show_table
from dashboard.components.vocabulary import gate_words, level_words, tier_words
from dashboard.locales import _
from dashboard.locales.numbers import day, people, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.response_gaps.charts import by_day_figure, gaps_map, unserved_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

UNSERVED, WORLD, NEARLY = "response_gaps/unserved", "response_gaps/world", "response_gaps/nearly"


def choose_view() -> str:
    """Lets the reader choose between one day and a range of days."""
    words = {"day": _("On a day"), "days": _("Over a range of days")}
    return choose(_("View"), list(words), "view", words.__getitem__, "day", buttons=True)


def choose_gap() -> Scope:
    """Lets the reader choose level, language and the most technology that works."""
    languages = ask("response_gaps/languages")
    names = dict(zip(languages["language"], languages["language_name"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = choose(
            _("Level"), [None, *level_words()], "level", lambda one: level_words()[one] if one else _("All"), None
        )
        language = choose(
            _("Language of the offer"),
            [None, *sorted(names, key=lambda code: names[code])],
            "language",
            lambda code: names[code] if code else _("Any official language"),
            None,
        )
        tier = choose(
            _("What works there at most"),
            [None, *tier_words()],
            "tier",
            lambda one: tier_words()[one] if one else _("Any technology"),
            None,
            help=_("With no-tech chosen, only print and help in person count; with low-tech radio and television too."),
        )
    return Scope(level=level, language=language, tier=tier)


def on_a_day(scope: Scope) -> None:
    """The day, its tiles, the map, the ranked table and the breakdowns."""
    capture = ask_one("school_closures/capture")
    known = ask_one("response_gaps/known_until")
    on_date = slide_day(_("Day"), capture["first_date"], capture["captured_on"], known["both_until"], "on_date")
    scope = replace(scope, on_date=on_date)
    _say_what_offers_are_known(on_date)
    _tiles(scope)
    table = ask(UNSERVED, scope)
    if table.empty:
        st.info(_("No country with learners of this choice was closed country-wide on that day. Choose another day."))
        return
    table_figure(
        Figure(
            UNSERVED,
            scope,
            gaps_map(table, ask("reach_map/points"), map_height(long_legend=True)),
            Words(
                _("Where learners have no live free offer"),
                lead=_("On {day}. An offer counts when it passes every gate; Needs and offers explains them.").format(
                    day=day(on_date)
                ),
                alt=_("World map of closed countries by whether live free offers serve no level, some or every level."),
            ),
        )
    )
    map_disclaimer()
    st.header(_("Most learners without an offer"), anchor=False)
    show_table(UNSERVED, scope, key="unserved", height=360)
    _breakdowns(scope)
    _nearly(scope)


def _say_what_offers_are_known(last: datetime.date) -> None:
    """Says of days after the newest list of offers that nothing newer is known of them."""
    until = ask_one("response_gaps/known_until")["offers_until"]
    if last > until:
        st.warning(
            _(
                "The newest list of offers is of {day}. For later days only offers on that list that are still valid "
                "are counted."
            ).format(day=day(until))
        )


def _tiles(scope: Scope) -> None:
    row = ask_one(WORLD, scope)
    strip(
        [
            Number(
                "learners_unserved",
                row["learners_unserved"],
                WORLD,
                scope,
                note=_("of {affected} affected").format(affected=people(row["learners_affected"])),
            ),
            Number("share_unserved", row["share_unserved"], WORLD, scope),
            Number(
                "",
                whole(row["countries_without_offer"]),
                WORLD,
                scope,
                note=_("of {closed} closed country-wide").format(closed=whole(row["countries_closed"])),
                label=_("Countries with a gap"),
            ),
            Number(
                "",
                whole(row["live_offers"]),
                WORLD,
                scope,
                note=_("live, free, for learners, in an official language of a country they serve"),
                label=_("Offers that count"),
            ),
        ],
        key="tiles",
    )


def _breakdowns(scope: Scope) -> None:
    words, tiers = level_words(), tier_words()
    levels = ask("response_gaps/by_level", scope)
    figure(
        Figure(
            "response_gaps/by_level",
            scope,
            unserved_figure(
                [words[level] for level in levels["level"]], levels["learners_affected"], levels["learners_unserved"]
            ),
            Words(
                _("Which levels are left out"),
                alt=_("Bars of learners affected at each level, and of those with no live free offer."),
            ),
            codes={"level": words},
        )
    )
    table = ask("response_gaps/by_tier", scope)
    figure(
        Figure(
            "response_gaps/by_tier",
            scope,
            unserved_figure(
                [tiers[tier] for tier in table["tier"]], table["learners_affected"], table["learners_unserved"]
            ),
            Words(
                _("Where the internet does not reach"),
                lead=_("Each bar counts only offers that ask for no more technology than its name says."),
                alt=_("Bars of learners with no live free offer, were this the most technology that works everywhere."),
            ),
            codes={"tier": tiers},
        )
    )
    lazy_table(_("By official language"), "response_gaps/by_language", scope)


def _nearly(scope: Scope) -> None:
    table, first = ask(NEARLY, scope), ask_one(NEARLY, scope)
    if not first:
        return
    table_figure(
        Figure(
            NEARLY,
            scope,
            lambda: show_table(NEARLY, scope, key="nearly", codes={"gate": gate_words()}),
            Words(
                _("What would close the gap soonest"),
                lead=_(
                    "{count} offers fail one gate only. One of them, {offer} of {member}, would serve {learners} learners in "
                    "{countries} countries, but: {gate}."
                ).format(
                    count=whole(len(table)),
                    offer=in_markdown(first["offer"]),
                    member=in_markdown(first["member"]),
                    learners=people(first["learners_unserved"]),
                    countries=whole(first["countries"]),
                    gate=gate_words()[first["gate"]],
                ),
                alt=_("Table of offers that fail one gate only, with the learners they would serve if it opened."),
            ),
        )
    )


def over_days(scope: Scope) -> None:
    """Unserved learner-days of a range of days."""
    until = ask_one("response_gaps/known_until")["both_until"]
    scope = choose_period(ask("school_closures/affected_by_day"), scope, until)
    assert scope.to_date
    _say_what_offers_are_known(scope.to_date)
    by_day = ask("response_gaps/by_day", scope)
    if by_day.empty:
        st.info(_("No country with learners of this choice was closed country-wide in these days. Choose others."))
        return
    total = ask_one("response_gaps/days_total", scope)
    strip(
        [
            Number(
                "unserved_learner_days",
                total["learner_days_unserved"],
                "response_gaps/days_total",
                scope,
                note=_("of {affected} learner-days").format(affected=people(total["learner_days_affected"])),
            ),
            Number(
                "",
                day(total["worst_on"]),
                "response_gaps/days_total",
                scope,
                note=_("{learners} learners without an offer").format(learners=people(total["worst_unserved"])),
                label=_("Worst day"),
            ),
        ],
        key="over_days",
    )
    figure(
        Figure(
            "response_gaps/by_day",
            scope,
            by_day_figure(by_day),
            Words(
                _("Learners without a live free offer, day by day"),
                alt=_("Lines of learners affected and of those with no live free offer, from day to day."),
            ),
        )
    )
    table_figure(
        Figure(
            "response_gaps/learner_days",
            scope,
            lambda: show_table("response_gaps/learner_days", scope, key="learner-days", height=360),
            Words(
                _("Unserved learner-days in each country"),
                alt=_("Table of countries with learner-days affected and unserved, most unserved first."),
            ),
        )
    )
