"""The `coalition` command: what an operator does with files, releases and questions."""

import argparse
import csv
import datetime
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
from tqdm import tqdm

from dashboard import actions
from dashboard.access.viewer import STEWARD, Viewer, answering_viewer, open_answers
from dashboard.briefs.hxl import SOURCE as HXL_SOURCE
from dashboard.briefs.hxl import newest_rows, write_hxl
from dashboard.briefs.tables import FORMATS
from dashboard.briefs.template import write_template
from dashboard.commands import documents, operations, tokens
from dashboard.commands.counted import counted
from dashboard.commands.named_files import named_files
from dashboard.intake.consequences import LEARNERS, Consequence, consequence_of, holds_people
from dashboard.intake.days import ORDERS
from dashboard.intake.front_door import Declared, Imported, made_ready_together
from dashboard.intake.limits import SHELL
from dashboard.intake.programmes import identifier
from dashboard.intake.recognise import set_aside_rows
from dashboard.intake.report import Commonest, FileRefused, Report, Unread, closing_line, harmless
from dashboard.intake.scale import SCALES
from dashboard.intake.tabular import OTHER_ENCODINGS
from dashboard.refusals import Refusal
from dashboard.settings import (
    READ_ONLY_VARIABLE,
    STORE_VARIABLE,
    SettingWrong,
    is_address,
    is_read_only,
    port,
    seconds_between_looks,
    store_address,
    store_folder,
)
from dashboard.store import releases, removal, shared
from dashboard.store.health import FRESHNESS, folded, health
from dashboard.store.joining import CORRECTIONS, PART, WHOLE
from dashboard.store.mirrored import in_address
from dashboard.store.protocol import StoreDamaged, in_words
from dashboard.store.snapshots import pinned
from dashboard.store.workspace import libraries_work_in
from dashboard.warehouse.answers import BadParameter
from dashboard.warehouse.catalog import SourceCard, question, sources
from dashboard.warehouse.lineage import sources_of

DONE, REFUSED = 0, 1
# As a shell reports a command that Ctrl-C ended.
STOPPED = 130
# What DuckDB makes of Ctrl-C.
INTERRUPTED = "Query interrupted"
# So many values that were not understood are printed, and so many of each reason for which rows were set aside.
MOST_VALUES, MOST_VALUES_OF_A_REASON = 20, 3
MOST_NAMES = 12
MOST_PARTS = 200


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb; returns 0 when done, 1 when refused with a reason, 130 when stopped (argparse's own is 2)."""
    arguments = _parser().parse_args(argv)
    if arguments.store:
        folder = arguments.store if is_address(arguments.store) else str(Path(arguments.store).expanduser().resolve())
        os.environ[STORE_VARIABLE] = folder
    try:
        with in_words():
            _look()
            return arguments.verb(arguments) or DONE
    except Refusal as refusal:
        print(f"coalition: {_in_address(str(refusal))}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return _stopped()
    except RuntimeError as trouble:
        if str(trouble) != INTERRUPTED:
            raise
        return _stopped()
    except BrokenPipeError:  # the reader of our output, such as head, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (OSError, duckdb.Error) as trouble:  # a full disk, a store that cannot be written, a build that failed
        words = _in_address(" ".join(str(trouble).split()))
        print(f"coalition: {type(trouble).__name__}: {words[:300]}", file=sys.stderr)
        return REFUSED


def _in_address(words: str) -> str:
    """What is shown of a store in a bucket: its address, not the mirror's path on this machine."""
    with suppress(SettingWrong):  # it is what the words state
        return in_address(words, store_folder())
    return words


def _stopped() -> int:
    print(
        "coalition: stopped by Ctrl-C. What is served stays as it was, and nothing half done is kept; do the same "
        "again to have it done.",
        file=sys.stderr,
    )
    return STOPPED


def _look() -> None:
    """Has this machine know what was published last, where the store lies in a bucket."""
    if store_address():
        shared.look(store_folder())
        if trouble := shared.trouble(store_folder()):
            print(f"coalition: {trouble.why} What was mirrored before is shown.", file=sys.stderr)


def _run(arguments: argparse.Namespace) -> None:
    from dashboard.demo import fill
    from dashboard.server.app import prepare, refuse_taken, serve
    from dashboard.session import let_go

    if arguments.read_only:
        os.environ[READ_ONLY_VARIABLE] = "1"
    is_read_only()  # what is wrong with it stops the start
    host = prepare()
    store, served_on = store_folder(), port()
    refuse_taken(host, served_on)
    seconds_between_looks()  # what is wrong with it stops the start, and no reader later
    try:
        releases.current_number(store)
    except releases.NothingPublished:
        if arguments.read_only:
            raise
        print("The store is empty: it is filled with the demonstration.")
        fill(store, print)
    except StoreDamaged as damage:  # the pages state it, and show the newest release that is whole
        print(f"coalition: {_in_address(str(damage))}", file=sys.stderr)
    with ExitStack() as working:
        try:
            working.enter_context(libraries_work_in(store))
        except OSError as trouble:  # what is served can be read all the same
            print(f"coalition: the store takes no writes ({trouble.strerror}); it is served as it is", file=sys.stderr)
        working.callback(let_go)
        serve(served_on)


def _demo(arguments: argparse.Namespace) -> None:
    from dashboard.demo import fill

    fill(store_folder(), print)


def _sources(arguments: argparse.Namespace) -> None:
    for card in sources().values():
        print(f"{card.name:24} {card.title} ({card.publisher}; {card.licence})")


# What pages and publishers are asked with takes longer to load than most verbs take to run.
def _refresh(arguments: argparse.Namespace) -> int:
    from dashboard.commands.refreshing import refresh

    return refresh(arguments)


def _watch(arguments: argparse.Namespace) -> int:
    from dashboard.commands.watching import watch

    return watch(arguments)


def _template(arguments: argparse.Namespace) -> None:
    _hand_out(write_template(_card(arguments.source), arguments.format), arguments)


def _export(arguments: argparse.Namespace) -> None:
    store = store_folder()
    release = releases.open_release(store, arguments.release)
    rows = newest_rows(store, release, identifier(arguments.reported_by))
    actions.handed_out(
        store, f"{arguments.source}, {counted(len(rows), 'row')}, {arguments.format}", release=release.number
    )
    with libraries_work_in(store):
        body = write_hxl(rows, arguments.format, arguments.source)
    _hand_out(body, arguments)


def _hand_out(body: bytes, arguments: argparse.Namespace) -> None:
    """Writes a file that was asked for, or to standard output: text as text, a workbook only where nobody reads it."""
    if arguments.file:
        arguments.file.write_bytes(body)
        print(f"{arguments.file}: {len(body):,} bytes", file=sys.stderr)
    elif arguments.format == "csv":
        print(body.decode("utf-8-sig").replace("\r\n", "\n"), end="")
    elif sys.stdout.isatty():
        raise FileRefused("A workbook cannot be shown here. Name a FILE to write it to.")
    else:
        sys.stdout.buffer.write(body)


def _check(arguments: argparse.Namespace) -> None:
    store = store_folder()
    with named_files(arguments.files, store) as files:
        as_single_export = arguments.kind in (PART, WHOLE)
        for some in [files] if as_single_export else [[file] for file in files]:
            declared = _declared(arguments)
            with made_ready_together(
                store, arguments.source, some, arguments.captured_on, declared, limits=SHELL
            ) as ready:
                _print_report(ready.report)
                follows = consequence_of(store, [ready.arrival])
                for line in _consequence_lines(follows):
                    print(line)
                to_confirm = actions.question_of(follows, asks_for_names=holds_people(pinned(store)))
                if to_confirm and not arguments.confirm:
                    print(f"`coalition import` will ask before it keeps this. {to_confirm}")


def _import(arguments: argparse.Namespace) -> None:
    with named_files(arguments.files, store_folder()) as files:
        _import_files(arguments.source, files, arguments)


def _fetch(arguments: argparse.Namespace) -> None:
    from dashboard.intake.fetch.file import download
    from dashboard.intake.fetch.ways import file_address

    address = arguments.address or file_address(_card(arguments.source))
    with (
        tqdm(unit="B", unit_scale=True, desc="download", delay=1, leave=False, file=sys.stderr) as bar,
        download(address, partial(_move, bar)) as file,
    ):
        _import_files(arguments.source, [file], arguments)


def _withdraw(arguments: argparse.Namespace) -> None:
    aside = actions.withdraw(store_folder(), arguments.source, arguments.snapshot)
    to = _in_address(str(aside))
    print(f"{arguments.snapshot} is withdrawn to {to}; `coalition publish` builds a release without it")


def _publish(arguments: argparse.Namespace) -> None:
    _print_release(actions.publish(store_folder(), anew=arguments.anew))


def _print_release(release: releases.Release) -> None:
    same = f"; {release.taken_over} of its {len(release.marts)} tables are unchanged" if release.taken_over else ""
    print(f"published release {release.number}{same}")


def _releases(arguments: argparse.Namespace) -> None:
    store = store_folder()
    if arguments.action in ("list", "show", "verify") and not releases.release_numbers(store):
        releases.current_number(store)
    if arguments.action == "list":
        current, damage = 0, ""
        try:
            current = releases.current_number(store)
        except StoreDamaged as damaged:
            damage = _in_address(str(damaged))
        for number, why in removal.buried(store).items():
            print(f"  {number:4}  deleted: {why}")
        for manifest in releases.manifests(store):
            mark = "*" if manifest["number"] == current else " "
            if "damage" in manifest:
                print(f"{mark} {manifest['number']:4}  damaged: {_in_address(manifest['damage'])}")
            else:
                newest = {source: pins[-1] for source, pins in manifest["snapshots"].items()}
                pins = ", ".join(
                    f"{source} {pin['captured_on']}" + (" (demonstration)" if pin["provenance"] == "demo" else "")
                    for source, pin in newest.items()
                )
                print(f"{mark} {manifest['number']:4}  {manifest['published_at'][:19]}Z  {pins}")
        if damage:
            print(f"coalition: {damage}", file=sys.stderr)
    elif arguments.action == "show":
        print(json.dumps(releases.open_release(store, arguments.number).manifest, indent=1, sort_keys=True))
    elif arguments.action == "verify":
        for number in [arguments.number] if arguments.number else releases.release_numbers(store):
            print(f"release {releases.open_release(store, number).number}: every file is the one that was published")
    elif arguments.action == "prune":
        operations.prune(arguments)
    else:
        number = actions.roll_back(store, arguments.number).number
        print(f"release {number} is served now")


def _health(arguments: argparse.Namespace) -> int:
    """Prints how fresh each source is; 1 where something is overdue, dated ahead, failing or unreadable."""
    store, day = store_folder(), releases.today()
    report = operations.health_report(store, day)
    if arguments.format == "json":
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return REFUSED if report["needs_attention"] else DONE
    shown = folded(health(store, day).streams)
    _write_table(
        pa.Table.from_pylist(
            [
                {
                    "status": stream.freshness.replace("_", " "),
                    "source": stream.source,
                    "stream": stream.stream if stream.folded == 1 else f"{stream.folded} streams",
                    "newest": stream.newest.captured_on if stream.newest else None,
                    "age (days)": stream.age_days,
                    "every (days)": stream.every_days or None,
                    "expected": stream.next_expected,
                    "rows": stream.rows,
                    "set aside": stream.set_aside,
                    "waiting": len(stream.waiting) or None,
                    "fetching": f"failed {stream.fetch.failures}x" if stream.fetch and stream.fetch.failures else None,
                }
                for stream in shown
            ]
        )
    )
    counts = Counter(stream.freshness for stream in shown)
    by_freshness = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in FRESHNESS if counts[name])
    print(f"{counted(len(shown), 'source or stream', 'sources and streams')}: {by_freshness}")
    for source in report["failing"]:
        fetch = next(stream["fetch"] for stream in report["streams"] if stream["source"] == source)
        print(
            f"coalition: fetching {source} failed {fetch['failures']} times in a row: {fetch['reason']}",
            file=sys.stderr,
        )
    for trouble in report["troubles"]:
        print(f"coalition: {trouble['words']}", file=sys.stderr)
    return REFUSED if report["needs_attention"] else DONE


def _ask(arguments: argparse.Namespace) -> None:
    params = dict(arguments.param)
    if len(params) < len(arguments.param):
        raise BadParameter("A parameter is given twice. Give each once.")
    question(arguments.question)
    release = releases.open_release(store_folder(), arguments.release)
    answers = open_answers(answering_viewer(arguments.viewer, release, arguments.question, params), release)
    try:
        table = answers.ask(arguments.question, params)
    finally:
        answers.close()
    WRITERS[arguments.format](table)
    if simulated := set(sources_of(arguments.question)) & set(release.demonstrations):
        names = ", ".join(sorted(simulated))
        print(f"coalition: simulated rows are in this answer, a demonstration of {names}", file=sys.stderr)


def _write_json(table: pa.Table) -> None:
    rows = [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]
    print(json.dumps(rows, ensure_ascii=False, indent=1))


def _write_csv(table: pa.Table) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([harmless(v) if isinstance(v, str) else v for v in map(_plain, row.values())])


def _write_table(table: pa.Table) -> None:
    rows = [[("" if v is None else str(v)) for v in map(_plain, row.values())] for row in table.to_pylist()]
    widths = [
        max(len(name), *(len(row[i]) for row in rows)) if rows else len(name)
        for i, name in enumerate(table.column_names)
    ]
    for row in [table.column_names, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


WRITERS: dict[str, Callable[[pa.Table], None]] = {"table": _write_table, "csv": _write_csv, "json": _write_json}


def _plain(value: object) -> object:
    """Dates in ISO form; what is not a number is missing."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value


def _import_files(source: str, files: list[Path], arguments: argparse.Namespace) -> None:
    if arguments.set_aside and len(files) > 1:
        raise BadParameter("Rows set aside are written of one file at a time. Import the files one by one, as parts.")
    with ExitStack() as bars:

        def progress(_: Path) -> Callable[[int], None]:
            bar = bars.enter_context(tqdm(unit=" rows", desc="reading", delay=1, leave=False, file=sys.stderr))
            return partial(_move, bar)

        done = actions.import_files(
            store_folder(),
            source,
            files,
            captured_on=arguments.captured_on,
            declared=_declared(arguments),
            and_publish=not arguments.no_publish,
            confirmed=arguments.confirm,
            progress=progress,
            limits=SHELL,
            as_single_export=arguments.kind in (PART, WHOLE),
        )
    for imported, file in zip(done.files, files, strict=False):
        _print_report(imported.report)
        if imported.was_held:
            what = file.name if len(done.files) == len(files) else "All of this"
            print(f"{what} is in the store already; nothing changed.")
        elif imported.report.quarantined:
            print(f"The lines set aside, with the reason of each, are in {imported.snapshot.quarantine_file}")
        if arguments.set_aside and imported.report.quarantined:
            _write_set_aside(source, file, imported, arguments)
    for line in _consequence_lines(done.consequence):
        print(line)
    if done.release and done.is_new:
        _print_release(done.release)
    elif done.release:
        print(f"release {done.release.number} stays: nothing is new")
    counts = [
        (
            imported.report.rows_in,
            imported.report.published,
            imported.report.collapsed,
            len(imported.report.quarantined),
        )
        for imported in done.files
    ]
    print(closing_line(*map(sum, zip(*counts, strict=True))))


def _write_set_aside(source: str, file: Path, imported: Imported, arguments: argparse.Namespace) -> None:
    """Writes the rows set aside as they were sent, to be corrected and imported: a file for the sender alone."""
    reasons = {row.line: row.reason for row in imported.report.quarantined}
    rows = set_aside_rows(file, source, reasons, _declared(arguments), imported.file_id, SHELL)
    handle = os.open(arguments.set_aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", newline="", encoding="utf-8-sig") as out:
        csv.writer(out).writerows(rows)
    print(
        f"{arguments.set_aside}: {counted(len(rows) - 1, 'row')} to correct; import the file as it is then, with its "
        "last columns"
    )


def _consequence_lines(follows: Consequence) -> list[str]:
    """What an operator reads of it: people before and after, new and vanishing names, people known already."""
    lines = [
        f"{change.stream or change.source}: {change.before:,} {change.what} before, {change.after:,} now"
        for change in follows.changes
        if (change.before, change.gone) != (change.after, 0) and (change.gone or change.what == LEARNERS)
    ]
    for words, names in (("new", follows.new), ("gone", follows.vanishing)):
        for kind, listed in (names or {}).items():
            if listed:
                more = f" and {len(listed) - MOST_NAMES:,} more" if len(listed) > MOST_NAMES else ""
                lines.append(f"{words} {kind}s: {', '.join(listed[:MOST_NAMES])}{more}")
    lines += [str(answer) for answer in (*follows.found, *follows.unlisted)]
    if follows.is_older:
        lines.append("Nothing changes: what is published is newer than this file.")
    return lines


def _declared(arguments: argparse.Namespace) -> Declared:
    """What the command states beside its files."""
    return Declared(
        encoding=arguments.encoding,
        partner=arguments.partner,
        programme=arguments.programme,
        country=arguments.country,
        sector=arguments.sector,
        columns=tuple(arguments.column),
        zone=arguments.zone,
        date_order=arguments.date_order,
        no_consent_column=arguments.no_consent_column,
        progress_scale=arguments.progress_scale,
        kind=arguments.kind,
    )


def _print_report(report: Report) -> None:
    print(f"{report.source}: {report.file}, captured on {report.captured_on}")
    for note in report.notes:
        print(f"  {note}")
    if report.dropped_columns:
        print(f"  columns dropped: {', '.join(report.dropped_columns)}")
    _print_unread(report)
    _print_set_aside(report)
    if report.people_in:
        print(f"  {report.people_line}")
    print(f"  {report.closing_line}")


def _print_unread(report: Report) -> None:
    for value in report.unread[:MOST_VALUES]:
        lines = ", ".join(map(str, value.lines))
        shown = repr(value.value) if value.value else "a value that may be about a person"
        first = f"first on line {lines}{_file_words(value)}"
        print(f"  {value.rows:6}  {value.column}: {shown} is not understood ({value.kept_as}); {first}")
    if len(report.unread) > MOST_VALUES:
        print(f"          and {len(report.unread) - MOST_VALUES} more values that are not understood")


def _print_set_aside(report: Report) -> None:
    """Each reason with its rows and its commonest values, never the first lines: they may be the rarest."""
    commonest: dict[str, list[Commonest]] = {}
    for rejected in report.commonest:
        commonest.setdefault(f"{rejected.column}: {rejected.reason}", []).append(rejected)
    for reason, rows in report.reasons:
        print(f"  {rows:6}  {reason}")
        for rejected in commonest[reason][:MOST_VALUES_OF_A_REASON]:
            shown = f"{rejected.value!r}, first on" if rejected.value else "first on"
            print(f"          {rejected.rows:6}  {shown} line {rejected.line}{_file_words(rejected)}")
        if others := commonest[reason][MOST_VALUES_OF_A_REASON:]:
            print(f"          {sum(other.rows for other in others):6}  with {counted(len(others), 'other value')}")
    by_part = Counter(row.file for row in report.quarantined if row.file)
    for name, rows in list(by_part.items())[:MOST_PARTS]:
        lines = [str(row.line) for row in report.quarantined if row.file == name][:MOST_VALUES]
        more = " and more" if rows > len(lines) else ""
        print(f"  {name}: {counted(rows, 'row')} set aside, on line {', '.join(lines)}{more}")
    if len(by_part) > MOST_PARTS:
        print(f"  and rows of {len(by_part) - MOST_PARTS} more parts")


def _file_words(value: Commonest | Unread) -> str:
    """The part in which a line stands, where there are several."""
    return f" of {value.file}" if value.file else ""


def _move(bar: tqdm, now: int, total: int | None = None) -> None:
    bar.total = total
    bar.update(now - bar.n)


def _card(name: str) -> SourceCard:
    if name not in sources():
        raise FileRefused(f"There is no source {name!r}. `coalition sources` lists them: {', '.join(sources())}.")
    return sources()[name]


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2020-05-28") from None


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not name=value, such as on_date=2020-05-19")
    return name, value


def _viewer(text: str) -> Viewer:
    audience, _, partner = text.partition(":")
    try:
        return Viewer(audience, partner)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coalition",
        description="Files in, releases out, questions answered: the UNESCO Global Education Coalition's dashboard.",
        epilog="Begin with `coalition run`. `coalition VERB --help` says more of each verb. "
        "Exit status: 0 done, 1 refused with the reason, 2 wrong usage, 130 stopped by Ctrl-C; `watch` has 3 "
        "where it found something.",
    )
    parser.add_argument(
        "--store",
        metavar="DIR",
        help=f"folder of snapshots and releases, or s3://bucket/prefix (else {STORE_VARIABLE}, else data/store)",
    )
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    def verb(name: str, run: Callable, help_: str, description: str = "") -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_, description=description or help_)
        sub.set_defaults(verb=run)
        return sub

    sub = verb(
        "run", _run, "serve the dashboard on http://127.0.0.1:8501 (PORT names another port); fill an empty store first"
    )
    sub.add_argument(
        "--read-only",
        action="store_true",
        help="only show what is published elsewhere: one of many readers of a store, which bring nothing in",
    )
    verb("demo", _demo, "write the demonstration files, import them and publish")
    verb("sources", _sources, "list the sources a file can belong to")
    sub = verb(
        "template",
        _template,
        "write an empty file of a source with one example row",
        "Writes an empty file of a source with one example row. The workbook explains each column on its first sheet.",
    )
    sub.add_argument("source", metavar="SOURCE")
    _output_options(sub)
    sub = verb(
        "export",
        _export,
        "write a list of who does what where back, with HXL tags",
        "Writes the newest rows of each sender with a header and HXL tags; an import of it gives the same rows again.",
    )
    sub.add_argument("source", metavar="SOURCE", choices=[HXL_SOURCE], help=HXL_SOURCE)
    _output_options(sub)
    sub.add_argument("--release", type=int, metavar="N", help="of an earlier release")
    sub.add_argument("--reported-by", default="", metavar="ID", help="rows of one sender only")
    for name, run, help_ in (
        ("check", _check, "say what an import would do; keep nothing"),
        ("import", _import, "take files in, one snapshot each, and publish a release"),
    ):
        sub = verb(
            name,
            run,
            help_,
            f"{help_}. CSV, Parquet and workbooks are told apart by content. A workbook may have 25 MB; else the "
            "disk is the limit. With --part or --whole, several files of the same columns are read as one.",
        )
        sub.add_argument("source", metavar="SOURCE", help="one of `coalition sources`")
        sub.add_argument(
            "files",
            metavar="FILE",
            nargs="+",
            help="also a folder, a pattern in quotes such as 'parts/*.csv', or s3://bucket/prefix/part-*.csv",
        )
        _import_options(sub)
    sub = verb("fetch", _fetch, "download a source's file from an address, of any host, and import it")
    sub.add_argument("source", metavar="SOURCE")
    sub.add_argument(
        "--from", dest="address", metavar="URL", default="", help="else the address of a file in the source's card"
    )
    _import_options(sub)
    sub = verb("withdraw", _withdraw, "take a snapshot out of what the next release is built from; nothing is deleted")
    sub.add_argument("source", metavar="SOURCE")
    sub.add_argument("snapshot", metavar="SNAPSHOT", help="its folder's name, such as 2020-05-28-e9f86902")
    sub = verb("publish", _publish, "build a release from the snapshots in the store and serve it")
    sub.add_argument(
        "--anew",
        action="store_true",
        help="make the figures that others than owners see anew before their time: for a mistake that must not stand",
    )
    sub = verb("releases", _releases, "list, show, verify, roll back or prune releases")
    of_releases = sub.add_subparsers(dest="action", required=True, metavar="ACTION")
    of_releases.add_parser("list", help="every release; * is the one that is served")
    of_releases.add_parser("show", help="the manifest of one").add_argument("number", type=int, metavar="N")
    of_releases.add_parser("verify", help="compare every file with its sha256").add_argument(
        "number", type=int, nargs="?", metavar="N"
    )
    of_releases.add_parser("rollback", help="serve an earlier release again").add_argument(
        "number", type=int, metavar="N"
    )
    operations.add_prune(of_releases)
    sub = verb(
        "ask", _ask, "answer a page's question", "Answer a question as its page does. The methods page lists them all."
    )
    sub.add_argument("question", metavar="PAGE/QUESTION", help="such as school_closures/world_on_date")
    sub.add_argument("--param", action="append", default=[], type=_pair, metavar="NAME=VALUE")
    sub.add_argument("--release", type=int, metavar="N", help="ask an earlier release")
    sub.add_argument("--format", choices=list(WRITERS), default="table")
    sub.add_argument(
        "--as",
        dest="viewer",
        type=_viewer,
        default=STEWARD,
        metavar="AUDIENCE",
        help="as steward (everything, the default), coalition, public, or partner:ID",
    )
    sub = verb(
        "health",
        _health,
        "list how fresh each source is, and what became of its rows",
        "Lists how fresh each source is. Exit status: 0 nothing needs attention; 1 something is overdue, is dated in "
        "the future, fails to be fetched, or cannot be read.",
    )
    sub.add_argument("--format", choices=["table", "json"], default="table")
    operations.add_verbs(verb)
    sub = verb(
        "refresh",
        _refresh,
        "fetch sources from their publishers; publish, or let wait, what has changed",
        "Fetches sources from their publishers, checks what came like any file, and leaves what has not changed. What "
        "has changed waits on the page Upload for a steward; with --publish it is published where it is within the "
        "bounds of its card. Exit status: 0 all went well, 1 a source failed, and the others were done.",
    )
    sub.add_argument("sources", metavar="SOURCE", nargs="*", help="one of `coalition sources` (else all that can be)")
    sub.add_argument("--publish", action="store_true", help="publish what is within bounds, as one release")
    sub.add_argument("--dry-run", action="store_true", help="fetch and check; keep nothing, and say what would happen")
    documents.add_verbs(verb, _viewer, _pair)
    tokens.add_verbs(verb)
    sub = verb(
        "watch",
        _watch,
        "judge rules on the served release, and report what they find, each finding once",
        "Judges the rules of a file on the release that is served: figures that cross a number or change between "
        "releases, sources that are overdue, needs that wait. Exit status: 0 nothing new was found; 3 something was; "
        "1 the rules cannot be used, or it could not be reported. docs/examples/watch.toml is an example.",
    )
    sub.add_argument("rules", metavar="RULES.toml", type=Path)
    sub.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="append what was found to a file: JSON lines where its name ends in .jsonl, else text",
    )
    sub.add_argument(
        "--mail-to",
        action="append",
        default=[],
        metavar="WHO",
        help="mail it to a role of the roster (steward, coalition, public), or to an address in it; repeatable",
    )
    sub.add_argument("--again", action="store_true", help="report what was reported before, too")
    return parser


def _output_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", metavar="FILE", nargs="?", type=Path, help="where to (else standard output)")
    sub.add_argument("--format", choices=list(FORMATS), default="csv")


def _import_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--captured-on",
        type=_day,
        metavar="DATE",
        help="day on which the publisher's file stood so (else read from the file, its name, or today)",
    )
    sub.add_argument(
        "--part",
        dest="kind",
        action="store_const",
        const=PART,
        default="",
        help="the files are parts of the export of their day, and join what the store holds of it",
    )
    sub.add_argument(
        "--whole", dest="kind", action="store_const", const=WHOLE, help="the whole export, whatever its name says"
    )
    sub.add_argument(
        "--corrections",
        dest="kind",
        action="store_const",
        const=CORRECTIONS,
        help="rows set aside before and corrected since, with the last columns of the file they were taken as",
    )
    sub.add_argument(
        "--confirm", action="store_true", help="it is meant that people go, and that partners or programmes are new"
    )
    sub.add_argument(
        "--set-aside",
        type=Path,
        metavar="FILE",
        help="write the rows set aside, as they were sent, to be corrected and imported: of one file at a time",
    )
    sub.add_argument("--no-publish", action="store_true", help="keep the snapshot, do not build a release yet")
    sub.add_argument("--encoding", choices=OTHER_ENCODINGS, default="", help="of a CSV that is not UTF-8")
    sub.add_argument("--partner", default="", metavar="ID", help="who reports, where the file's programme does not say")
    sub.add_argument("--programme", default="", metavar="ID", help="programme of every row, whatever the file says")
    sub.add_argument("--country", default="", metavar="CODE", help="of rows that say none, such as SDN")
    sub.add_argument("--sector", default="", metavar="NAME", help="of rows that state none, such as Education")
    sub.add_argument(
        "--column",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=HEADER",
        help="the header that stands for a column of the source in these files; repeatable",
    )
    sub.add_argument(
        "--date-order", choices=ORDERS, default="", help="of day and month in dates such as 9/1/2022, in every row"
    )
    sub.add_argument(
        "--no-consent-column",
        action="store_true",
        help="state that a file about people has no column of consent because everybody in it agreed",
    )
    sub.add_argument("--progress-scale", choices=SCALES, default="", help="of progress written without a percent sign")
    sub.add_argument("--zone", default="", metavar="ZONE", help="of times without one, such as Asia/Karachi (else UTC)")


if __name__ == "__main__":
    sys.exit(main())
