"""Panels of credit recognition: the pathway, reasons of refusal, universities and agreements."""

from collections.abc import Mapping
from typing import Any

from dashboard.charts.bars import bars_figure
from dashboard.charts.learners import agreements_map
from dashboard.components import learners
from dashboard.components.figures import Figure, Number, Words, figure, map_height, table_figure
from dashboard.components.notices import map_disclaimer
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import show_table
from dashboard.locales import _, plural
from dashboard.locales.numbers import between, days, is_missing, missing, people, share, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

PATHWAY = "credit_recognition/pathway"
AGREEMENTS, UNIVERSITIES = "credit_recognition/agreements_by_country", "credit_recognition/universities"
REASONS = "credit_recognition/reasons"


def answer(scope: Scope) -> None:
    """How many decided requests were recognised, with what is pending, and the stages as bars."""
    learners.stop_unless_shown(scope)
    row = ask_row(PATHWAY, scope)
    if not row["requested"] and not row["agreements"]:
        raise NoAnswer(
            _(
                "No partner has sent a list of recognitions for this choice. Send one on the page Upload, or choose "
                "another programme or partner."
            )
        )
    if is_missing(row["requested"]) and not row["agreements"]:
        raise NoAnswer(learners.too_few())
    headline(
        takeaway(row),
        learners.lead(
            scope,
            _(
                "Learners ask a university to recognise a credential; it decides, and some transfer with the "
                "credits. An agreement signed is not a credit recognised."
            ),
        ),
    )
    stages = {
        _("Requested"): (row["requested"], True),
        _("Decided"): (row["decided"], True),
        _("Recognised"): (row["recognised"], True),
        _("Refused"): (row["refused"], False),
        _("Pending"): (row["pending"], False),
        _("Learners who transferred"): (row["transferred"], True),
    }
    figure(
        Figure(
            PATHWAY,
            scope,
            bars_figure(
                list(stages),
                [count for count, _is_strong in stages.values()],
                [whole(count) for count, _is_strong in stages.values()],
                [is_strong for _count, is_strong in stages.values()],
            ),
            Words("", alt=_("Bars of requests, decisions, recognised, refused and pending, and of transfers.")),
            columns=[
                *("requested", "decided", "recognised", "refused", "pending", "transferred", "learners"),
                *("ects_requested", "ects_awarded", "median_wait_days", "median_pending_days"),
            ],
        ),
        numbers=_numbers(row, scope),
    )


def takeaway(row: Mapping[str, Any]) -> str:
    """Recognised of decided, with pending beside it; agreements only where no request is known."""
    words = {
        "recognised": people(row["recognised"]),
        "decided": people(row["decided"]),
        "pending": people(row["pending"]),
        "agreements": people(row["agreements"]),
    }
    if is_missing(row["recognised"]) or is_missing(row["decided"]):
        return plural(
            "{agreements} university has signed an agreement",
            "{agreements} universities have signed an agreement",
            int(row["agreements"] or 0),
        ).format(**words)
    if not row["decided"]:
        return _("No request has been decided yet; {pending} are pending").format(**words)
    if is_missing(row["pending"]):
        return _("{recognised} of {decided} decided requests were recognised").format(**words)
    return _("{recognised} of {decided} decided requests were recognised; {pending} more are pending").format(**words)


def _numbers(row: Mapping[str, Any], scope: Scope) -> list[Number]:
    return [
        Number(
            "recognition_rate",
            row["recognition_rate"],
            PATHWAY,
            scope,
            note=_("95 % interval {interval}").format(interval=between(row["rate_low"], row["rate_high"])),
        ),
        *(
            Number("", value, PATHWAY, scope, note=note, label=label)
            for label, value, note in (
                (_("ECTS requested"), whole(row["ects_requested"]), _("credits requested")),
                (_("ECTS awarded"), whole(row["ects_awarded"]), _("credits recognised")),
                (_("Decision after"), _days(row["median_wait_days"]), _("median from request")),
                (_("Pending for"), _days(row["median_pending_days"]), _("median so far")),
                (
                    _("Agreements"),
                    whole(row["agreements"]),
                    plural(
                        "universities in {countries} country",
                        "universities in {countries} countries",
                        int(row["agreement_countries"] or 0),
                    ).format(countries=whole(row["agreement_countries"])),
                ),
            )
        ),
    ]


def reasons(scope: Scope) -> None:
    """Reasons of refusal."""
    table = ask(REASONS, scope)
    words = reason_words()
    figure(
        Figure(
            REASONS,
            scope,
            bars_figure(
                [words[reason] for reason in table["reason"]],
                table["refused"],
                [f"{whole(row.refused)} ({share(row.share_of_refused)})" for row in table.itertuples()],
                [True] * len(table),
            ),
            Words(reasons_words(scope), alt=_("Bars of refusals by reason, most frequent first.")),
            codes={"reason": words},
        )
    )


def reasons_words(scope: Scope) -> str:
    """The most frequent reason of refusal with its share."""
    first = ask_row(REASONS, scope)
    if is_missing(first["share_of_refused"]):
        return _("Why requests were refused")
    return _("The most frequent reason of refusal is \u201c{reason}\u201d: {share} of refusals").format(
        reason=reason_words()[first["reason"]], share=share(first["share_of_refused"])
    )


def reason_words() -> dict[str, str]:
    """Words for the reasons of refusal."""
    return words("refusal_reason")


def agreements(scope: Scope) -> None:
    """Countries of the universities with agreements, on the map."""
    row, first = ask_row(PATHWAY, scope), ask_row(AGREEMENTS, scope)
    shown = figure(
        Figure(
            AGREEMENTS,
            scope,
            agreements_map(ask(AGREEMENTS, scope), map_height()),
            Words(
                _("{universities} universities in {countries} countries, most of them in {country}").format(
                    universities=whole(row["agreements"]),
                    countries=whole(row["agreement_countries"]),
                    country=in_markdown(first["country"]),
                )
                if first
                else _("Universities with an agreement"),
                alt=_(
                    "World map with a circle for each country with agreements; its area is the number of universities."
                ),
            ),
            columns=["country", "universities", "requested", "recognised", "ects_awarded"],
        )
    )
    if shown:
        map_disclaimer()


def universities(scope: Scope) -> None:
    """Every university with what it signed and recognised."""
    rows = ask(UNIVERSITIES, scope).dropna(subset=["requested"]).to_dict("records")
    most = next((row for row in rows if row["requested"]), None)
    table_figure(
        Figure(
            UNIVERSITIES,
            scope,
            lambda: show_table(UNIVERSITIES, scope, key="universities"),
            Words(
                _("{university} received the most requests: {count}").format(
                    university=in_markdown(most["university"]), count=whole(most["requested"])
                )
                if most
                else _("University by university"),
                alt=_("Table of universities with agreements, requests and decisions."),
            ),
        )
    )


def _days(count: float | None) -> str:
    return missing() if is_missing(count) else _("{days} days").format(days=days(count))
