"""What pages about learners share: choosing programme, partner and time, words for steps and attributes, notices."""

import datetime

import streamlit as st

from dashboard.components import notices
from dashboard.components.figures import stop_if_empty
from dashboard.components.filters import choose
from dashboard.disclosure.policy import COALITION, policy
from dashboard.locales import _
from dashboard.locales.numbers import month
from dashboard.scope import Scope
from dashboard.session import ask, current_release, current_viewer, is_hidden_from_me

STEPS = "completion_funnel/learners_per_step"
SOURCES = ("coursera_usage", "coursera_membership", "coursera_specializations", "partner_learners")
FOR_REFUGEES = "for_refugees"
ALL = "all"


def begin(*more: str) -> None:
    """The notice of a demonstration, and an end with what to do where there are no learners."""
    # They step aside together, so one of them says it for all.
    notices.demonstration(*[name for name in SOURCES if name in current_release().demonstrations][:1], *more)
    notices.hidden()
    stop_if_empty(
        ask("overview/programmes"),
        _("No learners are in this release. A report can be brought in on the page Upload."),
    )
    if own_partner() and not partner_words():
        st.info(
            _(
                "No file of {partner} has been published yet, so these are the public figures of all partners. Send a "
                "first file on the page Upload."
            ).format(partner=own_partner())
        )


def own_partner() -> str | None:
    """The partner whose visitor this is; None for everybody else."""
    return current_viewer().partner_id or None


def stop_unless_shown(scope: Scope) -> None:
    """Ends the page where this reader may see no figure of what is chosen, or nobody was registered."""
    if not are_shown(scope):
        st.stop()


def are_shown(scope: Scope) -> bool:
    """Whether there is a figure of this choice that this reader may see; says why where there is none."""
    why = _why_nothing(scope)
    if why:
        st.info(why)
    return not why


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
    return _(
        "Fewer than {below} learners match this choice, or the figure would let such a group be worked out, so nothing "
        "is shown. Choose another programme, partner or country."
    ).format(below=policy().hide_below)


def step_words() -> dict[str, str]:
    """Words for the steps of the funnel."""
    return {
        "Registered": _("Registered"),
        "Enrolled": _("Enrolled"),
        "Started": _("Started"),
        "Active": _("Active"),
        "Completed": _("Completed"),
        "Credential": _("Credential"),
        "Recognised": _("Recognised"),
    }


def programme_words(with_totals: bool = True) -> dict[str, str]:
    """Programmes that have learners, with the totals over several before them."""
    named = {row.programme_id: row.programme for row in ask("overview/programmes").itertuples()}
    totals = {FOR_REFUGEES: _("All programmes for refugees"), ALL: _("All programmes")} if with_totals else {}
    return {**totals, **named}


def partner_words() -> dict[str, str]:
    """Partners that report learners."""
    own = Scope(partner_id=own_partner())
    return {row.partner_id: row.partner for row in ask("overview/partners", own).itertuples()}


def choose_programme(with_totals: bool = True) -> str | None:
    """Lets the reader choose a programme or a total over several; None is all."""
    words = programme_words(with_totals)
    default = FOR_REFUGEES if with_totals else None
    chosen = choose(_("Programme"), list(words), "programme_id", lambda code: words[code], default)
    return None if chosen == ALL else chosen


def choose_partner(label: str | None = None) -> str | None:
    """Lets the reader choose a partner, first its own where a file of it is published; None is all."""
    words, own = partner_words(), own_partner()
    return choose(
        label or _("Partner"),
        [None, *words],
        "partner_id",
        lambda code: words[code] if code else _("All partners"),
        own if own in words else None,
    )


def choose_months(programme_id: str | None) -> tuple[datetime.date | None, datetime.date | None]:
    """Lets the reader choose the first and last month of registration; None is open."""
    if is_hidden_from_me("completion_funnel/months", Scope(programme_id=programme_id)):
        return None, None  # months of others are so few people that only their owners see them
    months = [
        date.isoformat()[:7] for date in ask("completion_funnel/months", Scope(programme_id=programme_id))["month"]
    ]
    first = choose(
        _("Registered from"),
        [None, *months],
        "from_month",
        lambda code: month(_first(code)) if code else _("The first"),
        None,
    )
    last = choose(
        _("Registered until"),
        [None, *months],
        "to_month",
        lambda code: month(_first(code)) if code else _("The last"),
        None,
    )
    return _first(first), _first(last)


def attribute_words() -> dict[str, str]:
    """Words for the attributes by which learners are told apart."""
    return {
        "sex": _("Sex"),
        "age_band": _("Age"),
        "education": _("Education"),
        "country_host": _("Country where they live"),
    }


def value_words() -> dict[str, str]:
    """Words for the values of sex, age and education; countries have their names."""
    return {
        "female": _("Women"),
        "male": _("Men"),
        "other": _("Other"),
        "not reported": _("Not reported"),
        "unknown": _("Unknown"),
        "under 18": _("Under 18"),
        "18-24": "18\u201324",
        "25-34": "25\u201334",
        "35-44": "35\u201344",
        "45-59": "45\u201359",
        "60 and over": _("60 and over"),
        "none": _("No schooling completed"),
        "primary": _("Primary"),
        "secondary": _("Secondary"),
        "vocational": _("Vocational"),
        "bachelor": _("Bachelor"),
        "master or above": _("Master or above"),
    }


def _first(code: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(code + "-01") if code else None
