"""The verbs that write documents: a brief as PDF, slides, a workbook or one HTML file, kept here or sent by mail."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from dashboard import actions
from dashboard.access.viewer import EVERYBODY, STEWARD, Viewer
from dashboard.commands.counted import counted
from dashboard.locales import ENGLISH, LANGUAGES
from dashboard.settings import store_folder
from dashboard.store.releases import open_release

# What makes them is loaded when one is asked for: pages and charts take their time.
BRIEFS = ("board", "partner", "closures", "country", "hub")
KINDS = ("pdf", "pptx", "xlsx", "html")
SHELL = "the shell"


def add_verbs(verb: Callable[..., argparse.ArgumentParser], viewer: Callable[[str], Viewer], pair: Callable) -> None:
    """Adds them to the command."""
    sub = verb(
        "brief",
        _brief,
        "write a brief as PDF, slides, workbook or HTML",
        "Writes what the pages of a brief say, protected as the pages are: for a meeting, a donor, a ministry.",
    )
    sub.add_argument("name", metavar="NAME", help=f"{', '.join(BRIEFS)}, or page:NAME for one page")
    sub.add_argument("file", metavar="FILE", nargs="?", type=Path, help="where to (else a file here, named by itself)")
    sub.add_argument("--as", dest="kind", choices=KINDS, default="pdf", help="kind of file (pdf)")
    sub.add_argument("--lang", choices=list(LANGUAGES), default=ENGLISH)
    sub.add_argument(
        "--as-audience",
        dest="viewer",
        type=viewer,
        default=STEWARD,
        metavar="AUDIENCE",
        help="whose figures: steward (everything, the default), coalition, public, or partner:ID",
    )
    sub.add_argument(
        "--param",
        action="append",
        default=[],
        type=pair,
        metavar="NAME=VALUE",
        help="a choice as a link has it, such as programme_id=kiron_campus or closures_on=2020-05-19; repeatable",
    )
    sub.add_argument("--release", type=int, metavar="N", help="of an earlier release")
    sub.add_argument(
        "--mail-to",
        action="append",
        default=[],
        type=viewer,
        metavar="ROLE",
        help="mail it to all whom the roster names in a role: steward, coalition, public, or partner:ID; repeatable. "
        "Without FILE it is kept nowhere else",
    )


def _brief(arguments: argparse.Namespace) -> None:
    from streamlit import config

    from dashboard.access.visitor import Visitor
    from dashboard.documents import mail
    from dashboard.documents.briefs import make_brief
    from dashboard.documents.mailed import mail_document
    from dashboard.documents.writers import write
    from dashboard.session import begin, let_go

    config.set_option("global.showWarningOnDirectExecution", False)  # pages are read without a browser, as is meant
    roles = [mail.role_of(viewer) for viewer in arguments.mail_to]
    if roles:  # before anything is written: who may not have it, and settings that are not whole
        mail.allowed_recipients(roles, arguments.viewer)
        mail.read_settings()
    try:
        store = store_folder()
        release = open_release(store, arguments.release) if arguments.release else begin()[0]
        visitor = Visitor(SHELL, arguments.viewer, arguments.viewer, lambda: True)
        document = make_brief(arguments.name, visitor, release, arguments.lang, dict(arguments.param))
        what = f"brief {arguments.name} ({arguments.kind}, {arguments.viewer.audience})"
        actions.handed_out(store, what, release=release.number)
        body = write(document, arguments.kind)
        if file := arguments.file or (None if roles else Path(f"{document.file_name}.{arguments.kind}")):
            _keep(file, body, arguments.viewer)
            print(f"{file}: {counted(len(document.chapters), 'page')} of the dashboard, {len(body) / 1000:.0f} kB")
        if roles:
            sent = mail_document(document, arguments.kind, body, roles, arguments.viewer)
            print(f"mailed to {counted(sent, 'person', 'people')} of the roster", file=sys.stderr)
    finally:
        let_go()


def _keep(file: Path, body: bytes, audience: Viewer) -> None:
    """Writes the file; one that is not public is for whoever runs the command, until they share it."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 if audience == EVERYBODY else 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(body)
