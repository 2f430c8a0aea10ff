"""What fills the stores that most tests read: the fixtures, and the real files where they are."""

import datetime
from pathlib import Path

from dashboard.intake.front_door import import_file
from dashboard.store.releases import publish_release
from dashboard.warehouse.catalog import sources

FIXTURES = Path(__file__).parent / "fixtures"
NEWEST = datetime.date(2019, 12, 31)
# Which source each fixture is a file of, and the day on which it stood so.
CAPTURED = {
    "unesco_closures": datetime.date(2020, 3, 20),
    "uis_enrolment": datetime.date(2022, 2, 28),
    "oxcgrt_c1": datetime.date(2020, 3, 20),
    "unhcr_population": datetime.date(2024, 7, 21),
    "unhcr_footnotes": datetime.date(2024, 7, 21),
    "hubs": datetime.date(2013, 10, 31),
    "offers": datetime.date(2020, 3, 20),
    "needs": datetime.date(2020, 3, 20),
    "matches": datetime.date(2020, 3, 20),
    "hub_sessions": NEWEST,
    "coursera_usage": NEWEST,
    "coursera_membership": NEWEST,
    "coursera_specializations": NEWEST,
    "partner_learners": NEWEST,
    "recognitions": NEWEST,
    "partners": NEWEST,
    "contributions_5w": NEWEST,
    "organisation_names": NEWEST,
    "programme_phases": NEWEST,
    "oulad_registration": datetime.date(2017, 11, 28),
    "oulad_outcome": datetime.date(2017, 11, 28),
    "oulad_presentation": datetime.date(2017, 11, 28),
}


def demonstration(store: Path) -> None:
    """The demonstration, by the same call as `coalition demo`."""
    from dashboard.demo import fill

    fill(store, lambda _line: None)


def small(store: Path) -> None:
    """One file a source, of tests/fixtures."""
    for name, day in CAPTURED.items():
        import_file(store, name if name in sources() else "oulad", FIXTURES / f"{name}.csv", day)
    publish_release(store)


def real(store: Path, shared: Path) -> None:
    """Every real file: six captures of closures, enrolment, Oxford, UNHCR."""
    for file in sorted((shared / "unesco_closures").glob("*.csv")):
        import_file(store, "unesco_closures", file)
    import_file(store, "uis_enrolment", next((shared / "unesco_enrolment").glob("*.xlsx")))
    import_file(store, "oxcgrt_c1", next((shared / "oxcgrt").glob("*.csv")))
    import_file(store, "unhcr_population", shared / "unhcr" / "population.csv")
    import_file(store, "unhcr_footnotes", shared / "unhcr" / "footnotes.csv", datetime.date(2024, 7, 21))
    for file in sorted((shared / "oulad").glob("*.csv")):
        import_file(store, "oulad", file)
    publish_release(store)
