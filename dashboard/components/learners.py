"""What pages about learners share: what may be chosen, words for steps and attributes, why nothing is shown."""

from dashboard.components.page import NoAnswer
from dashboard.disclosure.policy import COALITION, policy
from dashboard.locales import _
from dashboard.scope import Scope
from dashboard.session import ask, current_viewer, is_hidden_from_me

STEPS = "completion_funnel/learners_per_step"
FOR_REFUGEES = "for_refugees"
ALL = "all"


def needs() -> str:
    """Why no page about learners can answer; empty where there are learners."""
    if ask("overview/programmes").empty:
        return _("No learners are in this release. Bring in a report on the page Upload.")
    return ""


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


def partner_words(programme_id: str | None = None) -> dict[str, str]:
    """Partners that report learners, or learners of a programme."""
    scope = Scope(partner_id=own_partner(), programme_id=programme_id)
    return {row.partner_id: row.partner for row in ask("overview/partners", scope).itertuples()}


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


def rate_words(by: str) -> dict[str, str]:
    """The legend of the map of learners: rates by host; by origin only where learners come from."""
    few = {"hidden": _("Hidden: few people, or none")} if is_hidden_from_me("reach_map/learners_on_map") else {}
    if by == "origin":
        return {"some": _("Learners come from here"), "none": _("No learner known"), **few}
    return {
        "from_20": _("20 or more per 1,000 refugees"),
        "from_5": _("5 to 20"),
        "from_1": _("1 to 5"),
        "below_1": _("Fewer than 1"),
        "few_refugees": _("Fewer than 500 refugees: no rate"),
        "no_data": _("Refugees not known"),
        "none": _("No learner known"),
        **few,
    }
