"""Which ids and e-mail addresses of a file are nobody's: so many people share them that they name none of them.

Pure functions over parallel sequences, one entry a row; a row that repeats another word for word is left out.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from unicodedata import name as name_of_character

from dashboard.intake.words import fold, is_missing

# Somebody may change her address once; nobody has three of them in one file.
MOST_ADDRESSES = 2
# A name may be written in two ways; three names that are not alike are three people.
MOST_NAMES = 2
# An address of an organisation stands beside the ids of many; that of a person beside two at most, old and new.
MOST_IDS = 2
# Where somebody can be once (in a course, on a register) a second row may correct the first; a third is a stranger.
MOST_RECORDS = 2
# An id of which neither address nor name states that it is one person's may not hold for more rows than this, and for
# this share of them: a learner of a small programme may hold for many rows, but for no more than a few dozen courses.
MOST_ROWS = 30
MOST_SHARE = 0.05
# Two names of which so much is alike, 0 to 1, are two spellings of one.
ALIKE = 0.8
# So many names of an id are compared with each other; more would only confirm what three state.
NAMES_COMPARED = 12
# Nobody's name is longer, and comparing two takes the square of their letters.
LONGEST_NAME = 200

ADDRESSES = "the id stands beside several e-mail addresses, so it is nobody's"
NAMES = "the id stands beside several names, so it is nobody's"
RECORDS = "the id stands in several rows where a person can be only once, so it is nobody's"
SHARE = "the id stands in a large share of the rows, so it is nobody's"
SHARED_ADDRESS = "the e-mail address is shared by several people, so it is nobody's"


@dataclass(slots=True)
class _Beside:
    """What stands beside an id or an address of several rows, and in how many of them."""

    rows: int = 0
    others: set[str] = field(default_factory=set)
    rows_with_other: int = 0
    names: set[str] = field(default_factory=set)
    rows_with_name: int = 0
    record_keys: list[Hashable] = field(default_factory=list)


def no_ids(ids: Sequence[str], emails: Sequence[str], names: Sequence[str], once: Sequence[Hashable]) -> frozenset[str]:
    """The ids that are nobody's: see `shared_ids`."""
    return frozenset(shared_ids(ids, emails, names, once))


def shared_ids(
    ids: Sequence[str], emails: Sequence[str], names: Sequence[str], once: Sequence[Hashable]
) -> Mapping[str, str]:
    """The ids that are nobody's, each with the reason.

    `ids` and `emails` are as `identity` makes them normal, `names` as written, and `once` is what a person stands
    in only once, such as a course. An id beside one address or one name of its own is one person's, however many
    rows it has.
    """
    known = set(zip(names, ids, strict=True))
    ids_of_name = Counter(fold(name) for name, id_ in known if id_)
    beside = _gathered(ids, emails, names, once)
    return {id_: reason for id_, others in beside.items() if (reason := _reason(others, ids_of_name, len(ids)))}


def shared_ids_of_some(
    ids: Sequence[str], emails: Sequence[str], names: Sequence[str], once: Sequence[Hashable], most_rows: int
) -> Mapping[str, str] | None:
    """As `shared_ids`, for some ids of a file of at most so many rows; None where it hangs on rows of others."""
    shared: dict[str, str] = {}
    for id_, others in _gathered(ids, emails, names, once).items():
        few, many = dict.fromkeys(others.names, 1), dict.fromkeys(others.names, MOST_IDS + 1)
        reasons = {_reason(others, of_name, rows) for of_name in (few, many) for rows in (0, most_rows)}
        if len(reasons) > 1:
            return None
        if reason := reasons.pop():
            shared[id_] = reason
    return shared


def shared_addresses(ids: Sequence[str], emails: Sequence[str], names: Sequence[str]) -> frozenset[str]:
    """The e-mail addresses that are nobody's: beside three ids or names that are not one person's."""
    beside = _gathered(emails, ids, names, [""] * len(ids))
    return frozenset(
        email
        for email, others in beside.items()
        if _people(others.names) > MOST_NAMES
        or (len(others.others) > MOST_IDS and (not others.names or _people(others.names) > 1))
    )


def ids_of_two(ids: Sequence[str], emails: Sequence[str], names: Sequence[str]) -> frozenset[str]:
    """The ids beside two names that are not alike and no e-mail address: of one person renamed, or of two people."""
    beside = _gathered(ids, emails, names, [""] * len(ids))
    return frozenset(id_ for id_, others in beside.items() if not others.others and _people(others.names) == MOST_NAMES)


def _gathered(
    keys: Sequence[str], others: Sequence[str], names: Sequence[str], once: Sequence[Hashable]
) -> Mapping[str, _Beside]:
    rows = Counter(keys)
    beside_key = {key: _Beside(number) for key, number in rows.items() if key and number > 1}
    folded = {name: "" if is_missing(name) else fold(name) for name in set(names)}
    for key, other, name, record_key in zip(keys, others, names, once, strict=True):
        beside = beside_key.get(key)
        if beside is None:
            continue
        beside.record_keys.append(record_key)
        if other:
            beside.others.add(other)
            beside.rows_with_other += 1
        if written := folded[name]:
            beside.names.add(written)
            beside.rows_with_name += 1
    return beside_key


def _reason(beside: _Beside, ids_of_name: Mapping[str, int], rows: int) -> str:
    addresses, people = len(beside.others), _people(beside.names)
    if addresses > MOST_ADDRESSES or (addresses == MOST_ADDRESSES and people > 1):
        return ADDRESSES
    if people > MOST_NAMES:
        return NAMES
    has_single_address = addresses == 1 and beside.rows_with_other == beside.rows
    has_single_name = people == 1 and beside.rows_with_name == beside.rows
    if has_single_address or (has_single_name and all(ids_of_name[name] <= MOST_IDS for name in beside.names)):
        return ""
    if max(Counter(beside.record_keys).values()) > MOST_RECORDS:
        return RECORDS
    return SHARE if beside.rows > max(MOST_ROWS, MOST_SHARE * rows) else ""


def _people(names: Collection[str]) -> int:
    """How many people the names are of, where spellings of one name are one."""
    if len(names) < 2:
        return len(names)
    different: list[str] = []
    for name in sorted(names)[:NAMES_COMPARED]:
        if not any(_is_same_name(name, known) for known in different):
            different.append(name)
    return len(different)


def _is_same_name(name: str, other: str) -> bool:
    """Whether two folded names may be one: a part of the other, nearly alike, or in two scripts."""
    name, other = name[:LONGEST_NAME], other[:LONGEST_NAME]
    words, of_other = set(name.split()), set(other.split())
    if words <= of_other or of_other <= words or not words or not of_other:
        return True
    if _script(name) != _script(other):
        return True
    return SequenceMatcher(None, " ".join(sorted(words)), " ".join(sorted(of_other)), autojunk=False).ratio() >= ALIKE


def _script(name: str) -> str:
    return name_of_character(name[0], "").partition(" ")[0]
