"""Panels of a partner's own page: registered, active, completed, quiet, at hubs, credits, and the others beside."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.charts.bars import bars_figure, steps_figure
from dashboard.components.figures import Figure, Number, Words, figure
from dashboard.components.filters import choose
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
from dashboard.components.tables import grid
from dashboard.components.verdicts import Verdict, verdict, verdict_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import between, is_missing, missing, month, people, percent, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, is_hidden_from_me

COMPARED, BENCHMARK = "completion_funnel/steps_compared", "completion_funnel/benchmark"
QUIET, INTAKES = "cohorts/quiet_learners", "cohorts/intakes"
HUBS, PATHWAY = "learning_hubs/attendance_by_hub", "credit_recognition/pathway"
QUIET_DAYS, QUIET_MARKS = 30, (7, 14, 30, 60, 90, 180)
LATEST_INTAKES = 12
HEIGHT = 330  # so that the steps end within the first screen of a laptop


def partner(context: Scope) -> Scope:
    """The reader's own partner, without a widget; others choose one, and begin with the first."""
    words = partner_words()
    if own_partner() or not words:
        return replace(context, partner_id=own_partner())
    return replace(context, partner_id=choose(_("Partner"), list(words), "partner_id", lambda code: words[code]))


def programme(context: Scope) -> Scope:
    """One of the partner's programmes, or all of them."""
    words = {ALL: _("All programmes")} | {
        code: words
        for code, words in programme_words(with_totals=False).items()
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
    headline(
        takeaway(in_markdown(name), by_step, ask_one(BENCHMARK, scope, measure="Completed")),
        _("Each step counts people once; whiskers are 95 % intervals. The latest month may not be complete."),
    )
    table = ask(COMPARED, scope)
    has_median = not table["median_share"].isna().all()
    figure(
        Figure(
            COMPARED,
            scope,
            steps_figure(table, step_words(), median=has_median, height=HEIGHT),
            Words("", alt=_("Bars of the share of registered learners at each step, with 95 % intervals.")),
            columns=["step", "learners", "share_of_first", "share_low", "share_high", "median_days"],
            codes={"step": step_words()},
        ),
        numbers=[
            _registered(scope, by_step),
            *_active_and_quiet(scope),
            Number(
                "",
                people(by_step["Completed"]["learners"]),
                STEPS,
                scope,
                note=_("{share} of registered").format(share=share(by_step["Completed"]["share_of_first"])),
                label=_("Completed"),
            ),
            *_at_hubs(scope),
            *_credits(scope),
        ],
    )


def takeaway(name: str, by_step: Mapping[str, Mapping[str, Any]], done: Mapping[str, Any]) -> str:
    """How many registered, and whether more or fewer completed than with others.

    Args:
        name: the partner.
        by_step: the steps of its learners.
        done: the benchmark of completion, or no row where there is none.
    """
    registered, completed = by_step["Registered"]["learners"], by_step["Completed"]["learners"]
    words = {
        "partner": name,
        "registered": people(registered),
        "completed": people(completed),
        "mine": percent(done["share_mine"]),
        "others": percent(done["share_others"]),
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
    }.get(
        benchmark_verdict(done, registered),
        _("{partner}: {registered} learners registered, {completed} completed a course"),
    ).format(**words)


def benchmark_verdict(row: Mapping[str, Any], registered: float | None) -> Verdict:
    """Whether a share of the partner's registered learners differs from that of the others' by more than chance."""
    if is_missing(row["share_mine"]) or is_missing(row["share_others"]):
        return Verdict.UNKNOWN
    return verdict(row["share_low"], row["share_high"], row["others_low"], row["others_high"], registered)


def _registered(scope: Scope, by_step: Mapping[str, Mapping[str, Any]]) -> Number:
    """Learners registered, with those of the latest month beside the month before."""
    change = note = ""
    months = [] if is_hidden_from_me(STEPS, scope) else _intake_months(scope)
    if months:
        latest, before = months[-1], _month_before(months[-1])
        change = _("+{count} in {month}").format(count=whole(_registered_in(scope, latest)), month=month(latest))
        note = _("{count} in {month}").format(count=whole(_registered_in(scope, before)), month=month(before))
    return Number(
        "learners_registered",
        by_step["Registered"]["learners"],
        STEPS,
        scope,
        note=note,
        change=change,
        label=_("Registered"),
    )


def _active_and_quiet(scope: Scope) -> list[Number]:
    """Of those who have not finished, who was seen in the last 30 days of the record, and who was not."""
    asked = replace(scope, quiet_days=QUIET_DAYS)
    if is_hidden_from_me(QUIET, asked):
        return []
    row = ask_one(QUIET, asked)
    if is_missing(row["learners_under_way"]) or is_missing(row["learners_quiet"]):
        return []
    return [
        Number(
            "",
            people(row["learners_under_way"] - row["learners_quiet"]),
            QUIET,
            asked,
            note=_("not finished, seen in 30 days"),
            label=_("Active"),
        ),
        Number(
            "learners_quiet",
            row["learners_quiet"],
            QUIET,
            asked,
            note=_("not finished, not seen 30 days"),
            label=_("Quiet"),
        ),
    ]


def _at_hubs(scope: Scope) -> list[Number]:
    asked = Scope(partner_id=scope.partner_id)
    row = ask_one(HUBS, asked)
    if is_missing(row["attendance_of_all"]):
        return []
    return [
        Number(
            "",
            people(row["attendance_of_all"]),
            HUBS,
            asked,
            note=plural(
                "attendances at {sessions} session",
                "attendances at {sessions} sessions",
                int(row["sessions_of_all"]),
            ).format(sessions=whole(row["sessions_of_all"])),
            label=_("At hubs"),
        )
    ]


def _credits(scope: Scope) -> list[Number]:
    row = ask_one(PATHWAY, scope)
    if not row["requested"] or is_missing(row["ects_awarded"]):
        return []
    return [
        Number(
            "",
            whole(row["ects_awarded"]),
            PATHWAY,
            scope,
            note=_("of {requested} requested").format(requested=whole(row["ects_requested"])),
            label=_("ECTS awarded"),
        )
    ]


def compared(scope: Scope) -> None:
    """Each measure beside that of the other partners in the same area, with a verdict."""
    rows = ask(BENCHMARK, scope).to_dict("records")
    if not rows:
        st.write(
            _(
                "No figure of the other partners is shown: fewer than three of them report this choice, or two have "
                "nearly all of its learners. Choose All programmes."
            )
        )
        return
    words = {"Reached": _("Reached"), "Completed": _("Completed a course")}
    registered = ask_one(BENCHMARK, scope, measure="Registered")["mine"]
    verdicts = {row["measure"]: benchmark_verdict(row, registered) for row in rows if row["measure"] in words}
    st.header(compared_words(verdicts), anchor=False)
    grid(
        [
            {
                _("Of registered learners"): words[row["measure"]],
                _("Your partner"): percent(row["share_mine"]),
                _("95 % interval"): missing()
                if is_missing(row["share_mine"])
                else between(row["share_low"], row["share_high"]),
                _("Other partners"): percent(row["share_others"]),
                _("Verdict"): verdict_words(verdicts[row["measure"]]),
                _("Your learners"): _("{count} of {registered}").format(
                    count=whole(row["mine"]), registered=whole(registered)
                ),
            }
            for row in rows
            if row["measure"] in words
        ],
        alt=_("Shares of the partner and of the others, and whether they differ by more than chance."),
        nothing=_("There is nothing to compare."),
    )
    count = rows[0]["other_partners"]
    st.caption(
        plural(
            "{count} other partner, in all countries; its figures are rounded. Higher or lower is stated only where "
            "the intervals do not overlap.",
            "{count} other partners, in all countries; their figures are rounded. Higher or lower is stated only where "
            "the intervals do not overlap.",
            int(count),
        ).format(count=whole(count))
    )


def compared_words(verdicts: Mapping[str, Verdict]) -> str:
    """The verdicts on reach and completion in a sentence."""
    found = verdicts.get("Completed", Verdict.UNKNOWN)
    return {
        Verdict.HIGHER: _("Clearly more learners complete a course than with other partners"),
        Verdict.LOWER: _("Clearly fewer learners complete a course than with other partners"),
        Verdict.UNCLEAR: _("Completion does not clearly differ from that of other partners"),
        Verdict.TOO_FEW: _("Fewer than 30 learners are registered, so nothing is compared"),
        Verdict.UNKNOWN: _("Your partner and other partners"),
    }[found]


def quiet(scope: Scope) -> None:
    """How many who have not finished were not seen for so many days."""
    contexts = {days: replace(scope, quiet_days=days) for days in QUIET_MARKS}
    if is_hidden_from_me(QUIET, contexts[QUIET_DAYS]):
        owners_only()
        return
    rows = {days: ask_one(QUIET, asked) for days, asked in contexts.items()}
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
                    learners=whole(rows[QUIET_DAYS]["learners_under_way"]),
                ),
                lead=_("Learners who have started, not completed a course and not left, by days without activity."),
                alt=_("Bars of learners by days without activity."),
            ),
            others={labels[days]: asked for days, asked in contexts.items()},
        )
    )


def intakes(scope: Scope) -> None:
    """Course runs by month of enrolment, the latest last."""
    rows = ask(INTAKES, scope).to_dict("records")[-LATEST_INTAKES:]
    if not rows and is_hidden_from_me(INTAKES, scope):
        owners_only()
        return
    figure(
        Figure(
            INTAKES,
            scope,
            bars_figure(
                [month(_first(row["cohort"])) for row in rows],
                [row["runs"] for row in rows],
                [whole(row["runs"]) for row in rows],
                [True] * len(rows),
            ),
            Words(
                intakes_words(rows),
                lead=_("The latest twelve months. How each intake completes is on the page Cohorts."),
                alt=_("Bars of course runs by month of enrolment."),
            ),
        )
    )


def intakes_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """The latest intake beside the one before."""
    if len(rows) < 2:
        return _("Course runs by month of enrolment")
    return _("{runs} course runs began in {month}, {before} in {month_before}").format(
        runs=whole(rows[-1]["runs"]),
        month=month(_first(rows[-1]["cohort"])),
        before=whole(rows[-2]["runs"]),
        month_before=month(_first(rows[-2]["cohort"])),
    )


def hubs(scope: Scope) -> None:
    """Attendance at the partner's hubs."""
    asked = Scope(partner_id=scope.partner_id)
    table = ask(HUBS, asked)
    if table.empty:
        st.write(
            _("Only those who own the rows see attendance at hubs.")
            if is_hidden_from_me(HUBS, asked)
            else _("No sessions at hubs were reported for this partner. Send a list of sessions on the page Upload.")
        )
        return
    counted = table.dropna(subset=["attendance"])
    first = ask_one(HUBS, asked)
    figure(
        Figure(
            HUBS,
            asked,
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


def _registered_in(scope: Scope, first: datetime.date) -> float | None:
    return ask_one(STEPS, replace(scope, from_month=first, to_month=first), step="Registered")["learners"]


def _intake_months(scope: Scope) -> list[datetime.date]:
    return [_first(cohort) for cohort in ask(INTAKES, scope)["cohort"]]


def _month_before(first: datetime.date) -> datetime.date:
    return (first - datetime.timedelta(1)).replace(day=1)


def _first(code: str) -> datetime.date:
    return datetime.date.fromisoformat(code + "-01")
