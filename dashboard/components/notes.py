"""What a file of figures carries with it: what was asked, of which data, what each word means, and who may see it."""

import datetime
import shlex
from typing import Any

from dashboard.access.gate import own_audience_words
from dashboard.components.notices import hidden_words
from dashboard.components.provenance import Pin, in_words, pins_of, title_of
from dashboard.components.readable import explained
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, moment, whole, with_semicolons
from dashboard.locales.plain import without_markup
from dashboard.scope import Scope
from dashboard.session import ask, current_release, is_hidden_from_me
from dashboard.vocabularies import words
from dashboard.warehouse.catalog import metrics, question, sources
from dashboard.warehouse.parameters import parameters

Note = tuple[str, ...]
# Questions whose rows name the values of a parameter: the column of codes is the parameter's own.
NAMED_BY = {
    "programme_id": ("overview/programmes", "programme"),
    "partner_id": ("overview/partners", "partner"),
    "hub_id": ("learning_hubs/register", "hub"),
}


def notes_of(question_name: str, scope: Scope, title: str = "") -> tuple[Note, ...]:
    """Lines of names and texts; the first states whether any of the figures are simulated.

    Args:
        question_name: the question that was answered.
        scope: what was chosen.
        title: the takeaway above the chart or table; without it there is the question alone.
    """
    query, pins = question(question_name), pins_of(question_name, scope)
    release = current_release()
    lines: list[Note] = [_simulated(pins)]
    lines += [(_("Title"), title_of(title))] if title_of(title) else []
    lines += [
        (_("Question"), _(query.title)),
        (_("Rows"), _(query.grain)),
        (_("Choices"), choices_in_words(question_name, scope) or _("None: everything is included")),
        _as_of(question_name, scope),
        (
            _("Release"),
            _("Release {number}, published {moment} UTC").format(
                number=release.number, moment=moment(release.manifest["published_at"])
            ),
        ),
        (_("Who sees these figures"), _audience_words(question_name, scope)),
        (_("Empty cells"), _("Not known, not applicable, or hidden because they are about few people.")),
    ]
    lines += [(_("Please note"), _(caveat)) for caveat in query.caveats]
    used = dict.fromkeys([*query.metrics, *(column.name for column in query.columns if column.name in metrics())])
    cards = [metrics()[name] for name in used]
    lines += [
        (_("Measure: {label}").format(label=_(card.label)), f"{_(card.definition)} {_(card.caveat)}") for card in cards
    ]
    lines.append((_("Column"), _("Meaning"), _("Unit"), _("Name in the CSV file")))
    lines += [(_(column.label), explained(column), _(column.unit), column.name) for column in query.columns]
    lines += dict.fromkeys((_("Source"), _source(name, pin)) for name, pin in pins)
    lines.append((_("The same from the shell"), command(question_name, scope)))
    return tuple(lines)


def pins_in_words(question_name: str, scope: Scope) -> str:
    """The sources of an answer in plain text."""
    return without_markup(in_words(pins_of(question_name, scope)))


def is_simulated(question_name: str, scope: Scope) -> bool:
    """Whether any source behind an answer is a demonstration."""
    return any(pin["provenance"] == "demo" for _name, pin in pins_of(question_name, scope))


def choices_in_words(question_name: str, scope: Scope) -> str:
    """What was chosen, each choice by its label and in words."""
    choices = {name: value for name, value in scope.params(question(question_name)).items() if not is_missing(value)}
    return with_semicolons(f"{_(parameters()[name].label)}: {_value(name, value)}" for name, value in choices.items())


def command(question_name: str, scope: Scope) -> str:
    """The command that gives the same answer from the shell."""
    choices = {name: value for name, value in scope.params(question(question_name)).items() if value is not None}
    return " ".join(
        [
            "coalition",
            "ask",
            question_name,
            *(f"--param {name}={shlex.quote(str(value))}" for name, value in choices.items()),
        ]
    )


def _value(name: str, value: Any) -> str:
    if isinstance(value, datetime.date):
        return day(value)
    known = parameters()[name]
    name = name.removeprefix("other_")
    if known.words:
        labels = {**words(known.words), **(words("country") if name == "attribute_value" else {})}
        return labels.get(value, str(value))
    if name in NAMED_BY:
        question_name, label = NAMED_BY[name]
        named = {row[name]: row[label] for row in ask(question_name).to_dict("records")}
        totals = {"for_refugees": _("All programmes for refugees"), "all": _("All programmes")}
        return str({**totals, **named}.get(value, value))
    if name == "metric" and value in metrics():
        return _(metrics()[value].label)
    return whole(value) if isinstance(value, int) and name not in ("year", "from_release", "to_release") else str(value)


def _as_of(question_name: str, scope: Scope) -> Note:
    """The day that was chosen, or that of the newest file behind the answer."""
    if chosen := scope.params(question(question_name)).get("on_date"):
        return (_("As of"), day(chosen))
    captured = [datetime.date.fromisoformat(pin["captured_on"]) for _name, pin in pins_of(question_name, scope)]
    return (_("Newest file"), day(max(captured, default=None)))


def _simulated(pins: list[tuple[str, Pin]]) -> Note:
    simulated = dict.fromkeys(_(sources()[name].title) for name, pin in pins if pin["provenance"] == "demo")
    if not simulated:
        return (_("Real data"), _("No source of these figures is simulated."))
    return (
        _("SIMULATED DATA"),
        _("These figures are not real. Simulated sources: {list}.").format(list=with_semicolons(simulated)),
    )


def _audience_words(question_name: str, scope: Scope) -> str:
    audience = _("Seen as {audience}").format(audience=own_audience_words())
    if not is_hidden_from_me(question_name, scope):
        return _("{audience}. Figures are exact: do not pass on counts of few people.").format(audience=audience)
    return f"{audience}. {hidden_words()}"


def _source(name: str, pin: Pin) -> str:
    card = sources()[name]
    captured = day(datetime.date.fromisoformat(pin["captured_on"]))
    if pin["provenance"] == "demo":
        return _("{title}: simulated, dated {day}. {what}").format(
            title=_(card.title), day=captured, what=_(card.demonstration)
        )
    return _("{publisher}, {title}, captured {day}. Licence: {licence}. Citation: {citation}").format(
        publisher=card.publisher, title=_(card.title), day=captured, licence=card.licence, citation=card.citation
    )
