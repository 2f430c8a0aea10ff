"""A choice of first and last day."""

import datetime
from contextlib import nullcontext
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.filters import day_within
from dashboard.locales import _
from dashboard.scope import Scope


def choose_period(
    days: pd.DataFrame, scope: Scope, until: datetime.date | None = None, side_by_side: bool = True
) -> Scope:
    """Lets the reader choose a period within the observed days of a record.

    Args:
        days: on_date and is_planned of each day.
        scope: kept, with from_date and to_date set.
        until: last day where the reader chooses none; the latest without it.
        side_by_side: in two columns; else where the page draws next, as in its bar.
    """
    observed = days[~days["is_planned"]]["on_date"]
    earliest, latest = observed.min(), observed.max()
    left, right = st.columns(2) if side_by_side else (nullcontext(), nullcontext())
    with left:
        first = day_within(_("From"), earliest, latest, earliest, "from_date")
    with right:
        last = day_within(_("To"), earliest, latest, min(until or latest, latest), "to_date")
    return replace(scope, from_date=first, to_date=last)
