"""Makes the Chinese font of documents and charts: the part of Noto Sans SC that the dashboard writes, and common signs.

To be run by `make chinese-font FROM=<folder>` with Noto Sans SC in regular and bold there, when the tests state that a
message has a sign that the font lacks. The whole font is ten megabytes a weight.
"""

import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.charts.paper import CHINESE, CHINESE_FONT
from dashboard.locales import FOLDER
from dashboard.settings import REFERENCE

WEIGHTS = ("Regular", "Bold")
# GB 2312, level 1: the 3,755 signs of daily use, in rows 0xB0 to 0xD7 of its code.
ROWS, CELLS = range(0xB0, 0xD8), range(0xA1, 0xFF)
# Punctuation of Chinese and full-width forms.
BLOCKS = (range(0x3001, 0x3018), range(0xFF01, 0xFF5F), range(0xFFE5, 0xFFE6))
# Of Latin too, and of another width in Chinese.
SHARED = "\u00a0\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2030\u2103\u2192"


def shown() -> frozenset[str]:
    """Signs of Chinese that the dashboard may write: messages, names of countries and languages, and those of CLDR."""
    from babel import Locale

    files = [*(FOLDER / "zh").rglob("*.po"), *REFERENCE.glob("*.csv")]
    words = [file.read_text(encoding="utf-8") for file in files]
    chinese = Locale("zh")
    words += [*chinese.territories.values(), *chinese.languages.values(), *chinese.scripts.values()]
    words += _words([chinese.months, chinese.days, chinese.periods, chinese.compact_decimal_formats])
    return frozenset(sign for sign in "".join(words) if is_chinese(sign))


def _words(found: Any) -> list[str]:
    """All words within what CLDR groups by width, context and count."""
    if isinstance(found, Mapping):
        found = list(found.values())
    return [word for each in found for word in _words(each)] if isinstance(found, list) else [str(found)]


def is_chinese(sign: str) -> bool:
    """Whether a sign is written in Chinese only: an ideograph, or punctuation of its width."""
    return unicodedata.east_asian_width(sign) in "WF"


def common() -> frozenset[str]:
    """Signs that words of senders most likely have."""
    level_1 = (bytes([row, cell]).decode("gb2312", errors="ignore") for row in ROWS for cell in CELLS)
    return frozenset("".join(level_1)) | {chr(code) for block in BLOCKS for code in block} | set(SHARED)


def main(arguments: list[str]) -> None:
    """Writes both weights beside the licence.

    Raises:
        SystemExit: no folder was named, or it lacks a weight.
    """
    if len(arguments) != 1:
        raise SystemExit("Name the folder with Noto Sans SC: make chinese-font FROM=<folder>")
    for weight in WEIGHTS:
        fonts = sorted(file for file in Path(arguments[0]).rglob("*SC*.[ot]tf") if file.stem.endswith(weight))
        if not fonts:
            raise SystemExit(f"{arguments[0]} has no file of Noto Sans SC {weight}, such as NotoSansSC-{weight}.ttf.")
        _subset(fonts[0], CHINESE_FONT / f"NotoSansSC-{weight}.ttf", shown() | common())


def _subset(source: Path, target: Path, signs: frozenset[str]) -> None:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font: Any = TTFont(source)
    if font["name"].getDebugName(1) != CHINESE:
        raise SystemExit(f"{source.name} is {font['name'].getDebugName(1)}, not {CHINESE}.")
    lacks = sorted(sign for sign in signs if ord(sign) not in font.getBestCmap())
    if lacks:
        print(f"{source.name} lacks {' '.join(lacks)}")
    # Set in lines only: no features, no vertical measures, no hints. Its names keep the copyright and the licence.
    options = Options(layout_features=[], hinting=False, glyph_names=False, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["BASE", "GPOS", "GSUB", "GDEF", "STAT", "vhea", "vmtx", "gasp"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(signs))
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same bytes each time
    font.recalcTimestamp = False
    font.save(target)
    print(f"{target.name}: {len(font.getBestCmap()):,} signs, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
