"""What a reader must know beside the numbers: as whom they are seen, what is simulated, late, hidden, and borders."""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache

import streamlit as st

from dashboard.access.gate import own_audience_words
from dashboard.access.viewer import PARTNER_AUDIENCE, Viewer, is_of_own
from dashboard.components.provenance import source_line
from dashboard.components.texts import note
from dashboard.disclosure.policy import COALITION, PUBLIC, policy
from dashboard.health import Mark, marks
from dashboard.locales import _, plural
from dashboard.locales.numbers import (
    HIDDEN,
    MISSING,
    day,
    mark_missing,
    moment,
    own_marks,
    short_day,
    whole,
)
from dashboard.locales.plain import in_markdown
from dashboard.menu import pages
from dashboard.scope import Scope
from dashboard.session import current_release, current_viewer, is_hidden_from_me, is_pinned, release_notice, unpin
from dashboard.settings import store_folder
from dashboard.store.audit_log import missed
from dashboard.store.health import AHEAD, DUE, FRESH, OVERDUE
from dashboard.store.releases import Release, today
from dashboard.warehouse.catalog import SourceCard, question, questions, sources
from dashboard.warehouse.lineage import sources_of, sources_of_page

_page: ContextVar[str] = ContextVar("page", default="")


def on_page(name: str) -> None:
    """States which page this run draws, so that its notices are about the sources of its questions."""
    _page.set(name)


def title_of_page() -> str:
    """The name of the page in the menu."""
    return next((page.title for page in pages() if page.name == _page.get()), _("Coalition dashboard"))


def bar() -> None:
    """Beside the choices of a page: as whom it is seen, what is simulated, what is late; each opens to details."""
    _audience_mark()
    _simulated()
    _late()
    _pinned()


def warnings() -> None:
    """Why an earlier release is shown than the one published last."""
    if release_notice():
        st.warning(release_notice())


def _audience_mark() -> None:
    with st.popover(_("Seen as {audience}").format(audience=in_markdown(own_audience_words())), type="tertiary"):
        if current_viewer().is_steward:
            st.write(_("Figures are exact."))
        else:
            st.write(hidden_words())


def is_simulated_page(name: str = "") -> bool:
    """Whether sources of a page are a demonstration; of this one where none is named."""
    return any(source in current_release().demonstrations for source in _sources(name))


def _invented(names: Iterable[str]) -> dict[str, SourceCard]:
    """Those of these sources that are a demonstration. Sources of a group step aside together: one speaks for all."""
    demonstrations = current_release().demonstrations
    return {sources()[name].group: sources()[name] for name in names if name in demonstrations}


def simulated_mark(names: Iterable[str] | None = None) -> None:
    """A word and a colour where sources of this page, or these, are a demonstration: where nothing can be opened."""
    if _invented(_sources() if names is None else names):
        st.caption(":orange[\u25cf] " + _("Simulated data"))


def _simulated() -> None:
    """A word and a colour where sources of this page are a demonstration; opened, it states what is simulated."""
    if invented := _invented(_sources()):
        with st.popover(":orange[\u25cf] " + _("Simulated data"), type="tertiary"):
            st.write(
                "**" + _("Demonstration.") + "** " + _("These sources are simulated until real files replace them:")
            )
            for card in invented.values():
                st.write(f"{_(card.title)}: {_(card.demonstration)}")


def _late() -> None:
    """A sign and a count where sources of this page are late, as far as the reader may know; opened, it names them.

    A demonstration is never late, and a record that has ended is neither fresh nor late: neither is in it.
    """
    late = [mark for mark in marks_of_page() if mark.freshness != FRESH]
    if not late:
        return
    sign = ":orange[\u25c6]" if all(mark.freshness == DUE for mark in late) else ":red[\u25b2]"
    words = plural("{count} source is late", "{count} sources are late", len(late)).format(count=len(late))
    with st.popover(f"{sign} {words}", type="tertiary"):
        for mark in late:
            st.write(_late_words(mark))


def _pinned() -> None:
    """Where a link names a release: that its figures do not move with the next one, and the way back to the newest."""
    if not is_pinned():
        return
    with st.popover(
        ":violet[\u25a0] " + _("Release {number}, pinned").format(number=current_release().number), type="tertiary"
    ):
        st.write(_("The link of this view names its release, so its figures stay when a newer one is published."))
        st.button(_("Show the newest release"), key="unpin", on_click=unpin)


def _sources(name: str = "") -> tuple[str, ...]:
    """The sources behind the questions of a page, those of other pages' folders that it asks too included."""
    return _sources_of(name or _page.get())


@cache
def _sources_of(name: str) -> tuple[str, ...]:
    names = {names for page in pages() if page.name == name for names in page.questions() if names in questions()}
    others = (source for question in sorted(names) for source in sources_of(question))
    return tuple(dict.fromkeys([*sources_of_page(name), *others]))


def marks_of_page() -> tuple[Mark, ...]:
    """How fresh the sources of this page are, as far as the reader may know."""
    return _marks(current_viewer(), current_release(), _sources(), today())


# Of some pages, on a day, for the audiences that came.
@lru_cache(maxsize=400)
def _marks(viewer: Viewer, release: Release, names: tuple[str, ...], day: datetime.date) -> tuple[Mark, ...]:
    return marks(viewer, release, names, day)


def _late_words(mark: Mark) -> str:
    source = _(sources()[mark.source].title)
    if mark.streams > 1:
        source = _("{source} ({late} of {all} partner files)").format(source=source, late=mark.late, all=mark.streams)
    if mark.freshness == OVERDUE:
        return ":red[▲] " + _("{source}: overdue since {day}").format(source=source, day=short_day(mark.since))
    if mark.freshness == DUE:
        return ":orange[◆] " + _("{source}: due since {day}").format(source=source, day=short_day(mark.since))
    assert mark.freshness == AHEAD
    return ":red[▲] " + _("{source}: dated {day}, in the future").format(source=source, day=short_day(mark.captured_on))


def mark_hidden(context: Scope | None = None) -> None:
    """Has what is missing shown as hidden to whoever does not own the rows, and shares in whole percent.

    A partner has decimals where a question of the page is answered from its own rows in this context.
    """
    if current_viewer().is_steward:
        mark_missing(MISSING)
    else:
        mark_missing(HIDDEN, whole_percent=context is None or not _is_of_own(context))


def _is_of_own(context: Scope) -> bool:
    viewer = current_viewer()
    if viewer.audience != PARTNER_AUDIENCE:
        return False
    names = next((page.questions() for page in pages() if page.name == _page.get()), frozenset()) & questions().keys()
    return any(is_of_own(viewer, current_release(), name, context.params(question(name))) for name in names)


@contextmanager
def written_as_known(question_name: str, context: Scope) -> Iterator[None]:
    """Has what is missing marked, and shares written, as the answer to a question has them, whatever its page."""
    is_hidden = is_hidden_from_me(question_name, context)
    with own_marks():
        mark_missing(HIDDEN if is_hidden else MISSING, whole_percent=is_hidden)
        yield


def hidden_words() -> str:
    """What is hidden from the reader and rounded, and why."""
    audience = current_viewer().audience
    rules, of = policy(), COALITION if audience == COALITION else PUBLIC
    words = [
        _(
            "‡ marks few people (fewer than {below}, or none; some figures up to {most}), or a figure from which such "
            "a group could be worked out. Other counts are rounded up or down to a multiple of {base}, always the same "
            "way, so tables do not add up."
        ).format(below=rules.hide_below, most=rules.least_shown(of) - 1, base=rules.rounding[of])
    ]
    figures = current_release().manifest.get("figures", {}).get(of)
    if figures and figures["since"] != current_release().number:
        words.append(
            plural(
                "These figures are renewed every month, most recently on {day}.",
                "These figures are renewed every {count} months, most recently on {day}.",
                rules.months[of],
            ).format(count=rules.months[of], day=day(datetime.date.fromisoformat(figures["made_on"])))
        )
    if audience == PARTNER_AUDIENCE:
        words = [_("Your own learners are exact."), _("For all others:"), *words]
    return " ".join(words)


def owners_only() -> None:
    """Stands where a view is so fine that only whoever owns the rows may see it."""
    note(_("Only those who own the rows see this view: it is so detailed that it could identify individuals."))


def footer() -> None:
    """The end of every page: its sources, how fresh they are, and the release; for stewards, what was not recorded."""
    source_line()
    fresh = [mark for mark in marks_of_page() if mark.freshness == FRESH]
    release, lines = current_release(), []
    if not current_viewer().is_steward:
        lines.append(_("‡ few people, or withheld"))
    if fresh:
        lines.append(
            ":green[\u25cf] "
            + plural(
                "{count} source fresh, captured {day}", "{count} sources fresh, the newest captured {day}", len(fresh)
            ).format(count=len(fresh), day=short_day(max(mark.captured_on for mark in fresh)))
        )
    lines.append(
        _("Release {number}, published {moment} UTC").format(
            number=release.number, moment=moment(release.manifest["published_at"])
        )
    )
    st.caption(" \u00b7 ".join(lines))
    unrecorded = missed(store_folder())
    if unrecorded and current_viewer().is_steward:
        words = plural(
            "{count} sign-in or refusal since {moment} UTC is not in the audit log ({reason}).",
            "{count} sign-ins or refusals since {moment} UTC are not in the audit log ({reason}).",
            unrecorded.count,
        ).format(
            count=whole(unrecorded.count),
            moment=moment(unrecorded.since),
            reason=in_markdown(unrecorded.why),
        )
        more = _("Until the log can be written, exports, uploads and releases are refused: free space for the store.")
        st.warning(f"{words} {more}")


def map_disclaimer() -> None:
    """The line below every map."""
    note(disclaimer_of_maps())


def disclaimer_of_maps() -> str:
    """What the United Nations ask to be stated with every map."""
    return _(
        "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
        "acceptance by the United Nations. Polygons: UN Geodata, 1 to 110 million; smaller countries are points."
    )
