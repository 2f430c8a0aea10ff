"""Panels of contributions: filters, tiles, the matrix with its activities, map, months, ladder, gaps and overlaps."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.access.visitor import NotAdmitted, Visitor, visitor
from dashboard.briefs.hxl import SOURCE, newest_rows, write_hxl
from dashboard.charts.bars import bars_figure
from dashboard.components.figures import Figure, Number, Words, figure, map_height, strip, table_figure
from dashboard.components.filters import choose
from dashboard.components.notices import map_disclaimer
from dashboard.components.tables import lazy_table, show_table
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, month, people, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.contributions.charts import countries_map, heat_table, ladder_figure, months_figure, reach_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, current_release
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.releases import Release

TOTALS = "contributions/totals"
CELLS = "contributions/cells"
MATRIX = "contributions/matrix"
ACTIVITIES = "contributions/activities"
# More rows than a reader takes in; the table below the matrix holds all.
ROWS_DRAWN, MEMBERS_DRAWN = 40, 15
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING = "\u2007"  # an empty cell: hundreds of dashes would hide the few that hold something


def stage_words() -> dict[str, str]:
    """The ladder, and off it those whose stage nobody states."""
    return {
        "offered": _("Offered"),
        "confirmed": _("Confirmed"),
        "delivering": _("Delivering"),
        "delivered": _("Delivered"),
        "not stated": _("Not stated"),
    }


def mission_words() -> dict[str, str]:
    """The coalition's missions."""
    return {
        "connectivity": _("Connectivity"),
        "teachers": _("Teachers"),
        "gender": _("Gender"),
        "skills": _("Skills"),
        "learning": _("Learning"),
        "not stated": _("Not stated"),
    }


def audience_words() -> dict[str, str]:
    """For whom an activity is."""
    return {
        "learners": _("Learners"),
        "teachers": _("Teachers"),
        "parents": _("Parents"),
        "institutions": _("Institutions"),
        "not stated": _("Not stated"),
    }


def member_type_words() -> dict[str, str]:
    """Types of members."""
    return {
        "private sector": _("Private sector"),
        "multilateral": _("Multilateral"),
        "civil society": _("Civil society"),
        "network": _("Network"),
        "media": _("Media"),
    }


def kind_words() -> dict[str, str]:
    """Kinds of activity."""
    return {
        "learning platform": _("Learning platform"),
        "courses": _("Courses"),
        "content": _("Content"),
        "radio and television": _("Radio and television"),
        "print": _("Print"),
        "connectivity": _("Connectivity"),
        "devices": _("Devices"),
        "teacher training": _("Teacher training"),
        "psychosocial support": _("Psychosocial support"),
        "assessment": _("Assessment"),
        "other": _("Other"),
        "not stated": _("Not stated"),
    }


def code_words() -> dict[str, dict[str, str]]:
    """Words for the columns of activities that hold codes."""
    return {
        "stage": stage_words(),
        "mission": mission_words(),
        "audience": audience_words(),
        "activity_type": kind_words(),
    }


def choose_view() -> Scope:
    """Lets the reader choose mission, audience, region, type of member, stage and period."""
    known = ask("contributions/choices")
    regions = [*sorted(known["region"].dropna().unique()), *sorted(known["sub_region"].dropna().unique())]
    ends = ask_one("contributions/choices")
    months = _months(ends["from_month"], ends["to_month"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mission = _any(_("Mission"), mission_words(), "mission")
        audience = _any(_("For whom"), audience_words(), "audience")
        region = _any(_("Region"), {name: _(name) for name in dict.fromkeys(regions)}, "region")
        kind = _any(_("Type of member"), member_type_words(), "member_type")
        stage = choose(
            _("Stage"),
            [None, *stage_words()],
            "stage",
            lambda code: stage_words()[code] if code else _("All but offered"),
            None,
        )
        first = _month(_("Under way from"), months, "from_month", _("The first"))
        last = _month(_("Under way until"), months, "to_month", _("The last"))
    return Scope(
        mission=mission,
        audience=audience,
        region=region,
        member_type=kind,
        stage=stage,
        from_month=first,
        to_month=last,
    )


def tiles(scope: Scope) -> None:
    """Members, countries, learners directly and indirectly, overlap factor, top three; then what is kept apart."""
    row = ask_one(TOTALS, scope)
    strip(
        [
            Number(
                "members_active",
                row["members_active"],
                TOTALS,
                scope,
                note=_("of {members} on the register; {others} organisations that are not on it").format(
                    members=whole(row["members"]), others=whole(row["others_active"])
                ),
            ),
            Number(
                "countries_with_activity",
                row["countries"],
                TOTALS,
                scope,
                note=plural("{count} activity", "{count} activities", row["activities"]).format(
                    count=whole(row["activities"])
                ),
            ),
            Number(
                "top_three_members",
                row["top_three_members"],
                TOTALS,
                scope,
                note="" if is_missing(row["top_three"]) else in_markdown(row["top_three"]),
            ),
            Number(
                "learners_contributed_direct",
                row["learners_direct"],
                TOTALS,
                scope,
                note=_("each activity counted once"),
            ),
            Number(
                "learners_contributed_indirect",
                row["learners_indirect"],
                TOTALS,
                scope,
                note=_("through others; never added to those reached directly"),
            ),
            Number(
                "overlap_factor",
                row["overlap_factor"],
                TOTALS,
                scope,
                note=_("members count {claimed} as their own").format(claimed=people(row["learners_claimed"])),
            ),
        ],
        key="tiles",
    )
    _apart(row)
    if not row["activities"]:
        st.info(
            _(
                "No activity fits this choice. Widen the region or the period, or choose all missions, stages and "
                "types of members."
            )
        )


def _apart(row: Mapping[str, Any]) -> None:
    others = {
        _("teachers"): row["teachers_direct"],
        _("parents"): row["parents_direct"],
        _("institutions"): row["institutions_direct"],
        _("people whose role is not stated"): row["others_direct"],
    }
    reached = ", ".join(f"{people(n)} {word}" for word, n in others.items() if not is_missing(n))
    said = [_("As told by {day}.").format(day=day(row["told_on"]))]
    if reached:
        said.append(_("Reached besides, and not among learners: {reached}.").format(reached=reached))
    said.append(
        _("Kept apart: {offered} offered, {others} of other sectors. Stage not stated: {blank}.").format(
            offered=whole(row["activities_offered"]),
            others=whole(row["activities_other_sectors"]),
            blank=whole(row["activities_without_stage"]),
        )
    )
    st.caption(" ".join(said))
    unknown = row["activities_sector_not_stated"]
    if unknown:
        st.info(
            plural(
                "Sector not stated: {count} activity. It is not counted as education; the sender can declare its "
                "sector when the list is imported.",
                "Sector not stated: {count} activities. They are not counted as education; the sender can declare "
                "their sector when the list is imported.",
                unknown,
            ).format(count=whole(unknown))
        )


def matrix(scope: Scope) -> None:
    """The matrix as a heat table; a cell or a row of it lists its activities."""
    views = {
        "mission": _("Missions × regions"),
        "activity": _("Kinds of activity × countries"),
        "member": _("Members × countries"),
    }
    measures = {
        "activities": _("Activities"),
        "learners_direct": _("Learners directly"),
        "learners_indirect": _("Learners indirectly"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rows = choose(_("Matrix"), list(views), "rows", lambda code: views[code], "mission", buttons=True)
        measure = choose(_("Show"), list(measures), "show", lambda code: measures[code], "activities", buttons=True)
    asked = replace(scope, rows=rows)
    table = ask(CELLS, asked)
    if table.empty:
        st.write(_("No cell of the matrix has an activity of this choice."))
        return
    labels = _row_labels(rows, table["row"])
    lead = _("Choose a cell, or a row and a place below, for its activities.")
    if len(labels) > ROWS_DRAWN:
        lead += " " + _("Drawn are the {drawn} that are in the most places, of {all}; the download holds all.").format(
            drawn=ROWS_DRAWN, all=len(labels)
        )
    if rows == "member" and measure != "activities":
        lead += " " + _("A member is shown what it contributed to: the same learners stand in the row of each.")
    shaded = heat_table(table, measure, labels, ROWS_DRAWN, whole if measure == "activities" else people)
    places = dict(zip(table["place_name"], table["place"], strict=True))
    names = {label: row for row, label in labels.items()}
    figure(
        Figure(
            CELLS,
            asked,
            lambda: st.dataframe(
                shaded,
                key=f"matrix-{rows}-{measure}",
                on_select=partial(
                    _cell_chosen, f"matrix-{rows}-{measure}", [names[label] for label in shaded.index], places
                ),
                selection_mode="single-cell",
                height=min(520, 40 + 36 * len(shaded.index)),
                placeholder=NOTHING,
                alt=_("Heat table: the deeper a cell, the more there is."),
            ),
            Words(views[rows], lead=lead, alt=_("Heat table: the deeper a cell, the more there is.")),
            codes={"row": labels},
        )
    )
    _activities(asked, labels, places)
    lazy_table(
        _("The whole matrix, whatever is chosen above"), MATRIX, Scope(rows=rows), codes={"row": _all_rows(rows)}
    )


def _all_rows(rows: str) -> dict[str, str]:
    return _row_labels(rows, ask(MATRIX, Scope(rows=rows))["row"])


def _row_labels(rows: str, found: Sequence[str]) -> dict[str, str]:
    words = {"mission": mission_words(), "activity": kind_words()}.get(rows, {"not stated": _("Not stated")})
    return {row: words.get(row, row) for row in dict.fromkeys(found)}


def _cell_chosen(key: str, rows: Sequence[str], places: Mapping[str, str]) -> None:
    for at, column in st.session_state[key].selection.cells:
        st.session_state["row"] = rows[at]
        st.session_state["place"] = places.get(column)


def _activities(scope: Scope, labels: Mapping[str, str], places: Mapping[str, str]) -> None:
    """The activities of the row and the place chosen: who leads and supports, when, for whom, directly, indirectly."""
    names = {place: name for name, place in places.items()}
    by_name = sorted(names, key=lambda place: names[place])
    heads = {"mission": _("Mission"), "activity": _("Kind of activity"), "member": _("Member")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        row = choose(
            heads[scope.rows or "mission"],
            [None, *sorted(labels, key=lambda one: labels[one])],
            "row",
            lambda code: labels[code] if code else _("All"),
            None,
        )
        place = choose(
            _("Sub-region") if scope.rows == "mission" else _("Country"),
            [None, *by_name],
            "place",
            lambda code: names[code] if code else _("All"),
            None,
        )
    if not row and not place:
        return
    asked = replace(scope, row=row)
    asked = (
        replace(asked, region=place or scope.region) if scope.rows == "mission" else replace(asked, country_iso3=place)
    )
    said = ", ".join(in_markdown(words) for words in (labels.get(row or ""), names.get(place or "")) if words)
    table_figure(
        Figure(
            ACTIVITIES,
            asked,
            lambda: show_table(
                ACTIVITIES,
                asked,
                [
                    *("activity", "lead", "supported_by", "country", "activity_type", "audience", "stage"),
                    *("began_on", "ended_on", "people_targeted", "people_direct", "people_indirect"),
                ],
                key="activities",
                height=380,
                codes=code_words(),
            ),
            Words(
                _("Activities: {choice}").format(choice=said),
                alt=_("Table of activities with who leads and supports, when, for whom, and how many people."),
            ),
        )
    )


def world(scope: Scope) -> None:
    """Countries on the map by how many activities they have, with learners reached directly."""
    words = {
        "from_10": _("10 activities and more"),
        "from_5": _("5 to 9"),
        "from_2": _("2 to 4"),
        "one": _("1 activity"),
        "in_need_none": _("People in need, none but offers"),
        "offered_only": _("Offered only"),
    }
    table = ask("contributions/countries", scope)
    figure(
        Figure(
            "contributions/countries",
            scope,
            countries_map(table, words, map_height(long_legend=True)),
            Words(
                _("Where activities are"),
                lead=_("Every stage is on the map; the filter by stage does not change it.") if scope.stage else "",
                alt=_(
                    "World map: colour shows the number of activities in each country, circles learners reached directly."
                ),
            ),
            columns=[
                *("country", "region", "activities", "organisations", "under_way", "offered"),
                *("learners_direct", "learners_indirect", "people_in_need"),
            ],
        )
    )
    map_disclaimer()


def timeline(scope: Scope) -> None:
    """Activities under way, month by month."""
    table = ask("contributions/months", scope)
    if table.empty:
        st.write(_("No activity of this choice has a first day."))
        return
    figure(
        Figure(
            "contributions/months",
            scope,
            months_figure(table, stage_words()),
            Words(
                _("Activities under way in each month"),
                lead=_("By the stage that each has come to by now. Those without a first day are in no month."),
                alt=_("Bars of activities under way in each month, by the stage that they have come to."),
            ),
            codes={"stage": stage_words()},
        )
    )


def stages(scope: Scope) -> None:
    """The ladder over all members, each activity once."""
    table = ask("contributions/stages", scope)
    words = stage_words()
    figure(
        Figure(
            "contributions/stages",
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
                _("The ladder: from offered to delivered"),
                lead=_(
                    "What is offered is recorded and not counted. An activity stands on one rung, the farthest it came to."
                ),
                alt=_("Bars of activities offered, confirmed, delivering, delivered, and without a stage."),
            ),
            codes={"stage": words},
        )
    )


def ladder(scope: Scope) -> None:
    """The ladder by member, with what each contributed to and its fractional share."""
    table = ask("contributions/ladder", scope)
    words = {kind: member_type_words().get(kind, kind) for kind in table["member_type"]}
    lead = _(
        "Contributed to: all learners of the activities a member is in; it does not add up over members. Fractional: "
        "each activity's learners parted equally among its lead and supporters; it does."
    )
    if len(table) > MEMBERS_DRAWN:
        lead += " " + _("Drawn are the {drawn} with the most activities, of {all}.").format(
            drawn=MEMBERS_DRAWN, all=len(table)
        )
    shown = figure(
        Figure(
            "contributions/ladder",
            scope,
            ladder_figure(table.head(MEMBERS_DRAWN), stage_words()),
            Words(_("Member by member"), lead=lead, alt=_("Bars of activities of each member by stage.")),
            codes={"member_type": words},
        )
    )
    if shown:
        show_table(
            "contributions/ladder",
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
    """Learners reached by each mission, directly against indirectly."""
    table = ask("contributions/missions", scope)
    words = mission_words()
    shown = figure(
        Figure(
            "contributions/missions",
            scope,
            reach_figure(table, [words[mission] for mission in table["mission"]]),
            Words(
                _("Reach by mission, directly against indirectly"),
                lead=_("Each activity counted once. The two may be the same learners and are never added."),
                alt=_("Pairs of bars for each mission: learners reached directly, and indirectly."),
            ),
        )
    )
    if shown:
        show_table("contributions/missions", scope, key="missions", codes={"mission": words})


def coverage(scope: Scope) -> None:
    """In need, targeted, reached, covered: totals for each audience, then by country and kind of activity."""
    asked = "contributions/coverage_totals"
    totals, words = ask(asked, scope), audience_words()
    if totals["people_targeted"].isna().all():
        st.write(_("No activity of this choice states how many people it targets."))
    else:
        _covered(ask_one(asked, scope), scope, words)
    if totals.empty:
        return
    table_figure(
        Figure(
            asked,
            scope,
            lambda: show_table(asked, scope, key="coverage-totals", codes={"audience": words}),
            Words(
                _("By audience"), alt=_("Table of people in need, targeted, reached, and the gap, for each audience.")
            ),
        )
    )
    causes = {
        "several_activities": _("several activities may have reached the same people"),
        "more_than_planned": _("more came than were planned for"),
    }
    lazy_table(
        _("By country and kind of activity, the largest gap first; more than 100 % with its cause"),
        "contributions/coverage",
        scope,
        codes={"audience": words, "activity_type": kind_words(), "cause": causes},
    )


def _covered(first: Mapping[str, Any], scope: Scope, words: Mapping[str, str]) -> None:
    """Gap, share and surplus of the audience with the largest target."""
    asked = "contributions/coverage_totals"
    left, right, third = st.columns(3)
    strip(
        [
            Number(
                "contribution_gap",
                first["gap"],
                asked,
                scope,
                note=_("{audience}: {targeted} targeted, {reached} reached").format(
                    audience=words[first["audience"]],
                    targeted=people(first["people_targeted"]),
                    reached=people(first["people_reached"]),
                ),
            ),
            Number("share_covered", first["share_covered"], asked, scope, note=_("reached, of those targeted")),
            Number(
                "",
                people(first["surplus"]),
                asked,
                scope,
                note=_("in {cells} of {all} places, beyond their target; it closes no gap elsewhere").format(
                    cells=whole(first["cells_over"]), all=whole(first["cells"])
                ),
                label=_("Surplus"),
            ),
        ],
        key="covered",
    )


def overlaps(scope: Scope) -> None:
    """Countries with two or more like activities at a time."""
    asked = "contributions/overlaps"
    table = ask(asked, scope)
    if table.empty:
        st.write(_("No two activities of this choice are alike in country, kind and audience at the same time."))
        return
    table_figure(
        Figure(
            asked,
            scope,
            lambda: show_table(
                asked,
                scope,
                [
                    *("country", "activity_type", "audience", "activities", "organisations", "leads"),
                    *("from_date", "until_date", "people_targeted", "people_direct"),
                ],
                key="overlaps",
                codes={"audience": audience_words(), "activity_type": kind_words()},
            ),
            Words(
                _("Two or more like activities at the same time"),
                lead=_(
                    "The same country, kind of activity and audience, on the same days: a reason to talk, not yet waste."
                ),
                alt=_("Table of countries with several like activities whose days overlap."),
            ),
        )
    )


def unserved(scope: Scope) -> None:
    """Countries in need with nothing confirmed or delivering."""
    asked = "contributions/unserved"
    table = ask(asked, scope)
    if table.empty:
        st.write(_("Every country known to be in need has an activity confirmed or delivering."))
        return
    table_figure(
        Figure(
            asked,
            scope,
            lambda: show_table(
                asked,
                scope,
                [
                    *("country", "region", "people_in_need", "schools_closed_on", "learners", "refugees"),
                    *("needs_open", "offered", "delivered"),
                ],
                key="unserved",
            ),
            Words(
                plural("{count} country in need with none", "{count} countries in need with none", len(table)).format(
                    count=len(table)
                ),
                lead=_(
                    "In need: a list states people in need, schools are closed on the newest day of UNESCO's record, the "
                    "country hosts refugees, or a need it raised is open. Nothing of this choice is confirmed or "
                    "delivering there."
                ),
                alt=_("Table of countries in need that have no activity confirmed or delivering."),
            ),
        )
    )


def take_along() -> None:
    """The rows of each sender as a file with HXL tags, for stewards: an import of it gives the same rows again."""
    came = visitor()
    pins = current_release().manifest["snapshots"].get(SOURCE, [])
    senders = sorted({sender for pin in pins for sender in pin.get("streams", ())})
    if not came.viewer.is_steward or not senders:
        return
    st.header(_("Take along"), anchor=False)
    st.write(_("The list as it was sent, with HXL tags, for other tools or another store."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sender = choose(_("Sent by"), senders, "reported_by", str, senders[0])
        for kind, media in (("csv", "text/csv"), ("xlsx", XLSX)):
            st.download_button(
                _("HXL as {kind}").format(kind=kind.upper()),
                # Written later, outside of this session: so for this visitor and this release.
                data=partial(_hxl, came, current_release(), sender, kind),
                file_name=f"contributions_5w_{sender}_release_{current_release().number}.{kind}",
                mime=media,
                key=f"hxl-{kind}",
                on_click="ignore",
            )


def _hxl(came: Visitor, release: Release, sender: str, kind: str) -> bytes:
    """The file.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    rows = newest_rows(store_folder(), release, sender)
    record(store_folder(), "export", came.who, f"{SOURCE} of {sender}, {len(rows)} rows, HXL", release.number)
    return write_hxl(rows, kind)


def _any(label: str, words: Mapping[str, str], key: str) -> str | None:
    return choose(label, [None, *words], key, lambda code: words[code] if code else _("All"), None)


def _month(label: str, months: Sequence[str], key: str, none: str) -> datetime.date | None:
    chosen = choose(label, [None, *months], key, lambda code: month(_first(code)) if code else none, None)
    return _first(chosen) if chosen else None


def _first(code: str) -> datetime.date:
    return datetime.date.fromisoformat(code + "-01")


def _months(first: datetime.date | None, last: datetime.date | None) -> list[str]:
    """Every month between two, as in an address."""
    if is_missing(first) or is_missing(last):
        return []
    return [str(one) for one in pd.period_range(first, last, freq="M")]
