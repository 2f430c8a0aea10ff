"""One reader a source: each goes through the rows of a table and enters them in the ledger."""

from collections.abc import Callable, Mapping

from dashboard.intake.readers import (
    contributions_5w,
    coursera_membership,
    coursera_specializations,
    coursera_usage,
    hub_sessions,
    hubs,
    matches,
    needs,
    offers,
    organisation_names,
    oulad,
    oxcgrt_c1,
    partner_learners,
    partners,
    programme_phases,
    recognitions,
    uis_enrolment,
    unesco_closures,
    unhcr_footnotes,
    unhcr_population,
)
from dashboard.intake.report import Ledger
from dashboard.intake.tabular import Table

READERS: Mapping[str, Callable[[Table, Ledger], None]] = {
    "contributions_5w": contributions_5w.read,
    "coursera_membership": coursera_membership.read,
    "coursera_specializations": coursera_specializations.read,
    "coursera_usage": coursera_usage.read,
    "hub_sessions": hub_sessions.read,
    "hubs": hubs.read,
    "matches": matches.read,
    "needs": needs.read,
    "offers": offers.read,
    "organisation_names": organisation_names.read,
    "oulad": oulad.read,
    "oxcgrt_c1": oxcgrt_c1.read,
    "partner_learners": partner_learners.read,
    "partners": partners.read,
    "programme_phases": programme_phases.read,
    "recognitions": recognitions.read,
    "uis_enrolment": uis_enrolment.read,
    "unesco_closures": unesco_closures.read,
    "unhcr_footnotes": unhcr_footnotes.read,
    "unhcr_population": unhcr_population.read,
}
