"""Words that people write for origin, education, sex, languages, levels and the status of schools, in six languages.

What may be two things is read as neither, and is named with its count; each meaning is worked by hand.
"""

import pytest

from dashboard.intake import countries
from dashboard.intake.identity import normal_email, normal_id
from dashboard.intake.legends import stated_codes, without_legend
from dashboard.intake.readers.organisations import language, language_codes, levels, tier
from dashboard.intake.report import RowRefused
from dashboard.intake.schooling import level_of
from dashboard.intake.words import fold, meaning, table_of_words
from dashboard.reference import refugees
from tests.intake.making import Read, as_csv

HEADER = ["partner_id", "programme_id", "learner_id", "consent", "registered_on"]


def register(column, values, before=()):
    """Invented learners with a value each in one column."""
    rows = [
        ["reliefworks", "coursera_for_refugees", f"RW-{n}", "Yes", "2022-05-16", value]
        for n, value in enumerate(values)
    ]
    return as_csv([*before, [*HEADER, column], *rows])


@pytest.mark.parametrize("table", ["nationality", "education", "sex", "languages", "levels", "tiers"])
def test_no_word_stands_for_two_things(table):
    found = {}
    for value, words in table_of_words(table).items():
        for word in words:
            assert found.setdefault(fold(word), value) == value, word
            assert fold(word), word


def test_a_nationality_is_that_of_a_country_and_no_other_countrys_name():
    for word, code in meaning("nationality").items():
        assert code in countries.codes(), code
        assert countries.find(word) in (None, code), word


def test_the_sixty_largest_origins_and_hosts_have_their_nationalities():
    known = set(meaning("nationality").values())
    for totals in (refugees.by_origin(2023), refugees.hosted(2023)):
        largest = sorted(totals, key=lambda code: -totals[code])[:40]
        assert [code for code in largest if code not in known | set(refugees.OF_NO_COUNTRY)] == []


NATIONALITIES = {
    "Syrian": "SYR",
    "syrienne": "SYR",
    "Siria": "SYR",
    "سوري": "SYR",
    "سورية": "SYR",
    "сирийка": "SYR",
    "叙利亚人": "SYR",
    "叙利亚籍": "SYR",
    "Venezolano": "VEN",
    "vénézuélienne": "VEN",
    "Afghan": "AFG",
    "Afghan/Afghane": "AFG",
    "أفغانية": "AFG",
    "South Sudanese": "SSD",
    "Sud-Soudanaise": "SSD",
    "Sudanese": "SDN",
    "sudanés": "SDN",
    "Congolese (DRC)": "COD",
    "Nigerian": "NGA",
    "nigérien": "NER",
    "nigeriano": "NGA",
    "nigerino": "NER",
    "Birmane": "MMR",
    "украинка": "UKR",
    "эритреец": "ERI",
    "Somali": "SOM",
    "etíope": "ETH",
    "SYR": "SYR",
    "Syrie": "SYR",
    "Centrafricain": "CAF",
    "Iraqi": "IRQ",
    "Irakien": "IRQ",
    "索马里人": "SOM",
    "Congolese": None,
    "Dominican": None,
    "Korean": None,
    "Kurdish": None,
    "Rohingya": None,
    "Stateless": None,
}


@pytest.mark.parametrize("heading", ["Nationality", "Nationalité", "Nacionalidad", "Гражданство", "国籍", "الجنسية"])
def test_a_nationality_is_read_as_the_country_of_origin(tmp_path, heading):
    read = Read(tmp_path, "partner_learners", register(heading, NATIONALITIES))
    assert read.column("country_origin") == [code or "unknown" for code in NATIONALITIES.values()]
    assert {value for column, value in read.unread if column == "country_origin"} == {
        value for value, code in NATIONALITIES.items() if code is None
    }
    assert f"The country of origin is read from the column “{heading}”." in read.report.notes


def test_a_nationality_is_no_country_in_which_somebody_lives(tmp_path):
    read = Read(tmp_path, "partner_learners", register("country_host", ["Kenyan", "Kenya"]))
    assert read.column("country_host") == ["unknown", "KEN"] and ("country_host", "Kenyan") in read.unread


EDUCATION = {
    "Grade 9": "secondary",
    "grade 6": "primary",
    "9th grade": "secondary",
    "Class 10": "secondary",
    "12ème": "secondary",
    "12ème année": "secondary",
    "Form 4": "secondary",
    "S4": "secondary",
    "JSS 3": "secondary",
    "P7": "primary",
    "Std 7": "primary",
    "Std 10": "secondary",
    "Primary 5": "primary",
    "9 класс": "secondary",
    "11 классов": "secondary",
    "الصف التاسع": "secondary",
    "الصف 9": "secondary",
    "9年级": "secondary",
    "九年级": "secondary",
    "高中毕业": "secondary",
    "6º de primaria": "primary",
    "4to de secundaria": "secondary",
    "3ème année secondaire": "secondary",
    "Terminale": "secondary",
    "Baccalauréat": "secondary",
    "High School Diploma": "secondary",
    "A-levels": "secondary",
    "Tawjihi": "secondary",
    "بكالوريا": "secondary",
    "bachiller": "secondary",
    "secundaria completa": "secondary",
    "Secondary (Grade 12)": "secondary",
    "неполное среднее": "secondary",
    "secundaria incompleta": "primary",
    "Incomplete secondary": "primary",
    "primaria incompleta": "none",
    "大学肄业": "secondary",
    "неоконченное высшее": "secondary",
    "universitaria incompleta": "secondary",
    "DUT": "vocational",
    "BTS": "vocational",
    "Bac+2": "vocational",
    "TSU": "vocational",
    "Diploma in Nursing": "vocational",
    "Bachelor": "bachelor",
    "BSc": "bachelor",
    "B.Sc.": "bachelor",
    "B.A.": "bachelor",
    "Bachelor of Arts": "bachelor",
    "Licence en droit": "bachelor",
    "Bac+3": "bachelor",
    "本科毕业": "bachelor",
    "بكالوريوس": "bachelor",
    "Bachelor / Licence": "bachelor",
    "Master's in Education": "master or above",
    "Bac+5": "master or above",
    "MBA": "master or above",
    "硕士学位": "master or above",
    # What may be two levels, or none.
    "6ème": None,
    "5ème année": None,
    "Year 2": None,
    "12": None,
    "Level 5": None,
    "Grade 14": None,
    "University of Nairobi": None,
    "xyz": None,
    "": None,
}


@pytest.mark.parametrize("written", EDUCATION)
def test_a_year_of_school_or_a_degree_is_its_level(written):
    assert level_of(written) == EDUCATION[written]


def test_education_that_is_not_known_is_not_reported_and_named(tmp_path):
    read = Read(tmp_path, "partner_learners", register("education", ["Grade 9", "6ème", "6ème", "n/a", "BSc"]))
    assert read.column("education") == ["secondary", "not reported", "not reported", "not reported", "bachelor"]
    assert read.unread == {("education", "6ème"): 2}


@pytest.mark.parametrize(
    ("heading", "before", "sexes"),
    [
        ("sex", (), ["not reported"] * 5),
        ("Sex (1=Male, 2=Female)", (), ["male", "female", "male", "female", "not reported"]),
        ("Gender [Female=1; Male=2]", (), ["female", "male", "female", "male", "not reported"]),
        ("Sex (1: Homme / 2: Femme)", (), ["male", "female", "male", "female", "not reported"]),
        ("sex", (["Sex: 1 = female, 2 = male, 3 = other"],), ["female", "male", "female", "male", "other"]),
        ("Sex (1=Male, 1=Female)", (), ["not reported"] * 5),
        ("Sex (1=Male)", (), ["not reported"] * 5),
        ("Sex (1=Yes, 2=No)", (), ["not reported"] * 5),
    ],
)
def test_a_code_for_sex_is_read_only_where_the_file_states_its_meaning(tmp_path, heading, before, sexes):
    read = Read(tmp_path, "partner_learners", register(heading, ["1", "2", "1.0", "02", "3"], before))
    assert read.column("sex") == sexes
    said = " ".join(read.report.notes)
    assert ("whose meaning the file does not state" in said) == (sexes[0] == "not reported")
    assert ("read as the file states it" in said) == (sexes[0] != "not reported")


@pytest.mark.parametrize(
    ("written", "sex"),
    [
        ("homme", "male"),
        ("Femmes", "female"),
        ("ذكر", "male"),
        ("أنثى", "female"),
        ("إناث", "female"),
        ("жен.", "female"),
        ("男", "male"),
    ],
)
def test_a_word_for_sex_is_read(tmp_path, written, sex):
    assert Read(tmp_path, "partner_learners", register("sex", [written, ""])).column("sex") == [sex, "not reported"]


def test_codes_of_education_are_read_where_the_heading_states_them(tmp_path):
    read = Read(tmp_path, "partner_learners", register("Education (1=none, 2=primary, 3=secondary)", ["1", "3", "4"]))
    assert read.column("education") == ["none", "secondary", "not reported"]


def test_a_legend_is_no_part_of_a_heading_and_contradictions_state_nothing():
    assert without_legend("Sex (1=Male, 2=Female)") == "Sex"
    assert without_legend("Sex (as stated)") == "Sex (as stated)"
    assert stated_codes(["1=male, 2=female", "1=female, 2=male"], meaning("sex")) == {}
    assert stated_codes(["Period 2023-2024"], meaning("sex")) == {}


def test_a_coded_heading_of_consent_is_still_refused(tmp_path):
    header = [*HEADER[:3], "Consent (0=yes,1=no)", HEADER[4]]
    body = as_csv([header, ["reliefworks", "coursera_for_refugees", "RW-1", "0", "2022-05-16"]])
    assert "A Yes in this column may say that the learner refused" in Read(tmp_path, "partner_learners", body).refused


LANGUAGES = {
    "FR": ";fr;",
    "Français": ";fr;",
    "Francais": ";fr;",
    "français;anglais": ";en;fr;",
    "French and English": ";en;fr;",
    "fra": ";fr;",
    "fr-FR": ";fr;",
    "pt_BR": ";pt;",
    "zh-Hans-CN": ";zh;",
    "Kiswahili": ";sw;",
    "Español / English": ";en;es;",
    "العربية والفرنسية": ";ar;fr;",
    "法语和英语": ";en;fr;",
    "русский": ";ru;",
    "all": "all",
    "toutes": "all",
    "все": "all",
}


@pytest.mark.parametrize("written", LANGUAGES)
def test_languages_are_read_by_code_and_by_name(written):
    assert language_codes(written, "languages") == LANGUAGES[written]


@pytest.mark.parametrize("written", ["Klingon", "French, Klingon", "NA", "", "f"])
def test_a_language_that_is_not_known_sets_its_row_aside(written):
    with pytest.raises(RowRefused):
        language_codes(written, "languages")


def test_a_need_has_one_language():
    assert language("anglais", "language") == "en"
    with pytest.raises(RowRefused, match="several languages in one cell"):
        language("français;anglais", "language")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("primaire;secondaire", ";lower_secondary;primary;upper_secondary;"),
        ("Primaria", ";primary;"),
        ("高等教育", ";tertiary;"),
        ("ثانوي", ";upper_secondary;"),
        ("начальная школа", ";primary;"),
        ("tous les niveaux", "all"),
    ],
)
def test_levels_of_offers_are_read(written, kept):
    assert levels(written, "levels") == kept


def test_technology_is_read_and_a_word_for_missing_is_none():
    assert (tier("radio et télévision", "tier"), tier("interneT", "tier")) == ("low-tech", "hi-tech")
    with pytest.raises(RowRefused):
        tier("None", "tier")


CLOSURES = {
    ("FR", "France", "Fermé"): ("FRA", "closed"),
    ("KEN", "Kenya", "Closed"): ("KEN", "closed"),
    ("ES", "", "Cerradas"): ("ESP", "closed"),
    ("Jordan", "", "Partially open"): ("JOR", "partial"),
    ("UGA", "Uganda", "Fully open"): ("UGA", "open"),
    ("US", "United States of America", "Vacances scolaires"): ("USA", "on_break"),
    ("EG", "Egypt", "مغلقة"): ("EGY", "closed"),
    ("NA", "Namibia", "Open"): ("NAM", "open"),
    ("RUS", "", "частично открыты"): ("RUS", "partial"),
    ("CHN", "China", "停课"): ("CHN", "closed"),
    ("NA", "", "Open"): None,
    ("FR", "Germany", "Open"): None,
    ("Congo", "", "Open"): None,
    ("no", "", "Open"): None,
    ("TCD", "Chad", "sometimes"): None,
}


def test_the_status_of_schools_is_read_in_six_languages_and_countries_by_either_code(tmp_path):
    rows = [["16/03/2020", *cells] for cells in CLOSURES]
    read = Read(tmp_path, "unesco_closures", as_csv([["Date", "ISO", "Country", "Status"], *rows]))
    assert {(row["country_iso3"], row["status"]) for row in read.rows} == set(CLOSURES.values()) - {None}
    assert [row.line for row in read.report.quarantined] == [12, 13, 14, 15, 16]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("'1", "1"),
        ("ID: 1", "1"),
        ("id:001", "1"),
        ("№ 1", "1"),
        ("#1", "1"),
        ("No. 12", "12"),
        ("’RW-1", "rw-1"),
        ("ID: RW-1", "rw-1"),
        ("ID1", "id1"),
        ("ID-1", "id-1"),
        ("ID:", ""),
        ("'", ""),
        ("ID: n/a", ""),
    ],
)
def test_what_a_spreadsheet_puts_before_an_id_is_no_part_of_it(written, kept):
    assert normal_id(written) == kept


def test_an_id_is_one_in_every_file(tmp_path):
    header = ["External Id", "Course", "Course ID", "Overall Progress", "Completed", "Program Slug", "Enrollment Time"]
    keys = set()
    for written in ("1", "'1", "ID: 1", "1.0", "#1"):
        row = [written, "Databases", "db1", "35", "No", "a-programme", "2021-04-17T08:00:00Z"]
        keys |= set(Read(tmp_path, "coursera_usage", as_csv([header, row])).column("id_key"))
        of_one = as_csv([HEADER, ["reliefworks", "coursera_for_refugees", written, "Yes", "2022-05-16"]])
        keys |= set(Read(tmp_path, "partner_learners", of_one).column("id_key"))
    assert len(keys) == 1 and None not in keys
    assert normal_email("'a@example.org") == normal_email("A@example.org")


@pytest.mark.parametrize(
    ("written", "sex"),
    [
        ("Femme / أنثى", "female"),
        ("F - Female", "female"),
        ("Female (she/her)", "female"),
        ("Hombre/Homme", "male"),
        ("Kadın", "female"),
        ("erkek", "male"),
        ("Male / Female", "not reported"),
        ("Female (trans)", "not reported"),
        ("(she/her)", "not reported"),
    ],
)
def test_a_sex_in_two_languages_is_one_where_all_words_agree(tmp_path, written, sex):
    assert Read(tmp_path, "partner_learners", register("sex", [written])).column("sex") == [sex]


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("Lise", "secondary"),
        ("ilkokul mezunu", "primary"),
        ("Üniversite", "bachelor"),
        ("Yüksek Lisans", "master or above"),
    ],
)
def test_schools_of_turkiye_have_their_level(written, level):
    assert level_of(written) == level


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ("in-progress", "delivering"),
        ("on_going", "delivering"),
        ("NOT_STARTED", "confirmed"),
        ("non-démarré", "confirmed"),
        ("not-completed", None),
    ],
)
def test_codes_of_forms_are_their_words(tmp_path, written, stage):
    body = as_csv([["Organisation", "Sector", "Country", "Status"], ["A", "Education", "LBN", written]])
    assert Read(tmp_path, "contributions_5w", body, partner="x").column("stage") == [stage]
