"""What the page Upload shows: how many files wait, the form to send one, those that wait; then what was published."""

from collections.abc import Callable

from dashboard.access.visitor import visitor
from dashboard.components.page import NoAnswer, headline
from dashboard.locales import _, plural
from dashboard.locales.numbers import whole
from dashboard.pages.upload import sending, waiting
from dashboard.scope import Scope
from dashboard.settings import is_read_only

Section = tuple[str, str, Callable[[], None]]


def answer(scope: Scope) -> None:
    """How many files wait, the form to send another, and the files that wait."""
    if is_read_only():
        raise NoAnswer(_("This copy is for reading only. Bring files in where releases are published."))
    if not visitor().viewer.may_upload:
        raise NoAnswer(
            _("Stewards bring in any file, partners their own. Ask the steward of the dashboard for an account.")
        )
    count = len(waiting.visible())
    headline(
        plural("{count} file is waiting to be published", "{count} files are waiting to be published", count).format(
            count=whole(count)
        )
        if count
        else _("Choose a file to send; none is waiting"),
        _(
            "Send an export or a register. Names, addresses and ids become keys while the file is read. You see what "
            "became of each row and what would change; nothing is shown to others before the file is published."
        ),
    )
    sending.send()
    waiting.waiting_files()


def sections() -> list[Section]:
    """What is below the files that wait, as far as the reader has it: titles, names in the address, what draws them."""
    listed: list[Section] = [(_("Templates to fill in"), "templates", sending.templates)]
    if waiting.published():
        listed.append((_("Rows set aside of published files"), "set_aside", waiting.published_files))
    if visitor().viewer.is_steward:
        listed.append((_("Releases, and how to restore an earlier one"), "releases", waiting.releases))
    return listed
