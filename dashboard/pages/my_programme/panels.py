"""Panels of a partner's own page: registered, active, completed, quiet, at hubs, credits, and the others beside."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.charts.bars import bars_figure, steps_figure
from dashboard.charts.lines import lines_figure
from dashboard.components import dropped
from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.filters import choose, in_address
from dashboard.components.learners import (
    ALL,
    STEPS,
    own_partner,
    partner_words,
    programme_words,
    step_words,
    stop_unless_shown,
)
from dashboard.components.notices import owners_only
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import paragraph
from dashboard.components.verdicts import Verdict, verdict_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import (
    between,
    day,
    is_missing,
    missing,
    month,
    people,
    percent,
    points,
    share,
    signed,
    whole,
)
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, is_hidden_from_me

FIGURES, COMPARED = "my_programme/figures", "my_programme/compared"
PROGRESS, INTAKES, MONTHS = "my_programme/progress", "my_programme/intakes", "my_programme/months"
STEPS_COMPARED, PATHWAY = "completion_funnel/steps_compared", "credit_recognition/pathway"
QUIET, HUBS = "cohorts/quiet_learners", "learning_hubs/attendance_by_hub"
QUIET_DAYS, QUIET_MARKS = 30, (7, 14, 30, 60, 90, 180)
HEIGHT = 330  # so that the steps end within the first screen of a laptop


def partner(context: Scope) -> Scope:
    """The reader's own partner, without a widget; others choose one, and begin with the first."""
    words, own = partner_words(), own_partner()
    if own:
        wanted = in_address("partner_id")
        dropped.read("partner_id")
        dropped.settle("partner_id", None if wanted == own else wanted, own, _("Partner"), words.get(own, own))
        return replace(context, partner_id=own)
    if not words:
        return replace(context, partner_id=None)
    return replace(context, partner_id=choose(_("Partner"), list(words), "partner_id", lambda code: words[code]))


def programme(context: Scope) -> Scope:
    """One of the partner's programmes, or all of them."""
    words = {ALL: _("All programmes")} | {
        code: name
        for code, name in programme_words(with_totals=False).items()
        if context.partner_id in partner_words(code)
    }
    chosen = choose(_("Programme"), list(words), "programme_id", lambda code: words[code], ALL)
    return replace(context, programme_id=None if chosen == ALL else chosen)


def answer(scope: Scope) -> None:
    """How many registered and completed, against other partners, with the steps at which learners stop."""
    name = partner_words().get(scope.partner_id or "")
    if not name:
        raise NoAnswer(_why_no_partner())
    stop_unless_shown(scope)
    by_step = {row["step"]: row for row in ask(STEPS, scope).to_dict("records")}
    row = ask_row(FIGURES, scope)
    headline(
        takeaway(in_markdown(name), by_step, ask_row(COMPARED, scope, measure="Completed")),
        _("As of {day}; changes are since {before}. Each step counts people once.").format(
            day=day(row["on_date"]), before=day(row["before_on"])
        )
        if row
        else _("Each step counts people once. Changes are shown to the partner and to stewards."),
    )
    table = ask(STEPS_COMPARED, scope)
    figure(
        Figure(
            STEPS_COMPARED,
            scope,
            steps_figure(table, step_words(), median=not table["median_share"].isna().all(), height=HEIGHT),
            Words("", alt=_("Bars of the share of registered learners at each step, with 95 % intervals.")),
            columns=["step", "learners", "share_of_first", "share_low", "share_high", "median_days"],
            codes={"step": step_words()},
        ),
        numbers=_figures(scope, row) if row else _steps(scope, by_step),
    )


def takeaway(name: str, by_step: Mapping[str, Mapping[str, Any]], done: Mapping[str, Any]) -> str:
    """How many registered, and whether more or fewer completed than with others.

    Args:
        name: the partner.
        by_step: the steps of its learners.
        done: completion compared with the others, or no row where there are none.
    """
    registered, completed = by_step["Registered"]["learners"], by_step["Completed"]["learners"]
    words = {
        "partner": name,
        "registered": people(registered),
        "completed": people(completed),
        "mine": percent(done["share"]),
        "others": percent(done["others_share"]),
    }
    if is_missing(registered) or is_missing(completed):
        return _("{partner}: {registered} learners registered").format(**words)
    return {
        Verdict.HIGHER: _(
            "{partner}: {registered} learners registered, {mine} completed a course, clearly more than the {others} "
            "of other partners"
        ),
        Verdict.LOWER: _(
            "{partner}: {registered} learners registered, {mine} completed a course, clearly fewer than the {others} "
            "of other partners"
        ),
        Verdict.UNCLEAR: _(
            "{partner}: {registered} learners registered, {mine} completed a course, no clear difference to the "
            "{others} of other partners"
        ),
    }.get(verdict_of(done), _("{partner}: {registered} learners registered, {completed} completed a course")).format(
        **words
    )


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """The verdict of a row, which the interval of the difference gives; not known where a share is hidden."""
    if is_missing(row["verdict"]) or is_missing(row["share"]) or is_missing(row["others_share"]):
        return Verdict.UNKNOWN
    return Verdict(row["verdict"])


def _figures(scope: Scope, row: Mapping[str, Any]) -> list[Number]:
    """Each figure with its change since 30 days before, for who owns the rows."""
    return [
        Number(
            metric,
            row[metric],
            FIGURES,
            scope,
            change=change(row[metric], row[f"{metric}_before"]),
            note=note,
            label=label,
        )
        for metric, label, note in (
            ("learners_registered", _("Registered"), _("people, counted once")),
            ("learners_active", "", _("at least one learning event")),
            ("learners_completed", _("Completed"), _("at least one course")),
            ("learners_silent", _("Quiet"), _("not active for 180 days")),
            ("learners_at_hub", _("At a hub"), _("registered at one")),
            ("ects_recognised", _("Credits"), _("ECTS recognised")),
        )
    ]


def change(now: float | None, before: float | None) -> str:
    """A figure less what it was 30 days before, with its sign; empty where either is not known."""
    if now is None or before is None or is_missing(now) or is_missing(before):
        return ""
    return signed("+" if now >= before else "\u2212", whole(abs(now - before)))


def _steps(scope: Scope, by_step: Mapping[str, Mapping[str, Any]]) -> list[Number]:
    """What others than owners may see."""
    row = ask_row(PATHWAY, scope)
    return [
        Number("learners_registered", by_step["Registered"]["learners"], STEPS, scope, label=_("Registered")),
        *(
            Number(
                "",
                people(by_step[step]["learners"]),
                STEPS,
                scope,
                note=_("{share} of registered").format(share=share(by_step[step]["share_of_first"])),
                label=step_words()[step],
            )
            for step in ("Active", "Completed", "Credential")
        ),
        *(
            [
                Number(
                    "",
                    whole(row["ects_awarded"]),
                    PATHWAY,
                    scope,
                    note=_("ECTS, of {requested} requested").format(requested=whole(row["ects_requested"])),
                    label=_("Credits"),
                )
            ]
            if row["requested"]
            else []
        ),
    ]


def compared(scope: Scope) -> None:
    """Each measure beside that of the other partners, with a verdict."""
    rows = ask(COMPARED, scope).to_dict("records")
    if not rows:
        paragraph(
            _(
                "No figure of the other partners is shown: fewer than three of them report this choice, or two have "
                "nearly all of its learners. Choose All programmes."
            )
        )
        return
    words = {"Reached": _("Reached"), "Completed": _("Completed a course")}
    whose = _("Your partner") if own_partner() else partner_words().get(scope.partner_id or "", _("This partner"))
    table_figure(
        Figure(
            COMPARED,
            scope,
            lambda: grid(
                [
                    {
                        _("Of registered learners"): words[row["measure"]],
                        whose: percent(row["share"]),
                        _("95 % interval"): missing()
                        if is_missing(row["share"])
                        else between(row["share_low"], row["share_high"]),
                        _("Other partners"): percent(row["others_share"]),
                        _("Difference in points, 95 % interval"): missing()
                        if verdict_of(row) is Verdict.UNKNOWN
                        else _("{low} to {high}").format(
                            low=points(row["difference_low"]), high=points(row["difference_high"])
                        ),
                        _("Verdict"): verdict_words(verdict_of(row)),
                        _("Learners"): _("{count} of {registered}").format(
                            count=whole(row["learners"]), registered=whole(row["registered"])
                        ),
                    }
                    for row in rows
                ],
                alt=_("Shares of the partner and of the others, and whether they differ by more than chance."),
                nothing=_("There is nothing to compare."),
            ),
            Words(
                compared_words(verdict_of(ask_row(COMPARED, scope, measure="Completed"))),
                lead=plural(
                    "{count} other partner, in all countries; its figures are rounded. Higher or lower is stated only "
                    "where the 95 % interval of the difference leaves out zero.",
                    "{count} other partners, in all countries; their figures are rounded. Higher or lower is stated "
                    "only where the 95 % interval of the difference leaves out zero.",
                    int(rows[0]["other_partners"]),
                ).format(count=whole(rows[0]["other_partners"])),
            ),
        )
    )


def compared_words(verdict: Verdict) -> str:
    """The verdict on completion in a sentence."""
    return {
        Verdict.HIGHER: _("Clearly more learners complete a course than with other partners"),
        Verdict.LOWER: _("Clearly fewer learners complete a course than with other partners"),
        Verdict.UNCLEAR: _("Completion does not clearly differ from that of other partners; it could be chance"),
        Verdict.TOO_FEW: _("Fewer than 30 learners are registered, so nothing is compared"),
        Verdict.UNKNOWN: _("Your partner and other partners"),
    }[verdict]


def progress(scope: Scope) -> None:
    """How far into a course learners came who have not completed it."""
    table = ask(PROGRESS, scope)
    if table.empty:
        _nothing_of_own(PROGRESS, scope)
        return
    words = fifth_words()
    most = max(table.to_dict("records"), key=lambda row: row["runs"] or 0)
    figure(
        Figure(
            PROGRESS,
            scope,
            bars_figure(
                [words[fifth] for fifth in table["fifth"]],
                table["runs"],
                [f"{whole(row.runs)} ({share(row.share_of_runs)})" for row in table.itertuples()],
                [fifth == most["fifth"] for fifth in table["fifth"]],
            ),
            Words(
                _("Last activity of {share} of the course runs not completed: {progress}").format(
                    share=share(most["share_of_runs"]), progress=words[most["fifth"]]
                ),
                lead=_(
                    "Course runs that were not completed, by progress at the last activity. Some are still under way."
                ),
                alt=_("Bars of course runs that were not completed, by how much of the course was done."),
            ),
            codes={"fifth": words},
        )
    )


def fifth_words() -> dict[int, str]:
    """Words for the fifths of a course."""
    return {
        -1: _("progress not reported"),
        0: _("nothing done"),
        1: _("up to 20 % of the course"),
        2: _("20 to 40 % of the course"),
        3: _("40 to 60 % of the course"),
        4: _("60 to 80 % of the course"),
        5: _("over 80 % of the course"),
    }


def quiet(scope: Scope) -> None:
    """How many who have not finished were not seen for so many days."""
    contexts = {days: replace(scope, quiet_days=days) for days in QUIET_MARKS}
    if is_hidden_from_me(QUIET, contexts[QUIET_DAYS]):
        owners_only()
        return
    rows = {days: ask_row(QUIET, query_scope) for days, query_scope in contexts.items()}
    labels = {
        days: plural("{count} day or more", "{count} days or more", days).format(count=whole(days)) for days in rows
    }
    figure(
        Figure(
            QUIET,
            contexts[QUIET_DAYS],
            bars_figure(
                list(labels.values()),
                [row["learners_quiet"] for row in rows.values()],
                [f"{whole(row['learners_quiet'])} ({share(row['share_quiet'])})" for row in rows.values()],
                [days == QUIET_DAYS for days in rows],
            ),
            Words(
                _("{quiet} of {learners} who have not finished were not seen for 30 days").format(
                    quiet=whole(rows[QUIET_DAYS]["learners_quiet"]),
                    learners=whole(rows[QUIET_DAYS]["learners_unfinished"]),
                ),
                lead=_("Learners who have started, not completed a course and not left, by days without activity."),
                alt=_("Bars of learners by days without activity."),
            ),
            others={labels[days]: query_scope for days, query_scope in contexts.items()},
        )
    )


def intakes(scope: Scope) -> None:
    """Each intake of the partner, the latest first."""
    rows = ask(INTAKES, scope).to_dict("records")
    if not rows:
        _nothing_of_own(INTAKES, scope)
        return
    table_figure(
        Figure(
            INTAKES,
            scope,
            lambda: show_table(
                INTAKES,
                scope,
                [
                    *("cohort", "runs", "completed_so_far", "under_way_so_far", "quiet_so_far", "ended_so_far"),
                    *("share_verified", "share_low", "share_high"),
                ],
                key="intakes",
                codes={"cohort": {row["cohort"]: month(_first(row["cohort"])) for row in rows}},
            ),
            Words(
                intakes_words(rows),
                lead=_(
                    "Verified completion is known of intakes of at least 180 days ago. The latest month may not be "
                    "complete."
                ),
            ),
        )
    )


def intakes_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """The latest intake beside the one before; the latest is the first row."""
    if len(rows) < 2:
        return _("Course runs by month of enrolment")
    return _("{runs} course runs began in {month}, {before} in {month_before}").format(
        runs=whole(rows[0]["runs"]),
        month=month(_first(rows[0]["cohort"])),
        before=whole(rows[1]["runs"]),
        month_before=month(_first(rows[1]["cohort"])),
    )


def months(scope: Scope) -> None:
    """The last year, every 30 days."""
    table = ask(MONTHS, scope)
    if table.empty:
        _nothing_of_own(MONTHS, scope)
        return
    figure(
        Figure(
            MONTHS,
            scope,
            lines_figure(
                table["on_date"].tolist(),
                [
                    (_("Registered"), table["learners_registered"].tolist()),
                    (_("Completed a course"), table["learners_completed"].tolist()),
                    (_("Active in the last 30 days"), table["learners_active"].tolist()),
                ],
            ),
            Words(
                months_words(table.to_dict("records")),
                lead=_("Every 30 days up to the newest file."),
                alt=_("Lines of learners registered, with a completed course, and active, over the last year."),
            ),
        )
    )


def months_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many were active at the beginning and at the end."""
    return _("Active learners: {first} by {first_day}, {last} by {last_day}").format(
        first=people(rows[0]["learners_active"]),
        first_day=day(rows[0]["on_date"]),
        last=people(rows[-1]["learners_active"]),
        last_day=day(rows[-1]["on_date"]),
    )


def hubs(scope: Scope) -> None:
    """Attendance at the partner's hubs."""
    query_scope = scope.only("partner_id")
    table = ask(HUBS, query_scope)
    if table.empty:
        paragraph(
            _("Only those who own the rows see attendance at hubs.")
            if is_hidden_from_me(HUBS, query_scope)
            else _("No sessions at hubs were reported for this partner. Send a list of sessions on the page Upload.")
        )
        return
    counted = table.dropna(subset=["attendance"])
    first = ask_row(HUBS, query_scope)
    figure(
        Figure(
            HUBS,
            query_scope,
            bars_figure(
                counted["hub"],
                counted["attendance"],
                [
                    plural(
                        "{heads} at {sessions} session", "{heads} at {sessions} sessions", row.sessions_counted
                    ).format(heads=whole(row.attendance), sessions=whole(row.sessions_counted))
                    for row in counted.itertuples()
                ],
                [True] * len(counted),
            ),
            Words(
                _("{heads} attendances at {sessions} sessions, most of them in {hub}").format(
                    heads=whole(first["attendance_of_all"]),
                    sessions=whole(first["sessions_of_all"]),
                    hub=in_markdown(first["hub"]),
                ),
                lead=_("Attendances are not learners: whoever comes to ten sessions counts ten times."),
                alt=_("Bars of attendances by hub."),
            ),
            columns=["hub", "sessions_counted", "attendance", "attendance_per_session", "women", "share_women"],
        )
    )


def _nothing_of_own(question: str, scope: Scope) -> None:
    if is_hidden_from_me(question, scope):
        owners_only()
    else:
        paragraph(_("No course runs of this choice are in this release. Choose All programmes."))


def _why_no_partner() -> str:
    if own_partner():
        return _(
            "No file of {partner} has been published yet. Send a first file on the page Upload; figures of all "
            "partners together are on the page Overview."
        ).format(partner=in_markdown(own_partner()))
    return _(
        "Figures of one partner are shown to that partner, to members of the coalition and to stewards. Figures of all "
        "partners together are on the page Overview."
    )


def _first(code: str) -> datetime.date:
    return datetime.date.fromisoformat(code + "-01")
