"""Whose programme a row belongs to: by the programme's slug or name as the sender writes it, against data/reference."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dashboard.settings import REFERENCE

SLUG = re.compile(r"[^\w]+")
# Names of totals over several programmes or partners.
RESERVED = {"all", "for_refugees"}
LONGEST_ID = 60
# `dlsei-phase-2` is the programme dlsei: a phase is told by its dates, not by who reports it.
PHASE = re.compile(r"(phase|cohort|batch)(_|\d|$)")


@dataclass(frozen=True)
class Stream:
    """What one partner reports of one programme: the unit in which a newer export replaces an older one."""

    partner_id: str
    programme_id: str


def identifier(written: str) -> str:
    """A name or slug as an id: letters and digits of any script, lower case, joined by underscores."""
    plain = unicodedata.normalize("NFKC", written).casefold()
    return SLUG.sub("_", plain).strip("_")[:LONGEST_ID].strip("_")


@cache
def stream_of(written: str) -> Stream | None:
    """The stream a slug or name stands for, None when it is blank.

    `coursera-for-refugees-upwardly-global` begins with a programme of the reference and ends with its partner; where
    nothing follows, the programme's own partner reports. An unknown slug is its own programme and its own partner.
    """
    slug = identifier(written)
    if not slug:
        return None
    known = programmes()
    for programme in sorted(known, key=len, reverse=True):
        if slug == programme or slug.startswith(programme + "_"):
            rest = slug.removeprefix(programme).strip("_")
            partner = "" if PHASE.match(rest) else rest
            return Stream(partner or known[programme] or programme, programme)
    return Stream(slug, slug)


@cache
def programmes() -> Mapping[str, str]:
    """Programmes of the reference, and the partner that reports each where no other is named."""
    with (REFERENCE / "programmes.csv").open(encoding="utf-8", newline="") as file:
        return {row["programme_id"]: row["partner_id"] for row in csv.DictReader(file)}
