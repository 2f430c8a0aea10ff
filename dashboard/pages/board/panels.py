"""The six answers of the board, each a question, a number and a sentence."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from dashboard.components import answers, context, learners
from dashboard.components.figures import Number
from dashboard.components.page import headline
from dashboard.components.provenance import drawn_from
from dashboard.components.record import keep
from dashboard.locales import _
from dashboard.locales.numbers import between, day, listed, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

STYLE = Path(__file__).with_name("board.css")
HORIZON = 180
MOST_NAMED = 3
COLUMNS = 3


@dataclass(frozen=True)
class Answer:
    """A question of the board with its number, and a sentence that says what the number is."""

    question: str
    number: str
    sentence: str


def answer(_scope: Scope) -> None:
    """Six answers on one screen; where the release cannot answer one, its place says so."""
    st.html(STYLE)
    scope = Scope() if learners.needs() else context.chosen()
    headline(
        _("The coalition in six figures"),
        _("{programme}: learners as of {day}. School closures as of {closures}.").format(
            programme=in_markdown(learners.programme_words()[scope.programme_id or learners.ALL]),
            day=day(_learners_day(scope)),
            closures=day(answers.closures_day()),
        ),
    )
    shown = [make(scope) for make in _SIX]
    if keep(tuple(Number("", one.number, answers.HEADLINE, scope, one.sentence, label=one.question) for one in shown)):
        return
    for first in range(0, len(shown), COLUMNS):
        for column, one in zip(st.columns(COLUMNS, gap="medium"), shown[first : first + COLUMNS], strict=True):
            with column.container(border=True, height="stretch"):
                st.metric(one.question, one.number)
                st.write(one.sentence)


def _learners_day(scope: Scope) -> datetime.date | None:
    return None if learners.needs() else ask_one(answers.HEADLINE, scope)["on_date"]


def _no_learners(question: str) -> Answer:
    return Answer(question, "\u2013", learners.needs())


def _no_closures(question: str) -> Answer:
    return Answer(question, "\u2013", _("No record of school closures is in this release."))


def _reached(scope: Scope) -> Answer:
    question = _("How many people learn with the coalition?")
    if learners.needs():
        return _no_learners(question)
    drawn_from(answers.HEADLINE, scope)
    head = ask_one(answers.HEADLINE, scope)
    return Answer(
        question, people(head["learners_reached"]), f"{answers.reached(scope)}. {answers.reached_range(head)}"
    )


def _countries(scope: Scope) -> Answer:
    question = _("In how many countries do they live?")
    if learners.needs():
        return _no_learners(question)
    by_host = replace(scope.only("programme_id"), by="host")
    drawn_from("reach_map/learners_on_map", by_host)
    table = ask("reach_map/learners_on_map", by_host)
    names = table[table["learners"] > 0].nlargest(MOST_NAMED, "learners")["country"]
    head = ask_one(answers.HEADLINE, scope)
    return Answer(
        question,
        whole(head["countries"]),
        _("Most live in {countries}.").format(countries=listed(map(in_markdown, names)))
        if len(names)
        else _("Counts by country are too small to be shown."),
    )


def _completion(scope: Scope) -> Answer:
    question = _("How many complete what they began?")
    if learners.needs():
        return _no_learners(question)
    done_scope = replace(scope.only("programme_id"), horizon_days=HORIZON)
    drawn_from("overview/matured_completion", done_scope)
    done = ask_one("overview/matured_completion", done_scope)
    return Answer(
        question,
        share(done["share_verified"]),
        _(
            "Course runs on the verified track that began at least {days} days ago and were completed within that time "
            "(95 % interval {interval})."
        ).format(days=HORIZON, interval=between(done["share_low"], done["share_high"])),
    )


def _credentials(scope: Scope) -> Answer:
    question = _("How many credentials did they earn?")
    if learners.needs():
        return _no_learners(question)
    head = ask_one(answers.HEADLINE, scope)
    return Answer(
        question,
        people(head["credentials"]),
        _("Certificates of courses and guided projects, held by {learners} learners.").format(
            learners=people(head["learners_with_credential"])
        ),
    )


def _out_of_school(_scope: Scope) -> Answer:
    question = _("How many learners are out of school?")
    on_date = answers.closures_day()
    if on_date is None:
        return _no_closures(question)
    closures = Scope(on_date=on_date)
    drawn_from("school_closures/world_on_date", closures)
    world = ask_one("school_closures/world_on_date", closures)
    return Answer(
        question,
        people(world["learners_affected"]),
        _("{share} of all enrolled, in {countries} countries whose schools were closed country-wide on {day}.").format(
            share=share(world["share_affected"]), countries=whole(world["countries_closed"]), day=day(on_date)
        ),
    )


def _without_offer(_scope: Scope) -> Answer:
    question = _("Whom does no free offer reach?")
    if answers.closures_day() is None:
        return _no_closures(question)
    if (on_date := answers.gap_day()) is None:
        return Answer(question, "\u2013", _("This release holds no list of offers."))
    gaps = Scope(on_date=on_date)
    drawn_from("response_gaps/world", gaps)
    gap = ask_one("response_gaps/world", gaps)
    return Answer(
        question,
        people(gap["learners_unserved"]),
        _(
            "Learners without a live free offer in {countries} countries on {day}, the newest day on which both "
            "closures and offers are known."
        ).format(countries=whole(gap["countries_without_offer"]), day=day(gaps.on_date)),
    )


_SIX: tuple[Callable[[Scope], Answer], ...] = (
    _reached,
    _countries,
    _completion,
    _credentials,
    _out_of_school,
    _without_offer,
)
