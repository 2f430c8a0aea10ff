"""What pages about learners share: what may be chosen, words for steps and attributes, why nothing is shown."""

from collections.abc import Mapping

from dashboard.charts.kept import names_by_code
from dashboard.components.page import NoAnswer
from dashboard.disclosure.policy import COALITION, policy
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing
from dashboard.scope import Scope
from dashboard.session import ask, ask_row, current_viewer, is_hidden_from_me
from dashboard.vocabularies import words

STEPS, NEWEST_FILE = "completion_funnel/learners_per_step", "overview/newest_file"
FOR_REFUGEES = "for_refugees"
ALL = "all"


def needs() -> str:
    """Why no page about learners can answer; empty where there are learners."""
    if ask("overview/programmes").empty:
        return _("No learners are in this release. Bring in a report on the page Upload.")
    return ""


def lead(scope: Scope, words: str) -> str:
    """The line below the sentence of a page that counts until the newest file: that day, then the page's words."""
    return " ".join(filter(None, [_newest_file(scope), words, newcomer()]))


def _newest_file(scope: Scope) -> str:
    newest = ask_row(NEWEST_FILE, scope)["on_date"]
    return "" if is_missing(newest) else _("As of the newest file, {day}.").format(day=day(newest))


def newcomer() -> str:
    """What a partner without a published file must know of the figures; empty for everybody else."""
    if not own_partner() or partner_words():
        return ""
    return _(
        "No file of {partner} has been published yet, so these are the public figures of all partners. Send a first "
        "file on the page Upload."
    ).format(partner=own_partner())


def own_partner() -> str | None:
    """The partner whose visitor this is; None for everybody else."""
    return current_viewer().partner_id or None


def stop_unless_shown(scope: Scope) -> None:
    """Raises NoAnswer where this reader may see no figure of what is chosen, or nobody was registered."""
    if why := _why_nothing(scope):
        raise NoAnswer(why)


def is_shown(scope: Scope) -> bool:
    """Whether this reader may see a figure of what is chosen, and somebody was registered."""
    return not _why_nothing(scope)


def _why_nothing(scope: Scope) -> str:
    steps = ask(STEPS, scope)["learners"].dropna()
    if len(steps):
        return "" if any(steps) else _("No learner matches this choice. Choose another programme, partner or country.")
    is_whole = not (scope.partner_id or scope.country_host)
    if is_whole and current_viewer().audience != COALITION:
        return _(
            "Fewer than four partners report this choice, or two of them nearly all of it, so its figures are not "
            "public. Choose another programme, or All programmes."
        )
    return too_few()


def too_few() -> str:
    """Why nothing of a choice is shown that is of few people, or hidden beside such."""
    return _(
        "Fewer than {below} learners match this choice, or the figure would let such a group be worked out, so nothing "
        "is shown. Choose another programme, partner or country."
    ).format(below=policy().hide_below)


def step_words() -> dict[str, str]:
    """Words for the steps of the funnel."""
    return words("funnel_step")


def programme_words(with_totals: bool = True) -> dict[str, str]:
    """Programmes that have learners, with the totals over several before them."""
    table = ask("overview/programmes")
    named = names_by_code(table, "programme_id", "programme")
    totals = {FOR_REFUGEES: _("All programmes for refugees"), ALL: _("All programmes")} if with_totals else {}
    return {**totals, **named}


def partner_words(programme_id: str | None = None) -> Mapping[str, str]:
    """Partners that report learners, or learners of a programme."""
    scope = Scope(partner_id=own_partner(), programme_id=programme_id)
    return names_by_code(ask("overview/partners", scope), "partner_id", "partner")


def attribute_words() -> dict[str, str]:
    """Words for the attributes by which learners are grouped."""
    return words("attribute")


def value_words() -> dict[str, str]:
    """Words for the values of sex, age and education; countries have their names."""
    return words("attribute_value")


def rate_words(by: str) -> dict[str, str]:
    """The legend of the map of learners: rates by host; by origin only where learners come from."""
    known = words("learner_rate")
    shown = ["some", "none"] if by == "origin" else [code for code in known if code not in ("some", "hidden")]
    few = ["hidden"] if is_hidden_from_me("reach_map/learners_on_map") else []
    return {code: known[code] for code in (*shown, *few)}
