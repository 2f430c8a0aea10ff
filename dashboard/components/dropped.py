"""What a page does not take of its address, in a sentence each: no value of a link is dropped without a word.

A choice accounts for the value that it did not take, and the page names at its end what nothing on it reads. Each
sentence stays until the reader chooses something else there, or leaves the page.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.charts.kept import names_by_code
from dashboard.components.record import NotTaken, is_recording, keep
from dashboard.locales import _
from dashboard.locales.numbers import day, with_commas
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import PINNED, ask, current_viewer
from dashboard.vocabularies import words
from dashboard.warehouse.parameters import parameters

ACCOUNT = "_dropped"
OPEN = "open"
# What every page reads in a way of its own, and states where it cannot.
READ_BY_THE_FRAME = frozenset({PINNED, OPEN, "lang"})
# What mail programs and networks add to a link: no choice of anybody.
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id")
# Choices of the address that are parameters of questions under another name.
PARAMETER_OF = {
    "as_of": "on_date",
    "closures_on": "on_date",
    "offers_on": "on_date",
    "compared_date": "other_date",
    "new_since": "from_date",
    "active_from": "from_month",
    "active_to": "to_month",
    "place": "country_iso3",
    "p": "partial_weight",
}
LONGEST = 40  # characters of a value: a link must not write a text of its own on the page


@dataclass(frozen=True)
class Refused:
    """A value that a choice did not take.

    Attributes:
        value: as in the address.
        label: of the choice.
        code, shown: what is chosen in its place, and its words.
        why: a message with {value} and {shown}, where the choice knows more than that it has no such value.
    """

    value: str
    label: str
    code: str
    shown: str
    why: str


@dataclass
class Account:
    """What was not taken on a page, and what the page itself wrote into the address, by the names in the address."""

    page: str
    refused: dict[str, Refused] = field(default_factory=dict)
    from_link: set[tuple[str, str]] = field(default_factory=set)
    written: set[tuple[str, str]] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)


@dataclass
class _Run:
    """The address with which a run of a page began, what was read of it, and the sentences that are shown already."""

    address: Mapping[str, list[str]]
    sentences: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    sections: set[str] = field(default_factory=set)
    container: Any = None


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


def begin() -> None:
    """Begins the account of a run of a page with the address as it is."""
    account, address = _account(), {key: st.query_params.get_all(key) for key in st.query_params}
    for key, values in address.items():
        account.from_link |= _entries(key, values) - account.written
        if len(values) > 1:
            account.repeated.add(key)
    _run.set(_Run(address))


def read(key: str) -> None:
    """Has a name of the address count as read by the page."""
    if (run := _run.get()) is not None:
        run.read.add(key)


def has_section(name: str) -> None:
    """Has a section count as one of the page."""
    if (run := _run.get()) is not None:
        run.sections.add(name)


def wrote(key: str, values: Iterable[str]) -> None:
    """Has values of the address count as written by the page, not by a link."""
    account, entries = _account(), _entries(key, values)
    account.written |= entries
    account.from_link -= entries


def settle(key: str, wanted: str | None, chosen: Any, label: str, shown: str, why: str = "") -> None:
    """Accounts for a choice: `wanted` is the value that it did not take, None where there is none in this run."""
    refused, code = _account().refused, str(chosen)
    if wanted is not None:
        refused[key] = Refused(wanted, label, code, shown, why)
    elif key in refused:
        if refused[key].code == code:
            refused[key] = replace(refused[key], label=label, shown=shown, why=why)
        else:
            del refused[key]


def show() -> None:
    """Names, where it is called first, the values that choices did not take so far."""
    if (run := _run.get()) is not None and run.container is None and not is_recording():
        run.container = st.container(key="not-taken")
    _write([_sentence(key, refused) for key, refused in _account().refused.items()])


def show_rest() -> None:
    """At the end of a page: names the values that choices did not take, and what nothing on the page read."""
    show()
    run, account = _run.get(), _account()
    if run is None:
        return
    unread = [
        key
        for key, values in run.address.items()
        if key not in run.read | READ_BY_THE_FRAME
        and not TRACKING.fullmatch(key)
        and _entries(key, values) & account.from_link
    ]
    sentences = []
    if unread:
        names = [
            _("{kind}: {names}").format(kind=_label(key), names=_words(key, run.address[key][-1])) for key in unread
        ]
        sentences.append(
            _("The link also names {choices}. No open part of this page uses this.").format(choices=with_commas(names))
        )
    opened = [name for _key, name in sorted(_entries(OPEN, run.address.get(OPEN, ())))]
    if closed := [name for name in opened if name not in run.sections and (OPEN, name) in account.from_link]:
        sentences.append(
            _("The link opens the section {names}, which is not part of what is shown.").format(
                names=with_commas(map(_quoted, closed))
            )
        )
    if twice := [key for key in account.repeated if key in run.read]:
        sentences.append(
            _("The link names {choices} more than once; the last value counts.").format(
                choices=with_commas(map(_label, twice))
            )
        )
    _write(sentences)


def _write(sentences: Iterable[str]) -> None:
    run = _run.get()
    if run is None:
        return
    new = [sentence for sentence in sentences if sentence not in run.sentences]
    run.sentences.extend(new)
    if new and not all(keep(NotTaken(sentence)) for sentence in new):
        run.container.info("  \n".join(new))


def _account() -> Account:
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    account = st.session_state.get(ACCOUNT)
    if account is None or account.page != page:
        account = st.session_state[ACCOUNT] = Account(page)
    return account


def _entries(key: str, values: Iterable[str]) -> set[tuple[str, str]]:
    """Values of the address, each with its name; of the open sections each by itself."""
    return {(key, name) for value in values for name in (value.split(",") if key == OPEN else [value]) if name}


def _sentence(key: str, refused: Refused) -> str:
    why = refused.why or _("{value} is not available under “{choice}” here; “{shown}” is shown.")
    return why.format(
        value=_words(key, refused.value), choice=in_markdown(refused.label), shown=in_markdown(refused.shown)
    )


def _label(key: str) -> str:
    """What a choice is called; its name in the address, in quotation marks, where no question has it."""
    known = parameters().get(PARAMETER_OF.get(key, key))
    return f"“{in_markdown(_(known.label))}”" if known else _quoted(key)


def _words(key: str, value: str) -> str:
    """A value by its name, with its code where a country has one; as it stands, in quotation marks, where none has."""
    named = _names(PARAMETER_OF.get(key, key)).get(value)
    if named:
        return f"{in_markdown(named)} ({value})" if _is_country(key) else in_markdown(named)
    try:
        return day(datetime.date.fromisoformat(value))
    except ValueError:
        return _quoted(value)


def _names(key: str) -> Mapping[str, str]:
    """The names of the codes of a choice, as far as the reader may know them."""
    if key == "programme_id":
        return names_by_code(ask("overview/programmes"), "programme_id", "programme")
    if key == "partner_id":
        scope = Scope(partner_id=current_viewer().partner_id or None)
        return names_by_code(ask("overview/partners", scope), "partner_id", "partner")
    known = parameters().get(key)
    return words(known.words) if known and known.words else {}


def _is_country(key: str) -> bool:
    known = parameters().get(PARAMETER_OF.get(key, key))
    return bool(known and known.words == "country")


def _quoted(text: str) -> str:
    return f"“{in_markdown(text if len(text) <= LONGEST else text[:LONGEST] + '…')}”"
