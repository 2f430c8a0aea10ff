"""Response gaps, needs and offers: what they show, and that an offer written into the form waits for a steward."""

import datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import actions
from dashboard.access.viewer import STEWARD, open_answers
from dashboard.actions import Actor
from dashboard.demo.files import facts
from dashboard.demo.matching import write_matching
from dashboard.intake import holding
from dashboard.intake.front_door import import_file, made_ready
from dashboard.intake.proposals import NotYours, discard, propose, waiting
from dashboard.locales.numbers import people, share
from dashboard.reference import closures, enrolment
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release, publish_release

NOW = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """A store of the closures of 2020 and the demonstration's offers, needs and matches, without its learners."""
    folder = tmp_path_factory.mktemp("offered")
    known = facts()
    store = folder / "store"
    import_file(store, "uis_enrolment", enrolment.write_out(folder))
    for capture in closures.captures()[:2]:
        import_file(store, "unesco_closures", closures.write_out(capture, folder))
    for sent in write_matching(known, folder)[1]:
        import_file(store, sent.source, sent.file)
    publish_release(store)
    return store


@pytest.fixture(autouse=True)
def served(served_store, offered, as_served):
    holding._held.clear()
    yield served_store(offered)
    for one in waiting(offered):
        discard(offered, one)


def page(name, **link):
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    test.switch_page(f"pages/{name}/page.py")
    for key, value in link.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception
    return test


def words(test):
    return " ".join(
        e.value for e in (*test.title, *test.markdown, *test.caption, *test.info, *test.error, *test.success)
    )


def title(test):
    (sentence,) = test.title
    return sentence.value.replace("\u00a0", " ")


def answered(store, name, **params):
    """The first row of the answer that stewards have."""
    answers = open_answers(STEWARD, open_release(store))
    try:
        return answers.ask(name, params).to_pylist()[0]
    finally:
        answers.close()


def tile(test, label):
    return next(one.value.replace("\u00a0", " ") for one in test.metric if one.label == label)


def test_the_gap_opens_on_the_last_observed_day_with_a_sentence_and_a_map(offered):
    test = page("response_gaps")
    assert tile(test, "Countries with a gap").isdigit() and tile(test, "Share unserved").endswith("%")
    world = answered(offered, "response_gaps/world", on_date=datetime.date(2020, 6, 26))
    assert title(test) == (
        f"{people(world['learners_unserved'])} learners in {world['countries_without_offer']} countries had no live "
        f"free offer on 26 June 2020: {share(world['share_unserved'])} of those out of school"
    ).replace("\u00a0", " ")
    assert not test.header, "sections are drawn when they are opened"


def test_the_sections_of_the_gap_open_from_a_link_with_their_takeaways():
    test = page("response_gaps", open="countries,nearly,levels,tiers,languages")
    headers = [header.value for header in test.header]
    assert len(headers) == 5 and headers[0].startswith("Most in ") and headers[3].startswith("Without the internet")
    (remedies,) = [frame.value for frame in test.dataframe if "What is missing" in frame.value]
    assert len(remedies) and not any("language" in missing for missing in remedies["What is missing"])


def test_a_closed_country_without_enrolment_is_named(monkeypatch):
    from dashboard.pages.response_gaps import panels

    world = {"countries_closed": 114, "countries_without_enrolment": 1, "without_enrolment": "HTI"}
    lead = panels._lead(world)
    assert "114 countries were closed; 1 of them has no enrolment data and is not counted: Haiti." in lead


def test_the_day_travels_between_closures_and_gaps_and_not_to_pages_about_learners():
    test = page("school_closures", closures_on="2020-04-15")
    assert "on 15 April 2020" in title(test)
    test.switch_page("pages/response_gaps/page.py").run()
    assert "on 15 April 2020" in title(test)
    test.switch_page("pages/needs_and_offers/page.py").run()
    assert not test.exception and "15 April 2020" not in title(test)
    test.switch_page("pages/overview/page.py").run()
    assert not test.exception and "15 April 2020" not in words(test)


def test_a_day_that_nobody_chose_is_the_default_of_each_page():
    test = page("school_closures")
    first = title(test)
    test.switch_page("pages/response_gaps/page.py").run()
    assert "on 26 June 2020" in title(test)
    test.switch_page("pages/school_closures/page.py").run()
    assert title(test) == first and "closures_on" not in test.query_params


def test_less_technology_never_makes_the_gap_smaller():
    shares = [
        float(tile(page("response_gaps", tier=tier), "Share unserved").split()[0])
        for tier in ("hi-tech", "low-tech", "no-tech")
    ]
    assert shares == sorted(shares) and shares[0] < shares[-1]


def test_a_range_of_days_gives_learner_days():
    test = page("response_gaps", view="days", from_date="2020-04-01", to_date="2020-04-30")
    assert tile(test, "Unserved learner-days").endswith("billion")
    assert "2020" in tile(test, "Worst day")


def test_a_choice_of_which_no_country_is_closed_says_so():
    test = page("response_gaps", closures_on="2020-03-01", language="to")
    assert "was closed country-wide on 1 March 2020" in words(test)


def test_a_need_is_explained_gate_by_gate_and_named_by_its_country():
    test = page("needs_and_offers", view="offer", open="nearest")
    assert "fit the need of" in title(test) and "Score" in words(test)
    assert not any("need_" in option for option in test.selectbox(key="need_id").options)
    (gates,) = [frame.value for frame in test.dataframe if "Score of 100" in frame.value]
    assert set(gates["Focal point"]) <= {"✓", "✗"}
    other = page("needs_and_offers", view="offer", need_id=test.session_state["need_id"])
    assert other.session_state["need_id"] == test.session_state["need_id"] and title(other) == title(test)


@pytest.mark.parametrize(
    ("view", "takeaway"),
    [
        ("queue", "open needs have waited more than 14 days"),
        ("offer", "fit the need of"),
        ("submit", "No offer waits for a steward"),
    ],
)
def test_each_view_of_needs_and_offers_opens_from_its_link(view, takeaway):
    assert takeaway in title(page("needs_and_offers", view=view))


def test_the_queue_opens_with_the_figures_of_the_question(offered):
    totals = answered(offered, "needs_and_offers/totals")
    test = page("needs_and_offers")
    assert title(test).startswith(f"{totals['needs_waiting']} of {totals['needs_open']} open needs")
    (waiting_needs,) = [frame.value for frame in test.dataframe if "What is missing" in frame.value]
    assert len(waiting_needs) == totals["needs_waiting"]
    assert "Nothing: a suitable offer exists" in set(waiting_needs["What is missing"])


def test_what_waits_is_listed_and_the_stages_are_five():
    test = page("needs_and_offers", open="stages,expired,silent")
    headers = " ".join(h.value for h in test.header)
    for found in ("matches are delivering", "offers go on, no longer free", "focal points are silent"):
        assert found in headers
    for stage in ("Proposed", "Brokered", "Delivering", "Completed", "Dropped"):
        assert f"**{stage}**" in words(test)


def test_an_offer_is_kept_over_a_reload_sent_and_accepted(offered):
    test = page("needs_and_offers", view="submit")
    test.text_input(key="offer-offer").set_value("Lessons by radio").run()
    test.selectbox(key="offer-tier").set_value("low-tech").run()
    test.date_input(key="offer-valid_from").set_value(NOW).run()
    again = page("needs_and_offers", view="submit")  # a reload begins a session of its own
    assert again.text_input(key="offer-offer").value == "Lessons by radio"
    assert again.selectbox(key="offer-tier").value == "low-tech"
    assert again.date_input(key="offer-valid_from").value == NOW

    again.button(key="offer-send").click().run()
    assert "Still missing: its kind, countries, languages, levels, a focal point, that it is free of charge" in words(
        again
    )

    again.text_input(key="offer-partner_id").set_value("member_003").run()
    again.selectbox(key="offer-activity_type").set_value("radio and television").run()
    again.multiselect(key="offer-countries").set_value(["KEN", "UGA"]).run()
    again.multiselect(key="offer-languages").set_value(["en", "sw"]).run()
    again.multiselect(key="offer-levels").set_value(["primary"]).run()
    again.text_input(key="offer-focal_point").set_value("nobody at all").run()
    again.checkbox(key="offer-is_free").check().run()
    again.button(key="offer-send").click().run()
    assert "mail address" in words(again) and not waiting(offered)

    again.text_input(key="offer-focal_point").set_value("education@member003.example").run()
    again.button(key="offer-send").click().run()
    assert "is recorded and waits for a steward" in words(again)
    (one,) = waiting(offered)
    assert one.snapshot.source == "offers" and one.partners == {"member_003"}
    assert one.snapshot.provenance == "demo", "beside a demonstration it must not end the demonstration"
    assert page("needs_and_offers", view="submit").text_input(key="offer-offer").value == ""

    release = actions.accept(offered, [one], Actor("a steward"))
    assert "offers" in release.demonstrations and not waiting(offered)
    found = page("needs_and_offers", view="offer", open="search", offers_on=NOW.isoformat())
    assert any("Lessons by radio" in set(frame.value.get("offer", ())) for frame in found.dataframe)


def test_a_member_offers_for_itself_only(offered, tmp_path):
    file = tmp_path / "offers.csv"
    head = "offer_id,partner_id,offer,activity_type,countries,languages,levels,tier,is_free,valid_from,focal_point\n"
    file.write_text(head + "mine,m1,x,content,all,all,all,no-tech,Yes,2020-04-01,info@m1.example\n")
    with made_ready(offered, "offers", file, NOW) as ready:
        assert propose(offered, ready, "somebody", "m1").partners == {"m1"}
        with pytest.raises(NotYours, match="m1"):
            propose(offered, ready, "somebody", "m2")
