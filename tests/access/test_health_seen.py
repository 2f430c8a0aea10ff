"""What each audience may see of how fresh the sources are: attacked with counts and names that belong to others."""

import asyncio
import dataclasses
import datetime
import json
import re
from types import SimpleNamespace

import pytest

from dashboard import health as access
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.health import is_open, marks, overdue, seen_by
from dashboard.store.audit_log import record
from dashboard.store.fetches import FetchState, remember
from dashboard.store.health import FRESH, OVERDUE, health
from dashboard.warehouse.catalog import sources
from tests.store.health_files import bring_in, propose

DAY = datetime.date
TODAY = DAY(2026, 11, 28)
ALPHA, BETA, NEW = Viewer("partner", "alpha"), Viewer("partner", "beta"), Viewer("partner", "new")
# Rows and rows set aside, all primes and each another.
ALPHAS_OWN, ALPHAS_ASIDE = {101, 103, 107}, {11, 13}
BETAS_OWN, BETAS_ASIDE = {211, 223, 229}, {17, 19}
TOGETHER_ASIDE = 23
SENT_BY = {"alpha": "officer@alpha.org", "beta": "officer@beta.org", "both": "agency@both.org"}


@pytest.fixture
def store(tmp_path):
    """Two partners with files of their own, and one file that a steward brought in for both."""
    store, files = tmp_path / "store", tmp_path / "files"

    def bring(source, day, *more, who="", **named):
        kept = bring_in(store, files, source, day, *more, **named)
        record(store, "upload", who or "operator", f"{source} {kept.folder.name}, rows in 1")

    for name, (first, second, _), (aside, other) in (
        ("alpha", sorted(ALPHAS_OWN), sorted(ALPHAS_ASIDE)),
        ("beta", sorted(BETAS_OWN), sorted(BETAS_ASIDE)),
    ):
        for day, rows, count in ((DAY(2026, 8, 31), first, aside), (DAY(2026, 9, 30), second, other)):
            reasons = {(f"column of {name}", "refused"): count}
            bring("coursera_usage", day, {f"{name}/p": rows}, reasons, who=SENT_BY[name])
    shared = {"alpha/p": max(ALPHAS_OWN), "beta/p": max(BETAS_OWN)}
    aside = {("column of both", "refused"): TOGETHER_ASIDE}
    bring("partner_learners", DAY(2026, 6, 1), shared, aside, who=SENT_BY["both"])
    bring("contributions_5w", DAY(2026, 1, 1), {"beta": 331})
    bring("offers", DAY(2026, 1, 1), {"offer_1": 37})
    bring("uis_enrolment", DAY(2022, 2, 28), rows=41, provenance="published")
    bring("unhcr_population", DAY(2026, 11, 1), rows=43, provenance="published")
    bring("oulad", DAY(2017, 11, 28), rows=47, provenance="published")
    propose(store, "coursera_usage", ["beta/p"], SENT_BY["beta"], ["beta"], "2026-11-21T08:00:00+00:00")
    propose(
        store, "coursera_usage", ["alpha/p", "beta/p"], "agency@both.org", ["alpha", "beta"], "2026-11-22T08:00:00Z"
    )
    propose(store, "coursera_usage", ["alpha/p"], SENT_BY["alpha"], ["alpha"], "2026-11-23T08:00:00+00:00")
    remember(store, FetchState("coursera_usage", "coursera", outcome="failed", reason="token of beta", failures=53))
    return store


def told(found):
    """All that a viewer is told, as text and as whole numbers."""
    text = json.dumps(dataclasses.asdict(found), default=str)
    return text, {int(number) for number in re.findall(r"(?<![\w.:-])\d+(?![\w.:-])", text)}


def test_a_steward_sees_it_all(store):
    text, numbers = told(seen_by(STEWARD, health(store, TODAY)))
    everything = ALPHAS_OWN | BETAS_OWN | ALPHAS_ASIDE | BETAS_ASIDE | {TOGETHER_ASIDE, 331, 37, 41, 43, 47, 53}
    assert everything <= numbers, everything - numbers
    assert all(who in text for who in SENT_BY.values()) and "token of beta" in text


def test_a_partner_sees_its_own_in_full_and_nothing_of_another(store):
    found = seen_by(ALPHA, health(store, TODAY))
    text, numbers = told(found)
    assert numbers >= ALPHAS_OWN | ALPHAS_ASIDE
    assert not numbers & (BETAS_OWN | BETAS_ASIDE | {TOGETHER_ASIDE, 331, 37, 53})
    assert "beta" not in text and "@" not in text
    # The rows of the file that came for both, those set aside among them, are nobody's alone.
    together = max(ALPHAS_OWN) + max(BETAS_OWN)
    assert not numbers & {together, together + TOGETHER_ASIDE}
    (usage,) = [one for one in found.streams if one.source == "coursera_usage"]
    assert [capture.account.set_aside for capture in usage.captures] == sorted(ALPHAS_ASIDE)
    assert len(usage.waiting) == 1 and usage.fetch is None
    (shared,) = [one for one in found.streams if one.source == "partner_learners"]
    assert shared.rows == max(ALPHAS_OWN) and shared.captures[0].account is None and not shared.captures[0].name
    assert shared.captures[0].streams == {"alpha/p"}


def test_what_a_partner_sees_does_not_hang_on_files_of_another(store, tmp_path):
    before = told(seen_by(ALPHA, health(store, TODAY)))
    for day in (DAY(2026, 11, 1), DAY(2026, 11, 27)):
        bring_in(store, tmp_path / "more", "coursera_usage", day, {"beta/p": 5000}, {("x", "y"): 7})
    bring_in(store, tmp_path / "more", "recognitions", DAY(2026, 11, 1), {"beta/p": 5000})
    propose(store, "recognitions", ["beta/q"], "x", ["beta"], "2026-11-25T08:00:00+00:00")
    assert told(seen_by(ALPHA, health(store, TODAY))) == before


@pytest.mark.parametrize("viewer", [EXECUTIVE, EVERYBODY, NEW], ids=lambda v: v.partner_id or v.audience)
def test_others_see_publishers_records_and_no_count_at_all(store, viewer):
    found = seen_by(viewer, health(store, TODAY))
    text, numbers = told(found)
    assert {one.source for one in found.streams} == {name for name, card in sources().items() if is_open(card)}
    assert not any(card.people for name, card in sources().items() if is_open(card))
    counts = ALPHAS_OWN | BETAS_OWN | ALPHAS_ASIDE | BETAS_ASIDE | {TOGETHER_ASIDE, 331, 37, 41, 43, 47, 53}
    assert not numbers & counts and not re.search("alpha|beta|both|operator|@", text)
    assert {one.source: one.freshness for one in found.streams}["uis_enrolment"] == OVERDUE
    assert all(one.rows is None and one.set_aside is None and not one.waiting for one in found.streams)


@pytest.mark.parametrize("viewer", [ALPHA, BETA, EXECUTIVE, EVERYBODY], ids=lambda v: v.partner_id or v.audience)
def test_a_damaged_file_is_told_of_without_its_name(store, viewer):
    for folder in [
        *(store / "snapshots" / "coursera_usage").iterdir(),
        *(store / "snapshots" / "uis_enrolment").iterdir(),
    ]:
        if folder.name.startswith(("2026-09-30", "2022")):
            (folder / "manifest.json").chmod(0o600)
            (folder / "manifest.json").write_text("{")
    (store / "fetches.json").write_text("{")
    assert len(health(store, TODAY).troubles) == 4
    found = seen_by(viewer, health(store, TODAY))
    own = ["coursera_usage"] if viewer.partner_id else []
    assert [one.source for one in found.troubles] == [*own, "uis_enrolment"]
    assert not any(one.words for one in found.troubles)


def pins(**of):
    """A release of these sources: name=[(day, provenance, streams), ...]."""
    said = {
        name: [
            {
                "captured_on": day,
                "provenance": provenance,
                "streams": list(streams),
                "folder": f"snapshots/{name}/{day}",
            }
            for day, provenance, *streams in found
        ]
        for name, found in of.items()
    }
    return SimpleNamespace(number=1, manifest={"snapshots": said})


RELEASE = pins(
    coursera_usage=[("2026-09-30", "reported", "beta/p"), ("2026-11-20", "reported", "alpha/p")],
    recognitions=[("2020-01-01", "demo", "beta/p")],
    offers=[("2020-01-01", "reported", "offer_1")],
    uis_enrolment=[("2022-02-28", "published")],
    unhcr_population=[("2026-11-01", "published")],
    unesco_closures=[("2021-11-30", "published")],
)


def seen(viewer):
    return {one.source: (one.freshness, one.late, one.streams) for one in marks(viewer, RELEASE, sources(), TODAY)}


def test_the_mark_of_a_page_is_of_what_its_reader_may_know():
    public = {"uis_enrolment": (OVERDUE, 1, 1), "unhcr_population": (FRESH, 0, 1)}
    assert seen(EVERYBODY) == seen(EXECUTIVE) == seen(NEW) == public
    assert seen(ALPHA) == {**public, "coursera_usage": (FRESH, 0, 1)}
    assert seen(BETA) == {**public, "coursera_usage": (OVERDUE, 1, 1)}
    assert seen(STEWARD) == {**public, "coursera_usage": (OVERDUE, 1, 2), "offers": (OVERDUE, 1, 1)}


def test_the_unnamed_are_told_of_overdue_publishers_alone():
    assert overdue(RELEASE, TODAY) == ["uis_enrolment"]
    assert overdue(pins(coursera_usage=[("2020-01-01", "reported", "beta/p")]), TODAY) == []


def test_healthz_names_the_overdue_source_and_no_partner(monkeypatch):
    from dashboard import session
    from dashboard.server import app
    from dashboard.store import releases

    monkeypatch.setattr(session, "begin", lambda: (RELEASE, ""))
    monkeypatch.setattr(releases, "today", lambda: TODAY)
    monkeypatch.setattr(app.room, "why_full", lambda: "")
    answer = asyncio.run(app._health(None))
    assert answer.status_code == 200
    assert json.loads(answer.body) == {"ok": True, "release": 1, "is_newest": True, "overdue": ["uis_enrolment"]}


def test_healthz_reads_no_file_of_the_store(monkeypatch):
    """It is asked without sign-in, so what it costs must not grow with the store."""
    opened = []
    monkeypatch.setattr("pathlib.Path.open", lambda *a, **k: opened.append(a))
    monkeypatch.setattr("pathlib.Path.read_text", lambda *a, **k: opened.append(a))
    sources()
    overdue(RELEASE, TODAY)
    assert not opened and access.overdue is overdue
