"""Rows of a list of who does what where that report the same people: totals beside places, a whole beside its parts.

A total and a whole are counted once: the total of places is set aside, and so are parts beside their whole. Parts that
stand without a whole are added up.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dashboard.intake import countries
from dashboard.intake.readers.organisations import NOT_STATED
from dashboard.intake.terms import fold

TOTALS = frozenset(
    fold(word)
    for word in (
        *("total", "totals", "grand total", "sub-total", "sub total", "subtotal", "country total", "national total"),
        *(
            "overall total",
            "total général",
            "total general",
            "total geral",
            "sous-total",
            "totaux",
            "totales",
            "totale",
        ),
        *("الإجمالي", "إجمالي", "المجموع", "مجموع", "الإجمالي العام", "المجموع الكلي", "всего", "итого", "общий итог"),
        *("разом", "усього", "toplam", "genel toplam", "合计", "总计", "总数", "小计"),
    )
)
WHOLE = TOTALS | frozenset(
    fold(word)
    for word in (
        *("all", "overall", "both", "both sexes", "all sexes", "all ages", "all groups", "all population groups"),
        *("tous", "toutes", "ensemble", "population totale", "total population", "les deux", "les deux sexes"),
        *("tous âges", "tous sexes", "todos", "todas", "ambos", "ambos sexos", "ambos os sexos", "الكل", "كلا الجنسين"),
        *("الجميع", "все", "оба пола", "全部", "所有"),
    )
)
# What tables of needs write in place of a place for all of the country, or of the place around.
EVERYWHERE = frozenset(
    fold(word)
    for word in (
        *(
            "national",
            "national level",
            "nationwide",
            "nation wide",
            "country",
            "countrywide",
            "country wide",
            "overall",
        ),
        *("country level", "whole country", "entire country", "all", "pays", "niveau national", "ensemble du pays"),
        *("ensemble", "tout le pays", "tous", "toutes", "nacional", "nivel nacional", "a nivel nacional", "país"),
        *("todo el país", "todo o país", "nível nacional", "todos", "todas", "все", "вся страна", "по стране"),
        *("по всей стране", "национальный уровень", "全国", "全境", "全部", "所有", "الكل", "الجميع", "وطني"),
        *("المستوى الوطني", "على المستوى الوطني", "كل البلد", "كل البلاد"),
    )
)
# As they begin where the kind of place follows: all provinces, toutes les régions, 所有省.
ALL_OF_A_KIND = re.compile(r"(?:all (?:the )?|tou(?:te)?s les |tod[ao]s l?[ao]s |все |كل |جميع )\S+|(?:所有|全部)\S+")
# A total that was rounded by itself differs from what its places add up to by no more than this share.
ROUNDED_APART = 0.01
# A place may have the name of its country; of a total there are two others at least that it adds up.
FEWEST_ADDED = 2
BESIDE = re.compile(r"[^\w]+")
PLAIN_TOTALS = frozenset(" ".join(BESIDE.sub(" ", word).split()) for word in TOTALS)
TOTAL_OF_OTHERS = "a total of other rows: it would count them twice"
PART_OF_WHOLE = "a part of the people whom another row counts as a whole"
COUNTRY, AUDIENCE, ADMINS = 4, 12, slice(5, 9)
Level = tuple[str | None, str | None]


@dataclass(frozen=True)
class Draft:
    """One record before it is known what a blank sector means in this file.

    `parts` states by column which people it is about, nothing where they are all; `is_whole` whether it states that
    they are all.
    """

    activity_id: str
    sector: str | None
    head: tuple[Any, ...]
    level3: Level
    numbers: tuple[int | None, ...]
    parts: frozenset[tuple[str, str]] = frozenset()
    is_whole: bool = False

    @property
    def is_named(self) -> bool:
        """Whether an organisation is named."""
        return bool(self.head[1] != NOT_STATED)

    @property
    def levels(self) -> tuple[Level, ...]:
        """Code and name of the place on each level."""
        code1, name1, code2, name2 = self.head[ADMINS]
        return (code1, name1), (code2, name2), self.level3

    @property
    def stated(self) -> frozenset[int]:
        """Which of the numbers it states."""
        return frozenset(at for at, number in enumerate(self.numbers) if number is not None)


def is_total(text: str) -> bool:
    """Whether a text is a word for a total, in whatever language, and no more."""
    return fold(text).strip(" .:-") in TOTALS


@lru_cache(maxsize=16_384)
def is_total_of(text: str) -> bool:
    """Whether a text is a word for a total with a place or a time beside it: Total Lac, Итого по области."""
    folded = " ".join(BESIDE.sub(" ", fold(text)).split())
    return any(folded.startswith(f"{word} ") or folded.endswith(f" {word}") or folded == word for word in PLAIN_TOTALS)


@lru_cache(maxsize=16_384)
def is_everywhere(text: str) -> bool:
    """Whether a text states no place but all of them: National, All provinces, Ensemble du pays."""
    folded = " ".join(BESIDE.sub(" ", fold(text)).split())
    return folded in EVERYWHERE or ALL_OF_A_KIND.fullmatch(folded) is not None


def is_whole(text: str) -> bool:
    """Whether a text is a word for all of the people."""
    return fold(text).strip(" .:-") in WHOLE


class Overlaps:
    """What the rows of a list state of each other."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self.wholes: dict[tuple[Any, ...], list[Draft]] = defaultdict(list)
        self.numbers_within: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
        self.rows_within: Counter[tuple[Any, ...]] = Counter()
        self.listed: dict[tuple[Any, ...], set[int]] = defaultdict(set)
        of_parts: dict[tuple[Any, ...], list[Draft]] = defaultdict(list)
        drafts = list(drafts)
        self.totals_by_code = _totals_by_code(drafts)
        for draft in drafts:
            if draft.parts or draft.is_whole:
                self.wholes[_but_for_parts(draft)].append(draft)
        for draft in drafts:
            if self._is_part(draft):
                continue
            self._enter_place(draft)
            if draft.parts:
                of_parts[_summed_with(draft)].append(draft)
        self.sums = {of: _sum(drafts_of_whole) for of, drafts_of_whole in of_parts.items()}
        self.counted: set[tuple[Any, ...]] = set()

    def set_aside(self, draft: Draft) -> tuple[str, str, str] | None:
        """Column, value and reason where others report the same people."""
        if self._is_part(draft):
            return (*min(draft.parts), PART_OF_WHOLE)
        at = _total_at(draft)
        if at is not None:
            named = draft.is_named and draft.head[0]
            if draft.stated and draft.stated <= self.listed.get((*_key_within(draft, at), named), set()):
                return f"admin{at + 1}", next(word for word in draft.levels[at] if word), TOTAL_OF_OTHERS
        elif draft in self.totals_by_code:
            at = _last_filled(draft)
            return f"admin{at + 1}", next(word for word in draft.levels[at] if word), TOTAL_OF_OTHERS
        elif self._is_sum(draft):
            return "admin1", "", TOTAL_OF_OTHERS
        elif self._is_sum_under_its_country(draft):
            return "admin1", draft.levels[0][1] or "", TOTAL_OF_OTHERS
        return None

    def settled(self, draft: Draft) -> Draft | None:
        """The draft as it counts: parts of one whole are added up in the first of them; a total has no place."""
        if draft.parts:
            of = _summed_with(draft)
            if of in self.counted:
                return None
            self.counted.add(of)
            draft = replace(draft, numbers=self.sums[of])
        return _without_total(draft)

    def _is_part(self, draft: Draft) -> bool:
        return bool(draft.parts) and any(
            other.parts < draft.parts and draft.stated <= other.stated for other in self.wholes[_but_for_parts(draft)]
        )

    def _enter_place(self, draft: Draft) -> None:
        if _total_at(draft) is not None or draft in self.totals_by_code:
            return
        filled = [at for at, level in enumerate(draft.levels) if any(level)]
        for at in filled:
            for named in {False, draft.is_named and draft.head[0]}:
                self.listed[*_key_within(draft, at), named] |= draft.stated
        if filled:
            within = _key_within(draft, filled[-1])
            self.numbers_within[within].update({number: draft.numbers[number] for number in draft.stated})
            self.rows_within[within] += 1

    def _is_sum(self, draft: Draft) -> bool:
        """Whether a row without an organisation and a place states just what those of its places add up to."""
        blank = [at for at, level in enumerate(draft.levels) if not any(level)]
        if draft.is_named or not draft.stated or not blank or blank != list(range(blank[0], len(draft.levels))):
            return False
        sums = self.numbers_within.get(_key_within(draft, blank[0]), Counter())
        return all(at in sums and _are_one(sums[at], draft.numbers[at] or 0) for at in draft.stated)

    def _is_sum_under_its_country(self, draft: Draft) -> bool:
        """Whether a row without an organisation has its country for a place, and states what the other places add up
        to: not each is a total, as a region may have the name of its country."""
        name, within = draft.levels[0][1], _key_within(draft, 0)
        if draft.is_named or not draft.stated or not name or any(map(any, draft.levels[1:])):
            return False
        if countries.find(name) != draft.head[COUNTRY] or self.rows_within[within] <= FEWEST_ADDED:
            return False
        sums = self.numbers_within[within]
        return all(_are_one(sums[at] - (draft.numbers[at] or 0), draft.numbers[at] or 0) for at in draft.stated)


def _last_filled(draft: Draft) -> int:
    """The level of the place, -1 where there is none."""
    return max((at for at, level in enumerate(draft.levels) if any(level)), default=-1)


def _totals_by_code(drafts: Iterable[Draft]) -> frozenset[Draft]:
    """Rows without an organisation that state what others add up to whose codes begin with theirs.

    So does KE001 of KE001001 and KE001002, in a list that has places of all levels in one column.
    """
    listed: dict[tuple[Any, ...], dict[str, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for draft in drafts:
        at = _last_filled(draft)
        if at >= 0 and not draft.is_named and not draft.parts and (code := draft.levels[at][0]):
            listed[draft.head[COUNTRY], draft.head[AUDIENCE], draft.sector, at][code.casefold()].append(draft)
    totals: set[Draft] = set()
    for of_code in listed.values():
        codes = sorted(of_code)
        for at, code in enumerate(codes):
            end = at + 1
            while end < len(codes) and codes[end].startswith(code):
                end += 1
            within = codes[at + 1 : end]
            shortest = min(map(len, within), default=0)
            next_level = [other for other in within if len(other) == shortest]
            if len(next_level) < FEWEST_ADDED:
                continue
            sums: Counter[int] = Counter()
            for draft in (draft for other in next_level for draft in of_code[other]):
                sums.update({number: draft.numbers[number] for number in draft.stated})
            totals |= {
                draft
                for draft in of_code[code]
                if draft.stated and all(n in sums and _are_one(sums[n], draft.numbers[n] or 0) for n in draft.stated)
            }
    return frozenset(totals)


def _are_one(of_places: int, of_all: int) -> bool:
    """Whether a number is what its places add up to, but for the rounding of one of them."""
    return abs(of_places - of_all) <= ROUNDED_APART * max(of_places, of_all)


def _but_for_parts(draft: Draft) -> tuple[Any, ...]:
    return draft.head, draft.level3, draft.sector, draft.activity_id if draft.is_named else ""


def _summed_with(draft: Draft) -> tuple[Any, ...]:
    return draft.head, draft.level3, draft.sector, draft.activity_id


def _key_within(draft: Draft, at: int) -> tuple[Any, ...]:
    """The people of a sector in the place around one of a level."""
    around = tuple((code or name or "").casefold() for code, name in draft.levels[:at])
    return draft.head[COUNTRY], draft.head[AUDIENCE], draft.sector, at, around


def _total_at(draft: Draft) -> int | None:
    """The level on which a word for total stands in the place of a place; what an organisation does everywhere is no
    total of what it does in places."""
    words = is_total_of if draft.is_named else lambda word: is_total_of(word) or is_everywhere(word)
    levels = (at for at, level in enumerate(draft.levels) if any(word and words(word) for word in level))
    return next(levels, None)


def _without_total(draft: Draft) -> Draft:
    """The draft without a word for total as its place: it is of the place around."""
    at = _total_at(draft)
    if at is None:
        return draft
    code1, name1, code2, name2, *third_level = (
        word for n in range(3) for word in (draft.levels[n] if n < at else (None, None))
    )
    head = (*draft.head[: ADMINS.start], code1, name1, code2, name2, *draft.head[ADMINS.stop :])
    return replace(draft, head=head, level3=(third_level[0], third_level[1]))


def _sum(drafts: Sequence[Draft]) -> tuple[int | None, ...]:
    """The numbers of parts, added up; rows of one part state the same people in need."""
    in_need: dict[frozenset[tuple[str, str]], int] = {}
    sums: Counter[int] = Counter()
    for draft in drafts:
        for at in draft.stated:
            number = draft.numbers[at] or 0
            if at == 0:
                in_need[draft.parts] = max(number, in_need.get(draft.parts, 0))
            else:
                sums[at] += number
    if in_need:
        sums[0] = sum(in_need.values())
    return tuple(sums.get(at) for at in range(len(drafts[0].numbers)))
