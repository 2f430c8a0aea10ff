"""Names of organisations that may be one are proposed, and what a steward confirms holds for every later list."""

import datetime

import pytest

from dashboard.intake.front_door import Declared, import_file
from dashboard.intake.spellings import Organisation, Proposal, as_file, proposals
from tests.exact import exact_answers


def named(*names):
    return [Organisation(f"id{at}", name, activities=len(names) - at) for at, name in enumerate(names)]


def groups(*names):
    return [{one.name for one in (group.shown, *group.others)} for group in proposals(named(*names))]


@pytest.mark.parametrize(
    "names",
    [
        ("Éducation Sans Murs", "Education sans murs"),
        ("Relief Body", "Relief Body Inc."),
        ("Relief Body e.V.", "Relief-Body"),
        ("Schools Abroad Ltd", "Schools Abroad (NGO)"),
        ("Fundación Aulas", "Aulas Foundation"),
        ("ONG Écoles du Sahel", "Ecoles du Sahel"),
        ("Learning Without Borders (LWB)", "LWB"),
        ("LWB - Learning Without Borders", "Learning without Borders"),
        ("Committee of Village Schools", "CVS"),
        ("Committee of Village Schools", "COVS"),
        ("The Lantern Trust", "Lantern"),
        ("S.A.F.E. Classrooms", "SAFE Classrooms"),
    ],
)
def test_names_that_differ_in_accents_signs_form_or_acronym_are_proposed_as_one(names):
    assert groups(*names) == [set(names)]


@pytest.mark.parametrize(
    "names",
    [
        ("Relief Body", "Relief Bodies United"),
        ("Lantern Kenya", "Lantern Uganda"),
        ("Committee of Village Schools", "Centre for Vocational Studies", "CVS"),  # whose it is nobody knows
        ("Ltd", "Foundation"),
        ("Ministry of Education", "Ministry of Health"),
    ],
)
def test_other_names_are_not(names):
    assert groups(*names) == []


def test_a_members_name_is_shown_else_the_fullest_that_is_used_most_and_two_members_are_never_one():
    a, b = Organisation("a", "LWB", activities=9), Organisation("b", "Learning Without Borders")
    assert proposals([a, b]) == [Proposal(b, (a,))]
    c = Organisation("m1", "Learning without borders Inc", is_member=True)
    assert proposals([a, b, c])[0].shown == c
    assert proposals([c, Organisation("m2", "Learning Without Borders Ltd", is_member=True)]) == []


LIST = (
    "organisation,sector,iso3,people reached\n"
    "Relief Body,Education,KEN,10\nRELIEF BODY INC.,Education,UGA,20\n"
    "RB (Relief Body),Health,SOM,5\nOther,Education,KEN,1\n"
)


def test_what_is_confirmed_is_kept_and_holds_for_later_lists(tmp_path):
    store = tmp_path / "store"

    def brought(source, text, day, **said):
        file = tmp_path / "file.csv"
        file.write_text(text, encoding="utf-8")
        import_file(store, source, file, day, Declared(**said))

    def organisations():
        with exact_answers(store) as answers:
            rows = answers.ask("contributions/organisations", {}).to_pylist()
            (totals,) = answers.ask("contributions/totals", {}).to_pylist()
        return [Organisation(r["partner_id"], r["member"], r["is_member"], r["activities"]) for r in rows], totals

    brought("contributions_5w", LIST, datetime.date(2024, 1, 31), partner="x")
    before, totals = organisations()
    assert len(before) == 4 and totals["others_active"] == 3  # one is of the health sector alone
    (group,) = proposals(before)
    assert {one.name for one in (group.shown, *group.others)} == {"Relief Body", "RELIEF BODY INC.", "RB (Relief Body)"}
    brought("organisation_names", as_file([group]), datetime.date(2024, 2, 1))
    after, totals = organisations()
    assert [(one.name, one.activities) for one in after] == [("Other", 1), (group.shown.name, 3)]
    assert totals["others_active"] == 2 and totals["learners_direct"] == 31 and proposals(after) == []
    brought("contributions_5w", LIST.replace(",20", ",40"), datetime.date(2024, 3, 31), partner="x")
    later, totals = organisations()
    assert {one.name for one in later} == {"Other", group.shown.name} and totals["learners_direct"] == 51


def test_a_list_that_gives_a_name_to_two_organisations_sets_the_second_aside(tmp_path):
    file = tmp_path / "names.csv"
    file.write_text("written_name,organisation\nRB,Relief Body\nRB,Other\n", encoding="utf-8")
    report = import_file(tmp_path / "store", "organisation_names", file, datetime.date(2024, 1, 31)).report
    assert (report.published, len(report.quarantined)) == (1, 1)
