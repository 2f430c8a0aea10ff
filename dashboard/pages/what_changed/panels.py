"""Panels of what changed between two releases: the choice of both, the figures, the waterfall, the rows behind."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.components import context, learners
from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.filters import choose, was_chosen
from dashboard.components.learners import programme_words
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import grid
from dashboard.components.texts import lines, note, paragraph
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, people, short_day, whole, with_commas
from dashboard.locales.numbers import signed as with_sign
from dashboard.locales.plain import in_markdown
from dashboard.pages.what_changed.charts import begins_at, waterfall_figure
from dashboard.scope import Scope
from dashboard.session import ask, current_release, current_viewer
from dashboard.settings import store_folder
from dashboard.store.protocol import NoRoom, StoreDamaged
from dashboard.store.releases import NoSuchRelease, manifests
from dashboard.vocabularies import words
from dashboard.warehouse.answers import ReleaseTooOld
from dashboard.warehouse.catalog import metrics, sources
from dashboard.warehouse.changes import compared_marts

WATERFALL, ROWS, FIGURES = "what_changed/waterfall", "what_changed/rows_behind", "what_changed/figures"
FROM, TO, FRIDAY = "from_release", "to_release", "friday"
FRIDAYS_NUMBER = 4  # of a week that begins on Monday with 0
FIRST, LAST = "old figure", "new figure"
NOT_COMPARABLE = (NoSuchRelease, ReleaseTooOld, StoreDamaged, NoRoom)

Manifest = Mapping[str, Any]


def needs() -> str:
    """Why there is nothing to compare; empty where there are two releases."""
    if len(_known_releases()) < 2:
        return _(
            "There is one release only, so there is nothing to compare it with. The next one comes with the next "
            "file on the page Upload."
        )
    return ""


def programme(scope: Scope) -> Scope:
    """The programme whose learners are counted, for those who compare figures of learners."""
    return context.programme(scope) if current_viewer().is_steward and not learners.needs() else scope


def from_release(scope: Scope) -> Scope:
    """The old release: one before the new one, or the one that was served on Friday."""
    to, friday, on_friday = _chosen_release(), last_friday(today()), _on_friday()
    by_number = {manifest["number"]: manifest for manifest in _known_releases()}
    options = _from_options(to)
    chosen = choose(
        _("From release"),
        options,
        FROM,
        lambda option: (
            _("Since Friday, {day}: release {number}").format(day=short_day(friday), number=on_friday)
            if option == FRIDAY
            else _release_words(by_number[option])
        ),
        next((option for option in options if option != FRIDAY), FRIDAY),
    )
    return replace(scope, from_release=on_friday if chosen == FRIDAY else chosen)


def to_release(scope: Scope) -> Scope:
    """The new release."""
    by_number = {manifest["number"]: manifest for manifest in _known_releases()}
    options = sorted(by_number, reverse=True)[:-1]
    return replace(
        scope,
        to_release=choose(_("To release"), options, TO, lambda number: _release_words(by_number[number]), _served()),
    )


def metric(scope: Scope) -> Scope:
    """A figure that both releases keep row by row and this reader may see."""
    names = _metrics(scope)
    if not names:
        return scope
    first = "learners_reached" if "learners_reached" in names else names[0]
    return replace(scope, metric=choose(_("Figure"), names, "metric", lambda name: _(metrics()[name].label), first))


def _known_releases() -> list[Manifest]:
    return comparable(manifests(store_folder()))


def _served() -> int:
    """The release that is served, or the newest where it has none before it."""
    numbers = sorted((manifest["number"] for manifest in _known_releases()), reverse=True)[:-1]
    served = current_release().number
    return served if served in numbers else numbers[0]


def _chosen_release() -> int:
    """The new release that is chosen in the widget that follows."""
    numbers = sorted((manifest["number"] for manifest in _known_releases()), reverse=True)[:-1]
    chosen = was_chosen(TO)
    return next((number for number in numbers if str(number) == chosen), _served())


def _on_friday() -> int | None:
    return served_on(_known_releases(), last_friday(today()))


def _from_options(to: int) -> list[Any]:
    """The releases before the new one, the newest first, then that of Friday.

    One that was served on Friday and still is can be chosen too: nothing has changed since.
    """
    on_friday = _on_friday()
    numbers = sorted((manifest["number"] for manifest in _known_releases()), reverse=True)
    return [*(number for number in numbers if number < to), *([FRIDAY] if on_friday and on_friday <= to else [])]


def _metrics(scope: Scope) -> list[str]:
    """The figures to choose from; none where the releases cannot be compared, of which the answer states why."""
    try:
        known = set(ask(FIGURES, scope)["metric"])
    except NOT_COMPARABLE:
        return []
    return [name for name in metrics() if name in known]


def answer(scope: Scope) -> None:
    """The old and the new figure and the change between them, in a sentence and as a waterfall."""
    try:
        ask(FIGURES, scope)
    except NOT_COMPARABLE as refused:
        raise NoAnswer(str(refused)) from refused
    if not scope.metric:
        raise NoAnswer(_("Neither release has a figure that can be compared. Bring in files on the page Upload."))
    values = _values(scope)
    headline(_change_words(scope, values), " ".join(filter(None, [_audience_words(scope), _about_friday()])))
    words = {
        **step_words(),
        FIRST: _("Release {number}").format(number=scope.from_release),
        LAST: _("Release {number}").format(number=scope.to_release),
    }
    texts = [people(value) if name in (FIRST, LAST) else _step_text(value) for name, value in values.items()]
    figure(
        Figure(
            WATERFALL,
            scope,
            waterfall_figure([words[name] for name in values], list(values.values()), texts),
            Words(
                "",
                alt=_("Bars from the old figure to the new one, by kind of change."),
            ),
            columns=["step", "value"],
            codes={"step": words},
        ),
        numbers=_numbers(scope, values),
    )
    begin = begins_at(list(values.values()))
    if begin > 0:
        note(_("The bars begin at {begin}, not at zero.").format(begin=people(begin)))


def _change_words(scope: Scope, values: Mapping[str, int]) -> str:
    """What became of the figure, and by how much of each kind of change."""
    steps = [_step_count(name, value) for name, value in values.items() if name not in (FIRST, LAST) and value]
    words = {
        "metric": _(metrics()[str(scope.metric)].label),
        "before": people(values[FIRST]),
        "after": people(values[LAST]),
        "first": scope.from_release,
        "last": scope.to_release,
        "steps": with_commas(steps),
    }
    if not steps:
        return _("{metric} stayed at {after} between releases {first} and {last}: nothing changed").format(**words)
    if values[FIRST] == values[LAST]:
        return _("{metric} stayed at {after} between releases {first} and {last}: {steps}").format(**words)
    return _("{metric} went from {before} to {after} between releases {first} and {last}: {steps}").format(**words)


def _step_count(name: str, value: int) -> str:
    words = {
        "new": _("{count} new"),
        "back-dated": _("{count} back-dated"),
        "corrected": _("{count} corrected"),
        "merged": _("{count} merged"),
        "removed": _("{count} removed"),
        "redefined": _("{count} redefined"),
    }
    return words[name].format(count=signed(value).lstrip("\u200e+"))


def _audience_words(scope: Scope) -> str:
    """Whose learners the figure counts, and which figures this reader does not have."""
    figures = {row["metric"]: row for row in ask(FIGURES, scope).to_dict("records")}
    programme_id = figures.get(str(scope.metric), {}).get("counted_programme_id")
    counted = (
        _("This figure counts no learners, so no programme applies to it.")
        if is_missing(programme_id)
        else _("{programme}, all countries, up to the latest reported day of each release.").format(
            programme=in_markdown(programme_words()[str(programme_id)])
        )
    )
    if current_viewer().is_steward:
        return counted
    return " ".join([counted, _("Figures of learners are compared for stewards only.")])


def _about_friday() -> str:
    if FRIDAY in _from_options(_chosen_release()):
        return ""
    return _("No release existed on Friday, {day}.").format(day=day(last_friday(today())))


def _numbers(scope: Scope, values: Mapping[str, int]) -> list[Number]:
    return [
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
            note=_("{new} new, {late} reported late").format(
                new=signed(values["new"]), late=signed(values["back-dated"])
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
    ]


def rows_behind(scope: Scope) -> None:
    """Who reported the rows behind a kind of change, of which programme and country."""
    values = {name: value for name, value in _values(scope).items() if name not in (FIRST, LAST)}
    if not any(values.values()):
        paragraph(_("This figure did not change between the two releases. Choose another figure or release."))
        return
    words = step_words()
    largest = max(values, key=lambda name: abs(values[name]))
    step = choose(_("Kind of change"), list(values), "step", lambda name: words[name], largest, buttons=True)
    chosen = replace(scope, step=step)
    table = ask(ROWS, chosen)
    if table.empty:
        paragraph(_("No row is behind this kind of change. Choose another one."))
        return
    reporters = {name: _(sources()[name].title) if name in sources() else name for name in table["told_by"].unique()}
    table_figure(
        Figure(
            ROWS,
            chosen,
            lambda: grid(
                [
                    {
                        _("Reported by"): reporters[row["told_by"]],
                        _("Programme"): row["programme"],
                        _("Country"): row["country"],
                        _("Rows"): row["rows_behind"],
                        _("Change"): row["value"],
                    }
                    for row in table.to_dict("records")
                ],
                alt=_("Table of who reported the rows, of which programme and country, and what they add."),
                nothing="",
                key="rows-behind",
                height=min(420, 40 + 36 * len(table)),
            ),
            Words(
                _("{step}: {change} from {rows} rows").format(
                    step=words[step], change=signed(values[step]), rows=whole(table["rows_behind"].sum())
                ),
                alt=_("Table of who reported the rows, of which programme and country, and what they add."),
            ),
        )
    )


def kinds() -> None:
    """What each kind of change is."""
    meanings = {
        "new": _("happened after the day up to which the older release had been reported."),
        "back-dated": _("happened before that day and was reported late."),
        "corrected": _("the same row has another value."),
        "merged": _("two keys turned out to be one person, or one key to be two people."),
        "removed": _("the files do not report it any more."),
        "redefined": _("the files are the same; a definition or a reference table changed."),
    }
    words = step_words()
    lines(f"**{words[name]}**: {meaning}" for name, meaning in meanings.items())


def step_words() -> dict[str, str]:
    """Words for the six kinds of change."""
    return words("change", ("new", "back-dated", "corrected", "merged", "removed", "redefined"))


def comparable(all_manifests: Sequence[Manifest]) -> list[Manifest]:
    """The releases that are whole and keep their figures row by row, ascending."""
    wanted = {f"marts/{name}.parquet" for name in compared_marts()}
    return [manifest for manifest in all_manifests if "damage" not in manifest and wanted <= manifest["files"].keys()]


def today() -> datetime.date:
    """The day by UTC, as releases are dated."""
    return datetime.datetime.now(datetime.UTC).date()


def last_friday(date: datetime.date) -> datetime.date:
    """The last Friday that is over: on a Friday, that of the week before."""
    return date - datetime.timedelta((date.weekday() - FRIDAYS_NUMBER - 1) % 7 + 1)


def served_on(known: Sequence[Manifest], date: datetime.date) -> int | None:
    """The number of the newest release published until the end of the day, UTC; None where there was none."""
    until = (date + datetime.timedelta(1)).isoformat()
    return max((manifest["number"] for manifest in known if manifest["published_at"] < until), default=None)


def signed(value: int) -> str:
    """A count with its sign."""
    return with_sign("+" if value > 0 else "\u2212", people(abs(value))) if value else people(0)


def _step_text(value: int) -> str:
    return signed(value) if not value else f"{'▲' if value > 0 else '▼'} {signed(value)}"


def _values(scope: Scope) -> dict[str, int]:
    table = ask(WATERFALL, scope)
    return dict(zip(table["step"], map(int, table["value"]), strict=True))


def _release_words(manifest: Manifest) -> str:
    return _("{number}, {day}").format(
        number=manifest["number"], day=short_day(datetime.date.fromisoformat(manifest["published_at"][:10]))
    )
