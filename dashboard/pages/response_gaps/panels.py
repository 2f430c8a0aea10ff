"""Panels of the response gaps page: choices, the gap on a day by country, level, technology and language, remedies."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.charts.world import HEIGHT_ON_PHONE
from dashboard.components import closures
from dashboard.components.context import small_states
from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.filters import choose, views
from dashboard.components.light import is_narrow
from dashboard.components.notices import map_disclaimer
from dashboard.components.page import NoAnswer, headline
from dashboard.components.periods import choose_period
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import heading, paragraph, warn
from dashboard.components.vocabulary import gate_words, level_words, tier_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, listed, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.response_gaps import period
from dashboard.pages.response_gaps.charts import classed, gaps_map, served_classes, unserved_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

UNSERVED, WORLD, NEARLY = "response_gaps/unserved", "response_gaps/world", "response_gaps/nearly"
BY_LEVEL, BY_TIER, BY_LANGUAGE = "response_gaps/by_level", "response_gaps/by_tier", "response_gaps/by_language"
KNOWN = "response_gaps/known_until"
# Nobody changes the language of an offer overnight, so an offer that lacks only that is no remedy.
HEIGHT = 360  # the bar is two lines, and the map ends within the first screen
NO_REMEDY = "language"


def needs() -> str:
    """Why the page cannot answer; empty where both closures and offers are known."""
    if why := closures.needs():
        return why
    if ask("needs_and_offers/offers").empty:
        return _("No list of offers is in this release. Offers can be brought in on the page Upload.")
    return ""


def level(context: Scope) -> Scope:
    """A level of education; all of them where none is chosen."""
    words = level_words()
    chosen = choose(_("Level"), [None, *words], "level", lambda code: words[code] if code else _("All levels"), None)
    return replace(context, level=chosen)


def language(context: Scope) -> Scope:
    """An official language; any of them where none is chosen."""
    known = ask("response_gaps/languages")
    names = dict(zip(known["language"], known["language_name"], strict=True))
    chosen = choose(
        _("Language"),
        [None, *sorted(names, key=lambda code: names[code])],
        "language",
        lambda code: names[code] if code else _("Any official language"),
        None,
    )
    return replace(context, language=chosen)


def tier(context: Scope) -> Scope:
    """The most technology that is available; any where none is chosen."""
    words = tier_words()
    chosen = choose(
        _("Highest technology available"),
        [None, *words],
        "tier",
        lambda code: words[code] if code else _("Any technology"),
        None,
        help=_("With no-tech chosen, only print and help in person count; with low-tech radio and television too."),
    )
    return replace(context, tier=chosen)


def when(context: Scope) -> Scope:
    """A date, or a period with its first and last day: the two views of the page."""
    chosen = views({"day": _("On a date"), "days": _("Over a period")}, "day")
    known = ask_row(KNOWN)
    if chosen == "days":
        return choose_period(ask("school_closures/affected_by_day"), context, known["both_until"], False)
    capture = ask_row("school_closures/capture")
    return closures.choose_closure_day(context, capture["first_date"], capture["captured_on"], known["both_until"])


def answer(scope: Scope) -> None:
    """The gap on a date, or over a period where one is chosen."""
    if scope.to_date:
        period.answer(scope, _offers_known(scope.to_date))
    else:
        _on_a_day(scope)


def _on_a_day(scope: Scope) -> None:
    """Learners without an offer in a sentence, the strip, and the map of closed countries."""
    table, world = ask(UNSERVED, scope), ask_row(WORLD, scope)
    if table.empty:
        raise NoAnswer(
            _("No country with learners of this choice was closed country-wide on {day}. Choose another date.").format(
                day=day(scope.on_date)
            )
        )
    headline(_gap_in_words(world, scope), _lead(world))
    assert scope.on_date
    if known := _offers_known(scope.on_date):
        warn(known)
    figure(
        Figure(
            UNSERVED,
            scope,
            gaps_map(table, ask("reach_map/points"), HEIGHT_ON_PHONE if is_narrow() else HEIGHT),
            Words(
                "",
                alt=_("World map of closed countries by whether live free offers serve no level, some or every level."),
            ),
            columns=["country", "learners_affected", "live_offers", "learners_unserved"],
        ),
        numbers=_numbers(world, scope),
    )
    small = set(ask("reach_map/points")["country_iso3"])
    unserved = classed(table[(table["learners_unserved"] > 0) & table["country_iso3"].isin(small)])
    small_states(unserved, "learners_unserved", "served", served_classes())
    map_disclaimer()


def _gap_in_words(world: Mapping[str, Any], scope: Scope) -> str:
    return plural(
        "{learners} learners in {count} country had no live free offer on {day}: {share} of those out of school",
        "{learners} learners in {count} countries had no live free offer on {day}: {share} of those out of school",
        int(world["countries_without_offer"]),
    ).format(
        learners=people(world["learners_unserved"]),
        count=whole(world["countries_without_offer"]),
        day=day(scope.on_date),
        share=share(world["share_unserved"]),
    )


def _lead(world: Mapping[str, Any]) -> str:
    meaning = _(
        "An offer counts when it is live, free and has a focal point, and fits country, level, language, technology "
        "and audience. It is not yet a learner reached."
    )
    without = int(world.get("countries_without_enrolment") or 0)
    if not without:
        return meaning
    uncounted = plural(
        "{closed} countries were closed; {count} of them has no enrolment data and is not counted: {names}.",
        "{closed} countries were closed; {count} of them have no enrolment data and are not counted: {names}.",
        without,
    ).format(
        closed=whole(world["countries_closed"]),
        count=whole(without),
        names=listed(in_markdown(words("country")[code]) for code in world["without_enrolment"].split(",")),
    )
    return " ".join([meaning, uncounted])


def _numbers(world: Mapping[str, Any], scope: Scope) -> list[Number]:
    return [
        Number(
            "learners_unserved",
            world["learners_unserved"],
            WORLD,
            scope,
            note=_("of {affected} affected").format(affected=people(world["learners_affected"])),
        ),
        Number(
            "share_unserved",
            world["share_unserved"],
            WORLD,
            scope,
            note=_("of learners affected"),
        ),
        Number(
            "",
            whole(world["countries_without_offer"]),
            WORLD,
            scope,
            note=_("of {closed} closed country-wide").format(closed=whole(world["countries_closed"])),
            label=_("Countries with a gap"),
        ),
        Number(
            "",
            whole(world["live_offers"]),
            WORLD,
            scope,
            note=_("live, free, for learners"),
            label=_("Offers that count"),
        ),
    ]


def _offers_known(last: datetime.date) -> str:
    """Words for days after the newest list of offers, as nothing newer is known of them; else empty."""
    until = ask_row(KNOWN)["offers_until"]
    if last <= until:
        return ""
    return _(
        "The newest list of offers is of {day}. For later days only offers on that list that are still valid are "
        "counted."
    ).format(day=day(until))


def by_country(scope: Scope) -> None:
    """Closed countries, most learners without an offer first."""
    first = ask_row(UNSERVED, scope)
    heading(
        _("Most in {country}: {learners} learners without an offer").format(
            country=in_markdown(first["country"]), learners=people(first["learners_unserved"])
        ),
    )
    show_table(
        UNSERVED,
        scope,
        ["country", "learners_affected", "learners_unserved", "live_offers"],
        key="unserved",
        height=360,
    )


def by_level(scope: Scope) -> None:
    """Learners without an offer at each level."""
    words, table = level_words(), ask(BY_LEVEL, scope)
    worst = table.nlargest(1, "share_unserved").to_dict("records")
    figure(
        Figure(
            BY_LEVEL,
            scope,
            unserved_figure(
                [words[name] for name in table["level"]], table["learners_affected"], table["learners_unserved"]
            ),
            Words(
                _("Largest share without an offer: {level}, {share} of {affected}").format(
                    level=words[worst[0]["level"]],
                    share=share(worst[0]["share_unserved"]),
                    affected=people(worst[0]["learners_affected"]),
                )
                if worst
                else "",
                alt=_("Bars of learners affected at each level, and of those with no live free offer."),
            ),
            codes={"level": words},
        )
    )


def by_tier(scope: Scope) -> None:
    """Learners without an offer, were each technology the most that is available."""
    words, table = tier_words(), ask(BY_TIER, scope)
    shares = dict(zip(table["tier"], table["share_unserved"], strict=True))
    figure(
        Figure(
            BY_TIER,
            scope,
            unserved_figure(
                [words[name] for name in table["tier"]], table["learners_affected"], table["learners_unserved"]
            ),
            Words(
                _("Without the internet {low} of affected learners have no offer, with it {high}").format(
                    low=share(shares.get("low-tech")), high=share(shares.get("hi-tech"))
                ),
                lead=_(
                    "Each bar counts only offers that need no more technology than its label. The choice of the "
                    "highest technology does not change this section."
                ),
                alt=_("Bars of learners with no live free offer, were this the most technology available everywhere."),
            ),
            codes={"tier": words},
        )
    )


def by_language(scope: Scope) -> None:
    """Learners without an offer in each official language of a closed country."""
    table = ask(BY_LANGUAGE, scope).nlargest(1, "learners_unserved").to_dict("records")
    table_figure(
        Figure(
            BY_LANGUAGE,
            scope,
            lambda: show_table(
                BY_LANGUAGE,
                scope,
                ["language_name", "countries", "learners_affected", "live_offers", "learners_unserved"],
                key="languages",
                height=360,
            ),
            Words(
                _("Most lack an offer in {language}: {learners} learners").format(
                    language=in_markdown(table[0]["language_name"]), learners=people(table[0]["learners_unserved"])
                )
                if table
                else "",
                lead=_(
                    "A country counts in each of its official languages. The choice of a language does not change "
                    "this section."
                ),
                alt=_("Table of official languages with learners affected and unserved."),
            ),
        )
    )


def nearly(scope: Scope) -> None:
    """Offers that fail one condition only, with the learners they would serve if they met it."""
    words = gate_words()
    remedies = [row for row in ask(NEARLY, scope).to_dict("records") if row["gate"] != NO_REMEDY]
    if not remedies:
        paragraph(
            _("No single change to an offer would close a gap on {day}: new offers are needed.").format(
                day=day(scope.on_date)
            )
        )
        return
    first = remedies[0]
    table_figure(
        Figure(
            NEARLY,
            scope,
            lambda: grid(
                [
                    {
                        _("Offer"): row["offer"],
                        _("Member"): row["member"],
                        _("What is missing"): words[row["gate"]],
                        _("Countries"): whole(row["countries"]),
                        _("Learners it would serve"): whole(row["learners_unserved"]),
                    }
                    for row in remedies
                ],
                alt=_(
                    "Table of offers that fail one condition only, with the learners they would serve if they met it."
                ),
                nothing=_("No offer fails one condition only."),
                height=360,
            ),
            Words(
                plural(
                    "{offer} of {member} would serve {learners} learners in {count} country",
                    "{offer} of {member} would serve {learners} learners in {count} countries",
                    int(first["countries"]),
                ).format(
                    offer=in_markdown(first["offer"]),
                    member=in_markdown(first["member"]),
                    learners=people(first["learners_unserved"]),
                    count=whole(first["countries"]),
                ),
                lead=_(
                    "The one condition that it fails: {condition}. {count} offers fail one condition only, language "
                    "not considered; two of them may close the same gap, so learners do not add up."
                ).format(condition=words[first["gate"]], count=whole(len(remedies))),
                alt=_(
                    "Table of offers that fail one condition only, with the learners they would serve if they met it."
                ),
            ),
        )
    )
