"""Which names of organisations may be one: they differ in accents, punctuation, word for a legal form, or acronym.

Proposes only. Two become one when a steward confirms it, by a file of `organisation_names`.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.intake.terms import fold

# Words that a name may have or lack: legal forms and kinds of body, in the languages of lists.
FORMS = frozenset(
    {
        *(
            "inc",
            "incorporated",
            "ltd",
            "limited",
            "llc",
            "plc",
            "corp",
            "corporation",
            "co",
            "company",
            "gmbh",
            "ggmbh",
        ),
        *("ev", "ag", "bv", "nv", "sa", "sarl", "srl", "spa", "oy", "ab", "as", "asbl", "aisbl", "vzw", "pvt", "pte"),
        *("ngo", "ingo", "nngo", "lngo", "ong", "ongi", "onl", "osc", "cso", "npo", "ac", "asoc", "foundation"),
        *("fondation", "fundacion", "fundacao", "stiftung", "fondazione", "association", "asociacion", "associacao"),
        *("assoc", "verein", "trust", "charity", "society", "organization", "organisation", "organizacion"),
        *("organizacao", "org", "intl", "international", "internacional", "internationale", "مؤسسة", "منظمة", "جمعية"),
        *("фонд", "организация", "ассоциация", "нко"),
    }
)
SMALL = frozenset(
    {"the", "of", "for", "and", "in", "to", "de", "des", "du", "la", "le", "les", "el", "los", "las", "y", "et", "e"}
    | {"da", "do", "dos", "das", "para", "por", "pour", "der", "die", "und", "fur", "d", "l", "a", "on"}
)
BRACKETED = re.compile(
    r"[(\[]([^)\]]{2,12})[)\]]|\s[-–—/|]\s*([A-Z][A-Z0-9&.-]{1,9})$|^([A-Z][A-Z0-9&.-]{1,9})\s*[-–—/|:]\s"
)
WORD = re.compile(r"[^\W_]+")
DOTTED = re.compile(r"\b((?:\w\.){2,})", re.UNICODE)
SHORT, LONG = 2, 10


@dataclass(frozen=True)
class Organisation:
    """A name in a release: its id, how it is written, whether it is a member's, and in how many activities it is."""

    partner_id: str
    name: str
    is_member: bool = False
    activities: int = 0


@dataclass(frozen=True)
class Proposal:
    """Names that may be one organisation: which of them would be shown, and the others."""

    shown: Organisation
    others: tuple[Organisation, ...]


def proposals(organisations: Iterable[Organisation]) -> list[Proposal]:
    """The groups of names that may be one organisation, those in most activities first.

    An acronym that several names could stand behind is proposed for none of them, and two members are never one.
    """
    known = list(dict.fromkeys(organisations))
    groups: dict[str, list[Organisation]] = defaultdict(list)
    for organisation in known:
        groups[_core(organisation.name)].append(organisation)
    groups.pop("", None)
    for core, home in _homes(groups).items():
        groups[home] += groups.pop(core)
    groups_proposed = []
    for names in groups.values():
        if (
            len({organisation.partner_id for organisation in names}) < 2
            or sum(organisation.is_member for organisation in names) > 1
        ):
            continue
        first, *others = sorted(
            names,
            key=lambda organisation: (
                not organisation.is_member,
                _is_acronym(organisation.name),
                -organisation.activities,
                organisation.name,
            ),
        )
        groups_proposed.append(Proposal(first, tuple(others)))
    return sorted(
        groups_proposed, key=lambda group: (-sum(o.activities for o in (group.shown, *group.others)), group.shown.name)
    )


def as_file(confirmed: Sequence[Proposal]) -> str:
    """Confirmed proposals as a file of `organisation_names`: each name, that which is shown as well."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["written_name", "organisation", "partner_id"])
    for group in confirmed:
        shown = group.shown
        # A member's id need not be made of its name; the names of others are known by theirs.
        for organisation in (shown, *group.others):
            writer.writerow([organisation.partner_id, shown.name, shown.partner_id])
    return out.getvalue()


def _homes(groups: dict[str, list[Organisation]]) -> dict[str, str]:
    """Of each core that is an acronym, the one longer core that it can stand for."""
    behind: dict[str, set[str]] = defaultdict(set)
    for core, names in groups.items():
        for organisation in names:
            for short in _acronyms(organisation.name):
                if short != core:
                    behind[short].add(core)
    return {short: cores.copy().pop() for short, cores in behind.items() if short in groups and len(cores) == 1}


def _core(name: str) -> str:
    """What of a name is its own: its words without accents, small words, legal forms and an acronym in brackets."""
    words = _words(BRACKETED.sub(" ", name)) or _words(name)
    own = [word for word in words if word not in SMALL and word not in FORMS]
    return "".join(own or words)


def _words(name: str) -> list[str]:
    return WORD.findall(fold(DOTTED.sub(lambda dotted: dotted[1].replace(".", "") + " ", name)).replace("'", " "))


def _acronyms(name: str) -> set[str]:
    """The acronyms of a name: what stands in brackets or before a dash, and its first letters."""
    written = {"".join(_words(group)) for groups in BRACKETED.findall(name) for group in groups if group}
    words = _words(BRACKETED.sub(" ", name))
    if len(words) > 1:
        written |= {"".join(word[0] for word in words), "".join(word[0] for word in words if word not in SMALL)}
    return {short for short in written if SHORT <= len(short) <= LONG}


def _is_acronym(name: str) -> bool:
    return name.isupper() and SHORT <= len(name) <= LONG
