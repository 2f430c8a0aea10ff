"""Panels of the learning hubs page: counts, the map of vitality, sessions, attendance, the effect, a hub's card."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import context
from dashboard.components.downloads import download
from dashboard.components.figures import Figure, Number, Words, figure, on_phone, plain_chart, strip
from dashboard.components.filters import choose, choose_country
from dashboard.components.learners import own_partner, partner_words
from dashboard.components.notices import map_disclaimer, owners_only
from dashboard.components.provenance import drawn_from
from dashboard.components.tables import lazy_table, show_table
from dashboard.locales import _
from dashboard.locales.numbers import day, decimal, is_missing, missing, month, points, share, short_day, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.learning_hubs.charts import hubs_deck, mix_figure, sessions_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, current_viewer, is_hidden_from_me

# Zoom at which the whole world fits.
WORLD, WORLD_ON_PHONE = 0.75, -0.75
VITALITY, EVIDENCE, COUNTS = "learning_hubs/vitality", "learning_hubs/evidence", "learning_hubs/counts"
TOTALS, BY_MONTH, MIX = "learning_hubs/session_totals", "learning_hubs/sessions_by_month", "learning_hubs/course_mix"
ATTENDANCE, SESSIONS = "learning_hubs/attendance_by_hub", "learning_hubs/sessions_of_hub"
EFFECT = "learning_hubs/hub_effect"
MAP = "hubs-map"
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
    return {"active": _("Active"), "dormant": _("Dormant"), "unknown": _("Unknown"), "closed": _("Closed")}


def kind_words() -> dict[str, str]:
    """Words for each kind of session."""
    return {
        "discussion": _("Discussion"),
        "tutoring": _("Tutoring"),
        "project": _("Project work"),
        "introduction": _("Introduction"),
        "other": _("Other"),
    }


def counts() -> None:
    """Announced, named, with a sign of life, active: four counts that are never one."""
    row, lives = ask_one(COUNTS), ask_one(EVIDENCE)
    strip(
        [
            Number(
                "",
                _("more than {count}").format(count=whole(row["hubs_announced"])),
                COUNTS,
                Scope(),
                note=_("as the launch stated"),
                label=_("Hubs announced"),
            ),
            Number(
                "hubs_named",
                row["hubs_named"],
                COUNTS,
                Scope(),
                note=_("in {count} countries").format(count=whole(row["countries"])),
            ),
        ],
        key="counts",
    )
    known = not is_missing(lives["as_of_on"])
    strip(
        [
            Number(
                "",
                whole(lives["hubs_evidenced"]) if known else _("not known"),
                EVIDENCE,
                Scope(),
                note=_("with a session or a learning event, ever")
                if known
                else _("no file in this release tells of sessions or learners of hubs"),
                label=_("Hubs evidenced"),
            ),
            Number(
                "hubs_alive",
                lives["hubs_alive"] if known else None,
                EVIDENCE,
                Scope(),
                note=_("in the 60 days before {day}").format(day=day(lives["as_of_on"])) if known else "",
            ),
        ],
        key="counts",
    )


def choose_hubs() -> Scope:
    """Lets the reader choose region, country and host type among those that have a hub."""
    register = ask("learning_hubs/register")
    with st.container(horizontal=True):
        region = _any(_("Region"), sorted(register["region"].dropna().unique()), "region")
        country = choose_country(_("Country"), register, _("All"))
        host_type = _any(_("Host type"), sorted(register["host_type"].dropna().unique()), "host_type")
    return Scope(region=region, country_iso3=country, host_type=host_type)


def vitality(scope: Scope) -> None:
    """The hubs that the filters leave on the world map, by the age of their newest sign of life."""
    table = ask(VITALITY, scope)
    until = ask_one(VITALITY, scope)["as_of_on"]
    figure(
        Figure(
            VITALITY,
            scope,
            lambda: _map(table),
            Words(
                _("Which hubs live"),
                lead=_(
                    "No file in this release tells of sessions or learners of hubs, so whether they live is not known."
                )
                if is_missing(until)
                else _(
                    "By {day}, the day of the newest file that tells of sessions or learners of hubs. Choose a mark to "
                    "read the hub's card."
                ).format(day=day(until)),
                alt=_("Map of hubs by status"),
            ),
            columns=FACTS,
            codes={"status": status_words()},
        )
    )
    map_disclaimer()


def _map(table: pd.DataFrame) -> None:
    words = status_words()
    table = table.assign(
        host_words=table["host"].fillna(_("Host not stated for this city")), status_words=table["status"].map(words)
    )
    st.pydeck_chart(
        hubs_deck(table, WORLD_ON_PHONE if on_phone() else WORLD),
        height=430,
        key=MAP,
        on_select=_take_clicked,
        selection_mode="single-object",
        alt=_("World map with a mark for each learning hub by its status. The table holds the same."),
    )
    said = {
        "active": _("large and blue: a sign of life in the 60 days before"),
        "dormant": _("smaller, amber with a dark rim: in the 365 days before"),
        "unknown": _("small and hollow: none since, or never"),
        "closed": _("hollow with a red rim and a cross: a partner stated that it closed"),
    }
    counted = table["status"].value_counts()
    for column, (status, mark) in zip(st.columns(4), said.items(), strict=True):
        column.markdown(f"**{words[status]} ({whole(counted.get(status, 0))})**: {mark}")


def _take_clicked() -> None:
    chosen = [row for rows in st.session_state[MAP].selection.objects.values() for row in rows]
    if chosen:
        st.session_state["hub_id"] = chosen[0]["hub_id"]


def sessions(scope: Scope) -> None:
    """How many sessions were held, led by how many, month by month, and with which courses."""
    st.header(_("Sessions"), anchor=False)
    row = ask_one(TOTALS, scope)
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
                note=_("at {hubs} hubs, {first} to {last}").format(
                    hubs=whole(row["hubs"]), first=month(row["first_on"]), last=month(row["last_on"])
                ),
                label=_("Sessions held"),
            ),
            Number(
                "",
                whole(row["hours_held"]),
                TOTALS,
                scope,
                note=_("of sessions whose length is stated"),
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
                label=_("Facilitators a session"),
            ),
            Number("", whole(row["courses"]), TOTALS, scope, note=_("that sessions went with"), label=_("Courses")),
        ],
        key="sessions",
    )
    if row["sessions_elsewhere"]:
        st.caption(
            _("{count} sessions of hubs that are on no register are in none of these figures.").format(
                count=whole(row["sessions_elsewhere"])
            )
        )
    figure(
        Figure(
            BY_MONTH,
            scope,
            sessions_figure(ask(BY_MONTH, scope), _month_words()),
            Words(_("Sessions held each month"), alt=_("Bars of sessions by month. The table holds the same.")),
        )
    )
    figure(
        Figure(
            MIX,
            scope,
            mix_figure(ask(MIX, scope), kind_words(), _("No course stated")),
            Words(
                _("What sessions go with"),
                lead=_("The twelve courses with most sessions; the table has all."),
                alt=_("Bars of sessions by course, in parts by kind of session. The table holds the same."),
            ),
            columns=["course", "kind", "sessions", "hubs", "hours_held"],
            codes={"kind": kind_words()},
        )
    )


def attendance(scope: Scope) -> None:
    """Heads at the sessions of each hub, for those who own the rows."""
    st.header(_("Attendance"), anchor=False)
    scope = _own(scope)
    table, first = ask(ATTENDANCE, scope), ask_one(ATTENDANCE, scope)
    # A partner that has no hub among these is answered from its own rows, of which there are none.
    if is_hidden_from_me(ATTENDANCE, scope) or (table.empty and scope.partner_id):
        owners_only()
        return
    if table.empty:
        st.info(_("No session of these hubs was counted."))
        return
    st.write(
        _(
            "{heads} heads at {sessions} sessions that were counted. Heads are not learners: whoever comes to ten "
            "sessions counts ten times."
        ).format(heads=whole(first["attendance_of_all"]), sessions=whole(first["sessions_of_all"]))
    )
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
    st.header(_("Learners with a hub and without, like for like"), anchor=False)
    if is_hidden_from_me(EFFECT, _own(Scope())) or (own_partner() and own_partner() not in partner_words()):
        owners_only()
        return
    with st.container(horizontal=True):
        scope = Scope(
            programme_id=context.programme(Scope()).programme_id, partner_id=context.partner(Scope()).partner_id
        )
    if is_hidden_from_me(EFFECT, scope):
        owners_only()
        return
    row = ask_one(EFFECT, scope)
    if not row:
        st.info(_("No learner of this choice, with a hub or without one, was enrolled long enough ago."))
        return
    strip(
        [
            Number(
                "",
                points(row["difference"]),
                EFFECT,
                scope,
                note=_("points: with a hub {one} (n = {n}), without {other} (n = {other_n})").format(
                    one=share(row["crude_share"]),
                    n=whole(row["runs"]),
                    other=share(row["other_crude_share"]),
                    other_n=whole(row["other_runs"]),
                ),
                label=_("As they are"),
            ),
            Number(
                "",
                missing() if row["is_small"] else points(row["standard_difference"]),
                EFFECT,
                scope,
                note=_(
                    "too few comparable course runs: {n} with a hub, {other_n} without; 30 are needed on each side"
                ).format(n=whole(row["runs_used"]), other_n=whole(row["other_runs_used"]))
                if row["is_small"]
                else _(
                    "points, {low} \u2026 {high}: with a hub {one} (n = {n}), without {other} (n = {other_n})"
                ).format(
                    low=points(row["standard_low"]),
                    high=points(row["standard_high"]),
                    one=share(row["standard_share"]),
                    n=whole(row["runs_used"]),
                    other=share(row["other_standard_share"]),
                    other_n=whole(row["other_runs_used"]),
                ),
                label=_("Like for like"),
            ),
        ],
        key="effect",
    )
    st.write(
        _(
            "Completed within 180 days, by course runs in the same course, month of intake and sex: {strata} such "
            "combinations have both. **Learners at hubs are self-selected**: whoever comes to a hub may be more "
            "motivated, or have no internet at home. This compares; it does not say what hubs cause."
        ).format(strata=whole(row["strata"]))
    )


def card() -> None:
    """The card of one hub, chosen here, on the map or by the address."""
    st.header(_("A hub's card"), anchor=False)
    names = {row.hub_id: f"{row.hub}, {row.country}" for row in ask(VITALITY).itertuples()}
    hub_id = choose(
        _("Hub"), [None, *names], "hub_id", lambda code: names.get(code, code) if code else _("Choose a hub"), None
    )
    if not hub_id:
        return
    scope = Scope(hub_id=hub_id)
    hub, held = ask_one(VITALITY, scope), ask_one(TOTALS, scope)
    strip(
        [
            Number("", status_words()[hub["status"]], VITALITY, scope, note=_last_sign(hub), label=_("Status")),
            Number(
                "",
                whole(held["sessions"]),
                TOTALS,
                scope,
                note=_("since {first}; {hours} hours").format(
                    first=month(held["first_on"]), hours=whole(held["hours_held"])
                )
                if held["sessions"]
                else _("no file tells of one"),
                label=_("Sessions here"),
            ),
            Number(
                "",
                decimal(held["facilitators_per_session"]),
                TOTALS,
                scope,
                note=_("a session, where stated"),
                label=_("Facilitators here"),
            ),
            Number(
                "",
                short_day(hub["announced_on"]),
                VITALITY,
                scope,
                note=_("host not stated for this city") if is_missing(hub["host"]) else in_markdown(hub["host"]),
                label=_("Named in public"),
            ),
        ],
        key="card",
    )
    if held["sessions"]:
        plain_chart(
            sessions_figure(ask(BY_MONTH, scope), _month_words(), 200),
            "hub-months",
            _("Bars of this hub's sessions by month."),
        )
        lazy_table(_("Its courses"), MIX, scope, ["course", "kind", "sessions", "hours_held"], {"kind": kind_words()})
    if len(ask(SESSIONS, _own(scope))):
        lazy_table(_("Its sessions and who came"), SESSIONS, _own(scope), codes={"kind": kind_words()})


def _last_sign(hub: Mapping[str, Any]) -> str:
    if hub["status"] == "closed":
        return _("a partner stated on {day} that it closed").format(day=day(hub["closed_on"]))
    session, learning = hub["last_session_on"], hub["last_learning_month"]
    if is_missing(session) and is_missing(learning):
        return _("no sign of life in any file")
    return _("last session {session}; last learning event {month}").format(session=day(session), month=month(learning))


def _own(scope: Scope) -> Scope:
    """The scope of what a partner owns; a steward owns all."""
    return Scope(
        region=scope.region,
        country_iso3=scope.country_iso3,
        host_type=scope.host_type,
        hub_id=scope.hub_id,
        partner_id=current_viewer().partner_id or None,
    )


def _month_words() -> str:
    return _("{sessions} sessions at {hubs} hubs, {facilitators} facilitators each")


def _any(label: str, options: list[str], key: str) -> str | None:
    return choose(label, [None, *options], key, lambda option: _(option) if option else _("All"), None)
