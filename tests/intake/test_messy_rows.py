"""Rows that used to vanish or to be misread: each input is made here, and each outcome is worked by hand.

Twenty invented learners stand in a register; whatever is done to the file, each of them is published, collapsed, set
aside, or the file is refused in a sentence that names the line.

Fewer files are generated than with COALITION_FULL_TESTS=1.
"""

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.warehouse.catalog import sources
from tests.intake.making import FULL, MAIN, XML, Read, as_csv, as_xlsx, escape, is_sentence, letters, packed, parts_of
from tests.intake.making_workbooks import as_ods, as_xls, as_xlsb

HEADER = ["partner_id", "programme_id", "learner_id", "email", "sex", "country_origin", "registered_on", "consent"]
MORE = ["hub_id", "education", "age", "hours", "hours_basis", "intent", "withdrawn_on"]
REST = "open the workbook, save it again"


def learners(number=20, first=0, **more):
    """Rows of invented learners."""
    sound = {"sex": "female", "country_origin": "SDN", "registered_on": "2022-05-16", "consent": "Yes"}
    rows = []
    for n in range(first, first + number):
        ids = {"partner_id": "reliefworks", "programme_id": "coursera_for_refugees", "learner_id": f"RW-{n}"}
        row = {**ids, "email": f"l{n}@example.org", **sound, **more}
        rows.append([row.get(name, "") for name in HEADER])
    return rows


TWENTY = learners()
TABLE = [HEADER, *TWENTY]
LINES = [",".join(row) for row in TABLE]
# Rows of a template of which most columns are left empty.
SPARSE = [[*row[:3], "", "", "", *row[6:], *[""] * len(MORE)] for row in TWENTY]


def lines(*some, end="\n"):
    return (end.join(some) + end).encode()


def cell(at, number, value, is_numbered=True):
    where = f' r="{letters(at)}{number}"' if is_numbered else ""
    return f'<c{where} t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def line(number, row, has_number=True, has_places=True, more="", order=None):
    cells = [cell(at, number, value, has_places) for at, value in enumerate(row)]
    numbered = f' r="{number}"' if has_number else ""
    return f"<row{numbered}{more}>{''.join(order(cells) if order else cells)}</row>"


def numbered(row_numbers, has_number=True, has_places=True):
    """The header and the twenty, by their numbers."""
    return (line(n, row, has_number, has_places) for n, row in zip(row_numbers, TABLE, strict=True))


def sheet(*rows, before="", after=""):
    return f'{XML}<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def workbook(*rows, before="", after=""):
    return packed(parts_of(sheet(*rows, before=before, after=after)))


ROWS = [line(number, row) for number, row in enumerate(TABLE, 1)]


def with_row(xml, at=21):
    """The twenty, with one more row written in some place."""
    return workbook(*ROWS[:at], xml, *ROWS[at:])


def shuffled(rows, seed=1):
    rows = list(rows)
    random.Random(seed).shuffle(rows)
    return rows


def two_sheets(second, first=None):
    parts = parts_of(first or sheet(*ROWS), sheets=2)
    return packed({**parts, "xl/worksheets/sheet2.xml": second})


def turned(text):
    """The sheet with a prefix before the names of its elements, as some programs write it."""
    return re.sub(r"<(/?)(?=[a-z])", r"<\1x:", text.replace("xmlns=", "xmlns:x="))


WHOLE = (20, 20, 0, 0)
# name: (file; rows in, published, collapsed and set aside, or words of a refusal)
INPUTS = {
    # Lines above the header.
    "the header on line 20 of a sorted sheet": (as_csv([*TWENTY[:19], HEADER, TWENTY[19]]), "line 20"),
    "the same as a workbook": (as_xlsx([*TWENTY[:19], HEADER, TWENTY[19]]), "line 20"),
    "rows of few cells above the header": (as_csv([*SPARSE[:19], HEADER + MORE, SPARSE[19]]), "line 20, 19 read like"),
    "the same in a workbook": (as_xlsx([*SPARSE[:19], HEADER + MORE, SPARSE[19]]), "line 20, 19 read like rows"),
    "one row above the header": (as_csv([SPARSE[0], HEADER + MORE, *SPARSE[1:]]), "line 2, 1 read like rows"),
    "rows without what a row needs": (
        as_csv([["", "", *row[2:4], "", "", "", ""] for row in TWENTY[:4]] + [HEADER] + TWENTY[4:]),
        "line 5, 4 read like rows",
    ),
    "another table above the header": (
        as_csv([["site", "staff", "rooms", "budget"], *[["A", "4", "2", "100"]] * 4, HEADER, *TWENTY]),
        "5 read like rows",
    ),
    "a title, a date, filters and a total above the header": (
        as_csv([
            ["Register of learners"], ["Exported", "2025-01-31"], [], ["Filter", "All", "", "Date", "any"],
            ["Total", "20", "", "", "", "1"], [], *TABLE,
        ]),
        WHOLE,
    ),
    "a period above the header": (as_csv([["From", "2024-01-01", "to", "2024-12-31"], *TABLE]), WHOLE),
    "merged headings above the header": (as_csv([["Who", "", "Learner", "", "", "", "When", ""], *TABLE]), WHOLE),
    "no header within forty lines": (as_csv([*learners(45), HEADER, *TWENTY]), "no line of this one has them all"),
    # Rows and cells of workbooks.
    "rows in another order": (workbook(ROWS[0], *ROWS[5:], *ROWS[1:5]), WHOLE),
    "sixteen rows behind later ones": (workbook(ROWS[0], *ROWS[17:], *ROWS[1:17]), WHOLE),
    "rows backwards, the header last": (workbook(*ROWS[::-1]), WHOLE),
    "rows in any order": (workbook(*shuffled(ROWS)), WHOLE),
    "rows in another order, with a prefix": (packed(parts_of(turned(sheet(*ROWS[::-1])))), WHOLE),
    "rows in another order, in UTF-16": (
        packed(parts_of(sheet(*ROWS[::-1]).replace("UTF-8", "UTF-16").encode("utf-16"))),
        "stands behind row",
    ),
    "rows without numbers": (workbook(*numbered(range(1, 22), False, False)), WHOLE),
    "rows of which only cells are numbered": (workbook(*numbered(range(1, 22), False)), WHOLE),
    "rows of which only cells are numbered, with gaps": (workbook(*numbered(range(3, 66, 3), False)), WHOLE),
    "every other row without a number": (
        workbook(*(line(n, row, n % 2 == 1, n % 2 == 1) for n, row in enumerate(TABLE, 1))),
        WHOLE,
    ),
    "one number for two rows": (with_row(line(3, learners(1, 50)[0]), at=3), "Row 3 stands twice"),
    "one number for two rows, far apart": (with_row(line(3, learners(1, 50)[0])), "Row 3 stands twice"),
    "one number for a row and an empty one": (with_row('<row r="3"/>', at=3), WHOLE),
    "a cell that is of another row": (
        workbook(*ROWS[:3], ROWS[3].replace('r="A4"', 'r="A9"'), *ROWS[4:]),
        "Cells of row 4 state that they stand in row 9",
    ),
    "cells in another order": (
        workbook(ROWS[0], *(line(n, row, order=reversed) for n, row in enumerate(TWENTY, 2))),
        WHOLE,
    ),
    "two cells in one place": (
        workbook(*ROWS[:4], ROWS[4].replace("</row>", cell(4, 5, "male") + "</row>"), *ROWS[5:]),
        "Row 5 has two different cells in column 5",
    ),
    "one cell twice": (
        workbook(*ROWS[:4], ROWS[4].replace("</row>", cell(4, 5, "female") + "</row>"), *ROWS[5:]),
        WHOLE,
    ),
    "gaps between rows": (workbook(*numbered(range(7, 154, 7))), WHOLE),
    "a row 0": (with_row(line(0, learners(1, 50)[0])), "number 0, which no sheet has"),
    "a row below the last": (with_row(line(1_048_577, learners(1, 50)[0])), "below row 1,048,576"),
    "a row of a broken number": (with_row(line("2.5", learners(1, 50)[0])), "damaged"),
    "a dimension that is too small": (workbook(*ROWS, before='<dimension ref="A1:B3"/>'), WHOLE),
    "a dimension that is too large": (workbook(*ROWS, before='<dimension ref="A1:XFD1048576"/>'), WHOLE),
    "two parts of rows in one sheet": (
        packed(parts_of(sheet(*ROWS[:10], after=f"<sheetData>{''.join(ROWS[10:])}</sheetData>"))),
        WHOLE,
    ),
    "cells merged over three rows": (
        workbook(
            *ROWS[:1], ROWS[1], line(3, ["", *TWENTY[1][1:]]), line(4, ["", *TWENTY[2][1:]]), *ROWS[4:],
            after='<mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells>',
        ),
        (20, 18, 0, 2),
    ),
    "hidden rows": (workbook(*ROWS[:5], *(row.replace("<row ", '<row hidden="1" ') for row in ROWS[5:])), WHOLE),
    "a second sheet that goes on without a header": (two_sheets(sheet(*ROWS[1:8])), "S2 has no header and holds rows"),
    "a second sheet with the same header": (two_sheets(sheet(*ROWS)), "both hold a table"),
    "a second sheet of notes": (two_sheets(sheet(line(1, ["Read me"]), line(2, ["Sex", "female, male"]))), WHOLE),
    "a first sheet that is empty": (two_sheets(sheet(*ROWS), sheet()), WHOLE),
    "a number beyond numbers": (with_row('<row r="22"><c r="A22"><v>1e400</v></c></row>'), (21, 20, 0, 1)),
    "a number of ten thousand digits": (
        with_row(f'<row r="22"><c r="A22"><v>{"9" * 10_000}</v></c></row>'),
        (21, 20, 0, 1),
    ),
    "no number": (with_row('<row r="22"><c r="A22"><v>NaN</v></c></row>'), (21, 20, 0, 1)),
    "a truth that is none": (with_row('<row r="22"><c r="A22" t="b"><v>perhaps</v></c></row>'), (21, 20, 0, 1)),
    "half a character": (
        with_row(line(22, [*learners(1, 50)[0][:2], "_xD800_", *TWENTY[0][3:4], *learners(1, 50)[0][4:]])),
        (21, 21, 0, 0),
    ),
    "half a character as a number of XML": (
        with_row('<row r="22"><c r="A22" t="inlineStr"><is><t>&#xD800;</t></is></c></row>'),
        "cannot be (opened|read)|damaged",
    ),
    # Quotes.
    "a quote that swallows short rows": (
        lines(
            *LINES[:3], 'reliefworks,coursera_for_refugees,"RW-2',
            *(f"reliefworks,coursera_for_refugees,RW-{n}" for n in range(3, 52)), 'RW-52",,,,,', *LINES[3:],
        ),
        "From line 4 on, whole rows stand inside quotes",
    ),
    "a quote that swallows three short rows": (
        lines(*LINES[:3], 'reliefworks,"x', "a,b", "c,d", "e,f", 'z",,,,,,', *LINES[3:]),
        "From line 4 on",
    ),
    "a quote that swallows one row": (
        lines(*LINES[:3], 'reliefworks,"x', "reliefworks,coursera_for_refugees,RW-9,x", 'z",,,,,,', *LINES[3:]),
        "From line 4 on",
    ),
    "a cell of eleven lines": (
        lines(*LINES[:3], LINES[3].replace("SDN", '"' + "\n".join(["text"] * 11) + '"'), *LINES[4:]),
        "begins on line 4 and has 11 lines",
    ),
    "a cell of ten lines": (
        lines(*LINES[:3], LINES[3].replace("SDN", '"' + "\n".join(["Sudan"] * 10) + '"'), *LINES[4:]),
        WHOLE,
    ),
    "a sentence over lines": (
        lines(*LINES[:3], LINES[3].replace("SDN", '"one, two,\nthree, four\nfive"'), *LINES[4:]),
        WHOLE,
    ),
    "a quote that is never closed": (lines(*LINES[:5], LINES[5].replace("SDN", '"SDN'), *LINES[6:]), "Line 6 cannot"),
    "a quote that opens in the middle": (lines(*LINES[:5], LINES[5].replace("female", 'fe"male"'), *LINES[6:]), WHOLE),
    "a quote that closes before text": (
        lines(*LINES[:5], LINES[5].replace("SDN", '"SD"N'), *LINES[6:]),
        "Line 6 cannot",
    ),
    "inches": (lines(*LINES[:5], LINES[5].replace("SDN", '5" screen'), *LINES[6:]), WHOLE),
    "inches in quotes": (lines(*LINES[:5], LINES[5].replace("SDN", '"5" screen"'), *LINES[6:]), "Line 6 cannot"),
    # Characters and ends of lines.
    "a stray NUL": (lines(*LINES[:5], LINES[5].replace("SDN", "SD\0N"), *LINES[6:]), "characters that no text has"),
    "carriage returns alone": (lines(*LINES, end="\r"), WHOLE),
    "mixed ends of lines": (lines(*LINES[:7], end="\r") + lines(*LINES[7:14]) + lines(*LINES[14:], end="\r\n"), WHOLE),
    "half a character in UTF-16": (
        b"\xff\xfe" + lines(*LINES).decode().encode("utf-16-le") + b"\x00\xd8x\x00\n\x00",
        "The text is not utf-16",
    ),
    "half a character in UTF-8": (lines(*LINES) + b"\xed\xa0\x80,x\n", "The text is not UTF-8"),
    # Rows that do not fit, further headers, totals, ends.
    "a row with too few cells": (lines(*LINES[:5], LINES[5].rsplit(",", 2)[0], *LINES[6:]), (20, 19, 0, 1)),
    "a row with too many cells": (lines(*LINES[:5], f"{LINES[5]},x,y", *LINES[6:]), (20, 19, 0, 1)),
    "a delimiter at the end of every line": (lines(*(f"{one}," for one in LINES)), WHOLE),
    "a delimiter at the end of every row": (lines(LINES[0], *(f"{one}," for one in LINES[1:])), WHOLE),
    "a delimiter at the end of the header": (lines(f"{LINES[0]},", *LINES[1:]), WHOLE),
    "a delimiter at the end of most rows": (
        lines(*LINES[:2], *(f"{one}," for one in LINES[2:])),
        (20, 1, 0, 19),
    ),
    "a second header inside": (lines(*LINES[:9], LINES[0], *LINES[9:]), (21, 20, 0, 1)),
    "a total": (lines(*LINES, "Total: 20"), (21, 20, 0, 1)),
    "a total in its column": (lines(*LINES, "Total,,,,20,,,"), (21, 20, 0, 1)),
    "an end of the report": (lines(*LINES, "", "— end of report —"), (21, 20, 0, 1)),
    "an end of the report in a workbook": (as_xlsx([*TABLE, ["— end of report —"]]), (21, 20, 0, 1)),
    # What is no table.
    "a hundred thousand brackets": (b"[" * 100_000 + b"]" * 100_000, "a JSON file"),
    "a hundred thousand objects": (b'{"a":' * 100_000, "a JSON file"),
    "lines of JSON": (b'{"a":1}\n{"a":2}\n', "a JSON file"),
}  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_every_row_is_accounted_for_or_the_file_is_refused(tmp_path, name):
    body, outcome = INPUTS[name]
    read = Read(tmp_path, "partner_learners", body)
    if isinstance(outcome, str):
        assert read.report is None, read.report.closing_line
        assert re.search(outcome, read.refused) and is_sentence(read.refused), read.refused
        return
    assert read.report is not None, read.refused
    report = read.report
    assert (report.rows_in, report.published, report.collapsed, len(report.quarantined)) == outcome


@pytest.mark.parametrize("write", [as_ods, as_xls, as_xlsb])
def test_other_workbooks_lose_no_row_above_their_header_either(tmp_path, write):
    read = Read(tmp_path, "partner_learners", write([*SPARSE[:19], HEADER + MORE, SPARSE[19]]))
    assert "line 20, 19 read like rows" in read.refused
    assert Read(tmp_path, "partner_learners", write(TABLE)).report.published == 20


def test_elements_deeper_than_any_table_are_refused_or_counted(tmp_path):
    random.seed(7)
    noise = "".join(f"<is><t>{random.random()}</t>" for _ in range(30_000))
    deep = f'<row r="22"><c r="A22" t="inlineStr">{noise}{"</is>" * 30_000}</c></row>'
    read = Read(tmp_path, "partner_learners", with_row(deep))
    assert read.report.rows_in >= 20 if read.report else is_sentence(read.refused)


def test_hidden_and_merged_rows_are_named_in_the_report(tmp_path):
    hidden = workbook(*ROWS[:5], *(row.replace("<row ", '<row hidden="1" ') for row in ROWS[5:]))
    assert any(
        note.startswith("16 rows of the sheet are hidden")
        for note in Read(tmp_path, "partner_learners", hidden).report.notes
    )
    merged = workbook(*ROWS, after='<mergeCells><mergeCell ref="A2:A4"/><mergeCell ref="A1:C1"/></mergeCells>')
    notes = Read(tmp_path, "partner_learners", merged).report.notes
    assert [note.split(" of ")[0] for note in notes] == ["1 cells"]


@st.composite
def odd_sheets(draw):
    """The twenty rows as some program may write them: in any order, with gaps, with and without numbers and places."""
    numbers = sorted(draw(st.lists(st.integers(2, 400), min_size=20, max_size=20, unique=True)))
    rows = []
    for number, row in zip(numbers, TWENTY, strict=True):
        has_number = draw(st.booleans())
        has_places = draw(st.booleans()) or not has_number
        rows.append(
            line(number, row, has_number, has_places, order=reversed if has_places and draw(st.booleans()) else None)
        )
    order = draw(st.permutations(range(20))) if draw(st.booleans()) else range(20)
    return [line(1, HEADER), *(rows[at] for at in order)]


@settings(max_examples=60 if FULL else 20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd_sheets())
def test_rows_are_where_their_own_numbers_put_them_in_whatever_order_they_are_written(tmp_path, rows):
    read = Read(tmp_path, "partner_learners", workbook(*rows))
    assert read.report is not None, read.refused
    assert (read.report.rows_in, read.report.published) == (20, 20)


@settings(max_examples=120 if FULL else 30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([*LINES[1:], LINES[0], "Total: 20", "", ",,,", 'x,"y', '"', 'a"b', "a,b,c", '"q",r']),
        max_size=12,
    ),
    st.sampled_from(["\n", "\r", "\r\n"]),
)
def test_rows_of_a_csv_are_as_many_as_its_lines_or_the_file_is_refused(tmp_path, more, end):
    read = Read(tmp_path, "partner_learners", lines(*LINES, *more, end=end))
    if read.report is None:
        assert is_sentence(read.refused)
        return
    report = read.report
    assert report.rows_in == report.published + report.collapsed + len(report.quarantined)
    written = [one for one in more if one.strip(", ")]
    if not any('"' in one for one in written):
        assert report.rows_in == 20 + len(written)
        assert report.published + report.collapsed == 20 + sum(one in LINES[1:] for one in written)


ABSURD = [
    "1e400",
    "9" * 10_000,
    "-" + "9" * 400,
    "NaN",
    "inf",
    "\ud800",
    "[" * 5_000,
    "0" * 5_000,
    "٩" * 500,
    "1/" * 900,
]


@pytest.mark.parametrize("source", sorted(sources()))
@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_absurd_values_in_any_column_of_any_source_are_counted_and_never_a_crash(tmp_path, source, write):
    """One sound row, and one more for each column and each absurd value in it."""
    card = sources()[source]
    names = [column for column in card.columns if not column.headers[0].startswith("#")]
    header = [column.headers[0] for column in names]
    sound = [str(column.example) for column in names]
    absurd = [value for value in ABSURD if write is as_csv and value.isprintable() or value.isascii()]
    rows = [[*sound[:at], value, *sound[at + 1 :]] for at in range(len(header)) for value in absurd]
    read = Read(tmp_path, source, write([header, sound, *rows]), partner="reliefworks", programme="a_programme")
    if read.report is None:
        assert is_sentence(read.refused), read.refused
        return
    report = read.report
    assert report.rows_in == report.published + report.collapsed + len(report.quarantined) == len(rows) + 1
