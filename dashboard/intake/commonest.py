"""The commonest of many values, so that a sample of them never shows the first lines or the alphabet."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Other = TypeVar("Other", bound=Hashable)

# So many values are named in a note.
MOST_NAMED = 6


def alike(value: str) -> str:
    """The value without what senders write now so, now so: case and spaces."""
    return " ".join(value.casefold().split())


def commonest(values: Mapping[str, int]) -> list[tuple[str, int]]:
    """Values with their rows, most frequent first; those that are alike are one, as it is written most often."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for value, rows in values.items():
        spellings[alike(value)][value] += rows
    together = [(counted.most_common(1)[0][0], counted.total()) for counted in spellings.values()]
    return sorted(together, key=lambda entry: -entry[1])


def commonest_rows(rows: Iterable[tuple[Other, str]]) -> dict[tuple[Other, str], list[int]]:
    """Of pairs of anything and a value the places of each, most frequent first, by what stands first and its value."""
    places: dict[tuple[Other, str], list[int]] = defaultdict(list)
    spellings: dict[tuple[Other, str], Counter[str]] = defaultdict(Counter)
    for at, (other, value) in enumerate(rows):
        places[other, alike(value)].append(at)
        spellings[other, alike(value)][value] += 1
    ordered = sorted(places.items(), key=lambda entry: -len(entry[1]))
    return {(key[0], spellings[key].most_common(1)[0][0]): at for key, at in ordered}


def in_words(values: Mapping[str, int], most: int = MOST_NAMED) -> str:
    """The commonest values, each with its number where it is more than one, and how many others there are."""
    counted = commonest(values)
    named = [value if rows == 1 else f"{value} ({rows})" for value, rows in counted[:most]]
    others = len(counted) - len(named)
    return ", ".join(named) + (f" and {others} other value{'s' if others > 1 else ''}" if others else "")
