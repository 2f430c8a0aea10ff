"""A sample of what was set aside or left out shows the commonest values with their rows, however they are written."""

import contextlib
import io

import pytest

from dashboard.commands.cli import _print_report
from dashboard.intake.commonest import commonest, commonest_rows, in_words
from tests.intake.making import Read, as_csv, as_xlsx

NEED = [
    *("need_id", "country_iso3", "level", "language", "tier", "activity_type", "audience", "people"),
    *("raised_on", "closed_on"),
]
OFFER = [
    *("offer_id", "partner_id", "offer", "activity_type", "countries", "languages", "levels", "tier", "is_free"),
    *("capacity", "valid_from"),
]
MALI = ("Mali Situation", "MALI SITUATION", "Mali  situation", "mali situation ", "Mali situation")


def need(at, country="KEN", activity="courses"):
    return [f"n{at}", country, "primary", "en", "low-tech", activity, "learners", "10", "2020-04-10", ""]


def printed(report):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        _print_report(report)
    return out.getvalue()


@pytest.mark.parametrize("write", [lambda rows: as_csv(rows, ";"), as_xlsx])
def test_values_that_differ_in_case_and_spaces_are_one_and_stand_before_the_first_lines(tmp_path, write):
    rows = [NEED, *(need(n, "Mail") for n in range(4)), *(need(9 + n, MALI[n % 5]) for n in range(25))]
    rows += [need(50, "Nowhere"), need(51, "Elsewhere"), *(need(99 + n) for n in range(40))]
    done = Read(tmp_path, "needs", write(rows))
    assert [(entry.value, entry.rows, entry.line) for entry in done.report.commonest[:2]] == [
        ("Mali situation", 25, 6),  # as 10 of 25 have it, once their spaces are single
        ("Mail", 4, 2),
    ]
    assert "25  'Mali situation', first on line 6" in printed(done.report)
    assert "1  with 1 other value" in printed(done.report)


def test_a_refusal_counts_values_however_they_are_written(tmp_path):
    rows = [NEED, *(need(n, "Mail") for n in range(5)), *(need(9 + n, MALI[n % 2]) for n in range(100))]
    rows += [need(200 + n) for n in range(20)]
    assert "105 rows (Mali Situation (100), Mail (5))" in Read(tmp_path, "needs", as_csv(rows)).refused


def test_values_left_out_are_one_note_of_the_commonest_and_not_one_each_by_the_alphabet(tmp_path):
    rows = [NEED, *(need(n, activity=f"Aa{n}") for n in range(30)), *(need(50 + n, activity="WASH") for n in range(9))]
    (note,) = Read(tmp_path, "needs", as_csv(rows)).report.notes
    assert note.startswith("39 rows: activity_type: none of ")
    assert note.endswith("the rows are kept: WASH (9), Aa0, Aa1, Aa2, Aa3, Aa4 and 25 other values")


def test_a_single_value_left_out_is_named_beside_its_column(tmp_path):
    spellings = ("ilimitado", "Ilimitado", "ilimitado")
    offers = [
        [f"o{n}", "m1", "A", "courses", "KEN", "en", "primary", "low-tech", "Sí", s, "2020-04-01"]
        for n, s in enumerate(spellings)
    ]
    notes = Read(tmp_path, "offers", as_csv([OFFER, *offers])).report.notes
    assert "3 rows: capacity (ilimitado): not a whole number; left out, the row is kept" in notes


def test_cells_of_a_list_are_counted_however_they_are_written(tmp_path):
    rows = [
        ["Org", "Sector", "Country", "Reached"],
        *(["A", "Education", "KEN", w] for w in ("many", "Many", "n families")),
    ]
    (note,) = Read(tmp_path, "contributions_5w", as_csv(rows), partner="x").report.notes
    assert note == "3 cells of Reached: no whole number of people, and left out: many (2), n families"


def test_words_of_learners_that_are_not_understood_are_counted_however_they_are_written(tmp_path):
    header = ["partner_id", "programme_id", "learner_id", "country_origin", "registered_on", "consent"]
    origins = ("Kurdistan", "KURDISTAN", " kurdistan", "Kurdistan", "Nowhere")
    rows = [["kiron", "kiron_campus", f"A{n}", origin, "2022-01-31", "Yes"] for n, origin in enumerate(origins)]
    done = Read(tmp_path, "partner_learners", as_csv([header, *rows]))
    assert done.unread == {("country_origin", "Kurdistan"): 4, ("country_origin", "Nowhere"): 1}
    assert done.report.unread[0].lines == (2, 3, 4)


def test_one_value_of_two_columns_is_counted_for_each():
    assert commonest_rows([("a", "X"), ("b", "x"), ("a", "x"), ("a", "x")]) == {("a", "x"): [0, 2, 3], ("b", "x"): [1]}
    assert commonest({"-": 1, "a b": 1, "A  B": 2}) == [("A  B", 3), ("-", 1)]
    assert in_words({"a": 2, "b": 1, "c": 1, "d": 1}, most=2) == "a (2), b and 2 other values"
