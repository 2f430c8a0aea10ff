"""Makes uploads for tests: tables as CSV and as workbooks written by hand, and a worker that parses many of them."""

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow.parquet as pq

from dashboard.intake import child
from dashboard.intake.report import FileRefused, Report
from dashboard.warehouse.catalog import sources

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
TODAY = "2026-01-31"
SECRET = "ab" * 32
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def as_csv(rows, delimiter=",", end="\r\n", quoting=csv.QUOTE_MINIMAL, encoding="utf-8"):
    if end == "\r":  # else the writer leaves a line feed without quotes
        rows = [[cell.replace("\n", " ") for cell in row] for row in rows]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue().encode(encoding)


def letters(at):
    """The name of a column, counted from 0: A, Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def sheet_xml(rows, first=1, shared=None):
    """A sheet of text cells, inline or as numbers of shared strings."""
    lines = []
    for number, row in enumerate(rows, start=first):
        cells = []
        for at, value in enumerate(row):
            where = f'r="{letters(at)}{number}"'
            if shared is not None:
                cells.append(f'<c {where} t="s"><v>{shared.setdefault(value, len(shared))}</v></c>')
            else:
                cells.append(f'<c {where} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def parts_of(sheet, strings=None, more_types="", sheets=1):
    """The parts of a workbook as a spreadsheet program writes them, so that a test can spoil one."""
    parts = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KINDS}.worksheet+xml"/>'
            for n in range(1, sheets + 1)
        )
        + (f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KINDS}.sharedStrings+xml"/>' if strings else "")
        + more_types
        + "</Types>",
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, sheets + 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, sheets + 1)
        )
        + (f'<Relationship Id="s1" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>' if strings else "")
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    return parts


def packed(parts, packing=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing, compresslevel=6) as archive:
        for name, body in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, body)
    return out.getvalue()


def as_xlsx(rows, shared=False, first=1):
    """A workbook of text cells."""
    if not shared:
        return packed(parts_of(sheet_xml(rows, first)))
    strings: dict[str, int] = {}
    sheet = sheet_xml(rows, first, strings)
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return packed(parts_of(sheet, f'{XML}<sst xmlns="{MAIN}">{items}</sst>'))


class Read:
    """What the reader makes of an upload, in this process: its report and rows, or its refusal and what it asks."""

    def __init__(self, folder: Path, source: str, body: bytes, **settings) -> None:
        file = folder / "upload"
        file.write_bytes(body)
        self.report = self.rows = None
        self.refused = self.asks = ""
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # what the child tells of its progress
                self.report = Report.from_json(child.parse(order_of(source, file, folder, **settings)))
        except FileRefused as refused:
            self.refused, self.asks = str(refused), refused.asks
        else:
            self.rows = pq.read_table(folder / "rows.parquet").to_pylist()

    def column(self, name):
        return [row[name] for row in self.rows]

    @property
    def reasons(self):
        """Reasons for which rows were set aside, with their rows."""
        return dict(self.report.reasons)

    @property
    def unread(self):
        """Values that were not understood, with their column and rows."""
        return {(value.column, value.value): value.rows for value in self.report.unread}


def order_of(source, file, folder, **settings):
    """The order to the child for an upload, with what a test says of it."""
    return {
        **dict.fromkeys(("encoding", "captured_on_in_name", "provenance", "partner", "programme", "zone"), ""),
        "captured_on": "2025-01-31",
        "source": source,
        "file": str(file),
        "name": "upload",
        "folder": str(folder),
        "today": TODAY,
        "secret": SECRET if sources()[source].people else "",
        "erased": [],
        "columns": [],
        **settings,
    }


class Worker:
    """Parses many uploads in one process that has the limits of the child, but more time in all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def parse(self, source, body, **settings):
        """What becomes of an upload: a pair of `report`, `refused` or `crash`, and what it says."""
        file = self.folder / "upload"
        file.write_bytes(body)
        order = order_of(source, file, self.folder, no_consent_column=True, **settings)
        print(json.dumps(order), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, f"the worker died of {source} with code {self.process.wait()}"
        kind, settings = json.loads(answer)
        return kind, settings

    def close(self) -> None:
        """Ends the worker."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


SCRIPT = """
import contextlib, gc, io, json, sys
from dataclasses import replace
from dashboard.intake import child
from dashboard.intake.limits import BROWSER
child.limit(replace(BROWSER, cpu_seconds=3000))
from dashboard.intake.report import FileRefused
for line in sys.stdin:
    order = json.loads(line)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = ["report", child.look(order) if order.get("recognise") else child.parse(order)]
    except FileRefused as refused:
        answer = ["refused", str(refused)]
    except BaseException as wrong:
        import traceback
        answer = ["crash", traceback.format_exc()[-1500:]]
    gc.collect()  # the child reads one file, and looks for cycles hardly ever
    gc.freeze()  # and what is left is not looked through again
    print(json.dumps(answer), flush=True)
"""


def accounted(report, rows=None):
    """Whether every row that went in came out somewhere."""
    whole = report["published"] + report["collapsed"] + len(report["quarantined"]) == report["rows_in"]
    return whole and rows in (None, report["rows_in"])


def is_sentence(sentence):
    """Whether a refusal is one: begins like one, ends like one, is not endless and shows nothing of the program."""
    if "Traceback" in sentence or len(sentence) >= 3000:
        return False
    return (sentence[:1].isupper() or sentence[:1].isdigit()) and sentence.endswith((".", "`"))
