"""Somebody who reads protected tables, knows how counts hang together, and works out what stays possible of each.

Written from what the tables say and not from dashboard/disclosure/audit.py: it looks at columns of served cubes only,
and at what it knows exactly itself. A count is a variable between what its display allows; sums that hold among people
and among course runs are equations; counts that are among others are inequalities. The ends of each range come from
linear programs, or from integer ones where asked.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

ALL = "all"
BELOW, NARROWEST = 10, 3
FAR = 10_000.0
STEPS = ("registered", "enrolled", "started", "active", "completed", "credential", "recognised")
ENDS = ("completed", "withdrawn", "failed", "active")
SO_FAR = ("completed_so_far", "withdrawn_so_far", "failed_so_far", "open_so_far")
UNFINISHED = ("under_way_so_far", "quiet_so_far")
MATURED = (
    "runs_matured", "completed_matured", "started_matured", "verified_matured", "verified_completed",
    "intended_matured", "intended_completed",
)  # fmt: skip
VALUES = {"sex": 4, "age_band": 7, "education": 7, "country_host": 251, "country_origin": 251}
SERIES = {
    "learners_registered": "registered", "learners_reached": "reached", "unique_upper": "reports",
    "learners_with_credential": "holders of any", "located": "located",
}  # fmt: skip


@dataclass
class Knowledge:
    """Counts by key (measure, programme, partner, dimension, value) with what is known of each, and what holds."""

    keys: list = field(default_factory=list)
    at: dict = field(default_factory=dict)
    truth: list = field(default_factory=list)
    low: list = field(default_factory=list)
    high: list = field(default_factory=list)
    sums: list = field(default_factory=list)  # (whole, parts, slack): whole = parts + at most slack
    orders: list = field(default_factory=list)  # (larger, [smaller, ...], sign): larger >= sum of smaller, or <=

    def variable(self, key, truth):
        if key not in self.at:
            self.at[key] = len(self.keys)
            self.keys.append(key)
            self.truth.append(float(truth))
            self.low.append(0.0)
            self.high.append(FAR)
        return self.at[key]

    def narrow(self, at, low, high):
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)


def counts(tables, of=ALL):
    """Every count of the cubes, one row each: key, number, the people behind it, and the row of whose it is.

    `of` is whose rows count of cubes of which others than owners have the totals of all partners only.
    """
    frames = []

    def add(table, measure, column, dimension_and_value, people=None):
        if not len(table):
            return
        dimension, value = dimension_and_value
        frames.append(
            pd.DataFrame(
                {
                    "measure": measure, "programme": table["programme_id"],
                    "partner": table["partner_id"],
                    "dimension": dimension, "value": value, "n": table[column],
                    "people": table[people or column], "of_events": people is not None,
                }
            )
        )  # fmt: skip

    funnel = tables["cube_funnel"]
    funnel = funnel[funnel["month"].isna()]
    for step in STEPS:
        add(funnel, step, step, (funnel["attribute"], funnel["attribute_value"]))
    lands = tables["cube_country"]
    where = np.where(lands["country_iso3"] == ALL, ALL, "country_" + lands["counted_by"]), lands["country_iso3"]
    for column, measure in (
        ("learners_registered", "registered"),
        ("learners", "reached"),
        ("learners_completed", "completed"),
    ):
        add(lands, measure, column, where)
    flows = _of(tables["cube_flow"], of)
    add(flows, "reached", "learners", ("flow", flows["origin_iso3"] + ">" + flows["host_iso3"]))
    days = tables["cube_step_days"]
    for number, step in enumerate(STEPS, start=1):
        add(days[days["step_order"] == number], step, "learners", (ALL, ALL))
    runs = tables["cube_completion"]
    runs = runs[(runs["cohort"] == ALL) | runs["cohort"].str.contains("-Q")]
    when = np.where(runs["cohort"] == ALL, ALL, "quarter"), runs["cohort"]
    add(runs, "learners of runs", "learners", when)
    for column in ("runs", *SO_FAR, *UNFINISHED):
        add(runs, column, column, when, "learners")
    for column in MATURED:
        add(runs, column + "@" + runs["horizon_days"].astype(str), column, when, "learners_matured")
    cohort = tables["cube_cohort"]
    cohort = cohort[cohort["cohort"] == ALL]
    if len(cohort):
        by_day = [np.asarray([[int(n) for n in day.split(":")] for day in text.split()]) for text in cohort["days"]]
        ended = pd.DataFrame([rows[:, 1:].sum(axis=0) for rows in by_day], columns=ENDS, index=cohort.index)
        ended = ended.where(ended > 0)  # none in the text of a curve is none, or hidden
        dimension_and_value = cohort["attribute"], cohort["attribute_value"]
        add(cohort, "runs", "runs", dimension_and_value, "learners")
        for end in ENDS:
            add(
                cohort.assign(**{f"curve {end}": ended[end]}),
                f"curve {end}",
                f"curve {end}",
                dimension_and_value,
                "learners",
            )
    outcome = _of(tables["cube_outcome"], of)
    dimension_and_value = np.where(outcome["outcome"] == ALL, ALL, "outcome"), outcome["outcome"]
    add(outcome, "outcome runs", "runs", dimension_and_value, "learners")
    add(outcome, "learners by outcome", "learners", dimension_and_value)
    held = tables["cube_credential"]
    kind = ":" + held["credential_type"] + ":" + held["is_stacked"].astype(str)
    dimension_and_value = np.where(held["year"].isna(), ALL, "year"), held["year"].astype("string").fillna(ALL)
    add(held, "credentials" + kind, "credentials", dimension_and_value, "learners")
    add(held, "holders" + kind, "learners", dimension_and_value)
    recognition = tables["cube_recognition"]
    dimension_and_value = (
        recognition["breakdown"],
        recognition["breakdown_value"]
        + np.where(recognition["breakdown"] == "university", recognition["country_iso3"].fillna(""), ""),
    )
    for column in ("requested", "decided", "recognised", "refused", "pending"):
        add(recognition, f"requests {column}", column, dimension_and_value, "learners")
    for column in ("learners", "learners_recognised", "transferred"):
        add(recognition, f"requests {column}", column, dimension_and_value)
    phases = _of(tables["cube_programme"], of)
    dimension_and_value = np.where(phases["phase"] == ALL, ALL, "phase"), phases["phase"]
    for column in ("learners", "learners_reached", "learners_with_hours"):
        add(phases, f"phase {column}", column, dimension_and_value)
    for column in ("enrolments", "completions", "courses_completed", "projects_completed"):
        add(phases, f"phase {column}", column, dimension_and_value, "learners")
    if not frames:
        return pd.DataFrame(columns=[*KEY, "n", "people", "of_events"])
    return pd.concat(frames, ignore_index=True)


def _of(table, partner):
    return table[table["partner_id"] == partner]


KEY = ["measure", "programme", "partner", "dimension", "value"]


# What docs/privacy.md says of a figure: the count plus a shift that nobody knows, down to a multiple.
BASE = {"coalition": 5, "public": 10}
LARGEST_SHIFT = {"coalition": 4, "public": 9}
# Counts with their shifts below this are hidden, so that what is hidden may be as many as one less.
LEAST_SHOWN = {"coalition": 14, "public": 20}


def shown_range(shown, audience, coarse=0):
    """The whole numbers that are shown as this multiple, whatever the shift."""
    return max(BELOW, shown - LARGEST_SHIFT[audience]), shown + max(coarse, BASE[audience]) - 1


def all_attackers(world):
    """Everybody of whom the policy is afraid, with what they know: a name and Knowledge."""
    exact = world.exact
    for audience in ("coalition", "public"):
        yield f"outsider who sees what the {audience} sees", learn(exact, world.protected[audience].tables, audience)
    public = world.protected["public"]
    lands = exact["cube_country"]
    of_all = lands[(lands["counted_by"] == "host") & (lands["country_iso3"] == ALL) & (lands["partner_id"] != ALL)]
    sizes = of_all.groupby("partner_id")["learners_registered"].max().sort_values(ascending=False, kind="stable")
    for partner in sorted(sizes.index):
        yield f"{partner} with its own rows", learn(exact, public.tables, "public", [partner])
    if len(sizes) > 1:
        yield "the two largest together", learn(exact, public.tables, "public", list(sizes.index[:2]))


def learn(exact, served, audience, own=()):
    """What somebody knows who sees the served tables, and the exact rows of `own` partners.

    The exact cubes are needed for the true numbers, which are one solution, and for the attacker's own rows.
    """
    known = Knowledge()
    truth, seen = counts(exact).fillna({"n": 0}).drop_duplicates(KEY, ignore_index=True), counts(served)
    seen = seen[seen["n"].notna()]
    shown = pd.MultiIndex.from_frame(seen[KEY])
    if audience == "public":
        truth = truth[(truth["partner"] == ALL) & truth["programme"].isin(seen["programme"])]
        truth = truth[
            ~(
                (truth["measure"].isin(_OF_RUNS) | truth["measure"].str.contains("@"))
                & (truth["dimension"] == "quarter")
            )
        ]
        truth = truth[
            ~truth["dimension"].isin(["university", "country"]) | ~truth["measure"].str.startswith("requests")
        ]
    truth = truth[
        ~((truth["dimension"] == "quarter") & (truth["partner"] != ALL))
        & ~(
            truth["measure"].str.startswith(("curve", "runs"))
            & truth["dimension"].isin(VALUES)
            & (truth["partner"] != ALL)
        )
    ].reset_index(drop=True)
    is_shown = pd.MultiIndex.from_frame(truth[KEY]).isin(shown)
    fewest = LEAST_SHOWN[audience]
    more = ~is_shown & (truth["n"] >= fewest) & (truth["people"] >= fewest)
    # Each page says that a hidden figure may be large and hidden for others' sake; where such are of the same measure
    # of a programme, or at the same place of it, nobody can say which.
    of_measure = truth.groupby(KEY[:3], sort=False).ngroup()
    of_place = truth.groupby(KEY[1:], sort=False).ngroup()
    doubtful = (of_measure.isin(of_measure[more]) | of_place.isin(of_place[more])).to_numpy()
    for row, is_seen, unsure in zip(truth.itertuples(index=False), is_shown, doubtful, strict=True):
        key = tuple(row[:5])
        at = known.variable(key, row.n)
        if not is_seen and not unsure and (not row.of_events or row.people >= fewest or row.n == row.people):
            known.narrow(at, 0, fewest - 1)
    for row in seen.itertuples(index=False):
        low, high = shown_range(float(row.n), audience, 10 if row.measure.startswith("curve") else 0)
        known.narrow(known.at[tuple(row[:5])], low, high)
    _sums(known)
    _orders(known)
    _covers(known, exact)
    _series(known, exact, served, audience)
    if own:
        _own(known, pd.concat(counts(exact, of) for of in own).drop_duplicates(KEY), own)
    return known


_OF_RUNS = {"runs", "learners of runs", *SO_FAR, *UNFINISHED}


def _sums(known):
    families, flows = {}, {}
    for at, (measure, programme, partner, dimension, value) in enumerate(known.keys):
        if dimension == "flow":
            origin, host = value.split(">")
            flows.setdefault((programme, "country_origin", origin), []).append(at)
            flows.setdefault((programme, "country_host", host), []).append(at)
        elif dimension != ALL:
            people_of_events = measure.startswith(("learners", "holders", "requests learners", "requests transferred"))
            if measure.startswith("phase") or (people_of_events and dimension not in VALUES):
                continue
            families.setdefault((measure, programme, partner, dimension), []).append(at)
    for (measure, programme, partner, dimension), parts in families.items():
        whole = known.at.get((measure, programme, partner, ALL, ALL))
        if whole is not None:
            missing = VALUES.get(dimension, len(parts)) - len(parts)
            known.sums.append((whole, parts, (BELOW - 1.0) * max(0, missing)))
    for (programme, dimension, code), parts in flows.items():
        whole = known.at.get(("reached", programme, ALL, dimension, code))
        if whole is not None:
            known.sums.append((whole, parts, (BELOW - 1.0) * (VALUES[dimension] - len(parts))))
    for measure, programme, partner, dimension, value in list(known.keys):
        group = (programme, partner, dimension, value)
        for whole, parts in (
            ("requests requested", ("requests decided", "requests pending")),
            ("requests decided", ("requests recognised", "requests refused")),
            ("runs", SO_FAR),
            ("open_so_far", UNFINISHED),
            ("runs", tuple(f"curve {end}" for end in ENDS)),
            ("phase completions", ("phase courses_completed", "phase projects_completed")),
        ):
            terms = [known.at.get((term, *group)) for term in parts]
            if measure == whole and None not in terms:
                known.sums.append((known.at[(measure, *group)], terms, 0.0))


def _orders(known):
    among = [
        *zip(STEPS, STEPS[1:], strict=False),
        ("started", "reached"),
        ("registered", "reached"),
        ("runs", "learners of runs"),
        ("outcome runs", "learners by outcome"),
        ("requests requested", "requests learners"),
        ("requests learners", "requests learners_recognised"),
        ("requests learners", "requests transferred"),
        ("requests recognised", "requests learners_recognised"),
        ("phase learners", "phase learners_reached"),
        ("phase learners", "phase learners_with_hours"),
        ("phase enrolments", "phase completions"),
        *((f"{end}_so_far", f"curve {end}") for end in ENDS[:3]),
    ]
    for days in (30, 60, 90, 180, 365):
        among += [("runs", f"runs_matured@{days}"), ("completed_so_far", f"completed_matured@{days}")]
        among += [
            (f"runs_matured@{days}", f"{state}_matured@{days}")
            for state in ("completed", "started", "verified", "intended")
        ]
        for track in ("verified", "intended"):
            among += [(f"{track}_matured@{days}", f"{track}_completed@{days}")]
            among += [(f"completed_matured@{days}", f"{track}_completed@{days}")]
    for short, long in ((30, 60), (60, 90), (90, 180), (180, 365)):
        among += [
            (f"{state}_matured@{short}", f"{state}_matured@{long}")
            for state in ("runs", "started", "verified", "intended")
        ]
    below = {}
    for larger, smaller in among:
        below.setdefault(larger, []).append(smaller)
    for measure, *group in list(known.keys):
        smaller = list(below.get(measure, ()))
        if measure.startswith("credentials:"):
            smaller.append(measure.replace("credentials", "holders", 1))
        for name in smaller:
            lower = known.at.get((name, *group))
            if lower is not None:
                known.orders.append((known.at[(measure, *group)], [lower], 1))


def _covers(known, exact):
    """A learner of all is of some partner; of some programme; and of no more than there are."""
    streams = exact["dim_stream"]
    audience = dict(zip(streams["programme_id"], streams["audience"], strict=True))
    inside = {
        "for_refugees": [p for p, a in audience.items() if a == "refugees"],
        ALL: [p for p, a in audience.items() if a != "rehearsal"],
    }
    by_programme = streams.groupby("programme_id")["partner_id"].agg(set).to_dict()
    for total, programmes in inside.items():
        by_programme[total] = set().union(*(by_programme[p] for p in programmes)) if programmes else set()
    reporting = {}
    for programme, partner in zip(streams["programme_id"], streams["partner_id"], strict=True):
        reporting.setdefault(partner, set()).add(programme)
    phases = {}
    for at, (measure, programme, _partner, dimension, _value) in enumerate(known.keys):
        if dimension == "phase":
            phases.setdefault((measure, programme, ALL, ALL, ALL), []).append(at)
    for key, parts in phases.items():
        if key in known.at:
            _cover(known, known.at[key], parts, 0)
    for measure, programme, partner, dimension, value in list(known.keys):
        cell = known.at[(measure, programme, partner, dimension, value)]
        if partner == ALL:
            of = [(p, known.at.get((measure, programme, p, dimension, value))) for p in by_programme.get(programme, ())]
            seen = [at for _p, at in of if at is not None]
            _cover(known, cell, seen, len(of) - len(seen))
        if programme in inside:
            mine = [p for p in inside[programme] if partner == ALL or p in reporting.get(partner, ())]
            of = [known.at.get((measure, p, partner, dimension, value)) for p in mine]
            seen = [at for at in of if at is not None]
            _cover(known, cell, seen, len(of) - len(seen))
        if programme == ALL:
            refugees = known.at.get((measure, "for_refugees", partner, dimension, value))
            if refugees is not None:
                known.orders.append((cell, [refugees], 1))


def _cover(known, whole, parts, unseen):
    n = [known.truth[term] for term in parts]
    if not parts or max(n) > known.truth[whole] or (not unseen and sum(n) < known.truth[whole]):
        return  # told differently by two partners, so that it does not hold
    for term in parts:
        known.orders.append((whole, [term], 1))
    if parts and not unseen:
        if len(parts) == 1:
            known.sums.append((whole, parts, 0.0))
        else:
            known.orders.append((whole, parts, -1))


def _series(known, exact, served, audience):
    """Figures of the last day of a series are those of the whole; the reports of partners add up to the upper bound."""
    exact = exact["cube_reach"].sort_values("on_date").groupby(["programme_id", "partner_id"]).tail(1)
    series = served["cube_reach"]
    last = series.sort_values("on_date").groupby(["programme_id", "partner_id"]).tail(1)
    newest = {(row.programme_id, row.partner_id): row for row in last.itertuples()}
    for row in exact.itertuples():
        stream = row.programme_id, row.partner_id
        if stream not in newest:
            continue
        for column, measure in SERIES.items():
            at = known.variable((measure, *stream, ALL, ALL), getattr(row, column))
            value = getattr(newest[stream], column)
            # The upper bound is the sum of what the coalition is shown of partners, so that it tells nothing more.
            if not pd.isna(value) and column != "unique_upper":
                low, high = shown_range(float(value), audience)
                known.narrow(at, 0 if column == "located" and value == 0 else low, high)
        cell_of = {measure: known.at[(measure, *stream, ALL, ALL)] for measure in SERIES.values()}
        known.orders.append((cell_of["registered"], [cell_of["reached"]], 1))
        known.orders.append((cell_of["registered"], [cell_of["holders of any"]], 1))
        if ("credential", *stream, ALL, ALL) in known.at:
            known.orders.append((known.at[("credential", *stream, ALL, ALL)], [cell_of["holders of any"]], 1))
        unknown = known.at.get(("reached", *stream, "country_host", "unknown"))
        if unknown is not None:
            known.sums.append((cell_of["reached"], [cell_of["located"], unknown], 0.0))
        else:
            known.sums.append((cell_of["reached"], [cell_of["located"]], BELOW - 1.0))
    for row in exact[exact["partner_id"] == ALL].itertuples():
        whole = known.at.get(("reports", row.programme_id, ALL, ALL, ALL))
        parts = exact[(exact["programme_id"] == row.programme_id) & (exact["partner_id"] != ALL)]
        terms = [known.at.get(("reached", row.programme_id, partner, ALL, ALL)) for partner in parts["partner_id"]]
        if whole is not None and terms and None not in terms:
            known.sums.append((whole, terms, 0.0))


def _own(known, exact, partners):
    """What partners know exactly: at least the larger of their own, and at most all others' beside it."""
    for partner in partners:
        mine = exact[exact["partner"] == partner].set_index(KEY)["n"].to_dict()
        for at, (measure, programme, _partner, dimension, value) in enumerate(list(known.keys)):
            have = mine.get((measure, programme, partner, dimension, value), 0)
            # Two reports of one run may differ: whoever has more than there are in all learns nothing from it.
            if _partner == ALL and have <= known.truth[at]:
                known.low[at] = max(known.low[at], have)
    if len(partners) > 1:
        every = (
            exact[exact["partner"].isin(partners)].groupby(["measure", "programme", "dimension", "value"])["n"].sum()
        )
        for at, (measure, programme, partner, dimension, value) in enumerate(known.keys):
            both = every.get((measure, programme, dimension, value), 0)
            # Two who compare their lists know how many they have together: all, where nobody is on both.
            if partner == ALL and both <= known.truth[at]:
                known.low[at] = max(known.low[at], both)


def too_narrow(known, narrowest=NARROWEST, integers=False, certify=True):
    """The counts of which fewer than `narrowest` whole numbers stay possible, each with its lowest and highest."""
    n = len(known.keys)
    truth, low, high = np.asarray(known.truth), np.asarray(known.low), np.asarray(known.high)
    wrong = [known.keys[at] for at in np.flatnonzero((truth < low) | (truth > high))]
    assert not wrong, f"the display tells something untrue of {wrong[:5]}"
    label = _components(known, n)
    findings = []
    order = np.argsort(label, kind="stable")
    for block in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        findings += _of_block(known, block, low, high, truth, narrowest, integers, certify)
    return findings


def _components(known, n):
    a, b = [], []
    for whole, parts, _slack in [*known.sums, *known.orders]:
        a += [whole] * len(parts)
        b += parts
    return connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)[1]


def _of_block(known, block, low, high, truth, narrowest, integers, certify):
    inside = {at: index for index, at in enumerate(block)}
    sums = [entry for entry in known.sums if entry[0] in inside] if len(block) < len(known.keys) else known.sums
    orders = [entry for entry in known.orders if entry[0] in inside] if len(block) < len(known.keys) else known.orders
    slack = [number for number, entry in enumerate(sums) if entry[2] > 0]
    size = len(block) + len(slack)
    floor = np.concatenate([low[block], np.zeros(len(slack))])
    ceiling = np.concatenate([high[block], [sums[number][2] for number in slack]])
    equal = _matrix([(inside[w], [inside[p] for p in parts], 1) for w, parts, _s in sums], size)
    for extra, number in enumerate(slack):
        equal[number, len(block) + extra] = 1.0
    less = _matrix([(inside[w], [inside[p] for p in parts], sign) for w, parts, sign in orders], size)
    equal, less = equal.tocsr(), less.tocsr()

    def solve(direction):
        if integers:
            limits = []
            if len(sums):
                limits.append(LinearConstraint(equal, 0, 0))
            if len(orders):
                limits.append(LinearConstraint(less, -np.inf, 0))
            answer = milp(direction, constraints=limits, integrality=np.ones(size), bounds=Bounds(floor, ceiling))
        else:
            answer = linprog(
                direction,
                A_ub=less if len(orders) else None,
                b_ub=np.zeros(len(orders)) if len(orders) else None,
                A_eq=equal if len(sums) else None,
                b_eq=np.zeros(len(sums)) if len(sums) else None,
                bounds=np.column_stack([floor, ceiling]),
                method="highs",
            )
        assert answer.x is not None, f"{answer.message} {known.keys[block[0]]}"
        return answer.x

    least, most = np.full(size, np.inf), np.full(size, -np.inf)
    least[: len(block)] = most[: len(block)] = truth[block]
    proved = np.zeros(size, dtype=bool)
    proved[len(block) :] = True
    rng = np.random.default_rng(len(block))
    if not len(sums) and not len(orders):
        least, most = floor, ceiling
        proved[: len(block)] = most[: len(block)] - least[: len(block)] >= narrowest - 1
        return [(known.keys[at], low[at], high[at]) for at in block[~proved[: len(block)]]]
    attempt = fruitless = 0
    while certify and len(block) > 12 and fruitless < 4 and not proved.all():
        before = proved.sum()
        sign = (1.0, -1.0)[attempt] if attempt < 2 else rng.choice([-1.0, 1.0], size)
        solution = solve(np.where(proved, 0.0, rng.uniform(0.5, 1.5, size)) * sign)
        least, most = np.minimum(least, solution), np.maximum(most, solution)
        proved |= np.floor(most + 1e-6) - np.ceil(least - 1e-6) >= narrowest - 1
        attempt, fruitless = attempt + 1, 0 if proved.sum() > before else fruitless + 1
    findings = []
    for index in np.flatnonzero(~proved):
        if proved[index]:
            continue
        direction = np.zeros(size)
        direction[index] = 1.0
        lowest, highest = solve(direction), solve(-direction)
        for solution in (lowest, highest) if certify else ():
            least, most = np.minimum(least, solution), np.maximum(most, solution)
        proved |= np.floor(most + 1e-6) - np.ceil(least - 1e-6) >= narrowest - 1
        down, up = np.ceil(lowest[index] - 1e-6), np.floor(highest[index] + 1e-6)
        if up - down < narrowest - 1:
            findings.append((known.keys[block[index]], down, up))
    return findings


def _matrix(entries, size):
    rows, columns, values = [], [], []
    for row, (whole, parts, sign) in enumerate(entries):
        rows += [row] * (len(parts) + 1)
        columns += [whole, *parts]
        values += [-1.0 * sign, *([1.0 * sign] * len(parts))]
    return coo_matrix((values, (rows, columns)), shape=(len(entries), size)).tolil()
