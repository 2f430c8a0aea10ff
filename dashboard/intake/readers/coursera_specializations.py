"""Coursera's specialization report: awards on top of course certificates."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.intake.readers.columns import NO_DAY, Column, Rows
from dashboard.intake.readers.people import (
    STREAM,
    country,
    moment,
    need_keys,
    need_known,
    need_moment,
    need_stream,
    optional_yes_no,
    yes_no,
)
from dashboard.intake.readers.roll import Layout
from dashboard.intake.readers.roll_by_column import publish_people_by_column
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.words import is_missing

EITHER = "blank beside a completion time, so it may be either"


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each learner and specialisation; a row that states the same again is collapsed."""
    has_certificates = "certificate" in table.positions
    layout = Layout(
        id_column="external_id",
        once=(*STREAM, "specialisation"),
        stream=lambda cell: need_stream(cell, ledger),
        record=lambda cell: _record(cell, ledger, has_certificates),
    )
    publish_people_by_column(table, ledger, layout, lambda rows: _columns(rows, rows.heard, has_certificates))


def _record(cell: Cells, ledger: Ledger, has_certificates: bool) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    name = need_known(cell("specialisation"), "specialisation")
    completed = yes_no(cell("completed"), "completed")
    completed_on = moment(cell("completed_on"), ledger, "completed_on")
    if completed is None and completed_on:
        raise RowRefused("completed", "", EITHER)
    is_completed = completed or False
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        name,
        _kind(name),
        need_moment(cell("enrolled_on"), ledger, "enrolled_on"),
        is_completed,
        optional_yes_no(cell("removed"), ledger, "removed") or False,
        completed_on if is_completed else None,
        not is_missing(cell("certificate")) if has_certificates else None,
        country(cell("country"), ledger, "country", "the country of the learner"),
    )


def _columns(rows: Rows, ledger: Ledger, has_certificates: bool) -> Sequence[Column]:
    """What `_record` gives behind the keys, for many rows at a time; the steps stand in the same order."""
    stream = rows.each(lambda cell: need_stream(cell, ledger), *STREAM)
    name = rows.each(lambda cell: need_known(cell("specialisation"), "specialisation"), "specialisation")
    completed = rows.each(lambda cell: yes_no(cell("completed"), "completed"), "completed")
    completed_on = rows.day(lambda cell: moment(cell("completed_on"), ledger, "completed_on"), "completed_on")
    is_completed = completed.numpy("bool")
    rows.refuse(completed.is_missing() & ~np.isnat(completed_on), lambda _: RowRefused("completed", "", EITHER))
    return (
        stream.map(lambda pair: pair.partner_id),
        stream.map(lambda pair: pair.programme_id),
        name,
        name.map(_kind),
        rows.day(lambda cell: need_moment(cell("enrolled_on"), ledger, "enrolled_on"), "enrolled_on"),
        is_completed,
        rows.flag(lambda cell: optional_yes_no(cell("removed"), ledger, "removed"), "removed"),
        np.where(is_completed, completed_on, NO_DAY),
        rows.address(lambda cell: not is_missing(cell("certificate")), "certificate") if has_certificates else None,
        rows.each(lambda cell: country(cell("country"), ledger, "country", "the country of the learner"), "country"),
    )


def _kind(name: str) -> str:
    return "professional certificate" if "professional certificate" in name.casefold() else "specialisation"
