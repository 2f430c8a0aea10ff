"""Rows that a page writes itself: days in the language, numbers at the right, and all columns on a phone."""

import ast
import datetime
import json

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import light
from dashboard.components.tables import _config_of
from dashboard.locales import speaking
from dashboard.pages.contributions.where import row_words
from dashboard.settings import PROJECT


def drawn():
    import datetime

    from dashboard.components.tables import grid
    from dashboard.locales.numbers import whole

    grid(
        [
            {"Member": "UNHCR", "Day": datetime.date(2019, 6, 20), "Learners": whole(1_234)},
            {"Member": "UNESCO", "Day": datetime.date(2019, 6, 30), "Learners": "–"},
        ],
        alt="Members.",
        nothing="",
    )


def test_days_are_written_as_the_language_does_and_numbers_stand_at_the_right():
    (frame,) = AppTest.from_function(drawn).run().dataframe
    columns = json.loads(frame.proto.columns)
    assert columns["Day"]["type_config"]["format"] == "D MMM YYYY"
    assert columns["Learners"]["alignment"] == "right"
    assert "Member" not in columns
    with speaking("zh"):
        assert _config_of([datetime.date(2019, 6, 20)])["type_config"]["format"] == "YYYY年M月D日"


def test_a_phone_has_every_column_with_its_words_in_lines(monkeypatch):
    monkeypatch.setattr(light, "is_narrow", lambda: True)
    test = AppTest.from_function(drawn).run()
    (table,) = (element.proto.body for element in test.get("html"))
    assert not test.dataframe
    assert table.index(">Member<") < table.index(">Day<") < table.index(">Learners<")
    assert "20 Jun 2019" in table and '<td class="n">1,234</td>' in table


def test_rows_of_a_matrix_are_named_by_what_they_are():
    assert row_words() == {"mission": "Mission", "activity": "Kind of activity", "member": "Member"}
    assert "Row" not in row_words().values()


ISO_FOR_MACHINES = {
    *("overview/charts.py", "response_gaps/charts.py", "contributions/charts.py", "school_closures/charts.py"),
    *("learning_hubs/charts.py", "reach_map/moving_month.py", "what_changed/panels.py"),
    *("completion_funnel/panels.py", "needs_and_offers/offer_form.py"),
}


@pytest.mark.parametrize("file", sorted((PROJECT / "dashboard" / "pages").rglob("*.py")), ids=lambda file: file.stem)
def test_no_page_writes_a_day_as_it_is_kept(file):
    """Positions of charts, the address and what is sent keep ISO; whatever a person reads passes `day` or `moment`."""
    name = file.relative_to(PROJECT / "dashboard" / "pages").as_posix()
    found = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "isoformat"
        or isinstance(node, ast.Slice)
        and isinstance(node.upper, ast.Constant)
        and node.upper.value == 16
    ]
    assert not found or name in ISO_FOR_MACHINES, f"{name}: lines {found} write ISO 8601"
