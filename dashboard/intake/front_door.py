"""The one way in: a file is checked in a child process and, if it holds, kept as a snapshot."""

import datetime
import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zoneinfo
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dashboard.intake.csv_text import naming
from dashboard.intake.days import ORDERS
from dashboard.intake.file_names import captured_on_in_name, corrects_in_name, is_part_in_name
from dashboard.intake.formats import is_parquet
from dashboard.intake.identity import open_identity
from dashboard.intake.limits import BROWSER, MEGABYTE, NO_LIMIT, Limits, limits_of
from dashboard.intake.programmes import identifier
from dashboard.intake.readers.organisations import country_code
from dashboard.intake.report import LONGEST_TEXT, FileRefused, Report, RowRefused, clean, write_quarantine
from dashboard.intake.scale import SCALES
from dashboard.intake.workplace import workplace
from dashboard.settings import learner_secret_file, store_folder
from dashboard.store.erased import marks
from dashboard.store.joining import NAMED_BY, PART, UNSAID, Arrival, joined_digest
from dashboard.store.snapshots import Snapshot, keep, lines_to_correct, refuse_new_secret
from dashboard.warehouse.catalog import sources

# So many lines of what a child writes beside its answer are kept, to name what it died of.
LAST_WORDS = 20
# So many times the bytes of a CSV are on the disk of the store at once while it is read; Parquet is packed.
ROOM, PARQUET_TO_CSV = 2, 10
NO_SPACE = "[Errno 28]"
# What a child states last when memory, the size of a file it writes, or the number of files it opens is at its limit.
OUT_OF_LIMITS = ("MemoryError", "malloc of size", "bad_alloc", "[Errno 27]", "[Errno 24]", "[Errno 12]")
# Blocks of a file that were read make room for the next ones: given back to the system, each would be cleared again,
# which is a tenth of the time that a large file takes.
MEMORY_KEPT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": str(256 * MEGABYTE),
    "MALLOC_TRIM_THRESHOLD_": str(256 * MEGABYTE),
}
DEMONSTRATION_PREFIX = "demonstration"
EARLIEST_CAPTURE = datetime.date(2000, 1, 1)

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Imported:
    """What an import left behind: its report, its snapshot, and how corrected rows of the file name it."""

    report: Report
    snapshot: Snapshot
    was_held: bool
    file_id: str


@dataclass(frozen=True)
class Ready:
    """What the child made of a file, in a folder with `rows.parquet` and `quarantine.csv`.

    `account` is the report as a manifest keeps it; `erased` the list of those whose rows were left out, None where
    nobody could be.
    """

    report: Report
    folder: Path
    digest: str
    account: dict[str, Any]
    erased: frozenset[str] | None
    parts: tuple[str, ...] = ()

    @property
    def arrival(self) -> Arrival:
        """What the store keeps of it."""
        report = self.report
        return Arrival(
            source=report.source,
            captured_on=report.captured_on,
            provenance=report.provenance,
            digest=self.digest,
            folder=self.folder,
            account={**self.account, "quarantined": len(report.quarantined)},
            kind=report.kind,
            corrects=report.corrects,
            lines=report.lines,
            erased=self.erased,
            parts=self.parts,
        )


@dataclass(frozen=True)
class Declared:
    """What the sender states of a file that the file itself does not, or states otherwise; empty where nothing is.

    `provenance` demo marks invented rows. `encoding` is that of a CSV which is neither UTF-8 nor UTF-16 with a
    byte-order mark. `partner` and `programme` are ids that hold for every row. `country`, as code or name, is that of
    rows without. `zone` is that of times without one. `columns` are pairs of a column of the card and the header that
    stands for it in this file, where a person stated it. `name` is what the sender calls the file: it may state the
    day of capture, or that it is a part, and is never a path. `kind` is what the file is: the whole export of what it
    reports, a part of one, or corrected rows; else its own columns and its name state it. `date_order` is `day_first`
    or `month_first`, for dates such as 9/1/2022. `no_consent_column` states that the file has no column of consent
    because every learner in it agreed. `progress_scale` is `percent` or `share`. `sector` is that of rows of a
    list of who does what where which state none.
    """

    provenance: str = ""
    encoding: str = ""
    partner: str = ""
    programme: str = ""
    zone: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    name: str = ""
    country: str = ""
    kind: str = ""
    date_order: str = ""
    no_consent_column: bool = False
    progress_scale: str = ""
    sector: str = ""


NOTHING = Declared()


def check_file(
    source: str,
    file: Path,
    captured_on: datetime.date | None = None,
    declared: Declared = NOTHING,
    store: Path | None = None,
    limits: Limits = BROWSER,
) -> Report:
    """What an import of the file would do, into that store if one is named; keeps nothing.

    Raises:
        FileRefused: the file cannot be taken in at all.
    """
    with _checked_file(store, source, file, captured_on, declared, None, _standing(store, source), limits) as (
        report,
        _,
    ):
        return report


def import_file(
    store: Path,
    source: str,
    file: Path,
    captured_on: datetime.date | None = None,
    declared: Declared = NOTHING,
    progress: Progress | None = None,
    limits: Limits = BROWSER,
) -> Imported:
    """Checks the file and keeps it as a snapshot of the store; the same file again changes nothing.

    Args:
        store: the store's folder, made if it is not there.
        source: name of a source card.
        file: CSV or XLSX, distinguished by content.
        captured_on: day on which the sender's file stood so; else read from the file, its name, or today.
        declared: what the sender declares beside the file.
        progress: called with the rows read so far.
        limits: how large the file may be, and what reading it may cost.

    Raises:
        FileRefused: the file cannot be taken in at all; nothing was kept.
    """
    with made_ready(store, source, file, captured_on, declared, progress, limits) as ready:
        snapshot, was_held = keep(store, ready.arrival)
        return Imported(ready.report, snapshot, was_held, ready.arrival.file_id)


@contextmanager
def made_ready(
    store: Path,
    source: str,
    file: Path,
    captured_on: datetime.date | None = None,
    declared: Declared = NOTHING,
    progress: Progress | None = None,
    limits: Limits = BROWSER,
) -> Iterator[Ready]:
    """A file checked and pseudonymised, ready to be kept; gone afterwards. As `import_file` otherwise."""
    standing = _standing(store, source)
    with _checked_file(store, source, file, captured_on, declared, progress, standing, limits) as (report, folder):
        with file.open("rb") as body:
            whole = hashlib.file_digest(body, "sha256")
        digest = _digest(whole, declared, report)
        write_quarantine(report.quarantined, folder / "quarantine.csv")
        account = report.as_json()
        if sources()[source].people:
            account["file"] = ""  # a name such as report_of_somebody.csv
        yield Ready(report, folder, digest, account, standing.erased if sources()[source].people else None)


@contextmanager
def made_ready_together(
    store: Path,
    source: str,
    files: Sequence[Path],
    captured_on: datetime.date | None = None,
    declared: Declared = NOTHING,
    progress: Progress | None = None,
    limits: Limits = BROWSER,
) -> Iterator[Ready]:
    """Several files of the same columns read as the one export that they are parts of: as `made_ready` otherwise.

    One that is there twice, whatever its name, is read once.

    Raises:
        FileRefused: one of them cannot be taken in, which the message names, or they are not of one day.
    """
    bodies: dict[bytes, Any] = {}
    files_by_digest: dict[bytes, Path] = {}
    twice: list[str] = []
    for file in files:
        with naming(_plain_name(file.name)), existing_file(file, limits).open("rb") as body:
            whole = hashlib.file_digest(body, "sha256")
        if whole.digest() in files_by_digest:
            first = _plain_name(files_by_digest[whole.digest()].name)
            twice.append(f"{_plain_name(file.name)} is the same file as {first}, and is counted once")
        else:
            bodies[whole.digest()], files_by_digest[whole.digest()] = whole, file
    if len(files_by_digest) == 1:
        with made_ready(store, source, files[0], captured_on, declared, progress, limits) as ready:
            yield replace(ready, report=_with_notes(ready.report, twice))
        return
    standing, is_about_people = _standing(store, source), source in sources() and sources()[source].people
    in_order = _with_names(list(files_by_digest.values()))
    with _checked_file(store, source, files[0], captured_on, declared, progress, standing, limits, in_order) as (
        report,
        folder,
    ):
        digests = [_digest(whole, declared, report) for whole in bodies.values()]
        ids = {name: digest[:NAMED_BY] for (_, name), digest in zip(in_order, digests, strict=True)}
        write_quarantine(report.quarantined, folder / "quarantine.csv", ids)
        account = report.as_json()
        if is_about_people:
            account["file"] = ""
            account["unread"] = [{**entry, "file": ""} for entry in account["unread"]]
        else:
            account["part_names"] = {id_: name for name, id_ in ids.items()}
        erased = standing.erased if is_about_people else None
        digest = joined_digest(digests, ())
        yield Ready(_with_notes(report, twice), folder, digest, account, erased, tuple(sorted(digests)))


def _with_notes(report: Report, notes: Sequence[str]) -> Report:
    return replace(report, notes=(*report.notes, *notes))


def _with_names(files: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file with its name, or where several have that name, with its path."""
    alike = Counter(file.name for file in files)
    return [(file, _plain_name(file.name if alike[file.name] == 1 else str(file))) for file in files]


def _digest(whole: Any, by_sender: Declared, report: Report) -> str:
    """Names a file by its bytes, and by what was declared: the same bytes read in another way are other rows."""
    declared = "\0".join(
        (by_sender.encoding, by_sender.partner, by_sender.programme, by_sender.zone, report.learner_secret)
    )
    if by_sender.country:
        declared += "\0" + _country(by_sender.country)
    if by_sender.sector:
        declared += "\0sector\0" + _plain_name(by_sender.sector)
    if by_sender.columns:
        declared += "\0" + json.dumps(sorted(by_sender.columns))
    for name in ("date_order", "no_consent_column", "progress_scale"):
        if value := getattr(by_sender, name):
            declared += f"\0{name}={value}"
    whole.update(declared.encode())
    return whole.hexdigest()


def refuse_small_disk(folder: Path, files: Sequence[Path]) -> None:
    """Raises FileRefused where the disk of the store would not hold what reading the files needs."""
    while not folder.exists():
        folder = folder.parent
    needed = sum(_disk_needed(file) for file in files)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise FileRefused(
            f"Reading this needs about {needed / 1e9:,.1f} GB on the disk of the store, {ROOM} times the size as CSV; "
            f"{free / 1e9:,.1f} GB are free. Make room, or keep the store on a larger disk."
        )


def _disk_needed(file: Path) -> int:
    """Bytes of disk that reading a file takes."""
    size = file.stat().st_size
    return ROOM * size * (PARQUET_TO_CSV if is_parquet(file) else 1)


@dataclass(frozen=True)
class _Standing:
    """What a store knows before a file comes: marks of those erased, and lines set aside by file."""

    erased: frozenset[str] = frozenset()
    to_correct: Mapping[str, frozenset[int]] = field(default_factory=dict)


def _standing(store: Path | None, source: str) -> _Standing:
    if not store or source not in sources():
        return _Standing()
    return _Standing(marks(store) if sources()[source].people else frozenset(), lines_to_correct(store, source))


@contextmanager
def _checked_file(
    store: Path | None,
    source: str,
    file: Path,
    captured_on: datetime.date | None,
    declared: Declared,
    progress: Progress | None,
    standing: _Standing,
    limits: Limits,
    files_and_names: Sequence[tuple[Path, str]] = (),
) -> Iterator[tuple[Report, Path]]:
    if source not in sources():
        raise FileRefused(f"There is no source {source!r}. `coalition sources` lists them: {', '.join(sources())}.")
    file = existing_file(file, limits)
    files = [existing_file(path, limits) for path, _ in files_and_names] or [file]
    names = [name for _, name in files_and_names] or [_plain_name(declared.name or file.name)]
    name = f"{len(names)} parts, {names[0]} to {names[-1]}" if files_and_names else names[0]
    provenance = (
        "demo"
        if any(known_name.lower().startswith(DEMONSTRATION_PREFIX) for known_name in names)
        else declared.provenance
    )
    today = datetime.date.today()
    if captured_on and not EARLIEST_CAPTURE <= captured_on <= today:
        raise FileRefused(
            f"A file cannot have been captured on {captured_on}: give a day from {EARLIEST_CAPTURE} to today."
        )
    if declared.zone and declared.zone not in zoneinfo.available_timezones():
        raise FileRefused(
            f"There is no time zone {declared.zone!r}. Give one such as UTC, Asia/Karachi or Europe/Berlin."
        )
    in_name = _day_in_names(names) if captured_on is None else captured_on_in_name(names[0])
    if limits.largest_file == NO_LIMIT:
        refuse_small_disk(store or store_folder(), files)
    if sources()[source].people:
        refuse_new_secret(store or store_folder())
    secret = open_identity(learner_secret_file()).secret.hex() if sources()[source].people else ""
    with workplace(store) as folder:
        order = {
            "source": source,
            "file": str(file),
            "name": name,
            "folder": str(folder),
            "encoding": declared.encoding,
            "captured_on": captured_on.isoformat() if captured_on else "",
            "captured_on_in_name": in_name.isoformat() if in_name else "",
            "today": today.isoformat(),
            "provenance": provenance,
            "partner": identifier(declared.partner),
            "programme": identifier(declared.programme),
            "country": _country(declared.country),
            "sector": _plain_name(declared.sector),
            "zone": declared.zone,
            "secret": secret,
            "erased": sorted(standing.erased),
            "kind": declared.kind or (PART if is_part_in_name(names[0]) else UNSAID),
            "corrects": corrects_in_name(names[0], source),
            "to_correct": {file: sorted(lines) for file, lines in standing.to_correct.items()},
            "columns": sorted(declared.columns),
            "date_order": _allowed_word(declared.date_order, "date order", ORDERS),
            "no_consent_column": declared.no_consent_column,
            "progress_scale": _allowed_word(declared.progress_scale, "scale of progress", SCALES),
            "limits": limits.of(sum(path.stat().st_size for path in files)).as_json(),
            "parts": [(str(path), path_name) for path, path_name in zip(files, names, strict=True)]
            if files_and_names
            else [],
        }
        yield Report.from_json(run_child(order, progress)), folder


def _day_in_names(names: Sequence[str]) -> datetime.date | None:
    """The day of capture that the names of files state; FileRefused where they state several."""
    days = {day: name for name in names if (day := captured_on_in_name(name))}
    if len(days) > 1:
        (first_day, first_name), (other_day, other_name), *_ = days.items()
        raise FileRefused(
            f"These are no parts of one export: {first_name} is of {first_day}, {other_name} of {other_day}. Import "
            "each day in a call of its own, or declare the day (`--captured-on`)."
        )
    return next(iter(days), None)


def _allowed_word(word: str, what: str, known: tuple[str, ...]) -> str:
    """What the sender declares, if it is one of the words; FileRefused where it is another."""
    if word and word not in known:
        raise FileRefused(f"There is no {what} {_plain_name(word)!r}. Give one of {', '.join(known)}.")
    return word


def _country(country: str) -> str:
    """The code of the country that the sender declares; FileRefused where there is none."""
    try:
        return country_code(country, "country") if country.strip() else ""
    except RowRefused:
        raise FileRefused(
            f"There is no country {_plain_name(country)!r}. Give its ISO 3166 code, such as SDN, or its name."
        ) from None


def existing_file(file: Path, limits: Limits = BROWSER) -> Path:
    """The whole path of a file that is there and small enough.

    Raises:
        FileRefused: it is not.
    """
    try:
        path = file.resolve() if file.is_file() else None
        size = file.stat().st_size if path else 0
    except (OSError, ValueError):  # a name that no file can have
        path = None
    if path is None:
        raise FileRefused(f"There is no file {_plain_name(str(file))}. Look at its name.")
    limits.refuse_larger(size)
    return path


def _plain_name(name: str) -> str:
    return clean(name.encode("utf-8", "replace").decode())[:LONGEST_TEXT]


def start_child(environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """A process that reads one file: it has this environment and nothing else of this process."""
    return subprocess.Popen(
        [sys.executable, "-I", "-W", "ignore", "-m", "dashboard.intake.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=environment,
        cwd="/",
    )


def run_child(order: Mapping[str, Any], progress: Progress | None = None) -> dict[str, Any]:
    """What the child process answers to an order.

    Raises:
        FileRefused: it refused the file, or died of it.
    """
    wall_seconds = limits_of(order).wall_seconds
    passed_on = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    if "folder" in order:
        passed_on["TMPDIR"] = order["folder"]  # what its libraries write goes when the folder goes
    with start_child(passed_on | MEMORY_KEPT) as child:
        assert child.stdin and child.stdout and child.stderr
        last_words: deque[str] = deque(maxlen=LAST_WORDS)
        listener = threading.Thread(target=last_words.extend, args=(child.stderr,), daemon=True)
        listener.start()
        overdue = threading.Timer(wall_seconds, child.kill)
        overdue.start()
        try:
            with suppress(BrokenPipeError):  # it died before it listened: its code states of what
                child.stdin.write(json.dumps(order))
                child.stdin.close()
            answer = ""
            for line in child.stdout:
                kind, _, rest = line.partition(" ")
                if kind == "rows" and progress:
                    progress(int(rest))
                elif kind in ("report", "refused"):
                    answer = line
            code = child.wait()
            in_time = overdue.is_alive()
        finally:
            overdue.cancel()
            child.kill()
        if answer.startswith("report ") and code == 0:
            return json.loads(answer.removeprefix("report "))
        if answer.startswith("refused "):
            raise FileRefused(*json.loads(answer.removeprefix("refused ")))
        if not in_time:
            raise FileRefused(
                f"Reading the file took longer than {wall_seconds} seconds and was stopped (reason code {code}). "
                "Send it in parts, or as plain CSV."
            )
        listener.join(1)
        printed = [line.strip() for line in last_words if line.strip()]
        if printed and NO_SPACE in printed[-1]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise FileRefused(_death(code, printed[-1] if printed else ""))


def _death(code: int, last_words: str) -> str:
    if code < 0 or any(sign in last_words for sign in OUT_OF_LIMITS):
        return (
            "The file could not be read within the limits of memory and time given to one file "
            f"(reason code {code}). Send it in parts, or as plain CSV."
        )
    what = last_words.split(":")[0]
    return f"The file could not be read (reason code {code}: {what}). Save it again as CSV UTF-8 and send that."
