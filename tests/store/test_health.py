"""How fresh a store is: the rule at its borders, what became of each file, and what is said where a file is damaged."""

import datetime
import json
from pathlib import Path

import pytest

from dashboard.store import health as health_module
from dashboard.store.audit_log import record
from dashboard.store.fetches import FetchState, remember
from dashboard.store.health import (
    AHEAD,
    DEMONSTRATION,
    DUE,
    FRESH,
    MISSING,
    NOT_EXPECTED,
    OVERDUE,
    STOPPED,
    folded,
    freshness,
    health,
    overdue_from,
    set_aside_by_reason,
)
from dashboard.store.protocol import StoreDamaged
from tests.store.health_files import bring_in, propose

DAY = datetime.date
TODAY = DAY(2026, 11, 28)


@pytest.fixture
def bring(tmp_path):
    """Keeps files in one store: bring(source, day, streams, reasons)."""

    def made(source, day, *more, **named):
        return bring_in(tmp_path / "store", tmp_path / "files", source, day, *more, **named)

    made.store = tmp_path / "store"
    return made


def of(store: Path, source: str, stream: str = "", today: DAY = TODAY):
    return next(one for one in health(store, today).streams if (one.source, one.stream) == (source, stream))


@pytest.mark.parametrize(
    ("age", "every", "expected"),
    [
        (0, 31, FRESH),
        (31, 31, FRESH),  # age = every
        (32, 31, DUE),  # every + 1
        (46, 31, DUE),  # 1.5 x 31 = 46.5
        (47, 31, OVERDUE),
        (138, 92, DUE),  # 1.5 x 92 = 138, the border itself
        (139, 92, OVERDUE),
        (276, 184, DUE),
        (277, 184, OVERDUE),
        (5000, 184, OVERDUE),
        (5000, 0, NOT_EXPECTED),
        (-1, 31, FRESH),  # the publisher's day begins before ours
        (-2, 31, AHEAD),
        (-400, 0, AHEAD),
    ],
)
def test_freshness_at_its_borders(age, every, expected):
    captured_on = TODAY - datetime.timedelta(age)
    assert freshness(captured_on, "published", every, TODAY) == expected
    assert freshness(captured_on, "demo", every, TODAY) == DEMONSTRATION


@pytest.mark.parametrize("every", [31, 92, 184, 366])
def test_the_day_from_which_it_is_overdue_is_the_first_on_which_it_is(every):
    since = overdue_from(DAY(2026, 1, 1), every)
    day_before = since - datetime.timedelta(1)
    assert freshness(DAY(2026, 1, 1), "reported", every, since) == OVERDUE
    assert freshness(DAY(2026, 1, 1), "reported", every, day_before) == DUE


def test_a_partners_stream_that_is_silent_for_13_months_is_no_longer_expected_and_a_publishers_record_is():
    # 13 months before 28 November 2026 are 28 October 2025.
    assert freshness(DAY(2025, 10, 28), "reported", 31, TODAY, is_a_senders=True) == OVERDUE
    assert freshness(DAY(2025, 10, 27), "reported", 31, TODAY, is_a_senders=True) == STOPPED
    assert freshness(DAY(2025, 10, 27), "published", 184, TODAY) == OVERDUE


def test_a_source_is_as_old_as_its_newest_file_whenever_that_was_imported(bring):
    bring("unhcr_population", DAY(2026, 7, 1), rows=20, provenance="published")
    bring("unhcr_population", DAY(2025, 7, 1), rows=10, provenance="published")  # an older one that came in later
    one = of(bring.store, "unhcr_population")
    assert (one.freshness, one.age_days, one.rows) == (FRESH, 150, 20)  # July 30, Aug 31, Sep 30, Oct 31, Nov 28
    assert one.next_expected == DAY(2027, 1, 1) and one.overdue_since is None  # 1 July + 184 days
    assert [capture.captured_on.year for capture in one.captures] == [2025, 2026]


def test_each_partner_and_programme_is_late_by_itself(bring):
    bring("coursera_usage", DAY(2026, 11, 20), {"alpha/p": 5})
    bring("coursera_usage", DAY(2026, 9, 30), {"beta/p": 7, "gamma/p": 11})
    found = {one.stream: one for one in health(bring.store, TODAY).streams if one.source == "coursera_usage"}
    assert {name: one.freshness for name, one in found.items()} == {
        "alpha/p": FRESH,
        "beta/p": OVERDUE,  # 59 days
        "gamma/p": OVERDUE,
    }
    # Of a file with several each has its own rows, and what was set aside is nobody's alone.
    assert {name: one.rows for name, one in found.items()} == {"alpha/p": 5, "beta/p": 7, "gamma/p": 11}
    assert found["alpha/p"].set_aside == 0 and found["beta/p"].set_aside is None
    assert found["beta/p"].overdue_since == DAY(2026, 11, 16)  # 30 September + 47 days


def test_lists_of_records_are_one_row_whatever_their_records(bring):
    bring("offers", DAY(2026, 11, 20), {"offer_1": 1, "offer_2": 1})
    assert [one.stream for one in health(bring.store, TODAY).streams if one.source == "offers"] == [""]


def test_reasons_over_time_add_up_to_what_the_manifests_state(bring):
    bring("coursera_usage", DAY(2026, 9, 30), {"alpha/p": 5}, {("progress", "not a number"): 3, ("consent", "no"): 2})
    bring("coursera_usage", DAY(2026, 10, 31), {"alpha/p": 6}, {("progress", "not a number"): 4})
    first, second = of(bring.store, "coursera_usage", "alpha/p").captures
    assert [(r.column, r.reason, r.rows) for r in set_aside_by_reason(first.account)] == [
        ("progress", "not a number", 3),
        ("consent", "no", 2),
    ]
    for capture in (first, second):
        said = json.loads((capture.account.folder / "manifest.json").read_text())["input"]
        assert sum(reason.rows for reason in set_aside_by_reason(capture.account)) == said["quarantined"]
    assert [c.account.set_aside for c in (first, second)] == [5, 4]
    assert all(c.account.rows_in == c.account.published + c.account.set_aside for c in (first, second))


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_list_of_reasons_that_was_changed_is_named_and_never_counted(bring, damage):
    health_module._reasons.cache_clear()
    kept = bring("coursera_usage", DAY(2026, 9, 30), {"alpha/p": 5}, {("progress", "not a number"): 3})
    kept.folder.chmod(0o700)
    kept.quarantine_file.chmod(0o600)
    if damage == "changed":
        kept.quarantine_file.write_text(kept.quarantine_file.read_text().replace("not a", "now a"))
    else:
        kept.quarantine_file.unlink()
    with pytest.raises(StoreDamaged, match="quarantine.csv"):
        set_aside_by_reason(of(bring.store, "coursera_usage", "alpha/p").newest.account)


def test_a_list_of_reasons_that_does_not_add_up_to_the_manifest_is_named(bring):
    bring("coursera_usage", DAY(2026, 9, 30), {"alpha/p": 5}, {("progress", "not a number"): 3}, stated=4)
    with pytest.raises(StoreDamaged, match="lists 3 rows, and the manifest beside it 4"):
        set_aside_by_reason(of(bring.store, "coursera_usage", "alpha/p").newest.account)


def test_a_demonstration_steps_aside_for_real_files_of_its_group(bring):
    bring("coursera_usage", DAY(2026, 11, 20), {"invented/p": 5}, provenance="demo")
    bring("recognitions", DAY(2026, 11, 20), {"invented/p": 5}, provenance="demo")
    assert of(bring.store, "coursera_usage", "invented/p").freshness == DEMONSTRATION
    bring("coursera_usage", DAY(2026, 11, 1), {"alpha/p": 5})
    found = [(one.source, one.stream, one.freshness) for one in health(bring.store, TODAY).streams]
    assert ("coursera_usage", "alpha/p", FRESH) in found and ("recognitions", "", MISSING) in found
    assert not any(stream == "invented/p" for _source, stream, _freshness in found)


def test_streams_of_a_demonstration_are_one_row_and_their_rows_add_up(bring):
    bring("coursera_usage", DAY(2020, 1, 1), {"one/p": 5, "two/p": 7}, provenance="demo")
    bring("coursera_usage", DAY(2021, 1, 1), {"two/p": 8, "three/p": 11}, provenance="demo")
    (one,) = [one for one in folded(health(bring.store, TODAY).streams) if one.source == "coursera_usage"]
    assert (one.folded, one.rows, len(one.captures)) == (3, 5 + 8 + 11, 2)
    assert one.newest.captured_on == DAY(2021, 1, 1)


def test_an_empty_store_has_every_source_and_nothing_to_say(tmp_path):
    found = health(tmp_path / "nowhere", TODAY)
    assert {one.freshness for one in found.streams} == {MISSING, NOT_EXPECTED}
    assert not found.troubles and not found.needs_attention and not (tmp_path / "nowhere").exists()


def test_a_snapshot_that_cannot_be_read_is_named_and_the_others_are_shown(bring):
    kept = bring("coursera_usage", DAY(2026, 11, 20), {"alpha/p": 5})
    bring("coursera_usage", DAY(2026, 11, 1), {"beta/p": 7})
    manifest = kept.folder / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text(manifest.read_text().replace('"published": 5', '"published": 6'))
    found = health(bring.store, TODAY)
    assert [one.stream for one in found.streams if one.source == "coursera_usage"] == ["beta/p"]
    assert [trouble.source for trouble in found.troubles] == ["coursera_usage"]
    assert kept.folder.name in found.troubles[0].words and found.needs_attention


def test_a_file_dated_in_the_future_is_not_fresh_for_ever(bring):
    bring("unhcr_population", DAY(2036, 7, 1), rows=5, provenance="published")
    one = of(bring.store, "unhcr_population")
    assert one.freshness == AHEAD and one.next_expected is None and health(bring.store, TODAY).needs_attention


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"uis_enrolment": 3}', '{"uis_enrolment": {"source": "uis_enrolment", "failures": "x"}}']
)
def test_a_state_of_fetching_that_cannot_be_read_is_a_trouble_and_the_rest_is_answered(bring, text):
    bring("uis_enrolment", DAY(2026, 11, 20), rows=5, provenance="published")
    (bring.store / "fetches.json").write_text(text)
    found = health(bring.store, TODAY)
    assert len(found.troubles) == 1 and "fetch" in found.troubles[0].words
    assert of(bring.store, "uis_enrolment").freshness == FRESH and of(bring.store, "uis_enrolment").fetch is None


def test_three_failures_in_a_row_need_attention_and_two_do_not(bring):
    bring("uis_enrolment", DAY(2026, 11, 20), rows=5, provenance="published")
    remember(bring.store, FetchState("uis_enrolment", "file", outcome="failed", reason="no answer", failures=2))
    assert not of(bring.store, "uis_enrolment").is_failing and not health(bring.store, TODAY).needs_attention
    remember(bring.store, FetchState("uis_enrolment", "file", outcome="failed", reason="no answer", failures=3))
    assert of(bring.store, "uis_enrolment").is_failing and health(bring.store, TODAY).needs_attention


def test_who_sent_a_file_is_read_from_the_audit_log(bring):
    kept = bring("coursera_usage", DAY(2026, 11, 20), {"alpha/p": 5})
    waited = bring("coursera_usage", DAY(2026, 11, 21), {"beta/p": 5})
    again = bring("coursera_usage", DAY(2026, 11, 22), {"gamma/p": 5})
    record(bring.store, "upload", "operator", f"coursera_usage {kept.folder.name}, rows in 5 = published 5")
    record(bring.store, "proposal", "officer@beta.org", f"coursera_usage.{waited.folder.name}")
    record(bring.store, "proposal", "first@gamma.org", f"coursera_usage.{again.folder.name}")
    record(bring.store, "proposal", "first@gamma.org", f"not done: coursera_usage.{again.folder.name}")
    sent = {stream: of(bring.store, "coursera_usage", f"{stream}/p").newest.sent_by for stream in ("alpha", "beta")}
    assert sent == {"alpha": ("operator",), "beta": ("officer@beta.org",)}
    assert of(bring.store, "coursera_usage", "gamma/p").newest.sent_by == ()


def test_an_audit_log_that_was_changed_is_a_trouble_and_the_rest_is_answered(bring):
    kept = bring("coursera_usage", DAY(2026, 11, 20), {"alpha/p": 5})
    for who in ("operator", "operator"):
        record(bring.store, "upload", who, f"coursera_usage {kept.folder.name}, rows in 5")
    log = bring.store / "audit" / "log.jsonl"
    log.write_text(log.read_text().replace('"who": "operator"', '"who": "somebody"', 1))
    found = health(bring.store, TODAY)
    assert len(found.troubles) == 1 and "audit log is damaged" in found.troubles[0].words
    assert of(bring.store, "coursera_usage", "alpha/p").freshness == FRESH


def test_files_that_wait_are_counted_of_the_streams_they_hold(bring):
    bring("coursera_usage", DAY(2026, 11, 20), {"alpha/p": 5})
    propose(bring.store, "coursera_usage", ["alpha/p"], "officer", ["alpha"], "2026-11-21T08:00:00+00:00")
    propose(
        bring.store, "coursera_usage", ["new/p", "alpha/p"], "steward", ["alpha", "new"], "2026-11-22T08:00:00+00:00"
    )
    assert len(of(bring.store, "coursera_usage", "alpha/p").waiting) == 2
    first = of(bring.store, "coursera_usage", "new/p")  # a first file, of which nothing was published yet
    assert (first.freshness, len(first.waiting), first.newest) == (MISSING, 1, None)


def test_the_most_urgent_come_first(bring):
    bring("unhcr_population", DAY(2026, 7, 1), rows=5, provenance="published")
    bring("uis_enrolment", DAY(2022, 2, 28), rows=5, provenance="published")
    bring("coursera_usage", DAY(2026, 9, 30), {"alpha/p": 5})
    bring("partner_learners", DAY(2026, 8, 1), {"alpha/p": 5})  # 119 days: due
    order = [one.source for one in health(bring.store, TODAY).streams][:4]
    assert order == ["uis_enrolment", "coursera_usage", "partner_learners", "unhcr_population"]
