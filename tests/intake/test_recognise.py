"""A first look at an upload: which sources it answers to, its header, and columns that a person maps."""

import io

import openpyxl
import pyarrow.parquet as pq
import pytest

from dashboard.intake import recognise as module
from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.headers import header_names, positions
from dashboard.intake.likeness import suggest
from dashboard.intake.recognise import headers, look, recognise
from dashboard.intake.report import FileRefused
from dashboard.store.snapshots import snapshots
from dashboard.warehouse.catalog import sources
from tests.conftest import CAPTURED, FIXTURES, NEWEST

REGISTER = "Partner,Programme,Learner code,Date of registration,Age\nalpha,dlsei,P1,2019-01-02,30\n"
MAPPED = (("learner_id", "Learner code"), ("registered_on", "Date of registration"))


def put(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", CAPTURED)
def test_a_file_of_each_source_is_recognised_as_that_source_first(name):
    seen = look(FIXTURES / f"{name}.csv")
    assert seen.sources[0] == (name if name in sources() else "oulad")
    header = 3 if name == "unhcr_population" else 1
    assert seen.headers.line == header and len(seen.headers.names) >= 3


def test_every_source_has_a_fixture_with_its_day():
    lacking = sources().keys() - {name if name in sources() else "oulad" for name in CAPTURED}
    assert not lacking, (
        f"tests/fills.py, CAPTURED: give the day of tests/fixtures/<source>.csv for {', '.join(sorted(lacking))}"
    )


def test_recognition_reads_workbooks_delimiters_preambles_and_encodings(tmp_path):
    rows = [["A report"], [], ["partner", "programme", "registration_date"], ["alpha", "dlsei", "2019-01-02"]]
    book = openpyxl.Workbook()
    book.active.append(["notes"])
    for row in rows:
        book.create_sheet("people").append(row) if row is rows[0] else book["people"].append(row)
    out = io.BytesIO()
    book.save(out)
    (tmp_path / "x.xlsx").write_bytes(out.getvalue())
    seen = look(tmp_path / "x.xlsx")
    assert seen.sources == ("partner_learners",) and seen.headers.sheet == "people" and seen.headers.line == 3
    text = "\n".join(";".join(row) for row in rows) + "\nkiron é;dlsei;2019-01-02\n"
    for encoding, said in (("utf-16", ""), ("utf-8-sig", ""), ("cp1252", "cp1252")):
        assert recognise(put(tmp_path / "x.csv", text, encoding), said) == ["partner_learners"]


def test_a_file_that_answers_to_none_is_recognised_as_none_and_its_header_is_still_given(tmp_path):
    file = put(tmp_path / "x.csv", "Título\n\nNombre;Correo;Fecha de alta\nAmina;a@example.org;2019-01-02\n")
    assert recognise(file) == []
    found = headers(file)
    assert found.names == ("Nombre", "Correo", "Fecha de alta") and found.line == 3


@pytest.mark.parametrize(
    "row",
    [
        "Amina Yusuf,amina@example.org,female",
        "Amina Yusuf,Kenya,dlsei",
        "Amina Yusuf,KEN,dlsei",
        "Amina Yusuf,2001-04-05,dlsei",
        "Amina Yusuf,+254 700 123 456,dlsei",
        "Amina Yusuf,P-000123,dlsei",
        "Amina Yusuf,woman,dlsei",
        "Amina Yusuf,Nairobi,dlsei",  # comes again below
        "name,Amina Yusuf,Kenya",  # one word that a card knows
    ],
)
def test_a_row_about_a_person_is_never_taken_for_a_header_and_shown(tmp_path, row):
    file = put(tmp_path / "x.csv", f"{row}\nBashir Ali,Nairobi,dlsei\n")
    if "Nairobi" in row:
        file = put(tmp_path / "x.csv", f"{row}\nBashir Ali,Nairobi,another\n")
    with pytest.raises(FileRefused, match="reads like a header") as refused:
        headers(file)
    assert "Amina" not in str(refused.value)


def test_text_that_is_not_utf8_is_refused_without_a_preview_since_it_may_be_about_people(tmp_path):
    file = put(tmp_path / "x.csv", "name,partner\nJosé,alpha\n", "cp1252")
    with pytest.raises(FileRefused, match="--encoding") as refused:
        recognise(file)
    assert "Jos" not in str(refused.value)


def test_a_look_parses_nothing_in_this_process(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "run_child", lambda order: asked.append(order) or {**SEEN})
    assert recognise(put(tmp_path / "x.csv", REGISTER)) == ["hubs"] and headers(tmp_path / "x.csv").names == ("a", "b")
    assert asked[0] == {"recognise": True, "file": str((tmp_path / "x.csv").resolve()), "encoding": ""}


SEEN = {"sources": ["hubs"], "headers": ["a", "b"], "line": 1, "sheet": ""}


def test_a_hostile_file_is_refused_by_a_look_too(tmp_path):
    for body, says in (
        (b"", "empty"),
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04" + b"x" * 50, "damaged"),
        (b"a\0b", "no text has"),
    ):
        (tmp_path / "x.csv").write_bytes(body)
        with pytest.raises(FileRefused, match=says):
            recognise(tmp_path / "x.csv")
    with pytest.raises(FileRefused, match="no file"):
        recognise(tmp_path / "nothing.csv")


def test_suggestions_are_for_required_columns_that_were_not_found_only():
    card = sources()["partner_learners"]
    said = ("Partner", "Programme", "Learner code", "Date of registration", "Age")
    assert suggest(said, card) == {"registered_on": "Date of registration"}
    assert suggest(["partner_id", "programme_id", "registered_on"], card) == {}
    assert suggest(["x", "y", "z"], card) == {}


@pytest.mark.parametrize(
    ("source", "header", "column"),
    [
        ("partner_learners", "registrationDate", "registered_on"),
        ("partner_learners", "Partner name", "partner_id"),
        ("hubs", "Latitud", "latitude"),
        ("hubs", "longitude (deg)", "longitude"),
        ("coursera_usage", "Enrolment time", "enrolled_on"),
        ("coursera_usage", "COURSE-ID", "course_id"),
        ("recognitions", "Université", "university"),
        ("uis_enrolment", "Primary both", "primary_both"),
        ("unhcr_population", "Country of asylum, ISO code", "host_iso3"),
    ],
)
def test_a_header_written_otherwise_is_known_by_its_letters_or_suggested_for_its_column(source, header, column):
    card = sources()[source]
    known = positions(["zz", header], header_names(card))
    assert known.get(column) == 1 or suggest(["zz", header], card)[column] == header


def test_a_header_is_suggested_for_one_column_only():
    found = suggest(["Primary", "Secondary", "Primary girls"], sources()["uis_enrolment"])
    assert len(set(found.values())) == len(found)


def test_a_mapped_header_counts_as_its_column_and_the_others_still_match_by_themselves(tmp_path):
    file = put(tmp_path / "x.csv", REGISTER)
    with pytest.raises(FileRefused, match="registered_on"):
        check_file("partner_learners", file, NEWEST)
    done = import_file(
        tmp_path / "store", "partner_learners", file, NEWEST, Declared(columns=MAPPED, no_consent_column=True)
    )
    (row,) = pq.read_table(done.snapshot.rows_file).to_pylist()
    assert (done.report.published, done.report.quarantined) == (1, ())
    assert (row["partner_id"], row["age_band"], str(row["registered_on"])) == ("alpha", "25-34", "2019-01-02")
    assert len(row["id_key"]) == 32 and "Learner code" in done.report.dropped_columns


def test_a_mapping_is_told_apart_from_another_of_the_same_file(tmp_path):
    file = put(tmp_path / "x.csv", "partner,programme,id one,id two,registered_on\nalpha,dlsei,P1,P2,2019-01-02\n")
    store = tmp_path / "store"
    one, other = (
        Declared(columns=(("learner_id", header),), no_consent_column=True) for header in ("id one", "ID two")
    )
    import_file(store, "partner_learners", file, NEWEST, one)
    assert not import_file(store, "partner_learners", file, NEWEST, other).was_held
    assert import_file(store, "partner_learners", file, NEWEST, other).was_held
    assert len(snapshots(store, "partner_learners")) == 2


def test_a_header_that_is_mapped_elsewhere_is_no_longer_the_column_it_names(tmp_path):
    file = put(
        tmp_path / "x.csv",
        "partner,programme,registered_on,registration_date,learner_id\nalpha,dlsei,2019-01-02,2020-05-06,P1\n",
    )
    said = Declared(columns=(("withdrawn_on", "registered_on"),), no_consent_column=True)
    (value,) = check_file("partner_learners", file, NEWEST, said).unread  # left in 2019, registered in 2020
    assert (value.column, value.value, value.lines) == ("withdrawn_on", "2019-01-02", (2,))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ((("nonsense", "Learner code"),), "no mapping for partner_learners"),
        ((("registered_on", " "),), "no mapping"),
        ((("registered_on", "Age"), ("learner_id", "AGE")), "one header to two columns"),
        ((("registered_on", "Age"), ("registered_on", "Partner")), "gives a column twice"),
        ((("registered_on", "Not there"),), "has the columns .*Not there"),
        ((*MAPPED, ("sex", "Not there either")), "Not there either"),
    ],
)
def test_a_mapping_that_does_not_hold_refuses_the_file_in_a_sentence(tmp_path, columns, says):
    with pytest.raises(FileRefused, match=says):
        check_file("partner_learners", put(tmp_path / "x.csv", REGISTER), NEWEST, Declared(columns=columns))


def test_a_mapping_works_in_a_workbook_and_with_other_delimiters(tmp_path):
    book = openpyxl.Workbook()
    for line in REGISTER.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "x.xlsx")
    put(tmp_path / "x.csv", REGISTER.replace(",", ";"))
    said = Declared(columns=MAPPED, no_consent_column=True)
    for name in ("x.xlsx", "x.csv"):
        assert check_file("partner_learners", tmp_path / name, NEWEST, said).published == 1


def test_what_the_sender_calls_a_file_states_its_day_and_whether_it_is_invented(tmp_path):
    file = put(tmp_path / "upload", REGISTER)
    said = Declared(columns=MAPPED, name="demonstration_2019-03-04.csv", no_consent_column=True)
    report = check_file("partner_learners", file, None, said)
    assert (report.captured_on, report.provenance, report.file) == (
        "2019-03-04",
        "demo",
        "demonstration_2019-03-04.csv",
    )


def test_a_refusal_of_a_file_about_people_names_no_line_that_may_be_about_one(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("Someone Unnamed,Anytown\nAnother Unnamed,Othertown\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="no line of this one has them all.* .`--column NAME=HEADER`") as refused:
        check_file("partner_learners", file)
    assert "Unnamed" not in str(refused.value) and "town" not in str(refused.value)
    file.write_text("Learner ID,Organisme,Formation,Date d'inscription\na,b,c,d\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="this one has: Learner ID, Organisme, Formation, Date d'inscription"):
        check_file("partner_learners", file)
