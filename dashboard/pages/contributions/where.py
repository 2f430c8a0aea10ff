"""Contributions by who and where: members and countries, the map, the matrix with its activities."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from dashboard.components.context import small_states
from dashboard.components.figures import Figure, Number, Words, figure, map_height, table_figure
from dashboard.components.filters import choose
from dashboard.components.light import is_light
from dashboard.components.notices import map_disclaimer
from dashboard.components.page import headline
from dashboard.components.tables import grid, show_table
from dashboard.components.texts import note, paragraph
from dashboard.components.vocabulary import audience_words, kind_words, mission_words
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, people, whole, with_commas
from dashboard.locales.plain import in_markdown
from dashboard.pages.contributions.charts import countries_map, country_classes, heat_table
from dashboard.pages.contributions.choices import stage_words
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

TOTALS, COUNTRIES = "contributions/totals", "contributions/countries"
CELLS, MATRIX, ACTIVITIES = "contributions/cells", "contributions/matrix", "contributions/activities"
# More rows than a reader takes in; the table below the matrix holds all.
ROWS_DRAWN = 40
NOTHING = "\u2007"  # an empty cell: hundreds of dashes would hide the few that hold something


def code_words() -> dict[str, dict[str, str]]:
    """Words for the columns of activities that hold codes."""
    return {
        "stage": stage_words(),
        "mission": mission_words(),
        "audience": audience_words(),
        "activity_type": kind_words(),
    }


def answer(scope: Scope) -> None:
    """Members, countries and activities in a sentence, the strip, and the map."""
    totals = ask_row(TOTALS, scope)
    headline(_in_words(totals), _lead(totals, scope))
    table, classes = ask(COUNTRIES, scope), words("contribution_class")
    figure(
        Figure(
            COUNTRIES,
            scope,
            countries_map(table, classes, map_height(long_legend=True, beside_card=True)),
            Words(
                "",
                alt=_(
                    "World map: colour shows the number of activities in each country, circles those reached directly."
                ),
            ),
            columns=[
                *("country", "region", "activities", "organisations", "under_way", "offered"),
                *("learners_direct", "learners_indirect", "people_in_need"),
            ],
        ),
        numbers=_numbers(totals, scope),
    )
    small = table[(table["activities"] > 0) & ~table["has_polygon"]]
    small_states(small, "activities", "class", country_classes(classes))
    _note_not_counted(totals)
    map_disclaimer()


def no_activity() -> str:
    """The sentence where nothing matches the choices."""
    return _("No activity fits this choice")


def what_to_widen() -> str:
    """What a reader can do where nothing matches the choices."""
    return _(
        "Widen the region or the period, or choose all missions, stages and types of members. Countries on the map "
        "state a need or have offers only."
    )


def _in_words(totals: Mapping[str, Any]) -> str:
    if not totals["activities"]:
        return no_activity()
    counts = (totals["members_active"], totals["countries"], totals["activities"])
    message = (
        _("Active members: {members}; countries: {countries}; activities: {activities}")
        if min(counts) <= 1  # three nouns, each of which may be one
        else _("{members} members are active in {countries} countries, with {activities} activities")
    )
    members, countries, activities = map(whole, counts)
    return message.format(members=members, countries=countries, activities=activities)


def _lead(totals: Mapping[str, Any], scope: Scope) -> str:
    reported_on = totals["told_on"]
    lead = "" if is_missing(reported_on) else _("As reported by {day}.").format(day=day(reported_on))
    if not totals["activities"]:
        lead += " " + what_to_widen()
    if scope.stage:
        lead += " " + _("Every stage is on the map; the choice of a stage does not change it.")
    return lead


def _numbers(totals: Mapping[str, Any], scope: Scope) -> list[Number]:
    return [
        Number(
            "members_active",
            totals["members_active"],
            TOTALS,
            scope,
            note=_("of {members} on the register").format(members=whole(totals["members"])),
        ),
        Number(
            "",
            whole(totals["others_active"]),
            TOTALS,
            scope,
            note=_("not on the register"),
            label=_("Other organisations"),
        ),
        Number(
            "countries_with_activity",
            totals["countries"],
            TOTALS,
            scope,
            note=plural("{count} activity", "{count} activities", totals["activities"]).format(
                count=whole(totals["activities"])
            ),
        ),
        Number(
            "",
            whole(totals["activities_offered"]),
            TOTALS,
            scope,
            note=_("recorded, not counted"),
            label=_("Offered only"),
        ),
    ]


def _note_not_counted(totals: Mapping[str, Any]) -> None:
    note(
        _(
            "Not counted: {others} activities of other sectors. Stage not stated: {blank} of the {all} activities "
            "counted."
        ).format(
            others=whole(totals["activities_other_sectors"]),
            blank=whole(totals["activities_without_stage"]),
            all=whole(totals["activities"]),
        )
    )
    unknown = totals["activities_sector_not_stated"]
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
    kinds = {
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
        rows = choose(_("Matrix"), list(kinds), "rows", lambda code: kinds[code], "mission", buttons=True)
        measure = choose(_("Show"), list(measures), "show", lambda code: measures[code], "activities", buttons=True)
    query_scope = replace(scope, rows=rows)
    table = ask(CELLS, query_scope)
    if table.empty:
        paragraph(_("No cell of the matrix has an activity of this choice."))
        return
    labels = _row_labels(rows, table["row"])
    lead = _("Choose a cell, or a row and a place below, to list its activities.")
    if len(labels) > ROWS_DRAWN:
        lead += " " + _("Shown are the {drawn} that are in the most places, of {all}; the download has all.").format(
            drawn=ROWS_DRAWN, all=len(labels)
        )
    if rows == "member" and measure != "activities":
        lead += " " + _("The same learners are in the row of each member that contributed.")
    shaded = heat_table(table, measure, labels, ROWS_DRAWN, whole if measure == "activities" else people)
    places = dict(zip(table["place_name"], table["place"], strict=True))
    names = {label: row for row, label in labels.items()}
    figure(
        Figure(
            CELLS,
            query_scope,
            lambda: (
                show_table(CELLS, query_scope)
                if is_light()
                else st.dataframe(
                    shaded,
                    key=f"matrix-{rows}-{measure}",
                    on_select=partial(
                        _cell_chosen, f"matrix-{rows}-{measure}", [names[label] for label in shaded.index], places
                    ),
                    selection_mode="single-cell",
                    height=min(520, 40 + 36 * len(shaded.index)),
                    placeholder=NOTHING,
                    alt=_("Heat table: the deeper a cell, the more there is."),
                )
            ),
            Words(
                _("{row} is in the most places").format(row=in_markdown(shaded.index[0])),
                lead=lead,
                alt=_("Heat table: the deeper a cell, the more there is."),
            ),
            columns=["row", "place_name", "activities", "organisations", "learners_direct", "learners_indirect"],
            codes={"row": labels},
        )
    )
    _activities(query_scope, labels, places)


def whole_matrix() -> None:
    """Every row and country of the matrix as last chosen, whatever mission, region or period."""
    query_scope = Scope(rows=st.session_state.get("rows", "mission"))
    table, alt = ask(MATRIX, query_scope), _("Table of activities and learners for each row and country of the matrix.")
    labels, known = _row_labels(query_scope.rows or "", table["row"]), ask(COUNTRIES)
    names = dict(zip(known["country_iso3"], known["country"], strict=True))
    name_of_rows = row_words()[query_scope.rows or "mission"]
    rows = [
        {
            name_of_rows: labels[row.row],
            _("Country"): names.get(row.country_iso3, row.country_iso3),
            _("Activities"): whole(row.activities),
            _("Learners reached directly"): whole(row.learners_direct),
            _("Learners reached indirectly"): whole(row.learners_indirect),
        }
        for row in table.itertuples()
    ]
    table_figure(Figure(MATRIX, query_scope, lambda: grid(rows, alt, "", height=420), Words("", alt=alt)))


def row_words() -> dict[str, str]:
    """What the rows of each matrix are."""
    return {"mission": _("Mission"), "activity": _("Kind of activity"), "member": _("Member")}


def _row_labels(rows: str, codes: Sequence[str]) -> dict[str, str]:
    words = {"mission": mission_words(), "activity": kind_words()}.get(rows, {"not stated": _("Not stated")})
    return {row: words.get(row, row) for row in dict.fromkeys(codes)}


def _cell_chosen(key: str, rows: Sequence[str], places: Mapping[str, str]) -> None:
    for at, column in st.session_state[key].selection.cells:
        st.session_state["row"] = rows[at]
        st.session_state["place"] = places.get(column)


def _activities(scope: Scope, labels: Mapping[str, str], places: Mapping[str, str]) -> None:
    """The activities of the row and the place chosen: who leads and supports, when, for whom, directly, indirectly."""
    names = {place: name for name, place in places.items()}
    by_name = sorted(names, key=lambda place: names[place])
    heads = {"mission": _("Mission of the row"), "activity": _("Kind of activity"), "member": _("Member")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        row = choose(
            heads[scope.rows or "mission"],
            [None, *sorted(labels, key=lambda code: labels[code])],
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
    query_scope = replace(scope, row=row)
    query_scope = (
        replace(query_scope, region=place or scope.region)
        if scope.rows == "mission"
        else replace(query_scope, country_iso3=place)
    )
    chosen = with_commas(in_markdown(words) for words in (labels.get(row or ""), names.get(place or "")) if words)
    count = len(ask(ACTIVITIES, query_scope))
    table_figure(
        Figure(
            ACTIVITIES,
            query_scope,
            lambda: show_table(
                ACTIVITIES,
                query_scope,
                [
                    *("activity", "lead", "supported_by", "country", "activity_type", "audience", "stage"),
                    *("began_on", "ended_on", "people_targeted", "people_direct", "people_indirect"),
                ],
                key="activities",
                height=380,
                codes=code_words(),
            ),
            Words(
                plural("{choice}: {count} activity", "{choice}: {count} activities", count).format(
                    choice=chosen, count=whole(count)
                ),
                alt=_("Table of activities with who leads and supports, when, for whom, and how many people."),
            ),
        )
    )
