"""Files of figures: the CSV for machines, the workbook for people with its notes, and their names."""

import csv
import datetime
import io
from dataclasses import replace

import pytest
import streamlit as st
from openpyxl import load_workbook

from dashboard.access.viewer import EXECUTIVE, STEWARD
from dashboard.access.visitor import VISITOR_KEY, NotAdmitted, Visitor
from dashboard.briefs.answers import write_answer
from dashboard.components.downloads import Reading, _csv, _reading, _xlsx, file_name_of
from dashboard.scope import Scope
from dashboard.session import RELEASE_KEY, begin
from dashboard.store.audit_log import entries
from dashboard.warehouse.columns import Column, ColumnCard

STATUS, STEPS = "school_closures/status_by_country", "completion_funnel/learners_per_step"
ON_THE_DAY = Scope(on_date=datetime.date(2020, 3, 20))


@pytest.fixture
def seen_as(small_store, monkeypatch):
    """Has the page be drawn for a viewer; gives the visitor and the release."""
    monkeypatch.setenv("COALITION_STORE", str(small_store))
    release, _notice = begin()
    kept = {}

    def see(viewer, release=release):
        came = Visitor("somebody", viewer, viewer, lambda: True)
        kept.update({VISITOR_KEY: came, RELEASE_KEY: release})
        return came, release

    monkeypatch.setattr(st, "session_state", kept)
    return see


def workbook(came, release, asked, scope, title="", codes=None):
    made = _xlsx(came, release, asked, scope, _reading(asked, scope, title, codes))
    return load_workbook(io.BytesIO(made))


def test_the_workbook_has_labels_formats_and_a_frozen_header(seen_as):
    came, release = seen_as(STEWARD)
    book = workbook(came, release, STATUS, ON_THE_DAY)
    sheet = book["Data"]
    assert [cell.value for cell in sheet[1]] == ["Country", "Status", "Learners"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref.startswith("A1:C")
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} <= {
        "Closed country-wide", "Partially open", "Academic break", "Open",
    }  # fmt: skip
    counts = [row[2] for row in sheet.iter_rows(min_row=2) if row[2].value is not None]
    assert counts and all(isinstance(cell.value, int) and cell.number_format == "#,##0" for cell in counts)
    assert sheet.column_dimensions["A"].width >= 10


def test_the_csv_stays_the_export_for_machines(seen_as):
    came, release = seen_as(STEWARD)
    rows = list(csv.DictReader(io.StringIO(_csv(came, release, STATUS, ON_THE_DAY).decode("utf-8-sig"))))
    assert [*rows[0]] == ["country_iso3", "country", "status", "learners"]
    assert {row["status"] for row in rows} <= {"closed", "partial", "on_break", "open"}


def test_the_notes_state_what_the_figures_are(seen_as):
    came, release = seen_as(STEWARD)
    notes = [[cell.value for cell in row] for row in workbook(came, release, STATUS, ON_THE_DAY, "A takeaway")["Notes"]]
    named = {line[0]: line[1] for line in notes}
    assert notes[0][0] == "Real data" and named["Title"] == "A takeaway"
    assert named["Choices"] == "Date: 20 March 2020" and named["As of"] == "20 March 2020"
    assert named["Release"].startswith("Release 1, published ")
    assert "Figures are exact" in named["Who sees these figures"]
    assert named["The same from the shell"] == f"coalition ask {STATUS} --param on_date=2020-03-20"
    assert "UNESCO" in named["Source"] and "Licence" in named["Source"]
    columns = {line[3]: line[:3] for line in notes if line[3]}
    assert columns["learners"][0] == "Learners" and columns["learners"][2] == "people"
    assert columns["country_iso3"][0] == "Country code"


def test_the_notes_of_others_state_what_is_hidden_from_them(seen_as):
    came, release = seen_as(EXECUTIVE)
    notes = {row[0].value: row[1].value for row in workbook(came, release, STEPS, Scope())["Notes"]}
    assert "rounded" in notes["Who sees these figures"] and "exact" not in notes["Who sees these figures"]


def test_the_words_of_choices_are_no_codes(seen_as):
    came, release = seen_as(STEWARD)
    scope = Scope(programme_id="for_refugees", partner_id="alpha", country_host="KEN")
    notes = {row[0].value: row[1].value for row in workbook(came, release, STEPS, scope)["Notes"]}
    assert "Programme: All programmes for refugees" in notes["Choices"]
    assert "Country where learners live: Kenya" in notes["Choices"]


def test_names_of_files_are_readable_dated_and_safe(seen_as):
    seen_as(STEWARD)
    assert file_name_of(STATUS, ON_THE_DAY) == "status_by_country_2020-03-20_release-1"
    undated = file_name_of(STEPS, Scope(programme_id="for_refugees"))
    assert undated.startswith("learners_per_step_for_refugees_release-1_published-")
    odd = file_name_of(STEPS, Scope(programme_id="../a b\\c:é"))
    assert "/" not in odd and "\\" not in odd and ":" not in odd and " " not in odd


def test_simulated_figures_are_named_so_before_anything_else(seen_as):
    _, real = seen_as(STEWARD)
    snapshots = {
        name: [{**pin, "provenance": "demo"} for pin in pins] for name, pins in real.manifest["snapshots"].items()
    }
    came, release = seen_as(STEWARD, replace(real, manifest={**real.manifest, "snapshots": snapshots}))
    assert file_name_of(STATUS, ON_THE_DAY).startswith("SIMULATED_status_by_country")
    book = workbook(came, release, STATUS, ON_THE_DAY)
    assert book.sheetnames == ["Simulated data", "Notes"] and book["Notes"]["A1"].value == "SIMULATED DATA"


def test_every_export_is_on_record_and_ends_with_the_access(seen_as, small_store):
    came, release = seen_as(STEWARD)
    reading = Reading((("a", "b"),), None, False, False, "en")
    _xlsx(came, release, STATUS, ON_THE_DAY, reading)
    _csv(came, release, STATUS, ON_THE_DAY)
    last = [entry for entry in entries(small_store) if entry["event"] == "export"][-2:]
    assert [entry["what"] for entry in last] == [f"{STATUS} (XLSX)", f"{STATUS} (CSV)"]
    gone = Visitor("somebody", STEWARD, STEWARD, lambda: False)
    with pytest.raises(NotAdmitted):
        _xlsx(gone, release, STATUS, ON_THE_DAY, reading)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\x01=1", "x" * 40_000])
def test_nothing_in_a_workbook_is_a_formula_or_breaks_it(text):
    column = Column("member", "VARCHAR", "its name", ColumnCard("Member", "text"))
    made = write_answer([column], [[text], [None]], [("Title", text)], text, False)
    cells = [
        cell for sheet in load_workbook(io.BytesIO(made)) for row in sheet.iter_rows() for cell in row if cell.value
    ]
    assert len(cells) == 4 and all(cell.data_type == "s" for cell in cells)
    assert not [cell.value for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t"))]


def test_each_format_is_written_as_people_read_it():
    def of(format_, type_):
        return Column(format_, type_, "n", ColumnCard(format_.capitalize(), format_))

    day = datetime.date(2020, 3, 20)
    columns = [
        of("share", "DOUBLE"),
        of("points", "DOUBLE"),
        of("date", "DATE"),
        of("year", "BIGINT"),
        of("hours", "DOUBLE"),
    ]
    sheet = load_workbook(io.BytesIO(write_answer(columns, [[0.251, 0.05, day, 2020, 3.25]], [], "t", False)))["Data"]
    assert [cell.value for cell in sheet[2]] == [0.251, 5.0, datetime.datetime(2020, 3, 20), 2020, 3.25]
    assert [cell.number_format for cell in sheet[2]][0] == "0.0%" and sheet["C2"].number_format == "d mmm yyyy"
    rounded = load_workbook(io.BytesIO(write_answer(columns, [[0.25, 0, day, 2020, 1.0]], [], "t", True, True)))
    assert rounded["Simulated data"]["A2"].number_format == "0%", "no decimals where counts are rounded"


def test_codes_with_words_of_the_page_are_in_the_workbook(seen_as):
    came, release = seen_as(STEWARD)
    book = workbook(came, release, STATUS, ON_THE_DAY, codes={"country_iso3": {"KEN": "Our Kenya"}})
    assert [cell.value for cell in book["Data"][1]] == ["Country code", "Country", "Status", "Learners"]
