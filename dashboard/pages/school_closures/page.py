"""School closures: which countries' schools are closed on a day, and how many learners that affects."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.figures import Figure, Words, figure, table_figure
from dashboard.components.periods import choose_period
from dashboard.components.tables import lazy_table, show_table, stop_if_empty
from dashboard.locales import _
from dashboard.pages.school_closures.charts import oxford_figure, time_figure, weeks_figure
from dashboard.pages.school_closures.panels import (
    choose_capture,
    choose_definition,
    closures_on_a_day,
    compare_days,
    published_in_words,
    series_words,
)
from dashboard.pages.school_closures.real_record import offer_real_record
from dashboard.scope import Scope
from dashboard.session import ask

st.title(_("School closures"))
st.write(
    _(
        "During the COVID-19 pandemic UNESCO recorded, day by day, which countries had closed their schools. "
        "See the world on any day, how many learners were affected, and what was known at the time."
    )
)
notices.demonstration("unesco_closures", "oxcgrt_c1")
stop_if_empty(
    ask("school_closures/captures"),
    _("No record of school closures is in this release. A steward can bring one in on the page Upload."),
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    capture = choose_capture()
    definition, weight = choose_definition()
scope = Scope(as_captured_on=capture.as_captured_on, partial_weight=weight)

closures_on_a_day(scope, definition)

by_day = ask("school_closures/affected_by_day", scope)
points = ask("school_closures/published_points")
figure(
    Figure(
        "school_closures/affected_by_day",
        scope,
        time_figure(by_day, definition, points, series_words()[definition]),
        Words(
            _("Learners affected, day by day"),
            lead=published_in_words(),
            alt=_("Line of affected learners from day to day, with the figures published at the time as diamonds."),
        ),
    )
)
lazy_table(
    _("The published figures, each with its source"),
    "school_closures/published_points",
    scope,
    ["on_date", "publisher", "learners_affected", "share_affected", "countries_closed", "source"],
)

st.header(_("Weeks closed"), divider="gray")
period = choose_period(by_day, scope)
figure(
    Figure(
        "school_closures/weeks_by_region",
        period,
        weeks_figure(ask("school_closures/weeks_by_region", period)),
        Words(
            _("Weeks closed in each region, mean over learners"),
            alt=_("Bars of weeks closed and weeks partially open in each sub-region."),
        ),
    )
)
table_figure(
    Figure(
        "school_closures/weeks_by_country",
        period,
        lambda: show_table("school_closures/weeks_by_country", period, key="weeks"),
        Words(
            _("Weeks closed in each country"),
            alt=_("Table of weeks closed, partially open and on academic break in each country."),
        ),
    )
)

st.header(_("Compare two days"), divider="gray")
compare_days(scope)

st.header(_("The Oxford tracker beside it"), divider="gray")
figure(
    Figure(
        "school_closures/oxcgrt_by_day",
        scope,
        oxford_figure(ask("school_closures/oxcgrt_by_day"), by_day),
        Words(
            _("Countries with required school closing"),
            lead=_(
                "The Oxford tracker (C1) records the strictest rule in any part of a country and knows no academic break. "
                "The two records answer different questions, so they stand side by side and are never merged."
            ),
            alt=_("Lines of countries by the Oxford tracker's scale and by UNESCO's status."),
        ),
        beside=("school_closures/affected_by_day",),
    )
)

offer_real_record("unesco_closures")
