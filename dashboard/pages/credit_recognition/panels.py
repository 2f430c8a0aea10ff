"""Panels of credit recognition: the pathway, reasons of refusal, universities and agreements."""

import streamlit as st

from dashboard.charts.learners import agreements_map, bars_figure
from dashboard.components.figures import figure, map_height, metric_tile, show_table, text_tile
from dashboard.components.learners import choose_partner, choose_programme
from dashboard.components.notices import map_disclaimer
from dashboard.locales import _
from dashboard.locales.numbers import between, days, share, whole
from dashboard.scope import Scope
from dashboard.session import ask, ask_one

PATHWAY = "credit_recognition/pathway"


def choose_view() -> Scope:
    """Lets the reader choose programme and partner."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return Scope(programme_id=choose_programme(), partner_id=choose_partner())


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
    columns = st.columns(4)
    with columns[0]:
        metric_tile(
            "recognition_rate",
            row["recognition_rate"],
            PATHWAY,
            scope,
            _("{recognised} of {decided} decided ({interval}); {pending} pending").format(
                recognised=whole(row["recognised"]),
                decided=whole(row["decided"]),
                interval=between(row["rate_low"], row["rate_high"]),
                pending=whole(row["pending"]),
            ),
        )
    with columns[1]:
        text_tile(
            _("ECTS awarded"),
            whole(row["ects_awarded"]),
            _("of {asked} asked for").format(asked=whole(row["ects_requested"])),
            PATHWAY,
            scope,
        )
    with columns[2]:
        text_tile(
            _("Waiting time"),
            _("{days} days").format(days=days(row["median_wait_days"])),
            _("median until a decision; pending ones wait for {days} days by now").format(
                days=days(row["median_pending_days"])
            ),
            PATHWAY,
            scope,
        )
    with columns[3]:
        text_tile(
            _("Agreements"),
            whole(row["agreements"]),
            _("universities in {countries} countries").format(countries=whole(row["agreement_countries"])),
            PATHWAY,
            scope,
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
        _("From request to transfer"),
        bars_figure(
            list(steps),
            list(steps.values()),
            [f"{whole(n)} ({share(n / total)})" for n in steps.values()],
            [word not in (_("Refused"), _("Pending")) for word in steps],
        ),
        PATHWAY,
        scope,
        alt=_("Bars of requests, decisions, recognised, refused, pending and transfers."),
        lead=_("Shares are of requests. Transfers count learners, the others requests."),
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
        _("Why requests were refused"),
        bars_figure(
            [words[reason] for reason in table["reason"]],
            table["refused"],
            [f"{whole(row.refused)} ({share(row.share_of_refused)})" for row in table.itertuples()],
            [True] * len(table),
        ),
        "credit_recognition/reasons",
        scope,
        alt=_("Bars of refusals by reason, most frequent first."),
        words={"reason": words},
    )


def agreements(scope: Scope) -> None:
    """Countries of the universities with agreements, on the map."""
    table = ask("credit_recognition/agreements_by_country", scope)
    figure(
        _("Universities with an agreement"),
        agreements_map(table, map_height()),
        "credit_recognition/agreements_by_country",
        scope,
        alt=_("World map with a circle for each country with agreements; its area is the number of universities."),
        columns=["country", "universities", "requested", "recognised", "ects_awarded"],
    )
    map_disclaimer()


def universities(scope: Scope) -> None:
    """Every university with what it signed and recognised."""
    figure(
        _("University by university"),
        lambda: show_table("credit_recognition/universities", scope, key="universities"),
        "credit_recognition/universities",
        scope,
        alt=_("Table of universities with agreements, requests and decisions."),
        table_twin=False,
    )
