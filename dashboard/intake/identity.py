"""People become keys while a file is parsed: a keyed hash of the partner's id, under a secret outside the store.

Which ids and addresses of a file are one person's, and which are nobody's, is `dashboard/intake/sharing.py`.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from dashboard.intake import words
from dashboard.intake.months import month_of
from dashboard.learner_secret import learner_secret

KEY_HEX = 32
# RFC 2104.
HASH_BLOCK, INNER_PAD, OUTER_PAD = 64, 0x36, 0x5C
# What most ids are: it begins with a letter, so it is no number, and has a digit, so it is no word for missing.
CODE = re.compile(r"[a-z][a-z_-]*\d[a-z\d_-]*", re.ASCII | re.IGNORECASE)
# The rows of one learner stand near each other in most files.
DISTINCT = 2**14
# 1,001 and 1 001 are the id 1001, and so is 1001.0, as spreadsheets and pandas write it.
GROUPED = re.compile(r"(\d{1,3}(?:([,.'’ _٬])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,٫]0+)?")
WHOLE = re.compile(r"\+?(\d+)(?:[.,٫]0+)?")
# 2.54701E+11 stands for every number that begins so. Without a sign and a point it may be a code: 12E34.
SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,٫]\d+)?e[+-]\d{1,3}|[+-]?\d+[.,٫]\d+e\d{1,3}")
# What a spreadsheet or a person puts before an id. Without a sign behind it a label may be a part of it, as in ID1.
APOSTROPHES = "'\u2019\u2018`"
LABEL = re.compile(r"^(?:(?:id|no|nr|num|number|n°|nº|№)\s*[:#=.：]\s*|[#№]\s*(?=\d))", re.IGNORECASE)
# What a spreadsheet makes of an id such as 1-5 or MAR1, so that several ids become one: a date.
DATE = re.compile(
    r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?:[ t]\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}([-/.])\d{1,2}\2(?:19|20)\d\d"
    r"|\d{1,2}[-/ ]([^\W\d_]{3,9})\.?(?:[-/ ](?:\d\d|(?:19|20)\d\d))?"
)
# What word processors make of a hyphen: KRN‐001, KRN–001, KRN−001.
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
# Addresses that are put where there is none: noemail@, sin.correo@, pasdemail@.
NO_MAIL = re.compile(
    r"(?:no|not|non|sin|sans|sem|pas|without|has ?no|нет|без)(?:an?|de|d|has|have|valid)?"
    r"(?:e?mails?|correo|courriel|adresse|address|mel|почт[ыа])(?:address)?\d{0,4}"
)
# A row of nines is what databases store for missing; shorter ones may be the number of somebody on a list.
NINES = re.compile(r"9{4,}")


@dataclass(frozen=True)
class Identity:
    """Makes keys of ids and of e-mail addresses; neither can be turned back without the secret."""

    secret: bytes
    _prepared: dict[str, tuple[Any, Any]] = field(default_factory=dict, repr=False, compare=False)

    def id_key(self, written: str) -> str | None:
        """The key of an id as a partner gave it, None where it is no id. What `normal_id` evens out makes no other
        person."""
        text = normal_id(written)
        return self._key("id", text) if text else None

    def email_key(self, written: str) -> str | None:
        """The key of an e-mail address, None for what is none."""
        text = normal_email(written)
        return self._key("email", text) if text else None

    def former_keys(self, id_: str, email: str) -> frozenset[str]:
        """The keys that an id and an address had before numbers in ids were evened out: erased people stay erased."""
        forms = ("id", _former(id_)), ("email", _former(email))
        return frozenset(self._key(kind, text) for kind, text in forms if text)

    def mark(self, key: str) -> str:
        """What stays of a key after its person was erased: it reveals neither person nor key without the secret."""
        return self._key("erased", key)

    def marks(self, keys: Iterable[str]) -> list[str]:
        """As `mark`, for many at a time."""
        return [digest.hex()[:KEY_HEX] for digest in self.digests("erased", (key.encode() for key in keys))]

    @property
    def fingerprint(self) -> str:
        """Names the secret without giving it away: rows made under two secrets do not link."""
        return hmac.new(self.secret, b"fingerprint", hashlib.sha256).hexdigest()[:8]

    def digests(self, kind: str, texts: Iterable[bytes]) -> list[bytes]:
        """What keys of a kind of text are made of: HMAC-SHA256 under the secret, each in full."""
        inner, outer = self._begun_hashes(kind)
        digests = []
        for text in texts:
            first, second = inner.copy(), outer.copy()
            first.update(text)
            second.update(first.digest())
            digests.append(second.digest())
        return digests

    @lru_cache(DISTINCT)  # noqa: B019 - one identity lives as long as its process
    def _key(self, kind: str, text: str) -> str:
        return self.digests(kind, [text.encode()])[0].hex()[:KEY_HEX]

    def _begun_hashes(self, kind: str) -> tuple[Any, Any]:
        """The two hashes of an HMAC-SHA256, into which the secret and the kind of text are read already."""
        if kind not in self._prepared:
            inner, outer = (
                hashlib.sha256(bytes(octet ^ pad for octet in self._block)) for pad in (INNER_PAD, OUTER_PAD)
            )
            inner.update(f"{kind}\0".encode())
            self._prepared[kind] = (inner, outer)
        return self._prepared[kind]

    @property
    def _block(self) -> bytes:
        """The secret as HMAC takes it: one block of the hash."""
        short = hashlib.sha256(self.secret).digest() if len(self.secret) > HASH_BLOCK else self.secret
        return short.ljust(HASH_BLOCK, b"\0")


def open_identity(file: Path) -> Identity:
    """The identity whose secret lies in the file; the file is made, for its owner only, when it is not there.

    Raises:
        SecretMissing: the file cannot be read or written, or does not hold a secret.
    """
    return Identity(learner_secret(file))


@lru_cache(DISTINCT)
def normal_id(text: str) -> str:
    """The id as it is compared, empty where it is none: a placeholder, a spreadsheet's error, a number cut short.

    Case, width, spaces and unseen marks are evened out; digits of any script are 0 to 9, dashes are hyphens; a number
    has no leading zeros, no signs between its thousands and no decimals of zero. An apostrophe that a spreadsheet put
    before it, and a label such as `ID:`, are no part of it.
    """
    if CODE.fullmatch(text):
        return text.casefold()
    text = LABEL.sub("", text.strip().lstrip(APOSTROPHES))
    if words.is_missing(text):
        return ""
    written = _plain(text)
    grouped = GROUPED.fullmatch(written.strip())
    compact = "".join(written.split())
    if grouped:
        compact = "".join(c for c in grouped[1] if c.isdigit())
    if SCIENTIFIC.fullmatch(compact):
        return ""
    if whole := WHOLE.fullmatch(compact):
        compact = whole[1].lstrip("0")
        return "" if NINES.fullmatch(compact) else compact
    if any(c.isdigit() for c in compact):
        return "" if _is_date(written.strip()) else compact
    return "" if words.fold(written) in words.words("nobody") or words.yes_or_no(written) is not None else compact


@lru_cache(DISTINCT)
def normal_email(text: str) -> str:
    """The e-mail address as it is compared, empty for what is none."""
    compact = "".join(_plain(text).split()).lstrip(APOSTROPHES).removeprefix("mailto:")
    if compact.endswith(">"):  # Name <address>
        compact = compact[compact.rfind("<") + 1 : -1]
    local, at, domain = compact.partition("@")
    is_address = at and local and "." in domain.strip(".")
    return compact if is_address and not _is_nobodys(local, domain.partition(".")[0]) else ""


@cache
def doubtful_addresses() -> str:
    """A pattern, as Arrow has them, of addresses in small letters that may be nobody's."""
    placeholders = {word.replace(" ", "") for word in words.words("missing") | words.words("nobody") if word.isascii()}
    placeholders |= {f"{sign}+" for sign in "abcdefghijklmnopqrstuvwxyz0123456789"}
    return f"^(?:[._%+-]*(?:no|sin|sans|sem|pas|without|has)[a-z0-9._%+-]*|{'|'.join(sorted(placeholders))})@"


def _is_nobodys(local: str, host: str) -> bool:
    """Whether an address states that there is none: noemail@gmail.com, none@none.com, test@test.org."""
    plain = words.fold(local).replace(" ", "")
    if NO_MAIL.fullmatch(plain):
        return True
    return (
        local == host
        and local.isalnum()
        and (len(set(local)) == 1 or words.is_missing(local) or plain in words.words("nobody"))
    )


def _is_date(written: str) -> bool:
    """Whether it is a date of numbers, or one whose month is a word."""
    date = DATE.fullmatch(written)
    if date is None:
        return False
    return not date[3] or month_of(date[3]) is not None


def _former(text: str) -> str:
    """The form of ids and addresses until November 2026: case, width, spaces and unseen marks alone were evened out."""
    seen = (c for c in unicodedata.normalize("NFKC", text) if c.isascii() or unicodedata.category(c) != "Cf")
    return "".join("".join(seen).casefold().split())


def _plain(text: str) -> str:
    if text.isascii():
        return text.casefold()
    seen = (c for c in unicodedata.normalize("NFKC", text) if c.isascii() or unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.decimal(c, c)) for c in "".join(seen).casefold()).translate(HYPHENS)
