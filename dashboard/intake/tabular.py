"""A CSV or a workbook, distinguished by content, as a header and numbered rows of text. Knows no source."""

import codecs
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from dashboard.intake.csv_text import (
    BLOCK_BYTES,
    PART_LINES,
    UTF_8,
    Blocks,
    Row,
    Text,
    csv_rows,
    naming,
    read_blocks,
    refuse_swallowed,
    text_below,
)
from dashboard.intake.formats import PARQUET, XLSX, is_parquet, unread_parquet, workbook_format, zipped_format
from dashboard.intake.headers import (
    TAGS_BELOW,
    Names,
    header_names,
    header_positions,
    is_tags,
    joined,
    key,
    merged,
    numbers_columns,
    positions,
    tag_of,
)
from dashboard.intake.likeness import how_to_go_on
from dashboard.intake.limits import BROWSER, LARGEST_FILE, Limits
from dashboard.intake.parquet_text import FIRST_ROWS, parquet_blocks
from dashboard.intake.preamble import lines_like_rows
from dashboard.intake.report import LONGEST_TEXT, FileRefused, clean
from dashboard.intake.sheets import open_sheets
from dashboard.intake.xlsx import Layout, layout_of, rows_of
from dashboard.warehouse.catalog import SourceCard

MOST_ROWS = 300_000
MOST_ENTRIES = 500
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
HEADER_WITHIN = 40
# So many of the names of a column are listed in a refusal.
MOST_NAMES = 4
# The header stands within these bytes of UTF-8; looking for it reads no more.
HEADER_WITHIN_TEXT = 2**20
FEWEST_COLUMNS = 3
# Text has no control characters among so many bytes; a refusal shows so many of a line.
START_BYTES, SAMPLE_BYTES = 2000, 80
# Columns without which a row states nothing, though a file may do without them: the sender can declare it.
COUNTRY = ("country", "country_iso3")
DELIMITERS = ",;\t"
# Signs that some programs put between columns, and that are not read.
OTHER_DELIMITERS = "|^~:"
# Begins the entry of each part in an archive's list of contents.
LISTED = b"PK\x01\x02"
CONTENT_TYPES = "[Content_Types].xml"
# Where OpenDocument keeps macros.
MACRO_FOLDERS = ("Basic/", "Scripts/")
# Ways in which parts may be packed that every spreadsheet program can read.
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# An XML part names its root element within so many bytes, after nothing but comments and declarations.
PROLOG_BYTES = 4096
PROLOG = re.compile(r"\ufeff?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
# What reading a damaged or forged archive or workbook raises; being out of memory is none of it.
ARCHIVE_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    OverflowError,
    EOFError,
    RuntimeError,
    OSError,
)
WORKBOOK_FAULTS = (*ARCHIVE_FAULTS, ParseError, KeyError, IndexError, TypeError, AttributeError)
CHUNK = 2**20
# In UTF-8: a letter that was lost.
LOST = b"\xef\xbf\xbd"
# In UTF-8: signs that stand for a letter of two bytes of UTF-8 which were read as Latin; not a capital of Latin before
# a sign that ends a word: «Ñ». It begins with one byte, which is looked for ten times as fast as one of several.
MISREAD = re.compile(
    rb"\xc3[\x82\x83\x90\x91\x98\x99](?:\xc2[\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbf]"
    rb"|\xe2\x80[\x93-\x98\x9a-\x9c\x9e-\xa2\xb0]|\xe2\x82\xac|\xe2\x84\xa2|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]"
    rb"|\xc6\x92|\xcb[\x86\x9c])"
)
LONGEST_MISREAD = 5
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# Text of several bytes a letter has NUL in more of some places than the first share, and in fewer of others than this.
OFTEN, RARELY, FEWEST_NULS = 0.12, 0.01, 4
# Encodings in which each letter is a byte, and so many letters that no chance makes them UTF-8.
ONE_BYTE = ("cp1252", "cp1250", "cp1254", "cp1256", "cp1251")
FEWEST_SIGNS = 2
OTHER_ENCODINGS = ("cp1252", "cp1250", "cp1254", "cp1256", "cp1251", "gb18030")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its title, whether a reader of the workbook sees it, its rows, and what is odd in them."""

    title: str
    is_shown: bool
    rows: Iterator[Row]
    layout: Layout = Layout()


@dataclass(frozen=True)
class Table:
    """A header that answers the card, and the rows below it.

    Where the file has a row of HXL tags, that is the header, with the human header above where a column has no tag;
    `tags` are those of each column as `key` writes them. `notes` state what else there was, unread. The rows of
    a CSV are there as text, too: a reader takes the one or the other. `more` are the texts of the other parts of an
    export, whose lines are counted from multiples of PART_LINES on.
    """

    header: list[str]
    header_line: int
    header_end: int
    preamble: list[list[str]]
    positions: dict[str, int]
    unknown_headers: list[tuple[int, str]]
    rows: Iterator[Row]
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    text: Text | None = None
    more: tuple[Text, ...] = ()

    @property
    def texts(self) -> tuple[Text, ...]:
        """The text of each part, in order; none of a workbook."""
        return (self.text, *self.more) if self.text else ()


def open_table(
    path: Path,
    card: SourceCard,
    encoding: str = "",
    columns: Sequence[tuple[str, str]] = (),
    limits: Limits = BROWSER,
    delimiters: dict[bytes, str] | None = None,
) -> Table:
    """The table in a file. `columns` are pairs of a card's column and the header that a person stated stands for it.

    `delimiters` are those of files that were opened before it, by their first line where that is the header: looking
    for the delimiter takes longer than reading some thousand rows. That of this file is added.

    Raises:
        FileRefused: too large, not CSV or XLSX, unreadable text, or no row that holds the headers that are required
            or were mapped.
    """
    names = header_names(card, columns)
    if format_ := _workbook_format(path, limits):
        return _workbook_table(path, format_, card, names, columns)
    garbled: list[str] = []
    first_line = b""
    if is_parquet(path):
        begun: Blocks = partial(parquet_blocks, path, FIRST_ROWS)
        blocks: Blocks = partial(parquet_blocks, path)
        delimiter = DELIMITERS[0]
    else:
        found = _encoding_of(path, encoding, card.people)
        begun = blocks = partial(read_blocks, path, found)
        needed = {name for names_ in card.one_of for name in names_} | {column for column, _ in columns}
        needed |= {column.name for column in card.columns if column.required}
        garbled = _note_garbled(blocks) if found != UTF_8 or _seems_garbled(path) else []
        begin = _beginning(blocks)
        first_line = begin.partition(b"\n")[0]
        delimiter = (delimiters or {}).get(first_line) or _delimiter_of(begin, names, needed)
    table = _as_wide_as_rows(_find_header(csv_rows(begun(), delimiter), card, names, columns))
    if delimiters is not None and first_line and table.header_end == 1:
        delimiters[first_line] = delimiter
    text = text_below(blocks, table.header_end, delimiter)
    notes = (*table.notes, *garbled)
    return replace(table, rows=_none_swallowed(table, delimiter), text=text, notes=notes)


def open_parts(
    files_and_names: Sequence[tuple[Path, str]],
    card: SourceCard,
    encoding: str = "",
    columns: Sequence[tuple[str, str]] = (),
    limits: Limits = BROWSER,
) -> Table:
    """The one table in several files, each with its name, that have the same columns.

    Raises:
        FileRefused: as `open_table`, with the name of the part; one is a workbook, or has other columns.
    """
    first: Table | None = None
    texts = []
    delimiters = dict[bytes, str]()
    for path, name in files_and_names:
        with naming(name):
            table = open_table(path, card, encoding, columns, limits, delimiters)
            if table.text is None:
                raise FileRefused("Workbooks are read one by one. Save it as CSV, or import it in a call of its own.")
            if first is None:
                first = table
            elif (table.header, table.positions) != (first.header, first.positions):
                lacking = [clean(cell)[:LONGEST_TEXT] for cell in first.header if cell not in table.header]
                which = f" It lacks {', '.join(lacking[:MOST_NAMES])}." if lacking else ""
                raise FileRefused(
                    f"Its columns, or their order, are not those of {files_and_names[0][1]}.{which} Import it in a "
                    "call of its own, as a part."
                )
            texts.append(replace(table.text, name=name))
    assert first
    return replace(first, rows=_rows_of(texts, len(first.header)), text=texts[0], more=tuple(texts[1:]))


def _rows_of(texts: Sequence[Text], width: int) -> Iterator[Row]:
    """The rows of all parts, one file after the other."""
    for number, text in enumerate(texts):
        with naming(text.name):
            for row in text.rows(width):
                yield replace(row, line=row.line + number * PART_LINES)


def _as_wide_as_rows(table: Table) -> Table:
    """The table, of which each line ends with a delimiter but for the header, or the other way round.

    Of the cells behind the header none is filled, so nothing is shifted.
    """
    begin, rows = _first_and_all_rows(table.rows)
    widths = {len(row.cells) for row in begin}
    width, beyond = len(table.header), len(table.header) + 1
    if widths == {beyond} and not any(row.cells[-1].strip() for row in begin):
        return replace(table, header=[*table.header, ""], rows=rows)
    is_read = width - 1 in table.positions.values()
    if widths == {width - 1} and not table.header[-1].strip() and not is_read:
        return replace(table, header=table.header[:-1], rows=rows)
    return replace(table, rows=rows)


def first_rows(
    path: Path, most_columns: int, encoding: str = "", limits: Limits = BROWSER
) -> list[tuple[str, list[Row]]]:
    """The first rows of each sheet, by its title, or of a CSV by each delimiter; a refusal shows nothing of the text.

    Raises:
        FileRefused: too large, not CSV or XLSX, or unreadable text.
    """
    if format_ := _workbook_format(path, limits):
        return [(sheet.title, _readable_rows(sheet.rows)) for sheet in _sheets(path, format_, most_columns)]
    if is_parquet(path):
        blocks: Blocks = partial(parquet_blocks, path, FIRST_ROWS)
    else:
        blocks = partial(read_blocks, path, _encoding_of(path, encoding, people=True))
    begin = _beginning(blocks)
    return [("", _readable_rows(csv_rows([begin], delimiter))) for delimiter in DELIMITERS]


def _workbook_format(path: Path, limits: Limits) -> str:
    """The format of a workbook, empty where the file is to be read as text.

    Raises:
        FileRefused: too large, empty, something that is no table, or a workbook that no spreadsheet program writes.
    """
    size = path.stat().st_size
    limits.refuse_larger(size)
    if size == 0:
        raise FileRefused("The file is empty. Export it again and look at it before you send it.")
    format_ = workbook_format(path)
    if format_ == PARQUET:
        if not limits.parquet:
            raise unread_parquet()
        return ""
    if format_ and size > LARGEST_FILE:
        raise FileRefused(f"The workbook has {size / 1e6:.0f} MB; of workbooks at most 25 MB are read. Save it as CSV.")
    return _zip_preflight(path) if format_ == XLSX else format_


def _beginning(blocks: Blocks) -> bytes:
    """The text within which the header stands."""
    text = b""
    for block in blocks():
        text += block
        if len(text) >= HEADER_WITHIN_TEXT:
            break
    return text[:HEADER_WITHIN_TEXT].decode(errors="ignore").encode()


def _delimiter_of(begin: bytes, names: Names, needed: set[str]) -> str:
    """The sign between the columns: by it a row has most of the headers that are needed, else rows are of one width.

    Raises:
        FileRefused: it is a sign that is not read.
    """
    every = DELIMITERS + OTHER_DELIMITERS
    in_text = [delimiter for delimiter in every if delimiter.encode() in begin]
    # By one that does not stand in the text each line is one cell, by whichever; the first stands for all of them.
    absent = [delimiter for delimiter in every if delimiter not in in_text][:1]

    def fits(delimiter: str) -> tuple[int, int]:
        rows = [row.cells for row in _readable_rows(csv_rows([begin], delimiter))]
        widths = set(map(len, rows))
        width = widths.pop() if len(widths) == 1 and delimiter in DELIMITERS else 1
        return max((len(positions(cells, names).keys() & needed) for cells in rows), default=0), width

    delimiter = max(sorted([*in_text, *absent], key=every.index), key=fits)
    if delimiter in OTHER_DELIMITERS:
        raise FileRefused(
            f"The columns of the file are separated by {delimiter}. "
            "Separate the columns with commas, semicolons or tabs."
        )
    return delimiter


def _readable_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows within which a header stands, as far as they can be read."""
    read: list[Row] = []
    try:
        read.extend(islice(rows, HEADER_WITHIN))
    except FileRefused:
        return read
    return read


def _first_and_all_rows(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """The first rows, and all of them again, with the refusal to which reading on leads."""
    begin: list[Row] = []
    try:
        begin.extend(islice(rows, HEADER_WITHIN))
    except FileRefused as refused:
        return begin, chain(begin, _refusing(refused))
    return begin, chain(begin, rows)


def _refusing(refused: FileRefused) -> Iterator[Row]:
    raise refused
    yield  # an iterator of rows, of which there is none


def _encoding_of(path: Path, encoding: str, people: bool) -> str:
    """The encoding in which a file can be read to its end: UTF-8, UTF-16 with a byte-order mark, or the declared one.

    Raises:
        FileRefused: none of them, or not text.
    """
    if encoding and encoding not in OTHER_ENCODINGS:
        raise FileRefused(f"The encoding {encoding!r} is not one of {', '.join(OTHER_ENCODINGS)}.")
    with path.open("rb") as file:
        start = file.read(START_BYTES)
    if start.startswith(UTF_32) or (not start.startswith(UTF_16) and _seems_wide(start)):
        raise FileRefused(
            "The text seems to be UTF-16 or UTF-32, without the mark of UTF-16 that states it. Save it as CSV UTF-8, "
            "and send that."
        )
    if start.startswith(UTF_16):
        encoding = "utf-16"
    elif encoding and _first_fault(path, UTF_8) is None:
        encoding = ""  # what is UTF-8 reads right as nothing else
    wrong = _first_fault(path, encoding or UTF_8)
    if wrong is not None:
        at, reason = wrong
        if encoding:
            raise FileRefused(f"The text is not {encoding}: {reason} at byte {at}.")
        if any(byte < 9 for byte in start):
            raise FileRefused("This is neither text nor a workbook. Send CSV or XLSX.")
        if people:
            raise FileRefused(
                "The text is not UTF-8. Save it as CSV UTF-8, or choose its encoding (`--encoding`): "
                f"{', '.join(OTHER_ENCODINGS)}."
            )
        sample = _line_around(path, at)
        previews = "; ".join(f"{name}: {clean(sample.decode(name, 'replace'))}" for name in OTHER_ENCODINGS)
        raise FileRefused(
            "The text is not UTF-8. Save it as CSV UTF-8, or choose the encoding in which this line reads right: "
            f"{previews}."
        )
    if encoding in ONE_BYTE and (line := _line_of_utf_8(path)):
        raise FileRefused(
            f"Some lines of the text are UTF-8, line {line} the first, and others are not, so two files were joined: "
            "no encoding reads both. Save each as CSV UTF-8 before they are joined."
        )
    return encoding or UTF_8


def _seems_wide(start: bytes) -> bool:
    """Whether each letter seems to have two or four bytes: of four places some are NUL far more often than others."""
    shares = [start[at::4].count(0) / max(1, len(start[at::4])) for at in range(4)]
    return start.count(0) >= FEWEST_NULS and max(shares) > OFTEN and min(shares) < RARELY


def _line_of_utf_8(path: Path) -> int:
    """The first line whose bytes above 127, of two signs or more, are UTF-8; 0 where there is none.

    By chance a line of another encoding is so, with one pair of its letters; hardly ever with two.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            try:
                signs = sum(not c.isascii() for c in line.decode())
            except UnicodeDecodeError:
                continue
            if signs >= FEWEST_SIGNS:
                return number
    return 0


def _note_garbled(blocks: Blocks) -> list[str]:
    """A note on letters that were lost, or read in a wrong encoding, before the file was written; mends none."""
    lines, first, line = 0, 0, 1
    for block in blocks():
        if not block.isascii() and _is_garbled(block):
            garbled = [at for at, text in enumerate(block.split(b"\n"), start=line) if _is_garbled(text)]
            lines, first = lines + len(garbled), first or garbled[0]
        line += block.count(b"\n")
    if not lines:
        return []
    counted = "1 line holds" if lines == 1 else f"{lines} lines hold"
    return [
        f"{counted} garbled letters, such as “Ã©” or “\ufffd” in place of “é”, the first on line {first}: the text was "
        "once saved or opened in a wrong encoding, and its names and words may not be understood. Export it again as "
        "CSV UTF-8 from the program that holds the table."
    ]


def _seems_garbled(path: Path) -> bool:
    """Whether a file in UTF-8 holds garbled letters, wherever, as it is on the disk: a pass over its lines less."""
    before = b""
    with path.open("rb") as file:
        while raw := file.read(BLOCK_BYTES):
            text = before + raw
            if not text.isascii() and _is_garbled(text):
                return True
            before = text[-LONGEST_MISREAD:]
    return False


def _is_garbled(text: bytes) -> bool:
    return LOST in text or MISREAD.search(text) is not None


def _first_fault(path: Path, encoding: str) -> tuple[int, str] | None:
    """The byte from which on a file is not of an encoding, and why; None where it is.

    Raises:
        FileRefused: it holds a character that no text has.
    """
    decoder, read = codecs.getincrementaldecoder(encoding)(), 0
    holds_nul = False
    with path.open("rb") as file:
        while True:
            raw = file.read(BLOCK_BYTES)
            read += len(raw)
            if raw and encoding == UTF_8 and raw.isascii() and not decoder.getstate()[0]:
                holds_nul |= b"\0" in raw
                continue
            try:
                holds_nul |= "\0" in decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as wrong:
                return read - len(wrong.object) + wrong.start, wrong.reason
            if not raw:
                break
    if holds_nul:
        raise FileRefused(
            "The file holds characters that no text has, so it is damaged or no table. Export it again as CSV or XLSX."
        )
    return None


def _line_around(path: Path, at: int) -> bytes:
    """The first bytes of the line that a byte stands in."""
    with path.open("rb") as file:
        file.seek(max(0, at - CHUNK))
        before = file.read(min(at, CHUNK))
        file.seek(at - len(before) + before.rfind(b"\n") + 1)
        return next(iter(file.read(SAMPLE_BYTES).splitlines()), b"")


def _none_swallowed(table: Table, delimiter: str) -> Iterator[Row]:
    """The rows, unless a quote that was never meant as one has swallowed others."""
    width = len(table.header)
    for row in table.rows:
        refuse_swallowed(row, width, delimiter)
        yield row


def _open_workbook(path: Path) -> Any:
    """The workbook, where cells with a formula show its result."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)
    except (*WORKBOOK_FAULTS, InvalidFileException) as wrong:
        raise FileRefused(
            f"The workbook cannot be opened ({type(wrong).__name__}). Save it again as XLSX or CSV."
        ) from wrong


def _workbook_table(
    path: Path, format_: str, card: SourceCard, names: Names, columns: Sequence[tuple[str, str]]
) -> Table:
    """The table of the one sheet that has the card's headers."""
    sheets = _sheets(path, format_, card.max_columns)
    tables: dict[str, Table] = {}
    others: dict[str, list[Row]] = {}
    refusal: FileRefused | None = None
    for sheet in sheets:
        begin, rows = _first_and_all_rows(sheet.rows)
        try:
            tables[sheet.title] = _find_header(rows, card, names, columns)
        except FileRefused as refused:
            refusal = refusal or refused
            others[sheet.title] = begin
    if not tables:
        raise refusal or FileRefused("The workbook has no sheet. Save the table as CSV and send that.")
    title, notes = _right_sheet(tables, {sheet.title for sheet in sheets if sheet.is_shown})
    table = tables[title]
    width = len(table.header)
    begin, rows = _first_and_all_rows(table.rows)
    for other, of_other in others.items():
        _refuse_rows_elsewhere(other, of_other, table, card, begin)
    padded = (Row(row.line, row.cells + [""] * (width - len(row.cells))) for row in rows)
    layout = next(sheet.layout for sheet in sheets if sheet.title == title)
    return replace(table, rows=padded, notes=(*notes, *table.notes, *_notes_on(layout, table.header_line)))


def _refuse_rows_elsewhere(title: str, rows: Sequence[Row], table: Table, card: SourceCard, below: list[Row]) -> None:
    """Raises FileRefused where a sheet without a header goes on with the table of another one."""
    half = sum(bool(cell.strip()) for cell in table.header) / 2
    lines = [row.cells for row in rows if sum(bool(cell.strip()) for cell in row.cells) >= half]
    like = lines_like_rows(lines, table.header, _required(table.positions, card), [row.cells for row in below], True)
    if like * 2 >= max(1, len(lines)):
        raise FileRefused(
            f"The sheet {clean(title)[:LONGEST_TEXT]} has no header and holds rows like those of the table, which "
            "would be lost. Put all rows below one header, or send each sheet as a file of its own, with its header."
        )


def _notes_on(layout: Layout, header_line: int) -> list[str]:
    """What a report states of rows that are hidden or merged."""
    notes = []
    if hidden := sum(line > header_line for line in layout.hidden):
        notes.append(f"{hidden} rows of the sheet are hidden or filtered out; they are read like the others")
    if merged := [span for span in layout.merged if span[1] > header_line]:
        notes.append(
            f"{len(merged)} cells of the sheet are merged over several rows, the first in row {merged[0][0]}: their "
            "value counts for the first of these rows only. Unmerge them and fill each row where it holds for all"
        )
    return notes


def _sheets(path: Path, format_: str, most_columns: int) -> list[Sheet]:
    """The sheets of a workbook that was looked at before, read as their rows are asked for."""
    if format_ != XLSX:
        opened = open_sheets(path, format_)
        return [Sheet(title, is_shown, _without_blank_rows(rows, most_columns)) for title, is_shown, rows in opened]
    sheets = []
    for sheet in _open_workbook(path).worksheets:
        try:
            layout = layout_of(sheet)
        except ARCHIVE_FAULTS as wrong:
            raise _damaged() from wrong
        is_shown = sheet.sheet_state == "visible"
        sheets.append(Sheet(sheet.title, is_shown, _sheet_rows(sheet, layout, most_columns), layout))
    return sheets


def _right_sheet(tables: Mapping[str, Table], visible: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The title of the one table that is meant: with HXL tags before others, and one that is shown before hidden ones.

    Raises:
        FileRefused: it is not one.
    """
    chosen = list(tables)
    for ask in (lambda title: bool(tables[title].tags), lambda title: title in visible):
        chosen = [title for title in chosen if ask(title)] or chosen
    if len(chosen) > 1:
        raise FileRefused(
            f"The sheets {' and '.join(clean(title)[:LONGEST_TEXT] for title in chosen[:2])} both hold a table. "
            "Send each as a file of its own."
        )
    others = [clean(title)[:LONGEST_TEXT] for title in tables if title != chosen[0]]
    note = f"The sheet {clean(chosen[0])[:LONGEST_TEXT]} is read; not read: {', '.join(others)}"
    return chosen[0], (note,) if others else ()


def _sheet_rows(sheet: Any, layout: Layout, most_columns: int) -> Iterator[Row]:
    """The rows of a sheet that hold anything.

    Raises:
        FileRefused: too many rows or columns, rows that contradict each other, or the sheet is damaged.
    """
    try:
        yield from _without_blank_rows(rows_of(sheet, layout, MOST_ROWS), most_columns)
    except WORKBOOK_FAULTS as wrong:
        raise FileRefused(
            f"The workbook is damaged: a sheet cannot be read to its end ({type(wrong).__name__}). Save it again as "
            "XLSX or CSV, and send that."
        ) from wrong


def _without_blank_rows(written: Iterable[tuple[int, list[str]]], most_columns: int) -> Iterator[Row]:
    """The rows that hold anything, without the blank cells at their end.

    Raises:
        FileRefused: too many rows or columns.
    """
    rows = 0
    for number, used in written:
        while used and not used[-1].strip():
            used.pop()
        if len(used) > most_columns:
            raise FileRefused(f"Row {number} has {len(used)} columns; at most {most_columns} are read.")
        if any(map(str.strip, used)):
            rows += 1
            if rows > MOST_ROWS + 1:
                raise FileRefused(f"The sheet has more than {MOST_ROWS:,} rows. Send it in parts.")
            yield Row(number, used)


def _damaged() -> FileRefused:
    return FileRefused("The workbook is damaged: its archive cannot be read. Save it again and send that.")


def _zip_preflight(path: Path) -> str:
    """The format of a zipped workbook; refuses what no spreadsheet program writes, by the list and start of its parts.

    Raises:
        FileRefused: too many or too large parts, one that is locked, named twice or like a path, a macro, a DOCTYPE.
    """
    # Counted before the list is read, which would take a gigabyte for a list that fills the file.
    if path.read_bytes().count(LISTED) > MOST_ENTRIES:
        raise FileRefused(
            f"The workbook has more than {MOST_ENTRIES} parts, far more than a table should. Save the sheet as CSV and "
            "send that."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _judge_size(archive.infolist())
            format_ = zipped_format(archive.namelist(), _beginning_of(archive, "mimetype").decode("latin-1"))
            _judge_list(archive.infolist())
            types = _beginning_of(archive, CONTENT_TYPES)
            if b"macroenabled" in types.replace(b"\0", b"").lower():
                raise FileRefused("The workbook carries a macro. Save it as .xlsx without macros, or as CSV.")
            for entry in archive.infolist():
                with archive.open(entry) as member:
                    _judge_prolog(member.read(PROLOG_BYTES), entry.file_size)
    except ARCHIVE_FAULTS as wrong:
        raise _damaged() from wrong
    return format_


def _beginning_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a part, empty where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as member:
        return member.read(CHUNK)


def _judge_size(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO:
        raise FileRefused("The workbook unpacks to far more than a table should. Save the sheet as CSV and send that.")


def _judge_list(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if any("vbaproject" in name.lower() or name.startswith(MACRO_FOLDERS) for name in names):
        raise FileRefused("The workbook carries a macro. Save it as .xlsx without macros, or as CSV.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("The workbook is locked with a password. Save it without one and send that.")
    if len({name.lower() for name in names}) < len(entries):
        raise FileRefused("The workbook has a part twice, so that two programs read two tables. Save it again as XLSX.")
    if any(".." in re.split(r"[/\\]", name) or name.startswith(("/", "\\")) for name in names):
        raise FileRefused("A part of the workbook is named like a path out of it. Save it again as XLSX and send that.")
    if any(entry.compress_type not in PACKINGS for entry in entries):
        raise FileRefused("A part of the workbook is packed as no spreadsheet program does. Save it again as XLSX.")


def _judge_prolog(start: bytes, size: int) -> None:
    """Refuses a part in which something stands before the root element that may declare entities."""
    # As the parser distinguishes them, so that nothing hides in one encoding that is looked for in another.
    if start.startswith(b"\xff\xfe") or start[1:2] == b"\0":
        text = start.decode("utf-16-le", "replace")
    elif start.startswith((b"\xfe\xff", b"\0")):
        text = start.decode("utf-16-be", "replace")
    else:
        text = start.decode("utf-8-sig", "replace")
    before = PROLOG.match(text)
    rest = text[before.end() :] if before else text
    if rest.startswith(("<!", "<?")) or (not rest and size > PROLOG_BYTES):
        raise FileRefused(
            "The workbook declares a DOCTYPE, which no spreadsheet program writes. Save it again as XLSX."
        )


def _find_header(rows: Iterator[Row], card: SourceCard, names: Names, columns: Sequence[tuple[str, str]] = ()) -> Table:
    preamble: list[list[str]] = []
    mapped = dict(columns)
    for at in range(HEADER_WITHIN):
        row = next(rows, None)
        if row is None:
            break
        if len(row.cells) > card.max_columns:
            raise FileRefused(f"The header has {len(row.cells)} columns; at most {card.max_columns} are read.")
        positions_found = header_positions(row.cells, preamble, card, names, mapped)
        if not card.lacking(positions_found) and mapped.keys() <= positions_found.keys():
            if at < HEADER_WITHIN - TAGS_BELOW and not is_tags(row.cells):
                below = list(islice(rows, TAGS_BELOW))
                if tags := next((i for i, next_ in enumerate(below, start=1) if is_tags(next_.cells)), 0):
                    lines = [row, *below[:tags]]
                    preamble += [line.cells for line in lines[:-1]]
                    rows, row = chain(below[tags:], rows), lines[-1]
                    positions_found = header_positions(row.cells, preamble, card, names, mapped)
                else:
                    rows = chain(below, rows)
            whole, rows = _with_second_line(row, rows, card, names, mapped)
            notes = []
            if whole is not row:
                row, positions_found = whole, header_positions(whole.cells, preamble, card, names, mapped)
                notes.append("The line below the header is read as the second line of it, and is no row")
            numbering, row, rows = _without_numbers(row, rows)
            table = _table(row, rows, preamble, positions_found, card)
            return replace(table, notes=(*notes, *numbering, *table.notes))
        preamble.append(row.cells)
    if any(_is_quoted_whole(cells, card, names) for cells in preamble):
        raise FileRefused(
            "Each line stands in quotes as a whole, so that it is one cell. Open the file in a spreadsheet, split the "
            "column at its delimiter, save it as CSV UTF-8, and send that."
        )
    wanted = ", ".join(
        [
            *(" or ".join(map(tag_of, c.headers[:MOST_NAMES])) for c in card.lacking(()) if c.name not in mapped),
            *(clean(header) for header in mapped.values()),
        ]
    )
    if not any(map(str.strip, chain.from_iterable(preamble))):
        raise FileRefused(
            f"A file of {card.name} has the columns {wanted}; no line of this one has them all, since it holds nothing "
            "but blanks. Export it again and look at it before you send it."
        )
    raise FileRefused(
        f"A file of {card.name} has the columns {wanted}; {how_to_go_on(preamble, card, names)} "
        f"`coalition template {card.name}` prints an empty one."
    )


def _is_quoted_whole(cells: Sequence[str], card: SourceCard, names: Names) -> bool:
    """Whether a line is one cell that would be a header if it were split."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and any(
        delimiter in filled[0] and not card.lacking(positions(filled[0].split(delimiter), names))
        for delimiter in DELIMITERS
    )


def _with_second_line(
    row: Row, rows: Iterator[Row], card: SourceCard, names: Names, mapped: Mapping[str, str]
) -> tuple[Row, Iterator[Row]]:
    """The header together with a second line that parts groups of it, and the rows below.

    A header that a person mapped stays as it is: the second line must leave it.
    """
    second = None if is_tags(row.cells) else next(rows, None)
    if second is None:
        return row, rows
    cells = joined(row.cells, second.cells, card, names)
    found = positions(cells, names) if cells else {}
    if cells is None or card.lacking(found) or not mapped.keys() <= found.keys():
        return row, chain([second], rows)
    return Row(row.line, cells, second.last_line), rows


def _without_numbers(row: Row, rows: Iterator[Row]) -> tuple[list[str], Row, Iterator[Row]]:
    """The header, and the rows below a line that does nothing but number the columns, which is noted."""
    second = next(rows, None)
    if second is None or not numbers_columns(second.cells):
        return [], row, rows if second is None else chain([second], rows)
    note = f"Line {second.line} numbers the columns, and is no row"
    return [note], Row(row.line, row.cells, second.last_line), rows


def _required(positions_found: Mapping[str, int], card: SourceCard) -> set[int]:
    """Where the columns stand that a row needs."""
    return {at for name, at in positions_found.items() if card.needs(name, positions_found)}


def _table(
    row: Row, rows: Iterator[Row], preamble: list[list[str]], positions_found: dict[str, int], card: SourceCard
) -> Table:
    """The table below a header.

    Raises:
        FileRefused: the header names a column twice, or lines above it are as long as rows.
    """
    header, has_tags = merged(row.cells, preamble), is_tags(row.cells)
    keys = [key(cell) for cell in header]
    several = {column.name for column in card.columns if column.several} if has_tags else set()
    twice = {name: keys[at] for name, at in positions_found.items() if keys.count(keys[at]) > 1 and name not in several}
    # Which of two columns is meant cannot be known. Where nobody needs it, the file is read without either.
    spared = set() if card.people else {n for n in twice if n not in COUNTRY and not card.needs(n, positions_found)}
    if twice.keys() - spared:
        named = ", ".join(sorted(twice[name][:LONGEST_TEXT] for name in twice.keys() - spared))
        raise FileRefused(f"The header names {named} twice. Keep one of them.")
    positions_found = {name: at for name, at in positions_found.items() if name not in spared}
    notes = tuple(f"The header names {twice[name][:LONGEST_TEXT]} twice; neither is read" for name in sorted(spared))
    as_long = max(FEWEST_COLUMNS, len([cell for cell in row.cells if cell.strip()]) - 1)
    full = [line for line in preamble if sum(bool(cell.strip()) for cell in line) >= as_long]
    if len(full) > (TAGS_BELOW if has_tags else 0):
        raise FileRefused(
            f"A line above the header, which is line {row.line}, is as long as a row and would be lost. Put "
            "the header on the first line."
        )
    if preamble:
        begin, rows = _first_and_all_rows(rows)
        like = lines_like_rows(
            preamble, header, _required(positions_found, card), [line.cells for line in begin], has_tags
        )
        if like:
            raise FileRefused(
                f"Of the lines above the header, which is line {row.line}, {like} read like rows of the table and "
                "would be lost. Put the header on the first line, above all rows."
            )
    unknown = [
        (at, clean(cell)[:LONGEST_TEXT])
        for at, cell in enumerate(header)
        if at not in positions_found.values() and clean(cell)
    ]
    tags = tuple(cell if cell.startswith("#") else "" for cell in keys) if has_tags else ()
    return Table(header, row.line, row.last_line, preamble, positions_found, unknown, rows, tags, notes)
