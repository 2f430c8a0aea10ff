"""The files that partners would send of the invented learners: Coursera's layouts, registers, recognitions, phases."""

import csv
import datetime
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.demo.files import MARK, SEED, Facts
from dashboard.demo.people import (
    BEGAN,
    DAY,
    DLSEI_LEARNERS,
    NEVER_STARTED,
    STATED,
    Course,
    Person,
    Run,
    catalogue,
    hub_learning,
    pakistan_learning,
    refugees_learning,
)
from dashboard.reference.carried import read_rows, write_rows

AS_OF = STATED[2].on
EARLIER = STATED[1].on
# HEC's statements of August 2021, December 2022 and January 2023; days within a year and the split are simulated.
PHASES = (
    ("I", datetime.date(2018, 9, 1), datetime.date(2020, 12, 31), 3_400),
    ("II", datetime.date(2021, 8, 24), datetime.date(2022, 11, 30), DLSEI_LEARNERS - 3_400),
    ("III", datetime.date(2023, 1, 1), datetime.date(2023, 7, 31), 7_300),
)
PHASE_SEATS, PHASE_TARGETS = (5_000, 12_000, 20_000), (4_000, 8_000, 20_000)
COURSES, PROJECTS = 5_300, 3_400
DOMAINS = (
    "Arts and Humanities",
    "Business",
    "Computer Science",
    "Data Science",
    "Health",
    "Information Technology",
    "Language Learning",
    "Math and Logic",
    "Personal Development",
    "Physical Science and Engineering",
    "Social Sciences",
)
DLSEI_AS_OF = datetime.date(2023, 6, 30)
HUBS_BEGAN = datetime.date(2013, 10, 31)
UNIVERSITIES = (("DEU", 31), ("FRA", 8), ("ITA", 6), ("JOR", 5), ("GBR", 4), ("TUR", 3), ("USA", 2), ("LBN", 1))
REQUESTS = 460
REASONS = ("content", "content", "level", "documents", "deadline", "no place", "other")
GIVEN = ("ليلى", "محمد", "فاطمة", "يوسف", "伟", "静", "Амина", "Joseph", "Marie-Claire", "O'Neil", "نور", "李娜")

V1 = [
    "Name",
    "Email",
    "External Id",
    "Course",
    "Course ID",
    "Course Slug",
    "University",
    "Enrollment Time",
    "Class Start Time",
    "Last Course Activity Time",
    "Overall Progress",
    "Estimated Learning Hours",
    "Completed",
    "Removed From Program",
    "Program Slug",
    "Program Name",
    "Enrollment Source",
    "Completion Time",
    "Course Grade",
]
V2 = [
    *V1[:9],
    "Class End Time",
    *V1[9:],
    "Course Certificate URL",
    "For Credit",
    "Course Type",
    "Job Title",
    "Job Type",
]
V2_28 = [*V2, "Location City", "Location Region", "Location Country"]
V2_27 = [h for h in V2 if h != "For Credit"] + ["Business Unit", "Business Unit 2", "Location City"]
EXPORT_25 = [
    *V2_28[:12],
    "Total Estimated Learning Hours (since enrolled)",
    *V2_28[13:17],
    "Collection Name",
    "Collection ID",
    "Completion Time",
    "Course Grade",
    "Course Certificate URL",
    "Contract",
    "Is Enterprise Contract Active",
    "Learning Hours",
]
SUBSET_18 = [
    "Name",
    "Email",
    "Course",
    "Course ID",
    "Course Slug",
    "University",
    "Enrollment Time",
    "Last Course Activity Time",
    "Overall Progress",
    "Total Estimated Learning Hours (since enrolled)",
    "Completed",
    "Removed From Program",
    "Program Name",
    "Completion Time",
    "Course Grade",
    "Course Certificate URL",
    "Learning Hours",
    "Course Type",
]
LAYOUTS = (V1, V2_28, V2_27, EXPORT_25, SUBSET_18)


@dataclass(frozen=True)
class Sent:
    """A file that was sent: its source, and where it lies. Its name states the day of capture, and if it is a part."""

    source: str
    file: Path


def write_learners(known: Facts, folder: Path) -> tuple[list[Sent], list[Sent]]:
    """Writes every file about learners; those of an earlier export come first, the others replace them."""
    courses = catalogue(random.Random(SEED))
    refugees = refugees_learning(known, courses)
    earlier = list(_of_refugees(refugees, courses, EARLIER, folder))
    newest = list(_of_refugees(refugees, courses, AS_OF, folder))
    newest += [_membership(known, folder), _awards(refugees, folder), _recognitions(refugees, folder)]
    newest += [*_of_pakistan(courses, folder), *_of_hubs(courses, folder), _phases(folder)]
    return earlier, newest


def _of_refugees(
    people: Sequence[Person], courses: Sequence[Course], as_of: datetime.date, folder: Path
) -> Iterator[Sent]:
    """Five usage reports, one for each layout, Kiron's own report, and the partners' register."""
    partners = sorted({person.partner for person in people})
    for number, layout in enumerate(LAYOUTS):
        ours = [partner for at, partner in enumerate(partners) if at % len(LAYOUTS) == number]
        reports = [
            (person, run, f"coursera-for-refugees-{partner}")
            for person in people
            for partner in (person.partner, person.other_partner)
            if partner in ours
            for run in person.runs
        ]
        file = folder / f"demonstration_coursera_usage_{number + 1}_{as_of}.csv"
        yield Sent("coursera_usage", _usage(file, layout, reports, courses, as_of, naive=number == 2))
    of_kiron = [(person, run, "kiron-campus") for person in people if person.partner == "kiron" for run in person.runs]
    file = folder / f"demonstration_coursera_usage_kiron_campus_{as_of}.csv"
    yield Sent("coursera_usage", _usage(file, V2_27, of_kiron, courses, as_of))
    registered = [
        (person, partner, programme)
        for person in people
        if person.is_on_register and person.reached <= as_of
        for partner, programme in (
            (person.partner, "coursera_for_refugees"),
            (person.other_partner, "coursera_for_refugees"),
            (person.partner if person.partner == "kiron" else "", "kiron_campus"),
        )
        if partner
    ]
    yield Sent(
        "partner_learners", _register(folder / f"demonstration_partner_learners_{as_of}.csv", registered, "R", as_of)
    )


def _of_pakistan(courses: Sequence[Course], folder: Path) -> Iterator[Sent]:
    """One export in two parts, since it would be large, and a register."""
    people = pakistan_learning(courses, [(first, min(last, DLSEI_AS_OF), n) for _, first, last, n in PHASES])
    half = DLSEI_LEARNERS
    for number, half_of_people in enumerate((people[:half], people[half:]), start=1):
        reports = [(person, run, "dlsei-hec-pakistan") for person in half_of_people for run in person.runs]
        file = folder / f"demonstration_coursera_usage_dlsei_part_{number}_{DLSEI_AS_OF}.csv"
        layout = V2_28 if number == 1 else EXPORT_25
        yield Sent("coursera_usage", _usage(file, layout, reports, courses, DLSEI_AS_OF, letter="D"))
    registered = [(person, "hec_pakistan", "dlsei") for person in people]
    file = folder / f"demonstration_partner_learners_dlsei_{DLSEI_AS_OF}.csv"
    yield Sent("partner_learners", _register(file, registered, "D", DLSEI_AS_OF))


def _of_hubs(courses: Sequence[Course], folder: Path) -> Iterator[Sent]:
    people = hub_learning(read_rows("hubs.csv"), courses, HUBS_BEGAN, AS_OF)
    reports = [(person, run, "global-learning-hubs") for person in people for run in person.runs]
    file = folder / f"demonstration_coursera_usage_hubs_{AS_OF}.csv"
    yield Sent("coursera_usage", _usage(file, V1, reports, courses, AS_OF, letter="H"))
    registered = [(person, "us_department_of_state", "global_learning_hubs") for person in people]
    file = folder / f"demonstration_partner_learners_hubs_{AS_OF}.csv"
    yield Sent("partner_learners", _register(file, registered, "H", AS_OF))


def _usage(
    file: Path,
    layout: Sequence[str],
    reports: Iterable[tuple[Person, Run, str]],
    courses: Sequence[Course],
    as_of: datetime.date,
    naive: bool = False,
    letter: str = "R",
) -> Path:
    """A usage report as it stood on a day, with the faults that real ones have: some rows that must be set aside."""
    time = _naive if naive else _zulu
    rows: list[list[str]] = [[MARK + " learners"], list(layout)]
    for person, run, slug in reports:
        if run.enrolled > as_of or person.reached > as_of or (run.is_reported_late and as_of < AS_OF):
            continue
        cells = _cells(person, run, slug, courses[run.course], as_of, time, letter)
        rows.append([cells.get(header, "") for header in layout])
        if len(rows) % 4_000 == 0:  # a fault, beside the sound row
            rows.append([{**cells, "Overall Progress": "137"}.get(header, "") for header in layout])
            rows.append([{**cells, "Email": "", "External Id": "", "External ID": ""}.get(h, "") for h in layout])
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    return file


def _cells(
    person: Person, run: Run, slug: str, course: Course, as_of: datetime.date, time: Callable, letter: str
) -> dict[str, str]:
    done = run.done if run.done and run.done <= as_of else None
    last = min(run.last, as_of) if run.last else None
    key = _id(person, letter)
    # Some reports leave the id blank: the address, which the register gives beside the id, links them.
    id_ = "" if person.is_on_register and person.number % 9 == 0 and not person.other_partner else key
    certificate = f"https://coursera.example/verify/{key}-{course.number}" if done and not run.is_audit else ""
    return {
        "Name": _name(person),
        "Email": _email(person, letter),
        "External Id": id_,
        "External ID": id_,
        "Course": course.name,
        "Course ID": f"course-{course.number:03}",
        "Course Slug": f"course-{course.number:03}",
        "University": "A university (simulated)",
        "Enrollment Time": time(run.enrolled, person.number),
        "Class Start Time": time(run.opened, 0),
        "Class End Time": time(run.opened + 180 * DAY, 0),
        "Last Course Activity Time": time(last, person.number) if last else "",
        "Overall Progress": str(100 if done else min(run.progress, 99)),
        "Estimated Learning Hours": str(run.hours),
        "Total Estimated Learning Hours (since enrolled)": str(run.hours),
        "Learning Hours": str(round(run.hours * 3) / 4) if person.number % 3 else "",
        "Completed": "Yes" if done else "No",
        "Removed From Program": "Yes" if run.has_left and not done and last and last < as_of else "No",
        "Program Slug": slug,
        "Program Name": slug.replace("-", " ").title(),
        "Enrollment Source": "AUDIT" if run.is_audit else "PROGRAM",
        "Completion Time": time(done, person.number) if done else "",
        "Course Grade": "",
        "Course Certificate URL": certificate,
        "For Credit": "No",
        "Course Type": course.kind,
        "Location Country": person.host,
    }


def _register(file: Path, people: Iterable[tuple[Person, str, str]], letter: str, as_of: datetime.date) -> Path:
    header = [
        "partner_id",
        "programme_id",
        "learner_id",
        "email",
        "name",
        "country_origin",
        "country_host",
        "sex",
        "age_band",
        "education",
        "registered_on",
        "withdrawn_on",
        "hub_id",
        "intent",
        "consent",
        "hours",
        "hours_basis",
    ]
    rows: list[Sequence[object]] = [[MARK + " learners"], header]
    for person, partner, programme in people:
        registered = min([person.reached - DAY * (person.number % 12), *(run.enrolled for run in person.runs)])
        attested = (
            person.number % 5 == 0 and programme in ("global_learning_hubs", "dlsei") and person.reached.year >= 2023
        )
        attested = attested or (person.number % 3 == 0 and programme == "global_learning_hubs")
        rows.append(
            [
                partner,
                programme,
                _id(person, letter),
                _email(person, letter),
                _name(person),
                person.origin,
                person.host,
                person.sex,
                person.age,
                person.education,
                max(registered, HUBS_BEGAN),
                "",
                person.hub,
                person.intent,
                "Yes",
                round(sum(run.hours for run in person.runs)) if attested else "",
                "attested" if attested else "",
            ]
        )
    without_consent = [
        "kiron",
        "coursera_for_refugees",
        "R-no",
        "",
        _name_of(3),
        "",
        "",
        "",
        "",
        "",
        as_of,
        *[""] * 3,
        "No",
    ]
    if letter == "R":
        rows += [[*without_consent, "", ""]] * 2
    return write_rows(file, rows)


def _membership(known: Facts, folder: Path) -> Sent:
    """Members who joined and never enrolled, and some who were only invited."""
    rng = random.Random(SEED + 3)
    hosts = sorted((c for c in known.countries.values() if c.refugees), key=lambda c: -c.refugees)[:60]
    header = "Name,Email,External Id,Program Name,Program Slug,# Enrolled Courses,# Completed Courses,Member State,"
    header += "Join Date,"
    header += (
        "Invitation Date,Latest Program Activity Date,Job Title,Job Type,Location City,Location Region,Location Country"
    )
    rows: list[Sequence[object]] = [[MARK + " learners"], header.split(",")]
    for number in range(NEVER_STARTED + 400):
        slug = f"coursera-for-refugees-demonstration-partner-{rng.randrange(2, 22):02}"
        invited = BEGAN + DAY * rng.randrange((AS_OF - BEGAN).days - 20)
        joined = number < NEVER_STARTED
        rows.append(
            [
                _name_of(number),
                f"member{number}@example.org",
                f"M-{number:06}",
                slug.replace("-", " ").title(),
                slug,
                0,
                0,
                "MEMBER" if joined else "INVITED",
                _zulu(invited + DAY * rng.randrange(15), number) if joined else "",
                _zulu(invited, number),
                "",
                "",
                "",
                "",
                "",
                rng.choice(hosts).iso3 if number % 10 else "",
            ]
        )
    return Sent("coursera_membership", write_rows(folder / f"demonstration_coursera_membership_{AS_OF}.csv", rows))


def _awards(people: Sequence[Person], folder: Path) -> Sent:
    """Specialisations of learners with three certificates or more: stacked on what is counted already."""
    header = "Name,Email,External Id,Specialization,Specialization Slug,University,Enrollment Time,"
    header += "Last Specialization Activity Time,# Completed Courses,# Courses in Specialization,Completed,"
    header += "Removed From Program,"
    header += (
        "Program Slug,Program Name,Enrollment Source,Specialization Completion Time,Specialization Certificate URL,"
    )
    header += "Job Title,Job Type,Location City,Location Region,Location Country"
    rows: list[Sequence[object]] = [[MARK + " learners"], header.split(",")]
    for person in people:
        done = sorted(run.done for run in person.runs if run.done and not run.is_audit)
        if len(done) < 3:
            continue
        kind = "Specialization (simulated)" if person.number % 4 else "Professional Certificate (simulated)"
        slug = f"coursera-for-refugees-{person.partner}"
        has = person.number % 5 != 0
        rows.append(
            [
                _name(person),
                _email(person, "R"),
                _id(person, "R"),
                f"{SUBJECT_OF[person.number % 3]} {kind}",
                "",
                "",
                _zulu(person.runs[0].enrolled, 0),
                "",
                len(done),
                5,
                "Yes" if has else "No",
                "No",
                slug,
                slug.replace("-", " ").title(),
                "PROGRAM",
                _zulu(done[-1], 0) if has else "",
                f"https://coursera.example/verify/s-{person.number}" if has else "",
                "",
                "",
                "",
                "",
                "",
            ]
        )
    return Sent(
        "coursera_specializations", write_rows(folder / f"demonstration_coursera_specializations_{AS_OF}.csv", rows)
    )


def _recognitions(people: Sequence[Person], folder: Path) -> Sent:
    """Agreements of Kiron with universities, as many as stated, and requests of its learners."""
    rng = random.Random(SEED + 4)
    header = [
        "partner_id",
        "programme_id",
        "learner_id",
        "name",
        "credential",
        "university",
        "university_country",
        "agreement_on",
        "requested_on",
        "decided_on",
        "decision",
        "reason",
        "ects_requested",
        "ects_awarded",
        "transferred_on",
    ]
    rows: list[Sequence[object]] = [[MARK + " learners and universities"], header]
    signed = [(f"University {iso3} {n + 1} (simulated)", iso3) for iso3, count in UNIVERSITIES for n in range(count)]
    for university, iso3 in signed:
        day = BEGAN + DAY * rng.randrange((AS_OF - BEGAN).days)
        rows.append(["kiron", "kiron_campus", "", "", "", university, iso3, day, *[""] * 7])
    holders = [(p, r) for p in people if p.partner == "kiron" for r in p.runs if r.done and r.done < AS_OF - 20 * DAY]
    for person, run in rng.sample(holders, REQUESTS):
        assert run.done
        university, iso3 = rng.choices(signed, [1 / (n + 1) for n in range(len(signed))])[0]
        requested = run.done + DAY * rng.randrange(5, 21)
        decided: datetime.date | None = requested + DAY * int(rng.lognormvariate(4.0, 0.5))
        decision, reason, awarded, transferred = "", "", "", ""
        ects = rng.choice([2, 3, 5, 5, 6])
        if requested > AS_OF:
            continue
        if decided and decided > AS_OF:
            decided = None
        elif rng.random() < 0.68:
            decision, awarded = "recognised", str(ects if rng.random() < 0.8 else ects - 1)
            moved = (decided or AS_OF) + DAY * rng.randrange(20, 200)
            transferred = str(moved) if moved <= AS_OF and rng.random() < 0.4 else ""
        else:
            decision, reason = "refused", rng.choice(REASONS)
        rows.append(
            [
                "kiron",
                "kiron_campus",
                _id(person, "R"),
                _name(person),
                f"course-{run.course:03}",
                university,
                iso3,
                "",
                requested,
                decided or "",
                decision,
                reason,
                ects,
                awarded,
                transferred,
            ]
        )
    return Sent("recognitions", write_rows(folder / f"demonstration_recognitions_{AS_OF}.csv", rows))


def _phases(folder: Path) -> Sent:
    rng = random.Random(SEED + 5)
    header = [
        "programme_id",
        "phase",
        "began_on",
        "ended_on",
        "seats",
        "target_learners",
        "target_completions",
        "target_hours",
        "domain",
        "courses",
        "guided_projects",
    ]
    rows: list[Sequence[object]] = [[MARK + " seats, targets and split"], header]
    for (phase, first, last, _), seats, target in zip(PHASES, PHASE_SEATS, PHASE_TARGETS, strict=True):
        rows.append(["dlsei", phase, first, last, seats, target, target, target * 20, "", "", ""])
    split = list(zip(DOMAINS, _split(COURSES, rng), _split(PROJECTS, rng), strict=True))
    rows += [["dlsei", "III", *PHASES[2][1:3], "", "", "", "", *row] for row in split]
    return Sent("programme_phases", write_rows(folder / f"demonstration_programme_phases_{DLSEI_AS_OF}.csv", rows))


def _split(total: int, rng: random.Random) -> list[int]:
    """The total in as many parts as there are domains."""
    weights = [rng.uniform(0.4, 2.0) for _ in DOMAINS]
    shares = [int(total * weight / sum(weights)) for weight in weights]
    shares[0] += total - sum(shares)
    return shares


SUBJECT_OF = ("Data science", "Business", "Programming")


def _id(person: Person, letter: str) -> str:
    return f"{letter}-{person.number:06}"


def _email(person: Person, letter: str) -> str:
    return f"{letter.lower()}{person.number}@example.org"


def _name(person: Person) -> str:
    return _name_of(person.number)


def _name_of(number: int) -> str:
    """A name in one of several scripts, some with a comma or a line break in it, as real ones come."""
    given_name = GIVEN[number % len(GIVEN)]
    if number % 397 == 0:
        return f"{given_name}\n(demonstration)"
    return f"{given_name}, demonstration" if number % 31 == 0 else f"{given_name} {number}"


def _zulu(day: datetime.date, salt: int) -> str:
    return f"{day}T{6 + salt % 12:02}:{salt % 60:02}:00.000Z"


def _naive(day: datetime.date, salt: int) -> str:
    return f"{day} {6 + salt % 12:02}:{salt % 60:02}:00"
