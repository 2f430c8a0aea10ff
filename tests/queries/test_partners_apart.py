"""A partner's rows by its own files, totals of all by everybody's, worked by hand."""

import datetime

import pytest

from tests.disclosure.overlapping import NEWEST, build

PROGRAMME = "coursera_for_refugees"
DAY = datetime.date(2024, 3, 1)
COMMON = {"programme_id": PROGRAMME, "captured_on": NEWEST, "provenance": "reported"}
UNKNOWN = {"country_origin": "unknown", "country_host": "unknown", "sex": "not reported", "age_band": "not reported"}
KNOWN = {"country_origin": "SDN", "country_host": "KEN", "sex": "female", "age_band": "18-24", "education": "secondary"}


def registered(partner, id_key=None, email_key=None, **known):
    row = {**UNKNOWN, "education": "not reported", **known}
    return {**COMMON, **row, "partner_id": partner, "id_key": id_key, "email_key": email_key, "registered_on": DAY}


def enrolled(partner, id_key=None, email_key=None):
    return {
        **COMMON, "partner_id": partner, "id_key": id_key, "email_key": email_key, "course_id": "c", "enrolled_on": DAY,
        "course_type": "course", "last_activity_on": DAY, "progress": 0.5, "is_completed": False, "is_removed": False,
        "is_verified_track": True, "country_host": "unknown",
    }  # fmt: skip


def figures(registers, enrolments):
    """The reach of each partner and of all in the end: registered, reached, lower and upper bound; and the funnel."""
    files = {"": {"partner_learners": registers, "coursera_usage": enrolments}}
    tables = build(files, ("cube_reach", "cube_funnel"))
    reach = tables["cube_reach"].to_pandas().sort_values("on_date")
    last = reach[reach["programme_id"] == PROGRAMME].groupby("partner_id").last()
    columns = ["learners_registered", "learners_reached", "unique_lower", "unique_upper"]
    funnel = tables["cube_funnel"].to_pandas()
    funnel = funnel[(funnel["programme_id"] == PROGRAMME) & funnel["month"].isna()]
    people = funnel.set_index(["partner_id", "attribute", "attribute_value"])["registered"].to_dict()
    return {one: tuple(map(int, row)) for one, row in zip(last.index, last[columns].to_numpy(), strict=True)}, people


def test_two_partners_with_the_same_hundred_people():
    names = [f"p{number}" for number in range(100)]
    reach, _ = figures(
        [registered(partner, name, **KNOWN) for partner in ("alpha", "beta") for name in names],
        [enrolled(partner, name) for partner in ("alpha", "beta") for name in names],
    )
    assert reach == {"all": (100, 100, 100, 200), "alpha": (100,) * 4, "beta": (100,) * 4}


def test_what_another_partner_knows_of_a_person_counts_in_the_total_only():
    """Alpha has her address; beta has it beside her id, and knows her."""
    reach, people = figures(
        [registered("alpha", None, "e"), registered("beta", "i", "e", **KNOWN)],
        [enrolled("alpha", None, "e"), enrolled("beta", "i")],
    )
    assert reach == {"all": (1, 1, 1, 2), "alpha": (1,) * 4, "beta": (1,) * 4}
    assert people["all", "sex", "female"] == people["beta", "sex", "female"] == 1
    assert people["alpha", "sex", "not reported"] == people["alpha", "country_host", "unknown"] == 1
    assert ("alpha", "sex", "female") not in people and ("all", "sex", "not reported") not in people


def test_an_address_and_an_id_are_two_to_a_partner_that_never_gives_both():
    """To all they are one, by what beta gives; the lower bound counts persons too."""
    reach, people = figures(
        [registered("alpha", None, "e"), registered("alpha", "i"), registered("beta", "i", "e", **KNOWN)],
        [enrolled("alpha", None, "e"), enrolled("alpha", "i"), enrolled("beta", "i")],
    )
    assert reach == {"all": (1, 1, 1, 3), "alpha": (2,) * 4, "beta": (1,) * 4}
    assert people["alpha", "all", "all"] == 2 and people["all", "all", "all"] == 1


def test_a_partner_keeps_its_own_id_for_an_address():
    """Alpha and beta give different ids beside one address; gamma, which gives none, is the smaller of them to all."""
    reach, _ = figures(
        [registered("alpha", "i1", "e"), registered("beta", "i2", "e"), registered("gamma", None, "e")],
        [enrolled("alpha", "i1"), enrolled("beta", "i2"), enrolled("gamma", None, "e")],
    )
    assert reach["all"] == (2, 2, 1, 3)  # i1 of alpha and gamma, i2 of beta; in one cell, of which no partner has two


@pytest.mark.parametrize("partner", ["alpha", "all"])
def test_hours_of_a_register_are_a_partners_own_and_once_in_the_total(partner):
    hours = {"hours": 5.0, "hours_basis": "attested"}
    rows = [registered("alpha", None, "e", **hours), registered("alpha", "i", **hours), registered("beta", "i", "e")]
    rows[-1] |= {"hours": 7.0, "hours_basis": "attested"}
    table = build({"": {"partner_learners": rows}}, ("cube_programme",))["cube_programme"].to_pylist()
    found = {row["partner_id"]: (row["learners"], row["hours_attested"]) for row in table if row["phase"] == "all"}
    assert found[partner] == {"alpha": (2, 10.0), "all": (1, 7.0)}[partner]  # the most that one partner attests
