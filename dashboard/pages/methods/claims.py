"""Public statements beside computed figures, what explains the difference, and where statements contradict."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.components.figures import Figure, Words, table_figure
from dashboard.components.light import is_light
from dashboard.components.page import headline
from dashboard.components.tables import grid, reading_order
from dashboard.locales import _, plural
from dashboard.locales.numbers import (
    day,
    is_missing,
    missing,
    people,
    quotient,
    share,
    short_day,
    signed,
    whole,
    with_commas,
    with_semicolons,
)
from dashboard.locales.plain import in_markdown
from dashboard.pages.methods.catalogue import CLAIMS
from dashboard.pages.methods.links import views
from dashboard.scope import Scope
from dashboard.session import ask, ask_row

CONTRADICTIONS = "methods/contradictions"
IN_WORDS: Mapping[str, Callable[[float | None], str]] = {"share": share, "per learner": quotient, "learners": people}
ROW_HEIGHT = 118  # pixels, of five lines of words
FLAG = "\u2691"


def claims() -> None:
    """Every figure stated beside the computed one, with how many can be compared."""
    rows = ask(CLAIMS).to_dict("records")
    compared = [row for row in rows if not is_missing(row["difference"])]
    headline(
        plural(
            "{compared} of {count} public statement can be compared with this release; {disputed} contradict another",
            "{compared} of {count} public statements can be compared with this release; {disputed} contradict another",
            len(rows),
        ).format(
            compared=whole(len(compared)),
            count=whole(len(rows)),
            disputed=whole(sum(not is_missing(row["contradiction"]) for row in rows)),
        ),
        _(
            "Each public statement is quoted as published, beside what this release gives for the same day, and the "
            "definition that explains the difference. {flag} marks a statement that contradicts another."
        ).format(flag=FLAG),
    )
    views()
    table_figure(Figure(CLAIMS, Scope(), _table, Words("", alt=_("Each public statement beside the computed figure."))))


def contradictions() -> None:
    """The contradictions in a sentence each, with the figures stated."""
    rows = ask(CLAIMS).to_dict("records")
    for contradiction in ask(CONTRADICTIONS).to_dict("records"):
        stated = with_semicolons(
            f"{in_markdown(row['publisher'])}, {in_markdown(row['period'])}: {_stated_words(row)}"
            for row in rows
            if row["contradiction"] == contradiction["subject"]
        )
        st.markdown(f"**{_(contradiction['subject'])}.** {_(contradiction['sentence'])}")
        st.caption(_("Stated: {figures}.").format(figures=stated))


def claim_card(claim_id: str) -> None:
    """One public statement beside the computed figure, and what explains the difference."""
    row = ask_row(CLAIMS, claim_id=claim_id)
    headline(
        _("{publisher}, {period}: {stated} ({metric})").format(
            publisher=in_markdown(row["publisher"]),
            period=in_markdown(_stated_on(row)),
            stated=in_markdown(_stated_words(row)),
            metric=in_markdown(_(row["metric"])),
        ),
        _("A public statement, quoted as published."),
    )
    facts = {
        _("Computed from this release"): _computed(row),
        _("Difference"): _difference(row),
        _("Explanation"): "" if is_missing(row["explains"]) else _(row["explains"]),
        _("Contradicts other statements about"): "" if is_missing(row["contradiction"]) else _(row["contradiction"]),
        _("Source"): row["source"],
    }
    st.markdown("  \n".join(f"**{name}**: {in_markdown(text)}" for name, text in facts.items() if text))


def _stated_on(row: Mapping[str, Any]) -> str:
    """The day of a statement; of one that is of a year or a month, its words."""
    try:
        return short_day(datetime.date.fromisoformat(row["period"]))
    except ValueError:
        return row["period"]


def _table() -> None:
    rows = [
        {
            _("Stated on"): _stated_on(row),
            _("Statement"): _statement(row),
            _("Stated"): _stated_words(row),
            _("Computed"): _computed(row),
            _("Difference"): _difference(row),
            _("Explanation"): _(row["explains"]),
            _("Contradicts"): "" if is_missing(row["contradiction"]) else _(row["contradiction"]),
            _("Source"): row["source"],
        }
        for row in ask(CLAIMS).to_dict("records")
    ]
    alt = _("Each public statement beside the computed figure.")
    if is_light():
        grid(rows, alt=alt, nothing="")
        return
    st.dataframe(
        rows,
        hide_index=True,
        column_order=reading_order(rows[0]),
        height=560,
        row_height=ROW_HEIGHT,
        column_config={
            _("Stated on"): st.column_config.TextColumn(width=85),
            _("Statement"): st.column_config.TextColumn(width=140),
            _("Stated"): st.column_config.TextColumn(width=105),
            _("Computed"): st.column_config.TextColumn(width=130),
            _("Difference"): st.column_config.TextColumn(width=80),
            _("Explanation"): st.column_config.TextColumn(width=290),
        },
        key="claims",
        alt=alt,
    )


def _statement(row: Mapping[str, Any]) -> str:
    """Who stated what, marked where it contradicts another statement."""
    statement = f"{row['publisher']}: {_(row['metric'])}"
    return statement if is_missing(row["contradiction"]) else f"{statement} {FLAG}"


def _words(value: float | None, unit: str) -> str:
    return IN_WORDS.get(unit, whole)(value)


def _stated_words(row: Mapping[str, Any]) -> str:
    words = {"figure": _words(row["stated"], row["unit"]), "unit": _(row["unit"])}
    # A share and a quotient state by themselves what they are of.
    has_unit = row["unit"] != "share"
    if is_missing(row["qualifier"]):
        return _("{figure} {unit}").format(**words) if has_unit else words["figure"]
    words["qualifier"] = _(row["qualifier"])
    return (_("{qualifier} {figure} {unit}") if has_unit else _("{qualifier} {figure}")).format(**words)


def _computed(row: Mapping[str, Any]) -> str:
    if not row["is_computable"]:
        return _("no comparable figure")
    if is_missing(row["computed"]):
        return missing()
    words = [_words(row["computed"], row["unit"]), _("until {day}").format(day=day(row["computed_on"]))]
    if not is_missing(row["captured_on"]):
        words.append(_("captured {day}").format(day=day(row["captured_on"])))
    if row["is_simulated"] is True:
        words.insert(1, _("simulated data"))
    if not is_missing(row["lowest_capture"]) and row["lowest_capture"] != row["highest_capture"]:
        ends = (_words(row[end], row["unit"]) for end in ("lowest_capture", "highest_capture"))
        words.append(_("captures give {low} to {high}").format(**dict(zip(("low", "high"), ends, strict=True))))
    return with_commas(words)


def _difference(row: Mapping[str, Any]) -> str:
    value = row["difference"]
    if is_missing(value):
        return missing() if row["is_computable"] else ""
    sign = "\u2212" if value < 0 else "+"
    words = _words(abs(value), row["unit"])
    return words if words == _words(0, row["unit"]) else signed(sign, words)
