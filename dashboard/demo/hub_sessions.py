"""The file that whoever runs the hubs would send: sessions that were never held, at the 24 hubs named in 2013."""

import datetime
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from dashboard.demo.files import MARK, SEED
from dashboard.demo.learners import AS_OF, HUBS_BEGAN
from dashboard.demo.people import DAY, catalogue
from dashboard.reference.carried import read_rows, write_rows

# Days before the newest day on which sessions ended; the others go on. Learners are seen at most hubs until then.
LAST_SESSION = {"glh-2013-santiago": 95, "glh-2013-shanghai": 200, "glh-2013-hanoi": 640, "glh-2013-mountain-view": 30}
# Days before it on which a hub was stated to have closed.
CLOSED = {"glh-2013-manila": 690, "glh-2013-port-louis": 9}
KINDS = (("discussion", 46), ("tutoring", 30), ("project", 17), ("other", 7))
FACILITATORS = (("0", 6), ("1", 62), ("2", 24), ("", 8))
COURSES_A_HUB = 4
HEADER = ["hub_id", "session_id", "held_on", "kind", "course", "hours", "facilitators", "attendance", "women"]


def write_hub_sessions(folder: Path) -> Path:
    """Writes one file with the sessions of all hubs until the demonstration's newest day."""
    rows: list[Sequence[object]] = [[MARK + " sessions"], HEADER]
    courses = [course.name for course in catalogue(random.Random(SEED)) if course.kind == "Course"]
    for number, hub in enumerate(read_rows("hubs.csv")):
        rows += _of_hub(hub["hub_id"], courses, random.Random(SEED + 100 + number))
    return write_rows(folder / f"demonstration_hub_sessions_{AS_OF}.csv", rows)


def _of_hub(hub_id: str, courses: Sequence[str], rng: random.Random) -> Iterator[Sequence[object]]:
    """Sessions every one to five weeks, fewer around the turn of the year, and the closing where there was one."""
    closed = AS_OF - DAY * CLOSED[hub_id] if hub_id in CLOSED else None
    until = closed or AS_OF - DAY * LAST_SESSION.get(hub_id, rng.randrange(12))
    size, pace = rng.randrange(6, 26), rng.randrange(7, 30)
    mine = rng.sample(courses, COURSES_A_HUB)
    day = HUBS_BEGAN + DAY * rng.randrange(10, 90)
    yield [hub_id, "1", day, "introduction", "", 1, 1, size + 4, (size + 4) // 2]
    while day < until:
        day += DAY * max(3, round(rng.gauss(pace, pace / 3)))
        if day > until or (day.month == 12 and day.day > 19):
            continue
        yield _session(hub_id, day, mine, size, rng)
    if not closed:
        yield _session(hub_id, until, mine, size, rng, "2")
    else:
        yield [hub_id, "", closed, "closing", *[""] * 5]


def _session(
    hub_id: str, day: datetime.date, courses: Sequence[str], size: int, rng: random.Random, session_id: str = "1"
) -> Sequence[object]:
    came = max(0, round(rng.gauss(size, size / 3)))
    return [
        hub_id,
        session_id,
        day,
        _weighted_choice(KINDS, rng),
        rng.choices(courses, (6, 3, 2, 1))[0] if rng.random() < 0.9 else "",
        rng.choice([1, 1.5, 2, 2, 2, 3]),
        _weighted_choice(FACILITATORS, rng),
        came,
        min(came, round(came * rng.uniform(0.2, 0.7))) if rng.random() < 0.8 else "",
    ]


def _weighted_choice(weighted: Sequence[tuple[str, int]], rng: random.Random) -> str:
    return rng.choices([word for word, _ in weighted], [weight for _, weight in weighted])[0]
