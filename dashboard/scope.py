"""What the reader is looking at. Field names are the SQL parameter names, so that a scope binds itself."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dashboard.warehouse.catalog import Query


@dataclass(frozen=True)
class Scope:
    """A choice of filters; None means all, or the latest."""

    on_date: datetime.date | None = None
    other_date: datetime.date | None = None
    as_captured_on: datetime.date | None = None
    from_date: datetime.date | None = None
    to_date: datetime.date | None = None
    partial_weight: float | None = None
    year: int | None = None
    origin_iso3: str | None = None
    country_iso3: str | None = None
    region: str | None = None
    host_type: str | None = None
    by: str | None = None
    programme_id: str | None = None
    partner_id: str | None = None
    country_host: str | None = None
    from_month: datetime.date | None = None
    to_month: datetime.date | None = None
    cohort_month: datetime.date | None = None
    attribute: str | None = None
    attribute_value: str | None = None
    other_programme_id: str | None = None
    other_partner_id: str | None = None
    other_cohort_month: datetime.date | None = None
    other_attribute: str | None = None
    other_attribute_value: str | None = None
    by_day: int | None = None
    horizon_days: int | None = None
    quiet_days: int | None = None
    level: str | None = None
    tier: str | None = None
    language: str | None = None
    activity_type: str | None = None
    audience: str | None = None
    mission: str | None = None
    need_id: str | None = None
    hub_id: str | None = None
    rows: str | None = None
    row: str | None = None
    stage: str | None = None
    member_type: str | None = None
    metric: str | None = None
    from_release: int | None = None
    to_release: int | None = None
    step: str | None = None

    def only(self, *names: str) -> "Scope":
        """These choices of the scope and no others."""
        return Scope(**{name: getattr(self, name) for name in names})

    def params(self, query: Query) -> Mapping[str, Any]:
        """The parameters of the question that this scope sets."""
        return {field.name: getattr(self, field.name) for field in query.params if field.name in CHOICES}


CHOICES = frozenset(field.name for field in fields(Scope))
