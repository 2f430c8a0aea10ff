"""A file from a browser, up to where it waits: recognised, its columns and the sender's answers confirmed, checked."""

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import actions
from dashboard.access.gate import acting
from dashboard.access.visitor import visitor
from dashboard.briefs.tables import FORMATS
from dashboard.briefs.template import write_template
from dashboard.components import dropped
from dashboard.components.filters import remember
from dashboard.components.learners import partner_words
from dashboard.components.refused import for_readers
from dashboard.intake.corrections import LINE
from dashboard.intake.countries import codes
from dashboard.intake.file_names import is_part_in_name
from dashboard.intake.front_door import Declared
from dashboard.intake.holding import TooMuchHeld, Upload, held, hold, let_go
from dashboard.intake.likeness import suggest_all
from dashboard.intake.programmes import identifier, programmes
from dashboard.intake.proposals import Proposal, is_a_members
from dashboard.intake.recognise import Look, look, set_aside_rows
from dashboard.intake.report import LONGEST_TEXT, FileRefused
from dashboard.intake.tabular import header_names, key, positions
from dashboard.intake.workplace import workplace
from dashboard.locales import _
from dashboard.locales.numbers import whole
from dashboard.refusals import Refusal
from dashboard.settings import store_folder
from dashboard.store.joining import CORRECTIONS, PART, WHOLE
from dashboard.warehouse.catalog import SourceCard, SourceColumn, sources

WORD = "upload"
# Sources whose files come from whoever sends the list.
REPORTED_BY = "reported_by"
FILE_TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "ods", "xlsb", "numbers"]


@dataclass(frozen=True)
class Question:
    """Something that only the sender can answer about a file: the words, and the answers by what is declared."""

    words: str
    answers: dict[Any, str]


def send() -> None:
    """Takes a file, recognises its source, lets the person confirm columns, and checks it."""
    came = visitor()
    file = st.file_uploader(_("A table (CSV, XLSX or another workbook), up to 25 MB"), type=FILE_TYPES, key="file")
    word = st.query_params.get(WORD, "")
    dropped.read(WORD)
    if file is not None and st.session_state.get("_file") != file.file_id:
        try:
            word = hold(file.name, file.getvalue(), came.who)
        except TooMuchHeld as full:
            st.error(for_readers(full))
            return
        st.session_state["_file"] = file.file_id
        remember(WORD, word, None)
    upload = held(word, came.who)
    if upload is None:
        if word:
            remember(WORD, None, None)
            st.info(_("The file that this link names is no longer in memory. Choose it again."))
        st.caption(_("A file stays in memory for an hour while you confirm it, also when you reload the page."))
        return
    with st.container(border=True):
        st.write(_("Ready to check: **{size} kB**.").format(size=_kilobytes(upload)))
        _confirm(upload, word)


def templates() -> None:
    """Empty tables to fill in, of the sources that somebody may bring in."""
    source = st.selectbox(
        _("Source"), _offered(), index=None, key="template", format_func=_title, placeholder=_("Choose a source")
    )
    if source:
        st.caption(_(sources()[source].grain))
        _template(sources()[source], "")


def corrections_of(proposal: Proposal) -> str:
    """The word by which the rows set aside of a file are held for whoever sent it."""
    return f"corrections {proposal.name}"


def _confirm(upload: Upload, word: str) -> None:
    came = visitor()
    encoding = _answer("encoding", word) or ""
    try:
        seen = _look(upload, encoding)
    except FileRefused as refused:
        is_question = refused.asks == "encoding" or "UTF-8" in str(refused)
        if is_question and "encoding" not in _questions_asked(word):
            _ask_for("encoding", word)
            st.rerun()
        st.error(for_readers(refused))
        _drop(word)
        return
    offered = _offered()
    best = next((name for name in seen.sources if name in offered), None)
    if best is None and seen.sources:
        st.warning(
            _("The columns are those of “{source}”. Only stewards bring in such a file.").format(
                source=_title(seen.sources[0])
            )
        )
    elif best is None:
        st.warning(_("The columns do not match any source exactly. Choose the source and map its columns."))
    source = st.selectbox(
        _("Source"),
        offered,
        index=offered.index(best) if best else None,
        key=f"source-{word}",
        format_func=_title,
        placeholder=_("Choose a source"),
    )
    if source is None:
        _drop(word)
        return
    card = sources()[source]
    _template(card, word)
    kind = _kind(upload, seen, word)
    columns, mapped = _columns(card, seen, word)
    left, right = st.columns(2)
    with left:
        day = st.date_input(
            _("As of (else read from the file or its name)"),
            None,
            key=f"day-{word}",
            max_value=datetime.date.today(),
        )
    with right:
        partner, programme, country = _owner_of_rows(card, word)
    if any(column.name == "sector" for column in card.columns):
        _ask_for("sector", word)
    _answers(word)
    declared = Declared(
        encoding=encoding,
        partner=partner,
        programme=programme,
        country=country,
        columns=columns,
        name=upload.name,
        kind=kind,
        **{name: _answer(name, word) for name in _questions_asked(word) if name != "encoding" and _answer(name, word)},
    )
    go, _stop = st.columns([1, 3])
    with _stop:
        _drop(word)
    if go.button(_("Check the file"), type="primary", key=f"check-{word}", disabled=not mapped):
        _check(upload, word, source, day, declared, came.viewer.partner_id)


def _owner_of_rows(card: SourceCard, word: str) -> tuple[str, str, str]:
    """Partner, programme and country of rows that state none, as far as the source knows them."""
    came = visitor().viewer
    partner, programme, country = came.partner_id, "", ""
    if REPORTED_BY in card.stream:
        if came.is_steward:
            partner = st.text_input(
                _("Who sends the list, where the file does not state it"), key=f"partner-{word}", max_chars=LONGEST_TEXT
            )
        country = _choice_of(_("Country, where the file does not state it"), sorted(codes()), f"country-{word}")
    elif card.people:
        if came.is_steward:
            partner = _choice_of(
                _("Partner, where the file does not state it; type the name of a new one"),
                list(partner_words()),
                f"partner-{word}",
                may_add=True,
            )
        programme = _choice_of(
            _("Programme, where the file does not state it"), list(programmes()), f"programme-{word}", may_add=True
        )
    return partner, programme, country


def _kind(upload: Upload, seen: Look, word: str) -> str:
    """What the file is; first what its columns and its name state."""
    has_lines = LINE in {key(name) for name in seen.headers.names}
    stated = CORRECTIONS if has_lines else PART if is_part_in_name(upload.name) else WHOLE
    words = {
        WHOLE: _("The whole export: it replaces the earlier one of the same partner and programme"),
        PART: _("A part of an export: it is added to the other parts of the same day"),
        CORRECTIONS: _("Corrected rows: each replaces the row that was set aside"),
    }
    kinds = [kind for kind in words if kind != CORRECTIONS or has_lines]
    chosen = st.radio(
        _("Contents of the file"),
        kinds,
        index=kinds.index(stated),
        key=f"kind-{word}",
        format_func=lambda kind: words[kind],
    )
    return chosen or stated


def _columns(card: SourceCard, seen: Look, word: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Pairs of a column of the card and a header, as a person mapped them; False until what is required is mapped."""
    names = list(seen.headers.names)
    positions_of = positions(names, header_names(card))
    required = () if card.name in seen.sources else card.lacking(positions_of)
    used = {names[at] for at in positions_of.values() if at < len(names)}
    left = [name for name in names if name not in used and key(name) != LINE]
    optional = [column for column in card.columns if column.name not in positions_of and column not in required]
    if not left:
        return (), not required
    suggested = suggest_all(names, card)
    chosen: dict[str, str | None] = {}
    if required:
        st.write(_("These columns were not found by their names. Choose the header that matches each:"))
        for column in required:
            chosen[column.name] = _map(column, card, left, suggested.get(column.name), word)
    first = [column for column in optional if column.name == "consent"]
    for column in first:
        chosen[column.name] = _map(column, card, left, suggested.get(column.name), word)
    others = [column for column in optional if column not in first]
    if others:
        listed = st.expander(
            _("Columns under another name ({found} of {all} were found)").format(
                found=len(positions_of), all=len(card.columns)
            ),
            on_change="rerun",
            key=f"others-{word}-{card.name}",
        )
        with listed:
            for column in others:
                chosen[column.name] = _map(column, card, left, suggested.get(column.name), word)
    pairs = tuple((name, header) for name, header in chosen.items() if header)
    if required and not st.checkbox(
        _("I looked at these columns, and they are right"), key=f"agreed-{word}-{card.name}"
    ):
        st.caption(_("The file cannot be checked until every required column is mapped."))
        return pairs, False
    return pairs, all(chosen[column.name] for column in required)


def _map(column: SourceColumn, card: SourceCard, names: list[str], guess: str | None, word: str) -> str | None:
    return st.selectbox(
        f"{column.label}: {_(column.meaning)}",
        names,
        index=names.index(guess) if guess in names else None,
        key=f"map-{word}-{card.name}-{column.name}",
        placeholder=_("Not in the file"),
    )


def _check(upload: Upload, word: str, source: str, day: datetime.date | None, declared: Declared, partner: str) -> None:
    bar = st.progress(0.0, _("Reading"))
    lines = max(1, upload.body.count(b"\n"))
    try:
        with workplace() as folder:
            path = folder / "upload"
            path.write_bytes(upload.body)
            actions.bring_in(
                store_folder(),
                source,
                path,
                acting(),
                day,
                declared,
                partner=partner,
                progress=partial(_move, bar, lines),
                also=partial(_keep_corrections, declared=declared),
            )
    except Refusal as refused:
        bar.empty()
        asks = getattr(refused, "asks", "")
        if asks in _questions() and asks not in _questions_asked(word):
            _ask_for(asks, word)
            st.session_state[f"why-{word}"] = for_readers(refused)
            st.rerun()
        st.error(for_readers(refused))
        st.caption(_("Nothing was kept, and nothing changed. Correct the file and send it again."))
        return
    let_go(word)
    remember(WORD, None, None)
    st.rerun()


def _keep_corrections(path: Path, proposal: Proposal, quarantined: Sequence[Any], declared: Declared) -> None:
    """Keeps the rows set aside, as they were sent, in memory for whoever sent them: they may be about people."""
    if not quarantined:
        return
    reasons = {row.line: row.reason for row in quarantined}
    table = set_aside_rows(path, proposal.snapshot.source, reasons, declared, proposal.arrival.file_id)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(table)
    hold(proposal.name, out.getvalue().encode("utf-8-sig"), visitor().who, corrections_of(proposal))


# Questions about a file. They are asked when the check wants to know, and the answers are kept while the file is held.


def _questions() -> dict[str, Question]:
    return {
        "encoding": Question(
            _("Encoding of the text"),
            {
                "cp1252": _("Western European (Windows-1252)"),
                "cp1256": _("Arabic (Windows-1256)"),
                "cp1251": _("Cyrillic (Windows-1251)"),
                "cp1250": _("Central European (Windows-1250)"),
                "cp1254": _("Turkish (Windows-1254)"),
                "gb18030": _("Chinese (GB 18030)"),
            },
        ),
        "date_order": Question(
            _("Order of dates in the file"),
            {
                "day_first": _("Day first: 31/12/2024"),
                "month_first": _("Month first: 12/31/2024"),
            },
        ),
        "progress_scale": Question(
            _("Progress in the file"),
            {"percent": _("In percent: 45 is 45 %"), "share": _("As a share: 0.45 is 45 %")},
        ),
        "sector": Question(
            _("Sector of rows that state none"),
            {"Education": _("Education")},
        ),
        "no_consent_column": Question(
            _("Consent"),
            {True: _("No column of the file records consent, and everybody in it has agreed to be counted")},
        ),
    }


def _questions_asked(word: str) -> list[str]:
    return st.session_state.setdefault(f"asked-{word}", [])


def _ask_for(question: str, word: str) -> None:
    if question not in _questions_asked(word):
        _questions_asked(word).append(question)


def _answer(question: str, word: str) -> Any:
    """What the sender answered; asked for at its own place on the page once it is wanted."""
    if question == "encoding" and question in _questions_asked(word):
        _choose_answer(question, word)
    return st.session_state.get(f"answers-{word}", {}).get(question)


def _answers(word: str) -> None:
    """The questions that the check wants answered, the reason first."""
    if why := st.session_state.get(f"why-{word}"):
        st.warning(why)
    for question in _questions_asked(word):
        if question != "encoding":
            _choose_answer(question, word)


def _choose_answer(question: str, word: str) -> None:
    """A choice whose answer is kept beside the widget, which the page forgets as soon as it is not drawn once."""
    kept: dict[str, Any] = st.session_state.setdefault(f"answers-{word}", {})
    question_card = _questions()[question]
    options = list(question_card.answers)
    kept[question] = st.selectbox(
        question_card.words,
        options,
        index=options.index(kept[question]) if kept.get(question) in options else None,
        key=f"answer-{question}-{word}",
        format_func=lambda code: question_card.answers[code],
        placeholder=_("Choose"),
    )


def _offered() -> list[str]:
    viewer = visitor().viewer
    return [name for name in sources() if viewer.is_steward or is_a_members(sources()[name])]


def _title(name: str) -> str:
    return _(sources()[name].title)


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


def _drop(word: str) -> None:
    if st.button(_("Choose another file"), key=f"drop-{word}"):
        let_go(word)
        remember(WORD, None, None)
        st.rerun()


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


def _choice_of(label: str, options: list[str], key: str, may_add: bool = False) -> str:
    chosen = st.selectbox(
        label, options, index=None, key=key, accept_new_options=may_add, placeholder=_("Stated in the file")
    )
    return identifier(chosen) if chosen and chosen not in options else chosen or ""


def _move(bar: Any, lines: int, rows: int) -> None:
    bar.progress(min(1.0, rows / lines), _("{rows} rows read").format(rows=whole(rows)))


def _kilobytes(upload: Upload) -> str:
    return whole(max(1, len(upload.body) // 1024))
