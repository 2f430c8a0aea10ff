"""A document as PDF: tagged for readers of screens (PDF/UA-1), fonts within, charts as vectors, text in its order."""

import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import segno
import typst

from dashboard.charts.paper import CHINESE, FAMILIES, INK, USUAL_HEIGHT, drawable, font_folders, svg
from dashboard.documents.model import (
    Chapter,
    Document,
    NumberShown,
    Part,
    TableShown,
    as_of,
    cell_words,
    notes,
    written_for,
)
from dashboard.documents.pdf_words import without_repeats
from dashboard.locales import _
from dashboard.locales.plain import letters_wide
from dashboard.settings import public_url, store_folder
from dashboard.store.workspace import workspace
from dashboard.warehouse.columns import Column

PDF = "application/pdf"
LAYOUT = Path(__file__).with_name("brief.typ")
MOST_ROWS = 15  # of a table; all are in the workbook
LETTERS_ACROSS, LETTERS_BETWEEN, MOST_LETTERS = 104, 3, 40  # of a table across the page, and of a column
LEAST_LETTERS = 8  # of a column of Chinese, which are four signs
# Between words, and between any two signs of Chinese.
BREAKS = re.compile(r"\s+|(?<=[\u2e80-\uffef])|(?=[\u2e80-\uffef])")
UNBROKEN = ("date", "month")  # words that belong in one line
SHORT_LETTERS = 12  # such as a month with its year
CHART_WIDTH = 700  # pixels across the page
# In points; and of their height, what is left to charts.
SIZES: Sequence[tuple[float, float]] = (
    *((10, 1.0), (10, 0.9), (9.5, 0.9), (9.5, 0.82), (9, 0.9), (9, 0.82)),
    *((9, 0.74), (8.5, 0.82), (8.5, 0.74), (8.5, 0.66), (8, 0.66)),
)
LEAST_FILLED = 0.75  # of a sheet before the last
LONG_NOTE, LONG_WORD, MOST_IN_A_ROW = 60, 15, 6  # letters of a note and of a word below a number, and numbers
STANDARD: Literal["ua-1"] = "ua-1"
TEXT = "{http://www.w3.org/2000/svg}text"
MOVED = re.compile(r"translate\((-?[0-9.]+) (-?[0-9.]+)\)")
TURNED = re.compile(r"rotate\((-?[0-9.]+)")
SIZE = re.compile(r"([0-9.]+)px")
OF_DIRECTION = frozenset("\u200e\u2068\u2069")
VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def write_pdf(document: Document) -> bytes:
    """The file. A sign that none of its fonts has is shown by its code, and the notes state it.

    Where the document has a number of sheets, it is written in the largest size that keeps to it and fills them.
    """
    with written_for(document), workspace(store_folder()) as folder:
        folder.joinpath("brief.typ").write_bytes(LAYOUT.read_bytes())
        sizes = SIZES if document.most_sheets else SIZES[:1]
        fitting = b""
        for size, of_height in sizes:
            written = _written(document, folder, size, of_height)
            if document.most_sheets and sheets_of(written) <= document.most_sheets:
                fitting = fitting or written
                if _are_filled(folder, document.most_sheets):
                    fitting = written
                    break
        written = fitting or written
    return without_repeats(written) if document.right_to_left else written


def sheets_of(pdf: bytes) -> int:
    """How many sheets a PDF has."""
    import pikepdf  # its library takes memory that most files do not need

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def _are_filled(folder: Path, sheets: int) -> bool:
    """Whether figures go far down each sheet before the last, as the folder has it written."""
    ends = json.loads(typst.query(str(folder / "brief.typ"), "<ends>", field="value", **_settings(folder)))
    return all(max((down for on, down in ends if on == sheet), default=0) >= LEAST_FILLED for sheet in range(1, sheets))


def _settings(folder: Path) -> dict[str, Any]:
    return {
        "root": str(folder),
        "font_paths": [str(fonts) for fonts in font_folders()],
        "ignore_system_fonts": True,
    }


def _written(document: Document, folder: Path, size: float, of_height: float) -> bytes:
    values = _values(document, folder, of_height) | {"size": size}
    folder.joinpath("document.json").write_text(_in_fonts(values), encoding="utf-8")
    return bytes(
        typst.compile(
            str(folder / "brief.typ"),
            format="pdf",
            pdf_standards=STANDARD,
            **_settings(folder),
        )
    )


def _in_fonts(values: dict[str, Any]) -> str:
    """The values as JSON, with each sign in the fonts; with one that is not, PDF/UA would have no file at all."""
    text = _without_invisible(json.dumps(values, ensure_ascii=False))
    lacking = next((sign for sign in text if not _is_drawn(sign)), None)
    if lacking is None:
        return text
    note = _(
        "Some characters are in no font of this file. They are replaced by their Unicode codes, such as {code}. "
        "The HTML file shows them."
    ).format(code=_code(lacking))
    noted = values | {"notes": [*values["notes"], (_("Characters that cannot be printed"), note)]}
    runs = groupby(_without_invisible(json.dumps(noted, ensure_ascii=False)), _is_drawn)
    return "".join("".join(run) if drawn else f"[{' '.join(map(_code, run))}]" for drawn, run in runs)


def _is_drawn(sign: str) -> bool:
    return sign.isspace() or ord(sign) in drawable()


def _code(sign: str) -> str:
    return f"U+{ord(sign):04X}"


def _without_invisible(text: str) -> str:
    """Without joiners and selectors of variants, and without marks of direction but those of names and signs."""
    return "".join(
        sign for sign in text if sign in OF_DIRECTION or (unicodedata.category(sign) != "Cf" and sign not in VARIANTS)
    )


def _values(document: Document, folder: Path, of_height: float) -> dict[str, Any]:
    code = ""
    # Quotation marks and dashes are wide among Chinese, and Latin within them is the font of all other files.
    chinese = [{"name": FAMILIES[0], "covers": "latin-in-cjk"}, CHINESE] if document.language == "zh" else []
    if public_url():
        code = "code.svg"
        segno.make(document.link, micro=False).save(str(folder / code), border=1, dark="#243240")
    return {
        "title": document.title,
        "author": _("Coalition dashboard"),
        "description": document.chapters[0].takeaway if document.chapters else document.title,
        "language": document.language,
        "right_to_left": document.right_to_left,
        "fonts": [*chinese, *FAMILIES],
        "stand": as_of(document),
        "simulated": _("SIMULATED DATA: these figures are not real.") if document.is_simulated else "",
        "foot": f"{document.title} \u00b7 {as_of(document)}",
        "code": code,
        "code_alt": _("Link to the page with these figures: {link}").format(link=document.link),
        "chapters": [_chapter(chapter, folder, at, of_height) for at, chapter in enumerate(document.chapters)],
        "words": {"notes": _("Definitions, sources and protection of people")},
        "notes": notes(document),
    }


def _chapter(chapter: Chapter, folder: Path, at: int, of_height: float) -> dict[str, Any]:
    return {
        "title": chapter.takeaway or chapter.subject,
        "lead": chapter.why_not or chapter.lead,
        "numbers": [{"label": n.label, "value": n.value, "note": n.note} for n in chapter.numbers],
        "numbers_across": _numbers_across(chapter.numbers),
        "parts": [
            _values_of_part(part, folder, f"chart-{at}-{number}.svg", of_height)
            for number, part in enumerate(chapter.parts)
        ],
    }


def _numbers_across(numbers: Sequence[NumberShown]) -> int:
    """How many numbers stand side by side: six where their words are short."""
    are_short = all(
        letters_wide(number.note) <= LONG_NOTE and _longest_word(f"{number.label} {number.note}") <= LONG_WORD
        for number in numbers
    )
    if len(numbers) == 4 or (are_short and len(numbers) == MOST_IN_A_ROW):
        return len(numbers)
    return min(3, len(numbers))


def _values_of_part(part: Part, folder: Path, name: str, of_height: float) -> dict[str, Any]:
    chart = None
    if part.chart:
        drawn, chart = _without_words(svg(_lower(part.chart.spec, of_height), CHART_WIDTH, part.chart.alt))
        folder.joinpath(name).write_text(drawn, encoding="utf-8")
        chart |= {"file": name, "alt": part.chart.alt or part.title}
    table = _table(part.table) if part.table and not part.chart else None
    return {"title": part.title, "lead": part.lead, "chart": chart, "table": table, "notes": list(part.notes)}


def _lower(spec: Mapping[str, Any], of_height: float) -> dict[str, Any]:
    """A chart with this part of its height."""
    layout = spec["layout"]
    return {**spec, "layout": {**layout, "height": round(layout.get("height", USUAL_HEIGHT) * of_height)}}


def _without_words(drawn: str) -> tuple[str, dict[str, Any]]:
    """A chart without its words, and these with their places, in points, for the layout to set.

    Set by the layout they are text of the document: shaped, searchable, in their order.
    """
    tree = ElementTree.fromstring(drawn)
    words = []
    for parent in list(tree.iter()):
        for element in [child for child in parent if child.tag == TEXT]:
            style = dict(
                declaration.strip().split(": ", 1)
                for declaration in element.get("style", "").split(";")
                if ": " in declaration
            )
            moved, turned = MOVED.search(element.get("transform", "")), TURNED.search(element.get("transform", ""))
            size = SIZE.search(element.get("style", ""))
            words.append(
                {
                    "text": "".join(element.itertext()),
                    "x": float(element.get("x", 0)) + (float(moved[1]) if moved else 0),
                    "y": float(element.get("y", 0)) + (float(moved[2]) if moved else 0),
                    "turn": float(turned[1]) if turned else 0.0,
                    "anchor": style.get("text-anchor", "start"),
                    "size": float(size[1]) if size else 9.0,
                    "fill": style.get("fill", INK),
                }
            )
            parent.remove(element)
    width, height = (float(side) for side in tree.get("viewBox", "0 0 1 1").split()[2:])
    return ElementTree.tostring(tree, encoding="unicode"), {"width": width, "height": height, "words": words}


def _table(table: TableShown) -> dict[str, Any]:
    rows = [[cell_words(value, column) for value, column in zip(row, table.columns, strict=True)] for row in table.rows]
    shown = rows[:MOST_ROWS]
    labels = [_(column.label) for column in table.columns]
    least = [
        max(_longest_word(label), *map(letters_wide if _is_in_one_line(column, cells) else _longest_word, cells))
        for column, label, cells in zip(table.columns, labels, zip(*shown, strict=True), strict=True)
    ]
    kept = _fitting(least)
    more = []
    if len(rows) > len(shown):
        words = _("The first {shown} of {all} rows. All are in the workbook.")
        more.append(words.format(shown=len(shown), all=len(rows)))
    if len(kept) < len(labels):
        more.append(_("More columns are in the workbook."))
    return {
        "labels": [labels[at] for at in kept],
        "numeric": [table.columns[at].is_number for at in kept],
        "widths": _widths([least[at] for at in kept], [[labels[at], *(row[at] for row in shown)] for at in kept]),
        "rows": [[row[at] for at in kept] for row in shown],
        "more": " ".join(more),
    }


def _is_in_one_line(column: Column, cells: Sequence[str]) -> bool:
    """Whether no cell of a column is parted: days and months, and whatever else is as short."""
    return column.card.format in UNBROKEN or max(map(letters_wide, cells)) <= SHORT_LETTERS


def _longest_word(words: str) -> int:
    """In letters; Chinese may part after any sign, but a column of one sign nobody reads."""
    longest = max(map(letters_wide, BREAKS.split(words)), default=0)
    wide = letters_wide(words)
    return max(longest, min(wide, LEAST_LETTERS)) if wide > len(words) else longest


def _fitting(least: Sequence[int]) -> list[int]:
    """The columns that the width of a page holds, in their order: the first ones, each at its least."""
    kept: list[int] = []
    used = 0
    for at, letters in enumerate(least):
        used += letters + LETTERS_BETWEEN
        if kept and used > LETTERS_ACROSS:
            break
        kept.append(at)
    return kept


def _widths(least: Sequence[int], columns: Sequence[Sequence[str]]) -> list[float]:
    """Parts of the width of the page for each column: what it needs at least, and of the rest by its longest words."""
    longest = [min(MOST_LETTERS, max(map(letters_wide, column))) for column in columns]
    wanted = [max(0, long - short) for long, short in zip(longest, least, strict=True)]
    rest = max(0, LETTERS_ACROSS - sum(least) - LETTERS_BETWEEN * len(least))
    share = min(1.0, rest / sum(wanted)) if sum(wanted) else 0.0
    return [short + LETTERS_BETWEEN + more * share for short, more in zip(least, wanted, strict=True)]
