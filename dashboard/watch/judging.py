"""Judges rules on the release that is served, each as its audience, and states what fired. Reports to nobody."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.access.viewer import is_protected
from dashboard.health import marks
from dashboard.refusals import Refusal
from dashboard.scope import Scope
from dashboard.session import answer, release_before
from dashboard.settings import public_url
from dashboard.store.audit_log import cleaned
from dashboard.store.health import OVERDUE, health
from dashboard.store.releases import Release
from dashboard.vocabularies import words
from dashboard.warehouse.catalog import question, sources
from dashboard.warehouse.lineage import sources_of
from dashboard.watch.rules import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    BELOW,
    CHANGED,
    NEEDS,
    SOURCE,
    Rule,
    RuleWrong,
)

WAITING = "unmatched"
LARGE = 1_000
WORDS = {ABOVE: "above", BELOW: "below", AT_LEAST: "at or above", AT_MOST: "at or below"}


@dataclass(frozen=True)
class Firing:
    """What a rule found: which row or source, its value, and the release or day by which it is reported once.

    Attributes:
        rule, title, audience: of the rule.
        what: the row, the source or the need; empty where the answer has one row.
        sentence: the finding in words.
        value, before: the figure, and that of the release before; None where there is none.
        bound: what it was compared with.
        release, day: the release that answered, and the day on which it was judged.
        since: by which release or from which day it is this finding and no other.
        simulated: sources whose rows are a demonstration.
        link: the page that shows it; empty without a public address.
    """

    rule: str
    title: str
    audience: str
    what: str
    sentence: str
    value: float | str | None
    before: float | None
    bound: float | None
    release: int
    day: str
    since: str
    simulated: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class Judged:
    """What fired; rules without a figure to judge, and why; rules that ask for one row and find several."""

    fired: tuple[Firing, ...]
    notes: tuple[str, ...]
    refused: tuple[str, ...]


def judge(rules: Iterable[Rule], store: Path, release: Release, today: datetime.date) -> Judged:
    """Judges each rule on its own, so that one that cannot be judged silences no other."""
    fired: list[Firing] = []
    notes: list[str] = []
    refused: list[str] = []
    for rule in rules:
        try:
            if rule.kind == SOURCE:
                fired += _overdue(rule, store, release, today)
            elif rule.kind == NEEDS:
                fired += _needs(rule, release, today)
            else:
                fired += _figures(rule, release, today, notes)
        except Refusal as why:
            refused.append(str(why) if isinstance(why, RuleWrong) else f"{rule.where}: {why}")
    return Judged(tuple(fired), tuple(notes), tuple(refused))


def _figures(rule: Rule, release: Release, today: datetime.date, notes: list[str]) -> list[Firing]:
    if rule.comparison == CHANGED and is_protected(rule.viewer, release, rule.question_name, rule.params):
        raise RuleWrong(
            f"{rule.where}: counts in this answer are rounded and hidden for the {rule.audience}, and a difference of "
            'two rounded counts means nothing. Write audience = "steward", or compare with a number.'
        )
    now = _values(rule, release)
    before: Mapping[str, Any] = {}
    if rule.comparison == CHANGED:
        parent = release_before(release)
        if parent is None:
            notes.append(f"{rule.where}: there is no release before {release.number} to compare with.")
            return []
        before = _values(rule, parent)
    blank = [name for name, value in now.items() if _is_blank(value)]
    if not now or len(blank) == len(now):
        why = "no row of the answer is meant" if not now else "the figure is hidden or missing"
        notes.append(f"{rule.where}: {why}, so there is nothing to judge in release {release.number}.")
    fired = []
    for name, value in now.items():
        if _is_blank(value) or (rule.comparison == CHANGED and _is_blank(before.get(name))):
            continue
        if not _is_met(rule, float(value), before.get(name)):
            continue
        figure = _plain(value)
        earlier = _plain(before[name]) if rule.comparison == CHANGED else None
        fired.append(
            Firing(
                **_firing(rule, release, today, name, _sentence(rule, figure, earlier), f"release {release.number}")
                | {"value": figure, "before": earlier, "bound": rule.bound}
            )
        )
    return fired


def _values(rule: Rule, release: Release) -> dict[str, Any]:
    """The figures of a rule by the row that has them.

    Raises:
        RuleWrong: it is about one row, and the answer has several.
    """
    assert rule.measured is not None
    rows = _rows(rule, release)
    if rule.each:
        values: dict[str, Any] = {}
        for row in rows:
            name = str(row[rule.each])
            if name in values:
                raise RuleWrong(
                    f"{rule.where}: two rows have {rule.each} = {name!r}, so that column does not identify a row. "
                    "Choose another for `each`, or rows by `where`."
                )
            values[name] = row[rule.measured.column]
        return values
    try:
        value = rule.measured.value(rows)
    except LookupError:
        raise RuleWrong(
            f"{rule.where}: {len(rows)} rows are meant, and the rule is about one. Choose it by `where`, or write "
            "each = the column that identifies a row."
        ) from None
    return {"": value} if rows else {}


def _rows(rule: Rule, release: Release) -> Sequence[Mapping[str, Any]]:
    filled = {name: value for name, value in rule.params.items() if value is not None}
    rows = answer(rule.viewer, release, rule.question_name, Scope(**filled)).to_dict("records")
    return [row for row in rows if all(_is_wanted(row[name], wanted) for name, wanted in rule.only.items())]


def _is_wanted(value: Any, wanted: str) -> bool:
    if _is_blank(value):
        return False
    if isinstance(value, bool):
        return str(value).lower() == wanted
    return str(value) == wanted or (isinstance(value, int | float) and _number(wanted) == value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_met(rule: Rule, value: float, before: Any) -> bool:
    tests = {
        ABOVE: lambda: value > rule.bound,
        BELOW: lambda: value < rule.bound,
        AT_LEAST: lambda: value >= rule.bound,
        AT_MOST: lambda: value <= rule.bound,
        CHANGED: lambda: abs(value - float(before)) > rule.bound,
    }
    return tests[rule.comparison]()


def _sentence(rule: Rule, value: float, before: float | None) -> str:
    assert rule.measured is not None
    column = next(known for known in question(rule.question_name).columns if known.name == rule.measured.column)
    label = column.label or column.name
    if before is not None:
        return (
            f"{label}: {_number_words(value)}, {_number_words(before)} in the release before: a change of more than "
            f"{_number_words(rule.bound)}"
        )
    return f"{label}: {_number_words(value)}, {WORDS[rule.comparison]} {_number_words(rule.bound)}"


def _number_words(value: float) -> str:
    """Four digits, and of a large number all that stand before the point."""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= LARGE else f"{value:,.4g}"


def _overdue(rule: Rule, store: Path, release: Release, today: datetime.date) -> list[Firing]:
    """Stewards learn of every stream of the store, others of publishers' records in the release."""
    assert rule.source is not None
    late: dict[str, datetime.date] = {}
    if rule.viewer.is_steward:
        for stream in health(store, today, with_senders=False).streams:
            if stream.source == rule.source.name and stream.overdue_since:
                late[f"{stream.source}:{stream.stream}".rstrip(":")] = stream.overdue_since
    else:
        for mark in marks(rule.viewer, release, [rule.source.name], today):
            if mark.freshness == OVERDUE and mark.since:
                late[mark.source] = mark.since
    return [
        Firing(
            **_firing(
                rule, release, today, name, f"{rule.source.title}: overdue since {since}", f"{since}", "data_health"
            )
            | {"value": since.isoformat()}
        )
        for name, since in late.items()
    ]


def _needs(rule: Rule, release: Release, today: datetime.date) -> list[Firing]:
    """Needs that are open, without a match that stands, for longer than so many days."""
    return [
        Firing(
            **_firing(
                rule,
                release,
                today,
                str(row["need_id"]),
                f"Need {row['need_id']} ({row['country']}, {_level_words(row['level'])}) waits "
                f"{int(row['days_open'])} days without a match, since {row['raised_on']}",
                f"{row['raised_on']}",
            )
            | {"value": int(row["days_open"]), "bound": rule.bound}
        )
        for row in _rows(rule, release)
        if row["stage"] == WAITING and row["days_open"] > rule.bound
    ]


def _level_words(level: str) -> str:
    return words("taught_level").get(level, level).lower()


def _firing(
    rule: Rule, release: Release, today: datetime.date, what: str, sentence: str, since: str, page: str = ""
) -> dict[str, Any]:
    demonstrations = set(sources_of(rule.question_name) if rule.question_name else ()) & set(release.demonstrations)
    room = page or rule.question_name.partition("/")[0]
    return {
        "rule": rule.name,
        "title": rule.title,
        "audience": rule.audience,
        "what": cleaned(what),
        "sentence": cleaned(sentence),
        "value": None,
        "before": None,
        "bound": None,
        "release": release.number,
        "day": today.isoformat(),
        "since": since,
        "simulated": tuple(sorted({sources()[name].title for name in demonstrations})),
        "link": f"{public_url()}/{room}" if public_url() else "",
    }


def _plain(value: Any) -> float:
    return int(value) if float(value).is_integer() else float(value)


def _is_blank(value: Any) -> bool:
    return value is None or value != value
