"""Real 3W, 4W and 5W files of clusters: every row accounted for, and sums worked out without the product."""

import pyarrow.parquet as pq
import pytest

from dashboard.access.viewer import STEWARD, open_answers
from dashboard.briefs.hxl import write_hxl
from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.recognise import look
from dashboard.intake.report import FileRefused
from dashboard.store.releases import open_release, publish_release

CHAD, SUDAN = "chad_3w_oct2021.xlsx", "sudan_3w_2021.xlsx"
YEMEN, GUATEMALA = "yemen_education_cluster_4w_2019.xlsx", "guatemala_345w.csv"
ETHIOPIA = "affected_targeted_reached_eth.csv"
# Counted by openpyxl and csv alone: rows below the tags; distinct by what is kept; of education among these.
ACCOUNTS = {
    # 705 rows, of which 2 are written as another one is, by pandas as well
    CHAD: ("TCD", (705, 703, 2, 0), 703, 66),
    # 251 rows of education, 248 distinct
    SUDAN: ("SDN", (2773, 2743, 30, 0), 2743, 248),
    # no numbers and no days: an organisation is there in a district, often many times; and no sector is stated
    YEMEN: ("YEM", (4728, 405, 4323, 0), 405, 0),
    # every row has a number of its own; two end on 1 January 1970, and are kept without an end
    GUATEMALA: ("GTM", (1197, 1197, 0, 0), 1197, 168),
    # one record for each sector with a number: 390 + 391 + 308 + 86 + 206 + 178 + 254 + 307
    ETHIOPIA: ("ETH", (391, 391, 0, 0), 2120, 206),
}


@pytest.fixture(scope="module")
def brought_in(shared, tmp_path_factory):
    """Brings a file in once; gives its report and its records."""
    done = {}

    def bring(name):
        if name not in done:
            said = Declared(partner="a_cluster", country="Sudan" if name == SUDAN else "")
            one = import_file(tmp_path_factory.mktemp("hxl"), "contributions_5w", shared / "hxl_4w" / name, None, said)
            done[name] = one.report, pq.read_table(one.snapshot.rows_file).to_pylist()
        return done[name]

    return bring


@pytest.mark.parametrize("name", ACCOUNTS)
def test_every_row_of_a_real_file_is_accounted_for_and_its_education_rows_are_found(brought_in, name):
    country, account, records, education = ACCOUNTS[name]
    report, rows = brought_in(name)
    assert (report.rows_in, report.published, report.collapsed, len(report.quarantined)) == account
    assert (len(rows), sum(row["is_education"] for row in rows)) == (records, education)
    assert {row["country_iso3"] for row in rows} == {country}
    assert len({row["activity_id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_a_real_file_is_recognised_first_as_what_it_is(shared, name):
    assert look(shared / "hxl_4w" / name).sources[0] == "contributions_5w"


def test_education_is_found_in_the_language_of_the_file_and_its_words_are_kept(brought_in):
    words = {name: {row["sector"] for row in brought_in(name)[1] if row["is_education"]} for name in ACCOUNTS}
    assert words[CHAD] == words[SUDAN] == words[ETHIOPIA] == {"Education"} and words[GUATEMALA] == {"Educación"}
    others = {row["sector"] for row in brought_in(GUATEMALA)[1]} - {"Educación"}
    assert {"Agua, Saneamiento e Higiene", "Salud", "not stated"} < others  # one row says no sector


def test_sums_of_people_reached_in_guatemala_are_the_files_own(brought_in):
    rows = brought_in(GUATEMALA)[1]
    assert sum(row["people_direct"] for row in rows) == 4_392_425
    assert sum(row["people_direct"] for row in rows if row["is_education"]) == 452_763
    stages = [row["stage"] for row in rows]
    counts = {stage: stages.count(stage) for stage in ("delivered", "delivering", "confirmed", None)}
    assert counts == {"delivered": 984, "delivering": 176, "confirmed": 36, None: 1}
    assert max(len(row["activity"] or "") for row in rows) <= 200
    assert rows[0]["organisation_type"] == "ONG Nacional" and str(rows[0]["began_on"]) == "2021-06-04"


@pytest.mark.parametrize(
    ("sector", "rows_in_it", "in_need", "targeted"),
    [
        ("Health", 390, 10_998_620, 5_500_326),
        ("Education", 206, 1_424_212, 1_424_212),
        ("Food security", 308, 9_873_982, 9_873_982),
        ("ESNFI", 86, 669_132, 549_822),  # known by the title over the group only
        ("AGRICULTURE", 178, 7_170_584, 5_637_551),
        ("WASH", 307, 13_017_981, 8_292_110),
    ],
)
def test_a_column_for_each_sector_becomes_a_record_for_each(brought_in, sector, rows_in_it, in_need, targeted):
    rows = [row for row in brought_in(ETHIOPIA)[1] if row["sector"] == sector]
    assert len(rows) == rows_in_it and {row["organisation"] for row in rows} == {"not stated"}
    assert sum(row["people_in_need"] or 0 for row in rows) == in_need
    assert sum(row["people_targeted"] or 0 for row in rows) == targeted
    assert {row["people_direct"] for row in rows} == {None}


def test_without_a_sender_or_a_country_the_refusal_says_what_to_declare(shared):
    with pytest.raises(FileRefused, match="all 705 rows .*declare who sends the list"):
        check_file("contributions_5w", shared / "hxl_4w" / CHAD)
    with pytest.raises(FileRefused, match="all 2773 rows .*declare the country"):
        check_file("contributions_5w", shared / "hxl_4w" / SUDAN, None, Declared(partner="a_cluster"))


def test_what_is_left_out_is_named(brought_in):
    assert brought_in(CHAD)[0].dropped_columns == ()  # an acronym stands for a name that is not there
    assert brought_in(ETHIOPIA)[0].dropped_columns == ("#priority", "#affected+total", "#targeted+total")
    assert {"DESCRIPCIÓN DE LA ACTIVIDAD", "VULNERABLE GROUP"} < set(brought_in(GUATEMALA)[0].dropped_columns)
    assert any("No row states a sector" in note for note in brought_in(YEMEN)[0].notes)
    ended = "2 cells of FECHA DE FINALIZACIÓN: not between 1990-01-01 and 2040-12-31: 01/01/1970 (2)"
    assert ended in brought_in(GUATEMALA)[0].notes


def test_the_list_of_an_education_cluster_is_of_education_once_its_sector_is_declared(shared):
    said = Declared(partner="a_cluster", sector="Education")
    report = check_file("contributions_5w", shared / "hxl_4w" / YEMEN, None, said)
    assert (report.published, report.collapsed) == (405, 4323)
    assert not any("sector" in note for note in report.notes)


def test_people_in_need_of_a_country_are_those_of_all_its_districts(shared, tmp_path):
    """Ethiopia's list, summed by pandas: 1,424,212 in need in 206 districts, all of them targeted, nobody reached."""
    said = Declared(partner="a_cluster")
    import_file(tmp_path, "contributions_5w", shared / "hxl_4w" / ETHIOPIA, None, said)
    publish_release(tmp_path)
    answers = open_answers(STEWARD, open_release(tmp_path))
    (row,) = answers.ask("contributions/coverage_totals", {}).to_pylist()
    (totals,) = answers.ask("contributions/totals", {}).to_pylist()
    answers.close()
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (1_424_212, 1_424_212, 0)
    assert (row["gap"], row["cells"]) == (1_424_212, 206)
    assert (totals["activities"], totals["others_active"], totals["activities_other_sectors"]) == (0, 0, 0)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_a_real_file_written_back_with_tags_is_read_again_as_the_same_rows(brought_in, tmp_path, name):
    report, rows = brought_in(name)
    file = tmp_path / "out.xlsx"
    file.write_bytes(write_hxl(rows, "xlsx"))
    again = check_file("contributions_5w", file)
    assert (again.published, again.collapsed, again.quarantined) == (len(rows), 0, ())
    assert again.content == report.content and again.captured_on == report.captured_on
