"""The way of a file from a browser: check, report, preview of the consequence, publish or discard, roll back."""

import csv
import datetime
import io
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import streamlit as st

from dashboard.briefs.tables import FORMATS
from dashboard.briefs.template import write_template
from dashboard.components.filters import remember
from dashboard.components.learners import partner_words
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.disclosure.protect import AuditFailed
from dashboard.gate import login_is_configured
from dashboard.intake.countries import codes
from dashboard.intake.front_door import Declared, made_ready
from dashboard.intake.holding import TooMuchHeld, Upload, held, hold, let_go
from dashboard.intake.programmes import programmes
from dashboard.intake.proposals import (
    BY_MEMBERS,
    NotYours,
    Proposal,
    accept,
    discard,
    preview,
    previewed,
    propose,
    waiting,
)
from dashboard.intake.recognise import Look, look, set_aside_rows, suggest
from dashboard.intake.report import LONGEST_TEXT, FileRefused
from dashboard.intake.tabular import OTHER_ENCODINGS, header_names, positions
from dashboard.intake.workplace import workplace
from dashboard.locales import _
from dashboard.locales.numbers import missing, whole
from dashboard.locales.plain import in_markdown
from dashboard.session import current_release, part, visitor
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import NoSuchRelease, manifests, rollback
from dashboard.store.snapshots import DaysOverlap, SecretsDiffer
from dashboard.warehouse.build import ChecksFailed
from dashboard.warehouse.catalog import SourceCard, sources

WORD, CHOSEN = "upload", "source"
MOST_REASONS, MOST_FIGURES = 200, 300
REFUSALS = (FileRefused, NotYours, TooMuchHeld, DaysOverlap, SecretsDiffer, ChecksFailed, AuditFailed, StoreDamaged)
# Sources whose files come from whoever sends the list.
REPORTED_BY = "reported_by"

# What takes long goes on while the page is reloaded or left: by what is done, the work that does it.
_work: dict[tuple[str, str], Future] = {}
_workers = ThreadPoolExecutor(1, thread_name_prefix="upload")


def stop_unless_allowed() -> None:
    """Ends the page for those who bring nothing in."""
    came = visitor()
    if not came.viewer.may_upload:
        st.info(_("Stewards bring in any file, partners their own. Ask the steward of the dashboard for an account."))
        st.stop()


def send() -> None:
    """Takes a file, recognises its source, lets the person confirm columns, and checks it."""
    st.header(_("Send a file"), anchor=False)
    came = visitor()
    file = st.file_uploader(_("CSV or XLSX, up to 25 MB"), type=["csv", "xlsx", "txt", "tsv"], key="file")
    word = st.query_params.get(WORD, "")
    if file is not None and st.session_state.get("_file") != file.file_id:
        try:
            word = hold(file.name, file.getvalue(), came.who)
        except TooMuchHeld as full:
            st.error(in_markdown(full))
            return
        st.session_state["_file"] = file.file_id
        remember(WORD, word, None)
    upload = held(word, came.who)
    if upload is None:
        if word:
            remember(WORD, None, None)
        st.caption(_("A file is held in memory for an hour while you confirm it; a reload of the page loses nothing."))
        return
    with st.container(border=True):
        st.write(
            _("File in hand: **{size} kB**. It is checked in a process of its own.").format(size=_kilobytes(upload))
        )
        _confirm(upload, word)


def waiting_files() -> None:
    """Files that wait, each with its report and what it would change."""
    st.header(_("Waiting to be published"), anchor=False)
    came = visitor()
    shown = [
        one for one in waiting(store_folder()) if came.viewer.is_steward or one.partners == {came.viewer.partner_id}
    ]
    if not shown:
        st.write(_("No file waits."))
    for proposal in shown:
        with st.container(border=True):
            _proposal(proposal)


def releases() -> None:
    """Earlier releases, which a steward may serve again."""
    if not visitor().viewer.is_steward:
        return
    st.header(_("Releases"), anchor=False)
    current = current_release().number
    known = [said for said in reversed(manifests(store_folder())) if "damage" not in said][:20]
    st.dataframe(
        [
            {
                _("Release"): said["number"],
                _("Published (UTC)"): said["published_at"][:16].replace("T", " "),
                _("Served"): "●" if said["number"] == current else "",
                _("Audited"): _audit_words(said),
                _("Policy"): said.get("disclosure", {}).get("policy", missing()),
            }
            for said in known
        ],
        hide_index=True,
        alt=_("Releases, the newest first, with what the audit of each found."),
    )
    earlier = [said["number"] for said in known if said["number"] != current]
    if not earlier:
        return
    with st.popover(_("Roll back")):
        number = st.selectbox(_("Serve again"), earlier, key="rollback_to")
        reason = st.text_input(_("Reason, for the audit log"), key="rollback_reason", max_chars=200)
        if st.button(_("Serve release {number}").format(number=number), disabled=not reason, key="rollback"):
            try:
                rollback(store_folder(), number)
            except (StoreDamaged, NoSuchRelease) as refused:
                st.error(in_markdown(refused))
                return
            record(store_folder(), "rollback", visitor().who, f"release {number}", number, reason)
            st.rerun()


def _confirm(upload: Upload, word: str) -> None:
    came, encoding = visitor(), str(st.session_state.get("encoding") or "")
    try:
        seen = _look(upload, encoding)
    except FileRefused as refused:
        st.error(in_markdown(refused))
        if "UTF-8" in str(refused):
            st.selectbox(
                _("Its encoding"), ["", *OTHER_ENCODINGS], key="encoding", format_func=lambda code: code or "–"
            )
        return
    offered = [name for name in sources() if came.viewer.is_steward or _is_a_partners(sources()[name])]
    best = next((name for name in seen.sources if name in offered), None)
    if best is None:
        st.warning(_("The header is that of no source exactly. Choose which it is, and say which column is which."))
    source = st.selectbox(
        _("What the file is"),
        offered,
        index=offered.index(best) if best else None,
        key=f"source-{word}",
        format_func=lambda name: _(sources()[name].title),
        placeholder=_("Choose a source"),
    )
    if source is None:
        return
    card = sources()[source]
    _template(card, word)
    columns = _columns(card, seen, word)
    left, right = st.columns(2)
    with left:
        day = st.date_input(
            _("Captured on (else read from the file or its name)"),
            None,
            key=f"day-{word}",
            max_value=datetime.date.today(),
        )
    partner, programme, country = came.viewer.partner_id, "", ""
    if REPORTED_BY in card.stream:
        with right:
            partner = st.text_input(
                _("Who sends the list, where the file does not say"), key=f"partner-{word}", max_chars=LONGEST_TEXT
            )
            country = _one_of(_("Country, where the file does not say"), sorted(codes()), f"country-{word}")
    elif card.people:
        with right:
            if came.viewer.is_steward:
                partner = _one_of(_("Partner, where the file does not say"), list(partner_words()), f"partner-{word}")
            programme = _one_of(_("Programme, where the file does not say"), list(programmes()), f"programme-{word}")
    if columns is None:
        return
    said = Declared(
        encoding=encoding, partner=partner, programme=programme, country=country, columns=columns, name=upload.name
    )
    go, stop = st.columns([1, 3])
    if stop.button(_("Take another file"), key=f"drop-{word}"):
        let_go(word)
        remember(WORD, None, None)
        st.rerun()
    if go.button(_("Check the file"), type="primary", key=f"check-{word}"):
        _check(upload, word, source, day, said)


def templates() -> None:
    """Empty tables to fill in, of the sources that somebody may bring in."""
    came = visitor().viewer
    offered = [name for name in sources() if came.is_steward or _is_a_partners(sources()[name])]
    with st.expander(_("Templates to fill in")):
        source = st.selectbox(
            _("Of which source"),
            offered,
            index=None,
            key="template",
            format_func=lambda name: _(sources()[name].title),
            placeholder=_("Choose a source"),
        )
        if source:
            st.caption(_(sources()[source].grain))
            _template(sources()[source], "")


def _template(card: SourceCard, word: str) -> None:
    """The template of a source in both formats; the workbook explains each column first."""
    words = {"csv": _("Template (CSV)"), "xlsx": _("Template that explains each column (XLSX)")}
    with st.container(horizontal=True):
        for format_, label in words.items():
            st.download_button(
                label,
                write_template(card, format_),
                file_name=f"template_{card.name}.{format_}",
                mime=FORMATS[format_],
                key=f"template-{format_}-{card.name}-{word}",
                on_click="ignore",
            )


def _columns(card: SourceCard, seen: Look, word: str) -> tuple[tuple[str, str], ...] | None:
    """Pairs of a column of the card and a header, where a person said so; None until she confirmed what is missing."""
    names = list(seen.headers.names)
    lacking = () if card.name in seen.sources else card.lacking(positions(names, header_names(card)))
    if not lacking or not names:
        return ()
    suggested = suggest(names, card)
    st.write(_("These columns were not found by their names. Say which header stands for each:"))
    chosen: dict[str, str | None] = {}
    for column in lacking:
        guess = suggested.get(column.name)
        chosen[column.name] = st.selectbox(
            f"{column.headers[0]}: {_(column.meaning)}",
            names,
            index=names.index(guess) if guess in names else None,
            key=f"map-{word}-{card.name}-{column.name}",
            placeholder=_("Not in the file"),
        )
    agreed = st.checkbox(_("I looked at these columns, and they are right"), key=f"agreed-{word}-{card.name}")
    pairs = tuple((name, header) for name, header in chosen.items() if header)
    if len(pairs) < len(lacking):
        st.caption(_("The file cannot be checked before each of them is said."))
        return None
    return pairs if agreed else None


def _check(upload: Upload, word: str, source: str, day: datetime.date | None, said: Declared) -> None:
    came = visitor()
    bar = st.progress(0.0, _("Reading"))
    lines = max(1, upload.body.count(b"\n"))
    try:
        with workplace() as folder:
            path = folder / "upload"
            path.write_bytes(upload.body)
            moved = partial(_move, bar, lines)
            with made_ready(store_folder(), source, path, day, said, moved) as ready:
                proposal = propose(store_folder(), ready, came.who, came.viewer.partner_id)
                _keep_corrections(path, proposal, ready.report.quarantined, said)
    except REFUSALS as refused:
        bar.empty()
        st.error(in_markdown(refused))
        st.caption(_("Nothing was kept, and nothing changed. Correct the file and send it again."))
        return
    record(store_folder(), "upload", came.who, proposal.name)
    let_go(word)
    remember(WORD, None, None)
    st.rerun()


def _proposal(proposal: Proposal) -> None:
    came, account, one = visitor(), proposal.account, proposal.snapshot
    st.subheader(f"{_(sources()[one.source].title)}, {one.captured_on.isoformat()}", anchor=False)
    st.caption(
        _("Brought in by {who} at {at} UTC.").format(
            who=in_markdown(proposal.who), at=one.imported_at[:16].replace("T", " ")
        )
        + (" " + _("Marked as a demonstration.") if one.provenance == "demo" else "")
    )
    columns = st.columns(4)
    for column, (label, count) in zip(
        columns,
        {
            _("Rows in"): account["rows_in"],
            _("Published"): account["published"],
            _("Collapsed"): account["collapsed"],
            _("Set aside"): account["quarantined"],
        }.items(),
        strict=True,
    ):
        column.metric(label, whole(count))
    for note in account["notes"]:
        st.caption(in_markdown(note))
    if account["dropped_columns"]:
        st.write(_("Columns of which nothing is kept:"))
        st.code(", ".join(account["dropped_columns"]), language=None, wrap_lines=True)
    if sources()[one.source].people:
        _duplicates(proposal)
    else:
        _rows(proposal)
    if account["quarantined"]:
        _quarantine(proposal)
    _consequence(proposal)
    go, stop, _rest = st.columns([1, 1, 2])
    if stop.button(_("Discard"), key=f"discard-{proposal.name}"):
        discard(store_folder(), proposal, came.who, "discarded")
        st.rerun()
    if not came.viewer.is_steward:
        st.caption(_("A steward looks at the file and publishes it."))
        return
    alone = login_is_configured() and came.who == proposal.who
    if go.button(_("Publish"), type="primary", disabled=alone, key=f"publish-{proposal.name}"):
        _begin("publish", proposal, partial(accept, store_folder(), proposal, came.who, login_is_configured()))
        st.rerun()
    if alone:
        st.caption(_("Whoever brings a file in does not publish it: another steward does."))
    _watch("publish", proposal, _("The release is built, audited and published."))


def _rows(proposal: Proposal) -> None:
    """What would be published of a source that is not about people, to read before it is."""
    shown = st.expander(_("The rows, as they would be published"), on_change="rerun", key=f"rows-{proposal.name}")
    if shown.open:
        with shown:
            rows = pq.read_table(proposal.snapshot.rows_file).slice(0, MOST_REASONS).to_pylist()
            st.dataframe(rows, hide_index=True, alt=_("Rows that would be published"))


def _duplicates(proposal: Proposal) -> None:
    """Learners of the file whom other partners report as well: they count once. Stewards alone are told how many.

    A file of one invented row would else tell whether a person is another partner's learner.
    """
    if not visitor().viewer.is_steward:
        st.write(_("Learners whom others report too count once; whether there are any is for stewards to see."))
    elif proposal.shared:
        said = ", ".join(f"{partner} {whole(count)}" for partner, count in proposal.shared.items())
        st.write(_("Learners whom other partners report too, and who count once:"))
        st.code(said, language=None, wrap_lines=True)


def _quarantine(proposal: Proposal) -> None:
    path = proposal.snapshot.quarantine_file
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = st.expander(_("Rows set aside, with line, column and reason"), on_change="rerun", key=f"q-{proposal.name}")
    if shown.open:
        with shown:
            st.dataframe(rows[:MOST_REASONS], hide_index=True, alt=_("Rows set aside"))
    with st.container(horizontal=True):
        st.download_button(
            _("Lines and reasons (CSV)"),
            path.read_bytes(),
            file_name=f"set_aside_{proposal.name}.csv",
            mime="text/csv",
            key=f"reasons-{proposal.name}",
            on_click="ignore",
        )
        corrections = held(_corrections(proposal), visitor().who)
        if corrections:
            st.download_button(
                _("The rows themselves, to correct and send again (CSV)"),
                corrections.body,
                file_name=f"to_correct_{proposal.name}.csv",
                mime="text/csv",
                key=f"rows-{proposal.name}",
                on_click="ignore",
                help=_("With names and ids as you sent them: only you can take this file, for an hour."),
            )


def _keep_corrections(path: Path, proposal: Proposal, quarantined: Any, said: Declared) -> None:
    """Keeps the rows set aside, as they were sent, in memory for whoever sent them: they may be about people."""
    if not quarantined:
        return
    table = set_aside_rows(path, proposal.snapshot.source, {row.line: row.reason for row in quarantined}, said)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(table)
    hold(proposal.name, out.getvalue().encode("utf-8-sig"), visitor().who, _corrections(proposal))


def _corrections(proposal: Proposal) -> str:
    return f"corrections {proposal.name}"


def _consequence(proposal: Proposal) -> None:
    found = previewed(store_folder(), proposal)
    if found is None:
        if st.button(_("Work out what would change"), key=f"preview-{proposal.name}"):
            _begin("preview", proposal, partial(preview, store_folder(), proposal))
            st.rerun()
        _watch("preview", proposal, _("A release is built as it would be, audited, and thrown away."))
        return
    came = visitor().viewer
    st.write("**" + _("What would change") + "**")
    own = [row for row in found["figures"] if came.is_steward or row["partner"] == came.partner_id]
    if own:
        st.dataframe(
            [
                {
                    _("Programme"): row["programme"],
                    _("Partner"): row["partner"],
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
        st.write(_("No figure of yours would change."))
    if not came.is_steward:
        # Where invented rows begin to show a cell, the count of the others there can be read off.
        st.write(_("Which cells others would see or no longer see is for stewards to look at."))
        return
    for audience, words in {COALITION: _("the coalition"), PUBLIC: _("everybody")}.items():
        cells = found[audience]
        st.write(
            _("For {audience}, {visible} cells would become visible and {hidden} would be hidden.").format(
                audience=words, visible=whole(cells["visible"]), hidden=whole(cells["hidden"])
            )
        )
        if cells["examples_visible"] or cells["examples_hidden"]:
            listed = st.expander(_("Some of these cells"), on_change="rerun", key=f"cells-{audience}-{proposal.name}")
            if listed.open:
                with listed:
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
                            for becomes, part in (
                                (_("visible"), cells["examples_visible"]),
                                (_("hidden"), cells["examples_hidden"]),
                            )
                            for cell in part
                        ],
                        hide_index=True,
                        alt=_("Cells that would become visible or hidden."),
                    )


def _begin(what: str, proposal: Proposal, act: partial) -> None:
    if (what, proposal.name) not in _work:
        _work[(what, proposal.name)] = _workers.submit(act)


def _watch(what: str, proposal: Proposal, words: str) -> None:
    """Shows work that goes on, looks again every two seconds, and tells how it ended."""
    if (what, proposal.name) not in _work:
        return

    def look_again() -> None:
        done = _work.get((what, proposal.name))
        if done is None:
            return
        if not done.done():
            with st.spinner(words, show_time=True):
                st.caption(_("You may leave or reload this page; it goes on."))
            return
        del _work[(what, proposal.name)]
        failed = done.exception()
        if failed is None:
            st.rerun()
        elif isinstance(failed, REFUSALS):
            st.session_state[f"failed-{proposal.name}"] = _why(failed)
            st.rerun()
        else:
            raise failed

    part(look_again, run_every=2)()
    if said := st.session_state.pop(f"failed-{proposal.name}", ""):
        st.error(in_markdown(said))


def _why(failed: BaseException) -> str:
    """The reason of a refusal; that of the audit tells of others' learners, and is for stewards."""
    if isinstance(failed, AuditFailed) and not visitor().viewer.is_steward:
        return _("The release could not be built with this file. A steward will look at it.")
    return str(failed)


def _look(upload: Upload, encoding: str) -> Look:
    """What the file seems to be; looked at once, and remembered by this session only."""
    known = st.session_state.get("_look")
    if known and known[:2] == (upload.at, encoding):
        return known[2]
    with workplace() as folder:
        path = folder / "upload"
        path.write_bytes(upload.body)
        seen = look(path, encoding)
    st.session_state["_look"] = (upload.at, encoding, seen)
    return seen


def _one_of(label: str, options: list[str], key: str) -> str:
    return st.selectbox(label, ["", *options], key=key, format_func=lambda code: code or "–") or ""


def _move(bar: Any, lines: int, rows: int) -> None:
    bar.progress(min(1.0, rows / lines), _("{rows} rows read").format(rows=whole(rows)))


def _kilobytes(upload: Upload) -> str:
    return whole(max(1, len(upload.body) // 1024))


def _is_a_partners(card: SourceCard) -> bool:
    return card.name in BY_MEMBERS or (card.people and card.stream[:1] == ("partner_id",))


def _audit_words(said: dict[str, Any]) -> str:
    audits = [said.get("disclosure", {}).get(audience) for audience in (COALITION, PUBLIC)]
    if not all(audits):
        return missing()
    cells, attackers = sum(one["cells"] for one in audits), sum(one["attackers"] for one in audits)
    return _("{cells} cells, {attackers} attackers, nothing found").format(cells=whole(cells), attackers=attackers)
