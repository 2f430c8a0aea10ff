"""What a reader of a page sees of a refusal: the sentence without what is for the shell alone."""

import re

import streamlit as st

from dashboard.disclosure.protect import AuditFailed
from dashboard.locales import _
from dashboard.locales.plain import in_markdown
from dashboard.refusals import Refusal
from dashboard.session import current_viewer
from dashboard.store.protocol import StoreDamaged
from dashboard.store.snapshots import SecretsDiffer
from dashboard.warehouse.build import ChecksFailed
from dashboard.warehouse.duckdb import QueryStopped, TookTooLong, TooManyRows

# A flag stands in brackets behind the words that hold for everybody; a command is a sentence of its own.
FLAGS = re.compile(r"\s*\((?:`--[^`]*`(?:,\s*|\s+or\s+)?)+\)")
COMMAND = re.compile(r"(?:(?<=[.;:])|^)[^.;:]*`coalition [^`]*`[^.;]*[.;]?")


def without_flags(reason: str) -> str:
    """A reason without what is for the shell alone."""
    return FLAGS.sub("", reason)


def refuse(refusal: Refusal) -> None:
    """Ends a page that cannot answer with the sentence why; what is wrong with files of the store is for stewards."""
    if isinstance(refusal, StoreDamaged) and not current_viewer().is_steward:
        st.error(_("A file of the store is damaged, so this page cannot answer. A steward can see which one."))
    elif isinstance(refusal, QueryStopped):
        st.error(f"{_why_stopped(refusal)} {_instead()}")
        st.button(_("Try again"), key="try-again")
    else:
        st.error(in_markdown(str(refusal)))


def _why_stopped(refusal: QueryStopped) -> str:
    if isinstance(refusal, TookTooLong):
        return _("These figures took too long to compute, so they are not shown. Try again in a minute.")
    if isinstance(refusal, TooManyRows):
        return _("These figures have too many rows to show.")
    return _("These figures cannot be computed for what is chosen.")


def _instead() -> str:
    return _(
        "Where this page offers the choice, choose one programme, partner or country, or a shorter period. If that "
        "does not help, send the address of this page to the steward of the dashboard."
    )


def for_readers(refusal: object) -> str:
    """The message for somebody at a page, as Markdown; what is found in files of others as well is for stewards."""
    if isinstance(refusal, AuditFailed | ChecksFailed | SecretsDiffer) and not current_viewer().is_steward:
        return _("The release could not be built with this file. A steward will look at it.")
    return in_markdown(COMMAND.sub("", FLAGS.sub("", str(refusal))).strip())
