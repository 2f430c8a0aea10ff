"""Panels of the overview: tiles, growth, change since the previous release, where and by whom learners are reached."""

import pandas as pd
import streamlit as st

from dashboard.charts.learners import (
    bars_figure,
    grouped_figure,
    growth_figure,
    interval_figure,
    learners_map,
    rate_classes,
)
from dashboard.components.figures import (
    figure,
    grid,
    lazy_table,
    map_height,
    metric_tile,
    show_table,
    source_line,
    text_tile,
)
from dashboard.components.filters import date_in_link
from dashboard.components.learners import choose_programme, programme_words, step_words
from dashboard.components.notices import map_disclaimer
from dashboard.locales import _
from dashboard.locales.numbers import between, day, decimal, is_missing, missing, people, share, whole
from dashboard.pages.reach_map.panels import rate_words
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, ask_one_before, is_hidden_from_me

HEADLINE = "overview/headline"
FIGURES = ("learners_reached", "countries", "credentials", "learners_with_credential", "partners")


def choose_view() -> Scope:
    """Lets the reader choose a programme or a total, and the day until which is counted."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        programme = choose_programme()
        newest = ask_one(HEADLINE, Scope(programme_id=programme))["on_date"]
        on_date = date_in_link(_("Counted until"), "on_date", newest)
    return Scope(programme_id=programme, on_date=on_date, horizon_days=180)


def tiles(scope: Scope) -> None:
    """Reach with its bounds, countries, credentials, verified completion, women, partners and hubs."""
    head = ask_one(HEADLINE, scope)
    done = ask_one("overview/matured_completion", scope)
    women = ask_one("overview/women_by_step", scope, step="Started")
    top_three = ask_one("overview/partner_shares", scope)["share_top_three"]
    kinds = ask("overview/credentials_by_type", scope)
    # Hidden ones are not none: only where counts are exact is a sum of nothing nobody's.
    few = 1 if is_hidden_from_me("overview/credentials_by_type", scope) else 0
    on_top = kinds[kinds["is_stacked"].eq(True)]["credentials"].sum(min_count=few)
    first, second = st.columns(4), st.columns(4)
    with first[0]:
        metric_tile(
            "learners_reached",
            head["learners_reached"],
            HEADLINE,
            scope,
            _("by {day}").format(day=day(head["on_date"])),
        )
    with first[1]:
        text_tile(
            _("How sure"),
            f"{people(head['unique_lower'])}\u2013{people(head['unique_upper'])}",
            _("at least, were all alike the same person; at most, were nobody reported twice"),
            HEADLINE,
            scope,
        )
    with first[2]:
        metric_tile("countries_reached", head["countries"], HEADLINE, scope, _("in which they live"))
    with first[3]:
        metric_tile(
            "active_partners",
            head["partners"],
            HEADLINE,
            scope,
            "" if is_missing(top_three) else _("the largest three: {share} of reports").format(share=share(top_three)),
        )
    with second[0]:
        metric_tile(
            "credentials",
            head["credentials"],
            HEADLINE,
            scope,
            _("held by {learners} learners; {stacked} awards on top").format(
                learners=people(head["learners_with_credential"]),
                stacked=whole(on_top),
            ),
        )
    with second[1]:
        metric_tile(
            "matured_verified_completion",
            done["share_verified"],
            "overview/matured_completion",
            scope,
            _("{interval}; of {runs} course runs {under_way} are under way and {quiet} quiet for 180 days").format(
                interval=between(done["share_low"], done["share_high"]),
                under_way=whole(done["under_way_so_far"]),
                quiet=whole(done["quiet_so_far"]),
                runs=whole(done["runs"]),
            ),
        )
    with second[2]:
        metric_tile(
            "share_women",
            women["share_women"],
            "overview/women_by_step",
            scope,
            _("of learners who started; of {share} it is not reported").format(
                share=share(women["share_not_reported"])
            ),
        )
    with second[3]:
        hubs = ask_one("overview/hubs", scope)
        metric_tile(
            "hubs_alive",
            hubs["hubs_alive"],
            "overview/hubs",
            scope,
            _("{count} of them by sessions or learners of these programmes").format(
                count=whole(hubs["hubs_of_programme"])
            ),
        )


def growth(scope: Scope) -> None:
    """Reach from month to month beside what was stated publicly."""
    points = ask("overview/published_points", scope)
    figure(
        _("Growth of reach"),
        growth_figure(ask("overview/growth", scope), points),
        "overview/growth",
        scope,
        alt=_("Line of learners reached from month to month, within its bounds; diamonds are public statements."),
        lead=_("Diamonds are what programmes stated publicly at the time, each with its source."),
    )


def changes(scope: Scope) -> None:
    """What is new since the previous release, and what was restated for its last day."""
    before = ask_one_before(HEADLINE, Scope(programme_id=scope.programme_id))
    st.header(_("Change since the previous release"), anchor=False)
    if before is None:
        st.write(_("This is the first release, so there is nothing to compare it with."))
        return
    if is_missing(before["on_date"]):
        st.write(_("The previous release had no learners of this programme."))
        return
    again = ask_one(HEADLINE, Scope(programme_id=scope.programme_id, on_date=before["on_date"]))
    now = ask_one(HEADLINE, Scope(programme_id=scope.programme_id))
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
        said = _(
            "The previous release counted until {before}, this one until {now}. What was restated of the time before, "
            "and what is new, is known to those who own the rows."
        )
        changed = {_("Change"): (before, now)}
    else:
        said = _(
            "The previous release counted until {before}, this one until {now}. Restated is what the newer files say "
            "of the time that the previous release had counted already."
        )
        changed = {_("Restated"): (before, again), _("New"): (again, now)}
    st.write(said.format(**days))
    grid(
        [
            {
                _("Figure"): words[name],
                _("Before"): whole(before[name]),
                **{label: _change(one[name], other[name]) for label, (one, other) in changed.items()},
                _("Now"): whole(now[name]),
            }
            for name in FIGURES
        ],
        alt=_("Figures of the previous release, what was restated, what is new, and the figures now."),
        nothing=_("There is nothing to compare."),
    )


def small_map(scope: Scope) -> None:
    """The reach map, small, with the countries that lead and the ones that are new."""
    asked = Scope(by="host", programme_id=scope.programme_id)
    totals = ask_one("reach_map/learner_totals", asked)
    table = ask("reach_map/learners_on_map", asked)
    figure(
        _("Where learners live"),
        learners_map(table, rate_classes(rate_words("host")), table.head(0), map_height(long_legend=True)),
        "reach_map/learners_on_map",
        asked,
        alt=_("World map: colour shows learners for 1,000 refugees hosted, circles the number of learners."),
        lead=_("Of {unknown} learners, {share}, the country is unknown; they are in no circle.").format(
            unknown=whole(totals["learners_unknown"]), share=share(totals["share_unknown"])
        ),
        columns=["country", "learners", "refugees_hosted", "learners_per_1000_refugees", "first_on"],
    )
    map_disclaimer()


def credentials(scope: Scope) -> None:
    """Credentials by kind, those stacked on others apart."""
    table = ask("overview/credentials_by_type", scope)
    labels = [_(kind.capitalize()) + (" " + _("(on top)") if on_top else "") for kind, on_top in _pairs(table)]
    figure(
        _("Credentials by kind"),
        bars_figure(
            labels,
            table["credentials"],
            [
                _("{credentials}, {each} each").format(
                    credentials=whole(row.credentials), each=decimal(row.credentials_per_learner)
                )
                for row in table.itertuples()
            ],
            [not on_top for _kind, on_top in _pairs(table)],
        ),
        "overview/credentials_by_type",
        scope,
        alt=_("Bars of credentials by kind; grey ones are awarded on top of others and are never added."),
        lead=_("Each: of those who hold one. Grey: awarded for courses whose certificates are counted already."),
    )
    lazy_table(_("Credentials per learner and per holder"), "overview/credentials_each", scope)


def rising(scope: Scope) -> None:
    """Verified completion by quarter of intake."""
    table = ask("overview/completion_by_quarter", scope)
    table = table[~table["is_small"]]
    figure(
        _("Is verified completion rising?"),
        interval_figure(
            table,
            [f"{date.year} Q{(date.month + 2) // 3}" for date in table["quarter"]],
            "share_verified",
            "share_low",
            "share_high",
            _("Completed within 180 days"),
            [
                f"{share(row.share_verified)} ({between(row.share_low, row.share_high)}), {whole(row.verified_matured)}"
                for row in table.itertuples()
            ],
        ),
        "overview/completion_by_quarter",
        scope,
        alt=_("Share of course runs completed within 180 days, by quarter of intake, with 95 % intervals."),
        lead=_(
            "Intakes younger than 180 days, or with fewer than 30 course runs, are left out: a run that "
            "has not ended is not failed."
        ),
    )


def women(scope: Scope) -> None:
    """Women's share from step to step."""
    table = ask("overview/women_by_step", scope)
    table = table[table["share_women"].notna()]
    words = step_words()
    figure(
        _("Women's share by step"),
        interval_figure(
            table,
            [words[step] for step in table["step"]],
            "share_women",
            "share_low",
            "share_high",
            _("Women"),
            [
                f"{share(row.share_women)} ({between(row.share_low, row.share_high)}), "
                + _("not reported {share}").format(share=share(row.share_not_reported))
                for row in table.itertuples()
            ],
        ),
        "overview/women_by_step",
        scope,
        alt=_("Share of women at each step, of learners whose sex is reported, with 95 % intervals."),
        lead=_("Of learners whose sex is reported; the table has how many are not."),
    )


def partners(scope: Scope) -> None:
    """Partners by the learners they report."""
    table = ask("overview/partner_shares", scope)
    shown = table.head(12)
    figure(
        _("Partners' shares"),
        bars_figure(
            shown["partner"],
            shown["learners_reached"],
            [f"{whole(row.learners_reached)} ({share(row.share_of_reports)})" for row in shown.itertuples()],
            shown["is_top_three"],
        ),
        "overview/partner_shares",
        scope,
        alt=_("Bars of learners by partner, largest first; the three largest are blue."),
        lead=_("The three largest report {share} of all learners reported. The table has every partner.").format(
            share=share(ask_one("overview/partner_shares", scope)["share_top_three"])
        ),
    )
    lazy_table(_("Completions by partner"), "overview/partner_results", scope)


def dlsei() -> None:
    """Learners and seats of DLSEI by phase."""
    asked = Scope(programme_id="dlsei")
    if "dlsei" not in programme_words(with_totals=False):
        return
    table = ask("programmes/targets", asked)
    figure(
        _("DLSEI by phase"),
        grouped_figure(
            [_("Phase {phase}").format(phase=phase) for phase in table["phase"]],
            [
                (_("Seats offered"), table["seats"].tolist()),
                (_("Learners"), table["learners"].tolist()),
                (_("Completions"), table["completions"].tolist()),
                (_("Completions planned"), table["target_completions"].tolist()),
            ],
        ),
        "programmes/targets",
        asked,
        alt=_("Groups of bars for each phase: seats, learners, completions and planned completions."),
        lead=_("Hours by how they are known, domains and catalogue are on the page Programmes."),
    )


def out_of_school() -> None:
    """The world's learners out of school on the last day of the closure record."""
    st.header(_("Out of school"), anchor=False)
    captures = ask("school_closures/captures").to_dict("records")
    if not captures:
        st.write(_("No record of school closures is in this release."))
        return
    asked = Scope(on_date=min(captures[0]["captured_on"], captures[0]["last_date"]))
    world = ask_one("school_closures/world_on_date", asked)
    said = _(
        "On {day}, the last day of the record, {learners} learners were affected by country-wide closures: {share} of "
        "all enrolled."
    ).format(
        day=day(world["on_date"]), learners=people(world["learners_affected"]), share=share(world["share_affected"])
    )
    gap = ask_one("response_gaps/world", Scope(on_date=asked.on_date))
    if ask("needs_and_offers/offers").empty:
        said += " " + _("How many of them had a live offer cannot be said: this release holds no list of offers.")
    else:
        said += " " + _(
            "{learners} of them, in {countries} countries, had no live free offer; Response gaps shows where."
        ).format(learners=people(gap["learners_unserved"]), countries=whole(gap["countries_without_offer"]))
    st.write(said)
    show_table(
        "school_closures/world_on_date",
        asked,
        ["on_date", "countries_closed", "learners_affected", "share_affected"],
        key="world",
    )
    source_line("school_closures/world_on_date", asked)


def _pairs(table: pd.DataFrame) -> list[tuple[str, bool]]:
    return list(zip(table["credential_type"], table["is_stacked"], strict=True))


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None or is_missing(before) or is_missing(after):
        return missing()
    return f"+{whole(after - before)}" if after >= before else f"\u2212{whole(before - after)}"
