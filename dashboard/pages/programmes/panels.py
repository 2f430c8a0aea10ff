"""Panels of the programmes page: tiles, phases, hours by basis, targets, domains, outcomes."""

import streamlit as st

from dashboard.charts.learners import bars_figure, domains_figure, grouped_figure
from dashboard.components.figures import figure, lazy_table, metric_tile, show_table, text_tile
from dashboard.components.filters import choose
from dashboard.components.learners import programme_words
from dashboard.locales import _
from dashboard.locales.numbers import is_missing, missing, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

TOTALS = "programmes/totals"


def choose_view() -> Scope:
    """Lets the reader choose a programme; DLSEI first, which has phases."""
    words = programme_words(with_totals=False)
    return Scope(programme_id=choose(_("Programme"), list(words), "programme_id", lambda code: words[code], "dlsei"))


def tiles(scope: Scope) -> None:
    """Learners, completions and hours of the whole programme."""
    row = ask_one(TOTALS, scope)
    columns = st.columns(4)
    with columns[0]:
        metric_tile(
            "learners_registered",
            row["learners"],
            TOTALS,
            scope,
            _("{reached} with a learning event").format(reached=people(row["learners_reached"])),
        )
    with columns[1]:
        text_tile(
            _("Completions"),
            people(row["completions"]),
            _("of {enrolments} course runs").format(enrolments=whole(row["enrolments"])),
            TOTALS,
            scope,
        )
    with columns[2]:
        metric_tile(
            "completions_per_learner", row["completions_per_learner"], TOTALS, scope, _("not a rate: it may be over 1")
        )
    with columns[3]:
        hours = {
            _("measured"): row["hours_measured"],
            _("estimated"): row["hours_estimated"],
            _("attested"): row["hours_attested"],
        }
        text_tile(
            _("Learning hours"),
            _("by basis"),
            "; ".join(f"{people(n)} {word}" for word, n in hours.items() if not is_missing(n)) or missing(),
            TOTALS,
            scope,
        )


def phases(scope: Scope) -> None:
    """Each phase with seats, learners, hours by basis and catalogue."""
    table = ask("programmes/phases", scope)
    shown = figure(
        _("Hours by phase and basis"),
        grouped_figure(
            [phase_words(phase) for phase in table["phase"]],
            [
                (_("Measured by the platform"), table["hours_measured"].tolist()),
                (_("Estimated by the platform"), table["hours_estimated"].tolist()),
                (_("Attested by the partner"), table["hours_attested"].tolist()),
            ],
        ),
        "programmes/phases",
        scope,
        alt=_("Groups of bars for each phase: hours measured, estimated and attested."),
        lead=_("The same learning may stand in more than one basis, so the bars are never added."),
    )
    if shown:
        show_table(
            "programmes/phases", scope, key="phases", words={"phase": {one: phase_words(one) for one in table["phase"]}}
        )


def targets(scope: Scope) -> None:
    """Seats, learners and completions against the plan."""
    table = ask("programmes/targets", scope)
    if table.empty:
        st.caption(_("No phases with seats and targets were sent for this programme."))
        return
    figure(
        _("Target against actual"),
        grouped_figure(
            [phase_words(phase) for phase in table["phase"]],
            [
                (_("Seats offered"), table["seats"].tolist()),
                (_("Learners"), table["learners"].tolist()),
                (_("Completions planned"), table["target_completions"].tolist()),
                (_("Completions"), table["completions"].tolist()),
            ],
        ),
        "programmes/targets",
        scope,
        alt=_("Groups of bars for each phase: seats, learners, completions planned and completions."),
        lead="; ".join(
            _("{phase}: {share} of seats taken").format(
                phase=in_markdown(phase_words(row.phase)), share=share(row.share_seats_taken)
            )
            for row in table.itertuples()
        )
        + ".",
    )


def domains(scope: Scope) -> None:
    """Courses against guided projects in each domain of the newest catalogue."""
    table = ask("programmes/domains", scope)
    sent = table["phase"].tolist()
    if not sent:
        st.caption(_("No catalogue of courses and guided projects was sent for this programme."))
        return
    newest = table[table["phase"] == sent[-1]]
    figure(
        _("The catalogue by domain, phase {phase}").format(phase=in_markdown(sent[-1])),
        domains_figure(newest),
        "programmes/domains",
        scope,
        alt=_("Pairs of bars for each domain: courses and guided projects open to learners."),
    )


def outcomes(scope: Scope) -> None:
    """How the course runs ended, those under way and quiet among them."""
    table = ask("programmes/outcomes", scope)
    words = {
        "completed": _("Completed"),
        "distinction": _("Completed with distinction"),
        "failed": _("Ended without passing"),
        "withdrawn": _("Left"),
        "under way": _("Under way"),
        "quiet": _("Quiet for 180 days"),
    }
    figure(
        _("How course runs stand"),
        bars_figure(
            [words[outcome] for outcome in table["outcome"]],
            table["runs"],
            [f"{whole(row.runs)} ({share(row.share_of_runs)})" for row in table.itertuples()],
            [outcome in ("completed", "distinction") for outcome in table["outcome"]],
        ),
        "programmes/outcomes",
        scope,
        alt=_("Bars of course runs by outcome."),
        lead=_("Still under way is not failed."),
        words={"outcome": words},
    )


def phase_words(phase: str) -> str:
    """A phase as it is shown."""
    special = {"all": _("Whole programme"), "outside of any phase": _("Outside of any phase")}
    return special.get(phase) or _("Phase {phase}").format(phase=phase)


def hours(scope: Scope) -> None:
    """Hours of each phase by how they are known, and for each learner reached."""
    lazy_table(_("Hours by basis, and per learner"), "programmes/hours", scope)
