"""What learners cost: rows through the front door, a release, and opening each page that reads cubes.

Prints a table for 26 thousand, 1 million and 10 million course runs. CPU time, not wall time: other work on the machine
does not count. The invented reports of the two larger sizes are written as a snapshot, since 10 million rows are 110
files of the 25 MB that the front door takes; the rate of rows through the front door is measured on one such file.
"""

import argparse
import csv
import gc
import os
import statistics
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from runs import CAPTURED, cpu, store_of

from dashboard import session
from dashboard.demo.learners import V2_28
from dashboard.intake.front_door import Declared, import_file
from dashboard.settings import PROJECT, STORE_VARIABLE
from dashboard.store.releases import publish_release

SIZES = (26_000, 1_000_000, 10_000_000)
PAGES = ("overview", "reach_map", "completion_funnel", "cohorts", "programmes")
OPENS = 9


def through_the_front_door(folder: Path, rows: int) -> float:
    """Rows per second of CPU for one usage report of so many rows."""
    file = folder / f"usage_{rows}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(V2_28)
        for n in range(rows):
            cells = {
                "Name": f"Learner {n}",
                "Email": f"l{n}@example.org",
                "External Id": f"L-{n}",
                "Course": "Course",
                "Course ID": f"c{n % 300}",
                "Enrollment Time": f"2018-0{1 + n % 9}-1{n % 9}T08:00:00Z",
                "Last Course Activity Time": "2019-01-01T08:00:00Z",
                "Overall Progress": str(n % 101),
                "Estimated Learning Hours": "3",
                "Completed": "No",
                "Removed From Program": "No",
                "Program Slug": "coursera-for-refugees-alpha",
                "Location Country": "KEN",
            }
            writer.writerow([cells.get(name, "") for name in V2_28])
    began = cpu()
    report = import_file(folder / "door", "coursera_usage", file, CAPTURED, Declared(provenance="demo")).report
    assert report.rows_in == report.published == rows
    return rows / (cpu() - began)


def open_pages(stores: dict[int, Path]) -> dict[int, dict[str, float]]:
    """CPU milliseconds of opening each page with nothing answered before: medians, the sizes in turn.

    In turn, since a machine that others use is faster at one minute than at the next.
    """
    from streamlit.testing.v1 import AppTest

    milliseconds: dict[tuple[int, str], list[float]] = {}
    for page in PAGES:
        for opened in range(OPENS + 1):
            for runs, store in stores.items():
                os.environ[STORE_VARIABLE] = str(store)
                test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=600)
                if page != "overview":
                    test.switch_page(f"pages/{page}.py")
                session._answer.cache_clear()
                session._row.cache_clear()
                gc.collect()
                began = cpu()
                test.run()
                if opened:  # the first one loads the release
                    milliseconds.setdefault((runs, page), []).append(1000 * (cpu() - began))
                assert not test.exception, test.exception
    return {runs: {page: statistics.median(milliseconds[runs, page]) for page in PAGES} for runs in stores}


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out larger sizes")
    largest = parser.parse_args().largest
    with tempfile.TemporaryDirectory(prefix="coalition-benchmark-") as name:
        folder = Path(name)
        os.environ["COALITION_LEARNER_SECRET"] = str(folder / "secret")
        for rows in (26_000, 100_000):
            rate = through_the_front_door(folder, rows)
            print(f"front door: {rows:,} rows of a usage report, {rate:,.0f} rows per CPU second", flush=True)
        stores, built, held = {}, {}, {}
        for runs in [size for size in SIZES if size <= largest]:
            stores[runs] = store_of(folder, runs)
            began = cpu()
            release = publish_release(stores[runs])
            built[runs] = cpu() - began
            tables = session.queried_tables() & release.marts.keys()
            held[runs] = sum(pq.read_metadata(release.marts[table]).num_rows for table in tables)
            print(
                f"a release of {runs:,} course runs: {built[runs]:.1f} CPU s, {held[runs]:,} rows for pages", flush=True
            )
        medians = open_pages(stores)
    first = medians[min(medians)]
    print("\n| course runs | " + " | ".join(f"{page}, CPU ms" for page in PAGES) + " |")
    print("|---|" + "---|" * len(PAGES))
    for runs, pages in medians.items():
        cells = [f"{ms:.0f} ({ms / first[page]:.2f} x)" for page, ms in pages.items()]
        print(f"| {runs:,} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit(main())
