"""The tables of other audiences are written by a process of its own, whatever called for them."""

import datetime
import sys
import types

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.disclosure.protect import AuditFailed
from dashboard.settings import PROJECT
from dashboard.store import views
from dashboard.store.releases import open_release
from tests.same_rows import differences

DAY = datetime.date


@pytest.fixture
def marts(small_store):
    return next(iter(open_release(small_store).marts.values())).parent


@pytest.fixture
def within_a_page(monkeypatch):
    """As Streamlit leaves it while it runs a page, from which a steward may publish: the page is the main module."""
    page = types.ModuleType("__main__")
    page.__file__ = str(PROJECT / "dashboard" / "app.py")
    monkeypatch.setitem(sys.modules, "__main__", page)


def test_many_rows_are_protected_by_a_child_as_few_are_here(marts, tmp_path, monkeypatch, within_a_page):
    here = views.write_views(marts, tmp_path / "here", {})
    monkeypatch.setattr(views, "MANY_ROWS", 0)
    assert views.write_views(marts, tmp_path / "child", {}) == here
    written = {file.relative_to(tmp_path / "here") for file in (tmp_path / "here").rglob("*.parquet")}
    assert written and all(
        (tmp_path / "here" / file).read_bytes() == (tmp_path / "child" / file).read_bytes() for file in written
    )


def test_a_figure_is_hidden_where_an_engine_promised_that_there_is_one(marts, tmp_path):
    promising = tmp_path / "marts"
    promising.mkdir()
    for file in marts.iterdir():
        table = pq.read_table(file)
        fields = [field.with_nullable(bool(table[field.name].null_count)) for field in table.schema]
        pq.write_table(table.cast(pa.schema(fields)), promising / file.name)
    for name, folder in (("ours", marts), ("theirs", promising)):
        views.write_views(folder, tmp_path / name, {})
    ours, theirs = (
        {str(path.relative_to(tmp_path / name)): path for path in (tmp_path / name).rglob("*.parquet")}
        for name in ("ours", "theirs")
    )
    assert not differences(ours, theirs)


def test_a_child_that_refuses_refuses_the_release(marts, tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise AuditFailed("people could be worked out")

    monkeypatch.setattr(views, "_write", refuse)
    views.main([str(marts), str(tmp_path / "x")])
    with pytest.raises(AuditFailed, match="people could be worked out"):
        views._answer_of_child(0, capsys.readouterr().out.encode())


def test_a_child_that_dies_is_no_release(marts):
    with pytest.raises(RuntimeError, match="code -9"):
        views._answer_of_child(-9, b"")


def test_of_learners_at_a_hub_others_have_months_with_enough_of_them_only():
    of = views.BY_LEARNERS
    rows = [
        ("p", "few", DAY(2024, 2, 7), of, DAY(2024, 4, 20), 9),
        ("p", "many", DAY(2024, 2, 7), of, DAY(2024, 4, 20), 10),
        ("p", "many", DAY(2024, 2, 9), of, DAY(2024, 4, 20), 10),
        ("p", "many", DAY(2024, 4, 1), of, DAY(2024, 4, 20), 12),
        ("p", "few", DAY(2024, 1, 3), "session", DAY(2024, 4, 20), None),
    ]
    names = ("programme_id", "hub_id", "on_date", "kind", "as_of_on", "month_learners")
    days = pa.table({name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})
    assert [tuple(row.values()) for row in views._hub_days(days, 10).to_pylist()] == [
        ("p", "few", DAY(2024, 1, 3), "session", DAY(2024, 4, 20), None),
        ("p", "many", DAY(2024, 2, 29), of, DAY(2024, 4, 20), None),
        ("p", "many", DAY(2024, 4, 20), of, DAY(2024, 4, 20), None),  # the month was not over
    ]
