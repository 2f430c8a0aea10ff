"""Files of the public record, and formats of files, as the world has them: what is read, set aside and refused."""

import datetime
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.intake.making import Worker, accounted, as_csv, is_sentence
from tests.intake.making_workbooks import as_ods, as_xls, as_xlsb, in_container

FAULTS = Path(__file__).parents[1] / "fixtures" / "faults"
UNHCR, OXFORD, CLOSURES = "unhcr_population", "oxcgrt_c1", "unesco_closures"
APRIL = datetime.date(2020, 4, 1)


@dataclass(frozen=True)
class Read:
    """What of a file is published (columns of `shown` in any order), what is set aside, and what is noted."""

    shown: tuple[str, ...]
    rows: list
    aside: tuple = ()  # pairs of a line and words of its reason
    collapsed: int = 0
    noted: str = ""


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = Worker(tmp_path_factory.mktemp("worker"))
    yield made
    made.close()


def csv_of(*lines, delimiter=","):
    return "\n".join(lines).replace("|", delimiter).encode()


def xlsx_of(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, body in parts.items():
            packed.writestr(name.replace("__", "/").replace("DOT", "."), body)
    return out.getvalue()


FLOW = ("year", "origin_iso3", "host_iso3", "refugees")
BOTH = (*FLOW, "asylum_seekers")
SITE = "Year|Country of origin|Country of origin (ISO)|Country of asylum|Country of asylum (ISO)|"
SITE += "Refugees under UNHCR's mandate|Asylum-seekers"
PACKAGE = "year|coo_name|coo|coo_iso|coa_name|coa|coa_iso|refugees|asylum_seekers|returned_refugees|idps|stateless|ooc"
OLD = "Year|Country / territory of asylum/residence|Origin|Refugees (incl. refugee-like situations)|"
OLD += "Asylum-seekers (pending cases)|Total Population"
LONG = "Year|Country / territory of asylum/residence|Origin|Population type|Value"
HAPI = "origin_location_code|asylum_location_code|population_group|gender|age_range|population|reference_period_start"
DISPLACED = "Year|ISO3CoO|CoO_name|ISO3CoA|CoA_name|Refugees|Asylum-seekers"

REFUGEES = {
    "columns of the package for R": (
        csv_of(PACKAGE, "1951|Unknown|UKN|UNK|Australia|AUL|AUS|180000|0|0|0|0|0", delimiter=","),
        Read(BOTH, [(1951, "UNK", "AUS", 180000, 0)]),
    ),
    "an unknown host in the package for R": (
        csv_of(PACKAGE, "1986|Angola|ANG|AGO|Unknown|UKN|UNK|7000|NA|0|0|0|0"),
        Read(BOTH, [(1986, "AGO", "UNK", 7000, None)]),
    ),
    "a stateless host": (
        csv_of(SITE, "2001|Iraq|IRQ|Stateless|STA|12|0"),
        Read(FLOW, [(2001, "IRQ", "XXA", 12)]),
    ),
    "Tibetans": (
        csv_of(SITE, "2010|Tibetans|TIB|Nepal|NPL|15000|0"),
        Read(FLOW, [(2010, "TIB", "NPL", 15000)]),
    ),
    "names and no codes, a star for few": (
        csv_of(
            OLD, "2014|Czech Rep.|Various/Unknown|30|*|30", "2014|Iran (Islamic Rep. of)|Afghanistan|951000|57|951057"
        ),
        Read(BOTH, [(2014, "UNK", "CZE", 30, None), (2014, "AFG", "IRN", 951000, 57)]),
    ),
    "names of former times": (
        csv_of(
            OLD,
            "2012|The former Yugoslav Rep. of Macedonia|Serbia and Kosovo (S/RES/1244 (1999))|1000|5|1005",
            "2012|Swaziland|Dem. Rep. of the Congo|200|0|200",
        ),
        Read(FLOW, [(2012, "SRB", "MKD", 1000), (2012, "COD", "SWZ", 200)]),
    ),
    "a row for each type of population": (
        csv_of(
            LONG,
            "1999|Germany|Iraq|Refugees (incl. refugee-like situations)|40",
            "1999|Germany|Iraq|Asylum-seekers|7",
            "1999|Germany|Iraq|Returnees|3",
        ),
        Read(BOTH, [(1999, "IRQ", "DEU", 40, 7)]),
    ),
    "a type of population in codes": (
        csv_of("Year|ISO3CoO|ISO3CoA|PopulationType|Value", "2019|SYR|LBN|REF|100", "2019|SYR|LBN|IDP|9"),
        Read(BOTH, [(2019, "SYR", "LBN", 100, None)]),
    ),
    "sexes and ages beside all": (
        csv_of(
            HAPI,
            "SSD|UGA|REF|all|all|300|2023-01-01",
            "SSD|UGA|REF|f|5-11|80|2023-01-01",
            "SSD|UGA|REF|m|all|140|2023-01-01",
        ),
        Read(FLOW, [(2023, "SSD", "UGA", 300)], aside=((3, "a part of the figure"), (4, "a part of the figure"))),
    ),
    "tags below the header": (
        csv_of(
            DISPLACED,
            "#date+year|#country+code+iso+origin|#country+name+origin|#country+code+iso+asylum|#country+name+asylum|"
            "#affected+refugees|#affected+asylum",
            "2022|ERI|Eritrea|ETH|Ethiopia|160000|50",
        ),
        Read(BOTH, [(2022, "ERI", "ETH", 160000, 50)]),
    ),
    "another apostrophe, semicolons": (
        csv_of(SITE.replace("'", "’"), "2020|Mali|MLI|Niger|NER|58000|100", delimiter=";"),
        Read(FLOW, [(2020, "MLI", "NER", 58000)]),
    ),
    "various and unknown are one place of two rows": (
        csv_of(SITE, "1990|Various|VAR|France|FRA|50|1", "1990|Unknown|UNK|France|FRA|100|2"),
        Read(BOTH, [(1990, "UNK", "FRA", 150, 3)]),
    ),
    "two places of the publisher that are one country": (
        csv_of(
            PACKAGE, "1999|Serbia|SRB|SRB|Italy|ITA|ITA|50|1|0|0|0|0", "1999|Kosovo|KOS|SRB|Italy|ITA|ITA|20|2|0|0|0|0"
        ),
        Read(BOTH, [(1999, "SRB", "ITA", 70, 3)]),
    ),
    "an unknown origin without a code": (
        csv_of(SITE, "1985|Various/Unknown||Sudan|SDN|500|0", "1985|Not stated|-|Sudan|SDN|20|0"),
        Read(FLOW, [(1985, "UNK", "SDN", 520)]),
    ),
    "names in French": (
        csv_of(SITE, "2005|Apatrides||Allemagne||70|0", "2005|Inconnue||Allemagne||5|0"),
        Read(FLOW, [(2005, "XXA", "DEU", 70), (2005, "UNK", "DEU", 5)]),
    ),
    "counts too small to show": (
        csv_of(SITE, "2024|Iraq|IRQ|Chad|TCD|40|<5", "2024|Iran|IRN|Chad|TCD|60|n.a.", "2024|Mali|MLI|Chad|TCD|70|1-4"),
        Read(BOTH, [(2024, "IRQ", "TCD", 40, None), (2024, "IRN", "TCD", 60, None), (2024, "MLI", "TCD", 70, None)]),
    ),
    "a word in the optional column": (
        csv_of(SITE, "2024|Iraq|IRQ|Chad|TCD|40|many"),
        Read(BOTH, [(2024, "IRQ", "TCD", 40, None)], noted=r"1 rows: Asylum-seekers \(many\): not a whole number"),
    ),
    "a main figure that is not shown": (
        csv_of(SITE, "2016|Iraq|IRQ|Fiji|FJI|*|0", "2016|Mali|MLI|Fiji|FJI|40|0"),
        Read(
            FLOW,
            [(2016, "IRQ", "FJI", None), (2016, "MLI", "FJI", 40)],
            noted=r"1 rows: Refugees under UNHCR's mandate \(\*\): not shown by the publisher",
        ),
    ),
    "a main figure that is a word": (
        csv_of(SITE, "2016|Iraq|IRQ|Fiji|FJI|some|0", "2016|Mali|MLI|Fiji|FJI|40|0"),
        Read(FLOW, [(2016, "MLI", "FJI", 40)], aside=((2, "not a whole number"),)),
    ),
    "numbers as a data frame writes them": (
        csv_of(SITE, "2023.0|Sudan|SDN|Chad|TCD|923000.0|12.0"),
        Read(BOTH, [(2023, "SDN", "TCD", 923000, 12)]),
    ),
    "a year as its last day": (
        csv_of(SITE, "2023-12-31 00:00:00|Sudan|SDN|Chad|TCD|923000|12", "31/12/2022|Sudan|SDN|Chad|TCD|400000|9"),
        Read(FLOW, [(2023, "SDN", "TCD", 923000), (2022, "SDN", "TCD", 400000)]),
    ),
    "totals beside the rows": (
        csv_of(
            SITE,
            "2023|Sudan|SDN|Chad|TCD|900|1",
            "2023|Total||Chad|TCD|900|1",
            "2023|-|-|Chad|TCD|900|1",
            "2023|Sudan|SDN|World||900|1",
        ),
        Read(FLOW, [(2023, "SDN", "TCD", 900)], aside=((3, "a total"), (4, "a total"), (5, "a total"))),
    ),
    "nothing but totals": (csv_of(SITE, "2023|-|-|Chad|TCD|900|1"), "Nothing in the file can be published"),
    "a row twice, alike": (
        csv_of(SITE, *["2023|Sudan|SDN|Chad|TCD|900|1"] * 2),
        Read(FLOW, [(2023, "SDN", "TCD", 900)], collapsed=1),
    ),
    "a row twice, unlike": (
        csv_of(SITE, "2023|Sudan|SDN|Chad|TCD|9|1", "2023|Sudan|SDN|Chad|TCD|900|1", "2023|Mali|MLI|Chad|TCD|5|0"),
        Read(FLOW, [(2023, "MLI", "TCD", 5)], aside=((2, "another row"), (3, "another row"))),
    ),
    "a code of one country beside the name of another": (
        csv_of(SITE, "2023|Sudan|SSD|Chad|TCD|9|1", "2023|Mali|MLI|Chad|TCD|5|0"),
        Read(FLOW, [(2023, "MLI", "TCD", 5)], aside=((2, "another country than Sudan"),)),
    ),
    "spaces between thousands": (
        csv_of(SITE, "2023|Ukraine|UKR|Poland|POL|1\u202f234\u202f567|12 345"),
        Read(BOTH, [(2023, "UKR", "POL", 1234567, 12345)]),
    ),
    "a workbook of numbers": (
        xlsx_of([["year", "coo_iso", "coa_iso", "refugees"], [2021, "UNK", "UNK", 44]]),
        Read(FLOW, [(2021, "UNK", "UNK", 44)]),
    ),
}

LEVEL = ("country_iso3", "on_date", "c1")
FINAL = "CountryName|CountryCode|RegionName|RegionCode|Jurisdiction|Date|C1M_School closing|C1M_Flag"
FINAL_WIDE = "CountryCode|CountryName|RegionCode|RegionName|CityCode|CityName|Jurisdiction|01Jan2020|02Jan2020"
DAY_1, DAY_2 = datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)
OXFORD_FILES = {
    "the final layout, a row a day": (
        csv_of(FINAL, "Kenya|KEN|||NAT_TOTAL|20200101|3.00|1.00", "Kenya|KEN|||NAT_TOTAL|20200102|2.00|"),
        Read(LEVEL, [("KEN", DAY_1, 3), ("KEN", DAY_2, 2)]),
    ),
    "states after and before the nation": (
        csv_of(
            FINAL,
            "Brazil|BRA|Acre|BR_AC|STATE_TOTAL|20200101|3|1",
            "Brazil|BRA|||NAT_TOTAL|20200101|1|1",
            "Brazil|BRA|Acre|BR_AC|STATE_WIDE|20200101|2|1",
        ),
        Read(LEVEL, [("BRA", DAY_1, 1)], aside=((2, "a part of the country"), (4, "a part of the country"))),
    ),
    "the national government is not the nation": (
        csv_of(FINAL, "Canada|CAN|||NAT_GOV|20200101|0|", "Canada|CAN|||NAT_TOTAL|20200101|3|1"),
        Read(LEVEL, [("CAN", DAY_1, 3)], aside=((2, "only NAT_TOTAL is the nation"),)),
    ),
    "cities and no mark": (
        csv_of(
            "CountryCode|CountryName|CityName|01Jan2020",
            "CHN|China|Wuhan|3",
            "CHN|China||1",
        ),
        Read(LEVEL, [("CHN", DAY_1, 1)], aside=((2, "a part of the country"),)),
    ),
    "regions by their code alone": (
        csv_of("country_code|country_name|region_code|02Jan2020", "USA|United States|US_NY|3", "USA|United States||2"),
        Read(LEVEL, [("USA", DAY_2, 2)], aside=((2, "a part of the country"),)),
    ),
    "regions and no nation": (
        csv_of(FINAL_WIDE, "GBR|United Kingdom|UK_ENG|England|||STATE_TOTAL|3|3"),
        "all 1 rows were set aside",
    ),
    "many parts beside few nations": (
        csv_of(
            FINAL_WIDE,
            *(f"USA|United States|US_{n}|State {n}|||STATE_TOTAL|3|3" for n in range(200)),
            "USA|United States|||||NAT_TOTAL|1|2",
        ),
        Read(LEVEL, [("USA", DAY_1, 1), ("USA", DAY_2, 2)], aside=tuple((n + 2, "a part") for n in range(200))),
    ),
    "two rows of a country, neither marked": (
        csv_of("country_code|01Jan2020", "FRA|3", "FRA|1", "ITA|2"),
        Read(LEVEL, [("ITA", DAY_1, 2)], aside=((2, "another row"), (3, "another row"))),
    ),
    "the layout of 2021": (
        csv_of(
            "CountryName|CountryCode|RegionName|RegionCode|Jurisdiction|Date|C1_School closing",
            "Chad|TCD|||NAT_TOTAL|20200102|1",
        ),
        Read(LEVEL, [("TCD", DAY_2, 1)]),
    ),
    "days as ISO dates with midnight": (
        csv_of("CountryCode|Date|C1M", "TCD|2020-01-02T00:00:00Z|NA", "TCD|2020-01-01 00:00|0"),
        Read(LEVEL, [("TCD", DAY_1, 0)]),
    ),
    "days of a workbook above its columns": (
        xlsx_of(
            [
                ["country_code", "country_name", datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 2)],
                ["KEN", "Kenya", 3.0, None],
            ]
        ),
        Read(LEVEL, [("KEN", DAY_1, 3)]),
    ),
    "days as the numbers of a spreadsheet": (
        csv_of("country_code|43831|43832", "KEN|3|2"),
        Read(LEVEL, [("KEN", DAY_1, 3), ("KEN", DAY_2, 2)]),
    ),
    "signs of missing": (
        csv_of("country_code|01Jan2020|02Jan2020", "KEN|.|N/A", "UGA|-|1"),
        Read(LEVEL, [("UGA", DAY_2, 1)]),
    ),
    "a level that is none": (
        csv_of("country_code|01Jan2020", "KEN|2.5", "UGA|4", "TZA|1.0"),
        Read(LEVEL, [("TZA", DAY_1, 1)], aside=((2, "not 0, 1, 2, 3"), (3, "not 0, 1, 2, 3"))),
    ),
    "neither days nor levels": (csv_of("country_code|country_name", "KEN|Kenya"), "one column a day, named like"),
}

STATUS = ("on_date", "country_iso3", "status")
KENYA = [(APRIL, "KEN", "closed")]


def closures(day, header="Date|ISO|Status"):
    return csv_of(header, f"{day}|KEN|Closed due to COVID-19")


CLOSURE_FILES = {
    **{
        f"a date written {day}": (closures(day), Read(STATUS, KENYA))
        for day in (
            "2020/04/01",
            "2020-04-01T00:00:00.000Z",
            "2020-04-01 UTC",
            "20200401",
            "01/04/2020 00:00:00",
            "1 April 2020",
            "01-Apr-2020",
            "1 avril 2020",
        )
    },
    "a date as the number of a spreadsheet": (
        closures("43922"),
        Read(STATUS, KENYA, noted="1 rows: with a date written as a spreadsheet's number"),
    ),
    "a time that may be another day": (
        csv_of("Date|ISO|Status", "2020-04-01 22:00:00|KEN|Open", "2020-04-01|UGA|Open"),
        Read(STATUS, [(APRIL, "UGA", "open")], aside=((2, "not a date"),)),
    ),
    "dates of a workbook": (
        xlsx_of([["Date", "ISO", "Status"], [datetime.datetime(2020, 4, 1), "KEN", "National"]]),
        Read(STATUS, KENYA),
    ),
    "month first": (
        csv_of("Date|ISO|Status", *(f"4/{day}/2020|KEN|Open" for day in range(1, 29))),
        "month first",
    ),
}

SHEET = [["Date", "ISO", "Status", "Note"], [APRIL, "KEN", "National", None], [APRIL, "UGA", "Localized", 0.5]]
TWO = [(APRIL, "KEN", "closed"), (APRIL, "UGA", "partial")]
FORMATS = {
    "an OpenDocument spreadsheet": (as_ods(SHEET), Read(STATUS, TWO)),
    "an Excel binary workbook": (as_xlsb(SHEET), Read(STATUS, TWO)),
    "an Excel 97 workbook": (as_xls(SHEET), Read(STATUS, TWO)),
    "an Excel 5 workbook's stream": (as_xls(SHEET, stream="Book"), Read(STATUS, TWO)),
    "a title above the header of an ODS": (as_ods([["School closures"], [], *SHEET]), Read(STATUS, TWO)),
    "an ODS without a table": (
        (FAULTS / "ngo_u29_calc.ods").read_bytes(),
        r"OpenDocument spreadsheet \(.ods\).*\.xlsx",
    ),
    "an XLSB without a table": (
        (FAULTS / "ngo_u30_binary.xlsb").read_bytes(),
        r"Excel binary workbook \(.xlsb\).*\.xlsx",
    ),
    "an ODS with a macro": (as_ods(SHEET, more=[("Basic/Standard/Module1.xml", "<x/>")]), "macro"),
    "an ODS that unpacks to too much": (as_ods(SHEET, more=[("x", b"0" * 60_000_000)]), "far more than a table should"),
    "an ODS with a DOCTYPE": (as_ods(SHEET, more=[("settings.xml", "<!DOCTYPE x><x/>")]), "DOCTYPE"),
    "too many columns in an ODS": (as_ods([*SHEET, ["x"] * 500]), "has 500 columns"),
    "an OpenDocument text": (as_ods(SHEET, mimetype="application/vnd.oasis.opendocument.text"), "text or drawing"),
    "an XLS with a macro": (in_container({"Workbook": b"x", "_VBA_PROJECT_CUR": b"x"}), "macro"),
    "an XLS cut in half": (as_xls(SHEET)[:1500], r"Excel workbook of 1997 to 2003 \(.xls\).*\.xlsx"),
    "an XLS of noise": (in_container({"Workbook": b"\xff" * 5000}), "no table in it can be read"),
    "a workbook with a password": (in_container({"EncryptedPackage": b"x"}), "locked with a password"),
    "an old Word document": (in_container({"WordDocument": b"x"}), "Word document"),
    "an e-mail of Outlook": (in_container({"__substg1.0_0037001F": b"x"}), "e-mail saved from Outlook"),
    "another old Office file": (in_container({"Contents": b"x"}), "old Office file"),
    "a Word document": (archive(word__documentDOTxml="<x/>"), r"Word document \(.docx\)"),
    "a presentation": (archive(ppt__presentationDOTxml="<x/>"), "PowerPoint"),
    "a file of Numbers": (archive(Index__DocumentDOTiwa="x"), "Numbers.*Export To"),
    "an older file of Numbers": (archive(IndexDOTzip="x"), "Numbers.*Export To"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "a PDF, and no table"),
    "JSON": (json.dumps([{"Date": "2020-04-01", "ISO": "KEN"}]).encode(), "JSON file"),
    "JSON of an object": (b'\xef\xbb\xbf{\n "items": []}', "JSON file"),
    "a link to a sheet of Google": (
        b'{"url": "https://docs.example.org/open?id=1", "doc_id": "1"}',
        "a link to an online",
    ),
    "a link of a desktop": (b"[InternetShortcut]\nURL=https://docs.example.org", "a link, not the table"),
    "a web page named .xls": (b"\n <HTML><body><table><tr><td>Date</td></tr></table></body></HTML>", "web page"),
    "a PDF below what a mail program put before it": (b"\n\nScanned\n%PDF-1.7\n%\xe2\xe3", "a PDF, and no table"),
    "a web page in UTF-16 named .xls": ("<html><table><tr><td>Date</td></tr></table>".encode("utf-16"), "web page"),
    "JSON in UTF-16": ('[{"Date": 1}]'.encode("utf-16"), "a JSON file"),
    "a table of a web page named .xls": (b"\xef\xbb\xbf<table><tr><td>Date</td></tr></table>", "web page"),
    "a web page saved as one file": (b"MIME-Version: 1.0\nContent-Type: multipart/related", "saved web page"),
    "an XML sheet": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "XML file"),
    "an Access database": (b"\0\1\0\0Standard Jet DB\0" + b"\0" * 99, r"Access database \(.mdb\)"),
    "a newer Access database": (b"\0\1\0\0Standard ACE DB\0" + b"\0" * 99, "Access database"),
    "a file of SPSS": (b"$FL2@(#) SPSS DATA FILE", "SPSS"),
    "a file of Stata": (b"<stata_dta><header>", "Stata"),
    "a text document": (b"{\\rtf1\\ansi Date}", "text document"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "an image"),
    "a database of SQLite": (b"SQLite format 3\0", "SQLite"),
}

PHASE = ("phase", "domain", "seats", "ended_on")
PHASES = "programme_id|phase|began_on|ended_on|seats|domain|courses"
OTHER_FILES = {
    "totals among phases": (
        "programme_phases",
        csv_of(
            PHASES,
            "dlsei|III|2023-01-01||500||",
            "dlsei|Total|2023-01-01||900||",
            "dlsei|III|2023-01-01|||All domains|40",
        ),
        Read(PHASE, [("III", None, 500, None)], aside=((3, "a total"), (4, "a total"))),
    ),
    "seats and an end that are not known yet": (
        "programme_phases",
        csv_of(PHASES, "dlsei|IV|2024-01-01|TBD|tbc||", "dlsei|V|2025-01-01|2024-01-01|some||"),
        Read(PHASE, [("IV", None, None, None), ("V", None, None, None)], noted="seats.*some.*left out"),
    ),
    "a hub announced on no day, in decimal commas": (
        "hubs",
        csv_of(
            "hub_id|hub|country_iso3|latitude|longitude|host_type|announced_on",
            "r|Rome|ITA|41,9|12,5|kiosk|soon",
            delimiter=";",
        ),
        Read(
            ("hub", "latitude", "longitude", "host_type", "announced_on"),
            [("Rome", 41.9, 12.5, "not stated", None)],
            noted=r"host_type \(kiosk\): not a type of host",
        ),
    ),
    "a match whose later days are dashes": (
        "matches",
        csv_of(
            "match_id|need_id|offer_id|proposed_on|brokered_on|delivering_on|completed_on|people_reached",
            "m1|n1|o1|2024-01-01|-|N/A||<5",
        ),
        Read(("match_id", "brokered_on", "people_reached"), [("m1", None, None)]),
    ),
    "a world among countries": (
        "uis_enrolment",
        csv_of(
            "Country|ISO3|Pre-primary (both)|Primary (both)|Secondary (both)|Tertiary (both)|Pre-primary (female)|"
            "Primary (female)|Secondary (female)|Tertiary (female)|Pre-primary (male)|Primary (male)|Secondary (male)|"
            "Tertiary (male)",
            "Kenya|KEN|2.0|4.0|..|6|1|2|..|3|1|2|..|3",
            "World||200|400|0|600|100|200|0|300|100|200|0|300",
        ),
        Read(
            ("country_iso3", "level", "sex", "learners"),
            [
                *(
                    ("KEN", level, sex, half)
                    for level, half in (("pre_primary", 1), ("primary", 2))
                    for sex in ("female", "male")
                ),
                *(
                    ("KEN", level, sex, half)
                    for level, half in (("secondary", None), ("tertiary", 3))
                    for sex in ("female", "male")
                ),
            ],
            aside=((3, "a total"),),
        ),
    ),
    "a level of which the sexes are not shown": (
        "uis_enrolment",
        csv_of(
            "ISO3|Pre-primary (both)|Primary (both)|Secondary (both)|Tertiary (both)|Pre-primary (female)|"
            "Primary (female)|Secondary (female)|Tertiary (female)|Pre-primary (male)|Primary (male)|Secondary (male)|"
            "Tertiary (male)",
            "KEN|2|4|*|6|1|2|5|*|1|2|*|*",
        ),
        Read(
            ("level", "sex", "learners"),
            [
                *(
                    (level, sex, half)
                    for level, half in (("pre_primary", 1), ("primary", 2))
                    for sex in ("female", "male")
                ),
                *((level, sex, None) for level in ("secondary", "tertiary") for sex in ("female", "male")),
            ],
            noted="not shown; left out, the row is kept",
        ),
    ),
    "a hub whose host is an address": (
        "hubs",
        csv_of("hub_id|hub|country_iso3|latitude|longitude|host", "r|Rome|ITA|41.9|12.5|learner01@example.org"),
        Read(("hub", "host"), [("Rome", None)], noted="host: .*left out, the row is kept"),
    ),
    "a country of enrolment twice": (
        "uis_enrolment",
        csv_of(
            "ISO3|Pre-primary (both)|Primary (both)|Secondary (both)|Tertiary (both)|Pre-primary (female)|"
            "Primary (female)|Secondary (female)|Tertiary (female)|Pre-primary (male)|Primary (male)|Secondary (male)|"
            "Tertiary (male)",
            "KEN|2|4|0|6|1|2|0|3|1|2|0|3",
            "KEN|4|4|0|6|2|2|0|3|2|2|0|3",
        ),
        "all 2 rows were set aside",
    ),
    "offsets with decimals and another minus": (
        "oulad",
        csv_of("code_module|code_presentation|id_student|date_registration|date_unregistration", "A|2013J|1|−53.00|?"),
        Read(("registered_day", "unregistered_day"), [(-53, None)]),
    ),
    "an offset between two days": (
        "oulad",
        csv_of("code_module|code_presentation|id_student|date_registration", "A|2013J|1|-53.5", "A|2013J|2|-1.0"),
        Read(("registered_day",), [(-1,)], aside=((2, "not a number of days"),)),
    ),
    "notes of several years, hosts and types": (
        "unhcr_footnotes",
        csv_of(
            "Footnote|Year|Country of asylum (ISO)|Population type",
            "Estimates.|2015–2016; 2018|JPN|REF",
            "All.|2020.0||",
            "No year.|recently|JPN|REF",
        ),
        Read(
            ("year", "host_iso3", "population_type", "footnote"),
            [*((year, "JPN", "REF", "Estimates.") for year in (2015, 2016, 2018)), (2020, None, None, "All.")],
            aside=((4, "not years such as"),),
        ),
    ),
    "a report of learning paths": (
        "coursera_usage",
        csv_of(
            "User Name|Email|Badge Title|Badge Slug|Badge Link|Badge Last Transaction Timestamp|Number of Courses|"
            "Progress in Badge (%)|Course Name|Course Enrollment Date|Is Course Completed|Course Completion Timestamp|"
            "Badge Completed|Badge Completion Timestamp|Last Activity Timestamp|Collection ID|Collection Name|"
            "Total Estimated Learning Hours (since enrolled)",
            "N|learner01@example.org|B|b||2024-01-01 00:00:00|2|50|Data|2023-01-02 10:00:00|Yes|2023-02-02 10:00:00|"
            "No||2023-02-02 10:00:00|||12",
            "N|learner01@example.org|B|b||2024-01-01 00:00:00|2|50|Maths|2023-01-02 10:00:00|No||No|||||",
        ),
        Read(
            ("course_id", "progress", "is_completed"),
            [("Data", 1.0, True), ("Maths", 0.0, False)],
            noted="A report of learning paths",
        ),
    ),
    "totals by job": (
        "coursera_usage",
        csv_of("Job Title|Current Members|Current Learners|Total Enrollments|Average Progress", "Nurse|5|4|9|30"),
        "holds totals by Job Title.*Export the usage report",
    ),
    "totals by programme sent as members": (
        "coursera_membership",
        csv_of("Program Name|Current Members|Deleted Members|Total Completed Courses", "P|5|0|9"),
        "holds totals by Program Name.*Export the usage report",
    ),
}

CASES = {
    **{f"unhcr: {name}": (UNHCR, *case) for name, case in REFUGEES.items()},
    **{f"oxford: {name}": (OXFORD, *case) for name, case in OXFORD_FILES.items()},
    **{f"closures: {name}": (CLOSURES, *case) for name, case in CLOSURE_FILES.items()},
    **{f"format: {name}": (CLOSURES, *case) for name, case in FORMATS.items()},
    **OTHER_FILES,
}


@pytest.mark.parametrize("name", CASES)
def test_a_messy_file_has_its_right_outcome(worker, name):
    source, body, wanted = CASES[name]
    kind, said = worker.parse(source, body, partner="kiron", programme="kiron_campus")
    if isinstance(wanted, str):
        assert kind == "refused", said
        assert re.search(wanted, said, re.DOTALL) and is_sentence(said.lstrip("0123456789 ").capitalize()), said
        return
    assert kind == "report", said
    assert accounted(said)
    table = pq.read_table(worker.folder / "rows.parquet").to_pylist()
    assert sorted((tuple(row[column] for column in wanted.shown) for row in table), key=str) == sorted(
        wanted.rows, key=str
    )
    found = [(row["line"], row["reason"]) for row in said["quarantined"]]
    assert [line for line, _ in found] == [line for line, _ in wanted.aside], found
    assert all(words in reason for (_, reason), (_, words) in zip(found, wanted.aside, strict=True)), found
    assert said["collapsed"] == wanted.collapsed
    assert re.search(wanted.noted, " ".join(said["notes"])), said["notes"]


def test_a_report_of_totals_is_known_before_a_source_is_chosen(worker):
    body = csv_of("Location City|Current Members|Total Enrollments|Deleted Members", "Paris|1|2|0")
    kind, said = worker.parse(UNHCR, body, recognise=True)
    assert kind == "refused" and "Export the usage report" in said


def test_a_path_is_one_row_for_each_course_however_it_is_delimited(worker):
    rows = [["Date", "ISO", "Status"], ["2020-04-01", "KEN", "National"]]
    for delimiter in (",", ";", "\t"):
        kind, said = worker.parse(CLOSURES, as_csv(rows, delimiter))
        assert (kind, said["published"]) == ("report", 1)
