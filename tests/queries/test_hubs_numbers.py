"""Learning hubs, worked by hand from tests/fixtures.

b (Rome): three sessions, the last on 30 December 2018, 60 days before 28 February 2019 and 366 before the newest file,
of 31 December 2019. a (Nairobi): P1 learns there on 10 January and 10 February 2019; a session on 5 November,
said to have closed on the 20th; one planned for January 2020. z is on no register; P6's h-1 neither.
"""

import datetime
from functools import cache

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer, answering_viewer, holdings, open_answers
from dashboard.intake.front_door import check_file, import_file
from dashboard.store.releases import open_release, publish_release
from tests.conftest import FIXTURES, NEWEST
from tests.exact import exact_answers

DAY = datetime.date
OWNER, OTHER = Viewer("partner", "us_department_of_state"), Viewer("partner", "kiron")


def statuses(ask, on_date):
    return {row["hub_id"]: row["status"] for row in ask("learning_hubs/vitality", on_date=on_date)}


@pytest.mark.parametrize(
    ("on_date", "rome"),
    [
        ("2018-11-14", "unknown"),  # before its first session
        ("2018-11-15", "active"),
        ("2019-02-28", "active"),  # 60 days
        ("2019-03-01", "dormant"),  # 61
        ("2019-12-30", "dormant"),  # 365
        ("2019-12-31", "unknown"),  # 366
    ],
)
def test_a_hub_is_active_for_60_days_and_dormant_for_365(ask, on_date, rome):
    assert statuses(ask, on_date)["b"] == rome


@pytest.mark.parametrize(
    ("on_date", "nairobi"),
    [
        ("2019-04-11", "active"),  # P1 was seen 60 days before
        ("2019-04-12", "dormant"),
        ("2019-11-19", "active"),  # a session 14 days before
        ("2019-11-20", "closed"),  # stated, though the session is only 15 days ago
        ("2019-12-31", "closed"),
    ],
)
def test_learners_are_signs_of_life_and_closed_is_only_what_is_stated(ask, on_date, nairobi):
    assert statuses(ask, on_date)["a"] == nairobi


def test_a_session_after_the_closing_opens_the_hub_again(tmp_path):
    file = tmp_path / "hub_sessions_2019-12-31.csv"
    file.write_text(
        "hub_id,held_on,kind,attendance\na,2019-10-01,closing,\na,2019-12-01,tutoring,5\nb,2019-12-01,closing,\n",
        encoding="utf-8",
    )
    store = tmp_path / "store"
    import_file(store, "hubs", FIXTURES / "hubs.csv", DAY(2013, 10, 31))
    import_file(store, "hub_sessions", file, NEWEST)
    with exact_answers(store) as answers:
        found = {row["hub_id"]: row["status"] for row in answers.ask("learning_hubs/vitality", {}).to_pylist()}
    assert found == {"a": "active", "b": "closed"}


def test_the_days_of_learners_are_shown_as_months_only(ask):
    (row,) = ask("learning_hubs/vitality", hub_id="a")
    assert row["last_learning_month"] == DAY(2019, 2, 1) and row["last_session_on"] == DAY(2019, 11, 5)
    assert row["closed_on"] == DAY(2019, 11, 20) and row["as_of_on"] == NEWEST and row["sessions"] == 1


def test_announced_named_and_evidenced_are_three_counts_and_alive_is_a_part(ask):
    counts = ask("learning_hubs/counts")[0]
    assert (counts["hubs_announced"], counts["hubs_named"]) == (30, 2)
    alive = {
        day: tuple(ask("learning_hubs/evidence", on_date=day)[0].values())[:2]
        for day in ("2018-11-14", "2019-02-28", "2019-03-01", "2019-11-20", "2030-01-01")
    }
    assert alive == {
        "2018-11-14": (0, 0),
        "2019-02-28": (2, 2),
        "2019-03-01": (2, 1),  # Rome is dormant
        "2019-11-20": (2, 0),  # and Nairobi closed
        "2030-01-01": (2, 0),  # no later than the newest file
    }
    assert ask("learning_hubs/evidence")[0]["as_of_on"] == NEWEST


def test_the_overview_counts_as_alive_what_the_hubs_page_calls_active(ask):
    for day in ("2019-01-10", "2019-02-28", "2019-03-01", "2019-04-11", "2019-04-12", "2019-11-19", "2019-11-20"):
        (head,) = ask("overview/headline", on_date=day)
        (row,) = ask("learning_hubs/evidence", on_date=day)
        active = list(statuses(ask, day).values()).count("active")
        assert head["hubs"] == row["hubs_alive"] == active, day


def test_sessions_are_counted_once_and_only_those_held_at_hubs_of_the_register(ask):
    (row,) = ask("learning_hubs/session_totals")
    assert (row["sessions"], row["hubs"]) == (4, 2)  # Rome 3, Nairobi 1; the closing and the planned one are none
    assert row["sessions_elsewhere"] == 1  # z
    assert row["hours_held"] == 2 + 1.5 + 3 + 2
    assert row["facilitators_per_session"] == pytest.approx((1 + 2 + 1) / 3)  # one session does not state them
    assert (row["sessions_with_facilitator"], row["sessions_stating_facilitators"], row["courses"]) == (3, 3, 2)
    assert ask("learning_hubs/session_totals", hub_id="a")[0]["sessions"] == 1
    assert ask("learning_hubs/session_totals", region="Europe")[0]["sessions"] == 3


def test_months_without_a_session_are_zero(ask):
    rows = {row["month"]: (row["sessions"], row["hubs"]) for row in ask("learning_hubs/sessions_by_month")}
    assert len(rows) == 14  # November 2018 to December 2019
    assert rows[DAY(2018, 11, 1)] == (2, 1) and rows[DAY(2018, 12, 1)] == (1, 1) and rows[DAY(2019, 1, 1)] == (0, 0)
    assert rows[DAY(2019, 11, 1)] == (1, 1) and sum(sessions for sessions, _ in rows.values()) == 4


def test_courses_are_mixed_by_kind_of_session(ask):
    rows = [
        (row["course"], row["kind"], row["sessions"], row["sessions_of_course"])
        for row in ask("learning_hubs/course_mix")
    ]
    assert rows == [
        ("Course one", "discussion", 1, 2),
        ("Course one", "tutoring", 1, 2),
        ("Course two", "discussion", 1, 2),
        ("Course two", "project", 1, 2),
    ]


def test_attendance_adds_up_heads_and_says_whose_women_are_stated(ask):
    rome, nairobi = ask("learning_hubs/attendance_by_hub")
    assert (rome["sessions_counted"], rome["attendance"], rome["women"]) == (3, 25, 12)  # 18 + 7 + 0; 9 + 3 + 0
    assert rome["share_women"] == pytest.approx(12 / 25) and rome["attendance_per_session"] == pytest.approx(25 / 3)
    assert (nairobi["attendance"], nairobi["women"], nairobi["share_women"]) == (11, None, None)
    assert [row["attendance"] for row in ask("learning_hubs/sessions_of_hub", hub_id="b")] == [0, 18, 7]


OPENED = {}


@pytest.fixture(scope="module", autouse=True)
def closed_at_the_end():
    """What `seen_by` opens stays open for the tests of this file."""
    yield
    while OPENED:
        OPENED.popitem()[1].close()


def seen_by(store, viewer, name, **params):
    """The rows that a viewer gets where pages ask."""
    release = released(store)
    at = answering_viewer(viewer, release, name, params)
    if (store, at) not in OPENED:
        OPENED[store, at] = open_answers(at, release)
    return OPENED[store, at].ask(name, params).to_pylist()


@cache
def released(store):
    return open_release(store)


@pytest.mark.parametrize("viewer", [EVERYBODY, EXECUTIVE, OTHER])
def test_nobody_but_owners_can_read_that_seven_came(small_store, viewer):
    for partner in (None, OWNER.partner_id, OTHER.partner_id):
        assert seen_by(small_store, viewer, "learning_hubs/sessions_of_hub", hub_id="b", partner_id=partner) == []
        assert seen_by(small_store, viewer, "learning_hubs/attendance_by_hub", partner_id=partner) == []
    answers = open_answers(viewer, open_release(small_store))
    said = "SELECT DISTINCT table_name AS name FROM duckdb_columns() WHERE column_name IN ('attendance', 'women') "
    tables = [row["name"] for row in answers._engine.ask(said + "ORDER BY name", {}).to_pylist()]
    rows = answers._engine.ask("SELECT count(*) AS n FROM cube_hub_attendance ORDER BY n", {}).to_pylist()
    answers.close()
    assert tables == ["cube_hub_attendance"] and rows == [{"n": 0}]  # it is there, and has no row


def test_the_partner_of_a_hub_reads_its_own_attendance(small_store):
    name, own = "learning_hubs/sessions_of_hub", OWNER.partner_id
    assert [r["attendance"] for r in seen_by(small_store, OWNER, name, hub_id="b", partner_id=own)] == [0, 18, 7]
    assert seen_by(small_store, OWNER, name, hub_id="b") == []  # asked of all, so answered as to everybody
    assert seen_by(small_store, OWNER, name, hub_id="z", partner_id=own) == []  # a hub on no register has no partner


def test_a_session_that_does_not_state_how_many_came_is_set_aside():
    report = check_file("hub_sessions", FIXTURES / "hub_sessions.csv", NEWEST)
    assert (report.published, report.collapsed, len(report.quarantined)) == (7, 1, 1)


@pytest.fixture(scope="module")
def effect(tmp_path_factory):
    """alpha, c1, January 2019: of 40 women at hub a 30 completed, of 60 without 30; the ten men are all at the hub."""
    folder = tmp_path_factory.mktemp("effect")
    register = ["partner_id,programme_id,learner_id,sex,registered_on,hub_id,consent"]
    usage = [
        "External Id,Course,Course ID,Enrollment Time,Class Start Time,Last Course Activity Time,Overall Progress,"
        "Completed,Program Slug,Completion Time,Course Certificate URL,Course Type,Enrollment Source,"
        "Removed From Program"
    ]
    groups = (("W", "female", "a", 40, 30), ("N", "female", "", 60, 30), ("M", "male", "a", 10, 10))
    for letter, sex, hub, learners, completed in groups:
        for number in range(learners):
            done = number < completed
            register.append(f"alpha,coursera_for_refugees,{letter}{number},{sex},2019-01-02,{hub},Yes")
            end = "2019-03-01T08:00:00Z"
            usage.append(
                f"{letter}{number},One,c1,2019-01-10T08:00:00Z,2019-01-10T08:00:00Z,{end},{100 if done else 20},"
                f"{'Yes' if done else 'No'},coursera-for-refugees-alpha,{end if done else ''},,Course,PROGRAM,No"
            )
    store = folder / "store"
    for source, lines in (("partner_learners", register), ("coursera_usage", usage)):
        file = folder / f"{source}_2019-12-31.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        report = import_file(store, source, file, NEWEST).report
        assert not report.quarantined, report.quarantined[:2]
    publish_release(store)
    return store


def test_the_effect_of_a_hub_compares_like_with_like_only(effect):
    (row,) = seen_by(effect, STEWARD, "learning_hubs/hub_effect")
    assert (row["runs"], row["other_runs"], row["strata"]) == (50, 60, 1)  # men have no like
    assert row["crude_share"] == pytest.approx(40 / 50) and row["other_crude_share"] == pytest.approx(30 / 60)
    assert (row["runs_used"], row["other_runs_used"], row["is_small"]) == (40, 60, False)
    assert row["standard_difference"] == pytest.approx(30 / 40 - 30 / 60)
    # With one half added to each count: sqrt(p(1-p)/40 + q(1-q)/60), p = 30.5/41 and q = 30.5/61.
    error = (30.5 / 41 * 10.5 / 41 / 40 + 0.5 * 0.5 / 60) ** 0.5
    assert row["standard_low"] == pytest.approx(0.25 - 1.959963984540054 * error)
    assert row["standard_high"] == pytest.approx(0.25 + 1.959963984540054 * error)


def test_few_comparable_runs_are_not_ranked(ask):
    (row,) = ask("learning_hubs/hub_effect", programme_id="coursera_for_refugees")
    assert (row["runs"], row["strata"], row["is_small"]) == (2, 0, True)  # P1 at a, P6 at h-1
    assert row["standard_difference"] is None


@pytest.mark.parametrize("viewer", [EVERYBODY, EXECUTIVE, OTHER])
def test_the_effect_is_for_owners(effect, viewer):
    assert seen_by(effect, viewer, "learning_hubs/hub_effect", partner_id=viewer.partner_id or None) == []


def test_the_effect_of_its_own_learners_is_seen_by_a_partner(effect):
    (row,) = seen_by(effect, Viewer("partner", "alpha"), "learning_hubs/hub_effect", partner_id="alpha")
    assert row["runs"] == 50


@pytest.mark.parametrize("viewer", [EVERYBODY, EXECUTIVE, OTHER])
def test_nobody_can_read_the_days_of_a_hubs_only_learner(small_store, viewer):
    """P1 alone learns at a, on 10 January and 10 February: whatever day is asked, others see what sessions tell."""
    days = [DAY(2018, 12, 20), DAY(2019, 1, 10), DAY(2019, 2, 10), DAY(2019, 4, 11), DAY(2019, 4, 12)]

    def told(who, name, column):
        return [[row[column] for row in seen_by(small_store, who, name, on_date=day)] for day in days]

    alive = ("overview/headline", "hubs")
    assert told(STEWARD, *alive) == [[1], [2], [2], [1], [0]]
    assert told(viewer, *alive) == [[1], [1], [1], [0], [0]]
    assert told(viewer, "learning_hubs/evidence", "hubs_alive") == told(viewer, *alive)
    for day in days:
        (a,) = [
            row for row in seen_by(small_store, viewer, "learning_hubs/vitality", on_date=day) if row["hub_id"] == "a"
        ]
        assert a["last_learning_month"] is None


def test_a_partners_database_holds_the_days_of_hubs_as_everybodys_does(small_store):
    release = open_release(small_store)
    assert holdings(OWNER, release)["fct_hub_day"].file == release.views("public")["fct_hub_day"]
    assert holdings(STEWARD, release)["fct_hub_day"].file == release.marts["fct_hub_day"]
