"""Panels of the school closures page: one day, two days compared, the real record brought in."""

import datetime
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.charts.palette import STATUS
from dashboard.charts.world import MapClass, class_map, clicked_country
from dashboard.components.figures import Figure, Number, Words, chart_key, figure, map_height, strip
from dashboard.components.filters import (
    choose,
    choose_country,
    day_within,
    one_step_of_history,
    slide_day,
    slide_number,
)
from dashboard.components.notices import map_disclaimer
from dashboard.components.tables import lazy_table
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, missing, people, share, short_day, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.school_closures.charts import compare_figure, levels_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_one, part

STEP = datetime.timedelta(7)
SECONDS_A_STEP = 1.2


def status_words() -> dict[str, str]:
    """The four statuses in words, in the order of the legend."""
    return {
        "closed": _("Closed country-wide"),
        "partial": _("Partially open"),
        "on_break": _("Academic break"),
        "open": _("Open"),
    }


def level_words() -> dict[str, str]:
    """The levels in words with their ISCED codes, youngest first."""
    return {
        "pre_primary": _("Pre-primary (ISCED 0)"),
        "primary": _("Primary (ISCED 1)"),
        "secondary": _("Secondary (ISCED 2–3)"),
        "tertiary": _("Tertiary (ISCED 5–8)"),
    }


def definition_words() -> dict[str, str]:
    """The three definitions of affected in words."""
    return {
        "closed": _("Closed"),
        "weighted": _("Closed + p × partial"),
        "disrupted": _("Closed or partial"),
    }


def series_words() -> dict[str, str]:
    """What the line of each definition counts."""
    return {
        "closed": _("Learners of countries closed country-wide"),
        "weighted": _("The same, plus p times those partially open"),
        "disrupted": _("Learners of countries closed or partially open"),
    }


def published_in_words() -> str:
    """What the diamonds are, why they lie apart from the line, the last of them that states learners and share, and
    what the captures of the record give for its day."""
    stated = [row for row in ask("school_closures/published_points").to_dict("records") if row["share_affected"] > 0]
    if not stated:
        return ""
    last = stated[-1]
    stated_words = _(
        "Diamonds are figures published at the time, on UNESCO's enrolment of that year: {total} learners in the "
        "world. The line stands on the enrolment and the record named above, in which the past was revised. "
        "For {day} UNESCO published {people} learners, {share} and {count} countries."
    ).format(
        total=people(last["learners_total_implied"]),
        day=day(last["on_date"]),
        people=people(last["learners_affected"]),
        share=share(last["share_affected"]),
        count=whole(last["countries_closed"]),
    )
    counts = ask("school_closures/captures_on_date", Scope(on_date=last["on_date"]))["countries_closed"].tolist()
    if not counts or min(counts) <= last["countries_closed"] <= max(counts):
        return stated_words
    given = whole(min(counts)) if min(counts) == max(counts) else f"{whole(min(counts))}–{whole(max(counts))}"
    return f"{stated_words} " + _(
        "No capture of the record in this release gives {count} countries; for that day they give {given}."
    ).format(count=whole(last["countries_closed"]), given=given)


def choose_capture() -> Scope:
    """Lets the reader choose which capture of the record answers."""
    captures = ask("school_closures/captures")
    chosen = choose(
        _("As captured on"),
        [None, *captures["captured_on"].tolist()],
        "as_captured_on",
        lambda captured_on: day(captured_on) if captured_on else _("The most detailed record of each day"),
        None,
        help=_(
            "UNESCO revised its record, and listed some periods day by day and others once a week or month. Choose one "
            "capture to see what was known on that day."
        ),
    )
    return Scope(as_captured_on=chosen)


def choose_definition() -> tuple[str, float]:
    """Lets the reader choose what counts as affected; returns the definition and the weight p."""
    words = definition_words()
    chosen = choose(
        _("Who counts as affected"),
        list(words),
        "definition",
        words.__getitem__,
        "closed",
        buttons=True,
        help=_("UNESCO's own figures count country-wide closures only."),
    )
    weight = 0.5
    if chosen == "weighted":
        weight = slide_number(_("Weight p of a learner in a partially open country"), 0.0, 1.0, weight, 0.05, "p")
    return chosen, weight


def start_or_stop(first: datetime.date, observed: datetime.date) -> None:
    """Starts the days moving, from the first one when they stand at the last observed one; or stops them."""
    st.session_state["playing"] = not st.session_state.get("playing", False)
    if st.session_state["playing"] and st.session_state["on_date"] >= observed:
        st.session_state["on_date"] = first - STEP  # the first step shows the first day


def closures_on_a_day(scope: Scope, definition: str) -> None:
    """The day slider with play, and all that depends on the day: tiles, map, country, levels."""
    seconds = SECONDS_A_STEP if st.session_state.get("playing") else None
    part(_a_day, run_every=seconds)(scope, definition)


@one_step_of_history()
def _a_day(scope: Scope, definition: str) -> None:
    capture = ask_one("school_closures/capture", scope)
    first, last = capture["first_date"], capture["last_date"]
    _advance(last)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        on_date = slide_day(_("Day"), first, last, capture["last_observed_date"], "on_date")
        playing = st.session_state.get("playing", False)
        # A click must rerun the page, not this part alone: the clock of a fragment is set when the page runs.
        if st.button(
            _("Stop") if playing else _("Play"),
            key="play",
            icon="⏸" if playing else "▶",
            on_click=start_or_stop,
            args=(first, capture["last_observed_date"]),
        ):
            st.rerun()
    scope = Scope(on_date=on_date, as_captured_on=scope.as_captured_on, partial_weight=scope.partial_weight)
    world = ask_one("school_closures/world_on_date", scope)
    affected = _affected(world, definition, scope)
    _headline(on_date, capture["last_observed_date"], world, affected, definition, scope)
    _tiles(world, affected, definition, scope)
    _map(on_date, scope, capture["territories"] > 0)
    levels = ask("school_closures/affected_by_level", scope)
    figure(
        Figure(
            "school_closures/affected_by_level",
            scope,
            levels_figure(levels, level_words()),
            Words(
                _("Learners affected by level and sex"),
                lead=_(
                    "Learners of the countries closed country-wide, whichever definition is chosen above. "
                    "The pale bar is everyone enrolled."
                ),
                alt=_("Bars of affected learners at four levels, girls and boys apart, before all learners enrolled."),
            ),
        )
    )


def _advance(last: datetime.date) -> None:
    """While playing, moves the day on by a week; playing ends on the last day."""
    if st.session_state.get("playing") and "on_date" in st.session_state:
        st.session_state["playing"] = st.session_state["on_date"] < last
        st.session_state["on_date"] = min(st.session_state["on_date"] + STEP, last)


def _affected(world: Mapping[str, Any], definition: str, scope: Scope) -> Mapping[str, Any]:
    """Learners and share by the chosen definition; the default one is the world's row itself."""
    if definition == "closed":
        return world
    return ask_one("school_closures/affected_on_date", scope, definition=definition)


def _headline(
    on_date: datetime.date,
    observed: datetime.date,
    world: Mapping[str, Any],
    affected: Mapping[str, Any],
    definition: str,
    scope: Scope,
) -> None:
    if is_missing(affected["learners_affected"]):
        st.info(
            _("This capture says nothing of {day}. Move the day, or choose another capture.").format(day=day(on_date))
        )
        return
    closed = int(world["countries_closed"])
    sentence = plural(
        "On {day}, schools were closed country-wide in {count} country.",
        "On {day}, schools were closed country-wide in {count} countries.",
        closed,
    ).format(day=day(on_date), count=whole(closed))
    sum_ = _("That affects {people} learners, {share} of all who are enrolled in the world").format(
        people=people(affected["learners_affected"]), share=share(affected["share_affected"])
    )
    partial = whole(world["countries_partial"])
    how = {
        "closed": ".",
        "weighted": _(", counting those in the {partial} partially open countries by p = {p}.").format(
            partial=partial, p=scope.partial_weight
        ),
        "disrupted": _(", counting everyone in the {partial} partially open countries as well.").format(
            partial=partial
        ),
    }[definition]
    st.header(f"{sentence} {sum_}{how}", anchor=False)
    if on_date > observed:
        st.warning(_("This day is later than the capture: what is shown was planned, not observed."))


def _tiles(world: Mapping[str, Any], affected: Mapping[str, Any], definition: str, scope: Scope) -> None:
    metric = {
        "closed": "learners_affected",
        "weighted": "learners_affected_weighted",
        "disrupted": "learners_disrupted",
    }
    asked = "school_closures/world_on_date" if definition == "closed" else "school_closures/affected_on_date"
    one, two, three, four = st.columns(4)
    with one:
        others = _("{partial} partially open, {on_break} on break, {open} open").format(
            partial=whole(world["countries_partial"]),
            on_break=whole(world["countries_on_break"]),
            open=whole(world["countries_open"]),
        )
        strip(
            [
                Number(
                    "countries_closed", world["countries_closed"], "school_closures/world_on_date", scope, note=others
                )
            ],
            key="tiles",
        )
    strip(
        [
            Number(
                metric[definition],
                affected["learners_affected"],
                asked,
                scope,
                note=whole(affected["learners_affected"]),
            )
        ],
        key="tiles",
    )
    with three:
        vintage = _("of {total} enrolled, {vintage} vintage; no enrolment known for {missing} countries").format(
            total=people(world["learners_total"]),
            vintage=missing() if is_missing(world["enrolment_vintage"]) else world["enrolment_vintage"],
            missing=whole(world["countries_without_enrolment"]),
        )
        strip([Number("share_affected", affected["share_affected"], asked, scope, note=vintage)], key="tiles")
    strip(
        [
            Number(
                "",
                short_day(world["captured_on"]),
                "school_closures/captures",
                scope,
                note=_record_words(scope),
                label=_("As captured on"),
            )
        ],
        key="tiles",
    )


def _record_words(scope: Scope) -> str:
    """What a reader must know of the capture that answers: it was revised, or lists no status of the very day."""
    answer = ask("school_closures/answered_by", scope)
    if len(answer) and answer["listed_on"].max() < scope.on_date:
        return _("Latest status listed: {day}").format(day=day(answer["listed_on"].max()))
    return _("The past was revised between captures")


def _map(on_date: datetime.date, scope: Scope, has_territories: bool) -> None:
    table = ask("school_closures/status_by_country", scope)
    words = status_words()
    in_words = _("{people} learners")
    values = [in_words.format(people=people(learners)) for learners in table["learners"]]
    classes = [MapClass(status, label, STATUS[status]) for status, label in words.items()]
    figure(
        Figure(
            "school_closures/status_by_country",
            scope,
            class_map(
                table,
                "status",
                classes,
                values,
                ask("reach_map/points"),
                map_height(),
                rest=_("Not in the record that day"),
            ),
            Words(
                _("Status of schools on {day}").format(day=day(on_date)),
                alt=_(
                    "World map of school closures: each country in the colour of its status. The table holds the same."
                ),
            ),
            codes={"status": words},
        ),
        on_click=_country_clicked,
    )
    if has_territories:
        _territories(scope)
    map_disclaimer()
    country = choose_country(_("One country (or click it on the map)"), table, _("No country chosen"))
    if country:
        _country(country, on_date, scope)


def _territories(scope: Scope) -> None:
    words = status_words()
    territories = ask("school_closures/territories_on_date", scope)
    if len(territories):
        listed = "; ".join(
            f"{in_markdown(row.territory)}: {words[row.status].lower()}" for row in territories.itertuples()
        )
        st.caption(_("Territories with a row of their own, not counted as countries: {listed}.").format(listed=listed))


def _country(country: str, on_date: datetime.date, scope: Scope) -> None:
    asked = Scope(on_date=on_date, as_captured_on=scope.as_captured_on, country_iso3=country)
    card = ask_one("school_closures/country_on_date", asked)
    with st.container(border=True):
        st.markdown(
            _(
                "**{country}**: {status} since {since}. {learners} learners enrolled. "
                "Up to this day {closed} weeks closed and {partial} weeks partially open."
            ).format(
                country=in_markdown(card["country"]),
                status=status_words()[card["status"]].lower(),
                since=day(card["since"]),
                learners=people(card["learners"]),
                closed=whole(card["weeks_closed"]),
                partial=whole(card["weeks_partial"]),
            )
        )


def _country_clicked() -> None:
    points = st.session_state[chart_key("school_closures/status_by_country")].selection.points
    for point in points:
        if code := clicked_country(point):
            st.session_state["country_iso3"] = code


@part
@one_step_of_history()
def compare_days(scope: Scope) -> None:
    """Two days of one capture beside each other, and the countries whose status differs."""
    capture = ask_one("school_closures/capture", scope)
    first, last = capture["first_date"], capture["last_date"]
    span = capture["last_observed_date"] - capture["first_date"]
    left, right = st.columns(2)
    with left:
        other = day_within(_("One day"), first, last, first + span // 2, "other_date")
    with right:
        this = day_within(_("The other day"), first, last, capture["last_observed_date"], "compared_date")
    both = Scope(on_date=this, other_date=other, as_captured_on=scope.as_captured_on)
    figure(
        Figure(
            "school_closures/compare_dates",
            both,
            compare_figure(ask("school_closures/compare_dates", both), status_words(), day(other), day(this)),
            Words(_("Two days compared"), alt=_("Bars of the number of countries by status on two days.")),
        )
    )
    changed = len(ask("school_closures/changed_between", both))
    words = status_words()
    lazy_table(
        plural("{count} country changed its status", "{count} countries changed their status", changed).format(
            count=changed
        ),
        "school_closures/changed_between",
        both,
        codes={"status_on_other_date": words, "status_on_date": words},
    )
