"""Headers and cards: a misspelt one is an error, not a silence."""

import tomllib

import pytest

from dashboard.settings import SOURCES
from dashboard.vocabularies import VocabularyError, sets, words
from dashboard.warehouse.catalog import CatalogError, UnknownQuestion, question, read_card, read_query, sources
from dashboard.warehouse.lineage import sources_of

CARD = """
title = "t"
publisher = "p"
licence = "l"
address = "a"
citation = "c"
grain = "g"
comes = "w"
provenance = "published"
caveat = "c"
[columns.on_date]
headers = ["Date"]
meaning = "m"
example = "e"
[kept]
on_date = "DATE"
"""


@pytest.mark.parametrize(
    "header",
    ["-- titel: A question?", "-- title: A question?\n-- column n WHOLE: a type nobody knows", "-- grain: no title"],
)
def test_a_header_that_says_what_nobody_reads_is_an_error(tmp_path, header):
    file = tmp_path / "q.sql"
    file.write_text(header + "\nSELECT 1 AS n ORDER BY n\n")
    with pytest.raises(CatalogError):
        read_query(file, "pages")


@pytest.mark.parametrize(
    "link",
    [
        "learners_reached = learnes",
        "learners_reached = learners where stepp = 1",
        "learners_reached = learners whre step = 1",
        "learners_reached == learners",
        "learners_reached =learners",
        "learners_reached = learners in the first row",
    ],
)
def test_a_metric_linked_to_no_column_is_an_error(tmp_path, link):
    file = tmp_path / "q.sql"
    file.write_text(
        "-- title: How many?\n-- column learners BIGINT: people\n-- column step BIGINT: step\n"
        f"-- metric: {link}\nSELECT 1 AS learners, 1 AS step ORDER BY step\n"
    )
    with pytest.raises(CatalogError):
        read_query(file, "pages")


def test_a_metric_is_found_where_the_header_says(tmp_path):
    file = tmp_path / "q.sql"
    file.write_text(
        '-- title: How many?\n-- column learners BIGINT: people\n-- column step BIGINT "Step" count: step\n'
        "-- metric: learners\n-- metric: learners_reached = learners where step = 2\n"
        "-- metric: learners_registered = learners in the last row\n-- metric: credentials\nSELECT 1 ORDER BY 1\n"
    )
    query = read_query(file, "pages")
    rows = [{"learners": 5, "step": 1}, {"learners": 4, "step": 2}, {"learners": 3, "step": 3}]
    by_name, reached, registered = query.measured
    assert (reached.value(rows), registered.value(rows), registered.value([])) == (4, 3, None)
    with pytest.raises(LookupError):
        by_name.value(rows)
    assert query.metrics == ("learners", "learners_reached", "learners_registered", "credentials")


def test_a_card_with_an_unknown_or_missing_key_is_an_error(tmp_path):
    good, bad, short = (tmp_path / f"{name}.toml" for name in ("good", "bad", "short"))
    good.write_text(CARD)
    bad.write_text('licenze = "x"\n' + CARD)
    short.write_text(CARD.replace('licence = "l"\n', ""))
    assert read_card(good).columns[0].headers == ("Date",)
    for file in (bad, short):
        with pytest.raises(CatalogError):
            read_card(file)


def test_a_card_takes_the_words_of_a_set_that_pages_show(tmp_path):
    card = tmp_path / "hubs.toml"
    card.write_text('vocabularies = ["member_type"]\n' + CARD + '[vocabulary]\n"" = "media"\n')
    read = read_card(card).vocabulary
    assert read["ngo"] == "civil society" and read["media"] == "media" and read[""] == "media"
    card.write_text('vocabularies = ["no_such_set"]\n' + CARD)
    with pytest.raises(CatalogError, match="no_such_set"):
        read_card(card)


@pytest.mark.parametrize("file", sorted(SOURCES.glob("*.toml")), ids=lambda file: file.stem)
def test_a_card_repeats_no_word_of_a_set_that_it_names(file):
    card = tomllib.loads(file.read_text(encoding="utf-8"))
    codes = {code.code for name in card.get("vocabularies", ()) for code in sets()[name]}
    own = {word: code for word, code in card.get("vocabulary", {}).items() if word and code in codes}
    assert not own, "write it as a synonym in vocabularies.csv"


def test_words_of_stages_and_audiences_are_read_as_the_set_has_them():
    read = sources()["contributions_5w"].vocabulary
    assert (read["en cours"], read["已完成"], read["pledged"]) == ("delivering", "delivered", "offered")
    assert (read["réfugiés"], read["maestros"], read["implementing"]) == ("learners", "teachers", "lead|delivering")


def test_some_codes_of_a_set_keep_its_order_and_an_unknown_one_is_refused():
    assert list(words("level", ("tertiary", "primary"))) == ["primary", "tertiary"]
    with pytest.raises(VocabularyError, match="level has no code quaternary"):
        words("level", ("primary", "quaternary"))


def test_an_unknown_question_names_its_neighbours():
    with pytest.raises(UnknownQuestion, match="school_closures/world_on_date"):
        question("school_closures/nothing")


def test_every_source_has_licence_citation_and_address():
    for card in sources().values():
        assert all((card.licence, card.citation, card.address, card.caveat, card.columns, card.kept)), card.name


def test_lineage_follows_the_sql_to_the_sources():
    assert sources_of("school_closures/world_on_date") == ("unesco_closures", "uis_enrolment")
    assert sources_of("reach_map/flows") == ("unhcr_population",)
    assert sources_of("school_closures/published_points") == ()


def test_a_card_without_a_reader_is_named_when_the_app_starts(monkeypatch):
    import importlib

    from dashboard.intake import readers
    from dashboard.warehouse import catalog

    known = catalog.sources()
    monkeypatch.setattr(catalog, "sources", lambda: {**known, "radio_hours": None})
    with pytest.raises(
        CatalogError, match=r"radio_hours.toml has no reader. Write dashboard/intake/readers/radio_hours"
    ):
        importlib.reload(readers)
    monkeypatch.undo()
    importlib.reload(readers)
