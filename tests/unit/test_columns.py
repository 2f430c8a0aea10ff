"""Every column of every page question has one label, unit and format for people, and codes stay with the machine."""

import re
from collections import Counter

import pandas as pd
import pytest

from dashboard.components.readable import columns_for_people, in_words_for_people
from dashboard.components.vocabulary import gate_words
from dashboard.vocabularies import VocabularyError, codes, in_words, set_names, sets, spellings, words
from dashboard.warehouse import columns as cards
from dashboard.warehouse.catalog import CatalogError, metrics, questions, read_query
from dashboard.warehouse.columns import checked_card, column_cards

COLUMNS = [(name, column) for name, query in questions().items() for column in query.columns]
# Words of the project's own files that a reader of a table does not know.
CODE_WORDS = re.compile(r"_|\bISO ?3|\bISO\b|\bpt\b|\btier\b|\biso\b|\bid\b|\bpp\b|\bNULL\b", re.IGNORECASE)


def in_a_question(tmp_path, header):
    file = tmp_path / "q.sql"
    file.write_text(f"-- title: A question?\n{header}\nSELECT 1 AS n ORDER BY n\n")
    return read_query(file, "pages").columns[-1]


def test_every_column_of_every_page_question_has_a_label_that_is_not_its_name():
    assert len(COLUMNS) > 800
    for question, column in COLUMNS:
        assert column.label, (question, column.name)
        assert column.name in column_cards() or column.name in metrics(), "else it would be in no list of labels"


def test_no_label_is_a_code_or_an_abbreviation_that_only_we_know():
    labels = {column.label for _, column in COLUMNS} | {card.label for card in column_cards().values()}
    assert sorted(label for label in labels if CODE_WORDS.search(label)) == []
    assert sorted(label for label in labels if not label[0].isupper() and not label[0].isdigit()) == []
    for bad in ("country ISO3", "Step_order", "Difference, pt", "Tier", "Partner id"):
        assert CODE_WORDS.search(bad)


def test_no_two_columns_of_one_table_have_the_same_heading():
    for name, query in questions().items():
        twice = [label for label, times in Counter(column.label for column in query.columns).items() if times > 1]
        assert twice == [], name


def test_every_card_is_of_a_column_that_exists_and_is_no_metric():
    """A metric has its label from its own card, so that it is named in one place."""
    known = {column.name for _, column in COLUMNS}
    assert sorted(column_cards().keys() - known) == []
    assert sorted(column_cards().keys() & metrics().keys()) == []


def test_a_ratio_whose_unit_is_a_count_is_refused_with_the_units_it_may_have(tmp_path):
    with pytest.raises(CatalogError, match=r"unit `hubs` of queries/metrics/hubs_alive.sql .*'per learner'.*IN_WORDS"):
        in_a_question(tmp_path, "-- column hubs_alive DOUBLE: hubs")
    assert in_a_question(tmp_path, "-- column completions_per_learner DOUBLE: each").card.format == "decimal"


def test_amounts_state_their_unit_in_the_label():
    for question, column in COLUMNS:
        unit = {"hours": "hours", "points": "percentage points", "usd": "US dollars"}.get(column.card.format, "")
        assert unit.casefold() in column.label.casefold() or "difference" in column.label.casefold(), (question, column)


@pytest.mark.parametrize(
    "name", ["country_iso3", "step_order", "is_small", "latitude", "offer_id", "partner_id", "has_polygon"]
)
def test_codes_positions_and_coordinates_are_for_machines_only(name):
    assert column_cards()[name].format == "code"
    assert [column for _, column in COLUMNS if column.name == name and column.is_for_people] == []


def test_a_header_with_a_column_that_no_card_knows_is_refused(tmp_path):
    with pytest.raises(CatalogError, match="no card for the column learners_flown"):
        in_a_question(tmp_path, "-- column learners_flown BIGINT: learners who came by air")


def test_a_header_may_name_a_column_otherwise(tmp_path):
    assert in_a_question(tmp_path, "-- column learners BIGINT: n").label == "Learners"
    named = in_a_question(tmp_path, '-- column learners BIGINT "Learners by air": n')
    assert (named.label, named.card.format, named.meaning) == ("Learners by air", "people", "n")
    shown = in_a_question(tmp_path, '-- column stage VARCHAR "Stage" words(match_stage): n')
    assert (shown.label, shown.card.words) == ("Stage", "match_stage")
    new = in_a_question(tmp_path, '-- column learners_flown BIGINT "Learners by air" people: n')
    assert (new.label, new.unit) == ("Learners by air", "people")


@pytest.mark.parametrize(
    "header",
    [
        "-- column countries VARCHAR: countries, or all",
        '-- column learners BIGINT "Learners" heads: n',
        '-- column stage VARCHAR "Stage" words(no_such_set): n',
        '-- column stage VARCHAR "Stage" text(match_stage): n',
        '-- column learners BIGINT "": n',
        '-- column learners_flown BIGINT "Learners by air": no format',
        "-- column learners BIGINT Learners: n",
    ],
)
def test_a_card_that_cannot_be_shown_is_refused(tmp_path, header):
    with pytest.raises(CatalogError):
        in_a_question(tmp_path, header)


@pytest.mark.parametrize(
    "text",
    ['[count]\nn = "N"\n[people]\nn = "N"', '[heads]\nn = "N"', '[words]\nn = { label = "N" }', '[count]\nn = ""'],
)
def test_a_file_of_cards_that_contradicts_itself_is_refused(tmp_path, monkeypatch, text):
    file = tmp_path / "columns.toml"
    file.write_text(text)
    monkeypatch.setattr(cards, "FILE", file)
    with pytest.raises(CatalogError):
        column_cards.__wrapped__()


def test_a_table_for_people_has_no_code_and_no_check_box():
    table = pd.DataFrame(
        {"member": ["Member 003", "Member 004"], "member_type": ["civil society", None], "is_member": [True, None]}
    )
    read = in_words_for_people(table, columns_for_people("contributions/ladder", [*table.columns]))
    assert read["member_type"].tolist() == ["Civil society", None] and read["is_member"].tolist() == ["Yes", None]
    activities = pd.DataFrame({"activity_id": ["project_001", "project_002"], "stage": ["confirmed", "not stated"]})
    asked, given = "contributions/activities", {"activity_id": {"project_001": "First"}}
    assert [*in_words_for_people(activities, columns_for_people(asked, [*activities.columns])).columns] == ["stage"]
    worded = in_words_for_people(activities, columns_for_people(asked, [*activities.columns], given), given)
    assert worded["activity_id"].tolist() == ["First", "project_002"]
    assert worded["stage"].tolist() == ["Confirmed", "Not stated"]


def test_the_words_of_a_page_go_before_those_of_the_vocabulary():
    table = pd.DataFrame({"level_passes": [True, False]})
    shown = columns_for_people("needs_and_offers/gates_for_need", ["level_passes"])
    assert in_words_for_people(table, shown)["level_passes"].tolist() == ["Yes", "No"]
    signs = {"level_passes": {True: "fits", False: "does not"}}
    assert in_words_for_people(table, shown, signs)["level_passes"].tolist() == ["fits", "does not"]


def test_several_codes_behind_commas_are_several_words():
    assert in_words("KEN, UGA", words("country")) == "Kenya, Uganda"
    assert in_words("ar,sw", words("language")) == "Arabic, Swahili"
    assert in_words("tier,audience", words("gate")) == "Technology not available, Wrong audience"
    assert gate_words() == words("gate")
    assert in_words("all", words("country")) == "All" and in_words("", words("gate")) == ""
    assert in_words("a word of a file", words("gate")) == "a word of a file"


def test_every_set_of_words_is_used_or_named_and_no_label_is_a_code():
    assert {"country", "language", "school_status", "funnel_step"} <= set(set_names())
    for name, known in sets().items():
        assert len(known) > 1, name
        for code in known:
            assert "_" not in code.label and code.label[0] == code.label[0].upper(), (name, code)
    with pytest.raises(VocabularyError, match="no set 'colours'"):
        codes("colours")


def test_a_code_is_found_by_each_of_its_spellings():
    assert spellings("technology")["hi-tech"] == "hi-tech"
    assert spellings("host_type")["american space"] == "American Space"


@pytest.mark.parametrize(
    "rows", ["s,a,1,A,\ns,b,3,B,", "s,a,1,A,\ns,a,2,B,", "s,a,1,A,x\ns,b,2,B,X", "s,a,1,A,\ns,b,1,B,"]
)
def test_a_vocabulary_that_names_two_things_by_one_word_is_refused(tmp_path, monkeypatch, rows):
    from dashboard import vocabularies

    file = tmp_path / "vocabularies.csv"
    file.write_text("set,code,order,label,synonyms\n" + rows + "\n")
    monkeypatch.setattr(vocabularies, "FILE", file)
    with pytest.raises(VocabularyError):
        sets.__wrapped__()


def test_a_card_needs_a_label():
    with pytest.raises(CatalogError, match="no label"):
        checked_card("", "count", "", "here")
