"""What waits: needs without a match, matches by stage, free periods that ran out, focal points that are silent."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.page import headline
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import note, paragraph
from dashboard.components.vocabulary import gate_words, language_names
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, whole, with_semicolons
from dashboard.locales.plain import in_markdown
from dashboard.pages.needs_and_offers.choices import TOTALS, level_name
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

UNMATCHED, BOARD = "needs_and_offers/unmatched", "needs_and_offers/board"
EXPIRED, SILENT = "needs_and_offers/expired_free_periods", "needs_and_offers/stale_focal_points"
CARDS_SHOWN = 5


def stage_words() -> dict[str, str]:
    """The stages of a match, in their order."""
    return words("match_stage", ("proposed", "brokered", "delivering", "completed", "dropped"))


def answer(scope: Scope) -> None:
    """Needs that wait in a sentence, the strip, and the list of them with what is missing."""
    totals = ask_row(TOTALS, scope)
    headline(
        plural(
            "{waiting} of {count} open need has waited more than 14 days without a match on {day}",
            "{waiting} of {count} open needs have waited more than 14 days without a match on {day}",
            int(totals["needs_open"]),
        ).format(waiting=whole(totals["needs_waiting"]), count=whole(totals["needs_open"]), day=day(totals["on_date"])),
        _("Countries state needs, members offer support free of charge, and stewards match them."),
    )
    rows = [_waiting(row) for row in ask(UNMATCHED, scope).to_dict("records")]
    alt = _("Table of needs that wait, with what the nearest offer lacks.")
    figure(
        Figure(
            UNMATCHED,
            scope,
            lambda: grid(
                rows,
                alt,
                _("No need waits."),
                height=330,
                column_config={
                    name: st.column_config.NumberColumn(format="localized")
                    for name in (_("People in need"), _("Days open"))
                },
            ),
            Words("", alt=alt),
            columns=["country", "people", "days_open", "offers_that_fit"],
        ),
        numbers=_numbers(totals, scope),
    )
    note(_("What is missing: where the nearest offer does not fit the need."))


def _waiting(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _("Country"): row["country"],
        _("Level"): level_name(row["level"]),
        _("Language"): language_names().get(row["language"], row["language"]),
        _("People in need"): row["people"],
        _("Days open"): row["days_open"],
        _("What is missing"): _missing(row["missing"]),
    }


def _missing(gates: str | None) -> str:
    words = gate_words()
    failed = [gate.strip() for gate in (gates or "").split(",") if gate.strip()]
    return with_semicolons(words.get(gate, gate) for gate in failed) or _("Nothing: a suitable offer exists")


def _numbers(totals: Mapping[str, Any], scope: Scope) -> list[Number]:
    return [
        Number(
            "needs_waiting",
            totals["needs_waiting"],
            TOTALS,
            scope,
            note=_("of {open} open needs").format(open=whole(totals["needs_open"])),
        ),
        Number(
            "offers_live",
            totals["offers_live"],
            TOTALS,
            scope,
            note=_("of {count} recorded").format(count=whole(totals["offers_recorded"])),
        ),
        Number(
            "",
            whole(totals["matches_delivering"]),
            TOTALS,
            scope,
            note=_("on {day}").format(day=day(totals["on_date"])),
            label=_("Matches delivering"),
        ),
        Number(
            "",
            whole(totals["free_periods_expired"]),
            TOTALS,
            scope,
            note=_("still offered, no longer free"),
            label=_("Free periods expired"),
        ),
        Number(
            "",
            whole(len(ask(SILENT, scope))),
            SILENT,
            scope,
            note=_("for more than 180 days"),
            label=_("Silent focal points"),
        ),
    ]


def stages(scope: Scope) -> None:
    """Matches by stage, the longest in each stage first."""
    table = ask(BOARD, scope)
    delivering = int((table["stage"] == "delivering").sum())
    figure(
        Figure(
            BOARD,
            scope,
            lambda: _columns(scope),
            Words(
                plural(
                    "{count} of {all} matches is delivering", "{count} of {all} matches are delivering", delivering
                ).format(count=whole(delivering), all=whole(len(table))),
                lead=_(
                    "A match that is proposed or brokered reaches nobody yet. The longest in each stage come first."
                ),
                alt=_("A column for each stage of a match with those that have been longest in it."),
            ),
            columns=["stage", "country", "level", "language", "offer", "member", "since_on", "days_in_stage"],
            codes={
                "stage": stage_words(),
                "level": {level: level_name(level) for level in table["level"]},
                "language": {code: language_names().get(code, code) for code in table["language"]},
            },
        )
    )


def _columns(scope: Scope) -> None:
    table = ask(BOARD, scope)
    for column, (stage, label) in zip(st.columns(len(stage_words())), stage_words().items(), strict=True):
        rows = table[table["stage"] == stage].to_dict("records")
        with column:
            paragraph(f"**{label}** ({len(rows)})")
            for row in rows[:CARDS_SHOWN]:
                with st.container(border=True):
                    paragraph(in_markdown(row["country"]))
                    note(
                        plural("{offer}; for {days} day", "{offer}; for {days} days", row["days_in_stage"]).format(
                            offer=in_markdown(row["offer"]), days=whole(row["days_in_stage"])
                        )
                    )
            if len(rows) > CARDS_SHOWN:
                note(_("{count} more").format(count=whole(len(rows) - CARDS_SHOWN)))


def expired(scope: Scope) -> None:
    """Offers that go on but are no longer free."""
    count = len(ask(EXPIRED, scope))
    _list(
        EXPIRED,
        scope,
        plural("{count} offer goes on, no longer free", "{count} offers go on, no longer free", count).format(
            count=whole(count)
        ),
        ["offer", "member", "free_until", "days_expired", "matches_delivering", "focal_point"],
    )


def silent(scope: Scope) -> None:
    """Members whose focal point has not answered for half a year, or never."""
    count = len(ask(SILENT, scope))
    _list(
        SILENT,
        scope,
        plural("{count} focal point is silent", "{count} focal points are silent", count).format(count=whole(count)),
        ["member", "focal_point", "confirmed_on", "days_silent", "live_offers"],
        _("Members and live offers whose focal point has not answered for half a year, or never."),
    )


def _list(question_name: str, scope: Scope, title: str, columns: list[str], lead: str = "") -> None:
    if ask(question_name, scope).empty:
        paragraph(_("Nothing on that day."))
        return
    table_figure(
        Figure(
            question_name,
            scope,
            lambda: show_table(question_name, scope, columns, key=question_name, height=300),
            Words(title, lead=lead, alt=title),
        )
    )
