"""Makes workbooks of the formats beside XLSX, as their programs write them: OpenDocument, Excel 97 and Excel binary."""

import datetime
import struct
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from tests.intake.making import PACKAGE, RELATIONS, XML

ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "manifest")
)
DAY_ZERO = datetime.date(1899, 12, 30)
SECTOR = 512
# Streams below this size would stand in a table of small ones.
SMALL_STREAM = 4096
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def as_ods(rows, title="S1", mimetype=ODS, more=()):
    """An OpenDocument spreadsheet of one sheet."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    sheet = f"<table:table table:name={quoteattr(title)}>{lines}</table:table>"
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", f"{XML}<manifest:manifest {SPACES}/>")
        archive.writestr(
            "content.xml",
            f"{XML}<office:document-content {SPACES}><office:body><office:spreadsheet>{sheet}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
        for name, body in more:
            archive.writestr(name, body)
    return out.getvalue()


def _ods_cell(value):
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, datetime.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def as_xlsb(rows):
    """An Excel binary workbook of one sheet; dates are numbers with a format of dates."""
    name = _wide("S1")
    book = _records(
        (0x83, b""), (0x8F, b""), (0x9C, struct.pack("<II", 0, 1) + _wide("r1") + name), (0x90, b""), (0x84, b"")
    )
    # Cell formats 0 (general) and 1 (number format 14: a date).
    formats = [struct.pack("<HHHHHBBHBB", 0, number, 0, 0, 0, 0, 0, 0, 0, 0) for number in (0, 14)]
    styles = _records(
        (0x116, b""), (0x269, struct.pack("<I", 2)), *((0x2F, cell) for cell in formats), (0x26A, b""), (0x117, b"")
    )
    cells = []
    for number, row in enumerate(rows):
        cells.append((0x00, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0)))
        cells += [_xlsb_cell(at, value) for at, value in enumerate(row) if value not in (None, "")]
    wide = max(map(len, rows))
    sheet = _records(
        (0x81, b""),
        (0x94, struct.pack("<IIII", 0, len(rows) - 1, 0, wide - 1)),
        (0x91, b""),
        *cells,
        (0x92, b""),
        (0x82, b""),
    )
    parts = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"/>',
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        "xl/styles.bin": styles,
        "xl/worksheets/sheet1.bin": sheet,
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part_name, body in parts.items():
            archive.writestr(part_name, body)
    return out.getvalue()


def _xlsb_cell(at, value):
    if isinstance(value, datetime.date):
        return 0x05, struct.pack("<IId", at, 1, (value - DAY_ZERO).days)
    if isinstance(value, int | float):
        return 0x05, struct.pack("<IId", at, 0, value)
    return 0x06, struct.pack("<II", at, 0) + _wide(value)


def _wide(text):
    coded = text.encode("utf-16-le")
    return struct.pack("<I", len(coded) // 2) + coded


def _records(*records):
    out = bytearray()
    for kind, body in records:
        out += struct.pack("<B", kind) if kind < 0x80 else struct.pack("<BB", kind & 0x7F | 0x80, kind >> 7)
        size = len(body)
        while size > 0x7F:
            out.append(size & 0x7F | 0x80)
            size >>= 7
        out.append(size)
        out += body
    return bytes(out)


def as_xls(rows, stream="Workbook"):
    """An Excel 97 workbook of one sheet, in the container of old Office files."""
    formats = [struct.pack("<HHHHIIH", 0, number, 0xFFF5 if number else 1, 0, 0, 0, 0) for number in (0, 14)]
    opening = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)) + b"".join(
        _biff(0xE0, format_) for format_ in formats
    )
    name = b"\2\0S1"
    before = len(opening) + len(_biff(0x85, struct.pack("<IBB", 0, 0, 0) + name)) + len(_biff(0x0A, b""))
    book = opening + _biff(0x85, struct.pack("<IBB", before, 0, 0) + name) + _biff(0x0A, b"")
    sheet = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    sheet += _biff(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for number, row in enumerate(rows):
        for at, value in enumerate(row):
            if value not in (None, ""):
                sheet += _xls_cell(number, at, value)
    return in_container({stream: book + sheet + _biff(0x0A, b"")})


def _xls_cell(row, at, value):
    if isinstance(value, datetime.date):
        return _biff(0x0203, struct.pack("<HHHd", row, at, 1, (value - DAY_ZERO).days))
    if isinstance(value, int | float):
        return _biff(0x0203, struct.pack("<HHHd", row, at, 0, value))
    coded = value.encode("utf-16-le")
    return _biff(0x0204, struct.pack("<HHHHB", row, at, 0, len(coded) // 2, 1) + coded)


def _biff(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def in_container(streams):
    """Streams in the container of old Office files: a header, one table of sectors, a directory, then the streams."""
    bodies = [body.ljust(SMALL_STREAM, b"\0") for body in streams.values()]
    bodies = [body + b"\0" * (-len(body) % SECTOR) for body in bodies]
    entries = 1 + len(streams)
    directory_sectors = -(-entries * 128 // SECTOR)
    used = 1 + directory_sectors + sum(len(body) // SECTOR for body in bodies)
    assert used <= SECTOR // 4, "one table of sectors holds no more"
    table = [TABLE, *range(2, 1 + directory_sectors), END]
    directory = _entry("Root Entry", 5, END, 0, child=1)
    begin = 1 + directory_sectors
    for number, (name, body) in enumerate(zip(streams, bodies, strict=True), start=1):
        sectors = len(body) // SECTOR
        table += [*range(begin + 1, begin + sectors), END]
        directory += _entry(name, 2, begin, len(body), right=number + 1 if number < len(streams) else FREE)
        begin += sectors
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, SMALL_STREAM, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    sectors = struct.pack("<128I", *table, *[FREE] * (128 - len(table)))
    return header + sectors + directory.ljust(directory_sectors * SECTOR, b"\0") + b"".join(bodies)


def _entry(name, kind, begin, size, child=FREE, right=FREE):
    coded = name.encode("utf-16-le") + b"\0\0"
    entry = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, FREE, right, child)
    return entry + b"\0" * 36 + struct.pack("<IQ", begin, size)
