"""Panels of credit recognition: the pathway, reasons of refusal, universities and agreements."""

import streamlit as st

from dashboard.charts.learners import agreements_map, bars_figure
from dashboard.components import context
from dashboard.components.figures import Figure, Number, Words, figure, map_height, strip, table_figure
from dashboard.components.notices import map_disclaimer
from dashboard.components.tables import show_table
from dashboard.locales import _
from dashboard.locales.numbers import between, days, share, whole
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

PATHWAY = "credit_recognition/pathway"


def choose_view() -> Scope:
    """Lets the reader choose programme and partner."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return Scope(
            programme_id=context.programme(Scope()).programme_id, partner_id=context.partner(Scope()).partner_id
        )


def stop_without_requests(scope: Scope) -> None:
    """Ends the page where there is nothing to show."""
    row = ask_one(PATHWAY, scope)
    if not row["requested"] and not row["agreements"]:
        st.info(
            _("No partner has sent a list of recognitions for this choice. One can be brought in on the page Upload.")
        )
        st.stop()


def tiles(scope: Scope) -> None:
    """The rate with what is pending, credits asked and awarded, waiting time, agreements."""
    row = ask_one(PATHWAY, scope)
    strip(
        [
            Number(
                "recognition_rate",
                row["recognition_rate"],
                PATHWAY,
                scope,
                note=_("{recognised} of {decided} decided ({interval}); {pending} pending").format(
                    recognised=whole(row["recognised"]),
                    decided=whole(row["decided"]),
                    interval=between(row["rate_low"], row["rate_high"]),
                    pending=whole(row["pending"]),
                ),
            ),
            Number(
                "",
                whole(row["ects_awarded"]),
                PATHWAY,
                scope,
                note=_("of {asked} asked for").format(asked=whole(row["ects_requested"])),
                label=_("ECTS awarded"),
            ),
            Number(
                "",
                _("{days} days").format(days=days(row["median_wait_days"])),
                PATHWAY,
                scope,
                note=_("median until a decision; pending ones wait for {days} days by now").format(
                    days=days(row["median_pending_days"])
                ),
                label=_("Waiting time"),
            ),
            Number(
                "",
                whole(row["agreements"]),
                PATHWAY,
                scope,
                note=_("universities in {countries} countries").format(countries=whole(row["agreement_countries"])),
                label=_("Agreements"),
            ),
        ],
        key="tiles",
    )


def pathway(scope: Scope) -> None:
    """Requests from asking to transfer, pending and refused among them."""
    row = ask_one(PATHWAY, scope)
    steps = {
        _("Requested"): row["requested"],
        _("Decided"): row["decided"],
        _("Recognised"): row["recognised"],
        _("Refused"): row["refused"],
        _("Pending"): row["pending"],
        _("Learners who transferred"): row["transferred"],
    }
    total = row["requested"] or 1
    figure(
        Figure(
            PATHWAY,
            scope,
            bars_figure(
                list(steps),
                list(steps.values()),
                [f"{whole(n)} ({share(n / total)})" for n in steps.values()],
                [word not in (_("Refused"), _("Pending")) for word in steps],
            ),
            Words(
                _("From request to transfer"),
                lead=_("Shares are of requests. Transfers count learners, the others requests."),
                alt=_("Bars of requests, decisions, recognised, refused, pending and transfers."),
            ),
        )
    )


def reasons(scope: Scope) -> None:
    """Reasons of refusal."""
    table = ask("credit_recognition/reasons", scope)
    words = {
        "content": _("Content differs"),
        "level": _("Level too low"),
        "documents": _("Documents missing"),
        "deadline": _("Deadline missed"),
        "no place": _("No place"),
        "other": _("Other"),
    }
    figure(
        Figure(
            "credit_recognition/reasons",
            scope,
            bars_figure(
                [words[reason] for reason in table["reason"]],
                table["refused"],
                [f"{whole(row.refused)} ({share(row.share_of_refused)})" for row in table.itertuples()],
                [True] * len(table),
            ),
            Words(_("Why requests were refused"), alt=_("Bars of refusals by reason, most frequent first.")),
            codes={"reason": words},
        )
    )


def agreements(scope: Scope) -> None:
    """Countries of the universities with agreements, on the map."""
    table = ask("credit_recognition/agreements_by_country", scope)
    figure(
        Figure(
            "credit_recognition/agreements_by_country",
            scope,
            agreements_map(table, map_height()),
            Words(
                _("Universities with an agreement"),
                alt=_(
                    "World map with a circle for each country with agreements; its area is the number of universities."
                ),
            ),
            columns=["country", "universities", "requested", "recognised", "ects_awarded"],
        )
    )
    map_disclaimer()


def universities(scope: Scope) -> None:
    """Every university with what it signed and recognised."""
    table_figure(
        Figure(
            "credit_recognition/universities",
            scope,
            lambda: show_table("credit_recognition/universities", scope, key="universities"),
            Words(
                _("University by university"), alt=_("Table of universities with agreements, requests and decisions.")
            ),
        )
    )
