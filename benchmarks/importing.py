"""Prints what bringing files in costs: the largest closure capture with its release, usage reports of three sizes, and
of one million rows in 100 parts, as CSV and as Parquet; with `--long` also of ten million rows in ten parts.

Uses the publisher's capture of 76,860 rows where it is at hand, else a file of the same shape and size. Usage reports
are invented: three courses a learner, every cell filled as Coursera fills it; of one file every hundredth cell is odd.
CPU seconds are those of this process and of the one that reads the file; memory is the most that each of them had.
"""

import csv
import datetime
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from runs import Memory, memory_watched

from dashboard.demo.files import facts
from dashboard.demo.learners import V2_28
from dashboard.intake.front_door import Declared, import_file, made_ready_together
from dashboard.intake.limits import SHELL
from dashboard.store.joining import WHOLE
from dashboard.store.releases import publish_release

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "unesco_closures"
ROWS = 76_860
FIRST_DAY = datetime.date(2020, 2, 16)
# Rows of a usage report, and of how many cells one is odd; 0 is none.
REPORTS = ((26_000, 0), (250_000, 0), (250_000, 100), (1_000_000, 0))
CAPTURED = datetime.date(2020, 12, 31)
ODD = ("", "n/a", "?", "tomorrow", "120%", 'the "art" of it', "one, two", "two\nlines", "'=1", "٤٥", "2018-13-45")


def largest_capture(folder: Path) -> Path:
    real = SHARED / "closures_captured_2021-02_daily_to_2021-02-15.csv"
    if real.is_file():
        return real
    countries = [country for country in facts().countries.values() if country.monitored]
    file = folder / "closures_captured_2021-02-15.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("Date,ISO,Country,Status,Note\n")
        for number in range(ROWS):
            country = countries[number % len(countries)]
            day = FIRST_DAY + datetime.timedelta(number // len(countries))
            out.write(f'{day:%d/%m/%Y},{country.iso3},"{country.name}",Fully open,\n')
    return file


def usage_report(folder: Path, rows: int, odd_every: int, first: int = 0, of: int = 0) -> Path:
    """Rows of a report from one on; of how many it has all parts together, where it is a part."""
    file = folder / f"usage_{rows}_{odd_every}_{first}.csv"
    odd = itertools.cycle(ODD)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(V2_28)
        for number in range(first, first + rows):
            who, course, day = number * 7919 % max((of or rows) // 3, 1), number * 31 % 600, number * 13 % 28 + 1
            clock = f"{number % 24:02}:{number % 60:02}:{number * 7 % 60:02}Z"
            is_completed = number % 3 == 0
            cells = {
                "Name": f"Learner {who}",
                "Email": f"learner{who}@example.org",
                "External Id": f"L-{who:07}",
                "Course": f"Course {course}, an introduction",
                "Course ID": f"course-{course:04}",
                "University": f"University {course % 40}",
                "Enrollment Time": f"2018-{number % 12 + 1:02}-{day:02}T{clock}",
                "Class Start Time": f"2018-{number % 12 + 1:02}-{day:02}T08:00:00Z",
                "Last Course Activity Time": f"2019-{number % 11 + 1:02}-{day:02}T{clock}",
                "Overall Progress": "100" if is_completed else str(number % 99 + 1),
                "Estimated Learning Hours": f"{number % 4000 / 100:.2f}",
                "Completed": "Yes" if is_completed else "No",
                "Removed From Program": "No",
                "Program Slug": f"coursera-for-refugees-{('alpha', 'beta', 'gamma')[who % 3]}",
                "Program Name": "Coursera for Refugees",
                "Enrollment Source": "PROGRAM",
                "Completion Time": f"2019-{number % 11 + 1:02}-{day:02}T{clock}" if is_completed else "",
                "Course Certificate URL": f"https://example.org/verify/{number}" if is_completed else "",
                "For Credit": "No",
                "Course Type": "Course",
                "Location Country": ("Kenya", "DEU", "Jordan", "Türkiye", "UGA", "Pakistan", "LBN")[who % 7],
            }
            line = [cells.get(name, "") for name in V2_28]
            if odd_every:
                for at in range(-number * len(V2_28) % odd_every, len(V2_28), odd_every):
                    line[at] = next(odd)
            writer.writerow(line)
    return file


def cpu() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def capture_and_release(folder: Path) -> None:
    file = largest_capture(folder)
    before, begun = cpu(), time.perf_counter()
    report = import_file(folder / "store", "unesco_closures", file).report
    imported, middle = cpu() - before, time.perf_counter()
    publish_release(folder / "store")
    done, end = cpu() - before, time.perf_counter()
    print(f"{file.name}: {report.closing_line}")
    print(f"import   {middle - begun:6.2f} s  {imported:6.2f} CPU-s  {report.rows_in / (middle - begun):8,.0f} rows/s")
    print(f"publish  {end - middle:6.2f} s  {done - imported:6.2f} CPU-s")
    print(f"together {end - begun:6.2f} s  (target: under 15 s)", flush=True)


def reports(folder: Path) -> None:
    for rows, odd_every in REPORTS:
        file = usage_report(folder, rows, odd_every)
        before = cpu()
        with memory_watched() as memory:
            report = import_file(folder / f"{file.stem}.store", "coursera_usage", file, CAPTURED, limits=SHELL).report
        spent = cpu() - before
        what = f"every {odd_every}th cell odd" if odd_every else "no cell odd"
        print(
            f"usage report of {rows:9,} rows ({file.stat().st_size / 1e6:5.1f} MB), {what:20}: {spent:5.2f} CPU-s, "
            f"{rows / spent:7,.0f} rows per CPU second, {_megabytes(memory)}; set aside {len(report.quarantined):,}",
            flush=True,
        )
        file.unlink()


def files_in_one_pass(folder: Path, rows: int, files: int, as_parquet: bool) -> None:
    each = rows // files
    sent = []
    for number in range(files):
        file = usage_report(folder, each, 0, number * each, rows)
        if as_parquet:
            as_text = pa_csv.ConvertOptions(column_types=dict.fromkeys(V2_28, pa.string()))
            pq.write_table(pa_csv.read_csv(file, convert_options=as_text), file.with_suffix(".parquet"))
            file.unlink()
            file = file.with_suffix(".parquet")
        sent.append(file)
    before = cpu()
    ready = made_ready_together(
        folder / "parts.store", "coursera_usage", sent, CAPTURED, Declared(kind=WHOLE), limits=SHELL
    )
    with memory_watched() as memory, ready as imported:
        spent = cpu() - before
    print(
        f"{files:3} parts of {each:9,} rows as {'Parquet' if as_parquet else 'CSV'}: {spent:6.2f} CPU-s, "
        f"{imported.report.rows_in / spent:7,.0f} rows per CPU second, {_megabytes(memory)}",
        flush=True,
    )
    for file in sent:
        file.unlink()


def _megabytes(memory: Memory) -> str:
    return f"{memory.started / 2**20:3.0f} MB of the process that reads, {memory.own / 2**20:3.0f} MB of this one"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        capture_and_release(Path(name))
        reports(Path(name))
        files_in_one_pass(Path(name), 1_000_000, 100, as_parquet=False)
        files_in_one_pass(Path(name), 1_000_000, 100, as_parquet=True)
        if "--long" in sys.argv:
            files_in_one_pass(Path(name), 10_000_000, 10, as_parquet=False)


if __name__ == "__main__":
    main()
