"""Files about people: five layouts, keys instead of persons, faults by line, newer exports for older ones."""

import csv
import datetime
import io
import json

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.intake.front_door import NOTHING, Declared, check_file, import_file
from dashboard.intake.identity import open_identity
from dashboard.intake.programmes import Stream, stream_of
from dashboard.intake.report import FileRefused
from dashboard.learner_secret import SecretMissing
from dashboard.settings import PROJECT, learner_secret_file
from dashboard.store.joining import PART
from dashboard.store.releases import publish_release
from dashboard.store.snapshots import DaysOverlap, SecretsDiffer, pinned
from tests.exact import exact_answers

DAY = datetime.date(2024, 6, 30)
SOUND = {
    "Name": "Somebody",
    "Email": "somebody@example.org",
    "External Id": "A-1",
    "External ID": "A-1",
    "Course": "Course one",
    "Course ID": "c1",
    "Course Slug": "c-1",
    "University": "U",
    "Enrollment Time": "2024-01-02T03:04:05.678Z",
    "Class Start Time": "2024-01-03T00:00:00Z",
    "Last Course Activity Time": "2024-02-01T00:00:00Z",
    "Overall Progress": "45",
    "Estimated Learning Hours": "6.5",
    "Total Estimated Learning Hours (since enrolled)": "6.5",
    "Completed": "No",
    "Removed From Program": "No",
    "Program Slug": "coursera-for-refugees-alpha",
    "Program Name": "Coursera for Refugees Alpha",
    "Enrollment Source": "PROGRAM",
    "Completion Time": "",
    "Course Type": "Course",
    "Location Country": "Kenya",
}
# One spelling of each: the layouts differ in the others.
HEADER = [name for name in SOUND if name not in ("External ID", "Total Estimated Learning Hours (since enrolled)")]


def written(path, rows, header=HEADER, encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [header, *([row.get(name, "") for name in header] for row in rows)]
    )
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def usage(tmp_path, *rows, said=NOTHING, **how):
    return check_file(
        "coursera_usage", written(tmp_path / "usage.csv", [{**SOUND, **row} for row in rows], **how), DAY, said
    )


def kept(store, source="coursera_usage"):
    """The rows of the newest snapshot."""
    return pq.read_table(pinned(store)[source][-1].rows_file).to_pylist()


@pytest.fixture
def asked(tmp_path):
    """Asks what the store would answer if it were published now."""

    def ask(name, **params):
        with exact_answers(tmp_path / "store") as answers:
            return answers.ask(name, params).to_pylist()

    return ask


def layouts(shared):
    said = json.loads((shared / "coursera_reports" / "coursera_report_headers.json").read_text(encoding="utf-8"))
    return {
        "coursera_usage": [name for name in said if "Overall Progress" in said[name]["columns"]],
        "coursera_membership": ["membership_report_16col", "user_filtering_export_members_2025"],
        "coursera_specializations": ["specialization_report_22col"],
    }, {name: one["columns"] for name, one in said.items()}


def test_every_layout_is_recognised_in_any_order_and_any_case(shared, tmp_path):
    sources, headers = layouts(shared)
    assert len(sources["coursera_usage"]) == 5
    more = {
        "Member State": "MEMBER",
        "Join Date": "2024-01-01T00:00:00Z",
        "Specialization": "S",
        "Email*": "somebody@example.org",
        "Programs": "Coursera for Refugees Alpha",
    }
    for source, names in sources.items():
        for name in names:
            for change in (str, str.upper, str.lower):
                header = [change(one) for one in reversed(headers[name])]
                row = {change(key): value for key, value in {**SOUND, **more}.items()}
                report = check_file(source, written(tmp_path / "x.csv", [row], header), DAY)
                assert (report.published, report.quarantined) == (1, ()), (name, report.quarantined)
                assert report.streams == ("alpha/coursera_for_refugees",)


def test_names_and_ids_become_keys_and_the_report_names_what_is_dropped(tmp_path):
    file = written(
        tmp_path / "usage.csv", [{**SOUND, "Job Title": "Nurse"}], [*HEADER, "Job Title", "Course Certificate URL"]
    )
    done = import_file(tmp_path / "store", "coursera_usage", file, DAY)
    assert set(done.report.dropped_columns) >= {"Name", "Email", "External Id", "Job Title", "Course Certificate URL"}
    (row,) = kept(tmp_path / "store")
    assert len(row["id_key"]) == len(row["email_key"]) == 32
    assert "A-1" not in str(row) and "somebody" not in str(row).lower() and "Nurse" not in str(row)


def test_an_id_is_the_same_whatever_its_case_width_and_spaces(tmp_path):
    identity = open_identity(tmp_path / "secret")
    assert identity.id_key(" a-１ ") == identity.id_key("A-1") != identity.email_key("A-1")
    assert identity.id_key("  ") is None
    assert open_identity(tmp_path / "other").id_key("A-1") != identity.id_key("A-1")


def test_the_secret_is_for_its_owner_only_and_never_guessed_anew(tmp_path):
    file = tmp_path / "keys" / "secret"
    open_identity(file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("zz", encoding="ascii")
    with pytest.raises(SecretMissing, match="backup"):
        open_identity(file)
    file.write_text("ab", encoding="ascii")
    with pytest.raises(SecretMissing, match="1 bytes"):
        open_identity(file)


@pytest.mark.parametrize(
    ("slug", "stream"),
    [
        ("coursera-for-refugees-upwardly-global", Stream("upwardly_global", "coursera_for_refugees")),
        ("Coursera for Refugees", Stream("coursera_for_refugees", "coursera_for_refugees")),
        ("kiron-campus", Stream("kiron", "kiron_campus")),
        ("dlsei-phase-2", Stream("hec_pakistan", "dlsei")),
        ("somebody-elses-programme", Stream("somebody_elses_programme", "somebody_elses_programme")),
        ("  ", None),
    ],
)
def test_a_slug_says_programme_and_partner(slug, stream):
    assert stream_of(slug) == stream


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"Overall Progress": "137"}, "progress"),
        ({"Overall Progress": "-1"}, "progress"),
        ({"Overall Progress": ""}, "progress"),
        ({"Completed": "perhaps"}, "completed"),
        ({"Email": "", "External Id": "", "External ID": ""}, "external_id"),
        ({"Enrollment Time": "02/01/2024"}, "enrolled_on"),
        ({"Enrollment Time": ""}, "enrolled_on"),
        ({"Enrollment Time": "2190-01-01T00:00:00Z"}, "enrolled_on"),
        ({"Completed": "Yes", "Completion Time": "2023-01-01T00:00:00Z"}, "completed_on"),
        ({"Course ID": ""}, "course_id"),
        ({"Program Slug": "", "Program Name": ""}, "program_slug"),
    ],
)
def test_a_fault_sets_its_row_aside_by_line(tmp_path, change, column):
    report = usage(tmp_path, {}, change, {"External Id": "A-2"})
    assert [(row.line, row.column) for row in report.quarantined] == [(3, column)]
    assert report.rows_in == report.published + report.collapsed + 1


def test_a_quarantined_row_never_writes_down_a_person(tmp_path):
    file = written(tmp_path / "x.csv", [SOUND, {**SOUND, "Overall Progress": "137"}])
    with file.open("ab") as more:
        more.write(b"Canary Person,canary@example.org,C-9,too,few\r\n")
    done = import_file(tmp_path / "store", "coursera_usage", file, DAY)
    assert len(done.report.quarantined) == 2
    said = done.snapshot.quarantine_file.read_text(encoding="utf-8")
    assert "Canary" not in said and "canary" not in said and "Somebody" not in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_breaks_scripts_and_byte_order_marks_are_read(tmp_path, encoding):
    report = usage(
        tmp_path, {"Name": "ليلى\nمحمد, 李娜"}, {"External Id": "A-2", "Name": '"quoted"'}, encoding=encoding
    )
    assert (report.published, report.quarantined) == (2, ())


def test_times_count_in_utc_whatever_zone_they_are_in(tmp_path):
    rows = [
        {"Enrollment Time": "2024-01-02T23:30:00-05:00"},
        {"Enrollment Time": "2024-01-02 01:30:00", "External Id": "A-2"},
        {"Enrollment Time": "2024-01-02", "External Id": "A-3"},
    ]
    file = written(tmp_path / "x.csv", [{**SOUND, **row} for row in rows])
    import_file(tmp_path / "store", "coursera_usage", file, DAY, Declared(zone="Asia/Karachi"))
    found = [row["enrolled_on"].day for row in kept(tmp_path / "store")]
    assert found == [3, 1, 2]  # next day in UTC; the evening before in UTC; a day is a day
    with pytest.raises(FileRefused, match="time zone"):
        check_file("coursera_usage", file, DAY, Declared(zone="Moon/Base"))


def test_a_country_that_is_not_recognised_is_unknown_and_said(tmp_path):
    report = usage(
        tmp_path,
        {},
        {"External Id": "A-2", "Location Country": "Atlantis"},
        {"External Id": "A-3", "Location Country": ""},
    )
    assert report.published == 3 and any("1 rows: the country of the learner" in note for note in report.notes)


def test_the_same_row_again_collapses_and_the_same_file_again_changes_nothing(tmp_path):
    file = written(tmp_path / "x.csv", [SOUND, SOUND])
    done = import_file(tmp_path / "store", "coursera_usage", file, DAY)
    assert (done.report.published, done.report.collapsed) == (1, 1)
    again = import_file(tmp_path / "store", "coursera_usage", file, DAY)
    assert again.was_held and len(pinned(tmp_path / "store")["coursera_usage"]) == 1


def test_a_newer_export_of_a_programme_replaces_the_older_and_no_other(tmp_path, asked):
    store = tmp_path / "store"
    beta = {**SOUND, "Program Slug": "coursera-for-refugees-beta"}
    older = written(
        tmp_path / "older.csv",
        [SOUND, {**SOUND, "External Id": "A-2", "Email": ""}, {**beta, "External Id": "B-1", "Email": ""}],
    )
    import_file(store, "coursera_usage", older, datetime.date(2024, 3, 1))
    before = asked("overview/headline")[0]
    newer = written(
        tmp_path / "newer.csv", [{**SOUND, "External Id": name, "Email": ""} for name in ("A-2", "A-3", "A-4")]
    )
    import_file(store, "coursera_usage", newer, DAY)
    assert len(pinned(store)["coursera_usage"]) == 2  # beta is in the older one only
    now = asked("overview/headline")[0]
    assert (before["learners_reached"], now["learners_reached"]) == (3, 4)  # A-1 A-2 B-1; A-2 A-3 A-4 B-1


def test_parts_of_one_export_stand_together_and_half_an_overlap_is_refused(tmp_path, asked):
    store = tmp_path / "store"
    parts = [written(tmp_path / f"{n}.csv", [{**SOUND, "External Id": f"A-{n}", "Email": ""}]) for n in range(3)]
    for part in parts:
        import_file(store, "coursera_usage", part, DAY, Declared(kind=PART))
    assert asked("overview/headline")[0]["learners_reached"] == 3
    both = written(tmp_path / "both.csv", [SOUND, {**SOUND, "Program Slug": "kiron-campus"}])
    import_file(store, "coursera_usage", both, DAY)
    assert asked("overview/headline")[0]["learners_reached"] == 1  # sent later for the same day: it counts alone
    with pytest.raises(DaysOverlap, match="declare it as one"):
        import_file(store, "coursera_usage", written(tmp_path / "half.csv", [{**SOUND, "External Id": "A-9"}]), DAY)


def test_a_row_without_id_links_by_its_address(tmp_path, asked):
    store = tmp_path / "store"
    rows = [SOUND, {**SOUND, "External Id": "", "Program Slug": "coursera-for-refugees-beta"}]
    import_file(store, "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    (row,) = asked("overview/headline")
    assert (row["unique_lower"], row["learners_reached"], row["unique_upper"]) == (1, 1, 2)


def test_two_partners_reporting_the_same_hundred_people_lie_between_100_and_200(tmp_path, asked):
    rows = [
        {
            **SOUND,
            "External Id": f"S-{n}",
            "Email": f"{partner}{n}@example.org",
            "Program Slug": f"coursera-for-refugees-{partner}",
        }
        for partner in ("alpha", "beta")
        for n in range(100)
    ]
    import_file(tmp_path / "store", "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    (row,) = asked("overview/headline", programme_id="coursera_for_refugees")
    assert (row["unique_lower"], row["learners_reached"], row["unique_upper"]) == (100, 100, 200)


def test_twenty_of_a_hundred_done_and_sixty_under_way_is_no_failure_of_eighty(tmp_path, asked):
    states = [("Yes", "No")] * 20 + [("No", "No")] * 60 + [("No", "Yes")] * 20
    rows = [
        {
            **SOUND,
            "External Id": f"S-{n}",
            "Email": "",
            "Completed": done,
            "Removed From Program": removed,
            "Enrollment Time": "2024-05-01T00:00:00Z",
            "Class Start Time": "2024-05-01T00:00:00Z",
            "Last Course Activity Time": "2024-05-21T00:00:00Z",
            "Completion Time": "2024-05-21T00:00:00Z" if done == "Yes" else "",
        }
        for n, (done, removed) in enumerate(states)
    ]
    import_file(tmp_path / "store", "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    (row,) = asked("cohorts/standing", programme_id="coursera_for_refugees")
    assert (row["runs"], row["completed_so_far"], row["under_way_so_far"], row["ended_so_far"]) == (100, 20, 60, 20)
    assert (row["quiet_so_far"], row["failed_so_far"]) == (0, 0) and row[
        "share_verified"
    ] is None  # too young for a rate
    assert asked("programmes/outcomes", programme_id="coursera_for_refugees")[0]["outcome"] == "under way"


def test_files_keyed_under_two_secrets_are_not_counted_together(tmp_path, monkeypatch):
    store = tmp_path / "store"
    import_file(store, "coursera_usage", written(tmp_path / "x.csv", [SOUND]), DAY)
    (tmp_path / "another").write_text("6" * 64, encoding="ascii")
    monkeypatch.setenv("COALITION_LEARNER_SECRET", str(tmp_path / "another"))
    assert learner_secret_file() == tmp_path / "another"
    import_file(store, "coursera_membership", _members(tmp_path), DAY)
    with pytest.raises(SecretsDiffer, match="different secrets"):
        publish_release(store)


def test_a_real_file_puts_every_demonstration_about_learners_aside(tmp_path):
    store = tmp_path / "store"
    import_file(store, "coursera_membership", _members(tmp_path), DAY, Declared(provenance="demo"))
    import_file(store, "coursera_usage", written(tmp_path / "x.csv", [SOUND]), DAY)
    assert pinned(store)["coursera_membership"] == [] and len(pinned(store)["coursera_usage"]) == 1


def test_without_consent_nothing_of_the_row_is_kept(tmp_path):
    file = tmp_path / "register.csv"
    file.write_text(
        "partner_id,programme_id,learner_id,registered_on,consent,date_of_birth,age,hours,hours_basis\n"
        "alpha,coursera_for_refugees,A-1,2024-01-01,No,,,,\n"
        "alpha,coursera_for_refugees,A-2,2024-01-01,Yes,2000-01-02,,,\n"
        "alpha,coursera_for_refugees,A-3,2024-01-01,Yes,,17,,\n"
        "alpha,coursera_for_refugees,A-4,2024-01-01,,,,5,attested\n",
        encoding="utf-8",
    )
    done = import_file(tmp_path / "store", "partner_learners", file, DAY)
    assert [(row.line, row.column) for row in done.report.quarantined] == [(2, "consent"), (5, "consent")]
    assert [row["age_band"] for row in kept(tmp_path / "store", "partner_learners")] == ["18-24", "under 18"]  # 23, 17
    assert "date_of_birth" in done.report.dropped_columns


def test_a_refusal_does_not_repeat_the_first_line_of_a_file_about_people(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("Canary Person,canary@example.org\n", encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        check_file("coursera_usage", file, DAY)
    assert "anary" not in str(refused.value)


def test_no_canary_is_in_store_logs_or_temporary_files(tmp_path, monkeypatch, as_served):
    """200 names, addresses and ids, in files of every source about people, some of them at fault."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    store, people = tmp_path / "store", range(200)
    canary = {n: (f"Canaryname{n}", f"canarymail{n}@example.org", f"CANARYID{n}") for n in people}
    rows = [
        {**SOUND, "Name": name, "Email": mail, "External Id": id_, "Job Title": f"Job of {name}",
         "Course Certificate URL": f"https://x/{id_}",
         "Overall Progress": "137" if n % 10 == 0 else "50", "Location City": f"{name} town"}
        for n, (name, mail, id_) in canary.items()
    ]  # fmt: skip
    more = ["Job Title", "Course Certificate URL", "Location City"]
    file = written(tmp_path / "canaryname7_report.csv", rows, [*HEADER, *more])
    with file.open("ab") as torn:
        torn.write(b"Canaryname9,canarymail9@example.org,too,few\r\n")
    import_file(store, "coursera_usage", file, DAY)
    register = tmp_path / "register.csv"
    with register.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [
                ["partner_id", "programme_id", "learner_id", "email", "name", "registered_on", "consent", "remarks"],
                *[
                    [
                        "alpha",
                        "coursera_for_refugees",
                        id_,
                        mail,
                        name,
                        "2024-01-01",
                        "No" if n % 9 == 0 else "Yes",
                        name,
                    ]
                    for n, (name, mail, id_) in canary.items()
                ],
            ]
        )
    import_file(store, "partner_learners", register, DAY)
    recognitions = tmp_path / "recognitions.csv"
    with recognitions.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [
                ["partner_id", "learner_id", "name", "university", "university_country", "requested_on", "reason"],
                *[["alpha", id_, name, "U", "DEU", "2024-02-01", name] for name, _mail, id_ in canary.values()],
            ]
        )
    import_file(store, "recognitions", recognitions, DAY)
    publish_release(store)
    searched = [path for folder in (store, temporary) for path in folder.rglob("*") if path.is_file()]
    assert len(searched) > 20
    for path in searched:
        raw = path.read_bytes().lower()
        assert b"canary" not in raw, path
        if path.suffix == ".parquet":  # compressed, so read as rows too
            assert "canary" not in str(pq.read_table(path).to_pylist()).lower(), path
    assert not list(temporary.iterdir())
    monkeypatch.setenv("COALITION_STORE", str(store))
    for page in ("overview", "reach_map", "completion_funnel", "cohorts", "credit_recognition", "programmes"):
        shown = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
        if page != "overview":
            shown.switch_page(f"pages/{page}/page.py")
        shown.run()
        assert not shown.exception and len(shown.main.children) > 3
        assert "canary" not in " ".join(str(element.proto) for element in elements(shown.main)).lower(), page


def elements(block):
    """Every element of a page."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from elements(child)
        else:
            yield child


def test_a_part_sent_again_with_another_stays_beside_it(tmp_path, asked):
    store = tmp_path / "store"
    one = written(tmp_path / "1.csv", [{**SOUND, "External Id": f"A-{n}", "Email": ""} for n in range(5)])
    two = written(tmp_path / "2.csv", [{**SOUND, "External Id": f"B-{n}", "Email": ""} for n in range(3)])
    import_file(store, "coursera_usage", one, DAY)
    for part in (one, two):
        import_file(store, "coursera_usage", part, DAY, Declared(kind=PART))
    assert asked("overview/headline")[0]["learners_reached"] == 8
    assert import_file(store, "coursera_usage", one, DAY).was_held
    assert asked("overview/headline")[0]["learners_reached"] == 8


def test_a_sign_of_missing_is_nobodys_id(tmp_path, asked):
    rows = [
        {**SOUND, "External Id": sign, "Email": f"s{n}@example.org"}
        for n, sign in enumerate(("N/A", "n/a", "-", "null", "None", "#N/A", "0"))
    ]
    import_file(tmp_path / "store", "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    assert asked("overview/headline")[0]["learners_reached"] == 7
    assert usage(tmp_path, {}, {"External Id": "n/a", "Email": "none"}).quarantined[0].column == "external_id"


def test_an_address_links_to_the_id_of_the_same_partner_first(tmp_path, asked):
    slug = {name: f"coursera-for-refugees-{name}" for name in ("alpha", "beta")}
    rows = [
        {**SOUND, "External Id": id_, "Email": f"p{n}@example.org", "Program Slug": slug[name], "Course ID": course}
        for n in range(10)
        for id_, name, course in ((f"K-{n}", "alpha", "c1"), ("", "alpha", "c2"), (f"B-{n}", "beta", "c1"))
    ]
    import_file(tmp_path / "store", "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    alpha = asked("completion_funnel/learners_per_step", partner_id="alpha")[0]["learners"]
    assert alpha == 10 and asked("overview/headline")[0]["unique_upper"] == 20


def test_consent_taken_back_takes_the_learner_off_the_register(tmp_path, asked):
    header = "partner_id,programme_id,learner_id,registered_on,consent\n"
    for name, rows in {
        "one_2024-01-31.csv": "alpha,kiron_campus,P1,2024-01-01,Yes\nalpha,dlsei,P2,2024-01-01,Yes\n",
        "two_2024-02-29.csv": "alpha,kiron_campus,P1,2024-01-01,No\nalpha,dlsei,P2,2024-01-01,Yes\n",
        "three_2024-03-31.csv": "alpha,kiron_campus,P1,2024-01-01,No\n",
    }.items():
        file = tmp_path / name
        file.write_text(header + rows, encoding="utf-8")
        import_file(tmp_path / "store", "partner_learners", file)
    assert asked("completion_funnel/learners_per_step", programme_id="kiron_campus")[0]["learners"] == 0
    assert asked("completion_funnel/learners_per_step")[0]["learners"] == 1


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"Program Slug": "for-refugees"}, "program_slug"),
        ({"Program Slug": "all"}, "program_slug"),
        ({"Program Slug": "", "Program Name": "amina@example.org"}, "program_name"),
        ({"Program Slug": "", "Program Name": "Kiron Campus, DLSEI"}, "program_name"),
        ({"Course ID": "amina@example.org"}, "course_id"),
    ],
)
def test_what_cannot_be_told_apart_is_set_aside(tmp_path, change, column):
    assert [row.column for row in usage(tmp_path, {}, change).quarantined] == [column]


def test_a_row_with_cells_left_out_is_set_aside_since_the_others_may_be_shifted(tmp_path):
    file = written(tmp_path / "x.csv", [SOUND, SOUND], [*HEADER, "Job Title", "Job Type"])
    lines = file.read_text(encoding="utf-8").splitlines()
    # A comma without quotes in a name, and the two cells at the end, which are not kept, left out.
    lines[2] = lines[2].replace("Somebody", "Some,body").removesuffix(",,")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [row.column for row in check_file("coursera_usage", file, DAY).quarantined] == ["(row)"]


def test_a_row_above_the_header_is_not_lost_in_silence(tmp_path):
    file = written(tmp_path / "x.csv", [SOUND])
    file.write_bytes(b",".join([b"x"] * len(HEADER)) + b"\r\n" + file.read_bytes())
    with pytest.raises(FileRefused, match="above the header"):
        check_file("coursera_usage", file, DAY)


def test_words_in_a_quarantined_cell_are_not_written_down(tmp_path):
    report = usage(tmp_path, {}, {"Completed": "ask Amina Yusuf", "External Id": "A-2"}, {"Overall Progress": "137"})
    assert {row.column: row.value for row in report.quarantined} == {"completed": "", "progress": "137"}


def test_text_that_is_not_utf8_is_refused_without_showing_it(tmp_path):
    file = written(tmp_path / "x.csv", [{**SOUND, "Name": "José"}], encoding="cp1252")
    with pytest.raises(FileRefused, match="--encoding") as refused:
        check_file("coursera_usage", file, DAY)
    assert "Jos" not in str(refused.value)
    assert check_file("coursera_usage", file, DAY, Declared(encoding="cp1252")).published == 1


@pytest.mark.parametrize(
    ("written_as", "code"),
    [("Turkey", "TUR"), ("Türkiye", "TUR"), ("Alemania", "DEU"), ("ألمانيا", "DEU"), ("de", "DEU"), ("NA", "unknown")],
)
def test_countries_are_known_by_old_names_codes_and_in_six_languages(tmp_path, written_as, code):
    file = written(tmp_path / "x.csv", [{**SOUND, "Location Country": written_as}])
    import_file(tmp_path / "store", "coursera_usage", file, DAY)
    assert kept(tmp_path / "store")[0]["country_host"] == code


def test_programmes_in_other_scripts_stay_apart(tmp_path):
    rows = [{"Program Slug": "مركز التعلم 1"}, {"Program Slug": "Центр 1", "External Id": "A-2"}]
    report = usage(tmp_path, *({**row, "Program Name": ""} for row in rows))
    assert len(report.streams) == 2 and all(len(stream) > 5 for stream in report.streams)


def test_what_the_sender_declares_makes_another_snapshot(tmp_path):
    file = written(tmp_path / "x.csv", [SOUND])
    import_file(tmp_path / "store", "coursera_usage", file, DAY, Declared(programme="kiron"))
    assert not import_file(tmp_path / "store", "coursera_usage", file, DAY, Declared(partner="kiron")).was_held


def test_who_left_is_not_under_way_whichever_file_says_so(tmp_path, asked):
    store = tmp_path / "store"
    rows = [{**SOUND, "External Id": f"W-{n}", "Email": ""} for n in range(1, 5)]
    rows[0]["Removed From Program"] = "Yes"
    import_file(store, "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    register = tmp_path / "register.csv"
    register.write_text(
        "partner_id,programme_id,learner_id,registered_on,withdrawn_on,consent\n"
        "alpha,coursera_for_refugees,W-2,2024-01-01,2024-03-01,Yes\n",
        encoding="utf-8",
    )
    import_file(store, "partner_learners", register, DAY)
    header = ["External Id", "Program Slug", "Member State", "Join Date", "Latest Program Activity Date"]
    gone = {"Member State": "DELETED_MEMBER", "Join Date": "2024-01-01", "Latest Program Activity Date": "2024-02-01"}
    import_file(
        store,
        "coursera_membership",
        written(tmp_path / "m.csv", [{**SOUND, **gone, "External Id": "W-3"}], header),
        DAY,
    )
    (standing,) = asked("cohorts/standing", programme_id="coursera_for_refugees")
    assert standing["withdrawn_so_far"] == 3
    assert standing["under_way_so_far"] + standing["quiet_so_far"] == 1  # W-4
    (quiet,) = asked("cohorts/quiet_learners", programme_id="coursera_for_refugees", quiet_days=0)
    assert quiet["learners_unfinished"] == 1  # W-4


def test_a_report_of_specialisations_alone_has_its_day_and_countries(tmp_path, asked):
    row = {**SOUND, "Specialization": "S", "Completed": "Yes", "Specialization Completion Time": "2024-04-01T00:00:00Z"}
    header = [*HEADER, "Specialization", "Specialization Completion Time"]
    import_file(tmp_path / "store", "coursera_specializations", written(tmp_path / "s.csv", [row], header), DAY)
    (found,) = asked("overview/headline")
    assert found["on_date"] == DAY and (found["learners_reached"], found["countries"]) == (1, 1)
    assert (found["credentials"], found["learners_with_credential"]) == (0, 1)


def test_one_run_reported_by_two_partners_is_one_in_every_total(tmp_path, asked):
    store = tmp_path / "store"
    done = {"Completed": "Yes", "Completion Time": "2024-02-01T00:00:00Z", "Overall Progress": "100"}
    rows = [
        {**SOUND, **done, "Program Slug": f"dlsei-{partner}", "Estimated Learning Hours": "10"}
        for partner in ("alpha", "beta")
    ]
    import_file(store, "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    asked_for = tmp_path / "r.csv"
    asked_for.write_text(
        "partner_id,programme_id,learner_id,credential,university,university_country,requested_on,decided_on,decision,"
        "reason,ects_requested,ects_awarded\n"
        "alpha,dlsei,A-1,c1,U,DEU,2024-03-01,2024-03-11,refused,level,5,\n"
        "beta,dlsei,A-1,c1,U,DEU,2024-03-01,2024-04-10,recognised,,5,5\n"
        "beta,dlsei,A-1,c1,U,DEU,2024-03-01,2024-04-10,recognised,,5,6\n",
        encoding="utf-8",
    )
    report = import_file(store, "recognitions", asked_for, DAY).report
    assert [row.column for row in report.quarantined] == ["ects_awarded"]
    register = tmp_path / "register.csv"
    register.write_text(
        "partner_id,programme_id,learner_id,registered_on,education,hours,hours_basis,consent\n"
        "alpha,dlsei,A-1,2024-01-01,primary,7,attested,Yes\nalpha,dlsei,A-1,2024-01-01,secondary,7,attested,Yes\n",
        encoding="utf-8",
    )
    import_file(store, "partner_learners", register, DAY)
    phases = tmp_path / "phases.csv"
    phases.write_text(
        "programme_id,phase,began_on,ended_on\ndlsei,I,2023-01-01,2024-01-02\ndlsei,II,2024-01-02,\n", encoding="utf-8"
    )
    import_file(store, "programme_phases", phases, DAY)
    (totals,) = asked("programmes/totals", programme_id="dlsei")
    assert (totals["enrolments"], totals["completions"], totals["hours_estimated"]) == (1, 1, 10)
    assert totals["hours_attested"] == 7 and totals["learners"] == 1
    assert [row["learners"] for row in asked("programmes/phases", programme_id="dlsei")] == [1, 1]  # both have that day
    assert [row["runs"] for row in asked("programmes/outcomes", programme_id="dlsei")] == [1]
    (path,) = asked("credit_recognition/pathway")
    assert (path["requested"], path["recognised"], path["refused"], path["ects_awarded"]) == (1, 1, 0, 5)
    assert path["median_wait_days"] == 40 and asked("credit_recognition/reasons") == []
    (refused,) = asked("credit_recognition/pathway", partner_id="alpha")
    assert (refused["requested"], refused["refused"]) == (1, 1)


def test_like_for_like_weighs_both_to_the_same_mix_of_courses(tmp_path, asked):
    # Completed of course runs: alpha 5 of 10 and 8 of 10, beta 2 of 10 and 18 of 30, all of one quarter and one sex.
    rows = [
        {
            **SOUND,
            "External Id": f"{partner}-{course}-{n}",
            "Email": "",
            "Course ID": course,
            "Program Slug": f"coursera-for-refugees-{partner}",
            "Enrollment Time": "2023-02-01T00:00:00Z",
            "Class Start Time": "2023-02-01T00:00:00Z",
            "Last Course Activity Time": "2023-03-01T00:00:00Z",
            "Completed": "Yes" if n < done else "No",
            "Completion Time": "2023-03-01T00:00:00Z" if n < done else "",
        }
        for partner, course, done, runs in (
            ("alpha", "c1", 5, 10),
            ("alpha", "c2", 8, 10),
            ("beta", "c1", 2, 10),
            ("beta", "c2", 18, 30),
        )
        for n in range(runs)
    ]
    import_file(tmp_path / "store", "coursera_usage", written(tmp_path / "x.csv", rows), DAY)
    pair = {"programme_id": "coursera_for_refugees", "other_programme_id": "coursera_for_refugees"}
    (row,) = asked("cohorts/like_for_like", partner_id="alpha", other_partner_id="beta", **pair)
    assert (row["crude_share"], row["other_crude_share"]) == (pytest.approx(13 / 20), pytest.approx(20 / 40))
    # c1 weighs 20 of 60, c2 40 of 60.
    assert row["standard_share"] == pytest.approx(1 / 3 * 5 / 10 + 2 / 3 * 8 / 10)
    assert row["other_standard_share"] == pytest.approx(1 / 3 * 2 / 10 + 2 / 3 * 18 / 30)
    assert row["standard_low"] < row["standard_difference"] < row["standard_high"]
    assert (row["strata"], row["runs_used"], row["other_runs_used"], row["is_small"]) == (2, 20, 40, True)


def test_files_of_one_data_set_may_carry_different_days(tmp_path, asked):
    from tests.conftest import FIXTURES

    for at, name in enumerate(("registration", "outcome", "presentation"), start=1):
        import_file(tmp_path / "store", "oulad", FIXTURES / f"oulad_{name}.csv", datetime.date(2024, 1, at))
    assert sum(row["runs"] for row in asked("programmes/outcomes", programme_id="oulad")) == 5


def _members(tmp_path):
    header = ["Name", "Email", "External Id", "Program Slug", "Member State", "Join Date"]
    row = {**SOUND, "Member State": "MEMBER", "Join Date": "2024-01-01T00:00:00Z"}
    return written(tmp_path / "members.csv", [row], header)
