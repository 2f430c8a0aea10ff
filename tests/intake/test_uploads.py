"""Uploads of every kind and source: each ends in a report that accounts for every row, or in a sentence.

With COALITION_FULL_TESTS=1 more of them are generated, and what is strange comes as CSV and as a workbook, else by
turns as one of both.
"""

import csv
import datetime
import io
import random
import re

import pytest

from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.recognise import recognise
from dashboard.intake.report import FileRefused
from dashboard.warehouse.catalog import sources
from tests.conftest import CAPTURED, FIXTURES
from tests.intake.making import FULL, Worker, accounted, as_csv, as_xlsx, is_sentence

DAY = datetime.date(2025, 1, 31)
GENERATED = 2_000 if FULL else 2 * len(CAPTURED)
HUB = ["hub_id", "hub", "iso3", "latitude", "longitude"]
ROME = ["a", "Rome", "ITA", "41.9", "12.5"]
HEAD = ",".join(HUB) + "\n"
LINE = ",".join(ROME) + "\n"
MEGA = 24 * 1024 * 1024 if FULL else 3 * 1024 * 1024
SIGNS = 1_000_000

# Body, and what becomes of it: rows in, published, collapsed, quarantined; or words of the refusal.
CRAFTED = {
    "20,000 columns": (",".join(["hub_id", *(f"c{n}" for n in range(20_000))]) + "\n", "columns"),
    "20,000 columns in a row": (HEAD + LINE + ",".join("x" * 20_000) + "\n", (2, 1, 0, 1)),
    "20,000 columns below a header that answers": (HEAD.strip() + ",x" * 20_000 + "\n", "columns"),
    "a line of 24 MB": ("x" * MEGA, "field larger|quote"),
    "a line of 24 MB of cells": ("x," * (MEGA // 2), "columns"),
    "a line of 24 MB in quotes": (HEAD + '"' + "x" * MEGA + '"\n', "field larger"),
    "a row of 24 MB of commas": (HEAD + LINE + "," * (MEGA // 8) + "x\n", (2, 1, 0, 1)),
    "NUL": (HEAD + "a,R\0me,ITA,1,1\n", "no text has"),
    "NUL at the end": (HEAD + LINE + "\0" * 100, "no text has"),
    "bare CR": ((HEAD + LINE).replace("\n", "\r"), (1, 1, 0, 0)),
    "mixed line ends": (HEAD.strip() + "\r" + LINE.strip() + "\r\n" + LINE, (2, 1, 1, 0)),
    "CR CR LF": ((HEAD + LINE).replace("\n", "\r\r\n"), (1, 1, 0, 0)),
    "a quote that opens": (HEAD + 'a,"Rome,ITA,1,1\n', "quote"),
    "a quote that closes": (HEAD + LINE + 'b,Rome",ITA,1,1\n', (2, 2, 0, 0)),
    "a quote within": (HEAD + LINE + 'b,Ro"me,ITA,1,1\n', (2, 2, 0, 0)),
    "text after a quote": (HEAD + 'a,"Rome"x,ITA,1,1\n', "cannot be read as CSV"),
    "a million quotes": (HEAD + '"' * SIGNS, "field larger|quote"),
    "a million and one quotes": (HEAD + '"' * (SIGNS + 1), "field larger|quote"),
    "a million quotes in pairs": (HEAD + LINE + '"",' * (SIGNS // 2) + "\n", (1, 1, 0, 0)),
    "quotes that swallow rows": (HEAD + LINE + 'b,"Rome,ITA,1,1\n' + LINE * 5 + 'c,Rome",ITA,1,1\n', "inside quotes"),
    "control signs": (HEAD + "a,R\x01o\x07m\x1be,ITA,1,1\n", (1, 1, 0, 0)),
    "separators of lines that are none": (HEAD + "a,Ro\x0b\x0c\x1c\x85\u2028me,ITA,1,1\n", (1, 1, 0, 0)),
    "overrides of direction": (HEAD + "a,Ro\u202eme\u2066,ITA,1,1\n", (1, 1, 0, 0)),
    "only overrides of direction": (HEAD + LINE + "\u202e,Rome,ITA,1,1\n", (2, 1, 0, 1)),
    "formulas": (HEAD + '"=1+1","=SUM(A1)",ITA,1,1\n-1,+1,ITA,1,1\n', (2, 2, 0, 0)),
    "handles": (HEAD + "a,@SUM(A1),ITA,1,1\nb,b,ITA,1,1\n", (2, 1, 0, 1)),
    "a formula for a number": (HEAD + LINE + "b,Rome,ITA,=1+1,1\n", (2, 1, 0, 1)),
    "a long cell": (HEAD + LINE + "b," + "x" * 100_000 + ",ITA,1,1\n", (2, 1, 0, 1)),
    "a cell over the limit": (HEAD + LINE + "b," + "x" * 140_000 + ",ITA,1,1\n", "field larger"),
    "bytes that are no UTF-8 in the middle": (
        (HEAD + LINE * 9).encode() + b"\xff\xfe\xfa" + LINE.encode(),
        "not UTF-8",
    ),
    "half a sign at the end": ((HEAD + LINE).encode() + "é".encode()[:1], "not UTF-8"),
    "surrogates": (HEAD.encode() + b"a,\xed\xa0\x80,ITA,1,1\n", "not UTF-8"),
    "an overlong NUL": (HEAD.encode() + b"a,\xc0\x80,ITA,1,1\n", "not UTF-8"),
    "half of UTF-16": (b"\xff\xfe" + (HEAD + LINE).encode("utf-16-le")[:-1], "utf-16"),
    "UTF-16 without a mark": ((HEAD + LINE).encode("utf-16-le"), "seems to be UTF-16"),
    "UTF-32": ((HEAD + LINE).encode("utf-32"), "seems to be UTF-16 or UTF-32"),
    "a lone surrogate in UTF-16": (b"\xff\xfe" + (HEAD + "a,").encode("utf-16-le") + b"\x00\xd8a\x00", "utf-16"),
    "UTF-7": ("+AGgAdQBi-_id,hub\n", "has the columns"),
    "Arabic digits": (HEAD + LINE + "b,Rome,ITA,٤١,١٢\n", (2, 2, 0, 0)),
    "Arabic digits in a day": (HEAD.strip() + ",announced_on\n" + LINE.strip() + ",٢٠١٣-١٠-٣١\n", (1, 1, 0, 0)),
    "marks of direction in a code": (HEAD + LINE + "b,Rome,\u200fITA,1,1\n", (2, 1, 0, 1)),
    "a byte-order mark in the middle": (HEAD + LINE + "\ufeff" + HEAD + LINE, (3, 1, 1, 1)),
    "a byte-order mark alone": ("\ufeff", "has the columns"),
    "a UTF-16 mark alone": (b"\xff\xfe", "has the columns"),
    "ragged rows": (HEAD + LINE + "a\na,b\na,b,c\na,b,c,d,e,f,g\n,,\n", (5, 1, 0, 4)),
    "the header twice": (HEAD + LINE + HEAD + LINE, (3, 1, 1, 1)),
    "the header twice at once": (HEAD + HEAD + LINE, (2, 1, 0, 1)),
    "only the header": (HEAD, "no rows"),
    "only the header, no end": (HEAD.strip(), "no rows"),
    "no header": (LINE * 9, "has the columns"),
    "a header on line 41": ("note\n" * 40 + HEAD + LINE, "has the columns"),
    "a header on line 40": ("note\n" * 39 + HEAD + LINE, (1, 1, 0, 0)),
    "a header without a required column": (HEAD.replace("iso3", "x") + LINE, "has the columns"),
    "a header in which a column comes twice": (HEAD.strip() + ",HUB\n" + LINE.strip() + ",x\n", "twice"),
    "blank headers": (HEAD.strip() + ",,,\n" + LINE.strip() + ",,,\n", (1, 1, 0, 0)),
    "a header of 100,000 signs": (HEAD.strip() + "," + "x" * 100_000 + "\n" + LINE.strip() + ",\n", (1, 1, 0, 0)),
    "blank rows": (HEAD + "\n" * 1000 + LINE + " , , \n" * 1000, (1, 1, 0, 0)),
    "the same row 5,000 times": (HEAD + LINE * 5_000, (5_000, 1, 4_999, 0)),
    "two delimiters": (HEAD.replace(",", ";") + LINE, "Nothing in the file can be published"),
    "pipes": ((HEAD + LINE).replace(",", "|"), "separated by"),
    "a sep line": ("sep=;\n" + (HEAD + LINE).replace(",", ";"), (1, 1, 0, 0)),
    "signs outside of the first plane": (HEAD + "a,𐍈😀,ITA,1,1\n", (1, 1, 0, 0)),
    "many marks on one letter": (HEAD + "a,e" + "\u0301" * 150 + ",ITA,1,1\n", (1, 1, 0, 0)),
    "a ligature of eighteen letters": (HEAD + "a," + "\ufdfa" * 200 + ",ITA,1,1\n", (1, 1, 0, 0)),
    "not a number": (HEAD + LINE + "b,Rome,ITA,nan,inf\n", (2, 1, 0, 1)),
    "numbers beyond numbers": (HEAD + LINE + f"b,Rome,ITA,{'9' * 5000},1e999\n", (2, 1, 0, 1)),
    "JSON": ('{"hub_id": "a"}', "a JSON file"),
    "a web page": ("<!DOCTYPE html>", "web page"),
    "SQL": (HEAD + "a,'); DROP TABLE hubs;--,ITA,1,1\n", (1, 1, 0, 0)),
    "a path for an id": (HEAD + "../../etc/passwd,Rome,ITA,1,1\n", (1, 1, 0, 0)),
    "nothing": ("", "empty"),
    "one byte": ("x", "has the columns"),
    "one quote": ('"', "quote|columns"),
    "only line ends": ("\r\n" * 5_000, "has the columns"),
    "only commas": ("," * 5_000, "columns"),
    "all bytes": (bytes(range(256)) * 40, "neither text|NUL"),
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = Worker(tmp_path_factory.mktemp("uploads"))
    yield made
    made.close()


@pytest.mark.parametrize("what", CRAFTED)
def test_a_crafted_upload_ends_as_it_should_and_nothing_is_lost(worker, what):
    body, expected = CRAFTED[what]
    kind, said = worker.parse("hubs", body if isinstance(body, bytes) else body.encode("utf-8"))
    assert kind != "crash", said
    if isinstance(expected, tuple):
        assert kind == "report", said
        assert (said["rows_in"], said["published"], said["collapsed"], len(said["quarantined"])) == expected
        assert all(len(name) <= 200 for name in said["dropped_columns"])
        assert all(len(row["value"]) <= 200 for row in said["quarantined"])
    else:
        assert kind == "refused" and re.search(expected, said) and is_sentence(said), said


# As they stand, and as a sender about people may send them: each with every source.
STRANGE = {
    "a long cell": lambda rows: [rows[0], *([cell or "x" * 9000 for cell in row] for row in rows[1:])],
    "signs": lambda rows: [rows[0], *(["\u202e\x07=" + cell for cell in row] for row in rows[1:])],
    "twice": lambda rows: [*rows, *rows],
    "shifted": lambda rows: [rows[0], *(["x", *row] for row in rows[1:])],
    "cut": lambda rows: [rows[0], *(row[:-2] for row in rows[1:])],
    "empty cells": lambda rows: [rows[0], *([""] * (len(row) - 1) + ["x"] for row in rows[1:])],
    "turned": lambda rows: [rows[0], *(row[::-1] for row in rows[1:])],
    "a row of headers": lambda rows: [rows[0], rows[0], *rows[1:]],
}


def as_workbook(rows):
    return as_xlsx([[cell.replace("\x07", "") for cell in row] for row in rows])


@pytest.mark.parametrize("name", CAPTURED)
def test_strange_uploads_of_every_source_are_accounted_for(worker, name):
    rows = rows_of(name)
    for turn, (what, change) in enumerate(STRANGE.items(), start=list(CAPTURED).index(name)):
        changed = change(rows[header_at(name) :])
        for written in (as_csv, as_workbook) if FULL else ([as_csv, as_workbook][turn % 2],):
            body = written(changed)
            judge(worker, name, body, sum(any(map(str.strip, row)) for row in changed[1:]), what)


def test_generated_uploads_of_every_source_never_crash_and_lose_no_row(worker):
    chance = random.Random(20250131)
    names = list(CAPTURED)
    outcomes = {"report": 0, "refused": 0}
    fates = [0, 0, 0, 0]
    for at in range(GENERATED):
        name = names[at % len(names)]
        body, rows = generated(chance, name)
        kind, said = judge(worker, name, body, rows, f"number {at}")
        outcomes[kind] += 1
        if kind == "report":
            more = (said["rows_in"], said["published"], said["collapsed"], len(said["quarantined"]))
            fates = [before + now for before, now in zip(fates, more, strict=True)]
    assert fates[0] == sum(fates[1:]) and min(fates) > 0
    assert min(outcomes.values()) > GENERATED / 20, outcomes  # neither all refused nor all sound


def test_some_dozens_come_through_the_true_front_door_and_leave_nothing_behind(tmp_path, monkeypatch, true_child):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    chance = random.Random(7)
    names = list(CAPTURED)[:: 1 if FULL else 3]
    for at in range(len(names) * (5 if FULL else 1)):
        name = names[at % len(names)]
        body, rows = generated(chance, name)
        file = tmp_path / "upload"
        file.write_bytes(body)
        try:
            report = check_file(source_of(name), file, DAY)
        except FileRefused as refused:
            assert is_sentence(str(refused)), (name, at, str(refused))
        else:
            assert accounted(report.as_json(), rows), (name, at)
    assert not list((tmp_path / "temporary").iterdir())


NAMES = [
    "../../../escaped.csv",
    "/etc/passwd",
    "..",
    ".",
    "",
    "a\0b.csv",
    "x" * 4_000 + ".csv",
    "evil\u202evsc.exe",
    "-rf",
    "--encoding=cp1252",
    "$(touch escaped).csv",
    "a;touch escaped",
    "a\nb\r\nc.csv",
    "\ud800.csv",
    "CON",
    "%2e%2e%2fescaped",
    "..\\..\\escaped",
    "2024-99-99.csv",
    "=HYPERLINK(1).csv",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_sender_calls_the_file_is_never_a_path(tmp_path, name):
    file = tmp_path / "upload"
    file.write_text(HEAD + LINE, encoding="utf-8")
    done = import_file(tmp_path / "a" / "store", "hubs", file, DAY, Declared(name=name))
    assert done.report.published == 1 and len(done.report.file) <= 200
    assert not set(done.report.file) & set("\0\n\r\u202e")
    assert done.snapshot.folder.is_relative_to(tmp_path / "a" / "store")
    assert {path.name for path in tmp_path.iterdir()} == {"upload", "a"} and [*(tmp_path / "a").iterdir()] == [
        tmp_path / "a" / "store"
    ]


@pytest.mark.parametrize(
    "name", ["-rf", "x" * 200, "a\nb.csv", "=1+1.csv", "évil\u202e.csv", "$(touch escaped)", "a b;c"]
)
def test_a_file_of_a_strange_name_is_read_like_any_other(tmp_path, name):
    file = tmp_path / name
    file.write_text(HEAD + LINE, encoding="utf-8")
    assert check_file("hubs", file, DAY).published == 1
    assert recognise(file) == ["hubs"]


@pytest.mark.parametrize("name", ["x" * 4_000, "a\0b", "nothing.csv", "."])
def test_a_path_that_is_no_file_is_refused_in_a_sentence(tmp_path, name):
    for way in (lambda: check_file("hubs", tmp_path / name, DAY), lambda: recognise(tmp_path / name)):
        with pytest.raises(FileRefused, match="There is no file") as refused:
            way()
        assert is_sentence(str(refused.value))


def test_a_refusal_of_a_file_about_people_shows_nothing_of_it(worker):
    for name in [name for name in CAPTURED if sources()[source_of(name)].people and name != "oulad_presentation"]:
        rows = rows_of(name)
        for body in (
            as_csv([["canary@example.org", "Canary Person", "x"] for _ in rows]),
            as_csv([rows[0], *(["Canary Person"] * len(row) for row in rows[1:])]),
            as_csv([rows[0], *([*row[:-1], "canary \u00e9"] for row in rows[1:])], encoding="cp1252"),
            as_csv([rows[0], *(['canary"x', *row[1:]] for row in rows[1:])]).replace(b'""', b'"'),
        ):
            kind, said = worker.parse(source_of(name), body)
            text = said if kind == "refused" else str(said["quarantined"]) + str(said["notes"])
            assert kind != "crash" and "canary" not in text.lower(), (name, text)


def test_a_row_about_a_person_that_came_apart_is_not_written_down_even_where_it_is_a_plain_day(worker):
    rows = rows_of("partner_learners")
    kind, said = worker.parse("partner_learners", as_csv([*rows, ["2001-04-05"], ["137"]]))
    apart = [row["value"] for row in said["quarantined"] if row["column"] == "(row)"]
    assert kind == "report" and apart == ["", ""]


@pytest.mark.parametrize("name", [name for name in CAPTURED if name != "oulad_presentation"])
def test_of_a_row_that_came_apart_nothing_is_written_down_whatever_the_source(worker, name):
    """A comma without quotes moves a note or a name of a contact into another column, or beside all of them."""
    rows = rows_of(name)
    above, (names, *rest) = rows[: header_at(name)], rows[header_at(name) :]
    table = [[*names, "Remarks of the sender"], *([*row, "none"] for row in rest), [*rest[-1], "none", "Canary Person"]]
    kind, said = worker.parse(source_of(name), as_csv([*above, *table]))
    assert kind == "report" and "(row)" in {row["column"] for row in said["quarantined"]}, said
    assert "canary" not in (str(said["quarantined"]) + str(said["notes"])).lower()


def source_of(name):
    return name if name in sources() else "oulad"


def rows_of(name):
    return list(csv.reader(io.StringIO((FIXTURES / f"{name}.csv").read_text(encoding="utf-8"))))


def header_at(name):
    return 2 if name == "unhcr_population" else 0


def judge(worker, name, body, rows, what):
    kind, said = worker.parse(source_of(name), body)
    assert kind != "crash", (name, what, said)
    if kind == "report":
        assert accounted(said, rows), (name, what, said["rows_in"], rows)
    else:
        assert is_sentence(said), (name, what, said)
    return kind, said


SPOILT = ["", " ", "x" * 300, "=1+1", "\u202eabc", "NULL", "0", "-1", "1e9", "9" * 20, "٣", "3.5", "12,5", "1,234", "M"]
SPOILT += [
    "2024-02-30",
    "31/12/2024",
    "12/31/2024",
    "2024-01-01T00:00:00Z",
    "0001-01-01T00:00:00-23:59",
    "all",
    "-",
    "?",
]
SPOILT += [
    "9999-12-31T23:59:59Z",
    "KEN",
    "Kenya",
    "QQQ",
    "yes",
    "No",
    "perhaps",
    "a@b.c",
    "a;b",
    "a,b",
    'a"b',
    "for-refugees",
]
SPOILT += [
    "line\nbreak",
    "é",
    "e\u0301",
    "李娜",
    "ليلى",
    "\ufeff",
    "\u200f",
    "\x07",
    "😀",
    "nan",
    "inf",
    "100%",
    "１００",
]
SPOILT += ["dlsei|kiron-campus"]


def generated(chance, name):
    """An upload made of a fixture's rows, some spoilt, in some layout; and how many rows it has."""
    whole = rows_of(name)
    header, sound = whole[header_at(name)], whole[header_at(name) + 1 :]
    rows = [list(chance.choice(sound)) for _ in range(chance.randint(1, 30))]
    share = chance.choice((0, 0.02, 0.1, 0.5))
    for row in rows:
        for at in range(len(row)):
            if chance.random() < share:
                row[at] = chance.choice(SPOILT)
        if chance.random() < share / 2:
            row[:] = chance.choice((row[:-1], [*row, "x"], row[::-1], [""] * len(row)))
    if chance.random() < 0.1:
        header = [cell for cell in header if chance.random() > 0.1] or header
    if chance.random() < 0.3:
        order = chance.sample(range(len(header)), len(header))
        header, rows = [header[at] for at in order], [[row[at] for at in order if at < len(row)] for row in rows]
    rows_in = sum(any(cell.strip() for cell in row) for row in rows)
    if chance.random() < 0.2:
        legal = [["".join(c for c in cell if c >= " " or c == "\n") for cell in row] for row in [header, *rows]]
        body = as_xlsx(legal, shared=chance.random() < 0.5)
        rows_in = sum(any(cell.strip() for cell in row) for row in legal[1:])
    else:
        body = as_csv(
            [header, *rows],
            chance.choice(",,,;\t"),
            chance.choice(("\n", "\r\n", "\r")),
            chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
            chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")),
        )
    if chance.random() < 0.15:
        torn = bytearray(body)
        for _ in range(chance.randint(1, 5)):
            torn[chance.randrange(len(torn))] = chance.randrange(256)
        return bytes(torn), None
    return body, rows_in


def test_the_battery_is_as_large_as_it_says():
    from tests.intake.test_layouts import LAYOUTS
    from tests.intake.test_workbooks import LATER, REFUSED

    crafted = len(CRAFTED) + len(LATER) + len(REFUSED) + len(STRANGE) * 2 * len(CAPTURED)
    assert crafted >= 120 and len(CRAFTED) >= 70 and len(LAYOUTS) >= 60
