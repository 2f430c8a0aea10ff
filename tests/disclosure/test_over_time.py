"""Whoever sees release after release, and adds or erases people of her own between them, learns no more than of one.

A partner knows what it changed. So what is shown of all, less its own, is the others', asked again and again; the
attacker lays the answers on each other, and then looks at all figures together. In the short form the attacker is the
largest partner of one world; with COALITION_FULL_TESTS=1 the smallest too, of thirty.
"""

import os
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from dashboard.disclosure.policy import policy
from tests.disclosure import attacker, worlds

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
SEEDS = range(30) if FULL else (7,)
# People whom the partner has added by each release; whoever erases sees the same releases the other way round.
ADDED = (0, 1, 2, 4, 7, 9) if FULL else (0, 4, 9)
# With the defence out, as many as it takes to pin some.
ADDED_WITHOUT_DEFENCE = ADDED if FULL else (0, 1, 4, 9)
BASE, LARGEST_SHIFT, LEAST_SHOWN = (
    attacker.BASE["public"], attacker.LARGEST_SHIFT["public"], attacker.LEAST_SHOWN["public"],
)  # fmt: skip
KEY = attacker.KEY


@pytest.mark.parametrize("way", ["adds", "erases"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_partner_that_adds_or_erases_people_learns_no_count_of_others(seed, way):
    looked_at = pinned = 0
    for partner, releases in attacks(seed, way):
        possible = laid_on_each_other(partner, releases)
        truth = releases[-1][0]
        for key, (numbers, _is_shown) in possible.items():
            looked_at += 1
            pinned += truth[key] in numbers and len(numbers) < attacker.NARROWEST
        assert not pinned, (partner, looked_at, pinned)
        if not possible:
            continue  # too few hide among each other in this world, so that nothing of it is public
        world, own = releases[-1][2], releases[-1][3]
        known = attacker.learn(world.exact, world.protected["public"].tables, "public", [partner])
        for key, (numbers, is_shown) in possible.items():
            at = known.at.get(key)
            if at is not None and is_shown and truth[key] in numbers:
                known.narrow(at, min(numbers), max(numbers))
        assert attacker.too_narrow(known) == [], partner
        assert own
    assert looked_at > 500 or seed != SEEDS[0] or FULL
    print(f"world {seed}, a partner that {way}: {looked_at} figures of all, {pinned} pinned")


@pytest.mark.skipif(not FULL, reason="half a minute: only in the full form")
def test_the_same_attack_pins_figures_that_are_rounded_to_the_nearest():
    """The defence out: with a shift that everybody knows, a few releases tell the others' counts exactly."""
    nearest = (2,), (3,)
    pinned = 0
    for partner, releases in attacks(7, "adds", nearest, of=(-1,)):
        truth = releases[-1][0]
        for key, (numbers, _is_shown) in laid_on_each_other(partner, releases, shifts=(5,)).items():
            pinned += numbers == {truth[key]}
    assert pinned > 20, pinned


@pytest.mark.parametrize("seed", SEEDS)
def test_an_outsider_who_compares_the_views_of_both_audiences_learns_no_more(seed):
    """What the public is shown follows from what the coalition is shown: the same figure is never shown as two."""
    world = worlds.served(seed)
    shown = {
        audience: attacker.counts(world.protected[audience].tables).dropna(subset=["n"]).drop_duplicates(KEY)
        for audience in ("coalition", "public")
    }
    both = shown["public"].merge(shown["coalition"], on=KEY, suffixes=("", "_above"))
    assert len(both) == len(shown["public"])
    stands_for = defaultdict(set)
    for row in both.itertuples():
        assert abs(row.n - row.n_above) <= attacker.BASE["public"], row
        stands_for[row.n_above].add(row.n)
    # A figure of the coalition is one of the two multiples beside it: which of them is not told by the true count.
    assert all(len(public) <= 2 for public in stands_for.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_knows_the_totals_that_are_stated_in_public_learns_no_other_count(seed):
    """README states how many learners programmes reached, to the last one: then these totals are no secret."""
    world = worlds.served(seed)
    known = attacker.learn(world.exact, world.protected["public"].tables, "public")
    stated = [at for at, key in enumerate(known.keys) if key[0] in ("registered", "reached") and key[3] == "all"]
    for at in stated:
        if known.low[at] >= attacker.BELOW:  # nobody states what is hidden
            known.narrow(at, known.truth[at], known.truth[at])
    exact = {known.keys[at] for at in stated}
    # What partners report together is the sum of what they state; a country in which all live has their number.
    found = [
        (key, low, high)
        for key, low, high in attacker.too_narrow(known)
        if key not in exact
        and key[0] != "reports"
        and known.truth[known.at[key]] not in {known.truth[at] for at in stated}
    ]
    assert found == []
    assert len(exact) > 3 or seed != SEEDS[0] or FULL


def test_figures_of_thirty_people_and_more_are_still_of_use():
    """Of the coalition's at least nine in ten are shown, and no more than a tenth from the truth."""
    near = defaultdict(list)
    for seed in (1, 7) if not FULL else range(30):
        world = worlds.served(seed)
        truth = attacker.counts(world.exact).drop_duplicates(KEY)
        truth = truth[(truth["n"] >= 30) & (truth["people"] >= 30)]
        for audience in ("coalition", "public"):
            shown = attacker.counts(world.protected[audience].tables).drop_duplicates(KEY)
            seen = truth[truth["programme"].isin(shown["programme"]) & truth["partner"].isin(shown["partner"])]
            seen = seen.merge(shown, on=KEY, how="left", suffixes=("", "_shown"))
            seen = seen[seen["measure"].isin(shown["measure"]) & seen["dimension"].isin(shown["dimension"])]
            near[audience].append((np.abs(seen["n_shown"] - seen["n"]) <= 0.1 * seen["n"]).fillna(False).to_numpy(bool))
    share = {audience: np.concatenate(found).mean() for audience, found in near.items()}
    print({audience: f"{of:.1%} of {sum(map(len, near[audience]))}" for audience, of in share.items()})
    assert share["coalition"] >= 0.9


def attacks(seed, way, shift=None, of=(0, -1) if FULL else (-1,)):
    """For the smallest and the largest partner, or one: (truth, public, the world, own counts) of each release."""
    partners = pd.DataFrame(worlds.rows_of(seed)["partner_learners"]).groupby("partner_id")["id_key"].nunique()
    partners = partners.sort_values(kind="stable").index
    for partner in sorted({partners[at] for at in of}):
        releases = releases_of(seed, partner, shift)
        yield partner, releases if way == "adds" else releases[::-1]


@lru_cache(4)
def releases_of(seed, partner, shift):
    rules = replace(policy(), shift=shift[0], shift_again=shift[1]) if shift else None
    rows = worlds.rows_of(seed)
    people = [row["id_key"] for row in rows["partner_learners"] if row["partner_id"] == partner]
    person = people[seed % len(people)]
    found = []
    for copies in ADDED_WITHOUT_DEFENCE if shift else ADDED:
        made = worlds.with_copies(rows, person, partner, copies) if copies else None  # without any: the world itself
        world = worlds.served(seed, rules, made)
        exact, own = (attacker.counts(world.exact, of).fillna({"n": 0}).drop_duplicates(KEY) for of in ("all", partner))
        mine = own[own["partner"] == partner].assign(partner="all")
        public = attacker.counts(world.protected["public"].tables).dropna(subset=["n"]).drop_duplicates(KEY)
        found.append((by_key(exact[exact["partner"] == "all"]), by_key(public), world, by_key(mine)))
    return found


def by_key(counts):
    return dict(zip(counts[KEY].itertuples(index=False, name=None), counts["n"].astype(int), strict=True))


def laid_on_each_other(partner, releases, shifts=range(LARGEST_SHIFT + 1)):
    """For each figure of all that is ever public: what it may be in the last release, and whether it is shown."""
    found = {}
    last = releases[-1][3]
    for key in {key for _truth, public, _world, _own in releases for key in public}:
        if key[0].startswith("curve"):
            continue  # a curve ends on one day, and which of its figures move is not plain
        own = last.get(key, 0)
        numbers = set()
        for shift in shifts:
            least, most = own, 10_000
            for _truth, public, _world, mine in releases:
                more = own - mine.get(key, 0)  # how many more of its own there are in the last release
                if key in public:
                    least = max(least, public[key] - shift + more)
                    most = min(most, public[key] + BASE - 1 - shift + more)
                else:
                    most = min(most, LEAST_SHOWN - 1 - shift + more)
            numbers.update(range(least, most + 1))
        found[key] = numbers, key in releases[-1][1]
    return found
