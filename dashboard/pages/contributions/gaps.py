"""Contributions by gap: in need, targeted, reached, covered; and countries in need with nothing under way."""

import datetime
from collections.abc import Mapping
from typing import Any

from dashboard import vocabularies
from dashboard.charts.bars import bars_figure
from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import show_table
from dashboard.components.vocabulary import audience_words, kind_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, month, people, whole, with_semicolons
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

TOTALS, PLACES, UNSERVED = (
    "contributions/coverage_totals",
    "contributions/coverage",
    "contributions/unserved",
)


def answer(scope: Scope) -> None:
    """The gap of the audience with the largest target in a sentence, the strip, and in need, targeted, reached."""
    totals, words = ask(TOTALS, scope), audience_words()
    if totals.empty:
        raise NoAnswer(
            _("No activity of this choice states how many people it targets. Choose another stage, region or mission.")
        )
    first = ask_row(TOTALS, scope)
    if totals["people_targeted"].isna().all():
        headline(_("No activity of this choice states how many people it targets"), _period(scope))
        table_figure(
            Figure(
                TOTALS,
                scope,
                lambda: show_table(
                    TOTALS, scope, ["audience", "people_in_need"], key="coverage-totals", codes={"audience": words}
                ),
                Words("", alt=_("Table of people in need for each audience.")),
            )
        )
        return
    headline(_in_words(first, words), " ".join(filter(None, [_surplus(first), _period(scope), _need_years(first)])))
    bars = {
        _("In need"): first["people_in_need"],
        _("Targeted"): first["people_targeted"],
        _("Reached directly"): first["people_reached"],
        _("Gap: targeted, not reached"): first["gap"],
    }
    known = {label: count for label, count in bars.items() if not is_missing(count)}
    figure(
        Figure(
            TOTALS,
            scope,
            bars_figure(
                list(known),
                list(known.values()),
                [people(count) for count in known.values()],
                [count is not first["gap"] for count in known.values()],
            ),
            Words("", alt=_("Bars of people in need, targeted, reached directly, and the gap.")),
            codes={"audience": words},
        ),
        numbers=_numbers(first, scope, words),
    )


def _in_words(first: Mapping[str, Any], words: Mapping[str, str]) -> str:
    return _("{gap} of {targeted} {audience} targeted were not reached").format(
        gap=people(first["gap"]),
        targeted=people(first["people_targeted"]),
        audience=words[first["audience"]].lower(),
    )


def _surplus(first: Mapping[str, Any]) -> str:
    """Why gap and reached are more than the target."""
    if not first["surplus"]:
        return ""
    return _("In other places {surplus} more were reached than targeted, which closes no gap.").format(
        surplus=people(first["surplus"])
    )


def _need_years(first: Mapping[str, Any]) -> str:
    """Of which years the people in need are; empty where none are stated."""
    if is_missing(first["need_to_year"]):
        return ""
    if first["need_from_year"] == first["need_to_year"]:
        return _("People in need are those of {year}.").format(year=int(first["need_to_year"]))
    return _("People in need are those of {first} to {last}.").format(
        first=int(first["need_from_year"]), last=int(first["need_to_year"])
    )


def _period(scope: Scope) -> str:
    """Of which period the figures are."""
    reported_on = ask_row("contributions/totals", scope)["told_on"]
    if is_missing(reported_on):
        return _("A list states who is in need and targeted; no activity of this choice is recorded.")
    if scope.from_month or scope.to_month:
        first = month(scope.from_month) if scope.from_month else _("the earliest")
        last = month(scope.to_month) if scope.to_month else _("the latest")
        return _("Activities active from {first} until {last}, as reported by {day}.").format(
            first=first, last=last, day=day(reported_on)
        )
    return _("Activities of all months, as reported by {day}.").format(day=day(reported_on))


def _numbers(first: Mapping[str, Any], scope: Scope, words: Mapping[str, str]) -> list[Number]:
    audience = words[first["audience"]]
    return [
        Number(
            "contribution_gap",
            first["gap"],
            TOTALS,
            scope,
            note=audience,
        ),
        Number(
            "share_covered",
            first["share_covered"],
            TOTALS,
            scope,
            note=_("of {targeted} targeted").format(targeted=people(first["people_targeted"])),
        ),
        Number(
            "",
            people(first["surplus"]),
            TOTALS,
            scope,
            note=_("in {cells} of {all} places").format(cells=whole(first["cells_over"]), all=whole(first["cells"])),
            label=_("Beyond the target"),
        ),
        Number(
            "",
            whole(len(ask(UNSERVED, scope))),
            UNSERVED,
            scope,
            note=_("in need, nothing under way"),
            label=_("Countries without"),
        ),
    ]


def period_words() -> dict[str, str]:
    """Whether the years of need and of activities overlap."""
    return words("periods")


def by_audience(scope: Scope) -> None:
    """In need, targeted, reached and gap for each audience."""
    show_table(
        TOTALS,
        scope,
        ["audience", "people_in_need", "people_targeted", "people_reached", "gap", "surplus", "share_covered"],
        key="audiences",
        codes={"audience": audience_words()},
    )


def by_place(scope: Scope) -> None:
    """In need, targeted, reached and gap by country and kind of activity, the largest gap first."""
    first, kinds = ask_row(PLACES, scope), kind_words()
    causes = vocabularies.words("over_cause")
    table_figure(
        Figure(
            PLACES,
            scope,
            lambda: show_table(
                PLACES,
                scope,
                [
                    *("country", "activity_type", "audience", "people_in_need", "people_targeted", "people_reached"),
                    *("gap", "surplus", "share_covered", "cause", "periods"),
                ],
                key="places",
                codes={
                    "audience": audience_words(),
                    "activity_type": kinds,
                    "cause": causes,
                    "periods": period_words(),
                },
            ),
            Words(
                _("Largest gap: {country}, {kind}, {gap} of {targeted} targeted").format(
                    country=in_markdown(first["country"]),
                    kind=kinds[first["activity_type"]].lower(),
                    gap=people(first["gap"]),
                    targeted=people(first["people_targeted"]),
                )
                if first
                else "",
                lead=_("More than 100 % is shown with its cause; a surplus closes no gap elsewhere."),
                alt=_("Table of people in need, targeted and reached by country and kind of activity."),
            ),
        )
    )


def unserved(scope: Scope) -> None:
    """Countries in need with nothing confirmed or delivering, with the day of each sign of need."""
    table = ask(UNSERVED, scope)
    table_figure(
        Figure(
            UNSERVED,
            scope,
            lambda: show_table(
                UNSERVED,
                scope,
                [
                    *("country", "region", "people_in_need", "need_year", "schools_closed_on", "learners", "refugees"),
                    *("needs_open", "offered", "delivered"),
                ],
                key="unserved",
            ),
            Words(
                plural(
                    "{count} country in need, nothing under way",
                    "{count} countries in need, nothing under way",
                    len(table),
                ).format(count=len(table)),
                lead=_compared(scope),
                alt=_("Table of countries in need that have no activity confirmed or delivering."),
            ),
        )
    )


def _compared(scope: Scope) -> str:
    """What counts as need, and the day of each sign of it: the same for every country."""
    table = ask(UNSERVED, scope)
    closed, years = table["schools_closed_on"].dropna(), table["refugees_year"].dropna()
    signs = [_("a list states people in need")]
    if len(closed):
        signs.append(_("schools were closed country-wide on {day}").format(day=day(closed.max())))
    if len(years):
        signs.append(_("the country hosted refugees at the end of {year}").format(year=int(years.max())))
    newest = ask_row("needs_and_offers/totals")["on_date"]
    if not is_missing(newest):
        end = scope.to_month and (scope.to_month.replace(day=28) + datetime.timedelta(4)).replace(day=1)
        last = min(newest, end - datetime.timedelta(1)) if end else newest
        signs.append(_("a need that it raised was open on {day}").format(day=day(last)))
    return _("{period} In need: {signs}. Nothing of this choice is confirmed or delivering there.").format(
        period=_period(scope), signs=with_semicolons(signs)
    )
