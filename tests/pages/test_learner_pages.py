"""Pages about learners open with a sentence that is computed: it moves with the filter, and equals what is asked."""

import math

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import gate
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer, open_answers
from dashboard.charts.bars import steps_figure
from dashboard.locales.numbers import between, people, percent, share
from dashboard.pages.cohorts.panels import adjusted_words, completion_words, difference_words
from dashboard.pages.completion_funnel.panels import Loss, largest_loss, same_area_words
from dashboard.pages.completion_funnel.panels import takeaway as funnel_takeaway
from dashboard.pages.credit_recognition.panels import takeaway as credit_takeaway
from dashboard.pages.my_programme.panels import change, verdict_of
from dashboard.pages.my_programme.panels import takeaway as own_takeaway
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release

KIRON, NEWCOMER = Viewer("partner", "kiron"), Viewer("partner", "invented_newcomer")
SECTIONS = "compared,progress,quiet,intakes,months,hubs"


@pytest.fixture(autouse=True)
def demo(served_store, demo_store, as_served):
    return served_store(demo_store)


@pytest.fixture
def asked(demo_store):
    """Answers of the steward: asked("page/question", name=value) gives a list of rows."""
    answers = open_answers(STEWARD, open_release(demo_store))
    yield lambda name, **params: answers.ask(name, params).to_pylist()
    answers.close()


def opened(page, viewer=STEWARD, **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page(f"pages/{page}/page.py")
    for name, value in link.items():
        test.query_params[name] = value
    test.session_state["see_as"] = viewer
    test.run()
    assert not test.exception, test.exception
    return test


def title(test):
    (found,) = test.title
    return found.value


def numbers(test):
    return {tile.label: tile.value.replace("\u00a0", " ") for tile in test.metric}


def test_the_funnels_sentence_is_that_of_its_steps(asked):
    test = opened("completion_funnel")
    for partner in (None, "kiron"):
        if partner:
            test.selectbox(key="partner_id").set_value(partner).run()
        steps = {
            row["step"]: row
            for row in asked("completion_funnel/learners_per_step", programme_id="for_refugees", partner_id=partner)
        }
        worst = min(
            (row for name, row in steps.items() if name not in ("Registered", "Recognised")),
            key=lambda row: row["share_of_previous"],
        )
        assert title(test).startswith(
            f"{people(steps['Credential']['learners'])} of {people(steps['Registered']['learners'])} registered "
            "learners hold a credential; the largest loss is between "
        )
        assert title(test).endswith(f" and {worst['step']}")
    assert title(test).startswith("1,755 of 2,421 ")


def test_the_own_page_of_a_partner_takes_a_link_to_it_and_names_another_partner_that_a_link_has():
    assert not opened("my_programme", KIRON, partner_id="kiron").info
    (note,) = opened("my_programme", KIRON, partner_id="somebody").info
    assert note.value == "“somebody” is not available under “Partner” here; “Kiron” is shown."


@pytest.mark.parametrize("page", ["completion_funnel", "cohorts", "credit_recognition"])
def test_a_page_that_counts_until_the_newest_file_states_its_day(page):
    leads = [text.value for text in opened(page, programme_id="kiron_campus").markdown]
    assert any(" · As of the newest file, 20 June 2019. " in text.replace("\u00a0", " ") for text in leads), leads


def test_the_cohorts_sentence_is_verified_completion_with_its_interval(asked):
    test = opened("cohorts")
    seen = []
    for partner in (None, "kiron"):
        if partner:
            test.selectbox(key="partner_id").set_value(partner).run()
        (row,) = asked("cohorts/standing", programme_id="for_refugees", partner_id=partner, horizon_days=180)
        assert title(test).startswith(
            f"Verified completion is {share(row['share_verified'])} ({between(row['share_low'], row['share_high'])})"
        )
        seen.append(title(test))
    assert len(set(seen)) == 2


def test_the_trend_of_a_partner_is_of_the_same_course_runs_as_its_rate(asked):
    quarters = asked("cohorts/completion_by_quarter", programme_id="for_refugees", partner_id="kiron")
    (row,) = asked("cohorts/standing", programme_id="for_refugees", partner_id="kiron")
    assert sum(quarter["verified_matured"] for quarter in quarters) == row["verified_matured"] == 4_261
    of_all = asked("cohorts/completion_by_quarter", programme_id="for_refugees")
    (overview,) = asked("overview/matured_completion", programme_id="for_refugees", horizon_days=180)
    assert sum(quarter["verified_matured"] for quarter in of_all) == overview["verified_matured"]


def test_the_intervals_of_the_benchmark_hold_its_shares(asked):
    rows = {row["measure"]: row for row in asked("completion_funnel/benchmark", partner_id="kiron")}
    done = rows["Completed"]
    assert (round(done["share_low"], 3), round(done["share_high"], 3)) == (0.707, 0.742)  # Wilson, 1,755 of 2,421
    assert done["others_low"] < done["others"] / rows["Registered"]["others"] < done["others_high"]


def test_cohorts_that_nobody_chose_follow_the_programme_and_partner():
    test = opened("cohorts", open="compare", partner_id="kiron")
    assert test.multiselect(key="cohorts").value[0] == "for_refugees.kiron.."
    test.selectbox(key="partner_id").set_value("demonstration_partner_03").run()
    assert test.multiselect(key="cohorts").value[0] == "for_refugees.demonstration_partner_03.."
    test.multiselect(key="cohorts").set_value(["kiron_campus..."]).run()
    test.selectbox(key="partner_id").set_value("kiron").run()
    assert test.multiselect(key="cohorts").value == ["kiron_campus..."], "what was chosen stays"


def test_the_sentence_of_credits_is_recognised_of_decided_with_pending_beside(asked):
    test = opened("credit_recognition")
    (row,) = asked("credit_recognition/pathway", programme_id="for_refugees", partner_id=None)
    assert title(test) == "268 of 400 decided requests were recognised; 60 more are pending" == credit_takeaway(row)
    shown = numbers(test)
    assert (shown["ECTS requested"], shown["ECTS awarded"]) == ("1,933", "1,091")
    test.selectbox(key="partner_id").set_value("demonstration_partner_02").run()
    assert "decided requests" not in title(test)


def test_the_sentence_of_a_programme_counts_its_learners_and_phases(asked):
    test = opened("programmes")
    assert title(test) == (
        "Digital Learning and Skills Enrichment Initiative: 19,300 learners of phases I\u2013III, 14,956 course runs "
        "completed"
    )
    shown = numbers(test)
    assert (shown["Hours measured"], shown["Hours attested"]) == ("68,239", "27,015")
    test.selectbox(key="programme_id").set_value("kiron_campus").run()
    (row,) = asked("programmes/totals", programme_id="kiron_campus")
    assert title(test) == (
        f"Kiron Campus: {people(row['learners'])} learners, {people(row['completions'])} course runs completed"
    )


def test_a_partner_opens_on_its_own_programme_and_reaches_the_overview(monkeypatch):
    monkeypatch.setattr(gate, "STEWARD", KIRON)
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60).run()
    assert not test.exception and title(test).startswith("Kiron: 2,421 learners registered")
    test.switch_page("pages/overview/page.py").run()
    assert not test.exception and "refugees reached by" in title(test)


def test_all_others_open_on_the_overview(monkeypatch):
    for viewer in (STEWARD, EXECUTIVE, EVERYBODY):
        monkeypatch.setattr(gate, "STEWARD", viewer)
        test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60).run()
        assert not test.exception and "refugees reached by" in title(test), viewer


@pytest.mark.parametrize("viewer", [STEWARD, KIRON], ids=lambda viewer: viewer.audience)
def test_my_programme_compares_with_thirty_days_before_and_with_others(viewer, asked):
    test = opened("my_programme", viewer, partner_id="kiron", open=SECTIONS)
    (row,) = asked("my_programme/figures", partner_id="kiron", programme_id=None)
    shown = {tile.label: (tile.value.replace("\u00a0", " "), tile.delta) for tile in test.metric}
    for label, column in (("Registered", "learners_registered"), ("Active in the last 30 days", "learners_active"),
                          ("Completed", "learners_completed"), ("Quiet", "learners_silent")):  # fmt: skip
        assert shown[label] == (people(row[column]), change(row[column], row[f"{column}_before"])), label
    done = next(r for r in asked("my_programme/compared", partner_id="kiron") if r["measure"] == "Completed")
    assert done["verdict"] == "higher"
    assert title(test) == (
        f"Kiron: 2,421 learners registered, {percent(done['share'])} completed a course, clearly more than the "
        f"{percent(done['others_share'])} of other partners"
    )
    (compared,) = [frame.value for frame in test.dataframe if "Verdict" in frame.value.columns]
    assert compared["Verdict"].tolist() == ["clearly higher", "clearly higher"]
    assert compared["Learners"].tolist()[1] == "1,755 of 2,421"


def test_my_programme_never_opens_on_nothing_for_a_steward():
    test = opened("my_programme")
    assert test.selectbox(key="partner_id").value and "learners registered" in title(test)
    before = title(test)
    test.selectbox(key="partner_id").set_value("kiron").run()
    assert title(test) != before and title(test).startswith("Kiron: ")


def test_members_of_the_coalition_see_rounded_figures_of_a_partner_and_no_single_month():
    test = opened("my_programme", EXECUTIVE, partner_id="kiron", open=SECTIONS)
    assert title(test).startswith("Kiron: 2,420 learners registered") and not any(tile.delta for tile in test.metric)
    assert sum("Only those who own the rows see this view" in caption.value for caption in test.caption) == 4


def test_the_public_and_a_partner_without_a_file_are_sent_where_figures_are():
    public = opened("my_programme", EVERYBODY)
    assert title(public) == "My programme" and not public.metric
    assert "to members of the coalition and to stewards" in public.info[0].value
    waiting = opened("my_programme", NEWCOMER)
    assert title(waiting) == "My programme" and not waiting.metric
    assert "has been published yet. Send a first file on the page Upload" in waiting.info[0].value


def test_no_table_of_people_shows_the_number_of_a_step():
    for page, link in (
        ("completion_funnel", {"partner_id": "kiron", "open": "compared,area,groups"}),
        ("my_programme", {"partner_id": "kiron", "open": SECTIONS}),
    ):
        test = opened(page, **link)
        for question in ("completion_funnel/learners_per_step", "completion_funnel/steps_compared"):
            test.session_state[f"table-{question}"] = True
        test.run()
        orders = [list(frame.proto.column_order) for frame in test.dataframe if frame.proto.column_order]
        assert any("step" in order for order in orders), page
        assert not any("step_order" in order or "measure_order" in order for order in orders), page


STEPS = pd.DataFrame(
    {
        "step": ["Registered", "Enrolled", "Started", "Active", "Completed", "Credential", "Recognised"],
        "learners": [100, 90, 45, 40, 30, 30, 1],
        "share_of_previous": [math.nan, 0.9, 0.5, 40 / 45, 0.75, 1.0, 1 / 30],
    }
)


def test_the_largest_loss_is_where_the_smallest_share_continued_recognition_left_out():
    assert largest_loss(STEPS) == Loss("Enrolled", "Started", 0.5)
    assert largest_loss(STEPS.assign(share_of_previous=math.nan)) is None
    assert largest_loss(STEPS.assign(share_of_previous=1.0)) is None


@pytest.mark.parametrize(
    ("registered", "holders", "loss", "words"),
    [
        (
            100,
            30,
            Loss("Enrolled", "Started", 0.5),
            "30 of 100 registered learners hold a credential; the largest loss is between Enrolled and Started",
        ),
        (100, 100, None, "100 of 100 registered learners hold a credential"),
        (100, None, None, "100 learners registered"),
        (None, None, Loss("Enrolled", "Started", 0.5), "The largest loss of learners is between Enrolled and Started"),
    ],
)
def test_what_is_hidden_is_left_out_of_the_funnels_sentence(registered, holders, loss, words):
    assert funnel_takeaway(registered, holders, loss) == words


def intake(low, value, high, runs=100):
    return {"share_low": low, "share_verified": value, "share_high": high, "verified_matured": runs}


@pytest.mark.parametrize(
    ("intakes", "trend"),
    [
        ([intake(0.1, 0.2, 0.3), intake(0.4, 0.5, 0.6)], "it rose from 20.0 % to 50.0 % across intakes"),
        ([intake(0.4, 0.5, 0.6), intake(0.1, 0.2, 0.3)], "it fell from 50.0 % to 20.0 % across intakes"),
        ([intake(0.1, 0.2, 0.3), intake(0.2, 0.3, 0.4)], "with no clear change across intakes"),
    ],
)
def test_a_trend_is_stated_only_where_the_last_intake_clearly_differs(intakes, trend):
    sentence = completion_words(intake(0.3, 0.4, 0.5), pd.DataFrame(intakes)).replace("\u00a0", " ")
    assert sentence.startswith("Verified completion is 40.0 % (30.0\u201350.0 %)") and sentence.endswith(trend)


def test_verdicts_of_comparisons_follow_from_their_intervals():
    done = {"share_mine": 0.5, "share_others": 0.3, "share_low": 0.45, "share_high": 0.55}
    others = {"others_low": 0.28, "others_high": 0.32}
    assert "clearly more than the 30 %" in same_area_words({**done, **others}, 200, "Africa").replace("\u00a0", " ")
    assert "Too few learners" in same_area_words({**done, **others}, 29, "Africa")
    assert "no clear difference" in same_area_words({**done, "others_low": 0.4, "others_high": 0.5}, 200, "Africa")
    pair = {"is_small": False, "is_observed": True, "is_clear": True}
    assert difference_words(pair) == "clear difference"
    assert difference_words({**pair, "is_clear": False}) == "no clear difference"
    assert difference_words({**pair, "is_small": True}).startswith("not compared: fewer than 30")
    assert difference_words({**pair, "is_observed": False}).startswith("not compared: one was not observed")
    row = {"is_small": False, "runs_used": 50, "other_runs_used": 60, "standard_low": 0.01, "standard_high": 0.2}
    assert "clearly more often" in adjusted_words(row, "A", "B")
    assert "clearly less often" in adjusted_words({**row, "standard_low": -0.2, "standard_high": -0.01}, "A", "B")
    assert "do not clearly differ" in adjusted_words({**row, "standard_low": -0.1}, "A", "B")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("higher", "50 % completed a course, clearly more than the 30 % of other partners"),
        ("lower", "50 % completed a course, clearly fewer than the 30 % of other partners"),
        ("could be chance", "50 % completed a course, no clear difference to the 30 % of other partners"),
        ("too few", "100 completed a course"),
        (None, "100 completed a course"),
    ],
)
def test_a_partners_sentence_states_what_chance_could_not_give(verdict, words):
    by_step = {"Registered": {"learners": 200}, "Completed": {"learners": 100}}
    done = {"share": 0.5, "others_share": 0.3, "verdict": verdict}
    sentence = own_takeaway("A partner", by_step, done).replace("\u00a0", " ")
    assert sentence == f"A partner: 200 learners registered, {words}"
    assert verdict_of({**done, "share": None}) == "unknown", "a share that is hidden is not compared"


def test_a_change_has_its_sign_and_is_left_out_where_a_day_is_not_known():
    assert [change(5, 3), change(3, 5), change(3, 3), change(3, None)] == ["+2", "\u22122", "+0", ""]


SECOND = Viewer("partner", "demonstration_partner_02")


def test_a_partner_is_called_by_its_name_where_it_is_chosen_and_where_it_sees():
    test = opened("my_programme", SECOND)
    marks = [element.proto.popover.label for element in test.get("popover")]
    assert any(mark.startswith("Seen as partner demonstration partner 02") for mark in marks), marks
    (choice,) = (box for box in test.selectbox if box.key == "see_as")
    assert "partner Kiron" in choice.options and not any("_" in option for option in choice.options)


def test_others_do_not_read_of_their_partner_and_the_owner_does():
    def headers(viewer):
        test = opened("my_programme", viewer, partner_id="kiron", open="compared")
        return {name for table in test.dataframe for name in table.value.columns}

    assert "Your partner" in headers(KIRON)
    assert "Kiron" in headers(EXECUTIVE) and "Your partner" not in headers(EXECUTIVE)


def test_the_figure_of_thirty_days_and_the_step_of_the_funnel_have_different_names():
    labels = [metric.label for metric in opened("my_programme", KIRON).metric]
    assert "Active in the last 30 days" in labels and "Active" not in labels


def test_a_share_that_is_not_shown_has_no_whisker():
    table = pd.DataFrame(
        {
            "step": ["Registered", "Enrolled"],
            "learners": [100, 90],
            "share_of_first": [1.0, None],
            "share_low": [0.9, 0.0],
            "share_high": [1.0, 1.0],
        }
    )
    (bar,) = steps_figure(table, {"Registered": "Registered", "Enrolled": "Enrolled"})["data"]
    assert bar["error_x"]["array"] == [0.0, 0.0]
    assert bar["error_x"]["arrayminus"] == [pytest.approx(0.1), 0.0]
