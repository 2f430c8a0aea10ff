"""Text that is read in another encoding, or refused in words that say how to go on."""

import pytest

from dashboard.intake.tabular import OTHER_ENCODINGS
from tests.intake.making import Read, as_csv

NEEDED = [["organisation", "sector", "country"], ["Şırnak Eğitim Derneği", "Education", "TUR"]]
PARTNER = {"partner": "a_cluster"}


@pytest.mark.parametrize("delimiter", ["|", "^"])
def test_other_separators_are_refused_in_plain_words(tmp_path, delimiter):
    found = Read(tmp_path, "contributions_5w", as_csv(NEEDED, delimiter), **PARTNER)
    assert found.refused == (
        f"The columns of the file are separated by {delimiter}. Separate the columns with commas, semicolons or tabs."
    )


def test_a_character_that_no_text_has_is_refused_in_plain_words(tmp_path):
    found = Read(tmp_path, "contributions_5w", as_csv(NEEDED).replace(b"Education", b"Educa\0tion"), **PARTNER)
    assert "no text has" in found.refused and "NUL" not in found.refused


@pytest.mark.parametrize(("encoding", "name"), [("cp1254", "Şırnak Eğitim Derneği"), ("cp1250", "Stowarzyszenie Łódź")])
def test_turkish_and_central_european_text_is_offered_and_read(tmp_path, encoding, name):
    body = as_csv([NEEDED[0], [name, "Education", "TUR"]], encoding=encoding)
    found = Read(tmp_path, "contributions_5w", body, **PARTNER)
    assert encoding in OTHER_ENCODINGS and f"{encoding}: {name}" in found.refused
    assert Read(tmp_path, "contributions_5w", body, encoding=encoding, **PARTNER).column("organisation") == [name]
