"""The same content in sixty encodings and layouts is the same snapshot: the digest of what is kept does not differ."""

import csv
import datetime
import io
import unicodedata
from dataclasses import replace

import openpyxl
import pyarrow.parquet as pq
import pytest

from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.parquet import Records
from dashboard.warehouse.catalog import sources
from tests.intake.making import MAIN, RELATIONS, XML, Worker, as_csv, as_xlsx, packed, parts_of, sheet_xml

HEADER = ["partner_id", "programme_id", "learner_id", "name", "country_host", "sex", "age", "registered_on", "hours"]
HEADER += ["hours_basis"]
AGREED = Declared(no_consent_column=True)
ROWS = [
    ["alpha", "dlsei", "P1", "Zoé", "Kenya", "female", "18-24", "2024-02-03", "6.5", "measured"],
    ["alpha", "dlsei", "P2", 'a "b", c;d', "Côte d’Ivoire", "male", "30", "2024-12-01", "", ""],
    ["béta", "dlsei", "P3", "", "", "", "", "2025-01-02", "100", "attested"],
    ["alpha", "dlsei", "P1", "Zoé", "Kenya", "female", "18-24", "2024-02-03", "6.5", "measured"],
]
ARABIC = [*ROWS[:2], ["ألفا", *ROWS[2][1:]], ROWS[3]]
RUSSIAN = [*ROWS[:2], ["бета", *ROWS[2][1:]], ROWS[3]]
PLAIN = [[cell.replace("é", "e").replace("ô", "o").replace("’", "'") for cell in row] for row in ROWS]
SYNONYMS = ["#org+code", "programme", "External Id", "full_name", "#country+code", "gender", "age_band"]
SYNONYMS += ["#date+start", "learning_hours", "hours_basis"]


def table(rows=ROWS, header=HEADER):
    return [header, *rows]


def reordered(rows=ROWS):
    return [row[::-1] for row in table(rows)]


def each(change, cells=None):
    return [[change(cell) for cell in row] for row in (cells or table())]


def dates(pattern):
    return [HEADER, *([*row[:7], datetime.date.fromisoformat(row[7]).strftime(pattern), *row[8:]] for row in ROWS)]


def cells(more_sheets=(), first_rows=(), typed=True, before=0, percent=None):
    """A workbook whose dates and numbers are cells of their own kind."""
    book = openpyxl.Workbook()
    sheet = book.active
    for name, rows in more_sheets:
        other = book.create_sheet(name)
        for row in rows:
            other.append(row)
    for row in first_rows:
        sheet.append(row)
    sheet.append([""] * before + HEADER)
    for row in ROWS:
        values: list = list(row)
        if typed:
            values[7] = datetime.date.fromisoformat(row[7])
            values[8] = float(row[8]) if row[8] else None
            values[6] = int(row[6]) if row[6].isdigit() else row[6] or None
        sheet.append([None] * before + values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rich(rows):
    """A workbook whose strings are in runs, and whose sheet has neither references nor dimensions."""
    body = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><r><t>{head(cell)}</t></r>{tail(cell)}</is></c>' for cell in row)
        + "</row>"
        for row in rows
    )
    return packed(parts_of(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'))


def head(cell):
    return cell[:2].replace("&", "&amp;")


def tail(cell):
    return f'<r><t xml:space="preserve">{cell[2:].replace("&", "&amp;")}</t></r>' if cell[2:] else ""


def prefixed(rows):
    """A workbook whose elements carry a prefix, as some programs write them."""
    sheet = sheet_xml(rows).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    return packed(parts_of(sheet.replace("<x:worksheet xmlns=", "<x:worksheet xmlns:x=")))


def utf16_part(rows):
    parts = parts_of(sheet_xml(rows))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace("UTF-8", "UTF-16").encode("utf-16")
    return packed(parts)


def linked(rows):
    """A workbook with a link to another one, which is not followed."""
    parts = parts_of(sheet_xml(rows))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        "</workbook>", '<externalReferences><externalReference r:id="x1"/></externalReferences></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="x1" Type="{RELATIONS}/externalLink" Target="externalLinks/externalLink1.xml"/>'
        "</Relationships>",
    )
    parts["xl/externalLinks/externalLink1.xml"] = f'{XML}<externalLink xmlns="{MAIN}"/>'
    return packed(parts)


def lying(rows, said="A1:A1"):
    return packed(parts_of(sheet_xml(rows).replace("<sheetData>", f'<dimension ref="{said}"/><sheetData>')))


BASE = as_csv(table())
QUOTED = {"quoting": csv.QUOTE_ALL}
LAYOUTS = {
    "UTF-8": BASE,
    "UTF-8 with BOM": b"\xef\xbb\xbf" + BASE,
    "UTF-16 little": b"\xff\xfe" + as_csv(table(), encoding="utf-16-le"),
    "UTF-16 big": b"\xfe\xff" + as_csv(table(), encoding="utf-16-be"),
    "UTF-16 tabs": b"\xff\xfe" + as_csv(table(), "\t", encoding="utf-16-le"),
    "cp1252 declared": (as_csv(table(), encoding="cp1252"), "cp1252"),
    "gb18030 declared": (as_csv(table(), encoding="gb18030"), "gb18030"),
    "UTF-8 although cp1252 was declared": (BASE, "cp1252"),
    "UTF-8 with BOM although cp1256 was declared": (b"\xef\xbb\xbf" + BASE, "cp1256"),
    "UTF-16 although cp1251 was declared": (b"\xff\xfe" + as_csv(table(), encoding="utf-16-le"), "cp1251"),
    "semicolons": as_csv(table(), ";"),
    "tabs": as_csv(table(), "\t"),
    "semicolons with BOM": b"\xef\xbb\xbf" + as_csv(table(), ";"),
    "every cell quoted": as_csv(table(), **QUOTED),
    "every cell quoted, semicolons": as_csv(table(), ";", **QUOTED),
    "every cell quoted, tabs, BOM": b"\xef\xbb\xbf" + as_csv(table(), "\t", **QUOTED),
    "text quoted": as_csv(table(), quoting=csv.QUOTE_NONNUMERIC),
    "LF": as_csv(table(), end="\n"),
    "CR": as_csv(table(), end="\r"),
    "no line end at the end": BASE.rstrip(),
    "CR, UTF-16": b"\xff\xfe" + as_csv(table(), end="\r", encoding="utf-16-le"),
    "line ends mixed": b"\n".join(BASE.split(b"\r\n", 2)),
    "trailing blank lines": BASE + b"\r\n" * 5,
    "trailing lines of commas": BASE + b",,,,,,,,,\r\n" * 3,
    "leading blank lines": b"\r\n\r\n" + BASE,
    "blank lines between": BASE.replace(b"\r\n", b"\r\n\r\n"),
    "a blank column at the end": as_csv([[*row, ""] for row in table()]),
    "a blank column at the beginning": as_csv([["", *row] for row in table()]),
    "a blank column between": as_csv([[*row[:3], "", *row[3:]] for row in table()]),
    "a preamble of one line": b"Register of learners\r\n" + BASE,
    "a preamble of three lines": b"Register\r\nfrom,alpha\r\n\r\n" + BASE,
    "columns reordered": as_csv(reordered()),
    "columns reordered, semicolons": as_csv(reordered(), ";"),
    "rows reordered": as_csv(table(ROWS[::-1])),
    "synonyms of the card": as_csv(table(header=SYNONYMS)),
    "headers in capitals": as_csv(table(header=[name.upper() for name in HEADER])),
    "headers with spaces": as_csv(table(header=[f"  {name} " for name in HEADER])),
    "headers with a no-break space": as_csv(table(header=[f"{name}\u00a0" for name in HEADER])),
    "headers with marks of direction": as_csv(table(header=[f"\u200f{name}\u200e" for name in HEADER])),
    "two byte-order marks": b"\xef\xbb\xbf\xef\xbb\xbf" + BASE,
    "an unknown column": as_csv([[*row, "x"] for row in table()]),
    "NFD": as_csv(each(lambda cell: unicodedata.normalize("NFD", cell))),
    "NFC": as_csv(each(lambda cell: unicodedata.normalize("NFC", cell))),
    "spaces around every cell": as_csv(each(lambda cell: f" {cell} ")),
    "ids in lower case and with unseen marks": as_csv(
        each(lambda cell: f"{cell.lower()}\u200f" if cell[:1] == "P" else cell)
    ),
    "days as 31/12/2024": as_csv(dates("%d/%m/%Y")),
    "days as 31-12-2024": as_csv(dates("%d-%m-%Y")),
    "days as 31.12.2024": as_csv(dates("%d.%m.%Y")),
    "a line break in a name": BASE.replace(b'"a ""b"", c;d"', b'"a\r\nb"'),
    "decimal commas": as_csv(each(lambda cell: cell.replace("6.5", "6,5"))),
    "full-width digits": as_csv(each(lambda cell: cell.replace("100", "１００"))),
    "workbook, inline strings": as_xlsx(table()),
    "workbook, shared strings": as_xlsx(table(), shared=True),
    "workbook, strings in runs, no references": rich([[c.replace('"', "") for c in row] for row in table()]),
    "workbook, prefixed elements": prefixed(table()),
    "workbook, a sheet in UTF-16": utf16_part(table()),
    "workbook, stored and not deflated": packed(parts_of(sheet_xml(table())), 0),
    "workbook, rows begin at 30": as_xlsx(table(), first=30),
    "workbook, days and numbers as cells": cells(),
    "workbook, days and numbers as text": cells(typed=False),
    "workbook, leading rows": cells(first_rows=[["A register"], [], ["from", "alpha"]]),
    "workbook, leading columns": cells(before=2),
    "workbook, other sheets": cells(more_sheets=[("notes", [["nothing here"]]), ("empty", [])]),
    "workbook, a link to another": linked(table()),
    "workbook, a dimension that lies small": lying(table()),
    "workbook, a dimension that lies large": lying(table(), "A1:XFD1048576"),
    "workbook, columns reordered": as_xlsx(reordered()),
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = Worker(tmp_path_factory.mktemp("layouts"))
    yield made
    made.close()


def test_sixty_layouts_of_the_same_content_keep_the_same(worker, tmp_path):
    assert len(LAYOUTS) >= 60
    kept = {}
    for name, made in LAYOUTS.items():
        body, encoding = made if isinstance(made, tuple) else (made, "")
        kind, report = worker.parse("partner_learners", body, encoding=encoding, date_order="day_first")
        assert kind == "report", (name, report)
        assert (report["published"], report["collapsed"], report["quarantined"]) == (3, 1, []), (name, report)
        written = pq.read_table(worker.folder / "rows.parquet").drop_columns(["captured_on", "provenance"])
        again = Records(sources()["partner_learners"], tmp_path, lambda: ("2025-01-31", "reported"))
        again.add(written.take([2, 0, 1]))
        assert again.close() == report["content"], name
        kept.setdefault(report["content"], []).append(name)
    assert len(kept) == 1, kept


@pytest.mark.parametrize(("encoding", "rows"), [("cp1256", ARABIC), ("cp1251", RUSSIAN)])
def test_a_declared_encoding_keeps_what_utf8_keeps(worker, encoding, rows):
    plain = [[cell if cell.isascii() or at == 0 else "Kenya" for at, cell in enumerate(row)] for row in rows]
    reports = [
        worker.parse("partner_learners", as_csv(table(plain), encoding=written), encoding=said)[1]
        for written, said in (("utf-8", ""), (encoding, encoding), ("utf-16", ""))
    ]
    assert len({report["content"] for report in reports}) == 1 and reports[0]["published"] == 3


def test_other_content_another_day_or_another_provenance_is_told_apart(worker):
    def digest(rows=ROWS, **said):
        return worker.parse("partner_learners", as_csv(table(rows)), **said)[1]["content"]

    others = [
        digest(ROWS[:2]),
        digest([*ROWS[:2], [*ROWS[2][:2], "P4", *ROWS[2][3:]]]),
        digest(captured_on="2025-01-30"),
        digest(provenance="demo"),
        digest(),
    ]
    assert len(set(others)) == 5


def test_a_share_shown_as_a_percentage_is_the_percentage_that_is_shown(worker):
    header = ["External Id", "Course ID", "Enrollment Time", "Overall Progress", "Completed", "Program Slug"]
    book = openpyxl.Workbook()
    book.active.append(header)
    for at, (value, shown) in enumerate(((0.45, "0%"), (0.07, "0.00%"), (1, "0 %"), (45, "General")), start=2):
        book.active.append([f"A{at}", "c1", "2024-01-02", value, "No", "kiron-campus"])
        book.active.cell(at, 4).number_format = shown
    out = io.BytesIO()
    book.save(out)
    kind, report = worker.parse("coursera_usage", out.getvalue())
    assert kind == "report" and report["published"] == 4, report
    found = pq.read_table(worker.folder / "rows.parquet", columns=["progress"]).column(0).to_pylist()
    assert found == pytest.approx([0.45, 0.07, 1, 0.45])


def test_the_digest_of_what_is_kept_stands_in_the_manifest(tmp_path):
    for name, body in (("one.csv", BASE), ("two.xlsx", as_xlsx(table()))):
        (tmp_path / name).write_bytes(body)
    day = datetime.date(2025, 1, 31)
    done = [import_file(tmp_path / name, "partner_learners", tmp_path / name2, day, AGREED) for name, name2 in PAIRS]
    said = [(one.snapshot.folder / "manifest.json").read_text(encoding="utf-8") for one in done]
    assert done[0].report.content == done[1].report.content and all(done[0].report.content in one for one in said)
    checked = check_file("partner_learners", tmp_path / "two.xlsx", day, replace(AGREED, name="renamed.csv"))
    assert checked.content == done[0].report.content


PAIRS = (("first", "one.csv"), ("second", "two.xlsx"))


def test_every_source_keeps_the_same_from_a_csv_and_from_a_workbook(worker):
    from tests.conftest import CAPTURED, FIXTURES

    for name in CAPTURED:
        source = name if name in sources() else "oulad"
        text = (FIXTURES / f"{name}.csv").read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text)))
        bodies = [text.encode(), as_xlsx(rows), as_csv(rows, ";"), as_csv(rows, "\t", encoding="utf-16")]
        reports = [worker.parse(source, body) for body in bodies]
        assert {kind for kind, _ in reports} == {"report"}, (name, reports)
        assert len({report["content"] for _, report in reports}) == 1, name
