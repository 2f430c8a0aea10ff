"""Makes the font of icons that the dashboard serves: of Streamlit's Material Symbols those that a page can show.

Run by `make icons` after an upgrade of Streamlit, or when a page names an icon that no page named before; the tests
state when. Streamlit's own font has four thousand icons and is a seventh of what a first visit loads.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.server.packed import ICONS, ICONS_OF_STREAMLIT, STREAMLIT
from dashboard.settings import PROJECT

NAMED = re.compile(r":material/([a-z0-9_]+)")
LIGATURES = 4
EXTENSION = 7


def shown() -> frozenset[str]:
    """The names of icons in Streamlit's scripts, in its Python package and in the dashboard."""
    files = [
        *(STREAMLIT / "static" / "js").glob("*.js"),
        *Path(st.__file__).parent.rglob("*.py"),
        *(PROJECT / "dashboard").rglob("*.py"),
    ]
    return frozenset(name for file in files for name in NAMED.findall(file.read_text(encoding="utf-8")))


def ligatures(font: Any) -> dict[str, str]:
    """The glyph of each icon by its name, in a font opened with fontTools."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    return {
        "".join(letters[glyph] for glyph in (first, *ligature.Component)): ligature.LigGlyph
        for substitutions in _substitutions(font)
        for first, ligatures_found in substitutions.items()
        for ligature in ligatures_found
    }


def main() -> None:
    """Writes the font beside the map files, under the hash of the one that it was made of."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font, wanted = TTFont(ICONS_OF_STREAMLIT), shown()
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for substitutions in _substitutions(font):
        for first, ligatures_found in substitutions.items():
            substitutions[first] = [
                ligature
                for ligature in ligatures_found
                if "".join(letters[glyph] for glyph in (first, *ligature.Component)) in wanted
            ]
    options = Options(flavor="woff2", layout_features=["*"], notdef_outline=True, glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(set("".join(wanted)))))
    subsetter.subset(font)
    font.flavor = "woff2"
    for old in ICONS.parent.glob("icons-*.woff2"):
        old.unlink()
    digest = hashlib.sha256(ICONS_OF_STREAMLIT.read_bytes()).hexdigest()[:12]
    font.save(ICONS.parent / f"icons-{digest}.woff2")


def _substitutions(font: Any) -> list[dict[str, Any]]:
    tables = [table for lookup in font["GSUB"].table.LookupList.Lookup for table in lookup.SubTable]
    plain = [table.ExtSubTable if table.LookupType == EXTENSION else table for table in tables]
    return [table.ligatures for table in plain if table.LookupType == LIGATURES]


if __name__ == "__main__":
    main()
