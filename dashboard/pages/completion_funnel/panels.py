"""Panels of the completion funnel: the steps, mine against the other partners, one attribute."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.charts.learners import grouped_figure, split_figure, steps_figure
from dashboard.components.figures import figure, lazy_table, metric_tile, text_tile
from dashboard.components.filters import choose
from dashboard.components.learners import (
    STEPS,
    attribute_words,
    choose_months,
    choose_partner,
    choose_programme,
    step_words,
    value_words,
)
from dashboard.locales import _
from dashboard.locales.numbers import days, missing, people, percent, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, current_viewer

COMPARED = "completion_funnel/steps_compared"
BENCHMARK = "completion_funnel/benchmark"


def choose_view() -> Scope:
    """Lets the reader choose programme, partner, country and months of registration."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        programme = choose_programme()
        partner = choose_partner()
        country = choose(
            _("Country where they live"),
            [None, "unknown", *_countries()],
            "country_host",
            lambda code: {"unknown": _("Unknown"), **_countries()}[code] if code else _("All countries"),
            None,
        )
        first, last = choose_months(programme)
    return Scope(programme_id=programme, partner_id=partner, country_host=country, from_month=first, to_month=last)


def steps(scope: Scope) -> None:
    """Tiles of the ends of the funnel, and its bars."""
    table, words = ask(STEPS, scope), step_words()
    by_step = {row["step"]: row for row in table.to_dict("records")}
    drops = table.dropna(subset=["share_of_previous"])
    drops = drops[drops["step"] != "Recognised"]
    worst: Mapping[str, Any] = next(iter(drops.sort_values("share_of_previous").to_dict("records")), {})
    columns = st.columns(4)
    with columns[0]:
        metric_tile("learners_registered", by_step["Registered"]["learners"], STEPS, scope, _("at the first step"))
    for column, step in zip(columns[1:3], ("Completed", "Credential"), strict=True):
        with column:
            text_tile(
                words[step],
                people(by_step[step]["learners"]),
                _("{share} of those who registered").format(share=share(by_step[step]["share_of_first"])),
                STEPS,
                scope,
            )
    with columns[3]:
        text_tile(
            _("Longest drop"),
            words[worst["step"]] if worst else missing(),
            _("{share} of those at the step before get there").format(share=share(worst.get("share_of_previous"))),
            STEPS,
            scope,
        )
    figure(
        _("Learners at each step"),
        steps_figure(table.assign(share_low=None, share_high=None), words),
        STEPS,
        scope,
        alt=_("Bars from registered learners down to learners with a credential that a university recognised."),
        lead=_(
            "Started: a first learning event. Active: seen again a week later, or completed. Completed: "
            "at least one course. "
            "Recognised is known only of partners that send lists of recognitions."
        ),
        words={"step": words},
    )


def compared(scope: Scope) -> None:
    """The steps with intervals, the median of the other partners and the days between."""
    if scope.country_host:
        st.caption(_("Partners are compared over all countries: choose All countries to see it."))
        return
    table, words = ask(COMPARED, scope), step_words()
    first = ask_one(COMPARED, scope)
    enough = not table["median_share"].isna().all()
    figure(
        _("Mine against the coalition") if scope.partner_id else _("All partners against the median partner"),
        steps_figure(table, words, median=enough),
        COMPARED,
        scope,
        alt=_(
            "Bars of the share reaching each step with 95 % intervals; diamonds are the median of the other partners."
        ),
        lead=_("The median is over {count} other partners with at least 30 learners.").format(
            count=whole(first["other_partners"])
        )
        if enough
        else _("How the others stand is further below.")
        if scope.partner_id and current_viewer().partner_id
        else _("Fewer than three other partners have 30 learners or more, so no median is shown."),
        words={"step": words},
    )
    gaps = [f"{words[row.step]} {days(row.median_days)}" for row in table.itertuples() if row.step_order > 1]
    if gaps:
        st.write(_("Median days since the step before: {gaps}.").format(gaps="; ".join(gaps)))


def beside_others(scope: Scope) -> None:
    """One partner's learners beside those of the others in the same country, region or world."""
    if not scope.partner_id:
        return
    asked = Scope(partner_id=scope.partner_id, programme_id=scope.programme_id, country_host=scope.country_host)
    table = ask(BENCHMARK, asked)
    st.header(_("Beside the others who work there"), anchor=False)
    if table.empty:
        st.write(
            _(
                "Fewer than three other partners work there, or two of them have nearly all of its learners, in the "
                "world as well: so no figure of the others is shown."
            )
        )
        return
    first = ask_one(BENCHMARK, asked)
    places = {
        "world": _("the world"),
        "region": first["area"],
        "country": _countries().get(first["area"], first["area"]),
    }
    words = {"Registered": _("Registered"), "Reached": _("Reached"), "Completed": _("Completed")}
    figure(
        _("Mine and others' in {place}").format(place=in_markdown(places[first["area_level"]])),
        grouped_figure(
            [words[measure] for measure in table["measure"]],
            [(_("Mine"), table["share_mine"].tolist()), (_("Others"), table["share_others"].tolist())],
            words=percent,
        ),
        BENCHMARK,
        asked,
        alt=_("Pairs of bars: the share of learners registered who were reached, and who completed a course."),
        lead=_(
            "Shares of those registered. {count} other partners have learners there; their figures are multiples of "
            "5 for everybody. The smallest area is shown in which at least three others work and no two have "
            "over 85 %."
        ).format(count=whole(first["other_partners"])),
        words={"measure": words},
    )


def split(scope: Scope) -> None:
    """The steps for each value of one attribute."""
    words = attribute_words()
    attribute = choose(_("Split by"), list(words), "attribute", lambda code: words[code], "sex", buttons=True)
    asked = Scope(
        programme_id=scope.programme_id,
        partner_id=scope.partner_id,
        from_month=scope.from_month,
        to_month=scope.to_month,
        attribute=attribute,
    )
    table = ask("completion_funnel/steps_split", asked)
    known = {**_countries(), **value_words()} if attribute == "country_host" else value_words()
    values = {value: known.get(value, value) for value in table["attribute_value"].unique()}
    figure(
        _("Steps by {attribute}").format(attribute=words[attribute].lower()),
        split_figure(table, step_words(), dict(list(values.items())[:6])),
        "completion_funnel/steps_split",
        asked,
        alt=_("A line for each value of the attribute: share of those registered who reach each step."),
        lead=_(
            "Pale lines have fewer than 30 learners and are not to be ranked. At most six are drawn; the table has ten."
        ),
        words={"attribute_value": values, "step": step_words()},
    )


def _countries() -> dict[str, str]:
    table = ask("reach_map/learners_by_country", Scope(by="host"))
    return dict(sorted(zip(table["country_iso3"], table["country"], strict=True), key=lambda pair: pair[1]))


def parity(scope: Scope) -> None:
    """The gender parity index of each step, with the bases and the share whose sex is not reported."""
    lazy_table(_("Gender parity by step"), "completion_funnel/parity", scope)
