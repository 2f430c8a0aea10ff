"""Files that go out and come in again: lists with HXL tags give the same rows, templates are taken as they are."""

import csv
import datetime
import io

import hxl
import openpyxl
import pyarrow.parquet as pq
import pytest

from dashboard.briefs.hxl import NotOneList, newest_rows, tagged, write_hxl
from dashboard.briefs.template import explained, write_template
from dashboard.commands.cli import main
from dashboard.intake.front_door import NOTHING, Declared, check_file, import_file
from dashboard.intake.headers import header_names, positions
from dashboard.intake.recognise import look
from dashboard.store.releases import Release, publish_release
from dashboard.store.snapshots import pinned
from dashboard.warehouse.catalog import sources

SOURCE = "contributions_5w"
DAY = datetime.date(2021, 3, 31)
# Every column of the card with a value; formulas, marks of spreadsheets, several scripts, and a row of blanks.
HEADER = [column.headers[0] for column in sources()[SOURCE].columns if column.name in sources()[SOURCE].kept]
FULL = [
    *("a-1", "=HYPERLINK(1)", "member_001", "+civil society", "supporter", "KEN", "KE047", "Nairobi", "KE047002"),
    *(
        "-Lang'ata",
        "S1",
        "A school",
        "Éducation / التعليم",
        "@home: radio".replace("@", "＠"),
        "radio and television",
        "learning",
    ),
    *("teachers", "delivering", "2020-05-01", "2020-12-31", "90000", "50000", "12000", "30000", "11000", "a_cluster"),
]
LISTED = [
    HEADER,
    FULL,
    ["", "Member 002", *[""] * 3, "KEN", *[""] * 6, "Santé", *[""] * 12, "a_cluster"],
    ["", "Member 003", *[""] * 3, "KEN", *[""] * 6, "", *[""] * 12, "a_cluster"],
]


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture
def brought_in(tmp_path):
    """A store with lists in it, by the front door; gives it, what a release would be made of, and the import."""
    assert len(FULL) == len(HEADER)

    def bring(said=NOTHING, rows=LISTED, day=DAY):
        store = tmp_path / "store"
        done = import_file(store, SOURCE, written(tmp_path / "list.csv", rows), day, said)
        assert done.report.quarantined == ()
        pins = [{"folder": str(one.folder.relative_to(store))} for one in pinned(store)[SOURCE]]
        return store, Release(1, tmp_path, {"snapshots": {SOURCE: pins}}), done

    return bring


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize("said", [Declared(), Declared(name="demonstration_list.csv")])
def test_what_is_written_is_read_again_as_the_same_rows(brought_in, tmp_path, format_, said):
    store, release, done = brought_in(said)
    file = tmp_path / f"out.{format_}"
    file.write_bytes(write_hxl(newest_rows(store, release), format_))
    again = import_file(tmp_path / "again", SOURCE, file)  # neither a day nor a sender nor a provenance is declared
    assert again.report.content == done.report.content and again.report.published == 3
    assert (again.report.captured_on, again.report.provenance) == ("2021-03-31", done.report.provenance)
    assert again.snapshot.rows_file.read_bytes() == done.snapshot.rows_file.read_bytes()
    row = pq.read_table(again.snapshot.rows_file).to_pylist()[0]
    assert (row["organisation"], row["admin2"], row["is_education"]) == ("=HYPERLINK(1)", "-Lang'ata", True)
    assert all(value is not None for value in row.values())  # every kept column took part


def test_no_cell_that_goes_out_is_a_formula(brought_in, tmp_path):
    store, release, _ = brought_in()
    rows = newest_rows(store, release)
    text = list(csv.reader(io.StringIO(write_hxl(rows).decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(write_hxl(rows, "xlsx")))
    cells = [cell for line in book.active.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"} and not any(cell.hyperlink for cell in cells)
    for value in [*(cell for line in text for cell in line), *(cell.value for cell in cells)]:
        assert not str(value).startswith(tuple("=+-@＠")), value


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_another_reader_of_hxl_finds_every_tag_and_every_number(brought_in, tmp_path, format_):
    store, release, _ = brought_in()
    file = tmp_path / f"out.{format_}"
    file.write_bytes(write_hxl(newest_rows(store, release), format_))
    with hxl.data(str(file), hxl.InputOptions(allow_local=True)) as found:
        assert found.display_tags == [tag for _, tag in tagged(sources()[SOURCE])]
        assert found.headers == [column.headers[0] for column, _ in tagged(sources()[SOURCE])]
        rows = list(found)
    assert len(rows) == 3 and str(rows[0].get("#reached+direct")) == "12000"
    assert [row.get("#country+code") for row in rows] == ["KEN"] * 3


def test_rows_of_several_days_are_no_one_list_and_only_the_newest_of_a_sender_go_out(brought_in):
    other = ["", "Member 009", *[""] * 3, "KEN", *[""] * 6, "Education", *[""] * 12, "another"]
    brought_in(rows=[*LISTED, other])
    store, release, _ = brought_in(rows=LISTED[:2], day=datetime.date(2021, 4, 30))
    assert len(release.manifest["snapshots"][SOURCE]) == 2  # the first one still stands for the other sender
    rows = newest_rows(store, release)
    assert [(row["reported_by"], str(row["captured_on"])) for row in rows] == [
        ("another", "2021-03-31"),
        ("a_cluster", "2021-04-30"),
    ]
    with pytest.raises(NotOneList, match="several days .*--reported-by"):
        write_hxl(rows)
    assert len(newest_rows(store, release, "another")) == 1
    with pytest.raises(NotOneList, match="no rows of nobody_here; it has: a_cluster, another"):
        newest_rows(store, release, "nobody_here")


def test_a_list_whose_rows_tell_different_days_is_refused(tmp_path):
    file = written(
        tmp_path / "x.csv",
        [
            ["#org", "#sector", "#country+code", "#meta+source", "#date+captured"],
            ["a", "Education", "KEN", "x", "2021-01-31"],
            ["b", "Education", "KEN", "x", "2021-02-28"],
        ],
    )
    with pytest.raises(Exception, match="on different days"):
        check_file(SOURCE, file)


def test_the_shell_exports_and_records_it(brought_in, tmp_path, capsys):
    store, _, done = brought_in()
    publish_release(store)
    file = tmp_path / "out.xlsx"
    assert main(["--store", str(store), "export", SOURCE, str(file), "--format", "xlsx"]) == 0
    assert check_file(SOURCE, file).content == done.report.content
    capsys.readouterr()
    assert main(["--store", str(store), "export", SOURCE, "--reported-by", "A cluster"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("activity_id,organisation,") and out[1].startswith("#activity+code,#org+name,")
    assert len(out) == 5
    assert main(["--store", str(store), "audit", "list"]) == 0
    assert capsys.readouterr().out.count("export") == 2
    assert main(["--store", str(store), "export", SOURCE, "--reported-by", "x"]) == 1
    assert main(["--store", str(tmp_path / "none"), "export", SOURCE]) == 1


@pytest.mark.parametrize("source", sources())
def test_the_workbook_of_a_template_is_taken_like_its_csv_and_its_explanation_is_no_table(source, tmp_path, capsys):
    reports, seen = [], []
    for format_ in ("csv", "xlsx"):
        file = tmp_path / f"template.{format_}"
        assert main(["template", source, str(file), "--format", format_]) == 0
        reports.append(check_file(source, file, DAY))
        seen.append(look(file))
    assert capsys.readouterr().out == ""
    assert reports[0].published == reports[1].published == 1 and reports[0].content == reports[1].content
    assert reports[1].notes == reports[0].notes  # nothing is said of another sheet that might have been meant
    assert seen[1].headers.sheet == "Table" and seen[0].sources == seen[1].sources and source in seen[1].sources
    card = sources()[source]
    for line in explained(card):
        assert positions([str(cell) for cell in line], header_names(card)) == {}, line


@pytest.mark.parametrize("source", sources())
def test_the_first_sheet_of_a_template_explains_each_column(source):
    card = sources()[source]
    book = openpyxl.load_workbook(io.BytesIO(write_template(card, "xlsx")))
    assert book.sheetnames == ["Columns", "Table"]
    lines = list(book["Columns"].iter_rows(min_row=2, values_only=True))
    table = [cell.value for cell in book["Table"][1]]
    for at, column in enumerate(card.columns):
        name, meaning, must, form, *_ = lines[at]
        assert name == f"{at + 1}. {table[at]}" and meaning == column.meaning and form
        assert (must == "yes") == (column in card.lacking(()))
