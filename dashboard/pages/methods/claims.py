"""Public statements beside computed figures, what explains the difference, and where statements contradict."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.components import notices
from dashboard.components.figures import Figure, Words, table_figure
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, missing, people, quotient, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, is_hidden_from_me

CLAIMS, CONTRADICTIONS = "methods/claims", "methods/contradictions"
# Learners' reports step aside together, so one of them says it for all.
DEMONSTRATED = ("unesco_closures", "coursera_usage", "programme_phases", "partners")
IN_WORDS: Mapping[str, Callable[[float | None], str]] = {"share": share, "per learner": quotient, "learners": people}
ROW_HEIGHT = 118  # pixels, of five lines of words
FLAG = "\u2691"


def claims() -> None:
    """Every figure stated, beside the computed one; then the contradictions in a sentence each."""
    notices.demonstration(*DEMONSTRATED)
    if is_hidden_from_me(CLAIMS):
        notices.hidden()
    table_figure(
        Figure(
            CLAIMS,
            Scope(),
            _table,
            Words(
                _("Claims beside data"),
                lead=_(
                    "What was stated publicly, as it was stated, beside what this release gives for the same thing on that "
                    "day, and the definition or vintage that explains the difference. A published figure is never computed "
                    "here, and a computed one never published. {flag} marks what contradicts another statement: how, is said "
                    "below."
                ).format(flag=FLAG),
                alt=_("Each figure stated publicly beside the computed one."),
            ),
        )
    )
    st.header(_("Where statements contradict each other"), anchor=False)
    rows = ask(CLAIMS).to_dict("records")
    for one in ask(CONTRADICTIONS).to_dict("records"):
        stated = "; ".join(
            f"{in_markdown(row['publisher'])}, {in_markdown(row['period'])}: {_stated(row)}"
            for row in rows
            if row["contradiction"] == one["subject"]
        )
        st.markdown(f"**{_(one['subject'])}.** {_(one['sentence'])}")
        st.caption(_("Stated: {figures}.").format(figures=stated))


def _table() -> None:
    st.dataframe(
        [
            {
                _("Stated on"): row["period"],
                _(
                    "What"
                ): f"{row['publisher']}: {_(row['metric'])}{'' if is_missing(row['contradiction']) else ' ' + FLAG}",
                _("Stated"): _stated(row),
                _("Computed here"): _computed(row),
                _("Difference"): _difference(row),
                _("What explains it"): _(row["explains"]),
                _("Contradicts"): "" if is_missing(row["contradiction"]) else _(row["contradiction"]),
                _("Source"): row["source"],
            }
            for row in ask(CLAIMS).to_dict("records")
        ],
        hide_index=True,
        height=560,
        row_height=ROW_HEIGHT,
        column_config={
            _("Stated on"): st.column_config.TextColumn(width=85),
            _("What"): st.column_config.TextColumn(width=140),
            _("Stated"): st.column_config.TextColumn(width=105),
            _("Computed here"): st.column_config.TextColumn(width=130),
            _("Difference"): st.column_config.TextColumn(width=80),
            _("What explains it"): st.column_config.TextColumn(width=290),
        },
        key="claims",
        alt=_("Each figure stated publicly beside the computed one."),
    )


def _words(value: float | None, unit: str) -> str:
    return IN_WORDS.get(unit, whole)(value)


def _stated(row: Mapping[str, Any]) -> str:
    qualifier = "" if is_missing(row["qualifier"]) else _(row["qualifier"]) + " "
    # A share and a quotient say by themselves what they are of.
    unit = "" if row["unit"] == "share" else " " + _(row["unit"])
    return qualifier + _words(row["stated"], row["unit"]) + unit


def _computed(row: Mapping[str, Any]) -> str:
    if not row["is_computable"]:
        return _("no figure of the same thing")
    if is_missing(row["computed"]):
        return missing()
    said = [_words(row["computed"], row["unit"]), _("until {day}").format(day=day(row["computed_on"]))]
    if not is_missing(row["captured_on"]):
        said.append(_("captured {day}").format(day=day(row["captured_on"])))
    if row["is_simulated"] is True:
        said.insert(1, _("from simulated rows"))
    if not is_missing(row["lowest_capture"]) and row["lowest_capture"] != row["highest_capture"]:
        ends = (_words(row[end], row["unit"]) for end in ("lowest_capture", "highest_capture"))
        said.append(_("captures give {low} to {high}").format(**dict(zip(("low", "high"), ends, strict=True))))
    return ", ".join(said)


def _difference(row: Mapping[str, Any]) -> str:
    value = row["difference"]
    if is_missing(value):
        return missing() if row["is_computable"] else ""
    sign = "\u2212" if value < 0 else "+"
    words = _words(abs(value), row["unit"])
    return words if words == _words(0, row["unit"]) else sign + words
