"""A usage report read by columns gives what it gives row by row: the same rows, the same report, to the line.

Fewer files are generated than with COALITION_FULL_TESTS=1.
"""

import contextlib
import io
import json
import unicodedata
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from dashboard.intake import child, columns, csv_text
from dashboard.intake.csv_text import Row, csv_rows, read_blocks, text_below
from dashboard.intake.identity import CODE, Identity, doubtful_addresses, normal_email, normal_id
from dashboard.intake.parquet import Records, row_hashes
from dashboard.intake.readers import coursera_membership, coursera_specializations, coursera_usage, roll_by_column
from dashboard.intake.readers.roll import publish_people
from dashboard.intake.readers.roll_by_column import ADDRESS_PATTERN, CODE_PATTERN, keys_of
from dashboard.intake.report import FileRefused
from dashboard.warehouse.catalog import sources
from tests.conftest import FIXTURES
from tests.intake.making import FULL, SECRET, TODAY, as_csv

EXAMPLES = 600 if FULL else 30
HEADER = ["Name", "Email", "External Id", "Course", "Course ID", "University", "Enrollment Time", "Class Start Time"]
HEADER += ["Last Course Activity Time", "Overall Progress", "Estimated Learning Hours", "Completed"]
HEADER += ["Removed From Program", "Program Slug", "Program Name", "Enrollment Source", "Completion Time"]
HEADER += ["Course Certificate URL", "For Credit", "Course Type", "Job Title", "Location Country"]
PLAIN = [
    "Alpha Bravo",
    "a1@example.org",
    "P-1",
    "Course one",
    "c1",
    "U",
    "2024-01-10T08:00:00Z",
    "2024-01-10T08:00:00Z",
]
PLAIN += ["2024-02-10T23:59:59Z", "40", "3.5", "No", "No", "coursera-for-refugees-alpha", "", "PROGRAM", "", "", "No"]
PLAIN += ["Course", "", "Kenya"]


READERS = (coursera_usage, coursera_membership, coursera_specializations)


def parse(folder, body, **said):
    """What the child makes of a file: the report and the rows, or the refusal."""
    file = folder / "usage.csv"
    file.write_bytes(body)
    order = {
        **dict.fromkeys(("encoding", "captured_on_in_name", "provenance", "partner", "programme", "zone"), ""),
        **{"captured_on": "2025-01-31", "source": "coursera_usage", "file": str(file), "name": "usage.csv"},
        **{"folder": str(folder), "today": TODAY, "secret": SECRET, "erased": [], "columns": [], **said},
    }
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            report = json.loads(json.dumps(child.parse(order)))
    except FileRefused as refused:
        return str(refused), refused.asks
    report["people_set_aside"].sort()
    return report, pq.read_table(folder / "rows.parquet").to_pylist()


@pytest.fixture
def both_ways(tmp_path, monkeypatch):
    """Reads a file row by row and by columns, in blocks so small that they end everywhere, and compares."""
    by_column = roll_by_column.publish_people_by_column
    read_by_column = []

    def watched(*order):
        read_by_column.append(True)
        return by_column(*order)

    def row_by_row(table, ledger, layout, _):
        publish_people(table, ledger, layout)

    monkeypatch.setattr(roll_by_column, "GROUP_ROWS", 7)
    monkeypatch.setattr(columns, "ROWS_BY_HAND", 3)

    def read(body, block_bytes=700, **said):
        monkeypatch.setattr(csv_text, "BLOCK_BYTES", block_bytes)
        for reader in READERS:
            monkeypatch.setattr(reader, "publish_people_by_column", watched)
        found = parse(tmp_path, body, **said)
        assert read_by_column or isinstance(found[0], str)
        for reader in READERS:
            monkeypatch.setattr(reader, "publish_people_by_column", row_by_row)
        assert found == parse(tmp_path, body, **said)
        return found

    return read


def learner(number, **cells):
    row = [*PLAIN]
    for name, value in {"External Id": f"P-{number}", "Email": f"a{number}@example.org", **cells}.items():
        row[HEADER.index(name)] = value
    return row


ODD = [
    *(
        "",
        " ",
        "-",
        "n/a",
        "#REF!",
        "0",
        "9999",
        "2.5E+11",
        "1001",
        "1001.0",
        "٤٥",
        "１２",
        "x",
        "TBC",
        "?",
        "'=1+1",
        "'x",
    ),
    *(
        "p1",
        "P 1",
        "P-1",
        "a1@example.org",
        "A1@Example.org",
        "Alpha <a1@example.org>",
        "nobody",
        "a1@example",
        "Alpha Bravo",
    ),
    *("Yes", "yes", "oui", "No", "NO", "maybe", "1", "0.45", "100", "100%", "45,5", "1,234", "-3", "120", "1e3"),
    *("2024-01-10", "2024-01-10 08:00:00", "2024-01-10T08:00:00+05:00", "2024-01-10T23:30:00.123Z", "10/01/2024"),
    *("31/12/2023", "12/31/2023", "1999-12-31T00:00:00Z", "2030-01-01T00:00:00Z", "2024-13-01T00:00:00Z", "45301"),
    *("2024-01-10T25:00:00Z", "tomorrow", "2024-02-30T08:00:00Z", "2023-12-01T08:00:00Z", "NaT"),
    *(
        "KEN",
        "kenya",
        "Quux",
        "NA",
        "Côte d’Ivoire",
        "كينيا",
        'a "b" c',
        "a,b",
        "a;b",
        "two\nlines",
        "a\r\nb",
        "\u00a0",
    ),
    *("https://example.org/1", "http", "audit", "FREE", "project", "coursera-for-refugees-beta", "all", "kiron,dlsei"),
    *("x" * 201, "phone +254 700 000 000", "\u202eabc", "=cmd", "Demonstration: simulated"),
]
cells = some.sampled_from(ODD)
changes = some.dictionaries(some.sampled_from(HEADER), cells, max_size=3)
rows = some.lists(some.tuples(some.integers(1, 6), changes), min_size=1, max_size=40)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=rows,
    without=some.sets(
        some.sampled_from(["Name", "Email", "External Id", "Class Start Time", "Location Country"]), max_size=2
    ),
    end=some.sampled_from(["\n", "\r\n"]),
    quoting=some.sampled_from([0, 1]),
    delimiter=some.sampled_from([",", ";", "\t"]),
    strays=some.lists(
        some.tuples(some.integers(0, 40), some.sampled_from([b"", b" ", b",,,,", b"a,b", b"one"])), max_size=3
    ),
    zone=some.sampled_from(["", "Asia/Karachi"]),
    scale=some.sampled_from(["", "share", "percent"]),
    block_bytes=some.sampled_from([300, 1500, 100_000]),
    ends_in_line=some.booleans(),
)
@example(
    rows=[(1, {"Job Title": "two\nlines"})] * 3 + [(2, {"Completion Time": "2023-12-01T08:00:00Z"})],
    **{"without": set(), "end": "\r\n", "quoting": 0, "delimiter": ",", "strays": [(2, b",,,,")], "zone": ""},
    **{"scale": "", "block_bytes": 300, "ends_in_line": True},
)
def test_any_file_gives_the_same_by_columns_as_row_by_row(
    both_ways, rows, without, end, quoting, delimiter, strays, zone, scale, block_bytes, ends_in_line
):
    table = [HEADER, *(learner(number, **changed) for number, changed in rows)]
    keep = [at for at, name in enumerate(HEADER) if name not in without]
    body = as_csv([[row[at] for at in keep] for row in table], delimiter, end, quoting)
    lines = body.split(b"\n")
    for at, stray in strays:
        lines.insert(min(1 + at, len(lines)), stray)
    body = b"\n".join(lines)
    both_ways(body if ends_in_line else body.rstrip(b"\r\n"), block_bytes, zone=zone, progress_scale=scale)


MEMBERS = [
    "External Id",
    "Email",
    "Name",
    "Member State",
    "Join Date",
    "Invitation Date",
    "Latest Program Activity Date",
]
MEMBERS += ["Program Slug", "Program Name", "Location Country"]
AWARDS = ["External Id", "Email", "Name", "Specialization", "Enrollment Time", "Completed"]
AWARDS += [
    "Specialization Completion Time",
    "Specialization Certificate URL",
    "Removed From Program",
    "Program Slug",
    "Location Country",
]
SOUND = {
    **dict(zip(HEADER, PLAIN, strict=True)),
    **{
        "Member State": "Member",
        "Join Date": "2023-05-06T07:08:09Z",
        "Specialization": "Data, professional certificate",
    },
}


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=some.lists(
        some.tuples(some.integers(1, 5), some.lists(some.tuples(some.integers(0, 10), cells), max_size=3)), min_size=1
    ),
    source=some.sampled_from([("coursera_membership", MEMBERS), ("coursera_specializations", AWARDS)]),
)
def test_any_list_of_members_or_awards_gives_the_same(both_ways, rows, source):
    name, header = source
    table = [header]
    for number, changed in rows:
        sound = SOUND | {"External Id": f"P-{number}", "Email": f"a{number}@example.org"}
        line = [sound.get(column, "") for column in header]
        for at, value in changed:
            line[at % len(header)] = value
        table.append(line)
    both_ways(as_csv(table), source=name)


# Files as bytes, each with what must come of it: rows in, published, collapsed, lines set aside.
QUIRKS = {
    "a quote inside a cell without quotes": (b'P-1 "x"', (3, 3, 0, [])),
    "a quote that opens a cell and closes within it": (b'"P"-1', "cannot be read as CSV"),
    "a quote that is never closed": (b'"P-1', "cannot be read as CSV"),
    "a doubled quote": (b'"P ""one"" 1"', (3, 3, 0, [])),
    "a cell of nothing but doubled quotes": (b'""""""', (3, 3, 0, [])),
    "empty quotes": (b'""', (3, 3, 0, [])),
    "a delimiter in quotes": (b'"P,1"', (3, 3, 0, [])),
    "a line feed in quotes": (b'"P\n1"', (3, 3, 0, [])),
    "a delimiter too many": (b"P,1", (3, 2, 0, [3])),
    "a cell of more characters than CSV readers take": (b"P" * 140_000, "field larger"),
    "a whole row in quotes": (b'"' + b",".join([b"x"] * 30) + b'\ny"', "whole rows stand inside quotes"),
    "a carriage return alone": (b"P-1\r", "the same as a line feed"),
}


@pytest.mark.parametrize("what", QUIRKS)
def test_a_quirk_of_csv_is_read_as_the_csv_module_reads_it(both_ways, what):
    cell, outcome = QUIRKS[what]
    lines = [as_csv([learner(number)])[:-2] for number in (1, 2, 3)]
    lines[1] = lines[1].replace(b"P-2", cell)
    found = both_ways(b"\r\n".join([as_csv([HEADER])[:-2], *lines, b""]))
    if what == "a carriage return alone":  # two rows of too few cells instead of one
        assert found[0]["rows_in"] == 4 and [row["line"] for row in found[0]["quarantined"]] == [3, 4]
    elif isinstance(outcome, str):
        assert outcome in found[0]
    else:
        report = found[0]
        aside = [row["line"] for row in report["quarantined"]]
        assert (report["rows_in"], report["published"], report["collapsed"], aside) == outcome


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("**/*usage*.csv")))
def test_every_fixture_gives_the_same(both_ways, name):
    file = next(FIXTURES.glob(f"**/{name}"))
    both_ways(file.read_bytes(), partner="kiron", programme="kiron_campus")


def test_ids_that_are_nobodys_are_the_same_ones(both_ways):
    shared = [learner(number, **{"External Id": "9999", "Name": f"Name {number}"}) for number in range(12)]
    temporary = {"Email": "", "External Id": "TEMP1", "Name": ""}
    once_more = [learner(number, **temporary, **{"Overall Progress": str(10 + number)}) for number in range(5)]
    own = [learner(number, **{"Course ID": f"c{number % 3}"}) for number in range(40)]
    moved = [learner(50, Email="old@example.org"), learner(50, **{"Course ID": "c2"})]
    words = ("Golf Hotel", "India Juliet", "Kilo Lima", "Oscar Papa", "Sierra Tango")
    several = [learner(60 + at, Email="office@example.org", Name=name) for at, name in enumerate(words)]
    report, _ = both_ways(as_csv([HEADER, *shared, *once_more, *own, *moved, *several]), no_consent_column=True)
    # TEMP1 five times in one course; whoever shares the office's address has an id of her own.
    assert report["rows_in"] == 64 and [row["line"] for row in report["quarantined"]] == [14, 15, 16, 17, 18]
    assert sum("nobody's" in note for note in report["notes"]) == 2


def test_an_id_in_many_rows_of_one_name_is_judged_by_the_whole_file(both_ways):
    others = [learner(number) for number in range(2, 30)]
    often = [learner(1, Email="", Name="Delta Echo", **{"Course ID": f"c{number}"}) for number in range(40)]
    report, _ = both_ways(as_csv([HEADER, *often, *others]))
    assert report["published"] == 68  # one name of one id: hers, however many rows she has
    often = [learner(1, Email="", **{"Course ID": f"c{number}"}) for number in range(40)]
    report, _ = both_ways(as_csv([HEADER, *often, *others]))
    assert report["published"] == 28  # a name that many ids have says nothing


def test_somebody_erased_is_dropped_by_columns_too(both_ways):
    identity = Identity(bytes.fromhex(SECRET))
    marks = sorted({identity.mark(identity.id_key("P-2")), identity.mark(identity.email_key("a3@example.org"))})
    body = as_csv([HEADER, *(learner(number) for number in (1, 2, 2, 3, 4))])
    report, kept = both_ways(body, erased=marks)
    assert (report["published"], report["collapsed"], report["erased"]) == (2, 3, 3)  # P-1 and P-4; P-2 twice, P-3
    assert report["people_set_aside"] == [["the learner was erased", 2]] and len(kept) == 2
    # Under the form that her id had before numbers in ids were evened out.
    former = sorted(identity.mark(key) for key in identity.former_keys("1001.0", ""))
    body = as_csv([HEADER, learner(1), *(learner(2, **{"External Id": written}) for written in ("1001.0", "1001"))])
    report, _ = both_ways(body, erased=former)
    assert (report["published"], report["erased"]) == (2, 1)
    # An id that is nobody's now: only where it had the key that was erased.
    names = ("Golf Hotel", "India Juliet", "Kilo Lima", "Oscar Papa")
    table = [learner(at, Name=name, **{"External Id": "1001.0" if at % 2 else "1001"}) for at, name in enumerate(names)]
    for erased in (former, [identity.mark(identity.id_key("1001"))]):
        report, _ = both_ways(as_csv([HEADER, *table]), erased=erased)
        assert (report["published"], report["erased"]) == (2, 2)


def test_consent_that_is_refused_goes_before_all_else(both_ways):
    other_course = {"Course ID": "c2"}
    table = [[*HEADER, "Consent"], [*learner(1), "yes"], [*learner(2), "no"], [*learner(3, Completed="maybe"), ""]]
    table += [[*learner(2, **other_course), "yes"], [*learner(4, **{"Program Slug": "kiron-campus"}), "no"]]
    table += [[*learner(4), "yes"], [*learner(4, Email="", **other_course), "Yes"]]
    report, _ = both_ways(as_csv(table))
    # Of 2 no row of the programme; of 3 nothing; of 4 those of the other programme.
    assert [row["line"] for row in report["quarantined"]] == [3, 4, 5, 6] and report["published"] == 3
    assert {row["column"] for row in report["quarantined"]} == {"consent"}
    assert report["streams"] == ["alpha/coursera_for_refugees", "kiron/kiron_campus"]


def test_dates_in_doubt_wait_for_the_whole_file(both_ways):
    doubtful = [learner(number, **{"Enrollment Time": "09/01/2024"}) for number in (1, 2)]
    report, _ = both_ways(as_csv([HEADER, *doubtful, *(learner(number) for number in range(3, 20))]))
    assert [row["reason"] for row in report["quarantined"]] == 2 * [
        "day and month can be read in two orders; write YYYY-MM-DD"
    ]
    sure = learner(30, **{"Enrollment Time": "31/01/2024"})
    report, _ = both_ways(as_csv([HEADER, *doubtful, sure, *(learner(number) for number in range(3, 20))]))
    assert report["quarantined"] == [] and report["published"] == 20


def test_a_value_that_shares_a_word_with_a_name_is_not_shown(both_ways):
    table = [
        HEADER,
        *(learner(number, **{"Location Country": "Bravoland"}) for number in (1, 2)),
        learner(3, Name="Bravoland X"),
    ]
    report, _ = both_ways(as_csv(table))
    assert [(one["value"], one["rows"], one["lines"]) for one in report["unread"]] == [("", 2, [2, 3])]
    report, _ = both_ways(as_csv(table[:3]))
    assert [(one["value"], one["rows"], one["lines"]) for one in report["unread"]] == [("Bravoland", 2, [2, 3])]


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(
    text=some.one_of(
        some.text(max_size=12), some.from_regex(CODE, fullmatch=True), some.sampled_from(ODD), some.emails()
    )
)
@example(text="X1\n")
@example(text="K1")
@example(text="mailto:a@b.c")
@example(text="a@a.b")
@example(text="_no+mail@b.c")
@example(text="--@--.b")
def test_a_key_made_of_a_column_is_the_key_of_the_cell(text):
    identity = Identity(bytes.fromhex(SECRET))
    texts = pa.array([text, text.upper(), text], pa.string())
    keys, numbers = keys_of(texts, identity, "id", CODE_PATTERN, normal_id)
    assert keys.to_pylist() == [identity.id_key(text), identity.id_key(text.upper()), identity.id_key(text)]
    emails, _ = keys_of(texts, identity, "email", ADDRESS_PATTERN, normal_email, doubtful_addresses())
    assert emails.to_pylist() == [identity.email_key(text), identity.email_key(text.upper()), identity.email_key(text)]
    assert [number == 0 for number in numbers.tolist()] == [key is None for key in keys.to_pylist()]
    assert numbers[0] == numbers[2]


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(
    text=some.text(some.sampled_from(["a", "b", '"', ",", "\n", "\r", " ", "é", "'", "="]), max_size=60),
    block_bytes=some.integers(1, 30),
)
@example(text='a,"b\r\nc"\r\n\r\n"d""e",f\n', block_bytes=3)
@example(text='"a\n', block_bytes=2)
@example(text="a\r\rb", block_bytes=1)
def test_blocks_of_any_size_hold_the_records_that_csv_has(tmp_path_factory, text, block_bytes):
    """Against the csv module on the whole text, as far as that can be read."""
    file = tmp_path_factory.getbasetemp() / "blocks.csv"
    file.write_bytes(text.encode())
    before, csv_text.BLOCK_BYTES = csv_text.BLOCK_BYTES, block_bytes
    try:
        blocks = list(read_blocks(file, "utf-8-sig"))
        assert b"".join(blocks).decode() == io.StringIO(text, newline=None).read()
        assert all(block.endswith(b"\n") for block in blocks[:-1])
        below = text_below(partial(read_blocks, file, "utf-8-sig"), 1, ",")
        rest = io.StringIO(text, newline=None).read().partition("\n")[2]
        assert b"".join(below.read()).decode() == rest
        assert list(records_of(below.read(), below.line)) == list(records_of([rest.encode()], 2))
    finally:
        csv_text.BLOCK_BYTES = before


def records_of(blocks, line):
    try:
        for row in csv_rows(blocks, ","):
            yield Row(row.line + line - 1, row.cells)
    except FileRefused as refused:
        yield str(refused).partition(" ")[2].partition(" ")[2]


@pytest.mark.parametrize("white", [chr(code) for code in range(0x3100) if chr(code).isspace()])
def test_arrow_knows_every_blank_that_python_knows(white):
    assert pc.utf8_trim_whitespace(pa.array([f"{white}a{white}", white])).to_pylist() == ["a", ""]
    assert unicodedata.category(white) in ("Zs", "Zl", "Zp", "Cc")


def records(rows, folder):
    card = sources()["coursera_usage"]
    kept = Records(card, folder, lambda: ("2025-01-31", "reported"))
    for some_rows in rows:
        kept.add(some_rows)
    kept.keep_once()
    return kept.rows, kept.close()


def test_the_digest_hangs_on_what_is_kept_and_on_nothing_else(tmp_path):
    table = pa.table(
        {
            "id_key": pa.array(["0" * 31 + "1", "0" * 31 + "2", None]),
            "email_key": pa.array([None, None, "0" * 31 + "1"]),
            "partner_id": pa.array(["a", "a", "b"]).dictionary_encode(),
            "programme_id": ["p", "q", "p"],
            **{
                name: pa.array([None, "x", "y"], pa.string())
                for name in ("course_id", "course", "university", "course_type")
            },
            **{
                name: pa.array([None, 1, 2], pa.date32())
                for name in ("enrolled_on", "class_start_on", "last_activity_on")
            },
            **{name: pa.array([0.0, 1.0, None]) for name in ("progress", "hours_estimated", "hours_measured")},
            **{name: [True, False, True] for name in ("is_completed", "is_removed", "is_verified_track")},
            **{"completed_on": pa.array([None, 1, 2], pa.date32()), "has_certificate": pa.array([None, True, False])},
            "country_host": ["KEN", "unknown", "ITA"],
        }
    )
    of_all = records([table], tmp_path)
    plain = table.set_column(2, "partner_id", table["partner_id"].cast(pa.string()))
    assert of_all[0] == 3
    assert records([table.take([2, 0, 1])], tmp_path) == of_all  # the order
    assert records([table.take([2]), table.take([0, 2]), table.take([1, 1, 0])], tmp_path) == of_all  # said twice
    assert records([plain], tmp_path) == of_all  # how text is held
    for name in table.column_names:  # each column counts, and is none of the others
        at = table.column_names.index(name)
        other = table.set_column(at, name, table[name].take(pa.array([1, 2, 0])))
        assert records([other], tmp_path)[1] != of_all[1], name
    swapped = table.rename_columns({"id_key": "email_key", "email_key": "id_key"}).select(table.column_names)
    assert records([swapped], tmp_path)[1] != of_all[1]
    halves = row_hashes(table)
    assert len(set(halves[0].tolist())) == len(set(halves[1].tolist())) == 3


def test_a_table_of_one_group_writes_nothing_aside(tmp_path):
    aside = roll_by_column.Aside(tmp_path / "aside.arrow")
    aside.add(pa.table({"a": ["x"]}))
    assert not (tmp_path / "aside.arrow").exists()
    aside.add(pa.table({"a": ["y"]}))
    assert [table.to_pylist() for table in aside.tables()] == [[{"a": "x"}], [{"a": "y"}]]
    assert not list(Path(tmp_path).iterdir()) and list(aside.tables()) == []
