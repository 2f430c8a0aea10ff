"""Views of the page Methods: the search, the claims, the sources, the release; and the card of one entry."""

from collections.abc import Callable

import streamlit as st

from dashboard.components import dropped
from dashboard.components.filters import type_words
from dashboard.components.page import headline
from dashboard.components.tables import grid
from dashboard.locales import _, plural
from dashboard.locales.numbers import missing, moment, short_day, whole
from dashboard.locales.plain import in_markdown
from dashboard.pages.methods import cards, claims
from dashboard.pages.methods.catalogue import CLAIM, KINDS, METRIC, SOURCE, by_page, entries, most_shown, search
from dashboard.pages.methods.links import (
    CLAIMS_VIEW,
    RELEASE_VIEW,
    SEARCH_VIEW,
    SOURCES_VIEW,
    WORDS,
    open_view,
    to_entry,
    views,
    write_address,
)
from dashboard.scope import Scope
from dashboard.session import current_release
from dashboard.warehouse.catalog import metrics, questions, sources

FEW, MANY = 8, 40
Section = tuple[str, str, Callable[[], None]]


def answer(scope: Scope) -> None:
    """The card that the address names, or else the view that it names, or else the search."""
    kind, code = _wanted()
    write_address(kind, code)
    if kind:
        cards.show(kind, code)
        return
    {
        SEARCH_VIEW: _search,
        CLAIMS_VIEW: claims.claims,
        SOURCES_VIEW: _sources,
        RELEASE_VIEW: _release,
    }[open_view()]()


def sections() -> list[Section]:
    """What is below the view: titles, names in the address, and what draws them."""
    if _wanted()[0]:
        return []
    if open_view() == CLAIMS_VIEW:
        return [(_("Where statements contradict each other"), "contradictions", claims.contradictions)]
    if open_view() == SEARCH_VIEW:
        return [
            (_("All metrics"), "metrics", lambda: _list_of(METRIC)),
            (_("All sources"), "sources", lambda: _list_of(SOURCE)),
            (_("All questions, by page"), "questions", _questions),
            (_("All public statements"), "statements", lambda: _list_of(CLAIM)),
        ]
    return []


def _wanted() -> tuple[str, str]:
    """The kind and the code of the card that the address names, where there is such a one; empty otherwise."""
    for kind in KINDS:
        code = st.query_params.get(kind)
        if code and any(entry.kind == kind and entry.code == code for entry in entries()):
            dropped.read(kind)
            return kind, code
    return "", ""


def _search() -> None:
    headline(
        _("{metrics} metrics, {questions} questions and {sources} sources define every figure").format(
            metrics=whole(len(metrics())), questions=whole(len(questions())), sources=whole(len(sources()))
        ),
        _("Look up what a figure means, how it is computed, and who reports it."),
    )
    views()
    for kind in filter(st.query_params.get, KINDS):
        dropped.read(kind)
        unknown = in_markdown(f"{kind} {st.query_params[kind]}")
        st.info(_("“{name}” is not in this version. Search for it by a word of its name.").format(name=unknown))
    wanted = type_words(
        _("Search metrics, questions, sources and public statements"),
        WORDS,
        _("For example: completion, hub, closure, UNHCR"),
    )
    if not wanted.strip():
        st.write("**" + _("The metrics shown most") + "**")
        for entry in most_shown(FEW):
            to_entry(entry)
        return
    entries = search(wanted)
    if not entries:
        st.info(
            _(
                "Nothing has all the words of “{words}”. Try fewer words, or one such as reached, completed or closed."
            ).format(words=in_markdown(wanted))
        )
        return
    st.write("**" + plural("{count} result", "{count} results", len(entries)).format(count=whole(len(entries))) + "**")
    for entry in entries[:FEW]:
        to_entry(entry)
    if len(entries) > FEW:
        more = st.expander(
            plural("{count} more result", "{count} more results", len(entries) - FEW).format(
                count=whole(len(entries) - FEW)
            ),
            on_change="rerun",
            key="more-results",
        )
        if more.open:
            with more:
                for entry in entries[FEW : FEW + MANY]:
                    to_entry(entry)
                if len(entries) > FEW + MANY:
                    st.caption(_("Add a word to the search to see the others."))


def _list_of(kind: str) -> None:
    _in_two_columns([entry.code for entry in entries() if entry.kind == kind], kind)


def _questions() -> None:
    st.write(_("Each figure answers one question. The command `coalition ask` gives the same answers."))
    for title, names in by_page(list(questions())).items():
        st.subheader(title, anchor=False)
        _in_two_columns(names, "question")


def _in_two_columns(codes: list[str], kind: str) -> None:
    known = {entry.code: entry for entry in entries() if entry.kind == kind}
    half = (len(codes) + 1) // 2
    for column, listed in zip(st.columns(2), (codes[:half], codes[half:]), strict=True):
        with column:
            for code in listed:
                to_entry(known[code], short=True)


def _sources() -> None:
    """Every source with its publisher and licence, and the newest of it in this release."""
    pins, demonstrations = current_release().manifest["snapshots"], current_release().demonstrations
    held = [name for name in sources() if pins.get(name)]
    headline(
        _("{held} of {all} sources are in this release; {simulated} of them are simulated").format(
            held=whole(len(held)),
            all=whole(len(sources())),
            simulated=whole(sum(name in demonstrations for name in held)),
        ),
        _("Open a source to read its columns, its licence and what to know before it is used."),
    )
    views()
    known = [entry for entry in entries() if entry.kind == SOURCE]
    for entry in sorted(known, key=lambda entry: (entry.code not in held, entry.title)):
        captures = [pin["captured_on"] for pin in pins.get(entry.code, [])]
        state = (
            _("not in this release")
            if not captures
            else _("simulated, up to {day}").format(day=_day(max(captures)))
            if entry.code in demonstrations
            else _("captured {day}").format(day=_day(max(captures)))
        )
        to_entry(entry, note=f"{in_markdown(_(sources()[entry.code].licence))} \u00b7 {state}")


def _release() -> None:
    """The release that is shown: when it was published, from which files, and which checks it passed."""
    release = current_release()
    manifest = release.manifest
    headline(
        plural(
            "Release {number}, published {moment} UTC, passed {count} check",
            "Release {number}, published {moment} UTC, passed {count} checks",
            len(manifest["checks"]),
        ).format(
            number=release.number,
            moment=moment(manifest["published_at"]),
            count=whole(len(manifest["checks"])),
        ),
        _(
            "Computed by {engine} with version {version} of the project. Every figure of the pages comes from it."
        ).format(engine=in_markdown(manifest["engine"]), version=in_markdown(manifest.get("tool", missing()))),
    )
    views()
    pins = [
        (card, pin)
        for name, card in sources().items()
        for pin in sorted(manifest["snapshots"].get(name, []), key=lambda pin: pin["captured_on"], reverse=True)
    ]
    grid(
        [
            {
                _("Source"): _(card.title),
                _("Publisher"): _(card.publisher),
                _("Captured"): _day(pin["captured_on"]),
                _("Data"): _("simulated") if pin["provenance"] == "demo" else _("real"),
                _("Fingerprint of the file"): pin["sha256"][:12],
            }
            for card, pin in pins
        ],
        alt=_("The files that this release is built from."),
        nothing=_("This release holds no file yet. Bring one in on the page Upload."),
        height=min(600, 40 + 36 * max(1, len(pins))),
    )


def _day(text: str) -> str:
    return short_day(cards.date(text))
