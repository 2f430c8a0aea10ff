"""Verified completion from intake to intake: which intakes may be compared, how they differ, and their chart."""

from typing import Any

import pandas as pd

from dashboard.charts.intervals import interval_figure
from dashboard.components.verdicts import Verdict, verdict
from dashboard.locales import _
from dashboard.locales.numbers import between, share, whole

BY_QUARTER = "cohorts/completion_by_quarter"


def enough(intakes: pd.DataFrame) -> pd.DataFrame:
    """The intakes of which a share may be stated: 30 course runs or more, and none hidden."""
    return intakes[~intakes["is_small"].fillna(True).astype(bool)].dropna(subset=["share_verified"])


def trend(intakes: pd.DataFrame) -> tuple[Verdict, dict[str, str]]:
    """Whether the last intake differs from the first by more than chance, and the shares of both in words."""
    rows = intakes.to_dict("records")
    if len(rows) < 2:
        return Verdict.TOO_FEW, {}
    first, last = rows[0], rows[-1]
    difference = verdict(
        last["share_low"], last["share_high"], first["share_low"], first["share_high"], last["verified_matured"]
    )
    return difference, {"first": share(first["share_verified"]), "last": share(last["share_verified"])}


def quarter(row: Any) -> str:
    """The quarter of an intake, as in 2019 Q2."""
    return _("{year} Q{quarter}").format(year=row.quarter.year, quarter=(row.quarter.month + 2) // 3)


def intakes_figure(intakes: pd.DataFrame) -> dict[str, Any]:
    """The share of course runs of each intake that were completed, with its interval."""
    return interval_figure(
        intakes,
        [quarter(row) for row in intakes.itertuples()],
        "share_verified",
        "share_low",
        "share_high",
        _("Completed within 180 days"),
        [
            _("{share} ({interval}) of {runs} course runs").format(
                share=share(row.share_verified),
                interval=between(row.share_low, row.share_high),
                runs=whole(row.verified_matured),
            )
            for row in intakes.itertuples()
        ],
    )
