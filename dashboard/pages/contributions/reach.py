"""Contributions by reach and overlap: learners directly and indirectly, claims, months, stages, members, missions."""

from collections.abc import Mapping
from typing import Any

from dashboard.charts.bars import bars_figure
from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.page import headline
from dashboard.components.tables import show_table
from dashboard.components.texts import heading, note, paragraph
from dashboard.components.vocabulary import audience_words, kind_words, mission_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import decimal, is_missing, month, people, whole, with_commas
from dashboard.locales.plain import in_markdown
from dashboard.pages.contributions.charts import ladder_figure, months_figure, reach_figure
from dashboard.pages.contributions.choices import member_type_words, stage_words
from dashboard.pages.contributions.where import no_activity
from dashboard.scope import Scope
from dashboard.session import ask, ask_row

TOTALS, MISSIONS = "contributions/totals", "contributions/missions"
MONTHS, STAGES, LADDER = "contributions/months", "contributions/stages", "contributions/ladder"
OVERLAPS = "contributions/overlaps"
MEMBERS_DRAWN = 15
# Stages in which an activity is more than a plan.
UNDER_WAY_OR_DONE = ("delivering", "delivered")


def answer(scope: Scope) -> None:
    """Learners reached and what members claim in a sentence, the strip, and the bars of the missions."""
    totals = ask_row(TOTALS, scope)
    headline(_in_words(totals), _lead(totals))
    table, words = ask(MISSIONS, scope), mission_words()
    figure(
        Figure(
            MISSIONS,
            scope,
            reach_figure(table, [words[mission] for mission in table["mission"]]),
            Words("", alt=_("Pairs of bars for each mission: learners reached directly, and indirectly.")),
            columns=["mission", "activities", "organisations", "learners_direct", "learners_indirect"],
            codes={"mission": words},
        ),
        numbers=_numbers(totals, scope),
    )
    _others(totals)


def _in_words(totals: Mapping[str, Any]) -> str:
    if not totals["activities"]:
        return no_activity()
    if is_missing(totals["learners_direct"]):
        return plural(
            "No learners are reported as reached by {count} activity",
            "No learners are reported as reached by {count} activities",
            totals["activities"],
        ).format(count=whole(totals["activities"]))
    return _("{learners} learners reached directly; members claim {factor} times as many, {claimed}").format(
        learners=people(totals["learners_direct"]),
        factor=decimal(totals["overlap_factor"]),
        claimed=people(totals["learners_claimed"]),
    )


def _lead(totals: Mapping[str, Any]) -> str:
    lead = _("Each activity is counted once. Those reached indirectly may be the same learners and are never added.")
    if not is_missing(totals["top_three"]):
        lead += " " + _("The top three: {members}.").format(members=in_markdown(totals["top_three"].replace(";", ",")))
    return lead


def _numbers(totals: Mapping[str, Any], scope: Scope) -> list[Number]:
    direct = people(totals["learners_direct"])
    return [
        Number(
            "learners_contributed_direct",
            totals["learners_direct"],
            TOTALS,
            scope,
            note=_("each activity counted once"),
        ),
        Number(
            "learners_contributed_indirect",
            totals["learners_indirect"],
            TOTALS,
            scope,
            note=_("never added to the others"),
        ),
        Number(
            "overlap_factor",
            totals["overlap_factor"],
            TOTALS,
            scope,
            note=_("{claimed} claimed").format(claimed=people(totals["learners_claimed"])),
        ),
        Number(
            "top_three_members",
            totals["top_three_members"],
            TOTALS,
            scope,
            note=_("of {learners} learners").format(learners=direct),
        ),
    ]


def _others(totals: Mapping[str, Any]) -> None:
    others = {
        _("teachers"): totals["teachers_direct"],
        _("parents"): totals["parents_direct"],
        _("institutions"): totals["institutions_direct"],
        _("people whose role is not stated"): totals["others_direct"],
    }
    reached = with_commas(f"{people(count)} {who}" for who, count in others.items() if not is_missing(count))
    if reached:
        note(_("Also reached, and not among learners: {reached}.").format(reached=reached))


def timeline(scope: Scope) -> None:
    """Activities under way, month by month."""
    table = ask(MONTHS, scope)
    if table.empty:
        paragraph(_("No activity of this choice has a first day."))
        return
    by_month = table.groupby("month")["activities"].sum()
    figure(
        Figure(
            MONTHS,
            scope,
            months_figure(table, stage_words()),
            Words(
                _("Most activities were under way in {month}: {count}").format(
                    month=month(by_month.idxmax()), count=whole(by_month.max())
                ),
                lead=_("By the stage that each has reached by now. Those without a first day are in no month."),
                alt=_("Bars of activities under way in each month, by the stage that they have reached."),
            ),
            codes={"stage": stage_words()},
        )
    )


def stages(scope: Scope) -> None:
    """Activities at each stage, each once."""
    table, words = ask(STAGES, scope), stage_words()
    counts = dict(zip(table["stage"], table["activities"], strict=True))
    counted = sum(count for stage, count in counts.items() if stage != "offered")
    done = sum(counts.get(stage, 0) for stage in UNDER_WAY_OR_DONE)
    figure(
        Figure(
            STAGES,
            scope,
            bars_figure(
                [words[stage] for stage in table["stage"]],
                table["activities"],
                [
                    _("{activities}, by {organisations} organisations").format(
                        activities=whole(row.activities), organisations=whole(row.organisations)
                    )
                    for row in table.itertuples()
                ],
                [stage not in ("offered", "not stated") for stage in table["stage"]],
            ),
            Words(
                _("{done} of {counted} activities are delivering or delivered").format(
                    done=whole(done), counted=whole(counted)
                ),
                lead=_(
                    "An activity is at one stage, the farthest it has reached. What is only offered is recorded and "
                    "not counted. The choice of a stage does not change this figure."
                ),
                alt=_("Bars of activities offered, confirmed, delivering, delivered, and without a stage."),
            ),
            codes={"stage": words},
        )
    )


def ladder(scope: Scope) -> None:
    """Stages by member, with what each contributed to and its fractional share."""
    table, first = ask(LADDER, scope), ask_row(LADDER, scope)
    words = {kind: member_type_words().get(kind, kind) for kind in table["member_type"]}
    lead = _(
        "Contributed to: all learners of the activities that a member is in; these do not add up over members. "
        "Fractional: the learners of each activity divided equally among its lead and supporters; these do."
    )
    if len(table) > MEMBERS_DRAWN:
        lead += " " + _("Shown are the {drawn} with the most activities, of {all}.").format(
            drawn=MEMBERS_DRAWN, all=len(table)
        )
    shown = figure(
        Figure(
            LADDER,
            scope,
            ladder_figure(table.head(MEMBERS_DRAWN), stage_words()),
            Words(
                _("{member} leads or supports the most activities").format(member=in_markdown(first["member"]))
                if first
                else "",
                lead=lead,
                alt=_("Bars of activities of each member by stage."),
            ),
            columns=["member", "member_type", "offered", "confirmed", "delivering", "delivered", "not_stated"],
            codes={"member_type": words},
        )
    )
    if shown:
        show_table(
            LADDER,
            scope,
            [
                *("member", "member_type", "leads", "supports"),
                *("learners_contributed_to", "fractional_learners", "learners_claimed"),
            ],
            key="members",
            height=300,
            codes={"member_type": words},
        )


def missions(scope: Scope) -> None:
    """Every figure of each mission."""
    table, words = ask(MISSIONS, scope), mission_words()
    if table.empty:
        paragraph(_("No activity of this choice has a mission."))
        return
    most, total = ask_row(MISSIONS, scope), ask_row(TOTALS, scope)["learners_direct"]
    heading(
        _("{mission}: {learners} of {total} learners reached directly").format(
            mission=words[most["mission"]], learners=people(most["learners_direct"]), total=people(total)
        ),
    )
    show_table(MISSIONS, scope, key="missions", codes={"mission": words})


def overlaps(scope: Scope) -> None:
    """Countries with two or more like activities at a time."""
    table = ask(OVERLAPS, scope)
    if table.empty:
        paragraph(_("No two activities of this choice have the same country, kind and audience at the same time."))
        return
    table_figure(
        Figure(
            OVERLAPS,
            scope,
            lambda: show_table(
                OVERLAPS,
                scope,
                [
                    *("country", "activity_type", "audience", "activities", "organisations", "leads"),
                    *("from_date", "until_date", "people_targeted", "people_direct"),
                ],
                key="overlaps",
                codes={"audience": audience_words(), "activity_type": kind_words()},
            ),
            Words(
                plural(
                    "{count} case of two or more like activities at the same time",
                    "{count} cases of two or more like activities at the same time",
                    len(table),
                ).format(count=whole(len(table))),
                lead=_(
                    "The same country, kind of activity and audience on the same days: a reason to coordinate, not yet "
                    "waste."
                ),
                alt=_("Table of countries with several like activities whose days overlap."),
            ),
        )
    )
