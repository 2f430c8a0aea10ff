"""The attacker: what can be worked out of what is shown, by linear programs over all that adds up.

An attacker knows every figure shown, the policy, how figures add up, and perhaps cells of its own. What it cannot rule
out for a cell is a range of whole numbers; a release passes when no range holds fewer than the policy's narrowest.
HiGHS finds the ends of a range. Most cells need no program of their own: two solutions of the whole that
differ enough at a cell prove its range, and random directions find such solutions for nearly all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard.disclosure.cells import (
    ALL,
    CHAINS,
    HELD,
    HOLDERS,
    HOLDERS_OF_ANY,
    KEY,
    LOCATED,
    OF_ANY,
    OF_EVENTS,
    OF_LEARNERS,
    PARTS,
    PEOPLE_OF_EVENTS,
    PEOPLE_THAT_ADD_UP,
    UNKNOWN,
    within_rows,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FRUITLESS = 3
PRIMAL = 4  # simplex strategy of HiGHS
SEED = 20_261_122
UNKNOWN_ABOVE = 1_000.0
FOR_REFUGEES = "for_refugees"
SWEEPS = 20
# Partners of a cell, the largest first, of whom any two may lay their rows together.
LARGEST = 8


@dataclass
class Sums:
    """How the cells of a table hang together, by their positions in it.

    `families` are a total, its parts and how many parts are not in the table (nobody); `flows` a country and the pairs
    that it is one end of; `parts` a sum and its terms; `chains` a count and another that is among it; `covers` a count
    of all with those of each partner (or programme), which are among it and make it up, some people in several of them,
    and how many of these are not in the table; `blocks` groups of cells that no sum connects.
    """

    families: list[tuple[int, np.ndarray, int]] = field(default_factory=list)
    flows: list[tuple[int, np.ndarray]] = field(default_factory=list)
    parts: list[tuple[int, np.ndarray]] = field(default_factory=list)
    chains: list[tuple[int, int]] = field(default_factory=list)
    covers: list[tuple[int, np.ndarray, int]] = field(default_factory=list)
    blocks: list[np.ndarray] = field(default_factory=list)


class Contradiction(Exception):
    """Counts do not add up as they are stated to: a defect of a cube or of `cells`, so that nothing can be audited."""


@dataclass(frozen=True)
class Finding:
    """A cell, or the absent parts of a family (`cell` is None), that an attacker knows too well."""

    cell: int | None
    family: int | None
    low: float
    high: float


def sums_of(
    cells: pd.DataFrame, streams: pd.DataFrame | None = None, tables: Mapping[str, pd.DataFrame] | None = None
) -> Sums:
    """The sums among the cells of `cells.cells_of`, of the rows of `tables`.

    `streams` states who reports what: programme_id, partner_id and the audience of the programme.
    """
    sums = Sums()
    at = {key: position for position, key in enumerate(cells[KEY].itertuples(index=False, name=None))}
    groups = cells.groupby(["measure", "programme_id", "partner_id", "dimension"], sort=True).indices
    for (measure, programme, partner, dimension), positions in groups.items():
        kind = str(dimension)
        by_learners = kind in OF_LEARNERS
        of_people = str(measure).startswith(PEOPLE_OF_EVENTS) and (measure, kind) not in PEOPLE_THAT_ADD_UP
        if not by_learners and (kind not in OF_EVENTS or of_people):
            continue
        total = at.get((measure, programme, partner, ALL, ALL))
        if total is not None:
            absent = max(OF_LEARNERS[kind] - len(positions), 0) if by_learners else 0
            sums.families.append((total, np.asarray(positions), absent))
    flows = cells[cells["dimension"] == "flow"]
    if len(flows):
        ends = flows["value"].str.split(">", expand=True)
        for dimension, codes in (("country_origin", ends[0]), ("country_host", ends[1])):
            for (programme, code), rows in flows.groupby([flows["programme_id"], codes]).groups.items():
                total = at.get(("reached", programme, ALL, dimension, code))
                if total is not None:
                    sums.flows.append((total, np.asarray(rows)))
    by_place: dict[tuple, dict[str, int]] = {}
    for position, (measure, *group) in enumerate(cells[KEY].itertuples(index=False, name=None)):
        by_place.setdefault(tuple(group), {})[measure] = position
    for group, cell_of in by_place.items():
        for whole, *terms in PARTS:
            if whole in cell_of and all(term in cell_of for term in terms):
                sums.parts.append((cell_of[whole], np.asarray([cell_of[term] for term in terms])))
        for chain in CHAINS:
            known = [cell_of[step] for step in chain if step in cell_of]
            sums.chains += list(zip(known, known[1:], strict=False))
        sums.parts += _kinds(cell_of)
        holders = [cell for measure, cell in cell_of.items() if measure.startswith(HOLDERS)]
        if holders and HOLDERS_OF_ANY in cell_of:
            sums.covers.append((cell_of[HOLDERS_OF_ANY], np.asarray(holders), 0))
        unknown = at.get(("reached", *group[:2], "country_host", UNKNOWN))
        if LOCATED in cell_of and "reached" in cell_of:
            known = [cell_of[LOCATED], *([] if unknown is None else [unknown])]
            sums.parts.append((cell_of["reached"], np.asarray(known)))
    within, orders = within_rows(tables, cells) if tables else ([], [])
    sums.parts += [(whole, np.asarray(parts)) for whole, parts in within]
    sums.chains += orders
    n = cells["n"].to_numpy()
    # What two partners report differently may break a rule that holds of each.
    sums.chains = list(dict.fromkeys((whole, part) for whole, part in sums.chains if n[part] <= n[whole]))
    sums.parts = [(whole, parts) for whole, parts in sums.parts if n[parts].sum() == n[whole]]
    if streams is not None:
        # Two reports of one course run may differ in how it ended: then a part can be more than the whole.
        sums.covers = [
            (whole, parts, absent)
            for whole, parts, absent in [*sums.covers, *_covers(at, streams)]
            if n[parts].max() <= n[whole] and (absent or n[parts].sum() >= n[whole])
        ]
    sums.blocks = _blocks(cells, sums)
    return sums


def _kinds(cell_of: Mapping[str, int]) -> list[tuple[int, np.ndarray]]:
    """Credentials of all kinds as the sums of those of each, at one place; those stacked on others apart."""
    wholes = []
    for stacked, measure in OF_ANY.items():
        kinds = [cell for name, cell in cell_of.items() if name.startswith(HELD) and name.endswith(f":{stacked}")]
        if measure in cell_of and kinds:
            wholes.append((cell_of[measure], np.asarray(kinds)))
    return wholes


def _covers(at: Mapping[tuple, int], streams: pd.DataFrame) -> list[tuple[int, np.ndarray, int]]:
    """Counts of all partners over each partner's, and counts of several programmes over each programme's."""
    reports = set(zip(streams["programme_id"], streams["partner_id"], strict=True))
    audience = dict(zip(streams["programme_id"], streams["audience"], strict=True))
    inside = {
        FOR_REFUGEES: sorted(name for name, group in audience.items() if group == "refugees"),
        ALL: sorted(name for name, group in audience.items() if group != "rehearsal"),
    }
    reports |= {(total, partner) for total, names in inside.items() for name, partner in reports if name in names}
    partners: dict[str, list[str]] = {}
    for programme, partner in sorted(reports):
        partners.setdefault(programme, []).append(partner)
    # Phases may overlap, so that they cover a programme and need not add up to it.
    phases: dict[tuple[str, str], list[int]] = {}
    for (measure, programme, _partner, dimension, _value), cell in at.items():
        if dimension == "phase":
            phases.setdefault((measure, programme), []).append(cell)
    covers = []
    shown = {(programme, partner) for _measure, programme, partner, *_group in at}
    for (measure, programme, partner, dimension, value), whole in at.items():
        if dimension == "flow":
            continue
        groups = []
        if partner == ALL:
            groups.append([(measure, programme, partner, dimension, value) for partner in partners.get(programme, ())])
        if programme in inside:
            names = [name for name in inside[programme] if partner == ALL or (name, partner) in reports]
            groups.append([(measure, name, partner, dimension, value) for name in names])
        for group in groups:
            known = [at[key] for key in group if key in at]
            # What an audience has no rows of at all may be any number; of the rest, what is not there is nobody.
            is_open = any((cell_key[1], cell_key[2]) not in shown for cell_key in group)
            if known:
                covers.append((whole, np.asarray(known), len(at) if is_open else len(group) - len(known)))
        if dimension == ALL and (measure, programme) in phases:
            covers.append((whole, np.asarray(phases[measure, programme]), 0))
        among = at.get((measure, FOR_REFUGEES, partner, dimension, value)) if programme == ALL else None
        if among is not None:
            covers.append((whole, np.asarray([among]), len(at)))
    return covers


def no_more_than_wholes(values: np.ndarray, sums: Sums) -> np.ndarray:
    """Each value, or that of the smallest that it is a part of or among."""
    wholes = [(whole, part) for whole, parts, _ in [*sums.families, *sums.covers] for part in parts]
    wholes += [(total, part) for total, parts in sums.parts for part in parts] + sums.chains
    above, below = np.asarray(wholes, dtype=int).reshape(-1, 2).T
    values = values.copy()
    before = None
    while before != values.sum():
        before = values.sum()
        np.minimum.at(values, below, values[above])
    return values


def tightened(
    low: np.ndarray, high: np.ndarray, sums: Sums, unseen: float, covered: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """The bounds after what sums, chains and (if `covered`) covers reveal of each other, until they reveal no more.

    A cover is no less than any of its parts, and no more than all of them together; `unseen` is the most that a part
    may be which is not in the table, since nobody is in it.
    """
    equal = [(total, parts, absent) for total, parts, absent in sums.families]
    equal += [(total, parts, 0) for total, parts in sums.parts]
    covers = sums.covers if covered else []
    if not equal and not covers and not sums.chains:
        return low, high
    low, high = low.copy(), high.copy()
    every = [*equal, *covers]
    wholes = np.asarray([whole for whole, _, _ in every], dtype=int)
    parts = np.concatenate([parts for _, parts, _ in every]) if every else np.zeros(0, dtype=int)
    of = np.repeat(np.arange(len(wholes)), [len(parts) for _, parts, _ in every])
    absent = np.asarray([absent for _, _, absent in every]) * float(unseen)
    is_sum = np.arange(len(wholes)) < len(equal)
    above, among = np.asarray(sums.chains, dtype=int).reshape(-1, 2).T
    for _ in range(SWEEPS):
        before = low.sum(), high.sum()
        np.maximum.at(low, above, low[among])
        np.minimum.at(high, among, high[above])
        least, most = np.bincount(of, low[parts], len(wholes)), np.bincount(of, high[parts], len(wholes)) + absent
        np.minimum.at(high, wholes, most)
        np.maximum.at(low, wholes[is_sum], least[is_sum])
        np.maximum.at(low, wholes[of], low[parts])
        np.maximum.at(low, parts, low[wholes][of] - (most[of] - high[parts]))
        rest = np.where(is_sum[of], least[of] - low[parts], 0.0)
        np.minimum.at(high, parts, high[wholes][of] - rest)
        if before == (low.sum(), high.sum()):
            break
    return low, high


def bounds(
    n: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
    hidden: np.ndarray,
    doubtful: np.ndarray,
    below: int,
    least_shown: int,
    own: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest count of each cell that what is shown of it alone leaves possible.

    Args:
        n: the counts.
        least: the least that each may be where it is shown.
        most: the most that it may be then.
        hidden: which are not shown.
        doubtful: hidden ones of which nobody knows whether they are few.
        below: counts under this are hidden.
        least_shown: so are counts that are less than this with their shift.
        own: at least so many are known to be in each cell.
    """
    low = np.where(hidden, 0.0, np.maximum(least, below))
    high = np.where(hidden, least_shown - 1.0, most)
    high = np.where(hidden & doubtful, n + UNKNOWN_ABOVE, high)
    return (low if own is None else np.maximum(low, own)), high


def findings(
    cells: pd.DataFrame,
    sums: Sums,
    low: np.ndarray,
    high: np.ndarray,
    narrowest: int,
    unseen: float,
    blocks: list[int] | None = None,
    safe: dict[int, list[tuple[np.ndarray, np.ndarray]]] | None = None,
) -> list[Finding]:
    """Cells of which fewer than `narrowest` whole numbers stay possible, and families whose absent parts are as plain.

    Args:
        cells: of `cells.cells_of`; their true counts are one solution.
        sums: how they add up.
        low: lowest possible count of each, by what is shown of it alone.
        high: highest.
        narrowest: whole numbers that must stay possible.
        unseen: the most that a part may be which is not in the table.
        blocks: those to look at; all without it.
        safe: by block, bounds within which nothing was found before, of the same cells and sums; more are noted down.
            Who knows no more than such bounds reveal finds nothing either, and is not tried again.
    """
    n = cells["n"].to_numpy(dtype=float)
    in_block = np.full(len(cells), -1)
    for number, block in enumerate(sums.blocks):
        in_block[block] = number
    equal: dict[int, list] = {}
    for family, (total, positions, absent) in enumerate(sums.families):
        equal.setdefault(in_block[total], []).append((total, positions, absent, family))
    for total, positions in sums.parts:
        equal.setdefault(in_block[total], []).append((total, positions, 0, None))
    among: dict[int, list] = {}
    for whole, part in sums.chains:
        among.setdefault(in_block[whole], []).append((whole, part))
    findings_so_far: list[Finding] = []
    proved, absent_proved = _certified(n, low, high, sums, narrowest - 1)
    alike = _alike(cells, low, high)
    safe = {} if safe is None else safe
    for number in range(len(sums.blocks)) if blocks is None else blocks:
        block = sums.blocks[number]
        floor, ceiling = low[block], high[block]
        if any((floor <= least).all() and (most <= ceiling).all() for least, most in safe.get(number, [])):
            continue
        of_block = _of_block(
            n,
            low,
            high,
            proved,
            absent_proved,
            alike,
            block,
            equal.get(number, []),
            among.get(number, []),
            narrowest,
            unseen,
        )
        if not of_block:
            safe.setdefault(number, []).append((floor, ceiling))
        findings_so_far += of_block
    return [*findings_so_far, *_of_flows(low, high, sums, narrowest)]


def _certified(
    n: np.ndarray, low: np.ndarray, high: np.ndarray, sums: Sums, need: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cells for which a second solution is plain: some learners less or more there, and as many more or less beside it.

    A count can only grow with the counts that it is among, and shrink above those among it. The second array states the
    same of the absent parts of each family.
    """
    above, below = np.full(len(n), -1), np.zeros(len(n))
    room, several = np.full(len(n), np.inf), np.zeros(len(n), dtype=bool)
    for whole, part in sums.chains:
        several[part] |= above[part] >= 0
        above[part] = whole
        room[part] = min(room[part], n[whole] - n[part])
        below[whole] = max(below[whole], n[part])
    gives = np.minimum(n - low, n - below) >= need
    takes = (high - n >= need) & (room >= need)
    family = np.full(len(n), -1)
    givers, takers = np.zeros(len(sums.families)), np.zeros(len(sums.families))
    alone = np.ones(len(n), dtype=bool)
    for number, (total, parts, absent) in enumerate(sums.families):
        alone[parts] = family[parts] < 0
        family[parts] = number
        givers[number], takers[number] = gives[parts].sum(), takes[parts].sum() + absent
        alone[total] = False
    for total, parts in sums.parts:
        alone[total] = alone[parts] = False
    # A total that may be larger gives as well, when each of the ways in which it splits can take the rest.
    rises, falls = takes.copy(), gives.copy()
    for number, (total, _, _) in enumerate(sums.families):
        rises[total] &= takers[number] >= 1
        falls[total] &= givers[number] >= 1
    proved = np.zeros(len(n), dtype=bool)
    totals = np.asarray([total for total, _, _ in sums.families], dtype=int)
    if len(totals):
        givers += rises[totals]
        proved[totals] = rises[totals] | falls[totals]
    for total, parts in sums.parts:
        proved[total] = proved[parts] = False
    inside = np.flatnonzero((family >= 0) & alone)
    less = gives[inside] & (takers[family[inside]] - takes[inside] >= 1)
    proved[inside[less]] = True
    for cell in inside[~less]:
        at = cell
        while high[at] - n[at] >= need and family[at] >= 0 and givers[family[at]] - gives[at] >= 1:
            if room[at] >= need:
                proved[cell] = True
                break
            if several[at]:
                break
            at = above[at]
    return proved, givers >= 1


def _alike(cells: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """A number for each cell, the same for cells of one measure and dimension at places of which the same is shown."""
    group = cells.groupby(KEY[1:], sort=False).ngroup().to_numpy()
    measure = cells["measure"].astype("category").cat.codes.to_numpy()
    hashed = pd.DataFrame({"place": group, "one": pd.util.hash_array(measure.astype(float) * 1e9 + low * 1e4 + high)})
    hash_of_group = hashed.groupby("place")["one"].sum().to_numpy()[group]
    within = cells.groupby(["programme_id", "partner_id", "dimension"], sort=False).ngroup().to_numpy()
    return (
        pd.DataFrame({"within": within, "measure": measure, "place": hash_of_group})
        .groupby(["within", "measure", "place"], sort=False)
        .ngroup()
        .to_numpy()
    )


def _of_flows(low: np.ndarray, high: np.ndarray, sums: Sums, narrowest: int) -> list[Finding]:
    """Pairs of countries that are pinned by what is left of one of their ends.

    What is left of a country after its shown pairs may be any of two hundred others, so that the least is none and the
    most is what is left; a pair is known too well where that is less than the policy allows.
    """
    findings_of_flows = []
    for total, pairs in sums.flows:
        left = high[total] - low[pairs].sum()
        if left < narrowest - 1:
            findings_of_flows.append(Finding(int(total), None, 0.0, float(left)))
        for pair in pairs[high[pairs] - low[pairs] < narrowest - 1]:
            findings_of_flows.append(Finding(int(pair), None, low[pair], high[pair]))
    return findings_of_flows


def _of_block(
    n: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    proved: np.ndarray,
    absent_proved: np.ndarray,
    alike: np.ndarray,
    block: np.ndarray,
    equal: list,
    among: list,
    narrowest: int,
    unseen: float,
) -> list[Finding]:
    need = narrowest - 1
    if proved[block].all():
        return []
    if not equal and not among:
        return [
            Finding(int(cell), None, low[cell], high[cell])
            for cell in block[np.floor(high[block]) - np.ceil(low[block]) < need]
        ]
    column_of = {cell: position for position, cell in enumerate(block)}
    slack = [(row, family, absent) for row, (_, _, absent, family) in enumerate(equal) if absent]
    size = len(block) + len(slack)
    floor = np.concatenate([low[block], np.zeros(len(slack))])
    ceiling = np.concatenate([high[block], [unseen * absent for _, _, absent in slack]])
    truth = np.concatenate([n[block], np.zeros(len(slack))])
    rows, columns, values = [], [], []
    for row, (total, positions, _, _) in enumerate(equal):
        rows += [row] * (len(positions) + 1)
        columns += [column_of[total], *(column_of[p] for p in positions)]
        values += [-1.0, *([1.0] * len(positions))]
    for extra, (row, _, _) in enumerate(slack):
        rows.append(row)
        columns.append(len(block) + extra)
        values.append(1.0)
    pairs = len(equal) + np.arange(len(among))
    rows += [*pairs, *pairs]
    columns += [column_of[whole] for whole, _ in among] + [column_of[part] for _, part in among]
    values += [-1.0] * len(among) + [1.0] * len(among)
    from scipy.sparse import coo_matrix, csr_matrix

    matrix = csr_matrix(coo_matrix((values, (rows, columns)), shape=(len(equal) + len(among), size)))
    least_of_row = np.concatenate([np.zeros(len(equal)), np.full(len(among), -np.inf)])
    solve = _program(matrix, least_of_row, floor, ceiling)

    least, most = truth.copy(), truth.copy()
    known = np.concatenate([proved[block], [absent_proved[family] for _, _, absent, family in equal if absent]]).astype(
        bool
    )
    random = np.random.default_rng(SEED)
    fruitless = attempt = 0
    while not known.all() and fruitless < FRUITLESS:
        weights = np.where(known, 0.0, random.uniform(0.5, 1.5, size))
        weights *= [1.0, -1.0][attempt] if attempt < 2 else random.choice([-1.0, 1.0], size)
        solution = solve(weights)
        if solution is None:
            raise Contradiction("the true counts do not satisfy their own sums")
        least, most = np.minimum(least, solution), np.maximum(most, solution)
        newly = ~known & (np.floor(most + 1e-6) - np.ceil(least - 1e-6) >= need)
        fruitless = 0 if newly.sum() * FRUITLESS >= (~known).sum() else fruitless + 1
        known |= newly
        attempt += 1
    findings_of_block = []
    ends: dict[object, tuple[float, float]] = {}
    for position in np.flatnonzero(~known):
        # Cells of which the same is shown, at places of which the same is shown, have the same range.
        like = alike[block[position]] if position < len(block) else ("absent", position)
        if like not in ends:
            direction = np.zeros(size)
            direction[position] = 1.0
            down, up = solve(direction), solve(-direction)
            assert down is not None and up is not None
            ends[like] = np.ceil(down[position] - 1e-6), np.floor(up[position] + 1e-6)
        lowest, highest = ends[like]
        if highest - lowest < need:
            is_cell = position < len(block)
            findings_of_block.append(
                Finding(
                    int(block[position]) if is_cell else None,
                    None if is_cell else slack[position - len(block)][1],
                    lowest,
                    highest,
                )
            )
    return findings_of_block


def _program(
    matrix: "csr_matrix", least_of_row: np.ndarray, floor: np.ndarray, ceiling: np.ndarray
) -> Callable[[np.ndarray], np.ndarray | None]:
    """What finds the solution that is smallest in a direction; each search begins where the last one ended.

    Rows of the matrix times a solution lie between `least_of_row` and 0, the solution between floor and ceiling.
    """
    import highspy

    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = np.zeros(len(floor))
    model.col_lower_, model.col_upper_ = floor, ceiling
    model.row_lower_, model.row_upper_ = least_of_row, np.zeros(len(least_of_row))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("simplex_strategy", PRIMAL)  # only costs change, so the last solution stays feasible
    solver.passModel(model)
    columns = np.arange(len(floor), dtype=np.int32)

    def solve(direction: np.ndarray) -> np.ndarray | None:
        solver.changeColsCost(len(columns), columns, direction)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(solver.getSolution().col_value)

    return solve


def _blocks(cells: pd.DataFrame, sums: Sums) -> list[np.ndarray]:
    """Cells that a sum or chain connects, together; the others one by one are of no use and form one block."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = [(total, p) for total, positions, _ in sums.families for p in positions]
    links += [(total, p) for total, positions in sums.parts for p in positions]
    links += sums.chains
    if not links:
        return [np.arange(len(cells))] if len(cells) else []
    a, b = np.asarray(links).T
    graph = coo_matrix((np.ones(len(a)), (a, b)), shape=(len(cells), len(cells)))
    number, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    alone = [group for group in groups if len(group) == 1]
    together = [group for group in groups if len(group) > 1]
    return [*together, *([np.concatenate(alone)] if alone else [])]


def own_counts(cells: pd.DataFrame, exact: pd.DataFrame, partners: list[str]) -> np.ndarray:
    """How many of each total cell (partner `all`) the partners know to be theirs.

    Of two together as many as both report where that is possible at all (no learner in common), else the larger.
    """
    wanted = cells[KEY].copy()
    known = []
    for partner in partners:
        mine = exact[exact["partner_id"] == partner].set_index([k for k in KEY if k != "partner_id"])["n"]
        keys = pd.MultiIndex.from_frame(wanted[[k for k in KEY if k != "partner_id"]])
        known.append(mine.reindex(keys).fillna(0).to_numpy(dtype=float))
    total, largest, n = np.sum(known, axis=0), np.max(known, axis=0), cells["n"].to_numpy()
    # Of runs that partners report differently one may have more than there are in all, and learns nothing from it.
    own = np.where(total <= n, total, np.where(largest <= n, largest, 0.0))
    return np.where(cells["partner_id"].to_numpy() == ALL, own, 0.0)


def most_of_two(cells: pd.DataFrame, exact: pd.DataFrame) -> np.ndarray:
    """The most that one or two partners have of each total cell, of any of the largest who can have it at all.

    Two of whom some learners are the same may have more than there are; they know that of the larger only.
    """
    group_columns = [k for k in KEY if k != "partner_id"]
    each = exact[exact["partner_id"] != ALL].sort_values("n", ascending=False, kind="stable")
    rank = each.groupby(group_columns, sort=False).cumcount()
    keys = pd.MultiIndex.from_frame(cells[group_columns])
    sizes = [
        each[rank == at].set_index(group_columns)["n"].reindex(keys).fillna(0).to_numpy(dtype=float)
        for at in range(LARGEST)
    ]
    n = cells["n"].to_numpy(dtype=float)
    together = [*sizes, *(size + other for size, other in combinations(sizes, 2))]
    known = np.max([np.where(have <= n, have, 0.0) for have in together], axis=0)
    return np.where(cells["partner_id"].to_numpy() == ALL, known, 0.0)


def attackers(exact: pd.DataFrame) -> Mapping[str, list[str]]:
    """Each partner with its own counts, and the two largest together; by a name for the report."""
    sizes = exact[(exact["measure"] == "registered") & (exact["dimension"] == ALL) & ~exact["partner_id"].isin([ALL])]
    largest = sizes.groupby("partner_id")["n"].max().sort_values(ascending=False, kind="stable")
    each = {f"partner {number + 1}": [partner] for number, partner in enumerate(sorted(largest.index))}
    return {**each, **({"the two largest together": list(largest.index[:2])} if len(largest) > 1 else {})}
