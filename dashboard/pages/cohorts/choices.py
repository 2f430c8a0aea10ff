"""Which cohorts a reader compares: programmes and partners, and those built of intake and attribute."""

import datetime
import re
from dataclasses import dataclass

import streamlit as st

from dashboard.components import dropped
from dashboard.components.filters import address_comes_first, remember
from dashboard.components.learners import ALL, FOR_REFUGEES, partner_words, programme_words, value_words
from dashboard.locales import _
from dashboard.locales.numbers import month, with_commas
from dashboard.scope import Scope
from dashboard.session import ask

MOST, HORIZON_DAYS = 6, 180
KEY = "cohorts"
KNOWN, BY_ITSELF = KEY + "_known", KEY + "_by_itself"
CODE = re.compile(
    # programme.partner.month.value, each of which may be blank but the first
    r"(?P<programme>\w+)\.(?P<partner>\w*)\.(?P<month>(\d{4}-\d\d)?)\.(?P<value>[a-z0-9 -]*)"
)
ATTRIBUTE_OF = {
    "female": "sex",
    "male": "sex",
    "18-24": "age_band",
    "25-34": "age_band",
    "35-44": "age_band",
    "45-59": "age_band",
    "secondary": "education",
    "vocational": "education",
    "bachelor": "education",
    "primary": "education",
    "master or above": "education",
}


@dataclass(frozen=True)
class Cohort:
    """A choice of programme, partner, intake and one attribute; its code is in the address."""

    code: str
    words: str
    scope: Scope

    @property
    def is_whole(self) -> bool:
        """Whether it is all of a programme or partner."""
        return not self.scope.cohort_month and not self.scope.attribute


def choose_cohorts(context: Scope) -> list[Cohort]:
    """Lets the reader choose up to six cohorts; begins with that of the context and the largest other one."""
    offered, default = _offered(), _default(context)
    refused = []
    if address_comes_first(KEY):
        linked = _linked()
        refused = [code for code in _named_in_link() if code not in linked]
        st.session_state[KEY] = linked or default
        st.session_state[KNOWN] = linked
    elif st.session_state[KEY] == st.session_state.get(BY_ITSELF):
        st.session_state[KEY] = default  # what nobody chose follows the context
    st.session_state[BY_ITSELF] = default
    known = list(dict.fromkeys([*offered, *default, *st.session_state.get(KNOWN, []), *st.session_state[KEY]]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        codes = st.multiselect(
            _("Cohorts to compare, two to six"),
            known,
            key=KEY,
            format_func=cohort_words,
            max_selections=MOST,
            help=_("Choose among programmes and partners, or build a cohort with intake and attribute."),
        )
        building = st.popover(_("Build a cohort"), on_change="rerun", key="build")
        if building.open:
            with building:
                _builder()
    remember(KEY, "~".join(codes), "~".join(default))
    shown = with_commas(map(cohort_words, codes))
    dropped.settle(KEY, "~".join(refused) or None, codes, _("Cohorts"), shown)
    return _cohorts(codes)


def chosen_cohorts(context: Scope) -> list[Cohort]:
    """The cohorts that are compared, without a widget: as the address or the session has them."""
    codes = _linked() if address_comes_first(KEY) else st.session_state[KEY]
    return _cohorts(codes or _default(context))


def cohort_scope(code: str) -> Scope | None:
    """What the code of a cohort asks for; None where it is no code."""
    match = CODE.fullmatch(code)
    if not match or (match["value"] and match["value"] not in ATTRIBUTE_OF):
        return None
    try:
        intake = _first(match["month"])
    except ValueError:
        return None
    return Scope(
        programme_id=None if match["programme"] == ALL else match["programme"],
        partner_id=match["partner"] or None,
        cohort_month=intake,
        attribute=ATTRIBUTE_OF.get(match["value"]),
        attribute_value=match["value"] or None,
        horizon_days=HORIZON_DAYS,
    )


def cohort_words(code: str) -> str:
    """A cohort as it is shown: the partner, else the programme, then intake and attribute."""
    scope = cohort_scope(code)
    if scope is None:
        return code
    programme = programme_words().get(scope.programme_id or ALL, scope.programme_id or "")
    words = [
        partner_words().get(scope.partner_id, scope.partner_id) if scope.partner_id else "",
        "" if scope.partner_id and scope.programme_id == FOR_REFUGEES else programme,
        month(scope.cohort_month) if scope.cohort_month else "",
        value_words().get(scope.attribute_value, "") if scope.attribute_value else "",
    ]
    return with_commas(word for word in words if word)


def _builder() -> None:
    programmes, partners = programme_words(), {"": _("All partners"), **partner_words()}
    programme = st.selectbox(
        _("Programme"), list(programmes), key="new_programme", format_func=lambda code: programmes[code]
    )
    partner = st.selectbox(_("Partner"), list(partners), key="new_partner", format_func=lambda code: partners[code])
    whole = Scope(programme_id=None if programme == ALL else programme, partner_id=partner or None)
    months = ["", *ask("cohorts/intakes", whole)["cohort"]]
    intake = st.selectbox(
        _("Intake"), months, key="new_month", format_func=lambda code: month(_first(code)) if code else _("All intakes")
    )
    values = ["", *(value for value, attribute in ATTRIBUTE_OF.items() if not intake or attribute == "sex")]
    value = st.selectbox(
        _("Learners"), values, key="new_value", format_func=lambda code: value_words()[code] if code else _("All")
    )
    st.button(_("Add cohort"), type="primary", on_click=_add, args=(f"{programme}.{partner}.{intake}.{value}",))


def _add(code: str) -> None:
    st.session_state[KNOWN] = [*st.session_state.get(KNOWN, []), code]
    st.session_state[KEY] = list(dict.fromkeys([*st.session_state[KEY], code]))[:MOST]


def _offered() -> list[str]:
    """Every programme and partner with course runs, the largest partners of the refugee programmes first."""
    choices = ask("cohorts/choices")
    leading = (choices["programme_id"] == FOR_REFUGEES) & (choices["partner_id"] != ALL)
    rows = [*choices[leading].itertuples(), *choices[~leading].itertuples()]
    return [f"{row.programme_id}.{'' if row.partner_id == ALL else row.partner_id}.." for row in rows]


def _default(context: Scope) -> list[str]:
    mine = f"{context.programme_id or ALL}.{context.partner_id or ''}.."
    return [mine, *[code for code in _offered() if code != mine][:1]]


def _linked() -> list[str]:
    programmes, partners = programme_words(), partner_words()
    found = {code: scope for code in _named_in_link() if (scope := cohort_scope(code))}
    return [
        code
        for code, scope in found.items()
        if (scope.programme_id or ALL) in programmes and (not scope.partner_id or scope.partner_id in partners)
    ][:MOST]


def _named_in_link() -> list[str]:
    return [code for code in st.query_params.get(KEY, "").split("~") if code]


def _cohorts(codes: list[str]) -> list[Cohort]:
    return [Cohort(code, cohort_words(code), scope) for code in codes if (scope := cohort_scope(code))]


def _first(code: str) -> datetime.date | None:
    return datetime.date.fromisoformat(code + "-01") if code else None
