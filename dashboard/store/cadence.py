"""How long the figures that others than their owners see stand: a release takes them over from the one before it.

Whoever sees a figure anew after every file learns what each file changed. So the coalition's figures are made once a
month and the public's once a quarter, and a release in between takes over those of the one that it follows: nobody else
sees when a learner came, or that one was erased, but with all that changed in the same month. Owners see their own rows
at once. Where nobody's real rows are counted, as in the demonstration, figures are made for every release.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dashboard.disclosure.policy import AUDIENCES, policy
from dashboard.store.snapshots import Snapshot
from dashboard.warehouse.catalog import sources

REPORTED = "reported"
MONTHS_A_YEAR = 12


class Made(Protocol):
    """A release, as far as its figures for others go."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What it states of itself."""

    @property
    def folder(self) -> Path:
        """Where it lies."""


@dataclass(frozen=True)
class Figures:
    """The figures of an audience: the release that they were made for, the day, and whether real learners are counted.

    `folder` holds those that are taken over; None where they are to be made.
    """

    since: int
    made_on: datetime.date
    are_real: bool
    folder: Path | None = None

    @property
    def in_manifest(self) -> dict[str, Any]:
        """As a manifest states it."""
        return {"since": self.since, "made_on": self.made_on.isoformat(), "are_real": self.are_real}


def figures_of(
    number: int, pins: Mapping[str, Sequence[Snapshot]], before: Made | None, today: datetime.date, anew: bool = False
) -> dict[str, Figures]:
    """Which figures a release takes over from the one before it, and which are to be made, by audience.

    Args:
        number: of the release.
        pins: the snapshots it is built from.
        before: the release that it follows, verified; None where there is none that is whole.
        today: the day of publishing; a clock that was set back does not make figures anew.
        anew: make all of them, whatever the month: for a mistake that must not stand.
    """
    are_real = count_real_learners(pins)
    figures = {audience: Figures(number, today, are_real) for audience in AUDIENCES}
    if before is None or anew or not are_real or before.manifest["disclosure"]["policy"] != policy().version:
        return figures
    for audience, entry in before.manifest.get("figures", {}).items():
        day = datetime.date.fromisoformat(entry["made_on"])
        if entry["are_real"] and _period(day, audience) >= _period(today, audience):
            figures[audience] = Figures(entry["since"], day, True, before.folder / "views")
    return figures


def are_due(release: Made, today: datetime.date) -> bool:
    """Whether figures of a release were taken over from an earlier one whose time is past."""
    return any(
        entry["since"] != release.manifest["number"]
        and _period(datetime.date.fromisoformat(entry["made_on"]), audience) < _period(today, audience)
        for audience, entry in release.manifest.get("figures", {}).items()
    )


def _period(day: datetime.date, audience: str) -> int:
    """The number of the month, or of the quarter, that the figures of an audience stand for."""
    return (day.year * MONTHS_A_YEAR + day.month - 1) // policy().months[audience]


def count_real_learners(pins: Mapping[str, Sequence[Snapshot]]) -> bool:
    """Whether somebody's own rows about learners are among the snapshots: not invented, and not published anyway."""
    people = [name for name, card in sources().items() if card.people]
    return any(snapshot.provenance == REPORTED for name in people for snapshot in pins.get(name, ()))
