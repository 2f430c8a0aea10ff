"""Panels of the overview: reach and its range, growth, change since the previous release, where and by whom."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.charts.bars import bars_figure, grouped_figure
from dashboard.charts.intervals import interval_figure
from dashboard.charts.learners import learners_map, rate_classes
from dashboard.components import answers, learners
from dashboard.components.context import newest_only, small_states, without_area
from dashboard.components.figures import Figure, Number, Words, figure, map_height
from dashboard.components.filters import year_before
from dashboard.components.intakes import BY_QUARTER, enough, intakes_figure, trend
from dashboard.components.learners import programme_words, step_words
from dashboard.components.light import is_narrow
from dashboard.components.notices import map_disclaimer, written_as_known
from dashboard.components.page import headline
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import heading, note, paragraph
from dashboard.components.verdicts import Verdict
from dashboard.locales import _
from dashboard.locales.numbers import (
    between,
    day,
    decimal,
    is_missing,
    missing,
    month,
    people,
    share,
    signed,
    whole,
)
from dashboard.pages.overview.charts import growth_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, ask_row_before, is_hidden_from_me

HEADLINE, COMPLETION = answers.HEADLINE, "overview/matured_completion"
WOMEN, WORLD = "overview/women_by_step", "school_closures/world_on_date"
HUBS = "overview/hubs"
FIGURES = ("learners_reached", "countries", "credentials", "learners_with_credential", "partners")
HORIZON = 180


def answer(scope: Scope) -> None:
    """The reach in a sentence with its range and the year before, a strip of the other figures, and the map."""
    head = ask_row(HEADLINE, scope)
    learners.stop_unless_shown(scope)
    headline(answers.reached(scope), " ".join(filter(None, [answers.reached_range(head), learners.newcomer()])))
    _map(scope, _numbers(scope, head))


def _numbers(scope: Scope, head: Mapping[str, Any]) -> list[Number]:
    done = ask_row(COMPLETION, replace(scope, horizon_days=HORIZON))
    women = ask_row(WOMEN, scope, step="Started")
    top_three = ask_row("overview/partner_shares", scope)["share_top_three"]
    hubs = ask_row(HUBS, scope)
    newest = newest_only(scope)
    return [
        Number("countries_reached", head["countries"], HEADLINE, scope, note=_("where learners live")),
        Number(
            "active_partners",
            head["partners"],
            HEADLINE,
            scope,
            note=""
            if is_missing(top_three)
            else _("largest three: {share} of reported learners").format(share=share(top_three)),
        ),
        Number(
            "credentials",
            head["credentials"],
            HEADLINE,
            scope,
            note=_("held by {learners}").format(learners=people(head["learners_with_credential"])),
        ),
        Number(
            "matured_verified_completion",
            done["share_verified"],
            COMPLETION,
            replace(scope, horizon_days=HORIZON),
            note=newest
            or _("95 %: {interval}, of verified course runs").format(
                interval=between(done["share_low"], done["share_high"])
            ),
        ),
        Number(
            "share_women",
            women["share_women"],
            WOMEN,
            scope,
            note=newest
            or _("of learners with sex reported; not reported for {share} of all").format(
                share=share(women["share_not_reported"])
            ),
        ),
        Number(
            "hubs_alive",
            hubs["hubs_alive"],
            HUBS,
            scope,
            # Learning at a hub is hidden from others where it is of few people: more hubs may be of the programmes.
            note=(
                _("at least {count} of these programmes")
                if is_hidden_from_me(HUBS, scope)
                else _("{count} of these programmes")
            ).format(count=whole(hubs["hubs_of_programme"])),
        ),
    ]


def _map(scope: Scope, numbers: list[Number]) -> None:
    query_scope = replace(scope.only("programme_id"), by="host")
    totals = ask_row("reach_map/learner_totals", query_scope)
    table = ask("reach_map/learners_on_map", query_scope)
    figure(
        Figure(
            "reach_map/learners_on_map",
            query_scope,
            learners_map(table, rate_classes(learners.rate_words("host")), table.head(0), map_height(long_legend=True)),
            Words(
                "",
                alt=_("World map: colour shows learners per 1,000 refugees hosted, circles the number of learners."),
            ),
            columns=["country", "learners", "refugees_hosted", "learners_per_1000_refugees", "first_on"],
        ),
        numbers=numbers,
    )
    small_states(without_area(table, "learners"), "learners", "rate_class", rate_classes(learners.rate_words("host")))
    unknown = _("The country of {unknown} of {learners} learners ({share}) is not known; they are not mapped.").format(
        unknown=whole(totals["learners_unknown"]),
        learners=whole(totals["learners"]),
        share=share(totals["share_unknown"]),
    )
    note(" ".join(filter(None, [unknown, newest_only(scope)])))
    map_disclaimer()


def growth(scope: Scope) -> None:
    """Reach from month to month beside what was stated publicly."""
    table = ask("overview/growth", scope)
    figure(
        Figure(
            "overview/growth",
            scope,
            growth_figure(table, ask("overview/published_points", scope)),
            Words(
                _grown(table),
                lead=_("Diamonds are what programmes stated publicly at the time, each with its source."),
                alt=_(
                    "Line of learners reached from month to month, within its range; diamonds are public statements."
                ),
            ),
        )
    )


def _grown(table: pd.DataFrame) -> str:
    """The last figure of the series beside that of a year earlier."""
    rows = table.dropna(subset=["learners_reached"]).to_dict("records")
    if not rows:
        return ""
    last = rows[-1]
    words = {"last": people(last["learners_reached"]), "month": month(last["month"])}
    earlier = [row for row in rows if row["month"] <= year_before(last["month"])]
    if not earlier:
        return _("{last} learners reached by {month}").format(**words)
    return _("{last} learners reached by {month}, {first} by {first_month}").format(
        first=people(earlier[-1]["learners_reached"]), first_month=month(earlier[-1]["month"]), **words
    )


def changes(scope: Scope) -> None:
    """What is new since the previous release, and what was restated for its last day."""
    before = ask_row_before(HEADLINE, scope.only("programme_id"))
    if before is None:
        paragraph(_("This is the first release, so there is nothing to compare it with."))
        return
    if is_missing(before["on_date"]):
        paragraph(_("The previous release had no learners of this programme."))
        return
    again = ask_row(HEADLINE, replace(scope.only("programme_id"), on_date=before["on_date"]))
    now = ask_row(HEADLINE, scope.only("programme_id"))
    words = {
        "learners_reached": _("Learners reached"),
        "countries": _("Countries"),
        "credentials": _("Credentials"),
        "learners_with_credential": _("With a credential"),
        "partners": _("Partners"),
    }
    days = {"before": day(before["on_date"]), "now": day(now["on_date"])}
    if is_hidden_from_me(HEADLINE, scope):
        # Series of others have the ends of months or quarters only, none of which need be that day.
        sentence = _(
            "The previous release reports up to {before}, this one up to {now}. How much of the change is new and how "
            "much was restated is shown to those who own the rows."
        )
        changed = {_("Change"): (before, now)}
    else:
        sentence = _(
            "The previous release reports up to {before}, this one up to {now}. Restated: changes to the time that the "
            "previous release had already counted."
        )
        changed = {_("Restated"): (before, again), _("New"): (again, now)}
    paragraph(sentence.format(**days))
    grid(
        [
            {
                _("Figure"): words[name],
                _("Before"): whole(before[name]),
                **{label: _change(value[name], other[name]) for label, (value, other) in changed.items()},
                _("Now"): whole(now[name]),
            }
            for name in FIGURES
        ],
        alt=_("Figures of the previous release, what was restated, what is new, and the figures now."),
        nothing=_("There is nothing to compare."),
    )


def credentials(scope: Scope) -> None:
    """Credentials by kind, those stacked on others apart."""
    table = ask("overview/credentials_by_type", scope)
    labels = [
        _("{kind} (stacked)").format(kind=_(kind.capitalize())) if on_top else _(kind.capitalize())
        for kind, on_top in _pairs(table)
    ]
    figure(
        Figure(
            "overview/credentials_by_type",
            scope,
            bars_figure(
                labels,
                table["credentials"],
                [
                    _("{credentials}, {each} per holder").format(
                        credentials=whole(row.credentials), each=decimal(row.credentials_per_learner)
                    )
                    for row in table.itertuples()
                ],
                [not on_top for _kind, on_top in _pairs(table)],
            ),
            Words(
                _credentials_words(scope),
                lead=_(
                    "Per holder: per learner with at least one of the kind. Grey: awarded for courses whose "
                    "certificates are already counted, so never added to them."
                ),
                alt=_("Bars of credentials by kind; grey ones are stacked on others and never added."),
            ),
        )
    )
    show_table("overview/credentials_each", scope, key="each")


def _unfinished(scope: Scope) -> str:
    """What became so far of the course runs that are not completed: three things that are never one."""
    done = ask_row(COMPLETION, scope)
    return _(
        "Of {runs} course runs of any age {under_way} are under way, {quiet} had no activity for 180 days, and {ended} "
        "ended without completion."
    ).format(
        runs=whole(done["runs"]),
        under_way=whole(done["under_way_so_far"]),
        quiet=whole(done["quiet_so_far"]),
        ended=whole(done["ended_so_far"]),
    )


def _credentials_words(scope: Scope) -> str:
    head = ask_row(HEADLINE, scope)
    return _("{credentials} credentials, held by {holders} learners").format(
        credentials=people(head["credentials"]), holders=people(head["learners_with_credential"])
    )


def _trend(intakes: pd.DataFrame) -> str:
    """Whether the last intake differs from the first by more than chance; their 95 % intervals state it."""
    difference, ends = trend(intakes)
    if not ends:
        return _("Too few intakes to compare verified completion")
    return {
        Verdict.HIGHER: _("Verified completion rose from {first} to {last}"),
        Verdict.LOWER: _("Verified completion fell from {first} to {last}"),
    }.get(difference, _("No clear change in verified completion: {first} at first, {last} now")).format(**ends)


def _women_words(scope: Scope) -> str:
    started, completed = (ask_row(WOMEN, scope, step=step)["share_women"] for step in ("Started", "Completed"))
    return _("Women are {started} of those who start and {completed} of those who complete a course").format(
        started=share(started), completed=share(completed)
    )


def rising(scope: Scope) -> None:
    """Verified completion by quarter of intake."""
    scope = replace(scope, horizon_days=HORIZON)
    intakes = enough(ask(BY_QUARTER, scope))
    figure(
        Figure(
            BY_QUARTER,
            scope,
            intakes_figure(intakes),
            Words(
                _trend(intakes),
                lead=_(
                    "Course runs on the verified track that began at least 180 days before the newest file; intakes "
                    "with fewer than 30 of them are left out."
                ),
                alt=_("Share of course runs completed within 180 days, by quarter of intake, with 95 % intervals."),
            ),
        )
    )
    paragraph(_unfinished(scope))


def women(scope: Scope) -> None:
    """Women's share from step to step."""
    table = ask("overview/women_by_step", scope)
    table = table[table["share_women"].notna()]
    words = step_words()
    figure(
        Figure(
            "overview/women_by_step",
            scope,
            interval_figure(
                table,
                [words[step] for step in table["step"]],
                "share_women",
                "share_low",
                "share_high",
                _("Women"),
                [
                    _("{share} ({interval}) of learners with sex reported; not reported for {missing} of all").format(
                        share=share(row.share_women),
                        interval=between(row.share_low, row.share_high),
                        missing=share(row.share_not_reported),
                    )
                    for row in table.itertuples()
                ],
            ),
            Words(
                _women_words(scope),
                lead=_("Shares of learners whose sex is reported, with 95 % intervals."),
                alt=_("Share of women at each step, of learners whose sex is reported, with 95 % intervals."),
            ),
        )
    )


def partners(scope: Scope) -> None:
    """Partners by the learners they report."""
    table = ask("overview/partner_shares", scope)
    shown = table.head(12)
    of_three = ask_row("overview/partner_shares", scope)["share_top_three"]
    figure(
        Figure(
            "overview/partner_shares",
            scope,
            bars_figure(
                shown["partner"],
                shown["learners_reached"],
                [f"{whole(row.learners_reached)} ({share(row.share_of_reports)})" for row in shown.itertuples()],
                shown["is_top_three"],
            ),
            Words(
                _("The share of the three largest partners is not shown: it would reveal figures about few people")
                if is_missing(of_three)
                else _("The three largest partners report {share} of all reported learners").format(
                    share=share(of_three)
                ),
                lead=_(
                    "Learners that each partner reports; one person may be reported by several. At most 12 are drawn."
                ),
                alt=_("Bars of learners by partner, largest first; the three largest are blue."),
            ),
        )
    )
    heading(_("Completions by partner"))
    show_table(
        "overview/partner_results",
        scope,
        ["partner", "learners_registered", "learners_completed", "share_completed", "completions", "credentials"],
        key="results",
    )


def dlsei() -> None:
    """Learners and seats of DLSEI by phase."""
    query_scope = Scope(programme_id="dlsei")
    table = ask("programmes/targets", query_scope)
    if table.empty or "dlsei" not in programme_words(with_totals=False):
        paragraph(_("No phases with seats and targets were sent for this programme."))
        return
    newest = ask_row("programmes/targets", query_scope, phase=table["phase"].tolist()[-1])
    figure(
        Figure(
            "programmes/targets",
            query_scope,
            grouped_figure(
                [_("Phase {phase}").format(phase=phase) for phase in table["phase"]],
                [
                    (_("Learners"), table["learners"].tolist()),
                    (_("Seats offered"), table["seats"].tolist()),
                    (_("Completions"), table["completions"].tolist()),
                    (_("Completions planned"), table["target_completions"].tolist()),
                ],
                lying=is_narrow(),
            ),
            Words(
                _("DLSEI phase {phase}: {learners} learners, {seats} seats offered").format(
                    phase=newest["phase"], learners=people(newest["learners"]), seats=people(newest["seats"])
                ),
                lead=_("Hours, domains and the catalogue are on the page Programmes."),
                alt=_("Groups of bars for each phase: seats, learners, completions and planned completions."),
            ),
        )
    )


def out_of_school() -> None:
    """The world's learners out of school on the last day of the closure record."""
    on_date = answers.closures_day()
    if on_date is None:
        paragraph(_("No record of school closures is in this release."))
        return
    query_scope = Scope(on_date=on_date)
    world = ask_row(WORLD, query_scope)
    heading(
        _("{learners} learners affected by country-wide closures on {day}").format(
            learners=people(world["learners_affected"]), day=day(world["on_date"])
        ),
    )
    with written_as_known(WORLD, query_scope):
        affected = share(world["share_affected"])
    words = [
        _("That is {share} of all enrolled; {day} is the last day of the record.").format(
            share=affected, day=day(world["on_date"])
        )
    ]
    if (gap_day := answers.gap_day()) is None:
        words.append(_("This release holds no list of offers, so it is not known how many of them had one."))
    else:
        gap = ask_row("response_gaps/world", Scope(on_date=gap_day))
        words.append(
            _(
                "On {day}, the newest day on which offers are known too, {learners} learners in {countries} countries "
                "had no live free offer; the page Response gaps shows where."
            ).format(
                day=day(gap_day),
                learners=people(gap["learners_unserved"]),
                countries=whole(gap["countries_without_offer"]),
            )
        )
    paragraph(" ".join(words))
    show_table(WORLD, query_scope, ["on_date", "countries_closed", "learners_affected", "share_affected"], key="world")


def _pairs(table: pd.DataFrame) -> list[tuple[str, bool]]:
    return list(zip(table["credential_type"], table["is_stacked"], strict=True))


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None or is_missing(before) or is_missing(after):
        return missing()
    return signed("+" if after >= before else "\u2212", whole(abs(after - before)))
