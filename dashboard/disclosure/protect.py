"""From exact cubes to what those who do not own the rows may see: small counts hidden, the rest rounded, then audited.

Knows tables only. A cell that is hidden is missing in the protected cube, and a row of which nothing is shown is left
out, so that none, few and hidden cannot be told apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard.disclosure.audit import (
    UNKNOWN_ABOVE,
    Contradiction,
    Finding,
    Sums,
    attackers,
    bounds,
    findings,
    own_counts,
    rounded,
    sums_of,
    tightened,
)
from dashboard.disclosure.cells import ALL, CUBES, ENDS, KEY, STEPS, cells_of, long
from dashboard.disclosure.policy import COALITION, PUBLIC, Policy, policy
from dashboard.refusals import Refusal

# Grains so fine that only owners have them.
OWNERS_ONLY = ("cube_retention", "cube_quiet", "cube_like", "cube_hub_like", "cube_hub_attendance")
# Of which others than owners have the totals of all partners only.
TOTALS_ONLY = ("cube_flow", "cube_outcome", "cube_programme")
BENCHMARK, REACH = "cube_benchmark", "cube_reach"
FOR_REFUGEES = "for_refugees"
PROTECTED = (*CUBES, *OWNERS_ONLY, BENCHMARK, REACH)
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


@dataclass(frozen=True)
class _Sight:
    """What an audience may have at all: its rows by cube, their cells and sums, and what attackers know of each cell.

    `small` are hidden by the policy; `base` is what each is rounded to, and `coarse` what that is rounded down to.
    """

    audience: str
    chosen: Mapping[str, pd.DataFrame]
    cells: pd.DataFrame
    sums: Sums
    small: np.ndarray
    base: np.ndarray
    coarse: np.ndarray
    known: Mapping[str, np.ndarray | None]

    @property
    def keys(self) -> pd.MultiIndex:
        """The key of each cell."""
        return (
            pd.MultiIndex.from_frame(self.cells[KEY])
            if len(self.cells)
            else pd.MultiIndex.from_arrays([[]] * len(KEY), names=KEY)
        )


def protect(
    exact: Mapping[str, pd.DataFrame],
    audience: str,
    as_of: pd.DataFrame,
    rules: Policy | None = None,
    regions: Mapping[str, str] | None = None,
) -> Protected:
    """The cubes as one audience may see them, as `protect_both` gives them.

    Where the coalition can be shown nothing safely, what the public may see is worked out without it.

    Raises:
        AuditFailed: people can be worked out of what would be shown to this audience.
    """
    rules = rules or policy()
    if audience == PUBLIC:
        try:
            return protect_both(exact, as_of, rules, regions)[PUBLIC]
        except AuditFailed:
            pass  # whoever publishes asks for both, and is refused
    sight = _sight(exact, audience, as_of, rules)
    hidden, rounds = _hide_until_safe(sight, sight.small, rules)
    return _protected(exact, sight, hidden, rounds, as_of, rules, regions or {})


def protect_both(
    exact: Mapping[str, pd.DataFrame],
    as_of: pd.DataFrame,
    rules: Policy | None = None,
    regions: Mapping[str, str] | None = None,
) -> Mapping[str, Protected]:
    """The cubes as the coalition and the public may see them, audited; by audience.

    What the public sees the coalition sees too: what had to be hidden from the coalition, which knows figures of each
    partner, is hidden from the public as well.

    Args:
        exact: every cube of `PROTECTED` by name.
        as_of: programme_id, partner_id, audience, as_of_on: until when the rows of each go.
        rules: the policy; the one in force without it.
        regions: region of each country, for benchmarks of regions; none of these without it.

    Raises:
        AuditFailed: people can be worked out of what would be shown.
    """
    rules = rules or policy()
    coalition, public = _sight(exact, COALITION, as_of, rules), _sight(exact, PUBLIC, as_of, rules)
    hidden, rounds = _hide_until_safe(coalition, coalition.small, rules)
    hidden_too = public.small | public.keys.isin(coalition.keys[hidden])
    hidden_too, rounds_too = _hide_until_safe(public, hidden_too, rules)
    above = _protected(exact, coalition, hidden, rounds, as_of, rules, regions or {})
    return {
        COALITION: above,
        PUBLIC: _protected(exact, public, hidden_too, rounds_too, as_of, rules, regions or {}, above.tables),
    }


def _sight(exact: Mapping[str, pd.DataFrame], audience: str, as_of: pd.DataFrame, rules: Policy) -> _Sight:
    chosen = {name: _chosen(name, exact[name], audience, rules, exact[BENCHMARK]) for name in CUBES}
    cells = cells_of(chosen)
    base = np.full(len(cells), rules.rounding[audience])
    curves = cells["measure"].str.startswith("curve_").to_numpy(dtype=bool)
    known: dict[str, np.ndarray | None] = {"an outsider": None}
    if audience == PUBLIC:
        # What is public is what a partner sees beside its own.
        whole = cells_of({name: _with_curves(name, _only(name, exact[name])) for name in CUBES})
        known |= {name: own_counts(cells, whole, partners) for name, partners in attackers(whole).items()}
    return _Sight(
        audience,
        chosen,
        cells,
        sums_of(cells, as_of),
        ((cells["n"] < rules.hide_below) | (cells["people"] < rules.hide_below)).to_numpy(),
        base,
        np.where(curves, max(rules.curve_rounding, rules.rounding[audience]), base),
        known,
    )


def _protected(
    exact: Mapping[str, pd.DataFrame],
    sight: _Sight,
    hidden: np.ndarray,
    rounds: int,
    as_of: pd.DataFrame,
    rules: Policy,
    regions: Mapping[str, str],
    above: Mapping[str, pd.DataFrame] | None = None,
) -> Protected:
    """The tables with what is hidden left out; `above` are those of the coalition, where they are the public's."""
    audience = sight.audience
    counts = rounded(sight.cells["n"].to_numpy(dtype=float), sight.base, sight.coarse)
    shown = pd.Series(np.where(hidden, np.nan, counts), index=sight.keys)
    tables = {name: _table(name, sight.chosen[name], exact[name], shown, audience, rules) for name in CUBES}
    tables |= {name: exact[name].head(0) for name in OWNERS_ONLY}
    series = _series(exact[REACH], shown, audience, as_of, rules, _programmes(exact[BENCHMARK], rules))
    tables[REACH] = _no_more_than(series, above[REACH]) if above else series
    lands = tables["cube_country"]
    # The public learns of no partner; a partner has its own rows exactly, and of the others what is public.
    own = lands if audience == COALITION else exact["cube_country"]
    beside = _benchmark(exact[BENCHMARK], lands, own, regions, rules)
    tables[BENCHMARK] = beside if audience == COALITION else exact[BENCHMARK].head(0)
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
        return _looked_at(sight, begun, rules)
    except Contradiction as wrong:
        raise AuditFailed(
            f"What {sight.audience} viewers would see cannot be audited: {wrong}. Nothing was published; this is a "
            "defect of the program, so tell whoever maintains it."
        ) from wrong


def _looked_at(sight: _Sight, begun: np.ndarray, rules: Policy) -> tuple[np.ndarray, int]:
    cells, sums, small, base, coarse = sight.cells, sight.sums, sight.small, sight.base, sight.coarse
    hidden = begun.copy()
    near = _near(cells)
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
            low, high = bounds(cells, hidden, doubtful, base, coarse, rules.hide_below, own)
            plain_low, plain_high = tightened(low, high, sums, rules.hide_below, covered=False)
            low, high = tightened(plain_low, plain_high, sums, rules.hide_below)
            by_covers = (high - low < rules.narrowest - 1) & (plain_high - plain_low >= rules.narrowest - 1)
            for found in findings(cells, sums, low, high, rules.narrowest, todo, safe):
                more: list[int] = []
                if found.cell is not None:
                    touched.add(int(of_block[found.cell]))
                    if by_covers[found.cell]:
                        beside = _covering(found.cell, sums)
                        if newly & beside:
                            continue  # what was hidden this time may do for this one too: the next look tells
                        more = _smallest_shown(np.asarray(sorted(beside)), cells["n"].to_numpy(), hidden)
                more = more or _also_hide(found, cells, sums, hidden)
                more = more or _beside(found, near, cells, hidden)
                helpless = helpless or not more
                for one in more:
                    hidden[one] = True
                    newly.add(one)
                    touched.add(int(of_block[one]))
                    doubtful = _doubtful(near, hidden & ~small)
        if not touched and not helpless and todo is everywhere:
            return hidden, done
        # What covers tell reaches other blocks, so that all are looked at again in the end.
        todo = sorted(touched) if touched else everywhere
    place = ", ".join(str(part) for part in cells[KEY].iloc[min(sums.blocks[min(todo)])])
    raise AuditFailed(
        f"After {rules.rounds} rounds of hiding more, counts of fewer than {rules.hide_below} people could still be "
        f"worked out (around {place}). Nothing was published. Withdraw the newest file, or publish it with others."
    )


def _covering(cell: int, sums: Sums) -> set[int]:
    """The cell and all that cover it, or that it covers, over partners and programmes."""
    found = {cell}
    for whole, parts, _ in sums.covers:
        if whole == cell or cell in parts:
            found.update([whole, *parts.tolist()])
    return found


def _also_hide(found: Finding, cells: pd.DataFrame, sums: Sums, hidden: np.ndarray) -> list[int]:
    """What to hide so that a cell, or the absent parts of a family, is known less well."""
    n = cells["n"].to_numpy()
    if found.family is not None:
        total, parts, _ = sums.families[found.family]
        return _smallest_shown(parts, n, hidden) or ([total] if not hidden[total] else [])
    assert found.cell is not None
    cell = found.cell
    groups = [(total, parts) for total, parts, _ in sums.families] + sums.parts
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


def _near(cells: pd.DataFrame) -> list[np.ndarray]:
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
    """Hidden cells of which nobody can say whether they are few, as more was hidden of their measure or their place."""
    return np.isin(near[0], near[0][more]) | np.isin(near[1], near[1][more])


def _beside(found: Finding, near: list[np.ndarray], cells: pd.DataFrame, hidden: np.ndarray) -> list[int]:
    """What else to hide where all that hangs together with a cell is hidden, so that it may be many for all one knows.

    The smallest count shown of its measure, else at its place, else of its programme.
    """
    if found.cell is None:
        return []
    n = cells["n"].to_numpy()
    for number in near:
        if more := _smallest_shown(np.flatnonzero(number == number[found.cell]), n, hidden):
            return more
    return []


def _smallest_shown(parts: np.ndarray, n: np.ndarray, hidden: np.ndarray) -> list[int]:
    shown = parts[~hidden[parts]]
    return [int(shown[np.argmin(n[shown])])] if len(shown) else []


def _programmes(benchmark: pd.DataFrame, rules: Policy) -> set[str]:
    """Programmes and totals in which every partner would find others enough to hide among."""
    world = benchmark[benchmark["area_level"] == "world"]
    enough = _enough_others(world, rules)
    return set(world["programme_id"]) - set(world[~enough]["programme_id"])


def _enough_others(rows: pd.DataFrame, rules: Policy) -> pd.Series:
    return (rows["other_partners"] >= rules.other_partners) & (
        rows["two_largest"] <= rules.two_largest * rows["others_reports"]
    )


def _only(name: str, table: pd.DataFrame) -> pd.DataFrame:
    only = CUBES[name].only
    return table[only(table)] if only and len(table) else table


def _chosen(name: str, table: pd.DataFrame, audience: str, rules: Policy, benchmark: pd.DataFrame) -> pd.DataFrame:
    """The rows that an audience may have at all, with the columns that cells are read from."""
    table = _only(name, table)
    if audience == PUBLIC or name in TOTALS_ONLY:
        table = table[table["partner_id"] == ALL]
    if audience == PUBLIC:
        table = table[table["programme_id"].isin(_programmes(benchmark, rules))]
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
    ended = [_told(text).sum(axis=0)[1:] for text in table["days"]]
    sums = np.asarray(ended) if ended else np.zeros((0, len(ENDS)))
    return table.assign(**{f"curve_{end}": sums[:, at].astype("int64") for at, end in enumerate(ENDS)})


def _told(text: str) -> np.ndarray:
    """day, completed, withdrawn, failed, still active: one row a day."""
    return np.asarray([[int(part) for part in day.split(":")] for day in text.split()], dtype=float)


def _table(
    name: str, chosen: pd.DataFrame, exact: pd.DataFrame, shown: pd.Series, audience: str, rules: Policy
) -> pd.DataFrame:
    """The protected rows of a cube with its own columns and types."""
    if chosen.empty:
        return exact.head(0)
    counts = long(chosen, CUBES[name])
    values = shown.reindex(pd.MultiIndex.from_frame(counts[KEY])).to_numpy()
    table = chosen.copy()
    columns = list(dict.fromkeys(counts["column"]))
    for column in columns:
        here = (counts["column"] == column).to_numpy()
        table[column] = pd.array(values[here], dtype="Float64").astype("Int64")
    for column, people in AVERAGES.get(name, {}).items():
        table[column] = significant(table[column].where(table[people].notna()), rules.average_digits)
    for column, people in TOTALS.get(name, {}).items():
        known = table[people].notna()
        if "largest_share_of_hours" in chosen:
            known &= chosen["largest_share_of_hours"].fillna(1) <= rules.largest_share
        # The sum itself, of credits that are mostly alike, would tell the count: so the mean times the rounded count.
        mean = chosen[column] / chosen[people].where(chosen[people] > 0)
        total = significant(mean, rules.average_digits) * table[people].astype("Float64").to_numpy(
            dtype=float, na_value=np.nan
        )
        table[column] = significant(total.where(known), rules.sum_digits)
    for column in ONE_PERSONS.get(name, ()):
        table[column] = None
    if name == "cube_cohort":
        base = rules.rounding[audience]
        table["days"] = [
            _curve(text, {end: row[f"curve_{end}"] for end in ENDS}, base, max(base, rules.curve_rounding), rules)
            for text, row in zip(chosen["days"], table.to_dict("records"), strict=True)
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


def _curve(text: str, totals: Mapping[str, Any], base: int, coarse: int, rules: Policy) -> str:
    """The curve in coarse steps: counts so far rounded, so that the steps between are multiples of the coarse base."""
    told = _told(text)
    ends = np.arange(0, 731, rules.curve_step_days)
    so_far = np.asarray([told[told[:, 0] <= end][:, 1:].sum(axis=0) for end in ends])
    steps = np.where(so_far < rules.hide_below, 0, rounded(so_far, base, coarse))
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
    exact: pd.DataFrame, shown: pd.Series, audience: str, as_of: pd.DataFrame, rules: Policy, public: set[str]
) -> pd.DataFrame:
    """Reach at the ends of periods, of which each day of a change would tell when somebody came."""
    table = exact
    if audience == PUBLIC:
        table = table[(table["partner_id"] == ALL) & table["programme_id"].isin(public)]
    if table.empty:
        return exact.head(0)
    newest = _newest(as_of, table)
    months = rules.months[audience]
    rows = []
    for (programme, partner), days in table.groupby(["programme_id", "partner_id"], sort=True):
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
    base = rules.rounding[audience]
    result = table.copy()
    for column, people in SERIES.items():
        n = table[column].to_numpy(dtype=float)
        # Whoever is hidden as a whole is hidden at every time.
        whole = {"learners_registered": "registered", "learners_reached": "reached"}.get(people)
        keys = pd.MultiIndex.from_arrays(
            [
                [whole or ""] * len(table),
                table["programme_id"],
                table["partner_id"],
                [ALL] * len(table),
                [ALL] * len(table),
            ],
            names=KEY,
        )
        is_hidden = shown.reindex(keys).isna().to_numpy() if whole else np.zeros(len(table), dtype=bool)
        few = (n < rules.hide_below) | (table[people].to_numpy() < rules.hide_below) | is_hidden
        result[column] = pd.array(np.where(few, np.nan, rounded(n, base)), dtype="Float64").astype("Int64")
    if audience == COALITION:
        result = _with_reports_shown(_without_covered(result, table, base, rules))
    # The bounds of a figure, and those of it whose country is known, tell of it what hiding it would not.
    result.loc[result["learners_reached"].isna(), ["unique_lower", "unique_upper", "located"]] = pd.NA
    return result[result[list(SERIES)].notna().any(axis=1)].reset_index(drop=True)


def _without_covered(result: pd.DataFrame, exact: pd.DataFrame, base: int, rules: Policy) -> pd.DataFrame:
    """Figures of partners on one day without those that the figure of all of them would narrow too much.

    The last figure of each series is a cell, audited with all cells; of the others the smallest partner's goes first.
    """
    result = result.copy()
    is_last = ~result.duplicated(["programme_id", "partner_id"], keep="last").to_numpy()
    days = _on_each_day(result)
    for column in ("learners_registered", "learners_reached", "learners_with_credential"):
        shown = result[column].to_numpy(dtype=float, na_value=np.nan)
        n = exact[column].to_numpy(dtype=float)
        covers = [(whole, parts, 0) for whole, parts in days if n[parts].max() <= n[whole] <= n[parts].sum()]
        closed = is_last & (column != "learners_with_credential")
        while covers:
            unknown = np.isnan(shown)
            low = np.where(unknown, 0.0, np.maximum(shown - base // 2, rules.hide_below))
            few = n < rules.hide_below
            high = np.where(unknown, np.where(few, rules.hide_below - 1.0, n + UNKNOWN_ABOVE), shown + (base - 1) // 2)
            low, high = tightened(low, high, Sums(covers=covers), rules.hide_below)
            narrow = high - low < rules.narrowest - 1
            more = [
                one
                for whole, parts, _ in covers
                if narrow[[whole, *parts]].any()
                for one in _smallest_shown(parts, n, unknown | closed)
                or _smallest_shown(np.asarray([whole]), n, unknown | closed)
            ]
            if not more:
                break
            shown[more] = np.nan
        result[column] = pd.array(shown, dtype="Float64").astype("Int64")
    return result


def _no_more_than(series: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """The figures of a series of which those who see more are shown the same figure."""
    place = ["programme_id", "partner_id", "on_date"]
    wide = series[place].merge(above, on=place, how="left")
    kept = series.copy()
    for column in SERIES:
        kept[column] = series[column].where(wide[column].notna().to_numpy())
    return kept[kept[list(SERIES)].notna().any(axis=1)].reset_index(drop=True)


def _on_each_day(series: pd.DataFrame) -> list[tuple[int, np.ndarray]]:
    """For each row of all partners the last row of each partner by that day: where a series ends, it rests."""
    found = []
    for _programme, rows in series.groupby("programme_id", sort=False).indices.items():
        here = series.iloc[rows]
        days = here["on_date"].to_numpy(dtype="datetime64[D]")
        partners = {
            partner: (days[at], rows[at]) for partner, at in here.groupby("partner_id", sort=False).indices.items()
        }
        of_all, whole = partners.pop(ALL, (days[:0], rows[:0]))
        for day, row in zip(of_all, whole, strict=True):
            last = [
                (at[np.searchsorted(known, day, side="right") - 1])
                for known, at in partners.values()
                if known[0] <= day
            ]
            if last:
                found.append((int(row), np.asarray(last)))
    return found


def _with_reports_shown(result: pd.DataFrame) -> pd.DataFrame:
    """The upper bound as the sum of what is shown of partners: that of their true figures would narrow each of them."""
    result = result.copy()
    for _programme, rows in result.groupby("programme_id").groups.items():
        here = result.loc[rows]
        of_all = here[here["partner_id"] == ALL].set_index("on_date")
        each = here[here["partner_id"] != ALL].pivot(index="on_date", columns="partner_id", values="learners_reached")
        if of_all.empty or each.empty:
            continue
        days = each.index.union(of_all.index)
        reports = each.reindex(days).ffill().fillna(0).sum(axis=1).reindex(of_all.index)
        most = np.maximum(
            reports.to_numpy(dtype=float), of_all["learners_reached"].to_numpy(dtype=float, na_value=np.nan)
        )
        at = here.index[here["partner_id"] == ALL]
        result.loc[at, "unique_upper"] = pd.array(most, dtype="Float64").astype("Int64")
    return result


def _newest(as_of: pd.DataFrame, table: pd.DataFrame) -> dict[tuple[str, str], pd.Timestamp]:
    """Until when the rows of each programme (or total) and partner go: what files say, else the last change."""
    found: dict[tuple[str, str], pd.Timestamp] = {}
    whole = pd.Timestamp(as_of["as_of_on"].max()) if len(as_of) else pd.Timestamp(table["on_date"].max())
    for programme, partner in table[["programme_id", "partner_id"]].drop_duplicates().itertuples(index=False):
        rows = as_of[as_of["programme_id"] == programme]
        if programme == ALL:
            rows = as_of[as_of["audience"] != "rehearsal"]
        elif programme == FOR_REFUGEES:
            rows = as_of[as_of["audience"] == "refugees"]
        rows = rows[rows["partner_id"] == partner] if partner != ALL else rows
        found[(programme, partner)] = pd.Timestamp(rows["as_of_on"].max()) if len(rows) else whole
    return found


def _benchmark(
    exact: pd.DataFrame, shown: pd.DataFrame, own: pd.DataFrame, regions: Mapping[str, str], rules: Policy
) -> pd.DataFrame:
    """The others beside each partner, where they are enough to hide among.

    They are what is shown of all less what is known of the partner, so that nothing is told that was not known. Of a
    region only countries are counted of which all are shown.
    """
    table = exact[_enough_others(exact, rules)].reset_index(drop=True)
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
        found = pd.concat(
            [
                both.assign(left=left, area_level=level, area=both[area]).dropna(subset=["left", "area"])
                for level, area in (("world", "world"), ("region", "region"), ("country", "country"))
            ]
        )
        sums = found.groupby(["programme_id", "partner_id", "area_level", "area"])["left"].sum()
        n = sums.reindex(keys).to_numpy(dtype=float)
        result[column] = pd.array(
            np.where(n >= rules.hide_below, rounded(n, rules.rounding[COALITION]), np.nan), dtype="Float64"
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


def without_rounding(rules: Policy) -> Policy:
    """The policy with rounding switched off: an audit of it must fail."""
    return replace(rules, rounding={COALITION: 1, PUBLIC: 1}, curve_rounding=1)


__all__ = ["AuditFailed", "PROTECTED", "Protected", "STEPS", "protect", "protect_both", "without_rounding"]
