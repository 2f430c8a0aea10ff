"""What a reader must know before the numbers: demonstration, damage, borders."""

import datetime
from contextvars import ContextVar

import streamlit as st

from dashboard.access.viewer import PARTNER_AUDIENCE, STEWARD_AUDIENCE
from dashboard.disclosure.policy import COALITION, PUBLIC, policy
from dashboard.health import Mark, marks
from dashboard.locales import _, plural
from dashboard.locales.numbers import HIDDEN, day, mark_missing, short_day, whole
from dashboard.locales.plain import in_markdown
from dashboard.session import current_release, current_viewer, release_notice
from dashboard.settings import store_folder
from dashboard.store.audit_log import missed
from dashboard.store.health import AHEAD, DUE, FRESH, OVERDUE
from dashboard.store.releases import today
from dashboard.warehouse.catalog import sources
from dashboard.warehouse.lineage import sources_of_page

# So many letters about late sources stand in the line of a page: more would be a second line on a desk.
LONGEST_LINE = 110

_page: ContextVar[str] = ContextVar("page", default="")


def on_page(name: str) -> None:
    """States which page this run draws, so that its freshness line names the sources of its questions."""
    _page.set(name)


def demonstration(*names: str) -> None:
    """Says at the top of a page which of its sources hold invented rows in this release."""
    if release_notice():
        st.warning(release_notice())
    invented = [name for name in names if name in current_release().demonstrations]
    if invented:
        words = " ".join(f"{_(sources()[name].title)}: {_(sources()[name].demonstration)}" for name in invented)
        st.info("**" + _("Demonstration.") + "** " + words)
    freshness()


def freshness() -> None:
    """One line on how fresh the sources of this page are, as far as the reader may know; nothing where none is due.

    A demonstration is never late, and a record that has ended is not fresh or late: neither is in it.
    """
    found = marks(current_viewer(), current_release(), sources_of_page(_page.get()), today())
    late = [one for one in found if one.freshness != FRESH]
    words: list[str] = []
    for one in late:
        named = _late_words(one)
        if words and len(" · ".join([*words, named])) > LONGEST_LINE:
            break
        words.append(named)
    if more := len(late) - len(words):
        words.append(plural("{count} more is late", "{count} more are late", more).format(count=more))
    if fresh := len(found) - len(late):
        words.append(
            ":green[●] "
            + plural(
                "{count} source fresh, captured {day}", "{count} sources fresh, the newest captured {day}", fresh
            ).format(count=fresh, day=short_day(max(one.captured_on for one in found if one.freshness == FRESH)))
        )
    if words:
        st.caption(" · ".join(words))


def _late_words(mark: Mark) -> str:
    title, since = _(sources()[mark.source].title), short_day(mark.since)
    of = ""
    if mark.streams > 1:
        of = " " + _("({late} of {all} partner files)").format(late=mark.late, all=mark.streams)
    if mark.freshness == OVERDUE:
        return ":red[▲] " + _("{source}: overdue since {day}").format(source=title, day=since) + of
    if mark.freshness == DUE:
        return ":orange[◆] " + _("{source}: due since {day}").format(source=title, day=since) + of
    assert mark.freshness == AHEAD
    return (
        ":red[▲] "
        + _("{source}: dated {day}, in the future").format(source=title, day=short_day(mark.captured_on))
        + of
    )


def hidden() -> None:
    """Says to whoever does not own the rows what is hidden and rounded, and why; then ‡ stands for what is missing."""
    audience = current_viewer().audience
    if audience == STEWARD_AUDIENCE:
        return
    mark_missing(HIDDEN, whole_percent=audience != PARTNER_AUDIENCE)
    rules, of = policy(), COALITION if audience == COALITION else PUBLIC
    said = _(
        "‡ stands for few people (fewer than {below}, none included, and some figures up to {most}), or for a figure "
        "that would let others be worked out. Other counts are rounded up or down to a multiple of {base}, always the "
        "same way, so tables do not add up."
    ).format(below=rules.hide_below, most=rules.least_shown(of) - 1, base=rules.rounding[of])
    made = current_release().manifest.get("figures", {}).get(of)
    if made and made["since"] != current_release().number:
        said += " " + plural(
            "These figures are renewed every month; they were last made on {day}.",
            "These figures are renewed every {count} months; they were last made on {day}.",
            rules.months[of],
        ).format(count=rules.months[of], day=day(datetime.date.fromisoformat(made["made_on"])))
    if audience == PARTNER_AUDIENCE:
        said = _("Your own learners are exact.") + " " + _("Of all others: ") + said
    st.caption(said)


def owners_only() -> None:
    """Stands where a view is so fine that only whoever owns the rows may see it."""
    st.caption(_("Only those who own the rows see this view: it is so fine that it would show single people."))


def footer() -> None:
    """The release that every page stands on."""
    said = current_release().manifest
    unrecorded = missed(store_folder())
    if unrecorded and current_viewer().is_steward:
        words = plural(
            "{count} sign-in or refusal since {moment} UTC is not in the audit log ({reason}).",
            "{count} sign-ins or refusals since {moment} UTC are not in the audit log ({reason}).",
            unrecorded.count,
        ).format(
            count=whole(unrecorded.count),
            moment=unrecorded.since[:16].replace("T", " "),
            reason=in_markdown(unrecorded.why),
        )
        more = _("Until the log can be written, exports, uploads and releases are refused: free space for the store.")
        st.warning(f"{words} {more}")
    st.caption(
        _(
            "Release {number}, published {moment} UTC. Definitions, sources and licences are on the page Methods."
        ).format(number=said["number"], moment=said["published_at"][:16].replace("T", " "))
    )


def map_disclaimer() -> None:
    """The line below every map."""
    st.caption(
        _(
            "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
            "acceptance by the United Nations. Polygons: UN Geodata, 1 to 110 million; smaller countries are points."
        )
    )
