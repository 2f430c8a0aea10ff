"""Panels of the cohorts page: choosing two to six cohorts, their curves, differences, retention, quiet learners."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.learners import incidence_figure, retention_figure
from dashboard.components.figures import figure, grid, metric_tile, nothing_to_show, text_tile
from dashboard.components.filters import address_comes_first, choose, remember, slide_number, switch
from dashboard.components.learners import ALL, FOR_REFUGEES, own_partner, partner_words, programme_words, value_words
from dashboard.components.notices import owners_only
from dashboard.locales import _
from dashboard.locales.numbers import between, missing, month, points, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, is_hidden_from_me

MOST, HORIZON = 6, 365
DAYS = (90, 180)
KEY = "cohorts"
CODE = re.compile(
    # programme.partner.month.value, each of which may be blank but the first
    r"(?P<programme>\w+)\.(?P<partner>\w*)\.(?P<month>(\d{4}-\d\d)?)\.(?P<value>[a-z0-9 -]*)"
)
ATTRIBUTE_OF = {
    "female": "sex",
    "male": "sex",
    "18-24": "age_band",
    "25-34": "age_band",
    "35-44": "age_band",
    "45-59": "age_band",
    "secondary": "education",
    "vocational": "education",
    "bachelor": "education",
    "primary": "education",
    "master or above": "education",
}


@dataclass(frozen=True)
class Cohort:
    """A choice of programme, partner, intake and one attribute; its code stands in the address."""

    code: str
    words: str
    scope: Scope


def choose_cohorts() -> list[Cohort]:
    """Lets the reader choose up to six cohorts, kept in the address; begins with the two largest partners."""
    offered = _offered()
    if not offered:
        st.info(
            _(
                "No cohort can be compared: fewer than four partners report a programme, or two of them nearly all of "
                "it, so its course runs are not public."
            )
            if is_hidden_from_me("cohorts/choices")
            else _("No cohort can be compared yet: no data in this release states course runs.")
        )
        st.stop()
    if address_comes_first(KEY):
        linked = [code for code in st.query_params.get(KEY, "").split("~") if _read(code)][:MOST]
        st.session_state[KEY] = linked or offered[:2]
        st.session_state[KEY + "_known"] = linked
    known = list(dict.fromkeys([*offered, *st.session_state.get(KEY + "_known", []), *st.session_state[KEY]]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        codes = st.multiselect(
            _("Cohorts to compare, two to six"),
            known,
            key=KEY,
            format_func=_words,
            max_selections=MOST,
            help=_("Choose among programmes and partners, or build one with intake and attribute beside this."),
        )
        building = st.popover(_("Build a cohort"), on_change="rerun", key="build")
        if building.open:
            with building:
                _builder()
    remember(KEY, "~".join(codes), "~".join(offered[:2]))
    if not codes:
        st.info(_("Choose at least one cohort, two to compare them."))
        st.stop()
    return [Cohort(code, _words(code), scope) for code in codes if (scope := _read(code))]


def standing(chosen: Sequence[Cohort]) -> None:
    """For each cohort, how many have completed, left, are under way or quiet."""
    st.header(_("Where each cohort stands"), anchor=False)
    rows = {cohort.words: ask_one("cohorts/standing", cohort.scope) for cohort in chosen if not cohort.scope.attribute}
    measures: dict[str, Callable[[Mapping[str, Any]], str]] = {
        _("Course runs"): lambda row: whole(row["runs"]),
        _("Completed so far"): lambda row: whole(row["completed_so_far"]),
        _("Under way"): lambda row: whole(row["under_way_so_far"]),
        _("Quiet for 180 days"): lambda row: whole(row["quiet_so_far"]),
        _("Left"): lambda row: whole(row["withdrawn_so_far"]),
        _("Ended without passing"): lambda row: whole(row["failed_so_far"]),
        _("On the verified track and old enough to tell"): lambda row: whole(row["verified_matured"]),
        _("Of these, completed within 180 days"): lambda row: share(row["share_verified"]),
        _("95 % interval"): lambda row: between(row["share_low"], row["share_high"]),
    }
    grid(
        [{"": name, **{words: said(row) for words, row in rows.items()}} for name, said in measures.items() if rows],
        alt=_("For each cohort: course runs, completed, under way, left, and the matured rate."),
        nothing=_("No cohort of a whole intake is chosen."),
    )
    if 0 < len(rows) < len(chosen):
        st.caption(_("Cohorts by sex, age or education have their curves below; this table is of whole intakes."))
    small = [c.words for c in chosen if not c.scope.attribute and ask_one("cohorts/standing", c.scope)["is_small"]]
    if small:
        st.caption(
            _("Fewer than 30 course runs, so not to be ranked: {cohorts}.").format(
                cohorts="; ".join(map(in_markdown, small))
            )
        )


def curves(chosen: Sequence[Cohort]) -> None:
    """Cumulative completion of each cohort with its band, and the numbers at risk."""
    tables = [(cohort.words, ask("cohorts/completion_curve", cohort.scope)) for cohort in chosen]
    tables = [(words, table) for words, table in tables if len(table)]
    if not tables:
        st.header(_("Completed by the day after enrolment"), anchor=False)
        nothing_to_show("cohorts/completion_curve", chosen[0].scope)
        return
    figure(
        _("Completed by the day after enrolment"),
        incidence_figure(tables, "completion_share", HORIZON),
        "cohorts/completion_curve",
        chosen[0].scope,
        alt=_("A curve for each cohort that rises with completion, with 95 % bands."),
        lead=_(
            "Bands are 95 % intervals. Leaving and failing are competing events; a run that has not ended is "
            "counted until last seen."
        ),
        others={cohort.words: cohort.scope for cohort in chosen},
    )
    marks = (0, 30, 60, 90, 180, 365)
    grid(
        [
            {_("At risk on day"): words, **{str(mark): whole(_at_risk(table, mark)) for mark in marks}}
            for words, table in tables
        ],
        alt=_("Course runs not ended and observed on each of six days, for each cohort."),
        nothing="",
    )


def differences(chosen: Sequence[Cohort]) -> None:
    """Differences of each pair at 90 and 180 days with their intervals."""
    if len(chosen) < 2:
        return
    st.header(_("Differences in completion"), anchor=False)
    rows = []
    for one, other in combinations(chosen, 2):
        for by_day in DAYS:
            row = ask_one("cohorts/difference", _pair(one.scope, other.scope, by_day))
            if not row:
                continue
            if row["is_small"]:
                verdict = _("too few to tell: fewer than 30 course runs in one")
            elif not row["is_observed"]:
                verdict = _("too young: one was not observed until then")
            elif row["is_clear"]:
                verdict = _("differ")
            else:
                verdict = _("no difference that chance would not give")
            rows.append(
                {
                    _("By day"): by_day,
                    _("Completed"): f"{one.words} {share(row['share'])}; {other.words} {share(row['other_share'])}",
                    _("Difference in points, 95 % interval"): f"{points(row['difference'])} "
                    f"({points(row['difference_low'])} \u2026 {points(row['difference_high'])})",
                    _("Reading"): verdict,
                }
            )
    grid(
        rows,
        alt=_("For each pair of cohorts the difference in completion at 90 and 180 days."),
        nothing=_("No two of these cohorts have course runs to compare."),
    )


def like_for_like(chosen: Sequence[Cohort]) -> None:
    """The first two cohorts made alike in course, intake and sex, and what that changed."""
    if len(chosen) < 2:
        return
    one, other = chosen[0], chosen[1]
    if not switch(_("Compare the first two like for like"), "like"):
        return
    if any(c.scope.cohort_month or c.scope.attribute for c in (one, other)):
        st.info(
            _(
                "Like for like is stored for whole programmes and partners: choose two cohorts without "
                "intake and attribute."
            )
        )
        return
    scope = _pair(one.scope, other.scope, 180)
    if is_hidden_from_me("cohorts/like_for_like", scope):
        owners_only()
        return
    row = ask_one("cohorts/like_for_like", scope)
    if not row:
        st.info(_("Neither of the two has course runs that began long enough ago."))
        return
    columns = st.columns(2)
    with columns[0]:
        text_tile(
            _("As they are"),
            points(row["difference"]),
            _("points: {one} against {other}").format(
                one=share(row["crude_share"]), other=share(row["other_crude_share"])
            ),
            "cohorts/like_for_like",
            scope,
        )
    with columns[1]:
        text_tile(
            _("Like for like"),
            points(row["standard_difference"]) if row["strata"] else missing(),
            _("points, {low} \u2026 {high}: {one} against {other}").format(
                low=points(row["standard_low"]),
                high=points(row["standard_high"]),
                one=share(row["standard_share"]),
                other=share(row["other_standard_share"]),
            ),
            "cohorts/like_for_like",
            scope,
        )
    st.write(
        _(
            "Both are weighted to the same mix of {strata} combinations of course, quarter of intake and "
            "sex that they share: "
            "{used} of {runs} and {other_used} of {other_runs} course runs. What is not recorded, such as who chose to "
            "come, is not made alike."
        ).format(
            strata=whole(row["strata"]),
            used=whole(row["runs_used"]),
            runs=whole(row["runs"]),
            other_used=whole(row["other_runs_used"]),
            other_runs=whole(row["other_runs"]),
        )
    )
    if row["is_small"]:
        st.caption(_("Fewer than 30 comparable course runs in one of them: not to be ranked."))


def withdrawal(chosen: Sequence[Cohort]) -> None:
    """Cumulative withdrawal of each cohort."""
    tables = [(cohort.words, ask("cohorts/withdrawal_curve", cohort.scope)) for cohort in chosen]
    tables = [(words, table) for words, table in tables if len(table)]
    if tables:
        figure(
            _("Left by the day after enrolment"),
            incidence_figure(tables, "withdrawal_share", HORIZON),
            "cohorts/withdrawal_curve",
            chosen[0].scope,
            alt=_("A curve for each cohort that rises with withdrawal, with 95 % bands."),
            lead=_("Completing is the competing event here: completed and left never sum to more than everybody."),
            others={cohort.words: cohort.scope for cohort in chosen},
        )


def retention(chosen: Sequence[Cohort]) -> None:
    """The retention grid of one of the cohorts."""
    whole_ones = {
        cohort.code: cohort for cohort in chosen if not cohort.scope.cohort_month and not cohort.scope.attribute
    }
    if not whole_ones:
        return
    code = choose(
        _("Retention of"),
        list(whole_ones),
        "retention",
        lambda one: whole_ones[one].words if one in whole_ones else one,
    )
    scope = whole_ones[code].scope
    table = ask("cohorts/retention", scope)
    if is_hidden_from_me("cohorts/retention", scope):
        owners_only()
        return
    if table.empty:
        st.info(_("No month of this cohort has 30 learners who started."))
        return
    figure(
        _("Still learning, week by week"),
        retention_figure(table),
        "cohorts/retention",
        scope,
        alt=_("A grid of months and weeks; the darker, the more learners were still learning."),
        lead=_("Weeks that the last learners of a month have not reached yet are empty, not zero."),
    )


def quiet(chosen: Sequence[Cohort]) -> None:
    """Learners under way who were not seen for a number of days that the reader chooses."""
    st.header(_("Quiet learners"), anchor=False)
    wholes = [Scope(programme_id=c.scope.programme_id, partner_id=c.scope.partner_id, quiet_days=30) for c in chosen]
    if all(is_hidden_from_me("cohorts/quiet_learners", scope) for scope in wholes):
        owners_only()
        return
    days = slide_number(_("Days without activity"), 7, 180, 30, 1, "quiet_days")
    columns = st.columns(min(len(chosen), 3))
    shown = [c for c in chosen if not c.scope.cohort_month and not c.scope.attribute]
    for number, cohort in enumerate(shown):
        scope = Scope(programme_id=cohort.scope.programme_id, partner_id=cohort.scope.partner_id, quiet_days=days)
        if is_hidden_from_me("cohorts/quiet_learners", scope):
            owners_only()
            continue
        row = ask_one("cohorts/quiet_learners", scope)
        with columns[number % len(columns)]:
            metric_tile(
                "learners_quiet",
                row["learners_quiet"],
                "cohorts/quiet_learners",
                scope,
                _("{cohort}: {share} of {unfinished} who have not finished").format(
                    cohort=in_markdown(cohort.words),
                    share=share(row["share_quiet"]),
                    unfinished=whole(row["learners_unfinished"]),
                ),
                key=cohort.code,
            )
    if not shown:
        st.caption(_("Shown for whole programmes and partners: choose a cohort without intake and attribute."))


def _builder() -> None:
    programmes, partners = programme_words(), {"": _("All partners"), **partner_words()}
    programme = st.selectbox(
        _("Programme"), list(programmes), key="new_programme", format_func=lambda code: programmes[code]
    )
    partner = st.selectbox(_("Partner"), list(partners), key="new_partner", format_func=lambda code: partners[code])
    asked = _read(f"{programme}.{partner}..")
    assert asked
    months = ["", *ask("cohorts/intakes", asked)["cohort"]]
    intake = st.selectbox(
        _("Intake"), months, key="new_month", format_func=lambda code: month(_first(code)) if code else _("All intakes")
    )
    values = ["", *(value for value, attribute in ATTRIBUTE_OF.items() if not intake or attribute == "sex")]
    value = st.selectbox(
        _("Learners"), values, key="new_value", format_func=lambda one: value_words()[one] if one else _("All")
    )
    st.button(_("Add it"), type="primary", on_click=_add, args=(f"{programme}.{partner}.{intake}.{value}",))


def _add(code: str) -> None:
    st.session_state[KEY + "_known"] = [*st.session_state.get(KEY + "_known", []), code]
    st.session_state[KEY] = list(dict.fromkeys([*st.session_state[KEY], code]))[:MOST]


def _offered() -> list[str]:
    """Every programme and partner with course runs, the largest partners of the refugee programmes first."""
    choices = ask("cohorts/choices")
    leading = (choices["programme_id"] == FOR_REFUGEES) & (choices["partner_id"] != ALL)
    rows = [*choices[leading].itertuples(), *choices[~leading].itertuples()]
    own = own_partner()
    mine = [f"{FOR_REFUGEES}.{own}.."] if own in partner_words() else []
    return mine + [f"{row.programme_id}.{'' if row.partner_id == ALL else row.partner_id}.." for row in rows]


def _read(code: str) -> Scope | None:
    found = CODE.fullmatch(code)
    if not found or (found["value"] and found["value"] not in ATTRIBUTE_OF):
        return None
    try:
        intake = _first(found["month"])
    except ValueError:
        return None
    return Scope(
        programme_id=None if found["programme"] == ALL else found["programme"],
        partner_id=found["partner"] or None,
        cohort_month=intake,
        attribute=ATTRIBUTE_OF.get(found["value"]),
        attribute_value=found["value"] or None,
        horizon_days=180,
    )


def _words(code: str) -> str:
    scope = _read(code)
    if scope is None:
        return code
    programme = programme_words().get(scope.programme_id or ALL, scope.programme_id or "")
    parts = [
        partner_words().get(scope.partner_id, scope.partner_id) if scope.partner_id else "",
        "" if scope.partner_id and scope.programme_id == FOR_REFUGEES else programme,
        month(scope.cohort_month) if scope.cohort_month else "",
        value_words().get(scope.attribute_value, "") if scope.attribute_value else "",
    ]
    return ", ".join(part for part in parts if part)


def _pair(one: Scope, other: Scope, by_day: int) -> Scope:
    return Scope(
        programme_id=one.programme_id,
        partner_id=one.partner_id,
        cohort_month=one.cohort_month,
        attribute=one.attribute,
        attribute_value=one.attribute_value,
        other_programme_id=other.programme_id,
        other_partner_id=other.partner_id,
        other_cohort_month=other.cohort_month,
        other_attribute=other.attribute,
        other_attribute_value=other.attribute_value,
        by_day=by_day,
    )


def _at_risk(table: pd.DataFrame, mark: int) -> int:
    later = table[table["day"] >= mark]
    return int(next(iter(later["at_risk"]), 0))


def _first(code: str) -> datetime.date | None:
    return datetime.date.fromisoformat(code + "-01") if code else None
