"""The front door: every bad file gives one clear sentence and changes nothing; no row is lost."""

import datetime
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dashboard.intake.front_door import captured_on_in_name, check_file, import_file
from dashboard.intake.readers import READERS
from dashboard.intake.report import FileRefused, Ledger
from dashboard.intake.tabular import open_table
from dashboard.warehouse.catalog import sources

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


GOOD_XLSX = [["Date", "ISO", "Status"], [datetime.date(2020, 3, 16), "KEN", "Fully open"]]
BOMB = archive(**{"xl__workbook.xml": b"<x/>", "xl__sheet.xml": b"0" * 30_000_000})

HOSTILE = {
    "empty": (b"", "empty"),
    "spaces": (b"   \n \n", "has the columns"),
    "gzip": (gzip.compress((HEADER + ROW).encode()), "gzip"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not UTF-8|NUL"),
    "a web page": (b"<!DOCTYPE html><html></html>", "web page"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"x" * 500, "Excel"),
    "another table": (b"a,b,c\n1,2,3\n", "has the columns"),
    "header only": (HEADER.encode(), "no rows"),
    "NUL": ((HEADER + "16/03/2020,K\0N,Kenya,National,\n").encode(), "NUL"),
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
    assert check_file("unesco_closures", file, DAY, encoding="cp1256").published == 1


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


@pytest.mark.parametrize("text", ["1/13/2020", "2020/03/16", "16/3/20", "16.03.2020", "yesterday", "", "30/02/2020"])
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


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("closures_captured_2020-05-28.csv", datetime.date(2020, 5, 28)),
        ("closures_2021-02_daily_to_2021-02-15.csv", datetime.date(2021, 2, 15)),
        ("enrollment-data-uis-feb-22.xlsx", datetime.date(2022, 2, 28)),
        ("duration-31-march-22.xlsx", datetime.date(2022, 3, 31)),
        ("march-of-the-penguins.csv", None),
        ("v2020-13-45.csv", None),
        ("plain.csv", None),
    ],
)
def test_the_day_of_capture_is_read_from_the_name(name, day):
    assert captured_on_in_name(name) == day


def test_the_same_file_again_changes_nothing(tmp_path):
    file = tmp_path / "closures.csv"
    file.write_text(HEADER + ROW)
    first = import_file(tmp_path / "store", "unesco_closures", file, DAY)
    before = sorted(path.stat().st_mtime_ns for path in (tmp_path / "store" / "snapshots").rglob("*"))
    again = import_file(tmp_path / "store", "unesco_closures", file, DAY)
    assert again.was_there and not first.was_there and again.snapshot == first.snapshot
    assert before == sorted(path.stat().st_mtime_ns for path in (tmp_path / "store" / "snapshots").rglob("*"))


def test_a_file_named_demonstration_is_marked_as_such(tmp_path):
    file = tmp_path / "Demonstration_x.csv"
    file.write_text(HEADER + ROW)
    assert check_file("unesco_closures", file, DAY).provenance == "demo"


@pytest.mark.parametrize("source", READERS)
def test_the_template_of_a_source_is_a_file_the_source_takes(source, tmp_path, capsys):
    from dashboard.cli import main

    assert main(["template", source]) == 0
    file = tmp_path / "template.csv"
    file.write_text(capsys.readouterr().out)
    assert check_file(source, file, DAY).published == 1


def test_every_source_has_a_reader():
    assert READERS.keys() == sources().keys()


words = some.sampled_from(["National", "Open", "Localized", "Shut", ""])
dates = some.sampled_from(["16/03/2020", "17/03/2020", "32/01/2020", ""])
codes = some.sampled_from(["KEN", "ITA", "QQQ", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
