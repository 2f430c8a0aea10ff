"""Registers and exports as partners write them, each a small file made here, with the outcome worked by hand.

Fewer files are generated than with COALITION_FULL_TESTS=1.
"""

import datetime
import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.commands.cli import main
from dashboard.intake.days import ORDERS
from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.headers import header_names, positions
from dashboard.intake.identity import Identity
from dashboard.intake.likeness import suggest_all
from dashboard.intake.programmes import Stream, stream_of
from dashboard.intake.report import FileRefused, Report
from dashboard.intake.sharing import no_ids
from dashboard.warehouse.catalog import sources
from tests.intake.making import FULL, SECRET, Read, as_csv, as_xlsx

DAY = datetime.date(2025, 1, 31)
REGISTER = {
    "partner_id": "reliefworks",
    "programme_id": "coursera_for_refugees",
    "learner_id": "",
    "email": "",
    "name": "",
    "country_origin": "SDN",
    "country_host": "TCD",
    "sex": "female",
    "age": "22",
    "education": "secondary",
    "registered_on": "2022-05-16",
    "withdrawn_on": "",
    "hub_id": "",
    "intent": "",
    "consent": "Yes",
    "hours": "",
    "hours_basis": "",
}
USAGE = {
    "Name": "",
    "Email": "",
    "External Id": "",
    "Course": "Databases",
    "Course ID": "db1",
    "University": "A university",
    "Enrollment Time": "2022-03-04T10:00:00Z",
    "Class Start Time": "2022-03-07T00:00:00Z",
    "Last Course Activity Time": "2022-04-01T00:00:00Z",
    "Overall Progress": "35",
    "Estimated Learning Hours": "4",
    "Completed": "No",
    "Removed From Program": "No",
    "Program Slug": "coursera-for-refugees-reliefworks",
    "Program Name": "Coursera for Refugees Reliefworks",
    "Enrollment Source": "PROGRAM",
    "Completion Time": "",
    "For Credit": "No",
    "Course Type": "Course",
    "Location Country": "Chad",
}
SOUND = {"partner_learners": REGISTER, "coursera_usage": USAGE}
REFUSAL = "consent: the learner did not consent, so nothing of the row is kept"


def rows_of(source, rows):
    sound = SOUND[source]
    header = list(dict.fromkeys([*sound, *(name for row in rows for name in row)]))
    return [header, *([{**sound, **row}.get(name, "") for name in header] for row in rows)]


@pytest.fixture
def read(tmp_path):
    def bring(source, rows, write=as_csv, rename=None, **said):
        table = rows_of(source, rows)
        table[0] = [(rename or {}).get(name, name) for name in table[0]]
        return Read(tmp_path, source, write(table), **said)

    return bring


def learners(number, **more):
    """So many learners, each with an address and an id of her own."""
    return [
        {
            "External Id": f"RW-{n}",
            "learner_id": f"RW-{n}",
            "Email": f"l{n}@example.org",
            "email": f"l{n}@example.org",
            **more,
        }
        for n in range(number)
    ]


def usage_rows(*rows):
    return [{name: value for name, value in row.items() if name not in ("learner_id", "email")} for row in rows]


def register_rows(*rows):
    return [{name: value for name, value in row.items() if name not in ("External Id", "Email")} for row in rows]


def people(rows):
    """The people of the rows as the release tells them apart: an address is the id that stands beside it somewhere."""
    id_of = {row["email_key"]: row["id_key"] for row in rows if row["id_key"] and row["email_key"]}
    return {row["id_key"] or id_of.get(row["email_key"], row["email_key"]) for row in rows}


# Ids


PLACEHOLDERS = [
    "sin datos", "غير معروف", "не указано", "未知", "à confirmer", "Pas encore", "(en blanco)", "99999", "#¡VALOR!",
    "#NOM?",
    "=B2&C2", "3,1E+10", "1.2e+09", "––", "xxxx", "desconhecido", "pendiente", "000", "لا يوجد",
    "yok", "hakuna", "нема",
]  # fmt: skip


@pytest.mark.parametrize("written", [word for word in PLACEHOLDERS if word != "Pas encore"])
def test_a_placeholder_is_nobodys_id(read, written):
    found = read("coursera_usage", usage_rows(*({**row, "External Id": written} for row in learners(4))))
    assert len(people(found.rows)) == 4 and found.column("id_key") == [None] * 4
    assert any(note.startswith("4 rows: the id is a placeholder") for note in found.report.notes)


def test_a_formula_that_was_never_worked_out_is_nobodys_id(tmp_path):
    book = openpyxl.Workbook()
    for row in rows_of("coursera_usage", usage_rows(*learners(3))):
        book.active.append(row)
    for line in (2, 3, 4):
        book.active.cell(line, 3).value = f'="RW-"&A{line}'
    out = io.BytesIO()
    book.save(out)
    found = Read(tmp_path, "coursera_usage", out.getvalue())
    assert (found.column("id_key"), len(people(found.rows))) == ([None] * 3, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4711", "4711.0"), ("4711", "۴۷۱۱"), ("4711", "४७११"), ("4711", "4,711"), ("4711", "4 711"),
        ("4711", "004711"),
        ("4711", "4711,00"), ("254701123456", "+254 701 123 456"), ("rw-4711", "ＲＷ－４７１１"), ("RW-٤٧", "rw-47"),
    ],
)  # fmt: skip
def test_a_number_is_one_id_however_it_is_written(read, one, other):
    rows = [{"External Id": one}, {"External Id": other, "Course ID": "db2"}]
    assert len(people(read("coursera_usage", rows).rows)) == 1


def test_an_unheard_of_placeholder_beside_several_addresses_is_nobodys(read):
    rows = usage_rows(*({**row, "External Id": "ver lista"} for row in learners(5)), *learners(3))
    found = read("coursera_usage", rows)
    assert found.report.published == 8 and len(people(found.rows)) == 5  # the three with ids have addresses of the five
    assert any(note.startswith("1 ids, in 5 rows: the id stands beside several e-mail") for note in found.report.notes)


def test_an_id_shared_by_people_without_addresses_sets_them_aside(read):
    names = ["Placeholder Alpha", "Someone Beta", "Third Gamma"]
    rows = [{"learner_id": "por lista", "name": name} for name in names] + [
        {"learner_id": "RW-9", "name": "Last Delta"}
    ]
    found = read("partner_learners", rows)
    assert found.reasons == {"learner_id: the id stands beside several names, so it is nobody's": 3}
    assert (found.report.people_in, found.report.people_published) == (4, 1)  # three unknown people, each one


def test_an_id_in_three_rows_of_one_programme_is_nobodys(read):
    rows = [{"learner_id": "card lost?", "age": age} for age in ("20", "30", "40")] + [{"learner_id": "RW-1"}]
    found = read("partner_learners", rows)
    assert found.reasons == {
        "learner_id: the id stands in several rows where a person can be only once, so it is nobody's": 3
    }


def test_a_register_joined_with_a_list_of_courses_has_one_record_a_learner(read):
    rows = [{"learner_id": f"RW-{n}", "age": "20", "Course": f"c{k}"} for n in range(6) for k in range(4)]
    found = read("partner_learners", rows)
    assert (found.report.published, found.report.collapsed, found.report.people_published) == (6, 18, 6)
    # Among them an id whose rows differ in what is read is nobody's still.
    strangers = [{"learner_id": "card lost?", "age": age, "Course": "c1"} for age in ("20", "30", "40")]
    assert sum(read("partner_learners", rows + strangers).reasons.values()) == 3
    # Of an id alone that has such rows, nobody knows.
    alone = [{"learner_id": "walk-in", "Course": f"c{k}"} for k in range(4)] + [
        {"learner_id": f"RW-{n}"} for n in (1, 2)
    ]
    assert sum(read("partner_learners", alone).reasons.values()) == 4


@pytest.mark.parametrize("column", ["partner_id", "programme_id"])
def test_an_address_names_no_partner_and_no_programme(read, column):
    rows = [{"learner_id": f"RW-{n}"} for n in range(3)]
    rows += [{"learner_id": f"RW-9{n}", column: who} for n, who in enumerate(("inv@example.org", "+254 799 111 222"))]
    found = read("partner_learners", rows)
    assert found.reasons == {f"{column}: an address, and no partner or programme": 2}
    assert "example" not in repr(found.rows) + repr(found.report)
    declared = {"partner_id": {"partner": "kiron"}, "programme_id": {"programme": "kiron_campus"}}[column]
    assert read("partner_learners", rows, **declared).report.published == 5


def test_a_register_without_a_column_of_ids_or_addresses_is_asked_about(tmp_path):
    header = ["partner_id", "programme_id", "ID", "registered_on", "Hobby", "consent"]
    body = as_csv([header, *(["rw", "p", f"RW-{n}", "2022-05-16", "chess", "Yes"] for n in range(3))])
    found = Read(tmp_path, "partner_learners", body)
    assert found.asks == "columns" and "These columns are not read: “ID”, “Hobby”. Choose" in found.refused
    assert Read(tmp_path, "partner_learners", body, columns=[["learner_id", "ID"]]).report.published == 3


def test_an_id_in_another_column_is_not_shown(read):
    rows = [{"learner_id": f"KRN/{n}", "age": age} for n, age in enumerate(("20", "30", "KRN/77", "3O"))]
    assert read("partner_learners", rows).unread == {("age", ""): 1, ("age", "3O"): 1}


def test_an_age_far_from_the_date_of_birth_beside_it_is_noted(read):
    ages = [("40", "2005-01-01"), ("26", "2000-01-01"), ("26", "1997-01-01"), ("40", "n/a"), ("sixty", "1997-01-01")]
    rows = [{"learner_id": f"RW-{n}", "age": age, "Date of birth": born} for n, (age, born) in enumerate(ages)]
    found = read("partner_learners", rows, rename={"Date of birth": "date_of_birth"})
    # Registered in 2022: 17 beside 40; 22 beside 26 is an age that was asked later.
    assert "1 rows: the age is far from that of the date of birth beside it; the age is counted" in found.report.notes
    assert sorted(found.column("age_band")) == ["25-34"] * 3 + ["35-44"] * 2


def test_a_learner_with_many_courses_in_a_small_export_is_one_person(read):
    rows = [{"External Id": "RW-1", "Course ID": f"c{n}"} for n in range(28)] + [{"External Id": "RW-2"}]
    found = read("coursera_usage", rows)
    assert found.report.published == 29 and len(people(found.rows)) == 2


def test_an_id_of_a_large_share_of_rows_is_nobodys_where_nothing_says_otherwise(read):
    rows = [{"External Id": "walk-in", "Course ID": f"c{n}"} for n in range(40)] + [
        {"External Id": f"RW-{n}"} for n in range(20)
    ]
    found = read("coursera_usage", rows)
    assert found.reasons == {"external_id: the id stands in a large share of the rows, so it is nobody's": 40}
    named = read("coursera_usage", [{**row, "Email": f"{row['External Id']}@example.org"} for row in rows])
    assert named.report.published == 60 and len(people(named.rows)) == 21


def test_two_addresses_of_one_name_are_one_person_and_of_two_names_two(read):
    same = [{"External Id": "RW-1", "Name": name, "Email": mail, "Course ID": mail[0]}
            for name, mail in (("Leyla Sample", "a@example.org"), ("Leyla B. Sample", "b@example.org"))]  # fmt: skip
    assert len(people(read("coursera_usage", same).rows)) == 1
    two = [same[0], {**same[1], "Name": "Omar Other"}]
    assert len(people(read("coursera_usage", two).rows)) == 2


def test_an_address_of_an_organisation_is_nobodys(read):
    rows = [{"email": "office@ngo.example", "name": name} for name in ("First Person", "Second One", "Someone Third")]
    found = read("partner_learners", rows)
    assert found.refused.startswith("Nothing in the file can be published: all 3 rows were set aside.")
    found = read("partner_learners", [{**row, "learner_id": f"RW-{n}"} for n, row in enumerate(rows)])
    assert found.report.published == 3 and found.column("email_key") == [None] * 3
    assert any("1 e-mail addresses, in 3 rows" in note for note in found.report.notes)


def test_which_ids_are_nobodys_is_a_function_of_columns():
    ids = ["a", "a", "a", "b", "b", "c"]
    emails = ["1@x.org", "2@x.org", "3@x.org", "4@x.org", "4@x.org", ""]
    assert no_ids(ids, emails, [""] * 6, ["c1"] * 6) == {"a"}


# Consent


@pytest.mark.parametrize(
    ("header", "agreed", "refused", "unsure"),
    [
        ("Consentement éclairé", "Oui", "Refusé", "en attente"),
        ("¿Da su consentimiento?", "Sí", "No acepta", "pendiente"),
        ("Autorização de uso de dados", "Sim", "Não", "a confirmar"),
        ("Согласие на обработку персональных данных", "да", "отказ", "уточняется"),
        ("是否同意共享数据", "同意", "不同意", "待定"),
        ("الموافقة على مشاركة البيانات", "نعم", "رفض", "قيد الانتظار"),
        ("GDPR opt-in", "TRUE", "FALSE", "to be confirmed"),
        ("Data sharing (Y/N)", "y", "declined", "not yet"),
        ("Consent form signed?", "✓", "✗", "later"),
    ],
)
def test_consent_is_known_in_each_language_and_only_a_clear_yes_is_one(read, header, agreed, refused, unsure):
    words = [agreed, refused, unsure, "", "???"]
    rows = [{"learner_id": f"RW-{n}", "consent": word} for n, word in enumerate(words)]
    found = read("partner_learners", rows, rename={"consent": header})
    assert found.report.published == 1 and found.reasons == {
        REFUSAL: 1,
        "consent: consent is pending, so nothing of the row is kept": 1,
        "consent: consent is blank, so nothing of the row is kept": 2,
    }
    assert header not in found.report.dropped_columns


@pytest.mark.parametrize(
    "word",
    [
        *("yes, but no photos", "ask the mother", "2022-05-01", "x", "I do not consent", "maybe", "Yes?"),
        *("Yes until 2023", "Yes, partially", "Yes (limited)", "yes for research", "Oui sous réserve", "Yes, internal"),
        *("Sí con condiciones", "Да, частично", "نعم بشروط", "是（部分）", "Yes - implied", "❌", "✖️", "●", "✔️ partly"),
    ],
)
def test_a_doubt_is_no_consent(read, word):
    found = read("partner_learners", [{"learner_id": "RW-1", "consent": word}, {"learner_id": "RW-2"}])
    assert found.report.published == 1 and sum(found.reasons.values()) == 1


@pytest.mark.parametrize(
    "word", ["✔️", "✅", "☑️ Yes", "Yes (verbal)", "Oui, par téléphone", "да (устно)", "نعم شفهيا", "是（口头）"]
)
def test_how_a_yes_was_given_leaves_it_one(read, word):
    rows = [{"learner_id": "RW-1", "consent": word}, {"learner_id": "RW-2"}]
    assert read("partner_learners", rows).report.published == 2


def test_without_a_column_of_consent_a_register_is_asked_about(read):
    rows = [{"learner_id": "RW-1", "consent": "signed contract"}]
    found = read("partner_learners", rows, rename={"consent": "Remarks"})
    assert found.asks == "no_consent_column" and "reads like consent" in found.refused
    stated = read("partner_learners", rows, rename={"consent": "Remarks"}, no_consent_column=True)
    assert stated.report.published == 1
    mapped = read("partner_learners", rows, rename={"consent": "Remarks"}, columns=[["consent", "Remarks"]])
    assert "all 1 rows were set aside" in mapped.refused  # a signed contract is no clear yes


def test_stating_that_there_is_none_overrides_no_column_that_is_there(read):
    rows = [{"learner_id": "RW-1"}, {"learner_id": "RW-2", "consent": "No"}]
    found = read("partner_learners", rows, rename={"consent": "Agreed to share data?"}, no_consent_column=True)
    assert found.report.published == 1 and found.reasons == {REFUSAL: 1}


def test_of_two_columns_that_read_like_consent_the_sender_chooses(read):
    rows = [{"learner_id": "RW-1", "consent": "No", "Consent to research": "Yes"}]
    found = read("partner_learners", rows, rename={"consent": "Consent to data sharing"})
    assert found.asks == "columns" and "“Consent to data sharing”, “Consent to research”" in found.refused
    rows = [{"learner_id": "RW-1", "Consent date": "2022-01-01"}]
    assert read("partner_learners", rows, rename={"consent": "Consent status"}).report.published == 1


DENIED = [
    "Do not share my data", "Do not use my data", "No autoriza compartir datos", "No acepta",
    "Does not agree to data sharing", "Não autoriza o uso dos dados", "Согласие не получено",
    "لا أوافق على مشاركة البيانات", "N'autorise pas", "Consent missing", "Anonymity requested / privacy",
    "Consent withdrawn", "不授权使用", "Don't share my data", "Opted out of data sharing", "Data sharing blocked",
    "Excluded from data sharing", "Consent withheld", "GDPR deletion request", "S'oppose au partage des données",
    "Se opone a compartir datos", "Запрет на обработку персональных данных", "反对授权", "يعترض على مشاركة البيانات",
]  # fmt: skip


@pytest.mark.parametrize("header", DENIED)
def test_a_heading_that_denies_consent_is_never_read_as_consent(read, header):
    rows = [{"learner_id": "RW-1", "consent": "Yes"}, {"learner_id": "RW-2", "consent": "No"}]
    rename = {"consent": header}
    found = read("partner_learners", rows, rename=rename)
    assert found.asks == "no_consent_column" and f"opposite of it: “{header}”" in found.refused
    # Of two learners the one with a Yes refused; that the other one agreed is the sender's word.
    stated = read("partner_learners", rows, rename=rename, no_consent_column=True)
    assert stated.report.published == 1 and sum(stated.reasons.values()) == 1
    mapped = read("partner_learners", rows, rename=rename, columns=[["consent", header]])
    assert mapped.asks == "columns" and header in mapped.refused
    names = [header if name == "consent" else name for name in REGISTER]
    assert "consent" not in suggest_all(names, sources()["partner_learners"])


@pytest.mark.parametrize("header", ["Consent (0=yes,1=no)", "Consent (1 = yes, 2 = no)", "Consent 0 yes 1 no"])
def test_a_coding_of_its_own_is_never_read_as_consent(read, header):
    rows = [{"learner_id": "RW-1", "consent": "1"}, {"learner_id": "RW-2", "consent": "0"}]
    for said in ({}, {"no_consent_column": True}, {"columns": [["consent", header]]}):
        found = read("partner_learners", rows, rename={"consent": header}, **said)
        assert found.asks == "columns" and f"“{header}”" in found.refused


NO_CONSENT_OR_ANOTHER = [
    "Photo consent", "Consent to travel", "Date consent", "Consent form", "Work authorization", "Consent required",
    "Consent pending", "Privacy notice read", "GDPR training completed", "Consent to be contacted", "Agreed to attend",
    "Einwilligungsverweigerung", "Consent age", "Autorisation de séjour", "Acepta la plaza", "Согласен на обучение",
    "同意参加", "موافقة على الدراسة",
]  # fmt: skip


@pytest.mark.parametrize("header", NO_CONSENT_OR_ANOTHER)
def test_consent_to_a_detail_alone_is_asked_about(read, header):
    rows = [{"learner_id": "RW-1", "consent": "Yes"}, {"learner_id": "RW-2", "consent": "No"}]
    found = read("partner_learners", rows, rename={"consent": header})
    assert found.asks == "no_consent_column" and f"may not be it: “{header}”" in found.refused
    mapped = read("partner_learners", rows, rename={"consent": header}, columns=[["consent", header]])
    assert mapped.report.published == 1


@pytest.mark.parametrize(
    ("header", "agreed", "refused"),
    [
        ("Einwilligung", "Ja", "Nein"), ("Rıza", "evet", "hayır"), ("Згода", "так", "ні"), ("رضایت", "بله", "نه"),
        ("Ridhaa", "ndiyo", "hapana"), ("Permission", "Yes", "No"), ("Data use agreement", "Yes", "No"),
        ("Signed form", "Yes", "No"), ("¿Está de acuerdo con el uso?", "Sí", "No"), ("Consent (Yes/No)", "Y", "N"),
        ("Consent (1=yes, 0=no)", "1", "0"), ("Consentement (oui ou non)", "oui", "non"), ("Consent: Y / N", "Y", "N"),
        ("Q12. May we share your data with UNESCO?", "Yes", "No"), ("Consentimiento informado (S/N)", "S", "N"),
        ("L'apprenant autorise-t-il le partage de ses données ?", "oui", "non"), ("知情同意书已签署", "是", "否"),
        ("Согласие участника на обработку ПДн", "да", "нет"), ("هل وافق الطالب على مشاركة البيانات؟", "نعم", "لا"),
    ],
)  # fmt: skip
def test_more_headings_ask_for_consent(read, header, agreed, refused):
    rows = [{"learner_id": "RW-1", "consent": agreed}, {"learner_id": "RW-2", "consent": refused}]
    found = read("partner_learners", rows, rename={"consent": header})
    assert found.report.published == 1 and found.reasons == {REFUSAL: 1}


def test_a_column_of_yes_and_no_that_is_not_read_may_be_consent(read):
    rows = [{"learner_id": f"RW-{n}", "consent": word} for n, word in enumerate(["Yes", "No", ""])]
    rename = {"consent": "Keeps the data card"}
    asked = read("partner_learners", rows, rename=rename)
    assert asked.asks == "no_consent_column" and "hold yes and no: “Keeps the data card”" in asked.refused
    stated = read("partner_learners", rows, rename=rename, no_consent_column=True)
    assert stated.asks == "columns" and "“Keeps the data card”" in stated.refused
    mapped = read("partner_learners", rows, rename=rename, columns=[["consent", "Keeps the data card"]])
    assert mapped.report.published == 1
    all_yes = [{**row, "consent": "Yes"} for row in rows]
    assert read("partner_learners", all_yes, rename=rename, no_consent_column=True).report.published == 3


def test_consent_taken_back_takes_the_row_out(read):
    rows = [
        {"learner_id": f"RW-{n}", "Consent withdrawn": word} for n, word in enumerate(("", "No", "Yes", "2023-01-01"))
    ]
    found = read("partner_learners", rows)
    assert found.report.published == 2
    assert found.reasons == {"consent: the learner took the consent back, so nothing of the row is kept": 2}


def test_a_column_of_consent_is_obeyed_in_every_file_about_people(tmp_path, read):
    rows = usage_rows(*learners(3))
    rows = [{**row, "Consentimiento": word} for row, word in zip(rows, ("Sí", "No", ""), strict=True)]
    assert read("coursera_usage", rows).report.published == 1
    header = ["External Id", "Join Date", "Program Slug", "Opt-in"]
    body = as_csv(
        [header, ["RW-1", "2022-01-01", "kiron-campus", "Yes"], ["RW-2", "2022-01-01", "kiron-campus", "declined"]]
    )
    assert Read(tmp_path, "coursera_membership", body).report.published == 1
    header = ["partner_id", "learner_id", "university", "university_country", "requested_on", "Accord de partage"]
    body = as_csv(
        [header, *(["rw", f"RW-{n}", "U", "FR", "2022-01-01", word] for n, word in enumerate(("oui", "non")))]
    )
    assert Read(tmp_path, "recognitions", body).report.published == 1


# Dates


@pytest.mark.parametrize(
    "written",
    [
        "2023-03-17", "2023/03/17", "2023.3.17", "20230317", "17-Mar-23", "17 mars 2023", "17 de marzo de 2023",
        "17 марта 2023 г.",
        "2023年3月17日", "17 مارس 2023", "١٧ آذار ٢٠٢٣", "17 de março de 2023", "March 17, 2023", "17.3.2023",
        "17.03.23", "45002",
        "2023-03-17 00:00:00", "2023-03-17T00:00:00Z", "2023-03-17 UTC", "17/03/2023", "17-03-2023 00:00",
        "2023-03-17 12:00:00 AM", "17/3/2023 14:05",
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(read, written):
    found = read("partner_learners", [{"learner_id": "RW-1", "registered_on": written}])
    assert [str(day) for day in found.column("registered_on")] == ["2023-03-17"]


def test_days_above_twelve_prove_that_the_day_stands_first(read):
    rows = [
        {"learner_id": f"RW-{n}", "registered_on": day}
        for n, day in enumerate(("05/04/2022", "21/04/2022", "07/04/2022"))
    ]
    assert [day.month for day in read("partner_learners", rows).column("registered_on")] == [4, 4, 4]


def test_both_orders_in_one_file_are_asked_about_and_the_other_order_is_set_aside(read):
    days = ["25/04/2022", "04/26/2022", "04/27/2022", *["03/04/2022"] * 7, *[f"{day}/05/2022" for day in range(13, 29)]]
    rows = [{"learner_id": f"RW-{n}", "registered_on": day} for n, day in enumerate(days)]
    found = read("partner_learners", rows)
    assert found.asks == "date_order" and "no order reads them all" in found.refused
    found = read("partner_learners", rows, date_order="day_first")
    assert found.report.published == 24 and found.reasons == {"registered_on: not a date with the day first": 2}
    assert str(found.column("registered_on")[1]) == "2022-04-03"


def test_a_few_dates_in_doubt_among_many_are_set_aside(read):
    rows = [*register_rows(*learners(20)), {"learner_id": "RW-x", "registered_on": "04/05/2022"}]
    found = read("partner_learners", rows)
    assert found.report.published == 20
    assert found.reasons == {"registered_on: day and month can be read in two orders; write YYYY-MM-DD": 1}


def test_an_export_saved_again_by_a_spreadsheet_is_asked_about_and_read_with_its_clock(read):
    rows = usage_rows(
        *learners(
            3, **{"Enrollment Time": "3/4/2022 11:30 PM", "Class Start Time": "", "Last Course Activity Time": ""}
        )
    )
    assert read("coursera_usage", rows).asks == "date_order"
    found = read("coursera_usage", rows, date_order="month_first", zone="America/Bogota")
    assert str(found.column("enrolled_on")[0]) == "2022-03-05"  # 4 March 23:30 in Bogotá is 5 March in UTC


def test_a_hub_says_which_order_its_sessions_have(tmp_path):
    header = ["hub_id", "held_on", "attendance"]
    body = as_csv([header, ["juba", "04/05/2023", "12"], ["juba", "2023-06-01", "9"]])
    assert Read(tmp_path, "hub_sessions", body).asks == "date_order"
    held = Read(tmp_path, "hub_sessions", body, date_order="month_first").column("held_on")
    assert [str(day) for day in held] == ["2023-04-05", "2023-06-01"]


# Values


SEXES = {
    "female": ["Femme", "mujer", "жен.", "женский", "女", "أنثى", "انثى", "Feminino", "FEMALE", "girl", "féminin"],
    "male": ["Homme", "varón", "муж", "男", "ذكر", "masculino", "boy", "garçon"],
    "other": ["autre", "no binario", "другое", "其他", "Non-binary"],
    "not reported": ["prefer not to say", "Préfère ne pas répondre", "не указано", "", "N/A", "غير محدد"],
}


@pytest.mark.parametrize(("sex", "written"), [(sex, word) for sex, words in SEXES.items() for word in words])
def test_sex_is_known_in_each_language(read, sex, written):
    found = read("partner_learners", [{"learner_id": "RW-1", "sex": written}])
    assert (found.column("sex"), found.report.unread) == ([sex], ())


@pytest.mark.parametrize(
    ("letters", "sexes"),
    [
        ("HMH", ["male", "female", "male"]),
        ("FMM", ["female", "male", "male"]),
        ("FHM", ["female", "male", "male"]),
        ("MMM", ["male"] * 3),
    ],
)
def test_the_letters_of_a_file_say_what_m_is(read, letters, sexes):
    rows = [{"learner_id": f"RW-{n}", "sex": letter} for n, letter in enumerate(letters)]
    assert read("partner_learners", rows).column("sex") == sexes


@pytest.mark.parametrize(
    ("written", "band"),
    [
        ("23", "18-24"), ("23.0", "18-24"), ("٢٣", "18-24"), ("25–34", "25-34"), ("25 to 34", "25-34"),
        ("de 25", "not reported"),
        ("moins de 18 ans", "under 18"), ("<18", "under 18"), ("60+", "60 and over"),
        ("65 and over", "60 and over"), ("más de 60", "60 and over"),
        ("18-34", "not reported"), ("23 ans", "18-24"), ("18至24岁", "18-24"), ("de 18 a 24 años", "not reported"),
        ("150", "not reported"),
    ],
)  # fmt: skip
def test_an_age_is_a_band_or_not_reported(read, written, band):
    assert read("partner_learners", [{"learner_id": "RW-1", "age": written}]).column("age_band") == [band]


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("6,5", 6.5),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("٧٫٥", 7.5),
        ("１２", 12),
        ("12.0", 12),
        ("1,234", None),
        ("about ten", None),
    ],
)
def test_hours_are_read_where_they_say_one_thing_and_left_out_otherwise(read, written, hours):
    found = read("partner_learners", [{"learner_id": "RW-1", "hours": written, "hours_basis": "attested"}])
    assert found.column("hours") == [hours]
    assert found.unread == ({} if hours else {("hours", written): 1})


@pytest.mark.parametrize(
    ("column", "written", "kept"),
    [
        ("withdrawn_on", "soon", None), ("withdrawn_on", "2021-01-01", None), ("hub_id", "the one in town", None),
        ("intent", "perhaps", None),
        ("education", "madrasa level 3", "not reported"), ("country_origin", "Atlantis", "unknown"),
        ("hours", "12", None),
    ],
)  # fmt: skip
def test_an_unusable_optional_value_is_left_out_and_named_and_the_row_stays(read, column, written, kept):
    found = read("partner_learners", [{"learner_id": "RW-1", column: written}])
    name = {"intent": "intends_to_finish"}.get(column, column)
    assert found.column(name) == [kept] and found.report.published == 1
    (value,) = found.report.unread
    assert (value.rows, value.lines) == (1, (2,)) and value.column.startswith(column)


@pytest.mark.parametrize(
    ("written", "level"),
    [("Lycée", "secondary"), ("Licenciatura", "bachelor"), ("высшее", "bachelor"), ("小学", "primary"),
    ("ثانوي", "secondary"), ("TVET", "vocational"),
     ("Sin estudios", "none"), ("None", "none"), ("PhD", "master or above"), ("pós-graduação", "master or above")],
)  # fmt: skip
def test_education_is_known_in_each_language(read, written, level):
    assert read("partner_learners", [{"learner_id": "RW-1", "education": written}]).column("education") == [level]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Irak", "IRQ"), ("Йемен", "YEM"), ("厄立特里亚", "ERI"), ("إثيوبيا", "ETH"), ("Sudán del Sur", "SSD"),
        ("Coreia do Norte", "PRK"),
        ("Moldova, Republic of", "MDA"), ("Egypt, Arab Rep.", "EGY"), ("Kosovo under UNSCR 1244", "XKX"),
        ("Faixa de Gaza", "PSE"),
        ("Bangladesh / Cox's Bazar", "BGD"), ("Republic of Mali", "MLI"), ("Timor Oriental", "TLS"),
        ("U.S.", "USA"), ("Congo (RDC)", "COD"),
        ("Guinea (Equatorial)", "GNQ"), ("South Sudan / Sudan", "unknown"), ("Stateless", "unknown"),
        ("N/A", "unknown"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_any_usual_name(read, written, code):
    assert read("partner_learners", [{"learner_id": "RW-1", "country_host": written}]).column("country_host") == [code]


@pytest.mark.parametrize(
    ("column", "written"),
    [("For Credit", "perhaps"), ("Removed From Program", "ask"), ("Class Start Time", "2090-01-01"),
    ("Last Course Activity Time", "yesterday"),
     ("Completion Time", "n.d."), ("Estimated Learning Hours", "lots"), ("Course", "write to me@example.org")],
)  # fmt: skip
def test_what_an_export_can_do_without_never_drops_its_row(read, column, written):
    found = read("coursera_usage", [{"External Id": "RW-1", column: written}])
    assert found.report.published == 1 and len(found.report.unread) == (written != "n.d.")
    assert "me@example.org" not in str(found.report)


@pytest.mark.parametrize(
    "change",
    [
        {"Overall Progress": "100"},
        {"Completion Time": "2022-05-01T00:00:00Z"},
        {"Overall Progress": "100 %", "Completed": "—"},
    ],
)
def test_a_blank_beside_a_sign_of_completion_is_set_aside(read, change):
    found = read(
        "coursera_usage", [{"External Id": "RW-1", "Completed": "", **change}, {"External Id": "RW-2", "Completed": ""}]
    )
    assert found.reasons == {"completed: blank beside a completion time or full progress, so it may be either": 1}
    assert found.column("is_completed") == [False]  # blank, and nothing says otherwise


def test_no_beside_a_completion_time_is_noted(read):
    found = read("coursera_usage", [{"External Id": "RW-1", "Completion Time": "2022-05-01T00:00:00Z"}])
    assert any(note.startswith("1 rows: a completion time stands beside Completed = No") for note in found.report.notes)


@pytest.mark.parametrize(
    ("values", "asked"),
    [(["0.5", "0.2", "1"], True), (["0,5", "0,25"], True), (["50", "0.5", "100"], False), (["0", "0", "0"], False),
    (["45%", "0.5%", "7 %"], False),
     (["0.5", "0.6", "0.7", "45"], True), (["٠٫٥", "٠٫٢"], True)],
)  # fmt: skip
def test_progress_is_asked_about_where_it_may_be_a_share(read, values, asked):
    rows = [{"External Id": f"RW-{n}", "Overall Progress": value} for n, value in enumerate(values)]
    assert (read("coursera_usage", rows).asks == "progress_scale") == asked
    assert read("coursera_usage", rows, progress_scale="percent").report.published == len(values)


def test_full_progress_of_completed_courses_alone_is_asked_about(read):
    rows = [
        {"External Id": f"RW-{n}", "Overall Progress": str(n % 2), "Completed": ("No", "Yes")[n % 2]} for n in range(6)
    ]
    assert read("coursera_usage", rows).asks == "progress_scale"
    assert read("coursera_usage", rows, progress_scale="share").column("progress") == [0, 1] * 3


# Partners and programmes


@pytest.mark.parametrize(
    ("name", "slug", "stream"),
    [
        ("Coursera for Refugees Reliefworks", "coursera-for-refugees-reliefworks-9zk2p", Stream("reliefworks",
        "coursera_for_refugees")),
        ("Coursera for Refugees Reliefworks", "coursera-for-refugees-reliefworks-zqxvb", Stream("reliefworks",
        "coursera_for_refugees")),
        ("Kiron Skills Academy", "kiron-skills-academy-0a1b2", Stream("kiron", "kiron_skills_academy")),
        ("Formation Numérique", "formation-numerique-hh7d2", Stream("formation_numérique", "formation_numérique")),
        ("", "coursera-for-refugees-kiron-pqrst", Stream("kiron", "coursera_for_refugees")),
        ("", "dlsei-7f3kq", Stream("hec_pakistan", "dlsei")),
        ("DLSEI 2023", "dlsei-2023", Stream("hec_pakistan", "dlsei")),
        ("Coursera for Campus", "coursera-for-campus-1x2y3", Stream("coursera_for_campus", "coursera_for_campus")),
    ],
)  # fmt: skip
def test_the_name_of_a_programme_says_whose_it_is(name, slug, stream):
    assert stream_of(name, slug) == stream


def test_what_the_sender_declares_goes_before_every_name(read):
    found = read("coursera_usage", [{"External Id": "RW-1", "Program Slug": "x-programme-9zk2p"}], partner="kiron")
    assert found.report.streams == ("kiron/coursera_for_refugees",)


# The account


def test_values_that_were_not_understood_come_most_frequent_first_and_never_name_a_person(read):
    rows = [
        {"learner_id": f"RW-{n}", "name": "Zara Canary", "sex": "sjx", "country_host": "Mali Situation"}
        for n in range(3)
    ]
    rows += [{"learner_id": "RW-8", "name": "Zara Canary", "sex": "Canary", "country_host": "zara's tent"}]
    rows += [{"learner_id": "RW-9", "born": "", "age": "call zara@example.org", "country_host": "w" * 70}]
    unread = read("partner_learners", rows).report.unread
    assert [(value.column, value.value, value.rows, value.lines) for value in unread] == [
        ("country_host", "Mali Situation", 3, (2, 3, 4)),
        ("sex", "sjx", 3, (2, 3, 4)),
        ("country_host", "", 2, (5, 6)),
        ("age", "", 1, (6,)),
        ("sex", "", 1, (5,)),
    ]


def test_the_same_from_a_workbook_with_numbers_and_real_dates(tmp_path):
    book = openpyxl.Workbook()
    header = ["partner_id", "programme_id", "learner_id", "age", "registered_on", "consent"]
    book.active.append(header)
    for number in range(3):
        book.active.append(["rw", "dlsei", 1001 + number, 23.0, 45002.0 if number else "17/03/2023", True])
    out = io.BytesIO()
    book.save(out)
    found = Read(tmp_path, "partner_learners", out.getvalue())
    assert [str(day) for day in found.column("registered_on")] == ["2023-03-17"] * 3
    text = Read(tmp_path, "partner_learners", as_xlsx([header, ["rw", "dlsei", "1001.0", "23", "2023-03-17", "yes"]]))
    assert text.column("id_key") == found.column("id_key")[:1] and found.column("age_band") == ["18-24"] * 3


def test_missing_words_in_other_files_about_people(tmp_path):
    body = as_csv([
        ["Email", "Join Date", "Invitation Date", "Latest Program Activity Date", "Member State", "Program Slug",
        "Location Country"],
        ["a@example.org", "2022-01-01", "N/A", "sin datos", "NULL", "kiron-campus", "—"],
    ])  # fmt: skip
    found = Read(tmp_path, "coursera_membership", body)
    assert (found.column("member_state"), found.report.unread) == (["member"], ())
    body = as_csv([
        ["Email", "Specialization", "Enrollment Time", "Completed", "Program Slug",
        "Specialization Completion Time", "Specialization Certificate URL"],
        ["a@example.org", "S", "2022-01-01", "Sí", "kiron-campus", "2022-02-01", "pendiente"],
        ["b@example.org", "S", "2022-01-01", "", "kiron-campus", "2022-02-01", ""],
    ])  # fmt: skip
    found = Read(tmp_path, "coursera_specializations", body)
    assert found.column("has_certificate") == [False]
    assert found.reasons == {"completed: blank beside a completion time, so it may be either": 1}
    body = as_csv([
        ["partner_id", "learner_id", "university", "university_country", "requested_on", "agreement_on", "decision",
        "ects_requested"],
        ["rw", "RW-1", "U", "RDC", "17 mars 2022", "", "en attente", "five"],
        ["rw", "n/a", "U", "Turquie", "", "2021-05-06", "", ""],
    ])  # fmt: skip
    found = Read(tmp_path, "recognitions", body)
    assert (found.column("country_iso3"), found.column("record")) == (["COD", "TUR"], ["request", "agreement"])
    assert found.unread == {("ects_requested", "five"): 1} and found.report.people_in == 1


ids = st.sampled_from(["", "RW-1", "RW-2", "RW-3", "—", "ver lista", "7", "7.0", "9999"])
mails = st.sampled_from(["", "a@example.org", "b@example.org", "c@example.org", "office@ngo.example", "none"])
row = st.fixed_dictionaries(
    {
        "learner_id": ids,
        "email": mails,
        "name": st.sampled_from(["", "First Person", "Second One", "Someone Third", "A Fourth"]),
        "consent": st.sampled_from(["Yes", "Yes", "No", ""]),
        "registered_on": st.sampled_from(["2022-05-16", "2022-05-17", "", "04/05/2022", "20/05/2022"]),
        "sex": st.sampled_from(["M", "H", "F", "other", "?"]),
    }
)


@settings(max_examples=60 if FULL else 20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, min_size=1, max_size=30))
def test_rows_and_people_always_add_up(tmp_path, rows):
    found = Read(tmp_path, "partner_learners", as_csv(rows_of("partner_learners", rows)))
    if found.refused:
        return
    report = found.report
    assert report.rows_in == report.published + report.collapsed + len(report.quarantined) == len(rows)
    assert report.people_in == report.people_published + sum(people for _, people in report.people_set_aside)
    if not report.quarantined:  # what a row that is set aside says of who is whom is not kept
        assert len(people(found.rows)) <= report.people_in


def test_a_refusal_in_one_row_of_a_programme_holds_for_the_others(read):
    rows = [{"learner_id": "RW-1", "consent": "Yes"}, {"learner_id": "RW-1", "consent": "No", "age": "23"}]
    rows += [{"learner_id": "RW-1", "programme_id": "dlsei"}, {"learner_id": "RW-2"}]
    found = read("partner_learners", rows)
    assert sorted(found.report.streams) == ["reliefworks/coursera_for_refugees", "reliefworks/dlsei"]
    assert found.column("programme_id") == ["dlsei", "coursera_for_refugees"]  # she agreed for DLSEI
    assert found.reasons == {
        REFUSAL: 1,
        "consent: the learner did not consent in another row of the programme, so nothing of this one is kept": 1,
    }


@pytest.mark.parametrize("written", ["007", "٧", "7.0"])
def test_who_was_erased_under_a_former_form_of_the_id_stays_erased(read, written):
    identity = Identity(bytes.fromhex(SECRET))
    (key,) = identity.former_keys(written, "")
    found = read("partner_learners", [{"learner_id": written}, {"learner_id": "RW-2"}], erased=[identity.mark(key)])
    assert (found.report.published, found.report.collapsed, found.report.erased) == (1, 1, 1)
    assert found.report.people_set_aside == (("the learner was erased", 1),)


def test_a_row_that_came_apart_is_one_unknown_person(tmp_path):
    body = as_csv(rows_of("partner_learners", [{"learner_id": "RW-1"}])) + b"too,few\r\n"
    report = Read(tmp_path, "partner_learners", body).report
    assert (report.people_in, report.people_published) == (2, 1)
    assert report.people_set_aside == (("(row): the header has 17 cells, the row 2", 1),)
    assert report.people_line.startswith("people in 2 = published 1 + set aside 1 (1 (row)")


def test_an_agreement_with_a_university_is_no_person(tmp_path):
    header = ["partner_id", "learner_id", "university", "university_country", "requested_on", "agreement_on"]
    body = as_csv([header, ["rw", "", "U", "DEU", "", "soon"], ["rw", "RW-1", "U", "DEU", "2022-01-01", ""]])
    report = Read(tmp_path, "recognitions", body).report
    assert (report.people_in, report.people_published, len(report.quarantined)) == (1, 1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        ["ONG", "Projet", "Identifiant", "Pays d'origine", "Pays d'accueil", "Sexe", "Âge", "Niveau d'études",
         "Date d'inscription", "Consentement"],
        ["Organización", "Proyecto", "Código de estudiante", "País de origen", "País de acogida", "Género", "Edad",
         "Nivel educativo", "Fecha de inscripción", "¿Autoriza el uso de datos?"],
        ["Организация", "Проект", "Идентификатор", "Гражданство", "Страна проживания", "Пол", "Возраст", "Образование",
         "Дата регистрации", "Согласие"],
        ["机构", "项目", "学号", "原籍国", "居住国", "性别", "年龄", "学历", "注册日期", "是否同意"],
        ["المنظمة", "المشروع", "رقم الطالب", "بلد المنشأ", "البلد المضيف", "الجنس", "العمر", "المستوى التعليمي",
         "تاريخ التسجيل", "الموافقة"],
        ["Partner name", "Cohort", "Student ID", "Nationality", "Lives in", "Sex or gender", "Age group",
         "Highest education", "Intake date", "Agrees to data sharing"],
    ],
)  # fmt: skip
def test_each_column_of_a_register_is_suggested_in_each_language(headers):
    columns = ["partner_id", "programme_id", "learner_id", "country_origin", "country_host", "sex", "age", "education"]
    wanted = dict(zip([*columns, "registered_on", "consent"], headers, strict=True))
    card = sources()["partner_learners"]
    known = positions(headers, header_names(card))  # by its letters alone, as Âge
    found = suggest_all(headers, card)
    assert found | {name: headers[at] for name, at in known.items()} == wanted
    assert list(found)[:4] == [
        "partner_id",
        "programme_id",
        "registered_on",
        "consent",
    ]  # what matters most comes first


def test_the_same_file_read_in_another_order_is_another_snapshot(tmp_path):
    file = tmp_path / "register.csv"
    rows = [{"learner_id": f"RW-{n}", "registered_on": "04/05/2022"} for n in range(4)]
    file.write_bytes(as_csv(rows_of("partner_learners", rows)))
    with pytest.raises(FileRefused) as refused:
        check_file("partner_learners", file, DAY)
    assert refused.value.asks == "date_order"
    done = [
        import_file(tmp_path / "store", "partner_learners", file, DAY, Declared(date_order=order)) for order in ORDERS
    ]
    assert not done[1].was_held and done[0].report.content != done[1].report.content
    assert Report.from_json(done[0].report.as_json()) == done[0].report
    with pytest.raises(FileRefused, match="There is no date order 'upside down'"):
        check_file("partner_learners", file, DAY, Declared(date_order="upside down"))


def test_the_shell_answers_what_is_asked(tmp_path, capsys):
    file = tmp_path / "register_2025-01-31.csv"
    rows = [{"learner_id": "1001.0", "registered_on": "9/1/2022", "sex": "sjx", "consent": ""}]
    rows += [{"learner_id": f"{n}", "registered_on": "9/1/2022", "sex": "sjx"} for n in (1001, 1002, 1003)]
    file.write_bytes(as_csv(rows_of("partner_learners", rows)))
    store = ["--store", str(tmp_path / "store"), "check", "partner_learners", str(file)]
    assert main(store) == 1 and "(`--date-order`)" in capsys.readouterr().err
    assert main([*store, "--date-order", "month_first"]) == 0
    said = capsys.readouterr().out
    assert "3  sex: 'sjx' is not understood (not reported); first on line 3, 4, 5" in said
    # The first person is 1001 twice: one row without consent, one with it.
    assert "people in 3 = published 3 + set aside 0" in said and "rows in 4 = published 3" in said


def test_students_of_the_rehearsal_dataset_are_people_too(tmp_path):
    header = ["code_module", "code_presentation", "id_student", "date_registration", "date_unregistration"]
    rows = [
        ["AAA", "2013J", "11391", "-159", ""],
        ["BBB", "2013J", "11391.0", "-20", ""],
        ["AAA", "2013J", "n/a", "-3", ""],
    ]
    found = Read(tmp_path, "oulad", as_csv([header, *rows]))
    assert len(set(found.column("id_key"))) == 1 and found.reasons == {"id_student: blank": 1}
    assert (found.report.people_in, found.report.people_published) == (2, 1)
    body = as_csv([["code_module", "code_presentation", "module_presentation_length"], ["AAA", "2013J", "268"]])
    assert Read(tmp_path, "oulad", body).report.people_in == 0


def test_a_word_for_missing_names_no_course_university_partner_or_programme(tmp_path, read):
    found = read("coursera_usage", [{"External Id": "RW-1", "Course ID": "N/A"}, {"External Id": "RW-2"}])
    assert found.reasons == {"course_id: blank": 1}
    found = read("partner_learners", [{"learner_id": "RW-1", "partner_id": "sin datos"}, {"learner_id": "RW-2"}])
    assert found.reasons == {"partner_id: blank": 1}
    slugs = [
        {"External Id": "RW-1", "Program Slug": "NULL"},
        {"External Id": "RW-2", "Program Slug": "—", "Program Name": "n/a"},
    ]
    found = read("coursera_usage", slugs)
    assert found.report.streams == ("reliefworks/coursera_for_refugees",) and len(found.report.quarantined) == 1


@pytest.mark.parametrize(
    ("written", "programme"),
    [("Coursera for Refugees", "coursera_for_refugees"), ("Coursera for Refugees - Chad", "coursera_for_refugees"),
     ("DLSEI Phase II", "dlsei"), ("Evening school", "evening_school"), ("N/A", "reliefworks")],
)  # fmt: skip
def test_the_programme_of_a_register_is_one_that_is_known_where_it_begins_so(read, written, programme):
    found = read("partner_learners", [{"learner_id": "RW-1", "programme_id": written}])
    assert found.report.streams == (f"reliefworks/{programme}",)
