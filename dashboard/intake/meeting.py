"""Whether a file meets the others: its people those of the sender's other files, its ids those of the lists they name.

Ids that meet nothing are no error of any row, so that no row is set aside for them; but what they should lead to is
then empty on every page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.intake.programmes import identifier
from dashboard.store.snapshots import Snapshot
from dashboard.warehouse.catalog import sources

KEYS = ("id_key", "email_key")
# Of two files about the same people the smaller should be in the larger; where less of it is, somebody should look.
MET_SHARE = 0.8
MOST_NAMED = 5
# Columns of ids that another source lists.
LISTED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("hub_sessions", "hub_id"): ("hubs", "hub_id"),
    ("partner_learners", "hub_id"): ("hubs", "hub_id"),
    ("matches", "need_id"): ("needs", "need_id"),
    ("matches", "offer_id"): ("offers", "offer_id"),
    ("offers", "partner_id"): ("partners", "partner_id"),
    ("contributions_5w", "partner_id"): ("partners", "partner_id"),
    ("organisation_names", "partner_id"): ("partners", "partner_id"),
}
# The reference knows members too, so that a list of them need not have come in.
LISTED_ELSEWHERE = frozenset({"partners"})

Pins = Mapping[str, Sequence[Snapshot]]


@dataclass(frozen=True)
class Match:
    """How many people of a file are in the other files of the same partners, by source.

    `others` are the people of those files. `partner` is named where it is about one of several. `apart` states that
    one names people by ids alone and the other by e-mail addresses alone. Without a source the partner has no other
    file at all, although other partners have.
    """

    source: str
    people: int
    found: int
    others: int = 0
    partner: str = ""
    apart: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether so few are the same people that ids are perhaps not written alike."""
        return self.found < MET_SHARE * min(self.people, self.others) or not self.source

    def __str__(self) -> str:
        """For the report."""
        whose = f"{self.partner}: " if self.partner else ""
        if not self.source:
            return (
                f"{whose}none of {self.people:,} people can be compared, as the partner has no other file about them. "
                "Is its name written as in its other files?"
            )
        counted = (
            f"{whose}{self.found:,} of {self.people:,} people are in the partner's files of {self.source}, which have "
            f"{self.others:,}"
        )
        if self.apart:
            return (
                f"{counted}: one file has ids alone and the other e-mail addresses alone. Send it with the column that "
                "both have."
            )
        if self.is_doubtful:
            return (
                f"{counted}: are the ids the same? They may be hashed, shortened or have a prefix in one of the files; "
                "send that file again with the ids of the other."
            )
        return counted


@dataclass(frozen=True)
class Unlisted:
    """Ids in a column of a source that the source `listed` does not have: how many, in how many rows, the commonest.

    `has_list` is false where no file of it came in. `respelled` are those of `names` that stand there in another case
    or with other signs. Ids of a file about people are not named.
    """

    source: str
    column: str
    listed: str
    ids: int
    unlisted: int
    rows: int
    has_list: bool = True
    names: tuple[tuple[str, int], ...] = ()
    respelled: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """For the report."""
        if not self.has_list:
            return (
                f"No file of {self.listed} came in, so {self.ids:,} {self.column} of {self.source} cannot be looked up"
            )
        named = ", ".join(f"{name} ({rows})" for name, rows in self.names)
        more = ", …" if self.names and self.unlisted > len(self.names) else ""
        respelled = "".join(f"; {name} is written {other} there" for name, other in self.respelled)
        return (
            f"{self.unlisted:,} of {self.ids:,} {self.column} of {self.source}, in {self.rows:,} rows, are not in "
            f"{self.listed}{f': {named}{more}' if named else ''}{respelled}. Correct them, or send {self.listed} with "
            "them."
        )


def columns_of(rows: Path) -> list[str]:
    """The columns of a file; none of one that is damaged: sending it again mends it, and nothing is known of it."""
    try:
        return pq.read_schema(rows).names
    except (OSError, pa.ArrowException):
        return []


def matches(fresh: Snapshot, pins: Pins) -> list[Match]:
    """How many people of a snapshot are in the same partners' files of other sources.

    Partners of whom most are found are counted together, others are named.
    """
    mine = _people_by_partner([fresh])
    found: list[Match] = []
    elsewhere: set[str] = set()
    has_others = False
    for source, snapshots in pins.items():
        if source == fresh.source or not sources()[source].people:
            continue
        theirs = _people_by_partner(other for other in snapshots if other.provenance == fresh.provenance)
        has_others = has_others or bool(theirs)
        elsewhere |= theirs.keys()
        each = [_compared(source, partner, mine[partner], theirs[partner]) for partner in sorted(mine.keys() & theirs)]
        well = [match for match in each if not match.is_doubtful]
        if well:
            people, others = sum(match.people for match in well), sum(match.others for match in well)
            found.append(Match(source, people, sum(match.found for match in well), others))
        found += [_named(match, len(mine) > 1) for match in each if match.is_doubtful]
    if has_others:
        found += [Match("", len(mine[partner]), 0, partner=partner) for partner in sorted(mine.keys() - elsewhere)]
    return found


def unlisted(fresh: Snapshot, pins: Pins, is_all: bool) -> list[Unlisted]:
    """Ids that a snapshot names and no list has, and those of other files that a list which comes in does not have.

    `is_all` states that whoever sees it may see counts of all partners' files.
    """
    found = []
    for (source, column), (listed, listed_column) in LISTED.items():
        if fresh.source == source:
            naming = [fresh]
        elif fresh.source == listed and (is_all or not sources()[source].people):
            naming = list(pins.get(source, ()))
        else:
            continue
        is_demo = fresh.provenance == "demo"
        lists = [s for s in pins.get(listed, ()) if (s.provenance == "demo") == is_demo]
        if not lists and listed in LISTED_ELSEWHERE:
            continue
        named = _counted([s for s in naming if (s.provenance == "demo") == is_demo], column)
        known = _counted(lists, listed_column).keys()
        lost = sorted(named.keys() - known, key=lambda name: (-named[name], name))
        if not lost:
            continue
        shown = [] if sources()[source].people else lost[:MOST_NAMED]
        by_letters = {identifier(name): name for name in known}
        found.append(
            Unlisted(
                source=source,
                column=column,
                listed=listed,
                ids=len(named),
                unlisted=len(lost),
                rows=sum(named[name] for name in lost),
                has_list=bool(lists),
                names=tuple((name, named[name]) for name in shown),
                respelled=tuple(
                    (name, by_letters[identifier(name)]) for name in shown if identifier(name) in by_letters
                ),
            )
        )
    return found


def _named(match: Match, is_of_several: bool) -> Match:
    return match if is_of_several else Match(match.source, match.people, match.found, match.others, "", match.apart)


Pairs = set[tuple[str | None, str | None]]


def _compared(source: str, partner: str, mine: Pairs, theirs: Pairs) -> Match:
    others = {key for pair in theirs for key in pair if key}
    met: dict[str | None, bool] = {}
    for pair in mine:
        person = pair[0] or pair[1]
        met[person] = met.get(person, False) or not others.isdisjoint(pair)
    kinds = [[any(pair[at] for pair in people) for at in range(len(KEYS))] for people in (mine, theirs)]
    apart = not any(of_mine and of_theirs for of_mine, of_theirs in zip(*kinds, strict=True))
    return Match(source, len(met), sum(met.values()), len({id_ or email for id_, email in theirs}), partner, apart)


def _people_by_partner(snapshots: Iterable[Snapshot]) -> dict[str, Pairs]:
    """Each id and e-mail key that stand together in a row, by partner."""
    pairs: dict[str, Pairs] = {}
    for snapshot in snapshots:
        if not {"partner_id", *KEYS} <= set(columns_of(snapshot.rows_file)):
            continue
        table = pq.read_table(snapshot.rows_file, columns=["partner_id", *KEYS])
        different = table.group_by(table.column_names).aggregate([])
        rows: list[tuple[Any, ...]] = sorted(
            zip(*(different[name].to_pylist() for name in ("partner_id", *KEYS)), strict=True), key=lambda row: row[0]
        )
        for partner, of_partner in groupby(rows, key=lambda row: row[0]):
            pairs.setdefault(partner, set()).update((id_key, email_key) for _, id_key, email_key in of_partner)
    return pairs


def _counted(snapshots: Iterable[Snapshot], column: str) -> dict[str, int]:
    """The rows of each value of a column."""
    counted: dict[str, int] = {}
    for snapshot in snapshots:
        if column in columns_of(snapshot.rows_file):
            for entry in pc.value_counts(pq.read_table(snapshot.rows_file, columns=[column])[column]).to_pylist():
                if entry["values"]:
                    counted[entry["values"]] = counted.get(entry["values"], 0) + entry["counts"]
    return counted
