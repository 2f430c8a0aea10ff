"""Files that wait: what they would change is known before anything does, and nobody publishes alone."""

import datetime
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import actions
from dashboard.access.viewer import STEWARD, Viewer, open_answers
from dashboard.actions import Actor
from dashboard.components import refused
from dashboard.disclosure.protect import AuditFailed
from dashboard.intake import holding, proposals
from dashboard.intake.front_door import Declared, import_file, made_ready
from dashboard.intake.proposals import NotYours, discard, preview, previewed, propose, waiting
from dashboard.intake.recognise import set_aside_rows
from dashboard.intake.report import FileRefused
from dashboard.store.audit_log import entries
from dashboard.store.releases import current_number, open_release, publish_release
from dashboard.store.snapshots import snapshots
from tests.conftest import FIXTURES
from tests.store.simulated_disk import copy_of

HEADER = "partner_id,programme_id,learner_id,country_host,sex,registered_on,consent"
DAY = datetime.date(2024, 6, 30)
SECOND = datetime.date(2024, 7, 31)


def register(folder, name, learners, partner="alpha", bad=0):
    rows = [
        f"{partner},coursera_for_refugees,{one},KEN,female,2024-01-0{1 + n % 9},Yes" for n, one in enumerate(learners)
    ]
    rows += [f"{partner},coursera_for_refugees,X{n},KEN,female,=1+1,Yes" for n in range(bad)]
    file = folder / f"demonstration_{name}.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A store of two partners and one release, that tests copy."""
    folder = tmp_path_factory.mktemp("published")
    store = folder / "store"
    import_file(store, "partner_learners", register(folder, "first", [f"L{n}" for n in range(30)]), DAY)
    beta = register(folder, "beta", [f"L{n}" for n in range(20, 32)], "beta")
    import_file(store, "partner_learners", beta, DAY)
    publish_release(store)
    return store


@pytest.fixture
def store(published, tmp_path):
    return copy_of(published, tmp_path / "store")


def proposed(store, tmp_path, who="officer", partner="alpha", learners=45, bad=0):
    file = register(tmp_path, "second", [f"L{n}" for n in range(learners)], bad=bad)
    return actions.bring_in(store, "partner_learners", file, Actor(who), SECOND, partner=partner)


def registered(store):
    answers = open_answers(STEWARD, open_release(store))
    try:
        steps = answers.ask("completion_funnel/learners_per_step", {"partner_id": "alpha"}).to_pylist()
    finally:
        answers.close()
    return steps[0]["learners"]


def test_a_proposal_waits_and_changes_nothing(store, tmp_path):
    one = proposed(store, tmp_path, bad=2)
    assert [waits.name for waits in waiting(store)] == [one.name] and one.who == "officer"
    assert one.account["rows_in"] == 47 == one.account["published"] + one.account["quarantined"]
    assert current_number(store) == 1 and len(snapshots(store, "partner_learners")) == 2
    assert registered(store) == 30
    again = proposed(store, tmp_path, bad=2)
    assert again.name == one.name and len(waiting(store)) == 1


def test_learners_that_others_report_too_are_counted(store, tmp_path):
    assert proposed(store, tmp_path).shared == {"beta": 12}  # L20 to L31


def test_the_consequence_is_known_before_anything_changes(store, tmp_path):
    one = proposed(store, tmp_path)
    assert previewed(store, one) is None
    found = preview(store, one)
    said = {
        (row["programme"], row["partner"], row["figure"]): (row["before"], row["after"]) for row in found["figures"]
    }
    assert said[("coursera_for_refugees", "alpha", "learners_registered")] == (30, 45)
    assert said[("coursera_for_refugees", "all", "learners_registered")] == (32, 45)  # beta's L30, L31 are among them
    assert previewed(store, one) == found and current_number(store) == 1 and registered(store) == 30
    publish_release(store)
    assert previewed(store, one) is None  # of another release than the one that is served


def test_cells_that_become_visible_are_named(tmp_path):
    store = tmp_path / "store"
    import_file(store, "partner_learners", register(tmp_path, "few", [f"L{n}" for n in range(6)]), DAY)
    publish_release(store)
    found = preview(store, proposed(store, tmp_path, learners=14))
    # 6 learners are hidden, 14 are not: registered of alpha, of the programme, of its totals and of Kenya in each
    assert found["coalition"]["visible"] > 0 and found["coalition"]["hidden"] == 0
    assert any(cell[0] == "registered" for cell in found["coalition"]["examples_visible"])


def test_publishing_serves_what_was_previewed(store, tmp_path):
    one = proposed(store, tmp_path)
    release = actions.accept(store, [one], Actor("steward", needs_second=True))
    assert release.number == 2 == current_number(store) and registered(store) == 45 and not waiting(store)
    told = [(line["event"], line["who"]) for line in entries(store)][-2:]
    assert told == [("proposal", "officer"), ("release", "steward")]


def test_nobody_publishes_what_they_brought_in_where_two_people_are_wanted(store, tmp_path):
    one = proposed(store, tmp_path)
    with pytest.raises(NotYours, match="another steward"):
        actions.accept(store, [one], Actor("officer", needs_second=True))
    assert current_number(store) == 1 and len(waiting(store)) == 1
    assert actions.accept(store, [one], Actor("officer", needs_second=False)).number == 2


def test_a_partner_brings_in_its_own_rows_only(store, tmp_path):
    file = register(tmp_path, "foreign", ["L1"], "beta")
    with made_ready(store, "partner_learners", file, SECOND) as ready, pytest.raises(NotYours, match="rows of beta"):
        propose(store, ready, "officer", "alpha")
    assert not waiting(store)


def test_what_cannot_be_published_waits_on(store, tmp_path, monkeypatch):
    from dashboard.warehouse.build import ChecksFailed

    def refuse(store, *_):
        raise ChecksFailed("rows exist that must not")

    one = proposed(store, tmp_path)
    monkeypatch.setattr(actions.releases, "publish_release", refuse)
    with pytest.raises(ChecksFailed):
        actions.accept(store, [one], Actor("steward", needs_second=True))
    assert len(waiting(store)) == 1 and len(snapshots(store, "partner_learners")) == 2 and current_number(store) == 1


def test_discarding_leaves_nothing(store, tmp_path):
    one = proposed(store, tmp_path)
    preview(store, one)
    actions.discard(store, one, Actor("steward"))
    assert not waiting(store) and not one.snapshot.folder.exists() and not (store / "previews" / one.name).exists()


def test_rows_set_aside_come_back_as_a_file_that_can_be_corrected_and_sent(store, tmp_path):
    file = register(tmp_path, "wrong", ["L1", "L2"], bad=2)
    done = import_file(store, "partner_learners", file, SECOND)
    reasons = {row.line: row.reason for row in done.report.quarantined}
    header, *rows = set_aside_rows(file, "partner_learners", reasons, Declared(), done.file_id)
    assert header[:2] == ["partner_id", "programme_id"] and len(rows) == 2
    assert rows[0][2] == "X0" and rows[0][5] == "'=1+1"  # disarmed, and armed again by the reader
    assert rows[0][-3:] == ["4", reasons[4], f"partner_learners.{done.file_id}"]
    corrected = tmp_path / "demonstration_corrected.csv"
    lines = [",".join(cells).replace("'=1+1", "2024-02-02") for cells in [header, *rows]]
    corrected.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with made_ready(store, "partner_learners", corrected, SECOND) as ready:
        assert (ready.report.published, len(ready.report.quarantined)) == (2, 0)


def test_an_upload_is_held_for_its_owner_alone_and_for_an_hour(monkeypatch):
    word = holding.hold("name.csv", b"rows", "officer")
    assert holding.held(word, "officer").body == b"rows" and holding.held(word, "somebody else") is None
    monkeypatch.setattr(holding.time, "time", lambda: holding._held[word].at + holding.LONGEST + 1)
    assert holding.held(word, "officer") is None


def test_one_officer_cannot_take_the_room_of_others(monkeypatch):
    monkeypatch.setattr(holding, "_held", {})
    half = b"0" * (holding.MOST_OF_ONE // 2)
    word = holding.hold("first", half, "officer")
    holding.hold("second", half, "officer")
    with pytest.raises(holding.TooMuchHeld, match="of yours"):
        holding.hold("third", b"0", "officer")
    holding.hold("first again", half, "officer", word)
    holding.hold("another's", half, "somebody else")
    for number in range(3):
        holding.hold("more", half, f"number {number}")
    with pytest.raises(holding.TooMuchHeld, match="Try again"):
        holding.hold("more", half, "the last")


def test_an_erasure_reaches_into_files_that_wait(store, tmp_path, monkeypatch):
    from dashboard.commands.cli import main

    one = proposed(store, tmp_path)
    assert main(["--store", str(store), "erase", "--learner", "L3"]) == 0
    (waits,) = waiting(store)
    assert waits.account["published"] == one.account["published"] - 1
    actions.accept(store, [waits], Actor("steward", needs_second=True))
    assert registered(store) == 44


def test_nobody_takes_over_the_offer_of_another_member(small_store, tmp_path):
    store = shutil.copytree(small_store, tmp_path / "store")
    names = (FIXTURES / "offers.csv").read_text(encoding="utf-8").splitlines()[0]
    rest = "Mine now,content,learning,learners,all,all,all,no-tech,Yes,,,2020-03-01,,office@m3.example,,,"

    def sent(number, offer_id, partner):
        file = tmp_path / f"offers_{number}.csv"
        file.write_text(f"{names}\n{offer_id},k3,{rest}\n", encoding="utf-8")
        with made_ready(store, "offers", file, DAY) as ready:
            return propose(store, ready, "officer", partner)

    with pytest.raises(NotYours, match="o1 is held by another member"):
        sent(1, "o1", "k3")
    assert waiting(store) == []
    waits = sent(2, "new", "k3")
    other = tmp_path / "offers_3.csv"
    other.write_text(f"{names}\nnew,k1,{rest}\n", encoding="utf-8")
    import_file(store, "offers", other, DAY)
    with pytest.raises(NotYours, match="new is held by another member"):
        actions.accept(store, [waits], Actor("steward", needs_second=True))


def test_a_partner_may_not_leave_files_without_end(store, tmp_path, monkeypatch):
    monkeypatch.setattr(proposals, "MOST_WAITING", 1)
    proposed(store, tmp_path)
    with pytest.raises(NotYours, match="Ask one to look at them"):
        proposed(store, tmp_path, learners=46)


def drawn_for_alpha():
    import streamlit as st

    from dashboard.access.viewer import Viewer
    from dashboard.access.visitor import VISITOR_KEY, Visitor
    from dashboard.pages.upload import waiting

    alpha = Viewer("partner", "alpha")
    st.session_state[VISITOR_KEY] = Visitor("officer", alpha, alpha, lambda: True)
    waiting.waiting_files()


def test_a_partner_learns_nothing_of_others_learners_from_a_file_of_its_own(store, tmp_path, monkeypatch):
    """L31 is a learner of beta's and L99 of nobody's; with invented rows a cell of the others could be made to show."""
    monkeypatch.setenv("COALITION_STORE", str(store))
    said = {}
    for learner in ("L31", "L99"):
        with made_ready(store, "partner_learners", register(tmp_path, learner, [learner]), SECOND) as ready:
            one = propose(store, ready, "officer", "alpha")
        page = AppTest.from_function(drawn_for_alpha, default_timeout=60).run()
        preview(store, one, "alpha")
        after = page.run()
        assert not page.exception and one.shared == ({"beta": 1} if learner == "L31" else {})
        said[learner] = [[text.value for text in (*at.markdown, *at.code)] for at in (page, after)]
        assert not [text for text in said[learner][1] if "visible" in text or "hidden" in text]
        discard(store, one)
    assert said["L31"] == said["L99"] and any("What would change" in text for text in said["L31"][1])


def test_why_an_audit_refuses_is_for_stewards(monkeypatch):
    monkeypatch.setattr(refused, "current_viewer", lambda: Viewer("partner", "alpha"))
    assert "around" not in refused.for_readers(AuditFailed("worked out (around registered, KEN)"))
    assert refused.for_readers(NotYours("yours")) == "yours"
    monkeypatch.setattr(refused, "current_viewer", lambda: STEWARD)
    assert "around" in refused.for_readers(AuditFailed("worked out (around registered, KEN)"))


def test_a_page_names_no_flag_and_no_command(monkeypatch):
    monkeypatch.setattr(refused, "current_viewer", lambda: STEWARD)
    said = "5 become 2. If it is a part, declare it as one (`--part`, `--whole`). `coalition sources` lists them: a, b."
    assert refused.for_readers(FileRefused(said)).replace("\\", "") == "5 become 2. If it is a part, declare it as one."
