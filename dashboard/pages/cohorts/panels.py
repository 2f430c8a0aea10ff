"""Panels of the cohorts page: verified completion and its trend, cohorts compared, retention, quiet learners."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.bars import bars_figure
from dashboard.components import learners
from dashboard.components.figures import Figure, Number, Words, figure, strip
from dashboard.components.filters import slide_number, switch
from dashboard.components.intakes import BY_QUARTER, enough, intakes_figure, trend
from dashboard.components.notices import owners_only
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import grid, nothing_to_show
from dashboard.components.texts import heading, note, paragraph
from dashboard.components.verdicts import Verdict, verdict
from dashboard.locales import _
from dashboard.locales.numbers import (
    between,
    is_missing,
    missing,
    points,
    share,
    whole,
    with_commas,
    with_semicolons,
)
from dashboard.locales.plain import in_markdown
from dashboard.pages.cohorts.charts import incidence_figure, retention_figure
from dashboard.pages.cohorts.choices import HORIZON_DAYS, Cohort, choose_cohorts, chosen_cohorts
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, is_hidden_from_me

STANDING = "cohorts/standing"
CURVE, LEFT = "cohorts/completion_curve", "cohorts/withdrawal_curve"
DIFFERENCE, ADJUSTED = "cohorts/difference", "cohorts/like_for_like"
RETENTION, QUIET = "cohorts/retention", "cohorts/quiet_learners"
DAYS, OBSERVED_ON = (90, 180), (0, 30, 60, 90, 180, 365)
LAST_DAY = 365
QUIET_DAYS = 30


def answer(scope: Scope) -> None:
    """Verified completion with its interval and trend in a sentence, and intake by intake in the chart."""
    learners.stop_unless_shown(scope)
    query_scope = replace(scope, horizon_days=HORIZON_DAYS)
    row, intakes = ask_row(STANDING, query_scope), enough(ask(BY_QUARTER, query_scope))
    if is_missing(row["runs"]):
        raise NoAnswer(_why_no_runs(scope))
    headline(
        completion_words(row, intakes),
        learners.lead(
            scope,
            _(
                "Course runs on the verified track, enrolled at least 180 days ago: completed within 180 days. "
                "Learners who are under way or quiet may still complete."
            ),
        ),
    )
    if intakes.empty:
        stand(row, query_scope)
        return
    figure(
        Figure(
            BY_QUARTER,
            query_scope,
            intakes_figure(intakes),
            Words(
                "",
                alt=_("Share of course runs completed within 180 days, by quarter of intake, with 95 % intervals."),
            ),
            columns=["quarter", "verified_matured", "verified_completed", "share_verified", "share_low", "share_high"],
        ),
        numbers=numbers(row, query_scope),
    )


def completion_words(row: Mapping[str, Any], intakes: pd.DataFrame) -> str:
    """Verified completion with its interval, and whether the last intake differs from the first by more than chance."""
    if is_missing(row["share_verified"]):
        return _("No course run on the verified track began 180 days ago or more")
    words = {
        "share": share(row["share_verified"]),
        "interval": between(row["share_low"], row["share_high"]),
    }
    difference, ends = trend(intakes)
    if not ends:
        return _("Verified completion is {share} (95 % interval {interval})").format(**words)
    return {
        Verdict.HIGHER: _("Verified completion is {share} ({interval}); it rose from {first} to {last} across intakes"),
        Verdict.LOWER: _("Verified completion is {share} ({interval}); it fell from {first} to {last} across intakes"),
    }.get(difference, _("Verified completion is {share} ({interval}), with no clear change across intakes")).format(
        **words, **ends
    )


def numbers(row: Mapping[str, Any], query_scope: Scope) -> list[Number]:
    """Where the course runs of a cohort stand."""
    return [
        Number(
            "matured_verified_completion",
            row["share_verified"],
            STANDING,
            query_scope,
            note=_("of {runs} course runs").format(runs=whole(row["verified_matured"])),
        ),
        Number(
            "", whole(row["runs"]), STANDING, query_scope, note=_("learner and course together"), label=_("Course runs")
        ),
        Number("", whole(row["completed_so_far"]), STANDING, query_scope, note=_("so far"), label=_("Completed")),
        Number(
            "runs_under_way",
            row["under_way_so_far"],
            STANDING,
            query_scope,
            note=_("active in the last 180 days"),
            label=_("Under way"),
        ),
        Number(
            "runs_quiet",
            row["quiet_so_far"],
            STANDING,
            query_scope,
            note=_("not active for 180 days"),
            label=_("Quiet"),
        ),
        Number(
            "runs_ended", row["ended_so_far"], STANDING, query_scope, note=_("left or not passed"), label=_("Ended")
        ),
    ]


def stand(row: Mapping[str, Any], query_scope: Scope) -> None:
    """How many course runs are completed, under way, quiet or ended: for who may not see single intakes."""
    counts = {
        _("Completed"): row["completed_so_far"],
        _("Under way"): row["under_way_so_far"],
        _("Quiet"): row["quiet_so_far"],
        _("Ended"): row["ended_so_far"],
    }
    figure(
        Figure(
            STANDING,
            query_scope,
            bars_figure(
                list(counts), list(counts.values()), [whole(count) for count in counts.values()], [True, *[False] * 3]
            ),
            Words("", alt=_("Bars of course runs that are completed, under way, quiet or ended.")),
            columns=[
                *("runs", "completed_so_far", "under_way_so_far", "quiet_so_far", "ended_so_far"),
                *("verified_matured", "share_verified", "share_low", "share_high"),
            ],
        ),
        numbers=numbers(row, query_scope),
    )


def compare(context: Scope) -> None:
    """Two to six cohorts: where they stand, their curves, their differences, and the first two adjusted."""
    cohorts = choose_cohorts(context)
    if not cohorts:
        st.info(_("Choose at least one cohort, or two to compare them."))
        return
    standing(cohorts)
    curve(CURVE, "completion_share", [(cohort.words, cohort.scope) for cohort in cohorts])
    observed(cohorts)
    differences(cohorts)
    adjusted(cohorts)


def standing(cohorts: Sequence[Cohort]) -> None:
    """For each cohort, how many course runs are completed, under way, quiet or ended."""
    heading(standing_words(cohorts))
    rows = {cohort.words: ask_row(STANDING, cohort.scope) for cohort in cohorts if not cohort.scope.attribute}
    measures: dict[str, Callable[[Mapping[str, Any]], str]] = {
        _("Course runs"): lambda row: whole(row["runs"]),
        _("Completed so far"): lambda row: whole(row["completed_so_far"]),
        _("Under way: active in the last 180 days"): lambda row: whole(row["under_way_so_far"]),
        _("Quiet: not active for 180 days or more"): lambda row: whole(row["quiet_so_far"]),
        _("Ended: left"): lambda row: whole(row["withdrawn_so_far"]),
        _("Ended: without passing"): lambda row: whole(row["failed_so_far"]),
        _("On the verified track, enrolled at least 180 days ago"): lambda row: whole(row["verified_matured"]),
        _("Of these, completed within 180 days"): lambda row: share(row["share_verified"]),
        _("95 % interval"): lambda row: between(row["share_low"], row["share_high"]),
    }
    grid(
        [
            {_("Cohort"): name, **{words: value_of(row) for words, row in rows.items()}}
            for name, value_of in measures.items()
            if rows
        ],
        alt=_("For each cohort: course runs, completed, under way, quiet, ended, and verified completion."),
        nothing=_("Choose a cohort without sex, age or education to see its course runs by outcome."),
    )
    if 0 < len(rows) < len(cohorts):
        note(_("This table is of whole intakes. Cohorts by sex, age or education have their curves below."))
    small = [
        cohort.words for cohort in cohorts if not cohort.scope.attribute and ask_row(STANDING, cohort.scope)["is_small"]
    ]
    if small:
        note(
            _("Fewer than 30 course runs, so not to be ranked: {cohorts}.").format(
                cohorts=with_semicolons(map(in_markdown, small))
            )
        )


def standing_words(cohorts: Sequence[Cohort]) -> str:
    """Whether verified completion of the first two cohorts differs by more than chance."""
    pair = [cohort for cohort in cohorts if not cohort.scope.attribute][:2]
    if len(pair) < 2:
        return _("Completion of course runs")
    row, other = (ask_row(STANDING, cohort.scope) for cohort in pair)
    difference = verdict(
        row["share_low"],
        row["share_high"],
        other["share_low"],
        other["share_high"],
        None
        if is_missing(row["verified_matured"]) or is_missing(other["verified_matured"])
        else min(row["verified_matured"], other["verified_matured"]),
    )
    words = {
        "one": in_markdown(pair[0].words),
        "other": in_markdown(pair[1].words),
        "share": share(row["share_verified"]),
        "other_share": share(other["share_verified"]),
    }
    return {
        Verdict.HIGHER: _("Verified completion of {one} is clearly higher: {share}, against {other_share} of {other}"),
        Verdict.LOWER: _("Verified completion of {one} is clearly lower: {share}, against {other_share} of {other}"),
        Verdict.UNCLEAR: _("No clear difference in verified completion: {one} {share}, {other} {other_share}"),
        Verdict.TOO_FEW: _("Too few course runs to compare {one} with {other}"),
        Verdict.UNKNOWN: _("Verified completion of {one} and {other} is not known"),
    }[difference].format(**words)


def curve(question: str, column: str, cohorts: Sequence[tuple[str, Scope]]) -> None:
    """Cumulative incidence of each cohort with its band."""
    tables = [(words, scope, ask(question, scope)) for words, scope in cohorts]
    tables = [(words, scope, table) for words, scope, table in tables if len(table)]
    is_completion = question == CURVE
    if not tables:
        nothing_to_show(question, cohorts[0][1])
        return
    reached = [
        _("{cohort} {share}").format(cohort=in_markdown(words), share=share(at_day(table, column, HORIZON_DAYS)))
        for words, _scope, table in tables
    ]
    title = (
        _("Share of course runs completed by day 180: {list}")
        if is_completion
        else _("Share of course runs left by day 180 after enrolment: {list}")
    ).format(list=with_commas(reached))
    figure(
        Figure(
            question,
            tables[0][1],
            incidence_figure([(words, table) for words, _scope, table in tables], column, LAST_DAY),
            Words(
                title,
                lead=_(
                    "Bands are 95 % intervals. Leaving and failing are competing events; a learner who has not "
                    "finished counts until the last observed day."
                )
                if is_completion
                else _("Completing is the competing event: completed and left never add up to more than everybody."),
                alt=_("A curve for each cohort that rises with completion, with 95 % bands.")
                if is_completion
                else _("A curve for each cohort that rises with those who left, with 95 % bands."),
            ),
            columns=["day", "at_risk", "completed", "withdrawn", column, "ci_low", "ci_high"],
            others={words: scope for words, scope, _table in tables},
        )
    )


def at_day(table: pd.DataFrame, column: str, mark: int) -> float | None:
    """The share that a curve has reached by a day; None where the cohort was not observed until then."""
    if table["day"].max() < mark:
        return None
    return table[table["day"] <= mark][column].tolist()[-1]


def observed(cohorts: Sequence[Cohort]) -> None:
    """How many course runs stand behind each curve as days pass."""
    tables = [(cohort.words, ask(CURVE, cohort.scope)) for cohort in cohorts]
    grid(
        [
            {
                _("Observed and not finished on day"): words,
                **{str(mark): whole(_observed_on(table, mark)) for mark in OBSERVED_ON},
            }
            for words, table in tables
            if len(table)
        ],
        alt=_("Course runs not finished and still observed on each of six days, for each cohort."),
        nothing=_("No course runs of these cohorts are known."),
    )


def differences(cohorts: Sequence[Cohort]) -> None:
    """Differences of each pair at 90 and 180 days with their intervals."""
    if len(cohorts) < 2:
        return
    rows, clear = [], 0
    for cohort, other in combinations(cohorts, 2):
        for by_day in DAYS:
            row = ask_row(DIFFERENCE, pair_scope(cohort.scope, other.scope, by_day))
            if not row:
                continue
            clear += bool(row["is_clear"]) and bool(row["is_observed"])
            rows.append(
                {
                    _("Cohorts"): _("{one} and {other}").format(one=cohort.words, other=other.words),
                    _("By day"): by_day,
                    _("Verdict"): difference_words(row),  # before what a phone has no room for
                    _("Course runs completed"): _("{share} and {other_share}").format(
                        share=share(row["share"]), other_share=share(row["other_share"])
                    ),
                    _("Difference in points, 95 % interval"): _("{difference} ({low} to {high})").format(
                        difference=points(row["difference"]),
                        low=points(row["difference_low"]),
                        high=points(row["difference_high"]),
                    ),
                }
            )
    heading(
        _("{clear} of {all} differences are clear").format(clear=whole(clear), all=whole(len(rows)))
        if rows
        else _("Differences in completion"),
    )
    grid(
        rows,
        alt=_("For each pair of cohorts the difference in completion at 90 and 180 days."),
        nothing=_("No difference is stated: a cohort has no course runs, or only rounded figures of it may be shown."),
    )


def difference_words(row: Mapping[str, Any]) -> str:
    """The verdict on a difference of two cohorts."""
    if row["is_small"]:
        return _("not compared: fewer than 30 course runs in one")
    if not row["is_observed"]:
        return _("not compared: one was not observed that long")
    return _("clear difference") if row["is_clear"] else _("no clear difference")


def adjusted(cohorts: Sequence[Cohort]) -> None:
    """The first two cohorts adjusted for course, intake and sex, beside the unadjusted difference."""
    if len(cohorts) < 2:
        return
    cohort, other = cohorts[0], cohorts[1]
    if not switch(_("Adjust the first two for course, intake and sex"), "like"):
        return
    if not (cohort.is_whole and other.is_whole):
        st.info(_("Adjusted figures are of whole programmes and partners: choose two cohorts without an attribute."))
        return
    scope = pair_scope(cohort.scope, other.scope, HORIZON_DAYS)
    if is_hidden_from_me(ADJUSTED, scope):
        owners_only()
        return
    row = ask_row(ADJUSTED, scope)
    if not row:
        st.info(_("Neither of the two has course runs enrolled at least 180 days ago."))
        return
    heading(adjusted_words(row, cohort.words, other.words))
    strip(
        [
            Number(
                "",
                _("{points} points").format(points=points(row["difference"])),
                ADJUSTED,
                scope,
                note=_("{share} against {other_share}").format(
                    share=share(row["crude_share"]), other_share=share(row["other_crude_share"])
                ),
                label=_("Unadjusted"),
            ),
            Number(
                "",
                _("{points} points").format(points=points(row["standard_difference"])) if row["strata"] else missing(),
                ADJUSTED,
                scope,
                note=_("{share} against {other_share}, interval {low} to {high}").format(
                    low=points(row["standard_low"]),
                    high=points(row["standard_high"]),
                    share=share(row["standard_share"]),
                    other_share=share(row["other_standard_share"]),
                ),
                label=_("Adjusted for course, intake and sex"),
            ),
        ],
        key="adjusted",
    )
    paragraph(
        _(
            "Both are weighted to the same mix of {strata} combinations of course, quarter of intake and sex that both "
            "have: {used} of {runs} and {other_used} of {other_runs} course runs. What is not recorded, such as who "
            "chose to come, is not adjusted for."
        ).format(
            strata=whole(row["strata"]),
            used=whole(row["runs_used"]),
            runs=whole(row["runs"]),
            other_used=whole(row["other_runs_used"]),
            other_runs=whole(row["other_runs"]),
        )
    )


def adjusted_words(row: Mapping[str, Any], cohort: str, other: str) -> str:
    """Whether a difference remains once course, intake and sex are the same."""
    fewest = 0 if row["is_small"] else min(row["runs_used"], row["other_runs_used"])
    return {
        Verdict.HIGHER: _("With the same courses, intakes and sex, {one} completes clearly more often than {other}"),
        Verdict.LOWER: _("With the same courses, intakes and sex, {one} completes clearly less often than {other}"),
        Verdict.UNCLEAR: _("With the same courses, intakes and sex, {one} and {other} do not clearly differ"),
        Verdict.TOO_FEW: _("Fewer than 30 comparable course runs of {one} or {other}, so not to be ranked"),
        Verdict.UNKNOWN: _("{one} and {other} have no course, intake and sex in common"),
    }[verdict(row["standard_low"], row["standard_high"], 0, 0, fewest)].format(
        one=in_markdown(cohort), other=in_markdown(other)
    )


def withdrawal(context: Scope) -> None:
    """Cumulative withdrawal of the cohorts that are compared."""
    curve(LEFT, "withdrawal_share", [(cohort.words, cohort.scope) for cohort in chosen_cohorts(context)])


def retention(context: Scope) -> None:
    """The share still learning week by week, for each month of the start."""
    table = ask(RETENTION, context)
    if is_hidden_from_me(RETENTION, context):
        owners_only()
        return
    if table.empty:
        st.info(_("No month has 30 learners who started. Choose another programme or partner."))
        return
    figure(
        Figure(
            RETENTION,
            context,
            retention_figure(table),
            Words(
                retention_words(table.to_dict("records")),
                lead=_("Weeks that the last learners of a month have not reached yet are empty, not zero."),
                alt=_("A grid of months and weeks; the darker, the more learners were still learning."),
            ),
            columns=["cohort_month", "week", "learners", "learning_later", "share_retained"],
        )
    )


def retention_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """Between which shares the months lie eight weeks after the start."""
    shares = [row["share_retained"] for row in rows if row["week"] == 8 and not is_missing(row["share_retained"])]
    if not shares:
        return _("Learners still learning, week by week")
    return _("Eight weeks after the start, {least} to {most} of a month's learners are still learning").format(
        least=share(min(shares)), most=share(max(shares))
    )


def quiet(context: Scope) -> None:
    """Learners who have not finished and were not seen for a number of days that the reader chooses."""
    query_scope = replace(context.only("programme_id", "partner_id"), quiet_days=QUIET_DAYS)
    if is_hidden_from_me(QUIET, query_scope):
        owners_only()
        return
    query_scope = replace(
        query_scope, quiet_days=slide_number(_("Days without activity"), 7, 180, QUIET_DAYS, 1, "quiet_days")
    )
    row = ask_row(QUIET, query_scope)
    heading(
        _("{share} of those who have not finished were not seen for {days} days").format(
            share=share(row["share_quiet"]), days=whole(row["quiet_days"])
        ),
    )
    strip(
        [
            Number(
                "learners_quiet",
                row["learners_quiet"],
                QUIET,
                query_scope,
                note=_("of {learners} not finished").format(learners=whole(row["learners_unfinished"])),
            ),
            Number(
                "",
                share(row["share_quiet"]),
                QUIET,
                query_scope,
                note=_("95 % interval {interval}").format(interval=between(row["share_low"], row["share_high"])),
                label=_("Share quiet"),
            ),
        ],
        key="quiet",
    )


def pair_scope(scope: Scope, other: Scope, by_day: int) -> Scope:
    """What two cohorts are compared by."""
    return replace(
        scope,
        horizon_days=None,
        other_programme_id=other.programme_id,
        other_partner_id=other.partner_id,
        other_cohort_month=other.cohort_month,
        other_attribute=other.attribute,
        other_attribute_value=other.attribute_value,
        by_day=by_day,
    )


def _why_no_runs(scope: Scope) -> str:
    if is_hidden_from_me(STANDING, scope):
        return _(
            "No course runs are shown: fewer than four partners report this choice, or two of them nearly all of it, "
            "or only their owners may see them. Choose another programme, or All partners."
        )
    return _("No course runs of this choice are in this release. Choose another programme or partner.")


def _observed_on(table: pd.DataFrame, mark: int) -> int:
    return int(next(iter(table[table["day"] >= mark]["at_risk"]), 0))
