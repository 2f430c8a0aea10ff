"""What was reported already, in one small file of the store that is replaced whole: each finding is reported once.

A finding is known by the file and the content of its rule, the row or source that it is about, and its release or day.
A rule that is changed reports anew; so does everything once the file is deleted.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dashboard.refusals import Refusal
from dashboard.store.protocol import StoreDamaged, held, locked, replace_file
from dashboard.store.shared import shares_again
from dashboard.watch.judging import Firing
from dashboard.watch.rules import Rule

FILE, LOCK = "watch.json", ".watch.lock"
# The oldest are forgotten beyond so many.
MOST = 20_000


class WatchGoesOn(Refusal):
    """Another watch of the store is at work, so findings would be reported twice."""


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Holds what was reported for this run.

    Raises:
        WatchGoesOn: another one holds it.
        StoreDamaged: a link stands where the lock belongs.
    """
    with held(
        store, LOCK, WatchGoesOn("Another watch of this store is at work. Nothing was done; wait until it ends.")
    ):
        yield


def key_of(rule: Rule, firing: Firing, file: Path) -> str:
    """By which a finding is known."""
    source = rule.source.name if rule.source else ""
    fields = [
        file.resolve(),
        rule.name,
        rule.audience,
        rule.question_name,
        source,
        sorted(rule.params.items()),
        rule.measured,
    ]
    fields += [sorted(rule.only.items()), rule.each, rule.comparison, rule.bound, firing.what, firing.since]
    digest = hashlib.sha256("\0".join(map(str, fields)).encode()).hexdigest()
    return f"{rule.name} {digest[:32]}"


def reported(store: Path) -> Mapping[str, str]:
    """When each finding was reported, by its key, oldest first; nothing where none ever was.

    Raises:
        StoreDamaged: the file cannot be read, or holds something else.
    """
    path = store / FILE
    try:
        times = json.loads(path.read_text(encoding="utf-8"))
        if not all(isinstance(at, str) for at in times.values()):
            raise ValueError("a moment that is no text")
        return times
    except FileNotFoundError:
        return {}
    except (OSError, RecursionError, ValueError, AttributeError) as wrong:
        raise StoreDamaged(
            f"{path} cannot be read ({type(wrong).__name__}). Remove it: the next watch reports everything again."
        ) from wrong


@shares_again
def remember_reported(store: Path, keys: Iterable[str], at: str) -> None:
    """Keeps that findings were reported, at once and durably."""
    with locked(store):
        known = {**reported(store), **dict.fromkeys(keys, at)}
        replace_file(store, FILE, json.dumps(dict(list(known.items())[-MOST:]), indent=1))
