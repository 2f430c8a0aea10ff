"""The verb `watch`: judges a file of rules on the served release, and reports each finding once."""

import argparse
import datetime
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

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
def watch(asked: argparse.Namespace) -> int:
    """Judges, prints, reports and mails; remembers what was reported when all of that is done.

    Raises:
        RuleWrong, MailRefused, MailFailed, WatchGoesOn, NotRecorded, StoreDamaged: the message says what to do.
    """
    try:
        return _watch(asked)
    finally:
        let_go()


def _watch(asked: argparse.Namespace) -> int:
    rules = read_rules(asked.rules)
    _refuse_wrong_readers(rules, asked.mail_to)
    store = store_folder()
    release, notice = begin()
    with alone(store):
        known = reported(store)
        remember_reported(store, (), "")  # a store that takes no writes would have everything reported again and again
        judged = judge(rules, store, release, releases.today())
        by_name = {rule.name: rule for rule in rules}
        keys = [key_of(by_name[one.rule], one, asked.rules) for one in judged.fired]
        new = [(key, one) for key, one in zip(keys, judged.fired, strict=True) if asked.again or key not in known]
        for line in (notice, *judged.notes, *judged.refused):
            if line:
                print(f"coalition: {line}", file=sys.stderr)
        found = [one for _, one in new]
        for one in found:
            print(_line(one))
        if found:
            if asked.report:
                _report(asked.report, found)
            if asked.mail_to:
                _mail(asked.mail_to, found, release.number)
            now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            remember_reported(store, [key for key, _ in new], now)
    before = len(judged.fired) - len(found)
    reported_before = f", {before} reported before" if before else ""
    print(f"{len(rules)} rules on release {release.number}: {len(found)} new{reported_before}", file=sys.stderr)
    if found:
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


def _line(one: Firing) -> str:
    what = f" [{one.what}]" if one.what and one.what not in one.sentence else ""
    simulated = " SIMULATED data." if one.simulated else ""
    return f"{one.rule}{what}: {one.sentence}. Release {one.release}, for the {one.audience}.{simulated}"


def _report(file: Path, found: Sequence[Firing]) -> None:
    if file.suffix == JSON_LINES:
        lines = [json.dumps(asdict(one), ensure_ascii=False) for one in found]
    else:
        lines = [f"{one.day} {_line(one)}" for one in found]
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as out:
        out.write("".join(f"{line}\n" for line in lines))


def _mail(readers: Sequence[str], found: Sequence[Firing], release: int) -> None:
    """One mail with all findings, for the closest of their audiences."""
    closest = max((one.audience for one in found), key=list(AUDIENCES).index)
    parts = []
    for one in found[:MOST_IN_MAIL]:
        parts.append("\n".join(filter(None, [one.title, _line(one), one.link])))
    if len(found) > MOST_IN_MAIL:
        parts.append(f"And {len(found) - MOST_IN_MAIL} more: see the report, or `coalition watch --again`.")
    if titles := sorted({title for one in found for title in one.simulated}):
        parts.append(f"Simulated, not of any partner: {', '.join(titles)}.")
    parts.append(
        "Each finding is reported once. The rules are in a file of whoever runs the dashboard; ask them to change it."
    )
    simulated = "SIMULATED: " if any(one.simulated for one in found) else ""
    subject = f"{simulated}Coalition dashboard: {found[0].rule}" + (f" and {len(found) - 1} more" if found[1:] else "")
    sent = mail.send(readers, subject, "\n\n".join(parts) + "\n", audience=AUDIENCES[closest], release=release)
    print(f"mailed to {len(sent)} people of the roster", file=sys.stderr)
