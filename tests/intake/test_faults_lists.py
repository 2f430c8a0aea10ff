"""Lists of who does what where as people sent them, with the figures that they should give, worked by hand."""

import datetime
from contextlib import ExitStack
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from dashboard.commands.cli import main
from dashboard.intake.front_door import Declared, import_file
from dashboard.intake.likeness import suggest
from dashboard.intake.recognise import headers
from dashboard.warehouse.catalog import sources
from tests.conftest import FIXTURES
from tests.exact import exact_answers

SOURCE = "contributions_5w"
DAY = datetime.date(2024, 3, 1)
FAULTS = FIXTURES / "faults"


@pytest.fixture
def brought_in(tmp_path):
    """Imports one of the files; gives the report, its records, and a function that asks what was made of them."""
    with ExitStack() as opened:

        def bring(name, **declared):
            store = tmp_path / "store"
            done = import_file(store, SOURCE, FAULTS / f"{name}.csv", DAY, Declared(partner="x", **declared))
            report = done.report
            assert report.rows_in == report.published + report.collapsed + len(report.quarantined)
            answers = opened.enter_context(exact_answers(store))
            return report, pq.read_table(done.snapshot.rows_file).to_pylist(), lambda q: answers.ask(q, {}).to_pylist()

        yield bring


def test_need_target_and_reach_of_places_add_up_and_gaps_are_floored_place_by_place(brought_in):
    _, _, ask = brought_in("need_places")
    (row,) = ask("contributions/coverage_totals")
    assert row["people_in_need"] == 4000  # 1,000 + 3,000
    assert (row["people_targeted"], row["people_reached"]) == (1500, 900)  # 500 + 1,000; 800 + 100
    assert (row["gap"], row["surplus"]) == (900, 300)  # South 1,000 - 100; North 800 - 500
    assert (row["cells"], row["cells_over"]) == (2, 1)
    (country,) = ask("contributions/coverage")
    assert (country["people_in_need"], country["gap"], country["surplus"]) == (4000, 900, 300)
    assert [row["people_in_need"] for row in ask("contributions/countries")] == [4000]
    # 800 and 100 were reached, by whom is not stated: two activities, and no organisation
    assert ask("contributions/totals")[0]["others_active"] == 0


def test_a_table_of_needs_makes_no_activity_no_organisation_and_no_country_with_an_activity(brought_in):
    report, rows, ask = brought_in("need_not_activity")
    assert report.published == 3 and sum(row["people_in_need"] for row in rows) == 4_779_000
    (totals,) = ask("contributions/totals")
    assert [totals[name] for name in ("activities", "countries", "others_active", "members_active")] == [0, 0, 0, 0]
    assert {row["class"] for row in ask("contributions/countries")} == {"in_need_none"}
    (covered,) = ask("contributions/coverage_totals")
    # 955,000 + 2,400,000 + 1,424,000; 364,000 + 990,000 + 1,424,000, of whom nobody was reached
    assert (covered["people_in_need"], covered["people_targeted"], covered["gap"]) == (4_779_000, 2_778_000, 2_778_000)
    assert {row["country_iso3"]: row["people_in_need"] for row in ask("contributions/unserved")} == {
        "SOM": 2_400_000,
        "ETH": 1_424_000,
        "KEN": 955_000,
    } | {row["country_iso3"]: None for row in ask("contributions/unserved") if not row["people_in_need"]}
    assert ask("contributions/activities") == [] and ask("contributions/ladder") == []


def test_a_list_without_sectors_is_of_none_unless_the_sender_declares_one(brought_in):
    report, rows, ask = brought_in("no_sector_presence", country="MLI")
    assert {(row["sector"], row["is_education"]) for row in rows} == {("not stated", False)} and len(rows) == 30
    (totals,) = ask("contributions/totals")
    assert (totals["activities"], totals["activities_sector_not_stated"]) == (0, 30)
    assert totals["activities_other_sectors"] == 0
    assert any("No row states a sector" in note and "--sector Education" in note for note in report.notes)


def test_a_declared_sector_holds_for_rows_that_state_none(brought_in):
    _, rows, ask = brought_in("no_sector_presence", country="MLI", sector="Education")
    assert {(row["sector"], row["is_education"]) for row in rows} == {("Education", True)}
    assert ask("contributions/totals")[0]["activities"] == 30


def test_the_shell_declares_a_sector_and_the_same_file_of_another_sector_is_another_snapshot(tmp_path, capsys):
    file, store = FAULTS / "no_sector_presence.csv", tmp_path / "store"
    said = Declared(partner="x", country="MLI")
    assert not import_file(store, SOURCE, file, DAY, said).was_held
    assert not import_file(store, SOURCE, file, DAY, replace(said, sector="Education")).was_held
    assert import_file(store, SOURCE, file, DAY, replace(said, sector="Education")).was_held
    words = ["--store", str(store), "check", SOURCE, str(file), "--partner", "x", "--country", "MLI"]
    assert main(words) == 0 and "No row states a sector" in capsys.readouterr().out
    assert main([*words, "--sector", "Education"]) == 0 and "No row states a sector" not in capsys.readouterr().out


def test_education_is_known_by_its_words_and_not_by_a_list_of_texts(brought_in):
    _, rows, ask = brought_in("sector_words")
    assert {row["organisation"] for row in rows if not row["is_education"]} == {"Organisation 90", "Organisation 91"}
    (totals,) = ask("contributions/totals")
    assert (totals["activities"], totals["activities_other_sectors"]) == (8, 2)


def test_a_cell_that_is_no_tag_leaves_a_row_of_tags_one(brought_in):
    report, rows, ask = brought_in("tagrow_stray", country="KEN")
    assert report.rows_in == 2 and [(row["admin1"], row["people_direct"]) for row in rows] == [
        ("North", 120),
        ("South", 80),
    ]
    assert ask("contributions/totals")[0]["learners_direct"] == 200


def test_a_comment_at_the_end_and_two_lines_of_headers_leave_a_row_of_tags_one(brought_in):
    report, rows, _ = brought_in("tagrow_comments", country="MOZ")
    assert (report.rows_in, report.published) == (3, 3)
    assert sum(row["people_direct"] for row in rows) == 1769  # 200 + 1,492 + 77
    assert "Comments" in report.dropped_columns


def test_a_number_among_beneficiaries_is_people_reached(brought_in):
    report, rows, ask = brought_in("beneficiary_number", country="NER")
    assert report.published == 3 and [row["people_direct"] for row in rows] == [5160, 2064, None]
    assert {row["stage"] for row in rows} == {"delivering"}
    assert ask("contributions/totals")[0]["learners_direct"] == 7224


def test_tags_with_a_language_are_read_the_english_one_first(brought_in):
    _, rows, _ = brought_in("tags_language", country="HTI")
    assert [(row["organisation"], row["sector"], row["is_education"], row["admin1"]) for row in rows] == [
        ("Organisation One", "Education", True, "Ouest"),
        ("Organisation Two", "Health", False, "Nord"),
    ]


def test_an_organisation_tagged_by_its_acronym_alone_is_one(brought_in):
    _, rows, _ = brought_in("tags_acronym", country="BDI")
    assert [(row["organisation"], row["organisation_type"]) for row in rows] == [("ORG1", "NGO"), ("ORG2", "UN")]


def test_an_ambiguity_in_another_sector_leaves_education_as_it_is(brought_in):
    report, rows, ask = brought_in("subsector_twice")
    of = {row["sector"] for row in rows}
    assert of == {"Education", "Protection"} and report.published == 2
    assert sum(row["people_in_need"] for row in rows if row["sector"] == "Protection") == 110  # 40 + 70, without GBV
    assert any("#inneed+gbv+protection" in note for note in report.notes)
    (row,) = ask("contributions/coverage_totals")
    assert (row["people_in_need"], row["people_targeted"]) == (3000, 1400)


def test_words_and_decimals_in_an_optional_number_leave_the_row_in(brought_in):
    report, rows, ask = brought_in("optional_5w_words")
    assert report.quarantined == () and [row["people_targeted"] for row in rows] == [None, None, 77873, 1000]
    assert any("TBD" in note and "N/A" in note for note in report.notes)
    assert any("77873.16" in note and "rounded" in note for note in report.notes)
    (totals,) = ask("contributions/totals")
    assert (totals["activities"], totals["learners_direct"]) == (4, 1800)  # 300 + 400 + 500 + 600


def test_rows_told_apart_by_a_column_that_is_not_kept_both_count(brought_in):
    report, rows, ask = brought_in("collapse_months")
    assert (report.published, report.collapsed) == (4, 0) and len({row["activity_id"] for row in rows}) == 4
    reached = {row["member"]: row["learners_contributed_to"] for row in ask("contributions/ladder")}
    assert reached == {"Organisation 1": 200, "Organisation 2": 201}


def test_headers_of_a_table_of_needs_without_tags_are_read_and_its_code_is_education(brought_in):
    _, rows, ask = brought_in("plain_needs")
    assert [(row["country_iso3"], row["admin1_code"], row["is_education"]) for row in rows] == [
        ("AFG", "AF01", True),
        ("AFG", "AF02", True),
    ]
    (row,) = ask("contributions/coverage_totals")
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (13_030, 2250, 400)
    assert row["gap"] == 1850  # 1,350 + 500


def test_the_full_name_of_the_partner_is_the_organisation_and_its_type_never(brought_in):
    _, rows, _ = brought_in("plain_partner_full_name", country="YEM")
    assert [(row["organisation"], row["organisation_type"]) for row in rows] == [
        ("Organisation One", "INGO"),
        ("Organisation Two", "UN"),
    ]
    names = headers(FAULTS / "plain_partner_full_name.csv").names
    assert suggest(names, sources()[SOURCE]).get("organisation", "Partner Full Name") == "Partner Full Name"


def test_words_for_stages_in_french_portuguese_spanish_and_english_are_known(brought_in):
    report, rows, _ = brought_in("stage_words")
    assert [row["stage"] for row in rows] == [
        *("delivered", "delivered", None, "delivering", "delivered", None, "delivered", "delivered", "offered"),
    ]
    assert report.quarantined == ()  # what is suspended may have reached people before
