"""The words of a PDF in Arabic, once each: what a reader of its text finds, whoever draws the letters.

The font draws a letter and its dots apart, and the layout has each of the two stand for the letter: without this a
program that reads or searches the text finds the letter twice, the second time between others.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIGN = 2  # bytes of a glyph's number in a font of the layout


@dataclass(frozen=True)
class _Widths:
    known: Mapping[int, float]
    others: float

    def is_mark(self, sign: bytes) -> bool:
        """Whether a glyph takes no room, as it stands above or below another."""
        return self.known.get(int.from_bytes(sign, "big"), self.others) == 0


def without_repeats(body: bytes) -> bytes:
    """The same PDF whose dots and marks are drawn and state nothing: their letters state it."""
    import pikepdf  # its library takes memory that other languages do not need

    with pikepdf.open(io.BytesIO(body)) as pdf:
        for page in pdf.pages:
            fonts = {
                name: _widths(font)
                for name, font in page.Resources.get("/Font", {}).items()
                if font.get("/Subtype") == "/Type0"
            }
            drawn = _silenced(list(pikepdf.parse_content_stream(page)), fonts)
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(drawn))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _widths(font: Any) -> _Widths:
    """The widths of a font: a first glyph with a list, or a first and a last with one width."""
    below, at = font.DescendantFonts[0], 0
    known: dict[int, float] = {}
    row = list(below.get("/W", []))
    while at < len(row):
        first, second = int(row[at]), row[at + 1]
        if _is_list(second):
            known |= {first + number: float(width) for number, width in enumerate(second)}
            at += 2
        else:
            known |= dict.fromkeys(range(first, int(second) + 1), float(row[at + 2]))
            at += 3
    return _Widths(known, float(below.get("/DW", 1000)))


def _silenced(drawn: Sequence[Any], fonts: Mapping[str, _Widths]) -> list[Any]:
    from pikepdf import ContentStreamInstruction, Operator

    out: list[Any] = []
    font: _Widths | None = None
    begun: list[int | None] = []  # of each span that is open its place, where it states its own words
    for step in drawn:
        operator = str(step.operator)
        if operator == "Tf":
            font = fonts.get(str(step.operands[0]))
        elif operator in ("BDC", "BMC"):
            begun.append(len(out) if _states_words(step) else None)
        elif operator == "EMC":
            begun.pop()
        elif operator in ("Tj", "TJ") and font:
            shown = step.operands[0]
            runs = list(_runs(shown if operator == "TJ" else [shown], font))
            stated = next((begin for begin in begun if begin is not None), None)
            if stated is not None and all(are_marks for are_marks, _run in runs):
                out[stated] = _silence()
            elif any(are_marks for are_marks, _run in runs):
                for are_marks, run in runs:
                    written = ContentStreamInstruction([_list(run)], Operator("TJ"))
                    end = ContentStreamInstruction([], Operator("EMC"))
                    out += [_silence(), written, end] if are_marks else [written]
                continue
        out.append(step)
    return out


def _runs(shown: Iterable[Any], font: _Widths) -> Iterator[tuple[bool, list[Any]]]:
    """The glyphs and shifts of one step as runs of letters and of marks; a shift stands before what it moves."""
    are_marks, run = False, list[Any]()
    for item in shown:
        if _is_number(item):
            run.append(item)
            continue
        signs = bytes(item)
        for at in range(0, len(signs), SIGN):
            sign = signs[at : at + SIGN]
            if font.is_mark(sign) != are_marks:
                if any(isinstance(operand, bytes) for operand in run):
                    yield are_marks, run
                    run = []
                are_marks = not are_marks
            run.append(sign)
    yield are_marks, run


def _is_number(item: Any) -> bool:
    from pikepdf import String

    return not isinstance(item, String)


def _is_list(item: Any) -> bool:
    from pikepdf import Array

    return isinstance(item, Array)


def _list(run: Iterable[Any]) -> Any:
    from pikepdf import Array, String

    return Array([String(item) if isinstance(item, bytes) else item for item in run])


def _states_words(step: Any) -> bool:
    from pikepdf import Dictionary

    return (
        str(step.operator) == "BDC" and isinstance(step.operands[1], Dictionary) and "/ActualText" in step.operands[1]
    )


def _silence() -> Any:
    """The beginning of a span that states nothing."""
    from pikepdf import ContentStreamInstruction, Dictionary, Name, Operator, String

    return ContentStreamInstruction([Name.Span, Dictionary(ActualText=String(""))], Operator("BDC"))
