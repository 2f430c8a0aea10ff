"""Files that do not meet are named with counts and what to do: registers and reports, ids and the lists of them."""

import datetime
import hashlib

import pytest

from dashboard.actions import import_files
from dashboard.intake import child, front_door
from dashboard.intake.consequences import consequence_of
from dashboard.intake.front_door import Declared, made_ready_together
from dashboard.intake.meeting import Match, Unlisted
from tests.intake.making import as_csv

USAGE = (
    "Email,External Id,Course,Course ID,Enrollment Time,Overall Progress,Completed,Removed From Program,Program Slug,"
    "Program Name"
)
REGISTER = "partner_id,programme_id,learner_id,email,registered_on,consent"
IDS = [f"P-{n:03}" for n in range(20)]
MAILS = [f"u{n}@mail.example" for n in range(20)]
NONE = [""] * 20
DAY = datetime.date(2024, 6, 30)


def usage(ids, emails=NONE, slug="coursera-for-refugees-kiron"):
    rows = [
        [e, i, "C", "c1", "2022-01-03T10:00:00Z", "50", "No", "No", slug, ""] for i, e in zip(ids, emails, strict=False)
    ]
    return "coursera_usage", [USAGE.split(","), *rows]


def register(ids, emails=NONE, partner="kiron"):
    rows = [[partner, "kiron_campus", i, e, "2022-01-05", "Yes"] for i, e in zip(ids, emails, strict=False)]
    return "partner_learners", [REGISTER.split(","), *rows]


def both(first, *others):
    source, rows = first
    return source, [*rows, *(row for _, more in others for row in more[1:])]


@pytest.fixture
def in_process(monkeypatch):
    """Files are read in this process."""
    monkeypatch.setattr(front_door, "run_child", lambda order, progress=None: child.parse(order))


@pytest.fixture
def follows(tmp_path, in_process):
    """What follows from the last of some files, once those before it were imported."""

    def of(*files, partner=""):
        store, paths = tmp_path / "store", []
        for number, (_, rows) in enumerate(files):
            paths.append(tmp_path / f"{number}.csv")
            paths[-1].write_bytes(as_csv(rows))
        for (source, _), path in zip(files[:-1], paths[:-1], strict=True):
            import_files(store, source, [path], captured_on=DAY, and_publish=False, confirmed=True)
        with made_ready_together(store, files[-1][0], paths[-1:], DAY, Declared()) as ready:
            return consequence_of(store, [ready.arrival], partner)

    return of


@pytest.mark.parametrize(
    ("reports", "registered", "found", "is_doubtful"),
    [
        (usage(IDS), register(IDS), 20, False),
        (usage(IDS), register([hashlib.sha256(i.encode()).hexdigest() for i in IDS]), 0, True),
        (usage(IDS), register([f"ID-{i}" for i in IDS]), 0, True),
        (usage([f"{n:06}" for n in range(1, 21)]), register([str(n) for n in range(1, 21)]), 20, False),
        (usage(NONE, MAILS), register(NONE, [mail.upper() for mail in MAILS]), 20, False),
        (usage(IDS), register([*IDS[:1], *(f"Q{n}" for n in range(19))]), 1, True),
        (usage(IDS), register([*IDS[:10], *(f"Q{n}" for n in range(10))]), 10, True),
        (usage(IDS), register([*IDS[:17], *(f"Q{n}" for n in range(3))]), 17, False),
        (register(IDS), usage([f"Q{n}" for n in range(20)]), 0, True),
    ],
)
def test_a_register_that_meets_few_of_the_reports_is_questioned(follows, reports, registered, found, is_doubtful):
    (match,) = follows(reports, registered).found
    assert (match.people, match.found, match.others, match.apart) == (20, found, 20, False)
    assert match.is_doubtful == is_doubtful == ("send that file again" in str(match))
    assert str(match).startswith(f"{found} of 20 people are in the partner's files of {match.source}, which have 20")


def test_a_part_of_the_others_is_no_mismatch(follows):
    assert follows(usage(IDS), register(IDS[:3])).found == (Match("coursera_usage", 3, 3, 20),)
    assert not Match("coursera_usage", 3, 3, 20).is_doubtful and not Match("coursera_usage", 900, 20, 20).is_doubtful


def test_ids_here_and_addresses_there_can_never_meet(follows):
    (match,) = follows(usage(NONE, MAILS), register(IDS)).found
    assert match.apart and "Send it with the column that both have" in str(match)


def test_the_partner_of_several_whose_people_meet_nothing_is_named(follows):
    jesuit = [f"J{n}" for n in range(9)]
    reports = both(usage(IDS), usage([f"Q{n}" for n in range(9)], slug="coursera-for-refugees-jrs"))
    assert follows(reports, both(register(IDS), register(jesuit, partner="jrs"))).found == (
        Match("coursera_usage", 20, 20, 20),
        Match("coursera_usage", 9, 0, 9, "jrs"),
    )


def test_a_partner_with_no_other_file_is_named_to_stewards_and_to_nobody_else(follows):
    assert follows(usage(IDS), register(IDS, partner="jrs")).found == (Match("", 20, 0, partner="jrs"),)


def test_a_partner_does_not_learn_whether_others_have_files(follows):
    assert follows(usage(IDS), register(IDS, partner="jrs"), partner="jrs").found == ()


def test_the_first_file_of_all_meets_nothing_without_a_word(follows):
    assert follows(register(IDS)).found == ()


HUBS = (
    "hubs",
    [
        ["hub_id", "hub", "country_iso3", "latitude", "longitude"],
        *([f"hub_{n}", "H", "KEN", "1", "2"] for n in range(3)),
    ],
)
SESSIONS = "hub_sessions", [
    ["hub_id", "date", "attendance"],
    *(["hub_0", f"2024-02-{n:02}", "9"] for n in range(1, 4)),
    *(["HUB-1", f"2024-02-{n:02}", "9"] for n in range(1, 3)),
    *(["hub_77", f"2024-02-{n:02}", "9"] for n in range(1, 5)),
]  # fmt: skip
LOST = Unlisted("hub_sessions", "hub_id", "hubs", 3, 2, 6, True, (("hub_77", 4), ("HUB-1", 2)), (("HUB-1", "hub_1"),))


@pytest.mark.parametrize("files", [(HUBS, SESSIONS), (SESSIONS, HUBS)])
def test_ids_that_no_list_has_are_named_in_either_order(follows, files):
    (lost,) = follows(*files).unlisted
    assert lost == LOST
    assert str(lost) == (
        "2 of 3 hub_id of hub_sessions, in 6 rows, are not in hubs: hub_77 (4), HUB-1 (2); HUB-1 is written hub_1 there"
        ". Correct them, or send hubs with them."
    )


def test_ids_of_a_list_that_never_came_lead_nowhere(follows):
    assert [str(lost) for lost in follows(SESSIONS).unlisted] == [
        "No file of hubs came in, so 3 hub_id of hub_sessions cannot be looked up"
    ]


def test_matches_of_needs_and_offers_that_nobody_listed(follows):
    need = ["n1", "KEN", "primary", "en", "low-tech", "10", "2020-04-10"]
    needs = "needs", [["need_id", "country_iso3", "level", "language", "tier", "people", "raised_on"], need]
    pairs = [["m1", "n1", "o1", "2020-05-01"], ["m2", "n9", "o1", "2020-05-01"]]
    lost = follows(needs, ("matches", [["match_id", "need_id", "offer_id", "proposed_on"], *pairs])).unlisted
    assert [(entry.column, entry.unlisted, entry.ids, entry.has_list) for entry in lost] == [
        ("need_id", 1, 2, True),
        ("offer_id", 1, 1, False),
    ]


def test_hubs_of_learners_are_counted_and_never_named(follows):
    source, (header, *rows) = register(IDS)
    with_hubs = source, [[*header, "hub_id"], *([*row, "hub_0" if n else "Jane-Doe"] for n, row in enumerate(rows))]
    (lost,) = follows(HUBS, with_hubs).unlisted
    assert (lost.unlisted, lost.ids, lost.rows, lost.names, lost.respelled) == (1, 2, 1, (), ())


def test_a_list_of_hubs_tells_a_partner_nothing_about_learners(follows):
    source, (header, *rows) = register(IDS)
    with_hubs = source, [[*header, "hub_id"], *([*row, "hub_9"] for row in rows)]
    assert follows(with_hubs, HUBS, partner="kiron").unlisted == ()
