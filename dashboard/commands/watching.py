"""The verb `watch`: judges a file of rules on the served release, and reports each finding once."""

import argparse
import datetime
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dashboard.commands.counted import counted
from dashboard.documents import mail
from dashboard.refusals import Refusal
from dashboard.session import begin, let_go
from dashboard.settings import store_folder
from dashboard.store import releases
from dashboard.store.protocol import in_words
from dashboard.watch.judging import Firing, judge
from dashboard.watch.reported import alone, key_of, remember_reported, reported
from dashboard.watch.rules import AUDIENCES, Rule, RuleWrong, read_rules

DONE, REFUSED, FIRED = 0, 1, 3
JSON_LINES = ".jsonl"
MOST_IN_MAIL = 100


@in_words()
def watch(arguments: argparse.Namespace) -> int:
    """Judges, prints, reports and mails; remembers what was reported when all of that is done.

    Raises:
        RuleWrong, MailRefused, MailFailed, WatchGoesOn, NotRecorded, StoreDamaged: the message states what to do.
    """
    try:
        return _watch(arguments)
    finally:
        let_go()


def _watch(arguments: argparse.Namespace) -> int:
    rules = read_rules(arguments.rules)
    _refuse_wrong_readers(rules, arguments.mail_to)
    store = store_folder()
    release, notice = begin()
    with alone(store):
        known = reported(store)
        remember_reported(store, (), "")  # a store that takes no writes would have everything reported again and again
        judged = judge(rules, store, release, releases.today())
        by_name = {rule.name: rule for rule in rules}
        keys = [key_of(by_name[firing.rule], firing, arguments.rules) for firing in judged.fired]
        new = [
            (key, firing) for key, firing in zip(keys, judged.fired, strict=True) if arguments.again or key not in known
        ]
        for line in (notice, *judged.notes, *judged.refused):
            if line:
                print(f"coalition: {line}", file=sys.stderr)
        firings = [firing for _, firing in new]
        for firing in firings:
            print(_line(firing))
        if firings:
            if arguments.report:
                _report(arguments.report, firings)
            if arguments.mail_to:
                _mail(arguments.mail_to, firings, release.number)
            now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            remember_reported(store, [key for key, _ in new], now)
    before = len(judged.fired) - len(firings)
    reported_before = f", {before} reported before" if before else ""
    print(
        f"{counted(len(rules), 'rule')} on release {release.number}: {len(firings)} new{reported_before}",
        file=sys.stderr,
    )
    if firings:
        return FIRED
    return REFUSED if judged.refused else DONE


def _refuse_wrong_readers(rules: Sequence[Rule], readers: Sequence[str]) -> None:
    """Whoever is mailed must be allowed to read every rule of the file, or a firing would reach nobody."""
    for audience in dict.fromkeys(rule.audience for rule in rules) if readers else ():
        try:
            mail.allowed_recipients(readers, AUDIENCES[audience])
        except Refusal as why:
            first = next(rule for rule in rules if rule.audience == audience)
            raise RuleWrong(f"{first.where}, for the audience {audience}: {why}") from why
    if readers:
        mail.read_settings()


def _line(firing: Firing) -> str:
    what = f" [{firing.what}]" if firing.what and firing.what not in firing.sentence else ""
    simulated = " SIMULATED data." if firing.simulated else ""
    return f"{firing.rule}{what}: {firing.sentence}. Release {firing.release}, for the {firing.audience}.{simulated}"


def _report(file: Path, firings: Sequence[Firing]) -> None:
    if file.suffix == JSON_LINES:
        lines = [json.dumps(asdict(firing), ensure_ascii=False) for firing in firings]
    else:
        lines = [f"{firing.day} {_line(firing)}" for firing in firings]
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as out:
        out.write("".join(f"{line}\n" for line in lines))


def _mail(readers: Sequence[str], firings: Sequence[Firing], release: int) -> None:
    """One mail with all findings, for the closest of their audiences."""
    closest = max((firing.audience for firing in firings), key=list(AUDIENCES).index)
    paragraphs = []
    for firing in firings[:MOST_IN_MAIL]:
        paragraphs.append("\n".join(filter(None, [firing.title, _line(firing), firing.link])))
    if len(firings) > MOST_IN_MAIL:
        paragraphs.append(f"And {len(firings) - MOST_IN_MAIL} more: see the report, or `coalition watch --again`.")
    if titles := sorted({title for firing in firings for title in firing.simulated}):
        paragraphs.append(f"Simulated, not of any partner: {', '.join(titles)}.")
    paragraphs.append(
        "Each finding is reported once. The rules are in a file of whoever runs the dashboard; ask them to change it."
    )
    simulated = "SIMULATED: " if any(firing.simulated for firing in firings) else ""
    subject = f"{simulated}Coalition dashboard: {firings[0].rule}" + (
        f" and {len(firings) - 1} more" if firings[1:] else ""
    )
    sent = mail.send(readers, subject, "\n\n".join(paragraphs) + "\n", audience=AUDIENCES[closest], release=release)
    print(f"mailed to {len(sent)} people of the roster", file=sys.stderr)
