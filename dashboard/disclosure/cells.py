"""Cubes as cells: each count once, however many cubes hold it, and how cells add up. Knows tables only.

A cell is named by measure, programme, partner, dimension and value. The same count in two cubes is the same cell, so
that hiding it in one hides it in the other; which counts add up to which is what an attacker would use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.warehouse.catalog import layer

ALL = "all"
KEY = ["measure", "programme_id", "partner_id", "dimension", "value"]
STEPS = ("registered", "enrolled", "started", "active", "completed", "credential", "recognised")
# Every learner has one value of each, so that people add up over them; how many values there are, hidden ones too.
OF_LEARNERS = {"sex": 4, "age_band": 7, "education": 7, "country_host": 251, "country_origin": 251}
# Course runs, credentials and requests add up over these; people do not.
OF_EVENTS = ("quarter", "outcome", "year", "university", "university_country", "reason")
PEOPLE_OF_EVENTS = ("learners", "holders")
# Except: whoever has a credential recognised stands under one reason of refusals, that of none.
PEOPLE_THAT_ADD_UP = {("learners recognised", "reason")}
SO_FAR = (
    *("completed_so_far", "withdrawn_so_far", "failed_so_far"),
    *("open_so_far", "under_way_so_far", "quiet_so_far"),
)
MATURED = (
    "runs_matured",
    "completed_matured",
    "started_matured",
    "verified_matured",
    "verified_completed",
    "intended_matured",
    "intended_completed",
)
ENDS = ("completed", "withdrawn", "failed", "active")
HORIZONS = (30, 60, 90, 180, 365)
# Sums and orders within a row stand in the header of its table; these are between tables, at one place. The first is
# the sum of the others:
PARTS = (
    ("runs", *(f"curve_{end}" for end in ENDS)),
    ("credential", "holders of any"),
)
# Each is among those before it:
CHAINS = (
    ("started", "reached"),
    *(
        tuple(f"{measure}@{horizon}" for horizon in HORIZONS)
        for measure in ("runs_matured", "started_matured", "verified_matured", "intended_matured")
    ),
    # A curve ends on day 730: what ended later is under way in it.
    *((f"{end}_so_far", f"curve_{end}") for end in ENDS[:-1]),
    ("curve_active", "open_so_far"),
)
# Credentials of a kind, and who holds them.
HELD, HOLDERS = "credentials:", "holders:"
# What all kinds add up to, by whether they are stacked on others; and whoever holds one of any kind.
OF_ANY = {"False": "credentials of any", "True": "stacked of any"}
HOLDERS_OF_ANY = "holders of any"
LOCATED, UNKNOWN = "located", "unknown"


@dataclass(frozen=True)
class Counts:
    """Which columns of a cube are counts, the measure each is, and the column of people who stand behind it.

    `dimension_and_value` gives dimension and value of each row; `only` which rows non-owners may have at all.
    """

    measures: Callable[[pd.DataFrame], Mapping[str, pd.Series | str]]
    dimension_and_value: Callable[[pd.DataFrame], tuple[pd.Series, pd.Series]]
    people: Mapping[str, str]
    only: Callable[[pd.DataFrame], pd.Series] | None = None


def cells_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All cells of the cubes: `KEY`, the count `n`, the `people` behind it and what they are. One row a cell."""
    frames = [long(tables[name], counts) for name, counts in CUBES.items() if name in tables and len(tables[name])]
    if not frames:
        return pd.DataFrame(columns=[*KEY, "n", "people", "of_people"])
    cells = pd.concat(frames, ignore_index=True)
    return cells.drop_duplicates(KEY, ignore_index=True)


def within_rows(
    tables: Mapping[str, pd.DataFrame], cells: pd.DataFrame
) -> tuple[list[tuple[int, tuple[int, ...]]], list[tuple[int, int]]]:
    """What the headers of the tables state of their columns, row by row, as positions of cells.

    Sums as a whole and its parts, and orders as a count and another that is among it.
    """
    index = pd.MultiIndex.from_frame(cells[KEY])
    sums, orders = {}, {}
    for query in layer("cubes"):
        if query.name not in CUBES or query.name not in tables or tables[query.name].empty:
            continue
        counts = long(tables[query.name], CUBES[query.name])
        at = {
            str(column): index.get_indexer(pd.MultiIndex.from_frame(rows[KEY]))
            for column, rows in counts.groupby("column", sort=False)
        }
        for whole, parts in query.sums:
            if at.keys() >= {whole, *parts}:
                columns = zip(at[whole].tolist(), zip(*(at[part].tolist() for part in parts), strict=True), strict=True)
                sums.update(dict.fromkeys(columns))
        for chain in query.among:
            known = [at[column] for column in chain if column in at]
            for above, among in zip(known, known[1:], strict=False):
                orders.update(dict.fromkeys(zip(above.tolist(), among.tolist(), strict=True)))
    return list(sums), list(orders)


def long(table: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """The counts of a cube, one row each, with `row` and `column` that they stand at."""
    dimension, value = counts.dimension_and_value(table)
    partner = table["partner_id"] if "partner_id" in table else pd.Series(ALL, index=table.index)
    frames = []
    measures = counts.measures(table)
    for column, measure in measures.items():
        behind = counts.people.get(column, column)
        frames.append(
            pd.DataFrame(
                {
                    "measure": measure,
                    "programme_id": table["programme_id"],
                    "partner_id": partner,
                    "dimension": dimension,
                    "value": value.astype(str),
                    "n": table[column].astype("int64"),
                    "people": table[behind].astype("int64"),
                    "of_people": measures.get(behind, behind),
                    "row": table.index,
                    "column": column,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _constant_names(names: Mapping[str, str]) -> Callable[[pd.DataFrame], Mapping[str, str]]:
    return lambda table: names


def _by_column(dimension: str, column: str) -> Callable[[pd.DataFrame], tuple[pd.Series, pd.Series]]:
    """Rows by one column, in which `all` stands for the total."""
    return lambda table: (pd.Series(np.where(table[column] == ALL, ALL, dimension), index=table.index), table[column])


def _by_country(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    dimension = ("country_" + table["counted_by"]).where(table["country_iso3"] != ALL, ALL)
    return dimension, table["country_iso3"]


def _by_cohort(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return _by_column("quarter", "cohort")(table)


def _by_year(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    years = table["year"]
    return pd.Series(np.where(years.isna(), ALL, "year"), index=table.index), years.astype("string").fillna(ALL)


def _by_university(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    names = {"university": "university", "country": "university_country", "reason": "reason", ALL: ALL}
    return table["breakdown"].map(names), table["breakdown_value"] + table["country_iso3"].fillna("").where(
        table["breakdown"] == "university", ""
    )


def _of_horizon(table: pd.DataFrame) -> Mapping[str, pd.Series | str]:
    at = "@" + table["horizon_days"].astype(str)
    plain: dict[str, pd.Series | str] = {name: name for name in ("runs", *SO_FAR)}
    return {**plain, "learners": "learners of runs", **{name: name + at for name in MATURED}}


def _of_credential(table: pd.DataFrame) -> Mapping[str, pd.Series | str]:
    kind = ":" + table["credential_type"] + ":" + table["is_stacked"].astype(str)
    return {"credentials": "credentials" + kind, "learners": "holders" + kind}


def _of_step(table: pd.DataFrame) -> Mapping[str, pd.Series | str]:
    return {"learners": table["step_order"].map(dict(enumerate(STEPS, start=1)))}


def _total(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return pd.Series(ALL, index=table.index), pd.Series(ALL, index=table.index)


def _last(table: pd.DataFrame) -> pd.Series:
    """The last day of each series."""
    newest = table.groupby(["programme_id", "partner_id"])["on_date"].transform("max")
    return table["on_date"] == newest


def _flow(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return pd.Series("flow", index=table.index), table["origin_iso3"] + ">" + table["host_iso3"]


CUBES: Mapping[str, Counts] = {
    "cube_funnel": Counts(
        _constant_names({step: step for step in STEPS}),
        lambda table: (table["attribute"], table["attribute_value"]),
        {},
        lambda table: table["month"].isna(),
    ),
    "cube_country": Counts(
        _constant_names(
            {"learners_registered": "registered", "learners": "reached", "learners_completed": "completed"}
        ),
        _by_country,
        {},
    ),
    "cube_flow": Counts(_constant_names({"learners": "reached"}), _flow, {}),
    "cube_reach": Counts(
        _constant_names(
            {
                "learners_registered": "registered",
                "learners_reached": "reached",
                "located": LOCATED,
                "credentials": OF_ANY["False"],
                "stacked_awards": OF_ANY["True"],
                "learners_with_credential": HOLDERS_OF_ANY,
            }
        ),
        _total,
        dict.fromkeys(("credentials", "stacked_awards"), "learners_with_credential"),
        _last,
    ),
    "cube_step_days": Counts(_of_step, _total, {}),
    "cube_completion": Counts(
        _of_horizon,
        _by_cohort,
        {**dict.fromkeys(("runs", *SO_FAR), "learners"), **dict.fromkeys(MATURED, "learners_matured")},
        lambda table: (table["cohort"] == ALL) | table["cohort"].str.contains("-Q"),
    ),
    "cube_cohort": Counts(
        _constant_names({"runs": "runs", **{f"curve_{end}": f"curve_{end}" for end in ENDS}}),
        lambda table: (table["attribute"], table["attribute_value"]),
        dict.fromkeys(("runs", *(f"curve_{end}" for end in ENDS)), "learners"),
        lambda table: table["cohort"] == ALL,
    ),
    "cube_outcome": Counts(
        _constant_names({"runs": "outcome runs", "learners": "learners by outcome"}),
        _by_column("outcome", "outcome"),
        {"runs": "learners"},
    ),
    "cube_credential": Counts(_of_credential, _by_year, {"credentials": "behind"}),
    "cube_recognition": Counts(
        _constant_names(
            {
                "requested": "requested",
                "decided": "decided",
                "recognised": "decided_recognised",
                "refused": "decided_refused",
                "pending": "pending",
                "learners": "learners who asked",
                "learners_recognised": "learners recognised",
                "transferred": "learners transferred",
            }
        ),
        _by_university,
        dict.fromkeys(("requested", "decided", "recognised", "refused", "pending"), "learners"),
    ),
    "cube_programme": Counts(
        _constant_names(
            {
                "learners": "learners of phase",
                "learners_reached": "learners reached in phase",
                "learners_with_hours": "learners with hours",
                "enrolments": "enrolments",
                "completions": "completions",
                "courses_completed": "courses completed",
                "projects_completed": "projects completed",
            }
        ),
        _by_column("phase", "phase"),
        dict.fromkeys(("enrolments", "completions", "courses_completed", "projects_completed"), "learners"),
    ),
}
