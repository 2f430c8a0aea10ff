"""Panels of how fresh each source is: what is late, what could not be read, the list, details of one, the rules."""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.palette import CLOSED, INK, NO_DATA, ON_STRONG, PARTIAL, SPARE, for_dark
from dashboard.components.figures import is_dark, plain_chart
from dashboard.components.filters import choose
from dashboard.components.learners import partner_words, programme_words
from dashboard.components.light import is_light
from dashboard.components.page import headline
from dashboard.components.record import is_recording
from dashboard.components.refused import without_flags
from dashboard.components.tables import grid, reading_order
from dashboard.components.texts import heading, lines, note, paragraph
from dashboard.health import seen_by
from dashboard.locales import _, plural
from dashboard.locales.numbers import SHORT, day, missing, moment, short_day, whole, widget_day, with_commas
from dashboard.locales.plain import in_markdown, letters_wide
from dashboard.pages.data_health.charts import OF_REASONS, OF_ROWS, stacked_figure
from dashboard.scope import Scope
from dashboard.session import current_release, current_viewer
from dashboard.settings import store_folder
from dashboard.store import health
from dashboard.store.fetches import FetchState
from dashboard.store.health import (
    AHEAD,
    DEMONSTRATION,
    DUE,
    FRESH,
    MISSING,
    NOT_EXPECTED,
    OVERDUE,
    STOPPED,
    Capture,
    Health,
    StreamHealth,
    folded,
)
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import today
from dashboard.warehouse.catalog import sources

MOST_FILES, MOST_REASONS, MOST_HEIGHT = 12, 5, 560
# Pixels of columns, as wide as their words.
SOURCE, WORDS, MARGIN, LETTER = 290, 140, 24, 7
MARKS = {
    OVERDUE: "▲",
    AHEAD: "▲",
    DUE: "◆",
    FRESH: "●",
    STOPPED: "○",
    MISSING: "○",
    NOT_EXPECTED: "–",
    DEMONSTRATION: "◌",
}
# Ground and text, readable on a light and on a dark page; the word stands beside the colour. What is not known is the
# quietest on both, so its pair is exchanged.
QUIET = (NO_DATA, INK)
COLOURS = {
    OVERDUE: (CLOSED, ON_STRONG),
    AHEAD: (CLOSED, ON_STRONG),
    DUE: (PARTIAL, INK),
    FRESH: (SPARE, ON_STRONG),
    STOPPED: QUIET,
    MISSING: QUIET,
}


def answer(scope: Scope) -> None:
    """What is late in a sentence, what could not be read, and the list of all sources."""
    seen_health = _visible_health()
    late = [feed for feed in seen_health.streams if feed.freshness == OVERDUE]
    if any(feed.captures for feed in seen_health.streams):
        headline(_late_words(seen_health, late), " ".join(_more(seen_health, late)))
    else:
        headline(_("No file of these sources has been received yet"), _visibility_words())
        st.info(_("Bring in files on the page Upload."))
    _troubles(seen_health)
    _list(seen_health)


def _visible_health() -> Health:
    """What this reader may see of the sources today."""
    viewer = current_viewer()
    visible = seen_by(viewer, health.health(store_folder(), today(), with_senders=viewer.is_steward))
    return Health(tuple(folded(visible.streams)), visible.troubles) if viewer.is_steward else visible


def _late_words(seen_health: Health, late: Sequence[StreamHealth]) -> str:
    """How many sources are overdue, and the day of the newest file that is no demonstration."""
    words = plural("{late} of {count} sources is overdue", "{late} of {count} sources are overdue", len(late)).format(
        late=len(late), count=len(seen_health.streams)
    )
    days = [
        feed.newest.captured_on
        for feed in seen_health.streams
        if feed.newest and feed.freshness not in (AHEAD, DEMONSTRATION)
    ]
    if not days:
        return _("{late}; all files are simulated").format(late=words)
    return _("{late}; the newest file reports up to {day}").format(late=words, day=day(max(days)))


def _more(seen_health: Health, late: Sequence[StreamHealth]) -> list[str]:
    """What comes next, what is no longer expected and what is simulated, a sentence each."""
    sentences = []
    if late:
        oldest = min(late, key=lambda feed: feed.overdue_since or datetime.date.max)
        sentences.append(
            _("The longest overdue is “{source}”, since {day}.").format(
                source=in_markdown(_name(oldest)), day=day(oldest.overdue_since)
            )
        )
    if due := sum(feed.freshness == DUE for feed in seen_health.streams):
        sentences.append(
            plural("{count} more is due and not overdue yet.", "{count} more are due and not overdue yet.", due).format(
                count=due
            )
        )
    coming = [feed for feed in seen_health.streams if feed.freshness == FRESH and feed.next_expected]
    if coming:
        first = min(coming, key=lambda feed: feed.next_expected or datetime.date.max)
        sentences.append(
            _("Next expected: “{source}”, by {day}.").format(
                source=in_markdown(_name(first)), day=day(first.next_expected)
            )
        )
    if stopped := sum(feed.freshness == STOPPED for feed in seen_health.streams):
        sentences.append(
            plural(
                "{count} partner file is older than 13 months and no longer expected.",
                "{count} partner files are older than 13 months and no longer expected.",
                stopped,
            ).format(count=stopped)
        )
    if simulated := sum(feed.freshness == DEMONSTRATION for feed in seen_health.streams):
        sentences.append(
            plural(
                "{count} source is simulated and therefore never late.",
                "{count} sources are simulated and therefore never late.",
                simulated,
            ).format(count=simulated)
        )
    return [*sentences, _visibility_words()] if not current_viewer().is_steward else sentences


def _visibility_words() -> str:
    """Of which sources this reader sees the files."""
    if current_viewer().is_steward:
        return ""
    if current_viewer().partner_id:
        return _("You see your own files and the sources that publishers release.")
    return _("You see the sources that publishers release. Files of partners are shown to them and to stewards.")


def _troubles(seen_health: Health) -> None:
    """What keeps failing, is dated ahead or could not be read, each in a sentence; the rest is shown all the same."""
    failing = {feed.source: feed.fetch for feed in seen_health.streams if feed.is_failing and feed.fetch}
    for source, state in failing.items():
        st.error(
            plural(
                "Fetching “{source}” failed {count} time in a row: {reason}",
                "Fetching “{source}” failed {count} times in a row: {reason}",
                state.failures,
            ).format(
                source=in_markdown(_(sources()[source].title)), count=state.failures, reason=in_markdown(state.reason)
            )
        )
    for feed in seen_health.streams:
        if feed.freshness == AHEAD and feed.newest:
            st.warning(
                _(
                    "“{source}” is dated {day}, which is in the future, so whether it is late is unknown. "
                    "Import it again with the right day."
                ).format(source=in_markdown(_name(feed)), day=day(feed.newest.captured_on))
            )
    for trouble in seen_health.troubles:
        if trouble.words:
            st.warning(in_markdown(trouble.words))
        else:
            st.warning(
                _(
                    "A file of “{source}” cannot be read, so what is shown of it may be too old. A steward can see "
                    "which file it is."
                ).format(source=in_markdown(_(sources()[trouble.source].title)))
            )


def _list(seen_health: Health) -> None:
    """A row for each source, and for each partner's stream of those that partners send."""
    rows = [_row(feed) for feed in seen_health.streams]
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)] if rows else []
    shown = pd.DataFrame(rows, columns=names, dtype=object)
    colours = {status_words(code): pair for code, pair in COLOURS.items()}
    days = {_("Newest file"), _("Next expected")}
    counts = {_("Age (days)"), _("Expected every (days)"), _("Rows"), _("Set aside"), _("Waiting")}
    longest = max([letters_wide(row[_("Status")]) for row in rows] + [0])
    if is_light() or is_recording():
        grid(
            [{name: row[name] for name in names} for row in rows],
            alt=_("Sources with their newest file, its age, and whether it is late; the most urgent first."),
            nothing="",
        )
        return
    st.dataframe(
        shown.style.map(lambda words: _css(colours.get(words)), subset=[_("Status")]),
        hide_index=True,
        column_order=reading_order(names),
        height=min(MOST_HEIGHT, 40 + 36 * max(1, len(rows))),
        column_config={
            **{name: st.column_config.DateColumn(format=widget_day(SHORT)) for name in days},
            **{name: st.column_config.NumberColumn(format="localized") for name in counts},
            _("Status"): st.column_config.Column(width=MARGIN + LETTER * longest),
            _("Source"): st.column_config.Column(width=SOURCE),
            _("Partner"): st.column_config.Column(width=WORDS),
            _("Programme"): st.column_config.Column(width=WORDS),
        },
        placeholder=missing(),
        alt=_("Sources with their newest file, its age, and whether it is late; the most urgent first."),
        key="health-table",
    )


def _css(pair: tuple[str, str] | None) -> str:
    if not pair:
        return ""
    ground, text = for_dark(pair) if pair == QUIET and is_dark() else pair
    return f"background-color: {ground}; color: {text}"


def _row(feed: StreamHealth) -> dict[str, Any]:
    newest = feed.newest
    return {
        _("Status"): status_words(feed.freshness),
        _("Source"): _(sources()[feed.source].title),
        _("Partner"): _sender_words(feed) or None,
        _("Newest file"): newest.captured_on if newest else None,
        _("Age (days)"): feed.age_days,
        _("Next expected"): feed.next_expected,
        _("Programme"): programme_words(with_totals=False).get(feed.programme, feed.programme) or None,
        _("Expected every (days)"): feed.every_days or None,
        _("Rows"): feed.rows,
        _("Set aside"): feed.set_aside,
        _("Waiting"): len(feed.waiting) or None,
        _("Fetching"): _fetch_status(feed),
        _("Sent by"): with_commas(newest.sent_by) or None if newest else None,
    }


def details() -> None:
    """One source or stream: when its next file should come, how it is fetched, what waits, and each of its files."""
    by_code = {f"{feed.source}:{feed.stream}".rstrip(":"): feed for feed in _visible_health().streams}
    if not by_code:
        paragraph(_("You see no source here. Stewards see all of them."))
        return
    words = {code: _option(feed) for code, feed in by_code.items()}
    code = choose(_("Source"), list(by_code), "source", lambda code: words[code])
    feed = by_code[code]
    for sentence in _facts(feed):
        paragraph(sentence)
    if current_viewer().is_steward or feed.stream:
        _files(feed)


def status_words(code: str) -> str:
    """The word for how a source stands, with its sign."""
    words = {
        OVERDUE: _("Overdue"),
        AHEAD: _("Dated in the future"),
        DUE: _("Due"),
        FRESH: _("Fresh"),
        STOPPED: _("No file for 13 months"),
        MISSING: _("Not received"),
        NOT_EXPECTED: _("Not expected"),
        DEMONSTRATION: _("Simulated"),
    }
    return f"{MARKS[code]} {words[code]}"


def rules() -> None:
    """How freshness is judged, in words."""
    paragraph(
        _(
            "The age of a source counts from the day up to which its newest file reports, not from the day on which "
            "it arrived. Each source states how often a file should come."
        )
    )
    lines(
        f"**{status_words(code)}**: {words}"
        for code, words in {
            FRESH: _("the newest file is no older than that number of days."),
            DUE: _("it is older, by up to half of that number."),
            OVERDUE: _("it is older still."),
            AHEAD: _("its day is more than one day in the future, so its age is not known."),
            STOPPED: _(
                "a partner has sent no file for 13 months. The programme may have ended; it is no longer "
                "expected, and not counted as overdue."
            ),
            MISSING: _("files are expected, and none has come."),
            NOT_EXPECTED: _(
                "the record has ended, or changes only when something happens, so no next file is expected."
            ),
            DEMONSTRATION: _("the rows are simulated. They are never late, and real files replace them."),
        }.items()
    )


def _name(feed: StreamHealth) -> str:
    """The source, and whose stream it is, in words."""
    names = [_sender_words(feed), programme_words(with_totals=False).get(feed.programme, feed.programme)]
    whose = with_commas(name for name in names if name)
    title = _(sources()[feed.source].title)
    return _("{source} ({partner})").format(source=title, partner=whose) if whose else title


def _option(feed: StreamHealth) -> str:
    return f"{status_words(feed.freshness)}: {_name(feed)}"


def _sender_words(feed: StreamHealth) -> str:
    if feed.folded > 1:
        return plural("{count} file sender", "{count} simulated senders", feed.folded).format(count=feed.folded)
    return partner_words().get(feed.partner, feed.partner)


def _facts(feed: StreamHealth) -> list[str]:
    """What is known of a stream, a sentence each."""
    card, newest = sources()[feed.source], feed.newest
    facts = [f"**{status_words(feed.freshness)}.** {_next(feed)}"]
    if newest:
        sentence = _("The newest file reports up to {day}.").format(day=day(newest.captured_on))
        if newest.imported_at:
            sentence = _("The newest file reports up to {day} and was imported on {moment} UTC.").format(
                day=day(newest.captured_on), moment=moment(newest.imported_at)
            )
        if newest.sent_by:
            sentence += " " + _("Brought in by {who}.").format(who=in_markdown(with_commas(newest.sent_by)))
        facts.append(f"{sentence} {_provenance(newest.provenance)}")
    facts.append(_("How it comes: {comes}.").format(comes=_(card.comes)))
    if current_viewer().is_steward:
        facts.append(_fetch_words(feed.fetch, bool(card.fetch)))
    if feed.waiting:
        oldest = min(wait.at for wait in feed.waiting)
        facts += [
            plural(
                "{count} file waits to be published, since {moment} UTC.",
                "{count} files wait to be published, the oldest since {moment} UTC.",
                len(feed.waiting),
            ).format(count=len(feed.waiting), moment=moment(oldest)),
            *_who_waits(feed),
        ]
    return facts


def _who_waits(feed: StreamHealth) -> list[str]:
    who = sorted({wait.who for wait in feed.waiting if wait.who})
    return [_("Brought in by {who}.").format(who=in_markdown(with_commas(who)))] if who else []


def _next(feed: StreamHealth) -> str:
    if feed.freshness == OVERDUE:
        return _("The next file was expected by {day}, and it has been overdue since {since}.").format(
            day=day(feed.next_expected), since=day(feed.overdue_since)
        )
    if feed.freshness == DUE and feed.newest:
        return _("The next file was expected by {day}. It is overdue from {from_day} on.").format(
            day=day(feed.next_expected),
            from_day=day(health.overdue_from(feed.newest.captured_on, feed.every_days)),
        )
    if feed.next_expected:
        return _("The next file is expected by {day}.").format(day=day(feed.next_expected))
    otherwise = _("No next file is expected.") if feed.captures else _("No file has come, and none is expected.")
    return {
        AHEAD: _("Its day is in the future, so the next due date is unknown."),
        STOPPED: _("No file has come for 13 months, so none is expected any more."),
        MISSING: _("No file has come yet."),
        DEMONSTRATION: _("The rows are simulated, so no next file is expected."),
    }.get(feed.freshness, otherwise)


def _provenance(code: str) -> str:
    return {
        "published": _("It is a publisher's record."),
        "reported": _("It was reported by its sender."),
        "demo": _("Its rows are simulated."),
    }.get(code, "")


def _fetch_status(feed: StreamHealth) -> str | None:
    if not feed.fetch or not feed.fetch.outcome:
        return None
    if feed.fetch.outcome == "failed":
        return plural("Failed {count} time", "Failed {count} times", feed.fetch.failures).format(
            count=feed.fetch.failures
        )
    return _outcomes().get(feed.fetch.outcome, feed.fetch.outcome)


def _outcomes() -> Mapping[str, str]:
    return {
        "unchanged": _("Nothing new"),
        "published": _("Published"),
        "waiting": _("Waiting for a steward"),
        "failed": _("Failed"),
    }


def _fetch_words(state: FetchState | None, can_be: bool) -> str:
    """What became of fetching it by the program, with the last reason."""
    if not state or not state.tried_at:
        return (
            _("It can be fetched by `coalition refresh`, which has not run yet.")
            if can_be
            else _("It is not fetched automatically: a person brings the file in.")
        )
    sentences = [
        _("Last fetched on {moment} UTC: {outcome}.").format(
            moment=in_markdown(moment(state.tried_at)),
            outcome=in_markdown(_outcomes().get(state.outcome, state.outcome).lower() or missing()),
        )
    ]
    if state.failures:
        sentences.append(
            plural("It failed {count} time in a row.", "It failed {count} times in a row.", state.failures).format(
                count=state.failures
            )
        )
        sentences.append(
            _("The last answer came on {moment} UTC.").format(moment=in_markdown(moment(state.answered_at)))
            if state.answered_at
            else _("No answer has been received.")
        )
    if state.reason:
        sentences.append(_("Reason: {reason}").format(reason=in_markdown(state.reason)))
    return " ".join(sentences)


def _files(feed: StreamHealth) -> None:
    """Each file with what became of its rows: a chart, why rows were set aside, and the tables of both."""
    shown = [capture for capture in feed.captures if capture.account]
    if len(shown) < len(feed.captures):
        hidden = len(feed.captures) - len(shown)
        note(
            plural(
                "Of {count} file only the date is shown: rows of other partners are in it.",
                "Of {count} files only the dates are shown: rows of other partners are in them.",
                hidden,
            ).format(count=hidden)
            if not current_viewer().is_steward
            else _("Files that do not state what became of their rows are not in the chart.")
        )
    if not feed.captures:
        return
    if feed.shares_file and shown:
        note(_("The newest file holds rows of several partners or programmes; its counts are of the whole file."))
    reasons = _reasons_of(shown)
    labels = _labels(shown[-MOST_FILES:])
    if shown:
        heading(_rows_title(shown), is_small=True)
        counts = {
            _("Accepted"): [c.account.published for c in shown[-MOST_FILES:] if c.account],
            _("Duplicates"): [c.account.collapsed for c in shown[-MOST_FILES:] if c.account],
            _("Set aside"): [c.account.set_aside for c in shown[-MOST_FILES:] if c.account],
        }
        counts = {name: values for name, values in counts.items() if any(values) or name == _("Accepted")}
        colours = {_("Accepted"): OF_ROWS[0], _("Duplicates"): OF_ROWS[1], _("Set aside"): OF_ROWS[2]}
        plain_chart(
            stacked_figure(labels, counts, [colours[name] for name in counts]),
            "health-rows",
            _("A bar for each file: rows accepted, duplicates, and rows set aside."),
        )
        _reason_chart(shown, reasons, labels)
    if len(shown) > MOST_FILES:
        note(_("The charts show the newest {count} files; the tables list all.").format(count=MOST_FILES))
    _tables(feed, reasons)


def _rows_title(shown: Sequence[Capture]) -> str:
    newest = shown[-1].account
    assert newest
    return _("{accepted} of {rows} rows of the newest file were accepted, {aside} set aside").format(
        accepted=whole(newest.published), rows=whole(newest.rows_in), aside=whole(newest.set_aside)
    )


def _reasons_of(shown: Sequence[Capture]) -> dict[Capture, Mapping[str, int]]:
    """Why rows of each file were set aside, in words; a list that cannot be read is named, and the others stand."""
    counts_of: dict[Capture, Mapping[str, int]] = {}
    for capture in shown:
        if not capture.account:
            continue
        try:
            listed = health.set_aside_by_reason(capture.account)
        except StoreDamaged as damaged:
            st.warning(
                in_markdown(str(damaged))
                if current_viewer().is_steward
                else _("Why rows of the file of {day} were set aside cannot be read. A steward can see why.").format(
                    day=day(capture.captured_on)
                )
            )
            continue
        counted: Counter[str] = Counter()
        card = sources()[capture.account.folder.parent.name]
        for reason in listed:
            counted[f"{card.label(reason.column)}: {without_flags(reason.reason)}"] += reason.rows
        counts_of[capture] = counted
    return counts_of


def _reason_chart(
    shown: Sequence[Capture], reasons: Mapping[Capture, Mapping[str, int]], labels: Sequence[str]
) -> None:
    last = shown[-MOST_FILES:]
    total: Counter[str] = Counter()
    for capture in last:
        total.update(reasons.get(capture, {}))
    if not total:
        return
    commonest = [reason for reason, _rows in total.most_common(MOST_REASONS)]
    counts = {reason: [reasons.get(capture, {}).get(reason, 0) for capture in last] for reason in commonest}
    if len(total) > len(commonest):
        others = [
            sum(rows for reason, rows in reasons.get(capture, {}).items() if reason not in commonest)
            for capture in last
        ]
        counts[_("other reasons")] = others
    heading(_("Most rows were set aside for: {reason}").format(reason=in_markdown(commonest[0])), is_small=True)
    plain_chart(
        stacked_figure(labels, counts, OF_REASONS),
        "health-reasons",
        _("A bar for each file: rows set aside, by reason."),
    )


def _tables(feed: StreamHealth, reasons: Mapping[Capture, Mapping[str, int]]) -> None:
    """What the charts show, in full: every file, and every reason of each."""
    served = {pin["folder"] for pin in current_release().manifest["snapshots"].get(feed.source, ())}
    files = [
        {
            _("Date of the file"): capture.captured_on,
            _("Imported (UTC)"): moment(capture.imported_at),
            _("Rows in the file"): capture.account.rows_in if capture.account else None,
            _("Accepted"): capture.account.published if capture.account else None,
            _("Duplicates"): capture.account.collapsed if capture.account else None,
            _("Set aside"): capture.account.set_aside if capture.account else None,
            _("Sent by"): with_commas(capture.sent_by) or None,
            _("In this release"): (
                "●" if capture.name and f"snapshots/{feed.source}/{capture.name}" in served else None
            ),
        }
        for capture in reversed(feed.captures)
    ]
    why = [
        {_("Date of the file"): capture.captured_on, _("Reason"): reason, _("Rows"): rows}
        for capture in reversed(feed.captures)
        for reason, rows in reasons.get(capture, {}).items()
    ]
    shown = st.expander(_("Table of all files"), on_change="rerun", key="health-files")
    if shown.open:
        with shown:
            _grid(files, _("Every file of this source, the newest first, with what became of its rows."))
            if why:
                _grid(why, _("Why rows of each file were set aside."))


def _grid(rows: Sequence[Mapping[str, Any]], alt: str) -> None:
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    if is_light() or is_recording():
        grid([{name: row[name] for name in names} for row in rows], alt=alt, nothing="")
        return
    st.dataframe(
        pd.DataFrame(rows, columns=names, dtype=object),
        hide_index=True,
        column_order=reading_order(names),
        column_config={_("Date of the file"): st.column_config.DateColumn(format=widget_day(SHORT))},
        placeholder=missing(),
        alt=alt,
    )


def _labels(shown: Sequence[Capture]) -> list[str]:
    """A name for each file by its day; of several of one day the others have a number."""
    seen: Counter[datetime.date] = Counter()
    labels = []
    for capture in shown:
        seen[capture.captured_on] += 1
        label, number = short_day(capture.captured_on), seen[capture.captured_on]
        labels.append(label if number == 1 else f"{label} ({number})")
    return labels
