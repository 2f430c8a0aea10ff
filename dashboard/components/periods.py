"""A choice of first and last day."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.locales import _
from dashboard.scope import Scope


def choose_period(days: pd.DataFrame, scope: Scope) -> Scope:
    """Lets the reader choose a period within the observed days of a record.

    Args:
        days: on_date and is_planned of each day.
        scope: kept, with from_date and to_date set.
    """
    observed = days[~days["is_planned"]]["on_date"]
    limits = {"min_value": observed.min(), "max_value": observed.max()}
    left, right = st.columns(2)
    with left:
        first = st.date_input(_("From"), observed.min(), key="from_date", bind="query-params", **limits)
    with right:
        last = st.date_input(_("To, included"), observed.max(), key="to_date", bind="query-params", **limits)
    return replace(scope, from_date=first, to_date=last)
