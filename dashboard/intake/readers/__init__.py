"""One reader a source: each goes through the rows of a table and enters them in the ledger."""

from collections.abc import Callable, Mapping

from dashboard.intake.readers import (
    coursera_membership,
    coursera_specializations,
    coursera_usage,
    hubs,
    oulad,
    oxcgrt_c1,
    partner_learners,
    programme_phases,
    recognitions,
    uis_enrolment,
    unesco_closures,
    unhcr_population,
)
from dashboard.intake.report import Ledger
from dashboard.intake.tabular import Table

READERS: Mapping[str, Callable[[Table, Ledger], None]] = {
    "coursera_membership": coursera_membership.read,
    "coursera_specializations": coursera_specializations.read,
    "coursera_usage": coursera_usage.read,
    "hubs": hubs.read,
    "oulad": oulad.read,
    "oxcgrt_c1": oxcgrt_c1.read,
    "partner_learners": partner_learners.read,
    "programme_phases": programme_phases.read,
    "recognitions": recognitions.read,
    "uis_enrolment": uis_enrolment.read,
    "unesco_closures": unesco_closures.read,
    "unhcr_population": unhcr_population.read,
}
