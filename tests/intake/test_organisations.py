"""Registers about organisations: codes of the field, lists of codes, and no address of a person anywhere."""

import datetime

import pyarrow.parquet as pq
import pytest

from dashboard.intake.front_door import import_file
from dashboard.intake.readers.organisations import each, focal_point, language, level, levels, need_id, people, tier
from dashboard.intake.readers.people import need_plain
from dashboard.intake.report import FileRefused, RowRefused

DAY = datetime.date(2020, 6, 1)
PARTNERS = "partner_id,partner,member_type,focal_point\n"


def test_of_a_focal_point_the_address_of_a_role_or_the_domain_is_kept(tmp_path):
    file = tmp_path / "partners.csv"
    file.write_text(
        PARTNERS
        + "m1,One,NGO,education@one.example\n"
        + "m2,Two,media,some.body@two.example\n"
        + "m3,Three,un,call somebody\n"
        + "m4,Four,network,\n"
        + "m5,Five,network,x@five.example,torn.apart@five.example\n"
        + "m6,torn.apart@six.example,network,\n"
    )
    done = import_file(tmp_path / "store", "partners", file, DAY)
    rows = pq.read_table(done.snapshot.rows_file).to_pylist()
    assert {row["partner_id"]: row["focal_point"] for row in rows} == {
        "m1": "education@one.example",
        "m2": "@two.example",
        "m3": None,  # the member stays, what somebody wrote about a person does not
        "m4": None,
    }
    assert [(row.line, row.column) for row in done.report.quarantined] == [
        (6, "(row)"),
        (7, "partner"),
    ]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert b"some.body" not in kept and b"torn.apart" not in kept and b"call somebody" not in kept


@pytest.mark.parametrize(
    ("read", "written", "kept"),
    [
        (tier, "High-tech", "hi-tech"),
        (tier, "low tech", "low-tech"),
        (level, "ISCED 3", "upper_secondary"),
        (language, "swahili", "sw"),
        (language, "Français", "fr"),
        (language, "français", "fr"),
        (language, "العربية", "ar"),
        (people, "80\u202f418", 80418),
        (people, "1 234 567", 1234567),
        (people, "12.0", 12),
        (people, "-", None),
        (levels, "secondary; primary", ";lower_secondary;primary;upper_secondary;"),
        (levels, "ALL", "all"),
    ],
)
def test_codes_are_read_as_people_write_them(read, written, kept):
    assert read(written, "column") == kept


@pytest.mark.parametrize(
    ("read", "written"), [(language, "Klingon"), (level, "secondary"), (tier, ""), (people, "1.5")]
)
def test_what_is_no_code_is_refused(read, written):
    with pytest.raises(RowRefused):
        read(written, "column")


def test_a_list_names_each_code_once_and_in_order():
    assert each("sw; en |EN", "languages", language) == ";en;sw;"
    for bad in ("", " ; ", "en;klingon"):
        with pytest.raises(RowRefused):
            each(bad, "languages", language)


@pytest.mark.parametrize("written", ["somebody", "a@b", "a b@c.example", "x@y.example;z@y.example"])
def test_what_is_no_address_is_refused_without_being_kept(written):
    with pytest.raises(RowRefused) as refused:
        focal_point(written, "focal_point")
    assert refused.value.value == ""


@pytest.mark.parametrize(
    "written", ["x@y.example", "x\uff20y.example", "x\ufe6by.example", "call +961 3 000 000", "+254(0)700-000000"]
)
@pytest.mark.parametrize("read", [need_id, need_plain])
def test_nobody_can_be_reached_by_a_text_that_is_shown(read, written):
    with pytest.raises(RowRefused) as refused:
        read(written, "offer")
    assert refused.value.value == ""


@pytest.mark.parametrize("written", ["C++ 2019-2020", "Grades 1+2", "+10 %", "Course 2019/2020-1234567", "00123456789"])
def test_a_name_with_figures_is_a_name(written):
    assert need_plain(written, "offer") == written


def test_an_offer_that_does_not_say_whether_it_is_free_is_set_aside(tmp_path):
    file = tmp_path / "offers.csv"
    head = "offer_id,partner_id,offer,activity_type,countries,languages,levels,tier,is_free,valid_from\n"
    file.write_text(head + "o1,m1,x,content,all,all,all,no-tech,,2020-04-01\n")
    with pytest.raises(FileRefused, match="is_free: blank: say Yes or No"):
        import_file(tmp_path / "store", "offers", file, DAY)


def test_two_rows_of_one_id_that_differ_are_not_both_kept(tmp_path):
    file = tmp_path / "needs.csv"
    head = "need_id,country_iso3,level,language,highest_tier,people,raised_on\n"
    row = "n1,KEN,primary,sw,low-tech,{people},2020-04-01\n"
    file.write_text(head + row.format(people=5) + row.format(people=5) + row.format(people=6))
    report = import_file(tmp_path / "store", "needs", file, DAY).report
    assert report.closing_line == "rows in 3 = published 1 + collapsed 1 + quarantined 1"
    assert report.reasons == [("need_id: another row of this id says something else", 1)]


def test_a_match_goes_through_its_stages_in_order(tmp_path):
    file = tmp_path / "matches.csv"
    head = "match_id,need_id,offer_id,proposed_on,brokered_on,delivering_on,completed_on,dropped_on\n"
    file.write_text(
        head
        + "x1,n,o,2020-04-01,2020-04-02,2020-04-03,2020-04-04,\n"
        + "x2,n,o,2020-04-01,,2020-04-03,,\n"
        + "x3,n,o,2020-04-05,2020-04-02,,,\n"
        + "x4,n,o,2020-04-01,2020-04-02,2020-04-03,2020-04-04,2020-04-05\n"
        + "x5,n,o,,,,,\n"
    )
    report = import_file(tmp_path / "store", "matches", file, DAY).report
    assert [(row.line, row.column) for row in report.quarantined] == [
        (3, "delivering_on"),
        (4, "brokered_on"),
        (5, "dropped_on"),
        (6, "proposed_on"),
    ]
