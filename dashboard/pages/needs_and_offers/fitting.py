"""Which offers fit a need, explained gate by gate with their scores; and a search through all offers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.filters import choose
from dashboard.components.page import headline
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import note, paragraph
from dashboard.components.vocabulary import (
    audience_words,
    gate_words,
    kind_words,
    language_names,
    taught_level_words,
    tier_words,
)
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, people, whole, with_commas, with_semicolons
from dashboard.locales.plain import in_markdown
from dashboard.pages.needs_and_offers.choices import NEEDS, language_name, level_name
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

GATES, OFFERS = "needs_and_offers/gates_for_need", "needs_and_offers/offers"
MACHINE = "needs_and_offers/matches_for_need"
CARDS_SHOWN = 3
EVERY = "all"


def gate_titles() -> dict[str, str]:
    """The gates as heads of columns, in their order."""
    return {
        "country": _("Country"),
        "level": _("Level"),
        "language": _("Language"),
        "tier": _("Technology"),
        "audience": _("Audience"),
        "free": _("Free"),
        "live": _("Live"),
        "focal_point": _("Focal point"),
    }


def answer(scope: Scope) -> None:
    """How many offers fit the need in a sentence, the strip, and every offer gate by gate."""
    if not scope.need_id:
        headline(_("No need is open on {day}").format(day=day(scope.on_date)))
        st.info(_("Choose another date, or search all offers below."))
        return
    table = ask(GATES, scope)
    need = ask_row(NEEDS, scope, need_id=scope.need_id)
    fitting, near = int((table["gates_failed"] == 0).sum()), int((table["gates_failed"] == 1).sum())
    headline(
        plural(
            "{fit} of {count} offer fits the need of {country}: {level}, {language}, raised on {day}",
            "{fit} of {count} offers fit the need of {country}: {level}, {language}, raised on {day}",
            len(table),
        ).format(
            fit=whole(fitting),
            count=whole(len(table)),
            country=in_markdown(need["country"]),
            level=level_name(need["level"]).lower(),
            language=in_markdown(language_name(need["language"])),
            day=day(need["raised_on"]),
        ),
        _("An offer fits when it meets every condition. Highest technology available: {tier}.").format(
            tier=tier_words()[need["highest_tier"]]
        ),
    )
    alt = _("Table of offers with what each meets and fails of the conditions, and the score.")
    figure(
        Figure(
            GATES,
            scope,
            lambda: grid(
                [_gates(row) for row in table.to_dict("records")], alt, _("No offer is recorded."), height=360
            ),
            Words("", alt=alt),
            columns=["offer", "member", "gates_failed", "score", "focal_point", "stage"],
        ),
        numbers=[
            Number("", whole(fitting), GATES, scope, note=_("meet every condition"), label=_("Offers that fit")),
            Number("", whole(near), GATES, scope, note=_("fail one condition only"), label=_("Offers that nearly fit")),
            Number("", people(need["people"]), NEEDS, scope, note=_("as stated"), label=_("People in need")),
            Number(
                "",
                whole(need["days_open"]),
                NEEDS,
                scope,
                note=_("by {day}").format(day=day(scope.on_date)),
                label=_("Days open"),
            ),
        ],
    )
    note(_("✓ met, ✗ not met. Offers that fail the fewest conditions come first, then those with the best score."))


def _gates(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _("Offer"): row["offer"],
        _("Member"): row["member"],
        **{title: "✓" if row[f"{gate}_passes"] else "✗" for gate, title in gate_titles().items()},
        _("Score of 100"): whole(row["score"]),
    }


def nearest(scope: Scope) -> None:
    """The offers nearest to the need: what each fails, and the parts of its score."""
    if not scope.need_id:
        paragraph(_("No need is open on that day. Choose another date."))
        return
    for row in ask(GATES, scope).head(CARDS_SHOWN).to_dict("records"):
        _card(row)


def _card(row: Mapping[str, Any]) -> None:
    words = gate_words()
    with st.container(border=True):
        paragraph(f"**{in_markdown(row['offer'])}**, {in_markdown(row['member'])}")
        failed = [words[gate] for gate in words if not row[f"{gate}_passes"]]
        if failed:
            paragraph("✗ " + _("Fails: {conditions}.").format(conditions=with_semicolons(failed)))
        else:
            paragraph(
                "✓ "
                + _("Meets every condition: {conditions}.").format(
                    conditions=with_commas(gate_titles().values()).lower()
                )
            )
        note(
            _(
                "Score {score} of 100: kind {kind} of 40, capacity {capacity} of 30, focal point that answers {focal} "
                "of 20, names the country {country} of 10."
            ).format(
                score=row["score"],
                kind=row["kind_points"],
                capacity=row["capacity_points"],
                focal=row["focal_points"],
                country=row["country_points"],
            )
        )
        if not is_missing(row["focal_point"]):
            note(_("Focal point: {address}").format(address=in_markdown(row["focal_point"])))


def search(scope: Scope) -> None:
    """Offers by language, level and technology."""
    names, levels, tiers = language_names(), taught_level_words(), tier_words()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        language = choose(
            _("Language"),
            [None, *sorted(names, key=lambda code: names[code])],
            "language",
            lambda code: names[code] if code else _("All languages"),
            None,
        )
        level = choose(
            _("Level"), [None, *levels], "level", lambda code: levels[code] if code else _("All levels"), None
        )
        tier = choose(
            _("Highest technology available"),
            [None, *tiers],
            "tier",
            lambda code: tiers[code] if code else _("Any technology"),
            None,
        )
    query_scope = replace(scope.only("on_date"), language=language, level=level, tier=tier)
    table = ask(OFFERS, query_scope)
    live = int((table["state"] == "live").sum())
    table_figure(
        Figure(
            OFFERS,
            query_scope,
            lambda: show_table(
                OFFERS,
                query_scope,
                [
                    *("offer", "member", "activity_type", "audience", "tier", "levels", "languages", "capacity"),
                    *("state", "live_to", "focal_point"),
                ],
                key="offers",
                height=360,
                codes={
                    "activity_type": kind_words(),
                    "audience": audience_words(),
                    "tier": tiers,
                    "levels": {text: _codes_in_words(text, levels) for text in table["levels"]},
                    "languages": {text: _codes_in_words(text, names) for text in table["languages"]},
                    "state": state_words(),
                },
            ),
            Words(
                _("{live} of {all} offers are live and free").format(live=whole(live), all=whole(len(table))),
                alt=_("Table of offers that fit the choice, live ones first."),
            ),
        )
    )


def state_words() -> dict[str, str]:
    """Whether an offer counts on the day, and why not."""
    return words("offer_state")


def _codes_in_words(text: str, words: Mapping[str, str]) -> str:
    """A list of codes in words."""
    return with_commas(_("All") if code == EVERY else words.get(code, code) for code in text.split(", "))


def machine_readable(scope: Scope) -> None:
    """The same answer as other programs read it: the codes of the gates failed, and the score."""
    if not scope.need_id:
        paragraph(_("No need is open on that day. Choose another date."))
        return
    table_figure(
        Figure(
            MACHINE,
            scope,
            lambda: show_table(MACHINE, scope, key="machine", height=300, codes={"passes": {True: "✓", False: "✗"}}),
            Words("", alt=_("Table of offers with the codes of the conditions that each fails, and its score.")),
        )
    )
