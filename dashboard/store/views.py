"""What each audience may have of a release, written beside the marts while it is made."""

import datetime
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.disclosure.audit import Contradiction
from dashboard.disclosure.cells import ALL
from dashboard.disclosure.policy import AUDIENCES, PUBLIC, policy
from dashboard.disclosure.protect import BENCHMARK, PROTECTED, AuditFailed, in_plain_strings, protect_both
from dashboard.learner_secret import shift_key
from dashboard.settings import learner_secret_file
from dashboard.store.cadence import Figures
from dashboard.warehouse.engine import canonical

STREAMS, COUNTRIES = "dim_stream", "dim_country"
HUB_DAYS, BY_LEARNERS = "fct_hub_day", "learner event"
# What partners may have besides their own rows and what is public.
BESIDE = "partner"
# Below this, starting processes costs more than it saves.
MANY_ROWS = 20_000
_DAY = pa.scalar(datetime.timedelta(days=1), pa.duration("s"))


def write_views(marts: Path, folder: Path, figures: Mapping[str, Figures]) -> dict[str, Any]:
    """Writes the protected tables of each audience as Parquet into `folder`; returns the account of the audits.

    Those that stand for longer are taken over from where `figures` has them, and are not in the account.

    Raises:
        AuditFailed: people could be worked out of what would be shown.
        Contradiction: the counts do not add up.
    """
    taken_over = {
        audience: figures_of_audience.folder
        for audience, figures_of_audience in figures.items()
        if figures_of_audience.folder
    }
    audits = {} if len(taken_over) == len(AUDIENCES) else _views_of_child(marts, folder)
    for audience, source in taken_over.items():
        for name in (audience, BESIDE) if audience == PUBLIC else (audience,):
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(source / name, folder / name, copy_function=shutil.copyfile)
        audits.pop(audience, None)
    return audits


def have_columns_of(marts: Path, views: Path, audience: str) -> bool:
    """Whether what an audience has of an earlier release has the tables and columns that are made today.

    A version that adds one could not show its pages until the figures are made anew, a month or a quarter later.
    """
    needed = [(audience, name) for name in (*PROTECTED, STREAMS, HUB_DAYS)]
    if audience == PUBLIC:
        needed.append((BESIDE, BENCHMARK))
    for folder, name in needed:
        file = views / folder / f"{name}.parquet"
        if not file.is_file() or pq.read_schema(file).names != pq.read_schema(marts / f"{name}.parquet").names:
            return False
    return True


def _views_of_child(marts: Path, folder: Path) -> dict[str, Any]:
    rows = sum(pq.read_metadata(marts / f"{name}.parquet").num_rows for name in PROTECTED)
    if rows < MANY_ROWS:
        return _write(marts, folder)
    # In a process of its own, started by name: a fork or spawn of a served page would run that page again.
    child = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-m", __name__, str(marts), str(folder)],
        stdout=subprocess.PIPE,
        cwd="/",
        check=False,
    )
    return _answer_of_child(child.returncode, child.stdout)


def main(arguments: list[str]) -> None:
    """Writes the tables; the account, or the reason of a refusal, is JSON on standard output."""
    marts, folder = arguments[:2]
    try:
        print(json.dumps(_write(Path(marts), Path(folder))))
    except (AuditFailed, Contradiction, OSError) as refused:
        name = OSError.__name__ if isinstance(refused, OSError) else type(refused).__name__
        print(json.dumps([name, str(refused)]))


def _answer_of_child(code: int, answer: bytes) -> dict[str, Any]:
    if code:
        raise RuntimeError(f"A process that protects the tables of an audience ended with code {code}; see its error.")
    answered = json.loads(answer)
    if isinstance(answered, list):
        raise {"AuditFailed": AuditFailed, "Contradiction": Contradiction, "OSError": OSError}[answered[0]](answered[1])
    return answered


@in_plain_strings
def _write(marts: Path, folder: Path) -> dict[str, Any]:
    # Canonical, since some engines declare that a column has no NULL, and a hidden figure is one.
    exact = {name: canonical(pq.read_table(marts / f"{name}.parquet")) for name in (*PROTECTED, STREAMS)}
    frames = {name: table.to_pandas(date_as_object=True) for name, table in exact.items()}
    streams = frames.pop(STREAMS)
    countries = pq.read_table(marts / f"{COUNTRIES}.parquet", columns=["country_iso3", "region"]).to_pydict()
    regions = dict(zip(countries["country_iso3"], countries["region"], strict=True))
    days = _hub_days(canonical(pq.read_table(marts / f"{HUB_DAYS}.parquet")), policy().hide_below)
    protected = protect_both(frames, streams, regions=regions, key=shift_key(learner_secret_file()))
    for audience in AUDIENCES:
        views = folder / audience
        views.mkdir(parents=True)
        for name, table in protected[audience].tables.items():
            pq.write_table(_with_schema(table, exact[name].schema), views / f"{name}.parquet", compression="zstd")
        pq.write_table(_streams(exact[STREAMS], audience), views / f"{STREAMS}.parquet", compression="zstd")
        pq.write_table(days, views / f"{HUB_DAYS}.parquet", compression="zstd")
    beside = folder / BESIDE
    beside.mkdir()
    table = _with_schema(protected[PUBLIC].for_partners, exact[BENCHMARK].schema)
    pq.write_table(table, beside / f"{BENCHMARK}.parquet", compression="zstd")
    return {audience: dict(protected[audience].account) for audience in AUDIENCES}


def _hub_days(days: pa.Table, hide_below: int) -> pa.Table:
    """Signs of life of hubs, those of learners by month only, at its end, and only of as many as may be counted."""
    of_learners = pc.equal(days["kind"], BY_LEARNERS)
    others = days.filter(pc.invert(of_learners))
    enough = days.filter(pc.and_kleene(of_learners, pc.greater_equal(days["month_learners"], hide_below)))
    at = {name: number for number, name in enumerate(days.column_names)}
    month_end = pc.subtract(pc.ceil_temporal(enough["on_date"], unit="month", ceil_is_strictly_greater=True), _DAY)
    last = pc.min_element_wise(pc.cast(month_end, pa.date32()), enough["as_of_on"])
    enough = enough.set_column(at["on_date"], "on_date", last)
    enough = enough.set_column(at["month_learners"], "month_learners", pa.nulls(len(enough), pa.int64()))
    enough = enough.group_by(days.column_names, use_threads=False).aggregate([])
    keys = [(name, "ascending") for name in ("programme_id", "hub_id", "on_date", "kind")]
    return pa.concat_tables([others, enough.select(days.column_names)]).sort_by(keys)


def _streams(streams: pa.Table, audience: str) -> pa.Table:
    """Who reports what until when: nobody's first day, and for the public not who."""
    at = {name: number for number, name in enumerate(streams.column_names)}
    kept = streams.set_column(at["first_on"], "first_on", pa.nulls(len(streams), pa.date32()))
    if audience == PUBLIC:
        for name in ("partner_id", "partner"):
            kept = kept.set_column(at[name], name, pa.array([ALL] * len(kept), pa.string()))
        newest = kept.group_by([name for name in kept.column_names if name != "as_of_on"]).aggregate(
            [("as_of_on", "max")]
        )
        kept = newest.rename_columns({"as_of_on_max": "as_of_on"}).select(streams.column_names)
        kept = kept.cast(streams.schema)
    return kept.take(pc.sort_indices(kept, sort_keys=[("programme_id", "ascending"), ("partner_id", "ascending")]))


def _with_schema(table: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    columns: Mapping[str, pd.Series] = {name: table[name] for name in schema.names}
    return pa.table([pa.array(columns[field.name], field.type, from_pandas=True) for field in schema], schema=schema)


if __name__ == "__main__":
    main(sys.argv[1:])
