"""Files about people as partners sent them, with the outcome worked by hand."""

from pathlib import Path

import pytest

from dashboard.commands.cli import main
from dashboard.intake.likeness import suggest_all
from dashboard.intake.recognise import headers
from dashboard.warehouse.catalog import sources
from tests.intake.making import Read, as_csv, as_xlsx

FAULTS = Path(__file__).parents[1] / "fixtures" / "faults"


@pytest.fixture
def read(tmp_path):
    def bring(source, name, **said):
        return Read(tmp_path, source, (FAULTS / name).read_bytes(), **said)

    return bring


def keys(rows):
    return {row["id_key"] or row["email_key"] for row in rows}


def test_every_column_of_a_register_with_its_own_headings_can_be_mapped_and_consent_is_obeyed(read):
    name = "ngo_r02b_own_headers_id_ok.csv"
    card = sources()["partner_learners"]
    found = suggest_all(headers(FAULTS / name).names, card)
    wanted = {"consent": "Consent given?", "sex": "Gender (M/F)", "country_origin": "Country of origin"}
    assert wanted.items() <= found.items() and found["country_host"] == "Host country"
    everything = read("partner_learners", name, columns=sorted(found.items()))
    assert everything.report.published == 21 and everything.reasons == {  # 3 of 24 say No
        "consent: the learner did not consent, so nothing of the row is kept": 3
    }
    assert set(everything.column("sex")) <= {"female", "male", "not reported"} and "KEN" in everything.column(
        "country_host"
    )
    # Who maps only what must be mapped publishes no refusal either.
    needed = {"partner_id": "Organisation", "registered_on": "Date of registration"}
    assert read("partner_learners", name, columns=sorted(needed.items())).report.published == 21


def test_intakes_on_the_first_of_months_written_month_first_are_asked_about(read):
    name = "ngo_r05_intake_first_of_month_us.csv"
    found = read("partner_learners", name)
    assert found.asks == "date_order" and found.refused.startswith("24 dates can be read in two ways")
    months = {day.month for day in read("partner_learners", name, date_order="month_first").column("registered_on")}
    assert months == {2, 3, 9} and {
        day.day for day in read("partner_learners", name, date_order="month_first").column("registered_on")
    } == {1}


def test_a_register_that_is_month_first_is_never_read_day_first(read):
    name = "ngo_r05b_us_dates_mixed.csv"
    found = read("partner_learners", name)
    # 24 dates: 11 with a second number above 12, one 2/2/2023 that is one day in both orders, 12 in doubt.
    assert found.asks == "date_order" and "11 dates can only be read with the month first" in found.refused
    assert read("partner_learners", name, date_order="month_first").report.published == 24
    assert read("partner_learners", name, date_order="day_first").asks == "date_order"


def test_rows_of_one_learner_that_differ_are_noted(read, tmp_path):
    body = (FAULTS / "ngo_r11_same_person_differs.csv").read_bytes()
    more = "learnbridge,coursera_for_refugees,LB-1001,learner0000@mail.example,Fatuma Haddad,SSD,KEN,male,50,secondary,"
    more += "2022-09-06,,,Yes,Yes"
    found = Read(tmp_path, "partner_learners", body + more.encode())
    assert found.report.published == 25 and found.report.people_in == 24
    differing = [note for note in found.report.notes if "differ" in note]
    assert [note.partition(";")[0] for note in differing] == [
        "1 people have rows that differ in sex",
        "1 people have rows that differ in origin",
    ]


def test_education_host_country_and_withdrawal_that_differ_are_noted(tmp_path):
    lines = [
        "partner_id,programme_id,learner_id,country_host,education,registered_on,withdrawn_on,consent",
        "kiron,kiron_campus,K-1,DEU,secondary,2022-01-05,2022-03-01,Yes",
        "kiron,kiron_campus,K-1,JOR,primary,2022-01-05,2022-04-01,Yes",
        "kiron,kiron_campus,K-2,JOR,,2022-01-05,2022-03-01,Yes",
        "kiron,dlsei,K-2,JOR,primary,2022-01-05,2022-04-01,Yes",
    ]
    found = Read(tmp_path, "partner_learners", "\n".join(lines).encode())
    # K-2 left two programmes on two days, and has one education: nothing of it differs.
    assert [note.partition(";")[0].rstrip(".") for note in found.report.notes if "differ" in note] == [
        "1 people have rows that differ in education",
        "1 people have rows that differ in host country",
        "1 learners of a programme have rows that differ in day of withdrawal",
    ]


@pytest.mark.parametrize(("age", "band"), [("-5", "not reported"), ("-20.5", "not reported"), ("5", "under 18")])
def test_an_age_below_0_is_not_reported_and_named(tmp_path, age, band):
    text = (
        f"partner_id,programme_id,learner_id,age,registered_on,consent\nkiron,kiron_campus,K-1,{age},2022-01-05,Yes\n"
    )
    found = Read(tmp_path, "partner_learners", text.encode())
    assert found.column("age_band") == [band]
    assert found.unread == ({("age", age): 1} if band == "not reported" else {})


def test_a_day_of_birth_after_the_registration_is_named(tmp_path):
    text = "partner_id,programme_id,learner_id,date_of_birth,registered_on,consent\n"
    text += "kiron,kiron_campus,K-1,2023-02-01,2022-01-05,Yes\n"
    found = Read(tmp_path, "partner_learners", text.encode())
    assert found.column("age_band") == ["not reported"] and found.unread == {("born_on", ""): 1}


def test_a_course_completed_before_its_end_is_noted(tmp_path):
    header = "External Id,Course ID,Course,Enrollment Time,Overall Progress,Completed,Completion Time,Program Slug\n"
    rows = [
        "K-1,db1,Databases,2022-01-05T00:00:00Z,40,Yes,,kiron-campus",
        "K-2,db1,Databases,2022-01-05T00:00:00Z,100,Yes,,kiron-campus",
        "K-3,db1,Databases,2022-01-05T00:00:00Z,90,Yes,2022-02-05T00:00:00Z,kiron-campus",
        "K-4,db1,Databases,2022-01-05T00:00:00Z,40,No,,kiron-campus",
    ]
    found = Read(tmp_path, "coursera_usage", (header + "\n".join(rows)).encode())
    assert found.refused == ""
    assert [note for note in found.report.notes if "progress under 100" in note] == [
        "1 rows: Completed = Yes stands beside a progress under 100 and no completion time; the course is counted as "
        "completed"
    ]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_course_that_one_learner_completed_and_did_not_is_noted(tmp_path, write):
    rows = [
        ["External Id", "Course ID", "Course", "Enrollment Time", "Overall Progress", "Completed", "Program Slug"],
        ["K-1", "db1", "Databases", "2022-01-05T00:00:00Z", "100", "Yes", "kiron-campus"],
        ["K-1", "db1", "Databases", "2022-01-05T00:00:00Z", "40", "No", "kiron-campus"],
        ["K-1", "db2", "Databases", "2022-01-05T00:00:00Z", "40", "No", "kiron-campus"],
        ["K-2", "db1", "Databases", "2022-01-05T00:00:00Z", "100", "Yes", "kiron-campus"],
    ]
    found = Read(tmp_path, "coursera_usage", write(rows))
    assert [note for note in found.report.notes if "both" in note] == [
        "1 times rows of one learner in one course say both Yes and No: completed."
    ]


@pytest.mark.parametrize("ids", [2, 3])
def test_ids_of_two_people_without_addresses_are_noted_from_three_on(tmp_path, ids):
    lines = ["partner_id,programme_id,learner_id,name,registered_on,consent"]
    for n in range(ids):
        lines += [
            f"kiron,kiron_campus,K-{n},Amina Yusuf,2022-01-05,Yes",
            f"kiron,dlsei,K-{n},Peter Okello,2022-01-05,Yes",
        ]
    lines += ["kiron,kiron_campus,K-9,Amina Yusuf,2022-01-05,Yes", "kiron,dlsei,K-9,Amina Yusuf A.,2022-01-05,Yes"]
    found = Read(tmp_path, "partner_learners", "\n".join(lines).encode())
    assert found.report.published == 2 * ids + 2
    assert [note.partition(";")[0] for note in found.report.notes if "two names" in note] == [
        "3 ids, in 6 rows, stand beside two names that are not alike and no e-mail address"
    ] * (ids == 3)


@pytest.mark.parametrize("name", ["ngo_u37_float_ids.csv", "ngo_u36_scientific_ids.csv", "ngo_u38_dash_ids.csv"])
def test_ids_that_a_spreadsheet_spoilt_merge_nobody_and_split_nobody(read, name):
    found = read("coursera_usage", name)
    assert found.report.published == 24 and len(keys(found.rows)) == 10
    assert (found.report.people_in, found.report.people_published) == (10, 10)


def test_ids_as_decimals_are_those_of_the_register(read):
    register = read("partner_learners", "ngo_r16_ids_plain_no_email.csv")
    known = set(register.column("id_key"))
    assert len(known) == 24
    assert set(read("coursera_usage", "ngo_u37_float_ids.csv").column("id_key")) <= known


def test_progress_between_0_and_1_is_asked_about(read):
    found = read("coursera_usage", "ngo_u19_fraction.csv")
    assert found.asks == "progress_scale" and "6 of them completed courses with 1" in found.refused
    shares = read("coursera_usage", "ngo_u19_fraction.csv", progress_scale="share").column("progress")
    assert shares[:4] == [0.25, 0.4, 0.1, 1]
    assert read("coursera_usage", "ngo_u19_fraction.csv", progress_scale="percent").column("progress")[:2] == [
        0.0025,
        0.004,
    ]


def test_words_for_missing_in_optional_cells_are_blanks(read):
    found = read("coursera_usage", "ngo_u39_nulls.csv")
    assert (found.report.published, found.report.quarantined, found.report.unread) == (24, (), ())
    assert sum(found.column("is_completed")) == sum(day is not None for day in found.column("completed_on")) == 6


def test_countries_are_known_by_short_and_old_names_and_what_is_not_is_named(read):
    found = read("coursera_usage", "ngo_u40_countries.csv")
    assert found.report.published == 122 and found.column("country_host").count("unknown") == 3  # NA is missing
    assert found.unread == {("country", "Stateless"): 1, ("country", "Tibet"): 1}


def test_digits_of_other_scripts_are_numbers(read):
    found = read("coursera_usage", "ngo_u45_arabic_digits.csv")
    assert found.report.published == 24
    assert (found.column("progress")[:4], found.column("hours_estimated")[:2]) == ([0.25, 0.4, 0.1, 1], [7.5, 3.2])


def test_a_blank_completion_beside_a_completion_time_is_never_not_completed(read):
    found = read("coursera_usage", "ngo_u51_completed_blank.csv")
    assert found.reasons == {"completed: blank beside a completion time or full progress, so it may be either": 6}
    assert (found.report.published, found.report.people_in, found.report.people_published) == (18, 10, 9)


def test_a_slug_with_a_random_code_makes_no_partner(read):
    assert read("coursera_usage", "slug_suffix.csv").report.streams == ("kiron/coursera_for_refugees",)
    # A slug of its own is a partner and programme of its own, which the preview names as new.
    own = "learnbridge_learning_program"
    assert read("coursera_usage", "ngo_u52_real_slug.csv").report.streams == (f"{own}/{own}",)


def test_a_class_that_begins_next_month_is_kept(read):
    found = read("coursera_usage", "ngo_u61_class_starts_later.csv", today="2026-11-28")
    assert found.report.published == 24 and str(found.column("class_start_on")[0]) == "2026-12-15"


def test_the_commonest_value_is_named_not_the_first_lines(tmp_path, capsys):
    rows = ["Date,ISO,Country,Scale,Note", *["16/03/2020,XX1,Mali Sitaution,National,"] * 5]
    rows += [*["16/03/2020,XX2,Mali Situation,National,"] * 20, *["17/03/2020,KEN,Kenya,National,"]]
    file = tmp_path / "closures_2020-03-20.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    assert main(["--store", str(tmp_path / "store"), "check", "unesco_closures", str(file)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    said = [line for line in lines if "'XX2'," in line or "'XX1'," in line]
    assert said == [["20", "'XX2',", "first", "on", "line", "7"], ["5", "'XX1',", "first", "on", "line", "2"]]
