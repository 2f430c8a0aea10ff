"""Panels of what changed between two releases: the choice of both, the figures, the waterfall, the rows behind."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.components import notices
from dashboard.components.figures import Figure, Number, Words, figure, strip, table_figure
from dashboard.components.filters import choose
from dashboard.components.tables import show_table
from dashboard.locales import _
from dashboard.locales.numbers import day, people, short_day
from dashboard.pages.what_changed.charts import begins_at, waterfall_figure
from dashboard.scope import Scope
from dashboard.session import ask, current_release, current_viewer
from dashboard.settings import store_folder
from dashboard.store.protocol import NoRoom, StoreDamaged
from dashboard.store.releases import NoSuchRelease, manifests
from dashboard.warehouse.answers import ReleaseTooOld
from dashboard.warehouse.catalog import metrics, sources
from dashboard.warehouse.changes import compared_marts
from dashboard.warehouse.lineage import sources_of

WATERFALL, ROWS, FIGURES = "what_changed/waterfall", "what_changed/rows_behind", "what_changed/figures"
FRIDAY = "friday"
FRIDAYS_NUMBER = 4  # of a week that begins on Monday with 0
FIRST, LAST = "old figure", "new figure"

Manifest = Mapping[str, Any]


def choose_view() -> Scope:
    """Lets the reader choose two releases and a figure; ends the page where there is nothing to compare."""
    known = comparable(manifests(store_folder()))
    if len(known) < 2:
        st.info(
            _(
                "There is one release only, so there is nothing to compare it with. The next one comes with the next "
                "file on the page Upload."
            )
        )
        st.stop()
    by_number = {said["number"]: said for said in known}
    numbers = sorted(by_number, reverse=True)
    served = current_release().number
    friday = last_friday(today())
    on_friday = served_on(known, friday)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before, after, of_what = st.container(), st.container(), st.container()
        with after:
            to = choose(
                _("To"),
                numbers[:-1],
                "to_release",
                lambda number: _release_words(by_number[number]),
                served if served in numbers[:-1] else numbers[0],
            )
        earlier = [number for number in numbers if number < to]
        # One that stood on Friday and still stands is a choice too: nothing has changed since.
        options: list[Any] = [*earlier, *([FRIDAY] if on_friday and on_friday <= to else [])]
        with before:
            since = choose(
                _("From"),
                options,
                "from_release",
                lambda option: (
                    _("Since Friday, {day}: release {number}").format(day=short_day(friday), number=on_friday)
                    if option == FRIDAY
                    else _release_words(by_number[option])
                ),
                earlier[0],
            )
        scope = Scope(from_release=on_friday if since == FRIDAY else since, to_release=to)
        with of_what:
            scope = _with_metric(scope)
    if FRIDAY not in options:
        st.caption(_("Nothing stood on Friday, {day}: every release is later.").format(day=day(friday)))
    return scope


def _with_metric(scope: Scope) -> Scope:
    try:
        table = ask(FIGURES, scope)
    except (NoSuchRelease, ReleaseTooOld, StoreDamaged, NoRoom) as refused:
        st.error(str(refused))
        st.stop()
    if table.empty:
        st.info(_("Neither release has a figure that can be compared. Files can be brought in on the page Upload."))
        st.stop()
    names = [name for name in metrics() if name in set(table["metric"])]
    first = "learners_reached" if "learners_reached" in names else names[0]
    metric = choose(_("Figure"), names, "metric", lambda name: _(metrics()[name].label), first)
    return Scope(metric=metric, from_release=scope.from_release, to_release=scope.to_release)


def say_what_is_hidden() -> None:
    """Says to others than stewards that figures of learners are not among those to choose from."""
    if not current_viewer().is_steward:
        notices.owners_only()


def demonstration() -> None:
    """The notice of invented rows: those of learners step aside together, so one source says it for all."""
    invented = [name for name in sources_of(WATERFALL) if name in current_release().demonstrations]
    of_people = [name for name in invented if sources()[name].people]
    notices.demonstration(*of_people[:1], *(name for name in invented if name not in of_people))


def tiles(scope: Scope) -> None:
    """The old figure, the change, the new figure, and what they are of."""
    values = _values(scope)
    strip(
        [
            Number(
                scope.metric or "",
                values[FIRST],
                WATERFALL,
                scope,
                note=_("in release {number}").format(number=scope.from_release),
            ),
            Number(
                "",
                signed(values[LAST] - values[FIRST]),
                WATERFALL,
                scope,
                note=_("of it {new} new, {told_late} told late").format(
                    new=signed(values["new"]), told_late=signed(values["back-dated"])
                ),
                label=_("Change"),
            ),
            Number(
                scope.metric or "",
                values[LAST],
                WATERFALL,
                scope,
                note=_("in release {number}").format(number=scope.to_release),
            ),
        ],
        key="tiles",
    )
    st.caption(_("Of all that a release holds: every programme and country, until the newest day that it was told of."))


def waterfall(scope: Scope) -> None:
    """From the old figure over six kinds of change to the new figure."""
    values = _values(scope)
    words = {
        **step_words(),
        FIRST: _("Release {number}").format(number=scope.from_release),
        LAST: _("Release {number}").format(number=scope.to_release),
    }
    texts = [people(value) if name in (FIRST, LAST) else _step_text(value) for name, value in values.items()]
    begin = begins_at(list(values.values()))
    figure(
        Figure(
            WATERFALL,
            scope,
            waterfall_figure([words[name] for name in values], list(values.values()), texts),
            Words(
                _("What the change is made of"),
                lead=("" if any(values[name] for name in step_words()) else _("Nothing changed this figure.") + " ")
                + _(
                    "New happened after the day until which the older release had been told; back-dated happened before and "
                    "was told later. Merged are keys that turned out to be one person. Redefined is what changed although the "
                    "files are the same."
                )
                + (
                    "" if begin <= 0 else " " + _("The bars begin at {begin}, not at zero.").format(begin=people(begin))
                ),
                alt=_(
                    "Bars from the old figure over new, back-dated, corrected, merged, removed, redefined to the new figure."
                ),
            ),
            codes={"step": words},
        )
    )


def rows_behind(scope: Scope) -> None:
    """Who told of the rows behind one of the steps, of which programme and country."""
    values = {name: value for name, value in _values(scope).items() if name not in (FIRST, LAST)}
    words = step_words()
    largest = max(values, key=lambda name: abs(values[name]))
    with st.container():
        step = choose(
            _("Rows behind"),
            list(values),
            "step",
            lambda name: words[name],
            largest,
            buttons=True,
            always_in_link=False,
        )
    asked = Scope(metric=scope.metric, from_release=scope.from_release, to_release=scope.to_release, step=step)
    table = ask(ROWS, asked)
    if table.empty:
        st.write(_("No row is behind this step."))
        return
    said = {name: _(sources()[name].title) if name in sources() else name for name in table["told_by"].unique()}
    table_figure(
        Figure(
            ROWS,
            asked,
            lambda: show_table(
                ROWS,
                asked,
                ["told_by", "programme", "country", "rows_behind", "value"],
                key="rows-behind",
                codes={"told_by": said},
            ),
            Words(
                _("Rows behind: {step}").format(step=words[step]),
                alt=_(
                    "Table of who told of the rows, of which programme and country, and what they add to the figure."
                ),
            ),
        )
    )


def step_words() -> dict[str, str]:
    """Words for the six kinds of change."""
    return {
        "new": _("New"),
        "back-dated": _("Back-dated"),
        "corrected": _("Corrected"),
        "merged": _("Merged"),
        "removed": _("Removed"),
        "redefined": _("Redefined"),
    }


def comparable(said: Sequence[Manifest]) -> list[Manifest]:
    """The releases that are whole and keep their figures row by row, ascending."""
    wanted = {f"marts/{name}.parquet" for name in compared_marts()}
    return [one for one in said if "damage" not in one and wanted <= one["files"].keys()]


def today() -> datetime.date:
    """The day by UTC, as releases are dated."""
    return datetime.datetime.now(datetime.UTC).date()


def last_friday(date: datetime.date) -> datetime.date:
    """The last Friday that is over: on a Friday, that of the week before."""
    return date - datetime.timedelta((date.weekday() - FRIDAYS_NUMBER - 1) % 7 + 1)


def served_on(known: Sequence[Manifest], date: datetime.date) -> int | None:
    """The number of the newest release published until the end of the day, UTC; None where there was none."""
    until = (date + datetime.timedelta(1)).isoformat()
    return max((said["number"] for said in known if said["published_at"] < until), default=None)


def signed(value: int) -> str:
    """A count with its sign."""
    return f"+{people(value)}" if value > 0 else f"\u2212{people(-value)}" if value < 0 else people(0)


def _step_text(value: int) -> str:
    return signed(value) if not value else f"{'▲' if value > 0 else '▼'} {signed(value)}"


def _values(scope: Scope) -> dict[str, int]:
    table = ask(WATERFALL, scope)
    return dict(zip(table["step"], map(int, table["value"]), strict=True))


def _release_words(said: Manifest) -> str:
    return _("Release {number}, {day}").format(
        number=said["number"], day=short_day(datetime.date.fromisoformat(said["published_at"][:10]))
    )
