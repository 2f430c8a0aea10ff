"""The coalition's own template for what Coursera does not report: origin, sex, age band, education, consent, hub."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from dashboard.intake import words
from dashboard.intake.legends import stated_codes
from dashboard.intake.readers.people import (
    LEFT_OUT,
    MOST_HOURS,
    NOT_REPORTED,
    UNKNOWN,
    age_band,
    coded,
    country,
    need_day,
    need_ids,
    need_keys,
    number,
    optional_day,
    optional_yes_no,
)
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, clean
from dashboard.intake.schooling import level_of
from dashboard.intake.tabular import Table
from dashboard.intake.terms import BETWEEN
from dashboard.intake.values import whole
from dashboard.intake.words import is_missing
from dashboard.vocabularies import stated

# In Spanish F is no letter of a sex: H is a man (hombre) and M a woman (mujer).
MAN, WOMAN_OR_MAN, WOMAN = "h", "m", "f"
# Counted beside them: numbers in place of a word.
CODED = "1"
Meaning = Callable[[str], str | None]
AT_SEX, AT_ORIGIN, AT_HOST, AT_AGE, AT_EDUCATION, AT_WITHDRAWN = 6, 4, 5, 7, 8, 10
BASES = stated("hours_basis")
HUB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each learner and programme; without consent the row is set aside."""
    letters: Counter[str] = Counter()
    if "country_origin" in table.positions:
        heading = clean(table.header[table.positions["country_origin"]])
        if words.fold(heading) in words.words("nationality_headings"):
            ledger.notes.append(f"The country of origin is read from the column “{heading}”.")
    codes = stated_codes(_stated_in(table, "sex"), words.meaning("sex"))
    levels = stated_codes(_stated_in(table, "education"), words.meaning("education"))

    def sex_of(text: str) -> str | None:
        return _sex(text) or codes.get(_code(text))

    def education_of(text: str) -> str | None:
        return level_of(text) or levels.get(_code(text))

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
            record=lambda cell: _record(cell, ledger, letters, sex_of, education_of),
            finish=finish,
            traits={
                "sex": (AT_SEX, NOT_REPORTED),
                "origin": (AT_ORIGIN, UNKNOWN),
                "age": (AT_AGE, NOT_REPORTED),
                "education": (AT_EDUCATION, NOT_REPORTED),
                "host country": (AT_HOST, UNKNOWN),
            },
            traits_of_stream={"day of withdrawal": (AT_WITHDRAWN, "")},
            is_register=True,
        ),
    )
    if codes and letters[CODED]:
        named = ", ".join(f"{code} is {sex}" for code, sex in sorted(codes.items()))
        ledger.notes.append(f"The sex of {letters[CODED]} rows is a number, read as the file states it: {named}.")
    elif letters[CODED]:
        ledger.notes.append(
            f"The sex of {letters[CODED]} rows is a number whose meaning the file does not state, so it is counted as "
            "not reported. Write words, or state the meaning in the heading, such as Sex (1=female, 2=male)."
        )
    if letters[WOMAN_OR_MAN] and letters[MAN] and not letters[WOMAN]:
        ledger.notes.append(
            f"{letters[WOMAN_OR_MAN]} rows have the sex M, others H and none F: M is read as mujer, H as hombre."
        )


def _sex(text: str) -> str | None:
    """The sex that a word stands for, or each word of a cell: `Femme / أنثى`, `F - Female`, `Female (she/her)`."""
    if known := words.meaning("sex").get(words.fold(text)):
        return known
    pieces = [folded for piece in BETWEEN.split(text) if (folded := words.fold(piece))]
    meant = {words.meaning("sex").get(piece) for piece in pieces if piece not in words.words("pronouns")}
    return next(iter(meant)) if len(pieces) > 1 and len(meant) == 1 else None


def _stated_in(table: Table, column: str) -> list[str]:
    """Where a file may state what the codes of a column mean: its heading, and the lines above the header."""
    heading = [table.header[table.positions[column]]] if column in table.positions else []
    return [*heading, *(" ".join(line) for line in table.preamble)]


def _code(text: str) -> str:
    """A number as codes are written; empty for anything else."""
    number = whole(text)
    return "" if number is None else str(number)


def _record(
    cell: Cells, ledger: Ledger, letters: Counter[str], sex_of: Meaning, education_of: Meaning
) -> tuple[Any, ...]:
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
    letter = words.fold(cell("sex"))
    letters[letter] += letter in (MAN, WOMAN_OR_MAN, WOMAN)
    letters[CODED] += letter[:1].isdigit() and bool(_code(cell("sex")))
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        country(cell("country_origin"), ledger, "country_origin", "the country of origin", by_nationality=True),
        country(cell("country_host"), ledger, "country_host", "the country of the learner"),
        letter if letter == WOMAN_OR_MAN else coded(cell("sex"), ledger, "sex", "the sex", sex_of),
        age_band(cell("age"), cell("born_on"), registered_on, ledger),
        coded(cell("education"), ledger, "education", "the education", education_of),
        registered_on,
        withdrawn_on,
        hub or None,
        optional_yes_no(cell("intent"), ledger, "intent"),
        hours,
        basis if hours is not None else None,
    )
