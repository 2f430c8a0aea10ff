"""The page Data health, and late and fresh sources on other pages: what each audience reads, and of what is damaged."""

import csv
import datetime
import json
import re
import shutil

import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.components import notices
from dashboard.health import is_open
from dashboard.intake.front_door import import_file
from dashboard.menu import pages
from dashboard.pages.data_health import panels as data_health
from dashboard.pages.data_health.charts import OF_REASONS, stacked_figure
from dashboard.settings import PROJECT
from dashboard.store.fetches import FetchState, remember
from dashboard.store.releases import publish_release
from dashboard.warehouse.catalog import questions, sources
from dashboard.warehouse.lineage import sources_of, sources_of_page
from tests.conftest import CAPTURED, FIXTURES
from tests.pages.test_every_page import FULL, PAGES
from tests.store.health_files import propose
from tests.stores import filled_once

DAY = datetime.date
TODAY = DAY(2026, 11, 28)
SATURDAY = "2026-11-21T08:00:00+00:00"
HEADER = [
    *("External Id", "Email", "Course", "Course ID", "Enrollment Time", "Overall Progress", "Completed"),
    "Program Slug",
]
# Learners whose rows are kept, and those set aside since their progress is no number; each is another prime.
FILES = [
    (DAY(2026, 9, 30), {"alpha": (101, 3)}),
    (DAY(2026, 10, 31), {"alpha": (127, 7)}),
    (DAY(2026, 9, 30), {"beta": (211, 113)}),
    (DAY(2025, 5, 31), {"omega": (131, 0)}),
]
TOGETHER = (DAY(2026, 11, 20), {"delta": (223, 137), "gamma": (227, 139)})
# Rows kept, set aside and in all of those files: of beta, omega, delta, gamma, and of the last two together.
OF_OTHERS = {211, 113, 324, 131, 223, 137, 360, 227, 139, 450, 276, 726}
NUMBERS = re.compile(r"(?<![\d.,#\w])\d+(?![\d.,\w])")


def export(file, learners):
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for partner, (kept, aside) in learners.items():
            for number in range(kept + aside):
                progress = "none yet" if number < aside else "40"
                slug = f"coursera-for-refugees-{partner}"
                writer.writerow(
                    [f"{partner}-{number}", "", "Course", "c1", "2025-01-05T08:00:00Z", progress, "No", slug]
                )
    return file


@pytest.fixture(scope="session")
def filled(together):
    """A published store of four partners' exports, two of whom one file holds, and of publishers' records."""

    def fill(store):
        folder = store.parent / "files"
        folder.mkdir()
        for number, (day, learners) in enumerate([*FILES, TOGETHER]):
            done = import_file(store, "coursera_usage", export(folder / f"{number}.csv", learners), day)
            aside = sum(count for _kept, count in learners.values())
            assert len(done.report.quarantined) == aside, done.report
        import_file(store, "uis_enrolment", FIXTURES / "uis_enrolment.csv", CAPTURED["uis_enrolment"])
        import_file(store, "unhcr_population", FIXTURES / "unhcr_population.csv", DAY(2026, 4, 20))
        publish_release(store)

    return filled_once(together / "health", fill)


@pytest.fixture
def store(filled, served_store, as_served, monkeypatch):
    """For tests that only read: what one has asked is answered for the next."""
    monkeypatch.setattr(data_health, "today", lambda: TODAY)
    monkeypatch.setattr(notices, "today", lambda: TODAY)
    return served_store(filled)


@pytest.fixture
def own_store(store, tmp_path, served_store):
    """A copy, for tests that change it."""
    return served_store(shutil.copytree(store, tmp_path / "store"))


def page(monkeypatch, viewer=STEWARD, name="data_health", **link):
    monkeypatch.setattr(gate, "STEWARD", viewer)
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    if name != "overview":
        test.switch_page(f"pages/{name}/page.py")
    for key, value in link.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, [error.message for error in test.exception]
    return test


def opened(test):
    test.session_state["health-files"] = True
    test.run()
    assert not test.exception
    return test


def words(test):
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    return (
        " ".join(element.value for kind in kinds for element in test.get(kind)).replace("\\", "").replace("\u2060", "")
    )


def rows(test):
    table = test.dataframe[0].value
    return {
        (row["Source"], row["Partner"] if "Partner" in table and isinstance(row["Partner"], str) else ""): row
        for row in table.to_dict("records")
    }


def everything(test):
    """All that a page was sent: words, choices, tables, charts."""
    text = [words(test), *(str(option) for box in test.selectbox for option in box.options)]
    text += [frame.value.to_csv() for frame in test.dataframe]
    text += [element.proto.spec for element in test.get("plotly_chart")]
    return " ".join(text)


def test_the_answer_comes_first_and_the_most_urgent_row_with_it(store, monkeypatch):
    test = page(monkeypatch)
    assert test.title[0].value == (
        # Enrolment of 28 February 2022 (366 days, and half as much again); beta's export of 30 September (59 days).
        # One source is here as the streams of five partners. The newest file is that of two of them together.
        f"2 of {len(sources()) + 4} sources are overdue; the newest file reports up to 20 November 2026"
    )
    assert "The longest overdue is “Learners enrolled by country, level and sex”, since 1 September 2023." in words(
        test
    )
    assert test.dataframe[0].value["Status"].tolist()[:3] == ["▲ Overdue", "▲ Overdue", "◆ Due"]
    assert "1 partner file is older than 13 months and no longer expected." in words(test)
    assert "Next expected: “Course enrolments and progress (alpha" in words(test)


def test_the_table_has_each_stream_with_its_own_rows(store, monkeypatch):
    table = rows(page(monkeypatch))
    usage = {partner: row for (source, partner), row in table.items() if source == "Course enrolments and progress"}
    assert {partner: row["Status"] for partner, row in usage.items()} == {
        "alpha": "● Fresh",  # 28 days of 31
        "beta": "▲ Overdue",
        "delta": "● Fresh",
        "gamma": "● Fresh",
        "omega": "○ No file for 13 months",
    }
    assert {partner: row["Rows"] for partner, row in usage.items()} == {
        "alpha": 127, "beta": 211, "delta": 223, "gamma": 227, "omega": 131,
    }  # fmt: skip
    assert usage["alpha"]["Set aside"] == 7 and pd.isna(usage["gamma"]["Set aside"])
    assert usage["alpha"]["Next expected"] == DAY(2026, 12, 1) and usage["alpha"]["Age (days)"] == 28
    assert table["Refugee population by origin, host and year", ""]["Status"] == "◆ Due"  # 222 days of 184


def test_details_show_every_file_and_why_rows_were_set_aside(store, monkeypatch):
    test = opened(page(monkeypatch, source="coursera_usage:alpha/coursera_for_refugees", open="details"))
    said = words(test)
    assert "The next file is expected by 1 December 2026." in said
    assert "127 of 134 rows of the newest file were accepted, 7 set aside" in said
    of_rows, of_reasons = (json.loads(element.proto.spec)["data"] for element in test.get("plotly_chart"))
    assert {trace["name"]: trace["y"] for trace in of_rows} == {"Accepted": [101, 127], "Set aside": [3, 7]}
    assert [trace["y"] for trace in of_reasons] == [[3, 7]] and "Overall Progress" in of_reasons[0]["name"]
    files, reasons = (frame.value for frame in test.dataframe[1:])
    assert files["Rows in the file"].tolist() == [134, 104] and files["In this release"].tolist()[0] == "●"
    assert reasons["Rows"].tolist() == [7, 3]
    assert "none yet" not in everything(test), "no value of a row is shown"


def test_a_partner_reads_its_own_and_nothing_of_another(own_store, monkeypatch):
    propose(own_store, "coursera_usage", ["beta/coursera_for_refugees"], "b@beta.org", ["beta"], SATURDAY)
    test = opened(
        page(
            monkeypatch, Viewer("partner", "alpha"), source="coursera_usage:alpha/coursera_for_refugees", open="details"
        )
    )
    said = everything(test)
    assert not re.search(r"\b(beta|gamma|delta|omega|operator)\b", said, re.IGNORECASE)
    assert not OF_OTHERS & {int(number) for number in NUMBERS.findall(said)}
    assert [partner for _source, partner in rows(test) if partner] == ["alpha"]
    assert "127 of 134 rows" in said and "You see your own files" in said
    assert "Fetching" not in test.dataframe[0].value and "Sent by" not in test.dataframe[0].value


def test_a_partner_of_a_file_with_others_reads_its_rows_and_not_the_files(store, monkeypatch):
    test = opened(
        page(
            monkeypatch, Viewer("partner", "gamma"), source="coursera_usage:gamma/coursera_for_refugees", open="details"
        )
    )
    said = everything(test)
    assert rows(test)["Course enrolments and progress", "gamma"]["Rows"] == 227
    assert "Of 1 file only the date is shown: rows of other partners are in it." in said
    numbers = {int(number) for number in NUMBERS.findall(said)}
    assert not numbers & (OF_OTHERS - {227}) and "delta" not in said


@pytest.mark.parametrize("viewer", [EXECUTIVE, EVERYBODY, Viewer("partner", "newcomer")], ids=str)
def test_others_read_publishers_records_only(store, monkeypatch, viewer):
    # A link to another's stream opens on what the reader may see.
    test = page(monkeypatch, viewer, source="coursera_usage:alpha/coursera_for_refugees", open="details")
    # The value of the link itself is named as not available, as any word that stood there would be.
    said = re.sub("“coursera_usage:alpha[^”]*” is not available", "", everything(test))
    assert not re.search(r"\b(alpha|beta|gamma|delta|omega|operator)\b", said, re.IGNORECASE)
    assert not {101, 127, 134, *OF_OTHERS} & {int(n) for n in NUMBERS.findall(said)}
    table = test.dataframe[0].value
    assert "Course enrolments and progress" not in table["Source"].tolist()
    assert {"Rows", "Set aside", "Partner", "Sent by"}.isdisjoint(table.columns)
    assert test.title[0].value == (
        f"1 of {sum(map(is_open, sources().values()))} sources is overdue; the newest file reports up to 20 April 2026"
    )
    assert "The longest overdue is “Learners enrolled by country, level and sex”" in said


def test_three_failures_in_a_row_are_said_to_stewards(own_store, monkeypatch):
    state = FetchState("unhcr_population", "unhcr", "2026-11-28T03:00:00+00:00", "", "", "failed", "no answer", 2)
    remember(own_store, state)
    assert not page(monkeypatch).error
    remember(own_store, FetchState(**{**vars(state), "failures": 3}))
    test = page(monkeypatch, source="unhcr_population", open="details")
    assert "Fetching “Refugee population by origin, host and year” failed 3 times in a row: no answer" in words(test)
    assert "Last fetched on 28 November 2026, 03:00 UTC: failed. It failed 3 times in a row." in words(test)
    assert not page(monkeypatch, EVERYBODY).error and "no answer" not in words(page(monkeypatch, EVERYBODY))


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(own_store, monkeypatch):
    (own_store / "fetches.json").write_text("{")
    damaged = next((own_store / "snapshots" / "unhcr_population").iterdir()) / "manifest.json"
    damaged.chmod(0o600)
    damaged.write_text("{")
    test = page(monkeypatch)
    assert len(test.warning) == 2 and "fetches.json" in words(test) and damaged.parent.name in words(test)
    assert rows(test)["Course enrolments and progress", "alpha"]["Rows"] == 127
    test = page(monkeypatch, EVERYBODY)
    assert [one.value for one in test.warning] == [
        "A file of “Refugee population by origin, host and year” cannot be read, so what is shown of it may be too "
        "old. A steward can see which file it is."
    ]


@pytest.mark.parametrize("viewer", [STEWARD, EVERYBODY], ids=str)
def test_a_store_without_a_file_says_so_and_lists_what_should_come(
    store_without_rows, served_store, as_served, monkeypatch, viewer
):
    served_store(store_without_rows)
    test = page(monkeypatch, viewer)
    assert test.title[0].value == "No file of these sources has been received yet"
    assert [one.value for one in test.info] == ["Bring in files on the page Upload."]
    assert set(test.dataframe[0].value["Status"]) == {"○ Not received", "– Not expected"}
    assert "overdue" not in words(test)


def test_a_file_that_waits_is_counted_and_dated(own_store, monkeypatch):
    propose(own_store, "coursera_usage", ["alpha/coursera_for_refugees"], "a@alpha.org", ["alpha"], SATURDAY)
    test = page(monkeypatch, source="coursera_usage:alpha/coursera_for_refugees", open="details")
    assert "1 file waits to be published, since 21 November 2026, 08:00 UTC. Brought in by a@alpha.org." in words(test)


def badge(test):
    """The words of the bar that count late sources; empty where there are none."""
    labels = [block.proto.popover.label for block in test.get("popover")]
    return next((label for label in labels if label.endswith(("is late", "are late"))), "")


def late(test):
    """The late sources, a sentence each, as they are read behind that badge."""
    signs = (":red[▲] ", ":orange[◆] ")
    return [
        element.value
        for block in test.get("popover")
        if block.proto.popover.label.startswith(signs)
        for element in block.markdown
    ]


def fresh(test):
    """The part of the footer about fresh sources; empty where there are none."""
    parts = [part for one in test.caption for part in one.value.split(" · ")]
    return next((part for part in parts if part.startswith(":green[●]")), "")


ENROLMENT = ":red[▲] Learners enrolled by country, level and sex: overdue since 1 Sep 2023"
EXPORTS = ":red[▲] Course enrolments and progress (1 of 4 partner files): overdue since 16 Nov 2026"
REFUGEES = ":orange[◆] Refugee population by origin, host and year: due since 21 Oct 2026"


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("overview", [ENROLMENT, EXPORTS, REFUGEES]),  # it asks of closures and of refugees too
        ("learning_hubs", [EXPORTS]),
        ("school_closures", [ENROLMENT]),
        ("methods", [ENROLMENT, EXPORTS]),  # the longest overdue first
        ("reach_map", [ENROLMENT, EXPORTS, REFUGEES]),  # its section on one country asks of closures too
    ],
)
def test_a_page_counts_its_late_sources_in_the_bar_and_names_each_behind_it(store, monkeypatch, name, sentences):
    test = page(monkeypatch, name=name)
    assert late(test) == sentences
    count = "1 source is late" if len(sentences) == 1 else f"{len(sentences)} sources are late"
    assert badge(test) == f":red[▲] {count}"


# By turns: every third page; in full all of them.
@pytest.mark.parametrize("name", [name for name in PAGES if name != "data_health"][:: 1 if FULL else 3])
def test_every_page_that_uses_a_late_source_says_so(store, monkeypatch, name):
    asked = next(one for one in pages() if one.name == name).questions() & questions().keys()
    behind = {*sources_of_page(name), *(source for question in asked for source in sources_of(question))}
    uses = {"coursera_usage", "uis_enrolment", "unhcr_population"} & behind
    test = page(monkeypatch, name=name)
    assert len(late(test)) == len(uses) and bool(badge(test)) == bool(uses)


def test_the_bar_and_the_footer_tell_nobody_of_another_partners_files(store, monkeypatch):
    # A page whose only source that may be late is the partners' own.
    for viewer in (EXECUTIVE, EVERYBODY, Viewer("partner", "newcomer")):
        test = page(monkeypatch, viewer, "learning_hubs")
        assert late(test) == [] and badge(test) == "" and fresh(test) == ""
        assert late(page(monkeypatch, viewer, "methods")) == [ENROLMENT]
    test = page(monkeypatch, Viewer("partner", "alpha"), "learning_hubs")
    assert fresh(test) == ":green[●] 1 source fresh, captured 31 Oct 2026" and badge(test) == ""
    test = page(monkeypatch, Viewer("partner", "beta"), "learning_hubs")
    assert late(test) == [":red[▲] Course enrolments and progress: overdue since 16 Nov 2026"]
    assert badge(test) == ":red[▲] 1 source is late" and fresh(test) == ""


def test_charts_of_many_reasons_are_ones_that_plotly_draws():
    reasons = {
        f"{number}: a reason that is longer than the legend of a phone is wide": [number, 2] for number in range(6)
    }
    chart = stacked_figure(["1 Jan 2026", "1 Jan 2026 (2)"], reasons, OF_REASONS)
    go.Figure(chart)
    assert all("<br>" in trace["name"] for trace in chart["data"]) and len({t["name"] for t in chart["data"]}) == 6
