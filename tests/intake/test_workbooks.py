"""Hostile workbooks: refused before they are unpacked, or stopped at the limits of the child; always in a sentence."""

import contextlib
import datetime
import io
import os
import re
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from dataclasses import replace

import pytest

from dashboard.intake import front_door, tabular
from dashboard.intake.front_door import Declared, check_file
from dashboard.intake.limits import BROWSER, LARGEST_FILE
from dashboard.intake.recognise import recognise
from dashboard.intake.report import FileRefused
from dashboard.intake.tabular import open_table
from dashboard.warehouse.catalog import sources
from tests.intake.making import (
    FULL,
    KINDS,
    MAIN,
    XML,
    Worker,
    accounted,
    as_xlsx,
    is_sentence,
    packed,
    parts_of,
    sheet_xml,
)

pytestmark = pytest.mark.usefixtures("true_child")

DAY = datetime.date(2025, 1, 31)
ROWS = [["hub_id", "hub", "iso3", "latitude", "longitude"], ["a", "Rome", "ITA", "41.9", "12.5"]]
GOOD = sheet_xml(ROWS)
SHEET = "xl/worksheets/sheet1.xml"
# A refusal before unpacking costs less than this, on a machine ten times slower than the one it was measured on.
MOST_CPU_SECONDS = 1.0
MANY = 400_000 if FULL else 60_000
MERGED = '<mergeCell ref="A1:B2"/>'
# Rows that hold nothing and that a packer makes little of.
EMPTY = "".join(f"<row spans='{n * 7919 % 99991}:{n}'/>" for n in range(MANY))


def good(**more):
    """The parts of a sound workbook; `more` are parts beside them or instead of them, with __ for a slash."""
    return {**parts_of(GOOD), **{name.replace("__", "/").replace("_DOT_", "."): body for name, body in more.items()}}


def instead(sheet, **more):
    return packed({**good(**more), SHEET: sheet})


def sheet_of(rows_xml):
    return f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{rows_xml}</sheetData></worksheet>'


def with_row(row_xml):
    return instead(GOOD.replace("</sheetData>", row_xml + "</sheetData>"))


def twice():
    parts = list(good().items())
    with warnings.catch_warnings(action="ignore"):
        return packed([*parts, (SHEET, sheet_xml([ROWS[0], ["b", "Oslo", "NOR", "1", "1"]]))])


def damaged(at):
    """A byte of a part's packed contents turned round."""
    raw = bytearray(as_xlsx(ROWS))
    archive = zipfile.ZipFile(io.BytesIO(bytes(raw)))
    entry = archive.getinfo(at)
    raw[entry.header_offset + 30 + len(at) + 12] ^= 0x55
    return bytes(raw)


def wrong_sum():
    """A part whose CRC in both lists is not that of its contents."""
    raw = as_xlsx(ROWS)
    entry = zipfile.ZipFile(io.BytesIO(raw)).getinfo(SHEET)
    return raw.replace(entry.CRC.to_bytes(4, "little"), (entry.CRC ^ 1).to_bytes(4, "little"))


def locked():
    raw = bytearray(as_xlsx(ROWS))
    at = 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        raw[at + 8] |= 1
        at += 4
    return bytes(raw)


def other_packing(number):
    raw = bytearray(as_xlsx(ROWS))
    at = 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        raw[at + 10 : at + 12] = number.to_bytes(2, "little")
        at += 4
    return bytes(raw)


def long_list(entries):
    """An archive that is nothing but a list of parts, and whose end says that there are few."""
    one = b"PK\x01\x02" + bytes(24) + (1).to_bytes(2, "little") + bytes(16) + b"x"
    body = b"PK\x03\x04" + bytes(26) + one * entries
    return (
        body
        + b"PK\x05\x06"
        + bytes(4)
        + (3).to_bytes(2, "little") * 2
        + (len(one) * entries).to_bytes(4, "little")
        + (30).to_bytes(4, "little")
        + bytes(2)
    )


def bomb(size):
    return packed({**good(), "xl/media/image1.png": b"0" * size})


def declared_small():
    """A bomb whose list of parts says that it is small."""
    raw = bytearray(bomb(30_000_000))
    raw = raw.replace((30_000_000).to_bytes(4, "little"), (30_000).to_bytes(4, "little"))
    return bytes(raw)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
FILE_ENTITY = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


def after(prolog, encoding="utf-8", text="UTF-8"):
    sheet = GOOD.replace(XML, "").replace(">Rome<", ">&c;<" if "ENTITY a" in prolog else ">&f;<")
    return instead((XML.replace("UTF-8", text) + prolog + sheet).encode(encoding))


# To who drops the zeros of UTF-16 it is a comment's end and an element; to a parser it is Georgian and Chinese.
FEINT = "<!--\u2d2d\u613e\u783c\u613e-->"

REFUSED = {
    "a bomb": (bomb(190_000_000 if FULL else 60_000_000), "unpacks to far more"),
    "a bomb over 200 MB": (bomb(210_000_000) if FULL else bomb(70_000_000), "unpacks to far more"),
    "a nested archive of archives": (packed({"a.zip": packed({"b.zip": packed({"c": b"0" * 9})})}), "ZIP archive"),
    "thousands of parts": (
        packed({**good(), **{f"xl/x{n}.xml": b"<x/>" for n in range(5_000)}}),
        "more than 500 parts",
    ),
    "a list of parts that fills the file": (long_list(450_000), "more than 500 parts"),
    "a DOCTYPE": (after("<!DOCTYPE x>"), "DOCTYPE"),
    "an entity bomb": (after(ENTITIES), "DOCTYPE"),
    "an entity bomb in UTF-16": (after(ENTITIES, "utf-16", "UTF-16"), "DOCTYPE"),
    "an entity bomb in UTF-16 big": (
        instead(b"\xfe\xff" + (ENTITIES + GOOD.replace(XML, "")).encode("utf-16-be")),
        "DOCTYPE",
    ),
    "an entity bomb in UTF-16 without a mark": (
        instead(("\n" + ENTITIES + GOOD.replace(XML, "")).encode("utf-16-le")),
        "DOCTYPE",
    ),
    "an entity bomb in UTF-16 behind a feint": (after(FEINT + ENTITIES, "utf-16", "UTF-16"), "DOCTYPE"),
    "an entity of a file": (after(FILE_ENTITY), "DOCTYPE"),
    "a DOCTYPE behind a comment": (after("<!-- <x> -->" + FILE_ENTITY), "DOCTYPE"),
    "a DOCTYPE behind a long comment": (after(f"<!-- {'x' * 9000} -->" + FILE_ENTITY), "DOCTYPE"),
    "a DOCTYPE behind many spaces": (after(" " * 9000 + FILE_ENTITY), "DOCTYPE"),
    "a DOCTYPE in the shared strings": (
        packed(parts_of(GOOD, f'{XML}{FILE_ENTITY}<sst xmlns="{MAIN}"><si><t>&f;</t></si></sst>')),
        "DOCTYPE",
    ),
    "a DOCTYPE in the list of relations": (
        packed({**good(), "_rels/.rels": XML + FILE_ENTITY + good()["_rels/.rels"].replace(XML, "")}),
        "DOCTYPE",
    ),
    "a macro": (packed(good(xl__vbaProject_DOT_bin="x")), "macro"),
    "a macro by another case": (packed(good(xl__VBAPROJECT_DOT_BIN="x")), "macro"),
    "a macro under another name": (
        packed(
            parts_of(
                GOOD,
                more_types='<Override PartName="/xl/innocent.bin" '
                'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>',
            )
        ),
        "macro",
    ),
    "a part twice": (twice(), "a part twice"),
    "a part twice by case": (packed(good(xl__WORKSHEETS__sheet1_DOT_xml=GOOD)), "a part twice"),
    "a path upwards": (packed({**good(), "../../etc/cron.d/x": b"x"}), "like a path"),
    "a path from the root": (packed({**good(), "/etc/passwd": b"x"}), "like a path"),
    "a path with backslashes": (packed({**good(), "xl\\..\\..\\x": b"x"}), "like a path"),
    "a password": (locked(), "password"),
    "a packing of its own": (other_packing(99), "packed as no"),
    "bzip2 inside": (packed(good(), zipfile.ZIP_BZIP2), "packed as no"),
    "lzma inside": (packed(good(), zipfile.ZIP_LZMA), "packed as no"),
    "no workbook": (packed({"a.csv": b"x"}), "ZIP archive"),
    "a document": (packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "Word document"),
    "cut in half": (as_xlsx(ROWS)[:900], "damaged"),
    "the end alone": (b"PK\x03\x04" + as_xlsx(ROWS)[-22:], "damaged"),
    "no end": (as_xlsx(ROWS)[:-22], "damaged"),
    "a name that is not UTF-8": (packed(good(xl__ü="x")).replace("ü".encode(), b"\xff\xfe"), "damaged"),
}
# What gets past the first look is read, or refused while it is read.
LATER = {
    "a nested bomb that nobody unpacks": (packed({**good(), "xl/embeddings/a.zip": bomb(50_000_000) * 90}), None),
    "a cell at XFD1048576": (with_row('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "columns"),
    "a cell at A1048576": (with_row('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), None),
    "a cell at row 99999999": (
        with_row('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
        "below row 1,048,576",
    ),
    "a cell at no column": (with_row('<row r="3"><c r="123"><v>1</v></c></row>'), "damaged|^$"),
    "rows that go backwards": (with_row('<row r="1"><c r="A1"><v>1</v></c></row>'), "Row 1 stands twice"),
    "a row of a negative number": (with_row('<row r="-5"><c r="A1"><v>1</v></c></row>'), "Cells of row -5 state"),
    "a row of no number": (with_row('<row r="x"><c r="A3"><v>1</v></c></row>'), "damaged"),
    "a string that is not there": (with_row('<row r="3"><c r="A3" t="s"><v>99999</v></c></row>'), "damaged"),
    "a number of 5,000 digits": (with_row(f'<row r="3"><c r="A3"><v>{"9" * 5000}</v></c></row>'), None),
    "a number beyond numbers": (with_row('<row r="3"><c r="A3"><v>1e999</v></c></row>'), "damaged|^$"),
    "not a number": (with_row('<row r="3"><c r="A3"><v>NaN</v></c></row>'), None),
    "an error cell": (with_row('<row r="3"><c r="A3" t="e"><v>#REF!</v></c></row>'), None),
    "a date beyond dates": (with_row('<row r="3"><c r="A3" t="d"><v>99999-99-99</v></c></row>'), None),
    "a style that is not there": (with_row('<row r="3"><c r="A3" s="99999"><v>1</v></c></row>'), "damaged|^$"),
    "a formula": (with_row('<row r="3"><c r="A3"><f>HYPERLINK("http://x")</f></c></row>'), None),
    "a formula that refers to itself": (with_row('<row r="3"><c r="A3"><f>A3+A4</f></c></row>'), None),
    "an array formula": (with_row('<row r="3"><c r="A3"><f t="array" ref="A1:XFD99">A3</f></c></row>'), None),
    "a shared formula over everything": (
        with_row('<row r="3"><c r="A3"><f t="shared" si="0" ref="A1:XFD1048576">B1</f></c></row>'),
        None,
    ),
    "a part whose contents are damaged": (damaged(SHEET), "damaged"),
    "a workbook part that is damaged": (damaged("xl/workbook.xml"), "damaged|opened"),
    "a wrong sum": (wrong_sum(), "damaged|opened"),
    "a bomb that says it is small": (declared_small(), None),
    "XML that ends early": (instead(GOOD[:-30]), "opened|damaged"),
    "XML that is none": (instead(b"\x00\x01\x02"), "opened|damaged"),
    "a sheet that is empty": (instead(b""), "opened|damaged|columns"),
    "no sheet": (packed({name: body for name, body in good().items() if name != SHEET}), "opened|sheet|damaged"),
    "a workbook part of another kind": (packed(good(xl__workbook_DOT_xml=f'{XML}<x xmlns="y"/>')), "opened|sheet"),
    "a workbook part that is not XML": (packed(good(xl__workbook_DOT_xml="hello")), "opened"),
    "no list of kinds": (packed({k: v for k, v in good().items() if k != "[Content_Types].xml"}), "opened"),
    "relations that go round": (
        packed(
            {
                **good(),
                "xl/_rels/workbook.xml.rels": good()["xl/_rels/workbook.xml.rels"].replace(
                    "worksheets/sheet1.xml", "workbook.xml"
                ),
            }
        ),
        "sheet|damaged|columns|opened",
    ),
    "relations out of the archive": (
        packed(
            {
                **good(),
                "xl/_rels/workbook.xml.rels": good()["xl/_rels/workbook.xml.rels"].replace(
                    "worksheets/sheet1.xml", "../../../../etc/hostname"
                ),
            }
        ),
        "opened|sheet|damaged",
    ),
    "elements ten thousand deep": (
        instead(sheet_of("<row>" + "<c>" * 10_000 + "</c>" * 10_000 + "</row>")),
        "columns|unpacks",
    ),
    "an element of many attributes": (
        instead(sheet_of("<row " + " ".join(f'a{n}="1"' for n in range(20_000)) + "/>")),
        "columns",
    ),
    "many styles": (
        packed(
            good(
                xl__styles_DOT_xml=f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * MANY}</cellXfs></styleSheet>',
            )
        ),
        "unpacks|^$",
    ),
    "many empty rows": (with_row("<row/>" * MANY + EMPTY), "^$|unpacks"),
    "many merged cells": (
        instead(GOOD.replace("</sheetData>", "</sheetData><mergeCells>" + MERGED * 5_000 + "</mergeCells>")),
        None,
    ),
    "a dimension that lies": (
        instead(GOOD.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
        None,
    ),
    "a dimension that is none": (instead(GOOD.replace("<sheetData>", '<dimension ref="hello"/><sheetData>')), "opened"),
    "sheets in hundreds": (packed(parts_of(GOOD, sheets=400)), "damaged|opened|sheets|limits|^$"),
    "300,002 rows": (
        instead(
            sheet_of(
                "".join(
                    f'<row><c t="inlineStr"><is><t>{n * 7919 % 99991}</t></is></c></row>'
                    for n in range(300_002 if FULL else 2_000)
                )
            )
        ),
        "columns|rows",
    ),
    "a part that refers to an address": (
        packed(
            {
                **good(),
                "xl/worksheets/_rels/sheet1.xml.rels": good()["_rels/.rels"].replace(
                    'Target="xl/workbook.xml"', 'Target="http://127.0.0.1:9/x" TargetMode="External"'
                ),
            }
        ),
        None,
    ),
    "a chart beside it": (packed(good(xl__charts__chart1_DOT_xml=f"{XML}<c/>")), None),
    "a kind that nobody knows": (packed(parts_of(GOOD, more_types='<Override PartName="/x" ContentType="y"/>')), None),
    "text with control signs": (instead(GOOD.replace("Rome", "Ro&#x9;me&#x202e;")), None),
    "text with a sign that XML forbids": (instead(GOOD.replace("Rome", "Ro&#x0;me")), "opened|damaged"),
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = Worker(tmp_path_factory.mktemp("workbooks"))
    yield made
    made.close()


def cpu_of(run):
    """CPU seconds of this process for one call, the least of three."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        with contextlib.suppress(FileRefused):
            run()
        took.append(time.process_time() - begun)
    return min(took)


def test_a_hostile_workbook_is_refused_unread_in_a_sentence_and_at_little_cost(tmp_path, capsys):
    normal = tmp_path / "normal.xlsx"
    normal.write_bytes(as_xlsx([ROWS[0], *([f"h{n}", "Rome", "ITA", "41.9", "12.5"] for n in range(2_000))]))
    reading = cpu_of(lambda: list(open_table(normal, sources()["hubs"]).rows))
    costs = {}
    for what, (body, says) in REFUSED.items():
        file = tmp_path / "hostile.xlsx"
        file.write_bytes(body)
        try:
            tabular._zip_preflight(file)
            said = "nothing"
        except FileRefused as refused:
            said = str(refused)
        assert re.search(says, said) and is_sentence(said), (what, said)
        costs[what] = cpu_of(lambda file=file: tabular._zip_preflight(file))
    with capsys.disabled():
        slowest = sorted(costs, key=lambda what: -costs[what])[:4]
        told = ", ".join(f"{what} {costs[what] * 1000:.1f} ms ({costs[what] / reading:.2f})" for what in slowest)
        print(f"\n  CPU of a refusal, and its ratio to reading 2,000 rows ({reading * 1000:.0f} ms): {told}")
    assert max(costs.values()) < MOST_CPU_SECONDS


def test_a_sound_workbook_passes_the_first_look_and_is_read(tmp_path):
    file = tmp_path / "sound.xlsx"
    for body in (packed(good()), packed(good(xl__media__image1_DOT_png=os.urandom(9000)))):
        file.write_bytes(body)
        assert check_file("hubs", file, DAY).published == 1


@pytest.mark.parametrize("what", LATER)
def test_what_passes_the_first_look_is_read_or_refused_and_nothing_is_lost(worker, what):
    body, says = LATER[what]
    kind, said = worker.parse("hubs", body)
    assert kind != "crash", said
    if kind == "report":
        assert says is None or "^$" in says, said
        assert accounted(said) and said["published"] >= 1
    else:
        assert says and re.search(says, said) and is_sentence(said), said


@pytest.mark.parametrize("what", ["a bomb", "an entity of a file", "a macro under another name", "a part twice"])
def test_the_front_door_and_the_first_look_refuse_them_too(tmp_path, what):
    body, says = REFUSED[what]
    file = tmp_path / "x.xlsx"
    file.write_bytes(body)
    for way in (lambda: check_file("hubs", file, DAY), lambda: recognise(file)):
        with pytest.raises(FileRefused, match=says):
            way()


def long_string():
    """A workbook of one string of 190 MB in which some signs need four bytes: 7 MB, and no bomb by its list."""
    block = "".join(f"{os.urandom(32).hex()}\U0001f600{' ' * 1200}" for _ in range(200))
    text = block * (190_000_000 // len(block.encode()))
    return packed(parts_of(GOOD, f'{XML}<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'))


def test_a_workbook_that_needs_more_memory_than_one_file_is_given_ends_in_a_reason_code(tmp_path):
    file = tmp_path / "x.xlsx"
    file.write_bytes(long_string())
    assert file.stat().st_size < LARGEST_FILE
    with pytest.raises(FileRefused, match=r"limits of memory and time given to one file \(reason code -?\d+\)"):
        check_file("hubs", file, DAY)


@pytest.mark.skipif(not FULL, reason="takes the 20 seconds that it proves: COALITION_FULL_TESTS=1")
def test_a_workbook_that_needs_more_time_than_one_file_is_given_ends_in_a_reason_code(tmp_path):
    file = tmp_path / "x.xlsx"
    rows = "".join(f"<row spans='{n * 7919 % 99991}'>{'<c/>' * 30}</row>" for n in range(1_000_000))
    file.write_bytes(with_row(rows))
    with pytest.raises(FileRefused, match=rf"reason code (-{signal.SIGKILL}|-{signal.SIGXCPU})\)"):
        check_file("hubs", file, DAY)


LIMITS = {
    "memory": ("bytearray(1100 * 2**20)", "MemoryError"),
    "files it opens": ("held = [open('/dev/null') for _ in range(70)]", "[Errno 24]"),
    "bytes it writes": (
        "import tempfile; f = tempfile.TemporaryFile(); [f.write(bytes(2**20)) for _ in range(260)]",
        "27]",
    ),
}


@pytest.mark.parametrize("what", LIMITS)
def test_the_child_is_held_to_its_limits_and_their_breach_is_said(what):
    code, last_words = limited(LIMITS[what][0])
    assert code == 1 and LIMITS[what][1] in last_words
    assert "limits of memory and time" in front_door._death(code, last_words)


def test_the_child_is_held_to_its_seconds():
    begun = time.process_time()
    code, _ = limited("\nwhile True: pass", cpu_seconds=1)
    assert code in (-signal.SIGKILL, -signal.SIGXCPU) and time.process_time() - begun < 5
    assert f"reason code {code}" in front_door._death(code, "")


def test_the_limits_are_those_that_are_stated():
    names = "r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_NOFILE"
    asked = f"import resource as r; print([r.getrlimit(x) for x in ({names})])"
    told = subprocess.run(
        [sys.executable, "-c", f"{TAKE_LIMITS.format(limits=BROWSER)}; {asked}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    stated = [1024**3, 20, 256 * 1024**2, 64]
    assert told.strip() == str([(one, one) for one in stated])
    assert (BROWSER.largest_file, BROWSER.wall_seconds) == (25 * 1024**2, 60)


TAKE_LIMITS = "from dashboard.intake.child import limit; from dashboard.intake.limits import Limits; limit({limits})"


def limited(code, **other):
    """How a process that takes the child's limits on ends, and what it says last."""
    done = subprocess.run(
        [sys.executable, "-c", f"{TAKE_LIMITS.format(limits=replace(BROWSER, **other))}; {code}"],
        capture_output=True,
        text=True,
    )
    return done.returncode, (done.stderr.strip().splitlines() or [""])[-1]


def test_a_child_that_says_nothing_for_too_long_is_stopped(tmp_path, monkeypatch):
    file = tmp_path / "x.xlsx"
    file.write_bytes(packed(good()))
    with pytest.raises(FileRefused, match=r"took longer than 0.01 seconds and was stopped \(reason code -9\)"):
        check_file("hubs", file, DAY, limits=replace(BROWSER, wall_seconds=0.01))


def test_a_child_that_dies_before_it_listens_is_a_reason_code_and_no_broken_pipe(tmp_path, monkeypatch):
    monkeypatch.setattr(front_door.sys, "executable", "/bin/false")
    file = tmp_path / "x.xlsx"
    file.write_bytes(packed(good()))
    with pytest.raises(FileRefused, match="reason code 1"):
        check_file("hubs", file, DAY, Declared(columns=(("hub", "x" * 10_000_000),)))


def test_a_kind_of_workbook_that_looks_like_ours_is_read_whatever_its_kind_is_called(tmp_path):
    file = tmp_path / "x.xlsx"
    kinds = good()["[Content_Types].xml"].replace(f"{KINDS}.sheet.main", f"{KINDS}.template.main")
    template = packed({**good(), "[Content_Types].xml": kinds})
    file.write_bytes(template)
    assert check_file("hubs", file, DAY).published == 1
