"""Panels of the completion funnel: the steps, a partner beside the others, groups of learners."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard.charts.bars import grouped_figure, steps_figure
from dashboard.charts.kept import kept
from dashboard.components import learners
from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.filters import choose
from dashboard.components.learners import STEPS, attribute_words, partner_words, step_words, value_words
from dashboard.components.light import is_narrow
from dashboard.components.page import headline
from dashboard.components.tables import show_table
from dashboard.components.texts import note, paragraph
from dashboard.components.verdicts import FEWEST, Verdict, verdict
from dashboard.locales import _, plural
from dashboard.locales.numbers import (
    days,
    is_missing,
    missing,
    month,
    people,
    percent,
    quotient,
    share,
    whole,
    with_semicolons,
)
from dashboard.locales.plain import in_markdown
from dashboard.pages.completion_funnel.charts import split_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, current_viewer, is_hidden_from_me
from dashboard.vocabularies import words

PARITY = "completion_funnel/parity"
COMPARED = "completion_funnel/steps_compared"
BENCHMARK = "completion_funnel/benchmark"
MONTHS = "completion_funnel/months"
SPLIT = "completion_funnel/steps_split"
UNKNOWN = "unknown"
NOT_STATED = ("not reported", UNKNOWN)
MOST_LINES = 6
HEIGHT = 320  # so that the steps end within the first screen of a laptop


@dataclass(frozen=True)
class Loss:
    """Between which steps most learners are lost, and the share that continued."""

    before: str
    after: str
    share_continued: float


def country(context: Scope) -> Scope:
    """A country where learners live, or those whose country is not known."""
    names = {UNKNOWN: _("Country not known"), **country_names()}
    chosen = choose(
        _("Country where they live"),
        [None, *names],
        "country_host",
        lambda code: names[code] if code else _("All countries"),
        None,
    )
    return replace(context, country_host=chosen)


def registered_from(context: Scope) -> Scope:
    """The first month of registration that counts; None is the earliest."""
    return replace(context, from_month=_month(context, _("Registered from"), "from_month", _("Earliest")))


def registered_until(context: Scope) -> Scope:
    """The last month of registration that counts; None is the latest."""
    return replace(context, to_month=_month(context, _("Registered until"), "to_month", _("Latest")))


def answer(scope: Scope) -> None:
    """Who holds a credential and where most are lost, in a sentence, with the steps as bars."""
    learners.stop_unless_shown(scope)
    table, words = ask(STEPS, scope), step_words()
    by_step = {row["step"]: row for row in table.to_dict("records")}
    loss = largest_loss(table)
    headline(
        takeaway(by_step["Registered"]["learners"], by_step["Credential"]["learners"], loss),
        learners.lead(scope, _("Each step counts people once.")),
    )
    figure(
        Figure(
            STEPS,
            scope,
            steps_figure(table, words, height=HEIGHT),
            Words(
                "", alt=_("Bars from registered learners down to those with a credential recognised at a university.")
            ),
            columns=["step", "learners", "share_of_previous", "share_of_first"],
            codes={"step": words},
        ),
        numbers=[
            Number("learners_registered", by_step["Registered"]["learners"], STEPS, scope, label=_("Registered")),
            *(
                Number(
                    "",
                    people(by_step[step]["learners"]),
                    STEPS,
                    scope,
                    note=_("{share} of registered").format(share=share(by_step[step]["share_of_first"])),
                    label=words[step],
                )
                for step in ("Started", "Completed", "Credential", "Recognised")
            ),
            Number(
                "",
                words[loss.after] if loss else missing(),
                STEPS,
                scope,
                note=_("{share} continued from the previous step").format(share=share(loss.share_continued))
                if loss
                else _("no loss is known"),
                label=_("Largest loss"),
            ),
        ],
    )
    note(
        _(
            "Started: a first learning event. Active: seen again a week later, or completed. Completed: at least one "
            "course. Recognised is known only for partners that send lists of recognitions."
        )
    )


def takeaway(registered: float | None, holders: float | None, loss: Loss | None) -> str:
    """How many of those registered hold a credential, and between which steps most are lost."""
    steps, words = step_words(), {"registered": people(registered), "holders": people(holders)}
    if loss:
        words |= {"before": steps[loss.before], "after": steps[loss.after]}
        if not is_missing(holders) and not is_missing(registered):
            sentence = _(
                "{holders} of {registered} registered learners hold a credential; the largest loss is between {before} "
                "and {after}"
            )
        else:
            sentence = _("The largest loss of learners is between {before} and {after}")
    elif not is_missing(holders) and not is_missing(registered):
        sentence = _("{holders} of {registered} registered learners hold a credential")
    elif not is_missing(registered):
        sentence = _("{registered} learners registered")
    else:
        sentence = _("Learners from registration to a credential")
    return sentence.format(**words)


def largest_loss(table: pd.DataFrame) -> Loss | None:
    """The step to which the smallest share continued; None where every share is hidden or nobody was lost.

    Recognition is left out: it is known only for partners that send lists of it.
    """
    rows = table[table["step"] != "Recognised"].to_dict("records")
    losses = [
        Loss(before["step"], after["step"], after["share_of_previous"])
        for before, after in zip(rows, rows[1:], strict=False)
        if not is_missing(after["share_of_previous"])
    ]
    worst = min(losses, key=lambda loss: loss.share_continued, default=None)
    return worst if worst and worst.share_continued < 1 else None


def compared(scope: Scope) -> None:
    """The steps with intervals, the median of the other partners and the days between."""
    if scope.country_host:
        paragraph(_("Partners are compared over all countries: choose All countries."))
        return
    table, words = ask(COMPARED, scope), step_words()
    done = ask_row(COMPARED, scope, step="Completed")
    enough = not table["median_share"].isna().all()
    figure(
        Figure(
            COMPARED,
            scope,
            steps_figure(table, words, median=enough),
            Words(
                compared_words(done, ask_row(COMPARED, scope)["learners"], bool(scope.partner_id)),
                lead=plural(
                    "Shares of registered learners. The median is of {count} other partner with at least 30 learners.",
                    "Shares of registered learners. The median is of {count} other partners with at least 30 learners.",
                    done["other_partners"],
                ).format(count=whole(done["other_partners"]))
                if enough
                else _("Open the next section to compare your learners with those of other partners.")
                if scope.partner_id and current_viewer().partner_id
                else _(
                    "Shares of registered learners. No median is shown, as fewer than three other partners have 30 "
                    "learners or more."
                ),
                alt=_("Bars of the share at each step with 95 % intervals; diamonds are the median of other partners."),
            ),
            columns=[
                *("step", "learners", "share_of_first", "share_low", "share_high"),
                *(("median_share", "other_partners") if enough else ()),
                "median_days",
            ],
            codes={"step": words},
        )
    )
    gaps = [
        _("{step} {days}").format(step=words[row.step], days=days(row.median_days))
        for row in table.itertuples()
        if not is_missing(row.median_days)
    ]
    if gaps:
        paragraph(_("Median days since the previous step: {list}.").format(list=with_semicolons(gaps)))


def compared_words(done: Mapping[str, Any], registered: float | None, is_partner: bool) -> str:
    """Whether the share of those registered that completed differs from the median partner's; `done` is that step."""
    if not is_partner:
        if is_missing(done["median_share"]):
            return _("All partners together")
        return _("{share} of registered learners completed a course; of the median partner's, {median}").format(
            share=share(done["share_of_first"]), median=share(done["median_share"])
        )
    words = {"share": share(done["share_of_first"]), "median": share(done["median_share"])}
    median = done["median_share"]
    return {
        Verdict.HIGHER: _(
            "Your partner and the coalition: {share} completed, clearly more than the median partner's {median}"
        ),
        Verdict.LOWER: _(
            "Your partner and the coalition: {share} completed, clearly less than the median partner's {median}"
        ),
        Verdict.UNCLEAR: _(
            "Your partner and the coalition: {share} completed, no clear difference to the median partner's {median}"
        ),
        Verdict.TOO_FEW: _("Your partner and the coalition: fewer than 30 learners, so not compared"),
        Verdict.UNKNOWN: _("{share} of the partner's registered learners completed a course"),
    }[verdict(done["share_low"], done["share_high"], median, median, registered)].format(**words)


def same_area(scope: Scope) -> None:
    """A partner's learners beside those of the others in the same country, region or world."""
    if not scope.partner_id:
        paragraph(_("Choose a partner above to compare it with the other partners in the same area."))
        return
    query_scope = scope.only("partner_id", "programme_id", "country_host")
    table = ask(BENCHMARK, query_scope)
    if table.empty:
        paragraph(
            _("You may not see this comparison: it is for the partner itself, the coalition and stewards.")
            if ask(STEPS, scope)["learners"].isna().all()
            else _(
                "No figure of the other partners is shown: fewer than three of them work in the area, or two have "
                "nearly all of its learners, in the world as well."
            )
        )
        return
    done = ask_row(BENCHMARK, query_scope, measure="Completed")
    measures = measure_words()
    figure(
        Figure(
            BENCHMARK,
            query_scope,
            grouped_figure(
                [measures[measure] for measure in table["measure"]],
                [
                    (partner_words().get(scope.partner_id, scope.partner_id), table["share_mine"].tolist()),
                    (_("Other partners"), table["share_others"].tolist()),
                ],
                words=percent,
                lying=is_narrow(),
            ),
            Words(
                same_area_words(done, ask_row(BENCHMARK, query_scope)["mine"], area_name(done)),
                lead=plural(
                    "Shares of registered learners. {count} other partner has learners there; its figures are rounded. "
                    "The area is the smallest with at least three other partners, no two of which together have over "
                    "85 % of its learners.",
                    "Shares of registered learners. {count} other partners have learners there; their figures are "
                    "rounded. The area is the smallest with at least three other partners, no two of which together "
                    "have over 85 % of its learners.",
                    done["other_partners"],
                ).format(count=whole(done["other_partners"])),
                alt=_("Pairs of bars: the share of registered learners who were reached, and who completed a course."),
            ),
            columns=["measure", "mine", "share_mine", "others", "share_others"],
            codes={"measure": measures},
        )
    )
    if scope.from_month or scope.to_month:
        note(_("This comparison is over all months of registration."))


def same_area_words(done: Mapping[str, Any], registered: float | None, area: str) -> str:
    """Whether the share of those registered that completed differs from the others'; `done` is that measure."""
    words = {"mine": percent(done["share_mine"]), "others": percent(done["share_others"]), "place": area}
    return {
        Verdict.HIGHER: _("{mine} completed, clearly more than the {others} of other partners in {place}"),
        Verdict.LOWER: _("{mine} completed, clearly less than the {others} of other partners in {place}"),
        Verdict.UNCLEAR: _("{mine} completed, no clear difference to the {others} of other partners in {place}"),
        Verdict.TOO_FEW: _("Too few learners to compare with other partners in {place}"),
        Verdict.UNKNOWN: _("Your partner and other partners in {place}"),
    }[verdict(done["share_low"], done["share_high"], done["others_low"], done["others_high"], registered)].format(
        **words
    )


def groups(scope: Scope) -> None:
    """The steps for each value of one attribute."""
    words = attribute_words()
    attribute = choose(_("Compare by"), list(words), "attribute", lambda code: words[code], "sex", buttons=True)
    query_scope = replace(scope, attribute=attribute, country_host=None)
    table = ask(SPLIT, query_scope)
    known = {**country_names(), **value_words()} if attribute == "country_host" else value_words()
    values = {value: known.get(value, value) for value in table["attribute_value"].unique()}
    figure(
        Figure(
            SPLIT,
            query_scope,
            split_figure(table, step_words(), dict(list(values.items())[:MOST_LINES])),
            Words(
                groups_words(table[table["step"] == "Completed"].to_dict("records"), values)
                or _("Steps by {attribute}").format(attribute=words[attribute].lower()),
                lead=_("Shares of registered learners. Pale lines have fewer than 30 learners. At most six are drawn."),
                alt=_("A line for each value of the attribute: share of registered learners who reach each step."),
            ),
            columns=["attribute_value", "step", "learners", "share_of_first", "share_low", "share_high"],
            codes={"attribute_value": values, "step": step_words()},
        )
    )
    if scope.country_host:
        note(_("These figures are of all countries."))


def groups_words(rows: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> str:
    """The groups that complete most and least often, and whether they differ; empty with fewer than two known."""
    known = [
        row
        for row in rows
        if not row["is_small"] and not is_missing(row["share_of_first"]) and row["attribute_value"] not in NOT_STATED
    ]
    if len(known) < 2:
        return ""
    most, least = (choose_row(known, key=lambda row: row["share_of_first"]) for choose_row in (max, min))
    is_clear = (
        verdict(most["share_low"], most["share_high"], least["share_low"], least["share_high"], FEWEST)
        == Verdict.HIGHER
    )
    return (
        _("Completed a course: {most} {most_share}, {least} {least_share}")
        if is_clear
        else _("No clear difference in completion: {most} {most_share}, {least} {least_share}")
    ).format(
        most=values[most["attribute_value"]],
        least=values[least["attribute_value"]],
        most_share=share(most["share_of_first"]),
        least_share=share(least["share_of_first"]),
    )


def measure_words() -> dict[str, str]:
    """Words for the measures that are compared within an area."""
    return words("funnel_measure")


def area_name(row: Mapping[str, Any]) -> str:
    """The area that answers a comparison: the world, a region or a country."""
    if row["area_level"] == "world":
        return _("the world")
    return in_markdown(country_names().get(row["area"], row["area"]))


def country_names() -> Mapping[str, str]:
    """Countries where learners live, by name."""
    return _sorted_by_name(ask("reach_map/learners_by_country", Scope(by="host")))


@kept
def _sorted_by_name(table: pd.DataFrame) -> Mapping[str, str]:
    return dict(sorted(zip(table["country_iso3"], table["country"], strict=True), key=lambda pair: pair[1]))


@kept
def _iso_months(table: pd.DataFrame) -> list[str]:
    return [date.isoformat()[:7] for date in table["month"]]


def _month(context: Scope, label: str, key: str, without: str) -> datetime.date | None:
    query_scope = context.only("programme_id")
    if is_hidden_from_me(MONTHS, query_scope):
        return None  # months of others are so few people that only their owners see them
    months = _iso_months(ask(MONTHS, query_scope))
    chosen = choose(label, [None, *months], key, lambda code: month(_first(code)) if code else without, None)
    return _first(chosen) if chosen else None


def _first(code: str) -> datetime.date:
    return datetime.date.fromisoformat(code + "-01")


def parity(scope: Scope) -> None:
    """The gender parity index of each step, with its bases and the share whose sex is not reported."""
    context_of_all = scope.only("programme_id", "partner_id")
    words = step_words()
    table_figure(
        Figure(
            PARITY,
            context_of_all,
            lambda: show_table(
                PARITY,
                context_of_all,
                ["step", "share_of_women", "share_of_men", "gpia", "is_parity", "share_not_reported", "why_none"],
                key="parity",
                codes={"step": words},
            ),
            Words(
                parity_words(ask_row(PARITY, context_of_all, step="Completed"), _difference_of_sexes(context_of_all)),
                lead=_(
                    "The index (GPIA) is the lower of the two shares divided by the higher, or 2 less that where women "
                    "lead; from 0.97 to 1.03 is parity. The index is no test of chance: whether the shares differ by "
                    "more than chance is judged by their 95 % intervals. All countries and all months of registration."
                ),
                alt=_("Table of the shares of women and of men who reach each step, with the gender parity index."),
            ),
        )
    )


def parity_words(completed: Mapping[str, Any], difference: Verdict) -> str:
    """Whether women and men complete alike, in the step where the index states most about learning.

    Args:
        completed: the row of that step, with the index and whether it is within the band of parity.
        difference: whether the shares of women and men differ by more than chance, by their 95 % intervals: the band
            is no test of chance, so the sentence states both.
    """
    if is_missing(completed.get("gpia")):
        return _("No parity index for completing: too few learners, or their sex is not known")
    index, is_lower = quotient(completed["gpia"]), completed["gpia"] < 1
    is_clear = difference in (Verdict.HIGHER, Verdict.LOWER)
    if completed["is_parity"] and not is_clear:
        words = _("Women and men who register complete alike: parity index {index}")
    elif completed["is_parity"] and is_lower:
        words = _("Women who register complete slightly less often than men, within parity: parity index {index}")
    elif completed["is_parity"]:
        words = _("Women who register complete slightly more often than men, within parity: parity index {index}")
    elif is_clear and is_lower:
        words = _("Women who register complete less often than men: parity index {index}")
    elif is_clear:
        words = _("Women who register complete more often than men: parity index {index}")
    elif is_lower:
        words = _(
            "Women who register complete less often than men, but the difference could be chance: parity index {index}"
        )
    else:
        words = _(
            "Women who register complete more often than men, but the difference could be chance: parity index {index}"
        )
    return words.format(index=index)


def _difference_of_sexes(scope: Scope) -> Verdict:
    """Whether the share of women who complete differs from that of men by more than chance."""
    by_sex = replace(scope.only("programme_id", "partner_id"), attribute="sex")
    women, men = (ask_row(SPLIT, by_sex, step="Completed", attribute_value=sex) for sex in ("female", "male"))
    return verdict(women["share_low"], women["share_high"], men["share_low"], men["share_high"], FEWEST)
