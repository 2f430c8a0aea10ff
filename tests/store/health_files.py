"""Files of a store as their manifests describe them, without a reader: rows by stream, rows set aside by reason."""

import csv
import datetime
import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.store.joining import Arrival
from dashboard.store.protocol import publish, staged
from dashboard.store.snapshots import Snapshot, keep

DAY = datetime.date


def bring_in(
    store: Path,
    folder: Path,
    source: str,
    day: DAY,
    streams: dict[str, int] | None = None,
    reasons: dict[tuple[str, str], int] | None = None,
    provenance: str = "reported",
    rows: int = 0,
    stated: int | None = None,
) -> Snapshot:
    """Keeps a file of so many rows of each stream, or so many in all, and so many set aside for each reason.

    `stated` is how many the manifest has as set aside, where that is wrong.
    """
    streams, reasons = streams or {}, reasons or {}
    digest = hashlib.sha256(repr((source, day, sorted(streams.items()), provenance)).encode()).hexdigest()
    folder = folder / digest[:12]
    folder.mkdir(parents=True)
    pairs = [stream.partition("/")[::2] for stream, count in streams.items() for _ in range(count)]
    table = pa.table(
        {"partner_id": [partner for partner, _ in pairs], "programme_id": [programme for _, programme in pairs]}
    )
    pq.write_table(table, folder / "rows.parquet")
    with (folder / "quarantine.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["line", "column", "value", "reason"])
        lines = [key for key, count in reasons.items() for _ in range(count)]
        writer.writerows([at, column, "a value nobody may see", reason] for at, (column, reason) in enumerate(lines, 2))
    published, aside = sum(streams.values()) or rows, sum(reasons.values())
    account = {
        "rows_in": published + aside,
        "published": published,
        "collapsed": 0,
        "quarantined": aside if stated is None else stated,
        "streams": sorted(streams),
        "notes": [],
    }
    return keep(store, Arrival(source, day.isoformat(), provenance, digest, folder, account))[0]


def propose(store: Path, source: str, streams: list[str], who: str, partners: list[str], at: str) -> None:
    """Lets a file wait, as the page Upload does."""
    with staged(store) as fresh:
        publish(
            store,
            fresh,
            store / "proposals" / source / f"2026-11-01-{len(streams)}{who[:3]}0000",
            {
                "kind": "proposal",
                "source": source,
                "captured_on": "2026-11-01",
                "provenance": "reported",
                "imported_at": at,
                "proposed_by": who,
                "partners": partners,
                "input": {"sha256": "0" * 64, "streams": streams},
            },
        )
