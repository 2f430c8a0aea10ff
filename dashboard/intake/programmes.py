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
# `dlsei-phase-2` is the programme dlsei: a phase is identified by its dates, not by who reports it.
PHASE = re.compile(r"(phase|cohort|batch|\d+)(_|\d|$)")
# A cohort, phase or year behind the name of a partner is no part of it.
OF_PARTNER = re.compile(r"_(?:phase|cohort|batch|cohorte|promotion|intake)_?(?:\d{1,4}|[ivx]{1,4}|[a-z])(?:_\d{1,4})?$")
YEAR_OF_PARTNER = re.compile(r"_(?:19|20)\d\d(?:_\d{1,4})?$")
# Nothing but numbers and codes: an id of a database, which names no partner.
NAMELESS = re.compile(
    r"[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}|\d{5,}(?:_\d+)*|(?=(?:[a-f]*\d){3})[0-9a-f]{8,}", re.ASCII
)
# What a platform puts behind a slug to make it its own: `-k3x9q`.
CODE_LETTERS = 5
CODE = re.compile(rf"[a-z0-9]{{{CODE_LETTERS}}}|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{{4,10}}")
# A partner that is also the platform: its name begins those of others' programmes.
PLATFORMS = frozenset(("coursera",))


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
def stream_of(name: str, slug: str = "") -> Stream | None:
    """The stream that a programme's name and its slug stand for, None when both are blank.

    `Coursera for Refugees Upwardly Global` begins with a programme of the reference and ends with its partner; where
    nothing follows, the programme's own partner reports. A platform ends its slugs in a random code: that is no part
    of any name, and where there is one the name decides. What is unknown is its own programme and its own partner.
    """
    named, plain = identifier(name), _without_code(slug, name)
    if plain != identifier(slug) and named:
        return _known_stream(named) or _known_stream(plain) or _unknown(named)
    return _known_stream(plain) or _known_stream(named) or _unknown(named or plain)


@cache
def programme_of(written: str) -> str:
    """The programme of an id: that of the reference which it begins with, else its own."""
    known = _known_stream(written)
    return known.programme_id if known else written


def _known_stream(written: str) -> Stream | None:
    """The stream of an id that begins with a programme of the reference."""
    known = programmes()
    for programme in sorted(known, key=len, reverse=True):
        if written == programme or written.startswith(programme + "_"):
            rest = written.removeprefix(programme).strip("_")
            partner = "" if PHASE.match(rest) else _without_phase(rest)
            return Stream(partner or known[programme] or programme, programme)
    return None


def _without_phase(partner: str) -> str:
    """A partner without the cohort behind its name; a year is one only behind a name of the reference."""
    plain = OF_PARTNER.sub("", partner)
    known = YEAR_OF_PARTNER.sub("", plain)
    return known if known in partners() else plain


def _unknown(written: str) -> Stream | None:
    """The stream of a programme that the reference lacks: reported by the partner whose name it begins with, if any."""
    if not written or NAMELESS.fullmatch(written):
        return None
    owner = next((partner for partner in sorted(partners(), key=len) if written.startswith(partner + "_")), written)
    return Stream(written if owner in PLATFORMS else owner, written)


def _without_code(slug: str, name: str) -> str:
    """The slug as an id, without the random code at its end.

    A code has five letters and digits, or four to ten of which some are letters and some digits; a word of the
    programme's name and the name of a partner are none. Letters alone are a code only where the name lacks them, or
    where a partner's name stands before them.
    """
    whole = identifier(slug)
    base, separator, end = whole.rpartition("_")
    if not separator or end in identifier(name).split("_") or end in partners() or not CODE.fullmatch(end):
        return whole
    if end.isdigit() or PHASE.match(end):
        return whole
    if not end.isalpha() or (name and len(end) == CODE_LETTERS):
        return base
    known = _known_stream(base)
    return base if len(end) == CODE_LETTERS and known and known.partner_id in partners() else whole


@cache
def partners() -> frozenset[str]:
    """Partners of the reference."""
    with (REFERENCE / "partners.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["partner_id"] for row in csv.DictReader(file))


@cache
def programmes() -> Mapping[str, str]:
    """Programmes of the reference, and the partner that reports each where no other is named."""
    with (REFERENCE / "programmes.csv").open(encoding="utf-8", newline="") as file:
        return {row["programme_id"]: row["partner_id"] for row in csv.DictReader(file)}
