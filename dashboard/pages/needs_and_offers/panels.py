"""Panels of the needs and offers page: totals, explained matching, the lifecycle board, lists of what waits."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.components.figures import Figure, Number, Words, figure, strip, table_figure
from dashboard.components.filters import choose, date_in_link
from dashboard.components.tables import lazy_table, show_table
from dashboard.components.vocabulary import gate_words, level_words, tier_words
from dashboard.intake.readers.organisations import LEVELS
from dashboard.locales import _
from dashboard.locales.numbers import day, people, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

TOTALS, GATES, BOARD = "needs_and_offers/totals", "needs_and_offers/gates_for_need", "needs_and_offers/board"
CARDS_SHOWN, OFFERS_EXPLAINED = 5, 12
PASSES: Mapping[Any, str] = {True: "✓", False: "✗"}


def stage_words() -> dict[str, str]:
    """The stages of a match in words, in their order."""
    return {
        "proposed": _("Proposed"),
        "brokered": _("Brokered"),
        "delivering": _("Delivering"),
        "completed": _("Completed"),
        "dropped": _("Given up"),
    }


def choose_day() -> Scope:
    """Lets the reader choose the day on which offers must be live."""
    newest = ask_one(TOTALS)["on_date"]
    return Scope(on_date=date_in_link(_("On the day"), "on_date", newest))


def tiles(scope: Scope) -> None:
    """How many needs are open and wait, how many offers are live, how many free periods ran out."""
    row = ask_one(TOTALS, scope)
    strip(
        [
            Number(
                "needs_waiting",
                row["needs_waiting"],
                TOTALS,
                scope,
                note=_("of {open} open; raised more than 14 days before, no match stands").format(
                    open=whole(row["needs_open"])
                ),
            ),
            Number(
                "offers_live",
                row["offers_live"],
                TOTALS,
                scope,
                note=_("of {count} recorded").format(count=whole(row["offers_recorded"])),
            ),
            Number(
                "",
                whole(row["matches_delivering"]),
                TOTALS,
                scope,
                note=_("on {day}").format(day=day(row["on_date"])),
                label=_("Matches delivering"),
            ),
            Number(
                "",
                whole(row["free_periods_expired"]),
                TOTALS,
                scope,
                note=_("offers that go on but are no longer free"),
                label=_("Free periods expired"),
            ),
        ],
        key="tiles",
    )


def explained_matching(scope: Scope) -> None:
    """For a chosen need: which offers pass, which gate each of the others fails, and what the score is made of."""
    st.header(_("Which offers fit a need"), anchor=False)
    needs = ask("needs_and_offers/needs", scope)
    if needs.empty:
        st.info(_("No need is open on that day. Choose another day."))
        return
    words = {row["need_id"]: _need_words(row) for row in needs.to_dict("records")}
    need_id = choose(_("Need"), list(words), "need_id", words.__getitem__, always_in_link=True)
    asked = Scope(on_date=scope.on_date, need_id=need_id)
    table = ask(GATES, asked)
    fitting = table[table["gates_failed"] == 0]
    near = table[table["gates_failed"] == 1]
    st.write(
        _("**{fit}** of {all} offers pass every gate; {near} more fail one gate only.").format(
            fit=whole(len(fitting)), all=whole(len(table)), near=whole(len(near))
        )
    )
    for row in table.head(3).to_dict("records"):
        _card(row)
    gates = [column for column in table.columns if column.endswith("_passes")]
    table_figure(
        Figure(
            GATES,
            asked,
            lambda: show_table(GATES, asked, key="gates", height=360, codes=dict.fromkeys(gates, PASSES)),
            Words(
                _("Every offer, gate by gate"),
                lead=_("✓ passes, ✗ fails. Offers that fail fewest gates come first, then those with the best score."),
                alt=_("Table of offers with a pass or fail for each gate and the parts of the score."),
            ),
        )
    )
    lazy_table(_("As other programs read it: gates failed, score"), "needs_and_offers/matches_for_need", asked)


def _card(row: Mapping[str, Any]) -> None:
    words = gate_words()
    with st.container(border=True):
        st.write(
            "**{offer}**, {member} (`{id}`)".format(
                offer=in_markdown(row["offer"]), member=in_markdown(row["member"]), id=row["offer_id"]
            )
        )
        failed = [words[gate] for gate in words if not row[f"{gate}_passes"]]
        if failed:
            st.write("✗ " + _("Fails: {gates}.").format(gates="; ".join(failed)))
        else:
            st.write("✓ " + _("Passes every gate: {gates}.").format(gates=_passed_words()))
        st.caption(
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


def _passed_words() -> str:
    return _("country, level, language, technology, audience, free of charge, live, focal point")


def _need_words(row: Mapping[str, Any]) -> str:
    return _("{country}, {level}, {language}: {people} people, open for {days} days, {stage} ({id})").format(
        country=row["country"],
        level=_(row["level"].replace("_", " ")),
        language=row["language"],
        people=people(row["people"]),
        days=row["days_open"],
        stage=_(row["stage"]),
        id=row["need_id"],
    )


def board(scope: Scope) -> None:
    """Matches by stage, the longest in each stage first."""
    figure(
        Figure(
            BOARD,
            scope,
            lambda: _columns(scope),
            Words(
                _("How far matches have come"),
                lead=_(
                    "A match that is proposed or brokered reaches nobody yet. The longest in each stage come first."
                ),
                alt=_("A column for each stage of a match with those that have been longest in it."),
            ),
        )
    )


def _columns(scope: Scope) -> None:
    table = ask(BOARD, scope)
    for column, (stage, words) in zip(st.columns(len(stage_words())), stage_words().items(), strict=True):
        rows = table[table["stage"] == stage].to_dict("records")
        with column:
            st.write(f"**{words}** ({len(rows)})")
            for row in rows[:CARDS_SHOWN]:
                with st.container(border=True):
                    st.write(in_markdown(row["country"]))
                    st.caption(
                        _("{offer}; for {days} days").format(
                            offer=in_markdown(row["offer"]), days=whole(row["days_in_stage"])
                        )
                    )
            if len(rows) > CARDS_SHOWN:
                st.caption(_("and {count} more").format(count=whole(len(rows) - CARDS_SHOWN)))


def what_waits(scope: Scope) -> None:
    """Needs that wait with what is missing, free periods that ran out, focal points that are silent."""
    for title, asked, lead in (
        (
            _("Needs that wait longer than 14 days"),
            "needs_and_offers/unmatched",
            _(
                "*Missing* names the gates that the nearest offer fails. Where it is empty, somebody only has to "
                "propose it."
            ),
        ),
        (_("Free periods that ran out"), "needs_and_offers/expired_free_periods", ""),
        (
            _("Focal points silent for more than 180 days"),
            "needs_and_offers/stale_focal_points",
            _("Members and live offers whose focal point has not answered for half a year, or never."),
        ),
    ):
        rows = ask(asked, scope)
        if rows.empty:
            st.header(title, anchor=False)
            st.write(_("Nothing on that day."))
            continue
        table_figure(
            Figure(
                asked,
                scope,
                partial(show_table, asked, scope, key=asked, height=300),
                Words(f"{title} ({whole(len(rows))})", lead=lead, alt=title),
            )
        )


def find_offers(scope: Scope) -> None:
    """Offers by language, level and technology."""
    languages = ask("response_gaps/languages")
    names = dict(zip(languages["language"], languages["language_name"], strict=True))
    st.header(_("Find an offer"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        language = choose(
            _("Language"),
            [None, *sorted(names, key=lambda code: names[code])],
            "language",
            lambda code: names[code] if code else _("All"),
            None,
        )
        level = choose(_("Level"), [None, *LEVELS], "level", lambda one: _level(one) if one else _("All"), None)
        tier = choose(
            _("What works there at most"),
            [None, *tier_words()],
            "tier",
            lambda one: tier_words()[one] if one else _("Any technology"),
            None,
        )
    asked = Scope(on_date=scope.on_date, language=language, level=level, tier=tier)
    table_figure(
        Figure(
            "needs_and_offers/offers",
            asked,
            lambda: show_table("needs_and_offers/offers", asked, key="offers", height=360),
            Words(_("Offers"), alt=_("Table of offers that fit the choice, live ones first.")),
        )
    )


def _level(level: str) -> str:
    known = level_words()
    return known.get(level) or _(level.replace("_", " ").capitalize())
