"""Other inputs of the kinds of faults that people sent: other sources, layouts, languages and signs. Small, by hand."""

import datetime

import openpyxl
import pytest

from dashboard.intake import countries, days
from dashboard.intake.consent import reason
from dashboard.intake.education import is_education
from dashboard.intake.file_names import is_part_in_name
from dashboard.intake.front_door import check_file
from dashboard.intake.headers import header_names, joined, numbers_columns
from dashboard.intake.identity import normal_email, normal_id
from dashboard.intake.likeness import suggest_all
from dashboard.intake.programmes import stream_of
from dashboard.intake.readers.overlaps_5w import is_total_of
from dashboard.intake.report import FileRefused
from dashboard.intake.values import decimal, whole
from dashboard.intake.words import fold, yes_or_no
from dashboard.warehouse.catalog import sources
from tests.intake.making import Read, as_csv

LIST = "contributions_5w"
SLUG = "coursera-for-refugees-kiron"
REGISTER = "partner_id,programme_id,learner_id,sex,registered_on,consent"
USAGE = "Email,External Id,Course,Course ID,Enrollment Time,Overall Progress,Completed,Program Slug,Program Name"


@pytest.fixture
def read(tmp_path):
    """Reads an upload of lines, or of bytes, in this process."""

    def of(source, body, **settings):
        settings = {"partner": "x", "country": "KEN", **settings} if source == LIST else settings
        return Read(tmp_path, source, body if isinstance(body, bytes) else body.strip().encode(), **settings)

    return of


def reached(done):
    return [(row["organisation"], row["people_targeted"], row["people_direct"]) for row in done.rows]


# What stands among the rows of a list and is none of them.


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        ("Org,Sector,Region,Reached\nA,Education,N,5\nOrg,Sector,Region,Reached", 3, "the header once more"),
        ("#org+name,#sector,#adm1+name,#reached\nOrganisation,Secteur,Région,Atteints\nA,Education,N,5", 2, "header"),
        ("Org,Sector,Region,Reached\nnom,nom,nom,nb\nA,Education,N,5", 2, "a line of units"),
        ("Org,Sector,Region,Reached,\n,,,чел.,\nA,Education,N,5,", 2, "a line of units"),
        ("Org,Sector,Region,Reached\nA,Education,N,5\nSource: the cluster,,,", 3, "a note"),
        ("Org,Sector,Region,Reached\nA,Education,N,5\n,,,5", 3, "numbers alone"),
        ("Org,Sector,Region,Reached\nA,Education,N,5\nTOTAL KENYA,,,5", 3, "a total of other rows"),
    ],
)
def test_what_is_no_row_of_a_list_is_set_aside_with_its_line(read, lines, line, reason):
    done = read(LIST, lines)
    assert reached(done) == [("A", None, 5)]
    (aside,) = done.report.quarantined
    assert aside.line == line and reason in aside.reason and not aside.value.startswith("Source")


def test_tags_that_somebody_spoilt_are_no_activity(read):
    done = read(LIST, 'Org,Sector,Region,Reached\n"#org +name (en)",#sector;,#adm1+name.,#reached*\nA,Education,N,5')
    assert reached(done) == [("A", None, 5)] and not done.report.quarantined


def test_errors_of_a_spreadsheet_are_no_tags(read):
    done = read(LIST, "Org,Sector,Region,Reached\nA,#REF!,#N/A,5\nB,Education,N,6")
    assert reached(done) == [("A", None, 5), ("B", None, 6)]


@pytest.mark.parametrize("numbering", ["1,2,3,4", "(1),(2),(3),(4)", "А,Б,1,2", "a,b,1,2"])
def test_a_line_that_numbers_the_columns_is_read_past_and_noted(read, numbering):
    done = read(LIST, f"Org,Sector,Region,Reached\n{numbering}\nA,Education,N,5")
    assert reached(done) == [("A", None, 5)] and "Line 2 numbers the columns, and is no row" in done.report.notes


@pytest.mark.parametrize("cells", [["A", "1", "2"], ["1", "2"], ["2", "3", "4"], ["1", "2", "4"], ["A", "C", "1", "2"]])
def test_a_row_of_numbers_does_not_number_columns(cells):
    assert not numbers_columns(cells)


def test_a_second_line_of_a_header_parts_its_groups(read):
    table = [
        ["Organisation", "Secteur", "Région", "Bénéficiaires", "", "Date de début"],
        ["", "", "", "Ciblés", "Atteints", ""],
        ["A", "Éducation", "Nord", "1 200", "120", "05/01/2024"],
        ["B", "Éducation", "Sud", "2 500", "80", "31/01/2024"],
    ]
    done = read(LIST, as_csv(table, ";"))
    assert reached(done) == [("A", 1200, 120), ("B", 2500, 80)]
    assert done.column("began_on") == [datetime.date(2024, 1, 5), datetime.date(2024, 1, 31)]
    assert "The line below the header is read as the second line of it, and is no row" in done.report.notes
    mapped = read(LIST, as_csv(table, ";"), columns=[["people_indirect", "Bénéficiaires"]])
    assert mapped.column("people_indirect")[-2:] == [1200, 2500]  # as a person stated, and the second line is no part


@pytest.mark.parametrize(
    ("top", "below", "whole"),
    [
        (["Org", "Women", ""], ["", "Targeted", "Reached"], ["Org", "Women Targeted", "Women Reached"]),
        (["Org", "Reached", ""], ["", "Girls", "Boys"], ["Org", "Reached Girls", "Reached Boys"]),
        (["Org", "Reached", ""], ["", "Girls", "Total"], ["Org", "Reached Girls", "Total Reached"]),
        (["Org", "Lieu", ""], ["", "Région", "District"], ["Org", "Région", "District"]),
        (["Org", "Sector"], ["A", "Education"], None),
        (["Org", "Reached", ""], ["A", "5", "6"], None),
        (["Org", "Reached", ""], ["", "5", "6"], None),
        (["Org", "Reached", ""], ["", "Girls", ""], None),
    ],
)
def test_two_lines_are_one_header_only_where_the_second_parts_groups(top, below, whole):
    card = sources()[LIST]
    assert joined(top, below, card, header_names(card)) == whole


def test_a_share_is_no_number_of_people(read):
    done = read(LIST, "Org,Sector,Region,People reached (%)\nA,Education,N,20")
    assert reached(done) == [("A", None, None)]
    assert any("People reached (%)" in note for note in done.report.notes)


def test_a_code_beside_the_name_of_another_country_is_set_aside(read):
    done = read(LIST, "Org,Sector,Country,Country code\nA,Education,Kenya,UGA\nB,Education,Kenya,KE\nC,Education,?,UGA")
    assert done.column("country_iso3") == ["KEN", "UGA"] and done.report.quarantined[0].line == 2


@pytest.mark.parametrize(
    "who", ["All partners", "Tous les partenaires", "Todos los socios", "все партнеры", "جميع الشركاء"]
)
def test_a_table_of_needs_that_names_all_organisations_names_none(read, who):
    done = read(LIST, f"Org,Sector,Region,People in need\n{who},Education,N,90\nOne,Education,S,10")
    assert done.column("organisation") == ["not stated", "One"] and done.column("people_in_need") == [90, 10]


@pytest.mark.parametrize("name", ["Total Niger", "Sous-total Lac", "Итого по области", "合计（全国）", "Kenya, total"])
def test_a_total_with_a_place_beside_it_is_one(name):
    assert is_total_of(name)


@pytest.mark.parametrize("name", ["TotalEnergies", "Totality", "Lac", "Subtotals Ltd"])
def test_a_name_that_begins_like_a_total_is_none(name):
    assert not is_total_of(name)


# Numbers, dates, words.


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("١٬٠٠٠", 1000),  # the sign of thousands
        ("١٫٠٠٠", 1),  # the sign of decimals
        ("۱۲٬۳۴۵٬۶۷۸", 12345678),
        ("١٬٠٠", None),
        ("١٫٥", None),
        ("3.", 3),
        ("3.0e0", 3),
        ("3E+00", 3),
        ("1.2E+05", None),  # perhaps 123,456
        ("1.234", None),
        ("1,23,456", 123456),  # as South Asia writes it
        ("-12,34,567.00", -1234567),
        ("१,२३,४५,६७८", 12345678),
        ("1,23,45", None),
        ("1250²", None),  # the sign of a footnote
        ("1 250 ¹", None),
        ("5①", None),
        ("１２５０", 1250),
        ("1.23.456", None),
    ],
)
def test_a_whole_number_is_read_where_it_can_be_read_in_one_way(text, number):
    assert whole(text) == number


def test_the_sign_of_a_footnote_is_no_digit(read):
    assert decimal("6,5²") is None and days.read("2024-03-1²", 2026) is None and fold("2¹") == "2"
    done = read(LIST, "Org,Sector,Region,Reached\nA,Education,N,1250²\nB,Education,N,7")
    assert done.column("people_direct") == [None, 7] and "1250²" in " ".join(done.report.notes)


@pytest.mark.parametrize("text", ["-1", "−1", "- 1", "-0", "$0", "$1", "1%", "0 €", "#1"])
def test_a_price_and_a_number_below_zero_are_neither_yes_nor_no(text):
    assert yes_or_no(text) is None and reason(text)


@pytest.mark.parametrize("text", ["1", "1.0", "1,00", " 1 ", "(1)", "'1", "١", "１"])
def test_one_is_yes_however_it_is_written(text):
    assert yes_or_no(text) is True and not reason(text)


OFFER = {
    **{"offer_id": "o1", "partner_id": "m1", "offer": "Lessons", "activity_type": "other", "countries": "KEN"},
    **{"languages": "en", "levels": "primary", "tier": "low-tech", "is_free": "Yes", "valid_from": "2020-04-01"},
}


@pytest.mark.parametrize(
    ("column", "written", "kept"),
    [
        ("countries", "Kenya and Uganda", ";KEN;UGA;"),
        ("countries", "KEN; Uganda & Tanzania", ";KEN;TZA;UGA;"),
        ("countries", "Trinidad and Tobago; Bosnia and Herzegovina", ";BIH;TTO;"),
        ("countries", "Kenya and Wakanda", None),
        ("is_free", "Free of charge", True),
        ("is_free", "gratuit", True),
        ("is_free", "de pago", False),
        ("is_free", "免费", True),
        ("is_free", "$0", None),
        ("is_free", "14-day trial", None),
    ],
)
def test_offers_state_countries_and_price_in_words(read, column, written, kept):
    rows = [{**OFFER, column: written}, {**OFFER, "offer_id": "o2"}, {**OFFER, "offer_id": "o3"}]
    done = read("offers", "\n".join([",".join(OFFER), *(",".join(row.values()) for row in rows)]))
    assert dict(zip(done.column("offer_id"), done.column(column), strict=True)).get("o1") == kept


@pytest.mark.parametrize(
    ("source", "header", "row"),
    [
        ("unesco_closures", "Date,ISO,Status", "2020-{}-03,KEN,Open"),
        ("partner_learners", REGISTER, "kiron,kiron_campus,A{0},F,2022-{0}-03,Yes"),
        ("coursera_usage", USAGE, f",A{{0}},C,c,2022-{{0}}-03T10:00:00Z,50,No,{SLUG},"),
    ],
)
def test_dates_with_the_day_between_year_and_month_are_refused_in_any_declared_order(read, source, header, row):
    lines = "\n".join([header, *(row.format(day) for day in ("13", "14", "15", "05"))])
    for order in ("", "day_first"):
        done = read(source, lines, date_order=order)
        assert "3 of 4 dates" in done.refused and "YYYY-MM-DD" in done.refused and not done.asks


def test_one_such_date_among_many_is_set_aside(read):
    days = [f"2022-01-{day:02}" for day in range(1, 10)] + ["2022-31-01"]
    rows = [f"kiron,kiron_campus,A{n},F,{day},Yes" for n, day in enumerate(days)]
    done = read("partner_learners", "\n".join([REGISTER, *rows]))
    assert done.report.published == 9 and "write YYYY-MM-DD" in done.report.quarantined[0].reason


@pytest.mark.parametrize("name", ["Türkiye¹", "Kenya*", "Côte d’Ivoire †", "Rép. dém. du Congo", "Rep. Dem. del Congo"])
def test_countries_with_a_footnote_or_a_word_cut_short_are_known(read, name):
    done = read(LIST, f"Org,Sector,Country\nA,Education,{name}")
    assert done.column("country_iso3") == [{"T": "TUR", "K": "KEN", "C": "CIV", "R": "COD"}[name[0]]]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Cote dIvoire", "CIV"),
        ("SouthSudan", "SSD"),
        ("Srilanka", "LKA"),
        ("BurkinaFaso", "BFA"),
        ("Nigeria Niger", None),
    ],
)
def test_a_country_is_known_without_what_parts_its_words(name, code):
    assert countries.find(name) == code


@pytest.mark.parametrize("sector", ["TVET", "Alphabétisation", "Escolarización", "Literacy", "Scolarisation d'urgence"])
def test_other_words_for_education_are_education(sector):
    assert is_education(sector)


@pytest.mark.parametrize("sector", ["Financial literacy", "Alfabetización en salud"])
def test_literacy_about_another_subject_is_not(sector):
    assert not is_education(sector)


def test_decisions_are_known_in_other_languages(read):
    words = ["reconnu", "Reconocido", "признано", "معترف به", "承认", "Rejeté", "не признано", "不承认"]
    head = "partner_id,learner_id,university,university_country,requested_on,decision,decided_on,credential"
    rows = [f"kiron,A{n},TU,DEU,2022-01-05,{word},2022-02-05,c{n}" for n, word in enumerate(words)]
    done = read("recognitions", "\n".join([head, *rows]))
    assert done.column("decision") == ["recognised"] * 5 + ["refused"] * 3


def test_contradictory_decisions_about_one_credential_are_noted(read):
    head = "partner_id,learner_id,university,university_country,requested_on,decision,decided_on,credential"
    done = read(
        "recognitions",
        f"{head}\nkiron,A1,TU,DEU,2022-01-05,recognised,2022-02-05,c\nkiron,A1,TU,DEU,2022-01-05,refused,2022-02-05,c",
    )
    assert done.report.published == 2
    assert any(note.startswith("1 times rows of one learner") and "decision" in note for note in done.report.notes)


# Optional cells, duplicates, parts.


def test_optional_cells_of_an_offer_leave_the_offer(read):
    head = (
        "offer_id,partner_id,offer,activity_type,mission,audience,countries,languages,levels,tier,is_free,capacity,"
        "valid_from,valid_to,focal_point"
    )
    rest = "m1,Lessons,courses,{},{},KEN,en,primary,low-tech,Yes,{},2020-04-01,{},{}"
    rows = [
        "o1," + rest.format("learning", "learners", "TBD", "-", "to be confirmed"),
        "o2," + rest.format("mathematics", "everybody", "unlimited", "until further notice", "Some Body"),
        "o3," + rest.format("N/A", "docentes", "1 500.0", "31/12/2020", "info@m1.example"),
    ]
    done = read("offers", "\n".join([head, *rows]))
    assert done.column("capacity") == [None, None, 1500]
    assert done.column("valid_to") == [None, None, datetime.date(2020, 12, 31)]
    assert done.column("mission") == ["learning", None, None]
    assert done.column("audience") == ["learners", "not stated", "teachers"]
    said = " ".join(done.report.notes)
    assert "capacity (unlimited)" in said and "valid_to (until further notice)" in said
    assert "focal_point: not an e-mail address" in said and "Some Body" not in said


def test_optional_cells_of_needs_members_and_sessions_leave_their_rows(read):
    needs = read(
        "needs",
        "need_id,country_iso3,level,language,tier,activity_type,audience,people,raised_on,closed_on\n"
        "n1,KEN,primary,en,low-tech,chess,n/a,1200.0,2020-04-10,ongoing",
    )
    (need,) = needs.rows
    assert (need["people"], need["activity_type"], need["audience"], need["closed_on"]) == (
        1200,
        None,
        "learners",
        None,
    )
    members = read(
        "partners", "partner_id,partner,member_type,country_iso3,left_on,focal_point\nm1,One,Société civile,Mars,-,TBC"
    )
    (member,) = members.rows
    assert (member["member_type"], member["country_iso3"], member["left_on"]) == ("civil society", None, None)
    sessions = read(
        "hub_sessions",
        "hub_id,session_id,date,kind,attendance,women,facilitators\nh1,1,2014-02-11,Atelier,18,19,two",
    )
    (session,) = sessions.rows
    assert (session["kind"], session["attendance"]) == ("other", 18)
    assert (session["women"], session["facilitators"]) == (None, None)


def test_sessions_of_one_day_are_told_apart_by_cells_that_are_not_kept(read):
    done = read(
        "hub_sessions",
        "hub_id,date,time,attendance\nh1,11/02/2014,09:00,18\nh1,11/02/2014,14:00,18\nh1,11/02/2014,16:00,20\n"
        "h1,25/02/2014,09:00,20\nh1,25/02/2014,09:00,20",
    )
    assert [(r["held_on"].day, r["session_id"], r["attendance"]) for r in done.rows] == [
        (11, "1", 18),
        (11, "2", 18),
        (11, "3", 20),
        (25, "1", 20),
    ]
    assert done.report.collapsed == 1 and not done.report.quarantined


def test_rows_of_a_domain_count_alike_whether_their_numbers_differ_or_not(read):
    for second in ("10", "11"):
        rows = ["p,I,2023-01-15,Data,10,A", f"p,I,2023-01-15,Data,{second},B", "p,I,2023-01-15,Data,10,A"]
        done = read("programme_phases", "\n".join(["programme,phase,began_on,domain,courses,university", *rows]))
        assert done.column("courses") == [10, int(second)] and done.report.collapsed == 1


def test_a_day_that_cannot_be_read_takes_no_other_day_of_its_country_away(read):
    done = read("oxcgrt_c1", "country_code,01Jan2020,02Jan2020,03Jan2020\nKEN,3,2.5,1\nUGA,x1,9,")
    assert [(r["on_date"].day, r["c1"]) for r in done.rows] == [(1, 3), (3, 1)]
    assert [row.line for row in done.report.quarantined] == [3]  # of UGA no day can be read


def test_a_region_never_stands_for_its_country(read):
    rows = [
        "16/03/2020,GBR,England,National",
        "16/03/2020,GBR,Wales,National",
        "17/03/2020,GBR,England,National",
        "17/03/2020,GBR,,Open",
        "18/03/2020,KEN,Africa,Open",  # a continent
    ]
    done = read("unesco_closures", "\n".join(["Date,ISO,Region,Status", *rows]))
    kept = [(row["on_date"].day, row["country_iso3"], row["status"]) for row in done.rows]
    assert kept == [(17, "GBR", "open"), (18, "KEN", "open")]
    assert {row.reason for row in done.report.quarantined} == {"a part of the country, not the whole"}


def test_the_report_says_what_a_missing_column_is_taken_to_state(read):
    notes = read("coursera_usage", f"{USAGE}\n,A1,C,c,2022-01-03T10:00:00Z,50,No,{SLUG},").report.notes
    assert "The file has no column Removed From Program: nobody counts as removed from the programme." in notes


# Ids, addresses, programmes, names of files.


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("1,001.00", "1001"),
        ("1.001,0", "1001"),
        ("05-Jan", ""),
        ("12-may-22", ""),
        ("2022-01-05", ""),
        ("5/6/2001", ""),
        ("TRUE", ""),
        ("нет", ""),
        ("3-foo", "3-foo"),
        ("1-2-3", "1-2-3"),
        ("MAR-01", "mar-01"),
    ],
)
def test_a_mangled_id_is_none_and_a_code_stays_one(written, id_):
    assert normal_id(written) == id_


@pytest.mark.parametrize(
    "address", ["noemail@gmail.com", "sin.correo@x.org", "none@none.com", "x@x.xx", "test@test.org"]
)
def test_an_address_that_states_that_there_is_none_is_none(address, read):
    assert normal_email(address) == ""
    rows = [f"{who},C,c,2022-01-03T10:00:00Z,50,No,{SLUG}," for who in (f"{address},", ",A1")]
    done = read("coursera_usage", "\n".join([USAGE, *rows]))
    assert done.report.published == 1 and done.report.quarantined[0].line == 2  # the same by column


@pytest.mark.parametrize("address", ["norma.mailer@x.org", "nora@nora.com", "info@info.org", "na@gmail.com"])
def test_an_address_that_may_be_somebodys_stays(address):
    assert normal_email(address) == address


@pytest.mark.parametrize("behind", ["2024-ab12c", "cohort-2-zz9q1", "k9x2p7"])
def test_a_year_a_cohort_and_a_code_are_no_part_of_a_partner(behind):
    assert stream_of("", f"{SLUG}-{behind}").partner_id == "kiron"


@pytest.mark.parametrize("slug", ["b5bc8f2e-7a3c-4f65-9d30-3f2c1e0a9b11", "7812345", "deadbeef123"])
def test_the_id_of_a_database_names_no_partner(slug):
    assert stream_of("", slug) is None
    assert stream_of("Coursera for Refugees Kiron", slug).partner_id == "kiron"


@pytest.mark.parametrize("slug", ["vision-2030", "cafe-2024", "world-class-education", "face-2-face"])
def test_a_name_with_a_number_stays_one(slug):
    assert stream_of("", slug).partner_id == slug.replace("-", "_")


@pytest.mark.parametrize("name", ["第1部分", "الجزء 1", "usage pt. 2", "usage_1_de_3", "1 из 3", "Part II usage"])
def test_a_part_is_known_by_its_name_in_other_languages(name):
    assert is_part_in_name(f"{name}.csv")


@pytest.mark.parametrize("name", ["informe 30 de 06 de 2024", "third party 3", "department2", "top 10 of 2024"])
def test_a_date_in_a_name_and_a_party_are_no_parts(name):
    assert not is_part_in_name(f"{name}.csv")


# Refusals and suggestions.


@pytest.mark.parametrize(
    ("source", "headers"),
    [
        ("partner_learners", ["Partner phone", "Programme officer", "Registered by", "Gender focal point"]),
        ("partner_learners", ["Sex of head of household", "Nationality of spouse", "Age of mother", "Sexe du tuteur"]),
        (LIST, ["Contacto de la organización", "Организация-донор", "Cluster lead"]),
        (LIST, ["Partenaire financier", "Households reached", "Hogares alcanzados"]),
        ("needs", ["People in the household"]),
    ],
)
def test_what_is_about_a_thing_is_not_suggested_for_it(source, headers):
    assert suggest_all(headers, sources()[source]) == {}


@pytest.mark.parametrize(
    ("source", "suggested"),
    [
        ("hubs", {"hub_id": "Hub code", "latitude": "Lat", "longitude": "Long"}),
        ("hubs", {"hub": "Nom du centre", "country_iso3": "Pays", "latitude": "Latitude (N)"}),
        ("hub_sessions", {"hub_id": "Código del centro", "held_on": "Fecha de la sesión", "attendance": "Asistentes"}),
        (
            "needs",
            {"country_iso3": "Страна", "level": "Уровень образования", "language": "Язык", "people": "Число учащихся"},
        ),
        (
            "offers",
            {"partner_id": "Membre", "languages": "Langues", "is_free": "Gratuit", "valid_from": "Date de début"},
        ),
        ("partners", {"partner_id": "成员代码", "partner": "组织名称", "member_type": "组织类型"}),
        ("unesco_closures", {"on_date": "التاريخ", "country_iso3": "رمز البلد", "status": "الحالة"}),
        ("programme_phases", {"programme_id": "Projet", "phase": "Phase name", "began_on": "Start date"}),
        ("unhcr_population", {"year": "Année"}),
    ],
)
def test_headers_of_lists_are_suggested_by_what_they_mean(source, suggested):
    assert suggest_all([*suggested.values(), "zz"], sources()[source]).items() >= suggested.items()


def test_a_word_is_not_suggested_for_a_number_because_of_a_tag():
    assert "people" not in suggest_all(["Country", "Need", "Level"], sources()["needs"])


@pytest.mark.parametrize(
    ("columns", "noted"),
    [
        ("Girls reached,Boys reached", "these count a part of them, or households: Girls reached, Boys reached. Add"),
        ("Households reached", "these count a part of them, or households: Households reached. Add"),
        ("Hommes atteints,Personnes servies et atteintes", "look like one: Personnes servies et atteintes. Map it"),
    ],
)
def test_a_part_of_the_people_reached_is_not_offered_for_all_of_them(read, columns, noted):
    numbers = ",".join("5" for _ in columns.split(","))
    done = read(LIST, f"Org,Sector,Region,{columns}\nA,Education,N,{numbers}")
    assert any(noted in note for note in done.report.notes) and done.column("people_direct") == [None]


def test_a_refusal_names_the_nearest_headers_of_a_list(tmp_path):
    file = tmp_path / "hubs.csv"
    file.write_text("Hub code,Hub,ISO3,Lat,Long\nH1,Kakamega,KEN,0.28,34.75\n", encoding="utf-8")
    with pytest.raises(
        FileRefused, match=r"Hub code for hub_id; Lat for latitude; Long for longitude.*--column hub_id="
    ):
        check_file("hubs", file)


def test_a_refusal_names_the_headers_of_a_file_with_semicolons_one_by_one(read):
    refused = read("hub_sessions", "Centro;Fecha;Asistentes\nh1;01/02/2024;10").refused
    assert "this one has: Centro, Fecha, Asistentes." in refused


def test_a_refusal_shows_no_line_with_an_address(read):
    assert "Doe" not in read(LIST, "Jane Doe,jane@mail.example,Education\nJohn Roe,john@mail.example,Health").refused


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Org;Sector\nA;é".encode("utf-16-le"), "UTF-16"),
        ("Org;Sector\nA;B".encode("utf-32"), "UTF-32"),
        (b"From: a@b.example\nSubject: data\nContent-Type: text/csv\n\nOrg,Sector", "an e-mail"),
        (b"<!-- saved from the web --><html>", "a web page"),
        (b"FEA1\0\0", "a Feather file"),
        (b"\xef\xbb\xbf\n \n", "nothing but blanks"),
        (b'"Org,Sector,Region"\n"A,Education,N"', "in quotes as a whole"),
        (b"Org~Sector~Region\nA~Education~N", "separated by ~"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(read, body, said):
    assert said in read(LIST, body).refused


def test_joined_files_of_two_encodings_are_refused_and_not_read_as_one(read):
    header, row = "Org;Secteur;Région\n", "A;Éducation;Évry\n"
    joined_files = header.encode("cp1252") + row.encode() + row.encode("cp1252")
    assert "line 2 the first" in read(LIST, joined_files, encoding="cp1252").refused
    assert len(read(LIST, (header + row).encode("cp1252"), encoding="cp1252").rows) == 1


def test_a_mark_of_byte_order_among_the_rows_is_no_part_of_a_name(read):
    assert read(LIST, "Org,Sector,Region\n\ufeffA,Education,N").column("organisation") == ["A"]


def test_a_merged_heading_of_a_workbook_names_both_columns_below_it(read, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (
        ["List of activities"],
        ["Organisation", "Sector", "Region", "Beneficiaries", None],
        [None, None, None, "Targeted", "Reached"],
        ["A", "Education", "N", 1200, 120],
        ["Total", None, None, 1200, 120],
        ["* Provisional"],
    ):
        sheet.append(line)
    sheet.merge_cells("D2:E2")
    book.save(tmp_path / "list.xlsx")
    done = read(LIST, (tmp_path / "list.xlsx").read_bytes())
    assert reached(done) == [("A", 1200, 120)] and len(done.report.quarantined) == 2


# Words of Portuguese and Ukrainian, and signs of word processors.


@pytest.mark.parametrize(
    ("country", "level", "language", "tier", "day", "kept"),
    [
        ("Україна", "початкова", "українська", "без технологій", "10 квітня 2020", ("UKR", "primary", "uk", "no-tech")),
        ("Moçambique", "Ensino médio", "português", "baixa tecnologia", "10 de abril de 2020",
         ("MOZ", "upper_secondary", "pt", "low-tech")),
        ("السودان", "ابتدائي", "العربية", "تقنية منخفضة", "10 أبريل 2020", ("SDN", "primary", "ar", "low-tech")),
    ],
)  # fmt: skip
def test_needs_are_read_in_portuguese_ukrainian_and_arabic(read, country, level, language, tier, day, kept):
    head = "need_id,country_iso3,level,language,tier,people,raised_on"
    done = read("needs", f"{head}\nn1,{country},{level},{language},{tier},10,{day}")
    (need,) = done.rows
    assert (need["country_iso3"], need["level"], need["language"], need["highest_tier"]) == kept
    assert need["raised_on"] == datetime.date(2020, 4, 10)


@pytest.mark.parametrize("level", ["secondary", "Secondaire", "ensino secundário", "середня освіта"])
def test_a_word_for_two_levels_is_named_as_such(read, level):
    head = "need_id,country_iso3,level,language,tier,people,raised_on"
    done = read("needs", f"{head}\nn1,KEN,{level},en,no-tech,1,2020-04-10\nn2,KEN,primary,en,no-tech,1,2020-04-10")
    assert "lower_secondary and upper_secondary; give each a row" in done.report.quarantined[0].reason


@pytest.mark.parametrize(
    "written", ["KRN‐001", "KRN‑001", "krn–001", "KRN—001", "KRN−001", "ＫＲＮ－001", "KRN-001\u00a0"]
)
def test_a_dash_that_a_word_processor_put_is_the_hyphen_of_the_id(written):
    assert normal_id(written) == "krn-001"


def test_rows_with_either_dash_are_one_person_in_a_file_that_is_read_by_column(read):
    rows = [f",{who},C,c{n},2022-01-03T10:00:00Z,50,No,{SLUG}," for n, who in enumerate(["A-1", "A–1", "a‑1"])]
    done = read("coursera_usage", "\n".join([USAGE, *rows]))
    assert len(set(done.column("id_key"))) == 1 and done.report.people_in == 1


@pytest.mark.parametrize("written", ["sin asignar", "Em falta", "немає", "не вказано", "sans numéro", "без номера"])
def test_a_word_for_no_number_is_no_id(written):
    assert normal_id(written) == ""


def test_a_part_is_known_by_its_name_in_ukrainian():
    assert is_part_in_name("звіт частина 1.csv") and not is_part_in_name("batch 2 learners.csv")


def test_a_hub_at_nought_degrees_both_ways_is_nowhere(read):
    head = "hub_id,hub,country_iso3,latitude,longitude"
    done = read("hubs", f"{head}\nh1,Here,KEN,0,36.8\nh2,Nowhere,KEN,0.0,0\nh3,There,GHA,5.6,0")
    assert done.column("hub_id") == ["h1", "h3"] and done.report.quarantined[0].line == 3
