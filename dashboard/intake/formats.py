"""What a file is, by its first bytes and the parts of its archive; what is no table is refused in plain words."""

import codecs
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from dashboard.intake.report import FileRefused

START = 4096
ZIP = b"PK\x03\x04"
# Begins and ends a Parquet file.
PARQUET_MAGIC = b"PAR1"
# Excel until 2003, and whatever else Microsoft kept in the same container; its directory is UTF-16.
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
SAVE_AS = "In the program that wrote it, save the table as an Excel workbook (.xlsx) or as CSV UTF-8, and send that."
EXPORT = "Open it, copy or export the table to an Excel workbook (.xlsx) or CSV UTF-8, and send that."
UNPACK = "Unpack it and send the table inside, as CSV UTF-8 or an Excel workbook (.xlsx)."
PDF = b"%pdf"
# Its mark may stand on a line within the first kilobyte, below what a mail program or a scanner put before it.
PDF_BELOW = re.compile(rb"[\r\n]%PDF-\d")
MOST_BEFORE_PDF = 1024
# First bytes, in lower case, to what the file is and what to do.
BINARIES: Mapping[bytes, tuple[str, str]] = {
    b"\x1f\x8b": ("a gzip archive", UNPACK),
    b"bzh": ("a bzip2 archive", UNPACK),
    b"\xfd7zxz": ("an xz archive", UNPACK),
    b"7z\xbc\xaf": ("a 7-Zip archive", UNPACK),
    b"rar!": ("a RAR archive", UNPACK),
    PDF: ("a PDF", "Ask for the table itself, or copy it into a spreadsheet; save that as CSV UTF-8 or .xlsx."),
    b"arrow1": ("an Arrow file", SAVE_AS),
    b"fea1": ("a Feather file", SAVE_AS),
    b"sqlite format 3": ("an SQLite database", EXPORT),
    b"\0\1\0\0standard jet db": ("an Access database (.mdb)", EXPORT),
    b"\0\1\0\0standard ace db": ("an Access database (.accdb)", EXPORT),
    b"$fl2": ("an SPSS file (.sav)", SAVE_AS),
    b"$fl3": ("an SPSS file (.sav)", SAVE_AS),
    b"<stata_dta>": ("a Stata file (.dta)", SAVE_AS),
    b"{\\rtf": ("a text document (.rtf)", EXPORT),
    b"\x89png": ("an image", "Ask for the table itself as CSV or .xlsx."),
    b"\xff\xd8\xff": ("an image", "Ask for the table itself as CSV or .xlsx."),
    b"gif8": ("an image", "Ask for the table itself as CSV or .xlsx."),
    b"id;p": ("a SYLK sheet (.slk)", SAVE_AS),
}
# First text behind blanks and a byte-order mark, in lower case.
TEXTS: Mapping[bytes, tuple[str, str]] = {
    b"<!doctype html": (
        "a web page, even if its name ends in .xls",
        "Open it in Excel, save it as .xlsx, and send that.",
    ),
    b"<html": ("a web page, even if its name ends in .xls", "Open it in Excel, save it as .xlsx, and send that."),
    b"<table": ("a web page, even if its name ends in .xls", "Open it in Excel, save it as .xlsx, and send that."),
    b"mime-version:": ("a saved web page, even if its name ends in .xls", "Open it in Excel, save it as .xlsx."),
    b"[internetshortcut]": ("a link, not the table", "Open it, choose Download > CSV or Excel, and send that."),
    b"<?xml": ("an XML file", "Where it is a sheet, open it in Excel, save it as .xlsx, and send that."),
}
MARKUP = re.compile(rb"<(?:[a-z][a-z0-9:-]*[\s>/]|!--|!doctype|\?)", re.IGNORECASE)
# Lines that every e-mail has, in whatever order.
MAIL = tuple(
    re.compile(rb"^" + name + rb":\s", re.IGNORECASE | re.MULTILINE)
    for name in (rb"subject", rb"(?:from|to)", rb"(?:message-id|received|mime-version|content-type|return-path)")
)
JSON = re.compile(rb"[\[{]\s*(?:[\[{\"\]}]|-?\d|true|false|null)", re.DOTALL)
LINK = re.compile(rb"\"(?:url|doc_id|resource_id)\"\s*:")
# Names in an old Office container to what it is.
OLD_PARTS: Mapping[str, tuple[str, str]] = {
    "EncryptedPackage": ("a workbook locked with a password", "Save it without a password as .xlsx, and send that."),
    "WordDocument": ("a Word document", EXPORT),
    "PowerPoint Document": ("a PowerPoint presentation", EXPORT),
    "__substg1.0_": ("an e-mail saved from Outlook", "Save the attached table, and send that."),
}
OLD_WORKBOOK = ("Workbook", "Book")
MACROS = "_VBA_PROJECT"
# A part of an archive, by the beginning of its name, to what the file is.
ZIPPED: Mapping[str, tuple[str, str]] = {
    "word/": ("a Word document (.docx)", EXPORT),
    "ppt/": ("a PowerPoint presentation (.pptx)", EXPORT),
    "index/": ("a Numbers, Pages or Keynote file of Apple", "In Numbers choose File > Export To > Excel or CSV."),
    "index.zip": ("a Numbers, Pages or Keynote file of Apple", "In Numbers choose File > Export To > Excel or CSV."),
    "doc.kml": ("a map file (.kmz)", "Ask for the table itself as CSV or .xlsx."),
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Formats of workbooks, with the part of the archive by which each is known; .xls is no archive.
XLSX, XLSB, ODS, XLS = "xlsx", "xlsb", "ods", "xls"
PARQUET = "parquet"
NAMES: Mapping[str, str] = {
    XLSB: "an Excel binary workbook (.xlsb)",
    ODS: "an OpenDocument spreadsheet (.ods)",
    XLS: "an Excel workbook of 1997 to 2003 (.xls)",
}


def workbook_format(path: Path) -> str:
    """Which format of workbook a file is, or that it is Parquet; empty where it is to be read as text.

    Raises:
        FileRefused: it is something that is neither, stated in plain words with what to do.
    """
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(OLD_OFFICE):
        return _old_office(path.read_bytes())
    if start.startswith(ZIP):
        return XLSX  # distinguished from others by its parts, once these were looked at
    if start.startswith(PARQUET_MAGIC):
        return PARQUET
    _refuse(next((refusal for magic, refusal in BINARIES.items() if start.lower().startswith(magic)), None))
    text = _as_utf8(start).lstrip()
    _refuse(BINARIES[PDF] if PDF_BELOW.search(start[:MOST_BEFORE_PDF]) else None)
    _refuse(next((refusal for begin, refusal in TEXTS.items() if text.lower().startswith(begin)), None))
    if MARKUP.match(text):
        _refuse(("a web page or another text with tags", "Open it in Excel, save it as .xlsx, and send that."))
    if all(line.search(text) for line in MAIL):
        _refuse(("an e-mail", "Save the table that is attached to it, and send that."))
    if JSON.match(text):
        is_link = LINK.search(text) and path.stat().st_size < START
        link = (
            "a link to an online document, not the table",
            "Open it, choose Download > CSV or Excel, and send that.",
        )
        _refuse(link if is_link else ("a JSON file", SAVE_AS))
    return ""


def _as_utf8(start: bytes) -> bytes:
    """The first text of a file without its byte-order mark, of UTF-16 as UTF-8."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return start.removeprefix(codecs.BOM_UTF8)


def is_parquet(path: Path) -> bool:
    """Whether a file begins like Parquet."""
    with path.open("rb") as file:
        return file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC


def unread_parquet() -> FileRefused:
    """The refusal of Parquet where none is taken."""
    return FileRefused(
        f"This is a Parquet file, and no table can be read from it here; `coalition import` reads it. {SAVE_AS}"
    )


def zipped_format(names: Collection[str], mimetype: str) -> str:
    """Which format of workbook an archive with these parts is.

    Raises:
        FileRefused: it is none.
    """
    lowered = {name.lower() for name in names}
    if "xl/workbook.xml" in lowered:
        return XLSX
    if "xl/workbook.bin" in lowered:
        return XLSB
    if mimetype.startswith(f"{OPEN_DOCUMENT}spreadsheet"):
        return ODS
    if mimetype.startswith(OPEN_DOCUMENT):
        _refuse(("an OpenDocument text or drawing", EXPORT))
    for begin, refusal in ZIPPED.items():
        if any(name.startswith(begin) for name in lowered):
            _refuse(refusal)
    raise FileRefused("This is a ZIP archive, not a workbook. Unpack it and send the CSV or XLSX inside.")


def unreadable(format_: str) -> FileRefused:
    """The refusal of a workbook of which no table can be read."""
    return FileRefused(f"This is {NAMES[format_]}, and no table in it can be read. {SAVE_AS}")


def _old_office(body: bytes) -> str:
    holds = lambda name: name.encode("utf-16-le") in body  # noqa: E731
    _refuse(next((refusal for name, refusal in OLD_PARTS.items() if holds(name)), None))
    if holds(MACROS):
        raise FileRefused("The workbook carries a macro. Save it as .xlsx without macros, or as CSV.")
    if not any(holds(name) for name in OLD_WORKBOOK):
        _refuse(("an old Office file, but no workbook", EXPORT))
    return XLS


def _refuse(refusal: tuple[str, str] | None) -> None:
    if refusal:
        what, do = refusal
        raise FileRefused(f"This is {what}, and no table can be read from it. {do}")
