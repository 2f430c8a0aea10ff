"""What the codes of a column mean, where the file itself states it: Sex (1=Male, 2=Female). Never guesses one."""

import re
from collections.abc import Iterable, Mapping

from dashboard.intake.words import fold

# 1=Male, 1: Male, 1 - Male, and Male = 1.
CODE_FIRST = re.compile(r"(?<![\d.,])(\d{1,2})\s*(?:=|:|-|–|—|->|\))\s*([^\W\d_]+)")
WORD_FIRST = re.compile(r"([^\W\d_]+)\s*(?:=|:)\s*(\d{1,2})(?![\d.,])")
FEWEST_CODES = 2
# What is longer is no heading.
LONGEST_HEADING, LONGEST_LEGEND = 200, 1000


def stated_codes(texts: Iterable[str], meaning: Mapping[str, str]) -> dict[str, str]:
    """What each code means by one of the texts; nothing where they contradict each other, or state one alone.

    Args:
        texts: where the file may state it.
        meaning: the words of the vocabulary, folded, and what they stand for.
    """
    values_of: dict[str, set[str]] = {}
    for text in (text[:LONGEST_LEGEND] for text in texts):
        pairs = [(code, word) for code, word in CODE_FIRST.findall(text)]
        pairs += [(code, word) for word, code in WORD_FIRST.findall(text)] if not pairs else []
        known = [(code.lstrip("0") or "0", meaning[fold(word)]) for code, word in pairs if fold(word) in meaning]
        if len({code for code, _ in known}) >= FEWEST_CODES:
            for code, value in known:
                values_of.setdefault(code, set()).add(value)
    if any(len(of_code) > 1 for of_code in values_of.values()):
        return {}
    return {code: of_code.pop() for code, of_code in values_of.items()}


def without_legend(heading: str) -> str:
    """A heading without what its codes mean; as it is where it states none."""
    if len(heading) > LONGEST_HEADING or not ("=" in heading or ":" in heading):
        return heading
    begin = min((at for sign in "([（" if (at := heading.find(sign)) >= 0), default=-1)
    inside = heading[begin:].strip()
    states_codes = CODE_FIRST.search(inside) or WORD_FIRST.search(inside)
    return heading[:begin].strip() if begin > 0 and inside.endswith((")", "]", "）")) and states_codes else heading
