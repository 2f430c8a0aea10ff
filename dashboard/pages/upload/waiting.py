"""Files that wait: what became of each row, what would change for whom, and who publishes. Then what was published."""

import csv
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import streamlit as st

from dashboard import actions
from dashboard.access.gate import acting
from dashboard.access.visitor import visitor
from dashboard.components.learners import partner_words, programme_words
from dashboard.components.refused import for_readers, without_flags
from dashboard.components.tables import reading_order
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.intake.commonest import commonest_rows
from dashboard.intake.consequences import LEARNERS, Consequence, consequence_of
from dashboard.intake.holding import held
from dashboard.intake.meeting import Match, Unlisted
from dashboard.intake.proposals import Proposal, preview, previewed, read_proposal, sent_together, waiting
from dashboard.locales import _
from dashboard.locales.numbers import day, missing, moment, whole, with_commas, with_semicolons
from dashboard.locales.plain import in_markdown
from dashboard.pages.upload.sending import corrections_of
from dashboard.refusals import Refusal
from dashboard.session import current_release, fragment
from dashboard.settings import store_folder
from dashboard.store.joining import CORRECTIONS, PART
from dashboard.store.protocol import read_manifest
from dashboard.store.releases import manifests
from dashboard.store.snapshots import Snapshot, pinned
from dashboard.warehouse.catalog import sources

MOST_ROWS, MOST_FIGURES, MOST_NAMES = 200, 300, 20

# What takes long goes on while the page is reloaded or left: by what is done, the work that does it.
_work: dict[tuple[str, str], Future] = {}
_workers = ThreadPoolExecutor(1, thread_name_prefix="upload")


def visible() -> list[Proposal]:
    """The files that wait and that this reader may see: a steward all, a partner its own."""
    viewer = visitor().viewer
    return [
        proposal
        for proposal in waiting(store_folder())
        if viewer.is_steward or proposal.partners == {viewer.partner_id}
    ]


def waiting_files() -> None:
    """Files that wait, each with its report and what it would change."""
    everything, mine = waiting(store_folder()), visible()
    for proposal in mine:
        with st.container(border=True):
            _card(proposal, [other for other in sent_together(proposal, everything) if other in mine])


def published() -> list[tuple[Snapshot, Mapping[str, Any]]]:
    """The files of the release of which rows were set aside, with the account of each."""
    viewer = visitor().viewer
    return [
        (snapshot, account)
        for snapshots in pinned(store_folder()).values()
        for snapshot in snapshots
        if (account := read_manifest(snapshot.folder)["input"])["quarantined"]
        and (viewer.is_steward or {stream.partition("/")[0] for stream in snapshot.streams} == {viewer.partner_id})
    ]


def published_files() -> None:
    """What was set aside of each file of the release."""
    for snapshot, account in sorted(published(), key=lambda pair: pair[0].imported_at, reverse=True):
        words = _("{source}, {day}: {count} of {rows} rows set aside").format(
            source=_(sources()[snapshot.source].title),
            day=day(snapshot.captured_on),
            count=whole(account["quarantined"]),
            rows=whole(account["rows_in"]),
        )
        listed = st.expander(words, on_change="rerun", key=f"aside-{snapshot.source}-{snapshot.folder.name}")
        if listed.open:
            with listed:
                _set_aside(snapshot, "")


def releases() -> None:
    """The releases; an earlier one can be restored."""
    current = current_release().number
    known = [manifest for manifest in reversed(manifests(store_folder())) if "damage" not in manifest][:20]
    st.dataframe(
        [
            {
                _("Release"): manifest["number"],
                _("Published (UTC)"): moment(manifest["published_at"]),
                _("Served"): "●" if manifest["number"] == current else "",
                _("Privacy check"): _audit_words(manifest),
                _("Policy"): manifest.get("disclosure", {}).get("policy", missing()),
            }
            for manifest in known
        ],
        hide_index=True,
        alt=_("Releases, the newest first, with the result of the privacy check of each."),
    )
    earlier = [manifest["number"] for manifest in known if manifest["number"] != current]
    if not earlier:
        return
    with st.popover(_("Restore an earlier release")):
        number = st.selectbox(_("Release"), earlier, key="rollback_to")
        reason = st.text_input(_("Reason, for the audit log"), key="rollback_reason", max_chars=200)
        if st.button(_("Restore release {number}").format(number=number), disabled=not reason, key="rollback"):
            try:
                actions.roll_back(store_folder(), number, acting(), reason)
            except Refusal as refused:
                st.error(for_readers(refused))
                return
            st.rerun()


def _card(proposal: Proposal, together: list[Proposal]) -> None:
    account, snapshot, card = proposal.account, proposal.snapshot, sources()[proposal.snapshot.source]
    st.subheader(with_commas([_(card.title), day(snapshot.captured_on)]), anchor=False)
    st.caption(" ".join(_facts(proposal)))
    if proposal.reason:
        st.info(_("Fetched automatically. Waiting for review: {reason}").format(reason=for_readers(proposal.reason)))
    for column, (label, count) in zip(
        st.columns(4),
        {
            _("Rows in the file"): account["rows_in"],
            _("Accepted"): account["published"],
            _("Duplicates"): account["collapsed"],
            _("Set aside"): account["quarantined"],
        }.items(),
        strict=True,
    ):
        column.metric(label, whole(count))
    if account.get("people_in"):
        aside = sum(people for _unused, people in account["people_set_aside"])
        st.caption(
            _("Learners in the file: {people}. Accepted: {accepted}. Set aside: {aside}.").format(
                people=whole(account["people_in"]), accepted=whole(account["people_published"]), aside=whole(aside)
            )
        )
    try:
        folders = tuple(other.snapshot.folder for other in together)
        follows = _consequence(store_folder(), current_release().number, folders, visitor().viewer.partner_id)
    except (Refusal, OSError) as refused:
        st.warning(for_readers(refused))
        follows = Consequence()
    _people(proposal, follows)
    _names(follows)
    for note in account["notes"]:
        st.caption(for_readers(note))
    if account.get("unread"):
        _unread(proposal)
    if account["dropped_columns"]:
        st.write(_("Columns that are not kept:"))
        st.code(", ".join(account["dropped_columns"]), language=None, wrap_lines=True)
    if card.people:
        _duplicates(proposal)
    else:
        _rows(proposal)
    if account["quarantined"]:
        shown = st.expander(_("Rows set aside, with the reason"), on_change="rerun", key=f"q-{proposal.name}")
        if shown.open:
            with shown:
                _set_aside(snapshot, corrections_of(proposal))
    _preview(proposal)
    _decide(proposal, together, follows)


def _facts(proposal: Proposal) -> list[str]:
    """Whose file it is, of what, who brought it in and when, and what kind of file."""
    snapshot, facts = proposal.snapshot, []
    if sources()[snapshot.source].people:
        partners, programmes = partner_words(), programme_words()
        pairs = [stream.partition("/")[::2] for stream in sorted(snapshot.streams)]
        facts.append(
            _("Partner: {partners}. Programme: {programmes}.").format(
                partners=in_markdown(_names_in_words(partners.get(partner, partner) for partner, _unused in pairs)),
                programmes=in_markdown(_names_in_words(programmes.get(code, code) for _unused, code in pairs)),
            )
        )
    facts.append(
        _("Brought in by {who} at {at} UTC.").format(who=in_markdown(proposal.who), at=moment(snapshot.imported_at))
    )
    kind = proposal.arrival.kind
    if kind == PART:
        facts.append(_("A part of an export, which is added to the others of its day."))
    elif kind == CORRECTIONS:
        facts.append(_("Corrected rows, which replace those set aside."))
    if snapshot.provenance == "demo":
        facts.append(_("Marked as a demonstration."))
    return facts


def _people(proposal: Proposal, follows: Consequence) -> None:
    """People of each stream before and after, and how many are in the partner's other files."""
    viewer = visitor().viewer
    own = [
        change
        for change in follows.changes
        if change.what == LEARNERS and (viewer.is_steward or change.stream.partition("/")[0] == viewer.partner_id)
    ]
    if follows.is_older:
        st.info(_("Nothing would change: what is published is newer than this file."))
    elif own and not any((change.before, change.gone) != (change.after, 0) for change in own):
        st.write(_("The same learners are published already; only what is known of them could change."))
    if own:
        partners, programmes = partner_words(), programme_words()
        st.dataframe(
            [
                {
                    _("Partner"): partners.get(partner, partner),
                    _("Programme"): programmes.get(programme, programme),
                    _("Learners in this source now"): whole(change.before),
                    _("Learners after publishing"): whole(change.after),
                    _("No longer reported"): whole(change.gone),
                }
                for change in own
                for partner, _unused, programme in [change.stream.partition("/")]
            ],
            hide_index=True,
            alt=_("Learners of each partner and programme before and after."),
        )
    for match in follows.found:
        _match(match)
    for lost in follows.unlisted:
        st.warning(_unlisted(lost))


def _match(match: Match) -> None:
    """How many learners of the file are in the partner's other files, and what to do where they are few."""
    partner = in_markdown(partner_words().get(match.partner, match.partner))
    found, people, others = whole(match.found), whole(match.people), whole(match.others)
    if not match.source:
        st.warning(
            _(
                "{partner} has no other file about learners, so {people} learners of this file cannot be compared. "
                "Check whether the name of the partner is written as in its other files."
            ).format(partner=partner, people=people)
        )
        return
    title = _(sources()[match.source].title)
    if match.partner:
        words = _(
            "{found} of {people} learners of {partner} in this file are in its files of “{source}”, which have "
            "{others} learners."
        ).format(found=found, people=people, partner=partner, source=title, others=others)
    else:
        words = _(
            "{found} of {people} learners of this file are in the partner's files of “{source}”, which have {others} "
            "learners."
        ).format(found=found, people=people, source=title, others=others)
    if match.apart:
        advice = _("One file has ids only and the other e-mail addresses only. Send it with the column that both have.")
        st.warning(f"{words} {advice}")
    elif match.is_doubtful:
        advice = _(
            "Compare the ids in both files: they may be hashed, shortened or have a prefix in one of them. Send that "
            "file again with the ids of the other."
        )
        st.warning(f"{words} {advice}")
    else:
        st.caption(words)


def _unlisted(lost: Unlisted) -> str:
    """The ids that lead nowhere, and what to do."""
    column = sources()[lost.source].label(lost.column)
    source, listed = _(sources()[lost.source].title), _(sources()[lost.listed].title)
    if not lost.has_list:
        return _(
            "No file of “{listed}” has come in, so the ids in the column “{column}” of “{source}” cannot be looked up: "
            "{ids}."
        ).format(ids=whole(lost.ids), column=column, source=source, listed=listed)
    sentences = [
        _(
            "{unlisted} of {ids} ids in the column “{column}” of “{source}” are not in “{listed}”. Correct them, or "
            "send “{listed}” with them."
        ).format(unlisted=whole(lost.unlisted), ids=whole(lost.ids), column=column, source=source, listed=listed)
    ]
    if lost.names:
        names = with_commas(f"{in_markdown(name)} ({whole(rows)})" for name, rows in lost.names)
        sentences.append(_("The commonest ids, with their rows: {names}.").format(names=names))
    sentences += [
        _("{name} is written {other} there.").format(name=in_markdown(name), other=in_markdown(other))
        for name, other in lost.respelled
    ]
    return " ".join(sentences)


def _names(follows: Consequence) -> None:
    """Partners, programmes and organisations that would be new, or gone."""
    appear = {
        "partner": _("New partners: {names}"),
        "programme": _("New programmes: {names}"),
        "organisation": _("New organisations: {names}"),
    }
    vanish = {
        "partner": _("Partners no longer named: {names}"),
        "programme": _("Programmes no longer named: {names}"),
        "organisation": _("Organisations no longer named: {names}"),
    }
    for name, other in follows.alike.items():
        st.write(_("Is {name} another spelling of {other}?").format(name=in_markdown(name), other=in_markdown(other)))
    for words, changed in ((appear, follows.new or {}), (vanish, follows.vanishing or {})):
        for kind, names in changed.items():
            if names:
                st.write(words[kind].format(names=in_markdown(_names_in_words(names))))


def _decide(proposal: Proposal, together: list[Proposal], follows: Consequence) -> None:
    """Discard and publish, with the second word where people would go or names are new, and who may do it."""
    actor, is_steward = acting(), visitor().viewer.is_steward
    go, stop, _rest = st.columns([1, 1, 2])
    if stop.button(_("Discard"), key=f"discard-{proposal.name}"):
        actions.discard(store_folder(), proposal, actor)
        st.rerun()
    if not is_steward:
        st.caption(_("A steward looks at the file and publishes it."))
        return
    alone = actor.needs_second and any(actor.who == other.who for other in together)
    asks = [str(loss) for loss in follows.losses]
    new = [name for kind in ("partner", "programme") for name in (follows.new or {}).get(kind, ())]
    confirmed = True
    if asks or new:
        words = _("I confirm: {what}").format(
            what=in_markdown(with_semicolons([*asks, *([_names_in_words(new)] if new else [])]))
        )
        confirmed = st.checkbox(words, key=f"confirm-{proposal.name}")
    label = _("Publish") if len(together) == 1 else _("Publish all {count} parts").format(count=len(together))
    if go.button(label, type="primary", disabled=alone or not confirmed, key=f"publish-{proposal.name}"):
        _begin("publish", proposal, partial(actions.accept, store_folder(), together, actor, confirmed=confirmed))
        st.rerun()
    if alone:
        st.caption(_("The person who brings a file in cannot publish it; another steward does."))
    else:
        st.caption(_("You can publish this file."))
    _watch("publish", proposal, _("The release is built, checked for privacy and published."))


def _unread(proposal: Proposal) -> None:
    """Values of cells that were not understood, the commonest first: their rows are kept without them."""
    card, unread = sources()[proposal.snapshot.source], proposal.account["unread"]
    words = _("Values that were not understood, in {count} cells").format(count=whole(sum(o["rows"] for o in unread)))
    shown = st.expander(words, on_change="rerun", key=f"unread-{proposal.name}")
    if shown.open:
        with shown:
            st.dataframe(
                [
                    {
                        _("Column"): card.label(entry["column"]),
                        _("Value"): entry["value"] or _("(not shown)"),
                        _("Rows"): entry["rows"],
                        _("First on lines"): with_commas(map(str, entry["lines"])),
                        _("Kept as"): entry["kept_as"],
                    }
                    for entry in unread[:MOST_ROWS]
                ],
                hide_index=True,
                alt=_("Values that were not understood, with the rows of each."),
            )


def _rows(proposal: Proposal) -> None:
    """What would be published of a source that is not about people, to read before it is."""
    shown = st.expander(_("The rows, as they would be published"), on_change="rerun", key=f"rows-{proposal.name}")
    if shown.open:
        with shown:
            card = sources()[proposal.snapshot.source]
            rows = pq.read_table(proposal.snapshot.rows_file).slice(0, MOST_ROWS).to_pylist()
            st.dataframe(
                [{card.label(name): value for name, value in row.items()} for row in rows],
                hide_index=True,
                column_order=reading_order(map(card.label, rows[0])) if rows else None,
                alt=_("Rows that would be published"),
            )


def _duplicates(proposal: Proposal) -> None:
    """Learners of the file whom other partners report as well: they count once. Stewards alone see how many.

    A file of one invented row would else reveal whether a person is another partner's learner.
    """
    if not visitor().viewer.is_steward:
        st.write(_("Learners whom other partners report too count once; only stewards can see how many there are."))
    elif proposal.shared:
        partners = partner_words()
        words = _names_in_words(
            f"{partners.get(partner, partner)} {whole(count)}" for partner, count in proposal.shared.items()
        )
        st.write(_("Learners whom other partners report too, and who count once:"))
        st.code(words, language=None, wrap_lines=True)


def _set_aside(snapshot: Snapshot, corrections: str) -> None:
    """The lines set aside of a file: never a value of a person."""
    card, path = sources()[snapshot.source], snapshot.quarantine_file
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            {**row, "column": card.label(row["column"]), "reason": without_flags(row["reason"])}
            for row in csv.DictReader(file)
        ]
    commonest = commonest_rows(((row["column"], row["reason"]), row["value"]) for row in rows)
    if len(commonest) < len(rows):
        st.dataframe(
            [
                {
                    _("Column"): column,
                    _("Value"): value or _("(not shown)"),
                    _("Reason"): reason,
                    _("Rows"): len(places),
                }
                for ((column, reason), value), places in islice(commonest.items(), MOST_NAMES)
            ],
            hide_index=True,
            alt=_("The commonest reasons, with the rows of each."),
        )
    names = {
        "file": _("File"),
        "line": _("Line"),
        "column": _("Column"),
        "value": _("Value"),
        "reason": _("Reason"),
    }
    columns = [name for name in names if any(row.get(name) for row in rows)]
    shown = [{names[name]: row.get(name) or "" for name in columns} for row in rows[:MOST_ROWS]]
    st.dataframe(shown, hide_index=True, alt=_("Rows set aside"))
    with st.container(horizontal=True):
        st.download_button(
            _("Lines and reasons (CSV)"),
            path.read_bytes(),
            file_name=f"set_aside_{snapshot.source}.{snapshot.folder.name}.csv",
            mime="text/csv",
            key=f"reasons-{snapshot.source}-{snapshot.folder.name}-{bool(corrections)}",
            on_click="ignore",
        )
        kept = held(corrections or f"corrections {snapshot.source}.{snapshot.folder.name}", visitor().who)
        if kept:
            st.download_button(
                _("The rows themselves, to correct and send again (CSV)"),
                kept.body,
                file_name=f"to_correct_{snapshot.source}.{snapshot.folder.name}.csv",
                mime="text/csv",
                key=f"rows-{snapshot.source}-{snapshot.folder.name}-{bool(corrections)}",
                on_click="ignore",
                help=_("With names and ids as you sent them: only you can download this file, for an hour."),
            )


def _preview(proposal: Proposal) -> None:
    came = visitor().viewer
    before_and_after = previewed(store_folder(), proposal, came.partner_id)
    if before_and_after is None:
        what, words = "preview", _("A trial release is built, checked for privacy and discarded.")
        if not came.is_steward:
            what, words = "own preview", _("Your figures after publication are computed.")
        if st.button(_("Preview changes"), key=f"preview-{proposal.name}"):
            _begin(what, proposal, partial(preview, store_folder(), proposal, came.partner_id))
            st.rerun()
        _watch(what, proposal, words)
        return
    st.write("**" + _("What would change") + "**")
    own = list(before_and_after["figures"])
    own.sort(key=lambda row: row["partner"] not in proposal.partners)  # those of the file's own partners first
    if own:
        partners, programmes = partner_words(), programme_words()
        st.dataframe(
            [
                {
                    _("Programme"): programmes.get(row["programme"], row["programme"]),
                    _("Partner"): partners.get(row["partner"], row["partner"]),
                    _("Figure"): _(row["figure"].replace("_", " ").capitalize()),
                    _("Before"): whole(row["before"]),
                    _("After"): whole(row["after"]),
                    _("Change"): f"{row['after'] - row['before']:+,}",
                }
                for row in own[:MOST_FIGURES]
            ],
            hide_index=True,
            height=min(400, 40 + 36 * len(own)),
            alt=_("Figures that would change, before and after."),
        )
    else:
        st.write(_("None of your figures would change."))
    if not came.is_steward:
        # Where invented rows begin to show a cell, the count of the others there can be read off.
        st.write(_("Only stewards can see which figures others would see or no longer see."))
        return
    if current_release().manifest.get("figures", {}).get(COALITION, {}).get("are_real"):
        st.write(
            _(
                "Others see new figures with the first release of a month (coalition) or of a quarter (public), "
                "together with all else that has changed by then."
            )
        )
    for audience, words in {
        COALITION: _("For the coalition, {visible} figures would become visible and {hidden} would be hidden."),
        PUBLIC: _("For the public, {visible} figures would become visible and {hidden} would be hidden."),
    }.items():
        cells = before_and_after[audience]
        st.write(words.format(visible=whole(cells["visible"]), hidden=whole(cells["hidden"])))
        if cells["examples_visible"] or cells["examples_hidden"]:
            listed = st.expander(_("Some of these figures"), on_change="rerun", key=f"cells-{audience}-{proposal.name}")
            if listed.open:
                with listed:
                    _cells(cells)


def _cells(cells: Mapping[str, Any]) -> None:
    """Figures that others would begin or cease to see, by what they count."""
    st.dataframe(
        [
            {
                _("Becomes"): becomes,
                _("Figure"): cell[0],
                _("Programme"): cell[1],
                _("Partner"): cell[2],
                _("By"): cell[3],
                _("Value"): cell[4],
            }
            for becomes, shown in (
                (_("visible"), cells["examples_visible"]),
                (_("hidden"), cells["examples_hidden"]),
            )
            for cell in shown
        ],
        hide_index=True,
        alt=_("Figures that would become visible or hidden."),
    )


def _begin(what: str, proposal: Proposal, act: Callable[[], object]) -> None:
    if (what, proposal.name) not in _work:
        _work[(what, proposal.name)] = _workers.submit(act)


def _watch(what: str, proposal: Proposal, words: str) -> None:
    """Shows work that goes on, looks again every two seconds, and reports how it ended."""
    if (what, proposal.name) not in _work:
        if failure := st.session_state.pop(f"failed-{proposal.name}", ""):
            st.error(failure)
        return

    def look_again() -> None:
        done = _work.get((what, proposal.name))
        if done is None:
            return
        if not done.done():
            with st.spinner(words, show_time=True):
                st.caption(_("You may leave or reload this page; the work continues."))
            return
        del _work[(what, proposal.name)]
        failed = done.exception()
        if failed is None:
            st.rerun()
        elif isinstance(failed, Refusal):
            st.session_state[f"failed-{proposal.name}"] = for_readers(failed)
            st.rerun()
        else:
            raise failed

    fragment(look_again, run_every=2)()


@lru_cache(maxsize=64)
def _consequence(store: Path, release: int, folders: tuple[Path, ...], partner: str) -> Consequence:
    """What follows from files that wait, worked out once for each release: for stewards, or of one partner's files."""
    return consequence_of(store, [read_proposal(folder).arrival for folder in folders], partner)


def _names_in_words(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    if len(listed) <= MOST_NAMES:
        return with_commas(listed)
    return _("{names} and {count} more").format(
        names=with_commas(listed[:MOST_NAMES]), count=whole(len(listed) - MOST_NAMES)
    )


def _audit_words(manifest: dict[str, Any]) -> str:
    audits = [manifest.get("disclosure", {}).get(audience) for audience in (COALITION, PUBLIC)]
    return _("Passed") if all(audits) else missing()
