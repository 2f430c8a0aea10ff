"""The chosen country beyond its learners: out of school without an offer, activities of members, open needs."""

from dashboard.components.context import country_names
from dashboard.components.figures import Figure, Words, table_figure
from dashboard.components.tables import show_table
from dashboard.components.texts import heading, note, paragraph
from dashboard.components.vocabulary import (
    audience_words,
    kind_words,
    language_names,
    mission_words,
    taught_level_words,
)
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, people, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_row
from dashboard.vocabularies import words

UNSERVED, KNOWN = "response_gaps/unserved", "response_gaps/known_until"
ACTIVITIES, NEEDS = "contributions/activities", "needs_and_offers/needs"


def unserved(country: str) -> None:
    """Learners out of school and those without a live free offer, on the newest day on which both are known."""
    newest = ask_row(KNOWN)["both_until"]
    if is_missing(newest):
        return
    row = ask_row(UNSERVED, Scope(on_date=newest), country_iso3=country)
    heading(_("Learners without an offer"))
    paragraph(
        _(
            "Schools were closed country-wide on {day}: {affected} learners affected, {unserved} of them without a "
            "live free offer. It is the newest day on which both closures and offers are known."
        ).format(day=day(newest), affected=people(row["learners_affected"]), unserved=people(row["learners_unserved"]))
        if row
        else _(
            "Schools were not closed country-wide on {day}, the newest day on which both closures and offers are known."
        ).format(day=day(newest))
    )


def activities(country: str) -> None:
    """What members do in the country: who leads and supports, for whom, how far."""
    scope = Scope(country_iso3=country)
    if ask("contributions/choices").empty:
        return
    count = len(ask(ACTIVITIES, scope))
    if not count:
        note(_("{country}: no activity of a member is recorded.").format(country=_name(country)))
        return
    codes = {
        "activity_type": kind_words(),
        "mission": mission_words(),
        "audience": audience_words(),
        "stage": words("activity_stage"),
    }
    columns = [
        *("activity", "lead", "supported_by", "activity_type", "audience", "stage", "began_on", "ended_on"),
        *("people_targeted", "people_direct"),
    ]
    table_figure(
        Figure(
            ACTIVITIES,
            scope,
            lambda: show_table(ACTIVITIES, scope, columns, key="country-activities", height=300, codes=codes),
            Words(
                plural(
                    "{country}: {count} activity of members", "{country}: {count} activities of members", count
                ).format(country=_name(country), count=whole(count)),
                alt=_("Table of activities with who leads and supports, when, for whom, and how many people."),
            ),
            codes=codes,
        )
    )


def needs(country: str) -> None:
    """The open needs of the country, and how far each has come."""
    scope = Scope(country_iso3=country)
    if ask(NEEDS).empty:
        return
    count = len(ask(NEEDS, scope))
    if not count:
        note(_("{country}: no open need is recorded.").format(country=_name(country)))
        return
    codes = {
        "level": taught_level_words(),
        "language": language_names(),
        "activity_type": kind_words(),
        "audience": audience_words(),
    }
    columns = ["level", "language", "activity_type", "audience", "people", "raised_on", "days_open", "stage"]
    table_figure(
        Figure(
            NEEDS,
            scope,
            lambda: show_table(NEEDS, scope, columns, key="country-needs", height=300, codes=codes),
            Words(
                plural("{country}: {count} open need", "{country}: {count} open needs", count).format(
                    country=_name(country), count=whole(count)
                ),
                alt=_("Table of open needs with level, language, people in need, and how far each has come."),
            ),
            codes=codes,
        )
    )


def _name(country: str) -> str:
    return in_markdown(country_names().get(country, country))
