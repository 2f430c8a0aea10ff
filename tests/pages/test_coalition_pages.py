"""Response gaps, needs and offers: what they show, and that an offer written into the form waits for a steward."""

import datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import actions
from dashboard.actions import Actor
from dashboard.demo.files import facts
from dashboard.demo.matching import write_matching
from dashboard.intake import holding
from dashboard.intake.front_door import import_file, made_ready
from dashboard.intake.proposals import NotYours, discard, propose, waiting
from dashboard.reference import closures, enrolment
from dashboard.settings import PROJECT
from dashboard.store.releases import publish_release

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
    return " ".join(e.value for e in (*test.markdown, *test.caption, *test.info, *test.error, *test.success))


def tile(test, label):
    return next(one.value.replace("\u00a0", " ") for one in test.metric if one.label == label)


def test_the_gap_opens_on_the_last_observed_day_with_map_table_and_breakdowns():
    test = page("response_gaps")
    assert tile(test, "Countries with a gap").isdigit() and tile(test, "Share unserved").endswith("%")
    assert "On 26 June 2020" in words(test)
    assert [h.value for h in test.header] == [
        "Where learners have no live free offer",
        "Most learners without an offer",
        "Which levels are left out",
        "Where the internet does not reach",
        "What would close the gap soonest",
    ]


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
    test = page("response_gaps", on_date="2020-03-01", language="to")
    assert "was closed country-wide on that day" in words(test)


def test_a_need_is_explained_gate_by_gate():
    test = page("needs_and_offers")
    said = words(test)
    assert "offers pass every gate" in said and "Score" in said
    need = test.selectbox(key="need_id")
    need.set_value(need.options and test.session_state["need_id"]).run()
    other = page("needs_and_offers", need_id=test.session_state["need_id"])
    assert other.session_state["need_id"] == test.session_state["need_id"]


def test_what_waits_is_listed_and_the_board_has_five_stages():
    test = page("needs_and_offers")
    headers = " ".join(h.value for h in test.header)
    for title in ("Needs that wait longer than 14 days", "Free periods that ran out", "Focal points silent"):
        assert title in headers
    for stage in ("Proposed", "Brokered", "Delivering", "Completed", "Given up"):
        assert f"**{stage}**" in words(test)


def test_an_offer_is_kept_over_a_reload_sent_and_accepted(offered):
    test = page("needs_and_offers")
    test.text_input(key="offer-offer").set_value("Lessons by radio").run()
    test.selectbox(key="offer-tier").set_value("low-tech").run()
    test.date_input(key="offer-valid_from").set_value(NOW).run()
    again = page("needs_and_offers")  # a reload begins a session of its own
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
    assert page("needs_and_offers").text_input(key="offer-offer").value == ""

    release = actions.accept(offered, [one], Actor("a steward"))
    assert "offers" in release.demonstrations and not waiting(offered)
    found = page("needs_and_offers", on_date=NOW.isoformat())
    assert any("Lessons by radio" in set(frame.value.get("offer", ())) for frame in found.dataframe)


def test_a_member_offers_for_itself_only(offered, tmp_path):
    file = tmp_path / "offers.csv"
    head = "offer_id,partner_id,offer,activity_type,countries,languages,levels,tier,is_free,valid_from,focal_point\n"
    file.write_text(head + "mine,m1,x,content,all,all,all,no-tech,Yes,2020-04-01,info@m1.example\n")
    with made_ready(offered, "offers", file, NOW) as ready:
        assert propose(offered, ready, "somebody", "m1").partners == {"m1"}
        with pytest.raises(NotYours, match="m1"):
            propose(offered, ready, "somebody", "m2")
