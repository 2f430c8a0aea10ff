"""Every kind of publisher: a first capture, the same again, a change within bounds and beyond, all that goes wrong."""

import csv
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from dashboard.intake.fetch import unhcr
from dashboard.intake.fetch.client import Caps
from dashboard.store import releases
from dashboard.store.snapshots import snapshots
from tests.intake.fetch.conftest import QUICK, spoiled
from tests.intake.fetch.publishers import TOKEN, Reply, as_json, as_table, kinds, redirected

EACH = list(kinds())
PAGED = [name for name, kind in kinds().items() if kind.is_paged]
# What the rows of each publisher are once they are kept, typed by hand.
KEPT = {
    "file": [("KEN", "closed"), ("ITA", "closed"), ("FRA", "partial"), ("KEN", "open")],
    "unhcr": [(2022, "SOM", "KEN", 90), (2023, "SOM", "KEN", 100), (2023, "SDN", "TCD", 70), (2023, "UNK", "ITA", 5)],
    # Kenya: pre-primary, primary and tertiary of 2021, secondary of 2019; no region.
    "uis": [
        *(("ITA", level, sex, n) for level, sex, n in [("pre_primary", "female", 1), ("pre_primary", "male", 0)]),
        *(("ITA", level, sex, n) for level, sex, n in [("primary", "female", 1), ("primary", "male", 1)]),
        *(("ITA", level, sex, n) for level, sex, n in [("secondary", "female", 1), ("secondary", "male", 2)]),
        *(("ITA", level, sex, n) for level, sex, n in [("tertiary", "female", 2), ("tertiary", "male", 2)]),
        *(("KEN", level, sex, n) for level, sex, n in [("pre_primary", "female", 6), ("pre_primary", "male", 6)]),
        *(("KEN", level, sex, n) for level, sex, n in [("primary", "female", 12), ("primary", "male", 12)]),
        *(("KEN", level, sex, n) for level, sex, n in [("secondary", "female", 8), ("secondary", "male", 12)]),
        *(("KEN", level, sex, n) for level, sex, n in [("tertiary", "female", 2), ("tertiary", "male", 2)]),
    ],
    "coursera": [("alpha", "c1", 1.0, True), ("alpha", "c1", 0.4, False), ("alpha", "c2", 0.2, False)],
    "kobo": [("b", "2018-11-15", 18), ("b", "2018-12-01", 7), ("a", "2019-11-05", 11), ("a", "2019-11-06", 9)],
    "activityinfo": [("n1", "KEN", 20), ("n2", "KEN", 10), ("n3", "CHN", 30), ("n4", "KEN", 5)],
}
KEPT["ckan"] = KEPT["file"]
KEPT["uis_bulk"] = KEPT["uis"]
KEPT["coursera"].append(("alpha", "c2", 0.0, False))
COLUMNS = {
    "unesco_closures": ("country_iso3", "status"),
    "unhcr_population": ("year", "origin_iso3", "host_iso3", "refugees"),
    "uis_enrolment": ("country_iso3", "level", "sex", "learners"),
    "coursera_usage": ("partner_id", "course_id", "progress", "is_completed"),
    "hub_sessions": ("hub_id", "held_on", "attendance"),
    "needs": ("need_id", "country_iso3", "people"),
}


def kept(desk, kind):
    return [
        tuple(str(v) if "date" in str(type(v)) else v for v in map(row.get, COLUMNS[kind.source]))
        for row in desk.rows(kind.source)
    ]


@pytest.fixture(params=EACH)
def played(request, desk):
    return desk, *desk.play(request.param)


def test_a_first_capture_is_published_with_the_rows_that_its_publisher_has(played):
    desk, kind, publisher = played
    outcome = desk.one(kind.source)
    assert (outcome.outcome, outcome.release) == ("published", 2), outcome
    assert sorted(kept(desk, kind)) == sorted(KEPT[kind.name])
    state = desk.state(kind.source)
    assert (state.kind, state.outcome, state.failures, state.reason) == (kind.name, "published", 0, "")
    assert state.changed_at >= state.answered_at >= state.tried_at > "2000" and len(state.sha256) == 64
    assert [line["what"] for line in desk.lines()] == [f"{kind.source} ({kind.name}): published"]
    assert [line["event"] for line in desk.lines("upload")[1:]] == ["upload"]
    desk.keeps_secrets()


def test_the_same_again_changes_nothing_but_leaves_its_line(played):
    desk, kind, publisher = played
    desk.one(kind.source)
    before, first = desk.stands, desk.state(kind.source)
    assert desk.one(kind.source).outcome == "unchanged"
    assert desk.stands == before
    again = desk.state(kind.source)
    assert (again.outcome, again.changed_at, again.sha256) == ("unchanged", first.changed_at, first.sha256)
    assert [line["what"].split(": ")[1] for line in desk.lines()] == ["published", "unchanged"]


@pytest.mark.parametrize("name", ["file", "uis"])
def test_what_the_store_has_already_is_unchanged_although_nothing_remembers_it(desk, name):
    kind, _ = desk.play(name)
    desk.one(kind.source)
    before = desk.stands
    (desk.store / "fetches.json").unlink()
    assert desk.one(kind.source).outcome == "unchanged"
    assert desk.stands == before and desk.state(kind.source).sha256


def test_a_change_within_bounds_is_published(played):
    desk, kind, publisher = played
    desk.one(kind.source)
    kind.rows += kind.more
    outcome = desk.one(kind.source)
    assert (outcome.outcome, outcome.release) == ("published", 3), outcome
    assert sorted(kept(desk, kind)) != sorted(KEPT[kind.name]) and not desk.waiting()


def test_a_change_beyond_bounds_waits_with_the_reason(played):
    desk, kind, publisher = played
    desk.one(kind.source)
    served = releases.open_release(desk.store).number
    del kind.rows[1:]
    outcome = desk.one(kind.source)
    assert outcome.outcome == "waiting" and "beyond the " in outcome.reason, outcome
    (waiting,) = desk.waiting()
    assert waiting.reason == outcome.reason and waiting.who == "operator"
    assert releases.open_release(desk.store).number == served and len(snapshots(desk.store, kind.source)) == 1
    assert desk.state(kind.source).reason == outcome.reason
    assert desk.one(kind.source).outcome == "waiting" and len(desk.waiting()) == 1
    assert len(desk.lines("proposal")) == 1 and not (desk.store / "withdrawn").exists()
    desk.keeps_secrets()


@pytest.mark.parametrize("name", ["file", "kobo"])
def test_without_publish_a_change_waits(desk, name):
    kind, _ = desk.play(name)
    outcome = desk.one(kind.source, publish=False)
    assert (outcome.outcome, outcome.reason) == (
        "waiting",
        "It is new, and publishing was not asked for (`--publish`).",
    )
    assert releases.open_release(desk.store).number == 1 and not snapshots(desk.store, kind.source)
    assert desk.one(kind.source, publish=True).outcome == "published" and not desk.waiting()


@pytest.mark.parametrize("name", ["file", "coursera"])
def test_a_dry_run_keeps_nothing_at_all(desk, name):
    kind, publisher = desk.play(name)
    before, lines = desk.stands, (desk.store / "audit" / "log.jsonl").read_bytes()
    assert desk.one(kind.source, dry=True).outcome == "published"
    assert desk.one(kind.source, dry=True, publish=False).outcome == "waiting"
    spoiled(kind, publisher, lambda asked, reply: Reply(b"", 404))
    assert desk.one(kind.source, dry=True).outcome == "failed"
    assert desk.stands == before and (desk.store / "audit" / "log.jsonl").read_bytes() == lines
    assert not (desk.store / "fetches.json").exists() and not (desk.store / ".refreshing").exists()


# What goes wrong, with the words that say so; `once` is spoiled once only, and then all is well.
WRONG = {
    "500": (lambda asked, reply: Reply(b"oops", 500), "in 3 tries (found at last: status 500)"),
    "429": (lambda asked, reply: Reply(b"", 429, {"Retry-After": "7"}), "in 3 tries (found at last: status 429)"),
    "429 for an hour": (
        lambda asked, reply: Reply(b"", 429, {"Retry-After": "3600"}),
        "asks to wait for 3,600 seconds",
    ),
    "401": (lambda asked, reply: Reply(TOKEN.encode(), 401), "refuses access (found: status 401)"),
    "404": (lambda asked, reply: Reply(b"", 404), "status 404 Not Found"),
    "cut short": (lambda asked, reply: replace(reply, cut=5), "in 3 tries"),
    "a web page": (lambda asked, reply: Reply(b"<!DOCTYPE html><html>Sign in</html>"), "(found: a web page)"),
    "nothing": (lambda asked, reply: Reply(b""), "empty answer (found: 0 bytes)"),
    "a foreign host": (
        lambda asked, reply: redirected(reply, f"https://elsewhere.example.org/x?token={TOKEN}"),
        "leads to elsewhere.example.org",
    ),
    "in a circle": (lambda asked, reply: redirected(reply, f"{asked.path}?{urlencode(asked.query)}"), "without an end"),
    "unencrypted": (
        lambda asked, reply: redirected(reply, "http://user:pass@elsewhere.example.org/x"),
        "only https is fetched",
    ),
    "no address": (lambda asked, reply: redirected(reply, "file:///etc/hostname"), "is not an http or https address"),
}
# A POST is never sent on to where it is led.
NOT_SENT_ON = "not sent elsewhere"


@pytest.mark.parametrize("what", list(WRONG))
def test_what_goes_wrong_takes_nothing_and_is_counted(played, what):
    desk, kind, publisher = played
    how, says = WRONG[what]
    if kind.name == "activityinfo" and what in ("a foreign host", "in a circle", "unencrypted", "no address"):
        says = NOT_SENT_ON
    spoiled(kind, publisher, how)
    desk.fails(kind.source, says=says)
    if what == "429":
        assert all(pause >= 7 for pause in desk.slept) and len(desk.slept) == 2
    if what == "404":
        desk.fails(kind.source, says=says, failures=2)
        assert not desk.state(kind.source).is_failing
        desk.fails(kind.source, says=says, failures=3)
        assert desk.state(kind.source).is_failing
        publisher.fault = lambda asked, reply: reply
        assert desk.one(kind.source).outcome == "published" and desk.state(kind.source).failures == 0


@pytest.mark.parametrize(("name", "what"), [("file", "500"), ("unhcr", "429"), ("activityinfo", "cut short")])
def test_what_goes_wrong_once_is_asked_again(desk, name, what):
    kind, publisher = desk.play(name)
    spoiled(kind, publisher, WRONG[what][0], times=2)
    assert desk.one(kind.source).outcome == "published"
    assert sorted(kept(desk, kind)) == sorted(KEPT[kind.name]) and len(desk.slept) == 2


def test_a_publisher_that_is_slow_is_given_up(played):
    desk, kind, publisher = played
    spoiled(kind, publisher, lambda asked, reply: replace(reply, pause=0.1))
    desk.fails(kind.source, says="seconds", caps=replace(QUICK, seconds=0.3))


def test_more_than_the_most_that_is_fetched_is_refused(played):
    desk, kind, publisher = played
    desk.fails(kind.source, says="the most that is fetched", caps=replace(QUICK, bytes=100))


def test_another_header_or_shape_than_documented_is_refused(played):
    desk, kind, publisher = played
    spoiled(kind, publisher, lambda asked, reply: replace(reply, body=kind.header(reply.body)))
    says = {"file": "ISO", "ckan": "ISO", "kobo": "no question for hub_id"}.get(kind.name, "should answer with")
    desk.fails(kind.source, says=says)


@pytest.fixture(params=PAGED)
def paged(request, desk):
    return desk, *desk.play(request.param)


def rows_of(reply):
    """The list of rows in an answer, and the answer."""
    answer = json.loads(reply.body)
    for name in ("items", "records", "elements", "results"):
        if name in answer:
            return answer, answer[name]
    return answer, next(column["values"] for column in answer["columns"].values() if "values" in column)


def test_a_page_that_loses_a_row_takes_nothing(paged):
    desk, kind, publisher = paged

    def lose(asked, reply):
        answer, rows = rows_of(reply)
        del rows[-1:]
        return as_json(answer)

    spoiled(kind, publisher, lose)
    desk.fails(kind.source, says="rows" if kind.name != "uis" else "records")


@pytest.mark.parametrize("name", ["unhcr", "coursera", "kobo"])
def test_a_page_that_comes_twice_takes_nothing(desk, name):
    kind, publisher = desk.play(name)
    first = []

    def repeat(asked, reply):
        first.append(reply)
        answer, rows = rows_of(reply)
        rows[:] = rows_of(first[0])[1]
        return as_json(answer)

    spoiled(kind, publisher, repeat)
    desk.fails(kind.source, says="the same page twice")


@pytest.mark.parametrize("name", ["unhcr", "coursera", "kobo"])
def test_a_total_that_changes_while_pages_are_read_takes_nothing(desk, name):
    kind, publisher = desk.play(name)
    asked_before = []

    def grow(asked, reply):
        asked_before.append(asked)
        if len(asked_before) == 1:
            return reply
        answer = json.loads(reply.body)
        if name == "unhcr":
            answer["maxPages"] += 1
        elif name == "coursera":
            answer["paging"]["total"] += 1
        else:
            answer["count"] += 1
        return as_json(answer)

    spoiled(kind, publisher, grow)
    desk.fails(kind.source, says="changed while it was read")


@pytest.mark.parametrize("name", ["unhcr", "coursera", "kobo", "activityinfo"])
def test_an_answer_that_states_no_total_takes_nothing(desk, name):
    kind, publisher = desk.play(name)

    def forget(asked, reply):
        answer = json.loads(reply.body)
        for key in ("maxPages", "count", "rows"):
            answer.pop(key, None)
        answer.get("paging", {}).pop("total", None)
        return as_json(answer)

    spoiled(kind, publisher, forget)
    desk.fails(kind.source, says="does not state how many rows it has")


def test_records_in_no_documented_shape_take_nothing(desk):
    kind, publisher = desk.play("kobo")
    spoiled(kind, publisher, lambda asked, reply: as_json({"count": 1, "results": ["a row"]}))
    desk.fails(kind.source, says="another shape than is documented (found: AttributeError)")


def test_a_file_that_the_front_door_refuses_is_a_failure(desk):
    kind, publisher = desk.play("file")
    spoiled(kind, publisher, lambda asked, reply: as_table("Date,ISO,Scale\nno day,KEN,National\n"))
    desk.fails(kind.source, says="row")


def test_a_form_without_submissions_and_programmes_that_are_none_are_failures(desk):
    kind, _ = desk.play("kobo")
    kind.rows.clear()
    desk.fails(kind.source, says="has no submission yet")
    kind, publisher = desk.play("coursera")
    desk.monkeypatch.setenv("COALITION_COURSERA_PROGRAMMES", "prog1,prog9")
    way = kind.way(publisher.address)
    desk.lead(kind.source, replace(way, settings={**way.settings, "programmes": "{COALITION_COURSERA_PROGRAMMES}"}))
    desk.fails(kind.source, says="1 of those named in COALITION_COURSERA_PROGRAMMES")


def test_nobody_is_named_in_what_is_kept_of_coursera(desk):
    kind, _ = desk.play("coursera")
    kind.rows[3] |= {"contentType": "Specialization"}
    kind.rows[2] |= {"externalId": "p3@example.org", "membershipState": "DELETED_MEMBER"}
    outcome = desk.one(kind.source)
    assert outcome.outcome == "published" and outcome.notes == (
        "1 reports of specialisations and videos are not read here",
    )
    rows = desk.rows(kind.source)
    assert len(rows) == 3 and sum(row["is_removed"] for row in rows) == 1
    assert sum(row["id_key"] is None for row in rows) == 1  # an address is no id
    held = b"".join(path.read_bytes() for path in desk.store.rglob("*") if path.is_file())
    assert b"Nobody May Read This" not in held and b"example.org" not in held


def test_only_questions_of_the_template_are_written_down(desk):
    kind, publisher = desk.play("kobo")
    for row in kind.rows:
        row["phone"] = "+254 700 000 000"
    assert desk.one(kind.source).outcome == "published"
    assert not any(b"254" in path.read_bytes() for path in desk.store.rglob("*.parquet"))


def test_two_questions_for_one_column_are_a_failure(desk):
    kind, _ = desk.play("kobo")
    kind.rows[0]["more/Hub ID"] = "c"
    desk.fails(kind.source, says="Two questions of the form stand for hub_id")


@pytest.mark.parametrize("source", ["contributions_5w", "needs", "hub_sessions"])
@pytest.mark.parametrize("kind", ["kobo", "activityinfo"])
def test_a_form_with_the_columns_of_each_template_is_read(desk, source, kind):
    from dashboard.warehouse.catalog import sources

    card = sources()[source]
    example = {c.name: str(c.example) for c in card.columns if c.example != "" and c.name not in ("country", "row_id")}
    made, publisher = desk.play(kind)
    way = made.way(publisher.address)
    desk.lead(source, way)
    if kind == "kobo":
        made.rows[:] = [{"_id": 1, **example}]
    else:
        names = list(example)

        def answer(asked):
            if asked.path.endswith("/schema"):
                return as_json({"elements": [{"id": name, "code": name, "label": ""} for name in names]})
            columns = {
                c["id"]: {"storage": "array", "values": [example[c["expression"]]]}
                for c in json.loads(asked.body)["columns"]
            }
            return as_json({"rows": 1, "columns": columns})

        publisher.answer = answer
    outcome = desk.one(source)
    assert outcome.outcome == "published" and len(desk.rows(source)) == 1, outcome


def test_the_publishers_own_rows_by_its_interface_give_its_own_total(desk, shared):
    """UNHCR's file of 2015 to 2023, given a thousand rows a page: 31,637,408 refugees at the end of 2023."""
    kind, publisher = desk.play("unhcr")
    lines = (shared / "unhcr" / "population.csv").read_text(encoding="utf-8-sig").splitlines()
    header = next(at for at, line in enumerate(lines) if line.startswith("Year,"))
    kind.rows[:] = [
        {field: row[column] for column, field in unhcr.COLUMNS.items()} for row in csv.DictReader(lines[header:])
    ]
    way = kind.way(publisher.address)
    desk.lead(kind.source, replace(way, settings={**way.settings, "page": "1000"}))
    big = replace(QUICK, bytes=200_000_000)
    assert desk.one(kind.source, caps=big).outcome == "published"
    assert sum(row["refugees"] or 0 for row in desk.rows(kind.source) if row["year"] == 2023) == 31_637_408


def test_the_caps_of_a_refresh_are_those_that_are_documented():
    from dashboard.intake.fetch.client import BY_HAND, REFRESH

    assert Caps(256 * 1024**2, 900, 10, 20, 5, 1, 30, 120) == REFRESH
    assert Caps(25 * 1024**2, 300, 10, 20, 3, 1, 30, 120) == BY_HAND
