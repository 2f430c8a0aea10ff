"""Panels of the programmes page: tiles, phases, hours by basis, targets, domains, outcomes."""

import streamlit as st

from dashboard.charts.learners import bars_figure, domains_figure, grouped_figure
from dashboard.components.figures import Figure, Number, Words, figure, strip
from dashboard.components.filters import choose
from dashboard.components.learners import programme_words
from dashboard.components.tables import show_table
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
    strip(
        [
            Number(
                "learners_registered",
                row["learners"],
                TOTALS,
                scope,
                note=_("{reached} with a learning event").format(reached=people(row["learners_reached"])),
            ),
            Number(
                "",
                people(row["completions"]),
                TOTALS,
                scope,
                note=_("of {enrolments} course runs").format(enrolments=whole(row["enrolments"])),
                label=_("Completions"),
            ),
            Number(
                "completions_per_learner",
                row["completions_per_learner"],
                TOTALS,
                scope,
                note=_("not a rate: it may be over 1"),
            ),
        ],
        key="tiles",
    )
    with columns[3]:
        hours = {
            _("measured"): row["hours_measured"],
            _("estimated"): row["hours_estimated"],
            _("attested"): row["hours_attested"],
        }
        strip(
            [
                Number(
                    "",
                    _("by basis"),
                    TOTALS,
                    scope,
                    note="; ".join(f"{people(n)} {word}" for word, n in hours.items() if not is_missing(n))
                    or missing(),
                    label=_("Learning hours"),
                )
            ],
            key="tiles",
        )


def phases(scope: Scope) -> None:
    """Each phase with seats, learners, hours by basis and catalogue."""
    table = ask("programmes/phases", scope)
    shown = figure(
        Figure(
            "programmes/phases",
            scope,
            grouped_figure(
                [phase_words(phase) for phase in table["phase"]],
                [
                    (_("Measured by the platform"), table["hours_measured"].tolist()),
                    (_("Estimated by the platform"), table["hours_estimated"].tolist()),
                    (_("Attested by the partner"), table["hours_attested"].tolist()),
                ],
            ),
            Words(
                _("Hours by phase and basis"),
                lead=_("The same learning may stand in more than one basis, so the bars are never added."),
                alt=_("Groups of bars for each phase: hours measured, estimated and attested."),
            ),
        )
    )
    if shown:
        show_table(
            "programmes/phases", scope, key="phases", codes={"phase": {one: phase_words(one) for one in table["phase"]}}
        )


def targets(scope: Scope) -> None:
    """Seats, learners and completions against the plan."""
    table = ask("programmes/targets", scope)
    if table.empty:
        st.caption(_("No phases with seats and targets were sent for this programme."))
        return
    figure(
        Figure(
            "programmes/targets",
            scope,
            grouped_figure(
                [phase_words(phase) for phase in table["phase"]],
                [
                    (_("Seats offered"), table["seats"].tolist()),
                    (_("Learners"), table["learners"].tolist()),
                    (_("Completions planned"), table["target_completions"].tolist()),
                    (_("Completions"), table["completions"].tolist()),
                ],
            ),
            Words(
                _("Target against actual"),
                lead="; ".join(
                    _("{phase}: {share} of seats taken").format(
                        phase=in_markdown(phase_words(row.phase)), share=share(row.share_seats_taken)
                    )
                    for row in table.itertuples()
                )
                + ".",
                alt=_("Groups of bars for each phase: seats, learners, completions planned and completions."),
            ),
        )
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
        Figure(
            "programmes/domains",
            scope,
            domains_figure(newest),
            Words(
                _("The catalogue by domain, phase {phase}").format(phase=in_markdown(sent[-1])),
                alt=_("Pairs of bars for each domain: courses and guided projects open to learners."),
            ),
        )
    )


def outcomes(scope: Scope) -> None:
    """How the course runs ended, those in progress among them."""
    table = ask("programmes/outcomes", scope)
    words = {
        "completed": _("Completed"),
        "distinction": _("Completed with distinction"),
        "failed": _("Ended without passing"),
        "withdrawn": _("Left"),
        "in progress": _("Still under way"),
    }
    figure(
        Figure(
            "programmes/outcomes",
            scope,
            bars_figure(
                [words[outcome] for outcome in table["outcome"]],
                table["runs"],
                [f"{whole(row.runs)} ({share(row.share_of_runs)})" for row in table.itertuples()],
                [outcome in ("completed", "distinction") for outcome in table["outcome"]],
            ),
            Words(
                _("How course runs stand"),
                lead=_("Still under way is not failed."),
                alt=_("Bars of course runs by outcome."),
            ),
            codes={"outcome": words},
        )
    )


def phase_words(phase: str) -> str:
    """A phase as it is shown."""
    special = {"all": _("Whole programme"), "outside of any phase": _("Outside of any phase")}
    return special.get(phase) or _("Phase {phase}").format(phase=phase)
