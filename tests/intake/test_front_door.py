"""The front door: every bad file gives one clear sentence and changes nothing; no row is lost.

Fewer files are generated than with COALITION_FULL_TESTS=1.
"""

import datetime
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.readers import READERS
from dashboard.intake.report import FileRefused, Ledger
from dashboard.intake.tabular import open_table
from dashboard.warehouse.catalog import sources
from tests.intake.making import FULL

HEADER = "Date,ISO,Country,Scale,Note\n"
ROW = "16/03/2020,KEN,Kenya,National,\n"
DAY = datetime.date(2020, 3, 20)


def xlsx(rows, **more) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, value in more.get("cells", {}).items():
        book.active[cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def two_sheets() -> bytes:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("2021")):
        for row in GOOD_XLSX:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD_XLSX = [["Date", "ISO", "Status"], [datetime.date(2020, 3, 16), "KEN", "Fully open"]]
BOMB = archive(**{"xl__workbook.xml": b"<x/>", "xl__sheet.xml": b"0" * 30_000_000})

HOSTILE = {
    "empty": (b"", "empty"),
    "spaces": (b"   \n \n", "has the columns"),
    "gzip": (gzip.compress((HEADER + ROW).encode()), "gzip"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is an image"),
    "a web page": (b"<!DOCTYPE html><html></html>", "web page"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"x" * 500, "Excel"),
    "another table": (b"a,b,c\n1,2,3\n", "has the columns"),
    "header only": (HEADER.encode(), "no rows"),
    "NUL": ((HEADER + "16/03/2020,K\0N,Kenya,National,\n").encode(), "characters that no text has"),
    "an open quote": ((HEADER + '16/03/2020,KEN,"Kenya,National,\n' + "x" * 200_000).encode(), "quote"),
    "20,000 columns": (
        (",".join(["Date", "ISO", "Scale"] + [f"c{n}" for n in range(20_000)]) + "\n").encode(),
        "columns",
    ),
    "a header twice": (b"Date,ISO,Scale,Date\n16/03/2020,KEN,National,17/03/2020\n", "twice"),
    "Arabic cp1256": ((HEADER + "16/03/2020,KEN,كينيا,National,\n").encode("cp1256"), "not UTF-8.*cp1256: .*كينيا"),
    "all rows bad": ((HEADER + "99/99/9999,KEN,Kenya,National,\n").encode(), "Nothing in the file can be published"),
    "damaged archive": (xlsx(GOOD_XLSX)[:700], "damaged|ZIP"),
    "a ZIP of something": (archive(**{"a.csv": HEADER.encode()}), "ZIP archive, not a workbook"),
    "a macro": (archive(**{"xl__workbook.xml": b"<x/>", "xl__vbaProject.bin": b"x"}), "macro"),
    "a DOCTYPE": (archive(**{"xl__workbook.xml": b"<!DOCTYPE x><x/>"}), "DOCTYPE"),
    "a bomb": (BOMB, "unpacks to far more"),
    "a far cell": (xlsx(GOOD_XLSX, cells={"XFD1048576": 1}), "rows|limits|columns"),
    "a quote that swallows rows": (
        (HEADER + '16/03/2020,KEN,Kenya,National,"a note\n' + ROW * 5 + '17/03/2020,KEN,Kenya,National,b"\n').encode(),
        "line 2.*inside quotes",
    ),
    "month first": (
        (HEADER + "".join(f"04/{day}/2020,KEN,Kenya,National,\n" for day in range(10, 20))).encode(),
        "month first",
    ),
    "mostly bad": ((HEADER + ROW + "x,KEN,Kenya,National,\n" * 150).encode(), "150 of 151 rows.*more than half"),
    "two sheets with a table": (two_sheets(), "both hold a table"),
    "a DOCTYPE in UTF-16": (archive(**{"xl__workbook.xml": " <!DOCTYPE x><x/>".encode("utf-16")}), "DOCTYPE"),
    "a far column": (xlsx(GOOD_XLSX, cells={"ZZ1": "x"}), "columns"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_bad_file_is_refused_in_a_sentence_and_changes_nothing(what, tmp_path):
    body, says = HOSTILE[what]
    file = tmp_path / "closures.csv"
    file.write_bytes(body)
    with pytest.raises(FileRefused, match=f"(?s){says}") as refused:
        import_file(tmp_path / "store", "unesco_closures", file, DAY)
    assert "Traceback" not in str(refused.value) and str(refused.value).endswith((".", "`"))
    assert not (tmp_path / "store" / "snapshots").exists()


def test_a_file_over_25_mb_is_refused_unread(tmp_path):
    file = tmp_path / "big.csv"
    with file.open("wb") as out:
        out.truncate(26 * 1024 * 1024)
    with pytest.raises(FileRefused, match="25 MB"):
        check_file("unesco_closures", file)


GOOD = {
    "UTF-8 with BOM": ("\ufeff" + HEADER + ROW).encode(),
    "UTF-16": (HEADER + ROW).encode("utf-16"),
    "bare CR": (HEADER + ROW).replace("\n", "\r").encode(),
    "CRLF": (HEADER + ROW).replace("\n", "\r\n").encode(),
    "semicolons": (HEADER + ROW).replace(",", ";").encode(),
    "tabs": (HEADER + ROW).replace(",", "\t").encode(),
    "headers in capitals": ("DATE,iso,COUNTRY,Scale,NOTE\n" + ROW).encode(),
    "quoted headers": b'"Date","ISO","Country","Scale","Note"\n16/03/2020,"KEN","Kenya","National",\n',
    "three columns": b"Date,ISO,Status\n16/03/2020,KEN,Closed due to COVID-19\n",
    "four columns": b"Date,ISO,Country,Status\n16-03-2020,KEN,Kenya,Academic break\n",
    "ISO dates": b"Date,ISO,Status\n2020-03-16,KEN,Fully open\n",
    "August words": b"Date,ISO,Status\n16/03/2020,KEN,Localized closure or hybrid re-opening\n",
    "a newline in quotes": (HEADER + '16/03/2020,KEN,Kenya,National,"said\ntwice"\n').encode(),
    "trailing blank cells": (HEADER.strip() + ",,\n16/03/2020,KEN,Kenya,National,,,\n").encode(),
    "left-out blank cells": (HEADER + "16/03/2020,KEN,Kenya,National\n").encode(),
    "XLSX under another name": xlsx(GOOD_XLSX),
    "an unknown column": b"Date,ISO,Status,Phone\n16/03/2020,KEN,Fully open,12345\n",
}


@pytest.mark.parametrize("what", GOOD)
def test_a_good_file_is_taken_in_whatever_program_wrote_it(what, tmp_path):
    file = tmp_path / "closures.csv"
    file.write_bytes(GOOD[what])
    report = check_file("unesco_closures", file, DAY)
    assert (report.rows_in, report.published, report.quarantined) == (1, 1, ())


def test_another_encoding_is_read_when_it_was_chosen(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_bytes(HOSTILE["Arabic cp1256"][0])
    assert check_file("unesco_closures", file, DAY, Declared(encoding="cp1256")).published == 1


def test_utf8_is_read_as_utf8_whatever_was_chosen(tmp_path):
    file = tmp_path / "hubs.csv"
    file.write_text("hub_id,hub,iso3,latitude,longitude\na,القاهرة,EGY,30.06,31.25\n", encoding="utf-8")
    assert check_file("hubs", file, DAY, Declared(encoding="cp1252")).published == 1


def test_blank_cells_at_the_end_of_a_workbook_row_are_blank(tmp_path):
    file = tmp_path / "hubs.xlsx"
    file.write_bytes(
        xlsx([["hub_id", "hub", "iso3", "latitude", "longitude", "announced_on"], ["a", "Rome", "ITA", 41.9, 12.5]])
    )
    assert check_file("hubs", file, DAY).published == 1


def test_a_formula_without_a_result_is_no_number(tmp_path):
    head = ["Year", "Country of origin (ISO)", "Country of asylum (ISO)", "Refugees under UNHCR's mandate"]
    file = tmp_path / "unhcr.xlsx"
    file.write_bytes(xlsx([head, [2023, "SOM", "KEN", 5], [2023, "SSD", "KEN", "=1000+5"]]))
    report = check_file("unhcr_population", file, DAY)
    assert (report.published, report.quarantined) == (2, ())
    assert any("=1000+5" in note for note in report.notes)  # the row is kept, its figure is not known


@pytest.mark.parametrize("text", ["1 234,567", "0,000", "1,5", "-3", "1e3", "999999999999"])
def test_a_number_that_could_be_read_two_ways_is_set_aside(text, tmp_path):
    file = tmp_path / "unhcr.csv"
    file.write_text(
        "Year;Country of origin (ISO);Country of asylum (ISO);Refugees under UNHCR's mandate\n"
        f"2023;SOM;KEN;5\n2023;SSD;KEN;{text}\n"
    )
    assert [row.column for row in check_file("unhcr_population", file, DAY).quarantined] == ["refugees"]


def test_a_day_column_that_stands_twice_is_refused(tmp_path):
    file = tmp_path / "oxford.csv"
    file.write_text('"",country_code,01Jan2020,02Jan2020,2Jan2020\n1,KEN,0,1,3\n')
    with pytest.raises(FileRefused, match="2020-01-02 twice"):
        check_file("oxcgrt_c1", file, DAY)


def test_a_day_out_of_the_sources_range_is_set_aside(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW + "16/03/0020,KEN,Kenya,National,\n31/12/9999,KEN,Kenya,National,\n")
    assert [row.line for row in check_file("unesco_closures", file, DAY).quarantined] == [3, 4]


@pytest.mark.parametrize("day", [datetime.date(1, 1, 1), datetime.date.today() + datetime.timedelta(1)])
def test_a_capture_is_of_a_day_that_was(day, tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW)
    with pytest.raises(FileRefused, match="cannot have been captured"):
        check_file("unesco_closures", file, day)


def test_a_file_that_states_no_day_says_that_today_was_taken(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW)
    assert any("today is taken" in note for note in check_file("unesco_closures", file).notes)


def test_an_extraction_date_that_cannot_be_read_is_not_todays(tmp_path):
    file = tmp_path / "unhcr.csv"
    file.write_text(
        (Path(__file__).parents[1] / "fixtures" / "unhcr_population.csv")
        .read_text()
        .replace("21/07/2024", "07/21/2024")
    )
    with pytest.raises(FileRefused, match="--captured-on"):
        check_file("unhcr_population", file)


def test_a_renamed_demonstration_is_still_one(tmp_path, demo_files):
    from dashboard.reference.files import write_record

    # One file a source, the earliest, which is the smallest.
    by_source = {}
    for source, file in sum(demo_files, []):
        by_source.setdefault(source, file)
    by_source |= {source: file for source, file in write_record(tmp_path) if source in ("uis_enrolment", "hubs")}
    for source, file in by_source.items():
        renamed = tmp_path / f"real_{source}.csv"
        renamed.write_bytes(file.read_bytes())
        invented = file.name.startswith("demonstration")
        assert check_file(source, renamed, DAY).provenance == ("demo" if invented else "published")


def test_unknown_columns_are_named_and_their_contents_kept_nowhere(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_bytes(
        b"Date,ISO,Status,Phone\n16/03/2020,KEN,Fully open,555-SECRET\n16/03/2020,QQQ,Fully open,555-SECRET\n"
    )
    done = import_file(tmp_path / "store", "unesco_closures", file, DAY)
    assert done.report.dropped_columns == ("Phone",)
    for path in (tmp_path / "store").rglob("*"):
        assert not path.is_file() or b"SECRET" not in path.read_bytes(), path


def test_rows_of_the_wrong_width_are_set_aside_with_their_line(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW + "17/03/2020,KEN,Congo, Democratic Republic,National,\n18/03/2020,KEN\n")
    report = check_file("unesco_closures", file, DAY)
    assert [(row.line, row.column) for row in report.quarantined] == [(3, "(row)"), (4, "(row)")]
    assert report.closing_line == "rows in 3 = published 1 + collapsed 0 + quarantined 2"


def test_lines_are_counted_as_an_editor_does_when_quotes_hold_newlines(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + '16/03/2020,KEN,Kenya,National,"a\nb\nc"\n17/03/2020,KEN,Kenya,Shut,\n')
    assert [row.line for row in check_file("unesco_closures", file, DAY).quarantined] == [5]


@pytest.mark.parametrize("text", ["1/13/2020", "2020/16/03", "16/3/20", "2020.16.03", "yesterday", "", "30/02/2020"])
def test_a_date_in_no_declared_format_is_never_guessed(text, tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW + f"{text},KEN,Kenya,National,\n")
    assert [row.column for row in check_file("unesco_closures", file, DAY).quarantined] == ["on_date"]


def test_the_quarantine_disarms_formulas(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW + '17/03/2020,"=HYPERLINK(""http://x"")",Kenya,National,\n')
    done = import_file(tmp_path / "store", "unesco_closures", file, DAY)
    assert "'=HYPERLINK" in done.snapshot.quarantine_file.read_text()


def test_a_zero_for_both_sexes_is_missing_and_a_wrong_sum_is_set_aside(tmp_path):
    names = [column.headers[0] for column in sources()["uis_enrolment"].columns]
    good = ["A", "KEN"] + ["0", "2", "3", "0"] + ["0", "1", "1", "0"] + ["0", "1", "2", "0"]
    bad = ["B", "ITA"] + ["5", "2", "3", "0"] + ["1", "1", "1", "0"] + ["1", "1", "2", "0"]
    file = tmp_path / "uis.csv"
    file.write_text("\n".join(",".join(row) for row in (names, good, bad)) + "\n")
    report = check_file("uis_enrolment", file, DAY)
    assert [(row.line, row.column) for row in report.quarantined] == [(3, "pre_primary_both")]


def test_the_same_file_again_changes_nothing(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW)
    first = import_file(tmp_path / "store", "unesco_closures", file, DAY)
    before = sorted(path.stat().st_mtime_ns for path in (tmp_path / "store" / "snapshots").rglob("*"))
    again = import_file(tmp_path / "store", "unesco_closures", file, DAY)
    assert again.was_held and not first.was_held and again.snapshot == first.snapshot
    assert before == sorted(path.stat().st_mtime_ns for path in (tmp_path / "store" / "snapshots").rglob("*"))


def test_a_file_named_demonstration_is_marked_as_such(tmp_path):
    file = tmp_path / "Demonstration_x.csv"
    file.write_text(HEADER + ROW)
    assert check_file("unesco_closures", file, DAY).provenance == "demo"


@pytest.mark.parametrize("source", READERS)
def test_the_template_of_a_source_is_a_file_the_source_takes(source, tmp_path, capsys):
    from dashboard.commands.cli import main

    assert main(["template", source]) == 0
    file = tmp_path / "template.csv"
    file.write_text(capsys.readouterr().out)
    assert check_file(source, file, DAY).published == 1


def test_every_source_has_a_reader():
    assert READERS.keys() == sources().keys()


words = some.sampled_from(["National", "Open", "Localized", "Shut", ""])
dates = some.sampled_from(["16/03/2020", "17/03/2020", "32/01/2020", ""])
codes = some.sampled_from(["KEN", "ITA", "QQQ", ""])


@settings(max_examples=60 if FULL else 20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some.lists(some.tuples(dates, codes, words), min_size=1, max_size=25))
def test_whatever_the_rows_every_one_is_accounted_for(rows, tmp_path):
    file: Path = tmp_path / "rows.csv"
    file.write_text("Date,ISO,Status\n" + "".join(f"{','.join(row)}\n" for row in rows))
    card = sources()["unesco_closures"]
    ledger = Ledger(card)
    READERS[card.name](open_table(file, card), ledger)
    ledger.balance()  # rows in = published + collapsed + quarantined
    assert ledger.rows_in == sum(any(row) for row in rows)  # a line of commas alone is no row
    assert len({(record[0], record[1]) for record in ledger.rows}) == len(ledger.rows)
