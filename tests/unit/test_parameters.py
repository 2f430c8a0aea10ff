"""Each parameter is described once; a question that means something else by it writes that out."""

import pytest

from dashboard.scope import Scope
from dashboard.warehouse import parameters as cards
from dashboard.warehouse.catalog import CatalogError, questions, read_query
from dashboard.warehouse.parameters import parameters


def written(tmp_path, header):
    file = tmp_path / "q.sql"
    file.write_text(f"-- title: A question?\n{header}\nSELECT $level AS n ORDER BY n\n")
    return read_query(file, "pages").params


def test_a_header_needs_only_the_name_of_a_parameter(tmp_path):
    (level,) = written(tmp_path, "-- param $level")
    assert (level.type, level.meaning) == ("VARCHAR", parameters()["level"].meaning) and level.is_optional
    (own,) = written(tmp_path, "-- param $level VARCHAR: level of the offer")
    assert own.meaning == "level of the offer" and not own.is_optional


@pytest.mark.parametrize(
    "header", ["-- param $altitude", "-- param level", "-- param $level VARCHAR", "-- param $level:"]
)
def test_a_parameter_that_nobody_describes_is_refused(tmp_path, header):
    with pytest.raises(CatalogError):
        written(tmp_path, header)


def test_every_parameter_is_asked_by_some_question_and_is_a_field_of_the_scope():
    asked = {param.name for query in questions().values() for param in query.params}
    assert asked == parameters().keys()
    assert asked <= set(Scope.__dataclass_fields__)


def test_every_question_reads_a_parameter_with_the_type_that_is_described():
    for query in questions().values():
        for param in query.params:
            assert param.type == parameters()[param.name].type, (query.name, param.name)


@pytest.mark.parametrize(
    "entry",
    [
        'label = "L"\ntype = "VARCHAR"\nmeaning = "m"',
        'label = "L"\ntype = "BIGINT"\nmeaning = "m"\nexample = "1"',
        'label = "L"\ntype = "WHOLE"\nmeaning = "m"\nexample = 1',
        'label = "L"\ntype = "BIGINT"\nmeaning = "m"\nexample = 1\nunit = "days"',
        'label = "L"\ntype = "VARCHAR"\nmeaning = "m"\nexample = "a"\nwords = "no_such_set"',
    ],
)
def test_an_entry_that_is_not_whole_is_refused(tmp_path, monkeypatch, entry):
    file = tmp_path / "parameters.toml"
    file.write_text(f"[level]\n{entry}\n")
    monkeypatch.setattr(cards, "FILE", file)
    with pytest.raises(CatalogError):
        parameters.__wrapped__()


def test_every_question_answers_to_the_examples(ask):
    """With what the file of parameters gives as an example, each question is asked once; several give rows."""
    answered = [
        name
        for name, query in questions().items()
        if ask(name, **{param.name: parameters()[param.name].example for param in query.params})
    ]
    assert len(answered) > 40, len(answered)
