"""Exports of any shape and size: where blocks of text end, how lines end, what is quoted, and which limits hold."""

import csv
import io
import shutil

import pytest

from dashboard.intake import columns, csv_text, limits
from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.limits import BROWSER, SHELL, Limits
from dashboard.intake.readers import roll_by_column
from dashboard.intake.report import FileRefused
from tests.intake.making import Read, as_xlsx

pytestmark = pytest.mark.usefixtures("true_child")

HEADER = [
    "Full Name",
    "Email",
    "External Id",
    "Course",
    "Course ID",
    "Enrollment Time",
    "Overall Progress",
    "Completed",
]
HEADER += ["Program Slug", "Location Country"]
BLOCK = 256


def row(number, **cells):
    """The row of one learner, in a course of her own; cells are named by the first word of their header."""
    plain = [f"Learner {number}", f"l{number}@example.org", f"L-{number:03}", "Nursing", f"c{number}"]
    plain += ["2023-04-05T06:07:08Z", "50", "No", "kiron-campus", "Chad"]
    for name, value in cells.items():
        plain[next(at for at, header in enumerate(HEADER) if header.split()[0] == name)] = value
    return plain


def text(rows, delimiter=",", end="\n", quoting=csv.QUOTE_MINIMAL, header=HEADER):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([header, *rows])
    return out.getvalue()


def many(count, **cells):
    return [row(number, **cells) for number in range(1, count + 1)]


ROWS = many(9)
PLAIN = text(ROWS)
LINES = PLAIN.splitlines()
ACCENTS = many(9, Course="Économie à l’œuvre", Location="Côte d’Ivoire")
ARABIC = many(9, Full="سارة", Location="السودان")
NINE = (9, 9, 0, [])


def replaced(line, by, plain=PLAIN):
    """The file with one of its lines replaced; the header is line 1."""
    lines = plain.split("\n")
    lines[line - 1] = by
    return "\n".join(lines)


def between(line, *more):
    """The file with some lines put before one of its lines."""
    return "\n".join([*LINES[: line - 1], *more, *LINES[line - 1 :], ""])


# name: (text or bytes; rows in, published, collapsed and lines set aside, or words of a refusal; what is declared)
FILES = {
    "line feeds": (PLAIN, NINE),
    "carriage returns and line feeds": (text(ROWS, end="\r\n"), NINE),
    "carriage returns alone": (text(ROWS, end="\r"), NINE),
    "two kinds of ends": (text(ROWS[:4], end="\r\n") + "\n".join(text(ROWS[4:]).split("\n")[1:]), NINE),
    "carriage returns doubled before line feeds": (text(ROWS, end="\r\r\n"), NINE),
    "no end at the end": (PLAIN.rstrip("\n"), NINE),
    "a byte-order mark": (PLAIN.encode("utf-8-sig"), NINE),
    "a byte-order mark and quotes all over": (text(ROWS, quoting=csv.QUOTE_ALL).encode("utf-8-sig"), NINE),
    "UTF-16, little end first": (b"\xff\xfe" + PLAIN.encode("utf-16-le"), NINE),
    "UTF-16, big end first": (b"\xfe\xff" + text(ACCENTS, "\t", "\r\n").encode("utf-16-be"), NINE),
    "UTF-16 with signs of two units": (text(many(9, Course="𝔑ursing 🎓")).encode("utf-16"), NINE),
    "UTF-16 cut off in the middle of a sign": (text(ACCENTS).encode("utf-16")[:-1], "The text is not utf-16"),
    "Western European, declared": (text(ACCENTS).encode("cp1252"), NINE, {"encoding": "cp1252"}),
    "Arabic, declared": (text(ARABIC).encode("cp1256"), NINE, {"encoding": "cp1256"}),
    "Chinese, declared": (text(many(9, Course="护理学")).encode("gb18030"), NINE, {"encoding": "gb18030"}),
    "UTF-8 that was declared as another": (text(ARABIC).encode(), NINE, {"encoding": "cp1251"}),
    "Western European, not declared": (text(ACCENTS).encode("cp1252"), "The text is not UTF-8"),
    "a byte that no text has, late in the file": (PLAIN.encode()[:-3] + b"\xff\n", "The text is not UTF-8"),
    "a byte that its encoding has not": (PLAIN.encode() + b"\x81", "not cp1252: .* at byte", {"encoding": "cp1252"}),
    "a NUL late in the file": (PLAIN.encode()[:-3] + b"\0\n", "characters that no text has"),
    "signs of two bytes all over": (text(many(9, Course="é" * 150, Full="ж" * 99)), NINE),
    "signs of four bytes all over": (text(many(9, Course="🎓" * 100)), NINE),
    "semicolons": (text(ROWS, ";", "\r\n"), NINE),
    "tabs, and commas in cells": (text(many(9, Course="Care, first aid"), "\t"), NINE),
    "quotes all over": (text(ROWS, quoting=csv.QUOTE_ALL), NINE),
    "quotes around words": (text(ROWS, quoting=csv.QUOTE_NONNUMERIC), NINE),
    "commas, quotes and line ends in cells": (text(many(9, Full='"Sign"\n, and\r\nmore')), NINE),
    "a cell longer than a block": (text(many(9, Full="x" * 3 * BLOCK)), NINE),
    "a cell of lines longer than a block": (text(many(9, Full="x\n" * BLOCK)), "begins on line 2 and has"),
    "a cell longer than a CSV reader takes": (text([*ROWS, row(10, Full="x" * 131_073)]), "field larger than"),
    "a quote in the middle of a cell, once": (replaced(4, LINES[3].replace("Nursing", 'Nur"sing')), NINE),
    "a quote in the middle of each cell": (PLAIN.replace("Nursing", 'Nur"sing"'), NINE),
    "a pair of quotes in the middle of a cell": (replaced(4, LINES[3].replace("Nursing", 'The "art" of it')), NINE),
    "a quote behind which a cell goes on": (replaced(4, LINES[3].replace("Nursing", '"Nur"sing')), "Line 4 cannot"),
    "a quote that is never closed": (replaced(9, LINES[8].replace("Nursing", '"Nursing')), "Line 9 cannot"),
    "a quote that is closed rows later": (
        replaced(4, LINES[3].replace("Nursing", '"Nursing')).replace("c7,", '"c7,'),
        "Line 4 cannot",
    ),
    "a quote that swallows rows": (
        replaced(7, LINES[6].replace("Nursing", 'Nursing"'), replaced(4, LINES[3].replace("Nursing", '"Nursing'))),
        "From line 4 on, whole rows stand inside quotes",
    ),
    "empty lines": (between(5, "", "", ""), NINE),
    "lines of blanks": (between(5, "   ", "\t"), NINE),
    "lines of commas": (between(5, ",,,,,,,,,", ",,"), NINE),
    "a line of commas and blanks": (between(5, " , ,\t, ,\u00a0, , , , , "), NINE),
    "a line of empty quotes": (between(5, ",".join(['""'] * 10)), NINE),
    "a thousand empty lines at the end": (PLAIN + "\n" * 1000, NINE),
    "a line above the header": ("Usage of Kiron Campus\n" + PLAIN, NINE),
    "a header of two lines": (PLAIN.replace("Overall Progress", '"Overall\nProgress"'), NINE),
    "cells left out at the end of a row": (replaced(6, LINES[5].removesuffix(",Chad")), (9, 8, 0, [6])),
    "a comma without quotes": (replaced(6, LINES[5].replace("Nursing", "Nursing, basic")), (9, 8, 0, [6])),
    "short, long and whole rows in turn": (
        replaced(3, "one", replaced(5, LINES[4] + ",,", replaced(10, "a,b"))),
        (9, 6, 0, [3, 5, 10]),
    ),
    "a short row of lines in quotes": (replaced(4, '"one\ntwo",3'), (9, 8, 0, [4])),
    "lines counted behind cells of several lines": (
        text([*many(3, Full="a\nb\nc"), row(4, Completed="Maybe"), row(5)]),
        (5, 4, 0, [11]),  # the header, three rows of three lines: the fourth begins on line 11
    ),
    "the same row far apart": (text([*ROWS, *many(40)[9:], *ROWS]), (49, 40, 9, [])),
    "the same row in a row": (text([ROWS[0]] * 30), (30, 1, 29, [])),
    "an apostrophe before what is like a formula": (
        text(many(9, Course="'=Nursing", External="'+44 a1")),
        (9, 9, 0, []),
    ),
    "columns in another order": (text([one[::-1] for one in ROWS], header=HEADER[::-1]), NINE),
    "columns that nobody asked for": (text([[*one, *"abcdefgh"] for one in ROWS], header=[*HEADER, *"ABCDEFGH"]), NINE),
    "a column without a header": (text([[*one, ""] for one in ROWS], header=[*HEADER, ""]), NINE),
    "days without times": (text(many(9, Enrollment="2023-04-05")), NINE),
    "times of a zone, declared": (text(many(9, Enrollment="2023-04-05 23:30:00")), NINE, {"zone": "America/Lima"}),
    "hours that no day has": (text([*ROWS, row(10, Enrollment="2023-04-05T24:30:00Z")]), (10, 9, 0, [11])),
    "days that no month has": (text([*ROWS, row(10, Enrollment="2023-02-29T10:00:00Z")]), (10, 9, 0, [11])),
    "a year that none of these had": (text([*ROWS, row(10, Enrollment="1823-02-27T10:00:00Z")]), (10, 9, 0, [11])),
    "nothing below the header": (text([]), "there are no rows below the header"),
    "nothing but a header without an end": (text([]).rstrip("\n"), "there are no rows below the header"),
    "nothing but line ends": ("\n" * 600, "no line of this one has them all"),
    "more than half in doubt": (text([*many(60), *many(61, Completed="Maybe")]), "more than half"),
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks, batches and groups of so few rows that the nine rows of these files are many."""
    monkeypatch.setattr(csv_text, "BLOCK_BYTES", BLOCK)
    monkeypatch.setattr(columns, "ROWS_BY_HAND", 2)
    monkeypatch.setattr(roll_by_column, "GROUP_ROWS", 4)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_any_shape_is_read_or_refused_in_a_sentence(tmp_path, name):
    body, outcome, *declared = FILES[name]
    read = Read(tmp_path, "coursera_usage", body.encode() if isinstance(body, str) else body, **dict(*declared))
    if isinstance(outcome, str):
        with pytest.raises(FileRefused, match=outcome):
            raise FileRefused(read.refused)
        assert read.report is None and read.refused.endswith((".", "`"))
    else:
        report = read.report
        aside = [one.line for one in report.quarantined]
        assert (report.rows_in, report.published, report.collapsed, aside) == outcome, read.refused
        assert report.published + report.collapsed + len(aside) == report.rows_in and len(read.rows) == report.published


def test_shapes_that_say_the_same_are_the_same(tmp_path):
    same = ["line feeds", "carriage returns alone", "quotes all over", "semicolons", "UTF-16, little end first"]
    same += ["empty lines", "lines of commas", "columns in another order", "a header of two lines"]
    bodies = [FILES[name][0] for name in same]
    digests = {
        Read(tmp_path, "coursera_usage", body.encode() if isinstance(body, str) else body).report.content
        for body in bodies
    }
    assert len(digests) == 1
    assert Read(tmp_path, "coursera_usage", as_xlsx([HEADER, *ROWS])).report.content in digests


@pytest.mark.parametrize("bytes_of_a_block", [1, 2, 3, 7, 64, 255, 1023, 2**16])
def test_it_does_not_matter_where_blocks_end(tmp_path, monkeypatch, bytes_of_a_block):
    body = text([*many(3, Full='a "b"\r\nc', Course="Économie 🎓"), *many(9)[3:]], end="\r\n").encode("utf-8-sig")
    monkeypatch.setattr(csv_text, "BLOCK_BYTES", bytes_of_a_block)
    read = Read(tmp_path, "coursera_usage", body)
    assert read.report.published == 9 and read.column("course")[:4] == ["Économie 🎓"] * 3 + ["Nursing"]


def test_days_of_times_are_those_in_utc(tmp_path):
    written = ["2023-04-05T23:59:59Z", "2023-04-05 00:00:00", "2023-04-05T23:30:00-02:00", "2023-04-05T01:00:00.000Z"]
    body = text([row(at, Enrollment=one) for at, one in enumerate(written, start=1)])
    days = [str(day) for day in Read(tmp_path, "coursera_usage", body.encode()).column("enrolled_on")]
    assert days == ["2023-04-05", "2023-04-05", "2023-04-06", "2023-04-05"]
    days = [
        str(day) for day in Read(tmp_path, "coursera_usage", body.encode(), zone="Asia/Tokyo").column("enrolled_on")
    ]
    assert days == [
        "2023-04-05",
        "2023-04-04",
        "2023-04-06",
        "2023-04-05",
    ]  # midnight in Tokyo is the day before in UTC


def test_a_line_that_is_longer_than_any_of_a_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_text, "LONGEST_LINE", 5_000)
    read = Read(tmp_path, "coursera_usage", (PLAIN + "x" * 6_000).encode())
    assert read.refused.startswith("A line has more than 5,000 characters")


def test_more_than_a_browser_may_send_comes_in_by_the_shell(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_text, "BLOCK_BYTES", 2**22)
    file = tmp_path / "usage_2023-12-31.csv"
    file.write_text(text(many(2, Full="x" * 100_000) * 140), encoding="utf-8")
    assert file.stat().st_size > limits.LARGEST_FILE
    with pytest.raises(FileRefused, match="The file has 28 MB; at most 25 MB are taken"):
        check_file("coursera_usage", file)
    report = check_file("coursera_usage", file, limits=SHELL)
    assert (report.rows_in, report.published, report.collapsed) == (280, 2, 278)


def test_a_large_workbook_is_refused_at_the_shell_too(tmp_path):
    file = tmp_path / "usage.xlsx"
    file.write_bytes(b"PK\x03\x04" + bytes(limits.LARGEST_FILE))
    with pytest.raises(FileRefused, match="of workbooks at most 25 MB are read. Save it as CSV."):
        check_file("coursera_usage", file, limits=SHELL)


def test_a_file_that_the_disk_would_not_hold_is_refused_unread_at_the_shell(tmp_path):
    file = tmp_path / "usage.csv"
    with file.open("wb") as out:
        out.truncate(shutil.disk_usage(tmp_path).free)  # a file of holes
    with pytest.raises(FileRefused, match=r"Reading this needs about [\d,.]+ GB on the disk of the store"):
        check_file("coursera_usage", file, store=tmp_path / "store", limits=SHELL)


def test_limits_travel_with_the_order(tmp_path):
    file = tmp_path / "usage.csv"
    file.write_text(PLAIN, encoding="utf-8")
    tight = Limits(BROWSER.largest_file, memory=200 * 2**20, cpu_seconds=20, wall_seconds=60, written=2**20)
    with pytest.raises(FileRefused, match="limits of memory and time"):
        check_file("coursera_usage", file, limits=tight)
    assert check_file("coursera_usage", file).published == 9


def test_the_same_file_is_the_same_snapshot_by_either_door(tmp_path):
    file = tmp_path / "usage_2023-12-31.csv"
    file.write_text(PLAIN, encoding="utf-8")
    by_browser = import_file(tmp_path / "store", "coursera_usage", file)
    by_shell = import_file(tmp_path / "store", "coursera_usage", file, declared=Declared(), limits=SHELL)
    assert by_shell.was_held and by_shell.snapshot.folder == by_browser.snapshot.folder
