"""Which objects of a bucket an address names."""

import pytest

from dashboard.commands.named_files import _is_below


@pytest.mark.parametrize(
    ("path", "key", "is_named"),
    [
        ("parts/a.csv", "parts", True),
        ("parts/a.csv", "parts/", True),
        ("parts/a.CSV", "", True),
        ("a.parquet", "", True),
        ("parts/a.csv", "parts/a.csv", True),
        ("parts/notes.docx", "", False),
        ("parts2/a.csv", "parts", False),
        ("parts/a.csv", "part", False),
    ],
)
def test_a_key_names_itself_or_the_tables_in_its_folder_and_no_key_those_of_the_bucket(path, key, is_named):
    assert _is_below(path, key) == is_named
