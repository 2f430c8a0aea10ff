"""Prints what bringing in the largest closure capture costs: import and publish, in seconds and CPU seconds.

Uses the publisher's capture of 76,860 rows where it is at hand, else a file of the same shape and size.
"""

import datetime
import os
import tempfile
import time
from pathlib import Path

from dashboard.demo.files import facts
from dashboard.intake.front_door import import_file
from dashboard.store.releases import publish_release

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "unesco_closures"
ROWS = 76_860
FIRST_DAY = datetime.date(2020, 2, 16)


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


def cpu() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = largest_capture(folder)
        before, begun = cpu(), time.perf_counter()
        report = import_file(folder / "store", "unesco_closures", file).report
        imported, middle = cpu() - before, time.perf_counter()
        publish_release(folder / "store")
        done, end = cpu() - before, time.perf_counter()
    print(f"{file.name}: {report.closing_line}")
    print(f"import   {middle - begun:6.2f} s  {imported:6.2f} CPU-s  {report.rows_in / (middle - begun):8,.0f} rows/s")
    print(f"publish  {end - middle:6.2f} s  {done - imported:6.2f} CPU-s")
    print(f"together {end - begun:6.2f} s  (target: under 15 s)")


if __name__ == "__main__":
    main()
