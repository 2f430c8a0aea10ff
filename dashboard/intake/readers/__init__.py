"""One reader a source: each goes through the rows of a table and enters them in the ledger."""

from collections.abc import Callable, Mapping

from dashboard.intake.readers import hubs, oxcgrt_c1, uis_enrolment, unesco_closures, unhcr_population
from dashboard.intake.report import Ledger
from dashboard.intake.tabular import Table

READERS: Mapping[str, Callable[[Table, Ledger], None]] = {
    "hubs": hubs.read,
    "oxcgrt_c1": oxcgrt_c1.read,
    "uis_enrolment": uis_enrolment.read,
    "unesco_closures": unesco_closures.read,
    "unhcr_population": unhcr_population.read,
}
