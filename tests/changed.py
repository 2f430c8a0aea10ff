"""Three releases that differ by rows a reader can count: learners of four partners, and schools of three countries."""

import datetime
import shutil
from pathlib import Path

import pytest

from dashboard.intake.front_door import import_file
from dashboard.settings import REFERENCE
from dashboard.store.releases import publish_release

DAY = datetime.date
JUNE, JULY = DAY(2019, 6, 30), DAY(2019, 7, 31)
REGISTER = "partner_id,programme_id,learner_id,email,country_host,registered_on,consent"
LEVELS = ("Pre-primary", "Primary", "Secondary", "Tertiary")


def written(folder: Path, name: str, header: str, *rows: str) -> Path:
    file = folder / name
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def agreed(rows: list[str]) -> list[str]:
    return [f"{row},Yes" for row in rows]


def enrolment(folder: Path, name: str, **pupils: int) -> Path:
    """A file in which each country has girls only, and in primary school only."""
    header = ["Country", "ISO3", *(f"{level} ({sex})" for sex in ("both", "female", "male") for level in LEVELS)]
    rows = [",".join(map(str, [iso3, iso3, *(2 * (0, n, 0, 0)), 0, 0, 0, 0])) for iso3, n in pupils.items()]
    return written(folder, name, ",".join(header), *rows)


def fill(store: Path) -> None:
    """Publishes the files of June, those of July, and July's files with another reference: three releases."""
    folder = store.parent / "files"
    folder.mkdir()

    def take(source: str, day: datetime.date, file: Path) -> None:
        assert import_file(store, source, file, day).snapshot

    june = [
        ("alpha", "alpha,kiron_campus,A1,,KEN,2019-01-10", "alpha,kiron_campus,A3,,KEN,2019-03-10"),
        ("beta", "beta,kiron_campus,,someone@example.org,DEU,2019-01-05", "beta,kiron_campus,B2,,DEU,2019-05-01"),
        ("gamma", "gamma,dlsei,G1,,PAK,2019-04-01", "gamma,dlsei,G2,,PAK,2019-04-02"),
        ("delta", "delta,kiron_campus,X1,,DEU,2019-01-06"),
    ]
    for partner, *rows in june:
        take("partner_learners", JUNE, written(folder, f"{partner}_june.csv", REGISTER, *agreed(rows)))
    take("uis_enrolment", DAY(2022, 2, 28), enrolment(folder, "uis_2022.csv", KEN=50, CHN=100, ITA=10))
    closures = "Date,ISO,Country,Scale,Note"
    listed = ["16/03/2020,CHN,China,National,", "16/03/2020,KEN,Kenya,National,", "18/03/2020,KEN,Kenya,National,"]
    listed += ["18/03/2020,CHN,China,National,", "18/03/2020,ITA,Italy,Open,"]
    take("unesco_closures", DAY(2020, 3, 20), written(folder, "closures_20.csv", closures, *listed))
    publish_release(store)

    july = [
        # A3 is gone; A4 registered in July, A5 in May but is told of only now.
        (
            "alpha",
            *("alpha,kiron_campus,A1,,KEN,2019-01-10", "alpha,kiron_campus,A4,,KEN,2019-07-15"),
            "alpha,kiron_campus,A5,,UGA,2019-05-20",
        ),
        # The address belongs to X1, whom delta reports as well.
        ("beta", "beta,kiron_campus,X1,someone@example.org,DEU,2019-01-05", "beta,kiron_campus,B2,,DEU,2019-05-01"),
    ]
    for partner, *rows in july:
        take("partner_learners", JULY, written(folder, f"{partner}_july.csv", REGISTER, *agreed(rows)))
    take("uis_enrolment", DAY(2023, 2, 28), enrolment(folder, "uis_2023.csv", KEN=60, CHN=100, ITA=10))
    listed += ["23/03/2020,ITA,Italy,National,", "23/03/2020,KEN,Kenya,National,", "24/03/2020,CHN,China,Open,"]
    listed += ["24/03/2020,ITA,Italy,National,", "24/03/2020,KEN,Kenya,National,"]
    take("unesco_closures", DAY(2020, 3, 25), written(folder, "closures_25.csv", closures, *listed))
    publish_release(store)

    other = folder / "reference"
    shutil.copytree(REFERENCE, other)
    programmes = (other / "programmes.csv").read_text(encoding="utf-8").splitlines()
    rehearsed = [line.replace(",others,", ",rehearsal,") if line.startswith("dlsei,") else line for line in programmes]
    assert rehearsed != programmes
    (other / "programmes.csv").write_text("\n".join(rehearsed) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("dashboard.warehouse.build.REFERENCE", other)
        publish_release(store)
