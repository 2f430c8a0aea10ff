"""The coalition's own template for what Coursera does not report: origin, sex, age band, education, consent, hub."""

import re
from collections import Counter
from typing import Any

from dashboard.intake.readers.people import (
    LEFT_OUT,
    MOST_HOURS,
    NOT_REPORTED,
    UNKNOWN,
    age_band,
    country,
    need_day,
    need_ids,
    need_keys,
    number,
    one_of,
    optional_day,
    optional_yes_no,
)
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, clean
from dashboard.intake.tabular import Table
from dashboard.intake.words import fold, is_missing, meaning

# In Spanish F is no letter of a sex: H is a man (hombre) and M a woman (mujer).
MAN, WOMAN_OR_MAN, WOMAN = "h", "m", "f"
AT_SEX, AT_ORIGIN, AT_HOST, AT_AGE, AT_EDUCATION, AT_WITHDRAWN = 6, 4, 5, 7, 8, 10
BASES = ("measured", "estimated", "attested")
HUB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each learner and programme; without consent the row is set aside."""
    letters: Counter[str] = Counter()

    def finish(record: tuple[Any, ...]) -> tuple[Any, ...]:
        if record[AT_SEX] != WOMAN_OR_MAN:
            return record
        is_spanish = letters[MAN] and not letters[WOMAN]
        return (*record[:AT_SEX], "female" if is_spanish else "male", *record[AT_SEX + 1 :])

    publish_people(
        table,
        ledger,
        Layout(
            id_column="learner_id",
            once=("partner_id", "programme_id"),
            stream=lambda cell: need_ids(cell, ledger),
            record=lambda cell: _record(cell, ledger, letters),
            finish=finish,
            traits={
                "sex": (AT_SEX, NOT_REPORTED),
                "origin": (AT_ORIGIN, UNKNOWN),
                "age": (AT_AGE, NOT_REPORTED),
                "education": (AT_EDUCATION, NOT_REPORTED),
                "host country": (AT_HOST, UNKNOWN),
            },
            traits_of_stream={"day of withdrawal": (AT_WITHDRAWN, "")},
        ),
    )
    if letters[WOMAN_OR_MAN] and letters[MAN] and not letters[WOMAN]:
        ledger.notes.append(
            f"{letters[WOMAN_OR_MAN]} rows have the sex M, others H and none F: M is read as mujer, H as hombre."
        )


def _record(cell: Cells, ledger: Ledger, letters: Counter[str]) -> tuple[Any, ...]:
    stream = need_ids(cell, ledger)
    id_key, email_key = need_keys(cell, ledger, "learner_id")
    registered_on = need_day(cell("registered_on"), ledger, "registered_on")
    withdrawn_on = optional_day(cell("withdrawn_on"), ledger, "withdrawn_on")
    if withdrawn_on and withdrawn_on < registered_on:
        ledger.not_understood("withdrawn_on", cell("withdrawn_on"), ledger.line, "left out, before the registration")
        withdrawn_on = None
    hub = "" if is_missing(cell("hub_id")) else clean(cell("hub_id"))
    if hub and not HUB.fullmatch(hub):
        ledger.not_understood("hub_id", hub, ledger.line, LEFT_OUT)
        hub = ""
    hours = number(cell("hours"), ledger, "hours", MOST_HOURS)
    basis = clean(cell("hours_basis")).casefold()
    if hours is not None and basis not in BASES:
        ledger.not_understood("hours_basis", basis, ledger.line, "hours left out, which need a basis")
        hours = None
    letter = fold(cell("sex"))
    letters[letter] += letter in (MAN, WOMAN_OR_MAN, WOMAN)
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        country(cell("country_origin"), ledger, "country_origin", "the country of origin"),
        country(cell("country_host"), ledger, "country_host", "the country of the learner"),
        letter if letter == WOMAN_OR_MAN else one_of(cell("sex"), ledger, "sex", "the sex", meaning("sex")),
        age_band(cell("age"), cell("born_on"), registered_on, ledger),
        one_of(cell("education"), ledger, "education", "the education", meaning("education")),
        registered_on,
        withdrawn_on,
        hub or None,
        optional_yes_no(cell("intent"), ledger, "intent"),
        hours,
        basis if hours is not None else None,
    )
