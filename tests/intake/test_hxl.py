"""HXL tags above the data, lists of who does what where, and what of them cannot be taken."""

import csv
import io

import hxl
import openpyxl
import pyarrow.parquet as pq
import pytest

from dashboard.intake.headers import is_tag, is_tags, key, tag_of
from dashboard.intake.recognise import look
from dashboard.warehouse.catalog import sources
from tests.conftest import FIXTURES
from tests.intake.making import Worker, accounted, as_csv, as_xlsx, is_sentence

SOURCE = "contributions_5w"
HUMAN = ["Organisation qui met en œuvre", "Secteur d'intervention", "Code", "Personnes"]
TAGS = ["#org+name", "#sector", "#adm1+code", "#reached"]
ROWS = [["Member 001", "Éducation", "TD07", "12 000"], ["Member 002", "Santé", "TD08", "-"]]


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = Worker(tmp_path_factory.mktemp("hxl"))
    yield made
    made.close()


@pytest.fixture
def kept(worker):
    """Parses rows of a list; gives the records, or the refusal."""

    def parse(rows, **said):
        body = rows if isinstance(rows, bytes) else as_csv(rows)
        kind, report = worker.parse(SOURCE, body, **{"partner": "a_cluster", **said})
        assert kind != "crash", report
        if kind == "refused":
            assert is_sentence(report), report
            return report
        assert accounted(report)
        worker.report = report
        return pq.read_table(worker.folder / "rows.parquet").to_pylist()

    return parse


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#org", "#org"),
        ("#adm1 +code", "#adm1+code"),
        ("#sector\t", "#sector"),
        (" # Adm1 + Name + EN ", "#adm1+en+name"),
        ("#adm1+name+en", "#adm1+en+name"),
        ("#adm1+v_pcode+code", "#adm1+code"),
        ("#1", "#1"),
        ("#N/A", "#n/a"),
        ("adm1+code", "adm1+code"),
    ],
)
def test_a_tag_is_the_same_with_odd_spaces_and_attributes_in_any_order(written, read):
    assert key(written) == read


def test_a_row_of_tags_is_one_when_half_of_what_is_written_in_it_is():
    assert is_tags(["#org", "", "#sector"]) and is_tags(["#org", "#sector", "# ?", "Column1"])
    for cells in (
        ["#org"],
        ["#org", "sector"],
        ["#1", "#2", "#3"],
        ["", ""],
        ["#N/A", "#N/A", "#REF!"],
        ["#org", "#sector", "a", "b", "c"],
    ):
        assert not is_tags(cells), cells


@pytest.mark.parametrize(
    "name",
    [
        *("tagrow_stray", "tagrow_comments", "tags_language", "tags_acronym", "beneficiary_number", "collapse_months"),
        *("need_places", "subsector_twice", "sector_words"),
    ],
)
def test_another_reader_of_hxl_finds_as_many_rows_and_the_same_tags(kept, worker, name):
    file = FIXTURES / "faults" / f"{name}.csv"
    kept(file.read_bytes(), country="KEN")
    with hxl.data(str(file), hxl.InputOptions(allow_local=True)) as found:
        tags = {key(tag) for tag in found.display_tags if tag}
        assert worker.report["rows_in"] == len(list(found))
    (line,) = [row for row in csv.reader(file.open(encoding="utf-8")) if is_tags(row)]
    assert {key(cell) for cell in line if is_tag(cell)} == tags


@pytest.mark.parametrize(
    "lines",
    [
        [TAGS],
        [HUMAN, TAGS],
        [["Présence", "", "", ""], HUMAN, TAGS],
        [["Who", "What", "Where", "How many"], HUMAN, TAGS],
        [["organisation", "sector", "admin1_code", "x"], TAGS],  # a header that would do, and still is none
        [["organisation", "sector", "admin1_code", "x"], HUMAN, TAGS],
        [HUMAN, ["# ORG + name ", "#sector\t", "#adm1 +v_pcode +code", " #reached"]],
    ],
)
def test_tags_on_row_one_two_or_three_are_the_header_and_what_is_above_is_no_data(kept, worker, lines):
    for body in (as_csv([*lines, *ROWS]), as_xlsx([*lines, *ROWS])):
        rows = kept(body)
        assert [(row["organisation"], row["is_education"], row["country_iso3"]) for row in rows] == [
            ("Member 001", True, "TCD"),
            ("Member 002", False, "TCD"),
        ]
        assert [row["people_direct"] for row in rows] == [12000, None] and worker.report["rows_in"] == 2


def test_more_lines_above_the_tags_than_headers_have_are_not_lost(kept):
    said = kept([HUMAN, *ROWS, TAGS, *ROWS])
    assert "as long as a row and would be lost" in said


def test_a_column_without_a_tag_is_known_by_its_header_and_one_with_a_tag_never_by_another(kept, worker):
    rows = kept(
        [
            ["Organisation", "Estado", "sector", "Fecha de inicio", "x", "Exécutant"],
            ["#org+funder", "", "#sector", "", "#adm1+code", "#org+name"],
            ["Donor", "En ejecución", "Educación", "31/12/2020", "GT01", "Member 001"],
        ]
    )
    assert (rows[0]["organisation"], rows[0]["stage"], str(rows[0]["began_on"])) == (
        "Member 001",
        "delivering",
        "2020-12-31",
    )
    assert worker.report["dropped_columns"] == ["#org+funder"]


def test_tags_help_every_source_and_stand_in_nobodys_way(worker):
    text = (FIXTURES / "hubs.csv").read_text(encoding="utf-8").splitlines()
    width = text[0].count(",") + 1
    plain = worker.parse("hubs", "\n".join(text).encode())[1]
    tagged = [text[0], ",".join(["#loc+code", "#loc+name", *[""] * (width - 2)]), *text[1:]]
    kind, report = worker.parse("hubs", "\n".join(tagged).encode())
    assert kind == "report" and report["content"] == plain["content"] and report["rows_in"] == plain["rows_in"]


def test_of_several_sheets_the_tagged_one_is_read_and_of_those_the_one_that_is_shown(kept, worker):
    def book(*sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, state, rows in sheets:
            sheet = made.create_sheet(title)
            sheet.sheet_state = state
            for row in rows:
                sheet.append(row)
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()

    other = [["organisation", "sector"], ["Member 009", "Health"]]
    rows = kept(book(("list", "visible", other), ("data", "visible", [HUMAN, TAGS, *ROWS])))
    assert [row["organisation"] for row in rows] == ["Member 001", "Member 002"]
    assert "The sheet data is read; not read: list" in worker.report["notes"]
    rows = kept(book(("old", "hidden", [TAGS, *ROWS[1:]]), ("data", "visible", [TAGS, *ROWS])))
    assert len(rows) == 2
    assert "both hold a table" in kept(book(("a", "visible", [TAGS, *ROWS]), ("b", "visible", [TAGS, *ROWS])))


def test_cells_of_nothing_but_spaces_far_to_the_right_make_no_row_longer(kept):
    wide = [*ROWS[0], *[""] * 1019, " "]
    assert len(kept(as_xlsx([TAGS, wide, ROWS[1]]))) == 2


@pytest.mark.parametrize(
    ("columns", "cells", "declared", "country"),
    [
        (["#country+code"], ["ke"], "", "KEN"),
        (["#adm0+code"], ["KEN"], "", "KEN"),
        (["#adm0+name"], ["Soudan"], "", "SDN"),
        (["#adm1+code"], ["ET01"], "", "ETH"),
        (["#adm2+pcode"], ["ET010302"], "KEN", "ETH"),  # what a row says goes before what is declared
        (["#adm3+code"], ["ye1501"], "", "YEM"),
        (["#adm1+code"], ["15"], "KEN", "KEN"),
        (["#adm1+code"], ["ZZ15"], "", None),
        (["#adm1+name"], ["Nairobi"], "", None),
        (["#country+code"], ["Narnia"], "KEN", None),
    ],
)
def test_the_country_is_that_of_the_row_of_its_places_or_the_declared_one(kept, columns, cells, declared, country):
    found = kept([["#org", "#sector", *columns], ["Member 001", "Education", *cells]], country=declared)
    if country is None:
        assert "country" in found
    else:
        assert found[0]["country_iso3"] == country


@pytest.mark.parametrize(
    ("sector", "education"),
    [
        ("Education", True),
        ("EDUCACIÓN", True),
        ("Éducation", True),
        ("Educacion", True),
        ("التعليم", True),
        ("Education / التعليم", True),
        ("التعليم - Education", True),
        ("Protection; Éducation", True),
        ("Education Cluster", True),
        ("Agua, Saneamiento e Higiene", False),
        ("Re-education of rivers", False),
        ("Coordination", False),
    ],
)
def test_education_is_a_sector_in_every_language_and_beside_others(kept, sector, education):
    (row,) = kept([["#org", "#sector", "#adm1+code"], ["Member 001", sector, "KE01"]])
    assert (row["is_education"], row["sector"]) == (education, sector)


def test_a_blank_sector_is_not_stated_unless_the_sender_declares_one(kept):
    header = ["#org", "#sector", "#adm1+code"]
    rows = kept([header, ["a", "", "KE01"], ["b", "", "KE01"]])
    assert [(row["sector"], row["is_education"]) for row in rows] == [("not stated", False)] * 2
    rows = kept([header, ["a", "", "KE01"], ["b", "Health", "KE01"]], sector="Education")
    assert [(row["sector"], row["is_education"]) for row in rows] == [("Education", True), ("Health", False)]
    rows = kept([header, ["a", "", "KE01"], ["b", "Health", "KE01"]])
    assert [(row["sector"], row["is_education"]) for row in rows] == [("not stated", False), ("Health", False)]


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ("Finalizada", "delivered"),
        ("Planeada", "confirmed"),
        ("en cours", "delivering"),
        ("Planifiée", "confirmed"),
        ("Offered", "offered"),
        ("Somehow", None),
        ("", None),
    ],
)
def test_stages_are_read_in_three_languages_and_an_unknown_one_is_not_stated(kept, worker, written, stage):
    (row,) = kept([["#org", "#sector", "#adm1+code", "#status"], ["a", "Health", "KE01", written]])
    assert row["stage"] == stage
    noted = ["1 cell of #status: no word of this source, kept as not stated: Somehow"]
    assert [note for note in worker.report["notes"] if "#status" in note] == noted * (written == "Somehow")


WIDE = [
    ["PLACE", "", "HEALTH", "", "TENTS", "", "ALL"],
    ["Code", "Zone", "Affected", "Target", "Affected", "Target", "Affected"],
    ["#adm2+code", "#adm2+name", "#inneed+health", "#targeted+health", "#inneed", "#target", "#inneed+total"],
]


def test_a_row_without_a_number_in_any_sector_is_set_aside_with_its_reason(kept, worker):
    rows = kept(
        [*WIDE, ["ET0103", "East", "80\u202f418", "12.0", "-", "5", "9"], ["ET0104", "West", "-", "", "-", "", "9"]]
    )
    assert [(r["sector"], r["people_in_need"], r["people_targeted"]) for r in rows] == [
        ("Health", 80418, 12),
        ("TENTS", None, 5),
    ]
    (aside,) = worker.report["quarantined"]
    assert (aside["line"], aside["reason"]) == (5, "no sector has a number in this row")
    assert worker.report["dropped_columns"] == ["#inneed+total"]


def test_rows_that_differ_in_a_place_below_only_are_not_the_same(kept, worker):
    header = ["#adm1+code", "#adm3+name", "#inneed+education", "#inneed+health"]
    rows = kept([header, ["ET01", "a", "5", "-"], ["ET01", "b", "5", "-"], ["ET01", "b", "5", "-"]])
    assert len(rows) == len({row["activity_id"] for row in rows}) == 2 and worker.report["collapsed"] == 1


def test_a_row_without_an_organisation_is_kept_only_where_it_tells_people(kept, worker):
    header = ["#org", "#sector", "#adm1+code", "#reached"]
    rows = kept([header, ["", "Education", "KE01", "5"], ["", "Education", "KE01", " "], ["", "Health", "KE01", "-"]])
    assert [(row["organisation"], row["people_direct"]) for row in rows] == [("not stated", 5)]
    assert [aside["line"] for aside in worker.report["quarantined"]] == [3, 4]


def test_a_number_in_two_columns_refuses_the_file_where_education_or_all_of_it_depends_on_it(kept, worker):
    said = kept([["#org", "#sector", "#adm1+code", "#reached", "#reached"], ["a", "b", "KE01", "1", "2"]])
    assert "#reached twice" in said
    said = kept([["#adm1+code", "#inneed+education", "#inneed+health", "#inneed+edu"], ["KE01", "0", "1", "2"]])
    assert "twice for Education" in said
    said = kept([["Org", "Sector", "Country", "Country"], ["a", "Education", "KEN", "UGA"]])
    assert "names country twice" in said  # the one of the organisation, perhaps, and the one of the activity
    rows = kept([["#adm1+code", "#inneed+education", "#inneed+health", "#inneed+health"], ["KE01", "0", "1", "2"]])
    assert [(row["sector"], row["people_in_need"]) for row in rows] == [("Education", 0)]
    assert any("not kept: #inneed+health" in note for note in worker.report["notes"])


def test_a_long_activity_is_cut_and_one_with_an_address_is_left_out_and_neither_loses_its_row(kept, worker):
    header = ["#org", "#sector", "#adm1+code", "#activity"]
    rows = kept([header, ["a", "b", "KE01", "x" * 900], ["a", "b", "KE01", "ask someone@example.org"]])
    assert [row["activity"] for row in rows] == ["x" * 200, None]
    assert sum("what is done" in note for note in worker.report["notes"]) == 2


def test_a_file_without_tags_is_read_by_a_mapping_of_its_headers(kept):
    file = [["Quién", "Qué", "Dónde"], ["Member 001", "Educación", "Soudan"]]
    assert "has the columns" in kept(file)
    pairs = [("organisation", "Quién"), ("sector", "Qué"), ("country", "Dónde")]
    (row,) = kept(file, columns=pairs)
    assert (row["organisation"], row["is_education"], row["country_iso3"]) == ("Member 001", True, "SDN")


def test_a_mapping_goes_before_tags_and_may_name_either_line(kept):
    file = [
        ["Who pays", "Who works", "x", "y"],
        ["#org", "#org+impl", "#sector", "#adm1+code"],
        ["a", "b", "c", "KE01"],
    ]
    assert kept(file)[0]["organisation"] == "a"
    assert kept(file, columns=[("organisation", "#org +impl")])[0]["organisation"] == "b"
    assert kept(file, columns=[("organisation", "Who works")])[0]["organisation"] == "b"


def test_a_list_is_recognised_by_its_tags_or_headers_and_needs_more_than_a_name(tmp_path):
    def of(*lines):
        (tmp_path / "x.csv").write_bytes(as_csv([*lines, ["a", "b", "c"]]))
        return look(tmp_path / "x.csv")

    assert of(["#org", "#sector", "#adm1"]).sources == (SOURCE,)
    assert of(["organisation", "sector", "x"]).sources == (SOURCE,)
    assert of(["organisation", "x", "y"]).sources == ()
    seen = of(["Quién", "Qué", "Dónde"], ["#org", "", "#adm1+name"])
    assert seen.sources == (SOURCE,) and seen.headers.names == ("#org", "Qué", "#adm1+name") and seen.headers.line == 2


def test_every_column_of_the_list_has_a_tag_of_its_own():
    columns = sources()[SOURCE].columns
    tags = [key(tag) for column in columns for header in column.headers if is_tag(tag := tag_of(header))]
    assert len(tags) == len(set(tags))
    assert all(any(is_tag(tag_of(header)) for header in column.headers) for column in columns)
