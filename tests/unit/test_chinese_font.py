"""The Chinese font of documents and charts: it has every sign that the dashboard writes."""

import pytest

from dashboard.charts.paper import CHINESE, CHINESE_FONT, drawable, png, svg
from dashboard.commands import chinese_font
from dashboard.locales import FOLDER, speaking
from dashboard.locales import _ as translated

LARGEST = 1_500_000  # bytes a weight


def signs_of(weight):
    from fontTools.ttLib import TTFont

    return {chr(code) for code in TTFont(CHINESE_FONT / f"NotoSansSC-{weight}.ttf").getBestCmap()}


@pytest.mark.parametrize("weight", chinese_font.WEIGHTS)
def test_the_font_has_each_sign_of_the_catalogue_and_of_daily_use(weight):
    wanted = chinese_font.shown() | chinese_font.common()
    missing = wanted - signs_of(weight)
    assert not missing, f"not in the font: {' '.join(sorted(missing))}; run `make chinese-font`"
    assert len(chinese_font.common()) > 3_755


@pytest.mark.parametrize("weight", chinese_font.WEIGHTS)
def test_the_font_is_small_and_keeps_its_name_and_licence(weight):
    from fontTools.ttLib import TTFont

    file = CHINESE_FONT / f"NotoSansSC-{weight}.ttf"
    assert file.stat().st_size < LARGEST
    names = TTFont(file)["name"]
    assert names.getDebugName(1) == CHINESE and names.getDebugName(2) == weight
    assert "Adobe" in names.getDebugName(0) and "SIL Open Font License" in names.getDebugName(13)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (CHINESE_FONT / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["fr", "es", "ru", "zh", "ar"])
def test_documents_have_the_letters_of_every_language(code):
    words = (FOLDER / code / "LC_MESSAGES" / "coalition.po").read_text(encoding="utf-8")
    assert {sign for sign in words if sign.isprintable() and ord(sign) not in drawable()} == set()


def test_a_picture_of_a_chart_has_the_signs_and_not_boxes():
    def bar(label):
        trace = {"type": "bar", "orientation": "h", "x": [1], "y": [label]}
        return png({"data": [trace], "layout": {"height": 120}}, 300)

    with speaking("zh"):
        word = translated("Learners")
    assert len({bar(word), bar("\ue000" * len(word)), bar("\ue001" * len(word))}) == 2, "boxes are alike, signs not"
    trace = {"type": "bar", "orientation": "h", "x": [1], "y": [word]}
    assert CHINESE in svg({"data": [trace], "layout": {"height": 120}}, 300)


def test_the_maker_names_what_it_needs(tmp_path):
    with pytest.raises(SystemExit, match="Name the folder"):
        chinese_font.main([])
    with pytest.raises(SystemExit, match="has no file of Noto Sans SC Regular"):
        chinese_font.main([str(tmp_path)])


def test_the_maker_makes_the_font_again_from_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(chinese_font, "CHINESE_FONT", tmp_path)
    chinese_font.main([str(CHINESE_FONT)])
    for weight in chinese_font.WEIGHTS:
        name = f"NotoSansSC-{weight}.ttf"
        assert abs((tmp_path / name).stat().st_size - (CHINESE_FONT / name).stat().st_size) < 1_000
