"""Headers and cards: a misspelt one is an error, not a silence."""

import pytest

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


def test_a_card_with_an_unknown_or_missing_key_is_an_error(tmp_path):
    good, bad, short = (tmp_path / f"{name}.toml" for name in ("good", "bad", "short"))
    good.write_text(CARD)
    bad.write_text('licenze = "x"\n' + CARD)
    short.write_text(CARD.replace('licence = "l"\n', ""))
    assert read_card(good).columns[0].headers == ("Date",)
    for file in (bad, short):
        with pytest.raises(CatalogError):
            read_card(file)


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
