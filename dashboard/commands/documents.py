"""The verbs that write documents: a brief as PDF, slides, a workbook or one HTML file."""

import argparse
from collections.abc import Callable
from pathlib import Path

from dashboard import actions
from dashboard.access.viewer import STEWARD, Viewer
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


def _brief(asked: argparse.Namespace) -> None:
    from streamlit import config

    from dashboard.access.visitor import Visitor
    from dashboard.documents.briefs import make_brief
    from dashboard.documents.writers import write
    from dashboard.session import begin, let_go

    config.set_option("global.showWarningOnDirectExecution", False)  # pages are read without a browser, as is meant
    try:
        store = store_folder()
        release = open_release(store, asked.release) if asked.release else begin()[0]
        visitor = Visitor(SHELL, asked.viewer, asked.viewer, lambda: True)
        document = make_brief(asked.name, visitor, release, asked.lang, dict(asked.param))
        file = asked.file or Path(f"{document.file_name}.{asked.kind}")
        actions.handed_out(store, f"brief {asked.name} ({asked.kind}, {asked.viewer.audience})", release=release.number)
        body = write(document, asked.kind)
        file.write_bytes(body)
    finally:
        let_go()
    print(f"{file}: {len(document.chapters)} pages of the dashboard, {file.stat().st_size / 1000:.0f} kB")
