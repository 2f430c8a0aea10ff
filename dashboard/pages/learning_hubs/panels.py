"""Panels of learning hubs: the map with the details of one hub, sessions, attendance, completion, the register."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.world import MAP_CONFIG
from dashboard.components import context
from dashboard.components.downloads import download
from dashboard.components.figures import (
    Drawn,
    Figure,
    Number,
    Words,
    chart_key,
    figure,
    is_dark,
    plain_chart,
    strip,
    table_figure,
)
from dashboard.components.filters import choose, choose_country
from dashboard.components.learners import own_partner, partner_words
from dashboard.components.light import is_light, is_narrow
from dashboard.components.notices import map_disclaimer, owners_only
from dashboard.components.page import NoAnswer, headline
from dashboard.components.provenance import drawn_from
from dashboard.components.readable import Codes
from dashboard.components.tables import grid, lazy_table, show_table
from dashboard.components.texts import heading, hint, lines, note, paragraph
from dashboard.locales import _, plural
from dashboard.locales.numbers import (
    SHORT,
    day,
    decimal,
    is_missing,
    missing,
    month,
    points,
    share,
    short_day,
    whole,
    widget_day,
    with_commas,
)
from dashboard.locales.plain import in_markdown
from dashboard.pages.learning_hubs.charts import hubs_map, mix_figure, sessions_figure
from dashboard.pages.learning_hubs.deck import hubs_deck
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, current_viewer, is_hidden_from_me
from dashboard.vocabularies import words
from dashboard.warehouse.catalog import metrics

VITALITY, EVIDENCE, COUNTS = "learning_hubs/vitality", "learning_hubs/evidence", "learning_hubs/counts"
TOTALS, BY_MONTH, MIX = "learning_hubs/session_totals", "learning_hubs/sessions_by_month", "learning_hubs/course_mix"
ATTENDANCE, SESSIONS = "learning_hubs/attendance_by_hub", "learning_hubs/sessions_of_hub"
EFFECT = "learning_hubs/hub_effect"
REGISTER = "learning_hubs/register"
MAP_HEIGHT, MAP_HEIGHT_ON_PHONE = 330, 260
DECK_HEIGHT = 430
WORLD, WORLD_ON_PHONE = 0.75, -0.75  # zoom at which the whole world fits
MOST_QUIET = 6
FACTS = [
    "hub",
    "country",
    "status",
    "last_session_on",
    "last_learning_month",
    "closed_on",
    "sessions",
    "host",
    "host_type",
    "programme",
    "announced_on",
]


def status_words() -> dict[str, str]:
    """Words for each status, in the order of the legend."""
    return words("hub_status")


def kind_words() -> dict[str, str]:
    """Words for each kind of session."""
    return words("session_kind", ("discussion", "tutoring", "project", "introduction", "other"))


def needs() -> str:
    """Why there is nothing to show; empty where a register of hubs is in the release."""
    if ask(REGISTER).empty:
        return _("No register of hubs is in this release. A steward can bring one in on the page Upload.")
    return ""


def region(scope: Scope) -> Scope:
    """A region that has a hub."""
    return replace(scope, region=_any(_("Region"), sorted(ask(REGISTER)["region"].dropna().unique()), "region"))


def country(scope: Scope) -> Scope:
    """A country that has a hub."""
    return replace(scope, country_iso3=choose_country(_("Country"), ask(REGISTER), _("All")))


def host_type(scope: Scope) -> Scope:
    """A kind of host that has a hub."""
    kinds = sorted(ask(REGISTER)["host_type"].dropna().unique())
    named = words("host_type")
    chosen = choose(
        _("Host type"), [None, *kinds], "host_type", lambda code: named.get(code, code) if code else _("All"), None
    )
    return replace(scope, host_type=chosen)


def answer(scope: Scope) -> None:
    """How many of the hubs named are active, the four counts, and the map beside the details of one hub."""
    hubs = ask(VITALITY, scope)
    if hubs.empty:
        raise NoAnswer(_("No hub matches these choices. Choose All in one of them."))
    headline(_activity(hubs), _about(scope, ask_row(VITALITY, scope)["as_of_on"]))
    figure(
        Figure(
            VITALITY,
            scope,
            lambda: _map_and_details(hubs, scope),
            Words("", alt=_("Map of hubs by status")),
            columns=FACTS,
            codes={"status": status_words()},
        ),
        numbers=_counts(),
    )
    map_disclaimer()


def _activity(hubs: pd.DataFrame) -> str:
    """How many are active, and what the others are."""
    counted = hubs["status"].value_counts()
    if is_missing(hubs["as_of_on"].max()):
        return plural(
            "{count} named hub; no file in this release reports activity",
            "{count} named hubs; no file in this release reports activity",
            len(hubs),
        ).format(count=whole(len(hubs)))
    words = {
        "dormant": plural("{count} is dormant", "{count} are dormant", counted.get("dormant", 0)),
        "unknown": plural("{count} has unknown status", "{count} have unknown status", counted.get("unknown", 0)),
        "closed": plural("{count} is closed", "{count} are closed", counted.get("closed", 0)),
    }
    others = [
        sentence.format(count=whole(counted[status])) for status, sentence in words.items() if counted.get(status, 0)
    ]
    active = plural(
        "{active} of {count} named hubs is active",
        "{active} of {count} named hubs are active",
        counted.get("active", 0),
    ).format(active=whole(counted.get("active", 0)), count=whole(len(hubs)))
    return _("{active}; {others}").format(active=active, others=with_commas(others)) if others else active


def _about(scope: Scope, until: datetime.date | None) -> str:
    sentences = [
        _("Places with internet where people take courses together, free of charge, with a local facilitator."),
        ""
        if is_missing(until)
        else _("Activity is counted up to {day}, the day of the newest file.").format(day=day(until)),
        "" if scope == Scope() else _("The four counts below are of all hubs."),
    ]
    return " ".join(filter(None, sentences))


def _counts() -> list[Number]:
    """Announced, named, evidenced, active: four counts that are never one. They are of all hubs."""
    row, activity = ask_row(COUNTS), ask_row(EVIDENCE)
    is_known = not is_missing(activity["as_of_on"])
    return [
        Number(
            "",
            _("more than {count}").format(count=whole(row["hubs_announced"])),
            COUNTS,
            Scope(),
            note=_("stated at the launch in 2013"),
            label=_("Announced hubs"),
        ),
        Number(
            "hubs_named",
            row["hubs_named"],
            COUNTS,
            Scope(),
            note=_("in {count} countries").format(count=whole(row["countries"])),
            label=_("Named hubs"),
        ),
        Number(
            "",
            whole(activity["hubs_evidenced"]) if is_known else _("not known"),
            EVIDENCE,
            Scope(),
            note=_("with any evidence of activity") if is_known else _("no file reports activity"),
            label=_("Evidenced hubs"),
        ),
        Number(
            "hubs_alive",
            activity["hubs_alive"] if is_known else None,
            EVIDENCE,
            Scope(),
            note=_("in the 60 days before {day}").format(day=short_day(activity["as_of_on"])) if is_known else "",
            label=_("Active hubs"),
        ),
    ]


def _map_and_details(hubs: pd.DataFrame, scope: Scope) -> None:
    """The map, and beside it (on a phone below it) the details of the hub that is chosen."""
    beside = [st.container(), st.container()] if is_narrow() else st.columns([3, 2], gap="medium")
    with beside[1]:
        chosen = _choose_hub()
        if chosen:
            _details(chosen)
        else:
            _not_active(hubs)
    with beside[0]:
        if is_light():
            show_table(VITALITY, scope, FACTS, codes={"status": status_words()})
            return
        st.plotly_chart(
            Drawn(
                hubs_map(hubs, status_words(), chosen, MAP_HEIGHT_ON_PHONE if is_narrow() else MAP_HEIGHT), is_dark()
            ),
            key=chart_key(VITALITY),
            config=dict(MAP_CONFIG),
            on_select=_take_clicked,
            selection_mode="points",
            alt=_("World map with a mark for each learning hub by its status. The table lists the same hubs."),
        )
        note(_(metrics()["hub_status"].definition))


def _not_active(hubs: pd.DataFrame) -> None:
    """The hubs that need attention, while none is chosen."""
    others = hubs[hubs["status"] != "active"]
    words = status_words()
    if others.empty:
        return
    paragraph("**" + _("Hubs that are not active") + "**")
    grid(
        [
            {
                _("Hub"): f"{row.hub}, {row.country}",
                _("Status"): words[row.status],
                _("Last session"): row.last_session_on,
            }
            for row in others.head(MOST_QUIET).itertuples()
        ],
        alt=_("Hubs that are dormant, closed or of unknown status, with the day of their last session."),
        nothing="",
        column_config={_("Last session"): st.column_config.DateColumn(format=widget_day(SHORT))},
    )
    if len(others) > MOST_QUIET:
        hint(_("The table below the map lists all hubs."))


def _take_clicked() -> None:
    """Has the hub chosen whose mark was clicked."""
    points = st.session_state[chart_key(VITALITY)].selection.points
    if points and isinstance(points[0].get("customdata"), str):
        st.session_state["hub_id"] = points[0]["customdata"]


def sessions(scope: Scope) -> None:
    """How many sessions were held, led by how many, month by month, and with which courses."""
    row = ask_row(TOTALS, scope)
    if not row["sessions"]:
        st.info(
            _(
                "This release has no sessions of these hubs. A steward can bring a list in on the page Upload, which "
                "has a template too."
            )
        )
        return
    strip(
        [
            Number(
                "",
                whole(row["sessions"]),
                TOTALS,
                scope,
                note=_("{first} to {last}").format(first=month(row["first_on"]), last=month(row["last_on"])),
                label=_("Sessions held"),
            ),
            Number(
                "",
                whole(row["hours_held"]),
                TOTALS,
                scope,
                note=_("where the length is stated"),
                label=_("Hours of sessions"),
            ),
            Number(
                "",
                decimal(row["facilitators_per_session"]),
                TOTALS,
                scope,
                note=_("{led} of {stated} sessions had one").format(
                    led=whole(row["sessions_with_facilitator"]), stated=whole(row["sessions_stating_facilitators"])
                ),
                label=_("Facilitators per session"),
            ),
            Number("", whole(row["courses"]), TOTALS, scope, note=_("used in sessions"), label=_("Courses")),
        ],
        key="sessions",
    )
    if row["sessions_elsewhere"]:
        note(
            plural(
                "{count} session of hubs that are on no register is in none of these figures.",
                "{count} sessions of hubs that are on no register are in none of these figures.",
                row["sessions_elsewhere"],
            ).format(count=whole(row["sessions_elsewhere"]))
        )
    figure(
        Figure(
            BY_MONTH,
            scope,
            sessions_figure(ask(BY_MONTH, scope), _month_words()),
            Words(_busiest(ask(BY_MONTH, scope)), alt=_("Bars of sessions by month. The table holds the same.")),
        )
    )
    figure(
        Figure(
            MIX,
            scope,
            mix_figure(ask(MIX, scope), kind_words(), _("No course stated")),
            Words(
                _commonest(ask(MIX, scope)),
                lead=_("The twelve courses with the most sessions; the table lists all."),
                alt=_("Bars of sessions by course, in parts by kind of session. The table holds the same."),
            ),
            columns=["course", "kind", "sessions", "hubs", "hours_held"],
            codes=_session_words(),
        )
    )


def _busiest(table: pd.DataFrame) -> str:
    """The month with most sessions beside the newest one."""
    months = table.to_dict("records")
    if not months:
        return ""
    most, last = max(months, key=lambda row: row["sessions"]), months[-1]
    if most["month"] == last["month"]:
        return _("The newest month, {month}, had the most sessions: {sessions}").format(
            month=month(last["month"]), sessions=whole(last["sessions"])
        )
    return _("Sessions peaked at {sessions} in {month}; {last} were held in {last_month}").format(
        month=month(most["month"]),
        sessions=whole(most["sessions"]),
        last=whole(last["sessions"]),
        last_month=month(last["month"]),
    )


def _commonest(table: pd.DataFrame) -> str:
    """The course with most sessions."""
    rows = [row for row in table.to_dict("records") if row["course"] != "not stated"]
    if not rows:
        return _("No session states its course")
    first = max(rows, key=lambda row: row["sessions_of_course"])
    return _("{course} has the most sessions: {sessions}").format(
        course=in_markdown(first["course"]), sessions=whole(first["sessions_of_course"])
    )


def attendance(scope: Scope) -> None:
    """Heads at the sessions of each hub, for those who own the rows."""
    scope = _own_scope(scope)
    table, first = ask(ATTENDANCE, scope), ask_row(ATTENDANCE, scope)
    # A partner that has no hub among these is answered from its own rows, of which there are none.
    if is_hidden_from_me(ATTENDANCE, scope) or (table.empty and scope.partner_id):
        owners_only()
        return
    if table.empty:
        st.info(_("No session of these hubs was counted."))
        return
    heading(
        _("{heads} visits to the {sessions} sessions that counted them").format(
            heads=whole(first["attendance_of_all"]), sessions=whole(first["sessions_of_all"])
        ),
    )
    paragraph(_("Visits are not learners: a person who comes to ten sessions is counted ten times."))
    show_table(
        ATTENDANCE,
        scope,
        ["hub", "sessions_counted", "attendance", "attendance_per_session", "women", "share_women"],
        key="attendance",
        height=320,
    )
    download(ATTENDANCE, scope)
    drawn_from(ATTENDANCE, scope)


def effect() -> None:
    """Learners with a hub beside those without, like for like, for those who own the rows."""
    if is_hidden_from_me(EFFECT, _own_scope(Scope())) or (own_partner() and own_partner() not in partner_words()):
        owners_only()
        return
    with st.container(horizontal=True):
        scope = context.partner(context.programme(Scope()))
    if is_hidden_from_me(EFFECT, scope):
        owners_only()
        return
    row = ask_row(EFFECT, scope)
    if not row:
        st.info(
            _(
                "No course runs of this choice, at hubs and elsewhere, began at least 180 days before the newest file. "
                "Choose another programme or partner."
            )
        )
        return
    heading(_effect_words(row))
    strip(
        [
            Number(
                "",
                points(row["difference"]),
                EFFECT,
                scope,
                note=_("points; hubs {share}, others {other}").format(
                    share=share(row["crude_share"]), other=share(row["other_crude_share"])
                ),
                label=_("Unadjusted"),
            ),
            Number(
                "",
                missing() if row["is_small"] else points(row["standard_difference"]),
                EFFECT,
                scope,
                note=_("too few comparable course runs")
                if row["is_small"]
                else _("points; 95 % interval {low} to {high}").format(
                    low=points(row["standard_low"]), high=points(row["standard_high"])
                ),
                label=_("Adjusted"),
            ),
            Number(
                "",
                whole(row["runs_used"]),
                EFFECT,
                scope,
                note=_("of {count}, comparable").format(count=whole(row["runs"])),
                label=_("Course runs at hubs"),
            ),
            Number(
                "",
                whole(row["other_runs_used"]),
                EFFECT,
                scope,
                note=_("of {count}, comparable").format(count=whole(row["other_runs"])),
                label=_("Other course runs"),
            ),
        ],
        key="effect",
    )
    paragraph(
        _(
            "Share of course runs completed within 180 days. Adjusted: compared within {strata} combinations of "
            "course, month of intake and sex that have learners of both kinds; 30 course runs are needed on each side. "
            "**Learners at hubs are self-selected**: they may be more motivated, or have no internet at home. This is "
            "a comparison; it does not show what hubs cause."
        ).format(strata=whole(row["strata"]))
    )


def _effect_words(row: Mapping[str, Any]) -> str:
    """Whether completion at hubs differs by more than chance once course, intake and sex are the same."""
    if row["is_small"]:
        return _("Too few comparable course runs to compare completion at hubs with others")
    words = {"points": points(abs(row["standard_difference"])).lstrip("\u200e+")}
    if row["standard_low"] > 0:
        return _(
            "Learners at hubs complete more often, by {points} points once adjusted for course, intake and sex"
        ).format(**words)
    if row["standard_high"] < 0:
        return _(
            "Learners at hubs complete less often, by {points} points once adjusted for course, intake and sex"
        ).format(**words)
    return _("No clear difference between learners at hubs and others once adjusted for course, intake and sex")


def register(scope: Scope) -> None:
    """The hubs as they were named, with their hosts."""
    table_figure(
        Figure(
            REGISTER,
            scope,
            lambda: show_table(
                REGISTER,
                scope,
                ["hub", "country", "region", "host", "host_type", "programme", "announced_on"],
                key="register",
            ),
            Words(
                "", lead=_("A hub that is named may not be active: the map shows which hubs have reported activity.")
            ),
        )
    )


def nearby(scope: Scope) -> None:
    """The same hubs on a map that zooms to the surroundings of a city."""
    words = status_words()
    hubs = ask(VITALITY, scope)
    if hubs.empty:
        return
    drawn_from(VITALITY, scope)
    if is_light():
        hint(_("The light page has no map. The table above lists the same hubs."))
        return
    hubs = hubs.assign(
        host_words=hubs["host"].fillna(_("Host not stated for this city")), status_words=hubs["status"].map(words)
    )
    st.pydeck_chart(
        hubs_deck(hubs, WORLD_ON_PHONE if is_narrow() else WORLD),
        height=DECK_HEIGHT,
        key="hubs-nearby",
        alt=_("World map with a mark for each learning hub by its status. The table lists the same hubs."),
    )
    meanings = {
        "active": _("large and blue"),
        "dormant": _("smaller, amber with a dark rim"),
        "unknown": _("small and hollow"),
        "closed": _("hollow with a red rim and a cross"),
    }
    lines(f"**{words[status]}**: {meaning}" for status, meaning in meanings.items())
    map_disclaimer()


def _choose_hub() -> str | None:
    """The hub chosen in this list, on the map or by the address; None without any."""
    names = {row.hub_id: f"{row.hub}, {row.country}" for row in ask(VITALITY).itertuples()}
    return choose(
        _("Hub details"),
        [None, *names],
        "hub_id",
        lambda code: names.get(code, code) if code else _("Choose a hub, or a mark on the map"),
        None,
    )


def _details(hub_id: str) -> None:
    """What is known of one hub: its status, its sessions and its host."""
    scope = Scope(hub_id=hub_id)
    hub, held = ask_row(VITALITY, scope), ask_row(TOTALS, scope)
    paragraph(
        _("**{hub}, {country}** is selected. {activity}").format(
            hub=in_markdown(hub["hub"]), country=in_markdown(hub["country"]), activity=_last_activity(hub)
        )
    )
    strip(
        [
            Number("", status_words()[hub["status"]], VITALITY, scope, label=_("Status")),
            Number(
                "",
                whole(held["sessions"]),
                TOTALS,
                scope,
                note=_("since {first}").format(first=month(held["first_on"]))
                if held["sessions"]
                else _("none reported"),
                label=_("Sessions"),
            ),
            Number(
                "",
                decimal(held["facilitators_per_session"]),
                TOTALS,
                scope,
                note=_("where stated"),
                label=_("Facilitators per session"),
            ),
        ],
        key="details",
    )
    note(
        (
            _("Named in public on {day}; its host is not stated; {hours} hours of sessions.")
            if is_missing(hub["host"])
            else _("Named in public on {day}; host: {host}; {hours} hours of sessions.")
        ).format(day=day(hub["announced_on"]), host=in_markdown(hub["host"]), hours=whole(held["hours_held"]))
    )
    if held["sessions"]:
        lazy_table(
            _("Courses of this hub"), MIX, scope, ["course", "kind", "sessions", "hours_held"], {"kind": kind_words()}
        )
        months = st.expander(_("Sessions by month"), on_change="rerun", key="hub-by-month")
        if months.open:
            with months:
                plain_chart(
                    sessions_figure(ask(BY_MONTH, scope), _month_words(), 200),
                    "hub-months",
                    _("Bars of this hub's sessions by month."),
                )
    if len(ask(SESSIONS, _own_scope(scope))):
        lazy_table(_("Sessions and attendance"), SESSIONS, _own_scope(scope), codes=_session_words())


def _session_words() -> Codes:
    """The codes of tables of sessions in words."""
    return {"kind": kind_words(), "course": {"not stated": _("No course stated")}}


def _last_activity(hub: Mapping[str, Any]) -> str:
    if hub["status"] == "closed":
        return _("A partner stated on {day} that it closed.").format(day=day(hub["closed_on"]))
    session, learning = hub["last_session_on"], hub["last_learning_month"]
    if is_missing(session) and is_missing(learning):
        return _("No file reports activity.")
    return _("Last session: {session}. Last learning event: {month}.").format(
        session=day(session), month=month(learning)
    )


def _own_scope(scope: Scope) -> Scope:
    """The scope of what a partner owns; a steward owns all."""
    own = scope.only("region", "country_iso3", "host_type", "hub_id")
    return replace(own, partner_id=current_viewer().partner_id or None)


def _month_words() -> str:
    return _("{sessions} sessions at {hubs} hubs, {facilitators} facilitators each")


def _any(label: str, options: list[str], key: str) -> str | None:
    return choose(label, [None, *options], key, lambda option: _(option) if option else _("All"), None)
