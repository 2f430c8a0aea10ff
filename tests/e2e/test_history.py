"""The browser's own buttons: Back and Forward go from choice to choice, and a reload keeps what is shown.

By turns: the page is loaded anew in two of these tests, and in all with COALITION_FULL_TESTS=1.
"""

import os
import re

import pytest

from tests.browsing import stop_playing

pytestmark = pytest.mark.browser
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"


def said(seen):
    return seen.page.inner_text("[data-testid=stMain]").replace("\u00a0", " ")


def tiles(seen):
    return [text.replace("\u00a0", " ") for text in seen.page.locator("[data-testid=stMetric]").all_inner_texts()]


def choose(seen, label, option):
    seen.page.locator("[data-testid=stSelectbox]").filter(has_text=label).locator("input").first.fill(option)
    seen.page.get_by_role("option", name=option, exact=True).click()
    seen.settle()


def press(seen, where):
    getattr(seen.page, where)()
    seen.settle()


def load_anew(seen):
    """Presses the browser's button, in full."""
    if FULL:
        press(seen, "reload")


def test_back_takes_the_days_of_closures_one_by_one(visit):
    seen = visit().open("/school_closures?closures_on=2020-05-19")
    handle = seen.page.get_by_role("slider").first
    for _day in range(3):
        handle.focus()
        seen.page.keyboard.press("ArrowRight")
        seen.settle()

    def shown():
        day = re.search(r"on (\d+ May 2020): ", sentence(seen)).group(1)
        return re.search(r"closures_on=([\d-]+)", seen.page.url).group(1), handle.get_attribute("aria-valuetext"), day

    assert shown() == ("2020-05-22", "22 May 2020", "22 May 2020")
    for where, day in (("go_back", 21), ("go_back", 20), ("go_forward", 21), ("reload", 21), ("go_back", 20)):
        press(seen, where)
        assert shown() == (f"2020-05-{day}", f"{day} May 2020", f"{day} May 2020"), where


def test_days_that_play_are_one_step_of_history_when_they_stop(visit):
    from playwright.sync_api import expect

    seen = visit().open("/school_closures?closures_on=2020-03-01")
    handle = seen.page.get_by_role("slider").first
    handle.wait_for()
    steps = seen.page.evaluate("history.length")
    seen.page.get_by_role("button", name="Play").click()
    expect(handle).not_to_have_attribute("aria-valuetext", re.compile("^(1|8|15) March 2020"), timeout=30_000)
    assert "closures_on=2020-03-01" in seen.page.url and seen.page.evaluate("history.length") == steps
    stop_playing(seen.page)
    seen.settle()
    stopped = re.search(r"closures_on=([\d-]+)", seen.page.url).group(1)
    assert stopped >= "2020-03-22" and seen.page.evaluate("history.length") == steps + 1
    press(seen, "go_back")
    assert "closures_on=2020-03-01" in seen.page.url and "on 1 March 2020" in sentence(seen)
    press(seen, "go_forward")
    assert f"closures_on={stopped}" in seen.page.url
    load_anew(seen)
    assert f"closures_on={stopped}" in seen.page.url


@pytest.mark.skipif(not FULL, reason="another choice of the same kind: only in the full form")
def test_months_of_the_reach_map_that_play_are_one_step_and_stop_at_the_newest(visit):
    seen = visit().open("/reach_map?as_of=2019-03-31")
    seen.page.get_by_role("slider").first.wait_for()
    steps = seen.page.evaluate("history.length")
    seen.page.get_by_role("button", name="Play").click()
    seen.page.get_by_role("button", name="Stop").wait_for(timeout=30_000)
    seen.page.get_by_role("button", name="Play").wait_for(timeout=90_000)
    seen.settle()
    assert "as_of" not in seen.page.url and seen.page.evaluate("history.length") == steps + 1
    press(seen, "go_back")
    assert "as_of=2019-03-31" in seen.page.url and "31 March 2019" in sentence(seen)


def sentence(seen):
    return seen.page.locator("h1").inner_text().replace("\u00a0", " ")


def test_back_takes_the_programmes_of_the_overview_one_by_one(visit):
    seen = visit().open("/?programme_id=for_refugees")
    before = sentence(seen)
    choose(seen, "Programme", "Kiron Campus")
    kiron = sentence(seen)
    choose(seen, "Programme", "Digital Learning and Skills Enrichment Initiative")
    assert "programme_id=dlsei" in seen.page.url and sentence(seen).startswith("19,300 learners")
    press(seen, "go_back")
    assert "programme_id=kiron_campus" in seen.page.url and sentence(seen) == kiron != before
    press(seen, "go_back")
    assert "kiron_campus" not in seen.page.url and sentence(seen) == before
    press(seen, "go_forward")
    assert sentence(seen) == kiron
    load_anew(seen)
    assert sentence(seen) == kiron


def test_back_closes_a_section_that_was_opened(visit):
    seen = visit().open("/overview")
    seen.page.get_by_text("Women at each step", exact=True).click()
    seen.settle()
    assert "open=women" in seen.page.url and "Women are 40.5 %" in said(seen)
    press(seen, "go_back")
    assert "open=" not in seen.page.url and "Women are" not in said(seen)
    press(seen, "go_forward")
    load_anew(seen)
    assert "open=women" in seen.page.url and "Women are 40.5 %" in said(seen)


def test_back_takes_the_choices_of_the_funnel_one_by_one(visit):
    seen = visit().open("/completion_funnel")
    choose(seen, "Partner", "Kiron")
    choose(seen, "Country where they live", "Germany")
    both = tiles(seen)
    press(seen, "go_back")
    assert "partner_id=kiron" in seen.page.url and "country_host" not in seen.page.url and "2,421" in tiles(seen)[0]
    press(seen, "go_back")
    assert "partner_id" not in seen.page.url and "30,600" in tiles(seen)[0]
    press(seen, "go_forward")
    press(seen, "go_forward")
    assert tiles(seen) == both
    press(seen, "reload")
    assert tiles(seen) == both


@pytest.mark.skipif(not FULL, reason="another choice of the same kind: only in the full form")
def test_back_undoes_a_switch_of_the_reach_map(visit):
    seen = visit(height=1300).open("/reach_map")
    first = seen.page.url
    seen.page.get_by_text("Draw the largest flows").click()
    seen.settle()
    assert "flows=true" in seen.page.url
    choose(seen, "Show", "Refugees by host")
    assert "by=refugees" in seen.page.url
    press(seen, "go_back")
    assert "flows=true" in seen.page.url and "by=" not in seen.page.url
    switch = seen.page.get_by_role("switch").or_(seen.page.locator("[data-testid=stCheckbox] input")).first
    assert switch.is_checked()
    press(seen, "go_back")
    assert seen.page.url == first and not switch.is_checked()
    press(seen, "go_forward")
    load_anew(seen)
    assert "flows=true" in seen.page.url and switch.is_checked()


def test_a_programme_travels_through_the_menu_and_back_undoes_it(visit):
    """Pages that offer no programme leave it alone; Back goes to the address of a page, whatever is chosen by now."""
    seen = visit().open("/overview")
    choose(seen, "Programme", "Kiron Campus")
    for name, words in (
        ("Completion funnel", "2,421 registered learners"),
        ("School closures", "Schools closed country-wide"),
        ("Reach map", "Learners live in 118 countries"),
        ("Board", "Kiron Campus: learners as of"),
    ):
        seen.page.locator("[data-testid=stSidebarNavLink]").filter(has_text=name).first.click()
        seen.settle()
        assert words in said(seen), name
    for _step in range(8):
        press(seen, "go_back")
        if seen.page.url.rstrip("/").endswith("/overview"):
            break
    assert "26,000 refugees reached" in said(seen)


@pytest.mark.skipif(not FULL, reason="another choice of the same kind: only in the full form")
def test_a_day_travels_among_closures_and_stays_with_them(visit):
    seen = visit().open("/school_closures?closures_on=2020-06-01")
    for name, words in (
        ("Response gaps", "1 June 2020"),
        ("Overview", "20 June 2019"),
        ("School closures", "on 1 June 2020"),
    ):
        seen.page.locator("[data-testid=stSidebarNavLink]").filter(has_text=name).first.click()
        seen.settle()
        assert words in said(seen), name


def test_back_to_the_address_without_a_language_is_the_language_it_had(visit):
    seen = visit(reader="another").open("/overview")
    english = sentence(seen)
    for spoken, chosen in (("English", "Français"), ("Français", "Español")):
        seen.page.get_by_role("button", name=spoken, exact=True).click()
        seen.page.get_by_role("button", name=chosen, exact=True).click()
        seen.settle()
    press(seen, "go_back")
    assert "lang=fr" in seen.page.url and "réfugiés" in sentence(seen)
    press(seen, "go_back")
    assert "lang=" not in seen.page.url and sentence(seen) == english
    press(seen, "go_forward")
    assert "lang=fr" in seen.page.url and "réfugiés" in sentence(seen)
    if not FULL:
        return
    press(seen, "reload")
    assert "lang=fr" in seen.page.url and "réfugiés" in sentence(seen)
    press(seen, "go_back")
    assert "lang=" not in seen.page.url and sentence(seen) == english
    seen.page.get_by_text("Women at each step", exact=True).click()  # the next run of the same visit
    seen.settle()
    press(seen, "reload")
    assert "lang=" not in seen.page.url and sentence(seen) == english
