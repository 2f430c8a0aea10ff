"""Lists of who does what where as clusters write them: invented files of every kind, with what becomes of them.

Each case says the file, what its sender declares, and the right records, worked by hand.
"""

import datetime
from dataclasses import dataclass, field

import pyarrow.parquet as pq
import pytest

from dashboard.intake import tabular
from dashboard.intake.education import is_education
from dashboard.intake.front_door import Declared, import_file
from tests.exact import exact_answers
from tests.intake.making import Read, Worker, accounted, as_csv, as_xlsx, is_sentence

SOURCE = "contributions_5w"


@dataclass(frozen=True)
class Case:
    """A file and what becomes of it: of each record some columns, how many rows are what, and words of the notes."""

    rows: list
    columns: tuple[str, ...]
    records: list
    said: dict = field(default_factory=dict)
    collapsed: int = 0
    aside: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    as_workbook: bool = False


WHO = ("organisation", "is_education")
REACHED = ("organisation", "people_direct")
PLACED = ("organisation", "country_iso3", "admin1_code", "admin1", "sector")

CASES = {
    "tags with a language, Arabic first, of which the English ones are read": Case(
        [
            ["#org+name+i_ar", "#org+name+i_en", "#sector+i_ar", "#sector+i_en", "#adm1+pcode"],
            ["منظمة", "Body one", "التعليم", "Education", "SY02"],
        ],
        (*WHO, "country_iso3"),
        [("Body one", True, "SYR")],
    ),
    "tags in Spanish alone": Case(
        [["#org+i_es+name", "#sector+name+i_es", "#adm2+i_es+name"], ["Entidad", "Educación", "Norte"]],
        (*WHO, "admin2"),
        [("Entidad", True, "Norte")],
        {"country": "COL"},
    ),
    "a name without a language goes before others that are not English": Case(
        [["#org+name+i_fr", "#org+name", "#sector", "#adm1+code"], ["Corps", "Body", "Education", "ML03"]],
        ("organisation",),
        [("Body",)],
    ),
    "attributes in any order with a vocabulary": Case(
        [["#org +v_local +name", "#sector+v_hpc+cluster", "#adm1+v_ocha+code"], ["Body", "EDU", "ML03"]],
        (*WHO, "admin1_code"),
        [("Body", True, "ML03")],
    ),
    "a donor is no organisation that acts": Case(
        [["#org+funder+name", "#org+prog+name", "#sector", "#adm1+code"], ["Payer", "Doer", "Education", "ML03"]],
        ("organisation",),
        [("Doer",)],
    ),
    "a donor alone leaves nobody who acts": Case(
        [["#org+funder", "#sector", "#adm1+code", "#reached"], ["Payer", "Education", "ML03", "7"]],
        REACHED,
        [("not stated", 7)],
    ),
    "a code of the sector alone": Case(
        [["#org+name", "#sector+code", "#adm1+code"], ["Body", "EDU", "ML03"], ["Body", "HEA", "ML03"]],
        ("is_education", "sector"),
        [(True, "EDU"), (False, "HEA")],
    ),
    "a row of tags with as many other cells": Case(
        [
            ["Who", "What", "Where", "How many", "Remark", "Source"],
            ["#org+name", "#sector", "#reached", "Field4", "(optional)", "n/a"],
            ["Body", "Education", "40", "", "", ""],
        ],
        REACHED,
        [("Body", 40)],
        {"country": "MLI"},
    ),
    "what looks like a tag in a row below is no organisation": Case(
        [
            ["organisation", "sector", "country_iso3", "a", "b", "c"],
            ["#org+name", "#sector", "x", "y", "z", "w"],
            ["Body", "Education", "KEN", "", "", ""],
        ],
        ("organisation",),
        [("Body",)],
        aside=("an HXL tag, and no name of an organisation",),
    ),
    "tags of sub-sectors of others beside education": Case(
        [
            ["#adm2+code", "#inneed+education", "#reached+education", "#inneed+wash", "#inneed+wash+water"],
            ["SS0102", "50", "20", "7", "3"],
        ],
        ("sector", "people_in_need", "people_direct"),
        [("Education", 50, 20), ("WASH", 7, None)],
        noted=("#inneed+wash+water",),
    ),
    "a number of one sector twice leaves the others": Case(
        [
            ["#adm2+code", "#targeted+education", "#targeted+health", "#targeted+health"],
            ["SS0102", "50", "7", "3"],
        ],
        ("sector", "people_targeted"),
        [("Education", 50)],
        noted=("#targeted+health",),
    ),
    "a title over the numbers is no sector": Case(
        [
            ["WHO", "WHERE", "HOW MANY"],
            ["Body", "Region", "Helped"],
            ["#org", "#adm1+name", "#reached"],
            ["A", "N", "7"],
        ],
        ("sector", "people_direct"),
        [("not stated", 7)],
        {"country": "MLI"},
    ),
    "girls and boys apart are no total": Case(
        [
            ["#org", "#sector", "#adm1+code", "#reached", "#reached+f", "#reached+m"],
            ["Body", "Education", "ML03", "30", "16", "14"],
        ],
        REACHED,
        [("Body", 30)],
    ),
    "an optional tag twice is not read": Case(
        [["#org", "#sector", "#adm1+code", "#status", "#status"], ["Body", "Education", "ML03", "Ongoing", "Closed"]],
        ("organisation", "stage"),
        [("Body", None)],
        noted=("The header names #status twice; neither is read",),
    ),
    "operational presence of the humanitarian interface": Case(
        [
            ["location_code", "has_hrp", "admin1_code", "admin1_name", "admin2_code", "admin2_name", "admin_level"]
            + ["org_acronym", "org_name", "org_type_description", "sector_code", "sector_name"]
            + ["reference_period_start", "reference_period_end"],
            ["TCD", "True", "TD07", "Lac", "TD0701", "Mamdi", "2", "BDY", "Body one", "International NGO"]
            + ["EDU", "Education", "2024-01-01", "2024-06-30"],
        ],
        (*PLACED, "organisation_type", "began_on"),
        [("Body one", "TCD", "TD07", "Lac", "Education", "International NGO", datetime.date(2024, 1, 1))],
    ),
    "needs of the humanitarian interface, a number a row": Case(
        [
            [
                "location_code",
                "admin1_code",
                "sector_code",
                "sector_name",
                "category",
                "population_status",
                "population",
            ],
            ["TCD", "TD07", "EDU", "Education", "", "INN", "900"],
            ["TCD", "TD07", "EDU", "Education", "", "TGT", "400"],
            ["TCD", "TD07", "EDU", "Education", "", "all", "9000"],
        ],
        ("is_education", "people_in_need", "people_targeted"),
        [(True, 900, None), (True, None, 400)],
        aside=("none of INN, TGT, REA",),
    ),
    "a table of needs with totals and their parts": Case(
        [
            [
                "Country ISO3",
                "Admin 1 PCode",
                "Admin 1 Name",
                "Cluster",
                "Category",
                "Population",
                "In Need",
                "Targeted",
            ],
            ["TCD", "TD07", "Lac", "EDU", "", "9000", "900", "400"],
            ["TCD", "TD07", "Lac", "EDU", "Female", "4600", "450", "200"],
            ["TCD", "TD07", "Lac", "ALL", "", "9000", "1200", "800"],
        ],
        ("sector", "is_education", "people_in_need"),
        [("EDU", True, 900), ("ALL", False, 1200)],
        aside=("a part of the people whom another row counts as a whole",),
    ),
    "a table of parts alone adds them up": Case(
        [
            ["iso3", "adm1_pcode", "cluster", "category", "in need"],
            ["TCD", "TD07", "Education", "Girls", "450"],
            ["TCD", "TD07", "Education", "Boys", "430"],
        ],
        ("people_in_need",),
        [(880,)],  # 450 + 430
    ),
    "headers of a French list": Case(
        [
            ["Partenaire de mise en œuvre", "Secteur d’intervention", "Région", "Bénéficiaires atteints", "Statut"],
            ["Corps un", "Éducation", "Diffa", "1 250", "Réalisée"],
        ],
        (*WHO, "admin1", "people_direct", "stage"),
        [("Corps un", True, "Diffa", 1250, "delivered")],
        {"country": "Niger"},
    ),
    "headers of a Spanish list": Case(
        [
            ["Socio implementador", "Clúster", "Departamento", "Municipio", "Personas alcanzadas", "Estado"],
            ["Entidad", "Educación en Emergencias", "Chocó", "Quibdó", "300", "En ejecución"],
        ],
        (*WHO, "admin1", "people_direct", "stage"),
        [("Entidad", True, "Chocó", 300, "delivering")],
        {"country": "COL"},
    ),
    "headers of an Arabic list": Case(
        [["اسم المنظمة", "القطاع", "المحافظة", "عدد المستفيدين"], ["منظمة", "قطاع التعليم", "حلب", "٢٥٠"]],
        (*WHO, "admin1", "people_direct"),
        [("منظمة", True, "حلب", 250)],
        {"country": "SYR"},
    ),
    "headers of a Portuguese list": Case(
        [
            ["Parceiro de implementação", "Setor", "Província", "Pessoas alcançadas", "Situação"],
            ["Entidade", "Educação", "Sofala", "77", "Em andamento"],
        ],
        (*WHO, "admin1", "people_direct", "stage"),
        [("Entidade", True, "Sofala", 77, "delivering")],
        {"country": "Mozambique"},
    ),
    "headers of a cluster's template": Case(
        [
            [
                "Implementing Partner",
                "Sector/Cluster",
                "ADM1_PCODE",
                "ADM1_EN",
                "Activity Status",
                "# of beneficiaries",
            ],
            ["Body", "Education Cluster", "UA63", "Kharkiv", "2. On-going", "12"],
        ],
        (*PLACED, "stage", "people_direct"),
        [("Body", "UKR", "UA63", "Kharkiv", "Education Cluster", "delivering", 12)],
    ),
    "headers with dots, dashes and no spaces": Case(
        [["Org.Name", "Cluster-Name", "Admin1PCode", "PeopleReached"], ["Body", "Education", "ET01", "5"]],
        (*REACHED, "is_education"),
        [("Body", 5, True)],
    ),
    "an acronym under a plain header where the name is blank": Case(
        [["Organization", "Org. Acronym", "Sector", "Country"], ["", "BDY", "Education", "Kenya"]],
        WHO,
        [("BDY", True)],
    ),
    "an id of the register stands for a name that is not there, one of nobody does not": Case(
        [
            ["organisation", "partner_id", "sector", "iso3", "people reached"],
            ["", "m7", "Education", "KEN", ""],
            ["not stated", "not_stated", "Education", "KEN", "9"],
        ],
        ("organisation", "partner_id", "people_direct"),
        [("m7", "m7", None), ("not stated", "not_stated", 9)],
    ),
    "a sector declared holds where a row states none": Case(
        [["org", "cluster", "iso3"], ["Body", "", "KEN"], ["Body", "TBD", "UGA"], ["Body", "Health", "SOM"]],
        ("sector", "is_education"),
        [("EiE", True), ("EiE", True), ("Health", False)],
        {"sector": "EiE"},
    ),
    "a list without any row of education says which sectors it has": Case(
        [["org", "cluster", "iso3"], ["Body", "Health", "KEN"], ["Body", "Mine risk education", "KEN"]],
        ("is_education",),
        [(False,), (False,)],
        noted=("No row is of education. Sectors of the list: Health (1), Mine risk education (1)",),
    ),
    "numbers of many kinds in an optional column": Case(
        [
            ["org", "sector", "iso3", "people targeted", "people reached"],
            ["A", "Education", "KEN", "<5", "10"],
            ["B", "Education", "KEN", "approx. 300", "11"],
            ["C", "Education", "KEN", "1.200", "12"],
            ["D", "Education", "KEN", "1,200", "13"],
            ["E", "Education", "KEN", "1.200.000", "14"],
            ["F", "Education", "KEN", "12,345.4", "15"],
            ["G", "Education", "KEN", "99.5", "16"],
            ["H", "Education", "KEN", "-3", "17"],
            ["I", "Education", "KEN", "À déterminer", "18"],
        ],
        ("organisation", "people_targeted", "people_direct"),
        [
            *(("A", None, 10), ("B", None, 11), ("C", None, 12), ("D", 1200, 13), ("E", 1_200_000, 14)),
            *(("F", 12_345, 15), ("G", 100, 16), ("H", None, 17), ("I", None, 18)),
        ],
        noted=("5 cells of people targeted: no whole number of people, and left out", "2 cells of people targeted"),
    ),
    "a number reached that cannot be read leaves presence": Case(
        [["org", "sector", "iso3", "reached"], ["A", "Education", "KEN", "many"]],
        REACHED,
        [("A", None)],
        noted=("1 cell of reached: no whole number of people, and left out: many",),
    ),
    "neither an organisation nor a number that can be read": Case(
        [["org", "sector", "iso3", "reached"], ["N/A", "Education", "KEN", "*"], ["A", "Education", "KEN", "1"]],
        REACHED,
        [("A", 1)],
        aside=("blank, and so are the numbers of people",),
    ),
    "days that cannot be": Case(
        [
            ["org", "sector", "iso3", "start date", "end date"],
            ["A", "Education", "KEN", "01/01/1970", "31/12/2023"],
            ["B", "Education", "KEN", "01/05/2023", "30/04/2023"],
            ["C", "Education", "KEN", "unknown", "soon"],
            ["D", "Education", "KEN", "2023-05-01", "2023-05-31"],
        ],
        ("organisation", "began_on", "ended_on"),
        [
            ("A", None, datetime.date(2023, 12, 31)),
            ("B", datetime.date(2023, 5, 1), None),
            ("C", None, None),
            ("D", datetime.date(2023, 5, 1), datetime.date(2023, 5, 31)),
        ],
        noted=("1 cell of end date: before the first day, and left out: 30/04/2023",),
    ),
    "words for whom, of the role, of the kind and of the mission that nobody knows": Case(
        [
            ["org", "sector", "iso3", "audience", "role", "activity_type", "mission"],
            ["A", "Education", "KEN", "Village elders", "Sub-grantee", "Tents", "Peace"],
            ["B", "Education", "KEN", "Enseignants", "Chef de file", "devices", "skills"],
            ["C", "Education", "KEN", "Refugees", "", "", ""],
        ],
        ("organisation", "audience", "role", "activity_type", "mission"),
        [
            ("A", "not stated", "supporter", "other", None),
            ("B", "teachers", "lead", "devices", "skills"),
            ("C", "learners", "lead", None, None),
        ],
        noted=("1 cell of audience: no word of this source, kept as not stated: Village elders",),
    ),
    "a word that is a role and a stage, a stage with its share, and one in two languages": Case(
        [
            ["org", "sector", "iso3", "role", "status"],
            ["A", "Education", "KEN", "Implementing", "Implementing"],
            ["B", "Education", "KEN", "Donor", "Réalisé (100%)"],
            ["C", "Education", "KEN", "", "Ongoing / En cours"],
            ["D", "Education", "KEN", "", "3. Завершено"],
            ["E", "Education", "KEN", "", "已完成"],
            ["F", "Education", "KEN", "", "Not completed"],
        ],
        ("organisation", "role", "stage"),
        [
            *(("A", "lead", "delivering"), ("B", "supporter", "delivered"), ("C", "lead", "delivering")),
            *(("D", "lead", "delivered"), ("E", "lead", "delivered"), ("F", "lead", None)),
        ],
    ),
    "a column of a beneficiary with numbers, of which one is none": Case(
        [
            ["Partner", "Cluster", "ISO3", "Beneficiary"],
            ["A", "Education", "NER", "1 200"],
            ["B", "Education", "NER", "<5"],
            ["C", "Education", "NER", "about 40"],
        ],
        (*REACHED, "audience"),
        [("A", 1200, "learners"), ("B", None, "learners"), ("C", None, "not stated")],
        noted=("1 cell of Beneficiary: no whole number of people, and left out: <5",),
    ),
    "beneficiaries whom a tag states as targeted are not reached": Case(
        [
            ["#org", "#sector", "#adm1+code", "#beneficiary+targeted", "#beneficiary+reached"],
            ["Body", "Education", "ML03", "50", "20"],
        ],
        (*REACHED, "people_targeted"),
        [("Body", 20, 50)],
    ),
    "targeted beneficiaries alone reach nobody": Case(
        [["#org", "#sector", "#adm1+code", "#beneficiary+planned"], ["Body", "Education", "ML03", "50"]],
        (*REACHED, "people_targeted"),
        [("Body", None, 50)],
    ),
    "children among beneficiaries are a part of those reached": Case(
        [["#org", "#sector", "#adm1+code", "#beneficiary+children"], ["Body", "Education", "ML03", "50"]],
        REACHED,
        [("Body", None)],
    ),
    "a country whose total stands under a word for everywhere, or under its own name": Case(
        [
            ["country", "admin1", "admin2", "sector", "people in need"],
            ["Chad", "Lac", "Mamdi", "Education", "100"],
            ["Chad", "Lac", "Wayi", "Education", "300"],
            ["Chad", "Lac", "All", "Education", "400"],  # 100 + 300
            ["Chad", "Kanem", "", "Education", "50"],
            ["Chad", "All provinces", "All districts", "Education", "450"],  # 400 + 50
            ["Chad", "National", "", "Education", "450"],
            ["Mali", "Gao", "", "Education", "7"],
            ["Mali", "Mopti", "", "Education", "5"],
            ["Mali", "Ségou", "", "Education", "3"],
            ["Mali", "Mali", "", "Education", "15"],  # 7 + 5 + 3
            ["Mali", "Toutes les régions", "", "Education", "15"],
        ],
        ("country_iso3", "admin1", "admin2", "people_in_need"),
        [
            ("TCD", "Lac", "Mamdi", 100),
            ("TCD", "Lac", "Wayi", 300),
            ("TCD", "Kanem", None, 50),
            ("MLI", "Gao", None, 7),
            ("MLI", "Mopti", None, 5),
            ("MLI", "Ségou", None, 3),
        ],
        aside=("a total of other rows: it would count them twice",) * 5,
    ),
    "places of all levels in one column of codes": Case(
        [
            ["admin1_code", "sector", "people in need"],
            ["KE", "Education", "130"],  # 100 + 30
            ["KE001", "Education", "100"],  # 60 + 40
            ["KE001001", "Education", "60"],
            ["KE001002", "Education", "40"],
            ["KE002", "Education", "30"],
            ["KE0021", "Education", "30"],  # one place alone may be another: 2 and 21
            ["ML1", "Education", "7"],
            ["ML10", "Education", "5"],
            ["ML11", "Education", "8"],
        ],
        ("admin1_code", "people_in_need"),
        [("KE001001", 60), ("KE001002", 40), ("KE002", 30), ("KE0021", 30), ("ML1", 7), ("ML10", 5), ("ML11", 8)],
        {"country": "KEN"},
        aside=("a total of other rows: it would count them twice",) * 2,
    ),
    "a total that was rounded by itself is one still; a rest of no place is none": Case(
        [
            ["country", "admin1", "sector", "people in need"],
            ["Chad", "", "Education", "6000"],  # 3950 + 2051 = 6001
            ["Chad", "Lac", "Education", "3950"],
            ["Chad", "Kanem", "Education", "2051"],
            ["Mali", "", "Education", "200"],
            ["Mali", "Gao", "Education", "3950"],
        ],
        ("country_iso3", "admin1", "people_in_need"),
        [("TCD", "Lac", 3950), ("TCD", "Kanem", 2051), ("MLI", None, 200), ("MLI", "Gao", 3950)],
        aside=("a total of other rows: it would count them twice",),
    ),
    "a region with the name of its country is one, and so is a country of which no place is listed": Case(
        [
            ["country", "admin1", "sector", "people in need"],
            ["Djibouti", "Djibouti", "Education", "500"],
            ["Djibouti", "Ali Sabieh", "Education", "500"],
            ["Mali", "Niveau national", "Education", "700"],
        ],
        ("country_iso3", "admin1", "people_in_need"),
        [("DJI", "Djibouti", 500), ("DJI", "Ali Sabieh", 500), ("MLI", None, 700)],
    ),
    "what an organisation does everywhere is no total of what it does in a place": Case(
        [
            ["organisation", "country", "admin1", "sector", "reached"],
            ["Body", "Chad", "National", "Education", "500"],
            ["Body", "Chad", "Lac", "Education", "500"],
        ],
        ("admin1", "people_direct"),
        [("National", 500), ("Lac", 500)],
    ),
    "those who coordinate a sector are no organisation of its table of needs": Case(
        [
            ["Organisation", "country", "admin1", "sector", "people in need", "reached"],
            ["Education Cluster", "Sudan", "Kassala", "Education", "400", ""],
            ["HCT", "Sudan", "Gezira", "Education", "300", ""],
            ["Education Cluster", "Sudan", "Gedaref", "Education", "200", "10"],
            ["Relief Works", "Sudan", "Sennar", "Education", "100", ""],
        ],
        ("organisation", "people_in_need"),
        [("not stated", 400), ("not stated", 300), ("Education Cluster", 200), ("Relief Works", 100)],
    ),
    "people affected beside people in need are none in need": Case(
        [["#adm1+code", "#affected+education", "#inneed+education"], ["ML03", "5000", "3000"]],
        ("sector", "people_in_need"),
        [("Education", 3000)],
    ),
    "people affected alone are those in need": Case(
        [["#adm1+code", "#affected+education", "#targeted+education"], ["ML03", "5000", "3000"]],
        ("sector", "people_in_need", "people_targeted"),
        [("Education", 5000, 3000)],
    ),
    "numbers among beneficiaries beside people reached count once": Case(
        [
            ["#org", "#sector", "#adm1+code", "#beneficiary", "#reached"],
            ["A", "Education", "NE01", "500", "450"],
            ["B", "Education", "NE01", "IDPs", "60"],
        ],
        (*REACHED, "audience"),
        [("A", 450, "learners"), ("B", 60, "learners")],
    ),
    "rows told apart by a donor or a comment are two": Case(
        [
            ["org", "sector", "iso3", "reached", "Donor"],
            ["A", "Education", "KEN", "10", "X"],
            ["A", "Education", "KEN", "10", "Y"],
            ["A", "Education", "KEN", "10", "Y"],
        ],
        REACHED,
        [("A", 10), ("A", 10)],
        collapsed=1,
    ),
    "an activity with an id counts once whatever tells its rows apart": Case(
        [
            ["activity_id", "org", "sector", "iso3", "reached", "Quarter"],
            ["p1", "A", "Education", "KEN", "10", "Q1"],
            ["p1", "A", "Education", "KEN", "10", "Q2"],
            ["p2", "A", "Education", "KEN", "10", "Q1"],
        ],
        ("activity_id", "people_direct"),
        [("p1", 10), ("p2", 10)],
    ),
    "a supporter without a sector has that of its activity, and a row without an id does not": Case(
        [
            ["activity_id", "org", "sector", "iso3"],
            ["p1", "A", "Education", "KEN"],
            ["p1", "B", "", "KEN"],
            ["", "C", "", "KEN"],
        ],
        ("organisation", "sector"),
        [("A", "Education"), ("B", "Education"), ("C", "not stated")],
    ),
    "a place without a country": Case(
        [["org", "sector", "district"], ["A", "Education", "North"]],
        ("organisation", "country_iso3", "admin2"),
        [("A", "KEN", "North")],
        {"country": "KEN"},
    ),
    "a placeholder for the country leaves what is declared": Case(
        [["org", "sector", "country"], ["A", "Education", "N/A"], ["B", "Education", "Ouganda"]],
        ("organisation", "country_iso3"),
        [("A", "KEN"), ("B", "UGA")],
        {"country": "KEN"},
    ),
    "an address in an optional cell is neither kept nor named": Case(
        [["org", "sector", "iso3", "district"], ["A", "Education", "KEN", "ask focal@example.org"]],
        ("organisation", "admin2"),
        [("A", None)],
        noted=("1 cell of district: holds an address: an address",),
    ),
    "a workbook with two lines of headers, tags and decimals": Case(
        [
            ["Sudan: who does what where"],
            ["Who", "What", "Where", "How many"],
            ["#org+name", "#sector", "#adm1+name", "#reached"],
            ["Body", "Education / التعليم", "Kassala", "10.0"],
        ],
        (*REACHED, "is_education"),
        [("Body", 10, True)],
        {"country": "SDN"},
        as_workbook=True,
    ),
    "words that stand for nothing in every optional column": Case(
        [
            ["org", "org type", "sector", "iso3", "admin1", "status", "start date", "reached", "activity_id"],
            ["A", "TBD", "Education", "KEN", "—", "n/a", "-", "N/A", "#N/A"],
        ],
        ("organisation", "organisation_type", "admin1", "stage", "began_on", "people_direct"),
        [("A", None, None, None, None, None)],
    ),
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = Worker(tmp_path_factory.mktemp("lists"))
    yield made
    made.close()


@pytest.mark.parametrize("name", CASES)
def test_a_list_becomes_what_it_should(worker, name):
    case = CASES[name]
    body = as_xlsx(case.rows) if case.as_workbook else as_csv(case.rows)
    kind, report = worker.parse(SOURCE, body, partner="a_cluster", **case.said)
    assert kind == "report" and accounted(report), report
    rows = pq.read_table(worker.folder / "rows.parquet").to_pylist()
    assert [tuple(row[column] for column in case.columns) for row in rows] == case.records
    assert report["collapsed"] == case.collapsed
    assert tuple(aside["reason"] for aside in report["quarantined"]) == case.aside
    for words in case.noted:
        assert any(words in note for note in report["notes"]), report["notes"]


@pytest.mark.parametrize(
    "rows",
    [
        [["org", "sector", "iso3", "reached", "Month"], *(["A", "Education", "KEN", "5", str(n)] for n in range(6))],
        [["org", "sector", "adm1_pcode", "adm3_en"], *(["A", "Education", "KE01", f"School {n}"] for n in range(6))],
    ],
)
def test_ids_of_activities_are_apart_and_the_same_in_any_order_of_rows(worker, rows):
    found = []
    for body in (rows, [rows[0], *reversed(rows[1:])]):
        assert worker.parse(SOURCE, as_csv(body), partner="a_cluster")[0] == "report"
        found.append(pq.read_table(worker.folder / "rows.parquet").to_pylist())
    forward, backward = ({(row["activity_id"], row["admin3"]) for row in one} for one in found)
    assert forward == backward and len({key for key, _ in forward}) == 6


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["Acteur humanitaire", "Cluster concerné", "Lieu"], "Cluster concerné for sector"),
        (["Organisation type", "Donor", "Remarks"], "this one has: Organisation type, Donor, Remarks"),
        (["Partner's registered name", "HRP Cluster title", "Pcode"], '--column organisation="Partner'),
        (["Titre", "Chapitre", "Page"], "Map each column that is missing"),
    ],
)
def test_a_refusal_names_what_the_file_has_and_how_to_map_it(worker, header, says):
    kind, refusal = worker.parse(SOURCE, as_csv([header, ["a", "b", "c"]]), partner="a_cluster")
    assert kind == "refused" and is_sentence(refusal) and says in refusal
    assert "(`--column" in refusal and "Organisation type for" not in refusal


@pytest.mark.parametrize(
    "words",
    [
        *("EDUCATION (EiE)", "Secteur : Éducation", "4 - Education", "C05. EDUCACIÓN", "Education Sub-sector", "Edu."),
        *("Éducation/Protection de l’enfance", "Education, Youth", "WASH & Education", "Cluster: EDU", "E.i.E"),
        *("Enseignement primaire", "Educação – ensino", "Education and Health", "التعليم / Education", "قطاع التعليم"),
        *("Emergency education response", "Образование в чрезвычайных ситуациях", "教育", "Non-formal education"),
        *("Presence : Éducation en situation d'urgence", "TVET / Education", "Educación; Salud", "education_cluster"),
    ],
)
def test_words_for_education(words):
    assert is_education(words)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "Mine-Risk Education",
            "MRE",
            "Explosive Ordnance Risk Education (EORE)",
            "Health education",
            "Éducation sanitaire",
        ),
        *(
            "Éducation aux risques liés aux mines",
            "Educación sobre el riesgo de minas",
            "Civic education",
            "Reeducation",
        ),
        *("Nutrition education", "Hygiene education and promotion", "Protection: education", "Voter education"),
        *("Non-education", "Excluding education", "Educação cívica", "التوعية", "التعليم الصحي", "健康教育", "", "ALL"),
        *("Medicine", "Agriculture", "Sexual education", "Peace education", "Multipurpose cash"),
    ],
)
def test_words_for_other_sectors(words):
    assert not is_education(words)


def asked_of(store, rows, **said):
    file = store.parent / "list.csv"
    file.write_bytes(as_csv(rows))
    import_file(store, SOURCE, file, datetime.date(2024, 6, 30), Declared(partner="a_cluster", **said))
    with exact_answers(store) as answers:
        return {q: answers.ask(f"contributions/{q}", {}).to_pylist() for q in ("coverage_totals", "coverage", "totals")}


def test_totals_of_a_country_and_of_provinces_are_not_added_to_those_of_their_districts(tmp_path):
    rows = [
        ["iso3", "adm1_pcode", "adm2_pcode", "cluster", "in need", "targeted", "reached"],
        ["TCD", "", "", "EDU", "1000", "600", ""],
        ["TCD", "TD07", "", "EDU", "700", "400", ""],
        ["TCD", "TD07", "TD0701", "EDU", "300", "250", "300"],
        ["TCD", "TD07", "TD0702", "EDU", "400", "150", "50"],
        ["TCD", "TD08", "", "EDU", "250", "200", "80"],  # its districts are not listed
    ]
    found = asked_of(tmp_path / "store", rows)
    (row,) = found["coverage_totals"]
    assert row["people_in_need"] == 1000  # what is stated of the country; its parts are 300 + 400 + 250 = 950
    assert (row["people_targeted"], row["people_reached"]) == (600, 430)  # 250 + 150 + 200; 300 + 50 + 80
    assert (row["gap"], row["surplus"]) == (220, 50)  # 0 + 100 + 120; 300 - 250


def test_several_organisations_in_a_place_state_its_people_in_need_once_and_add_their_targets(tmp_path):
    rows = [
        ["organisation", "sector", "adm1_pcode", "adm3_en", "in need", "targeted", "reached"],
        ["A", "Education", "SS01", "Camp 1", "1000", "100", "150"],
        ["B", "Education", "SS01", "Camp 1", "1000", "200", "50"],
        ["A", "Education", "SS01", "Camp 2", "500", "100", "10"],
    ]
    found = asked_of(tmp_path / "store", rows)
    (row,) = found["coverage_totals"]
    assert row["people_in_need"] == 1500  # Camp 1 once
    assert (row["gap"], row["surplus"]) == (190, 0)  # Camp 1: 300 - 200; Camp 2: 100 - 10
    (country,) = found["coverage"]
    assert (country["activities"], country["gap"]) == (3, 190)
    assert found["totals"][0]["others_active"] == 2


def test_people_whose_role_is_not_stated_are_reached_and_no_learners(tmp_path):
    rows = [
        ["organisation", "sector", "iso3", "audience", "reached"],
        ["A", "Education", "KEN", "Village elders", "40"],
        ["A", "Education", "KEN", "Pupils", "60"],
    ]
    (totals,) = asked_of(tmp_path / "store", rows)["totals"]
    assert (totals["learners_direct"], totals["others_direct"]) == (60, 40)


PLACES = ["Country ISO3", "Admin 1", "Cluster", "People in need", "Target", "Reached"]
NORTH, SOUTH = ["SDN", "North", "Education"], ["SDN", "South", "Education"]


@pytest.mark.parametrize("word", ["Total", "الإجمالي", ""])
def test_a_total_among_places_is_counted_once(tmp_path, word):
    rows = [
        PLACES,
        ["SDN", word, "Education", "4000", "1500", "900"],
        [*NORTH, "1000", "500", "800"],
        [*SOUTH, "3000", "1000", "100"],
    ]
    found = asked_of(tmp_path / "store", rows)
    (row,) = found["coverage_totals"]
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (4000, 1500, 900)
    assert found["totals"][0]["learners_direct"] == 900  # 800 + 100


def test_a_total_of_what_no_place_states_is_kept_as_that_of_the_country(tmp_path):
    rows = [PLACES, ["SDN", "Total", "Education", "4000", "", ""], [*NORTH, "", "500", "800"]]
    (row,) = asked_of(tmp_path / "store", rows)["coverage_totals"]
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (4000, 500, 800)


@pytest.mark.parametrize(
    ("column", "whole"),
    [("Sexe", "Both sexes"), ("Age group", "All"), ("Desglose", "الإجمالي"), ("Sub-cluster", "")],
)
def test_a_whole_counts_and_its_parts_do_not(tmp_path, column, whole):
    rows = [
        ["Country ISO3", "Admin 1", "Cluster", column, "People in need", "Target", "Reached"],
        [*NORTH, "First", "100", "50", "10"],
        [*NORTH, "Second", "120", "60", "20"],
        [*NORTH, whole, "220", "110", "30"],
    ]
    found = asked_of(tmp_path / "store", rows)
    (row,) = found["coverage_totals"]
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (220, 110, 30)
    assert found["totals"][0]["learners_direct"] == 30


def test_parts_without_a_whole_add_up(tmp_path):
    rows = [
        ["Country ISO3", "Admin 1", "Cluster", "Sex", "People in need", "Target", "Reached"],
        [*NORTH, "F", "100", "50", "10"],
        [*NORTH, "M", "120", "60", "20"],
    ]
    (row,) = asked_of(tmp_path / "store", rows)["coverage_totals"]
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (220, 110, 30)


def test_parts_beside_the_whole_of_their_group_alone_are_set_aside(tmp_path):
    rows = [
        ["Country ISO3", "Admin 1", "Cluster", "Sex", "Age group", "People in need"],
        [*NORTH, "F", "All", "100"],
        [*NORTH, "F", "6-11", "70"],
        [*NORTH, "F", "12-17", "30"],
        [*NORTH, "M", "All", "120"],
    ]
    (row,) = asked_of(tmp_path / "store", rows)["coverage_totals"]
    assert row["people_in_need"] == 220  # 100 + 120


def test_an_organisation_called_total_is_a_total(tmp_path):
    rows = [
        ["Organisation", "Sector", "Country", "Admin 1", "Reached"],
        ["A", "Education", "SDN", "North", "30"],
        ["B", "Education", "SDN", "South", "20"],
        ["Grand Total", "Education", "SDN", "", "50"],
    ]
    (totals,) = asked_of(tmp_path / "store", rows)["totals"]
    assert (totals["activities"], totals["others_active"], totals["learners_direct"]) == (2, 2, 50)


def test_an_organisation_that_tells_girls_and_boys_apart_and_their_sum_reaches_the_sum(tmp_path):
    rows = [
        ["Organisation", "Sector", "Country", "Admin 1", "Sex", "Reached"],
        ["A", "Education", "SDN", "North", "F", "30"],
        ["A", "Education", "SDN", "North", "M", "20"],
        ["A", "Education", "SDN", "North", "Total", "50"],
    ]
    (totals,) = asked_of(tmp_path / "store", rows)["totals"]
    assert (totals["activities"], totals["learners_direct"]) == (1, 50)


def test_reach_in_rows_of_organisations_is_held_against_the_targets_of_other_rows_of_the_place(tmp_path):
    rows = [
        ["Organisation", "Admin 1 Pcode", "Sector", "activity_type", "People in need", "Target", "Reached"],
        ["", "SD01", "Education", "", "100", "50", ""],
        ["", "SD02", "Education", "", "200", "60", ""],
        ["A", "SD01", "Education", "", "", "", "30"],
        ["B", "SD02", "Education", "content", "", "", "20"],  # of a kind; the target is of none
        ["B", "SD03", "Education", "", "", "", "7"],  # no target is stated there
    ]
    found = asked_of(tmp_path / "store", rows)
    (row,) = found["coverage_totals"]
    assert (row["people_in_need"], row["people_targeted"], row["people_reached"]) == (300, 110, 50)
    assert (row["cells"], row["gap"]) == (2, 60)  # 50 - 30; 60 - 20
    (country,) = found["coverage"]
    assert (country["people_reached"], country["gap"], country["activities"]) == (50, 60, 2)
    assert found["totals"][0]["learners_direct"] == 57


def test_what_was_cancelled_reaches_nobody_and_is_named(tmp_path):
    rows = [
        ["Organisation", "Sector", "Country", "Status", "Reached"],
        ["A", "Education", "SDN", "Cancelled", "30"],
        ["B", "Education", "SDN", "Annulé", "40"],
        ["C", "Education", "SDN", "Completed", "20"],
    ]
    read = Read(tmp_path, SOURCE, as_csv(rows), partner="x", country="", captured_on="2024-03-01")
    assert [(row["organisation"], row["people_direct"]) for row in read.rows] == [("C", 20)]
    assert [(row.value, row.reason) for row in read.report.quarantined] == [
        ("Cancelled", "cancelled: it counts as no activity"),
        ("Annulé", "cancelled: it counts as no activity"),
    ]


def test_words_for_stages_in_many_languages_are_known(tmp_path):
    stages = {
        "delivering": ["جارية", "Devam ediyor", "Триває", "продолжается"],
        "confirmed": ["مخطط لها", "Заплановано", "En préparation", "Yet to start", "Em preparação"],
        "delivered": ["Tamamlandı", "Завершений", "مكتملة", "Concluído"],
    }
    words = [(word, stage) for stage, of_stage in stages.items() for word in of_stage]
    rows = [["Organisation", "Sector", "Country", "Status"], *(["A", "Education", "SDN", word] for word, _ in words)]
    read = Read(tmp_path, SOURCE, as_csv(rows), partner="x", country="", captured_on="2024-03-01")
    assert list(zip([word for word, _ in words], read.column("stage"), strict=True)) == words


@pytest.mark.parametrize(
    "words",
    [
        *("Edukacja", "Bildung", "Istruzione", "Onderwijs", "शिक्षा", "শিক্ষা", "Giáo dục", "การศึกษา", "Eğitim"),
        "Освіта",
    ],
)
def test_words_for_education_in_more_languages(words):
    assert is_education(words)


@pytest.mark.parametrize("words", ["Протимінна освіта", "Edukacja zdrowotna", "स्वास्थ्य शिक्षा"])
def test_education_about_the_subject_of_another_sector_in_more_languages(words):
    assert not is_education(words)


def test_a_refusal_names_the_commonest_reasons_with_their_values(tmp_path):
    rows = [
        ["Organisation", "Sector", "Country", "Reached"],
        ["", "Education", "SDN", ""],
        *[["A", "Education", "Atlantis", "1"]] * 70,
        *[["A", "Education", "Lemuria", str(n)] for n in range(40)],
        *[["B", "Education", "SDN", str(n)] for n in range(9)],
    ]
    rows = [rows[0], *([*row, str(n)] for n, row in enumerate(rows[1:]))]  # told apart by a number
    refused = Read(tmp_path, SOURCE, as_csv([[*rows[0], "No."], *rows[1:]]), partner="x", country="").refused
    assert "111 of 120 rows" in refused and "The first reason: line 2, organisation: blank" in refused
    assert "country: no country has this code or name, 110 rows (Atlantis (70), Lemuria (40))" in refused
    assert refused.endswith(", 1 row.")


def test_tags_as_wide_as_the_letters_of_east_asia_are_tags(tmp_path):
    wide = {at: at + 0xFEE0 for at in range(0x21, 0x7F)}
    tags = [tag.translate(wide) for tag in ("#org+name", "#sector", "#country+code", "#reached")]
    rows = [["谁", "什么", "哪里", "多少"], tags, ["A", "教育", "SDN", "30"]]
    read = Read(tmp_path, SOURCE, as_csv(rows), partner="x", country="")
    assert [(row["organisation"], row["is_education"], row["people_direct"]) for row in read.rows] == [("A", True, 30)]


@pytest.mark.parametrize(
    "header", ["Nb reached", "Nb bénéficiaires atteints", "Actual beneficiaries", "Personas alcanzadas"]
)
def test_headers_of_people_reached_in_more_words(tmp_path, header):
    rows = [["Personas con necesidad", "Personas meta", header, "País", "Sector"], ["9", "6", "3", "COL", "Educación"]]
    read = Read(tmp_path, SOURCE, as_csv(rows), partner="x", country="")
    (row,) = read.rows
    assert [row[name] for name in ("people_in_need", "people_targeted", "people_direct")] == [9, 6, 3]


def test_people_affected_who_were_reached_are_people_reached(tmp_path):
    rows = [["#org+name", "#sector", "#country+code", "#affected+reached"], ["A", "Education", "SDN", "30"]]
    read = Read(tmp_path, SOURCE, as_csv(rows), partner="x", country="")
    assert [(row["people_direct"], row["people_in_need"]) for row in read.rows] == [(30, None)]


def test_columns_that_look_like_people_reached_are_named_where_none_is_read(tmp_path):
    rows = [
        ["Organisation", "Sector", "Country", "Reached in March", "Beneficiary name", "Remarks"],
        ["A", "Education", "SDN", "30", "x", "y"],
    ]
    read = Read(tmp_path, SOURCE, as_csv(rows), partner="x", country="")
    said = "No column of people reached was read; these look like one: Reached in March. "
    assert any(said in note for note in read.report.notes)


GARBLED = "1 line holds garbled letters, such as “Ã©” or “\ufffd” in place of “é”, the first on line 3"


@pytest.mark.parametrize("word", ["Éducation", "التعليم", "Образование", "Niño", "École à côté"])
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_letters_that_were_garbled_before_a_file_was_written_are_noted(tmp_path, word, wrong):
    rows = [["Organisation", "Sector", "Country"], ["A", "Education", "LBN"]]
    garbled = word.encode().decode(wrong, "replace")
    found = Read(tmp_path, SOURCE, as_csv([*rows, ["B", garbled, "LBN"]]), partner="x")
    assert found.report.published == 2 and any(note.startswith(GARBLED) for note in found.report.notes)


@pytest.mark.parametrize("word", ["Niño", "École €", "l’été", "\ufffd"])
def test_garbled_letters_are_seen_wherever_the_file_is_cut_for_reading(tmp_path, monkeypatch, word):
    file = tmp_path / "list.csv"
    file.write_text(word if word == "\ufffd" else word.encode().decode("cp1252", "replace"), encoding="utf-8")
    for size in range(1, file.stat().st_size + 1):
        monkeypatch.setattr(tabular, "BLOCK_BYTES", size)
        assert tabular._seems_garbled(file), size


def test_letters_with_accents_are_not_garbled(tmp_path):
    words = "Éducation à Ségou, São Tomé, SÃO, MANHÃ », «Ñ», Ñuble, Ð, Øst, Ù, 50 °C, Образование, التعليم, 教育"
    rows = [["Organisation", "Sector", "Country"], [words, "Education", "LBN"]]
    assert not any("garbled" in note for note in Read(tmp_path, SOURCE, as_csv(rows), partner="x").report.notes)


def test_an_address_is_no_sender_of_a_list(tmp_path):
    rows = [["Organisation", "Sector", "Country", "reported_by"], ["A", "Education", "LBN", "inv@example.org"]]
    found = Read(tmp_path, SOURCE, as_csv([*rows, ["B", "Education", "LBN", "a_cluster"]]))
    assert found.column("organisation") == ["B"] and found.report.quarantined[0].column == "reported_by"
    assert Read(tmp_path, SOURCE, as_csv(rows), partner="x").column("reported_by") == ["x"]
