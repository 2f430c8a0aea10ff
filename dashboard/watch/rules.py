"""Reads a file of rules and checks each against what the questions declare. Judges nothing.

Every refusal names the file, the line, the rule, and what is allowed there.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.health import is_open
from dashboard.refusals import Refusal
from dashboard.warehouse.answers import BadParameter, bind
from dashboard.warehouse.catalog import Measured, Query, SourceCard, UnknownQuestion, question, sources
from dashboard.warehouse.changes import compares

AUDIENCES = {"public": EVERYBODY, "coalition": EXECUTIVE, "steward": STEWARD}
ABOVE, BELOW, AT_LEAST, AT_MOST, CHANGED = "above", "below", "at_least", "at_most", "changes_by_more_than"
THRESHOLDS = (ABOVE, BELOW, AT_LEAST, AT_MOST)
COMPARISONS = (*THRESHOLDS, CHANGED)
QUESTION, SOURCE, NEEDS = "question", "overdue", "needs_unmatched_days"
COMMON = ("name", "title", "audience")
KEYS = {
    QUESTION: (*COMMON, QUESTION, "params", "column", "metric", "where", "each", *COMPARISONS),
    SOURCE: (*COMMON, SOURCE),
    NEEDS: (*COMMON, NEEDS, "on_date", "country_iso3", "level"),
}
NUMBERS = ("BIGINT", "DOUBLE")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
LONGEST_TEXT, LONGEST_FILE, MOST_RULES, MOST_DAYS = 200, 200_000, 200, 3_660
RULE_HEAD = re.compile(r"\s*\[\[\s*rule\s*\]\]")
OPEN_NEEDS = "needs_and_offers/needs"


class RuleWrong(Refusal):
    """A file of rules cannot be used; the message names the line and what is allowed."""


@dataclass(frozen=True)
class Rule:
    """What should be reported, and to whom it may be: `where` names its file, line and name for messages.

    Attributes:
        kind: QUESTION, SOURCE or NEEDS.
        question_name: the question with its parameters as they are bound; empty for a source.
        measured: where an answer has the figure.
        only: columns and the values that rows must have to count.
        each: the column that identifies a row, where the rule is about each of them; empty where there is one.
        comparison, bound: one of COMPARISONS and its number; days of a need.
        source: the card of the source that may be overdue.
    """

    name: str
    title: str
    audience: str
    kind: str
    where: str
    question_name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    measured: Measured | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    each: str = ""
    comparison: str = ""
    bound: float = 0
    source: SourceCard | None = None

    @property
    def viewer(self) -> Viewer:
        """As whom the rule is judged."""
        return AUDIENCES[self.audience]


def read_rules(file: Path) -> tuple[Rule, ...]:
    """The rules of a file, each checked.

    Raises:
        RuleWrong: the file cannot be read, or a rule asks for what is not there.
    """
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise RuleWrong(f"{file.name} is longer than {LONGEST_FILE // 1000} kB, which no list of rules is.")
        text = file.read_text(encoding="utf-8")
        toml = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise RuleWrong(f"{file.name} is not TOML: {wrong}. docs/examples/watch.toml is an example.") from wrong
    except UnicodeDecodeError:
        raise RuleWrong(f"{file.name} is not UTF-8 text. Save it as UTF-8.") from None
    except OSError as wrong:
        raise RuleWrong(f"{file.name} cannot be read ({wrong.strerror}). Name a file of rules.") from wrong
    lines = text.splitlines()
    entries = toml.get("rule")
    if set(toml) != {"rule"} or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        other = next((name for name in toml if name != "rule"), "")
        at = next(
            (n for n, line in enumerate(lines, 1) if other and re.match(rf"\s*\[*\s*{re.escape(other)}\b", line)), 1
        )
        raise RuleWrong(
            f"{file.name}, line {at}: a file of rules holds [[rule]] tables and nothing else (found: "
            f"{', '.join(toml) or 'nothing'})."
        )
    if len(entries) > MOST_RULES:
        raise RuleWrong(f"{file.name} has {len(entries)} rules; at most {MOST_RULES} are judged in one run. Split it.")
    heads = [number for number, line in enumerate(lines, 1) if RULE_HEAD.match(line)]
    if len(heads) != len(entries):
        raise RuleWrong(
            f"{file.name}: write each rule under a line [[rule]] of its own, so that its line can be named."
        )
    ends = [*heads[1:], len(lines) + 1]
    rules: list[Rule] = []
    for settings, head, end in zip(entries, heads, ends, strict=True):
        position = _RulePosition(file.name, head, lines[head - 1 : end - 1], str(settings.get("name", "")))
        rule = _rule(settings, position)
        if twin := next((known for known in rules if known.name == rule.name), None):
            position.refuse("name", f"the name {rule.name!r} is that of {twin.where} already. Give each rule its own.")
        rules.append(rule)
    return tuple(rules)


@dataclass(frozen=True)
class _RulePosition:
    """Where a rule stands in its file."""

    file: str
    head: int
    lines: list[str]
    name: str

    def __str__(self) -> str:
        return self.at("")

    def at(self, key: str) -> str:
        """File, line and rule, in words; the line of a key where it is found."""
        pattern = re.compile(rf"\s*{re.escape(key)}\s*=") if key else RULE_HEAD
        line = next((n for n, text in enumerate(self.lines, self.head) if pattern.match(text)), self.head)
        return f"{self.file}, line {line}, rule {self.name or 'without a name'}"

    def refuse(self, key: str, why: str) -> NoReturn:
        """Raises RuleWrong with the position of the key."""
        raise RuleWrong(f"{self.at(key)}: {why}")


def _rule(settings: dict[str, Any], position: _RulePosition) -> Rule:
    kinds = [kind for kind in KEYS if kind in settings]
    if len(kinds) != 1:
        position.refuse("", f"a rule has one of {', '.join(KEYS)} (found: {', '.join(kinds) or 'none'}).")
    kind = kinds[0]
    if unknown := next((key for key in settings if key not in KEYS[kind]), None):
        position.refuse(unknown, f"{unknown!r} is no key of such a rule. It may have: {', '.join(KEYS[kind])}.")
    name, title = settings.get("name"), settings.get("title", "")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        position.refuse("name", "a rule wants a name of small letters, digits, - and _, such as closures-rise.")
    if not isinstance(title, str) or len(title) > LONGEST_TEXT or not title.isprintable():
        position.refuse("title", f"`title` is a sentence in one line of at most {LONGEST_TEXT} characters.")
    audience = settings.get("audience", "coalition")
    if not isinstance(audience, str) or audience not in AUDIENCES:
        position.refuse("audience", f"{audience!r} is no audience of a rule. Allowed are: {', '.join(AUDIENCES)}.")
    common: dict[str, Any] = {"name": name, "title": title, "audience": audience, "kind": kind, "where": str(position)}
    if kind == SOURCE:
        return Rule(**common, source=_source(settings[SOURCE], audience, position))
    if kind == NEEDS:
        days = settings[NEEDS]
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
            position.refuse(NEEDS, f"{NEEDS} is a number of days from 0 to {MOST_DAYS}, such as 21.")
        params: dict[str, Any] = {key: settings[key] for key in ("on_date", "country_iso3", "level") if key in settings}
        return Rule(
            **common, question_name=OPEN_NEEDS, params=_bound(question(OPEN_NEEDS), params, "", position), bound=days
        )
    return _of_question(settings, common, position)


def _of_question(settings: dict[str, Any], common: dict[str, Any], position: _RulePosition) -> Rule:
    question_name = settings[QUESTION]
    try:
        query = question(question_name if isinstance(question_name, str) else "")
    except UnknownQuestion as why:
        position.refuse(QUESTION, str(why))
    if compares(query):
        position.refuse(QUESTION, f"{question_name} compares two releases itself. Ask for its figure, with {CHANGED}.")
    params = settings.get("params", {})
    if not isinstance(params, dict):
        position.refuse("params", "params is a table, such as { on_date = 2020-05-19 }.")
    columns = {column.name: column for column in query.columns}
    only = settings.get("where", {})
    if not isinstance(only, dict):
        position.refuse("where", 'where is a table, such as { country_iso3 = "KEN" }.')
    if unknown := next((name for name in only if name not in columns), None):
        position.refuse("where", f"{question_name} has no column {unknown!r}. It has: {', '.join(columns)}.")
    if wrong := next((n for n, v in only.items() if not isinstance(v, str | int | float | bool | datetime.date)), None):
        position.refuse("where", f"the value of {wrong} is a text, a number, a date, true or false.")
    each = settings.get("each", "")
    texts = [name for name, column in columns.items() if column.type == "VARCHAR"]
    if each and each not in texts:
        position.refuse(
            "each", f"`each` is a column that identifies a row. {question_name} has: {', '.join(texts) or 'none'}."
        )
    chosen = [name for name in COMPARISONS if name in settings]
    if len(chosen) != 1:
        position.refuse("", f"a rule has one of {', '.join(COMPARISONS)} (found: {', '.join(chosen) or 'none'}).")
    bound = settings[chosen[0]]
    if isinstance(bound, bool) or not isinstance(bound, int | float) or bound != bound or abs(bound) == float("inf"):
        position.refuse(chosen[0], f"{chosen[0]} is a number, such as 100 or 0.25.")
    if chosen[0] == CHANGED and bound < 0:
        position.refuse(CHANGED, f"{CHANGED} is a number from 0: it counts up and down alike.")
    return Rule(
        **common,
        question_name=query.name,
        params=_bound(query, params, "params", position),
        measured=_measured(settings, query, position),
        only={name: _text(value) for name, value in only.items()},
        each=each,
        comparison=chosen[0],
        bound=bound,
    )


def _measured(settings: dict[str, Any], query: Query, position: _RulePosition) -> Measured:
    """Where the answer has the figure: in a column, or where the header states that of a metric is."""
    named = [key for key in ("column", "metric") if key in settings]
    numbers = [column.name for column in query.columns if column.type in NUMBERS]
    if len(named) != 1:
        position.refuse(
            "", f"a rule about {query.name} has a column or a metric. Its numbers are: {', '.join(numbers)}."
        )
    wanted = settings[named[0]]
    if named == ["column"]:
        if wanted not in numbers:
            position.refuse("column", f"{query.name} has no number {wanted!r}. It has: {', '.join(numbers) or 'none'}.")
        return Measured("", wanted)
    known = {measured.metric: measured for measured in query.measured if measured.column in numbers}
    if not isinstance(wanted, str) or wanted not in known:
        position.refuse("metric", f"{query.name} has no metric {wanted!r}. It has: {', '.join(known) or 'none'}.")
    return known[wanted]


def _bound(query: Query, params: dict[str, Any], key: str, position: _RulePosition) -> dict[str, Any]:
    try:
        return bind(query, params)
    except BadParameter as wrong:
        reason = str(wrong).partition(" Give --param")[0]
        at = key or next((name for name in params if name in reason), "")
        position.refuse(
            at, f"{reason} Of its parameters a rule may set: {', '.join(p.name for p in query.params) or 'none'}."
        )


def _source(name: Any, audience: str, position: _RulePosition) -> SourceCard:
    expected = {card.name: card for card in sources().values() if card.every_days}
    if audience != "steward":
        expected = {card.name: card for card in expected.values() if is_open(card)}
    if not isinstance(name, str) or name not in expected:
        who = "" if audience == "steward" else f", where the {audience} may know of them (of the others a steward may)"
        position.refuse(SOURCE, f"{name!r} is never overdue here. Sources that can be{who}: {', '.join(expected)}.")
    return expected[name]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
