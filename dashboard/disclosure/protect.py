"""From exact cubes to what those who do not own the rows may see: small counts hidden, the rest rounded, then audited.

Knows tables only. A cell that is hidden is missing in the protected cube, and a row of which nothing is shown is left
out, so that none, few and hidden cannot be distinguished.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from dashboard.disclosure.audit import (
    FOR_REFUGEES,
    Contradiction,
    Finding,
    Sums,
    attackers,
    bounds,
    findings,
    most_of_two,
    no_more_than_wholes,
    own_counts,
    sums_of,
    tightened,
)
from dashboard.disclosure.cells import ALL, CUBES, ENDS, KEY, cells_of, long
from dashboard.disclosure.policy import COALITION, PUBLIC, Policy, policy
from dashboard.disclosure.shifts import shifts
from dashboard.refusals import Refusal
from dashboard.warehouse.catalog import layer

# Grains so fine that only owners have them.
OWNERS_ONLY = (
    *("cube_retention", "cube_quiet", "cube_like", "cube_hub_like", "cube_hub_attendance"),
    *("cube_partner_day", "cube_progress", "cube_country_day"),
)
# Of which others than owners have the totals of all partners only.
TOTALS_ONLY = ("cube_flow", "cube_outcome", "cube_programme")
BENCHMARK, REACH = "cube_benchmark", "cube_reach"
PROTECTED = (*CUBES, *OWNERS_ONLY, BENCHMARK)
# Whose first or last day would be one person's.
ONE_PERSONS = {
    "cube_country": ("first_on",),
    "cube_programme": ("largest_share_of_hours",),
    "cube_credential": ("most_of_one",),
}
AVERAGES = {
    "cube_step_days": {"median_days": "learners"},
    "cube_recognition": {"median_wait_days": "decided", "median_pending_days": "pending"},
}
TOTALS = {
    "cube_recognition": {"ects_requested": "requested", "ects_awarded": "decided"},
    "cube_programme": dict.fromkeys(("hours_measured", "hours_estimated", "hours_attested"), "learners_with_hours"),
}
SERIES = {
    "learners_registered": "learners_registered",
    "learners_reached": "learners_reached",
    "unique_lower": "learners_reached",
    "unique_upper": "learners_reached",
    "countries": "learners_reached",
    "located": "learners_reached",
    "credentials": "learners_with_credential",
    "stacked_awards": "learners_with_credential",
    "learners_with_credential": "learners_with_credential",
}
# The cell that the last day of a series is.
WHOLE = CUBES[REACH].measures(pd.DataFrame())
# The first is among the second, on each day, as the header of the cube has it.
AMONG = tuple(
    (part, whole)
    for query in layer("cubes")
    if query.name == REACH
    for chain in query.among
    for whole, part in pairwise(chain)
    if whole != "unique_upper"
)
AUDITED_SERIES = ("learners_registered", "learners_reached", "learners_with_credential")


class AuditFailed(Refusal):
    """What would be shown gives people away, and hiding more did not help; the release is refused."""


@dataclass(frozen=True)
class Protected:
    """Protected cubes by name, and the account of how they came about for the release's manifest.

    `for_partners` is the benchmark of each partner, worked out of what is public and its own rows.
    """

    tables: Mapping[str, pd.DataFrame]
    account: Mapping[str, Any]
    for_partners: pd.DataFrame | None = None


# Cubes have some thousand short words: kept as Python's strings they are worked on a third faster than as Arrow's.
in_plain_strings = pd.option_context("mode.string_storage", "python")


@dataclass(frozen=True)
class _Sight:
    """What an audience may have at all: its rows by cube, their cells and sums, and what attackers know of each cell.

    `raised` is each count with its shift, `lowered` the same where it is no more than what it is a part of: what is
    shown is a function of that. `least` and `most` are what attackers may know of what is shown. `small` are hidden by
    the policy, `few` of those for the people behind them, whatever the count. `everybody` are the cells of all, each
    partner's own among them.
    """

    audience: str
    chosen: Mapping[str, pd.DataFrame]
    cells: pd.DataFrame
    everybody: pd.DataFrame
    sums: Sums
    raised: np.ndarray
    lowered: np.ndarray
    least: np.ndarray
    most: np.ndarray
    small: np.ndarray
    few: np.ndarray
    known: Mapping[str, np.ndarray | None]

    @property
    def keys(self) -> pd.MultiIndex:
        """The key of each cell."""
        return _keys(self.cells)


@in_plain_strings
def protect(
    exact: Mapping[str, pd.DataFrame],
    audience: str,
    as_of: pd.DataFrame,
    rules: Policy | None = None,
    regions: Mapping[str, str] | None = None,
    *,
    key: bytes,
) -> Protected:
    """The cubes as one audience may see them, as `protect_both` gives them.

    Where the coalition can be shown nothing safely, what the public may see is worked out without it.

    Raises:
        AuditFailed: people can be worked out of what would be shown to this audience.
    """
    rules = rules or policy()
    if audience == PUBLIC:
        try:
            return protect_both(exact, as_of, rules, regions, key=key)[PUBLIC]
        except AuditFailed:
            pass  # whoever publishes asks for both, and is refused
    sight = _of_coalition(exact, as_of, rules, key)
    hidden, rounds = (sight.small, 0) if audience == PUBLIC else _hide_until_safe(sight, sight.small, rules)
    above = _protected(exact, sight, hidden, rounds, as_of, rules, regions or {}, key)
    return above if audience == COALITION else _of_public(exact, sight, hidden, above, as_of, rules, regions or {}, key)


@in_plain_strings
def protect_both(
    exact: Mapping[str, pd.DataFrame],
    as_of: pd.DataFrame,
    rules: Policy | None = None,
    regions: Mapping[str, str] | None = None,
    *,
    key: bytes,
) -> Mapping[str, Protected]:
    """The cubes as the coalition and the public may see them, audited; by audience.

    What the public sees the coalition sees too: what had to be hidden from the coalition, which knows figures of each
    partner, is hidden from the public as well, and what is shown is rounded from what the coalition is shown.

    Args:
        exact: every cube of `PROTECTED` by name.
        as_of: programme_id, partner_id, audience, as_of_on: until when the rows of each go.
        rules: the policy; the one in force without it.
        regions: region of each country, for benchmarks of regions; none of these without it.
        key: of the shifts of the figures; secret, and the same for every release of a store.

    Raises:
        AuditFailed: people can be worked out of what would be shown.
    """
    rules = rules or policy()
    sight = _of_coalition(exact, as_of, rules, key)
    hidden, rounds = _hide_until_safe(sight, sight.small, rules)
    above = _protected(exact, sight, hidden, rounds, as_of, rules, regions or {}, key)
    return {
        COALITION: above,
        PUBLIC: _of_public(exact, sight, hidden, above, as_of, rules, regions or {}, key),
    }


def _of_coalition(exact: Mapping[str, pd.DataFrame], as_of: pd.DataFrame, rules: Policy, key: bytes) -> _Sight:
    chosen = {name: _rows_of_audience(name, exact[name], COALITION, rules, set()) for name in CUBES}
    cells = cells_of(chosen)
    sums = sums_of(cells, as_of, chosen)
    names = _names(cells, as_of)
    everybody = _cells_of_everybody(exact)
    raised = _raised(cells, names, most_of_two(cells, everybody), rules, key)
    lowered = tightened(np.zeros(len(cells)), raised, sums, rules.span)[1]
    behind = [(people, *name[1:]) for people, name in zip(cells["of_people"], names, strict=True)]
    people = cells["people"].to_numpy() + shifts(behind, rules.shift, key)
    few = (cells["people"] != cells["n"]).to_numpy() & (people < rules.least_shown(COALITION))
    small = few | (lowered < rules.least_shown(COALITION))
    # Who adds no rows of her own knows of a figure what it was rounded down from, and that a shift was in it.
    down = _down(cells, COALITION, rules)
    figures = _floor(lowered, down)
    least, most = figures - rules.span, figures + down - 1
    known: dict[str, np.ndarray | None] = {"an outsider": None}
    return _Sight(COALITION, chosen, cells, everybody, sums, raised, lowered, least, most, small, few, known)


def _of_public(
    exact: Mapping[str, pd.DataFrame],
    coalition: _Sight,
    hidden: np.ndarray,
    above: Protected,
    as_of: pd.DataFrame,
    rules: Policy,
    regions: Mapping[str, str],
    key: bytes,
) -> Protected:
    """What is public: of what the coalition is shown (`above`), without what is `hidden` from it, and coarser."""
    programmes = _programmes(above.tables["cube_country"], rules)
    chosen = {name: _rows_of_audience(name, exact[name], PUBLIC, rules, programmes) for name in CUBES}
    cells = cells_of(chosen)
    sums = sums_of(cells, as_of, chosen)
    at = coalition.keys.get_indexer(_keys(cells))
    whole = coalition.everybody
    known: dict[str, np.ndarray | None] = {"an outsider": None}
    # What is public is what a partner sees beside its own.
    known |= {name: own_counts(cells, whole, partners) for name, partners in attackers(whole).items()}
    # Who adds rows of her own until a figure flips knows the count with both its shifts, and never more.
    again = np.where(
        _is_curve(cells), 0, shifts([("again", *name) for name in _names(cells, as_of)], rules.shift_again, key)
    )
    lowered = no_more_than_wholes(coalition.lowered[at] + again, sums)
    raised, few = coalition.raised[at] + again, coalition.few[at]
    least = raised - rules.span - max(rules.shift_again)
    small = coalition.small[at] | (lowered < rules.least_shown(PUBLIC))
    sight = _Sight(PUBLIC, chosen, cells, whole, sums, raised, lowered, least, lowered, small, few, known)
    hidden_too, rounds = _hide_until_safe(sight, small | hidden[at], rules)
    return _protected(exact, sight, hidden_too, rounds, as_of, rules, regions, key, above.tables)


def _keys(cells: pd.DataFrame) -> pd.MultiIndex:
    if not len(cells):
        return pd.MultiIndex.from_arrays([[]] * len(KEY), names=KEY)
    return pd.MultiIndex.from_frame(cells[KEY])


def _cells_of_everybody(exact: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The cells of everybody, each partner's own among them."""
    return cells_of({name: _with_curves(name, _visible_columns(name, exact[name])) for name in CUBES})


def _names(cells: pd.DataFrame, streams: pd.DataFrame) -> list[tuple[str, ...]]:
    """What each cell's shift is drawn by: its key, and that of the smallest total for totals of the same reports.

    A programme that one partner reports has the figures of that partner; under two shifts they would reveal more.
    """
    audience = dict(zip(streams["programme_id"], streams["audience"], strict=True))
    reports: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for programme, partner in zip(streams["programme_id"], streams["partner_id"], strict=True):
        totals = [programme]
        totals += [FOR_REFUGEES] if audience[programme] == "refugees" else []
        totals += [ALL] if audience[programme] != "rehearsal" else []
        for total in totals:
            for of in (partner, ALL):
                reports.setdefault((total, of), set()).add((programme, partner))
    order = sorted(reports, key=lambda total: (total[0] in (FOR_REFUGEES, ALL), total[1] == ALL, total))
    smallest: dict[frozenset[tuple[str, str]], tuple[str, str]] = {}
    for total in order:
        smallest.setdefault(frozenset(reports[total]), total)
    named = {total: smallest[frozenset(of)] for total, of in reports.items()}
    return [
        (measure, *named.get((programme, partner), (programme, partner)), dimension, value)
        for measure, programme, partner, dimension, value in cells[KEY].itertuples(index=False, name=None)
    ]


def _raised(
    cells: pd.DataFrame, names: list[tuple[str, ...]], of_two: np.ndarray, rules: Policy, key: bytes
) -> np.ndarray:
    """Each count with its shift: never less than whoever knows the most of it has herself and some more.

    Whoever were alone in a cell, or with one other, would learn from a small shift that nobody else is in it.
    """
    n = cells["n"].to_numpy(dtype=float)
    raised = n + shifts(names, rules.shift, key)
    return np.maximum(raised, of_two + min(rules.narrowest - 1, rules.span))


def _is_curve(cells: pd.DataFrame) -> np.ndarray:
    return cells["measure"].str.startswith("curve_").to_numpy(dtype=bool)


def _down(cells: pd.DataFrame, audience: str, rules: Policy) -> np.ndarray:
    """The multiple that each cell is rounded down to for an audience."""
    base = rules.rounding[audience]
    return np.where(_is_curve(cells), max(base, rules.curve_rounding), base)


def _floor(values: np.ndarray, down: np.ndarray | int) -> np.ndarray:
    return np.floor(values / down) * down


def _protected(
    exact: Mapping[str, pd.DataFrame],
    sight: _Sight,
    hidden: np.ndarray,
    rounds: int,
    as_of: pd.DataFrame,
    rules: Policy,
    regions: Mapping[str, str],
    key: bytes,
    above: Mapping[str, pd.DataFrame] | None = None,
) -> Protected:
    """The tables with what is hidden left out; `above` are those of the coalition, where they are the public's."""
    audience = sight.audience
    figures = np.where(hidden, np.nan, _floor(sight.lowered, _down(sight.cells, audience, rules)))
    shown = pd.Series(figures, index=sight.keys)
    lifts = pd.Series(sight.lowered - sight.cells["n"].to_numpy(dtype=float), index=sight.keys)
    tables = {
        name: _table(name, sight.chosen[name], exact[name], shown, lifts, audience, rules)
        for name in CUBES
        if name != REACH
    }
    tables |= {name: exact[name].head(0) for name in OWNERS_ONLY}
    if above is None:
        tables[REACH] = _series(exact[REACH], shown, lifts, as_of, rules, key)
    else:
        tables[REACH] = _public_series(
            above[REACH], shown, _programmes(above["cube_country"], rules), as_of, rules, key
        )
    lands = tables["cube_country"]
    # The public learns of no partner; a partner has its own rows exactly, and of the others what is public.
    own = lands if above is None else exact["cube_country"]
    of_partners = lands if above is None else above["cube_country"]
    beside = _benchmark(exact[BENCHMARK], lands, own, of_partners, regions, rules)
    tables[BENCHMARK] = beside if above is None else exact[BENCHMARK].head(0)
    return Protected(
        tables,
        {
            "cells": len(sight.cells),
            "hidden_small": int(sight.small.sum()),
            "hidden_more": int((hidden & ~sight.small).sum()),
            "attackers": len(sight.known),
            "rounds": rounds,
            "passed": True,
        },
        beside if audience == PUBLIC else None,
    )


def _hide_until_safe(sight: _Sight, begun: np.ndarray, rules: Policy) -> tuple[np.ndarray, int]:
    """Hides more until no attacker knows a cell too well: the smallest beside it, then the total; and how many rounds.

    Args:
        sight: what the audience may have.
        begun: cells that are hidden in any case.
        rules: the policy.

    Raises:
        AuditFailed: people can be worked out of what would be shown.
    """
    try:
        return _hide_in_blocks(sight, begun, rules)
    except Contradiction as wrong:
        raise AuditFailed(
            f"What {sight.audience} viewers would see cannot be audited: {wrong}. Nothing was published; this is a "
            "defect of the program, so tell whoever maintains it."
        ) from wrong


def _hide_in_blocks(sight: _Sight, begun: np.ndarray, rules: Policy) -> tuple[np.ndarray, int]:
    cells, sums, small = sight.cells, sight.sums, sight.small
    n = cells["n"].to_numpy(dtype=float)
    below, least_shown = rules.hide_below, rules.least_shown(sight.audience)
    hidden = begun.copy()
    near = _neighbourhoods(cells)
    of_block = np.full(len(cells), -1)
    for number, block in enumerate(sums.blocks):
        of_block[block] = number
    everywhere = list(range(len(sums.blocks)))
    todo = everywhere
    safe: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    for done in range(rules.rounds):
        doubtful = _doubtful(near, hidden & ~small)
        touched: set[int] = set()
        newly: set[int] = set()
        helpless = False  # something is known too well, and nothing is left to hide
        for own in sight.known.values():
            low, high = bounds(n, sight.least, sight.most, hidden, doubtful | sight.few, below, least_shown, own)
            plain_low, plain_high = tightened(low, high, sums, rules.span, covered=False)
            low, high = tightened(plain_low, plain_high, sums, rules.span)
            by_covers = (high - low < rules.narrowest - 1) & (plain_high - plain_low >= rules.narrowest - 1)
            for finding in findings(cells, sums, low, high, rules.narrowest, rules.span, todo, safe):
                more: list[int] = []
                if finding.cell is not None:
                    touched.add(int(of_block[finding.cell]))
                    if by_covers[finding.cell]:
                        beside = _covering(finding.cell, sums)
                        if newly & beside:
                            continue  # what was hidden this time may do for this one too: the next look shows
                        more = _smallest_shown(np.asarray(sorted(beside)), cells["n"].to_numpy(), hidden)
                more = more or _also_hide(finding, cells, sums, hidden)
                more = more or _also_hide_near(finding, near, cells, hidden)
                helpless = helpless or not more
                for cell in more:
                    hidden[cell] = True
                    newly.add(cell)
                    touched.add(int(of_block[cell]))
                    doubtful = _doubtful(near, hidden & ~small)
        if not touched and not helpless and todo is everywhere:
            return hidden, done
        # What covers reveal reaches other blocks, so that all are looked at again in the end.
        todo = sorted(touched) if touched else everywhere
    where = ", ".join(str(word) for word in cells[KEY].iloc[min(sums.blocks[min(todo)])])
    raise AuditFailed(
        f"After {rules.rounds} rounds of hiding more, counts of fewer than {rules.hide_below} people could still be "
        f"worked out (around {where}). Nothing was published. Withdraw the newest file, or publish it with others."
    )


def _covering(cell: int, sums: Sums) -> set[int]:
    """The cell and all that cover it, or that it covers, over partners and programmes."""
    covering = {cell}
    for whole, parts, _ in sums.covers:
        if whole == cell or cell in parts:
            covering.update([whole, *parts.tolist()])
    return covering


def _also_hide(finding: Finding, cells: pd.DataFrame, sums: Sums, hidden: np.ndarray) -> list[int]:
    """What to hide so that a cell, or the absent parts of a family, is known less well."""
    n = cells["n"].to_numpy()
    if finding.family is not None:
        total, parts, _ = sums.families[finding.family]
        return _smallest_shown(parts, n, hidden) or ([total] if not hidden[total] else [])
    assert finding.cell is not None
    cell = finding.cell
    groups = [(total, parts) for total, parts, _ in sums.families] + sums.parts + sums.flows
    as_total = [parts for total, parts in groups if total == cell]
    as_part = [(total, parts) for total, parts in groups if cell in parts]
    if not hidden[cell] and (as_part or not as_total):
        return [cell]
    more: list[int] = []
    for parts in as_total:
        more += _smallest_shown(parts, n, hidden)
    for total, parts in as_part:
        more += _smallest_shown(parts, n, hidden) or ([total] if not hidden[total] else [])
    if not more:
        more = (
            [cell]
            if not hidden[cell]
            else [other for pair in sums.chains if cell in pair for other in pair if not hidden[other]]
        )
    return more


def _neighbourhoods(cells: pd.DataFrame) -> list[np.ndarray]:
    """For each cell the number of its measure in its programme, of its place there, and of its programme."""
    return [
        cells.groupby(columns, sort=False).ngroup().to_numpy()
        for columns in (
            ["measure", "programme_id", "partner_id"],
            ["programme_id", "partner_id", "dimension", "value"],
            ["programme_id", "partner_id"],
        )
    ]


def _doubtful(near: list[np.ndarray], more: np.ndarray) -> np.ndarray:
    """Hidden cells of which nobody knows whether they are few, as more was hidden of their measure or their place."""
    return np.isin(near[0], near[0][more]) | np.isin(near[1], near[1][more])


def _also_hide_near(finding: Finding, near: list[np.ndarray], cells: pd.DataFrame, hidden: np.ndarray) -> list[int]:
    """What else to hide where all that hangs together with a cell is hidden, so that it may be many for all one knows.

    The smallest count shown of its measure, else at its place, else of its programme.
    """
    if finding.cell is None:
        return []
    n = cells["n"].to_numpy()
    for number in near:
        if more := _smallest_shown(np.flatnonzero(number == number[finding.cell]), n, hidden):
            return more
    return []


def _smallest_shown(parts: np.ndarray, n: np.ndarray, hidden: np.ndarray) -> list[int]:
    shown = parts[~hidden[parts]]
    return [int(shown[np.argmin(n[shown])])] if len(shown) else []


def _programmes(lands: pd.DataFrame, rules: Policy) -> set[str]:
    """Programmes and totals in which every partner would find others enough to hide among, by what is shown of them."""
    areas = _by_area(lands[lands["partner_id"] != ALL], {})
    world = areas.dropna(subset=["world"])[["programme_id", "partner_id", "world"]].rename(columns={"world": "area"})
    others = _others(areas, world.assign(area_level="world"))
    return set(others["programme_id"]) - set(others[~_enough_others(others, rules)]["programme_id"])


def _others(areas: pd.DataFrame, of: pd.DataFrame) -> pd.DataFrame:
    """For each partner and area of `of` how many others are shown there, their learners, and the two largest's.

    Args:
        areas: of `_by_area`, rows of partners.
        of: programme_id, area_level, area, partner_id.
    """
    group = ["programme_id", "area_level", "area"]
    each = pd.concat(
        areas.assign(area_level=level, area=areas[level])[[*group, "partner_id", "learners_registered"]]
        for level in ("world", "region", "country")
    ).dropna()
    each = each.assign(n=each["learners_registered"].astype(float))
    each = each.groupby([*group, "partner_id"], as_index=False)["n"].sum()
    each = each.sort_values("n", ascending=False, kind="stable")
    each["rank"] = each.groupby(group).cumcount()
    whole = each.groupby(group)["n"].agg(["size", "sum"])
    for at in range(3):
        whole[at] = each[each["rank"] == at].set_index(group)["n"]
    merged = of.merge(each, on=[*group, "partner_id"], how="left").merge(whole.fillna(0), on=group, how="left")
    is_shown = merged["n"].notna()
    return merged[[*group, "partner_id"]].assign(
        other_partners=merged["size"] - is_shown,
        others_reports=merged["sum"] - merged["n"].fillna(0),
        two_largest=np.select(
            [merged["rank"] == 0, merged["rank"] == 1],
            [merged[1] + merged[2], merged[0] + merged[2]],
            merged[0] + merged[1],
        ),
    )


def _enough_others(rows: pd.DataFrame, rules: Policy) -> pd.Series:
    return (rows["other_partners"] >= rules.other_partners) & (
        rows["two_largest"] <= rules.two_largest * rows["others_reports"]
    )


def _visible_columns(name: str, table: pd.DataFrame) -> pd.DataFrame:
    only = CUBES[name].only
    return table[only(table)] if only and len(table) else table


def _rows_of_audience(
    name: str, table: pd.DataFrame, audience: str, rules: Policy, programmes: set[str]
) -> pd.DataFrame:
    """The rows that an audience may have at all, with the columns that cells are read from; `programmes` are public."""
    table = _visible_columns(name, table)
    if audience == PUBLIC or name in TOTALS_ONLY:
        table = table[table["partner_id"] == ALL]
    if audience == PUBLIC:
        table = table[table["programme_id"].isin(programmes)]
        if name == "cube_completion":
            table = table[table["cohort"] == ALL]
        if name == "cube_recognition":
            table = table[table["breakdown"].isin([ALL, "reason"])]
    if name in ("cube_completion", "cube_cohort"):
        # Intakes and curves by attribute are of all partners together.
        table = table[
            (table["partner_id"] == ALL) | (table["cohort" if name == "cube_completion" else "attribute"] == ALL)
        ]
    table = table.reset_index(drop=True)
    if name == "cube_credential":
        spread = table["most_of_one"] <= rules.largest_share * table["credentials"]
        table = table.assign(behind=table["learners"].where(spread, 0))
    return _with_curves(name, table)


def _with_curves(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Totals of a curve beside its text; the learners behind credentials where one may hold most."""
    if name == "cube_credential" and "behind" not in table:
        return table.assign(behind=table["learners"])
    if name != "cube_cohort":
        return table
    ended = [_days_and_counts(text).sum(axis=0)[1:] for text in table["days"]]
    sums = np.asarray(ended) if ended else np.zeros((0, len(ENDS)))
    return table.assign(**{f"curve_{end}": sums[:, at].astype("int64") for at, end in enumerate(ENDS)})


def _days_and_counts(text: str) -> np.ndarray:
    """day, completed, withdrawn, failed, still active: one row a day."""
    return np.asarray([[int(number) for number in day.split(":")] for day in text.split()], dtype=float)


def _table(
    name: str,
    chosen: pd.DataFrame,
    exact: pd.DataFrame,
    shown: pd.Series,
    lifts: pd.Series,
    audience: str,
    rules: Policy,
) -> pd.DataFrame:
    """The protected rows of a cube with its own columns and types."""
    if chosen.empty:
        return exact.head(0)
    counts = long(chosen, CUBES[name])
    values = shown.reindex(pd.MultiIndex.from_frame(counts[KEY])).to_numpy()
    table = chosen.copy()
    columns = list(dict.fromkeys(counts["column"]))
    for column in columns:
        is_column = (counts["column"] == column).to_numpy()
        table[column] = pd.array(values[is_column], dtype="Float64").astype("Int64")
    for column, people in AVERAGES.get(name, {}).items():
        # In whole days: a half would reveal that an even number of people is behind it.
        days = np.floor(pd.to_numeric(table[column], errors="coerce") + 0.5)
        table[column] = significant(days.where(table[people].notna()), rules.average_digits)
    for column, people in TOTALS.get(name, {}).items():
        known = table[people].notna()
        if "largest_share_of_hours" in chosen:
            known &= chosen["largest_share_of_hours"].fillna(1) <= rules.largest_share
        # The sum itself, of credits that are mostly alike, would reveal the count: so the mean times the rounded count.
        mean = chosen[column] / chosen[people].where(chosen[people] > 0)
        total = significant(mean, rules.average_digits) * table[people].astype("Float64").to_numpy(
            dtype=float, na_value=np.nan
        )
        table[column] = significant(total.where(known), rules.sum_digits)
    for column in ONE_PERSONS.get(name, ()):
        table[column] = None
    if name == "cube_cohort":
        by_end = {
            end: lifts.reindex(pd.MultiIndex.from_frame(counts[counts["column"] == f"curve_{end}"][KEY])).to_numpy()
            for end in ENDS
        }
        table["days"] = [
            _curve(
                text,
                {end: row[f"curve_{end}"] for end in ENDS},
                np.asarray([by_end[end][at] for end in ENDS]),
                audience,
                rules,
            )
            for at, (text, row) in enumerate(zip(chosen["days"], table.to_dict("records"), strict=True))
        ]
        table["learners"] = None
        columns = ["runs"]
    if name == "cube_completion":
        table["learners"] = pd.array(
            shown.reindex(pd.MultiIndex.from_frame(counts[counts["column"] == "learners"][KEY])).to_numpy(),
            dtype="Float64",
        ).astype("Int64")
        table["learners_matured"] = None
    return table[table[columns].notna().any(axis=1)][list(exact.columns)].reset_index(drop=True)


def _curve(text: str, totals: Mapping[str, Any], lifts: np.ndarray, audience: str, rules: Policy) -> str:
    """The curve in coarse steps: counts so far with the shift of their end, rounded as the ends are."""
    days = _days_and_counts(text)
    ends = np.arange(0, 731, rules.curve_step_days)
    so_far = np.asarray([days[days[:, 0] <= end][:, 1:].sum(axis=0) for end in ends]) + lifts
    down = max(rules.rounding[audience], rules.curve_rounding)
    steps = np.where(so_far < rules.least_shown(audience), 0, _floor(so_far, down))
    # Once the whole is known the rest of the way follows it; an end that is hidden is not on the way either.
    for at, end in enumerate(ENDS):
        steps[:, at] = np.minimum(steps[:, at], totals[end]) if not pd.isna(totals[end]) else 0
        if not pd.isna(totals[end]):
            steps[-1, at] = totals[end]
    gains = np.diff(steps, axis=0, prepend=0).astype(int)
    return (
        " ".join(
            ":".join(map(str, [int(end), *gain])) for end, gain in zip(ends, gains.tolist(), strict=True) if any(gain)
        )
        or "0:0:0:0:0"
    )


def _series(
    exact: pd.DataFrame, shown: pd.Series, lifts: pd.Series, as_of: pd.DataFrame, rules: Policy, key: bytes
) -> pd.DataFrame:
    """Reach at the ends of months, of which each day of a change would reveal when somebody came.

    A figure has one shift at all times: that of the last day, which is a cell.
    """
    if exact.empty:
        return exact.head(0)
    newest = _newest(as_of, exact)
    months = rules.months[COALITION]
    rows = []
    for (programme, partner), days in exact.groupby(["programme_id", "partner_id"], sort=True):
        until = newest[(programme, partner)]
        first = pd.Timestamp(days["on_date"].min()).to_period("M")
        ends = [
            min(period.to_timestamp(how="end").normalize(), until)
            for period in pd.period_range(first, until.to_period("M"), freq="M")
            if period.month % months == 0 or period == until.to_period("M")
        ]
        stamps = pd.to_datetime(days["on_date"])
        last = np.searchsorted(stamps.to_numpy(), np.asarray(ends, dtype="datetime64[ns]"), side="right") - 1
        kept = days.iloc[last[last >= 0]].copy()
        kept["on_date"] = [end.date() for end, at in zip(ends, last, strict=True) if at >= 0]
        rows.append(kept)
    table = pd.concat(rows, ignore_index=True)
    days = _on_each_day(table)
    raised = _raised_series(table, days, lifts, rules, key)
    least_shown = rules.least_shown(COALITION)
    result = table.copy()
    for column, people in SERIES.items():
        few = (raised[column] < least_shown) | (raised[people] < least_shown)
        if whole := WHOLE.get(people):
            few |= (
                shown.reindex(_keys_of_last_days(table, whole)).isna().to_numpy()
            )  # hidden as a whole, hidden at every time
        figures = _floor(raised[column], rules.rounding[COALITION])
        result[column] = pd.array(np.where(few, np.nan, figures), dtype="Float64").astype("Int64")
    result = _with_reports_shown(_without_covered(result, table, raised, days, rules))
    # The bounds of a figure, and those of it whose country is known, reveal of it what hiding it would not.
    result.loc[result["learners_reached"].isna(), ["unique_lower", "unique_upper", "located"]] = pd.NA
    result["partners"] = _partners_shown(result, days)
    return result[result[list(SERIES)].notna().any(axis=1)].reset_index(drop=True)


def _keys_of_last_days(table: pd.DataFrame, measure: str) -> pd.MultiIndex:
    """The keys of the cells that the last days of series are."""
    rest = [ALL] * len(table)
    return pd.MultiIndex.from_arrays(
        [[measure] * len(table), table["programme_id"], table["partner_id"], rest, rest], names=KEY
    )


def _raised_series(
    table: pd.DataFrame, days: list[tuple[int, np.ndarray]], lifts: pd.Series, rules: Policy, key: bytes
) -> dict[str, np.ndarray]:
    """Each figure of the series with its shift, no smaller than what two partners have of it and some more."""
    raised = {}
    some = min(rules.narrowest - 1, rules.span)
    for column in SERIES:
        n = table[column].to_numpy(dtype=float)
        if whole := WHOLE.get(column):
            lift = lifts.reindex(_keys_of_last_days(table, whole)).fillna(0).to_numpy()
        else:
            names = zip([f"series of {column}"] * len(table), table["programme_id"], table["partner_id"], strict=True)
            lift = shifts(names, rules.shift, key)
        of_two = np.zeros(len(n))
        for row, parts in days:
            two = np.sort(n[parts])[::-1][:2]
            of_two[row] = two.sum() if two.sum() <= n[row] else two[0] if two[0] <= n[row] else 0
        raised[column] = np.maximum(n + lift, of_two + some)
    for column in AUDITED_SERIES:
        covers = _covering_days(table[column].to_numpy(dtype=float), days)
        raised[column] = tightened(np.zeros(len(table)), raised[column], Sums(covers=covers), rules.span)[1]
    for column, no_more_than in AMONG:
        raised[column] = np.minimum(raised[column], np.maximum(raised[no_more_than], table[column].to_numpy(float)))
    return raised


def _covering_days(n: np.ndarray, days: list[tuple[int, np.ndarray]]) -> list[tuple[int, np.ndarray, int]]:
    return [(whole, parts, 0) for whole, parts in days if n[parts].max() <= n[whole] <= n[parts].sum()]


def _public_series(
    above: pd.DataFrame, shown: pd.Series, programmes: set[str], as_of: pd.DataFrame, rules: Policy, key: bytes
) -> pd.DataFrame:
    """Of the series that the coalition is shown those of all partners, by quarter, and coarser."""
    table = above[(above["partner_id"] == ALL) & above["programme_id"].isin(programmes)].reset_index(drop=True)
    if table.empty:
        return above.head(0)
    dates = pd.to_datetime(table["on_date"])
    is_last = ~table.duplicated("programme_id", keep="last")
    table = table[is_last | ((dates.dt.month % rules.months[PUBLIC] == 0) & dates.dt.is_month_end)]
    table = table.reset_index(drop=True)
    figures = {}
    for column in SERIES:
        keys = _keys_of_last_days(table, WHOLE.get(column, f"series of {column}"))
        again = shifts([("again", *name) for name in _names(keys.to_frame(index=False), as_of)], rules.shift_again, key)
        n = table[column].to_numpy(dtype=float, na_value=np.nan) + again
        figures[column] = np.where(n < rules.least_shown(PUBLIC), np.nan, _floor(n, rules.rounding[PUBLIC]))
        if column in WHOLE:
            figures[column] = np.minimum(figures[column], shown.reindex(keys).to_numpy())
    for column, no_more_than in AMONG:
        figures[column] = np.minimum(figures[column], figures[no_more_than])
    figures["unique_upper"] = np.maximum(figures["unique_upper"], figures["learners_reached"])
    for column in SERIES:
        table[column] = pd.array(figures[column], dtype="Float64").astype("Int64")
    return table[table[list(SERIES)].notna().any(axis=1)].reset_index(drop=True)


def _partners_shown(series: pd.DataFrame, days: list[tuple[int, np.ndarray]]) -> pd.Series:
    """How many partners are shown to have reached learners each day: how many have any would set ‡ apart from none."""
    is_shown = series["learners_reached"].notna().to_numpy()
    partners = np.where(is_shown, 1, 0)
    for row, parts in days:
        partners[row] = is_shown[parts].sum()
    return pd.Series(pd.array(partners, dtype="Int64"), index=series.index).where(lambda n: n > 0)


def _without_covered(
    result: pd.DataFrame,
    exact: pd.DataFrame,
    raised: Mapping[str, np.ndarray],
    days: list[tuple[int, np.ndarray]],
    rules: Policy,
) -> pd.DataFrame:
    """Figures of partners on one day without those that the figure of all of them would narrow too much.

    The last figure of each series is a cell, audited with all cells; of the others the smallest partner's goes first.
    """
    result = result.copy()
    is_last = ~result.duplicated(["programme_id", "partner_id"], keep="last").to_numpy()
    base, least_shown = rules.rounding[COALITION], rules.least_shown(COALITION)
    for column in AUDITED_SERIES:
        shown = result[column].to_numpy(dtype=float, na_value=np.nan)
        n = exact[column].to_numpy(dtype=float)
        covers = _covering_days(n, days)
        closed = is_last & (column != "learners_with_credential")
        while covers:
            unknown = np.isnan(shown)
            doubtful = raised[column] >= least_shown
            below = rules.hide_below
            low, high = bounds(n, shown - rules.span, shown + base - 1, unknown, doubtful, below, least_shown)
            low, high = tightened(low, high, Sums(covers=covers), rules.span)
            narrow = high - low < rules.narrowest - 1
            more = [
                cell
                for whole, parts, _ in covers
                if narrow[[whole, *parts]].any()
                for cell in _smallest_shown(parts, n, unknown | closed)
                or _smallest_shown(np.asarray([whole]), n, unknown | closed)
            ]
            if not more:
                break
            shown[more] = np.nan
        result[column] = pd.array(shown, dtype="Float64").astype("Int64")
    return result


def _on_each_day(series: pd.DataFrame) -> list[tuple[int, np.ndarray]]:
    """For each row of all partners the last row of each partner by that day: where a series ends, it rests."""
    last_days = []
    for _programme, rows in series.groupby("programme_id", sort=False).indices.items():
        group = series.iloc[rows]
        days = group["on_date"].to_numpy(dtype="datetime64[D]")
        partners = {
            partner: (days[at], rows[at]) for partner, at in group.groupby("partner_id", sort=False).indices.items()
        }
        of_all, whole = partners.pop(ALL, (days[:0], rows[:0]))
        for day, row in zip(of_all, whole, strict=True):
            last = [
                (at[np.searchsorted(known, day, side="right") - 1])
                for known, at in partners.values()
                if known[0] <= day
            ]
            if last:
                last_days.append((int(row), np.asarray(last)))
    return last_days


def _with_reports_shown(result: pd.DataFrame) -> pd.DataFrame:
    """The upper bound as the sum of what is shown of partners: that of their true figures would narrow each of them."""
    result = result.copy()
    for _programme, rows in result.groupby("programme_id").groups.items():
        group = result.loc[rows]
        of_all = group[group["partner_id"] == ALL].set_index("on_date")
        each = group[group["partner_id"] != ALL].pivot(index="on_date", columns="partner_id", values="learners_reached")
        if of_all.empty or each.empty:
            continue
        days = each.index.union(of_all.index)
        reports = each.reindex(days).ffill().fillna(0).sum(axis=1).reindex(of_all.index)
        most = np.maximum(
            reports.to_numpy(dtype=float), of_all["learners_reached"].to_numpy(dtype=float, na_value=np.nan)
        )
        at = group.index[group["partner_id"] == ALL]
        result.loc[at, "unique_upper"] = pd.array(most, dtype="Float64").astype("Int64")
    return result


def _newest(as_of: pd.DataFrame, table: pd.DataFrame) -> dict[tuple[str, str], pd.Timestamp]:
    """Until when the rows of each programme (or total) and partner go: what files state, else the last change."""
    newest: dict[tuple[str, str], pd.Timestamp] = {}
    whole = pd.Timestamp(as_of["as_of_on"].max()) if len(as_of) else pd.Timestamp(table["on_date"].max())
    for programme, partner in table[["programme_id", "partner_id"]].drop_duplicates().itertuples(index=False):
        rows = as_of[as_of["programme_id"] == programme]
        if programme == ALL:
            rows = as_of[as_of["audience"] != "rehearsal"]
        elif programme == FOR_REFUGEES:
            rows = as_of[as_of["audience"] == "refugees"]
        rows = rows[rows["partner_id"] == partner] if partner != ALL else rows
        newest[(programme, partner)] = pd.Timestamp(rows["as_of_on"].max()) if len(rows) else whole
    return newest


def _benchmark(
    exact: pd.DataFrame,
    shown: pd.DataFrame,
    own: pd.DataFrame,
    of_partners: pd.DataFrame,
    regions: Mapping[str, str],
    rules: Policy,
) -> pd.DataFrame:
    """The others beside each partner, where they are enough to hide among.

    They are what is shown of all less what is known of the partner, so nothing is revealed that was not known. Of a
    region only countries are counted of which all are shown. Whether the others are enough is read off what the
    coalition is shown of them (`of_partners`).
    """
    areas = _by_area(of_partners[of_partners["partner_id"] != ALL], regions)
    others = _others(areas, exact[["programme_id", "area_level", "area", "partner_id"]])
    table = exact.drop(columns=["other_partners", "others_reports", "two_largest"])
    table = table.merge(others, on=["programme_id", "area_level", "area", "partner_id"], how="left")
    table = table[list(exact.columns)]
    table = table[_enough_others(table, rules)].reset_index(drop=True)
    # A hidden part of a row stays out of its sums, so that each column is summed where it is known of all and of one.
    everybody = _by_area(shown[shown["partner_id"] == ALL], regions).drop(columns="partner_id")
    mine = _by_area(own[own["partner_id"] != ALL], regions)
    both = everybody.merge(mine, on=["programme_id", "country_iso3"], suffixes=("", "_own"))
    result = table.copy()
    keys = pd.MultiIndex.from_frame(table[["programme_id", "partner_id", "area_level", "area"]])
    for column, name in (
        ("others_registered", "learners_registered"),
        ("others_reached", "learners"),
        ("others_completed", "learners_completed"),
    ):
        left = both[name].astype(float) - both[name + "_own"].astype(float)
        left_by_area = pd.concat(
            [
                both.assign(left=left, area_level=level, area=both[area]).dropna(subset=["left", "area"])
                for level, area in (("world", "world"), ("region", "region"), ("country", "country"))
            ]
        )
        sums = left_by_area.groupby(["programme_id", "partner_id", "area_level", "area"])["left"].sum()
        n = sums.reindex(keys).to_numpy(dtype=float)
        result[column] = pd.array(
            np.where(n >= rules.hide_below, _floor(n + 2, rules.rounding[COALITION]), np.nan), dtype="Float64"
        ).astype("Int64")
    result[["others_reports", "two_largest"]] = None
    return result[result["others_registered"].notna()].reset_index(drop=True)


def _by_area(lands: pd.DataFrame, regions: Mapping[str, str]) -> pd.DataFrame:
    """Rows by host with the areas each belongs to: the world is the row of all, which no country adds to."""
    hosts = lands[lands["counted_by"] == "host"]
    is_all = hosts["country_iso3"] == ALL
    return hosts[
        ["programme_id", "partner_id", "country_iso3", "learners_registered", "learners", "learners_completed"]
    ].assign(
        world=pd.Series("world", index=hosts.index).where(is_all),
        region=hosts["country_iso3"].map(dict(regions)).where(~is_all),
        country=hosts["country_iso3"].where(~is_all),
    )


def significant(values: pd.Series, digits: int) -> pd.Series:
    """The numbers to so many significant digits; missing stays missing."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** (np.floor(np.log10(np.abs(numbers))) - digits + 1)
        whole = np.round(numbers / power) * power
    return pd.Series(np.where(numbers == 0, 0.0, whole), index=values.index)
