"""The six answers of the board, each a question, a number and a sentence."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from dashboard.components import answers, context, learners
from dashboard.components.figures import Number, breakable
from dashboard.components.notices import written_as_known
from dashboard.components.page import headline
from dashboard.components.provenance import drawn_from
from dashboard.components.record import keep
from dashboard.locales import _
from dashboard.locales.numbers import between, day, listed, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.menu import pages
from dashboard.scope import Scope
from dashboard.session import ask, ask_row

STYLE = Path(__file__).with_name("board.css")
HORIZON = 180
MOST_NAMED = 3


@dataclass(frozen=True)
class Answer:
    """A question of the board with its number, a sentence that states what the number is, and the page behind it."""

    question: str
    number: str
    sentence: str
    page: str


def answer(_scope: Scope) -> None:
    """Six answers on one screen, each with a link to its page; where there is none, its place states it."""
    st.html(STYLE)
    _link(_("Back to {page}"), "overview")
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
    if keep(
        tuple(
            Number("", answer_shown.number, answers.HEADLINE, scope, answer_shown.sentence, label=answer_shown.question)
            for answer_shown in shown
        )
    ):
        return
    with st.container(key="board"):
        for answer_shown in shown:
            with st.container(border=True, height="stretch", gap="small"):
                st.metric(answer_shown.question, breakable(answer_shown.number))
                st.write(answer_shown.sentence)
                _link(_("More: {page}"), answer_shown.page)


def _link(words: str, name: str) -> None:
    """A link to a page, its title in the words."""
    titles = {page.name: page.title for page in pages()}
    st.page_link(f"pages/{name}/page.py", label=words.format(page=titles[name]))


def _learners_day(scope: Scope) -> datetime.date | None:
    return None if learners.needs() else ask_row(answers.HEADLINE, scope)["on_date"]


def _no_learners(question: str, page: str) -> Answer:
    return Answer(question, "\u2013", learners.needs(), page)


def _no_closures(question: str, page: str) -> Answer:
    return Answer(question, "\u2013", _("No record of school closures is in this release."), page)


def _reached(scope: Scope) -> Answer:
    question = _("How many people learn with the coalition?")
    page = "overview"
    if learners.needs():
        return _no_learners(question, page)
    drawn_from(answers.HEADLINE, scope)
    head = ask_row(answers.HEADLINE, scope)
    return Answer(
        question, people(head["learners_reached"]), f"{answers.reached(scope)}. {answers.reached_range(head)}", page
    )


def _countries(scope: Scope) -> Answer:
    question = _("In how many countries do they live?")
    page = "reach_map"
    if learners.needs():
        return _no_learners(question, page)
    by_host = replace(scope.only("programme_id"), by="host")
    drawn_from("reach_map/learners_on_map", by_host)
    table = ask("reach_map/learners_on_map", by_host)
    names = table[table["learners"] > 0].nlargest(MOST_NAMED, "learners")["country"]
    head = ask_row(answers.HEADLINE, scope)
    return Answer(
        question,
        whole(head["countries"]),
        _("Most live in {countries}.").format(countries=listed(map(in_markdown, names)))
        if len(names)
        else _("Counts by country are too small to be shown."),
        page,
    )


def _completion(scope: Scope) -> Answer:
    question = _("How many complete what they began?")
    page = "cohorts"
    if learners.needs():
        return _no_learners(question, page)
    done_scope = replace(scope.only("programme_id"), horizon_days=HORIZON)
    drawn_from("overview/matured_completion", done_scope)
    done = ask_row("overview/matured_completion", done_scope)
    return Answer(
        question,
        share(done["share_verified"]),
        _(
            "Course runs on the verified track that began at least {days} days ago and were completed within that time "
            "(95 % interval {interval})."
        ).format(days=HORIZON, interval=between(done["share_low"], done["share_high"])),
        page,
    )


def _credentials(scope: Scope) -> Answer:
    question = _("How many credentials did they earn?")
    page = "completion_funnel"
    if learners.needs():
        return _no_learners(question, page)
    head = ask_row(answers.HEADLINE, scope)
    return Answer(
        question,
        people(head["credentials"]),
        _("Certificates of courses and guided projects, held by {learners} learners.").format(
            learners=people(head["learners_with_credential"])
        ),
        page,
    )


def _out_of_school(_scope: Scope) -> Answer:
    question = _("How many learners are out of school?")
    page = "school_closures"
    on_date = answers.closures_day()
    if on_date is None:
        return _no_closures(question, page)
    closures = Scope(on_date=on_date)
    drawn_from("school_closures/world_on_date", closures)
    world = ask_row("school_closures/world_on_date", closures)
    with written_as_known("school_closures/world_on_date", closures):
        affected = share(world["share_affected"])
    return Answer(
        question,
        people(world["learners_affected"]),
        _("{share} of all enrolled, in {countries} countries whose schools were closed country-wide on {day}.").format(
            share=affected, countries=whole(world["countries_closed"]), day=day(on_date)
        ),
        page,
    )


def _without_offer(_scope: Scope) -> Answer:
    question = _("Whom does no free offer reach?")
    page = "response_gaps"
    if answers.closures_day() is None:
        return _no_closures(question, page)
    if (on_date := answers.gap_day()) is None:
        return Answer(question, "\u2013", _("This release holds no list of offers."), page)
    gaps = Scope(on_date=on_date)
    drawn_from("response_gaps/world", gaps)
    gap = ask_row("response_gaps/world", gaps)
    return Answer(
        question,
        people(gap["learners_unserved"]),
        _(
            "Of {affected} learners out of school on {day}; they live in {countries} countries. It is the newest day "
            "on which both closures and offers are known."
        ).format(
            affected=people(gap["learners_affected"]),
            day=day(gaps.on_date),
            countries=whole(gap["countries_without_offer"]),
        ),
        page,
    )


_SIX: tuple[Callable[[Scope], Answer], ...] = (
    _reached,
    _countries,
    _completion,
    _credentials,
    _out_of_school,
    _without_offer,
)
