"""Panels of the programmes page: phases against their plan, hours by basis, outcomes, catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.charts.bars import bars_figure, grouped_figure
from dashboard.components import learners
from dashboard.components.figures import Figure, Number, Words, figure
from dashboard.components.filters import choose
from dashboard.components.learners import programme_words
from dashboard.components.light import is_narrow
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import show_table
from dashboard.components.texts import note, paragraph
from dashboard.locales import _
from dashboard.locales.numbers import is_missing, people, share, whole, with_commas
from dashboard.locales.plain import in_markdown
from dashboard.pages.programmes.charts import domains_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

HOURS = "programmes/hours"
TOTALS, PHASES, TARGETS = "programmes/totals", "programmes/phases", "programmes/targets"
OUTCOMES, DOMAINS = "programmes/outcomes", "programmes/domains"
WITH_PHASES = "dlsei"


def programme(context: Scope) -> Scope:
    """A programme, first the one that has phases, or another where this reader may see nothing of it."""
    words = programme_words(with_totals=False)
    known = [WITH_PHASES, *words]
    first = next((code for code in known if learners.is_shown(Scope(programme_id=code))), WITH_PHASES)
    chosen = choose(_("Programme"), list(words), "programme_id", lambda code: words[code], first)
    return replace(context, programme_id=chosen)


def answer(scope: Scope) -> None:
    """Learners, phases and completions in a sentence, with the phases against their plan."""
    learners.stop_unless_shown(scope)
    row = ask_row(TOTALS, scope)
    if not row:
        raise NoAnswer(_("Nothing is known of this programme but its learners. Choose another programme."))
    phases = phases_of(scope)
    headline(
        takeaway(row, in_markdown(programme_words()[scope.programme_id or ""]), phases),
        learners.lead(
            scope,
            _(
                "Hours are given by basis (measured, estimated, attested) and never added: the same learning "
                "may be in more than one. Completions per learner is not a rate."
            ),
        ),
    )
    if phases:
        _targets(scope, _numbers(row, scope))
    else:
        _outcomes(scope, "", _numbers(row, scope))
        note(_("No phases with seats and targets were sent for this programme."))


def phases_of(scope: Scope) -> list[str]:
    """The phases of a programme with seats and targets, in time; none where none were sent."""
    return ask(TARGETS, scope)["phase"].tolist()


def takeaway(row: Mapping[str, Any], programme: str, phases: Sequence[str]) -> str:
    """How many learners a programme has, in which phases, and how many course runs they completed."""
    words = {
        "programme": programme,
        "learners": people(row["learners"]),
        "completions": people(row["completions"]),
        "first": in_markdown(phases[0]) if phases else "",
        "last": in_markdown(phases[-1]) if phases else "",
    }
    if is_missing(row["learners"]):
        return programme
    if is_missing(row["completions"]):
        return _("{programme}: {learners} learners").format(**words)
    if len(phases) > 1:
        return _(
            "{programme}: {learners} learners of phases {first}\u2013{last}, {completions} course runs completed"
        ).format(**words)
    return _("{programme}: {learners} learners, {completions} course runs completed").format(**words)


def _numbers(row: Mapping[str, Any], scope: Scope) -> list[Number]:
    return [
        Number(
            "learners_registered",
            row["learners"],
            TOTALS,
            scope,
            note=_("{reached} with a learning event").format(reached=people(row["learners_reached"])),
            label=_("Registered"),
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
            note=_("completions; a learner may have several"),
            label=_("Per learner"),
        ),
        *(
            Number("", people(row[column]), TOTALS, scope, note=note, label=label)
            for column, label, note in (
                ("hours_measured", _("Hours measured"), _("by the platform")),
                ("hours_estimated", _("Hours estimated"), _("by the platform")),
                ("hours_attested", _("Hours attested"), _("by the partner")),
            )
        ),
    ]


def _targets(scope: Scope, numbers: Sequence[Number]) -> None:
    table = ask(TARGETS, scope)
    figure(
        Figure(
            TARGETS,
            scope,
            grouped_figure(
                [phase_words(phase) for phase in table["phase"]],
                [
                    (_("Learners"), table["learners"].tolist()),
                    (_("Seats offered"), table["seats"].tolist()),
                    (_("Completions"), table["completions"].tolist()),
                    (_("Completions planned"), table["target_completions"].tolist()),
                ],
                lying=is_narrow(),
                of_nobody=(_("Seats offered"), _("Completions planned")),
            ),
            Words("", alt=_("Groups of bars for each phase: seats, learners, completions planned and completions.")),
            columns=[
                *("phase", "began_on", "ended_on", "seats", "learners", "share_seats_taken", "target_learners"),
                *("share_of_learner_target", "target_completions", "completions", "share_of_completion_target"),
                *("courses_completed", "projects_completed", "completions_per_learner"),
            ],
            codes={"phase": {phase: phase_words(phase) for phase in table["phase"]}},
        ),
        numbers=numbers,
    )
    seats = [
        _("{phase} {share}").format(phase=in_markdown(phase_words(row.phase)), share=share(row.share_seats_taken))
        for row in table.itertuples()
        if not is_missing(row.share_seats_taken)
    ]
    if seats:
        note(_("Seats taken: {list}.").format(list=with_commas(seats)))


def hours(scope: Scope) -> None:
    """Hours by basis in each phase, with seats and catalogue in the table."""
    table = ask(PHASES, scope)
    phases = {phase: phase_words(phase) for phase in table["phase"]}
    shown = figure(
        Figure(
            PHASES,
            scope,
            grouped_figure(
                list(phases.values()),
                [
                    (_("Measured by the platform"), table["hours_measured"].tolist()),
                    (_("Estimated by the platform"), table["hours_estimated"].tolist()),
                    (_("Attested by the partner"), table["hours_attested"].tolist()),
                ],
                lying=is_narrow(),
            ),
            Words(
                hours_words(ask_row(TOTALS, scope)),
                lead=_("Bars of different bases are never added. A learner of two phases counts in each."),
                alt=_("Groups of bars for each phase: hours measured, estimated and attested."),
            ),
            codes={"phase": phases},
        )
    )
    if not shown:
        return
    show_table(PHASES, scope, key="phases", codes={"phase": phases})
    columns = ["phase", "hours_basis", "hours", "learners_reached", "hours_per_learner", "learners_with_hours"]
    every_phase = {phase: phase_words(phase) for phase in ask(HOURS, scope)["phase"]}
    show_table(HOURS, scope, columns, key="hours", codes={"phase": every_phase})


def hours_words(row: Mapping[str, Any]) -> str:
    """The hours of each basis that is known, never their sum."""
    known = [
        words.format(hours=people(row[column]))
        for column, words in (
            ("hours_measured", _("{hours} measured")),
            ("hours_estimated", _("{hours} estimated")),
            ("hours_attested", _("{hours} attested")),
        )
        if not is_missing(row[column])
    ]
    return (
        _("Learning hours by basis: {list}").format(list=with_commas(known)) if known else _("Learning hours by basis")
    )


def domains(scope: Scope) -> None:
    """Courses against guided projects in each domain of the newest catalogue."""
    table = ask(DOMAINS, scope)
    sent = table["phase"].tolist()
    if not sent:
        paragraph(_("No catalogue of courses and guided projects was sent for this programme."))
        return
    newest = table[table["phase"] == sent[-1]]
    figure(
        Figure(
            DOMAINS,
            scope,
            domains_figure(newest),
            Words(
                _("{courses} courses and {projects} guided projects in {domains} domains, phase {phase}").format(
                    courses=whole(newest["courses"].sum()),
                    projects=whole(newest["guided_projects"].sum()),
                    domains=whole(len(newest)),
                    phase=in_markdown(sent[-1]),
                ),
                alt=_("Pairs of bars for each domain: courses and guided projects open to learners."),
            ),
        )
    )


def outcomes(scope: Scope) -> None:
    """How the course runs ended, those under way and quiet among them."""
    _outcomes(scope, outcome_title(scope))


def _outcomes(scope: Scope, title: str, numbers: Sequence[Number] = ()) -> None:
    table = ask(OUTCOMES, scope)
    words = outcome_words()
    figure(
        Figure(
            OUTCOMES,
            scope,
            bars_figure(
                [words[outcome] for outcome in table["outcome"]],
                table["runs"],
                [f"{whole(row.runs)} ({share(row.share_of_runs)})" for row in table.itertuples()],
                [outcome in ("completed", "distinction") for outcome in table["outcome"]],
            ),
            Words(
                title,
                lead=_("Under way and quiet are not failed: these course runs may still be completed.")
                if title
                else "",
                alt=_("Bars of course runs by outcome."),
            ),
            codes={"outcome": words},
        ),
        numbers=numbers,
    )


def outcome_title(scope: Scope) -> str:
    """The share of course runs that are completed."""
    done = ask_row(OUTCOMES, scope, outcome="completed")
    if is_missing(done["share_of_runs"]):
        return _("Course runs by outcome")
    return _("{share} of course runs are completed so far").format(share=share(done["share_of_runs"]))


def outcome_words() -> dict[str, str]:
    """Words for the outcomes of course runs."""
    return words("course_outcome")


def phase_words(phase: str) -> str:
    """A phase as it is shown."""
    special = {"all": _("Whole programme"), "outside of any phase": _("Outside of any phase")}
    return special.get(phase) or _("Phase {phase}").format(phase=phase)
