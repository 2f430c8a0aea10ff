"""The page Upload: what a file is, what only the sender can answer, the card of a file that waits, who publishes."""

import csv
import io
import re
import shutil

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import actions
from dashboard.access import gate
from dashboard.access.gate import OPERATOR
from dashboard.access.viewer import EVERYBODY, Viewer
from dashboard.actions import Actor
from dashboard.intake import child, front_door, holding, recognise
from dashboard.intake.front_door import Declared
from dashboard.intake.proposals import waiting
from dashboard.settings import PROJECT
from dashboard.store.releases import current_number
from dashboard.store.snapshots import pinned
from tests.conftest import FIXTURES

USAGE = [
    "External Id",
    "Email",
    "Course",
    "Course ID",
    "Enrollment Time",
    "Overall Progress",
    "Completed",
    "Program Slug",
]
# A flag of the command, or a name of a column as the code has it.
OF_THE_SHELL = re.compile(r"--[a-z]|`coalition|\b[a-z]+_(?:on|id|iso3|code)\b")


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    def run(order, progress=None):
        do = child.look if order.get("recognise") else child.set_aside if "lines" in order else child.parse
        return do(order)

    monkeypatch.setattr(front_door, "run_child", run)
    monkeypatch.setattr(recognise, "run_child", run)


@pytest.fixture
def store(small_store, tmp_path, served_store, as_served):
    holding._held.clear()
    return served_store(shutil.copytree(small_store, tmp_path / "store"))


def usage(learners, wrong=(), slug="coursera-for-refugees-omega"):
    out = io.StringIO()
    rows = [
        [f"O-{n}", "", "Course", "c1", "2024-01-05T08:00:00Z", "x" if n in wrong else "40", "No", slug]
        for n in learners
    ]
    csv.writer(out).writerows([USAGE, *rows])
    return out.getvalue().encode()


def upload_page(name="", body=b"", who=OPERATOR, opened=""):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page("pages/upload/page.py")
    if opened:
        test.query_params["open"] = opened
    if body:
        test.query_params["upload"] = holding.hold(name, body, who)
    test.run()
    assert not test.exception, test.exception
    return test


def as_partner(monkeypatch, partner):
    """Whoever opens a page is an officer of that partner."""
    from dashboard.access.roster import Admitted

    monkeypatch.setattr(gate, "_refuse_open_door", lambda: None)
    monkeypatch.setattr(gate, "Admitted", lambda who, viewer: Admitted("officer", Viewer("partner", partner)))


def text(test):
    shown = (*test.markdown, *test.caption, *test.info, *test.warning, *test.error, *test.code)
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u2060", "")


def button(test, label):
    return next(one for one in test.button if one.label == label)


def send(test):
    button(test, "Check the file").click().run()
    assert not test.exception, test.exception
    return test


def test_a_file_named_as_a_part_is_offered_as_one(store):
    test = upload_page("usage_part2.csv", usage(range(9)))
    assert test.radio[0].value == "part"
    assert upload_page("usage.csv", usage(range(9))).radio[0].value == "whole"


def test_parts_from_two_visits_are_published_by_one_button(store):
    for name, learners in (("part1_2024-06-30.csv", range(0, 20)), ("part2_2024-06-30.csv", range(20, 30))):
        send(upload_page(name, usage(learners)))
    test = upload_page()
    assert len(waiting(store)) == 2
    assert [one.label for one in test.button if one.label.startswith("Publish")] == ["Publish all 2 parts"] * 2
    assert "A part of an export" in text(test) and "New partners: omega" in text(test)


def test_the_card_says_whose_file_it_is_and_what_would_change(store):
    test = send(upload_page("usage_2024-06-30.csv", usage(range(12), wrong=[0])))
    said = text(test)
    assert "Partner: omega. Programme: Coursera for Refugees." in said
    assert [metric.value for metric in test.metric[:4]] == ["12", "11", "0", "1"]
    (table,) = [frame.value for frame in test.dataframe if "Learners after publishing" in frame.value.columns]
    assert table.iloc[0].tolist() == ["omega", "Coursera for Refugees", "0", "11", "0"]
    assert "New partners: omega" in said and "You can publish this file." in said
    assert button(test, "Publish").disabled  # until it is confirmed that the partner is new


def test_what_is_new_is_confirmed_and_then_published(store):
    test = send(upload_page("usage_2024-06-30.csv", usage(range(12))))
    confirm = next(box for box in test.checkbox if box.label.startswith("I confirm"))
    confirm.check().run()
    assert not button(test, "Publish").disabled
    before = current_number(store)
    actions.accept(store, waiting(store), Actor("steward"), confirmed=True)
    assert current_number(store) == before + 1


def test_a_loss_is_shown_as_that(store):
    file = store.parent / "usage_2024-06-30.csv"
    file.write_bytes(usage(range(50)))
    actions.import_files(store, "coursera_usage", [file], confirmed=True)
    test = send(upload_page("usage_2024-07-31.csv", usage(range(5))))
    assert any("50 learners of omega/coursera" in box.label.replace("\\", "") for box in test.checkbox)
    assert "become 5" in " ".join(box.label for box in test.checkbox) and button(test, "Publish").disabled


def test_an_older_file_says_why_nothing_changes(store):
    file = store.parent / "usage_2024-06-30.csv"
    file.write_bytes(usage(range(9)))
    actions.import_files(store, "coursera_usage", [file], confirmed=True)
    assert "what is published is newer" in text(send(upload_page("usage_2024-05-31.csv", usage(range(9)))))


def test_rows_set_aside_stay_readable_after_publishing(store, monkeypatch):
    file = store.parent / "usage_2024-06-30.csv"
    file.write_bytes(usage(range(9), wrong=[3]))
    actions.import_files(store, "coursera_usage", [file], confirmed=True)
    label = "30 June 2024: 1 of 9 rows set aside"
    assert any(label in one.label for one in upload_page(opened="set_aside").expander)
    as_partner(monkeypatch, "omega")
    assert any(label in one.label for one in upload_page(opened="set_aside").expander)
    as_partner(monkeypatch, "alpha")
    listed = [one.label for one in upload_page(opened="set_aside,releases").expander]
    assert not any(label in one for one in listed) and not any("Releases" in one for one in listed)


def test_the_page_says_how_many_files_wait_and_folds_the_rest(store):
    test = upload_page()
    assert test.title[0].value == "Choose a file to send; none is waiting" and not test.dataframe
    send(upload_page("usage_2024-06-30.csv", usage(range(9))))
    test = upload_page(opened="releases")
    assert test.title[0].value == "1 file is waiting to be published"
    (releases,) = [frame.value for frame in test.dataframe if "Served" in frame.value.columns]
    assert releases["Served"].tolist()[0] == "●" and set(releases["Privacy check"]) == {"Passed"}


def test_who_brings_nothing_in_reads_whom_to_ask(store, monkeypatch):
    monkeypatch.setattr(gate, "STEWARD", EVERYBODY)
    test = upload_page()
    assert test.title[0].value == "Upload" and not test.get("file_uploader")
    assert [one.value for one in test.info] == [
        "Stewards bring in any file, partners their own. Ask the steward of the dashboard for an account."
    ]


def test_a_partner_sends_what_is_its_own_and_is_told_what_is_not(store, monkeypatch):
    as_partner(monkeypatch, "omega")
    closures = (FIXTURES / "unesco_closures.csv").read_bytes()
    test = upload_page("closures.csv", closures, "officer")
    assert "Only stewards bring in such a file." in text(test)
    offered = next(box for box in test.selectbox if box.label == "Source").options
    assert "Contributions: who does what, where, when, for whom" in offered and len(offered) < 12
    test = send(upload_page("usage_2024-06-30.csv", usage(range(9)), "officer"))
    assert "A steward looks at the file and publishes it." in text(test) and len(waiting(store)) == 1


def test_with_a_login_another_steward_publishes(store, monkeypatch):
    from dashboard.pages.upload import waiting as cards

    monkeypatch.setattr(cards, "acting", lambda: Actor(OPERATOR, needs_second=True))
    test = send(upload_page("usage_2024-06-30.csv", usage(range(9))))
    assert "another steward does" in text(test) and button(test, "Publish").disabled


def test_a_steward_adds_a_partner_by_typing_its_name(store):
    test = upload_page("usage_2024-06-30.csv", usage(range(9)))
    box = next(one for one in test.selectbox if one.label.startswith("Partner, where"))
    assert box.proto.accept_new_options
    file = store.parent / "typed.csv"
    file.write_bytes(usage(range(9), slug=""))
    sent = actions.bring_in(
        store, "coursera_usage", file, Actor("steward"), declared=Declared(partner="Open Door", programme="dlsei")
    )
    assert sent.partners == {"open_door"}


def test_the_order_of_dates_in_a_register_is_asked_on_the_page_and_holds(store):
    header = ["partner_id", "programme_id", "learner_id", "consent", "registered_on", "date_of_birth"]
    rows = [["omega", "omega", f"O-{n}", "Yes", f"0{n}/04/2021", "25/12/1990"] for n in (1, 2, 3, 5)]
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    test = send(upload_page("register.csv", out.getvalue().encode()))
    assert "4 dates can be read in two ways" in text(test)
    next(box for box in test.selectbox if box.label == "Order of dates in the file").set_value("day_first").run()
    send(test)
    assert not test.error, text(test)
    (proposal,) = waiting(store)
    days = pq.read_table(proposal.snapshot.rows_file, columns=["registered_on"])["registered_on"].to_pylist()
    assert sorted(day.isoformat() for day in days) == ["2021-04-01", "2021-04-02", "2021-04-03", "2021-04-05"]


def test_a_file_that_was_fetched_says_why_it_waits(store):
    with front_door.made_ready(store, "hubs", FIXTURES / "hubs.csv") as ready:
        actions.propose_ready(store, ready, "9 *rows* become [1](http://x) (`--publish`).")
    shown = [one.value for one in upload_page().info]
    assert shown[0] == (
        "Fetched automatically. Waiting for review: 9 \\*rows\\* become \\[1\\]\\(http:\u2060\\/\\/x\\)\\."
    )


def test_nothing_on_the_page_is_of_the_shell(store):
    """A file without a day, with rows of every reason, in a format that cannot be read, and one that lacks columns."""
    pages = [
        send(upload_page("usage.csv", usage(range(9), wrong=[1, 2]))),
        upload_page("nonsense.csv", b"a,b\n1,2\n"),
        upload_page("picture.pdf", b"%PDF-1.4"),
        upload_page("latin.csv", "name;Zoë\n".encode("cp1252")),
        upload_page(),
    ]
    for test in pages:
        labels = " ".join(one.label for one in (*test.selectbox, *test.button, *test.expander, *test.checkbox))
        found = OF_THE_SHELL.findall(text(test) + " " + labels)
        assert not found, found
    assert len(pinned(store)["coursera_usage"]) >= 1
