"""What the reach map says of the publisher's notes, and of refugees who are on no map."""

import datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.intake.front_door import import_file
from dashboard.settings import PROJECT
from dashboard.store.releases import publish_release
from tests.conftest import FIXTURES


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store of refugees in 1992, of whom some are in an unknown country, with a note on Kenya."""
    folder, day = tmp_path_factory.mktemp("refugees"), datetime.date(2024, 7, 21)
    notes = folder / "footnotes.csv"
    notes.write_text(
        "Footnote,Year,Country of origin (ISO),Country of asylum (ISO),Population type\n"
        '"Counted *twice* <b>.",1992,,KEN,REF\n'
        '"By country of birth.",1992,SOM,,REF\n'
    )
    import_file(folder / "store", "unhcr_population", FIXTURES / "faults" / "host_unknown.csv", day)
    import_file(folder / "store", "unhcr_footnotes", notes, day)
    publish_release(folder / "store")
    return folder / "store"


@pytest.fixture
def store(filled, served_store, as_served):
    return served_store(filled)


def refugees(**link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page("pages/reach_map/page.py")
    for name, value in {"by": "refugees", "open": "countries,country", **link}.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def captions(test):
    return [one.value for one in test.caption]


def test_who_is_on_no_map_is_in_the_total_and_counted_beside_it(store):
    test = refugees()
    values = {tile.label: tile.value.replace("\u00a0", " ") for tile in test.metric}
    assert values["Refugees hosted"] == "300,694" and values["Countries of asylum"] == "1"
    assert "15,075 refugees are not on the map: their country of asylum is not known." in captions(test)


def test_a_note_of_the_publisher_stands_beside_the_figure_as_plain_words(store):
    found = captions(refugees(country_iso3="KEN"))
    assert "Notes by UNHCR on the figures of 1992:" in found
    assert r"Refugees: Counted \*twice\* \<b\>\." in found


def test_a_note_on_an_origin_stands_beside_its_flows(store):
    assert r"Refugees, from Somalia: By country of birth\." in " ".join(captions(refugees(origin_iso3="SOM"))).replace(
        "\\,", ","
    )


def test_a_country_without_a_note_has_no_word_of_notes(store):
    assert not any("Notes by UNHCR" in caption for caption in captions(refugees(country_iso3="ITA")))
