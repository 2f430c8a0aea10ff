"""Response gaps over a period: learner-days without a live free offer, and the day on which most had none."""

from dashboard.components.figures import Figure, Number, Words, figure, table_figure
from dashboard.components.page import NoAnswer, headline
from dashboard.components.tables import show_table
from dashboard.components.texts import warn
from dashboard.locales import _
from dashboard.locales.numbers import day, is_missing, people, share
from dashboard.locales.plain import in_markdown
from dashboard.pages.response_gaps.charts import by_day_figure
from dashboard.scope import Scope
from dashboard.session import ask, ask_row

BY_DAY, TOTAL, BY_COUNTRY = "response_gaps/by_day", "response_gaps/days_total", "response_gaps/learner_days"


def answer(scope: Scope, offers_known: str) -> None:
    """Unserved learner-days in a sentence, the worst day, and the line from day to day.

    `offers_known` are the words of days later than the newest list of offers; empty where there are none.
    """
    by_day = ask(BY_DAY, scope)
    if by_day.empty:
        raise NoAnswer(
            _("No country with learners of this choice was closed country-wide in these days. Choose other dates.")
        )
    total = ask_row(TOTAL, scope)
    headline(
        _(
            "{days} learner-days without a live free offer from {first} to {last}: {share} of those of learners out of "
            "school"
        ).format(
            days=people(total["learner_days_unserved"]),
            first=day(scope.from_date),
            last=day(scope.to_date),
            share=share(_ratio(total["learner_days_unserved"], total["learner_days_affected"])),
        ),
        _("A learner counts once for each day. An offer that is live is not yet a learner reached."),
    )
    if offers_known:
        warn(offers_known)
    figure(
        Figure(
            BY_DAY,
            scope,
            by_day_figure(by_day),
            Words("", alt=_("Lines of learners affected and of those with no live free offer, from day to day.")),
        ),
        numbers=[
            Number(
                "unserved_learner_days",
                total["learner_days_unserved"],
                TOTAL,
                scope,
                note=_("of {affected}").format(affected=people(total["learner_days_affected"])),
            ),
            Number("", day(total["worst_on"]), TOTAL, scope, note=_("most learners without"), label=_("Worst day")),
            Number(
                "learners_unserved",
                total["worst_unserved"],
                TOTAL,
                scope,
                note=_("on the worst day"),
            ),
        ],
        key="over_days",
    )


def by_country(scope: Scope) -> None:
    """Learner-days of each country, most unserved first."""
    first = ask_row(BY_COUNTRY, scope)
    if not first:
        return
    table_figure(
        Figure(
            BY_COUNTRY,
            scope,
            lambda: show_table(
                BY_COUNTRY,
                scope,
                ["country", "days_closed", "learner_days_affected", "learner_days_unserved"],
                key="learner-days",
                height=360,
            ),
            Words(
                _("Most in {country}: {days} learner-days without an offer").format(
                    country=in_markdown(first["country"]), days=people(first["learner_days_unserved"])
                ),
                alt=_("Table of countries with learner-days affected and unserved, most unserved first."),
            ),
        )
    )


def _ratio(numerator: float | None, whole: float | None) -> float | None:
    return None if is_missing(numerator) or is_missing(whole) or not whole else float(numerator or 0) / whole
