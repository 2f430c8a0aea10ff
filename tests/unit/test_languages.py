"""Six languages: what is chosen is spoken, numbers and dates are CLDR's, charts are mirrored where writing is."""

import datetime
import re

import pandas as pd
import pytest

from dashboard.charts.language import date_ticks, in_language
from dashboard.components import tables
from dashboard.components.readable import columns_for_people
from dashboard.locales import ENGLISH, LANGUAGES, UnknownLanguage, best_of, is_right_to_left, language, speak, speaking
from dashboard.locales.numbers import (
    between,
    cell_format,
    day,
    decimal,
    is_whole_percent,
    listed,
    mark_missing,
    moment,
    month,
    people,
    percent,
    points,
    separators,
    share,
    short_day,
    signed,
    whole,
    widget_day,
    with_commas,
    with_semicolons,
)
from dashboard.locales.plain import in_markdown, letters_wide
from dashboard.vocabularies import in_language as named_in
from dashboard.vocabularies import names, words

DAY = datetime.date(2020, 6, 26)
# Worked by hand from CLDR's rules, in Russian without its "г.".
# The space in a number is a no-break space, in French a narrow one.
WRITTEN = {
    "en": ("1.09 billion", "1,234,567", "62.3 %", "10.0–20.0 %", "26 June 2020", "26 Jun 2020", "Jun 2020"),
    "fr": ("1,09 milliard", "1 234 567", "62,3 %", "10,0–20,0 %", "26 juin 2020", "26 juin 2020", "juin 2020"),
    "es": (
        *("1,09 mil millones", "1.234.567", "62,3 %", "10,0–20,0 %"),
        *("26 de junio de 2020", "26 jun 2020", "jun 2020"),
    ),
    "ru": (
        *("1,09 миллиарда", "1 234 567", "62,3 %", "10,0–20,0 %"),
        *("26 июня 2020 года", "26 июн. 2020", "июнь 2020"),
    ),
    "zh": ("10.89亿", "1,234,567", "62.3%", "10.0–20.0%", "2020年6月26日", "2020年6月26日", "2020年6月"),
    "ar": ("1.09 مليار", "1,234,567", "62.3%", "10.0–20.0%", "26 يونيو 2020", "26/06/2020", "يونيو 2020"),
}


@pytest.fixture(autouse=True)
def exact():
    """Shares with their decimal, whatever page was drawn before in this process."""
    mark_missing("–", whole_percent=False)
    assert not is_whole_percent()


def plain(text):
    """Without the kinds of space and the marks of direction that nobody sees."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u200f", "").replace("\u200e", "")


@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_and_days_are_written_as_the_language_writes_them(code):
    with speaking(code):
        found = (people(1_088_769_230), whole(1_234_567), share(0.623), between(0.1, 0.2), day(DAY), short_day(DAY))
        assert tuple(map(plain, (*found, month(DAY)))) == WRITTEN[code]


def test_a_day_ends_with_no_point_that_a_sentence_ends_with():
    for code in LANGUAGES:
        with speaking(code):
            assert not [words for words in (day(DAY), short_day(DAY), month(DAY)) if words.endswith(".")]


# 0.03 and 0.04 % would read zero with one decimal; 0.3 % without.
LESS = {
    "en": ("less than 0.1", "less than 0.1 %", "less than 1 %", "26 June 2020, 06:47"),
    "fr": ("moins de 0,1", "moins de 0,1 %", "moins de 1 %", "26 juin 2020, 06:47"),
    "es": ("menos de 0,1", "menos de 0,1 %", "menos de 1 %", "26 de junio de 2020, 06:47"),
    "ru": ("менее 0,1", "менее 0,1 %", "менее 1 %", "26 июня 2020 года, 06:47"),
    "zh": ("小于0.1", "小于0.1%", "小于1%", "2020年6月26日 06:47"),
    "ar": ("أقل من 0.1", "أقل من 0.1%", "أقل من 1%", "26 يونيو 2020، 06:47"),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_would_read_zero_and_is_not_is_less_than_the_least(code):
    with speaking(code):
        found = (decimal(0.03), share(0.0004), percent(0.003), moment("2020-06-26T06:47:12+00:00"))
        assert tuple(map(plain, found)) == LESS[code]
        zero = decimal(0.0), share(0.0), decimal(0.06), share(0.0006)
        assert [plain(words).replace(",", ".").rstrip("% ") for words in zero] == ["0.0", "0.0", "0.1", "0.1"]
        # In a grid of the language and in a cell of Office, a share of the grid in percent.
        assert plain(tables._number_words(0.04, "share")) == LESS[code][1]
        assert plain(tables._number_words(0.03, "decimal")) == LESS[code][0]
        assert plain(cell_format("#,##0.0", [0.03, 2.0])) == f'[=0]#,##0.0;[<0.05]"{LESS[code][0]}";#,##0.0'
        assert plain(cell_format("0.0%", [0.0004])) == f'[=0]0.0%;[<0.0005]"{LESS[code][1]}";0.0%'
        assert cell_format("#,##0.0", [0.1, 0.0]) == "#,##0.0" and cell_format("#,##0", [3]) == "#,##0"


def test_a_grid_in_english_writes_in_words_only_what_would_read_zero():
    (rate,) = (column for column in columns_for_people("reach_map/learners_by_country") if "per_1000" in column.name)
    assert tables._in_language(pd.DataFrame({rate.name: [0.2, 3.0]}), [rate]).equals(
        pd.DataFrame({rate.name: [0.2, 3.0]})
    )
    written = tables._in_language(pd.DataFrame({rate.name: [0.02, 3.0]}), [rate])
    assert "less than 0.1" in written.to_html()


def test_a_moment_that_is_none_stands_as_it_is():
    assert moment("soon") == "soon"


def test_beside_hidden_figures_a_share_of_whole_percent_has_no_decimal():
    mark_missing("‡")
    assert (plain(share(0.41)), plain(share(0.415))) == ("41 %", "41.5 %")
    mark_missing("–")
    assert plain(share(0.41)) == "41.0 %"


def test_columns_of_numbers_in_words_are_known():
    """They stand at the right; names with numbers do not."""
    for code in LANGUAGES:
        with speaking(code):
            assert tables.are_numbers([whole(1_234_567), share(0.2), points(-0.03), "–", None])
    assert not tables.are_numbers(["Kenya", "12"]) and not tables.are_numbers(["–", None])
    assert not tables.are_numbers(["2019-06-20", "Jun 2019"]) and not tables.are_numbers(["1.2 (0.1 to 2.0)"])


def test_places_are_named_in_the_language_and_so_is_an_unknown_country():
    table = pd.DataFrame({"place_name": ["Eastern Africa", "Kenya"], "country": ["unknown", "Kenya"]})
    named = named_in(table, "zh")
    assert named["place_name"].tolist() == ["东部非洲", "肯尼亚"] and named["country"].tolist() == ["未知", "肯尼亚"]


def test_a_letter_of_chinese_takes_the_room_of_two():
    assert letters_wide("Kenya 2") == 7 and letters_wide("肯尼亚 2") == 8


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_a_share_in_a_table_is_that_of_the_figures(code):
    with speaking(code):
        assert tables._number_words(62.3, "share") == share(0.623)
        assert plain(tables._number_words(1_234.5, "people"))[0] == "1" and "%" not in tables._number_words(
            1_234.5, "people"
        )


def test_a_list_ends_with_the_word_of_the_language():
    with speaking("fr"):
        assert listed(["Kenya", "Ouganda", "Soudan"]) == "Kenya, Ouganda et Soudan"
    with speaking("zh"):
        assert listed(["肯尼亚", "乌干达"]) == "肯尼亚和乌干达"


def test_the_same_number_is_written_anew_in_another_language():
    assert plain(day(DAY)) == "26 June 2020"
    with speaking("es"):
        assert day(DAY) == "26 de junio de 2020"
    assert day(DAY) == "26 June 2020"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("fr-CA", "fr"), ("FR", "fr"), ("zh_Hant", "zh"), ("ar-JO", "ar"), ("pt-BR", "en"), ("", "en"), (None, "en")],
)
def test_the_browsers_language_is_taken_where_the_dashboard_has_it(tag, code):
    assert best_of(tag) == code


def test_a_language_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(UnknownLanguage, match="no language 'tlh'. It has: en, fr, es, ru, zh, ar"):
        speak("tlh")
    assert language() == ENGLISH


def test_only_arabic_runs_from_the_right():
    def at_right(code):
        with speaking(code):
            return is_right_to_left()

    assert {code for code in LANGUAGES if at_right(code)} == {"ar"}


def test_countries_and_languages_are_named_by_their_code():
    with speaking("ar"):
        assert names("country")["JOR"] == "الأردن"
        assert words("language")["fr"] == "الفرنسية"
    assert names("country")["JOR"] == "Jordan"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_name_of_a_country_or_language_is_one_for_a_sentence(code):
    """Lists of the UN have a sign in place of a name that is put first, marks of footnotes, and words turned round."""
    with speaking(code):
        known = [*names("country").values(), *names("language").values()]
    for name in known:
        assert not re.search(r"[_*†‡\[\]\d]|\(.* [-–] .*\)|,$| ,|\s{2}|^\s|\s$", name), name
        assert not re.search(r"\b(\w{4,}) \1\b", name), f"a word twice: {name}"
        assert not re.search(r" (?:of|the|de|des|в|في)$", name), f"ends in a preposition: {name}"
        assert all(name.count(opened) == name.count(closed) for opened, closed in ("()", "（）")), name


def test_territories_are_named_as_the_united_nations_name_them():
    with speaking("en"):
        english = names("country")
    assert english["FLK"] == "Falkland Islands (Malvinas)"
    assert english["MAC"] == "China, Macao Special Administrative Region"
    assert english["MAF"] == "Saint Martin (French part)" and english["SXM"] == "Sint Maarten (Dutch part)"
    with speaking("ru"):
        assert (names("country")["ALA"], names("country")["ATA"]) == ("Аландские острова", "Антарктика")
    with speaking("ar"):
        assert names("country")["NLD"] == "مملكة هولندا"


def test_an_answer_names_its_countries_in_the_language_and_nothing_else_changes():
    table = pd.DataFrame(
        {
            "country_iso3": ["JOR", None],
            "country": ["Jordan", "Not reported"],
            "learners": [5, 6],
            "host": ["Jordan"] * 2,
        }
    )
    found = named_in(table, "fr")
    assert found["country"].tolist() == ["Jordanie", "Not reported"]
    assert found.drop(columns="country").equals(table.drop(columns="country"))
    assert table["country"].tolist() == ["Jordan", "Not reported"]
    assert named_in(table, ENGLISH) is table


LINE = {
    "data": [
        {"type": "scatter", "x": ["2019-01-01", "2020-06-01"], "y": [1, 2], "hovertemplate": "%{x|%-d %B %Y}: %{y}"}
    ],
    "layout": {"xaxis": {}, "yaxis": {}, "legend": {"x": 0}},
}
BARS = {
    "data": [{"type": "bar", "orientation": "h", "x": [1, 2], "y": ["<b>ab</b><br>abcd", "b"]}],
    "layout": {"xaxis": {"range": [0, 3]}, "yaxis": {}, "legend": {"x": 0}},
}


def test_a_chart_in_english_is_as_it_was_described():
    assert in_language(LINE) is LINE


def test_the_days_of_a_chart_are_words_of_the_language():
    with speaking("fr"):
        found = in_language(LINE)
        assert found["data"][0]["hovertext"] == ["1 janvier 2019", "1 juin 2020"]
        assert found["data"][0]["hovertemplate"] == "%{hovertext}: %{y}"
        # 18 months, at most seven ticks: one every third month
        ticks = ["janv. 2019", "avr. 2019", "juil. 2019", "oct. 2019", "janv. 2020", "avr. 2020"]
        assert found["layout"]["xaxis"]["ticktext"] == ticks
        assert found["layout"]["separators"] == ",\u202f" == separators("fr")
    assert "hovertext" not in LINE["data"][0]


def test_an_axis_of_dates_has_days_months_or_years():
    with speaking("es"):
        assert date_ticks(DAY, DAY + datetime.timedelta(12))["ticktext"][:2] == ["26 jun", "28 jun"]
        assert date_ticks(datetime.date(2016, 6, 1), datetime.date(2019, 6, 20))["ticktext"] == ["2017", "2018", "2019"]
        assert len(date_ticks(datetime.date(1990, 1, 1), DAY)["tickvals"]) <= 7


def test_rows_of_bars_grow_to_the_left_in_arabic_and_time_does_not():
    with speaking("ar"):
        bars, line = in_language(BARS)["layout"], in_language(LINE)["layout"]
    assert bars["xaxis"]["range"] == [3, 0]
    assert bars["yaxis"]["side"] == "right"
    assert bars["margin"]["r"] == 16 + 7 * 4  # "abcd", without its tags
    assert bars["legend"] == {"x": 1, "xanchor": "right"}
    assert "autorange" not in line["xaxis"]
    assert BARS["layout"]["xaxis"]["range"] == [0, 3]


def test_widgets_that_know_english_months_only_have_numbers_in_other_languages():
    assert widget_day("long") == "D MMMM YYYY"
    for code in LANGUAGES.keys() - {ENGLISH}:
        with speaking(code):
            assert not any("MMM" in widget_day(kind) for kind in ("long", "short", "month", "input"))


def test_in_arabic_a_sign_stays_before_its_number_and_a_name_keeps_its_own_direction():
    with speaking("ar"):
        assert [points(-0.013), signed("+", "143")] == ["\u200e\u22121.3", "\u200e+143"]
        assert [in_markdown("Kiron"), in_markdown("تونس")] == ["\u2068Kiron\u2069", "تونس"]
        assert [with_commas("ab"), with_semicolons("ab")] == ["a\u060c b", "a\u061b b"]
    with speaking("zh"):
        assert [with_commas("ab"), with_semicolons("ab")] == ["a\uff0cb", "a\uff1bb"]
    assert [points(-0.013), signed("+", "143"), in_markdown("Kiron")] == ["\u22121.3", "+143", "Kiron"]
    assert [with_commas("ab"), with_semicolons("ab")] == ["a, b", "a; b"]
